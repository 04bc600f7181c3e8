//! Permits for reads: each read of Defender is in the ledger before it is made.

use std::sync::Mutex;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::defender::ReadError;
use crate::domain::budget::{ReadScope, throttle_pause};
use crate::limiter::{CommittedAttempt, ReadPermit, SecondGuard};
use crate::store::{ReadOutcome, StoreError};
use crate::worker::{Context, bounded, chain};

/// Hands out permits for one task's reads, and remembers which are to be settled.
#[derive(Debug)]
pub struct Reads {
    context: Context,
    guard: SecondGuard,
    own: ReadScope,
    open: Mutex<Vec<Uuid>>,
}

impl Reads {
    /// For one task.
    pub fn new(context: Context, guard: SecondGuard) -> Self {
        Self::within(ReadScope::Reads, context, guard)
    }

    /// For one task whose reads may have windows of their own beside.
    pub fn within(own: ReadScope, context: Context, guard: SecondGuard) -> Self {
        Self {
            context,
            guard,
            own,
            open: Mutex::new(Vec::new()),
        }
    }

    /// Waits for a slot of the reads' budget. `None`: stopped, Postgres is away, or the read is held.
    pub async fn permit(&self, kind: &'static str, stop: &CancellationToken) -> Option<ReadPermit> {
        let epoch = self.context.leadership.epoch()?;
        loop {
            let (store, tenant) = (&self.context.store, self.context.tenant);
            let reserved =
                bounded(store.read_reserve_in(self.own, tenant, epoch, &self.context.gate, kind)).await;
            let wait = match reserved {
                Ok(ReadOutcome::Granted { id, send_deadline }) => {
                    self.open
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push(id);
                    let read = CommittedAttempt { id, send_deadline };
                    return Some(ReadPermit::from_committed(read, &self.guard));
                }
                Ok(ReadOutcome::Wait(wait)) => wait,
                Ok(ReadOutcome::Held) => return None,
                Err(error) => {
                    tracing::debug!(error = chain(&error), "no slot for a read");
                    return None;
                }
            };
            tokio::select! {
                () = stop.cancelled() => return None,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// Settles the reads that were made, and obeys a 429.
    ///
    /// # Errors
    /// Postgres is not available; the slots then keep their latest possible time.
    pub async fn settle(&self, error: Option<&ReadError>) -> Result<(), StoreError> {
        let mut open = std::mem::take(
            &mut *self
                .open
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        let outcome = match error {
            None => "read",
            Some(ReadError::Throttled { .. }) => "throttled",
            Some(_) => "failed",
        };
        if let Some(ReadError::Unavailable { .. }) = error {
            // Nobody answered the last one: Defender may count it later than now, so it keeps its latest possible time.
            open.pop();
        }
        for id in open {
            bounded(self.context.store.read_finish(id, outcome)).await?;
        }
        if let Some(ReadError::Throttled { retry_after, window }) = error {
            let windows = match self.own {
                ReadScope::Reads => &self.context.gate.reads,
                ReadScope::Antivirus => &self.context.gate.antivirus,
            };
            let pause: Duration = throttle_pause(*retry_after, *window, windows);
            let (store, gate) = (&self.context.store, &self.context.gate);
            let why = "defender throttles reads";
            bounded(store.reads_pause_in(self.own, self.context.tenant, gate, pause, why)).await?;
        }
        Ok(())
    }
}
