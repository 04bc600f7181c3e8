//! What may happen next: to our processes, to Defender, to what travels between them, and to the clock.

use quell::domain::action::{ActionEvent, ActionKind, ActionState};

use crate::checker;
use crate::code;
use crate::defender;
use crate::protocol::{LAG, OLDEST, Protocol, SEND, TAIL, TIMEOUT, apply, converge_device};
use crate::state::{Call, Finding, Phase, REPLICAS, Reply, Request, State, What};

/// One step. Numbers name replicas, or places in the lists of the state before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The containment ends.
    NotWantedAnyMore,
    /// A person does it in Defender's console.
    PersonDoes(ActionKind),
    Tick,
    /// Time passes while a process sleeps over its send deadline.
    TickWhileAsleep,
    TakeLease(u8),
    LeaseRunsOut,
    Crash(u8),
    Reserve(u8, ActionKind),
    /// The attempt is committed, and its process never learns that it is.
    ReserveUnawares(ActionKind),
    ReserveCancel(u8),
    Send(usize),
    DeadlinePassed(usize),
    LoseRequest(usize),
    Throttle(usize),
    /// Defender makes an action.
    Make(usize, Told),
    /// Defender answers with the action that is pending.
    AnswerWithPending(usize, Told),
    /// Defender answers that one is in progress.
    AnswerInProgress(usize, Told),
    /// Defender cancels; the device may have been restricted all the same.
    CancelAt(usize, Told, bool),
    CancelTooLate(usize, Told),
    Carried(usize),
    FailedOnDevice(usize),
    TimedOutOnDevice(usize, bool),
    Listed(usize),
    GiveUp(usize),
    Record(usize),
    Doubt(usize),
    Look(u8, usize),
    Apply(u8),
}

/// Whether an answer reaches its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    Told,
    Lost,
}

impl checker::Step for Step {
    fn is_ordinary(&self) -> bool {
        !matches!(
            self,
            Self::NotWantedAnyMore
                | Self::PersonDoes(_)
                | Self::TickWhileAsleep
                | Self::LeaseRunsOut
                | Self::Crash(_)
                | Self::ReserveUnawares(_)
                | Self::LoseRequest(_)
                | Self::Throttle(_)
                | Self::Make(_, Told::Lost)
                | Self::AnswerWithPending(_, Told::Lost)
                | Self::AnswerInProgress(_, Told::Lost)
                | Self::CancelAt(_, Told::Lost, _)
                | Self::CancelTooLate(_, Told::Lost)
                | Self::FailedOnDevice(_)
                | Self::TimedOutOnDevice(..)
        )
    }
}

/// Calls under way at once, late ones too.
const CALLS: usize = 3;

type Next = Vec<(Step, State)>;

/// Every step that is possible.
pub fn all(protocol: &Protocol, state: &State, into: &mut Next) {
    if state.is_wanted {
        let mut after = *state;
        after.is_wanted = false;
        converge_device(&mut after);
        into.push((Step::NotWantedAnyMore, after));
    }
    if state.left.persons > 0 {
        for kind in [ActionKind::Restrict, ActionKind::Release] {
            let mut after = *state;
            after.left.persons -= 1;
            after.is_meddled_with = true;
            defender::make(&mut after, kind, None);
            into.push((Step::PersonDoes(kind), after));
        }
    }
    tick(state, into);
    leases(protocol, state, into);
    reservations(protocol, state, into);
    calls(protocol, state, into);
    defender::all(state, into);
    looks(protocol, state, into);
}

fn tick(state: &State, into: &mut Next) {
    // What must have happened by now has to happen first.
    let is_due = state
        .requests
        .all()
        .any(|(_, request)| request.age >= TIMEOUT + TAIL)
        || state
            .made
            .all()
            .any(|(_, made)| made.unlisted.is_some_and(|age| age >= LAG));
    if is_due {
        return;
    }
    let mut after = *state;
    let mut is_asleep = false;
    for call in after.calls.0.iter_mut().flatten() {
        if call.phase == Phase::Committed && call.age < SEND {
            call.age += 1;
            is_asleep |= call.age >= SEND;
        }
    }
    for row in after.rows.0.iter_mut().flatten() {
        if code::is_undecided(row) {
            row.age = (row.age + 1).min(OLDEST);
            row.refused = row.refused.map(|age| (age + 1).min(LAG));
        }
    }
    for request in after.requests.0.iter_mut().flatten() {
        request.age += 1;
    }
    for made in after.made.0.iter_mut().flatten() {
        made.unlisted = made.unlisted.map(|age| age + 1);
    }
    if after == *state {
        return;
    }
    if !is_asleep {
        into.push((Step::Tick, after));
    } else if after.left.drops > 0 {
        after.left.drops -= 1;
        into.push((Step::TickWhileAsleep, after));
    }
}

