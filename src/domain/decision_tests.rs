//! Tests of the decision: one table a rule.

use super::*;
use crate::domain::canary::Canary;
use crate::domain::verdict::{Lane, Limit, Most, Percent};

fn verdict(playbook: &str) -> Verdict {
    Verdict {
        playbook: playbook.to_owned(),
        revision: "r1".to_owned(),
        mode: Mode::Enforce,
        lane: Lane::Normal,
        wish: Wish::Act,
        because: "matched".to_owned(),
        line: None,
        then: vec![PlannedAction::RestrictAppExecution {
            comment: "c".to_owned(),
            release_after: Some(Duration::from_secs(3600)),
            restart_on_match: false,
            release_when: Vec::new(),
        }],
        ask: None,
        limits: Vec::new(),
        canary: None,
        notify: Vec::new(),
    }
}

fn rules() -> Rules {
    Rules {
        ceiling: Mode::Enforce,
        freshness: Duration::from_secs(3600),
        never: Protections::default(),
        caps: Vec::new(),
        default_ask: AskTerms {
            from: vec!["soc".to_owned()],
            approvals: 1,
            within: Duration::from_secs(60),
            otherwise_act: false,
        },
    }
}

fn device(n: u32) -> DeviceId {
    DeviceId::from_stored(format!("{n:040x}"))
}

fn check(verdicts: Vec<Verdict>, rules: &Rules, usage: &Usage) -> Decision {
    let now = Timestamp::from_second(1_000_000).expect("in range");
    let (facts, id) = (DeviceFacts::default(), device(0));
    let situation = Situation {
        rules,
        now,
        occurred_at: &Fact::Is(now),
        device_id: &id,
        device: &facts,
        restricted_by: &[],
        fleet: None,
        fallbacks: &[],
    };
    decide(verdicts, &situation, usage)
}

fn outcome(decision: &Decision) -> (DecisionKind, &str) {
    (decision.kind, decision.reason.as_str())
}

#[test]
fn no_verdict_is_a_skip_for_no_match() {
    assert_eq!(
        outcome(&check(vec![], &rules(), &Usage::default())),
        (DecisionKind::Skip, "no_match")
    );
}

#[test]
fn a_match_acts_under_enforce_and_observes_under_observe_or_a_ceiling() {
    let enforce = check(vec![verdict("a")], &rules(), &Usage::default());
    assert_eq!(outcome(&enforce), (DecisionKind::Act, "matched"));
    let observing = Verdict {
        mode: Mode::Observe,
        ..verdict("a")
    };
    assert_eq!(
        check(vec![observing], &rules(), &Usage::default()).kind,
        DecisionKind::Observe
    );
    let ceiling = Rules {
        ceiling: Mode::Observe,
        ..rules()
    };
    assert_eq!(
        check(vec![verdict("a")], &ceiling, &Usage::default()).kind,
        DecisionKind::Observe
    );
    let off = Rules {
        ceiling: Mode::Off,
        ..rules()
    };
    assert_eq!(
        outcome(&check(vec![verdict("a")], &off, &Usage::default())),
        (DecisionKind::Skip, "mode.off")
    );
}

#[test]
fn an_ask_of_one_playbook_holds_back_the_act_of_another() {
    let asking = Verdict {
        wish: Wish::Ask,
        because: "ask".to_owned(),
        ..verdict("b")
    };
    let decision = check(vec![verdict("a"), asking], &rules(), &Usage::default());
    assert_eq!(decision.kind, DecisionKind::Ask);
    assert_eq!(decision.rulings[0].reason, "ask.b");
}

#[test]
fn an_ask_in_observe_mode_holds_back_nobody() {
    let asking = Verdict {
        wish: Wish::Ask,
        because: "ask".to_owned(),
        mode: Mode::Observe,
        ..verdict("b")
    };
    assert_eq!(
        check(vec![verdict("a"), asking], &rules(), &Usage::default()).kind,
        DecisionKind::Act
    );
}

#[test]
fn a_protection_beats_everything() {
    let never = Protections {
        ids: vec![device(0).to_string()],
        ..Protections::default()
    };
    let rules = Rules { never, ..rules() };
    let asking = Verdict {
        wish: Wish::Ask,
        because: "ask".to_owned(),
        ..verdict("b")
    };
    let decision = check(vec![verdict("a"), asking], &rules, &Usage::default());
    assert_eq!(outcome(&decision), (DecisionKind::Skip, "never.ids"));
}

#[test]
fn the_device_after_the_limit_asks_and_a_counted_device_does_not() {
    let per = Duration::from_secs(3600);
    let limited = Verdict {
        limits: vec![Limit {
            most: Most::Devices(25),
            per,
            otherwise_ask: true,
        }],
        ..verdict("a")
    };
    let mut usage = Usage::default();
    usage.load((Some("a".to_owned()), Mode::Enforce, per), (1..=25).map(device));
    assert_eq!(
        outcome(&check(vec![limited.clone()], &rules(), &usage)),
        (DecisionKind::Ask, "limits[0]")
    );
    usage = Usage::default();
    usage.load((Some("a".to_owned()), Mode::Enforce, per), (0..25).map(device));
    assert_eq!(check(vec![limited], &rules(), &usage).kind, DecisionKind::Act);
}

