//! `retention`: how long what has arrived and been decided is kept. Real time, whatever `time_scale` says: the database refuses to
//! delete anything younger than seven days. Actions, containments, the ledger and the audit are kept for ever.

use std::time::Duration;

use super::section::{Reading, Section};

const DAY: Duration = Duration::from_secs(86_400);

/// The shortest: the database deletes nothing younger.
const LEAST: Duration = Duration::from_secs(7 * 86_400);

/// A hundred years.
const MOST: Duration = Duration::from_secs(36_500 * 86_400);

/// How long everything is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// `events`: events as they came, and the keys that make a second delivery harmless. Default 90 d.
    pub events: Duration,
    /// `decisions`: decisions; whole months at a time. Default 365 d.
    pub decisions: Duration,
    /// `alerts`: that an alert was there, so that a later event of it is no new one; at least as long as `events`. Default 365 d.
    pub alerts: Duration,
    /// `dead_letters`: those that a person has ended. Default 365 d.
    pub dead_letters: Duration,
    /// `notifications`: messages to receivers that were delivered or given up. Default 30 d.
    pub notifications: Duration,
    /// `prune`: drop what is older once a day; `false`: only when `quell db prune` is run. Default `true`.
    pub prune: bool,
}

impl Retention {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let retention = Self {
            events: section.duration("events", LEAST..=MOST, 90 * DAY, reading),
            decisions: section.duration("decisions", LEAST..=MOST, 365 * DAY, reading),
            alerts: section.duration("alerts", LEAST..=MOST, 365 * DAY, reading),
            dead_letters: section.duration("dead_letters", LEAST..=MOST, 365 * DAY, reading),
            notifications: section.duration("notifications", LEAST..=MOST, 30 * DAY, reading),
            prune: section.bool("prune", true, reading),
        };
        section.close(reading);
        retention
    }
}