fn leases(protocol: &Protocol, state: &State, into: &mut Next) {
    for replica in replicas() {
        if protocol.rules.needs_the_lease && state.holder.is_none() {
            let mut after = *state;
            after.holder = Some(replica);
            into.push((Step::TakeLease(replica), after));
        }
        let is_busy = state.holder == Some(replica)
            || state.findings[usize::from(replica)].is_some()
            || state.calls.all().any(|(_, call)| call.replica == replica);
        if state.left.crashes > 0 && is_busy {
            let mut after = *state;
            after.left.crashes -= 1;
            after.holder = state.holder.filter(|holder| *holder != replica);
            after.findings[usize::from(replica)] = None;
            for at in (0..after.calls.0.len()).rev() {
                if after.calls.0[at].is_some_and(|call| call.replica == replica) {
                    after.calls.remove(at);
                }
            }
            into.push((Step::Crash(replica), after));
        }
    }
    if state.left.losses > 0 && state.holder.is_some() {
        let mut after = *state;
        after.left.losses -= 1;
        after.holder = None;
        into.push((Step::LeaseRunsOut, after));
    }
}

fn replicas() -> impl Iterator<Item = u8> {
    0..u8::try_from(REPLICAS).expect("few")
}

/// The gate.
fn reservations(protocol: &Protocol, state: &State, into: &mut Next) {
    let rules = protocol.rules;
    if state.calls.all().count() >= CALLS {
        return;
    }
    for replica in replicas().filter(|replica| !rules.needs_the_lease || state.holder == Some(*replica)) {
        if let Some(at) = state.queued()
            && may_go(protocol, state, at)
        {
            reserve(protocol, state, at, replica, into);
        }
        if state.left.cancels == 0 || state.is_wanted {
            continue;
        }
        for (at, row) in state.open() {
            let is_due =
                row.state == ActionState::Submitted && row.kind == ActionKind::Restrict && !row.is_adopted;
            if let (true, Some(target)) = (is_due, row.at_defender) {
                let mut after = *state;
                after.left.cancels -= 1;
                let its = after.rows.change(at);
                its.cancels += 1;
                let n = its.cancels;
                after.calls.push(call(replica, at, n, What::Cancel(target)));
                into.push((Step::ReserveCancel(replica), after));
            }
        }
    }
}

/// Whether the queued action may be called although others of the device are open.
fn may_go(protocol: &Protocol, state: &State, at: usize) -> bool {
    let kind = state.rows.0[at].map(|row| row.kind);
    state.open().all(|(_, open)| {
        let is_taken = open.state == ActionState::Submitted && kind == Some(ActionKind::Release);
        !protocol.rules.is_serial || (!protocol.rules.waits_for_the_end && is_taken)
    })
}

fn reserve(protocol: &Protocol, state: &State, at: usize, replica: u8, into: &mut Next) {
    let mut after = *state;
    let kind = after.rows.change(at).kind;
    if !protocol.rules.writes_first {
        // It knows only of its own calls.
        let is_under_way = |(_, call): (usize, Call)| call.replica == replica && usize::from(call.row) == at;
        if !state.calls.all().any(is_under_way) {
            after.calls.push(call(replica, at, 1, What::Do(kind)));
            into.push((Step::Reserve(replica, kind), after));
        }
        return;
    }
    let its = after.rows.change(at);
    its.n += 1;
    its.age = 0;
    let n = its.n;
    apply(&mut after, at, ActionEvent::Reserved, None, false);
    if after.left.drops > 0 && replica == 0 {
        let mut unawares = after;
        unawares.left.drops -= 1;
        into.push((Step::ReserveUnawares(kind), unawares));
    }
    after.calls.push(call(replica, at, n, What::Do(kind)));
    into.push((Step::Reserve(replica, kind), after));
}

fn call(replica: u8, row: usize, n: u8, what: What) -> Call {
    Call {
        replica,
        row: u8::try_from(row).expect("few"),
        n,
        what,
        age: 0,
        phase: Phase::Committed,
    }
}

