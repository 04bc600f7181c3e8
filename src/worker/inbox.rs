//! Looks at the inbox: how many rows, how old the oldest. Tells the metrics, pages when that is too old, and keeps what
//! [`crate::store::Store::inbox_room`] goes by near the truth. Each replica looks, as each has to know whether there is room. It decides
//! nothing: that is `decide`'s.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::store::{InboxLook, StoreError};
use crate::worker::{Context, Outage, bounded};

/// How often it looks.
const EVERY: Duration = Duration::from_secs(5);

/// A look at a large inbox takes its time: at most so large a part of all time is spent on it.
const SHARE: u32 = 50;

/// The loop's parts.
#[derive(Clone, Debug)]
pub struct InboxWatch {
    /// What the loops share.
    pub context: Context,
    /// An event that has waited for longer is too old.
    pub alarm_after: Duration,
}

impl InboxWatch {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        loop {
            let began = Monotonic::now();
            let wait = match self.look_and_say(&stop).await {
                Ok(()) => {
                    outage.worked("the look at the inbox");
                    EVERY.max(began.elapsed() * SHARE)
                }
                Err(error) => outage.failed("the look at the inbox", &error).max(EVERY),
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    /// One look.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self) -> Result<InboxLook, StoreError> {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let look = bounded(store.inbox_look(tenant)).await?;
        let name = &self.context.tenant_name;
        metrics::gauge!("quell_inbox_depth", "tenant" => name.clone()).set(look.rows as f64);
        metrics::gauge!("quell_inbox_age_seconds", "tenant" => name.clone()).set(look.age.as_secs_f64());
        if look.age > self.alarm_after {
            bounded(store.inbox_tell(tenant, look)).await?;
        }
        Ok(look)
    }

    /// A look, and the word that this process decides: whoever started meanwhile may have taken it for dead.
    async fn look_and_say(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        self.run_once().await?;
        // The decider that ends takes the word away; nobody would after it.
        if !stop.is_cancelled() {
            bounded(self.context.store.deciding_goes_on(self.context.tenant)).await?;
        }
        Ok(())
    }
}
