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
use crate::simulator::switches::Switches;
use state::Device;

mod shown;
mod state;

/// How long after the opposite action a stuck duplicate takes effect, unscaled. Never recorded; it only has to be after.
const STUCK_FOLLOWS_AFTER: Duration = Duration::from_secs(1);
/// Longer than any simulator runs: ten years.
const FOR_GOOD: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

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
    /// The same action is open on the device, about the same file where it is about one.
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
    plans: Vec<Plan>,
    devices: HashMap<String, Device>,
    due: BinaryHeap<Reverse<Due>>,
    steps_planned: u64,
    steps_played: u64,
    restricted: u64,
    isolated: u64,
    counts: HashMap<(Kind, Status), u64>,
    effects: Vec<Effect>,
}

/// A device carried an action out.
#[derive(Clone, Debug)]
pub struct Effect {
    /// When.
    pub at: Instant,
    /// The device.
    pub device: String,
    /// What it did.
    pub kind: Kind,
    /// Through which door it was asked for.
    pub source: Source,
}

/// What an action's steps are planned from.
#[derive(Clone, Copy, Debug)]
struct Plan {
    /// Steps of an earlier plan do not count any more.
    generation: u32,
    /// Which of the device's actions it is, from 1.
    ordinal: u32,
    gives_up_at: Instant,
}

/// A planned step: when, in which order it was planned, of which action under which plan.
type Due = (Instant, u64, usize, u32, Step);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Begin,
    Succeed,
    Fail,
    GiveUp,
}

impl Book {
    /// Takes a new action in, or answers as the duplicate mode says.
    pub fn place(
        &mut self,
        request: Request,
        switches: &Switches,
        options: &Options,
        clock: &Clock,
        now: Instant,
    ) -> Placed {
        self.settle(clock, now);
        let kind = request.kind;
        let by_api = request.source == Source::PublicApi;
        let device = self.devices.entry(request.device.clone()).or_default();
        let open_of = |wanted: Kind, api_only: bool| {
            let matches = |index: &&usize| {
                let open = &self.actions[**index].request;
                open.kind == wanted
                    && open.details.sha1 == request.details.sha1
                    && (!api_only || open.source == Source::PublicApi)
            };
            device.open.iter().find(matches).copied()
        };
        let twin = open_of(kind, false);
        let twin_by_api = open_of(kind, true).is_some();
        let opposite = kind.opposite();
        let nothing_open = twin.is_none() && opposite.is_none_or(|other| open_of(other, false).is_none());
        let opposite_by_api = opposite.is_some_and(|other| open_of(other, true).is_some());
        let state = device.measure(kind).map(|(measure, on)| (*measure, on));
        let repeats = nothing_open && state.is_some_and(|(measure, on)| measure.on == on);
        let offence = if !by_api {
            None
        } else if twin_by_api {
            Some(Offence::DoublesOpen)
        } else if opposite_by_api {
            Some(Offence::OppositeOpen)
        } else {
            let certain = state.is_some_and(|(measure, _)| measure.certain);
            (repeats && certain).then_some(Offence::RepeatsState)
        };

        // A second session is refused whatever the mode (facts sheet 3).
        let mode = match switches.duplicates {
            _ if kind == Kind::LiveResponse => DuplicateMode::Reject400,
            DuplicateMode::Random => self.random_mode(&request.device, options),
            mode => mode,
        };
        let stuck = match (mode, twin) {
            (DuplicateMode::Reject400, Some(_)) => {
                return Placed {
                    action: None,
                    offence,
                };
            }
            (DuplicateMode::SecondStuckPending, twin) => twin.is_some() || repeats,
            (_, Some(twin)) => {
                return Placed {
                    action: Some(Arc::clone(&self.actions[twin])),
                    offence,
                };
            }
            (_, None) => false,
        };
        let visible_from = now + clock.scaled(switches.read_after_write);
        let action = self.insert(request, (stuck, visible_from), options, clock, now);
        Placed {
            action: Some(action),
            offence,
        }
    }

    /// One of the three ways, drawn anew for each call.
    fn random_mode(&self, name: &str, options: &Options) -> DuplicateMode {
        match device::draw(options.seed, name, &format!("duplicate {}", self.steps_planned)) % 3 {
            0 => DuplicateMode::ReturnPending,
            1 => DuplicateMode::Reject400,
            _ => DuplicateMode::SecondStuckPending,
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
            self.take_effect(index, false, now);
        }
        Ok(Arc::clone(&self.actions[index]))
    }

