//! What became of one device under each of the two sets, in as few bytes as the lists need.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Behind, Change, Names, Turn, Which};
use crate::domain::device::DeviceId;
use crate::domain::verdict::{Lane, Mode};

/// How much of a title is kept, in characters: it is for a line in a list.
const TITLE: usize = 80;

/// One device under both sets.
#[derive(Debug)]
pub(super) struct DeviceEntry {
    id: DeviceId,
    name: Option<Box<str>>,
    sides: [DeviceSide; 2],
}

/// One device under one set.
#[derive(Debug, Default)]
pub(super) struct DeviceSide {
    /// Enforced containments that are active.
    active: u32,
    since: Option<Timestamp>,
    /// How long it was restricted, the current time excepted.
    total: SignedDuration,
    times: u32,
    began: Option<Box<Began>>,
    asks: u32,
    asked: Option<Box<Began>>,
    observed: u32,
    is_restricted_at_end: bool,
}

/// The first of its kind.
#[derive(Clone, Debug)]
struct Began {
    at: Timestamp,
    playbook: u32,
    alert: Box<str>,
    title: Box<str>,
}

/// What a change means for the device as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing: it stays as it is.
    Nothing,
    /// It is to be restricted.
    Restrict(Lane),
    /// Nothing keeps it restricted any more.
    Release,
}

/// How a device's fate differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Difference {
    /// Restricted only under the edited set.
    NewlyRestricted,
    /// Restricted only under the set in force.
    NoLongerRestricted,
    /// Restricted under both, longer under the edited one.
    Longer,
    /// Restricted under both, shorter under the edited one.
    Shorter,
    /// Restricted under both for as long, at other times.
    OtherTimes,
    /// Restricted alike, and asked about under the edited set only.
    NewlyAsked,
    /// Restricted alike, and asked about under the set in force only.
    NoLongerAsked,
}

/// A device whose fate differs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeviceDifference {
    /// The device.
    pub device: DeviceId,
    /// Its name, when known.
    pub name: Option<String>,
    /// How it differs.
    pub difference: Difference,
    /// Under the set in force.
    pub old: DeviceSummary,
    /// Under the edited set.
    pub new: DeviceSummary,
}

/// What became of a device under one set.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeviceSummary {
    /// How often it was restricted.
    pub times: u32,
    /// For how long in all; `None`: it is never released.
    pub restricted_seconds: Option<f64>,
    /// Whether it was restricted when the events ended.
    pub is_restricted_at_end: bool,
    /// How often somebody was asked about it.
    pub asks: u32,
    /// How often a playbook that only observes would have restricted it.
    pub observed: u32,
    /// Why it was restricted the first time.
    pub restricted: Option<Story>,
    /// Why somebody was asked the first time.
    pub asked: Option<Story>,
}

/// Why something began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Story {
    /// When.
    pub at: Timestamp,
    /// By which playbook.
    pub playbook: String,
    /// The alert behind it; empty when it stood before the first event.
    pub alert: String,
    /// The alert's title, as its source wrote it.
    pub title: String,
}

impl DeviceEntry {
    pub(super) fn new(id: DeviceId) -> Self {
        Self {
            id,
            name: None,
            sides: Default::default(),
        }
    }

    /// Learns its name, once.
    pub(super) fn name(&mut self, name: Option<&str>) {
        if self.name.is_none() {
            self.name = name.map(Into::into);
        }
    }

    pub(super) fn side(&mut self, which: Which) -> &mut DeviceSide {
        &mut self.sides[which as usize]
    }

    /// The events are over.
    pub(super) fn mark(&mut self) {
        for side in &mut self.sides {
            side.is_restricted_at_end = side.active > 0;
        }
    }

