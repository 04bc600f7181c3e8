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
CREATE FUNCTION quell.is_in_order(moment timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT NOT EXISTS (SELECT 1 FROM quell.clock_jumps j WHERE j.least < interval '0'
                         AND moment BETWEEN j.at - interval '1 min' AND j.at - j.least + interval '5 min')
$$;
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
    CONSTRAINT dead_letter_is_capped CHECK ((octet_length(payload) <= 65536))
);
CREATE TABLE quell.decision_inputs (
    tenant_id integer NOT NULL,
    hash uuid NOT NULL,
    content jsonb NOT NULL
);
CREATE TABLE quell.decisions (
    tenant_id integer NOT NULL,
    event_id uuid NOT NULL,
    device_id text,
    kind text NOT NULL,
    reason text NOT NULL,
    set_version bigint,
    rulings jsonb DEFAULT '[]'::jsonb NOT NULL,
    facts jsonb,
    decided_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    event_kind text,
    facts_hash uuid,
    last_seen timestamp with time zone,
    own_facts jsonb,
    rules_hash uuid,
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
    tenant_id integer NOT NULL,
    source text NOT NULL,
    format text NOT NULL,
    alert_id text NOT NULL,
    received_at timestamp with time zone DEFAULT quell.now() NOT NULL,
    payload bytea NOT NULL,
    normalised jsonb NOT NULL,
    trust text DEFAULT 'act'::text NOT NULL,
    CONSTRAINT event_trust CHECK ((trust = ANY (ARRAY['act'::text, 'ask_rate'::text, 'ask'::text, 'observe'::text])))
);
ALTER TABLE ONLY quell.events ALTER COLUMN payload SET STORAGE EXTERNAL;
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
INSERT INTO public._sqlx_migrations VALUES (20261121000001, 'clock and tenants', '2026-11-22 23:01:20.454242+00', true, '\x9c8a890ba2a964ad52432564918ce95c5aa804c78ff2b27048ed947e7572134ce55bb96baf0d9150c5f42bc3e61a6d41', 43842263);
INSERT INTO public._sqlx_migrations VALUES (20261121000002, 'events', '2026-11-22 23:01:20.501817+00', true, '\x88036970e9b1e158f1dc4b5514c3a2058a97ef2815a690c0269a96c18af6db350eb898e84f84102ba8f5401a831042af', 51648434);
INSERT INTO public._sqlx_migrations VALUES (20261121000003, 'devices', '2026-11-22 23:01:20.553798+00', true, '\x65def9388728ce0882dbec7bffc3a84803c7a3713d9362d25831390854f579d673520cb3f1e5bd639fd487af1707f10d', 35394912);
INSERT INTO public._sqlx_migrations VALUES (20261121000004, 'playbooks and decisions', '2026-11-22 23:01:20.586223+00', true, '\x9db8a97666fea49724a3f16293ce78aaa49855ff73d012867134058238493ea36d2f708bd8965721d41160461dc43dac', 31909620);
INSERT INTO public._sqlx_migrations VALUES (20261121000005, 'containments', '2026-11-22 23:01:20.629926+00', true, '\x76d7d3561542a3a19d97765b645795c601e7738ab474520118549eb444f1dd4db09fff887c9d62053fe7f290e8e2a14b', 31995213);
INSERT INTO public._sqlx_migrations VALUES (20261121000006, 'actions', '2026-11-22 23:01:20.681823+00', true, '\x430d6e1bc3c97de205f8cc37283a1ed1e53e06e777fda69d37af3fa8615234900b0d01e81d84f9a4e5ef95bef837723f', 45171320);
INSERT INTO public._sqlx_migrations VALUES (20261121000007, 'budget', '2026-11-22 23:01:20.729944+00', true, '\x2058f424c5bf47189bca0c2088b581c747ca75563d965f0aa34eb23bc1e8f805b7afe0472a466082b9738b7e7fb70ac2', 43511158);
INSERT INTO public._sqlx_migrations VALUES (20261121000008, 'transitions', '2026-11-22 23:01:20.78983+00', true, '\x135a77e7c4d15b8e45d8886c98fb8a0fea42fe0c36b360e2ccd538be743482ce9bf26500b1b3dc3ea834511691645c37', 58816190);
INSERT INTO public._sqlx_migrations VALUES (20261122000001, 'canaries', '2026-11-22 23:01:20.864243+00', true, '\x971f140c76c7fb47ed9f633b68cf0a8e4a95bde42a23c99cc18a05e590be484099495b7588f33eaff04df87cc0c815ba', 47972756);
INSERT INTO public._sqlx_migrations VALUES (20261122000002, 'release when alerts are resolved', '2026-11-22 23:01:20.910155+00', true, '\xb5302699ba4482063fe27286b3700ea88a78d7c275cb7daf5634ea2c691a79914e3aa215d234de2c71b782cdc9c9001f', 4336634);
INSERT INTO public._sqlx_migrations VALUES (20261122000003, 'notifications', '2026-11-22 23:01:20.917823+00', true, '\xbd01478e6dbeda620a9ff364e08babd15e74ea401915c56bf2298ffffa667e70c893bba586a331f4f288d51d26755197', 31451427);
INSERT INTO public._sqlx_migrations VALUES (20261122000004, 'approvals', '2026-11-22 23:01:20.946236+00', true, '\x60cfcedcb72b11d531a2be0ac4922157efab1be44036b1f444f95b6a35cc697c4e4d56328445dd444eeedecb38913e6f', 15855428);
INSERT INTO public._sqlx_migrations VALUES (20261122000101, 'activations', '2026-11-22 23:01:20.962247+00', true, '\x34f3cdaec0e4cff6e0df7fb5eb34d909eb9d150afd8560b8aa4a9138a81ed3e49af06545e6ce2c8464650a0a9d4cc36f', 15774357);
INSERT INTO public._sqlx_migrations VALUES (20261122000102, 'decisions that explain themselves', '2026-11-22 23:01:20.978157+00', true, '\xda3202fe521a0c366ff6faee87745fdefc8247155bbb94a74e8f0ab3b4c28565d1dc7f27a286651436f6d78f63b09e1a', 31872093);
INSERT INTO public._sqlx_migrations VALUES (20261122000201, 'playbook files', '2026-11-22 23:01:21.010207+00', true, '\x4f1f6e46c7f55c788ccb1f50b7f86f1d738275261199cc5241cec5a0828b3e6b53678f701d72ce88b7d8a7359fe3c233', 23838284);
INSERT INTO public._sqlx_migrations VALUES (20261122000401, 'cancels', '2026-11-22 23:01:21.049815+00', true, '\x9d7154e129e1c88d1d00bab7ec810a0a61ce4c9bf52e3470c7f786164b7d37b8aa5a858729eb6a6f4fe4508be2441b3d', 24206844);
INSERT INTO public._sqlx_migrations VALUES (20261122000402, 'decisions by time', '2026-11-22 23:01:21.070204+00', true, '\x99119ca2c3995b2f29e382a6a771d674c359651c3bb80695bcd0800f22d511bf63ef7b9a9a7d877a7f03e791aa9f5ef5', 818138);
INSERT INTO public._sqlx_migrations VALUES (20261122000501, 'news of alerts', '2026-11-22 23:01:21.071056+00', true, '\xa50eeb5ebe41b75f9acdc65ae4de11448df626adf592b6647dba7d338ac71a019d3484496743523a62ad06ea52e21fde', 133653);
INSERT INTO public._sqlx_migrations VALUES (20261122010001, 'retries', '2026-11-22 23:01:21.07121+00', true, '\xc3fe42cab910e98a23b87a2f24d142be25e760de991435b96eaea6ae732533d55c23b5c006e2d9ec6e845a33f2c26fac', 1007249);
INSERT INTO public._sqlx_migrations VALUES (20261122020001, 'strays', '2026-11-22 23:01:21.072252+00', true, '\x8ca4698a6fd1c832a04faeb8f7721b0630c96077cd870228b3d51eca9b14c955f4ba2d018df33a46aab382d9b8d464b2', 49634040);
INSERT INTO public._sqlx_migrations VALUES (20261122020002, 'clock and restores', '2026-11-22 23:01:21.129949+00', true, '\x700bfa772b5e38691fa6eac1d33b229d9b0f3a6bce43a96948227f141fa1a2f770b24c5b2f070a9b70f51e246f5d67d1', 31978239);
INSERT INTO public._sqlx_migrations VALUES (20261122030001, 'times in order', '2026-11-22 23:01:21.181811+00', true, '\xf8294ac3ed81810602d54898d8163a36896be9703868b6506b8f90d6f99e0a44fd1692aa960f0370c7163f7a3328edd4', 51974374);
INSERT INTO public._sqlx_migrations VALUES (20261122050001, 'replicas', '2026-11-22 23:01:21.230165+00', true, '\xb3b8017f4637dabb16e809fa12e696cad2b615f771a370e3d85b8f707f75086edf830b9666c3c3a3b0d2181b70c417dc', 2387398);
INSERT INTO public._sqlx_migrations VALUES (20261122050002, 'installation', '2026-11-22 23:01:21.232601+00', true, '\x243a84bbe679d06d7ce8249b3f593bfeb017d3e08274de129aafba35c3f83396a1c5ee3eb17702435604cfcf029412e8', 10515519);
INSERT INTO public._sqlx_migrations VALUES (20261122060001, 'a clock that is planned once', '2026-11-22 23:01:21.243254+00', true, '\x1d72f280559190f5f6671bb3e45450e0596ac751f52664ee365fcde21c19b43d6955a0c909db7ce570df309c230102fe', 1827796);
INSERT INTO public._sqlx_migrations VALUES (20261122070001, 'whatever changes has a row', '2026-11-22 23:01:21.245121+00', true, '\xb02db3a5e0d65f5dae2dadeb999c0f1234641d67060ff57ff57ce1205c4d15e78c2be5fe8a23f225280e5d14f36c0658', 20787898);
INSERT INTO public._sqlx_migrations VALUES (20261122071001, 'inventory', '2026-11-22 23:01:21.267121+00', true, '\x87163960bd7757b58cf00e76e995f81b970643dcff8b47a51215858ac43ffb94d6ed6916c85d797fac65a115aeea4058', 26739682);
INSERT INTO public._sqlx_migrations VALUES (20261122072001, 'facts awaited in the gate', '2026-11-22 23:01:21.310012+00', true, '\x4346ab18166957f1acfd729f4718761d972e37609d868e628e92000222a3bbe6ef9e3591fabea43b83e2fec3d48fa831', 11427769);
INSERT INTO public._sqlx_migrations VALUES (20261122072002, 'cap lifts', '2026-11-22 23:01:21.317694+00', true, '\x2f89f5440dce7800a835ec63fb27004b670c5572495429684f1fcaddc76f5500b3789ae393b171f385dd4a9c5ea57f96', 56200302);
INSERT INTO public._sqlx_migrations VALUES (20261122072003, 'surges and trust', '2026-11-22 23:01:21.405832+00', true, '\x5a44a9c1440b92c1b244a60cd028609b031b49f7c8729a29c3fe1a903254ee497279f22ded74b2a4b280d427920e29ef', 71932498);
INSERT INTO public._sqlx_migrations VALUES (20261122073001, 'requests', '2026-11-22 23:01:21.497849+00', true, '\x58f6af01f9cd59de3864766ac9b2a16bbbd060529c4f9dbd70c684e2132d5c0f2e0ec1e8817d36e3b663e87aefe462ec', 73908569);
INSERT INTO public._sqlx_migrations VALUES (20261122073002, 'accepted risks', '2026-11-22 23:01:21.585827+00', true, '\xc33ab0aa0be2e3dc60864daa0288566b5d6874356664c75ba4f46ccef22a1bd9d2818b3a67b62c6df663231ac8133f36', 64021329);
INSERT INTO public._sqlx_migrations VALUES (20261122074001, 'drift', '2026-11-22 23:01:21.66583+00', true, '\x06e6f94fc402c2ef7df3ca4e7fc099ab80c311ca8b93593570018db34bc92c1251658a954027ee6ab7bcd75993329901', 68022448);
INSERT INTO public._sqlx_migrations VALUES (20261122074002, 'release runs', '2026-11-22 23:01:21.749839+00', true, '\x45e6f1fccaa662f9c6810cc9272ae5760c47e3a71ca0198ef3b9e1992131cad437d98eab5c410f89e1003fd8726ed8b0', 24254664);
INSERT INTO public._sqlx_migrations VALUES (20261122075001, 'begun by', '2026-11-22 23:01:21.770277+00', true, '\xa2b486be6ea827f51022df3297a3fdb5bd9462a79b1896780d042c899371960aaff426d4cbfe4eec5634d325edb24353', 210858);
INSERT INTO public._sqlx_migrations VALUES (20261122075002, 'stops', '2026-11-22 23:01:21.770509+00', true, '\x07ef98aeeef413b653c02a882dc20a4a71fa4ee731c0f9e23feb260711f4ba6a819dcdd4ff84f17ece8209a83545465d', 43360154);
INSERT INTO public._sqlx_migrations VALUES (20261122075003, 'by hand', '2026-11-22 23:01:21.833812+00', true, '\x631ea6253163bdbef27b046a83f59ac2b7f97003b33eae07df1c3e411acf063740e436b5fe61c9fbaaaafc3e28bcde5e', 13111452);
INSERT INTO public._sqlx_migrations VALUES (20261122076001, 'rows that say what changed', '2026-11-22 23:01:21.84313+00', true, '\x8bd3e95631cab8669c950d171771f744f4b56d4173f19f0d29776c347cd4f942a7fc37a0c7a63b5410abe9f125d8a995', 34759826);
INSERT INTO public._sqlx_migrations VALUES (20261122076002, 'seals', '2026-11-22 23:01:21.897828+00', true, '\x89f176bdc406a1df223c4d39289651061717770aa5c9a27cb93a0109ba4429097c9cd12ef1ffce6e16c1cfec18e19f56', 55982950);
INSERT INTO public._sqlx_migrations VALUES (20261122077001, 'claims in one word', '2026-11-22 23:01:21.969844+00', true, '\x89bea4c616419b25b17145e9abb96f80878f3b6d52e0010039204b919d19fb5cc3b38b0ae7d1d1969f5822347017f8c1', 9710998);
INSERT INTO public._sqlx_migrations VALUES (20261122078001, 'sizes that are known for a while', '2026-11-22 23:01:21.975661+00', true, '\xdbd53861f176df7911e9dc10c09466a64ea7dd5a48410c24fe5a0707e3829a25e32cdf16b7241b4dca030ce8a7354192', 242467);
INSERT INTO public._sqlx_migrations VALUES (20261122079001, 'no question runs out while stopped', '2026-11-22 23:01:21.975927+00', true, '\xbd964592383bb0a6458515d7366b6ee71274dd30a22f247aad4f52822b41e928a8c19a98afac28360b620f3d05c410ad', 172308);
INSERT INTO public._sqlx_migrations VALUES (20261122081001, 'measures and tasks', '2026-11-22 23:01:21.976171+00', true, '\x063c86cdf9d9de4e58738e5cb0f1a18f0467435806852c6d2ca43a835925a34ab2f67041cd2bdea2044381a6c0c53fcd', 49708017);
INSERT INTO public._sqlx_migrations VALUES (20261122082001, 'tasks', '2026-11-22 23:01:22.026228+00', true, '\x90968f87ddb2412ad0a1246bcff93be670d9ff45daf035daba193d3a9ecc955b57205777130b2bf30df351e306050b4c', 63702347);
INSERT INTO public._sqlx_migrations VALUES (20261122087001, 'lookups', '2026-11-22 23:01:22.090302+00', true, '\x0adbc277ba75e2fbbcf1cdc5fbdde7a375842810e1cb650e77d17dd90dcf36a7fa4129a12c0d97b9597659cc6f8e6e79', 32807458);
INSERT INTO public._sqlx_migrations VALUES (20261122087002, 'no decision crosses a stop', '2026-11-22 23:01:22.123411+00', true, '\xe4d88c0f126a657c43bdafe3004ba157c58b29d21ac75cb6815398ba55f4f3b9467378b90a6e249a4beac77b1bea4401', 26486978);
INSERT INTO public._sqlx_migrations VALUES (20261122087003, 'lifts that end early', '2026-11-22 23:01:22.165828+00', true, '\x085de14656f78bea5dfe7758242ba94ee72b4ee1c5de1e95dda09694ffe3a05ee69d5b140920d4ab8b4d04641c4f3a4c', 39985661);
INSERT INTO public._sqlx_migrations VALUES (20261122089001, 'dead letters that end', '2026-11-22 23:01:22.217834+00', true, '\x22c310bc710fdb94ae291b20b277177a079339c6a4c6e51596f3bdc9e60844b83d020b3360d7d2d9ba9fc94e29e87c24', 56063599);
INSERT INTO public._sqlx_migrations VALUES (20261122092001, 'what was put aside is news', '2026-11-22 23:01:22.270248+00', true, '\xea5459f79d4d97e8324fe9999a78c6b8bc2e3f658415ae7ad7db0e29953477f4fb46e4f3658aec6b8f598c2b8631d7a0', 3325520);
INSERT INTO quell.actions VALUES ('01a2057e-2957-713b-86b4-55321d9de07a', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057e-2940-7695-bb82-dde4ae412876', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'decide', '2026-11-22 23:01:23.946232+00', '2026-11-22 23:01:23.946248+00', '2026-11-22 23:25:23.946254+00', 1, '2026-11-22 23:01:24.586962+00', 'df3df764-8d6f-43b8-805b-a4a5f22d4a7c', 'Failed', false, '2026-11-22 23:01:24.841011+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:24.739059+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2b4e-7445-a9b4-bc0c1d9de07a', 1, '0000000000000000000000000000d00000000001', 'restrict', 'succeeded', 2, '01a2057e-2b21-76a7-b453-85c848598fe0', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-1', 'decide', '2026-11-22 23:01:24.434846+00', '2026-11-22 23:01:24.434863+00', '2026-11-22 23:25:24.434868+00', 1, '2026-11-22 23:01:25.023927+00', 'e0e4d21d-0647-4ed4-9136-5507d8bc1b7e', 'Succeeded', false, '2026-11-22 23:01:25.534146+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:25.338255+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2b6f-7400-ae9a-c3551d9de07a', 1, '0000000000000000000000000000d00000000002', 'restrict', 'succeeded', 2, '01a2057e-2b5d-74ac-8717-8ffb3a592b77', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-2', 'decide', '2026-11-22 23:01:24.469986+00', '2026-11-22 23:01:24.470004+00', '2026-11-22 23:25:24.470009+00', 1, '2026-11-22 23:01:25.127028+00', '94254eb1-01fa-4334-bb8c-68947b2aa403', 'Succeeded', false, '2026-11-22 23:01:25.599326+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:25.390429+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2c16-75b9-aee1-e3751d9de07a', 1, '0000000000000000000000000000d00000000006', 'restrict', 'succeeded', 2, '01a2057e-2c0e-7174-bdcb-f0ad2a791c49', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-6', 'decide', '2026-11-22 23:01:24.630698+00', '2026-11-22 23:01:24.630704+00', '2026-11-22 23:25:24.630708+00', 1, '2026-11-22 23:01:25.619238+00', '9a545f4f-ffda-41d2-955c-1eb6fba2a66a', 'Succeeded', false, '2026-11-22 23:01:26.266218+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:25.965635+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2ba9-754f-a182-4d2c1d9de07a', 1, '0000000000000000000000000000d00000000003', 'restrict', 'succeeded', 2, '01a2057e-2b81-70e5-8c5c-0f1d9ec3981b', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-3', 'decide', '2026-11-22 23:01:24.526199+00', '2026-11-22 23:01:24.526214+00', '2026-11-22 23:25:24.526218+00', 1, '2026-11-22 23:01:25.229995+00', '341c2339-40dc-4b17-b7c1-bd051021a465', 'Succeeded', false, '2026-11-22 23:01:25.833678+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:25.480104+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2be3-7318-9c6d-4f7d1d9de07a', 1, '0000000000000000000000000000d00000000004', 'restrict', 'succeeded', 2, '01a2057e-2bd6-75f2-bb45-725620f7d262', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-4', 'decide', '2026-11-22 23:01:24.58165+00', '2026-11-22 23:01:24.581669+00', '2026-11-22 23:25:24.581674+00', 1, '2026-11-22 23:01:25.391504+00', 'f2f1fd37-8541-473d-b852-cfae8ae87f6a', 'Succeeded', false, '2026-11-22 23:01:25.908605+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:25.729014+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2c0a-756a-9cc4-c7cd1d9de07a', 1, '0000000000000000000000000000d00000000005', 'restrict', 'succeeded', 2, '01a2057e-2be9-71d6-8c96-558125208978', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-5', 'decide', '2026-11-22 23:01:24.619674+00', '2026-11-22 23:01:24.619693+00', '2026-11-22 23:25:24.619699+00', 1, '2026-11-22 23:01:25.438582+00', '81e6d9be-1e21-4afb-a782-c4071db7baf5', 'Succeeded', false, '2026-11-22 23:01:25.971132+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:25.683623+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2d98-750f-b386-8c971d9de07a', 1, '0000000000000000000000000000d00000000015', 'scan', 'succeeded', 3, NULL, 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'alert m-21', 'decide', '2026-11-22 23:01:25.022713+00', '2026-11-22 23:01:25.022727+00', '2026-11-22 23:25:25.022731+00', 1, '2026-11-22 23:01:26.331004+00', '47475b36-c227-425e-b9ad-9b8e65dab592', 'Succeeded', false, '2026-11-22 23:01:26.775587+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:26.558335+00', 'scan', 'quick', 1);
INSERT INTO quell.actions VALUES ('01a2057e-2d0b-74dc-bb3f-e7241d9de07a', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057e-2940-7695-bb82-dde4ae412876', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 23:01:24.890517+00', '2026-11-22 23:01:25.39053+00', '2026-11-22 23:25:24.890536+00', 1, '2026-11-22 23:01:25.733914+00', '2f03a1c4-087f-4553-b85b-2df028b9d870', 'Failed', false, '2026-11-22 23:01:26.314023+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 23:01:26.064865+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-36d2-73d3-8b5c-54a71d9de07a', 1, '0000000000000000000000000000d0000000000b', 'restrict', 'succeeded', 3, '01a2057e-2a2d-7563-b831-3d25e46a2b98', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'alert x-11', 'anna', '2026-11-22 23:01:27.390858+00', '2026-11-22 23:01:27.39087+00', '2026-11-22 23:25:27.390874+00', 1, '2026-11-22 23:01:27.66998+00', '1b6a15d1-630d-4650-90aa-812baabfa22a', 'Succeeded', false, '2026-11-22 23:01:28.216903+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:27.935623+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2c73-70e3-8a67-e0801d9de07a', 1, '0000000000000000000000000000d00000000017', 'restrict', 'succeeded', 3, '01a2057e-2c56-7395-8ba8-71be4faaf8d8', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'alert d-23', 'decide', '2026-11-22 23:01:24.723956+00', '2026-11-22 23:01:24.723963+00', '2026-11-22 23:25:24.723967+00', 1, '2026-11-22 23:01:25.943932+00', '9b51e2de-0694-4d34-b25a-ea7ee65230f5', 'Succeeded', false, '2026-11-22 23:01:26.65016+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:26.241727+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-2d5e-70d4-8fae-0cd01d9de07a', 1, '0000000000000000000000000000d00000000015', 'isolate', 'succeeded', 3, '01a2057e-2d4f-7231-b922-bc3fe11270f9', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'alert m-21', 'decide', '2026-11-22 23:01:24.958201+00', '2026-11-22 23:01:24.958215+00', '2026-11-22 23:25:24.95822+00', 1, '2026-11-22 23:01:26.006715+00', '4f87596d-a6e4-4e04-8d50-4dab528b244b', 'Succeeded', false, '2026-11-22 23:01:26.709161+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:26.240773+00', 'isolation', 'full', 1);
INSERT INTO quell.actions VALUES ('01a2057e-32b2-70a0-9311-509e1d9de07a', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057e-2940-7695-bb82-dde4ae412876', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 23:01:26.323575+00', '2026-11-22 23:01:27.323588+00', '2026-11-22 23:25:26.323593+00', 1, '2026-11-22 23:01:27.57718+00', 'd3265f49-1436-48ff-9f4f-932147dd807f', 'Failed', false, '2026-11-22 23:01:27.935988+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 23:01:27.742588+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-392a-703c-9e61-57571d9de07a', 1, '0000000000000000000000000000d00000000007', 'restrict', 'failed', 2, '01a2057e-2940-7695-bb82-dde4ae412876', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-7', 'reconcile', '2026-11-22 23:01:27.984153+00', '2026-11-22 23:01:29.984163+00', '2026-11-22 23:25:27.984168+00', 1, '2026-11-22 23:01:30.233973+00', '175d3ff3-687b-4483-87c4-5a7d687c52ca', 'Failed', false, '2026-11-22 23:01:30.863032+00', 'errorHResult 0x80070005', 'reconcile', 'defender''s list', 0, '-infinity', true, NULL, '2026-11-22 23:01:30.456342+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-387f-7449-b741-10bb1d9de07a', 1, '0000000000000000000000000000d00000000002', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: matched', 'decide', '2026-11-22 23:01:27.807615+00', '2026-11-22 23:01:27.807626+00', NULL, 1, '2026-11-22 23:01:27.859728+00', '15e587ac-8ce8-4e78-8d3b-c95d7b29087e', 'Succeeded', false, '2026-11-22 23:01:28.225956+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:28.152368+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-463f-7066-9b56-48ef1d9de07a', 1, '0000000000000000000000000000d0000000002a', 'restrict', 'succeeded', 2, '01a2057e-462a-73ca-b05a-6340033cf978', NULL, NULL, 'of the dump', 'anna', '2026-11-22 23:01:31.330091+00', '2026-11-22 23:01:31.330104+00', '2026-11-22 23:25:31.330113+00', 1, '2026-11-22 23:01:31.486236+00', '06e0b73c-b5f0-454b-99a4-25fc956a42dd', 'Succeeded', false, '2026-11-22 23:01:31.99537+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:31.742891+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-4899-72e4-b36d-5e2e1d9de07a', 1, '0000000000000000000000000000d00000000004', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: of the dump', 'anna', '2026-11-22 23:01:31.931445+00', '2026-11-22 23:01:31.931453+00', NULL, 1, '2026-11-22 23:01:31.98318+00', 'bf4b8b16-ca20-4317-a5e2-32148a5cf2c2', 'Succeeded', false, '2026-11-22 23:01:32.372209+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:32.292286+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-4aef-7200-bd37-a6e01d9de07a', 1, '0000000000000000000000000000d00000000017', 'release', 'succeeded', 1, NULL, NULL, NULL, 'released: of the dump', 'anna', '2026-11-22 23:01:32.534768+00', '2026-11-22 23:01:32.534779+00', NULL, 1, '2026-11-22 23:01:32.750044+00', '9e971c54-a555-4ec0-8d84-d955eb4a2b66', 'Succeeded', false, '2026-11-22 23:01:33.13188+00', NULL, 'reconcile', 'defender''s list', 0, '-infinity', false, NULL, '2026-11-22 23:01:32.971912+00', 'restriction', NULL, 1);
INSERT INTO quell.actions VALUES ('01a2057e-54f9-75de-bcd9-02391d9de07a', 1, '0000000000000000000000000000d00000000009', 'restrict', 'submitted', 2, '01a2057e-54e7-73c6-80e6-0eb9a5084df0', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'alert r-9', 'decide', '2026-11-22 23:01:35.098141+00', '2026-11-22 23:01:35.098158+00', '2026-11-22 23:25:35.098162+00', 1, '2026-11-22 23:01:35.17143+00', 'e9b8486a-8ed8-46a5-b3a6-a62f9f6509a4', 'InProgress', false, NULL, NULL, 'submit', 'accepted', 0, '-infinity', false, NULL, NULL, 'restriction', NULL, 1);
INSERT INTO quell.active_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 1, '2026-11-22 23:01:22.906086+00', 'files');
INSERT INTO quell.alarms OVERRIDING SYSTEM VALUE VALUES (1, 1, '2026-11-22 23:01:31.832642+00', 'drift', '6e33358c-f8e9-4a89-8df8-b72509b8b4ab', '0000000000000000000000000000d00000000003', NULL, 'lifted at defender by analyst@contoso.example at 2026-11-22T23:01:31Z: its containments ended');
INSERT INTO quell.alert_devices VALUES (1, 'r-1', '0000000000000000000000000000d00000000001', '01a2057e-276b-7070-9ada-72d9358d5d95');
INSERT INTO quell.alert_devices VALUES (1, 'r-2', '0000000000000000000000000000d00000000002', '01a2057e-276b-7070-9ada-72da1f8abc78');
INSERT INTO quell.alert_devices VALUES (1, 'r-3', '0000000000000000000000000000d00000000003', '01a2057e-276b-7070-9ada-72db82405aa4');
INSERT INTO quell.alert_devices VALUES (1, 'r-4', '0000000000000000000000000000d00000000004', '01a2057e-276b-7070-9ada-72dca8d516be');
INSERT INTO quell.alert_devices VALUES (1, 'r-5', '0000000000000000000000000000d00000000005', '01a2057e-276b-7070-9ada-72dd9dce7e22');
INSERT INTO quell.alert_devices VALUES (1, 'r-6', '0000000000000000000000000000d00000000006', '01a2057e-276b-7070-9ada-72de184dbe5e');
INSERT INTO quell.alert_devices VALUES (1, 'r-7', '0000000000000000000000000000d00000000007', '01a2057e-276b-7070-9ada-72df711f4e73');
INSERT INTO quell.alert_devices VALUES (1, 'r-8', '0000000000000000000000000000d00000000008', '01a2057e-276b-7070-9ada-72e02ec96db3');
INSERT INTO quell.alert_devices VALUES (1, 'x-11', '0000000000000000000000000000d0000000000b', '01a2057e-2890-7488-b6d4-79b7468368ee');
INSERT INTO quell.alert_devices VALUES (1, 'x-12', '0000000000000000000000000000d0000000000c', '01a2057e-2890-7488-b6d4-79b8d7613355');
INSERT INTO quell.alert_devices VALUES (1, 'x-13', '0000000000000000000000000000d0000000000d', '01a2057e-2890-7488-b6d4-79b9f62dde79');
INSERT INTO quell.alert_devices VALUES (1, 'd-23', '0000000000000000000000000000d00000000017', '01a2057e-2a0b-70c7-83d6-1d4cc0bb3616');
INSERT INTO quell.alert_devices VALUES (1, 'm-21', '0000000000000000000000000000d00000000015', '01a2057e-2a0b-70c7-83d6-1d4a2bb13c97');
INSERT INTO quell.alert_devices VALUES (1, 'n-24', '0000000000000000000000000000d00000000018', '01a2057e-2a0b-70c7-83d6-1d4d73153217');
INSERT INTO quell.alert_devices VALUES (1, 'p-22', '0000000000000000000000000000d00000000016', '01a2057e-2a0b-70c7-83d6-1d4b5bd8ee7e');
INSERT INTO quell.alert_devices VALUES (1, 'd-25', '0000000000000000000000000000d00000000019', '01a2057e-3434-759d-a31a-f33cf4f206d2');
INSERT INTO quell.alert_devices VALUES (1, 'r-9', '0000000000000000000000000000d00000000009', '01a2057e-544d-73e9-8f57-4982d9b7cb2e');
INSERT INTO quell.alert_devices VALUES (1, 'r-10', '0000000000000000000000000000d0000000000a', '01a2057e-56e2-719b-99f2-c5fc4fcdea49');
INSERT INTO quell.approval_requests OVERRIDING SYSTEM VALUE VALUES (1001, 1, 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '2026-11-22 23:01:00+00', false);
INSERT INTO quell.approvals VALUES ('01a2057e-2a2d-7563-b831-3d25e46a2b98', 1, 'anna', 'approved', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'ask', 'of the dump', '2026-11-22 23:01:27.272538+00', '2dff3e4b-2863-4f2b-8345-9288a7ac2ba6', 'dd845b0ebd412a5ea6ebb07b52a522c0', true);
INSERT INTO quell.attempts VALUES ('01a2057e-26eb-70bc-ab30-ac7aee908868', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:23.308301+00', '2026-11-22 23:01:23.808301+00', '2026-11-22 23:01:23.367769+00', '2026-11-22 23:01:23.367782+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2735-755a-bbb3-1b3b44b1b57d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:23.382105+00', '2026-11-22 23:01:23.882105+00', '2026-11-22 23:01:23.431815+00', '2026-11-22 23:01:23.431828+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2944-7029-9dfa-238eb2f25c54', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:23.928326+00', '2026-11-22 23:01:24.428326+00', '2026-11-22 23:01:23.990254+00', '2026-11-22 23:01:23.990265+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2ad6-704d-983a-24fa7e99bb5a', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2957-713b-86b4-55321d9de07a', 1, 1, '2026-11-22 23:01:24.348812+00', '2026-11-22 23:01:24.848812+00', '2026-11-22 23:01:24.528371+00', '2026-11-22 23:01:24.528383+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2912-7530-8676-86e8f4f76a72', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:23.861984+00', '2026-11-22 23:01:24.361984+00', '2026-11-22 23:01:24.63039+00', '2026-11-22 23:01:24.630402+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2976-76f4-a34a-31d40b717bff', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:23.970044+00', '2026-11-22 23:01:24.470044+00', '2026-11-22 23:01:24.63948+00', '2026-11-22 23:01:24.639491+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2a2d-7563-b831-3d26514df488', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.142015+00', '2026-11-22 23:01:24.642015+00', '2026-11-22 23:01:24.649801+00', '2026-11-22 23:01:24.649812+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2aa3-7039-9016-d3ce8c30f4b9', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.259308+00', '2026-11-22 23:01:24.759308+00', '2026-11-22 23:01:24.686054+00', '2026-11-22 23:01:24.686065+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2ad9-7331-aede-8be1ec994fa8', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.340678+00', '2026-11-22 23:01:24.840678+00', '2026-11-22 23:01:24.69864+00', '2026-11-22 23:01:24.698648+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2b5c-7172-a1e9-7b061b5bc0df', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.446846+00', '2026-11-22 23:01:24.946846+00', '2026-11-22 23:01:24.722371+00', '2026-11-22 23:01:24.722385+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2be3-7318-9c6d-4f7cd9b245f4', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.582842+00', '2026-11-22 23:01:25.082842+00', '2026-11-22 23:01:24.723754+00', '2026-11-22 23:01:24.723766+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2c76-7264-9579-0daba38fab71', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:24.734163+00', '2026-11-22 23:01:25.234163+00', '2026-11-22 23:01:24.766109+00', '2026-11-22 23:01:24.766122+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2cca-75ef-be38-00f4d3833d31', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.813196+00', '2026-11-22 23:01:25.313196+00', '2026-11-22 23:01:24.863628+00', '2026-11-22 23:01:24.863644+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2d55-76fc-9591-c33be6e91304', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2b4e-7445-a9b4-bc0c1d9de07a', 1, 1, '2026-11-22 23:01:24.978766+00', '2026-11-22 23:01:25.478766+00', '2026-11-22 23:01:25.014159+00', '2026-11-22 23:01:25.014166+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2db6-7754-b957-944dc31e93ba', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2b6f-7400-ae9a-c3551d9de07a', 1, 1, '2026-11-22 23:01:25.047979+00', '2026-11-22 23:01:25.547979+00', '2026-11-22 23:01:25.107539+00', '2026-11-22 23:01:25.107546+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2ce8-72d9-a8c7-e19fa862768d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.843354+00', '2026-11-22 23:01:25.343354+00', '2026-11-22 23:01:25.144858+00', '2026-11-22 23:01:25.144872+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2d11-758f-8a72-0309632b772a', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.882284+00', '2026-11-22 23:01:25.382284+00', '2026-11-22 23:01:25.154038+00', '2026-11-22 23:01:25.154054+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2d56-7662-b139-433762b1aaab', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:24.950917+00', '2026-11-22 23:01:25.450917+00', '2026-11-22 23:01:25.16268+00', '2026-11-22 23:01:25.162695+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2d94-720b-87d8-7053861240d1', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:25.013035+00', '2026-11-22 23:01:25.513035+00', '2026-11-22 23:01:25.166026+00', '2026-11-22 23:01:25.166038+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2e16-731e-9d0d-da46b115daf9', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:25.145252+00', '2026-11-22 23:01:25.645252+00', '2026-11-22 23:01:25.182761+00', '2026-11-22 23:01:25.182775+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2dbc-7148-95c1-6d0b75b96ec2', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:25.05253+00', '2026-11-22 23:01:25.55253+00', '2026-11-22 23:01:25.183305+00', '2026-11-22 23:01:25.183313+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2df4-7595-b0fd-2199bbda931d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:25.111846+00', '2026-11-22 23:01:25.611846+00', '2026-11-22 23:01:25.198564+00', '2026-11-22 23:01:25.198577+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2e07-75fc-85d9-75ca651eb668', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2ba9-754f-a182-4d2c1d9de07a', 1, 1, '2026-11-22 23:01:25.144711+00', '2026-11-22 23:01:25.644711+00', '2026-11-22 23:01:25.203902+00', '2026-11-22 23:01:25.203911+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2ee2-706f-a908-118c0745754e', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2be3-7318-9c6d-4f7d1d9de07a', 1, 1, '2026-11-22 23:01:25.362334+00', '2026-11-22 23:01:25.862334+00', '2026-11-22 23:01:25.388882+00', '2026-11-22 23:01:25.388889+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2f0f-77fc-a257-968a2604e472', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2c0a-756a-9cc4-c7cd1d9de07a', 1, 1, '2026-11-22 23:01:25.410119+00', '2026-11-22 23:01:25.910119+00', '2026-11-22 23:01:25.421945+00', '2026-11-22 23:01:25.421959+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2f50-72b9-92ea-272a87a982b6', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:25.470338+00', '2026-11-22 23:01:25.970338+00', '2026-11-22 23:01:25.490122+00', '2026-11-22 23:01:25.490137+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-2f8a-724d-8325-02ae110106b8', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2c16-75b9-aee1-e3751d9de07a', 1, 1, '2026-11-22 23:01:25.533908+00', '2026-11-22 23:01:26.033908+00', '2026-11-22 23:01:25.606554+00', '2026-11-22 23:01:25.606562+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-301a-72d3-8ac1-647b58480cc7', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2d0b-74dc-bb3f-e7241d9de07a', 1, 1, '2026-11-22 23:01:25.665931+00', '2026-11-22 23:01:26.165931+00', '2026-11-22 23:01:25.732531+00', '2026-11-22 23:01:25.732541+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a2057e-3078-75db-a0c1-0bc8341a9e1d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:25.752603+00', '2026-11-22 23:01:26.252603+00', '2026-11-22 23:01:25.784356+00', '2026-11-22 23:01:25.784369+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-30fe-77de-bc61-fe253c24d3d2', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-2c73-70e3-8a67-e0801d9de07a', 1, 1, '2026-11-22 23:01:25.894098+00', '2026-11-22 23:01:26.394098+00', '2026-11-22 23:01:25.942491+00', '2026-11-22 23:01:25.942507+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-3136-772b-9437-df22aaa49c7a', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'isolate', '01a2057e-2d5e-70d4-8fae-0cd01d9de07a', 1, 1, '2026-11-22 23:01:25.945941+00', '2026-11-22 23:01:26.445941+00', '2026-11-22 23:01:26.001928+00', '2026-11-22 23:01:26.00194+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-31e5-7530-8844-89c2d8c7fba2', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:26.118293+00', '2026-11-22 23:01:26.618293+00', '2026-11-22 23:01:26.187031+00', '2026-11-22 23:01:26.187048+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-3206-7707-bbc4-5b9e1879c279', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'scan', '01a2057e-2d98-750f-b386-8c971d9de07a', 1, 1, '2026-11-22 23:01:26.157963+00', '2026-11-22 23:01:26.657963+00', '2026-11-22 23:01:26.330379+00', '2026-11-22 23:01:26.330394+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-33a6-7343-a443-1bbaeb13500d', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:26.567047+00', '2026-11-22 23:01:27.067047+00', '2026-11-22 23:01:26.631581+00', '2026-11-22 23:01:26.631601+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-34f1-7764-931f-4f200fe01c6c', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:26.897828+00', '2026-11-22 23:01:27.397828+00', '2026-11-22 23:01:26.926137+00', '2026-11-22 23:01:26.926155+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-36fa-7110-bffc-0a2cc20fbe0d', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-32b2-70a0-9311-509e1d9de07a', 1, 1, '2026-11-22 23:01:27.429939+00', '2026-11-22 23:01:27.929939+00', '2026-11-22 23:01:27.538622+00', '2026-11-22 23:01:27.53863+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a2057e-37b9-70e0-bcc5-5ae6575a3a54', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-36d2-73d3-8b5c-54a71d9de07a', 1, 1, '2026-11-22 23:01:27.623236+00', '2026-11-22 23:01:28.123236+00', '2026-11-22 23:01:27.657836+00', '2026-11-22 23:01:27.657849+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-37e8-71d3-af83-d4c2f74e2e31', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:27.657013+00', '2026-11-22 23:01:28.157013+00', '2026-11-22 23:01:27.673011+00', '2026-11-22 23:01:27.673022+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-389a-7250-8878-3108bac27f88', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a2057e-387f-7449-b741-10bb1d9de07a', 1, 1, '2026-11-22 23:01:27.835309+00', '2026-11-22 23:01:28.335309+00', '2026-11-22 23:01:27.859242+00', '2026-11-22 23:01:27.859255+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-38db-7447-aad8-c9fa34c2820f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:27.899836+00', '2026-11-22 23:01:28.399836+00', '2026-11-22 23:01:27.930905+00', '2026-11-22 23:01:27.930923+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-39d2-73d5-98ca-679eeb6c3796', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:28.148851+00', '2026-11-22 23:01:28.648851+00', '2026-11-22 23:01:28.182041+00', '2026-11-22 23:01:28.182055+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-3ae3-7069-bb1f-2de3e7756c37', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:28.419388+00', '2026-11-22 23:01:28.919388+00', '2026-11-22 23:01:28.480281+00', '2026-11-22 23:01:28.480301+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-41b6-77f6-af3d-1ffc14d94133', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-392a-703c-9e61-57571d9de07a', 1, 1, '2026-11-22 23:01:30.167983+00', '2026-11-22 23:01:30.667983+00', '2026-11-22 23:01:30.223677+00', '2026-11-22 23:01:30.223694+00', 'accepted', NULL, NULL, NULL, NULL, true);
INSERT INTO quell.attempts VALUES ('01a2057e-42aa-768b-b472-935b9be55d95', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:30.410303+00', '2026-11-22 23:01:30.910303+00', '2026-11-22 23:01:30.426505+00', '2026-11-22 23:01:30.42652+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-4413-7092-9ce5-be493782f26b', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:30.773982+00', '2026-11-22 23:01:31.273982+00', '2026-11-22 23:01:30.832405+00', '2026-11-22 23:01:30.83242+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-458a-71cb-a59d-45161d73f257', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:31.149957+00', '2026-11-22 23:01:31.649957+00', '2026-11-22 23:01:31.16018+00', '2026-11-22 23:01:31.160193+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-46f1-7136-9b9b-99d35bca812f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:31.508736+00', '2026-11-22 23:01:32.008736+00', '2026-11-22 23:01:31.525391+00', '2026-11-22 23:01:31.525406+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-467a-70da-ab23-e89af5d0b3cc', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-463f-7066-9b56-48ef1d9de07a', 1, 1, '2026-11-22 23:01:31.40201+00', '2026-11-22 23:01:31.90201+00', '2026-11-22 23:01:31.467412+00', '2026-11-22 23:01:31.467428+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-553b-74e0-b86b-467467733149', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'restrict', '01a2057e-54f9-75de-bcd9-02391d9de07a', 1, 1, '2026-11-22 23:01:35.164172+00', '2026-11-22 23:01:35.664172+00', '2026-11-22 23:01:35.171066+00', '2026-11-22 23:01:35.17108+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-48b4-75d8-a353-6ddc798fc02f', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a2057e-4899-72e4-b36d-5e2e1d9de07a', 1, 1, '2026-11-22 23:01:31.956606+00', '2026-11-22 23:01:32.456606+00', '2026-11-22 23:01:31.982737+00', '2026-11-22 23:01:31.982751+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-48ac-72d7-a88b-b826e59413eb', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:31.953169+00', '2026-11-22 23:01:32.453169+00', '2026-11-22 23:01:31.982698+00', '2026-11-22 23:01:31.98271+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-4953-7587-97e9-66bbf2176454', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:32.115517+00', '2026-11-22 23:01:32.615517+00', '2026-11-22 23:01:32.124418+00', '2026-11-22 23:01:32.124429+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-4c36-7164-ae30-742a4673e56f', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:32.855577+00', '2026-11-22 23:01:33.355577+00', '2026-11-22 23:01:32.869654+00', '2026-11-22 23:01:32.869667+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-54be-731d-b099-890d4fdea4e1', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:35.039014+00', '2026-11-22 23:01:35.539014+00', '2026-11-22 23:01:35.046068+00', '2026-11-22 23:01:35.04608+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-4a1f-7476-988f-21898679a247', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:32.321974+00', '2026-11-22 23:01:32.821974+00', '2026-11-22 23:01:32.347085+00', '2026-11-22 23:01:32.347099+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-4b5a-733d-b03b-d3930df29a2e', 1, '00000000-0000-4000-8000-000000000002', 'actions', 'release', '01a2057e-4aef-7200-bd37-a6e01d9de07a', 1, 1, '2026-11-22 23:01:32.661977+00', '2026-11-22 23:01:33.161977+00', '2026-11-22 23:01:32.726004+00', '2026-11-22 23:01:32.726024+00', 'accepted', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-4d02-7037-9fb9-121b61d51f1c', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:33.058301+00', '2026-11-22 23:01:33.558301+00', '2026-11-22 23:01:33.065167+00', '2026-11-22 23:01:33.06518+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-54a9-771d-b269-e4ce85acc792', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'get', NULL, NULL, 1, '2026-11-22 23:01:35.021961+00', '2026-11-22 23:01:35.521961+00', '2026-11-22 23:01:35.042031+00', '2026-11-22 23:01:35.042042+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-554f-71e6-ac46-68235e4923f8', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:35.185933+00', '2026-11-22 23:01:35.685933+00', '2026-11-22 23:01:35.210078+00', '2026-11-22 23:01:35.210093+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-55d3-7465-a305-457d2f3b40e0', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:35.315195+00', '2026-11-22 23:01:35.815195+00', '2026-11-22 23:01:35.326973+00', '2026-11-22 23:01:35.326985+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.attempts VALUES ('01a2057e-5673-721f-9a4d-1aaa69b915b6', 1, '00000000-0000-4000-8000-000000000002', 'reads', 'list', NULL, NULL, 1, '2026-11-22 23:01:35.475764+00', '2026-11-22 23:01:35.975764+00', '2026-11-22 23:01:35.546882+00', '2026-11-22 23:01:35.546898+00', 'read', NULL, NULL, NULL, NULL, false);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'actions', NULL, NULL);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'reads', NULL, NULL);
INSERT INTO quell.budgets VALUES (1, '00000000-0000-4000-8000-000000000002', 'antivirus', NULL, NULL);
INSERT INTO quell.canary_fallbacks VALUES (1, 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'canary.limits[0]', '2026-11-22 23:01:26.982606+00');
INSERT INTO quell.cap_lifts VALUES ('01a2057e-476d-73a1-a593-160191acb84a', 1, 'caps[0]', '{"per": {"secs": 60, "nanos": 0}, "devices": 100}', NULL, 11, '2026-11-22 23:01:31.631425+00', '2026-11-22 23:02:31.631425+00', 'anna', 'of the dump', NULL, NULL);
INSERT INTO quell.clock VALUES (true, '00:00:00');
INSERT INTO quell.clock_jumps OVERRIDING SYSTEM VALUE VALUES (1, '2026-11-22 23:01:35.919564+00', '00:00:02', '00:00:03', '4004fb02-f583-4d70-a0d3-ef3344b536a4');
INSERT INTO quell.cluster_seen VALUES (true, '7711134759890167324:00000001:16384:16656', '2026-11-22 23:01:23.03833+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2940-7695-bb82-dde4ae412876', 'r-7', '01a2057e-276b-7070-9ada-72df711f4e73', '2026-11-22 23:01:23.906452+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2a2d-7563-b831-3d25e46a2b98', 'x-11', '01a2057e-2890-7488-b6d4-79b7468368ee', '2026-11-22 23:01:24.142724+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2a4a-7053-b629-221050636168', 'x-12', '01a2057e-2890-7488-b6d4-79b8d7613355', '2026-11-22 23:01:24.178528+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2a61-72e5-ac85-efb92be194fe', 'x-13', '01a2057e-2890-7488-b6d4-79b9f62dde79', '2026-11-22 23:01:24.197992+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2b21-76a7-b453-85c848598fe0', 'r-1', '01a2057e-276b-7070-9ada-72d9358d5d95', '2026-11-22 23:01:24.386389+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2b5d-74ac-8717-8ffb3a592b77', 'r-2', '01a2057e-276b-7070-9ada-72da1f8abc78', '2026-11-22 23:01:24.446057+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2b81-70e5-8c5c-0f1d9ec3981b', 'r-3', '01a2057e-276b-7070-9ada-72db82405aa4', '2026-11-22 23:01:24.485862+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2bd6-75f2-bb45-725620f7d262', 'r-4', '01a2057e-276b-7070-9ada-72dca8d516be', '2026-11-22 23:01:24.570256+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2be9-71d6-8c96-558125208978', 'r-5', '01a2057e-276b-7070-9ada-72dd9dce7e22', '2026-11-22 23:01:24.586232+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2c0e-7174-bdcb-f0ad2a791c49', 'r-6', '01a2057e-276b-7070-9ada-72de184dbe5e', '2026-11-22 23:01:24.623783+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2c1e-73cc-b8c2-01c7ca9ffc99', 'p-22', '01a2057e-2a0b-70c7-83d6-1d4b5bd8ee7e', '2026-11-22 23:01:24.64847+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2c56-7395-8ba8-71be4faaf8d8', 'd-23', '01a2057e-2a0b-70c7-83d6-1d4cc0bb3616', '2026-11-22 23:01:24.698005+00', NULL, '2026-11-22 23:01:24+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-2d4f-7231-b922-bc3fe11270f9', 'm-21', '01a2057e-2a0b-70c7-83d6-1d4a2bb13c97', '2026-11-22 23:01:24.944599+00', NULL, '2026-11-22 23:01:23+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-3548-775a-af3c-6d9fef97c13c', 'd-25', '01a2057e-3434-759d-a31a-f33cf4f206d2', '2026-11-22 23:01:26.985316+00', NULL, '2026-11-22 23:01:26+00');
INSERT INTO quell.containment_alerts VALUES ('01a2057e-54e7-73c6-80e6-0eb9a5084df0', 'r-9', '01a2057e-544d-73e9-8f57-4982d9b7cb2e', '2026-11-22 23:01:35.079403+00', NULL, '2026-11-22 23:01:34+00');
INSERT INTO quell.containments VALUES ('01a2057e-2b21-76a7-b453-85c848598fe0', 1, '0000000000000000000000000000d00000000001', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-276b-7070-9ada-72d9358d5d95', 'r-1', 'alert r-1', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', true, '2026-11-23 01:25:24.318036+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2be9-71d6-8c96-558125208978', 1, '0000000000000000000000000000d00000000005', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-276b-7070-9ada-72dd9dce7e22', 'r-5', 'alert r-5', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', true, '2026-11-23 01:25:24.318036+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2c0e-7174-bdcb-f0ad2a791c49', 1, '0000000000000000000000000000d00000000006', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-276b-7070-9ada-72de184dbe5e', 'r-6', 'alert r-6', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', true, '2026-11-23 01:25:24.318036+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2c1e-73cc-b8c2-01c7ca9ffc99', 1, '0000000000000000000000000000d00000000016', 'active', 'observe', 'normal', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', '01a2057e-2a0b-70c7-83d6-1d4b5bd8ee7e', 'p-22', 'alert p-22', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', false, '2026-11-23 01:25:24.318036+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', NULL, NULL, NULL, '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2d4f-7231-b922-bc3fe11270f9', 1, '0000000000000000000000000000d00000000015', 'active', 'enforce', 'normal', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '01a2057e-2a0b-70c7-83d6-1d4a2bb13c97', 'm-21', 'alert m-21', '2026-11-22 23:01:24.892521+00', NULL, NULL, NULL, '2026-11-22 23:01:24.892521+00', '02:24:00', false, '2026-11-23 01:25:24.892521+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', NULL, NULL, NULL, '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'isolation', 'full');
INSERT INTO quell.containments VALUES ('01a2057e-3548-775a-af3c-6d9fef97c13c', 1, '0000000000000000000000000000d00000000019', 'active', 'observe', 'normal', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '01a2057e-3434-759d-a31a-f33cf4f206d2', 'd-25', 'alert d-25', '2026-11-22 23:01:26.897128+00', NULL, NULL, NULL, '2026-11-22 23:01:26.897128+00', '02:24:00', false, '2026-11-23 01:25:26.897128+00', NULL, NULL, NULL, 'decide', 'matched', true, false, '{}', NULL, NULL, '[{"per": {"secs": 1440, "nanos": 0}, "most": {"devices": 1}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2a2d-7563-b831-3d25e46a2b98', 1, '0000000000000000000000000000d0000000000b', 'active', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a2057e-2890-7488-b6d4-79b7468368ee', 'x-11', 'alert x-11', '2026-11-22 23:01:24.058106+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 01:25:24.058106+00', '2026-11-22 23:01:27.153721+00', '02:24:00', false, '2026-11-23 01:25:27.153721+00', NULL, NULL, NULL, 'anna', 'approved by anna: of the dump', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2940-7695-bb82-dde4ae412876', 1, '0000000000000000000000000000d00000000007', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-276b-7070-9ada-72df711f4e73', 'r-7', 'alert r-7', '2026-11-22 23:01:23.8114+00', NULL, NULL, NULL, '2026-11-22 23:01:23.8114+00', '02:24:00', true, '2026-11-23 01:25:23.8114+00', NULL, NULL, 'restrict failed: errorHResult 0x80070005', 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2b81-70e5-8c5c-0f1d9ec3981b', 1, '0000000000000000000000000000d00000000003', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-276b-7070-9ada-72db82405aa4', 'r-3', 'alert r-3', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', true, '2026-11-23 01:25:24.318036+00', '2026-11-22 23:01:31.738064+00', 'drift', NULL, 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:01:31Z', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2bd6-75f2-bb45-725620f7d262', 1, '0000000000000000000000000000d00000000004', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-276b-7070-9ada-72dca8d516be', 'r-4', 'alert r-4', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', true, '2026-11-23 01:25:24.318036+00', '2026-11-22 23:01:31.896717+00', 'operator', NULL, 'anna', 'of the dump', false, true, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2c56-7395-8ba8-71be4faaf8d8', 1, '0000000000000000000000000000d00000000017', 'ended', 'enforce', 'normal', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '01a2057e-2a0b-70c7-83d6-1d4cc0bb3616', 'd-23', 'alert d-23', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', false, '2026-11-23 01:25:24.318036+00', '2026-11-22 23:01:32.510804+00', 'operator', NULL, 'anna', 'of the dump', true, false, '{}', NULL, NULL, '[{"per": {"secs": 1440, "nanos": 0}, "most": {"devices": 1}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2a4a-7053-b629-221050636168', 1, '0000000000000000000000000000d0000000000c', 'asked', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a2057e-2890-7488-b6d4-79b8d7613355', 'x-12', 'alert x-12', '2026-11-22 23:01:24.058106+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 01:25:34.79569+00', NULL, '02:24:00', false, NULL, NULL, NULL, NULL, 'decide', 'ask', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-54e7-73c6-80e6-0eb9a5084df0', 1, '0000000000000000000000000000d00000000009', 'active', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-544d-73e9-8f57-4982d9b7cb2e', 'r-9', 'alert r-9', '2026-11-22 23:01:35.067698+00', NULL, NULL, NULL, '2026-11-22 23:01:35.067698+00', '02:24:00', true, '2026-11-23 01:25:35.067698+00', NULL, NULL, NULL, 'decide', 'matched', false, false, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2b5d-74ac-8717-8ffb3a592b77', 1, '0000000000000000000000000000d00000000002', 'ended', 'enforce', 'high', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '01a2057e-276b-7070-9ada-72da1f8abc78', 'r-2', 'alert r-2', '2026-11-22 23:01:24.318036+00', NULL, NULL, NULL, '2026-11-22 23:01:24.318036+00', '02:24:00', true, '2026-11-23 01:25:24.318036+00', '2026-11-22 23:01:27.783717+00', 'release_playbook', NULL, 'decide', 'released by playbook all-clear', false, true, '{}', '[{"on": ["acted", "asked", "failed", "released"], "to": "soc"}]', NULL, '[{"per": {"secs": 60, "nanos": 0}, "most": {"devices": 50}, "otherwise_ask": true}]', '{}', NULL, NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-462a-73ca-b05a-6340033cf978', 1, '0000000000000000000000000000d0000000002a', 'active', 'enforce', 'high', NULL, NULL, NULL, NULL, 'of the dump', '2026-11-22 23:01:31.299987+00', NULL, NULL, NULL, '2026-11-22 23:01:31.299987+00', '144:00:00', false, '2026-11-28 23:01:31.299987+00', NULL, NULL, NULL, 'anna', 'of the dump', false, false, '{}', NULL, NULL, NULL, '{}', 'anna', NULL, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.containments VALUES ('01a2057e-2a61-72e5-ac85-efb92be194fe', 1, '0000000000000000000000000000d0000000000d', 'asked', 'enforce', 'normal', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '01a2057e-2890-7488-b6d4-79b9f62dde79', 'x-13', 'alert x-13', '2026-11-22 23:01:24.058106+00', '{"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}', 'ask', '2026-11-23 01:25:34.797084+00', NULL, '02:24:00', false, NULL, NULL, NULL, NULL, 'decide', 'ask', false, false, '{}', NULL, 'ask', NULL, '{}', NULL, 1001, NULL, '{}', 0, NULL, NULL, 'restriction', NULL);
INSERT INTO quell.dead_letter_ends VALUES ('01a2057e-2a60-74ae-a87f-1855f50bf017', 1, '2026-11-22 23:01:32.96041+00', 'dropped', 'anna', 'of the dump', NULL);
INSERT INTO quell.dead_letters VALUES ('01a2057e-2a60-74ae-a87f-1855f50bf017', 1, '2026-11-22 23:01:24.193313+00', 'webhook', NULL, NULL, 'unknown_shape: no known alert shape: expected a Defender alert (`id` with `alertCreationTime`), a Sentinel SecurityAlert (`SystemAlertId`), a Graph alerts_v2 alert (`id` with `createdDateTime`), an XDR streaming record (`category` `AdvancedHunting-…` with `properties`), or quell''s own shape (`quell schema event`); found `no`', '\x7b226e6f223a2022616c657274227d');
INSERT INTO quell.dead_letters VALUES ('01a2057e-2ada-777b-829f-545691930d8f', 1, '2026-11-22 23:01:24.339236+00', 'webhook', NULL, NULL, 'unknown_shape: no known alert shape: expected a Defender alert (`id` with `alertCreationTime`), a Sentinel SecurityAlert (`SystemAlertId`), a Graph alerts_v2 alert (`id` with `createdDateTime`), an XDR streaming record (`category` `AdvancedHunting-…` with `properties`), or quell''s own shape (`quell schema event`); found `neither`', '\x7b226e656974686572223a202274686973227d');
INSERT INTO quell.decision_inputs VALUES (1, '3f884cf9-2751-15de-6b12-bee461ef849e', '{"os": "Windows11", "kind": "workstation", "name": "srv-8.example.com", "risk": "medium", "tags": ["tier-0"], "group": "Servers", "value": "normal", "health": "Active", "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1', '{"caps": [{"per": {"secs": 60, "nanos": 0}, "devices": 100}], "never": {"ids": ["ffffffffffffffffffffffffffffffffffffffff"], "tags": [], "names": [], "groups": [], "device_values": []}, "surge": {"per": {"secs": 60, "nanos": 0}, "per_user": 5, "per_title": null, "per_source": null, "administrators": {"tags": [], "users": [], "groups": [], "devices": 0}}, "ceiling": "enforce", "freshness": {"secs": 60, "nanos": 0}, "time_scale": 60, "default_ask": {"from": ["soc-leads"], "within": {"secs": 8640, "nanos": 0}, "approvals": 1, "otherwise_act": false}}');
INSERT INTO quell.decision_inputs VALUES (1, 'd0556c30-d91c-a0f7-56a6-887f0a8689f0', '{"os": "Windows11", "kind": "workstation", "name": "fails.example.com", "risk": "none", "tags": [], "group": "Branches", "value": "normal", "health": "Active", "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '5367aa38-f253-f8a6-4fcd-01f3dd46fdfb', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "none", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "exposure": "high", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '6988291f-f391-069b-2e9f-c7f30b101cd7', '{"os": "Windows10", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "high", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "exposure": "high", "onboarding": "Onboarded", "os_version": "22H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '86d785da-0c4d-a0f3-9627-10b6c298ad2c', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "high", "tags": [], "group": "Remote", "value": "high", "health": "Active", "exposure": "high", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '9d5e4392-474a-bfe0-8c78-441aae25e680', '{"os": "WindowsServer2019", "kind": "server", "name": "srv-0000000000.corp.example", "risk": "none", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "exposure": "medium", "onboarding": "Onboarded", "os_version": "1809", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'bfb96642-d405-c736-40a1-44eeb377dc2b', '{"os": "Windows10", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "informational", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "exposure": "medium", "onboarding": "Onboarded", "os_version": "22H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, 'd764d5ae-4197-21bc-e4ae-ff0fa265729e', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "low", "tags": [], "group": "Plants", "value": "high", "health": "Active", "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '178204a0-5509-1216-a750-35dfbcb1049f', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "informational", "tags": [], "group": "Remote", "value": "normal", "health": "Active", "exposure": "medium", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null}');
INSERT INTO quell.decision_inputs VALUES (1, '73f3a29b-0a16-0a5c-8d02-58ad05e42d93', '{"os": "Windows11", "kind": "workstation", "name": "pc-0000000000.corp.example", "risk": "none", "tags": [], "group": "Plants", "value": "normal", "health": "Active", "exposure": "low", "onboarding": "Onboarded", "os_version": "23H2", "merged_into": null, "unavailable": {}}');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72e02ec96db3', '0000000000000000000000000000d00000000008', 'skip', 'unless.device.tags', 1, '[{"k": "skip", "l": 8, "p": "acts", "r": "unless.device.tags"}]', NULL, '2026-11-22 23:01:23.546535+00', 'new', '3f884cf9-2751-15de-6b12-bee461ef849e', '2026-11-22 22:52:30.131+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72df711f4e73', '0000000000000000000000000000d00000000007', 'act', 'matched', 1, '[{"k": "act", "n": [0, 0], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:23.8114+00', 'new', 'd0556c30-d91c-a0f7-56a6-887f0a8689f0', '2026-11-22 22:56:39.069+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-2890-7488-b6d4-79b7468368ee', '0000000000000000000000000000d0000000000b', 'ask', 'ask', 1, '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, '2026-11-22 23:01:24.058106+00', 'new', NULL, NULL, NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-2890-7488-b6d4-79b8d7613355', '0000000000000000000000000000d0000000000c', 'ask', 'ask', 1, '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, '2026-11-22 23:01:24.058106+00', 'new', NULL, NULL, NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-2890-7488-b6d4-79b9f62dde79', '0000000000000000000000000000d0000000000d', 'ask', 'ask', 1, '[{"k": "ask", "p": "asks", "r": "ask"}]', NULL, '2026-11-22 23:01:24.058106+00', 'new', NULL, NULL, NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72d9358d5d95', '0000000000000000000000000000d00000000001', 'act', 'matched', 1, '[{"k": "act", "n": [1, 1], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', 'bfb96642-d405-c736-40a1-44eeb377dc2b', '2026-11-22 22:40:41.694+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72da1f8abc78', '0000000000000000000000000000d00000000002', 'act', 'matched', 1, '[{"k": "act", "n": [2, 2], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', '9d5e4392-474a-bfe0-8c78-441aae25e680', '2026-11-22 22:55:29.303+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72db82405aa4', '0000000000000000000000000000d00000000003', 'act', 'matched', 1, '[{"k": "act", "n": [3, 3], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', '6988291f-f391-069b-2e9f-c7f30b101cd7', '2026-11-22 22:52:10.921+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72dca8d516be', '0000000000000000000000000000d00000000004', 'act', 'matched', 1, '[{"k": "act", "n": [4, 4], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', '5367aa38-f253-f8a6-4fcd-01f3dd46fdfb', '2026-11-22 22:39:45.37+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72dd9dce7e22', '0000000000000000000000000000d00000000005', 'act', 'matched', 1, '[{"k": "act", "n": [5, 5], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', 'd764d5ae-4197-21bc-e4ae-ff0fa265729e', '2026-11-22 22:49:52.152+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-276b-7070-9ada-72de184dbe5e', '0000000000000000000000000000d00000000006', 'act', 'matched', 1, '[{"k": "act", "n": [6, 6], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', '86d785da-0c4d-a0f3-9627-10b6c298ad2c', '2026-11-22 22:39:22.784+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-2a0b-70c7-83d6-1d4b5bd8ee7e', '0000000000000000000000000000d00000000016', 'observe', 'matched', 1, '[{"k": "observe", "n": [0], "p": "observes", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', NULL, NULL, NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-2a0b-70c7-83d6-1d4cc0bb3616', '0000000000000000000000000000d00000000017', 'act', 'matched', 1, '[{"k": "act", "n": [0, 7], "p": "canary", "r": "matched"}]', NULL, '2026-11-22 23:01:24.318036+00', 'new', NULL, NULL, NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-2a0b-70c7-83d6-1d4d73153217', '0000000000000000000000000000d00000000018', 'skip', 'no_match', 1, '[]', NULL, '2026-11-22 23:01:24.318036+00', 'new', NULL, NULL, NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-2a0b-70c7-83d6-1d4a2bb13c97', '0000000000000000000000000000d00000000015', 'act', 'matched', 1, '[{"k": "act", "n": [8], "p": "scans", "r": "matched"}]', NULL, '2026-11-22 23:01:24.892521+00', 'new', '178204a0-5509-1216-a750-35dfbcb1049f', '2026-11-22 22:38:35.128+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-3434-759d-a31a-f33cf4f206d2', '0000000000000000000000000000d00000000019', 'observe', 'canary.limits[0]', 1, '[{"b": "matched", "k": "observe", "m": "observe", "n": [0, 1], "p": "canary", "r": "canary.limits[0]"}]', NULL, '2026-11-22 23:01:26.897128+00', 'new', NULL, NULL, NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-37f7-74f7-be02-f3d386ec6da5', '0000000000000000000000000000d00000000002', 'act', 'matched', 1, '[{"k": "act", "p": "all-clear", "r": "matched"}]', NULL, '2026-11-22 23:01:27.687455+00', 'resolved', '9d5e4392-474a-bfe0-8c78-441aae25e680', '2026-11-22 22:55:29.303+00', '{"restricted_by": ["acts"]}', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-37f7-74f7-be02-f3d4416b8558', '0000000000000000000000000000d00000000001', 'skip', 'no_match', 1, '[]', NULL, '2026-11-22 23:01:27.687455+00', 'updated', 'bfb96642-d405-c736-40a1-44eeb377dc2b', '2026-11-22 22:40:41.694+00', '{"restricted_by": ["acts"]}', 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.decisions VALUES (1, '01a2057e-544d-73e9-8f57-4982d9b7cb2e', '0000000000000000000000000000d00000000009', 'act', 'matched', 1, '[{"k": "act", "n": [7, 11], "p": "acts", "r": "matched"}]', NULL, '2026-11-22 23:01:35.067698+00', 'new', '73f3a29b-0a16-0a5c-8d02-58ad05e42d93', '2026-11-22 22:54:08.733+00', NULL, 'c0b2f977-bd45-fe5b-6e6d-6092c72b46c1');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000001', 'available_actions', NULL, '2026-11-22 23:01:24.727078+00', NULL, 0, '2026-11-22 23:01:24.780043+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000002', 'available_actions', NULL, '2026-11-22 23:01:24.727261+00', NULL, 0, '2026-11-22 23:01:24.780147+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000003', 'available_actions', NULL, '2026-11-22 23:01:24.72742+00', NULL, 0, '2026-11-22 23:01:24.780164+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000004', 'available_actions', NULL, '2026-11-22 23:01:24.727571+00', NULL, 0, '2026-11-22 23:01:24.780177+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000005', 'available_actions', NULL, '2026-11-22 23:01:24.727729+00', NULL, 0, '2026-11-22 23:01:24.780188+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000006', 'available_actions', NULL, '2026-11-22 23:01:24.734685+00', NULL, 0, '2026-11-22 23:01:24.7802+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000007', 'available_actions', NULL, '2026-11-22 23:01:23.962534+00', NULL, 0, '2026-11-22 23:01:24.78021+00', NULL);
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000b', 'available_actions', NULL, '2026-11-22 23:01:24.210019+00', NULL, 0, '2026-11-22 23:01:25.20164+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000c', 'available_actions', NULL, '2026-11-22 23:01:24.260253+00', NULL, 0, '2026-11-22 23:01:25.201814+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d0000000000d', 'available_actions', NULL, '2026-11-22 23:01:24.271+00', NULL, 0, '2026-11-22 23:01:25.201833+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000015', 'available_actions', NULL, '2026-11-22 23:01:25.05336+00', NULL, 0, '2026-11-22 23:01:25.201845+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000016', 'available_actions', NULL, '2026-11-22 23:01:24.735367+00', NULL, 0, '2026-11-22 23:01:25.201856+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000017', 'available_actions', NULL, '2026-11-22 23:01:24.735709+00', NULL, 0, '2026-11-22 23:01:25.201867+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000019', 'available_actions', NULL, '2026-11-22 23:01:26.990056+00', NULL, 0, '2026-11-22 23:01:27.026756+00', '{}');
INSERT INTO quell.device_lookups VALUES (1, '0000000000000000000000000000d00000000009', 'available_actions', NULL, '2026-11-22 23:01:34.986064+00', NULL, 0, '2026-11-22 23:01:35.047802+00', '{}');
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000000', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:44.937Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000001', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "low"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:40:41.446Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000002', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:57:49.257Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000003', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:59:59.363Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000004', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:51:24.27Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000005', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:56:31.62Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000006', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "high"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:40:19.776Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000007', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:57:45.905Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000008', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Branches"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:43:53.264Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000000000000009', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "high"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:38:53.922Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '000000000000000000000000000000000000000a', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:12.857Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '000000000000000000000000000000000000000b', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "medium"}, "tags": {"is": []}, "group": {"is": "Offices"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:46:55.891Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000008', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "srv-8.example.com"}, "risk": {"is": "medium"}, "tags": {"is": ["tier-0"]}, "group": {"is": "Servers"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:30.131Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 0, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000c', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000d', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000002', '{"os": {"is": "WindowsServer2019"}, "kind": {"is": "server"}, "name": {"is": "srv-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:55:29.303Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "1809"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.994739+00', false, NULL, NULL, 0, 'free', '2026-11-22 23:01:28.226658+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000016', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000018', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000007', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "fails.example.com"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Branches"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:56:39.069Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.194098+00', false, NULL, NULL, 0, 'free', NULL, false, 4, '01a2057e-2679-71cd-a456-fc5dcc445417', NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000001', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:40:41.694Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.99451+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:01:25.541701+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000015', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:38:35.128Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:24.872431+00', false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'isolated', '2026-11-22 23:01:26.7101+00', false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000b', NULL, NULL, false, NULL, NULL, 0, 'restricted', '2026-11-22 23:01:28.217921+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000017', NULL, NULL, false, NULL, NULL, 0, 'free', '2026-11-22 23:01:33.138265+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000006', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "high"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "high"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:39:22.784Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.994815+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:01:26.282308+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000005', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "low"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "high"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:49:52.152Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.994799+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:01:25.972205+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000019', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000029', NULL, NULL, false, NULL, NULL, 0, 'restricted_by_other', '2026-11-22 23:01:30.550279+00', true, 0, NULL, 'analyst@contoso.example', '2026-11-22 23:01:29.369361+00', '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000004', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:39:45.37Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.994781+00', false, NULL, NULL, 0, 'free', '2026-11-22 23:01:32.382327+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000003', '{"os": {"is": "Windows10"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "high"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "high"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:52:10.921Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "22H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:23.994762+00', false, NULL, NULL, 0, 'free', '2026-11-22 23:01:31.694185+00', false, 0, NULL, NULL, NULL, '{r-3}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000002a', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "informational"}, "tags": {"is": []}, "group": {"is": "Remote"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "medium"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:46:21.908Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:31.165355+00', false, NULL, NULL, 0, 'restricted', '2026-11-22 23:01:31.996314+00', false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d00000000009', '{"os": {"is": "Windows11"}, "kind": {"is": "workstation"}, "name": {"is": "pc-0000000000.corp.example"}, "risk": {"is": "none"}, "tags": {"is": []}, "group": {"is": "Plants"}, "value": {"is": "normal"}, "health": {"is": "Active"}, "exposure": {"is": "low"}, "antivirus": "unknown", "last_seen": {"is": "2026-11-22T22:54:08.733Z"}, "onboarding": {"is": "Onboarded"}, "os_version": {"is": "23H2"}, "merged_into": "absent", "unavailable": "unknown"}', '2026-11-22 23:01:35.067683+00', false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.devices VALUES (1, '0000000000000000000000000000d0000000000a', NULL, NULL, false, NULL, NULL, 0, 'free', NULL, false, 0, NULL, NULL, NULL, '{}', 'free', NULL, false, NULL, NULL, 0);
INSERT INTO quell.event_keys VALUES (1, '\x065400ad6306c82b15a6fc683dd1e8c2a6d08e716119dbb2a846ba3318222df1', '01a2057e-276b-7070-9ada-72dca8d516be');
INSERT INTO quell.event_keys VALUES (1, '\x0cf021e68ace6bdf2910df9bbf71f0737ac59598e58d306e1246fdf145d1936a', '01a2057e-276b-7070-9ada-72e02ec96db3');
INSERT INTO quell.event_keys VALUES (1, '\x3344b6fb9d24c57f07c6e00c683e017543e65f3fe86f85a55e055e77380aad6a', '01a2057e-276b-7070-9ada-72db82405aa4');
INSERT INTO quell.event_keys VALUES (1, '\x68537d384368553ce15ea5d6886239f29ce6dbf636ce24ff5a849c27da34bc5e', '01a2057e-276b-7070-9ada-72da1f8abc78');
INSERT INTO quell.event_keys VALUES (1, '\x9d44cfaebc058535ae45da9e1f90227a38aebd9a974f09c9855f8c15b33e3ea1', '01a2057e-276b-7070-9ada-72dd9dce7e22');
INSERT INTO quell.event_keys VALUES (1, '\xa1fefa9cd97b92ff3722db654659034a82649e40ac2c99a21a1f27dcc887aa55', '01a2057e-276b-7070-9ada-72df711f4e73');
INSERT INTO quell.event_keys VALUES (1, '\xaef9aec9e686d65e7bcb2b78da7a02a2caf35dff2d6ec2aaf6772eaaf75252ca', '01a2057e-276b-7070-9ada-72de184dbe5e');
INSERT INTO quell.event_keys VALUES (1, '\xd43d893b26de033228b570f365fbc6a6529f8edbfe82af8c37aed6f0ef761e8b', '01a2057e-276b-7070-9ada-72d9358d5d95');
INSERT INTO quell.event_keys VALUES (1, '\x0a10323da3461d82146672da4e992ddcb002afb170c348624bae0a440a891060', '01a2057e-2890-7488-b6d4-79b8d7613355');
INSERT INTO quell.event_keys VALUES (1, '\x5c6cffc94a67f46f2cc87d9ecc0a9a974de854e0e624ab43e30323e76a062d3f', '01a2057e-2890-7488-b6d4-79b7468368ee');
INSERT INTO quell.event_keys VALUES (1, '\x705ce3f54c7b23be6e29d7366e7b3660d3f7fb4a0b282b9b21dc4282f6cab963', '01a2057e-2890-7488-b6d4-79b9f62dde79');
INSERT INTO quell.event_keys VALUES (1, '\x55f01c33a90c74501e9e041e7f83512b69f6783a82b264319c0f90a3bd7a2cdf', '01a2057e-2a0b-70c7-83d6-1d4cc0bb3616');
INSERT INTO quell.event_keys VALUES (1, '\x6a1f952a21f6c97c1b8fff067e753323f26edd7168ff85f02e4d64d3795a850a', '01a2057e-2a0b-70c7-83d6-1d4a2bb13c97');
INSERT INTO quell.event_keys VALUES (1, '\xc669f37f14c096ea21ae514905c624008941446e2e52f19f2b51ecbeaeda4c87', '01a2057e-2a0b-70c7-83d6-1d4b5bd8ee7e');
INSERT INTO quell.event_keys VALUES (1, '\xd2b26d9ece7ed6496aabfb6f80bb87983fbe24f45c3657271cfbadcac00c02e0', '01a2057e-2a0b-70c7-83d6-1d4d73153217');
INSERT INTO quell.event_keys VALUES (1, '\x31526ea436dcbbf0000585f2b57d7bae3a07b9c3b616d7a6ec6c30b30feaf492', '01a2057e-3434-759d-a31a-f33cf4f206d2');
INSERT INTO quell.event_keys VALUES (1, '\xa8e1cade2948ca4234dda34a749d64ee5ddba1e01cffc3d78da9db551edcec1a', '01a2057e-37f7-74f7-be02-f3d386ec6da5');
INSERT INTO quell.event_keys VALUES (1, '\xf8b83d8fa7c0bc5d72f243ada28bdc69d4f7987e5c9c66f4430fac875a8e60e7', '01a2057e-37f7-74f7-be02-f3d4416b8558');
INSERT INTO quell.event_keys VALUES (1, '\x0771154f555beaf5d0a252c2f0383a3a09f46aeb22ceb75855332512d3f97975', '01a2057e-544d-73e9-8f57-4982d9b7cb2e');
INSERT INTO quell.event_keys VALUES (1, '\x4863199235d8fd5645e3979eb9e1c3e96893162fd1a9348a47a95d9f239b900a', '01a2057e-56e2-719b-99f2-c5fc4fcdea49');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72d9358d5d95', 1, 'webhook', 'mde_alert', 'r-1', '2026-11-22 23:01:23.49444+00', '\x7b226964223a22722d31222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303031227d', '{"alert": {"id": "r-1", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000001"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72da1f8abc78', 1, 'webhook', 'mde_alert', 'r-2', '2026-11-22 23:01:23.494596+00', '\x7b226964223a22722d32222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303032227d', '{"alert": {"id": "r-2", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000002"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72db82405aa4', 1, 'webhook', 'mde_alert', 'r-3', '2026-11-22 23:01:23.494602+00', '\x7b226964223a22722d33222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303033227d', '{"alert": {"id": "r-3", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000003"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72dca8d516be', 1, 'webhook', 'mde_alert', 'r-4', '2026-11-22 23:01:23.494608+00', '\x7b226964223a22722d34222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303034227d', '{"alert": {"id": "r-4", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000004"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72dd9dce7e22', 1, 'webhook', 'mde_alert', 'r-5', '2026-11-22 23:01:23.494612+00', '\x7b226964223a22722d35222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303035227d', '{"alert": {"id": "r-5", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000005"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72de184dbe5e', 1, 'webhook', 'mde_alert', 'r-6', '2026-11-22 23:01:23.494616+00', '\x7b226964223a22722d36222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303036227d', '{"alert": {"id": "r-6", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000006"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72df711f4e73', 1, 'webhook', 'mde_alert', 'r-7', '2026-11-22 23:01:23.494622+00', '\x7b226964223a22722d37222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303037227d', '{"alert": {"id": "r-7", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000007"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-276b-7070-9ada-72e02ec96db3', 1, 'webhook', 'mde_alert', 'r-8', '2026-11-22 23:01:23.494626+00', '\x7b226964223a22722d38222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303038227d', '{"alert": {"id": "r-8", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000008"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-2890-7488-b6d4-79b7468368ee', 1, 'webhook', 'mde_alert', 'x-11', '2026-11-22 23:01:23.730735+00', '\x7b226964223a22782d3131222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a22457866696c74726174696f6e222c227469746c65223a22457866696c74726174696f6e20776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303062227d', '{"alert": {"id": "x-11", "user": "absent", "title": {"is": "Exfiltration was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Exfiltration"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d0000000000b"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-2890-7488-b6d4-79b8d7613355', 1, 'webhook', 'mde_alert', 'x-12', '2026-11-22 23:01:23.730766+00', '\x7b226964223a22782d3132222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a22457866696c74726174696f6e222c227469746c65223a22457866696c74726174696f6e20776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303063227d', '{"alert": {"id": "x-12", "user": "absent", "title": {"is": "Exfiltration was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Exfiltration"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d0000000000c"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-2890-7488-b6d4-79b9f62dde79', 1, 'webhook', 'mde_alert', 'x-13', '2026-11-22 23:01:23.730772+00', '\x7b226964223a22782d3133222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a22457866696c74726174696f6e222c227469746c65223a22457866696c74726174696f6e20776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303064227d', '{"alert": {"id": "x-13", "user": "absent", "title": {"is": "Exfiltration was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Exfiltration"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d0000000000d"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-2a0b-70c7-83d6-1d4a2bb13c97', 1, 'webhook', 'mde_alert', 'm-21', '2026-11-22 23:01:24.108962+00', '\x7b226964223a226d2d3231222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a224d616c77617265222c227469746c65223a224d616c7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303135227d', '{"alert": {"id": "m-21", "user": "absent", "title": {"is": "Malware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Malware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000015"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-2a0b-70c7-83d6-1d4b5bd8ee7e', 1, 'webhook', 'mde_alert', 'p-22', '2026-11-22 23:01:24.108985+00', '\x7b226964223a22702d3232222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2250657273697374656e6365222c227469746c65223a2250657273697374656e636520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32335a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32335a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303136227d', '{"alert": {"id": "p-22", "user": "absent", "title": {"is": "Persistence was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Persistence"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:23Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000016"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-2a0b-70c7-83d6-1d4cc0bb3616', 1, 'webhook', 'mde_alert', 'd-23', '2026-11-22 23:01:24.108991+00', '\x7b226964223a22642d3233222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a22446973636f76657279222c227469746c65223a22446973636f7665727920776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32335a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32345a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32345a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32345a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303137227d', '{"alert": {"id": "d-23", "user": "absent", "title": {"is": "Discovery was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Discovery"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:24Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000017"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-2a0b-70c7-83d6-1d4d73153217', 1, 'webhook', 'mde_alert', 'n-24', '2026-11-22 23:01:24.108995+00', '\x7b226964223a226e2d3234222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a224e6f7468696e67222c227469746c65223a224e6f7468696e6720776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32345a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32345a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32345a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32345a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303138227d', '{"alert": {"id": "n-24", "user": "absent", "title": {"is": "Nothing was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Nothing"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:24Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000018"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-3434-759d-a31a-f33cf4f206d2', 1, 'webhook', 'mde_alert', 'd-25', '2026-11-22 23:01:26.715258+00', '\x7b226964223a22642d3235222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a22446973636f76657279222c227469746c65223a22446973636f7665727920776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32365a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32365a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32365a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32365a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303139227d', '{"alert": {"id": "d-25", "user": "absent", "title": {"is": "Discovery was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Discovery"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:26Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000019"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-37f7-74f7-be02-f3d386ec6da5', 1, 'webhook', 'mde_alert', 'r-2', '2026-11-22 23:01:27.672429+00', '\x7b226964223a22722d32222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a225265736f6c766564222c22636c617373696669636174696f6e223a2246616c7365506f736974697665222c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32375a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32375a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32375a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32375a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303032227d', '{"alert": {"id": "r-2", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "resolved"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:27Z"}, "determination": "absent", "classification": {"is": "FalsePositive"}}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000002"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-37f7-74f7-be02-f3d4416b8558', 1, 'webhook', 'mde_alert', 'r-1', '2026-11-22 23:01:27.672453+00', '\x7b226964223a22722d31222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a22496e50726f6772657373222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a32375a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a32375a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a32375a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a32375a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303031227d', '{"alert": {"id": "r-1", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "in_progress"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:27Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000001"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-544d-73e9-8f57-4982d9b7cb2e', 1, 'webhook', 'mde_alert', 'r-9', '2026-11-22 23:01:34.930324+00', '\x7b226964223a22722d39222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a33345a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a33345a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a33345a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a33345a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303039227d', '{"alert": {"id": "r-9", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:34Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d00000000009"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.events VALUES ('01a2057e-56e2-719b-99f2-c5fc4fcdea49', 1, 'webhook', 'mde_alert', 'r-10', '2026-11-22 23:01:35.590596+00', '\x7b226964223a22722d3130222c22696e636964656e744964223a372c227365766572697479223a2248696768222c22737461747573223a224e6577222c22636c617373696669636174696f6e223a6e756c6c2c2264657465726d696e6174696f6e223a6e756c6c2c22646574656374696f6e536f75726365223a2257696e646f7773446566656e646572417470222c2263617465676f7279223a2252616e736f6d77617265222c227469746c65223a2252616e736f6d7761726520776173207365656e222c22616c6572744372656174696f6e54696d65223a22323032362d31312d32325432333a30313a33355a222c2266697273744576656e7454696d65223a22323032362d31312d32325432333a30313a33355a222c226c6173744576656e7454696d65223a22323032362d31312d32325432333a30313a33355a222c226c61737455706461746554696d65223a22323032362d31312d32325432333a30313a33355a222c226d616368696e654964223a2230303030303030303030303030303030303030303030303030303030643030303030303030303061227d', '{"alert": {"id": "r-10", "user": "absent", "title": {"is": "Ransomware was seen"}, "source": {"is": "WindowsDefenderAtp"}, "status": {"is": "new"}, "category": {"is": "Ransomware"}, "severity": {"is": "high"}, "techniques": "absent", "incident_id": {"is": "7"}, "occurred_at": {"is": "2026-11-22T23:01:35Z"}, "determination": "absent", "classification": "absent"}, "format": "mde_alert", "devices": ["0000000000000000000000000000d0000000000a"], "remarks": [], "refused_devices": []}', 'act');
INSERT INTO quell.foreign_actions VALUES (1, '227c6da6-2c7a-4f18-92ef-c5f636515edf', '0000000000000000000000000000d00000000029', 'restrict', 'analyst@contoso.example', '2026-11-22 23:01:29.146996+00', '2026-11-22 23:01:29.369361+00', '2026-11-22 23:01:30.575887+00', 'restricted');
INSERT INTO quell.foreign_actions VALUES (1, '6e33358c-f8e9-4a89-8df8-b72509b8b4ab', '0000000000000000000000000000d00000000003', 'release', 'analyst@contoso.example', '2026-11-22 23:01:30.816475+00', '2026-11-22 23:01:31.194984+00', '2026-11-22 23:01:31.837919+00', 'lifted');
INSERT INTO quell.holds VALUES (1, '2026-11-22 23:01:36.140413+00', '2026-11-22 23:01:36.140397+00', 'of the dump');
INSERT INTO quell.inbox OVERRIDING SYSTEM VALUE VALUES (20, 1, '01a2057e-56e2-719b-99f2-c5fc4fcdea49', '0000000000000000000000000000d0000000000a', 'new', 28, '2026-11-22 23:01:35.590514+00', NULL, 0);
INSERT INTO quell.inventory_groups VALUES ('01a2057e-2679-71cd-a456-fc5dcc445417', 'branches', 2);
INSERT INTO quell.inventory_groups VALUES ('01a2057e-2679-71cd-a456-fc5dcc445417', 'offices', 4);
INSERT INTO quell.inventory_groups VALUES ('01a2057e-2679-71cd-a456-fc5dcc445417', 'plants', 5);
INSERT INTO quell.inventory_groups VALUES ('01a2057e-2679-71cd-a456-fc5dcc445417', 'remote', 2);
INSERT INTO quell.inventory_groups VALUES ('01a2057e-2679-71cd-a456-fc5dcc445417', 'servers', 1);
INSERT INTO quell.inventory_sweeps VALUES ('01a2057e-2679-71cd-a456-fc5dcc445417', 1, '2026-11-22 23:01:23.194098+00', '2026-11-22 23:01:23.440855+00', NULL, 1, 14, 14, 0, '2026-11-22 23:01:23.479316+00', 'complete', NULL, 14, '2026-11-22 23:25:23.194098+00');
INSERT INTO quell.leases VALUES (1, '01a2057e-258a-7351-8ee8-015db169b32c', 1, '2026-11-22 23:01:48.228515+00');
INSERT INTO quell.looks VALUES (1, '2026-11-22 23:01:35.17603+00', '2026-11-22 23:01:35.17603+00');
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (1, 1, 'soc', 'acted', '01a2057e-2940-7695-bb82-dde4ae412876', '0000000000000000000000000000d00000000007', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-7', 'matched', '2026-11-22 23:01:23.907808+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (2, 1, 'soc', 'acted', '01a2057e-2b21-76a7-b453-85c848598fe0', '0000000000000000000000000000d00000000001', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-1', 'matched', '2026-11-22 23:01:24.386813+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (3, 1, 'soc', 'acted', '01a2057e-2b5d-74ac-8717-8ffb3a592b77', '0000000000000000000000000000d00000000002', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-2', 'matched', '2026-11-22 23:01:24.446487+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (4, 1, 'soc', 'acted', '01a2057e-2b81-70e5-8c5c-0f1d9ec3981b', '0000000000000000000000000000d00000000003', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-3', 'matched', '2026-11-22 23:01:24.486255+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (5, 1, 'soc', 'acted', '01a2057e-2bd6-75f2-bb45-725620f7d262', '0000000000000000000000000000d00000000004', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-4', 'matched', '2026-11-22 23:01:24.570642+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (6, 1, 'soc', 'acted', '01a2057e-2be9-71d6-8c96-558125208978', '0000000000000000000000000000d00000000005', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-5', 'matched', '2026-11-22 23:01:24.586554+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (7, 1, 'soc', 'acted', '01a2057e-2c0e-7174-bdcb-f0ad2a791c49', '0000000000000000000000000000d00000000006', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-6', 'matched', '2026-11-22 23:01:24.6241+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (8, 1, 'soc', 'released', '01a2057e-2b5d-74ac-8717-8ffb3a592b77', '0000000000000000000000000000d00000000002', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-2', 'released by playbook all-clear', '2026-11-22 23:01:27.784727+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (9, 1, 'soc', 'failed', '01a2057e-2940-7695-bb82-dde4ae412876', '0000000000000000000000000000d00000000007', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-7', 'restrict failed: errorHResult 0x80070005', '2026-11-22 23:01:30.900058+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (10, 1, 'soc', 'released', '01a2057e-2b81-70e5-8c5c-0f1d9ec3981b', '0000000000000000000000000000d00000000003', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-3', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:01:31Z', '2026-11-22 23:01:31.738855+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (11, 1, 'soc', 'released', '01a2057e-2bd6-75f2-bb45-725620f7d262', '0000000000000000000000000000d00000000004', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-4', 'of the dump', '2026-11-22 23:01:31.910189+00', NULL);
INSERT INTO quell.notifications OVERRIDING SYSTEM VALUE VALUES (12, 1, 'soc', 'acted', '01a2057e-54e7-73c6-80e6-0eb9a5084df0', '0000000000000000000000000000d00000000009', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'r-9', 'matched', '2026-11-22 23:01:35.079706+00', NULL);
INSERT INTO quell.playbook_files VALUES (1, 'vm:/tmp/tmp.WSo82MptFB/playbooks', 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', '2026-11-22 23:01:22.952637+00', 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', NULL, '2026-11-22 23:01:22.952652+00', false, NULL, NULL);
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
', '2026-11-22 23:01:22.802487+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'all-clear', '5c44521753fefa8f66c8db2e42bafefa447dd800d540a2326b9da433493c5639', 'id: all-clear
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: resolved, alert.classification: FalsePositive}
then:
  - release_app_restriction: {comment: "alert {alert.id} was a false positive"}
', '2026-11-22 23:01:22.802673+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'id: asks
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: new, alert.category: Exfiltration}
ask: {from: [soc-leads], approvals: 1, within: 6d, otherwise: skip}
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6d}}
', '2026-11-22 23:01:22.802696+00', NULL, NULL, NULL);
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
', '2026-11-22 23:01:22.802705+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', 'id: observes
title: Of the dump
owner: soc@example.com
mode: observe
when: {alert.event: new, alert.category: Persistence}
then:
  - restrict_app_execution: {comment: "alert {alert.id}", release: {after: 6d}}
', '2026-11-22 23:01:22.802711+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_revisions VALUES (1, 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'id: scans
title: Of the dump
owner: soc@example.com
mode: enforce
when: {alert.event: new, alert.category: Malware}
then:
  - isolate_device: {comment: "alert {alert.id}", release: {after: 6d}}
  - scan: {comment: "alert {alert.id}", type: quick}
', '2026-11-22 23:01:22.802719+00', NULL, NULL, NULL);
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'acts', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'all-clear', '5c44521753fefa8f66c8db2e42bafefa447dd800d540a2326b9da433493c5639', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'asks', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'canary', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', 'enforce');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'observes', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', 'observe');
INSERT INTO quell.playbook_sets VALUES (1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', 'enforce');
INSERT INTO quell.release_run_items VALUES ('01a2057e-4aac-7633-a8bc-aa788bf9b9b5', '01a2057e-2c56-7395-8ba8-71be4faaf8d8', '0000000000000000000000000000d00000000017', 'ended', 0, NULL);
INSERT INTO quell.release_runs VALUES ('01a2057e-4aac-7633-a8bc-aa788bf9b9b5', 1, 'done', '{"playbook": "canary"}', 'anna', 'of the dump', '2026-11-22 23:01:32.467066+00', '2026-11-22 23:01:32.550879+00');
INSERT INTO quell.replicas VALUES (1, '01a2057e-258a-7351-8ee8-015db169b32c', 'vm', '2026-11-22 23:01:33.211538+00');
INSERT INTO quell.seal_checkpoints VALUES (1, 1, '\x31c45db9be8daf2a532b2b3fd306ab6c1a1ff8f75a65ebddbea8134098a4d3f1', '2026-11-22 23:01:23.588773+00');
INSERT INTO quell.seal_heads VALUES (1, 117, '\x655efac98bbac8969e20f49639ff755e9de89319a68d3b4034599cab6bd6fd41', '1098', 117);
INSERT INTO quell.seals VALUES (1, 1, 1, '\x31c45db9be8daf2a532b2b3fd306ab6c1a1ff8f75a65ebddbea8134098a4d3f1');
INSERT INTO quell.seals VALUES (1, 2, 2, '\x8ad44156a745ac6e55d54616c22d79f020cff0afbaf8914c71b743d539f2c3f1');
INSERT INTO quell.seals VALUES (1, 3, 3, '\x8f20aae0657967531d67ee48b0303401c85563a104759abda3df9fd2b97e486d');
INSERT INTO quell.seals VALUES (1, 4, 4, '\x2932bf1b24346621f5722a15477602165ff16a532dae6882db4b27c0837b9f8a');
INSERT INTO quell.seals VALUES (1, 5, 5, '\xe0ddfd753caeafc2bd22319c10c81848b5a317f7fff75479f9d2bb4513cded63');
INSERT INTO quell.seals VALUES (1, 6, 6, '\x78efbc33743aff2cfffede007c2c3e9b826c537a41ebbf6c82928b60a84bf04a');
INSERT INTO quell.seals VALUES (1, 7, 7, '\x348447a04e01fa039910125f5b43fe9b277c48072353048e6807b5cb5a01bc0c');
INSERT INTO quell.seals VALUES (1, 8, 8, '\x6b148395d0879f9e6955589d877e45ef35f464f8f5bf80c77ae81de266942703');
INSERT INTO quell.seals VALUES (1, 9, 9, '\xfd756a9e19035f0271c72f90ff771706fb58828d8dfc0675283a8afcdff8b5ac');
INSERT INTO quell.seals VALUES (1, 10, 10, '\x0ab8ece1dadb5d83dbdcfdb26a0a36550f993d99cec6bb2361fb51f3bd673af5');
INSERT INTO quell.seals VALUES (1, 11, 11, '\x4762137d26bb113f701d4259367b6af7dbeb48f7f8e86f941808347b0c4b3ed3');
INSERT INTO quell.seals VALUES (1, 12, 12, '\xeb3b184f1b434fe700faced3266a39572f6c1d8c8eab79be6a746779031592d7');
INSERT INTO quell.seals VALUES (1, 13, 13, '\xf7a91a06295cc4bee9fb4ca6396cd07fd194f3ce42fd52ac48d48949102804fa');
INSERT INTO quell.seals VALUES (1, 14, 14, '\xa6743be1d350f0eee6bfd46ac8dc07baf0c8c9e691f6eaba8159ad8a4157d1fc');
INSERT INTO quell.seals VALUES (1, 15, 15, '\x1e309c1ae3b8ee442cb0242e8b067c9e80ea3936b52a81a359c189ed68a08cb8');
INSERT INTO quell.seals VALUES (1, 16, 16, '\x2d8d65fedcff4fb72fc81cf1de95cbb1df460d5a76832d732709b4baef4d5907');
INSERT INTO quell.seals VALUES (1, 17, 18, '\xe14ee374a82e1af2e02620c17bcdebf1e5439fb5614f7188283897c2e0ae17e2');
INSERT INTO quell.seals VALUES (1, 18, 19, '\x8eae02597affcb2c5de92e0608a7b665c013c6b06748cd40727de5cafe800dac');
INSERT INTO quell.seals VALUES (1, 19, 20, '\x4c8249de0e454c78d8eaf6c215097afdf2ace4a7f76ff28ea4e99028212b7594');
INSERT INTO quell.seals VALUES (1, 20, 21, '\xe743ad59a49576c40c40ebbb31ececaeeee8eb0995b1ee72a14162141dc4faaf');
INSERT INTO quell.seals VALUES (1, 21, 22, '\xd60f5328de95c3a776dd41302867f03dc6affa37f832093b0cf6b05915318796');
INSERT INTO quell.seals VALUES (1, 22, 23, '\x2edfbbdd7f33ae174c3cf0c642e9841ab1671a97320e1c16dbbbe3dec8d6032d');
INSERT INTO quell.seals VALUES (1, 23, 17, '\x6ac2ead975e45f637957cc73a0c1ed1ca7ae846f4f9ea4fbbe3d61ce0ba43b6a');
INSERT INTO quell.seals VALUES (1, 24, 27, '\x1fe83095827e14b503e4965a97ff257443d5413fc70307ed96a1ffdfc88e1981');
INSERT INTO quell.seals VALUES (1, 25, 24, '\xea6acbbcb92d6e673a0c6be4cef294afa296d33742c4de60fb711aa039aa7ab6');
INSERT INTO quell.seals VALUES (1, 26, 25, '\xbbaf1e0fc9ee0f86737920467214d429627343b7b47b9e10b0e350dbab296370');
INSERT INTO quell.seals VALUES (1, 27, 26, '\x05d20a64181aa87e62b0f376431491591c8bd69bec578b617676c8caeb52642e');
INSERT INTO quell.seals VALUES (1, 28, 28, '\x18ab78d74a70706e039d4d48c1a9e23da82cfcf2968d5e9bc4400adecc3d030e');
INSERT INTO quell.seals VALUES (1, 29, 29, '\x1cf48a29a2eacfcd4c477d405ed9108d72d9ee4a89c481ebcb95abcff2dd5987');
INSERT INTO quell.seals VALUES (1, 30, 31, '\xe0fba648056f9d99f916a9611db3008271d52124f71559e546804126defe8edf');
INSERT INTO quell.seals VALUES (1, 31, 30, '\x0b71fea0b3610b447a30bb7a0d76b2fab42027f0ad184ab244dc259929c77696');
INSERT INTO quell.seals VALUES (1, 32, 33, '\xdc6fc44574a0d07445a98ce1ccea94b59797f11078d2149f2b0d6a407e22d291');
INSERT INTO quell.seals VALUES (1, 33, 32, '\xda71a6436f62ba2e0087cfe123a62864c2e6201bfe62fa00e50c6f90c1f83631');
INSERT INTO quell.seals VALUES (1, 34, 35, '\x33c0be4d06272044b2be48db02e8b8119353d9ac5cfca216c4d57a59a51cbea1');
INSERT INTO quell.seals VALUES (1, 35, 34, '\xcd81730eb974285fe34e483fd331f98fdf8c8580afc52ec69cf9a68bed5bf670');
INSERT INTO quell.seals VALUES (1, 36, 37, '\xea9a4a8390dc2c9ecbcd29e8975db34260fee132ea582533c89f6413a441c213');
INSERT INTO quell.seals VALUES (1, 37, 36, '\x7cfd65f72b7a8b5b91acc4a83a5d460069182b099d4a63cbbace7602d86a57fb');
INSERT INTO quell.seals VALUES (1, 38, 38, '\x8b1e0d4e8909fec488b37689e9f53a8d7a9fe459a0ad0fd412e53680f8af12fe');
INSERT INTO quell.seals VALUES (1, 39, 39, '\xec29ed0f1be1e7d75b754a60405563678e0446c127664b39b6b15f4628c8068d');
INSERT INTO quell.seals VALUES (1, 40, 40, '\xf2fb7decefd799d1b4fa8756fcbcbe33f62418c626c4150fc22de8c3610d427c');
INSERT INTO quell.seals VALUES (1, 41, 41, '\x36b522119b596f0699e97e7e41d5f88731e391183d73bdaef7287b81d850e5e6');
INSERT INTO quell.seals VALUES (1, 42, 43, '\x39eaf70caafc64281ce648c5f4520875fe1a65d436a9df604b8b55b77ecfa467');
INSERT INTO quell.seals VALUES (1, 43, 42, '\xe95a5b3defd71c399753124945c78441ac01e8ab3dd2429cb4a1051706274f5e');
INSERT INTO quell.seals VALUES (1, 44, 46, '\xae13509478929235f7f8d876c0efd60ad738d5e1dee9780e78bb6230789fe2d4');
INSERT INTO quell.seals VALUES (1, 45, 44, '\xaaf2a70c9bdc2259f90ce4dcc30128c3da85a9c956ab4987a4f612bdd73c268a');
INSERT INTO quell.seals VALUES (1, 46, 45, '\x36b60b261c1e71befeeaac3eee8731c25df0a82c5798ed604652908b22c266ac');
INSERT INTO quell.seals VALUES (1, 47, 47, '\x89e5c3449e65261e279e08099f2761b712ef81ed1d5073f404f8a8be2321ffba');
INSERT INTO quell.seals VALUES (1, 48, 50, '\x00696f552c46a24f53443f04b3e7eb4f3366389c48fa09e1a54908c59fa3b5bf');
INSERT INTO quell.seals VALUES (1, 49, 48, '\x95b28a5686cdb9d9d36222f43cc760e62a78e74bbf4943c6936ea3130ce72e33');
INSERT INTO quell.seals VALUES (1, 50, 49, '\x8f35ff3f34313eedba0960ff2db0a1801a5e2134b3858726dbc882120043cf64');
INSERT INTO quell.seals VALUES (1, 51, 51, '\xfff8296bfd50d82b37c4fa0c0920071d0d168b3051e5c9c404aa46939f30cf9c');
INSERT INTO quell.seals VALUES (1, 52, 52, '\x493efc846cb9985f2f740af2650b9400f10a782c20faf4df36e813fec7c6b049');
INSERT INTO quell.seals VALUES (1, 53, 53, '\x141212d37b428ccacb85d1afe48e1349c5136274a0fd28327e10c9bcc8017ede');
INSERT INTO quell.seals VALUES (1, 54, 54, '\xbc8546cc16f8b212543072e81a22cc8fc68d21c61f5a0b39db8824a4009f509c');
INSERT INTO quell.seals VALUES (1, 55, 55, '\x38079d0799ebd79e35c672a2534e777d139c9c4cb39ad870f70c40feb5f70066');
INSERT INTO quell.seals VALUES (1, 56, 56, '\x10f3c3e2c315372705154409ac733f7e7e72daa7fbf7a1097c3ea90798c2d76f');
INSERT INTO quell.seals VALUES (1, 57, 57, '\x10ec64575b5d24bae42f392e7af8106db23151dbdad726e86f775c7fff172a1a');
INSERT INTO quell.seals VALUES (1, 58, 58, '\xfaeab13156de95aff15f25c16f66c04dad98612c483b119c8a700458b2bf1afd');
INSERT INTO quell.seals VALUES (1, 59, 59, '\xc4e38a8a47d1e2201e03b1cd5f23f6279d71e0c9e67d3f7ce91d65fd479df14a');
INSERT INTO quell.seals VALUES (1, 60, 60, '\x2816a71df9dedf80e1f56d6a5341d634c84c6df244ea48b9e08e506972786d46');
INSERT INTO quell.seals VALUES (1, 61, 61, '\xf169322495e2166f4df6cabc3e7380f83dd00478a1f9504b176283b3e1dbfb0d');
INSERT INTO quell.seals VALUES (1, 62, 62, '\x43c4f1af42ec041a0ec5c0e2ebdbf0b264e29634e8f96c14435ec73839b761aa');
INSERT INTO quell.seals VALUES (1, 63, 63, '\xc9fb86a2139460d688187ceef90064f94065d3648920b1a4cfc5db67f54e5125');
INSERT INTO quell.seals VALUES (1, 64, 64, '\x8ab0dcbf10ad27a7e1da237d89e4e688262e35f7db5d8b7ce8f50a363381dff0');
INSERT INTO quell.seals VALUES (1, 65, 65, '\xd54e88258ccb25a53b7e3b24c9d966c63a9f9a7dfed8a726840d13f5ac0e5426');
INSERT INTO quell.seals VALUES (1, 66, 67, '\xd3d7cdec318159f63e5f1d99416364aa8b56858eaa9a6b7f68648f4a6b3fd0bf');
INSERT INTO quell.seals VALUES (1, 67, 66, '\x43b1bff206ebc77f8a23878fb5f835d7ee5f8471648479f1a1a9304a2ea46246');
INSERT INTO quell.seals VALUES (1, 68, 68, '\x6f1d0de8b34ccce16b4d70d2e2b57d5788d69ff5714a1c15ca39e3c4e4ecd4f4');
INSERT INTO quell.seals VALUES (1, 69, 69, '\xbdfba7af163464c9788c860a2d285130c1eac846a62491e00c424d666eb40b5b');
INSERT INTO quell.seals VALUES (1, 70, 70, '\xf9bb6b751a82738f31b5d14fb4448b32bbde243860cf180fd4e36617ec4a03c5');
INSERT INTO quell.seals VALUES (1, 71, 71, '\x2b3fc3c3646dd0ae341d951db3baf561fc8385d3a11d16611d42479ea8e71fe4');
INSERT INTO quell.seals VALUES (1, 72, 72, '\x363faae5c7234e7e782675468bb6c87d74b4e065a3d6e932d081ea67d11ee900');
INSERT INTO quell.seals VALUES (1, 73, 73, '\xb39a6749b41ab09be17739c563dafb7552a99e30eac2bd50ae2a94fd39e5f546');
INSERT INTO quell.seals VALUES (1, 74, 74, '\xfbf7512814e74bedd7d6a2b61496042f5256d3d68caa939dec16ff6f8d6f99bd');
INSERT INTO quell.seals VALUES (1, 75, 75, '\x4d5c1a12f39bced5f3f4e5980ef4370aea0ca83109e771915544932fc052e113');
INSERT INTO quell.seals VALUES (1, 76, 76, '\xbe2e709aa6d1837521e3f6490ca25c06f2bd9cd88ad91fac02c75977c7b2d211');
INSERT INTO quell.seals VALUES (1, 77, 77, '\x847774f71961437973d9a1824ea5322d4b9d918921ebed5d7715999d006d59af');
INSERT INTO quell.seals VALUES (1, 78, 78, '\xf07d1fdb622f8d25eba12b5b34fbe52e293a694dbdbe5a7ec95e72a34790c45d');
INSERT INTO quell.seals VALUES (1, 79, 79, '\xba78d8a99ccf3c7feda748f6d44b5aed0f530fdf07ed3bb09c17210227c13a3d');
INSERT INTO quell.seals VALUES (1, 80, 80, '\xb655e94a074c9499f2e339b00aacfe746449c8a85d719bbdbb14d075b413d669');
INSERT INTO quell.seals VALUES (1, 81, 81, '\xb46b40499673baced232dc14e9c636dd6e1ae5d66d9e50aedf0c05f653a6af87');
INSERT INTO quell.seals VALUES (1, 82, 82, '\x0864e168b1a7c682538f1619144b8cc9e5e184d678b6350f1af169df616bd03c');
INSERT INTO quell.seals VALUES (1, 83, 83, '\x01a3b730dd5b43e5e19236d5872ee893403c361bb75f70a7d6bf832ddca05eb0');
INSERT INTO quell.seals VALUES (1, 84, 84, '\xf496c0140087dff8d7062c53df498f4a4468565851fb722fbe83a6c2066e4714');
INSERT INTO quell.seals VALUES (1, 85, 85, '\x40e20d49dc1d351a99d1400423a036392d500336f6edf0b1bde0428a4275ad40');
INSERT INTO quell.seals VALUES (1, 86, 86, '\xa72963a8ebfff77e6d4bb45efc8e42df9fe298bf18ae581d3d144caf01240830');
INSERT INTO quell.seals VALUES (1, 87, 88, '\xcdb564bf1f2690ed654289924e5c673f9ff010d5fa789f7b8c65330ea2b209f1');
INSERT INTO quell.seals VALUES (1, 88, 89, '\x59c129deaf7e62813d7813bbd5633769756c6e2a1033cf93e598a771faeead7b');
INSERT INTO quell.seals VALUES (1, 89, 90, '\x49aba55068651a39d5f89b500d471e26be1e29c3c012934c48fd6ef1cd83107d');
INSERT INTO quell.seals VALUES (1, 90, 87, '\xb62d62fc6259563e24cdd77d0c717c2b2bf8a207c8ef66b513c1a863d7f7cea5');
INSERT INTO quell.seals VALUES (1, 91, 91, '\x7aa22d3327e78cdd6c1a95bf4fc3afd678065e795c17c17dad751e7baaee4007');
INSERT INTO quell.seals VALUES (1, 92, 92, '\x6c8b69a5a33c2e6c7647dd389ff19e88d982f79cc4698f544220d3ea967690cb');
INSERT INTO quell.seals VALUES (1, 93, 93, '\xa2d38ae6c5ad73cd35968ef9e1cf2d0ecd8cfc90e09d304ef344abf880b0a544');
INSERT INTO quell.seals VALUES (1, 94, 94, '\x91862ba062406c31569962efdb344343fb2f89ca0083620bf1d8d2d87bcfacd6');
INSERT INTO quell.seals VALUES (1, 95, 95, '\xef47182b652f5aa6a441fc4d4e0861aa041c1548289b079659fb16d87a4685c7');
INSERT INTO quell.seals VALUES (1, 96, 96, '\xbf606791011d37773c9a3cc6ef07bdefdb7da4a0913b607e31b343122c88b3c2');
INSERT INTO quell.seals VALUES (1, 97, 97, '\xe58c271c264f10039e255e97e141d7a0319efde950a48dced998185acab2898f');
INSERT INTO quell.seals VALUES (1, 98, 98, '\x682732935ec5381567327f12d2002d2f85ca138ed0da0c2e045159c63c939284');
INSERT INTO quell.seals VALUES (1, 99, 99, '\x2009b818e5d9f741f39bd4b207aeebf2ba3d34ab6a4efa0252561210b461ee11');
INSERT INTO quell.seals VALUES (1, 100, 100, '\xe8a3a8a37f4d9d0cacbf1af1c26afc3d6aec7b1b4c8f90a3211558c175504c17');
INSERT INTO quell.seals VALUES (1, 101, 101, '\x0ad010818a24b95f9306cad457b47571a491ff8d34a4e0c810f5b2fefcef6da2');
INSERT INTO quell.seals VALUES (1, 102, 102, '\xc946f9f7bf11bad04426d6fcbb46e70b0ceb3aeae97d28b42d0cdf413429ecbf');
INSERT INTO quell.seals VALUES (1, 103, 103, '\xad5fa8663b5e2d83e541cbcca5342559ec9add2b3880172457f44004fa4746c3');
INSERT INTO quell.seals VALUES (1, 104, 104, '\x7aa7d4b6b41f05896f393fcc822000fd71799a75882f61fd97b2e2aa8c2f1a8a');
INSERT INTO quell.seals VALUES (1, 105, 105, '\x234c58418eca38f4c20362ba90e7ca53dac3782c417245a8388bbd69f70195ae');
INSERT INTO quell.seals VALUES (1, 107, 107, '\xce08b59f97cfdffddeec6add28cfaf5a572469979b7fc8d9498289a4b333497b');
INSERT INTO quell.seals VALUES (1, 108, 108, '\xe0cdf11f338092737a80561f786f609e007f2f70a8a7b4b2a040513a0f556b60');
INSERT INTO quell.seals VALUES (1, 109, 109, '\x7755f6a36afaddfad80ea8f7719d750d31316102aebebbd721aaaeb52c998a5b');
INSERT INTO quell.seals VALUES (1, 110, 110, '\x4b39afd1aacfe526addc8f0364cb6880910160e93f78f0ffebda3c3e6b0c205c');
INSERT INTO quell.seals VALUES (1, 106, 106, '\x17c8f4dce8897797d04044964dbdab5640d3f44c7cfbae055108b955e821a72e');
INSERT INTO quell.seals VALUES (1, 111, 111, '\xcc472942104034422243e160a9f655c6549d81ca85b2c27fc74aa80affb44d5b');
INSERT INTO quell.seals VALUES (1, 112, 112, '\xa0e2ac35fa65c1b160e0d1141550479d7d2107dd414dc7c42de874c480916ba8');
INSERT INTO quell.seals VALUES (1, 113, 113, '\x829d492e12a771f394b877bd10efb2731fe096a9063d62cee2cf9c9b646c5da1');
INSERT INTO quell.seals VALUES (1, 114, 114, '\xdb6d310da10123b89b9ba34ec432ea2315de13045dd8f298ef6d38a390cccaa9');
INSERT INTO quell.seals VALUES (1, 115, 115, '\xbaadbd4149ef19567536f0ef0f8a15c7764d51ae9a4cfabc9ed2d10ac7ac668e');
INSERT INTO quell.seals VALUES (1, 116, 116, '\xbfa3c190ca2ba9effc534838e698233003bfb2045f94de8d33d648534d508b02');
INSERT INTO quell.seals VALUES (1, 117, 117, '\x655efac98bbac8969e20f49639ff755e9de89319a68d3b4034599cab6bd6fd41');
INSERT INTO quell.set_activations VALUES (1, 1, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', '2026-11-22 23:01:22.937989+00', 'files', 'start on vm:/tmp/tmp.WSo82MptFB/playbooks');
INSERT INTO quell.stops VALUES ('015c3295-7343-4873-a76a-ac61be6461aa', 1, 'new', NULL, true, 'cli', 'anna', 'of the dump', '2026-11-22 23:01:33.484762+00', true, '2026-11-22 23:01:33.852803+00', 'anna', 'of the dump');
INSERT INTO quell.stops VALUES ('65b15ede-466a-44ce-90af-5ca3e151b154', 1, 'new', NULL, true, 'cli', 'anna', 'of the dump: in force', '2026-11-22 23:01:34.155811+00', true, '2026-11-22 23:01:34.813299+00', 'anna', 'of the dump');
INSERT INTO quell.task_wishes VALUES ('01a2057e-2d72-74b3-99e6-dc64fcc15dcf', 1, '0000000000000000000000000000d00000000015', 'scan', 'quick', 'alert m-21', 'enforce', 'normal', 'scans', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '01a2057e-2a0b-70c7-83d6-1d4a2bb13c97', 'm-21', '01a2057e-2d4f-7231-b922-bc3fe11270f9', false, 'queued', '01a2057e-2d98-750f-b386-8c971d9de07a', '2026-11-22 23:01:24.98274+00', '2026-11-22 23:01:25.050785+00');
INSERT INTO quell.tenants OVERRIDING SYSTEM VALUE VALUES (1, 'practice', '2026-11-22 23:01:22.631239+00', 496885882);
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (1, 1, '2026-11-22 23:01:22.939335+00', 'playbook_set', 'd09d75b8-5da4-1398-1656-d08f822f70c0', NULL, NULL, 'c6cf9caca5a1cc91cf159586bc34100fde55b062d04ebd86813a4823077a68e4', 'files', 'start on vm:/tmp/tmp.WSo82MptFB/playbooks', NULL, NULL, '{"version": 1}', '826');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (2, 1, '2026-11-22 23:01:23.908576+00', 'containment', '01a2057e-2940-7695-bb82-dde4ae412876', '0000000000000000000000000000d00000000007', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-7", "event": "01a2057e-276b-7070-9ada-72df711f4e73", "until": "2026-11-23T01:25:23.8114+00:00", "playbook": "acts"}', '846');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (3, 1, '2026-11-22 23:01:23.947194+00', 'action', '01a2057e-2957-713b-86b4-55321d9de07a', '0000000000000000000000000000d00000000007', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-2940-7695-bb82-dde4ae412876", "valid_until": "2026-11-22T23:25:23.946254+00:00"}', '846');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (4, 1, '2026-11-22 23:01:24.14466+00', 'containment', '01a2057e-2a2d-7563-b831-3d25e46a2b98', '0000000000000000000000000000d0000000000b', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-11", "event": "01a2057e-2890-7488-b6d4-79b7468368ee", "playbook": "asks", "ask_until": "2026-11-23T01:25:24.058106+00:00", "asked_for": "ask"}', '852');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (5, 1, '2026-11-22 23:01:24.178887+00', 'containment', '01a2057e-2a4a-7053-b629-221050636168', '0000000000000000000000000000d0000000000c', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-12", "event": "01a2057e-2890-7488-b6d4-79b8d7613355", "playbook": "asks", "ask_until": "2026-11-23T01:25:24.058106+00:00", "asked_for": "ask"}', '852');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (6, 1, '2026-11-22 23:01:24.198306+00', 'containment', '01a2057e-2a61-72e5-ac85-efb92be194fe', '0000000000000000000000000000d0000000000d', NULL, 'asked', 'decide', 'ask', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lane": "normal", "mode": "enforce", "alert": "x-13", "event": "01a2057e-2890-7488-b6d4-79b9f62dde79", "playbook": "asks", "ask_until": "2026-11-23T01:25:24.058106+00:00", "asked_for": "ask"}', '852');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (7, 1, '2026-11-22 23:01:24.320678+00', 'action', '01a2057e-2957-713b-86b4-55321d9de07a', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '853');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (8, 1, '2026-11-22 23:01:24.386919+00', 'containment', '01a2057e-2b21-76a7-b453-85c848598fe0', '0000000000000000000000000000d00000000001', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-1", "event": "01a2057e-276b-7070-9ada-72d9358d5d95", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "acts"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (9, 1, '2026-11-22 23:01:24.435208+00', 'action', '01a2057e-2b4e-7445-a9b4-bc0c1d9de07a', '0000000000000000000000000000d00000000001', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-2b21-76a7-b453-85c848598fe0", "valid_until": "2026-11-22T23:25:24.434868+00:00"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (10, 1, '2026-11-22 23:01:24.446585+00', 'containment', '01a2057e-2b5d-74ac-8717-8ffb3a592b77', '0000000000000000000000000000d00000000002', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-2", "event": "01a2057e-276b-7070-9ada-72da1f8abc78", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "acts"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (11, 1, '2026-11-22 23:01:24.470298+00', 'action', '01a2057e-2b6f-7400-ae9a-c3551d9de07a', '0000000000000000000000000000d00000000002', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-2b5d-74ac-8717-8ffb3a592b77", "valid_until": "2026-11-22T23:25:24.470009+00:00"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (12, 1, '2026-11-22 23:01:24.486345+00', 'containment', '01a2057e-2b81-70e5-8c5c-0f1d9ec3981b', '0000000000000000000000000000d00000000003', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-3", "event": "01a2057e-276b-7070-9ada-72db82405aa4", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "acts"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (13, 1, '2026-11-22 23:01:24.5265+00', 'action', '01a2057e-2ba9-754f-a182-4d2c1d9de07a', '0000000000000000000000000000d00000000003', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-2b81-70e5-8c5c-0f1d9ec3981b", "valid_until": "2026-11-22T23:25:24.526218+00:00"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (14, 1, '2026-11-22 23:01:24.570736+00', 'containment', '01a2057e-2bd6-75f2-bb45-725620f7d262', '0000000000000000000000000000d00000000004', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-4", "event": "01a2057e-276b-7070-9ada-72dca8d516be", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "acts"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (15, 1, '2026-11-22 23:01:24.582035+00', 'action', '01a2057e-2be3-7318-9c6d-4f7d1d9de07a', '0000000000000000000000000000d00000000004', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-2bd6-75f2-bb45-725620f7d262", "valid_until": "2026-11-22T23:25:24.581674+00:00"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (16, 1, '2026-11-22 23:01:24.586642+00', 'containment', '01a2057e-2be9-71d6-8c96-558125208978', '0000000000000000000000000000d00000000005', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-5", "event": "01a2057e-276b-7070-9ada-72dd9dce7e22", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "acts"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (17, 1, '2026-11-22 23:01:24.588205+00', 'action', '01a2057e-2957-713b-86b4-55321d9de07a', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "df3df764-8d6f-43b8-805b-a4a5f22d4a7c", "defender_status": "Pending"}', '863');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (18, 1, '2026-11-22 23:01:24.620001+00', 'action', '01a2057e-2c0a-756a-9cc4-c7cd1d9de07a', '0000000000000000000000000000d00000000005', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-2be9-71d6-8c96-558125208978", "valid_until": "2026-11-22T23:25:24.619699+00:00"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (19, 1, '2026-11-22 23:01:24.624175+00', 'containment', '01a2057e-2c0e-7174-bdcb-f0ad2a791c49', '0000000000000000000000000000d00000000006', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-6", "event": "01a2057e-276b-7070-9ada-72de184dbe5e", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "acts"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (20, 1, '2026-11-22 23:01:24.630915+00', 'action', '01a2057e-2c16-75b9-aee1-e3751d9de07a', '0000000000000000000000000000d00000000006', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-2c0e-7174-bdcb-f0ad2a791c49", "valid_until": "2026-11-22T23:25:24.630708+00:00"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (77, 1, '2026-11-22 23:01:28.22626+00', 'action', '01a2057e-387f-7449-b741-10bb1d9de07a', '0000000000000000000000000000d00000000002', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '991');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (21, 1, '2026-11-22 23:01:24.648724+00', 'containment', '01a2057e-2c1e-73cc-b8c2-01c7ca9ffc99', '0000000000000000000000000000d00000000016', NULL, 'active', 'decide', 'matched', 'ada1f9766173cae04639e0ad82563e2b1442fade169a9d3710bb561bac7dd47a', NULL, '{"lane": "normal", "mode": "observe", "alert": "p-22", "event": "01a2057e-2a0b-70c7-83d6-1d4b5bd8ee7e", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "observes"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (22, 1, '2026-11-22 23:01:24.698405+00', 'containment', '01a2057e-2c56-7395-8ba8-71be4faaf8d8', '0000000000000000000000000000d00000000017', NULL, 'active', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"lane": "normal", "mode": "enforce", "alert": "d-23", "event": "01a2057e-2a0b-70c7-83d6-1d4cc0bb3616", "until": "2026-11-23T01:25:24.318036+00:00", "playbook": "canary"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (23, 1, '2026-11-22 23:01:24.724187+00', 'action', '01a2057e-2c73-70e3-8a67-e0801d9de07a', '0000000000000000000000000000d00000000017', NULL, 'queued', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"kind": "restrict", "lane": 3, "playbook": "canary", "wanted_by": "decide", "containment": "01a2057e-2c56-7395-8ba8-71be4faaf8d8", "valid_until": "2026-11-22T23:25:24.723967+00:00"}', '860');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (24, 1, '2026-11-22 23:01:24.842134+00', 'action', '01a2057e-2957-713b-86b4-55321d9de07a', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '879');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (25, 1, '2026-11-22 23:01:24.891025+00', 'action', '01a2057e-2d0b-74dc-bb3f-e7241d9de07a', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a2057e-2940-7695-bb82-dde4ae412876", "valid_until": "2026-11-22T23:25:24.890536+00:00"}', '879');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (26, 1, '2026-11-22 23:01:24.944977+00', 'containment', '01a2057e-2d4f-7231-b922-bc3fe11270f9', '0000000000000000000000000000d00000000015', NULL, 'active', 'decide', 'matched', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"lane": "normal", "mode": "enforce", "alert": "m-21", "event": "01a2057e-2a0b-70c7-83d6-1d4a2bb13c97", "until": "2026-11-23T01:25:24.892521+00:00", "playbook": "scans"}', '885');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (28, 1, '2026-11-22 23:01:24.958508+00', 'action', '01a2057e-2d5e-70d4-8fae-0cd01d9de07a', '0000000000000000000000000000d00000000015', NULL, 'queued', 'decide', 'matched', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"kind": "isolate", "lane": 3, "playbook": "scans", "wanted_by": "decide", "containment": "01a2057e-2d4f-7231-b922-bc3fe11270f9", "valid_until": "2026-11-22T23:25:24.95822+00:00"}', '885');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (29, 1, '2026-11-22 23:01:25.023129+00', 'action', '01a2057e-2d98-750f-b386-8c971d9de07a', '0000000000000000000000000000d00000000015', NULL, 'queued', 'decide', 'a playbook asks for it', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"kind": "scan", "lane": 3, "playbook": "scans", "wanted_by": "decide", "valid_until": "2026-11-22T23:25:25.022731+00:00"}', '885');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (35, 1, '2026-11-22 23:01:25.358979+00', 'action', '01a2057e-2be3-7318-9c6d-4f7d1d9de07a', '0000000000000000000000000000d00000000004', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '903');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (43, 1, '2026-11-22 23:01:25.662271+00', 'action', '01a2057e-2d0b-74dc-bb3f-e7241d9de07a', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '918');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (52, 1, '2026-11-22 23:01:26.153003+00', 'action', '01a2057e-2d98-750f-b386-8c971d9de07a', '0000000000000000000000000000d00000000015', 'queued', 'submitting', 'gate', 'a slot in both windows', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"attempts": 0}', '{"attempts": 1}', '937');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (60, 1, '2026-11-22 23:01:26.983605+00', 'canary', 'f3a849b3-a72c-a6da-2c4c-c6c95526baf1', NULL, NULL, 'fallen_back', 'decide', 'canary.limits[0]', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"playbook": "canary"}', '959');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (61, 1, '2026-11-22 23:01:26.985617+00', 'containment', '01a2057e-3548-775a-af3c-6d9fef97c13c', '0000000000000000000000000000d00000000019', NULL, 'active', 'decide', 'matched', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"lane": "normal", "mode": "observe", "alert": "d-25", "event": "01a2057e-3434-759d-a31a-f33cf4f206d2", "until": "2026-11-23T01:25:26.897128+00:00", "playbook": "canary"}', '959');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (67, 1, '2026-11-22 23:01:27.6118+00', 'action', '01a2057e-36d2-73d3-8b5c-54a71d9de07a', '0000000000000000000000000000d0000000000b', 'queued', 'submitting', 'gate', 'a slot in both windows', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"attempts": 0}', '{"attempts": 1}', '966');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (73, 1, '2026-11-22 23:01:27.859965+00', 'action', '01a2057e-387f-7449-b741-10bb1d9de07a', '0000000000000000000000000000d00000000002', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "15e587ac-8ce8-4e78-8d3b-c95d7b29087e", "defender_status": "Pending"}', '978');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (85, 1, '2026-11-22 23:01:31.387089+00', 'action', '01a2057e-463f-7066-9b56-48ef1d9de07a', '0000000000000000000000000000d0000000002a', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1023');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (114, 1, '2026-11-22 23:01:35.079789+00', 'containment', '01a2057e-54e7-73c6-80e6-0eb9a5084df0', '0000000000000000000000000000d00000000009', NULL, 'active', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"lane": "high", "mode": "enforce", "alert": "r-9", "event": "01a2057e-544d-73e9-8f57-4982d9b7cb2e", "until": "2026-11-23T01:25:35.067698+00:00", "playbook": "acts"}', '1096');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (115, 1, '2026-11-22 23:01:35.098429+00', 'action', '01a2057e-54f9-75de-bcd9-02391d9de07a', '0000000000000000000000000000d00000000009', NULL, 'queued', 'decide', 'matched', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "decide", "containment": "01a2057e-54e7-73c6-80e6-0eb9a5084df0", "valid_until": "2026-11-22T23:25:35.098162+00:00"}', '1096');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (27, 1, '2026-11-22 23:01:24.950666+00', 'action', '01a2057e-2b4e-7445-a9b4-bc0c1d9de07a', '0000000000000000000000000000d00000000001', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '878');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (30, 1, '2026-11-22 23:01:25.024177+00', 'action', '01a2057e-2b4e-7445-a9b4-bc0c1d9de07a', '0000000000000000000000000000d00000000001', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "e0e4d21d-0647-4ed4-9136-5507d8bc1b7e", "defender_status": "Pending"}', '889');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (33, 1, '2026-11-22 23:01:25.128371+00', 'action', '01a2057e-2ba9-754f-a182-4d2c1d9de07a', '0000000000000000000000000000d00000000003', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '892');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (38, 1, '2026-11-22 23:01:25.43887+00', 'action', '01a2057e-2c0a-756a-9cc4-c7cd1d9de07a', '0000000000000000000000000000d00000000005', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "81e6d9be-1e21-4afb-a782-c4071db7baf5", "defender_status": "Pending"}', '913');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (42, 1, '2026-11-22 23:01:25.619489+00', 'action', '01a2057e-2c16-75b9-aee1-e3751d9de07a', '0000000000000000000000000000d00000000006', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "9a545f4f-ffda-41d2-955c-1eb6fba2a66a", "defender_status": "Pending"}', '920');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (44, 1, '2026-11-22 23:01:25.734184+00', 'action', '01a2057e-2d0b-74dc-bb3f-e7241d9de07a', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "2f03a1c4-087f-4553-b85b-2df028b9d870", "defender_status": "Pending"}', '924');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (49, 1, '2026-11-22 23:01:25.94417+00', 'action', '01a2057e-2c73-70e3-8a67-e0801d9de07a', '0000000000000000000000000000d00000000017', 'submitting', 'submitted', 'submit', 'accepted', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"defender_id": "9b51e2de-0694-4d34-b25a-ea7ee65230f5", "defender_status": "Pending"}', '932');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (51, 1, '2026-11-22 23:01:26.006978+00', 'action', '01a2057e-2d5e-70d4-8fae-0cd01d9de07a', '0000000000000000000000000000d00000000015', 'submitting', 'submitted', 'submit', 'accepted', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"defender_id": "4f87596d-a6e4-4e04-8d50-4dab528b244b", "defender_status": "Pending"}', '936');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (66, 1, '2026-11-22 23:01:27.577497+00', 'action', '01a2057e-32b2-70a0-9311-509e1d9de07a', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "d3265f49-1436-48ff-9f4f-932147dd807f", "defender_status": "Pending"}', '967');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (68, 1, '2026-11-22 23:01:27.670274+00', 'action', '01a2057e-36d2-73d3-8b5c-54a71d9de07a', '0000000000000000000000000000d0000000000b', 'submitting', 'submitted', 'submit', 'accepted', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"defender_id": "1b6a15d1-630d-4650-90aa-812baabfa22a", "defender_status": "Pending"}', '970');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (72, 1, '2026-11-22 23:01:27.83507+00', 'action', '01a2057e-387f-7449-b741-10bb1d9de07a', '0000000000000000000000000000d00000000002', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '977');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (86, 1, '2026-11-22 23:01:31.486501+00', 'action', '01a2057e-463f-7066-9b56-48ef1d9de07a', '0000000000000000000000000000d0000000002a', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "06e0b73c-b5f0-454b-99a4-25fc956a42dd", "defender_status": "Pending"}', '1024');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (103, 1, '2026-11-22 23:01:32.750369+00', 'action', '01a2057e-4aef-7200-bd37-a6e01d9de07a', '0000000000000000000000000000d00000000017', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "9e971c54-a555-4ec0-8d84-d955eb4a2b66", "defender_status": "Pending"}', '1059');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (116, 1, '2026-11-22 23:01:35.163875+00', 'action', '01a2057e-54f9-75de-bcd9-02391d9de07a', '0000000000000000000000000000d00000000009', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1097');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (31, 1, '2026-11-22 23:01:25.047611+00', 'action', '01a2057e-2b6f-7400-ae9a-c3551d9de07a', '0000000000000000000000000000d00000000002', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '887');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (32, 1, '2026-11-22 23:01:25.127283+00', 'action', '01a2057e-2b6f-7400-ae9a-c3551d9de07a', '0000000000000000000000000000d00000000002', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "94254eb1-01fa-4334-bb8c-68947b2aa403", "defender_status": "Pending"}', '893');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (34, 1, '2026-11-22 23:01:25.230282+00', 'action', '01a2057e-2ba9-754f-a182-4d2c1d9de07a', '0000000000000000000000000000d00000000003', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "341c2339-40dc-4b17-b7c1-bd051021a465", "defender_status": "Pending"}', '906');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (37, 1, '2026-11-22 23:01:25.39335+00', 'action', '01a2057e-2c0a-756a-9cc4-c7cd1d9de07a', '0000000000000000000000000000d00000000005', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '910');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (39, 1, '2026-11-22 23:01:25.518284+00', 'action', '01a2057e-2c16-75b9-aee1-e3751d9de07a', '0000000000000000000000000000d00000000006', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '914');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (48, 1, '2026-11-22 23:01:25.943072+00', 'action', '01a2057e-2d5e-70d4-8fae-0cd01d9de07a', '0000000000000000000000000000d00000000015', 'queued', 'submitting', 'gate', 'a slot in both windows', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"attempts": 0}', '{"attempts": 1}', '930');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (78, 1, '2026-11-22 23:01:30.167492+00', 'action', '01a2057e-392a-703c-9e61-57571d9de07a', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '1001');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (94, 1, '2026-11-22 23:01:31.956357+00', 'action', '01a2057e-4899-72e4-b36d-5e2e1d9de07a', '0000000000000000000000000000d00000000004', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1036');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (117, 1, '2026-11-22 23:01:35.171692+00', 'action', '01a2057e-54f9-75de-bcd9-02391d9de07a', '0000000000000000000000000000d00000000009', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "e9b8486a-8ed8-46a5-b3a6-a62f9f6509a4", "defender_status": "Pending"}', '1098');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (36, 1, '2026-11-22 23:01:25.392306+00', 'action', '01a2057e-2be3-7318-9c6d-4f7d1d9de07a', '0000000000000000000000000000d00000000004', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "f2f1fd37-8541-473d-b852-cfae8ae87f6a", "defender_status": "Pending"}', '911');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (40, 1, '2026-11-22 23:01:25.535338+00', 'action', '01a2057e-2b4e-7445-a9b4-bc0c1d9de07a', '0000000000000000000000000000d00000000001', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '916');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (41, 1, '2026-11-22 23:01:25.599585+00', 'action', '01a2057e-2b6f-7400-ae9a-c3551d9de07a', '0000000000000000000000000000d00000000002', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '916');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (45, 1, '2026-11-22 23:01:25.834992+00', 'action', '01a2057e-2ba9-754f-a182-4d2c1d9de07a', '0000000000000000000000000000d00000000003', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '927');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (46, 1, '2026-11-22 23:01:25.886868+00', 'action', '01a2057e-2c73-70e3-8a67-e0801d9de07a', '0000000000000000000000000000d00000000017', 'queued', 'submitting', 'gate', 'a slot in both windows', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '{"attempts": 0}', '{"attempts": 1}', '922');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (47, 1, '2026-11-22 23:01:25.908833+00', 'action', '01a2057e-2be3-7318-9c6d-4f7d1d9de07a', '0000000000000000000000000000d00000000004', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '927');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (50, 1, '2026-11-22 23:01:25.971403+00', 'action', '01a2057e-2c0a-756a-9cc4-c7cd1d9de07a', '0000000000000000000000000000d00000000005', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '927');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (53, 1, '2026-11-22 23:01:26.267169+00', 'action', '01a2057e-2c16-75b9-aee1-e3751d9de07a', '0000000000000000000000000000d00000000006', 'submitted', 'succeeded', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '941');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (54, 1, '2026-11-22 23:01:26.314264+00', 'action', '01a2057e-2d0b-74dc-bb3f-e7241d9de07a', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "Pending"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '941');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (55, 1, '2026-11-22 23:01:26.324016+00', 'action', '01a2057e-32b2-70a0-9311-509e1d9de07a', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a2057e-2940-7695-bb82-dde4ae412876", "valid_until": "2026-11-22T23:25:26.323593+00:00"}', '941');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (56, 1, '2026-11-22 23:01:26.331255+00', 'action', '01a2057e-2d98-750f-b386-8c971d9de07a', '0000000000000000000000000000d00000000015', 'submitting', 'submitted', 'submit', 'accepted', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', NULL, '{"defender_id": "47475b36-c227-425e-b9ad-9b8e65dab592", "defender_status": "Pending"}', '946');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (57, 1, '2026-11-22 23:01:26.650451+00', 'action', '01a2057e-2c73-70e3-8a67-e0801d9de07a', '0000000000000000000000000000d00000000017', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '951');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (58, 1, '2026-11-22 23:01:26.709439+00', 'action', '01a2057e-2d5e-70d4-8fae-0cd01d9de07a', '0000000000000000000000000000d00000000015', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '951');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (59, 1, '2026-11-22 23:01:26.775932+00', 'action', '01a2057e-2d98-750f-b386-8c971d9de07a', '0000000000000000000000000000d00000000015', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '2e36efdcac2f11a29b1f772795a0c6a96fd225a72be89dcf52e50d74a586c387', '{"defender_status": "Pending"}', '{"defender_status": "Succeeded"}', '951');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (62, 1, '2026-11-22 23:01:27.30641+00', 'approval', '2dff3e4b-2863-4f2b-8345-9288a7ac2ba6', '0000000000000000000000000000d0000000000b', NULL, 'approved', 'anna', 'of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"lifts": "ask", "request": "A-1001", "reviewed": {"device.os": "not known", "protection": "none", "device.kind": "not known", "device.name": "not known", "device.tags": "not known", "alert.status": "open", "device.group": "not known", "device.value": "not known", "alert.severity": "high", "alert.determination": "none", "alert.classification": "none"}, "containment": "01a2057e-2a2d-7563-b831-3d25e46a2b98"}', '964');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (63, 1, '2026-11-22 23:01:27.355856+00', 'containment', '01a2057e-2a2d-7563-b831-3d25e46a2b98', '0000000000000000000000000000d0000000000b', 'asked', 'active', 'anna', 'approved by anna: of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"until": "2026-11-23T01:25:27.153721+00:00"}', '964');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (64, 1, '2026-11-22 23:01:27.391711+00', 'action', '01a2057e-36d2-73d3-8b5c-54a71d9de07a', '0000000000000000000000000000d0000000000b', NULL, 'queued', 'anna', 'approved by anna: of the dump', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', NULL, '{"kind": "restrict", "lane": 3, "playbook": "asks", "wanted_by": "anna", "containment": "01a2057e-2a2d-7563-b831-3d25e46a2b98", "valid_until": "2026-11-22T23:25:27.390874+00:00"}', '964');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (65, 1, '2026-11-22 23:01:27.422266+00', 'action', '01a2057e-32b2-70a0-9311-509e1d9de07a', '0000000000000000000000000000d00000000007', 'queued', 'submitting', 'gate', 'a slot in both windows', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"attempts": 0}', '{"attempts": 1}', '965');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (69, 1, '2026-11-22 23:01:27.785211+00', 'containment', '01a2057e-2b5d-74ac-8717-8ffb3a592b77', '0000000000000000000000000000d00000000002', 'active', 'ended', 'decide', 'released by playbook all-clear', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "release_playbook"}', '974');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (70, 1, '2026-11-22 23:01:27.791585+00', 'containment', '01a2057e-2b5d-74ac-8717-8ffb3a592b77', '0000000000000000000000000000d00000000002', 'ended', 'ended', 'decide', 'it was a false positive', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"false_positive": false}', '{"false_positive": true}', '974');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (71, 1, '2026-11-22 23:01:27.807944+00', 'action', '01a2057e-387f-7449-b741-10bb1d9de07a', '0000000000000000000000000000d00000000002', NULL, 'queued', 'decide', 'matched', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "decide"}', '974');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (74, 1, '2026-11-22 23:01:27.93707+00', 'action', '01a2057e-32b2-70a0-9311-509e1d9de07a', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '982');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (75, 1, '2026-11-22 23:01:27.984626+00', 'action', '01a2057e-392a-703c-9e61-57571d9de07a', '0000000000000000000000000000d00000000007', NULL, 'queued', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"kind": "restrict", "lane": 2, "playbook": "acts", "wanted_by": "reconcile", "containment": "01a2057e-2940-7695-bb82-dde4ae412876", "valid_until": "2026-11-22T23:25:27.984168+00:00"}', '982');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (76, 1, '2026-11-22 23:01:28.217178+00', 'action', '01a2057e-36d2-73d3-8b5c-54a71d9de07a', '0000000000000000000000000000d0000000000b', 'submitted', 'succeeded', 'reconcile', 'defender''s list', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '991');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (79, 1, '2026-11-22 23:01:30.234276+00', 'action', '01a2057e-392a-703c-9e61-57571d9de07a', '0000000000000000000000000000d00000000007', 'submitting', 'submitted', 'submit', 'accepted', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"defender_id": "175d3ff3-687b-4483-87c4-5a7d687c52ca", "defender_status": "Pending"}', '1002');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (95, 1, '2026-11-22 23:01:31.983447+00', 'action', '01a2057e-4899-72e4-b36d-5e2e1d9de07a', '0000000000000000000000000000d00000000004', 'submitting', 'submitted', 'submit', 'accepted', NULL, NULL, '{"defender_id": "bf4b8b16-ca20-4317-a5e2-32148a5cf2c2", "defender_status": "Pending"}', '1037');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (102, 1, '2026-11-22 23:01:32.638244+00', 'action', '01a2057e-4aef-7200-bd37-a6e01d9de07a', '0000000000000000000000000000d00000000017', 'queued', 'submitting', 'gate', 'a slot in both windows', NULL, '{"attempts": 0}', '{"attempts": 1}', '1058');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (80, 1, '2026-11-22 23:01:30.571629+00', 'drift', '01a2057e-434b-74c3-9501-38814fe38ef6', '0000000000000000000000000000d00000000029', NULL, 'restricted', 'reconcile', 'restricted at defender by analyst@contoso.example at 2026-11-22T23:01:29Z', NULL, '{"restriction": "free"}', '{"restriction": "restricted_by_other"}', '1009');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (81, 1, '2026-11-22 23:01:30.863337+00', 'action', '01a2057e-392a-703c-9e61-57571d9de07a', '0000000000000000000000000000d00000000007', 'submitted', 'failed', 'reconcile', 'defender''s list', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"defender_status": "InProgress"}', '{"error": "errorHResult 0x80070005", "defender_status": "Failed"}', '1013');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (82, 1, '2026-11-22 23:01:30.899231+00', 'containment', '01a2057e-2940-7695-bb82-dde4ae412876', '0000000000000000000000000000d00000000007', 'active', 'active', 'quell', 'a person must look', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"attention": "restrict failed: errorHResult 0x80070005"}', '1013');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (83, 1, '2026-11-22 23:01:31.307836+00', 'containment', '01a2057e-462a-73ca-b05a-6340033cf978', '0000000000000000000000000000d0000000002a', NULL, 'active', 'anna', 'of the dump', NULL, NULL, '{"lane": "high", "mode": "enforce", "until": "2026-11-28T23:01:31.299987+00:00"}', '1022');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (84, 1, '2026-11-22 23:01:31.330807+00', 'action', '01a2057e-463f-7066-9b56-48ef1d9de07a', '0000000000000000000000000000d0000000002a', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "restrict", "lane": 2, "wanted_by": "anna", "containment": "01a2057e-462a-73ca-b05a-6340033cf978", "valid_until": "2026-11-22T23:25:31.330113+00:00"}', '1022');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (87, 1, '2026-11-22 23:01:31.635793+00', 'cap_lift', '01a2057e-476d-73a1-a593-160191acb84a', NULL, NULL, 'lifted', 'anna', 'of the dump', NULL, NULL, '{"cap": "caps[0]", "terms": {"per": {"secs": 60, "nanos": 0}, "devices": 100}, "until": "2026-11-22T23:02:31.631425+00:00", "devices": null}', '1032');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (88, 1, '2026-11-22 23:01:31.739345+00', 'containment', '01a2057e-2b81-70e5-8c5c-0f1d9ec3981b', '0000000000000000000000000000d00000000003', 'active', 'ended', 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:01:31Z', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "drift"}', '1031');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (89, 1, '2026-11-22 23:01:31.830862+00', 'drift', '01a2057e-4836-71aa-aa38-a00ef6ce63b0', '0000000000000000000000000000d00000000003', NULL, 'lifted', 'reconcile', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:01:31Z', NULL, '{"restriction": "restricted"}', '{"restriction": "free"}', '1031');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (90, 1, '2026-11-22 23:01:31.833626+00', 'alarm', 'a70801d2-205c-5139-71d4-d768f80fb65f', '0000000000000000000000000000d00000000003', NULL, 'raised', 'quell', 'lifted at defender by analyst@contoso.example at 2026-11-22T23:01:31Z: its containments ended', NULL, NULL, '{"kind": "drift", "subject": "6e33358c-f8e9-4a89-8df8-b72509b8b4ab"}', '1031');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (91, 1, '2026-11-22 23:01:31.911066+00', 'containment', '01a2057e-2bd6-75f2-bb45-725620f7d262', '0000000000000000000000000000d00000000004', 'active', 'ended', 'anna', 'of the dump', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', NULL, '{"end_reason": "operator"}', '1033');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (92, 1, '2026-11-22 23:01:31.912414+00', 'containment', '01a2057e-2bd6-75f2-bb45-725620f7d262', '0000000000000000000000000000d00000000004', 'ended', 'ended', 'anna', 'it was a false positive', 'ead99c3497932bbcd185e63754c5bd64263e7bda8f78db566846685cc43ffa50', '{"false_positive": false}', '{"false_positive": true}', '1033');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (93, 1, '2026-11-22 23:01:31.931971+00', 'action', '01a2057e-4899-72e4-b36d-5e2e1d9de07a', '0000000000000000000000000000d00000000004', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "anna"}', '1033');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (96, 1, '2026-11-22 23:01:31.995613+00', 'action', '01a2057e-463f-7066-9b56-48ef1d9de07a', '0000000000000000000000000000d0000000002a', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1039');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (97, 1, '2026-11-22 23:01:32.373109+00', 'action', '01a2057e-4899-72e4-b36d-5e2e1d9de07a', '0000000000000000000000000000d00000000004', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1050');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (98, 1, '2026-11-22 23:01:32.50235+00', 'release_run', '01a2057e-4aac-7633-a8bc-aa788bf9b9b5', NULL, NULL, 'running', 'anna', 'of the dump', NULL, NULL, '{"selection": {"playbook": "canary"}, "containments": 1}', '1052');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (99, 1, '2026-11-22 23:01:32.512468+00', 'containment', '01a2057e-2c56-7395-8ba8-71be4faaf8d8', '0000000000000000000000000000d00000000017', 'active', 'ended', 'anna', 'of the dump', '4c60e6e702b05730ab373a8e5226effd4f202220437624f660de7ab22045193f', NULL, '{"end_reason": "operator"}', '1053');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (100, 1, '2026-11-22 23:01:32.535408+00', 'action', '01a2057e-4aef-7200-bd37-a6e01d9de07a', '0000000000000000000000000000d00000000017', NULL, 'queued', 'anna', 'of the dump', NULL, NULL, '{"kind": "release", "lane": 1, "wanted_by": "anna"}', '1053');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (101, 1, '2026-11-22 23:01:32.553116+00', 'release_run', '01a2057e-4aac-7633-a8bc-aa788bf9b9b5', NULL, 'running', 'done', 'anna', 'of the dump', NULL, NULL, '{"ended": 1}', '1053');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (104, 1, '2026-11-22 23:01:32.960839+00', 'dead_letter', '01a2057e-2a60-74ae-a87f-1855f50bf017', NULL, NULL, 'dropped', 'anna', 'of the dump', NULL, NULL, '{"event": null}', '1065');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (105, 1, '2026-11-22 23:01:33.13218+00', 'action', '01a2057e-4aef-7200-bd37-a6e01d9de07a', '0000000000000000000000000000d00000000017', 'submitted', 'succeeded', 'reconcile', 'defender''s list', NULL, '{"defender_status": "InProgress"}', '{"defender_status": "Succeeded"}', '1069');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (106, 1, '2026-11-22 23:01:33.506293+00', 'stop', '015c3295-7343-4873-a76a-ac61be6461aa', NULL, NULL, 'in_force', 'anna', 'of the dump', NULL, NULL, '{"via": "cli", "scope": "new", "since": null}', '1075');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (107, 1, '2026-11-22 23:01:33.837675+00', 'containment', '01a2057e-2a4a-7053-b629-221050636168', '0000000000000000000000000000d0000000000c', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:25:24.058106+00:00"}', '{"ask_until": "2026-11-23T01:25:33.836849+00:00"}', '1078');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (108, 1, '2026-11-22 23:01:33.846639+00', 'containment', '01a2057e-2a61-72e5-ac85-efb92be194fe', '0000000000000000000000000000d0000000000d', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:25:24.058106+00:00"}', '{"ask_until": "2026-11-23T01:25:33.846541+00:00"}', '1078');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (109, 1, '2026-11-22 23:01:33.869969+00', 'stop', '015c3295-7343-4873-a76a-ac61be6461aa', NULL, 'in_force', 'ended', 'anna', 'of the dump', NULL, NULL, NULL, '1079');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (110, 1, '2026-11-22 23:01:34.178322+00', 'stop', '65b15ede-466a-44ce-90af-5ca3e151b154', NULL, NULL, 'in_force', 'anna', 'of the dump: in force', NULL, NULL, '{"via": "cli", "scope": "new", "since": null}', '1081');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (111, 1, '2026-11-22 23:01:34.796525+00', 'containment', '01a2057e-2a4a-7053-b629-221050636168', '0000000000000000000000000000d0000000000c', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:25:33.836849+00:00"}', '{"ask_until": "2026-11-23T01:25:34.79569+00:00"}', '1084');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (112, 1, '2026-11-22 23:01:34.79715+00', 'containment', '01a2057e-2a61-72e5-ac85-efb92be194fe', '0000000000000000000000000000d0000000000d', 'asked', 'asked', 'quell', 'its terms changed', '53bac631ce0b3daff4088414bb250b73643fcc1e88b396cf25eacca4421cc07e', '{"ask_until": "2026-11-23T01:25:33.846541+00:00"}', '{"ask_until": "2026-11-23T01:25:34.797084+00:00"}', '1084');
INSERT INTO quell.transitions OVERRIDING SYSTEM VALUE VALUES (113, 1, '2026-11-22 23:01:34.814223+00', 'stop', '65b15ede-466a-44ce-90af-5ca3e151b154', NULL, 'in_force', 'ended', 'anna', 'of the dump', NULL, NULL, NULL, '1085');
SELECT pg_catalog.setval('quell.alarms_id_seq', 1, true);
SELECT pg_catalog.setval('quell.approval_requests_number_seq', 1001, true);
SELECT pg_catalog.setval('quell.clock_jumps_id_seq', 1, true);
SELECT pg_catalog.setval('quell.inbox_seq_seq', 20, true);
SELECT pg_catalog.setval('quell.notifications_id_seq', 12, true);
SELECT pg_catalog.setval('quell.tenants_id_seq', 1, true);
SELECT pg_catalog.setval('quell.transitions_id_seq', 118, true);
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
ALTER TABLE ONLY quell.decision_inputs
    ADD CONSTRAINT decision_inputs_pkey PRIMARY KEY (tenant_id, hash);
ALTER TABLE ONLY quell.device_lookups
    ADD CONSTRAINT device_lookups_pkey PRIMARY KEY (tenant_id, device_id, kind);
ALTER TABLE ONLY quell.devices
    ADD CONSTRAINT devices_pkey PRIMARY KEY (tenant_id, device_id);
ALTER TABLE ONLY quell.event_keys
    ADD CONSTRAINT event_keys_pkey PRIMARY KEY (tenant_id, key);
ALTER TABLE ONLY quell.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.foreign_actions
    ADD CONSTRAINT foreign_actions_pkey PRIMARY KEY (tenant_id, defender_id);
ALTER TABLE ONLY quell.holds
    ADD CONSTRAINT holds_pkey PRIMARY KEY (tenant_id);
ALTER TABLE ONLY quell.inbox
    ADD CONSTRAINT inbox_pkey PRIMARY KEY (seq);
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
ALTER TABLE ONLY quell.decisions
    ADD CONSTRAINT one_decision_per_event_and_device UNIQUE NULLS NOT DISTINCT (event_id, device_id);
ALTER TABLE ONLY quell.approval_requests
    ADD CONSTRAINT one_request_per_playbook_and_minute UNIQUE (tenant_id, playbook, revision, minute, is_held);
ALTER TABLE ONLY quell.tenants
    ADD CONSTRAINT one_tenant_per_name UNIQUE (name);
ALTER TABLE ONLY quell.playbook_files
    ADD CONSTRAINT playbook_files_pkey PRIMARY KEY (tenant_id, replica);
ALTER TABLE ONLY quell.playbook_revisions
    ADD CONSTRAINT playbook_revisions_pkey PRIMARY KEY (tenant_id, playbook, revision);
ALTER TABLE ONLY quell.playbook_sets
    ADD CONSTRAINT playbook_sets_pkey PRIMARY KEY (tenant_id, set_hash, playbook);
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
ALTER TABLE ONLY quell.stops
    ADD CONSTRAINT stops_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.tenants
    ADD CONSTRAINT tenants_pkey PRIMARY KEY (id);
ALTER TABLE ONLY quell.transitions
    ADD CONSTRAINT transitions_pkey PRIMARY KEY (id);
CREATE INDEX actions_by_defender_id ON quell.actions USING btree (tenant_id, defender_id) WHERE (defender_id IS NOT NULL);
CREATE INDEX actions_by_device ON quell.actions USING btree (tenant_id, device_id, queued_at DESC);
CREATE INDEX actions_cancellable ON quell.actions USING btree (tenant_id, submitted_at) WHERE ((state = 'submitted'::text) AND (kind = ANY (ARRAY['restrict'::text, 'isolate'::text])) AND (NOT is_adopted));
CREATE INDEX actions_expiring ON quell.actions USING btree (tenant_id, valid_until) WHERE ((state = 'queued'::text) AND (valid_until IS NOT NULL));
CREATE INDEX actions_in_claim_order ON quell.actions USING btree (tenant_id, lane, queued_at, id) WHERE (state = 'queued'::text);
CREATE INDEX actions_open ON quell.actions USING btree (tenant_id, queued_at) WHERE (state = ANY (ARRAY['submitting'::text, 'in_doubt'::text, 'submitted'::text]));
CREATE INDEX actions_released ON quell.actions USING btree (tenant_id, final_at) WHERE ((kind = ANY (ARRAY['release'::text, 'release_isolation'::text])) AND (state = 'succeeded'::text));
CREATE INDEX actions_scanned ON quell.actions USING btree (tenant_id, device_id) WHERE ((kind = 'scan'::text) AND (state = 'succeeded'::text));
CREATE INDEX alarms_by_time ON quell.alarms USING btree (tenant_id, at DESC);
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
CREATE INDEX decisions_by_device ON quell.decisions USING btree (tenant_id, device_id, decided_at DESC);
CREATE INDEX decisions_by_time ON quell.decisions USING btree (tenant_id, decided_at);
CREATE INDEX device_lookups_by_age ON quell.device_lookups USING btree (tenant_id, kind, fetched_at);
CREATE INDEX device_lookups_wanted ON quell.device_lookups USING btree (tenant_id, kind, wanted_at) WHERE (wanted_at IS NOT NULL);
CREATE INDEX devices_not_free ON quell.devices USING btree (tenant_id) WHERE (restriction <> 'free'::text);
CREATE INDEX devices_not_free_of_isolation ON quell.devices USING btree (tenant_id) WHERE (isolation <> 'free'::text);
CREATE INDEX devices_wanting_facts ON quell.devices USING btree (tenant_id, facts_wanted_at) WHERE (facts_wanted_at IS NOT NULL);
CREATE INDEX events_by_alert ON quell.events USING btree (tenant_id, alert_id);
CREATE INDEX foreign_actions_by_device ON quell.foreign_actions USING btree (tenant_id, device_id, done_at DESC);
CREATE INDEX inbox_by_device ON quell.inbox USING btree (tenant_id, device_id, seq);
CREATE INDEX inbox_in_order ON quell.inbox USING btree (tenant_id, shard, seq);
CREATE INDEX inventory_sweeps_by_time ON quell.inventory_sweeps USING btree (tenant_id, begun_at DESC);
CREATE INDEX leases_of_a_holder ON quell.leases USING btree (holder);
CREATE INDEX notifications_by_containment ON quell.notifications USING btree (containment_id);
CREATE INDEX notifications_undelivered ON quell.notifications USING btree (tenant_id, id) WHERE (delivered_at IS NULL);
CREATE UNIQUE INDEX one_open_action_per_device ON quell.actions USING btree (tenant_id, device_id, subject) WHERE (state = ANY (ARRAY['submitting'::text, 'in_doubt'::text, 'submitted'::text]));
CREATE UNIQUE INDEX one_open_containment_per_playbook_and_device ON quell.containments USING btree (tenant_id, device_id, COALESCE(playbook, (id)::text), mode, measure) WHERE (state = ANY (ARRAY['asked'::text, 'active'::text]));
CREATE UNIQUE INDEX one_open_sweep_per_tenant ON quell.inventory_sweeps USING btree (tenant_id) WHERE (finished_at IS NULL);
CREATE UNIQUE INDEX one_queued_action_per_device ON quell.actions USING btree (tenant_id, device_id, subject) WHERE (state = 'queued'::text);
CREATE UNIQUE INDEX one_stop_by_file ON quell.stops USING btree (tenant_id) WHERE ((via = 'file'::text) AND (ended_at IS NULL));
CREATE INDEX release_run_items_waiting ON quell.release_run_items USING btree (run_id, device_id) WHERE (state = 'waiting'::text);
CREATE INDEX release_runs_running ON quell.release_runs USING btree (tenant_id, id) WHERE (state = 'running'::text);
CREATE INDEX stops_by_time ON quell.stops USING btree (tenant_id, begun_at);
CREATE INDEX stops_in_force ON quell.stops USING btree (tenant_id) WHERE (ended_at IS NULL);
CREATE INDEX transitions_by_entity ON quell.transitions USING btree (entity_id, id);
CREATE INDEX transitions_to_seal ON quell.transitions USING btree (tenant_id, written_in, id);
CREATE INDEX wishes_alone ON quell.task_wishes USING btree (tenant_id, playbook, mode, settled_at) WHERE (containment_id IS NULL);
CREATE INDEX wishes_by_action ON quell.task_wishes USING btree (action_id) WHERE (action_id IS NOT NULL);
CREATE INDEX wishes_by_device ON quell.task_wishes USING btree (tenant_id, device_id, subject);
CREATE INDEX wishes_by_event ON quell.task_wishes USING btree (tenant_id, event_id);
CREATE INDEX wishes_queued ON quell.task_wishes USING btree (tenant_id, settled_at) WHERE (outcome = 'queued'::text);
CREATE INDEX wishes_waiting ON quell.task_wishes USING btree (containment_id) WHERE (outcome = 'waiting'::text);
CREATE TRIGGER answer_is_in_time BEFORE INSERT OR UPDATE ON quell.approvals FOR EACH ROW EXECUTE FUNCTION quell.answer_is_in_time();
CREATE TRIGGER drop_wishes AFTER UPDATE OF state ON quell.containments FOR EACH ROW WHEN (((old.state <> new.state) AND (new.state = ANY (ARRAY['declined'::text, 'expired'::text, 'ended'::text])))) EXECUTE FUNCTION quell.drop_wishes();
CREATE TRIGGER give_request BEFORE INSERT ON quell.containments FOR EACH ROW WHEN (((new.state = 'asked'::text) AND (new.request IS NULL))) EXECUTE FUNCTION quell.give_request();
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
CREATE TRIGGER stop_new_tenant AFTER INSERT ON quell.tenants FOR EACH ROW EXECUTE FUNCTION quell.stop_new_tenant();
CREATE TRIGGER update_measure INSTEAD OF UPDATE ON quell.measures FOR EACH ROW EXECUTE FUNCTION quell.update_measure();
ALTER TABLE ONLY quell.actions
    ADD CONSTRAINT actions_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.actions
    ADD CONSTRAINT actions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.active_sets
    ADD CONSTRAINT active_sets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.alarms
    ADD CONSTRAINT alarms_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.alert_devices
    ADD CONSTRAINT alert_devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
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
ALTER TABLE ONLY quell.decision_inputs
    ADD CONSTRAINT decision_inputs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.decisions
    ADD CONSTRAINT decisions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.device_lookups
    ADD CONSTRAINT device_lookups_tenant_id_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES quell.devices(tenant_id, device_id);
ALTER TABLE ONLY quell.devices
    ADD CONSTRAINT devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.event_keys
    ADD CONSTRAINT event_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.events
    ADD CONSTRAINT events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.foreign_actions
    ADD CONSTRAINT foreign_actions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.holds
    ADD CONSTRAINT holds_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
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
ALTER TABLE ONLY quell.stops
    ADD CONSTRAINT stops_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_action_id_fkey FOREIGN KEY (action_id) REFERENCES quell.actions(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_containment_id_fkey FOREIGN KEY (containment_id) REFERENCES quell.containments(id);
ALTER TABLE ONLY quell.task_wishes
    ADD CONSTRAINT task_wishes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES quell.tenants(id);
