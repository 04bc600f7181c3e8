//! Watches what the ledger stands on: the database's clock, every second, and that the database is the one that it was.
//! One for each process, whoever dispatches.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::{Store, StoreError};
use crate::worker::wake::Wakes;
use crate::worker::{Outage, bounded};

/// How often the clock is looked at, and every how many looks the database's identity.
const EVERY: Duration = Duration::from_secs(1);
const IDENTITY: u32 = 5;

/// Works until stopped. `stable_for`: how long sending stays frozen after a jump; `wakes`: whose queues go on after it.
pub async fn run(
    store: Store,
    stable_for: Duration,
    wakes: Vec<std::sync::Arc<Wakes>>,
    stop: CancellationToken,
) {
    let every = EVERY.min(stable_for / 4).max(Duration::from_millis(50));
    let mut outage = Outage::default();
    let mut was_frozen = false;
    let mut looks = 0_u32;
    loop {
        let wait = match bounded(look(&store, looks)).await {
            Ok(is_frozen) => {
                outage.worked("the look at the clock");
                looks = looks.wrapping_add(1);
                metrics::gauge!("quell_clock_frozen").set(if is_frozen { 1.0 } else { 0.0 });
                if was_frozen && !is_frozen {
                    tracing::info!("the database's clock has been stable for a while; calls go on");
                    for wakes in &wakes {
                        wakes.queue.notify_one();
                    }
                }
                was_frozen = is_frozen;
                every
            }
            Err(error) => outage.failed("the look at the clock", &error),
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Says whether sending is frozen.
async fn look(store: &Store, looks: u32) -> Result<bool, StoreError> {
    if looks.is_multiple_of(IDENTITY) {
        store.restore_look().await?;
    }
    Ok(store.clock_look().await?.frozen.is_some())
}
