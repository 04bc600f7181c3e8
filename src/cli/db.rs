//! `quell db`: the database.

pub mod prune;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::app::{self, MigrationError};
use crate::cli::operator;
use crate::config::Config;
use crate::store::{Store, roles};

/// What to do with the database.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Apply due migrations; of several at once one works and the others wait
    Migrate {
        /// The configuration
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
    /// Drop what is older than the configuration keeps (`retention`); what is still needed stays
    ///
    /// The daemon does it once a day. Whole days of events and whole months of decisions go at once; actions, containments, the
    /// ledger and the audit are kept.
    Prune(prune::Args),
    /// Make the roles of least privilege, and say what each may do; may be repeated
    ///
    /// `quell_app` runs the daemon and the operators' commands, `quell_intake` only delivers events, `quell_submit` only calls
    /// `quell.submit_event`, `quell_read` only looks. Nobody logs in as one of them: make a role of your own a member. The configuration must lead to the database as its owner, who needs CREATEROLE
    /// the first time.
    Roles {
        /// The configuration
        #[arg(long, value_name = "FILE", required_unless_present = "print")]
        config: Option<PathBuf>,
        /// Print the statements instead, for an administrator to run
        #[arg(long)]
        print: bool,
    },
}

/// Does it.
///
/// # Errors
/// The configuration is wrong, Postgres is away, or a migration failed.
pub async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Migrate { config } => {
            migrate(&app::store(&Config::load(&config)?.config)?).await?;
            println!("the database is up to date");
        }
        Command::Prune(args) => return prune::run(args).await,
        Command::Roles { print: true, .. } | Command::Roles { config: None, .. } => {
            operator::print(&roles::script())?;
        }
        Command::Roles {
            config: Some(config), ..
        } => {
            let store = app::store(&Config::load(&config)?.config)?;
            app::migrations(&store, false).await?;
            store.roles_make().await.context(
                "the roles could not be made: connect as the owner of the database, with CREATEROLE, or let an administrator run what `quell db roles --print` prints",
            )?;
            println!(
                "the roles `quell_app`, `quell_intake`, `quell_submit` and `quell_read` may do what they need, and nothing else"
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// How often a migration that did not get its locks is tried: for five minutes.
const TRIES: u32 = 25;

/// Migrates; gives way to whoever holds a table, and tries again. While somebody else migrates it waits.
async fn migrate(store: &Store) -> Result<(), MigrationError> {
    let mut tries = 0;
    loop {
        match app::migrations(store, true).await {
            Err(MigrationError::Store(error)) if error.is_others_migrating() => {}
            Err(MigrationError::Store(error)) if error.gave_way() && tries < TRIES => {
                if tries == 0 {
                    eprintln!("{error}; trying again every ten seconds");
                }
                tries += 1;
                tokio::time::sleep(app::AFTER_GIVING_WAY).await;
            }
            done => return done,
        }
    }
}
