//! The invariants, held against what the simulator saw and what the database says. Every test of the whole program ends
//! with them.

use std::collections::{BTreeMap, BTreeSet};

use quell::domain::action::Marker;
use quell::simulator::Report;
use quell::simulator::journal::Entry;
use sqlx::{Executor, PgConnection, Row};

/// Questions that must find nothing.
const NOTHING: &[(&str, &str)] = &[
    (
        "a device with two open actions about one thing",
        "SELECT device_id FROM quell.actions WHERE state IN ('submitting', 'in_doubt', 'submitted')
         GROUP BY tenant_id, device_id, subject HAVING count(*) > 1",
    ),
    (
        "an event without one decision for each of its devices, decided or waiting",
        "SELECT e.id::text FROM quell.events e
         WHERE greatest(cardinality(e.devices), 1)
           <> (SELECT count(*) FROM quell.decisions d WHERE d.event_id = e.id)
            + (SELECT count(*) FROM quell.inbox i WHERE i.event_id = e.id)
            + (SELECT count(*) FROM quell.dead_letters l WHERE l.event_id = e.id)",
    ),
    (
        "a decision on an event that is not there",
        "SELECT d.event_id::text FROM quell.decisions d LEFT JOIN quell.events e ON e.id = d.event_id WHERE e.id IS NULL",
    ),
    (
        "an action whose attempts are not numbered from one to its count",
        "SELECT a.id::text FROM quell.actions a LEFT JOIN quell.attempts t ON t.action_id = a.id AND t.kind = a.kind
         GROUP BY a.id, a.attempts HAVING count(t.id) <> a.attempts OR coalesce(max(t.n), 0) <> a.attempts",
    ),
    (
        "an action whose cancels are not numbered from one to their count, or one cancelled while something wanted it",
        "SELECT a.id::text FROM quell.actions a LEFT JOIN quell.attempts t ON t.action_id = a.id AND t.kind = 'cancel'
         GROUP BY a.id, a.cancels HAVING count(t.id) <> a.cancels OR coalesce(max(t.n), 0) <> a.cancels
         UNION ALL
         SELECT a.id::text FROM quell.actions a JOIN quell.attempts t ON t.action_id = a.id AND t.kind = 'cancel'
         WHERE (a.kind <> 'restrict' AND a.probe_id IS NULL) OR (a.kind = 'restrict' AND EXISTS (
             SELECT 1 FROM quell.containments c WHERE c.tenant_id = a.tenant_id AND c.device_id = a.device_id
               AND c.mode = 'enforce' AND c.activated_at < t.reserved_at AND coalesce(c.ended_at, 'infinity') > t.reserved_at))",
    ),
    (
        "an action under way whose last attempt is answered, or one that has ended as if it had not been called",
        "SELECT a.id::text FROM quell.actions a LEFT JOIN quell.attempts t ON t.action_id = a.id AND t.kind = a.kind
                                                 AND t.n = a.attempts
         WHERE (a.state = 'submitting' AND t.answered_at IS NOT NULL)
            OR (a.state IN ('submitted', 'succeeded', 'timed_out', 'cancelled') AND a.defender_id IS NULL)
            OR (a.state IN ('withdrawn', 'expired') AND a.defender_id IS NOT NULL)",
    ),
    (
        "an entity whose audit rows are no chain from its beginning to its state",
        "WITH steps AS (SELECT entity_id, from_state, to_state,
                               lag(to_state) OVER (PARTITION BY entity_id ORDER BY id) AS before,
                               row_number() OVER (PARTITION BY entity_id ORDER BY id DESC) AS from_end
                        FROM quell.transitions)
         SELECT entity_id::text FROM steps WHERE from_state IS DISTINCT FROM before
         UNION ALL SELECT a.id::text FROM quell.actions a LEFT JOIN steps s ON s.entity_id = a.id AND s.from_end = 1
                   WHERE s.to_state IS DISTINCT FROM a.state
         UNION ALL SELECT c.id::text FROM quell.containments c
                   LEFT JOIN steps s ON s.entity_id = c.id AND s.from_end = 1 WHERE s.to_state IS DISTINCT FROM c.state",
    ),
    (
        "a device that is wanted restricted, is not, and has neither an action nor somebody's attention",
        "SELECT d.device_id FROM quell.devices d
         WHERE d.restriction NOT IN ('restricted', 'restricted_by_other')
           AND EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = d.tenant_id AND c.device_id = d.device_id
                       AND c.state = 'active' AND c.mode = 'enforce' AND c.attention IS NULL)
           AND NOT EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = d.tenant_id AND a.device_id = d.device_id
                           AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted'))",
    ),
    (
        "a device that we restricted, that nothing wants restricted, and that no release is on its way for",
        "SELECT d.device_id FROM quell.devices d
         WHERE d.restriction IN ('restricted', 'unknown')
           AND NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = d.tenant_id
                           AND c.device_id = d.device_id AND c.state = 'active' AND c.mode = 'enforce')
           AND NOT EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = d.tenant_id AND a.device_id = d.device_id
                           AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted'))",
    ),
];

