//! What follows when somebody else lifted or applied a measure, in the transaction that judges it. The caller holds the
//! device's lock.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::domain::action::ActionKind;
use crate::domain::containment::EndReason;
use crate::domain::converge::Known;
use crate::domain::device::DeviceId;
use crate::domain::drift::{DriftTerms, Foreign, OnLift};
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::containments::{Word, decline, end};
use crate::store::{Because, Store, StoreError};

/// Alerts remembered for one device, at most.
const REMEMBERED: i64 = 200;

/// How the attention of a containment that was lifted too often ends. Only other evidence, or a person, clears it.
pub(in crate::store) const LIFTED_TOO_OFTEN: &str = ", as often before: not restricted again";

/// A release by somebody else that left the device free.
pub(super) struct Lift<'a> {
    pub(super) foreign: &'a Foreign,
    pub(super) measure: Measure,
    /// What began, and what was seen, until then stood when it was lifted: what came later begins anew.
    pub(super) until: Timestamp,
    /// A restriction of ours, or one that we adopted, was in force.
    pub(super) was_ours: bool,
    pub(super) terms: DriftTerms,
}

impl Store {
    /// Somebody lifted the restriction. Says what became of it.
    pub(super) async fn lifted(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        lift: &Lift<'_>,
    ) -> Result<&'static str, StoreError> {
        let before = known_of(tx, tenant, device, lift.measure).await?;
        // Nothing was in force, as far as was known: then nothing was lifted. What is queued goes its way.
        let Some(before) = before.filter(|known| known != "free") else {
            return Ok("freed");
        };
        // Who undoes what he restricted himself has lifted nothing of ours.
        let was_theirs = !lift.was_ours && before == Known::HeldByOther.as_str();
        let stood = sqlx::query_scalar!(
            "SELECT c.id FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = $2 AND c.state = 'active'
               AND NOT $4 AND c.mode = 'enforce' AND c.measure = $5 AND c.activated_at <= $3::timestamptz
               AND NOT EXISTS (SELECT 1 FROM quell.containment_alerts a WHERE a.containment_id = c.id AND a.seen_at > $3)",
            tenant.0,
            device.as_str(),
            lift.until.to_sqlx() as jiff_sqlx::Timestamp,
            was_theirs,
            lift.measure.as_str(),
        )
        .fetch_all(&mut *tx)
        .await?;
        let foreign = lift.foreign;
        let why = format!(
            "lifted at defender by {} at {:.0}",
            foreign.requestor, foreign.done.done_at
        );
        // Whether one of ours that ended without a clear result will still be carried out, nobody knows: that stays unknown.
        sqlx::query!(
            "UPDATE quell.measures SET known = CASE known WHEN 'unknown' THEN 'unknown' ELSE 'free' END,
                 known_at = quell.now(), is_by_others = false, others_by = NULL, others_at = NULL
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $3",
            tenant.0,
            device.as_str(),
            lift.measure.as_str(),
        )
        .execute(&mut *tx)
        .await?;
        let verdict = match (stood.is_empty(), lift.terms.on_lift) {
            (true, _) => "freed",
            (false, OnLift::Respect) => {
                respect(tx, tenant, device, (lift.measure, &stood), &why).await?;
                "lifted"
            }
            (false, OnLift::Enforce) => {
                enforce(tx, &stood, lift.terms, &why).await?;
                "enforced"
            }
        };
        note(tx, tenant, device, (verdict, &why), (lift.measure, &before)).await?;
        let because = Because {
            by: "reconcile",
            reason: &why,
        };
        self.converge_device(tx, tenant, device, because).await?;
        if verdict == "enforced" {
            sqlx::query!(
                // Its validity counts from the moment at which it may be called.
                "UPDATE quell.actions SET not_before = greatest(not_before, quell.now() + make_interval(secs => $3)),
                     valid_until = greatest(valid_until, not_before + make_interval(secs => $4),
                                            quell.now() + make_interval(secs => $3 + $4))
                 WHERE tenant_id = $1 AND device_id = $2 AND state = 'queued' AND kind = $5",
                tenant.0,
                device.as_str(),
                lift.terms.again_after.as_secs_f64(),
                self.validity.as_secs_f64(),
                ActionKind::to_begin(lift.measure).as_str(),
            )
            .execute(&mut *tx)
            .await?;
        }
        if verdict != "freed" {
            let follows = match verdict {
                "lifted" => "its containments ended",
                _ => "the device is to be held again",
            };
            tell(tx, tenant, device, foreign, format!("{why}: {follows}")).await?;
        }
        Ok(verdict)
    }

    /// What others began is in force no more: nothing of ours is left alone because of it. `left`: what is in force
    /// instead, where that is ours, so that it is undone when its time comes.
    pub(super) async fn others_gone(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        foreign: &Foreign,
        (measure, left): (Measure, Option<Known>),
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.measures SET is_by_others = false, others_by = NULL, others_at = NULL
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $3 AND is_by_others",
            tenant.0,
            device.as_str(),
            measure.as_str(),
        )
        .execute(&mut *tx)
        .await?;
        let Some(left) = left else {
            return Ok(());
        };
        let changed = sqlx::query!(
            "UPDATE quell.measures SET known = $3, known_at = quell.now()
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $4 AND known = 'held_by_other'",
            tenant.0,
            device.as_str(),
            left.as_str(),
            measure.as_str(),
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed > 0 {
            let why = format!(
                "the {} at defender by {} at {:.0} was before ours",
                foreign.done.kind.as_str(),
                foreign.requestor,
                foreign.done.done_at
            );
            let before = Known::HeldByOther.as_str();
            note(tx, tenant, device, ("overtaken", &why), (measure, before)).await?;
            let because = Because {
                by: "reconcile",
                reason: &why,
            };
            self.converge_device(tx, tenant, device, because).await?;
        }
        Ok(())
    }

    /// Somebody began the measure on the device: it is not ours to undo. Says what became of it.
    pub(super) async fn held_by(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        (foreign, measure): (&Foreign, Measure),
    ) -> Result<&'static str, StoreError> {
        let before = known_of(tx, tenant, device, measure).await?.unwrap_or_default();
        sqlx::query!(
            "UPDATE quell.measures SET known = 'held_by_other', is_by_others = true, others_by = $3,
                 others_at = $4::timestamptz,
                 known_at = CASE known WHEN 'held_by_other' THEN known_at ELSE quell.now() END
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $5",
            tenant.0,
            device.as_str(),
            foreign.requestor,
            foreign.done.done_at.to_sqlx() as jiff_sqlx::Timestamp,
            measure.as_str(),
        )
        .execute(&mut *tx)
        .await?;
        let why = format!(
            "{} at defender by {} at {:.0}",
            measure.held(),
            foreign.requestor,
            foreign.done.done_at
        );
        note(tx, tenant, device, ("restricted", &why), (measure, &before)).await?;
        let because = Because {
            by: "reconcile",
            reason: &why,
        };
        self.converge_device(tx, tenant, device, because).await?;
        Ok("restricted")
    }
}

