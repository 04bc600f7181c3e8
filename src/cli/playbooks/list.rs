//! `quell playbooks list`: the playbooks in force, and what each does.

use std::process::ExitCode;

use jiff::Timestamp;
use serde::Serialize;

use super::SHORT;
use crate::cli::operator::table::{Paint, Table, Tone, cell, short};
use crate::cli::operator::{Common, Session, nothing_done};
use crate::desk::words::ago;
use crate::domain::verdict::Mode;
use crate::playbook::{PlaybookSet, SourceFile};
use crate::store::views::PlaybookDeeds;

/// List the playbooks in force, and what each does now and did lately
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
}

/// The playbooks in force.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The version of the set.
    pub version: i64,
    /// The hash over its revisions.
    pub hash: String,
    /// No playbook goes beyond it.
    pub ceiling: Mode,
    /// In the order of their ids.
    pub playbooks: Vec<Row>,
}

/// One playbook.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What it is for; absent when its text does not compile with this version of Quell.
    pub title: Option<String>,
    /// Its mode.
    pub mode: Mode,
    /// Its priority.
    pub priority: Option<&'static str>,
    /// Whether only a part of the devices is acted on.
    pub is_canary: bool,
    /// Why it only observes although it says `enforce`, when it does: `canary.limits[0]`, `revoked`, ….
    pub fallback: Option<String>,
    /// Its revision.
    pub revision: String,
    /// Since when it is in force as it is.
    pub since: Option<Timestamp>,
    /// What it does.
    #[serde(flatten)]
    pub deeds: PlaybookDeeds,
}

/// Prints the playbooks in force: exit code 1 when there is no set.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let (store, tenant) = (&session.store, session.id);
    let Some(active) = store.set_read(tenant).await? else {
        return Ok(nothing_done("no playbook set is in force yet"));
    };
    let (since, deeds) = (
        store.set_since(tenant).await?,
        store.playbook_deeds(tenant).await?,
    );
    let fallbacks = store.set_fallbacks(tenant).await?;
    let rows = active.playbooks.into_iter().map(|stored| {
        let file = SourceFile {
            name: format!("{}.yaml", stored.playbook),
            text: stored.text,
        };
        // Each by itself: one that this version cannot read does not hide the others.
        let set = PlaybookSet::compile(std::slice::from_ref(&file)).ok();
        let compiled = set.as_ref().and_then(|(set, _)| set.get(&stored.playbook));
        Row {
            title: compiled.map(|playbook| playbook.title.clone()),
            mode: stored.mode,
            priority: compiled.map(|playbook| playbook.lane.as_str()),
            is_canary: compiled.is_some_and(|playbook| playbook.canary.is_some()),
            fallback: fallbacks
                .iter()
                .find(|fallback| fallback.playbook == stored.playbook)
                .map(|fallback| fallback.reason.clone()),
            revision: stored.revision,
            since: since.get(&stored.playbook).copied(),
            deeds: deeds.get(&stored.playbook).copied().unwrap_or_default(),
            id: stored.playbook,
        }
    });
    let report = Report {
        version: active.version,
        hash: active.hash,
        ceiling: session.config.mode,
        playbooks: rows.collect(),
    };
    let now = store.now().await?;
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
    ])
    .spare(&["OBSERVED 24H", "SINCE", "PRIORITY", "ASKED", "ACTED 24H"]);
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
