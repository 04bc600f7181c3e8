//! Each check of the demo's end holds for books that add up, and fails for the fault it is there for.

use super::*;
use crate::simulator::WindowUse;

fn map(entries: &[(&str, i64)]) -> BTreeMap<String, i64> {
    entries.iter().map(|(key, n)| ((*key).to_owned(), *n)).collect()
}

fn window(scope: &str, per_seconds: u64, limit: u32, most: u64) -> WindowUse {
    WindowUse {
        scope: scope.to_owned(),
        per_seconds,
        limit,
        most,
    }
}

/// Ten devices, a repeated record and a broken one; one restrict failed and was retried.
fn balanced() -> Books {
    Books {
        devices: 10,
        delivered: Delivered {
            records: 14,
            stored: 12,
            repeated: 1,
            refused: 1,
        },
        repeated: 1,
        inbox: 0,
        accounts: Accounts {
            events: 12,
            outcomes: map(&[("act: match", 11), ("skip: no_device", 1)]),
            dead_letters: 1,
            actions: map(&[
                ("restrict succeeded", 10),
                ("restrict failed", 1),
                ("release succeeded", 10),
            ]),
            calls: 21,
            ..Accounts::default()
        },
        storm: PlaybookAccounts {
            containments: map(&[("ended: time", 10)]),
            devices: 10,
            devices_there_and_back: 10,
            devices_twice: 0,
        },
        defender: Report {
            scale: 60.0,
            token_requests: 1,
            action_calls: 21,
            read_calls: 9,
            rejected_429: 0,
            early_after_429: 0,
            without_token: 0,
            bad_tokens: 0,
            forbidden: 0,
            unknown_paths: 0,
            most_in_window: vec![
                window("actions", 60, 100, 20),
                window("actions", 3600, 1500, 21),
                window("reads", 60, 100, 9),
            ],
            duplicates: 0,
            opposite_while_open: 0,
            restricted_now: 0,
            isolated_now: 0,
            quarantined_files: 0,
            actions_by_status: BTreeMap::new(),
            actions_by_type: BTreeMap::new(),
            actions_open: 0,
            faults: 0,
            timeline_refused: Vec::new(),
            violations: Vec::new(),
        },
        storm_restricted: 0,
        forbidden_calls: 0,
        audit: (34, Vec::new()),
    }
}

#[test]
fn books_that_add_up_hold() {
    let checks = balanced().checks();
    assert!(checks.iter().all(|check| check.held), "{checks:#?}");
    assert_eq!(checks.len(), 15);
}

/// The check that must fail, and what is wrong.
type Fault = (&'static str, fn(&mut Books));

#[test]
fn each_fault_fails_the_check_that_is_there_for_it_and_no_other() {
    let faults: [Fault; 26] = [
        ("every record has an outcome", |b| b.delivered.records += 1),
        ("every record has an outcome", |b| b.accounts.dead_letters = 0),
        ("every record has an outcome", |b| b.repeated = 0),
        ("every record has an outcome", |b| {
            b.accounts.outcomes = map(&[("act: match", 11)])
        }),
        ("every event has one decision per device", |b| {
            b.accounts.events_astray = 1
        }),
        ("every event has one decision per device", |b| b.inbox = 1),
        ("every action has its end", |b| {
            b.accounts.actions = map(&[("release in_doubt", 1)])
        }),
        ("no 60 s held more calls than allowed", |b| {
            b.defender.most_in_window[0].most = 101
        }),
        ("no hour held more calls than allowed", |b| {
            b.defender.most_in_window[1].most = 1501
        }),
        ("no window of reads held more than allowed", |b| {
            b.defender.most_in_window[2].most = 101
        }),
        ("nothing was answered 429", |b| b.defender.rejected_429 = 1),
        ("nothing was asked for twice", |b| b.defender.duplicates = 1),
        ("no call while the opposite one was open", |b| {
            b.defender.opposite_while_open = 1
        }),
        ("every call was written down before it was made", |b| {
            b.defender.action_calls = 22
        }),
        ("every call was written down before it was made", |b| {
            b.accounts.calls_unanswered = 1
        }),
        ("protected and malformed devices were left alone", |b| {
            b.forbidden_calls = 1
        }),
        ("every storm device was restricted once, then released", |b| {
            b.devices = 11
        }),
        ("every storm device was restricted once, then released", |b| {
            b.storm.devices_there_and_back = 9
        }),
        ("every storm device was restricted once, then released", |b| {
            b.storm.devices_twice = 1
        }),
        ("every storm device was restricted once, then released", |b| {
            b.storm_restricted = 1
        }),
        ("every storm device was restricted once, then released", |b| {
            b.storm.containments = map(&[("ended: time", 9), ("ended: drift", 1)]);
        }),
        ("only what a playbook still wants is restricted", |b| {
            b.defender.restricted_now = 1
        }),
        ("only what a playbook still wants is restricted", |b| {
            b.accounts.devices_not_free_unwanted = 1
        }),
        ("every change of state has its audit row", |b| {
            b.accounts.broken_histories = 1
        }),
        ("quell audit finds nothing", |b| {
            b.audit.1 = vec!["history_is_legal"]
        }),
        ("quell audit finds nothing", |b| b.audit.0 = 0),
    ];
    let named: std::collections::BTreeSet<&str> = faults.iter().map(|(name, _)| *name).collect();
    assert_eq!(
        named.len(),
        balanced().checks().len(),
        "a check has no fault that fails it"
    );
    for (name, fault) in faults {
        let mut books = balanced();
        fault(&mut books);
        let failed: Vec<&str> = books
            .checks()
            .into_iter()
            .filter(|check| !check.held)
            .map(|check| check.name)
            .collect();
        assert_eq!(failed, [name]);
    }
}

#[test]
fn restricted_devices_that_a_playbook_still_wants_are_no_fault() {
    let mut books = balanced();
    books.defender.restricted_now = 3;
    books.accounts.devices_not_free = 3;
    assert!(books.checks().iter().all(|check| check.held));
}

#[test]
fn actions_are_summed_over_their_kinds() {
    let books = balanced();
    assert_eq!(
        books.actions_by_state(),
        BTreeMap::from([("succeeded", 20), ("failed", 1)])
    );
}
