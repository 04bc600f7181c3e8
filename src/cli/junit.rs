//! JUnit XML, the form in which CI systems read results: suites of cases, each passed, failed, or not run.
//!
//! Called by `check` and `test` with `--format junit`. It knows nothing of playbooks, and it never writes a character
//! that XML 1.0 does not allow: such a report would not be read at all.

use std::fmt;
use std::time::Duration;

/// What one run gave: the document's root, `<testsuites>`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// The run's name, e.g. `quell test`.
    pub name: String,
    /// The suites, in the order to print.
    pub suites: Vec<Suite>,
}

/// Cases that belong together, here those of one file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suite {
    /// The suite's name, here the file's.
    pub name: String,
    /// The cases, in the order to print.
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Case {
    /// What was tried.
    pub name: String,
    /// The file that holds it, when there is one.
    pub file: Option<String>,
    /// The line on which it begins, from 1.
    pub line: Option<usize>,
    /// How long it took, when that was measured.
    pub time: Option<Duration>,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Outcome {
    /// As wanted.
    #[default]
    Passed,
    /// Not as wanted.
    Failed(Problem),
    /// It could not be tried, say because its file is broken.
    Error(Problem),
    /// It was left out, for this reason.
    Skipped(String),
}

/// Why a case did not pass.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Problem {
    /// The problem in one line.
    pub message: String,
    /// Its kind, e.g. a diagnostic code.
    pub kind: String,
    /// The whole story, with its line breaks.
    pub text: String,
}

#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
    time: Option<Duration>,
}

impl Suite {
    fn counts(&self) -> Counts {
        let is =
            |wanted: fn(&Outcome) -> bool| self.cases.iter().filter(|case| wanted(&case.outcome)).count();
        Counts {
            tests: self.cases.len(),
            failures: is(|outcome| matches!(outcome, Outcome::Failed(_))),
            errors: is(|outcome| matches!(outcome, Outcome::Error(_))),
            skipped: is(|outcome| matches!(outcome, Outcome::Skipped(_))),
            time: self
                .cases
                .iter()
                .filter_map(|case| case.time)
                .reduce(|a, b| a + b),
        }
    }
}

impl fmt::Display for Report {
    /// The whole document, with a final newline.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = Counts::default();
        for suite in self.suites.iter().map(Suite::counts) {
            all.tests += suite.tests;
            all.failures += suite.failures;
            all.errors += suite.errors;
            all.skipped += suite.skipped;
            all.time = all.time.into_iter().chain(suite.time).reduce(|a, b| a + b);
        }
        writeln!(f, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
        writeln!(f, "<testsuites name=\"{}\"{all}>", Escaped(&self.name))?;
        for suite in &self.suites {
            let counts = suite.counts();
            writeln!(f, "  <testsuite name=\"{}\"{counts}>", Escaped(&suite.name))?;
            suite
                .cases
                .iter()
                .try_for_each(|case| write_case(f, case, &suite.name))?;
            writeln!(f, "  </testsuite>")?;
        }
        writeln!(f, "</testsuites>")
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            tests,
            failures,
            errors,
            skipped,
            time,
        } = self;
        write!(
            f,
            " tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\""
        )?;
        write_time(f, *time)
    }
}

fn write_case(f: &mut fmt::Formatter<'_>, case: &Case, suite: &str) -> fmt::Result {
    write!(
        f,
        "    <testcase name=\"{}\" classname=\"{}\"",
        Escaped(&case.name),
        Escaped(suite)
    )?;
    if let Some(file) = &case.file {
        write!(f, " file=\"{}\"", Escaped(file))?;
    }
    if let Some(line) = case.line {
        write!(f, " line=\"{line}\"")?;
    }
    write_time(f, case.time)?;
    match &case.outcome {
        Outcome::Passed => return writeln!(f, "/>"),
        Outcome::Failed(problem) => write_problem(f, "failure", problem)?,
        Outcome::Error(problem) => write_problem(f, "error", problem)?,
        Outcome::Skipped(reason) => writeln!(f, ">\n      <skipped message=\"{}\"/>", Escaped(reason))?,
    }
    writeln!(f, "    </testcase>")
}

fn write_problem(f: &mut fmt::Formatter<'_>, element: &str, problem: &Problem) -> fmt::Result {
    let (message, kind) = (Escaped(&problem.message), Escaped(&problem.kind));
    writeln!(
        f,
        ">\n      <{element} message=\"{message}\" type=\"{kind}\">{}</{element}>",
        Lines(&problem.text)
    )
}

