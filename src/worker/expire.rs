//! Time: containments whose time is up end, unanswered asks expire, queued restricts lose their validity; what follows
//! is queued in the same transaction. And release runs that an operator began are worked off to their end.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::failpoint;
use crate::store::{ContainmentChange, StoreError};
use crate::worker::{BATCH_TIME, Context, Outage, bounded, pause, within_unless_stopped};

const BATCH: i64 = 200;
const FLOOR: Duration = Duration::from_millis(100);

/// How often it is looked for release runs, and how many devices of one are worked off at once.
const RUNS_EVERY: Duration = Duration::from_secs(1);
const RUN_BATCH: i64 = 50;

/// How often what deliveries were answered is pruned.
const PRUNE_EVERY: Duration = Duration::from_secs(60);

/// Works until stopped. Every replica may run it: rows are locked, and what is done is done.
pub async fn run(context: Context, stop: CancellationToken) {
    let mut outage = Outage::default();
    let mut was_frozen = false;
    let mut runs = None;
    let mut pruned = None;
    let pulse = context.pulse("expire");
    while !stop.is_cancelled() {
        pulse.beat();
        let runs_go_on = work_runs(&context, &mut runs, &stop).await;
        pulse.beat();
        prune(&context, &mut pruned).await;
        pulse.beat();
        if stop.is_cancelled() {
            return;
        }
        let turn = within_unless_stopped(BATCH_TIME, &stop, turn(&context)).await;
        if let Ok(turn) = &turn {
            let is_frozen = matches!(turn, Turn::Frozen(_));
            if is_frozen && !was_frozen {
                tracing::warn!(
                    "the database's clock jumped; nothing ends by it until it has been stable for a while"
                );
            }
            was_frozen = is_frozen;
        }
        let wait = match turn {
            Ok(Turn::Frozen(left)) => Some(left.max(FLOOR)),
            Ok(Turn::Done(change)) if change.is_some() || runs_go_on => continue,
            // Nothing but failures: what is due stays due, and trying at once again would only repeat them.
            Ok(Turn::Done(change)) if change.failed > 0 => None,
            Ok(Turn::Done(_)) => match bounded(context.store.containments_next_end(context.tenant)).await {
                Ok(next) => {
                    outage.worked("expire");
                    // What is due already is locked by somebody, or could not be changed: not at once again.
                    next.map(|next| next.max(FLOOR))
                }
                Err(error) => Some(outage.failed("expire", &error)),
            },
            Err(error) => Some(outage.failed("expire", &error)),
        };
        if !pause(&stop, &context.wakes.ends, wait).await {
            return;
        }
    }
}

/// Works off a batch of a release run, if there is one; says whether there may be more at once. It does not hang on the clock.
async fn work_runs(context: &Context, looked: &mut Option<Monotonic>, stop: &CancellationToken) -> bool {
    if looked.is_some_and(|looked| looked.elapsed() < RUNS_EVERY) {
        return false;
    }
    let work = context.store.release_runs_work(context.tenant, None, RUN_BATCH);
    match within_unless_stopped(BATCH_TIME, stop, work).await {
        Ok(Some(worked)) if worked.is_some() => true,
        Ok(_) => {
            *looked = Some(Monotonic::now());
            false
        }
        // The turn that follows says whether Postgres is away.
        Err(error) => {
            *looked = Some(Monotonic::now());
            if !error.is_unavailable() {
                tracing::error!(error = crate::worker::chain(&error), "a release run cannot go on");
            }
            false
        }
    }
}

/// Forgets what deliveries and writes of the API were answered a day ago. Whether that succeeds changes nothing but the size of two
/// tables.
async fn prune(context: &Context, looked: &mut Option<Monotonic>) {
    if looked.is_some_and(|looked| looked.elapsed() < PRUNE_EVERY) {
        return;
    }
    // As long as there was something, there may be more.
    let (deliveries, writes) = tokio::join!(
        bounded(context.store.deliveries_prune()),
        bounded(context.store.once_prune())
    );
    if ![deliveries, writes]
        .iter()
        .any(|pruned| matches!(pruned, Ok(pruned) if *pruned > 0))
    {
        *looked = Some(Monotonic::now());
    }
}

/// What one turn came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The database's clock jumped, and must be stable for so long before anything ends by it.
    Frozen(Duration),
    /// It was looked at what is due.
    Done(ContainmentChange),
}

/// Ends what is due at this moment, unless the clock that says so has just jumped: one that was set wrong would end every
/// containment at once, and act on every ask that nobody answered.
///
/// # Errors
/// Postgres is not available.
pub async fn turn(context: &Context) -> Result<Turn, StoreError> {
    match context.store.clock_look().await?.frozen {
        Some(left) => Ok(Turn::Frozen(left)),
        None => run_once(context).await.map(Turn::Done),
    }
}

/// Ends what is due at this moment, by the database's clock.
///
/// # Errors
/// Postgres is not available.
pub async fn run_once(context: &Context) -> Result<ContainmentChange, StoreError> {
    let change = context
        .store
        .containments_expire(
            context.tenant,
            &context.gate.caps,
            &context.gate.surge,
            context.fleet,
            BATCH,
        )
        .await?;
    failpoint::reach_noted!(ReleaseQueuedRestrictNotFinal);
    Ok(change)
}
