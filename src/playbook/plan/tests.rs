//! The comparison, fed by hand.

use std::time::Duration;

use super::*;
use crate::domain::action::ActionKind;
use crate::domain::budget::{Pace, Window};
use crate::domain::measure::Measure;
use crate::domain::verdict::{AskTerms, Lane, Mode, Verdict, Wish};
use crate::playbook::rehearse::{Begun, What};

const HOUR: i64 = 3_600;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).expect("in range")
}

fn device(c: char) -> DeviceId {
    DeviceId::from_stored(c.to_string().repeat(40))
}

fn plan() -> Plan {
    Plan::new(&Rate {
        windows: vec![Window {
            limit: 100,
            per: Duration::from_secs(60),
        }],
        pace: Pace {
            interval: Duration::ZERO,
            burst: 1,
        },
        unpaced_releases: 5,
        release_window: Duration::from_secs(60),
        validity: Duration::from_secs(86_400),
    })
}

fn decision(kind: DecisionKind, reason: &str) -> Decision {
    let restrict = PlannedAction::RestrictAppExecution {
        comment: "c".to_owned(),
        release_after: Some(Duration::from_secs(14_400)),
        restart_on_match: true,
        release_when: Vec::new(),
    };
    let ruling = Ruling {
        verdict: Verdict {
            playbook: "p".to_owned(),
            revision: "r".to_owned(),
            mode: Mode::Enforce,
            lane: Lane::High,
            wish: Wish::Act,
            because: "matched".to_owned(),
            line: None,
            then: vec![restrict],
            ask: None,
            limits: Vec::new(),
            canary: None,
            notify: Vec::new(),
        },
        kind,
        mode: Mode::Enforce,
        reason: reason.to_owned(),
        ask: None,
        falls_back: false,
    };
    Decision {
        kind,
        reason: reason.to_owned(),
        rulings: vec![ruling],
    }
}

fn nothing() -> Decision {
    Decision {
        kind: DecisionKind::Skip,
        reason: "no_match".to_owned(),
        rulings: Vec::new(),
    }
}

/// What is told of a device, in a word.
#[derive(Clone, Copy, PartialEq)]
enum Turn {
    /// It is restricted by a match.
    Restricted,
    /// It is restricted because nobody answered.
    Unanswered,
    /// Another reason keeps it restricted too.
    Again,
    Observed,
    Released,
    Asked,
    Expired,
}
use Turn::{Again, Asked, Expired, Observed, Released, Restricted, Unanswered};

/// One side of a plan.
struct Teller<'p>(&'p mut Plan, Which);

impl Teller<'_> {
    fn turn(&mut self, second: i64, c: char, turn: Turn) -> &mut Self {
        let playbook = "p";
        let began = |mode, by| What::Began {
            playbook,
            mode,
            until: None,
            by,
        };
        let restrict = What::Action {
            kind: ActionKind::Restrict,
            lane: Lane::High,
        };
        let whats = match turn {
            Restricted => vec![began(Mode::Enforce, Begun::Match), restrict],
            Unanswered => vec![began(Mode::Enforce, Begun::NoAnswer), restrict],
            Again => vec![began(Mode::Enforce, Begun::Match)],
            Observed => vec![began(Mode::Observe, Begun::Match)],
            Released => vec![What::Action {
                kind: ActionKind::Release,
                lane: Lane::Release,
            }],
            Asked => vec![What::Asked {
                playbook,
                reason: "ask",
                until: at(second + HOUR),
            }],
            Expired => vec![What::Expired { playbook }],
        };
        let behind = match turn {
            Restricted | Again | Observed | Asked => Behind {
                alert: "a-1",
                title: "seen",
                name: Some("ws"),
            },
            Unanswered | Released | Expired => Behind::default(),
        };
        for what in whats {
            let happening = Happening {
                at: at(second),
                device: &device(c),
                what,
            };
            self.0.happened(self.1, &happening, behind);
        }
        self
    }
}

/// What differs, as `device difference`.
fn differences(tell: impl FnOnce(&mut Plan)) -> (Vec<String>, PlanReport) {
    let mut plan = plan();
    plan.decided(at(0), &nothing(), &nothing());
    tell(&mut plan);
    let report = plan.report();
    let told = report.devices.iter().map(|device| {
        let difference = serde_json::to_value(device.difference).expect("it has a name");
        let name = device.device.as_str().chars().take(1).collect::<String>();
        format!("{name} {}", difference.as_str().expect("it is a word"))
    });
    (told.collect(), report)
}

