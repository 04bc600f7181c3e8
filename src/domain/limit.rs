//! Limits and caps: how many distinct devices in which window, and whether one more goes beyond. Pure; called by
//! [`crate::domain::decision`] and wherever else a containment becomes active, so that one function counts on every path.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::decision::Rules;
use crate::domain::device::DeviceId;
use crate::domain::verdict::{Limit, Mode, Verdict};

/// At most so many distinct devices restricted by quell in a sliding window, over all playbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// Distinct devices.
    pub devices: u32,
    /// The window.
    pub per: Duration,
}

impl Cap {
    /// Whether so many distinct devices are too many.
    pub fn is_exceeded(self, devices: usize) -> bool {
        devices > self.devices as usize
    }
}

/// Which distinct devices were restricted in which window, per playbook and for the whole installation: read under the
/// limits' locks, and kept up to date while a batch is decided.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    windows: BTreeMap<UsageKey, BTreeSet<DeviceId>>,
}

/// The counter of one limit: playbook (`None`: the installation), mode, window.
pub type UsageKey = (Option<String>, Mode, Duration);

impl Usage {
    /// The counters that a set of verdicts may need under these rules.
    pub fn keys(verdicts: &[Verdict], rules: &Rules) -> BTreeSet<UsageKey> {
        let mut keys = BTreeSet::new();
        for verdict in verdicts {
            // What would enforce may come out as observed: outside its canary, or after a fallback.
            let mode = verdict.mode.min(rules.ceiling);
            for mode in BTreeSet::from([mode, mode.min(Mode::Observe)]) {
                keys.extend(
                    verdict
                        .limits
                        .iter()
                        .map(|limit| (Some(verdict.playbook.clone()), mode, limit.per)),
                );
                keys.extend(rules.caps.iter().map(|cap| (None, mode, cap.per)));
            }
        }
        keys
    }

    /// Whether a counter was read.
    pub fn is_loaded(&self, key: &UsageKey) -> bool {
        self.windows.contains_key(key)
    }

    /// Sets a counter to what the database says.
    pub fn load(&mut self, key: UsageKey, devices: impl IntoIterator<Item = DeviceId>) {
        self.windows.entry(key).or_default().extend(devices);
    }

    /// Counts a device whose containment became active.
    pub fn count(&mut self, playbook: &str, mode: Mode, device: &DeviceId) {
        for (key, devices) in &mut self.windows {
            if Self::counts(key, playbook, mode) {
                devices.insert(device.clone());
            }
        }
    }

    /// Whether a containment of this playbook in this mode counts in that counter.
    pub fn counts(key: &UsageKey, playbook: &str, mode: Mode) -> bool {
        key.1 == mode && key.0.as_deref().is_none_or(|owner| owner == playbook)
    }

    /// Takes a device out of a counter whose window it has left.
    pub fn forget(&mut self, key: &UsageKey, device: &DeviceId) {
        if let Some(devices) = self.windows.get_mut(key) {
            devices.remove(device);
        }
    }

    /// How many distinct devices a counter shows.
    pub fn counted(&self, key: &UsageKey) -> usize {
        self.windows.get(key).map_or(0, BTreeSet::len)
    }

    /// How many distinct devices the counter would show with this one.
    pub fn with(&self, key: &UsageKey, device: &DeviceId) -> usize {
        self.windows.get(key).map_or(1, |devices| {
            devices.len() + usize::from(!devices.contains(device))
        })
    }
}

/// How a reason ends when a limit is a part of a fleet whose size is not known.
pub const FLEET_UNKNOWN: &str = ".fleet_unknown";

/// The first of a playbook's limits that one more device would go beyond, and its name: `limits[0]`, or
/// `limits[0].fleet_unknown`, since what nobody can tell counts as reached.
pub fn reached_limit<'l>(
    playbook: &str,
    limits: &'l [Limit],
    mode: Mode,
    device: &DeviceId,
    fleet: Option<u64>,
    usage: &Usage,
) -> Option<(&'l Limit, String)> {
    limits.iter().enumerate().find_map(|(index, limit)| {
        let devices = usage.with(&(Some(playbook.to_owned()), mode, limit.per), device);
        match limit.most.allows(devices, fleet) {
            Some(true) => None,
            Some(false) => Some((limit, format!("limits[{index}]"))),
            None => Some((limit, format!("limits[{index}]{FLEET_UNKNOWN}"))),
        }
    })
}

/// The first cap that one more device would go beyond: `caps[0]`.
pub fn reached_cap(caps: &[Cap], mode: Mode, device: &DeviceId, usage: &Usage) -> Option<String> {
    caps.iter().enumerate().find_map(|(index, cap)| {
        let devices = usage.with(&(None, mode, cap.per), device);
        cap.is_exceeded(devices).then(|| format!("caps[{index}]"))
    })
}

/// Whether one more device that becomes active in this mode would go beyond a cap of the installation.
pub fn is_capped(caps: &[Cap], mode: Mode, device: &DeviceId, usage: &Usage) -> bool {
    reached_cap(caps, mode, device, usage).is_some()
}
