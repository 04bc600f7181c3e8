//! What became of one device under each of the two sets, in as few bytes as the lists need.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::{Behind, Names, Which};
use crate::domain::device::DeviceId;
use crate::domain::verdict::Mode;
use crate::playbook::rehearse::{Begun, Happening, What};

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
            side.is_restricted_at_end = side.since.is_some();
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
    /// It was restricted from the beginning.
    pub(super) fn stood(&mut self, at: Timestamp, playbook: u32) {
        if self.since.is_none() {
            self.since = Some(at);
            self.times = 1;
            self.began = Some(story(at, playbook, "", ""));
        }
    }

    /// Takes in what happened.
    pub(super) fn take(&mut self, happening: &Happening<'_>, behind: Behind<'_>, names: &mut Names) {
        let at = happening.at;
        match happening.what {
            What::Asked { playbook, .. } => {
                self.asks += 1;
                if self.asked.is_none() {
                    self.asked = Some(story(at, names.number(playbook), behind.alert, behind.title));
                }
            }
            What::Began {
                mode: Mode::Observe, ..
            } => self.observed += 1,
            What::Began { playbook, by, .. } if self.began.is_none() => {
                // Begun without an event of its own: the alert is that of the question.
                let asked = self.asked.as_deref();
                let (alert, title) = match (by, asked) {
                    (Begun::Approval | Begun::NoAnswer, Some(asked)) => (&*asked.alert, &*asked.title),
                    _ => (behind.alert, behind.title),
                };
                self.began = Some(story(at, names.number(playbook), alert, title));
            }
            What::Action { kind, .. } if kind.begins() => {
                self.since = Some(at);
                self.times += 1;
            }
            What::Action { kind, .. } if kind.releases() => {
                if let Some(since) = self.since.take() {
                    self.total += at.duration_since(since);
                }
            }
            What::Began { .. }
            | What::Restarted { .. }
            | What::Ended { .. }
            | What::Declined { .. }
            | What::FellBack { .. }
            | What::Action { .. }
            | What::Expired { .. } => {}
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
        let told = |began: &Option<Box<Began>>| {
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
            restricted: told(&self.began),
            asked: told(&self.asked),
        }
    }
}

fn story(at: Timestamp, playbook: u32, alert: &str, title: &str) -> Box<Began> {
    Box::new(Began {
        at,
        playbook,
        alert: alert.into(),
        title: title.chars().take(TITLE).collect::<String>().into(),
    })
}
