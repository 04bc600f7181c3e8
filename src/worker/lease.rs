//! Holds the tenant's dispatch lease, and tells the loops that call Defender under which epoch they may.

use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::store::Hold;
use crate::worker::pulse::TURN;
use crate::worker::{Context, FAREWELL, Outage, bounded, within};

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

    /// Waits until what is known of the lease is another than now.
    pub async fn changed(&self) {
        let mut seen = self.0.subscribe();
        // INVARIANT: the sender lives as long as this value.
        let _ = seen.changed().await;
    }

    /// Waits until the lease is not ours any more, as far as we know.
    async fn lost(&self) {
        let mut seen = self.0.subscribe();
        // INVARIANT: the sender lives as long as this value.
        let _ = seen.wait_for(Option::is_none).await;
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

/// Who takes leases: one process, for all its tenants, so that the tenants can spread over the processes.
#[derive(Clone, Debug)]
pub struct Replica {
    /// New with each start.
    pub id: Uuid,
    /// What its machine calls itself, for people.
    pub host: String,
}

/// Takes and keeps the lease until `stop`, then gives it back. From `leaving` on, which comes before it, the lease is kept
/// for the calls that are under way, but not taken any more.
pub async fn run(
    context: Context,
    replica: Replica,
    ttl: Duration,
    leaving: CancellationToken,
    stop: CancellationToken,
) {
    let (store, tenant) = (&context.store, context.tenant);
    let mut outage = Outage::default();
    let mut has_left = false;
    let pulse = context.pulses.pulse("lease", &context.tenant_name, TURN.max(ttl));
    loop {
        pulse.beat();
        if leaving.is_cancelled() && !has_left {
            let leave = store.replica_leave(tenant, replica.id);
            has_left = within(FAREWELL, leave).await.is_ok();
        }
        let hold = match leaving.is_cancelled() {
            true => bounded(store.lease_keep(tenant, replica.id, ttl)).await,
            false => bounded(store.lease_hold(tenant, replica.id, &replica.host, ttl)).await,
        };
        let wait = match hold {
            Ok(hold) => {
                outage.worked("the dispatch lease");
                tell(&context, hold);
                context.leadership.set(hold.epoch());
                ttl / 3
            }
            Err(error) => outage.failed("the dispatch lease", &error),
        };
        tokio::select! {
            () = stop.cancelled() => break,
            () = leaving.cancelled(), if !has_left && !leaving.is_cancelled() => {}
            () = tokio::time::sleep(wait) => {}
            // Whoever holds it has nothing to hear of it, and must not answer its own wake.
            () = context.wakes.lease.notified(), if context.leadership.epoch().is_none() => {}
            // The gate, or a look at Defender's list, has found it another's.
            () = context.leadership.lost(), if context.leadership.epoch().is_some() => {}
        }
    }
    context.leadership.set(None);
    // INVARIANT: the loops that call have ended before this, or see the epoch gone; the lease's end frees the others.
    let _ = tokio::time::timeout(FAREWELL, async {
        if !has_left {
            drop(store.replica_leave(tenant, replica.id).await);
        }
        store.lease_release(tenant, replica.id).await
    })
    .await;
}

fn tell(context: &Context, hold: Hold) {
    let (tenant, held) = (&context.tenant_name, context.leadership.epoch());
    match hold {
        Hold::Ours(epoch) if held != Some(epoch) => {
            tracing::info!(tenant, epoch, "this process dispatches");
            context.wakes.all();
        }
        Hold::GivenUp => tracing::info!(
            tenant,
            "another process, which has fewer tenants, dispatches from now on"
        ),
        Hold::NotOurs if held.is_some() => tracing::warn!(tenant, "another process dispatches now"),
        Hold::Ours(_) | Hold::NotOurs => {}
    }
}
