//! The stop switch: what each kind of stop forbids, and what it makes of a decision. Pure; the store keeps the stops and asks
//! here, in the gate's transaction and wherever a containment would begin.

use serde::{Deserialize, Serialize};

use crate::domain::action::ActionKind;
use crate::domain::decision::{Decision, DecisionKind, Rules};
use crate::domain::measure::Held;
use crate::domain::verdict::Mode;

/// The reason of a decision that was held because of a stop.
pub const STOPPED: &str = "stopped";

/// What a stop forbids, the weakest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum StopScope {
    /// No restriction is called, and none begins. Releases go on.
    New,
    /// The same, and what is not in force yet is taken back: queued restrictions are withdrawn, pending ones cancelled.
    CancelPending,
    /// The same, and every containment that became active since a given time is ended, so that its device is released.
    ReleaseAll,
    /// Nothing is called that changes something, releases neither. Reads go on.
    Freeze,
}

impl StopScope {
    /// All, the weakest first.
    pub const ALL: [Self; 4] = [Self::New, Self::CancelPending, Self::ReleaseAll, Self::Freeze];

    /// The name in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::CancelPending => "cancel_pending",
            Self::ReleaseAll => "release_all",
            Self::Freeze => "freeze",
        }
    }

    /// The scope with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == name)
    }

    /// Whether an action of this kind may not be called.
    pub fn forbids(self, kind: ActionKind) -> bool {
        !kind.releases() || self == Self::Freeze
    }

    /// What it means, in a sentence for people.
    pub fn means(self) -> &'static str {
        match self {
            Self::New => "no restriction begins or leaves; releases go on",
            Self::CancelPending => {
                "no restriction begins or leaves, and what was not carried out yet is taken back; releases go on"
            }
            Self::ReleaseAll => {
                "no restriction begins or leaves, and what began since the given time is released; releases go on"
            }
            Self::Freeze => "nothing is called, releases neither; only reads go on",
        }
    }
}

