//! `sources[].defender`: Defender's own list of alerts, read now and then.

use std::time::Duration;

use super::super::section::{Kind, Reading, Section, text_of};
use super::super::{Config, Tenant};
use super::{Source, SourceKind};
use crate::yaml::{Code, Node};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

/// The longest `filter`, characters: it becomes part of an address.
const FILTER_CHARS: usize = 1_000;

/// `defender`: how the list is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defender {
    /// `every`: from one look at the list to the next. Default 1 min.
    pub every: Duration,
    /// `overlap`: an alert that Defender lists so much later than it says that it changed is found all the same. Default 5 min.
    pub overlap: Duration,
    /// `since`: how much of the past is read when the source starts for the first time. Default 1 h.
    pub since: Duration,
    /// `page`: alerts in one read. Default 500.
    pub page: u32,
    /// `evidence`: whether the alerts are kept with what each of them found. Default `false`.
    pub evidence: bool,
    /// `filter`: only alerts for which this holds, as OData's `$filter` writes it. Default all.
    pub filter: Option<String>,
}

impl Defender {
    pub(super) fn read(mut section: Section<'_>, reading: &mut Reading) -> Self {
        let defender = Self {
            every: section.duration("every", 10 * SECOND..=HOUR, MINUTE, reading),
            overlap: section.duration("overlap", MINUTE..=24 * HOUR, 5 * MINUTE, reading),
            since: section.duration("since", Duration::ZERO..=7 * 24 * HOUR, HOUR, reading),
            page: section.count("page", 1..=10_000, 500, reading),
            evidence: section.bool("evidence", false, reading),
            filter: section
                .get("filter", Kind::Text, reading)
                .and_then(|node| filter_of(&node, reading)),
        };
        section.close(reading);
        defender
    }
}

impl Config {
    /// The sources that read the alerts of a tenant at Defender itself, by name.
    pub fn polled_by(&self, tenant: &Tenant) -> Vec<&str> {
        let reads = |source: &&Source| {
            let of = self.tenants.get(source.tenant);
            matches!(source.kind, SourceKind::Defender(_)) && of.is_some_and(|of| of.name == tenant.name)
        };
        let names = self.sources.iter().filter(reads);
        names.map(|source| source.name.as_str()).collect()
    }
}

fn filter_of(node: &Node<'_>, reading: &mut Reading) -> Option<String> {
    let text = text_of(node, reading)?;
    let Some(why) = wrong_about(text.trim()) else {
        return Some(text.trim().to_owned());
    };
    let message = format!("`{}` is no condition of `$filter`: {why}", node.path());
    let help =
        "write, for example, `severity ne 'Informational'`; times and pages are the source's own business";
    reading.found.push(
        node.diagnostic(Code::BAD_DEFENDER_FILTER, message)
            .help(help.to_owned()),
    );
    None
}

/// What keeps a text from standing in parentheses beside another condition.
fn wrong_about(text: &str) -> Option<&'static str> {
    if text.is_empty() {
        return Some("it is empty");
    }
    if text.chars().count() > FILTER_CHARS {
        return Some("it is longer than 1,000 characters");
    }
    if text.chars().any(char::is_control) {
        return Some("it holds a line break or another control character");
    }
    let (mut depth, mut is_quoted) = (0_u32, false);
    for char in text.chars() {
        match char {
            '\'' => is_quoted = !is_quoted,
            '(' if !is_quoted => depth += 1,
            ')' if !is_quoted => match depth.checked_sub(1) {
                Some(less) => depth = less,
                None => return Some("a `)` closes nothing"),
            },
            _ => {}
        }
    }
    if is_quoted {
        return Some("a quote is not closed");
    }
    (depth > 0).then_some("a `(` is not closed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_condition_stands_by_itself_in_parentheses() {
        for good in [
            "severity ne 'Informational'",
            "(status eq 'New') or (id eq 'it''s)')",
        ] {
            assert_eq!(wrong_about(good), None, "{good}");
        }
        for bad in ["", "id eq 'x", "a) or (b", "(a", "a\nb", &"x".repeat(1_001)] {
            assert!(wrong_about(bad).is_some(), "{bad}");
        }
    }
}
