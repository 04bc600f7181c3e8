//! Containments outside the decision: T6 (time and unanswered asks), operators, and what the gate finds.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Acquire as _;
use uuid::Uuid;

use crate::domain::containment::EndReason;
use crate::domain::containment::change::{Due, due};
use crate::domain::decision::{Cap, Usage};
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::surge::Surge;
use crate::domain::tenant::TenantId;
use crate::store::{Because, Store, StoreError};

mod bounds;
pub(super) mod mode;
mod open;
mod operator;

pub(super) use bounds::{Bounds, OneMore};
pub(super) use open::{OpenRow, Released, Word, decline, end, open, release};
pub(super) use operator::standing;
pub use operator::{MeasureRelease, OperatorRelease};

/// How many changes one look made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContainmentChange {
    /// Containments whose time was up.
    pub ended: u64,
    /// Asks that nobody answered.
    pub expired: u64,
    /// Asks that nobody answered and that act by their playbook's own words.
    pub activated: u64,
    /// Queued restricts whose validity passed.
    pub invalid: u64,
    /// Devices for which nothing could be changed; the log says why.
    pub failed: u64,
}

impl ContainmentChange {
    /// Whether anything was changed.
    pub fn is_some(&self) -> bool {
        self.ended + self.expired + self.activated + self.invalid > 0
    }

    fn add(&mut self, other: Self) {
        self.ended += other.ended;
        self.expired += other.expired;
        self.activated += other.activated;
        self.invalid += other.invalid;
        self.failed += other.failed;
    }
}

