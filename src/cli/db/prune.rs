//! `quell db prune`: what is older than the configuration keeps goes now. The daemon does the same once a day; this is for whoever
//! prunes by his own timetable, or needs the room at once.

use std::process::ExitCode;
use std::time::Duration;

use serde::Serialize;

use crate::app;
use crate::cli::operator::table::{Table, cell};
use crate::cli::operator::{self, Common};
use crate::cli::progress::Progress;
use crate::store::{OldPartition, Pruned, Retention};
use crate::worker::retention::{Step, clock_doubt, prune};
use crate::yaml::duration;

/// What `quell db prune` takes.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    common: Common,
    /// Only say which partitions would go; rows that are deleted one by one are not counted
    #[arg(long)]
    dry_run: bool,
    /// Keep events and decisions only so long, in place of what the configuration says: 7d at least
    #[arg(long, value_name = "SPAN", value_parser = span_of)]
    older_than: Option<Duration>,
}

/// The database deletes nothing younger.
const LEAST: Duration = Duration::from_secs(7 * 86_400);

fn span_of(text: &str) -> Result<Duration, String> {
    let span = duration::parse(text).ok_or("expected a span such as `30d`")?;
    match span >= LEAST {
        true => Ok(span),
        false => Err("nothing younger than 7 days is deleted".to_owned()),
    }
}

/// What went, or would go.
#[derive(Debug, Default, Serialize)]
struct Report {
    /// Nothing was changed.
    dry_run: bool,
    /// Partitions that were dropped, or would be.
    partitions: Vec<OldPartition>,
    /// Rows that were deleted one by one, by table.
    deleted: Vec<Deleted>,
    /// What the partitions took; deleted rows leave room within their tables.
    bytes: i64,
}

#[derive(Debug, Serialize)]
struct Deleted {
    table: Pruned,
    rows: u64,
}

/// Does it: exit code 3 when it could not be done, or not to the end, and 5 while the database's clock is in doubt.
///
/// # Errors
/// None: what went wrong is said on standard error.
pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    pruned(args).await
}

async fn pruned(args: Args) -> anyhow::Result<ExitCode> {
    let (config, store) = args.common.connect().await?;
    let kept = app::retention(&config);
    let retention = Retention {
        events: args.older_than.unwrap_or(kept.events),
        decisions: args.older_than.unwrap_or(kept.decisions),
        ..kept
    };
    if !args.dry_run
        && let Some(doubt) = clock_doubt(&store).await?
    {
        eprintln!("nothing was pruned: {doubt}");
        return Ok(ExitCode::from(5));
    }
    let mut report = Report {
        dry_run: args.dry_run,
        ..Report::default()
    };
    let old = store.partitions_old(&retention, store.now().await?).await?;
    let mut went_well = Ok(());
    if args.dry_run {
        report.partitions = old;
    } else {
        let total = old.len() as u64;
        let mut progress = Progress::on_stderr();
        went_well = prune(&store, &retention, |step| match step {
            Step::Dropped(gone) => {
                report.partitions.push(gone.clone());
                progress.show("dropping partitions", report.partitions.len() as u64, total);
            }
            Step::Deleted(table, rows) => add(&mut report.deleted, table, rows),
            Step::Looked(table, done, of) => progress.show(looking(table), done, of),
        })
        .await;
    }
    report.bytes = report.partitions.iter().map(|partition| partition.bytes).sum();
    operator::answer(args.common.output(), &report, |paint| {
        let mut text = String::new();
        if !report.partitions.is_empty() {
            let mut table = Table::new(&["PARTITION", "ROWS", "KEPT", "SIZE"]);
            for its in &report.partitions {
                table.row([
                    cell(&its.name),
                    cell(format!("about {}", its.rows)),
                    cell(its.kept.to_string()),
                    cell(size(its.bytes)),
                ]);
            }
            text += &table.render(paint, "");
        }
        for its in &report.deleted {
            text += &format!("{} rows of {} were deleted\n", its.rows, its.table.as_str());
        }
        let (would, count) = (
            if report.dry_run { "would be" } else { "were" },
            report.partitions.len(),
        );
        text + &format!("{count} partitions {would} dropped, {}\n", size(report.bytes))
    })?;
    went_well?;
    Ok(ExitCode::SUCCESS)
}

fn add(deleted: &mut Vec<Deleted>, table: Pruned, rows: u64) {
    match deleted.iter_mut().find(|its| its.table == table) {
        Some(its) => its.rows += rows,
        None => deleted.push(Deleted { table, rows }),
    }
}

fn looking(table: Pruned) -> &'static str {
    match table {
        Pruned::AlertDevices => "looking through the alerts",
        _ => "looking through the keys of events",
    }
}

fn size(bytes: i64) -> String {
    match bytes {
        ..=1_048_575 => format!("{} KiB", bytes / 1_024),
        1_048_576..=1_073_741_823 => format!("{} MiB", bytes / 1_048_576),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_younger_than_a_week_can_be_asked_for() {
        assert_eq!(span_of("30d"), Ok(Duration::from_secs(30 * 86_400)));
        assert!(span_of("6d").is_err());
        assert!(span_of("soon").is_err());
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(2_048), "2 KiB");
        assert_eq!(size(5 << 20), "5 MiB");
        assert_eq!(size(3 << 30), "3.0 GiB");
    }
}
