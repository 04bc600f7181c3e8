//! Holds the tenant's dispatch lease, and tells the loops that call Defender under which epoch they may.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::worker::{Context, Outage};

/// The epoch while this process holds the lease.
#[derive(Clone, Debug)]
pub struct Leadership(watch::Sender<Option<i64>>);

impl Default for Leadership {
    fn default() -> Self {
        Self(watch::Sender::new(None))
    }
}

impl Leadership {
    /// The epoch, if the lease is ours as far as we know; the gate asks Postgres again.
    pub fn epoch(&self) -> Option<i64> {
        *self.0.borrow()
    }

    /// Waits until the lease is ours, and gives its epoch; `None` when stopped.
    pub async fn wait(&self, stop: &CancellationToken) -> Option<i64> {
        let mut seen = self.0.subscribe();
        tokio::select! {
            () = stop.cancelled() => None,
            held = seen.wait_for(Option::is_some) => held.ok().and_then(|epoch| *epoch),
        }
    }

    /// Sets what is known.
    pub fn set(&self, epoch: Option<i64>) {
        self.0.send_if_modified(|held| {
            let changed = *held != epoch;
            *held = epoch;
            changed
        });
    }
}

/// Takes and keeps the lease until stopped, then gives it back.
pub async fn run(context: Context, ttl: Duration, stop: CancellationToken) {
    let holder = Uuid::now_v7();
    let mut outage = Outage::default();
    loop {
        let wait = match context.store.lease_hold(context.tenant, holder, ttl).await {
            Ok(epoch) => {
                outage.worked("the dispatch lease");
                if epoch.is_some() && context.leadership.epoch().is_none() {
                    tracing::info!(tenant = context.tenant_name, epoch, "this process dispatches");
                    context.wakes.all();
                }
                context.leadership.set(epoch);
                ttl / 3
            }
            Err(error) => outage.failed("the dispatch lease", &error),
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(wait) => {}
        }
    }
    context.leadership.set(None);
    // INVARIANT: the loops that call have ended before this, or see the epoch gone; the lease's end frees the others.
    let _ = tokio::time::timeout(
        Duration::from_secs(1),
        context.store.lease_release(context.tenant, holder),
    )
    .await;
}
