//! Scans in a rehearsal: a task that an event or an answer asks for begins at once, and ends when the caller says so, since nobody
//! can tell how long it takes. What its end does to containments is judged by the function that the daemon uses.

use std::time::Duration;

use jiff::Timestamp;

use super::{Happening, Input, Rehearsal, Sink, What};
use crate::domain::alert::EventKind;
use crate::domain::containment::EndReason;
use crate::domain::containment::change::Effects;
use crate::domain::containment::clean::{Scanned, ends_at};
use crate::domain::decision::Ruling;
use crate::domain::device::DeviceId;
use crate::domain::task::Task;
use crate::domain::verdict::Mode;

/// What is known of a device's scans.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scans {
    /// Since when one is under way.
    pub(super) since: Option<Timestamp>,
    /// The latest news of an alert that is not its resolution.
    pub(super) news_at: Option<Timestamp>,
}

/// Whether one of the tasks is a scan.
pub(super) fn asks_for_scan(effects: &Effects<'_>) -> bool {
    let mut tasks = effects.tasks.iter();
    tasks.any(|planned| matches!(planned.task, Task::Scan { .. }))
}

impl Rehearsal<'_> {
    /// Takes note of an event before it is judged: a scan that began earlier is not clean after it.
    pub(super) fn scan_news(&mut self, input: &Input<'_>) {
        let now = self.now;
        if let (Some(device), true) = (
            self.devices.get_mut(input.device_id),
            input.event != EventKind::Resolved,
        ) {
            device.scans.news_at = Some(now);
        }
    }

    /// Begins the scan that a ruling asks for at once, unless one is under way.
    pub(super) fn scan_with(&mut self, ruling: &Ruling, effects: &Effects<'_>, id: &DeviceId) {
        let waits = effects.begins.iter().any(|begins| begins.ask.is_some());
        if ruling.mode == Mode::Enforce && !waits && asks_for_scan(effects) {
            self.scan_begins(id);
        }
    }

    /// Begins a scan, unless one is under way.
    pub(super) fn scan_begins(&mut self, id: &DeviceId) {
        let now = self.now;
        if let Some(device) = self.devices.get_mut(id) {
            device.scans.since.get_or_insert(now);
        }
    }

    /// The scan of a device ends; says whether one was under way. A clean one ends the containments whose terms say so.
    pub fn scan_ends(&mut self, id: &DeviceId, has_succeeded: bool, sink: Sink<'_>) -> bool {
        let now = self.now;
        let Some(device) = self.devices.get_mut(id) else {
            return false;
        };
        let Some(begun_at) = device.scans.since.take() else {
            return false;
        };
        if !has_succeeded {
            return true;
        }
        let news_at = device.scans.news_at;
        let before = device.contained.len();
        device.contained.retain(|contained| {
            let Some(activated_at) = contained.activated_at.filter(|_| contained.open.restricts()) else {
                return true;
            };
            let scanned = Scanned {
                activated_at,
                begun_at,
                ended_at: now,
                news_at,
            };
            // Nothing arrives late here: what a scan finds is an event of its own.
            if !contained.ends_when_clean || ends_at(&scanned, Duration::ZERO).is_none() {
                return true;
            }
            sink(Happening {
                at: now,
                device: id,
                what: What::Ended {
                    playbook: &contained.playbook,
                    mode: contained.open.mode,
                    reason: EndReason::ScanClean,
                    by: None,
                },
            });
            false
        });
        if device.contained.len() < before {
            self.settle(id, sink);
        }
        true
    }
}
