//! Queue → gate → call → answer. The only loop that makes calls which change something.
//!
//! Ways to get it wrong, all of which have a test: calling before the attempt is committed; calling after the deadline;
//! forgetting an answer because Postgres was away when it came; stopping with a call under way.

mod cancel;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::clock::Monotonic;
use crate::defender::{Client, DeviceCall, TokenError};
use crate::domain::answer::Answer;
use crate::domain::budget::{LaneHead, lanes};
use crate::domain::verdict::Lane;
use crate::failpoint;
use crate::limiter::{CommittedAttempt, Pacer, Permit, SecondGuard};
use crate::store::{AnswerRecord, CancelGrant, GateOutcome, Grant, StoreError};
use crate::worker::pulse::{Pulse, TURN};
use crate::worker::record::{self, Pauses};
use crate::worker::{Context, Outage, POLL, SILENCE, bounded, chain, pause, retry};

/// The loop's parts.
#[derive(Clone)]
pub struct Submitter {
    /// What the loops share.
    pub context: Context,
    /// The client.
    pub client: Arc<Client>,
    /// Spreads bulk calls.
    pub pacer: Arc<Pacer>,
    /// Stands behind the ledger.
    pub guard: SecondGuard,
    /// Calls under way at once.
    pub concurrency: usize,
    /// What answers close the gate for.
    pub pauses: Pauses,
    /// Calls in a row that could not be sent: they lengthen the pause, whichever action they were for.
    pub unsent: Arc<Unsent>,
    /// Whether there is a token to call with.
    pub tokens: Arc<Tokens>,
}

/// Counts the times in a row that nothing could be sent: calls that were under way together count once.
#[derive(Debug, Default)]
pub struct Unsent(Mutex<(u32, Option<Monotonic>)>);

impl Unsent {
    fn count(&self, is_unsent: bool, pauses: Pauses) -> u32 {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !is_unsent {
            *state = (0, None);
            return 0;
        }
        let (times, last) = *state;
        let pause = retry::delay(times.max(1), pauses.initial, pauses.cap);
        if last.is_none_or(|last| last.elapsed() >= pause) {
            *state = (times.saturating_add(1), Some(Monotonic::now()));
        }
        state.0
    }
}

/// Says that no token can be had: at first, and once a minute after that.
#[derive(Debug, Default)]
pub struct Tokens(Mutex<Option<Monotonic>>);

impl Tokens {
    /// Says whether there is one.
    fn tell(&self, error: Option<TokenError>) -> bool {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(error) = error else {
            if told.take().is_some() {
                tracing::info!("there is a token again; calls go on");
            }
            return true;
        };
        metrics::counter!("quell_token_failures_total").increment(1);
        if told.is_none_or(|told| told.elapsed() >= Duration::from_secs(60)) {
            *told = Some(Monotonic::now());
            tracing::error!(
                error = chain(&error),
                "no token can be had, so nothing is called; the queue waits"
            );
        }
        false
    }
}

/// How soon to look again when the device of the queue's head is being worked on.
const HEAD_IS_LOCKED: Duration = Duration::from_millis(50);

/// What one step came to.
#[derive(Debug)]
pub enum Step {
    /// An attempt is committed: call.
    Call(Box<Grant>, i64),
    /// An attempt to cancel is committed: call.
    Cancel(Box<CancelGrant>, i64),
    /// Look again at once.
    Again,
    /// Nothing may leave now.
    Wait(Option<Duration>),
}

impl Submitter {
    /// Works until stopped; then waits for the calls under way, until the hard stop.
    pub async fn run(self, stop: CancellationToken, hard: CancellationToken) {
        let places = Arc::new(Semaphore::new(self.concurrency));
        let mut calls = JoinSet::new();
        let mut outage = Outage::default();
        let pulse = self.pulse("submit");
        while !stop.is_cancelled() {
            pulse.beat();
            let place = tokio::select! {
                () = stop.cancelled() => break,
                // All places are taken by calls, each of which has its own pulse.
                () = tokio::time::sleep(POLL) => continue,
                place = Arc::clone(&places).acquire_owned() => match place {
                    Ok(place) => place,
                    Err(_) => break,
                },
            };
            while let Some(ended) = calls.try_join_next() {
                tell(ended);
            }
            let wait = match self.step(&stop).await {
                Ok(Step::Call(grant, epoch)) => {
                    outage.worked("submit");
                    let (worker, hard) = (self.clone(), hard.clone());
                    calls.spawn(async move {
                        worker.call(*grant, epoch, hard).await;
                        drop(place);
                    });
                    continue;
                }
                Ok(Step::Cancel(grant, epoch)) => {
                    outage.worked("submit");
                    let (worker, hard) = (self.clone(), hard.clone());
                    calls.spawn(async move {
                        worker.cancel(*grant, epoch, hard).await;
                        drop(place);
                    });
                    continue;
                }
                Ok(Step::Again) => continue,
                Ok(Step::Wait(wait)) => {
                    outage.worked("submit");
                    wait
                }
                Err(error) => Some(outage.failed("submit", &error)),
            };
            drop(place);
            if !pause(&stop, &self.context.wakes.queue, wait).await {
                break;
            }
        }
        failpoint::reach!(DrainAfterSigterm);
        while let Some(ended) = calls.join_next().await {
            tell(ended);
        }
    }

