//! What `quell status` says of calls that do not leave: what holds them, when the others may leave, and that one is due which nothing that
//! is recorded holds. Pure; what may have left is looked up by `status`.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::look::Look;
use crate::desk::queue::WaitsFor;
use crate::desk::words::{ago, short};
use crate::domain::budget::{Call, Forecast, Pacing};
use crate::domain::stop::StopScope;
use crate::domain::verdict::Lane;
use crate::store::views::{Allowed, LOOKED_BACK, StalledView, StatusView};

/// Queued actions that do not leave, whatever the budget allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct HeldQueue {
    /// What holds them.
    pub waits_for: WaitsFor,
    /// How many.
    pub actions: usize,
    /// The same in words.
    pub why: String,
}

/// What holds queued actions: the strongest stop in force, or that no daemon dispatches.
pub fn held(status: &StatusView, stop: Option<StopScope>) -> Option<HeldQueue> {
    let queue = &status.outlook.queue;
    let of = |waits_for, actions, why: &str| {
        (actions > 0).then(|| HeldQueue {
            waits_for,
            actions,
            why: why.to_owned(),
        })
    };
    let stopped = stop.and_then(|stop| {
        let held = queue.iter().filter(|action| action.is_stopped(stop)).count();
        of(WaitsFor::Resume, held, "a stop is in force")
    });
    let dispatches = dispatches(status);
    stopped.or_else(|| {
        let held = if dispatches { 0 } else { queue.len() };
        of(WaitsFor::Daemon, held, "no daemon dispatches")
    })
}

/// When the calls that nothing holds may leave; `None`: there are none.
pub fn forecast(look: &Look, stop: Option<StopScope>, pacing: &Pacing) -> Option<Forecast> {
    match stop {
        _ if !dispatches(&look.status) => None,
        Some(stop) => look.status.outlook.under(stop).prospect(pacing).forecast(),
        None => look.prospect.forecast(),
    }
}

/// What may leave now, and might have for a while; `None`: nothing of what has been due for so long.
pub fn allowed(status: &StatusView, stop: Option<StopScope>, outstanding: u32) -> Option<Allowed> {
    if stop == Some(StopScope::Freeze) || status.closed_until.is_some() || !dispatches(status) {
        return None;
    }
    let outlook = &status.outlook;
    let back = SignedDuration::try_from(LOOKED_BACK).unwrap_or(SignedDuration::MAX);
    let since = SignedDuration::ZERO.saturating_sub(back);
    let is_due = |at: SignedDuration| at <= since;
    if !outlook
        .queue
        .iter()
        .any(|action| is_due(action.queued.queued) && is_due(action.queued.ready))
    {
        return None;
    }
    // At both moments: a window that has just opened says nothing yet.
    let snapshots = [since, SignedDuration::ZERO].map(|at| outlook.slots.snapshot(&outlook.rules, at));
    let is_allowed = |lane: &Lane| {
        let call = Call::of(*lane);
        snapshots
            .iter()
            .all(|snapshot| outlook.rules.check(snapshot, call).is_ok())
    };
    let lanes: Vec<Lane> = Lane::ALL.into_iter().filter(is_allowed).collect();
    (!lanes.is_empty()).then(|| Allowed {
        lanes,
        begins: stop.is_none() && status.outstanding < i64::from(outstanding),
        retries: outlook.retries_held.is_none(),
    })
}

/// What a person should know of an action that is due and not called.
pub fn need(stalled: &StalledView, now: Timestamp) -> String {
    format!(
        "nothing is called although it may be: the {} of {} is due since {} (no token? a clock that is frozen?): `quell doctor`, and \
         the log of the replica that dispatches",
        stalled.kind.replace('_', " "),
        short(&stalled.device, 12),
        ago(now, stalled.due_at)
    )
}

fn dispatches(status: &StatusView) -> bool {
    status.lease.as_ref().is_some_and(|lease| lease.is_held)
}
