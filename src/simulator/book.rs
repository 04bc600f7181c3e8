//! The book of actions: their life cycles, and what they make of the devices.
//!
//! The API writes into it under the simulator's lock. It moves on lazily: [`Book::settle`] plays everything that is due
//! by `now`, in order of time and with each step's own time, so nobody can tell that no timer ran. It never forgets an
//! action.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio::time::Instant;
use uuid::Uuid;

use crate::simulator::action::{Action, Cancellation, Kind, Request, Source, Status};
use crate::simulator::clock::Clock;
use crate::simulator::device;
use crate::simulator::options::{DuplicateMode, GIVES_UP_AFTER, Options};

/// How long after the opposite action a stuck duplicate takes effect, unscaled. Never recorded; it only has to be after.
const STUCK_FOLLOWS_AFTER: Duration = Duration::from_secs(1);

/// What the arrival of a new action amounted to.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The action that answers the call; none when the call is to be refused as a duplicate.
    pub action: Option<Arc<Action>>,
    /// What was wrong about the call, seen from a client that must never double an action.
    pub offence: Option<Offence>,
}

/// What a client that keeps one action open per device never does. Measured against actions of the API alone: nobody
/// can foresee what others do in the portal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
    /// The same action is open on the device.
    DoublesOpen,
    /// The device is surely in the wanted state already.
    RepeatsState,
    /// The opposite action is open on the device.
    OppositeOpen,
}

/// Why an action cannot be called back.
#[derive(Clone, Debug)]
pub enum NotCancelled {
    /// There is none with this id, or it cannot be read yet.
    Unknown,
    /// It is over.
    Over(Status),
}

/// All actions and what they made of the devices.
#[derive(Debug, Default)]
pub struct Book {
    actions: Vec<Arc<Action>>,
    by_id: HashMap<String, usize>,
    devices: HashMap<String, Device>,
    due: BinaryHeap<Reverse<(Instant, u64, usize, Step)>>,
    steps_planned: u64,
    steps_played: u64,
    restricted: u64,
    counts: HashMap<(Kind, Status), u64>,
}

#[derive(Debug)]
struct Device {
    restricted: bool,
    /// The latest action that ended was the API's own and succeeded (or there was none): the client can know the state.
    certain: bool,
    open: Vec<usize>,
    actions: u32,
    online_at: Option<Instant>,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            restricted: false,
            certain: true,
            open: Vec::new(),
            actions: 0,
            online_at: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Begin,
    Succeed,
    Fail,
    GiveUp,
}

impl Book {
    /// Takes a new action in, or answers as the duplicate mode says.
    pub fn place(&mut self, request: Request, options: &Options, clock: &Clock, now: Instant) -> Placed {
        self.settle(clock, now);
        let kind = request.kind;
        let by_api = request.source == Source::PublicApi;
        let device = self.devices.entry(request.device.clone()).or_default();
        let open_of = |wanted: Kind, api_only: bool| {
            let matches = |index: &&usize| {
                let open = &self.actions[**index].request;
                open.kind == wanted && (!api_only || open.source == Source::PublicApi)
            };
            device.open.iter().find(matches).copied()
        };
        let repeats = device.open.is_empty() && device.restricted == (kind == Kind::Restrict);
        let offence = if !by_api {
            None
        } else if open_of(kind, true).is_some() {
            Some(Offence::DoublesOpen)
        } else if open_of(kind.opposite(), true).is_some() {
            Some(Offence::OppositeOpen)
        } else {
            (repeats && device.certain).then_some(Offence::RepeatsState)
        };

        let twin = open_of(kind, false);
        let stuck = match (options.duplicate_mode, twin) {
            (DuplicateMode::ReturnPending, Some(twin)) => {
                return Placed {
                    action: Some(Arc::clone(&self.actions[twin])),
                    offence,
                };
            }
            (DuplicateMode::Reject400, Some(_)) => {
                return Placed {
                    action: None,
                    offence,
                };
            }
            (DuplicateMode::SecondStuckPending, twin) => twin.is_some() || repeats,
            (_, None) => false,
        };
        let action = self.insert(request, stuck, options, clock, now);
        Placed {
            action: Some(action),
            offence,
        }
    }

