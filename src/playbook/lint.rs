//! Lints: what is allowed in a playbook and probably not meant.

use std::collections::BTreeSet;
use std::time::Duration;

use super::action::Action;
use super::compile::Playbook;
use super::facts::Type;
use super::line::Line;
use super::op::Op;
use super::set::PlaybookSet;
use crate::domain::verdict::Mode;
use crate::yaml::{self, Code, Diagnostics, Document, suggest};

/// A release later than this is probably a slip.
const LONG_RELEASE: Duration = Duration::from_secs(7 * 86_400);

/// Reports the lints of one playbook.
pub(super) fn lint(playbook: &Playbook, document: &Document, found: &mut Diagnostics) {
    let mut quiet = Diagnostics::default();
    let Some(map) = document.root().map(&mut quiet) else {
        return;
    };
    let place = |key: &str| {
        map.entries()
            .find(|(entry, _)| entry.text == key)
            .map(|(key, _)| key)
    };
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
    for action in &playbook.then {
        if let Action::Restrict {
            release_after: Some(after),
            ..
        } = action
            && *after > LONG_RELEASE
        {
            let key = place("then").unwrap_or(map.place());
            let message = format!(
                "the restriction ends after {}, which is over 7 days",
                yaml::duration::show(*after)
            );
            found.push(key.diagnostic(Code::LONG_RELEASE, message));
        }
    }
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

/// Reports every enforcing playbook that no test names. `tested` holds the ids that tests name.
pub fn lint_untested(set: &PlaybookSet, tested: &BTreeSet<String>) -> Diagnostics {
    let mut found = Diagnostics::default();
    for playbook in set.playbooks() {
        if playbook.mode != Mode::Enforce || tested.contains(&playbook.id) {
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