    /// Plays everything that is due by `now`.
    pub fn settle(&mut self, clock: &Clock, now: Instant) {
        while let Some(Reverse((at, _, index, generation, step))) =
            self.due.peek().copied().filter(|Reverse((at, ..))| *at <= now)
        {
            self.due.pop();
            if !self.actions[index].status.is_open() || self.plans[index].generation != generation {
                continue;
            }
            self.steps_played += 1;
            match step {
                Step::Begin => self.turn(index, Status::InProgress, clock, at),
                Step::Fail => self.end(index, Status::Failed, clock, at),
                Step::GiveUp => self.end(index, Status::TimeOut, clock, at),
                Step::Succeed => {
                    self.end(index, Status::Succeeded, clock, at);
                    self.take_effect(index, true, at);
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

    /// The device goes out of reach, until a moment or until it is told otherwise: what is pending waits.
    pub fn go_offline(
        &mut self,
        name: &str,
        until: Option<Instant>,
        options: &Options,
        clock: &Clock,
        now: Instant,
    ) {
        self.settle(clock, now);
        let until = until.unwrap_or(now + FOR_GOOD);
        self.devices.entry(name.to_owned()).or_default().online_at = Some(until);
        self.plan_pending_anew(name, options, clock, now);
    }

    /// The device can be reached again: what is pending fires.
    pub fn come_online(&mut self, name: &str, options: &Options, clock: &Clock, now: Instant) {
        self.settle(clock, now);
        self.devices.entry(name.to_owned()).or_default().online_at = Some(now);
        self.plan_pending_anew(name, options, clock, now);
    }

    fn plan_pending_anew(&mut self, name: &str, options: &Options, clock: &Clock, now: Instant) {
        let open = self.devices.get(name).map(|device| device.open.clone());
        for index in open.unwrap_or_default() {
            let action = &self.actions[index];
            // What the device has begun goes on there; a stuck duplicate waits for something else.
            if action.status == Status::Pending && !action.stuck {
                self.plans[index].generation += 1;
                self.plan_steps(index, options, clock, now);
            }
        }
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
        (stuck, visible_from): (bool, Instant),
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
            visible_from,
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
        device.history.push(index);
        let ordinal = u32::try_from(device.history.len()).unwrap_or(u32::MAX);
        device
            .online_at
            .get_or_insert_with(|| now + clock.scaled(device::offline_for(options, &name)));
        self.plans.push(Plan {
            generation: 0,
            ordinal,
            gives_up_at: now + clock.scaled(GIVES_UP_AFTER),
        });
        self.plan_steps(index, options, clock, now);
        action
    }

    /// Plans what becomes of a pending action: it begins when its device can be reached, or is given up.
    fn plan_steps(&mut self, index: usize, options: &Options, clock: &Clock, now: Instant) {
        let Plan {
            ordinal, gives_up_at, ..
        } = self.plans[index];
        let (name, stuck) = {
            let action = &self.actions[index];
            (action.request.device.clone(), action.stuck)
        };
        let online_at = self.devices.get(&name).and_then(|device| device.online_at);
        let between = |range: &std::ops::RangeInclusive<Duration>, purpose: &str| {
            let share = device::share(options.seed, &name, &format!("{purpose} {ordinal}"));
            clock.scaled(
                range
                    .start()
                    .saturating_add(range.end().saturating_sub(*range.start()).mul_f64(share)),
            )
        };
        let begins_at = now.max(online_at.unwrap_or(now)) + between(&options.pending_for, "pending");
        let ends_at = begins_at + between(&options.in_progress_for, "in progress");
        if stuck || ends_at > gives_up_at {
            self.plan(gives_up_at, index, Step::GiveUp);
        }
        if !stuck {
            self.plan(begins_at, index, Step::Begin);
            let fails = device::fails(options, &name, ordinal);
            self.plan(ends_at, index, if fails { Step::Fail } else { Step::Succeed });
        }
    }

    fn plan(&mut self, at: Instant, index: usize, step: Step) {
        self.steps_planned += 1;
        let generation = self.plans[index].generation;
        self.due
            .push(Reverse((at, self.steps_planned, index, generation, step)));
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
            device.end(index, request, status);
        }
    }

    fn take_effect(&mut self, index: usize, certain: bool, at: Instant) {
        let request = &self.actions[index].request;
        let Some(device) = self.devices.get_mut(&request.device) else {
            return;
        };
        let held = |device: &Device| (u64::from(device.restriction.on), u64::from(device.isolation.on));
        let before = held(device);
        device.take_effect(request, certain);
        let after = held(device);
        self.restricted = self.restricted - before.0 + after.0;
        self.isolated = self.isolated - before.1 + after.1;
        self.effects.push(Effect {
            at,
            device: request.device.clone(),
            kind: request.kind,
            source: request.source,
        });
    }

    /// Lets duplicates of the opposite type go on: the order that left a device isolated after its release.
    fn free_stuck(&mut self, index: usize, clock: &Clock, at: Instant) {
        let request = &self.actions[index].request;
        let Some(device) = self.devices.get(&request.device) else {
            return;
        };
        let waits = |open: &&usize| {
            let other = &self.actions[**open];
            other.stuck && Some(other.request.kind) == request.kind.opposite()
        };
        for stuck in device.open.iter().filter(waits).copied().collect::<Vec<_>>() {
            self.plan(at + clock.scaled(STUCK_FOLLOWS_AFTER), stuck, Step::Succeed);
        }
    }
}
