//! What a regular expression cannot do without: parts that stand in every text that matches. Called by the index alone.

use regex_syntax::hir::{Hir, HirKind, Look};

use super::text::Stands;

/// The shortest part that is worth looking for, in bytes.
const SHORTEST: usize = 3;

/// The most parts of which one must be there.
const MOST_WAYS: usize = 16;

/// The most demands that are kept of one pattern.
const MOST_DEMANDS: usize = 4;

/// A part in lower case, and where it stands.
pub type Part = (String, Stands);

/// One of these parts must be there.
pub type Demand = Vec<Part>;

/// What the lower case of every ASCII text fulfils that the pattern matches, whether it is matched with regard to case
/// or without: of each demand at least one part is there. The demand that is probably met least often comes first.
///
/// Of other texts nothing is told: `ſ` matches an `s` without regard to case, and is none in lower case. So a part that is
/// not ASCII itself is not taken either.
pub fn demands_of(pattern: &str) -> Vec<Demand> {
    let Ok(parsed) = regex_syntax::parse(pattern) else {
        return Vec::new();
    };
    let mut demands = demands(&parsed);
    demands.sort_by(|a, b| rank(a).cmp(&rank(b)).then_with(|| a.cmp(b)));
    demands.dedup();
    demands.truncate(MOST_DEMANDS);
    demands
}

/// Only of what must be there: what may be repeated no times need not, and one way of several need not either, but one
/// part of each.
fn demands(hir: &Hir) -> Vec<Demand> {
    match hir.kind() {
        HirKind::Literal(_) => part(hir, Stands::Anywhere).into_iter().collect(),
        HirKind::Capture(group) => demands(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => demands(&repeated.sub),
        HirKind::Concat(parts) => in_a_row(parts),
        HirKind::Alternation(ways) => one_of(ways).into_iter().collect(),
        _ => Vec::new(),
    }
}

fn in_a_row(parts: &[Hir]) -> Vec<Demand> {
    let is = |at: Option<usize>, look: Look| {
        let neighbour = at.and_then(|at| parts.get(at));
        neighbour.is_some_and(|hir| *hir.kind() == HirKind::Look(look))
    };
    let of = |(at, hir): (usize, &Hir)| {
        let stands = if is(at.checked_sub(1), Look::Start) {
            Stands::First
        } else if is(Some(at + 1), Look::End) {
            Stands::Last
        } else {
            Stands::Anywhere
        };
        part(hir, stands).map_or_else(|| demands(hir), |demand| vec![demand])
    };
    parts.iter().enumerate().flat_map(of).collect()
}

/// From each way the demand that is met least often; nothing when a way demands nothing.
fn one_of(ways: &[Hir]) -> Option<Demand> {
    let mut parts = Vec::new();
    for way in ways {
        parts.extend(demands(way).into_iter().min_by_key(rank)?);
    }
    parts.sort_unstable();
    parts.dedup();
    (parts.len() <= MOST_WAYS).then_some(parts)
}

/// A literal, be it in a group.
fn part(hir: &Hir, stands: Stands) -> Option<Demand> {
    match hir.kind() {
        HirKind::Capture(group) => part(&group.sub, stands),
        HirKind::Literal(literal) => {
            let text = std::str::from_utf8(&literal.0).ok()?;
            (text.is_ascii() && text.len() >= SHORTEST).then(|| vec![(text.to_ascii_lowercase(), stands)])
        }
        _ => None,
    }
}

/// Long parts are met less often than short ones, and a few ways less often than many.
fn rank(demand: &Demand) -> (usize, usize) {
    let shortest = demand.iter().map(|(text, _)| text.len()).min().unwrap_or(0);
    (usize::MAX - shortest, demand.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::RegexBuilder;

    use super::*;

    /// `abc` anywhere, `^abc` and `abc$`; ways with `|` between them.
    fn shown(demands: &[Demand]) -> Vec<String> {
        let part = |(text, stands): &Part| match stands {
            Stands::First => format!("^{text}"),
            Stands::Last => format!("{text}$"),
            Stands::Anywhere => text.clone(),
        };
        let ways = |demand: &Demand| demand.iter().map(part).collect::<Vec<_>>().join("|");
        demands.iter().map(ways).collect()
    }

    #[test]
    fn only_what_must_be_there_is_taken() {
        for (pattern, expected) in [
            (r"\blateral\b.*\bMovement\b", &["movement", "lateral"][..]),
            ("^ran", &["^ran"]),
            ("(?m)^ran", &["ran"]),
            ("^(ran|tor)x", &["ran|tor"]),
            ("^(ran)", &["^ran"]),
            ("x*^ran", &["^ran"]),
            ("ware$", &["ware$"]),
            ("(?m)ware$", &["ware"]),
            (r"ware\z|some$", &["some$|ware$"]),
            ("(?:abc)+x", &["abc"]),
            ("(?:abc)*xyz", &["xyz"]),
            ("(ransom)ware", &["ransom", "ware"]),
            ("abcd|efgh", &["abcd|efgh"]),
            ("abcd|efgh|ij", &[]),
            ("abcd|efgh|", &[]),
            ("(?:abcd)?e", &[]),
            ("(?:abcd){0,2}", &[]),
            ("(?:abcd|efgh){2}", &["abcd|efgh"]),
            ("(?:abcd.*wxyzz|efgh).*ijk", &["efgh|wxyzz", "ijk"]),
            ("ab", &[]),
            ("abc.*abc", &["abc"]),
            ("abc.def.ghi.jkl.mno", &["abc", "def", "ghi", "jkl"]),
            ("stra\u{df}e", &[]),
            ("(?i)word", &[]),
            (r"T1059\.001", &["t1059.001"]),
            ("[", &[]),
        ] {
            assert_eq!(shown(&demands_of(pattern)), expected, "{pattern}");
        }
    }

    #[test]
    fn more_ways_than_are_worth_looking_for_are_left_to_the_pattern() {
        let ways = |count: usize| {
            let ways: Vec<_> = (0..count).map(|way| format!("way{way}x")).collect();
            demands_of(&ways.join("|"))
        };
        assert_eq!(ways(MOST_WAYS).len(), 1);
        assert_eq!(ways(MOST_WAYS + 1), Vec::<Demand>::new());
    }

    proptest! {
        #[test]
        fn every_ascii_text_that_matches_meets_every_demand(
            parts in proptest::collection::vec(proptest::sample::select(vec![
                "abc", "Sk", "s", "(?:kS)+", "(bcd|ab)", "(abc)?", ".", "[sk]", "(?:abc){2}", "x*", "(?-i)", "(?i)", "^", "$", "\\b",
                "\u{17f}", "\u{212a}sk", "|", "(?:abc|xsk$)", "(?:^abc.*|skx)", "(?m)", "(xsk)", "\\A", "\\z", "bcd", "kkk",
            ]), 1..8),
            text in "[aAbBcCdDsSkKx\n]{0,14}|(abc|xsk|SKX|bcd|kkk|\n|s|d){0,5}",
        ) {
            let pattern = parts.concat();
            if let Ok(regex) = RegexBuilder::new(&pattern).case_insensitive(true).build() {
                let lower = text.to_lowercase();
                let there = |(part, stands): &Part| match stands {
                    Stands::First => lower.starts_with(part.as_str()),
                    Stands::Last => lower.ends_with(part.as_str()),
                    Stands::Anywhere => lower.contains(part.as_str()),
                };
                for demand in demands_of(&pattern) {
                    prop_assert!(!regex.is_match(&text) || demand.iter().any(there), "{pattern} {text} {demand:?}");
                }
            }
        }
    }
}
