//! Caps in use, and lifted: an operator's act, with a reason, for so many more devices or any number, for a while. Whoever
//! counts a cap asks here what is lifted ([`beside`]), under the limits' lock; the gate asks as of an activation. What was
//! held by the cap goes on at once ([`go_on`]), in the order of its asking.

mod go_on;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::domain::approval::tag;
use crate::domain::decision::{Cap, Usage};
use crate::domain::device::DeviceId;
use crate::domain::limit::{Lift, cap_of};
use crate::domain::surge::Surge;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::effects::{count, lock_limits};
use crate::store::{DecideTx, Store, StoreError, inventory};

pub use go_on::WentOn;

/// What an operator orders.
#[derive(Clone, Debug)]
pub struct LiftOrder<'a> {
    /// Which of the caps, counted from 0.
    pub index: usize,
    /// So many more devices; `None`: any number.
    pub devices: Option<u32>,
    /// For how long, in real time.
    pub span: Duration,
    /// Who.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Only if the caps and their lifts are what was looked at: as [`caps_tag`] names them; `None`: whatever they are.
    pub expected: Option<&'a str>,
}

/// What became of an order.
#[derive(Clone, Debug)]
pub enum Lifting {
    /// The cap is lifted.
    Done(LiftDone),
    /// There is no such cap.
    NoSuchCap,
    /// The caps are not what was looked at: nothing was lifted.
    Changed,
}

/// What a lift did.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LiftDone {
    /// The lift.
    pub id: Uuid,
    /// Until when it holds.
    pub until: Timestamp,
    /// How many devices the cap had counted by then.
    pub counted: usize,
    /// What became of what it had held.
    pub held: WentOn,
    /// Why not all of what it had held was looked at: the lift is in force, and what waits goes on with the next lift or by an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broke_off: Option<String>,
}

/// A cap as it stands.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct CapView {
    /// `caps[0]`.
    pub cap: String,
    /// What it allows, in words.
    pub allows: String,
    /// Its window, in seconds.
    pub per_seconds: f64,
    /// How many distinct devices it counts now.
    pub counted: usize,
    /// How many it allows over all, lifts included; `None`: nobody can tell, or any number.
    pub most: Option<u64>,
    /// How many devices wait for it.
    pub held: i64,
    /// The lifts in force, the newest first.
    pub lifts: Vec<LiftView>,
}

