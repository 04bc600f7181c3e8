//! The state of one device: our rows, the processes' calls under way, what travels, and what Defender has.

use quell::domain::action::{ActionEvent, ActionKind, ActionState};
use quell::domain::converge::Known;

/// A few things, in order; what goes beyond `N` is an error of the model, not of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Few<T, const N: usize>(pub [Option<T>; N]);

impl<T: Copy, const N: usize> Few<T, N> {
    pub const NONE: Self = Self([None; N]);

    pub fn push(&mut self, item: T) -> u8 {
        let place = self.0.iter().position(Option::is_none);
        let place = place.expect("the bounds of the model leave room");
        self.0[place] = Some(item);
        u8::try_from(place).expect("few")
    }

    /// Takes one out; those behind it move up.
    pub fn remove(&mut self, at: usize) {
        self.0[at] = None;
        self.0[at..].rotate_left(1);
    }

    pub fn all(&self) -> impl Iterator<Item = (usize, T)> {
        self.0
            .iter()
            .enumerate()
            .filter_map(|(at, item)| item.map(|item| (at, item)))
    }

    pub fn get(&self, at: u8) -> T {
        self.0[usize::from(at)].expect("what is referred to is there")
    }

    pub fn change(&mut self, at: usize) -> &mut T {
        self.0[at].as_mut().expect("what is referred to is there")
    }
}

/// An action of ours, with its last attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    pub kind: ActionKind,
    pub state: ActionState,
    /// Attempts.
    pub n: u8,
    pub cancels: u8,
    /// Ticks since the last attempt was reserved, at most the quiescence; counted while its fate is open.
    pub age: u8,
    /// Refused as already in progress, so many ticks ago, at most the list lag.
    pub refused: Option<u8>,
    pub is_adopted: bool,
    /// Defender's action.
    pub at_defender: Option<u8>,
}

/// What a call asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Do(ActionKind),
    /// Cancel Defender's action of that number.
    Cancel(u8),
}

/// A call of a process of ours, from the committed attempt to the recorded answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Call {
    pub replica: u8,
    pub row: u8,
    pub n: u8,
    pub what: What,
    /// Ticks since the reservation, at most the send deadline; counted until it is sent.
    pub age: u8,
    pub phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    Committed,
    Waiting,
    /// The answer is there, and not recorded.
    Answered(Reply),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// 2xx with Defender's action of that number.
    Accepted(u8),
    InProgress,
    Throttled,
    NotSent,
    /// A cancel of what has ended.
    Rejected,
    Unknown,
}

/// A request that left us and that Defender has not handled; it travels on whatever becomes of its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    pub row: u8,
    pub n: u8,
    pub what: What,
    pub age: u8,
}

/// A machine action at Defender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Made {
    pub kind: ActionKind,
    /// Our row and attempt; `None`: a person's own.
    pub by: Option<(u8, u8)>,
    pub status: Status,
    /// Not in the list yet, for so many ticks.
    pub unlisted: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    Pending,
    Succeeded,
    Failed,
    TimedOut,
    Cancelled,
}

/// What a replica read in Defender's list and has not applied yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    pub row: u8,
    pub n: u8,
    pub events: [Option<ActionEvent>; 2],
    pub made: Option<u8>,
    pub is_adopted: bool,
}

/// How many faults may still happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Faults {
    /// A process dies and starts anew.
    pub crashes: u8,
    /// The lease runs out under its holder, which does not know.
    pub losses: u8,
    /// A request or an answer is lost, the outcome of a COMMIT is, or a process sleeps over its send deadline.
    pub drops: u8,
    /// 429.
    pub refusals: u8,
    /// An action fails, or times out, on the device.
    pub failures: u8,
    /// A person restricts or releases the device in Defender's own console.
    pub persons: u8,
    /// Cancels of ours.
    pub cancels: u8,
}

pub const REPLICAS: usize = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// A containment is active.
    pub is_wanted: bool,
    pub known: Known,
    pub is_restricted_by_others: bool,
    pub rows: Few<Row, 5>,
    /// Who holds the lease.
    pub holder: Option<u8>,
    pub calls: Few<Call, 5>,
    pub findings: [Option<Finding>; REPLICAS],
    pub requests: Few<Request, 4>,
    pub made: Few<Made, 6>,
    /// What is really so.
    pub is_restricted: bool,
    pub left: Faults,
    /// A person acted, so what the device really is may be theirs.
    pub is_meddled_with: bool,
    /// An answer was written over another, or to an attempt that it does not belong to.
    pub is_recorded_twice: bool,
}

impl State {
    pub fn open(&self) -> impl Iterator<Item = (usize, Row)> {
        self.rows.all().filter(|(_, row)| row.state.is_open())
    }

    /// The replicas are alike: of the two states that differ only in their names, this one.
    pub fn canonical(mut self) -> Self {
        let first_caller = || self.calls.0[0].map(|call| call.replica);
        let first_finder = || self.findings.iter().position(Option::is_some);
        let first = self.holder.or_else(first_caller);
        if first == Some(1) || (first.is_none() && first_finder() == Some(1)) {
            self.holder = self.holder.map(|holder| 1 - holder);
            self.findings.reverse();
            for call in self.calls.0.iter_mut().flatten() {
                call.replica = 1 - call.replica;
            }
        }
        self
    }

    pub fn queued(&self) -> Option<usize> {
        let queued = self.rows.all().find(|(_, row)| row.state == ActionState::Queued);
        queued.map(|(at, _)| at)
    }

    pub fn pending(&self) -> impl Iterator<Item = (usize, Made)> {
        self.made.all().filter(|(_, made)| made.status == Status::Pending)
    }
}
