//! Tests of what ends early: a canary that falls back, a containment whose alerts are resolved, a part of the fleet.

use super::tests::{Play, restrict, rules, set};
use super::*;

#[test]
fn a_canary_that_hits_its_limit_observes_from_then_on() {
    let set = set(&[(
        "p",
        &restrict(
            "alert.title: x",
            "after: 10m",
            "canary: {percent: 100}\nlimits: [{devices: 1, per: 1h}]",
        ),
    )]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    play.alert("0s", "x", 1);
    play.alert("1m", "x", 2);
    play.alert("2h", "x", 3);
    play.pass("1d");
    insta::assert_snapshot!(play.log, @r"
    0s d1 p began, enforce, Match, until 10m
    0s d1 restrict in lane normal
    1m d2 p fell back, canary.limits[0]
    1m d2 p began, observe, Match, until 11m
    10m d1 p ended, time
    10m d1 release in lane release
    11m d2 p ended, time
    2h d3 p began, observe, Match, until 2h10m
    2h10m d3 p ended, time
    ");
}

#[test]
fn a_containment_ends_when_every_alert_behind_it_is_resolved() {
    let set = set(&[(
        "p",
        &restrict("alert.title: x", "after: 4h, when: alert_resolved", ""),
    )]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    play.news("0s", EventKind::New, "a1", "x", 1);
    play.news("1m", EventKind::New, "a2", "x", 1);
    play.news("1h", EventKind::Resolved, "a1", "closed", 1);
    play.news("2h", EventKind::Resolved, "a9", "closed", 1);
    play.news("3h", EventKind::Resolved, "a2", "closed", 1);
    insta::assert_snapshot!(play.log, @r"
    0s d1 p began, enforce, Match, until 4h
    0s d1 restrict in lane normal
    3h d1 p ended, alert_resolved
    3h d1 release in lane release
    ");
}

/// One user, title or source may drive so many devices; what nobody answered is held to that like what acts at once.
#[test]
fn an_unanswered_ask_expires_where_what_drives_it_has_driven_enough() {
    let ask = "ask: {from: [a], within: 30m, otherwise: act}";
    let set = set(&[("p", &restrict("alert.title: x", "after: 4h", ask))]);
    let rules = Rules {
        surge: crate::domain::surge::Surge {
            per: std::time::Duration::from_secs(3_600),
            per_title: Some(1),
            ..Default::default()
        },
        ..rules()
    };
    let mut play = Play::new(&set, &rules);
    play.alert("0s", "x", 1);
    play.alert("5m", "x", 2);
    play.pass("1h");
    insta::assert_snapshot!(play.log, @r"
    0s d1 p asks, ask, until 30m
    5m d2 p asks, ask, until 35m
    30m d1 p began, enforce, NoAnswer, until 4h30m
    30m d1 restrict in lane normal
    35m d2 p expired
    ");
}

#[test]
fn a_canary_with_two_false_positives_observes_from_then_on() {
    let set = set(&[
        (
            "p",
            &restrict("alert.title: x", "after: 4h", "canary: {percent: 100}"),
        ),
        (
            "r",
            "when: {alert.title: closed}\nthen: [release_app_restriction: {comment: c}]",
        ),
    ]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    for n in 1..=3 {
        play.alert("0s", "x", n);
    }
    play.news("1m", EventKind::Resolved, "a1", "closed", 1);
    play.news("2m", EventKind::Updated, "a1", "closed", 2);
    play.alert("3m", "x", 4);
    play.news("4m", EventKind::Resolved, "a1", "closed", 3);
    play.alert("5m", "x", 5);
    play.news("6m", EventKind::Resolved, "a1", "closed", 4);
    let last: Vec<_> = play.log.lines().rev().take(6).collect();
    insta::assert_snapshot!(last.into_iter().rev().collect::<Vec<_>>().join("\n"), @"
    4m d3 p ended, release_playbook r
    4m d3 p fell back, canary.false_positives
    4m d3 release in lane release
    5m d5 p began, observe, Match, until 4h5m
    6m d4 p ended, release_playbook r
    6m d4 release in lane release
    ");
    assert_eq!(play.log.matches("fell back").count(), 1);
}

#[test]
fn a_part_of_the_fleet_needs_its_size() {
    let set = set(&[(
        "p",
        &restrict(
            "alert.title: x",
            "after: 10m",
            "limits: [{percent_of_fleet: 10, per: 1h, otherwise: skip}]",
        ),
    )]);
    let rules = rules();
    let mut play = Play::new(&set, &rules);
    assert_eq!(play.alert("0s", "x", 1).reason, "limits[0].fleet_unknown");
    play.world = play.world.with_fleet(Some(10));
    assert_eq!(play.alert("1s", "x", 1).reason, "matched");
    assert_eq!(play.alert("2s", "x", 2).reason, "limits[0]");
}
