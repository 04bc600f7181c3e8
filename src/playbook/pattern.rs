//! Regular expressions of playbooks: told to be sound when the playbook is loaded, built when the first event comes as far
//! as to ask them. Used by [`super::op`] and the index; never refuses an event.
//!
//! Building one costs a hundred times what parsing it does, and of ten thousand playbooks most are never asked. What must be
//! known at once is that it can be built within the bound and that it does not match an empty text. Where the parsed form
//! alone does not prove both, it is built at once.

use std::fmt;
use std::sync::{Arc, OnceLock};

use regex::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind};
use regex_syntax::utf8::Utf8Sequences;

use crate::domain::fact::Fact;

/// The largest built regular expression, in bytes.
const BOUND: usize = 1 << 20;

/// More bytes than one state of an automaton takes, with its share of what is built around it.
const STATE: usize = 64;

/// A regular expression that is matched without regard to case. Clones share what is built.
#[derive(Clone)]
pub struct Pattern(Arc<Lazy>);

struct Lazy {
    text: String,
    /// `None` within: it cannot be built, which [`Pattern::new`] has ruled out.
    built: OnceLock<Option<Regex>>,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It matches an empty text, and so everything.
    MatchesEmpty,
    /// It grows to over 1 MiB when it is built.
    TooLarge,
    /// It is no regular expression; the reason in one line.
    Invalid(String),
}

