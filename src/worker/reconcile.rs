//! Follows every open action to its real end: one list call for any number of them. Nothing is concluded from a listing
//! that is not complete, and absence counts only after the quiescence.

mod drift;
mod judge;
mod sights;
pub mod sweep;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::defender::{Client, MachineActionFilter, ReadError};
use crate::domain::action::OnAmbiguous;
use crate::domain::answer::MachineAction;
use crate::failpoint;
use crate::limiter::SecondGuard;
use crate::store::{Finding, OpenAction, StoreError};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, bounded, chain, pause, within};

pub use drift::Drifts;
pub use judge::{Index, judge};
pub use sights::Sights;
pub use sweep::Sweeps;

use judge::{gone, needs_its_own_look};

/// An action stays pending at Defender for about 72 h 14 min (facts sheet 0.4): what refuses a call as a duplicate may be
/// that old, far older than our own attempt.
const PENDING_AT_MOST: SignedDuration = SignedDuration::from_hours(96);

/// Actions looked at by themselves in one look, at most: each costs a read.
const LOOKED_AT_ALONE: usize = 5;

/// Findings applied in one transaction, at most: it holds their devices.
const CHUNK: usize = 100;

/// Applying so many takes longer than one word with Postgres, and no longer than this.
const APPLYING: Duration = Duration::from_secs(60);

/// How often to look.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    /// While an action is young.
    pub fast: Duration,
    /// While all are old.
    pub slow: Duration,
    /// How long an action is young.
    pub young_for: Duration,
    /// Everything of the last day is listed so often, at least.
    pub sweep: Duration,
    /// How far back that looks, and how long a device is watched after its release.
    pub watched: Duration,
    /// How long a restriction that a restored backup has lost is kept, unless a person decides.
    pub orphans: Duration,
}

/// The loop's parts.
pub struct Reconciler {
    /// What the loops share.
    pub context: Context,
    /// The client.
    pub client: Arc<Client>,
    /// Stands behind the reads' ledger.
    pub guard: SecondGuard,
    /// How often to look.
    pub cadence: Cadence,
    /// What becomes of a restrict, and of a release, that is absent after the quiescence.
    pub on_ambiguous: (OnAmbiguous, OnAmbiguous),
    /// When everything was last looked at, the old ones too.
    pub last_whole: Mutex<Option<Monotonic>>,
    /// When everything of the last day was last listed.
    pub sweeps: Sweeps,
    /// When this process first saw each attempt of unknown fate.
    pub sights: Sights,
    /// How what others do is dealt with.
    pub drift: Drifts,
}

/// What one look came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Actions open before it.
    pub open: usize,
    /// Actions that it moved on.
    pub moved: usize,
    /// Whether the next look should come soon.
    pub is_young: bool,
}

impl Reconciler {
    /// Works until stopped.
    pub async fn run(self, stop: CancellationToken) {
        let mut outage = Outage::default();
        while self.context.leadership.wait(&stop).await.is_some() {
            // A look may be dropped in the middle: a read that was made keeps its slot, a transaction rolls back.
            let looked = tokio::select! {
                () = stop.cancelled() => return,
                looked = self.run_once(&stop) => looked,
            };
            let wait = match looked {
                Ok(look) => {
                    outage.worked("reconcile");
                    look.map(|look| {
                        if look.is_young {
                            self.cadence.fast
                        } else {
                            self.cadence.slow
                        }
                    })
                }
                // Another replica dispatches by now.
                Err(error) if error.is_lease_lost() => {
                    self.context.leadership.set(None);
                    None
                }
                Err(error) => Some(outage.failed("reconcile", &error)),
            };
            if !self.wait(wait, &stop).await {
                return;
            }
        }
    }

    /// With young actions the pace is the cadence's, however many answers come in; else a new action quickens it.
    async fn wait(&self, wait: Option<Duration>, stop: &CancellationToken) -> bool {
        let Some(wait) = wait else {
            return pause(stop, &self.context.wakes.open, None).await;
        };
        let fast = self.cadence.fast;
        tokio::select! {
            () = stop.cancelled() => return false,
            () = tokio::time::sleep(wait) => return true,
            () = self.context.wakes.open.notified(), if wait > fast => {}
        }
        tokio::select! {
            () = stop.cancelled() => false,
            () = tokio::time::sleep(fast) => true,
        }
    }

