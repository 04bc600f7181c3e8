-- What each role may do. Run by `quell db roles`, and after each migration where the roles are there. Whoever runs it owns the
-- schema. It may be run again and again, beside running daemons: nothing is taken away in between that is given back.
DO $grants$
DECLARE
    -- Only added to: what happened, what was decided and by what, who answered.
    added CONSTANT text[] := ARRAY['transitions', 'seals', 'seal_checkpoints', 'events', 'event_keys', 'alert_devices', 'dead_letters',
        'dead_letter_ends', 'decisions', 'decision_inputs', 'approvals', 'approval_requests', 'playbook_sets', 'set_activations', 'canary_fallbacks',
        'alarms', 'clock_jumps'];
    -- Changed, and never deleted.
    kept CONSTANT text[] := ARRAY['tenants', 'devices', 'containments', 'containment_alerts', 'actions', 'attempts', 'budgets',
        'leases', 'active_sets', 'playbook_revisions', 'notifications', 'seal_heads', 'cluster_seen', 'stops', 'cap_lifts',
        'release_runs', 'release_run_items', 'foreign_actions', 'task_wishes', 'probe_calls', 'access_tokens', 'outbox',
        'tallies', 'tally_marks'];
    -- What arrived, as it arrived: nobody knows what a sender put into it. And what is kept of secrets.
    raw CONSTANT text[] := ARRAY['events.payload', 'dead_letters.payload', 'submissions.payload', 'written_once.answer', 'access_tokens.hash',
        'sessions.hash', 'sessions.shared'];
    its record;
    may text;
    columns text;
BEGIN
    -- Two at once would stumble over each other's rows in the catalogue.
    PERFORM pg_advisory_xact_lock(hashtextextended('quell.roles', 0));
    REVOKE ALL ON ALL TABLES IN SCHEMA quell FROM quell_app, quell_intake, quell_read;
    REVOKE ALL ON ALL SEQUENCES IN SCHEMA quell FROM quell_app, quell_intake, quell_read;
    REVOKE ALL ON SCHEMA quell FROM quell_app, quell_intake, quell_read;
    GRANT USAGE ON SCHEMA quell TO quell_app, quell_intake, quell_read;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA quell TO quell_app;
    IF to_regclass('public._sqlx_migrations') IS NOT NULL THEN
        GRANT SELECT ON public._sqlx_migrations TO quell_app, quell_intake, quell_read;
    END IF;

    -- The daemon, and the operators' commands. A table that is named nowhere here may be read and written. A partition is reached through its
    -- table alone.
    FOR its IN SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'quell' AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition LOOP
        may := CASE WHEN its.name IN ('clock', 'transitions', 'tenants', 'partitions', 'prunes') THEN 'SELECT'
                    WHEN its.name = ANY (added) THEN 'SELECT, INSERT'
                    WHEN its.name = ANY (kept) THEN 'SELECT, INSERT, UPDATE'
                    ELSE 'SELECT, INSERT, UPDATE, DELETE' END;
        EXECUTE format('GRANT %s ON quell.%I TO quell_app', may, its.name);
    END LOOP;
    -- Not the number, the time, nor the transaction of a row of the audit: so none can be given the place of another.
    GRANT INSERT (tenant_id, entity, entity_id, device_id, from_state, to_state, by, reason, revision, before, after)
        ON quell.transitions TO quell_app;
    GRANT INSERT (name) ON quell.tenants TO quell_app;
    -- The text of a revision stays what it was.
    REVOKE UPDATE ON quell.playbook_revisions FROM quell_app;
    GRANT UPDATE (revoked_at, revoked_by, revoked_reason) ON quell.playbook_revisions TO quell_app;

    -- An answer stays who gave it and which it is; what he looked at may be looked at anew.
    GRANT UPDATE (lifts, reason, reviewed, four_eyes, answered_at) ON quell.approvals TO quell_app;

    -- What is old goes through these, which refuse whatever is younger than seven days.
    GRANT EXECUTE ON FUNCTION quell.partitions_ahead(), quell.partitions_before(text, uuid), quell.partition_drop(text),
        quell.rest_prune(text, uuid, bigint), quell.known_prune(text, bigint, bigint, uuid), quell.letters_prune(timestamptz, bigint),
        quell.outbox_prune(timestamptz, bigint), quell.analyse_grown() TO quell_app;

    -- Whoever only delivers events: what the first transaction of an event needs, and nothing of what came of it.
    GRANT SELECT (id, name) ON quell.tenants TO quell_intake;
    GRANT INSERT ON quell.events, quell.inbox, quell.decisions, quell.dead_letters TO quell_intake;
    GRANT SELECT, INSERT ON quell.event_keys, quell.alert_devices TO quell_intake;
    GRANT INSERT (tenant_id, device_id) ON quell.devices TO quell_intake;
    -- By which names the inventory knows a device, for events that have no other.
    GRANT SELECT (tenant_id, device_id, entra_id, dns_name, standing, facts_fetched_at) ON quell.devices TO quell_intake;
    GRANT SELECT (tenant_id, begun_at, outcome, known_until) ON quell.inventory_sweeps TO quell_intake;
    GRANT SELECT, INSERT, UPDATE, DELETE ON quell.alert_infos TO quell_intake;

    -- Auditors, dashboards, and the commands that only look.
    FOR its IN SELECT c.oid, c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
               WHERE n.nspname = 'quell' AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition LOOP
        SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns FROM pg_attribute a
        WHERE a.attrelid = its.oid AND a.attnum > 0 AND NOT a.attisdropped
          AND its.name || '.' || a.attname <> ALL (raw);
        IF EXISTS (SELECT 1 FROM unnest(raw) AS r WHERE split_part(r, '.', 1) = its.name) THEN
            EXECUTE format('GRANT SELECT (%s) ON quell.%I TO quell_read', columns, its.name);
        ELSE
            EXECUTE format('GRANT SELECT ON quell.%I TO quell_read', its.name);
        END IF;
    END LOOP;
    -- Whoever submits events by SQL: the function, and no table. Where the roles were made by an earlier version, this one may be missing.
    IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'quell_submit') THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA quell FROM quell_submit;
        GRANT USAGE ON SCHEMA quell TO quell_submit;
        GRANT EXECUTE ON FUNCTION quell.submit_event(text, text, bytea), quell.submit_event(text, text, text),
            quell.submit_event(text, text, json), quell.submit_event(text, text, jsonb) TO quell_submit;
    END IF;
END $grants$;
