//! What a regular expression cannot do without: a part that stands in every text that matches. Called by the index alone.

use regex_syntax::hir::{Hir, HirKind};

/// The shortest part that is worth looking for, in bytes.
const SHORTEST: usize = 3;

/// The longest part, in lower case, that stands in the lower case of every ASCII text that the pattern matches, whether
/// it is matched with regard to case or without.
///
/// Of other texts nothing is told: `ſ` matches an `s` without regard to case, and is none in lower case. So a part that is
/// not ASCII itself is not taken either.
pub fn needle_of(pattern: &str) -> Option<String> {
    let parsed = regex_syntax::parse(pattern).ok()?;
    let part = longest(&parsed)?;
    let text = std::str::from_utf8(part).ok()?;
    Some(text.to_ascii_lowercase())
}

/// Only of what must be there: one way of several need not, nor what may be repeated no times.
fn longest(hir: &Hir) -> Option<&[u8]> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            Some(&*literal.0).filter(|part| part.is_ascii() && part.len() >= SHORTEST)
        }
        HirKind::Capture(group) => longest(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => longest(&repeated.sub),
        HirKind::Concat(parts) => parts.iter().filter_map(longest).max_by_key(|part| part.len()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::RegexBuilder;

    use super::*;

    #[test]
    fn only_what_must_be_there_is_taken() {
        for (pattern, expected) in [
            (r"\blateral\b.*\bMovement\b", Some("movement")),
            ("^ran", Some("ran")),
            ("(?:abc)+x", Some("abc")),
            ("(ransom)ware", Some("ransom")),
            ("abcd|efgh", None),
            ("(?:abcd)?e", None),
            ("(?:abcd){0,2}", None),
            ("ab", None),
            ("stra\u{df}e", None),
            ("(?i)word", None),
            (r"T1059\.001", Some("t1059.001")),
            ("[", None),
        ] {
            assert_eq!(needle_of(pattern).as_deref(), expected, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn every_ascii_text_that_matches_holds_the_part(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "abc", "Sk", "s", "(?:kS)+", "(bcd|ab)", "(abc)?", ".", "[sk]", "(?:abc){2}", "x*", "(?-i)", "(?i)", "^", "$", "\\b",
                "\u{17f}", "\u{212a}sk",
            ]), 1..6),
            text in "[aAbBcCdDsSkKx]{0,14}",
        ) {
            let pattern = parts.concat();
            if let (Ok(regex), Some(needle)) =
                (RegexBuilder::new(&pattern).case_insensitive(true).build(), needle_of(&pattern))
            {
                prop_assert!(!regex.is_match(&text) || text.to_lowercase().contains(&needle), "{pattern} {text} {needle}");
            }
        }
    }
}
