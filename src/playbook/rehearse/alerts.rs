//! The alerts behind the containments of a rehearsal: as `store::alerts` keeps them, judged by the same function.

use super::device::{Behind, Contained};
use super::{Happening, Input, Rehearsal, Sink, What};
use crate::domain::alert::EventKind;
use crate::domain::containment::change::{effects, resolved};
use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::decision::Decision;
use crate::domain::device::DeviceId;
use crate::domain::verdict::Mode;

/// The open containments of a device before an event: playbook and mode.
pub(super) type Standing = Vec<(String, Mode)>;

fn key(contained: &Contained) -> (&str, Mode) {
    (contained.playbook.as_str(), contained.open.mode)
}

impl Rehearsal<'_> {
    /// What is open on a device before an event has its effects.
    pub(super) fn standing(&self, id: &DeviceId) -> Standing {
        let contained = self.devices.get(id).map_or(&[][..], |device| &device.contained);
        contained
            .iter()
            .map(|contained| (contained.playbook.clone(), contained.open.mode))
            .collect()
    }

    /// Keeps the alert behind what the event began or kept, and ends what stood before and whose alerts are all resolved
    /// now; tells whether something ended.
    pub(super) fn alert_news(
        &mut self,
        input: &Input<'_>,
        decision: &Decision,
        stood: &Standing,
        sink: Sink<'_>,
    ) -> bool {
        let now = self.now;
        let alert = input.alert.id.as_str();
        let is_resolved = input.event == EventKind::Resolved;
        let happened = input.alert.occurred_at.value().map(|at| *at.min(&now));
        let Some(device) = self.devices.get_mut(input.device_id) else {
            return false;
        };
        for ruling in decision
            .rulings
            .iter()
            .filter(|ruling| !effects(ruling).begins.is_empty())
        {
            let its = (ruling.verdict.playbook.as_str(), ruling.mode);
            for contained in device
                .contained
                .iter_mut()
                .filter(|contained| key(contained) == its)
            {
                contained.alerts.entry(alert.to_owned()).or_insert(Behind {
                    is_resolved: false,
                    open_at: happened,
                });
            }
        }
        if alert.is_empty() {
            return false;
        }
        for contained in &mut device.contained {
            let Some(behind) = contained.alerts.get_mut(alert) else {
                continue;
            };
            // A resolution that happened before the latest news that it is open, and comes late, does not close it.
            if !is_resolved {
                behind.is_resolved = false;
                behind.open_at = behind.open_at.max(happened);
            } else if happened.is_none_or(|at| behind.open_at <= Some(at)) {
                behind.is_resolved = true;
            }
        }
        if !is_resolved {
            return false;
        }
        let before = device.contained.len();
        let mut ended = Vec::new();
        device.contained.retain(|contained| {
            let (playbook, mode) = key(contained);
            // What another alert is behind is none of this one's business.
            let is_behind = contained.alerts.contains_key(alert);
            let did_stand = stood
                .iter()
                .any(|(name, stood)| name == playbook && *stood == mode);
            if !is_behind || !did_stand {
                return true;
            }
            let unresolved = contained
                .alerts
                .values()
                .filter(|behind| !behind.is_resolved)
                .count();
            let what = match resolved(&contained.open, unresolved) {
                None => return true,
                Some(ContainmentState::Ended) => {
                    ended.extend(contained.in_canary());
                    What::Ended {
                        playbook,
                        mode,
                        reason: EndReason::AlertResolved,
                        by: None,
                    }
                }
                Some(_) => What::Declined { playbook },
            };
            sink(Happening {
                at: now,
                device: input.device_id,
                what,
            });
            false
        });
        let has_ended = device.contained.len() < before;
        if input.alert.is_false_positive() {
            self.false_positives(ended, input.device_id, sink);
        }
        has_ended
    }
}
