-- Drift: restrictions that others lift or apply at Defender, in its portal or with other tools. Its list of actions shows them.

-- Each action of somebody else's that was carried out, judged once.
CREATE TABLE quell.foreign_actions (
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    defender_id text NOT NULL,
    device_id   text NOT NULL CONSTRAINT foreign_device_is_callable CHECK (device_id ~ '^[0-9A-Za-z_-]{1,64}$'),
    kind        text NOT NULL CONSTRAINT foreign_kind CHECK (kind IN ('restrict', 'release')),
    -- Who asked for it, as Defender tells it.
    requestor   text NOT NULL,
    -- When it was made and carried out, on Defender's clock.
    made_at     timestamptz NOT NULL,
    done_at     timestamptz NOT NULL,
    judged_at   timestamptz NOT NULL DEFAULT quell.now(),
    -- lifted: containments ended by it. enforced: they stayed, the device is restricted again. freed, restricted: the device is.
    -- overtaken: something later undid it. unclear: whether ours came before or after cannot be told.
    verdict     text NOT NULL CONSTRAINT foreign_verdict CHECK (verdict IN
        ('lifted', 'enforced', 'freed', 'restricted', 'overtaken', 'unclear')),
    PRIMARY KEY (tenant_id, defender_id)
);
CREATE INDEX foreign_actions_by_device ON quell.foreign_actions (tenant_id, device_id, done_at DESC);

-- When Defender carried an action of ours out, on its own clock: what comes after what is told by one clock only. Null for rows
-- from before.
ALTER TABLE quell.actions ADD COLUMN defender_done_at timestamptz;

ALTER TABLE quell.devices
    -- Who else restricted it, and when, on Defender's clock; while `is_restricted_by_others`.
    ADD COLUMN others_by text,
    ADD COLUMN others_at timestamptz,
    -- Alerts whose restriction a person lifted: they restrict the device no more.
    ADD COLUMN lifted_alerts text[] NOT NULL DEFAULT '{}';

-- How often somebody lifted what this containment restricts, while drift is enforced.
ALTER TABLE quell.containments
    ADD COLUMN lifts smallint NOT NULL DEFAULT 0,
    -- A person began it, where no playbook did.
    ADD COLUMN IF NOT EXISTS begun_by text;

-- How far Defender's list was looked at: what it said last, and up to when nothing of others' waits to be judged.
CREATE TABLE quell.looks (
    tenant_id    integer PRIMARY KEY REFERENCES quell.tenants (id),
    listed_at    timestamptz NOT NULL,
    judged_until timestamptz NOT NULL
);

-- Kinds of alarms come with each feature; the code knows them, the schema only that they are words.
ALTER TABLE quell.alarms
    DROP CONSTRAINT alarm_kind,
    ADD CONSTRAINT alarm_kind CHECK (kind ~ '^[a-z][a-z_]{1,40}$');
