//! `sources[].directory`: files that others put there.

use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use super::super::secret::Places;
use super::super::section::{Reading, Section};

/// `directory`: which directory, and what becomes of its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// `path`: the directory.
    pub path: PathBuf,
    /// `done`: whether a file that was read is deleted. Default it is moved to `done/`.
    pub deletes: bool,
    /// `every`: from one look to the next. Default 1 s.
    pub every: Duration,
    /// `settle`: a file that has not changed for so long is complete. Default 2 s.
    pub settle: Duration,
    /// `max_bytes`: of a file that is not one record a line. Default 64 MiB.
    pub max_bytes: u32,
}

const SECONDS: RangeInclusive<Duration> = Duration::from_secs(1)..=Duration::from_secs(3_600);

impl Directory {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let directory = Self {
            path: places.base.join(section.required_text("path", reading)),
            deletes: section.choice("done", &[("move", false), ("delete", true)], false, reading),
            every: section.duration("every", SECONDS, Duration::from_secs(1), reading),
            settle: section.duration("settle", SECONDS, Duration::from_secs(2), reading),
            max_bytes: section.count("max_bytes", 1..=1_073_741_824, 67_108_864, reading),
        };
        section.close(reading);
        directory
    }
}
