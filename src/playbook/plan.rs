//! The back-test: two playbook sets over the same events, and what differs. Called by `quell plan`, which hands in what two
//! rehearsals decided and changed, in the order of time; nothing here decides, and nothing acts.
//!
//! Kept are tallies, and one summary for each device that something happened to: a million events need no more memory
//! than their devices do.

mod device;
mod report;
mod side;

use std::collections::HashMap;

use jiff::Timestamp;

use crate::domain::decision::{Decision, DecisionKind, Ruling};
use crate::domain::demand::Rate;
use crate::domain::device::DeviceId;
use crate::domain::verdict::PlannedAction;
use crate::playbook::rehearse::Happening;

pub use device::{DeviceDifference, DeviceSummary, Difference, Story};
pub use report::{Held, HourCounts, PlanReport, PlaybookCounts, PlaybookReport, SideReport, WorstHour};

use device::DeviceEntry;
use side::Side;

/// Which of the two sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one in force.
    Old,
    /// The edited one.
    New,
}

/// The event that is being judged, for the lists.
#[derive(Clone, Copy, Debug, Default)]
pub struct Behind<'a> {
    /// The alert's id.
    pub alert: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The device's name, when known.
    pub name: Option<&'a str>,
}

/// A comparison under way.
#[derive(Debug)]
pub struct Plan {
    sides: [Side; 2],
    devices: Vec<DeviceEntry>,
    numbers: HashMap<DeviceId, usize>,
    names: Names,
    judged: u64,
    differing: u64,
}

impl Plan {
    /// Nothing was judged yet.
    pub fn new(rate: &Rate) -> Self {
        Self {
            sides: [Side::new(rate.clone()), Side::new(rate.clone())],
            devices: Vec::new(),
            numbers: HashMap::new(),
            names: Names::default(),
            judged: 0,
            differing: 0,
        }
    }

    /// A device was restricted under one set before the first event: that costs no call.
    pub fn stood(&mut self, which: Which, at: Timestamp, device: &DeviceId, playbook: &str) {
        let number = self.number(device);
        let playbook = self.names.number(playbook);
        self.devices[number].side(which).stood(at, playbook);
        self.sides[which as usize].demand.standing(number);
    }

    /// An event and a device were judged under both sets.
    pub fn decided(&mut self, at: Timestamp, old: &Decision, new: &Decision) {
        self.judged += 1;
        self.differing += u64::from(!is_same(old, new));
        self.sides[Which::Old as usize].decided(at, old, &mut self.names);
        self.sides[Which::New as usize].decided(at, new, &mut self.names);
    }

    /// Something happened under one set. `behind` is the event that is being judged, if it is one about this device.
    pub fn happened(&mut self, which: Which, happening: &Happening<'_>, behind: Behind<'_>) {
        let number = self.number(happening.device);
        let entry = &mut self.devices[number];
        entry.name(behind.name);
        entry.side(which).take(happening, behind, &mut self.names);
        self.sides[which as usize].happened(happening, number);
    }

    fn number(&mut self, device: &DeviceId) -> usize {
        if let Some(number) = self.numbers.get(device) {
            return *number;
        }
        let number = self.devices.len();
        self.numbers.insert(device.clone(), number);
        self.devices.push(DeviceEntry::new(device.clone()));
        number
    }

    /// The events are over; what follows is the time alone.
    pub fn events_end(&mut self, at: Timestamp) {
        for side in &mut self.sides {
            side.mark(at);
        }
        for device in &mut self.devices {
            device.mark();
        }
    }

    /// The comparison, once both rehearsals have run to their end.
    pub fn report(self) -> PlanReport {
        let Self {
            sides: [old, new],
            devices,
            names,
            judged,
            differing,
            ..
        } = self;
        report::report(old, new, devices, &names, judged, differing)
    }
}

/// The playbooks' ids, numbered: summaries of a million devices hold numbers.
#[derive(Debug, Default)]
struct Names {
    known: Vec<String>,
    numbers: HashMap<String, u32>,
}

impl Names {
    fn number(&mut self, name: &str) -> u32 {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        let number = u32::try_from(self.known.len()).unwrap_or(u32::MAX);
        self.known.push(name.to_owned());
        self.numbers.insert(name.to_owned(), number);
        number
    }

    fn name(&self, number: u32) -> &str {
        let index = usize::try_from(number).unwrap_or(usize::MAX);
        self.known.get(index).map_or("", String::as_str)
    }
}

/// Whether two decisions come to the same: the same playbooks act, ask, hold or observe, for the same reasons and on the
/// same terms. Why nothing is done, and the words of a comment, make no difference.
fn is_same(old: &Decision, new: &Decision) -> bool {
    let effective = |decision: &'_ Decision| -> Vec<usize> {
        let rulings = decision.rulings.iter().enumerate();
        rulings
            .filter(|(_, ruling)| ruling.kind != DecisionKind::Skip)
            .map(|(index, _)| index)
            .collect()
    };
    let (of_old, of_new) = (effective(old), effective(new));
    of_old.len() == of_new.len()
        && of_old
            .iter()
            .zip(&of_new)
            .all(|(a, b)| is_same_ruling(&old.rulings[*a], &new.rulings[*b]))
}

fn is_same_ruling(old: &Ruling, new: &Ruling) -> bool {
    let then =
        |ruling: &Ruling| -> Vec<PlannedAction> { ruling.verdict.then.iter().map(without_words).collect() };
    old.verdict.playbook == new.verdict.playbook
        && old.kind == new.kind
        && old.mode == new.mode
        && old.reason == new.reason
        && old.verdict.lane == new.verdict.lane
        && old.ask == new.ask
        && then(old) == then(new)
}

fn without_words(action: &PlannedAction) -> PlannedAction {
    let mut action = action.clone();
    match &mut action {
        PlannedAction::RestrictAppExecution { comment, .. }
        | PlannedAction::ReleaseAppRestriction { comment } => {
            comment.clear();
        }
        PlannedAction::Task(planned) => planned.comment.clear(),
    }
    action
}

#[cfg(test)]
#[path = "plan/tests.rs"]
mod tests;
