//! One action of each state, for the tests of whatever tells of it.

use jiff::Timestamp;
use uuid::Uuid;

use super::Place;
use crate::desk::queue::Held;
use crate::domain::verdict::Lane;
use crate::store::views::{ActionDetail, ActionView};

/// The moment that these are looked at.
pub(crate) fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().expect("a time")
}

/// So many seconds before that.
pub(crate) fn before(seconds: i64) -> Timestamp {
    now() - jiff::SignedDuration::from_secs(seconds)
}

/// An action in that state.
pub(crate) fn action(state: &str) -> ActionView {
    ActionView {
        id: Uuid::nil(),
        device: "a".repeat(40),
        name: Some("web-1".to_owned()),
        kind: "restrict".to_owned(),
        state: state.to_owned(),
        lane: Lane::Normal,
        wanted_by: "decide".to_owned(),
        playbook: Some("ransomware@0123456789ab".to_owned()),
        queued_at: before(60),
        not_before: before(60),
        attempts: 1,
        defender_id: None,
        defender_status: Some("Pending".to_owned()),
        is_adopted: false,
        final_at: Some(before(18)),
        by: "reconcile".to_owned(),
        reason: "as Defender says".to_owned(),
        error: Some("400 InvalidInput".to_owned()),
    }
}

/// What it has besides, with so many actions before it in the queue.
pub(crate) fn detail(ahead: i64) -> ActionDetail {
    ActionDetail {
        device: "a".repeat(40),
        containment: None,
        revision: None,
        comment: "alert 637_1".to_owned(),
        valid_until: Some(before(-3_540)),
        ahead,
        critical_ahead: 0,
        is_behind_open: false,
    }
}

/// Its place in the queue of a daemon that dispatches, or does not.
pub(crate) fn place(is_dispatched: bool) -> Place {
    Place {
        position: 3,
        expected_at: is_dispatched.then(|| before(-12)),
        held: Held::by(false, is_dispatched),
        is_late: false,
        windows: vec!["100/100 in 1 min".to_owned()],
        closed: None,
        is_dispatched,
    }
}
