//! `quell check`: says everything that is wrong with playbooks and their tests, without running anything.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::app::playbook_files::{self, PlaybookFiles};
use crate::playbook::PlaybookSet;
use crate::playbook::lint;
use crate::playbook::test::TestFile;
use crate::yaml::Diagnostics;

/// Check playbooks and their tests without running anything
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Playbook files, test files or folders of them
    #[arg(default_value = "playbooks")]
    paths: Vec<PathBuf>,
    /// How to print what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// How to print what was found.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum Format {
    /// Excerpts with carets
    #[default]
    Human,
    /// One JSON object a line
    Json,
}

/// Runs the command: exit code 1 when there is an error or nothing to check.
///
/// # Errors
/// A file that cannot be read, or standard output that cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let files = PlaybookFiles::find(&args.paths)?;
    let playbooks = files
        .playbooks
        .iter()
        .map(|path| playbook_files::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    let tests = files
        .tests
        .iter()
        .map(|path| playbook_files::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    let mut found = Diagnostics::default();
    let mut tested = BTreeSet::new();
    for file in &tests {
        match TestFile::read(&file.name, &file.text) {
            Ok(test) => {
                tested.insert(test.playbook_id().to_owned());
            }
            Err(errors) => found.extend(errors),
        }
    }
    match PlaybookSet::compile(&playbooks) {
        Ok((set, warnings)) => {
            found.extend(warnings);
            // One file by itself says nothing about whether it has a test.
            if args.paths.iter().any(|path| path.is_dir()) {
                found.extend(lint::lint_untested(&set, &tested));
            }
        }
        Err(errors) => found.extend(errors),
    }
    found.sort();
    let nothing = playbooks.is_empty() && tests.is_empty();
    let mut out = io::stdout().lock();
    match args.format {
        Format::Json => write!(out, "{}", found.json_lines()),
        Format::Human => {
            let color = out.is_terminal();
            let counts = [
                (playbooks.len(), "playbook"),
                (tests.len(), "test file"),
                (found.errors(), "error"),
                (found.warnings(), "warning"),
            ];
            let summary: Vec<_> = counts.map(|(count, noun)| counted(count, noun)).into();
            writeln!(out, "{}{}", found.render(color), summary.join(", "))
        }
    }
    .context("cannot write to standard output")?;
    if nothing {
        let paths: Vec<_> = args
            .paths
            .iter()
            .map(|path| format!("`{}`", path.display()))
            .collect();
        anyhow::bail!("no playbook is under {}", paths.join(", "));
    }
    Ok(if found.has_errors() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}
