//! `sources[].defender`: Defender's own list of alerts, read now and then.

use std::time::Duration;

use super::super::section::{Reading, Section};

const SECOND: Duration = Duration::from_secs(1);

/// `defender`: how often the list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defender {
    /// `every`: from one look at the list to the next. Default 1 min.
    pub every: Duration,
}

impl Defender {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let defender = Self {
            every: section.duration("every", 10 * SECOND..=3_600 * SECOND, 60 * SECOND, reading),
        };
        section.close(reading);
        defender
    }
}