#[test]
fn equal_fates_are_no_difference() {
    let (told, report) = differences(|plan| {
        for which in [Which::Old, Which::New] {
            let mut tell = Teller(plan, which);
            tell.turn(0, 'a', Restricted).turn(HOUR, 'a', Released);
            tell.turn(0, 'b', Asked).turn(HOUR, 'b', Expired);
        }
    });
    assert_eq!(told, [""; 0]);
    assert!(!report.differs);
    assert_eq!(report.old, report.new);
    assert_eq!(
        (report.new.asks, report.new.asks_expired, report.new.devices_asked),
        (1, 1, 1)
    );
    assert_eq!((report.new.calls.restricts, report.new.calls.releases), (1, 1));
}

#[test]
fn each_way_to_differ_has_its_name_and_the_order_is_by_it() {
    let (told, report) = differences(|plan| {
        let mut old = Teller(plan, Which::Old);
        old.turn(0, 'b', Restricted).turn(HOUR, 'b', Released);
        old.turn(0, 'c', Restricted).turn(HOUR, 'c', Released);
        old.turn(0, 'd', Restricted);
        old.turn(0, 'e', Restricted).turn(HOUR, 'e', Released);
        old.turn(0, 'g', Asked).turn(0, 'a', Asked);
        let mut new = Teller(plan, Which::New);
        new.turn(0, 'a', Restricted);
        new.turn(0, 'c', Restricted).turn(2 * HOUR, 'c', Released);
        new.turn(0, 'd', Restricted).turn(2 * HOUR, 'd', Released);
        new.turn(60, 'e', Restricted).turn(HOUR + 60, 'e', Released);
        new.turn(0, 'f', Asked);
    });
    let expected = [
        "a newly_restricted",
        "b no_longer_restricted",
        "c longer",
        "d shorter",
        "e other_times",
        "f newly_asked",
        "g no_longer_asked",
    ];
    assert_eq!(told, expected);
    assert!(report.differs);
    let a = &report.devices[0];
    assert_eq!(
        (a.old.asks, a.new.restricted_seconds, a.name.as_deref()),
        (1, None, Some("ws"))
    );
    let story = a.new.restricted.as_ref().expect("it was restricted");
    assert_eq!((story.playbook.as_str(), story.alert.as_str()), ("p", "a-1"));
}

#[test]
fn two_reasons_are_one_restriction_and_an_unanswered_ask_that_acts_tells_the_asks_alert() {
    let (_, report) = differences(|plan| {
        let mut new = Teller(plan, Which::New);
        new.turn(0, 'a', Restricted)
            .turn(60, 'a', Again)
            .turn(2 * HOUR, 'a', Released);
        new.turn(3 * HOUR, 'b', Asked);
        new.turn(4 * HOUR, 'b', Unanswered);
    });
    assert_eq!((report.new.calls.restricts, report.new.calls.releases), (2, 1));
    assert_eq!(report.devices[0].new.restricted_seconds, Some(7_200.0));
    let by_time = report.devices[1]
        .new
        .restricted
        .as_ref()
        .expect("it was restricted");
    assert_eq!((by_time.alert.as_str(), by_time.at), ("a-1", at(4 * HOUR)));
}

#[test]
fn what_stood_before_costs_no_call_and_is_no_difference() {
    let mut plan = plan();
    for which in [Which::Old, Which::New] {
        plan.stood(which, at(0), &device('a'), ("p", Measure::Restriction));
        Teller(&mut plan, which).turn(HOUR, 'a', Released);
    }
    let report = plan.report();
    assert!(!report.differs, "{report:?}");
    assert_eq!((report.new.calls.restricts, report.new.calls.releases), (0, 1));
    assert_eq!(report.new.devices_restricted, 1);
}

#[test]
fn what_is_observed_is_counted_apart_and_calls_nothing() {
    let (told, report) = differences(|plan| {
        let mut new = Teller(plan, Which::New);
        new.turn(0, 'a', Observed);
    });
    assert_eq!(told, [""; 0]);
    assert_eq!(
        (
            report.new.devices_observed,
            report.new.devices_restricted,
            report.new.calls.restricts
        ),
        (1, 0, 0)
    );
}

