//! Actions and attempts: the state machine of one machine action that we want from Defender.
//!
//! [`next`] is the only truth about which state follows which; the schema repeats it as constraints. A call that may
//! have gone out is never simply queued again: the only ways back to `queued` are evidence that nothing was executed.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::answer::{MachineAction, MachineActionStatus};

pub use crate::domain::kind::ActionKind;

/// Where an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionState {
    /// Wanted, not yet called. The gate moves it on; `converge` may withdraw it.
    Queued,
    /// An attempt is committed; the call may be under way. The answer, or quiescence, moves it on.
    Submitting,
    /// The fate of the last call is unknown. Only a look-up in Defender's list moves it on.
    InDoubt,
    /// Defender has it, under an id. Reconcile follows it to its end.
    Submitted,
    /// Final: done on the device.
    Succeeded,
    /// Final: refused, or failed on the device.
    Failed,
    /// Final: Defender gave up reaching the device, after about 72 h.
    TimedOut,
    /// Final: cancelled at Defender; it may have been enforced all the same.
    Cancelled,
    /// Final: never sent, no longer wanted.
    Withdrawn,
    /// Final: never sent within its validity.
    Expired,
}

impl ActionState {
    /// All states, in the order of the diagram.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Submitting,
        Self::InDoubt,
        Self::Submitted,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Cancelled,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// The name in SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Submitting => "submitting",
            Self::InDoubt => "in_doubt",
            Self::Submitted => "submitted",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::TimedOut => "timed_out",
            Self::Cancelled => "cancelled",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// The state with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether a call is, or may be, under way at Defender: at most one such action per device.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Submitting | Self::InDoubt | Self::Submitted)
    }

    /// Whether an action may begin there: wanted, or found at Defender by its marker.
    pub fn may_begin(self) -> bool {
        matches!(self, Self::Queued | Self::Submitted)
    }

    /// Whether nothing more is to come.
    pub fn is_final(self) -> bool {
        !self.is_open() && self != Self::Queued
    }
}

/// What to do with a call of unknown fate that a complete listing does not show after the quiescence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnAmbiguous {
    /// It was not carried out: call again.
    #[default]
    LookUp,
    /// A person decides; a release is tried again all the same, ever more slowly.
    Hold,
}

/// What can happen to an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionEvent {
    /// The gate committed an attempt.
    Reserved,
    /// Defender has our action, or one of the same kind that we adopt.
    Accepted,
    /// Evidence that nothing was executed: never sent, 401, 429, or absent from a complete listing after quiescence.
    NotExecuted,
    /// A definite, lasting refusal.
    Refused,
    /// No answer, or none that can be read.
    FateUnknown,
    /// Defender says: succeeded.
    Succeeded,
    /// Defender says: failed.
    Failed,
    /// Defender says: timed out.
    TimedOut,
    /// Defender says: cancelled.
    Cancelled,
    /// No longer wanted, and never sent.
    Withdrawn,
    /// Its validity passed, and it was never sent.
    Expired,
}

impl ActionEvent {
    /// All events.
    pub const ALL: [Self; 11] = [
        Self::Reserved,
        Self::Accepted,
        Self::NotExecuted,
        Self::Refused,
        Self::FateUnknown,
        Self::Succeeded,
        Self::Failed,
        Self::TimedOut,
        Self::Cancelled,
        Self::Withdrawn,
        Self::Expired,
    ];

    /// What Defender's status means for an action that it has; `None` while nothing final is known.
    pub fn from_status(status: &MachineActionStatus) -> Option<Self> {
        match status {
            MachineActionStatus::Succeeded => Some(Self::Succeeded),
            MachineActionStatus::Failed => Some(Self::Failed),
            MachineActionStatus::TimeOut => Some(Self::TimedOut),
            MachineActionStatus::Cancelled => Some(Self::Cancelled),
            MachineActionStatus::Pending
            | MachineActionStatus::InProgress
            | MachineActionStatus::Other(_) => None,
        }
    }
}

/// An event that must not happen in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an action that is {} cannot see {event:?}", .state.as_str())]
pub struct IllegalTransition {
    /// The state.
    pub state: ActionState,
    /// The event.
    pub event: ActionEvent,
}

/// The state that follows.
///
/// # Errors
/// [`IllegalTransition`] when the event must not happen in that state.
pub fn next(state: ActionState, event: ActionEvent) -> Result<ActionState, IllegalTransition> {
    use ActionEvent as E;
    use ActionState as S;
    Ok(match (state, event) {
        (S::Queued, E::Reserved) => S::Submitting,
        (S::Queued, E::Withdrawn) => S::Withdrawn,
        (S::Queued, E::Expired) => S::Expired,
        (S::Submitting | S::InDoubt, E::Accepted) => S::Submitted,
        (S::Submitting | S::InDoubt, E::NotExecuted) => S::Queued,
        (S::Submitting | S::InDoubt, E::Refused) => S::Failed,
        (S::Submitting, E::FateUnknown) => S::InDoubt,
        (S::Submitted, E::Succeeded) => S::Succeeded,
        (S::Submitted, E::Failed) => S::Failed,
        (S::Submitted, E::TimedOut) => S::TimedOut,
        (S::Submitted, E::Cancelled) => S::Cancelled,
        (state, event) => return Err(IllegalTransition { state, event }),
    })
}

/// The marker that begins the comment of each of our calls, e.g. `[quell:01JD3Q…​.1]`: short, at the start so that it
/// survives truncation, and unique to one attempt. The id is written as a ULID (Crockford's base 32 of the UUIDv7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Marker {
    /// The action.
    pub action: Uuid,
    /// The attempt's number, from 1.
    pub attempt: i32,
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[quell:{}.{}]", ulid(self.action), self.attempt)
    }
}

