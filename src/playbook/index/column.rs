//! One fact against every playbook's line on it. Called by the index alone.
//!
//! Whatever can be told beforehand (an absent fact, the words of a closed list) is told by [`Op::truth`] itself when the
//! column is built; only open texts and ages have ways of their own, which the tests hold against it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use super::age::Bounds;
use super::bits::{Bits, Posting};
use super::pattern::demands_of;
use super::text::{Gathered, Needles, Stands, Words};
use crate::domain::fact::Fact;
use crate::playbook::facts::{FactDef, Type};
use crate::playbook::op::{Op, Place, lower};
use crate::playbook::subject::Seen;
use crate::playbook::truth::Truth;

/// One fact, and who may still match by what was seen of it.
#[derive(Debug)]
pub struct Column {
    /// The fact.
    pub fact: &'static FactDef,
    absent: Bits,
    present: Present,
}

#[derive(Debug)]
enum Present {
    /// A closed list of words: the playbooks for each of them, and for any other word.
    Closed {
        words: Vec<(&'static str, Bits)>,
        other: Bits,
    },
    /// Text, or a list of texts.
    Open(Box<Open>),
    /// How long ago.
    Ago {
        within: Bounds,
        older_than: Bounds,
        at_least: Bounds,
        otherwise: Bits,
    },
}

#[derive(Debug)]
struct Open {
    /// Who may match whatever the text is.
    otherwise: Bits,
    any_of: Words,
    none_of: Words,
    needles: Option<Needles>,
    /// Who waits for parts that his pattern cannot do without. That a part is missing tells only of ASCII texts.
    patterned: Posting,
    /// Whose pattern demands more than the part that he waits for, and the needles of which one must be there, for each
    /// such demand.
    demanding: Bits,
    demands: HashMap<usize, Vec<Vec<u32>>>,
}

impl Column {
    /// The column of a fact: `lines` holds each playbook's line on it, `bound` is the number of all playbooks.
    pub fn new(fact: &'static FactDef, lines: &[(u32, &Op)], bound: usize) -> Self {
        let may_match = |holds: &dyn Fn(&Op) -> bool| {
            let mut bits = Bits::all(bound);
            let failing = lines.iter().filter(|(_, op)| !holds(op));
            failing.for_each(|(number, _)| bits.remove(*number as usize));
            bits
        };
        let sees = |seen: Fact<Seen<'static>>| {
            may_match(&|op| op.truth(fact.ty, &seen, Place::When) != Truth::False)
        };
        // A text that no needle and no word of any playbook fits. Patterns are tried last; of an op that is not known here
        // nothing is told beforehand.
        let any_text = |op: &Op| {
            !matches!(
                op,
                Op::AnyOf(_) | Op::StartsWith(_) | Op::EndsWith(_) | Op::Contains(_) | Op::Exists(false)
            )
        };
        let present = match fact.ty {
            Type::Word(known) | Type::Level(known) => {
                let word = |word: &'static str| (word, sees(Fact::Is(Seen::Text(word.into()))));
                Present::Closed {
                    words: known.iter().copied().map(word).collect(),
                    other: sees(Fact::Is(Seen::Text(Cow::Borrowed("")))),
                }
            }
            Type::Text | Type::List => Present::Open(Box::new(Open::new(lines, may_match(&any_text), bound))),
            _ => {
                let bounds = |of: &dyn Fn(&Op) -> Option<Duration>| {
                    let bounds = lines.iter().filter_map(|(number, op)| Some((of(op)?, *number)));
                    Bounds::new(bounds.collect(), bound)
                };
                Present::Ago {
                    within: bounds(&|op| match op {
                        Op::Within(bound) => Some(*bound),
                        _ => None,
                    }),
                    older_than: bounds(&|op| match op {
                        Op::OlderThan(bound) => Some(*bound),
                        _ => None,
                    }),
                    at_least: bounds(&|op| match op {
                        Op::AgeAtLeast(bound) => Some(*bound),
                        _ => None,
                    }),
                    otherwise: may_match(&|op| {
                        !matches!(op, Op::OlderThan(_) | Op::AgeAtLeast(_) | Op::Exists(false))
                    }),
                }
            }
        };
        Self {
            fact,
            absent: sees(Fact::Absent),
            present,
        }
    }

    /// The cheapest to ask come first: who is left out there costs nothing later.
    pub fn cost(&self) -> usize {
        match &self.present {
            Present::Closed { .. } => 0,
            Present::Ago { .. } => 1,
            Present::Open(open) if open.needles.is_none() => 2,
            Present::Open(open) if open.demands.is_empty() => 3,
            Present::Open(_) => 4,
        }
    }

    /// Keeps of `alive` who may still match by what is seen; whether anybody is left. Of an unknown fact every line is
    /// unknown, and unknown is not false: all stay.
    pub fn keep(&self, seen: &Fact<Seen<'_>>, alive: &mut Bits) -> bool {
        match (seen, &self.present) {
            (Fact::Unknown, _) => true,
            (Fact::Absent, _) => alive.keep(&self.absent),
            (Fact::Is(Seen::Text(text)), Present::Closed { words, other }) => {
                let known = words.iter().find(|(word, _)| text.eq_ignore_ascii_case(word));
                alive.keep(known.map_or_else(|| other_word(text, words, other), |(_, bits)| bits))
            }
            (Fact::Is(Seen::Text(text)), Present::Open(open)) => {
                open.keep(std::slice::from_ref(&text.as_ref()), alive)
            }
            (Fact::Is(Seen::List(items)), Present::Open(open)) => open.keep(items, alive),
            (
                Fact::Is(Seen::Ago(ago)),
                Present::Ago {
                    within,
                    older_than,
                    at_least,
                    otherwise,
                },
            ) => {
                let mut set = otherwise.clone();
                older_than.first(|bound| bound < *ago, &mut set, Bits::add, Bits::insert);
                at_least.first(|bound| bound <= *ago, &mut set, Bits::add, Bits::insert);
                within.first(|bound| bound < *ago, &mut set, Bits::subtract, Bits::remove);
                alive.keep(&set)
            }
            // The table of facts gives every type one way to be seen. Should it ever not, nobody is left out.
            _ => true,
        }
    }
}

