-- Events by day, decisions by month, so that what is old goes by dropping a table: no row is deleted, nothing is vacuumed. Decisions
-- are asked for by device over their whole time, and are kept longer: by day they would be hundreds of tables. Both are told apart by
-- the event's id, which begins with its time; so the keys stay what they were. What no partition was made for lands in `…_rest`.
-- They have no foreign key on the tenants, which nobody deletes: to drop a table that has one, Postgres waits for everybody who is
-- writing a row of any tenant, and lets nobody write until then.

-- Each partition, and the ids that belong to it.
CREATE TABLE quell.partitions (
    name    text PRIMARY KEY,
    of      text NOT NULL CONSTRAINT partition_of CHECK (of IN ('events', 'decisions')),
    -- Inclusive; null: since ever.
    from_id uuid,
    -- Exclusive.
    to_id   uuid NOT NULL
);

-- What was deleted because its time was over, and up to which id: what is older and not there is not lost.
CREATE TABLE quell.prunes (
    id    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at    timestamptz NOT NULL DEFAULT quell.now(),
    what  text NOT NULL,
    -- The partition that was dropped; null: rows were deleted.
    part  text,
    -- Whatever was before this id is gone, except what was still needed.
    upto  uuid NOT NULL,
    -- About how many, when a partition was dropped.
    rows  bigint NOT NULL,
    kept  bigint NOT NULL DEFAULT 0,
    bytes bigint NOT NULL DEFAULT 0
);
CREATE INDEX prunes_by_what ON quell.prunes (what, upto DESC);

ALTER TABLE quell.events RENAME TO events_before;
ALTER INDEX quell.events_pkey RENAME TO events_before_pkey;
ALTER INDEX quell.events_by_alert RENAME TO events_before_by_alert;
CREATE TABLE quell.events (
    id          uuid PRIMARY KEY,
    received_at timestamptz NOT NULL DEFAULT quell.now(),
    occurred_at timestamptz,
    tenant_id   integer NOT NULL,
    codec       smallint NOT NULL DEFAULT 0,
    source      text NOT NULL,
    format      text NOT NULL,
    trust       text NOT NULL DEFAULT 'act' CONSTRAINT event_trust CHECK (trust IN ('act', 'ask_rate', 'ask', 'observe')),
    alert_id    text NOT NULL,
    severity    text,
    category    text,
    status      text,
    devices     text[],
    payload     bytea NOT NULL,
    event       bytea,
    normalised  jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((codec = 0) = (normalised IS NOT NULL) AND (codec = 0) = (event IS NULL))
) PARTITION BY RANGE (id);
-- Compressed already.
ALTER TABLE quell.events ALTER COLUMN payload SET STORAGE EXTERNAL, ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE INDEX events_by_alert ON quell.events (tenant_id, alert_id);

