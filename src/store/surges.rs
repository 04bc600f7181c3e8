//! What drives restrictions: counted with the limits and under their lock, and told to a person when it is too much.

use jiff::Timestamp;

use crate::domain::decision::Usage;
use crate::domain::device::DeviceId;
use crate::domain::surge::Surge;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::effects::lock_limits;
use crate::store::{DecideTx, StoreError};

impl DecideTx {
    /// Reads the counters of these drivers, under the limits' lock: from here to the commit nobody else counts.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn drivers_load(
        &mut self,
        usage: &mut Usage,
        surge: &Surge,
        drivers: &[String],
    ) -> Result<(), StoreError> {
        load(&mut self.tx, self.tenant, self.now, (surge, drivers), usage).await
    }

    /// Tells a person that something drives more than it may: once in each window.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn surge_seen(&mut self, surge: &Surge, driver: &str) -> Result<(), StoreError> {
        let millis = i128::from(self.now.as_millisecond());
        let window = millis / i128::try_from(surge.per.as_millis().max(1)).unwrap_or(i128::MAX);
        let what = match driver.split(':').next().unwrap_or_default() {
            "source" => "one source drives restrictions on more devices than it may",
            "user" => "alerts on one user drive restrictions on more devices than they may",
            "title" => "alerts of one title drive restrictions on more devices than they may",
            _ => "restrictions on devices of administrators are wanted",
        };
        let alarm = Alarm {
            kind: AlarmKind::Surge,
            subject: &format!("{driver} {window}"),
            device: None,
            action: None,
            told: format!("{what}: a person is asked for each further one"),
        };
        raise(&mut self.tx, self.tenant, &alarm).await?;
        Ok(())
    }
}

/// The reason, when what drives a containment would drive more devices than it may with this one: `surge.user`. For what would
/// begin without a person's answer after its decision. Counters are read once, under the limits' lock, and kept in `usage`; the
/// caller counts there what it activates.
pub(in crate::store) async fn reached(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    now: Timestamp,
    (surge, drivers, device): (&Surge, &[String], &DeviceId),
    usage: &mut Usage,
) -> Result<Option<String>, StoreError> {
    let is_new = |driver: &&String| !usage.is_loaded(&surge.key(driver, Mode::Enforce));
    let new: Vec<String> = drivers.iter().filter(is_new).cloned().collect();
    load(tx, tenant, now, (surge, &new), usage).await?;
    let reached = surge.reached(drivers, Mode::Enforce, device, usage);
    Ok(reached.map(|(_, reason)| reason))
}

async fn load(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    now: Timestamp,
    (surge, drivers): (&Surge, &[String]),
    usage: &mut Usage,
) -> Result<(), StoreError> {
    if drivers.is_empty() {
        return Ok(());
    }
    lock_limits(tx, tenant).await?;
    let rows = sqlx::query!(
        r#"SELECT DISTINCT c.mode, d.driver AS "driver!", c.device_id
           FROM quell.containments c, unnest(c.drivers) AS d (driver)
           WHERE c.tenant_id = $1 AND c.mode IN ('observe', 'enforce')
             AND c.activated_at > $2::timestamptz - make_interval(secs => $3) AND d.driver = ANY($4)"#,
        tenant.0,
        jiff_sqlx::ToSqlx::to_sqlx(now) as jiff_sqlx::Timestamp,
        surge.per.as_secs_f64(),
        drivers,
    )
    .fetch_all(tx)
    .await?;
    for key in surge.keys(drivers) {
        usage.load(key, []);
    }
    for row in rows {
        let mode = Mode::parse(&row.mode).unwrap_or_default();
        let device = DeviceId::from_stored(row.device_id);
        usage.load(surge.key(&row.driver, mode), [device]);
    }
    Ok(())
}
