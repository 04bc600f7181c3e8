//! Writes of the API that are done once, by the keys that their senders gave them (`Idempotency-Key`).
//!
//! The answer to a write is known only after its transaction, so it cannot be kept within it. What is kept within it is that
//! the write is done: a reservation is made before ([`Store::once_reserve`]), the transaction with the effect makes it `done`
//! ([`Reserved::fulfil`]), and the answer is kept after ([`Store::once_answer`]). Whoever dies before the effect leaves a
//! reservation that another may take over after a while; a slow one whose reservation was taken over cannot commit. Whoever
//! dies after the effect leaves `done` without an answer: that is told, and never done again.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// A key is known for so long.
pub const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// Whoever reserved and is not done after so long has died, or is too slow to commit before the next one.
const GIVEN_UP_AFTER: Duration = Duration::from_secs(60);

/// What is stale when somebody else holds the reservation by now.
const RESERVATION: &str = "the reservation of an idempotency key";

/// How many rows are pruned at once.
const PRUNED: i64 = 1_000;

/// What a sender knows a write by.
#[derive(Clone, Debug)]
pub struct OnceKey {
    /// Whose rows are written; `None`: every tenant's.
    pub tenant: Option<TenantId>,
    /// Who: how they were known, and their name.
    pub identity: String,
    /// The key: 1 to 255 bytes.
    pub key: String,
    /// sha256 over everything that the request asks for.
    pub fingerprint: [u8; 32],
}

/// A reservation that is held.
#[derive(Clone, Debug)]
pub struct Reserved {
    tenant: i32,
    identity: String,
    key: String,
    holder: Uuid,
}

/// What is known of a key.
#[derive(Clone, Debug)]
pub enum Once {
    /// Nothing: it is reserved now, and the write is to be done.
    Reserved(Reserved),
    /// The write was done, and this was its answer.
    Answered {
        /// The HTTP status.
        status: u16,
        /// The body.
        answer: String,
    },
    /// The key was used for something else.
    Another,
    /// Somebody works on it at this moment.
    UnderWay,
    /// It was done, and whoever did it died before the answer was kept.
    Unknown,
}

impl StoreError {
    /// Whether the reservation of an idempotency key was somebody else's by then: nothing was written.
    pub fn is_taken_over(&self) -> bool {
        matches!(self, Self::Stale(RESERVATION))
    }
}

impl Reserved {
    /// Says within the transaction with the effect that it is done.
    ///
    /// # Errors
    /// The reservation is somebody else's by now: the transaction must be rolled back.
    pub(super) async fn fulfil(&self, tx: &mut sqlx::PgConnection) -> Result<(), StoreError> {
        // A second transaction of the same write finds it done by itself.
        let fulfilled = sqlx::query!(
            "UPDATE quell.written_once SET state = 'done'
             WHERE identity = $1 AND tenant_id = $2 AND key = $3 AND holder = $4 AND state IN ('reserved', 'done')",
            self.identity,
            self.tenant,
            self.key,
            self.holder,
        )
        .execute(tx)
        .await?
        .rows_affected();
        match fulfilled {
            1 => Ok(()),
            _ => Err(StoreError::Stale(RESERVATION)),
        }
    }
}

impl Store {
    /// Reserves a key, or says what is known of it.
    ///
    /// # Errors
    /// Postgres is not available: nothing is reserved.
    pub async fn once_reserve(&self, key: &OnceKey) -> Result<Once, StoreError> {
        let reserved = Reserved {
            tenant: key.tenant.map_or(0, |tenant| tenant.0),
            identity: key.identity.clone(),
            key: key.key.clone(),
            holder: Uuid::new_v4(),
        };
        // What is older than a day is forgotten; what was given up is taken over by whoever asks for the same.
        let taken = sqlx::query!(
            "INSERT INTO quell.written_once AS w (tenant_id, identity, key, fingerprint, holder, state)
             VALUES ($1, $2, $3, $4, $5, 'reserved')
             ON CONFLICT (identity, tenant_id, key) DO UPDATE
                SET fingerprint = excluded.fingerprint, holder = excluded.holder, state = 'reserved', status = NULL, answer = NULL,
                    reserved_at = excluded.reserved_at
                WHERE w.reserved_at <= quell.now() - make_interval(secs => $6)
                   OR (w.state = 'reserved' AND w.fingerprint = excluded.fingerprint
                       AND w.reserved_at <= quell.now() - make_interval(secs => $7))",
            reserved.tenant,
            reserved.identity,
            reserved.key,
            &key.fingerprint,
            reserved.holder,
            KEPT.as_secs_f64(),
            GIVEN_UP_AFTER.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?
        .rows_affected();
        if taken == 1 {
            return Ok(Once::Reserved(reserved));
        }
        let row = sqlx::query!(
            "SELECT fingerprint, state, status, answer, reserved_at <= quell.now() - make_interval(secs => $4) AS \"is_given_up!\"
             FROM quell.written_once WHERE identity = $1 AND tenant_id = $2 AND key = $3",
            reserved.identity,
            reserved.tenant,
            reserved.key,
            GIVEN_UP_AFTER.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        // Pruned or freed in this moment: whoever sends again finds it free.
        let Some(row) = row else { return Ok(Once::UnderWay) };
        if row.fingerprint != key.fingerprint {
            return Ok(Once::Another);
        }
        Ok(match (row.status, row.answer) {
            (Some(status), Some(answer)) => Once::Answered {
                status: u16::try_from(status).unwrap_or(500),
                answer,
            },
            _ if row.state == "done" && row.is_given_up => Once::Unknown,
            _ => Once::UnderWay,
        })
    }

    /// Keeps the answer of a write.
    ///
    /// # Errors
    /// Postgres is not available: whoever sends again hears that the answer is not known.
    pub async fn once_answer(
        &self,
        reserved: &Reserved,
        status: u16,
        answer: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.written_once SET state = 'answered', status = $5, answer = $6
             WHERE identity = $1 AND tenant_id = $2 AND key = $3 AND holder = $4",
            reserved.identity,
            reserved.tenant,
            reserved.key,
            reserved.holder,
            i16::try_from(status).unwrap_or(500),
            answer,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Frees a key whose write came to nothing, so that it can be sent again at once. One that is done stays.
    ///
    /// # Errors
    /// Postgres is not available: it frees itself after a while.
    pub async fn once_free(&self, reserved: &Reserved) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM quell.written_once WHERE identity = $1 AND tenant_id = $2 AND key = $3 AND holder = $4 AND state = 'reserved'",
            reserved.identity,
            reserved.tenant,
            reserved.key,
            reserved.holder,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Forgets keys that are older than a day, some at once; says how many.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn once_prune(&self) -> Result<u64, StoreError> {
        let pruned = sqlx::query!(
            "DELETE FROM quell.written_once w USING (
                 SELECT identity, tenant_id, key FROM quell.written_once
                 WHERE reserved_at <= quell.now() - make_interval(secs => $1) ORDER BY reserved_at LIMIT $2 FOR UPDATE SKIP LOCKED) AS old
             WHERE (w.identity, w.tenant_id, w.key) = (old.identity, old.tenant_id, old.key)",
            KEPT.as_secs_f64(),
            PRUNED,
        )
        .execute(&self.pool)
        .await?
        .rows_affected();
        Ok(pruned)
    }
}
