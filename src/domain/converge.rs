//! Desired state against last known state: which action, if any, is due for a device.
//!
//! A pure function of what is wanted and what is known. It runs in every transaction that changes either, so after any
//! crash the next look repairs everything.

use crate::domain::action::{ActionKind, ActionState};

/// What is known of a device's restriction at Defender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// Not restricted, as far as we know; also a device that we never touched.
    Free,
    /// Restricted by us.
    Restricted,
    /// Restricted by an action that we adopted: we did not begin it, so we do not undo it.
    RestrictedByOther,
    /// A restrict of ours ended without a clear result: it may have been enforced.
    Unknown,
}

impl Restriction {
    /// All.
    pub const ALL: [Self; 4] = [
        Self::Free,
        Self::Restricted,
        Self::RestrictedByOther,
        Self::Unknown,
    ];

    /// The name in SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Restricted => "restricted",
            Self::RestrictedByOther => "restricted_by_other",
            Self::Unknown => "unknown",
        }
    }

    /// The restriction with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|restriction| restriction.as_str() == name)
    }

    /// What is known after an action reached a final state. `None`: nothing new.
    pub fn after(kind: ActionKind, adopted: bool, state: ActionState) -> Option<Self> {
        match (kind, state) {
            (ActionKind::Restrict, ActionState::Succeeded) if adopted => Some(Self::RestrictedByOther),
            (ActionKind::Restrict, ActionState::Succeeded) => Some(Self::Restricted),
            // What somebody else began and we adopted is not ours to undo, however it ended.
            (ActionKind::Restrict, ActionState::Cancelled | ActionState::TimedOut) if adopted => None,
            // It may have been enforced although Defender reports otherwise (facts sheet 2.3 and 9).
            (ActionKind::Restrict, ActionState::Cancelled | ActionState::TimedOut) => Some(Self::Unknown),
            (ActionKind::Release, ActionState::Succeeded) => Some(Self::Free),
            _ => None,
        }
    }
}

/// The due step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// Nothing is due.
    Nothing,
    /// Queue an action of this kind.
    Queue(ActionKind),
    /// Withdraw the queued action.
    Withdraw,
    /// Withdraw the queued action and queue one of this kind instead.
    Swap(ActionKind),
}

/// Says which step is due.
///
/// * `wanted`: at least one active, enforced containment on the device, whose restrict has not failed for good.
/// * `known`: the last known restriction.
/// * `open`: the kind of the action that is open at Defender, if any.
/// * `queued`: the kind of the queued action, if any.
pub fn converge(
    wanted: bool,
    known: Restriction,
    open: Option<ActionKind>,
    queued: Option<ActionKind>,
) -> Step {
    let due = match (open, wanted) {
        // An open action will change the state: judge by what it will have done.
        (Some(ActionKind::Restrict), true) | (Some(ActionKind::Release), false) => None,
        (Some(ActionKind::Restrict), false) => Some(ActionKind::Release),
        (Some(ActionKind::Release), true) => Some(ActionKind::Restrict),
        (None, true) => {
            matches!(known, Restriction::Free | Restriction::Unknown).then_some(ActionKind::Restrict)
        }
        (None, false) => {
            matches!(known, Restriction::Restricted | Restriction::Unknown).then_some(ActionKind::Release)
        }
    };
    match (due, queued) {
        (None, None) => Step::Nothing,
        (None, Some(_)) => Step::Withdraw,
        (Some(kind), None) => Step::Queue(kind),
        (Some(kind), Some(queued)) if kind == queued => Step::Nothing,
        (Some(kind), Some(_)) => Step::Swap(kind),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Option<ActionKind>; 3] = [None, Some(ActionKind::Restrict), Some(ActionKind::Release)];

    fn apply(step: Step, queued: Option<ActionKind>) -> Option<ActionKind> {
        match step {
            Step::Nothing => queued,
            Step::Queue(kind) | Step::Swap(kind) => Some(kind),
            Step::Withdraw => None,
        }
    }

    #[test]
    fn a_second_look_finds_nothing_to_do() {
        for wanted in [true, false] {
            for known in Restriction::ALL {
                for open in KINDS {
                    for queued in KINDS {
                        let after = apply(converge(wanted, known, open, queued), queued);
                        assert_eq!(converge(wanted, known, open, after), Step::Nothing);
                    }
                }
            }
        }
    }

    #[test]
    fn from_every_state_the_device_comes_to_what_is_wanted() {
        for wanted in [true, false] {
            for start in Restriction::ALL {
                for open in KINDS {
                    for queued in KINDS {
                        let (mut known, mut open, mut queued) = (start, open, queued);
                        for _ in 0..6 {
                            queued = apply(converge(wanted, known, open, queued), queued);
                            match open.take() {
                                Some(kind) => {
                                    known = Restriction::after(kind, false, ActionState::Succeeded)
                                        .unwrap_or(known);
                                }
                                None => open = queued.take(),
                            }
                        }
                        let others = known == Restriction::RestrictedByOther;
                        let restricted = others || known == Restriction::Restricted;
                        assert_eq!(restricted, wanted || others, "{wanted} {start:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_queued_action_of_the_other_kind_gives_way_to_the_due_one() {
        for (wanted, known, due, other) in [
            (true, Restriction::Free, ActionKind::Restrict, ActionKind::Release),
            (
                false,
                Restriction::Restricted,
                ActionKind::Release,
                ActionKind::Restrict,
            ),
        ] {
            assert_eq!(converge(wanted, known, None, Some(other)), Step::Swap(due));
            assert_eq!(converge(wanted, known, None, Some(due)), Step::Nothing);
        }
    }

    #[test]
    fn what_somebody_else_restricted_is_never_released() {
        for queued in KINDS {
            let step = converge(false, Restriction::RestrictedByOther, None, queued);
            assert!(!matches!(
                step,
                Step::Queue(ActionKind::Release) | Step::Swap(ActionKind::Release)
            ));
        }
    }

    #[test]
    fn an_adopted_restrict_leaves_nothing_to_undo_however_it_ends() {
        for state in [
            ActionState::Succeeded,
            ActionState::Cancelled,
            ActionState::TimedOut,
            ActionState::Failed,
        ] {
            let known = Restriction::after(ActionKind::Restrict, true, state).unwrap_or(Restriction::Free);
            assert_eq!(converge(false, known, None, None), Step::Nothing, "{state:?}");
        }
    }

    #[test]
    fn an_unclear_restrict_that_is_not_wanted_is_released() {
        assert_eq!(
            converge(false, Restriction::Unknown, None, None),
            Step::Queue(ActionKind::Release)
        );
        let unclear = Restriction::after(ActionKind::Restrict, false, ActionState::TimedOut);
        assert_eq!(unclear, Some(Restriction::Unknown));
    }
}
