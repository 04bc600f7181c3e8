SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;
CREATE SCHEMA quell;
CREATE FUNCTION quell.action_may_become(before_state text, after_state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE before_state
        WHEN 'none' THEN after_state IN ('queued', 'submitted')
        WHEN 'queued' THEN after_state IN ('submitting', 'withdrawn', 'expired')
        WHEN 'submitting' THEN after_state IN ('submitted', 'queued', 'failed', 'in_doubt')
        WHEN 'in_doubt' THEN after_state IN ('submitted', 'queued', 'failed')
        WHEN 'submitted' THEN after_state IN ('succeeded', 'failed', 'timed_out', 'cancelled')
        ELSE false END
$$;
CREATE FUNCTION quell.answer_is_in_time() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    its record;
BEGIN
    SELECT tenant_id, state, ask_until, begun_by INTO its FROM quell.containments WHERE id = NEW.containment_id;
    IF its.state <> 'asked' OR (its.ask_until <= quell.now()
        AND (NEW.answer = 'approved' OR quell.stop_in_force(its.tenant_id) IS NULL)) THEN
        RAISE EXCEPTION 'containment % is not asked any more', NEW.containment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'answer_is_in_time';
    END IF;
    IF NEW.answer = 'approved' AND lower(its.begun_by) = lower(NEW.person) THEN
        RAISE EXCEPTION '% began containment % and may not approve it', NEW.person, NEW.containment_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'four_eyes';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION quell.audit_id(entity text, key text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT md5(entity || ':' || key)::uuid
$$;
CREATE FUNCTION quell.cluster_identity() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
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
CREATE FUNCTION quell.containment_may_become(before_state text, after_state text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE before_state
        WHEN 'none' THEN after_state IN ('asked', 'active')
        WHEN 'asked' THEN after_state IN ('active', 'declined', 'expired')
        WHEN 'active' THEN after_state = 'ended'
        ELSE false END
$$;
CREATE FUNCTION quell.drop_wishes() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE quell.task_wishes SET outcome = 'dropped', settled_at = quell.now()
    WHERE containment_id = NEW.id AND outcome = 'waiting';
    RETURN NULL;
END $$;
CREATE FUNCTION quell.events_needed(from_id uuid, to_id uuid) RETURNS uuid[]
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
CREATE FUNCTION quell.events_read(ids uuid[]) RETURNS TABLE(id uuid, source text, trust text, codec smallint, event bytea, normalised jsonb)
    LANGUAGE plpgsql STABLE
    AS $_$
BEGIN
    RETURN QUERY EXECUTE 'SELECT e.id, e.source, e.trust, e.codec, e.event, e.normalised FROM quell.events e WHERE e.id = ANY($1)' USING ids;
END $_$;
CREATE FUNCTION quell.first_id_of(at timestamp with time zone) RETURNS uuid
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO 'pg_catalog'
    AS $$ SELECT (lpad(to_hex(greatest(0, floor(extract(epoch FROM at) * 1000))::bigint), 12, '0') || repeat('0', 20))::uuid $$;
CREATE FUNCTION quell.give_request() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(NEW.tenant_id, 64);
    IF NEW.playbook IS NOT NULL THEN
        SELECT number INTO NEW.request FROM quell.approval_requests
        WHERE tenant_id = NEW.tenant_id AND playbook = NEW.playbook AND revision = NEW.revision
          AND minute = date_trunc('minute', NEW.created_at, 'UTC') AND is_held = (NEW.ask_lifts IS NULL);
    END IF;
    IF NEW.request IS NULL THEN
        INSERT INTO quell.approval_requests (tenant_id, playbook, revision, minute, is_held)
        VALUES (NEW.tenant_id, NEW.playbook, NEW.revision, date_trunc('minute', NEW.created_at, 'UTC'), NEW.ask_lifts IS NULL)
        RETURNING number INTO NEW.request;
    END IF;
    IF NEW.event_id IS NULL THEN
        SELECT facts INTO NEW.asked_facts FROM quell.devices
        WHERE tenant_id = NEW.tenant_id AND device_id = NEW.device_id;
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION quell.hold_off_stops(tenant integer) RETURNS void
    LANGUAGE sql
    AS $$
    SELECT pg_advisory_xact_lock_shared(tenant, 65)
$$;
CREATE FUNCTION quell.inbox_claim(tenant integer, most bigint, OUT moment timestamp with time zone, OUT seqs bigint[]) RETURNS record
    LANGUAGE plpgsql
    AS $$
DECLARE
    held    smallint[];
    devices text[];
BEGIN
    PERFORM quell.hold_off_stops(tenant);
    moment := quell.now();
    -- Rows of one device share a shard, so two claimers never decide the same device out of order.
    held := ARRAY(SELECT s::smallint FROM generate_series(0, 63) AS s WHERE pg_try_advisory_xact_lock(tenant, s));
    SELECT coalesce(array_agg(due.seq ORDER BY due.seq), '{}'), array_agg(DISTINCT due.device_id) INTO seqs, devices
    FROM (SELECT i.seq, i.device_id FROM quell.inbox i
          WHERE i.tenant_id = tenant AND i.shard = ANY (held) AND (i.wait_until IS NULL OR i.wait_until <= moment)
            AND NOT EXISTS (SELECT 1 FROM quell.inbox w WHERE w.tenant_id = i.tenant_id AND w.device_id = i.device_id
                            AND w.seq < i.seq AND w.wait_until > moment)
          ORDER BY i.seq LIMIT most) AS due;
    IF devices IS NOT NULL THEN
        PERFORM 1 FROM quell.devices d WHERE d.tenant_id = tenant AND d.device_id = ANY (devices)
            ORDER BY d.device_id FOR UPDATE;
    END IF;
END $$;
CREATE FUNCTION quell.inbox_claim(tenant integer, most bigint, part integer, parts integer, known text[], floors bigint[], OUT moment timestamp with time zone, OUT seqs bigint[], OUT heads text[], OUT oldest bigint[], OUT more boolean, OUT had_all boolean) RETURNS record
    LANGUAGE plpgsql
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET enable_hashjoin TO 'off'
    SET enable_mergejoin TO 'off'
    SET enable_incremental_sort TO 'off'
    SET jit TO 'off'
    AS $$
DECLARE
    held    smallint[];
    devices text[];
    each    bigint;
    least   bigint;
BEGIN
    PERFORM quell.hold_off_stops(tenant);
    moment := quell.now();
    -- Rows of one device share a shard, so two claimers never decide the same device out of order.
    held := ARRAY(SELECT s::smallint FROM generate_series(part, 63, parts) AS s WHERE pg_try_advisory_xact_lock(tenant, s));
    had_all := cardinality(held) = (SELECT count(*) FROM generate_series(part, 63, parts));
    SELECT array_agg(h.source), array_agg(h.seq) INTO heads, oldest
    FROM (SELECT s.source, (SELECT i.seq FROM quell.inbox i
                            WHERE i.tenant_id = tenant AND i.source = s.source
                              AND i.seq + 0 >= coalesce(floors[array_position(known, s.source)], 0)
                            ORDER BY i.seq + 0 LIMIT 1) AS seq
          FROM quell.inbox_sources s WHERE s.tenant_id = tenant) AS h
    WHERE h.seq IS NOT NULL;
    seqs := '{}';
    more := false;
    IF heads IS NULL OR held = '{}' THEN
        heads := coalesce(heads, '{}');
        oldest := coalesce(oldest, '{}');
        RETURN;
    END IF;
    -- Twice its share of each: what one does not use, others may.
    each := CASE cardinality(heads) WHEN 1 THEN most WHEN 2 THEN most ELSE greatest(2 * most / cardinality(heads), 20) END;
    IF cardinality(heads) = 1 THEN
        SELECT coalesce(array_agg(due.seq), '{}'), array_agg(DISTINCT due.device_id) INTO seqs, devices
        FROM (SELECT i.seq, i.device_id FROM quell.inbox i
              WHERE i.tenant_id = tenant AND i.source = heads[1] AND i.seq + 0 >= oldest[1] AND i.shard = ANY (held)
                AND (i.wait_until IS NULL OR i.wait_until <= moment)
                AND (SELECT w.seq FROM quell.inbox w WHERE w.tenant_id = i.tenant_id AND w.device_id = i.device_id
                     AND w.seq < i.seq AND w.wait_until > moment LIMIT 1) IS NULL
              ORDER BY i.seq + 0 LIMIT most) AS due;
        more := cardinality(seqs) >= most;
    ELSE
        least := (SELECT min(o) FROM unnest(oldest) AS o);
        -- What came before for the same device, from whichever source, goes first; so each device goes on with every batch.
        SELECT coalesce(array_agg(due.seq), '{}'), array_agg(DISTINCT due.device_id) INTO seqs, devices
        FROM (SELECT before.seq, picked.device_id, before.n
              FROM (SELECT turn.device_id, max(turn.seq) AS last
                    FROM (SELECT due.device_id, due.seq
                          FROM unnest(heads, oldest) AS h (source, seq)
                          CROSS JOIN LATERAL (
                              SELECT i.seq, i.device_id, row_number() OVER (ORDER BY i.seq + 0) AS n FROM quell.inbox i
                              WHERE i.tenant_id = tenant AND i.source = h.source AND i.seq + 0 >= h.seq AND i.shard = ANY (held)
                                AND (i.wait_until IS NULL OR i.wait_until <= moment)
                                AND (SELECT w.seq FROM quell.inbox w WHERE w.tenant_id = i.tenant_id AND w.device_id = i.device_id
                                     AND w.seq < i.seq AND w.wait_until > moment LIMIT 1) IS NULL
                              ORDER BY i.seq + 0 LIMIT each) AS due
                          ORDER BY due.n, CASE WHEN most < cardinality(heads) THEN random() ELSE 0 END, due.seq LIMIT most) AS turn
                    GROUP BY turn.device_id) AS picked
              CROSS JOIN LATERAL (
                  SELECT i.seq, row_number() OVER (ORDER BY i.seq) AS n FROM quell.inbox i
                  WHERE i.tenant_id = tenant AND i.device_id = picked.device_id AND i.seq BETWEEN least AND picked.last
                  ORDER BY i.seq LIMIT 16) AS before
              ORDER BY before.n, before.seq LIMIT most) AS due;
        more := seqs <> '{}';
    END IF;
    IF devices IS NOT NULL THEN
        PERFORM 1 FROM unnest(devices) WITH ORDINALITY AS wanted (id, n)
            JOIN quell.devices d ON d.tenant_id = tenant AND d.device_id = wanted.id ORDER BY wanted.n FOR UPDATE OF d;
    END IF;
END $$;
CREATE FUNCTION quell.inbox_know_sources() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO quell.inbox_sources (tenant_id, source)
    SELECT DISTINCT a.tenant_id, a.source FROM added a
    WHERE NOT EXISTS (SELECT 1 FROM quell.inbox_sources s WHERE s.tenant_id = a.tenant_id AND s.source = a.source)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE FUNCTION quell.is_in_order(moment timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT NOT EXISTS (SELECT 1 FROM quell.clock_jumps j WHERE j.least < interval '0'
                         AND moment BETWEEN j.at - interval '1 min' AND j.at - j.least + interval '5 min')
$$;
CREATE FUNCTION quell.is_old_enough(upto uuid) RETURNS boolean
    LANGUAGE sql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$ SELECT upto <= quell.first_id_of(quell.now() - interval '7 days') $$;
CREATE FUNCTION quell.known_prune(its text, from_page bigint, to_page bigint, upto uuid) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
CREATE FUNCTION quell.letters_prune(before timestamp with time zone, most bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
CREATE FUNCTION quell.note_change(tenant integer, entity text, entity_id uuid, device text, from_state text, to_state text, by text, reason text, revision text DEFAULT NULL::text, before jsonb DEFAULT NULL::jsonb, after jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE sql
    AS $$
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (tenant, entity, entity_id, device, from_state, to_state, by, reason, revision, before, after)
$$;
CREATE FUNCTION quell.note_next(tenant integer, its_entity text, key text, device text, state text, who text, why text, its_revision text DEFAULT NULL::text, was jsonb DEFAULT NULL::jsonb, became jsonb DEFAULT NULL::jsonb) RETURNS void
    LANGUAGE sql
    AS $$
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (tenant, its_entity, quell.audit_id(its_entity, key), device,
            (SELECT t.to_state FROM quell.transitions t WHERE t.entity_id = quell.audit_id(its_entity, key) ORDER BY t.id DESC LIMIT 1),
            state, who, why, its_revision, was, became)
$$;
CREATE FUNCTION quell.now() RETURNS timestamp with time zone
    LANGUAGE plpgsql
    AS $$ BEGIN RETURN clock_timestamp() + (SELECT shift FROM quell.clock); END $$;
CREATE FUNCTION quell.only_added_to() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'rows of %.% are only added: % is refused', TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION quell.partition_drop(part text) RETURNS TABLE(rows bigint, kept bigint, bytes bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '500ms'
    AS $_$
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
END $_$;
CREATE FUNCTION quell.partitions_ahead() RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '1s'
    AS $$
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
CREATE FUNCTION quell.partitions_before(its text, upto uuid) RETURNS TABLE(name text, to_id uuid, rows bigint, kept bigint, bytes bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    -- Once for all of them: it reads much.
    WITH needed AS MATERIALIZED (SELECT unnest(quell.events_needed(NULL, upto)) AS id)
    SELECT p.name, p.to_id, greatest(c.reltuples, pg_stat_get_live_tuples(c.oid), 0)::bigint,
           (SELECT count(*) FROM needed n WHERE (p.from_id IS NULL OR n.id >= p.from_id) AND n.id < p.to_id),
           pg_total_relation_size(c.oid)
    FROM quell.partitions p JOIN pg_class c ON c.oid = to_regclass(format('quell.%I', p.name))
    WHERE p.of = its AND p.to_id <= upto ORDER BY p.to_id
$$;
CREATE FUNCTION quell.pruned_before(its text) RETURNS uuid
    LANGUAGE sql STABLE
    AS $$ SELECT coalesce((SELECT p.upto FROM quell.prunes p WHERE p.what = its ORDER BY p.upto DESC LIMIT 1),
                   '00000000-0000-0000-0000-000000000000') $$;
CREATE FUNCTION quell.record_action() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    before_state text;
    was jsonb;
    became jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        became := jsonb_strip_nulls(jsonb_build_object('kind', NEW.kind, 'lane', NEW.lane, 'containment', NEW.containment_id,
            'playbook', NEW.playbook, 'wanted_by', NEW.wanted_by, 'valid_until', NEW.valid_until,
            'defender_id', NEW.defender_id));
    ELSE
        before_state := OLD.state;
        IF before_state = NEW.state THEN
            RETURN NEW;
        END IF;
        was := nullif(jsonb_strip_nulls(jsonb_build_object(
            'attempts', CASE WHEN NEW.attempts <> OLD.attempts THEN OLD.attempts END,
            'defender_id', CASE WHEN NEW.defender_id IS DISTINCT FROM OLD.defender_id THEN OLD.defender_id END,
            'defender_status', CASE WHEN NEW.defender_status IS DISTINCT FROM OLD.defender_status THEN OLD.defender_status END,
            'adopted', CASE WHEN NEW.is_adopted <> OLD.is_adopted THEN OLD.is_adopted END,
            'error', CASE WHEN NEW.error IS DISTINCT FROM OLD.error THEN OLD.error END)), '{}');
        became := nullif(jsonb_strip_nulls(jsonb_build_object(
            'attempts', CASE WHEN NEW.attempts <> OLD.attempts THEN NEW.attempts END,
            'defender_id', CASE WHEN NEW.defender_id IS DISTINCT FROM OLD.defender_id THEN NEW.defender_id END,
            'defender_status', CASE WHEN NEW.defender_status IS DISTINCT FROM OLD.defender_status THEN NEW.defender_status END,
            'adopted', CASE WHEN NEW.is_adopted <> OLD.is_adopted THEN NEW.is_adopted END,
            'error', CASE WHEN NEW.error IS DISTINCT FROM OLD.error THEN NEW.error END)), '{}');
    END IF;
    IF NOT quell.action_may_become(coalesce(before_state, 'none'), NEW.state) THEN
        RAISE EXCEPTION 'action % may not go from % to %', NEW.id, before_state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
    END IF;
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (NEW.tenant_id, 'action', NEW.id, NEW.device_id, before_state, NEW.state, NEW.state_by, NEW.state_reason,
            NEW.revision, was, became);
    RETURN NEW;
END $$;
CREATE FUNCTION quell.record_activation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'playbook_set', NEW.tenant_id::text, NULL, NEW.set_hash,
        coalesce(NEW.activated_by, 'quell'), coalesce(NEW.reason, 'not told'), NULL,
        CASE WHEN NEW.version > 1 THEN jsonb_build_object('version', NEW.version - 1) END,
        jsonb_build_object('version', NEW.version));
    RETURN NEW;
END $$;
CREATE FUNCTION quell.record_alarm() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'alarm', NEW.id::text, NEW.device_id, 'raised', 'quell', NEW.told, NULL, NULL,
        jsonb_strip_nulls(jsonb_build_object('kind', NEW.kind, 'subject', NEW.subject, 'action', NEW.action_id)));
    RETURN NEW;
END $$;
CREATE FUNCTION quell.record_containment() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    before_state text;
    was jsonb;
    became jsonb;
BEGIN
    IF TG_OP = 'INSERT' THEN
        became := jsonb_strip_nulls(jsonb_build_object('mode', NEW.mode, 'lane', NEW.lane, 'playbook', NEW.playbook,
            'alert', nullif(NEW.alert_id, ''), 'event', NEW.event_id, 'until', NEW.until, 'ask_until', NEW.ask_until,
            'asked_for', NEW.ask_reason));
    ELSE
        before_state := OLD.state;
        IF before_state = NEW.state THEN
            RETURN NEW;
        END IF;
        was := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN OLD.until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN OLD.lane END,
            'revision', CASE WHEN NEW.revision IS DISTINCT FROM OLD.revision THEN OLD.revision END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN OLD.attention END)), '{}');
        became := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN NEW.until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN NEW.lane END,
            'revision', CASE WHEN NEW.revision IS DISTINCT FROM OLD.revision THEN NEW.revision END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN NEW.attention END,
            'end_reason', NEW.end_reason,
            'false_positive', CASE WHEN NEW.false_positive THEN true END)), '{}');
    END IF;
    IF NOT quell.containment_may_become(coalesce(before_state, 'none'), NEW.state) THEN
        RAISE EXCEPTION 'containment % may not go from % to %', NEW.id, before_state, NEW.state
            USING ERRCODE = 'check_violation', CONSTRAINT = 'legal_transition';
    END IF;
    INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
    VALUES (NEW.tenant_id, 'containment', NEW.id, NEW.device_id, before_state, NEW.state, NEW.state_by, NEW.state_reason,
            NEW.revision, was, became);
    RETURN NEW;
END $$;
CREATE FUNCTION quell.record_fallback() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'canary', concat_ws(':', NEW.tenant_id, NEW.playbook, NEW.revision), NULL,
        'fallen_back', 'decide', NEW.reason, NEW.revision, NULL, jsonb_build_object('playbook', NEW.playbook));
    RETURN NEW;
END $$;
CREATE FUNCTION quell.record_notifications() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    happened text := CASE
        WHEN TG_OP = 'INSERT' OR OLD.state <> NEW.state THEN
            CASE NEW.state WHEN 'asked' THEN 'asked' WHEN 'active' THEN 'acted' WHEN 'ended' THEN 'released' END
        WHEN OLD.attention IS NULL AND NEW.attention IS NOT NULL THEN 'failed' END;
BEGIN
    INSERT INTO quell.notifications (tenant_id, receiver, occasion, containment_id, device_id, playbook, revision,
                                     alert_id, reason)
    SELECT NEW.tenant_id, entry ->> 'to', happened, NEW.id, NEW.device_id, NEW.playbook, NEW.revision, NEW.alert_id,
           CASE happened WHEN 'failed' THEN NEW.attention ELSE NEW.state_reason END
    FROM jsonb_array_elements(NEW.notify) AS entry WHERE entry -> 'on' ? happened;
    RETURN NEW;
END $$;
CREATE FUNCTION quell.record_revocation() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM quell.note_next(NEW.tenant_id, 'playbook_revision', concat_ws(':', NEW.tenant_id, NEW.playbook, NEW.revision), NULL,
        CASE WHEN NEW.revoked_at IS NULL THEN 'usable' ELSE 'revoked' END, coalesce(NEW.revoked_by, 'quell'),
        coalesce(NEW.revoked_reason, 'not told'), NEW.revision, NULL, jsonb_build_object('playbook', NEW.playbook));
    RETURN NEW;
END $$;
CREATE FUNCTION quell.record_terms() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    was jsonb;
    became jsonb;
