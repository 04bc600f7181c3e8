//! Probes: each call that nothing wants was asked for by a person, of that device, once, and within its time.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "probe_was_asked",
        "6",
        "what a probe called is of its question, its device and its person, was called once asked for and within its time, beside no \
         containment but its own that a person began",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id, format('the %s was not asked for so (%s)', t.kind, p.question)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id AND a.kind = t.kind
         JOIN quell.probe_calls p ON p.id = a.probe_id JOIN quell.containments c ON c.id = p.containment_id
         WHERE p.tenant_id <> a.tenant_id OR p.device_id <> a.device_id OR c.device_id <> a.device_id
            OR c.playbook IS NOT NULL OR c.begun_by IS NULL OR c.begun_by <> p.by
            OR a.kind <> CASE p.question WHEN 'restrict_twice' THEN 'restrict' WHEN 'release_free' THEN 'release' ELSE '' END
            OR (quell.is_in_order(t.reserved_at) AND (t.reserved_at < p.asked_at OR t.reserved_at > p.until + interval '10 s'))"
    ),
    finds_nothing!(
        "cancels_of_what_is_over_were_asked",
        "8",
        "what was over already was cancelled only where a probe asked for that, once, for what its own containment began",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id, format('a cancel of a %s that had ended at %s', a.kind, a.final_at)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         LEFT JOIN quell.probe_calls p ON p.attempt_id = t.id
         WHERE t.kind = 'cancel'
           AND CASE WHEN p.id IS NOT NULL THEN p.question <> 'cancel_final' OR p.target_id <> a.id OR p.device_id <> a.device_id
                         OR a.containment_id IS DISTINCT FROM p.containment_id
                    ELSE a.final_at < t.reserved_at - interval '10 s' AND quell.is_in_order(t.reserved_at) END"
    ),
];
