//! Tasks: what is called was wished, what waits waits for a question, and what a scan ended was scanned.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "task_was_wished",
        "6",
        "each attempt of a task has a wish for it before it, of its playbook, which enforced",
        // The wishes of a task that failed go on with the action that repeats it.
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id, format('nobody wished for the %s', a.kind)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         WHERE t.kind IN ('scan', 'collect_package', 'quarantine_file') AND t.outcome IS DISTINCT FROM 'imported'
           AND quell.is_in_order(t.reserved_at)
           AND NOT EXISTS (
             SELECT 1 FROM quell.task_wishes w WHERE w.tenant_id = a.tenant_id AND w.device_id = a.device_id
               AND w.subject = a.subject AND w.playbook = a.playbook AND w.mode = 'enforce'
               AND w.outcome IN ('queued', 'satisfied') AND w.wished_at <= t.reserved_at)"
    ),
    finds_nothing!(
        "task_waits_with_its_question",
        "desired state",
        "a task that waits stands beside a containment that a person is asked about",
        "SELECT w.tenant_id, w.wished_at, w.id::text, w.device_id, format('it waits, and the containment is %s', c.state)
         FROM quell.task_wishes w JOIN quell.containments c ON c.id = w.containment_id
         WHERE w.outcome = 'waiting' AND c.state <> 'asked'"
    ),
    finds_nothing!(
        "clean_end_has_its_scan",
        "desired state",
        "a containment that a clean scan ended has a scan of ours that was called while it was active, and that succeeded",
        "SELECT c.tenant_id, c.ended_at, c.id::text, c.device_id, 'no scan of ours succeeded while it was active'
         FROM quell.containments c
         WHERE c.end_reason = 'scan_clean' AND NOT EXISTS (
             SELECT 1 FROM quell.actions a WHERE a.tenant_id = c.tenant_id AND a.device_id = c.device_id AND a.kind = 'scan'
               AND a.state = 'succeeded' AND NOT a.is_adopted AND a.queued_at >= c.activated_at AND a.final_at <= c.ended_at)"
    ),
];
