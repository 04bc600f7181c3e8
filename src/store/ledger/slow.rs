//! The slower rate in the budget's row: read with everything that a count stands on, set after a 429 that names a window, and moved on by
//! each call that leaves meanwhile. What it comes to is [`crate::domain::budget::Slow`]'s. Whoever writes here holds the row's lock.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use uuid::Uuid;

use crate::domain::budget::{Slow, Window};
use crate::domain::tenant::TenantId;
use crate::store::StoreError;

/// What the row says, if it lasts yet; moments are spans from `now`.
pub(in crate::store) fn slow_of(
    seconds: Option<f64>,
    next: Option<jiff_sqlx::Timestamp>,
    until: Option<jiff_sqlx::Timestamp>,
    now: Timestamp,
) -> Option<Slow> {
    let (every, next, until) = (
        Duration::try_from_secs_f64(seconds?).ok()?,
        next?.to_jiff(),
        until?.to_jiff(),
    );
    (until > now).then(|| Slow {
        every,
        next: next.duration_since(now),
        until: until.duration_since(now),
    })
}

/// The slower rate of the calls that change something, as of that moment.
pub(in crate::store) async fn read(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    now: Timestamp,
) -> Result<Option<Slow>, StoreError> {
    let row = sqlx::query!(
        "SELECT slow_seconds, slow_next_at, slow_until FROM quell.budgets
         WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions'",
        tenant.0,
        app_id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(row.and_then(|row| slow_of(row.slow_seconds, row.slow_next_at, row.slow_until, now)))
}

/// A 429 to that attempt has named a window, and closes the gate for `pause`.
pub(in crate::store) async fn slow_down(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    attempt: Uuid,
    (named, pause): (Window, Duration),
) -> Result<(), StoreError> {
    let row = sqlx::query!(
        r#"SELECT quell.now() AS "now!", (SELECT reserved_at FROM quell.attempts WHERE id = $1) AS left_at"#,
        attempt,
    )
    .fetch_one(&mut *tx)
    .await?;
    let now = row.now.to_jiff();
    let left = row.left_at.map_or(now, |left| left.to_jiff()).duration_since(now);
    let earlier = read(tx, tenant, app_id, now).await?;
    let slow = Slow::after(named, pause, earlier, SignedDuration::ZERO, left);
    sqlx::query!(
        "UPDATE quell.budgets SET slow_seconds = $3, slow_next_at = $4, slow_until = $5
         WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions'",
        tenant.0,
        app_id,
        slow.every.as_secs_f64(),
        at(now, slow.next).to_sqlx() as jiff_sqlx::Timestamp,
        at(now, slow.until).to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// A call leaves. Without a slower rate nothing is written.
pub(in crate::store) async fn leave(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    slow: Option<Slow>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(mut slow) = slow else { return Ok(()) };
    slow.leave(SignedDuration::ZERO);
    sqlx::query!(
        "UPDATE quell.budgets SET slow_next_at = $3 WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions'",
        tenant.0,
        app_id,
        at(now, slow.next).to_sqlx() as jiff_sqlx::Timestamp,
    )
    .execute(tx)
    .await?;
    Ok(())
}

fn at(now: Timestamp, after: SignedDuration) -> Timestamp {
    now.checked_add(after).unwrap_or(now)
}
