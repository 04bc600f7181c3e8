-- A cap of the configuration is lifted by an act of its own: an operator's, with a reason, for so many more devices or any
-- number, and for a while. Rows are never changed.
CREATE TABLE quell.cap_lifts (
    id         uuid PRIMARY KEY,
    tenant_id  integer NOT NULL REFERENCES quell.tenants (id),
    -- `caps[0]`.
    cap        text NOT NULL CONSTRAINT lift_of_a_cap CHECK (cap ~ '^caps\[[0-9]+\]$'),
    -- The cap as it was configured then: a lift holds for that one alone.
    terms      jsonb NOT NULL,
    -- So many more devices; null: any number.
    devices    integer CONSTRAINT lift_for_some_devices CHECK (devices > 0),
    -- What the cap had counted by then.
    counted    bigint NOT NULL CONSTRAINT lift_counted CHECK (counted >= 0),
    lifted_at  timestamptz NOT NULL,
    until      timestamptz NOT NULL,
    by         text NOT NULL CONSTRAINT lift_by_somebody CHECK (by <> ''),
    reason     text NOT NULL CONSTRAINT lift_for_a_reason CHECK (reason <> ''),
    CONSTRAINT lift_for_a_while CHECK (until > lifted_at)
);
CREATE INDEX cap_lifts_by_end ON quell.cap_lifts (tenant_id, until);

-- What is asked because of a cap goes on when the cap is lifted, in the order of its asking.
CREATE INDEX containments_held_by_caps ON quell.containments (tenant_id, created_at, id)
    WHERE state = 'asked' AND ask_reason LIKE 'caps[%';

-- A kind of alarm is a plain word, as everything that has a row in the audit is.
ALTER TABLE quell.alarms
    DROP CONSTRAINT alarm_kind,
    ADD CONSTRAINT alarm_kind CHECK (kind ~ '^[a-z][a-z_]{1,40}$');
