//! Finds and reads playbook and test files for `quell check` and `quell test`. What is in them is none of its
//! business.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::playbook::SourceFile;
use crate::yaml::{Diagnostic, MAX_BYTES, not_text};

/// The files of some paths, sorted by name.
#[derive(Clone, Debug, Default)]
pub struct PlaybookFiles {
    /// Playbooks: `*.yaml` and `*.yml`.
    pub playbooks: Vec<PathBuf>,
    /// Tests: `*.test.yaml` and `*.test.yml`.
    pub tests: Vec<PathBuf>,
}

/// A file or folder that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system says no.
    #[error("cannot read `{}`", path.display())]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Not text.
    #[error("{0}")]
    NotText(Box<Diagnostic>),
}

impl PlaybookFiles {
    /// Finds the files of folders, and takes files as they are. Of a folder come the files directly in it, as the daemon
    /// takes them, and the tests in its folder `tests`; names that begin with a dot are passed over. A link that leads nowhere
    /// is found too, so that whoever reads it tells, and the other files as well.
    ///
    /// # Errors
    /// A path that cannot be read.
    pub fn find(paths: &[PathBuf]) -> Result<Self, ReadError> {
        let mut files = Self::default();
        for path in paths {
            if !metadata(path)?.is_dir() {
                files.add(path.clone());
                continue;
            }
            for file in yaml_files(path)? {
                files.add(file);
            }
            let tests = path.join("tests");
            if tests.is_dir() {
                yaml_files(&tests)?
                    .into_iter()
                    .filter(|file| is_test(file))
                    .for_each(|file| files.add(file));
            }
        }
        for found in [&mut files.playbooks, &mut files.tests] {
            found.sort();
            found.dedup();
        }
        Ok(files)
    }

    fn add(&mut self, path: PathBuf) {
        if is_test(&path) {
            self.tests.push(path)
        } else {
            self.playbooks.push(path)
        }
    }
}

fn metadata(path: &Path) -> Result<fs::Metadata, ReadError> {
    fs::metadata(path).map_err(|source| ReadError::Io {
        path: path.to_owned(),
        source,
    })
}

fn yaml_files(folder: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let io = |source| ReadError::Io {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
        if is_yaml && !name.starts_with('.') && !entry.path().is_dir() {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// Reads one file. Of a file that is too large only so much is read that its parser sees it.
///
/// # Errors
/// The file cannot be read or is not text.
pub fn read(path: &Path) -> Result<SourceFile, ReadError> {
    let io = |source| ReadError::Io {
        path: path.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    fs::File::open(path)
        .map_err(io)?
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    let name = path.display().to_string();
    let text = if bytes.len() > MAX_BYTES {
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        String::from_utf8(bytes).map_err(|error| ReadError::NotText(Box::new(not_text(&name, &error))))?
    };
    Ok(SourceFile { name, text })
}

/// Whether a file holds tests, by its name.
pub fn is_test(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.ends_with(".test.yaml") || name.ends_with(".test.yml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_files_and_its_tests_and_no_hidden_names() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let at = |name: &str| folder.path().join(name);
        for name in ["tests", "other", "..data", ".schema"] {
            fs::create_dir(at(name)).expect("a folder can be made");
        }
        for name in [
            "b.yaml",
            "a.yml",
            "notes.txt",
            "tests/a.test.yaml",
            "tests/helper.yaml",
            "other/x.yaml",
            "..data/b.yaml",
            ".hidden.yaml",
            ".schema/playbook.v1.json",
            ".schema/z.yaml",
        ] {
            fs::write(at(name), "id: x\n").expect("a file can be written");
        }
        let files = PlaybookFiles::find(&[folder.path().to_owned()]).expect("the folder can be read");
        assert_eq!(files.playbooks, [at("a.yml"), at("b.yaml")]);
        assert_eq!(files.tests, [at("tests/a.test.yaml")]);
        std::os::unix::fs::symlink("nowhere.yaml", at("link.yaml")).expect("a link can be made");
        let files = PlaybookFiles::find(&[folder.path().to_owned()]).expect("the folder can be read");
        assert_eq!(files.playbooks, [at("a.yml"), at("b.yaml"), at("link.yaml")]);
        assert!(read(&at("link.yaml")).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let missing = folder.path().join("missing.yaml");
        let error = PlaybookFiles::find(std::slice::from_ref(&missing)).expect_err("the file is missing");
        assert!(error.to_string().contains("missing.yaml"));
        let binary = folder.path().join("binary.yaml");
        fs::write(&binary, b"id: x\ntitle: caf\xe9\n").expect("a file can be written");
        let Err(ReadError::NotText(diagnostic)) = read(&binary) else {
            panic!("this is Latin 1")
        };
        assert_eq!(
            (diagnostic.code.id(), diagnostic.line, diagnostic.column),
            ("E340", 2, 11)
        );
    }

    #[test]
    fn of_a_huge_file_only_the_beginning_is_read() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let huge = folder.path().join("huge.yaml");
        fs::write(&huge, "é".repeat(MAX_BYTES)).expect("a file can be written");
        let file = read(&huge).expect("the file can be read");
        assert!(file.text.len() > MAX_BYTES && file.text.len() < MAX_BYTES + 8);
    }
}
