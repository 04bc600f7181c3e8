//! `quell fmt`: writes playbooks and their tests in canonical style, comments and meaning kept.
//!
//! A file is replaced as a whole, by renaming a new one over it, so a daemon that reads at that moment sees the old text
//! or the new one. What cannot be read or not be formatted without risk is left as it is and told.

use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, fchown};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;

use super::diff::unified;
use super::output;
use crate::app::playbook_files::{self, PlaybookFiles, ReadError};
use crate::yaml::format::{FormatError, format};
use crate::yaml::{Diagnostics, MAX_BYTES};

/// Write playbooks and their tests in canonical style
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Playbook files, test files or folders of them; `-` formats standard input to standard output
    #[arg(default_value = "playbooks")]
    paths: Vec<PathBuf>,
    /// Change nothing: show what would change, and fail if something would
    #[arg(long)]
    check: bool,
}

/// The exit code for arguments that do not go together.
const USAGE: u8 = 2;

/// What came of the files.
#[derive(Debug, Default)]
struct Outcome {
    unchanged: usize,
    changed: usize,
    refused: usize,
    unreadable: usize,
}

impl Outcome {
    /// 3 when a file could not be read or written, 1 when one was refused or, with `--check`, would change.
    fn exit_code(&self, check: bool) -> u8 {
        match self {
            Self { unreadable: 1.., .. } => 3,
            Self { refused: 1.., .. } => 1,
            Self { changed: 1.., .. } if check => 1,
            _ => 0,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// No file under the paths, or standard output that cannot be written.
pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let (mut out, mut err) = (output::stdout(), io::stderr().lock());
    let outcome = if args.paths.iter().any(|path| path == Path::new("-")) {
        if args.paths.len() > 1 {
            writeln!(err, "error: `-` stands alone: it reads standard input")?;
            return Ok(ExitCode::from(USAGE));
        }
        through(io::stdin().lock(), args.check, &mut out, &mut err)?
    } else {
        in_place(&args.paths, args.check, &mut out, &mut err)?
    };
    Ok(ExitCode::from(outcome.exit_code(args.check)))
}

fn through(
    input: impl Read,
    check: bool,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let mut bytes = Vec::new();
    input
        .take(MAX_BYTES as u64 + 1)
        .read_to_end(&mut bytes)
        .context("cannot read standard input")?;
    let text = String::from_utf8(bytes).context("standard input is not UTF-8 text")?;
    let mut outcome = Outcome::default();
    match format("<stdin>", &text) {
        Ok(new) => {
            outcome.changed = usize::from(new != text);
            let shown = if check {
                unified("<stdin>", &text, "<stdin>", &new)
            } else {
                new
            };
            write!(out, "{shown}").context("cannot write to standard output")?;
        }
        Err(error) => {
            outcome.refused = 1;
            refuse("<stdin>", &error, err)?;
        }
    }
    Ok(outcome)
}

fn in_place(
    paths: &[PathBuf],
    check: bool,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::default();
    let mut files = Vec::new();
    for path in paths {
        match PlaybookFiles::find(std::slice::from_ref(path)) {
            Ok(found) => files.extend(found.playbooks.into_iter().chain(found.tests)),
            Err(error) => {
                outcome.unreadable += 1;
                writeln!(err, "error: {:#}", anyhow::Error::from(error))?;
            }
        }
    }
    files.sort();
    files.dedup();
    anyhow::ensure!(
        !files.is_empty() || outcome.unreadable > 0,
        "no playbook is under the paths given"
    );
    for path in &files {
        one(path, check, &mut outcome, out, err)?;
    }
    let Outcome {
        unchanged, changed, ..
    } = outcome;
    let verb = if check { "would be changed" } else { "changed" };
    writeln!(out, "{changed} {verb}, {unchanged} left as they are")?;
    Ok(outcome)
}

fn one(
    path: &Path,
    check: bool,
    outcome: &mut Outcome,
    out: &mut impl Write,
    err: &mut impl Write,
) -> anyhow::Result<()> {
    let file = match playbook_files::read(path) {
        Ok(file) => file,
        Err(ReadError::NotText(diagnostic)) => {
            outcome.refused += 1;
            return Ok(refuse(
                &path.display().to_string(),
                &FormatError::Invalid(Diagnostics::from(*diagnostic)),
                err,
            )?);
        }
        Err(error) => {
            outcome.unreadable += 1;
            return Ok(writeln!(err, "error: {:#}", anyhow::Error::from(error))?);
        }
    };
    match format(&file.name, &file.text) {
        Ok(new) if new == file.text => outcome.unchanged += 1,
        Ok(new) if check => {
            outcome.changed += 1;
            write!(out, "{}", unified(&file.name, &file.text, &file.name, &new))?;
        }
        Ok(new) => match replace(path, &new) {
            Ok(()) => {
                outcome.changed += 1;
                writeln!(out, "{}", file.name)?;
            }
            Err(error) => {
                outcome.unreadable += 1;
                writeln!(err, "error: cannot write `{}`: {error}", file.name)?;
            }
        },
        Err(error) => {
            outcome.refused += 1;
            refuse(&file.name, &error, err)?;
        }
    }
    Ok(())
}

fn refuse(name: &str, error: &FormatError, err: &mut impl Write) -> io::Result<()> {
    match error {
        FormatError::Invalid(found) => write!(err, "{}", found.render(false)),
        FormatError::Unsafe => writeln!(err, "error: `{name}` is left as it is: {error}"),
    }
}

/// Puts a new file with the same owner, group and permissions in the place of the old one, behind any link, or none: the
/// daemon must be able to read what root formats. A file that may not be written is not replaced either. Its name while it
/// is written begins with a dot, so nobody takes it for a playbook.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let target = fs::canonicalize(path)?;
    let old = fs::OpenOptions::new().write(true).open(&target)?.metadata()?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".quell-fmt-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    let new = file.as_file().metadata()?;
    if (new.uid(), new.gid()) != (old.uid(), old.gid()) {
        fchown(file.as_file(), Some(old.uid()), Some(old.gid()))?;
    }
    file.as_file().set_permissions(old.permissions())?;
    file.as_file().sync_all()?;
    file.persist(&target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown, symlink};

    use super::*;

    const UGLY: &str = "id:  a\nwhen:\n    alert.id:   x  # why\n";
    const CANONICAL: &str = "id: a\nwhen:\n  alert.id: x  # why\n";

    fn run(paths: &[PathBuf], check: bool) -> (u8, String, String) {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let outcome = in_place(paths, check, &mut out, &mut err).expect("the output can be written");
        let text = |bytes| String::from_utf8(bytes).expect("the output is text");
        (outcome.exit_code(check), text(out), text(err))
    }

    fn write(folder: &Path, name: &str, text: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file can be written");
        path
    }

    #[test]
    fn check_shows_the_difference_and_changes_nothing() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let ugly = write(folder.path(), "a.yaml", UGLY);
        let (code, out, _) = run(&[folder.path().to_owned()], true);
        assert_eq!(code, 1);
        assert!(
            out.contains("-id:  a\n")
                && out.contains("+id: a\n")
                && out.ends_with("1 would be changed, 0 left as they are\n"),
            "{out}"
        );
        assert_eq!(fs::read_to_string(ugly).expect("the file is there"), UGLY);
    }

