//! An explicit-state checker: breadth first from the first state over all that may follow, so the first violation that it
//! meets has the shortest way to it. It keeps every state whole and compares whole states, so nothing is lost to a hash.
//!
//! Besides what must never be it answers whether a state of rest can be reached from every state by ordinary steps alone,
//! with no further fault. docs/decisions/0011 says why this is not stateright.

use std::hash::{Hash, Hasher};

use quell::clock::Monotonic;

/// A step: what it is called, and whether it is an ordinary one, which may be counted on, or a fault.
pub trait Step: Copy + std::fmt::Debug {
    fn is_ordinary(&self) -> bool;
}

/// What is to be checked.
pub trait Model {
    type State: Copy + Eq + Hash;
    type Step: Step;

    fn first(&self) -> Self::State;
    /// Every step that is possible, with the state after it.
    fn steps(&self, state: &Self::State, into: &mut Vec<(Self::Step, Self::State)>);
    /// What is wrong with a state.
    fn violation(&self, state: &Self::State) -> Option<&'static str>;
    /// Whether everything has come to its end, as it should.
    fn is_at_rest(&self, state: &Self::State) -> bool;
}

/// What came of a check.
pub struct Verdict<M: Model> {
    /// Distinct states seen.
    pub states: usize,
    /// Steps between them.
    pub steps: u64,
    pub seconds: f64,
    /// The shortest way to what must not be.
    pub found: Option<Found<M>>,
}

/// A counter-example.
pub struct Found<M: Model> {
    pub what: &'static str,
    pub trace: Vec<(M::Step, M::State)>,
}

const NOWHERE: &str = "a state from which no rest can be reached without a fault";

/// Looks at every state.
pub fn check<M: Model>(model: &M) -> Verdict<M> {
    let began = Monotonic::now();
    let mut seen = Seen::<M::State>::default();
    let mut parents: Vec<u32> = vec![0];
    // Ordinary steps, by their end.
    let mut edges: Vec<(u32, u32)> = Vec::new();
    let mut rests: Vec<u32> = Vec::new();
    let (mut steps, mut found, mut next) = (0, None, Vec::new());
    seen.insert(model.first());
    let mut at = 0;
    while at < seen.states.len() {
        let state = seen.states[at];
        if let Some(what) = model.violation(&state) {
            found = Some((what, at));
            break;
        }
        if model.is_at_rest(&state) {
            rests.push(index(at));
        }
        model.steps(&state, &mut next);
        for (step, after) in next.drain(..) {
            steps += 1;
            let (to, is_new) = seen.insert(after);
            if is_new {
                parents.push(index(at));
            }
            if step.is_ordinary() {
                edges.push((to, index(at)));
            }
        }
        at += 1;
    }
    if found.is_none() {
        found = cut_off(seen.states.len(), edges, rests).map(|at| (NOWHERE, at));
    }
    Verdict {
        states: seen.states.len(),
        steps,
        seconds: began.elapsed().as_secs_f64(),
        found: found.map(|(what, at)| Found {
            what,
            trace: trace(model, &seen.states, &parents, at),
        }),
    }
}

/// The first state, nearest to the beginning, from which no state of rest can be reached.
fn cut_off(states: usize, mut edges: Vec<(u32, u32)>, rests: Vec<u32>) -> Option<usize> {
    edges.sort_unstable();
    let mut reaches = vec![false; states];
    let mut todo = rests;
    for rest in &todo {
        reaches[*rest as usize] = true;
    }
    while let Some(to) = todo.pop() {
        let first = edges.partition_point(|edge| edge.0 < to);
        for (_, from) in edges[first..].iter().take_while(|edge| edge.0 == to) {
            if !std::mem::replace(&mut reaches[*from as usize], true) {
                todo.push(*from);
            }
        }
    }
    reaches.iter().position(|reaches| !reaches)
}

fn trace<M: Model>(model: &M, states: &[M::State], parents: &[u32], end: usize) -> Vec<(M::Step, M::State)> {
    let (mut way, mut at, mut next) = (Vec::new(), end, Vec::new());
    while at != 0 {
        let parent = parents[at] as usize;
        model.steps(&states[parent], &mut next);
        let step = next.drain(..).find(|(_, after)| *after == states[at]);
        way.push(step.expect("the state was reached by a step of its parent"));
        at = parent;
    }
    way.reverse();
    way
}

fn index(at: usize) -> u32 {
    u32::try_from(at).expect("fewer than four thousand million states")
}

/// The states seen, in the order of their discovery, and a table to find them again.
struct Seen<S> {
    states: Vec<S>,
    table: Vec<u32>,
}

const FREE: u32 = u32::MAX;

impl<S> Default for Seen<S> {
    fn default() -> Self {
        Self {
            states: Vec::new(),
            table: vec![FREE; 1 << 16],
        }
    }
}

impl<S: Copy + Eq + Hash> Seen<S> {
    /// The state's number, and whether it is new.
    fn insert(&mut self, state: S) -> (u32, bool) {
        if self.states.len() * 2 > self.table.len() {
            self.table = vec![FREE; self.table.len() * 4];
            for number in 0..self.states.len() {
                let place = self.place(&self.states[number]);
                self.table[place] = index(number);
            }
        }
        let place = self.place(&state);
        let number = self.table[place];
        if number != FREE {
            return (number, false);
        }
        let number = index(self.states.len());
        self.states.push(state);
        self.table[place] = number;
        (number, true)
    }

    /// Where the state is, or would be.
    fn place(&self, state: &S) -> usize {
        let mut hasher = Folding(0);
        state.hash(&mut hasher);
        let mask = self.table.len() - 1;
        let mut place = usize::try_from(hasher.finish() >> 20).unwrap_or(0) & mask;
        while self.table[place] != FREE && self.states[self.table[place] as usize] != *state {
            place = (place + 1) & mask;
        }
        place
    }
}

/// A plain, fast hash: a bad one costs time here, never a state.
#[derive(Default)]
pub struct Folding(u64);

impl Hasher for Folding {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u8(*byte);
        }
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn write_isize(&mut self, word: isize) {
        self.write_u64(word.cast_unsigned() as u64);
    }

    fn write_usize(&mut self, word: usize) {
        self.write_u64(word as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
