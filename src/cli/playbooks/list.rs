//! `quell playbooks list`: the playbooks in force, and what each does.

use std::process::ExitCode;

use jiff::Timestamp;

use super::SHORT;
use crate::cli::operator::table::{Paint, Table, Tone, cell, short};
use crate::cli::operator::{Common, Session, told};
use crate::desk::playbooks::PlaybooksReport as Report;
use crate::desk::words::ago;
use crate::domain::verdict::Mode;

/// List the playbooks in force, and what each does now and did lately
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
}

/// Prints the playbooks in force: exit code 1 when there is no set.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let report = match told(session.desk().playbooks().await)? {
        Ok(report) => report,
        Err(no) => return Ok(no),
    };
    let now = session.store.now().await?;
    session.answer(&report, |paint| render(&report, now, paint))?;
    Ok(ExitCode::SUCCESS)
}

/// The table of playbooks.
pub fn render(report: &Report, now: Timestamp, paint: Paint) -> String {
    let mut table = Table::new(&[
        "PLAYBOOK",
        "MODE",
        "PRIORITY",
        "REVISION",
        "SINCE",
        "CONTAINED",
        "ASKED",
        "ACTED 24H",
        "OBSERVED 24H",
        "TITLE",
    ]);
    for row in &report.playbooks {
        let said = row.mode.as_str();
        let (tone, mode) = match (row.mode.min(report.ceiling), &row.fallback) {
            (held, _) if held != row.mode => (Tone::Warn, format!("{said} (held: {})", held.as_str())),
            (_, Some(why)) => (Tone::Warn, format!("{said} (observes: {why})")),
            (_, None) if row.is_canary => (Tone::Usual, format!("{said} (canary)")),
            (Mode::Off, None) => (Tone::Warn, said.to_owned()),
            (_, None) => (Tone::Usual, said.to_owned()),
        };
        table.row([
            cell(row.id.as_str()),
            (tone, mode),
            cell(row.priority.unwrap_or("-")),
            cell(short(&row.revision, SHORT)),
            cell(row.since.map_or("-".to_owned(), |at| ago(now, at))),
            cell(row.deeds.contained.to_string()),
            cell(row.deeds.asked.to_string()),
            cell(row.deeds.acted_24h.to_string()),
            cell(row.deeds.observed_24h.to_string()),
            match &row.title {
                Some(title) => cell(title.as_str()),
                None => (Tone::Bad, "cannot be read by this version of quell".to_owned()),
            },
        ]);
    }
    let hash = short(&report.hash, SHORT);
    table.render(paint, "") + &format!("set {hash}, version {}\n", report.version)
}