impl Marker {
    /// Finds our marker at the start of a comment.
    pub fn read(comment: &str) -> Option<Self> {
        let inside = comment.strip_prefix("[quell:")?;
        let (inside, _) = inside.split_once(']')?;
        let (id, attempt) = inside.split_once('.')?;
        Some(Self {
            action: parse_ulid(id)?,
            attempt: attempt.parse().ok().filter(|n| *n > 0)?,
        })
    }

    /// Whether a machine action carries a marker of this action, whichever attempt.
    pub fn is_on(action: Uuid, wire: &MachineAction) -> bool {
        wire.requestor_comment
            .as_deref()
            .and_then(Self::read)
            .is_some_and(|marker| marker.action == action)
    }

    /// The comment of a call: the marker, a space, and text without control characters, together at most 1,000
    /// characters (no documented bound; our own).
    pub fn comment(&self, text: &str) -> String {
        let clean = text.chars().map(|c| if c.is_control() { ' ' } else { c });
        format!("{self} ")
            .chars()
            .chain(clean)
            .take(1000)
            .collect::<String>()
            .trim_end()
            .to_owned()
    }
}

/// The id of a new action: `fresh`, a UUID of version 7, with the installation's number in place of its last four random bytes. So a
/// marker tells whether its action is of this installation, even where no row knows it.
pub fn id_of(fresh: Uuid, installation: i32) -> Uuid {
    let mut bytes = fresh.into_bytes();
    if let Some(last) = bytes.last_chunk_mut::<4>() {
        *last = installation.to_be_bytes();
    }
    Uuid::from_bytes(bytes)
}

/// Whether an action's id was made by the installation of that number.
pub fn is_of(id: Uuid, installation: i32) -> bool {
    id_of(id, installation) == id
}

/// A UUID as a ULID: 26 characters that sort like the id.
pub fn ulid(id: Uuid) -> String {
    let bits = id.as_u128();
    (0..26)
        .rev()
        .map(|i| CROCKFORD[((bits >> (5 * i)) & 31) as usize] as char)
        .collect()
}

fn parse_ulid(text: &str) -> Option<Uuid> {
    if text.len() != 26 || !matches!(text.as_bytes().first(), Some(b'0'..=b'7')) {
        return None;
    }
    text.bytes()
        .try_fold(0u128, |bits, byte| {
            let digit = CROCKFORD.iter().position(|c| *c == byte)?;
            Some((bits << 5) | digit as u128)
        })
        .map(Uuid::from_u128)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn reachable(from: ActionState) -> BTreeSet<&'static str> {
        let (mut seen, mut todo) = (BTreeSet::new(), vec![from]);
        while let Some(state) = todo.pop() {
            if seen.insert(state.as_str()) {
                todo.extend(
                    ActionEvent::ALL
                        .into_iter()
                        .filter_map(|event| next(state, event).ok()),
                );
            }
        }
        seen
    }

    #[test]
    fn every_state_reaches_a_final_one_and_final_ones_stay() {
        for state in ActionState::ALL {
            let finals = ActionState::ALL
                .into_iter()
                .filter(|s| s.is_final())
                .map(ActionState::as_str);
            assert!(
                finals.into_iter().any(|name| reachable(state).contains(name)),
                "{}",
                state.as_str()
            );
            if state.is_final() {
                assert_eq!(reachable(state).len(), 1, "{} is final", state.as_str());
            }
        }
    }

    #[test]
    fn only_evidence_of_non_execution_leads_back_to_queued() {
        for state in ActionState::ALL {
            for event in ActionEvent::ALL {
                if next(state, event) == Ok(ActionState::Queued) {
                    assert_eq!(event, ActionEvent::NotExecuted);
                }
            }
        }
        assert!(next(ActionState::Submitted, ActionEvent::NotExecuted).is_err());
    }

    #[test]
    fn an_action_with_an_open_call_is_never_withdrawn_or_expired() {
        for state in ActionState::ALL.into_iter().filter(|state| state.is_open()) {
            assert!(
                next(state, ActionEvent::Withdrawn).is_err() && next(state, ActionEvent::Expired).is_err()
            );
        }
    }

    #[test]
    fn a_marker_survives_the_comment_and_its_truncation() {
        let marker = Marker {
            action: Uuid::now_v7(),
            attempt: 12,
        };
        let comment = marker.comment(&format!("a\u{7}b\n{}", "x".repeat(5000)));
        assert_eq!(comment.chars().count(), 1000);
        assert_eq!(Marker::read(&comment), Some(marker));
        assert_eq!(Marker::read(&comment[..45]), Some(marker));
        for not_ours in [
            "",
            "[quell:]",
            "[quell:x.1] y",
            " [quell:",
            "[quell:01ARZ3NDEKTSV4RRFFQ69G5FAV.0]",
        ] {
            assert_eq!(Marker::read(not_ours), None, "{not_ours}");
        }
    }

    #[test]
    fn the_transition_table_is_the_one_in_the_documents() {
        let mut lines = String::new();
        for state in ActionState::ALL {
            for event in ActionEvent::ALL {
                if let Ok(to) = next(state, event) {
                    lines += &format!("    {} --> {}: {event:?}\n", state.as_str(), to.as_str());
                }
            }
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ARCHITECTURE.md");
        let documented = std::fs::read_to_string(path).expect("docs/ARCHITECTURE.md is there");
        assert!(
            documented.contains(&lines),
            "put this into the action diagram of {path}:\n{lines}"
        );
    }
}
