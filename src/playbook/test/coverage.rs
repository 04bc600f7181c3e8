//! Coverage: which lines of a playbook its tests saw true, false and unknown, and which of its branches they took. A line
//! that was never true, or never false, could be anything as far as the tests know.

use std::collections::BTreeMap;

use serde::Serialize;

use super::failure::locate;
use crate::domain::containment::EndReason;
use crate::domain::decision::Decision;
use crate::domain::verdict::Mode;
use crate::playbook::action::Action;
use crate::playbook::compile::Playbook;
use crate::playbook::line::Line;
use crate::playbook::op::Place;
use crate::playbook::rehearse::{Begun, What};
use crate::playbook::set::PlaybookSet;
use crate::playbook::subject::Subject;
use crate::playbook::text::plain;
use crate::playbook::truth::Truth;

/// What the tests of one playbook saw of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The playbook's id.
    pub playbook: String,
    /// How many of its tests were run.
    pub tests: usize,
    /// Every line of `when`, `unless` and `ask.when`, in the order written.
    pub lines: Vec<LineCoverage>,
    /// Everything else that may or may not happen.
    pub branches: Vec<BranchCoverage>,
}

/// What was seen of a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LineCoverage {
    /// `when`, `unless` or `ask.when`.
    pub place: &'static str,
    /// The fact.
    pub fact: &'static str,
    /// What is demanded of it, as written.
    pub demands: String,
    /// Where it stands, as `file:line`.
    pub at: String,
    /// Whether it was true in some test.
    pub was_true: bool,
    /// Whether it was false in some test.
    pub was_false: bool,
    /// Whether it was unknown in some test.
    pub was_unknown: bool,
}

/// Whether a branch was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BranchCoverage {
    /// `ask`, `ask.otherwise`, `if_unknown`, `limits[0]`, `canary`, `release.after`, `release.restart_on`, `release.when`.
    pub branch: String,
    /// Where it stands, as `file:line`, or the file when it is not written out.
    pub at: String,
    /// Whether some test took it.
    pub taken: bool,
}

impl Coverage {
    /// Nothing seen yet.
    pub fn of(playbook: &Playbook) -> Self {
        Self {
            playbook: playbook.id.clone(),
            tests: 0,
            lines: lines(playbook)
                .map(|(place, line)| LineCoverage {
                    place: place.as_str(),
                    fact: line.fact.name,
                    demands: plain(&line.written),
                    at: format!("{}:{}", playbook.file, line.number),
                    was_true: false,
                    was_false: false,
                    was_unknown: false,
                })
                .collect(),
            branches: branches(playbook),
        }
    }

    /// The lines that were never true, or never false.
    pub fn half_seen(&self) -> impl Iterator<Item = &LineCoverage> {
        self.lines
            .iter()
            .filter(|line| !(line.was_true && line.was_false))
    }

    /// The branches that no test took.
    pub fn not_taken(&self) -> impl Iterator<Item = &BranchCoverage> {
        self.branches.iter().filter(|branch| !branch.taken)
    }

    /// An event was judged.
    pub(super) fn event(&mut self, set: &PlaybookSet, subject: &Subject<'_>, decision: &Decision) {
        let Some(playbook) = set.get(&self.playbook) else {
            return;
        };
        for ((place, line), seen) in lines(playbook).zip(&mut self.lines) {
            match line.truth(subject, place) {
                Truth::True => seen.was_true = true,
                Truth::False => seen.was_false = true,
                Truth::Unknown => seen.was_unknown = true,
            }
        }
        let own = decision
            .rulings
            .iter()
            .filter(|ruling| ruling.verdict.playbook == playbook.id);
        for ruling in own {
            if ruling.verdict.because == "ask" {
                self.take("ask");
            }
            if ruling.verdict.because.starts_with("if_unknown.") {
                self.take("if_unknown");
            }
            let reason = ruling.reason.as_str();
            let held = reason.strip_prefix("canary.").unwrap_or(reason);
            self.take(held.split_once('.').map_or(held, |(held, _)| held));
        }
    }

    /// Something happened as time passed.
    pub(super) fn happening(&mut self, what: &What<'_>) {
        let (playbook, branch) = match *what {
            What::Expired { playbook }
            | What::Began {
                playbook,
                by: Begun::NoAnswer,
                ..
            } => (playbook, "ask.otherwise"),
            What::Restarted { playbook, .. } => (playbook, "release.restart_on"),
            What::Ended {
                playbook,
                reason: EndReason::Time,
                ..
            } => (playbook, "release.after"),
            What::Ended {
                playbook,
                reason: EndReason::AlertResolved,
                ..
            } => (playbook, "release.when"),
            What::Ended {
                playbook,
                reason: EndReason::ScanClean,
                ..
            } => (playbook, "release.when.scan_clean"),
            _ => return,
        };
        if playbook == self.playbook {
            self.take(branch);
        }
    }

    fn take(&mut self, name: &str) {
        if let Some(branch) = self.branches.iter_mut().find(|branch| branch.branch == name) {
            branch.taken = true;
        }
    }
}

/// What was seen of several playbooks, by their files.
pub type Coverages = BTreeMap<String, Coverage>;

fn lines(playbook: &Playbook) -> impl Iterator<Item = (Place, &Line)> {
    let asked = playbook.ask.as_ref().map_or(&[][..], |ask| &ask.when);
    let places = [
        (Place::When, &playbook.when[..]),
        (Place::Unless, &playbook.unless[..]),
        (Place::AskWhen, asked),
    ];
    places
        .into_iter()
        .flat_map(|(place, lines)| lines.iter().map(move |line| (place, line)))
}

fn branches(playbook: &Playbook) -> Vec<BranchCoverage> {
    let mut branches = Vec::new();
    let mut add = |branch: String, key: &str, index: Option<usize>| {
        let at = locate(playbook, key, index).map_or_else(
            || playbook.file.clone(),
            |(_, line)| format!("{}:{line}", playbook.file),
        );
        branches.push(BranchCoverage {
            branch,
            at,
            taken: false,
        });
    };
    if !(playbook.when.is_empty() && playbook.unless.is_empty()) {
        add("if_unknown".to_owned(), "if_unknown", None);
    }
    if playbook.ask.is_some() {
        add("ask".to_owned(), "ask", None);
        add("ask.otherwise".to_owned(), "ask", None);
    }
    // Once for the playbook: what begins two measures has one branch for the end of either.
    let then = || playbook.then.iter();
    let ends = |action: &Action| {
        matches!(
            action,
            Action::Begin {
                release_after: Some(_),
                ..
            }
        )
    };
    let restarts = |action: &Action| {
        matches!(
            action,
            Action::Begin {
                restart_on_match: true,
                ..
            }
        )
    };
    for (branch, is_there) in [
        ("release.after", then().any(ends)),
        ("release.restart_on", then().any(restarts)),
        ("release.when", then().any(Action::ends_when_resolved)),
        // Nothing is scanned for what only observes.
        (
            "release.when.scan_clean",
            then().any(Action::ends_when_clean) && playbook.mode == Mode::Enforce,
        ),
    ] {
        if is_there {
            add(branch.to_owned(), "then", None);
        }
    }
    for index in 0..playbook.limits.len() {
        add(format!("limits[{index}]"), "limits", Some(index));
    }
    if playbook.canary.is_some() {
        add("canary".to_owned(), "canary", None);
    }
    branches
}
