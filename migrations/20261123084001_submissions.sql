-- Events by SQL, for those who live in Postgres: `quell.submit_event(tenant, source, payload)`. The bytes are only kept here, in the
-- caller's own transaction; the daemon reads them, in order, and stores what they hold in the transaction that deletes them. So each
-- is taken exactly once, and nothing of it before the caller commits.

-- Which sources may be submitted to, and by the members of which roles: what `sources` of the configuration says, told by the daemon
-- when it starts. The trust of what is submitted hangs on the source, so a name alone must not be enough.
CREATE TABLE quell.sql_sources (
    tenant_id integer NOT NULL REFERENCES quell.tenants (id),
    source    text NOT NULL,
    roles     text[] NOT NULL CONSTRAINT sql_source_has_roles CHECK (cardinality(roles) > 0),
    PRIMARY KEY (tenant_id, source)
);

CREATE TABLE quell.submissions (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id           uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id    integer NOT NULL REFERENCES quell.tenants (id),
    source       text NOT NULL,
    submitted_at timestamptz NOT NULL DEFAULT quell.now(),
    submitted_by text NOT NULL DEFAULT session_user,
    payload      bytea NOT NULL CONSTRAINT submission_is_bounded CHECK (octet_length(payload) BETWEEN 1 AND 1048576)
);
CREATE INDEX submissions_in_order ON quell.submissions (tenant_id, source, seq);

-- The only way in. Runs as the owner, so that whoever calls it needs no right on any table; its search path holds nothing that the
-- caller can write to. `session_user`, not `current_user`, is whoever logged in.
CREATE FUNCTION quell.submit_event(tenant text, source text, payload bytea) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
    its_tenant integer;
    its_roles  text[];
    waiting    bigint;
    made       uuid;
BEGIN
    IF octet_length(submit_event.payload) IS NULL OR octet_length(submit_event.payload) = 0 THEN
        RAISE EXCEPTION 'there is nothing in the payload' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF octet_length(submit_event.payload) > 1048576 THEN
        RAISE EXCEPTION 'the payload has % bytes, and 1048576 are taken at most', octet_length(submit_event.payload)
            USING ERRCODE = 'program_limit_exceeded', HINT = 'Submit its records in several calls.';
    END IF;
    SELECT t.id, s.roles INTO its_tenant, its_roles
    FROM quell.tenants t JOIN quell.sql_sources s ON s.tenant_id = t.id
    WHERE t.name = submit_event.tenant AND s.source = submit_event.source;
    IF its_tenant IS NULL THEN
        RAISE EXCEPTION 'the tenant `%` has no source `%` that takes events by SQL', submit_event.tenant, submit_event.source
            USING ERRCODE = 'invalid_parameter_value',
                  HINT = 'Quell''s configuration names them: `sources`, each with `sql`. The daemon tells the database when it starts.';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_roles r
                   WHERE r.rolname = ANY (its_roles) AND pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')) THEN
        RAISE EXCEPTION 'the role `%` may not submit to the source `%`', session_user, submit_event.source
            USING ERRCODE = 'insufficient_privilege',
                  HINT = 'Make it a member of a role that `sql.roles` of the source names.';
    END IF;
    -- Nobody takes them: better that the caller hears of it than that the table grows for ever. Only those of this source count, and no
    -- further than the bound; they are read from the index. Almost always there are few.
    SELECT count(*) INTO waiting FROM (
        SELECT 1 FROM quell.submissions q WHERE q.tenant_id = its_tenant AND q.source = submit_event.source LIMIT 100001
    ) AS some_of_them;
    IF waiting > 100000 THEN
        RAISE EXCEPTION 'too many events wait to be taken' USING ERRCODE = 'configuration_limit_exceeded',
            HINT = 'Is the daemon running? Submit it again later.';
    END IF;
    INSERT INTO quell.submissions (tenant_id, source, payload) VALUES (its_tenant, submit_event.source, submit_event.payload)
    RETURNING id INTO made;
    PERFORM pg_catalog.pg_notify('quell_wake', 'submissions:' || its_tenant);
    RETURN made;
END $$;

CREATE FUNCTION quell.submit_event(tenant text, source text, payload text) RETURNS uuid LANGUAGE sql VOLATILE AS
$$ SELECT quell.submit_event(tenant, source, pg_catalog.convert_to(payload, 'UTF8')) $$;
CREATE FUNCTION quell.submit_event(tenant text, source text, payload json) RETURNS uuid LANGUAGE sql VOLATILE AS
$$ SELECT quell.submit_event(tenant, source, pg_catalog.convert_to(payload::pg_catalog.text, 'UTF8')) $$;
CREATE FUNCTION quell.submit_event(tenant text, source text, payload jsonb) RETURNS uuid LANGUAGE sql VOLATILE AS
$$ SELECT quell.submit_event(tenant, source, pg_catalog.convert_to(payload::pg_catalog.text, 'UTF8')) $$;

-- Everybody may call a new function, unless it is said otherwise. `quell db roles` lets `quell_submit`.
REVOKE ALL ON FUNCTION quell.submit_event(text, text, bytea), quell.submit_event(text, text, text),
    quell.submit_event(text, text, json), quell.submit_event(text, text, jsonb) FROM PUBLIC;
