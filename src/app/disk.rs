//! The playbook files of this process and their tests, as they are on its disk at this moment. [`super::terms`] hands it to the desk, for
//! the page of a playbook; nothing that decides reads it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::app::playbook_files::{self, PlaybookFiles};
use crate::app::playbook_tests::run_file;
use crate::desk::disk::{Disk, OnDisk, TestTold, TestsOnDisk};
use crate::playbook::test::Coverages;

/// What looks at the files below that path.
pub(super) fn disk(playbooks: &Path) -> Disk {
    let playbooks = playbooks.to_owned();
    Disk(Arc::new(move |id: &str| {
        look(&playbooks, id).map_err(|error| format!("{error:#}"))
    }))
}

/// The files of one playbook. Its id is only compared with names of files that are there: it leads nowhere else.
fn look(playbooks: &Path, id: &str) -> anyhow::Result<OnDisk> {
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
    Ok(OnDisk {
        file: file.map(|path| playbook_files::read(path)).transpose()?,
        tests: tests.map(|path| told(path)).transpose()?,
    })
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
    use super::*;

    #[test]
    fn a_shipped_playbook_is_found_with_its_tests_and_no_other_file_is() {
        let disk = disk(Path::new("playbooks"));
        let shipped = PlaybookFiles::find(&[PathBuf::from("playbooks")]).expect("they are shipped");
        let first = shipped.tests.first().expect("they have tests");
        let name = first.file_name().expect("it is a file").to_string_lossy();
        let id = name.trim_end_matches(".test.yaml");
        let found = (disk.0)(id).expect("it can be read");
        assert!(found.file.is_some_and(|file| file.text.contains("id:")), "{id}");
        let tests = found.tests.expect("it has tests");
        assert!(!tests.tests.is_empty() && tests.wrong.is_none(), "{tests:?}");
        assert!(tests.tests.iter().all(|test| test.failure.is_none()), "{tests:?}");
        for id in ["nobody", "../Cargo", "tests/x", ""] {
            let none = (disk.0)(id).expect("the folder can be read");
            assert!(none.file.is_none() && none.tests.is_none(), "{id}");
        }
    }
}
