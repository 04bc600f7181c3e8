//! One device of a rehearsal: its open containments and whether it is restricted.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use super::scans::Scans;
use crate::domain::action::{ActionKind, ActionState};
use crate::domain::containment::ContainmentState;
use crate::domain::containment::change::{self, Begins, Open};
use crate::domain::converge::{Known, Step, converge};
use crate::domain::decision::Ruling;
use crate::domain::measure::Measure;
use crate::domain::task::Task;
use crate::domain::verdict::{Lane, Limit, Mode, ReleaseWhen};

/// What is known of a device.
#[derive(Clone, Debug)]
pub struct Device {
    known: Known,
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

/// A playbook and its revision, in its canary.
pub(super) type InCanary = (String, String);

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

    /// The playbook and revision whose canary it belongs to.
    pub(super) fn in_canary(&self) -> Option<InCanary> {
        Some((self.playbook.clone(), self.canary.clone()?))
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

impl Default for Device {
    fn default() -> Self {
        Self {
            known: Known::Free,
            contained: Vec::new(),
            scans: Scans::default(),
        }
    }
}

impl Device {
    /// Whether Defender restricts it, which it does and undoes at once here.
    pub fn is_restricted(&self) -> bool {
        self.known == Known::Held
    }

    /// The playbooks with an active, enforced containment, in the order in which these became active.
    pub fn restricted_by(&self) -> impl Iterator<Item = &str> {
        let restricting = self
            .contained
            .iter()
            .filter(|contained| contained.open.restricts());
        restricting.map(|contained| contained.playbook.as_str())
    }

    /// The playbooks with an active containment that is only observed.
    pub(super) fn observed_by(&self) -> impl Iterator<Item = &str> {
        let observed = self.contained.iter().filter(|contained| {
            contained.open.state == ContainmentState::Active && contained.open.mode == Mode::Observe
        });
        observed.map(|contained| contained.playbook.as_str())
    }

    /// What is asked about it.
    pub fn asks(&self) -> impl Iterator<Item = Asked<'_>> {
        let asked = self.contained.iter();
        let asked = asked.filter(|contained| contained.open.state == ContainmentState::Asked);
        asked.map(|contained| Asked {
            playbook: &contained.playbook,
            until: contained.open.ask_until.unwrap_or(Timestamp::MAX),
            approvals: contained.approvals,
        })
    }

    /// Nothing is known that matters later.
    pub(super) fn is_idle(&self) -> bool {
        self.contained.is_empty() && self.known == Known::Free
    }

    /// Its containment of a playbook in a mode.
    pub(super) fn position(&self, playbook: &str, mode: Mode) -> Option<usize> {
        self.contained
            .iter()
            .position(|contained| contained.playbook == playbook && contained.open.mode == mode)
    }

    /// The action that is due, if any, and its lane. Defender carries it out at once.
    pub(super) fn converge(&mut self) -> Option<(ActionKind, Lane)> {
        let restricting = || {
            self.contained
                .iter()
                .filter(|contained| contained.open.restricts())
        };
        let wanted = restricting().next().is_some();
        let Step::Queue(kind) = converge(Measure::Restriction, wanted, self.known, None, None) else {
            return None;
        };
        let lane = if kind.begins() {
            change::lane(restricting().map(|contained| contained.lane))
        } else {
            Lane::Release
        };
        self.known = Known::after(kind, false, ActionState::Succeeded).unwrap_or(self.known);
        Some((kind, lane))
    }
}
