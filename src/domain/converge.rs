//! Desired state against last known state: which action, if any, is due for a measure on a device. Each measure is judged by
//! itself: nothing that is wanted, known or under way of the one says anything of the other.
//!
//! A pure function of what is wanted and what is known. It runs in every transaction that changes either, so after any
//! crash the next look repairs everything.

use crate::domain::action::{ActionKind, ActionState};
use crate::domain::measure::Measure;

/// What is known of a measure on a device at Defender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Known {
    /// Not in force, as far as we know; also on a device that we never touched.
    Free,
    /// In force, by us.
    Held,
    /// In force by an action that we adopted: we did not begin it, so we do not undo it.
    HeldByOther,
    /// An action of ours that begins it ended without a clear result: it may have been enforced.
    Unknown,
}

impl Known {
    /// All.
    pub const ALL: [Self; 4] = [Self::Free, Self::Held, Self::HeldByOther, Self::Unknown];

    /// The name in SQL and logs, whichever the measure.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Held => "held",
            Self::HeldByOther => "held_by_other",
            Self::Unknown => "unknown",
        }
    }

    /// What it is called of one measure: a device is `restricted`, or `isolated_by_other`.
    pub fn word(self, measure: Measure) -> &'static str {
        match (self, measure) {
            (Self::Held, _) => measure.held(),
            (Self::HeldByOther, Measure::Restriction) => "restricted_by_other",
            (Self::HeldByOther, Measure::Isolation) => "isolated_by_other",
            (Self::Free | Self::Unknown, _) => self.as_str(),
        }
    }

    /// What is known under that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == name)
    }

    /// What is known of the action's measure after it reached a final state. `None`: nothing new, as of any task.
    pub fn after(kind: ActionKind, adopted: bool, state: ActionState) -> Option<Self> {
        let succeeded = state == ActionState::Succeeded;
        if kind.releases() {
            return succeeded.then_some(Self::Free);
        }
        if !kind.begins() {
            return None;
        }
        match state {
            ActionState::Succeeded if adopted => Some(Self::HeldByOther),
            ActionState::Succeeded => Some(Self::Held),
            // What somebody else began and we adopted is not ours to undo, however it ended.
            ActionState::Cancelled | ActionState::TimedOut if adopted => None,
            // It may have been enforced although Defender reports otherwise (facts sheet 2.3 and 9).
            ActionState::Cancelled | ActionState::TimedOut => Some(Self::Unknown),
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

/// Says which step is due for a measure.
///
/// * `wanted`: at least one active, enforced containment of this measure on the device, whose action has not failed for good.
/// * `known`: what is known of the measure.
/// * `open`: the kind of the measure's action that is open at Defender, if any.
/// * `queued`: the kind of the measure's queued action, if any.
pub fn converge(
    measure: Measure,
    wanted: bool,
    known: Known,
    open: Option<ActionKind>,
    queued: Option<ActionKind>,
) -> Step {
    let (begin, release) = (ActionKind::to_begin(measure), ActionKind::to_release(measure));
    let due = match (open, wanted) {
        // An open action will change the state: judge by what it will have done.
        (Some(open), true) => (!open.begins()).then_some(begin),
        (Some(open), false) => (!open.releases()).then_some(release),
        (None, true) => matches!(known, Known::Free | Known::Unknown).then_some(begin),
        (None, false) => matches!(known, Known::Held | Known::Unknown).then_some(release),
    };
    match (due, queued) {
        (None, None) => Step::Nothing,
        (None, Some(_)) => Step::Withdraw,
        (Some(kind), None) => Step::Queue(kind),
        (Some(kind), Some(queued)) if kind == queued => Step::Nothing,
        (Some(kind), Some(_)) => Step::Swap(kind),
    }
}

/// Whether an action that a probe asked for, and that is queued and was never called, stays queued although nothing is due: a second
/// restrict while its device is held and wanted so, a release while it is free and wanted so.
pub fn keeps_asked(asked: ActionKind, wanted: bool, known: Known, open: Option<ActionKind>) -> bool {
    let fits = match known {
        Known::Held => asked.begins() && wanted,
        Known::Free => asked.releases() && !wanted,
        Known::HeldByOther | Known::Unknown => false,
    };
    fits && open.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(measure: Measure) -> [Option<ActionKind>; 3] {
        [
            None,
            Some(ActionKind::to_begin(measure)),
            Some(ActionKind::to_release(measure)),
        ]
    }

    fn apply(step: Step, queued: Option<ActionKind>) -> Option<ActionKind> {
        match step {
            Step::Nothing => queued,
            Step::Queue(kind) | Step::Swap(kind) => Some(kind),
            Step::Withdraw => None,
        }
    }

    /// Every case there is: the measure, whether it is wanted, what is known, open and queued.
    fn cases() -> impl Iterator<Item = (Measure, bool, Known, Option<ActionKind>, Option<ActionKind>)> {
        Measure::ALL.into_iter().flat_map(|measure| {
            [true, false].into_iter().flat_map(move |wanted| {
                Known::ALL.into_iter().flat_map(move |known| {
                    kinds(measure).into_iter().flat_map(move |open| {
                        kinds(measure)
                            .into_iter()
                            .map(move |queued| (measure, wanted, known, open, queued))
                    })
                })
            })
        })
    }

    #[test]
    fn a_second_look_finds_nothing_to_do() {
        for (measure, wanted, known, open, queued) in cases() {
            let after = apply(converge(measure, wanted, known, open, queued), queued);
            assert_eq!(converge(measure, wanted, known, open, after), Step::Nothing);
        }
    }

    #[test]
    fn from_every_state_the_device_comes_to_what_is_wanted() {
        for (measure, wanted, start, mut open, mut queued) in cases() {
            let mut known = start;
            for _ in 0..6 {
                queued = apply(converge(measure, wanted, known, open, queued), queued);
                match open.take() {
                    Some(kind) => {
                        known = Known::after(kind, false, ActionState::Succeeded).unwrap_or(known);
                    }
                    None => open = queued.take(),
                }
            }
            let others = known == Known::HeldByOther;
            let held = others || known == Known::Held;
            assert_eq!(held, wanted || others, "{measure:?} {wanted} {start:?}");
        }
    }

    #[test]
    fn what_a_probe_asked_for_gives_way_to_whatever_is_due() {
        let mut kept = 0;
        for (measure, wanted, known, open, queued) in cases() {
            let Some(asked) = queued else { continue };
            if keeps_asked(asked, wanted, known, open) {
                kept += 1;
                assert_eq!(
                    converge(measure, wanted, known, open, queued),
                    Step::Withdraw,
                    "nothing else is due: {measure:?} {wanted} {known:?} {open:?} {queued:?}"
                );
            }
        }
        assert_eq!(kept, 4, "one restrict and one release of each measure");
    }

    #[test]
    fn whatever_is_due_for_a_measure_is_of_that_measure() {
        for (measure, wanted, known, open, queued) in cases() {
            if let Some(kind) = apply(converge(measure, wanted, known, open, queued), queued) {
                assert_eq!(kind.measure(), Some(measure));
            }
        }
    }

    #[test]
    fn a_queued_action_of_the_other_kind_gives_way_to_the_due_one() {
        for measure in Measure::ALL {
            let (begin, release) = (ActionKind::to_begin(measure), ActionKind::to_release(measure));
            for (wanted, known, due, other) in [
                (true, Known::Free, begin, release),
                (false, Known::Held, release, begin),
            ] {
                assert_eq!(
                    converge(measure, wanted, known, None, Some(other)),
                    Step::Swap(due)
                );
                assert_eq!(converge(measure, wanted, known, None, Some(due)), Step::Nothing);
            }
        }
    }

    #[test]
    fn what_somebody_else_began_is_never_released() {
        for measure in Measure::ALL {
            let release = ActionKind::to_release(measure);
            for queued in kinds(measure) {
                let step = converge(measure, false, Known::HeldByOther, None, queued);
                assert!(![Step::Queue(release), Step::Swap(release)].contains(&step));
            }
        }
    }

    #[test]
    fn an_adopted_action_leaves_nothing_to_undo_however_it_ends() {
        for measure in Measure::ALL {
            for state in [
                ActionState::Succeeded,
                ActionState::Cancelled,
                ActionState::TimedOut,
                ActionState::Failed,
            ] {
                let begin = ActionKind::to_begin(measure);
                let known = Known::after(begin, true, state).unwrap_or(Known::Free);
                assert_eq!(
                    converge(measure, false, known, None, None),
                    Step::Nothing,
                    "{state:?}"
                );
            }
        }
    }

    #[test]
    fn an_unclear_end_that_is_not_wanted_is_released() {
        for measure in Measure::ALL {
            assert_eq!(
                converge(measure, false, Known::Unknown, None, None),
                Step::Queue(ActionKind::to_release(measure))
            );
            let unclear = Known::after(ActionKind::to_begin(measure), false, ActionState::TimedOut);
            assert_eq!(unclear, Some(Known::Unknown));
        }
    }

    #[test]
    fn a_task_says_nothing_of_any_measure() {
        for kind in ActionKind::ALL.into_iter().filter(|kind| kind.is_task()) {
            for state in ActionState::ALL {
                assert_eq!(Known::after(kind, false, state), None);
                assert_eq!(Known::after(kind, true, state), None);
            }
        }
    }

    #[test]
    fn what_is_open_is_judged_by_what_it_will_have_done() {
        for measure in Measure::ALL {
            let (begin, release) = (ActionKind::to_begin(measure), ActionKind::to_release(measure));
            for known in Known::ALL {
                let due = |wanted, open| converge(measure, wanted, known, Some(open), None);
                assert_eq!(due(true, begin), Step::Nothing);
                assert_eq!(due(true, release), Step::Queue(begin));
                assert_eq!(due(false, release), Step::Nothing);
                assert_eq!(due(false, begin), Step::Queue(release));
            }
        }
    }
}
