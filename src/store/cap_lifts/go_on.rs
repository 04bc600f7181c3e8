//! What a cap had held goes on once the cap is lifted: each is judged anew, in the order of its asking, by the functions and
//! under the lock of a decision. What something else holds by now stays asked, for that reason.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use super::LiftOrder;
use crate::domain::containment::ContainmentState;
use crate::domain::decision::{Cap, Usage};
use crate::domain::device::DeviceId;
use crate::domain::limit::{cap_of, reached_cap, reached_limit};
use crate::domain::surge::Surge;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::containments::{OpenRow, open};
use crate::store::effects::{begin_anew, count, lock_limits};
use crate::store::{Because, Store, StoreError, Wake, stops, surges, wake};

/// So many are judged in one transaction.
const BATCH: i64 = 100;

/// What became of what a cap had held.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WentOn {
    /// The devices that are restricted now, in the order of their asking.
    pub devices: Vec<DeviceId>,
    /// How many still wait for this cap.
    pub still_held: usize,
    /// How many wait for something else now: another cap, a limit of their playbook, a person's answer.
    pub held_otherwise: usize,
}

/// One that the cap had held.
struct Held {
    id: Uuid,
    device: DeviceId,
    created_at: Timestamp,
}

/// What is to become of one of them.
enum Verdict {
    Activate,
    /// Something holds it, as its reason says.
    Hold(String),
    /// It is not this cap's any more, its revision is not in force any more, or a person decides on the device.
    Leave,
}

impl Store {
    /// Lets go on what the cap of an order had held, and adds up what became of it as it is committed: what was done before an error
    /// stays done.
    pub(super) async fn caps_go_on(
        &self,
        tenant: TenantId,
        caps: &[Cap],
        surge: &Surge,
        fleet: Option<u64>,
        order: &LiftOrder<'_>,
        went_on: &mut WentOn,
    ) -> Result<(), StoreError> {
        let mut after: Option<(Timestamp, Uuid)> = None;
        loop {
            let mut tx = self.begin().await?;
            stops::hold_off(&mut tx, tenant).await?;
            let batch = held(&mut tx, tenant, order.index, after).await?;
            let Some(last) = batch.last() else {
                return Ok(());
            };
            after = Some((last.created_at, last.id));
            let ids: Vec<String> = batch.iter().map(|held| held.device.to_string()).collect();
            // Devices first, then the limits: the order of every transaction.
            crate::store::devices::lock(&mut tx, tenant, &ids).await?;
            lock_limits(&mut tx, tenant).await?;
            // A stop speaks louder than a lift: what a cap had held stays asked.
            if stops::in_force(&mut tx, tenant).await?.is_some() {
                went_on.held_otherwise += batch.len();
                continue;
            }
            let now = super::now(&mut tx).await?;
            let mut usage = Usage::of(caps, fleet);
            let mut its = WentOn::default();
            for one in &batch {
                let rows = open(&mut tx, tenant, &one.device).await?;
                // What ran out while the locks were waited for is no question any more.
                let is_open = |row: &&OpenRow| {
                    row.id == one.id && row.containment.ask_until.is_some_and(|until| until > now)
                };
                let Some(row) = rows.iter().find(is_open) else {
                    continue;
                };
                let verdict = self
                    .judge_anew(
                        &mut tx,
                        tenant,
                        (caps, surge, fleet, now),
                        one,
                        (row, &rows),
                        &mut usage,
                    )
                    .await?;
                match verdict {
                    Verdict::Activate => {
                        let why = format!("caps[{}] was lifted: {}", order.index, order.reason);
                        activate(&mut tx, one.id, now, order.by, &why).await?;
                        begin_anew(&mut tx, tenant, (&one.device, row.measure), 1).await?;
                        let playbook = row.playbook.as_deref().unwrap_or_default();
                        usage.count_driven(playbook, Mode::Enforce, &one.device, &row.drivers);
                        let because = Because {
                            by: order.by,
                            reason: &why,
                        };
                        self.converge_device(&mut tx, tenant, &one.device, because)
                            .await?;
                        self.tasks_begin(&mut tx, tenant, &one.device, because).await?;
                        its.devices.push(one.device.clone());
                    }
                    Verdict::Hold(reason) if cap_of(&reason) == Some(order.index) => its.still_held += 1,
                    Verdict::Hold(reason) => {
                        hold(&mut tx, one.id, &reason).await?;
                        its.held_otherwise += 1;
                    }
                    Verdict::Leave => its.held_otherwise += 1,
                }
            }
            wake(&mut tx, tenant, Wake::Queue).await?;
            tx.commit().await?;
            went_on.devices.append(&mut its.devices);
            went_on.still_held += its.still_held;
            went_on.held_otherwise += its.held_otherwise;
        }
    }

