//! Defender, and what travels to it: requests are lost, refused or carried out early and late, a duplicate is answered in
//! each of the ways that were seen, and devices take their time.

use quell::domain::action::ActionKind;

use crate::state::{Made, Phase, Reply, Request, State, Status, What};
use crate::steps::{Step, Told};

/// What becomes of requests, and of what Defender has.
pub fn all(state: &State, into: &mut Vec<(Step, State)>) {
    for (at, request) in state.requests.all() {
        let mut taken = *state;
        taken.requests.remove(at);
        if state.left.drops > 0 {
            let mut after = taken;
            after.left.drops -= 1;
            answer(&mut after, request, Reply::Unknown);
            into.push((Step::LoseRequest(at), after));
        }
        if state.left.refusals > 0 {
            let mut after = taken;
            after.left.refusals -= 1;
            answer(&mut after, request, Reply::Throttled);
            into.push((Step::Throttle(at), after));
        }
        match request.what {
            What::Do(kind) => do_it(&taken, at, request, kind, into),
            What::Cancel(target) => cancel(&taken, at, request, target, into),
        }
    }
    for (at, made) in state.pending() {
        let is_restrict = made.kind == ActionKind::Restrict;
        let mut after = *state;
        after.made.change(at).status = Status::Succeeded;
        after.is_restricted = is_restrict;
        into.push((Step::Carried(at), after));
        if state.left.failures > 0 {
            let mut after = *state;
            after.left.failures -= 1;
            after.made.change(at).status = Status::Failed;
            into.push((Step::FailedOnDevice(at), after));
            for is_done in [true, false] {
                let mut after = after;
                after.made.change(at).status = Status::TimedOut;
                after.is_restricted = if is_done { is_restrict } else { state.is_restricted };
                into.push((Step::TimedOutOnDevice(at, is_done), after));
            }
        }
    }
    for (at, _) in state.made.all().filter(|(_, made)| made.unlisted.is_some()) {
        let mut after = *state;
        after.made.change(at).unlisted = None;
        into.push((Step::Listed(at), after));
    }
}

/// A duplicate is answered with the pending action, refused, or made all the same: Defender was seen to do each.
fn do_it(taken: &State, at: usize, request: Request, kind: ActionKind, into: &mut Vec<(Step, State)>) {
    let same = taken.pending().find(|(_, made)| made.kind == kind);
    if let Some((pending, _)) = same {
        let reply = Reply::Accepted(u8::try_from(pending).expect("few"));
        told(taken, request, reply, into, |told| {
            Step::AnswerWithPending(at, told)
        });
    }
    // Not for ever: a person's action could be in the way as long as it likes.
    if taken.pending().next().is_some() && request.n < 3 {
        told(taken, request, Reply::InProgress, into, |told| {
            Step::AnswerInProgress(at, told)
        });
    }
    let mut after = *taken;
    let number = make(&mut after, kind, Some((request.row, request.n)));
    told(&after, request, Reply::Accepted(number), into, |told| {
        Step::Make(at, told)
    });
}

fn cancel(taken: &State, at: usize, request: Request, target: u8, into: &mut Vec<(Step, State)>) {
    let made = taken.made.get(target);
    if made.status != Status::Pending {
        return told(taken, request, Reply::Rejected, into, |told| {
            Step::CancelTooLate(at, told)
        });
    }
    for is_done in [false, true] {
        let mut after = *taken;
        after.made.change(usize::from(target)).status = Status::Cancelled;
        after.is_restricted |= is_done;
        told(&after, request, Reply::Accepted(target), into, |told| {
            Step::CancelAt(at, told, is_done)
        });
    }
}

pub fn make(state: &mut State, kind: ActionKind, by: Option<(u8, u8)>) -> u8 {
    state.made.push(Made {
        kind,
        by,
        status: Status::Pending,
        unlisted: Some(0),
    })
}

/// The answer reaches its caller, or is lost; with no caller left there is nothing to lose.
fn told(
    after: &State,
    request: Request,
    reply: Reply,
    into: &mut Vec<(Step, State)>,
    step: impl Fn(Told) -> Step,
) {
    let mut is_told = *after;
    let is_heard = answer(&mut is_told, request, reply);
    into.push((step(Told::Told), is_told));
    if is_heard && after.left.drops > 0 {
        let mut lost = *after;
        lost.left.drops -= 1;
        answer(&mut lost, request, Reply::Unknown);
        into.push((step(Told::Lost), lost));
    }
}

fn answer(state: &mut State, request: Request, reply: Reply) -> bool {
    let mut is_heard = false;
    for call in state.calls.0.iter_mut().flatten() {
        let is_its = (call.row, call.n, call.what) == (request.row, request.n, request.what);
        if is_its && call.phase == Phase::Waiting && !is_heard {
            call.phase = Phase::Answered(reply);
            is_heard = true;
        }
    }
    is_heard
}
