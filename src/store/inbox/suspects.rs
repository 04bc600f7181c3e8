//! Events that kill whoever decides them. A transaction that dies leaves no word of itself, and a word before each batch would cost
//! every batch a commit. So each process that decides leaves its name while it does; whoever starts and finds another's there takes
//! the first rows one by one, and leaves a word on each before it is decided. The words on a row are counted: one may be of
//! somebody who was killed from outside in that moment, two are not. A row with two that nobody holds is put aside when it is claimed next.
//!
//! Events over which the decider only panics need no word, as the process lives: they are claimed by their number and held for a while.
//! Called by `worker::decide`.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::inbox::Part;
use crate::store::{Counted, DecideTx, Store, StoreError, stops};

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

    /// Claims one row by its number, whether it waits or not, though not before the earlier ones of its device are decided, nor while somebody
    /// else holds its shard: then it claims none, and `had_all` tells which. No word is left on it. Its number is in `seen` before
    /// anything of it is read, and stays there whatever fails after.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn decide_begin_row(
        &self,
        tenant: TenantId,
        seq: i64,
        seen: &mut Vec<i64>,
    ) -> Result<DecideTx, StoreError> {
        let mut tx = self.begin_swift().await?;
        stops::hold_off(&mut tx, tenant).await?;
        let row = sqlx::query!(
            r#"SELECT i.device_id, pg_try_advisory_xact_lock(i.tenant_id, i.shard) AS "is_free!"
               FROM quell.inbox i WHERE i.tenant_id = $1 AND i.seq = $2"#,
            tenant.0,
            seq,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let had_all = row.as_ref().is_none_or(|row| row.is_free);
        // INVARIANT: looked at again when the shard is held: who held it before may have decided the row.
        let claim = sqlx::query!(
            r#"SELECT quell.now() AS "now!", fleet AS "fleet?", begun_at AS "as_of?",
                 EXISTS (SELECT 1 FROM quell.inbox i WHERE i.tenant_id = $1 AND i.seq = $2
                     AND NOT EXISTS (SELECT 1 FROM quell.inbox e WHERE e.tenant_id = $1 AND e.device_id = i.device_id AND e.seq < $2)) AS "is_first!"
               FROM (SELECT 1) AS one
               LEFT JOIN (SELECT fleet, begun_at FROM quell.inventory_sweeps
                   WHERE tenant_id = $1 AND outcome = 'complete' ORDER BY begun_at DESC LIMIT 1) AS swept ON true"#,
            tenant.0,
            seq,
        )
        .fetch_one(&mut *tx)
        .await?;
        let device = row
            .filter(|row| row.is_free && claim.is_first)
            .map(|row| row.device_id);
        if let Some(device) = &device {
            sqlx::query!(
                "SELECT device_id FROM quell.devices WHERE tenant_id = $1 AND device_id = $2 FOR UPDATE",
                tenant.0,
                device,
            )
            .fetch_optional(&mut *tx)
            .await?;
        }
        let seqs: Vec<i64> = device.map(|_| seq).into_iter().collect();
        seen.clone_from(&seqs);
        let counted = Counted::of(claim.fleet, claim.as_of);
        let mut claimed = DecideTx::claimed(
            (self.clone(), tenant, tx),
            (claim.now.to_jiff(), counted),
            (seqs, true, had_all),
        );
        claimed.load(None).await?;
        Ok(claimed)
    }

    /// Holds a row over which the decider panicked, and with it what came later for its device. Returns its event and its device; `None`: it is
    /// gone.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_hold(
        &self,
        tenant: TenantId,
        seq: i64,
        span: Duration,
    ) -> Result<Option<(Uuid, String)>, StoreError> {
        let held = sqlx::query!(
            // It was tried, and nobody died of it.
            "UPDATE quell.inbox SET wait_until = quell.now() + make_interval(secs => $3), failures = 0,
                 held_since = coalesce(held_since, quell.now())
             WHERE tenant_id = $1 AND seq = $2 RETURNING event_id, device_id",
            tenant.0,
            seq,
            span.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(held.map(|row| (row.event_id, row.device_id)))
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
