//! Tests of the decision where a playbook begins with a part of the fleet, and of limits that are a part of it.

use super::tests::{HOUR, check, device, outcome, rules, verdict};
use super::*;
use crate::domain::canary::Canary;
use crate::domain::verdict::{Limit, Most, Percent};

/// A playbook that enforces on the devices of group `pilot`, at most two an hour.
fn in_canary() -> Verdict {
    Verdict {
        canary: Some(Canary::Groups(vec!["pilot".to_owned()])),
        limits: vec![Limit {
            most: Most::Devices(2),
            per: HOUR,
            otherwise_ask: true,
        }],
        ..verdict("a")
    }
}

/// Judges one verdict on device 0, of this group, in a fleet of this size.
fn judged(
    verdict: &Verdict,
    group: Fact<&str>,
    fleet: Option<u64>,
    fallbacks: &[Fallback],
    usage: &Usage,
) -> Ruling {
    let now = Timestamp::from_second(1_000_000).expect("in range");
    let facts = DeviceFacts {
        group: group.map(str::to_owned),
        ..DeviceFacts::default()
    };
    let (rules, id) = (rules(), device(0));
    let situation = Situation {
        rules: &rules,
        now,
        occurred_at: &Fact::Is(now),
        device_id: &id,
        device: &facts,
        restricted_by: &[],
        fleet,
        fallbacks,
        observed_by: &[],
        drivers: &[],
        trust: crate::domain::trust::Trust::Act,
    };
    let mut decision = decide(vec![verdict.clone()], &situation, usage);
    decision.rulings.remove(0)
}

fn summary(ruling: &Ruling) -> (DecisionKind, Mode, &str, bool) {
    (
        ruling.kind,
        ruling.mode,
        ruling.reason.as_str(),
        ruling.falls_back,
    )
}

/// So many other devices were acted on in the last hour, in this mode.
fn acted(mode: Mode, devices: u32) -> Usage {
    let mut usage = Usage::default();
    for mode_of_key in [Mode::Observe, Mode::Enforce] {
        let counted = (1..=devices).map(device).filter(|_| mode == mode_of_key);
        usage.load((Some("a".to_owned()), mode_of_key, HOUR), counted);
    }
    usage
}

#[test]
fn a_match_outside_the_canary_is_observed_and_one_inside_acts() {
    let usage = acted(Mode::Enforce, 0);
    for (group, kind, mode, reason) in [
        (Fact::Is("pilot"), DecisionKind::Act, Mode::Enforce, "matched"),
        (Fact::Is("sales"), DecisionKind::Observe, Mode::Observe, "canary"),
        (Fact::Absent, DecisionKind::Observe, Mode::Observe, "canary"),
        (Fact::Unknown, DecisionKind::Observe, Mode::Observe, "canary"),
    ] {
        let ruling = judged(&in_canary(), group, None, &[], &usage);
        assert_eq!(summary(&ruling), (kind, mode, reason, false));
        assert!(ruling.ask.is_none());
    }
    let skipping = Verdict {
        wish: Wish::Skip,
        because: "unless.device.tags".to_owned(),
        ..in_canary()
    };
    let ruling = judged(&skipping, Fact::Is("sales"), None, &[], &usage);
    assert_eq!(
        ruling.reason, "unless.device.tags",
        "a guard says more than the canary"
    );
}

#[test]
fn a_question_outside_the_canary_is_asked_of_nobody_and_holds_back_no_other_playbook() {
    let asking = Verdict {
        wish: Wish::Ask,
        because: "ask".to_owned(),
        canary: Some(Canary::Groups(vec!["pilot".to_owned()])),
        ..verdict("b")
    };
    let decision = check(vec![verdict("a"), asking], &rules(), &Usage::default());
    assert_eq!(outcome(&decision), (DecisionKind::Act, "matched"));
    assert_eq!(decision.rulings[1].kind, DecisionKind::Observe);
}

