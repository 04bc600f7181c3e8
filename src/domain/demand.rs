//! The budget in advance: what a stream of wanted calls asks of the rate windows, and when each call could leave, if
//! every call were answered at once. Called by the back-test (`playbook::plan`) with the calls that a rehearsal wants;
//! nothing is called here, and no ledger is read.
//!
//! The rules are those of the gate and the pacer: the most urgent lane first, the oldest first within a lane; a window of
//! N calls is full while the N-th newest slot is younger than its span; one paced call an interval, with a burst, for
//! every lane but critical and the first few releases; an action that is no longer wanted before it was sent is withdrawn,
//! a restrict that could not be sent within its validity expires. Calls come in the order of time; each costs constant
//! time, and memory is held for the queue, the newest slots and one window of wanted calls.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use crate::domain::action::ActionKind;
use crate::domain::budget::{Pace, Window};
use crate::domain::verdict::Lane;

/// What holds the calls back.
#[derive(Clone, Debug)]
pub struct Rate {
    /// The windows of action calls.
    pub windows: Vec<Window>,
    /// The pacer.
    pub pace: Pace,
    /// So many releases in any `release_window` are not paced.
    pub unpaced_releases: usize,
    /// The span in which they count.
    pub release_window: Duration,
    /// A restrict that could not be sent within this span is not sent any more.
    pub validity: Duration,
}

/// A call that is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Want {
    /// Since when; never before the one told last.
    pub at: Timestamp,
    /// A number for the device, counted from 0.
    pub device: usize,
    /// What is wanted of it.
    pub kind: ActionKind,
    /// How urgent it is. A release has its own lane, whatever is said here.
    pub lane: Lane,
}

/// The calls wanted so far.
#[derive(Clone, Debug)]
pub struct Demand {
    rate: Rate,
    devices: Vec<State>,
    lanes: [VecDeque<Queued>; Lane::ALL.len()],
    tickets: u64,
    slots: VecDeque<Timestamp>,
    most_slots: usize,
    paced_until: Option<Timestamp>,
    releases: VecDeque<Timestamp>,
    peaks: Vec<Peak>,
    forecast: DemandForecast,
    waiting: usize,
    mark: Option<(u64, Timestamp)>,
    /// Every departure, for the tests: in the program there may be too many to keep.
    #[cfg(test)]
    left: Vec<(Timestamp, Lane)>,
}

/// What became of the calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DemandForecast {
    /// Restricts that would be called.
    pub restricts: u64,
    /// Releases that would be called.
    pub releases: u64,
    /// Actions withdrawn because they were no longer wanted before they could leave.
    pub withdrawn: u64,
    /// Restricts that could not leave within their validity.
    pub expired: u64,
    /// The fullest moment of each window, by the calls wanted in it.
    pub peaks: Vec<WindowPeak>,
    /// The lanes that had calls, the most urgent first.
    pub lanes: Vec<LaneWait>,
    /// The most calls that waited at once.
    pub longest_queue: usize,
    /// When so many waited.
    pub longest_queue_at: Option<Timestamp>,
    /// The calls that still waited at the marked moment.
    pub left_at_mark: usize,
    /// From the marked moment until the last of them would have left.
    #[serde(rename = "drained_after_seconds", serialize_with = "as_seconds")]
    pub drained_after: Duration,
}

/// The fullest moment of one window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WindowPeak {
    /// The window's span.
    #[serde(rename = "per_seconds", serialize_with = "as_seconds")]
    pub per: Duration,
    /// Its limit.
    pub limit: u32,
    /// The most calls wanted in any such span.
    pub wanted: usize,
    /// When that was: the end of the span.
    pub at: Option<Timestamp>,
    /// When as many as the limit were wanted for the first time: from then on calls wait.
    pub reached_at: Option<Timestamp>,
}

/// How long the calls of a lane would wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaneWait {
    /// The lane.
    pub lane: Lane,
    /// Calls that would leave.
    pub calls: u64,
    /// The longest wait.
    #[serde(rename = "longest_seconds", serialize_with = "as_seconds")]
    pub longest: Duration,
    /// When the call that waits longest was wanted.
    pub at: Option<Timestamp>,
}

/// What is wanted and done of a device. The number names the entry of the queue that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Free,
    ToRestrict(u64),
    Restricted,
    ToRelease(u64),
}

