//! Has tables analysed that have grown: a new installation meets its first storm with tables of which Postgres knows nothing, and
//! Postgres itself looks once a minute. One for each process; it decides nothing.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::Store;
use crate::worker::{Outage, within_unless_stopped};

/// How often it looks: one statement over the catalogue.
const EVERY: Duration = Duration::from_secs(2);

/// Longer than analysing the largest of them takes.
const ANALYSING: Duration = Duration::from_secs(60);

/// Works until stopped.
pub async fn run(store: Store, stop: CancellationToken) {
    let mut outage = Outage::default();
    loop {
        let wait = match within_unless_stopped(ANALYSING, &stop, store.analyse_grown()).await {
            Ok(tables) => {
                outage.worked("the tables' statistics");
                if !tables.is_empty() {
                    tracing::debug!(tables = tables.join(" "), "tables that have grown were analysed");
                }
                EVERY
            }
            Err(error) => outage.failed("the tables' statistics", &error).max(EVERY),
        };
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}
