//! The rows of a stray: the action where it stands at Defender, and the attempts that the ledger lacks.

use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::domain::device::DeviceId;
use crate::domain::stray::Marked;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::{Because, Gate, StoreError};

/// How far Defender's clock and ours may be apart.
const SKEW_SECONDS: f64 = 120.0;

/// Whether another action on the device's measure may have come after the stray: then what the stray left behind is unknown. Told by
/// Defender's own times where it gave them; else by ours, which may be apart from them.
pub(super) async fn was_followed(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    stray: &Marked,
) -> Result<bool, StoreError> {
    let Some(created_at) = stray.created_at else {
        return Ok(true);
    };
    let followed = sqlx::query_scalar!(
        r#"SELECT EXISTS (SELECT 1 FROM quell.actions WHERE tenant_id = $1 AND device_id = $2 AND id <> $3 AND subject = $6
             AND state IN ('succeeded', 'failed', 'timed_out', 'cancelled')
             AND coalesce(defender_done_at >= $4::timestamptz,
                          final_at > $4::timestamptz - make_interval(secs => $5))) AS "followed!""#,
        tenant.0,
        device.as_str(),
        stray.marker.action,
        created_at.to_sqlx() as jiff_sqlx::Timestamp,
        SKEW_SECONDS,
        stray.kind.measure().unwrap_or_default().as_str(),
    )
    .fetch_one(tx)
    .await?;
    Ok(followed)
}

/// An action that has been called already. One that the books have lost keeps the id of its marker.
pub(super) async fn insert(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    stray: &Marked,
    attempts: i32,
    because: Because<'_>,
) -> Result<Uuid, StoreError> {
    let lane = if stray.kind.releases() {
        Lane::Release
    } else {
        Lane::Normal
    };
    let id = sqlx::query_scalar!(
        "INSERT INTO quell.actions (id, tenant_id, device_id, kind, state, lane, containment_id, playbook, revision, comment,
                                    wanted_by, attempts, submitted_at, defender_id, defender_status, state_by, state_reason, subject, argument)
         SELECT CASE WHEN n.id IS NULL THEN $2 ELSE $3 END, $1, $4, $5, 'submitted', $6, n.containment_id, n.playbook,
                n.revision, coalesce(n.comment, 'taken over from defender''s list'), $9, $10, quell.now(), $7, $8, $9, $11,
                coalesce(n.subject, $12), n.argument
         FROM (SELECT 1) AS one LEFT JOIN quell.actions n ON n.id = $2
         RETURNING id",
        tenant.0,
        stray.marker.action,
        Uuid::now_v7(),
        device.as_str(),
        stray.kind.as_str(),
        lane.rank(),
        stray.defender_id,
        stray.status.as_wire(),
        because.by,
        attempts,
        because.reason,
        stray.kind.measure().unwrap_or_default().as_str(),
    )
    .fetch_one(tx)
    .await?;
    Ok(id)
}

/// Writes down the attempts of these numbers, which the books do not have: each took a slot, at the latest a moment after
/// Defender made the action.
pub(super) async fn attempts_of(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    epoch: i64,
    gate: &Gate,
    stray: &Marked,
    action: Uuid,
    numbers: std::ops::RangeInclusive<i32>,
) -> Result<(), StoreError> {
    let last = *numbers.end();
    let all: Vec<i32> = numbers.collect();
    let ids: Vec<Uuid> = all.iter().map(|_| Uuid::now_v7()).collect();
    sqlx::query!(
        "INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, action_id, n, epoch, reserved_at, send_deadline,
                                     slot_at, answered_at, outcome)
         SELECT one.id, $1, $2, 'actions', $3, $4, one.n, $5, at, at,
                least(at + make_interval(secs => $9), t.now), t.now, 'imported'
         FROM (SELECT quell.now() AS now) AS t, LATERAL (SELECT least(coalesce($8, t.now), t.now) AS at) AS made,
              unnest($6::uuid[], $7::int[]) AS one (id, n)",
        tenant.0,
        gate.app_id,
        stray.kind.as_str(),
        action,
        epoch,
        &ids,
        &all,
        stray.created_at.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        SKEW_SECONDS,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "UPDATE quell.actions SET attempts = greatest(attempts, $2) WHERE id = $1",
        action,
        last,
    )
    .execute(tx)
    .await?;
    Ok(())
}
