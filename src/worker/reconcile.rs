//! Follows every open action to its real end: one list call for any number of them. Nothing is concluded from a listing
//! that is not complete, and absence counts only after the quiescence.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::defender::{Client, MachineActionFilter};
use crate::domain::action::{ActionEvent, ActionState, Marker};
use crate::domain::answer::MachineAction;
use crate::domain::budget::CallTiming;
use crate::limiter::SecondGuard;
use crate::store::{Finding, OpenAction, QueuedChange, StoreError};
use crate::worker::reads::Reads;
use crate::worker::{Context, Outage, chain, pause};

/// An action stays pending at Defender for about 72 h 14 min (facts sheet 0.4): what refuses a call as a duplicate may be
/// that old, far older than our own attempt.
const PENDING_AT_MOST: SignedDuration = SignedDuration::from_hours(96);

/// Look-ups of single devices in one look, at most: the others wait for the next.
const DEVICE_LOOKUPS: usize = 5;

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
            let wait = match self.run_once(&stop).await {
                Ok(None) => {
                    outage.worked("reconcile");
                    None
                }
                Ok(Some(look)) => {
                    outage.worked("reconcile");
                    Some(if look.is_young {
                        self.cadence.fast
                    } else {
                        self.cadence.slow
                    })
                }
                Err(error) => Some(outage.failed("reconcile", &error)),
            };
            // With open actions the pace is the cadence's, however many answers come in; without, a wake is enough.
            let go_on = match wait {
                None => pause(&stop, &self.context.wakes.open, None).await,
                Some(wait) => tokio::select! {
                    () = stop.cancelled() => false,
                    () = tokio::time::sleep(wait) => true,
                },
            };
            if !go_on {
                return;
            }
        }
    }

    /// One look; `None` when nothing is open, or the list could not be read.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn run_once(&self, stop: &CancellationToken) -> Result<Option<Look>, StoreError> {
        let (store, tenant, timing) = (&self.context.store, self.context.tenant, self.context.gate.timing);
        let silent = timing.send_deadline + timing.total_timeout + Duration::from_secs(1);
        store.attempts_overdue_doubt(tenant, silent).await?;
        let open = store.actions_open(tenant).await?;
        let Some(oldest) = open.iter().map(|action| action.reserved_at).min() else {
            return Ok(None);
        };
        let began = store.now().await?;
        let young = SignedDuration::try_from(self.cadence.young_for).unwrap_or(SignedDuration::ZERO);
        let is_young = open
            .iter()
            .any(|action| began.duration_since(action.reserved_at) < young);
        let reads = Reads::new(self.context.clone(), self.guard.clone());
        let mut looked_up = HashSet::new();
        let filter = MachineActionFilter {
            created_since: oldest - SignedDuration::from_mins(2),
            device: None,
        };
        let listed = self
            .client
            .list_machine_actions(&filter, || reads.permit("list", stop))
            .await;
        reads.settle(listed.as_ref().err()).await?;
        let listing = match listed {
            Ok(listing) => listing,
            Err(error) => {
                if !stop.is_cancelled() {
                    tracing::warn!(
                        error = chain(&error),
                        open = open.len(),
                        "the list of machine actions cannot be read"
                    );
                    metrics::counter!("quell_reconcile_failures_total").increment(1);
                }
                return Ok(Some(Look {
                    open: open.len(),
                    moved: 0,
                    is_young,
                }));
            }
        };
        metrics::gauge!("quell_actions_open").set(open.len() as f64);
        let mut listing = listing;
        // In any order, so that a few that stay refused for days do not keep the others from being looked up.
        let mut refused: Vec<_> = open
            .iter()
            .filter(|action| is_refused_for_another(action))
            .collect();
        fastrand::shuffle(&mut refused);
        for action in refused.into_iter().take(DEVICE_LOOKUPS) {
            let device = Some(action.row.device.clone());
            let filter = MachineActionFilter {
                created_since: began - PENDING_AT_MOST,
                device,
            };
            let listed = self
                .client
                .list_machine_actions(&filter, || reads.permit("list", stop))
                .await;
            reads.settle(listed.as_ref().err()).await?;
            let Ok(listed) = listed else { break };
            listing.extend(listed);
            looked_up.insert(action.row.id);
        }
        let index = Index::new(&listing);
        let findings: Vec<Finding> = open
            .iter()
            .filter(|action| !is_refused_for_another(action) || looked_up.contains(&action.row.id))
            .filter_map(|action| judge(action, &index, began, timing))
            .collect();
        let moved = store.findings_apply(tenant, &findings).await?;
        Ok(Some(Look {
            open: open.len(),
            moved,
            is_young,
        }))
    }
}

/// Refused because another action is in progress on the device: which one, only the device's own list tells.
fn is_refused_for_another(open: &OpenAction) -> bool {
    open.row.state == ActionState::InDoubt && open.outcome.as_deref() == Some("already_in_progress")
}

/// A listing, by id, by marker and by device.
pub struct Index<'a> {
    by_id: std::collections::HashMap<&'a str, &'a MachineAction>,
    by_action: std::collections::HashMap<uuid::Uuid, &'a MachineAction>,
    by_device: std::collections::HashMap<String, Vec<&'a MachineAction>>,
}

impl<'a> Index<'a> {
    /// Indexes a complete listing.
    pub fn new(listing: &'a [MachineAction]) -> Self {
        let mut index = Self {
            by_id: std::collections::HashMap::with_capacity(listing.len()),
            by_action: std::collections::HashMap::new(),
            by_device: std::collections::HashMap::new(),
        };
        for action in listing {
            index.by_id.insert(&action.id, action);
            if let Some(marker) = action.requestor_comment.as_deref().and_then(Marker::read) {
                index.by_action.insert(marker.action, action);
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
        change: QueuedChange::default(),
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
