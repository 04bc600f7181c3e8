//! Tests of the decision: one table a rule.

use super::*;
use crate::domain::verdict::{Lane, Limit, Most};

pub(super) const HOUR: Duration = Duration::from_secs(3_600);

pub(super) fn verdict(playbook: &str) -> Verdict {
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

pub(super) fn rules() -> Rules {
    Rules {
        ceiling: Mode::Enforce,
        freshness: Duration::from_secs(3600),
        never: Protections::default(),
        caps: Vec::new(),
        surge: crate::domain::surge::Surge::default(),
        default_ask: AskTerms {
            from: vec!["soc".to_owned()],
            approvals: 1,
            within: Duration::from_secs(60),
            otherwise_act: false,
        },
    }
}

pub(super) fn device(n: u32) -> DeviceId {
    DeviceId::from_stored(format!("{n:040x}"))
}

pub(super) fn check(verdicts: Vec<Verdict>, rules: &Rules, usage: &Usage) -> Decision {
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
        observed_by: &[],
        drivers: &[],
        trust: crate::domain::trust::Trust::Act,
    };
    decide(verdicts, &situation, usage)
}

pub(super) fn outcome(decision: &Decision) -> (DecisionKind, &str) {
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
        caps: vec![Cap::of(2, per)],
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
        observed_by: &[],
        drivers: &[],
        trust: crate::domain::trust::Trust::Act,
    };
    let decision = decide(vec![verdict("a")], &situation, &Usage::default());
    assert_eq!(outcome(&decision), (DecisionKind::Ask, "freshness"));
    // The playbook's own question does not end in acting either: that would be by itself.
    let terms = AskTerms {
        otherwise_act: true,
        ..rules.default_ask.clone()
    };
    let asking = Verdict {
        wish: Wish::Ask,
        because: "ask".to_owned(),
        ask: Some(terms),
        ..verdict("a")
    };
    let decision = decide(vec![asking], &situation, &Usage::default());
    assert_eq!(outcome(&decision), (DecisionKind::Ask, "ask"));
    let given = decision.rulings[0].ask.as_ref();
    assert_eq!(given.map(|terms| terms.otherwise_act), Some(false));
}

fn releasing(playbook: &str) -> Verdict {
    Verdict {
        then: vec![PlannedAction::ReleaseAppRestriction {
            comment: "c".to_owned(),
        }],
        ..verdict(playbook)
    }
}

fn scanning(playbook: &str) -> Verdict {
    use crate::domain::task::{ScanType, Task};
    Verdict {
        then: vec![PlannedAction::Task(crate::domain::verdict::PlannedTask {
            task: Task::Scan {
                scan: ScanType::Quick,
            },
            comment: "c".to_owned(),
        })],
        ..verdict(playbook)
    }
}

#[test]
fn tasks_alone_are_guarded_like_a_restriction_and_hold_where_it_would_ask() {
    let now = Timestamp::from_second(1_000_000).expect("in range");
    let limited = Verdict {
        limits: vec![Limit {
            most: Most::Devices(0),
            per: HOUR,
            otherwise_ask: true,
        }],
        ..scanning("a")
    };
    let protected = Rules {
        never: Protections {
            ids: vec![device(0).as_str().to_owned()],
            ..Protections::default()
        },
        ..rules()
    };
    let capped = Rules {
        caps: vec![Cap::of(0, HOUR)],
        ..rules()
    };
    let observed = Rules {
        ceiling: Mode::Observe,
        ..rules()
    };
    for (verdict, rules, expected) in [
        (scanning("a"), rules(), (DecisionKind::Act, "matched")),
        (scanning("a"), protected, (DecisionKind::Skip, "never.ids")),
        // It contains nothing, so it counts against no cap on what is contained.
        (scanning("a"), capped, (DecisionKind::Act, "matched")),
        (scanning("a"), observed, (DecisionKind::Observe, "matched")),
        (limited, rules(), (DecisionKind::Hold, "limits[0]")),
    ] {
        let decision = check(vec![verdict], &rules, &Usage::default());
        assert_eq!(outcome(&decision), expected);
        let acts = crate::domain::containment::change::effects(&decision.rulings[0]);
        let is_done = expected.0 == DecisionKind::Act || expected.0 == DecisionKind::Observe;
        assert_eq!(acts.tasks.len(), usize::from(is_done), "{expected:?}");
        assert!(acts.begins.is_empty());
    }
    let (facts, id) = (DeviceFacts::default(), device(0));
    let rules = rules();
    let stale = now - jiff::SignedDuration::from_hours(2);
    let situation = Situation {
        rules: &rules,
        now,
        occurred_at: &Fact::Is(stale),
        device_id: &id,
        device: &facts,
        restricted_by: &[],
        fleet: None,
        fallbacks: &[],
        observed_by: &[],
        drivers: &[],
        trust: Trust::Act,
    };
    let decision = decide(vec![scanning("a")], &situation, &Usage::default());
    assert_eq!(outcome(&decision), (DecisionKind::Hold, "freshness"));
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
                .find(|ruling| ruling.containment().is_some());
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
        caps: vec![Cap::of(0, HOUR)],
        ..rules()
    };
    let held = check(vec![verdict("a")], &capped, &Usage::default());
    assert_eq!((held.kind, held.rulings[0].lifts()), (DecisionKind::Hold, None));
    let acting = check(vec![verdict("a")], &rules(), &Usage::default());
    assert_eq!(acting.rulings[0].lifts(), None);
}

