//! Answers in a rehearsal: what a person's yes or no makes of an ask, and what holds an ask back that would become active. The
//! limits and caps are counted by the functions that the daemon's answers use.

use super::device::Contained;
use super::{Begun, Rehearsal, Sink, What};
use crate::domain::approval::{lifted, reached_beyond};
use crate::domain::containment::ContainmentState;
use crate::domain::containment::change::{self, Answer};
use crate::domain::device::DeviceId;
use crate::domain::limit::reached_cap;
use crate::domain::measure::Measure;
use crate::domain::verdict::Mode;

impl Rehearsal<'_> {
    /// A person answers what a playbook asked about a device. Says what became of the containment; `None`: nothing, since
    /// nothing was asked, or a limit that the answer does not lift or a cap of the installation holds.
    pub fn answer(
        &mut self,
        id: &DeviceId,
        playbook: &str,
        answer: Answer,
        sink: Sink<'_>,
    ) -> Option<ContainmentState> {
        self.windows.advance(self.now);
        let answers: Vec<Option<ContainmentState>> = Measure::ALL
            .into_iter()
            .map(|measure| self.answer_one(id, (playbook, measure), answer, sink))
            .collect();
        self.settle(id, sink);
        answers.into_iter().flatten().next()
    }

    /// The same of what it asked about one measure.
    fn answer_one(
        &mut self,
        id: &DeviceId,
        (playbook, measure): (&str, Measure),
        answer: Answer,
        sink: Sink<'_>,
    ) -> Option<ContainmentState> {
        let device = self.devices.get(id)?;
        let at = device.position(playbook, Mode::Enforce, measure)?;
        let contained = device.contained.get(at)?;
        let is_held = match &contained.lifts {
            Some(lifts) => self.is_held(id, contained, lifts),
            None => true,
        };
        let next = change::answered(&contained.open, answer, is_held)?;
        let device = self.devices.get_mut(id)?;
        if next == ContainmentState::Active {
            self.activate(id, at, Begun::Approval, sink);
        } else {
            device.contained.remove(at);
            sink(self.happening(id, What::Declined { playbook }));
        }
        Some(next)
    }

    /// Whether one more device would go beyond a limit of its playbook that is not lifted, or beyond a cap.
    pub(super) fn is_held(&self, id: &DeviceId, contained: &Contained, lifts: &str) -> bool {
        let usage = self.windows.usage();
        let is_lifted = |name: &str| lifted(lifts).any(|one| one == name);
        let (playbook, limits) = (&contained.playbook, &contained.limits);
        reached_beyond(playbook, limits, is_lifted, id, self.fleet, usage).is_some()
            || reached_cap(&self.rules.caps, Mode::Enforce, id, usage).is_some()
    }

    /// Whether what drives it would drive more devices than it may with this one. That holds back what would act without an
    /// answer; a person who approves has seen it. The counters are made ready before.
    pub(super) fn is_driven(&self, id: &DeviceId, contained: &Contained) -> bool {
        let usage = self.windows.usage();
        let surge = &self.rules.surge;
        surge
            .reached(&contained.drivers, Mode::Enforce, id, usage)
            .is_some()
    }
}
