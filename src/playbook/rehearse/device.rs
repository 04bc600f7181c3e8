//! One device of a rehearsal: its open containments and what is held on it.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::scans::Scans;
use crate::domain::action::{ActionKind, ActionState};
use crate::domain::containment::ContainmentState;
use crate::domain::containment::change::{self, Begins, Open};
use crate::domain::converge::{Known, Step, converge};
use crate::domain::decision::Ruling;
use crate::domain::measure::{Held, Measure};
use crate::domain::task::Task;
use crate::domain::verdict::{Lane, Limit, Mode, ReleaseWhen};

/// What is known of a device.
#[derive(Clone, Debug, Default)]
pub struct Device {
    known: BTreeMap<Measure, Known>,
    pub(super) contained: Vec<Contained>,
    pub(super) scans: Scans,
}

/// A question that a person may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The playbook that asks.
    pub playbook: &'a str,
    /// Until when it can be answered.
    pub until: Timestamp,
    /// How many people must say yes.
    pub approvals: u32,
}

/// One open containment.
#[derive(Clone, Debug)]
pub(super) struct Contained {
    pub(super) playbook: String,
    /// What it holds.
    pub(super) measure: Measure,
    pub(super) lane: Lane,
    pub(super) open: Open,
    pub(super) release_after: Option<Duration>,
    /// How many people must approve, while it is asked.
    pub(super) approvals: u32,
    /// Its playbook's limits, counted again when it would become active by an answer, or without one.
    pub(super) limits: Vec<Limit>,
    /// What an approval lifts; `None`: a cap holds it, which no approval lifts.
    pub(super) lifts: Option<String>,
    /// The alerts behind it.
    pub(super) alerts: BTreeMap<String, Behind>,
    /// The revision that began it, when that has a canary.
    pub(super) canary: Option<String>,
    /// What drives it, by `domain::surge`.
    pub(super) drivers: Vec<String>,
    /// When it became active.
    pub(super) activated_at: Option<Timestamp>,
    /// Whether a clean scan ends it, by the revision that began it.
    pub(super) ends_when_clean: bool,
    /// Whether a scan begins with it.
    pub(super) scans: bool,
}

/// An alert behind a containment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Behind {
    pub(super) is_resolved: bool,
    /// When the latest news that it is open happened, if that was told.
    pub(super) open_at: Option<Timestamp>,
}

/// A playbook and its revision, in its canary, and when its containment became active.
pub(super) type InCanary = (String, String, Option<Timestamp>);

impl Contained {
    /// Takes on the terms of the revision that began it, or that settled the question about it.
    pub(super) fn take_terms(&mut self, ruling: &Ruling, begins: &Begins<'_>) {
        self.lane = ruling.verdict.lane;
        self.release_after = begins.release_after;
        self.open.restart_on_match = begins.restart_on_match;
        self.open.ends_when_resolved = begins.release_when.contains(&ReleaseWhen::AlertResolved);
        self.ends_when_clean = begins.release_when.contains(&ReleaseWhen::ScanClean);
        let mut tasks = ruling.tasks();
        self.scans = tasks.any(|planned| matches!(planned.task, Task::Scan { .. }));
        self.canary = ruling
            .verdict
            .canary
            .is_some()
            .then(|| ruling.verdict.revision.clone());
    }

    /// The playbook and revision whose canary it belongs to, and since when.
    pub(super) fn in_canary(&self) -> Option<InCanary> {
        Some((self.playbook.clone(), self.canary.clone()?, self.activated_at))
    }

    /// Makes it active now.
    pub(super) fn activate(&mut self, now: Timestamp) {
        self.activated_at.get_or_insert(now);
        self.open = Open {
            state: ContainmentState::Active,
            until: change::until(now, self.release_after),
            ask_until: None,
            ..self.open
        };
    }
}

impl Device {
    /// Whether the measure is in force on it, which Defender does and undoes at once here.
    pub fn is_held(&self, measure: Measure) -> bool {
        self.known.get(&measure) == Some(&Known::Held)
    }

    /// The playbooks with an active, enforced containment, of whichever measure, in the order in which these became active.
    pub fn restricted_by(&self) -> impl Iterator<Item = &str> {
        let restricting = self
            .contained
            .iter()
            .filter(|contained| contained.open.restricts());
        let mut seen: Vec<&str> = Vec::new();
        for contained in restricting {
            if !seen.contains(&contained.playbook.as_str()) {
                seen.push(&contained.playbook);
            }
        }
        seen.into_iter()
    }

    /// The playbooks with an active containment in that mode, and what each of these holds.
    pub(super) fn held_by(&self, mode: Mode) -> Vec<Held> {
        let active = self.contained.iter().filter(|contained| {
            contained.open.state == ContainmentState::Active && contained.open.mode == mode
        });
        active
            .map(|contained| (contained.playbook.clone(), contained.measure))
            .collect()
    }

    /// What is asked about it, once for each playbook that asks.
    pub fn asks(&self) -> impl Iterator<Item = Asked<'_>> {
        let asked = self.contained.iter();
        let mut asked: Vec<&Contained> = asked
            .filter(|contained| contained.open.state == ContainmentState::Asked)
            .collect();
        asked.dedup_by(|a, b| a.playbook == b.playbook);
        asked.into_iter().map(|contained| Asked {
            playbook: &contained.playbook,
            until: contained.open.ask_until.unwrap_or(Timestamp::MAX),
            approvals: contained.approvals,
        })
    }

    /// Nothing is known that matters later.
    pub(super) fn is_idle(&self) -> bool {
        self.contained.is_empty() && self.known.values().all(|known| *known == Known::Free)
    }

    /// Its containment of a measure by a playbook in a mode.
    pub(super) fn position(&self, playbook: &str, mode: Mode, measure: Measure) -> Option<usize> {
        self.contained.iter().position(|contained| {
            contained.playbook == playbook && contained.open.mode == mode && contained.measure == measure
        })
    }

    /// The actions that are due, and their lanes. Defender carries them out at once.
    pub(super) fn converge(&mut self) -> Vec<(ActionKind, Lane)> {
        let mut due = Vec::new();
        for measure in Measure::ALL {
            let holding = || {
                self.contained
                    .iter()
                    .filter(move |contained| contained.measure == measure && contained.open.restricts())
            };
            let wanted = holding().next().is_some();
            let known = self.known.get(&measure).copied().unwrap_or(Known::Free);
            let Step::Queue(kind) = converge(measure, wanted, known, None, None) else {
                continue;
            };
            let lane = if kind.begins() {
                change::lane(holding().map(|contained| contained.lane))
            } else {
                Lane::Release
            };
            let known = Known::after(kind, false, ActionState::Succeeded).unwrap_or(known);
            self.known.insert(measure, known);
            due.push((kind, lane));
        }
        due
    }
}
