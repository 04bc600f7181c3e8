//! From an answer to what is written: pure. What it means is `domain::outcome`'s; here stands how long to wait.

use std::time::Duration;

use crate::domain::action::{ActionEvent, ActionKind, Marker};
use crate::domain::answer::{Answer, MachineAction, Refusal};
use crate::domain::budget::{Window, throttle_pause};
use crate::domain::outcome::{Asked, Outcome, outcome};
use crate::store::{AnswerRecord, CancelGrant, Gate, Grant, QueuedChange};
use crate::worker::retry;

/// The spans that follow from answers, as they hold in real time.
#[derive(Clone, Copy, Debug)]
pub struct Pauses {
    /// The first pause after nothing could be sent.
    pub initial: Duration,
    /// The longest such pause.
    pub cap: Duration,
    /// After a 403 nobody's permission has changed for at least this long.
    pub forbidden: Duration,
}

/// What is to be written for an answer. `in_a_row` counts the calls, of any action, that could not be sent.
pub fn record(
    answer: &Answer,
    grant: &Grant,
    in_a_row: u32,
    windows: &[Window],
    pauses: Pauses,
) -> AnswerRecord {
    let tries = u32::try_from(grant.n).unwrap_or(1).max(in_a_row);
    let asked = Asked {
        action: grant.action,
        kind: grant.kind,
        device: &grant.device,
    };
    let outcome = outcome(answer, &asked);
    let mut record = match answer {
        Answer::Accepted(action) => accepted(action, outcome),
        answer => not_accepted(answer, outcome, tries, windows, pauses),
    };
    if matches!(answer, Answer::Forbidden(refusal) if refusal.is_missing_right() || grant.kind.is_task()) {
        // Each right is one of its own: what needs another goes on, and this waits.
        record.change.not_before = pauses.forbidden;
    }
    record
}

/// What is to be written for the answer to a cancel.
#[derive(Debug)]
pub struct CancelRecord {
    /// As for every call.
    pub record: AnswerRecord,
    /// What became of the action, if the answer tells.
    pub end: Option<ActionEvent>,
    /// Another cancel of the action is not due before that.
    pub again: Duration,
}

/// What is to be written for the answer to a cancel. The action itself is followed by the listing, whatever the answer.
pub fn record_cancel(
    answer: &Answer,
    grant: &CancelGrant,
    in_a_row: u32,
    gate: &Gate,
    pauses: Pauses,
) -> CancelRecord {
    let tries = u32::try_from(grant.n).unwrap_or(1);
    let asked = Asked {
        action: grant.action,
        kind: ActionKind::Restrict,
        device: &grant.device,
    };
    let outcome = outcome(answer, &asked);
    // A cancel answers with the action that it cancels, whoever's marker that carries.
    let base = AnswerRecord {
        outcome: "unknown",
        then: None,
        ..base(outcome)
    };
    let mut record = match answer {
        Answer::Accepted(action) if !action.id.eq_ignore_ascii_case(&grant.defender_id) => AnswerRecord {
            change: QueuedChange {
                error: Some("defender answered a cancel with another action".to_owned()),
                ..QueuedChange::default()
            },
            ..base
        },
        Answer::Accepted(action) => AnswerRecord {
            outcome: "accepted",
            change: QueuedChange {
                defender_status: Some(action.status.as_wire().to_owned()),
                ..QueuedChange::default()
            },
            ..base
        },
        answer => not_accepted(answer, outcome, tries.max(in_a_row), &gate.actions, pauses),
    };
    // What is said of a cancel is not said of its action.
    record.change.is_permanent = false;
    let end = match (answer, record.outcome) {
        (Answer::Accepted(action), "accepted") => ActionEvent::from_status(&action.status),
        _ => None,
    };
    let again = match answer {
        // Not executed, for a reason that has nothing to do with the action.
        Answer::Late { .. } | Answer::NotSent { .. } | Answer::Throttled { .. } | Answer::Unauthorized(_) => {
            Duration::ZERO
        }
        // Nobody's permission changes that fast.
        Answer::Forbidden(_) => {
            (gate.timing.quiescence() * 2_u32.pow(tries.clamp(1, 7) - 1)).max(pauses.forbidden)
        }
        // Its fate, or the action's end, is to be seen in the listing first; Defender may not want to cancel it at all.
        _ => gate.timing.quiescence() * 2_u32.pow(tries.clamp(1, 7) - 1),
    };
    CancelRecord { record, end, again }
}

/// So many calls in a row may come too late to be sent before the gate waits.
const LATE_IN_A_ROW: u32 = 2;