    #[test]
    fn a_file_is_replaced_behind_its_link_with_its_owner_and_permissions_and_nothing_is_left_over() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let real = folder.path().join("real");
        let linked = folder.path().join("linked");
        for each in [&real, &linked] {
            fs::create_dir(each).expect("a folder can be made");
        }
        let ugly = write(&real, "a.yaml", UGLY);
        fs::set_permissions(&ugly, fs::Permissions::from_mode(0o640)).expect("the file is ours");
        // Only root can give a file away, and only root's `quell fmt` could take it from the daemon.
        let _ = chown(&ugly, Some(65534), Some(65534));
        let old = fs::metadata(&ugly).expect("the file is there");
        symlink(&ugly, linked.join("a.yaml")).expect("a link can be made");
        let (code, out, _) = run(std::slice::from_ref(&linked), false);
        assert_eq!(code, 0, "{out}");
        assert_eq!(fs::read_to_string(&ugly).expect("the file is there"), CANONICAL);
        let new = fs::metadata(&ugly).expect("the file is there");
        assert_eq!(new.permissions().mode() & 0o777, 0o640);
        assert_eq!((new.uid(), new.gid()), (old.uid(), old.gid()));
        let link = fs::symlink_metadata(linked.join("a.yaml")).expect("the link is there");
        assert!(link.file_type().is_symlink());
        assert_eq!(fs::read_dir(&real).expect("the folder is there").count(), 1);
        let (code, out, _) = run(&[linked], false);
        assert_eq!((code, out.as_str()), (0, "0 changed, 1 left as they are\n"));
    }

    #[test]
    fn what_is_wrong_is_told_left_alone_and_does_not_hold_up_the_rest() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let broken = write(folder.path(), "broken.yaml", "id: a\nid: b\n");
        let latin = folder.path().join("latin.yaml");
        fs::write(&latin, b"id: \xe9\n").expect("a file can be written");
        let ugly = write(folder.path(), "ugly.yaml", UGLY);
        let (code, _, err) = run(&[folder.path().to_owned()], false);
        assert_eq!(code, 1);
        assert!(
            err.contains("error[E303]") && err.contains("error[E340]"),
            "{err}"
        );
        assert_eq!(
            fs::read_to_string(broken).expect("the file is there"),
            "id: a\nid: b\n"
        );
        assert_eq!(fs::read(latin).expect("the file is there"), b"id: \xe9\n");
        assert_eq!(fs::read_to_string(ugly).expect("the file is there"), CANONICAL);
        let (code, _, err) = run(&[folder.path().join("missing.yaml")], true);
        assert_eq!(code, 3, "{err}");
    }

    #[test]
    fn standard_input_goes_to_standard_output() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let outcome = through(UGLY.as_bytes(), false, &mut out, &mut err).expect("the output can be written");
        assert_eq!(
            (outcome.exit_code(false), out.as_slice()),
            (0, CANONICAL.as_bytes())
        );
        let outcome =
            through("a: [".as_bytes(), false, &mut out, &mut err).expect("the output can be written");
        assert_eq!(outcome.exit_code(false), 1);
        let outcome =
            through(CANONICAL.as_bytes(), true, &mut out, &mut err).expect("the output can be written");
        assert_eq!(outcome.exit_code(true), 0);
    }
}
