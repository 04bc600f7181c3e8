//! The index over a set of playbooks: which of them an event cannot match, told in a time that hardly grows with their
//! number. Built by [`super::set`] with every set, asked by [`super::evaluate()`].
//!
//! It may only leave out playbooks that are off or have a line in `when` that is *false*: these are plainly no match. A line
//! on an unknown fact is unknown, so it leaves nobody out. It never gives a verdict; whoever it leaves in is weighed line by
//! line as if there were no index.
//!
//! Each fact is a [`mod@column`]: who has no line on it stays, the others by what is seen (hashed words, one automaton for
//! the parts of texts, sorted bounds for ages). The columns are AND-ed as sets of bits, the cheap ones first. Regular
//! expressions come last, each distinct one once an event at most, and only for playbooks that are left and that found
//! every part which their pattern cannot do without.

mod age;
mod bits;
mod column;
mod pattern;
mod text;

use std::collections::HashMap;
use std::sync::Arc;

use super::compile::Playbook;
use super::facts::{self, FactDef};
use super::op::{Op, Place};
use super::subject::Subject;
use super::truth::Truth;
use crate::domain::verdict::Mode;
use bits::Bits;
use column::Column;

/// The lines in `when` of all playbooks of a set, by fact. Numbers are places in the set.
#[derive(Debug)]
pub(super) struct Index {
    /// Everyone who is not off.
    on: Bits,
    /// The cheapest to ask first.
    columns: Vec<Column>,
    patterns: Patterns,
}

/// The distinct regular expressions of all playbooks.
#[derive(Debug)]
struct Patterns {
    /// Who has one.
    having: Bits,
    /// The patterns of all playbooks, one playbook's after the other's.
    uses: Vec<u32>,
    /// Where in `uses` each playbook's begin; the next one's beginning is their end.
    begin: Vec<u32>,
    /// The distinct ones, each with its fact. Held here, so that nothing of a playbook is touched before one matches.
    all: Vec<(&'static FactDef, Op)>,
}

impl Index {
    /// Indexes playbooks.
    pub(super) fn new(playbooks: &[Arc<Playbook>]) -> Self {
        let bound = playbooks.len();
        let mut on = Bits::none(bound);
        let mut lines: HashMap<&str, Vec<(u32, &Op)>> = HashMap::new();
        for (number, playbook) in (0_u32..).zip(playbooks) {
            if playbook.mode == Mode::Off {
                continue;
            }
            on.insert(number as usize);
            for line in &playbook.when {
                lines.entry(line.fact.name).or_default().push((number, &line.op));
            }
        }
        let with_lines = facts::FACTS
            .iter()
            .filter_map(|fact| Some((fact, lines.get(fact.name)?)));
        let mut columns: Vec<_> = with_lines
            .map(|(fact, lines)| Column::new(fact, lines, bound))
            .collect();
        columns.sort_by_key(Column::cost);
        Self {
            on,
            columns,
            patterns: Patterns::new(playbooks, bound),
        }
    }

    /// The numbers of the playbooks that are on and of whose `when` no line is false.
    pub(super) fn candidates(&self, subject: &Subject<'_>) -> Bits {
        let mut alive = self.on.clone();
        for column in &self.columns {
            if !column.keep(&column.fact.read(subject), &mut alive) {
                return alive;
            }
        }
        self.patterns.keep(subject, &mut alive);
        alive
    }
}

impl Patterns {
    fn new(playbooks: &[Arc<Playbook>], bound: usize) -> Self {
        let mut patterns = Self {
            having: Bits::none(bound),
            uses: Vec::new(),
            begin: vec![0],
            all: Vec::new(),
        };
        let mut known: HashMap<(&str, &str), u32> = HashMap::new();
        for (number, playbook) in playbooks.iter().enumerate() {
            for line in &playbook.when {
                let Op::Matches(pattern) = &line.op else { continue };
                let next = patterns.all.len() as u32;
                let id = *known.entry((line.fact.name, pattern.as_str())).or_insert(next);
                if id == next {
                    patterns.all.push((line.fact, line.op.clone()));
                }
                patterns.having.insert(number);
                patterns.uses.push(id);
            }
            patterns.begin.push(patterns.uses.len() as u32);
        }
        patterns
    }

    /// Takes out of `alive` whose pattern does not match.
    fn keep(&self, subject: &Subject<'_>, alive: &mut Bits) {
        let asked: Vec<usize> = alive.ones_in(&self.having).collect();
        if asked.is_empty() {
            return;
        }
        let (mut known, mut failing) = (Bits::none(self.all.len()), Bits::none(self.all.len()));
        for number in asked {
            let uses = self.begin[number] as usize..self.begin[number + 1] as usize;
            let fails = self.uses[uses].iter().any(|pattern| {
                let pattern = *pattern as usize;
                if !known.has(pattern) {
                    known.insert(pattern);
                    let (fact, op) = &self.all[pattern];
                    if op.truth(fact.ty, &fact.read(subject), Place::When) == Truth::False {
                        failing.insert(pattern);
                    }
                }
                failing.has(pattern)
            });
            if fails {
                alive.remove(number);
            }
        }
    }
}

#[cfg(test)]
mod tests;