fn isolate() -> PlannedAction {
    PlannedAction::IsolateDevice {
        comment: "c".to_owned(),
        isolation: crate::domain::measure::Isolation::Full,
        release_after: None,
        restart_on_match: false,
        release_when: Vec::new(),
    }
}

/// Restricts and isolates.
fn both(playbook: &str) -> Verdict {
    let mut verdict = verdict(playbook);
    verdict.then.push(isolate());
    verdict
}

/// Judged on a device whose system is known, by what is held on it already.
fn check_held(verdicts: Vec<Verdict>, rules: &Rules, held: &[Held]) -> Decision {
    let now = Timestamp::from_second(1_000_000).expect("in range");
    let facts = DeviceFacts {
        os: Fact::Is("Windows11".to_owned()),
        ..DeviceFacts::default()
    };
    let situation = Situation {
        rules,
        now,
        occurred_at: &Fact::Is(now),
        device_id: &device(0),
        device: &facts,
        restricted_by: held,
        fleet: None,
        fallbacks: &[],
        observed_by: held,
        drivers: &[],
        trust: Trust::Act,
    };
    decide(verdicts, &situation, &Usage::default())
}

#[test]
fn a_further_measure_of_a_playbook_that_holds_one_is_counted_and_all_of_them_are_not() {
    let held = |measure| ("a".to_owned(), measure);
    let (restricts, isolates) = (held(Measure::Restriction), held(Measure::Isolation));
    let capped = Rules {
        caps: vec![Cap::of(0, HOUR)],
        ..rules()
    };
    let limited = |verdict: Verdict| Verdict {
        limits: vec![Limit {
            most: Most::Devices(0),
            per: HOUR,
            otherwise_ask: false,
        }],
        ..verdict
    };
    for (held, cap, limit) in [
        (vec![restricts.clone()], DecisionKind::Hold, DecisionKind::Skip),
        (vec![isolates.clone()], DecisionKind::Hold, DecisionKind::Skip),
        (
            vec![restricts.clone(), ("b".to_owned(), Measure::Isolation)],
            DecisionKind::Hold,
            DecisionKind::Skip,
        ),
        (vec![restricts, isolates], DecisionKind::Act, DecisionKind::Act),
    ] {
        let decision = check_held(vec![both("a")], &capped, &held);
        assert_eq!(decision.kind, cap, "{held:?}");
        let decision = check_held(vec![limited(both("a"))], &rules(), &held);
        assert_eq!(decision.kind, limit, "{held:?}");
        let observing = Verdict {
            mode: Mode::Observe,
            ..both("a")
        };
        let observed = check_held(vec![observing], &capped, &held);
        assert_eq!(observed.reason == "matched", cap == DecisionKind::Act, "{held:?}");
    }
}

#[test]
fn a_release_of_one_measure_holds_back_that_one_alone() {
    let decision = check_held(vec![releasing("a"), both("b")], &rules(), &[]);
    let other = &decision.rulings[1];
    assert_eq!(
        (other.kind, other.reason.as_str()),
        (DecisionKind::Act, "matched")
    );
    assert_eq!(other.verdict.then, [isolate()]);
    let lifting = Verdict {
        then: vec![PlannedAction::ReleaseIsolation {
            comment: "c".to_owned(),
        }],
        ..verdict("c")
    };
    let decision = check_held(vec![releasing("a"), both("b"), lifting], &rules(), &[]);
    assert_eq!(decision.rulings[1].kind, DecisionKind::Skip);
    assert_eq!(decision.rulings[1].reason, "release.a");
}
