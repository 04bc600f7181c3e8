//! What stood before a rehearsal begins: containments that were open then, and those that still count in a window. Called
//! by `quell plan`, which reads them from the daemon's records, and by `quell test`, which makes them up.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Rehearsal;
use super::device::{Behind, Contained};
use crate::domain::containment::ContainmentState;
use crate::domain::containment::change::Open;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::verdict::{Lane, Mode};

/// A containment from before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// Its playbook.
    pub playbook: String,
    /// What it holds.
    pub measure: Measure,
    /// The lane of its calls.
    pub lane: Lane,
    /// Observe or enforce.
    pub mode: Mode,
    /// When it became active, if it did: then its device counts in every window that reaches back so far.
    pub activated_at: Option<Timestamp>,
    /// How it stood when the rehearsal begins; `None`: it was over.
    pub open: Option<PastOpen>,
}

/// How an open containment stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastOpen {
    /// When it ends by itself, if it is active and ever does.
    pub until: Option<Timestamp>,
    /// Until when it can be answered, if it is asked.
    pub ask_until: Option<Timestamp>,
    /// Nobody answered: act.
    pub otherwise_act: bool,
    /// How long it lasts once it is active, or after a restart.
    pub release_after: Option<std::time::Duration>,
    /// Whether a new match starts that span anew.
    pub restart_on_match: bool,
    /// Whether it ends when every alert behind it is resolved.
    pub ends_when_resolved: bool,
    /// The alerts behind it, and whether each was resolved.
    pub alerts: Vec<(String, bool)>,
}

impl Past {
    /// Whether its device was restricted because of it when the rehearsal begins.
    pub fn restricts(&self) -> bool {
        self.mode == Mode::Enforce && self.activated_at.is_some() && self.open.is_some()
    }
}

impl Rehearsal<'_> {
    /// Puts a containment from before into the world. Nothing is told of it: it happened already.
    pub fn stood(&mut self, id: &DeviceId, past: &Past) {
        if let Some(at) = past.activated_at {
            self.windows
                .count(at, &past.playbook, past.mode, id, std::iter::empty());
        }
        let Some(open) = &past.open else {
            return;
        };
        let device = self.devices.entry(id.clone()).or_default();
        if device.position(&past.playbook, past.mode, past.measure).is_some() {
            return;
        }
        let open_at = Open {
            state: match past.activated_at {
                Some(_) => ContainmentState::Active,
                None => ContainmentState::Asked,
            },
            mode: past.mode,
            until: open.until,
            ask_until: open.ask_until,
            otherwise_act: open.otherwise_act,
            restart_on_match: open.restart_on_match,
            ends_when_resolved: open.ends_when_resolved,
        };
        let next = open_at.next_change();
        device.contained.push(Contained {
            playbook: past.playbook.clone(),
            measure: past.measure,
            lane: past.lane,
            open: open_at,
            release_after: open.release_after,
            approvals: 1,
            limits: Vec::new(),
            lifts: Some(String::new()),
            alerts: (open.alerts.iter())
                .map(|(alert, is_resolved)| {
                    let behind = Behind {
                        is_resolved: *is_resolved,
                        open_at: None,
                    };
                    (alert.clone(), behind)
                })
                .collect(),
            canary: None,
            drivers: Vec::new(),
            activated_at: None,
            ends_when_clean: false,
            scans: false,
        });
        // It was called then; what it led to is known.
        device.converge();
        self.note(next, id);
    }

    /// Makes up that a device has long been restricted by a playbook, without an end.
    pub fn restricted_before(&mut self, id: &DeviceId, playbook: &str) {
        let device = self.devices.entry(id.clone()).or_default();
        if device
            .position(playbook, Mode::Enforce, Measure::Restriction)
            .is_some()
        {
            return;
        }
        device.contained.push(Contained {
            playbook: playbook.to_owned(),
            measure: Measure::Restriction,
            lane: Lane::default(),
            open: Open {
                state: ContainmentState::Active,
                mode: Mode::Enforce,
                until: None,
                ask_until: None,
                otherwise_act: false,
                restart_on_match: false,
                ends_when_resolved: false,
            },
            release_after: None,
            approvals: 0,
            limits: Vec::new(),
            lifts: None,
            alerts: BTreeMap::new(),
            canary: None,
            drivers: Vec::new(),
            activated_at: None,
            ends_when_clean: false,
            scans: false,
        });
        device.converge();
    }

    /// Makes up that a device was restricted at a time before the present: it counts in every window that reaches back so far.
    pub fn acted_before(&mut self, at: Timestamp, id: &DeviceId) {
        self.windows.seed(at, id);
    }
}
