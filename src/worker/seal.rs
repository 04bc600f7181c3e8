//! Seals the audit: what was written is in its tenant's chain within a second, the end of the chain goes into the log as a
//! checkpoint, and the chain is walked again slowly, so that what was changed in it is an alarm without anybody asking.
//!
//! Only the replica that dispatches seals; on the others the gauges stand at zero. It never changes a row of the audit.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::domain::seal::Seal;
use crate::store::StoreError;
use crate::store::seals::CheckpointPace;
use crate::worker::{BATCH_TIME, Context, Outage, bounded, within_unless_stopped};

/// How often it looks for rows to seal: twice in the second that they may wait.
const EVERY: Duration = Duration::from_millis(500);

/// Every how many looks a checkpoint may be due without a new row, and a few old rows are verified.
const LOOKS: u32 = 20;

/// Turns of one look at most: where a version before this one has left millions of rows without a seal, others get their turn too.
const TURNS: u32 = 25;

/// Old rows that are verified at once.
const VERIFIED: i64 = 1_000;

/// When the end of the chain is written down.
const PACE: CheckpointPace = CheckpointPace {
    rows: 10_000,
    every: Duration::from_secs(3_600),
};

/// Alarms of one walk along the chain, at most: where more is broken, a person looks anyway.
const ALARMS: u32 = 10;

/// Where the slow walk is.
#[derive(Debug)]
struct Patrol {
    at: (i64, Seal),
    found: u32,
}

impl Default for Patrol {
    fn default() -> Self {
        Self {
            at: (0, Seal::BEGINNING),
            found: 0,
        }
    }
}

/// Works until stopped.
pub async fn run(context: Context, stop: CancellationToken) {
    let mut outage = Outage::default();
    let mut patrol = Patrol::default();
    let mut looks = 0_u32;
    let mut is_first = true;
    loop {
        let mut wait = EVERY;
        if context.leadership.epoch().is_none() {
            show(&context, 0, Duration::ZERO);
            is_first = true;
        } else {
            let worked = within_unless_stopped(BATCH_TIME, &stop, async {
                let is_ready = !is_first || restored(&context).await?;
                if is_ready {
                    turn(&context, looks).await?;
                }
                if looks % LOOKS == LOOKS - 1 {
                    walk(&context, &mut patrol).await?;
                }
                Ok(is_ready)
            });
            match worked.await {
                Ok(is_ready) => {
                    outage.worked("the sealing of the audit");
                    looks = looks.wrapping_add(1);
                    is_first = !is_ready;
                }
                Err(error) => wait = outage.failed("the sealing of the audit", &error).max(EVERY),
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One look: seals what can be, and tells what waits.
///
/// # Errors
/// Postgres is not available.
pub async fn turn(context: &Context, looks: u32) -> Result<u64, StoreError> {
    let (store, tenant) = (&context.store, context.tenant);
    let mut sealed = 0;
    let mut waiting = bounded(store.audit_unsealed(tenant)).await?;
    if waiting.rows > 0 {
        for _ in 0..TURNS {
            let turn = bounded(store.audit_seal(tenant)).await?;
            sealed += turn.sealed;
            if !turn.is_full {
                break;
            }
        }
        waiting = bounded(store.audit_unsealed(tenant)).await?;
    }
    metrics::counter!("quell_audit_sealed_rows_total", "tenant" => context.tenant_name.clone())
        .increment(sealed);
    show(context, waiting.rows, waiting.age);
    if sealed > 0 || looks.is_multiple_of(LOOKS) {
        checkpoint(context).await?;
    }
    Ok(sealed)
}

/// Into the log, where whoever changes the database cannot reach it.
async fn checkpoint(context: &Context) -> Result<(), StoreError> {
    if let Some(checkpoint) = bounded(context.store.audit_checkpoint(context.tenant, PACE)).await? {
        tracing::info!(
            tenant = context.tenant_name,
            checkpoint = format!("{}:{}", checkpoint.seq, checkpoint.hash),
            at = %checkpoint.at,
            "the audit is sealed up to here"
        );
    }
    Ok(())
}

/// After a dump was restored into another cluster, the numbers of transactions tell no order any more. Says whether all that came
/// with it is sealed, and sealing can go on by transactions.
async fn restored(context: &Context) -> Result<bool, StoreError> {
    let (store, tenant) = (&context.store, context.tenant);
    if !bounded(store.audit_is_restored(tenant)).await? {
        return Ok(true);
    }
    let (mut sealed, mut is_done) = (0, false);
    for _ in 0..TURNS {
        let turn = bounded(store.audit_seal_restored(tenant)).await?;
        sealed += turn.sealed;
        is_done = !turn.is_full;
        if is_done {
            break;
        }
    }
    if sealed > 0 {
        tracing::info!(
            tenant = context.tenant_name,
            rows = sealed,
            "the audit comes from another postgres cluster; rows without a seal were sealed in the order of their numbers"
        );
    }
    Ok(is_done)
}

/// Walks on along the chain, and begins anew at its end.
async fn walk(context: &Context, patrol: &mut Patrol) -> Result<(), StoreError> {
    let (store, tenant) = (&context.store, context.tenant);
    let (end, links, findings) = bounded(store.audit_verify_next(tenant, patrol.at, VERIFIED)).await?;
    for finding in &findings {
        patrol.found += 1;
        if patrol.found <= ALARMS {
            let subject = format!("seal {}", finding.seq.unwrap_or_default());
            let told = format!("the audit was changed: {}", finding.told);
            bounded(store.audit_is_broken(tenant, &subject, &told)).await?;
        }
    }
    let broken = metrics::gauge!("quell_audit_broken_rows", "tenant" => context.tenant_name.clone());
    if !findings.is_empty() {
        broken.set(f64::from(patrol.found));
    }
    patrol.at = end;
    if i64::try_from(links).unwrap_or(i64::MAX) < VERIFIED {
        broken.set(f64::from(patrol.found));
        *patrol = Patrol::default();
    }
    Ok(())
}

fn show(context: &Context, rows: u64, age: Duration) {
    let tenant = || context.tenant_name.clone();
    // INVARIANT: at most 10,000, so no digit is lost.
    metrics::gauge!("quell_audit_unsealed_rows", "tenant" => tenant()).set(rows as f64);
    metrics::gauge!("quell_audit_unsealed_seconds", "tenant" => tenant()).set(age.as_secs_f64());
}
