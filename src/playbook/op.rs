//! The ops: what one line demands of its fact, checked against the fact's type when the playbook is loaded, and what it
//! says of a fact when an event is evaluated.

use std::time::Duration;

use super::facts::{FactDef, Type};
use super::pattern::{Pattern, Unfit};
use super::subject::Seen;
use super::truth::Truth;
use crate::domain::fact::Fact;
use crate::yaml::diagnostic::{is_joining, quoted};
use crate::yaml::{Code, Diagnostics, Node, suggest};

/// Every op, in the order of the reference.
pub const OPS: [&str; 11] = [
    "any_of",
    "none_of",
    "at_least",
    "at_most",
    "matches",
    "starts_with",
    "ends_with",
    "contains",
    "exists",
    "within",
    "older_than",
];

/// Where a line stands: an absent fact means something else in a guard than in a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In `when`.
    When,
    /// In `unless`.
    Unless,
    /// In `ask.when`.
    AskWhen,
}

impl Place {
    /// As playbooks write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::When => "when",
            Self::Unless => "unless",
            Self::AskWhen => "ask.when",
        }
    }
}

/// What a line demands. Words are kept in lower case; levels by their position.
#[derive(Clone, Debug)]
pub enum Op {
    /// The value, or one element of it, is one of these.
    AnyOf(Vec<String>),
    /// Neither the value nor an element of it is one of these.
    NoneOf(Vec<String>),
    /// The level is this or higher.
    AtLeast(usize),
    /// The level is this or lower.
    AtMost(usize),
    /// The value, or one element of it, matches.
    Matches(Pattern),
    /// The value, or one element of it, starts so.
    StartsWith(String),
    /// The value, or one element of it, ends so.
    EndsWith(String),
    /// The text contains this.
    Contains(String),
    /// There is a value, or there is none.
    Exists(bool),
    /// At most so long ago.
    Within(Duration),
    /// Longer ago than this.
    OlderThan(Duration),
    /// At least so long ago.
    AgeAtLeast(Duration),
}

impl Op {
    /// Reads a line's value and checks it against the fact's type, reporting everything that is wrong.
    pub fn read(fact: &FactDef, node: &Node<'_>, found: &mut Diagnostics) -> Option<Self> {
        if !node.is_map() {
            return match fact.ty {
                Type::Time | Type::Age => {
                    let message = format!(
                        "`{}` is {}, and {} is no op",
                        fact.name,
                        fact.ty.name(),
                        node.found()
                    );
                    found.push(
                        node.diagnostic(Code::OP_TYPE, message)
                            .help("write e.g. `{within: 1h}` or `{older_than: 7d}`"),
                    );
                    None
                }
                _ => words(fact, node, found).map(Self::AnyOf),
            };
        }
        let map = node.map(found)?;
        let mut entries = map.entries();
        let (Some((key, value)), None) = (entries.next(), entries.next()) else {
            let message = format!(
                "a line has exactly one op, and `{}` has {}",
                fact.name,
                map.entries().count()
            );
            let help = format!("ops for {}: {}", fact.ty.name(), suggest::list(&ops_for(fact.ty)));
            found.push(node.diagnostic(Code::ONE_OP, message).help(help));
            return None;
        };
        if !OPS.contains(&key.text) {
            let message = format!("there is no op {}", quoted(key.text));
            found.push(
                key.diagnostic(Code::UNKNOWN_OP, message)
                    .help(suggest::help(key.text, &OPS)),
            );
            return None;
        }
        if !ops_for(fact.ty).contains(&key.text) {
            let message = format!(
                "`{}` does not fit `{}`, which is {}",
                key.text,
                fact.name,
                fact.ty.name()
            );
            let help = match (key.text, fact.ty) {
                ("contains", Type::List) => "`any_of` tells whether an element is in the list".to_owned(),
                _ => format!("ops for {}: {}", fact.ty.name(), suggest::list(&ops_for(fact.ty))),
            };
            found.push(key.diagnostic(Code::OP_TYPE, message).help(help));
            return None;
        }
        match (key.text, fact.ty) {
            ("any_of", _) => words(fact, &value, found).map(Self::AnyOf),
            ("none_of", _) => words(fact, &value, found).map(Self::NoneOf),
            ("at_least", Type::Level(levels)) => level(fact, levels, &value, found).map(Self::AtLeast),
            ("at_most", Type::Level(levels)) => level(fact, levels, &value, found).map(Self::AtMost),
            ("at_least", _) => value.duration(found).map(Self::AgeAtLeast),
            ("at_most" | "within", _) => value.duration(found).map(Self::Within),
            ("older_than", _) => value.duration(found).map(Self::OlderThan),
            ("matches", _) => pattern(&value, found).map(Self::Matches),
            ("starts_with", _) => part(fact, &value, Ends::First, found).map(Self::StartsWith),
            ("ends_with", _) => part(fact, &value, Ends::Last, found).map(Self::EndsWith),
            ("contains", _) => part(fact, &value, Ends::Neither, found).map(Self::Contains),
            _ => value.bool(found).map(Self::Exists),
        }
    }

