//! What can go wrong with a private cluster, in an operator's words. Made in [`super`] and its children only.

use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// Why a private cluster could not be had.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No directory with the binaries was found.
    #[error(
        "no Postgres binaries on this machine (looked in {}); install them with `apt-get install -y postgresql` (Debian, \
         Ubuntu), `dnf install -y postgresql-server` (Fedora, RHEL) or `brew install postgresql@17` (macOS)",
        .searched.join(", ")
    )]
    NoBinaries {
        /// Every place that was looked at.
        searched: Vec<String>,
    },
    /// The directory given by the operator lacks a program.
    #[error("`{}` has no program `{missing}`; give the directory that holds `initdb` and `postgres`", .bin.display())]
    UnfitBin {
        /// The directory given.
        bin: PathBuf,
        /// The first program that is not there.
        missing: &'static str,
    },
    /// The parent directory makes a socket path that Postgres or a URL cannot carry.
    #[error("`{}` is too long or has unusual characters for a socket's path; use a directory like `/tmp`", .parent.display())]
    UnfitParent {
        /// The directory given.
        parent: PathBuf,
    },
    /// A file or directory of the cluster could not be made, changed or removed.
    #[error("cannot prepare `{}`", .path.display())]
    Directory {
        /// The path concerned.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A program could not be run at all.
    #[error("cannot run `{program}`")]
    Run {
        /// The program.
        program: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A program ran and reported failure.
    #[error("`{program}` failed ({status}): {output}")]
    Failed {
        /// The program.
        program: String,
        /// How it ended.
        status: ExitStatus,
        /// What it printed.
        output: String,
    },
    /// The server does not accept connections.
    #[error(
        "the private Postgres {}; the end of its log: {log}",
        if *.ended { "ended at its start".to_owned() } else { format!("did not answer within {} s", .waited.as_secs()) }
    )]
    NotReady {
        /// Whether the server's process has ended.
        ended: bool,
        /// How long it was waited for.
        waited: Duration,
        /// The last lines of the log.
        log: String,
    },
    /// A database name outside `a-z`, `0-9`, `_`.
    #[error("`{name}` is no name for a database here; use a-z, 0-9 and _, beginning with a letter")]
    DatabaseName {
        /// The name given.
        name: String,
    },
}
