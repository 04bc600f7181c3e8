//! `quell playbooks show`: a playbook's text as it is, or once was, in force.

use std::process::ExitCode;

use super::SHORT;
use crate::cli::operator::table::short;
use crate::cli::operator::{Common, Session, told};

/// Print a playbook as it is, or once was, in force
///
/// The text goes to standard output as it was stored, so that it can be written into a file again; what is known of it
/// goes to standard error.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The playbook
    #[arg(value_name = "ID")]
    id: String,
    /// An earlier revision: at least 6 characters of its beginning [default: the one in force]
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,
}

/// Prints a playbook: exit code 1 when there is none such.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let found = session.desk().revision(&args.id, args.revision.as_deref()).await;
    let found = match told(found)? {
        Ok(found) => found,
        Err(no) => return Ok(no),
    };
    eprintln!(
        "{}@{}, {}, first in force {}",
        found.playbook,
        short(&found.revision, SHORT),
        if found.is_active {
            "in force"
        } else {
            "not in force now"
        },
        found.first_active_at.strftime("%Y-%m-%d %H:%M:%S UTC"),
    );
    session.answer(&found, |_| found.text.clone())?;
    Ok(ExitCode::SUCCESS)
}
