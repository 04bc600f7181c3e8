//! Playbooks in their canary that fall back to observe: at a limit, which the decision tells, or after containments that
//! ended as false positives, which are counted here as `store::fallbacks` counts them.

use super::device::InCanary;
use super::{Rehearsal, Sink, What};
use crate::domain::canary::FALSE_POSITIVES;
use crate::domain::decision::Fallback;
use crate::domain::device::DeviceId;

impl Rehearsal<'_> {
    /// A revision observes from now on.
    pub(super) fn fall_back(&mut self, fallback: Fallback, id: &DeviceId, sink: Sink<'_>) {
        let is_new = !self
            .fallbacks
            .iter()
            .any(|other| other.playbook == fallback.playbook && other.revision == fallback.revision);
        if !is_new {
            return;
        }
        let what = What::FellBack {
            playbook: &fallback.playbook,
            reason: &fallback.reason,
        };
        sink(self.happening(id, what));
        self.fallbacks.push(fallback);
    }

    /// Containments on a device ended as false positives.
    pub(super) fn false_positives(&mut self, ended: Vec<InCanary>, id: &DeviceId, sink: Sink<'_>) {
        for (playbook, revision, began) in ended {
            let seen = self
                .false_positives
                .entry((playbook.clone(), revision.clone()))
                .or_default();
            // Both measures that one match began are one false positive.
            seen.insert((id.clone(), began));
            if i64::try_from(seen.len()).unwrap_or(i64::MAX) >= FALSE_POSITIVES {
                let fallback = Fallback {
                    playbook,
                    revision,
                    reason: "canary.false_positives".to_owned(),
                };
                self.fall_back(fallback, id, sink);
            }
        }
    }
}
