//! The tallies of one set: decisions, what held playbooks back, calls by the minute, and the calls' demand on the budget.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Names;
use super::report::{Held, HourCounts, PlaybookCounts};
use crate::domain::decision::{Decision, DecisionKind};
use crate::domain::demand::{Demand, Rate, Want};
use crate::playbook::rehearse::{Happening, What};

/// One set's tallies.
#[derive(Debug)]
pub(super) struct Side {
    pub(super) decisions: BTreeMap<&'static str, u64>,
    pub(super) playbooks: BTreeMap<u32, PlaybookCounts>,
    held: BTreeMap<(u32, String), Held>,
    /// Questions, and those among them that nobody answered in time.
    pub(super) asks: u64,
    pub(super) asks_expired: u64,
    pub(super) fell_back: Vec<Held>,
    minutes: BTreeMap<i64, HourCounts>,
    pub(super) demand: Demand,
}

impl Side {
    pub(super) fn new(rate: Rate) -> Self {
        Self {
            decisions: BTreeMap::new(),
            playbooks: BTreeMap::new(),
            held: BTreeMap::new(),
            asks: 0,
            asks_expired: 0,
            fell_back: Vec::new(),
            minutes: BTreeMap::new(),
            demand: Demand::new(rate),
        }
    }

    pub(super) fn decided(&mut self, at: Timestamp, decision: &Decision, names: &mut Names) {
        *self.decisions.entry(decision.kind.as_str()).or_default() += 1;
        for ruling in &decision.rulings {
            let playbook = names.number(&ruling.verdict.playbook);
            let counts = self.playbooks.entry(playbook).or_default();
            *match ruling.kind {
                DecisionKind::Act => &mut counts.act,
                DecisionKind::Ask => &mut counts.ask,
                DecisionKind::Observe => &mut counts.observe,
                DecisionKind::Hold => &mut counts.hold,
                DecisionKind::Skip => &mut counts.skip,
            } += 1;
            if is_held_back(&ruling.reason) {
                let held = self.held.entry((playbook, ruling.reason.clone()));
                let held = held.or_insert_with(|| Held {
                    playbook: ruling.verdict.playbook.clone(),
                    reason: ruling.reason.clone(),
                    times: 0,
                    first_at: at,
                });
                held.times += 1;
                self.minute(at).held += u64::from(is_limit(&ruling.reason));
            }
        }
    }

    /// Takes in what happened to the device with that number.
    pub(super) fn happened(&mut self, happening: &Happening<'_>, device: usize) {
        let at = happening.at;
        match happening.what {
            What::Asked { .. } => {
                self.asks += 1;
                self.minute(at).asks += 1;
            }
            What::Expired { .. } => self.asks_expired += 1,
            What::Action { kind, lane } => {
                let minute = self.minute(at);
                match kind {
                    kind if kind.releases() => minute.releases += 1,
                    _ => minute.restricts += 1,
                }
                self.demand.want(Want {
                    at,
                    device,
                    kind,
                    lane,
                });
            }
            What::FellBack { playbook, reason } => self.fell_back.push(Held {
                playbook: playbook.to_owned(),
                reason: reason.to_owned(),
                times: 1,
                first_at: at,
            }),
            What::Began { .. } | What::Restarted { .. } | What::Ended { .. } | What::Declined { .. } => {}
        }
    }

    pub(super) fn mark(&mut self, at: Timestamp) {
        self.demand.mark(at);
    }

    /// What held playbooks back, the most frequent first.
    pub(super) fn held(&self) -> Vec<Held> {
        let mut held: Vec<Held> = self.held.values().cloned().collect();
        held.sort_by_key(|held| std::cmp::Reverse(held.times));
        held
    }

    /// The hour with the most calls wanted, or with the most questions where there is no call: its first minute.
    pub(super) fn worst_hour(&self) -> Option<i64> {
        let mut worst: Option<(u64, u64, i64)> = None;
        for minute in self.minutes.keys() {
            let counts = self.hour(*minute);
            let (calls, asks) = (counts.restricts + counts.releases, counts.asks + counts.held);
            if calls + asks > 0 && worst.is_none_or(|(most, many, _)| (calls, asks) > (most, many)) {
                worst = Some((calls, asks, *minute));
            }
        }
        worst.map(|(_, _, minute)| minute)
    }

    /// What happens in the sixty minutes from this one on.
    pub(super) fn hour(&self, minute: i64) -> HourCounts {
        let minutes = self.minutes.range(minute..minute.saturating_add(60));
        minutes.fold(HourCounts::default(), |sum, (_, counts)| HourCounts {
            restricts: sum.restricts + counts.restricts,
            releases: sum.releases + counts.releases,
            asks: sum.asks + counts.asks,
            held: sum.held + counts.held,
        })
    }

    fn minute(&mut self, at: Timestamp) -> &mut HourCounts {
        self.minutes.entry(at.as_second().div_euclid(60)).or_default()
    }
}

/// Whether a reason tells that a playbook matched and something held it back or stopped it.
fn is_held_back(reason: &str) -> bool {
    is_limit(reason)
        || reason == "freshness"
        || [
            "if_unknown.",
            "never.",
            "ineligible.",
            "canary",
            "surge.",
            "trust.",
        ]
        .iter()
        .any(|held| reason.starts_with(held))
}

pub(super) fn is_limit(reason: &str) -> bool {
    reason.starts_with("limits[") || reason.starts_with("caps[") || reason.starts_with("canary.limits[")
}
