//! Whether anything changed, at the price of a few looks at the ends of indexes: for pages that are open.

use jiff::Timestamp;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// What is the latest of each kind. Two that are alike: nothing changed between them that a page would show, but counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The last row of the audit, of any tenant.
    pub changed: i64,
    /// The last alarm, of any tenant.
    pub alarm: i64,
    /// When something was decided last.
    pub decided_at: Option<Timestamp>,
    /// Whether somebody dispatches.
    pub is_dispatched: bool,
}

impl Store {
    /// The latest of each kind.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn news(&self, tenant: TenantId) -> Result<News, StoreError> {
        let row = sqlx::query!(
            r#"SELECT coalesce((SELECT max(id) FROM quell.transitions), 0) AS "changed!",
                 coalesce((SELECT max(id) FROM quell.alarms), 0) AS "alarm!",
                 (SELECT max(decided_at) FROM quell.decisions WHERE tenant_id = $1) AS decided_at,
                 EXISTS (SELECT 1 FROM quell.leases WHERE tenant_id = $1 AND expires_at > quell.now()) AS "is_dispatched!""#,
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(News {
            changed: row.changed,
            alarm: row.alarm,
            decided_at: time(row.decided_at),
            is_dispatched: row.is_dispatched,
        })
    }
}
