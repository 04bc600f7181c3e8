//! Invariant 9: every change of state has its row, and the rows are a chain.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "history_is_continuous",
        "9",
        "each change of state begins where the one before ended",
        "SELECT tenant_id, at, entity_id::text, device_id,
                format('%s from %s after %s', entity, coalesce(from_state, 'nothing'), coalesce(previous, 'nothing'))
         FROM (SELECT *, lag(to_state) OVER (PARTITION BY entity_id ORDER BY id) AS previous FROM quell.transitions) AS steps
         WHERE from_state IS DISTINCT FROM previous"
    ),
    finds_nothing!(
        "history_is_legal",
        "9",
        "only changes that the state machines know",
        "SELECT tenant_id, at, entity_id::text, device_id,
                format('%s from %s to %s', entity, coalesce(from_state, 'nothing'), to_state)
         FROM quell.transitions
         WHERE entity IN ('action', 'containment')
           -- A row whose state stays tells changed terms, and which.
           AND NOT (from_state IS NOT DISTINCT FROM to_state AND (before IS NOT NULL OR after IS NOT NULL))
           AND NOT CASE entity WHEN 'action' THEN quell.action_may_become(coalesce(from_state, 'none'), to_state)
                               ELSE quell.containment_may_become(coalesce(from_state, 'none'), to_state) END"
    ),
    finds_nothing!(
        "history_ends_in_the_state",
        "9",
        "an action and a containment stand where their history ends",
        "SELECT x.tenant_id, s.at, x.id::text, x.device_id,
                format('%s is %s, its history ends in %s', x.entity, x.state, coalesce(s.to_state, 'nothing'))
         FROM (SELECT tenant_id, id, device_id, state, 'action' AS entity FROM quell.actions
               UNION ALL SELECT tenant_id, id, device_id, state, 'containment' FROM quell.containments) x
         LEFT JOIN (SELECT DISTINCT ON (entity_id) entity_id, entity, to_state, at FROM quell.transitions
                    ORDER BY entity_id, id DESC) s ON s.entity_id = x.id AND s.entity = x.entity
         WHERE s.to_state IS DISTINCT FROM x.state"
    ),
    finds_nothing!(
        "history_has_its_entity",
        "9",
        "a change of state is of an action or a containment that is there, on the same device",
        "SELECT s.tenant_id, s.at, s.entity_id::text, s.device_id, format('the %s is not there', s.entity)
         FROM quell.transitions s
         LEFT JOIN quell.actions a ON s.entity = 'action' AND a.id = s.entity_id
         LEFT JOIN quell.containments c ON s.entity = 'containment' AND c.id = s.entity_id
         WHERE s.entity IN ('action', 'containment')
           AND (coalesce(a.tenant_id, c.tenant_id), coalesce(a.device_id, c.device_id))
               IS DISTINCT FROM (s.tenant_id, s.device_id)"
    ),
    finds_nothing!(
        "history_is_sealed",
        "9",
        "a change of state before the end of its tenant's chain has a seal, and a seal has its change",
        "SELECT t.tenant_id, t.at, t.id::text, t.device_id, 'has no seal, and rows after it have'
         FROM quell.transitions t JOIN quell.seal_heads h ON h.tenant_id = t.tenant_id
         WHERE (t.written_in, t.id) <= (h.up_to_xid, h.up_to_id)
           AND NOT EXISTS (SELECT 1 FROM quell.seals s WHERE s.transition_id = t.id)
         UNION ALL
         SELECT s.tenant_id, NULL, s.transition_id::text, NULL, 'is sealed and not there'
         FROM quell.seals s WHERE NOT EXISTS (SELECT 1 FROM quell.transitions t WHERE t.id = s.transition_id)"
    ),
];
