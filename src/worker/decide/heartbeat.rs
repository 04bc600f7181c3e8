//! What becomes of a heartbeat in the batch that claimed it: the playbooks in force are evaluated for an alert that says nothing, what they
//! say of it is thrown away, and its row is settled. It never reaches the guards, begins nothing, and leaves no decision.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use crate::domain::alert::{Alert, EventKind};
use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;
use crate::playbook::{PlaybookSet, Subject, evaluate};
use crate::store::{DecideTx, StoreError};
use crate::worker::Context;

/// Judges and settles the heartbeats of the batch; how long each took.
pub(super) async fn settle(
    tx: &mut DecideTx,
    set: &PlaybookSet,
    context: &Context,
) -> Result<Vec<Duration>, StoreError> {
    if tx.heartbeats.is_empty() {
        return Ok(Vec::new());
    }
    let (alert, device) = (Alert::default(), DeviceFacts::default());
    let subject = Subject {
        alert: &alert,
        event: EventKind::New,
        device_id: None,
        device: &device,
        tenant: &context.tenant_name,
        now: tx.now,
        time_scale: context.time_scale,
        restricted_by: Fact::Is(Vec::new()),
    };
    // INVARIANT: what a playbook says of a heartbeat goes nowhere.
    let judged = catch_unwind(AssertUnwindSafe(|| drop(evaluate(set, &subject))));
    if judged.is_err() {
        // A heartbeat that took the process down would come again, and nothing would be decided any more.
        tracing::error!(
            "the playbooks in force cannot be evaluated for an alert that says nothing: a person must look"
        );
    }
    tx.heartbeats_settle().await
}

/// Tells the metrics, once the batch is committed.
pub(super) fn tell(context: &Context, beats: &[Duration]) {
    for beat in beats {
        metrics::histogram!("quell_heartbeat_seconds", "tenant" => context.tenant_name.clone())
            .record(beat.as_secs_f64());
    }
}