/// A lift in force.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LiftView {
    /// Its id.
    pub id: Uuid,
    /// For so many more devices; `None`: any number.
    pub devices: Option<u32>,
    /// Since when.
    pub lifted_at: Timestamp,
    /// Until when.
    pub until: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Lifts a cap, and lets go on what it had held. Once the lift is in force the answer is no error: it says how far the rest came.
    ///
    /// # Errors
    /// Postgres is not available: nothing is lifted.
    pub async fn cap_lift(
        &self,
        tenant: TenantId,
        caps: &[Cap],
        surge: &Surge,
        fleet: Option<u64>,
        order: &LiftOrder<'_>,
    ) -> Result<Lifting, StoreError> {
        let Some(cap) = caps.get(order.index) else {
            return Ok(Lifting::NoSuchCap);
        };
        let (name, terms, id) = (
            format!("caps[{}]", order.index),
            serde_json::to_value(cap)?,
            Uuid::now_v7(),
        );
        let mut tx = self.begin().await?;
        // Nobody counts while it is written: what was counted by then is exact.
        lock_limits(&mut tx, tenant).await?;
        let now = now(&mut tx).await?;
        if let Some(expected) = order.expected {
            // Lifts begin and end under the lock that is held here: nobody changes them before the commit.
            let lifts = rows_at(&mut tx, tenant, now).await?;
            if caps_tag(&views(caps, &lifts)) != expected {
                return Ok(Lifting::Changed);
            }
        }
        let span = SignedDuration::try_from(order.span).unwrap_or(SignedDuration::MAX);
        let until = now.saturating_add(span).unwrap_or(Timestamp::MAX);
        let mut usage = Usage::of(&[], fleet);
        let key = (None, Mode::Enforce, cap.per);
        count(&mut tx, tenant, now, std::slice::from_ref(&key), &mut usage).await?;
        let counted = usage.counted(&key);
        sqlx::query!(
            "WITH lifted AS (
               INSERT INTO quell.cap_lifts (id, tenant_id, cap, terms, devices, counted, lifted_at, until, by, reason)
               VALUES ($1, $2, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz, $9, $10))
             SELECT quell.note_change($2, 'cap_lift', $1, NULL, NULL, 'lifted', $9, $10, NULL, NULL,
                 jsonb_build_object('cap', $3::text, 'terms', $4::jsonb, 'devices', $5::int, 'until', $8::timestamptz))",
            id,
            tenant.0,
            name,
            terms,
            order.devices.map(|devices| i32::try_from(devices).unwrap_or(i32::MAX)),
            i64::try_from(counted).unwrap_or(i64::MAX),
            jiff_sqlx::ToSqlx::to_sqlx(now) as jiff_sqlx::Timestamp,
            jiff_sqlx::ToSqlx::to_sqlx(until) as jiff_sqlx::Timestamp,
            order.by,
            order.reason,
        )
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        metrics::counter!("quell_cap_lifts_total").increment(1);
        tracing::warn!(cap = name, by = order.by, reason = order.reason, until = %until, "a cap is lifted");
        let mut held = WentOn::default();
        let gone_on = self
            .caps_go_on(tenant, caps, surge, fleet, order, &mut held)
            .await;
        let broke_off = gone_on.err().map(|error| {
            let error = crate::store::chain(&error);
            tracing::error!(cap = name, error, "what a lifted cap had held did not all go on");
            "the database failed before all that the cap had held could go on: lift the cap once more, or answer what still waits"
                .to_owned()
        });
        Ok(Lifting::Done(LiftDone {
            id,
            until,
            counted,
            held,
            broke_off,
        }))
    }

    /// Ends a lift before its time; what it let go goes on. `None`: it is not in force.
    ///
    /// # Errors
    /// Postgres is not available: nothing is changed.
    pub async fn cap_lift_end(
        &self,
        tenant: TenantId,
        lift: Uuid,
        by: &str,
        reason: &str,
    ) -> Result<Option<String>, StoreError> {
        let mut tx = self.begin().await?;
        // Nobody counts while it is written: what went on by it did so before.
        lock_limits(&mut tx, tenant).await?;
        let ended = sqlx::query!(
            "WITH before AS (
               SELECT id, until FROM quell.cap_lifts WHERE id = $2 AND tenant_id = $1
                 AND until > quell.now() AND lifted_at < quell.now() FOR UPDATE
             ), ended AS (
               UPDATE quell.cap_lifts l SET until = quell.now(), ended_by = $3, end_reason = $4 FROM before WHERE l.id = before.id
               RETURNING l.id, l.cap, l.until, before.until AS was)
             SELECT cap, quell.note_change($1, 'cap_lift', id, NULL, 'lifted', 'ended', $3, $4, NULL,
                 jsonb_build_object('until', was), jsonb_build_object('until', until)) FROM ended",
            tenant.0,
            lift,
            by,
            reason,
        )
        .fetch_optional(&mut *tx)
        .await?;
        tx.commit().await?;
        let Some(ended) = ended else { return Ok(None) };
        tracing::warn!(
            cap = ended.cap,
            by,
            reason,
            "a lift of a cap was ended before its time"
        );
        Ok(Some(ended.cap))
    }

    /// Every cap with its use, its lifts, and what waits for it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn caps_now(
        &self,
        tenant: TenantId,
        caps: &[Cap],
        fleet: Option<u64>,
    ) -> Result<Vec<CapView>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let now = now(&mut tx).await?;
        let keys: Vec<_> = caps.iter().map(|cap| (None, Mode::Enforce, cap.per)).collect();
        let mut usage = Usage::of(caps, fleet);
        count(&mut tx, tenant, now, &keys, &mut usage).await?;
        let asked = sqlx::query!(
            r#"SELECT ask_reason AS "reason!", count(DISTINCT device_id) AS "devices!" FROM quell.containments
               WHERE tenant_id = $1 AND state = 'asked' AND ask_reason LIKE 'caps[%' GROUP BY 1"#,
            tenant.0,
        )
        .fetch_all(&mut *tx)
        .await?;
        let lifts = rows_at(&mut tx, tenant, now).await?;
        let counted = |(index, view): (usize, CapView)| {
            let cap = &caps[index];
            let held = asked.iter().filter(|row| cap_of(&row.reason) == Some(index));
            let lifted = usage.lifted(index, cap);
            CapView {
                counted: usage.counted(&(None, Mode::Enforce, cap.per)),
                most: (lifted < u32::MAX)
                    .then(|| cap.allowed(fleet))
                    .flatten()
                    .map(|most| most + u64::from(lifted)),
                held: held.map(|row| row.devices).sum(),
                ..view
            }
        };
        Ok(views(caps, &lifts).into_iter().enumerate().map(counted).collect())
    }
}

/// What of the caps changes by what people do, as a tag: who looked at them can say so.
pub fn caps_tag(caps: &[CapView]) -> String {
    let lifts = caps.iter();
    let lifts = lifts.flat_map(|cap| cap.lifts.iter().map(|lift| lift.id.simple().to_string()));
    let terms = caps
        .iter()
        .map(|cap| format!("{} {}", cap.allows, cap.per_seconds));
    tag(lifts.chain(terms))
}