    /// What the line says of the fact.
    ///
    /// An absent fact settles `exists`; every other line on it is false in a condition and unknown in a guard, so that
    /// neither acts on what is not there. An unknown fact leaves every line unknown.
    pub fn truth(&self, ty: Type, seen: &Fact<Seen<'_>>, place: Place) -> Truth {
        match (self, seen) {
            (_, Fact::Unknown) => Truth::Unknown,
            (Self::Exists(wanted), Fact::Absent) => Truth::from(!wanted),
            (Self::Exists(wanted), Fact::Is(_)) => Truth::from(*wanted),
            (_, Fact::Absent) if place == Place::Unless => Truth::Unknown,
            (_, Fact::Absent) => Truth::False,
            (_, Fact::Is(Seen::Text(text))) => self.of_text(ty, text),
            (Self::NoneOf(words), Fact::Is(Seen::List(items))) => {
                Truth::from(!items.iter().any(|item| words.contains(&lower(item))))
            }
            (_, Fact::Is(Seen::List(items))) => items
                .iter()
                .fold(Truth::False, |any, item| any.or(self.of_text(ty, item))),
            (_, Fact::Is(Seen::Ago(ago))) => match self {
                Self::Within(bound) => Truth::from(ago <= bound),
                Self::OlderThan(bound) => Truth::from(ago > bound),
                Self::AgeAtLeast(bound) => Truth::from(ago >= bound),
                _ => Truth::Unknown,
            },
        }
    }

    fn of_text(&self, ty: Type, text: &str) -> Truth {
        if let (Self::Matches(pattern), Type::Text | Type::List) = (self, ty) {
            return match pattern.is_match(text) {
                Fact::Is(found) => Truth::from(found),
                Fact::Absent | Fact::Unknown => Truth::Unknown,
            };
        }
        let lower = lower(text);
        // A level that is not on the scale cannot be compared, whatever the op.
        let level = match ty {
            Type::Level(levels) => match levels.iter().position(|level| *level == lower) {
                Some(level) => level,
                None => return Truth::Unknown,
            },
            _ => 0,
        };
        match self {
            Self::AnyOf(words) => Truth::from(words.contains(&lower)),
            Self::NoneOf(words) => Truth::from(!words.contains(&lower)),
            Self::AtLeast(bound) => Truth::from(level >= *bound),
            Self::AtMost(bound) => Truth::from(level <= *bound),
            Self::StartsWith(start) => Truth::from(lower.starts_with(start.as_str())),
            Self::EndsWith(end) => Truth::from(lower.ends_with(end.as_str())),
            Self::Contains(part) => Truth::from(lower.contains(part.as_str())),
            // Ops that the type check keeps away from text.
            Self::Matches(_)
            | Self::Exists(_)
            | Self::Within(_)
            | Self::OlderThan(_)
            | Self::AgeAtLeast(_) => Truth::Unknown,
        }
    }
}

/// The ops that fit a type.
pub fn ops_for(ty: Type) -> Vec<&'static str> {
    let fits = |op: &&str| match ty {
        Type::Text => !matches!(*op, "at_least" | "at_most" | "within" | "older_than"),
        Type::List => matches!(
            *op,
            "any_of" | "none_of" | "matches" | "starts_with" | "ends_with" | "exists"
        ),
        Type::Word(_) => matches!(*op, "any_of" | "none_of" | "exists"),
        Type::Level(_) => matches!(*op, "any_of" | "none_of" | "at_least" | "at_most" | "exists"),
        Type::Time => matches!(*op, "within" | "older_than" | "exists"),
        Type::Age => matches!(*op, "within" | "older_than" | "at_least" | "at_most" | "exists"),
    };
    OPS.into_iter().filter(fits).collect()
}

/// A word or a list of words.
fn words(fact: &FactDef, node: &Node<'_>, found: &mut Diagnostics) -> Option<Vec<String>> {
    if !node.is_seq() {
        return word(fact, node, found).map(|word| vec![word]);
    }
    let items = node.seq(found)?;
    if items.is_empty() {
        let message = format!("`{}` is compared with an empty list", node.path());
        found.push(
            node.diagnostic(Code::EMPTY_LIST, message)
                .help("name at least one value, or take the line away"),
        );
        return None;
    }
    let words: Vec<_> = items.iter().filter_map(|item| word(fact, item, found)).collect();
    (words.len() == items.len()).then_some(words)
}

fn word(fact: &FactDef, node: &Node<'_>, found: &mut Diagnostics) -> Option<String> {
    part(fact, node, Ends::Both, found)
}

/// Which ends of a value a part of it reaches: there nobody sees a blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Both,
    First,
    Last,
    Neither,
}

