//! Invariants 6, 7 and 11: what allowed an attempt, and the playbooks that a decision was made under.

use super::{Check, finds_nothing};

pub(super) const CHECKS: &[Check] = &[
    finds_nothing!(
        "restrict_was_wanted",
        "6",
        "at each attempt to begin a measure an enforced containment of it on the device was active",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id, 'no enforced containment was active'
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         WHERE t.kind IN ('restrict', 'isolate') AND t.outcome IS DISTINCT FROM 'imported' AND quell.is_in_order(t.reserved_at)
           AND NOT EXISTS (
             SELECT 1 FROM quell.containments c WHERE c.tenant_id = a.tenant_id AND c.device_id = a.device_id
               AND c.measure = a.subject
               AND c.mode = 'enforce' AND c.activated_at <= t.reserved_at
               -- An end that was not committed yet is none.
               AND coalesce(c.ended_at, 'infinity') >= t.reserved_at - interval '10 s')"
    ),
    finds_nothing!(
        "caused_by_enforce",
        "6",
        "no action was queued for a containment that only observes, or for another device's",
        "SELECT a.tenant_id, a.queued_at, a.id::text, a.device_id,
                CASE WHEN c.id IS NULL THEN 'its containment is not there'
                     WHEN c.mode <> 'enforce' THEN 'its containment only observes'
                     ELSE 'its containment is of another device, measure, playbook or revision' END
         FROM quell.actions a LEFT JOIN quell.containments c ON c.id = a.containment_id
         WHERE a.containment_id IS NOT NULL
           AND (c.id IS NULL OR c.mode <> 'enforce'
                OR (c.tenant_id, c.device_id) IS DISTINCT FROM (a.tenant_id, a.device_id)
                OR (c.measure <> a.subject AND a.subject IN ('restriction', 'isolation'))
                OR (c.playbook, c.revision) IS DISTINCT FROM (a.playbook, a.revision))"
    ),
    finds_nothing!(
        "within_validity",
        "6",
        "nothing that begins a measure, and no task, was reserved after its validity",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id, format('valid until %s', a.valid_until)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         WHERE t.kind IN ('restrict', 'isolate', 'scan', 'collect_package', 'quarantine_file') AND t.outcome IS DISTINCT FROM 'imported' AND t.reserved_at > a.valid_until
           AND quell.is_in_order(t.reserved_at)"
    ),
    finds_nothing!(
        "playbook_enforced",
        "6",
        "at each attempt to begin a measure, or of a task, for a playbook the set in force had that playbook, in mode enforce",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id, format('`%s` did not enforce', a.playbook)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         WHERE t.kind IN ('restrict', 'isolate', 'scan', 'collect_package', 'quarantine_file') AND a.playbook IS NOT NULL AND t.outcome IS DISTINCT FROM 'imported'
           AND quell.is_in_order(t.reserved_at)
           AND t.reserved_at >= (SELECT min(activated_at) FROM quell.set_activations v WHERE v.tenant_id = t.tenant_id)
           AND NOT EXISTS (
             SELECT 1 FROM quell.set_activations v
             JOIN quell.playbook_sets s ON s.tenant_id = v.tenant_id AND s.set_hash = v.set_hash AND s.playbook = a.playbook
             LEFT JOIN quell.set_activations n ON n.tenant_id = v.tenant_id AND n.version = v.version + 1
             WHERE v.tenant_id = t.tenant_id AND s.mode = 'enforce' AND v.activated_at <= t.reserved_at
               -- An activation that was not committed yet is not in force.
               AND coalesce(n.activated_at, 'infinity') >= t.reserved_at - interval '10 s')"
    ),
    finds_nothing!(
        "revision_may_act",
        "6",
        "nothing that begins a measure, and no task, was reserved for a revision that was unknown, revoked, or had fallen back from its canary",
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id,
                format('`%s` %s', a.playbook, CASE WHEN r.revision IS NULL THEN 'has no such revision'
                                                   WHEN r.revoked_at < t.reserved_at THEN 'was revoked in this revision'
                                                   ELSE 'had fallen back to observe' END)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         LEFT JOIN quell.playbook_revisions r
             ON r.tenant_id = a.tenant_id AND r.playbook = a.playbook AND r.revision = a.revision
         LEFT JOIN quell.canary_fallbacks f
             ON f.tenant_id = a.tenant_id AND f.playbook = a.playbook AND f.revision = a.revision
         WHERE t.kind IN ('restrict', 'isolate', 'scan', 'collect_package', 'quarantine_file') AND a.playbook IS NOT NULL AND t.outcome IS DISTINCT FROM 'imported'
           AND quell.is_in_order(t.reserved_at)
           AND (r.revision IS NULL OR r.revoked_at < t.reserved_at - interval '10 s'
                OR f.since < t.reserved_at - interval '10 s')"
    ),
    finds_nothing!(
        "nothing_while_stopped",
        "6",
        "no call was reserved while a stop that forbids it was in force",
        // A stop that could not wait for the gate may have been overtaken by what the gate was at.
        "SELECT t.tenant_id, t.reserved_at, t.id::text, a.device_id, format('stopped (%s) since %s', s.scope, s.begun_at)
         FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
         JOIN quell.stops s ON s.tenant_id = t.tenant_id
             AND t.reserved_at >= s.begun_at + CASE WHEN s.is_exact THEN interval '0' ELSE interval '1 min' END
             AND (s.ended_at IS NULL OR t.reserved_at < s.ended_at)
         WHERE (t.kind NOT IN ('release', 'release_isolation', 'cancel', 'list', 'get', 'seed')
                OR (t.kind IN ('release', 'release_isolation', 'cancel') AND s.scope = 'freeze'))
           AND t.outcome IS DISTINCT FROM 'imported' AND quell.is_in_order(t.reserved_at)"
    ),
    finds_nothing!(
        "begun_by_a_decision",
        "6",
        "a containment that names its event was begun by a decision to act, ask or observe, or held and asked for",
        "SELECT c.tenant_id, c.created_at, c.id::text, c.device_id,
                coalesce(format('the decision was %s: %s', d.kind, d.reason), 'there is no decision')
         FROM quell.containments c LEFT JOIN quell.decisions d ON d.event_id = c.event_id AND d.device_id = c.device_id
         WHERE c.event_id IS NOT NULL
           AND ((d.kind IS NULL AND c.event_id >= quell.pruned_before('decisions')) OR (c.mode = 'enforce' AND d.kind NOT IN ('act', 'ask', 'hold'))
                OR d.kind NOT IN ('act', 'ask', 'observe', 'hold')
                OR (d.kind = 'hold' AND NOT EXISTS (SELECT 1 FROM quell.transitions s
                    WHERE s.entity_id = c.id AND s.from_state IS NULL AND s.to_state = 'asked')))"
    ),
    finds_nothing!(
        "asked_was_approved",
        "6",
        "a containment that was asked for and that a person made active has the approvals that its terms want, of its revision \
         and of one reviewed state, and no denial; or it went on because a cap was lifted",
        "SELECT c.tenant_id, s.at, c.id::text, c.device_id, format('active by %s with %s approvals', s.by, coalesce(p.approved, 0))
         FROM quell.containments c
         JOIN quell.transitions s ON s.entity_id = c.id AND s.from_state = 'asked' AND s.to_state = 'active'
         LEFT JOIN (SELECT containment_id, count(DISTINCT lower(person)) FILTER (WHERE answer = 'approved' AND state = reviewed) AS approved,
                           count(*) FILTER (WHERE answer = 'denied') AS denied, max(revision) AS highest, min(revision) AS lowest
                    FROM (SELECT *, first_value(reviewed) OVER (PARTITION BY containment_id ORDER BY answered_at DESC) AS state
                          FROM quell.approvals) AS given GROUP BY containment_id) p ON p.containment_id = c.id
         WHERE s.by NOT IN ('decide', 'expire')
           AND NOT (s.reason LIKE 'caps[%' AND s.reason LIKE '%was lifted%' AND EXISTS (
               SELECT 1 FROM quell.cap_lifts l WHERE l.tenant_id = c.tenant_id AND l.by = s.by
                 AND l.cap = split_part(s.reason, ' ', 1) AND l.lifted_at <= s.at AND s.at < l.until))
           AND (coalesce(p.approved, 0) < coalesce((c.ask ->> 'approvals')::int, 1) OR p.denied > 0
                OR p.highest <> c.revision OR p.lowest <> c.revision)"
    ),
    finds_nothing!(
        "sets_follow",
        "7",
        "activations are numbered without a gap, each later than the one before, and the last is the set in force",
        "SELECT tenant_id, activated_at, format('activation %s', version), NULL,
                CASE WHEN version <> before + 1 THEN format('follows %s', before) ELSE 'is not later than the one before' END
         FROM (SELECT *, lag(version) OVER w AS before, lag(activated_at) OVER w AS earlier FROM quell.set_activations
               WINDOW w AS (PARTITION BY tenant_id ORDER BY version)) AS chain
         WHERE version <> before + 1 OR (activated_at < earlier AND quell.is_in_order(activated_at))
         UNION ALL
         SELECT a.tenant_id, a.activated_at, format('activation %s', a.version), NULL, 'in force, and not the last that was activated'
         FROM quell.active_sets a
         WHERE NOT EXISTS (SELECT 1 FROM quell.set_activations v WHERE v.tenant_id = a.tenant_id AND v.version = a.version
                           AND v.set_hash = a.set_hash)
            OR a.version <> (SELECT max(version) FROM quell.set_activations v WHERE v.tenant_id = a.tenant_id)"
    ),
    finds_nothing!(
        "decision_leads_back",
        "11",
        "a decision leads to the set that it was made under, and to the facts and rules that it was judged by",
        "SELECT d.tenant_id, d.decided_at, d.event_id::text, d.device_id,
                CASE WHEN v.version IS NULL THEN format('no set was activated as version %s', d.set_version)
                     ELSE 'the facts or the rules are not there' END
         FROM quell.decisions d
         LEFT JOIN quell.set_activations v ON v.tenant_id = d.tenant_id AND v.version = d.set_version
         LEFT JOIN quell.decision_inputs f ON f.tenant_id = d.tenant_id AND f.hash = d.facts_hash
         LEFT JOIN quell.decision_inputs r ON r.tenant_id = d.tenant_id AND r.hash = d.rules_hash
         WHERE (d.set_version IS NOT NULL AND v.version IS NULL
                AND d.set_version >= (SELECT min(version) FROM quell.set_activations m WHERE m.tenant_id = d.tenant_id))
            OR (d.facts_hash IS NOT NULL AND f.hash IS NULL) OR (d.rules_hash IS NOT NULL AND r.hash IS NULL)"
    ),
];