ALTER TABLE quell.decisions RENAME TO decisions_before;
ALTER TABLE quell.decisions_before RENAME CONSTRAINT one_decision_per_event_and_device TO decisions_before_key;
ALTER INDEX quell.decisions_by_device RENAME TO decisions_before_by_device;
ALTER INDEX quell.decisions_by_time RENAME TO decisions_before_by_time;
CREATE TABLE quell.decisions (
    event_id    uuid NOT NULL,
    decided_at  timestamptz NOT NULL DEFAULT quell.now(),
    last_seen   timestamptz,
    set_version bigint,
    tenant_id   integer NOT NULL,
    device_id   text,
    kind        text NOT NULL CONSTRAINT decision_kind CHECK (kind IN ('act', 'ask', 'observe', 'hold', 'skip')),
    reason      text NOT NULL,
    event_kind  text CONSTRAINT decision_event_kind CHECK (event_kind IN ('new', 'updated', 'resolved')),
    facts_hash  uuid,
    rules_hash  uuid,
    rulings     jsonb NOT NULL DEFAULT '[]',
    facts       jsonb,
    own_facts   jsonb,
    CONSTRAINT one_decision_per_event_and_device UNIQUE NULLS NOT DISTINCT (event_id, device_id)
) PARTITION BY RANGE (event_id);
CREATE INDEX decisions_by_device ON quell.decisions (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_by_time ON quell.decisions (tenant_id, decided_at);

-- The same view, of the table that has the name now.
CREATE OR REPLACE VIEW quell.scanned AS
    SELECT c.tenant_id, c.id AS containment_id, c.device_id, c.activated_at, scan.begun_at, scan.final_at AS ended_at,
        -- An event that nobody decided yet is news too, and one that could not be decided.
        greatest((SELECT max(d.decided_at) FROM quell.decisions d WHERE d.tenant_id = c.tenant_id AND d.device_id = c.device_id
                    AND d.event_kind IS DISTINCT FROM 'resolved'),
                 (SELECT max(i.enqueued_at) FROM quell.inbox i WHERE i.tenant_id = c.tenant_id AND i.device_id = c.device_id
                    AND i.event_kind <> 'resolved'),
                 (SELECT max(l.received_at) FROM quell.dead_letters l WHERE l.tenant_id = c.tenant_id
                    AND l.device_id = c.device_id AND l.event_id IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM quell.dead_letter_ends x WHERE x.letter_id = l.id AND x.ended_as = 'dropped')))
            AS news_at
    FROM quell.containments c
    JOIN LATERAL (
        SELECT a.final_at, (SELECT min(t.reserved_at) FROM quell.attempts t WHERE t.action_id = a.id AND t.kind = a.kind) AS begun_at
        FROM quell.actions a
        WHERE a.tenant_id = c.tenant_id AND a.device_id = c.device_id AND a.kind = 'scan' AND a.state = 'succeeded'
          AND NOT a.is_adopted AND a.queued_at >= c.activated_at
    ) AS scan ON scan.begun_at IS NOT NULL
    WHERE c.state = 'active' AND c.mode = 'enforce' AND 'scan_clean' = ANY (c.release_when);

-- What was there is the first partition, as the constraints of the migration before the last allow without reading it; an empty one goes.
DO $$
DECLARE
    its text;
    before text;
    upto uuid;
    is_there boolean;
BEGIN
    FOREACH its IN ARRAY ARRAY['events', 'decisions'] LOOP
        before := its || '_before';
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM quell.%I)', before) INTO is_there;
        IF is_there THEN
            SELECT (regexp_match(pg_get_constraintdef(oid), '[0-9a-f]{8}-[0-9a-f-]{27}'))[1]::uuid INTO STRICT upto
            FROM pg_constraint WHERE conname = its || '_up_to' AND conrelid = format('quell.%I', before)::regclass;
            EXECUTE format('ALTER TABLE quell.%I ATTACH PARTITION quell.%I FOR VALUES FROM (MINVALUE) TO (%L)', its, before, upto);
            EXECUTE format('ALTER TABLE quell.%I DROP CONSTRAINT %I', before, its || '_up_to');
            EXECUTE format('ALTER TABLE quell.%I DROP CONSTRAINT %I', before, its || '_tenant_id_fkey');
            INSERT INTO quell.partitions (name, of, from_id, to_id) VALUES (before, its, NULL, upto);
        ELSE
            EXECUTE format('DROP TABLE quell.%I', before);
        END IF;
        EXECUTE format('CREATE TABLE quell.%I PARTITION OF quell.%I DEFAULT', its || '_rest', its);
    END LOOP;
END $$;

-- The functions of retention run as the owner: the daemon may delete nothing of this by itself, and nobody what is younger than
-- seven days. None waits long for a lock: whoever calls tries again later.

