//! Tests of the life of containments: every case of each function.

use super::*;
use crate::domain::verdict::{Verdict, Wish};

const HOUR: Duration = Duration::from_secs(3_600);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("in range")
}

fn terms() -> AskTerms {
    AskTerms {
        from: vec!["soc".to_owned()],
        approvals: 1,
        within: HOUR,
        otherwise_act: true,
    }
}

fn ruling(kind: DecisionKind, mode: Mode, then: PlannedAction, asks: bool) -> Ruling {
    Ruling {
        verdict: Verdict {
            playbook: "p".to_owned(),
            revision: "r".to_owned(),
            mode,
            lane: Lane::High,
            wish: Wish::Act,
            because: "matched".to_owned(),
            line: None,
            then: vec![then],
            ask: None,
            limits: Vec::new(),
            canary: None,
            notify: Vec::new(),
        },
        kind,
        mode,
        reason: "matched".to_owned(),
        ask: asks.then(terms),
        falls_back: false,
    }
}

fn restrict() -> PlannedAction {
    PlannedAction::RestrictAppExecution {
        comment: "c".to_owned(),
        release_after: Some(HOUR),
        restart_on_match: true,
        release_when: Vec::new(),
    }
}

fn release() -> PlannedAction {
    PlannedAction::ReleaseAppRestriction {
        comment: "c".to_owned(),
    }
}

fn open(state: ContainmentState, mode: Mode) -> Open {
    let asked = state == ContainmentState::Asked;
    Open {
        state,
        mode,
        until: (!asked).then(|| at(100)),
        ask_until: asked.then(|| at(100)),
        otherwise_act: false,
        restart_on_match: false,
        ends_when_resolved: false,
    }
}

#[test]
fn only_what_acts_asks_or_is_observed_begins_a_containment() {
    let begins = |kind, mode, asks| {
        let ruling = ruling(kind, mode, restrict(), asks);
        effects(&ruling).begins.map(|begins| begins.ask.is_some())
    };
    for (kind, mode, asks, expected) in [
        (DecisionKind::Act, Mode::Enforce, false, Some(false)),
        (DecisionKind::Ask, Mode::Enforce, true, Some(true)),
        (DecisionKind::Hold, Mode::Enforce, true, Some(true)),
        (DecisionKind::Observe, Mode::Observe, false, Some(false)),
        // Enforce would have asked: nothing would have been restricted yet.
        (DecisionKind::Observe, Mode::Observe, true, None),
        (DecisionKind::Skip, Mode::Enforce, false, None),
    ] {
        assert_eq!(begins(kind, mode, asks), expected, "{kind:?} {mode:?} {asks}");
    }
}

#[test]
fn only_a_release_that_acts_in_enforce_mode_ends_anything() {
    let releases = |kind, mode, asks| {
        let ruling = ruling(kind, mode, release(), asks);
        let effects = effects(&ruling);
        assert_eq!(effects.begins, None);
        effects.releases
    };
    assert!(releases(DecisionKind::Act, Mode::Enforce, false));
    assert!(!releases(DecisionKind::Observe, Mode::Observe, false));
    assert!(!releases(DecisionKind::Hold, Mode::Enforce, true));
    assert!(!releases(DecisionKind::Skip, Mode::Enforce, false));
    assert!(!effects(&ruling(DecisionKind::Act, Mode::Enforce, restrict(), false)).releases);
}

#[test]
fn a_new_match_begins_restarts_activates_or_changes_nothing() {
    let ask = terms();
    let begin = |state: Option<ContainmentState>, asks: bool, restart_on_match: bool| {
        let new = Begins {
            measure: Measure::Restriction,
            isolation: None,
            comment: "c",
            ask: asks.then_some(&ask),
            release_after: Some(HOUR),
            // A changed revision: what is open keeps its own terms.
            restart_on_match: !restart_on_match,
            release_when: &[],
        };
        let open = state.map(|state| Open {
            restart_on_match,
            ..open(state, Mode::Enforce)
        });
        begin(open.as_ref(), &new)
    };
    use ContainmentState::{Active, Asked};
    for restart in [true, false] {
        assert_eq!(begin(None, false, restart), Beginning::Begin);
        assert_eq!(begin(None, true, restart), Beginning::Ask);
        assert_eq!(begin(Some(Asked), false, restart), Beginning::Activate);
        assert_eq!(begin(Some(Asked), true, restart), Beginning::Keep);
        // A question does not prolong what is active.
        assert_eq!(begin(Some(Active), true, restart), Beginning::Keep);
    }
    assert_eq!(begin(Some(Active), false, true), Beginning::Restart);
    assert_eq!(begin(Some(Active), false, false), Beginning::Keep);
    // What is over does not hold up a new one.
    for over in [
        ContainmentState::Ended,
        ContainmentState::Declined,
        ContainmentState::Expired,
    ] {
        assert_eq!(begin(Some(over), false, true), Beginning::Begin);
    }
}

