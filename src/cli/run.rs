//! `quell run`: the daemon.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::app;
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

/// Runs until SIGTERM or SIGINT.
///
/// # Errors
/// What keeps the daemon from starting.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    #[cfg(feature = "fail-points")]
    if let Some(point) = crate::config::environment::read_text(crate::failpoint::VARIABLE) {
        crate::failpoint::arm(&point)?;
    }
    app::run(Config::load(&args.config)?, args.migrate).await
}