    /// How its fate differs, if it does.
    pub(super) fn difference(&self, names: &Names) -> Option<DeviceDifference> {
        let [old, new] = &self.sides;
        let difference = match (old.times > 0, new.times > 0) {
            (false, true) => Some(Difference::NewlyRestricted),
            (true, false) => Some(Difference::NoLongerRestricted),
            (true, true) => match old.length().cmp(&new.length()) {
                std::cmp::Ordering::Less => Some(Difference::Longer),
                std::cmp::Ordering::Greater => Some(Difference::Shorter),
                std::cmp::Ordering::Equal if old.first() != new.first() || old.times != new.times => {
                    Some(Difference::OtherTimes)
                }
                std::cmp::Ordering::Equal => None,
            },
            (false, false) => None,
        };
        let difference = difference.or(match (old.asks > 0, new.asks > 0) {
            (false, true) => Some(Difference::NewlyAsked),
            (true, false) => Some(Difference::NoLongerAsked),
            _ => None,
        })?;
        Some(DeviceDifference {
            device: self.id.clone(),
            name: self.name.as_deref().map(str::to_owned),
            difference,
            old: old.summary(names),
            new: new.summary(names),
        })
    }

    /// Under one set: whether it was restricted, was so at the end, was asked about, would have been restricted by a
    /// playbook that observes.
    pub(super) fn was(&self, which: Which) -> [bool; 4] {
        let side = &self.sides[which as usize];
        [
            side.times > 0,
            side.is_restricted_at_end,
            side.asks > 0,
            side.observed > 0,
        ]
    }
}

impl DeviceSide {
    /// Takes a change in, and says what it means for the device as a whole.
    pub(super) fn take(&mut self, change: &Change<'_>, playbook: u32, behind: Behind<'_>) -> Step {
        let began = |alert: &str, title: &str| {
            Box::new(Began {
                at: change.at,
                playbook,
                alert: alert.into(),
                title: title.chars().take(TITLE).collect::<String>().into(),
            })
        };
        match (change.mode, change.turn) {
            (Mode::Enforce, Turn::Began(lane)) => {
                self.active += 1;
                if self.active > 1 {
                    return Step::Nothing;
                }
                self.since = Some(change.at);
                self.times += 1;
                if self.began.is_none() {
                    // Begun by the time alone: the alert is that of the question.
                    let asked = self.asked.as_deref().filter(|_| behind.alert.is_empty());
                    self.began = Some(match asked {
                        Some(asked) => began(&asked.alert, &asked.title),
                        None => began(behind.alert, behind.title),
                    });
                }
                Step::Restrict(lane)
            }
            (Mode::Enforce, Turn::Ended) => {
                self.active = self.active.saturating_sub(1);
                match self.since.filter(|_| self.active == 0) {
                    Some(since) => {
                        self.total += change.at.duration_since(since);
                        self.since = None;
                        Step::Release
                    }
                    None => Step::Nothing,
                }
            }
            (Mode::Enforce, Turn::Asked) => {
                self.asks += 1;
                if self.asked.is_none() {
                    self.asked = Some(began(behind.alert, behind.title));
                }
                Step::Nothing
            }
            (Mode::Observe, Turn::Began(_)) => {
                self.observed += 1;
                Step::Nothing
            }
            _ => Step::Nothing,
        }
    }

    /// How long it is restricted in all: for ever, if nothing ends it.
    fn length(&self) -> SignedDuration {
        if self.since.is_some() {
            SignedDuration::MAX
        } else {
            self.total
        }
    }

    fn first(&self) -> Option<Timestamp> {
        self.began.as_ref().map(|began| began.at)
    }

    fn summary(&self, names: &Names) -> DeviceSummary {
        let story = |began: &Option<Box<Began>>| {
            began.as_ref().map(|began| Story {
                at: began.at,
                playbook: names.name(began.playbook).to_owned(),
                alert: began.alert.to_string(),
                title: began.title.to_string(),
            })
        };
        DeviceSummary {
            times: self.times,
            restricted_seconds: self.since.is_none().then(|| self.total.as_secs_f64()),
            is_restricted_at_end: self.is_restricted_at_end,
            asks: self.asks,
            observed: self.observed,
            restricted: story(&self.began),
            asked: story(&self.asked),
        }
    }
}
