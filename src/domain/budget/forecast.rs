//! The forecast: when each queued action may be called, by the slots in the ledger, the rule, the pacer and the order of the
//! lanes, if nothing is added and every call is answered at once.
//!
//! It plays the submitter through: the next of the queue, the pacer, one snapshot, the rule. Each call costs a search in the
//! ledger and a look at the reserve, so that a queue of 10,000 is a matter of milliseconds. Called by the views and by
//! the worker that warns of actions that will be late; nothing is reserved here.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::time::Duration;

use jiff::SignedDuration;
use serde::Serialize;

use super::lanes::place;
use super::{Call, Rules, Slots, Slow, Snapshot};
use crate::domain::verdict::Lane;

/// How calls are spread within the windows: one per `interval` on average, `burst` of them at once after a quiet time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Time between two paced calls; zero: none.
    pub interval: Duration,
    /// Paced calls that may follow one another at once.
    pub burst: u32,
}

/// The pacer as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pacing {
    /// How paced calls are spread.
    pub pace: Pace,
    /// So many releases in any `release_window` are not paced.
    pub unpaced_releases: u32,
    /// The span in which they count.
    pub release_window: Duration,
}

impl Pacing {
    /// Nothing is paced.
    pub const NONE: Self = Self {
        pace: Pace {
            interval: Duration::ZERO,
            burst: 0,
        },
        unpaced_releases: 0,
        release_window: Duration::ZERO,
    };
}

/// One queued action. Moments are spans from now; past ones are negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Its lane.
    pub lane: Lane,
    /// When it was queued.
    pub queued: SignedDuration,
    /// Not before this.
    pub ready: SignedDuration,
}

/// What the ledger allows a queue, if nothing is added to it and every call is answered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// From now until the first call may leave.
    pub first: Duration,
    /// From now until the last call may leave.
    pub last: Duration,
}

impl Forecast {
    /// Of the moments that [`forecast`] gives. `None` for no calls.
    pub fn of(expected: &[Duration]) -> Option<Self> {
        let (first, last) = (expected.iter().min()?, expected.iter().max()?);
        Some(Self {
            first: *first,
            last: *last,
        })
    }
}

/// From now until each of the queued actions may be called, in the order given.
///
/// * `slots`: the slots in the ledger; moments are spans from now.
/// * `opens_in`: how long the gate stays closed.
pub fn forecast(
    queue: &[Queued],
    slots: &Slots,
    opens_in: Duration,
    rules: &Rules,
    pacing: &Pacing,
) -> Vec<Duration> {
    let mut expected = vec![Duration::ZERO; queue.len()];
    let mut run = Run {
        rules,
        slots: slots.clone(),
        snapshot: Snapshot::default(),
        pacer: PacedRun::new(*pacing),
        slow: rules.slow,
    };
    let mut later: Vec<(SignedDuration, usize)> = queue
        .iter()
        .enumerate()
        .map(|(index, action)| (action.ready, index))
        .collect();
    later.sort_unstable_by(|one, other| other.cmp(one));
    let mut ready = BinaryHeap::new();
    let mut now = signed(opens_in);
    loop {
        while let Some((_, index)) = later.pop_if(|(at, _)| *at <= now) {
            let action = &queue[index];
            ready.push(Reverse((place(action.lane, action.queued, rules.ageing), index)));
        }
        let Some(Reverse((_, index))) = ready.peek().copied() else {
            match later.last() {
                Some((at, _)) => now = *at,
                None => return expected,
            }
            continue;
        };
        let action = &queue[index];
        let at = run.earliest(action, now);
        if let Some((next, _)) = later.last().filter(|(next, _)| *next < at) {
            // It may go before.
            now = *next;
            continue;
        }
        ready.pop();
        run.leave(action, at);
        expected[index] = Duration::try_from(at).unwrap_or_default();
        now = at;
    }
}

/// The ledger and the pacer as the calls leave.
struct Run<'a> {
    rules: &'a Rules,
    slots: Slots,
    snapshot: Snapshot,
    pacer: PacedRun,
    slow: Option<Slow>,
}

impl Run<'_> {
    fn earliest(&mut self, action: &Queued, now: SignedDuration) -> SignedDuration {
        let mut at = self.pacer.earliest(action, now);
        // Each wait ends when the rule would hold if nothing else left; nothing else does, so few rounds suffice.
        for _ in 0..8 {
            self.slots.snapshot_into(self.rules, at, &mut self.snapshot);
            self.snapshot.slow = self.slow.and_then(|slow| slow.holds_for(at));
            match self.rules.check(&self.snapshot, Call::of(action.lane)) {
                Ok(()) => break,
                Err(wait) => at = at.saturating_add(signed(wait.after)),
            }
        }
        at
    }

    fn leave(&mut self, action: &Queued, at: SignedDuration) {
        self.pacer.leave(action, at);
        if let Some(slow) = &mut self.slow {
            slow.leave(at);
        }
        self.slots.insert(at);
        self.slots.forget(self.rules, at);
    }
}

/// The pacer, from a quiet time on.
pub(super) struct PacedRun {
    pacing: Pacing,
    /// When the calls that left would have been spread evenly until.
    until: Option<SignedDuration>,
    /// The latest releases that were not paced, the oldest first.
    releases: VecDeque<SignedDuration>,
}

impl PacedRun {
    pub(super) fn new(pacing: Pacing) -> Self {
        Self {
            pacing,
            until: None,
            releases: VecDeque::new(),
        }
    }

    fn is_unpaced(&self, action: &Queued, at: SignedDuration) -> bool {
        let most = usize::try_from(self.pacing.unpaced_releases).unwrap_or(usize::MAX);
        match action.lane {
            Lane::Critical => true,
            _ if self.pacing.pace.interval.is_zero() => true,
            Lane::Release => {
                let oldest = self.releases.front().filter(|_| self.releases.len() >= most);
                most > 0
                    && oldest
                        .is_none_or(|oldest| oldest.saturating_add(signed(self.pacing.release_window)) <= at)
            }
            Lane::High | Lane::Normal | Lane::Low => false,
        }
    }

    pub(super) fn earliest(&self, action: &Queued, now: SignedDuration) -> SignedDuration {
        let Some(until) = self.until.filter(|_| !self.is_unpaced(action, now)) else {
            return now;
        };
        let ahead = self
            .pacing
            .pace
            .interval
            .saturating_mul(self.pacing.pace.burst.max(1) - 1);
        now.max(until.saturating_sub(signed(ahead)))
    }

    pub(super) fn leave(&mut self, action: &Queued, at: SignedDuration) {
        if !self.is_unpaced(action, at) {
            let from = self.until.map_or(at, |until| until.max(at));
            self.until = Some(from.saturating_add(signed(self.pacing.pace.interval)));
        } else if action.lane == Lane::Release && self.pacing.unpaced_releases > 0 {
            self.releases.push_back(at);
            if self.releases.len() > usize::try_from(self.pacing.unpaced_releases).unwrap_or(usize::MAX) {
                self.releases.pop_front();
            }
        }
    }
}

fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}
