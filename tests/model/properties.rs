//! What must never be, and what must be when everything has come to its end.

use quell::domain::action::ActionKind;
use quell::domain::converge::{Known, Step as Due, converge};
use quell::domain::measure::Measure;

use crate::protocol::Protocol;
use crate::state::{Made, State, Status, What};

pub const TWICE: &str = "one action was made twice";
pub const BOTH: &str = "two actions of ours were open at Defender at once";
pub const LATE: &str = "a restrict landed after the release";
pub const OVERTAKEN: &str = "a restrict was still to come when the release was done";
const NOT_OURS: &str = "a release of what quell did not begin";
const CANCELLED: &str = "a cancel of what somebody else began";
const TWO_OPEN: &str = "two actions of ours are open on one device";
const UNWRITTEN: &str = "a call without an attempt";
const ELSEWHERE: &str = "an answer was recorded for another attempt";
const UNWANTED: &str = "at rest the device is not as wanted";
const MISTAKEN: &str = "at rest the device is not as believed";

/// What is wrong with a state.
pub fn violations(protocol: &Protocol, state: &State, mut say: impl FnMut(&'static str)) {
    of_defender(state, &mut say);
    of_our_rows(protocol, state, &mut say);
    of_the_end(state, &mut say);
}

/// Nothing travels, nothing is open, nothing is due.
pub fn is_at_rest(state: &State) -> bool {
    let is_done = |made: Made| made.status != Status::Pending && made.unlisted.is_none();
    state.calls.all().next().is_none()
        && state.requests.all().next().is_none()
        && state.findings.iter().all(Option::is_none)
        && state.made.all().all(|(_, made)| is_done(made))
        && state.rows.all().all(|(_, row)| row.state.is_final())
        && converge(Measure::Restriction, state.is_wanted, state.known, None, None) == Due::Nothing
}

fn of_defender(state: &State, say: &mut impl FnMut(&'static str)) {
    let is_of = |made: Made, kind| made.by.is_some() && made.kind == kind;
    let has_restrict = state
        .made
        .all()
        .any(|(_, made)| is_of(made, ActionKind::Restrict));
    for (at, made) in state.made.all() {
        let Some((row, _)) = made.by else {
            if made.status == Status::Cancelled {
                say(CANCELLED);
            }
            continue;
        };
        if made.kind == ActionKind::Release && !has_restrict {
            say(NOT_OURS);
        }
        for (_, later) in state.made.all().filter(|(number, _)| *number > at) {
            match later.by {
                None => continue,
                Some((its, _)) if its == row => say(TWICE),
                Some(_) => {}
            }
            match (made.kind, later.kind) {
                (ActionKind::Release, ActionKind::Restrict) => say(LATE),
                _ if made.status == Status::Pending && later.status == Status::Pending => say(BOTH),
                (ActionKind::Restrict, ActionKind::Release)
                    if made.status == Status::Pending && later.status == Status::Succeeded =>
                {
                    say(OVERTAKEN);
                }
                _ => {}
            }
        }
    }
}

fn of_our_rows(protocol: &Protocol, state: &State, say: &mut impl FnMut(&'static str)) {
    let rules = protocol.rules;
    if rules.is_serial && rules.waits_for_the_end && state.open().count() > 1 {
        say(TWO_OPEN);
    }
    for (_, request) in state.requests.all() {
        let row = state.rows.get(request.row);
        let written = match request.what {
            What::Do(_) => row.n,
            What::Cancel(_) => row.cancels,
        };
        if rules.writes_first && request.n > written {
            say(UNWRITTEN);
        }
    }
    if rules.writes_first && rules.names_the_attempt && state.is_recorded_twice {
        say(ELSEWHERE);
    }
}

fn of_the_end(state: &State, say: &mut impl FnMut(&'static str)) {
    // What a person did in Defender's console holds until quell has a reason of its own.
    if state.is_meddled_with || !is_at_rest(state) {
        return;
    }
    if state.is_restricted != state.is_wanted {
        say(UNWANTED);
    }
    if (state.known == Known::Held) != state.is_restricted {
        say(MISTAKEN);
    }
}
