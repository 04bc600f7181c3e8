//! What a test expects of the decision.

use std::fmt;

use crate::domain::decision::{Decision, DecisionKind, Ruling};
use crate::domain::verdict::PlannedAction;
use crate::playbook::action::ACTIONS;
use crate::yaml::{Code, Diagnostics, Node, duration, suggest};

const DECISIONS: [&str; 5] = ["act", "ask", "observe", "hold", "skip"];
const KEYS: [&str; 4] = ["decision", "actions", "release_after", "because"];

/// The expectations that a test writes out; what it leaves out may be anything.
#[derive(Debug, Default)]
pub(super) struct Expect {
    decision: Option<DecisionKind>,
    actions: Option<Vec<&'static str>>,
    release_after: Option<String>,
    because: Option<String>,
}

impl Expect {
    /// Reads the map of expectations.
    pub(super) fn read(node: &Node<'_>, found: &mut Diagnostics) -> Option<Self> {
        let map = node.map(found)?;
        map.only(&KEYS, found);
        if map.is_empty() {
            let help = format!("expect at least one of {}", suggest::list(&KEYS));
            found.push(
                node.diagnostic(Code::TEST_EMPTY, "the test expects nothing")
                    .help(help),
            );
        }
        let actions = map.get("actions").and_then(|node| node.seq(found));
        let actions = actions.map(|items| {
            items
                .iter()
                .filter_map(|item| item.choice(&ACTIONS, found))
                .collect()
        });
        Some(Self {
            decision: map
                .get("decision")
                .and_then(|node| node.choice(&DECISIONS, found))
                .and_then(DecisionKind::parse),
            actions,
            release_after: map.get("release_after").and_then(|node| match node.as_str() {
                Some("never") => Some("never".to_owned()),
                _ => node.duration(found).map(duration::show),
            }),
            because: map
                .get("because")
                .and_then(|node| node.str(found))
                .map(str::to_owned),
        })
    }

    /// Whether the decision is as expected.
    pub(super) fn holds(&self, decision: &Decision) -> bool {
        self.decision.is_none_or(|kind| kind == decision.kind)
            && self
                .actions
                .as_ref()
                .is_none_or(|expected| *expected == actions(decision))
            && self
                .release_after
                .as_ref()
                .is_none_or(|expected| Some(expected) == release_after(decision).as_ref())
            && self
                .because
                .as_ref()
                .is_none_or(|expected| *expected == decision.reason)
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            self.decision.map(|kind| format!("decision {}", kind.as_str())),
            self.actions
                .as_ref()
                .map(|actions| format!("actions [{}]", actions.join(", "))),
            self.release_after
                .as_ref()
                .map(|after| format!("release_after {after}")),
            self.because.as_ref().map(|because| format!("because {because}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

/// The actions that the decision leads to, now, once approved, or would lead to.
pub(super) fn actions(decision: &Decision) -> Vec<&'static str> {
    effective(decision)
        .flat_map(|ruling| &ruling.verdict.then)
        .map(PlannedAction::name)
        .collect()
}

/// When the restriction ends by itself.
pub(super) fn release_after(decision: &Decision) -> Option<String> {
    effective(decision).find_map(|ruling| match ruling.restriction() {
        Some(PlannedAction::RestrictAppExecution { release_after, .. }) => {
            Some(release_after.map_or_else(|| "never".to_owned(), duration::show))
        }
        _ => None,
    })
}

fn effective(decision: &Decision) -> impl Iterator<Item = &Ruling> {
    decision
        .rulings
        .iter()
        .filter(|ruling| ruling.kind != DecisionKind::Skip)
}
