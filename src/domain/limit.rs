//! Limits and caps: how many distinct devices in which window, and whether one more goes beyond. Pure; called by
//! [`crate::domain::decision`] and wherever else a containment becomes active, so that one function counts on every path.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::decision::Rules;
use crate::domain::device::DeviceId;
use crate::domain::surge;
use crate::domain::verdict::{Limit, Mode, Most, Percent, Verdict};

/// At most so many distinct devices restricted by quell in a sliding window, over all playbooks. What is said holds together:
/// the first bound that one more device would go beyond is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// Distinct devices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub devices: Option<u32>,
    /// So much of the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_of_fleet: Option<Percent>,
    /// So much of the group of the device that is added, counted within that group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent_of_group: Option<Percent>,
    /// The window.
    pub per: Duration,
}

/// What a cap is judged by: the counters with the device in question, and the sizes that its parts are parts of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CapUse {
    /// Distinct devices in the window, over all.
    pub devices: usize,
    /// Those of the device's group.
    pub in_group: usize,
    /// How many devices the fleet has, as far as that is known.
    pub fleet: Option<u64>,
    /// How many devices the device's group has, as far as group and size are known.
    pub group: Option<u64>,
    /// So many more than the cap says may go, by an operator's word; `u32::MAX`: any number.
    pub lifted: u32,
}

impl Cap {
    /// A cap on the number alone.
    pub fn of(devices: u32, per: Duration) -> Self {
        Self {
            devices: Some(devices),
            percent_of_fleet: None,
            percent_of_group: None,
            per,
        }
    }

    /// Whether the cap is exceeded, and how its name goes on then: nothing, [`FLEET_UNKNOWN`] or [`GROUP_UNKNOWN`], since a
    /// part of what nobody knows counts as reached.
    pub fn exceeded(&self, used: &CapUse) -> Option<&'static str> {
        if used.lifted == u32::MAX {
            return None;
        }
        let more = usize::try_from(used.lifted).unwrap_or(usize::MAX);
        let beyond = |percent: Option<Percent>, devices: usize, size, unknown| {
            let most = Most::PercentOfFleet(percent?);
            match most.allows(devices.saturating_sub(more), size) {
                Some(true) => None,
                Some(false) => Some(""),
                None => Some(unknown),
            }
        };
        let many = self
            .devices
            .filter(|most| used.devices.saturating_sub(more) > *most as usize)
            .map(|_| "");
        many.or_else(|| beyond(self.percent_of_fleet, used.devices, used.fleet, FLEET_UNKNOWN))
            .or_else(|| beyond(self.percent_of_group, used.in_group, used.group, GROUP_UNKNOWN))
    }

    /// How many devices the cap allows over all, as far as a number and the fleet's size say so; what is in a group apart.
    pub fn allowed(&self, fleet: Option<u64>) -> Option<u64> {
        let part = self.percent_of_fleet.and_then(|percent| {
            let part = u128::from(fleet?) * u128::from(percent.hundredths()) / u128::from(Percent::WHOLE);
            u64::try_from(part).ok()
        });
        self.devices.map(u64::from).into_iter().chain(part).min()
    }

    /// The cap in words: `25 devices`, `25 devices or 2 % of the fleet`.
    pub fn in_words(&self) -> String {
        let devices = self.devices.map(|devices| match devices {
            1 => "1 device".to_owned(),
            devices => format!("{devices} devices"),
        });
        let fleet = self
            .percent_of_fleet
            .map(|percent| format!("{percent} of the fleet"));
        let group = self
            .percent_of_group
            .map(|percent| format!("{percent} of a group"));
        let parts: Vec<String> = [devices, fleet, group].into_iter().flatten().collect();
        parts.join(" or ")
    }
}

/// A cap that an operator has lifted for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    /// Which cap, counted from 0.
    pub index: usize,
    /// The cap as it was then: a changed one is another.
    pub cap: Cap,
    /// So many more devices; `None`: any number.
    pub devices: Option<u32>,
    /// What the cap had counted when it was lifted, over all.
    pub counted: usize,
}

impl Lift {
    /// How many more than the cap says may go because of it: `u32::MAX` is any number. What was beyond the cap already,
    /// because of an earlier lift, does not use this one up.
    fn more(&self, fleet: Option<u64>) -> u32 {
        let Some(devices) = self.devices else {
            return u32::MAX;
        };
        let allowed = self.cap.allowed(fleet).unwrap_or(u64::MAX);
        let beyond = u64::try_from(self.counted)
            .unwrap_or(u64::MAX)
            .saturating_sub(allowed);
        devices
            .saturating_add(u32::try_from(beyond).unwrap_or(u32::MAX))
            .min(u32::MAX - 1)
    }
}

