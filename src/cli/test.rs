//! `quell test`: runs the tests beside playbooks through the daemon's own evaluation, decision and life of containments.

mod print;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use regex::Regex;

use super::exit;
use super::operator::{paint, table::Paint};
use super::output;
use super::terminal;
use crate::app::playbook_files::{self, PlaybookFiles, ReadError};
use crate::app::playbook_tests::{FileResult, run_file};
use crate::clock::Monotonic;
use crate::playbook::test::Coverages;

/// The exit code for a file or folder that could not be read.
const COULD_NOT_FIND_OUT: u8 = 3;

/// Runs shorter than this say nothing of their progress.
const QUIET: Duration = Duration::from_secs(1);

/// Run the tests beside playbooks, without a database or a network
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Test files, playbooks, or folders of them
    #[arg(default_value = "playbooks")]
    paths: Vec<PathBuf>,
    /// Only the tests whose `PLAYBOOK/NAME` this regular expression finds something in
    #[arg(long, value_name = "REGEX", value_parser = Regex::new)]
    run: Option<Regex>,
    /// Also say which lines were never true or never false, and which branches were never taken
    #[arg(long)]
    coverage: bool,
    /// How to print what came of it
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How to print what came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// A line for each test, and below a failing one why
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// JUnit XML, for CI systems
    Junit,
}

/// What came of everything.
#[derive(Debug, Default)]
struct Results {
    files: Vec<FileResult>,
    coverages: Coverages,
}

/// How many tests did what.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
struct Counts {
    passed: usize,
    failed: usize,
    /// Test files that could not be run.
    broken: usize,
}

impl Results {
    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for file in &self.files {
            match &file.outcome {
                Err(_) => counts.broken += 1,
                Ok(outcomes) => {
                    let failed = outcomes.iter().filter(|it| it.failure.is_some()).count();
                    counts.failed += failed;
                    counts.passed += outcomes.len() - failed;
                }
            }
        }
        counts
    }
}

/// Runs the command: exit code 1 when a test fails, a file is wrong, or there is no test at all, 3 when a file cannot be read.
///
/// # Errors
/// No test at all, or standard output that cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = output::stdout();
    let color = paint(out.is_terminal()) == Paint::Coloured;
    let progress = Progress::new(terminal::has_progress());
    Ok(match test(args, &mut out, color, progress) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) if error.is::<ReadError>() => {
            eprintln!("error: {error:#}");
            ExitCode::from(COULD_NOT_FIND_OUT)
        }
        Err(error) => return Err(error),
    })
}

/// Whether every test passed.
fn test(args: &Args, out: &mut impl Write, color: bool, mut progress: Progress) -> anyhow::Result<bool> {
    let paths: Vec<_> = args.paths.iter().map(|path| tests_of(path)).collect();
    let files = PlaybookFiles::find(&paths)?;
    let mut results = Results::default();
    for (done, path) in files.tests.iter().enumerate() {
        progress.show(done, files.tests.len());
        let result = run_file(path, wanted(args.run.as_ref()), &mut results.coverages)?;
        results.files.push(result);
    }
    progress.end();
    match args.format {
        Format::Human => print::human(out, &results, color),
        Format::Json => print::json(out, &results, args.coverage),
        Format::Junit => write!(out, "{}", print::junit(&results)),
    }
    .context("cannot write to standard output")?;
    if args.coverage && args.format != Format::Json {
        let table = print::coverage(&results.coverages);
        // A report for machines stays one.
        match args.format {
            Format::Human => write!(out, "\n{table}"),
            _ => write!(io::stderr(), "{table}"),
        }
        .context("cannot write the coverage")?;
    }
    let Counts {
        passed,
        failed,
        broken,
    } = results.counts();
    if passed + failed + broken == 0 {
        anyhow::bail!(exit::No(nothing(args, !results.files.is_empty())));
    }
    Ok(failed + broken == 0)
}

/// What to say when no test was run.
fn nothing(args: &Args, has_tests: bool) -> String {
    let paths: Vec<_> = args
        .paths
        .iter()
        .map(|path| format!("`{}`", path.display()))
        .collect();
    let paths = paths.join(", ");
    match &args.run {
        Some(pattern) if has_tests => format!(
            "no test under {paths} is found by `{pattern}`; it is looked for in names such as `ransomware-restrict/a server asks \
             first`"
        ),
        _ => format!("no test is under {paths}; tests are named `tests/ID.test.yaml`"),
    }
}

/// Which tests are wanted, by the playbook's id and their name.
fn wanted(only: Option<&Regex>) -> impl Fn(&str, &str) -> bool {
    move |playbook, name| only.is_none_or(|pattern| pattern.is_match(&format!("{playbook}/{name}")))
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

/// A line on a terminal that says how far a long run is.
struct Progress {
    is_terminal: bool,
    began: Monotonic,
    shown: bool,
}

impl Progress {
    fn new(is_terminal: bool) -> Self {
        Self {
            is_terminal,
            began: Monotonic::now(),
            shown: false,
        }
    }

    fn show(&mut self, done: usize, total: usize) {
        if self.is_terminal && self.began.elapsed() >= QUIET {
            self.shown = true;
            // A terminal that has gone away is no reason to stop.
            let _ = write!(io::stderr(), "\r{done} of {total} test files");
        }
    }

    fn end(&mut self) {
        if self.shown {
            let _ = write!(io::stderr(), "\r\x1b[K");
        }
    }
}

#[cfg(test)]
mod tests;
