-- The rows of the audit are sealed into one chain a tenant: each seal is the SHA-256 over its row and the seal before. Rows are
-- written unchained, so that no transaction waits for another; whoever holds the dispatch lease seals them within a second.

-- The transaction that wrote the row. A row whose transaction is below the oldest one that still runs is there for good, and
-- none can come before it any more: so rows are sealed in this order, and a row that was committed late is not left out.
ALTER TABLE quell.transitions ADD COLUMN written_in xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX transitions_to_seal ON quell.transitions (tenant_id, written_in, id);

-- The end of each chain. Its row is the lock of the chain: two who seal at once wait for each other.
CREATE TABLE quell.seal_heads (
    tenant_id    integer PRIMARY KEY REFERENCES quell.tenants (id),
    -- The last seal; 0, and 32 zero bytes: none yet.
    seq          bigint NOT NULL DEFAULT 0 CONSTRAINT seal_seq_counts CHECK (seq >= 0),
    hash         bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex') CONSTRAINT seal_is_a_sha256 CHECK (octet_length(hash) = 32),
    -- Every row up to this one, in the order of transaction and id, is sealed.
    up_to_xid    xid8 NOT NULL DEFAULT '0',
    up_to_id     bigint NOT NULL DEFAULT 0
);

CREATE TABLE quell.seals (
    tenant_id     integer NOT NULL REFERENCES quell.tenants (id),
    -- From one, without a gap.
    seq           bigint NOT NULL CONSTRAINT seal_seq_begins_at_one CHECK (seq > 0),
    -- No foreign key: a row that is gone must be found, not prevented from being seen.
    transition_id bigint NOT NULL,
    hash          bytea NOT NULL CONSTRAINT seal_is_a_sha256 CHECK (octet_length(hash) = 32),
    PRIMARY KEY (tenant_id, seq),
    CONSTRAINT sealed_once UNIQUE (transition_id)
);

-- Every so often the end of the chain is written down, and into the log, where whoever changes the database cannot reach it.
CREATE TABLE quell.seal_checkpoints (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    seq       bigint NOT NULL,
    hash      bytea NOT NULL CONSTRAINT seal_is_a_sha256 CHECK (octet_length(hash) = 32),
    at        timestamptz NOT NULL DEFAULT quell.now(),
    PRIMARY KEY (tenant_id, seq)
);

-- The audit is only added to, by anybody. The owner can take this trigger away, which needs a statement of its own that an
-- administrator's log shows.
CREATE FUNCTION quell.only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of %.% are only added: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON quell.transitions EXECUTE FUNCTION quell.only_added_to();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON quell.seals EXECUTE FUNCTION quell.only_added_to();
CREATE TRIGGER only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON quell.seal_checkpoints EXECUTE FUNCTION quell.only_added_to();
CREATE TRIGGER only_added_to BEFORE DELETE OR TRUNCATE ON quell.seal_heads EXECUTE FUNCTION quell.only_added_to();
