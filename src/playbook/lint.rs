//! Lints: what is allowed in a playbook and probably not meant.

use std::collections::BTreeSet;
use std::time::Duration;

use super::action::Action;
use super::compile::Playbook;
use super::facts::{self, Type};
use super::line::Line;
use super::op::{Op, Place};
use super::set::PlaybookSet;
use super::subject::Seen;
use super::truth::Truth;
use crate::domain::alert::EventKind;
use crate::domain::fact::Fact;
use crate::domain::guard::Protections;
use crate::domain::task::Task;
use crate::domain::verdict::Mode;
use crate::yaml::{self, Code, Diagnostics, Document, Map, suggest};

/// A release later than this is probably a slip.
const LONG_RELEASE: Duration = Duration::from_secs(7 * 86_400);

/// Reports the lints of one playbook.
pub(super) fn lint(playbook: &Playbook, document: &Document, found: &mut Diagnostics) {
    let mut quiet = Diagnostics::default();
    let Some(map) = document.root().map(&mut quiet) else {
        return;
    };
    let place = |key: &str| map.keys().find(|entry| entry.text == key);
    if playbook.mode == Mode::Enforce && playbook.restricts() && playbook.limits.is_empty() {
        let key = place("mode").unwrap_or(map.place());
        let message = "the playbook enforces without limits, so one wrong line can restrict the whole fleet";
        found.push(
            key.diagnostic(Code::NO_LIMITS, message)
                .help("add e.g. `limits: [{devices: 25, per: 1h}]`"),
        );
    }
    if playbook.mode == Mode::Observe && playbook.canary.is_some() {
        let key = place("canary").unwrap_or(map.place());
        let message = "the playbook observes everywhere, so its canary narrows nothing";
        found.push(
            key.diagnostic(Code::IDLE_CANARY, message)
                .help("set `mode: enforce` to act in the canary alone, or take it away"),
        );
    }
    if playbook.then.iter().any(Action::ends_when_resolved) && !excludes_resolved(playbook) {
        let key = place("then").unwrap_or(map.place());
        let message =
            "the restriction ends when its alerts are resolved, and `when` lets a resolved alert begin one";
        found.push(
            key.diagnostic(Code::RESOLVED_BEGINS, message)
                .help("add `alert.event: [new, updated]` to `when`"),
        );
    }
    let scans = |action: &Action| matches!(action.task(), Some(Task::Scan { .. }));
    if playbook.then.iter().any(Action::ends_when_clean) && !playbook.then.iter().any(scans) {
        let key = place("then").unwrap_or(map.place());
        let message = "the restriction may end after a clean scan, and the playbook asks for no scan";
        found.push(
            key.diagnostic(Code::NO_SCAN, message)
                .help("add `- scan: {comment: …}` to `then`, unless another playbook scans"),
        );
    }
    lint_actions(playbook, &map, found);
    lint_settled(playbook, &map, found);
    for (key, lines) in [("when", &playbook.when), ("unless", &playbook.unless)] {
        let nodes = map.get(key).and_then(|node| node.map(&mut quiet));
        for line in lines {
            let Some(skipped) = skipped_level(line) else {
                continue;
            };
            let Some(node) = nodes.as_ref().and_then(|nodes| nodes.get(line.fact.name)) else {
                continue;
            };
            let message = format!("the list leaves out `{skipped}`, which lies between its ends");
            let help = format!(
                "add it, or write `{{at_least: …}}`; the order is {}",
                order(line.fact.ty)
            );
            found.push(node.diagnostic(Code::SEVERITY_GAP, message).help(help));
        }
    }
}

/// Reports every line that asks whether a list exists that always does.
fn lint_settled(playbook: &Playbook, map: &Map<'_>, found: &mut Diagnostics) {
    let asked = playbook.ask.as_ref().map(|ask| ask.when.as_slice());
    for (path, lines) in [
        (&["when"][..], playbook.when.as_slice()),
        (&["unless"][..], playbook.unless.as_slice()),
        (&["ask", "when"][..], asked.unwrap_or_default()),
    ] {
        for line in lines {
            let Op::Exists(wanted) = line.op else { continue };
            if line.fact.name != facts::ALWAYS_A_LIST {
                continue;
            }
            let mut quiet = Diagnostics::default();
            let place = path
                .iter()
                .copied()
                .chain([line.fact.name])
                .try_fold(map.node().clone(), |node, key| node.map(&mut quiet)?.get(key));
            let message = format!(
                "`{}` is always a list, if only an empty one, so this line is always {wanted}",
                line.fact.name
            );
            let help = "`{matches: '.'}` holds where some playbook holds the device; name the playbooks for certain ones";
            let place = place.unwrap_or_else(|| map.node().clone());
            found.push(place.diagnostic(Code::SETTLED_LINE, message).help(help));
        }
    }
}

/// Whether no resolved alert matches.
fn excludes_resolved(playbook: &Playbook) -> bool {
    let says = |lines: &[Line], place, truth| {
        let resolved = || Fact::Is(Seen::Text(EventKind::Resolved.as_str().into()));
        lines
            .iter()
            .filter(|line| line.fact.name == "alert.event")
            .any(|line| line.op.truth(line.fact.ty, &resolved(), place) == truth)
    };
    says(&playbook.when, Place::When, Truth::False) || says(&playbook.unless, Place::Unless, Truth::True)
}

