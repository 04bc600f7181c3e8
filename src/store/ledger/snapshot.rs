//! The ledger as the rule asks for it: one [`Snapshot`], read under the lock of the budget's row, as of one moment on the
//! database's clock. What is in memory is [`crate::domain::budget::Slots`]; a test compares the two.

use std::time::Duration;

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::domain::budget::{BudgetScope, Call, Held, Retries, Rules, Snapshot, Wait};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::{Gate, StoreError};

/// What the calls that change something are held to.
pub(in crate::store) async fn actions(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
    rules: &Rules,
    now: Timestamp,
) -> Result<Snapshot, StoreError> {
    let scopes = match gate.scope {
        BudgetScope::Shared => SHARED,
        BudgetScope::ActionsAndReads => ACTIONS,
    };
    // Without a quota, or a call to hold, repetitions are not counted.
    let quota = rules.longest().filter(|_| rules.retries.percent < 100);
    slots(
        tx,
        tenant,
        gate,
        scopes,
        rules,
        now,
        quota.map(|longest| longest.per),
    )
    .await
}

/// Whether a read may be made. Where reads share the windows they keep the reserve as bulk does, and to their part.
pub(in crate::store) async fn reads(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
    now: Timestamp,
) -> Result<Result<(), Wait>, StoreError> {
    let call = Call::of(Lane::Low);
    if gate.scope == BudgetScope::ActionsAndReads {
        let rules = gate.terms.rules_of_reads(&gate.reads);
        let snapshot = slots(tx, tenant, gate, READS, &rules, now, None).await?;
        return Ok(rules.check(&snapshot, call));
    }
    let part: Vec<_> = gate
        .actions
        .iter()
        .map(|window| gate.terms.reads.of(*window))
        .collect();
    let part = gate.terms.rules_of_reads(&part);
    let own = slots(tx, tenant, gate, READS, &part, now, None).await?;
    if let Err(wait) = part.check(&own, call) {
        return Ok(Err(wait));
    }
    let rules = gate.terms.rules(&gate.actions);
    let all = slots(tx, tenant, gate, SHARED, &rules, now, None).await?;
    Ok(rules.check(&all, call))
}

/// Whether one more look at an antivirus may be made by the windows of its own. [`reads`] is asked beside.
pub(in crate::store) async fn antivirus(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
    now: Timestamp,
) -> Result<Result<(), Wait>, StoreError> {
    let rules = gate.terms.rules_of_reads(&gate.antivirus);
    let snapshot = slots(tx, tenant, gate, ANTIVIRUS, &rules, now, None).await?;
    Ok(rules.check(&snapshot, Call::of(Lane::Low)))
}

const ACTIONS: &[&str] = &["actions"];
const READS: &[&str] = &["reads", "antivirus"];
const ANTIVIRUS: &[&str] = &["antivirus"];
const SHARED: &[&str] = &["actions", "reads", "antivirus"];

async fn slots(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
    scopes: &[&str],
    rules: &Rules,
    now: Timestamp,
    repeated_within: Option<Duration>,
) -> Result<Snapshot, StoreError> {
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let mut snapshot = Snapshot {
        slow: rules
            .slow
            .and_then(|slow| slow.holds_for(jiff::SignedDuration::ZERO)),
        ..Snapshot::default()
    };
    let spans: Vec<f64> = rules
        .windows
        .iter()
        .map(|window| window.per.as_secs_f64())
        .collect();
    let limits: Vec<i64> = rules
        .windows
        .iter()
        .map(|window| i64::from(window.limit))
        .collect();
    // Repetitions count while the longest window holds them, but for those that were taken in the end, or never left us.
    let rows = sqlx::query!(
        r#"WITH repeated AS MATERIALIZED (
             SELECT count(*) AS wasted,
               (extract(epoch FROM min(t.slot_at) + make_interval(secs => $7) - $5::timestamptz) * 1000000)::bigint AS frees
             FROM quell.attempts t JOIN quell.actions a ON a.id = t.action_id
             WHERE $7::float8 IS NOT NULL AND t.tenant_id = $1 AND t.app_id = $2 AND t.is_retry
               AND t.slot_at >= $5::timestamptz - make_interval(secs => $7)
               AND t.outcome IS DISTINCT FROM 'not_sent'
               AND NOT (t.n = a.attempts AND a.state IN ('submitted', 'succeeded')))
           SELECT used AS "used!", opens, repeated.wasted AS "wasted!", repeated.frees
           FROM unnest($4::float8[], $6::int8[]) WITH ORDINALITY AS w (span, most, n), repeated, LATERAL (
             SELECT count(*) AS used,
               (extract(epoch FROM min(slot_at) + make_interval(secs => w.span) - $5::timestamptz) * 1000000)::bigint AS opens
             FROM (SELECT slot_at FROM quell.attempts WHERE tenant_id = $1 AND app_id = $2 AND scope = ANY($3)
                     AND slot_at >= $5::timestamptz - make_interval(secs => w.span)
                   ORDER BY slot_at DESC LIMIT w.most) AS newest) AS held
           ORDER BY w.n"#,
        tenant.0,
        gate.app_id,
        &scopes as &[String],
        &spans,
        now.to_sqlx() as jiff_sqlx::Timestamp,
        &limits,
        repeated_within.map(|longest| longest.as_secs_f64()),
    )
    .fetch_all(&mut *tx)
    .await?;
    for (row, window) in rows.into_iter().zip(&rules.windows) {
        let used = u64::try_from(row.used).unwrap_or(0);
        let is_full = used >= u64::from(window.limit);
        snapshot.windows.push(Held {
            used,
            opens_in: row.opens.filter(|_| is_full).map(micros),
        });
        snapshot.retries = Retries {
            wasted: u64::try_from(row.wasted).unwrap_or(0),
            frees_in: row.frees.map(micros),
        };
    }
    let Some(longest) = rules.longest() else {
        return Ok(snapshot);
    };
    let looks = rules.reserve.looks_at(rules.free(&snapshot));
    if looks > 0 {
        let frees = sqlx::query_scalar!(
            r#"SELECT (extract(epoch FROM slot_at + make_interval(secs => $4) - $5::timestamptz) * 1000000)::bigint AS "frees!"
               FROM quell.attempts WHERE tenant_id = $1 AND app_id = $2 AND scope = ANY($3)
                 AND slot_at >= $5::timestamptz - make_interval(secs => $4)
               ORDER BY slot_at LIMIT $6"#,
            tenant.0,
            gate.app_id,
            &scopes,
            longest.per.as_secs_f64(),
            now.to_sqlx() as jiff_sqlx::Timestamp,
            i64::try_from(looks).unwrap_or(i64::MAX),
        )
        .fetch_all(&mut *tx)
        .await?;
        snapshot.frees = frees.into_iter().map(micros).collect();
    }
    Ok(snapshot)
}

fn micros(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or(0))
}
