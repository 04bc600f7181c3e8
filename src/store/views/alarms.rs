//! The alarms of the last while, for `quell status`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// What a person was to be told of.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AlarmView {
    /// When it was seen.
    pub at: Timestamp,
    /// Which kind.
    pub kind: String,
    /// The device, if it is about one.
    pub device: Option<String>,
    /// In a sentence.
    pub told: String,
}

impl Store {
    /// The alarms of the last while, the newest first, a hundred at most.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn alarms(&self, tenant: TenantId, within: Duration) -> Result<Vec<AlarmView>, StoreError> {
        let rows = sqlx::query!(
            "SELECT at, kind, device_id, told FROM quell.alarms
             WHERE tenant_id = $1 AND at > (SELECT quell.now()) - make_interval(secs => $2)
             ORDER BY at DESC, id DESC LIMIT 100",
            tenant.0,
            within.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| AlarmView {
                at: row.at.to_jiff(),
                kind: row.kind,
                device: row.device_id,
                told: row.told,
            })
            .collect())
    }
}
