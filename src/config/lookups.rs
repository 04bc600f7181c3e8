//! `devices.lookups`: what is asked of Defender about one device before its first call, as configured, unscaled.

use std::time::Duration;

use super::section::{Reading, Section};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// `devices.lookups`: neither is asked by default.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lookups {
    /// `available_actions`: whether Defender itself has the action for the device. Default `false`.
    pub available_actions: bool,
    /// `antivirus`: in which mode the device's antivirus is. Default `false`.
    pub antivirus: bool,
    /// `max_age`: older answers are unknown, and asked for anew. Default 4 h.
    pub max_age: Duration,
    /// `wait`: how long an event waits for them; then it is decided without. Default 10 s; zero: it does not wait.
    pub wait: Duration,
}

impl Lookups {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let lookups = Self {
            available_actions: section.bool("available_actions", false, reading),
            antivirus: section.bool("antivirus", false, reading),
            max_age: section.duration("max_age", MINUTE..=24 * 7 * HOUR, 4 * HOUR, reading),
            wait: section.duration("wait", Duration::ZERO..=HOUR, Duration::from_secs(10), reading),
        };
        section.close(reading);
        lookups
    }
}