    async fn judge_anew(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        (caps, surge, fleet, now): (&[Cap], &Surge, Option<u64>, Timestamp),
        one: &Held,
        (row, rows): (&OpenRow, &[OpenRow]),
        usage: &mut Usage,
    ) -> Result<Verdict, StoreError> {
        if row.containment.state != ContainmentState::Asked || row.containment.mode != Mode::Enforce {
            return Ok(Verdict::Leave);
        }
        let playbook = row.playbook.as_deref().unwrap_or_default();
        if row.playbook.is_some() {
            let may_begin = self
                .may_begin(tx, tenant, playbook, row.revision.as_deref())
                .await?;
            if !may_begin {
                return Ok(Verdict::Leave);
            }
        }
        // Ask beats act: while a person is asked about the device for another reason, nothing begins by itself.
        let others: Vec<Uuid> = rows
            .iter()
            .filter(|other| other.id != one.id && other.containment.state == ContainmentState::Asked)
            .map(|other| other.id)
            .collect();
        if is_asked_otherwise(tx, &others).await? {
            return Ok(Verdict::Leave);
        }
        let Some(limits) = &row.limits else {
            return Ok(Verdict::Leave);
        };
        let driven = (surge, row.drivers.as_slice(), &one.device);
        if let Some(reason) = surges::reached(tx, tenant, now, driven, usage).await? {
            return Ok(Verdict::Hold(reason));
        }
        let own = limits.iter().map(|limit| (Some(playbook.to_owned()), limit.per));
        let all = caps.iter().map(|cap| (None, cap.per));
        let keys: Vec<_> = own
            .chain(all)
            .map(|(owner, per)| (owner, Mode::Enforce, per))
            .filter(|key| !usage.is_loaded(key))
            .collect();
        if !keys.is_empty() {
            count(tx, tenant, now, &keys, usage).await?;
        }
        if let Some((_, reason)) = reached_limit(
            playbook,
            limits,
            Mode::Enforce,
            &one.device,
            fleet.or(usage.fleet()),
            usage,
        ) {
            return Ok(Verdict::Hold(reason));
        }
        Ok(reached_cap(caps, Mode::Enforce, &one.device, usage).map_or(Verdict::Activate, Verdict::Hold))
    }
}

/// The next of those that a cap holds and that can still be answered.
async fn held(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    index: usize,
    after: Option<(Timestamp, Uuid)>,
) -> Result<Vec<Held>, StoreError> {
    let name = format!("caps[{index}]");
    let (created_at, id) = after.unzip();
    let rows = sqlx::query!(
        "SELECT id, device_id, created_at FROM quell.containments
         WHERE tenant_id = $1 AND state = 'asked' AND mode = 'enforce' AND ask_reason LIKE 'caps[%'
           AND split_part(ask_reason, '.', 1) = $2 AND ask_until > quell.now()
           AND ($3::timestamptz IS NULL OR (created_at, id) > ($3, $4))
         ORDER BY created_at, id LIMIT $5",
        tenant.0,
        name,
        created_at.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        id,
        BATCH,
    )
    .fetch_all(tx)
    .await?;
    let held = rows.into_iter().map(|row| Held {
        id: row.id,
        device: DeviceId::from_stored(row.device_id),
        created_at: row.created_at.to_jiff(),
    });
    Ok(held.collect())
}

async fn is_asked_otherwise(tx: &mut sqlx::PgConnection, others: &[Uuid]) -> Result<bool, StoreError> {
    if others.is_empty() {
        return Ok(false);
    }
    let is_asked = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM quell.containments
             WHERE id = ANY($1) AND state = 'asked' AND mode = 'enforce' AND ask_reason NOT LIKE 'caps[%') AS "is_asked!""#,
        others,
    )
    .fetch_one(tx)
    .await?;
    Ok(is_asked)
}

async fn activate(
    tx: &mut sqlx::PgConnection,
    id: Uuid,
    now: Timestamp,
    by: &str,
    why: &str,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.containments SET state = 'active', activated_at = $2::timestamptz,
             until = $2::timestamptz + release_after, state_by = $3, state_reason = $4
         WHERE id = $1 AND state = 'asked'",
        id,
        jiff_sqlx::ToSqlx::to_sqlx(now) as jiff_sqlx::Timestamp,
        by,
        why,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Something else holds it: that is what a person is asked now. An approval lifts a limit; a cap takes an act of its own.
async fn hold(tx: &mut sqlx::PgConnection, id: Uuid, reason: &str) -> Result<(), StoreError> {
    let lifts = Some(reason).filter(|reason| cap_of(reason).is_none());
    sqlx::query!(
        "UPDATE quell.containments SET ask_reason = $2, ask_lifts = $3 WHERE id = $1 AND state = 'asked'",
        id,
        reason,
        lifts,
    )
    .execute(tx)
    .await?;
    Ok(())
}
