-- What the ledger stands on: one clock that goes on evenly, and one history. Where either breaks, sending stops until the
-- ledger is right again.

-- Jumps of the database's clock against a local one that cannot be set. All replicas see each; the first one to write it
-- down prolongs the slots.
CREATE TABLE quell.clock_jumps (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- On the clock after the jump.
    at      timestamptz NOT NULL DEFAULT quell.now(),
    -- How far, forward or (negative) back: a query's way there and back leaves that much open.
    least   interval NOT NULL,
    most    interval NOT NULL CONSTRAINT jump_is_a_span CHECK (most >= least),
    seen_by uuid NOT NULL
);

-- Which cluster, timeline and tables these are. A restored backup brings the row with it, but not what it speaks of.
CREATE TABLE quell.cluster_seen (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT cluster_has_one_row CHECK (only_row),
    identity text NOT NULL,
    seen_at  timestamptz NOT NULL DEFAULT quell.now()
);

-- A part that this role may not read is `-`, which equals anything. The timeline is the one that is written to (that of the
-- last checkpoint lags behind a promotion); the numbers of the database and of the ledger's table change when a dump is
-- restored within one cluster.
CREATE FUNCTION quell.cluster_identity() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    cluster  text := '-';
    timeline text := '-';
BEGIN
    BEGIN
        SELECT system_identifier::text INTO cluster FROM pg_control_system();
    EXCEPTION WHEN insufficient_privilege OR undefined_function THEN cluster := '-';
    END;
    BEGIN
        timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
    EXCEPTION WHEN OTHERS THEN timeline := '-';
    END;
    RETURN concat_ws(':', cluster, timeline, (SELECT oid FROM pg_database WHERE datname = current_database()),
                     'quell.attempts'::regclass::oid);
END $$;

-- While a row holds, nothing leaves for its tenant.
CREATE TABLE quell.holds (
    tenant_id  integer PRIMARY KEY REFERENCES quell.tenants (id),
    since      timestamptz NOT NULL DEFAULT quell.now(),
    held_until timestamptz NOT NULL,
    reason     text NOT NULL
);

-- A slot for calls that a restored backup has lost and Defender's list does not show, such as those that were refused.
ALTER TABLE quell.attempts DROP CONSTRAINT attempt_kind;
ALTER TABLE quell.attempts ADD CONSTRAINT attempt_kind
    CHECK (kind IN ('restrict', 'release', 'cancel', 'list', 'get', 'seed'));
