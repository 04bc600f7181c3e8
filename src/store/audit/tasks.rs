//! Tasks: what waits waits for a question, and what a scan ended was scanned.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
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
