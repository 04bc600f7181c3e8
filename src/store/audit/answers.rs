//! Invariants 6 and 9 of answers: who gave them, when, what they lifted, and that each has its row.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "four_eyes",
        "6",
        "nobody approved what he began himself, nor, where four eyes are demanded, what he put in force",
        "SELECT p.tenant_id, p.answered_at, p.containment_id::text, c.device_id,
                format('approved by %s, who %s', p.person, CASE WHEN lower(c.begun_by) = lower(p.person) THEN 'began it'
                                                                ELSE 'put its revision in force' END)
         FROM quell.approvals p JOIN quell.containments c ON c.id = p.containment_id
         WHERE p.answer = 'approved'
           AND (lower(c.begun_by) = lower(p.person) OR (p.four_eyes AND EXISTS (
             SELECT 1 FROM quell.set_activations v
             JOIN quell.playbook_sets s ON s.tenant_id = v.tenant_id AND s.set_hash = v.set_hash
             WHERE v.tenant_id = c.tenant_id AND s.playbook = c.playbook AND s.revision = c.revision
               AND lower(v.activated_by) = lower(p.person) AND v.activated_at <= p.answered_at
               AND NOT EXISTS (
                 SELECT 1 FROM quell.set_activations b
                 JOIN quell.playbook_sets x ON x.tenant_id = b.tenant_id AND x.set_hash = b.set_hash
                 WHERE b.tenant_id = v.tenant_id AND b.version = v.version - 1 AND x.playbook = s.playbook
                   AND x.revision = s.revision))))"
    ),
    finds_nothing!(
        "answered_in_time",
        "6",
        "an answer was given after its ask was recorded and before that expired; while stopped no ask expires, and may be denied",
        "SELECT p.tenant_id, p.answered_at, p.containment_id::text, c.device_id,
                format('%s by %s, asked at %s until %s', p.answer, p.person, c.created_at, c.ask_until)
         FROM quell.approvals p JOIN quell.containments c ON c.id = p.containment_id
         WHERE (p.answered_at > c.ask_until OR p.answered_at < c.created_at OR c.ask_until IS NULL)
           AND NOT (p.answer = 'denied' AND p.answered_at >= c.created_at AND c.ask_until IS NOT NULL AND EXISTS (
               SELECT 1 FROM quell.stops t WHERE t.tenant_id = p.tenant_id AND t.begun_at <= p.answered_at
                 AND coalesce(t.ended_at, 'infinity') >= p.answered_at))
           AND quell.is_in_order(p.answered_at)"
    ),
    finds_nothing!(
        "risk_was_accepted",
        "6",
        "a protection is lifted only for what a person began by hand, and by an approval that names it",
        "SELECT DISTINCT c.tenant_id, c.created_at, c.id::text, c.device_id, format('%s is lifted', risk)
         FROM quell.containments c, unnest(c.accepted_risks) AS risk
         WHERE c.state NOT IN ('active', 'ended') OR c.playbook IS NOT NULL
           OR NOT EXISTS (SELECT 1 FROM quell.approvals p WHERE p.containment_id = c.id AND p.answer = 'approved'
                          AND risk = ANY (regexp_split_to_array(p.lifts, '\\s*,\\s*')))"
    ),
    finds_nothing!(
        "answers_have_their_row",
        "9",
        "every answer has its row in the history, and every row of an answer has its answer",
        "SELECT p.tenant_id, p.answered_at, p.id::text, c.device_id, format('%s by %s has no row', p.answer, p.person)
         FROM quell.approvals p JOIN quell.containments c ON c.id = p.containment_id
         WHERE NOT EXISTS (SELECT 1 FROM quell.transitions t WHERE t.entity = 'approval' AND t.entity_id = p.id
                           AND t.to_state = p.answer AND t.device_id = c.device_id)
         UNION ALL
         SELECT t.tenant_id, t.at, t.entity_id::text, t.device_id, 'the answer is not there'
         FROM quell.transitions t
         WHERE t.entity = 'approval' AND NOT EXISTS (SELECT 1 FROM quell.approvals p WHERE p.id = t.entity_id)"
    ),
];
