//! The inventory as a whole: sweeps through Defender's list of devices, page by page, and what the last complete one
//! counted. `worker::inventory` sweeps; limits and caps that are a part of the fleet or of a group ask for the counts.

mod sweep;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

pub use sweep::{PageStored, Sweep, SweepDue, SweepTerms, SweptPage};

/// How many devices something has, as the last complete sweep counted it: onboarded ones, each once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// So many devices.
    pub devices: u64,
    /// When the sweep that counted them began.
    pub as_of: Timestamp,
}

impl Counted {
    /// From the columns of a join that may have found none.
    pub(super) fn of(devices: Option<i64>, as_of: Option<jiff_sqlx::Timestamp>) -> Option<Self> {
        let (devices, as_of) = devices.zip(as_of)?;
        Some(Self {
            devices: count(devices),
            as_of: as_of.to_jiff(),
        })
    }

    /// The count, unless it is older than the bound: then nobody knows it any more.
    pub fn fresh(self, now: Timestamp, max_age: Duration) -> Option<u64> {
        let age = Duration::try_from(now.duration_since(self.as_of)).unwrap_or_default();
        (age <= max_age).then_some(self.devices)
    }
}

impl Store {
    /// How many devices the tenant has; `None`: no sweep was ever complete.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn fleet_size(&self, tenant: TenantId) -> Result<Option<Counted>, StoreError> {
        fleet_size(&mut *self.pool.acquire().await?, tenant).await
    }

    /// How many devices a group has, its name in any case; `None`: no sweep was ever complete. A group that the last complete
    /// sweep did not find has none.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn group_size(&self, tenant: TenantId, group: &str) -> Result<Option<Counted>, StoreError> {
        group_size(&mut *self.pool.acquire().await?, tenant, group).await
    }

    /// How many devices each group has, by [`group_key`], and as of when; `None`: no sweep was ever complete.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn group_sizes(
        &self,
        tenant: TenantId,
    ) -> Result<Option<(BTreeMap<String, u64>, Timestamp)>, StoreError> {
        let Some(fleet) = self.fleet_size(tenant).await? else {
            return Ok(None);
        };
        let rows = sqlx::query!(
            "SELECT g.group_name, g.devices FROM quell.inventory_groups g JOIN quell.inventory_sweeps s ON s.id = g.sweep_id
             WHERE s.tenant_id = $1 AND s.outcome = 'complete' AND s.begun_at = $2::timestamptz",
            tenant.0,
            jiff_sqlx::ToSqlx::to_sqlx(fleet.as_of) as jiff_sqlx::Timestamp,
        )
        .fetch_all(&self.pool)
        .await?;
        let sizes = rows.into_iter().map(|row| (row.group_name, count(row.devices)));
        Ok(Some((sizes.collect(), fleet.as_of)))
    }
}

/// [`Store::fleet_size`] within a transaction.
pub(super) async fn fleet_size(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
) -> Result<Option<Counted>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT fleet AS "fleet!", begun_at FROM quell.inventory_sweeps
           WHERE tenant_id = $1 AND outcome = 'complete' ORDER BY begun_at DESC LIMIT 1"#,
        tenant.0,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| Counted {
        devices: count(row.fleet),
        as_of: row.begun_at.to_jiff(),
    }))
}

/// How many devices the tenant has, as far as that is known now.
pub(super) async fn fleet_known(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
) -> Result<Option<u64>, StoreError> {
    let fleet = sqlx::query_scalar!(
        r#"SELECT CASE WHEN known_until > quell.now() THEN fleet END AS fleet FROM quell.inventory_sweeps
           WHERE tenant_id = $1 AND outcome = 'complete' ORDER BY begun_at DESC LIMIT 1"#,
        tenant.0,
    )
    .fetch_optional(tx)
    .await?;
    Ok(fleet.flatten().map(count))
}

/// How many devices each group has, by its key, as far as that is known now.
pub(super) async fn groups_known(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
) -> Result<Vec<(String, u64)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT g.group_name, g.devices FROM quell.inventory_groups g JOIN (
             SELECT id, known_until FROM quell.inventory_sweeps WHERE tenant_id = $1 AND outcome = 'complete'
             ORDER BY begun_at DESC LIMIT 1) AS swept ON swept.id = g.sweep_id
         WHERE swept.known_until > quell.now()",
        tenant.0,
    )
    .fetch_all(tx)
    .await?;
    let sizes = rows.into_iter().map(|row| (row.group_name, count(row.devices)));
    Ok(sizes.collect())
}

/// [`Store::group_size`] within a transaction.
pub(super) async fn group_size(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    group: &str,
) -> Result<Option<Counted>, StoreError> {
    let row = sqlx::query!(
        r#"SELECT s.begun_at, coalesce(g.devices, 0) AS "devices!"
           FROM (SELECT id, begun_at FROM quell.inventory_sweeps WHERE tenant_id = $1 AND outcome = 'complete'
                 ORDER BY begun_at DESC LIMIT 1) AS s
           LEFT JOIN quell.inventory_groups g ON g.sweep_id = s.id AND g.group_name = $2"#,
        tenant.0,
        group_key(group),
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.map(|row| Counted {
        devices: count(row.devices),
        as_of: row.begun_at.to_jiff(),
    }))
}

/// A group's name as groups are told apart: without outer blanks and case.
pub fn group_key(group: &str) -> String {
    group.trim().to_lowercase()
}

fn count(devices: i64) -> u64 {
    u64::try_from(devices).unwrap_or(0)
}
