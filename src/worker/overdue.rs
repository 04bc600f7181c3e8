//! Looks for releases that are overdue: a gauge, and a page. Only the replica that dispatches looks; on the others the gauge stands
//! at zero. It ends nothing: that is `expire`'s, and what it queued is `submit`'s.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::store::{Overdue, StoreError};
use crate::worker::{Context, Outage, bounded};

/// The loop's parts.
#[derive(Clone, Debug)]
pub struct Overdues {
    /// What the loops share.
    pub context: Context,
    /// A release is overdue after so long.
    pub after: Duration,
    /// How often it looks.
    pub every: Duration,
}

impl Overdues {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        loop {
            let mut wait = self.every;
            if self.context.leadership.epoch().is_none() {
                self.show(&Overdue::default());
            } else {
                match self.run_once().await {
                    Ok(_) => outage.worked("the look for overdue releases"),
                    Err(error) => wait = outage.failed("the look for overdue releases", &error).max(wait),
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One look: what is overdue; a page where that is news.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self) -> Result<Overdue, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let overdue = bounded(store.releases_overdue(tenant, self.after)).await?;
        self.show(&overdue);
        bounded(store.overdue_tell(tenant, &overdue)).await?;
        Ok(overdue)
    }

    fn show(&self, overdue: &Overdue) {
        let tenant = self.context.tenant_name.clone();
        metrics::gauge!("quell_releases_overdue", "tenant" => tenant).set(overdue.devices as f64);
    }
}
