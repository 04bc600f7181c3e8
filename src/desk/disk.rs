//! A playbook beside what it was and what it may become: its former revision, the file on the disk of the process that is asked, and the
//! tests that lie beside that file, run. Behind the console's page of a playbook. Reads only; nothing is put in force.
//!
//! Reading files, running tests and comparing texts take a while: they are done away from the threads that others wait for, a few at
//! once, and what came of it is shared by all who look while the files are the same. A page that brings itself up to date begins none
//! of it: it is shown what was found last, with when that was.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use tokio::sync::Semaphore;

use crate::clock;
use crate::desk::unified::unified;
use crate::desk::words::short;
use crate::desk::{Desk, DeskError};
use crate::playbook::SourceFile;
use crate::store::views::RevisionView;

/// So much of a revision is shown.
const SHORT: usize = 12;
/// So many looks at files and comparisons are under way at once; the next ones wait.
const AT_ONCE: usize = 2;

/// The files of this process, and what was found of them last. Cheap to clone; all clones share what was found.
#[derive(Clone)]
pub struct Disk {
    look: Arc<Looking>,
    places: Arc<Semaphore>,
    seen: Arc<Mutex<BTreeMap<String, Seen>>>,
}

/// Looks at the files of the playbook with that id, reads them and runs its tests; or says why they cannot be read. `None`: they are as
/// they were under that stamp ([`OnDisk::stamp`]), and nothing was run.
pub type Looking = dyn Fn(&str, Option<&[u8]>) -> Result<Option<OnDisk>, String> + Send + Sync;

/// What was found last of one playbook. Whoever looks holds it meanwhile, so that the others have the same.
type Seen = Arc<tokio::sync::Mutex<Last>>;

#[derive(Debug, Default)]
struct Last {
    looked: Option<Arc<Looked>>,
    /// For one revision and one look.
    compared: Option<(Texts, Arc<Compared>)>,
}

/// A look at the files.
#[derive(Debug)]
struct Looked {
    /// When it began.
    at: Timestamp,
    found: Result<OnDisk, String>,
}

/// What is compared: the text that is shown, and the revision before it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Texts {
    shown: String,
    /// Its revision and its text.
    former: Option<(String, String)>,
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

/// The files of one playbook.
#[derive(Clone, Debug, Default)]
pub struct OnDisk {
    /// What all that was read says, hashed: equal ones are equal files.
    pub stamp: Vec<u8>,
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
    /// When the files were looked at and the tests run.
    pub looked_at: Timestamp,
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

/// How much is done for whoever looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The files are looked at, and what differs from the last look is done anew.
    Now,
    /// What was found last is shown, however old; where nothing was, it is [`Look::Now`].
    AsFound,
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
        look: Look,
    ) -> Result<Arc<Compared>, DeskError> {
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
        let former = shown.and_then(|at| revisions.get(at + 1));
        let texts = Texts {
            shown: text,
            former: former.map(|former| (short(&former.revision, SHORT), former.text.clone())),
        };
        Ok(self.terms.disk.compared(id, texts, look).await)
    }
}

impl Disk {
    /// The files that are looked at so.
    pub fn new(look: Arc<Looking>) -> Self {
        Self {
            look,
            places: Arc::new(Semaphore::new(AT_ONCE)),
            seen: Arc::default(),
        }
    }

    /// The texts beside the files, as they are found now or were found last.
    async fn compared(&self, id: &str, texts: Texts, look: Look) -> Arc<Compared> {
        let its = self.seen_of(id);
        // Whoever comes meanwhile waits for this, and is told the same.
        let mut last = its.lock().await;
        let looked = match &last.looked {
            Some(looked) if look == Look::AsFound => Arc::clone(looked),
            before => self.look(id, before.clone()).await,
        };
        let is_same = last
            .looked
            .as_ref()
            .is_some_and(|before| Arc::ptr_eq(before, &looked));
        last.looked = Some(Arc::clone(&looked));
        match &last.compared {
            Some((of, compared)) if is_same && *of == texts => return Arc::clone(compared),
            _ => {}
        }
        let (against, found) = (texts.clone(), Arc::clone(&looked));
        let compared = self.aside(move || compare(&against, &found)).await;
        let compared = Arc::new(compared.unwrap_or_else(|why| Compared {
            former: None,
            disk: Err(why),
            tests: None,
            looked_at: looked.at,
        }));
        last.compared = Some((texts, Arc::clone(&compared)));
        compared
    }

    fn seen_of(&self, id: &str) -> Seen {
        // Nobody panics while it is held; what is there is whole.
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(seen.entry(id.to_owned()).or_default())
    }

    /// Looks; gives what was found before where the files are the same.
    async fn look(&self, id: &str, before: Option<Arc<Looked>>) -> Arc<Looked> {
        let (look, its, at) = (Arc::clone(&self.look), id.to_owned(), clock::now());
        let stamp = |looked: &Arc<Looked>| Some(looked.found.as_ref().ok()?.stamp.clone());
        let known = before.as_ref().and_then(stamp);
        let found = self.aside(move || look(&its, known.as_deref())).await;
        match (found.and_then(std::convert::identity), before) {
            (Ok(None), Some(before)) => before,
            (Ok(found), _) => Arc::new(Looked {
                at,
                found: Ok(found.unwrap_or_default()),
            }),
            (Err(why), _) => Arc::new(Looked { at, found: Err(why) }),
        }
    }

