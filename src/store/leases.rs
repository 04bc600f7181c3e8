//! The dispatch lease: which replica calls Defender for a tenant. Only an optimisation; safety comes from the gate's row
//! lock, the epoch on every write, and the send deadline.
//!
//! Tenants spread over the replicas by three rules, which need no agreement but these rows: a free lease is taken by a replica
//! that holds no more than any other that could take it, or by anybody once it has lain free for a while; and a
//! replica that holds two more than another gives one of them up.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError, Wake, wake};

/// What became of a try to hold a tenant's lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It is ours, under this epoch.
    Ours(i64),
    /// It was ours, and has been given up to a replica that holds fewer.
    GivenUp,
    /// It is another's, or another's to take.
    NotOurs,
}

impl Hold {
    /// The epoch, while it is ours.
    pub fn epoch(self) -> Option<i64> {
        match self {
            Self::Ours(epoch) => Some(epoch),
            Self::GivenUp | Self::NotOurs => None,
        }
    }
}

impl Store {
    /// Tells that the replica lives and could dispatch for the tenant, and takes the lease if it is free and this
    /// replica's to take, keeps it if it is ours, or gives it up if another replica holds two fewer.
    ///
    /// * `host`: what the machine calls itself, for people.
    /// * `ttl`: how long the lease, and the word that the replica lives, hold from now.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lease_hold(
        &self,
        tenant: TenantId,
        replica: Uuid,
        host: &str,
        ttl: Duration,
    ) -> Result<Hold, StoreError> {
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "INSERT INTO quell.replicas (tenant_id, replica, host) VALUES ($1, $2, $3)
             ON CONFLICT (tenant_id, replica) DO UPDATE SET seen_at = quell.now(), host = excluded.host",
            tenant.0,
            replica,
            host,
        )
        .execute(&mut *tx)
        .await?;
        // One look at a time: two tenants of one replica must not both be given up because of one difference.
        sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('quell.leases', 0))")
            .execute(&mut *tx)
            .await?;
        // Of the replicas that could dispatch for this tenant, the least that another holds; what we hold; and what was given
        // up a moment ago, which others are about to take. A lease that has run out is nobody's.
        let held = sqlx::query!(
            r#"WITH live AS (SELECT holder, count(*) AS held FROM quell.leases WHERE expires_at > quell.now() GROUP BY holder)
               SELECT (SELECT held FROM live WHERE holder = $2) AS ours,
                      (SELECT min(coalesce(l.held, 0)) FROM quell.replicas r LEFT JOIN live l ON l.holder = r.replica
                       WHERE r.tenant_id = $1 AND r.replica <> $2
                         AND r.seen_at > quell.now() - make_interval(secs => $3)) AS least,
                      (SELECT count(*) FROM quell.leases WHERE expires_at <= quell.now()
                         AND expires_at > quell.now() - make_interval(secs => $3)) AS "given_up!""#,
            tenant.0,
            replica,
            ttl.as_secs_f64(),
        )
        .fetch_one(&mut *tx)
        .await?;
        let (ours, least) = (held.ours.unwrap_or(0), held.least.unwrap_or(i64::MAX));
        if least.saturating_add(held.given_up).saturating_add(2) <= ours
            && give_up(&mut tx, tenant, replica).await?
        {
            tx.commit().await?;
            return Ok(Hold::GivenUp);
        }
        let patience = if ours <= least { Duration::ZERO } else { ttl / 2 };
        let epoch = sqlx::query_scalar!(
            "INSERT INTO quell.leases AS l (tenant_id, holder, epoch, expires_at)
             VALUES ($1, $2, 1, quell.now() + make_interval(secs => $3))
             ON CONFLICT (tenant_id) DO UPDATE SET
                 epoch = CASE WHEN l.holder = excluded.holder AND l.expires_at > quell.now() THEN l.epoch ELSE l.epoch + 1 END,
                 holder = excluded.holder, expires_at = excluded.expires_at
             WHERE (l.holder = excluded.holder AND l.expires_at > quell.now())
                OR l.expires_at <= quell.now() - make_interval(secs => $4)
             RETURNING epoch",
            tenant.0,
            replica,
            ttl.as_secs_f64(),
            patience.as_secs_f64(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(epoch.map_or(Hold::NotOurs, Hold::Ours))
    }

    /// Keeps a lease that is ours, and takes none: for a replica that is about to stop.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lease_keep(
        &self,
        tenant: TenantId,
        replica: Uuid,
        ttl: Duration,
    ) -> Result<Hold, StoreError> {
        let epoch = sqlx::query_scalar!(
            "UPDATE quell.leases SET expires_at = quell.now() + make_interval(secs => $3)
             WHERE tenant_id = $1 AND holder = $2 AND expires_at > quell.now() RETURNING epoch",
            tenant.0,
            replica,
            ttl.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(epoch.map_or(Hold::NotOurs, Hold::Ours))
    }

    /// Takes the replica off the list of those that could dispatch for the tenant, so that nobody gives it a lease.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn replica_leave(&self, tenant: TenantId, replica: Uuid) -> Result<(), StoreError> {
        // What was killed did not say goodbye.
        sqlx::query!(
            "DELETE FROM quell.replicas
             WHERE tenant_id = $1 AND (replica = $2 OR seen_at < quell.now() - interval '1 day')",
            tenant.0,
            replica,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Gives the lease back, so that another replica need not wait for its end.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lease_release(&self, tenant: TenantId, replica: Uuid) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        give_up(&mut tx, tenant, replica).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// What is stale when somebody else dispatches by now.
const LEASE: &str = "the lease";

impl StoreError {
    /// Whether the lease is another's by now. Anything else that is stale says nothing of who dispatches.
    pub fn is_lease_lost(&self) -> bool {
        matches!(self, Self::Stale(LEASE))
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
    held.map(drop).ok_or(StoreError::Stale(LEASE))
}

/// Ends the lease, if it is ours, and tells the others with the commit. Says whether it was.
async fn give_up(tx: &mut sqlx::PgConnection, tenant: TenantId, replica: Uuid) -> Result<bool, StoreError> {
    let ended = sqlx::query!(
        "UPDATE quell.leases SET expires_at = quell.now()
         WHERE tenant_id = $1 AND holder = $2 AND expires_at > quell.now()",
        tenant.0,
        replica,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if ended > 0 {
        wake(tx, tenant, Wake::Lease).await?;
    }
    Ok(ended > 0)
}
