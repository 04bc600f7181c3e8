//! What a drill came to, from what Postgres, the simulated Defender and the front door counted. Pure; [`super::report`] prints it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::Serialize;

use crate::cli::practice::feed::Delivered;
use crate::domain::decision::DecisionKind;
use crate::simulator::{Invariant, Kind, Report};
use crate::store::Accounts;
use crate::store::views::DecisionView;

/// Everything that was counted.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What the front door answered.
    pub delivered: Delivered,
    /// What Postgres holds.
    pub accounts: Accounts,
    /// Rows that still waited to be decided.
    pub inbox: i64,
    /// What the simulated Defender saw.
    pub defender: Report,
    /// What devices did and when, in Defender's time after the beginning: restricted, released, …; true: through the API.
    pub effects: Vec<(Duration, String, Kind, bool)>,
    /// When the first alert on each device was delivered, in Defender's time after the beginning.
    pub alerted: BTreeMap<String, Duration>,
    /// Why devices were acted on, asked about, held, observed or skipped: by kind, then by reason, on how many devices.
    pub decided: BTreeMap<&'static str, BTreeMap<String, usize>>,
    /// The playbooks in force that never had anything to say.
    pub silent: Vec<String>,
    /// The requests that nobody answered.
    pub asked: Vec<Asked>,
    /// What a person was to be told, by kind.
    pub alarms: BTreeMap<String, usize>,
    /// How many questions `quell audit` asked, and the names of those that found something.
    pub audit: (usize, Vec<&'static str>),
}

/// A request that nobody answered, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// Its number.
    pub request: String,
    /// Devices that still wait for the answer.
    pub waiting: i64,
    /// Devices for which the time to answer ran out.
    pub expired: i64,
    /// Why a person is asked.
    pub why: String,
}

/// How long it took from an alert until its device was contained, in Defender's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// On how many devices.
    pub devices: usize,
    /// Half of them took no longer, in seconds.
    pub p50_seconds: u64,
    /// 99 of 100 took no longer, in seconds.
    pub p99_seconds: u64,
}

impl Outcome {
    /// Everything that must hold.
    pub fn invariants(&self) -> Vec<Invariant> {
        let invariant = |name: &str, held, detail| Invariant {
            name: name.to_owned(),
            held,
            detail,
        };
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let (delivered, accounts) = (&self.delivered, &self.accounts);
        let mut all = self.defender.invariants();
        all.extend([
            invariant(
                "every record has an outcome",
                delivered.records == delivered.stored + delivered.repeated + delivered.refused
                    && count(delivered.stored) == accounts.events
                    && count(delivered.refused) == accounts.dead_letters,
                format!(
                    "{} delivered, {} stored, {} repeated, {} refused",
                    delivered.records, delivered.stored, delivered.repeated, delivered.refused
                ),
            ),
            invariant(
                "every event was decided",
                self.inbox == 0,
                format!("{} wait", self.inbox),
            ),
            invariant(
                "every change of state has its audit row",
                accounts.broken_histories == 0,
                format!("{} broken histories", accounts.broken_histories),
            ),
            invariant(
                "quell audit finds nothing",
                self.audit.0 > 0 && self.audit.1.is_empty(),
                match self.audit.1.as_slice() {
                    [] => format!("{} questions", self.audit.0),
                    failed => failed.join(", "),
                },
            ),
        ]);
        all
    }

    /// The devices that were contained through the API, each measure for itself.
    pub fn contained(&self, kind: Kind) -> BTreeSet<&str> {
        let effects = self.effects.iter();
        effects
            .filter(|(_, _, of, by_api)| *of == kind && *by_api)
            .map(|(_, device, ..)| device.as_str())
            .collect()
    }

    /// How many times something was released through the API.
    pub fn releases(&self) -> usize {
        let is_release = |kind: &Kind| matches!(kind, Kind::Release | Kind::ReleaseIsolation);
        let effects = self.effects.iter();
        effects
            .filter(|(_, _, kind, by_api)| *by_api && is_release(kind))
            .count()
    }

    /// How many deeds of others took effect.
    pub fn by_others(&self) -> usize {
        self.effects.iter().filter(|(.., by_api)| !by_api).count()
    }