#[test]
fn exactly_what_becomes_active_anew_counts_against_limits() {
    for (beginning, counts) in [
        (Beginning::Begin, true),
        (Beginning::Activate, true),
        (Beginning::Ask, false),
        (Beginning::Restart, false),
        (Beginning::Keep, false),
    ] {
        assert_eq!(beginning.is_activation(), counts, "{beginning:?}");
    }
}

#[test]
fn time_ends_what_is_active_and_expires_what_is_asked_at_the_very_moment() {
    let active = open(ContainmentState::Active, Mode::Enforce);
    assert_eq!(due(&active, at(99), false), None);
    assert_eq!(due(&active, at(100), false), Some(Due::End));
    assert_eq!(
        due(&open(ContainmentState::Active, Mode::Observe), at(100), true),
        Some(Due::End)
    );
    let asked = open(ContainmentState::Asked, Mode::Enforce);
    assert_eq!(due(&asked, at(99), false), None);
    assert_eq!(due(&asked, at(100), false), Some(Due::Expire));
    let never = Open {
        until: None,
        ..active
    };
    assert_eq!(due(&never, Timestamp::MAX, false), None);
    assert_eq!(never.next_change(), None);
    assert_eq!(asked.next_change(), Some(at(100)));
}

#[test]
fn an_ask_acts_without_an_answer_only_by_its_own_words_in_enforce_mode_and_below_the_caps() {
    for (mode, otherwise_act, is_capped, expected) in [
        (Mode::Enforce, true, false, Due::Activate),
        (Mode::Enforce, true, true, Due::Expire),
        (Mode::Enforce, false, false, Due::Expire),
        (Mode::Observe, true, false, Due::Expire),
    ] {
        let asked = Open {
            otherwise_act,
            ..open(ContainmentState::Asked, mode)
        };
        assert_eq!(due(&asked, at(100), is_capped), Some(expected), "{mode:?}");
    }
}

#[test]
fn a_release_ends_what_restricts_declines_what_is_asked_and_leaves_the_observed() {
    use ContainmentState::{Active, Asked, Declined, Ended};
    assert_eq!(released(&open(Active, Mode::Enforce)), Some(Ended));
    assert_eq!(released(&open(Asked, Mode::Enforce)), Some(Declined));
    assert_eq!(released(&open(Active, Mode::Observe)), None);
    for (state, mode, restricts) in [
        (Active, Mode::Enforce, true),
        (Active, Mode::Observe, false),
        (Asked, Mode::Enforce, false),
    ] {
        assert_eq!(open(state, mode).restricts(), restricts);
    }
}

#[test]
fn an_answer_settles_what_is_asked_and_a_cap_holds_an_approval() {
    use ContainmentState::{Active, Asked, Declined};
    let asked = open(Asked, Mode::Enforce);
    assert_eq!(answered(&asked, Answer::Approve, false), Some(Active));
    assert_eq!(answered(&asked, Answer::Approve, true), None);
    assert_eq!(answered(&asked, Answer::Decline, true), Some(Declined));
    let active = open(Active, Mode::Enforce);
    for answer in [Answer::Approve, Answer::Decline] {
        assert_eq!(answered(&active, answer, false), None);
    }
}

#[test]
fn the_changes_are_those_that_the_state_table_allows() {
    for state in [ContainmentState::Asked, ContainmentState::Active] {
        for mode in [Mode::Observe, Mode::Enforce] {
            for otherwise_act in [true, false] {
                let it = Open {
                    otherwise_act,
                    ..open(state, mode)
                };
                let due = due(&it, at(100), false).map(|due| match due {
                    Due::End => ContainmentState::Ended,
                    Due::Activate => ContainmentState::Active,
                    Due::Expire => ContainmentState::Expired,
                });
                for next in [due, released(&it)].into_iter().flatten() {
                    assert!(state.may_become(next), "{state:?} {next:?}");
                }
            }
        }
    }
}

#[test]
fn an_end_too_far_ahead_is_the_end_of_time_and_never_is_none() {
    assert_eq!(until(at(0), Some(HOUR)), Some(at(3_600)));
    assert_eq!(until(at(0), Some(Duration::MAX)), Some(Timestamp::MAX));
    assert_eq!(until(at(0), None), None);
}

#[test]
fn the_most_urgent_active_containment_gives_the_lane() {
    assert_eq!(lane([Lane::Low, Lane::Critical, Lane::High]), Lane::Critical);
    assert_eq!(lane([]), Lane::Normal);
}

#[test]
fn a_containment_ends_when_every_alert_behind_it_is_resolved_if_its_terms_say_so() {
    use ContainmentState::{Active, Asked, Declined, Ended};
    for (state, ends_when_resolved, unresolved, expected) in [
        (Active, true, 0, Some(Ended)),
        (Active, true, 1, None),
        (Active, false, 0, None),
        (Asked, true, 0, Some(Declined)),
        (Asked, true, 2, None),
        (Asked, false, 0, None),
        (Ended, true, 0, None),
    ] {
        for mode in [Mode::Observe, Mode::Enforce] {
            let open = Open {
                ends_when_resolved,
                ..open(state, mode)
            };
            assert_eq!(resolved(&open, unresolved), expected, "{open:?} {unresolved}");
        }
    }
}
