//! What deliveries by webhook were answered, by the ids that their senders gave them: so that one that comes again, from a sender
//! that heard nothing or from whoever recorded it, gets the first answer and stores nothing.
//!
//! Called by [`crate::web`] before and while a delivery is stored, and by [`crate::worker::expire`] to prune.

use std::fmt;
use std::sync::Arc;

use crate::domain::incoming::Stored;
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// What was committed is told so: the status and the body of the answer.
pub type Answering = Arc<dyn Fn(&[Stored]) -> (u16, String) + Send + Sync>;

/// A delivery that is to be stored once.
#[derive(Clone)]
pub struct Once {
    /// What its sender knows it by: 1 to 255 bytes.
    pub id: String,
    /// sha256 of its raw body.
    pub body_hash: [u8; 32],
    /// Makes the answer that is kept.
    pub answer: Answering,
}

impl fmt::Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Once")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// What a delivery was answered when it came first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstAnswer {
    /// sha256 of the body that it had.
    pub body_hash: Vec<u8>,
    /// The status.
    pub status: u16,
    /// The body.
    pub answer: String,
}

/// What is stale when somebody else has stored the same delivery.
const DELIVERY: &str = "a delivery that was stored before";

/// How many rows are pruned at once.
const PRUNED: i64 = 1_000;

impl StoreError {
    /// Whether a delivery of that id was stored before, or just now by somebody else.
    pub fn is_answered_before(&self) -> bool {
        matches!(self, Self::Stale(DELIVERY))
    }
}

impl Once {
    /// Keeps the answer within the transaction that stored the events. Who stores the same at this moment is waited for.
    ///
    /// # Errors
    /// [`StoreError::is_answered_before`]: the transaction must be rolled back.
    pub(super) async fn keep(
        &self,
        tx: &mut sqlx::PgConnection,
        (tenant, source): (TenantId, &str),
        stored: &[Stored],
    ) -> Result<(), StoreError> {
        let (status, answer) = (self.answer)(stored);
        let kept = sqlx::query!(
            "INSERT INTO quell.webhook_deliveries AS d (tenant_id, source, id, body_hash, status, answer, answered_at)
             VALUES ($1, $2, $3, $4, $5, $6, quell.now())
             ON CONFLICT (tenant_id, source, id) DO UPDATE
                SET body_hash = excluded.body_hash, status = excluded.status, answer = excluded.answer, answered_at = excluded.answered_at
                WHERE d.answered_at <= quell.now() - interval '24 hours'",
            tenant.0,
            source,
            self.id,
            &self.body_hash,
            i16::try_from(status).unwrap_or(400),
            answer,
        )
        .execute(tx)
        .await?
        .rows_affected();
        if kept == 1 {
            Ok(())
        } else {
            Err(StoreError::Stale(DELIVERY))
        }
    }
}

impl Store {
    /// What the delivery of that id was answered within the last 24 hours.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn delivery_answered(
        &self,
        tenant: TenantId,
        source: &str,
        id: &str,
    ) -> Result<Option<FirstAnswer>, StoreError> {
        let row = sqlx::query!(
            "SELECT body_hash, status, answer FROM quell.webhook_deliveries
             WHERE tenant_id = $1 AND source = $2 AND id = $3 AND answered_at > quell.now() - interval '24 hours'",
            tenant.0,
            source,
            id,
        )
        .fetch_optional(self.swift())
        .await?;
        Ok(row.map(|row| FirstAnswer {
            body_hash: row.body_hash,
            status: u16::try_from(row.status).unwrap_or(400),
            answer: row.answer,
        }))
    }

    /// Forgets deliveries that are older than a day, some at once; says how many. What was repeated after that is known by the
    /// keys of its events.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn deliveries_prune(&self) -> Result<u64, StoreError> {
        let pruned = sqlx::query!(
            "DELETE FROM quell.webhook_deliveries d USING (
                 SELECT tenant_id, source, id FROM quell.webhook_deliveries
                 WHERE answered_at <= quell.now() - interval '24 hours' ORDER BY answered_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS old
             WHERE (d.tenant_id, d.source, d.id) = (old.tenant_id, old.source, old.id)",
            PRUNED,
        )
        .execute(&self.pool)
        .await?
        .rows_affected();
        Ok(pruned)
    }
}
