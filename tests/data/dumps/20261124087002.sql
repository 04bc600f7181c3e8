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
        -- In their order, each by its whole key: joined freely, a plan that was made for few devices reads all of the tenant's.
        PERFORM 1 FROM (SELECT id FROM unnest(devices) WITH ORDINALITY AS w (id, n) ORDER BY n) AS wanted
            CROSS JOIN LATERAL (SELECT 1 FROM quell.devices d WHERE d.tenant_id = tenant AND d.device_id = wanted.id FOR UPDATE) AS locked;
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
CREATE FUNCTION quell.note_actor() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.after := coalesce(NEW.after, '{}') || jsonb_build_object('actor', current_setting('quell.actor')::jsonb);
    RETURN NEW;
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
CREATE FUNCTION quell.outbox_prune(before timestamp with time zone, most bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    old uuid[];
BEGIN
    IF before > quell.now() - interval '7 days' THEN
        RAISE EXCEPTION 'nothing younger than seven days is deleted' USING ERRCODE = 'insufficient_privilege';
    END IF;
    old := ARRAY(SELECT o.id FROM quell.outbox o WHERE o.ended_at < before LIMIT most);
    DELETE FROM quell.notifications WHERE message_id = ANY(old);
    DELETE FROM quell.outbox WHERE id = ANY(old);
    RETURN cardinality(old);
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
CREATE FUNCTION quell.tell(its_tenant integer, its_topic text, its_subject uuid, its_device text, it_happened text, its_reason text) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM quell.news_wanted w WHERE w.tenant_id = its_tenant AND w.topic = its_topic) THEN
        INSERT INTO quell.news (tenant_id, topic, subject, device_id, happened, reason)
        VALUES (its_tenant, its_topic, its_subject, its_device, it_happened, its_reason);
    END IF;
END $$;
CREATE FUNCTION quell.tell_action() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM quell.tell(NEW.tenant_id, 'actions', NEW.id, NEW.device_id, NEW.state, NEW.state_reason);
    RETURN NULL;
END $$;
CREATE FUNCTION quell.tell_alarm() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM quell.tell(NEW.tenant_id, 'alarms', NEW.action_id, NEW.device_id, NEW.kind, NEW.told);
    RETURN NULL;
END $$;
CREATE FUNCTION quell.tell_containment() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
DECLARE
    -- The same words, in the same order, as those that a playbook's `notify` goes by.
    happened text := CASE
        WHEN TG_OP = 'INSERT' OR OLD.state <> NEW.state THEN
            CASE NEW.state WHEN 'asked' THEN 'asked' WHEN 'active' THEN 'acted' WHEN 'ended' THEN 'released' END
        WHEN OLD.attention IS NULL AND NEW.attention IS NOT NULL THEN 'failed' END;
BEGIN
    IF happened IS NOT NULL THEN
        PERFORM quell.tell(NEW.tenant_id, happened, NEW.id, NEW.device_id, happened,
                           CASE happened WHEN 'failed' THEN NEW.attention ELSE NEW.state_reason END);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION quell.tell_decision() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    PERFORM quell.tell(NEW.tenant_id, 'decisions', NEW.event_id, NEW.device_id, NEW.kind, NEW.reason);
    RETURN NULL;
END $$;
CREATE FUNCTION quell.tell_stop() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM quell.tell(NEW.tenant_id, 'stops', NEW.id, NULL, 'begun', NEW.reason);
    ELSIF OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL THEN
        PERFORM quell.tell(NEW.tenant_id, 'stops', NEW.id, NULL, 'ended', NEW.end_reason);
    END IF;
    RETURN NULL;