impl Pattern {
    /// A pattern that is sure to be built when it is asked.
    ///
    /// # Errors
    /// It is none, matches everything, or is too large.
    pub fn new(text: &str) -> Result<Self, Unfit> {
        let built = OnceLock::new();
        if !is_plainly_sound(text) {
            let regex = build(text).map_err(|error| unfit(&error))?;
            if regex.is_match("") {
                return Err(Unfit::MatchesEmpty);
            }
            built.get_or_init(|| Some(regex));
        }
        let text = text.to_owned();
        Ok(Self(Arc::new(Lazy { text, built })))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Whether it is found in the text. Unknown should it, against all proof, not be built: then nothing is done because
    /// of it.
    pub fn is_match(&self, text: &str) -> Fact<bool> {
        match self.0.built.get_or_init(|| build(&self.0.text).ok()) {
            Some(regex) => Fact::Is(regex.is_match(text)),
            None => Fact::Unknown,
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({:?})", self.0.text)
    }
}

fn build(text: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(text)
        .case_insensitive(true)
        .size_limit(BOUND)
        .build()
}

fn unfit(error: &regex::Error) -> Unfit {
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        return Unfit::TooLarge;
    }
    let reason = error.to_string();
    let last = reason.lines().last().unwrap_or_default().trim();
    Unfit::Invalid(last.trim_start_matches("error: ").to_owned())
}

/// Whether its parsed form proves that it can be built within half of the bound, and that it matches no empty text.
fn is_plainly_sound(text: &str) -> bool {
    let parsed = ParserBuilder::new().case_insensitive(true).build().parse(text);
    parsed.is_ok_and(|hir| {
        let shortest = hir.properties().minimum_len();
        shortest.is_some_and(|shortest| shortest > 0) && at_most(&hir).is_some_and(|bytes| bytes < BOUND / 2)
    })
}

/// More bytes than the automaton of this takes; `None` when they cannot be counted.
fn at_most(hir: &Hir) -> Option<usize> {
    let all = |parts: &[Hir]| {
        let sum = |sum: usize, part| at_most(part)?.checked_add(sum + STATE);
        parts.iter().try_fold(STATE, sum)
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(STATE),
        HirKind::Literal(literal) => literal.0.len().checked_add(1)?.checked_mul(STATE),
        HirKind::Class(class) => of_class(class),
        HirKind::Repetition(repeated) => {
            let times = repeated.max.unwrap_or(0).max(repeated.min).max(1) as usize;
            at_most(&repeated.sub)?.checked_add(2 * STATE)?.checked_mul(times)
        }
        HirKind::Capture(group) => at_most(&group.sub)?.checked_add(3 * STATE),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => all(parts),
    }
}

fn of_class(class: &Class) -> Option<usize> {
    let Class::Unicode(class) = class else { return None };
    // One state has all that is one byte; what is more bytes, one for each.
    let of_range = |first, last| Utf8Sequences::new(first, last).map(|sequence| sequence.len());
    let ranges = class.ranges().iter();
    let states: usize = ranges
        .flat_map(|range| of_range(range.start(), range.end()))
        .sum();
    Some((states + 2) * STATE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pattern_is_built_when_it_is_first_asked() {
        let pattern = Pattern::new(r"^web\d+-(blue|green)$").expect("it is sound");
        let twin = pattern.clone();
        assert_eq!(pattern.0.built.get().map(|_| ()), None);
        assert_eq!(pattern.is_match("WEB12-Blue"), Fact::Is(true));
        assert_eq!(pattern.is_match("web12-red"), Fact::Is(false));
        assert!(twin.0.built.get().is_some());
        assert_eq!(format!("{twin:?}"), r#"Pattern("^web\\d+-(blue|green)$")"#);
    }

    #[test]
    fn what_cannot_be_a_pattern_is_told_at_once() {
        for (text, expected) in [
            ("a*", Unfit::MatchesEmpty),
            ("", Unfit::MatchesEmpty),
            ("a|", Unfit::MatchesEmpty),
            ("^$", Unfit::MatchesEmpty),
            (r"(?:\w{99}){99}", Unfit::TooLarge),
            ("(a", Unfit::Invalid("unclosed group".to_owned())),
        ] {
            assert_eq!(Pattern::new(text).err(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_in_doubt_is_built_at_once() {
        for text in [r"(\b|a)(b|$)", r"\w{9}", r"[^a]{3,500}", "(?:abcdefghij){600}"] {
            let built = Pattern::new(text).map(|pattern| pattern.0.built.get().is_some());
            assert_eq!(built, Ok(true), "{text}");
        }
        for text in [
            "k.v",
            "tier|t1059",
            r"\bran\b.*\bware\b",
            "[a-z]{2}[0-9]+",
            "x{1,99}",
        ] {
            let built = Pattern::new(text).map(|pattern| pattern.0.built.get().is_some());
            assert_eq!(built, Ok(false), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn what_is_plainly_sound_can_be_built_and_matches_no_empty_text(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "a", "s", "k", "(?:ks)", "(x|yz)", ".", "[^a]", r"\w", r"\d", r"\s", r"\p{Greek}", "[а-я]", "(?s:.)", r"\b", "^", "$",
                "*", "+", "?", "{2}", "{0,9}", "{17,}", "|", "(?-i)", "[a-z0-9_-]", "é", "ſtraße", r"[\x{10000}-\x{10fffe}]",
            ]), 1..12),
        ) {
            let text = parts.concat();
            if is_plainly_sound(&text) {
                let regex = build(&text);
                prop_assert!(regex.is_ok_and(|regex| !regex.is_match("")), "{text}");
            }
        }

        /// Half of what may be taken is left for what is built beside the automaton.
        #[test]
        fn the_count_is_never_below_what_is_taken(
            part in proptest::sample::select(vec![
                "a", "s", "abcdef", ".", "[^a]", r"\w", r"\d", r"\p{Greek}", "[а-я]", "(?s:.)", r"\b.", "(a|bc|d)", "(?:.|k)",
                r"[\x{7ff}-\x{10ffff}]", r"[\x{d000}-\x{e100}]",
            ]),
            times in 1_u32..80,
        ) {
            let text = format!("(?:{part}){{{times}}}");
            let hir = ParserBuilder::new().case_insensitive(true).build().parse(&text).expect("it is sound");
            let bytes = at_most(&hir).expect("it is counted");
            let within = RegexBuilder::new(&text).case_insensitive(true).size_limit(bytes).build();
            prop_assert!(within.is_ok(), "{text} takes more than {bytes} bytes");
        }
    }
}
