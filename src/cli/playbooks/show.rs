//! `quell playbooks show`: a playbook's text as it is, or once was, in force.

use std::process::ExitCode;

use super::{SHORT, revision};
use crate::cli::operator::table::short;
use crate::cli::operator::{Common, Session, nothing_done};

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
    let (store, id) = (&session.store, args.id.as_str());
    let found = match &args.revision {
        Some(beginning) => match revision(&session, Some(id), beginning).await? {
            Ok(found) => found,
            Err(why) => return Ok(nothing_done(&why)),
        },
        None => {
            let all = store.revisions_find(session.id, Some(id), "", 1_000).await?;
            let known = !all.is_empty();
            match all.into_iter().find(|one| one.is_active) {
                Some(active) => active,
                None if known => {
                    let why = format!(
                        "`{id}` is not in force any more: name an earlier one with `--revision`; \
                         `quell playbooks history` has the days"
                    );
                    return Ok(nothing_done(&why));
                }
                None => return Ok(nothing_done(&format!("no playbook `{id}` was ever in force"))),
            }
        }
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
