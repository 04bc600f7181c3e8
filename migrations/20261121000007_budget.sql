-- The budget: the row that serialises the gate, the lease that names the dispatcher, and the attempts, which are the
-- ledger of both windows.
CREATE TABLE quell.budgets (
    tenant_id     integer NOT NULL REFERENCES quell.tenants (id),
    app_id        text NOT NULL,
    scope         text NOT NULL CONSTRAINT budget_scope CHECK (scope IN ('actions', 'reads')),
    -- After a 429 or a 403 nothing leaves until then.
    closed_until  timestamptz,
    closed_reason text,
    PRIMARY KEY (tenant_id, app_id, scope)
);

CREATE TABLE quell.leases (
    tenant_id  integer PRIMARY KEY REFERENCES quell.tenants (id),
    holder     uuid NOT NULL,
    epoch      bigint NOT NULL,
    expires_at timestamptz NOT NULL
);

-- One call, written down before it is made. A read is an attempt without an action.
CREATE TABLE quell.attempts (
    id            uuid PRIMARY KEY,
    tenant_id     integer NOT NULL REFERENCES quell.tenants (id),
    app_id        text NOT NULL,
    scope         text NOT NULL CONSTRAINT attempt_scope CHECK (scope IN ('actions', 'reads')),
    kind          text NOT NULL CONSTRAINT attempt_kind CHECK (kind IN ('restrict', 'release', 'cancel', 'list', 'get')),
    action_id     uuid REFERENCES quell.actions (id),
    n             integer,
    epoch         bigint NOT NULL,
    reserved_at   timestamptz NOT NULL,
    send_deadline timestamptz NOT NULL,
    -- The latest moment at which the service can have counted this call: the response once there is one. The slot is
    -- held until then plus the window's length.
    slot_at       timestamptz NOT NULL,
    answered_at   timestamptz,
    outcome       text,
    http_status   integer,
    error_code    text,
    error_message text,
    -- Defender's correlation id for its support.
    error_target  text,
    CONSTRAINT an_action_call_has_its_action
        CHECK ((kind IN ('restrict', 'release', 'cancel')) = (action_id IS NOT NULL AND n IS NOT NULL)),
    CONSTRAINT answered_has_an_outcome CHECK ((answered_at IS NULL) = (outcome IS NULL)),
    CONSTRAINT one_attempt_per_number UNIQUE (action_id, kind, n)
);
CREATE INDEX attempts_ledger ON quell.attempts (tenant_id, app_id, scope, slot_at DESC);
