//! What a complete listing says of one open action: pure. Nothing is concluded from absence before the quiescence has
//! passed. Called by the loop above.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::{PENDING_AT_MOST, signed};
use crate::domain::action::{ActionEvent, ActionKind, ActionState, Marker, OnAmbiguous};
use crate::domain::answer::MachineAction;
use crate::domain::budget::CallTiming;
use crate::store::{Finding, OpenAction, QueuedChange};

/// Whether the common listing, which begins with our own attempts, may not show what matters: the adopted action of
/// somebody else is older than our attempt, and so may be what a call was refused for.
pub(super) fn needs_its_own_look(open: &OpenAction) -> bool {
    (open.row.state == ActionState::Submitted && open.row.is_adopted) || is_refused_for_another(open)
}

/// Refused because another action is in progress on the device: which one, only the device's own list tells.
fn is_refused_for_another(open: &OpenAction) -> bool {
    open.row.state == ActionState::InDoubt && open.outcome.as_deref() == Some("already_in_progress")
}

/// An action that Defender does not know any more, long after the latest end that it gives an action by itself.
pub(super) fn gone(open: &OpenAction, listing: &[MachineAction], began: Timestamp) -> Option<Finding> {
    let is_gone = listing.is_empty()
        && open.row.state == ActionState::Submitted
        && began.duration_since(open.reserved_at) > PENDING_AT_MOST;
    is_gone.then(|| Finding {
        action: open.row.id,
        attempts: open.row.attempts,
        events: vec![ActionEvent::TimedOut],
        change: QueuedChange {
            error: Some("defender does not know the action any more".to_owned()),
            ..QueuedChange::default()
        },
        reason: "unknown to defender after 96 h",
    })
}

/// A listing, by id, by marker and by device.
pub struct Index<'a> {
    by_id: HashMap<&'a str, &'a MachineAction>,
    by_action: HashMap<uuid::Uuid, &'a MachineAction>,
    by_device: HashMap<String, Vec<&'a MachineAction>>,
}

impl<'a> Index<'a> {
    /// Indexes a complete listing.
    pub fn new(listing: &'a [MachineAction]) -> Self {
        let mut index = Self {
            by_id: HashMap::with_capacity(listing.len()),
            by_action: HashMap::new(),
            by_device: HashMap::new(),
        };
        for action in listing {
            index.by_id.insert(&action.id, action);
            if let Some(marker) = action.requestor_comment.as_deref().and_then(Marker::read) {
                // The newest counts; it comes first. What else carries the marker is a stray.
                index.by_action.entry(marker.action).or_insert(action);
            }
            if let Some(device) = &action.machine_id {
                index
                    .by_device
                    .entry(device.to_lowercase())
                    .or_default()
                    .push(action);
            }
        }
        index
    }

    /// Whether the listing shows Defender's action, or there is none to show.
    pub(super) fn lists(&self, open: &OpenAction) -> bool {
        let id = open
            .row
            .defender_id
            .as_deref()
            .filter(|_| open.row.state == ActionState::Submitted);
        id.is_none_or(|id| self.by_id.contains_key(id))
    }
}

/// What a complete listing, begun at `began`, says of one open action; `None`: nothing new.
pub fn judge(
    open: &OpenAction,
    listing: &Index<'_>,
    began: Timestamp,
    timing: CallTiming,
    policy: OnAmbiguous,
) -> Option<Finding> {
    match open.row.state {
        ActionState::Submitted => follow(open, listing),
        ActionState::InDoubt => resolve(open, listing, began, timing, policy),
        _ => None,
    }
}

fn follow(open: &OpenAction, listing: &Index<'_>) -> Option<Finding> {
    let seen = *listing.by_id.get(open.row.defender_id.as_deref()?)?;
    let event = ActionEvent::from_status(&seen.status);
    let word = seen.status.as_wire();
    if event.is_none() && open.row.defender_status.as_deref() == Some(word) {
        return None;
    }
    if let crate::domain::answer::MachineActionStatus::Other(name) = &seen.status {
        tracing::warn!(action.id = %open.row.id, status = name, "defender reports a status that is not known; following on");
        metrics::counter!("quell_unknown_statuses_total").increment(1);
    }
    Some(finding(
        open,
        event.into_iter().collect(),
        seen,
        open.row.is_adopted,
        "defender's list",
    ))
}

