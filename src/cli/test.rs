//! `quell test`: runs the tests beside playbooks through the daemon's own evaluation and decision.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use crate::app::playbook_files::{self, PlaybookFiles};
use crate::playbook::PlaybookSet;
use crate::playbook::test::{TestFile, TestOutcome};

/// Run the tests beside playbooks, without a database or a network
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files, playbooks, or folders of them
    #[arg(default_value = "playbooks")]
    paths: Vec<PathBuf>,
}

/// Runs the command: exit code 1 when a test fails, a file is wrong, or there is no test at all.
///
/// # Errors
/// A file that cannot be read, no test at all, or standard output that cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    let color = out.is_terminal();
    Ok(if test(args, &mut out, color)? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether every test passed.
fn test(args: &Args, out: &mut impl Write, color: bool) -> anyhow::Result<bool> {
    let paths: Vec<_> = args.paths.iter().map(|path| tests_of(path)).collect();
    let files = PlaybookFiles::find(&paths)?;
    let (mut passed, mut failed, mut broken) = (0_usize, 0_usize, 0_usize);
    for path in &files.tests {
        match run_file(path, color)? {
            Ok(outcomes) => {
                for outcome in outcomes {
                    print(out, &outcome).context("cannot write to standard output")?;
                    if outcome.failure.is_none() {
                        passed += 1
                    } else {
                        failed += 1
                    }
                }
            }
            Err(report) => {
                write!(out, "{report}").context("cannot write to standard output")?;
                broken += 1;
            }
        }
    }
    if broken > 0 {
        writeln!(out, "test files that could not be run: {broken}")
            .context("cannot write to standard output")?;
    }
    writeln!(out, "{passed} passed, {failed} failed").context("cannot write to standard output")?;
    if passed + failed + broken == 0 {
        let paths: Vec<_> = args
            .paths
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        anyhow::bail!(
            "no test is under {}; tests are named `tests/ID.test.yaml`",
            paths.join(", ")
        );
    }
    Ok(failed + broken == 0)
}

/// Runs one test file; the inner error is the report to print when the file or its playbook is wrong.
fn run_file(path: &Path, color: bool) -> anyhow::Result<Result<Vec<TestOutcome>, String>> {
    let file = playbook_files::read(path)?;
    let test = match TestFile::read(&file.name, &file.text) {
        Ok(test) => test,
        Err(errors) => return Ok(Err(errors.render(color))),
    };
    let playbook = path.parent().unwrap_or(Path::new("")).join(&test.playbook);
    if !playbook.is_file() {
        return Ok(Err(test.missing_playbook().render(color)));
    }
    let source = playbook_files::read(&playbook)?;
    let set = match PlaybookSet::compile(&[source]) {
        Ok((set, _)) => set,
        Err(errors) => return Ok(Err(errors.render(color))),
    };
    let outcomes = test.run(&set);
    outcomes
        .map(Ok)
        .with_context(|| format!("`{}` names no playbook by its file's name", file.name))
}

/// The tests that belong to a playbook; every other path stands for itself.
fn tests_of(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")) {
        Some(id) if !playbook_files::is_test(path) && path.is_file() => {
            path.with_file_name("tests").join(format!("{id}.test.yaml"))
        }
        _ => path.to_owned(),
    }
}

fn print(out: &mut impl Write, outcome: &TestOutcome) -> io::Result<()> {
    match &outcome.failure {
        None => writeln!(out, "pass {}: {}", outcome.at, outcome.name),
        Some(failure) => write!(out, "FAIL {}: {}\n{failure}", outcome.at, outcome.name),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn tested(path: &Path) -> (anyhow::Result<bool>, String) {
        let mut out = Vec::new();
        let passed = test(
            &Args {
                paths: vec![path.to_owned()],
            },
            &mut out,
            false,
        );
        (passed, String::from_utf8(out).expect("the output is text"))
    }

    #[test]
    fn the_shipped_tests_pass_by_folder_by_playbook_and_by_test_file() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
        for (path, at_least) in [
            ("", 40),
            ("ransomware-restrict.yaml", 10),
            ("tests/ransomware-restrict.test.yaml", 10),
        ] {
            let (passed, out) = tested(&shipped.join(path));
            assert!(passed.expect("the files can be read"), "{out}");
            assert!(
                out.lines().filter(|line| line.starts_with("pass ")).count() >= at_least,
                "{out}"
            );
            assert!(out.ends_with(" passed, 0 failed\n"), "{out}");
        }
    }

    #[test]
    fn a_failing_test_and_a_broken_file_fail_the_run_and_the_rest_still_runs() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("a file can be written")
        };
        let playbook = "id: a\ntitle: t\nowner: o\nwhen: {alert.severity: high}\nthen: [release_app_restriction: {comment: c}]\n";
        write("a.yaml", playbook);
        write("b.yaml", "id: b\n");
        fs::create_dir(folder.path().join("tests")).expect("a folder can be made");
        let case = |playbook: &str| {
            format!(
                "playbook: ../{playbook}\ntests:\n  - {{name: x, given: [{{alert: {{severity: low}}}}], expect: {{decision: observe}}}}\n"
            )
        };
        write("tests/a.test.yaml", &case("a.yaml"));
        write("tests/b.test.yaml", &case("b.yaml"));
        write("tests/c.test.yaml", &case("c.yaml"));
        let (passed, out) = tested(folder.path());
        assert!(!passed.expect("the files can be read"));
        assert!(
            out.contains("tests/a.test.yaml:3: x\n  expected: decision observe\n  got:      decision skip"),
            "{out}"
        );
        assert!(
            out.contains("saw `low`") && out.contains("error[E312]: `title` is missing"),
            "{out}"
        );
        assert!(
            out.ends_with("test files that could not be run: 2\n0 passed, 1 failed\n"),
            "{out}"
        );
    }

    #[test]
    fn no_test_is_a_failure() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (passed, _) = tested(folder.path());
        assert!(
            passed
                .expect_err("the folder is empty")
                .to_string()
                .contains("no test is under")
        );
    }
}
