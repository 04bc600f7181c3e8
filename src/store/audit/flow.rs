//! Invariants 5 and 10, and the desired state: events and their decisions, what is wanted of a device and what is known.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "every_event_decided",
        "5",
        "an event has one decision for each of its devices, decided, waiting in the inbox, or put aside",
        "SELECT e.tenant_id, e.received_at, e.id::text, NULL,
                format('%s devices, %s decisions, %s waiting, %s put aside', devices, coalesce(d.n, 0), coalesce(i.n, 0),
                       coalesce(l.n, 0))
         FROM (SELECT id, tenant_id, received_at, greatest(coalesce(cardinality(devices), jsonb_array_length(normalised -> 'devices')), 1) AS devices
               -- What is kept beyond the retention may have outlived its decisions.
               FROM quell.events WHERE id >= quell.pruned_before('decisions')) e
         LEFT JOIN (SELECT event_id, count(*) AS n FROM quell.decisions GROUP BY event_id) d ON d.event_id = e.id
         LEFT JOIN (SELECT event_id, count(*) AS n FROM quell.inbox GROUP BY event_id) i ON i.event_id = e.id
         LEFT JOIN (SELECT event_id, count(*) AS n FROM quell.dead_letters p WHERE NOT EXISTS (
                      SELECT 1 FROM quell.dead_letter_ends x WHERE x.letter_id = p.id AND x.ended_as = 'retried')
                    GROUP BY event_id) l ON l.event_id = e.id
         WHERE devices <> coalesce(d.n, 0) + coalesce(i.n, 0) + coalesce(l.n, 0)"
    ),
    finds_nothing!(
        "every_decision_has_its_event",
        "5",
        "a decision, or a row that waits for one, belongs to an event of its tenant that is there and names its device",
        "SELECT d.tenant_id, d.at, d.event_id::text, d.device_id,
                CASE WHEN e.id IS NULL THEN format('the event of the %s is not there', d.what)
                     ELSE format('the event of the %s does not name the device', d.what) END
         FROM (SELECT tenant_id, decided_at AS at, event_id, device_id, 'decision' AS what FROM quell.decisions
               UNION ALL SELECT tenant_id, enqueued_at, event_id, device_id, 'inbox row' FROM quell.inbox
                         -- A heartbeat belongs to no event and no device.
                         WHERE source <> 'quell.heartbeat') d
         LEFT JOIN quell.events e ON e.id = d.event_id AND e.tenant_id = d.tenant_id
         -- A decision is kept longer than its event; what waits never is.
         WHERE (e.id IS NULL AND (d.what = 'inbox row' OR d.event_id >= quell.pruned_before('events')))
            OR (d.device_id IS NOT NULL AND NOT coalesce(d.device_id = ANY(e.devices), (e.normalised -> 'devices') ? d.device_id))"
    ),
    finds_nothing!(
        "devices_are_known",
        "5",
        "an action, a containment or a row of the inbox names a device that has a row",
        "SELECT x.tenant_id, x.at, x.id, x.device_id, format('%s of a device without a row', x.what)
         FROM (SELECT tenant_id, queued_at AS at, id::text, device_id, 'an action' AS what FROM quell.actions
               UNION ALL SELECT tenant_id, created_at, id::text, device_id, 'a containment' FROM quell.containments
               UNION ALL SELECT tenant_id, enqueued_at, event_id::text, device_id, 'an inbox row' FROM quell.inbox
                         WHERE source <> 'quell.heartbeat') x
         LEFT JOIN quell.devices d ON d.tenant_id = x.tenant_id AND d.device_id = x.device_id
         WHERE d.device_id IS NULL"
    ),
    finds_nothing!(
        "no_secret",
        "10",
        "no text that quell writes holds a token, a client secret or a private key",
        "SELECT x.tenant_id, x.at, x.id, NULL, format('%s looks like a secret', x.what)
         FROM (SELECT tenant_id, reserved_at AS at, id::text, 'attempts.error' AS what,
                      concat_ws(' ', error_code, error_message, error_target) AS said
               FROM quell.attempts WHERE error_message IS NOT NULL OR error_code IS NOT NULL
               UNION ALL SELECT tenant_id, queued_at, id::text, 'actions.error', concat_ws(' ', error, state_reason) FROM quell.actions
               UNION ALL SELECT tenant_id, created_at, id::text, 'containments.attention', concat_ws(' ', attention, state_reason)
                         FROM quell.containments
               UNION ALL SELECT tenant_id, at, id::text, 'transitions.reason', concat_ws(' ', reason, before, after)
                         FROM quell.transitions
               UNION ALL SELECT tenant_id, received_at, id::text, 'dead_letters.reason', reason FROM quell.dead_letters
               UNION ALL SELECT tenant_id, at, id::text, 'alarms.told', told FROM quell.alarms
               UNION ALL SELECT tenant_id, closed_until, app_id || ' ' || scope, 'budgets.closed_reason', closed_reason
                         FROM quell.budgets
               UNION ALL SELECT tenant_id, seen_at, replica, 'playbook_files.failure', concat_ws(' ', failure, remark)
                         FROM quell.playbook_files) x
         WHERE x.said ~ 'eyJ[A-Za-z0-9_-]{8,}[.]eyJ|[Bb]earer [A-Za-z0-9._~+/-]{20,}|client_secret=|-----BEGIN [A-Z ]*PRIVATE KEY'"
    ),
    finds_nothing!(
        "wanted_is_on_its_way",
        "desired state",
        "a device on which a measure is wanted is held so, or has an action for it, or a person's attention",
        "SELECT d.tenant_id, d.known_at, d.device_id, d.device_id, format('%s wanted, and %s', d.measure, d.known)
         FROM quell.measures d
         WHERE d.known NOT IN ('held', 'held_by_other')
           AND EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = d.tenant_id AND c.device_id = d.device_id
                       AND c.measure = d.measure AND c.state = 'active' AND c.mode = 'enforce' AND c.attention IS NULL)
           AND NOT EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = d.tenant_id AND a.device_id = d.device_id
                           AND a.subject = d.measure AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted'))"
    ),
    finds_nothing!(
        "release_is_on_its_way",
        "desired state",
        "a device on which quell holds a measure that nothing wants has an action for it on its way",
        "SELECT d.tenant_id, d.known_at, d.device_id, d.device_id, format('%s %s, and nothing wants it', d.measure, d.known)
         FROM quell.measures d
         WHERE d.known IN ('held', 'unknown')
           AND NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = d.tenant_id
                           AND c.device_id = d.device_id AND c.measure = d.measure AND c.state = 'active' AND c.mode = 'enforce')
           AND NOT EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = d.tenant_id AND a.device_id = d.device_id
                           AND a.subject = d.measure AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted'))"
    ),
    finds_nothing!(
        "restricted_by_a_restrict",
        "desired state",
        "a measure that counts as held by quell was begun by an action of quell's own that succeeded",
        "SELECT d.tenant_id, d.known_at, d.device_id, d.device_id, format('nothing of ours that begins the %s succeeded', d.measure)
         FROM quell.measures d
         WHERE d.known = 'held' AND NOT EXISTS (
             SELECT 1 FROM quell.actions a WHERE a.tenant_id = d.tenant_id AND a.device_id = d.device_id
               AND a.subject = d.measure AND a.kind IN ('restrict', 'isolate') AND a.state = 'succeeded' AND NOT a.is_adopted)"
    ),
    finds_nothing!(
        "inventory_adds_up",
        "6",
        "a complete reading of the inventory counted no more devices than it stored, and its groups together no more than it counted",
        "SELECT s.tenant_id, s.begun_at, s.id::text, NULL, format('%s stored, %s counted, %s in groups', s.devices, s.fleet, g.devices)
         FROM quell.inventory_sweeps s, LATERAL (SELECT coalesce(sum(devices), 0) AS devices FROM quell.inventory_groups
                                                 WHERE sweep_id = s.id) g
         WHERE s.outcome = 'complete' AND (s.fleet > s.devices OR g.devices > s.fleet)"
    ),
];
