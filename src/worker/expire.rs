//! Time: containments whose time is up end, unanswered asks expire, queued restricts lose their validity; what follows
//! is queued in the same transaction.

use tokio_util::sync::CancellationToken;

use crate::failpoint;
use crate::store::{ContainmentChange, StoreError};
use crate::worker::{BATCH_TIME, Context, Outage, bounded, pause, within};

const BATCH: i64 = 200;
const FLOOR: std::time::Duration = std::time::Duration::from_millis(100);

/// Works until stopped. Every replica may run it: rows are locked, and what is done is done.
pub async fn run(context: Context, stop: CancellationToken) {
    let mut outage = Outage::default();
    loop {
        let wait = match within(BATCH_TIME, run_once(&context)).await {
            Ok(change) if change.is_some() => continue,
            // Nothing but failures: what is due stays due, and trying at once again would only repeat them.
            Ok(change) if change.failed > 0 => None,
            Ok(_) => match bounded(context.store.containments_next_end(context.tenant)).await {
                Ok(next) => {
                    outage.worked("expire");
                    // What is due already is locked by somebody, or could not be changed: not at once again.
                    next.map(|next| next.max(FLOOR))
                }
                Err(error) => Some(outage.failed("expire", &error)),
            },
            Err(error) => Some(outage.failed("expire", &error)),
        };
        if !pause(&stop, &context.wakes.ends, wait).await {
            return;
        }
    }
}

/// Ends what is due at this moment.
///
/// # Errors
/// Postgres is not available.
pub async fn run_once(context: &Context) -> Result<ContainmentChange, StoreError> {
    let change = context
        .store
        .containments_expire(context.tenant, &context.gate.caps, context.fleet, BATCH)
        .await?;
    failpoint::reach_noted!(ReleaseQueuedRestrictNotFinal);
    Ok(change)
}