    /// One look; `None` when nothing is open.
    ///
    /// # Errors
    /// Postgres is not available; [`StoreError::Stale`]: another replica dispatches.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<Option<Look>, StoreError> {
        let (store, tenant, timing) = (&self.context.store, self.context.tenant, self.context.gate.timing);
        let Some(epoch) = self.context.leadership.epoch() else {
            return Ok(None);
        };
        let silent = timing.send_deadline + timing.total_timeout + Duration::from_secs(1);
        // Each word with Postgres by itself: the reads between them may wait for their slots as long as it takes.
        bounded(store.attempts_overdue_doubt(tenant, epoch, silent)).await?;
        let mut open = bounded(store.actions_open(tenant)).await?;
        self.sights.note(&mut open);
        metrics::gauge!("quell_actions_open", "tenant" => self.context.tenant_name.clone())
            .set(open.len() as f64);
        let sweep = self.begins_sweep(epoch).await?;
        if open.is_empty() && sweep.is_none() {
            return Ok(None);
        }
        let (began, doubt) = (bounded(store.now()).await?, bounded(store.clock_doubt()).await?);
        let young_from = began - signed(self.cadence.young_for);
        let is_young = open.iter().any(|action| action.reserved_at > young_from);
        let reads = Reads::new(self.context.clone(), self.guard.clone());
        // The old ones, days old perhaps, are looked at with everything since; between those looks only the young are.
        let is_whole = !is_young || self.begin_whole();
        let looked_at = open
            .iter()
            .filter(|action| is_whole || action.reserved_at > young_from);
        let (mut alone, common): (Vec<_>, Vec<_>) = looked_at.partition(|action| needs_its_own_look(action));
        let mut findings = Vec::new();
        let mut seen = None;
        let of_the_day = sweep.map(|span| began - signed(span));
        let of_ours = common.iter().map(|action| action.reserved_at).min();
        if let Some(since) = of_ours.into_iter().chain(of_the_day).min() {
            let filter = MachineActionFilter {
                created_since: since - SignedDuration::from_mins(2) - signed(doubt),
                device: None,
            };
            seen = self.list(&filter, open.len(), &reads, stop).await?;
            if let Some(listing) = &seen {
                let index = Index::new(listing);
                findings.extend(
                    common
                        .iter()
                        .filter_map(|action| judge(action, &index, began, timing, self.policy(action))),
                );
                // Submitted and not listed although everything since is: its machine action is older than our attempt.
                alone.extend(
                    common
                        .into_iter()
                        .filter(|action| is_whole && !index.lists(action)),
                );
            }
        }
        findings.extend(self.look_alone(alone, began, &reads, stop).await?);
        failpoint::reach!(LookUpDoneNotRecorded, if findings.iter().any(Finding::settles_doubt));
        let mut moved = 0;
        for chunk in findings.chunks(CHUNK) {
            moved += within(APPLYING, store.findings_apply(tenant, epoch, chunk)).await?;
        }
        // After the findings: what they account for is no stray.
        if let Some(listing) = &seen {
            self.take_strays(epoch, listing, sweep.map(|span| (began, span)))
                .await?;
            // What is ours is in the books by now: the rest is somebody else's.
            self.judge_drift(epoch, listing, began, sweep.is_some()).await?;
        }
        if open.is_empty() {
            return Ok(None);
        }
        Ok(Some(Look {
            open: open.len(),
            moved,
            is_young,
        }))
    }

    fn policy(&self, action: &OpenAction) -> OnAmbiguous {
        if action.row.kind.releases() {
            self.on_ambiguous.1
        } else {
            self.on_ambiguous.0
        }
    }

    /// Whether everything is to be looked at this time. Counted from the try, so that a listing of days that cannot be had
    /// does not keep the young from theirs.
    fn begin_whole(&self) -> bool {
        let mut last = self.last_whole.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = last.is_none_or(|last| last.elapsed() >= self.cadence.slow);
        if is_due {
            *last = Some(Monotonic::now());
        }
        is_due
    }

    /// Actions that the common listing does not cover, a few at a time and in any order, so that some that stay for days do
    /// not keep the others from being looked at.
    async fn look_alone(
        &self,
        mut alone: Vec<&OpenAction>,
        began: Timestamp,
        reads: &Reads,
        stop: &CancellationToken,
    ) -> Result<Vec<Finding>, StoreError> {
        let timing = self.context.gate.timing;
        let mut findings = Vec::new();
        fastrand::shuffle(&mut alone);
        for action in alone.into_iter().take(LOOKED_AT_ALONE) {
            let listing = match &action.row.defender_id {
                Some(id) => {
                    let got = self.get(id, reads, stop).await?;
                    failpoint::reach!(ReconcileGetDoneNotRecorded);
                    got
                }
                None => {
                    let device = Some(action.row.device.clone());
                    let filter = MachineActionFilter {
                        created_since: began - PENDING_AT_MOST,
                        device,
                    };
                    self.list(&filter, 1, reads, stop).await?
                }
            };
            let Some(listing) = listing else { break };
            findings.extend(
                judge(action, &Index::new(&listing), began, timing, self.policy(action))
                    .or_else(|| gone(action, &listing, began)),
            );
        }
        Ok(findings)
    }

    /// A complete listing; `None` if it could not be had.
    async fn list(
        &self,
        filter: &MachineActionFilter,
        open: usize,
        reads: &Reads,
        stop: &CancellationToken,
    ) -> Result<Option<Vec<MachineAction>>, StoreError> {
        let listed = self
            .client
            .list_machine_actions(filter, || reads.permit("list", stop))
            .await;
        reads.settle(listed.as_ref().err()).await?;
        Ok(listed.inspect_err(|error| not_read(error, open, stop)).ok())
    }

    /// One action by its id, as a listing; `None` if it could not be read.
    async fn get(
        &self,
        id: &str,
        reads: &Reads,
        stop: &CancellationToken,
    ) -> Result<Option<Vec<MachineAction>>, StoreError> {
        let Some(permit) = reads.permit("get", stop).await else {
            return Ok(None);
        };
        let found = self.client.get_machine_action(permit, id).await;
        reads.settle(found.as_ref().err()).await?;
        Ok(found
            .inspect_err(|error| not_read(error, 1, stop))
            .ok()
            .map(|action| action.into_iter().collect()))
    }
}

fn not_read(error: &ReadError, open: usize, stop: &CancellationToken) {
    if !stop.is_cancelled() {
        tracing::warn!(error = chain(error), open, "machine actions cannot be read");
        metrics::counter!("quell_reconcile_failures_total").increment(1);
    }
}

fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}
