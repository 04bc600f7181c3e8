//! What is broken in a whole database, and the rows that the audit must find for it.

/// One thing broken. `{a}` is the id of device `a`.
pub struct Case {
    /// The check that is about it.
    pub check: &'static str,
    /// Breaks it, as the owner of the database, without triggers and foreign keys.
    pub breaks: &'static str,
    /// The rows that the check must find: these and no others.
    pub rows: &'static str,
    /// Other checks that see it too, in the order of the audit.
    pub also: &'static [&'static str],
}

/// The statement with the ids of the devices.
pub fn with_devices(sql: &str) -> String {
    ('a'..='g').fold(sql.to_owned(), |sql, c| {
        sql.replace(&format!("{{{c}}}"), &c.to_string().repeat(40))
    })
}

const fn case(
    check: &'static str,
    breaks: &'static str,
    rows: &'static str,
    also: &'static [&'static str],
) -> Case {
    Case {
        check,
        breaks,
        rows,
        also,
    }
}

pub const CASES: &[Case] = &[
    case(
        "attempts_numbered",
        "UPDATE quell.actions SET attempts = 3 WHERE device_id = '{e}'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{e}'",
        &[],
    ),
    case(
        "called_with_attempt",
        "DELETE FROM quell.attempts WHERE kind = 'release'",
        "SELECT id::text FROM quell.actions WHERE kind = 'release' AND device_id = '{a}'",
        &["attempts_numbered"],
    ),
    case(
        "attempts_fit_their_action",
        "UPDATE quell.attempts SET reserved_at = reserved_at - interval '1 day'
         WHERE action_id IN (SELECT id FROM quell.actions WHERE device_id = '{b}')",
        "SELECT t.id::text FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id WHERE a.device_id = '{b}'",
        &["restrict_was_wanted"],
    ),
    case(
        "under_a_budget",
        "DELETE FROM quell.budgets WHERE scope = 'actions'",
        "SELECT id::text FROM quell.attempts WHERE scope = 'actions'",
        &[],
    ),
    case(
        "one_open_action",
        "DELETE FROM quell.transitions WHERE device_id = '{a}' AND to_state = 'succeeded' AND entity_id IN
             (SELECT id FROM quell.actions WHERE kind = 'restrict')",
        "SELECT id::text FROM quell.actions WHERE kind = 'release' AND device_id = '{a}'",
        &["opposite_waits", "history_ends_in_the_state"],
    ),
    case(
        "opposite_waits",
        "UPDATE quell.transitions SET at = at + interval '1 day' WHERE device_id = '{a}' AND to_state = 'succeeded' AND entity_id IN
             (SELECT id FROM quell.actions WHERE kind = 'restrict')",
        "SELECT id::text FROM quell.attempts WHERE kind = 'release'",
        &[],
    ),
    case(
        "one_queued_action",
        "DELETE FROM quell.transitions WHERE device_id = '{a}' AND to_state = 'submitting' AND entity_id IN
             (SELECT id FROM quell.actions WHERE kind = 'restrict')",
        "SELECT id::text FROM quell.actions WHERE kind = 'release' AND device_id = '{a}'",
        &["history_is_continuous"],
    ),
    case(
        "nothing_while_stopped",
        "INSERT INTO quell.stops (id, tenant_id, scope, everywhere, via, begun_by, reason, begun_at, is_exact, ended_at,
                                  ended_by, end_reason)
         SELECT gen_random_uuid(), t.tenant_id, 'new', true, 'cli', 'anna', 'too many', t.reserved_at, true,
                t.reserved_at + interval '1 us', 'anna', 'all is well'
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id WHERE t.kind = 'restrict' AND a.device_id = '{b}'",
        "SELECT t.id::text FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         WHERE t.kind = 'restrict' AND a.device_id = '{b}'",
        &[],
    ),
    case(
        "answered_once",
        "UPDATE quell.attempts SET answered_at = send_deadline, outcome = 'accepted' WHERE answered_at IS NULL",
        "SELECT id::text FROM quell.actions WHERE device_id = '{e}'",
        &[],
    ),
    case(
        "answer_is_followed",
        "UPDATE quell.actions SET state = 'queued', final_at = NULL WHERE device_id = '{b}'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{b}'",
        &["history_ends_in_the_state", "restricted_by_a_restrict"],
    ),
    case(
        "no_blind_repeat",
        "UPDATE quell.transitions SET at = at - interval '100 s' WHERE from_state = 'in_doubt' AND to_state = 'queued'",
        "SELECT t.id::text FROM quell.attempts t WHERE n = 2",
        &[],
    ),
    case(
        "epochs_grow",
        "UPDATE quell.attempts SET epoch = 7 WHERE action_id IN (SELECT id FROM quell.actions WHERE device_id = '{b}')",
        "SELECT id::text FROM quell.attempts WHERE action_id IS NOT NULL
           AND reserved_at >= (SELECT reserved_at FROM quell.attempts WHERE epoch = 7)",
        &[],
    ),
    case(
        "releases_only_ours",
        "UPDATE quell.actions SET is_adopted = true WHERE device_id = '{a}' AND kind = 'restrict'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{a}' AND kind = 'release'",
        &[],
    ),
    case(
        "cancels_only_ours",
        "UPDATE quell.containments SET ended_at = ended_at + interval '1 day' WHERE device_id = '{f}'",
        "SELECT id::text FROM quell.attempts WHERE kind = 'cancel'",
        &[],
    ),
    case(
        "windows",
        "INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, epoch, reserved_at, send_deadline, slot_at, answered_at,
                                     outcome)
         SELECT ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, b.tenant_id, b.app_id, 'reads', 'list', 1, at, at, at,
                at, 'read'
         FROM quell.budgets b, LATERAL (SELECT n, quell.now() + make_interval(secs => n * 0.5) AS at
                                        FROM generate_series(1, 102) AS n) AS t WHERE b.scope = 'reads'",
        // The hundred and first and the hundred and second come within a minute of the first.
        "SELECT '00000000-0000-7000-8000-000000000101' UNION ALL SELECT '00000000-0000-7000-8000-000000000102'",
        &[],
    ),
    case(
        "restrict_was_wanted",
        "UPDATE quell.containments SET activated_at = activated_at + interval '1 h' WHERE device_id = '{b}'",
        "SELECT t.id::text FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id WHERE a.device_id = '{b}'",
        &[],
    ),
    case(
        "caused_by_enforce",
        "UPDATE quell.containments SET mode = 'observe' WHERE device_id = '{b}'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{b}'",
        &["restrict_was_wanted", "release_is_on_its_way"],
    ),
    case(
        "within_validity",
        "UPDATE quell.actions SET valid_until = queued_at - interval '1 s' WHERE device_id = '{b}'",
        "SELECT t.id::text FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id WHERE a.device_id = '{b}'",
        &[],
    ),
    case(
        "playbook_enforced",
        "UPDATE quell.playbook_sets SET mode = 'observe' WHERE playbook = 'one'",
        "SELECT id::text FROM quell.attempts WHERE kind = 'restrict'",
        &[],
    ),
    case(
        "revision_may_act",
        "UPDATE quell.playbook_revisions SET revoked_at = '2001-01-01Z', revoked_by = 'anna', revoked_reason = 'too wide'",
        "SELECT id::text FROM quell.attempts WHERE kind = 'restrict'",
        &[],
    ),
    case(
        "begun_by_a_decision",
        "UPDATE quell.decisions SET kind = 'skip', reason = 'protected' WHERE device_id = '{b}'",
        "SELECT id::text FROM quell.containments WHERE device_id = '{b}'",
        &[],
    ),
    case(
        "asked_was_approved",
        "SET session_replication_role = origin;
         UPDATE quell.containments SET state = 'active', activated_at = quell.now(), until = quell.now() + release_after,
             state_by = 'anna', state_reason = 'so be it' WHERE device_id = '{c}'",
        "SELECT id::text FROM quell.containments WHERE device_id = '{c}'",
        &["wanted_is_on_its_way"],
    ),
    case(
        "four_eyes",
        "UPDATE quell.containments SET begun_by = 'anna' WHERE device_id = '{c}';
         WITH given AS (INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, reason)
             SELECT id, tenant_id, 'Anna', 'approved', 'so be it' FROM quell.containments WHERE device_id = '{c}' RETURNING *)
         SELECT quell.note_change(tenant_id, 'approval', id, '{c}', NULL, answer, person, reason) FROM given",
        "SELECT id::text FROM quell.containments WHERE device_id = '{c}'",
        &[],
    ),
    case(
        "answered_in_time",
        "WITH given AS (INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, reason, answered_at)
             SELECT id, tenant_id, 'anna', 'denied', 'too late', ask_until + interval '1 s' FROM quell.containments
             WHERE device_id = '{c}' RETURNING *)
         SELECT quell.note_change(tenant_id, 'approval', id, '{c}', NULL, answer, person, reason) FROM given",
        "SELECT id::text FROM quell.containments WHERE device_id = '{c}'",
        &[],
    ),
    case(
        "risk_was_accepted",
        "UPDATE quell.containments SET accepted_risks = '{never.tags}', ask_lifts = 'never.tags' WHERE device_id = '{b}'",
        "SELECT id::text FROM quell.containments WHERE device_id = '{b}'",
        &[],
    ),
    case(
        "answers_have_their_row",
        "INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, reason)
         SELECT id, tenant_id, 'anna', 'approved', 'so be it' FROM quell.containments WHERE device_id = '{c}'",
        "SELECT id::text FROM quell.approvals",
        &[],
    ),
    case(
        "sets_follow",
        "DELETE FROM quell.set_activations WHERE version = 2",
        "SELECT 'activation 3'",
        &[],
    ),
    case(
        "decision_leads_back",
        "DELETE FROM quell.decision_inputs",
        "SELECT event_id::text FROM quell.decisions WHERE rules_hash IS NOT NULL OR facts_hash IS NOT NULL",
        &[],
    ),
    case(
        "every_event_decided",
        "DELETE FROM quell.decisions WHERE device_id = '{b}'",
        "SELECT event_id::text FROM quell.containments WHERE device_id = '{b}'",
        &["begun_by_a_decision"],
    ),
    case(
        "every_decision_has_its_event",
        "DELETE FROM quell.events WHERE id IN (SELECT event_id FROM quell.decisions WHERE device_id = '{b}')",
        "SELECT event_id::text FROM quell.decisions WHERE device_id = '{b}'",
        &[],
    ),
    case(
        "devices_are_known",
        "DELETE FROM quell.devices WHERE device_id = '{g}'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{g}' UNION ALL
         SELECT id::text FROM quell.containments WHERE device_id = '{g}'",
        &[],
    ),
    case(
        "no_secret",
        "UPDATE quell.actions SET error = 'sent with Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.c2ln' WHERE device_id = '{b}'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{b}'",
        &[],
    ),
    case(
        "wanted_is_on_its_way",
        "DELETE FROM quell.actions WHERE device_id = '{g}'; DELETE FROM quell.transitions WHERE device_id = '{g}' AND entity = 'action'",
        "SELECT repeat('g', 40)",
        &[],
    ),
    case(
        "release_is_on_its_way",
        "SET session_replication_role = origin;
         UPDATE quell.actions SET state = 'withdrawn', final_at = quell.now(), state_by = 'anna', state_reason = 'by hand'
         WHERE device_id = '{f}' AND state = 'queued'",
        "SELECT repeat('f', 40)",
        &[],
    ),
    case(
        "restricted_by_a_restrict",
        "UPDATE quell.actions SET is_adopted = true WHERE device_id = '{b}'",
        "SELECT repeat('b', 40)",
        &[],
    ),
    case(
        "history_is_continuous",
        "UPDATE quell.transitions SET from_state = 'in_doubt' WHERE device_id = '{b}' AND to_state = 'submitted'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{b}'",
        &[],
    ),
    case(
        "history_is_legal",
        "UPDATE quell.transitions SET to_state = 'expired' WHERE device_id = '{b}' AND entity = 'containment'",
        "SELECT id::text FROM quell.containments WHERE device_id = '{b}'",
        &["history_ends_in_the_state"],
    ),
    case(
        "history_ends_in_the_state",
        "UPDATE quell.actions SET state = 'timed_out' WHERE device_id = '{a}' AND kind = 'restrict'",
        "SELECT id::text FROM quell.actions WHERE device_id = '{a}' AND kind = 'restrict'",
        &[],
    ),
    case(
        "history_has_its_entity",
        "DELETE FROM quell.containments WHERE device_id = '{c}'",
        "SELECT entity_id::text FROM quell.transitions WHERE device_id = '{c}'",
        &[],
    ),
    case(
        "inventory_adds_up",
        "WITH swept AS (INSERT INTO quell.inventory_sweeps (id, tenant_id, begun_at, read_at, devices, finished_at, outcome, fleet)
             SELECT gen_random_uuid(), id, quell.now(), quell.now(), 10, quell.now(), 'complete', 9 FROM quell.tenants LIMIT 1
             RETURNING id)
         INSERT INTO quell.inventory_groups (sweep_id, group_name, devices) SELECT id, name, 5 FROM swept, (VALUES ('x'), ('y')) AS g (name)",
        "SELECT id::text FROM quell.inventory_sweeps",
        &[],
    ),
    case(
        "drift_has_its_evidence",
        "UPDATE quell.containments SET end_reason = 'drift' WHERE state = 'ended' AND device_id = '{a}'",
        "SELECT id::text FROM quell.containments WHERE end_reason = 'drift'",
        &[],
    ),
    case(
        "release_runs_add_up",
        "INSERT INTO quell.release_runs (id, tenant_id, state, selection, by, reason, done_at)
         SELECT gen_random_uuid(), id, 'done', '{}', 'anna', 'a test', quell.now() FROM quell.tenants;
         INSERT INTO quell.release_run_items (run_id, containment_id, device_id)
         SELECT r.id, c.id, c.device_id FROM quell.release_runs r, quell.containments c WHERE c.device_id = '{a}'",
        "SELECT containment_id::text FROM quell.release_run_items",
        &[],
    ),
    case(
        "history_is_sealed",
        "INSERT INTO quell.seals (tenant_id, seq, transition_id, hash) SELECT id, 1, -7, sha256('x') FROM quell.tenants",
        "SELECT '-7'",
        &[],
    ),
    case(
        "task_was_wished",
        "SET session_replication_role = origin;
         INSERT INTO quell.actions (id, tenant_id, device_id, kind, subject, state, lane, playbook, revision, comment, wanted_by,
                                    valid_until, state_by, state_reason)
         SELECT gen_random_uuid(), tenant_id, device_id, 'scan', 'scan', 'queued', 3, playbook, revision, 'c', 'decide',
                quell.now() + interval '1 h', 'decide', 'r' FROM quell.containments WHERE device_id = '{b}';
         UPDATE quell.actions SET state = 'submitting', attempts = 1, state_by = 'gate', state_reason = 'r' WHERE kind = 'scan';
         INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, action_id, n, epoch, reserved_at, send_deadline, slot_at)
         SELECT gen_random_uuid(), a.tenant_id, t.app_id, t.scope, 'scan', a.id, 1, t.epoch, quell.now(), quell.now(),
                quell.now() + interval '95 s'
         FROM quell.actions a, LATERAL (SELECT * FROM quell.attempts ORDER BY epoch DESC LIMIT 1) AS t WHERE a.kind = 'scan'",
        "SELECT id::text FROM quell.attempts WHERE kind = 'scan'",
        &[],
    ),
    case(
        "task_waits_with_its_question",
        "INSERT INTO quell.task_wishes (id, tenant_id, device_id, subject, comment, mode, lane, playbook, revision, event_id, alert_id,
                                        containment_id, outcome)
         SELECT gen_random_uuid(), tenant_id, device_id, 'scan', 'c', 'enforce', 'normal', 'one', 'r', gen_random_uuid(), 'a1', id,
                'waiting' FROM quell.containments WHERE device_id = '{b}'",
        "SELECT id::text FROM quell.task_wishes",
        &[],
    ),
    case(
        "clean_end_has_its_scan",
        "UPDATE quell.containments SET end_reason = 'scan_clean' WHERE device_id = '{a}'",
        "SELECT id::text FROM quell.containments WHERE device_id = '{a}'",
        &[],
    ),
    case(
        "probe_was_asked",
        "WITH asked AS (INSERT INTO quell.probe_calls (id, tenant_id, device_id, containment_id, question, by, reason, until)
           SELECT gen_random_uuid(), tenant_id, device_id, id, 'release_free', 'anna', 'r', quell.now() + interval '1 min'
           FROM quell.containments WHERE device_id = '{b}' RETURNING id)
         UPDATE quell.actions SET playbook = NULL, revision = NULL, probe_id = (SELECT id FROM asked)
         WHERE device_id = '{b}' AND kind = 'restrict'",
        "SELECT t.id::text FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id WHERE a.device_id = '{b}'",
        &["caused_by_enforce"],
    ),
    case(
        "cancels_of_what_is_over_were_asked",
        "INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, action_id, n, epoch, reserved_at, send_deadline, slot_at)
         SELECT gen_random_uuid(), a.tenant_id, t.app_id, t.scope, 'cancel', a.id, 1, t.epoch, quell.now(), quell.now(),
                quell.now() + interval '95 s'
         FROM quell.actions a, LATERAL (SELECT * FROM quell.attempts WHERE scope = 'actions' ORDER BY epoch DESC LIMIT 1) AS t
         WHERE a.device_id = '{a}' AND a.kind = 'restrict';
         UPDATE quell.actions SET cancels = 1 WHERE device_id = '{a}' AND kind = 'restrict'",
        "SELECT t.id::text FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         WHERE t.kind = 'cancel' AND a.device_id = '{a}'",
        &[],
    ),
];
