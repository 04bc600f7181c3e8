//! The loops. Each takes no input but the database, is safe to run twice, and can be stopped between two transactions.
//!
//! * [`decide`]: inbox → decisions, containments, queued actions (T2).
//! * [`submit`]: queue → gate → call → answer (T3, the call, T4).
//! * [`reconcile`]: Defender's list → our record (T5).
//! * [`expire`]: time → ended containments (T6).
//! * [`facts`]: devices wanted → the inventory's answer. [`inventory`]: all devices, page by page. [`lookups`]: what
//!   else is asked about single devices.
//! * [`clock`]: whether the ledger's ground is firm. [`outlook`]: the queue and the ledger → when each action may be called.
//! * [`figures`]: what dashboards live on, and the heartbeat. [`vitals`]: how the process itself is. [`statistics`]: what the planner knows.
//! * [`overdue`]: restrictions that stay longer than they should → a page.
//! * [`seal`]: rows of the audit → the chain. [`retention`]: what is old → gone.
//! * [`tally`]: events and decisions → how many there are.
//! * [`stops`]: the stop file → the stop switch; what a stop takes back → ended containments.
//! * [`tell`]: what happened → messages; messages → receivers.
//! * [`intake`](mod@intake): brokers, feeds and files → the inbox (T1).
//! * [`pulse`]: whether they get on. [`lease`]: who dispatches. [`wake`]: what others committed. [`active_set`]: the playbooks in force.

pub mod active_set;
pub mod clock;
pub mod decide;
pub mod expire;
pub mod facts;
pub mod figures;
pub mod inbox;
pub mod intake;
pub mod inventory;
pub mod lease;
pub mod lookups;
pub mod outlook;
pub mod overdue;
pub mod pulse;
pub mod reads;
pub mod reconcile;
pub mod record;
pub mod retention;
pub mod retry;
pub mod seal;
pub mod statistics;
pub mod stops;
pub mod submit;
pub mod tally;
pub mod tell;
pub mod vitals;
pub mod wake;

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::tenant::TenantId;
use crate::store::{Gate, Store, StoreError};

pub use crate::store::chain;

/// What every loop of a tenant shares.
#[derive(Clone, Debug)]
pub struct Context {
    /// Postgres.
    pub store: Store,
    /// The tenant.
    pub tenant: TenantId,
    /// Its name.
    pub tenant_name: String,
    /// Its budget and guards.
    pub gate: Gate,
    /// What divides the durations that playbooks name.
    pub time_scale: u32,
    /// How many devices the tenant has, for limits that are a part of the fleet. `None`: nobody said.
    pub fleet: Option<u64>,
    /// Who dispatches.
    pub leadership: lease::Leadership,
    /// What there is to do.
    pub wakes: Arc<wake::Wakes>,
    /// Whether the loops get on.
    pub pulses: pulse::Pulses,
}

/// Nothing is slept longer than this without a look: the safety net under lost notifications.
pub const POLL: Duration = Duration::from_secs(5);

/// Waits for a wake, a time, or the stop; says whether to go on.
pub(crate) async fn pause(
    stop: &CancellationToken,
    wake: &tokio::sync::Notify,
    after: Option<Duration>,
) -> bool {
    let after = after.map_or(POLL, |after| after.min(POLL));
    tokio::select! {
        () = stop.cancelled() => return false,
        () = wake.notified() => {}
        () = tokio::time::sleep(after) => {}
    }
    !stop.is_cancelled()
}

/// Longer than Postgres lets a statement, or a wait for a lock, take: what is not answered by then will not be.
pub(crate) const SILENCE: Duration = Duration::from_secs(20);

/// What a process that ends takes back in Postgres is given so long: without it others find out by themselves, a little later.
pub(crate) const FAREWELL: Duration = Duration::from_secs(1);

/// A batch of rows, each with statements of its own, takes longer, also on a slow disk.
pub(crate) const BATCH_TIME: Duration = Duration::from_secs(120);

/// Work that does nothing but talk to Postgres, given up when Postgres has fallen silent: a network whose packets vanish
/// closes no connection, and the operating system takes a quarter of an hour to notice. What was under way is dropped with
/// its connection; if it was a commit, its outcome is unknown, as after any loss of a connection.
pub(crate) async fn bounded<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    within(SILENCE, work).await
}

/// The same for work that does more than talk to Postgres, and takes longer.
pub(crate) async fn within<T>(
    longest: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(longest, work)
        .await
        .unwrap_or_else(|_| Err(StoreError::silent()))
}

/// How long what a loop has begun may still take once a stop was asked for. Of the stop's 30 s, 20 are left for what has to be said to
/// Postgres after it, be it silent.
const GRACE: Duration = Duration::from_secs(5);

/// The same in a loop that is asked to stop: a Postgres that has fallen silent must not keep a process from its end for as long as the
/// work may take. What was under way is undone with its transaction, and another process does it.
pub(crate) async fn within_unless_stopped<T>(
    longest: Duration,
    stop: &CancellationToken,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    let stopped = async {
        stop.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        biased;
        done = within(longest, work) => done,
        () = stopped => Err(StoreError::silent()),
    }
}

impl Context {
    /// The pulse of one of its loops, which has to beat in each turn.
    pub(crate) fn pulse(&self, of: &'static str) -> pulse::Pulse {
        self.pulses.pulse(of, &self.tenant_name, pulse::TURN)
    }
}

/// Says once per outage, not once per try, that Postgres is away.
#[derive(Debug, Default)]
pub(crate) struct Outage {
    failures: u32,
}

impl Outage {
    /// How long to wait before the next try.
    pub(crate) fn failed(&mut self, what: &'static str, error: &StoreError) -> Duration {
        self.failures += 1;
        let chain = chain(error);
        if self.failures == 1 {
            tracing::warn!(error = chain, "{what} is waiting for postgres");
        } else if !error.is_unavailable() && self.failures.is_power_of_two() {
            tracing::error!(error = chain, failures = self.failures, "{what} cannot go on");
        }
        Duration::from_millis(100 * u64::from(self.failures.min(20)))
    }

    /// A try went well.
    pub(crate) fn worked(&mut self, what: &'static str) {
        if std::mem::take(&mut self.failures) > 0 {
            tracing::info!("{what} goes on");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_that_postgres_does_not_answer_ends_soon_after_a_stop_and_work_that_goes_on_is_finished() {
        let stop = CancellationToken::new();
        let began = tokio::time::Instant::now();
        let silent = within_unless_stopped(BATCH_TIME, &stop, std::future::pending::<Result<(), _>>());
        assert!(silent.await.is_err_and(|error| error.is_unavailable()));
        assert_eq!(began.elapsed(), BATCH_TIME);
        stop.cancel();
        let began = tokio::time::Instant::now();
        let silent = within_unless_stopped(BATCH_TIME, &stop, std::future::pending::<Result<(), _>>());
        assert!(silent.await.is_err_and(|error| error.is_unavailable()));
        assert_eq!(began.elapsed(), GRACE);
        let slow = async {
            tokio::task::yield_now().await;
            Ok("done")
        };
        let done = within_unless_stopped(BATCH_TIME, &stop, slow).await;
        assert_eq!(done.expect("it is answered"), "done");
    }
}