    /// Calls an open action back. With `takes_effect` the device carries it out all the same, as has been seen
    /// (facts sheet 2.3).
    ///
    /// # Errors
    /// It is unknown, or over.
    pub fn cancel(
        &mut self,
        id: &str,
        cancellation: (&str, &str),
        takes_effect: bool,
        clock: &Clock,
        now: Instant,
    ) -> Result<Arc<Action>, NotCancelled> {
        self.settle(clock, now);
        let index = self
            .by_id
            .get(id)
            .copied()
            .filter(|index| self.actions[*index].visible_from <= now);
        let index = index.ok_or(NotCancelled::Unknown)?;
        let status = self.actions[index].status;
        if !status.is_open() {
            return Err(NotCancelled::Over(status));
        }
        let (requestor, comment) = cancellation;
        let at = clock.wall(now);
        let action = Arc::make_mut(&mut self.actions[index]);
        action.cancellation = Some(Cancellation {
            requestor: requestor.to_owned(),
            comment: comment.to_owned(),
            at,
        });
        self.end(index, Status::Cancelled, clock, now);
        if takes_effect {
            self.take_effect(index, false);
        }
        Ok(Arc::clone(&self.actions[index]))
    }

    /// Plays everything that is due by `now`.
    pub fn settle(&mut self, clock: &Clock, now: Instant) {
        while let Some(Reverse((at, _, index, step))) =
            self.due.peek().copied().filter(|Reverse((at, ..))| *at <= now)
        {
            self.due.pop();
            if !self.actions[index].status.is_open() {
                continue;
            }
            self.steps_played += 1;
            match step {
                Step::Begin => self.turn(index, Status::InProgress, clock, at),
                Step::Fail => self.end(index, Status::Failed, clock, at),
                Step::GiveUp => self.end(index, Status::TimeOut, clock, at),
                Step::Succeed => {
                    self.end(index, Status::Succeeded, clock, at);
                    self.take_effect(index, true);
                    self.free_stuck(index, clock, at);
                }
            }
        }
    }

    /// The action with this id, once it can be read.
    pub fn get(&self, id: &str, now: Instant) -> Option<Arc<Action>> {
        let action = &self.actions[*self.by_id.get(id)?];
        (action.visible_from <= now).then(|| Arc::clone(action))
    }

    /// Every action, oldest first: a snapshot that costs no copying, to be searched outside the lock.
    pub fn all(&self) -> Vec<Arc<Action>> {
        self.actions.clone()
    }

    /// Remembers that somebody asked for the device.
    pub fn meet(&mut self, device: &str) {
        if !self.devices.contains_key(device) {
            self.devices.insert(device.to_owned(), Device::default());
        }
    }

    /// The devices that somebody asked for or acted on.
    pub fn met(&self) -> impl Iterator<Item = String> {
        self.devices.keys().cloned()
    }

    /// Whether the device is restricted now.
    pub fn is_restricted(&self, device: &str) -> bool {
        self.devices.get(device).is_some_and(|device| device.restricted)
    }

    /// How many devices are restricted now.
    pub fn restricted(&self) -> u64 {
        self.restricted
    }

    /// How many actions there are of each type at each status.
    pub fn counts(&self) -> impl Iterator<Item = (Kind, Status, u64)> {
        self.counts
            .iter()
            .map(|((kind, status), count)| (*kind, *status, *count))
    }

    /// How many actions exist or have moved on: grows with every change.
    pub fn changes(&self) -> u64 {
        self.steps_played + self.actions.len() as u64
    }

    /// When the next action moves on by itself.
    pub fn next_due(&self) -> Option<Instant> {
        self.due.peek().map(|Reverse((at, ..))| *at)
    }

