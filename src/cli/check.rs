//! `quell check`: says everything that is wrong with playbooks and their tests, without running anything.

use std::collections::BTreeSet;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
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
    let mut out = io::stdout().lock();
    let color = out.is_terminal();
    Ok(if check(args, &mut out, color)? {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Whether there is nothing but warnings.
fn check(args: &Args, out: &mut impl Write, color: bool) -> anyhow::Result<bool> {
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
                let folder = Path::new(&test.name).parent().unwrap_or(Path::new(""));
                if !folder.join(&test.playbook).is_file() {
                    found.push(test.missing_playbook());
                }
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
    match args.format {
        Format::Json => write!(out, "{}", found.json_lines()),
        Format::Human => {
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
    Ok(!found.has_errors())
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn checked(path: &Path, format: Format) -> (anyhow::Result<bool>, String) {
        let mut out = Vec::new();
        let sound = check(
            &Args {
                paths: vec![path.to_owned()],
                format,
            },
            &mut out,
            false,
        );
        (sound, String::from_utf8(out).expect("the output is text"))
    }

    #[test]
    fn the_shipped_playbooks_are_sound() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("playbooks");
        let (sound, out) = checked(&shipped, Format::Human);
        assert!(sound.expect("the files can be read"), "{out}");
        assert_eq!(out, "4 playbooks, 4 test files, 0 errors, 0 warnings\n");
    }

    #[test]
    fn every_error_of_playbooks_and_tests_is_printed_and_fails() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        fs::create_dir(folder.path().join("tests")).expect("a folder can be made");
        fs::write(folder.path().join("a.yaml"), "id: b\nwehn: {}\n").expect("a file can be written");
        fs::write(folder.path().join("tests/a.test.yaml"), "tests: []\n").expect("a file can be written");
        let (sound, human) = checked(folder.path(), Format::Human);
        assert!(!sound.expect("the files can be read"));
        assert!(human.contains("error[E310]: unknown key `wehn`") && human.contains("did you mean `when`?"));
        assert!(human.contains("error[E332]: the file holds no test"));
        let orphan = "playbook: ../z.yaml\ntests: [{name: n, given: [], expect: {decision: skip}}]\n";
        fs::write(folder.path().join("tests/z.test.yaml"), orphan).expect("a file can be written");
        let (_, human) = checked(folder.path(), Format::Human);
        assert!(
            human.contains("error[E330]: there is no playbook `../z.yaml`"),
            "{human}"
        );
        let (_, json) = checked(folder.path(), Format::Json);
        let errors = json.lines().map(serde_json::from_str::<serde_json::Value>);
        let errors: Vec<_> = errors.collect::<Result<_, _>>().expect("each line is JSON");
        assert!(human.ends_with(&format!(
            "1 playbook, 2 test files, {} errors, 0 warnings\n",
            errors.len()
        )));
        assert!(
            errors
                .iter()
                .all(|error| error["severity"] == "error" && error["line"].is_u64())
        );
    }

    #[test]
    fn nothing_to_check_is_an_error() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (sound, _) = checked(folder.path(), Format::Human);
        assert!(
            sound
                .expect_err("the folder is empty")
                .to_string()
                .contains("no playbook is under")
        );
    }
}
