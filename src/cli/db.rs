//! `quell db`: the database.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::app;
use crate::config::Config;

/// What to do with the database.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Apply due migrations; of several at once one works and the others wait
    Migrate {
        /// The configuration
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

/// Does it.
///
/// # Errors
/// The configuration is wrong, Postgres is away, or a migration failed.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Migrate { config } = command;
    let config = Config::load(&config)?.config;
    let store = app::store(&config)?;
    app::migrations(&store, true).await?;
    println!("the database is up to date");
    Ok(ExitCode::SUCCESS)
}
