//! Strays: machine actions that carry a marker of ours and that our books do not know by Defender's id. Pure: which of a
//! listing are marked, and what is to be made of one. `worker::strays` asks, `store::strays` writes.
//!
//! A stray was carried out after its absence had been concluded (a pause longer than the server tail, say), or a
//! restored backup has lost its row. It is ours, so it belongs into the books, from where the device converges as always.

use jiff::Timestamp;

use crate::domain::action::{ActionEvent, ActionKind, ActionState, Marker, is_of};
use crate::domain::answer::{MachineAction, MachineActionStatus};

/// A machine action of a listing that carries a marker of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// Defender's id.
    pub defender_id: String,
    /// The marker.
    pub marker: Marker,
    /// What it does.
    pub kind: ActionKind,
    /// The device, in lower case.
    pub device: String,
    /// Where it stands.
    pub status: MachineActionStatus,
    /// When it was made, on Defender's clock.
    pub created_at: Option<Timestamp>,
    /// When it last changed, on Defender's clock.
    pub updated_at: Option<Timestamp>,
}

/// Attempts of one action that a marker can speak of, at most: a larger number was not written by us.
pub const MOST_ATTEMPTS: i32 = 100;

/// The marked actions of a listing that begin or release a measure, in the order in which they last changed. Others' comments that only look
/// like ours (another kind of action, no device that could be called) are left out; tasks too, which hold nothing.
pub fn marked(listing: &[MachineAction]) -> Vec<Marked> {
    let mut marked: Vec<Marked> = listing.iter().filter_map(read).collect();
    marked.sort_by_key(|m| (m.updated_at, m.created_at));
    marked
}

fn read(action: &MachineAction) -> Option<Marked> {
    let marker = Marker::read(action.requestor_comment.as_deref()?)?;
    let kind = ActionKind::of(&action.kind).filter(|kind| kind.measure().is_some())?;
    let device = action.machine_id.as_deref()?.to_lowercase();
    let callable = (1..=64).contains(&device.len())
        && device
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    (callable && marker.attempt <= MOST_ATTEMPTS).then(|| Marked {
        defender_id: action.id.clone(),
        marker,
        kind,
        device,
        status: action.status.clone(),
        created_at: action.created_at,
        updated_at: action.updated_at,
    })
}

/// What our books say of the action that a marker names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// Where it stands.
    pub state: ActionState,
    /// How many calls were made for it, as far as the books know.
    pub attempts: i32,
    /// The tenant, the kind and the device are its own.
    pub is_same: bool,
}

/// Why a stray is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The books know the attempt and had concluded otherwise: the assumption behind the quiescence was wrong.
    SeenAfterQuiescence,
    /// The books do not know the attempt: a restored backup has lost it.
    Orphan,
}

/// What to do with a stray.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taking {
    /// Nothing: the ordinary look-up of its action settles it.
    Leave,
    /// Nothing: the marker is another tenant's or installation's, or a copy on another device or another kind of action.
    NotOurs,
    /// The action that waits in the queue is the one: it has been called.
    AsItself(Origin),
    /// An action of its own.
    Anew(Origin),
}

/// What to do with a stray whose marker names this action. `None`: the books have none of that id; then only one of this
/// `installation` can be one that they have lost, and another's is left alone.
pub fn taking(marked: &Marked, named: Option<Named>, installation: i32) -> Taking {
    let Some(named) = named else {
        return if is_of(marked.marker.action, installation) {
            Taking::Anew(Origin::Orphan)
        } else {
            Taking::NotOurs
        };
    };
    if !named.is_same {
        return Taking::NotOurs;
    }
    let origin = if marked.marker.attempt <= named.attempts {
        Origin::SeenAfterQuiescence
    } else {
        Origin::Orphan
    };
    match named.state {
        // Its call may be under way, or is being looked up: by the marker it finds this very action.
        ActionState::Submitting | ActionState::InDoubt => Taking::Leave,
        ActionState::Queued => Taking::AsItself(origin),
        ActionState::Submitted
        | ActionState::Succeeded
        | ActionState::Failed
        | ActionState::TimedOut
        | ActionState::Cancelled
        | ActionState::Withdrawn
        | ActionState::Expired => Taking::Anew(origin),
    }
}