impl Ends {
    /// Without the blanks that nobody sees.
    fn trimmed(self, text: &str) -> &str {
        match self {
            Self::Both => text.trim(),
            Self::First => text.trim_start(),
            Self::Last => text.trim_end(),
            Self::Neither => text,
        }
    }
}

/// The fact that is compared without blanks around its texts.
const TAGS: &str = "device.tags";

fn part(fact: &FactDef, node: &Node<'_>, ends: Ends, found: &mut Diagnostics) -> Option<String> {
    if node.is_null() {
        let message = format!("`{}` is compared with nothing", node.path());
        found.push(
            node.diagnostic(Code::FACT_VALUE, message)
                .help("write `{exists: false}` for a fact without a value"),
        );
        return None;
    }
    let text = node.str(found)?;
    let word = lower(text);
    if word.trim().is_empty() {
        let message = format!("`{}` is compared with an empty text", node.path());
        found.push(
            node.diagnostic(Code::FACT_VALUE, message)
                .help("write `{exists: false}` for a fact without a value"),
        );
        return None;
    }
    match fact.ty {
        Type::Word(known) | Type::Level(known) if !known.contains(&word.as_str()) => {
            let message = format!("`{}` is never {}", fact.name, quoted(text));
            found.push(node.diagnostic(Code::FACT_VALUE, message).help(
                match suggest::nearest(&word, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("it is one of {}", suggest::list(known)),
                },
            ));
            None
        }
        _ => {
            plain_to_see(fact, node, text, ends, found);
            // What was in force before such texts were refused names the same tag still.
            match fact.name == TAGS {
                true => Some(ends.trimmed(&word).to_owned()),
                false => Some(word),
            }
        }
    }
}

/// Refuses a text that a reviewer does not see whole: the line may never hold, and a line that never holds in `unless` protects
/// nobody.
fn plain_to_see(fact: &FactDef, node: &Node<'_>, text: &str, ends: Ends, found: &mut Diagnostics) {
    let first = matches!(ends, Ends::Both | Ends::First) && text != text.trim_start();
    let last = matches!(ends, Ends::Both | Ends::Last) && text != text.trim_end();
    if first || last {
        let side = if first { "begins" } else { "ends" };
        let message = format!(
            "`{}` is compared with a text that {side} with a blank",
            node.path()
        );
        let help = match fact.name == TAGS {
            true => "take the blank away: tags are compared without those around them",
            false => "take the blank away; `matches` finds a text that has one there",
        };
        found.push(node.diagnostic(Code::HIDDEN, message).help(help));
        return;
    }
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return;
    }
    let is_unseen = |c: &char| is_joining(*c) || c.is_control() || is_odd_blank(*c);
    let Some(unseen) = text.chars().find(|c| is_unseen(c) && !node.is_by_number(*c)) else {
        return;
    };
    let number = u32::from(unseen);
    let message = format!(
        "`{}` is compared with a text in which the character U+{number:04X} cannot be seen, or told from a blank",
        node.path()
    );
    let help = format!("take it away; if it is meant, write `\\U{number:08X}` in double quotes");
    found.push(node.diagnostic(Code::HIDDEN, message).help(help));
}

/// White space that looks like the blank and is another character. The ideographic space is as wide as a letter.
fn is_odd_blank(c: char) -> bool {
    c.is_whitespace() && !matches!(c, ' ' | '\u{3000}')
}

/// The form in which texts and words are compared: lower case letter by letter, so that a part of a text has the form that it
/// has in the whole. `str::to_lowercase` alone makes another small sigma of a capital one at the end of a word.
pub(in crate::playbook) fn lower(text: &str) -> String {
    let lower = text.to_lowercase();
    if lower.is_ascii() || !lower.contains('ς') {
        return lower;
    }
    lower.replace('ς', "σ")
}

fn level(fact: &FactDef, levels: &[&str], node: &Node<'_>, found: &mut Diagnostics) -> Option<usize> {
    let word = word(fact, node, found)?;
    levels.iter().position(|level| *level == word)
}

fn pattern(node: &Node<'_>, found: &mut Diagnostics) -> Option<Pattern> {
    let text = node.str(found)?;
    let written = quoted(text);
    let (message, help) = match Pattern::new(text) {
        Ok(pattern) => return Some(pattern),
        Err(Unfit::MatchesEmpty) => (
            format!("the pattern {written} matches an empty text, so it matches everything"),
            "write what must be there",
        ),
        Err(Unfit::TooLarge) => (
            format!("the pattern {written} grows to over 1 MiB when it is compiled"),
            "repeat less: bounds such as `{1,99}` multiply when they are nested",
        ),
        Err(Unfit::Invalid(reason)) => {
            let message = format!("the pattern {written} cannot be used: {reason}");
            found.push(node.diagnostic(Code::PATTERN, message));
            return None;
        }
    };
    found.push(node.diagnostic(Code::PATTERN, message).help(help));
    None
}

#[cfg(test)]
#[path = "op_tests.rs"]
mod tests;
