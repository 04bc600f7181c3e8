//! The budget: each window with what it still allows, what is kept of it, and when the queue may have left; and how calls, the queue
//! and containments went lately. Reads only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::look::Look;
use crate::desk::status::calls::{HeldQueue, dispatches, held_of};
use crate::desk::{Desk, DeskError};
use crate::domain::budget::{Hold, Reserve, Rules, Snapshot};
use crate::domain::verdict::Lane;
use crate::store::views::{ContainedIn, LaneView, MinuteView, SlowView};

/// The budget of a tenant's calls that change something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BudgetReport {
    /// The moment.
    pub at: Timestamp,
    /// The windows, the shortest first.
    pub windows: Vec<WindowReport>,
    /// Until when nothing is called, after a 429 or the like; `null`: the gate is open.
    pub closed_until: Option<Timestamp>,
    /// Why.
    pub closed_reason: Option<String>,
    /// The slower rate that all but critical calls keep to, after a 429 that named a window; `null`: there is none.
    pub slowed: Option<SlowView>,
    /// What of the budget holds a call of each lane that wanted to leave now; lanes that it does not hold are absent.
    pub held: BTreeMap<String, HeldLane>,
    /// What holds queued actions, whatever the budget allows: `held` of `/v1/status`.
    pub held_queue: Option<HeldQueue>,
    /// The same of each lane, by its name; lanes of which nothing is held so are absent.
    pub lanes_held: BTreeMap<String, HeldQueue>,
    /// The queued actions, by lane, the most urgent first.
    pub queue: Vec<LaneView>,
    /// When the next call may leave; none: nothing is queued, or all of it is held.
    pub next_call_at: Option<Timestamp>,
    /// When what is queued and not held may have left, if nothing is added and every call is answered at once.
    pub queue_empty_at: Option<Timestamp>,
    /// When those of each lane's queued actions and of more urgent ones that nothing holds may have left, by the lane's name. Lanes of which
    /// all are held are absent.
    pub lanes_empty_at: BTreeMap<String, Timestamp>,
    /// Queued restrictions that lose their validity before they can be called, as forecast.
    pub expected_late: usize,
    /// The calls of the last 60 minutes and the queue at the end of each, the oldest first.
    pub minutes: Vec<MinuteView>,
    /// How long it took from an event to its device being contained, for each of the last 24 hours in which that happened, the oldest
    /// first; of the latest 1,000.
    pub contained: Vec<ContainedHour>,
}

/// One window.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WindowReport {
    /// Its span in seconds, as it holds in real time.
    pub per_seconds: f64,
    /// Its limit.
    pub limit: u32,
    /// Slots held now.
    pub used: i64,
    /// Slots free now.
    pub free: i64,
    /// So many of these are kept for critical calls, at most; 0 in all windows but the longest.
    pub reserve: u32,
    /// While it is full: when one more call may leave.
    pub opens_at: Option<Timestamp>,
}

/// What holds the calls of a lane.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeldLane {
    /// Until when.
    pub until: Timestamp,
    /// Why, in words.
    pub why: String,
}

/// Devices that were contained in one hour.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ContainedHour {
    /// The hour's beginning, UTC.
    pub at: Timestamp,
    /// How many.
    pub actions: usize,
    /// Seconds from the event's acceptance to Defender's word that it is done, of the middle one.
    pub median_s: f64,
    /// The same, of the slowest but for one in twenty.
    pub p95_s: f64,
}

