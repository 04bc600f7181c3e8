//! The end of a demo: what all parties counted, and whether it adds up. Pure; [`super::report`] prints it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cli::practice::feed::Delivered;
use crate::simulator::Report;
use crate::store::{Accounts, PlaybookAccounts};

/// The states of actions that are not over.
const UNFINISHED: [&str; 4] = ["queued", "submitting", "in_doubt", "submitted"];

/// What all parties counted once everything had settled.
#[derive(Clone, Debug)]
pub struct Books {
    /// Devices of the storm.
    pub devices: u32,
    /// What the front door answered.
    pub delivered: Delivered,
    /// What of it the storm's generator meant to repeat.
    pub repeated: usize,
    /// Rows that still waited to be decided.
    pub inbox: i64,
    /// What Postgres holds.
    pub accounts: Accounts,
    /// What it holds about the storm.
    pub storm: PlaybookAccounts,
    /// What the simulated Defender saw.
    pub defender: Report,
    /// Devices of the storm that are restricted at Defender.
    pub storm_restricted: usize,
    /// Calls that named the protected device or the hostile id.
    pub forbidden_calls: usize,
    /// How many questions `quell audit` asked, and the names of those that found something.
    pub audit: (usize, Vec<&'static str>),
}

/// One thing that must hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What must hold.
    pub name: &'static str,
    /// Whether it did.
    pub held: bool,
    /// The figures.
    pub detail: String,
}

impl Books {
    /// Everything that must hold, in the order in which it is shown.
    pub fn checks(&self) -> Vec<Check> {
        let check = |name, held, detail| Check { name, held, detail };
        let (delivered, accounts, defender) = (&self.delivered, &self.accounts, &self.defender);
        let outcomes: i64 = accounts.outcomes.values().sum();
        let unfinished = self.unfinished();
        let mut checks = vec![
            check(
                "every record has an outcome",
                delivered.records == delivered.stored + delivered.repeated + delivered.refused
                    && count(delivered.stored) == accounts.events
                    && count(delivered.refused) == accounts.dead_letters
                    && delivered.repeated == self.repeated
                    && outcomes == accounts.events,
                format!(
                    "{} delivered = {outcomes} decided + {} repeated + {} refused",
                    delivered.records, delivered.repeated, accounts.dead_letters
                ),
            ),
            check(
                "every event has one decision per device",
                accounts.events_astray == 0 && self.inbox == 0,
                format!("{} astray, {} waiting", accounts.events_astray, self.inbox),
            ),
            check(
                "every action has its end",
                unfinished == 0,
                format!("{unfinished} unfinished"),
            ),
        ];
        for window in &defender.most_in_window {
            let name = match (window.scope.as_str(), window.per_seconds) {
                ("actions", 60) => "no 60 s held more calls than allowed",
                ("actions", 3600) => "no hour held more calls than allowed",
                _ => "no window of reads held more than allowed",
            };
            let detail = format!(
                "{} of {} in any {} s",
                window.most, window.limit, window.per_seconds
            );
            checks.push(check(name, window.most <= u64::from(window.limit), detail));
        }
        checks.extend([
            check(
                "nothing was answered 429",
                defender.rejected_429 == 0,
                format!("{} times", defender.rejected_429),
            ),
            check(
                "nothing was asked for twice",
                defender.duplicates == 0,
                format!("{} duplicates", defender.duplicates),
            ),
            check(
                "no call while the opposite one was open",
                defender.opposite_while_open == 0,
                format!("{} calls", defender.opposite_while_open),
            ),
            check(
                "every call was written down before it was made",
                u64::try_from(accounts.calls) == Ok(defender.action_calls) && accounts.calls_unanswered == 0,
                format!(
                    "{} written, {} seen by Defender",
                    accounts.calls, defender.action_calls
                ),
            ),
            check(
                "protected and malformed devices were left alone",
                self.forbidden_calls == 0,
                format!("{} calls", self.forbidden_calls),
            ),
            self.there_and_back(),
            check(
                "only what a playbook still wants is restricted",
                u64::try_from(accounts.devices_not_free) == Ok(defender.restricted_now)
                    && accounts.devices_not_free_unwanted == 0,
                format!(
                    "{}, of them {} unwanted",
                    defender.restricted_now, accounts.devices_not_free_unwanted
                ),
            ),
            check(
                "every change of state has its audit row",
                accounts.broken_histories == 0,
                format!("{} broken histories", accounts.broken_histories),
            ),
            check(
                "quell audit finds nothing",
                self.audit.0 > 0 && self.audit.1.is_empty(),
                match self.audit.1.as_slice() {
                    [] => format!("{} questions", self.audit.0),
                    failed => failed.join(", "),
                },
            ),
        ]);
        checks
    }

    /// Actions by state.
    pub fn actions_by_state(&self) -> BTreeMap<&str, i64> {
        let mut states = BTreeMap::new();
        for (key, n) in &self.accounts.actions {
            let state = key.split_once(' ').map_or(key.as_str(), |(_, state)| state);
            *states.entry(state).or_default() += n;
        }
        states
    }

    /// The most action calls in any span of so many of Defender's seconds, and the limit.
    pub fn most_calls(&self, per_seconds: u64) -> Option<(u64, u32)> {
        let mut windows = self.defender.most_in_window.iter();
        let window = windows.find(|window| window.scope == "actions" && window.per_seconds == per_seconds)?;
        Some((window.most, window.limit))
    }

    fn unfinished(&self) -> i64 {
        let states = self.actions_by_state();
        UNFINISHED.iter().filter_map(|state| states.get(state)).sum()
    }

    /// Two alerts on one device make one call, and each device comes back.
    fn there_and_back(&self) -> Check {
        let devices = i64::from(self.devices);
        let storm = &self.storm;
        let in_time = storm.containments.get("ended: time").copied().unwrap_or(0);
        let all: i64 = storm.containments.values().sum();
        Check {
            name: "every storm device was restricted once, then released",
            held: storm.devices == devices
                && storm.devices_there_and_back == devices
                && storm.devices_twice == 0
                && (in_time, all) == (devices, devices)
                && self.storm_restricted == 0,
            detail: format!(
                "{} of {devices}, {} twice, {} not yet back",
                storm.devices_there_and_back, storm.devices_twice, self.storm_restricted
            ),
        }
    }
}

fn count(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "books_tests.rs"]
mod tests;
