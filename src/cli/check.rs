//! `quell check`: says everything that is wrong with playbooks and their tests, without running anything.

pub(super) mod examine;
mod github;
mod sarif;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::exit;
use super::junit::{Case, Outcome, Problem, Report, Suite};
use super::operator::{paint, table::Paint};
use super::output;
use crate::yaml::{Diagnostic, Severity};
use examine::{Examined, examine};

/// The exit code for a file that could not be read.
const COULD_NOT_FIND_OUT: u8 = 3;

/// Check playbooks and their tests without running anything
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Playbook files, test files or folders of them
    #[arg(default_value = "playbooks")]
    paths: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Fail when there is a warning, too
    #[arg(long)]
    deny_warnings: bool,
    /// A configuration: also say which playbooks its `never` keeps from ever acting
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// How to print what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Excerpts with carets
    #[default]
    Human,
    /// One JSON object a line
    Json,
    /// SARIF 2.1.0, for code hosts and editors
    Sarif,
    /// JUnit XML, for CI systems
    Junit,
    /// Annotations for GitHub Actions
    Github,
}

/// Runs the command: exit code 1 when there is an error or nothing to check, 3 when a file cannot be read.
///
/// # Errors
/// No playbook under the paths, or standard output that cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = output::stdout();
    let color = paint(out.is_terminal()) == Paint::Coloured;
    check(args, &mut out, &mut io::stderr(), color)
}

fn check(args: &Args, out: &mut impl Write, err: &mut impl Write, color: bool) -> anyhow::Result<ExitCode> {
    let examined = examine(&args.paths, args.config.as_deref());
    print(args, &examined, out, color).context("cannot write to standard output")?;
    for reason in &examined.unreadable {
        writeln!(err, "error: {reason}").context("cannot write to standard error")?;
    }
    if !examined.unreadable.is_empty() {
        return Ok(ExitCode::from(COULD_NOT_FIND_OUT));
    }
    if examined.playbooks.is_empty() && examined.tests.is_empty() {
        let paths: Vec<_> = args
            .paths
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        anyhow::bail!(exit::No(format!("no playbook is under {}", paths.join(", "))));
    }
    let denied = args.deny_warnings && examined.found.warnings() > 0;
    Ok(if examined.found.has_errors() || denied {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn print(args: &Args, examined: &Examined, out: &mut impl Write, color: bool) -> io::Result<()> {
    let found = &examined.found;
    match args.format {
        Format::Human => write!(out, "{}{}", found.render(color), summary(examined)),
        Format::Json => write!(out, "{}", found.json_lines()),
        Format::Sarif => {
            let root = std::path::absolute(Path::new("."))?;
            write!(out, "{}", sarif::log(examined, &root))
        }
        Format::Junit => write!(out, "{}", report(examined, args.deny_warnings)),
        Format::Github => write!(out, "{}", github::annotations(found)),
    }
}

fn summary(examined: &Examined) -> String {
    let counts = [
        (examined.playbooks.len(), "playbook"),
        (examined.tests.len(), "test file"),
        (examined.found.errors(), "error"),
        (examined.found.warnings(), "warning"),
    ];
    let counts = counts.map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }));
    let mut summary = counts.join(", ") + "\n";
    if let Some(first) = examined.found.iter().next() {
        summary += &format!("`quell explain-code {}` says what a code means\n", first.code);
    }
    summary
}

/// A suite for each file, with a case for each diagnostic, or one that passes when there is none.
fn report(examined: &Examined, deny_warnings: bool) -> Report {
    let mut suites: Vec<_> = examined
        .by_file()
        .into_iter()
        .map(|(file, diagnostics)| {
            let sound = Case {
                name: "is sound".to_owned(),
                file: Some(file.to_owned()),
                ..Case::default()
            };
            let cases = if diagnostics.is_empty() {
                vec![sound]
            } else {
                diagnostics
                    .into_iter()
                    .map(|diagnostic| case(diagnostic, deny_warnings))
                    .collect()
            };
            Suite {
                name: file.to_owned(),
                cases,
            }
        })
        .collect();
    suites.extend(examined.unreadable.iter().map(|reason| {
        let problem = Problem {
            message: reason.clone(),
            kind: "unreadable".to_owned(),
            text: reason.clone(),
        };
        let case = Case {
            name: "can be read".to_owned(),
            outcome: Outcome::Error(problem),
            ..Case::default()
        };
        Suite {
            name: "files".to_owned(),
            cases: vec![case],
        }
    }));
    Report {
        name: "quell check".to_owned(),
        suites,
    }
}

fn case(diagnostic: &Diagnostic, deny_warnings: bool) -> Case {
    let fails = deny_warnings || diagnostic.severity == Severity::Error;
    let problem = Problem {
        message: diagnostic.message.clone(),
        kind: diagnostic.code.to_string(),
        text: diagnostic.render(false),
    };
    Case {
        name: format!("{} {}", diagnostic.code, diagnostic.message),
        file: Some(diagnostic.file.clone()),
        line: Some(diagnostic.line),
        time: None,
        outcome: if fails {
            Outcome::Failed(problem)
        } else {
            Outcome::Passed
        },
    }
}

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod tests;
