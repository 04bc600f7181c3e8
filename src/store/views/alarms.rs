//! The alarms of the last while, for `quell status`.

use std::time::Duration;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// What a person was to be told of.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AlarmView {
    /// When it was seen.
    pub at: Timestamp,
    /// Which kind.
    pub kind: String,
    /// The device, if it is about one.
    pub device: Option<String>,
    /// In a sentence.
    pub told: String,
}

/// Where an alarm stands in the order, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlarmKey {
    /// When it was seen.
    pub at: Timestamp,
    /// Which one.
    pub id: i64,
}

impl Store {
    /// All alarms, the newest first, each with its place, behind one.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn alarms_behind(
        &self,
        tenant: TenantId,
        after: Option<&AlarmKey>,
        limit: i64,
    ) -> Result<Vec<(AlarmKey, AlarmView)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id, at, kind, device_id, told FROM quell.alarms
             WHERE tenant_id = $1 AND at <= coalesce($2, 'infinity'::timestamptz)
               AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3::bigint))
             ORDER BY at DESC, id DESC LIMIT $4",
            tenant.0,
            after.map(|after| after.at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            after.map(|after| after.id),
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let alarms = rows.into_iter().map(|row| {
            let (id, at) = (row.id, row.at.to_jiff());
            let view = AlarmView {
                at,
                kind: row.kind,
                device: row.device_id,
                told: row.told,
            };
            (AlarmKey { at, id }, view)
        });
        Ok(alarms.collect())
    }

    /// The alarms of the last while, the newest first, a hundred at most.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn alarms(&self, tenant: TenantId, within: Duration) -> Result<Vec<AlarmView>, StoreError> {
        let rows = sqlx::query!(
            "SELECT at, kind, device_id, told FROM quell.alarms
             WHERE tenant_id = $1 AND at > (SELECT quell.now()) - make_interval(secs => $2)
             ORDER BY at DESC, id DESC LIMIT 100",
            tenant.0,
            within.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| AlarmView {
                at: row.at.to_jiff(),
                kind: row.kind,
                device: row.device_id,
                told: row.told,
            })
            .collect())
    }
}
