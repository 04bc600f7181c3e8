//! What is made of the answers of Postgres.

use super::super::finding::State;
use super::*;

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().expect("a time")
}

fn server() -> ServerView {
    ServerView {
        version: "15.14".to_owned(),
        version_number: 150_014,
        is_tls: true,
        is_local: false,
        is_standby: false,
        at: now(),
        connections: 97,
        taken: 10,
        role: "quell".to_owned(),
        database: "quell".to_owned(),
    }
}

fn states(server: &ServerView) -> Vec<State> {
    let findings = server_findings(server, now(), 16);
    findings.iter().map(|finding| finding.state).collect()
}

#[test]
fn a_server_is_judged_by_what_it_is_how_it_is_reached_and_what_it_has_left() {
    use State::{Ok, Warning, Wrong};
    assert_eq!(states(&server()), [Ok, Ok, Ok, Ok]);
    let check = |change: fn(&mut ServerView), expected: [State; 4]| {
        let mut server = server();
        change(&mut server);
        assert_eq!(states(&server), expected, "{server:?}");
    };
    check(|server| server.is_standby = true, [Wrong, Ok, Ok, Ok]);
    check(|server| server.version_number = 140_000, [Warning, Ok, Ok, Ok]);
    check(|server| server.is_tls = false, [Ok, Warning, Ok, Ok]);
    check(
        |server| (server.is_tls, server.is_local) = (false, true),
        [Ok, Ok, Ok, Ok],
    );
    check(|server| server.taken = 80, [Ok, Ok, Ok, Ok]);
    check(|server| server.taken = 81, [Ok, Ok, Ok, Warning]);
}

#[test]
fn a_clock_that_is_off_is_told_with_how_much_and_on_which_side() {
    let check = |millis, grain, expected: (State, &str)| {
        let there = now() + SignedDuration::from_millis(millis);
        let found = clock_finding("c", "X", there, now(), SignedDuration::from_millis(grain));
        assert_eq!((found.state, found.found.as_str()), expected);
    };
    check(50, 0, (State::Ok, "the clock of X and this machine's agree"));
    check(
        -900,
        1_000,
        (State::Ok, "the clock of X and this machine's agree"),
    );
    check(
        1_500,
        0,
        (State::Ok, "the clock of X is 1 s ahead of this machine's"),
    );
    check(
        -5_000,
        0,
        (State::Warning, "the clock of X is 5 s behind this machine's"),
    );
    check(
        90_000,
        0,
        (
            State::Wrong,
            "the clock of X is 1 min 30 s ahead of this machine's",
        ),
    );
}

#[test]
fn migrations_that_are_behind_ahead_or_missing_say_what_to_run() {
    let check = |applied: Option<i64>, due, unknown, state, part: &str| {
        let found = migrations_finding(&MigrationsView {
            applied,
            newest: Some(9),
            due,
            unknown,
        });
        assert_eq!(found.state, state);
        let remedy = found.remedy.unwrap_or_default();
        assert!(
            remedy.contains(part) || found.found.contains(part),
            "{} {remedy}",
            found.found
        );
    };
    check(Some(9), 0, 0, State::Ok, "up to 9");
    check(Some(7), 2, 0, State::Wrong, "quell db migrate");
    check(Some(11), 0, 2, State::Wrong, "a newer one was here");
    check(None, 9, 0, State::Wrong, "no table");
}

#[test]
fn a_role_that_may_too_much_is_looked_at_and_one_that_may_too_little_is_wrong() {
    let rights = |text: &str| RightsView {
        is_superuser: text.contains('s'),
        is_owner: text.contains('o'),
        is_app: text.contains('a'),
        may_work: text.contains('w'),
        may_read: text.contains('r'),
    };
    for (text, state) in [
        ("arw", State::Ok),
        ("rw", State::Ok),
        ("soarw", State::Warning),
        ("oarw", State::Warning),
        ("r", State::Wrong),
        ("", State::Wrong),
    ] {
        assert_eq!(rights_finding(&rights(text)).state, state, "{text}");
    }
}

#[test]
fn a_database_that_is_another_one_or_was_restored_is_told() {
    let identity = |seen: Option<&str>, held: bool| IdentityView {
        is: "1:2:3:4".to_owned(),
        seen: seen.map(str::to_owned),
        held_until: held.then(|| now() + SignedDuration::from_mins(5)),
        installation: Some(-1),
    };
    let found = |seen, held| identity_finding(&identity(seen, held), Some(TenantId(1)), "t", now());
    let good = found(Some("1:2:3:4"), false);
    assert_eq!(good.state, State::Ok);
    assert!(good.found.ends_with("installation ffffffff"), "{}", good.found);
    assert_eq!(found(Some("1:3:3:4"), false).state, State::Warning);
    assert!(found(None, true).found.contains("in 5 min"));
    let nobody = identity_finding(&identity(None, false), None, "t", now());
    assert_eq!(nobody.state, State::NotAsked);
}
