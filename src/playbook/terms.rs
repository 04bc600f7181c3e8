//! The terms under which a playbook acts: who is asked, how many devices in which window, who is told of what. Called by
//! [`super::compile`] alone; what becomes of the terms is decided in `domain::decision`.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::line::{Line, read_lines};
use crate::domain::canary::Canary;
pub use crate::domain::notify::{Notify, NotifyOn};
use crate::domain::verdict::{AskTerms, Limit, Most, Percent};
use crate::yaml::{Code, Diagnostics, Map, Node, duration};

/// The longest title, owner or name, in characters.
pub(super) const TEXT_CHARS: usize = 200;
/// How long a limit's window may be.
pub(super) const LONGEST_WINDOW: Duration = Duration::from_secs(30 * 86_400);
/// How long people may take to answer.
pub(super) const LONGEST_ASK: Duration = Duration::from_secs(7 * 86_400);

/// The question that comes first.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The devices and alerts for which it is asked; empty: always.
    pub when: Vec<Line>,
    /// Who answers, how many, until when.
    pub terms: AskTerms,
}

const NOTIFY_ON: [(&str, NotifyOn); 4] = [
    ("acted", NotifyOn::Acted),
    ("asked", NotifyOn::Asked),
    ("failed", NotifyOn::Failed),
    ("released", NotifyOn::Released),
];

pub(super) fn read_ask(node: &Node<'_>, found: &mut Diagnostics) -> Option<Ask> {
    let map = node.map(found)?;
    map.only(&["when", "from", "approvals", "within", "otherwise"], found);
    let when = map.get("when").map(|node| {
        let lines = read_lines(&node, found);
        if node
            .map(&mut Diagnostics::default())
            .is_some_and(|map| map.is_empty())
        {
            let message = "`ask.when` is empty";
            found.push(
                node.diagnostic(Code::EMPTY_WHEN, message)
                    .help("leave `when` out to ask always"),
            );
        }
        lines
    });
    let from = map.required("from", found).and_then(|node| names(&node, found));
    let approvals = map
        .get("approvals")
        .map_or(Some(1), |node| node.u64_in(1..=10, found));
    let within = map
        .required("within", found)
        .and_then(|node| duration_in(&node, Duration::from_secs(60)..=LONGEST_ASK, found));
    let otherwise = choice(&map, "otherwise", &["skip", "act"], found);
    let approvals = u32::try_from(approvals?).ok()?;
    let terms = AskTerms {
        from: from?,
        approvals,
        within: within?,
        otherwise_act: otherwise == Some("act"),
    };
    Some(Ask {
        when: when.unwrap_or_default(),
        terms,
    })
}

pub(super) fn read_limits(node: &Node<'_>, found: &mut Diagnostics) -> Vec<Limit> {
    let items = node.seq(found).unwrap_or_default();
    items.iter().filter_map(|item| read_limit(item, found)).collect()
}

fn read_limit(item: &Node<'_>, found: &mut Diagnostics) -> Option<Limit> {
    let map = item.map(found)?;
    map.only(&["devices", "percent_of_fleet", "per", "otherwise"], found);
    let most = match (map.get("devices"), map.get("percent_of_fleet")) {
        (Some(devices), None) => devices
            .u64_in(1..=100_000, found)
            .and_then(|devices| u32::try_from(devices).ok())
            .map(Most::Devices),
        (None, Some(percent)) => read_percent(&percent, found).map(Most::PercentOfFleet),
        (devices, _) => {
            let message = match devices {
                Some(_) => "a limit has one measure, and this one has two",
                None => "a limit says how many devices",
            };
            let help =
                "write `devices: 25` or `percent_of_fleet: 2`, each as an entry of its own; all of them hold";
            found.push(map.place().diagnostic(Code::LIMIT_MEASURE, message).help(help));
            None
        }
    };
    let per = map
        .required("per", found)
        .and_then(|node| duration_in(&node, Duration::from_secs(60)..=LONGEST_WINDOW, found));
    let otherwise_ask = choice(&map, "otherwise", &["ask", "skip"], found) != Some("skip");
    Some(Limit {
        most: most?,
        per: per?,
        otherwise_ask,
    })
}

