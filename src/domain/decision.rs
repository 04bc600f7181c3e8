//! From verdicts to one decision: guards, freshness, limits and caps, and the combination of several playbooks.
//!
//! Called by the worker inside the transaction that records the decision, and by `quell test` with a made-up history:
//! one function on every path. Protection beats ask, ask beats act.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::eligibility::{self, INELIGIBLE, Ineligible};
use crate::domain::fact::Fact;
use crate::domain::guard::{self, Protection, Protections};
use crate::domain::limit::{FLEET_UNKNOWN, reached_cap, reached_limit};
use crate::domain::measure::{Held, Measure};
use crate::domain::surge::Surge;
use crate::domain::trust::Trust;
use crate::domain::verdict::{AskTerms, Mode, PlannedAction, PlannedTask, Verdict, Wish};

pub use crate::domain::limit::{Cap, Usage, UsageKey, is_capped};

/// What was made of one event for one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
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
    /// Why: `matched`, `ask`, `limits[0]`, `limits[0].fleet_unknown`, `caps[0]`, `freshness`, `never.tags`, `ineligible.os`, `unless.…`,
    /// `if_unknown.…`, `surge.user`, `trust.ask`, `canary`, `canary.limits[0]`, `canary.false_positives`, `revoked`, `no_match`, ….
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
    /// The mode that holds: the playbook's, under the installation's ceiling and narrowed by its canary.
    pub mode: Mode,
    /// Why.
    pub reason: String,
    /// Who is asked, when `kind` is ask or hold; also in observe mode, where nobody is asked.
    pub ask: Option<AskTerms>,
    /// With this ruling the playbook, still in its canary, falls back to observe; `reason` says why.
    pub falls_back: bool,
}

impl Ruling {
    /// What begins a measure by this ruling, now, or once approved.
    pub fn containments(&self) -> impl Iterator<Item = &PlannedAction> {
        let then = self.verdict.then.iter();
        then.filter(|action| action.begins().is_some())
    }

    /// The first of them, if there is any.
    pub fn containment(&self) -> Option<&PlannedAction> {
        self.containments().next()
    }

    /// What this ruling does once, beside what it begins or ends.
    pub fn tasks(&self) -> impl Iterator<Item = &PlannedTask> {
        self.verdict.then.iter().filter_map(PlannedAction::task)
    }

    /// What an approval of this ask lifts, for its device alone; `None`: nothing is asked, or a cap of the installation
    /// holds, which takes an act of its own. What a stop held is approved like any ask once it has ended: until then every
    /// approval is refused, and limits and caps are counted again with it.
    pub fn lifts(&self) -> Option<&str> {
        let asks =
            matches!(self.kind, DecisionKind::Ask | DecisionKind::Hold) && self.containment().is_some();
        Some(self.reason.as_str()).filter(|reason| asks && !reason.starts_with("caps["))
    }

    /// The measures whose containments on the device this ruling ends.
    pub fn releases(&self) -> Vec<Measure> {
        let then = self.verdict.then.iter();
        then.filter_map(PlannedAction::releases).collect()
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
    /// What one source, user or detection may drive, and how many devices of administrators are restricted.
    #[serde(default)]
    pub surge: Surge,
    /// For asks of playbooks without an `ask:` block.
    pub default_ask: AskTerms,
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
    /// The playbooks with an active containment on it, each with what that holds.
    pub restricted_by: &'a [Held],
    /// How many devices the fleet has, as far as that is known.
    pub fleet: Option<u64>,
    /// The revisions that only observe, whatever their text says.
    pub fallbacks: &'a [Fallback],
    /// The same of what is only observed.
    pub observed_by: &'a [Held],
    /// What drives a restriction because of this event, by [`Surge::drivers`].
    pub drivers: &'a [String],
    /// What the event's source may do.
    pub trust: Trust,
}

impl Situation<'_> {
    /// Whether every containment that the verdict begins is active already, in that mode: then it is not one more, whenever
    /// that began.
    pub fn is_running(&self, mode: Mode, verdict: &Verdict) -> bool {
        match mode {
            Mode::Enforce => verdict.is_running(self.restricted_by),
            Mode::Observe => verdict.is_running(self.observed_by),
            Mode::Off => false,
        }
    }
}

