-- The schema, the one clock of the ledger, and the tenants: every row of every later table belongs to one.
CREATE SCHEMA quell;

-- An offset that only the owner of the schema can set: tests move time with it, nothing else does.
CREATE TABLE quell.clock (
    only_row boolean PRIMARY KEY DEFAULT true CONSTRAINT clock_has_one_row CHECK (only_row),
    shift    interval NOT NULL DEFAULT '0'
);
INSERT INTO quell.clock DEFAULT VALUES;
GRANT USAGE ON SCHEMA quell TO PUBLIC;
GRANT SELECT ON quell.clock TO PUBLIC;

-- The time of the ledger, the leases and validity.
CREATE FUNCTION quell.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
$$ SELECT clock_timestamp() + shift FROM quell.clock $$;

CREATE TABLE quell.tenants (
    id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       text NOT NULL CONSTRAINT tenant_name_is_plain CHECK (name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'),
    created_at timestamptz NOT NULL DEFAULT quell.now(),
    CONSTRAINT one_tenant_per_name UNIQUE (name)
);
