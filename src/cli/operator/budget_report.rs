//! What `quell budget` answers: the windows, the queue and the forecast, as of one moment.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use crate::cli::operator::Session;
use crate::domain::budget::Call;
use crate::domain::verdict::Lane;
use crate::store::views::LaneView;

/// The budget of a tenant's calls that change something.
#[derive(Clone, Debug, Serialize)]
pub(super) struct BudgetReport {
    /// The moment.
    pub(super) at: Timestamp,
    /// The windows, the shortest first.
    pub(super) windows: Vec<WindowReport>,
    /// Until when nothing is called, after a 429 or the like; `null`: the gate is open.
    pub(super) closed_until: Option<Timestamp>,
    /// Why.
    pub(super) closed_reason: Option<String>,
    /// What holds a call of each lane that wanted to leave now; lanes that nothing holds are absent.
    pub(super) held: BTreeMap<String, HeldLane>,
    /// The queued actions, by lane, the most urgent first.
    pub(super) queue: Vec<LaneView>,
    /// When the next queued action may leave.
    pub(super) next_call_at: Option<Timestamp>,
    /// When the queue may be empty, if nothing is added and every call is answered at once.
    pub(super) queue_empty_at: Option<Timestamp>,
    /// When each lane's queued actions and more urgent ones may have left, by the lane's name.
    pub(super) lanes_empty_at: BTreeMap<String, Timestamp>,
    /// Queued restrictions that lose their validity before they can be called, as forecast.
    pub(super) expected_late: usize,
}

/// One window.
#[derive(Clone, Debug, Serialize)]
pub(super) struct WindowReport {
    /// Its span in seconds, as it holds in real time.
    pub(super) per_seconds: f64,
    /// Its limit.
    pub(super) limit: u32,
    /// Slots held now.
    pub(super) used: i64,
    /// Slots free now.
    pub(super) free: i64,
    /// So many of these are kept for critical calls, at most; 0 in all windows but the longest.
    pub(super) reserve: u32,
    /// While it is full: when one more call may leave.
    pub(super) opens_at: Option<Timestamp>,
}

/// What holds the calls of a lane.
#[derive(Clone, Debug, Serialize)]
pub(super) struct HeldLane {
    /// Until when.
    pub(super) until: Timestamp,
    /// Why.
    pub(super) why: String,
}

/// Reads it.
pub(super) async fn read(session: &Session) -> anyhow::Result<BudgetReport> {
    let (gate, pacing) = (session.gate(), session.pacing());
    let status = session.store.status(session.id, &gate).await?;
    let in_time = |after: Duration| status.at.checked_add(after).ok();
    let rules = &status.outlook.rules;
    let snapshot = status.outlook.slots.snapshot(rules, SignedDuration::ZERO);
    let longest = rules.longest();
    let windows = rules.windows.iter().zip(&snapshot.windows).map(|(window, held)| {
        let shown = status.windows.iter().find(|shown| shown.limit == window.limit);
        let used = i64::try_from(status.outlook.slots.held(*window)).unwrap_or(i64::MAX);
        WindowReport {
            per_seconds: shown.map_or(window.per.as_secs_f64(), |shown| shown.per_seconds),
            limit: window.limit,
            used,
            free: (i64::from(window.limit) - used).max(0),
            reserve: if Some(*window) == longest {
                rules.reserve.slots
            } else {
                0
            },
            opens_at: held.opens_in.and_then(in_time),
        }
    });
    let windows: Vec<WindowReport> = windows.collect();
    let held = Lane::ALL.into_iter().filter_map(|lane| {
        let wait = rules.check(&snapshot, Call::of(lane)).err()?;
        let why = wait.hold.as_str().to_owned();
        Some((
            lane.as_str().to_owned(),
            HeldLane {
                until: in_time(wait.after)?,
                why,
            },
        ))
    });
    let held = held.collect();
    let prospect = status.prospect(&pacing);
    let lanes = status.queue.iter().filter_map(|lane| {
        let forecast = prospect.through(lane.lane)?;
        Some((lane.lane.as_str().to_owned(), in_time(forecast.last)?))
    });
    let lanes_empty_at = lanes.collect();
    let forecast = prospect.forecast();
    Ok(BudgetReport {
        at: status.at,
        windows,
        held,
        lanes_empty_at,
        next_call_at: forecast.and_then(|forecast| in_time(forecast.first)),
        queue_empty_at: forecast.and_then(|forecast| in_time(forecast.last)),
        expected_late: prospect.late(),
        closed_until: status.closed_until,
        closed_reason: status.closed_reason,
        queue: status.queue,
    })
}