END $$;
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
CREATE TABLE quell.access_tokens (
    id uuid NOT NULL,
    handle text NOT NULL,
    hash bytea NOT NULL,
    tenant_id integer,
    name text NOT NULL,
    roles text[] NOT NULL,
    groups text[] NOT NULL,
    created_at timestamp with time zone NOT NULL,
    created_by text NOT NULL,
    reason text NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    revoked_reason text,
    last_used_at timestamp with time zone,
    CONSTRAINT token_expires_within_a_year CHECK (((expires_at > created_at) AND (expires_at <= (created_at + '366 days'::interval)))),
    CONSTRAINT token_handle CHECK ((handle ~ '^[0-9a-hjkmnp-tv-z]{8}$'::text)),
    CONSTRAINT token_hash CHECK ((octet_length(hash) = 32)),
    CONSTRAINT token_name CHECK ((name <> ''::text)),
    CONSTRAINT token_revoked_by_somebody_for_a_reason CHECK ((((revoked_at IS NULL) = (revoked_by IS NULL)) AND ((revoked_at IS NULL) = (revoked_reason IS NULL)))),
    CONSTRAINT token_roles CHECK (((cardinality(roles) > 0) AND (roles <@ ARRAY['viewer'::text, 'approver'::text, 'operator'::text, 'admin'::text])))
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
    traceparent text,
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
CREATE TABLE quell.heartbeats (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone
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
CREATE TABLE quell.news (
    id bigint NOT NULL,
    tenant_id integer NOT NULL,
    topic text NOT NULL,
    at timestamp with time zone DEFAULT quell.now() NOT NULL,
    subject uuid,
    device_id text,
    happened text NOT NULL,
    reason text NOT NULL
);
ALTER TABLE quell.news ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME quell.news_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE quell.news_wanted (
    tenant_id integer NOT NULL,
    topic text NOT NULL,
    CONSTRAINT news_topic CHECK ((topic = ANY (ARRAY['acted'::text, 'asked'::text, 'failed'::text, 'released'::text, 'alarms'::text, 'stops'::text, 'decisions'::text, 'actions'::text])))
);
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
    taken_at timestamp with time zone,
    message_id uuid,
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
CREATE TABLE quell.outbox (
    id uuid NOT NULL,
    tenant_id integer NOT NULL,
    receiver text NOT NULL,
    kind text NOT NULL,
    playbook text,
    state text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    until timestamp with time zone NOT NULL,
    things integer NOT NULL,
    items jsonb NOT NULL,
    counts jsonb DEFAULT '{}'::jsonb NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    last_error text,
    failing_since timestamp with time zone,
    ended_at timestamp with time zone,
    resent_at timestamp with time zone,
    resent_by text,
    resent_reason text,
    CONSTRAINT outbox_kind CHECK ((kind ~ '^[a-z]+(\.[a-z]+)?$'::text)),
    CONSTRAINT outbox_state CHECK ((state = ANY (ARRAY['gathering'::text, 'waiting'::text, 'delivered'::text, 'failed'::text]))),
    CONSTRAINT outbox_tells_something CHECK ((things > 0)),
    CONSTRAINT resent_by_somebody_for_a_reason CHECK ((((resent_at IS NULL) = (resent_by IS NULL)) AND ((resent_at IS NULL) = (resent_reason IS NULL)))),
    CONSTRAINT what_is_over_has_a_time CHECK (((state = ANY (ARRAY['delivered'::text, 'failed'::text])) = (ended_at IS NOT NULL)))
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
CREATE TABLE quell.sessions (
    hash bytea NOT NULL,
    id uuid NOT NULL,
    name text,
    groups text[] NOT NULL,
    token_id uuid,
    shared bytea,
    begun_at timestamp with time zone NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT session_hash CHECK ((octet_length(hash) = 32)),
    CONSTRAINT session_in_one_way CHECK (((num_nonnulls(token_id, shared) <= 1) AND ((name IS NULL) = (shared IS NOT NULL))))
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
    CONSTRAINT stop_via CHECK ((via = ANY (ARRAY['cli'::text, 'api'::text, 'console'::text, 'file'::text])))
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
CREATE TABLE quell.tallies (
    tenant_id integer NOT NULL,
    what text NOT NULL,
    key text NOT NULL,
    n bigint NOT NULL,
    CONSTRAINT tally_of CHECK ((what = ANY (ARRAY['event'::text, 'decision'::text, 'device'::text])))
);
CREATE TABLE quell.tally_marks (
    only_row boolean DEFAULT true NOT NULL,
    events_until timestamp with time zone,
    decisions_until timestamp with time zone,
    CONSTRAINT tally_marks_has_one_row CHECK (only_row)
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
CREATE TABLE quell.written_once (
    tenant_id integer NOT NULL,
    identity text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    holder uuid NOT NULL,
    state text NOT NULL,
    reserved_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    status smallint,
    answer text,
    CONSTRAINT written_once_answer_is_whole CHECK (((state = 'answered'::text) = ((status IS NOT NULL) AND (answer IS NOT NULL)))),
    CONSTRAINT written_once_fingerprint_is_a_sha256 CHECK ((octet_length(fingerprint) = 32)),
    CONSTRAINT written_once_key_is_short CHECK (((octet_length(key) >= 1) AND (octet_length(key) <= 255))),
    CONSTRAINT written_once_state CHECK ((state = ANY (ARRAY['reserved'::text, 'done'::text, 'answered'::text])))
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
INSERT INTO public._sqlx_migrations VALUES (20261121000001, 'clock and tenants', '2026-11-22 22:34:46.237971+00', true, '\x9c8a890ba2a964ad52432564918ce95c5aa804c78ff2b27048ed947e7572134ce55bb96baf0d9150c5f42bc3e61a6d41', 28838496);
INSERT INTO public._sqlx_migrations VALUES (20261121000002, 'events', '2026-11-22 22:34:46.26357+00', true, '\x88036970e9b1e158f1dc4b5514c3a2058a97ef2815a690c0269a96c18af6db350eb898e84f84102ba8f5401a831042af', 46874538);
INSERT INTO public._sqlx_migrations VALUES (20261121000003, 'devices', '2026-11-22 22:34:46.310667+00', true, '\x65def9388728ce0882dbec7bffc3a84803c7a3713d9362d25831390854f579d673520cb3f1e5bd639fd487af1707f10d', 19617700);
INSERT INTO public._sqlx_migrations VALUES (20261121000004, 'playbooks and decisions', '2026-11-22 22:34:46.330507+00', true, '\x9db8a97666fea49724a3f16293ce78aaa49855ff73d012867134058238493ea36d2f708bd8965721d41160461dc43dac', 39652224);
INSERT INTO public._sqlx_migrations VALUES (20261121000005, 'containments', '2026-11-22 22:34:46.370513+00', true, '\x76d7d3561542a3a19d97765b645795c601e7738ab474520118549eb444f1dd4db09fff887c9d62053fe7f290e8e2a14b', 21255026);
INSERT INTO public._sqlx_migrations VALUES (20261121000006, 'actions', '2026-11-22 22:34:46.391984+00', true, '\x430d6e1bc3c97de205f8cc37283a1ed1e53e06e777fda69d37af3fa8615234900b0d01e81d84f9a4e5ef95bef837723f', 33646752);
INSERT INTO public._sqlx_migrations VALUES (20261121000007, 'budget', '2026-11-22 22:34:46.425956+00', true, '\x2058f424c5bf47189bca0c2088b581c747ca75563d965f0aa34eb23bc1e8f805b7afe0472a466082b9738b7e7fb70ac2', 36566045);
INSERT INTO public._sqlx_migrations VALUES (20261121000008, 'transitions', '2026-11-22 22:34:46.462745+00', true, '\x135a77e7c4d15b8e45d8886c98fb8a0fea42fe0c36b360e2ccd538be743482ce9bf26500b1b3dc3ea834511691645c37', 31492858);
INSERT INTO public._sqlx_migrations VALUES (20261122000001, 'canaries', '2026-11-22 22:34:46.49437+00', true, '\x971f140c76c7fb47ed9f633b68cf0a8e4a95bde42a23c99cc18a05e590be484099495b7588f33eaff04df87cc0c815ba', 13411126);
INSERT INTO public._sqlx_migrations VALUES (20261122000002, 'release when alerts are resolved', '2026-11-22 22:34:46.50791+00', true, '\xb5302699ba4482063fe27286b3700ea88a78d7c275cb7daf5634ea2c691a79914e3aa215d234de2c71b782cdc9c9001f', 22355204);
INSERT INTO public._sqlx_migrations VALUES (20261122000003, 'notifications', '2026-11-22 22:34:46.530392+00', true, '\xbd01478e6dbeda620a9ff364e08babd15e74ea401915c56bf2298ffffa667e70c893bba586a331f4f288d51d26755197', 14623015);
INSERT INTO public._sqlx_migrations VALUES (20261122000004, 'approvals', '2026-11-22 22:34:46.54512+00', true, '\x60cfcedcb72b11d531a2be0ac4922157efab1be44036b1f444f95b6a35cc697c4e4d56328445dd444eeedecb38913e6f', 9025147);
INSERT INTO public._sqlx_migrations VALUES (20261122000101, 'activations', '2026-11-22 22:34:46.554377+00', true, '\x34f3cdaec0e4cff6e0df7fb5eb34d909eb9d150afd8560b8aa4a9138a81ed3e49af06545e6ce2c8464650a0a9d4cc36f', 11786665);
INSERT INTO public._sqlx_migrations VALUES (20261122000102, 'decisions that explain themselves', '2026-11-22 22:34:46.566155+00', true, '\xda3202fe521a0c366ff6faee87745fdefc8247155bbb94a74e8f0ab3b4c28565d1dc7f27a286651436f6d78f63b09e1a', 2148339);
INSERT INTO public._sqlx_migrations VALUES (20261122000201, 'playbook files', '2026-11-22 22:34:46.568391+00', true, '\x4f1f6e46c7f55c788ccb1f50b7f86f1d738275261199cc5241cec5a0828b3e6b53678f701d72ce88b7d8a7359fe3c233', 15299414);
INSERT INTO public._sqlx_migrations VALUES (20261122000401, 'cancels', '2026-11-22 22:34:46.586002+00', true, '\x9d7154e129e1c88d1d00bab7ec810a0a61ce4c9bf52e3470c7f786164b7d37b8aa5a858729eb6a6f4fe4508be2441b3d', 1413524);
INSERT INTO public._sqlx_migrations VALUES (20261122000402, 'decisions by time', '2026-11-22 22:34:46.594088+00', true, '\x99119ca2c3995b2f29e382a6a771d674c359651c3bb80695bcd0800f22d511bf63ef7b9a9a7d877a7f03e791aa9f5ef5', 879412);
INSERT INTO public._sqlx_migrations VALUES (20261122000501, 'news of alerts', '2026-11-22 22:34:46.594926+00', true, '\xa50eeb5ebe41b75f9acdc65ae4de11448df626adf592b6647dba7d338ac71a019d3484496743523a62ad06ea52e21fde', 210173);
INSERT INTO public._sqlx_migrations VALUES (20261122010001, 'retries', '2026-11-22 22:34:46.595165+00', true, '\xc3fe42cab910e98a23b87a2f24d142be25e760de991435b96eaea6ae732533d55c23b5c006e2d9ec6e845a33f2c26fac', 9626587);
INSERT INTO public._sqlx_migrations VALUES (20261122020001, 'strays', '2026-11-22 22:34:46.604891+00', true, '\x8ca4698a6fd1c832a04faeb8f7721b0630c96077cd870228b3d51eca9b14c955f4ba2d018df33a46aab382d9b8d464b2', 19111308);
INSERT INTO public._sqlx_migrations VALUES (20261122020002, 'clock and restores', '2026-11-22 22:34:46.624126+00', true, '\x700bfa772b5e38691fa6eac1d33b229d9b0f3a6bce43a96948227f141fa1a2f770b24c5b2f070a9b70f51e246f5d67d1', 22027158);
INSERT INTO public._sqlx_migrations VALUES (20261122030001, 'times in order', '2026-11-22 22:34:46.646309+00', true, '\xf8294ac3ed81810602d54898d8163a36896be9703868b6506b8f90d6f99e0a44fd1692aa960f0370c7163f7a3328edd4', 425846);
INSERT INTO public._sqlx_migrations VALUES (20261122050001, 'replicas', '2026-11-22 22:34:46.646765+00', true, '\xb3b8017f4637dabb16e809fa12e696cad2b615f771a370e3d85b8f707f75086edf830b9666c3c3a3b0d2181b70c417dc', 1751907);
INSERT INTO public._sqlx_migrations VALUES (20261122050002, 'installation', '2026-11-22 22:34:46.648591+00', true, '\x243a84bbe679d06d7ce8249b3f593bfeb017d3e08274de129aafba35c3f83396a1c5ee3eb17702435604cfcf029412e8', 9944518);
INSERT INTO public._sqlx_migrations VALUES (20261122060001, 'a clock that is planned once', '2026-11-22 22:34:46.658662+00', true, '\x1d72f280559190f5f6671bb3e45450e0596ac751f52664ee365fcde21c19b43d6955a0c909db7ce570df309c230102fe', 264583);
INSERT INTO public._sqlx_migrations VALUES (20261122070001, 'whatever changes has a row', '2026-11-22 22:34:46.658958+00', true, '\xb02db3a5e0d65f5dae2dadeb999c0f1234641d67060ff57ff57ce1205c4d15e78c2be5fe8a23f225280e5d14f36c0658', 612109);
INSERT INTO public._sqlx_migrations VALUES (20261122071001, 'inventory', '2026-11-22 22:34:46.659612+00', true, '\x87163960bd7757b58cf00e76e995f81b970643dcff8b47a51215858ac43ffb94d6ed6916c85d797fac65a115aeea4058', 7736717);
INSERT INTO public._sqlx_migrations VALUES (20261122072001, 'facts awaited in the gate', '2026-11-22 22:34:46.670049+00', true, '\x4346ab18166957f1acfd729f4718761d972e37609d868e628e92000222a3bbe6ef9e3591fabea43b83e2fec3d48fa831', 326069);
INSERT INTO public._sqlx_migrations VALUES (20261122072002, 'cap lifts', '2026-11-22 22:34:46.670398+00', true, '\x2f89f5440dce7800a835ec63fb27004b670c5572495429684f1fcaddc76f5500b3789ae393b171f385dd4a9c5ea57f96', 19535320);
INSERT INTO public._sqlx_migrations VALUES (20261122072003, 'surges and trust', '2026-11-22 22:34:46.690115+00', true, '\x5a44a9c1440b92c1b244a60cd028609b031b49f7c8729a29c3fe1a903254ee497279f22ded74b2a4b280d427920e29ef', 947407);
INSERT INTO public._sqlx_migrations VALUES (20261122073001, 'requests', '2026-11-22 22:34:46.691133+00', true, '\x58f6af01f9cd59de3864766ac9b2a16bbbd060529c4f9dbd70c684e2132d5c0f2e0ec1e8817d36e3b663e87aefe462ec', 31389358);
INSERT INTO public._sqlx_migrations VALUES (20261122073002, 'accepted risks', '2026-11-22 22:34:46.722754+00', true, '\xc33ab0aa0be2e3dc60864daa0288566b5d6874356664c75ba4f46ccef22a1bd9d2818b3a67b62c6df663231ac8133f36', 7452093);
INSERT INTO public._sqlx_migrations VALUES (20261122074001, 'drift', '2026-11-22 22:34:46.73041+00', true, '\x06e6f94fc402c2ef7df3ca4e7fc099ab80c311ca8b93593570018db34bc92c1251658a954027ee6ab7bcd75993329901', 12410142);
INSERT INTO public._sqlx_migrations VALUES (20261122074002, 'release runs', '2026-11-22 22:34:46.742923+00', true, '\x45e6f1fccaa662f9c6810cc9272ae5760c47e3a71ca0198ef3b9e1992131cad437d98eab5c410f89e1003fd8726ed8b0', 18498956);
INSERT INTO public._sqlx_migrations VALUES (20261122075001, 'begun by', '2026-11-22 22:34:46.761523+00', true, '\xa2b486be6ea827f51022df3297a3fdb5bd9462a79b1896780d042c899371960aaff426d4cbfe4eec5634d325edb24353', 8622991);
INSERT INTO public._sqlx_migrations VALUES (20261122075002, 'stops', '2026-11-22 22:34:46.770211+00', true, '\x07ef98aeeef413b653c02a882dc20a4a71fa4ee731c0f9e23feb260711f4ba6a819dcdd4ff84f17ece8209a83545465d', 7939396);
INSERT INTO public._sqlx_migrations VALUES (20261122075003, 'by hand', '2026-11-22 22:34:46.778264+00', true, '\x631ea6253163bdbef27b046a83f59ac2b7f97003b33eae07df1c3e411acf063740e436b5fe61c9fbaaaafc3e28bcde5e', 304027);
INSERT INTO public._sqlx_migrations VALUES (20261122076001, 'rows that say what changed', '2026-11-22 22:34:46.778609+00', true, '\x8bd3e95631cab8669c950d171771f744f4b56d4173f19f0d29776c347cd4f942a7fc37a0c7a63b5410abe9f125d8a995', 16768020);
INSERT INTO public._sqlx_migrations VALUES (20261122076002, 'seals', '2026-11-22 22:34:46.795449+00', true, '\x89f176bdc406a1df223c4d39289651061717770aa5c9a27cb93a0109ba4429097c9cd12ef1ffce6e16c1cfec18e19f56', 22811428);
INSERT INTO public._sqlx_migrations VALUES (20261122077001, 'claims in one word', '2026-11-22 22:34:46.818413+00', true, '\x89bea4c616419b25b17145e9abb96f80878f3b6d52e0010039204b919d19fb5cc3b38b0ae7d1d1969f5822347017f8c1', 406753);
INSERT INTO public._sqlx_migrations VALUES (20261122078001, 'sizes that are known for a while', '2026-11-22 22:34:46.818857+00', true, '\xdbd53861f176df7911e9dc10c09466a64ea7dd5a48410c24fe5a0707e3829a25e32cdf16b7241b4dca030ce8a7354192', 247305);
INSERT INTO public._sqlx_migrations VALUES (20261122079001, 'no question runs out while stopped', '2026-11-22 22:34:46.819138+00', true, '\xbd964592383bb0a6458515d7366b6ee71274dd30a22f247aad4f52822b41e928a8c19a98afac28360b620f3d05c410ad', 229968);
INSERT INTO public._sqlx_migrations VALUES (20261122081001, 'measures and tasks', '2026-11-22 22:34:46.819401+00', true, '\x063c86cdf9d9de4e58738e5cb0f1a18f0467435806852c6d2ca43a835925a34ab2f67041cd2bdea2044381a6c0c53fcd', 51321769);
INSERT INTO public._sqlx_migrations VALUES (20261122082001, 'tasks', '2026-11-22 22:34:46.870981+00', true, '\x90968f87ddb2412ad0a1246bcff93be670d9ff45daf035daba193d3a9ecc955b57205777130b2bf30df351e306050b4c', 34155666);
INSERT INTO public._sqlx_migrations VALUES (20261122087001, 'lookups', '2026-11-22 22:34:46.905446+00', true, '\x0adbc277ba75e2fbbcf1cdc5fbdde7a375842810e1cb650e77d17dd90dcf36a7fa4129a12c0d97b9597659cc6f8e6e79', 13669869);
INSERT INTO public._sqlx_migrations VALUES (20261122087002, 'no decision crosses a stop', '2026-11-22 22:34:46.919217+00', true, '\xe4d88c0f126a657c43bdafe3004ba157c58b29d21ac75cb6815398ba55f4f3b9467378b90a6e249a4beac77b1bea4401', 15022540);
INSERT INTO public._sqlx_migrations VALUES (20261122087003, 'lifts that end early', '2026-11-22 22:34:46.934361+00', true, '\x085de14656f78bea5dfe7758242ba94ee72b4ee1c5de1e95dda09694ffe3a05ee69d5b140920d4ab8b4d04641c4f3a4c', 668609);
INSERT INTO public._sqlx_migrations VALUES (20261122089001, 'dead letters that end', '2026-11-22 22:34:46.93509+00', true, '\x22c310bc710fdb94ae291b20b277177a079339c6a4c6e51596f3bdc9e60844b83d020b3360d7d2d9ba9fc94e29e87c24', 11087501);
INSERT INTO public._sqlx_migrations VALUES (20261122092001, 'what was put aside is news', '2026-11-22 22:34:46.9463+00', true, '\xea5459f79d4d97e8324fe9999a78c6b8bc2e3f658415ae7ad7db0e29953477f4fb46e4f3658aec6b8f598c2b8631d7a0', 7800129);
INSERT INTO public._sqlx_migrations VALUES (20261123081001, 'sources', '2026-11-22 22:34:46.954275+00', true, '\xefff7ae8bb890a0da49c278161b1be21fe34003be4a450bd39b3566ad15de11d855d44b5790418508382faeff50b830c', 19906702);
INSERT INTO public._sqlx_migrations VALUES (20261123081002, 'source looks', '2026-11-22 22:34:46.974337+00', true, '\x801a0ee2f0116be1ee1a2ea8369b33874c19c6680f264f15683a5e899033811568b72ee2d4c3514f058cec21b83f20db', 2142669);
INSERT INTO public._sqlx_migrations VALUES (20261123082001, 'deliveries', '2026-11-22 22:34:46.976552+00', true, '\xf211d56d0d762c5b55857b0fac26f70b4c02326d53ad13600b778bfbb5f4788041daa75e02fe1c6295a12953ff863f7d', 5480323);
INSERT INTO public._sqlx_migrations VALUES (20261123084001, 'submissions', '2026-11-22 22:34:46.982152+00', true, '\x970ba5a49d80e29a003b0f13deb0159c7de6cc24c6296e612f924d7a20292213838500abe8214776f723bf7afbd3373d', 22520018);
INSERT INTO public._sqlx_migrations VALUES (20261123085001, 'alert infos', '2026-11-22 22:34:47.004823+00', true, '\xc892854aef9e8d489869eb49996dd25327d400626389b5f927ab3e5aaa3f6da1acee9d9cfc15953b6ba0994591dbd75d', 8012249);
INSERT INTO public._sqlx_migrations VALUES (20261123086001, 'device names', '2026-11-22 22:34:47.012953+00', true, '\x1c285155443d2960c9acb64137e4cd2c3ec32470dbb7d656a81313e6520abf745806b3637512825cc9dff590d62a37c0', 25721726);
INSERT INTO public._sqlx_migrations VALUES (20261123087001, 'events kept compressed', '2026-11-22 22:34:47.038878+00', true, '\xa1d0cfed92baacd726a6cf4cb5e96db17e8e4339abd7a91c049fefaa4ba4de15adeb10c52386f6ded16814012b1df848', 16050009);
INSERT INTO public._sqlx_migrations VALUES (20261123087002, 'events looked through', '2026-11-22 22:34:47.055033+00', true, '\x0583bab52f3e911d99768f4257f34df094545f5ca23f42ea80ae39c4b5d85b5c4588df5a8aa6c6e3bcce38f3e2d8e1e7', 3091645);
INSERT INTO public._sqlx_migrations VALUES (20261123087003, 'partitions', '2026-11-22 22:34:47.058239+00', true, '\x2bf41baa72c3b10d6aa65f26fc6fdf701699bea8a10608a0435c6a4017df8be02a14bd08c10c24673e4d6cfb55a83330', 323708019);
INSERT INTO public._sqlx_migrations VALUES (20261123088001, 'an inbox that stays quick', '2026-11-22 22:34:47.40182+00', true, '\xdfc84e4ae56ca7b378b689ef6f7343294bb07c56d89d6527ecbe831890216a214b16c9ebc14e95c557852056fee6b455', 77840012);
INSERT INTO public._sqlx_migrations VALUES (20261123088002, 'events that kill', '2026-11-22 22:34:47.497809+00', true, '\x09ff56666fec69185373c8019f15539ea66754b7d94e65bf822fdf0973b74ed73dc79c8e53198be285a392fdb71359f9', 40982655);
INSERT INTO public._sqlx_migrations VALUES (20261123089001, 'probe calls', '2026-11-22 22:34:47.544214+00', true, '\x7bba7515d4623ab7121e787ab939d39060176265898fbfa33e28def60c31ff6d4f46bb09693ccfc85d0d93c5486a0f5c', 47339534);
INSERT INTO public._sqlx_migrations VALUES (20261124081001, 'devices are locked by their key', '2026-11-22 22:34:47.593282+00', true, '\x2c62b40204c3fe382d60e2cc4bd673514e4f5405c07324318c622f4a976fdc467ae19f104073e761ec6d1fb9ac8c956e', 54037031);
INSERT INTO public._sqlx_migrations VALUES (20261124082001, 'access', '2026-11-22 22:34:47.665821+00', true, '\xec949ba115ba2b01bb90d9612526891b99e257bca10e67d7bdf05bb4b9f2f9700717cbbdc81817a86db74cf43559a64f', 37356057);
INSERT INTO public._sqlx_migrations VALUES (20261124083001, 'what operators look through', '2026-11-22 22:34:47.725839+00', true, '\x81c62da42acff910b21842af6ef2f0b2c1ac835204225c9b81333d0850b4669c79643711fac3ec6995983c32406d2ea6', 63953446);
INSERT INTO public._sqlx_migrations VALUES (20261124083002, 'tallies', '2026-11-22 22:34:47.808155+00', true, '\x1c0d0f0dd242e8b4925ce11968e4f0ee5756bf4eed2f6dab91d77c85bbcab3dcbe5e5d6c2b8c608470eecf5ff23d9f1d', 93485452);
INSERT INTO public._sqlx_migrations VALUES (20261124084001, 'who acted and how', '2026-11-22 22:34:47.921833+00', true, '\xf31ae0879cbe37153edd896f98eae4024ddd27645b3cde1ca3fda68229b933ef584939bc1c8dedb3b1c0424bc58d724f', 40190370);
INSERT INTO public._sqlx_migrations VALUES (20261124084002, 'written once', '2026-11-22 22:34:47.958542+00', true, '\xa3a27914f2f2599c7ffdc94ba3192e309059636a78651dbba617e2a32d9e820923e2ef941a1f68a14b58ae1fd9b7f2aa', 23510910);
INSERT INTO public._sqlx_migrations VALUES (20261124086001, 'telling', '2026-11-22 22:34:47.982287+00', true, '\x000b76f4b9f895f428f20a8349de1fe8b73df09a9a1440c8de5daa8c2a129b83cf43a165e42257ff6bfa032c9f8dd060', 87696250);
INSERT INTO public._sqlx_migrations VALUES (20261124087001, 'heartbeats', '2026-11-22 22:34:48.081978+00', true, '\x4d4f34a601d7353ae85de86dab880f15a7539824fddee4ddadd51cda39ba9bd8f77082be056f87c0c99ece08eafe26a2', 32283923);
INSERT INTO public._sqlx_migrations VALUES (20261124087002, 'events of a trace', '2026-11-22 22:34:48.114525+00', true, '\x4b0a83fe5ee3d2921222045649bd9d26181b95cd5cef54d3238c956eb91c6fd6d580f16372c8814ae2d7847600dd786c', 11859715);
INSERT INTO quell.access_tokens VALUES ('01a20566-1356-733d-ac8a-b28ae9ee2f8f', 'zn9cqegg', '\xd3c970bc9d295282b3ce4dcbf525fc10607a8012116c6a1a20aa2880bf2eedd5', NULL, 'reader', '{viewer}', '{}', '2026-11-22 22:35:05.443109+00', 'anna', 'of the dump', '2026-12-22 22:35:05.443109+00', NULL, NULL, NULL, NULL);
INSERT INTO quell.actions VALUES ('01a20565-da66-70a6-abd8-f80d5e7e79bc', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a20565-da1a-7337-9f8a-467cffea6e71', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'decide', '2026-11-22 22:34:50.870315+00', '2026-11-22 22:34:50.870331+00', '2026-11-22 22:58:50.870336+00', 1, '2026-11-22 22:34:51.561091+00', 'd7a18bf5-74fa-4853-a67e-42aca544a638', 'Failed', false, '2026-11-22 22:34:52.071272+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:51.875092+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-dcef-7255-a085-e33d5e7e79bc', 1, '0000000000000000000000000000d00000000003', 'restrict', 'succeeded', 2, '01a20565-dcd6-74be-a854-f3f3f300969a', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-3', 'decide', '2026-11-22 22:34:51.514121+00', '2026-11-22 22:34:51.514138+00', '2026-11-22 22:58:51.514143+00', 1, '2026-11-22 22:34:52.802011+00', 'b2cd1c9d-5c4f-41cf-bf7f-29c972f57362', 'Succeeded', false, '2026-11-22 22:34:53.558172+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:53.017425+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-dc81-7316-b1c7-ffd55e7e79bc', 1, '0000000000000000000000000000d00000000001', 'restrict', 'succeeded', 2, '01a20565-dc0e-7727-b66d-222d42a7ca81', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-1', 'decide', '2026-11-22 22:34:51.418212+00', '2026-11-22 22:34:51.418227+00', '2026-11-22 22:58:51.418231+00', 1, '2026-11-22 22:34:52.445968+00', '4ad5dd01-c6df-4d6f-80ab-ebc7365a02dc', 'Succeeded', false, '2026-11-22 22:34:53.010452+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:52.753579+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-dcce-71ad-8b24-1a525e7e79bc', 1, '0000000000000000000000000000d00000000002', 'restrict', 'succeeded', 2, '01a20565-dc9c-7070-9f23-501d7601659e', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-2', 'decide', '2026-11-22 22:34:51.475433+00', '2026-11-22 22:34:51.475449+00', '2026-11-22 22:58:51.475453+00', 1, '2026-11-22 22:34:52.63821+00', '6dad712e-6c1b-4d55-b876-c14817454363', 'Succeeded', false, '2026-11-22 22:34:53.214082+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:52.90301+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-e7e1-772e-abfa-fc345e7e79bc', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a20565-da1a-7337-9f8a-467cffea6e71', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 22:34:54.322394+00', '2026-11-22 22:34:55.32242+00', '2026-11-22 22:58:54.322423+00', 1, '2026-11-22 22:34:55.578033+00', 'a00c1ba3-8ddc-4f12-b534-31af71c95de4', 'Failed', false, '2026-11-22 22:34:55.902179+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 22:34:55.780647+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-dd25-70fe-b458-38b75e7e79bc', 1, '0000000000000000000000000000d00000000004', 'restrict', 'succeeded', 2, '01a20565-dcfb-706a-aa63-9d443d1f311f', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-4', 'decide', '2026-11-22 22:34:51.562014+00', '2026-11-22 22:34:51.562028+00', '2026-11-22 22:58:51.562032+00', 1, '2026-11-22 22:34:52.917893+00', '6ac96f2e-3841-445e-b288-0775d279e343', 'Succeeded', false, '2026-11-22 22:34:53.693242+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:53.253107+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-dd2e-7069-85ca-04545e7e79bc', 1, '0000000000000000000000000000d00000000005', 'restrict', 'succeeded', 2, '01a20565-dd2b-707a-9dcb-afbec09ed02f', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-5', 'decide', '2026-11-22 22:34:51.570374+00', '2026-11-22 22:34:51.570381+00', '2026-11-22 22:58:51.570384+00', 1, '2026-11-22 22:34:53.234615+00', 'c2e3c277-62a6-4a23-853d-fe871cd7633d', 'Succeeded', false, '2026-11-22 22:34:53.766609+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:53.475357+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-dd5e-75dd-bd14-2a885e7e79bc', 1, '0000000000000000000000000000d00000000006', 'restrict', 'succeeded', 2, '01a20565-dd53-75c4-892d-a62192a10675', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-6', 'decide', '2026-11-22 22:34:51.618072+00', '2026-11-22 22:34:51.618088+00', '2026-11-22 22:58:51.618092+00', 1, '2026-11-22 22:34:53.336011+00', 'd8039a0e-6f45-46e1-83ac-f8c18ab3e605', 'Succeeded', false, '2026-11-22 22:34:54.161274+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:53.730054+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-df7a-7485-8f96-48615e7e79bc', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a20565-da1a-7337-9f8a-467cffea6e71', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 22:34:52.176431+00', '2026-11-22 22:34:52.67644+00', '2026-11-22 22:58:52.176444+00', 1, '2026-11-22 22:34:53.551445+00', '331d14bc-1e86-4515-8651-4dc60479e599', 'Failed', false, '2026-11-22 22:34:54.261794+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 22:34:53.825643+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-ddb3-7602-b204-e1ce5e7e79bc', 1, '0000000000000000000000000000d00000000017', 'restrict', 'succeeded', 3, '01a20565-dda3-7567-b699-e5977fb348c0', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'alert d-23', 'decide', '2026-11-22 22:34:51.713984+00', '2026-11-22 22:34:51.714001+00', '2026-11-22 22:58:51.714005+00', 1, '2026-11-22 22:34:53.527513+00', '4106ca61-141c-4bc2-b2f1-6fa96b57efaa', 'Succeeded', false, '2026-11-22 22:34:54.378637+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:53.863939+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-ee54-7525-8659-bc8a5e7e79bc', 1, '0000000000000000000000000000d0000000000b', 'restrict', 'succeeded', 3, '01a20565-da83-7309-93f7-022ddd5f5f39', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'alert x-11', 'anna', '2026-11-22 22:34:55.957382+00', '2026-11-22 22:34:55.957394+00', '2026-11-22 22:58:55.957398+00', 1, '2026-11-22 22:34:56.003693+00', '71a9635e-41cf-4bea-8cd9-c14fb7a533d5', 'Succeeded', false, '2026-11-22 22:34:56.582221+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:56.294275+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-f028-7622-adaa-f5f55e7e79bc', 1, '0000000000000000000000000000d00000000002', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: matched', 'decide', '2026-11-22 22:34:56.430133+00', '2026-11-22 22:34:56.430146+00', NULL, 1, '2026-11-22 22:34:56.792502+00', 'db339363-06d7-4293-bef7-5f63dd46cdea', 'Succeeded', false, '2026-11-22 22:34:57.144097+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:34:56.995794+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20565-ee53-75e9-9fd2-67815e7e79bc', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a20565-da1a-7337-9f8a-467cffea6e71', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 22:34:55.970087+00', '2026-11-22 22:34:57.9701+00', '2026-11-22 22:58:55.970104+00', 1, '2026-11-22 22:34:58.190056+00', '4601d6a9-2698-43e9-aca4-11a99ad30f2d', 'Failed', false, '2026-11-22 22:34:58.694919+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 22:34:58.410086+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20566-05f8-76a2-835f-dbc05e7e79bc', 1, '0000000000000000000000000000d0000000002a', 'restrict', 'succeeded', 2, '01a20566-05ba-7455-8b39-b07c87e97fe7', NULL, NULL, 'of the dump', 'anna', '2026-11-22 22:35:02.008641+00', '2026-11-22 22:35:02.008654+00', '2026-11-22 22:59:02.008658+00', 1, '2026-11-22 22:35:02.277696+00', '9b84a763-ab8b-4b6e-9b5b-61bd38137606', 'Succeeded', false, '2026-11-22 22:35:03.20494+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:35:02.558144+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20566-0c92-733b-979a-97205e7e79bc', 1, '0000000000000000000000000000d00000000004', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: of the dump', 'anna', '2026-11-22 22:35:03.713621+00', '2026-11-22 22:35:03.713649+00', NULL, 1, '2026-11-22 22:35:03.975702+00', '6b665cc9-c842-4086-90cf-12f8740917da', 'Succeeded', false, '2026-11-22 22:35:04.476519+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:35:04.288719+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20566-0eea-7414-a970-5ffe5e7e79bc', 1, '0000000000000000000000000000d00000000017', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: of the dump', 'anna', '2026-11-22 22:35:04.31852+00', '2026-11-22 22:35:04.318535+00', NULL, 1, '2026-11-22 22:35:04.529006+00', '62209bd6-f608-4928-8b21-da1a9918b386', 'Succeeded', false, '2026-11-22 22:35:05.126119+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:35:04.815477+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20566-1b7e-77f6-9926-03955e7e79bc', 1, '0000000000000000000000000000000000000000', 'restrict', 'succeeded', 2, '01a20566-1b2e-73ee-8e8b-1e26face5a32', NULL, NULL, 'probe: of the dump (end)', 'anna', '2026-11-22 22:35:07.546313+00', '2026-11-22 22:35:07.546332+00', '2026-11-22 22:59:07.546335+00', 1, '2026-11-22 22:35:07.717954+00', '7241ad22-4bf5-46bd-9a00-ed59f243dc82', 'Succeeded', false, '2026-11-22 22:35:08.278734+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:35:08.047704+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20566-208e-764d-914e-9f5b5e7e79bc', 1, '0000000000000000000000000000000000000000', 'restrict', 'succeeded', 4, '01a20566-1b2e-73ee-8e8b-1e26face5a32', NULL, NULL, 'probe restrict_twice: of the dump', 'anna', '2026-11-22 22:35:08.852042+00', '2026-11-22 22:35:08.852062+00', '2026-11-22 22:36:08.782403+00', 1, '2026-11-22 22:35:09.121987+00', 'c01d7445-58e9-4b56-b72a-c79f749e9e01', 'Succeeded', false, '2026-11-22 22:35:09.505955+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:35:09.318739+00', 'restriction', NULL, 1, '01a20566-2058-74a0-9a4a-9b802863e584');
INSERT INTO quell.actions VALUES ('01a20566-2408-7562-a542-a01e5e7e79bc', 1, '0000000000000000000000000000000000000000', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: the probe is over', 'anna', '2026-11-22 22:35:09.704981+00', '2026-11-22 22:35:09.704992+00', NULL, 1, '2026-11-22 22:35:09.809783+00', 'ad60d593-7ae3-4f13-a0f4-d4673a140476', 'Succeeded', false, '2026-11-22 22:35:10.159962+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 22:35:10.085687+00', 'restriction', NULL, 1, NULL);
INSERT INTO quell.actions VALUES ('01a20566-387e-75f9-bd72-0a325e7e79bc', 1, '0000000000000000000000000000d00000000009', 'restrict', 'submitted', 2, '01a20566-3856-76ce-9285-941dea89e2d7', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-9', 'decide', '2026-11-22 22:35:14.946047+00', '2026-11-22 22:35:14.946066+00', '2026-11-22 22:59:14.94607+00', 1, '2026-11-22 22:35:15.23939+00', 'b2a3f273-d4be-4887-9418-70b9f6ea2018', 'Pending', false, NULL, NULL, 'submit', 'accepted', 0, '-infinity', false, NULL, NULL, 'restriction', NULL, 1, NULL);
INSERT INTO quell.active_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 1, '2026-11-22 22:34:48.614974+00', 'files');
INSERT INTO quell.alarms OVERRIDING SYSTEM VALUE VALUES (1, 1, '2026-11-22 22:35:02.730342+00', 'drift', '2b7b7fdb-a271-4e3e-a410-7a57c8889643', '0000000000000000000000000000d00000000003', NULL, 'lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z: its containments ended');
INSERT INTO quell.alert_devices VALUES (1, 'r-1', '0000000000000000000000000000d00000000001', '01a20565-d6df-77ab-beff-ad00f04848c1');
INSERT INTO quell.alert_devices VALUES (1, 'r-2', '0000000000000000000000000000d00000000002', '01a20565-d6df-77ab-beff-ad016d92085a');
INSERT INTO quell.alert_devices VALUES (1, 'r-3', '0000000000000000000000000000d00000000003', '01a20565-d6df-77ab-beff-ad02199214d5');
INSERT INTO quell.alert_devices VALUES (1, 'r-4', '0000000000000000000000000000d00000000004', '01a20565-d6df-77ab-beff-ad03d6a8d369');
INSERT INTO quell.alert_devices VALUES (1, 'r-5', '0000000000000000000000000000d00000000005', '01a20565-d6df-77ab-beff-ad04e1c6db20');
INSERT INTO quell.alert_devices VALUES (1, 'r-6', '0000000000000000000000000000d00000000006', '01a20565-d6df-77ab-beff-ad059e53cbd9');
INSERT INTO quell.alert_devices VALUES (1, 'r-7', '0000000000000000000000000000d00000000007', '01a20565-d6df-77ab-beff-ad0644e93706');
INSERT INTO quell.alert_devices VALUES (1, 'r-8', '0000000000000000000000000000d00000000008', '01a20565-d6df-77ab-beff-ad07e059860a');
INSERT INTO quell.alert_devices VALUES (1, 'x-11', '0000000000000000000000000000d0000000000b', '01a20565-d83d-7275-a48e-5b845a9d4005');
INSERT INTO quell.alert_devices VALUES (1, 'x-12', '0000000000000000000000000000d0000000000c', '01a20565-d83d-7275-a48e-5b85de374dba');
INSERT INTO quell.alert_devices VALUES (1, 'x-13', '0000000000000000000000000000d0000000000d', '01a20565-d83d-7275-a48e-5b86bdaf6d9c');
INSERT INTO quell.alert_devices VALUES (1, 'd-23', '0000000000000000000000000000d00000000017', '01a20565-da70-7379-853e-98acb289561c');
INSERT INTO quell.alert_devices VALUES (1, 'm-21', '0000000000000000000000000000d00000000015', '01a20565-da70-7379-853e-98aae7679acc');
INSERT INTO quell.alert_devices VALUES (1, 'n-24', '0000000000000000000000000000d00000000018', '01a20565-da70-7379-853e-98ad40f378ab');
INSERT INTO quell.alert_devices VALUES (1, 'p-22', '0000000000000000000000000000d00000000016', '01a20565-da70-7379-853e-98ab0cc140d2');
INSERT INTO quell.alert_devices VALUES (1, 's-31', '0000000000000000000000000000d0000000001f', '01a20565-dc71-714a-9bd4-23e69f93ddf3');
INSERT INTO quell.alert_devices VALUES (1, 'f-32', '0000000000000000000000000000d00000000020', '01a20565-dcf9-7338-b36d-acdd5f03336f');
INSERT INTO quell.alert_devices VALUES (1, 'd-25', '0000000000000000000000000000d00000000019', '01a20565-e966-7692-a910-d7b1f2982342');
INSERT INTO quell.alert_devices VALUES (1, 'r-9', '0000000000000000000000000000d00000000009', '01a20566-359e-733b-88ce-77a164980d44');
INSERT INTO quell.alert_devices VALUES (1, 'r-10', '0000000000000000000000000000d0000000000a', '01a20566-3b73-71c6-88ab-b146ebb0c8fa');
INSERT INTO quell.alert_infos VALUES (1, 'r-1', 'act', '01a20565-d6df-77ab-beff-ad00f04848c1', '{}', NULL, '2026-11-22 22:35:17.382524+00');
INSERT INTO quell.approval_requests OVERRIDING SYSTEM VALUE VALUES (1001, 1, 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '2026-11-22 22:34:00+00', false);
INSERT INTO quell.approval_requests OVERRIDING SYSTEM VALUE VALUES (1002, 1, 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '2026-11-22 22:34:00+00', false);
INSERT INTO quell.approval_requests OVERRIDING SYSTEM VALUE VALUES (1003, 1, 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '2026-11-22 22:34:00+00', false);
INSERT INTO quell.approvals VALUES ('01a20565-da83-7309-93f7-022ddd5f5f39', 1, 'anna', 'approved', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'ask', 'of the dump', '2026-11-22 22:34:55.875949+00', '7f254daf-cc21-4654-b59c-3c8af8c996ac', '596d397cfb1124fcb2f59cdb6d3ca18e', true);
INSERT INTO quell.attempts VALUES ('01a20565-d280-7647-a4af-53b7286b2e6e', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:48.852362+00', '2026-11-22 22:34:49.352362+00', '2026-11-22 22:34:48.943782+00', '2026-11-22 22:34:48.943794+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-d322-731c-bdf4-29c5fa385323', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:49.008611+00', '2026-11-22 22:34:49.508611+00', '2026-11-22 22:34:49.130112+00', '2026-11-22 22:34:49.130123+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-d93d-765b-926b-80a0ac1b3955', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:50.571812+00', '2026-11-22 22:34:51.071812+00', '2026-11-22 22:34:50.607257+00', '2026-11-22 22:34:50.607273+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-d91b-74b2-9b6f-5e56a6f866f5', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:50.528091+00', '2026-11-22 22:34:51.028091+00', '2026-11-22 22:34:51.19055+00', '2026-11-22 22:34:51.19056+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-d97a-7479-8c05-6fc63a669304', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:50.647805+00', '2026-11-22 22:34:51.147805+00', '2026-11-22 22:34:51.191492+00', '2026-11-22 22:34:51.191504+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-da0f-7365-9a00-6ba36bf16513', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:50.798043+00', '2026-11-22 22:34:51.298043+00', '2026-11-22 22:34:51.192037+00', '2026-11-22 22:34:51.192046+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-da47-74f1-bbff-85d27b33cd3e', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:50.824258+00', '2026-11-22 22:34:51.324258+00', '2026-11-22 22:34:51.21101+00', '2026-11-22 22:34:51.211021+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-da68-71ca-9f7e-2b68a9e43b4b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:50.884458+00', '2026-11-22 22:34:51.384458+00', '2026-11-22 22:34:51.218271+00', '2026-11-22 22:34:51.218281+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-db42-75fe-a0e4-adf312beb4df', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:51.098044+00', '2026-11-22 22:34:51.598044+00', '2026-11-22 22:34:51.243634+00', '2026-11-22 22:34:51.243652+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-db76-720f-91fe-c15432b4ce14', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:51.132861+00', '2026-11-22 22:34:51.632861+00', '2026-11-22 22:34:51.294107+00', '2026-11-22 22:34:51.294122+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-dc94-71cc-bc48-092934926221', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-da66-70a6-abd8-f80d5e7e79bc', 1, 1, '2026-11-22 22:34:51.438078+00', '2026-11-22 22:34:51.938078+00', '2026-11-22 22:34:51.539338+00', '2026-11-22 22:34:51.539349+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-de30-7626-a328-0a8bf5d9812a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:51.838305+00', '2026-11-22 22:34:52.338305+00', '2026-11-22 22:34:51.900915+00', '2026-11-22 22:34:51.900923+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-df5a-7358-87de-de4bf580aed6', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.130058+00', '2026-11-22 22:34:52.630058+00', '2026-11-22 22:34:52.175838+00', '2026-11-22 22:34:52.175853+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e03b-73b0-82b9-9960f4d883ee', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-dc81-7316-b1c7-ffd55e7e79bc', 1, 1, '2026-11-22 22:34:52.366186+00', '2026-11-22 22:34:52.866186+00', '2026-11-22 22:34:52.434026+00', '2026-11-22 22:34:52.434038+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e09a-71f8-aa65-72bb63351a8f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.446058+00', '2026-11-22 22:34:52.946058+00', '2026-11-22 22:34:52.487623+00', '2026-11-22 22:34:52.487637+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e0ed-761e-b114-43741eb07cce', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-dcce-71ad-8b24-1a525e7e79bc', 1, 1, '2026-11-22 22:34:52.544065+00', '2026-11-22 22:34:53.044065+00', '2026-11-22 22:34:52.60811+00', '2026-11-22 22:34:52.60812+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e14a-70ec-9fb2-91b335b61688', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:52.627723+00', '2026-11-22 22:34:53.127723+00', '2026-11-22 22:34:52.666346+00', '2026-11-22 22:34:52.666361+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-dff6-7160-a19c-5ed4c9c18303', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.280033+00', '2026-11-22 22:34:52.780033+00', '2026-11-22 22:34:52.685913+00', '2026-11-22 22:34:52.685924+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e030-70b9-b4fe-05d2fd2f8e4f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.341214+00', '2026-11-22 22:34:52.841214+00', '2026-11-22 22:34:52.723798+00', '2026-11-22 22:34:52.723817+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e082-72ba-83ed-3f79abdac9cb', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.420607+00', '2026-11-22 22:34:52.920607+00', '2026-11-22 22:34:52.730091+00', '2026-11-22 22:34:52.730106+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e0b8-7416-8f43-2163b13a1019', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.472825+00', '2026-11-22 22:34:52.972825+00', '2026-11-22 22:34:52.735821+00', '2026-11-22 22:34:52.735832+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e0ff-701d-bd1c-bb39f6d8f56d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.54615+00', '2026-11-22 22:34:53.04615+00', '2026-11-22 22:34:52.746135+00', '2026-11-22 22:34:52.74615+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e171-721d-b018-cd834ce0ba0b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.667485+00', '2026-11-22 22:34:53.167485+00', '2026-11-22 22:34:52.785945+00', '2026-11-22 22:34:52.785962+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e17b-75bf-9eec-70d51e5fda7f', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-dcef-7255-a085-e33d5e7e79bc', 1, 1, '2026-11-22 22:34:52.68616+00', '2026-11-22 22:34:53.18616+00', '2026-11-22 22:34:52.787595+00', '2026-11-22 22:34:52.787645+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e24a-72dd-8e8d-c8f9420f3287', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-dd25-70fe-b458-38b75e7e79bc', 1, 1, '2026-11-22 22:34:52.88594+00', '2026-11-22 22:34:53.38594+00', '2026-11-22 22:34:52.911838+00', '2026-11-22 22:34:52.911855+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e2a2-7733-a0ae-b08a05c8a1c7', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:52.962988+00', '2026-11-22 22:34:53.462988+00', '2026-11-22 22:34:52.972287+00', '2026-11-22 22:34:52.972302+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e283-7230-bc6d-8bacb0091079', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.935262+00', '2026-11-22 22:34:53.435262+00', '2026-11-22 22:34:52.97406+00', '2026-11-22 22:34:52.974074+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e29e-735e-a749-930610fea081', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:52.959191+00', '2026-11-22 22:34:53.459191+00', '2026-11-22 22:34:52.979578+00', '2026-11-22 22:34:52.979586+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e342-7251-a096-3be313660fde', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-dd2e-7069-85ca-04545e7e79bc', 1, 1, '2026-11-22 22:34:53.15286+00', '2026-11-22 22:34:53.65286+00', '2026-11-22 22:34:53.213907+00', '2026-11-22 22:34:53.213921+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e3e2-7534-acee-2996f9622406', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-dd5e-75dd-bd14-2a885e7e79bc', 1, 1, '2026-11-22 22:34:53.291831+00', '2026-11-22 22:34:53.791831+00', '2026-11-22 22:34:53.333201+00', '2026-11-22 22:34:53.333212+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e4b4-72bb-a630-ea0eabcc96e6', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-ddb3-7602-b204-e1ce5e7e79bc', 1, 1, '2026-11-22 22:34:53.492817+00', '2026-11-22 22:34:53.992817+00', '2026-11-22 22:34:53.526786+00', '2026-11-22 22:34:53.526798+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e42a-761b-a0ec-86592b7f99a7', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-df7a-7485-8f96-48615e7e79bc', 1, 1, '2026-11-22 22:34:53.377974+00', '2026-11-22 22:34:53.877974+00', '2026-11-22 22:34:53.542111+00', '2026-11-22 22:34:53.542122+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a20565-e4d7-74d1-b7d8-d18fdefdf9a9', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:53.530718+00', '2026-11-22 22:34:54.030718+00', '2026-11-22 22:34:53.546761+00', '2026-11-22 22:34:53.546772+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-e6f6-7294-bf44-e5cb50b6b9b0', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:54.074033+00', '2026-11-22 22:34:54.574033+00', '2026-11-22 22:34:54.114152+00', '2026-11-22 22:34:54.114171+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-ea02-7332-bfb2-ec60bb8127e7', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:34:54.850345+00', '2026-11-22 22:34:55.350345+00', '2026-11-22 22:34:54.882353+00', '2026-11-22 22:34:54.882363+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-ec92-7283-944e-4d2d9af5bbc1', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-e7e1-772e-abfa-fc345e7e79bc', 1, 1, '2026-11-22 22:34:55.507588+00', '2026-11-22 22:34:56.007588+00', '2026-11-22 22:34:55.54196+00', '2026-11-22 22:34:55.541982+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a20565-ed3a-7388-9ed3-9a71fc96ec04', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:55.678556+00', '2026-11-22 22:34:56.178556+00', '2026-11-22 22:34:55.694094+00', '2026-11-22 22:34:55.694109+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-ee09-7674-9721-653555a0a5a5', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:55.885991+00', '2026-11-22 22:34:56.385991+00', '2026-11-22 22:34:55.898712+00', '2026-11-22 22:34:55.898726+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-ee73-74e2-b4cc-3535be76185d', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-ee54-7525-8659-bc8a5e7e79bc', 1, 1, '2026-11-22 22:34:55.991278+00', '2026-11-22 22:34:56.491278+00', '2026-11-22 22:34:56.001895+00', '2026-11-22 22:34:56.001908+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-f007-7026-9d56-905e403717ab', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:56.391784+00', '2026-11-22 22:34:56.891784+00', '2026-11-22 22:34:56.484164+00', '2026-11-22 22:34:56.484183+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-f0f7-73d5-983e-a597ccb00a0b', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a20565-f028-7622-adaa-f5f55e7e79bc', 1, 1, '2026-11-22 22:34:56.636459+00', '2026-11-22 22:34:57.136459+00', '2026-11-22 22:34:56.791457+00', '2026-11-22 22:34:56.791477+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-f298-7585-a495-ead87203db0b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:57.05007+00', '2026-11-22 22:34:57.55007+00', '2026-11-22 22:34:57.079454+00', '2026-11-22 22:34:57.079475+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-f51b-712a-941c-889819559807', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:57.693992+00', '2026-11-22 22:34:58.193992+00', '2026-11-22 22:34:57.746194+00', '2026-11-22 22:34:57.746214+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-f6b9-72d1-911e-a4612d8db13a', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20565-ee53-75e9-9fd2-67815e7e79bc', 1, 1, '2026-11-22 22:34:58.112589+00', '2026-11-22 22:34:58.612589+00', '2026-11-22 22:34:58.172897+00', '2026-11-22 22:34:58.172923+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a20565-f748-7633-b8c3-9b07422d5337', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:58.255419+00', '2026-11-22 22:34:58.755419+00', '2026-11-22 22:34:58.294207+00', '2026-11-22 22:34:58.294228+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20565-f890-70c0-8212-8c80471bd8e6', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:34:58.583624+00', '2026-11-22 22:34:59.083624+00', '2026-11-22 22:34:58.616531+00', '2026-11-22 22:34:58.616554+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-0485-768d-8058-a5f29d0a32ac', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:01.641993+00', '2026-11-22 22:35:02.141993+00', '2026-11-22 22:35:01.690019+00', '2026-11-22 22:35:01.690033+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-06af-72a7-a3d3-55ea45dd38c7', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20566-05f8-76a2-835f-dbc05e7e79bc', 1, 1, '2026-11-22 22:35:02.205937+00', '2026-11-22 22:35:02.705937+00', '2026-11-22 22:35:02.260793+00', '2026-11-22 22:35:02.260808+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-0d8e-7153-87a9-92624950d38f', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a20566-0c92-733b-979a-97205e7e79bc', 1, 1, '2026-11-22 22:35:03.956264+00', '2026-11-22 22:35:04.456264+00', '2026-11-22 22:35:03.974581+00', '2026-11-22 22:35:03.974599+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-217a-7448-9168-bc0f662f81e1', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20566-208e-764d-914e-9f5b5e7e79bc', 1, 1, '2026-11-22 22:35:09.062323+00', '2026-11-22 22:35:09.562323+00', '2026-11-22 22:35:09.118435+00', '2026-11-22 22:35:09.118456+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-3956-70cf-a5ab-8ef719e2a055', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20566-387e-75f9-bd72-0a325e7e79bc', 1, 1, '2026-11-22 22:35:15.181947+00', '2026-11-22 22:35:15.681947+00', '2026-11-22 22:35:15.238976+00', '2026-11-22 22:35:15.238991+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-077d-72b8-998b-deec0e65984d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:02.399538+00', '2026-11-22 22:35:02.899538+00', '2026-11-22 22:35:02.414349+00', '2026-11-22 22:35:02.414365+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-0a46-71fc-ab63-1cb55cf45a03', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:03.110252+00', '2026-11-22 22:35:03.610252+00', '2026-11-22 22:35:03.142015+00', '2026-11-22 22:35:03.142027+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-1092-7374-8f29-a0667e7d0689', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:04.723761+00', '2026-11-22 22:35:05.223761+00', '2026-11-22 22:35:04.744049+00', '2026-11-22 22:35:04.744071+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-0db3-7716-84fa-9d01111eb813', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:03.989872+00', '2026-11-22 22:35:04.489872+00', '2026-11-22 22:35:04.002019+00', '2026-11-22 22:35:04.002031+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-22ac-7751-95c3-e2c53fbaba1b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:09.362101+00', '2026-11-22 22:35:09.862101+00', '2026-11-22 22:35:09.474162+00', '2026-11-22 22:35:09.47418+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-36cd-7707-90f0-3e053a51b514', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:14.511555+00', '2026-11-22 22:35:15.011555+00', '2026-11-22 22:35:14.56095+00', '2026-11-22 22:35:14.560959+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-0e42-75b8-96ca-5d9f1be90d9d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:04.130983+00', '2026-11-22 22:35:04.630983+00', '2026-11-22 22:35:04.137869+00', '2026-11-22 22:35:04.137882+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-0f07-7796-9c3d-65c378eb06ad', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:04.342233+00', '2026-11-22 22:35:04.842233+00', '2026-11-22 22:35:04.408393+00', '2026-11-22 22:35:04.408412+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-249a-711c-8572-f32fb008879a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:09.850738+00', '2026-11-22 22:35:10.350738+00', '2026-11-22 22:35:09.867968+00', '2026-11-22 22:35:09.867978+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-2528-772e-96ab-b5996e8874b5', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:09.992698+00', '2026-11-22 22:35:10.492698+00', '2026-11-22 22:35:10.002772+00', '2026-11-22 22:35:10.002787+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-36ae-72a3-af3c-70352d3fc02d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:14.482168+00', '2026-11-22 22:35:14.982168+00', '2026-11-22 22:35:14.511215+00', '2026-11-22 22:35:14.511236+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-0fb1-70c4-bc71-8b071e6a1e6d', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a20566-0eea-7414-a970-5ffe5e7e79bc', 1, 1, '2026-11-22 22:35:04.499673+00', '2026-11-22 22:35:04.999673+00', '2026-11-22 22:35:04.52636+00', '2026-11-22 22:35:04.526378+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-1c0e-772a-961c-5c9bcbf16125', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a20566-1b7e-77f6-9926-03955e7e79bc', 1, 1, '2026-11-22 22:35:07.679675+00', '2026-11-22 22:35:08.179675+00', '2026-11-22 22:35:07.700785+00', '2026-11-22 22:35:07.700796+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-2437-746d-acf6-489419826fcf', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a20566-2408-7562-a542-a01e5e7e79bc', 1, 1, '2026-11-22 22:35:09.753836+00', '2026-11-22 22:35:10.253836+00', '2026-11-22 22:35:09.800678+00', '2026-11-22 22:35:09.800691+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-11c6-766d-b4d3-386970893f55', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:05.038186+00', '2026-11-22 22:35:05.538186+00', '2026-11-22 22:35:05.076064+00', '2026-11-22 22:35:05.076084+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-1794-7281-ab95-b7e2a403612f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:06.568265+00', '2026-11-22 22:35:07.068265+00', '2026-11-22 22:35:06.624503+00', '2026-11-22 22:35:06.624521+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-189f-71c5-af2b-6f7df6613207', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:06.795607+00', '2026-11-22 22:35:07.295607+00', '2026-11-22 22:35:06.832181+00', '2026-11-22 22:35:06.832212+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-18d3-777a-a29f-41e874f3ccee', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:06.835533+00', '2026-11-22 22:35:07.335533+00', '2026-11-22 22:35:06.842607+00', '2026-11-22 22:35:06.842619+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-18dc-77d1-abf9-1e0187378c79', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:06.844733+00', '2026-11-22 22:35:07.344733+00', '2026-11-22 22:35:06.850451+00', '2026-11-22 22:35:06.850462+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-18e4-73c4-92ba-02fe114da46d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:06.85265+00', '2026-11-22 22:35:07.35265+00', '2026-11-22 22:35:06.858671+00', '2026-11-22 22:35:06.858682+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-18ec-74e9-a991-69b65bd2d02f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:06.860494+00', '2026-11-22 22:35:07.360494+00', '2026-11-22 22:35:06.868211+00', '2026-11-22 22:35:06.868224+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-18f5-7156-af59-2212f0a0f7e9', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:06.86989+00', '2026-11-22 22:35:07.36989+00', '2026-11-22 22:35:06.87383+00', '2026-11-22 22:35:06.87385+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-1cd3-72d9-93ec-e645d2145b6f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:07.859956+00', '2026-11-22 22:35:08.359956+00', '2026-11-22 22:35:07.889139+00', '2026-11-22 22:35:07.889151+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-23b9-7797-9279-3636693db3bf', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:09.625473+00', '2026-11-22 22:35:10.125473+00', '2026-11-22 22:35:09.642219+00', '2026-11-22 22:35:09.642239+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-1cb3-7187-adb2-4a4441841049', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:07.827639+00', '2026-11-22 22:35:08.327639+00', '2026-11-22 22:35:07.853576+00', '2026-11-22 22:35:07.853595+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-1dc2-766b-9fee-72ede365153c', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:08.098776+00', '2026-11-22 22:35:08.598776+00', '2026-11-22 22:35:08.147246+00', '2026-11-22 22:35:08.147267+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-1ffa-7647-ad20-2a7a059f9198', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:08.686057+00', '2026-11-22 22:35:09.186057+00', '2026-11-22 22:35:08.747679+00', '2026-11-22 22:35:08.747694+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-25b0-764b-9c10-5ed73239ae93', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:10.128568+00', '2026-11-22 22:35:10.628568+00', '2026-11-22 22:35:10.153426+00', '2026-11-22 22:35:10.153447+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-263e-72c8-a49a-690d7e99d790', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 22:35:10.270749+00', '2026-11-22 22:35:10.770749+00', '2026-11-22 22:35:10.290076+00', '2026-11-22 22:35:10.290092+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a20566-3ae2-7428-93f9-5902e5ea2de1', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 22:35:15.555095+00', '2026-11-22 22:35:16.055095+00', '2026-11-22 22:35:15.603465+00', '2026-11-22 22:35:15.603487+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'actions', NULL, NULL);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'reads', NULL, NULL);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'antivirus', NULL, NULL);
INSERT INTO quell.canary_fallbacks VALUES (1, 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'canary.limits[0]', '2026-11-22 22:34:54.953942+00');
INSERT INTO quell.cap_lifts VALUES ('01a20566-08e1-71cc-9bf7-7445e5206859', 1, 'caps[0]', '{"per": {"secs": 60, "nanos": 0}, "devices": 100}', NULL, 10, '2026-11-22 22:35:02.81197+00', '2026-11-22 22:36:02.81197+00', 'anna', 'of the dump', NULL, NULL);
INSERT INTO quell.clock VALUES (true, '00:00:00');
INSERT INTO quell.clock_jumps OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-22 22:35:16.1919+00', '00:00:02', '00:00:03', 'a043b38b-5267-4137-8cad-29ddaa6ac312');
INSERT INTO quell.cluster_seen VALUES (true, '7711127924407860208:00000001:16384:16656', '2026-11-22 22:34:48.782064+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-da1a-7337-9f8a-467cffea6e71', 'r-7', '01a20565-d6df-77ab-beff-ad0644e93706', '2026-11-22 22:34:50.797163+00', NULL, '2026-11-22 22:34:49+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-da83-7309-93f7-022ddd5f5f39', 'x-11', '01a20565-d83d-7275-a48e-5b845a9d4005', '2026-11-22 22:34:50.885977+00', NULL, '2026-11-22 22:34:50+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-da93-7725-a617-6422fbec43ba', 'x-12', '01a20565-d83d-7275-a48e-5b85de374dba', '2026-11-22 22:34:50.906054+00', NULL, '2026-11-22 22:34:50+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-daa7-76fa-984a-95fc0263ddaf', 'x-13', '01a20565-d83d-7275-a48e-5b86bdaf6d9c', '2026-11-22 22:34:50.923959+00', NULL, '2026-11-22 22:34:50+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dc0e-7727-b66d-222d42a7ca81', 'r-1', '01a20565-d6df-77ab-beff-ad00f04848c1', '2026-11-22 22:34:51.310874+00', NULL, '2026-11-22 22:34:49+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dc9c-7070-9f23-501d7601659e', 'r-2', '01a20565-d6df-77ab-beff-ad016d92085a', '2026-11-22 22:34:51.422339+00', NULL, '2026-11-22 22:34:49+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dcd6-74be-a854-f3f3f300969a', 'r-3', '01a20565-d6df-77ab-beff-ad02199214d5', '2026-11-22 22:34:51.479515+00', NULL, '2026-11-22 22:34:49+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dcfb-706a-aa63-9d443d1f311f', 'r-4', '01a20565-d6df-77ab-beff-ad03d6a8d369', '2026-11-22 22:34:51.526079+00', NULL, '2026-11-22 22:34:49+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dd2b-707a-9dcb-afbec09ed02f', 'r-5', '01a20565-d6df-77ab-beff-ad04e1c6db20', '2026-11-22 22:34:51.564066+00', NULL, '2026-11-22 22:34:49+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dd53-75c4-892d-a62192a10675', 'r-6', '01a20565-d6df-77ab-beff-ad059e53cbd9', '2026-11-22 22:34:51.60606+00', NULL, '2026-11-22 22:34:49+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dd73-70a0-9b94-df3941fa5e03', 'p-22', '01a20565-da70-7379-853e-98ab0cc140d2', '2026-11-22 22:34:51.635752+00', NULL, '2026-11-22 22:34:50+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dda3-7567-b699-e5977fb348c0', 'd-23', '01a20565-da70-7379-853e-98acb289561c', '2026-11-22 22:34:51.683764+00', NULL, '2026-11-22 22:34:50+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dfab-74dd-88f2-d74314de630b', 'm-21', '01a20565-da70-7379-853e-98aae7679acc', '2026-11-22 22:34:52.21911+00', NULL, '2026-11-22 22:34:50+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-dffe-731c-95e5-06dc12cd995b', 'f-32', '01a20565-dcf9-7338-b36d-acdd5f03336f', '2026-11-22 22:34:52.287119+00', NULL, '2026-11-22 22:34:51+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-e09e-7206-a54e-4f3ccfde8793', 's-31', '01a20565-dc71-714a-9bd4-23e69f93ddf3', '2026-11-22 22:34:52.449992+00', NULL, '2026-11-22 22:34:51+00');
INSERT INTO quell.containment_alerts VALUES ('01a20565-ea7a-728b-ab76-58c35468bcd3', 'd-25', '01a20565-e966-7692-a910-d7b1f2982342', '2026-11-22 22:34:54.974104+00', NULL, '2026-11-22 22:34:54+00');
INSERT INTO quell.containment_alerts VALUES ('01a20566-3856-76ce-9285-941dea89e2d7', 'r-9', '01a20566-359e-733b-88ce-77a164980d44', '2026-11-22 22:35:14.903361+00', NULL, '2026-11-22 22:35:14+00');
INSERT INTO quell.containments VALUES ('01a20565-dc0e-7727-b66d-222d42a7ca81', 1, '0000000000000000000000000000d00000000001', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-d6df-77ab-beff-ad00f04848c1', 'r-1', 'alert r-1', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', true, '2026-11-23 00:58:51.160673+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dd2b-707a-9dcb-afbec09ed02f', 1, '0000000000000000000000000000d00000000005', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-d6df-77ab-beff-ad04e1c6db20', 'r-5', 'alert r-5', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', true, '2026-11-23 00:58:51.160673+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dd53-75c4-892d-a62192a10675', 1, '0000000000000000000000000000d00000000006', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-d6df-77ab-beff-ad059e53cbd9', 'r-6', 'alert r-6', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', true, '2026-11-23 00:58:51.160673+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dd73-70a0-9b94-df3941fa5e03', 1, '0000000000000000000000000000d00000000016', 'active', 'observe', 'normal', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', '01a20565-da70-7379-853e-98ab0cc140d2', 'p-22', 'alert p-22', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', false, '2026-11-23 00:58:51.160673+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', NULL, NULL, NULL, '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dffe-731c-95e5-06dc12cd995b', 1, '0000000000000000000000000000d00000000020', 'active', 'observe', 'normal', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', '01a20565-dcf9-7338-b36d-acdd5f03336f', 'f-32', 'alert f-32', '2026-11-22 22:34:52.102891+00', NULL, NULL, NULL, '2026-11-22 22:34:52.102891+00', '02:24:00', false, '2026-11-23 00:58:52.102891+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', NULL, NULL, NULL, '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-da1a-7337-9f8a-467cffea6e71', 1, '0000000000000000000000000000d00000000007', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-d6df-77ab-beff-ad0644e93706', 'r-7', 'alert r-7', '2026-11-22 22:34:50.538529+00', NULL, NULL, NULL, '2026-11-22 22:34:50.538529+00', '02:24:00', true, '2026-11-23 00:58:50.538529+00', NULL, NULL, 'restrict failed: errorHResult 0x80070005', 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dcd6-74be-a854-f3f3f300969a', 1, '0000000000000000000000000000d00000000003', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-d6df-77ab-beff-ad02199214d5', 'r-3', 'alert r-3', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', true, '2026-11-23 00:58:51.160673+00', '2026-11-22 22:35:02.650174+00', 'drift', NULL, 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dcfb-706a-aa63-9d443d1f311f', 1, '0000000000000000000000000000d00000000004', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-d6df-77ab-beff-ad03d6a8d369', 'r-4', 'alert r-4', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', true, '2026-11-23 00:58:51.160673+00', '2026-11-22 22:35:03.512039+00', 'operator', NULL, 'anna', 'of the dump', false, true, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dda3-7567-b699-e5977fb348c0', 1, '0000000000000000000000000000d00000000017', 'ended', 'enforce', 'normal', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '01a20565-da70-7379-853e-98acb289561c', 'd-23', 'alert d-23', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', false, '2026-11-23 00:58:51.160673+00', '2026-11-22 22:35:04.260631+00', 'operator', NULL, 'anna', 'of the dump', true, false, '{}', NULL, NULL, '[{"per": {"secs": 1440, "nanos": 0}, "most": {"devices": 1}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-da93-7725-a617-6422fbec43ba', 1, '0000000000000000000000000000d0000000000c', 'asked', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a20565-d83d-7275-a48e-5b85de374dba', 'x-12', 'alert x-12', '2026-11-22 22:34:50.538529+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 00:59:14.067984+00', NULL, '02:24:00', false, NULL, NULL, NULL, NULL, 'decide', 'ask', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-daa7-76fa-984a-95fc0263ddaf', 1, '0000000000000000000000000000d0000000000d', 'asked', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a20565-d83d-7275-a48e-5b86bdaf6d9c', 'x-13', 'alert x-13', '2026-11-22 22:34:50.538529+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 00:59:14.079246+00', NULL, '02:24:00', false, NULL, NULL, NULL, NULL, 'decide', 'ask', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-ea7a-728b-ab76-58c35468bcd3', 1, '0000000000000000000000000000d00000000019', 'active', 'observe', 'normal', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '01a20565-e966-7692-a910-d7b1f2982342', 'd-25', 'alert d-25', '2026-11-22 22:34:54.898777+00', NULL, NULL, NULL, '2026-11-22 22:34:54.898777+00', '02:24:00', false, '2026-11-23 00:58:54.898777+00', NULL, NULL, NULL, 'decide', 'matched', true, false, '{}', NULL, NULL, '[{"per": {"secs": 1440, "nanos": 0}, "most": {"devices": 1}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-da83-7309-93f7-022ddd5f5f39', 1, '0000000000000000000000000000d0000000000b', 'active', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a20565-d83d-7275-a48e-5b845a9d4005', 'x-11', 'alert x-11', '2026-11-22 22:34:50.538529+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 00:58:50.538529+00', '2026-11-22 22:34:55.759757+00', '02:24:00', false, '2026-11-23 00:58:55.759757+00', NULL, NULL, NULL, 'anna', 'approved by anna: of the dump', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dc9c-7070-9f23-501d7601659e', 1, '0000000000000000000000000000d00000000002', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-d6df-77ab-beff-ad016d92085a', 'r-2', 'alert r-2', '2026-11-22 22:34:51.160673+00', NULL, NULL, NULL, '2026-11-22 22:34:51.160673+00', '02:24:00', true, '2026-11-23 00:58:51.160673+00', '2026-11-22 22:34:56.300305+00', 'release_playbook', NULL, 'decide', 'released by playbook all-clear', false, true, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20566-05ba-7455-8b39-b07c87e97fe7', 1, '0000000000000000000000000000d0000000002a', 'active', 'enforce', 'high', NULL, NULL, NULL, NULL, 'of the dump', '2026-11-22 22:35:01.884187+00', NULL, NULL, NULL, '2026-11-22 22:35:01.884187+00', '144:00:00', false, '2026-11-28 22:35:01.884187+00', NULL, NULL, NULL, 'anna', 'of the dump', false, false, '{}', NULL, NULL, NULL, '{}', 'anna', NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20566-1b2e-73ee-8e8b-1e26face5a32', 1, '0000000000000000000000000000000000000000', 'ended', 'enforce', 'high', NULL, NULL, NULL, NULL, 'probe: of the dump (end)', '2026-11-22 22:35:07.384084+00', NULL, NULL, NULL, '2026-11-22 22:35:07.384084+00', '00:02:00', false, '2026-11-22 22:37:07.384084+00', '2026-11-22 22:35:09.6812+00', 'operator', NULL, 'anna', 'the probe is over', false, false, '{}', NULL, NULL, NULL, '{}', 'anna', NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20565-dfab-74dd-88f2-d74314de630b', 1, '0000000000000000000000000000d00000000015', 'asked', 'enforce', 'normal', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '01a20565-da70-7379-853e-98aae7679acc', 'm-21', 'alert m-21', '2026-11-22 22:34:52.102891+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'if_unknown.device.os', '2026-11-23 00:59:14.079557+00', NULL, '02:24:00', false, NULL, NULL, NULL, NULL, 'decide', 'if_unknown.device.os', false, false, '{}', NULL, 'if_unknown.device.os', NULL, '{}', NULL, 1002, NULL, '{}', 0, NULL, NULL, 'isolation', 'full');
INSERT INTO quell.containments VALUES ('01a20565-e09e-7206-a54e-4f3ccfde8793', 1, '0000000000000000000000000000d0000000001f', 'asked', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20565-dc71-714a-9bd4-23e69f93ddf3', 's-31', 'alert s-31', '2026-11-22 22:34:52.407461+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'if_unknown.device.tags', '2026-11-23 00:59:14.079682+00', NULL, '02:24:00', true, NULL, NULL, NULL, NULL, 'decide', 'if_unknown.device.tags', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', 'if_unknown.device.tags', '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, 1003, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a20566-3856-76ce-9285-941dea89e2d7', 1, '0000000000000000000000000000d00000000009', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a20566-359e-733b-88ce-77a164980d44', 'r-9', 'alert r-9', '2026-11-22 22:35:14.819153+00', NULL, NULL, NULL, '2026-11-22 22:35:14.819153+00', '02:24:00', true, '2026-11-23 00:59:14.819153+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.dead_letter_ends VALUES ('502e8e03-2bcf-8b89-bb38-69f8083356cc', 1, '2026-11-22 22:35:04.94563+00', 'dropped', 'anna', 'of the dump', NULL);
INSERT INTO quell.dead_letters VALUES ('502e8e03-2bcf-8b89-bb38-69f8083356cc', 1, '2026-11-22 22:34:50.958895+00', 'webhook', NULL, NULL, 'unknown_shape: no known alert shape: expected a Defender alert (`id` with `alertCreationTime`), a Sentinel SecurityAlert (`SystemAlertId`), a Graph alerts_v2 alert (`id` with `createdDateTime`), an XDR streaming record (`category` `AdvancedHunting-…` with `properties`), or quell''s own shape (`quell schema event`); found `no`', '\x28b52ffd2201800f7900007b226e6f223a2022616c657274227d', 1);
INSERT INTO quell.dead_letters VALUES ('94de757f-b8b2-828e-8df6-50a23721bbb7', 1, '2026-11-22 22:34:51.11046+00', 'webhook', NULL, NULL, 'unknown_shape: no known alert shape: expected a Defender alert (`id` with `alertCreationTime`), a Sentinel SecurityAlert (`SystemAlertId`), a Graph alerts_v2 alert (`id` with `createdDateTime`), an XDR streaming record (`category` `AdvancedHunting-…` with `properties`), or quell''s own shape (`quell schema event`); found `neither`', '\x28b52ffd220180139900007b226e656974686572223a202274686973227d', 1);
INSERT INTO quell.deciders VALUES (1, '36adc66a-5561-4fbf-a680-55fdc00f8c99', '2026-11-22 22:34:48.838993+00');
INSERT INTO quell.decision_inputs VALUES (1, '49f2a690-04a1-de6e-fc6d-012f0fdd4c57', '{"os": "Windows11", "kind": "workstation", "name": "srv-8.example.com", "risk": "medium", "tags": ["tier-0"], "group": "Servers", "value": "normal", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '{"caps": [{"per": {"secs": 60, "nanos": 0}, "devices": 100}], "never": {"ids": ["ffffffffffffffffffffffffffffffffffffffff"], "tags": [], "names": [], "groups": [], "device_values": []}, "surge": {"per": {"secs": 60, "nanos": 0}, "per_user": 5, "per_title": null, "per_source": null, "administrators": {"tags": [], "users": [], "groups": [], "devices": 0}}, "ceiling": "enforce", "freshness": {"secs": 60, "nanos": 0}, "time_scale": 60, "default_ask": {"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}}');
INSERT INTO quell.decision_inputs VALUES (1, 'cb8a921b-a784-8edd-17b5-fb857861fbf2', '{"os": "Windows11", "kind": "workstation", "name": "fails.example.com", "risk": "none", "tags": [], "group": "Branches", "value": "normal", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '039da60f-e4b6-ddbc-c0fb-47d84a11e9e6', '{"os": "Windows10", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "informational", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "entra_id": null, "exposure": "medium", "onboarding": "Onboarded", "os_version": "22H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '04da3a40-db12-e48b-d701-df8b5ce47a2a', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "low", "tags": [], "group": "Plants", "value": "high", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '1cd1d96c-aea0-e043-e436-7796be4acf4b', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "high", "tags": [], "group": "Remote", "value": "high", "health": "Active", "entra_id": null, "exposure": "high", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'a884cc3b-586b-4406-a1a2-280e831a66e1', '{"os": "Windows10", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "high", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "entra_id": null, "exposure": "high", "onboarding": "Onboarded", "os_version": "22H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'b3930914-ad34-ae24-a9e6-8694c7c48ea1', '{"os": "WindowsServer2019", "kind": "server", "name": "srv-0000000000.corp.example", "risk": "none", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "entra_id": null, "exposure": "medium", "onboarding": "Onboarded", "os_version": "1809", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'ec7f9634-b5dd-e1cc-7752-fc5d00d49256', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "none", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "entra_id": null, "exposure": "high", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '9da5d8ea-c719-fd4d-8776-8a4ae817f165', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "none", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "entra_id": null, "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null, "unavailable": {}}');
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad07e059860a', '2026-11-22 22:34:50.019421+00', '2026-11-22 22:28:30.131+00', 1, 1, '0000000000000000000000000000d00000000008', 'skip', 'unless.device.tags', 'new', '49f2a690-04a1-de6e-fc6d-012f0fdd4c57', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "skip", "l": 8, "p": "acts", "r": "unless.device.tags"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad0644e93706', '2026-11-22 22:34:50.538529+00', '2026-11-22 22:32:39.069+00', 1, 1, '0000000000000000000000000000d00000000007', 'act', 'matched', 'new', 'cb8a921b-a784-8edd-17b5-fb857861fbf2', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [0, 0], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d83d-7275-a48e-5b845a9d4005', '2026-11-22 22:34:50.538529+00', NULL, 1, 1, '0000000000000000000000000000d0000000000b', 'ask', 'ask', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d83d-7275-a48e-5b85de374dba', '2026-11-22 22:34:50.538529+00', NULL, 1, 1, '0000000000000000000000000000d0000000000c', 'ask', 'ask', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d83d-7275-a48e-5b86bdaf6d9c', '2026-11-22 22:34:50.538529+00', NULL, 1, 1, '0000000000000000000000000000d0000000000d', 'ask', 'ask', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad00f04848c1', '2026-11-22 22:34:51.160673+00', '2026-11-22 22:16:41.694+00', 1, 1, '0000000000000000000000000000d00000000001', 'act', 'matched', 'new', '039da60f-e4b6-ddbc-c0fb-47d84a11e9e6', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [1, 1], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad016d92085a', '2026-11-22 22:34:51.160673+00', '2026-11-22 22:31:29.303+00', 1, 1, '0000000000000000000000000000d00000000002', 'act', 'matched', 'new', 'b3930914-ad34-ae24-a9e6-8694c7c48ea1', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [2, 2], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad02199214d5', '2026-11-22 22:34:51.160673+00', '2026-11-22 22:28:10.921+00', 1, 1, '0000000000000000000000000000d00000000003', 'act', 'matched', 'new', 'a884cc3b-586b-4406-a1a2-280e831a66e1', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [3, 3], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad03d6a8d369', '2026-11-22 22:34:51.160673+00', '2026-11-22 22:15:45.37+00', 1, 1, '0000000000000000000000000000d00000000004', 'act', 'matched', 'new', 'ec7f9634-b5dd-e1cc-7752-fc5d00d49256', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [4, 4], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad04e1c6db20', '2026-11-22 22:34:51.160673+00', '2026-11-22 22:25:52.152+00', 1, 1, '0000000000000000000000000000d00000000005', 'act', 'matched', 'new', '04da3a40-db12-e48b-d701-df8b5ce47a2a', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [5, 5], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-d6df-77ab-beff-ad059e53cbd9', '2026-11-22 22:34:51.160673+00', '2026-11-22 22:15:22.784+00', 1, 1, '0000000000000000000000000000d00000000006', 'act', 'matched', 'new', '1cd1d96c-aea0-e043-e436-7796be4acf4b', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [6, 6], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-da70-7379-853e-98ab0cc140d2', '2026-11-22 22:34:51.160673+00', NULL, 1, 1, '0000000000000000000000000000d00000000016', 'observe', 'matched', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "observe", "n": [0], "p": "observes", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-da70-7379-853e-98acb289561c', '2026-11-22 22:34:51.160673+00', NULL, 1, 1, '0000000000000000000000000000d00000000017', 'act', 'matched', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [0, 7], "p": "canary", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-da70-7379-853e-98ad40f378ab', '2026-11-22 22:34:51.160673+00', NULL, 1, 1, '0000000000000000000000000000d00000000018', 'skip', 'no_match', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-da70-7379-853e-98aae7679acc', '2026-11-22 22:34:52.102891+00', NULL, 1, 1, '0000000000000000000000000000d00000000015', 'ask', 'if_unknown.device.os', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"b": "matched", "k": "ask", "p": "scans", "r": "if_unknown.device.os"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-dcf9-7338-b36d-acdd5f03336f', '2026-11-22 22:34:52.102891+00', NULL, 1, 1, '0000000000000000000000000000d00000000020', 'observe', 'matched', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "observe", "n": [1], "p": "observes", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-dc71-714a-9bd4-23e69f93ddf3', '2026-11-22 22:34:52.407461+00', NULL, 1, 1, '0000000000000000000000000000d0000000001f', 'ask', 'if_unknown.device.tags', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "ask", "l": 8, "p": "acts", "r": "if_unknown.device.tags"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-e966-7692-a910-d7b1f2982342', '2026-11-22 22:34:54.898777+00', NULL, 1, 1, '0000000000000000000000000000d00000000019', 'observe', 'canary.limits[0]', 'new', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"b": "matched", "k": "observe", "m": "observe", "n": [0, 2], "p": "canary", "r": "canary.limits[0]"}]', NULL, NULL);
INSERT INTO quell.decisions_202611 VALUES ('01a20565-ef67-76af-b5af-324ef9c4251c', '2026-11-22 22:34:56.252117+00', '2026-11-22 22:31:29.303+00', 1, 1, '0000000000000000000000000000d00000000002', 'act', 'matched', 'resolved', 'b3930914-ad34-ae24-a9e6-8694c7c48ea1', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "p": "all-clear", "r": "matched"}]', NULL, '{"restricted_by": ["acts"]}');
INSERT INTO quell.decisions_202611 VALUES ('01a20565-ef67-76af-b5af-324f58fedcff', '2026-11-22 22:34:56.252117+00', '2026-11-22 22:16:41.694+00', 1, 1, '0000000000000000000000000000d00000000001', 'skip', 'no_match', 'updated', '039da60f-e4b6-ddbc-c0fb-47d84a11e9e6', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[]', NULL, '{"restricted_by": ["acts"]}');
INSERT INTO quell.decisions_202611 VALUES ('01a20566-359e-733b-88ce-77a164980d44', '2026-11-22 22:35:14.819153+00', '2026-11-22 22:30:08.733+00', 1, 1, '0000000000000000000000000000d00000000009', 'act', 'matched', 'new', '9da5d8ea-c719-fd4d-8776-8a4ae817f165', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '[{"k": "act", "n": [7, 11], "p": "acts", "r": "matched"}]', NULL, NULL);
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000001', 'available_actions', NULL, '2026-11-22 22:34:51.838098+00', NULL, 0, '2026-11-22 22:34:52.220453+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000002', 'available_actions', NULL, '2026-11-22 22:34:51.842004+00', NULL, 0, '2026-11-22 22:34:52.220545+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000003', 'available_actions', NULL, '2026-11-22 22:34:51.86604+00', NULL, 0, '2026-11-22 22:34:52.220563+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000004', 'available_actions', NULL, '2026-11-22 22:34:51.915553+00', NULL, 0, '2026-11-22 22:34:52.220576+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000005', 'available_actions', NULL, '2026-11-22 22:34:51.916156+00', NULL, 0, '2026-11-22 22:34:52.220588+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000006', 'available_actions', NULL, '2026-11-22 22:34:51.927215+00', NULL, 0, '2026-11-22 22:34:52.220599+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000007', 'available_actions', NULL, '2026-11-22 22:34:50.983561+00', NULL, 0, '2026-11-22 22:34:52.22061+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000b', 'available_actions', NULL, '2026-11-22 22:34:51.069927+00', NULL, 0, '2026-11-22 22:34:52.816097+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000c', 'available_actions', NULL, '2026-11-22 22:34:51.075296+00', NULL, 0, '2026-11-22 22:34:52.816227+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000d', 'available_actions', NULL, '2026-11-22 22:34:51.101959+00', NULL, 0, '2026-11-22 22:34:52.816267+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000015', 'available_actions', NULL, '2026-11-22 22:34:52.329409+00', NULL, 0, '2026-11-22 22:34:52.816286+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000016', 'available_actions', NULL, '2026-11-22 22:34:51.962211+00', NULL, 0, '2026-11-22 22:34:52.816302+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000017', 'available_actions', NULL, '2026-11-22 22:34:51.987307+00', NULL, 0, '2026-11-22 22:34:52.816313+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000001f', 'available_actions', NULL, '2026-11-22 22:34:52.466362+00', NULL, 0, '2026-11-22 22:34:52.981331+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000020', 'available_actions', NULL, '2026-11-22 22:34:52.330171+00', NULL, 0, '2026-11-22 22:34:52.981423+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000019', 'available_actions', NULL, '2026-11-22 22:34:54.990082+00', NULL, 0, '2026-11-22 22:34:55.030435+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000009', 'available_actions', NULL, '2026-11-22 22:35:14.302023+00', NULL, 0, '2026-11-22 22:35:14.519602+00', '{}');
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000001', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "low"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:16:41.446Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000002', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:33:49.257Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000003', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:11:59.363Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000004', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:27:24.27Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000005', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:32:31.62Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000006', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:16:19.776Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000007', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:33:45.905Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000008', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Branches"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:19:53.264Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000009', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:14:53.922Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000018', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000017', NULL, NULL, false, NULL, NULL, 0, 'free', '2026-11-22 22:35:05.134218+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '000000000000000000000000000000000000000a', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:28:12.857Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '000000000000000000000000000000000000000b', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:22:55.891Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000008', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "srv-8.example.com"}, "risk": {"is": "medium"}, "tags": {"is": ["tier-0"]}, "group": {"is": "Servers"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:28:30.131Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000c', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000d', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000b', NULL, NULL, false, NULL, NULL, 0, 'restricted', '2026-11-22 22:34:56.620327+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000016', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000002', '{"os": {"is": "WindowsServer2019"}, "kind": {"is": "server"}, "name": {"is": "srv-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:31:29.303Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "1809"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:50.649092+00', false, NULL, NULL, 0, 'free', '2026-11-22 22:34:57.158299+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000001', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:16:41.694Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:50.648727+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 22:34:53.040081+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000005', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:25:52.152Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:50.649219+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 22:34:53.767666+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000006', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "high"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "high"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:15:22.784Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:50.649381+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 22:34:54.173503+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000020', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000015', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:14:35.128Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:52.362299+00', false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000001f', '{"os": {"is": "WindowsServer2019"}, "kind": {"is": "server"}, "name": {"is": "srv-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:20:25.635Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "1809"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:52.510385+00', false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000019', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000003', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "high"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:28:10.921Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:50.649172+00', false, NULL, NULL, 0, 'free', '2026-11-22 22:35:02.615552+00', false, 0, NULL, NULL, NULL, '{r-3}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000007', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "fails.example.com"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Branches"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:32:39.069Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', NULL, false, 4, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000009', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:30:08.733Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:35:14.729382+00', false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000002a', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:22:21.908Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:35:01.714287+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 22:35:03.214701+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000029', NULL, NULL, false, NULL, NULL, 0, 'restricted_by_other', '2026-11-22 22:35:02.809872+00', true, 0, NULL, 'analyst@contoso.example', '2026-11-22 22:34:59.535748+00', '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000004', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:15:45.37Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:50.649198+00', false, NULL, NULL, 0, 'free', '2026-11-22 22:35:04.490443+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000000', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "entra_id": "absent", "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:28:44.937Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 22:34:48.800398+00', false, NULL, NULL, 0, 'free', '2026-11-22 22:35:10.166581+00', false, 0, '01a20565-d25d-755c-9a95-d301501c64bb', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000a', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0, DEFAULT, DEFAULT, DEFAULT);
INSERT INTO quell.event_keys VALUES (1, '\x643d7f5cdac4076457ab43567463b1d349cfbad8c7ae4807a56512d8e4833c27', '01a20565-d6df-77ab-beff-ad07e059860a');
INSERT INTO quell.event_keys VALUES (1, '\x74dc146c34862f60a639759783d63623fdaffeff56271b8f86c3bcaa320b3ffb', '01a20565-d6df-77ab-beff-ad03d6a8d369');
INSERT INTO quell.event_keys VALUES (1, '\x877cadbfa808143e0618527cf01b91c27430cd54d5959decf19d5c47402935cb', '01a20565-d6df-77ab-beff-ad059e53cbd9');
INSERT INTO quell.event_keys VALUES (1, '\x9b3175ab6bac83d8f27d3d766dcc5edbf5b2f9e83fbbd89a680511ebef49544a', '01a20565-d6df-77ab-beff-ad04e1c6db20');
INSERT INTO quell.event_keys VALUES (1, '\xa458237f63a7806202cd1ebfcd98ce247cb478956634aab6d60c74236c8d8d91', '01a20565-d6df-77ab-beff-ad00f04848c1');
INSERT INTO quell.event_keys VALUES (1, '\xd2a387602a89ea6c6a7ff414e7602df39ef64bda376bb4be4bd2423fd6fde72c', '01a20565-d6df-77ab-beff-ad02199214d5');
INSERT INTO quell.event_keys VALUES (1, '\xd4cf37ba4f168a74096b9707371fec87ea0a2d1874145f63843d73fa9bbb917e', '01a20565-d6df-77ab-beff-ad016d92085a');
INSERT INTO quell.event_keys VALUES (1, '\xfa1e33e05c01b4eda4bde4da4d1c37a979d30a82617e7399f12bed52c42cd511', '01a20565-d6df-77ab-beff-ad0644e93706');
INSERT INTO quell.event_keys VALUES (1, '\x39d3e6780ee97de2002a000aec24a7fe2465eb1c33f4c3a625469035b60efee3', '01a20565-d83d-7275-a48e-5b86bdaf6d9c');
INSERT INTO quell.event_keys VALUES (1, '\xd1c2d536c877a3527ee285a3132bffcaa2e75e119d0f3402cf4c8812789cd34b', '01a20565-d83d-7275-a48e-5b845a9d4005');
INSERT INTO quell.event_keys VALUES (1, '\xed5a8185e7ac228fc54751b94e2d4367cca477034f2a5cedbcc849f4503bf81b', '01a20565-d83d-7275-a48e-5b85de374dba');
INSERT INTO quell.event_keys VALUES (1, '\x0827f28c0387df9c1fa2d4c99d516b9a207afc96c302ad7a10f8e408a79cd6fd', '01a20565-da70-7379-853e-98ab0cc140d2');
INSERT INTO quell.event_keys VALUES (1, '\x9aace4f55a1dde6a9e4245b9efb9683567a67d00fb135f2771f7e7a63698f2b1', '01a20565-da70-7379-853e-98acb289561c');
INSERT INTO quell.event_keys VALUES (1, '\xe2ca9eeb661cb6df695d17c6f311e7b7ab32a99f2ddc52e8ef861b0fd9d5e4c4', '01a20565-da70-7379-853e-98ad40f378ab');
INSERT INTO quell.event_keys VALUES (1, '\xec5459ac78ace8ba8456159a55cb2c26127c0f7cd00b7b93be4a876db0f26a12', '01a20565-da70-7379-853e-98aae7679acc');
INSERT INTO quell.event_keys VALUES (1, '\xa2b0d2abdebba738f8097a5ad0a87f534afe54a7d9a3111544c14271baea1606', '01a20565-dc71-714a-9bd4-23e69f93ddf3');
INSERT INTO quell.event_keys VALUES (1, '\xdc9449940d85a7aa8b258512721505d7966931be40c92523bb26e60a60747424', '01a20565-dcf9-7338-b36d-acdd5f03336f');
INSERT INTO quell.event_keys VALUES (1, '\x2b020a76de44b4198d082dd2dc1ad8d4791875e102c6fefe983de63043c3d280', '01a20565-e966-7692-a910-d7b1f2982342');
INSERT INTO quell.event_keys VALUES (1, '\x6e340018026096aa791bd7a44f6712d2a33bec6c5774974bf7a467091e3bf02d', '01a20565-ef67-76af-b5af-324ef9c4251c');
INSERT INTO quell.event_keys VALUES (1, '\xac5264f3a79bdcc414cf52fe654adff18f8ff5809ff7c79f1036b5997a946478', '01a20565-ef67-76af-b5af-324f58fedcff');
INSERT INTO quell.event_keys VALUES (1, '\x20fc8e37c4368c6f6d9d04c2a80e49775d43dc07eb47a55390655d126f00af63', '01a20566-359e-733b-88ce-77a164980d44');
INSERT INTO quell.event_keys VALUES (1, '\x4d680e136361f0908c4a13436afe6222972204d994264dfb16633eb5a282d59f', '01a20566-3b73-71c6-88ab-b146ebb0c8fa');
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad00f04848c1', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-1', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000001}', '\x28b52ffd6201809d00e5040033c5124bbcc05be7c53968058685b9b103e6c545a579f18517447e71ace2c83423d304d1a4f3d28b2fbc6061ec25f3829264bef082b9a024475a5e5850195e7ce105f24279f1857fe1059ab878111dfc0090c6d7c9b0d70748b19246efdf54d9db35276910c705588022910cde8a85f90ec9174ba94a085d7eda0527e4d83322c7c0bd56e4ff89c4d63344d1a0581d6f5d1d17e6c9d8d821a81ce204', '\x28b52ffd620280ba001d0200d381052fa870c15bcc806036f937a51f3e447e84343f988c040efca2b5e24893e179b1bbb4735229468e1fe53b849abf10a2c87802dc867fa5fc04bae80a610acfce04', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad016d92085a', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-2', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000002}', '\x28b52ffd6201809d00cd04001385124bbcc85be7055a8161616eec80797151695e7ce10591b3385671649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0224d5cbc081bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba000d0200d3810505152e788b1910cc26ffa6f4c387c88f90e6073619090efc292033299e11bb4b3b279562e4f851be43a8f90b218a8c27c06df857cacf40a2f2137696d862', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad02199214d5', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-3', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000003}', '\x28b52ffd6201809d00cd04001385124bbcd05be7055a8161616eec80797151695e7ce10591b3385671649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0424d5cbc081bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba001d0200e381055750e182b79801c16cf26f4a3f7c88fc08697e7093910efca2b5e24893e179b1bbb4735229468e1fe53b849abf10a2c87802dc867fa5fc0c242a3f6167892d06', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad03d6a8d369', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-4', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000004}', '\x28b52ffd6201809d009d0400f3c4114bbcd85be7055a8161616eec80797151695e7ce10591b3385671649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2f9017ca8b2ffc0b2fd6c4c58b1afc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c582ef680e97bf5d5ad9bd31249c67a4c1c00daec8934462db19d26900581df7bb3a86da646cef10da0e7303', '\x28b52ffd620280ba000d0200c3410505152e788b1910cc26ffa6f4c387c88f90e60793910efc455c81a349f18cd85dda39a91423c78ff21d42cd5f0851643c016ec3bf527e064265214c21f199', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad04e1c6db20', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-5', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000005}', '\x28b52ffd6201809d00cd04001385124bbce05be7055a8161616eec80797151695e7ce10591b3385671649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0824d5cbc081bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba00150200c3410505152e788b1910cc26ffa6f4c387c88f90e60793910efc1ba6024893e219b1bbb4735229468e1fe53b849abf10a2c87802dc867fa5fc047aa60a610acfce04', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad059e53cbd9', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-6', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000006}', '\x28b52ffd6201809d00cd04001385124bbce85be7055a8161616eec80797151695e7ce10591b3385671649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0a24d5cbc081bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba001d0200d381055a50e182b79801c16cf26f4a3f7c88fc08697e3019090efca2b5e24893e179b1bbb4735229468e1fe53b849abf10a2c87802dc867fa5fc04f2950a610acfce04', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad0644e93706', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-7', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000007}', '\x28b52ffd6201809d00e504005385134bbcf05be7055a8161616eec80797151695e7ce10591b3385671649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2f7078a1bcf8c20be485f2e20bffc20b3771f1221bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662456a893bd262f155318f2e6a7429099ef38cab3130a7154d519088604639349cac8eb45e1d4533197b3bc4e5acb9', '\x28b52ffd620280ba001d0200d3810505152e788b1910cc26ffa6f4c387c88f90e6073b19090efc2b5581a349f18cd85dda39a91423c78ff21d42cd5f0851643c016ec3bf527e0612959fb0b3c41603', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d6df-77ab-beff-ad07e059860a', '2026-11-22 22:34:49.980241+00', '2026-11-22 22:34:49+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-8', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000008}', '\x28b52ffd6201809d00cd04001385124bbcf85be7055a8161616eec80797151695e7ce10591b3385671649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0e24d5cbc081bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba00150200c3410505152e788b1910cc26ffa6f4c387c88f90e60793910efc4dad024893e219b1bbb4735229468e1fe53b849abf10a2c87802dc867fa5fc04c2b60a610acfce04', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d83d-7275-a48e-5b845a9d4005', '2026-11-22 22:34:50.324592+00', '2026-11-22 22:34:50+00', 1, 1, 'webhook', 'mde_alert', 'act', 'x-11', 'high', 'Exfiltration', 'new', '{0000000000000000000000000000d0000000000b}', '\x28b52ffd620180a20075040043440f4bbc48b7ce0bb4c2c2dcd801f3e2a2d2bcf8c20b22c7385671649a91698268d279e9c5175eb030f692794149325f7881bc505e7ce15f788168f28617011cfc0090c6d7ce307be9af6bf4fb5213f8b2639371d3e42e400be9651691cf49817dc77fc6fabbcabe5ec4f06a533ce5332e6660ce2c9ae22411218d726b385d1de9c63a0a8a32f67688cbd94401', '\x28b52ffd620280bf00fd01007301044e41b5e02d6640309bfc9bd28f4f9e100ffcacb5e24893e1e5498c5cf4502e46de33e547b5e65f302457e303e00d73aacdd751e569187d08f3bcfa3a', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d83d-7275-a48e-5b85de374dba', '2026-11-22 22:34:50.324592+00', '2026-11-22 22:34:50+00', 1, 1, 'webhook', 'mde_alert', 'act', 'x-12', 'high', 'Exfiltration', 'new', '{0000000000000000000000000000d0000000000c}', '\x28b52ffd620180a20075040043440f4bbc50b7ce0bb4c2c2dcd801f3e2a2d2bcf8c20b22c7385671649a91698268d279e9c5175eb030f692794149325f7881bc505e7ce15f789168f28617011cfc0090c6d7ce307be9af6bf4fb5213f8b2639371d3e42e400be9651691cf49817dc77fc6fabbcabe5ec4f06a533ce5332e6660ce2c9ae22411218d726b385d1de9c63a0a8a32f67688cbd94401', '\x28b52ffd620280bf00fd010073010405d582b79801c16cf26f4a3fec9327040ffc65b1024893e265488c5cf4502e46de33e547b5e65f302457e303e00d73aacdd751e5d3a46223ac008287', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-d83d-7275-a48e-5b86bdaf6d9c', '2026-11-22 22:34:50.324592+00', '2026-11-22 22:34:50+00', 1, 1, 'webhook', 'mde_alert', 'act', 'x-13', 'high', 'Exfiltration', 'new', '{0000000000000000000000000000d0000000000d}', '\x28b52ffd620180a20075040043440f4bbc58b7ce0bb4c2c2dcd801f3e2a2d2bcf8c20b22c7385671649a91698268d279e9c5175eb030f692794149325f7881bc505e7ce15f78a168f28617011cfc0090c6d7ce307be9af6bf4fb5213f8b2639371d3e42e400be9651691cf49817dc7ffe1fabbcabe5ec4f06a533ce5332e6660ce2c9ae22411218d726b385d1de9c63a0a8a32f67688cbd94401', '\x28b52ffd620280bf000502008341045041b5e02d6640309bfc9bd28ffbe409010ffcacb5e24893e1e5498c5cf4502e46de33e547b5e65f302457e303e00d73aacdd751e5d3a46223ac008287', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-da70-7379-853e-98aae7679acc', '2026-11-22 22:34:50.86987+00', '2026-11-22 22:34:50+00', 1, 1, 'webhook', 'mde_alert', 'act', 'm-21', 'high', 'Malware', 'new', '{0000000000000000000000000000d00000000015}', '\x28b52ffd62018098009d04009384104bbc60bc755ea01516e6c60e98171795e6c5175e1039c6b18a23d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20b205e7ce105f24279f1857fe105a6c9112f021cfc0086c6d7c4307be9af66f4fb5213f8b263f370d3e429400b754c2a7ae9ba18d47748606ce82a3f79e1acb7275194cfb8280317ca2242581247d17855a3e5ea742bd6a16828e36387a06a4b14', '\x28b52ffd620280b500fd01007301042fa816bcc50c0866937f53fab183898f0ffc11a672a4c0b0f610467d7a281223ef85f2a346f32f81ee607c06b2e19c839f4da94c54b22ac2a6299c09', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-da70-7379-853e-98ab0cc140d2', '2026-11-22 22:34:50.86987+00', '2026-11-22 22:34:50+00', 1, 1, 'webhook', 'mde_alert', 'act', 'p-22', 'high', 'Persistence', 'new', '{0000000000000000000000000000d00000000016}', '\x28b52ffd620180a0009d04009384104bbc68bc755ea01516e6c60e98171795e6c5175e1039c6b18a23d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20b32bcf8c20be485f2e20bffc28b4c13245e041cfc0086c6d7cc307be9af6af4fb5213f8b2637371d3e42d400be525b108249dc053dfa18fb1f1abfccb0b37bd7d8aca7cc6a20c5c328ba860491c40e34f8d4e57275ab10ea2a18cbf1de2b22d51', '\x28b52ffd620280bd00050200934104fa826ac15bcc806036f937a51f661339020ffca8b512a440b13620467d7a281623ef95f2a356f32f85c0683c0474c30ab569be33a626151f6152113c04', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-da70-7379-853e-98acb289561c', '2026-11-22 22:34:50.86987+00', '2026-11-22 22:34:50+00', 1, 1, 'webhook', 'mde_alert', 'act', 'd-23', 'high', 'Discovery', 'new', '{0000000000000000000000000000d00000000017}', '\x28b52ffd6201809c0065040053040f4bbc70bc755ea01516e6c60e98171795e6c5175e1039c6b18a23d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20be485f2e20bffc20b4d93e5451cfc0086c6d7c8307be9af68f4fb5213f8b2633371d3e42b400beeba15cb63eec5bee33f63fd5d655f2f6278b5299ef21917333067164d7192889046b9359cae8e74631d0545197b3bc4e56ca2', '\x28b52ffd620280b900f5010063c1032fa816bcc50c0866937f53fa3181020ffc2955f95160587b0ca33e3d148a91f746f951a7f9974167321e02b66145da342722b074e246d896556101', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-da70-7379-853e-98ad40f378ab', '2026-11-22 22:34:50.86987+00', '2026-11-22 22:34:50+00', 1, 1, 'webhook', 'mde_alert', 'act', 'n-24', 'high', 'Nothing', 'new', '{0000000000000000000000000000d00000000018}', '\x28b52ffd6201809800b50400f304124bbc78bc755ea01516e6c60e98171795e6c5175e1039c6b18a23d38c4c134493ce4b2fbef08285b197cc0b4a92f9c28b14161523302d6278f18517c80be5c517fe85179b262c5e041bfc0086c6d7c4307be9af66f4fb5213f8b263f370d3e429400b754c51f16ddfd195b1b85631cc8b3abd940eb77cc6c1323017168dac49448e469935bc57c788b18ebfa38ce53a64c06c8e', '\x28b52ffd620280b5002d0200e301062fa816bcc50c0866937f53fa0147080f260011e1814d42020efc43ad72a4c0b0f610467d7a281223ef85f2a346f32f81ee607c06b261ce0d6dfa3cd50c61c2141804', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-dc71-714a-9bd4-23e69f93ddf3', '2026-11-22 22:34:51.382938+00', '2026-11-22 22:34:51+00', 1, 1, 'signed', 'mde_alert', 'act', 's-31', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d0000000001f}', '\x28b52ffd6201809e00f5040073c5134bbc6878ebbcc0e1c5fa81566058981b3b605e5c549a175f78410419c72a8e4c33324d104d3a2fbdf8c20b16c65e322f2849e60b2f980b4a72a4e5850595e1c5175e202f94175ff8175ea09abc78111bfc00860e170ad14c24a74c93348f82b5abe315210d7e598046e259df15cbef3b9a31167315237851d44b19f8f8679c2203f362d1fc964454348a5ec37a75bc8f752c52cad8d021a866a906', '\x28b52ffd620280bb001d0200e381052fa872c15bcc806036f937a51f3e447e84343fb8c98f0efc7552f9516058bd0241d06c2915235b91f217a5e6478404667c00b9e15c393f1b89d13d61cecf2c06', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-dcf9-7338-b36d-acdd5f03336f', '2026-11-22 22:34:51.542583+00', '2026-11-22 22:34:51+00', 1, 1, 'exports', 'mde_alert', 'act', 'f-32', 'high', 'Persistence', 'new', '{0000000000000000000000000000d00000000020}', '\x28b52ffd620180a0009504009344104bbcb8bc755ea01516e6c60e98171795e6c5175e1041c6b18a23d38c4c134493ce4b2fbef08285b197cc0b4a92f9c20b32bcf8c20be485f2e20bffc28b5493e6451cfc0086c6d7cc307be9af6af4fb5213f8b2637371d3e42d400be525b108249dc053dfa18fb1f1abfccb0b37bd7d8aca7cc6a20c5c328ba860491c40e34f8d4e57275ab10ea2a18cbf1de2b22d51', '\x28b52ffd620280bd00050200a341046505552e788b1910cc26ffa6f4c36e12050ffca8b512a440b11a0d82a0d9522c46b62ae52f5acd8f0a69d0f80076c35c6af37d6754602a0ec222227808', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-e966-7692-a910-d7b1f2982342', '2026-11-22 22:34:54.696205+00', '2026-11-22 22:34:54+00', 1, 1, 'webhook', 'mde_alert', 'act', 'd-25', 'high', 'Discovery', 'new', '{0000000000000000000000000000d00000000019}', '\x28b52ffd6201809c0065040053040f4bbc3878ebbc402b2ccc8d1d302f2e2acd8b2fbc20b28c631547a619992688269d975e7ce1050b632f99179424f38517c80be5c517fe85179c26cb8b1cfc0086c6d7c8307be9af68f4fb5213f8b2633371d3e42b400beeba15cb63eec5bee33f63fd5d655f2f6278b5299ef21917333067164d7192889046b9359cae8e74631d0545197b3bc4e56ca2', '\x28b52ffd620280b900f50100930104fd823017bcc50c0866937f53fa6113280ffca0b512a400ab26b40ae22d8562648b51fea2d3fc68509e8c0fdb36cc9136df89486ad0f411a66df575', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-ef67-76af-b5af-324ef9c4251c', '2026-11-22 22:34:56.232798+00', '2026-11-22 22:34:56+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-2', 'high', 'Ransomware', 'resolved', '{0000000000000000000000000000d00000000002}', '\x28b52ffd620180ad006d05007306184bbcc85be7055a8161616eec80797151695e7ce10591661cab3832cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f78b1b212c382bcf8c20be6860a8cca4b0b19ec6505f1f0028717ca8b2ffc0b2fd2c4c58b1afc0090c6d7d9307be92f71f4fb5213f8b263358971321a5010789662460aaf817cb398ba18a18da26dca545cca359ea12898236de26475849846a9d5e1d8d599824cc6e60ec9451827', '\x28b52ffd620280cd00e5020093c2085650e582b79801c16cf2cfc103088f1f226ea41f3d1a1aa4f4c387c88f90e60736190912fcc8b5e24893e1f3aaf15a1bfcfc9051698753c56b7406d7a3a578b33ccaa7849a2f20b492f153b90db762f9f984a82cc25e133308', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20565-ef67-76af-b5af-324f58fedcff', '2026-11-22 22:34:56.232798+00', '2026-11-22 22:34:56+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-1', 'high', 'Ransomware', 'in_progress', '{0000000000000000000000000000d00000000001}', '\x28b52ffd620180a400cd04001385124bbcc05be7055a8161616eec80797151695e7ce10591661cab3832cdc8344134e9bcf4e20b2f58187bc9bca024992fbc602e28c9919617165486175f7881bc505e7ce15f7881262e5e041bfc0090c6d7d0307be9af6cf4fb5213f8b263a58871f21750107896d2450a8b815cb298b118818ca264ca848f4be3e41f98978ce69f4f846acd646830b03a8cba3a43f3646cef10da847102', '\x28b52ffd620280c200350200c341052fa872c15bcc806036f953fae143e44748f383c9480ffcb2b5e24893e1f352f15aeffb795ccec353ec103cca8f849a7f114290f1d0b30d574af93974d12dc29a9c9d09', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20566-359e-733b-88ce-77a164980d44', '2026-11-22 22:35:14.210337+00', '2026-11-22 22:35:14+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-9', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d00000000009}', '\x28b52ffd6201809d00cd04001385124bbc38b7ce0bb402c3c2dcd801f3e2a2d2bcf8c20b228b385871649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0e298b878111bfc0090c6d7c9307be92f69f4fb5213f8b26335887132165010789662c5c27c47f3c562aa62842e8a7629133ef68c9363605e2b9a7f2211f58ca26858ac8eb7ae8e857932367608aad93801', '\x28b52ffd620280ba00150200e381055d107ec95bcc806036f937a51f3e447e84343fe8c9480efca2b5e248139e6bb44acb279562e4d851be43a8f90b219a8c27b66df8e7cacfe0a1f2137696f854', NULL, NULL);
INSERT INTO quell.events_20261122 VALUES ('01a20566-3b73-71c6-88ab-b146ebb0c8fa', '2026-11-22 22:35:15.700474+00', '2026-11-22 22:35:15+00', 1, 1, 'webhook', 'mde_alert', 'act', 'r-10', 'high', 'Ransomware', 'new', '{0000000000000000000000000000d0000000000a}', '\x28b52ffd6201809e00cd04002385124bbc40b7ce0bb402c3c2dcd801f3e2a2d2bcf8c20b228c385871649a91698268d279e9c5175eb030f692794149325f78c15c5092232d2f2ca80c2fbef00279a1bcf8c2bff0e2d0c4c58b1bfc0090c6d7ca307be9af69f4fb5213f8b26345887172165010789672c5c27d4773c662ae62042f8a7a29133efe8c9367605e2c9a7f2611358da26a58ae8eb7b08e8549191b7708aad90801', '\x28b52ffd620280bb00150200b34105052d798b1910cc26ffa6f4c387c88f90e6079f8c040efc03a10248135e9ab48ab967a562e41852be53a9f90b21da8c270a6ef857ce4f20ffb14a98c2338b01', NULL, NULL);
INSERT INTO quell.foreign_actions VALUES (1, '2b7b7fdb-a271-4e3e-a410-7a57c8889643', '0000000000000000000000000000d00000000003', 'release', 'analyst@contoso.example', '2026-11-22 22:35:00.875619+00', '2026-11-22 22:35:01.254128+00', '2026-11-22 22:35:02.754776+00', 'lifted');
INSERT INTO quell.foreign_actions VALUES (1, '87fe85e3-c774-490f-bc32-7d531c6004d7', '0000000000000000000000000000d00000000029', 'restrict', 'analyst@contoso.example', '2026-11-22 22:34:59.313383+00', '2026-11-22 22:34:59.535748+00', '2026-11-22 22:35:02.871411+00', 'restricted');
INSERT INTO quell.heartbeats VALUES (1, '01a20566-36cd-7707-90f0-3e06596da5e8', '2026-11-22 22:35:14.518261+00', '2026-11-22 22:35:14.687471+00');
INSERT INTO quell.holds VALUES (1, '2026-11-22 22:35:16.388479+00', '2026-11-22 22:35:16.388459+00', 'of the dump');
INSERT INTO quell.inbox OVERRIDING SYSTEM VALUE VALUES (28, 1, '01a20566-3b73-71c6-88ab-b146ebb0c8fa', '0000000000000000000000000000d0000000000a', 'new', 28, '2026-11-22 22:35:15.700474+00', NULL, 0, 'webhook');
INSERT INTO quell.inbox_sources VALUES (1, 'quell.heartbeat');
INSERT INTO quell.inbox_sources VALUES (1, 'webhook');
INSERT INTO quell.inbox_sources VALUES (1, 'signed');
INSERT INTO quell.inbox_sources VALUES (1, 'exports');
INSERT INTO quell.inventory_groups VALUES ('01a20565-d25d-755c-9a95-d301501c64bb', 'branches', 2);
INSERT INTO quell.inventory_groups VALUES ('01a20565-d25d-755c-9a95-d301501c64bb', 'offices', 4);
INSERT INTO quell.inventory_groups VALUES ('01a20565-d25d-755c-9a95-d301501c64bb', 'plants', 5);
INSERT INTO quell.inventory_groups VALUES ('01a20565-d25d-755c-9a95-d301501c64bb', 'remote', 2);
INSERT INTO quell.inventory_groups VALUES ('01a20565-d25d-755c-9a95-d301501c64bb', 'servers', 1);
INSERT INTO quell.inventory_sweeps VALUES ('01a20565-d25d-755c-9a95-d301501c64bb', 1, '2026-11-22 22:34:48.800398+00', '2026-11-22 22:34:49.170843+00', NULL, 1, 14, 14, 0, '2026-11-22 22:34:49.202163+00', 'complete', NULL, 14, '2026-11-22 22:58:48.800398+00');
INSERT INTO quell.leases VALUES (1, '01a20565-d223-7401-b38c-8d8f879bf0c3', 1, '2026-11-22 22:35:29.026104+00');
INSERT INTO quell.looks VALUES (1, '2026-11-22 22:35:08.053241+00', '2026-11-22 22:35:08.053241+00');
INSERT INTO quell.news OVERRIDING SYSTEM VALUE VALUES (14, 1, 'alarms', '2026-11-22 22:35:17.90457+00', NULL, NULL, 'orphan', 'of the dump');
INSERT INTO quell.news_wanted VALUES (1, 'acted');
INSERT INTO quell.news_wanted VALUES (1, 'alarms');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (1, 1, 'soc', 'acted', '01a20565-da1a-7337-9f8a-467cffea6e71', '0000000000000000000000000000d00000000007', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-7', 'matched', '2026-11-22 22:34:50.804416+00', '2026-11-22 22:34:51.698629+00', '2026-11-22 22:34:51.516141+00', '01a20565-dca9-74de-b244-9281da036c78');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (2, 1, 'soc', 'acted', '01a20565-dc0e-7727-b66d-222d42a7ca81', '0000000000000000000000000000d00000000001', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-1', 'matched', '2026-11-22 22:34:51.32455+00', '2026-11-22 22:34:52.360264+00', '2026-11-22 22:34:52.266188+00', '01a20565-dfaa-70af-878a-18f0ef015b87');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (3, 1, 'soc', 'acted', '01a20565-dc9c-7070-9f23-501d7601659e', '0000000000000000000000000000d00000000002', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-2', 'matched', '2026-11-22 22:34:51.422692+00', '2026-11-22 22:34:52.360332+00', '2026-11-22 22:34:52.266322+00', '01a20565-dfaa-70af-878a-18f0ef015b87');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (4, 1, 'soc', 'acted', '01a20565-dcd6-74be-a854-f3f3f300969a', '0000000000000000000000000000d00000000003', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-3', 'matched', '2026-11-22 22:34:51.480127+00', '2026-11-22 22:34:52.360342+00', '2026-11-22 22:34:52.266336+00', '01a20565-dfaa-70af-878a-18f0ef015b87');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (5, 1, 'soc', 'acted', '01a20565-dcfb-706a-aa63-9d443d1f311f', '0000000000000000000000000000d00000000004', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-4', 'matched', '2026-11-22 22:34:51.526443+00', '2026-11-22 22:34:52.360351+00', '2026-11-22 22:34:52.266344+00', '01a20565-dfaa-70af-878a-18f0ef015b87');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (6, 1, 'soc', 'acted', '01a20565-dd2b-707a-9dcb-afbec09ed02f', '0000000000000000000000000000d00000000005', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-5', 'matched', '2026-11-22 22:34:51.564412+00', '2026-11-22 22:34:52.36036+00', '2026-11-22 22:34:52.266368+00', '01a20565-dfaa-70af-878a-18f0ef015b87');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (7, 1, 'soc', 'acted', '01a20565-dd53-75c4-892d-a62192a10675', '0000000000000000000000000000d00000000006', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-6', 'matched', '2026-11-22 22:34:51.606431+00', '2026-11-22 22:34:52.360368+00', '2026-11-22 22:34:52.266398+00', '01a20565-dfaa-70af-878a-18f0ef015b87');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (8, 1, 'soc', 'asked', '01a20565-e09e-7206-a54e-4f3ccfde8793', '0000000000000000000000000000d0000000001f', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 's-31', 'if_unknown.device.tags', '2026-11-22 22:34:52.450851+00', '2026-11-22 22:34:52.941981+00', '2026-11-22 22:34:52.628828+00', '01a20565-e152-7423-8464-3a4917b8c24b');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (9, 1, 'soc', 'released', '01a20565-dc9c-7070-9f23-501d7601659e', '0000000000000000000000000000d00000000002', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-2', 'released by playbook all-clear', '2026-11-22 22:34:56.300942+00', '2026-11-22 22:34:56.971429+00', '2026-11-22 22:34:56.791725+00', '01a20565-f137-7734-8bbe-cdbb4831a8ee');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (10, 1, 'soc', 'failed', '01a20565-da1a-7337-9f8a-467cffea6e71', '0000000000000000000000000000d00000000007', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-7', 'restrict failed: errorHResult 0x80070005', '2026-11-22 22:34:58.763099+00', '2026-11-22 22:34:59.208011+00', '2026-11-22 22:34:59.032838+00', '01a20565-fa4c-77eb-a07c-19f63c78a66d');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (11, 1, 'soc', 'released', '01a20565-dcd6-74be-a854-f3f3f300969a', '0000000000000000000000000000d00000000003', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-3', 'lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z', '2026-11-22 22:35:02.651861+00', '2026-11-22 22:35:03.0788+00', '2026-11-22 22:35:02.8677+00', '01a20566-0921-7073-9706-c9f1a6cfce14');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (12, 1, 'soc', 'released', '01a20565-dcfb-706a-aa63-9d443d1f311f', '0000000000000000000000000000d00000000004', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-4', 'of the dump', '2026-11-22 22:35:03.532911+00', '2026-11-22 22:35:03.952989+00', '2026-11-22 22:35:03.791116+00', '01a20566-0ccf-7754-ba94-41896dad629f');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (13, 1, 'soc', 'acted', '01a20566-3856-76ce-9285-941dea89e2d7', '0000000000000000000000000000d00000000009', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-9', 'matched', '2026-11-22 22:35:14.903839+00', '2026-11-22 22:35:15.490703+00', '2026-11-22 22:35:15.210592+00', '01a20566-396a-70f3-999f-a515a8e220c3');
INSERT INTO quell.outbox VALUES ('01a20565-dca9-74de-b244-9281da036c78', 1, 'soc', 'containment.begun', NULL, 'delivered', '2026-11-22 22:34:51.384223+00', '2026-11-22 22:35:51.618365+00', '2026-11-22 22:58:51.384223+00', 1, '[{"at": "2026-11-22T22:34:50.804416Z", "by": "decide", "until": "2026-11-23T00:58:50.538529Z", "reason": "matched", "measure": "restriction", "alert_id": "r-7", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000007", "device_name": "fails.example.com", "containment_id": "01a20565-da1a-7337-9f8a-467cffea6e71"}]', '{}', 1, NULL, NULL, '2026-11-22 22:34:51.657792+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20565-dfaa-70af-878a-18f0ef015b87', 1, 'soc', 'containment.begun', NULL, 'delivered', '2026-11-22 22:34:52.175271+00', '2026-11-22 22:35:52.348711+00', '2026-11-22 22:58:52.175271+00', 7, '[{"at": "2026-11-22T22:34:51.32455Z", "by": "decide", "until": "2026-11-23T00:58:51.160673Z", "reason": "matched", "measure": "restriction", "alert_id": "r-1", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000001", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20565-dc0e-7727-b66d-222d42a7ca81"}, {"at": "2026-11-22T22:34:51.422692Z", "by": "decide", "until": "2026-11-23T00:58:51.160673Z", "reason": "matched", "measure": "restriction", "alert_id": "r-2", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000002", "device_name": "srv-0000000000.corp.example", "containment_id": "01a20565-dc9c-7070-9f23-501d7601659e"}, {"at": "2026-11-22T22:34:51.480127Z", "by": "decide", "until": "2026-11-23T00:58:51.160673Z", "reason": "matched", "measure": "restriction", "alert_id": "r-3", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000003", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20565-dcd6-74be-a854-f3f3f300969a"}, {"at": "2026-11-22T22:34:51.526443Z", "by": "decide", "until": "2026-11-23T00:58:51.160673Z", "reason": "matched", "measure": "restriction", "alert_id": "r-4", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000004", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20565-dcfb-706a-aa63-9d443d1f311f"}, {"at": "2026-11-22T22:34:51.564412Z", "by": "decide", "until": "2026-11-23T00:58:51.160673Z", "reason": "matched", "measure": "restriction", "alert_id": "r-5", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000005", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20565-dd2b-707a-9dcb-afbec09ed02f"}, {"at": "2026-11-22T22:34:51.606431Z", "by": "decide", "until": "2026-11-23T00:58:51.160673Z", "reason": "matched", "measure": "restriction", "alert_id": "r-6", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000006", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20565-dd53-75c4-892d-a62192a10675"}, {"at": "2026-11-22T22:34:51.684416Z", "by": "decide", "until": "2026-11-23T00:58:51.160673Z", "reason": "matched", "measure": "restriction", "alert_id": "d-23", "playbook": "canary", "revision": "4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f", "severity": "high", "device_id": "0000000000000000000000000000d00000000017", "containment_id": "01a20565-dda3-7567-b699-e5977fb348c0"}]', '{}', 1, NULL, NULL, '2026-11-22 22:34:52.359297+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20565-e152-7423-8464-3a4917b8c24b', 1, 'soc', 'approval.asked', NULL, 'delivered', '2026-11-22 22:34:52.606746+00', '2026-11-22 22:35:52.910289+00', '2026-11-22 22:58:52.606746+00', 1, '[{"at": "2026-11-22T22:34:52.450851Z", "by": "decide", "until": "2026-11-23T00:58:52.407461Z", "reason": "if_unknown.device.tags", "measure": "restriction", "request": 1003, "alert_id": "s-31", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d0000000001f", "containment_id": "01a20565-e09e-7206-a54e-4f3ccfde8793"}]', '{}', 1, NULL, NULL, '2026-11-22 22:34:52.931672+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20565-ef37-7307-8c09-58eab384ebfd', 1, 'soc', 'containment.begun', NULL, 'delivered', '2026-11-22 22:34:56.155021+00', '2026-11-22 22:35:56.362468+00', '2026-11-22 22:58:56.155021+00', 1, '[{"at": "2026-11-22T22:34:55.907786Z", "by": "anna", "until": "2026-11-23T00:58:55.759757Z", "reason": "approved by anna: of the dump", "measure": "restriction", "alert_id": "x-11", "playbook": "asks", "revision": "53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e", "severity": "high", "device_id": "0000000000000000000000000000d0000000000b", "containment_id": "01a20565-da83-7309-93f7-022ddd5f5f39"}]', '{}', 1, NULL, NULL, '2026-11-22 22:34:56.425065+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20565-f137-7734-8bbe-cdbb4831a8ee', 1, 'soc', 'containment.ended', NULL, 'delivered', '2026-11-22 22:34:56.608617+00', '2026-11-22 22:35:56.916398+00', '2026-11-22 22:58:56.608617+00', 1, '[{"at": "2026-11-22T22:34:56.300942Z", "by": "decide", "reason": "released by playbook all-clear", "measure": "restriction", "alert_id": "r-2", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000002", "device_name": "srv-0000000000.corp.example", "containment_id": "01a20565-dc9c-7070-9f23-501d7601659e"}]', '{}', 1, NULL, NULL, '2026-11-22 22:34:56.953428+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20565-fa4c-77eb-a07c-19f63c78a66d', 1, 'soc', 'containment.failed', NULL, 'delivered', '2026-11-22 22:34:58.949864+00', '2026-11-22 22:35:59.14404+00', '2026-11-22 22:58:58.949864+00', 1, '[{"at": "2026-11-22T22:34:58.763099Z", "by": "decide", "reason": "restrict failed: errorHResult 0x80070005", "measure": "restriction", "alert_id": "r-7", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000007", "device_name": "fails.example.com", "containment_id": "01a20565-da1a-7337-9f8a-467cffea6e71"}]', '{}', 1, NULL, NULL, '2026-11-22 22:34:59.190682+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20566-067a-759a-b357-06cd84973e1a', 1, 'soc', 'containment.begun', NULL, 'delivered', '2026-11-22 22:35:02.098393+00', '2026-11-22 22:36:02.312416+00', '2026-11-22 22:59:02.098393+00', 1, '[{"at": "2026-11-22T22:35:01.969959Z", "by": "anna", "until": "2026-11-28T22:35:01.884187Z", "reason": "of the dump", "measure": "restriction", "device_id": "0000000000000000000000000000d0000000002a", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20566-05ba-7455-8b39-b07c87e97fe7"}]', '{}', 1, NULL, NULL, '2026-11-22 22:35:02.34448+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20566-0921-7073-9706-c9f1a6cfce14', 1, 'soc', 'containment.ended', NULL, 'delivered', '2026-11-22 22:35:02.80956+00', '2026-11-22 22:36:02.9871+00', '2026-11-22 22:59:02.80956+00', 1, '[{"at": "2026-11-22T22:35:02.651861Z", "by": "reconcile", "reason": "lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z", "measure": "restriction", "alert_id": "r-3", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000003", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20565-dcd6-74be-a854-f3f3f300969a"}]', '{}', 1, NULL, NULL, '2026-11-22 22:35:03.022719+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20566-0921-7073-9706-c9f207e2a3a4', 1, 'soc', 'alarm.raised', NULL, 'delivered', '2026-11-22 22:35:02.80956+00', '2026-11-22 22:36:03.102381+00', '2026-11-22 22:59:02.80956+00', 1, '[{"at": "2026-11-22T22:35:02.732014Z", "what": "drift", "reason": "lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z: its containments ended", "device_id": "0000000000000000000000000000d00000000003", "device_name": "pc-0000000000.corp.example"}]', '{}', 1, NULL, NULL, '2026-11-22 22:35:03.140554+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20566-0ccf-7754-ba94-41896dad629f', 1, 'soc', 'containment.ended', NULL, 'delivered', '2026-11-22 22:35:03.740595+00', '2026-11-22 22:36:03.9352+00', '2026-11-22 22:59:03.740595+00', 1, '[{"at": "2026-11-22T22:35:03.532911Z", "by": "anna", "reason": "of the dump", "measure": "restriction", "alert_id": "r-4", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000004", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20565-dcfb-706a-aa63-9d443d1f311f"}]', '{}', 1, NULL, NULL, '2026-11-22 22:35:03.952768+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20566-1c3c-7017-af2b-665f2faa3b4f', 1, 'soc', 'containment.begun', NULL, 'delivered', '2026-11-22 22:35:07.693904+00', '2026-11-22 22:36:07.930075+00', '2026-11-22 22:59:07.693904+00', 1, '[{"at": "2026-11-22T22:35:07.455137Z", "by": "anna", "until": "2026-11-22T22:37:07.384084Z", "reason": "probe: of the dump (end)", "measure": "restriction", "device_id": "0000000000000000000000000000000000000000", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20566-1b2e-73ee-8e8b-1e26face5a32"}]', '{}', 1, NULL, NULL, '2026-11-22 22:35:07.982708+00', NULL, NULL, NULL);
INSERT INTO quell.outbox VALUES ('01a20566-396a-70f3-999f-a515a8e220c3', 1, 'soc', 'containment.begun', NULL, 'delivered', '2026-11-22 22:35:15.13559+00', '2026-11-22 22:36:15.343961+00', '2026-11-22 22:59:15.13559+00', 1, '[{"at": "2026-11-22T22:35:14.903839Z", "by": "decide", "until": "2026-11-23T00:59:14.819153Z", "reason": "matched", "measure": "restriction", "alert_id": "r-9", "playbook": "acts", "revision": "ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50", "severity": "high", "device_id": "0000000000000000000000000000d00000000009", "device_name": "pc-0000000000.corp.example", "containment_id": "01a20566-3856-76ce-9285-941dea89e2d7"}]', '{}', 1, NULL, NULL, '2026-11-22 22:35:15.450588+00', NULL, NULL, NULL);
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
INSERT INTO quell.playbook_files VALUES (1, 'vm:/tmp/tmp.WCcXBHYZu9/playbooks', 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', '2026-11-22 22:34:48.648732+00', 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', NULL, '2026-11-22 22:35:04.837641+00', false, NULL, NULL);
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
', '2026-11-22 22:34:48.595344+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'all-clear', '5c44521753fefa8f66c8db2e42bafefa447dd800d540a2326b9da433493c5639', 'id: all-clear
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: resolved, alert.classification: FalsePositive}
then:
  - release_app_restriction: {comment: "alert {alert.id} was a false positive"}
', '2026-11-22 22:34:48.595497+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'id: asks
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: new, alert.category: Exfiltration}
ask: {from: [soc-leads], approvals: 1, within: 6d, otherwise: skip}
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6d}}
', '2026-11-22 22:34:48.595675+00', NULL, NULL, NULL);
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
', '2026-11-22 22:34:48.595683+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', 'id: observes
title: Of the dump
owner: soc@example.com
mode: observe
when: {alert.event: new, alert.category: Persistence}
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6d}}
', '2026-11-22 22:34:48.595703+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'id: scans
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: new, alert.category: Malware}
then:
  - isolate_device: {comment: "alert {alert.id}", release: {after: 6d}}
  - scan: {comment: "alert {alert.id}", type: quick}
