//! What `quell test` prints: lines for people, JSON lines, a JUnit report, and the table of coverage.

use std::io::{self, Write};

use serde_json::json;

use super::{Counts, Results};
use crate::cli::junit::{Case, Outcome, Problem, Report, Suite};
use crate::playbook::test::{Coverage, Coverages, TestOutcome};
use crate::yaml::Diagnostics;

/// A line for each test, why it failed below it, and the counts.
pub(super) fn human(out: &mut impl Write, results: &Results, color: bool) -> io::Result<()> {
    for file in &results.files {
        match &file.outcome {
            Err(errors) => write!(out, "{}", errors.render(color))?,
            Ok(outcomes) => {
                for TestOutcome { name, at, failure } in outcomes {
                    match failure {
                        None => writeln!(out, "pass {at}: {name}")?,
                        Some(failure) => write!(out, "FAIL {at}: {name}\n{failure}")?,
                    }
                }
            }
        }
    }
    let Counts {
        passed,
        failed,
        broken,
    } = results.counts();
    if broken > 0 {
        writeln!(out, "test files that could not be run: {broken}")?;
    }
    writeln!(out, "{passed} passed, {failed} failed")
}

/// One object a line: `test` with what came of it, `file` with its errors, `coverage`, and at the end the counts.
pub(super) fn json(out: &mut impl Write, results: &Results, with_coverage: bool) -> io::Result<()> {
    for file in &results.files {
        match &file.outcome {
            Err(errors) => {
                let errors = errors.json_lines();
                let errors: Vec<serde_json::Value> = errors
                    .lines()
                    .map(serde_json::from_str)
                    .collect::<Result<_, _>>()?;
                writeln!(out, "{}", json!({"file": file.name, "errors": errors}))?;
            }
            Ok(outcomes) => {
                for outcome in outcomes {
                    let line = json!({
                        "test": format!("{}/{}", file.playbook, outcome.name),
                        "at": outcome.at,
                        "passed": outcome.failure.is_none(),
                        "failure": outcome.failure,
                    });
                    writeln!(out, "{line}")?;
                }
            }
        }
    }
    if with_coverage {
        for coverage in results.coverages.values() {
            writeln!(out, "{}", json!({"coverage": coverage}))?;
        }
    }
    writeln!(out, "{}", json!({"summary": results.counts()}))
}

/// A suite for each file, a case for each test.
pub(super) fn junit(results: &Results) -> Report {
    let suites = results.files.iter().map(|file| Suite {
        name: file.name.clone(),
        cases: match &file.outcome {
            Err(errors) => vec![broken(&file.name, errors)],
            Ok(outcomes) => outcomes
                .iter()
                .map(|outcome| case(&file.name, &file.playbook, outcome))
                .collect(),
        },
    });
    Report {
        name: "quell test".to_owned(),
        suites: suites.collect(),
    }
}

fn broken(file: &str, errors: &Diagnostics) -> Case {
    let first = errors.iter().next();
    Case {
        name: "can be run".to_owned(),
        file: Some(file.to_owned()),
        outcome: Outcome::Error(Problem {
            message: first.map_or_else(String::new, |first| first.message.clone()),
            kind: first.map_or_else(String::new, |first| first.code.to_string()),
            text: errors.render(false),
        }),
        ..Case::default()
    }
}

fn case(file: &str, playbook: &str, outcome: &TestOutcome) -> Case {
    let line = outcome
        .at
        .rsplit_once(':')
        .and_then(|(_, line)| line.parse().ok());
    Case {
        name: format!("{playbook}/{}", outcome.name),
        file: Some(file.to_owned()),
        line,
        time: None,
        outcome: match &outcome.failure {
            None => Outcome::Passed,
            Some(failure) => Outcome::Failed(Problem {
                message: format!("expected {}, got {}", failure.expected, failure.got),
                kind: "expectation".to_owned(),
                text: failure.to_string(),
            }),
        },
    }
}

/// What the tests never saw, playbook by playbook.
pub(super) fn coverage(coverages: &Coverages) -> String {
    coverages.values().map(of_one).collect()
}

fn of_one(coverage: &Coverage) -> String {
    let lines: Vec<_> = coverage.half_seen().collect();
    let branches: Vec<_> = coverage.not_taken().collect();
    let mut text = format!(
        "coverage of {} by {} test{}: {} of {} lines true and false, {} of {} branches taken\n",
        coverage.playbook,
        coverage.tests,
        if coverage.tests == 1 { "" } else { "s" },
        coverage.lines.len() - lines.len(),
        coverage.lines.len(),
        coverage.branches.len() - branches.len(),
        coverage.branches.len(),
    );
    for line in lines {
        let what = match (line.was_true, line.was_false) {
            (false, false) if line.was_unknown => "only unknown",
            (false, false) => "never seen",
            (false, true) => "never true",
            _ => "never false",
        };
        text += &format!(
            "  {what:<12} {} {}: {} ({})\n",
            line.place, line.fact, line.demands, line.at
        );
    }
    for branch in branches {
        text += &format!("  {:<12} {} ({})\n", "never taken", branch.branch, branch.at);
    }
    let seen = coverage
        .lines
        .iter()
        .filter(|line| line.was_true && line.was_false);
    for line in seen.filter(|line| !line.was_unknown) {
        text += &format!(
            "  {:<12} {} {} ({}), which is fine where it is always known\n",
            "not unknown", line.place, line.fact, line.at
        );
    }
    text
}
