//! The ledger: three processes that reserve slots of one window on one Postgres, and a Defender that counts each call at
//! any moment until the latest possible one. Whatever the order, it must never count more than the limit.

use crate::checker;
use crate::state::Few;

/// Calls in a window, at most.
const LIMIT: usize = 2;
/// The window's ticks, closed at both ends.
const WINDOW: u8 = 2;
/// From the reservation until a call must have been sent.
const SEND: u8 = 1;
/// From sending until Defender has counted it, or never will.
const HANDLED: u8 = 2;

/// When a process looks at the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// After the budget's row is locked, in a statement of its own.
    Locked,
    /// In the statement that locks: it sees what was committed when it began to wait.
    Locking,
    /// Counting and inserting at once, with no lock.
    Unlocked,
}

/// What the ledger keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Ledger {
    pub count: Count,
    /// A slot is held until the answer plus the window; else until the reservation plus the window.
    pub holds_to_the_answer: bool,
    /// An unanswered slot is held from the latest moment at which Defender can have counted it.
    pub waits_for_the_tail: bool,
    /// Calls that each process wants to make.
    pub calls: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Idle,
    /// Has counted this many, and has not written.
    Counted(u8),
    /// Waits for the lock with this count, which grows old.
    Waits(u8),
    Locked,
    /// The attempt is committed, so many ticks ago.
    Reserved(u8),
    Sent,
    /// The answer came, and is not recorded.
    Answered,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Attempt {
    by: u8,
    /// Ticks since the reservation.
    age: u8,
    /// Ticks since the answer was recorded.
    answered: Option<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    phases: [Phase; 3],
    left: [u8; 3],
    crashes: u8,
    lock: Option<u8>,
    attempts: Few<Attempt, 8>,
    /// On their way to Defender: whose, and for how long.
    requests: Few<(u8, u8), 4>,
    /// Ticks since Defender counted each.
    counted: Few<u8, 8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Tick,
    Look(u8),
    Lock(u8),
    Write(u8),
    Send(u8),
    Lapse(u8),
    DefenderCounts(usize),
    Record(u8),
    GiveUp(u8),
    Crash(u8),
}

impl checker::Step for Step {
    fn is_ordinary(&self) -> bool {
        !matches!(self, Self::Crash(_))
    }
}

impl Ledger {
    /// How many slots are held.
    fn held(&self, state: &State) -> u8 {
        let latest = if self.waits_for_the_tail {
            SEND + HANDLED
        } else {
            SEND
        };
        let is_held = |attempt: Attempt| match attempt.answered {
            _ if !self.holds_to_the_answer => attempt.age <= WINDOW,
            Some(age) => age <= WINDOW,
            None => attempt.age <= latest + WINDOW,
        };
        let held = state.attempts.all().filter(|(_, attempt)| is_held(*attempt));
        u8::try_from(held.count()).expect("few")
    }

    fn reserve(&self, state: &State, by: u8, counted: u8) -> State {
        let mut after = *state;
        after.lock = state.lock.filter(|holder| *holder != by);
        after.phases[usize::from(by)] = Phase::Idle;
        if usize::from(counted) < LIMIT {
            after.attempts.push(Attempt {
                by,
                age: 0,
                answered: None,
            });
            after.left[usize::from(by)] -= 1;
            after.phases[usize::from(by)] = Phase::Reserved(0);
        }
        after
    }