/// A revision that only observes, whatever its text says. Another revision of the same playbook starts anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// The playbook.
    pub playbook: String,
    /// Its revision.
    pub revision: String,
    /// `canary.limits[0]`, `canary.false_positives`, `revoked`.
    pub reason: String,
}

/// Judges the verdicts on one event and one device.
pub fn decide(verdicts: Vec<Verdict>, situation: &Situation<'_>, usage: &Usage) -> Decision {
    let mut rulings: Vec<Ruling> = verdicts
        .into_iter()
        .map(|verdict| rule(verdict, situation, usage))
        .collect();
    // A release beats what would restrict: on the news that ends a containment none begins, whatever the playbooks' names.
    let releases = |r: &Ruling| match (r.mode, r.kind) {
        (Mode::Enforce, DecisionKind::Act) => r.releases(),
        _ => Vec::new(),
    };
    let release = rulings.iter().find(|r| !releases(r).is_empty());
    if let Some(reason) = release.map(|r| format!("release.{}", r.verdict.playbook)) {
        let released: Vec<Measure> = rulings.iter().flat_map(releases).collect();
        let is_released = |action: &PlannedAction| action.begins().is_some_and(|its| released.contains(&its));
        for ruling in &mut rulings {
            let begins_released = ruling.containments().any(is_released);
            if ruling.mode != Mode::Enforce || ruling.kind == DecisionKind::Skip || !begins_released {
                continue;
            }
            // What it begins of another measure is none of the release's business.
            if ruling.containments().any(|action| !is_released(action)) {
                ruling.verdict.then.retain(|action| !is_released(action));
            } else {
                ruling.kind = DecisionKind::Skip;
                ruling.reason.clone_from(&reason);
                ruling.ask = None;
            }
        }
    }
    ask_beats_act(&mut rulings, situation.rules);
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

/// Ask beats act: while one playbook wants a person to decide on this device, no other restricts it. What is observed goes the
/// same way, so that it tells what enforcing would have done.
fn ask_beats_act(rulings: &mut [Ruling], rules: &Rules) {
    let asks = |ruling: &Ruling| {
        matches!(ruling.kind, DecisionKind::Ask | DecisionKind::Hold)
            || (ruling.kind == DecisionKind::Observe && ruling.ask.is_some())
    };
    for mode in [Mode::Enforce, Mode::Observe] {
        let asking = rulings
            .iter()
            .find(|r| r.mode >= mode && r.containment().is_some() && asks(r));
        let Some(reason) = asking.map(|r| format!("ask.{}", r.verdict.playbook)) else {
            continue;
        };
        for ruling in rulings.iter_mut() {
            let acts = match mode {
                Mode::Enforce => ruling.kind == DecisionKind::Act,
                // One that a canary or a fallback observes would not have acted.
                _ => {
                    ruling.kind == DecisionKind::Observe
                        && ruling.ask.is_none()
                        && ruling.mode == ruling.verdict.mode.min(rules.ceiling)
                }
            };
            if acts && ruling.containment().is_some() {
                if mode == Mode::Enforce {
                    ruling.kind = DecisionKind::Ask;
                }
                ruling.reason.clone_from(&reason);
                ruling.ask = Some(terms_without_acting(ruling.verdict.ask.as_ref(), rules));
            }
        }
    }
}

/// Protection beats hold beats ask beats act beats observe beats skip; of what is observed that which it would have been.
fn strength(ruling: &Ruling) -> (u8, u8) {
    let would_be = match ruling.kind {
        DecisionKind::Observe if ruling.reason.starts_with("caps[") => 1,
        DecisionKind::Observe if ruling.ask.is_some() => 2,
        _ => 3,
    };
    let is = match ruling.kind {
        DecisionKind::Skip if ruling.reason.starts_with("never.") => 0,
        DecisionKind::Hold => 1,
        DecisionKind::Ask => 2,
        DecisionKind::Act => 3,
        DecisionKind::Observe => 4,
        // Something matched, and nothing can be done: that is what a person must see.
        DecisionKind::Skip if ruling.reason.starts_with(INELIGIBLE) => 5,
        DecisionKind::Skip => 6,
    };
    (is, would_be)
}

fn rule(mut verdict: Verdict, situation: &Situation<'_>, usage: &Usage) -> Ruling {
    leave_out_ineligible(&mut verdict, situation);
    let mode = verdict.mode.min(situation.rules.ceiling);
    let narrowed = (mode == Mode::Enforce)
        .then(|| narrowed(&verdict, situation))
        .flatten();
    let judged = judge(&verdict, mode, situation, usage);
    let hits_a_limit =
        verdict.canary.is_some() && mode == Mode::Enforce && narrowed.is_none() && judged.at_limit;
    let narrowed = narrowed.or_else(|| hits_a_limit.then(|| format!("canary.{}", judged.reason)));
    let (mode, judged) = match narrowed {
        None => (mode, judged),
        // Judged again as what it is: observed, and counted as such.
        Some(why) => {
            let observed = judge(&verdict, Mode::Observe, situation, usage);
            let reason = match observed.kind {
                DecisionKind::Skip if !hits_a_limit => observed.reason,
                _ => why,
            };
            (Mode::Observe, Judgement { reason, ..observed })
        }
    };
    // In observe mode nothing is begun, whatever the outcome; the reason tells what would have held it.
    let kind = match judged.kind {
        DecisionKind::Skip => DecisionKind::Skip,
        _ if mode == Mode::Off => DecisionKind::Skip,
        _ if mode == Mode::Observe => DecisionKind::Observe,
        kind => kind,
    };
    let reason = if mode == Mode::Off {
        "mode.off".to_owned()
    } else {
        judged.reason
    };
    Ruling {
        verdict,
        kind,
        mode,
        reason,
        ask: judged.ask,
        falls_back: hits_a_limit,
    }
}

/// Why a playbook that enforces only observes this device.
fn narrowed(verdict: &Verdict, situation: &Situation<'_>) -> Option<String> {
    if situation.trust == Trust::Observe {
        return situation.trust.reason().map(str::to_owned);
    }
    let fallback = situation
        .fallbacks
        .iter()
        .find(|fallback| fallback.playbook == verdict.playbook && fallback.revision == verdict.revision);
    if let Some(fallback) = fallback {
        return Some(fallback.reason.clone());
    }
    let canary = verdict.canary.as_ref()?;
    (!canary.holds(&verdict.playbook, situation.device_id, situation.device)).then(|| "canary".to_owned())
}

/// What guards and limits leave of a verdict, in one mode.
struct Judgement {
    kind: DecisionKind,
    reason: String,
    ask: Option<AskTerms>,
    /// One of the playbook's own limits is reached. A part of a fleet whose size is not known is not that.
    at_limit: bool,
}

fn judge(verdict: &Verdict, mode: Mode, situation: &Situation<'_>, usage: &Usage) -> Judgement {
    let rules = situation.rules;
    let own_ask = verdict.ask.as_ref();
    let restricts = verdict.then.iter().any(|action| action.begins().is_some());
    let isolates = verdict.then.iter().any(|action| action.isolation().is_some());
    let mut tasks = verdict.then.iter().filter_map(PlannedAction::task).peekable();
    let has_tasks = tasks.peek().is_some();
    let judged = |kind, reason, ask| Judgement {
        kind,
        reason,
        ask,
        at_limit: false,
    };
    // A release that may not act by itself is held back: the device stays as it is until its time. So are tasks alone: there is
    // no containment that could wait for an answer.
    let asking = if restricts {
        DecisionKind::Ask
    } else {
        DecisionKind::Hold
    };
    let ask_first = |reason: String| judged(asking, reason, Some(terms_without_acting(own_ask, rules)));
    if verdict.wish == Wish::Skip {
        return judged(DecisionKind::Skip, verdict.because.clone(), None);
    }
    if restricts || has_tasks {
        // With a containment its tasks wait and fall; of tasks alone each that can be done is done.
        let unable = match restricts {
            true => verdict
                .then
                .iter()
                .find_map(|action| ineligible(action, situation)),
            false => eligibility::any_task(tasks.map(|planned| &planned.task), situation.device).err(),
        };
        match rules.never.protects(situation.device_id, situation.device) {
            Protection::Protected(why) => return judged(DecisionKind::Skip, format!("never.{why}"), None),
            _ if let Some(why) = unable => {
                return judged(DecisionKind::Skip, why.reason().to_owned(), None);
            }
            Protection::Unknown(what) => return ask_first(format!("if_unknown.{what}")),
            // Isolation takes most: what runs on the device is asked about before, where nobody knows it.
            Protection::Free if isolates && situation.device.os == Fact::Unknown => {
                return ask_first("if_unknown.device.os".to_owned());
            }
            Protection::Free => {}
        }
    }
    if verdict.wish == Wish::Ask {
        let mut terms = own_ask.cloned().unwrap_or_else(|| rules.default_ask.clone());
        // Only the playbook's own question may end in acting without an answer, and never about old news. That is judged now:
        // what was asked in time acts when its time is up, however long it had.
        terms.otherwise_act &= verdict.because == "ask"
            && situation.trust == Trust::Act
            && guard::is_fresh(situation.occurred_at, situation.now, rules.freshness)
            && surge(mode, situation, usage).is_none();
        return judged(asking, verdict.because.clone(), Some(terms));
    }
    if !guard::is_fresh(situation.occurred_at, situation.now, rules.freshness) {
        return ask_first("freshness".to_owned());
    }
    // One that may only be observed is narrowed to that; nobody is asked.
    if let Some(reason) = situation
        .trust
        .reason()
        .filter(|_| situation.trust < Trust::Observe)
    {
        return ask_first(reason.to_owned());
    }
    // What a playbook of tasks alone does is one more device for its own limits each time, and for no bound on containments.
    let counts = match restricts {
        true => !situation.is_running(mode, verdict),
        false => has_tasks,
    };
    if counts {
        if restricts && let Some(reason) = surge(mode, situation, usage) {
            return ask_first(reason);
        }
        let reached = reached_limit(
            &verdict.playbook,
            &verdict.limits,
            mode,
            situation.device_id,
            situation.fleet,
            usage,
        );
        if let Some((limit, reason)) = reached {
            let held = match limit.otherwise_ask {
                true => ask_first(reason),
                false => judged(DecisionKind::Skip, reason, None),
            };
            let at_limit = !held.reason.ends_with(FLEET_UNKNOWN);
            return Judgement { at_limit, ..held };
        }
        if restricts && let Some(reason) = reached_cap(&rules.caps, mode, situation.device_id, usage) {
            let terms = terms_without_acting(own_ask, rules);
            return judged(DecisionKind::Hold, reason, Some(terms));
        }
    }
    judged(DecisionKind::Act, verdict.because.clone(), None)
}

/// Why the device cannot be held so, if the action begins a measure.
fn ineligible(action: &PlannedAction, situation: &Situation<'_>) -> Option<Ineligible> {
    let measure = action.begins()?;
    eligibility::check(measure, action.isolation(), situation.device).err()
}

/// Leaves out what the device cannot be held by, where something else begins that it can: a server that knows no restriction is
/// isolated all the same.
fn leave_out_ineligible(verdict: &mut Verdict, situation: &Situation<'_>) {
    let can = |action: &PlannedAction| ineligible(action, situation).is_none();
    if verdict
        .then
        .iter()
        .any(|action| action.begins().is_some() && can(action))
    {
        verdict.then.retain(can);
    }
}

/// The reason, when something drives more devices than it may.
fn surge(mode: Mode, situation: &Situation<'_>, usage: &Usage) -> Option<String> {
    let rules = &situation.rules.surge;
    let reached = rules.reached(situation.drivers, mode, situation.device_id, usage);
    reached.map(|(_, reason)| reason)
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

#[cfg(test)]
#[path = "decision_canary_tests.rs"]
mod canary_tests;
