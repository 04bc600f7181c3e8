//! Evaluation: every playbook against one event and one device, in three values. Called by `worker::decide` and by the
//! test runner; what the verdicts lead to is decided in `domain::decision`.

use super::compile::{IfUnknown, Playbook};
use super::line::Line;
use super::op::Place;
use super::set::PlaybookSet;
use super::subject::Subject;
use super::truth::Truth;
use crate::domain::verdict::{Mode, Verdict, Wish};

/// What all playbooks together say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// The verdicts that are not plain no-match, in the order of the playbooks' ids.
    pub verdicts: Vec<Verdict>,
    /// Whether the outcome of a playbook hangs on a fact that fetching the device may tell: then it is worth waiting.
    pub unknown_device_facts: bool,
}

/// Evaluates every playbook that is not off. Those that the index knows to be plainly no match are not looked at; what
/// remains is weighed line by line, so every verdict comes from [`outcome`].
pub fn evaluate(set: &PlaybookSet, subject: &Subject<'_>) -> Evaluation {
    weigh_all(set.candidates(subject), subject)
}

/// The same without the index: slow with many playbooks, and plain. What the index is tested and measured against.
pub fn evaluate_plainly(set: &PlaybookSet, subject: &Subject<'_>) -> Evaluation {
    weigh_all(set.playbooks().iter(), subject)
}

fn weigh_all<'p>(playbooks: impl Iterator<Item = &'p Playbook>, subject: &Subject<'_>) -> Evaluation {
    let mut evaluation = Evaluation::default();
    for playbook in playbooks {
        let outcome = outcome(playbook, subject);
        evaluation.unknown_device_facts |= outcome.waits_for_fetch;
        if let Some(wish) = outcome.wish {
            evaluation
                .verdicts
                .push(verdict(playbook, subject, wish, &outcome));
        }
    }
    evaluation
}

/// What one playbook says, and because of what.
#[derive(Clone, Debug)]
pub(super) struct Outcome<'p> {
    /// `None`: off, or plainly no match.
    pub(super) wish: Option<Wish>,
    /// `matched`, `ask`, `unless.<fact>`, `if_unknown.<fact>`, `when.<fact>` for no match, `mode.off`.
    pub(super) because: String,
    /// The deciding line.
    pub(super) line: Option<(Place, &'p Line)>,
    waits_for_fetch: bool,
}

/// Weighs one playbook.
pub(super) fn outcome<'p>(playbook: &'p Playbook, subject: &Subject<'_>) -> Outcome<'p> {
    if playbook.mode == Mode::Off {
        return Outcome {
            wish: None,
            because: "mode.off".to_owned(),
            line: None,
            waits_for_fetch: false,
        };
    }
    let when = weigh(&playbook.when, Place::When, Truth::False, subject);
    if when.truth == Truth::False {
        return settled(None, "when.", when.decider);
    }
    let unless = weigh(&playbook.unless, Place::Unless, Truth::True, subject);
    if unless.truth == Truth::True {
        return settled(Some(Wish::Skip), "unless.", unless.decider);
    }
    if when.truth == Truth::Unknown || unless.truth == Truth::Unknown {
        let waits = when.waits_for_fetch || unless.waits_for_fetch;
        return unknown(playbook, when.decider.or(unless.decider), waits);
    }
    let Some(ask) = &playbook.ask else {
        return Outcome {
            wish: Some(Wish::Act),
            because: "matched".to_owned(),
            line: None,
            waits_for_fetch: false,
        };
    };
    let asked = weigh(&ask.when, Place::AskWhen, Truth::False, subject);
    match asked.truth {
        Truth::True => Outcome {
            wish: Some(Wish::Ask),
            because: "ask".to_owned(),
            line: None,
            waits_for_fetch: false,
        },
        Truth::False => Outcome {
            wish: Some(Wish::Act),
            because: "matched".to_owned(),
            line: None,
            waits_for_fetch: false,
        },
        Truth::Unknown => unknown(playbook, asked.decider, asked.waits_for_fetch),
    }
}

/// Lines weighed together: the first line that settles them, or else the first unknown one, decides.
struct Weighed<'p> {
    truth: Truth,
    decider: Option<(Place, &'p Line)>,
    waits_for_fetch: bool,
}

/// `settles` is the value of one line that settles all: false where every line must hold, true where none may.
fn weigh<'p>(lines: &'p [Line], place: Place, settles: Truth, subject: &Subject<'_>) -> Weighed<'p> {
    let mut weighed = Weighed {
        truth: !settles,
        decider: None,
        waits_for_fetch: false,
    };
    for line in lines {
        let truth = line.truth(subject, place);
        if truth == settles {
            return Weighed {
                truth,
                decider: Some((place, line)),
                waits_for_fetch: false,
            };
        }
        if truth == Truth::Unknown {
            weighed.truth = Truth::Unknown;
            weighed.decider = weighed.decider.or(Some((place, line)));
            weighed.waits_for_fetch |= line.waits_for_fetch(subject);
        }
    }
    weighed
}

fn settled<'p>(wish: Option<Wish>, prefix: &str, decider: Option<(Place, &'p Line)>) -> Outcome<'p> {
    let fact = decider.map_or("", |(_, line)| line.fact.name);
    Outcome {
        wish,
        because: format!("{prefix}{fact}"),
        line: decider,
        waits_for_fetch: false,
    }
}

/// A fact that decides is unknown: `if_unknown` decides, and it can never act.
fn unknown<'p>(
    playbook: &Playbook,
    decider: Option<(Place, &'p Line)>,
    waits_for_fetch: bool,
) -> Outcome<'p> {
    let wish = match playbook.if_unknown {
        IfUnknown::Ask => Wish::Ask,
        IfUnknown::Skip => Wish::Skip,
    };
    Outcome {
        waits_for_fetch,
        ..settled(Some(wish), "if_unknown.", decider)
    }
}

fn verdict(playbook: &Playbook, subject: &Subject<'_>, wish: Wish, outcome: &Outcome<'_>) -> Verdict {
    Verdict {
        playbook: playbook.id.clone(),
        revision: playbook.revision.clone(),
        mode: playbook.mode,
        lane: playbook.lane,
        wish,
        because: outcome.because.clone(),
        line: outcome
            .line
            .map(|(_, line)| format!("{}:{}", playbook.file, line.number)),
        then: playbook.then.iter().map(|action| action.plan(subject)).collect(),
        ask: playbook.ask.as_ref().map(|ask| ask.terms.clone()),
        limits: playbook.limits.clone(),
        canary: playbook.canary.clone(),
        notify: playbook.notify.clone(),
    }
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