-- A partition for each day of events up to a week ahead, and for each month of decisions up to the next. Returns those that were made. Those whose
-- rows have landed in `…_rest` already are left out: what is there stays there.
CREATE FUNCTION quell.partitions_ahead() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
    -- The clock that ids are made by.
    today timestamptz := date_trunc('day', clock_timestamp(), 'UTC');
    its record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('quell.partitions', 0));
    FOR its IN
        SELECT 'events' AS of, 'events_' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD') AS name,
               quell.first_id_of(day) AS from_id, quell.first_id_of(day + interval '1 day') AS to_id
        FROM generate_series(today, today + interval '7 days', interval '1 day') AS day
        UNION ALL
        SELECT 'decisions', 'decisions_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM'),
               quell.first_id_of(month), quell.first_id_of((month AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC')
        FROM (SELECT (date_trunc('month', today AT TIME ZONE 'UTC') + n * interval '1 month') AT TIME ZONE 'UTC' AS month
              FROM generate_series(0, 1) AS n) AS months
    LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM quell.partitions p WHERE p.of = its.of AND p.to_id > its.from_id
                              AND (p.from_id IS NULL OR p.from_id < its.to_id));
        BEGIN
            EXECUTE format('CREATE TABLE quell.%I (LIKE quell.%I INCLUDING ALL)', its.name, its.of);
            EXECUTE format('ALTER TABLE quell.%I ATTACH PARTITION quell.%I FOR VALUES FROM (%L) TO (%L)', its.of, its.name, its.from_id, its.to_id);
            INSERT INTO quell.partitions (name, of, from_id, to_id) VALUES (its.name, its.of, its.from_id, its.to_id);
            RETURN NEXT its.name;
        EXCEPTION WHEN check_violation THEN
            NULL; -- rows of it are in the rest
        END;
    END LOOP;
END $$;

-- The ids of a span whose events, with their decisions, something that goes on still leads to: what is asked or active, what waits to be
-- sent or for its end, what waits to be decided, and what was put aside and nobody has looked at.
CREATE FUNCTION quell.events_needed(from_id uuid, to_id uuid) RETURNS uuid[] LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(array_agg(DISTINCT id), '{}') FROM (
        SELECT c.event_id AS id FROM quell.containments c WHERE c.event_id IS NOT NULL
          AND (c.state IN ('asked', 'active') OR EXISTS (SELECT 1 FROM quell.actions a WHERE a.containment_id = c.id
               AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted')))
        UNION ALL
        SELECT o.event_id FROM quell.containment_alerts o JOIN quell.containments c ON c.id = o.containment_id
        WHERE c.state IN ('asked', 'active')
        UNION ALL
        SELECT i.event_id FROM quell.inbox i
        UNION ALL
        SELECT l.event_id FROM quell.dead_letters l WHERE l.event_id IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM quell.dead_letter_ends x WHERE x.letter_id = l.id)) AS needed
    WHERE (from_id IS NULL OR id >= from_id) AND id < to_id
$$;

-- Nothing younger is deleted, whoever asks.
CREATE FUNCTION quell.is_old_enough(upto uuid) RETURNS boolean LANGUAGE sql VOLATILE
SET search_path = pg_catalog, pg_temp AS
$$ SELECT upto <= quell.first_id_of(quell.now() - interval '7 days') $$;

-- The partitions that hold nothing from `upto` on, the oldest first.
CREATE FUNCTION quell.partitions_before(its text, upto uuid)
RETURNS TABLE (name text, to_id uuid, rows bigint, kept bigint, bytes bigint) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    -- Once for all of them: it reads much.
    WITH needed AS MATERIALIZED (SELECT unnest(quell.events_needed(NULL, upto)) AS id)
    SELECT p.name, p.to_id, greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint,
           (SELECT count(*) FROM needed n WHERE (p.from_id IS NULL OR n.id >= p.from_id) AND n.id < p.to_id),
           pg_total_relation_size(c.oid)
    FROM quell.partitions p JOIN pg_class c ON c.oid = to_regclass(format('quell.%I', p.name))
    WHERE p.of = its AND p.to_id <= upto ORDER BY p.to_id
$$;

-- Drops a partition; what is still needed of it moves to the rest. The others wait for as long as that takes: milliseconds.
CREATE FUNCTION quell.partition_drop(part text) RETURNS TABLE (rows bigint, kept bigint, bytes bigint) LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '500ms' AS $$
DECLARE
    its quell.partitions;
    columns text;
BEGIN
    DELETE FROM quell.partitions p WHERE p.name = part RETURNING * INTO its;
    IF its.name IS NULL THEN
        RETURN; -- somebody else was faster
    END IF;
    IF NOT quell.is_old_enough(its.to_id) THEN
        RAISE EXCEPTION 'partition % holds what is younger than seven days', part USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint, pg_total_relation_size(c.oid) INTO rows, bytes
    FROM pg_class c WHERE c.oid = format('quell.%I', part)::regclass;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) INTO columns FROM pg_attribute
    WHERE attrelid = format('quell.%I', its.of)::regclass AND attnum > 0 AND NOT attisdropped;
    EXECUTE format('ALTER TABLE quell.%I DETACH PARTITION quell.%I', its.of, part);
    EXECUTE format('INSERT INTO quell.%1$I (%2$s) SELECT %2$s FROM quell.%3$I WHERE %4$I = ANY((SELECT quell.events_needed($1, $2))::uuid[])',
                   its.of, columns, part, CASE its.of WHEN 'events' THEN 'id' ELSE 'event_id' END) USING its.from_id, its.to_id;
    GET DIAGNOSTICS kept = ROW_COUNT;
    EXECUTE format('DROP TABLE quell.%I', part);
    rows := greatest(rows - kept, 0);
    INSERT INTO quell.prunes (what, part, upto, rows, kept, bytes) VALUES (its.of, part, its.to_id, partition_drop.rows, partition_drop.kept, partition_drop.bytes);
    RETURN NEXT;
END $$;

-- Deletes up to `most` rows of the rest that are older and not needed any more.
CREATE FUNCTION quell.rest_prune(its text, upto uuid, most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
    key text := CASE its WHEN 'events' THEN 'id' WHEN 'decisions' THEN 'event_id' END;
BEGIN
    IF key IS NULL OR NOT quell.is_old_enough(upto) THEN
        RAISE EXCEPTION 'nothing younger than seven days is deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('DELETE FROM quell.%1$I WHERE ctid = ANY(ARRAY(SELECT r.ctid FROM quell.%1$I r WHERE r.%2$I < $1
                        AND r.%2$I <> ALL ((SELECT quell.events_needed(NULL, $1))::uuid[]) LIMIT $2))', its || '_rest', key) USING upto, most;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
        INSERT INTO quell.prunes (what, upto, rows) VALUES (its, rest_prune.upto, gone);
    END IF;
    RETURN gone;
END $$;

-- Deletes the keys, or the first words of alerts, of a stretch of the table whose events are older than `upto`. A key holds while its event
-- is kept; an alert is known while any of its events is.
CREATE FUNCTION quell.known_prune(its text, from_page bigint, to_page bigint, upto uuid) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    gone bigint;
    low tid := format('(%s,0)', from_page)::tid;
    high tid := format('(%s,0)', to_page)::tid;
    -- Null: there is no partition.
    first uuid;
BEGIN
    IF NOT quell.is_old_enough(upto) THEN
        RAISE EXCEPTION 'nothing younger than seven days is deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF its = 'event_keys' THEN
        -- A partition goes as a whole, when the last of it is over: until then its events are there, and their keys.
        SELECT coalesce(p.from_id, '00000000-0000-0000-0000-000000000000') INTO first FROM quell.partitions p
        WHERE p.of = 'events' ORDER BY p.from_id NULLS FIRST LIMIT 1;
        DELETE FROM quell.event_keys k WHERE k.ctid >= low AND k.ctid < high AND k.event_id < least(upto, first)
          AND NOT EXISTS (SELECT 1 FROM quell.events_rest e WHERE e.id = k.event_id);
    ELSIF its = 'alert_devices' THEN
        DELETE FROM quell.alert_devices a WHERE a.ctid >= low AND a.ctid < high AND a.event_id < upto
          AND NOT EXISTS (SELECT 1 FROM quell.events e WHERE e.tenant_id = a.tenant_id AND e.alert_id = a.alert_id);
    ELSE
        RAISE EXCEPTION 'no such table: %', its;
    END IF;
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END $$;

-- Deletes up to `most` dead letters that came and ended before the moment, and whose event is gone. One that nobody has ended stays.
CREATE FUNCTION quell.letters_prune(before timestamptz, most bigint) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    old uuid[];
BEGIN
    IF before > quell.now() - interval '7 days' THEN
        RAISE EXCEPTION 'nothing younger than seven days is deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    old := ARRAY(SELECT l.id FROM quell.dead_letters l JOIN quell.dead_letter_ends x ON x.letter_id = l.id
                 WHERE l.received_at < before AND x.ended_at < before
                   AND NOT EXISTS (SELECT 1 FROM quell.events e WHERE e.id = l.event_id) LIMIT most);
    DELETE FROM quell.dead_letter_ends WHERE letter_id = ANY(old);
    DELETE FROM quell.dead_letters WHERE id = ANY(old);
    IF old <> '{}' THEN
        INSERT INTO quell.prunes (what, upto, rows) VALUES ('dead_letters', quell.first_id_of(before), cardinality(old));
    END IF;
    RETURN cardinality(old);
END $$;

-- Up to which id events or decisions may be gone; none of them is lost.
CREATE FUNCTION quell.pruned_before(its text) RETURNS uuid LANGUAGE sql STABLE AS
$$ SELECT coalesce((SELECT p.upto FROM quell.prunes p WHERE p.what = its ORDER BY p.upto DESC LIMIT 1),
                   '00000000-0000-0000-0000-000000000000') $$;

-- Events by their ids. The plan is made when the ids are known, so that it opens the partitions of these and no other: planned for any
-- id, a statement opens all of them.
CREATE FUNCTION quell.events_read(ids uuid[])
RETURNS TABLE (id uuid, source text, trust text, codec smallint, event bytea, normalised jsonb) LANGUAGE plpgsql STABLE ROWS 1000 AS $$
BEGIN
    RETURN QUERY EXECUTE 'SELECT e.id, e.source, e.trust, e.codec, e.event, e.normalised FROM quell.events e WHERE e.id = ANY($1)' USING ids;
END $$;

REVOKE ALL ON FUNCTION quell.partitions_ahead(), quell.partitions_before(text, uuid), quell.partition_drop(text),
    quell.rest_prune(text, uuid, bigint), quell.known_prune(text, bigint, bigint, uuid), quell.letters_prune(timestamptz, bigint) FROM PUBLIC;

SELECT quell.partitions_ahead();

-- What the roles may do is said anew after the migrations; should the process end in between, the daemons and whoever delivers go on.
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'quell_app') THEN
        GRANT SELECT, INSERT ON quell.events, quell.decisions TO quell_app;
        GRANT SELECT ON quell.partitions, quell.prunes TO quell_app;
        GRANT EXECUTE ON FUNCTION quell.partitions_ahead(), quell.partitions_before(text, uuid), quell.partition_drop(text),
            quell.rest_prune(text, uuid, bigint), quell.known_prune(text, bigint, bigint, uuid), quell.letters_prune(timestamptz, bigint)
            TO quell_app;
    END IF;
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'quell_intake') THEN
        GRANT INSERT ON quell.events, quell.decisions TO quell_intake;
    END IF;
END $$;