/// What the outcome table says, as it is written.
fn base(outcome: Outcome) -> AnswerRecord {
    AnswerRecord {
        outcome: outcome.word,
        event: outcome.event,
        then: outcome.then,
        change: QueuedChange {
            is_adopted: outcome.is_adopted,
            is_permanent: outcome.is_permanent,
            ..QueuedChange::default()
        },
        refusal: None,
        is_answered: outcome.is_answered,
        pause: None,
        named: None,
    }
}

/// The window of ours that a 429 names; scaled spans are rounded.
fn named(window: Option<Duration>, windows: &[Window]) -> Option<Window> {
    let named = window?;
    let mut ours = windows.iter().copied();
    ours.find(|ours| named.abs_diff(ours.per) < ours.per / 10)
}

fn not_accepted(
    answer: &Answer,
    outcome: Outcome,
    tries: u32,
    windows: &[Window],
    pauses: Pauses,
) -> AnswerRecord {
    let again = retry::delay(tries, pauses.initial, pauses.cap);
    let base = base(outcome);
    match answer {
        Answer::Accepted(_) => base,
        Answer::AlreadyInProgress(refusal) => AnswerRecord {
            refusal: Some(refusal.clone()),
            ..base
        },
        Answer::Throttled {
            retry_after,
            window,
            refusal,
        } => AnswerRecord {
            pause: Some((throttle_pause(*retry_after, *window, windows), told(refusal))),
            named: named(*window, windows),
            refusal: Some(refusal.clone()),
            ..base
        },
        Answer::Unauthorized(refusal) => AnswerRecord {
            // The first refusal of a token may be its age: a fresh one is tried at once. After that, wait.
            pause: (tries > 1).then(|| (again, told(refusal))),
            refusal: Some(refusal.clone()),
            ..base
        },
        Answer::Forbidden(refusal) => AnswerRecord {
            change: QueuedChange {
                error: Some(told(refusal)),
                ..QueuedChange::default()
            },
            refusal: Some(refusal.clone()),
            ..base
        },
        Answer::NotFound(refusal) | Answer::Rejected(refusal) => AnswerRecord {
            change: QueuedChange {
                error: Some(told(refusal)),
                speaks_of_device: refusal.speaks_of_device(),
                ..base.change
            },
            refusal: Some(refusal.clone()),
            ..base
        },
        // We were slow for a moment: the others need not wait for it. Again and again, and every try takes a slot for nothing.
        Answer::Late { reason } => AnswerRecord {
            change: QueuedChange {
                not_before: if tries > LATE_IN_A_ROW {
                    again
                } else {
                    Duration::ZERO
                },
                is_unsent: true,
                ..QueuedChange::default()
            },
            pause: (tries > LATE_IN_A_ROW)
                .then(|| (again, format!("nothing could be sent in time: {reason}"))),
            ..base
        },
        Answer::NotSent { reason } => AnswerRecord {
            change: QueuedChange {
                not_before: again,
                is_unsent: true,
                ..QueuedChange::default()
            },
            pause: Some((again, format!("nothing could be sent: {reason}"))),
            ..base
        },
        Answer::Unknown { reason, status } => AnswerRecord {
            change: QueuedChange {
                error: Some(reason.clone()),
                ..QueuedChange::default()
            },
            refusal: status.map(|status| Refusal {
                status,
                message: reason.clone(),
                ..Refusal::default()
            }),
            ..base
        },
    }
}

fn accepted(action: &MachineAction, outcome: Outcome) -> AnswerRecord {
    let base = base(outcome);
    if outcome.event != ActionEvent::Accepted {
        let error = "defender answered with an action of another kind or device".to_owned();
        return AnswerRecord {
            change: QueuedChange {
                error: Some(error),
                ..QueuedChange::default()
            },
            ..base
        };
    }
    AnswerRecord {
        change: QueuedChange {
            defender_id: Some(action.id.clone()),
            defender_status: Some(action.status.as_wire().to_owned()),
            marked: action
                .requestor_comment
                .as_deref()
                .and_then(Marker::read)
                .map(|marker| marker.action),
            error: (action.error_hresult != 0).then(|| format!("{:#010x}", action.error_hresult)),
            done_at: action.updated_at,
            ..base.change
        },
        ..base
    }
}

/// A refusal in one line, with the id that Microsoft's support asks for.
fn told(refusal: &Refusal) -> String {
    let target = refusal
        .target
        .as_deref()
        .map(|id| format!(" (correlation {id})"))
        .unwrap_or_default();
    format!("{} {}: {}{target}", refusal.status, refusal.code, refusal.message)
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