#[derive(Clone, Copy, Debug)]
struct Queued {
    at: Timestamp,
    device: usize,
    kind: ActionKind,
    ticket: u64,
}

#[derive(Clone, Debug)]
struct Peak {
    window: WindowPeak,
    wanted: VecDeque<Timestamp>,
}

impl Demand {
    /// Nothing is wanted yet, and every window is free.
    pub fn new(rate: Rate) -> Self {
        let peak = |window: &Window| Peak {
            window: WindowPeak {
                per: window.per,
                limit: window.limit,
                wanted: 0,
                at: None,
                reached_at: None,
            },
            wanted: VecDeque::new(),
        };
        let lane = |lane: Lane| LaneWait {
            lane,
            calls: 0,
            longest: Duration::ZERO,
            at: None,
        };
        Self {
            peaks: rate.windows.iter().map(peak).collect(),
            most_slots: rate.windows.iter().map(limit_of).max().unwrap_or(1),
            rate,
            devices: Vec::new(),
            lanes: Default::default(),
            tickets: 0,
            slots: VecDeque::new(),
            paced_until: None,
            releases: VecDeque::new(),
            forecast: DemandForecast {
                lanes: Lane::ALL.map(lane).to_vec(),
                ..DemandForecast::default()
            },
            waiting: 0,
            mark: None,
            #[cfg(test)]
            left: Vec::new(),
        }
    }

    /// A device that is restricted from the beginning, without a call.
    pub fn standing(&mut self, device: usize) {
        self.reach(device);
        self.devices[device] = State::Restricted;
    }

    /// One more call is wanted: of a device that is restricted already, or free already, nothing.
    pub fn want(&mut self, want: Want) {
        self.advance(want.at);
        self.reach(want.device);
        let state = self.devices[want.device];
        let (next, lane) = match (want.kind.begins(), state) {
            (true, State::Free) => (State::ToRestrict(self.tickets), want.lane),
            (false, State::Restricted) => (State::ToRelease(self.tickets), Lane::Release),
            (true, State::ToRelease(_)) => {
                return self.withdraw(want.device, State::Restricted);
            }
            (false, State::ToRestrict(_)) => return self.withdraw(want.device, State::Free),
            _ => return,
        };
        self.devices[want.device] = next;
        self.lanes[rank(lane)].push_back(Queued {
            at: want.at,
            device: want.device,
            kind: want.kind,
            ticket: self.tickets,
        });
        self.tickets += 1;
        self.waiting += 1;
        for peak in &mut self.peaks {
            peak.count(want.at);
        }
        // What may leave at once does not wait.
        self.advance(want.at);
        if self.waiting > self.forecast.longest_queue {
            self.forecast.longest_queue = self.waiting;
            self.forecast.longest_queue_at = Some(want.at);
        }
    }

    /// Marks the end of the events: from here it is counted how long the queue takes to drain.
    pub fn mark(&mut self, at: Timestamp) {
        self.advance(at);
        self.forecast.left_at_mark = self.waiting;
        self.mark = Some((self.tickets, at));
    }

    /// Lets everything leave that still waits, and says what became of all.
    pub fn finish(mut self) -> DemandForecast {
        self.advance(Timestamp::MAX);
        self.forecast.peaks = self.peaks.into_iter().map(|peak| peak.window).collect();
        self.forecast.lanes.retain(|lane| lane.calls > 0);
        self.forecast
    }

    fn reach(&mut self, device: usize) {
        if self.devices.len() <= device {
            self.devices.resize(device + 1, State::Free);
        }
    }

    fn withdraw(&mut self, device: usize, then: State) {
        self.devices[device] = then;
        self.waiting -= 1;
        self.forecast.withdrawn += 1;
    }

    /// Lets leave what may leave until then.
    fn advance(&mut self, until: Timestamp) {
        while let Some(rank) = self.head() {
            let Some(head) = self.lanes[rank].front().copied() else {
                return;
            };
            let lane = Lane::ALL[rank];
            let (at, is_paced) = self.earliest(lane, head.at);
            if at > until {
                return;
            }
            self.lanes[rank].pop_front();
            self.waiting -= 1;
            if head.kind.begins() && at > later(head.at, self.rate.validity) {
                self.devices[head.device] = State::Free;
                self.forecast.expired += 1;
                continue;
            }
            self.leave(head, lane, at, is_paced);
        }
    }

