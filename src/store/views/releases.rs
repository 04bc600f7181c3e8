//! What ends next: containments by the end of their time.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// A containment that ends by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DueRelease {
    /// The containment.
    pub containment: Uuid,
    /// The device.
    pub device: String,
    /// The device's name, when known.
    pub name: Option<String>,
    /// What it holds.
    pub measure: Measure,
    /// `playbook@revision`; none: an operator began it.
    pub playbook: Option<String>,
    /// When it ends.
    pub until: Timestamp,
    /// Whether the device is released then: nothing else holds the same measure for longer.
    pub releases: bool,
}

/// Where one stands in the order, the first to end first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueKey {
    /// When it ends.
    pub until: Timestamp,
    /// The containment.
    pub id: Uuid,
}

impl DueRelease {
    /// Where it stands.
    pub fn key(&self) -> DueKey {
        DueKey {
            until: self.until,
            id: self.containment,
        }
    }
}

impl Store {
    /// The enforced containments that end by themselves, the first to end first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn releases_due(
        &self,
        tenant: TenantId,
        after: Option<&DueKey>,
        limit: i64,
    ) -> Result<Vec<DueRelease>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.id, c.device_id, c.measure, c.playbook || '@' || left(c.revision, 12) AS playbook, c.until AS "until!",
                 v.facts -> 'name' ->> 'is' AS name,
                 NOT EXISTS (SELECT 1 FROM quell.containments o WHERE o.tenant_id = c.tenant_id AND o.device_id = c.device_id
                             AND o.measure = c.measure AND o.state = 'active' AND o.mode = 'enforce' AND o.id <> c.id
                             AND (o.until IS NULL OR o.until > c.until)) AS "releases!"
               FROM quell.containments c
               LEFT JOIN quell.devices v ON v.tenant_id = c.tenant_id AND v.device_id = c.device_id
               WHERE c.tenant_id = $1 AND c.state = 'active' AND c.mode = 'enforce' AND c.until IS NOT NULL
                 AND c.until >= coalesce($2, '-infinity'::timestamptz) AND ($2::timestamptz IS NULL OR (c.until, c.id) > ($2, $3::uuid))
               ORDER BY c.until, c.id LIMIT $4"#,
            tenant.0,
            after.map(|after| after.until.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            after.map(|after| after.id),
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        let due = rows.into_iter().map(|row| DueRelease {
            containment: row.id,
            device: row.device_id,
            name: row.name,
            measure: Measure::parse(&row.measure).unwrap_or_default(),
            playbook: row.playbook,
            until: row.until.to_jiff(),
            releases: row.releases,
        });
        Ok(due.collect())
    }
}