    /// Does it away from the threads that others wait for, once there is a place. The place is held to its end, also when whoever
    /// asked goes away.
    async fn aside<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
        let place = Arc::clone(&self.places).acquire_owned().await;
        let place = place.expect("nobody closes it");
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await
            .map_err(|_| "the look at the files broke off".to_owned())
    }
}

fn compare(texts: &Texts, looked: &Looked) -> Compared {
    let former = texts.former.as_ref().map(|(revision, former)| {
        let diff = unified(("before", Some(former)), ("shown", Some(&texts.shown)));
        (revision.clone(), diff)
    });
    let found = looked.found.as_ref();
    Compared {
        former,
        disk: found
            .map(|found| beside(found.file.as_ref(), &texts.shown))
            .map_err(Clone::clone),
        tests: found.ok().and_then(|found| found.tests.clone()),
        looked_at: looked.at,
    }
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
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn texts(shown: &str) -> Texts {
        Texts {
            shown: shown.to_owned(),
            former: Some(("0123".to_owned(), "former\n".to_owned())),
        }
    }

    /// Files that say what is in it, how often they were looked at, and how often their tests were run.
    #[derive(Clone, Default)]
    struct Files {
        says: Arc<Mutex<String>>,
        looks: Arc<AtomicUsize>,
        runs: Arc<AtomicUsize>,
    }

    impl Files {
        fn say(&self, text: &str) {
            text.clone_into(&mut self.says.lock().expect("nobody panics"));
        }

        fn disk(&self) -> Disk {
            let files = self.clone();
            Disk::new(Arc::new(move |_: &str, known: Option<&[u8]>| {
                files.looks.fetch_add(1, Ordering::SeqCst);
                let text = files.says.lock().expect("nobody panics").clone();
                if text == "broken" {
                    return Err("cannot be read".to_owned());
                }
                if known == Some(text.as_bytes()) {
                    return Ok(None);
                }
                files.runs.fetch_add(1, Ordering::SeqCst);
                let name = "p.yaml".to_owned();
                Ok(Some(OnDisk {
                    stamp: text.clone().into_bytes(),
                    file: Some(SourceFile { name, text }),
                    tests: None,
                }))
            }))
        }

        /// How often they were looked at, and their tests run.
        fn counted(&self) -> (usize, usize) {
            (
                self.looks.load(Ordering::SeqCst),
                self.runs.load(Ordering::SeqCst),
            )
        }
    }

    #[tokio::test]
    async fn tests_are_run_once_while_the_files_are_the_same_whoever_looks() {
        let files = Files::default();
        files.say("a\n");
        let disk = files.disk();
        let look = || disk.compared("p", texts("a\n"), Look::Now);
        let (first, second, third) = tokio::join!(look(), look(), look());
        assert_eq!(files.counted(), (3, 1));
        assert_eq!(first.disk, Ok(FileBeside::Same));
        assert!(Arc::ptr_eq(&first, &second) && Arc::ptr_eq(&second, &third));
        let other = disk.compared("p", texts("b\n"), Look::Now).await;
        assert!(matches!(other.disk, Ok(FileBeside::Differs(_))), "{other:?}");
        assert_eq!(files.counted().1, 1, "another revision beside the same files");
        files.say("b\n");
        let after = disk.compared("p", texts("b\n"), Look::Now).await;
        assert_eq!((&after.disk, files.counted().1), (&Ok(FileBeside::Same), 2));
    }

    #[tokio::test]
    async fn a_page_that_brings_itself_up_to_date_looks_at_no_file() {
        let files = Files::default();
        files.say("a\n");
        let disk = files.disk();
        let found = disk.compared("p", texts("a\n"), Look::AsFound).await;
        assert_eq!(files.counted(), (1, 1), "nothing was found yet");
        files.say("b\n");
        let again = disk.compared("p", texts("a\n"), Look::AsFound).await;
        assert!(Arc::ptr_eq(&found, &again));
        // What came into force meanwhile is shown beside what was found.
        let shown = disk.compared("p", texts("b\n"), Look::AsFound).await;
        assert!(matches!(shown.disk, Ok(FileBeside::Differs(_))), "{shown:?}");
        assert_eq!(files.counted(), (1, 1));
    }

    #[tokio::test]
    async fn files_that_cannot_be_read_are_looked_at_again() {
        let files = Files::default();
        files.say("broken");
        let disk = files.disk();
        let look = || disk.compared("p", texts("a\n"), Look::Now);
        assert_eq!(look().await.disk, Err("cannot be read".to_owned()));
        files.say("a\n");
        assert_eq!(look().await.disk, Ok(FileBeside::Same));
        files.say("broken");
        assert_eq!(look().await.disk, Err("cannot be read".to_owned()));
    }

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