fn write_time(f: &mut fmt::Formatter<'_>, time: Option<Duration>) -> fmt::Result {
    time.map_or(Ok(()), |time| write!(f, " time=\"{:.3}\"", time.as_secs_f64()))
}

/// A text for an attribute: the five characters that mean something to XML escaped, line breaks and tabs as references
/// because attributes would lose them, and what XML 1.0 forbids replaced by `U+FFFD`.
struct Escaped<'a>(&'a str);

/// The same for an element, whose line breaks stay.
struct Lines<'a>(&'a str);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, line) in self.0.split('\n').enumerate() {
            write!(f, "{}{}", if position == 0 { "" } else { "\n" }, Escaped(line))?;
        }
        Ok(())
    }
}

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&apos;")?,
                '\n' => f.write_str("&#10;")?,
                '\r' => f.write_str("&#13;")?,
                '\t' => f.write_str("&#9;")?,
                // XML 1.0, production 2 (Char): these are in no document. The C1 controls are allowed there and of no use.
                c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => f.write_char('\u{fffd}')?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(name: &str, outcome: Outcome) -> Case {
        Case {
            name: name.to_owned(),
            outcome,
            ..Case::default()
        }
    }

    #[test]
    fn a_report_counts_its_suites_and_says_what_failed() {
        let problem = |message: &str| Problem {
            message: message.to_owned(),
            kind: "decision".to_owned(),
            text: "expected: act\n  got: \"skip\" & <nothing>".to_owned(),
        };
        let report = Report {
            name: "quell test".to_owned(),
            suites: vec![
                Suite {
                    name: "tests/a.test.yaml".to_owned(),
                    cases: vec![
                        Case {
                            file: Some("tests/a.test.yaml".to_owned()),
                            line: Some(7),
                            time: Some(Duration::from_micros(1_500)),
                            ..case("a workstation is restricted", Outcome::Passed)
                        },
                        case(
                            "a server asks",
                            Outcome::Failed(problem("expected ask, got skip")),
                        ),
                    ],
                },
                Suite {
                    name: "tests/b.test.yaml".to_owned(),
                    cases: vec![
                        case("b", Outcome::Error(problem("the file is broken"))),
                        case("c", Outcome::Skipped("`--run` leaves it out".to_owned())),
                    ],
                },
            ],
        };
        insta::assert_snapshot!(report, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="quell test" tests="4" failures="1" errors="1" skipped="1" time="0.002">
          <testsuite name="tests/a.test.yaml" tests="2" failures="1" errors="0" skipped="0" time="0.002">
            <testcase name="a workstation is restricted" classname="tests/a.test.yaml" file="tests/a.test.yaml" line="7" time="0.002"/>
            <testcase name="a server asks" classname="tests/a.test.yaml">
              <failure message="expected ask, got skip" type="decision">expected: act
          got: &quot;skip&quot; &amp; &lt;nothing&gt;</failure>
            </testcase>
          </testsuite>
          <testsuite name="tests/b.test.yaml" tests="2" failures="0" errors="1" skipped="1">
            <testcase name="b" classname="tests/b.test.yaml">
              <error message="the file is broken" type="decision">expected: act
          got: &quot;skip&quot; &amp; &lt;nothing&gt;</error>
            </testcase>
            <testcase name="c" classname="tests/b.test.yaml">
              <skipped message="`--run` leaves it out"/>
            </testcase>
          </testsuite>
        </testsuites>
        "#);
    }

    #[test]
    fn nothing_is_written_that_xml_does_not_allow() {
        let hostile: String = (0..=0x9f_u32)
            .chain([0xfffe, 0xffff, 0x1f600])
            .filter_map(char::from_u32)
            .collect();
        let report = Report {
            name: hostile.clone(),
            suites: vec![Suite {
                name: "]]>".to_owned(),
                cases: vec![case(&hostile, Outcome::Skipped(hostile.clone()))],
            }],
        };
        let written = report.to_string();
        assert!(
            written.chars().all(|c| c == '\n' || !c.is_control()),
            "{written:?}"
        );
        assert!(!written.contains(['\u{fffe}', '\u{ffff}']) && written.contains('\u{1f600}'));
        assert!(!written.contains("]]>"));
        // Each attribute ends where it should: the number of bare quotes is even on every line.
        assert!(
            written.lines().all(|line| line.matches('"').count() % 2 == 0),
            "{written}"
        );
    }
}
