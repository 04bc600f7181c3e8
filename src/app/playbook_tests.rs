//! Runs the tests of one file as they are on disk, against the playbooks that it names. Called by `quell test`, and by the desk for the
//! page of a playbook; nothing that decides.

use std::path::{Component, Path, PathBuf};

use anyhow::Context as _;

use super::playbook_files::{self, ReadError};
use crate::playbook::test::{Coverages, TestFile, TestOutcome};
use crate::playbook::{PlaybookSet, SourceFile};
use crate::yaml::Diagnostics;

/// What came of one test file.
#[derive(Debug)]
pub struct FileResult {
    /// The file.
    pub name: String,
    /// The id of the playbook under test, as far as it is known.
    pub playbook: String,
    /// What came of each test; or what is wrong with the file.
    pub outcome: Result<Vec<TestOutcome>, Diagnostics>,
}

/// Runs those tests of one file that are wanted, by the playbook's id and their name. Nothing of a file that is wrong is run.
///
/// # Errors
/// A file cannot be read.
pub fn run_file(
    path: &Path,
    wanted: impl Fn(&str, &str) -> bool,
    coverages: &mut Coverages,
) -> anyhow::Result<FileResult> {
    let mut result = FileResult {
        name: path.display().to_string(),
        playbook: String::new(),
        outcome: Err(Diagnostics::default()),
    };
    let test = match playbook_files::read(path) {
        Ok(file) => TestFile::read(&file.name, &file.text),
        Err(error) => Err(not_text(error)?),
    };
    let test = match test {
        Ok(test) => test,
        Err(errors) => {
            result.outcome = Err(errors);
            return Ok(result);
        }
    };
    result.playbook = test.playbook_id().to_owned();
    let its = |name: &str| wanted(test.playbook_id(), name);
    if !test.names().any(its) {
        result.outcome = Ok(Vec::new());
        return Ok(result);
    }
    let mut errors = Diagnostics::default();
    let mut sources = Vec::new();
    for reference in test.references() {
        let playbook = path.parent().unwrap_or(Path::new("")).join(&reference.path);
        if !playbook.is_file() {
            errors.push(reference.missing());
            continue;
        }
        match playbook_files::read(&playbook) {
            Ok(source) => sources.push(SourceFile {
                name: tidy(&playbook).display().to_string(),
                ..source
            }),
            Err(error) => errors.extend(not_text(error)?),
        }
    }
    let set = match PlaybookSet::compile(&sources) {
        Ok((set, _)) => set,
        Err(more) => {
            errors.extend(more);
            result.outcome = Err(errors);
            return Ok(result);
        }
    };
    if errors.has_errors() {
        result.outcome = Err(errors);
        return Ok(result);
    }
    let outcomes = test.run_some(&set, its, coverages);
    result.outcome =
        Ok(outcomes.with_context(|| format!("`{}` names no playbook by its file's name", test.name))?);
    Ok(result)
}

/// `playbooks/tests/../a.yaml` as `playbooks/a.yaml`, for messages.
fn tidy(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut tidy, part| {
        match part {
            Component::ParentDir if matches!(tidy.components().next_back(), Some(Component::Normal(_))) => {
                tidy.pop();
            }
            part => tidy.push(part),
        }
        tidy
    })
}

/// What is wrong with a file that is no text; every other reason ends the run.
fn not_text(error: ReadError) -> Result<Diagnostics, ReadError> {
    match error {
        ReadError::NotText(diagnostic) => {
            let mut found = Diagnostics::default();
            found.push(*diagnostic);
            Ok(found)
        }
        error => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_without_detours() {
        for (path, shown) in [
            ("playbooks/tests/../a.yaml", "playbooks/a.yaml"),
            ("tests/../../a.yaml", "../a.yaml"),
            ("../a.yaml", "../a.yaml"),
            ("/../a.yaml", "/../a.yaml"),
        ] {
            assert_eq!(tidy(Path::new(path)), Path::new(shown));
        }
    }
}
