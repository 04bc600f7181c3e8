//! What happens in a rehearsal, as its caller is told.

use jiff::Timestamp;

use crate::domain::action::ActionKind;
use crate::domain::containment::EndReason;
use crate::domain::device::DeviceId;
use crate::domain::verdict::{Lane, Mode};

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Happening<'a> {
    /// When.
    pub at: Timestamp,
    /// To which device.
    pub device: &'a DeviceId,
    /// What.
    pub what: What<'a>,
}

/// What happened to a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What<'a> {
    /// A person is asked whether to begin a containment.
    Asked {
        /// By which playbook.
        playbook: &'a str,
        /// Why: `ask`, `limits[0]`, `freshness`, ….
        reason: &'a str,
        /// Until when.
        until: Timestamp,
    },
    /// A containment became active.
    Began {
        /// Of which playbook.
        playbook: &'a str,
        /// Enforce, or observe: then the device is not restricted because of it.
        mode: Mode,
        /// When it ends by itself, if ever.
        until: Option<Timestamp>,
        /// What made it active.
        by: Begun,
    },
    /// A new match started an active containment's time anew.
    Restarted {
        /// Of which playbook.
        playbook: &'a str,
        /// Enforce or observe.
        mode: Mode,
        /// When it ends by itself now.
        until: Option<Timestamp>,
    },
    /// A containment ended.
    Ended {
        /// Of which playbook.
        playbook: &'a str,
        /// Enforce or observe.
        mode: Mode,
        /// Why.
        reason: EndReason,
        /// The playbook that released it, when one did.
        by: Option<&'a str>,
    },
    /// An ask came to nothing: somebody said no, or the device was released.
    Declined {
        /// Of which playbook.
        playbook: &'a str,
    },
    /// Nobody answered an ask.
    Expired {
        /// Of which playbook.
        playbook: &'a str,
    },
    /// A playbook in its canary observes from now on.
    FellBack {
        /// Which playbook.
        playbook: &'a str,
        /// Why: `canary.limits[0]`, ….
        reason: &'a str,
    },
    /// Defender is called.
    Action {
        /// Restrict or release.
        kind: ActionKind,
        /// How urgent.
        lane: Lane,
    },
}

/// What made a containment active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// A match.
    Match,
    /// A later event that settled the question.
    LaterMatch,
    /// A person's approval.
    Approval,
    /// That nobody answered: `otherwise: act`.
    NoAnswer,
}

/// Receives what happens, in order.
pub type Sink<'k> = &'k mut dyn FnMut(Happening<'_>);
