//! `quell restrict` and `quell isolate`: a containment that a person begins, in one transaction with everything that can forbid it. It becomes
//! active, or, where the person accepts the risk of a protection, is asked of a second one. Which, says [`by_hand::weigh`].

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::approval::RequestNumber;
use crate::domain::by_hand::{self, Refusal, Scene};
use crate::domain::containment::change::until;
use crate::domain::decision::Usage;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::eligibility::{self, Ineligible};
use crate::domain::measure::{Isolation, Measure};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{AskTerms, Lane};
use crate::store::containments::{Bounds, OneMore, standing};
use crate::store::{Because, DeviceRow, Gate, Store, StoreError, Wake, wake};

/// What a person wants.
#[derive(Clone, Copy, Debug)]
pub struct ByHand<'a> {
    /// The device, which need not be known yet.
    pub device: &'a DeviceId,
    /// What is to be held on it.
    pub measure: Measure,
    /// How much an isolation cuts off; `None` of any other measure.
    pub isolation: Option<Isolation>,
    /// For how long.
    pub after: Duration,
    /// How urgent.
    pub lane: Lane,
    /// Who.
    pub by: &'a str,
    /// Why; also the comment for Defender.
    pub reason: &'a str,
    /// Protections whose risk is accepted, as `never.tags`.
    pub accepts: &'a [String],
    /// How a second person is asked.
    pub ask: &'a AskTerms,
    /// Facts that are older are unknown.
    pub facts_max_age: Duration,
    /// How many devices the fleet has, as far as that is known.
    pub fleet: Option<u64>,
}

/// What came of it.
#[derive(Clone, Debug)]
pub enum ByHandOutcome {
    /// The measure is to be held on the device.
    Begun(Begun),
    /// A second person is asked.
    Asked {
        /// The containment.
        containment: Uuid,
        /// The request, as people write it: `A-1042`.
        request: String,
        /// Until when it can be answered.
        until: Timestamp,
        /// The risks that it takes.
        risks: Vec<String>,
    },
    /// A guard stands against it; nothing was changed.
    Refused(Refusal),
}

/// A containment that was begun by hand, and what follows.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The containment.
    pub containment: Uuid,
    /// When it ends.
    pub until: Timestamp,
    /// What is known of the measure: `free`, `restricted`, `isolated_by_other`, ….
    pub known: String,
    /// The action about it that is open at Defender, if any: its kind and state.
    pub open: Option<(String, String)>,
    /// The kind of the queued action, if any, and when it may be called.
    pub queued: Option<(String, Timestamp)>,
}