', '2026-11-22 22:34:48.595709+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'all-clear', '5c44521753fefa8f66c8db2e42bafefa447dd800d540a2326b9da433493c5639', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', 'observe');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'enforce');
INSERT INTO quell.probe_calls VALUES ('01a20566-2058-74a0-9a4a-9b802863e584', 1, '0000000000000000000000000000000000000000', '01a20566-1b2e-73ee-8e8b-1e26face5a32', 'restrict_twice', 'anna', 'probe restrict_twice: of the dump', '2026-11-22 22:35:08.782398+00', '2026-11-22 22:36:08.782403+00', NULL, NULL, NULL, '2026-11-22 22:35:09.505955+00');
INSERT INTO quell.prunes OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-22 22:35:17.600524+00', 'dead_letters', NULL, '00000000-0000-7000-8000-000000000000', 1, 0, 0);
INSERT INTO quell.release_run_items VALUES ('01a20566-0e64-77f0-a22d-3139f868325b', '01a20565-dda3-7567-b699-e5977fb348c0', '0000000000000000000000000000d00000000017', 'ended', 0, NULL);
INSERT INTO quell.release_runs VALUES ('01a20566-0e64-77f0-a22d-3139f868325b', 1, 'done', '{"playbook": "canary"}', 'anna', 'of the dump', '2026-11-22 22:35:04.165902+00', '2026-11-22 22:35:04.32623+00');
INSERT INTO quell.replicas VALUES (1, '01a20565-d223-7401-b38c-8d8f879bf0c3', 'vm', '2026-11-22 22:35:14.022204+00');
INSERT INTO quell.seal_checkpoints VALUES (1, 1, '\xa9083fda82e9a81b9cb0e448cf0fa626f2cf45c484082a963cceae888a160162', '2026-11-22 22:34:49.618678+00');
INSERT INTO quell.seal_heads VALUES (1, 129, '\x6bf5d2f21f109085343f7cb3a5ab7ab84a21971e6877822b76e870e4ef969e25', '1293', 129);
INSERT INTO quell.seals VALUES (1, 1, 1, '\xa9083fda82e9a81b9cb0e448cf0fa626f2cf45c484082a963cceae888a160162');
INSERT INTO quell.seals VALUES (1, 2, 2, '\x3287fd0c8c2475369572a1f869bf03d30cef11bd0f3651e331a083579fcfed1e');
INSERT INTO quell.seals VALUES (1, 3, 3, '\xd9d68c6e58fc00daf9db9a29d4ab7d052e0abeeeaf66a0b1806d9e1c56e9b969');
INSERT INTO quell.seals VALUES (1, 4, 4, '\x46e6ce3ad8bfd6af775650598431ced5fba26f25bdcac832f65f50fd4e42228f');
INSERT INTO quell.seals VALUES (1, 5, 5, '\xbccd02ea8f17199199b5a3406077e90416abc7f19906fc795a7f05f3a3299c24');
INSERT INTO quell.seals VALUES (1, 6, 6, '\x829a16187825303a587ad1576249dcd79e7ff18eeeca49c0a81aaf0fcdae6b89');
INSERT INTO quell.seals VALUES (1, 7, 7, '\xc3a8ce3f7192367b6157f20290ed379b957896c831fe365baa38c8d721ba47da');
INSERT INTO quell.seals VALUES (1, 8, 8, '\x9ba677b6a7805609478b93ee45855005725c232924e171bd1fde50d7b6d8acf4');
INSERT INTO quell.seals VALUES (1, 9, 10, '\x6e526d100d3755906ea2c8b9b9869b80ba9a1160aedbe2a3dc6adb1423c266d6');
INSERT INTO quell.seals VALUES (1, 10, 11, '\xdd222582696f1bad0579dcb935b22dd79534300a2b67874b71f9316cd078de27');
INSERT INTO quell.seals VALUES (1, 11, 12, '\xbd0ffe75d3be271480b4a479da38377942e0ce3ea8a9fcdadeff15e4d056495a');
INSERT INTO quell.seals VALUES (1, 12, 13, '\xb72ed69631586e0e660bde3ad2091abfd8362d941c2a4692124114cbb1b098a1');
INSERT INTO quell.seals VALUES (1, 13, 14, '\x07b294a0a8313f5c12b1397f47d99d4a3a29bf68ff13f22c26a03ec6ffd51620');
INSERT INTO quell.seals VALUES (1, 14, 16, '\x104673926c470ea701ae9a83404eaabe70e8d3c90a93abf90c7e6f4880effbf0');
INSERT INTO quell.seals VALUES (1, 15, 17, '\xa855d770e8a4948b7f3cf9f22e30d3061d85db84f84f3f9da7d3dfee4a6e3e38');
INSERT INTO quell.seals VALUES (1, 16, 18, '\x7e0cf31c1e7cf3583d55d6e98e057813f8c2ac965e3cc6bb1f7f40f40478c708');
INSERT INTO quell.seals VALUES (1, 17, 19, '\x8e534f8a213e24044b0187d4beaea37eb79d6cb491d83b420b3004283e594131');
INSERT INTO quell.seals VALUES (1, 18, 20, '\xd7764f5196fdfc79d19f36b2c15a33f37694c396589c463c6dcf714f9c362334');
INSERT INTO quell.seals VALUES (1, 19, 21, '\x8f902165e42ee8da0d6972aff0d986ddbf5bb2411e7d4834e5db1426746041d3');
INSERT INTO quell.seals VALUES (1, 20, 22, '\x8f5ab5fb9deaeb5df30035dd3c39a885a4416413f8eec48f6913beb263e915e6');
INSERT INTO quell.seals VALUES (1, 21, 23, '\x154844cc5f5692f6c21897c0b3157bba7c89e898759e59095b0b16f7fcee7fbb');
INSERT INTO quell.seals VALUES (1, 22, 9, '\x81f3e4d49810e83346b17e04c0eee0b68ecde6c676ea63b7b5cd65e0f111929a');
INSERT INTO quell.seals VALUES (1, 23, 15, '\xff60c9192ed1bb3ccaff91a21cefb97c5ddb3385e0c465c8ac4b1e15df9798ee');
INSERT INTO quell.seals VALUES (1, 24, 24, '\x8ffc38bdcf62c608486590470a067ab8fe07b61ea64d769b278b07c6faa94d5e');
INSERT INTO quell.seals VALUES (1, 25, 25, '\x87113a8ae3b7d042599fb94af99cf87daac04a4f6531eabd0ac92126c726e419');
INSERT INTO quell.seals VALUES (1, 26, 28, '\x2664726c75d5279335a6bd6e222cf0e0fc8bae2557a0d588f7646b1129803d06');
INSERT INTO quell.seals VALUES (1, 27, 26, '\x02b594850e402259116354dc5af7bc6af813cd69785798e4e61aec0f5dd2317b');
INSERT INTO quell.seals VALUES (1, 28, 27, '\xdcc351df2f714b9939b9f32a1ba42e48919b3bcfefb78d4a4d38c1ce53513acd');
INSERT INTO quell.seals VALUES (1, 29, 30, '\x4ee9161cd971f464c7f5c63c0debd187e06312650a41c3a7524c41d16a716868');
INSERT INTO quell.seals VALUES (1, 30, 31, '\xac8972efbfe458007a01d7f65a44e8b8a0113542b157ffb7ca876a4e38dc521c');
INSERT INTO quell.seals VALUES (1, 31, 29, '\xde82848b075bc1e49fd5ed20a860e5027ead433623b3c8021b777560771a0a19');
INSERT INTO quell.seals VALUES (1, 32, 33, '\x7aeb07854aa7f43e6ba3843134ef1818261a52694e4555114f2e5d0a2118b9fa');
INSERT INTO quell.seals VALUES (1, 33, 32, '\xa000939cb8459819c9c56922d7bd460495427af01ae56477a5e71d21ef5ce3a1');
INSERT INTO quell.seals VALUES (1, 34, 35, '\xbbb170b9c24a1f0b5dd4135a1daf5425fd223d68adc9eaef00475ea0347521d9');
INSERT INTO quell.seals VALUES (1, 35, 34, '\xa5dc9e9c1728229f79759cd5425b141876068fc9dfb49fe6398004c9d8fdc751');
INSERT INTO quell.seals VALUES (1, 36, 36, '\x7f861ede5187ae428c7b7b0d510bc45ba0bf9a4a82fe0aeac70c1f494975c208');
INSERT INTO quell.seals VALUES (1, 37, 38, '\x71b4ee470e0baf122d371e54e87e5f2a33a36747bbd87820e1f9319b91b64b6d');
INSERT INTO quell.seals VALUES (1, 38, 37, '\x1adec30e9720f2b1fdbaf0c44e373274896577724de8390a42810de41a3be497');
INSERT INTO quell.seals VALUES (1, 39, 39, '\xe2ef196fa911548b9b891f4ff86193c3951514bfe4f1e4aed6253bc28bdbf55a');
INSERT INTO quell.seals VALUES (1, 40, 41, '\xd74fd7d3f0e076580641c1279fee0e8b471a23de974da3074ea0fd36039d5d0c');
INSERT INTO quell.seals VALUES (1, 41, 40, '\x50f63602f7303e247a9520a6b7b830dadcd2a41e0953e5f9c99d023fc0c55ae6');
INSERT INTO quell.seals VALUES (1, 42, 43, '\x70fd5fce6458f995aab49d8516798e794e9b1fcba27974532d6e1034f0ab1a00');
INSERT INTO quell.seals VALUES (1, 43, 42, '\x8f84272c2000c39a002a4614b10fdf17b440b1164b100476819627753e8b1309');
INSERT INTO quell.seals VALUES (1, 44, 44, '\x59997fb7c6b9c7783be3c18873bef0d7db24333a9d7a468014685fd948d97cd2');
INSERT INTO quell.seals VALUES (1, 45, 45, '\x326644681d1246f906c1d392b28877406dff57ab5724f7c0e4ee180a63be48dc');
INSERT INTO quell.seals VALUES (1, 46, 46, '\x04f0350c6b8a890110eccd0bfa1eaa9e90aeec6605c6898d94f86a0f065be874');
INSERT INTO quell.seals VALUES (1, 47, 47, '\x4ac71b05da8c8634dfb1dc2686f7f1dfc191428b3a6c59abdce2b8cee7843f60');
INSERT INTO quell.seals VALUES (1, 48, 48, '\x4dac8ebe8acfba017c4b9183696d35b9014babf4ba5d9b22f6e68a35147f14fe');
INSERT INTO quell.seals VALUES (1, 49, 49, '\xb8720dc69c087a873aa409db0614b087613d9b0e021b665be7d4d685a01061ed');
INSERT INTO quell.seals VALUES (1, 50, 50, '\x13eb51907eeff1ed1c9cf816d3bbb816651c47df7d8838448f628a3e365a51b7');
INSERT INTO quell.seals VALUES (1, 51, 51, '\xcde3621941977f2ae2908d10b7b8d509d1f4f882484d6611dd012a5050d28ad2');
INSERT INTO quell.seals VALUES (1, 52, 52, '\xd3b26eeb6979a8ef4051baf76486a64b3a1cf849e760e2bc5dcc780bd49c85e2');
INSERT INTO quell.seals VALUES (1, 53, 53, '\x635e80fee23cc540a65ba64d6f8102278981bb2a59cb6ed0904acea2a4fe8803');
INSERT INTO quell.seals VALUES (1, 54, 54, '\x26224ecdcf68d9501243092e01b8b2e1991cc85e76b7e9e4aa311c689ccb0b1b');
INSERT INTO quell.seals VALUES (1, 55, 55, '\xd3339e659332b34ec3f71f3dcf932ad3924a035556fed5f8114e322c634f86c8');
INSERT INTO quell.seals VALUES (1, 56, 56, '\xe3e78cc3bf69f1071ee6f58e61928ee93561ffc8f02d07943db4ef89a9fe55aa');
INSERT INTO quell.seals VALUES (1, 57, 57, '\xb40e196fdbb5fbf9b92d5fca15b9cc189b62ea02f080daaa6a17664fbbdf3ac0');
INSERT INTO quell.seals VALUES (1, 58, 58, '\x5a4ff93c742c2b56b972acfbb9b1234a11ada71cf835f7eee3f4138154c5d76f');
INSERT INTO quell.seals VALUES (1, 59, 60, '\x8bcad9e8ba3c87d074a4c478e11c0b66301170d436f4c1d7d9779c30a46f115a');
INSERT INTO quell.seals VALUES (1, 60, 61, '\xae9d698e9e8299bce2bf80e78d451c63d0e15ec436eaacdcb0b65f9f10003e10');
INSERT INTO quell.seals VALUES (1, 61, 59, '\xefabe99d6c6a0591fa95422c0670205ca26af65678c9f35e0e8ecd73e933f459');
INSERT INTO quell.seals VALUES (1, 62, 62, '\xd90b6b562aaff7c7c4560d246cd3d241715111a55871708eb8fdeacb1fbe3bb2');
INSERT INTO quell.seals VALUES (1, 63, 63, '\x47a5c6ef5e544e46e144890d24747b79a2208658de40c4c7c643e87aed1520ac');
INSERT INTO quell.seals VALUES (1, 64, 64, '\x4a56e1303859c0c5cf21b82ce0c8b35197fded0db39ea2c52d14195036bd19b3');
INSERT INTO quell.seals VALUES (1, 65, 65, '\xf4aaaf18fb33f43d5ee33db50b4f9abf15a62d0b0f5f6c2ec3b028b172f7a918');
INSERT INTO quell.seals VALUES (1, 66, 66, '\xe9a04f4552546d04ad2b8ff925530aaf7e75e45a68a8cfa2bafdd50aa62c68e6');
INSERT INTO quell.seals VALUES (1, 67, 67, '\xd4b24ca7eab7de36f65129edb0593b634fdf9965d7d888b585b316458277d017');
INSERT INTO quell.seals VALUES (1, 68, 69, '\xbc2bd424815e7fc111bbeda851e35f9fc25ee0277c06428bed6032b3e06b4119');
INSERT INTO quell.seals VALUES (1, 69, 68, '\xdacca92c855d79894f1b8b0af7f954216380e1e1e44689b796b2ae1e0d032a0c');
INSERT INTO quell.seals VALUES (1, 70, 70, '\x2967ea56ced50274f58959f9c1a5691f8a99ee4b251f81ae28b26ab6ff4b7536');
INSERT INTO quell.seals VALUES (1, 71, 71, '\x867923f18505d43c86f7cf638fcbab173d9a10951de1806264367634c7b90b83');
INSERT INTO quell.seals VALUES (1, 72, 72, '\x06b46ec742f4f0bef5a1119815cb6708a3b3fe4cb0e3574ec5ff9c70143db815');
INSERT INTO quell.seals VALUES (1, 73, 73, '\x65d01efb36c2b63f4f95b0bd0c94abf46dd33db30664c9729e9cf3a99b4191ae');
INSERT INTO quell.seals VALUES (1, 74, 74, '\x96b24a5aee85cbffba4425316b7fa0a94cfdf2fa60d57dd30cce6cbc98ff789b');
INSERT INTO quell.seals VALUES (1, 75, 75, '\x2c0a6265311263a639e7635fb7767e46ee3318e39870f416da79c3eac99b300c');
INSERT INTO quell.seals VALUES (1, 76, 76, '\xba305e0398424ba8199ec396e6d59856e0ae8b927fb51205567db5779a3f2f2d');
INSERT INTO quell.seals VALUES (1, 77, 77, '\x03ebc80989ca76c6beb48367f9ed3f8bfec78c8153ee5b924b61eb1f75e986c5');
INSERT INTO quell.seals VALUES (1, 78, 78, '\x32253b3d5c85d27a0eca5785c65ed1f6eb6e355a3de68444844ac20a9599477b');
INSERT INTO quell.seals VALUES (1, 79, 79, '\xfd3f5ccc1ecd3f59ee75849487971602eb3c32d2116eeaa97e08050e844938e6');
INSERT INTO quell.seals VALUES (1, 80, 80, '\xda6cec866ea4ea93a982ca1e8b9396645f689a0d3c81fe548bec85b31a82f1a0');
INSERT INTO quell.seals VALUES (1, 81, 81, '\x9703a15544ab46ab7cd4039b7403eef571a03d15a0baa87b87d74b3966292f4e');
INSERT INTO quell.seals VALUES (1, 82, 82, '\x378224457e1aa1e302a09064a7a2a743b27cce9b591be17bc91ba7c8b75996ac');
INSERT INTO quell.seals VALUES (1, 83, 83, '\xe617f4c0ac3052a954ff541f1e68a1f9b8b9271549431add93f87dc0cdcf124a');
INSERT INTO quell.seals VALUES (1, 84, 84, '\xbcd3bae0c5ee530618a6378f58d34b052662d9bc6ec73c8d9cf062fab6e0683c');
INSERT INTO quell.seals VALUES (1, 85, 85, '\xb70a5ffa1cceccd7e963d268b2529b423bd02b4f4bed86c9702dfaa99f27f5ad');
INSERT INTO quell.seals VALUES (1, 86, 86, '\x1e146b3381e6bb3fb4961e4f9c84e9342a05d64f3840e496ffee7332695bccfd');
INSERT INTO quell.seals VALUES (1, 87, 87, '\x4fb0ae6483d13e19685a5d993dd0268572e704b44ece1c1cd1a2647089ac0e49');
INSERT INTO quell.seals VALUES (1, 88, 88, '\x3583b8acfaaf331bf1fe62b59e9d6dc872c1959c4485b3c18a8afce6ae5c4f6e');
INSERT INTO quell.seals VALUES (1, 89, 89, '\x8293c458723a8cce48c561cdf591f8dddf587319eb48f66853f1631ab399fdae');
INSERT INTO quell.seals VALUES (1, 90, 90, '\x918f77a3fad7576f14c6d20134b9179344cd2a57f10482d70f4804daa9c5cd80');
INSERT INTO quell.seals VALUES (1, 91, 91, '\x7e0897e334b85f1fcb610be18b2567921a76003e31566a5f202a5a7138d7279e');
INSERT INTO quell.seals VALUES (1, 92, 92, '\x301837685f20788f804212e0496de188b5382a69ffd22776757f0265b803de48');
INSERT INTO quell.seals VALUES (1, 93, 93, '\xee427923bcf23a661f5e482c260d1291f9ee84ad1ea8855e31df2c5155e79c6a');
INSERT INTO quell.seals VALUES (1, 94, 94, '\x6f343186eb43129b3ceae18e3b0095df881be93909f3d11229bfa7b5782db15b');
INSERT INTO quell.seals VALUES (1, 95, 96, '\x335d662531d99193148d55c5ecef8a1c3f1f9be92ca97f6e8378f6144fc2c15a');
INSERT INTO quell.seals VALUES (1, 96, 95, '\xbbb2ad9e52d480e8cee9f86fd2b7d866385c8fef87c9f7a0c8c1e70b2f9411d5');
INSERT INTO quell.seals VALUES (1, 97, 97, '\xfb888b274893c0a4d9bd58d17665aa0e4a6268037ca1058aabaff8ec08639685');
INSERT INTO quell.seals VALUES (1, 115, 115, '\x05d8d39899f29acce515eb8c0410ac01201c7bbaf70b9840f35679b1ad822ee0');
INSERT INTO quell.seals VALUES (1, 98, 98, '\x9a82d00b009a209096ce52f260466c9044fdd949a3d53b6708baae3bb9574f65');
INSERT INTO quell.seals VALUES (1, 99, 99, '\x64311ff446eb5054de1cbf7f5e59bded47e36077b6d464341193d4d767055471');
INSERT INTO quell.seals VALUES (1, 100, 100, '\x2e7da3e9c9ffd46116ab97e06f56b309d71a35e418da3105d2423227562e7963');
INSERT INTO quell.seals VALUES (1, 123, 123, '\xd2ae2618d35e895bc9a0e515aef757dc3804c6e3ab4d559133cc745340963a13');
INSERT INTO quell.seals VALUES (1, 124, 124, '\xcbad9a0982d3b812f3f97e0970d003d2403d06d74d4602a98d8fc9b7d3230792');
INSERT INTO quell.seals VALUES (1, 125, 125, '\xf86665e13153da78a7860d9f3f76baff1c9aafbb06c780f684865fa3b0ec1d86');
INSERT INTO quell.seals VALUES (1, 126, 126, '\x77f75e8332aa6e8a94530d1944e598bed9f70dbbd4c31c4b43e6682ac24611c8');
INSERT INTO quell.seals VALUES (1, 127, 127, '\xbc5cbe7a3a606b2acc714df15649dbd3db06764b365881f4ee3e8bda153d3694');
INSERT INTO quell.seals VALUES (1, 101, 101, '\x15a04b957e5bbed1893dd71c60639fcd24fc89f84ff480609d0f3c1b277712db');
INSERT INTO quell.seals VALUES (1, 102, 102, '\x55a94a1d77e95096c823dd43f92831dbd4827aecfd73afba10bf20df39d414a3');
INSERT INTO quell.seals VALUES (1, 103, 103, '\xc40888836b847e7021e9ae310ffb33203cb697cd29912318f6362af9d000fd8e');
INSERT INTO quell.seals VALUES (1, 104, 104, '\x1937c87b28b11f9580dd7363e4db0c61ce850e68fe698cbaabc015885013632e');
INSERT INTO quell.seals VALUES (1, 116, 116, '\x19bb8ab620b05fe8c4509f8d82b1d12d8816d71dcefaa1c0d3da2ed6c23702d4');
INSERT INTO quell.seals VALUES (1, 117, 117, '\x3d2682c9538c0b878b129967323eca2cf98a57423efab94f50b390732253c208');
INSERT INTO quell.seals VALUES (1, 118, 118, '\x5282ea9c31b78f9eb0f3178702c9ab58105ebfb17bd5a5fec7d12c065fa5d3a4');
INSERT INTO quell.seals VALUES (1, 119, 119, '\x1ed69dfb92bfa5bf276e03032fb421da0461bb7a67d894a895852b537e7746b1');
INSERT INTO quell.seals VALUES (1, 120, 120, '\xee6c382d3e99a3efad3a52ff9e619f5a870c8267f49907f7f5f256ab71773f39');
INSERT INTO quell.seals VALUES (1, 105, 105, '\x870c55e0980cf48ea4ac0c635dd79e93b66f16f85bb573f800a18692f4a1e90a');
INSERT INTO quell.seals VALUES (1, 106, 106, '\xef36e4b53d1eace4a86e80b11e78252e0edab6ba089a60f83bbba593c3b267b3');
INSERT INTO quell.seals VALUES (1, 107, 107, '\x61ff099826210a102c0efb03e21bcbb31961aebfc661a37bdcbea610ff94404b');
INSERT INTO quell.seals VALUES (1, 108, 108, '\xd6d2ac6c6e4fcca8d536f4e459566cdc04fa09f6185c470e29c5e8af420dcd27');
INSERT INTO quell.seals VALUES (1, 109, 109, '\x96308b5579be88132cfce92a36a5dc197b3ebde17a0f69e219652dbe00f785c6');
INSERT INTO quell.seals VALUES (1, 110, 110, '\x7e2485bb8c0b330ee31430f8f2a5491c21c4b44bf98fdc348d0b426d1e7d7126');
INSERT INTO quell.seals VALUES (1, 111, 111, '\xc24e8b4a7ac0fc6f1c22747a0cac71ca20cfdbdde1a09e49c23aaa75b0eb97db');
INSERT INTO quell.seals VALUES (1, 112, 112, '\xab63bf2aef5ac84360d8ea0d16b16c485c57640a45dae433e6ddc44bf8f0a099');
INSERT INTO quell.seals VALUES (1, 113, 113, '\x150e745d623eaa5e2b0a1ba5eade4a7adb42ae28b76db06d7d00e6c56eed470b');
INSERT INTO quell.seals VALUES (1, 114, 114, '\xeed553496d2c43a613af4cacef9ddc2281f1cec7ee3d21c98f9a1f7bce22ce3b');
INSERT INTO quell.seals VALUES (1, 121, 121, '\x190707e798c936dfdcc0544c88d62b6a360fdb75be736067ea5e266db7d01003');
INSERT INTO quell.seals VALUES (1, 122, 122, '\x62b123d655cdc8cc651a8d11af8608a202eabacfe2e0e6d1caab1ce80c2f4a71');
INSERT INTO quell.seals VALUES (1, 128, 128, '\x561087e6b2cd1c9145ebf90cf60ed08d3a5cbc5b8d2097160c69aaa638cfb9d2');
INSERT INTO quell.seals VALUES (1, 129, 129, '\x6bf5d2f21f109085343f7cb3a5ab7ab84a21971e6877822b76e870e4ef969e25');
INSERT INTO quell.sessions VALUES ('\xfb8d1e02ae7ca91bb5c207ca3b223178ea03704616aa891e18eae7f5102a824e', 'ccd64515-23a2-4c34-ba43-19b4a9af5612', 'anna', '{}', NULL, NULL, '2026-11-22 22:35:18.084737+00', '2026-11-22 22:35:18.084755+00', '2026-11-22 22:35:18.084759+00');
INSERT INTO quell.set_activations VALUES (1, 1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', '2026-11-22 22:34:48.620692+00', 'files', 'start on vm:/tmp/tmp.WCcXBHYZu9/playbooks');
INSERT INTO quell.source_looks VALUES (1, 'exports', '01a20565-d223-7401-b38c-8d8f879bf0c3', 'vm', 'directory', '2026-11-22 22:35:13.862396+00', '2026-11-22 22:34:51.698412+00', NULL, NULL, NULL);
INSERT INTO quell.source_looks VALUES (1, 'siem-db', '01a20565-d223-7401-b38c-8d8f879bf0c3', 'vm', 'sql', '2026-11-22 22:35:13.862442+00', NULL, NULL, NULL, NULL);
INSERT INTO quell.source_looks VALUES (1, 'signed', '01a20565-d223-7401-b38c-8d8f879bf0c3', 'vm', 'webhook', '2026-11-22 22:35:13.862452+00', '2026-11-22 22:34:51.406423+00', NULL, NULL, NULL);
INSERT INTO quell.source_parts VALUES (1, 'hub', 'events/0', '17', '2026-11-22 22:35:16.76455+00', 1, NULL, NULL);
INSERT INTO quell.sql_sources VALUES (1, 'siem-db', '{postgres}');
INSERT INTO quell.stops VALUES ('48499204-67ed-4477-9889-e0165702fd1d', 1, 'new', NULL, true, 'cli', 'anna', 'of the dump', '2026-11-22 22:35:12.632336+00', true, '2026-11-22 22:35:13.291316+00', 'anna', 'of the dump');
INSERT INTO quell.stops VALUES ('795b3f18-f12e-42f0-83e9-c569aef78bd3', 1, 'new', NULL, true, 'cli', 'anna', 'of the dump: in force', '2026-11-22 22:35:13.649601+00', true, '2026-11-22 22:35:14.09371+00', 'anna', 'of the dump');
INSERT INTO quell.submissions OVERRIDING SYSTEM VALUE VALUES (1, 'a3180d87-5ab2-4cab-806f-68b41ff4009c', 1, 'siem-db', '2026-11-22 22:35:16.9805+00', 'postgres', '\x7b7d');
INSERT INTO quell.tallies VALUES (1, 'device', '', 0);
INSERT INTO quell.tally_marks VALUES (true, '2026-11-22 22:29:48.815274+00', '2026-11-22 22:29:48.815577+00');
INSERT INTO quell.task_wishes VALUES ('01a20565-dfe6-72f9-99f7-35d879929373', 1, '0000000000000000000000000000d00000000015', 'scan', 'quick', 'alert m-21', 'enforce', 'normal', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '01a20565-da70-7379-853e-98aae7679acc', 'm-21', '01a20565-dfab-74dd-88f2-d74314de630b', false, 'waiting', NULL, '2026-11-22 22:34:52.279078+00', NULL);
INSERT INTO quell.tenants OVERRIDING SYSTEM VALUE VALUES (1, 'practice', '2026-11-22 22:34:48.523886+00', 1585347004);
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (1, 1, '2026-11-22 22:34:48.622041+00', 'playbook_set', 'd09d75b8-5da4-1398-1656-d08f822f70c0', NULL, NULL, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'files', 'start on vm:/tmp/tmp.WCcXBHYZu9/playbooks', NULL, NULL, '{"version": 1}', '878');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (2, 1, '2026-11-22 22:34:50.825952+00', 'containment', '01a20565-da1a-7337-9f8a-467cffea6e71', '0000000000000000000000000000d00000000007', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-7", "event": "01a20565-d6df-77ab-beff-ad0644e93706", "until": "2026-11-23T00:58:50.538529+00:00", "playbook": "acts"}', '907');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (3, 1, '2026-11-22 22:34:50.871781+00', 'action', '01a20565-da66-70a6-abd8-f80d5e7e79bc', '0000000000000000000000000000d00000000007', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20565-da1a-7337-9f8a-467cffea6e71", "valid_until": "2026-11-22T22:58:50.870336+00:00"}', '907');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (4, 1, '2026-11-22 22:34:50.887987+00', 'containment', '01a20565-da83-7309-93f7-022ddd5f5f39', '0000000000000000000000000000d0000000000b', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-11", "event": "01a20565-d83d-7275-a48e-5b845a9d4005", "playbook": "asks", "ask_until": "2026-11-23T00:58:50.538529+00:00", "asked_for": "ask"}', '907');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (5, 1, '2026-11-22 22:34:50.906441+00', 'containment', '01a20565-da93-7725-a617-6422fbec43ba', '0000000000000000000000000000d0000000000c', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-12", "event": "01a20565-d83d-7275-a48e-5b85de374dba", "playbook": "asks", "ask_until": "2026-11-23T00:58:50.538529+00:00", "asked_for": "ask"}', '907');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (6, 1, '2026-11-22 22:34:50.924378+00', 'containment', '01a20565-daa7-76fa-984a-95fc0263ddaf', '0000000000000000000000000000d0000000000d', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-13", "event": "01a20565-d83d-7275-a48e-5b86bdaf6d9c", "playbook": "asks", "ask_until": "2026-11-23T00:58:50.538529+00:00", "asked_for": "ask"}', '907');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (7, 1, '2026-11-22 22:34:51.339753+00', 'containment', '01a20565-dc0e-7727-b66d-222d42a7ca81', '0000000000000000000000000000d00000000001', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-1", "event": "01a20565-d6df-77ab-beff-ad00f04848c1", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "acts"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (8, 1, '2026-11-22 22:34:51.419022+00', 'action', '01a20565-dc81-7316-b1c7-ffd55e7e79bc', '0000000000000000000000000000d00000000001', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20565-dc0e-7727-b66d-222d42a7ca81", "valid_until": "2026-11-22T22:58:51.418231+00:00"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (9, 1, '2026-11-22 22:34:51.419383+00', 'action', '01a20565-da66-70a6-abd8-f80d5e7e79bc', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '920');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (10, 1, '2026-11-22 22:34:51.422779+00', 'containment', '01a20565-dc9c-7070-9f23-501d7601659e', '0000000000000000000000000000d00000000002', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-2", "event": "01a20565-d6df-77ab-beff-ad016d92085a", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "acts"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (11, 1, '2026-11-22 22:34:51.475778+00', 'action', '01a20565-dcce-71ad-8b24-1a525e7e79bc', '0000000000000000000000000000d00000000002', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20565-dc9c-7070-9f23-501d7601659e", "valid_until": "2026-11-22T22:58:51.475453+00:00"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (12, 1, '2026-11-22 22:34:51.480224+00', 'containment', '01a20565-dcd6-74be-a854-f3f3f300969a', '0000000000000000000000000000d00000000003', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-3", "event": "01a20565-d6df-77ab-beff-ad02199214d5", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "acts"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (13, 1, '2026-11-22 22:34:51.514486+00', 'action', '01a20565-dcef-7255-a085-e33d5e7e79bc', '0000000000000000000000000000d00000000003', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20565-dcd6-74be-a854-f3f3f300969a", "valid_until": "2026-11-22T22:58:51.514143+00:00"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (14, 1, '2026-11-22 22:34:51.526515+00', 'containment', '01a20565-dcfb-706a-aa63-9d443d1f311f', '0000000000000000000000000000d00000000004', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-4", "event": "01a20565-d6df-77ab-beff-ad03d6a8d369", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "acts"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (16, 1, '2026-11-22 22:34:51.562297+00', 'action', '01a20565-dd25-70fe-b458-38b75e7e79bc', '0000000000000000000000000000d00000000004', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20565-dcfb-706a-aa63-9d443d1f311f", "valid_until": "2026-11-22T22:58:51.562032+00:00"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (15, 1, '2026-11-22 22:34:51.562302+00', 'action', '01a20565-da66-70a6-abd8-f80d5e7e79bc', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "d7a18bf5-74fa-4853-a67e-42aca544a638", "defender_status": "Pending"}', '932');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (17, 1, '2026-11-22 22:34:51.564498+00', 'containment', '01a20565-dd2b-707a-9dcb-afbec09ed02f', '0000000000000000000000000000d00000000005', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-5", "event": "01a20565-d6df-77ab-beff-ad04e1c6db20", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "acts"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (18, 1, '2026-11-22 22:34:51.570602+00', 'action', '01a20565-dd2e-7069-85ca-04545e7e79bc', '0000000000000000000000000000d00000000005', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20565-dd2b-707a-9dcb-afbec09ed02f", "valid_until": "2026-11-22T22:58:51.570384+00:00"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (19, 1, '2026-11-22 22:34:51.606518+00', 'containment', '01a20565-dd53-75c4-892d-a62192a10675', '0000000000000000000000000000d00000000006', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-6", "event": "01a20565-d6df-77ab-beff-ad059e53cbd9", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "acts"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (20, 1, '2026-11-22 22:34:51.61836+00', 'action', '01a20565-dd5e-75dd-bd14-2a885e7e79bc', '0000000000000000000000000000d00000000006', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20565-dd53-75c4-892d-a62192a10675", "valid_until": "2026-11-22T22:58:51.618092+00:00"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (85, 1, '2026-11-22 22:35:03.205252+00', 'action', '01a20566-05f8-76a2-835f-dbc05e7e79bc', '0000000000000000000000000000d0000000002a', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1135');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (21, 1, '2026-11-22 22:34:51.6361+00', 'containment', '01a20565-dd73-70a0-9b94-df3941fa5e03', '0000000000000000000000000000d00000000016', NULL, 'active', 'decide', 'matched', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', NULL, '{"lane": "normal", "mode": "observe", "alert": "p-22", "event": "01a20565-da70-7379-853e-98ab0cc140d2", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "observes"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (22, 1, '2026-11-22 22:34:51.684204+00', 'containment', '01a20565-dda3-7567-b699-e5977fb348c0', '0000000000000000000000000000d00000000017', NULL, 'active', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"lane": "normal", "mode": "enforce", "alert": "d-23", "event": "01a20565-da70-7379-853e-98acb289561c", "until": "2026-11-23T00:58:51.160673+00:00", "playbook": "canary"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (23, 1, '2026-11-22 22:34:51.714275+00', 'action', '01a20565-ddb3-7602-b204-e1ce5e7e79bc', '0000000000000000000000000000d00000000017', NULL, 'queued', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"kind": "restrict", "lane": 3, "playbook": "canary", "wanted_by": "decide", "containment": "01a20565-dda3-7567-b699-e5977fb348c0", "valid_until": "2026-11-22T22:58:51.714005+00:00"}', '919');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (24, 1, '2026-11-22 22:34:52.07267+00', 'action', '01a20565-da66-70a6-abd8-f80d5e7e79bc', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '942');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (25, 1, '2026-11-22 22:34:52.177019+00', 'action', '01a20565-df7a-7485-8f96-48615e7e79bc', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a20565-da1a-7337-9f8a-467cffea6e71", "valid_until": "2026-11-22T22:58:52.176444+00:00"}', '942');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (32, 1, '2026-11-22 22:34:52.638823+00', 'action', '01a20565-dcce-71ad-8b24-1a525e7e79bc', '0000000000000000000000000000d00000000002', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "6dad712e-6c1b-4d55-b876-c14817454363", "defender_status": "Pending"}', '968');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (34, 1, '2026-11-22 22:34:52.802337+00', 'action', '01a20565-dcef-7255-a085-e33d5e7e79bc', '0000000000000000000000000000d00000000003', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "b2cd1c9d-5c4f-41cf-bf7f-29c972f57362", "defender_status": "Pending"}', '980');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (36, 1, '2026-11-22 22:34:52.918155+00', 'action', '01a20565-dd25-70fe-b458-38b75e7e79bc', '0000000000000000000000000000d00000000004', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "6ac96f2e-3841-445e-b288-0775d279e343", "defender_status": "Pending"}', '984');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (40, 1, '2026-11-22 22:34:53.234872+00', 'action', '01a20565-dd2e-7069-85ca-04545e7e79bc', '0000000000000000000000000000d00000000005', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "c2e3c277-62a6-4a23-853d-fe871cd7633d", "defender_status": "Pending"}', '999');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (42, 1, '2026-11-22 22:34:53.336325+00', 'action', '01a20565-dd5e-75dd-bd14-2a885e7e79bc', '0000000000000000000000000000d00000000006', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "d8039a0e-6f45-46e1-83ac-f8c18ab3e605", "defender_status": "Pending"}', '1005');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (64, 1, '2026-11-22 22:34:56.003978+00', 'action', '01a20565-ee54-7525-8659-bc8a5e7e79bc', '0000000000000000000000000000d0000000000b', 'submitting', 'submitted', 'submit', 'accepted', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"defender_id": "71a9635e-41cf-4bea-8cd9-c14fb7a533d5", "defender_status": "Pending"}', '1054');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (70, 1, '2026-11-22 22:34:56.792761+00', 'action', '01a20565-f028-7622-adaa-f5f55e7e79bc', '0000000000000000000000000000d00000000002', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "db339363-06d7-4293-bef7-5f63dd46cdea", "defender_status": "Pending"}', '1068');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (79, 1, '2026-11-22 22:35:02.278073+00', 'action', '01a20566-05f8-76a2-835f-dbc05e7e79bc', '0000000000000000000000000000d0000000002a', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "9b84a763-ab8b-4b6e-9b5b-61bd38137606", "defender_status": "Pending"}', '1115');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (89, 1, '2026-11-22 22:35:03.95401+00', 'action', '01a20566-0c92-733b-979a-97205e7e79bc', '0000000000000000000000000000d00000000004', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1142');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (95, 1, '2026-11-22 22:35:04.476828+00', 'action', '01a20566-0c92-733b-979a-97205e7e79bc', '0000000000000000000000000000d00000000004', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1167');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (104, 1, '2026-11-22 22:35:07.718221+00', 'action', '01a20566-1b7e-77f6-9926-03955e7e79bc', '0000000000000000000000000000000000000000', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "7241ad22-4bf5-46bd-9a00-ed59f243dc82", "defender_status": "Pending"}', '1206');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (108, 1, '2026-11-22 22:35:09.05551+00', 'action', '01a20566-208e-764d-914e-9f5b5e7e79bc', '0000000000000000000000000000000000000000', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1230');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (130, 1, '2026-11-22 22:35:15.159457+00', 'action', '01a20566-387e-75f9-bd72-0a325e7e79bc', '0000000000000000000000000000d00000000009', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1295');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (26, 1, '2026-11-22 22:34:52.220697+00', 'containment', '01a20565-dfab-74dd-88f2-d74314de630b', '0000000000000000000000000000d00000000015', NULL, 'asked', 'decide', 'if_unknown.device.os', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"lane": "normal", "mode": "enforce", "alert": "m-21", "event": "01a20565-da70-7379-853e-98aae7679acc", "playbook": "scans", "ask_until": "2026-11-23T00:58:52.102891+00:00", "asked_for": "if_unknown.device.os"}', '947');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (27, 1, '2026-11-22 22:34:52.28739+00', 'containment', '01a20565-dffe-731c-95e5-06dc12cd995b', '0000000000000000000000000000d00000000020', NULL, 'active', 'decide', 'matched', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', NULL, '{"lane": "normal", "mode": "observe", "alert": "f-32", "event": "01a20565-dcf9-7338-b36d-acdd5f03336f", "until": "2026-11-23T00:58:52.102891+00:00", "playbook": "observes"}', '947');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (30, 1, '2026-11-22 22:34:52.451217+00', 'containment', '01a20565-e09e-7206-a54e-4f3ccfde8793', '0000000000000000000000000000d0000000001f', NULL, 'asked', 'decide', 'if_unknown.device.tags', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "s-31", "event": "01a20565-dc71-714a-9bd4-23e69f93ddf3", "playbook": "acts", "ask_until": "2026-11-23T00:58:52.407461+00:00", "asked_for": "if_unknown.device.tags"}', '956');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (33, 1, '2026-11-22 22:34:52.667795+00', 'action', '01a20565-dcef-7255-a085-e33d5e7e79bc', '0000000000000000000000000000d00000000003', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '966');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (41, 1, '2026-11-22 22:34:53.286184+00', 'action', '01a20565-dd5e-75dd-bd14-2a885e7e79bc', '0000000000000000000000000000d00000000006', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '998');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (46, 1, '2026-11-22 22:34:53.55174+00', 'action', '01a20565-df7a-7485-8f96-48615e7e79bc', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "331d14bc-1e86-4515-8651-4dc60479e599", "defender_status": "Pending"}', '1010');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (54, 1, '2026-11-22 22:34:54.955071+00', 'canary', 'f3a849b3-a72c-a6da-2c4c-c6c95526baf1', NULL, NULL, 'fallen_back', 'decide', 'canary.limits[0]', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"playbook": "canary"}', '1036');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (55, 1, '2026-11-22 22:34:54.975018+00', 'containment', '01a20565-ea7a-728b-ab76-58c35468bcd3', '0000000000000000000000000000d00000000019', NULL, 'active', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"lane": "normal", "mode": "observe", "alert": "d-25", "event": "01a20565-e966-7692-a910-d7b1f2982342", "until": "2026-11-23T00:58:54.898777+00:00", "playbook": "canary"}', '1036');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (57, 1, '2026-11-22 22:34:55.578352+00', 'action', '01a20565-e7e1-772e-abfa-fc345e7e79bc', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "a00c1ba3-8ddc-4f12-b534-31af71c95de4", "defender_status": "Pending"}', '1040');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (78, 1, '2026-11-22 22:35:02.19225+00', 'action', '01a20566-05f8-76a2-835f-dbc05e7e79bc', '0000000000000000000000000000d0000000002a', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1112');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (109, 1, '2026-11-22 22:35:09.122359+00', 'action', '01a20566-208e-764d-914e-9f5b5e7e79bc', '0000000000000000000000000000000000000000', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "c01d7445-58e9-4b56-b72a-c79f749e9e01", "defender_status": "Pending"}', '1234');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (28, 1, '2026-11-22 22:34:52.354866+00', 'action', '01a20565-dc81-7316-b1c7-ffd55e7e79bc', '0000000000000000000000000000d00000000001', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '946');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (29, 1, '2026-11-22 22:34:52.446284+00', 'action', '01a20565-dc81-7316-b1c7-ffd55e7e79bc', '0000000000000000000000000000d00000000001', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "4ad5dd01-c6df-4d6f-80ab-ebc7365a02dc", "defender_status": "Pending"}', '959');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (35, 1, '2026-11-22 22:34:52.878318+00', 'action', '01a20565-dd25-70fe-b458-38b75e7e79bc', '0000000000000000000000000000d00000000004', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '978');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (43, 1, '2026-11-22 22:34:53.358241+00', 'action', '01a20565-df7a-7485-8f96-48615e7e79bc', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1004');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (65, 1, '2026-11-22 22:34:56.301292+00', 'containment', '01a20565-dc9c-7070-9f23-501d7601659e', '0000000000000000000000000000d00000000002', 'active', 'ended', 'decide', 'released by playbook all-clear', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "release_playbook"}', '1058');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (66, 1, '2026-11-22 22:34:56.415713+00', 'containment', '01a20565-dc9c-7070-9f23-501d7601659e', '0000000000000000000000000000d00000000002', 'ended', 'ended', 'decide', 'it was a false positive', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"false_positive": false}', '{"false_positive": true}', '1058');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (67, 1, '2026-11-22 22:34:56.430405+00', 'action', '01a20565-f028-7622-adaa-f5f55e7e79bc', '0000000000000000000000000000d00000000002', NULL, 'queued', 'decide', 'matched', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "decide"}', '1058');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (73, 1, '2026-11-22 22:34:58.190415+00', 'action', '01a20565-ee53-75e9-9fd2-67815e7e79bc', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "4601d6a9-2698-43e9-aca4-11a99ad30f2d", "defender_status": "Pending"}', '1084');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (90, 1, '2026-11-22 22:35:03.975979+00', 'action', '01a20566-0c92-733b-979a-97205e7e79bc', '0000000000000000000000000000d00000000004', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "6b665cc9-c842-4086-90cf-12f8740917da", "defender_status": "Pending"}', '1149');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (97, 1, '2026-11-22 22:35:04.529328+00', 'action', '01a20566-0eea-7414-a970-5ffe5e7e79bc', '0000000000000000000000000000d00000000017', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "62209bd6-f608-4928-8b21-da1a9918b386", "defender_status": "Pending"}', '1169');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (103, 1, '2026-11-22 22:35:07.666232+00', 'action', '01a20566-1b7e-77f6-9926-03955e7e79bc', '0000000000000000000000000000000000000000', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1205');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (114, 1, '2026-11-22 22:35:09.81013+00', 'action', '01a20566-2408-7562-a542-a01e5e7e79bc', '0000000000000000000000000000000000000000', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "ad60d593-7ae3-4f13-a0f4-d4673a140476", "defender_status": "Pending"}', '1247');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (128, 1, '2026-11-22 22:35:14.90396+00', 'containment', '01a20566-3856-76ce-9285-941dea89e2d7', '0000000000000000000000000000d00000000009', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-9", "event": "01a20566-359e-733b-88ce-77a164980d44", "until": "2026-11-23T00:59:14.819153+00:00", "playbook": "acts"}', '1293');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (129, 1, '2026-11-22 22:35:14.946382+00', 'action', '01a20566-387e-75f9-bd72-0a325e7e79bc', '0000000000000000000000000000d00000000009', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a20566-3856-76ce-9285-941dea89e2d7", "valid_until": "2026-11-22T22:59:14.94607+00:00"}', '1293');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (131, 1, '2026-11-22 22:35:15.23967+00', 'action', '01a20566-387e-75f9-bd72-0a325e7e79bc', '0000000000000000000000000000d00000000009', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "b2a3f273-d4be-4887-9418-70b9f6ea2018", "defender_status": "Pending"}', '1297');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (31, 1, '2026-11-22 22:34:52.530327+00', 'action', '01a20565-dcce-71ad-8b24-1a525e7e79bc', '0000000000000000000000000000d00000000002', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '958');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (37, 1, '2026-11-22 22:34:53.011714+00', 'action', '01a20565-dc81-7316-b1c7-ffd55e7e79bc', '0000000000000000000000000000d00000000001', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '996');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (38, 1, '2026-11-22 22:34:53.124673+00', 'action', '01a20565-dd2e-7069-85ca-04545e7e79bc', '0000000000000000000000000000d00000000005', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '987');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (39, 1, '2026-11-22 22:34:53.214325+00', 'action', '01a20565-dcce-71ad-8b24-1a525e7e79bc', '0000000000000000000000000000d00000000002', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '996');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (44, 1, '2026-11-22 22:34:53.492484+00', 'action', '01a20565-ddb3-7602-b204-e1ce5e7e79bc', '0000000000000000000000000000d00000000017', 'queued', 'submitting', 'gate', 'a slot in both windows', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '{"attempts": 0}', '{"attempts": 1}', '1006');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (45, 1, '2026-11-22 22:34:53.52787+00', 'action', '01a20565-ddb3-7602-b204-e1ce5e7e79bc', '0000000000000000000000000000d00000000017', 'submitting', 'submitted', 'submit', 'accepted', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"defender_id": "4106ca61-141c-4bc2-b2f1-6fa96b57efaa", "defender_status": "Pending"}', '1009');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (47, 1, '2026-11-22 22:34:53.559381+00', 'action', '01a20565-dcef-7255-a085-e33d5e7e79bc', '0000000000000000000000000000d00000000003', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1012');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (48, 1, '2026-11-22 22:34:53.693511+00', 'action', '01a20565-dd25-70fe-b458-38b75e7e79bc', '0000000000000000000000000000d00000000004', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1012');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (49, 1, '2026-11-22 22:34:53.76688+00', 'action', '01a20565-dd2e-7069-85ca-04545e7e79bc', '0000000000000000000000000000d00000000005', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '1012');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (50, 1, '2026-11-22 22:34:54.162709+00', 'action', '01a20565-dd5e-75dd-bd14-2a885e7e79bc', '0000000000000000000000000000d00000000006', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1024');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (51, 1, '2026-11-22 22:34:54.262099+00', 'action', '01a20565-df7a-7485-8f96-48615e7e79bc', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '1024');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (52, 1, '2026-11-22 22:34:54.322942+00', 'action', '01a20565-e7e1-772e-abfa-fc345e7e79bc', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a20565-da1a-7337-9f8a-467cffea6e71", "valid_until": "2026-11-22T22:58:54.322423+00:00"}', '1024');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (53, 1, '2026-11-22 22:34:54.37895+00', 'action', '01a20565-ddb3-7602-b204-e1ce5e7e79bc', '0000000000000000000000000000d00000000017', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '1024');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (56, 1, '2026-11-22 22:34:55.506891+00', 'action', '01a20565-e7e1-772e-abfa-fc345e7e79bc', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1039');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (58, 1, '2026-11-22 22:34:55.890944+00', 'approval', '7f254daf-cc21-4654-b59c-3c8af8c996ac', '0000000000000000000000000000d0000000000b', NULL, 'approved', 'anna', 'of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"actor": {"via": "cli", "proven": "here"}, "lifts": "ask", "request": "A-1001", "reviewed": {"device.os": "not known", "protection": "none", "device.kind": "not known", "device.name": "not known", "device.tags": "not known", "alert.status": "open", "device.group": "not known", "device.value": "not known", "alert.severity": "high", "alert.determination": "none", "alert.classification": "none"}, "containment": "01a20565-da83-7309-93f7-022ddd5f5f39"}', '1045');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (59, 1, '2026-11-22 22:34:55.903916+00', 'action', '01a20565-e7e1-772e-abfa-fc345e7e79bc', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '1050');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (60, 1, '2026-11-22 22:34:55.907014+00', 'containment', '01a20565-da83-7309-93f7-022ddd5f5f39', '0000000000000000000000000000d0000000000b', 'asked', 'active', 'anna', 'approved by anna: of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"actor": {"via": "cli", "proven": "here"}, "until": "2026-11-23T00:58:55.759757+00:00"}', '1045');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (61, 1, '2026-11-22 22:34:55.963409+00', 'action', '01a20565-ee54-7525-8659-bc8a5e7e79bc', '0000000000000000000000000000d0000000000b', NULL, 'queued', 'anna', 'approved by anna: of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"kind": "restrict", "lane": 3, "actor": {"via": "cli", "proven": "here"}, "playbook": "asks", "wanted_by": "anna", "containment": "01a20565-da83-7309-93f7-022ddd5f5f39", "valid_until": "2026-11-22T22:58:55.957398+00:00"}', '1045');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (62, 1, '2026-11-22 22:34:55.970614+00', 'action', '01a20565-ee53-75e9-9fd2-67815e7e79bc', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a20565-da1a-7337-9f8a-467cffea6e71", "valid_until": "2026-11-22T22:58:55.970104+00:00"}', '1050');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (63, 1, '2026-11-22 22:34:55.988383+00', 'action', '01a20565-ee54-7525-8659-bc8a5e7e79bc', '0000000000000000000000000000d0000000000b', 'queued', 'submitting', 'gate', 'a slot in both windows', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"attempts": 0}', '{"attempts": 1}', '1053');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (68, 1, '2026-11-22 22:34:56.583387+00', 'action', '01a20565-ee54-7525-8659-bc8a5e7e79bc', '0000000000000000000000000000d0000000000b', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '1065');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (69, 1, '2026-11-22 22:34:56.631851+00', 'action', '01a20565-f028-7622-adaa-f5f55e7e79bc', '0000000000000000000000000000d00000000002', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1064');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (71, 1, '2026-11-22 22:34:57.144614+00', 'action', '01a20565-f028-7622-adaa-f5f55e7e79bc', '0000000000000000000000000000d00000000002', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '1074');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (72, 1, '2026-11-22 22:34:58.110436+00', 'action', '01a20565-ee53-75e9-9fd2-67815e7e79bc', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1083');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (74, 1, '2026-11-22 22:34:58.696182+00', 'action', '01a20565-ee53-75e9-9fd2-67815e7e79bc', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '1094');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (75, 1, '2026-11-22 22:34:58.761782+00', 'containment', '01a20565-da1a-7337-9f8a-467cffea6e71', '0000000000000000000000000000d00000000007', 'active', 'active', 'quell', 'a person must look', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"attention": "restrict failed: errorHResult 0x80070005"}', '1094');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (76, 1, '2026-11-22 22:35:01.959678+00', 'containment', '01a20566-05ba-7455-8b39-b07c87e97fe7', '0000000000000000000000000000d0000000002a', NULL, 'active', 'anna', 'of the dump', NULL, NULL, '{"lane": "high", "mode": "enforce", "actor": {"via": "cli", "proven": "here"}, "until": "2026-11-28T22:35:01.884187+00:00"}', '1111');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (77, 1, '2026-11-22 22:35:02.009384+00', 'action', '01a20566-05f8-76a2-835f-dbc05e7e79bc', '0000000000000000000000000000d0000000002a', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "restrict", "lane": 2, "actor": {"via": "cli", "proven": "here"}, "wanted_by": "anna", "containment": "01a20566-05ba-7455-8b39-b07c87e97fe7", "valid_until": "2026-11-22T22:59:02.008658+00:00"}', '1111');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (80, 1, '2026-11-22 22:35:02.652478+00', 'containment', '01a20565-dcd6-74be-a854-f3f3f300969a', '0000000000000000000000000000d00000000003', 'active', 'ended', 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "drift"}', '1123');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (81, 1, '2026-11-22 22:35:02.707785+00', 'drift', '01a20566-08a2-773b-a967-153965b7accf', '0000000000000000000000000000d00000000003', NULL, 'lifted', 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z', NULL, '{"restriction": "restricted"}', '{"restriction": "free"}', '1123');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (82, 1, '2026-11-22 22:35:02.731343+00', 'alarm', 'a70801d2-205c-5139-71d4-d768f80fb65f', '0000000000000000000000000000d00000000003', NULL, 'raised', 'quell', 'lifted at defender by analyst@contoso.example at 2026-11-22T22:35:01Z: its containments ended', NULL, NULL, '{"kind": "drift", "subject": "2b7b7fdb-a271-4e3e-a410-7a57c8889643"}', '1123');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (115, 1, '2026-11-22 22:35:10.160254+00', 'action', '01a20566-2408-7562-a542-a01e5e7e79bc', '0000000000000000000000000000000000000000', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1260');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (83, 1, '2026-11-22 22:35:02.822318+00', 'drift', '01a20566-091e-778d-a939-01ca0a06e46b', '0000000000000000000000000000d00000000029', NULL, 'restricted', 'reconcile', 'restricted at defender by analyst@contoso.example at 2026-11-22T22:34:59Z', NULL, '{"restriction": "free"}', '{"restriction": "restricted_by_other"}', '1124');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (84, 1, '2026-11-22 22:35:02.871968+00', 'cap_lift', '01a20566-08e1-71cc-9bf7-7445e5206859', NULL, NULL, 'lifted', 'anna', 'of the dump', NULL, NULL, '{"cap": "caps[0]", "actor": {"via": "cli", "proven": "here"}, "terms": {"per": {"secs": 60, "nanos": 0}, "devices": 100}, "until": "2026-11-22T22:36:02.81197+00:00", "devices": null}', '1127');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (86, 1, '2026-11-22 22:35:03.538976+00', 'containment', '01a20565-dcfb-706a-aa63-9d443d1f311f', '0000000000000000000000000000d00000000004', 'active', 'ended', 'anna', 'of the dump', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"actor": {"via": "cli", "proven": "here"}, "end_reason": "operator"}', '1140');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (87, 1, '2026-11-22 22:35:03.601273+00', 'containment', '01a20565-dcfb-706a-aa63-9d443d1f311f', '0000000000000000000000000000d00000000004', 'ended', 'ended', 'anna', 'it was a false positive', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"false_positive": false}', '{"actor": {"via": "cli", "proven": "here"}, "false_positive": true}', '1140');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (88, 1, '2026-11-22 22:35:03.714989+00', 'action', '01a20566-0c92-733b-979a-97205e7e79bc', '0000000000000000000000000000d00000000004', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "release", "lane": 1, "actor": {"via": "cli", "proven": "here"}, "wanted_by": "anna"}', '1140');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (91, 1, '2026-11-22 22:35:04.190225+00', 'release_run', '01a20566-0e64-77f0-a22d-3139f868325b', NULL, NULL, 'running', 'anna', 'of the dump', NULL, NULL, '{"actor": {"via": "cli", "proven": "here"}, "selection": {"playbook": "canary"}, "containments": 1}', '1159');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (92, 1, '2026-11-22 22:35:04.262284+00', 'containment', '01a20565-dda3-7567-b699-e5977fb348c0', '0000000000000000000000000000d00000000017', 'active', 'ended', 'anna', 'of the dump', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"end_reason": "operator"}', '1160');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (93, 1, '2026-11-22 22:35:04.319256+00', 'action', '01a20566-0eea-7414-a970-5ffe5e7e79bc', '0000000000000000000000000000d00000000017', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "anna"}', '1160');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (94, 1, '2026-11-22 22:35:04.33431+00', 'release_run', '01a20566-0e64-77f0-a22d-3139f868325b', NULL, 'running', 'done', 'anna', 'of the dump', NULL, NULL, '{"ended": 1}', '1160');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (105, 1, '2026-11-22 22:35:08.279969+00', 'action', '01a20566-1b7e-77f6-9926-03955e7e79bc', '0000000000000000000000000000000000000000', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1221');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (96, 1, '2026-11-22 22:35:04.498502+00', 'action', '01a20566-0eea-7414-a970-5ffe5e7e79bc', '0000000000000000000000000000d00000000017', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1165');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (98, 1, '2026-11-22 22:35:04.946612+00', 'dead_letter', '502e8e03-2bcf-8b89-bb38-69f8083356cc', NULL, NULL, 'dropped', 'anna', 'of the dump', NULL, NULL, '{"actor": {"via": "cli", "proven": "here"}, "event": null}', '1177');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (113, 1, '2026-11-22 22:35:09.752305+00', 'action', '01a20566-2408-7562-a542-a01e5e7e79bc', '0000000000000000000000000000000000000000', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1246');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (99, 1, '2026-11-22 22:35:05.126439+00', 'action', '01a20566-0eea-7414-a970-5ffe5e7e79bc', '0000000000000000000000000000d00000000017', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1181');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (100, 1, '2026-11-22 22:35:05.487219+00', 'access_token', '01a20566-1356-733d-ac8a-b28ae9ee2f8f', NULL, NULL, 'good', 'anna', 'of the dump', NULL, NULL, '{"via": "cli", "name": "reader", "roles": ["viewer"], "until": "2026-12-22T22:35:05.443109+00:00", "groups": [], "handle": "zn9cqegg"}', '1186');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (101, 1, '2026-11-22 22:35:07.454474+00', 'containment', '01a20566-1b2e-73ee-8e8b-1e26face5a32', '0000000000000000000000000000000000000000', NULL, 'active', 'anna', 'probe: of the dump (end)', NULL, NULL, '{"lane": "high", "mode": "enforce", "until": "2026-11-22T22:37:07.384084+00:00"}', '1204');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (102, 1, '2026-11-22 22:35:07.547633+00', 'action', '01a20566-1b7e-77f6-9926-03955e7e79bc', '0000000000000000000000000000000000000000', NULL, 'queued', 'anna', 'probe: of the dump (end)', NULL, NULL, '{"kind": "restrict", "lane": 2, "wanted_by": "anna", "containment": "01a20566-1b2e-73ee-8e8b-1e26face5a32", "valid_until": "2026-11-22T22:59:07.546335+00:00"}', '1204');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (106, 1, '2026-11-22 22:35:08.782283+00', 'probe', '01a20566-2058-74a0-9a4a-9b802863e584', '0000000000000000000000000000000000000000', NULL, 'asked', 'anna', 'probe restrict_twice: of the dump', NULL, NULL, NULL, '1228');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (107, 1, '2026-11-22 22:35:08.852791+00', 'action', '01a20566-208e-764d-914e-9f5b5e7e79bc', '0000000000000000000000000000000000000000', NULL, 'queued', 'anna', 'probe restrict_twice: of the dump', NULL, NULL, '{"kind": "restrict", "lane": 4, "wanted_by": "anna", "containment": "01a20566-1b2e-73ee-8e8b-1e26face5a32", "valid_until": "2026-11-22T22:36:08.782403+00:00"}', '1228');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (110, 1, '2026-11-22 22:35:09.508081+00', 'action', '01a20566-208e-764d-914e-9f5b5e7e79bc', '0000000000000000000000000000000000000000', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '1238');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (111, 1, '2026-11-22 22:35:09.682977+00', 'containment', '01a20566-1b2e-73ee-8e8b-1e26face5a32', '0000000000000000000000000000000000000000', 'active', 'ended', 'anna', 'the probe is over', NULL, NULL, '{"end_reason": "operator"}', '1245');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (112, 1, '2026-11-22 22:35:09.705665+00', 'action', '01a20566-2408-7562-a542-a01e5e7e79bc', '0000000000000000000000000000000000000000', NULL, 'queued', 'anna', 'the probe is over', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "anna"}', '1245');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (116, 1, '2026-11-22 22:35:12.694511+00', 'stop', '48499204-67ed-4477-9889-e0165702fd1d', NULL, NULL, 'in_force', 'anna', 'of the dump', NULL, NULL, '{"via": "cli", "actor": {"via": "cli", "proven": "here"}, "scope": "new", "since": null}', '1267');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (117, 1, '2026-11-22 22:35:13.19918+00', 'containment', '01a20565-da93-7725-a617-6422fbec43ba', '0000000000000000000000000000d0000000000c', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T00:58:50.538529+00:00"}', '{"ask_until": "2026-11-23T00:59:13.188563+00:00"}', '1269');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (118, 1, '2026-11-22 22:35:13.200619+00', 'containment', '01a20565-daa7-76fa-984a-95fc0263ddaf', '0000000000000000000000000000d0000000000d', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T00:58:50.538529+00:00"}', '{"ask_until": "2026-11-23T00:59:13.200456+00:00"}', '1269');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (119, 1, '2026-11-22 22:35:13.20082+00', 'containment', '01a20565-dfab-74dd-88f2-d74314de630b', '0000000000000000000000000000d00000000015', 'asked', 'asked', 'quell', 'its terms changed', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"ask_until": "2026-11-23T00:58:52.102891+00:00"}', '{"ask_until": "2026-11-23T00:59:13.200739+00:00"}', '1269');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (120, 1, '2026-11-22 22:35:13.200957+00', 'containment', '01a20565-e09e-7206-a54e-4f3ccfde8793', '0000000000000000000000000000d0000000001f', 'asked', 'asked', 'quell', 'its terms changed', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"ask_until": "2026-11-23T00:58:52.407461+00:00"}', '{"ask_until": "2026-11-23T00:59:13.200899+00:00"}', '1269');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (121, 1, '2026-11-22 22:35:13.312701+00', 'stop', '48499204-67ed-4477-9889-e0165702fd1d', NULL, 'in_force', 'ended', 'anna', 'of the dump', NULL, NULL, '{"actor": {"via": "cli", "proven": "here"}}', '1271');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (122, 1, '2026-11-22 22:35:13.678455+00', 'stop', '795b3f18-f12e-42f0-83e9-c569aef78bd3', NULL, NULL, 'in_force', 'anna', 'of the dump: in force', NULL, NULL, '{"via": "cli", "actor": {"via": "cli", "proven": "here"}, "scope": "new", "since": null}', '1273');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (123, 1, '2026-11-22 22:35:14.077896+00', 'containment', '01a20565-da93-7725-a617-6422fbec43ba', '0000000000000000000000000000d0000000000c', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T00:59:13.188563+00:00"}', '{"ask_until": "2026-11-23T00:59:14.067984+00:00"}', '1279');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (124, 1, '2026-11-22 22:35:14.079439+00', 'containment', '01a20565-daa7-76fa-984a-95fc0263ddaf', '0000000000000000000000000000d0000000000d', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T00:59:13.200456+00:00"}', '{"ask_until": "2026-11-23T00:59:14.079246+00:00"}', '1279');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (125, 1, '2026-11-22 22:35:14.079635+00', 'containment', '01a20565-dfab-74dd-88f2-d74314de630b', '0000000000000000000000000000d00000000015', 'asked', 'asked', 'quell', 'its terms changed', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"ask_until": "2026-11-23T00:59:13.200739+00:00"}', '{"ask_until": "2026-11-23T00:59:14.079557+00:00"}', '1279');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (126, 1, '2026-11-22 22:35:14.079729+00', 'containment', '01a20565-e09e-7206-a54e-4f3ccfde8793', '0000000000000000000000000000d0000000001f', 'asked', 'asked', 'quell', 'its terms changed', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"ask_until": "2026-11-23T00:59:13.200899+00:00"}', '{"ask_until": "2026-11-23T00:59:14.079682+00:00"}', '1279');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (127, 1, '2026-11-22 22:35:14.098388+00', 'stop', '795b3f18-f12e-42f0-83e9-c569aef78bd3', NULL, 'in_force', 'ended', 'anna', 'of the dump', NULL, NULL, '{"actor": {"via": "cli", "proven": "here"}}', '1280');
INSERT INTO quell.webhook_deliveries VALUES (1, 'signed', 'one', '\x4bbf74941d83c3d2c5c74199b101f066972e505992d884a9ce7e6996483a1e20', 202, '{"accepted":[{"index":0,"id":"01a20565-dc71-714a-9bd4-23e69f93ddf3","duplicate":false,"devices":1,"note":null}],"rejected":[]}', '2026-11-22 22:34:51.396614+00');
INSERT INTO quell.written_once VALUES (1, 'token anna', 'one', '\xfb8d1e02ae7ca91bb5c207ca3b223178ea03704616aa891e18eae7f5102a824e', '907e74b0-07d4-4713-9b53-e6cfaf019497', 'answered', '2026-11-22 22:35:18.612842+00', 200, '{}');
SELECT pg_catalog.setval('quell.alarms_id_seq', 1, true);
SELECT pg_catalog.setval('quell.approval_requests_number_seq', 1003, true);
SELECT pg_catalog.setval('quell.clock_jumps_id_seq', 1, true);
SELECT pg_catalog.setval('quell.inbox_seq_seq', 28, true);
SELECT pg_catalog.setval('quell.news_id_seq', 14, true);
SELECT pg_catalog.setval('quell.notifications_id_seq', 13, true);
SELECT pg_catalog.setval('quell.prunes_id_seq', 1, true);
SELECT pg_catalog.setval('quell.submissions_seq_seq', 1, true);
SELECT pg_catalog.setval('quell.tenants_id_seq', 1, true);
SELECT pg_catalog.setval('quell.transitions_id_seq', 132, true);
ALTER TABLE ONLY public._sqlx_migrations
    ADD CONSTRAINT _sqlx_migrations_pkey PRIMARY KEY (version);
ALTER TABLE ONLY quell.access_tokens
    ADD CONSTRAINT access_tokens_handle_key UNIQUE (handle);
ALTER TABLE ONLY quell.access_tokens
    ADD CONSTRAINT access_tokens_pkey PRIMARY KEY (id);
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
ALTER TABLE ONLY quell.heartbeats
    ADD CONSTRAINT heartbeats_pkey PRIMARY KEY (tenant_id);
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
ALTER TABLE ONLY quell.news
    ADD CONSTRAINT news_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.news_wanted
    ADD CONSTRAINT news_wanted_pkey PRIMARY KEY (tenant_id, topic);
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
ALTER TABLE ONLY quell.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);
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
ALTER TABLE ONLY quell.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (hash);
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
ALTER TABLE ONLY quell.tallies
    ADD CONSTRAINT tallies_pkey PRIMARY KEY (tenant_id, what, key);
