//! Events that kill whoever decides them. A transaction that dies leaves no word of itself, and a word before each batch would cost
//! every batch a commit. So each process that decides leaves its name while it does; whoever starts and finds another's there takes
//! the first rows one by one, and leaves a word on each before it is decided. The words on a row are counted: one may be of
//! somebody who was killed from outside in that moment, two are not. A row with two that nobody holds is put aside when it is claimed next. Called by `worker::decide`.

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::inbox::Part;
use crate::store::{DecideTx, Store, StoreError};

/// So many that tried a row alone and did not come back died of it.
pub(in crate::store) const CERTAIN: i16 = 2;

impl DecideTx {
    /// The row that is tried alone.
    fn first(&self) -> Option<i64> {
        self.seqs.first().copied()
    }
}

impl Store {
    /// This process decides from now on. Says whether another did and has not said that it ended: it died, or it is another replica,
    /// which nobody can tell.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn deciding_begins(&self, tenant: TenantId) -> Result<bool, StoreError> {
        self.deciding_goes_on(tenant).await?;
        let others = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.deciders WHERE tenant_id = $1 AND process <> $2) AS "others!""#,
            tenant.0,
            self.origin,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(others)
    }

    /// It still does: whoever started since may have taken it for dead.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn deciding_goes_on(&self, tenant: TenantId) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO quell.deciders (tenant_id, process) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            tenant.0,
            self.origin,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// What the others may have died of has been decided or put aside: their names go. One that lives writes its own anew.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn deciding_is_sound(&self, tenant: TenantId) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM quell.deciders WHERE tenant_id = $1 AND process <> $2",
            tenant.0,
            self.origin,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// This process decides no more, and nothing of it is half-way.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn deciding_ends(&self, tenant: TenantId) -> Result<(), StoreError> {
        let process: Uuid = self.origin;
        sqlx::query!(
            "DELETE FROM quell.deciders WHERE tenant_id = $1 AND process = $2",
            tenant.0,
            process,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Claims one row, and leaves a word on it, committed, before anything of it is read. If the transaction comes to nothing and this
    /// process lives, it takes the word back with [`Store::decide_untry`], within the row's short wait: from the row in `tried`, which is
    /// set before the word is written, and stays whatever fails after.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decide_begin_alone(
        &self,
        tenant: TenantId,
        tried: &mut Option<i64>,
    ) -> Result<DecideTx, StoreError> {
        let mut claimed = self.claim(tenant, 1, Part::WHOLE).await?;
        if let Some(seq) = claimed.first() {
            *tried = Some(seq);
            // INVARIANT: on another connection, while ours holds the shard: until our transaction ends nobody else claims the row.
            // One that has the word twice is not tried again.
            *tried = sqlx::query_scalar!(
                "UPDATE quell.inbox SET failures = failures + 1, wait_until = quell.now() + interval '2 seconds'
                 WHERE tenant_id = $1 AND seq = $2 AND failures < $3 RETURNING seq",
                tenant.0,
                seq,
                CERTAIN,
            )
            .fetch_optional(&self.pool)
            .await?;
            claimed.load(*tried).await?;
        }
        Ok(claimed)
    }

    /// Takes the word back: the row was not decided, and did not kill anybody.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decide_untry(&self, tenant: TenantId, seq: i64) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.inbox SET failures = failures - 1, wait_until = NULL WHERE tenant_id = $1 AND seq = $2 AND failures > 0",
            tenant.0,
            seq,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}
