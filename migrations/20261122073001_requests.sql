-- A burst of alerts asks once, not once a device: asks of one playbook's revision within one minute are one request, with a
-- number short enough to be typed at night (`A-1042`).
CREATE TABLE quell.approval_requests (
    number    bigint GENERATED ALWAYS AS IDENTITY (START WITH 1001) PRIMARY KEY,
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    -- Null: a person asks by hand, for one device; each such ask is a request of its own.
    playbook  text,
    revision  text,
    minute    timestamptz NOT NULL,
    -- A cap of the installation holds them, which no approval lifts: they stand apart from what can be approved.
    is_held   boolean NOT NULL,
    CONSTRAINT request_has_an_origin CHECK ((playbook IS NULL) = (revision IS NULL)),
    CONSTRAINT one_request_per_playbook_and_minute UNIQUE (tenant_id, playbook, revision, minute, is_held)
);

ALTER TABLE quell.containments
    ADD COLUMN IF NOT EXISTS begun_by text,
    -- The request that it was asked with; it stays when the ask is over.
    ADD COLUMN request bigint REFERENCES quell.approval_requests (number),
    -- The device's facts when a person asked by hand; those that a decision was made by stand with the decision.
    ADD COLUMN asked_facts jsonb;
CREATE INDEX containments_by_request ON quell.containments (request) WHERE request IS NOT NULL;

-- Whoever records an ask gets its request: decisions, and people by hand. The lock is that of the tenant's limits, which
-- most transactions that ask hold already; with it two that open the same requests cannot wait for each other.
CREATE FUNCTION quell.give_request() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(NEW.tenant_id, 64);
    IF NEW.playbook IS NOT NULL THEN
        SELECT number INTO NEW.request FROM quell.approval_requests
        WHERE tenant_id = NEW.tenant_id AND playbook = NEW.playbook AND revision = NEW.revision
          AND minute = date_trunc('minute', NEW.created_at, 'UTC') AND is_held = (NEW.ask_lifts IS NULL);
    END IF;
    IF NEW.request IS NULL THEN
        INSERT INTO quell.approval_requests (tenant_id, playbook, revision, minute, is_held)
        VALUES (NEW.tenant_id, NEW.playbook, NEW.revision, date_trunc('minute', NEW.created_at, 'UTC'), NEW.ask_lifts IS NULL)
        RETURNING number INTO NEW.request;
    END IF;
    IF NEW.event_id IS NULL THEN
        SELECT facts INTO NEW.asked_facts FROM quell.devices
        WHERE tenant_id = NEW.tenant_id AND device_id = NEW.device_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER give_request BEFORE INSERT ON quell.containments
    FOR EACH ROW WHEN (NEW.state = 'asked' AND NEW.request IS NULL) EXECUTE FUNCTION quell.give_request();

-- What is asked already becomes answerable too.
INSERT INTO quell.approval_requests (tenant_id, playbook, revision, minute, is_held)
SELECT DISTINCT tenant_id, playbook, revision, date_trunc('minute', created_at, 'UTC'), ask_lifts IS NULL
FROM quell.containments WHERE state = 'asked';
UPDATE quell.containments c SET request = r.number FROM quell.approval_requests r
WHERE c.state = 'asked' AND r.tenant_id = c.tenant_id AND r.playbook IS NOT DISTINCT FROM c.playbook
  AND r.revision IS NOT DISTINCT FROM c.revision AND r.minute = date_trunc('minute', c.created_at, 'UTC')
  AND r.is_held = (c.ask_lifts IS NULL);

ALTER TABLE quell.approvals
    -- The answer in the audit.
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid(),
    -- A hash of what the person reviewed: revision, facts, protections, the alert's news. Approvals of different states do
    -- not add up.
    ADD COLUMN reviewed text,
    -- Whether authors were kept from answering when it was given (`approvals.four_eyes`).
    ADD COLUMN four_eyes boolean NOT NULL DEFAULT true;

-- The database itself refuses an answer to what is not asked any more, and an approval by whoever began it.
CREATE FUNCTION quell.answer_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its record;
BEGIN
    SELECT state, ask_until, begun_by INTO its FROM quell.containments WHERE id = NEW.containment_id;
    IF its.state <> 'asked' OR its.ask_until <= quell.now() THEN
        RAISE EXCEPTION 'containment % is not asked any more', NEW.containment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_is_in_time';
    END IF;
    IF NEW.answer = 'approved' AND lower(its.begun_by) = lower(NEW.person) THEN
        RAISE EXCEPTION '% began containment % and may not approve it', NEW.person, NEW.containment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER answer_is_in_time BEFORE INSERT OR UPDATE ON quell.approvals
    FOR EACH ROW EXECUTE FUNCTION quell.answer_is_in_time();
