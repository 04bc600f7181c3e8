//! How the readings of the inventory go, for `quell status`.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// How the readings of the inventory go.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct InventoryView {
    /// How many devices the last complete one counted.
    pub devices: Option<i64>,
    /// When that one began.
    pub as_of: Option<Timestamp>,
    /// Devices stored by the one under way.
    pub reading: Option<i64>,
    /// When the latest one was given up, if none was complete since.
    pub failed_at: Option<Timestamp>,
    /// Why it was given up.
    pub failure: Option<String>,
}

impl Store {
    /// How the readings of the inventory go.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inventory(&self, tenant: TenantId) -> Result<InventoryView, StoreError> {
        let row = sqlx::query!(
            "SELECT whole.fleet, whole.begun_at AS \"begun_at?\", open.devices AS \"reading?\", failed.finished_at, failed.reason
             FROM (VALUES (1)) AS one
             LEFT JOIN (SELECT fleet, begun_at, finished_at FROM quell.inventory_sweeps
                        WHERE tenant_id = $1 AND outcome = 'complete' ORDER BY begun_at DESC LIMIT 1) AS whole ON true
             LEFT JOIN (SELECT devices FROM quell.inventory_sweeps WHERE tenant_id = $1 AND finished_at IS NULL) AS open ON true
             LEFT JOIN (SELECT finished_at, reason FROM quell.inventory_sweeps
                        WHERE tenant_id = $1 AND outcome = 'abandoned' ORDER BY finished_at DESC LIMIT 1) AS failed
                 ON whole.finished_at IS NULL OR failed.finished_at > whole.finished_at",
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(InventoryView {
            devices: row.fleet,
            as_of: time(row.begun_at),
            reading: row.reading,
            failed_at: time(row.finished_at),
            failure: row.reason,
        })
    }
}
