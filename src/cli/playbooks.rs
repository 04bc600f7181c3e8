//! `quell playbooks`: the set in force, seen, compared and changed by hand. Like the other operators' commands they go
//! through Postgres with the daemon's own configuration, and work while no daemon runs.

pub mod activate;
pub mod diff;
pub mod history;
pub mod list;
pub mod revoke;
pub mod show;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::operator::Session;
use crate::desk::DeskError;
use crate::desk::playbooks::SHORTEST_PREFIX;
use crate::store::views::RevisionView;

/// What to do with the playbooks in force.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the playbooks in force, and what each does now and did lately
    List(list::Args),
    /// Print a playbook as it is, or once was, in force
    Show(show::Args),
    /// Compare files with what is in force, or two revisions, or two versions of the set
    Diff(diff::Args),
    /// Put the playbooks of a directory in force: all of them, in one step, or none
    Activate(activate::Args),
    /// List the activations, the newest first: when, by whom, why
    History(history::Args),
    /// Revoke a revision for good: nothing begins under it any more, and what it queued is not called
    Revoke(revoke::Args),
}

/// Does it: exit code 1 when the answer is no.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::Diff(args) => diff::run(args).await,
        Command::Activate(args) => activate::run(args).await,
        Command::History(args) => history::run(args).await,
        Command::Revoke(args) => revoke::run(args).await,
    }
}

/// A revision and a set's hash, for people.
const SHORT: usize = 12;

/// The one revision that begins so, or why there is none.
async fn revision(
    session: &Session,
    playbook: Option<&str>,
    beginning: &str,
) -> anyhow::Result<Result<RevisionView, String>> {
    match session.desk().revision_begun(playbook, beginning).await {
        Ok(one) => Ok(Ok(one)),
        Err(DeskError::NotFound(why)) => Ok(Err(why)),
        Err(error) => Err(error.into()),
    }
}

/// Where files are looked for: as said, or where the daemon does.
fn path_of(session: &Session, path: Option<&PathBuf>) -> PathBuf {
    path.unwrap_or(&session.config.playbooks).clone()
}
