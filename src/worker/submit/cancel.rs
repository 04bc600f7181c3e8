//! The call that cancels a restrict at Defender which nothing wants any more, and what is made of its answer.

use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::domain::answer::Answer;
use crate::failpoint;
use crate::limiter::{CommittedAttempt, Permit};
use crate::store::CancelGrant;
use crate::worker::record::record_cancel;
use crate::worker::submit::{Submitter, write_until_written};

impl Submitter {
    /// Makes the call of a committed attempt to cancel and records what came of it.
    pub async fn cancel(&self, grant: CancelGrant, epoch: i64, hard: CancellationToken) {
        let pulse = self.pulse("a call");
        let attempt = CommittedAttempt {
            id: grant.attempt,
            send_deadline: grant.send_deadline,
        };
        let permit = Permit::from_committed(attempt, &self.guard);
        metrics::counter!("quell_calls_total", "tenant" => self.context.tenant_name.clone(), "kind" => "cancel").increment(1);
        let began = Monotonic::now();
        let answer = self
            .client
            .cancel(permit, &grant.defender_id, &grant.comment)
            .await;
        metrics::histogram!("quell_call_seconds", "kind" => "cancel").record(began.elapsed());
        let in_a_row = self.unsent.count(
            matches!(answer, Answer::Late { .. } | Answer::NotSent { .. }),
            self.pauses,
        );
        let made = record_cancel(&answer, &grant, in_a_row, &self.context.gate, self.pauses);
        let outcome = made.record.outcome;
        metrics::counter!("quell_answers_total", "tenant" => self.context.tenant_name.clone(), "outcome" => outcome).increment(1);
        self.pace_after(&answer, &made.record);
        let status = made.record.change.defender_status.as_deref();
        if outcome == "accepted" {
            tracing::info!(action.id = %grant.action, attempt = %grant.attempt, device.id = %grant.device, status,
                "defender took the cancel of a restrict that nothing wants any more");
        } else {
            tracing::warn!(action.id = %grant.action, attempt = %grant.attempt, device.id = %grant.device, outcome,
                error = made.record.change.error,
                "a cancel was not accepted; the release waits for the restrict's end");
        }
        failpoint::reach!(CancelDoneNotRecorded);
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let write = || store.cancel_finish(tenant, epoch, &grant, &made.record, made.end, made.again);
        write_until_written(write, (grant.action, grant.attempt), (&pulse, &hard)).await;
    }
}
