-- Some calls only look at one device more closely: what Defender itself says can be done with it, and in which mode its antivirus
-- is. They are optional, and asked for devices alone whose alert a playbook matched.

-- The antivirus has rate limits of its own at Defender, far below those of other reads.
ALTER TABLE quell.budgets DROP CONSTRAINT budget_scope;
ALTER TABLE quell.budgets ADD CONSTRAINT budget_scope CHECK (scope IN ('actions', 'reads', 'antivirus'));
ALTER TABLE quell.attempts DROP CONSTRAINT attempt_scope;
ALTER TABLE quell.attempts ADD CONSTRAINT attempt_scope CHECK (scope IN ('actions', 'reads', 'antivirus'));

-- What was asked of a device, and what was answered. Apart from the device's row, which every page of the inventory writes.
CREATE TABLE quell.device_lookups (
    tenant_id      integer NOT NULL,
    device_id      text NOT NULL,
    kind           text NOT NULL CONSTRAINT lookup_kind CHECK (kind IN ('available_actions', 'antivirus')),
    -- An event waits for it since; none: nobody does.
    wanted_at      timestamptz,
    -- When an event last asked: what nobody has asked for in a while is not refreshed any more, and goes.
    last_wanted_at timestamptz NOT NULL,
    -- Since the last answer: when it was tried, and how often in vain.
    tried_at       timestamptz,
    failures       smallint NOT NULL DEFAULT 0 CONSTRAINT lookup_failures CHECK (failures >= 0),
    -- When it was answered. An answer that says nothing is an answer too: `answer` is null then.
    fetched_at     timestamptz,
    answer         jsonb,
    PRIMARY KEY (tenant_id, device_id, kind),
    FOREIGN KEY (tenant_id, device_id) REFERENCES quell.devices (tenant_id, device_id),
    CONSTRAINT an_answer_has_its_time CHECK (answer IS NULL OR fetched_at IS NOT NULL)
);
CREATE INDEX device_lookups_wanted ON quell.device_lookups (tenant_id, kind, wanted_at) WHERE wanted_at IS NOT NULL;
CREATE INDEX device_lookups_by_age ON quell.device_lookups (tenant_id, kind, fetched_at);
