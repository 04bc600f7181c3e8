-- What `quell probe --also` asks of Defender with calls that nothing wants: a second restrict of a device that its own containment
-- has restricted, a release of a device that is free, and a cancel of a machine action that is over. Each leaves by the gate like
-- every call. The restrict and the release are actions like all others, with a row here that keeps `converge` from taking them
-- back before they are called, and that says who wanted them, why, and until when; the cancel is an attempt of the action that is over.
CREATE TABLE quell.probe_calls (
    id             uuid PRIMARY KEY,
    tenant_id      integer NOT NULL,
    device_id      text NOT NULL,
    -- The probe's own containment, begun by hand: a playbook's is never asked about.
    containment_id uuid NOT NULL REFERENCES quell.containments (id),
    question       text NOT NULL CONSTRAINT probe_question CHECK (question IN ('restrict_twice', 'release_free', 'cancel_final')),
    by             text NOT NULL,
    reason         text NOT NULL,
    asked_at       timestamptz NOT NULL DEFAULT quell.now(),
    -- Not called after that; what is pending at Defender then is cancelled.
    until          timestamptz NOT NULL,
    -- The probe waits no longer: what is pending at Defender is cancelled now.
    given_up_at    timestamptz,
    -- The machine action that is over, and the attempt to cancel it.
    target_id      uuid REFERENCES quell.actions (id),
    attempt_id     uuid,
    -- Its action is final, or its cancel was reserved: nothing more follows.
    settled_at     timestamptz,
    FOREIGN KEY (tenant_id, device_id) REFERENCES quell.devices (tenant_id, device_id),
    CONSTRAINT each_is_asked_once UNIQUE (containment_id, question),
    CONSTRAINT only_a_cancel_has_a_target CHECK ((question = 'cancel_final') = (target_id IS NOT NULL)),
    CONSTRAINT only_a_cancel_is_an_attempt CHECK (attempt_id IS NULL OR (question = 'cancel_final' AND settled_at IS NOT NULL)),
    CONSTRAINT a_probe_is_short CHECK (until <= asked_at + interval '1 hour')
);
CREATE INDEX probe_calls_open ON quell.probe_calls (tenant_id, device_id) WHERE settled_at IS NULL;

-- No playbook, and nothing but the restriction.
ALTER TABLE quell.actions
    ADD COLUMN probe_id uuid REFERENCES quell.probe_calls (id),
    ADD CONSTRAINT a_probe_is_of_a_person CHECK (probe_id IS NULL OR (playbook IS NULL AND subject = 'restriction'));
CREATE UNIQUE INDEX one_action_per_probe_call ON quell.actions (probe_id) WHERE probe_id IS NOT NULL;

CREATE FUNCTION quell.settle_probe() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE quell.probe_calls SET settled_at = NEW.final_at WHERE id = NEW.probe_id AND settled_at IS NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER settle_probe AFTER UPDATE OF state ON quell.actions
    FOR EACH ROW WHEN (NEW.probe_id IS NOT NULL AND NEW.final_at IS NOT NULL) EXECUTE FUNCTION quell.settle_probe();

-- The cancels that are due for probes, and from when on: of a second restrict as soon as its containment is over, of a release as
-- soon as something wants the device restricted, the probe waits no longer or its time is over; and the one that was asked for.
CREATE VIEW quell.probe_cancels AS
    SELECT p.tenant_id, p.device_id, p.id AS probe_id, p.question, p.reason, a.id AS action_id, CASE
            WHEN p.question = 'cancel_final' THEN p.asked_at
            WHEN p.question = 'restrict_twice' OR p.given_up_at IS NOT NULL OR w.is_wanted
                THEN greatest(a.submitted_at, a.cancel_not_before)
            ELSE greatest(a.submitted_at, a.cancel_not_before, p.until) END AS due_at
    FROM quell.probe_calls p
    JOIN quell.actions a ON a.probe_id = p.id OR a.id = p.target_id
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = p.tenant_id
        AND c.device_id = p.device_id AND c.measure = 'restriction' AND c.state = 'active' AND c.mode = 'enforce') AS is_wanted) AS w
    WHERE p.settled_at IS NULL AND NOT a.is_adopted AND a.defender_id IS NOT NULL
      AND CASE p.question WHEN 'cancel_final' THEN a.state = 'succeeded' AND p.until > (SELECT quell.now()) AND NOT w.is_wanted
                          WHEN 'restrict_twice' THEN a.state = 'submitted' AND NOT w.is_wanted
                          ELSE a.state = 'submitted' END;
