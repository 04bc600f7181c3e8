//! Invariants 1, 2, 3 and 8: attempts, and the actions that they belong to.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "attempts_numbered",
        "1",
        "the calls and cancels of an action are as many attempts, numbered from one without a gap",
        "SELECT a.tenant_id, a.queued_at, a.id::text, a.device_id,
                format('it counts %s calls and %s cancels; the ledger has %s and %s', a.attempts, a.cancels,
                       coalesce(t.calls, 0), coalesce(t.cancels, 0))
         FROM quell.actions a LEFT JOIN (
             SELECT action_id, count(*) FILTER (WHERE kind <> 'cancel') AS calls,
                    max(n) FILTER (WHERE kind <> 'cancel') AS last_call, count(*) FILTER (WHERE kind = 'cancel') AS cancels,
                    max(n) FILTER (WHERE kind = 'cancel') AS last_cancel, min(n) AS first
             FROM quell.attempts WHERE action_id IS NOT NULL GROUP BY action_id) t ON t.action_id = a.id
         WHERE coalesce(t.calls, 0) <> a.attempts OR coalesce(t.last_call, 0) <> a.attempts
            OR coalesce(t.cancels, 0) <> a.cancels OR coalesce(t.last_cancel, 0) <> a.cancels OR coalesce(t.first, 1) <> 1"
    ),
    finds_nothing!(
        "called_with_attempt",
        "1",
        "an action that was called has an attempt, and no more reservations in its history than attempts",
        "SELECT a.tenant_id, a.queued_at, a.id::text, a.device_id,
                format('%s, with %s attempts and %s reservations', a.state, coalesce(t.calls, 0), coalesce(r.reserved, 0))
         FROM quell.actions a
         LEFT JOIN (SELECT action_id, count(*) AS calls FROM quell.attempts WHERE kind <> 'cancel' GROUP BY action_id) t
             ON t.action_id = a.id
         LEFT JOIN (SELECT entity_id, count(*) AS reserved FROM quell.transitions
                    -- One that was found in Defender's list while it waited for a further call is taken as called: by its old attempt.
                    WHERE entity = 'action' AND to_state = 'submitting' AND by <> 'reconcile' GROUP BY entity_id) r ON r.entity_id = a.id
         WHERE (a.state NOT IN ('queued', 'withdrawn', 'expired') AND t.calls IS NULL)
            OR coalesce(r.reserved, 0) > coalesce(t.calls, 0)"
    ),
    finds_nothing!(
        "attempts_fit_their_action",
        "1",
        "an attempt is of its action's kind and tenant, not older than it, and answered after it was reserved",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id,
                CASE WHEN a.id IS NULL THEN 'its action is not there'
                     WHEN a.tenant_id <> t.tenant_id THEN 'its action is of another tenant'
                     WHEN t.reserved_at < a.queued_at THEN 'reserved before its action was queued'
                     WHEN t.send_deadline < t.reserved_at OR t.answered_at < t.reserved_at THEN 'its times are out of order'
                     ELSE format('a %s for an action that is a %s', t.kind, a.kind) END
         FROM quell.attempts t LEFT JOIN quell.actions a ON a.id = t.action_id
         WHERE (t.action_id IS NOT NULL AND a.id IS NULL) OR a.tenant_id <> t.tenant_id OR (t.reserved_at < a.queued_at AND t.outcome IS DISTINCT FROM 'imported' AND quell.is_in_order(a.queued_at))
            OR (t.kind <> a.kind AND NOT (t.kind = 'cancel' AND (a.kind NOT IN ('release', 'release_isolation') OR a.probe_id IS NOT NULL)))
            OR t.send_deadline < t.reserved_at
            OR (t.answered_at < t.reserved_at AND quell.is_in_order(t.answered_at))"
    ),
    finds_nothing!(
        "under_a_budget",
        "1",
        "an attempt was charged to a budget that is there, whose row serialises the gate",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, NULL, format('no budget of %s for %s', t.app_id, t.scope)
         FROM quell.attempts t LEFT JOIN quell.budgets b
             ON b.tenant_id = t.tenant_id AND b.app_id = t.app_id AND b.scope = t.scope
         WHERE b.tenant_id IS NULL"
    ),
    finds_nothing!(
        "one_open_action",
        "2",
        "at no moment of the history were two actions about the same on one device open",
        "SELECT tenant_id, at, entity_id::text, device_id, format('the %s became %s while another was open', 'action', to_state)
         FROM (SELECT *, sum(step) OVER (PARTITION BY tenant_id, device_id, subject ORDER BY id) AS open
               FROM (SELECT t.*, (SELECT a.subject FROM quell.actions a WHERE a.id = t.entity_id) AS subject, (to_state IN ('submitting', 'in_doubt', 'submitted'))::int
                             - (coalesce(from_state, '') IN ('submitting', 'in_doubt', 'submitted'))::int AS step
                     FROM quell.transitions t WHERE entity = 'action') AS steps WHERE step <> 0) AS running
         WHERE step > 0 AND open > 1"
    ),
    finds_nothing!(
        "one_queued_action",
        "2",
        "at no moment of the history were two actions about the same on one device queued",
        "SELECT tenant_id, at, entity_id::text, device_id, 'queued while another was'
         FROM (SELECT *, sum(step) OVER (PARTITION BY tenant_id, device_id, subject ORDER BY id) AS queued
               FROM (SELECT t.*, (SELECT a.subject FROM quell.actions a WHERE a.id = t.entity_id) AS subject, (to_state = 'queued')::int - (coalesce(from_state, '') = 'queued')::int AS step
                     FROM quell.transitions t WHERE entity = 'action') AS steps WHERE step <> 0) AS running
         WHERE step > 0 AND queued > 1"
    ),
    finds_nothing!(
        "opposite_waits",
        "2",
        "no attempt was reserved while the opposite action of its device was not final",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id,
                format('a %s while the %s %s was %s', a.kind, o.kind, o.id, s.to_state)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id AND a.kind = t.kind
         JOIN quell.actions o ON o.tenant_id = a.tenant_id AND o.device_id = a.device_id AND o.subject = a.subject AND o.kind <> a.kind
         CROSS JOIN LATERAL (SELECT to_state FROM quell.transitions s WHERE s.entity_id = o.id AND s.at < t.reserved_at
                             ORDER BY s.id DESC LIMIT 1) s
         WHERE s.to_state IN ('submitting', 'in_doubt', 'submitted') AND t.outcome IS DISTINCT FROM 'imported'
           AND quell.is_in_order(t.reserved_at)"
    ),
    finds_nothing!(
        "answered_once",
        "3",
        "no action was accepted twice",
        "SELECT a.tenant_id, a.queued_at, a.id::text, a.device_id,
                format('%s attempts were accepted, %s times it became submitted', coalesce(t.accepted, 0), coalesce(s.taken, 0))
         FROM quell.actions a
         LEFT JOIN (SELECT action_id, count(*) AS accepted FROM quell.attempts
                    WHERE kind <> 'cancel' AND outcome IN ('accepted', 'adopted') GROUP BY action_id) t ON t.action_id = a.id
         LEFT JOIN (SELECT entity_id, count(*) AS taken FROM quell.transitions
                    WHERE entity = 'action' AND to_state = 'submitted' GROUP BY entity_id) s ON s.entity_id = a.id
         WHERE t.accepted > 1 OR s.taken > 1"
    ),
    finds_nothing!(
        "answer_is_followed",
        "3",
        "an action stands where the answer to its last attempt put it",
        "SELECT a.tenant_id, t.reserved_at, a.id::text, a.device_id,
                format('%s although its last attempt is %s', a.state, coalesce(t.outcome, 'without an answer'))
         FROM quell.actions a JOIN quell.attempts t ON t.action_id = a.id AND t.kind = a.kind AND t.n = a.attempts
         WHERE (a.state = 'submitting' AND t.answered_at IS NOT NULL)
            OR (a.state IN ('queued', 'submitting', 'in_doubt', 'withdrawn', 'expired') AND t.outcome IN ('accepted', 'adopted'))
            OR (a.state IN ('submitted', 'succeeded', 'timed_out', 'cancelled') AND a.defender_id IS NULL)
            OR (a.state IN ('withdrawn', 'expired') AND a.defender_id IS NOT NULL)"
    ),
    finds_nothing!(
        "no_blind_repeat",
        "3",
        "a further attempt follows evidence that the one before was not executed; where that one got no answer, not before the \
         latest moment at which it can have been",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id,
                format('attempt %s, after one %s', t.n,
                       CASE WHEN p.answered_at IS NULL THEN 'without an answer' ELSE 'that came out as ' || p.outcome END)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id AND a.kind = t.kind
         JOIN quell.attempts p ON p.action_id = t.action_id AND p.kind = t.kind AND p.n = t.n - 1
         LEFT JOIN ledgers l ON l.tenant_id = t.tenant_id
         WHERE t.outcome IS DISTINCT FROM 'imported' AND p.outcome IS DISTINCT FROM 'imported'
           AND quell.is_in_order(p.reserved_at) AND quell.is_in_order(t.reserved_at) AND NOT EXISTS (
             SELECT 1 FROM quell.transitions s WHERE s.entity_id = a.id AND s.to_state = 'queued' AND s.from_state IS NOT NULL
               AND s.at >= p.reserved_at AND s.at <= t.reserved_at
               -- A jump of the clock prolongs slots beyond the latest moment at which the call can have been carried out.
               AND (s.at >= least(p.slot_at, p.reserved_at + make_interval(secs => l.latest))
                    OR (p.answered_at IS NOT NULL AND (p.outcome <> 'unknown' OR p.http_status IS NOT NULL))))"
    ),
    finds_nothing!(
        "epochs_grow",
        "3",
        "no call was reserved under an epoch older than that of a call before it, nor under one that was never given",
        "SELECT tenant_id, reserved_at, id::text, NULL, format('epoch %s after %s, of %s', epoch, before, given)
         FROM (SELECT t.*, max(t.epoch) OVER (PARTITION BY t.tenant_id, t.app_id ORDER BY t.reserved_at, t.id
                                              ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
                      coalesce(l.epoch, 0) AS given
               FROM quell.attempts t LEFT JOIN quell.leases l ON l.tenant_id = t.tenant_id
               WHERE t.action_id IS NOT NULL AND t.outcome IS DISTINCT FROM 'imported') AS calls
         WHERE (epoch < before AND quell.is_in_order(reserved_at)) OR epoch > given"
    ),
    finds_nothing!(
        "releases_only_ours",
        "8",
        "a device was released of a measure only after an action of our own that begins it was queued for it",
        "SELECT a.tenant_id, a.queued_at, a.id::text, a.device_id, 'a release of what quell did not begin'
         FROM quell.actions a
         WHERE a.kind IN ('release', 'release_isolation') AND a.attempts > 0
           -- A restored backup may have lost the restrict.
           AND NOT EXISTS (SELECT 1 FROM quell.attempts t WHERE t.action_id = a.id AND t.outcome = 'imported')
           AND NOT EXISTS (
             SELECT 1 FROM quell.actions r WHERE r.tenant_id = a.tenant_id AND r.device_id = a.device_id
               AND r.subject = a.subject AND r.kind IN ('restrict', 'isolate') AND NOT r.is_adopted
               AND r.attempts > 0 AND r.queued_at <= a.queued_at)"
    ),
    finds_nothing!(
        "cancels_only_ours",
        "8",
        "a cancel was called only for what our own began and nothing wanted at that moment",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id,
                CASE WHEN a.is_adopted THEN 'a cancel of what somebody else began'
                     ELSE format('a cancel of a %s that was wanted', a.kind) END
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         -- A probe's release is cancelled because something wants its device restricted.
         WHERE t.kind = 'cancel' AND (a.is_adopted OR (a.kind NOT IN ('release', 'release_isolation') AND quell.is_in_order(t.reserved_at) AND EXISTS (
             SELECT 1 FROM quell.containments c WHERE c.tenant_id = a.tenant_id AND c.device_id = a.device_id
               AND c.measure = a.subject AND c.mode = 'enforce' AND coalesce(c.ended_at, 'infinity') > t.reserved_at
               -- A decision is written down some time after the moment that it gives.
               AND c.activated_at < t.reserved_at - interval '10 s')))"
    ),
];