    fn of_process(&self, state: &State, by: u8, into: &mut Vec<(Step, State)>) {
        let place = usize::from(by);
        let with = |phase| {
            let mut after = *state;
            after.phases[place] = phase;
            after
        };
        match state.phases[place] {
            Phase::Idle if state.left[place] > 0 => match self.count {
                Count::Locked if state.lock.is_none() => {
                    let mut after = with(Phase::Locked);
                    after.lock = Some(by);
                    into.push((Step::Lock(by), after));
                }
                Count::Locked => {}
                Count::Locking => into.push((Step::Look(by), with(Phase::Waits(self.held(state))))),
                Count::Unlocked => into.push((Step::Look(by), with(Phase::Counted(self.held(state))))),
            },
            Phase::Idle => {}
            Phase::Locked => into.push((Step::Look(by), with(Phase::Counted(self.held(state))))),
            Phase::Waits(counted) if state.lock.is_none() => {
                let mut after = with(Phase::Counted(counted));
                after.lock = Some(by);
                into.push((Step::Lock(by), after));
            }
            Phase::Waits(_) => {}
            Phase::Counted(counted) => into.push((Step::Write(by), self.reserve(state, by, counted))),
            Phase::Reserved(age) if age < SEND => {
                let mut after = with(Phase::Sent);
                after.requests.push((by, 0));
                into.push((Step::Send(by), after));
            }
            // What is not sent keeps its slot: nobody may know.
            Phase::Reserved(_) => into.push((Step::Lapse(by), with(Phase::Idle))),
            Phase::Sent => into.push((Step::GiveUp(by), with(Phase::Idle))),
            Phase::Answered => {
                let mut after = with(Phase::Idle);
                let its = after.attempts.0.iter_mut().flatten();
                // Its last one: it makes one call at a time.
                if let Some(attempt) = its.filter(|attempt| attempt.by == by).last() {
                    attempt.answered = Some(0);
                }
                into.push((Step::Record(by), after));
            }
        }
        if state.crashes > 0 && state.phases[place] != Phase::Idle {
            let mut after = with(Phase::Idle);
            after.crashes -= 1;
            after.lock = state.lock.filter(|holder| *holder != by);
            into.push((Step::Crash(by), after));
        }
    }
}

impl checker::Model for Ledger {
    type State = State;
    type Step = Step;

    fn first(&self) -> State {
        State {
            phases: [Phase::Idle; 3],
            left: [self.calls, self.calls, 1],
            crashes: 1,
            lock: None,
            attempts: Few::NONE,
            requests: Few::NONE,
            counted: Few::NONE,
        }
    }

    fn steps(&self, state: &State, into: &mut Vec<(Step, State)>) {
        into.clear();
        for by in 0..3 {
            self.of_process(state, by, into);
        }
        for (at, (by, _)) in state.requests.all() {
            let mut after = *state;
            after.requests.remove(at);
            after.counted.push(0);
            if state.phases[usize::from(by)] == Phase::Sent {
                after.phases[usize::from(by)] = Phase::Answered;
            }
            into.push((Step::DefenderCounts(at), after));
        }
        if let Some(after) = tick(state) {
            into.push((Step::Tick, after));
        }
    }

    fn violation(&self, state: &State) -> Option<&'static str> {
        let young = state.counted.all().filter(|(_, age)| *age <= WINDOW);
        (young.count() > LIMIT).then_some("a window above its limit")
    }

    fn is_at_rest(&self, state: &State) -> bool {
        state.left == [0; 3] && state.phases == [Phase::Idle; 3] && state.requests.all().next().is_none()
    }
}

fn tick(state: &State) -> Option<State> {
    // Defender has counted what it will have counted, and who was told to wait looks again.
    if state.requests.all().any(|(_, (_, age))| age >= HANDLED) {
        return None;
    }
    let mut after = *state;
    for phase in &mut after.phases {
        if let Phase::Reserved(age) = phase {
            *age = (*age + 1).min(SEND);
        }
    }
    for request in after.requests.0.iter_mut().flatten() {
        request.1 += 1;
    }
    // What is too old to count is forgotten, one slot after the other.
    for at in (0..after.attempts.0.len()).rev() {
        let Some(attempt) = &mut after.attempts.0[at] else {
            continue;
        };
        attempt.age += 1;
        attempt.answered = attempt.answered.map(|age| age + 1);
        let is_over = attempt
            .answered
            .map_or(attempt.age > SEND + HANDLED + WINDOW, |age| age > WINDOW);
        if is_over && attempt.age > WINDOW {
            after.attempts.remove(at);
        }
    }
    for at in (0..after.counted.0.len()).rev() {
        let Some(age) = &mut after.counted.0[at] else {
            continue;
        };
        *age += 1;
        if *age > WINDOW {
            after.counted.remove(at);
        }
    }
    (after != *state).then_some(after)
}
