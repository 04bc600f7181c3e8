//! Keeps the partitions of the days to come ready, and once a day drops what is older than it is to be kept. Every replica does it:
//! what another has done is not there to be done again. It never waits long for a lock, and never touches what is younger than the
//! configuration says, or what is still needed.

use std::time::Duration;

use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::clock::{self, Monotonic};
use crate::store::{OldPartition, Pruned, Retention, Store, StoreError};
use crate::worker::{BATCH_TIME, Outage, bounded, within};

/// How often it looks whether the partitions of the days to come are there.
const LOOK: Duration = Duration::from_secs(3_600);

/// A lock that was not to be had is asked for again after this.
const AGAIN: Duration = Duration::from_secs(60);

/// How often it prunes.
const DAY: Duration = Duration::from_secs(86_400);

/// What the database's clock and this machine's may be apart.
const APART: Duration = Duration::from_secs(3_600);

/// Tables with rows to delete, in the order in which one lets the next go: a dead letter stays while its event does.
const DELETED: [Pruned; 4] = [
    Pruned::Events,
    Pruned::Decisions,
    Pruned::DeadLetters,
    Pruned::Outbox,
];

/// Tables that are looked through.
const KNOWN: [Pruned; 2] = [Pruned::EventKeys, Pruned::AlertDevices];

/// The loop's parts.
#[derive(Clone, Debug)]
pub struct Keeper {
    /// Postgres.
    pub store: Store,
    /// How long everything is kept; `None`: nothing is pruned by itself.
    pub retention: Option<Retention>,
}

/// Something that was pruned, or how far it is.
#[derive(Debug)]
pub enum Step<'a> {
    /// A partition is gone.
    Dropped(&'a OldPartition),
    /// So many rows of a table were deleted.
    Deleted(Pruned, u64),
    /// A stretch of so many was looked through.
    Looked(Pruned, u64, u64),
}

impl Keeper {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        let mut pruned: Option<Monotonic> = None;
        let mut is_doubted = false;
        loop {
            let mut wait = LOOK;
            match bounded(self.store.partitions_ahead()).await {
                Ok(made) => {
                    outage.worked("the keeping of partitions");
                    if !made.is_empty() {
                        tracing::info!(
                            partitions = made.join(", "),
                            "partitions were made for the days to come"
                        );
                    }
                }
                Err(error) => wait = outage.failed("the keeping of partitions", &error).max(AGAIN),
            }
            let is_due = pruned.is_none_or(|at| at.elapsed() >= DAY);
            if let (Some(retention), true) = (self.retention, is_due) {
                let work = tokio::select! {
                    () = stop.cancelled() => return,
                    work = self.prune_unless_doubted(&retention) => work,
                };
                match work {
                    Ok(None) => {
                        pruned = Some(Monotonic::now());
                        is_doubted = false;
                    }
                    Ok(Some(doubt)) => {
                        if !is_doubted {
                            tracing::warn!(doubt, "nothing is pruned while the database's clock is in doubt");
                        }
                        is_doubted = true;
                    }
                    Err(error) => wait = outage.failed("the pruning", &error).max(AGAIN),
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// `Some`: nothing was pruned, and why.
    async fn prune_unless_doubted(&self, retention: &Retention) -> Result<Option<String>, StoreError> {
        let doubt = clock_doubt(&self.store).await?;
        if doubt.is_none() {
            self.prune(retention).await?;
        }
        Ok(doubt)
    }

    async fn prune(&self, retention: &Retention) -> Result<(), StoreError> {
        let mut deleted = [0; 6];
        prune(&self.store, retention, |step| match step {
            Step::Dropped(old) => {
                metrics::counter!("quell_pruned_bytes_total").increment(old.bytes.unsigned_abs());
                tracing::info!(
                    partition = old.name,
                    rows = old.rows,
                    kept = old.kept,
                    bytes = old.bytes,
                    "a partition was dropped, its time is over"
                );
            }
            Step::Deleted(what, rows) => {
                deleted[what as usize] += rows;
                metrics::counter!("quell_pruned_rows_total", "table" => what.as_str()).increment(rows);
            }
            Step::Looked(..) => {}
        })
        .await?;
        if deleted.iter().any(|rows| *rows > 0) {
            let [events, decisions, keys, alerts, letters, messages] = deleted;
            tracing::info!(
                events,
                decisions,
                keys,
                alerts,
                letters,
                messages,
                "rows were deleted, their time is over"
            );
        }
        Ok(())
    }
}

/// Why the database's clock says nothing about what is old, if so: it has jumped, or is far from this machine's. By a clock that is a year
/// ahead everything is.
///
/// # Errors
/// Postgres is not available.
pub async fn clock_doubt(store: &Store) -> Result<Option<String>, StoreError> {
    if let Some(span) = bounded(store.clock_look()).await?.frozen {
        let seconds = span.as_secs();
        return Ok(Some(format!(
            "the database's clock has jumped, and is not trusted for {seconds} s"
        )));
    }
    Ok(doubt_of(bounded(store.now()).await?, clock::now()))
}

fn doubt_of(told: Timestamp, here: Timestamp) -> Option<String> {
    let apart = told.duration_since(here).unsigned_abs();
    (apart > APART).then(|| {
        format!("the database's clock says {told:.0} and this machine's {here:.0}: set the one that is wrong")
    })
}

/// Drops and deletes everything whose time is over. It may be stopped at any point and begun anew.
///
/// # Errors
/// Postgres is not available, or a lock was not to be had: what was done until then is done.
pub async fn prune(
    store: &Store,
    retention: &Retention,
    mut told: impl FnMut(Step<'_>),
) -> Result<(), StoreError> {
    let now = bounded(store.now()).await?;
    for old in bounded(store.partitions_old(retention, now)).await? {
        if let Some(gone) = within(BATCH_TIME, store.partition_drop(&old)).await? {
            told(Step::Dropped(&gone));
        }
    }
    for what in DELETED {
        loop {
            let rows = within(BATCH_TIME, store.rest_prune(what, retention, now)).await?;
            if rows == 0 {
                break;
            }
            told(Step::Deleted(what, rows));
        }
    }
    for what in KNOWN {
        let stretches = bounded(store.known_stretches(what)).await?;
        for stretch in 0..stretches {
            let rows = within(BATCH_TIME, store.known_prune(what, stretch, retention, now)).await?;
            if rows > 0 {
                told(Step::Deleted(what, rows));
            }
            told(Step::Looked(
                what,
                stretch.unsigned_abs() + 1,
                stretches.unsigned_abs(),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_old_by_a_clock_that_is_more_than_an_hour_off() {
        let here: Timestamp = "2026-11-22T12:00:00Z".parse().expect("a time");
        let at = |text: &str| doubt_of(text.parse().expect("a time"), here);
        assert_eq!(at("2026-11-22T12:59:00Z"), None);
        assert_eq!(at("2026-11-22T11:01:00Z"), None);
        let ahead = at("2027-11-22T12:00:00Z").expect("it is a year ahead");
        assert!(ahead.contains("2027-11-22T12:00:00Z"), "{ahead}");
        assert!(at("2026-11-22T10:59:00Z").is_some());
    }
}
