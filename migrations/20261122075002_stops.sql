-- The stop switch. A stop is a row of its tenant, so that every replica sees it in its next gate transaction, it survives
-- restarts, and who stopped, why and until when is kept. One that was given for all tenants has a row for each.
CREATE TABLE quell.stops (
    id         uuid PRIMARY KEY,
    tenant_id  integer NOT NULL REFERENCES quell.tenants (id),
    -- new: no restrict is called. freeze: nothing is called that changes something. cancel_pending: as new, and what was
    -- not carried out yet is taken back. release_all: as cancel_pending, and what began since `since` is released.
    scope      text NOT NULL CONSTRAINT stop_scope CHECK (scope IN ('new', 'freeze', 'cancel_pending', 'release_all')),
    since      timestamptz,
    -- It was given for all tenants.
    everywhere boolean NOT NULL,
    via        text NOT NULL CONSTRAINT stop_via CHECK (via IN ('cli', 'api', 'file')),
    begun_by   text NOT NULL,
    reason     text NOT NULL,
    begun_at   timestamptz NOT NULL,
    -- Whether it began and ended while it held the budget's lock, so that no gate was half-way through. A stop never waits for
    -- long: it is written without the lock rather than not at all.
    is_exact   boolean NOT NULL,
    ended_at   timestamptz,
    ended_by   text,
    end_reason text,
    CONSTRAINT release_since CHECK ((scope = 'release_all') = (since IS NOT NULL)),
    CONSTRAINT ended_by_a_person_for_a_reason
        CHECK ((ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX stops_in_force ON quell.stops (tenant_id) WHERE ended_at IS NULL;
CREATE INDEX stops_by_time ON quell.stops (tenant_id, begun_at);
-- Replicas that see the same file write one stop.
CREATE UNIQUE INDEX one_stop_by_file ON quell.stops (tenant_id) WHERE via = 'file' AND ended_at IS NULL;

-- The strongest stop in force for a tenant; null: none.
CREATE FUNCTION quell.stop_in_force(tenant integer) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT (SELECT s.scope FROM quell.stops s WHERE s.tenant_id = tenant AND s.ended_at IS NULL
            ORDER BY array_position(ARRAY['freeze', 'release_all', 'cancel_pending', 'new'], s.scope) LIMIT 1)
$$;

-- A tenant that is added while all are stopped is stopped.
CREATE FUNCTION quell.stop_new_tenant() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stop quell.stops;
BEGIN
    FOR stop IN SELECT DISTINCT ON (begun_at, scope) * FROM quell.stops WHERE everywhere AND ended_at IS NULL LOOP
        stop.id := gen_random_uuid();
        stop.tenant_id := NEW.id;
        INSERT INTO quell.stops SELECT stop.*;
        PERFORM quell.note_change(NEW.id, 'stop', stop.id, NULL, NULL, 'in_force', stop.begun_by, stop.reason, NULL, NULL,
                                  jsonb_build_object('scope', stop.scope, 'via', stop.via));
    END LOOP;
    RETURN NEW;
END $$;
CREATE TRIGGER stop_new_tenant AFTER INSERT ON quell.tenants FOR EACH ROW EXECUTE FUNCTION quell.stop_new_tenant();