/// What a process does with its calls.
fn calls(protocol: &Protocol, state: &State, into: &mut Next) {
    for (at, call) in state.calls.all() {
        match call.phase {
            Phase::Committed => {
                if call.age < SEND || !protocol.rules.has_deadline {
                    let mut after = *state;
                    let sent = after.calls.change(at);
                    (sent.phase, sent.age) = (Phase::Waiting, 0);
                    after.requests.push(Request {
                        row: call.row,
                        n: call.n,
                        what: call.what,
                        age: 0,
                    });
                    into.push((Step::Send(at), after));
                } else {
                    let mut after = *state;
                    after.calls.change(at).phase = Phase::Answered(Reply::NotSent);
                    after.calls.change(at).age = 0;
                    into.push((Step::DeadlinePassed(at), after));
                }
            }
            Phase::Waiting => {
                let its = |request: &Request| {
                    (request.row, request.n, request.what) == (call.row, call.n, call.what)
                };
                if state
                    .requests
                    .all()
                    .any(|(_, request)| its(&request) && request.age >= TIMEOUT)
                {
                    let mut after = *state;
                    after.calls.change(at).phase = Phase::Answered(Reply::Unknown);
                    into.push((Step::GiveUp(at), after));
                }
            }
            Phase::Answered(reply) => {
                let mut after = *state;
                after.calls.remove(at);
                record(protocol, &mut after, call, reply);
                into.push((Step::Record(at), after));
            }
        }
    }
}

/// `store::attempts::attempt_finish` and `store::cancels::cancel_finish`.
fn record(protocol: &Protocol, state: &mut State, call: Call, reply: Reply) {
    let (rules, at) = (protocol.rules, usize::from(call.row));
    if let What::Cancel(target) = call.what {
        if reply == Reply::Accepted(target) && state.rows.change(at).state == ActionState::Submitted {
            let status = code::status(state.made.get(target).status);
            if let Some(end) = ActionEvent::from_status(&status) {
                apply(state, at, end, Some(target), false);
            }
        }
        return;
    }
    let is_its = state.rows.change(at).n == call.n;
    if rules.writes_first && rules.names_the_attempt && !is_its {
        return;
    }
    let mut written = code::written(state, call.row, call.n, reply);
    if written.event == ActionEvent::FateUnknown && !rules.looks_up {
        written.event = ActionEvent::NotExecuted;
    }
    let made = match reply {
        Reply::Accepted(made) => Some(made),
        _ => None,
    };
    if !rules.writes_first {
        // The row is written with the answer; without one it is as it was.
        if written.event != ActionEvent::Accepted {
            return;
        }
        state.rows.change(at).n = 1;
        apply(state, at, ActionEvent::Reserved, None, false);
    }
    if apply(state, at, written.event, made, written.is_adopted) {
        state.is_recorded_twice |= !is_its;
        if written.is_refused {
            state.rows.change(at).refused = Some(0);
        }
        if let Some(then) = written.then {
            apply(state, at, then, made, written.is_adopted);
        }
    }
}

/// Reconcile.
fn looks(protocol: &Protocol, state: &State, into: &mut Next) {
    let rules = protocol.rules;
    for (at, row) in state.open() {
        if row.state == ActionState::Submitting && row.age >= SEND + TIMEOUT {
            let mut after = *state;
            let event = if rules.looks_up {
                ActionEvent::FateUnknown
            } else {
                ActionEvent::NotExecuted
            };
            apply(&mut after, at, event, None, false);
            into.push((Step::Doubt(at), after));
        }
        let Some(finding) = protocol.found(state, u8::try_from(at).expect("few")) else {
            continue;
        };
        for replica in replicas() {
            let place = usize::from(replica);
            let may_look = !rules.needs_the_lease || state.holder == Some(replica);
            if may_look && state.findings[place].is_none() {
                let mut after = *state;
                after.findings[place] = Some(finding);
                into.push((Step::Look(replica, at), after));
            }
        }
    }
    for replica in replicas() {
        if let Some(finding) = state.findings[usize::from(replica)] {
            let mut after = *state;
            after.findings[usize::from(replica)] = None;
            apply_finding(protocol, &mut after, finding);
            into.push((Step::Apply(replica), after));
        }
    }
}

/// `store::listing::finding_apply`.
fn apply_finding(protocol: &Protocol, state: &mut State, finding: Finding) {
    let at = usize::from(finding.row);
    let row = *state.rows.change(at);
    if (protocol.rules.names_the_attempt && row.n != finding.n) || !row.state.is_open() {
        return;
    }
    for event in finding.events.into_iter().flatten() {
        if event == ActionEvent::Accepted && state.rows.change(at).state == ActionState::Submitted {
            continue;
        }
        if !apply(state, at, event, finding.made, finding.is_adopted) {
            break;
        }
    }
}
