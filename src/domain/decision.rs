//! From verdicts to one decision: guards, freshness, limits and caps, and the combination of several playbooks.
//!
//! Called by the worker inside the transaction that records the decision, and by `quell test` with a made-up history:
//! one function on every path. Protection beats ask, ask beats act.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::fact::Fact;
use crate::domain::guard::{self, Protection, Protections};
use crate::domain::verdict::{AskTerms, Mode, PlannedAction, Verdict, Wish};

/// What was made of one event for one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionKind {
    /// A containment begins or ends.
    Act,
    /// A person is asked first.
    Ask,
    /// What would have been done is recorded.
    Observe,
    /// A cap of the installation is reached: it waits for a person, and pages.
    Hold,
    /// Nothing.
    Skip,
}

impl DecisionKind {
    /// The name in SQL, JSON, tests and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::Ask => "ask",
            Self::Observe => "observe",
            Self::Hold => "hold",
            Self::Skip => "skip",
        }
    }

    /// The kind with that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Act, Self::Ask, Self::Observe, Self::Hold, Self::Skip]
            .into_iter()
            .find(|k| k.as_str() == name)
    }
}

/// A decision with its reason and what follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The strongest of the rulings.
    pub kind: DecisionKind,
    /// Why: `matched`, `ask`, `limits[0]`, `caps[0]`, `freshness`, `never.tags`, `unless.…`, `if_unknown.…`, `no_match`, ….
    pub reason: String,
    /// One ruling for each verdict, in the order of the playbooks.
    pub rulings: Vec<Ruling>,
}

/// What was made of one playbook's verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruling {
    /// The verdict.
    pub verdict: Verdict,
    /// What follows.
    pub kind: DecisionKind,
    /// The mode that holds: the playbook's, under the installation's ceiling.
    pub mode: Mode,
    /// Why.
    pub reason: String,
    /// Who is asked, when `kind` is ask or hold; also in observe mode, where nobody is asked.
    pub ask: Option<AskTerms>,
}

impl Ruling {
    /// The restriction that this ruling begins (now, or once approved), if any.
    pub fn restriction(&self) -> Option<&PlannedAction> {
        self.verdict
            .then
            .iter()
            .find(|action| matches!(action, PlannedAction::RestrictAppExecution { .. }))
    }

    /// Whether this ruling ends the containments on the device.
    pub fn releases(&self) -> bool {
        self.verdict
            .then
            .iter()
            .any(|action| matches!(action, PlannedAction::ReleaseAppRestriction { .. }))
    }
}

/// The rules of the installation over all playbooks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// No playbook goes beyond this mode.
    pub ceiling: Mode,
    /// An event older than this asks instead of acting.
    pub freshness: Duration,
    /// What is never restricted.
    pub never: Protections,
    /// Distinct devices in a window, over all playbooks.
    pub caps: Vec<Cap>,
    /// For asks of playbooks without an `ask:` block.
    pub default_ask: AskTerms,
}

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

/// The situation in which an event is judged.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// The installation's rules.
    pub rules: &'a Rules,
    /// The time of judgement.
    pub now: Timestamp,
    /// When the news happened.
    pub occurred_at: &'a Fact<Timestamp>,
    /// The device.
    pub device_id: &'a DeviceId,
    /// Its facts.
    pub device: &'a DeviceFacts,
    /// The playbooks with an active containment on it.
    pub restricted_by: &'a [String],
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
            let mode = verdict.mode.min(rules.ceiling);
            keys.extend(
                verdict
                    .limits
                    .iter()
                    .map(|limit| (Some(verdict.playbook.clone()), mode, limit.per)),
            );
            keys.extend(rules.caps.iter().map(|cap| (None, mode, cap.per)));
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

/// Whether one more device that becomes active in this mode would go beyond a cap of the installation.
pub fn is_capped(caps: &[Cap], mode: Mode, device: &DeviceId, usage: &Usage) -> bool {
    caps.iter()
        .any(|cap| cap.is_exceeded(usage.with(&(None, mode, cap.per), device)))
}

/// Judges the verdicts on one event and one device.
pub fn decide(verdicts: Vec<Verdict>, situation: &Situation<'_>, usage: &Usage) -> Decision {
    let mut rulings: Vec<Ruling> = verdicts
        .into_iter()
        .map(|verdict| rule(verdict, situation, usage))
        .collect();
    let asks = rulings.iter().find(|r| {
        r.mode == Mode::Enforce
            && r.restriction().is_some()
            && matches!(r.kind, DecisionKind::Ask | DecisionKind::Hold)
    });
    // Ask beats act: while one playbook wants a person to decide on this device, no other restricts it.
    if let Some(reason) = asks.map(|r| format!("ask.{}", r.verdict.playbook)) {
        for ruling in &mut rulings {
            if ruling.kind == DecisionKind::Act && ruling.restriction().is_some() {
                ruling.kind = DecisionKind::Ask;
                ruling.reason.clone_from(&reason);
                ruling.ask = Some(terms_without_acting(ruling.verdict.ask.as_ref(), situation.rules));
            }
        }
    }
    let strongest = rulings.iter().min_by_key(|r| strength(r));
    let (kind, reason) = strongest.map_or((DecisionKind::Skip, "no_match".to_owned()), |r| {
        (r.kind, r.reason.clone())
    });
    Decision {
        kind,
        reason,
        rulings,
    }
}