    fn insert(
        &mut self,
        request: Request,
        stuck: bool,
        options: &Options,
        clock: &Clock,
        now: Instant,
    ) -> Arc<Action> {
        let created_at = clock.wall(now);
        let index = self.actions.len();
        let id = Uuid::new_v4().to_string();
        let name = request.device.clone();
        let action = Arc::new(Action {
            id: id.clone(),
            request,
            status: Status::Pending,
            created_at,
            // The service writes the second stamp a moment after the first: 500 ns in the recorded body.
            updated_at: created_at
                .checked_add(SignedDuration::from_nanos(500))
                .unwrap_or(created_at),
            cancellation: None,
            visible_from: now + clock.scaled(options.read_after_write),
            stuck,
        });
        *self
            .counts
            .entry((action.request.kind, Status::Pending))
            .or_default() += 1;
        self.actions.push(Arc::clone(&action));
        self.by_id.insert(id, index);

        let device = self.devices.entry(name.clone()).or_default();
        device.open.push(index);
        device.actions += 1;
        let ordinal = device.actions;
        let online_at = *device
            .online_at
            .get_or_insert_with(|| now + clock.scaled(device::offline_for(options, &name)));
        let between = |range: &std::ops::RangeInclusive<Duration>, purpose: &str| {
            let share = device::share(options.seed, &name, &format!("{purpose} {ordinal}"));
            clock.scaled(
                range
                    .start()
                    .saturating_add(range.end().saturating_sub(*range.start()).mul_f64(share)),
            )
        };
        let begins_at = now.max(online_at) + between(&options.pending_for, "pending");
        let ends_at = begins_at + between(&options.in_progress_for, "in progress");
        let gives_up_at = now + clock.scaled(GIVES_UP_AFTER);
        if stuck || ends_at > gives_up_at {
            self.plan(gives_up_at, index, Step::GiveUp);
        }
        if !stuck {
            self.plan(begins_at, index, Step::Begin);
            let fails = device::fails(options, &name, ordinal);
            self.plan(ends_at, index, if fails { Step::Fail } else { Step::Succeed });
        }
        action
    }

    fn plan(&mut self, at: Instant, index: usize, step: Step) {
        self.steps_planned += 1;
        self.due.push(Reverse((at, self.steps_planned, index, step)));
    }

    fn turn(&mut self, index: usize, status: Status, clock: &Clock, at: Instant) {
        let action = Arc::make_mut(&mut self.actions[index]);
        let kind = action.request.kind;
        *self.counts.entry((kind, action.status)).or_default() -= 1;
        *self.counts.entry((kind, status)).or_default() += 1;
        action.status = status;
        action.updated_at = clock.wall(at).max(action.updated_at);
    }

    fn end(&mut self, index: usize, status: Status, clock: &Clock, at: Instant) {
        self.turn(index, status, clock, at);
        let request = &self.actions[index].request;
        if let Some(device) = self.devices.get_mut(&request.device) {
            device.open.retain(|open| *open != index);
            device.certain = status == Status::Succeeded && request.source == Source::PublicApi;
        }
    }

    fn take_effect(&mut self, index: usize, certain: bool) {
        let request = &self.actions[index].request;
        if let Some(device) = self.devices.get_mut(&request.device) {
            let restricted = request.kind == Kind::Restrict;
            self.restricted = self.restricted - u64::from(device.restricted) + u64::from(restricted);
            device.restricted = restricted;
            device.certain &= certain;
        }
    }

    /// Lets duplicates of the opposite type go on: the order that left a device isolated after its release.
    fn free_stuck(&mut self, index: usize, clock: &Clock, at: Instant) {
        let request = &self.actions[index].request;
        let Some(device) = self.devices.get(&request.device) else {
            return;
        };
        let waits = |open: &&usize| {
            let other = &self.actions[**open];
            other.stuck && other.request.kind == request.kind.opposite()
        };
        for stuck in device.open.iter().filter(waits).copied().collect::<Vec<_>>() {
            self.plan(at + clock.scaled(STUCK_FOLLOWS_AFTER), stuck, Step::Succeed);
        }
    }
}
