//! What a stop finds: for the person who just stopped.

use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// What stands there while stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StopCounts {
    /// Restrictions that are queued.
    pub queued: i64,
    /// Calls that were reserved and are not answered yet.
    pub under_way: i64,
    /// Restrictions that Defender took and has not carried out yet.
    pub pending: i64,
}

impl Store {
    /// Counts it, for one tenant or all.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn stop_counts(&self, tenant: Option<TenantId>) -> Result<StopCounts, StoreError> {
        let counts = sqlx::query_as!(
            StopCounts,
            r#"SELECT count(*) FILTER (WHERE state = 'queued' AND kind NOT IN ('release', 'release_isolation')) AS "queued!",
                      count(*) FILTER (WHERE state IN ('submitting', 'in_doubt')) AS "under_way!",
                      count(*) FILTER (WHERE state = 'submitted' AND kind NOT IN ('release', 'release_isolation')) AS "pending!"
               FROM quell.actions WHERE ($1::int IS NULL OR tenant_id = $1)
                 AND state IN ('queued', 'submitting', 'in_doubt', 'submitted')"#,
            tenant.map(|tenant| tenant.0),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(counts)
    }
}
