//! What a test expects of a decision, and of a device as time passes.

use std::fmt;

use crate::domain::decision::{Decision, DecisionKind, Ruling};
use crate::domain::verdict::PlannedAction;
use crate::playbook::action::ACTIONS;
use crate::yaml::diagnostic::quoted;
use crate::yaml::{Code, Diagnostics, Node, duration, suggest};

const DECISIONS: [&str; 5] = ["act", "ask", "observe", "hold", "skip"];
const OF_A_DECISION: [&str; 4] = ["decision", "actions", "release_after", "because"];
const OF_A_DEVICE: [&str; 2] = ["device", "by"];
const STANDS: [&str; 4] = ["restricted", "isolated", "released", "free"];

/// Where an expectation stands: it says what there is to expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// Beside `given`: one event, judged.
    Case,
    /// A moment of a timeline with an event.
    Event,
    /// A moment of a timeline without one.
    Moment,
}

/// The expectations that a test writes out; what it leaves out may be anything.
#[derive(Debug, Default)]
pub(super) struct Expect {
    decision: Option<DecisionKind>,
    actions: Option<Vec<&'static str>>,
    release_after: Option<String>,
    because: Option<String>,
    device: Option<&'static str>,
    by: Option<String>,
}

/// How a device stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stand {
    /// `restricted`, `isolated` (of which a device may be both), `released` or `free`.
    pub(super) state: &'static str,
    /// The playbooks that restrict it, or what released it.
    pub(super) by: Vec<String>,
    /// What else there is to say, for people.
    pub(super) more: String,
}

impl Expect {
    /// Reads the map of expectations.
    pub(super) fn read(node: &Node<'_>, place: Place, found: &mut Diagnostics) -> Option<Self> {
        let map = node.map(found)?;
        let known = [&OF_A_DECISION[..], &OF_A_DEVICE].concat();
        map.only(&known, found);
        let (fits, refused, help): (&[&str], &[&str], &str) = match place {
            Place::Case => (
                &OF_A_DECISION,
                &OF_A_DEVICE,
                "a device stands so over time: write a `timeline`",
            ),
            Place::Event => (&known, &[], ""),
            Place::Moment => (
                &OF_A_DEVICE,
                &OF_A_DECISION,
                "a decision is made of an `event`: put it into the entry of that event",
            ),
        };
        for (key, _) in map.entries().filter(|(key, _)| refused.contains(&key.text)) {
            let message = format!("{} cannot be expected here", quoted(key.text));
            found.push(key.diagnostic(Code::TEST_EXPECT, message).help(help));
        }
        if map.is_empty() {
            let help = format!("expect at least one of {}", suggest::list(fits));
            found.push(
                node.diagnostic(Code::TEST_EMPTY, "the test expects nothing")
                    .help(help),
            );
        }
        if let (Some(by), None) = (map.get("by"), map.get("device")) {
            let message = "`by` says what restricts or released the device, and `device` is missing";
            found.push(
                by.diagnostic(Code::TEST_EXPECT, message)
                    .help("write e.g. `{device: released, by: release.after}`"),
            );
        }
        let actions = map.get("actions").and_then(|node| node.seq(found));
        let actions = actions.map(|items| {
            items
                .iter()
                .filter_map(|item| item.choice(&ACTIONS, found))
                .collect()
        });
        let mut text = |key: &str| map.get(key).and_then(|node| node.str(found)).map(str::to_owned);
        let (because, by) = (text("because"), text("by"));
        let device = map.get("device").and_then(|node| node.choice(&STANDS, found));
        if let (Some("free"), Some(node)) = (device, map.get("by")) {
            let message = "`by` does not go with `device: free`: nothing restricted it";
            found.push(node.diagnostic(Code::TEST_EXPECT, message));
        }
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
            because,
            device,
            by,
        })
    }

    /// Whether something is expected of a decision.
    pub(super) fn is_of_a_decision(&self) -> bool {
        self.decision.is_some()
            || self.actions.is_some()
            || self.release_after.is_some()
            || self.because.is_some()
    }

    /// Whether something is expected of a device.
    pub(super) fn is_of_a_device(&self) -> bool {
        self.device.is_some()
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

    /// Whether the device stands as expected.
    pub(super) fn stands(&self, stand: &Stand) -> bool {
        self.device
            .is_none_or(|state| stand.state.split(" and ").any(|one| one == state))
            && self.by.as_ref().is_none_or(|by| stand.by.contains(by))
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
            self.device.map(|device| format!("device {device}")),
            self.by.as_ref().map(|by| format!("by {by}")),
        ];
        f.write_str(&parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Stand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "device {}", self.state)?;
        if !self.by.is_empty() {
            write!(f, ", by {}", self.by.join(" and "))?;
        }
        f.write_str(&self.more)
    }
}

/// The decision in the words of expectations.
pub(super) fn describe(decision: &Decision) -> String {
    let mut parts = vec![format!("decision {}", decision.kind.as_str())];
    let actions = actions(decision);
    if decision.kind != DecisionKind::Skip {
        parts.push(format!("actions [{}]", actions.join(", ")));
    }
    if let Some(release) = release_after(decision) {
        parts.push(format!("release_after {release}"));
    }
    parts.push(format!("because {}", decision.reason));
    parts.join(", ")
}

/// The actions that the decision leads to, now, once approved, or would lead to.
fn actions(decision: &Decision) -> Vec<&'static str> {
    effective(decision)
        .flat_map(|ruling| &ruling.verdict.then)
        .map(PlannedAction::name)
        .collect()
}

/// When what begins first ends by itself.
fn release_after(decision: &Decision) -> Option<String> {
    effective(decision).find_map(|ruling| {
        let after = ruling.containment()?.release_after()?;
        Some(after.map_or_else(|| "never".to_owned(), duration::show))
    })
}

fn effective(decision: &Decision) -> impl Iterator<Item = &Ruling> {
    decision
        .rulings
        .iter()
        .filter(|ruling| ruling.kind != DecisionKind::Skip)
}
