//! The outcome table of the call protocol: from the answer to a call to what it means for the action. One total function,
//! pure; `worker::record` adds how long to wait, and `docs/call-protocol.md` prints its rows.

use uuid::Uuid;

use crate::domain::action::{ActionEvent, ActionKind, Marker};
use crate::domain::answer::{Answer, MachineAction, Refusal};
use crate::domain::device::DeviceId;

/// What was called for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The action.
    pub action: Uuid,
    /// What it does.
    pub kind: ActionKind,
    /// The device.
    pub device: &'a DeviceId,
}

/// What an answer means for the action that was called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The word for it, in the ledger and in metrics.
    pub word: &'static str,
    /// What happened to the action.
    pub event: ActionEvent,
    /// A second step at once: the accepted action is final already.
    pub then: Option<ActionEvent>,
    /// Somebody else began what answers for it.
    pub is_adopted: bool,
    /// No later action on this device will fare better.
    pub is_permanent: bool,
    /// A response was read, so the service has counted the call by now: the slot is held from now on. Otherwise it is held
    /// from the latest moment at which it can have been counted.
    pub is_answered: bool,
}

/// Says what an answer means. Total: every answer has its row.
pub fn outcome(answer: &Answer, asked: &Asked<'_>) -> Outcome {
    use ActionEvent::{Accepted, FateUnknown, NotExecuted, Refused};
    let row = |word, event| Outcome {
        word,
        event,
        then: None,
        is_adopted: false,
        is_permanent: false,
        is_answered: true,
    };
    match answer {
        // Another's action, or of another kind: what became of ours, the list tells.
        Answer::Accepted(made) if !is_about(made, asked) => row("unknown", FateUnknown),
        // A file's hash does not stand in what we read: whether another's is for the same file nobody can tell.
        Answer::Accepted(made)
            if asked.kind == ActionKind::QuarantineFile && !Marker::is_on(asked.action, made) =>
        {
            row("unknown", FateUnknown)
        }
        Answer::Accepted(made) => {
            let is_ours = Marker::is_on(asked.action, made);
            Outcome {
                then: ActionEvent::from_status(&made.status),
                is_adopted: !is_ours,
                ..row(if is_ours { "accepted" } else { "adopted" }, Accepted)
            }
        }
        // It made nothing; but whether what is in progress is ours, another's or the opposite, the list tells.
        Answer::AlreadyInProgress(_) => row("already_in_progress", FateUnknown),
        Answer::Throttled { .. } => row("throttled", NotExecuted),
        Answer::Unauthorized(_) => row("unauthorized", NotExecuted),
        // A right that we lack says nothing of the device: the action waits until somebody grants it.
        Answer::Forbidden(refusal) if refusal.is_missing_right() && refusal.is_of_device => {
            row("forbidden_here", NotExecuted)
        }
        Answer::Forbidden(refusal) if refusal.is_missing_right() => row("forbidden", NotExecuted),
        Answer::Forbidden(_) => row("forbidden", Refused),
        Answer::NotFound(refusal) | Answer::Rejected(refusal) => Outcome {
            is_permanent: true,
            ..row(refused(refusal), Refused)
        },
        // The slot stays used, as if it had been sent: it was reserved.
        Answer::Late { .. } => row("late", NotExecuted),
        Answer::NotSent { .. } => row("not_sent", NotExecuted),
        Answer::Unknown { status, .. } => Outcome {
            is_answered: status.is_some(),
            ..row("unknown", FateUnknown)
        },
    }
}

fn refused(refusal: &Refusal) -> &'static str {
    if refusal.status == 404 {
        "not_found"
    } else {
        "rejected"
    }
}

fn is_about(made: &MachineAction, asked: &Asked<'_>) -> bool {
    asked.kind.is(&made.kind)
        && made
            .machine_id
            .as_deref()
            .is_none_or(|id| id.eq_ignore_ascii_case(asked.device.as_str()))
}

#[cfg(test)]
#[path = "outcome_tests.rs"]
mod tests;
