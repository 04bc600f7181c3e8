//! `quell playbooks`: the set in force, seen, compared and changed by hand. Like the other operators' commands they go
//! through Postgres with the daemon's own configuration, and work while no daemon runs.

pub mod activate;
pub mod diff;
pub mod history;
pub mod list;
pub mod revoke;
pub mod show;
pub mod unified;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::operator::Session;
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

/// Shorter beginnings of a revision fit too many by chance.
const SHORTEST_PREFIX: usize = 6;
/// So many candidates are looked at.
const CANDIDATES: i64 = 10;
/// A revision and a set's hash, for people.
const SHORT: usize = 12;

/// The one revision that begins so, or why there is none.
async fn revision(
    session: &Session,
    playbook: Option<&str>,
    beginning: &str,
) -> anyhow::Result<Result<RevisionView, String>> {
    if beginning.chars().count() < SHORTEST_PREFIX {
        let why =
            format!("`{beginning}` is too short: give at least {SHORTEST_PREFIX} characters of a revision");
        return Ok(Err(why));
    }
    let (store, tenant) = (&session.store, session.id);
    let mut found = store
        .revisions_find(tenant, playbook, beginning, CANDIDATES)
        .await?;
    let of = playbook.map_or(String::new(), |playbook| format!(" of `{playbook}`"));
    Ok(match (found.pop(), found.is_empty()) {
        (Some(one), true) => Ok(one),
        (None, _) => Err(format!(
            "no revision{of} that ever was in force begins with `{beginning}`"
        )),
        (Some(last), false) => {
            let all = found.iter().chain(std::iter::once(&last));
            let all: Vec<String> = all
                .map(|one| format!("{}@{}", one.playbook, one.revision))
                .collect();
            Err(format!(
                "several revisions begin with `{beginning}`: {}",
                all.join(", ")
            ))
        }
    })
}

/// Where files are looked for: as said, or where the daemon does.
fn path_of(session: &Session, path: Option<&PathBuf>) -> PathBuf {
    path.unwrap_or(&session.config.playbooks).clone()
}
