//! What the status, the budget and the queue have in common: the counters as of one snapshot, and the queue played through once. Read
//! once for a request that shows several of them, and once for all requests that come at the same time. Reads only.

use std::sync::Arc;

use crate::desk::{Desk, DeskError};
use crate::store::views::{Prospect, StatusView};

/// One look at a tenant.
#[derive(Clone, Debug)]
pub struct Look {
    /// The counters, the ledger and the queue.
    pub status: StatusView,
    /// When each queued action may leave.
    pub prospect: Prospect,
}

impl Desk {
    /// Looks.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn look(&self) -> Result<Arc<Look>, DeskError> {
        self.shares
            .looks
            .get(async {
                let status = self.store.status(self.tenant, &self.terms.gate).await?;
                let prospect = status.prospect(&self.terms.pacing);
                Ok(Look { status, prospect })
            })
            .await
    }
}
