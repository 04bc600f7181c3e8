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
        sqlx::query!(
            "INSERT INTO quell.replicas (tenant_id, replica, host, knows_heartbeats) VALUES ($1, $2, $3, true)
             ON CONFLICT (tenant_id, replica) DO UPDATE SET seen_at = quell.now(), host = excluded.host",
            tenant.0,
            replica,
            host,
        )
        .execute(&self.pool)
        .await?;
        // Prolonging what is ours waits for nobody; only taking and giving up are one replica's at a time.
        let kept = self.lease_keep(tenant, replica, ttl).await?;
        let mut connection = self.pool.acquire().await?;
        let spread = spread(&mut connection, tenant, replica, ttl).await?;
        let has_too_many = kept != Hold::NotOurs && spread.has_too_many();
        if !has_too_many && (kept != Hold::NotOurs || !spread.is_free) {
            return Ok(kept);
        }
        drop(connection);
        let mut tx = self.pool.begin().await?;
        // Two tenants of one replica must not both be given up because of one difference.
        sqlx::query!("SELECT pg_advisory_xact_lock(hashtextextended('quell.leases', 0))")
            .execute(&mut *tx)
            .await?;
        let spread = self::spread(&mut tx, tenant, replica, ttl).await?;
        let hold = if has_too_many {
            if spread.has_too_many() && give_up(&mut tx, tenant, replica).await? {
                Hold::GivenUp
            } else {
                kept
            }
        } else {
            let patience = if spread.ours <= spread.least {
                Duration::ZERO
            } else {
                ttl / 2
            };
            let epoch = sqlx::query_scalar!(
                "INSERT INTO quell.leases AS l (tenant_id, holder, epoch, expires_at, taken_at)
                 VALUES ($1, $2, 1, quell.now() + make_interval(secs => $3), quell.now())
                 ON CONFLICT (tenant_id) DO UPDATE SET
                     epoch = l.epoch + 1, holder = excluded.holder, expires_at = excluded.expires_at, taken_at = excluded.taken_at
                 WHERE l.expires_at <= quell.now() - make_interval(secs => $4)
                 RETURNING epoch",
                tenant.0,
                replica,
                ttl.as_secs_f64(),
                patience.as_secs_f64(),
            )
            .fetch_optional(&mut *tx)
            .await?;
            epoch.map_or(Hold::NotOurs, Hold::Ours)
        };
        tx.commit().await?;
        Ok(hold)
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
/// over before its commit. Taken after the devices: whoever holds the lease must not wait for one.
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

/// How the leases lie, as far as one tenant and one replica are concerned.
struct Spread {
    /// So many this replica holds.
    ours: i64,
    /// The least that another holds which lives and could dispatch for this tenant.
    least: i64,
    /// Given up a moment ago: others are about to take them.
    given_up: i64,
    /// Nobody holds this tenant's.
    is_free: bool,
}

impl Spread {
    fn has_too_many(&self) -> bool {
        self.least.saturating_add(self.given_up).saturating_add(2) <= self.ours
    }
}

/// A lease that has run out is nobody's. A replica tells that it lives three times in the lease's span.
async fn spread(
    connection: &mut sqlx::PgConnection,
    tenant: TenantId,
    replica: Uuid,
    ttl: Duration,
) -> Result<Spread, StoreError> {
    let row = sqlx::query!(
        r#"WITH live AS (SELECT holder, count(*) AS held FROM quell.leases WHERE expires_at > quell.now() GROUP BY holder)
           SELECT (SELECT held FROM live WHERE holder = $2) AS ours,
                  (SELECT min(coalesce(l.held, 0)) FROM quell.replicas r LEFT JOIN live l ON l.holder = r.replica
                   WHERE r.tenant_id = $1 AND r.replica <> $2
                     AND r.seen_at > quell.now() - make_interval(secs => $4)) AS least,
                  (SELECT count(*) FROM quell.leases WHERE expires_at <= quell.now()
                     AND expires_at > quell.now() - make_interval(secs => $3)) AS "given_up!",
                  NOT EXISTS (SELECT 1 FROM quell.leases WHERE tenant_id = $1 AND expires_at > quell.now()) AS "is_free!""#,
        tenant.0,
        replica,
        ttl.as_secs_f64(),
        (ttl / 2).as_secs_f64(),
    )
    .fetch_one(connection)
    .await?;
    Ok(Spread {
        ours: row.ours.unwrap_or(0),
        least: row.least.unwrap_or(i64::MAX),
        given_up: row.given_up,
        is_free: row.is_free,
    })
}
