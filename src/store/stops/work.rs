//! What a stop takes back while it is in force: restrictions that were not carried out yet, and for `release-all` those that
//! became active since a given time. Driven by `worker::stops`, in batches, each of which is a transaction that finds by itself
//! what is left: a kill in the middle loses nothing, and what became active while the stop was being written is found too.

use sqlx::Acquire as _;
use uuid::Uuid;

use crate::domain::containment::EndReason;
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::store::containments::{Word, end};
use crate::store::{Because, Store, StoreError, chain};

/// What one batch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StopWork {
    /// Containments ended.
    pub ended: u64,
    /// Devices for which it could not be recorded; the log says why.
    pub failed: u64,
}

impl Store {
    /// Ends what the stops in force take back, on at most `batch` devices a call.
    ///
    /// # Errors
    /// Postgres is not available: nothing of the batch is changed.
    pub async fn stop_work(&self, tenant: TenantId, batch: i64) -> Result<StopWork, StoreError> {
        let mut tx = self.pool.begin().await?;
        // Of several the one that reaches back furthest speaks.
        let stop = sqlx::query!(
            "SELECT begun_by, reason, since FROM quell.stops
             WHERE tenant_id = $1 AND ended_at IS NULL AND scope IN ('cancel_pending', 'release_all')
             ORDER BY since NULLS LAST, begun_at LIMIT 1",
            tenant.0,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let mut work = StopWork::default();
        let Some(stop) = stop else { return Ok(work) };
        let rows = sqlx::query!(
            "SELECT d.device_id FROM quell.devices d
             WHERE d.tenant_id = $1 AND d.device_id IN (
               SELECT c.device_id FROM quell.containments c
               WHERE c.tenant_id = $1 AND c.state = 'active' AND c.mode = 'enforce'
                 AND (c.activated_at >= $2 OR EXISTS (
                   SELECT 1 FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = c.device_id AND a.subject = c.measure
                     AND a.kind IN ('restrict', 'isolate')
                     AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted') AND NOT a.is_adopted))
               UNION SELECT t.device_id FROM quell.actions t WHERE t.tenant_id = $1 AND t.state = 'queued'
                 AND t.kind IN ('scan', 'collect_package', 'quarantine_file'))
             ORDER BY d.device_id LIMIT $3 FOR UPDATE SKIP LOCKED",
            tenant.0,
            stop.since as Option<jiff_sqlx::Timestamp>,
            batch,
        )
        .fetch_all(&mut *tx)
        .await?;
        let why = format!("stop: {}", stop.reason);
        let word = Word {
            reason: EndReason::Operator,
            by: &stop.begun_by,
            why: &why,
        };
        for device in rows.into_iter().map(|row| DeviceId::from_stored(row.device_id)) {
            // A savepoint each: one device that cannot be changed does not keep the others restricted.
            let mut one = tx.begin().await?;
            match self.take_back(&mut one, tenant, &device, stop.since, word).await {
                Ok(ended) => {
                    one.commit().await?;
                    work.ended += ended;
                }
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    one.rollback().await?;
                    work.failed += 1;
                    tracing::error!(device.id = %device, error = chain(&error), "a stop cannot take a restriction back");
                }
            }
        }
        tx.commit().await?;
        Ok(work)
    }

    async fn take_back(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        since: Option<jiff_sqlx::Timestamp>,
        word: Word<'_>,
    ) -> Result<u64, StoreError> {
        // The device is locked now: what the first look saw may have changed before that.
        let ids: Vec<Uuid> = sqlx::query_scalar!(
            "SELECT c.id FROM quell.containments c
             WHERE c.tenant_id = $1 AND c.device_id = $2 AND c.state = 'active' AND c.mode = 'enforce'
               AND (c.activated_at >= $3 OR EXISTS (
                 SELECT 1 FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = $2 AND a.subject = c.measure
                   AND a.kind IN ('restrict', 'isolate')
                   AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted') AND NOT a.is_adopted))",
            tenant.0,
            device.as_str(),
            since as Option<jiff_sqlx::Timestamp>,
        )
        .fetch_all(&mut *tx)
        .await?;
        end(tx, tenant, device, &ids, word).await?;
        let because = Because {
            by: word.by,
            reason: word.why,
        };
        self.tasks_withdraw(tx, tenant, device, because).await?;
        self.converge_device(tx, tenant, device, because).await?;
        Ok(ids.len() as u64)
    }
}
