-- Fills a database for `scripts/figures-operator`: a month of 1,000,000 events with their decisions, 100,000 actions with their calls and
-- changes of state, 50,000 devices. What one real event became (its bytes, rulings and playbook) is copied, so that whatever is read
-- is read as in earnest. Needs a superuser; for a throw-away database only.
\set ON_ERROR_STOP on
\if :{?events} \else \set events 1000000 \endif
\if :{?actions} \else \set actions 100000 \endif
SET session_replication_role = replica;
SET synchronous_commit = off;
SET work_mem = '256MB';

CREATE TEMP TABLE one AS
SELECT e.tenant_id, e.codec, e.source, e.format, e.trust, e.severity, e.category, e.devices, e.payload, e.event, e.normalised,
       d.set_version, d.facts_hash, d.rules_hash, d.rulings, c.playbook, c.revision, c.lane, c.notify, c.ask, a.lane AS action_lane,
       (SELECT app_id FROM quell.attempts LIMIT 1) AS app_id
FROM quell.events e JOIN quell.decisions d ON d.event_id = e.id JOIN quell.containments c ON c.event_id = e.id
LEFT JOIN quell.actions a ON a.containment_id = c.id LIMIT 1;

-- The partitions of the month that is past, as the daemon would have made them.
DO $$
DECLARE its record;
BEGIN
    FOR its IN SELECT 'events' AS of, 'events_' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD') AS name,
                      quell.first_id_of(day) AS from_id, quell.first_id_of(day + interval '1 day') AS to_id
               FROM generate_series(date_trunc('day', now(), 'UTC') - interval '30 days', date_trunc('day', now(), 'UTC') - interval '1 day',
                                    interval '1 day') AS day
    LOOP
        CONTINUE WHEN EXISTS (SELECT 1 FROM quell.partitions p WHERE p.of = its.of AND p.name = its.name);
        EXECUTE format('CREATE TABLE quell.%I (LIKE quell.%I INCLUDING ALL)', its.name, its.of);
        EXECUTE format('ALTER TABLE quell.%I ATTACH PARTITION quell.%I FOR VALUES FROM (%L) TO (%L)', its.of, its.name, its.from_id, its.to_id);
        INSERT INTO quell.partitions (name, of, from_id, to_id) VALUES (its.name, its.of, its.from_id, its.to_id);
    END LOOP;
END $$;

CREATE TEMP TABLE news AS
SELECT i, at, (substr(replace(quell.first_id_of(at)::text, '-', ''), 1, 12) || substr(md5('e' || i), 1, 20))::uuid AS id,
       substr(md5('d' || (i * 7919 % 50000)), 1, 32) || '00000000' AS device,
       CASE WHEN i % 20 < 16 THEN 'skip' WHEN i % 20 < 18 THEN 'act' WHEN i % 20 = 18 THEN 'observe' WHEN i % 400 = 19 THEN 'hold' ELSE 'ask' END AS kind
FROM (SELECT i, now() - interval '30 days' * (:events - i) / :events AS at FROM generate_series(1::bigint, :events) AS i) AS n;

INSERT INTO quell.devices (tenant_id, device_id, facts, facts_fetched_at)
SELECT one.tenant_id, substr(md5('d' || n), 1, 32) || '00000000',
       jsonb_build_object('name', jsonb_build_object('is', 'ws-' || n || '.contoso.com'), 'onboarding', jsonb_build_object('is', 'onboarded'),
                          'health', jsonb_build_object('is', 'active'), 'merged_into', 'absent'), now()
FROM one, generate_series(0, 49999) AS n ON CONFLICT DO NOTHING;

INSERT INTO quell.events (id, received_at, occurred_at, tenant_id, codec, source, format, trust, alert_id, severity, category, status, devices, payload, event, normalised)
SELECT n.id, n.at, n.at, one.tenant_id, one.codec, one.source, one.format, one.trust, 'da' || n.i / 2, one.severity, one.category, 'new',
       ARRAY[n.device], one.payload, one.event, one.normalised FROM news n, one;

INSERT INTO quell.decisions (event_id, decided_at, set_version, tenant_id, device_id, kind, reason, event_kind, facts_hash, rules_hash, rulings)
SELECT n.id, n.at + interval '300 milliseconds', one.set_version, one.tenant_id, n.device, n.kind, CASE n.kind WHEN 'skip' THEN 'no_match' ELSE 'matched' END, 'new',
       one.facts_hash, one.rules_hash, CASE n.kind WHEN 'skip' THEN '[]'::jsonb ELSE one.rulings END FROM news n, one;

-- Each `act` is a containment, of which the latest on 500 devices go on; each is restricted, and half of them are released by now.
CREATE TEMP TABLE acted AS
SELECT n.*, gen_random_uuid() AS containment, row_number() OVER (PARTITION BY device ORDER BY at DESC) AS back,
       row_number() OVER (ORDER BY at DESC) AS recent
