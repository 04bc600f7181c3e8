//! Tests beside playbooks: reads a test file, runs its tests through the daemon's very functions ([`super::evaluate()`] and
//! `domain::decision::decide` for one event, [`super::rehearse`] for a timeline), and says of a failing one what was
//! expected, what came, and what decided.
//!
//! Called by `quell test` and `quell check`. No database, no network, and a clock of its own.

mod coverage;
mod expect;
mod failure;
mod given;
mod guards;
mod inventory;
mod timeline;

use crate::domain::decision::{Situation, decide};
use crate::playbook::rehearse::windows::Windows;
use crate::playbook::set::PlaybookSet;
use crate::playbook::{Evaluation, evaluate};
use crate::yaml::diagnostic::quoted;
use crate::yaml::{self, Code, Diagnostic, Diagnostics, Map, Node};

pub use coverage::{BranchCoverage, Coverage, Coverages, LineCoverage};
pub use failure::{Decider, Failure};

use expect::{Expect, Place};
use given::{Given, NOW};
use guards::Guards;
use timeline::Timeline;

pub use inventory::{GivenDevice, read_device};

/// A checked test file.
#[derive(Debug)]
pub struct TestFile {
    /// The file's name, as it was given.
    pub name: String,
    playbook: Reference,
    with: Vec<Reference>,
    tests: Vec<Test>,
}

/// A playbook that a test file names.
#[derive(Debug)]
pub struct Reference {
    /// Its path from the test file's folder.
    pub path: String,
    missing: Diagnostic,
}

impl Reference {
    /// The playbook's id: its file's name without the ending.
    pub fn id(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.trim_end_matches(".yaml").trim_end_matches(".yml")
    }

    /// What to say when there is no playbook at that path.
    pub fn missing(&self) -> Diagnostic {
        self.missing.clone()
    }
}

#[derive(Debug)]
struct Test {
    name: String,
    at: String,
    guards: Guards,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Case { given: Box<Given>, expect: Expect },
    Timeline(Timeline),
}

/// What came of one test.
#[derive(Debug)]
pub struct TestOutcome {
    /// The test's name.
    pub name: String,
    /// Where it stands, as `file:line`.
    pub at: String,
    /// Why it failed; `None` when it passed.
    pub failure: Option<Failure>,
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

    /// The id of the playbook under test.
    pub fn playbook_id(&self) -> &str {
        self.playbook.id()
    }

    /// The playbooks that must be there: the one under test, and those that work beside it.
    pub fn references(&self) -> impl Iterator<Item = &Reference> {
        std::iter::once(&self.playbook).chain(&self.with)
    }

    /// The names of the tests, in the order written.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tests.iter().map(|test| test.name.as_str())
    }

    /// Runs every test against the playbooks that the file names. `None` when the set does not hold one of them.
    pub fn run(&self, set: &PlaybookSet) -> Option<Vec<TestOutcome>> {
        self.run_some(set, |_| true, &mut Coverages::new())
    }

    /// Runs the tests whose name is wanted, and adds to what was seen of the playbook under test.
    pub fn run_some(
        &self,
        set: &PlaybookSet,
        wanted: impl Fn(&str) -> bool,
        coverages: &mut Coverages,
    ) -> Option<Vec<TestOutcome>> {
        let ids: Vec<_> = self.references().map(Reference::id).collect();
        let set = set.only(&ids)?;
        let playbook = set.get(self.playbook_id())?;
        let coverage = coverages
            .entry(playbook.file.clone())
            .or_insert_with(|| Coverage::of(playbook));
        let tests = self.tests.iter().filter(|test| wanted(&test.name));
        Some(tests.map(|test| run(test, &set, coverage)).collect())
    }
}

fn run(test: &Test, set: &PlaybookSet, coverage: &mut Coverage) -> TestOutcome {
    coverage.tests += 1;
    let failure = match &test.body {
        Body::Case { given, expect } => run_case(test, given, expect, set, coverage),
        Body::Timeline(timeline) => timeline.run(set, &test.guards, coverage),
    };
    TestOutcome {
        name: test.name.clone(),
        at: test.at.clone(),
        failure,
    }
}

