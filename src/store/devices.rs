//! Devices: their facts, fetched by a worker and kept with their age. The last known restriction stands in the same
//! row; [`super::converge`] changes it.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError, Wake, wake};

/// What is kept of a device.
#[derive(Clone, Debug)]
pub struct DeviceRow {
    /// The device.
    pub id: DeviceId,
    /// Its facts, whatever their age; `None` when never fetched.
    pub facts: Option<DeviceFacts>,
    /// When they were fetched.
    pub fetched_at: Option<Timestamp>,
    /// Defender answered that it does not know the device.
    pub is_unknown_to_defender: bool,
    /// Fetches in a row that failed.
    pub fetch_failures: i16,
    /// Alerts whose restriction of this device a person lifted at Defender.
    pub lifted_alerts: Vec<String>,
}

impl DeviceRow {
    /// The facts, as far as they are not older than the bound; else everything is unknown.
    pub fn fresh_facts(&self, now: Timestamp, max_age: Duration) -> Option<&DeviceFacts> {
        let fetched_at = self.fetched_at?;
        let age = Duration::try_from(now.duration_since(fetched_at)).unwrap_or_default();
        self.facts.as_ref().filter(|_| age <= max_age)
    }
}

/// What a fetch found.
#[derive(Clone, Debug)]
pub struct FactsFound {
    /// The device.
    pub device: DeviceId,
    /// Its facts; `None`: Defender does not know it.
    pub facts: Option<DeviceFacts>,
}

impl Store {
    /// Devices whose facts are wanted and not being backed off from, the longest waiting first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn devices_wanting_facts(
        &self,
        tenant: TenantId,
        limit: i64,
        backoff: Duration,
    ) -> Result<Vec<DeviceId>, StoreError> {
        let rows = sqlx::query_scalar!(
            "SELECT device_id FROM quell.devices
             WHERE tenant_id = $1 AND facts_wanted_at IS NOT NULL
               AND (facts_tried_at IS NULL
                    OR facts_tried_at + make_interval(secs => $3 * power(2, least(facts_failures, 6))) <= quell.now())
             ORDER BY facts_wanted_at LIMIT $2",
            tenant.0,
            limit,
            backoff.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(DeviceId::from_stored).collect())
    }

    /// Stores what a fetch found, and lets the waiting events go on.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn device_facts_store(&self, tenant: TenantId, found: &[FactsFound]) -> Result<(), StoreError> {
        let mut found: Vec<&FactsFound> = found.iter().collect();
        found.sort_by(|a, b| a.device.cmp(&b.device));
        let ids: Vec<String> = found.iter().map(|f| f.device.to_string()).collect();
        let unknown: Vec<bool> = found.iter().map(|f| f.facts.is_none()).collect();
        let facts = found
            .iter()
            .map(|f| serde_json::to_value(f.facts.clone().unwrap_or_default()))
            .collect::<Result<Vec<serde_json::Value>, _>>()?;
        let mut tx = self.pool.begin().await?;
        lock(&mut tx, tenant, &ids).await?;
        sqlx::query!(
            "UPDATE quell.devices d SET facts = t.facts, facts_fetched_at = quell.now(), is_unknown_to_defender = t.unknown,
                 facts_wanted_at = NULL, facts_tried_at = NULL, facts_failures = 0
             FROM unnest($2::text[], $3::jsonb[], $4::bool[]) AS t (id, facts, unknown)
             WHERE d.tenant_id = $1 AND d.device_id = t.id",
            tenant.0,
            &ids,
            &facts,
            &unknown,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "UPDATE quell.inbox SET wait_until = NULL
             WHERE tenant_id = $1 AND device_id = ANY($2) AND wait_until IS NOT NULL",
            tenant.0,
            &ids,
        )
        .execute(&mut *tx)
        .await?;
        super::gate::fresh::go_on(&mut tx, tenant, &ids).await?;
        wake(&mut tx, tenant, Wake::Inbox).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Records that a fetch failed; the next try comes after a growing delay.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn device_facts_failed(
        &self,
        tenant: TenantId,
        devices: &[DeviceId],
    ) -> Result<(), StoreError> {
        let ids: Vec<String> = devices.iter().map(ToString::to_string).collect();
        let mut tx = self.pool.begin().await?;
        lock(&mut tx, tenant, &ids).await?;
        sqlx::query!(
            "UPDATE quell.devices SET facts_tried_at = quell.now(), facts_failures = least(facts_failures + 1, 1000),
                 -- After some tries nobody waits any more; the next event asks anew.
                 facts_wanted_at = CASE WHEN facts_failures < 5 THEN facts_wanted_at END
             WHERE tenant_id = $1 AND device_id = ANY($2)",
            tenant.0,
            &ids,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Locks device rows in the order of their ids.
pub(super) async fn lock(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    ids: &[String],
) -> Result<(), StoreError> {
    sqlx::query_scalar!(
        "SELECT device_id FROM quell.devices WHERE tenant_id = $1 AND device_id = ANY($2) ORDER BY device_id FOR UPDATE",
        tenant.0,
        ids,
    )
    .fetch_all(tx)
    .await?;
    Ok(())
}
