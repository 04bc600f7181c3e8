//! One fact against every playbook's line on it. Called by the index alone.
//!
//! Whatever can be told beforehand (an absent fact, the words of a closed list) is told by [`Op::truth`] itself when the
//! column is built; only open texts and ages have ways of their own, which the tests hold against it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::Duration;

use super::age::Bounds;
use super::bits::{Bits, Posting};
use super::pattern::needle_of;
use super::text::{Needles, Stands, Words};
use crate::domain::fact::Fact;
use crate::playbook::facts::{FactDef, Type};
use crate::playbook::op::{Op, Place};
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
    /// Who waits for a part that his pattern cannot do without. That a part is missing tells only of ASCII texts.
    patterned: Posting,
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
                alive.keep(&open.may_match(std::slice::from_ref(&text.as_ref())))
            }
            (Fact::Is(Seen::List(items)), Present::Open(open)) => alive.keep(&open.may_match(items)),
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
    let lower = text.to_lowercase();
    let known = words.iter().find(|(word, _)| *word == lower);
    known.map_or(other, |(_, bits)| bits)
}

impl Open {
    fn new(lines: &[(u32, &Op)], mut otherwise: Bits, bound: usize) -> Self {
        let (mut any_of, mut none_of) = (HashMap::new(), HashMap::new());
        let mut needles: HashMap<String, Vec<(Stands, u32)>> = HashMap::new();
        let wait = |words: &[String], number: u32, waiting: &mut HashMap<String, Vec<u32>>| {
            for word in words {
                waiting.entry(word.clone()).or_default().push(number);
            }
        };
        let mut patterned = Vec::new();
        for (number, op) in lines {
            let (needle, stands) = match op {
                Op::Matches(pattern) => {
                    if let Some(needle) = needle_of(pattern.as_str()) {
                        otherwise.remove(*number as usize);
                        patterned.push(*number);
                        needles
                            .entry(needle)
                            .or_default()
                            .push((Stands::Anywhere, *number));
                    }
                    continue;
                }
                Op::AnyOf(words) => {
                    wait(words, *number, &mut any_of);
                    continue;
                }
                Op::NoneOf(words) => {
                    wait(words, *number, &mut none_of);
                    continue;
                }
                Op::StartsWith(needle) => (needle, Stands::First),
                Op::EndsWith(needle) => (needle, Stands::Last),
                Op::Contains(needle) => (needle, Stands::Anywhere),
                _ => continue,
            };
            needles.entry(needle.clone()).or_default().push((stands, *number));
        }
        let needles = Needles::new(needles, bound).unwrap_or_else(|_| {
            // More needles than an automaton holds: then everybody with one is weighed.
            let searching = lines
                .iter()
                .filter(|(_, op)| matches!(op, Op::StartsWith(_) | Op::EndsWith(_) | Op::Contains(_)));
            searching.for_each(|(number, _)| otherwise.insert(*number as usize));
            patterned
                .iter()
                .for_each(|number| otherwise.insert(*number as usize));
            None
        });
        Self {
            otherwise,
            any_of: Words::new(any_of, bound),
            none_of: Words::new(none_of, bound),
            needles,
            patterned: Posting::new(patterned, bound),
        }
    }

    /// Who may match when the fact is a text, or a list of them.
    fn may_match<T: AsRef<str>>(&self, texts: &[T]) -> Bits {
        let mut set = self.otherwise.clone();
        let lower: Vec<String> = texts.iter().map(|text| text.as_ref().to_lowercase()).collect();
        for text in &lower {
            if let Some(posting) = self.any_of.get(text) {
                posting.add_to(&mut set);
            }
            if let Some(needles) = &self.needles {
                needles.add_found(text, &mut set);
            }
        }
        if !self.patterned.is_empty() && texts.iter().any(|text| !text.as_ref().is_ascii()) {
            self.patterned.add_to(&mut set);
        }
        for text in &lower {
            if let Some(posting) = self.none_of.get(text) {
                posting.take_from(&mut set);
            }
        }
        set
    }
}
