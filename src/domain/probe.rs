//! What a probe asks of Defender by calls that nothing wants, and what must be true of its device before: pure. `store::probes` looks
//! and asks; nothing but `quell probe --also` comes here, no playbook and no other command.

use crate::domain::action::ActionKind;
use crate::domain::measure::Measure;
use crate::domain::stop::StopScope;
use crate::domain::verdict::Mode;

/// A question that only a call answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProbeQuestion {
    /// What restricting a restricted device does.
    RestrictTwice,
    /// What releasing a free device does.
    ReleaseFree,
    /// What cancelling a machine action that is over answers.
    CancelFinal,
}

impl ProbeQuestion {
    /// All, in the order in which they are asked: the device is free for certain before the second, and the third touches nothing.
    pub const ALL: [Self; 3] = [Self::RestrictTwice, Self::ReleaseFree, Self::CancelFinal];

    /// The name in SQL, on the command line and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RestrictTwice => "restrict_twice",
            Self::ReleaseFree => "release_free",
            Self::CancelFinal => "cancel_final",
        }
    }

    /// The question of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|question| question.as_str() == name)
    }

    /// The action that asks it; a cancel is none of its own.
    pub fn action(self) -> Option<ActionKind> {
        match self {
            Self::RestrictTwice => Some(ActionKind::to_begin(Measure::Restriction)),
            Self::ReleaseFree => Some(ActionKind::to_release(Measure::Restriction)),
            Self::CancelFinal => None,
        }
    }
}

/// How things stand on the device, as the transaction that asks sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The strongest stop in force.
    pub stop: Option<StopScope>,
    /// The installation's ceiling.
    pub ceiling: Mode,
    /// Whether the gate ever cancels.
    pub can_cancel: bool,
    /// The probe's containment is its own, begun by the same person's hand.
    pub is_its_own: bool,
    /// That containment is active.
    pub is_active: bool,
    /// Other open containments, and questions, of the device.
    pub others: i64,
    /// Its actions that are queued or open, of whatever kind.
    pub under_way: i64,
    /// The device is known to be restricted by us.
    pub is_held: bool,
    /// The device is known to be free.
    pub is_free: bool,
    /// Fresh facts say that its sensor is active.
    pub is_reachable: bool,
    /// The probe's own restriction succeeded.
    pub was_restricted: bool,
    /// A release of ours succeeded after that.
    pub was_released: bool,
}

/// Why the question is not asked now; `None`: it is.
pub fn against(question: ProbeQuestion, standing: &Standing) -> Option<&'static str> {
    let s = standing;
    if s.stop.is_some() {
        return Some("a stop is in force");
    }
    if s.ceiling < Mode::Enforce {
        return Some("the mode ceiling is below enforce");
    }
    if !s.is_its_own || !s.was_restricted {
        return Some("no restriction of this probe's own succeeded on the device");
    }
    if s.others > 0 {
        return Some("something else contains the device, or asks to");
    }
    if s.under_way > 0 {
        return Some("another action of the device is under way");
    }
    if !s.can_cancel {
        return Some("cancelling is off, so what stays pending could not be taken back");
    }
    if question == ProbeQuestion::RestrictTwice {
        return match () {
            () if !s.is_active || !s.is_held => Some("the device is not restricted by the probe any more"),
            () if !s.is_reachable => {
                Some("fresh facts do not say that its sensor is active, so it could stay pending for days")
            }
            () => None,
        };
    }
    (s.is_active || !s.is_free || !s.was_released).then_some("the device is not known to be free")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A device that the probe restricted.
    const RESTRICTED: Standing = Standing {
        stop: None,
        ceiling: Mode::Enforce,
        can_cancel: true,
        is_its_own: true,
        is_active: true,
        others: 0,
        under_way: 0,
        is_held: true,
        is_free: false,
        is_reachable: true,
        was_restricted: true,
        was_released: false,
    };
    /// And released.
    const RELEASED: Standing = Standing {
        is_active: false,
        is_held: false,
        is_free: true,
        was_released: true,
        ..RESTRICTED
    };

    #[test]
    fn each_question_has_one_moment_at_which_it_is_asked() {
        use ProbeQuestion::{CancelFinal, ReleaseFree, RestrictTwice};
        assert_eq!(against(RestrictTwice, &RESTRICTED), None);
        assert!(against(RestrictTwice, &RELEASED).is_some());
        for question in [ReleaseFree, CancelFinal] {
            assert_eq!(against(question, &RELEASED), None);
            assert!(against(question, &RESTRICTED).is_some());
            assert!(
                against(
                    question,
                    &Standing {
                        was_released: false,
                        ..RELEASED
                    }
                )
                .is_some()
            );
        }
        let mute = Standing {
            is_reachable: false,
            ..RESTRICTED
        };
        assert!(against(RestrictTwice, &mute).is_some());
    }

    #[test]
    fn none_is_asked_beside_others_while_stopped_or_when_it_cannot_be_taken_back() {
        for question in ProbeQuestion::ALL {
            let good = match question {
                ProbeQuestion::RestrictTwice => RESTRICTED,
                _ => RELEASED,
            };
            for wrong in [
                Standing {
                    stop: Some(StopScope::New),
                    ..good
                },
                Standing {
                    ceiling: Mode::Observe,
                    ..good
                },
                Standing {
                    is_its_own: false,
                    ..good
                },
                Standing {
                    can_cancel: false,
                    ..good
                },
                Standing { others: 1, ..good },
                Standing { under_way: 1, ..good },
                Standing {
                    was_restricted: false,
                    ..good
                },
            ] {
                assert!(against(question, &wrong).is_some(), "{question:?} {wrong:?}");
            }
        }
    }
}
