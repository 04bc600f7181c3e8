-- A new installation, one from a dump, and one after an upgrade of Postgres have no statistics. A plan that was made while its tables were
-- small, or by none, may choose an index for its tenant alone and walk over all of a tenant's devices for one of them; connections keep such a plan
-- until the table is analysed. Postgres looks once a minute; a first storm of 3,000 devices took a quarter of a minute to be decided meanwhile.
-- So the daemon has analysed what has grown past what the planner knows. That is quick, and keeps nobody from the table.
CREATE FUNCTION quell.analyse_grown() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
    grown text;
BEGIN
    -- Not those that are read by keys without another index to choose, and are large: events, their keys, the audit.
    FOR grown IN
        SELECT c.relname FROM pg_class c
        WHERE c.relnamespace = 'quell'::regnamespace AND c.relkind = 'r'
          AND c.relname = ANY ('{inbox,devices,containments,containment_alerts,actions,attempts,alert_devices,foreign_actions,task_wishes,outbox}')
          AND pg_relation_size(c.oid) / current_setting('block_size')::bigint > 4 + 4 * c.relpages::bigint
    LOOP
        BEGIN
            EXECUTE format('ANALYZE quell.%I', grown);
            RETURN NEXT grown;
        EXCEPTION WHEN lock_not_available THEN
            -- Somebody is at it.
            NULL;
        END;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION quell.analyse_grown() FROM PUBLIC;
-- What the roles may do is said anew after the migrations; should the process end in between, the daemons go on.
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'quell_app') THEN
        GRANT EXECUTE ON FUNCTION quell.analyse_grown() TO quell_app;
    END IF;
END $$;
