//! `quell events`: what arrived and what became of it.

mod dead;
mod listed;
mod trial;

use std::process::ExitCode;

/// See what arrived and what was made of it; have what could not be used read again
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// List what was made of events, the newest first: one row for each event and device
    List(listed::ListArgs),
    /// Show an event with what was made of it for each of its devices
    Show(listed::ShowArgs),
    /// Dead letters: records that were refused, and events that could not be decided
    #[command(subcommand)]
    Dead(dead::Command),
    /// See what a file's records become, without storing them
    Try(trial::Args),
}

/// Runs one.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List(args) => listed::list(args).await,
        Command::Show(args) => listed::show(args).await,
        Command::Dead(command) => dead::run(command).await,
        Command::Try(args) => trial::run(&args),
    }
}
