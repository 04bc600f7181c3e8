//! A playbook beside what it was and what it may become: its former revision, the file on the disk of the process that is asked, and the
//! tests that lie beside that file, run. Behind the console's page of a playbook. Reads only; nothing is put in force.

use std::fmt;
use std::sync::Arc;

use crate::desk::unified::unified;
use crate::desk::words::short;
use crate::desk::{Desk, DeskError};
use crate::playbook::SourceFile;
use crate::store::views::RevisionView;

/// So much of a revision is shown.
const SHORT: usize = 12;

/// Looks at the files of the process by a playbook's id. It may take a while: it reads files and runs tests.
#[derive(Clone)]
pub struct Disk(pub Arc<Looking>);

/// The files of that playbook, or why they cannot be read.
pub type Looking = dyn Fn(&str) -> Result<OnDisk, String> + Send + Sync;

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

/// The files of one playbook.
#[derive(Clone, Debug, Default)]
pub struct OnDisk {
    /// The playbook; none: there is no such file.
    pub file: Option<SourceFile>,
    /// Its tests; none: it has none.
    pub tests: Option<TestsOnDisk>,
}

/// The tests of a playbook, run with the files as they are.
#[derive(Clone, Debug)]
pub struct TestsOnDisk {
    /// Their file.
    pub file: String,
    /// What came of each.
    pub tests: Vec<TestTold>,
    /// Why none could be run.
    pub wrong: Option<String>,
}

/// What came of one test.
#[derive(Clone, Debug)]
pub struct TestTold {
    /// Its name.
    pub name: String,
    /// Where it stands, as `file:line`.
    pub at: String,
    /// Why it failed; none: it passed.
    pub failure: Option<String>,
}

/// A playbook beside its former revision and its file.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The revision before the one that is shown, and how they differ; none: it is the first.
    pub former: Option<(String, String)>,
    /// The file on disk beside the one that is shown; or why it cannot be read.
    pub disk: Result<FileBeside, String>,
    /// Its tests on disk; none: it has none, or they cannot be read.
    pub tests: Option<TestsOnDisk>,
}

/// How the file on disk stands to the text that is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileBeside {
    /// There is none.
    Missing,
    /// It is the same.
    Same,
    /// It differs so.
    Differs(String),
}

impl Desk {
    /// A playbook as it is in force, or at a revision, beside the revision before it and the file on disk.
    ///
    /// # Errors
    /// It never was in force, or Postgres is away.
    pub async fn playbook_compared(
        &self,
        id: &str,
        revision: Option<&RevisionView>,
    ) -> Result<Compared, DeskError> {
        let revisions = self.revisions_of(id).await?;
        let shown = match revision {
            Some(wanted) => revisions.iter().position(|one| one.revision == wanted.revision),
            None => revisions.iter().position(|one| one.is_active).or(Some(0)),
        };
        let text = match (revision, shown) {
            (Some(revision), _) => revision.text.clone(),
            (None, shown) => shown
                .and_then(|at| revisions.get(at))
                .map(|one| one.text.clone())
                .unwrap_or_default(),
        };
        let former = shown
            .and_then(|at| revisions.get(at + 1))
            .map(|former| former_of(former, &text));
        // Away from the threads that others wait for.
        let (look, its) = (self.terms.disk.0.clone(), id.to_owned());
        let looked = tokio::task::spawn_blocking(move || look(&its)).await;
        let looked = looked.unwrap_or_else(|_| Err("the look at the files broke off".to_owned()));
        Ok(match looked {
            Ok(found) => Compared {
                former,
                disk: Ok(beside(found.file.as_ref(), &text)),
                tests: found.tests,
            },
            Err(why) => Compared {
                former,
                disk: Err(why),
                tests: None,
            },
        })
    }
}

fn former_of(former: &RevisionView, text: &str) -> (String, String) {
    let diff = unified(("before", Some(&former.text)), ("shown", Some(text)));
    (short(&former.revision, SHORT), diff)
}

fn beside(file: Option<&SourceFile>, text: &str) -> FileBeside {
    match file {
        None => FileBeside::Missing,
        Some(file) if file.text == text => FileBeside::Same,
        Some(file) => FileBeside::Differs(unified(("shown", Some(text)), (&file.name, Some(&file.text)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_missing_the_same_or_differs() {
        let file = |text: &str| SourceFile {
            name: "p.yaml".to_owned(),
            text: text.to_owned(),
        };
        assert_eq!(beside(None, "a\n"), FileBeside::Missing);
        assert_eq!(beside(Some(&file("a\n")), "a\n"), FileBeside::Same);
        let differs = FileBeside::Differs("--- shown\n+++ p.yaml\n@@ -1 +1 @@\n-a\n+b\n".to_owned());
        assert_eq!(beside(Some(&file("b\n")), "a\n"), differs);
    }
}