impl Store {
    /// Ends what is due at this moment, at most `batch` devices a call. An ask that would act without an answer does so
    /// only while its revision is in force, and below its playbook's limits and the installation's caps and surge bounds.
    ///
    /// # Errors
    /// Postgres is not available: nothing of the batch is changed.
    pub async fn containments_expire(
        &self,
        tenant: TenantId,
        caps: &[Cap],
        surge: &Surge,
        fleet: Option<u64>,
        batch: i64,
    ) -> Result<ContainmentChange, StoreError> {
        let mut tx = self.pool.begin().await?;
        super::stops::hold_off(&mut tx, tenant).await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?;
        let devices = sqlx::query_scalar!(
            r#"SELECT d.device_id AS "device_id!" FROM quell.devices d
               WHERE d.tenant_id = $1 AND d.device_id IN (
                 SELECT device_id FROM quell.containments
                 WHERE tenant_id = $1 AND state = 'active' AND until <= $3
                 UNION SELECT device_id FROM quell.containments
                 WHERE tenant_id = $1 AND state = 'asked' AND ask_until <= $3 AND quell.stop_in_force($1) IS NULL
                 UNION SELECT device_id FROM quell.actions
                 WHERE tenant_id = $1 AND state = 'queued' AND valid_until <= $3
                 UNION SELECT device_id FROM quell.scanned
                 WHERE tenant_id = $1 AND begun_at >= activated_at AND (news_at IS NULL OR news_at <= begun_at)
                   AND ended_at <= $3 - make_interval(secs => $4))
               ORDER BY d.device_id LIMIT $2 FOR UPDATE SKIP LOCKED"#,
            tenant.0,
            batch,
            now as jiff_sqlx::Timestamp,
            self.scan_settles.as_secs_f64(),
        )
        .fetch_all(&mut *tx)
        .await?;
        let now = now.to_jiff();
        let mut change = ContainmentChange::default();
        for device in devices.into_iter().map(DeviceId::from_stored) {
            // A savepoint each: one device that cannot be changed does not keep the others restricted.
            let mut one = tx.begin().await?;
            let mut its = ContainmentChange::default();
            match self
                .expire_device(&mut one, tenant, (caps, surge, fleet), now, &device, &mut its)
                .await
            {
                Ok(()) => {
                    one.commit().await?;
                    change.add(its);
                }
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    one.rollback().await?;
                    change.failed += 1;
                    tracing::error!(device.id = %device, error = crate::store::chain(&error),
                        "what is due for a device cannot be recorded");
                }
            }
        }
        tx.commit().await?;
        Ok(change)
    }

    async fn expire_device(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        bounds: (&[Cap], &Surge, Option<u64>),
        now: Timestamp,
        device: &DeviceId,
        change: &mut ContainmentChange,
    ) -> Result<(), StoreError> {
        let overdue = sqlx::query_scalar!(
            "SELECT id FROM quell.actions
             WHERE tenant_id = $1 AND device_id = $2 AND state = 'queued' AND valid_until <= quell.now() ORDER BY id",
            tenant.0,
            device.as_str(),
        )
        .fetch_all(&mut *tx)
        .await?;
        for id in overdue {
            let row = self.action_read(tx, tenant, id).await?;
            let because = Because {
                by: "expire",
                reason: "not sent within its validity",
            };
            let event = crate::domain::action::ActionEvent::Expired;
            self.action_apply(
                tx,
                tenant,
                &row,
                event,
                &crate::store::QueuedChange::default(),
                because,
            )
            .await?;
            change.invalid += 1;
        }
        change.ended += self.end_clean(tx, tenant, device, now).await?;
        let rows = open(tx, tenant, device).await?;
        let held = self.held_asks(tx, tenant, bounds, now, device, &rows).await?;
        let ids = |what: Due| -> Vec<Uuid> {
            let rows = rows
                .iter()
                .filter(|row| due(&row.containment, now, held.contains(&row.id)) == Some(what));
            rows.map(|row| row.id).collect()
        };
        let (ended, activated, expired) = (ids(Due::End), ids(Due::Activate), ids(Due::Expire));
        let word = Word {
            reason: EndReason::Time,
            by: "expire",
            why: "its time was up",
        };
        open::end(tx, tenant, device, &ended, word).await?;
        if !activated.is_empty() {
            open::activate(tx, &activated, now).await?;
            for measure in Measure::ALL {
                let of_it = rows
                    .iter()
                    .filter(|row| row.measure == measure && activated.contains(&row.id));
                let count = i64::try_from(of_it.count()).unwrap_or(i64::MAX);
                super::effects::begin_anew(tx, tenant, (device, measure), count).await?;
            }
        }
        if !expired.is_empty() {
            open::expire(tx, &expired).await?;
        }
        change.ended += ended.len() as u64;
        change.activated += activated.len() as u64;
        change.expired += expired.len() as u64;
        self.converge_device(
            tx,
            tenant,
            device,
            Because {
                by: "expire",
                reason: "its time was up",
            },
        )
        .await?;
        if activated.is_empty() {
            return Ok(());
        }
        let because = Because {
            by: "expire",
            reason: "nobody answered: otherwise act",
        };
        self.tasks_begin(tx, tenant, device, because).await
    }

    /// Which of the asks that would act now without an answer may not: their playbook does not enforce any more or another
    /// revision of it is in force, or one more device would go beyond what one thing may drive, beyond a cap, or beyond a
    /// limit of its own playbook. Counted by the decision's own functions, under the limits' lock.
    async fn held_asks(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        (caps, surge, fleet): (&[Cap], &Surge, Option<u64>),
        now: Timestamp,
        device: &DeviceId,
        rows: &[OpenRow],
    ) -> Result<Vec<Uuid>, StoreError> {
        let acting = rows
            .iter()
            .filter(|row| due(&row.containment, now, false) == Some(Due::Activate));
        let mut held = Vec::new();
        let mut usage = Usage::of(caps, fleet);
        for row in acting {
            let playbook = row.playbook.as_deref().unwrap_or_default();
            let may_begin = self
                .may_begin(tx, tenant, playbook, row.revision.as_deref())
                .await?;
            let Some(limits) = row.limits.as_ref().filter(|_| may_begin) else {
                held.push(row.id);
                continue;
            };
            let driven = (surge, row.drivers.as_slice(), device);
            if super::surges::reached(tx, tenant, now, driven, &mut usage)
                .await?
                .is_some()
            {
                held.push(row.id);
                continue;
            }
            let one = OneMore {
                device,
                playbook: row.playbook.as_deref(),
                limits,
                lifts: &[],
            };
            let bounds = Bounds { caps, fleet };
            if bounds.reached(tx, tenant, now, one, &mut usage).await?.is_some() {
                held.push(row.id);
            }
        }
        Ok(held)
    }

    /// How long until the next containment or ask ends; `None` when none is to end.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn containments_next_end(&self, tenant: TenantId) -> Result<Option<Duration>, StoreError> {
        let wait = sqlx::query_scalar!(
            "SELECT extract(epoch FROM least(
                 (SELECT min(until) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'),
                 (SELECT min(ask_until) FROM quell.containments WHERE tenant_id = $1 AND state = 'asked'
                    AND quell.stop_in_force($1) IS NULL),
                 (SELECT min(valid_until) FROM quell.actions WHERE tenant_id = $1 AND state = 'queued'))
               - quell.now())::float8",
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(wait.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))))
    }

    /// Ends a playbook's containments of a measure on a device, those of one revision only where one is named, or all of them,
    /// because the mode changed. The caller holds the device's lock.
    pub(super) async fn end_for_mode(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        (device, measure): (&DeviceId, Measure),
        playbook: Option<&str>,
        revision: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.containments SET state = 'ended', ended_at = quell.now(), end_reason = 'mode', state_by = 'gate',
                 state_reason = 'it is not enforced any more'
             WHERE tenant_id = $1 AND device_id = $2 AND ($3::text IS NULL OR playbook = $3)
               AND ($4::text IS NULL OR revision = $4) AND measure = $5 AND state = 'active' AND mode = 'enforce'",
            tenant.0,
            device.as_str(),
            playbook,
            revision,
            measure.as_str(),
        )
        .execute(&mut *tx)
        .await?;
        forget_failures(tx, tenant, device, measure).await
    }

    /// Marks a device's containments of a measure as needing a person. The caller holds the device's lock.
    pub(super) async fn give_up(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        (device, measure): (&DeviceId, Measure),
        why: &str,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.containments SET attention = $3
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $6 AND state = 'active' AND mode = 'enforce'
               AND (attention IS NULL OR attention = $4 OR starts_with($3, $5))",
            tenant.0,
            device.as_str(),
            why,
            // That it waits says less than what came of it; that its device is protected says more than all else.
            super::gate::fresh::UNDECIDED,
            super::gate::PROTECTED,
            measure.as_str(),
        )
        .execute(tx)
        .await?;
        Ok(())
    }
}

/// What failed while a measure was wanted on a device does not hold up its release.
pub(super) async fn forget_failures(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    measure: Measure,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.devices SET failures = CASE $3 WHEN 'restriction' THEN 0 ELSE failures END,
             isolation_failures = CASE $3 WHEN 'isolation' THEN 0 ELSE isolation_failures END
         WHERE tenant_id = $1 AND device_id = $2",
        tenant.0,
        device.as_str(),
        measure.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A time of the database as ours.
pub(super) fn time(at: Option<jiff_sqlx::Timestamp>) -> Option<Timestamp> {
    at.map(jiff_sqlx::Timestamp::to_jiff)
}
