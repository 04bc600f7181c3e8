//! What is known of one device: what its actions made of it, which of them are open, and when it can be reached.
//!
//! Kept by the book of actions; holds no clock and no rules about calls.

use std::collections::BTreeSet;

use tokio::time::Instant;

use crate::simulator::action::{Kind, Request, Source, Status};

/// A device as its actions left it.
#[derive(Debug, Default)]
pub struct Device {
    /// App execution is restricted.
    pub restriction: Measure,
    /// The network is taken away.
    pub isolation: Measure,
    /// `Full` or `Selective`, while it is isolated.
    pub isolated_how: Option<String>,
    /// The files that were quarantined, by SHA-1.
    pub quarantined: BTreeSet<String>,
    /// It left Defender.
    pub offboarded: bool,
    /// The places of its open actions in the book.
    pub open: Vec<usize>,
    /// The places of all that it ever had, oldest first.
    pub history: Vec<usize>,
    /// From when on it can be reached; none before its first action.
    pub online_at: Option<Instant>,
}

/// One of the two states that are held on a device until they are released.
#[derive(Clone, Copy, Debug)]
pub struct Measure {
    /// It holds now.
    pub on: bool,
    /// The latest action that ended was the API's own and succeeded (or there was none): the client can know the state.
    pub certain: bool,
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            on: false,
            certain: true,
        }
    }
}

impl Device {
    /// The state that an action of a kind is about, and whether it is to hold after it; none for what is done once.
    pub fn measure(&mut self, kind: Kind) -> Option<(&mut Measure, bool)> {
        match kind {
            Kind::Restrict => Some((&mut self.restriction, true)),
            Kind::Release => Some((&mut self.restriction, false)),
            Kind::Isolate => Some((&mut self.isolation, true)),
            Kind::ReleaseIsolation => Some((&mut self.isolation, false)),
            _ => None,
        }
    }

    /// An action ended; what it makes of the device is [`Self::take_effect`]'s part.
    pub fn end(&mut self, index: usize, request: &Request, status: Status) {
        self.open.retain(|open| *open != index);
        if let Some((measure, _)) = self.measure(request.kind) {
            measure.certain = status == Status::Succeeded && request.source == Source::PublicApi;
        }
    }

    /// The device carries an action out; `certain` unless the service says otherwise of it.
    pub fn take_effect(&mut self, request: &Request, certain: bool) {
        if let Some((measure, on)) = self.measure(request.kind) {
            measure.on = on;
            measure.certain &= certain;
        }
        match request.kind {
            Kind::Isolate => self.isolated_how.clone_from(&request.details.scope),
            Kind::ReleaseIsolation => self.isolated_how = None,
            Kind::QuarantineFile => self.quarantined.extend(request.details.sha1.clone()),
            Kind::Offboard => self.offboarded = true,
            _ => {}
        }
    }
}