/// Whether ours came before or after cannot be told: a person looks, and nothing is changed.
pub(super) async fn unclear(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    foreign: &Foreign,
) -> Result<&'static str, StoreError> {
    let told = format!(
        "{} made a {} at {:.0}, and whether that was before or after ours cannot be told",
        foreign.requestor,
        foreign.done.kind.as_str(),
        foreign.done.done_at
    );
    tell(tx, tenant, device, foreign, told).await?;
    Ok("unclear")
}

/// The containments end, questions about their alerts with them, and their alerts restrict the device no more.
async fn respect(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    (measure, stood): (Measure, &[Uuid]),
    why: &str,
) -> Result<(), StoreError> {
    let alerts = sqlx::query_scalar!(
        "SELECT DISTINCT alert_id FROM quell.containment_alerts WHERE containment_id = ANY($1) AND alert_id <> ''",
        stood,
    )
    .fetch_all(&mut *tx)
    .await?;
    let asked = sqlx::query_scalar!(
        "SELECT c.id FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = $2 AND c.state = 'asked'
           AND c.measure = $4 AND EXISTS (SELECT 1 FROM quell.containment_alerts a WHERE a.containment_id = c.id AND a.alert_id = ANY($3))",
        tenant.0,
        device.as_str(),
        &alerts,
        measure.as_str(),
    )
    .fetch_all(&mut *tx)
    .await?;
    let word = Word {
        reason: EndReason::Drift,
        by: "reconcile",
        why,
    };
    decline(tx, &asked, word).await?;
    end(tx, tenant, device, stood, word).await?;
    sqlx::query!(
        "UPDATE quell.devices SET lifted_alerts = ARRAY(
             SELECT alert FROM unnest($3::text[] || lifted_alerts) WITH ORDINALITY AS t (alert, n)
             GROUP BY alert ORDER BY min(n) LIMIT $4)
         WHERE tenant_id = $1 AND device_id = $2",
        tenant.0,
        device.as_str(),
        &alerts,
        REMEMBERED,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// The containments stay; those that were lifted too often need a person.
async fn enforce(
    tx: &mut sqlx::PgConnection,
    stood: &[Uuid],
    terms: DriftTerms,
    why: &str,
) -> Result<(), StoreError> {
    let marked = sqlx::query!(
        "UPDATE quell.containments SET lifts = least(lifts + 1, 1000),
             attention = CASE WHEN lifts >= $2 THEN $3 ELSE attention END
         WHERE id = ANY($1) RETURNING lifts",
        stood,
        i16::try_from(terms.at_most).unwrap_or(i16::MAX),
        format!("{why}{LIFTED_TOO_OFTEN}"),
    )
    .fetch_all(tx)
    .await?;
    let beyond = marked
        .iter()
        .filter(|row| u32::try_from(row.lifts).is_ok_and(|lifts| lifts > terms.at_most))
        .count();
    metrics::counter!("quell_containments_needing_attention_total").increment(beyond as u64);
    Ok(())
}

async fn known_of(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    measure: Measure,
) -> Result<Option<String>, StoreError> {
    let known = sqlx::query_scalar!(
        r#"SELECT known AS "known!" FROM quell.measures WHERE tenant_id = $1 AND device_id = $2 AND measure = $3"#,
        tenant.0,
        device.as_str(),
        measure.as_str(),
    )
    .fetch_optional(tx)
    .await?;
    Ok(known)
}

/// One row of the audit: what is known of the device changed, because of somebody else.
async fn note(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    (verdict, why): (&str, &str),
    (measure, before): (Measure, &str),
) -> Result<(), StoreError> {
    let after = known_of(tx, tenant, device, measure).await?.unwrap_or_default();
    let known = |known: &str| {
        let word = Known::parse(known).map_or(known, |known| known.word(measure));
        serde_json::json!({ measure.as_str(): word })
    };
    sqlx::query!(
        "SELECT quell.note_change($1, 'drift', $2, $3, NULL, $4, 'reconcile', $5, NULL, $6, $7)",
        tenant.0,
        Uuid::now_v7(),
        device.as_str(),
        verdict,
        why,
        known(before),
        known(&after),
    )
    .execute(tx)
    .await?;
    Ok(())
}

async fn tell(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    foreign: &Foreign,
    told: String,
) -> Result<(), StoreError> {
    let alarm = Alarm {
        kind: AlarmKind::Drift,
        subject: &foreign.done.id,
        device: Some(device.as_str()),
        action: None,
        told,
    };
    raise(tx, tenant, &alarm).await?;
    Ok(())
}
