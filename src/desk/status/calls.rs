//! What `quell status` says of calls that do not leave: what holds them, when the others may leave, and that one is due which nothing that
//! is recorded holds. Pure; what may have left is looked up by `status`.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::queue::{Held, WaitsFor};
use crate::desk::words::{ago, ahead, short};
use crate::domain::budget::Call;
use crate::domain::stop::StopScope;
use crate::domain::verdict::Lane;
use crate::store::views::{Allowed, LOOKED_BACK, QueuedAction, StalledView, StatusView};

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

/// What holds these queued actions: a stop that forbids some of them, or that no daemon dispatches, or both.
pub fn held_of<'a>(
    actions: impl IntoIterator<Item = &'a QueuedAction>,
    stop: Option<StopScope>,
    dispatches: bool,
) -> Option<HeldQueue> {
    let (mut all, mut stopped) = (0, 0);
    for action in actions {
        all += 1;
        stopped += usize::from(stop.is_some_and(|stop| action.is_stopped(stop)));
    }
    let Held { waits_for, why } = Held::by(stopped > 0, dispatches)?;
    let actions = if dispatches { stopped } else { all };
    (actions > 0).then_some(HeldQueue {
        waits_for,
        actions,
        why,
    })
}

/// When calls may leave, in words: how many are held, and of the others when the first and the last of them leave.
pub fn sentence(
    now: Timestamp,
    held: Option<&HeldQueue>,
    next: Option<Timestamp>,
    empty: Option<Timestamp>,
) -> String {
    let (Some(next), Some(empty)) = (next, empty) else {
        return held.map_or_else(
            || "nothing to call".to_owned(),
            |held| format!("held: {}", held.why),
        );
    };
    let when = |at: Timestamp| match at.duration_since(now) < SignedDuration::from_secs(1) {
        true => "now".to_owned(),
        false => ahead(now, at),
    };
    let (before, rest) = match held {
        Some(held) => (format!("{} held: {}; ", held.actions, held.why), "the others"),
        None => (String::new(), "the queue"),
    };
    format!(
        "{before}the next call may leave {}, the last of {rest} {}",
        when(next),
        when(empty)
    )
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

/// Whether a daemon dispatches.
pub fn dispatches(status: &StatusView) -> bool {
    status.lease.as_ref().is_some_and(|lease| lease.is_held)
}