FROM news n WHERE kind = 'act' ORDER BY at DESC LIMIT :actions / 2;

INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, playbook, revision, event_id, alert_id, comment, created_at, activated_at,
                                release_after, until, ended_at, end_reason, state_by, state_reason, attention)
SELECT a.containment, one.tenant_id, a.device, CASE WHEN a.back = 1 AND a.recent <= 600 THEN 'active' ELSE 'ended' END, 'enforce', one.lane, one.playbook, one.revision,
       a.id, 'da' || a.i / 2, 'figures', a.at, a.at, interval '4 hours', a.at + interval '4 hours',
       CASE WHEN a.back = 1 AND a.recent <= 600 THEN NULL ELSE a.at + interval '4 hours' END,
       CASE WHEN a.back = 1 AND a.recent <= 600 THEN NULL ELSE 'time' END, 'decide', 'matched',
       CASE WHEN a.back = 1 AND a.recent IN (5, 50, 500) THEN 'given up after 3 calls' END
FROM acted a, one;

INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, playbook, revision, event_id, alert_id, comment, created_at, activated_at,
                                release_after, until, ended_at, end_reason, state_by, state_reason)
SELECT gen_random_uuid(), one.tenant_id, n.device, 'ended', 'observe', one.lane, one.playbook, one.revision, n.id, 'da' || n.i / 2, 'figures', n.at, n.at,
       interval '4 hours', n.at + interval '4 hours', n.at + interval '4 hours', 'time', 'decide', 'matched' FROM news n, one WHERE n.kind = 'observe';

INSERT INTO quell.actions (id, tenant_id, device_id, kind, state, lane, containment_id, playbook, revision, comment, wanted_by, queued_at, not_before, attempts,
                           submitted_at, defender_id, defender_status, final_at, error, state_by, state_reason)
SELECT gen_random_uuid(), one.tenant_id, a.device, k.kind,
       CASE WHEN s.recent <= 2000 AND a.recent > 1000 THEN 'queued' WHEN a.i % 100 = 7 THEN 'failed' WHEN a.i % 200 = 11 THEN 'expired' ELSE 'succeeded' END,
       CASE k.kind WHEN 'restrict' THEN 2 ELSE 1 END, CASE k.kind WHEN 'restrict' THEN a.containment END, one.playbook, one.revision, 'figures', 'decide',
       s.at, s.at, CASE WHEN a.i % 200 = 11 THEN 0 ELSE 1 END, s.at + interval '2 seconds', gen_random_uuid()::text, 'Succeeded',
       s.at + interval '40 seconds', CASE WHEN a.i % 100 = 7 THEN '400 InvalidInput' END, 'reconcile', 'as Defender says'
FROM acted a CROSS JOIN one CROSS JOIN (VALUES ('restrict', interval '1 second'), ('release', interval '4 hours')) AS k (kind, after)
CROSS JOIN LATERAL (SELECT a.at + k.after AS at, 1000000 AS recent) AS s;
-- Some hundred wait.
WITH waiting AS (
    SELECT DISTINCT ON (device_id) id FROM quell.actions WHERE kind = 'release' AND queued_at > now() - interval '3 days' ORDER BY device_id, queued_at DESC)
UPDATE quell.actions SET state = 'queued', final_at = NULL, submitted_at = NULL, defender_id = NULL, defender_status = NULL, attempts = 0,
       queued_at = now() - random() * interval '10 minutes', not_before = now() - interval '1 minute'
WHERE id IN (SELECT id FROM waiting LIMIT 1000) AND state = 'succeeded';
UPDATE quell.actions SET final_at = now() WHERE final_at > now();

INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, action_id, n, epoch, reserved_at, send_deadline, slot_at, answered_at, outcome, http_status)
SELECT gen_random_uuid(), a.tenant_id, coalesce(one.app_id, '00000000-0000-4000-8000-000000000002'), 'actions', a.kind, a.id, 1, 1, least(a.queued_at + interval '1 second', now() - interval '3 minutes'),
       a.queued_at + interval '6 seconds', least(a.queued_at + interval '2 seconds', now() - interval '2 minutes'), least(a.queued_at + interval '2 seconds', now()),
       CASE WHEN a.state = 'failed' THEN 'refused' ELSE 'accepted' END, CASE WHEN a.state = 'failed' THEN 400 ELSE 201 END
FROM quell.actions a, one WHERE a.attempts > 0 AND a.state <> 'queued' ON CONFLICT DO NOTHING;

