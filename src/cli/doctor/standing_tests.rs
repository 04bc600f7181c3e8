//! What is made of the database's words about the work.

use std::path::Path;

use super::super::finding::State;
use super::*;
use crate::store::OverdueDevice;

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().expect("a time")
}

fn minutes_ago(minutes: i64) -> Timestamp {
    now() - SignedDuration::from_mins(minutes)
}

fn config(more: &str) -> Config {
    let text = format!(
        "database: {{url: 'postgres:///q'}}\nplaybooks: {{path: p}}\ntenants:\n  - name: t\n    credential: {{client_secret: \
         {{directory_id: d, client_id: c, secret_file: s}}}}\n{more}"
    );
    Config::parse("q.yaml", &text, Path::new("/"), None)
        .expect("it is one")
        .config
}

#[test]
fn a_daemon_that_stopped_dispatching_is_wrong_and_one_that_never_ran_is_to_be_started() {
    let view = |is_held| LeaseView {
        epoch: 3,
        expires_at: minutes_ago(5),
        is_held,
        host: Some("web-1".to_owned()),
    };
    let found = lease(Some(&view(true)), now());
    assert_eq!(
        (found.state, found.found.as_str()),
        (State::Ok, "a daemon dispatches on web-1 under epoch 3")
    );
    let found = lease(Some(&view(false)), now());
    assert_eq!(found.state, State::Wrong);
    assert!(
        found.found.ends_with("the last one ended 5 min ago"),
        "{}",
        found.found
    );
    assert_eq!(lease(None, now()).state, State::Warning);
    assert_eq!(replicas(&[], now()).state, State::NotAsked);
}

#[test]
fn an_inventory_is_missing_too_old_or_failing() {
    let check = |view: InventoryView, more: &str, state, part: &str| {
        let found = inventory(&view, &config(more), now());
        assert_eq!(found.state, state, "{}", found.found);
        assert!(found.found.contains(part), "{}", found.found);
    };
    let whole = |minutes| InventoryView {
        devices: Some(1_200),
        as_of: Some(minutes_ago(minutes)),
        ..InventoryView::default()
    };
    check(whole(90), "", State::Ok, "1200 devices, read 1 h 30 min ago");
    check(whole(3 * 1_440), "", State::Warning, "3 d ago");
    check(
        InventoryView::default(),
        "",
        State::Warning,
        "no reading of the devices is complete yet",
    );
    let failed = InventoryView {
        failed_at: Some(minutes_ago(10)),
        failure: Some("status 403".to_owned()),
        ..whole(90)
    };
    check(failed, "", State::Warning, "given up 10 min ago: status 403");
    check(
        InventoryView::default(),
        "facts: {inventory: {every: 0s}}\n",
        State::NotAsked,
        "`facts.inventory.every` is 0",
    );
}

#[test]
fn a_window_that_is_nearly_full_is_told() {
    let view = |used| WindowView {
        per_seconds: 3_600.0,
        limit: 1_500,
        used,
    };
    assert_eq!(budget(&[view(100)]).found, "calls: 1400 of 1500 left in 1 h");
    assert_eq!(budget(&[view(1_349)]).state, State::Ok);
    assert_eq!(budget(&[view(1_350)]).state, State::Warning);
}

#[test]
fn alarms_are_told_and_overdue_releases_are_wrong() {
    assert_eq!(alarms(&[], now()).state, State::Ok);
    let alarm = AlarmView {
        at: minutes_ago(30),
        kind: "drift".to_owned(),
        device: None,
        told: "somebody lifted it".to_owned(),
    };
    let found = alarms(&[alarm.clone(), alarm], now());
    assert_eq!(
        (found.state, found.found.as_str()),
        (
            State::Warning,
            "2 alarms in the last day, the newest 30 min ago: somebody lifted it"
        )
    );
    let late = Overdue {
        devices: 1,
        oldest: Some(OverdueDevice {
            device: "abc".to_owned(),
            since: minutes_ago(120),
            containment: uuid::Uuid::nil(),
        }),
    };
    let found = overdue(&late, now());
    assert_eq!(found.state, State::Wrong);
    assert!(
        found
            .remedy
            .is_some_and(|remedy| remedy.ends_with("quell explain --device abc"))
    );
}

#[test]
fn asks_that_name_nobody_are_to_go_to_somebody() {
    let check = |more: &str, state| {
        let found = approvals(&config(more));
        assert_eq!(found.state, state, "{}", found.found);
    };
    check("", State::Warning);
    check(
        "approvals: {default: {from: [soc]}, groups: {soc: [anna, ben]}}\n",
        State::Ok,
    );
}
