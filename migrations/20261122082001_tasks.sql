-- Tasks: what is done once on a device. Each wish for one is kept, with what it led to: so two alerts on one device make one
-- call, the same alert never makes a second one, limits count what a playbook did, and a wish beside a containment that a person
-- is asked about waits for the answer.
CREATE TABLE quell.task_wishes (
    id             uuid PRIMARY KEY,
    tenant_id      integer NOT NULL REFERENCES quell.tenants (id),
    device_id      text NOT NULL CONSTRAINT wish_device_is_callable CHECK (device_id ~ '^[0-9A-Za-z_-]{1,64}$'),
    -- As of the action that does it.
    subject        text NOT NULL CONSTRAINT wish_subject CHECK (subject IN ('scan', 'package') OR subject ~ '^file:[0-9a-f]{40}$'),
    argument       text,
    comment        text NOT NULL,
    mode           text NOT NULL CONSTRAINT wish_mode CHECK (mode IN ('observe', 'enforce')),
    lane           text NOT NULL,
    playbook       text NOT NULL,
    revision       text NOT NULL,
    event_id       uuid NOT NULL,
    alert_id       text NOT NULL,
    -- The containment whose beginning it waits for, or beside which it was wished.
    containment_id uuid REFERENCES quell.containments (id),
    -- Whether the playbook wants a failure known.
    tells_failure  boolean NOT NULL DEFAULT false,
    outcome        text NOT NULL CONSTRAINT wish_outcome CHECK (outcome IN
        ('waiting', 'queued', 'satisfied', 'repeated', 'limited', 'stopped', 'observed', 'dropped')),
    action_id      uuid REFERENCES quell.actions (id),
    wished_at      timestamptz NOT NULL DEFAULT quell.now(),
    settled_at     timestamptz,
    CONSTRAINT a_wish_that_is_done_has_its_action CHECK ((outcome IN ('queued', 'satisfied')) = (action_id IS NOT NULL)),
    CONSTRAINT a_wish_waits_for_a_containment CHECK (outcome <> 'waiting' OR containment_id IS NOT NULL),
    CONSTRAINT a_settled_wish_has_a_time CHECK ((outcome = 'waiting') = (settled_at IS NULL))
);
CREATE INDEX wishes_by_event ON quell.task_wishes (tenant_id, event_id);
CREATE INDEX wishes_by_device ON quell.task_wishes (tenant_id, device_id, subject);
CREATE INDEX wishes_by_action ON quell.task_wishes (action_id) WHERE action_id IS NOT NULL;
CREATE INDEX wishes_waiting ON quell.task_wishes (containment_id) WHERE outcome = 'waiting';
CREATE INDEX wishes_queued ON quell.task_wishes (tenant_id, settled_at) WHERE outcome = 'queued';
CREATE INDEX wishes_alone ON quell.task_wishes (tenant_id, playbook, mode, settled_at) WHERE containment_id IS NULL;

-- How often the task was tried: one that fails on the device is repeated by an action of its own, within bounds.
ALTER TABLE quell.actions ADD COLUMN tries smallint NOT NULL DEFAULT 1;

-- What waited beside a question that came to nothing is not done.
CREATE FUNCTION quell.drop_wishes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE quell.task_wishes SET outcome = 'dropped', settled_at = quell.now()
    WHERE containment_id = NEW.id AND outcome = 'waiting';
    RETURN NULL;
END $$;
CREATE TRIGGER drop_wishes AFTER UPDATE OF state ON quell.containments
    FOR EACH ROW WHEN (OLD.state <> NEW.state AND NEW.state IN ('declined', 'expired', 'ended'))
    EXECUTE FUNCTION quell.drop_wishes();

-- A containment may end when a scan that began after it ended, and nothing new came since.
ALTER TABLE quell.containments
    DROP CONSTRAINT containment_release_when,
    ADD CONSTRAINT containment_release_when CHECK (release_when <@ ARRAY['alert_resolved', 'scan_clean']),
    DROP CONSTRAINT containment_end_reason,
    ADD CONSTRAINT containment_end_reason CHECK (end_reason IN
        ('time', 'release_playbook', 'operator', 'drift', 'failed', 'mode', 'alert_resolved', 'scan_clean'));
CREATE INDEX containments_until_clean ON quell.containments (tenant_id, device_id)
    WHERE state = 'active' AND mode = 'enforce' AND 'scan_clean' = ANY (release_when);
CREATE INDEX actions_scanned ON quell.actions (tenant_id, device_id) WHERE kind = 'scan' AND state = 'succeeded';

-- The scans of ours that succeeded, beside each containment that waits for one. `domain::containment::clean` judges them.
CREATE VIEW quell.scanned AS
    SELECT c.tenant_id, c.id AS containment_id, c.device_id, c.activated_at, scan.begun_at, scan.final_at AS ended_at,
        -- An event that nobody decided yet is news too.
        greatest((SELECT max(d.decided_at) FROM quell.decisions d WHERE d.tenant_id = c.tenant_id AND d.device_id = c.device_id
                    AND d.event_kind IS DISTINCT FROM 'resolved'),
                 (SELECT max(i.enqueued_at) FROM quell.inbox i WHERE i.tenant_id = c.tenant_id AND i.device_id = c.device_id
                    AND i.event_kind <> 'resolved')) AS news_at
    FROM quell.containments c
    JOIN LATERAL (
        SELECT a.final_at, (SELECT min(t.reserved_at) FROM quell.attempts t WHERE t.action_id = a.id AND t.kind = a.kind) AS begun_at
        FROM quell.actions a
        WHERE a.tenant_id = c.tenant_id AND a.device_id = c.device_id AND a.kind = 'scan' AND a.state = 'succeeded'
          AND NOT a.is_adopted AND a.queued_at >= c.activated_at
    ) AS scan ON scan.begun_at IS NOT NULL
    WHERE c.state = 'active' AND c.mode = 'enforce' AND 'scan_clean' = ANY (c.release_when);