INSERT INTO quell.transitions (tenant_id, at, entity, entity_id, device_id, from_state, to_state, by, reason, revision)
SELECT c.tenant_id, c.created_at, 'containment', c.id, c.device_id, NULL, 'active', 'decide', 'matched', c.revision FROM quell.containments c
UNION ALL SELECT c.tenant_id, c.ended_at, 'containment', c.id, c.device_id, 'active', 'ended', 'expire', 'time', c.revision FROM quell.containments c WHERE c.ended_at IS NOT NULL
UNION ALL SELECT a.tenant_id, a.queued_at + s.after, 'action', a.id, a.device_id, s.was, s.became, s.by, 'figures', a.revision
FROM quell.actions a, (VALUES (interval '0', NULL, 'queued', 'decide'), (interval '1 second', 'queued', 'submitting', 'submit'),
                              (interval '2 seconds', 'submitting', 'submitted', 'submit'), (interval '39 seconds', 'submitted', 'succeeded', 'reconcile')) AS s (after, was, became, by)
ORDER BY 2;
UPDATE quell.seal_heads h SET up_to_xid = pg_current_xact_id(), up_to_id = (SELECT max(id) FROM quell.transitions);

-- What is held on the devices that are still contained, and what is asked.
UPDATE quell.containments SET until = now() + random() * interval '4 hours' WHERE state = 'active';
UPDATE quell.devices d SET restriction = 'restricted', restriction_at = now() - interval '1 hour'
WHERE EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = d.tenant_id AND c.device_id = d.device_id AND c.state = 'active');
INSERT INTO quell.approval_requests (number, tenant_id, playbook, revision, minute, is_held) OVERRIDING SYSTEM VALUE
SELECT 2000 + n, one.tenant_id, one.playbook, one.revision, date_trunc('minute', now()) - n * interval '1 minute', false FROM one, generate_series(1, 20) AS n;
INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, playbook, revision, event_id, alert_id, comment, created_at, ask, ask_reason, ask_lifts, ask_until,
                                release_after, state_by, state_reason, request)
SELECT gen_random_uuid(), one.tenant_id, n.device, 'asked', 'enforce', one.lane, one.playbook, one.revision, n.id, 'da' || n.i / 2, 'figures', n.at,
       '{"from": ["soc"], "approvals": 1, "within": {"secs": 1800, "nanos": 0}, "otherwise_act": false}'::jsonb, 'ask', 'ask', now() + interval '30 minutes', interval '4 hours',
       'decide', 'ask', 2001 + n.place % 20
FROM (SELECT n.*, row_number() OVER (ORDER BY at DESC) AS place FROM (SELECT DISTINCT ON (device) * FROM news WHERE kind = 'ask' AND i > :events - 4000 ORDER BY device, at DESC) AS n
      WHERE NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.device_id = n.device AND c.state = 'active')) AS n, one WHERE n.place <= 100;

INSERT INTO quell.alarms (tenant_id, at, kind, subject, device_id, told)
SELECT one.tenant_id, now() - n * interval '8 minutes', 'releases_overdue', 'figures ' || n, substr(md5('d' || n), 1, 32) || '00000000', 'figures' FROM one, generate_series(1, 5000) AS n;
INSERT INTO quell.dead_letters (id, tenant_id, received_at, source, reason, payload)
SELECT gen_random_uuid(), one.tenant_id, now() - n * interval '10 minutes', 'webhook', 'unknown_shape: figures', '\x7b7d' FROM one, generate_series(1, 4000) AS n;
-- As the daemon adds them up.
INSERT INTO quell.tallies AS t (tenant_id, what, key, n)
SELECT tenant_id, 'event', '', count(*) FROM quell.events, quell.tally_marks WHERE id < quell.first_id_of(coalesce(events_until, now())) GROUP BY 1
UNION ALL SELECT tenant_id, 'decision', kind, count(*) FROM quell.decisions, quell.tally_marks WHERE decided_at < coalesce(decisions_until, now()) GROUP BY 1, 3
UNION ALL SELECT tenant_id, 'device', '', count(*) FROM quell.devices GROUP BY 1
UNION ALL SELECT tenant_id, 'action', state, count(*) FROM quell.actions, quell.tally_marks WHERE final_at < coalesce(over_until, '-infinity') GROUP BY 1, 3
UNION ALL SELECT tenant_id, 'containment', CASE mode WHEN 'observe' THEN 'observed' ELSE state END, count(*) FROM quell.containments, quell.tally_marks
WHERE ended_at < coalesce(over_until, '-infinity') GROUP BY 1, 3
ON CONFLICT (tenant_id, what, key) DO UPDATE SET n = excluded.n;
RESET session_replication_role;
VACUUM ANALYZE;
SELECT (SELECT count(*) FROM quell.events) AS events, (SELECT count(*) FROM quell.decisions) AS decisions, (SELECT count(*) FROM quell.actions) AS actions,
       (SELECT count(*) FROM quell.attempts) AS attempts, (SELECT count(*) FROM quell.transitions) AS transitions, (SELECT count(*) FROM quell.containments) AS containments;
