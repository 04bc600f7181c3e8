//! `quell events`: what arrived and what became of it.

mod dead;
mod trial;

use std::process::ExitCode;

/// See what arrived and could not be used, and have it read again
#[derive(Debug, clap::Subcommand)]
pub enum Command {
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
        Command::Dead(command) => dead::run(command).await,
        Command::Try(args) => trial::run(&args),
    }
}