#[test]
fn the_worst_hour_is_the_one_with_the_most_calls_and_shows_both_sets() {
    let (_, report) = differences(|plan| {
        Teller(plan, Which::Old).turn(5 * HOUR + 10, 'x', Restricted);
        let mut new = Teller(plan, Which::New);
        new.turn(0, 'a', Restricted);
        for (n, c) in ('b'..='f').enumerate() {
            new.turn(5 * HOUR + 600 * n as i64, c, Restricted);
        }
        new.turn(5 * HOUR + 3_599, 'g', Asked);
        new.turn(7 * HOUR, 'h', Restricted);
    });
    let worst = report.worst_hour.expect("there were calls");
    assert_eq!(worst.from, at(5 * HOUR));
    assert_eq!(
        (worst.new.restricts, worst.new.asks, worst.old.restricts),
        (5, 1, 1)
    );
}

#[test]
fn devices_restricted_at_the_end_are_those_of_the_last_event_not_of_the_last_release() {
    let (_, report) = differences(|plan| {
        Teller(plan, Which::New)
            .turn(0, 'a', Restricted)
            .turn(0, 'b', Restricted)
            .turn(60, 'b', Released);
        plan.events_end(at(120));
        Teller(plan, Which::New).turn(HOUR, 'a', Released);
    });
    assert_eq!(report.new.devices_restricted_at_end, 1);
    assert_eq!(
        report
            .devices
            .iter()
            .filter(|d| d.new.is_restricted_at_end)
            .count(),
        1
    );
}

#[test]
fn decisions_differ_by_what_follows_and_not_by_why_nothing_does() {
    let act = decision(DecisionKind::Act, "matched");
    let differ = |old: &Decision, new: &Decision| !is_same(old, new);
    assert!(!differ(&act, &act));
    assert!(!differ(
        &nothing(),
        &decision(DecisionKind::Skip, "unless.device.tags")
    ));
    assert!(differ(&nothing(), &act));
    assert!(differ(&act, &decision(DecisionKind::Act, "other")));
    assert!(differ(&act, &decision(DecisionKind::Ask, "matched")));
    let change = |change: fn(&mut Ruling)| {
        let mut other = act.clone();
        change(&mut other.rulings[0]);
        differ(&act, &other)
    };
    assert!(change(|ruling| ruling.verdict.playbook = "q".to_owned()));
    assert!(change(|ruling| ruling.verdict.lane = Lane::Low));
    assert!(change(|ruling| ruling.mode = Mode::Observe));
    assert!(change(|ruling| {
        ruling.ask = Some(AskTerms {
            from: Vec::new(),
            approvals: 2,
            within: Duration::from_secs(60),
            otherwise_act: false,
        });
    }));
    let restrict = |comment: &str, after| PlannedAction::RestrictAppExecution {
        comment: comment.to_owned(),
        release_after: Some(Duration::from_secs(after)),
        restart_on_match: true,
        release_when: Vec::new(),
    };
    let with = |then: PlannedAction| {
        let mut other = act.clone();
        other.rulings[0].verdict.then = vec![then];
        differ(&act, &other)
    };
    assert!(!with(restrict("another comment", 14_400)));
    assert!(with(restrict("c", 3_600)));
    assert!(!change(|ruling| ruling.verdict.revision = "s".to_owned()));
}

#[test]
fn the_release_of_one_device_withdraws_nothing_that_waits_for_another() {
    let (_, report) = differences(|plan| {
        let mut new = Teller(plan, Which::New);
        // One more than the window holds.
        for c in ('\u{100}'..).take(101) {
            new.turn(0, c, Restricted);
        }
        new.turn(1, '\u{100}', Released);
    });
    let calls = report.new.calls;
    assert_eq!((calls.restricts, calls.releases, calls.withdrawn), (101, 1, 0));
}

#[test]
fn what_held_a_playbook_back_is_told_with_its_first_time() {
    let mut plan = plan();
    let held = decision(DecisionKind::Ask, "limits[0]");
    for second in [5, 10] {
        plan.decided(at(second), &nothing(), &held);
    }
    plan.decided(at(20), &nothing(), &decision(DecisionKind::Skip, "never.tags"));
    plan.decided(at(30), &nothing(), &decision(DecisionKind::Act, "matched"));
    let report = plan.report();
    let told: Vec<_> = report
        .new
        .held
        .iter()
        .map(|held| (held.reason.as_str(), held.times, held.first_at))
        .collect();
    assert_eq!(told, [("limits[0]", 2, at(5)), ("never.tags", 1, at(20))]);
    let limits: Vec<_> = report.new.held.iter().map(Held::is_limit).collect();
    assert_eq!(limits, [true, false]);
    assert_eq!((report.judged, report.decided_differently), (4, 3));
    let counts = report.playbooks[0].new;
    assert_eq!((counts.act, counts.ask, counts.skip), (1, 2, 1));
    assert_eq!(report.worst_hour.map(|worst| worst.new.held), Some(2));
}