    /// From a device's first alert to its first containment; none without one.
    pub fn latency(&self) -> Option<Latency> {
        let mut first: BTreeMap<&str, Duration> = BTreeMap::new();
        for (at, device, kind, by_api) in &self.effects {
            if *by_api && matches!(kind, Kind::Restrict | Kind::Isolate) {
                first.entry(device).or_insert(*at);
            }
        }
        let mut spans: Vec<Duration> = first
            .iter()
            .filter_map(|(device, at)| Some(at.saturating_sub(*self.alerted.get(*device)?)))
            .collect();
        spans.sort();
        // The smallest span that so much of them do not exceed.
        let part = |percent: usize| {
            let place = (spans.len() * percent).div_ceil(100).saturating_sub(1);
            spans.get(place).map(Duration::as_secs)
        };
        Some(Latency {
            devices: spans.len(),
            p50_seconds: part(50)?,
            p99_seconds: part(99)?,
        })
    }
}

/// Sorts the decisions of all devices: by kind and reason, each device once; and which playbooks had something to say.
pub fn sorted(
    decisions: &[Vec<DecisionView>],
) -> (BTreeMap<&'static str, BTreeMap<String, usize>>, BTreeSet<String>) {
    let mut decided: BTreeMap<&'static str, BTreeMap<String, usize>> = BTreeMap::new();
    let mut spoke = BTreeSet::new();
    for of_device in decisions {
        let mut seen = BTreeSet::new();
        for decision in of_device {
            spoke.extend(decision.rulings.iter().map(|ruling| ruling.playbook.clone()));
            let said = reason_of(decision);
            if seen.insert((decision.kind.as_str(), said.clone())) {
                *decided
                    .entry(decision.kind.as_str())
                    .or_default()
                    .entry(said)
                    .or_default() += 1;
            }
        }
    }
    (decided, spoke)
}

/// Why, with the playbook where one said so.
fn reason_of(decision: &DecisionView) -> String {
    let mut rulings = decision.rulings.iter();
    let ruling = rulings.find(|ruling| ruling.kind == decision.kind && ruling.reason == decision.reason);
    match ruling {
        Some(ruling) if decision.kind != DecisionKind::Skip => {
            format!("{} ({})", decision.reason, ruling.playbook)
        }
        _ => decision.reason.clone(),
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// An outcome in which three devices were contained and one released.
    pub fn sample(defender: Report) -> Outcome {
        let second = Duration::from_secs;
        let effect = |at, device: &str, kind, by_api| (second(at), device.to_owned(), kind, by_api);
        Outcome {
            delivered: Delivered {
                records: 4,
                stored: 4,
                ..Delivered::default()
            },
            accounts: Accounts {
                events: 4,
                ..Accounts::default()
            },
            inbox: 0,
            defender,
            effects: vec![
                effect(20, "a", Kind::Restrict, true),
                effect(25, "b", Kind::Isolate, true),
                effect(130, "c", Kind::Restrict, true),
                effect(140, "c", Kind::Restrict, false),
                effect(900, "a", Kind::Release, true),
            ],
            alerted: [("a", 0), ("b", 5), ("c", 30), ("d", 0)]
                .map(|(device, at)| (device.to_owned(), second(at)))
                .into(),
            decided: [("ask", [("matched (x)".to_owned(), 1)].into())].into(),
            silent: vec!["quiet".to_owned()],
            asked: vec![Asked {
                request: "A-7".to_owned(),
                waiting: 1,
                expired: 2,
                why: "surge".to_owned(),
            }],
            alarms: BTreeMap::new(),
            audit: (30, Vec::new()),
        }
    }

    #[tokio::test]
    async fn devices_are_counted_once_and_latency_runs_from_their_first_alert() {
        let simulator = crate::simulator::Simulator::start(Default::default())
            .await
            .expect("a loopback port is free");
        let mut outcome = sample(simulator.report());
        assert_eq!(outcome.contained(Kind::Restrict).len(), 2);
        assert_eq!((outcome.releases(), outcome.by_others()), (1, 1));
        let latency = Latency {
            devices: 3,
            p50_seconds: 20,
            p99_seconds: 100,
        };
        assert_eq!(outcome.latency(), Some(latency));
        assert!(outcome.invariants().iter().all(|one| one.held));
        outcome.inbox = 1;
        assert!(!outcome.invariants().iter().all(|one| one.held));
        outcome.effects.clear();
        assert_eq!(outcome.latency(), None);
    }
}
