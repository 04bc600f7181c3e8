//! What can be seen of the book from outside: the states of devices, what is open, what was carried out.
//!
//! Reads only; whoever calls has let the book settle before.

use std::sync::Arc;

use crate::simulator::action::{Action, Kind, Status};
use crate::simulator::book::{Book, Effect};

impl Book {
    /// The open action of a kind on a device, the oldest first.
    pub fn open_of(&self, name: &str, kind: Kind) -> Option<String> {
        let open = &self.devices.get(name)?.open;
        let mut actions = open.iter().map(|index| &self.actions[*index]);
        let found = actions.find(|action| action.request.kind == kind)?;
        Some(found.id.clone())
    }

    /// The device's latest action that `wanted` takes.
    pub fn latest_of(&self, name: &str, wanted: impl Fn(&Action) -> bool) -> Option<Arc<Action>> {
        let history = &self.devices.get(name)?.history;
        let mut actions = history.iter().rev().map(|index| &self.actions[*index]);
        actions.find(|action| wanted(action)).cloned()
    }

    /// The devices that are restricted, isolated or hold a quarantined file.
    pub fn held(&self) -> Vec<String> {
        let held = self.devices.iter().filter(|(_, device)| {
            device.restriction.on || device.isolation.on || !device.quarantined.is_empty()
        });
        let mut names: Vec<String> = held.map(|(name, _)| name.clone()).collect();
        names.sort();
        names
    }

    /// How many actions of a kind are open, over all devices.
    pub fn open_everywhere(&self, kind: Kind) -> u64 {
        let open = |status| self.counts.get(&(kind, status)).copied().unwrap_or(0);
        open(Status::Pending) + open(Status::InProgress)
    }

    /// Whether the device is restricted now.
    pub fn is_restricted(&self, device: &str) -> bool {
        self.devices
            .get(device)
            .is_some_and(|device| device.restriction.on)
    }

    /// How the device is isolated now, if it is: `Full` or `Selective`.
    pub fn isolation(&self, device: &str) -> Option<String> {
        let device = self.devices.get(device).filter(|device| device.isolation.on)?;
        Some(device.isolated_how.clone().unwrap_or_else(|| "Full".to_owned()))
    }

    /// The files that were quarantined on the device, by SHA-1.
    pub fn quarantined(&self, device: &str) -> Vec<String> {
        let device = self.devices.get(device);
        device.map_or_else(Vec::new, |device| device.quarantined.iter().cloned().collect())
    }

    /// Whether the device left Defender.
    pub fn is_offboarded(&self, device: &str) -> bool {
        self.devices.get(device).is_some_and(|device| device.offboarded)
    }

    /// How many devices are restricted now.
    pub fn restricted(&self) -> u64 {
        self.restricted
    }

    /// How many devices are isolated now.
    pub fn isolated(&self) -> u64 {
        self.isolated
    }

    /// How many files were quarantined, over all devices.
    pub fn quarantined_files(&self) -> u64 {
        let each = self
            .devices
            .values()
            .map(|device| device.quarantined.len() as u64);
        each.sum()
    }

    /// Everything that devices carried out, in order.
    pub fn effects(&self) -> &[Effect] {
        &self.effects
    }
}
