//! What a restored backup has lost. A restriction: why the device was restricted is lost with it, so a person decides, and until then, for a
//! bounded time, a containment under attention keeps the device as it is. A release: what it ended stands as active in the backup, and
//! restricts the device no more by itself, once the release was carried out (docs/decisions/0012).

use std::time::Duration;

use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::domain::action::{is_of, ulid};
use crate::domain::answer::MachineActionStatus;
use crate::domain::device::DeviceId;
use crate::domain::measure::Measure;
use crate::domain::stray::Marked;
use crate::domain::tenant::TenantId;
use crate::store::{ActionRow, StoreError};

/// How the attention of such a containment ends: `quell extend` is a person's decision, and settles it.
pub(in crate::store) const DECIDE: &str = "release the device, or extend this";

/// How the attention ends of what a lost release had ended: nothing of it stands for a measure that was begun again after it.
fn let_go_ends() -> String {
    format!(", and was lost with a restored backup: {DECIDE}")
}

/// Which of a device's strays is the last word on a measure: the last of ours that was carried out, or still may be.
pub(super) async fn last_word(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    strays: &[&Marked],
    measure: Measure,
) -> Result<Option<usize>, StoreError> {
    let installation = crate::store::converge::installation(tx, tenant).await?;
    let ids: Vec<Uuid> = strays.iter().map(|stray| stray.marker.action).collect();
    let kinds: Vec<String> = strays
        .iter()
        .map(|stray| stray.kind.as_str().to_owned())
        .collect();
    // A marker that the books know on another device, or for another kind of action, was copied there.
    let known = sqlx::query!(
        r#"SELECT t.at AS "at!", a.tenant_id = $1 AND a.kind = t.kind AND lower(a.device_id) = lower($4) AS "is_same!"
           FROM unnest($2::uuid[], $3::text[]) WITH ORDINALITY AS t (id, kind, at) JOIN quell.actions a ON a.id = t.id"#,
        tenant.0,
        &ids,
        &kinds,
        device.as_str(),
    )
    .fetch_all(tx)
    .await?;
    let is_ours = |n: usize, stray: &Marked| {
        let row = known.iter().find(|row| usize::try_from(row.at) == Ok(n + 1));
        row.map_or_else(|| is_of(stray.marker.action, installation), |row| row.is_same)
    };
    Ok((0..strays.len())
        .rev()
        .zip(strays.iter().rev())
        .find(|(n, stray)| {
            stray.kind.measure() == Some(measure) && !came_to_nothing(stray) && is_ours(*n, stray)
        })
        .map(|(n, _)| n))
}

fn came_to_nothing(stray: &Marked) -> bool {
    matches!(
        stray.status,
        MachineActionStatus::Failed | MachineActionStatus::TimeOut | MachineActionStatus::Cancelled
    )
}

/// Begins that containment, unless something wants its measure anyway or the action has come to nothing. It is active
/// since Defender made the action, as the lost one was, so that caps count it where they did.
pub(super) async fn keep(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    device: &DeviceId,
    stray: &Marked,
    span: Duration,
) -> Result<(), StoreError> {
    let Some(measure) = stray.kind.measure().filter(|_| stray.kind.begins()) else {
        return Ok(());
    };
    if came_to_nothing(stray) || span.is_zero() {
        return Ok(());
    }
    let what = format!("{} {}", stray.kind.as_str(), ulid(stray.marker.action));
    // What has not been carried out yet holds nothing: the device may be free for days, until it is online again.
    let stands = match stray.status {
        MachineActionStatus::Succeeded => "is in force at defender",
        _ => "is not over at defender",
    };
    let kept = sqlx::query!(
        "INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, begun_by, comment, activated_at, release_after,
                                         until, attention, state_by, state_reason, measure, isolation)
         SELECT $1, $2, $3, 'active', 'enforce', 'normal', 'reconcile', $5, least(coalesce($4::timestamptz, quell.now()), quell.now()),
                make_interval(secs => $6), quell.now() + make_interval(secs => $6), $7, 'reconcile', $8,
                -- How much was cut off is lost too: what is asked for again is the whole.
                $9, CASE $9 WHEN 'isolation' THEN 'full' END
         WHERE NOT EXISTS (SELECT 1 FROM quell.containments WHERE tenant_id = $2 AND device_id = $3 AND state = 'active'
                           AND mode = 'enforce' AND measure = $9
                           -- What a lost release had ended is not what the device is held for now, and its end is not the end of that.
                           AND NOT coalesce(right(attention, length($10)) = $10, false))",
        Uuid::now_v7(),
        tenant.0,
        device.as_str(),
        stray.created_at.map(|at| at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
        "found in defender's list after a restore",
        span.as_secs_f64(),
        format!("{what} was lost with a restored backup: {DECIDE}"),
        format!("{what} {stands}, and why is not known any more"),
        measure.as_str(),
        let_go_ends(),
    )
    .execute(&mut *tx)
    .await?
    .rows_affected();
    if kept > 0 {
        // The device is not free any more, as what was told of these says.
        sqlx::query!(
            "UPDATE quell.containments SET attention = $4
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $3 AND state = 'active' AND mode = 'enforce'
               AND right(attention, length($5)) = $5",
            tenant.0,
            device.as_str(),
            measure.as_str(),
            format!("{what} came after the release that had ended this{}", let_go_ends()),
            let_go_ends(),
        )
        .execute(tx)
        .await?;
        metrics::counter!("quell_containments_needing_attention_total").increment(kept);
    }
    Ok(())
}

/// What held the measure when a release was made that the database had lost: it had ended by then, and why is not known any more. It
/// leads to no call by itself, so the device stays as it was left, until a person decides or other evidence comes. Called with every
/// release that succeeded, since only then a device was let go; one that the books have always known changes nothing here.
///
/// `is_order_unclear`: something else may have been carried out after it. The device may be held then, and nobody says that it is free.
pub(in crate::store) async fn let_go(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (release, measure): (&ActionRow, Measure),
    is_order_unclear: bool,
) -> Result<(), StoreError> {
    let what = format!("{} {}", release.kind.as_str(), ulid(release.id));
    let told = match is_order_unclear {
        false => format!("{what} had let the device go"),
        true => format!("{what} may have let the device go, or have come before what holds it"),
    };
    let left = sqlx::query!(
        "UPDATE quell.containments c SET attention = $4
         FROM (SELECT min(t.reserved_at) AS made_at FROM quell.actions r
               JOIN quell.alarms l ON l.tenant_id = r.tenant_id AND l.kind = 'orphan' AND l.subject = r.defender_id
               -- Its moment is Defender's.
               JOIN quell.attempts t ON t.action_id = r.id AND t.kind = r.kind AND t.n = r.attempts AND t.outcome = 'imported'
               WHERE r.id = $5 AND r.tenant_id = $1) AS lost
         WHERE c.tenant_id = $1 AND c.device_id = $2 AND c.measure = $3 AND c.state = 'active' AND c.mode = 'enforce'
           -- That it waits for facts says less than that it was over.
           AND (c.attention IS NULL OR c.attention = $6) AND c.activated_at <= lost.made_at
           AND NOT EXISTS (SELECT 1 FROM quell.containment_alerts a WHERE a.containment_id = c.id AND a.seen_at > lost.made_at)",
        tenant.0,
        release.device.as_str(),
        measure.as_str(),
        format!("{told}{}", let_go_ends()),
        release.id,
        crate::store::gate::fresh::UNDECIDED,
    )
    .execute(tx)
    .await?
    .rows_affected();
    if left > 0 {
        metrics::counter!("quell_containments_needing_attention_total").increment(left);
    }
    Ok(())
}