impl Store {
    /// Begins a containment by a person's word, or asks a second one.
    ///
    /// # Errors
    /// Postgres is not available: nothing was begun.
    pub async fn contain_by_hand(
        &self,
        tenant: TenantId,
        gate: &Gate,
        wanted: &ByHand<'_>,
    ) -> Result<ByHandOutcome, StoreError> {
        let mut tx = self.begin().await?;
        super::stops::hold_off(&mut tx, tenant).await?;
        insert_device(&mut tx, tenant, wanted.device).await?;
        super::devices::lock(&mut tx, tenant, &[wanted.device.to_string()]).await?;
        let stop = super::stops::in_force(&mut tx, tenant).await?;
        let row = device(&mut tx, tenant, wanted.device).await?;
        let now = sqlx::query_scalar!(r#"SELECT quell.now() AS "now!""#)
            .fetch_one(&mut *tx)
            .await?
            .to_jiff();
        let unknown = DeviceFacts::default();
        let facts = row.fresh_facts(now, wanted.facts_max_age);
        // What is unknown never blocks here: only a call that must fail is not worth its slot.
        let ineligible = match facts {
            Some(_) if row.is_unknown_to_defender => Some(Ineligible::NotInInventory),
            facts => {
                let known = super::lookups::of_one(&mut tx, tenant, gate.lookups, wanted.device).await?;
                let mut facts = facts.cloned().unwrap_or_default();
                gate.lookups.apply(&mut facts, &known, now);
                eligibility::check(wanted.measure, wanted.isolation, &facts).err()
            }
        };
        let scene = Scene {
            stop,
            ceiling: gate.ceiling,
            never: &gate.never,
            device: wanted.device,
            facts: facts.unwrap_or(&unknown),
            ineligible,
            accepts: wanted.accepts,
        };
        let risks = match by_hand::weigh(&scene) {
            Ok(risks) => risks,
            Err(refusal) => return Ok(ByHandOutcome::Refused(refusal)),
        };
        // Counted by the decision's own function, under the limits' lock: from here to the commit nobody else counts.
        let bounds = Bounds {
            caps: &gate.caps,
            fleet: wanted.fleet,
        };
        let one = OneMore {
            device: wanted.device,
            playbook: None,
            limits: &[],
            lifts: &[],
        };
        let mut usage = Usage::of(bounds.caps, bounds.fleet);
        let group = facts.and_then(|facts| facts.group.value());
        usage.set_group(wanted.device, group.map(String::as_str));
        if let Some(cap) = bounds.reached(&mut tx, tenant, now, one, &mut usage).await? {
            return Ok(ByHandOutcome::Refused(Refusal::Cap(cap)));
        }
        let id = Uuid::now_v7();
        let ends_at = until(now, Some(wanted.after)).unwrap_or(Timestamp::MAX);
        if !risks.is_empty() {
            let until = until(now, Some(wanted.ask.within)).unwrap_or(Timestamp::MAX);
            insert(&mut tx, tenant, wanted, (id, now), Some((&risks, until))).await?;
            let request = sqlx::query_scalar!(
                r#"SELECT request AS "request!" FROM quell.containments WHERE id = $1"#,
                id
            )
            .fetch_one(&mut *tx)
            .await?;
            tx.commit().await?;
            return Ok(ByHandOutcome::Asked {
                containment: id,
                request: RequestNumber(request).to_string(),
                until,
                risks,
            });
        }
        insert(&mut tx, tenant, wanted, (id, now), None).await?;
        super::effects::begin_anew(&mut tx, tenant, (wanted.device, wanted.measure), 1).await?;
        let because = Because {
            by: wanted.by,
            reason: wanted.reason,
        };
        self.converge_device(&mut tx, tenant, wanted.device, because)
            .await?;
        let standing = standing(&mut tx, tenant, wanted.device).await?;
        let its = standing.into_iter().find(|one| one.measure == wanted.measure);
        let its = its.ok_or(StoreError::Stale("the device"))?;
        wake(&mut tx, tenant, Wake::Queue).await?;
        tx.commit().await?;
        metrics::counter!("quell_containments_begun_total", "state" => "active", "mode" => "enforce",
            "measure" => wanted.measure.as_str())
        .increment(1);
        Ok(ByHandOutcome::Begun(Begun {
            containment: id,
            until: ends_at,
            known: its.known,
            open: its.open,
            queued: its.queued,
        }))
    }

    /// A device as it is kept, made if it was never seen, with its facts asked for where they are older than `max_age`.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn device_want_facts(
        &self,
        tenant: TenantId,
        wanted: &DeviceId,
        max_age: Duration,
    ) -> Result<DeviceRow, StoreError> {
        let mut tx = self.pool.begin().await?;
        insert_device(&mut tx, tenant, wanted).await?;
        super::devices::lock(&mut tx, tenant, &[wanted.to_string()]).await?;
        let asked = sqlx::query!(
            "UPDATE quell.devices SET facts_wanted_at = quell.now(), facts_tried_at = NULL, facts_failures = 0
             WHERE tenant_id = $1 AND device_id = $2 AND facts_wanted_at IS NULL
               AND (facts_fetched_at IS NULL OR facts_fetched_at < quell.now() - make_interval(secs => $3))",
            tenant.0,
            wanted.as_str(),
            max_age.as_secs_f64(),
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if asked > 0 {
            wake(&mut tx, tenant, Wake::Facts).await?;
        }
        let row = device(&mut tx, tenant, wanted).await?;
        tx.commit().await?;
        Ok(row)
    }
}

/// A containment of a person's: active, or asked with the risks that it takes and until when.
async fn insert(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    wanted: &ByHand<'_>,
    (id, now): (Uuid, Timestamp),
    asks: Option<(&[String], Timestamp)>,
) -> Result<(), StoreError> {
    let (risks, ask_until) = (
        asks.map(|(risks, _)| risks.join(",")),
        asks.map(|(_, until)| until),
    );
    let activated_at = asks.is_none().then_some(now);
    let ends_at = activated_at.and_then(|now| until(now, Some(wanted.after)));
    let at = |at: Option<Timestamp>| at.map(jiff_sqlx::ToSqlx::to_sqlx);
    // Nobody but a second person makes it active: not the time either.
    let ask = AskTerms {
        otherwise_act: false,
        ..wanted.ask.clone()
    };
    sqlx::query!(
        "INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, begun_by, comment, created_at, ask,
             ask_reason, ask_until, ask_lifts, activated_at, release_after, until, state_by, state_reason, measure, isolation)
         VALUES ($1, $2, $3, $4, 'enforce', $5, $6, $7, $8::timestamptz, $9, $10, $11::timestamptz, $10, $12::timestamptz,
             make_interval(secs => $13), $14::timestamptz, $6, $7, $15, $16)",
        id,
        tenant.0,
        wanted.device.as_str(),
        if asks.is_some() { "asked" } else { "active" },
        wanted.lane.as_str(),
        wanted.by,
        wanted.reason,
        jiff_sqlx::ToSqlx::to_sqlx(now) as jiff_sqlx::Timestamp,
        asks.map(|_| serde_json::to_value(&ask)).transpose()?,
        risks,
        at(ask_until) as Option<jiff_sqlx::Timestamp>,
        at(activated_at) as Option<jiff_sqlx::Timestamp>,
        wanted.after.as_secs_f64(),
        at(ends_at) as Option<jiff_sqlx::Timestamp>,
        wanted.measure.as_str(),
        wanted.isolation.map(Isolation::as_str),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn insert_device(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO quell.devices (tenant_id, device_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        tenant.0,
        device.as_str(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn device(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
) -> Result<DeviceRow, StoreError> {
    let row = sqlx::query!(
        "SELECT facts, facts_fetched_at, is_unknown_to_defender, facts_failures, lifted_alerts FROM quell.devices
         WHERE tenant_id = $1 AND device_id = $2",
        tenant.0,
        device.as_str(),
    )
    .fetch_one(tx)
    .await?;
    Ok(DeviceRow {
        id: device.clone(),
        // Facts that this version cannot read count as never fetched.
        facts: row.facts.and_then(|facts| serde_json::from_value(facts).ok()),
        fetched_at: super::containments::time(row.facts_fetched_at),
        is_unknown_to_defender: row.is_unknown_to_defender,
        fetch_failures: row.facts_failures,
        lifted_alerts: row.lifted_alerts,
    })
}
