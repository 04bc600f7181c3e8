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
    let paths: Vec<_> = args.paths.iter().map(|path| tests_of(path)).collect();
    let files = PlaybookFiles::find(&paths)?;
    let mut out = io::stdout().lock();
    let color = out.is_terminal();
    let (mut passed, mut failed, mut broken) = (0_usize, 0_usize, 0_usize);
    for path in &files.tests {
        match run_file(path, color)? {
            Ok(outcomes) => {
                for outcome in outcomes {
                    print(&mut out, &outcome).context("cannot write to standard output")?;
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
        writeln!(out, "{broken} test files could not be run").context("cannot write to standard output")?;
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
    Ok(if failed + broken > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Runs one test file; the inner error is the report to print when the file or its playbook is wrong.
fn run_file(path: &Path, color: bool) -> anyhow::Result<Result<Vec<TestOutcome>, String>> {
    let file = playbook_files::read(path)?;
    let test = match TestFile::read(&file.name, &file.text) {
        Ok(test) => test,
        Err(errors) => return Ok(Err(errors.render(color))),
    };
    let playbook = path.parent().unwrap_or(Path::new("")).join(&test.playbook);
    let source = playbook_files::read(&playbook)
        .with_context(|| format!("`{}` tests a playbook that cannot be read", file.name))?;
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