/// The evaluator compares in Unicode's lower case, where a word may be another one than in ASCII's.
fn other_word<'b>(text: &str, words: &'b [(&'static str, Bits)], other: &'b Bits) -> &'b Bits {
    if text.is_ascii() {
        return other;
    }
    let lower = lower(text);
    let known = words.iter().find(|(word, _)| *word == lower);
    known.map_or(other, |(_, bits)| bits)
}

impl Open {
    fn new(lines: &[(u32, &Op)], mut otherwise: Bits, bound: usize) -> Self {
        let (mut any_of, mut none_of) = (HashMap::new(), HashMap::new());
        let wait = |words: &[String], number: u32, waiting: &mut HashMap<String, Vec<u32>>| {
            for word in words {
                waiting.entry(word.clone()).or_default().push(number);
            }
        };
        let mut needles = Gathered::default();
        let mut patterned = Vec::new();
        let mut demanding = Bits::none(bound);
        let mut demands = HashMap::new();
        for (number, op) in lines {
            match op {
                Op::Matches(pattern) => {
                    let mut more = demands_of(pattern.as_str()).into_iter();
                    let Some(first) = more.next() else { continue };
                    otherwise.remove(*number as usize);
                    patterned.push(*number);
                    for (text, stands) in first {
                        needles.wait(&text, stands, *number);
                    }
                    let mut one_of = |demand: Vec<(String, Stands)>| {
                        let parts = demand.iter();
                        parts
                            .map(|(text, stands)| needles.number(text, *stands))
                            .collect()
                    };
                    let more: Vec<Vec<u32>> = more.map(&mut one_of).collect();
                    if !more.is_empty() {
                        demanding.insert(*number as usize);
                        demands.insert(*number as usize, more);
                    }
                }
                Op::AnyOf(words) => wait(words, *number, &mut any_of),
                Op::NoneOf(words) => wait(words, *number, &mut none_of),
                Op::StartsWith(start) => needles.wait(start, Stands::First, *number),
                Op::EndsWith(end) => needles.wait(end, Stands::Last, *number),
                Op::Contains(part) => needles.wait(part, Stands::Anywhere, *number),
                _ => {}
            }
        }
        let needles = needles.build(bound).unwrap_or_else(|_| {
            // More needles than an automaton holds: then everybody with one is weighed.
            let searching = lines
                .iter()
                .filter(|(_, op)| matches!(op, Op::StartsWith(_) | Op::EndsWith(_) | Op::Contains(_)));
            searching.for_each(|(number, _)| otherwise.insert(*number as usize));
            patterned
                .iter()
                .for_each(|number| otherwise.insert(*number as usize));
            demands.clear();
            None
        });
        Self {
            otherwise,
            any_of: Words::new(any_of, bound),
            none_of: Words::new(none_of, bound),
            needles,
            patterned: Posting::new(patterned, bound),
            demanding,
            demands,
        }
    }

    /// Keeps who may match when the fact is a text, or a list of them; whether anybody is left.
    fn keep<T: AsRef<str>>(&self, texts: &[T], alive: &mut Bits) -> bool {
        let mut set = self.otherwise.clone();
        let lower: Vec<String> = texts.iter().map(|text| lower(text.as_ref())).collect();
        let mut there = Bits::none(self.needles.as_ref().map_or(0, Needles::count));
        for text in &lower {
            if let Some(posting) = self.any_of.get(text) {
                posting.add_to(&mut set);
            }
            if let Some(needles) = &self.needles {
                needles.find(text, |needle, posting| {
                    there.insert(needle as usize);
                    posting.add_to(&mut set);
                });
            }
        }
        let ascii = texts.iter().all(|text| text.as_ref().is_ascii());
        if !ascii {
            self.patterned.add_to(&mut set);
        }
        for text in &lower {
            if let Some(posting) = self.none_of.get(text) {
                posting.take_from(&mut set);
            }
        }
        alive.keep(&set) && (!ascii || self.demands.is_empty() || self.keep_met(&there, alive))
    }

    /// Keeps whose further demands are met by the needles that are there; whether anybody is left.
    fn keep_met(&self, there: &Bits, alive: &mut Bits) -> bool {
        let met = |demands: &Vec<Vec<u32>>| {
            let one_is = |demand: &Vec<u32>| demand.iter().any(|needle| there.has(*needle as usize));
            demands.iter().all(one_is)
        };
        let unmet = |number: &usize| self.demands.get(number).is_some_and(|demands| !met(demands));
        let unmet: Vec<usize> = alive.ones_in(&self.demanding).filter(unmet).collect();
        unmet.iter().for_each(|number| alive.remove(*number));
        unmet.is_empty() || !alive.is_empty()
    }
}
