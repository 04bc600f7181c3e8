//! The end of containments: what ended by drift was lifted by somebody, and what a release run says it did was done.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "drift_has_its_evidence",
        "desired state",
        "a containment that ended by drift was lifted by a release of somebody else's of its measure on its device",
        "SELECT c.tenant_id, c.ended_at, c.id::text, c.device_id, 'nobody else released its device'
         FROM quell.containments c
         WHERE c.end_reason = 'drift' AND NOT EXISTS (
             SELECT 1 FROM quell.foreign_actions f WHERE f.tenant_id = c.tenant_id AND f.device_id = c.device_id
               AND f.kind = CASE c.measure WHEN 'isolation' THEN 'release_isolation' ELSE 'release' END AND f.verdict = 'lifted'
               AND f.judged_at BETWEEN c.ended_at - interval '1 min' AND c.ended_at + interval '1 min')"
    ),
    finds_nothing!(
        "release_runs_add_up",
        "desired state",
        "a release run that is done has nothing waiting, and what it ended or declined is so",
        "SELECT r.tenant_id, coalesce(r.done_at, r.begun_at), i.containment_id::text, i.device_id,
                format('%s in a run that is %s, and the containment is %s', i.state, r.state, coalesce(c.state, 'not there'))
         FROM quell.release_run_items i JOIN quell.release_runs r ON r.id = i.run_id
         LEFT JOIN quell.containments c ON c.id = i.containment_id
         WHERE c.id IS NULL OR (r.state = 'done' AND i.state = 'waiting')
            OR (i.state IN ('ended', 'declined') AND c.state <> i.state)"
    ),
];
