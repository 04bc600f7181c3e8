//! Lines: one fact and what is demanded of it, as `when`, `unless` and `ask.when` list them.

use super::facts::{self, FactDef};
use super::op::{Op, Place};
use super::subject::Subject;
use super::truth::Truth;
use crate::domain::fact::Fact;
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Map, Node};

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// The fact it tests.
    pub fact: &'static FactDef,
    /// What it demands.
    pub op: Op,
    /// The line of the file, from 1.
    pub number: usize,
    /// The value as written, on one line.
    pub written: String,
}

impl Line {
    /// What the line says of this event and device.
    pub fn truth(&self, subject: &Subject<'_>, place: Place) -> Truth {
        self.op.truth(self.fact.ty, &self.fact.read(subject), place)
    }

    /// Whether the line waits for a fact that can be fetched.
    pub fn waits_for_fetch(&self, subject: &Subject<'_>) -> bool {
        self.fact.fetched && matches!(self.fact.read(subject), Fact::Unknown)
    }
}

/// Reads a map of lines, reporting every one that is wrong.
pub fn read_lines(node: &Node<'_>, found: &mut Diagnostics) -> Vec<Line> {
    let Some(map) = node.map(found) else {
        return Vec::new();
    };
    entries(&map, found)
}

fn entries(map: &Map<'_>, found: &mut Diagnostics) -> Vec<Line> {
    let mut lines = Vec::new();
    for (key, value) in map.entries() {
        let Some(fact) = facts::find(key.text) else {
            let message = format!("there is no fact {}", quoted(key.text));
            found.push(
                key.diagnostic(Code::UNKNOWN_FACT, message)
                    .help(facts::suggest(key.text)),
            );
            continue;
        };
        if let Some(op) = Op::read(fact, &value, found) {
            lines.push(Line {
                fact,
                op,
                number: key.line(),
                written: value.written(),
            });
        }
    }
    lines
}