/// Whether what begins a measure and what the books ended without effect shows as carried out now: it may have come after its release.
pub fn is_late(marked: &Marked, ended: ActionState) -> bool {
    marked.kind.begins()
        && ActionEvent::from_status(&marked.status) == Some(ActionEvent::Succeeded)
        && matches!(
            ended,
            ActionState::Failed | ActionState::TimedOut | ActionState::Cancelled
        )
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::action::id_of;
    use crate::domain::answer::MachineActionKind;

    fn wire(comment: &str, kind: MachineActionKind, device: Option<&str>) -> MachineAction {
        MachineAction {
            id: "m1".to_owned(),
            kind,
            status: MachineActionStatus::Succeeded,
            machine_id: device.map(str::to_owned),
            requestor_comment: Some(comment.to_owned()),
            requestor: None,
            created_at: None,
            updated_at: None,
            error_hresult: 0,
            external_id: None,
        }
    }

    fn ours(attempt: i32) -> Marked {
        let marker = Marker {
            action: Uuid::now_v7(),
            attempt,
        };
        let listing = [wire(
            &marker.comment("x"),
            MachineActionKind::Restrict,
            Some("ABC"),
        )];
        marked(&listing).pop().expect("it carries a marker")
    }

    #[test]
    fn only_restricts_and_releases_with_a_marker_and_a_device_are_ours() {
        let comment = Marker {
            action: Uuid::now_v7(),
            attempt: 1,
        }
        .comment("x");
        let absurd = Marker {
            action: Uuid::now_v7(),
            attempt: MOST_ATTEMPTS + 1,
        }
        .comment("x");
        let restrict = || MachineActionKind::Restrict;
        for not_ours in [
            wire("by hand", restrict(), Some("abc")),
            wire(
                &comment,
                MachineActionKind::Other("Offboard".to_owned()),
                Some("abc"),
            ),
            wire(&comment, restrict(), None),
            wire(&comment, restrict(), Some("a/b")),
            wire(&absurd, restrict(), Some("abc")),
        ] {
            assert_eq!(marked(std::slice::from_ref(&not_ours)), [], "{not_ours:?}");
        }
        assert_eq!(ours(1).device, "abc");
    }

    #[test]
    fn a_stray_is_left_to_its_look_up_taken_as_itself_or_taken_anew() {
        for state in ActionState::ALL {
            let named = |attempts, is_same| {
                Some(Named {
                    state,
                    attempts,
                    is_same,
                })
            };
            assert_eq!(taking(&ours(1), named(1, false), 0), Taking::NotOurs);
            let expected = |origin| match state {
                ActionState::Submitting | ActionState::InDoubt => Taking::Leave,
                ActionState::Queued => Taking::AsItself(origin),
                _ => Taking::Anew(origin),
            };
            assert_eq!(
                taking(&ours(1), named(2, true), 0),
                expected(Origin::SeenAfterQuiescence)
            );
            assert_eq!(taking(&ours(3), named(2, true), 0), expected(Origin::Orphan));
        }
        let (ours, number) = (ours(1), 7);
        assert_eq!(
            taking(&ours, None, number),
            Taking::NotOurs,
            "another installation's"
        );
        let action = id_of(ours.marker.action, number);
        let lost = Marked {
            marker: Marker {
                action,
                ..ours.marker
            },
            ..ours
        };
        assert_eq!(taking(&lost, None, number), Taking::Anew(Origin::Orphan));
        assert_eq!(taking(&lost, None, number + 1), Taking::NotOurs);
    }

    #[test]
    fn only_a_restrict_that_succeeded_after_its_end_is_late() {
        for state in ActionState::ALL {
            let ended = matches!(
                state,
                ActionState::Failed | ActionState::TimedOut | ActionState::Cancelled
            );
            assert_eq!(is_late(&ours(1), state), ended, "{state:?}");
        }
        let pending = Marked {
            status: MachineActionStatus::Pending,
            ..ours(1)
        };
        assert!(!is_late(&pending, ActionState::Cancelled));
        let release = Marked {
            kind: ActionKind::Release,
            ..ours(1)
        };
        assert!(!is_late(&release, ActionState::Cancelled));
    }

    #[test]
    fn a_device_that_could_be_called_has_letters_digits_and_two_signs() {
        let comment = Marker {
            action: Uuid::now_v7(),
            attempt: 1,
        }
        .comment("x");
        for (device, count) in [("a-1", 1), ("a_1", 1), ("a.1", 0), ("a/1", 0), ("", 0)] {
            let listing = [wire(&comment, MachineActionKind::Restrict, Some(device))];
            assert_eq!(marked(&listing).len(), count, "{device}");
        }
    }
}