/// Protection beats hold beats ask beats act beats observe beats skip.
fn strength(ruling: &Ruling) -> u8 {
    match ruling.kind {
        DecisionKind::Skip if ruling.reason.starts_with("never.") => 0,
        DecisionKind::Hold => 1,
        DecisionKind::Ask => 2,
        DecisionKind::Act => 3,
        DecisionKind::Observe => 4,
        DecisionKind::Skip => 5,
    }
}

fn rule(verdict: Verdict, situation: &Situation<'_>, usage: &Usage) -> Ruling {
    let rules = situation.rules;
    let mode = verdict.mode.min(rules.ceiling);
    let (kind, reason, ask) = judge(&verdict, mode, situation, usage);
    // In observe mode nothing is begun, whatever the outcome; the reason tells what would have held it.
    let kind = match kind {
        DecisionKind::Skip => DecisionKind::Skip,
        _ if mode == Mode::Off => DecisionKind::Skip,
        _ if mode == Mode::Observe => DecisionKind::Observe,
        kind => kind,
    };
    let reason = if mode == Mode::Off {
        "mode.off".to_owned()
    } else {
        reason
    };
    Ruling {
        verdict,
        kind,
        mode,
        reason,
        ask,
    }
}

fn judge(
    verdict: &Verdict,
    mode: Mode,
    situation: &Situation<'_>,
    usage: &Usage,
) -> (DecisionKind, String, Option<AskTerms>) {
    let rules = situation.rules;
    let own_ask = verdict.ask.as_ref();
    let restricts = verdict
        .then
        .iter()
        .any(|a| matches!(a, PlannedAction::RestrictAppExecution { .. }));
    let ask_first = |reason: String| {
        let terms = terms_without_acting(own_ask, rules);
        // A release that may not act by itself is held back: the device stays as it is until its time.
        let kind = if restricts {
            DecisionKind::Ask
        } else {
            DecisionKind::Hold
        };
        (kind, reason, Some(terms))
    };
    if verdict.wish == Wish::Skip {
        return (DecisionKind::Skip, verdict.because.clone(), None);
    }
    if restricts {
        match rules.never.protects(situation.device_id, situation.device) {
            Protection::Protected(why) => return (DecisionKind::Skip, format!("never.{why}"), None),
            Protection::Unknown(what) => return ask_first(format!("if_unknown.{what}")),
            Protection::Free => {}
        }
    }
    if verdict.wish == Wish::Ask {
        let mut terms = own_ask.cloned().unwrap_or_else(|| rules.default_ask.clone());
        // Only the playbook's own question may end in acting without an answer.
        terms.otherwise_act &= verdict.because == "ask";
        let kind = if restricts {
            DecisionKind::Ask
        } else {
            DecisionKind::Hold
        };
        return (kind, verdict.because.clone(), Some(terms));
    }
    if !guard::is_fresh(situation.occurred_at, situation.now, rules.freshness) {
        return ask_first("freshness".to_owned());
    }
    // A device that this playbook restricts already is not one more, whenever that began.
    let is_running = mode == Mode::Enforce && situation.restricted_by.contains(&verdict.playbook);
    if restricts && !is_running {
        for (index, limit) in verdict.limits.iter().enumerate() {
            let key = (Some(verdict.playbook.clone()), mode, limit.per);
            if usage.with(&key, situation.device_id) > limit.devices as usize {
                let reason = format!("limits[{index}]");
                return match limit.otherwise_ask {
                    true => ask_first(reason),
                    false => (DecisionKind::Skip, reason, None),
                };
            }
        }
        for (index, cap) in rules.caps.iter().enumerate() {
            if cap.is_exceeded(usage.with(&(None, mode, cap.per), situation.device_id)) {
                let terms = terms_without_acting(own_ask, rules);
                return (DecisionKind::Hold, format!("caps[{index}]"), Some(terms));
            }
        }
    }
    (DecisionKind::Act, verdict.because.clone(), None)
}

/// The terms of an ask that the playbook did not raise itself: it always ends in skip when nobody answers.
fn terms_without_acting(own: Option<&AskTerms>, rules: &Rules) -> AskTerms {
    let mut terms = own.cloned().unwrap_or_else(|| rules.default_ask.clone());
    terms.otherwise_act = false;
    terms
}

#[cfg(test)]
#[path = "decision_tests.rs"]
mod tests;
