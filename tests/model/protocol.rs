//! The protocol's rules, each of which a test can take away, and how time stands between them.

use quell::domain::action::{ActionEvent, ActionKind, ActionState, next};
use quell::domain::converge::{Known, Step as Due, converge};
use quell::domain::measure::Measure;

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use crate::checker::{Folding, Model};
use crate::code;
use crate::properties;
use crate::state::{Faults, Few, Finding, Made, REPLICAS, Row, State};
use crate::steps::{self, Step};

/// In ticks: until a call must have been sent, until it is given up, until Defender has handled it or never will, until
/// what it made is listed.
pub const SEND: u8 = 1;
pub const TIMEOUT: u8 = 1;
pub const TAIL: u8 = 1;
pub const LAG: u8 = 1;
/// What the look-up assumes of the world, when it assumes rightly.
pub const ASSUMED: [u8; 4] = [SEND, TIMEOUT, TAIL, LAG];
/// The oldest an attempt is ever counted.
pub const OLDEST: u8 = SEND + TIMEOUT + TAIL + LAG;

/// What the protocol keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// The attempt is committed before the call.
    pub writes_first: bool,
    /// An unanswered call is looked up; else it is simply made again.
    pub looks_up: bool,
    /// The spans that an absence must outlast.
    pub quiescence: [u8; 4],
    /// Nothing is sent after the deadline.
    pub has_deadline: bool,
    /// One open action a device.
    pub is_serial: bool,
    /// A release waits until the restrict is final, not only taken.
    pub waits_for_the_end: bool,
    /// What is written names the attempt that it belongs to.
    pub names_the_attempt: bool,
    /// Only the holder of the lease calls.
    pub needs_the_lease: bool,
}

impl Rules {
    pub const ALL: Self = Self {
        writes_first: true,
        looks_up: true,
        quiescence: ASSUMED,
        has_deadline: true,
        is_serial: true,
        waits_for_the_end: true,
        names_the_attempt: true,
        needs_the_lease: true,
    };
}

/// One device that is wanted restricted and, at some moment, no more.
#[derive(Debug)]
pub struct Protocol {
    pub rules: Rules,
    pub faults: Faults,
    /// The one thing that is looked for; `None`: everything that must not be.
    pub looked_for: Option<&'static str>,
    /// What listings said before: a state's look is one of few.
    findings: RefCell<Findings>,
}

type Findings = HashMap<(u8, Row, Few<Made, 6>), Option<Finding>, BuildHasherDefault<Folding>>;

impl Protocol {
    pub fn new(rules: Rules, faults: Faults) -> Self {
        Self {
            rules,
            faults,
            looked_for: None,
            findings: RefCell::default(),
        }
    }

    /// What a complete listing says of the row now.
    pub fn found(&self, state: &State, at: u8) -> Option<Finding> {
        let key = (at, state.rows.get(at), state.made);
        let mut findings = self.findings.borrow_mut();
        *findings
            .entry(key)
            .or_insert_with(|| code::found(state, at, self.rules.quiescence))
    }
}

impl Model for Protocol {
    type State = State;
    type Step = Step;

    fn first(&self) -> State {
        let mut state = State {
            is_wanted: true,
            known: Known::Free,
            is_restricted_by_others: false,
            rows: Few::NONE,
            holder: None,
            calls: Few::NONE,
            findings: [None; REPLICAS],
            requests: Few::NONE,
            made: Few::NONE,
            is_restricted: false,
            left: self.faults,
            is_meddled_with: false,
            is_recorded_twice: false,
        };
        converge_device(&mut state);
        state
    }

    fn steps(&self, state: &State, into: &mut Vec<(Step, State)>) {
        into.clear();
        steps::all(self, state, into);
        for (_, after) in into {
            *after = after.canonical();
        }
    }

    fn violation(&self, state: &State) -> Option<&'static str> {
        let mut found = None;
        properties::violations(self, state, |what| {
            let counts = self.looked_for.is_none_or(|looked_for| looked_for == what);
            found = found.or(Some(what).filter(|_| counts));
        });
        found
    }

    fn is_at_rest(&self, state: &State) -> bool {
        properties::is_at_rest(state)
    }
}

/// `store::converge`: in every transaction that changes what is wanted or known.
pub fn converge_device(state: &mut State) {
    let open = state.open().next().map(|(_, row)| row.kind);
    let queued = state.queued();
    let step = converge(
        Measure::Restriction,
        state.is_wanted,
        state.known,
        open,
        queued.map(|at| state.rows.change(at).kind),
    );
    if let (Due::Withdraw | Due::Swap(_), Some(at)) = (step, queued) {
        state.rows.change(at).state = ActionState::Withdrawn;
    }
    if let Due::Queue(kind) | Due::Swap(kind) = step {
        state.rows.push(Row {
            kind,
            state: ActionState::Queued,
            n: 0,
            cancels: 0,
            age: 0,
            refused: None,
            is_adopted: false,
            at_defender: None,
        });
    }
}

/// `store::actions::action_apply`: moves an action on, and what follows. Says whether it did.
pub fn apply(state: &mut State, at: usize, event: ActionEvent, made: Option<u8>, is_adopted: bool) -> bool {
    let row = *state.rows.change(at);
    let Ok(to) = next(row.state, event) else {
        return false;
    };
    // Another action's marker is ours all the same.
    let is_ours = made.is_some_and(|made| state.made.get(made).by.is_some());
    let is_adopted = row.is_adopted || (is_adopted && !is_ours);
    if to == ActionState::Queued
        && let Some(other) = state.queued()
    {
        state.rows.change(other).state = ActionState::Withdrawn;
    }
    let its = state.rows.change(at);
    its.state = to;
    its.at_defender = made.or(its.at_defender);
    its.is_adopted = is_adopted;
    if !code::is_undecided(its) {
        (its.age, its.refused) = (0, None);
    }
    if to.is_final() {
        after_final(state, row.kind, is_adopted, to);
    }
    if to.is_final() || to == ActionState::Queued {
        converge_device(state);
    }
    true
}

/// `store::actions::after_final`.
fn after_final(state: &mut State, kind: ActionKind, is_adopted: bool, to: ActionState) {
    let Some(known) = Known::after(kind, is_adopted, to) else {
        return;
    };
    let others = state.is_restricted_by_others;
    state.known = match known {
        Known::Held if others => Known::HeldByOther,
        Known::Unknown if others && state.is_wanted => Known::Free,
        Known::Unknown if others => Known::HeldByOther,
        known => known,
    };
    state.is_restricted_by_others = match known {
        Known::HeldByOther => true,
        Known::Free => false,
        _ => others,
    };
}
