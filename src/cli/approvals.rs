//! `quell approvals`: what people are asked, and their answers. One request may be about many devices. Like the other operators'
//! commands they go through Postgres with the daemon's own configuration, and work while no daemon runs.

pub mod answer;
pub mod list;
pub mod show;
pub mod waiting;

use std::process::ExitCode;

use crate::domain::approval::RequestNumber;

/// What to do with requests.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List the requests that wait for an answer, those that end first first
    List(list::Args),
    /// Show a request: its devices, what changed since it was asked, who answered, and how to answer
    Show(show::Args),
    /// Approve a request, or some of its devices
    Approve(answer::ApproveArgs),
    /// Reject a request, or some of its devices: one person who is asked and says no is enough
    Reject(answer::RejectArgs),
}

/// Does it: exit code 1 when the answer is no, 3 when it could not be found out, 4 when the person may not, 5 when a guard
/// refuses.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => list::run(args).await,
        Command::Show(args) => show::run(args).await,
        Command::Approve(args) => answer::approve(args).await,
        Command::Reject(args) => answer::reject(args).await,
    }
}

/// A request's number as it is typed.
fn number(text: &str) -> Result<RequestNumber, String> {
    RequestNumber::parse(text).ok_or_else(|| "a request is called like `A-1042`".to_owned())
}
