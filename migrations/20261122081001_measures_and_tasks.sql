-- More machine actions than restricting. A containment holds a *measure* on its device: a restriction, as so far, or an
-- isolation. A *task* (a scan, a package, a file put in quarantine) is done once and holds nothing. Each measure and each task is
-- a subject of its own: a scan of hours, or an isolation under way, must not hold a release of a restriction back. So what was
-- one open and one queued action per device is that per device and subject.

ALTER TABLE quell.actions
    DROP CONSTRAINT action_kind,
    ADD CONSTRAINT action_kind CHECK (kind IN
        ('restrict', 'release', 'isolate', 'release_isolation', 'scan', 'collect_package', 'quarantine_file')),
    -- What the action is about; every action from before is about the restriction.
    ADD COLUMN subject text NOT NULL DEFAULT 'restriction',
    -- What the call says beside its comment: full or selective of an isolation, quick or full of a scan, a file's SHA-1.
    ADD COLUMN argument text,
    ADD CONSTRAINT action_subject CHECK (CASE kind
        WHEN 'restrict' THEN subject = 'restriction'
        WHEN 'release' THEN subject = 'restriction'
        WHEN 'isolate' THEN subject = 'isolation'
        WHEN 'release_isolation' THEN subject = 'isolation'
        WHEN 'scan' THEN subject = 'scan'
        WHEN 'collect_package' THEN subject = 'package'
        ELSE subject ~ '^file:[0-9a-f]{40}$' END);

DROP INDEX quell.one_open_action_per_device;
CREATE UNIQUE INDEX one_open_action_per_device
    ON quell.actions (tenant_id, device_id, subject) WHERE state IN ('submitting', 'in_doubt', 'submitted');
DROP INDEX quell.one_queued_action_per_device;
CREATE UNIQUE INDEX one_queued_action_per_device
    ON quell.actions (tenant_id, device_id, subject) WHERE state = 'queued';

-- What begins a measure is cancelled when nothing wants it any more, whichever the measure; what releases one is watched.
DROP INDEX quell.actions_cancellable;
CREATE INDEX actions_cancellable ON quell.actions (tenant_id, submitted_at)
    WHERE state = 'submitted' AND kind IN ('restrict', 'isolate') AND NOT is_adopted;
DROP INDEX quell.actions_released;
CREATE INDEX actions_released ON quell.actions (tenant_id, final_at)
    WHERE kind IN ('release', 'release_isolation') AND state = 'succeeded';

ALTER TABLE quell.attempts
    DROP CONSTRAINT attempt_kind,
    ADD CONSTRAINT attempt_kind CHECK (kind IN
        ('restrict', 'release', 'isolate', 'release_isolation', 'scan', 'collect_package', 'quarantine_file', 'cancel',
         'list', 'get', 'seed')),
    DROP CONSTRAINT an_action_call_has_its_action,
    ADD CONSTRAINT an_action_call_has_its_action
        CHECK ((kind NOT IN ('list', 'get', 'seed')) = (action_id IS NOT NULL AND n IS NOT NULL));

-- What others do with tasks is no drift: nothing of ours is held by one.
ALTER TABLE quell.foreign_actions
    DROP CONSTRAINT foreign_kind,
    ADD CONSTRAINT foreign_kind CHECK (kind IN ('restrict', 'release', 'isolate', 'release_isolation'));

ALTER TABLE quell.containments
    ADD COLUMN measure text NOT NULL DEFAULT 'restriction'
        CONSTRAINT containment_measure CHECK (measure IN ('restriction', 'isolation')),
    -- How much an isolation cuts off; of a restriction there is nothing to say.
    ADD COLUMN isolation text CONSTRAINT containment_isolation CHECK (isolation IN ('full', 'selective')),
    ADD CONSTRAINT an_isolation_says_how_much CHECK ((measure = 'isolation') = (isolation IS NOT NULL));

-- A playbook may hold both on one device: two containments, each with its own terms.
DROP INDEX quell.one_open_containment_per_playbook_and_device;
CREATE UNIQUE INDEX one_open_containment_per_playbook_and_device
    ON quell.containments (tenant_id, device_id, coalesce(playbook, id::text), mode, measure) WHERE state IN ('asked', 'active');

-- What is known of the isolation, as `restriction` and its neighbours say it of the restriction. In the device's own row, which
-- is what everybody locks who changes any of it.
ALTER TABLE quell.devices
    ADD COLUMN isolation text NOT NULL DEFAULT 'free'
        CONSTRAINT device_isolation CHECK (isolation IN ('free', 'isolated', 'isolated_by_other', 'unknown')),
    ADD COLUMN isolation_at timestamptz,
    ADD COLUMN is_isolated_by_others boolean NOT NULL DEFAULT false,
    ADD COLUMN isolation_others_by text,
    ADD COLUMN isolation_others_at timestamptz,
    ADD COLUMN isolation_failures smallint NOT NULL DEFAULT 0;
CREATE INDEX devices_not_free_of_isolation ON quell.devices (tenant_id) WHERE isolation <> 'free';

-- The same of both measures, in the same words, a row each: whoever treats them alike reads and writes this.
CREATE VIEW quell.measures AS
    SELECT tenant_id, device_id, 'restriction'::text AS measure,
        CASE restriction WHEN 'restricted' THEN 'held' WHEN 'restricted_by_other' THEN 'held_by_other' ELSE restriction END AS known,
        restriction_at AS known_at, is_restricted_by_others AS is_by_others, others_by, others_at, failures
    FROM quell.devices
    UNION ALL
    SELECT tenant_id, device_id, 'isolation',
        CASE isolation WHEN 'isolated' THEN 'held' WHEN 'isolated_by_other' THEN 'held_by_other' ELSE isolation END,
        isolation_at, is_isolated_by_others, isolation_others_by, isolation_others_at, isolation_failures
    FROM quell.devices;

CREATE FUNCTION quell.update_measure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.measure = 'restriction' THEN
        UPDATE quell.devices SET
            restriction = CASE NEW.known WHEN 'held' THEN 'restricted' WHEN 'held_by_other' THEN 'restricted_by_other' ELSE NEW.known END,
            restriction_at = NEW.known_at, is_restricted_by_others = NEW.is_by_others, others_by = NEW.others_by,
            others_at = NEW.others_at, failures = NEW.failures
        WHERE tenant_id = NEW.tenant_id AND device_id = NEW.device_id;
    ELSE
        UPDATE quell.devices SET
            isolation = CASE NEW.known WHEN 'held' THEN 'isolated' WHEN 'held_by_other' THEN 'isolated_by_other' ELSE NEW.known END,
            isolation_at = NEW.known_at, is_isolated_by_others = NEW.is_by_others, isolation_others_by = NEW.others_by,
            isolation_others_at = NEW.others_at, isolation_failures = NEW.failures
        WHERE tenant_id = NEW.tenant_id AND device_id = NEW.device_id;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER update_measure INSTEAD OF UPDATE ON quell.measures FOR EACH ROW EXECUTE FUNCTION quell.update_measure();
