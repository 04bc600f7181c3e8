//! Secrets of sources, read anew when their files change, so that they can be changed without a restart.
//!
//! Called by [`crate::web::proof`] for every request; the files are looked at (not read) once a second at most. A file that went
//! away, or that holds no secret, is no key any more: taking a key away must work. While one is in that state, a request that
//! no other key fits is answered as "try again", not as forged, since a file that is just being written looks the same.

use std::fmt;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use secrecy::{ExposeSecret as _, SecretString};

use crate::clock::Monotonic;

/// How long a look at the files holds.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Reads a secret; the error is in the operator's words and holds nothing of it.
pub type ReadSecret = Arc<dyn Fn() -> Result<SecretString, String> + Send + Sync>;

/// A file with one secret.
#[derive(Clone)]
pub struct KeyFile {
    /// Where it is: a change there is a change of the secret.
    pub path: PathBuf,
    /// How it is read.
    pub read: ReadSecret,
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyFile({})", self.path.display())
    }
}

/// The keys of one source.
pub(super) struct Keys<K> {
    files: Vec<KeyFile>,
    make: fn(&str) -> Result<K, String>,
    held: ArcSwap<Held<K>>,
    looked: Mutex<Option<Monotonic>>,
    every: Duration,
}

/// What the files hold.
pub(super) struct Held<K> {
    /// Those that could be read.
    pub keys: Vec<K>,
    /// Some file holds none at the moment.
    pub is_lacking: bool,
    stamps: Vec<Option<Stamp>>,
}

/// What changes whenever a file's content does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    size: u64,
    modified: (i64, i64),
    changed: (i64, i64),
}

impl Stamp {
    /// The stamp of a file; `None`: there is none that can be looked at.
    pub fn of(path: &Path) -> Option<Self> {
        let about = std::fs::metadata(path).ok()?;
        Some(Self {
            inode: about.ino(),
            size: about.len(),
            modified: (about.mtime(), about.mtime_nsec()),
            changed: (about.ctime(), about.ctime_nsec()),
        })
    }
}

impl<K> Keys<K> {
    /// The keys of these files; `make` judges a secret and brings it into the form that is compared. Nothing is read before it is
    /// needed: what is wrong with the secrets of one source keeps nothing else from starting.
    pub fn new(files: Vec<KeyFile>, make: fn(&str) -> Result<K, String>) -> Self {
        let held = Held {
            keys: Vec::new(),
            is_lacking: false,
            stamps: vec![None; files.len()],
        };
        Self {
            files,
            make,
            held: ArcSwap::from_pointee(held),
            looked: Mutex::new(None),
            every: LOOK_EVERY,
        }
    }

    /// Whether every file holds a key now.
    ///
    /// # Errors
    /// One cannot be read or holds no such key, in the operator's words.
    pub fn judge(&self) -> Result<(), String> {
        self.files
            .iter()
            .try_for_each(|file| key_of(file, self.make).map(drop))
    }

    /// Looks at the files at every call.
    #[cfg(test)]
    pub fn always_fresh(mut self) -> Self {
        self.every = Duration::ZERO;
        self
    }

    /// What holds now.
    pub fn now(&self) -> Arc<Held<K>> {
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if looked.is_none_or(|at| at.elapsed() >= self.every) {
            *looked = Some(Monotonic::now());
            // Before they are read: what changes meanwhile has another stamp at the next look.
            let stamps: Vec<_> = self.files.iter().map(|file| Stamp::of(&file.path)).collect();
            let held = self.held.load();
            // What could not be read once is tried again, whether or not its file has changed.
            if stamps != held.stamps || stamps.contains(&None) || held.is_lacking {
                self.read(stamps);
            }
        }
        drop(looked);
        self.held.load_full()
    }

    fn read(&self, stamps: Vec<Option<Stamp>>) {
        let before = self.held.load();
        let mut keys = Vec::new();
        let mut is_lacking = false;
        for (index, (file, stamp)) in self.files.iter().zip(&stamps).enumerate() {
            match key_of(file, self.make) {
                Ok(key) => keys.push(key),
                Err(error) => {
                    is_lacking = true;
                    // Once for each state that it is found in.
                    if before.stamps[index] != *stamp || !before.is_lacking {
                        tracing::error!(
                            error,
                            "a key of a source cannot be used, and opens nothing until it can"
                        );
                    }
                }
            }
        }
        self.held.store(Arc::new(Held {
            keys,
            is_lacking,
            stamps,
        }));
    }
}

fn key_of<K>(file: &KeyFile, make: fn(&str) -> Result<K, String>) -> Result<K, String> {
    let secret = (file.read)()?;
    make(secret.expose_secret()).map_err(|why| format!("the secret in `{}` {why}", file.path.display()))
}

impl<K> fmt::Debug for Keys<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Keys").field(&self.files).finish()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A file whose text is the secret.
    pub(in crate::web) fn plain(path: &Path) -> KeyFile {
        let of = path.to_owned();
        KeyFile {
            path: path.to_owned(),
            read: Arc::new(move || {
                let text = std::fs::read_to_string(&of).map_err(|error| error.to_string())?;
                Ok(SecretString::from(text.trim_end()))
            }),
        }
    }

    fn word(text: &str) -> Result<String, String> {
        match text {
            "" => Err("is empty".to_owned()),
            text => Ok(text.to_owned()),
        }
    }

    #[test]
    fn a_key_that_could_not_be_read_once_is_read_again_though_its_file_is_the_same() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let path = directory.path().join("one");
        std::fs::write(&path, "secret").expect("it can be written");
        let tries = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let file = KeyFile {
            path,
            read: Arc::new(
                move || match tries.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
                    0 => Err("too many open files".to_owned()),
                    _ => Ok(SecretString::from("secret")),
                },
            ),
        };
        let keys = Keys::new(vec![file], word).always_fresh();
        assert!(keys.now().is_lacking);
        let held = keys.now();
        assert!(!held.is_lacking);
        assert_eq!(held.keys, ["secret"]);
    }

    #[test]
    fn keys_follow_their_files_and_one_that_is_gone_opens_nothing() {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let (one, two) = (directory.path().join("one"), directory.path().join("two"));
        let write = |path: &Path, text: &str| std::fs::write(path, text).expect("it can be written");
        write(&one, "old");
        let keys = Keys::new(vec![plain(&one), plain(&two)], word).always_fresh();
        assert!(keys.judge().is_err(), "a file is missing");
        write(&two, "other");
        assert_eq!(keys.judge(), Ok(()));
        let check = |expected: &[&str], is_lacking: bool| {
            let held = keys.now();
            assert_eq!(
                (held.keys.as_slice(), held.is_lacking),
                (
                    expected
                        .iter()
                        .map(|k| (*k).to_owned())
                        .collect::<Vec<_>>()
                        .as_slice(),
                    is_lacking
                )
            );
        };
        check(&["old", "other"], false);
        write(&one, "renewed");
        check(&["renewed", "other"], false);
        write(&two, "");
        check(&["renewed"], true);
        std::fs::remove_file(&one).expect("it is there");
        check(&[], true);
        write(&one, "back");
        write(&two, "too");
        check(&["back", "too"], false);
    }

    #[test]
    fn the_files_are_looked_at_once_a_second_at_most() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        std::fs::write(file.path(), "old").expect("it can be written");
        let keys = Keys::new(vec![plain(file.path())], word);
        assert_eq!(keys.now().keys, ["old"]);
        std::fs::write(file.path(), "renewed").expect("it can be written");
        assert_eq!(keys.now().keys, ["old"]);
    }
}