    /// One look at the queue.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn step(&self, stop: &CancellationToken) -> Result<Step, StoreError> {
        let Some(epoch) = self.context.leadership.epoch() else {
            return Ok(Step::Wait(None));
        };
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let gate = &self.context.gate;
        let look = bounded(store.queue_look(tenant, gate.outstanding, gate.cancel_after)).await?;
        let Some(lane) = first_lane(&look.heads, gate.terms.ageing, look.cancel) else {
            return Ok(Step::Wait(look.next.into_iter().chain(look.cancel).min()));
        };
        // Before the gate: no slot is spent while there is no token.
        let ready = tokio::select! {
            () = stop.cancelled() => return Ok(Step::Wait(None)),
            ready = self.client.ready() => ready,
        };
        if !self.tokens.tell(ready.err()) {
            return Ok(Step::Wait(Some(self.pauses.initial)));
        }
        if let Err(wait) = self.pacer.check(lane) {
            return Ok(Step::Wait(Some(wait)));
        }
        // Critical calls and the first releases passed the pacer by, so nothing else may leave instead of them. What was paced
        // may be any.
        let lowest = if lane > Lane::Release { Lane::Low } else { lane };
        failpoint::reach!(LeasedNoAttempt);
        let began = Monotonic::now();
        let outcome = bounded(store.gate_reserve(tenant, epoch, gate, lowest)).await?;
        metrics::histogram!("quell_gate_seconds").record(began.elapsed());
        if !matches!(outcome, GateOutcome::Granted(_) | GateOutcome::Cancel(_)) {
            self.pacer.give_back();
        }
        Ok(match outcome {
            GateOutcome::Granted(grant) => Step::Call(grant, epoch),
            GateOutcome::Cancel(grant) => Step::Cancel(grant, epoch),
            GateOutcome::Settled => Step::Again,
            // The queue's head is due, so its device is locked, for as long as one transaction takes: the lanes below
            // must not wait for the next wake because of it.
            GateOutcome::NothingDue { .. } => Step::Wait(Some(HEAD_IS_LOCKED)),
            GateOutcome::Wait { after, why } => {
                tracing::debug!(
                    wait_seconds = after.map(|a| a.as_secs_f64()),
                    why,
                    "the gate is closed"
                );
                Step::Wait(after)
            }
            GateOutcome::NotLeader => {
                self.context.leadership.set(None);
                Step::Wait(None)
            }
        })
    }

    /// Makes the call of a committed attempt and records what came of it.
    pub async fn call(&self, grant: Grant, epoch: i64, hard: CancellationToken) {
        let pulse = self.pulse("a call");
        failpoint::reach!(AttemptCommittedNothingSent);
        let attempt = CommittedAttempt {
            id: grant.attempt,
            send_deadline: grant.send_deadline,
        };
        let permit = Permit::from_committed(attempt, &self.guard);
        metrics::counter!("quell_calls_total", "tenant" => self.context.tenant_name.clone(), "kind" => grant.kind.as_str()).increment(1);
        let call = DeviceCall {
            kind: grant.kind,
            device: &grant.device,
            comment: &grant.comment,
            argument: grant.argument.as_deref(),
        };
        let began = Monotonic::now();
        let answer = self.client.call(permit, &call).await;
        metrics::histogram!("quell_call_seconds", "kind" => grant.kind.as_str()).record(began.elapsed());
        let in_a_row = self.unsent.count(
            matches!(answer, Answer::Late { .. } | Answer::NotSent { .. }),
            self.pauses,
        );
        let record = record::record(&answer, &grant, in_a_row, &self.context.gate.actions, self.pauses);
        metrics::counter!("quell_answers_total", "tenant" => self.context.tenant_name.clone(), "outcome" => record.outcome).increment(1);
        self.pace_after(&answer, &record);
        let fields = (grant.action, grant.attempt, record.outcome);
        match record.outcome {
            "accepted" | "adopted" => {}
            "forbidden" | "forbidden_here" => tracing::error!(
                action.id = %fields.0, attempt = %fields.1, device.id = %grant.device, error = record.change.error,
                "defender forbids the call: a person must look at the application's permissions"
            ),
            _ => tracing::warn!(
                action.id = %fields.0, attempt = %fields.1, device.id = %grant.device, outcome = fields.2,
                status = record.refusal.as_ref().map(|r| r.status),
                error = record.change.error, "a call was not accepted"
            ),
        }
        failpoint::reach!(ParsedNotRecorded, if record.is_answered);
        self.write(&grant, epoch, &record, (&pulse, &hard)).await;
        if grant.n == 1 {
            // A metric is not worth a call's place: where Postgres is silent it is left out.
            let told = self
                .context
                .store
                .course_called(self.context.tenant, grant.action);
            let _ = tokio::time::timeout(SILENCE, told).await;
        }
        failpoint::reach!(RecordedLeaseHeld);
    }

    /// A 429 paces every lane for a while. What a window that it names does to the others is the gate's.
    fn pace_after(&self, answer: &Answer, record: &AnswerRecord) {
        if let (Answer::Throttled { .. }, Some((after, _))) = (answer, &record.pause) {
            let windows = &self.context.gate.actions;
            let longest = windows.iter().map(|w| w.per).max().unwrap_or_default();
            self.pacer.throttled(*after, longest.min(Duration::from_secs(60)));
            if let Some(named) = record.named {
                tracing::warn!(
                    limit = named.limit,
                    per_seconds = named.per.as_secs_f64(),
                    "defender refused a call that the ledger allows: all but critical calls keep to that window's own rate for a while"
                );
            }
        }
    }

    /// A call, or the request for a token before it, may take as long as it is given.
    fn pulse(&self, of: &'static str) -> Pulse {
        let timing = self.context.gate.timing;
        let longest = TURN + timing.send_deadline + timing.total_timeout;
        self.context.pulses.pulse(of, &self.context.tenant_name, longest)
    }

    async fn write(
        &self,
        grant: &Grant,
        epoch: i64,
        record: &AnswerRecord,
        on: (&Pulse, &CancellationToken),
    ) {
        let (store, tenant) = (&self.context.store, self.context.tenant);
        let write = || async {
            let written = store.attempt_finish(tenant, epoch, grant, record).await;
            if let Err(StoreError::Stale(_)) = &written {
                // Its absence had been concluded, and here is its answer: what it made is to be found.
                store.sweep_want(tenant).await?;
            }
            written.map(drop)
        };
        write_until_written(write, (grant.action, grant.attempt), on).await;
    }
}