fn lint_actions(playbook: &Playbook, map: &Map<'_>, found: &mut Diagnostics) {
    let mut quiet = Diagnostics::default();
    let items = map
        .get("then")
        .and_then(|node| node.seq(&mut quiet))
        .unwrap_or_default();
    for (action, item) in playbook.then.iter().zip(&items) {
        let body = item
            .map(&mut quiet)
            .and_then(|map| map.entries().next())
            .map(|(_, body)| body);
        let part = |path: &[&str]| {
            let mut quiet = Diagnostics::default();
            path.iter()
                .try_fold(body.clone()?, |node, key| node.map(&mut quiet)?.get(key))
        };
        let comment = match action {
            Action::Begin {
                measure,
                comment,
                release_after,
                ..
            } => {
                if let Some(after) = release_after.filter(|after| *after > LONG_RELEASE) {
                    let place = part(&["release", "after"]).unwrap_or(item.clone());
                    let message = format!(
                        "the {} ends after {}, which is over 7 days",
                        measure.as_str(),
                        yaml::duration::show(after)
                    );
                    found.push(place.diagnostic(Code::LONG_RELEASE, message));
                }
                comment
            }
            Action::Release { comment, .. } | Action::Task { comment, .. } => comment,
        };
        if comment.may_say_nothing() {
            let place = part(&["comment"]).unwrap_or(item.clone());
            let message =
                "the comment is made of fill-ins alone, and every one of these facts may be missing";
            let help = "add some words that are always there, e.g. the kind of alert";
            found.push(place.diagnostic(Code::EMPTY_COMMENT, message).help(help));
        }
    }
}

/// Reports every restricting playbook whose `when` only protected devices can meet, so that it never acts.
pub fn lint_shadowed(set: &PlaybookSet, never: &Protections) -> Diagnostics {
    let mut found = Diagnostics::default();
    for playbook in set.playbooks().iter().filter(|playbook| playbook.restricts()) {
        for line in &playbook.when {
            let Some(list) = shadow(line, never) else { continue };
            let Ok(document) = yaml::parse(&playbook.file, &playbook.text) else {
                continue;
            };
            let mut quiet = Diagnostics::default();
            let root = document.root();
            let place = root
                .map(&mut quiet)
                .and_then(|map| map.get("when")?.map(&mut quiet)?.get(line.fact.name))
                .unwrap_or(root);
            let message = format!(
                "every device that meets this line is protected by `never.{list}` of the configuration, so the playbook never restricts one"
            );
            let help = "take the line away or let it name other devices, or take them off `never`";
            found.push(place.diagnostic(Code::SHADOWED, message).help(help));
        }
    }
    found
}

/// The list of the configuration that protects every device that meets the line.
fn shadow(line: &Line, never: &Protections) -> Option<&'static str> {
    match &line.op {
        Op::AnyOf(words) => {
            let mut lists = words.iter().map(|word| never.list_with(line.fact.name, word));
            let first = lists.next()??;
            lists.all(|list| list == Some(first)).then_some(first)
        }
        Op::StartsWith(start) if line.fact.name == "device.name" => {
            never.protects_names_from(start).then_some("names")
        }
        _ => None,
    }
}

/// Reports every receiver that a playbook tells and that is none of `known`: nobody would be told.
pub fn lint_receivers(set: &PlaybookSet, known: &[&str]) -> Diagnostics {
    let mut found = Diagnostics::default();
    for playbook in set.playbooks() {
        let unknown = |to: &str| !known.contains(&to);
        if !playbook.notify.iter().any(|notify| unknown(&notify.to)) {
            continue;
        }
        let Ok(document) = yaml::parse(&playbook.file, &playbook.text) else {
            continue;
        };
        let mut quiet = Diagnostics::default();
        let list = document
            .root()
            .map(&mut quiet)
            .and_then(|map| map.get("notify")?.seq(&mut quiet));
        for item in list.unwrap_or_default() {
            let to = item.map(&mut quiet).and_then(|map| map.get("to"));
            let Some((node, name)) =
                to.and_then(|node| Some((node.clone(), node.str(&mut quiet)?.to_owned())))
            else {
                continue;
            };
            if unknown(&name) {
                let message = format!("`{name}` is none of the configuration's `receivers`: nobody is told");
                let help = suggest::help(&name, known);
                found.push(node.diagnostic(Code::UNKNOWN_RECEIVER, message).help(help));
            }
        }
    }
    found
}

/// Reports every enforcing playbook that no test names. `is_tested` says of a playbook's file whether one does.
pub fn lint_untested(set: &PlaybookSet, is_tested: &dyn Fn(&str) -> bool) -> Diagnostics {
    let mut found = Diagnostics::default();
    for playbook in set.playbooks() {
        if playbook.mode != Mode::Enforce || is_tested(&playbook.file) {
            continue;
        }
        let Ok(document) = yaml::parse(&playbook.file, &playbook.text) else {
            continue;
        };
        let root = document.root();
        let place = root
            .map(&mut Diagnostics::default())
            .and_then(|map| map.get("mode"))
            .unwrap_or(root);
        let message = "the playbook enforces without a test";
        let help = format!("write `tests/{}.test.yaml` beside it", playbook.id);
        found.push(place.diagnostic(Code::NO_TEST, message).help(help));
    }
    found
}

fn skipped_level(line: &Line) -> Option<&'static str> {
    let (Type::Level(levels), Op::AnyOf(words)) = (line.fact.ty, &line.op) else {
        return None;
    };
    let listed: BTreeSet<_> = words
        .iter()
        .filter_map(|word| levels.iter().position(|level| level == word))
        .collect();
    let (first, last) = (*listed.first()?, *listed.last()?);
    (first..last)
        .find(|level| !listed.contains(level))
        .map(|level| levels[level])
}

fn order(ty: Type) -> String {
    match ty {
        Type::Level(levels) => suggest::list(levels),
        _ => String::new(),
    }
}

#[cfg(test)]
#[path = "lint_tests.rs"]
mod tests;
