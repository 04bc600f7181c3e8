//! The open containments of one device: read, judged by `domain::containment::change`, and changed by id. Called by T2, T6
//! and an operator's release, each holding the device's row lock. It never decides by itself.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::containment::change::{Open, released};
use crate::domain::containment::{ContainmentState, EndReason};
use crate::domain::device::DeviceId;
use crate::domain::measure::{Held, Measure};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::{Limit, Mode};
use crate::store::StoreError;

/// An asked or active containment as it stands in the table.
pub(in crate::store) struct OpenRow {
    pub(in crate::store) id: Uuid,
    /// `None`: begun by hand.
    pub(in crate::store) playbook: Option<String>,
    pub(in crate::store) containment: Open,
    /// What it holds.
    pub(in crate::store) measure: Measure,
    /// The revision that began it.
    pub(in crate::store) revision: Option<String>,
    /// Its playbook's limits, by the revision that began it. `None`: this version cannot read them, which must never keep
    /// anything from ending.
    pub(in crate::store) limits: Option<Vec<Limit>>,
    /// What drives it.
    pub(in crate::store) drivers: Vec<String>,
}

/// Who ends containments, and why.
#[derive(Clone, Copy)]
pub(in crate::store) struct Word<'a> {
    pub(in crate::store) reason: EndReason,
    pub(in crate::store) by: &'a str,
    pub(in crate::store) why: &'a str,
}

/// What a release did.
pub(in crate::store) struct Released {
    pub(in crate::store) ended: Vec<Uuid>,
    pub(in crate::store) declined: Vec<Uuid>,
    /// What ended that a playbook held.
    pub(in crate::store) held: Vec<Held>,
}

/// What is open on a device, the oldest active one first. The caller holds the device's lock.
pub(in crate::store) async fn open(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
) -> Result<Vec<OpenRow>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT id, state, mode, measure, playbook, revision, until,
             -- While stopped nobody can say yes, so no question runs out.
             CASE WHEN quell.stop_in_force(tenant_id) IS NULL THEN ask_until END AS ask_until,
             restart_on_match, 'alert_resolved' = ANY(release_when) AS "ends_when_resolved!",
             coalesce(limits, '[]') AS "limits!", drivers,
             coalesce((ask ->> 'otherwise_act')::boolean, false) AS "otherwise_act!"
           FROM quell.containments WHERE tenant_id = $1 AND device_id = $2 AND state IN ('asked', 'active')
           ORDER BY activated_at, created_at"#,
        tenant.0,
        device.as_str(),
    )
    .fetch_all(tx)
    .await?;
    let corrupt = |column, id: Uuid, value: &str| StoreError::Corrupt {
        table: "containments",
        column,
        row: id.to_string(),
        value: value.to_owned(),
    };
    rows.into_iter()
        .map(|row| {
            Ok(OpenRow {
                id: row.id,
                containment: Open {
                    state: ContainmentState::parse(&row.state)
                        .ok_or_else(|| corrupt("state", row.id, &row.state))?,
                    mode: Mode::parse(&row.mode).ok_or_else(|| corrupt("mode", row.id, &row.mode))?,
                    until: super::time(row.until),
                    ask_until: super::time(row.ask_until),
                    otherwise_act: row.otherwise_act,
                    restart_on_match: row.restart_on_match,
                    ends_when_resolved: row.ends_when_resolved,
                },
                measure: Measure::parse(&row.measure)
                    .ok_or_else(|| corrupt("measure", row.id, &row.measure))?,
                playbook: row.playbook,
                revision: row.revision,
                limits: serde_json::from_value(row.limits).ok(),
                drivers: row.drivers,
            })
        })
        .collect()
}

/// Ends what holds these measures on a device and declines what is asked for them.
pub(in crate::store) async fn release(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (device, measures): (&DeviceId, &[Measure]),
    word: Word<'_>,
) -> Result<Released, StoreError> {
    let open = open(tx, tenant, device).await?;
    let becomes = |state| -> Vec<Uuid> {
        let rows = open
            .iter()
            .filter(|row| measures.contains(&row.measure) && released(&row.containment) == Some(state));
        rows.map(|row| row.id).collect()
    };
    let done = Released {
        ended: becomes(ContainmentState::Ended),
        declined: becomes(ContainmentState::Declined),
        held: Vec::new(),
    };
    let held = open
        .iter()
        .filter(|row| done.ended.contains(&row.id))
        .filter_map(|row| Some((row.playbook.clone()?, row.measure)));
    let done = Released {
        held: held.collect(),
        ..done
    };
    decline(tx, &done.declined, word).await?;
    end(tx, tenant, device, &done.ended, word).await?;
    Ok(done)
}

/// Declines what is asked.
pub(in crate::store) async fn decline(
    tx: &mut sqlx::PgConnection,
    ids: &[Uuid],
    word: Word<'_>,
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "UPDATE quell.containments SET state = 'declined', state_by = $2, state_reason = $3
         WHERE id = ANY($1) AND state = 'asked'",
        ids,
        word.by,
        word.why,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends active containments of a device.
pub(in crate::store) async fn end(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    ids: &[Uuid],
    word: Word<'_>,
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    let reason = word.reason.as_str();
    let ended = sqlx::query!(
        "UPDATE quell.containments SET state = 'ended', ended_at = quell.now(), end_reason = $2, state_by = $3,
             state_reason = $4
         WHERE id = ANY($1) AND state = 'active' RETURNING measure",
        ids,
        reason,
        word.by,
        word.why,
    )
    .fetch_all(&mut *tx)
    .await?;
    for measure in Measure::ALL {
        let of_it = ended.iter().filter(|row| row.measure == measure.as_str());
        let containments = of_it.count() as u64;
        if containments > 0 {
            super::forget_failures(tx, tenant, device, measure).await?;
            tracing::info!(device.id = %device, reason, containments, measure = measure.as_str(), "containment ended");
            metrics::counter!("quell_containments_ended_total", "reason" => reason, "measure" => measure.as_str())
                .increment(containments);
        }
    }
    Ok(())
}

/// Makes asks active that nobody answered and that act then by their own words.
pub(super) async fn activate(
    tx: &mut sqlx::PgConnection,
    ids: &[Uuid],
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.containments SET state = 'active', activated_at = $2::timestamptz,
             until = $2::timestamptz + release_after, state_by = 'expire',
             state_reason = 'nobody answered: otherwise act'
         WHERE id = ANY($1) AND state = 'asked'",
        ids,
        jiff_sqlx::ToSqlx::to_sqlx(now) as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Closes asks that nobody answered.
pub(super) async fn expire(tx: &mut sqlx::PgConnection, ids: &[Uuid]) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.containments SET state = 'expired', state_by = 'expire', state_reason = 'nobody answered'
         WHERE id = ANY($1) AND state = 'asked'",
        ids,
    )
    .execute(tx)
    .await?;
    Ok(())
}