ALTER TABLE ONLY quell.tally_marks
    ADD CONSTRAINT tally_marks_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.transitions
    ADD CONSTRAINT transitions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (tenant_id, source, id);
ALTER TABLE ONLY quell.written_once
    ADD CONSTRAINT written_once_pkey PRIMARY KEY (identity, tenant_id, key);
CREATE INDEX actions_by_defender_id ON quell.actions USING btree (tenant_id, defender_id) WHERE (defender_id IS NOT NULL);
CREATE INDEX actions_by_device ON quell.actions USING btree (tenant_id, device_id, queued_at DESC);
CREATE INDEX actions_by_state ON quell.actions USING btree (tenant_id, state);
CREATE INDEX actions_by_time ON quell.actions USING btree (tenant_id, queued_at DESC, id DESC);
CREATE INDEX actions_cancellable ON quell.actions USING btree (tenant_id, submitted_at) WHERE ((state = 'submitted'::text) AND (kind = ANY (ARRAY['restrict'::text, 'isolate'::text])) AND (NOT is_adopted));
CREATE INDEX actions_contained ON quell.actions USING btree (tenant_id, final_at) WHERE ((kind = ANY (ARRAY['restrict'::text, 'isolate'::text])) AND (state = 'succeeded'::text));
CREATE INDEX actions_expiring ON quell.actions USING btree (tenant_id, valid_until) WHERE ((state = 'queued'::text) AND (valid_until IS NOT NULL));
CREATE INDEX actions_in_claim_order ON quell.actions USING btree (tenant_id, lane, queued_at, id) WHERE (state = 'queued'::text);
CREATE INDEX actions_never_sent ON quell.actions USING btree (tenant_id, final_at) WHERE (state = ANY (ARRAY['withdrawn'::text, 'expired'::text]));
CREATE INDEX actions_open ON quell.actions USING btree (tenant_id, queued_at) WHERE (state = ANY (ARRAY['submitting'::text, 'in_doubt'::text, 'submitted'::text]));
CREATE INDEX actions_released ON quell.actions USING btree (tenant_id, final_at) WHERE ((kind = ANY (ARRAY['release'::text, 'release_isolation'::text])) AND (state = 'succeeded'::text));
CREATE INDEX actions_scanned ON quell.actions USING btree (tenant_id, device_id) WHERE ((kind = 'scan'::text) AND (state = 'succeeded'::text));
CREATE INDEX alarms_by_device ON quell.alarms USING btree (tenant_id, device_id, at DESC) WHERE (device_id IS NOT NULL);
CREATE INDEX alarms_by_time ON quell.alarms USING btree (tenant_id, at DESC);
CREATE INDEX alert_infos_by_age ON quell.alert_infos USING btree (tenant_id, received_at);
CREATE INDEX attempts_ledger ON quell.attempts USING btree (tenant_id, app_id, scope, slot_at DESC);
CREATE INDEX attempts_repeated ON quell.attempts USING btree (tenant_id, app_id, slot_at) WHERE is_retry;
CREATE INDEX attempts_throttled ON quell.attempts USING btree (tenant_id, answered_at) WHERE (outcome = 'throttled'::text);
CREATE INDEX cap_lifts_by_end ON quell.cap_lifts USING btree (tenant_id, until);
CREATE INDEX containments_activated ON quell.containments USING btree (tenant_id, mode, activated_at) WHERE (activated_at IS NOT NULL);
CREATE INDEX containments_asked ON quell.containments USING btree (tenant_id, ask_until) WHERE (state = 'asked'::text);
CREATE INDEX containments_by_device ON quell.containments USING btree (tenant_id, device_id, created_at DESC);
CREATE INDEX containments_by_request ON quell.containments USING btree (request) WHERE (request IS NOT NULL);
CREATE INDEX containments_by_state ON quell.containments USING btree (tenant_id, mode, state);
CREATE INDEX containments_by_time ON quell.containments USING btree (tenant_id, created_at) INCLUDE (playbook);
CREATE INDEX containments_expiring ON quell.containments USING btree (tenant_id, until) WHERE ((state = 'active'::text) AND (until IS NOT NULL));
CREATE INDEX containments_false_in_canary ON quell.containments USING btree (tenant_id, playbook, revision) WHERE (is_canary AND false_positive);
CREATE INDEX containments_held_by_caps ON quell.containments USING btree (tenant_id, created_at, id) WHERE ((state = 'asked'::text) AND (ask_reason ~~ 'caps[%'::text));
CREATE INDEX containments_open ON quell.containments USING btree (tenant_id, device_id) WHERE ((mode = 'enforce'::text) AND (state = ANY (ARRAY['asked'::text, 'active'::text])));
CREATE INDEX containments_until_clean ON quell.containments USING btree (tenant_id, device_id) WHERE ((state = 'active'::text) AND (mode = 'enforce'::text) AND ('scan_clean'::text = ANY (release_when)));
CREATE INDEX dead_letters_by_time ON quell.dead_letters USING btree (tenant_id, received_at);
CREATE INDEX dead_letters_of_a_device ON quell.dead_letters USING btree (tenant_id, device_id, received_at) WHERE (event_id IS NOT NULL);
CREATE INDEX dead_letters_of_an_event ON quell.dead_letters USING btree (event_id) WHERE (event_id IS NOT NULL);
CREATE INDEX decisions_by_time ON ONLY quell.decisions USING btree (tenant_id, decided_at);
CREATE INDEX decisions_202611_tenant_id_decided_at_idx ON quell.decisions_202611 USING btree (tenant_id, decided_at);
CREATE INDEX decisions_not_skipped ON ONLY quell.decisions USING btree (tenant_id, decided_at) WHERE (kind <> 'skip'::text);
CREATE INDEX decisions_202611_tenant_id_decided_at_idx1 ON quell.decisions_202611 USING btree (tenant_id, decided_at) WHERE (kind <> 'skip'::text);
CREATE INDEX decisions_by_device ON ONLY quell.decisions USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_202611_tenant_id_device_id_decided_at_idx ON quell.decisions_202611 USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_202612_tenant_id_decided_at_idx ON quell.decisions_202612 USING btree (tenant_id, decided_at);
CREATE INDEX decisions_202612_tenant_id_decided_at_idx1 ON quell.decisions_202612 USING btree (tenant_id, decided_at) WHERE (kind <> 'skip'::text);
CREATE INDEX decisions_202612_tenant_id_device_id_decided_at_idx ON quell.decisions_202612 USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_rest_tenant_id_decided_at_idx ON quell.decisions_rest USING btree (tenant_id, decided_at);
CREATE INDEX decisions_rest_tenant_id_decided_at_idx1 ON quell.decisions_rest USING btree (tenant_id, decided_at) WHERE (kind <> 'skip'::text);
CREATE INDEX decisions_rest_tenant_id_device_id_decided_at_idx ON quell.decisions_rest USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX device_lookups_by_age ON quell.device_lookups USING btree (tenant_id, kind, fetched_at);
CREATE INDEX device_lookups_wanted ON quell.device_lookups USING btree (tenant_id, kind, wanted_at) WHERE (wanted_at IS NOT NULL);
CREATE INDEX devices_by_dns_name ON quell.devices USING btree (tenant_id, split_part(dns_name, '.'::text, 1)) WHERE (dns_name IS NOT NULL);
CREATE INDEX devices_by_entra_id ON quell.devices USING btree (tenant_id, entra_id) WHERE (entra_id IS NOT NULL);
CREATE INDEX devices_by_id ON quell.devices USING btree (tenant_id, lower(device_id) COLLATE "C");
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
CREATE INDEX news_in_order ON quell.news USING btree (tenant_id, id);
CREATE INDEX notifications_by_containment ON quell.notifications USING btree (containment_id);
CREATE INDEX notifications_of_a_message ON quell.notifications USING btree (message_id) WHERE (message_id IS NOT NULL);
CREATE INDEX notifications_to_take ON quell.notifications USING btree (tenant_id, id) WHERE (taken_at IS NULL);
CREATE INDEX notifications_undelivered ON quell.notifications USING btree (tenant_id, id) WHERE (delivered_at IS NULL);
CREATE UNIQUE INDEX one_action_per_probe_call ON quell.actions USING btree (probe_id) WHERE (probe_id IS NOT NULL);
CREATE UNIQUE INDEX one_message_is_gathered ON quell.outbox USING btree (tenant_id, receiver, kind, COALESCE(playbook, ''::text)) WHERE (state = 'gathering'::text);
CREATE UNIQUE INDEX one_open_action_per_device ON quell.actions USING btree (tenant_id, device_id, subject) WHERE (state = ANY (ARRAY['submitting'::text, 'in_doubt'::text, 'submitted'::text]));
CREATE UNIQUE INDEX one_open_containment_per_playbook_and_device ON quell.containments USING btree (tenant_id, device_id, COALESCE(playbook, (id)::text), mode, measure) WHERE (state = ANY (ARRAY['asked'::text, 'active'::text]));
CREATE UNIQUE INDEX one_open_sweep_per_tenant ON quell.inventory_sweeps USING btree (tenant_id) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX one_queued_action_per_device ON quell.actions USING btree (tenant_id, device_id, subject) WHERE (state = 'queued'::text);
CREATE UNIQUE INDEX one_stop_by_file ON quell.stops USING btree (tenant_id) WHERE ((via = 'file'::text) AND (ended_at IS NULL));
CREATE INDEX outbox_by_time ON quell.outbox USING btree (tenant_id, id DESC);
CREATE INDEX outbox_due ON quell.outbox USING btree (receiver, due_at) WHERE (state = ANY (ARRAY['gathering'::text, 'waiting'::text]));
CREATE INDEX outbox_failing ON quell.outbox USING btree (tenant_id, receiver) WHERE (failing_since IS NOT NULL);
CREATE INDEX outbox_of_late ON quell.outbox USING btree (tenant_id, receiver, created_at);
CREATE INDEX outbox_over ON quell.outbox USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX probe_calls_open ON quell.probe_calls USING btree (tenant_id, device_id) WHERE (settled_at IS NULL);
CREATE INDEX prunes_by_what ON quell.prunes USING btree (what, upto DESC);
CREATE INDEX release_run_items_waiting ON quell.release_run_items USING btree (run_id, device_id) WHERE (state = 'waiting'::text);
CREATE INDEX release_runs_running ON quell.release_runs USING btree (tenant_id, id) WHERE (state = 'running'::text);
CREATE INDEX sessions_by_end ON quell.sessions USING btree (ends_at);
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
CREATE INDEX written_once_by_age ON quell.written_once USING btree (reserved_at);
ALTER INDEX quell.one_decision_per_event_and_device ATTACH PARTITION quell.decisions_202611_event_id_device_id_key;
ALTER INDEX quell.decisions_by_time ATTACH PARTITION quell.decisions_202611_tenant_id_decided_at_idx;
ALTER INDEX quell.decisions_not_skipped ATTACH PARTITION quell.decisions_202611_tenant_id_decided_at_idx1;
ALTER INDEX quell.decisions_by_device ATTACH PARTITION quell.decisions_202611_tenant_id_device_id_decided_at_idx;
ALTER INDEX quell.one_decision_per_event_and_device ATTACH PARTITION quell.decisions_202612_event_id_device_id_key;
ALTER INDEX quell.decisions_by_time ATTACH PARTITION quell.decisions_202612_tenant_id_decided_at_idx;
ALTER INDEX quell.decisions_not_skipped ATTACH PARTITION quell.decisions_202612_tenant_id_decided_at_idx1;
ALTER INDEX quell.decisions_by_device ATTACH PARTITION quell.decisions_202612_tenant_id_device_id_decided_at_idx;
ALTER INDEX quell.one_decision_per_event_and_device ATTACH PARTITION quell.decisions_rest_event_id_device_id_key;
ALTER INDEX quell.decisions_by_time ATTACH PARTITION quell.decisions_rest_tenant_id_decided_at_idx;
ALTER INDEX quell.decisions_not_skipped ATTACH PARTITION quell.decisions_rest_tenant_id_decided_at_idx1;
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
CREATE TRIGGER note_actor BEFORE INSERT ON quell.transitions FOR EACH ROW WHEN ((NULLIF(current_setting('quell.actor'::text, true), ''::text) IS NOT NULL)) EXECUTE FUNCTION quell.note_actor();
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
CREATE TRIGGER tell_action AFTER UPDATE OF state ON quell.actions FOR EACH ROW WHEN (((old.state <> new.state) AND (new.state <> ALL (ARRAY['queued'::text, 'submitting'::text])))) EXECUTE FUNCTION quell.tell_action();
CREATE TRIGGER tell_alarm AFTER INSERT ON quell.alarms FOR EACH ROW EXECUTE FUNCTION quell.tell_alarm();
CREATE TRIGGER tell_containment AFTER INSERT OR UPDATE OF state, attention ON quell.containments FOR EACH ROW WHEN ((new.mode = 'enforce'::text)) EXECUTE FUNCTION quell.tell_containment();
CREATE TRIGGER tell_decision AFTER INSERT ON quell.decisions FOR EACH ROW WHEN ((new.kind <> 'skip'::text)) EXECUTE FUNCTION quell.tell_decision();
CREATE TRIGGER tell_found_action AFTER INSERT ON quell.actions FOR EACH ROW WHEN ((new.state <> 'queued'::text)) EXECUTE FUNCTION quell.tell_action();
CREATE TRIGGER tell_stop AFTER INSERT OR UPDATE OF ended_at ON quell.stops FOR EACH ROW EXECUTE FUNCTION quell.tell_stop();
CREATE TRIGGER update_measure INSTEAD OF UPDATE ON quell.measures FOR EACH ROW EXECUTE FUNCTION quell.update_measure();
ALTER TABLE ONLY quell.access_tokens
    ADD CONSTRAINT access_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
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
ALTER TABLE ONLY quell.heartbeats
    ADD CONSTRAINT heartbeats_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
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
ALTER TABLE ONLY quell.news_wanted
    ADD CONSTRAINT news_wanted_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.notifications
    ADD CONSTRAINT notifications_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.notifications
    ADD CONSTRAINT notifications_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.outbox
    ADD CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
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
ALTER TABLE ONLY quell.sessions
    ADD CONSTRAINT sessions_token_id_fkey FOREIGN KEY (token_id) REFERENCES quell.access_tokens(id);
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
ALTER TABLE ONLY quell.tallies
    ADD CONSTRAINT tallies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_action_id_fkey FOREIGN KEY (action_id) REFERENCES quell.actions(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
