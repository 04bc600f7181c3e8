//! `quell run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::app;
use crate::cli::exit;
use crate::config::Config;

/// The daemon's arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The configuration
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Apply due migrations before starting
    #[arg(long)]
    migrate: bool,
}

/// Runs until SIGTERM or SIGINT: exit code 78 when the configuration cannot be used, 1 when anything else keeps it from running.
///
/// # Errors
/// None; why it does not run is said on standard error.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    #[cfg(feature = "fail-points")]
    if let Some(point) = crate::config::environment::read_text(crate::failpoint::VARIABLE) {
        crate::failpoint::arm(&point)?;
    }
    let ended = match Config::load(&args.config) {
        Ok(loaded) => app::run(loaded, args.migrate).await,
        Err(error) => Err(error.into()),
    };
    Ok(ended.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        exit::of_daemon(&error).into()
    }))
}
