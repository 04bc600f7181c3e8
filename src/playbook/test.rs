//! Tests beside playbooks: reads a test file, runs its cases through the daemon's very functions ([`super::evaluate()`], then
//! `domain::decision::decide`), and says of a failing one what was expected, what came, and the line that decided.
//!
//! Called by `quell test` and `quell check`. No database, no network, and a clock of its own.

mod expect;
mod given;

use std::fmt;

use crate::domain::decision::{Decision, DecisionKind, Rules, Situation, Usage, decide};
use crate::domain::guard::Protections;
use crate::domain::verdict::{AskTerms, Mode};
use crate::playbook::set::PlaybookSet;
use crate::playbook::trace::{LineTrace, trace};
use crate::playbook::{Evaluation, evaluate};
use crate::yaml::diagnostic::quoted;
use crate::yaml::{self, Code, Diagnostic, Diagnostics, Map, Node};

use expect::Expect;
use given::Given;

/// A checked test file.
#[derive(Debug)]
pub struct TestFile {
    /// The file's name, as it was given.
    pub name: String,
    /// The playbook under test, as a path from the test file.
    pub playbook: String,
    missing: Diagnostic,
    cases: Vec<Case>,
}

#[derive(Debug)]
struct Case {
    name: String,
    at: String,
    given: Given,
    expect: Expect,
}

/// What came of one case.
#[derive(Debug)]
pub struct TestOutcome {
    /// The case's name.
    pub name: String,
    /// Where it stands, as `file:line`.
    pub at: String,
    /// Why it failed; `None` when it passed.
    pub failure: Option<Failure>,
}

/// Why a case failed.
#[derive(Debug)]
pub struct Failure {
    /// What was expected.
    pub expected: String,
    /// What came.
    pub got: String,
    /// The line that decided, or every line when none did by itself.
    pub lines: Vec<LineTrace>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  expected: {}", self.expected)?;
        writeln!(f, "  got:      {}", self.got)?;
        for line in &self.lines {
            writeln!(
                f,
                "  {} {line}",
                if line.decides { "decided: " } else { "line:    " }
            )?;
        }
        Ok(())
    }
}

impl TestFile {
    /// Reads a test file.
    ///
    /// # Errors
    /// Everything that is wrong with it; a file without a test is an error too.
    pub fn read(name: &str, text: &str) -> Result<Self, Diagnostics> {
        let document = yaml::parse(name, text)?;
        let mut found = Diagnostics::default();
        let file = document
            .root()
            .map(&mut found)
            .and_then(|map| read_file(name, &map, &mut found));
        match file {
            Some(file) if !found.has_errors() => Ok(file),
            _ => {
                found.sort();
                Err(found)
            }
        }
    }

    /// The id of the playbook under test: its file's name without the ending.
    pub fn playbook_id(&self) -> &str {
        let name = self.playbook.rsplit('/').next().unwrap_or(&self.playbook);
        name.trim_end_matches(".yaml").trim_end_matches(".yml")
    }

    /// What to say when there is no playbook at that path.
    pub fn missing_playbook(&self) -> Diagnostic {
        self.missing.clone()
    }

    /// Runs every case against the playbook under test alone. `None` when the set does not hold it.
    pub fn run(&self, set: &PlaybookSet) -> Option<Vec<TestOutcome>> {
        let alone = set.only(self.playbook_id())?;
        Some(self.cases.iter().map(|case| run(case, &alone)).collect())
    }
}

fn run(case: &Case, set: &PlaybookSet) -> TestOutcome {
    let given = &case.given;
    let subject = given.subject();
    let Evaluation { verdicts, .. } = evaluate(set, &subject);
    let rules = rules();
    let usage = given.usage(&Usage::keys(&verdicts, &rules));
    let situation = Situation {
        rules: &rules,
        now: subject.now,
        occurred_at: &subject.alert.occurred_at,
        device_id: &given.device_id,
        device: &given.device,
        restricted_by: &[],
        fleet: None,
        fallbacks: &[],
    };
    let decision = decide(verdicts, &situation, &usage);
    let failure = (!case.expect.holds(&decision)).then(|| {
        let lines: Vec<_> = trace(set, &subject)
            .into_iter()
            .flat_map(|playbook| playbook.lines)
            .collect();
        let decided = lines.iter().any(|line| line.decides);
        Failure {
            expected: case.expect.to_string(),
            got: describe(&decision),
            lines: lines
                .into_iter()
                .filter(|line| line.decides || !decided)
                .collect(),
        }
    });
    TestOutcome {
        name: case.name.clone(),
        at: case.at.clone(),
        failure,
    }
}

