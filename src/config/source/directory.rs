//! `sources[].directory`: files that others put there.

use std::path::PathBuf;

use super::super::secret::Places;
use super::super::section::{Reading, Section};

/// `directory`: which directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// `path`: the directory.
    pub path: PathBuf,
}

impl Directory {
    pub(super) fn read(mut section: Section<'_>, places: &Places, reading: &mut Reading) -> Self {
        let directory = Self {
            path: places.base.join(section.required_text("path", reading)),
        };
        section.close(reading);
        directory
    }
}
