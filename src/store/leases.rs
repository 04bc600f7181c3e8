//! The dispatch lease: which replica calls Defender for a tenant. Only an optimisation; safety comes from the gate's row
//! lock, the epoch on every write, and the send deadline.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

impl Store {
    /// Takes the lease if it is free or expired, or keeps it if it is ours. Returns the epoch while we hold it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lease_hold(
        &self,
        tenant: TenantId,
        holder: Uuid,
        ttl: Duration,
    ) -> Result<Option<i64>, StoreError> {
        let epoch = sqlx::query_scalar!(
            "INSERT INTO quell.leases AS l (tenant_id, holder, epoch, expires_at)
             VALUES ($1, $2, 1, quell.now() + make_interval(secs => $3))
             ON CONFLICT (tenant_id) DO UPDATE SET
                 epoch = CASE WHEN l.holder = excluded.holder THEN l.epoch ELSE l.epoch + 1 END,
                 holder = excluded.holder, expires_at = excluded.expires_at
             WHERE l.holder = excluded.holder OR l.expires_at <= quell.now()
             RETURNING epoch",
            tenant.0,
            holder,
            ttl.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(epoch)
    }

    /// Gives the lease back, so that another replica need not wait for its end.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lease_release(&self, tenant: TenantId, holder: Uuid) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.leases SET expires_at = quell.now() WHERE tenant_id = $1 AND holder = $2",
            tenant.0,
            holder,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Holds the lease still for a transaction: whoever writes under an epoch that has ended writes nothing, and nobody takes
/// over before its commit. Taken before any device.
pub(super) async fn fence(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    epoch: i64,
) -> Result<(), StoreError> {
    let held = sqlx::query_scalar!(
        "SELECT epoch FROM quell.leases WHERE tenant_id = $1 AND epoch = $2 AND expires_at > quell.now() FOR SHARE",
        tenant.0,
        epoch,
    )
    .fetch_optional(tx)
    .await?;
    held.map(drop).ok_or(StoreError::Stale("the lease"))
}