/// The installation's rules as tests see them: the defaults, with nothing protected and no caps.
fn rules() -> Rules {
    Rules {
        ceiling: Mode::Enforce,
        freshness: std::time::Duration::from_secs(3_600),
        never: Protections::default(),
        caps: Vec::new(),
        default_ask: AskTerms {
            from: vec!["approvers".to_owned()],
            approvals: 1,
            within: std::time::Duration::from_secs(3_600),
            otherwise_act: false,
        },
    }
}

fn describe(decision: &Decision) -> String {
    let mut parts = vec![format!("decision {}", decision.kind.as_str())];
    let actions = expect::actions(decision);
    if decision.kind != DecisionKind::Skip {
        parts.push(format!("actions [{}]", actions.join(", ")));
    }
    if let Some(release) = expect::release_after(decision) {
        parts.push(format!("release_after {release}"));
    }
    parts.push(format!("because {}", decision.reason));
    parts.join(", ")
}

fn read_file(name: &str, map: &Map<'_>, found: &mut Diagnostics) -> Option<TestFile> {
    map.only(&["playbook", "facts", "tests"], found);
    let playbook = map
        .required("playbook", found)
        .and_then(|node| node.str(found).map(|path| (path, node)));
    let facts = map.get("facts").and_then(|node| node.map(found));
    for (_, node) in facts.iter().flat_map(Map::entries) {
        Given::default().apply(&node, found);
    }
    let mut cases: Vec<Case> = Vec::new();
    let tests = map.required("tests", found)?;
    let items = tests.seq(found)?;
    if items.is_empty() {
        found.push(tests.diagnostic(Code::TEST_EMPTY, "the file holds no test"));
    }
    for item in &items {
        let Some(case) = read_case(name, item, facts.as_ref(), found) else {
            continue;
        };
        if cases.iter().any(|other| other.name == case.name) {
            let message = format!("there are two tests named {}", quoted(&case.name));
            found.push(item.diagnostic(Code::TEST_NAME, message));
        }
        cases.push(case);
    }
    let (playbook, node) = playbook?;
    let missing = node
        .diagnostic(
            Code::TEST_PLAYBOOK,
            format!("there is no playbook {}", quoted(playbook)),
        )
        .help("the path begins at the test file's folder");
    Some(TestFile {
        name: name.to_owned(),
        playbook: playbook.to_owned(),
        missing,
        cases,
    })
}

fn read_case(file: &str, item: &Node<'_>, facts: Option<&Map<'_>>, found: &mut Diagnostics) -> Option<Case> {
    let map = item.map(found)?;
    map.only(&["name", "given", "expect", "timeline"], found);
    let name = map.required("name", found).and_then(|node| node.str(found));
    if let Some(timeline) = map.get("timeline") {
        let message = "`timeline` is not supported by this version";
        found.push(
            timeline
                .diagnostic(Code::UNSUPPORTED, message)
                .help("write `given` and `expect`, one moment a test"),
        );
        return None;
    }
    let given = map
        .required("given", found)
        .map(|node| read_given(&node, facts, found));
    let expect = map
        .required("expect", found)
        .and_then(|node| Expect::read(&node, found));
    Some(Case {
        name: name?.to_owned(),
        at: format!("{file}:{}", item.line()),
        given: given?,
        expect: expect?,
    })
}

/// Named facts and maps written on the spot, later ones over earlier ones.
fn read_given(node: &Node<'_>, facts: Option<&Map<'_>>, found: &mut Diagnostics) -> Given {
    let mut given = Given::default();
    for item in node.seq(found).unwrap_or_default() {
        let Some(name) = item.as_str() else {
            given.apply(&item, found);
            continue;
        };
        match facts.and_then(|facts| facts.get(name)) {
            // What is wrong with named facts was reported where they stand.
            Some(named) => given.apply(&named, &mut Diagnostics::default()),
            None => {
                let known: Vec<_> = facts
                    .into_iter()
                    .flat_map(Map::entries)
                    .map(|(key, _)| key.text)
                    .collect();
                let message = format!("`facts` does not define {}", quoted(name));
                found.push(
                    item.diagnostic(Code::TEST_FACTS, message)
                        .help(yaml::suggest::help(name, &known)),
                );
            }
        }
    }
    given
}

#[cfg(test)]
mod tests;
