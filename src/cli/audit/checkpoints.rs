//! `quell audit checkpoints`: where the chains had come when, to be kept elsewhere.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use super::named;
use crate::cli::operator::table::{Table, cell};
use crate::cli::operator::{self, Output};
use crate::store::seals::Checkpoint;

/// Show the checkpoints of the chains, the newest first, to be kept where the database's administrators cannot change them
#[derive(Clone, Debug, clap::Args)]
pub struct Args {
    /// The daemon's configuration [default: ./quell.yaml, else /etc/quell/quell.yaml]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Only those of this tenant [default: all of the database]
    #[arg(long, value_name = "NAME")]
    tenant: Option<String>,
    /// At most so many of each tenant
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    limit: i64,
    /// How to print the answer
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

#[derive(Serialize)]
struct Row {
    tenant: String,
    #[serde(flatten)]
    checkpoint: Checkpoint,
}

/// Prints the checkpoints.
///
/// # Errors
/// The configuration cannot be used, or Postgres is away.
pub(super) async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let (_, store) = operator::connect(args.config.as_deref()).await?;
    let tenants = store.tenants().await?;
    let only = args
        .tenant
        .as_deref()
        .map(|name| named(&tenants, name))
        .transpose()?;
    let mut rows = Vec::new();
    for (id, tenant) in tenants
        .into_iter()
        .filter(|(id, _)| only.is_none_or(|only| only == *id))
    {
        let checkpoints = store.audit_checkpoints(id, args.limit).await?;
        rows.extend(checkpoints.into_iter().map(|checkpoint| Row {
            tenant: tenant.clone(),
            checkpoint,
        }));
    }
    operator::answer(args.output, &rows, |paint| {
        let mut table = Table::new(&["WHEN", "CHECKPOINT"]).whole(&["CHECKPOINT"]);
        for Row { tenant, checkpoint } in &rows {
            let kept = format!("{tenant}/{}:{}", checkpoint.seq, checkpoint.hash);
            table.row([cell(format!("{:.0}", checkpoint.at)), cell(kept)]);
        }
        match rows.len() {
            0 => "no checkpoint was written yet\n".to_owned(),
            _ => table.render(paint, ""),
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