pub(in crate::playbook) fn read_percent(node: &Node<'_>, found: &mut Diagnostics) -> Option<Percent> {
    let value = node.f64(found)?;
    let percent = Percent::new(value);
    if percent.is_none() {
        let message = format!(
            "`{}` must be above 0 and at most 100, with no more than two decimals, and is {value}",
            node.path()
        );
        found.push(node.diagnostic(Code::OUT_OF_RANGE, message));
    }
    percent
}

pub(super) fn read_canary(node: &Node<'_>, found: &mut Diagnostics) -> Option<Canary> {
    let map = node.map(found)?;
    map.only(&["percent", "groups"], found);
    match (map.get("percent"), map.get("groups")) {
        (Some(percent), None) => read_percent(&percent, found).map(Canary::Percent),
        (None, Some(groups)) => names(&groups, found).map(Canary::Groups),
        (percent, _) => {
            let message = match percent {
                Some(_) => "a canary is a percentage or groups, and this one is both",
                None => "the canary does not say which devices",
            };
            let help = "write `canary: {percent: 10}` or `canary: {groups: [pilot]}`";
            found.push(map.place().diagnostic(Code::CANARY, message).help(help));
            None
        }
    }
}

pub(super) fn read_notify(node: &Node<'_>, found: &mut Diagnostics) -> Vec<Notify> {
    let mut notify = Vec::new();
    for item in node.seq(found).unwrap_or_default() {
        let Some(map) = item.map(found) else { continue };
        map.only(&["to", "on"], found);
        let to = map
            .required("to", found)
            .and_then(|node| short_text(&node, found));
        let on = map.required("on", found).and_then(|node| {
            let items = node.seq(found)?;
            if items.is_empty() {
                let message = format!("`{}` names nothing, so nobody is told of anything", node.path());
                found.push(node.diagnostic(Code::EMPTY_LIST, message));
            }
            Some(items)
        });
        let words = NOTIFY_ON.map(|(word, _)| word);
        let on: Vec<_> = on
            .unwrap_or_default()
            .iter()
            .filter_map(|word| word.choice(&words, found))
            .filter_map(|word| NOTIFY_ON.iter().find(|(name, _)| *name == word))
            .map(|(_, on)| *on)
            .collect();
        notify.extend(to.map(|to| Notify { to, on }));
    }
    notify
}

pub(super) fn choice(
    map: &Map<'_>,
    key: &str,
    words: &[&'static str],
    found: &mut Diagnostics,
) -> Option<&'static str> {
    map.get(key).and_then(|node| node.choice(words, found))
}

pub(super) fn short_text(node: &Node<'_>, found: &mut Diagnostics) -> Option<String> {
    let text = node.str(found)?;
    let problem = match text {
        _ if text.trim().is_empty() => "is empty",
        _ if text.chars().count() > TEXT_CHARS => "is longer than 200 characters",
        _ if text.contains(['\n', '\r']) => "runs over several lines; write it on one",
        _ if text.chars().any(char::is_control) => "holds control characters",
        _ => return Some(text.to_owned()),
    };
    found.push(node.diagnostic(Code::BAD_TEXT, format!("`{}` {problem}", node.path())));
    None
}

fn names(node: &Node<'_>, found: &mut Diagnostics) -> Option<Vec<String>> {
    let items = node.seq(found)?;
    if items.is_empty() {
        let message = format!("`{}` names nobody", node.path());
        found.push(node.diagnostic(Code::EMPTY_LIST, message));
        return None;
    }
    let names: Vec<_> = items.iter().filter_map(|item| short_text(item, found)).collect();
    (names.len() == items.len()).then_some(names)
}

fn duration_in(
    node: &Node<'_>,
    range: RangeInclusive<Duration>,
    found: &mut Diagnostics,
) -> Option<Duration> {
    let value = node.duration(found)?;
    if range.contains(&value) {
        return Some(value);
    }
    let (least, most) = (duration::show(*range.start()), duration::show(*range.end()));
    let message = format!(
        "`{}` must be from {least} to {most}, and is {}",
        node.path(),
        duration::show(value)
    );
    found.push(node.diagnostic(Code::OUT_OF_RANGE, message));
    None
}
