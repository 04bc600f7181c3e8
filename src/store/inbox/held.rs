//! Rows that are held because the decider panicked over them alone, for whoever looks. Asked by `quell events dead list`; nothing is
//! decided by it.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Store, StoreError, heartbeats};

/// An event that is held on a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldEvent {
    /// The event.
    pub event: Uuid,
    /// Its device.
    pub device: String,
    /// Where it came from.
    pub source: String,
    /// When the decider panicked over it first.
    pub since: Timestamp,
    /// When it is tried again, at the latest.
    pub tried_at: Option<Timestamp>,
    /// So many rows of its device came later, and wait for it.
    pub behind: i64,
}

impl Store {
    /// The events that are held after a panic, those that have been for longest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_held(&self, tenant: TenantId, limit: i64) -> Result<Vec<HeldEvent>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT i.event_id, i.device_id, i.source, i.held_since AS "held_since!", i.wait_until,
                 (SELECT count(*) FROM quell.inbox b
                  WHERE b.tenant_id = $1 AND b.device_id = i.device_id AND b.seq > i.seq) AS "behind!"
               FROM quell.inbox i WHERE i.tenant_id = $1 AND i.held_since IS NOT NULL AND i.source <> $2
               ORDER BY i.held_since, i.seq LIMIT $3"#,
            tenant.0,
            heartbeats::SOURCE,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let rows = rows.into_iter().map(|row| HeldEvent {
            event: row.event_id,
            device: row.device_id,
            source: row.source,
            since: row.held_since.to_jiff(),
            tried_at: time(row.wait_until),
            behind: row.behind,
        });
        Ok(rows.collect())
    }
}
