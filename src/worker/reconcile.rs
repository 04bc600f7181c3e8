//! Follows every open action to its real end: one list call for any number of them. Nothing is concluded from a listing
//! that is not complete, and absence counts only after the quiescence.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::clock::Monotonic;
use crate::defender::{Client, MachineActionFilter, ReadError};
use crate::domain::action::{ActionEvent, ActionState, Marker};
use crate::domain::answer::MachineAction;
use crate::domain::budget::CallTiming;
use crate::failpoint;
use crate::limiter::SecondGuard;
use crate::store::{Finding, OpenAction, QueuedChange, StoreError};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, chain, pause};

/// An action stays pending at Defender for about 72 h 14 min (facts sheet 0.4): what refuses a call as a duplicate may be
/// that old, far older than our own attempt.
const PENDING_AT_MOST: SignedDuration = SignedDuration::from_hours(96);

/// Actions looked at by themselves in one look, at most: each costs a read.
const LOOKED_AT_ALONE: usize = 5;

/// Findings applied in one transaction, at most: it holds their devices.
const CHUNK: usize = 100;

/// How often to look.
#[derive(Clone, Copy, Debug)]
pub struct Cadence {
    /// While an action is young.
    pub fast: Duration,
    /// While all are old.
    pub slow: Duration,
    /// How long an action is young.
    pub young_for: Duration,
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
    /// When everything was last looked at, the old ones too.
    pub last_whole: Mutex<Option<Monotonic>>,
    /// Actions that were executed twice and of which it was told.
    pub told: Mutex<HashSet<uuid::Uuid>>,
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
    /// Postgres is not available.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<Option<Look>, StoreError> {
        let (store, tenant, timing) = (&self.context.store, self.context.tenant, self.context.gate.timing);
        let silent = timing.send_deadline + timing.total_timeout + Duration::from_secs(1);
        store.attempts_overdue_doubt(tenant, silent).await?;
        let open = store.actions_open(tenant).await?;
        metrics::gauge!("quell_actions_open").set(open.len() as f64);
        if open.is_empty() {
            return Ok(None);
        }
        let began = store.now().await?;
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
        if let Some(since) = common.iter().map(|action| action.reserved_at).min() {
            let filter = MachineActionFilter {
                created_since: since - SignedDuration::from_mins(2),
                device: None,
            };
            if let Some(listing) = self.list(&filter, open.len(), &reads, stop).await? {
                let index = Index::new(&listing);
                self.tell_doubles(&index);
                findings.extend(
                    common
                        .iter()
                        .filter_map(|action| judge(action, &index, began, timing)),
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
        failpoint::reach!(LookUpDoneNotRecorded, if findings.iter().any(|f| matches!(f.events.first(),
            Some(ActionEvent::Accepted | ActionEvent::NotExecuted))));
        let mut moved = 0;
        for chunk in findings.chunks(CHUNK) {
            moved += store.findings_apply(tenant, chunk).await?;
        }
        Ok(Some(Look {
            open: open.len(),
            moved,
            is_young,
        }))
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

    /// Two executed attempts of one action: the assumption behind the quiescence was wrong. Said once for each action.
    fn tell_doubles(&self, index: &Index<'_>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for action in &index.doubled {
            if told.insert(*action) {
                metrics::counter!("quell_action_seen_after_quiescence_total").increment(1);
                tracing::error!(action.id = %action, "two machine actions carry markers of one action");
            }
        }
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
                judge(action, &Index::new(&listing), began, timing).or_else(|| gone(action, &listing, began)),
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

/// Whether the common listing, which begins with our own attempts, may not show what matters: the adopted action of
/// somebody else is older than our attempt, and so may be what a call was refused for.
fn needs_its_own_look(open: &OpenAction) -> bool {
    (open.row.state == ActionState::Submitted && open.row.is_adopted) || is_refused_for_another(open)
}

/// Refused because another action is in progress on the device: which one, only the device's own list tells.
fn is_refused_for_another(open: &OpenAction) -> bool {
    open.row.state == ActionState::InDoubt && open.outcome.as_deref() == Some("already_in_progress")
}

/// An action that Defender does not know any more, long after the latest end that it gives an action by itself.
fn gone(open: &OpenAction, listing: &[MachineAction], began: Timestamp) -> Option<Finding> {
    let is_gone = listing.is_empty()
        && open.row.state == ActionState::Submitted
        && began.duration_since(open.reserved_at) > PENDING_AT_MOST;
    is_gone.then(|| Finding {
        action: open.row.id,
        attempts: open.row.attempts,
        events: vec![ActionEvent::TimedOut],
        change: QueuedChange {
            error: Some("defender does not know the action any more".to_owned()),
            ..QueuedChange::default()
        },
        reason: "unknown to defender after 96 h",
    })
}

/// A listing, by id, by marker and by device.
pub struct Index<'a> {
    by_id: std::collections::HashMap<&'a str, &'a MachineAction>,
    by_action: std::collections::HashMap<uuid::Uuid, &'a MachineAction>,
    by_device: std::collections::HashMap<String, Vec<&'a MachineAction>>,
    doubled: HashSet<uuid::Uuid>,
}

impl<'a> Index<'a> {
    /// Indexes a complete listing.
    pub fn new(listing: &'a [MachineAction]) -> Self {
        let mut index = Self {
            by_id: std::collections::HashMap::with_capacity(listing.len()),
            by_action: std::collections::HashMap::new(),
            by_device: std::collections::HashMap::new(),
            doubled: HashSet::new(),
        };
        for action in listing {
            index.by_id.insert(&action.id, action);
            if let Some(marker) = action.requestor_comment.as_deref().and_then(Marker::read) {
                // The newest counts; it comes first.
                if index.by_action.contains_key(&marker.action) {
                    index.doubled.insert(marker.action);
                }
                index.by_action.entry(marker.action).or_insert(action);
            }
            if let Some(device) = &action.machine_id {
                index
                    .by_device
                    .entry(device.to_lowercase())
                    .or_default()
                    .push(action);
            }
        }
        index
    }

    /// Whether the listing shows Defender's action, or there is none to show.
    fn lists(&self, open: &OpenAction) -> bool {
        let id = open
            .row
            .defender_id
            .as_deref()
            .filter(|_| open.row.state == ActionState::Submitted);
        id.is_none_or(|id| self.by_id.contains_key(id))
    }
}

/// What a complete listing, begun at `began`, says of one open action; `None`: nothing new.
pub fn judge(
    open: &OpenAction,
    listing: &Index<'_>,
    began: Timestamp,
    timing: CallTiming,
) -> Option<Finding> {
    match open.row.state {
        ActionState::Submitted => follow(open, listing),
        ActionState::InDoubt => resolve(open, listing, began, timing),
        _ => None,
    }
}

fn follow(open: &OpenAction, listing: &Index<'_>) -> Option<Finding> {
    let seen = *listing.by_id.get(open.row.defender_id.as_deref()?)?;
    let event = ActionEvent::from_status(&seen.status);
    let word = seen.status.as_wire();
    if event.is_none() && open.row.defender_status.as_deref() == Some(word) {
        return None;
    }
    if let crate::domain::answer::MachineActionStatus::Other(name) = &seen.status {
        tracing::warn!(action.id = %open.row.id, status = name, "defender reports a status that is not known; following on");
        metrics::counter!("quell_unknown_statuses_total").increment(1);
    }
    Some(finding(
        open,
        event.into_iter().collect(),
        seen,
        open.row.is_adopted,
        "defender's list",
    ))
}

fn resolve(open: &OpenAction, listing: &Index<'_>, began: Timestamp, timing: CallTiming) -> Option<Finding> {
    if let Some(seen) = listing.by_action.get(&open.row.id).copied() {
        return Some(accepted(open, seen, false, "found by its marker"));
    }
    let pending = listing
        .by_device
        .get(open.row.device.as_str())
        .map(Vec::as_slice)
        .unwrap_or_default();
    let pending = || pending.iter().copied().filter(|action| !action.status.is_final());
    let same = pending().find(|action| open.row.kind.is(&action.kind));
    let refused = is_refused_for_another(open);
    // A refused call made nothing: what counts is only that the list shows what was there then. Any other call may
    // still be executed until the quiescence has passed.
    let settled_at = match (refused, open.answered_at) {
        (true, Some(answered_at)) => answered_at + signed(timing.list_lag),
        _ => open.reserved_at + signed(timing.quiescence()),
    };
    let is_settled = began >= settled_at;
    match same {
        Some(other) if refused || is_settled => {
            return Some(accepted(
                open,
                other,
                true,
                "adopted: the same action was in progress",
            ));
        }
        _ => {}
    }
    // An opposite action is in progress: ours waits for its end.
    let opposite_pending = pending().any(|action| {
        !open.row.kind.is(&action.kind)
            && !matches!(action.kind, crate::domain::answer::MachineActionKind::Other(_))
    });
    if !is_settled || (refused && opposite_pending) {
        return None;
    }
    Some(Finding {
        action: open.row.id,
        attempts: open.row.attempts,
        events: vec![ActionEvent::NotExecuted],
        // What refused the call may be of a kind that we do not follow: not at once again.
        change: QueuedChange {
            not_before: if refused {
                timing.quiescence()
            } else {
                Duration::ZERO
            },
            ..QueuedChange::default()
        },
        reason: "absent from a complete listing after the quiescence",
    })
}

fn accepted(open: &OpenAction, seen: &MachineAction, is_adopted: bool, reason: &'static str) -> Finding {
    let events = std::iter::once(ActionEvent::Accepted).chain(ActionEvent::from_status(&seen.status));
    finding(open, events.collect(), seen, is_adopted, reason)
}

fn finding(
    open: &OpenAction,
    events: Vec<ActionEvent>,
    seen: &MachineAction,
    is_adopted: bool,
    reason: &'static str,
) -> Finding {
    Finding {
        action: open.row.id,
        attempts: open.row.attempts,
        events,
        change: QueuedChange {
            defender_id: Some(seen.id.clone()),
            defender_status: Some(seen.status.as_wire().to_owned()),
            is_adopted,
            marked: seen
                .requestor_comment
                .as_deref()
                .and_then(Marker::read)
                .map(|marker| marker.action),
            error: (seen.error_hresult != 0).then(|| format!("errorHResult {:#010x}", seen.error_hresult)),
            ..QueuedChange::default()
        },
        reason,
    }
}

fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
#[path = "reconcile_tests.rs"]
mod tests;
