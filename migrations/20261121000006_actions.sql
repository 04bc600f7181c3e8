-- Actions: one machine action that we want from Defender, followed to its end.
CREATE TABLE quell.actions (
    id            uuid PRIMARY KEY,
    tenant_id     integer NOT NULL REFERENCES quell.tenants (id),
    device_id     text NOT NULL CONSTRAINT action_device_is_callable CHECK (device_id ~ '^[0-9A-Za-z_-]{1,64}$'),
    kind          text NOT NULL CONSTRAINT action_kind CHECK (kind IN ('restrict', 'release')),
    state         text NOT NULL CONSTRAINT action_state CHECK (state IN
        ('queued', 'submitting', 'in_doubt', 'submitted', 'succeeded', 'failed', 'timed_out', 'cancelled', 'withdrawn',
         'expired')),
    lane          smallint NOT NULL CONSTRAINT action_lane CHECK (lane BETWEEN 0 AND 4),
    -- The containment that wanted it first, and its playbook: null for what an operator asked for.
    containment_id uuid REFERENCES quell.containments (id),
    playbook      text,
    revision      text,
    comment       text NOT NULL,
    wanted_by     text NOT NULL,
    queued_at     timestamptz NOT NULL DEFAULT quell.now(),
    not_before    timestamptz NOT NULL DEFAULT quell.now(),
    valid_until   timestamptz,
    attempts      integer NOT NULL DEFAULT 0,
    submitted_at  timestamptz,
    -- Defender's machine action, its status word for word, and whether somebody else began it.
    defender_id   text,
    defender_status text,
    is_adopted    boolean NOT NULL DEFAULT false,
    final_at      timestamptz,
    error         text,
    state_by      text NOT NULL,
    state_reason  text NOT NULL,
    CONSTRAINT submitted_has_an_id CHECK (state <> 'submitted' OR (defender_id IS NOT NULL AND submitted_at IS NOT NULL)),
    CONSTRAINT final_has_a_time CHECK
        ((state IN ('succeeded', 'failed', 'timed_out', 'cancelled', 'withdrawn', 'expired')) = (final_at IS NOT NULL)),
    CONSTRAINT submitting_has_an_attempt CHECK (state NOT IN ('submitting', 'in_doubt', 'submitted') OR attempts > 0)
);
CREATE UNIQUE INDEX one_open_action_per_device
    ON quell.actions (tenant_id, device_id) WHERE state IN ('submitting', 'in_doubt', 'submitted');
CREATE UNIQUE INDEX one_queued_action_per_device
    ON quell.actions (tenant_id, device_id) WHERE state = 'queued';
CREATE INDEX actions_in_claim_order ON quell.actions (tenant_id, lane, queued_at, id) WHERE state = 'queued';
CREATE INDEX actions_open ON quell.actions (tenant_id, queued_at) WHERE state IN ('submitting', 'in_doubt', 'submitted');
CREATE INDEX actions_by_device ON quell.actions (tenant_id, device_id, queued_at DESC);
CREATE INDEX actions_by_defender_id ON quell.actions (tenant_id, defender_id) WHERE defender_id IS NOT NULL;
CREATE INDEX actions_expiring ON quell.actions (tenant_id, valid_until) WHERE state = 'queued' AND valid_until IS NOT NULL;