impl Desk {
    /// The budget.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn budget(&self) -> Result<BudgetReport, DeskError> {
        self.budget_at(&*self.look().await?).await
    }

    /// The budget, by a look that somebody has taken.
    ///
    /// # Errors
    /// Postgres is away.
    pub async fn budget_at(&self, look: &Look) -> Result<BudgetReport, DeskError> {
        let (store, tenant, terms) = (&self.store, self.tenant, &self.terms);
        let status = &look.status;
        let minutes = store.minutes(tenant, &terms.gate).await?;
        let contained = hours(&store.contained_lately(tenant).await?);
        let in_time = |after: std::time::Duration| status.at.checked_add(after).ok();
        let rules = &status.outlook.rules;
        let snapshot = status.outlook.slots.snapshot(rules, jiff::SignedDuration::ZERO);
        let longest = rules.longest();
        let windows = rules.windows.iter().zip(&snapshot.windows).map(|(window, held)| {
            let shown = terms.gate.actions.iter().find(|its| its.limit == window.limit);
            let used = i64::try_from(status.outlook.slots.held(*window)).unwrap_or(i64::MAX);
            WindowReport {
                per_seconds: shown.unwrap_or(window).per.as_secs_f64(),
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
            let held = held_lane(rules, &snapshot, lane)?;
            let until = in_time(held.0)?;
            let why = held.1.as_str().to_owned();
            Some((lane.as_str().to_owned(), HeldLane { until, why }))
        });
        let held: BTreeMap<String, HeldLane> = held.collect();
        let forecast = look.leaving.forecast();
        Ok(BudgetReport {
            at: status.at,
            windows,
            held,
            held_queue: look.held_queue(),
            lanes_held: lanes_held(look),
            lanes_empty_at: lanes_empty_at(look),
            next_call_at: forecast.and_then(|forecast| in_time(forecast.first)),
            queue_empty_at: forecast.and_then(|forecast| in_time(forecast.last)),
            expected_late: look.prospect.late(),
            closed_until: status.closed_until,
            closed_reason: status.closed_reason.clone(),
            slowed: status.slowed,
            queue: status.queue.clone(),
            minutes,
            contained,
        })
    }

    /// What bulk leaves for critical calls.
    pub fn reserve(&self) -> Reserve {
        self.terms.gate.terms.reserve
    }
}

/// What a stop or the want of a daemon holds of each lane.
fn lanes_held(look: &Look) -> BTreeMap<String, HeldQueue> {
    let queue = &look.status.outlook.queue;
    let lanes = Lane::ALL.into_iter().filter_map(|lane| {
        let its = queue.iter().filter(|action| action.queued.lane == lane);
        let held = held_of(its, look.stop(), dispatches(&look.status))?;
        Some((lane.as_str().to_owned(), held))
    });
    lanes.collect()
}

/// When what may leave of each lane, and of more urgent ones, may have left.
fn lanes_empty_at(look: &Look) -> BTreeMap<String, Timestamp> {
    let leaves = |lane: &Lane| look.leaving.actions.iter().any(|action| action.lane == *lane);
    let lanes = Lane::ALL.into_iter().filter(leaves).filter_map(|lane| {
        let forecast = look.leaving.through(lane)?;
        let at = look.status.at.checked_add(forecast.last).ok()?;
        Some((lane.as_str().to_owned(), at))
    });
    lanes.collect()
}

fn held_lane(rules: &Rules, snapshot: &Snapshot, lane: Lane) -> Option<(std::time::Duration, Hold)> {
    let call = crate::domain::budget::Call::of(lane);
    let wait = rules.check(snapshot, call).err()?;
    Some((wait.after, wait.hold))
}

/// By the hour in which they were done. An event's id tells when it was accepted, also when it is gone.
fn hours(contained: &[ContainedIn]) -> Vec<ContainedHour> {
    let mut hours: BTreeMap<i64, Vec<f64>> = BTreeMap::new();
    for one in contained {
        let accepted = i64::try_from(one.event.as_u128() >> 80).unwrap_or(i64::MAX);
        let took = one.done_at.as_millisecond().saturating_sub(accepted).max(0);
        let hour = one.done_at.as_second().div_euclid(3_600) * 3_600;
        hours
            .entry(hour)
            .or_default()
            .push(std::time::Duration::from_millis(took.unsigned_abs()).as_secs_f64());
    }
    let told = hours.into_iter().filter_map(|(hour, mut took)| {
        took.sort_by(f64::total_cmp);
        let at = |percent: usize| took.get((took.len() * percent).div_ceil(100).max(1) - 1).copied();
        Some(ContainedHour {
            at: Timestamp::from_second(hour).ok()?,
            actions: took.len(),
            median_s: at(50)?,
            p95_s: at(95)?,
        })
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_hour_tells_the_middle_and_the_slowest_but_one_in_twenty() {
        let done = |second: i64, took: i64| ContainedIn {
            event: Uuid::from_u128(u128::from((second - took).unsigned_abs() * 1_000) << 80),
            done_at: Timestamp::from_second(second).expect("in range"),
        };
        let mut all: Vec<ContainedIn> = (1..=20).map(|took| done(7_200 + took, took)).collect();
        all.push(done(3_700, 4));
        let told = hours(&all);
        let told: Vec<_> = told
            .iter()
            .map(|hour| (hour.at.as_second(), hour.actions, hour.median_s, hour.p95_s))
            .collect();
        assert_eq!(told, [(3_600, 1, 4.0, 4.0), (7_200, 20, 10.0, 19.0)]);
        assert!(hours(&[]).is_empty());
    }
}
