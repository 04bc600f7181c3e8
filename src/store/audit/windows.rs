//! Invariant 4: the whole ledger held against its windows, as Defender can have counted at most.
//!
//! Defender counted a call at some moment between its reservation and its slot. So a window that ends with a reservation
//! can have held every call reserved by then whose slot is not older than the window. If that is at most the limit for
//! every reservation, it is so for every window, whatever the latencies were. One sort a window, so a million attempts
//! take seconds.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;

use super::{AuditScope, Check, Found, Ledger};
use crate::domain::budget::{BudgetScope, Window};

pub(super) const CHECK: Check = Check {
    name: "windows",
    invariant: "4",
    sentence: "no window can have held more calls than its limit, whatever the latencies were",
    ask: |connection, scope| Box::pin(above_a_limit(connection, scope)),
};

/// The attempts whose reservation made a window exceed its limit.
pub(super) async fn above_a_limit(
    connection: &mut PgConnection,
    scope: &AuditScope,
) -> Result<Vec<Found>, sqlx::Error> {
    let mut found = Vec::new();
    for ledger in &scope.ledgers {
        let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let mut counters: Vec<(Vec<String>, &[Window])> = match ledger.scope {
            BudgetScope::Shared => vec![(named(&["actions", "reads", "antivirus"]), &ledger.actions)],
            BudgetScope::ActionsAndReads => vec![
                (named(&["actions"]), &ledger.actions),
                (named(&["reads", "antivirus"]), &ledger.reads),
            ],
        };
        counters.push((named(&["antivirus"]), &ledger.antivirus));
        for (scopes, windows) in counters {
            for window in windows {
                found.extend(above(connection, scope, ledger, &scopes, *window).await?);
            }
        }
    }
    let total = sum_of_totals(&found);
    found.iter_mut().for_each(|row| row.total = total);
    found.truncate(usize::try_from(scope.rows).unwrap_or(usize::MAX));
    Ok(found)
}

/// Each question tells its own total in each of its rows.
fn sum_of_totals(found: &[Found]) -> i64 {
    let mut totals: Vec<(&str, i64)> = found
        .iter()
        .map(|row| {
            (
                row.what.split_once(": ").map_or("", |(window, _)| window),
                row.total,
            )
        })
        .collect();
    totals.sort_unstable();
    totals.dedup();
    totals.iter().map(|(_, total)| total).sum()
}

async fn above(
    connection: &mut PgConnection,
    scope: &AuditScope,
    ledger: &Ledger,
    scopes: &[String],
    window: Window,
) -> Result<Vec<Found>, sqlx::Error> {
    sqlx::query_as!(
        Found,
        r#"SELECT t.name AS "tenant!", over.at AS "at?", over.id::text AS "row!", NULL::text AS "device?",
                  format('%s %s in %s s of %s: %s calls, judged by the limit of today, %s; if the windows were changed, audit with --since the change',
                         t.name, array_to_string($2::text[], '+'), $3::float8, over.app_id,
                         over.held, $5::bigint) AS "what!",
                  count(*) OVER () AS "total!"
           FROM (SELECT app_id, id, at, begins, sum(step) OVER (PARTITION BY app_id ORDER BY at, step DESC, id) AS held
                 FROM (SELECT app_id, id, reserved_at AS at, 1 AS step,
                              -- What was taken over, or seeded after a restore, was not reserved by the gate.
                              kind <> 'seed' AND outcome IS DISTINCT FROM 'imported' AS begins FROM quell.attempts
                       WHERE tenant_id = $1 AND scope = ANY($2) AND reserved_at >= $6
                       UNION ALL
                       SELECT app_id, id, least(slot_at, reserved_at + make_interval(secs => $4)) + make_interval(secs => $3), -1,
                              false
                       FROM quell.attempts WHERE tenant_id = $1 AND scope = ANY($2) AND reserved_at >= $6) AS steps) AS over
           JOIN quell.tenants t ON t.id = $1
           WHERE over.begins AND over.held > $5 AND quell.is_in_order(over.at) AND ($8::timestamptz IS NULL OR over.at >= $8)
           ORDER BY over.at DESC LIMIT $7"#,
        ledger.tenant.0,
        scopes,
        window.per.as_secs_f64(),
        ledger.latest_count.as_secs_f64(),
        i64::from(window.limit),
        jiff_sqlx::ToSqlx::to_sqlx(from(scope, window.per + ledger.latest_count)) as jiff_sqlx::Timestamp,
        scope.rows,
        scope.since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
    )
    .fetch_all(connection)
    .await
}

/// From when on attempts can be in a window that is looked at.
fn from(scope: &AuditScope, reach: Duration) -> Timestamp {
    let reach = SignedDuration::try_from(reach).unwrap_or(SignedDuration::MAX);
    let since = scope.since.and_then(|since| since.checked_sub(reach).ok());
    since.unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Tenants that have attempts, and of which no windows are known.
pub(super) async fn without_windows(
    connection: &mut PgConnection,
    scope: &AuditScope,
) -> Result<Vec<String>, sqlx::Error> {
    let known: Vec<i32> = scope.ledgers.iter().map(|ledger| ledger.tenant.0).collect();
    sqlx::query_scalar!(
        "SELECT name FROM quell.tenants t WHERE t.id <> ALL($1) AND ($2::int IS NULL OR t.id = $2)
           AND EXISTS (SELECT 1 FROM quell.attempts a WHERE a.tenant_id = t.id) ORDER BY name",
        &known,
        scope.tenant.map(|tenant| tenant.0),
    )
    .fetch_all(connection)
    .await
}