/// The caps with their lifts; nothing is counted.
fn views(caps: &[Cap], lifts: &[(Lift, LiftView)]) -> Vec<CapView> {
    let view = |(index, cap): (usize, &Cap)| CapView {
        cap: format!("caps[{index}]"),
        allows: cap.in_words(),
        per_seconds: cap.per.as_secs_f64(),
        counted: 0,
        most: None,
        held: 0,
        lifts: lifts
            .iter()
            .filter(|(lift, _)| lift.index == index && lift.cap == *cap)
            .map(|(_, view)| view.clone())
            .collect(),
    };
    caps.iter().enumerate().map(view).collect()
}

impl DecideTx {
    /// Tells a person that a cap is reached: once in each of its windows.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn cap_reached(&mut self, caps: &[Cap], reason: &str) -> Result<(), StoreError> {
        let Some((index, cap)) = cap_of(reason).and_then(|index| Some((index, caps.get(index)?))) else {
            return Ok(());
        };
        let millis = i128::from(self.now.as_millisecond());
        let window = millis / i128::try_from(cap.per.as_millis().max(1)).unwrap_or(i128::MAX);
        let unknown = match reason.ends_with("_unknown") {
            true => ", of which nobody knows the size,",
            false => "",
        };
        let alarm = Alarm {
            kind: AlarmKind::CapReached,
            subject: &format!("{reason} {window}"),
            device: None,
            action: None,
            told: format!(
                "caps[{index}] is reached: {}{unknown} in {:?}; further devices wait, and `quell caps` tells more",
                cap.in_words(),
                cap.per
            ),
        };
        raise(&mut self.tx, self.tenant, &alarm).await?;
        Ok(())
    }
}

/// What a cap is counted with beside the devices: which are lifted now, the fleet's size where the configuration says none, and, if a cap is a part of a group, the groups of those
/// counted and of those that wait, and the groups' sizes.
pub(in crate::store) async fn beside(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    now: Timestamp,
    usage: &mut Usage,
) -> Result<(), StoreError> {
    usage.set_lifts(lifts_at(tx, tenant, now).await?);
    if usage.fleet().is_none() {
        usage.set_fleet(inventory::fleet_known(tx, tenant).await?);
    }
    if !usage.asks_groups() {
        return Ok(());
    }
    let devices: Vec<String> = usage.devices().map(ToString::to_string).collect();
    let rows = sqlx::query!(
        r#"SELECT device_id, facts #>> '{group,is}' AS "in_group!" FROM quell.devices d
           WHERE tenant_id = $1 AND facts #>> '{group,is}' IS NOT NULL AND device_id = ANY(ARRAY(
               SELECT unnest($2::text[]) UNION SELECT c.device_id FROM quell.containments c WHERE c.tenant_id = $1 AND c.state = 'asked'))"#,
        tenant.0,
        &devices,
    )
    .fetch_all(&mut *tx)
    .await?;
    for row in rows {
        usage.set_group(&DeviceId::from_stored(row.device_id), Some(&row.in_group));
    }
    usage.set_group_sizes(inventory::groups_known(tx, tenant).await?);
    Ok(())
}

/// The lifts that hold at a moment.
pub(in crate::store) async fn lifts_at(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    at: Timestamp,
) -> Result<Vec<Lift>, StoreError> {
    let rows = rows_at(tx, tenant, at).await?;
    Ok(rows.into_iter().map(|(lift, _)| lift).collect())
}

async fn rows_at(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    at: Timestamp,
) -> Result<Vec<(Lift, LiftView)>, StoreError> {
    let rows = sqlx::query!(
        "SELECT id, cap, terms, devices, counted, lifted_at, until, by, reason FROM quell.cap_lifts
         WHERE tenant_id = $1 AND lifted_at <= $2::timestamptz AND until > $2::timestamptz ORDER BY lifted_at DESC",
        tenant.0,
        jiff_sqlx::ToSqlx::to_sqlx(at) as jiff_sqlx::Timestamp,
    )
    .fetch_all(tx)
    .await?;
    let lifts = rows.into_iter().filter_map(|row| {
        let devices = row.devices.and_then(|devices| u32::try_from(devices).ok());
        // A lift of a cap that this version cannot read lifts nothing.
        let lift = Lift {
            index: cap_of(&row.cap)?,
            cap: serde_json::from_value(row.terms).ok()?,
            devices,
            counted: usize::try_from(row.counted).unwrap_or(0),
        };
        let view = LiftView {
            id: row.id,
            devices,
            lifted_at: row.lifted_at.to_jiff(),
            until: row.until.to_jiff(),
            by: row.by,
            reason: row.reason,
        };
        Some((lift, view))
    });
    Ok(lifts.collect())
}

async fn now(tx: &mut sqlx::PgConnection) -> Result<Timestamp, StoreError> {
    let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
        .fetch_one(tx)
        .await?;
    Ok(now.to_jiff())
}