BEGIN
    IF NEW.state = OLD.state THEN
        was := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN OLD.until END,
            'release_after', CASE WHEN NEW.release_after IS DISTINCT FROM OLD.release_after THEN OLD.release_after END,
            'ask_until', CASE WHEN NEW.ask_until IS DISTINCT FROM OLD.ask_until THEN OLD.ask_until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN OLD.lane END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN OLD.attention END,
            'false_positive', CASE WHEN NEW.false_positive <> OLD.false_positive THEN OLD.false_positive END)), '{}');
        became := nullif(jsonb_strip_nulls(jsonb_build_object(
            'until', CASE WHEN NEW.until IS DISTINCT FROM OLD.until THEN NEW.until END,
            'release_after', CASE WHEN NEW.release_after IS DISTINCT FROM OLD.release_after THEN NEW.release_after END,
            'ask_until', CASE WHEN NEW.ask_until IS DISTINCT FROM OLD.ask_until THEN NEW.ask_until END,
            'lane', CASE WHEN NEW.lane <> OLD.lane THEN NEW.lane END,
            'attention', CASE WHEN NEW.attention IS DISTINCT FROM OLD.attention THEN NEW.attention END,
            'false_positive', CASE WHEN NEW.false_positive <> OLD.false_positive THEN NEW.false_positive END)), '{}');
        IF was IS NOT NULL OR became IS NOT NULL THEN
            INSERT INTO quell.transitions (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
            VALUES (NEW.tenant_id, 'containment', NEW.id, NEW.device_id, OLD.state, NEW.state,
                    -- That it was a false positive is told with its end, by whoever ended it.
                    coalesce(NEW.change_by, CASE WHEN NEW.false_positive <> OLD.false_positive THEN NEW.state_by ELSE 'quell' END),
                    coalesce(NEW.change_reason, CASE
                        WHEN NEW.false_positive AND NOT OLD.false_positive THEN 'it was a false positive'
                        WHEN NEW.attention IS DISTINCT FROM OLD.attention AND NEW.attention IS NOT NULL THEN 'a person must look'
                        WHEN NEW.until IS DISTINCT FROM OLD.until THEN 'its time changed'
                        ELSE 'its terms changed' END),
                    NEW.revision, was, became);
        END IF;
    END IF;
    NEW.change_by := NULL;
    NEW.change_reason := NULL;
    RETURN NEW;
END $$;
CREATE FUNCTION quell.rest_prune(its text, upto uuid, most bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
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
END $_$;
CREATE FUNCTION quell.settle_probe() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE quell.probe_calls SET settled_at = NEW.final_at WHERE id = NEW.probe_id AND settled_at IS NULL;
    RETURN NULL;
END $$;
CREATE FUNCTION quell.stop_in_force(tenant integer) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT (SELECT s.scope FROM quell.stops s WHERE s.tenant_id = tenant AND s.ended_at IS NULL
            ORDER BY array_position(ARRAY['freeze', 'release_all', 'cancel_pending', 'new'], s.scope) LIMIT 1)
$$;
CREATE FUNCTION quell.stop_new_tenant() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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
CREATE FUNCTION quell.submit_event(tenant text, source text, payload bytea) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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
CREATE FUNCTION quell.submit_event(tenant text, source text, payload json) RETURNS uuid
    LANGUAGE sql
    AS $$ SELECT quell.submit_event(tenant, source, pg_catalog.convert_to(payload::pg_catalog.text, 'UTF8')) $$;
CREATE FUNCTION quell.submit_event(tenant text, source text, payload jsonb) RETURNS uuid
    LANGUAGE sql
    AS $$ SELECT quell.submit_event(tenant, source, pg_catalog.convert_to(payload::pg_catalog.text, 'UTF8')) $$;
CREATE FUNCTION quell.submit_event(tenant text, source text, payload text) RETURNS uuid
    LANGUAGE sql
    AS $$ SELECT quell.submit_event(tenant, source, pg_catalog.convert_to(payload, 'UTF8')) $$;
CREATE FUNCTION quell.update_measure() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF NEW.measure = 'restriction' THEN
        UPDATE quell.devices SET
            restriction = CASE NEW.known WHEN 'held' THEN 'restricted' WHEN 'held_by_other' THEN 'restricted_by_other' ELSE NEW.known END,
            restriction_at = NEW.known_at, is_restricted_by_others = NEW.is_by_others, others_by = NEW.others_by,
            others_at = NEW.others_at, failures = NEW.failures
        WHERE tenant_id = NEW.tenant_id AND device_id = NEW.device_id;
    ELSE
        UPDATE quell.devices SET
            isolation = CASE NEW.known WHEN 'held' THEN 'isolated' WHEN 'held_by_other' THEN 'isolated_by_other' ELSE NEW.known END,
            isolation_at = NEW.known_at, is_isolated_by_others = NEW.is_by_others, isolation_others_by = NEW.others_by,
            isolation_others_at = NEW.others_at, isolation_failures = NEW.failures
        WHERE tenant_id = NEW.tenant_id AND device_id = NEW.device_id;
    END IF;
    RETURN NEW;
END $$;
SET default_tablespace = '';
SET default_table_access_method = heap;
CREATE TABLE public._sqlx_migrations (
    version bigint NOT NULL,
    description text NOT NULL,
    installed_on timestamp with time zone DEFAULT now() NOT NULL,
    success boolean NOT NULL,
    checksum bytea NOT NULL,
    execution_time bigint NOT NULL
);
CREATE TABLE quell.actions (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    device_id text NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    lane smallint NOT NULL,
    containment_id uuid,
    playbook text,
    revision text,
    comment text NOT NULL,
    wanted_by text NOT NULL,
    queued_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    not_before timestamp with time zone DEFAULT quell.now() NOT NULL,
    valid_until timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    submitted_at timestamp with time zone,
    defender_id text,
    defender_status text,
    is_adopted boolean DEFAULT false NOT NULL,
    final_at timestamp with time zone,
    error text,
    state_by text NOT NULL,
    state_reason text NOT NULL,
    cancels integer DEFAULT 0 NOT NULL,
    cancel_not_before timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
    is_retry boolean DEFAULT false NOT NULL,
    facts_awaited_at timestamp with time zone,
    defender_done_at timestamp with time zone,
    subject text DEFAULT 'restriction'::text NOT NULL,
    argument text,
    tries smallint DEFAULT 1 NOT NULL,
    probe_id uuid,
    CONSTRAINT a_probe_is_of_a_person CHECK (((probe_id IS NULL) OR ((playbook IS NULL) AND (subject = 'restriction'::text)))),
    CONSTRAINT action_device_is_callable CHECK ((device_id ~ '^[0-9A-Za-z_-]{1,64}$'::text)),
    CONSTRAINT action_kind CHECK ((kind = ANY (ARRAY['restrict'::text, 'release'::text, 'isolate'::text, 'release_isolation'::text, 'scan'::text, 'collect_package'::text, 'quarantine_file'::text]))),
    CONSTRAINT action_lane CHECK (((lane >= 0) AND (lane <= 4))),
    CONSTRAINT action_state CHECK ((state = ANY (ARRAY['queued'::text, 'submitting'::text, 'in_doubt'::text, 'submitted'::text, 'succeeded'::text, 'failed'::text, 'timed_out'::text, 'cancelled'::text, 'withdrawn'::text, 'expired'::text]))),
    CONSTRAINT action_subject CHECK (
CASE kind
    WHEN 'restrict'::text THEN (subject = 'restriction'::text)
    WHEN 'release'::text THEN (subject = 'restriction'::text)
    WHEN 'isolate'::text THEN (subject = 'isolation'::text)
    WHEN 'release_isolation'::text THEN (subject = 'isolation'::text)
    WHEN 'scan'::text THEN (subject = 'scan'::text)
    WHEN 'collect_package'::text THEN (subject = 'package'::text)
    ELSE (subject ~ '^file:[0-9a-f]{40}$'::text)
END),
    CONSTRAINT final_has_a_time CHECK (((state = ANY (ARRAY['succeeded'::text, 'failed'::text, 'timed_out'::text, 'cancelled'::text, 'withdrawn'::text, 'expired'::text])) = (final_at IS NOT NULL))),
    CONSTRAINT submitted_has_an_id CHECK (((state <> 'submitted'::text) OR ((defender_id IS NOT NULL) AND (submitted_at IS NOT NULL)))),
    CONSTRAINT submitting_has_an_attempt CHECK (((state <> ALL (ARRAY['submitting'::text, 'in_doubt'::text, 'submitted'::text])) OR (attempts > 0)))
);
CREATE TABLE quell.active_sets (
    tenant_id integer NOT NULL,
    set_hash text NOT NULL,
    version bigint NOT NULL,
    activated_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    origin text DEFAULT 'files'::text NOT NULL,
    CONSTRAINT set_origin CHECK ((origin = ANY (ARRAY['files'::text, 'operator'::text])))
);
CREATE TABLE quell.alarms (
    id bigint NOT NULL,
    tenant_id integer NOT NULL,
    at timestamp with time zone DEFAULT quell.now() NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    device_id text,
    action_id uuid,
    told text NOT NULL,
    CONSTRAINT alarm_kind CHECK ((kind ~ '^[a-z][a-z_]{1,40}$'::text))
);
ALTER TABLE quell.alarms ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.alarms_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.alert_devices (
    tenant_id integer NOT NULL,
    alert_id text NOT NULL,
    device_id text NOT NULL,
    event_id uuid NOT NULL
);
CREATE TABLE quell.alert_infos (
    tenant_id integer NOT NULL,
    alert_id text NOT NULL,
    trust text NOT NULL,
    event_id uuid NOT NULL,
    facts jsonb NOT NULL,
    occurred_at timestamp with time zone,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL
);
CREATE TABLE quell.approval_requests (
    number bigint NOT NULL,
    tenant_id integer NOT NULL,
    playbook text,
    revision text,
    minute timestamp with time zone NOT NULL,
    is_held boolean NOT NULL,
    CONSTRAINT request_has_an_origin CHECK (((playbook IS NULL) = (revision IS NULL)))
);
ALTER TABLE quell.approval_requests ALTER COLUMN number ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.approval_requests_number_seq
    START WITH 1001
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.approvals (
    containment_id uuid NOT NULL,
    tenant_id integer NOT NULL,
    person text NOT NULL,
    answer text NOT NULL,
    revision text,
    lifts text,
    reason text NOT NULL,
    answered_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    reviewed text,
    four_eyes boolean DEFAULT true NOT NULL,
    CONSTRAINT a_denial_lifts_nothing CHECK (((answer = 'approved'::text) OR (lifts IS NULL))),
    CONSTRAINT approval_answer CHECK ((answer = ANY (ARRAY['approved'::text, 'denied'::text]))),
    CONSTRAINT approval_has_a_person CHECK ((person <> ''::text))
);
CREATE TABLE quell.attempts (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    app_id text NOT NULL,
    scope text NOT NULL,
    kind text NOT NULL,
    action_id uuid,
    n integer,
    epoch bigint NOT NULL,
    reserved_at timestamp with time zone NOT NULL,
    send_deadline timestamp with time zone NOT NULL,
    slot_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    outcome text,
    http_status integer,
    error_code text,
    error_message text,
    error_target text,
    is_retry boolean DEFAULT false NOT NULL,
    CONSTRAINT an_action_call_has_its_action CHECK (((kind <> ALL (ARRAY['list'::text, 'get'::text, 'seed'::text])) = ((action_id IS NOT NULL) AND (n IS NOT NULL)))),
    CONSTRAINT answered_has_an_outcome CHECK (((answered_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT attempt_kind CHECK ((kind = ANY (ARRAY['restrict'::text, 'release'::text, 'isolate'::text, 'release_isolation'::text, 'scan'::text, 'collect_package'::text, 'quarantine_file'::text, 'cancel'::text, 'list'::text, 'get'::text, 'seed'::text]))),
    CONSTRAINT attempt_scope CHECK ((scope = ANY (ARRAY['actions'::text, 'reads'::text, 'antivirus'::text])))
);
CREATE TABLE quell.budgets (
    tenant_id integer NOT NULL,
    app_id text NOT NULL,
    scope text NOT NULL,
    closed_until timestamp with time zone,
    closed_reason text,
    CONSTRAINT budget_scope CHECK ((scope = ANY (ARRAY['actions'::text, 'reads'::text, 'antivirus'::text])))
);
CREATE TABLE quell.canary_fallbacks (
    tenant_id integer NOT NULL,
    playbook text NOT NULL,
    revision text NOT NULL,
    reason text NOT NULL,
    since timestamp with time zone DEFAULT quell.now() NOT NULL,
    CONSTRAINT fallback_reason CHECK ((reason ~ '^canary[.](limits\[[0-9]+\]|false_positives)$'::text))
);
CREATE TABLE quell.cap_lifts (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    cap text NOT NULL,
    terms jsonb NOT NULL,
    devices integer,
    counted bigint NOT NULL,
    lifted_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    ended_by text,
    end_reason text,
    CONSTRAINT lift_by_somebody CHECK ((by <> ''::text)),
    CONSTRAINT lift_counted CHECK ((counted >= 0)),
    CONSTRAINT lift_ended_by_somebody_for_a_reason CHECK (((ended_by IS NULL) = (end_reason IS NULL))),
    CONSTRAINT lift_for_a_reason CHECK ((reason <> ''::text)),
    CONSTRAINT lift_for_a_while CHECK ((until > lifted_at)),
    CONSTRAINT lift_for_some_devices CHECK ((devices > 0)),
    CONSTRAINT lift_of_a_cap CHECK ((cap ~ '^caps\[[0-9]+\]$'::text))
);
CREATE TABLE quell.clock (
    only_row boolean DEFAULT true NOT NULL,
    shift interval DEFAULT '00:00:00'::interval NOT NULL,
    CONSTRAINT clock_has_one_row CHECK (only_row)
);
CREATE TABLE quell.clock_jumps (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT quell.now() NOT NULL,
    "least" interval NOT NULL,
    most interval NOT NULL,
    seen_by uuid NOT NULL,
    CONSTRAINT jump_is_a_span CHECK ((most >= "least"))
);
ALTER TABLE quell.clock_jumps ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.clock_jumps_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.cluster_seen (
    only_row boolean DEFAULT true NOT NULL,
    identity text NOT NULL,
    seen_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    CONSTRAINT cluster_has_one_row CHECK (only_row)
);
CREATE TABLE quell.containment_alerts (
    containment_id uuid NOT NULL,
    alert_id text NOT NULL,
    event_id uuid NOT NULL,
    seen_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    resolved_at timestamp with time zone,
    open_at timestamp with time zone
);
CREATE TABLE quell.containments (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    device_id text NOT NULL,
    state text NOT NULL,
    mode text NOT NULL,
    lane text NOT NULL,
    playbook text,
    revision text,
    event_id uuid,
    alert_id text,
    comment text NOT NULL,
    created_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    ask jsonb,
    ask_reason text,
    ask_until timestamp with time zone,
    activated_at timestamp with time zone,
    release_after interval,
    restart_on_match boolean DEFAULT false NOT NULL,
    until timestamp with time zone,
    ended_at timestamp with time zone,
    end_reason text,
    attention text,
    state_by text NOT NULL,
    state_reason text NOT NULL,
    is_canary boolean DEFAULT false NOT NULL,
    false_positive boolean DEFAULT false NOT NULL,
    release_when text[] DEFAULT '{}'::text[] NOT NULL,
    notify jsonb,
    ask_lifts text,
    limits jsonb,
    drivers text[] DEFAULT '{}'::text[] NOT NULL,
    begun_by text,
    request bigint,
    asked_facts jsonb,
    accepted_risks text[] DEFAULT '{}'::text[] NOT NULL,
    lifts smallint DEFAULT 0 NOT NULL,
    change_by text,
    change_reason text,
    measure text DEFAULT 'restriction'::text NOT NULL,
    isolation text,
    CONSTRAINT a_change_is_told_once CHECK (((change_by IS NULL) AND (change_reason IS NULL))),
    CONSTRAINT accepted_risk_was_asked CHECK (((accepted_risks = '{}'::text[]) OR (ask_lifts IS NOT NULL))),
    CONSTRAINT accepted_risks_are_protections CHECK ((array_to_string(accepted_risks, ' '::text) ~ '^(never\.[a-z_]+( never\.[a-z_]+)*)?$'::text)),
    CONSTRAINT active_since CHECK (((state = ANY (ARRAY['active'::text, 'ended'::text])) = (activated_at IS NOT NULL))),
    CONSTRAINT active_until CHECK (((state <> 'active'::text) OR ((until IS NULL) = (release_after IS NULL)))),
    CONSTRAINT an_isolation_says_how_much CHECK (((measure = 'isolation'::text) = (isolation IS NOT NULL))),
    CONSTRAINT asked_has_its_terms CHECK (((state <> 'asked'::text) OR ((ask IS NOT NULL) AND (ask_until IS NOT NULL)))),
    CONSTRAINT containment_end_reason CHECK ((end_reason = ANY (ARRAY['time'::text, 'release_playbook'::text, 'operator'::text, 'drift'::text, 'failed'::text, 'mode'::text, 'alert_resolved'::text, 'scan_clean'::text]))),
    CONSTRAINT containment_has_an_origin CHECK (((playbook IS NULL) = (revision IS NULL))),
    CONSTRAINT containment_isolation CHECK ((isolation = ANY (ARRAY['full'::text, 'selective'::text]))),
    CONSTRAINT containment_lane CHECK ((lane = ANY (ARRAY['critical'::text, 'high'::text, 'normal'::text, 'low'::text]))),
    CONSTRAINT containment_measure CHECK ((measure = ANY (ARRAY['restriction'::text, 'isolation'::text]))),
    CONSTRAINT containment_mode CHECK ((mode = ANY (ARRAY['observe'::text, 'enforce'::text]))),
    CONSTRAINT containment_release_when CHECK ((release_when <@ ARRAY['alert_resolved'::text, 'scan_clean'::text])),
    CONSTRAINT containment_state CHECK ((state = ANY (ARRAY['asked'::text, 'active'::text, 'ended'::text, 'declined'::text, 'expired'::text]))),
    CONSTRAINT ended_at_for_a_reason CHECK ((((state = 'ended'::text) = (ended_at IS NOT NULL)) AND ((ended_at IS NULL) = (end_reason IS NULL)))),
    CONSTRAINT false_positive_is_over CHECK (((NOT false_positive) OR (state = 'ended'::text)))
);
CREATE TABLE quell.dead_letter_ends (
    letter_id uuid NOT NULL,
    tenant_id integer NOT NULL,
    ended_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    ended_as text NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    event_id uuid,
    CONSTRAINT dead_letter_end CHECK ((ended_as = ANY (ARRAY['retried'::text, 'dropped'::text]))),
    CONSTRAINT what_was_retried_became_an_event CHECK (((ended_as = 'retried'::text) = (event_id IS NOT NULL)))
);
CREATE TABLE quell.dead_letters (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    source text NOT NULL,
    event_id uuid,
    device_id text,
    reason text NOT NULL,
    payload bytea NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    CONSTRAINT dead_letter_is_capped CHECK ((octet_length(payload) <= 66048))
);
CREATE TABLE quell.deciders (
    tenant_id integer NOT NULL,
    process uuid NOT NULL,
    since timestamp with time zone DEFAULT quell.now() NOT NULL
);
CREATE TABLE quell.decision_inputs (
    tenant_id integer NOT NULL,
    hash uuid NOT NULL,
    content jsonb NOT NULL
);
CREATE TABLE quell.decisions (
    event_id uuid NOT NULL,
    decided_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    last_seen timestamp with time zone,
    set_version bigint,
    tenant_id integer NOT NULL,
    device_id text,
    kind text NOT NULL,
    reason text NOT NULL,
    event_kind text,
    facts_hash uuid,
    rules_hash uuid,
    rulings jsonb DEFAULT '[]'::jsonb NOT NULL,
    facts jsonb,
    own_facts jsonb,
    CONSTRAINT decision_event_kind CHECK ((event_kind = ANY (ARRAY['new'::text, 'updated'::text, 'resolved'::text]))),
    CONSTRAINT decision_kind CHECK ((kind = ANY (ARRAY['act'::text, 'ask'::text, 'observe'::text, 'hold'::text, 'skip'::text])))
)
PARTITION BY RANGE (event_id);
CREATE TABLE quell.decisions_202611 (
    event_id uuid NOT NULL,
    decided_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    last_seen timestamp with time zone,
    set_version bigint,
    tenant_id integer NOT NULL,
    device_id text,
    kind text NOT NULL,
    reason text NOT NULL,
    event_kind text,
    facts_hash uuid,
    rules_hash uuid,
    rulings jsonb DEFAULT '[]'::jsonb NOT NULL,
    facts jsonb,
    own_facts jsonb,
    CONSTRAINT decision_event_kind CHECK ((event_kind = ANY (ARRAY['new'::text, 'updated'::text, 'resolved'::text]))),
    CONSTRAINT decision_kind CHECK ((kind = ANY (ARRAY['act'::text, 'ask'::text, 'observe'::text, 'hold'::text, 'skip'::text])))
);
CREATE TABLE quell.decisions_202612 (
    event_id uuid NOT NULL,
    decided_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    last_seen timestamp with time zone,
    set_version bigint,
    tenant_id integer NOT NULL,
    device_id text,
    kind text NOT NULL,
    reason text NOT NULL,
    event_kind text,
    facts_hash uuid,
    rules_hash uuid,
    rulings jsonb DEFAULT '[]'::jsonb NOT NULL,
    facts jsonb,
    own_facts jsonb,
    CONSTRAINT decision_event_kind CHECK ((event_kind = ANY (ARRAY['new'::text, 'updated'::text, 'resolved'::text]))),
    CONSTRAINT decision_kind CHECK ((kind = ANY (ARRAY['act'::text, 'ask'::text, 'observe'::text, 'hold'::text, 'skip'::text])))
);
CREATE TABLE quell.decisions_rest (
    event_id uuid NOT NULL,
    decided_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    last_seen timestamp with time zone,
    set_version bigint,
    tenant_id integer NOT NULL,
    device_id text,
    kind text NOT NULL,
    reason text NOT NULL,
    event_kind text,
    facts_hash uuid,
    rules_hash uuid,
    rulings jsonb DEFAULT '[]'::jsonb NOT NULL,
    facts jsonb,
    own_facts jsonb,
    CONSTRAINT decision_event_kind CHECK ((event_kind = ANY (ARRAY['new'::text, 'updated'::text, 'resolved'::text]))),
    CONSTRAINT decision_kind CHECK ((kind = ANY (ARRAY['act'::text, 'ask'::text, 'observe'::text, 'hold'::text, 'skip'::text])))
);
CREATE TABLE quell.device_lookups (
    tenant_id integer NOT NULL,
    device_id text NOT NULL,
    kind text NOT NULL,
    wanted_at timestamp with time zone,
    last_wanted_at timestamp with time zone NOT NULL,
    tried_at timestamp with time zone,
    failures smallint DEFAULT 0 NOT NULL,
    fetched_at timestamp with time zone,
    answer jsonb,
    CONSTRAINT an_answer_has_its_time CHECK (((answer IS NULL) OR (fetched_at IS NOT NULL))),
    CONSTRAINT lookup_failures CHECK ((failures >= 0)),
    CONSTRAINT lookup_kind CHECK ((kind = ANY (ARRAY['available_actions'::text, 'antivirus'::text])))
);
CREATE TABLE quell.devices (
    tenant_id integer NOT NULL,
    device_id text NOT NULL,
    facts jsonb,
    facts_fetched_at timestamp with time zone,
    is_unknown_to_defender boolean DEFAULT false NOT NULL,
    facts_wanted_at timestamp with time zone,
    facts_tried_at timestamp with time zone,
    facts_failures smallint DEFAULT 0 NOT NULL,
    restriction text DEFAULT 'free'::text NOT NULL,
    restriction_at timestamp with time zone,
    is_restricted_by_others boolean DEFAULT false NOT NULL,
    failures smallint DEFAULT 0 NOT NULL,
    seen_in uuid,
    others_by text,
    others_at timestamp with time zone,
    lifted_alerts text[] DEFAULT '{}'::text[] NOT NULL,
    isolation text DEFAULT 'free'::text NOT NULL,
    isolation_at timestamp with time zone,
    is_isolated_by_others boolean DEFAULT false NOT NULL,
    isolation_others_by text,
    isolation_others_at timestamp with time zone,
    isolation_failures smallint DEFAULT 0 NOT NULL,
    entra_id text GENERATED ALWAYS AS (lower(((facts -> 'entra_id'::text) ->> 'is'::text))) STORED,
    dns_name text GENERATED ALWAYS AS (lower(((facts -> 'name'::text) ->> 'is'::text))) STORED,
    standing text GENERATED ALWAYS AS (
CASE
    WHEN (is_unknown_to_defender OR (((facts -> 'merged_into'::text) ->> 'is'::text) IS NOT NULL) OR (lower(((facts -> 'onboarding'::text) ->> 'is'::text)) <> 'onboarded'::text) OR (lower(((facts -> 'health'::text) ->> 'is'::text)) = 'inactive'::text)) THEN 'gone'::text
    WHEN ((lower(((facts -> 'onboarding'::text) ->> 'is'::text)) = 'onboarded'::text) AND ((facts ->> 'merged_into'::text) = 'absent'::text) AND (((facts -> 'health'::text) ->> 'is'::text) IS NOT NULL)) THEN 'live'::text
    ELSE 'unclear'::text
END) STORED NOT NULL,
    CONSTRAINT device_id_is_callable CHECK ((device_id ~ '^[0-9A-Za-z_-]{1,64}$'::text)),
    CONSTRAINT device_isolation CHECK ((isolation = ANY (ARRAY['free'::text, 'isolated'::text, 'isolated_by_other'::text, 'unknown'::text]))),
    CONSTRAINT device_restriction CHECK ((restriction = ANY (ARRAY['free'::text, 'restricted'::text, 'restricted_by_other'::text, 'unknown'::text])))
);
CREATE TABLE quell.event_keys (
    tenant_id integer NOT NULL,
    key bytea NOT NULL,
    event_id uuid NOT NULL,
    CONSTRAINT event_key_is_a_sha256 CHECK ((octet_length(key) = 32))
);
CREATE TABLE quell.events (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
)
PARTITION BY RANGE (id);
ALTER TABLE ONLY quell.events ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261122 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261122 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261122 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261123 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261123 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261123 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261124 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261124 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261124 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261125 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261125 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261125 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261126 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261126 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261126 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261127 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261127 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261127 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261128 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261128 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261128 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_20261129 (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_20261129 ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_20261129 ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.events_rest (
    id uuid NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    occurred_at timestamp with time zone,
    tenant_id integer NOT NULL,
    codec smallint DEFAULT 0 NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    alert_id text NOT NULL,
    severity text,
    category text,
    status text,
    devices text[],
    payload bytea NOT NULL,
    event bytea,
    normalised jsonb,
    CONSTRAINT event_is_kept_by_its_codec CHECK ((((codec = 0) = (normalised IS NOT NULL)) AND ((codec = 0) = (event IS NULL)))),
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events_rest ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE ONLY quell.events_rest ALTER COLUMN event SET STORAGE EXTERNAL;
CREATE TABLE quell.foreign_actions (
    tenant_id integer NOT NULL,
    defender_id text NOT NULL,
    device_id text NOT NULL,
    kind text NOT NULL,
    requestor text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone NOT NULL,
    judged_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    verdict text NOT NULL,
    CONSTRAINT foreign_device_is_callable CHECK ((device_id ~ '^[0-9A-Za-z_-]{1,64}$'::text)),
    CONSTRAINT foreign_kind CHECK ((kind = ANY (ARRAY['restrict'::text, 'release'::text, 'isolate'::text, 'release_isolation'::text]))),
    CONSTRAINT foreign_verdict CHECK ((verdict = ANY (ARRAY['lifted'::text, 'enforced'::text, 'freed'::text, 'restricted'::text, 'overtaken'::text, 'unclear'::text])))
);
CREATE TABLE quell.holds (
    tenant_id integer NOT NULL,
    since timestamp with time zone DEFAULT quell.now() NOT NULL,
    held_until timestamp with time zone NOT NULL,
    reason text NOT NULL
);
CREATE TABLE quell.inbox (
    seq bigint NOT NULL,
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    device_id text NOT NULL,
    event_kind text NOT NULL,
    shard smallint NOT NULL,
    enqueued_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    wait_until timestamp with time zone,
    failures smallint DEFAULT 0 NOT NULL,
    source text DEFAULT ''::text NOT NULL,
    CONSTRAINT inbox_device_is_callable CHECK ((device_id ~ '^[0-9A-Za-z_-]{1,64}$'::text)),
    CONSTRAINT inbox_event_kind CHECK ((event_kind = ANY (ARRAY['new'::text, 'updated'::text, 'resolved'::text]))),
    CONSTRAINT inbox_shard CHECK (((shard >= 0) AND (shard <= 63)))
);
ALTER TABLE quell.inbox ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.inbox_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.inbox_sources (
    tenant_id integer NOT NULL,
    source text NOT NULL
);
CREATE TABLE quell.inventory_groups (
    sweep_id uuid NOT NULL,
    group_name text NOT NULL,
    devices bigint NOT NULL,
    CONSTRAINT inventory_group_devices CHECK ((devices >= 0))
);
CREATE TABLE quell.inventory_sweeps (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    read_at timestamp with time zone NOT NULL,
    next_page text,
    pages integer DEFAULT 0 NOT NULL,
    received bigint DEFAULT 0 NOT NULL,
    devices bigint DEFAULT 0 NOT NULL,
    refused bigint DEFAULT 0 NOT NULL,
    finished_at timestamp with time zone,
    outcome text,
    reason text,
    fleet bigint,
    known_until timestamp with time zone,
    CONSTRAINT a_complete_sweep_has_counted CHECK (((fleet IS NOT NULL) = (NOT (outcome IS DISTINCT FROM 'complete'::text)))),
    CONSTRAINT a_finished_sweep_has_an_outcome CHECK (((finished_at IS NULL) = (outcome IS NULL))),
    CONSTRAINT inventory_fleet CHECK ((fleet >= 0)),
    CONSTRAINT inventory_outcome CHECK ((outcome = ANY (ARRAY['complete'::text, 'abandoned'::text]))),
    CONSTRAINT inventory_pages CHECK ((pages >= 0))
);
CREATE TABLE quell.leases (
    tenant_id integer NOT NULL,
    holder uuid NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamp with time zone NOT NULL
);
CREATE TABLE quell.looks (
    tenant_id integer NOT NULL,
    listed_at timestamp with time zone NOT NULL,
    judged_until timestamp with time zone NOT NULL
);
CREATE VIEW quell.measures AS
 SELECT devices.tenant_id,
    devices.device_id,
    'restriction'::text AS measure,
        CASE devices.restriction
            WHEN 'restricted'::text THEN 'held'::text
            WHEN 'restricted_by_other'::text THEN 'held_by_other'::text
            ELSE devices.restriction
        END AS known,
    devices.restriction_at AS known_at,
    devices.is_restricted_by_others AS is_by_others,
    devices.others_by,
    devices.others_at,
    devices.failures
   FROM quell.devices
UNION ALL
 SELECT devices.tenant_id,
    devices.device_id,
    'isolation'::text AS measure,
        CASE devices.isolation
            WHEN 'isolated'::text THEN 'held'::text
            WHEN 'isolated_by_other'::text THEN 'held_by_other'::text
            ELSE devices.isolation
        END AS known,
    devices.isolation_at AS known_at,
    devices.is_isolated_by_others AS is_by_others,
    devices.isolation_others_by AS others_by,
    devices.isolation_others_at AS others_at,
    devices.isolation_failures AS failures
   FROM quell.devices;
CREATE TABLE quell.notifications (
    id bigint NOT NULL,
    tenant_id integer NOT NULL,
    receiver text NOT NULL,
    occasion text NOT NULL,
    containment_id uuid NOT NULL,
    device_id text NOT NULL,
    playbook text,
    revision text,
    alert_id text,
    reason text NOT NULL,
    created_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    delivered_at timestamp with time zone,
    CONSTRAINT notification_occasion CHECK ((occasion = ANY (ARRAY['acted'::text, 'asked'::text, 'failed'::text, 'released'::text])))
);
ALTER TABLE quell.notifications ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.notifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.partitions (
    name text NOT NULL,
    of text NOT NULL,
    from_id uuid,
    to_id uuid NOT NULL,
    CONSTRAINT partition_of CHECK ((of = ANY (ARRAY['events'::text, 'decisions'::text])))
);
CREATE TABLE quell.playbook_files (
    tenant_id integer NOT NULL,
    replica text NOT NULL,
    set_hash text,
    set_since timestamp with time zone,
    settled_hash text,
    remark text,
    seen_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    is_gone boolean DEFAULT false NOT NULL,
    failed_at timestamp with time zone,
    failure text,
    CONSTRAINT failure_has_its_time CHECK (((failed_at IS NULL) = (failure IS NULL))),
    CONSTRAINT set_has_its_time CHECK (((set_hash IS NULL) = (set_since IS NULL)))
);
CREATE TABLE quell.playbook_revisions (
    tenant_id integer NOT NULL,
    playbook text NOT NULL,
    revision text NOT NULL,
    text text NOT NULL,
    first_active_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    revoked_reason text,
    CONSTRAINT revoked_by_someone_for_a_reason CHECK ((((revoked_at IS NULL) = (revoked_by IS NULL)) AND ((revoked_at IS NULL) = (revoked_reason IS NULL))))
);
CREATE TABLE quell.playbook_sets (
    tenant_id integer NOT NULL,
    set_hash text NOT NULL,
    playbook text NOT NULL,
    revision text NOT NULL,
    mode text NOT NULL,
    CONSTRAINT set_mode CHECK ((mode = ANY (ARRAY['off'::text, 'observe'::text, 'enforce'::text])))
);
CREATE TABLE quell.probe_calls (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    device_id text NOT NULL,
    containment_id uuid NOT NULL,
    question text NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    asked_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    until timestamp with time zone NOT NULL,
    given_up_at timestamp with time zone,
    target_id uuid,
    attempt_id uuid,
    settled_at timestamp with time zone,
    CONSTRAINT a_probe_is_short CHECK ((until <= (asked_at + '01:00:00'::interval))),
    CONSTRAINT only_a_cancel_has_a_target CHECK (((question = 'cancel_final'::text) = (target_id IS NOT NULL))),
    CONSTRAINT only_a_cancel_is_an_attempt CHECK (((attempt_id IS NULL) OR ((question = 'cancel_final'::text) AND (settled_at IS NOT NULL)))),
    CONSTRAINT probe_question CHECK ((question = ANY (ARRAY['restrict_twice'::text, 'release_free'::text, 'cancel_final'::text])))
);
CREATE VIEW quell.probe_cancels AS
 SELECT p.tenant_id,
    p.device_id,
    p.id AS probe_id,
    p.question,
    p.reason,
    a.id AS action_id,
        CASE
            WHEN (p.question = 'cancel_final'::text) THEN p.asked_at
            WHEN ((p.question = 'restrict_twice'::text) OR (p.given_up_at IS NOT NULL) OR w.is_wanted) THEN GREATEST(a.submitted_at, a.cancel_not_before)
            ELSE GREATEST(a.submitted_at, a.cancel_not_before, p.until)
        END AS due_at
   FROM ((quell.probe_calls p
     JOIN quell.actions a ON (((a.probe_id = p.id) OR (a.id = p.target_id))))
     CROSS JOIN LATERAL ( SELECT (EXISTS ( SELECT 1
                   FROM quell.containments c
                  WHERE ((c.tenant_id = p.tenant_id) AND (c.device_id = p.device_id) AND (c.measure = 'restriction'::text) AND (c.state = 'active'::text) AND (c.mode = 'enforce'::text)))) AS is_wanted) w)
  WHERE ((p.settled_at IS NULL) AND (NOT a.is_adopted) AND (a.defender_id IS NOT NULL) AND
        CASE p.question
            WHEN 'cancel_final'::text THEN ((a.state = 'succeeded'::text) AND (p.until > ( SELECT quell.now() AS now)) AND (NOT w.is_wanted))
            WHEN 'restrict_twice'::text THEN ((a.state = 'submitted'::text) AND (NOT w.is_wanted))
            ELSE (a.state = 'submitted'::text)
        END);
CREATE TABLE quell.prunes (
    id bigint NOT NULL,
    at timestamp with time zone DEFAULT quell.now() NOT NULL,
    what text NOT NULL,
    part text,
    upto uuid NOT NULL,
    rows bigint NOT NULL,
    kept bigint DEFAULT 0 NOT NULL,
    bytes bigint DEFAULT 0 NOT NULL
);
ALTER TABLE quell.prunes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.prunes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.release_run_items (
    run_id uuid NOT NULL,
    containment_id uuid NOT NULL,
    device_id text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    why text,
    CONSTRAINT release_run_item_state CHECK ((state = ANY (ARRAY['waiting'::text, 'ended'::text, 'declined'::text, 'left'::text])))
);
CREATE TABLE quell.release_runs (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    state text NOT NULL,
    selection jsonb NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    begun_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT done_has_a_time CHECK (((state = 'done'::text) = (done_at IS NOT NULL))),
    CONSTRAINT release_run_state CHECK ((state = ANY (ARRAY['running'::text, 'done'::text])))
);
CREATE TABLE quell.replicas (
    tenant_id integer NOT NULL,
    replica uuid NOT NULL,
    host text NOT NULL,
    seen_at timestamp with time zone DEFAULT quell.now() NOT NULL
);
CREATE VIEW quell.scanned AS
 SELECT c.tenant_id,
    c.id AS containment_id,
    c.device_id,
    c.activated_at,
    scan.begun_at,
    scan.final_at AS ended_at,
    GREATEST(( SELECT max(d.decided_at) AS max
           FROM quell.decisions d
          WHERE ((d.tenant_id = c.tenant_id) AND (d.device_id = c.device_id) AND (d.event_kind IS DISTINCT FROM 'resolved'::text))), ( SELECT max(i.enqueued_at) AS max
           FROM quell.inbox i
          WHERE ((i.tenant_id = c.tenant_id) AND (i.device_id = c.device_id) AND (i.event_kind <> 'resolved'::text))), ( SELECT max(l.received_at) AS max
           FROM quell.dead_letters l
          WHERE ((l.tenant_id = c.tenant_id) AND (l.device_id = c.device_id) AND (l.event_id IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
                   FROM quell.dead_letter_ends x
                  WHERE ((x.letter_id = l.id) AND (x.ended_as = 'dropped'::text)))))))) AS news_at
   FROM (quell.containments c
     JOIN LATERAL ( SELECT a.final_at,
            ( SELECT min(t.reserved_at) AS min
                   FROM quell.attempts t
                  WHERE ((t.action_id = a.id) AND (t.kind = a.kind))) AS begun_at
           FROM quell.actions a
          WHERE ((a.tenant_id = c.tenant_id) AND (a.device_id = c.device_id) AND (a.kind = 'scan'::text) AND (a.state = 'succeeded'::text) AND (NOT a.is_adopted) AND (a.queued_at >= c.activated_at))) scan ON ((scan.begun_at IS NOT NULL)))
  WHERE ((c.state = 'active'::text) AND (c.mode = 'enforce'::text) AND ('scan_clean'::text = ANY (c.release_when)));
CREATE TABLE quell.seal_checkpoints (
    tenant_id integer NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    at timestamp with time zone DEFAULT quell.now() NOT NULL,
    CONSTRAINT seal_is_a_sha256 CHECK ((octet_length(hash) = 32))
);
CREATE TABLE quell.seal_heads (
    tenant_id integer NOT NULL,
    seq bigint DEFAULT 0 NOT NULL,
    hash bytea DEFAULT decode(repeat('00'::text, 32), 'hex'::text) NOT NULL,
    up_to_xid xid8 DEFAULT '0'::xid8 NOT NULL,
    up_to_id bigint DEFAULT 0 NOT NULL,
    CONSTRAINT seal_is_a_sha256 CHECK ((octet_length(hash) = 32)),
    CONSTRAINT seal_seq_counts CHECK ((seq >= 0))
);
CREATE TABLE quell.seals (
    tenant_id integer NOT NULL,
    seq bigint NOT NULL,
    transition_id bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT seal_is_a_sha256 CHECK ((octet_length(hash) = 32)),
    CONSTRAINT seal_seq_begins_at_one CHECK ((seq > 0))
);
CREATE TABLE quell.set_activations (
    tenant_id integer NOT NULL,
    version bigint NOT NULL,
    set_hash text NOT NULL,
    activated_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    activated_by text,
    reason text
);
CREATE TABLE quell.source_looks (
    tenant_id integer NOT NULL,
    source text NOT NULL,
    replica uuid NOT NULL,
    host text NOT NULL,
    kind text NOT NULL,
    looked_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    last_event_at timestamp with time zone,
    trouble text,
    trouble_since timestamp with time zone,
    behind bigint
);
CREATE TABLE quell.source_parts (
    tenant_id integer NOT NULL,
    source text NOT NULL,
    part text NOT NULL,
    "position" text,
    moved_at timestamp with time zone,
    epoch bigint NOT NULL,
    holder uuid,
    held_until timestamp with time zone,
    CONSTRAINT source_part_epoch CHECK ((epoch > 0)),
    CONSTRAINT source_part_is_held_for_a_span CHECK (((holder IS NULL) = (held_until IS NULL)))
);
CREATE TABLE quell.sql_sources (
    tenant_id integer NOT NULL,
    source text NOT NULL,
    roles text[] NOT NULL,
    CONSTRAINT sql_source_has_roles CHECK ((cardinality(roles) > 0))
);
CREATE TABLE quell.stops (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    scope text NOT NULL,
    since timestamp with time zone,
    everywhere boolean NOT NULL,
    via text NOT NULL,
    begun_by text NOT NULL,
    reason text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    is_exact boolean NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    end_reason text,
    CONSTRAINT ended_by_a_person_for_a_reason CHECK ((((ended_at IS NULL) = (ended_by IS NULL)) AND ((ended_at IS NULL) = (end_reason IS NULL)))),
    CONSTRAINT release_since CHECK (((scope = 'release_all'::text) = (since IS NOT NULL))),
    CONSTRAINT stop_scope CHECK ((scope = ANY (ARRAY['new'::text, 'freeze'::text, 'cancel_pending'::text, 'release_all'::text]))),
    CONSTRAINT stop_via CHECK ((via = ANY (ARRAY['cli'::text, 'api'::text, 'file'::text])))
);
CREATE TABLE quell.submissions (
    seq bigint NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    tenant_id integer NOT NULL,
    source text NOT NULL,
    submitted_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    submitted_by text DEFAULT SESSION_USER NOT NULL,
    payload bytea NOT NULL,
    CONSTRAINT submission_is_bounded CHECK (((octet_length(payload) >= 1) AND (octet_length(payload) <= 1048576)))
);
ALTER TABLE quell.submissions ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.submissions_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.task_wishes (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    device_id text NOT NULL,
    subject text NOT NULL,
    argument text,
    comment text NOT NULL,
    mode text NOT NULL,
    lane text NOT NULL,
    playbook text NOT NULL,
    revision text NOT NULL,
    event_id uuid NOT NULL,
    alert_id text NOT NULL,
    containment_id uuid,
    tells_failure boolean DEFAULT false NOT NULL,
    outcome text NOT NULL,
    action_id uuid,
    wished_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    settled_at timestamp with time zone,
    CONSTRAINT a_settled_wish_has_a_time CHECK (((outcome = 'waiting'::text) = (settled_at IS NULL))),
    CONSTRAINT a_wish_that_is_done_has_its_action CHECK (((outcome = ANY (ARRAY['queued'::text, 'satisfied'::text])) = (action_id IS NOT NULL))),
    CONSTRAINT a_wish_waits_for_a_containment CHECK (((outcome <> 'waiting'::text) OR (containment_id IS NOT NULL))),
    CONSTRAINT wish_device_is_callable CHECK ((device_id ~ '^[0-9A-Za-z_-]{1,64}$'::text)),
    CONSTRAINT wish_mode CHECK ((mode = ANY (ARRAY['observe'::text, 'enforce'::text]))),
    CONSTRAINT wish_outcome CHECK ((outcome = ANY (ARRAY['waiting'::text, 'queued'::text, 'satisfied'::text, 'repeated'::text, 'limited'::text, 'stopped'::text, 'observed'::text, 'dropped'::text]))),
    CONSTRAINT wish_subject CHECK (((subject = ANY (ARRAY['scan'::text, 'package'::text])) OR (subject ~ '^file:[0-9a-f]{40}$'::text)))
);
CREATE TABLE quell.tenants (
    id integer NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    installation integer DEFAULT ((floor(((random() * ('4294967296'::bigint)::double precision) - ('2147483648'::bigint)::double precision)))::bigint)::integer NOT NULL,
    CONSTRAINT tenant_name_is_plain CHECK ((name ~ '^[a-z0-9][a-z0-9._-]{0,62}$'::text))
);
ALTER TABLE quell.tenants ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.tenants_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.transitions (
    id bigint NOT NULL,
    tenant_id integer NOT NULL,
    at timestamp with time zone DEFAULT quell.now() NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    device_id text,
    from_state text,
    to_state text NOT NULL,
    by text NOT NULL,
    reason text NOT NULL,
    revision text,
    before jsonb,
    after jsonb,
    written_in xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT transition_entity CHECK ((entity ~ '^[a-z][a-z_]{1,30}$'::text))
);
ALTER TABLE quell.transitions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.transitions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.webhook_deliveries (
    tenant_id integer NOT NULL,
    source text NOT NULL,
    id text NOT NULL,
    body_hash bytea NOT NULL,
    status smallint NOT NULL,
    answer text NOT NULL,
    answered_at timestamp with time zone NOT NULL,
    CONSTRAINT delivery_hash CHECK ((octet_length(body_hash) = 32)),
    CONSTRAINT delivery_id_is_bounded CHECK (((octet_length(id) >= 1) AND (octet_length(id) <= 255))),
    CONSTRAINT delivery_status CHECK (((status >= 200) AND (status <= 499)))
);
ALTER TABLE ONLY quell.decisions ATTACH PARTITION quell.decisions_202611 FOR VALUES FROM ('01a19467-e800-0000-0000-000000000000') TO ('01a22ee6-b000-0000-0000-000000000000');
ALTER TABLE ONLY quell.decisions ATTACH PARTITION quell.decisions_202612 FOR VALUES FROM ('01a22ee6-b000-0000-0000-000000000000') TO ('01a2ce8b-d400-0000-0000-000000000000');
ALTER TABLE ONLY quell.decisions ATTACH PARTITION quell.decisions_rest DEFAULT;
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261122 FOR VALUES FROM ('01a2008d-7400-0000-0000-000000000000') TO ('01a205b3-d000-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261123 FOR VALUES FROM ('01a205b3-d000-0000-0000-000000000000') TO ('01a20ada-2c00-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261124 FOR VALUES FROM ('01a20ada-2c00-0000-0000-000000000000') TO ('01a21000-8800-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261125 FOR VALUES FROM ('01a21000-8800-0000-0000-000000000000') TO ('01a21526-e400-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261126 FOR VALUES FROM ('01a21526-e400-0000-0000-000000000000') TO ('01a21a4d-4000-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261127 FOR VALUES FROM ('01a21a4d-4000-0000-0000-000000000000') TO ('01a21f73-9c00-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261128 FOR VALUES FROM ('01a21f73-9c00-0000-0000-000000000000') TO ('01a22499-f800-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_20261129 FOR VALUES FROM ('01a22499-f800-0000-0000-000000000000') TO ('01a229c0-5400-0000-0000-000000000000');
ALTER TABLE ONLY quell.events ATTACH PARTITION quell.events_rest DEFAULT;
INSERT INTO public._sqlx_migrations VALUES (20261121000001, 'clock and tenants', '2026-11-22 23:00:52.029107+00', true, '\x9c8a890ba2a964ad52432564918ce95c5aa804c78ff2b27048ed947e7572134ce55bb96baf0d9150c5f42bc3e61a6d41', 3140027);
INSERT INTO public._sqlx_migrations VALUES (20261121000002, 'events', '2026-11-22 23:00:52.03246+00', true, '\x88036970e9b1e158f1dc4b5514c3a2058a97ef2815a690c0269a96c18af6db350eb898e84f84102ba8f5401a831042af', 17990819);
INSERT INTO public._sqlx_migrations VALUES (20261121000003, 'devices', '2026-11-22 23:00:52.05061+00', true, '\x65def9388728ce0882dbec7bffc3a84803c7a3713d9362d25831390854f579d673520cb3f1e5bd639fd487af1707f10d', 8048952);
INSERT INTO public._sqlx_migrations VALUES (20261121000004, 'playbooks and decisions', '2026-11-22 23:00:52.05877+00', true, '\x9db8a97666fea49724a3f16293ce78aaa49855ff73d012867134058238493ea36d2f708bd8965721d41160461dc43dac', 11924458);
INSERT INTO public._sqlx_migrations VALUES (20261121000005, 'containments', '2026-11-22 23:00:52.070809+00', true, '\x76d7d3561542a3a19d97765b645795c601e7738ab474520118549eb444f1dd4db09fff887c9d62053fe7f290e8e2a14b', 11276765);
INSERT INTO public._sqlx_migrations VALUES (20261121000006, 'actions', '2026-11-22 23:00:52.08221+00', true, '\x430d6e1bc3c97de205f8cc37283a1ed1e53e06e777fda69d37af3fa8615234900b0d01e81d84f9a4e5ef95bef837723f', 7941107);
INSERT INTO public._sqlx_migrations VALUES (20261121000007, 'budget', '2026-11-22 23:00:52.090282+00', true, '\x2058f424c5bf47189bca0c2088b581c747ca75563d965f0aa34eb23bc1e8f805b7afe0472a466082b9738b7e7fb70ac2', 3246143);
INSERT INTO public._sqlx_migrations VALUES (20261121000008, 'transitions', '2026-11-22 23:00:52.093599+00', true, '\x135a77e7c4d15b8e45d8886c98fb8a0fea42fe0c36b360e2ccd538be743482ce9bf26500b1b3dc3ea834511691645c37', 8628916);
INSERT INTO public._sqlx_migrations VALUES (20261122000001, 'canaries', '2026-11-22 23:00:52.102314+00', true, '\x971f140c76c7fb47ed9f633b68cf0a8e4a95bde42a23c99cc18a05e590be484099495b7588f33eaff04df87cc0c815ba', 7725373);
INSERT INTO public._sqlx_migrations VALUES (20261122000002, 'release when alerts are resolved', '2026-11-22 23:00:52.110128+00', true, '\xb5302699ba4482063fe27286b3700ea88a78d7c275cb7daf5634ea2c691a79914e3aa215d234de2c71b782cdc9c9001f', 12068738);
INSERT INTO public._sqlx_migrations VALUES (20261122000003, 'notifications', '2026-11-22 23:00:52.122271+00', true, '\xbd01478e6dbeda620a9ff364e08babd15e74ea401915c56bf2298ffffa667e70c893bba586a331f4f288d51d26755197', 2262472);
INSERT INTO public._sqlx_migrations VALUES (20261122000004, 'approvals', '2026-11-22 23:00:52.124598+00', true, '\x60cfcedcb72b11d531a2be0ac4922157efab1be44036b1f444f95b6a35cc697c4e4d56328445dd444eeedecb38913e6f', 1506970);
INSERT INTO public._sqlx_migrations VALUES (20261122000101, 'activations', '2026-11-22 23:00:52.126169+00', true, '\x34f3cdaec0e4cff6e0df7fb5eb34d909eb9d150afd8560b8aa4a9138a81ed3e49af06545e6ce2c8464650a0a9d4cc36f', 972756);
INSERT INTO public._sqlx_migrations VALUES (20261122000102, 'decisions that explain themselves', '2026-11-22 23:00:52.127195+00', true, '\xda3202fe521a0c366ff6faee87745fdefc8247155bbb94a74e8f0ab3b4c28565d1dc7f27a286651436f6d78f63b09e1a', 1093690);
INSERT INTO public._sqlx_migrations VALUES (20261122000201, 'playbook files', '2026-11-22 23:00:52.128341+00', true, '\x4f1f6e46c7f55c788ccb1f50b7f86f1d738275261199cc5241cec5a0828b3e6b53678f701d72ce88b7d8a7359fe3c233', 1309291);
INSERT INTO public._sqlx_migrations VALUES (20261122000401, 'cancels', '2026-11-22 23:00:52.129705+00', true, '\x9d7154e129e1c88d1d00bab7ec810a0a61ce4c9bf52e3470c7f786164b7d37b8aa5a858729eb6a6f4fe4508be2441b3d', 778436);
INSERT INTO public._sqlx_migrations VALUES (20261122000402, 'decisions by time', '2026-11-22 23:00:52.130528+00', true, '\x99119ca2c3995b2f29e382a6a771d674c359651c3bb80695bcd0800f22d511bf63ef7b9a9a7d877a7f03e791aa9f5ef5', 294738);
INSERT INTO public._sqlx_migrations VALUES (20261122000501, 'news of alerts', '2026-11-22 23:00:52.130856+00', true, '\xa50eeb5ebe41b75f9acdc65ae4de11448df626adf592b6647dba7d338ac71a019d3484496743523a62ad06ea52e21fde', 129455);
INSERT INTO public._sqlx_migrations VALUES (20261122010001, 'retries', '2026-11-22 23:00:52.131013+00', true, '\xc3fe42cab910e98a23b87a2f24d142be25e760de991435b96eaea6ae732533d55c23b5c006e2d9ec6e845a33f2c26fac', 691403);
INSERT INTO public._sqlx_migrations VALUES (20261122020001, 'strays', '2026-11-22 23:00:52.131747+00', true, '\x8ca4698a6fd1c832a04faeb8f7721b0630c96077cd870228b3d51eca9b14c955f4ba2d018df33a46aab382d9b8d464b2', 1807036);
INSERT INTO public._sqlx_migrations VALUES (20261122020002, 'clock and restores', '2026-11-22 23:00:52.133615+00', true, '\x700bfa772b5e38691fa6eac1d33b229d9b0f3a6bce43a96948227f141fa1a2f770b24c5b2f070a9b70f51e246f5d67d1', 2164993);
INSERT INTO public._sqlx_migrations VALUES (20261122030001, 'times in order', '2026-11-22 23:00:52.13585+00', true, '\xf8294ac3ed81810602d54898d8163a36896be9703868b6506b8f90d6f99e0a44fd1692aa960f0370c7163f7a3328edd4', 257364);
INSERT INTO public._sqlx_migrations VALUES (20261122050001, 'replicas', '2026-11-22 23:00:52.136137+00', true, '\xb3b8017f4637dabb16e809fa12e696cad2b615f771a370e3d85b8f707f75086edf830b9666c3c3a3b0d2181b70c417dc', 986892);
INSERT INTO public._sqlx_migrations VALUES (20261122050002, 'installation', '2026-11-22 23:00:52.137174+00', true, '\x243a84bbe679d06d7ce8249b3f593bfeb017d3e08274de129aafba35c3f83396a1c5ee3eb17702435604cfcf029412e8', 1893551);
INSERT INTO public._sqlx_migrations VALUES (20261122060001, 'a clock that is planned once', '2026-11-22 23:00:52.139288+00', true, '\x1d72f280559190f5f6671bb3e45450e0596ac751f52664ee365fcde21c19b43d6955a0c909db7ce570df309c230102fe', 187816);
INSERT INTO public._sqlx_migrations VALUES (20261122070001, 'whatever changes has a row', '2026-11-22 23:00:52.139502+00', true, '\xb02db3a5e0d65f5dae2dadeb999c0f1234641d67060ff57ff57ce1205c4d15e78c2be5fe8a23f225280e5d14f36c0658', 437192);
INSERT INTO public._sqlx_migrations VALUES (20261122071001, 'inventory', '2026-11-22 23:00:52.139976+00', true, '\x87163960bd7757b58cf00e76e995f81b970643dcff8b47a51215858ac43ffb94d6ed6916c85d797fac65a115aeea4058', 2326631);
INSERT INTO public._sqlx_migrations VALUES (20261122072001, 'facts awaited in the gate', '2026-11-22 23:00:52.142369+00', true, '\x4346ab18166957f1acfd729f4718761d972e37609d868e628e92000222a3bbe6ef9e3591fabea43b83e2fec3d48fa831', 187484);
INSERT INTO public._sqlx_migrations VALUES (20261122072002, 'cap lifts', '2026-11-22 23:00:52.142586+00', true, '\x2f89f5440dce7800a835ec63fb27004b670c5572495429684f1fcaddc76f5500b3789ae393b171f385dd4a9c5ea57f96', 1789004);
INSERT INTO public._sqlx_migrations VALUES (20261122072003, 'surges and trust', '2026-11-22 23:00:52.144438+00', true, '\x5a44a9c1440b92c1b244a60cd028609b031b49f7c8729a29c3fe1a903254ee497279f22ded74b2a4b280d427920e29ef', 399588);
INSERT INTO public._sqlx_migrations VALUES (20261122073001, 'requests', '2026-11-22 23:00:52.144879+00', true, '\x58f6af01f9cd59de3864766ac9b2a16bbbd060529c4f9dbd70c684e2132d5c0f2e0ec1e8817d36e3b663e87aefe462ec', 4547126);
INSERT INTO public._sqlx_migrations VALUES (20261122073002, 'accepted risks', '2026-11-22 23:00:52.149545+00', true, '\xc33ab0aa0be2e3dc60864daa0288566b5d6874356664c75ba4f46ccef22a1bd9d2818b3a67b62c6df663231ac8133f36', 742036);
INSERT INTO public._sqlx_migrations VALUES (20261122074001, 'drift', '2026-11-22 23:00:52.150331+00', true, '\x06e6f94fc402c2ef7df3ca4e7fc099ab80c311ca8b93593570018db34bc92c1251658a954027ee6ab7bcd75993329901', 2420380);
INSERT INTO public._sqlx_migrations VALUES (20261122074002, 'release runs', '2026-11-22 23:00:52.152822+00', true, '\x45e6f1fccaa662f9c6810cc9272ae5760c47e3a71ca0198ef3b9e1992131cad437d98eab5c410f89e1003fd8726ed8b0', 2505977);
INSERT INTO public._sqlx_migrations VALUES (20261122075001, 'begun by', '2026-11-22 23:00:52.155395+00', true, '\xa2b486be6ea827f51022df3297a3fdb5bd9462a79b1896780d042c899371960aaff426d4cbfe4eec5634d325edb24353', 147711);
INSERT INTO public._sqlx_migrations VALUES (20261122075002, 'stops', '2026-11-22 23:00:52.155571+00', true, '\x07ef98aeeef413b653c02a882dc20a4a71fa4ee731c0f9e23feb260711f4ba6a819dcdd4ff84f17ece8209a83545465d', 1784716);
INSERT INTO public._sqlx_migrations VALUES (20261122075003, 'by hand', '2026-11-22 23:00:52.157416+00', true, '\x631ea6253163bdbef27b046a83f59ac2b7f97003b33eae07df1c3e411acf063740e436b5fe61c9fbaaaafc3e28bcde5e', 195164);
INSERT INTO public._sqlx_migrations VALUES (20261122076001, 'rows that say what changed', '2026-11-22 23:00:52.157642+00', true, '\x8bd3e95631cab8669c950d171771f744f4b56d4173f19f0d29776c347cd4f942a7fc37a0c7a63b5410abe9f125d8a995', 2154580);
INSERT INTO public._sqlx_migrations VALUES (20261122076002, 'seals', '2026-11-22 23:00:52.159852+00', true, '\x89f176bdc406a1df223c4d39289651061717770aa5c9a27cb93a0109ba4429097c9cd12ef1ffce6e16c1cfec18e19f56', 3420109);
INSERT INTO public._sqlx_migrations VALUES (20261122077001, 'claims in one word', '2026-11-22 23:00:52.16359+00', true, '\x89bea4c616419b25b17145e9abb96f80878f3b6d52e0010039204b919d19fb5cc3b38b0ae7d1d1969f5822347017f8c1', 263615);
INSERT INTO public._sqlx_migrations VALUES (20261122078001, 'sizes that are known for a while', '2026-11-22 23:00:52.163883+00', true, '\xdbd53861f176df7911e9dc10c09466a64ea7dd5a48410c24fe5a0707e3829a25e32cdf16b7241b4dca030ce8a7354192', 168568);
INSERT INTO public._sqlx_migrations VALUES (20261122079001, 'no question runs out while stopped', '2026-11-22 23:00:52.16408+00', true, '\xbd964592383bb0a6458515d7366b6ee71274dd30a22f247aad4f52822b41e928a8c19a98afac28360b620f3d05c410ad', 161256);
INSERT INTO public._sqlx_migrations VALUES (20261122081001, 'measures and tasks', '2026-11-22 23:00:52.164269+00', true, '\x063c86cdf9d9de4e58738e5cb0f1a18f0467435806852c6d2ca43a835925a34ab2f67041cd2bdea2044381a6c0c53fcd', 6378995);
INSERT INTO public._sqlx_migrations VALUES (20261122082001, 'tasks', '2026-11-22 23:00:52.170781+00', true, '\x90968f87ddb2412ad0a1246bcff93be670d9ff45daf035daba193d3a9ecc955b57205777130b2bf30df351e306050b4c', 15536267);
INSERT INTO public._sqlx_migrations VALUES (20261122087001, 'lookups', '2026-11-22 23:00:52.186473+00', true, '\x0adbc277ba75e2fbbcf1cdc5fbdde7a375842810e1cb650e77d17dd90dcf36a7fa4129a12c0d97b9597659cc6f8e6e79', 1866606);
INSERT INTO public._sqlx_migrations VALUES (20261122087002, 'no decision crosses a stop', '2026-11-22 23:00:52.18841+00', true, '\xe4d88c0f126a657c43bdafe3004ba157c58b29d21ac75cb6815398ba55f4f3b9467378b90a6e249a4beac77b1bea4401', 378804);
INSERT INTO public._sqlx_migrations VALUES (20261122087003, 'lifts that end early', '2026-11-22 23:00:52.188824+00', true, '\x085de14656f78bea5dfe7758242ba94ee72b4ee1c5de1e95dda09694ffe3a05ee69d5b140920d4ab8b4d04641c4f3a4c', 276689);
INSERT INTO public._sqlx_migrations VALUES (20261122089001, 'dead letters that end', '2026-11-22 23:00:52.189134+00', true, '\x22c310bc710fdb94ae291b20b277177a079339c6a4c6e51596f3bdc9e60844b83d020b3360d7d2d9ba9fc94e29e87c24', 1483506);
INSERT INTO public._sqlx_migrations VALUES (20261122092001, 'what was put aside is news', '2026-11-22 23:00:52.190678+00', true, '\xea5459f79d4d97e8324fe9999a78c6b8bc2e3f658415ae7ad7db0e29953477f4fb46e4f3658aec6b8f598c2b8631d7a0', 1679812);
INSERT INTO public._sqlx_migrations VALUES (20261123081001, 'sources', '2026-11-22 23:00:52.192452+00', true, '\xefff7ae8bb890a0da49c278161b1be21fe34003be4a450bd39b3566ad15de11d855d44b5790418508382faeff50b830c', 1184078);
INSERT INTO public._sqlx_migrations VALUES (20261123081002, 'source looks', '2026-11-22 23:00:52.193688+00', true, '\x801a0ee2f0116be1ee1a2ea8369b33874c19c6680f264f15683a5e899033811568b72ee2d4c3514f058cec21b83f20db', 1088492);
INSERT INTO public._sqlx_migrations VALUES (20261123082001, 'deliveries', '2026-11-22 23:00:52.194832+00', true, '\xf211d56d0d762c5b55857b0fac26f70b4c02326d53ad13600b778bfbb5f4788041daa75e02fe1c6295a12953ff863f7d', 1158093);
INSERT INTO public._sqlx_migrations VALUES (20261123084001, 'submissions', '2026-11-22 23:00:52.196042+00', true, '\x970ba5a49d80e29a003b0f13deb0159c7de6cc24c6296e612f924d7a20292213838500abe8214776f723bf7afbd3373d', 2577959);
INSERT INTO public._sqlx_migrations VALUES (20261123085001, 'alert infos', '2026-11-22 23:00:52.198694+00', true, '\xc892854aef9e8d489869eb49996dd25327d400626389b5f927ab3e5aaa3f6da1acee9d9cfc15953b6ba0994591dbd75d', 1041748);
INSERT INTO public._sqlx_migrations VALUES (20261123086001, 'device names', '2026-11-22 23:00:52.199793+00', true, '\x1c285155443d2960c9acb64137e4cd2c3ec32470dbb7d656a81313e6520abf745806b3637512825cc9dff590d62a37c0', 2741531);
INSERT INTO public._sqlx_migrations VALUES (20261123087001, 'events kept compressed', '2026-11-22 23:00:52.202998+00', true, '\xa1d0cfed92baacd726a6cf4cb5e96db17e8e4339abd7a91c049fefaa4ba4de15adeb10c52386f6ded16814012b1df848', 2259257);
INSERT INTO public._sqlx_migrations VALUES (20261123087002, 'events looked through', '2026-11-22 23:00:52.205315+00', true, '\x0583bab52f3e911d99768f4257f34df094545f5ca23f42ea80ae39c4b5d85b5c4588df5a8aa6c6e3bcce38f3e2d8e1e7', 292431);
INSERT INTO public._sqlx_migrations VALUES (20261123087003, 'partitions', '2026-11-22 23:00:52.205643+00', true, '\x2bf41baa72c3b10d6aa65f26fc6fdf701699bea8a10608a0435c6a4017df8be02a14bd08c10c24673e4d6cfb55a83330', 90263873);
INSERT INTO public._sqlx_migrations VALUES (20261123088001, 'an inbox that stays quick', '2026-11-22 23:00:52.296334+00', true, '\xdfc84e4ae56ca7b378b689ef6f7343294bb07c56d89d6527ecbe831890216a214b16c9ebc14e95c557852056fee6b455', 11214055);
INSERT INTO public._sqlx_migrations VALUES (20261123088002, 'events that kill', '2026-11-22 23:00:52.310047+00', true, '\x09ff56666fec69185373c8019f15539ea66754b7d94e65bf822fdf0973b74ed73dc79c8e53198be285a392fdb71359f9', 981787);
INSERT INTO public._sqlx_migrations VALUES (20261123089001, 'probe calls', '2026-11-22 23:00:52.311078+00', true, '\x7bba7515d4623ab7121e787ab939d39060176265898fbfa33e28def60c31ff6d4f46bb09693ccfc85d0d93c5486a0f5c', 23049202);
INSERT INTO quell.actions VALUES ('01a2057d-b541-75bf-b0d2-b49369ad5e62', 1, '0000000000000000000000000000d00000000004', 'restrict', 'succeeded', 2, '01a2057d-b53b-71b8-a184-44454c72fcff', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-4', 'decide', '2026-11-22 23:00:54.210085+00', '2026-11-22 23:00:54.210097+00', '2026-11-22 23:24:54.2101+00', 1, '2026-11-22 23:00:54.647269+00', 'b76e14da-7300-4469-8763-c7cc49acf08b', 'Succeeded', false, '2026-11-22 23:00:55.08018+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:54.996058+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b3b3-7264-8769-0dcf69ad5e62', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057d-b39e-7197-a750-f16de23e10c2', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'decide', '2026-11-22 23:00:53.833865+00', '2026-11-22 23:00:53.833878+00', '2026-11-22 23:24:53.833881+00', 1, '2026-11-22 23:00:54.239033+00', 'c7d22b54-d602-42a6-8e7e-d27595e0414d', 'Failed', false, '2026-11-22 23:00:54.703002+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:54.597218+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b54c-7428-853f-306269ad5e62', 1, '0000000000000000000000000000d00000000005', 'restrict', 'succeeded', 2, '01a2057d-b546-76b9-bc7f-f616f5924dfc', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-5', 'decide', '2026-11-22 23:00:54.220647+00', '2026-11-22 23:00:54.220654+00', '2026-11-22 23:24:54.220656+00', 1, '2026-11-22 23:00:54.658147+00', '667b35c9-ec07-47e3-8b84-35afe5864985', 'Succeeded', false, '2026-11-22 23:00:55.124111+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:54.919454+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b6b4-7324-8ec2-006b69ad5e62', 1, '0000000000000000000000000000d0000000001f', 'restrict', 'succeeded', 2, '01a2057d-b69a-708b-adc6-53411f24acdc', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert s-31', 'decide', '2026-11-22 23:00:54.586816+00', '2026-11-22 23:00:54.586826+00', '2026-11-22 23:24:54.586831+00', 1, '2026-11-22 23:00:54.738739+00', '2e279fb2-838b-4736-91e3-0d0bee659589', 'Succeeded', false, '2026-11-22 23:00:55.15058+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:54.980893+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b50b-740c-9cb1-e6f969ad5e62', 1, '0000000000000000000000000000d00000000001', 'restrict', 'succeeded', 2, '01a2057d-b4ea-72f2-91ae-d62331dcedb6', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-1', 'decide', '2026-11-22 23:00:54.162282+00', '2026-11-22 23:00:54.162294+00', '2026-11-22 23:24:54.162297+00', 1, '2026-11-22 23:00:54.383055+00', 'a4fbf742-72aa-40aa-95e1-2bc671dabace', 'Succeeded', false, '2026-11-22 23:00:54.883494+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:54.726849+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b51b-76d9-a9cd-59ac69ad5e62', 1, '0000000000000000000000000000d00000000002', 'restrict', 'succeeded', 2, '01a2057d-b513-716c-bc55-1fde5476f9fa', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-2', 'decide', '2026-11-22 23:00:54.174147+00', '2026-11-22 23:00:54.174157+00', '2026-11-22 23:24:54.17416+00', 1, '2026-11-22 23:00:54.481473+00', '5affefd8-f907-4fb7-8a1a-924f116666a7', 'Succeeded', false, '2026-11-22 23:00:54.918558+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:54.807103+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b539-7589-8849-cc4069ad5e62', 1, '0000000000000000000000000000d00000000003', 'restrict', 'succeeded', 2, '01a2057d-b523-7678-b491-132824dce641', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-3', 'decide', '2026-11-22 23:00:54.202149+00', '2026-11-22 23:00:54.202164+00', '2026-11-22 23:24:54.202167+00', 1, '2026-11-22 23:00:54.546536+00', '900dc47e-efe2-4da2-8e84-adf3bf06501a', 'Succeeded', false, '2026-11-22 23:00:54.924228+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:54.828514+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b5c2-7423-99da-cc2669ad5e62', 1, '0000000000000000000000000000d00000000017', 'restrict', 'succeeded', 3, '01a2057d-b5c1-7460-84f2-a774a2ccceba', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'alert d-23', 'decide', '2026-11-22 23:00:54.338636+00', '2026-11-22 23:00:54.338643+00', '2026-11-22 23:24:54.338646+00', 1, '2026-11-22 23:00:54.755414+00', '5f6eb02b-1903-45f5-8fb0-276fcb81b65d', 'Succeeded', false, '2026-11-22 23:00:55.399488+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:55.085295+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b651-70d0-ada8-c6f969ad5e62', 1, '0000000000000000000000000000d00000000015', 'scan', 'succeeded', 3, NULL, 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'alert m-21', 'decide', '2026-11-22 23:00:54.482338+00', '2026-11-22 23:00:54.482347+00', '2026-11-22 23:24:54.482351+00', 1, '2026-11-22 23:00:54.87728+00', 'cfbad630-5b8a-4e1b-a3c0-a6fd62cdebf6', 'Succeeded', false, '2026-11-22 23:00:55.423291+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:55.237256+00', 'scan', 'quick', 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b73e-7220-ba08-dd4069ad5e62', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057d-b39e-7197-a750-f16de23e10c2', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 23:00:54.722523+00', '2026-11-22 23:00:55.222532+00', '2026-11-22 23:24:54.722535+00', 1, '2026-11-22 23:00:55.290408+00', 'ecb54ef7-519a-4fbd-a87a-fdc5fd6ea309', 'Failed', false, '2026-11-22 23:00:55.69154+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 23:00:55.656286+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b637-74a1-acca-9d5c69ad5e62', 1, '0000000000000000000000000000d00000000015', 'isolate', 'succeeded', 3, '01a2057d-b628-73a5-ad8e-d8144c489245', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'alert m-21', 'decide', '2026-11-22 23:00:54.466065+00', '2026-11-22 23:00:54.466077+00', '2026-11-22 23:24:54.466081+00', 1, '2026-11-22 23:00:54.791409+00', '4b345a9d-c17a-4909-8b85-b4907919435e', 'Succeeded', false, '2026-11-22 23:00:55.178091+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:55.031688+00', 'isolation', 'full', 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-b556-751a-9dea-a30169ad5e62', 1, '0000000000000000000000000000d00000000006', 'restrict', 'succeeded', 2, '01a2057d-b550-71f9-8136-af538e3f5936', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-6', 'decide', '2026-11-22 23:00:54.231278+00', '2026-11-22 23:00:54.23129+00', '2026-11-22 23:24:54.231292+00', 1, '2026-11-22 23:00:54.707301+00', '3dfbecc7-b9bf-4e68-900d-5b66f1e8efec', 'Succeeded', false, '2026-11-22 23:00:55.370122+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:55.10213+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-bb6b-75f7-b096-f21269ad5e62', 1, '0000000000000000000000000000d0000000000b', 'restrict', 'succeeded', 3, '01a2057d-b55a-7730-8422-a4939cddc373', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'alert x-11', 'anna', '2026-11-22 23:00:55.792059+00', '2026-11-22 23:00:55.792071+00', '2026-11-22 23:24:55.792075+00', 1, '2026-11-22 23:00:55.870209+00', 'c36ff195-876f-441a-9cfa-e58cf9446940', 'Succeeded', false, '2026-11-22 23:00:56.299367+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:56.164957+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-bb17-77ca-879b-c1f069ad5e62', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057d-b39e-7197-a750-f16de23e10c2', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 23:00:55.709405+00', '2026-11-22 23:00:56.709414+00', '2026-11-22 23:24:55.709417+00', 1, '2026-11-22 23:00:56.781947+00', 'f9783963-83fe-48c8-81c9-d5257ddc7e13', 'Failed', false, '2026-11-22 23:00:57.318951+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 23:00:57.032489+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-bc2e-7638-8548-a32d69ad5e62', 1, '0000000000000000000000000000d00000000002', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: matched', 'decide', '2026-11-22 23:00:55.985915+00', '2026-11-22 23:00:55.985929+00', NULL, 1, '2026-11-22 23:00:56.117922+00', '2f9939c1-64ce-4644-a32c-5e7e75714c59', 'Succeeded', false, '2026-11-22 23:00:56.499565+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:56.410027+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-c796-7261-b10c-200f69ad5e62', 1, '0000000000000000000000000000d0000000002a', 'restrict', 'succeeded', 2, '01a2057d-c773-7445-90cd-dc58663be43a', NULL, NULL, 'of the dump', 'anna', '2026-11-22 23:00:58.908116+00', '2026-11-22 23:00:58.908128+00', '2026-11-22 23:24:58.908132+00', 1, '2026-11-22 23:00:59.037908+00', '772fb44d-1e58-4508-917b-247163ff8853', 'Succeeded', false, '2026-11-22 23:00:59.609842+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:59.311684+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-c9d6-7279-aa32-abd969ad5e62', 1, '0000000000000000000000000000d00000000004', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: of the dump', 'anna', '2026-11-22 23:00:59.479447+00', '2026-11-22 23:00:59.479457+00', NULL, 1, '2026-11-22 23:00:59.551348+00', '69ebe856-e4ad-4dc3-ab7e-150a4e87df0e', 'Succeeded', false, '2026-11-22 23:01:00.179717+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:00:59.841195+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-c192-73af-b295-f34b69ad5e62', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057d-b39e-7197-a750-f16de23e10c2', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 23:00:57.390442+00', '2026-11-22 23:00:59.390455+00', '2026-11-22 23:24:57.390459+00', 1, '2026-11-22 23:00:59.430472+00', 'f52ec13e-dfb8-4184-9685-b573fae16b2c', 'Failed', false, '2026-11-22 23:00:59.846155+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 23:00:59.674062+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-cab5-725f-8b79-005a69ad5e62', 1, '0000000000000000000000000000d00000000017', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: of the dump', 'anna', '2026-11-22 23:00:59.702017+00', '2026-11-22 23:00:59.702025+00', NULL, 1, '2026-11-22 23:00:59.766831+00', '2c8a1d6c-6d48-4646-b9ec-26c437cc92b7', 'Succeeded', false, '2026-11-22 23:01:00.221438+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:00.041074+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-d0fe-7478-b40c-334969ad5e62', 1, '0000000000000000000000000000000000000000', 'restrict', 'succeeded', 2, '01a2057d-d0d4-74c9-907e-a5c5d9f92392', NULL, NULL, 'probe: of the dump (end)', 'anna', '2026-11-22 23:01:01.330152+00', '2026-11-22 23:01:01.330169+00', '2026-11-22 23:25:01.330175+00', 1, '2026-11-22 23:01:01.473963+00', '86fe1438-99cc-40ea-b2e7-93eee4f4d423', 'Succeeded', false, '2026-11-22 23:01:01.917074+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:01.800047+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-d3a6-75c7-8bec-542169ad5e62', 1, '0000000000000000000000000000000000000000', 'restrict', 'succeeded', 4, '01a2057d-d0d4-74c9-907e-a5c5d9f92392', NULL, NULL, 'probe restrict_twice: of the dump', 'anna', '2026-11-22 23:01:01.998242+00', '2026-11-22 23:01:01.998253+00', '2026-11-22 23:02:01.98946+00', 1, '2026-11-22 23:01:02.075153+00', '9833f918-f12a-4f92-a4e9-04a5f9c12bc0', 'Succeeded', false, '2026-11-22 23:01:02.39697+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:02.301992+00', 'restriction', NULL, 1, '01a2057d-d39f-708b-a1de-81f6917d8ea8');
INSERT INTO quell.actions VALUES ('01a2057d-d5cf-763c-b517-bed169ad5e62', 1, '0000000000000000000000000000000000000000', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: the probe is over', 'anna', '2026-11-22 23:01:02.550149+00', '2026-11-22 23:01:02.550164+00', NULL, 1, '2026-11-22 23:01:02.634158+00', '940a0d41-644e-492b-84f4-cc39313ead2c', 'Succeeded', false, '2026-11-22 23:01:03.032712+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:02.934421+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a2057d-debe-72b2-91ad-a8e969ad5e62', 1, '0000000000000000000000000000d00000000009', 'restrict', 'succeeded', 2, '01a2057d-deb7-72ff-8f62-9e3a90933191', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-9', 'decide', '2026-11-22 23:01:04.833913+00', '2026-11-22 23:01:04.83393+00', '2026-11-22 23:25:04.833935+00', 1, '2026-11-22 23:01:04.896209+00', '82519291-0739-438c-8723-bacfb5cb867d', 'Succeeded', false, '2026-11-22 23:01:05.22554+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:05.101041+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.active_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 1, '2026-11-22 23:00:52.78311+00', 'files');
INSERT INTO quell.alarms OVERRIDING SYSTEM VALUE VALUES (1, 1, '2026-11-22 23:00:59.394103+00', 'drift', 'af90ba15-73b3-4fbe-b695-f0f22ee5a4e1', '0000000000000000000000000000d00000000003', NULL, 'lifted at defender by analyst@contoso.example at 2026-11-22T23:00:58Z: its containments ended');
INSERT INTO quell.alert_devices VALUES (1, 'r-1', '0000000000000000000000000000d00000000001', '01a2057d-b21f-76d5-abbc-0dbcfebfccde');
INSERT INTO quell.alert_devices VALUES (1, 'r-2', '0000000000000000000000000000d00000000002', '01a2057d-b21f-76d5-abbc-0dbd4ad94a8f');
INSERT INTO quell.alert_devices VALUES (1, 'r-3', '0000000000000000000000000000d00000000003', '01a2057d-b21f-76d5-abbc-0dbe02c1550f');
INSERT INTO quell.alert_devices VALUES (1, 'r-4', '0000000000000000000000000000d00000000004', '01a2057d-b21f-76d5-abbc-0dbf0a8a1718');
INSERT INTO quell.alert_devices VALUES (1, 'r-5', '0000000000000000000000000000d00000000005', '01a2057d-b21f-76d5-abbc-0dc0c5f100d7');
INSERT INTO quell.alert_devices VALUES (1, 'r-6', '0000000000000000000000000000d00000000006', '01a2057d-b21f-76d5-abbc-0dc19413e3e8');
INSERT INTO quell.alert_devices VALUES (1, 'r-7', '0000000000000000000000000000d00000000007', '01a2057d-b21f-76d5-abbc-0dc2055ecae6');
INSERT INTO quell.alert_devices VALUES (1, 'r-8', '0000000000000000000000000000d00000000008', '01a2057d-b21f-76d5-abbc-0dc3a5f85d43');
INSERT INTO quell.alert_devices VALUES (1, 'x-11', '0000000000000000000000000000d0000000000b', '01a2057d-b31c-7590-974b-3fd7152a6350');
INSERT INTO quell.alert_devices VALUES (1, 'x-12', '0000000000000000000000000000d0000000000c', '01a2057d-b31c-7590-974b-3fd8f345a8cb');
INSERT INTO quell.alert_devices VALUES (1, 'x-13', '0000000000000000000000000000d0000000000d', '01a2057d-b31c-7590-974b-3fd9cbbb32ee');
INSERT INTO quell.alert_devices VALUES (1, 'd-23', '0000000000000000000000000000d00000000017', '01a2057d-b3f4-7579-9bfd-e06d92ec2ca1');
INSERT INTO quell.alert_devices VALUES (1, 'm-21', '0000000000000000000000000000d00000000015', '01a2057d-b3f4-7579-9bfd-e06b35076a78');
INSERT INTO quell.alert_devices VALUES (1, 'n-24', '0000000000000000000000000000d00000000018', '01a2057d-b3f4-7579-9bfd-e06ecabf9746');
INSERT INTO quell.alert_devices VALUES (1, 'p-22', '0000000000000000000000000000d00000000016', '01a2057d-b3f4-7579-9bfd-e06c19ea4686');
INSERT INTO quell.alert_devices VALUES (1, 's-31', '0000000000000000000000000000d0000000001f', '01a2057d-b57c-76f4-b1a4-2140bc8afb59');
INSERT INTO quell.alert_devices VALUES (1, 'f-32', '0000000000000000000000000000d00000000020', '01a2057d-b5da-7572-87b1-734c1837c704');
INSERT INTO quell.alert_devices VALUES (1, 'd-25', '0000000000000000000000000000d00000000019', '01a2057d-b9fa-7770-bd13-0b6e7bd7a522');
INSERT INTO quell.alert_devices VALUES (1, 'r-9', '0000000000000000000000000000d00000000009', '01a2057d-dde7-7553-a2c4-d5ec01545ebf');
INSERT INTO quell.alert_devices VALUES (1, 'r-10', '0000000000000000000000000000d0000000000a', '01a2057d-e0fa-77d0-a5b1-896ea5874e72');
INSERT INTO quell.alert_infos VALUES (1, 'r-1', 'act', '01a2057d-b21f-76d5-abbc-0dbcfebfccde', '{}', NULL, '2026-11-22 23:01:06.894002+00');
INSERT INTO quell.approval_requests OVERRIDING SYSTEM VALUE VALUES (1001, 1, 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '2026-11-22 23:00:00+00', false);
INSERT INTO quell.approvals VALUES ('01a2057d-b55a-7730-8422-a4939cddc373', 1, 'anna', 'approved', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'ask', 'of the dump', '2026-11-22 23:00:55.738399+00', 'c760fa7b-c88d-40a1-b21c-832de75564db', '67ee7117e9ab9d7198a99f1928d25860', true);
INSERT INTO quell.attempts VALUES ('01a2057d-b156-740c-a05f-9389097f8113', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:53.207669+00', '2026-11-22 23:00:53.707669+00', '2026-11-22 23:00:53.241338+00', '2026-11-22 23:00:53.241347+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b19e-7171-a586-c868d30c7c74', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:53.281721+00', '2026-11-22 23:00:53.781721+00', '2026-11-22 23:00:53.314209+00', '2026-11-22 23:00:53.31422+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b33c-7173-b4c3-a582a6c8a766', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:53.693067+00', '2026-11-22 23:00:54.193067+00', '2026-11-22 23:00:53.787317+00', '2026-11-22 23:00:53.787328+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b36c-74a9-9ec7-ae2f4c002ddb', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:53.742449+00', '2026-11-22 23:00:54.242449+00', '2026-11-22 23:00:54.210716+00', '2026-11-22 23:00:54.210723+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b3d6-7043-92e5-edb4fd85acdf', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:53.850839+00', '2026-11-22 23:00:54.350839+00', '2026-11-22 23:00:54.214815+00', '2026-11-22 23:00:54.214827+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b460-72b9-85a4-b05df5f7e128', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:53.995444+00', '2026-11-22 23:00:54.495444+00', '2026-11-22 23:00:54.220207+00', '2026-11-22 23:00:54.220216+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b4de-73d9-bae3-637182bbf5e7', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.110898+00', '2026-11-22 23:00:54.610898+00', '2026-11-22 23:00:54.224074+00', '2026-11-22 23:00:54.224084+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b4f3-7476-83bb-bb79a0a63178', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.141955+00', '2026-11-22 23:00:54.641955+00', '2026-11-22 23:00:54.22541+00', '2026-11-22 23:00:54.22542+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b516-714f-b757-91afeb9664ce', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.16649+00', '2026-11-22 23:00:54.66649+00', '2026-11-22 23:00:54.230504+00', '2026-11-22 23:00:54.230515+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b523-7678-b491-13273a4cf75a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.180415+00', '2026-11-22 23:00:54.680415+00', '2026-11-22 23:00:54.236716+00', '2026-11-22 23:00:54.236726+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b532-72da-bd78-01899616ad2a', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b3b3-7264-8769-0dcf69ad5e62', 1, 1, '2026-11-22 23:00:54.214558+00', '2026-11-22 23:00:54.714558+00', '2026-11-22 23:00:54.237608+00', '2026-11-22 23:00:54.237616+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b58e-7021-bbf5-cdc0e5da49ae', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:54.287+00', '2026-11-22 23:00:54.787+00', '2026-11-22 23:00:54.301201+00', '2026-11-22 23:00:54.301213+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b5b0-742e-8fd0-a6b607f5edac', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.320658+00', '2026-11-22 23:00:54.820658+00', '2026-11-22 23:00:54.329429+00', '2026-11-22 23:00:54.32944+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b5d5-7591-9fc5-762bb855a319', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b50b-740c-9cb1-e6f969ad5e62', 1, 1, '2026-11-22 23:00:54.364287+00', '2026-11-22 23:00:54.864287+00', '2026-11-22 23:00:54.38242+00', '2026-11-22 23:00:54.382428+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b5f2-7618-bdc8-f1e101575328', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.389979+00', '2026-11-22 23:00:54.889979+00', '2026-11-22 23:00:54.410635+00', '2026-11-22 23:00:54.410647+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b5bc-74fb-89a6-4499ffaa40c6', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.335542+00', '2026-11-22 23:00:54.835542+00', '2026-11-22 23:00:54.43881+00', '2026-11-22 23:00:54.438816+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b5c5-71b7-a54d-39a1cdf6398c', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.342068+00', '2026-11-22 23:00:54.842068+00', '2026-11-22 23:00:54.439233+00', '2026-11-22 23:00:54.439244+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b5e2-75a3-8c26-108a2e3bb6bb', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.372355+00', '2026-11-22 23:00:54.872355+00', '2026-11-22 23:00:54.439586+00', '2026-11-22 23:00:54.439596+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b5ea-7697-8211-f373946a38a8', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.378347+00', '2026-11-22 23:00:54.878347+00', '2026-11-22 23:00:54.440645+00', '2026-11-22 23:00:54.440655+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b60a-7378-ac2b-d5fd8bad3f5d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.411697+00', '2026-11-22 23:00:54.911697+00', '2026-11-22 23:00:54.441026+00', '2026-11-22 23:00:54.441037+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b619-7235-b90e-80fe8d4a133f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.427643+00', '2026-11-22 23:00:54.927643+00', '2026-11-22 23:00:54.4414+00', '2026-11-22 23:00:54.441411+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b624-774f-ad7c-b4278a5ead51', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:54.437074+00', '2026-11-22 23:00:54.937074+00', '2026-11-22 23:00:54.443136+00', '2026-11-22 23:00:54.443142+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b631-75bd-8ede-dc57421f003c', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b51b-76d9-a9cd-59ac69ad5e62', 1, 1, '2026-11-22 23:00:54.457935+00', '2026-11-22 23:00:54.957935+00', '2026-11-22 23:00:54.474399+00', '2026-11-22 23:00:54.474408+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b671-7162-95ad-ac80f4be49b1', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.514745+00', '2026-11-22 23:00:55.014745+00', '2026-11-22 23:00:54.522454+00', '2026-11-22 23:00:54.522464+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b67d-723c-bc61-0a929068c964', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b539-7589-8849-cc4069ad5e62', 1, 1, '2026-11-22 23:00:54.537047+00', '2026-11-22 23:00:55.037047+00', '2026-11-22 23:00:54.54619+00', '2026-11-22 23:00:54.546196+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b693-721d-9672-ad31cac0a6a2', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:54.547868+00', '2026-11-22 23:00:55.047868+00', '2026-11-22 23:00:54.556111+00', '2026-11-22 23:00:54.556122+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b6da-736a-af37-f9b2bc3fee7d', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b541-75bf-b0d2-b49369ad5e62', 1, 1, '2026-11-22 23:00:54.629076+00', '2026-11-22 23:00:55.129076+00', '2026-11-22 23:00:54.64607+00', '2026-11-22 23:00:54.646078+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b6ef-76ee-9a7e-5227e26c74d3', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b54c-7428-853f-306269ad5e62', 1, 1, '2026-11-22 23:00:54.645413+00', '2026-11-22 23:00:55.145413+00', '2026-11-22 23:00:54.653719+00', '2026-11-22 23:00:54.6538+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b700-7393-a0cf-50dfb7b96770', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:54.657306+00', '2026-11-22 23:00:55.157306+00', '2026-11-22 23:00:54.663382+00', '2026-11-22 23:00:54.663391+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b709-74c9-9bfb-bb21892edc31', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:54.666112+00', '2026-11-22 23:00:55.166112+00', '2026-11-22 23:00:54.670616+00', '2026-11-22 23:00:54.670626+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b719-7798-9aa0-aa40d6237a98', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b556-751a-9dea-a30169ad5e62', 1, 1, '2026-11-22 23:00:54.687633+00', '2026-11-22 23:00:55.187633+00', '2026-11-22 23:00:54.705876+00', '2026-11-22 23:00:54.705888+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b73e-7220-ba08-dd412088b4e9', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b6b4-7324-8ec2-006b69ad5e62', 1, 1, '2026-11-22 23:00:54.722159+00', '2026-11-22 23:00:55.222159+00', '2026-11-22 23:00:54.73649+00', '2026-11-22 23:00:54.736499+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b74e-70f2-802d-047786c5764d', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b5c2-7423-99da-cc2669ad5e62', 1, 1, '2026-11-22 23:00:54.739188+00', '2026-11-22 23:00:55.239188+00', '2026-11-22 23:00:54.754977+00', '2026-11-22 23:00:54.754986+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b763-72a9-870d-690e4c204c4c', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'isolate', '01a2057d-b637-74a1-acca-9d5c69ad5e62', 1, 1, '2026-11-22 23:00:54.761968+00', '2026-11-22 23:00:55.261968+00', '2026-11-22 23:00:54.782193+00', '2026-11-22 23:00:54.782205+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b7bc-70f4-85f0-ad57abd77343', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'scan', '01a2057d-b651-70d0-ada8-c6f969ad5e62', 1, 1, '2026-11-22 23:00:54.858313+00', '2026-11-22 23:00:55.358313+00', '2026-11-22 23:00:54.876803+00', '2026-11-22 23:00:54.876816+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b7d7-7137-91c3-864ca37fd54b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:54.873253+00', '2026-11-22 23:00:55.373253+00', '2026-11-22 23:00:54.880641+00', '2026-11-22 23:00:54.88071+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b887-7511-a1f8-d3b2bc1143c9', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:55.050022+00', '2026-11-22 23:00:55.550022+00', '2026-11-22 23:00:55.062728+00', '2026-11-22 23:00:55.062749+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-b96f-776f-aaba-0f43f3e70a91', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-b73e-7220-ba08-dd4069ad5e62', 1, 1, '2026-11-22 23:00:55.281548+00', '2026-11-22 23:00:55.781548+00', '2026-11-22 23:00:55.289294+00', '2026-11-22 23:00:55.289311+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a2057d-b9a6-71ed-922b-aca628680aba', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:55.33668+00', '2026-11-22 23:00:55.83668+00', '2026-11-22 23:00:55.346028+00', '2026-11-22 23:00:55.34604+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-ba20-7059-9303-139cf303723f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:55.458545+00', '2026-11-22 23:00:55.958545+00', '2026-11-22 23:00:55.472372+00', '2026-11-22 23:00:55.472385+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-ba81-76e3-9aaf-f2482f420d20', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:55.555541+00', '2026-11-22 23:00:56.055541+00', '2026-11-22 23:00:55.570984+00', '2026-11-22 23:00:55.570994+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-baf9-7710-a0fa-7165b4c7cad8', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:55.673337+00', '2026-11-22 23:00:56.173337+00', '2026-11-22 23:00:55.681276+00', '2026-11-22 23:00:55.681288+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bba5-77d5-8b07-e4bd70195084', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-bb6b-75f7-b096-f21269ad5e62', 1, 1, '2026-11-22 23:00:55.853848+00', '2026-11-22 23:00:56.353848+00', '2026-11-22 23:00:55.867735+00', '2026-11-22 23:00:55.867746+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bbd1-742b-94f5-a4d497382c6b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:55.892468+00', '2026-11-22 23:00:56.392468+00', '2026-11-22 23:00:55.905955+00', '2026-11-22 23:00:55.905967+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bc95-74ea-a0e0-e4f63c9735c8', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a2057d-bc2e-7638-8548-a32d69ad5e62', 1, 1, '2026-11-22 23:00:56.103043+00', '2026-11-22 23:00:56.603043+00', '2026-11-22 23:00:56.110672+00', '2026-11-22 23:00:56.110682+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bcb7-7507-a086-ddc3cfede61a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:56.122373+00', '2026-11-22 23:00:56.622373+00', '2026-11-22 23:00:56.136962+00', '2026-11-22 23:00:56.136975+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bd38-732a-a7e6-00bc7a93a25e', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:56.249981+00', '2026-11-22 23:00:56.749981+00', '2026-11-22 23:00:56.263337+00', '2026-11-22 23:00:56.263348+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-be21-77fb-b122-8ec5b2f6a5df', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:56.4813+00', '2026-11-22 23:00:56.9813+00', '2026-11-22 23:00:56.491679+00', '2026-11-22 23:00:56.491692+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-c113-7394-bb45-0cf9dbcdef3d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:57.237129+00', '2026-11-22 23:00:57.737129+00', '2026-11-22 23:00:57.245154+00', '2026-11-22 23:00:57.245169+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d745-753d-9b69-7d0a903fa230', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:02.917439+00', '2026-11-22 23:01:03.417439+00', '2026-11-22 23:01:02.922286+00', '2026-11-22 23:01:02.9223+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bf32-7769-aa39-0c01ba8eaaf0', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-bb17-77ca-879b-c1f069ad5e62', 1, 1, '2026-11-22 23:00:56.762021+00', '2026-11-22 23:00:57.262021+00', '2026-11-22 23:00:56.775669+00', '2026-11-22 23:00:56.775682+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a2057d-c7e3-7486-bbfa-689bb13d6d27', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-c796-7261-b10c-200f69ad5e62', 1, 1, '2026-11-22 23:00:58.986819+00', '2026-11-22 23:00:59.486819+00', '2026-11-22 23:00:59.026085+00', '2026-11-22 23:00:59.026097+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-c984-72e0-8939-1d8638295440', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-c192-73af-b295-f34b69ad5e62', 1, 1, '2026-11-22 23:00:59.396623+00', '2026-11-22 23:00:59.896623+00', '2026-11-22 23:00:59.430144+00', '2026-11-22 23:00:59.430157+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a2057d-dee9-72f3-9154-1d0d89717156', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-debe-72b2-91ad-a8e969ad5e62', 1, 1, '2026-11-22 23:01:04.885912+00', '2026-11-22 23:01:05.385912+00', '2026-11-22 23:01:04.89568+00', '2026-11-22 23:01:04.895693+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bf74-73bf-b314-2a658a5d27f4', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:56.820403+00', '2026-11-22 23:00:57.320403+00', '2026-11-22 23:00:56.834179+00', '2026-11-22 23:00:56.834192+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d639-742e-aa99-6a038bf9cad7', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:02.649546+00', '2026-11-22 23:01:03.149546+00', '2026-11-22 23:01:02.658092+00', '2026-11-22 23:01:02.658103+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-df07-7291-98dc-e87fe0a306b5', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:04.903426+00', '2026-11-22 23:01:05.403426+00', '2026-11-22 23:01:04.910909+00', '2026-11-22 23:01:04.910923+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-bfeb-715f-b594-759d3b26d5de', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:56.940106+00', '2026-11-22 23:00:57.440106+00', '2026-11-22 23:00:56.948067+00', '2026-11-22 23:00:56.948079+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-c8a4-754e-a20a-8c2f52713f4a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:59.173165+00', '2026-11-22 23:00:59.673165+00', '2026-11-22 23:00:59.187702+00', '2026-11-22 23:00:59.187716+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-df9d-71a5-820a-3cf4f61b4e58', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:05.054778+00', '2026-11-22 23:01:05.554778+00', '2026-11-22 23:01:05.07078+00', '2026-11-22 23:01:05.070797+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-c6c3-7783-927c-6e37818d6d52', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:00:58.693945+00', '2026-11-22 23:00:59.193945+00', '2026-11-22 23:00:58.7003+00', '2026-11-22 23:00:58.700311+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d353-7087-86ef-51be9dd50013', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:01.907308+00', '2026-11-22 23:01:02.407308+00', '2026-11-22 23:01:01.915129+00', '2026-11-22 23:01:01.915141+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d511-729d-b413-67724ee5b493', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:02.357669+00', '2026-11-22 23:01:02.857669+00', '2026-11-22 23:01:02.368696+00', '2026-11-22 23:01:02.368707+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d7ac-777f-9c3c-aed421e7d602', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:03.020557+00', '2026-11-22 23:01:03.520557+00', '2026-11-22 23:01:03.028582+00', '2026-11-22 23:01:03.028594+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-ca13-7455-8585-eb7af78264c4', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:59.541992+00', '2026-11-22 23:01:00.041992+00', '2026-11-22 23:00:59.604509+00', '2026-11-22 23:00:59.604525+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cc15-7221-b5e7-cea729c86ba3', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:00.055879+00', '2026-11-22 23:01:00.555879+00', '2026-11-22 23:01:00.14212+00', '2026-11-22 23:01:00.142135+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d408-765e-9521-3c92958d47c7', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:02.088446+00', '2026-11-22 23:01:02.588446+00', '2026-11-22 23:01:02.095862+00', '2026-11-22 23:01:02.095876+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d46f-73ac-9149-4c9ffbe2c03d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:02.192084+00', '2026-11-22 23:01:02.692084+00', '2026-11-22 23:01:02.197712+00', '2026-11-22 23:01:02.197722+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-c9e5-77a0-b968-8c50f5c1a01a', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a2057d-c9d6-7279-aa32-abd969ad5e62', 1, 1, '2026-11-22 23:00:59.493932+00', '2026-11-22 23:00:59.993932+00', '2026-11-22 23:00:59.54203+00', '2026-11-22 23:00:59.542044+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cabf-76b8-8bf2-338112fade3c', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a2057d-cab5-725f-8b79-005a69ad5e62', 1, 1, '2026-11-22 23:00:59.722026+00', '2026-11-22 23:01:00.222026+00', '2026-11-22 23:00:59.755073+00', '2026-11-22 23:00:59.755086+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cacd-778c-93b1-07fc45cacdde', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:00:59.725463+00', '2026-11-22 23:01:00.225463+00', '2026-11-22 23:00:59.755963+00', '2026-11-22 23:00:59.755979+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-ce9e-7458-8ef4-33cc2a50abbd', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:00.706114+00', '2026-11-22 23:01:01.206114+00', '2026-11-22 23:01:00.735631+00', '2026-11-22 23:01:00.735645+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cec7-76c2-9853-fffcf3bca216', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:00.744448+00', '2026-11-22 23:01:01.244448+00', '2026-11-22 23:01:00.770102+00', '2026-11-22 23:01:00.770114+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cee3-7531-abbb-d92ea1d24400', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:00.773975+00', '2026-11-22 23:01:01.273975+00', '2026-11-22 23:01:00.797489+00', '2026-11-22 23:01:00.797501+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cf08-75bf-b65e-2f5b7aa20478', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:00.818009+00', '2026-11-22 23:01:01.318009+00', '2026-11-22 23:01:00.84393+00', '2026-11-22 23:01:00.843941+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cf4f-75d7-9377-3a6aa95cb817', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:00.882113+00', '2026-11-22 23:01:01.382113+00', '2026-11-22 23:01:00.904312+00', '2026-11-22 23:01:00.904325+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cf7a-77d7-b2f5-f401e5cae64a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:00.922723+00', '2026-11-22 23:01:01.422723+00', '2026-11-22 23:01:00.946437+00', '2026-11-22 23:01:00.946449+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-cf93-7304-a683-a07fe3e156a2', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:00.947916+00', '2026-11-22 23:01:01.447916+00', '2026-11-22 23:01:00.974415+00', '2026-11-22 23:01:00.974427+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d1f1-73d2-9b5d-d29cad732d4a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:01.570013+00', '2026-11-22 23:01:02.070013+00', '2026-11-22 23:01:01.590845+00', '2026-11-22 23:01:01.590854+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d36f-7358-839c-fcc4efea16be', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:01.935941+00', '2026-11-22 23:01:02.435941+00', '2026-11-22 23:01:01.949633+00', '2026-11-22 23:01:01.949644+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d57f-7248-86e7-3b731ef48432', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:02.466017+00', '2026-11-22 23:01:02.966017+00', '2026-11-22 23:01:02.482016+00', '2026-11-22 23:01:02.48203+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d7cf-735a-aa15-942f20baaa80', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:03.055431+00', '2026-11-22 23:01:03.555431+00', '2026-11-22 23:01:03.064282+00', '2026-11-22 23:01:03.064293+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d166-758b-939a-c0c2d05fd972', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-d0fe-7478-b40c-334969ad5e62', 1, 1, '2026-11-22 23:01:01.415069+00', '2026-11-22 23:01:01.915069+00', '2026-11-22 23:01:01.450828+00', '2026-11-22 23:01:01.450843+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d60a-778d-8d5c-610357502bbf', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a2057d-d5cf-763c-b517-bed169ad5e62', 1, 1, '2026-11-22 23:01:02.607186+00', '2026-11-22 23:01:03.107186+00', '2026-11-22 23:01:02.625928+00', '2026-11-22 23:01:02.625941+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d20b-7110-989a-ead80b4fccec', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:01.58999+00', '2026-11-22 23:01:02.08999+00', '2026-11-22 23:01:01.622032+00', '2026-11-22 23:01:01.622045+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d2e2-77cd-96ce-cbbf3af44254', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:01.794766+00', '2026-11-22 23:01:02.294766+00', '2026-11-22 23:01:01.801506+00', '2026-11-22 23:01:01.801519+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d6c8-74e3-8afd-52fc001a537c', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:02.793953+00', '2026-11-22 23:01:03.293953+00', '2026-11-22 23:01:02.803441+00', '2026-11-22 23:01:02.803457+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-d3ea-729f-81d9-1048879b13af', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057d-d3a6-75c7-8bec-542169ad5e62', 1, 1, '2026-11-22 23:01:02.059715+00', '2026-11-22 23:01:02.559715+00', '2026-11-22 23:01:02.0703+00', '2026-11-22 23:01:02.070311+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-de8f-7105-93d4-320c322b5b5b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:04.786025+00', '2026-11-22 23:01:05.286025+00', '2026-11-22 23:01:04.79471+00', '2026-11-22 23:01:04.794727+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-de9e-7114-97e0-c8351ebb2739', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:04.799352+00', '2026-11-22 23:01:05.299352+00', '2026-11-22 23:01:04.812609+00', '2026-11-22 23:01:04.812624+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057d-e036-75de-9a82-49d586072f87', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:05.210258+00', '2026-11-22 23:01:05.710258+00', '2026-11-22 23:01:05.222716+00', '2026-11-22 23:01:05.222734+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'actions', NULL, NULL);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'reads', NULL, NULL);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'antivirus', NULL, NULL);
INSERT INTO quell.canary_fallbacks VALUES (1, 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'canary.limits[0]', '2026-11-22 23:00:55.502253+00');
INSERT INTO quell.cap_lifts VALUES ('01a2057d-c8c6-738f-a162-254d5438d02f', 1, 'caps[0]', '{"per": {"secs": 60, "nanos": 0}, "devices": 100}', NULL, 12, '2026-11-22 23:00:59.20821+00', '2026-11-22 23:01:59.20821+00', 'anna', 'of the dump', NULL, NULL);
INSERT INTO quell.clock VALUES (true, '00:00:00');
INSERT INTO quell.clock_jumps OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-22 23:01:05.740365+00', '00:00:02', '00:00:03', 'c8fd81e1-5a24-4251-b993-40c319369561');
INSERT INTO quell.cluster_seen VALUES (true, '7711134649542423060:00000001:16384:16656', '2026-11-22 23:00:52.994296+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b39e-7197-a750-f16de23e10c2', 'r-7', '01a2057d-b21f-76d5-abbc-0dc2055ecae6', '2026-11-22 23:00:53.791317+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b4ea-72f2-91ae-d62331dcedb6', 'r-1', '01a2057d-b21f-76d5-abbc-0dbcfebfccde', '2026-11-22 23:00:54.134388+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b513-716c-bc55-1fde5476f9fa', 'r-2', '01a2057d-b21f-76d5-abbc-0dbd4ad94a8f', '2026-11-22 23:00:54.166228+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b523-7678-b491-132824dce641', 'r-3', '01a2057d-b21f-76d5-abbc-0dbe02c1550f', '2026-11-22 23:00:54.181185+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b53b-71b8-a184-44454c72fcff', 'r-4', '01a2057d-b21f-76d5-abbc-0dbf0a8a1718', '2026-11-22 23:00:54.20494+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b546-76b9-bc7f-f616f5924dfc', 'r-5', '01a2057d-b21f-76d5-abbc-0dc0c5f100d7', '2026-11-22 23:00:54.215328+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b550-71f9-8136-af538e3f5936', 'r-6', '01a2057d-b21f-76d5-abbc-0dc19413e3e8', '2026-11-22 23:00:54.22433+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b55a-7730-8422-a4939cddc373', 'x-11', '01a2057d-b31c-7590-974b-3fd7152a6350', '2026-11-22 23:00:54.23527+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b55c-7561-86ad-e9e5e343b9ce', 'x-12', '01a2057d-b31c-7590-974b-3fd8f345a8cb', '2026-11-22 23:00:54.243759+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b564-776b-82e2-3a5de0e88563', 'x-13', '01a2057d-b31c-7590-974b-3fd9cbbb32ee', '2026-11-22 23:00:54.245452+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b5bc-74fb-89a6-449a8c1e9f12', 'p-22', '01a2057d-b3f4-7579-9bfd-e06c19ea4686', '2026-11-22 23:00:54.333569+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b5c1-7460-84f2-a774a2ccceba', 'd-23', '01a2057d-b3f4-7579-9bfd-e06d92ec2ca1', '2026-11-22 23:00:54.337794+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b628-73a5-ad8e-d8144c489245', 'm-21', '01a2057d-b3f4-7579-9bfd-e06b35076a78', '2026-11-22 23:00:54.441826+00', NULL, '2026-11-22 23:00:53+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b69a-708b-adc6-53411f24acdc', 's-31', '01a2057d-b57c-76f4-b1a4-2140bc8afb59', '2026-11-22 23:00:54.558296+00', NULL, '2026-11-22 23:00:54+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-b6f8-75a5-b90c-69326e337612', 'f-32', '01a2057d-b5da-7572-87b1-734c1837c704', '2026-11-22 23:00:54.648553+00', NULL, '2026-11-22 23:00:54+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-ba4f-7446-bbdd-c026bd9d4fc9', 'd-25', '01a2057d-b9fa-7770-bd13-0b6e7bd7a522', '2026-11-22 23:00:55.506007+00', NULL, '2026-11-22 23:00:55+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057d-deb7-72ff-8f62-9e3a90933191', 'r-9', '01a2057d-dde7-7553-a2c4-d5ec01545ebf', '2026-11-22 23:01:04.824252+00', NULL, '2026-11-22 23:01:04+00');
INSERT INTO quell.containments VALUES ('01a2057d-b4ea-72f2-91ae-d62331dcedb6', 1, '0000000000000000000000000000d00000000001', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b21f-76d5-abbc-0dbcfebfccde', 'r-1', 'alert r-1', '2026-11-22 23:00:54.014823+00', NULL, NULL, NULL, '2026-11-22 23:00:54.014823+00', '02:24:00', true, '2026-11-23 01:24:54.014823+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b546-76b9-bc7f-f616f5924dfc', 1, '0000000000000000000000000000d00000000005', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b21f-76d5-abbc-0dc0c5f100d7', 'r-5', 'alert r-5', '2026-11-22 23:00:54.014823+00', NULL, NULL, NULL, '2026-11-22 23:00:54.014823+00', '02:24:00', true, '2026-11-23 01:24:54.014823+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b550-71f9-8136-af538e3f5936', 1, '0000000000000000000000000000d00000000006', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b21f-76d5-abbc-0dc19413e3e8', 'r-6', 'alert r-6', '2026-11-22 23:00:54.014823+00', NULL, NULL, NULL, '2026-11-22 23:00:54.014823+00', '02:24:00', true, '2026-11-23 01:24:54.014823+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b5bc-74fb-89a6-449a8c1e9f12', 1, '0000000000000000000000000000d00000000016', 'active', 'observe', 'normal', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', '01a2057d-b3f4-7579-9bfd-e06c19ea4686', 'p-22', 'alert p-22', '2026-11-22 23:00:54.316984+00', NULL, NULL, NULL, '2026-11-22 23:00:54.316984+00', '02:24:00', false, '2026-11-23 01:24:54.316984+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', NULL, NULL, NULL, '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b628-73a5-ad8e-d8144c489245', 1, '0000000000000000000000000000d00000000015', 'active', 'enforce', 'normal', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '01a2057d-b3f4-7579-9bfd-e06b35076a78', 'm-21', 'alert m-21', '2026-11-22 23:00:54.375378+00', NULL, NULL, NULL, '2026-11-22 23:00:54.375378+00', '02:24:00', false, '2026-11-23 01:24:54.375378+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', NULL, NULL, NULL, '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'isolation', 'full');
INSERT INTO quell.containments VALUES ('01a2057d-b69a-708b-adc6-53411f24acdc', 1, '0000000000000000000000000000d0000000001f', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b57c-76f4-b1a4-2140bc8afb59', 's-31', 'alert s-31', '2026-11-22 23:00:54.511078+00', NULL, NULL, NULL, '2026-11-22 23:00:54.511078+00', '02:24:00', true, '2026-11-23 01:24:54.511078+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b6f8-75a5-b90c-69326e337612', 1, '0000000000000000000000000000d00000000020', 'active', 'observe', 'normal', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', '01a2057d-b5da-7572-87b1-734c1837c704', 'f-32', 'alert f-32', '2026-11-22 23:00:54.634203+00', NULL, NULL, NULL, '2026-11-22 23:00:54.634203+00', '02:24:00', false, '2026-11-23 01:24:54.634203+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', NULL, NULL, NULL, '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-ba4f-7446-bbdd-c026bd9d4fc9', 1, '0000000000000000000000000000d00000000019', 'active', 'observe', 'normal', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '01a2057d-b9fa-7770-bd13-0b6e7bd7a522', 'd-25', 'alert d-25', '2026-11-22 23:00:55.488571+00', NULL, NULL, NULL, '2026-11-22 23:00:55.488571+00', '02:24:00', false, '2026-11-23 01:24:55.488571+00', NULL, NULL, NULL, 'decide', 'matched', true, false, '{}', NULL, NULL, '[{"per": {"secs": 1440, "nanos": 0}, "most": {"devices": 1}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b523-7678-b491-132824dce641', 1, '0000000000000000000000000000d00000000003', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b21f-76d5-abbc-0dbe02c1550f', 'r-3', 'alert r-3', '2026-11-22 23:00:54.014823+00', NULL, NULL, NULL, '2026-11-22 23:00:54.014823+00', '02:24:00', true, '2026-11-23 01:24:54.014823+00', '2026-11-22 23:00:59.326309+00', 'drift', NULL, 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:00:58Z', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b53b-71b8-a184-44454c72fcff', 1, '0000000000000000000000000000d00000000004', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b21f-76d5-abbc-0dbf0a8a1718', 'r-4', 'alert r-4', '2026-11-22 23:00:54.014823+00', NULL, NULL, NULL, '2026-11-22 23:00:54.014823+00', '02:24:00', true, '2026-11-23 01:24:54.014823+00', '2026-11-22 23:00:59.470829+00', 'operator', NULL, 'anna', 'of the dump', false, true, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b5c1-7460-84f2-a774a2ccceba', 1, '0000000000000000000000000000d00000000017', 'ended', 'enforce', 'normal', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '01a2057d-b3f4-7579-9bfd-e06d92ec2ca1', 'd-23', 'alert d-23', '2026-11-22 23:00:54.316984+00', NULL, NULL, NULL, '2026-11-22 23:00:54.316984+00', '02:24:00', false, '2026-11-23 01:24:54.316984+00', '2026-11-22 23:00:59.697388+00', 'operator', NULL, 'anna', 'of the dump', true, false, '{}', NULL, NULL, '[{"per": {"secs": 1440, "nanos": 0}, "most": {"devices": 1}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b39e-7197-a750-f16de23e10c2', 1, '0000000000000000000000000000d00000000007', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b21f-76d5-abbc-0dc2055ecae6', 'r-7', 'alert r-7', '2026-11-22 23:00:53.685654+00', NULL, NULL, NULL, '2026-11-22 23:00:53.685654+00', '02:24:00', true, '2026-11-23 01:24:53.685654+00', NULL, NULL, 'restrict failed: errorHResult 0x80070005', 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b55c-7561-86ad-e9e5e343b9ce', 1, '0000000000000000000000000000d0000000000c', 'asked', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a2057d-b31c-7590-974b-3fd8f345a8cb', 'x-12', 'alert x-12', '2026-11-22 23:00:54.014823+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 01:25:04.395689+00', NULL, '02:24:00', false, NULL, NULL, NULL, NULL, 'decide', 'ask', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b564-776b-82e2-3a5de0e88563', 1, '0000000000000000000000000000d0000000000d', 'asked', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a2057d-b31c-7590-974b-3fd9cbbb32ee', 'x-13', 'alert x-13', '2026-11-22 23:00:54.014823+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 01:25:04.400902+00', NULL, '02:24:00', false, NULL, NULL, NULL, NULL, 'decide', 'ask', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b55a-7730-8422-a4939cddc373', 1, '0000000000000000000000000000d0000000000b', 'active', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a2057d-b31c-7590-974b-3fd7152a6350', 'x-11', 'alert x-11', '2026-11-22 23:00:54.014823+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 01:24:54.014823+00', '2026-11-22 23:00:55.678194+00', '02:24:00', false, '2026-11-23 01:24:55.678194+00', NULL, NULL, NULL, 'anna', 'approved by anna: of the dump', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-b513-716c-bc55-1fde5476f9fa', 1, '0000000000000000000000000000d00000000002', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-b21f-76d5-abbc-0dbd4ad94a8f', 'r-2', 'alert r-2', '2026-11-22 23:00:54.014823+00', NULL, NULL, NULL, '2026-11-22 23:00:54.014823+00', '02:24:00', true, '2026-11-23 01:24:54.014823+00', '2026-11-22 23:00:55.962092+00', 'release_playbook', NULL, 'decide', 'released by playbook all-clear', false, true, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-c773-7445-90cd-dc58663be43a', 1, '0000000000000000000000000000d0000000002a', 'active', 'enforce', 'high', NULL, NULL, NULL, NULL, 'of the dump', '2026-11-22 23:00:58.864245+00', NULL, NULL, NULL, '2026-11-22 23:00:58.864245+00', '144:00:00', false, '2026-11-28 23:00:58.864245+00', NULL, NULL, NULL, 'anna', 'of the dump', false, false, '{}', NULL, NULL, NULL, '{}', 'anna', NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-d0d4-74c9-907e-a5c5d9f92392', 1, '0000000000000000000000000000000000000000', 'ended', 'enforce', 'high', NULL, NULL, NULL, NULL, 'probe: of the dump (end)', '2026-11-22 23:01:01.231132+00', NULL, NULL, NULL, '2026-11-22 23:01:01.231132+00', '00:02:00', false, '2026-11-22 23:03:01.231132+00', '2026-11-22 23:01:02.502342+00', 'operator', NULL, 'anna', 'the probe is over', false, false, '{}', NULL, NULL, NULL, '{}', 'anna', NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057d-deb7-72ff-8f62-9e3a90933191', 1, '0000000000000000000000000000d00000000009', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057d-dde7-7553-a2c4-d5ec01545ebf', 'r-9', 'alert r-9', '2026-11-22 23:01:04.819572+00', NULL, NULL, NULL, '2026-11-22 23:01:04.819572+00', '02:24:00', true, '2026-11-23 01:25:04.819572+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.dead_letter_ends VALUES ('502e8e03-2bcf-8b89-bb38-69f8083356cc', 1, '2026-11-22 23:01:00.049028+00', 'dropped', 'anna', 'of the dump', NULL);
INSERT INTO quell.dead_letters VALUES ('502e8e03-2bcf-8b89-bb38-69f8083356cc', 1, '2026-11-22 23:00:54.047784+00', 'webhook', NULL, NULL, 'unknown_shape: no known alert shape: expected a Defender alert (`id` with `alertCreationTime`), a Sentinel SecurityAlert (`SystemAlertId`), a Graph alerts_v2 alert (`id` with `createdDateTime`), an XDR streaming record (`category` `AdvancedHunting-…` with `properties`), or quell''s own shape (`quell schema event`); found `no`', '\x28b52ffd2201800f7900007b226e6f223a2022616c657274227d', 1);
INSERT INTO quell.dead_letters VALUES ('94de757f-b8b2-828e-8df6-50a23721bbb7', 1, '2026-11-22 23:00:54.219456+00', 'webhook', NULL, NULL, 'unknown_shape: no known alert shape: expected a Defender alert (`id` with `alertCreationTime`), a Sentinel SecurityAlert (`SystemAlertId`), a Graph alerts_v2 alert (`id` with `createdDateTime`), an XDR streaming record (`category` `AdvancedHunting-…` with `properties`), or quell''s own shape (`quell schema event`); found `neither`', '\x28b52ffd220180139900007b226e656974686572223a202274686973227d', 1);
INSERT INTO quell.deciders VALUES (1, '513674e4-596b-416e-9aae-0e9d5369c4d6', '2026-11-22 23:00:52.947094+00');
INSERT INTO quell.decision_inputs VALUES (1, '49f2a690-04a1-de6e-fc6d-012f0fdd4c57', '{"os": "Windows11", "kind": "workstation", "name": "srv-8.example.com", "risk": "medium", "tags": ["tier-0"], "group": "Servers", "value": "normal", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '{"caps": [{"per": {"secs": 60, "nanos": 0}, "devices": 100}], "never": {"ids": ["ffffffffffffffffffffffffffffffffffffffff"], "tags": [], "names": [], "groups": [], "device_values": []}, "surge": {"per": {"secs": 60, "nanos": 0}, "per_user": 5, "per_title": null, "per_source": null, "administrators": {"tags": [], "users": [], "groups": [], "devices": 0}}, "ceiling": "enforce", "freshness": {"secs": 60, "nanos": 0}, "time_scale": 60, "default_ask": {"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}}');
INSERT INTO quell.decision_inputs VALUES (1, 'cb8a921b-a784-8edd-17b5-fb857861fbf2', '{"os": "Windows11", "kind": "workstation", "name": "fails.example.com", "risk": "none", "tags": [], "group": "Branches", "value": "normal", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '039da60f-e4b6-ddbc-c0fb-47d84a11e9e6', '{"os": "Windows10", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "informational", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "entra_id": null, "exposure": "medium", "onboarding": "Onboarded", "os_version": "22H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '04da3a40-db12-e48b-d701-df8b5ce47a2a', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "low", "tags": [], "group": "Plants", "value": "high", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '1cd1d96c-aea0-e043-e436-7796be4acf4b', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "high", "tags": [], "group": "Remote", "value": "high", "health": "Active", "entra_id": null, "exposure": "high", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'a884cc3b-586b-4406-a1a2-280e831a66e1', '{"os": "Windows10", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "high", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "entra_id": null, "exposure": "high", "onboarding": "Onboarded", "os_version": "22H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'b3930914-ad34-ae24-a9e6-8694c7c48ea1', '{"os": "WindowsServer2019", "kind": "server", "name": "srv-0000000000.corp.example", "risk": "none", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "entra_id": null, "exposure": "medium", "onboarding": "Onboarded", "os_version": "1809", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'ec7f9634-b5dd-e1cc-7752-fc5d00d49256', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "none", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "entra_id": null, "exposure": "high", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'd1147436-6e54-b715-33ad-5ec38325e23a', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "informational", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "entra_id": null, "exposure": "medium", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'e4d11d5e-fcdc-9a64-5bb6-6228711cc30c', '{"os": "WindowsServer2019", "kind": "server", "name": "srv-0000000000.corp.example", "risk": "none", "tags": [], "group": "Offices", "value": "normal", "health": "Active", "entra_id": null, "exposure": "medium", "onboarding": "Onboarded", "os_version": "1809", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '79560c5c-ee5d-c054-ae88-ac31b1e6b2a9', '{"unavailable": {}}');
INSERT INTO quell.decision_inputs VALUES (1, '9da5d8ea-c719-fd4d-8776-8a4ae817f165', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "none", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null, "unavailable": {}}');
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dc3a5f85d43', '2026-11-22 23:00:53.438213+00', '2026-11-22 22:52:30.131+00', 1, 1, '0000000000000000000000000000d00000000008', 'skip', 'unless.device.tags', 'new', '49f2a690-04a1-de6e-fc6d-012f0fdd4c57', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "skip", "l": 8, "p": "acts", "r": "unless.device.tags"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dc2055ecae6', '2026-11-22 23:00:53.685654+00', '2026-11-22 22:56:39.069+00', 1, 1, '0000000000000000000000000000d00000000007', 'act', 'matched', 'new', 'cb8a921b-a784-8edd-17b5-fb857861fbf2', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [0, 0], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dbcfebfccde', '2026-11-22 23:00:54.014823+00', '2026-11-22 22:40:41.694+00', 1, 1, '0000000000000000000000000000d00000000001', 'act', 'matched', 'new', '039da60f-e4b6-ddbc-c0fb-47d84a11e9e6', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [1, 1], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dbd4ad94a8f', '2026-11-22 23:00:54.014823+00', '2026-11-22 22:55:29.303+00', 1, 1, '0000000000000000000000000000d00000000002', 'act', 'matched', 'new', 'b3930914-ad34-ae24-a9e6-8694c7c48ea1', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [2, 2], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dbe02c1550f', '2026-11-22 23:00:54.014823+00', '2026-11-22 22:52:10.921+00', 1, 1, '0000000000000000000000000000d00000000003', 'act', 'matched', 'new', 'a884cc3b-586b-4406-a1a2-280e831a66e1', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [3, 3], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dbf0a8a1718', '2026-11-22 23:00:54.014823+00', '2026-11-22 22:39:45.37+00', 1, 1, '0000000000000000000000000000d00000000004', 'act', 'matched', 'new', 'ec7f9634-b5dd-e1cc-7752-fc5d00d49256', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [4, 4], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dc0c5f100d7', '2026-11-22 23:00:54.014823+00', '2026-11-22 22:49:52.152+00', 1, 1, '0000000000000000000000000000d00000000005', 'act', 'matched', 'new', '04da3a40-db12-e48b-d701-df8b5ce47a2a', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [5, 5], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b21f-76d5-abbc-0dc19413e3e8', '2026-11-22 23:00:54.014823+00', '2026-11-22 22:39:22.784+00', 1, 1, '0000000000000000000000000000d00000000006', 'act', 'matched', 'new', '1cd1d96c-aea0-e043-e436-7796be4acf4b', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [6, 6], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b31c-7590-974b-3fd7152a6350', '2026-11-22 23:00:54.014823+00', NULL, 1, 1, '0000000000000000000000000000d0000000000b', 'ask', 'ask', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b31c-7590-974b-3fd8f345a8cb', '2026-11-22 23:00:54.014823+00', NULL, 1, 1, '0000000000000000000000000000d0000000000c', 'ask', 'ask', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b31c-7590-974b-3fd9cbbb32ee', '2026-11-22 23:00:54.014823+00', NULL, 1, 1, '0000000000000000000000000000d0000000000d', 'ask', 'ask', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b3f4-7579-9bfd-e06ecabf9746', '2026-11-22 23:00:54.014823+00', NULL, 1, 1, '0000000000000000000000000000d00000000018', 'skip', 'no_match', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b3f4-7579-9bfd-e06c19ea4686', '2026-11-22 23:00:54.316984+00', NULL, 1, 1, '0000000000000000000000000000d00000000016', 'observe', 'matched', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "observe", "n": [0], "p": "observes", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b3f4-7579-9bfd-e06d92ec2ca1', '2026-11-22 23:00:54.316984+00', NULL, 1, 1, '0000000000000000000000000000d00000000017', 'act', 'matched', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [0, 7], "p": "canary", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b3f4-7579-9bfd-e06b35076a78', '2026-11-22 23:00:54.375378+00', '2026-11-22 22:38:35.128+00', 1, 1, '0000000000000000000000000000d00000000015', 'act', 'matched', 'new', 'd1147436-6e54-b715-33ad-5ec38325e23a', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [8], "p": "scans", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b57c-76f4-b1a4-2140bc8afb59', '2026-11-22 23:00:54.511078+00', '2026-11-22 22:44:25.635+00', 1, 1, '0000000000000000000000000000d0000000001f', 'act', 'matched', 'new', 'e4d11d5e-fcdc-9a64-5bb6-6228711cc30c', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [7, 9], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b5da-7572-87b1-734c1837c704', '2026-11-22 23:00:54.634203+00', NULL, 1, 1, '0000000000000000000000000000d00000000020', 'observe', 'matched', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "observe", "n": [1], "p": "observes", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-b9fa-7770-bd13-0b6e7bd7a522', '2026-11-22 23:00:55.488571+00', NULL, 1, 1, '0000000000000000000000000000d00000000019', 'observe', 'canary.limits[0]', 'new', '79560c5c-ee5d-c054-ae88-ac31b1e6b2a9', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"b": "matched", "k": "observe", "m": "observe", "n": [0, 2], "p": "canary", "r": "canary.limits[0]"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-bbee-74f1-b89f-85b8afe497a8', '2026-11-22 23:00:55.926015+00', '2026-11-22 22:55:29.303+00', 1, 1, '0000000000000000000000000000d00000000002', 'act', 'matched', 'resolved', 'b3930914-ad34-ae24-a9e6-8694c7c48ea1', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "p": "all-clear", "r": "matched"}]', NULL, '{"restricted_by": ["acts"]}');
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-bbee-74f1-b89f-85b9b7217ae1', '2026-11-22 23:00:55.926015+00', '2026-11-22 22:40:41.694+00', 1, 1, '0000000000000000000000000000d00000000001', 'skip', 'no_match', 'updated', '039da60f-e4b6-ddbc-c0fb-47d84a11e9e6', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[]', NULL, '{"restricted_by": ["acts"]}');
INSERT INTO quell.decisions_202611 VALUES ('01a2057d-dde7-7553-a2c4-d5ec01545ebf', '2026-11-22 23:01:04.819572+00', '2026-11-22 22:54:08.733+00', 1, 1, '0000000000000000000000000000d00000000009', 'act', 'matched', 'new', '9da5d8ea-c719-fd4d-8776-8a4ae817f165', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [8, 13], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000001', 'available_actions', NULL, '2026-11-22 23:00:54.278157+00', NULL, 0, '2026-11-22 23:00:54.318977+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000002', 'available_actions', NULL, '2026-11-22 23:00:54.286845+00', NULL, 0, '2026-11-22 23:00:54.319057+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000003', 'available_actions', NULL, '2026-11-22 23:00:54.293818+00', NULL, 0, '2026-11-22 23:00:54.319072+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000004', 'available_actions', NULL, '2026-11-22 23:00:54.297959+00', NULL, 0, '2026-11-22 23:00:54.319084+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000005', 'available_actions', NULL, '2026-11-22 23:00:54.307209+00', NULL, 0, '2026-11-22 23:00:54.319094+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000006', 'available_actions', NULL, '2026-11-22 23:00:54.30754+00', NULL, 0, '2026-11-22 23:00:54.319104+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000007', 'available_actions', NULL, '2026-11-22 23:00:53.984249+00', NULL, 0, '2026-11-22 23:00:54.319113+00', NULL);
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000b', 'available_actions', NULL, '2026-11-22 23:00:54.307768+00', NULL, 0, '2026-11-22 23:00:54.510273+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000c', 'available_actions', NULL, '2026-11-22 23:00:54.308372+00', NULL, 0, '2026-11-22 23:00:54.510337+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000d', 'available_actions', NULL, '2026-11-22 23:00:54.308534+00', NULL, 0, '2026-11-22 23:00:54.51035+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000015', 'available_actions', NULL, '2026-11-22 23:00:54.497549+00', NULL, 0, '2026-11-22 23:00:54.510362+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000016', 'available_actions', NULL, '2026-11-22 23:00:54.362089+00', NULL, 0, '2026-11-22 23:00:54.510372+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000017', 'available_actions', NULL, '2026-11-22 23:00:54.365962+00', NULL, 0, '2026-11-22 23:00:54.510382+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000001f', 'available_actions', NULL, '2026-11-22 23:00:54.605933+00', NULL, 0, '2026-11-22 23:00:54.636539+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000020', 'available_actions', NULL, '2026-11-22 23:00:54.654079+00', NULL, 0, '2026-11-22 23:00:54.667509+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000019', 'available_actions', NULL, '2026-11-22 23:00:55.437897+00', NULL, 0, '2026-11-22 23:00:55.474993+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000009', 'available_actions', NULL, '2026-11-22 23:01:04.724739+00', NULL, 0, '2026-11-22 23:01:04.802656+00', '{}');
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000001', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "low"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:40:41.446Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000002', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:57:49.257Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000003', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:59:59.363Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000004', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:51:24.27Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000005', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:56:31.62Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000006', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:40:19.776Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000007', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:57:45.905Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000008', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Branches"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:43:53.264Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000009', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:38:53.922Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '000000000000000000000000000000000000000a', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:12.857Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '000000000000000000000000000000000000000b', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:46:55.891Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000008', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "srv-8.example.com"}, "risk": {"is": "medium"}, "tags": {"is": ["tier-0"]}, "group": {"is": "Servers"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:30.131Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000c', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000d', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000001f', '{"os": {"is": "WindowsServer2019"}, "kind": {"is": "server"}, "name": {"is": "srv-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:44:25.635Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "1809"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:54.41236+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:00:55.153002+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000019', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000020', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000b', NULL, NULL, false, NULL, NULL, 0, 'restricted', '2026-11-22 23:00:56.342429+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000001', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:40:41.694Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.794526+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:00:54.89319+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000007', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "fails.example.com"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Branches"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:56:39.069Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', NULL, false, 4, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000002', '{"os": {"is": "WindowsServer2019"}, "kind": {"is": "server"}, "name": {"is": "srv-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:55:29.303Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "1809"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.794789+00', false, NULL, NULL, 0, 'free', '2026-11-22 23:00:56.500616+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000016', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000018', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000029', NULL, NULL, false, NULL, NULL, 0, 'restricted_by_other', '2026-11-22 23:00:57.006489+00', true, 0, NULL, 'analyst@contoso.example', '2026-11-22 23:00:56.908885+00', '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000005', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:49:52.152Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.794908+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:00:55.124843+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000015', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:38:35.128Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:54.332395+00', false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'isolated', '2026-11-22 23:00:55.186206+00', false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000006', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "high"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:39:22.784Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.794927+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:00:55.379843+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000002a', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:46:21.908Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:58.717291+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:00:59.610727+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000003', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "high"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:10.921Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.794821+00', false, NULL, NULL, 0, 'free', '2026-11-22 23:00:59.314212+00', false, 0, NULL, NULL, NULL, '{r-3}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000004', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:39:45.37Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.794841+00', false, NULL, NULL, 0, 'free', '2026-11-22 23:01:00.180711+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000017', NULL, NULL, false, NULL, NULL, 0, 'free', '2026-11-22 23:01:00.226278+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000000', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:44.937Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:00:53.154032+00', false, NULL, NULL, 0, 'free', '2026-11-22 23:01:03.033701+00', false, 0, '01a2057d-b112-72c5-abf9-26cfba444629', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000009', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:54:08.733Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:04.819635+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:01:05.226422+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000a', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.event_keys VALUES (1, '\x0ab9ff55ed5027e1dbeb6eeb2cfa6488b4df85c1be01d8c7e4223a978b3ecbf3', '01a2057d-b21f-76d5-abbc-0dc0c5f100d7');
INSERT INTO quell.event_keys VALUES (1, '\x168dfc5e1410e54d72585979646ab1102f133715bae93d338fce45fdcfd1839b', '01a2057d-b21f-76d5-abbc-0dbf0a8a1718');
INSERT INTO quell.event_keys VALUES (1, '\x42591266ba70d318f95402c629e82337bad7da805d014871e90ea98fa30d95cf', '01a2057d-b21f-76d5-abbc-0dc2055ecae6');
INSERT INTO quell.event_keys VALUES (1, '\x5a34452168a6191ada05aa12549818b59fd6027d91c2e9d46cf03f8e477fcb02', '01a2057d-b21f-76d5-abbc-0dbd4ad94a8f');
INSERT INTO quell.event_keys VALUES (1, '\x60b35c9605a5848d2b60430c5fd9ab0cd9370b6c5a40c90da08ce39785712bbd', '01a2057d-b21f-76d5-abbc-0dbe02c1550f');
INSERT INTO quell.event_keys VALUES (1, '\x6e298218bc5bc2127e286e8b2a0059babd6d87b73ab1233ec48916d8c737b28a', '01a2057d-b21f-76d5-abbc-0dc3a5f85d43');
INSERT INTO quell.event_keys VALUES (1, '\x8adbb0d5bfa6d5958cf775ae8df845d891fffaf547800c78b7a8794d16c28407', '01a2057d-b21f-76d5-abbc-0dc19413e3e8');
INSERT INTO quell.event_keys VALUES (1, '\xe2ec5630be7a5d3bb5f5e122d39d52b8a49121efedf8bb9edac7a53e34b6872c', '01a2057d-b21f-76d5-abbc-0dbcfebfccde');
INSERT INTO quell.event_keys VALUES (1, '\x1fac1afea8e151efbe8ca23b81264609fd844899ce56e0564694e6f59f0ad905', '01a2057d-b31c-7590-974b-3fd8f345a8cb');
INSERT INTO quell.event_keys VALUES (1, '\x2a4014d0486a4a2f448873751fa115cd1f89d4586e3aa4246cc591db9f161d2f', '01a2057d-b31c-7590-974b-3fd7152a6350');
INSERT INTO quell.event_keys VALUES (1, '\x3d81878cce3b330ae306b5f36d2a10233f4b8a7a0b96504271e0b9590f52af24', '01a2057d-b31c-7590-974b-3fd9cbbb32ee');
INSERT INTO quell.event_keys VALUES (1, '\x22e5f0b01ef85238993c45747994df3478fcbfb3eddf584b4eff747540cfe1d1', '01a2057d-b3f4-7579-9bfd-e06ecabf9746');
INSERT INTO quell.event_keys VALUES (1, '\x554d283a79308b232dd0d9db14bc92f3f5ee110e7d29d753355cbc994bac070d', '01a2057d-b3f4-7579-9bfd-e06c19ea4686');
INSERT INTO quell.event_keys VALUES (1, '\xa1c90bbcfbec9a3d74230cc0d90c5d21f0403d96fb7ae7e3f277abef595fce01', '01a2057d-b3f4-7579-9bfd-e06b35076a78');
INSERT INTO quell.event_keys VALUES (1, '\xfe00e57adf94d482358cdbd0be3140e2aac930e410dd829b950bdec6053c5332', '01a2057d-b3f4-7579-9bfd-e06d92ec2ca1');
INSERT INTO quell.event_keys VALUES (1, '\x789216dd321c8fbf340c49824c8ce3262ee2a5026de42bd058dcef2a0346d308', '01a2057d-b57c-76f4-b1a4-2140bc8afb59');
INSERT INTO quell.event_keys VALUES (1, '\x2ea80438cf3bec3bee078081ef4d31e7e75780b4f0edb88e30d53fa88fe08e0a', '01a2057d-b5da-7572-87b1-734c1837c704');
INSERT INTO quell.event_keys VALUES (1, '\x4440dbbdb0fc1647ec542f239f575ec4b5e3c20d3cca3b1f4b8324d92284dd62', '01a2057d-b9fa-7770-bd13-0b6e7bd7a522');
INSERT INTO quell.event_keys VALUES (1, '\x01264dc963d3093c64682a0f22996c9b6b74a42f25a117e391cb56dbab847f28', '01a2057d-bbee-74f1-b89f-85b9b7217ae1');
INSERT INTO quell.event_keys VALUES (1, '\x815765c24cbcad7d1abb6cbfbc9874c534bd67ab93cc037ea3918038dd6db05f', '01a2057d-bbee-74f1-b89f-85b8afe497a8');
INSERT INTO quell.event_keys VALUES (1, '\x101fd41abc7584ef7aa5a64c252af891b9eb05314899b21c07b74b5a7376200a', '01a2057d-dde7-7553-a2c4-d5ec01545ebf');
INSERT INTO quell.event_keys VALUES (1, '\xf1d9dc3ed471ccc3e32aa5ade100a759ce009ee2c7351eed10398a7c615be011', '01a2057d-e0fa-77d0-a5b1-896ea5874e72');
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dbcfebfccde', '2026-11-22 23:00:53.430004+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-1', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000001}', '\x28b52ffd6201809d00d504002385124bbcc05be7055a511816e6c60e98171795e6c5175e1049c6718743d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20be682921c697961416578f18517c80be5c517fe851768e2e2451cfc0090c6d7c9307be92f69f4fb52835701562ea341cefdb08010a24e9f15aecf77f258ecbc2af0742166b74f50e99eb1020397b4222a0c890366fc4da3b3d589fed541a493f1a7435cb6210f', '\x28b52ffd620280ba000d02009301052fa8d6380382d9e4df947ef810f911d2fc6032120ffca2b5e24893f1aa91349a87942ac510b1a37c8750f3178428194f28dbf06f253f41175d214ce159b5', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dbd4ad94a8f', '2026-11-22 23:00:53.430888+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-2', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000002}', '\x28b52ffd6201809d00cd04001385124bbcc85be7055a8161616eec80797151695e7ce10511651c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f7881bc505e7ce15f7891262e5e041bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba00150200a341055650ad710604b3c9bf29fdf021f223a4f9814d46020ffca2b5e24893f1aa91349a87942ac510b1a37c8750f3178428194f28dbf06f253f838aca27ec2cf1eb', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dbe02c1550f', '2026-11-22 23:00:53.430905+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-3', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000003}', '\x28b52ffd6201809d00cd04001385124bbcd05be7055a8161616eec80797151695e7ce10511651c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f7881bc505e7ce15f78a1262e5e041bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba00150200a341055750ad710604b3c9bf29fdf021f223a4f9c14d46020ffca2b5e24893f1aa91349a87942ac510b1a37c8750f3178428194f28dbf06f253f838aca27ec2cf1eb', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dbf0a8a1718', '2026-11-22 23:00:53.430911+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-4', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000004}', '\x28b52ffd6201809d009d0400f3c4114bbcd85be7055a8161616eec80797151695e7ce10511651c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c991961716548617c80be5c517fe85176be2e2451afc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c582ef680e97bf5d5ad9bd31249c67a4c1c00daec8934462db19d26900581df7bb3a86da646cef10da0e7303', '\x28b52ffd620280ba000d020083010505d51a6740309bfc9bd20f1f223f429a1f4c46020ffc455c81a349786a2475cf1325956288d851be43a8f90b219a8c27b66df8e7cacfe0a82cc21412bb0f', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dc0c5f100d7', '2026-11-22 23:00:53.430917+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-5', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000005}', '\x28b52ffd6201809d00cd04001385124bbce05be7055a8161616eec80797151695e7ce10511651c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f7881bc505e7ce15f78c1262e5e041bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba000d020083010505d51a6740309bfc9bd20f1f223f429a1f4c46020ffc1ba6024893f0d448ea9e274a2ac510b1a37c8750f3174234194f6cdbf0cf959fe0cf5411a6f0cc7d', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dc19413e3e8', '2026-11-22 23:00:53.430921+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-6', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000006}', '\x28b52ffd6201809d00cd04001385124bbce85be7055a8161616eec80797151695e7ce10511651c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f7881bc505e7ce15f78d1262e5e041bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba000d02009301055a50ad710604b3c9bf29fdf021f223a4f9c164240ffca2b5e24893f1aa91349a87942ac510b1a37c8750f3178428194f28dbf06f253f41be52214ce159b5', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dc2055ecae6', '2026-11-22 23:00:53.430926+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-7', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000007}', '\x28b52ffd6201809d00e504005385134bbcf05be7055a8161616eec80797151695e7ce10511651c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c99196171654861738bc505e7ce105f24279f1857fe1859bb878111bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662456a893bd262f155318f2e6a7429099ef38cab3130a7154d519088604639349cac8eb45e1d4533197b3bc4e5acb9', '\x28b52ffd620280ba000d020093010505d51a6740309bfc9bd20f1f223f429a1fec64240ffc2b5581a349786a2475cf1325956288d851be43a8f90b219a8c27b66df8e7cacfe0a1f2137696f854', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b21f-76d5-abbc-0dc3a5f85d43', '2026-11-22 23:00:53.430934+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-8', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000008}', '\x28b52ffd6201809d00cd04001385124bbcf85be7055a8161616eec80797151695e7ce10511651c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f7881bc505e7ce15f78f1262e5e041bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba000d020083010505d51a6740309bfc9bd20f1f223f429a1f4c46020ffc4dad024893f0d448ea9e274a2ac510b1a37c8750f3174234194f6cdbf0cf959fe0d85611a6f0cc7d', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b31c-7590-974b-3fd7152a6350', '2026-11-22 23:00:53.66663+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'x-11', 'high', 'Exfiltration', 'new', '{0000000000000000000000000000d0000000000b}', '\x28b52ffd620180a20075040043440f4bbc48b7ce0bb4c2c2dcd801f3e2a2d2bcf8c20b22ca38ee70689a91698268d279e9c5175eb030f692794149325f7881bc505e7ce15f788168f28617011cfc0090c6d7ce307be9af6bf4fb5213f8b2639371d3e42e400be9651691cf49817dc77fc6fabbcabe5ec4f06a533ce5332e6660ce2c9ae22411218d726b385d1de9c63a0a8a32f67688cbd94401', '\x28b52ffd620280bf00fd010043c1034e41b5c61910cc26ffa6f4e393270410fcacb5e24893f1be91349a8794cac51031a67c875af3170ce16a3ca478c36ab56936aa3c0ea34fc23cafe608', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b31c-7590-974b-3fd8f345a8cb', '2026-11-22 23:00:53.666755+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'x-12', 'high', 'Exfiltration', 'new', '{0000000000000000000000000000d0000000000c}', '\x28b52ffd620180a20075040043440f4bbc50b7ce0bb4c2c2dcd801f3e2a2d2bcf8c20b22ca38ee70689a91698268d279e9c5175eb030f692794149325f7881bc505e7ce15f789168f28617011cfc0090c6d7ce307be9af6bf4fb5213f8b2639371d3e42e400be9651691cf49817dc77fc6fabbcabe5ec4f06a533ce5332e6660ce2c9ae22411218d726b385d1de9c63a0a8a32f67688cbd94401', '\x28b52ffd620280bf00fd010043c10305d51a6740309bfc9bd20ffbe4090110fc65b1024893f0de48ea9e274acac51031a67c875af31786f06a3cb479c34ab5693eaa7c9a546c841540f010', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b31c-7590-974b-3fd9cbbb32ee', '2026-11-22 23:00:53.666763+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'x-13', 'high', 'Exfiltration', 'new', '{0000000000000000000000000000d0000000000d}', '\x28b52ffd620180a20075040043440f4bbc58b7ce0bb4c2c2dcd801f3e2a2d2bcf8c20b22ca38ee70689a91698268d279e9c5175eb030f692794149325f7881bc505e7ce15f78a168f28617011cfc0090c6d7ce307be9af6bf4fb5213f8b2639371d3e42e400be9651691cf49817dc7ffe1fabbcabe5ec4f06a533ce5332e6660ce2c9ae22411218d726b385d1de9c63a0a8a32f67688cbd94401', '\x28b52ffd620280bf00fd010053c1035041b5c61910cc26ffa6f4e33e794210fcacb5e24893f1be91349a8794cac51031a67c875af3170ce16a3ca478c36ab56936aa7c9c54ec8415406812', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b3f4-7579-9bfd-e06b35076a78', '2026-11-22 23:00:53.908077+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'm-21', 'high', 'Malware', 'new', '{0000000000000000000000000000d00000000015}', '\x28b52ffd62018098009d04009384104bbc60bc755ea01516e6c60e98171795e6c5175e1051c6718743d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20b205e7ce105f24279f1857fe105a6c9112f021cfc0086c6d7c4307be9af66f4fb5213f8b263f370d3e429400b754c2a7ae9ba18d47748606ce82a3f79e1acb7275194cfb8280317ca2242581247d17855a3e5ea742bd6a16828e36387a06a4b14', '\x28b52ffd620280b500fd010043c1032fa8d6380382d9e4df947eec60e22310fc11a672a4c0589791201a40b28ac41016a1fc45a3f99140118c57946c78b3e0e7ab546e93ac8cb0450af602', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b3f4-7579-9bfd-e06c19ea4686', '2026-11-22 23:00:53.908129+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'p-22', 'high', 'Persistence', 'new', '{0000000000000000000000000000d00000000016}', '\x28b52ffd620180a0009d04009384104bbc68bc755ea01516e6c60e98171795e6c5175e1051c6718743d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20b32bcf8c20be485f2e20bffc28b4c13245e041cfc0086c6d7cc307be9af6af4fb5213f8b2637371d3e42d400be525b108249dc053dfa18fb1f1abfccb0b37bd7d8aca7cc6a20c5c328ba860491c40e34f8d4e57275ab10ea2a18cbf1de2b22d51', '\x28b52ffd620280bd00fd010063c103fa826a8d3320984dfe4de987d9448e10fca8b512a44058db48e01e10598ac51016a5fc45abf951212d1a1fb66e98436dbeef8caa49c5415844040f01', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b3f4-7579-9bfd-e06d92ec2ca1', '2026-11-22 23:00:53.908137+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'd-23', 'high', 'Discovery', 'new', '{0000000000000000000000000000d00000000017}', '\x28b52ffd6201809c0065040053040f4bbc70bc755ea01516e6c60e98171795e6c5175e1051c6718743d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20be485f2e20bffc20b4d93e5451cfc0086c6d7c8307be9af68f4fb5213f8b2633371d3e42b400beeba15cb63eec5bee33f63fd5d655f2f6278b5299ef21917333067164d7192889046b9359cae8e74631d0545197b3bc4e56ca2', '\x28b52ffd620280b900e501003341032fa8d6380382d9e4df947e4ca010fc2955f95160acd348100d20598562088b51fea2d3fcc8a09c8c0fca36cc95365f8948ce3af1137662d56b', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b3f4-7579-9bfd-e06ecabf9746', '2026-11-22 23:00:53.908142+00', '2026-11-22 23:00:53+00', 1, 1, 'webhook', 'mde_alert', 'act', 'n-24', 'high', 'Nothing', 'new', '{0000000000000000000000000000d00000000018}', '\x28b52ffd6201809800b50400f304124bbc78bc755ea01516e6c60e98171795e6c5175e1051c6718743d38c4c134493ce4b2fbef08285b197cc0b4a92f9c28b14161523302d6278f18517c80be5c517fe85179b262c5e041bfc0086c6d7c4307be9af66f4fb5213f8b263f370d3e429400b754c51f16ddfd195b1b85631cc8b3abd940eb77cc6c1323017168dac49448e469935bc57c788b18ebfa38ce53a64c06c8e', '\x28b52ffd620280b500250200b381052fa8d6380382d9e4df947ec011c283094044786093900ffc43ad72a4c0589791201a40b28ac41016a1fc45a3f99140118c57946cb859419bd04e354c5825855301', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b57c-76f4-b1a4-2140bc8afb59', '2026-11-22 23:00:54.269883+00', '2026-11-22 23:00:54+00', 1, 1, 'signed', 'mde_alert', 'act', 's-31', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d0000000001f}', '\x28b52ffd6201809e00f5040073c5134bbc6878ebbcc0e1c5fa81566058981b3b605e5c549a175f78416419c71d0e4d33324d104d3a2fbdf8c20b16c65e322f2849e60b2f980b4a72a4e5850595e1c5175e202f94175ff8175ea09abc78111bfc00860e170ad14c24a74c93348f82b5abe315210d7e598046e259df15cbef3b9a31167315237851d44b19f8f8679c2203f362d1fc964454348a5ec37a75bc8f752c52cad8d021a866a906', '\x28b52ffd620280bb000d0200a301052f08f30c0866937f53fae143e44748f3839bfc080ffc7552f95180d5a555800c2059a562080b52fea2d4fc0821c18c0f0a379c5bcdcfa6627427ccf9d9eb', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b5da-7572-87b1-734c1837c704', '2026-11-22 23:00:54.379477+00', '2026-11-22 23:00:54+00', 1, 1, 'exports', 'mde_alert', 'act', 'f-32', 'high', 'Persistence', 'new', '{0000000000000000000000000000d00000000020}', '\x28b52ffd620180a0009504009344104bbcb8bc755ea01516e6c60e98171795e6c5175e1059c6718743d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20b32bcf8c20be485f2e20bffc28b5493e6451cfc0086c6d7cc307be9af6af4fb5213f8b2637371d3e42d400be525b108249dc053dfa18fb1f1abfccb0b37bd7d8aca7cc6a20c5c328ba860491c40e34f8d4e57275ab10ea2a18cbf1de2b22d51', '\x28b52ffd620280bd00f501006381036505619e01c16cf26f4a3fec265110fca8b512a400ab52ab201840b28ac51016a5fc45abf991421a1a1f946e984b6dbeee8cca49c5495844842601', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-b9fa-7770-bd13-0b6e7bd7a522', '2026-11-22 23:00:55.419862+00', '2026-11-22 23:00:55+00', 1, 1, 'webhook', 'mde_alert', 'act', 'd-25', 'high', 'Discovery', 'new', '{0000000000000000000000000000d00000000019}', '\x28b52ffd6201809c0065040053040f4bbc3878ebbc402b2ccc8d1d302f2e2acd8b2fbc20c28ce30e87a619992688269d975e7ce1050b632f99179424f38517c80be5c517fe85179c26cb8b1cfc0086c6d7c8307be9af68f4fb5213f8b2633371d3e42b400beeba15cb63eec5bee33f63fd5d655f2f6278b5299ef21917333067164d7192889046b9359cae8e74631d0545197b3bc4e56ca2', '\x28b52ffd620280b900ed0100434103fd82f20c0866937f53fa61132810fca0b512a4006b855635f0aa68281443ec8cf2239de65f83ce643cb46dc38ab4694e444083a68b3085abaf03', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-bbee-74f1-b89f-85b8afe497a8', '2026-11-22 23:00:55.920034+00', '2026-11-22 23:00:55+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-2', 'high', 'Ransomware', 'resolved', '{0000000000000000000000000000d00000000002}', '\x28b52ffd620180ad006d05007306184bbcc85be7055a8161616eec80797151695e7ce10511661c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f78b1b212c382bcf8c20be6860a8cca4b0b19ec6505f1f0028717ca8b2ffc0b2fd2c4c58b1afc0090c6d7d9307be92f71f4fb5213f8b263358971321a5010789662460aaf817cb398ba18a18da26dca545cca359ea12898236de26475849846a9d5e1d8d599824cc6e60ec9451827', '\x28b52ffd620280cd00dd020083820856502e55cb1910cc26ff1c3c80f0f821e246fad1a3a1414a3f7c88fc08697e60939112fcc8b5e248135eaee4aaab063f3f64acb4c354f11ae8c1f56829de2c8ff229a1e60b08ad64fc546ec3ad587e3e212a8bb0d7c40c02', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-bbee-74f1-b89f-85b9b7217ae1', '2026-11-22 23:00:55.92021+00', '2026-11-22 23:00:55+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-1', 'high', 'Ransomware', 'in_progress', '{0000000000000000000000000000d00000000001}', '\x28b52ffd620180a400cd04001385124bbcc05be7055a8161616eec80797151695e7ce10511661c773834cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f7881bc505e7ce15f7881262e5e041bfc0090c6d7d0307be9af6cf4fb5213f8b263a58871f21750107896d2450a8b815cb298b118818ca264ca848f4be3e41f98978ce69f4f846acd646830b03a8cba3a43f3646cef10da847102', '\x28b52ffd620280c200350200b341052f2897aae50c0866933fa51f3e447e84343f988c040ffcb2b5e248135eaed9aaabfb3e1e97ebf0149f048ff223a1e65f8410643cf46cc395527e0e5d748bb026676702', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-dde7-7553-a2c4-d5ec01545ebf', '2026-11-22 23:01:04.616831+00', '2026-11-22 23:01:04+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-9', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000009}', '\x28b52ffd6201809d00cd04001385124bbc38b7ce0bb402c3c2dcd801f3e2a2d2bcf8c20b227b38f070689a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0e298b878111bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba00150200e381055d10d6f25ace806036f937a51f3e447e84343fe8c9480efca2b5e248139e6bb44acb279562e4d851be43a8f90b219a8c27b66df8e7cacfe0a1f2137696f854', NULL);
INSERT INTO quell.events_20261122 VALUES ('01a2057d-e0fa-77d0-a5b1-896ea5874e72', '2026-11-22 23:01:05.404436+00', '2026-11-22 23:01:05+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-10', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d0000000000a}', '\x28b52ffd6201809e00cd04002385124bbc40b7ce0bb402c3c2dcd801f3e2a2d2bcf8c20b227c38f070689a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0e2d0c4c58b1bfc0090c6d7ca307be9af69f4fb5213f8b26345887172165010789672c5c27d4773c662ae62042f8a7a29133efe8c9367605e2c9a7f2611358da26a58ae8eb7b08e8549191b7708aad90801', '\x28b52ffd620280bb00150200c3410505d5f25ace806036f937a51f3e447e84343ff864240efc03a10248135e9ad22ad73c948a91f748f99152f32f4208331e02b9e14a393f87fcc736614dce2c06', NULL);
INSERT INTO quell.foreign_actions VALUES (1, '0e21ef94-c9a2-4151-82a0-0b8987a44c12', '0000000000000000000000000000d00000000029', 'restrict', 'analyst@contoso.example', '2026-11-22 23:00:56.68652+00', '2026-11-22 23:00:56.908885+00', '2026-11-22 23:00:57.025912+00', 'restricted');
INSERT INTO quell.foreign_actions VALUES (1, 'af90ba15-73b3-4fbe-b695-f0f22ee5a4e1', '0000000000000000000000000000d00000000003', 'release', 'analyst@contoso.example', '2026-11-22 23:00:58.19716+00', '2026-11-22 23:00:58.575669+00', '2026-11-22 23:00:59.413953+00', 'lifted');
INSERT INTO quell.holds VALUES (1, '2026-11-22 23:01:05.972569+00', '2026-11-22 23:01:05.972553+00', 'of the dump');
INSERT INTO quell.inbox OVERRIDING SYSTEM VALUE VALUES (22, 1, '01a2057d-e0fa-77d0-a5b1-896ea5874e72', '0000000000000000000000000000d0000000000a', 'new', 28, '2026-11-22 23:01:05.404323+00', NULL, 0, 'webhook');
INSERT INTO quell.inbox_sources VALUES (1, 'webhook');
INSERT INTO quell.inbox_sources VALUES (1, 'signed');
INSERT INTO quell.inbox_sources VALUES (1, 'exports');
INSERT INTO quell.inventory_groups VALUES ('01a2057d-b112-72c5-abf9-26cfba444629', 'branches', 2);
INSERT INTO quell.inventory_groups VALUES ('01a2057d-b112-72c5-abf9-26cfba444629', 'offices', 4);
INSERT INTO quell.inventory_groups VALUES ('01a2057d-b112-72c5-abf9-26cfba444629', 'plants', 5);
INSERT INTO quell.inventory_groups VALUES ('01a2057d-b112-72c5-abf9-26cfba444629', 'remote', 2);
INSERT INTO quell.inventory_groups VALUES ('01a2057d-b112-72c5-abf9-26cfba444629', 'servers', 1);
INSERT INTO quell.inventory_sweeps VALUES ('01a2057d-b112-72c5-abf9-26cfba444629', 1, '2026-11-22 23:00:53.154032+00', '2026-11-22 23:00:53.304066+00', NULL, 1, 14, 14, 0, '2026-11-22 23:00:53.318053+00', 'complete', NULL, 14, '2026-11-22 23:24:53.154032+00');
INSERT INTO quell.leases VALUES (1, '01a2057d-b006-7242-ad0a-0d6ea8366ef9', 1, '2026-11-22 23:01:18.186166+00');
INSERT INTO quell.looks VALUES (1, '2026-11-22 23:01:04.90113+00', '2026-11-22 23:01:04.90113+00');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (1, 1, 'soc', 'acted', '01a2057d-b39e-7197-a750-f16de23e10c2', '0000000000000000000000000000d00000000007', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-7', 'matched', '2026-11-22 23:00:53.792465+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (2, 1, 'soc', 'acted', '01a2057d-b4ea-72f2-91ae-d62331dcedb6', '0000000000000000000000000000d00000000001', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-1', 'matched', '2026-11-22 23:00:54.135529+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (3, 1, 'soc', 'acted', '01a2057d-b513-716c-bc55-1fde5476f9fa', '0000000000000000000000000000d00000000002', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-2', 'matched', '2026-11-22 23:00:54.167044+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (4, 1, 'soc', 'acted', '01a2057d-b523-7678-b491-132824dce641', '0000000000000000000000000000d00000000003', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-3', 'matched', '2026-11-22 23:00:54.181396+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (5, 1, 'soc', 'acted', '01a2057d-b53b-71b8-a184-44454c72fcff', '0000000000000000000000000000d00000000004', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-4', 'matched', '2026-11-22 23:00:54.205159+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (6, 1, 'soc', 'acted', '01a2057d-b546-76b9-bc7f-f616f5924dfc', '0000000000000000000000000000d00000000005', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-5', 'matched', '2026-11-22 23:00:54.215562+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (7, 1, 'soc', 'acted', '01a2057d-b550-71f9-8136-af538e3f5936', '0000000000000000000000000000d00000000006', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-6', 'matched', '2026-11-22 23:00:54.224525+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (8, 1, 'soc', 'acted', '01a2057d-b69a-708b-adc6-53411f24acdc', '0000000000000000000000000000d0000000001f', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 's-31', 'matched', '2026-11-22 23:00:54.566169+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (9, 1, 'soc', 'released', '01a2057d-b513-716c-bc55-1fde5476f9fa', '0000000000000000000000000000d00000000002', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-2', 'released by playbook all-clear', '2026-11-22 23:00:55.962621+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (10, 1, 'soc', 'released', '01a2057d-b523-7678-b491-132824dce641', '0000000000000000000000000000d00000000003', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-3', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:00:58Z', '2026-11-22 23:00:59.327145+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (11, 1, 'soc', 'released', '01a2057d-b53b-71b8-a184-44454c72fcff', '0000000000000000000000000000d00000000004', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-4', 'of the dump', '2026-11-22 23:00:59.472127+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (12, 1, 'soc', 'failed', '01a2057d-b39e-7197-a750-f16de23e10c2', '0000000000000000000000000000d00000000007', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-7', 'restrict failed: errorHResult 0x80070005', '2026-11-22 23:00:59.880176+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (13, 1, 'soc', 'acted', '01a2057d-deb7-72ff-8f62-9e3a90933191', '0000000000000000000000000000d00000000009', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-9', 'matched', '2026-11-22 23:01:04.824587+00', NULL);
INSERT INTO quell.partitions VALUES ('events_20261122', 'events', '01a2008d-7400-0000-0000-000000000000', '01a205b3-d000-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('events_20261123', 'events', '01a205b3-d000-0000-0000-000000000000', '01a20ada-2c00-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('events_20261124', 'events', '01a20ada-2c00-0000-0000-000000000000', '01a21000-8800-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('events_20261125', 'events', '01a21000-8800-0000-0000-000000000000', '01a21526-e400-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('events_20261126', 'events', '01a21526-e400-0000-0000-000000000000', '01a21a4d-4000-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('events_20261127', 'events', '01a21a4d-4000-0000-0000-000000000000', '01a21f73-9c00-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('events_20261128', 'events', '01a21f73-9c00-0000-0000-000000000000', '01a22499-f800-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('events_20261129', 'events', '01a22499-f800-0000-0000-000000000000', '01a229c0-5400-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('decisions_202611', 'decisions', '01a19467-e800-0000-0000-000000000000', '01a22ee6-b000-0000-0000-000000000000');
INSERT INTO quell.partitions VALUES ('decisions_202612', 'decisions', '01a22ee6-b000-0000-0000-000000000000', '01a2ce8b-d400-0000-0000-000000000000');
INSERT INTO quell.playbook_files VALUES (1, 'vm:/tmp/tmp.T5jzM59aAS/playbooks', 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', '2026-11-22 23:00:52.852525+00', 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', NULL, '2026-11-22 23:00:52.852536+00', false, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'id: acts
title: Of the dump
owner: soc@example.com
mode: enforce
priority: high
when: {alert.event: new, alert.category: Ransomware}
unless:
  device.tags: {any_of: [tier-0]}
then:
  - restrict_app_execution:
      comment: "alert {alert.id}"
      release: {after: 6d, restart_on: match}
limits:
  - {devices: 50, per: 1h, otherwise: ask}
notify:
  - {to: soc, on: [acted, asked, failed, released]}
', '2026-11-22 23:00:52.723494+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'all-clear', '5c44521753fefa8f66c8db2e42bafefa447dd800d540a2326b9da433493c5639', 'id: all-clear
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: resolved, alert.classification: FalsePositive}
then:
  - release_app_restriction: {comment: "alert {alert.id} was a false positive"}
', '2026-11-22 23:00:52.723668+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'id: asks
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: new, alert.category: Exfiltration}
ask: {from: [soc-leads], approvals: 1, within: 6d, otherwise: skip}
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6d}}
', '2026-11-22 23:00:52.723679+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'id: canary
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: new, alert.category: Discovery}
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6d}}
limits:
  - {devices: 1, per: 1d, otherwise: ask}
canary: {percent: 100}
', '2026-11-22 23:00:52.723686+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', 'id: observes
title: Of the dump
owner: soc@example.com
mode: observe
when: {alert.event: new, alert.category: Persistence}
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6d}}
', '2026-11-22 23:00:52.723692+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'id: scans
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: new, alert.category: Malware}
then:
  - isolate_device: {comment: "alert {alert.id}", release: {after: 6d}}
  - scan: {comment: "alert {alert.id}", type: quick}
', '2026-11-22 23:00:52.723698+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'all-clear', '5c44521753fefa8f66c8db2e42bafefa447dd800d540a2326b9da433493c5639', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', 'observe');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'enforce');
INSERT INTO quell.probe_calls VALUES ('01a2057d-d39f-708b-a1de-81f6917d8ea8', 1, '0000000000000000000000000000000000000000', '01a2057d-d0d4-74c9-907e-a5c5d9f92392', 'restrict_twice', 'anna', 'probe restrict_twice: of the dump', '2026-11-22 23:01:01.989454+00', '2026-11-22 23:02:01.98946+00', NULL, NULL, NULL, '2026-11-22 23:01:02.39697+00');
INSERT INTO quell.prunes OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-22 23:01:07.110647+00', 'dead_letters', NULL, '00000000-0000-7000-8000-000000000000', 1, 0, 0);
INSERT INTO quell.release_run_items VALUES ('01a2057d-caac-76de-8d84-09b18b091db8', '01a2057d-b5c1-7460-84f2-a774a2ccceba', '0000000000000000000000000000d00000000017', 'ended', 0, NULL);
INSERT INTO quell.release_runs VALUES ('01a2057d-caac-76de-8d84-09b18b091db8', 1, 'done', '{"playbook": "canary"}', 'anna', 'of the dump', '2026-11-22 23:00:59.692763+00', '2026-11-22 23:00:59.703393+00');
INSERT INTO quell.replicas VALUES (1, '01a2057d-b006-7242-ad0a-0d6ea8366ef9', 'vm', '2026-11-22 23:01:03.179826+00');
INSERT INTO quell.seal_checkpoints VALUES (1, 1, '\x35488d25ac15adb47883bf0168c78319d32254ece1877687b2b3ceef3296169e', '2026-11-22 23:00:53.478325+00');
INSERT INTO quell.seal_heads VALUES (1, 139, '\x38b297503268e6b8eac0843195acc79d6d64e64ab48fd3ac747dd27098241f5e', '1261', 139);
INSERT INTO quell.seals VALUES (1, 1, 1, '\x35488d25ac15adb47883bf0168c78319d32254ece1877687b2b3ceef3296169e');
INSERT INTO quell.seals VALUES (1, 2, 2, '\x858e7c54e245c651533075102490c0f7a4ef227f27e4fa91296f8a9d6462d20c');
INSERT INTO quell.seals VALUES (1, 3, 3, '\x9edcb796471ba2c85198fd73fc2784a5be7cada69bc7c167fbc1ed7cb5b65389');
INSERT INTO quell.seals VALUES (1, 4, 4, '\xc634fc2df6efe544bba378690d9f6753667d25abdb1dfe9e3c9932fb4de819e0');
INSERT INTO quell.seals VALUES (1, 5, 5, '\xb44c233e6fb2627ddea83c5cb0641ed17ce66e7b3e59b4b93280d916ff4a9fcb');
INSERT INTO quell.seals VALUES (1, 6, 6, '\x2a4dcefcca64db5d04b0107e10d8f104ef595f2f2e39df8812ad69f21559a124');
INSERT INTO quell.seals VALUES (1, 7, 7, '\x3ed46a8925047660d222ab322cd2ca8773f2c07be427fbd76af8a5e67d0c79ae');
INSERT INTO quell.seals VALUES (1, 8, 8, '\x0b6f8f9bf1a5a5a1be421dc6a85475878498502e9894c27a9c59e18c63e83556');
INSERT INTO quell.seals VALUES (1, 9, 9, '\x34d294cd38c33fb69c82fa4b1f459478d0e578911ae802f17be7e853466a26aa');
INSERT INTO quell.seals VALUES (1, 10, 11, '\xbabd5ea002952fae6bd694aab124cbc7a27dbbd3cf17c82a4d670667d7a00641');
INSERT INTO quell.seals VALUES (1, 11, 12, '\xaa033cb88967183c55fe9948ed0740a31a45415af96652dddac93fcb71ca060f');
INSERT INTO quell.seals VALUES (1, 12, 13, '\x2bab0821b6761165c13746b4c77c5689a27e47a58106c57b96cad153f20d49a2');
INSERT INTO quell.seals VALUES (1, 13, 14, '\x788f1ac828e175ed74dfae7f7bf783d0450c6791d68a84561e83f59c80164332');
INSERT INTO quell.seals VALUES (1, 14, 15, '\x8896256122f5232b9409a7eb3d4e05d751bc3296e07b60c0a222de9d1a5f7c93');
INSERT INTO quell.seals VALUES (1, 15, 16, '\xdadb78508de93d81d3daf36e7fa869d99c4b52e83b7f822b6ad8a31c535ca209');
INSERT INTO quell.seals VALUES (1, 16, 17, '\xc9ec728b2bfa06e25e6ffb9fcbe03f48963019b153495658c271741f7d3e3fe0');
INSERT INTO quell.seals VALUES (1, 17, 19, '\x05221e7005ca8dd327812268e88c97ef867d883db3be3b04e669ebbe149a476b');
INSERT INTO quell.seals VALUES (1, 18, 20, '\xccd9c97df5ec8f57f2a9aa1918d513da33651fb0c14ecabac79fd837ce77d3cd');
INSERT INTO quell.seals VALUES (1, 19, 10, '\x0cff0db4692c3fb7ae0f48eca8489d0ff6e793d3839569468d19e71ccb2b500d');
INSERT INTO quell.seals VALUES (1, 20, 18, '\x9e8e7ac5b8d50a47858178a44d8dc7ba225ce163f564c1412d36744c5fb8ae16');
INSERT INTO quell.seals VALUES (1, 21, 24, '\xc2ca21a7727256a46fed899dafa790224b29492c65615f2c5654e132631a2bd9');
INSERT INTO quell.seals VALUES (1, 22, 21, '\x72d1b95d004db5b3fb793cedaefb27ebd7d3fdc9df9640dbc61855e75b3f32ac');
INSERT INTO quell.seals VALUES (1, 23, 22, '\x3562bf9eb801835dce728a417116a7334a51d5ea51daa2d9eb9b40895434c961');
INSERT INTO quell.seals VALUES (1, 24, 23, '\xcdf937e07ece52718912ef136c4e0bd15a78bb41369f54c16c0e815f90398ff6');
INSERT INTO quell.seals VALUES (1, 25, 27, '\xc0775586cf1ec91135489a6ac008bedd2943b426ffb45b9b698e31648be7ecb6');
INSERT INTO quell.seals VALUES (1, 26, 26, '\x46e7f53ebaf71000c394f12c152c78afc6c5988872dacb804332983c07ba823b');
INSERT INTO quell.seals VALUES (1, 27, 28, '\x07ca6704e400cd637fa4df63bb6f1474bec7649a65420f451353d1a8f633dea3');
INSERT INTO quell.seals VALUES (1, 28, 30, '\x37600e43693c356283663141d06cefb27320e186a531584e3f5373cedc69d4d9');
INSERT INTO quell.seals VALUES (1, 29, 25, '\x58cea50fb340183497f939b48df6bf0b83262dca2fa0a5c871d1da075cba52e3');
INSERT INTO quell.seals VALUES (1, 30, 31, '\x9fc4e4196c14beb340f55092457aecc1f645ee131efa0ffa115ee86e6c083138');
INSERT INTO quell.seals VALUES (1, 31, 29, '\xe54b68fcccab6ca5d614a9cbb674bea9fe0f0d05f249139e4b0e60e2ffb90038');
INSERT INTO quell.seals VALUES (1, 32, 33, '\x09b3de2ad2c649e1329dcd2aeac438bd7c86e7e6387aeb56194be8d0d1b76860');
INSERT INTO quell.seals VALUES (1, 33, 34, '\x89213dde927eee556724f04c202ad07c5f0a773a3b7ee2ac543cf8b016df98be');
INSERT INTO quell.seals VALUES (1, 34, 32, '\x92b4c24953b0da5f18dc9f64279abf979787ec4e3efefb0ced3ec58df1329471');
INSERT INTO quell.seals VALUES (1, 35, 35, '\xf95e8cd41fd68aa142c904072e366c714c53d7748f8b8247ebc60cdabe69595e');
INSERT INTO quell.seals VALUES (1, 36, 38, '\x71ac11f887d0e717f4d562326cfe8490cc9e0025fbbfa74e44fc6f113947de97');
INSERT INTO quell.seals VALUES (1, 37, 36, '\x564fd6eabb12c2bfd817198343b731f5bc94441b42c0f15c066837acdfeb0915');
INSERT INTO quell.seals VALUES (1, 38, 37, '\x58b0b06284558cc093dbe50d4b585063667ec05fdab7bdc1dc01b824217f3e16');
INSERT INTO quell.seals VALUES (1, 39, 40, '\x18e18de7d9c1e61095fd34236bb0b007fce66807cd23ada90defc55ef2781f88');
INSERT INTO quell.seals VALUES (1, 40, 39, '\x9fb4befa8d9c793a1f6021ec1fb74959289fddf9993941fc266423ea5458816e');
INSERT INTO quell.seals VALUES (1, 41, 41, '\xcaf2c0eeb84ec51fb7a964fc879ae19718d3ffaa1ff9e8f6771ad620d80bd374');
INSERT INTO quell.seals VALUES (1, 42, 44, '\x18a516e5f314d686b4e2ddec7e252c82de2eff55e5987051da1fbe25c591a379');
INSERT INTO quell.seals VALUES (1, 43, 42, '\x4129e031e41e616003f867107d72ed8fdc901dbaae4563c3c110a46e1144c9ac');
INSERT INTO quell.seals VALUES (1, 44, 43, '\x7331a07d7b38db067659d3f89ec5262f6c2d1d0274eb724a9e2586d2da2282eb');
INSERT INTO quell.seals VALUES (1, 45, 45, '\x3103a94847faf028d85e3c3005be470266625299f5854db01033edef664ab5c1');
INSERT INTO quell.seals VALUES (1, 46, 46, '\xb27bc580fd722aa345e77330a70e5d27898dd341ac7ca2014ddfaa788133b1ea');
INSERT INTO quell.seals VALUES (1, 47, 48, '\x97a5c93fef0d29f1ed97abd63b18121171d975b9d7bba091a46f1f19f8873381');
INSERT INTO quell.seals VALUES (1, 48, 47, '\x9d4c0247ba3baa2f37a14a23895088df1c00a4a81dae475fdd68dc9b6af0fc6a');
INSERT INTO quell.seals VALUES (1, 49, 50, '\xdf6a8d9a82b8563bba517a9e6dc39e34e6eb93fb3c573507df62498f580b9109');
INSERT INTO quell.seals VALUES (1, 50, 49, '\x69aaaad6bec8dd3ddc51b7af7e7a693ffc06bda4246719479ea2120a561f51df');
INSERT INTO quell.seals VALUES (1, 51, 51, '\x336c4fc5de15eb524a923322136544ecbc2d87f18e1e5eac47fcc75e1b5540cf');
INSERT INTO quell.seals VALUES (1, 52, 52, '\x52fef899a6ff55db7f27da282e873ab2426bf9aaaa3f60c376852b8002a36f79');
INSERT INTO quell.seals VALUES (1, 53, 53, '\xd6672cfb07388af45cde4994b8f5207240d19f4febc01eafa9cca7e7f0a72e4d');
INSERT INTO quell.seals VALUES (1, 54, 54, '\xb0dce2847375d10a76881993e7867e96c4fe4dd5bd2261a467691ac4e97b2891');
INSERT INTO quell.seals VALUES (1, 55, 55, '\x2b9fb5964e6352bbd7aa071cc29c7db4ec1e2de40ca3720ef8e2d40abadd7290');
INSERT INTO quell.seals VALUES (1, 56, 56, '\x18a5345ce6f94d58790c46c073959d2a64fe019ca01c3105418add7d50ffcb48');
INSERT INTO quell.seals VALUES (1, 57, 57, '\x5bc17240579739723282679ca15c31f3755a4e84e8123b3b9e530ed3408c0082');
INSERT INTO quell.seals VALUES (1, 58, 58, '\x7d578778fdf90699939ec8e7597f6fd8aca1200448a13c950021c9ed097d260b');
INSERT INTO quell.seals VALUES (1, 59, 59, '\x3301b82520c8424398fc252496cca80a3e0caa0bf54c5fe3139ab666c76833e6');
INSERT INTO quell.seals VALUES (1, 60, 60, '\xd1f0dd9ea4d3a011ebbd252d7bed0bba7122345dd5b91f0a3c212b200cb74aef');
INSERT INTO quell.seals VALUES (1, 61, 61, '\x23216ecfbde0ad4dd7b2f05642013f8beacabbe6c6cd6bc38e647a050a9534b5');
INSERT INTO quell.seals VALUES (1, 62, 62, '\x1a40cb5f39bca26288ef77366237357b5585812bed0ca483b853031da6fa932f');
INSERT INTO quell.seals VALUES (1, 63, 63, '\x18c6bb2524d4cbd5a657b73b4631b3cedc97a3b6909198feaea21493d333f39a');
INSERT INTO quell.seals VALUES (1, 64, 64, '\xd016aabb560ab7aa505553887a8caf228967def2acda5b8eb1a98b50614b1ad6');
INSERT INTO quell.seals VALUES (1, 65, 65, '\x08042db9c8229efd672e423a1a50c2598751fee3cf28ecf8ce12fa9e117a70db');
INSERT INTO quell.seals VALUES (1, 66, 68, '\x207056e7616eceaacca5b1e3ae7159c841e31cc876ba937a724d2a324bad110b');
INSERT INTO quell.seals VALUES (1, 67, 69, '\x690c1520a35263ebf48fa27a55f8d6d9d49d12e39fad2ecca6bb3ce43c5ad23c');
INSERT INTO quell.seals VALUES (1, 68, 70, '\x45d6373d6cecf865be75e145e18eaf14773035b9e85da2185ca53d13ebb1cf99');
INSERT INTO quell.seals VALUES (1, 69, 66, '\x69be411f90cfaeed436fe0236b9f1aaec738b90d5fd1ffac1fb88c9cf2ccb58a');
INSERT INTO quell.seals VALUES (1, 70, 67, '\xee2d71a8518a485ef533f44ff2514f92a3a762446983ba42707646f8d0c19ee3');
INSERT INTO quell.seals VALUES (1, 71, 71, '\xd8ed3b48bf35394298ae2d9e0e26ecc50da90faf5d0a0120e537e4ecac6fa4a0');
INSERT INTO quell.seals VALUES (1, 72, 72, '\x633397715697b588e1b30fa25f3ad4c5e02469ad6d42fd005283a2ddf0b9a7ac');
INSERT INTO quell.seals VALUES (1, 73, 73, '\x04a665713e7397585c7834d4886033fb0a3d19236e537046b2b55354c2975476');
INSERT INTO quell.seals VALUES (1, 74, 74, '\xeff84048e2e8c052bebffe23397e98737a5d58fed4af142f39337d7c5c2d17ec');
INSERT INTO quell.seals VALUES (1, 75, 75, '\x3805ba3b9f60d795fab0cfb4aa19dff70d9f8bca159fb7698f700cea98c54894');
INSERT INTO quell.seals VALUES (1, 76, 76, '\x91e91386cc7df3c8c2c881ff3bc0d489792ca2207140721a1f8ee1988bdaafd0');
INSERT INTO quell.seals VALUES (1, 77, 77, '\x41819ed5580285d4a4c3f4954dee95482aa49ef5419f98c3595ea7f721882ba0');
INSERT INTO quell.seals VALUES (1, 78, 78, '\x3926da67eaeabfe51c31db6fdb705a51690e95343652fcaeb68d7756355334d0');
INSERT INTO quell.seals VALUES (1, 79, 79, '\x611fa5cf0f25809fa30a9ba10bafe300bdc0df1a9c6b7c8b65f08e132e037dca');
INSERT INTO quell.seals VALUES (1, 80, 80, '\xab9d6946422ebf567b150323d5b4bae178861d4f5a0c59cba57dd0b4542440f6');
INSERT INTO quell.seals VALUES (1, 81, 81, '\x11e4f839cbe0bacf57466fb3e11dba96ec8cf6e6859ed7b7dd931ae2359a51c2');
INSERT INTO quell.seals VALUES (1, 82, 82, '\x5e890529b2f09c60d4e1a5eeb8f554c68cf4303a9a57edf4767631087ce725b6');
INSERT INTO quell.seals VALUES (1, 83, 83, '\xb1e5845ae943a6ec9773bcd7d8705bfe82c7b8223decd716bd8cb4c3d61fdfa3');
INSERT INTO quell.seals VALUES (1, 84, 84, '\x2a2d3c73dc25a50784d01dfbba9cc911630bd6c5b54c3d0bb80e7a329d5a5eb0');
INSERT INTO quell.seals VALUES (1, 85, 85, '\x0e1ac1b944fb365e6b9e5b866255ce3c182d68041e08a82146cd92c49c2ba982');
INSERT INTO quell.seals VALUES (1, 86, 86, '\x75e66582aece5be4aa36eec1f9b0377d5c6e4bc1c8d02bee1b4b69be74f69508');
INSERT INTO quell.seals VALUES (1, 87, 87, '\xab3e6307628d99f7189836a5672524a60665eebae099d4ba6dc6546d3b5198f7');
INSERT INTO quell.seals VALUES (1, 88, 88, '\x8334a1bfaca805523fbd1b2865e045baf80759f69e72e969ee60cf4246f9d81f');
INSERT INTO quell.seals VALUES (1, 89, 89, '\xf759c19f7b781436dca8fbe43b81b0a6f8d0a035bc0eb1e20a98efb7120d02f3');
INSERT INTO quell.seals VALUES (1, 90, 90, '\xc3f5e191bafe414c6800dedec794e227c1e6a1b0f01ee7224a552e4f461e15ae');
INSERT INTO quell.seals VALUES (1, 91, 91, '\x00cd5e276ca05a0e4ca3d5f30c9475fa03693fc2d0a8967cb22259e48f8e22ba');
INSERT INTO quell.seals VALUES (1, 92, 92, '\x98db22fb74d2f8f212be6f5fa6c4085153c6bb1028f889a2bbca71c20c8cb8f0');
INSERT INTO quell.seals VALUES (1, 93, 93, '\x89e69dd05022648672a53ce8d0db93f1ee737ca9131ddd1ac6fedf312f1b56d6');
INSERT INTO quell.seals VALUES (1, 94, 94, '\x618ecff3557a6ea3580276a8d930742e7292cd112da4af6d0a35a81e18ac5a16');
INSERT INTO quell.seals VALUES (1, 95, 95, '\xa6a9b33fb795d51351cea93349b870988640eb533bf56ff22a97886aea205234');
INSERT INTO quell.seals VALUES (1, 96, 96, '\x06540bacbc2ee0078d301168aa72a03b227d20ee80cdf15ae2b824f3e15a4cd4');
INSERT INTO quell.seals VALUES (1, 97, 97, '\x2f98c35534e43944deb0ddce923bb9e6edbf637b65c869a9a21c8b3c81e726a5');
INSERT INTO quell.seals VALUES (1, 98, 98, '\x481d68bd5e7d9024e45daa02ac597fa980e845641f9bbf66262174a35c670439');
INSERT INTO quell.seals VALUES (1, 99, 99, '\x37eaa93f8d01f4e61731522bb224ce46a4bd415b28e51089c9d51c363a6ecfb0');
INSERT INTO quell.seals VALUES (1, 100, 100, '\x0b8f3827afd359b3bd5d39275456cc746e6d871d2ea5b0f87cb2ff2c2b22cd04');
INSERT INTO quell.seals VALUES (1, 101, 101, '\xb9baa8942e9ed1529ef3802c31f88545632ac65f4374715b23fe0058627119c5');
INSERT INTO quell.seals VALUES (1, 102, 102, '\x901b7659171338f037fbedf0e13e8126b1bff17b39c390619af8eb544b5780bc');
INSERT INTO quell.seals VALUES (1, 103, 103, '\x44fce7d7f1d3ad0f13783cc84282f69806f1498c49b776e8bc3ddeb90a2ad1c1');
INSERT INTO quell.seals VALUES (1, 104, 104, '\xe822551d3d724ad2f677b098a88f02ac5f39f7bbf8ee28322b62309d1eb9f37d');
INSERT INTO quell.seals VALUES (1, 105, 105, '\xd2767c32f615f5a79041096781f9fea5c33eb7a9aa3426a1b8892f6e194e1106');
INSERT INTO quell.seals VALUES (1, 106, 106, '\x1b1b730b1ae00c066c1f701f4f1d32be8b1468821fcaf537353595cd1a4b7b5d');
INSERT INTO quell.seals VALUES (1, 107, 107, '\xdfa39a1287986da33abac139f3bc5af24ad4572d06558685da33f324bab29bd9');
INSERT INTO quell.seals VALUES (1, 108, 108, '\x01550a4092fe5b766d4d3538060e651461e58e2688f8b965dda5dfa0f8936512');
INSERT INTO quell.seals VALUES (1, 109, 109, '\x211174124babed59ccef0a150e8a96fd4b7d1c3c0af76f672f5ad872e62d75db');
INSERT INTO quell.seals VALUES (1, 110, 110, '\xce76bacdac16efbcd00798569262260386affc7db55a471fdaee44de3a4398a5');
INSERT INTO quell.seals VALUES (1, 111, 111, '\x66956a93af439d3b5114bbb40ea3368ec78dae5e56218fdf4a41db84667de4aa');
INSERT INTO quell.seals VALUES (1, 132, 132, '\x98688760090779f7ba06c6693e1ab137548925c9bc7ab5fe2637d18a2c0ecdd1');
INSERT INTO quell.seals VALUES (1, 133, 133, '\xa44f10e55f4d6cea7d2cffc3467b977067f6909871ffb3475c55829e8cbae498');
INSERT INTO quell.seals VALUES (1, 134, 134, '\xf1947dc4ba0595bfdc3e76c9acce59860914c4e22ed9e90b0728a8f75535501c');
INSERT INTO quell.seals VALUES (1, 112, 112, '\x81b1faeed3d03ab0f2c13909bb5c8373459fac16c485a5fdd0cb2176ec5745c3');
INSERT INTO quell.seals VALUES (1, 113, 113, '\xdd3ce65d6e06c45d9765782e3969d9ed395fd3856ea4491953a1469243200753');
INSERT INTO quell.seals VALUES (1, 114, 114, '\x797acfb5e2c51ddd412b1e883c20c0776a200a37e6905a6d2f95a6ebdedc34db');
INSERT INTO quell.seals VALUES (1, 115, 115, '\x1613469b5ea2bea35e9ae57e716ceb10e4e12cf7e22ae29d1e8d4a80ffcfc765');
INSERT INTO quell.seals VALUES (1, 120, 120, '\xddfbcddc49d257d5ac64d1bbcc6ab0d0d761f0fa296e891c4e7b954525a57846');
INSERT INTO quell.seals VALUES (1, 121, 121, '\x7aa7fe4ccb3514adaf729988a4481105ce44cf6cd0e0e0080508ca3ad57dab80');
INSERT INTO quell.seals VALUES (1, 122, 122, '\x4ab57391730a23acee522d1bd6bd8ab36a52ee5f556fb0cb14ac660786117668');
INSERT INTO quell.seals VALUES (1, 123, 123, '\x4dddff286892a8e5a9de91cb6f44204325d1ed80fbf4b2bc7c48b53ddd5d850a');
INSERT INTO quell.seals VALUES (1, 116, 116, '\x9bc5afc346aa1c4244a544bcec7d8eb90351d2dc6a2399c42d4f006d0ebd3da0');
INSERT INTO quell.seals VALUES (1, 117, 117, '\x70e84a46a275ded4cdd83fbb02a29ca71b234a7c45d14e97d616e6997236879c');
INSERT INTO quell.seals VALUES (1, 118, 118, '\x76bb0b2b75e56df0b9711de46a243a47fdc0abfef1d130959635aabc755e9c93');
INSERT INTO quell.seals VALUES (1, 119, 119, '\x71e0461172ed8e21eadbad77635c27c1c2ca12d036d6217f3ff4f3a3785dfda4');
INSERT INTO quell.seals VALUES (1, 124, 124, '\xef367ceaf6a66af722543613bb822353431f5c83b6bffbd128e8367363bf6db8');
INSERT INTO quell.seals VALUES (1, 125, 125, '\x1e9895966b1e35fe6cdffb2be0246c0ab4cb763222c60f57670229bf6fbf9949');
INSERT INTO quell.seals VALUES (1, 126, 126, '\x4c8635ec16e1832e83c84ab123a39d0407d55353e99c652ddb00b00a82f5c606');
INSERT INTO quell.seals VALUES (1, 127, 127, '\xf3564c04316635f83bf69b02136ee83bba6d3e77daa6487f4c168ff510fcb428');
INSERT INTO quell.seals VALUES (1, 128, 128, '\x39625b9a36a8f34c2939a5a916fe5e82921f95f74d7f71e73ed7bb6adf87acbd');
INSERT INTO quell.seals VALUES (1, 129, 129, '\x0cf7484960a5145209d3b580991ba1cee0a8191221b3ace6b44a2b99544bb72d');
INSERT INTO quell.seals VALUES (1, 130, 130, '\x56b9f65de6508ee22ea18804d20cf069cd543463e5bbb151958c3924bf57c699');
INSERT INTO quell.seals VALUES (1, 131, 131, '\xb892b957b95546850c29caa7f72d3e09c7dac15f33644b73baf3299f69ab5106');
INSERT INTO quell.seals VALUES (1, 135, 135, '\x523dff907081b165c47c8abfd67e841a2499c30bb4da787a5063072390a5d64c');
INSERT INTO quell.seals VALUES (1, 136, 136, '\xb82e860550e746fd4fb38f9556fe1a704c55cc425521191eb26d4b0e205599f1');
INSERT INTO quell.seals VALUES (1, 137, 137, '\x05ed3915af024d3422442b0d7db4edec8a25334829514fc70847d25c269aa0ac');
INSERT INTO quell.seals VALUES (1, 138, 138, '\x6c61b72f5780c59d45672d9b71afd9af520a0b3b70e7c23756a821cd009ee3e4');
INSERT INTO quell.seals VALUES (1, 139, 139, '\x38b297503268e6b8eac0843195acc79d6d64e64ab48fd3ac747dd27098241f5e');
INSERT INTO quell.set_activations VALUES (1, 1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', '2026-11-22 23:00:52.783523+00', 'files', 'start on vm:/tmp/tmp.T5jzM59aAS/playbooks');
INSERT INTO quell.source_looks VALUES (1, 'exports', '01a2057d-b006-7242-ad0a-0d6ea8366ef9', 'vm', 'directory', '2026-11-22 23:01:02.91327+00', '2026-11-22 23:00:54.553564+00', NULL, NULL, NULL);
INSERT INTO quell.source_looks VALUES (1, 'siem-db', '01a2057d-b006-7242-ad0a-0d6ea8366ef9', 'vm', 'sql', '2026-11-22 23:01:02.913307+00', NULL, NULL, NULL, NULL);
INSERT INTO quell.source_looks VALUES (1, 'signed', '01a2057d-b006-7242-ad0a-0d6ea8366ef9', 'vm', 'webhook', '2026-11-22 23:01:02.913318+00', '2026-11-22 23:00:54.289913+00', NULL, NULL, NULL);
INSERT INTO quell.source_parts VALUES (1, 'hub', 'events/0', '17', '2026-11-22 23:01:06.376782+00', 1, NULL, NULL);
INSERT INTO quell.sql_sources VALUES (1, 'siem-db', '{postgres}');
INSERT INTO quell.stops VALUES ('ba7df37e-db16-4327-bedd-ac18a59f65ea', 1, 'new', NULL, true, 'cli', 'anna', 'of the dump', '2026-11-22 23:01:03.368471+00', true, '2026-11-22 23:01:03.553854+00', 'anna', 'of the dump');
INSERT INTO quell.stops VALUES ('fb06b1f3-5fd2-42c1-a44f-724c1d370580', 1, 'new', NULL, true, 'cli', 'anna', 'of the dump: in force', '2026-11-22 23:01:03.911728+00', true, '2026-11-22 23:01:04.428019+00', 'anna', 'of the dump');
INSERT INTO quell.submissions OVERRIDING SYSTEM VALUE VALUES (1, '3646e9b0-a21e-4425-ad38-367d6c6e98fe', 1, 'siem-db', '2026-11-22 23:01:06.511415+00', 'postgres', '\x7b7d');
INSERT INTO quell.task_wishes VALUES ('01a2057d-b643-775f-b379-457c25664c24', 1, '0000000000000000000000000000d00000000015', 'scan', 'quick', 'alert m-21', 'enforce', 'normal', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '01a2057d-b3f4-7579-9bfd-e06b35076a78', 'm-21', '01a2057d-b628-73a5-ad8e-d8144c489245', false, 'queued', '01a2057d-b651-70d0-ada8-c6f969ad5e62', '2026-11-22 23:00:54.470727+00', '2026-11-22 23:00:54.496291+00');
INSERT INTO quell.tenants OVERRIDING SYSTEM VALUE VALUES (1, 'practice', '2026-11-22 23:00:52.577475+00', 1772969570);
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (1, 1, '2026-11-22 23:00:52.78463+00', 'playbook_set', 'd09d75b8-5da4-1398-1656-d08f822f70c0', NULL, NULL, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'files', 'start on vm:/tmp/tmp.T5jzM59aAS/playbooks', NULL, NULL, '{"version": 1}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (2, 1, '2026-11-22 23:00:53.793192+00', 'containment', '01a2057d-b39e-7197-a750-f16de23e10c2', '0000000000000000000000000000d00000000007', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-7", "event": "01a2057d-b21f-76d5-abbc-0dc2055ecae6", "until": "2026-11-23T01:24:53.685654+00:00", "playbook": "acts"}', '883');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (3, 1, '2026-11-22 23:00:53.834648+00', 'action', '01a2057d-b3b3-7264-8769-0dcf69ad5e62', '0000000000000000000000000000d00000000007', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b39e-7197-a750-f16de23e10c2", "valid_until": "2026-11-22T23:24:53.833881+00:00"}', '883');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (4, 1, '2026-11-22 23:00:54.142516+00', 'containment', '01a2057d-b4ea-72f2-91ae-d62331dcedb6', '0000000000000000000000000000d00000000001', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-1", "event": "01a2057d-b21f-76d5-abbc-0dbcfebfccde", "until": "2026-11-23T01:24:54.014823+00:00", "playbook": "acts"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (5, 1, '2026-11-22 23:00:54.163037+00', 'action', '01a2057d-b50b-740c-9cb1-e6f969ad5e62', '0000000000000000000000000000d00000000001', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b4ea-72f2-91ae-d62331dcedb6", "valid_until": "2026-11-22T23:24:54.162297+00:00"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (6, 1, '2026-11-22 23:00:54.167106+00', 'containment', '01a2057d-b513-716c-bc55-1fde5476f9fa', '0000000000000000000000000000d00000000002', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-2", "event": "01a2057d-b21f-76d5-abbc-0dbd4ad94a8f", "until": "2026-11-23T01:24:54.014823+00:00", "playbook": "acts"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (7, 1, '2026-11-22 23:00:54.179163+00', 'action', '01a2057d-b51b-76d9-a9cd-59ac69ad5e62', '0000000000000000000000000000d00000000002', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b513-716c-bc55-1fde5476f9fa", "valid_until": "2026-11-22T23:24:54.17416+00:00"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (8, 1, '2026-11-22 23:00:54.181452+00', 'containment', '01a2057d-b523-7678-b491-132824dce641', '0000000000000000000000000000d00000000003', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-3", "event": "01a2057d-b21f-76d5-abbc-0dbe02c1550f", "until": "2026-11-23T01:24:54.014823+00:00", "playbook": "acts"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (9, 1, '2026-11-22 23:00:54.202375+00', 'action', '01a2057d-b539-7589-8849-cc4069ad5e62', '0000000000000000000000000000d00000000003', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b523-7678-b491-132824dce641", "valid_until": "2026-11-22T23:24:54.202167+00:00"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (10, 1, '2026-11-22 23:00:54.20466+00', 'action', '01a2057d-b3b3-7264-8769-0dcf69ad5e62', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '894');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (11, 1, '2026-11-22 23:00:54.205215+00', 'containment', '01a2057d-b53b-71b8-a184-44454c72fcff', '0000000000000000000000000000d00000000004', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-4", "event": "01a2057d-b21f-76d5-abbc-0dbf0a8a1718", "until": "2026-11-23T01:24:54.014823+00:00", "playbook": "acts"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (12, 1, '2026-11-22 23:00:54.210308+00', 'action', '01a2057d-b541-75bf-b0d2-b49369ad5e62', '0000000000000000000000000000d00000000004', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b53b-71b8-a184-44454c72fcff", "valid_until": "2026-11-22T23:24:54.2101+00:00"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (13, 1, '2026-11-22 23:00:54.215625+00', 'containment', '01a2057d-b546-76b9-bc7f-f616f5924dfc', '0000000000000000000000000000d00000000005', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-5", "event": "01a2057d-b21f-76d5-abbc-0dc0c5f100d7", "until": "2026-11-23T01:24:54.014823+00:00", "playbook": "acts"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (14, 1, '2026-11-22 23:00:54.221031+00', 'action', '01a2057d-b54c-7428-853f-306269ad5e62', '0000000000000000000000000000d00000000005', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b546-76b9-bc7f-f616f5924dfc", "valid_until": "2026-11-22T23:24:54.220656+00:00"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (15, 1, '2026-11-22 23:00:54.224576+00', 'containment', '01a2057d-b550-71f9-8136-af538e3f5936', '0000000000000000000000000000d00000000006', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-6", "event": "01a2057d-b21f-76d5-abbc-0dc19413e3e8", "until": "2026-11-23T01:24:54.014823+00:00", "playbook": "acts"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (16, 1, '2026-11-22 23:00:54.23147+00', 'action', '01a2057d-b556-751a-9dea-a30169ad5e62', '0000000000000000000000000000d00000000006', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b550-71f9-8136-af538e3f5936", "valid_until": "2026-11-22T23:24:54.231292+00:00"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (17, 1, '2026-11-22 23:00:54.236324+00', 'containment', '01a2057d-b55a-7730-8422-a4939cddc373', '0000000000000000000000000000d0000000000b', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-11", "event": "01a2057d-b31c-7590-974b-3fd7152a6350", "playbook": "asks", "ask_until": "2026-11-23T01:24:54.014823+00:00", "asked_for": "ask"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (18, 1, '2026-11-22 23:00:54.23956+00', 'action', '01a2057d-b3b3-7264-8769-0dcf69ad5e62', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "c7d22b54-d602-42a6-8e7e-d27595e0414d", "defender_status": "Pending"}', '906');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (19, 1, '2026-11-22 23:00:54.243984+00', 'containment', '01a2057d-b55c-7561-86ad-e9e5e343b9ce', '0000000000000000000000000000d0000000000c', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-12", "event": "01a2057d-b31c-7590-974b-3fd8f345a8cb", "playbook": "asks", "ask_until": "2026-11-23T01:24:54.014823+00:00", "asked_for": "ask"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (20, 1, '2026-11-22 23:00:54.245661+00', 'containment', '01a2057d-b564-776b-82e2-3a5de0e88563', '0000000000000000000000000000d0000000000d', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-13", "event": "01a2057d-b31c-7590-974b-3fd9cbbb32ee", "playbook": "asks", "ask_until": "2026-11-23T01:24:54.014823+00:00", "asked_for": "ask"}', '891');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (99, 1, '2026-11-22 23:00:59.551636+00', 'action', '01a2057d-c9d6-7279-aa32-abd969ad5e62', '0000000000000000000000000000d00000000004', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "69ebe856-e4ad-4dc3-ab7e-150a4e87df0e", "defender_status": "Pending"}', '1113');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (21, 1, '2026-11-22 23:00:54.333865+00', 'containment', '01a2057d-b5bc-74fb-89a6-449a8c1e9f12', '0000000000000000000000000000d00000000016', NULL, 'active', 'decide', 'matched', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', NULL, '{"lane": "normal", "mode": "observe", "alert": "p-22", "event": "01a2057d-b3f4-7579-9bfd-e06c19ea4686", "until": "2026-11-23T01:24:54.316984+00:00", "playbook": "observes"}', '915');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (22, 1, '2026-11-22 23:00:54.338055+00', 'containment', '01a2057d-b5c1-7460-84f2-a774a2ccceba', '0000000000000000000000000000d00000000017', NULL, 'active', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"lane": "normal", "mode": "enforce", "alert": "d-23", "event": "01a2057d-b3f4-7579-9bfd-e06d92ec2ca1", "until": "2026-11-23T01:24:54.316984+00:00", "playbook": "canary"}', '915');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (23, 1, '2026-11-22 23:00:54.338808+00', 'action', '01a2057d-b5c2-7423-99da-cc2669ad5e62', '0000000000000000000000000000d00000000017', NULL, 'queued', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"kind": "restrict", "lane": 3, "playbook": "canary", "wanted_by": "decide", "containment": "01a2057d-b5c1-7460-84f2-a774a2ccceba", "valid_until": "2026-11-22T23:24:54.338646+00:00"}', '915');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (24, 1, '2026-11-22 23:00:54.363734+00', 'action', '01a2057d-b50b-740c-9cb1-e6f969ad5e62', '0000000000000000000000000000d00000000001', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '914');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (25, 1, '2026-11-22 23:00:54.383247+00', 'action', '01a2057d-b50b-740c-9cb1-e6f969ad5e62', '0000000000000000000000000000d00000000001', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "a4fbf742-72aa-40aa-95e1-2bc671dabace", "defender_status": "Pending"}', '927');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (31, 1, '2026-11-22 23:00:54.529921+00', 'action', '01a2057d-b539-7589-8849-cc4069ad5e62', '0000000000000000000000000000d00000000003', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '947');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (32, 1, '2026-11-22 23:00:54.546724+00', 'action', '01a2057d-b539-7589-8849-cc4069ad5e62', '0000000000000000000000000000d00000000003', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "900dc47e-efe2-4da2-8e84-adf3bf06501a", "defender_status": "Pending"}', '956');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (36, 1, '2026-11-22 23:00:54.63973+00', 'action', '01a2057d-b54c-7428-853f-306269ad5e62', '0000000000000000000000000000d00000000005', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '964');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (39, 1, '2026-11-22 23:00:54.658391+00', 'action', '01a2057d-b54c-7428-853f-306269ad5e62', '0000000000000000000000000000d00000000005', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "667b35c9-ec07-47e3-8b84-35afe5864985", "defender_status": "Pending"}', '968');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (45, 1, '2026-11-22 23:00:54.736355+00', 'action', '01a2057d-b5c2-7423-99da-cc2669ad5e62', '0000000000000000000000000000d00000000017', 'queued', 'submitting', 'gate', 'a slot in both windows', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '{"attempts": 0}', '{"attempts": 1}', '978');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (48, 1, '2026-11-22 23:00:54.755827+00', 'action', '01a2057d-b637-74a1-acca-9d5c69ad5e62', '0000000000000000000000000000d00000000015', 'queued', 'submitting', 'gate', 'a slot in both windows', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"attempts": 0}', '{"attempts": 1}', '982');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (49, 1, '2026-11-22 23:00:54.791659+00', 'action', '01a2057d-b637-74a1-acca-9d5c69ad5e62', '0000000000000000000000000000d00000000015', 'submitting', 'submitted', 'submit', 'accepted', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"defender_id": "4b345a9d-c17a-4909-8b85-b4907919435e", "defender_status": "Pending"}', '985');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (51, 1, '2026-11-22 23:00:54.877514+00', 'action', '01a2057d-b651-70d0-ada8-c6f969ad5e62', '0000000000000000000000000000d00000000015', 'submitting', 'submitted', 'submit', 'accepted', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"defender_id": "cfbad630-5b8a-4e1b-a3c0-a6fd62cdebf6", "defender_status": "Pending"}', '988');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (60, 1, '2026-11-22 23:00:55.290654+00', 'action', '01a2057d-b73e-7220-ba08-dd4069ad5e62', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "ecb54ef7-519a-4fbd-a87a-fdc5fd6ea309", "defender_status": "Pending"}', '1011');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (64, 1, '2026-11-22 23:00:55.503099+00', 'canary', 'f3a849b3-a72c-a6da-2c4c-c6c95526baf1', NULL, NULL, 'fallen_back', 'decide', 'canary.limits[0]', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"playbook": "canary"}', '1025');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (65, 1, '2026-11-22 23:00:55.506267+00', 'containment', '01a2057d-ba4f-7446-bbdd-c026bd9d4fc9', '0000000000000000000000000000d00000000019', NULL, 'active', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"lane": "normal", "mode": "observe", "alert": "d-25", "event": "01a2057d-b9fa-7770-bd13-0b6e7bd7a522", "until": "2026-11-23T01:24:55.488571+00:00", "playbook": "canary"}', '1025');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (71, 1, '2026-11-22 23:00:55.850235+00', 'action', '01a2057d-bb6b-75f7-b096-f21269ad5e62', '0000000000000000000000000000d0000000000b', 'queued', 'submitting', 'gate', 'a slot in both windows', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"attempts": 0}', '{"attempts": 1}', '1036');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (73, 1, '2026-11-22 23:00:55.96301+00', 'containment', '01a2057d-b513-716c-bc55-1fde5476f9fa', '0000000000000000000000000000d00000000002', 'active', 'ended', 'decide', 'released by playbook all-clear', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "release_playbook"}', '1044');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (74, 1, '2026-11-22 23:00:55.975337+00', 'containment', '01a2057d-b513-716c-bc55-1fde5476f9fa', '0000000000000000000000000000d00000000002', 'ended', 'ended', 'decide', 'it was a false positive', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"false_positive": false}', '{"false_positive": true}', '1044');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (75, 1, '2026-11-22 23:00:55.986165+00', 'action', '01a2057d-bc2e-7638-8548-a32d69ad5e62', '0000000000000000000000000000d00000000002', NULL, 'queued', 'decide', 'matched', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "decide"}', '1044');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (77, 1, '2026-11-22 23:00:56.118174+00', 'action', '01a2057d-bc2e-7638-8548-a32d69ad5e62', '0000000000000000000000000000d00000000002', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "2f9939c1-64ce-4644-a32c-5e7e75714c59", "defender_status": "Pending"}', '1048');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (81, 1, '2026-11-22 23:00:56.78224+00', 'action', '01a2057d-bb17-77ca-879b-c1f069ad5e62', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "f9783963-83fe-48c8-81c9-d5257ddc7e13", "defender_status": "Pending"}', '1068');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (87, 1, '2026-11-22 23:00:58.982166+00', 'action', '01a2057d-c796-7261-b10c-200f69ad5e62', '0000000000000000000000000000d0000000002a', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1095');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (94, 1, '2026-11-22 23:00:59.43069+00', 'action', '01a2057d-c192-73af-b295-f34b69ad5e62', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "f52ec13e-dfb8-4184-9685-b573fae16b2c", "defender_status": "Pending"}', '1108');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (98, 1, '2026-11-22 23:00:59.493611+00', 'action', '01a2057d-c9d6-7279-aa32-abd969ad5e62', '0000000000000000000000000000d00000000004', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1110');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (106, 1, '2026-11-22 23:00:59.76711+00', 'action', '01a2057d-cab5-725f-8b79-005a69ad5e62', '0000000000000000000000000000d00000000017', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "2c8a1d6c-6d48-4646-b9ec-26c437cc92b7", "defender_status": "Pending"}', '1124');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (26, 1, '2026-11-22 23:00:54.442963+00', 'containment', '01a2057d-b628-73a5-ad8e-d8144c489245', '0000000000000000000000000000d00000000015', NULL, 'active', 'decide', 'matched', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"lane": "normal", "mode": "enforce", "alert": "m-21", "event": "01a2057d-b3f4-7579-9bfd-e06b35076a78", "until": "2026-11-23T01:24:54.375378+00:00", "playbook": "scans"}', '926');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (27, 1, '2026-11-22 23:00:54.455103+00', 'action', '01a2057d-b51b-76d9-a9cd-59ac69ad5e62', '0000000000000000000000000000d00000000002', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '924');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (28, 1, '2026-11-22 23:00:54.466722+00', 'action', '01a2057d-b637-74a1-acca-9d5c69ad5e62', '0000000000000000000000000000d00000000015', NULL, 'queued', 'decide', 'matched', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"kind": "isolate", "lane": 3, "playbook": "scans", "wanted_by": "decide", "containment": "01a2057d-b628-73a5-ad8e-d8144c489245", "valid_until": "2026-11-22T23:24:54.466081+00:00"}', '926');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (30, 1, '2026-11-22 23:00:54.48257+00', 'action', '01a2057d-b651-70d0-ada8-c6f969ad5e62', '0000000000000000000000000000d00000000015', NULL, 'queued', 'decide', 'a playbook asks for it', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"kind": "scan", "lane": 3, "playbook": "scans", "wanted_by": "decide", "valid_until": "2026-11-22T23:24:54.482351+00:00"}', '926');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (40, 1, '2026-11-22 23:00:54.682521+00', 'action', '01a2057d-b556-751a-9dea-a30169ad5e62', '0000000000000000000000000000d00000000006', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '967');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (66, 1, '2026-11-22 23:00:55.69177+00', 'action', '01a2057d-b73e-7220-ba08-dd4069ad5e62', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '1034');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (67, 1, '2026-11-22 23:00:55.709855+00', 'action', '01a2057d-bb17-77ca-879b-c1f069ad5e62', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a2057d-b39e-7197-a750-f16de23e10c2", "valid_until": "2026-11-22T23:24:55.709417+00:00"}', '1034');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (90, 1, '2026-11-22 23:00:59.327587+00', 'containment', '01a2057d-b523-7678-b491-132824dce641', '0000000000000000000000000000d00000000003', 'active', 'ended', 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:00:58Z', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "drift"}', '1104');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (91, 1, '2026-11-22 23:00:59.36979+00', 'drift', '01a2057d-c963-762e-b6af-fb9ca4bfddda', '0000000000000000000000000000d00000000003', NULL, 'lifted', 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:00:58Z', NULL, '{"restriction": "restricted"}', '{"restriction": "free"}', '1104');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (92, 1, '2026-11-22 23:00:59.394897+00', 'alarm', 'a70801d2-205c-5139-71d4-d768f80fb65f', '0000000000000000000000000000d00000000003', NULL, 'raised', 'quell', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:00:58Z: its containments ended', NULL, NULL, '{"kind": "drift", "subject": "af90ba15-73b3-4fbe-b695-f0f22ee5a4e1"}', '1104');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (107, 1, '2026-11-22 23:00:59.846444+00', 'action', '01a2057d-c192-73af-b295-f34b69ad5e62', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '1126');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (108, 1, '2026-11-22 23:00:59.879375+00', 'containment', '01a2057d-b39e-7197-a750-f16de23e10c2', '0000000000000000000000000000d00000000007', 'active', 'active', 'quell', 'a person must look', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"attention": "restrict failed: errorHResult 0x80070005"}', '1126');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (116, 1, '2026-11-22 23:01:01.917559+00', 'action', '01a2057d-d0fe-7478-b40c-334969ad5e62', '0000000000000000000000000000000000000000', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1172');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (29, 1, '2026-11-22 23:00:54.481949+00', 'action', '01a2057d-b51b-76d9-a9cd-59ac69ad5e62', '0000000000000000000000000000d00000000002', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "5affefd8-f907-4fb7-8a1a-924f116666a7", "defender_status": "Pending"}', '948');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (38, 1, '2026-11-22 23:00:54.648797+00', 'containment', '01a2057d-b6f8-75a5-b90c-69326e337612', '0000000000000000000000000000d00000000020', NULL, 'active', 'decide', 'matched', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', NULL, '{"lane": "normal", "mode": "observe", "alert": "f-32", "event": "01a2057d-b5da-7572-87b1-734c1837c704", "until": "2026-11-23T01:24:54.634203+00:00", "playbook": "observes"}', '963');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (42, 1, '2026-11-22 23:00:54.707531+00', 'action', '01a2057d-b556-751a-9dea-a30169ad5e62', '0000000000000000000000000000d00000000006', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "3dfbecc7-b9bf-4e68-900d-5b66f1e8efec", "defender_status": "Pending"}', '976');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (46, 1, '2026-11-22 23:00:54.738934+00', 'action', '01a2057d-b6b4-7324-8ec2-006b69ad5e62', '0000000000000000000000000000d0000000001f', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "2e279fb2-838b-4736-91e3-0d0bee659589", "defender_status": "Pending"}', '979');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (47, 1, '2026-11-22 23:00:54.755593+00', 'action', '01a2057d-b5c2-7423-99da-cc2669ad5e62', '0000000000000000000000000000d00000000017', 'submitting', 'submitted', 'submit', 'accepted', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"defender_id": "5f6eb02b-1903-45f5-8fb0-276fcb81b65d", "defender_status": "Pending"}', '983');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (50, 1, '2026-11-22 23:00:54.851211+00', 'action', '01a2057d-b651-70d0-ada8-c6f969ad5e62', '0000000000000000000000000000d00000000015', 'queued', 'submitting', 'gate', 'a slot in both windows', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"attempts": 0}', '{"attempts": 1}', '984');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (59, 1, '2026-11-22 23:00:55.280805+00', 'action', '01a2057d-b73e-7220-ba08-dd4069ad5e62', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1010');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (72, 1, '2026-11-22 23:00:55.870454+00', 'action', '01a2057d-bb6b-75f7-b096-f21269ad5e62', '0000000000000000000000000000d0000000000b', 'submitting', 'submitted', 'submit', 'accepted', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"defender_id": "c36ff195-876f-441a-9cfa-e58cf9446940", "defender_status": "Pending"}', '1039');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (76, 1, '2026-11-22 23:00:56.086359+00', 'action', '01a2057d-bc2e-7638-8548-a32d69ad5e62', '0000000000000000000000000000d00000000002', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1045');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (88, 1, '2026-11-22 23:00:59.038168+00', 'action', '01a2057d-c796-7261-b10c-200f69ad5e62', '0000000000000000000000000000d0000000002a', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "772fb44d-1e58-4508-917b-247163ff8853", "defender_status": "Pending"}', '1096');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (93, 1, '2026-11-22 23:00:59.396393+00', 'action', '01a2057d-c192-73af-b295-f34b69ad5e62', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1106');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (115, 1, '2026-11-22 23:01:01.474302+00', 'action', '01a2057d-d0fe-7478-b40c-334969ad5e62', '0000000000000000000000000000000000000000', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "86fe1438-99cc-40ea-b2e7-93eee4f4d423", "defender_status": "Pending"}', '1157');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (119, 1, '2026-11-22 23:01:02.059326+00', 'action', '01a2057d-d3a6-75c7-8bec-542169ad5e62', '0000000000000000000000000000000000000000', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1178');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (33, 1, '2026-11-22 23:00:54.566599+00', 'containment', '01a2057d-b69a-708b-adc6-53411f24acdc', '0000000000000000000000000000d0000000001f', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "s-31", "event": "01a2057d-b57c-76f4-b1a4-2140bc8afb59", "until": "2026-11-23T01:24:54.511078+00:00", "playbook": "acts"}', '951');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (34, 1, '2026-11-22 23:00:54.587164+00', 'action', '01a2057d-b6b4-7324-8ec2-006b69ad5e62', '0000000000000000000000000000d0000000001f', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-b69a-708b-adc6-53411f24acdc", "valid_until": "2026-11-22T23:24:54.586831+00:00"}', '951');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (35, 1, '2026-11-22 23:00:54.619916+00', 'action', '01a2057d-b541-75bf-b0d2-b49369ad5e62', '0000000000000000000000000000d00000000004', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '958');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (37, 1, '2026-11-22 23:00:54.647498+00', 'action', '01a2057d-b541-75bf-b0d2-b49369ad5e62', '0000000000000000000000000000d00000000004', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "b76e14da-7300-4469-8763-c7cc49acf08b", "defender_status": "Pending"}', '965');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (41, 1, '2026-11-22 23:00:54.704074+00', 'action', '01a2057d-b3b3-7264-8769-0dcf69ad5e62', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '974');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (43, 1, '2026-11-22 23:00:54.718845+00', 'action', '01a2057d-b6b4-7324-8ec2-006b69ad5e62', '0000000000000000000000000000d0000000001f', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '977');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (44, 1, '2026-11-22 23:00:54.723013+00', 'action', '01a2057d-b73e-7220-ba08-dd4069ad5e62', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a2057d-b39e-7197-a750-f16de23e10c2", "valid_until": "2026-11-22T23:24:54.722535+00:00"}', '974');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (52, 1, '2026-11-22 23:00:54.884579+00', 'action', '01a2057d-b50b-740c-9cb1-e6f969ad5e62', '0000000000000000000000000000d00000000001', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '990');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (53, 1, '2026-11-22 23:00:54.918771+00', 'action', '01a2057d-b51b-76d9-a9cd-59ac69ad5e62', '0000000000000000000000000000d00000000002', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '990');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (54, 1, '2026-11-22 23:00:54.924414+00', 'action', '01a2057d-b539-7589-8849-cc4069ad5e62', '0000000000000000000000000000d00000000003', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '990');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (55, 1, '2026-11-22 23:00:55.081235+00', 'action', '01a2057d-b541-75bf-b0d2-b49369ad5e62', '0000000000000000000000000000d00000000004', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1004');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (56, 1, '2026-11-22 23:00:55.12431+00', 'action', '01a2057d-b54c-7428-853f-306269ad5e62', '0000000000000000000000000000d00000000005', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1004');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (57, 1, '2026-11-22 23:00:55.150796+00', 'action', '01a2057d-b6b4-7324-8ec2-006b69ad5e62', '0000000000000000000000000000d0000000001f', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1004');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (58, 1, '2026-11-22 23:00:55.178326+00', 'action', '01a2057d-b637-74a1-acca-9d5c69ad5e62', '0000000000000000000000000000d00000000015', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1004');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (61, 1, '2026-11-22 23:00:55.371008+00', 'action', '01a2057d-b556-751a-9dea-a30169ad5e62', '0000000000000000000000000000d00000000006', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1015');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (62, 1, '2026-11-22 23:00:55.399721+00', 'action', '01a2057d-b5c2-7423-99da-cc2669ad5e62', '0000000000000000000000000000d00000000017', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1015');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (63, 1, '2026-11-22 23:00:55.423555+00', 'action', '01a2057d-b651-70d0-ada8-c6f969ad5e62', '0000000000000000000000000000d00000000015', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1015');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (68, 1, '2026-11-22 23:00:55.740608+00', 'approval', 'c760fa7b-c88d-40a1-b21c-832de75564db', '0000000000000000000000000000d0000000000b', NULL, 'approved', 'anna', 'of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lifts": "ask", "request": "A-1001", "reviewed": {"device.os": "not known", "protection": "none", "device.kind": "not known", "device.name": "not known", "device.tags": "not known", "alert.status": "open", "device.group": "not known", "device.value": "not known", "alert.severity": "high", "alert.determination": "none", "alert.classification": "none"}, "containment": "01a2057d-b55a-7730-8422-a4939cddc373"}', '1032');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (69, 1, '2026-11-22 23:00:55.758946+00', 'containment', '01a2057d-b55a-7730-8422-a4939cddc373', '0000000000000000000000000000d0000000000b', 'asked', 'active', 'anna', 'approved by anna: of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"until": "2026-11-23T01:24:55.678194+00:00"}', '1032');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (70, 1, '2026-11-22 23:00:55.792637+00', 'action', '01a2057d-bb6b-75f7-b096-f21269ad5e62', '0000000000000000000000000000d0000000000b', NULL, 'queued', 'anna', 'approved by anna: of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"kind": "restrict", "lane": 3, "playbook": "asks", "wanted_by": "anna", "containment": "01a2057d-b55a-7730-8422-a4939cddc373", "valid_until": "2026-11-22T23:24:55.792075+00:00"}', '1032');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (78, 1, '2026-11-22 23:00:56.300292+00', 'action', '01a2057d-bb6b-75f7-b096-f21269ad5e62', '0000000000000000000000000000d0000000000b', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1056');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (79, 1, '2026-11-22 23:00:56.49991+00', 'action', '01a2057d-bc2e-7638-8548-a32d69ad5e62', '0000000000000000000000000000d00000000002', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1062');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (80, 1, '2026-11-22 23:00:56.754538+00', 'action', '01a2057d-bb17-77ca-879b-c1f069ad5e62', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1067');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (82, 1, '2026-11-22 23:00:57.015735+00', 'drift', '01a2057d-c02f-7190-b6f1-29a38ec7cf6b', '0000000000000000000000000000d00000000029', NULL, 'restricted', 'reconcile', 'restricted at defender by analyst@contoso.example at 2026-11-22T23:00:56Z', NULL, '{"restriction": "free"}', '{"restriction": "restricted_by_other"}', '1077');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (83, 1, '2026-11-22 23:00:57.319244+00', 'action', '01a2057d-bb17-77ca-879b-c1f069ad5e62', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '1082');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (84, 1, '2026-11-22 23:00:57.390966+00', 'action', '01a2057d-c192-73af-b295-f34b69ad5e62', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a2057d-b39e-7197-a750-f16de23e10c2", "valid_until": "2026-11-22T23:24:57.390459+00:00"}', '1082');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (85, 1, '2026-11-22 23:00:58.868256+00', 'containment', '01a2057d-c773-7445-90cd-dc58663be43a', '0000000000000000000000000000d0000000002a', NULL, 'active', 'anna', 'of the dump', NULL, NULL, '{"lane": "high", "mode": "enforce", "until": "2026-11-28T23:00:58.864245+00:00"}', '1094');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (86, 1, '2026-11-22 23:00:58.908763+00', 'action', '01a2057d-c796-7261-b10c-200f69ad5e62', '0000000000000000000000000000d0000000002a', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "restrict", "lane": 2, "wanted_by": "anna", "containment": "01a2057d-c773-7445-90cd-dc58663be43a", "valid_until": "2026-11-22T23:24:58.908132+00:00"}', '1094');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (89, 1, '2026-11-22 23:00:59.211922+00', 'cap_lift', '01a2057d-c8c6-738f-a162-254d5438d02f', NULL, NULL, 'lifted', 'anna', 'of the dump', NULL, NULL, '{"cap": "caps[0]", "terms": {"per": {"secs": 60, "nanos": 0}, "devices": 100}, "until": "2026-11-22T23:01:59.20821+00:00", "devices": null}', '1102');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (95, 1, '2026-11-22 23:00:59.473009+00', 'containment', '01a2057d-b53b-71b8-a184-44454c72fcff', '0000000000000000000000000000d00000000004', 'active', 'ended', 'anna', 'of the dump', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "operator"}', '1109');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (96, 1, '2026-11-22 23:00:59.474413+00', 'containment', '01a2057d-b53b-71b8-a184-44454c72fcff', '0000000000000000000000000000d00000000004', 'ended', 'ended', 'anna', 'it was a false positive', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"false_positive": false}', '{"false_positive": true}', '1109');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (97, 1, '2026-11-22 23:00:59.479932+00', 'action', '01a2057d-c9d6-7279-aa32-abd969ad5e62', '0000000000000000000000000000d00000000004', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "anna"}', '1109');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (100, 1, '2026-11-22 23:00:59.610105+00', 'action', '01a2057d-c796-7261-b10c-200f69ad5e62', '0000000000000000000000000000d0000000002a', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1115');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (101, 1, '2026-11-22 23:00:59.695407+00', 'release_run', '01a2057d-caac-76de-8d84-09b18b091db8', NULL, NULL, 'running', 'anna', 'of the dump', NULL, NULL, '{"selection": {"playbook": "canary"}, "containments": 1}', '1118');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (102, 1, '2026-11-22 23:00:59.69873+00', 'containment', '01a2057d-b5c1-7460-84f2-a774a2ccceba', '0000000000000000000000000000d00000000017', 'active', 'ended', 'anna', 'of the dump', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"end_reason": "operator"}', '1119');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (103, 1, '2026-11-22 23:00:59.702525+00', 'action', '01a2057d-cab5-725f-8b79-005a69ad5e62', '0000000000000000000000000000d00000000017', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "anna"}', '1119');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (104, 1, '2026-11-22 23:00:59.703739+00', 'release_run', '01a2057d-caac-76de-8d84-09b18b091db8', NULL, 'running', 'done', 'anna', 'of the dump', NULL, NULL, '{"ended": 1}', '1119');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (126, 1, '2026-11-22 23:01:03.033103+00', 'action', '01a2057d-d5cf-763c-b517-bed169ad5e62', '0000000000000000000000000000000000000000', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1216');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (105, 1, '2026-11-22 23:00:59.711481+00', 'action', '01a2057d-cab5-725f-8b79-005a69ad5e62', '0000000000000000000000000000d00000000017', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1121');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (109, 1, '2026-11-22 23:01:00.049456+00', 'dead_letter', '502e8e03-2bcf-8b89-bb38-69f8083356cc', NULL, NULL, 'dropped', 'anna', 'of the dump', NULL, NULL, '{"event": null}', '1131');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (138, 1, '2026-11-22 23:01:04.896464+00', 'action', '01a2057d-debe-72b2-91ad-a8e969ad5e62', '0000000000000000000000000000d00000000009', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "82519291-0739-438c-8723-bacfb5cb867d", "defender_status": "Pending"}', '1247');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (110, 1, '2026-11-22 23:01:00.179967+00', 'action', '01a2057d-c9d6-7279-aa32-abd969ad5e62', '0000000000000000000000000000d00000000004', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1134');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (111, 1, '2026-11-22 23:01:00.221705+00', 'action', '01a2057d-cab5-725f-8b79-005a69ad5e62', '0000000000000000000000000000d00000000017', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '1134');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (112, 1, '2026-11-22 23:01:01.27526+00', 'containment', '01a2057d-d0d4-74c9-907e-a5c5d9f92392', '0000000000000000000000000000000000000000', NULL, 'active', 'anna', 'probe: of the dump (end)', NULL, NULL, '{"lane": "high", "mode": "enforce", "until": "2026-11-22T23:03:01.231132+00:00"}', '1155');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (113, 1, '2026-11-22 23:01:01.330949+00', 'action', '01a2057d-d0fe-7478-b40c-334969ad5e62', '0000000000000000000000000000000000000000', NULL, 'queued', 'anna', 'probe: of the dump (end)', NULL, NULL, '{"kind": "restrict", "lane": 2, "wanted_by": "anna", "containment": "01a2057d-d0d4-74c9-907e-a5c5d9f92392", "valid_until": "2026-11-22T23:25:01.330175+00:00"}', '1155');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (114, 1, '2026-11-22 23:01:01.414648+00', 'action', '01a2057d-d0fe-7478-b40c-334969ad5e62', '0000000000000000000000000000000000000000', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1156');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (117, 1, '2026-11-22 23:01:01.989219+00', 'probe', '01a2057d-d39f-708b-a1de-81f6917d8ea8', '0000000000000000000000000000000000000000', NULL, 'asked', 'anna', 'probe restrict_twice: of the dump', NULL, NULL, NULL, '1176');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (118, 1, '2026-11-22 23:01:01.999214+00', 'action', '01a2057d-d3a6-75c7-8bec-542169ad5e62', '0000000000000000000000000000000000000000', NULL, 'queued', 'anna', 'probe restrict_twice: of the dump', NULL, NULL, '{"kind": "restrict", "lane": 4, "wanted_by": "anna", "containment": "01a2057d-d0d4-74c9-907e-a5c5d9f92392", "valid_until": "2026-11-22T23:02:01.98946+00:00"}', '1176');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (120, 1, '2026-11-22 23:01:02.075403+00', 'action', '01a2057d-d3a6-75c7-8bec-542169ad5e62', '0000000000000000000000000000000000000000', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "9833f918-f12a-4f92-a4e9-04a5f9c12bc0", "defender_status": "Pending"}', '1180');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (121, 1, '2026-11-22 23:01:02.398111+00', 'action', '01a2057d-d3a6-75c7-8bec-542169ad5e62', '0000000000000000000000000000000000000000', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1192');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (122, 1, '2026-11-22 23:01:02.505518+00', 'containment', '01a2057d-d0d4-74c9-907e-a5c5d9f92392', '0000000000000000000000000000000000000000', 'active', 'ended', 'anna', 'the probe is over', NULL, NULL, '{"end_reason": "operator"}', '1196');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (123, 1, '2026-11-22 23:01:02.550468+00', 'action', '01a2057d-d5cf-763c-b517-bed169ad5e62', '0000000000000000000000000000000000000000', NULL, 'queued', 'anna', 'the probe is over', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "anna"}', '1196');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (124, 1, '2026-11-22 23:01:02.603705+00', 'action', '01a2057d-d5cf-763c-b517-bed169ad5e62', '0000000000000000000000000000000000000000', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1199');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (135, 1, '2026-11-22 23:01:04.824683+00', 'containment', '01a2057d-deb7-72ff-8f62-9e3a90933191', '0000000000000000000000000000d00000000009', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-9", "event": "01a2057d-dde7-7553-a2c4-d5ec01545ebf", "until": "2026-11-23T01:25:04.819572+00:00", "playbook": "acts"}', '1245');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (136, 1, '2026-11-22 23:01:04.83421+00', 'action', '01a2057d-debe-72b2-91ad-a8e969ad5e62', '0000000000000000000000000000d00000000009', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057d-deb7-72ff-8f62-9e3a90933191", "valid_until": "2026-11-22T23:25:04.833935+00:00"}', '1245');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (139, 1, '2026-11-22 23:01:05.225813+00', 'action', '01a2057d-debe-72b2-91ad-a8e969ad5e62', '0000000000000000000000000000d00000000009', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1261');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (125, 1, '2026-11-22 23:01:02.634416+00', 'action', '01a2057d-d5cf-763c-b517-bed169ad5e62', '0000000000000000000000000000000000000000', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "940a0d41-644e-492b-84f4-cc39313ead2c", "defender_status": "Pending"}', '1200');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (127, 1, '2026-11-22 23:01:03.386198+00', 'stop', 'ba7df37e-db16-4327-bedd-ac18a59f65ea', NULL, NULL, 'in_force', 'anna', 'of the dump', NULL, NULL, '{"via": "cli", "scope": "new", "since": null}', '1224');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (128, 1, '2026-11-22 23:01:03.512388+00', 'containment', '01a2057d-b55c-7561-86ad-e9e5e343b9ce', '0000000000000000000000000000d0000000000c', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:24:54.014823+00:00"}', '{"ask_until": "2026-11-23T01:25:03.511602+00:00"}', '1226');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (129, 1, '2026-11-22 23:01:03.513262+00', 'containment', '01a2057d-b564-776b-82e2-3a5de0e88563', '0000000000000000000000000000d0000000000d', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:24:54.014823+00:00"}', '{"ask_until": "2026-11-23T01:25:03.513183+00:00"}', '1226');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (130, 1, '2026-11-22 23:01:03.58368+00', 'stop', 'ba7df37e-db16-4327-bedd-ac18a59f65ea', NULL, 'in_force', 'ended', 'anna', 'of the dump', NULL, NULL, NULL, '1227');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (131, 1, '2026-11-22 23:01:03.915364+00', 'stop', 'fb06b1f3-5fd2-42c1-a44f-724c1d370580', NULL, NULL, 'in_force', 'anna', 'of the dump: in force', NULL, NULL, '{"via": "cli", "scope": "new", "since": null}', '1230');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (132, 1, '2026-11-22 23:01:04.400255+00', 'containment', '01a2057d-b55c-7561-86ad-e9e5e343b9ce', '0000000000000000000000000000d0000000000c', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:25:03.511602+00:00"}', '{"ask_until": "2026-11-23T01:25:04.395689+00:00"}', '1233');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (133, 1, '2026-11-22 23:01:04.400972+00', 'containment', '01a2057d-b564-776b-82e2-3a5de0e88563', '0000000000000000000000000000d0000000000d', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:25:03.513183+00:00"}', '{"ask_until": "2026-11-23T01:25:04.400902+00:00"}', '1233');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (134, 1, '2026-11-22 23:01:04.454292+00', 'stop', 'fb06b1f3-5fd2-42c1-a44f-724c1d370580', NULL, 'in_force', 'ended', 'anna', 'of the dump', NULL, NULL, NULL, '1234');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (137, 1, '2026-11-22 23:01:04.878253+00', 'action', '01a2057d-debe-72b2-91ad-a8e969ad5e62', '0000000000000000000000000000d00000000009', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1246');
INSERT INTO quell.webhook_deliveries VALUES (1, 'signed', 'one', '\xc638f9c252211311b74ef656a760694ff3d055d6b7b75994574e3ad618f0fde7', 202, '{"accepted":[{"index":0,"id":"01a2057d-b57c-76f4-b1a4-2140bc8afb59","duplicate":false,"devices":1,"note":null}],"rejected":[]}', '2026-11-22 23:00:54.282843+00');
SELECT pg_catalog.setval('quell.alarms_id_seq', 1, true);
SELECT pg_catalog.setval('quell.approval_requests_number_seq', 1001, true);
SELECT pg_catalog.setval('quell.clock_jumps_id_seq', 1, true);
SELECT pg_catalog.setval('quell.inbox_seq_seq', 22, true);
SELECT pg_catalog.setval('quell.notifications_id_seq', 13, true);
SELECT pg_catalog.setval('quell.prunes_id_seq', 1, true);
SELECT pg_catalog.setval('quell.submissions_seq_seq', 1, true);
SELECT pg_catalog.setval('quell.tenants_id_seq', 1, true);
SELECT pg_catalog.setval('quell.transitions_id_seq', 139, true);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY quell.actions
    ADD CONSTRAINT actions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.active_sets
    ADD CONSTRAINT active_sets_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY quell.alarms
    ADD CONSTRAINT alarms_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.alert_devices
    ADD CONSTRAINT alert_devices_pkey PRIMARY KEY (tenant_id, alert_id, device_id);
ALTER TABLE ONLY quell.alert_infos
    ADD CONSTRAINT alert_infos_pkey PRIMARY KEY (tenant_id, alert_id, trust);
ALTER TABLE ONLY quell.approval_requests
    ADD CONSTRAINT approval_requests_pkey PRIMARY KEY (number);
ALTER TABLE ONLY quell.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (containment_id, person);
ALTER TABLE ONLY quell.attempts
    ADD CONSTRAINT attempts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.budgets
    ADD CONSTRAINT budgets_pkey PRIMARY KEY (tenant_id, app_id, scope);
ALTER TABLE quell.containments
    ADD CONSTRAINT by_hand_names_a_person CHECK (((playbook IS NOT NULL) OR (begun_by IS NOT NULL))) NOT VALID;
ALTER TABLE ONLY quell.canary_fallbacks
    ADD CONSTRAINT canary_fallbacks_pkey PRIMARY KEY (tenant_id, playbook, revision);
ALTER TABLE ONLY quell.cap_lifts
    ADD CONSTRAINT cap_lifts_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.clock_jumps
    ADD CONSTRAINT clock_jumps_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.clock
    ADD CONSTRAINT clock_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY quell.cluster_seen
    ADD CONSTRAINT cluster_seen_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY quell.containment_alerts
    ADD CONSTRAINT containment_alerts_pkey PRIMARY KEY (containment_id, alert_id);
ALTER TABLE ONLY quell.containments
    ADD CONSTRAINT containments_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.dead_letter_ends
    ADD CONSTRAINT dead_letter_ends_pkey PRIMARY KEY (letter_id);
ALTER TABLE ONLY quell.dead_letters
    ADD CONSTRAINT dead_letters_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.deciders
    ADD CONSTRAINT deciders_pkey PRIMARY KEY (tenant_id, process);
ALTER TABLE ONLY quell.decision_inputs
    ADD CONSTRAINT decision_inputs_pkey PRIMARY KEY (tenant_id, hash);
ALTER TABLE ONLY quell.decisions
    ADD CONSTRAINT one_decision_per_event_and_device UNIQUE NULLS NOT DISTINCT (event_id, device_id);
ALTER TABLE ONLY quell.decisions_202611
    ADD CONSTRAINT decisions_202611_event_id_device_id_key UNIQUE NULLS NOT DISTINCT (event_id, device_id);
ALTER TABLE ONLY quell.decisions_202612
    ADD CONSTRAINT decisions_202612_event_id_device_id_key UNIQUE NULLS NOT DISTINCT (event_id, device_id);
ALTER TABLE ONLY quell.decisions_rest
    ADD CONSTRAINT decisions_rest_event_id_device_id_key UNIQUE NULLS NOT DISTINCT (event_id, device_id);
ALTER TABLE ONLY quell.device_lookups
    ADD CONSTRAINT device_lookups_pkey PRIMARY KEY (tenant_id, device_id, kind);
ALTER TABLE ONLY quell.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (tenant_id, device_id);
ALTER TABLE ONLY quell.probe_calls
    ADD CONSTRAINT each_is_asked_once UNIQUE (containment_id, question);
ALTER TABLE ONLY quell.event_keys
    ADD CONSTRAINT event_keys_pkey PRIMARY KEY (tenant_id, key);
ALTER TABLE ONLY quell.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261122
    ADD CONSTRAINT events_20261122_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261123
    ADD CONSTRAINT events_20261123_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261124
    ADD CONSTRAINT events_20261124_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261125
    ADD CONSTRAINT events_20261125_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261126
    ADD CONSTRAINT events_20261126_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261127
    ADD CONSTRAINT events_20261127_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261128
    ADD CONSTRAINT events_20261128_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_20261129
    ADD CONSTRAINT events_20261129_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.events_rest
    ADD CONSTRAINT events_rest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.foreign_actions
    ADD CONSTRAINT foreign_actions_pkey PRIMARY KEY (tenant_id, defender_id);
ALTER TABLE ONLY quell.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY quell.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY quell.inbox_sources
    ADD CONSTRAINT inbox_sources_pkey PRIMARY KEY (tenant_id, source);
ALTER TABLE ONLY quell.inventory_groups
    ADD CONSTRAINT inventory_groups_pkey PRIMARY KEY (sweep_id, group_name);
ALTER TABLE ONLY quell.inventory_sweeps
    ADD CONSTRAINT inventory_sweeps_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.leases
    ADD CONSTRAINT leases_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY quell.looks
    ADD CONSTRAINT looks_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY quell.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.alarms
    ADD CONSTRAINT one_alarm_per_subject UNIQUE (tenant_id, kind, subject);
ALTER TABLE ONLY quell.attempts
    ADD CONSTRAINT one_attempt_per_number UNIQUE (action_id, kind, n);
ALTER TABLE ONLY quell.approval_requests
    ADD CONSTRAINT one_request_per_playbook_and_minute UNIQUE (tenant_id, playbook, revision, minute, is_held);
ALTER TABLE ONLY quell.tenants
    ADD CONSTRAINT one_tenant_per_name UNIQUE (name);
ALTER TABLE ONLY quell.partitions
    ADD CONSTRAINT partitions_pkey PRIMARY KEY (name);
ALTER TABLE ONLY quell.playbook_files
    ADD CONSTRAINT playbook_files_pkey PRIMARY KEY (tenant_id, replica);
ALTER TABLE ONLY quell.playbook_revisions
    ADD CONSTRAINT playbook_revisions_pkey PRIMARY KEY (tenant_id, playbook, revision);
ALTER TABLE ONLY quell.playbook_sets
    ADD CONSTRAINT playbook_sets_pkey PRIMARY KEY (tenant_id, set_hash, playbook);
ALTER TABLE ONLY quell.probe_calls
    ADD CONSTRAINT probe_calls_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.prunes
    ADD CONSTRAINT prunes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.release_run_items
    ADD CONSTRAINT release_run_items_pkey PRIMARY KEY (run_id, containment_id);
ALTER TABLE ONLY quell.release_runs
    ADD CONSTRAINT release_runs_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.replicas
    ADD CONSTRAINT replicas_pkey PRIMARY KEY (tenant_id, replica);
ALTER TABLE ONLY quell.seal_checkpoints
    ADD CONSTRAINT seal_checkpoints_pkey PRIMARY KEY (tenant_id, seq);
ALTER TABLE ONLY quell.seal_heads
    ADD CONSTRAINT seal_heads_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY quell.seals
    ADD CONSTRAINT sealed_once UNIQUE (transition_id);
ALTER TABLE ONLY quell.seals
    ADD CONSTRAINT seals_pkey PRIMARY KEY (tenant_id, seq);
ALTER TABLE ONLY quell.set_activations
    ADD CONSTRAINT set_activations_pkey PRIMARY KEY (tenant_id, version);
ALTER TABLE ONLY quell.source_looks
    ADD CONSTRAINT source_looks_pkey PRIMARY KEY (tenant_id, source, replica);
ALTER TABLE ONLY quell.source_parts
    ADD CONSTRAINT source_parts_pkey PRIMARY KEY (tenant_id, source, part);
ALTER TABLE ONLY quell.sql_sources
    ADD CONSTRAINT sql_sources_pkey PRIMARY KEY (tenant_id, source);
ALTER TABLE ONLY quell.stops
    ADD CONSTRAINT stops_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (seq);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.transitions
    ADD CONSTRAINT transitions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, source, id);
CREATE INDEX actions_by_defender_id ON quell.actions USING btree (tenant_id, defender_id) WHERE (defender_id IS NOT NULL);
CREATE INDEX actions_by_device ON quell.actions USING btree (tenant_id, device_id, queued_at DESC);
CREATE INDEX actions_cancellable ON quell.actions USING btree (tenant_id, submitted_at) WHERE ((state = 'submitted'::text) AND (kind = ANY (ARRAY['restrict'::text, 'isolate'::text])) AND (NOT is_adopted));
CREATE INDEX actions_expiring ON quell.actions USING btree (tenant_id, valid_until) WHERE ((state = 'queued'::text) AND (valid_until IS NOT NULL));
CREATE INDEX actions_in_claim_order ON quell.actions USING btree (tenant_id, lane, queued_at, id) WHERE (state = 'queued'::text);
CREATE INDEX actions_open ON quell.actions USING btree (tenant_id, queued_at) WHERE (state = ANY (ARRAY['submitting'::text, 'in_doubt'::text, 'submitted'::text]));
CREATE INDEX actions_released ON quell.actions USING btree (tenant_id, final_at) WHERE ((kind = ANY (ARRAY['release'::text, 'release_isolation'::text])) AND (state = 'succeeded'::text));
CREATE INDEX actions_scanned ON quell.actions USING btree (tenant_id, device_id) WHERE ((kind = 'scan'::text) AND (state = 'succeeded'::text));
CREATE INDEX alarms_by_time ON quell.alarms USING btree (tenant_id, at DESC);
CREATE INDEX alert_infos_by_age ON quell.alert_infos USING btree (tenant_id, received_at);
CREATE INDEX attempts_ledger ON quell.attempts USING btree (tenant_id, app_id, scope, slot_at DESC);
CREATE INDEX attempts_repeated ON quell.attempts USING btree (tenant_id, app_id, slot_at) WHERE is_retry;
CREATE INDEX cap_lifts_by_end ON quell.cap_lifts USING btree (tenant_id, until);
CREATE INDEX containments_activated ON quell.containments USING btree (tenant_id, mode, activated_at) WHERE (activated_at IS NOT NULL);
CREATE INDEX containments_asked ON quell.containments USING btree (tenant_id, ask_until) WHERE (state = 'asked'::text);
CREATE INDEX containments_by_device ON quell.containments USING btree (tenant_id, device_id, created_at DESC);
CREATE INDEX containments_by_request ON quell.containments USING btree (request) WHERE (request IS NOT NULL);
CREATE INDEX containments_expiring ON quell.containments USING btree (tenant_id, until) WHERE ((state = 'active'::text) AND (until IS NOT NULL));
CREATE INDEX containments_false_in_canary ON quell.containments USING btree (tenant_id, playbook, revision) WHERE (is_canary AND false_positive);
CREATE INDEX containments_held_by_caps ON quell.containments USING btree (tenant_id, created_at, id) WHERE ((state = 'asked'::text) AND (ask_reason ~~ 'caps[%'::text));
CREATE INDEX containments_until_clean ON quell.containments USING btree (tenant_id, device_id) WHERE ((state = 'active'::text) AND (mode = 'enforce'::text) AND ('scan_clean'::text = ANY (release_when)));
CREATE INDEX dead_letters_by_time ON quell.dead_letters USING btree (tenant_id, received_at);
CREATE INDEX dead_letters_of_a_device ON quell.dead_letters USING btree (tenant_id, device_id, received_at) WHERE (event_id IS NOT NULL);
CREATE INDEX dead_letters_of_an_event ON quell.dead_letters USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX decisions_by_time ON ONLY quell.decisions USING btree (tenant_id, decided_at);
CREATE INDEX decisions_202611_tenant_id_decided_at_idx ON quell.decisions_202611 USING btree (tenant_id, decided_at);
CREATE INDEX decisions_by_device ON ONLY quell.decisions USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_202611_tenant_id_device_id_decided_at_idx ON quell.decisions_202611 USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_202612_tenant_id_decided_at_idx ON quell.decisions_202612 USING btree (tenant_id, decided_at);
CREATE INDEX decisions_202612_tenant_id_device_id_decided_at_idx ON quell.decisions_202612 USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_rest_tenant_id_decided_at_idx ON quell.decisions_rest USING btree (tenant_id, decided_at);
CREATE INDEX decisions_rest_tenant_id_device_id_decided_at_idx ON quell.decisions_rest USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX device_lookups_by_age ON quell.device_lookups USING btree (tenant_id, kind, fetched_at);
CREATE INDEX device_lookups_wanted ON quell.device_lookups USING btree (tenant_id, kind, wanted_at) WHERE (wanted_at IS NOT NULL);
CREATE INDEX devices_by_dns_name ON quell.devices USING btree (tenant_id, split_part(dns_name, '.'::text, 1)) WHERE (dns_name IS NOT NULL);
CREATE INDEX devices_by_entra_id ON quell.devices USING btree (tenant_id, entra_id) WHERE (entra_id IS NOT NULL);
CREATE INDEX devices_not_free ON quell.devices USING btree (tenant_id) WHERE (restriction <> 'free'::text);
CREATE INDEX devices_not_free_of_isolation ON quell.devices USING btree (tenant_id) WHERE (isolation <> 'free'::text);
CREATE INDEX devices_wanting_facts ON quell.devices USING btree (tenant_id, facts_wanted_at) WHERE (facts_wanted_at IS NOT NULL);
CREATE INDEX events_by_alert ON ONLY quell.events USING btree (tenant_id, alert_id);
CREATE INDEX events_20261122_tenant_id_alert_id_idx ON quell.events_20261122 USING btree (tenant_id, alert_id);
CREATE INDEX events_20261123_tenant_id_alert_id_idx ON quell.events_20261123 USING btree (tenant_id, alert_id);
CREATE INDEX events_20261124_tenant_id_alert_id_idx ON quell.events_20261124 USING btree (tenant_id, alert_id);
CREATE INDEX events_20261125_tenant_id_alert_id_idx ON quell.events_20261125 USING btree (tenant_id, alert_id);
CREATE INDEX events_20261126_tenant_id_alert_id_idx ON quell.events_20261126 USING btree (tenant_id, alert_id);
CREATE INDEX events_20261127_tenant_id_alert_id_idx ON quell.events_20261127 USING btree (tenant_id, alert_id);
CREATE INDEX events_20261128_tenant_id_alert_id_idx ON quell.events_20261128 USING btree (tenant_id, alert_id);
CREATE INDEX events_20261129_tenant_id_alert_id_idx ON quell.events_20261129 USING btree (tenant_id, alert_id);
CREATE INDEX events_rest_tenant_id_alert_id_idx ON quell.events_rest USING btree (tenant_id, alert_id);
CREATE INDEX foreign_actions_by_device ON quell.foreign_actions USING btree (tenant_id, device_id, done_at DESC);
CREATE INDEX inbox_by_device ON quell.inbox USING btree (tenant_id, device_id, seq);
CREATE INDEX inbox_by_source ON quell.inbox USING btree (tenant_id, source, ((seq + 0)));
CREATE INDEX inbox_waiting ON quell.inbox USING btree (tenant_id, device_id, seq) WHERE (wait_until IS NOT NULL);
CREATE INDEX inventory_sweeps_by_time ON quell.inventory_sweeps USING btree (tenant_id, begun_at DESC);
CREATE INDEX leases_of_a_holder ON quell.leases USING btree (holder);
CREATE INDEX notifications_by_containment ON quell.notifications USING btree (containment_id);
CREATE INDEX notifications_undelivered ON quell.notifications USING btree (tenant_id, id) WHERE (delivered_at IS NULL);
CREATE UNIQUE INDEX one_action_per_probe_call ON quell.actions USING btree (probe_id) WHERE (probe_id IS NOT NULL);
CREATE UNIQUE INDEX one_open_action_per_device ON quell.actions USING btree (tenant_id, device_id, subject) WHERE (state = ANY (ARRAY['submitting'::text, 'in_doubt'::text, 'submitted'::text]));
CREATE UNIQUE INDEX one_open_containment_per_playbook_and_device ON quell.containments USING btree (tenant_id, device_id, COALESCE(playbook, (id)::text), mode, measure) WHERE (state = ANY (ARRAY['asked'::text, 'active'::text]));
CREATE UNIQUE INDEX one_open_sweep_per_tenant ON quell.inventory_sweeps USING btree (tenant_id) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX one_queued_action_per_device ON quell.actions USING btree (tenant_id, device_id, subject) WHERE (state = 'queued'::text);
CREATE UNIQUE INDEX one_stop_by_file ON quell.stops USING btree (tenant_id) WHERE ((via = 'file'::text) AND (ended_at IS NULL));
CREATE INDEX probe_calls_open ON quell.probe_calls USING btree (tenant_id, device_id) WHERE (settled_at IS NULL);
CREATE INDEX prunes_by_what ON quell.prunes USING btree (what, upto DESC);
CREATE INDEX release_run_items_waiting ON quell.release_run_items USING btree (run_id, device_id) WHERE (state = 'waiting'::text);
CREATE INDEX release_runs_running ON quell.release_runs USING btree (tenant_id, id) WHERE (state = 'running'::text);
CREATE INDEX stops_by_time ON quell.stops USING btree (tenant_id, begun_at);
CREATE INDEX stops_in_force ON quell.stops USING btree (tenant_id) WHERE (ended_at IS NULL);
CREATE INDEX submissions_in_order ON quell.submissions USING btree (tenant_id, source, seq);
CREATE INDEX transitions_by_entity ON quell.transitions USING btree (entity_id, id);
CREATE INDEX transitions_to_seal ON quell.transitions USING btree (tenant_id, written_in, id);
CREATE INDEX webhook_deliveries_by_time ON quell.webhook_deliveries USING btree (answered_at);
CREATE INDEX wishes_alone ON quell.task_wishes USING btree (tenant_id, playbook, mode, settled_at) WHERE (containment_id IS NULL);
CREATE INDEX wishes_by_action ON quell.task_wishes USING btree (action_id) WHERE (action_id IS NOT NULL);
CREATE INDEX wishes_by_device ON quell.task_wishes USING btree (tenant_id, device_id, subject);
CREATE INDEX wishes_by_event ON quell.task_wishes USING btree (tenant_id, event_id);
CREATE INDEX wishes_queued ON quell.task_wishes USING btree (tenant_id, settled_at) WHERE (outcome = 'queued'::text);
CREATE INDEX wishes_waiting ON quell.task_wishes USING btree (containment_id) WHERE (outcome = 'waiting'::text);
ALTER INDEX quell.one_decision_per_event_and_device ATTACH PARTITION quell.decisions_202611_event_id_device_id_key;
ALTER INDEX quell.decisions_by_time ATTACH PARTITION quell.decisions_202611_tenant_id_decided_at_idx;
ALTER INDEX quell.decisions_by_device ATTACH PARTITION quell.decisions_202611_tenant_id_device_id_decided_at_idx;
ALTER INDEX quell.one_decision_per_event_and_device ATTACH PARTITION quell.decisions_202612_event_id_device_id_key;
ALTER INDEX quell.decisions_by_time ATTACH PARTITION quell.decisions_202612_tenant_id_decided_at_idx;
ALTER INDEX quell.decisions_by_device ATTACH PARTITION quell.decisions_202612_tenant_id_device_id_decided_at_idx;
ALTER INDEX quell.one_decision_per_event_and_device ATTACH PARTITION quell.decisions_rest_event_id_device_id_key;
ALTER INDEX quell.decisions_by_time ATTACH PARTITION quell.decisions_rest_tenant_id_decided_at_idx;
ALTER INDEX quell.decisions_by_device ATTACH PARTITION quell.decisions_rest_tenant_id_device_id_decided_at_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261122_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261122_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261123_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261123_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261124_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261124_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261125_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261125_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261126_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261126_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261127_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261127_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261128_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261128_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_20261129_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_20261129_tenant_id_alert_id_idx;
ALTER INDEX quell.events_pkey ATTACH PARTITION quell.events_rest_pkey;
ALTER INDEX quell.events_by_alert ATTACH PARTITION quell.events_rest_tenant_id_alert_id_idx;
CREATE TRIGGER answer_is_in_time BEFORE INSERT OR UPDATE ON quell.approvals FOR EACH ROW EXECUTE FUNCTION quell.answer_is_in_time();
CREATE TRIGGER drop_wishes AFTER UPDATE OF state ON quell.containments FOR EACH ROW WHEN (((old.state <> new.state) AND (new.state = ANY (ARRAY['declined'::text, 'expired'::text, 'ended'::text])))) EXECUTE FUNCTION quell.drop_wishes();
CREATE TRIGGER give_request BEFORE INSERT ON quell.containments FOR EACH ROW WHEN (((new.state = 'asked'::text) AND (new.request IS NULL))) EXECUTE FUNCTION quell.give_request();
CREATE TRIGGER inbox_knows_its_sources AFTER INSERT ON quell.inbox REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION quell.inbox_know_sources();
CREATE TRIGGER only_added_to BEFORE DELETE OR UPDATE OR TRUNCATE ON quell.seal_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION quell.only_added_to();
CREATE TRIGGER only_added_to BEFORE DELETE OR TRUNCATE ON quell.seal_heads FOR EACH STATEMENT EXECUTE FUNCTION quell.only_added_to();
CREATE TRIGGER only_added_to BEFORE DELETE OR UPDATE OR TRUNCATE ON quell.seals FOR EACH STATEMENT EXECUTE FUNCTION quell.only_added_to();
CREATE TRIGGER only_added_to BEFORE DELETE OR UPDATE OR TRUNCATE ON quell.transitions FOR EACH STATEMENT EXECUTE FUNCTION quell.only_added_to();
CREATE TRIGGER record_activation AFTER INSERT ON quell.set_activations FOR EACH ROW EXECUTE FUNCTION quell.record_activation();
CREATE TRIGGER record_alarm AFTER INSERT ON quell.alarms FOR EACH ROW EXECUTE FUNCTION quell.record_alarm();
CREATE TRIGGER record_fallback AFTER INSERT ON quell.canary_fallbacks FOR EACH ROW EXECUTE FUNCTION quell.record_fallback();
CREATE TRIGGER record_notifications AFTER INSERT OR UPDATE OF state, attention ON quell.containments FOR EACH ROW WHEN (((new.mode = 'enforce'::text) AND (new.notify IS NOT NULL))) EXECUTE FUNCTION quell.record_notifications();
CREATE TRIGGER record_revocation AFTER UPDATE ON quell.playbook_revisions FOR EACH ROW WHEN ((new.revoked_at IS DISTINCT FROM old.revoked_at)) EXECUTE FUNCTION quell.record_revocation();
CREATE TRIGGER record_terms BEFORE UPDATE ON quell.containments FOR EACH ROW WHEN (((new.change_by IS NOT NULL) OR (new.change_reason IS NOT NULL) OR ((new.state = old.state) AND ((((((new.until IS DISTINCT FROM old.until) OR (new.release_after IS DISTINCT FROM old.release_after)) OR (new.ask_until IS DISTINCT FROM old.ask_until)) OR (new.lane IS DISTINCT FROM old.lane)) OR (new.attention IS DISTINCT FROM old.attention)) OR (new.false_positive IS DISTINCT FROM old.false_positive))))) EXECUTE FUNCTION quell.record_terms();
CREATE TRIGGER record_transition AFTER INSERT OR UPDATE OF state ON quell.actions FOR EACH ROW EXECUTE FUNCTION quell.record_action();
CREATE TRIGGER record_transition AFTER INSERT OR UPDATE OF state ON quell.containments FOR EACH ROW EXECUTE FUNCTION quell.record_containment();
CREATE TRIGGER settle_probe AFTER UPDATE OF state ON quell.actions FOR EACH ROW WHEN (((new.probe_id IS NOT NULL) AND (new.final_at IS NOT NULL))) EXECUTE FUNCTION quell.settle_probe();
CREATE TRIGGER stop_new_tenant AFTER INSERT ON quell.tenants FOR EACH ROW EXECUTE FUNCTION quell.stop_new_tenant();
CREATE TRIGGER update_measure INSTEAD OF UPDATE ON quell.measures FOR EACH ROW EXECUTE FUNCTION quell.update_measure();
ALTER TABLE ONLY quell.actions
    ADD CONSTRAINT actions_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.actions
    ADD CONSTRAINT actions_probe_id_fkey FOREIGN KEY (probe_id) REFERENCES quell.probe_calls(id);
ALTER TABLE ONLY quell.actions
    ADD CONSTRAINT actions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.active_sets
    ADD CONSTRAINT active_sets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.alarms
    ADD CONSTRAINT alarms_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.alert_devices
    ADD CONSTRAINT alert_devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.alert_infos
    ADD CONSTRAINT alert_infos_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.approval_requests
    ADD CONSTRAINT approval_requests_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.approvals
    ADD CONSTRAINT approvals_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.approvals
    ADD CONSTRAINT approvals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.attempts
    ADD CONSTRAINT attempts_action_id_fkey FOREIGN KEY (action_id) REFERENCES quell.actions(id);
ALTER TABLE ONLY quell.attempts
    ADD CONSTRAINT attempts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.budgets
    ADD CONSTRAINT budgets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.canary_fallbacks
    ADD CONSTRAINT canary_fallbacks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.cap_lifts
    ADD CONSTRAINT cap_lifts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.containment_alerts
    ADD CONSTRAINT containment_alerts_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.containments
    ADD CONSTRAINT containments_request_fkey FOREIGN KEY (request) REFERENCES quell.approval_requests(number);
ALTER TABLE ONLY quell.containments
    ADD CONSTRAINT containments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.dead_letter_ends
    ADD CONSTRAINT dead_letter_ends_letter_id_fkey FOREIGN KEY (letter_id) REFERENCES quell.dead_letters(id);
ALTER TABLE ONLY quell.dead_letter_ends
    ADD CONSTRAINT dead_letter_ends_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.dead_letters
    ADD CONSTRAINT dead_letters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.deciders
    ADD CONSTRAINT deciders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.decision_inputs
    ADD CONSTRAINT decision_inputs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.device_lookups
    ADD CONSTRAINT device_lookups_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES quell.devices(tenant_id, device_id);
ALTER TABLE ONLY quell.devices
    ADD CONSTRAINT devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.event_keys
    ADD CONSTRAINT event_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.foreign_actions
    ADD CONSTRAINT foreign_actions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.holds
    ADD CONSTRAINT holds_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.inbox_sources
    ADD CONSTRAINT inbox_sources_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.inbox
    ADD CONSTRAINT inbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.inventory_groups
    ADD CONSTRAINT inventory_groups_sweep_id_fkey FOREIGN KEY (sweep_id) REFERENCES quell.inventory_sweeps(id) ON DELETE CASCADE;
ALTER TABLE ONLY quell.inventory_sweeps
    ADD CONSTRAINT inventory_sweeps_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.leases
    ADD CONSTRAINT leases_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.looks
    ADD CONSTRAINT looks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.notifications
    ADD CONSTRAINT notifications_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.notifications
    ADD CONSTRAINT notifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.playbook_files
    ADD CONSTRAINT playbook_files_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.playbook_revisions
    ADD CONSTRAINT playbook_revisions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.playbook_sets
    ADD CONSTRAINT playbook_sets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.playbook_sets
    ADD CONSTRAINT playbook_sets_tenant_id_playbook_revision_fkey FOREIGN KEY (tenant_id, playbook, revision) REFERENCES quell.playbook_revisions(tenant_id, playbook, revision);
ALTER TABLE ONLY quell.probe_calls
    ADD CONSTRAINT probe_calls_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.probe_calls
    ADD CONSTRAINT probe_calls_target_id_fkey FOREIGN KEY (target_id) REFERENCES quell.actions(id);
ALTER TABLE ONLY quell.probe_calls
    ADD CONSTRAINT probe_calls_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES quell.devices(tenant_id, device_id);
ALTER TABLE ONLY quell.release_run_items
    ADD CONSTRAINT release_run_items_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.release_run_items
    ADD CONSTRAINT release_run_items_run_id_fkey FOREIGN KEY (run_id) REFERENCES quell.release_runs(id);
ALTER TABLE ONLY quell.release_runs
    ADD CONSTRAINT release_runs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.replicas
    ADD CONSTRAINT replicas_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.seal_checkpoints
    ADD CONSTRAINT seal_checkpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.seal_heads
    ADD CONSTRAINT seal_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.seals
    ADD CONSTRAINT seals_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.set_activations
    ADD CONSTRAINT set_activations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.source_looks
    ADD CONSTRAINT source_looks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.source_parts
    ADD CONSTRAINT source_parts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.sql_sources
    ADD CONSTRAINT sql_sources_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.stops
    ADD CONSTRAINT stops_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.submissions
    ADD CONSTRAINT submissions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_action_id_fkey FOREIGN KEY (action_id) REFERENCES quell.actions(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
