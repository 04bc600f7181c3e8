//! `quell playbooks revoke`: an operator takes a revision out of use for good, whatever its text and the files say.

use std::process::ExitCode;

use super::SHORT;
use crate::cli::exit::Senseless;
use crate::cli::operator::release::{operator, said, typed};
use crate::cli::operator::table::{plain, short};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::desk::revoke::Report;

/// Revoke a revision for good: nothing begins under it any more, and what it queued is not called
///
/// In force in the next transaction of the gate, on every replica. While the revision is in the set in force its playbook only
/// observes; another revision of it starts anew. What is restricted already stays so until its release: `quell release
/// --playbook ID@REVISION` releases it.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// The playbook and its revision, or at least 6 characters of that
    #[arg(value_name = "ID@REVISION")]
    what: String,
    /// Why, for the audit
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who you are, for the audit [default: SUDO_USER, USER, LOGNAME, or your account]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

/// Revokes: exit code 1 when there is no such revision, or it was revoked already.
///
/// # Errors
/// The configuration cannot be used, nobody knows who asks, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let reason = said(&args.reason, 500);
    if reason.is_empty() {
        let why = "`--reason` is empty: say in a few words why the revision is revoked";
        return Ok(nothing_done(why));
    }
    let by = operator(args.by.as_deref())?;
    let Some((playbook, beginning)) = args.what.split_once('@') else {
        let why = format!(
            "`{}` is no revision: write the playbook and its revision as `ID@REVISION`",
            plain(&args.what)
        );
        return Err(Senseless(why).into());
    };
    let session = Session::open(&args.common).await?;
    let by = typed(by, reason);
    let report = match session.desk().revoke(playbook, beginning, &by).await {
        Ok(report) => report,
        Err(error) => return session.refuse(error).await,
    };
    session.answer(&report, |_| render(&report))?;
    Ok(ExitCode::SUCCESS)
}

fn render(report: &Report) -> String {
    let name = format!("{}@{}", report.playbook, short(&report.revision, SHORT));
    let now = match report.is_active {
        true => "it is in force, so its playbook only observes until it is changed",
        false => "it is not in force; what it queued is not called any more",
    };
    format!(
        "{name} is revoked: {now}\nwhat it restricted stays so until its release: `quell release --playbook {name}`\n"
    )
}