/// Holds what would begin a restriction, and asks a person instead. What runs already goes on; so do releases, and what is
/// only observed. `restricted_by`: the playbooks with an active containment on the device, and what that holds.
pub fn hold(decision: &mut Decision, rules: &Rules, restricted_by: &[Held]) {
    let mut held = false;
    for ruling in &mut decision.rulings {
        let begins = ruling.kind == DecisionKind::Act
            && ruling.mode == Mode::Enforce
            && match ruling.containment() {
                Some(_) => !ruling.verdict.is_running(restricted_by),
                // Tasks alone are not done later, once it has ended: nobody may want them any more.
                None => ruling.tasks().next().is_some() && ruling.releases().is_empty(),
            };
        if begins {
            let mut terms = ruling
                .verdict
                .ask
                .clone()
                .unwrap_or_else(|| rules.default_ask.clone());
            terms.otherwise_act = false;
            ruling.kind = DecisionKind::Hold;
            STOPPED.clone_into(&mut ruling.reason);
            ruling.ask = Some(terms);
            held = true;
        }
    }
    // Only a protection says more than a hold.
    if held && !decision.reason.starts_with("never.") {
        decision.kind = DecisionKind::Hold;
        let first = decision.rulings.iter().find(|r| r.kind == DecisionKind::Hold);
        if let Some(first) = first {
            decision.reason.clone_from(&first.reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::decision::Ruling;
    use crate::domain::guard::Protections;
    use crate::domain::measure::{Isolation, Measure};
    use crate::domain::surge::Surge;
    use crate::domain::verdict::{AskTerms, Lane, PlannedAction, Verdict, Wish};

    fn ruling(playbook: &str, kind: DecisionKind, mode: Mode, then: PlannedAction) -> Ruling {
        let ask = AskTerms {
            from: vec!["soc-leads".to_owned()],
            approvals: 2,
            within: Duration::from_secs(60),
            otherwise_act: true,
        };
        let verdict = Verdict {
            playbook: playbook.to_owned(),
            revision: "r1".to_owned(),
            mode,
            lane: Lane::Normal,
            wish: Wish::Act,
            because: "matched".to_owned(),
            line: None,
            then: vec![then],
            ask: Some(ask),
            limits: Vec::new(),
            canary: None,
            notify: Vec::new(),
        };
        Ruling {
            verdict,
            kind,
            mode,
            reason: "matched".to_owned(),
            ask: None,
            falls_back: false,
        }
    }

    fn restrict() -> PlannedAction {
        PlannedAction::RestrictAppExecution {
            comment: "c".to_owned(),
            release_after: None,
            restart_on_match: false,
            release_when: Vec::new(),
        }
    }

    fn held(rulings: Vec<Ruling>, reason: &str, restricted_by: &[&str]) -> Decision {
        let rules = Rules {
            ceiling: Mode::Enforce,
            freshness: Duration::from_secs(60),
            never: Protections::default(),
            caps: Vec::new(),
            default_ask: AskTerms {
                from: Vec::new(),
                approvals: 1,
                within: Duration::from_secs(60),
                otherwise_act: false,
            },
            surge: Surge::default(),
        };
        let mut decision = Decision {
            kind: rulings.first().map_or(DecisionKind::Skip, |first| first.kind),
            reason: reason.to_owned(),
            rulings,
        };
        let held = |playbook: &&str| ((*playbook).to_owned(), Measure::Restriction);
        let restricted_by: Vec<Held> = restricted_by.iter().map(held).collect();
        hold(&mut decision, &rules, &restricted_by);
        decision
    }

    #[test]
    fn only_what_would_begin_a_restriction_is_held_and_never_acts_without_an_answer() {
        use DecisionKind::{Act, Hold, Observe, Skip};
        let begins = held(vec![ruling("a", Act, Mode::Enforce, restrict())], "matched", &[]);
        assert_eq!((begins.kind, begins.reason.as_str()), (Hold, STOPPED));
        let ask = begins.rulings[0].ask.as_ref().expect("a person is asked");
        assert_eq!((ask.approvals, ask.otherwise_act), (2, false));
        assert_eq!(
            begins.rulings[0].lifts(),
            Some(STOPPED),
            "once it has ended, a person may say yes"
        );
        let release = PlannedAction::ReleaseAppRestriction {
            comment: "c".to_owned(),
        };
        for (ruling, running) in [
            (ruling("a", Act, Mode::Enforce, restrict()), &["a"][..]),
            (ruling("a", Act, Mode::Enforce, release), &[]),
            (ruling("a", Observe, Mode::Observe, restrict()), &[]),
        ] {
            let kind = ruling.kind;
            let decision = held(vec![ruling], "matched", running);
            assert_eq!((decision.kind, decision.reason.as_str()), (kind, "matched"));
        }
        let protected = ruling("a", Skip, Mode::Enforce, restrict());
        let other = ruling("b", Act, Mode::Enforce, restrict());
        let decision = held(vec![protected, other], "never.tags", &[]);
        assert_eq!((decision.kind, decision.rulings[1].kind), (Skip, Hold));
    }

    #[test]
    fn what_runs_of_a_playbook_lets_no_other_measure_of_it_begin() {
        let isolate = || PlannedAction::IsolateDevice {
            comment: "c".to_owned(),
            isolation: Isolation::Full,
            release_after: None,
            restart_on_match: false,
            release_when: Vec::new(),
        };
        let mut both = ruling("a", DecisionKind::Act, Mode::Enforce, restrict());
        both.verdict.then.push(isolate());
        let alone = ruling("a", DecisionKind::Act, Mode::Enforce, isolate());
        for ruling in [both, alone] {
            let decision = held(vec![ruling], "matched", &["a"]);
            assert_eq!(
                (decision.kind, decision.reason.as_str()),
                (DecisionKind::Hold, STOPPED)
            );
        }
    }

    #[test]
    fn every_scope_forbids_restricts_and_only_a_freeze_forbids_releases() {
        for scope in StopScope::ALL {
            for kind in ActionKind::ALL {
                let is_forbidden = !kind.releases() || scope == StopScope::Freeze;
                assert_eq!(scope.forbids(kind), is_forbidden, "{scope:?} {kind:?}");
            }
            assert_eq!(StopScope::parse(scope.as_str()), Some(scope));
        }
        assert_eq!(StopScope::parse("everything"), None);
    }
}
