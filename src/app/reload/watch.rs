//! Tells when playbook files have changed and have come to rest. It looks at names, sizes, times and inodes every two
//! seconds, of thousands of files less often, rather than waiting for the system's notices: that sees writes in place, atomic renames and Kubernetes'
//! exchange of the `..data` link alike, and works on network file systems too (`docs/decisions/0009`).

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::app::playbook_files::PlaybookFiles;
use crate::clock::Monotonic;

/// The shortest time between two looks.
pub const EVERY: Duration = Duration::from_secs(2);
/// A look may take this part of the time at most: 10,000 files are looked at every ten seconds or so.
const SHARE: u32 = 500;

/// What the system says of the files at one moment, in short; equal ones mean unchanged files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(Result<(usize, u64), String>);

#[derive(Hash)]
struct FileMark<'a> {
    path: &'a Path,
    /// Device and inode of the file itself, behind all links.
    inode: (u64, u64),
    size: u64,
    modified: (i64, i64),
    /// Of contents, name or rights: seen even when a copy keeps the time of its original.
    changed: (i64, i64),
}

impl Fingerprint {
    /// Of a directory's playbooks, or of one file.
    pub fn of(path: &Path) -> Self {
        let files = PlaybookFiles::find(&[path.to_owned()]).map_err(|error| error.to_string());
        Self(files.and_then(|files| {
            let mut sum = DefaultHasher::new();
            for file in &files.playbooks {
                mark(file)?.hash(&mut sum);
            }
            Ok((files.playbooks.len(), sum.finish()))
        }))
    }
}

fn mark(path: &Path) -> Result<FileMark<'_>, String> {
    let data = fs::metadata(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(FileMark {
        path,
        inode: (data.dev(), data.ino()),
        size: data.size(),
        modified: (data.mtime(), data.mtime_nsec()),
        changed: (data.ctime(), data.ctime_nsec()),
    })
}

/// What a look has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The files as they were taken.
    Same,
    /// Other files, which may still be being written.
    Moving,
    /// Other files, the same at two looks: time to take them.
    Settled,
}

/// Compares one look with the other.
#[derive(Clone, Debug)]
pub struct Watch {
    taken: Fingerprint,
    last: Fingerprint,
}

impl Watch {
    /// Begins with files that were taken.
    pub fn new(taken: Fingerprint) -> Self {
        Self {
            last: taken.clone(),
            taken,
        }
    }

    /// Compares a look with the one before.
    pub fn look(&mut self, now: Fingerprint) -> Seen {
        let at_rest = now == self.last;
        self.last = now;
        match self.last == self.taken {
            true => Seen::Same,
            false if at_rest => Seen::Settled,
            false => Seen::Moving,
        }
    }

    /// These files were read, whatever came of it: they are not looked into again.
    pub fn taken(&mut self, fingerprint: Fingerprint) {
        self.taken = fingerprint;
    }
}

/// Looks, away from the threads that others wait for; gives also how long to wait before the next look.
pub async fn look(path: PathBuf) -> (Fingerprint, Duration) {
    let looked = tokio::task::spawn_blocking(move || {
        let began = Monotonic::now();
        let fingerprint = Fingerprint::of(&path);
        (fingerprint, EVERY.max(began.elapsed() * SHARE))
    });
    let failed = |error: tokio::task::JoinError| (Fingerprint(Err(error.to_string())), EVERY);
    looked.await.unwrap_or_else(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    struct Folder(tempfile::TempDir);

    impl Folder {
        fn new() -> Self {
            Self(tempfile::tempdir().expect("a temporary folder can be made"))
        }

        fn at(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn write(&self, name: &str, text: &str) {
            fs::write(self.at(name), text).expect("the folder is ours");
        }

        fn look(&self) -> Fingerprint {
            Fingerprint::of(self.0.path())
        }
    }

    #[test]
    fn a_change_is_taken_once_it_is_seen_alike_twice() {
        let folder = Folder::new();
        folder.write("a.yaml", "id: a");
        let mut watch = Watch::new(folder.look());
        assert_eq!(watch.look(folder.look()), Seen::Same);
        folder.write("a.yaml", "id: a\ntitle: half");
        assert_eq!(watch.look(folder.look()), Seen::Moving);
        folder.write("a.yaml", "id: a\ntitle: half written");
        assert_eq!(watch.look(folder.look()), Seen::Moving, "it still moves");
        let settled = folder.look();
        assert_eq!(watch.look(settled.clone()), Seen::Settled);
        assert_eq!(watch.look(settled.clone()), Seen::Settled, "until it is taken");
        watch.taken(settled);
        assert_eq!(watch.look(folder.look()), Seen::Same, "once is enough");
    }

    #[test]
    fn an_atomic_rename_of_equal_size_and_time_is_seen() {
        let folder = Folder::new();
        folder.write("a.yaml", "mode: observe");
        let before = folder.look();
        folder.write(".new", "mode: enforce");
        let time = fs::metadata(folder.at("a.yaml"))
            .and_then(|data| data.modified())
            .expect("the file is there");
        let file = fs::File::options()
            .append(true)
            .open(folder.at(".new"))
            .expect("it is ours");
        file.set_modified(time).expect("times can be set");
        assert_eq!(folder.look(), before, "a hidden file is none of ours");
        fs::rename(folder.at(".new"), folder.at("a.yaml")).expect("the folder is ours");
        assert_ne!(folder.look(), before);
    }

    #[test]
    fn the_exchange_of_kubernetes_link_is_seen() {
        let folder = Folder::new();
        for version in ["..v1", "..v2"] {
            fs::create_dir(folder.at(version)).expect("the folder is ours");
            folder.write(&format!("{version}/a.yaml"), "id: a");
        }
        symlink("..v1", folder.at("..data")).expect("links can be made");
        symlink("..data/a.yaml", folder.at("a.yaml")).expect("links can be made");
        let before = folder.look();
        symlink("..v2", folder.at("..data_tmp")).expect("links can be made");
        fs::rename(folder.at("..data_tmp"), folder.at("..data")).expect("the folder is ours");
        assert_ne!(folder.look(), before);
    }

    #[test]
    fn what_is_no_playbook_is_not_looked_at_and_what_is_gone_is_seen() {
        let folder = Folder::new();
        folder.write("a.yaml", "id: a");
        let before = folder.look();
        folder.write("notes.txt", "x");
        folder.write("a.test.yaml", "x");
        assert_eq!(folder.look(), before);
        fs::remove_file(folder.at("a.yaml")).expect("it is there");
        assert_ne!(folder.look(), before);
        assert_eq!(
            Fingerprint::of(&folder.at("nowhere")),
            Fingerprint::of(&folder.at("nowhere"))
        );
    }
}
