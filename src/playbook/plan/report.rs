//! What `quell plan` found, as it is printed and written as JSON.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::Serialize;

use super::device::{DeviceDifference, DeviceEntry};
use super::side::{Side, is_limit};
use super::{Names, Which};
use crate::domain::demand::DemandForecast;

/// The comparison of two sets over the same events.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlanReport {
    /// Events judged, each once for every device.
    pub judged: u64,
    /// Those that the two sets decided differently.
    pub decided_differently: u64,
    /// Whether anything differs: a decision, or what becomes of a device.
    pub differs: bool,
    /// The set in force.
    pub old: SideReport,
    /// The edited set.
    pub new: SideReport,
    /// The playbooks that did anything under either.
    pub playbooks: Vec<PlaybookReport>,
    /// The hour with the most calls under the edited set.
    pub worst_hour: Option<WorstHour>,
    /// Every device whose fate differs, by how it differs, the earliest first.
    pub devices: Vec<DeviceDifference>,
}

/// What one set leads to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SideReport {
    /// Decisions by kind.
    pub decisions: BTreeMap<&'static str, u64>,
    /// Devices restricted at some time.
    pub devices_restricted: u64,
    /// Devices restricted when the events ended.
    pub devices_restricted_at_end: u64,
    /// Devices that a playbook in observe mode would have restricted.
    pub devices_observed: u64,
    /// Questions to people.
    pub asks: u64,
    /// Devices that somebody is asked about.
    pub devices_asked: u64,
    /// Questions that expire: here nobody answers.
    pub asks_expired: u64,
    /// What held playbooks back that matched, the most frequent first.
    pub held: Vec<Held>,
    /// Playbooks that would have fallen back from their canary to observing.
    pub fell_back: Vec<Held>,
    /// The calls.
    pub calls: DemandForecast,
}

/// Something that held a playbook back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The playbook.
    pub playbook: String,
    /// `limits[0]`, `caps[0]`, `freshness`, `if_unknown.…`, `never.…`, `canary…`.
    pub reason: String,
    /// How often.
    pub times: u64,
    /// When for the first time.
    pub first_at: Timestamp,
}

impl Held {
    /// Whether a limit or a cap held it.
    pub fn is_limit(&self) -> bool {
        is_limit(&self.reason)
    }
}

/// What one playbook said, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlaybookCounts {
    /// It acts.
    pub act: u64,
    /// It asks.
    pub ask: u64,
    /// It waits at a cap.
    pub hold: u64,
    /// It would have done something.
    pub observe: u64,
    /// It matched, and nothing follows.
    pub skip: u64,
}

/// One playbook under both sets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaybookReport {
    /// Its id.
    pub playbook: String,
    /// Under the set in force.
    pub old: PlaybookCounts,
    /// Under the edited set.
    pub new: PlaybookCounts,
}

/// The busiest hour of the edited set, and the same hour under the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorstHour {
    /// Its beginning, to the minute.
    pub from: Timestamp,
    /// Under the set in force.
    pub old: HourCounts,
    /// Under the edited set.
    pub new: HourCounts,
}

/// What happens within an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct HourCounts {
    /// Devices that begin to be restricted.
    pub restricts: u64,
    /// Devices that are released.
    pub releases: u64,
    /// Questions.
    pub asks: u64,
    /// Matches that a limit or a cap held back.
    pub held: u64,
}

pub(super) fn report(
    old: Side,
    new: Side,
    devices: Vec<DeviceEntry>,
    names: &Names,
    judged: u64,
    decided_differently: u64,
) -> PlanReport {
    let worst_hour = new.worst_hour().and_then(|minute| {
        Some(WorstHour {
            from: Timestamp::from_second(minute.checked_mul(60)?).ok()?,
            old: old.hour(minute),
            new: new.hour(minute),
        })
    });
    let numbers: BTreeSet<u32> = old
        .playbooks
        .keys()
        .chain(new.playbooks.keys())
        .copied()
        .collect();
    let counts = |side: &Side, number: u32| side.playbooks.get(&number).copied().unwrap_or_default();
    let mut playbooks: Vec<PlaybookReport> = numbers
        .into_iter()
        .map(|number| PlaybookReport {
            playbook: names.name(number).to_owned(),
            old: counts(&old, number),
            new: counts(&new, number),
        })
        .collect();
    playbooks.sort_by(|a, b| a.playbook.cmp(&b.playbook));
    let (old, new) = (side(old, &devices, Which::Old), side(new, &devices, Which::New));
    let mut differences: Vec<DeviceDifference> = devices
        .into_iter()
        .filter_map(|device| device.difference(names))
        .collect();
    let first = |device: &DeviceDifference| {
        let stories = [&device.new.restricted, &device.old.restricted, &device.new.asked];
        stories
            .iter()
            .find_map(|story| story.as_ref().map(|story| story.at))
    };
    differences.sort_by_cached_key(|device| (device.difference, first(device), device.device.clone()));
    PlanReport {
        judged,
        decided_differently,
        differs: decided_differently > 0 || !differences.is_empty(),
        old,
        new,
        playbooks,
        worst_hour,
        devices: differences,
    }
}

fn side(side: Side, devices: &[DeviceEntry], which: Which) -> SideReport {
    let mut counts = [0_u64; 4];
    for device in devices {
        for (count, was) in counts.iter_mut().zip(device.was(which)) {
            *count += u64::from(was);
        }
    }
    let [restricted, at_end, asked, observed] = counts;
    SideReport {
        held: side.held(),
        decisions: side.decisions,
        devices_restricted: restricted,
        devices_restricted_at_end: at_end,
        devices_observed: observed,
        asks: side.asks,
        devices_asked: asked,
        asks_expired: side.asks_expired,
        fell_back: side.fell_back,
        calls: side.demand.finish(),
    }
}
