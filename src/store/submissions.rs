//! Events by SQL: what `quell.submit_event` has put down and nobody has taken yet. Called by [`crate::worker::intake::sql`].
//!
//! A submission is deleted in the transaction that stores what it holds (T1), or not at all. Which sources there are is told here from the
//! configuration; the function refuses every other one.

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::sources::PART;
use crate::store::{Store, StoreError};

/// What somebody has submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// Its number, in the order of the calls.
    pub seq: i64,
    /// Its id, which the caller was given.
    pub id: Uuid,
    /// Its bytes.
    pub payload: Vec<u8>,
}

/// The most bytes of submissions that are read at once, unless a single one has more.
const BYTES: i64 = 8 * 1024 * 1024;

impl Store {
    /// Says which sources may be submitted to, each with the roles whose members may. All others may not any more; what was submitted to
    /// them stays.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn sql_sources_set(
        &self,
        tenant: TenantId,
        sources: &[(String, Vec<String>)],
    ) -> Result<(), StoreError> {
        let names: Vec<String> = sources.iter().map(|(name, _)| name.clone()).collect();
        let mut tx = self.pool.begin().await?;
        sqlx::query!(
            "DELETE FROM quell.sql_sources WHERE tenant_id = $1 AND source <> ALL ($2)",
            tenant.0,
            &names,
        )
        .execute(&mut *tx)
        .await?;
        for (name, roles) in sources {
            sqlx::query!(
                "INSERT INTO quell.sql_sources (tenant_id, source, roles) VALUES ($1, $2, $3)
                 ON CONFLICT (tenant_id, source) DO UPDATE SET roles = excluded.roles",
                tenant.0,
                name,
                roles,
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The oldest submissions to a source, at most `most`, and not much more than 8 MiB of them.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn submissions_next(
        &self,
        tenant: TenantId,
        source: &str,
        most: i64,
    ) -> Result<Vec<Submission>, StoreError> {
        let rows = sqlx::query_as!(
            Submission,
            r#"SELECT seq AS "seq!", id AS "id!", payload AS "payload!" FROM (
                 SELECT seq, id, payload, sum(octet_length(payload)) OVER (ORDER BY seq) - octet_length(payload) AS before
                 FROM (SELECT seq, id, payload FROM quell.submissions WHERE tenant_id = $1 AND source = $2
                       ORDER BY seq LIMIT $3) AS oldest) AS sized
               WHERE before < $4 ORDER BY seq"#,
            tenant.0,
            source,
            most,
            BYTES,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}

/// Deletes submissions within the transaction that stores them.
///
/// # Errors
/// [`StoreError::is_part_lost`] when another replica was faster: the transaction must be rolled back.
pub(super) async fn take(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    seqs: &[i64],
) -> Result<(), StoreError> {
    let taken = sqlx::query!(
        "DELETE FROM quell.submissions WHERE tenant_id = $1 AND seq = ANY ($2)",
        tenant.0,
        seqs,
    )
    .execute(tx)
    .await?
    .rows_affected();
    if usize::try_from(taken) == Ok(seqs.len()) {
        Ok(())
    } else {
        Err(StoreError::Stale(PART))
    }
}
