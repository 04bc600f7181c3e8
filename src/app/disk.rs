//! The playbook files of this process and their tests, as they are on its disk at this moment. [`super::terms`] hands it to the desk, for
//! the page of a playbook; nothing that decides reads it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::app::playbook_files::{self, PlaybookFiles};
use crate::app::playbook_tests::run_file;
use crate::desk::disk::{Disk, OnDisk, TestTold, TestsOnDisk};
use crate::playbook::test::{Coverages, TestFile};

/// What looks at the files below that path.
pub(super) fn disk(playbooks: &Path) -> Disk {
    let playbooks = playbooks.to_owned();
    Disk::new(Arc::new(move |id: &str, known: Option<&[u8]>| {
        look(&playbooks, id, known).map_err(|error| format!("{error:#}"))
    }))
}

/// The files of one playbook, and what its tests say; `None`: all is as it was under the stamp that is known. The id is only compared
/// with names of files that are there: it leads nowhere else.
fn look(playbooks: &Path, id: &str, known: Option<&[u8]>) -> anyhow::Result<Option<OnDisk>> {
    let files = PlaybookFiles::find(&[playbooks.to_owned()])?;
    let named = |path: &&PathBuf, ends: [&str; 2]| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        ends.iter().any(|end| name.strip_suffix(end) == Some(id))
    };
    let file = files.playbooks.iter().find(|path| named(path, [".yaml", ".yml"]));
    let tests = files
        .tests
        .iter()
        .find(|path| named(path, [".test.yaml", ".test.yml"]));
    let stamp = stamp(file, tests)?;
    if known == Some(stamp.as_slice()) {
        return Ok(None);
    }
    Ok(Some(OnDisk {
        stamp,
        file: file.map(|path| playbook_files::read(path)).transpose()?,
        tests: tests.map(|path| told(path)).transpose()?,
    }))
}

/// What the playbook, its tests and the playbooks that these name say, hashed. What is written while the tests run is seen at the next
/// look.
fn stamp(file: Option<&PathBuf>, tests: Option<&PathBuf>) -> anyhow::Result<Vec<u8>> {
    let mut hash = Sha256::new();
    let mut take = |path: &Path| -> anyhow::Result<String> {
        // What cannot be read is told by whoever needs it.
        let text = playbook_files::read(path).map_or_else(|error| error.to_string(), |file| file.text);
        for part in [path.as_os_str().as_encoded_bytes(), text.as_bytes()] {
            hash.update(u64::try_from(part.len())?.to_be_bytes());
            hash.update(part);
        }
        Ok(text)
    };
    if let Some(file) = file {
        take(file)?;
    }
    if let Some(tests) = tests {
        let text = take(tests)?;
        let named = TestFile::read(&tests.display().to_string(), &text);
        for reference in named.iter().flat_map(|test| test.references()) {
            take(&tests.parent().unwrap_or(Path::new("")).join(&reference.path))?;
        }
    }
    Ok(hash.finalize().to_vec())
}

fn told(path: &Path) -> anyhow::Result<TestsOnDisk> {
    let result = run_file(path, |_, _| true, &mut Coverages::new())?;
    let (tests, wrong) = match result.outcome {
        Ok(outcomes) => {
            let tests = outcomes.into_iter().map(|one| TestTold {
                name: one.name,
                at: one.at,
                failure: one.failure.map(|failure| failure.to_string()),
            });
            (tests.collect(), None)
        }
        Err(wrong) => (Vec::new(), Some(wrong.render(false))),
    };
    Ok(TestsOnDisk {
        file: result.name,
        tests,
        wrong,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn found(playbooks: &Path, id: &str) -> OnDisk {
        let found = look(playbooks, id, None).expect("the folder can be read");
        found.expect("nothing was known of it")
    }

    #[test]
    fn a_shipped_playbook_is_found_with_its_tests_and_no_other_file_is() {
        let playbooks = Path::new("playbooks");
        let shipped = PlaybookFiles::find(&[playbooks.to_owned()]).expect("they are shipped");
        let first = shipped.tests.first().expect("they have tests");
        let name = first.file_name().expect("it is a file").to_string_lossy();
        let id = name.trim_end_matches(".test.yaml");
        let its = found(playbooks, id);
        assert!(its.file.is_some_and(|file| file.text.contains("id:")), "{id}");
        let tests = its.tests.expect("it has tests");
        assert!(!tests.tests.is_empty() && tests.wrong.is_none(), "{tests:?}");
        assert!(tests.tests.iter().all(|test| test.failure.is_none()), "{tests:?}");
        for id in ["nobody", "../Cargo", "tests/x", ""] {
            let none = found(playbooks, id);
            assert!(none.file.is_none() && none.tests.is_none(), "{id}");
        }
    }

    #[test]
    fn tests_are_run_anew_when_they_their_playbook_or_one_that_they_name_changes() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let write = |name: &str, text: &str| {
            fs::write(folder.path().join(name), text).expect("the folder is ours");
        };
        fs::create_dir(folder.path().join("tests")).expect("the folder is ours");
        let (shipped, id) = (Path::new("playbooks"), "ransomware-restrict");
        let text = |path: PathBuf| fs::read_to_string(path).expect("it is shipped");
        let playbook = text(shipped.join(format!("{id}.yaml")));
        let tests = text(shipped.join(format!("tests/{id}.test.yaml")));
        let (file, test_file) = (format!("{id}.yaml"), format!("tests/{id}.test.yaml"));
        write(&file, &playbook);
        write(&test_file, &tests);
        let mut known = found(folder.path(), id).stamp;
        let is_same = |known: &[u8]| {
            let again = look(folder.path(), id, Some(known)).expect("the folder can be read");
            again.is_none()
        };
        assert!(is_same(&known));
        write("another.yaml", &playbook);
        assert!(is_same(&known), "nothing of it is read");
        for (name, changed) in [
            (&file, format!("{playbook}# changed\n")),
            (&test_file, format!("{tests}# changed\n")),
        ] {
            write(name, &changed);
            assert!(!is_same(&known), "{name}");
            known = found(folder.path(), id).stamp;
        }
        fs::remove_file(folder.path().join(&file)).expect("it is there");
        assert!(!is_same(&known));
    }
}