/// What the simulator saw: no window above its limit, nothing refused for it, nothing doubled, nothing crossed.
pub fn of_the_simulator(report: &Report, throttles: bool, doubles: u64) {
    let of_windows = |sentence: &&String| throttles && sentence.ends_with("are allowed");
    let violations: Vec<_> = report
        .violations
        .iter()
        .filter(|sentence| !of_windows(sentence))
        .collect();
    assert_eq!(violations.len() as u64, doubles, "{violations:?}");
    assert_eq!(
        (report.duplicates, report.opposite_while_open),
        (doubles, 0),
        "{report:?}"
    );
    if !throttles {
        assert_eq!(report.rejected_429, 0, "{report:?}");
        for window in &report.most_in_window {
            assert!(window.most <= u64::from(window.limit), "{window:?}");
        }
    }
}

/// What the database says of itself.
pub async fn of_the_database(connection: &mut PgConnection) {
    for (what, sql) in NOTHING {
        let rows = connection
            .fetch_all(*sql)
            .await
            .unwrap_or_else(|error| panic!("{error}: {sql}"));
        let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        assert!(
            found.is_empty(),
            "{} times {what}, e.g. {:?}",
            found.len(),
            &found[..found.len().min(5)]
        );
    }
}

/// Every call that the simulator saw has its own committed attempt, for that device and in that direction.
pub async fn of_both(journal: &[Entry], connection: &mut PgConnection) {
    let attempts = connection
        .fetch_all(
            "SELECT a.id::text, t.n, a.device_id, a.kind FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
             WHERE t.kind <> 'cancel'",
        )
        .await
        .expect("the ledger can be read");
    let attempts: BTreeMap<(String, i32), (String, String)> = attempts
        .iter()
        .map(|row| ((row.get(0), row.get(1)), (row.get(2), row.get(3))))
        .collect();
    let cancels = connection
        .fetch_all("SELECT a.id::text, t.n FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id WHERE t.kind = 'cancel'")
        .await
        .expect("the ledger can be read");
    let mut cancels: BTreeSet<(String, i32)> = cancels.iter().map(|row| (row.get(0), row.get(1))).collect();
    for entry in journal.iter().filter(|entry| entry.path.ends_with("/cancel")) {
        let comment = entry.comment.as_deref().unwrap_or_default();
        if comment.is_empty() && entry.status != 200 {
            continue;
        }
        let marker = Marker::read(comment).unwrap_or_else(|| panic!("a cancel without a marker: {entry:?}"));
        assert!(
            cancels.remove(&(marker.action.to_string(), marker.attempt)),
            "a cancel without an attempt of its own: {entry:?}"
        );
    }
    let mut seen = BTreeMap::new();
    for entry in journal
        .iter()
        .filter(|entry| entry.method == "POST" && entry.device.is_some())
    {
        let comment = entry.comment.as_deref().unwrap_or_default();
        // A call that was refused before it was read has no comment in the journal.
        if comment.is_empty() && entry.status != 201 {
            continue;
        }
        let marker = Marker::read(comment).unwrap_or_else(|| panic!("a call without a marker: {entry:?}"));
        let key = (marker.action.to_string(), marker.attempt);
        let (device, kind) = attempts
            .get(&key)
            .unwrap_or_else(|| panic!("a call without an attempt: {entry:?}"));
        assert_eq!(Some(device), entry.device.as_ref(), "{entry:?}");
        let path = entry.path.to_lowercase();
        assert_eq!(path.rsplit('/').next(), Some(segment(kind)), "{entry:?}");
        if let Some(before) = seen.insert(key, entry) {
            panic!("one attempt was called twice: {before:?} and {entry:?}");
        }
    }
}

/// The last part of the address that a kind of action is called at, in lower case.
fn segment(kind: &str) -> &'static str {
    match kind {
        "restrict" => "restrictcodeexecution",
        "release" => "unrestrictcodeexecution",
        "isolate" => "isolate",
        "release_isolation" => "unisolate",
        "scan" => "runantivirusscan",
        "collect_package" => "collectinvestigationpackage",
        "quarantine_file" => "stopandquarantinefile",
        other => panic!("no kind of action is called `{other}`"),
    }
}
