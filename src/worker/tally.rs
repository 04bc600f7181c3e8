//! Adds up how many events and decisions there are, and what is over, once a minute, behind what happens: so that `quell status` need not
//! count them. Every replica does it; what another has added up is not added again. Nothing waits for it, and of the two neither waits for
//! the other, as counting what is over may take long.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::Store;
use crate::worker::{Outage, bounded};

/// How often it looks.
const LOOK: Duration = Duration::from_secs(60);

/// Between two stretches while it is behind, so that others have the database too.
const PAUSE: Duration = Duration::from_millis(50);

/// The loop's parts.
#[derive(Clone, Debug)]
pub struct Tally {
    /// Postgres.
    pub store: Store,
}

impl Tally {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        tokio::join!(self.events(&stop), self.over(&stop));
    }

    async fn over(&self, stop: &CancellationToken) {
        let mut outage = Outage::default();
        loop {
            let wait = match bounded(self.store.tally_over()).await {
                Ok(()) => {
                    outage.worked("the adding up of what is over");
                    LOOK
                }
                Err(error) => outage.failed("the adding up of what is over", &error).max(LOOK),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    async fn events(&self, stop: &CancellationToken) {
        let mut outage = Outage::default();
        loop {
            let wait = match bounded(self.store.tally()).await {
                Ok(more) => {
                    outage.worked("the adding up of events");
                    if more { PAUSE } else { LOOK }
                }
                Err(error) => outage.failed("the adding up of events", &error).max(LOOK),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }
}
