//! Releases that are overdue: devices that quell restricted, that nothing wants restricted any more, and that still are, long after.
//! A release by time that did not come counts too. Read by `worker::overdue`, which pages, and by `quell status`.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::{Store, StoreError};

/// A page is not repeated sooner than this, while releases stay overdue.
const AGAIN: &str = "1 hour";

/// Devices that should have been released long ago.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Overdue {
    /// How many.
    pub devices: i64,
    /// The one that waits longest.
    pub oldest: Option<OverdueDevice>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OverdueDevice {
    /// The device.
    pub device: String,
    /// When its last containment ended, or should have ended.
    pub since: Timestamp,
    /// That containment.
    pub containment: Uuid,
}

impl Store {
    /// Devices that are still restricted by us so long after the last containment ended, or should have.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn releases_overdue(&self, tenant: TenantId, after: Duration) -> Result<Overdue, StoreError> {
        let row = sqlx::query!(
            r#"SELECT v.device_id, last.since AS "since!", last.id, count(*) OVER () AS "devices!"
               FROM quell.devices v
               CROSS JOIN LATERAL (VALUES ('restriction', v.restriction), ('isolation', v.isolation)) AS d (measure, known)
               CROSS JOIN LATERAL (
                   SELECT c.id, CASE c.state WHEN 'active' THEN c.until ELSE c.ended_at END AS since
                   FROM quell.containments c
                   WHERE c.tenant_id = v.tenant_id AND c.device_id = v.device_id AND c.measure = d.measure AND c.mode = 'enforce'
                     AND c.state IN ('active', 'ended')
                   -- One that never ends by itself comes first, and is never overdue.
                   ORDER BY since DESC NULLS FIRST LIMIT 1) AS last
               WHERE v.tenant_id = $1 AND (v.restriction <> 'free' OR v.isolation <> 'free')
                 AND d.known IN ('restricted', 'isolated', 'unknown')
                 -- What goes on, or ended a moment ago by its time, is seen without a look at all that was.
                 AND NOT EXISTS (SELECT 1 FROM quell.containments o WHERE o.tenant_id = v.tenant_id AND o.device_id = v.device_id
                     AND o.measure = d.measure AND o.mode = 'enforce' AND o.state = 'active'
                     AND (o.until IS NULL OR o.until >= (SELECT quell.now()) - make_interval(secs => $2)))
                 AND last.since < (SELECT quell.now()) - make_interval(secs => $2)
               ORDER BY last.since LIMIT 1"#,
            tenant.0,
            after.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map_or_else(Overdue::default, |row| Overdue {
            devices: row.devices,
            oldest: Some(OverdueDevice {
                device: row.device_id,
                since: row.since.to_jiff(),
                containment: row.id,
            }),
        }))
    }

    /// Pages for overdue releases, unless that was done within the last hour. Says whether it did.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn overdue_tell(&self, tenant: TenantId, overdue: &Overdue) -> Result<bool, StoreError> {
        let Some(oldest) = &overdue.oldest else {
            return Ok(false);
        };
        let mut tx = self.pool.begin().await?;
        let told = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.alarms WHERE tenant_id = $1 AND kind = $2
                 AND at > (SELECT quell.now()) - $3::text::interval) AS "told!""#,
            tenant.0,
            AlarmKind::ReleasesOverdue.as_str(),
            AGAIN,
        )
        .fetch_one(&mut *tx)
        .await?;
        if told {
            return Ok(false);
        }
        // It is told again while it lasts.
        let subject = format!("{} {}", oldest.containment, Uuid::now_v7());
        let alarm = Alarm {
            kind: AlarmKind::ReleasesOverdue,
            subject: &subject,
            device: Some(&oldest.device),
            action: None,
            told: format!(
                "{} should have been released and are contained still, this one since {:.0}",
                match overdue.devices {
                    1 => "1 device".to_owned(),
                    n => format!("{n} devices"),
                },
                oldest.since
            ),
        };
        let is_news = raise(&mut tx, tenant, &alarm).await?;
        tx.commit().await?;
        Ok(is_news)
    }
}
