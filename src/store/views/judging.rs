//! What an event would be judged by if it came now: for people who try one out. Reads without a lock and changes nothing;
//! what really decides is [`crate::store::DecideTx`].

use crate::domain::decision::Fallback;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::limit::{Cap, Usage, UsageKey};
use crate::domain::measure::{Held, Measure};
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{DeviceRow, Store, StoreError};

/// What is known of a device now.
#[derive(Clone, Debug)]
pub struct KnownDevice {
    /// Its row; `None`: no event ever named it.
    pub row: Option<DeviceRow>,
    /// The playbooks with an active containment on it, each with what that holds.
    pub held: Vec<Held>,
    /// Whether an earlier event of the alert named it.
    pub knows_alert: bool,
}

impl Store {
    /// What is known of a device now, and whether the alert is known for it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn device_known(
        &self,
        tenant: TenantId,
        device: &DeviceId,
        alert_id: &str,
    ) -> Result<KnownDevice, StoreError> {
        let row = sqlx::query!(
            "SELECT facts, facts_fetched_at, is_unknown_to_defender, facts_failures, lifted_alerts FROM quell.devices
             WHERE tenant_id = $1 AND device_id = $2",
            tenant.0,
            device.as_str(),
        )
        .fetch_optional(&self.pool)
        .await?;
        let rows = sqlx::query!(
            r#"SELECT playbook AS "playbook!", measure FROM quell.containments
               WHERE tenant_id = $1 AND device_id = $2 AND state = 'active' AND mode = 'enforce' AND playbook IS NOT NULL
               ORDER BY activated_at"#,
            tenant.0,
            device.as_str(),
        )
        .fetch_all(&self.pool)
        .await?;
        let held = rows
            .into_iter()
            .filter_map(|row| Some((row.playbook, Measure::parse(&row.measure)?)));
        let knows_alert = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.alert_devices
               WHERE tenant_id = $1 AND alert_id = $2 AND device_id = $3 AND alert_id <> '') AS "known!""#,
            tenant.0,
            alert_id,
            device.as_str(),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(KnownDevice {
            row: row.map(|row| DeviceRow {
                id: device.clone(),
                facts: row
                    .facts
                    .and_then(|facts| serde_json::from_value::<DeviceFacts>(facts).ok()),
                fetched_at: time(row.facts_fetched_at),
                is_unknown_to_defender: row.is_unknown_to_defender,
                fetch_failures: row.facts_failures,
                lifted_alerts: row.lifted_alerts,
            }),
            held: held.collect(),
            knows_alert,
        })
    }

    /// The revisions that only observe now, whatever their text says.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn fallbacks_now(&self, tenant: TenantId) -> Result<Vec<Fallback>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT r.playbook, r.revision, CASE WHEN r.revoked_at IS NULL THEN f.reason ELSE 'revoked' END AS "reason!"
               FROM quell.playbook_revisions r LEFT JOIN quell.canary_fallbacks f USING (tenant_id, playbook, revision)
               WHERE r.tenant_id = $1 AND (r.revoked_at IS NOT NULL OR f.reason IS NOT NULL)"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| Fallback {
                playbook: row.playbook,
                revision: row.revision,
                reason: row.reason,
            })
            .collect())
    }

    /// What the limits and caps count now.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn usage_now(
        &self,
        tenant: TenantId,
        caps: &[Cap],
        fleet: Option<u64>,
        keys: impl IntoIterator<Item = UsageKey>,
    ) -> Result<Usage, StoreError> {
        let mut usage = Usage::of(caps, fleet);
        let mut tx = self.pool.begin().await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?
            .to_jiff();
        let keys: Vec<UsageKey> = keys.into_iter().collect();
        crate::store::effects::count(&mut tx, tenant, now, &keys, &mut usage).await?;
        Ok(usage)
    }
}