/// Judges one event by itself.
fn run_case(
    test: &Test,
    given: &Given,
    expect: &Expect,
    set: &PlaybookSet,
    coverage: &mut Coverage,
) -> Option<Failure> {
    let Guards { rules, fleet, groups } = &test.guards;
    let subject = given.subject();
    let Evaluation { verdicts, .. } = evaluate(set, &subject);
    let mut windows = Windows::new(set, rules, *fleet);
    windows.set_group_sizes(groups.iter().cloned());
    windows.set_group(&given.device_id, &given.device);
    for (at, device) in given.history() {
        windows.seed(at, &device);
    }
    windows.advance(subject.now);
    let drivers = rules.surge.drivers(None, subject.alert, &given.device);
    windows.drive(subject.now, rules.surge.keys(&drivers));
    let situation = Situation {
        rules,
        now: subject.now,
        occurred_at: &subject.alert.occurred_at,
        device_id: &given.device_id,
        device: &given.device,
        restricted_by: &given.held(),
        fleet: *fleet,
        fallbacks: &[],
        observed_by: &[],
        drivers: &drivers,
        trust: crate::domain::trust::Trust::Act,
    };
    let decision = decide(verdicts, &situation, windows.usage());
    coverage.event(set, &subject, &decision);
    (!expect.holds(&decision)).then(|| Failure {
        moment: None,
        at: test.at.clone(),
        expected: expect.to_string(),
        got: expect::describe(&decision),
        so_far: Vec::new(),
        lines: failure::deciders(set, &subject, &test.guards, windows.usage(), &decision),
    })
}

fn read_file(name: &str, map: &Map<'_>, found: &mut Diagnostics) -> Option<TestFile> {
    map.only(&["playbook", "with", "facts", "guards", "tests"], found);
    let playbook = map
        .required("playbook", found)
        .and_then(|node| read_reference(&node, found));
    let with = map.get("with").and_then(|node| node.seq(found));
    let with = with.unwrap_or_default();
    let with = with.iter().filter_map(|node| read_reference(node, found));
    let with: Vec<_> = with.collect();
    let facts = map.get("facts").and_then(|node| node.map(found));
    for (_, node) in facts.iter().flat_map(Map::entries) {
        Given::at(NOW).apply(&node, found);
    }
    let mut guards = Guards::default();
    if let Some(node) = map.get("guards") {
        guards.apply(&node, found);
    }
    let mut tests: Vec<Test> = Vec::new();
    let node = map.required("tests", found)?;
    let items = node.seq(found)?;
    if items.is_empty() {
        found.push(node.diagnostic(Code::TEST_EMPTY, "the file holds no test"));
    }
    for item in &items {
        let Some(test) = read_test(name, item, facts.as_ref(), &guards, found) else {
            continue;
        };
        if tests.iter().any(|other| other.name == test.name) {
            let message = format!("there are two tests named {}", quoted(&test.name));
            found.push(item.diagnostic(Code::TEST_NAME, message));
        }
        tests.push(test);
    }
    Some(TestFile {
        name: name.to_owned(),
        playbook: playbook?,
        with,
        tests,
    })
}

fn read_reference(node: &Node<'_>, found: &mut Diagnostics) -> Option<Reference> {
    let path = node.str(found)?;
    let message = format!("there is no playbook {}", quoted(path));
    Some(Reference {
        path: path.to_owned(),
        missing: node
            .diagnostic(Code::TEST_PLAYBOOK, message)
            .help("the path begins at the test file's folder"),
    })
}

fn read_test(
    file: &str,
    item: &Node<'_>,
    facts: Option<&Map<'_>>,
    guards: &Guards,
    found: &mut Diagnostics,
) -> Option<Test> {
    let map = item.map(found)?;
    map.only(&["name", "guards", "given", "expect", "timeline"], found);
    let name = map.required("name", found).and_then(|node| node.str(found));
    let mut guards = guards.clone();
    if let Some(node) = map.get("guards") {
        guards.apply(&node, found);
    }
    let body = match map.get("timeline") {
        Some(node) => {
            for (key, _) in map.entries() {
                if matches!(key.text, "given" | "expect") {
                    let message = format!("`{}` stands beside `timeline`", key.text);
                    found.push(
                        key.diagnostic(Code::TEST_SHAPE, message)
                            .help("put it into an entry of the timeline, as `event` or `expect`"),
                    );
                }
            }
            Timeline::read(&node, file, facts, found).map(Body::Timeline)
        }
        None => read_case(&map, facts, found),
    };
    Some(Test {
        name: name?.to_owned(),
        at: format!("{file}:{}", item.line()),
        guards,
        body: body?,
    })
}

fn read_case(map: &Map<'_>, facts: Option<&Map<'_>>, found: &mut Diagnostics) -> Option<Body> {
    let given = map
        .required("given", found)
        .map(|node| Given::read(&node, NOW, facts, found));
    let expect = map
        .required("expect", found)
        .and_then(|node| Expect::read(&node, Place::Case, found));
    Some(Body::Case {
        given: Box::new(given?),
        expect: expect?,
    })
}

#[cfg(test)]
mod scan_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod timeline_tests;