/// How many more devices than a cap says may go now.
pub fn lifted(lifts: &[Lift], index: usize, cap: &Cap, fleet: Option<u64>) -> u32 {
    let its = lifts
        .iter()
        .filter(|lift| lift.index == index && lift.cap == *cap);
    its.map(|lift| lift.more(fleet)).max().unwrap_or(0)
}

/// Which distinct devices were restricted in which window, per playbook and for the whole installation: read under the
/// limits' locks, and kept up to date while a batch is decided.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    windows: BTreeMap<UsageKey, BTreeSet<DeviceId>>,
    /// The same for what drives restrictions, of which there are many: never walked, only looked up.
    driven: BTreeMap<UsageKey, BTreeSet<DeviceId>>,
    /// How many devices the fleet has, as far as that is known.
    fleet: Option<u64>,
    /// Whether a cap is a part of a group, so that groups have to be known.
    asks_groups: bool,
    /// How many devices each group has, by [`group_key`].
    groups: BTreeMap<String, u64>,
    /// The group of a device, by [`group_key`].
    group_of: BTreeMap<DeviceId, String>,
    lifts: Vec<Lift>,
}

/// A group's name as groups are told apart: without outer blanks and case.
pub fn group_key(group: &str) -> String {
    group.trim().to_lowercase()
}

/// The counter of one limit: playbook (`None`: the installation), mode, window.
pub type UsageKey = (Option<String>, Mode, Duration);

impl Usage {
    /// Empty counters for these caps in a fleet of that size.
    pub fn of(caps: &[Cap], fleet: Option<u64>) -> Self {
        Self {
            fleet,
            asks_groups: caps.iter().any(|cap| cap.percent_of_group.is_some()),
            ..Self::default()
        }
    }

    /// Whether a cap is a part of a group, so that [`Usage::set_group`] and [`Usage::set_group_sizes`] matter.
    pub fn asks_groups(&self) -> bool {
        self.asks_groups
    }

    /// Says how many devices the fleet has.
    pub fn set_fleet(&mut self, devices: Option<u64>) {
        self.fleet = devices;
    }

    /// Says how many devices each group has, by [`group_key`].
    pub fn set_group_sizes(&mut self, sizes: impl IntoIterator<Item = (String, u64)>) {
        self.groups.extend(sizes);
    }

    /// Says in which group a device is; `None`: in none, or it is not known.
    pub fn set_group(&mut self, device: &DeviceId, group: Option<&str>) {
        match group {
            Some(group) => drop(self.group_of.insert(device.clone(), group_key(group))),
            None => drop(self.group_of.remove(device)),
        }
    }

    /// Every device that was counted, some of them more than once.
    pub fn devices(&self) -> impl Iterator<Item = &DeviceId> {
        self.windows.values().flatten()
    }

    /// Says which caps are lifted now.
    pub fn set_lifts(&mut self, lifts: Vec<Lift>) {
        self.lifts = lifts;
    }

    /// How many devices the fleet has, as far as that is known.
    pub fn fleet(&self) -> Option<u64> {
        self.fleet
    }

    /// How many more devices than a cap says may go now; `u32::MAX` is any number.
    pub fn lifted(&self, index: usize, cap: &Cap) -> u32 {
        lifted(&self.lifts, index, cap, self.fleet)
    }

    /// What a cap would have to bear with this device.
    pub fn cap_use(&self, index: usize, cap: &Cap, mode: Mode, device: &DeviceId) -> CapUse {
        let key = (None, mode, cap.per);
        let group = self
            .group_of
            .get(device)
            .filter(|_| cap.percent_of_group.is_some());
        let in_group = group.map_or(0, |group| {
            let counted = self.windows.get(&key).into_iter().flatten();
            let others = counted.filter(|other| *other != device && self.group_of.get(*other) == Some(group));
            others.count() + 1
        });
        CapUse {
            devices: self.with(&key, device),
            in_group,
            fleet: self.fleet,
            group: group.and_then(|group| self.groups.get(group).copied()),
            lifted: self.lifted(index, cap),
        }
    }

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

