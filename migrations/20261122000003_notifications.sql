-- Who is to be told of what: an outbox. A row is written in the very transaction in which the thing happens, whatever
-- path it took, so that none is lost and none is told of what was rolled back. There is at most one for each containment,
-- receiver and occasion, but for failures, which may recur. Delivery reads it in order and sets `delivered_at`.
CREATE TABLE quell.notifications (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant_id      integer NOT NULL REFERENCES quell.tenants (id),
    receiver       text NOT NULL,
    occasion       text NOT NULL
        CONSTRAINT notification_occasion CHECK (occasion IN ('acted', 'asked', 'failed', 'released')),
    containment_id uuid NOT NULL REFERENCES quell.containments (id),
    device_id      text NOT NULL,
    playbook       text,
    revision       text,
    alert_id       text,
    reason         text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT quell.now(),
    delivered_at   timestamptz
);
CREATE INDEX notifications_undelivered ON quell.notifications (tenant_id, id) WHERE delivered_at IS NULL;
CREATE INDEX notifications_by_containment ON quell.notifications (containment_id);

-- The terms of the revision that began the containment: [{"to": "soc", "on": ["acted"]}].
ALTER TABLE quell.containments ADD COLUMN notify jsonb;

CREATE FUNCTION quell.record_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    happened text := CASE
        WHEN TG_OP = 'INSERT' OR OLD.state <> NEW.state THEN
            CASE NEW.state WHEN 'asked' THEN 'asked' WHEN 'active' THEN 'acted' WHEN 'ended' THEN 'released' END
        WHEN OLD.attention IS NULL AND NEW.attention IS NOT NULL THEN 'failed' END;
BEGIN
    INSERT INTO quell.notifications (tenant_id, receiver, occasion, containment_id, device_id, playbook, revision,
                                     alert_id, reason)
    SELECT NEW.tenant_id, entry ->> 'to', happened, NEW.id, NEW.device_id, NEW.playbook, NEW.revision, NEW.alert_id,
           CASE happened WHEN 'failed' THEN NEW.attention ELSE NEW.state_reason END
    FROM jsonb_array_elements(NEW.notify) AS entry WHERE entry -> 'on' ? happened;
    RETURN NEW;
END $$;

-- Observed containments tell nobody.
CREATE TRIGGER record_notifications AFTER INSERT OR UPDATE OF state, attention ON quell.containments
    FOR EACH ROW WHEN (NEW.mode = 'enforce' AND NEW.notify IS NOT NULL)
    EXECUTE FUNCTION quell.record_notifications();
