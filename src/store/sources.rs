//! How far each source has been read: one row for each part of it (a partition of a topic, a watermark). A part is leased to
//! one replica at a time, under an epoch, and its position moves only in the transaction that stores what was read.
//!
//! Called by [`crate::worker::intake`](mod@crate::worker::intake). A position is text that only its source understands. As with the dispatch lease, spans are
//! never scaled.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// A part that is this replica's to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which part.
    pub part: String,
    /// The epoch: greater than any under which it was read before.
    pub epoch: i64,
    /// Where to go on; `None`: nothing of it was ever stored.
    pub position: Option<String>,
}

/// What must hold for a batch to be stored, and what is true after it (T1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The source.
    pub source: String,
    /// Its part.
    pub part: String,
    /// The epoch under which it is held.
    pub epoch: i64,
    /// The position before the batch.
    pub from: Option<String>,
    /// The position after it.
    pub to: String,
}

/// A part as it stands, whoever reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRow {
    /// Which part.
    pub part: String,
    /// Where it stands; `None`: nothing of it was ever stored.
    pub position: Option<String>,
    /// The replica that reads it; `None`: nobody does.
    pub holder: Option<Uuid>,
}

/// What is stale when another replica reads a part by now.
const PART: &str = "the position of a source";

impl StoreError {
    /// Whether a part of a source is another replica's by now, or stands elsewhere than was thought.
    pub fn is_part_lost(&self) -> bool {
        matches!(self, Self::Stale(PART))
    }
}

impl Fence {
    /// Moves the position within a transaction.
    ///
    /// # Errors
    /// [`StoreError::is_part_lost`]: the transaction must be rolled back.
    pub(super) async fn pass(&self, tx: &mut sqlx::PgConnection, tenant: TenantId) -> Result<(), StoreError> {
        let moved = sqlx::query!(
            "UPDATE quell.source_parts SET position = $6, moved_at = quell.now()
             WHERE tenant_id = $1 AND source = $2 AND part = $3 AND epoch = $4 AND held_until > quell.now()
               AND position IS NOT DISTINCT FROM $5",
            tenant.0,
            self.source,
            self.part,
            self.epoch,
            self.from,
            self.to,
        )
        .execute(tx)
        .await?
        .rows_affected();
        if moved == 1 {
            Ok(())
        } else {
            Err(StoreError::Stale(PART))
        }
    }
}

impl Store {
    /// Takes a part that nobody holds, or that this replica holds already, under a new epoch. `None`: it is another's.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn source_part_take(
        &self,
        tenant: TenantId,
        (source, part): (&str, &str),
        replica: Uuid,
        span: Duration,
    ) -> Result<Option<Held>, StoreError> {
        let row = sqlx::query!(
            "INSERT INTO quell.source_parts AS p (tenant_id, source, part, epoch, holder, held_until)
             VALUES ($1, $2, $3, 1, $4, quell.now() + make_interval(secs => $5))
             ON CONFLICT (tenant_id, source, part) DO UPDATE
                SET epoch = p.epoch + 1, holder = excluded.holder, held_until = excluded.held_until
                WHERE p.holder IS NULL OR p.holder = excluded.holder OR p.held_until <= quell.now()
             RETURNING epoch, position",
            tenant.0,
            source,
            part,
            replica,
            span.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| Held {
            part: part.to_owned(),
            epoch: row.epoch,
            position: row.position,
        }))
    }

    /// Holds parts for another span, and says which of them are still this replica's.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn source_parts_renew(
        &self,
        tenant: TenantId,
        source: &str,
        replica: Uuid,
        span: Duration,
    ) -> Result<Vec<String>, StoreError> {
        let parts = sqlx::query_scalar!(
            "UPDATE quell.source_parts SET held_until = quell.now() + make_interval(secs => $4)
             WHERE tenant_id = $1 AND source = $2 AND holder = $3 AND held_until > quell.now() RETURNING part",
            tenant.0,
            source,
            replica,
            span.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(parts)
    }

    /// Gives a part up, if it is still held under that epoch.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn source_part_release(
        &self,
        tenant: TenantId,
        (source, part): (&str, &str),
        epoch: i64,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.source_parts SET holder = NULL, held_until = NULL
             WHERE tenant_id = $1 AND source = $2 AND part = $3 AND epoch = $4",
            tenant.0,
            source,
            part,
            epoch,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The parts of a source that were ever held, by name.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn source_parts(&self, tenant: TenantId, source: &str) -> Result<Vec<PartRow>, StoreError> {
        let rows = sqlx::query_as!(
            PartRow,
            r#"SELECT part, position, CASE WHEN held_until > quell.now() THEN holder END AS holder
               FROM quell.source_parts WHERE tenant_id = $1 AND source = $2 ORDER BY part"#,
            tenant.0,
            source,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}
