//! Reads and checks files for `quell check`: playbooks as one set, tests, and both together. Every error of every file
//! comes in one run, so a file that cannot be read does not keep the others from being checked.
//!
//! Called by [`super`] and by the test that runs the examples of `explain-code`. It prints nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::app::playbook_files::{self, PlaybookFiles, ReadError};
use crate::app::reload::load::Around;
use crate::config::{Config, ConfigError};
use crate::playbook::test::TestFile;
use crate::playbook::{PlaybookSet, SourceFile, lint};
use crate::yaml::{Diagnostic, Diagnostics};

/// What was found in some files.
#[derive(Debug, Default)]
pub(in crate::cli) struct Examined {
    /// The playbooks that were read, in the order of their names.
    pub playbooks: Vec<String>,
    /// The test files that were read, in the order of their names.
    pub tests: Vec<String>,
    /// Errors and warnings, by file and place.
    pub found: Diagnostics,
    /// Files and folders that could not be read, with the reason.
    pub unreadable: Vec<String>,
}

impl Examined {
    /// What was found in each file that was looked at, with an entry for each file in which nothing was found.
    pub(super) fn by_file(&self) -> BTreeMap<&str, Vec<&Diagnostic>> {
        let files = self.playbooks.iter().chain(&self.tests);
        let mut by_file: BTreeMap<&str, Vec<&Diagnostic>> =
            files.map(|file| (file.as_str(), Vec::new())).collect();
        for diagnostic in self.found.iter() {
            by_file
                .entry(diagnostic.file.as_str())
                .or_default()
                .push(diagnostic);
        }
        by_file
    }

    fn unreadable(&mut self, error: impl Into<anyhow::Error>) {
        self.unreadable.push(format!("{:#}", error.into()));
    }

    fn read(&mut self, paths: &[PathBuf]) -> Vec<SourceFile> {
        let mut files = Vec::new();
        for path in paths {
            match playbook_files::read(path) {
                Ok(file) => files.push(file),
                Err(ReadError::NotText(diagnostic)) => self.found.push(*diagnostic),
                Err(error) => self.unreadable(error),
            }
        }
        files
    }
}

/// Checks the files of some paths. With a configuration, what its `never` makes of the playbooks is checked too.
pub(in crate::cli) fn examine(paths: &[PathBuf], config: Option<&Path>) -> Examined {
    let mut examined = Examined::default();
    let mut files = PlaybookFiles::default();
    for path in paths {
        match PlaybookFiles::find(std::slice::from_ref(path)) {
            Ok(found) => {
                files.playbooks.extend(found.playbooks);
                files.tests.extend(found.tests);
            }
            Err(error) => examined.unreadable(error),
        }
    }
    for found in [&mut files.playbooks, &mut files.tests] {
        found.sort();
        found.dedup();
    }
    let names = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect();
    (examined.playbooks, examined.tests) = (names(&files.playbooks), names(&files.tests));
    let tests = examined.read(&files.tests);
    let tested = check_tests(&tests, &mut examined.found);
    let playbooks = examined.read(&files.playbooks);
    match PlaybookSet::compile(&playbooks) {
        Ok((set, warnings)) => {
            examined.found.extend(warnings);
            // One file by itself says nothing about whether it has a test.
            if paths.iter().any(|path| path.is_dir()) {
                let is_tested = |file: &str| tested.contains(&real(Path::new(file)));
                examined.found.extend(lint::lint_untested(&set, &is_tested));
            }
            if let Some(config) = config {
                check_shadowed(&set, config, &mut examined);
            }
        }
        Err(errors) => examined.found.extend(errors),
    }
    examined.found.sort();
    examined
}

/// Checks test files, and gives the files of the playbooks that they test: another folder may have one of the same name.
fn check_tests(files: &[SourceFile], found: &mut Diagnostics) -> BTreeSet<PathBuf> {
    let mut tested = BTreeSet::new();
    for file in files {
        match TestFile::read(&file.name, &file.text) {
            Ok(test) => {
                let folder = Path::new(&test.name).parent().unwrap_or(Path::new(""));
                for reference in test.references() {
                    if !folder.join(&reference.path).is_file() {
                        found.push(reference.missing());
                    }
                }
                // The first is the one under test.
                let playbook = test.references().next().map(|reference| &reference.path);
                tested.extend(playbook.map(|path| real(&folder.join(path))));
            }
            Err(errors) => found.extend(errors),
        }
    }
    tested
}

/// The file itself, however its path is written; the path as it is where nothing is there.
fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}

fn check_shadowed(set: &PlaybookSet, config: &Path, examined: &mut Examined) {
    match Config::load(config) {
        Ok(loaded) => examined.found.extend(Around::of(&loaded.config).lint(set)),
        Err(ConfigError::Invalid(errors)) => examined.found.extend(errors),
        Err(error) => examined.unreadable(error),
    }
}
