-- Every revision ever active with its text, the active set, and the decisions that were made under it.
CREATE TABLE quell.playbook_revisions (
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    playbook    text NOT NULL,
    revision    text NOT NULL,
    text        text NOT NULL,
    first_active_at timestamptz NOT NULL DEFAULT quell.now(),
    PRIMARY KEY (tenant_id, playbook, revision)
);

CREATE TABLE quell.playbook_sets (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    set_hash  text NOT NULL,
    playbook  text NOT NULL,
    revision  text NOT NULL,
    mode      text NOT NULL CONSTRAINT set_mode CHECK (mode IN ('off', 'observe', 'enforce')),
    PRIMARY KEY (tenant_id, set_hash, playbook),
    FOREIGN KEY (tenant_id, playbook, revision) REFERENCES quell.playbook_revisions
);

-- The active set: one row a tenant; activation is one compare-and-swap on the version.
CREATE TABLE quell.active_sets (
    tenant_id    integer PRIMARY KEY REFERENCES quell.tenants (id),
    set_hash     text NOT NULL,
    version      bigint NOT NULL,
    activated_at timestamptz NOT NULL DEFAULT quell.now()
);

-- One row per (event, device); device_id is null for an event without a device.
CREATE TABLE quell.decisions (
    tenant_id   integer NOT NULL REFERENCES quell.tenants (id),
    event_id    uuid NOT NULL,
    device_id   text,
    kind        text NOT NULL CONSTRAINT decision_kind CHECK (kind IN ('act', 'ask', 'observe', 'hold', 'skip')),
    reason      text NOT NULL,
    set_version bigint,
    -- The rulings that are not plain no-match, and the facts used.
    rulings     jsonb NOT NULL DEFAULT '[]',
    facts       jsonb,
    decided_at  timestamptz NOT NULL DEFAULT quell.now(),
    CONSTRAINT one_decision_per_event_and_device UNIQUE NULLS NOT DISTINCT (event_id, device_id)
);
CREATE INDEX decisions_by_device ON quell.decisions (tenant_id, device_id, decided_at DESC);
