//! The trace: every playbook and every line with the value it saw, for people who ask why. The outcome comes from the
//! evaluator itself; this only looks at the lines that the evaluator may have passed over.

use std::fmt;

use serde::Serialize;

use super::compile::Playbook;
use super::evaluate;
use super::line::Line;
use super::op::Place;
use super::set::PlaybookSet;
use super::subject::{Seen, Subject};
use super::text::plain;
use super::truth::Truth;
use crate::domain::fact::Fact;
use crate::domain::verdict::{Mode, Wish};
use crate::yaml::duration;

/// How much of a value is shown, in characters.
const SHOWN: usize = 120;

/// One playbook, explained.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PlaybookTrace {
    /// Its id.
    pub playbook: String,
    /// The revision that was evaluated.
    pub revision: String,
    /// Its own mode.
    pub mode: Mode,
    /// What it asks for; `None` when it is off or plainly does not match.
    pub wish: Option<Wish>,
    /// `matched`, `ask`, `unless.<fact>`, `if_unknown.<fact>`, `when.<fact>`, `mode.off`.
    pub because: String,
    /// Every line, in the order written.
    pub lines: Vec<LineTrace>,
}

/// One line, explained.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct LineTrace {
    /// `when`, `unless` or `ask.when`.
    pub place: &'static str,
    /// The fact.
    pub fact: &'static str,
    /// What is demanded of it, as written.
    pub demands: String,
    /// What was seen of it.
    pub saw: String,
    /// What the line says.
    pub truth: Truth,
    /// Whether this line decided.
    pub decides: bool,
    /// Where it stands, as `file:line`.
    pub at: String,
}

impl fmt::Display for LineTrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            fact,
            demands,
            saw,
            truth,
            at,
            ..
        } = self;
        write!(f, "{} {place} {fact}: {demands}, saw {saw} ({at})", truth.sign())
    }
}

/// Explains every playbook of a set.
pub fn trace(set: &PlaybookSet, subject: &Subject<'_>) -> Vec<PlaybookTrace> {
    set.playbooks()
        .iter()
        .map(|playbook| trace_one(playbook, subject))
        .collect()
}

fn trace_one(playbook: &Playbook, subject: &Subject<'_>) -> PlaybookTrace {
    let outcome = evaluate::outcome(playbook, subject);
    let asked = playbook.ask.as_ref().map_or(&[][..], |ask| &ask.when);
    let places = [
        (Place::When, &playbook.when[..]),
        (Place::Unless, &playbook.unless),
        (Place::AskWhen, asked),
    ];
    let lines = places
        .into_iter()
        .flat_map(|(place, lines)| lines.iter().map(move |line| (place, line)));
    let explain = |(place, line): (Place, &Line)| LineTrace {
        place: place.as_str(),
        fact: line.fact.name,
        demands: plain(&line.written),
        saw: show(&line.fact.read(subject)),
        truth: line.truth(subject, place),
        decides: outcome
            .line
            .is_some_and(|(_, decider)| std::ptr::eq(decider, line)),
        at: format!("{}:{}", playbook.file, line.number),
    };
    PlaybookTrace {
        playbook: playbook.id.clone(),
        revision: playbook.revision.clone(),
        mode: playbook.mode,
        wish: outcome.wish,
        because: outcome.because.clone(),
        lines: lines.map(explain).collect(),
    }
}

/// What was seen of a fact, cut to a length.
pub(super) fn show(seen: &Fact<Seen<'_>>) -> String {
    let shown = match seen {
        Fact::Is(Seen::Text(text)) => format!("`{}`", plain(text)),
        Fact::Is(Seen::List(items)) => {
            let items: Vec<_> = items.iter().map(|item| format!("`{}`", plain(item))).collect();
            format!("[{}]", items.join(", "))
        }
        Fact::Is(Seen::Ago(ago)) => format!(
            "{} ago",
            duration::show(std::time::Duration::from_secs(ago.as_secs()))
        ),
        Fact::Absent => "no value".to_owned(),
        Fact::Unknown => "unknown".to_owned(),
    };
    if shown.chars().nth(SHOWN).is_none() {
        return shown;
    }
    shown.chars().take(SHOWN).chain(['…']).collect()
}