    /// The most urgent lane with a call that is still wanted; what was withdrawn is dropped on the way.
    fn head(&mut self) -> Option<usize> {
        for (rank, lane) in self.lanes.iter_mut().enumerate() {
            while let Some(head) = lane.front() {
                let state = self.devices[head.device];
                if state == State::ToRestrict(head.ticket) || state == State::ToRelease(head.ticket) {
                    return Some(rank);
                }
                lane.pop_front();
            }
        }
        None
    }

    /// The earliest moment for a call of this lane, and whether it is one of the pacer's.
    fn earliest(&self, lane: Lane, wanted: Timestamp) -> (Timestamp, bool) {
        let mut at = self.slots.back().map_or(wanted, |last| wanted.max(*last));
        for window in &self.rate.windows {
            let slot = self.slots.len().checked_sub(limit_of(window));
            if let Some(slot) = slot.and_then(|index| self.slots.get(index)) {
                at = at.max(later(*slot, window.per));
            }
        }
        let pace = self.rate.pace;
        let paced = match self.paced_until {
            Some(until) if !pace.interval.is_zero() => {
                let ahead = pace.interval.saturating_mul(pace.burst.max(1) - 1);
                at.max(until.saturating_sub(span(ahead)).unwrap_or(Timestamp::MIN))
            }
            _ => at,
        };
        match lane {
            Lane::Critical => (at, false),
            Lane::Release => {
                let many = self.rate.unpaced_releases;
                let free = match self.releases.len().checked_sub(many.max(1)) {
                    _ if many == 0 => return (paced, true),
                    Some(index) => at.max(later(self.releases[index], self.rate.release_window)),
                    None => at,
                };
                if free <= paced {
                    (free, false)
                } else {
                    (paced, true)
                }
            }
            Lane::High | Lane::Normal | Lane::Low => (paced, true),
        }
    }

    fn leave(&mut self, head: Queued, lane: Lane, at: Timestamp, is_paced: bool) {
        self.slots.push_back(at);
        if self.slots.len() > self.most_slots {
            self.slots.pop_front();
        }
        if is_paced {
            let from = self.paced_until.map_or(at, |until| until.max(at));
            self.paced_until = Some(later(from, self.rate.pace.interval));
        } else if lane == Lane::Release {
            self.releases.push_back(at);
            if self.releases.len() > self.rate.unpaced_releases {
                self.releases.pop_front();
            }
        }
        let (state, count) = if head.kind.begins() {
            (State::Restricted, &mut self.forecast.restricts)
        } else {
            (State::Free, &mut self.forecast.releases)
        };
        *count += 1;
        #[cfg(test)]
        self.left.push((at, lane));
        self.devices[head.device] = state;
        let wait = Duration::try_from(at.duration_since(head.at)).unwrap_or_default();
        let told = &mut self.forecast.lanes[rank(lane)];
        told.calls += 1;
        if wait > told.longest {
            told.longest = wait;
            told.at = Some(head.at);
        }
        if let Some((_, mark)) = self.mark.filter(|(tickets, _)| head.ticket < *tickets) {
            let after = Duration::try_from(at.duration_since(mark)).unwrap_or_default();
            self.forecast.drained_after = self.forecast.drained_after.max(after);
        }
    }
}

impl Peak {
    fn count(&mut self, at: Timestamp) {
        self.wanted.push_back(at);
        while self
            .wanted
            .front()
            .is_some_and(|first| later(*first, self.window.per) <= at)
        {
            self.wanted.pop_front();
        }
        let wanted = self.wanted.len();
        if wanted > self.window.wanted {
            self.window.wanted = wanted;
            self.window.at = Some(at);
        }
        if wanted >= usize::try_from(self.window.limit).unwrap_or(usize::MAX) {
            self.window.reached_at = self.window.reached_at.or(Some(at));
        }
    }
}

fn rank(lane: Lane) -> usize {
    usize::try_from(lane.rank()).unwrap_or(Lane::ALL.len() - 1)
}

fn limit_of(window: &Window) -> usize {
    usize::try_from(window.limit).unwrap_or(usize::MAX).max(1)
}

/// Spans in JSON, as seconds.
pub fn as_seconds<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(span.as_secs_f64())
}

fn span(duration: Duration) -> SignedDuration {
    SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX)
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.saturating_add(span(by)).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
#[path = "demand_tests.rs"]
mod tests;
