//! `drift` and `release`: what follows when others restrict and release at Defender, and when a restriction stays longer than it
//! should. As configured, unscaled.

use std::time::Duration;

use super::section::{Reading, Section};
use crate::domain::drift::OnLift;

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

/// `drift`: what others do at Defender.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriftLooks {
    /// `every`: everything of the last day is listed so often, at least. Default 10 min, at most 1 h.
    pub every: Duration,
    /// `on_lift`: what follows when somebody else lifts a restriction of ours: `respect` or `enforce`. Default `respect`.
    pub on_lift: OnLift,
    /// `again_after`: with `enforce`, the device is not restricted again sooner. Default 15 min.
    pub again_after: Duration,
    /// `at_most`: with `enforce`, so many times for one containment; then a person must look. Default 3.
    pub at_most: u32,
}

impl DriftLooks {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let words = [("respect", OnLift::Respect), ("enforce", OnLift::Enforce)];
        let looks = Self {
            every: section.duration("every", 10 * SECOND..=HOUR, 10 * MINUTE, reading),
            on_lift: section.choice("on_lift", &words, OnLift::Respect, reading),
            again_after: section.duration("again_after", SECOND..=DAY, 15 * MINUTE, reading),
            at_most: section.count("at_most", 0..=100, 3, reading),
        };
        section.close(reading);
        looks
    }
}

/// `release`: restrictions that stay longer than they should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Releases {
    /// `overdue_after`: a device that nothing wants restricted any more, and that still is after so long, is overdue. Default 30
    /// min.
    pub overdue_after: Duration,
    /// `orphans_after`: a restriction of ours that a restored backup has lost is kept so long, unless a person decides. Default
    /// 72 h.
    pub orphans_after: Duration,
}

impl Releases {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let releases = Self {
            overdue_after: section.duration("overdue_after", MINUTE..=7 * DAY, 30 * MINUTE, reading),
            orphans_after: section.duration("orphans_after", MINUTE..=30 * DAY, 72 * HOUR, reading),
        };
        section.close(reading);
        releases
    }
}