fn resolve(
    open: &OpenAction,
    listing: &Index<'_>,
    began: Timestamp,
    timing: CallTiming,
    policy: OnAmbiguous,
) -> Option<Finding> {
    if let Some(seen) = listing.by_action.get(&open.row.id).copied() {
        return Some(accepted(open, seen, false, "found by its marker"));
    }
    let pending = listing
        .by_device
        .get(open.row.device.as_str())
        .map(Vec::as_slice)
        .unwrap_or_default();
    let pending = || pending.iter().copied().filter(|action| !action.status.is_final());
    // Of another's quarantine nobody can tell which file it is for, so none is taken for ours.
    let is_same = |action: &&MachineAction| {
        open.row.kind.is(&action.kind) && open.row.kind != ActionKind::QuarantineFile
    };
    let same = pending().find(is_same);
    let refused = is_refused_for_another(open);
    // A refused call made nothing: what counts is only that the list shows what was there then. Any other call may
    // still be executed until the quiescence has passed.
    let (since, span) = match (refused, open.answered_at) {
        (true, Some(answered_at)) => (answered_at, timing.list_lag),
        _ => (open.reserved_at, timing.quiescence()),
    };
    // By the database's clock, so that a crash loop shorter than the span resolves; after a jump by the local one.
    let is_settled = match open.is_clock_sure {
        true => began >= since + signed(span),
        false => open.in_sight >= span,
    };
    match same {
        Some(other) if refused || is_settled => {
            return Some(accepted(
                open,
                other,
                true,
                "adopted: the same action was in progress",
            ));
        }
        _ => {}
    }
    // An opposite action is in progress: ours waits for its end.
    let opposite_pending = pending().any(|action| {
        let other = ActionKind::of(&action.kind).filter(|other| *other != open.row.kind);
        other
            .and_then(ActionKind::measure)
            .is_some_and(|measure| open.row.kind.measure() == Some(measure))
    });
    if !is_settled || (refused && opposite_pending) {
        return None;
    }
    if policy == OnAmbiguous::Hold && !refused {
        return Some(held(open));
    }
    Some(Finding {
        action: open.row.id,
        attempts: open.row.attempts,
        events: vec![ActionEvent::NotExecuted],
        // What refused the call may be of a kind that we do not follow: not at once again.
        change: QueuedChange {
            not_before: if refused {
                timing.quiescence()
            } else {
                Duration::ZERO
            },
            ..QueuedChange::default()
        },
        reason: "absent from a complete listing after the quiescence",
    })
}

/// Its fate stays unknown as far as the policy goes: it fails, a person looks, and what it left behind is unknown, so that the
/// containment's end releases the device.
fn held(open: &OpenAction) -> Finding {
    Finding {
        action: open.row.id,
        attempts: open.row.attempts,
        events: vec![ActionEvent::Refused],
        change: QueuedChange {
            error: Some(
                "its call was not answered and is not in defender's list; `call.on_ambiguous` is hold"
                    .to_owned(),
            ),
            is_permanent: true,
            is_fate_unknown: true,
            ..QueuedChange::default()
        },
        reason: "absent after the quiescence, and held for a person",
    }
}

fn accepted(open: &OpenAction, seen: &MachineAction, is_adopted: bool, reason: &'static str) -> Finding {
    let events = std::iter::once(ActionEvent::Accepted).chain(ActionEvent::from_status(&seen.status));
    finding(open, events.collect(), seen, is_adopted, reason)
}

fn finding(
    open: &OpenAction,
    events: Vec<ActionEvent>,
    seen: &MachineAction,
    is_adopted: bool,
    reason: &'static str,
) -> Finding {
    Finding {
        action: open.row.id,
        attempts: open.row.attempts,
        events,
        change: QueuedChange {
            defender_id: Some(seen.id.clone()),
            defender_status: Some(seen.status.as_wire().to_owned()),
            is_adopted,
            marked: seen
                .requestor_comment
                .as_deref()
                .and_then(Marker::read)
                .map(|marker| marker.action),
            error: (seen.error_hresult != 0).then(|| format!("errorHResult {:#010x}", seen.error_hresult)),
            done_at: seen.updated_at,
            ..QueuedChange::default()
        },
        reason,
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
