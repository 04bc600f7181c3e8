//! A directory that is watched, put together from the configuration.

use std::sync::Arc;

use super::Shared;
use crate::config::source::Directory;
use crate::intake::Reader;
use crate::intake::spool::{Done, Spool};
use crate::worker;
use crate::worker::intake::Inlet;

/// Starts its loop.
pub(super) fn start(shared: &Shared<'_>, directory: &Directory, mut inlet: Inlet) {
    // A file is bounded in bytes, and is stored in batches.
    let mut reader = Reader::clone(&inlet.reader);
    reader.max_records = usize::MAX;
    inlet.reader = Arc::new(reader);
    let source = worker::intake::directory::DirectorySource {
        inlet,
        spool: Arc::new(Spool {
            path: directory.path.clone(),
            done: if directory.deletes {
                Done::Delete
            } else {
                Done::Move
            },
            max_bytes: u64::from(directory.max_bytes),
        }),
        replica: shared.replica,
        every: shared.config.scaled(directory.every),
        settle: shared.config.scaled(directory.settle),
    };
    shared.tasks.spawn("directory", source.run(shared.tasks.soft()));
}
