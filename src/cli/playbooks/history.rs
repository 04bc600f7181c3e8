//! `quell playbooks history`: the activations of sets.

use std::process::ExitCode;

use jiff::Timestamp;

use super::SHORT;
use crate::cli::operator::table::{Paint, Table, cell, short};
use crate::cli::operator::{Common, Session};
use crate::desk::words::ago;
use crate::store::views::ActivationView;

/// List the activations, the newest first: when, by whom, why
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(i64).range(1..=10_000))]
    limit: i64,
}

/// Prints the activations.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let session = Session::open(&args.common).await?;
    let history = session.desk().activations(usize::try_from(args.limit)?).await?;
    let now = session.store.now().await?;
    session.answer(&history, |paint| match history.as_slice() {
        [] => "no set was ever in force\n".to_owned(),
        history => render(history, now, paint),
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The table of activations.
pub fn render(history: &[ActivationView], now: Timestamp, paint: Paint) -> String {
    let mut table = Table::new(&["VERSION", "ACTIVATED", "SET", "PLAYBOOKS", "BY", "WHY"]);
    for one in history {
        table.row([
            cell(one.version.to_string()),
            cell(ago(now, one.activated_at)),
            cell(short(&one.hash, SHORT)),
            cell(one.playbooks.to_string()),
            cell(one.activated_by.as_deref().unwrap_or("-")),
            cell(one.reason.as_deref().unwrap_or("-")),
        ]);
    }
    table.render(paint, "")
}