    fn map(&self, key: &UsageKey) -> &BTreeMap<UsageKey, BTreeSet<DeviceId>> {
        match surge::is_owned(key) {
            true => &self.driven,
            false => &self.windows,
        }
    }

    fn map_mut(&mut self, key: &UsageKey) -> &mut BTreeMap<UsageKey, BTreeSet<DeviceId>> {
        match surge::is_owned(key) {
            true => &mut self.driven,
            false => &mut self.windows,
        }
    }

    /// Whether a counter was read.
    pub fn is_loaded(&self, key: &UsageKey) -> bool {
        self.map(key).contains_key(key)
    }

    /// Sets a counter to what the database says.
    pub fn load(&mut self, key: UsageKey, devices: impl IntoIterator<Item = DeviceId>) {
        self.map_mut(&key).entry(key).or_default().extend(devices);
    }

    /// Counts a device whose containment became active.
    pub fn count(&mut self, playbook: &str, mode: Mode, device: &DeviceId) {
        for (key, devices) in &mut self.windows {
            if Self::counts(key, playbook, mode) {
                devices.insert(device.clone());
            }
        }
    }

    /// Counts a device on which a playbook did tasks alone: in that playbook's limits, and in no cap, since nothing is contained.
    pub fn count_alone(&mut self, playbook: &str, mode: Mode, device: &DeviceId) {
        for (key, devices) in &mut self.windows {
            if key.0.is_some() && Self::counts(key, playbook, mode) {
                devices.insert(device.clone());
            }
        }
    }

    /// Counts a device that became contained, and what drove it, as `domain::surge` names it.
    pub fn count_driven(&mut self, playbook: &str, mode: Mode, device: &DeviceId, drivers: &[String]) {
        self.count(playbook, mode, device);
        for driver in drivers {
            let its = Some(surge::owner(driver));
            let keys = (its.clone(), mode, Duration::ZERO)..=(its, mode, Duration::MAX);
            for (_, devices) in self.driven.range_mut(keys) {
                devices.insert(device.clone());
            }
        }
    }

    /// Whether a containment of this playbook in this mode counts in that counter of a limit or cap.
    pub fn counts(key: &UsageKey, playbook: &str, mode: Mode) -> bool {
        key.1 == mode && key.0.as_deref().is_none_or(|owner| owner == playbook)
    }

    /// Takes a device out of a counter whose window it has left.
    pub fn forget(&mut self, key: &UsageKey, device: &DeviceId) {
        if let Some(devices) = self.map_mut(key).get_mut(key) {
            devices.remove(device);
        }
    }

    /// How many distinct devices a counter shows.
    pub fn counted(&self, key: &UsageKey) -> usize {
        self.map(key).get(key).map_or(0, BTreeSet::len)
    }

    /// How many distinct devices the counter would show with this one.
    pub fn with(&self, key: &UsageKey, device: &DeviceId) -> usize {
        self.map(key).get(key).map_or(1, |devices| {
            devices.len() + usize::from(!devices.contains(device))
        })
    }
}

/// How a reason ends when a limit is a part of a fleet whose size is not known.
pub const FLEET_UNKNOWN: &str = ".fleet_unknown";
/// How a reason ends when a cap is a part of a group, and the device's group or its size is not known.
pub const GROUP_UNKNOWN: &str = ".group_unknown";

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

/// The first cap that one more device would go beyond: `caps[0]`, `caps[0].fleet_unknown`, `caps[0].group_unknown`.
pub fn reached_cap(caps: &[Cap], mode: Mode, device: &DeviceId, usage: &Usage) -> Option<String> {
    caps.iter().enumerate().find_map(|(index, cap)| {
        let exceeded = cap.exceeded(&usage.cap_use(index, cap, mode, device))?;
        Some(format!("caps[{index}]{exceeded}"))
    })
}

/// The cap that a reason names, counted from 0: of `caps[0]` and `caps[0].fleet_unknown` it is 0.
pub fn cap_of(reason: &str) -> Option<usize> {
    reason.strip_prefix("caps[")?.split_once(']')?.0.parse().ok()
}

/// Whether one more device that becomes active in this mode would go beyond a cap of the installation.
pub fn is_capped(caps: &[Cap], mode: Mode, device: &DeviceId, usage: &Usage) -> bool {
    reached_cap(caps, mode, device, usage).is_some()
}

#[cfg(test)]
#[path = "limit_tests.rs"]
mod tests;