/// The lane that the pacer is asked about: that of the first of the queue. A cancel that is due belongs to the releases, and
/// goes before them.
fn first_lane(heads: &[LaneHead], ageing: Duration, cancel: Option<Duration>) -> Option<Lane> {
    let first = lanes::order(heads, ageing).first().copied();
    match first {
        Some(Lane::Critical) => first,
        _ if cancel.is_some_and(|wait| wait.is_zero()) => Some(Lane::Release),
        _ => first,
    }
}

/// Writes until it is written: an answer in memory must not be lost because Postgres is away. If the process ends
/// first, the attempt is settled by its look-up.
async fn write_until_written<F, Fut>(
    write: F,
    (action, attempt): (Uuid, Uuid),
    (pulse, hard): (&Pulse, &CancellationToken),
) where
    F: Fn() -> Fut,
    Fut: Future<Output = Result<(), StoreError>>,
{
    let mut outage = Outage::default();
    loop {
        pulse.beat();
        let wait = match bounded(write()).await {
            Ok(()) => return outage.worked("recording an answer"),
            Err(StoreError::Stale(_)) => {
                tracing::warn!(action.id = %action, attempt = %attempt,
                    "an answer came after its attempt had been settled");
                return;
            }
            Err(error) if error.is_unavailable() => outage.failed("recording an answer", &error),
            Err(error) => {
                tracing::error!(action.id = %action, attempt = %attempt, error = chain(&error),
                    "an answer cannot be recorded; the attempt will be looked up");
                return;
            }
        };
        tokio::select! {
            () = hard.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// A call's task that did not end by itself leaves its attempt open; the look-up settles it.
fn tell(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(
            error = chain(&error),
            "a call broke off; its attempt will be looked up"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAUSES: Pauses = Pauses {
        initial: Duration::from_secs(1),
        cap: Duration::from_secs(60),
        forbidden: Duration::from_secs(300),
    };

    #[tokio::test(start_paused = true)]
    async fn calls_that_could_not_be_sent_together_count_once() {
        let unsent = Unsent::default();
        assert_eq!([unsent.count(true, PAUSES), unsent.count(true, PAUSES)], [1, 1]);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!([unsent.count(true, PAUSES), unsent.count(true, PAUSES)], [2, 2]);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(unsent.count(true, PAUSES), 2, "the second pause is two seconds");
        assert_eq!([unsent.count(false, PAUSES), unsent.count(true, PAUSES)], [0, 1]);
    }
}