#[test]
fn a_cap_holds_and_counts_over_all_playbooks() {
    let per = Duration::from_secs(3600);
    let rules = Rules {
        caps: vec![Cap { devices: 2, per }],
        ..rules()
    };
    let mut usage = Usage::default();
    usage.load((None, Mode::Enforce, per), []);
    for n in 1..=2 {
        usage.count("another", Mode::Enforce, &device(n));
    }
    let decision = check(vec![verdict("a")], &rules, &usage);
    assert_eq!(outcome(&decision), (DecisionKind::Hold, "caps[0]"));
}

#[test]
fn only_the_playbooks_own_question_may_end_in_acting() {
    let terms = AskTerms {
        otherwise_act: true,
        ..rules().default_ask
    };
    for (because, acts) in [("ask", true), ("if_unknown.device.tags", false)] {
        let asking = Verdict {
            wish: Wish::Ask,
            because: because.to_owned(),
            ask: Some(terms.clone()),
            ..verdict("a")
        };
        let decision = check(vec![asking], &rules(), &Usage::default());
        let given = decision.rulings[0].ask.as_ref().expect("an ask has terms");
        assert_eq!(given.otherwise_act, acts, "{because}");
    }
}

#[test]
fn an_old_event_asks() {
    let now = Timestamp::from_second(1_000_000).expect("in range");
    let (rules, facts, id) = (rules(), DeviceFacts::default(), device(0));
    let old = Fact::Is(Timestamp::from_second(990_000).expect("in range"));
    let situation = Situation {
        rules: &rules,
        now,
        occurred_at: &old,
        device_id: &id,
        device: &facts,
        restricted_by: &[],
        fleet: None,
        fallbacks: &[],
    };
    let decision = decide(vec![verdict("a")], &situation, &Usage::default());
    assert_eq!(outcome(&decision), (DecisionKind::Ask, "freshness"));
}

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

const HOUR: Duration = Duration::from_secs(3_600);

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

fn releasing(playbook: &str) -> Verdict {
    Verdict {
        then: vec![PlannedAction::ReleaseAppRestriction {
            comment: "c".to_owned(),
        }],
        ..verdict(playbook)
    }
}

#[test]
fn on_the_news_that_releases_nothing_begins_whatever_the_playbooks_names() {
    let asking = |playbook| Verdict {
        wish: Wish::Ask,
        because: "ask".to_owned(),
        ..verdict(playbook)
    };
    for (release, restrict) in [("a", "b"), ("b", "a")] {
        for restricting in [verdict(restrict), asking(restrict)] {
            let mut verdicts = vec![releasing(release), restricting];
            verdicts.sort_by(|one, other| one.playbook.cmp(&other.playbook));
            let decision = check(verdicts, &rules(), &Usage::default());
            assert_eq!(outcome(&decision), (DecisionKind::Act, "matched"));
            let held = decision
                .rulings
                .iter()
                .find(|ruling| ruling.restriction().is_some());
            let held = held.expect("both are recorded");
            assert_eq!(
                (held.kind, held.reason.as_str()),
                (DecisionKind::Skip, format!("release.{release}").as_str())
            );
            assert!(held.ask.is_none());
        }
    }
}

#[test]
fn a_release_that_does_not_act_by_itself_holds_back_nobody() {
    let observing = Verdict {
        mode: Mode::Observe,
        ..releasing("a")
    };
    let unknown = Verdict {
        wish: Wish::Ask,
        because: "if_unknown.alert.classification".to_owned(),
        ..releasing("a")
    };
    for release in [observing, unknown] {
        let decision = check(vec![release, verdict("b")], &rules(), &Usage::default());
        assert_eq!(decision.rulings[1].kind, DecisionKind::Act);
    }
}

#[test]
fn an_approval_lifts_what_made_its_playbook_ask_and_never_a_cap() {
    for (because, lifts) in [
        ("ask", Some("ask")),
        ("if_unknown.device.tags", Some("if_unknown.device.tags")),
    ] {
        let asking = Verdict {
            wish: Wish::Ask,
            because: because.to_owned(),
            ..verdict("a")
        };
        let decision = check(vec![asking], &rules(), &Usage::default());
        assert_eq!(decision.rulings[0].lifts(), lifts);
    }
    let capped = Rules {
        caps: vec![Cap {
            devices: 0,
            per: HOUR,
        }],
        ..rules()
    };
    let held = check(vec![verdict("a")], &capped, &Usage::default());
    assert_eq!((held.kind, held.rulings[0].lifts()), (DecisionKind::Hold, None));
    let acting = check(vec![verdict("a")], &rules(), &Usage::default());
    assert_eq!(acting.rulings[0].lifts(), None);
}