#[test]
fn a_canary_falls_back_to_observe_when_its_limit_is_hit_and_stays_so_for_that_revision() {
    for otherwise_ask in [true, false] {
        let mut limited = in_canary();
        limited.limits[0].otherwise_ask = otherwise_ask;
        let usage = acted(Mode::Enforce, 2);
        let pilot = Fact::Is("pilot");
        let ruling = judged(&limited, pilot.clone(), None, &[], &usage);
        let observed = (DecisionKind::Observe, Mode::Observe, "canary.limits[0]");
        assert_eq!(summary(&ruling), (observed.0, observed.1, observed.2, true));
        assert!(ruling.ask.is_none(), "nobody is asked");

        let fallback = Fallback {
            playbook: "a".to_owned(),
            revision: "r1".to_owned(),
            reason: ruling.reason,
        };
        // The limit has room again; the revision does not act all the same, and a changed one does.
        let usage = acted(Mode::Enforce, 0);
        let fallbacks = [fallback];
        let later = judged(&limited, pilot.clone(), None, &fallbacks, &usage);
        assert_eq!(summary(&later), (observed.0, observed.1, observed.2, false));
        let changed = Verdict {
            revision: "r2".to_owned(),
            ..limited
        };
        let acts = judged(&changed, pilot, None, &fallbacks, &usage);
        assert_eq!(acts.kind, DecisionKind::Act);
    }
}

#[test]
fn without_a_canary_a_limit_asks_and_nothing_falls_back() {
    let limited = Verdict {
        canary: None,
        ..in_canary()
    };
    let ruling = judged(&limited, Fact::Unknown, None, &[], &acted(Mode::Enforce, 2));
    assert_eq!(
        summary(&ruling),
        (DecisionKind::Ask, Mode::Enforce, "limits[0]", false)
    );
    assert!(ruling.ask.is_some());
}

#[test]
fn what_a_canary_observes_counts_in_the_windows_of_observe_mode() {
    let keys = Usage::keys(&[in_canary()], &rules());
    for mode in [Mode::Observe, Mode::Enforce] {
        assert!(keys.contains(&(Some("a".to_owned()), mode, HOUR)), "{keys:?}");
    }
    let ruling = judged(
        &in_canary(),
        Fact::Is("sales"),
        None,
        &[],
        &acted(Mode::Observe, 2),
    );
    assert_eq!(
        summary(&ruling),
        (DecisionKind::Observe, Mode::Observe, "canary", false)
    );
    assert!(
        ruling.ask.is_some(),
        "it would have been held, so nothing is recorded as begun"
    );
}

#[test]
fn a_part_of_the_fleet_limits_and_an_unknown_fleet_counts_as_reached() {
    for (fleet, otherwise_ask, kind, reason) in [
        (Some(150), true, DecisionKind::Act, "matched"),
        (Some(149), true, DecisionKind::Ask, "limits[0]"),
        (Some(149), false, DecisionKind::Skip, "limits[0]"),
        (None, true, DecisionKind::Ask, "limits[0].fleet_unknown"),
        (None, false, DecisionKind::Skip, "limits[0].fleet_unknown"),
    ] {
        let limited = Verdict {
            limits: vec![Limit {
                most: Most::PercentOfFleet(Percent::new(2.0).expect("a percentage")),
                per: HOUR,
                otherwise_ask,
            }],
            ..verdict("a")
        };
        let ruling = judged(&limited, Fact::Unknown, fleet, &[], &acted(Mode::Enforce, 2));
        assert_eq!((ruling.kind, ruling.reason.as_str()), (kind, reason), "{fleet:?}");
        let canary = Verdict {
            canary: Some(Canary::Percent(Percent::new(100.0).expect("a percentage"))),
            ..limited
        };
        let ruling = judged(&canary, Fact::Unknown, fleet, &[], &acted(Mode::Enforce, 2));
        assert_eq!(
            ruling.falls_back,
            reason == "limits[0]",
            "what nobody knows is no limit that was hit"
        );
    }
}

#[test]
fn of_several_limits_all_hold_and_the_first_that_is_reached_gives_the_reason() {
    let percent = |percent| Limit {
        most: Most::PercentOfFleet(Percent::new(percent).expect("a percentage")),
        per: HOUR,
        otherwise_ask: true,
    };
    let devices = Limit {
        most: Most::Devices(25),
        ..percent(1.0)
    };
    let limited = Verdict {
        limits: vec![devices, percent(50.0), percent(1.0)],
        ..verdict("a")
    };
    let ruling = judged(&limited, Fact::Unknown, Some(100), &[], &acted(Mode::Enforce, 2));
    assert_eq!(ruling.reason, "limits[2]");
}
