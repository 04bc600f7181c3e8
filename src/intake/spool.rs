//! A directory into which others put files of alerts: what lies there, what a file holds piece by piece, and where it goes when it is
//! done with. `worker::intake::directory` calls it, from a thread that may wait.
//!
//! It never follows a symbolic link, never waits for a pipe, and holds at most one batch of a file of lines, or one file of another kind.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};

/// The most bytes of one line.
const LINE_BYTES: u64 = 8 * 1024 * 1024;
/// The most bytes of lines that are taken at once, unless one has more.
const BATCH_BYTES: usize = 4 * 1024 * 1024;
/// How much of a line that is too long is kept.
const KEPT: usize = 65_536;

/// What is called after a refused file, and says why it is.
const REASON: &str = ".reason";
/// The most bytes of a name on the file systems of Linux.
const NAME_BYTES: usize = 255;

/// What becomes of a file whose alerts are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Done {
    /// It is moved to `done/`.
    #[default]
    Move,
    /// It is deleted.
    Delete,
}

/// A directory of that kind.
#[derive(Clone, Debug)]
pub struct Spool {
    /// The directory.
    pub path: PathBuf,
    /// What becomes of a file whose alerts are stored.
    pub done: Done,
    /// A file that is not one record a line is read as a whole; the most bytes that it may have.
    pub max_bytes: u64,
}

/// What a file looks like from outside. While nobody writes to it, it stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    inode: u64,
    size: u64,
    modified: (i64, i64),
}

/// What lies there under a name that is ours to take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file.
    File(Stamp),
    /// Something else, which is refused: what it is.
    Other(&'static str),
}

/// A file that is being read.
#[derive(Debug)]
pub struct Opened {
    name: OsString,
    reader: BufReader<File>,
    stamp: Stamp,
    /// What it holds, in short: sha256 over all of it. Under another name, and after a restart, it is still the same file.
    pub hash: String,
    /// Whether it holds one record a line, and is read in pieces.
    pub is_lines: bool,
}

/// Why a file is not opened.
#[derive(Debug)]
pub enum Unopened {
    /// It is not there any more, or another one is: look again.
    Gone,
    /// It is refused, and why.
    Refused(String),
    /// It cannot be read now.
    Failed(io::Error),
}

/// Some lines of a file.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// Their bytes.
    pub bytes: Vec<u8>,
    /// Where the next one begins.
    pub next: u64,
    /// In place of lines: the beginning of one that is too long.
    pub too_long: Option<Vec<u8>>,
}

impl Stamp {
    fn of(about: &Metadata) -> Self {
        Self {
            device: about.dev(),
            inode: about.ino(),
            size: about.size(),
            modified: (about.mtime(), about.mtime_nsec()),
        }
    }

    /// Whether nothing is in it yet.
    pub fn is_empty(&self) -> bool {
        self.size == 0
    }
}

impl Spool {
    /// What lies there to be taken, by name: names that end in `.json`, `.ndjson` or `.jsonl` and do not begin with a dot.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn look(&self) -> io::Result<Vec<(OsString, Found)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let name = entry.file_name();
            if !is_ours(&name) {
                continue;
            }
            // Of the link itself, not of what it points to.
            let about = match entry.metadata() {
                Ok(about) => about,
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let kind = about.file_type();
            found.push((
                name,
                match kind.is_file() {
                    true => Found::File(Stamp::of(&about)),
                    false if kind.is_symlink() => Found::Other("a symbolic link, and links are not followed"),
                    false if kind.is_dir() => Found::Other("a directory"),
                    false => Found::Other("no file"),
                },
            ));
        }
        found.sort_by(|(a, _), (b, _)| a.cmp(b));
        Ok(found)
    }

    /// Opens a file that was found, and reads it once for its hash.
    ///
    /// # Errors
    /// [`Unopened`].
    pub fn open(&self, name: &OsStr, stamp: Stamp) -> Result<Opened, Unopened> {
        let gone = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Unopened::Gone,
            _ => Unopened::Failed(error),
        };
        let path = self.path.join(name);
        // Opening a pipe would wait for its other end.
        if !fs::symlink_metadata(&path).map_err(gone)?.file_type().is_file() {
            return Err(Unopened::Gone);
        }
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        // Since the look a link, or a pipe that would be waited for, may stand there: neither is opened, or read.
        let file = match rustix::fs::open(&path, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::LOOP) => return Err(Unopened::Gone),
            Err(error) => return Err(gone(error.into())),
        };
        // What was opened must be what was found: the name may lead elsewhere by now.
        if Stamp::of(&file.metadata().map_err(Unopened::Failed)?) != stamp {
            return Err(Unopened::Gone);
        }
        let is_lines = ends_in(name, &[".ndjson", ".jsonl"]);
        if !is_lines && stamp.size > self.max_bytes {
            let most = self.max_bytes;
            return Err(Unopened::Refused(format!(
                "too_large: {} bytes, and a file that is not one record a line may have {most}: write it as `.ndjson`, which is read in pieces",
                stamp.size
            )));
        }
        let mut opened = Opened {
            name: name.to_owned(),
            reader: BufReader::with_capacity(1 << 16, file),
            stamp,
            hash: String::new(),
            is_lines,
        };
        opened.hash = opened.sum().map_err(Unopened::Failed)?;
        Ok(opened)
    }

    /// Whether what was opened still lies where it was found: whoever else read it may have taken it away meanwhile.
    ///
    /// # Errors
    /// The directory cannot be read.
    pub fn is_there(&self, opened: &Opened) -> io::Result<bool> {
        match fs::symlink_metadata(self.path.join(&opened.name)) {
            Ok(about) => Ok(Stamp::of(&about) == opened.stamp),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Takes a file away whose alerts are stored.
    ///
    /// # Errors
    /// It cannot be moved or deleted; it stays where it is.
    pub fn finish(&self, opened: &Opened) -> io::Result<()> {
        match self.done {
            Done::Delete => fs::remove_file(self.path.join(&opened.name)),
            Done::Move => self.move_to(&self.below("done")?, &opened.name).map(drop),
        }
    }

    /// Moves what is refused to `refused/`, with a file beside it that says why.
    ///
    /// # Errors
    /// It cannot be moved; it stays where it is.
    pub fn refuse(&self, name: &OsStr, reason: &str) -> io::Result<()> {
        let refused = self.below("refused")?;
        let there = self.move_to(&refused, name)?;
        // A name that leaves no room is cut: whoever looks finds it by its beginning.
        let there = OsStr::from_bytes(&there.as_bytes()[..there.len().min(NAME_BYTES - REASON.len())]);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&refused, beside(there), flags, Mode::from_raw_mode(0o644))?;
        File::from(file).write_all(format!("{reason}\n").as_bytes())
    }

    /// The directory of that name in this one, held open: whoever may write here cannot put another in its place meanwhile, nor a
    /// link that would lead elsewhere.
    fn below(&self, name: &str) -> io::Result<OwnedFd> {
        let path = self.path.join(name);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        // Whose it is does not matter: what is moved was theirs, and nothing that is there is written over. A share may show any owner.
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::open(&path, flags, Mode::empty()) {
            Ok(held) => Ok(held),
            Err(Errno::LOOP | Errno::NOTDIR) => Err(io::Error::other(format!(
                "`{}` is no directory: take it away, and it is made anew",
                path.display()
            ))),
            Err(error) => Err(error.into()),
        }
    }

    /// Moves it into that directory, under a name that is free there, which it gives; the name of its reason is free too.
    fn move_to(&self, there: &OwnedFd, name: &OsStr) -> io::Result<OsString> {
        let is_free = |name: &OsStr| match rustix::fs::statat(there, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(false),
            // What is too long for its reason to be called after it may be moved all the same.
            Err(Errno::NOENT | Errno::NAMETOOLONG) => Ok(true),
            Err(error) => Err(error),
        };
        for number in 0..10_000 {
            let mut free = name.to_owned();
            if number > 0 {
                free.push(format!(".{number}"));
            }
            if is_free(&free)? && is_free(&beside(&free))? {
                rustix::fs::renameat(CWD, self.path.join(name), there, &free)?;
                return Ok(free);
            }
        }
        Err(io::Error::other(format!(
            "too many files of the name `{}` were taken before: clear `done` and `refused`",
            name.to_string_lossy()
        )))
    }
}

impl Opened {
    /// Whether somebody has written to it since it was found.
    ///
    /// # Errors
    /// The file cannot be looked at.
    pub fn is_changed(&self) -> io::Result<bool> {
        Ok(Stamp::of(&self.reader.get_ref().metadata()?) != self.stamp)
    }

    /// Its name, for people.
    pub fn shown(&self) -> String {
        self.name.to_string_lossy().into_owned()
    }

    /// Its name.
    pub fn name(&self) -> &OsStr {
        &self.name
    }

    /// All of it.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn whole(&mut self) -> io::Result<Vec<u8>> {
        self.reader.seek(SeekFrom::Start(0))?;
        let mut bytes = Vec::new();
        self.reader
            .by_ref()
            .take(self.stamp.size)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// The lines from there on, at most so many; `None` at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn lines(&mut self, from: u64, most: usize) -> io::Result<Option<Lines>> {
        self.reader.seek(SeekFrom::Start(from))?;
        let mut lines = Lines {
            next: from,
            ..Lines::default()
        };
        for _ in 0..most {
            let begins = lines.bytes.len();
            let read = self
                .reader
                .by_ref()
                .take(LINE_BYTES)
                .read_until(b'\n', &mut lines.bytes)?;
            let is_cut = read as u64 == LINE_BYTES && lines.bytes.last() != Some(&b'\n');
            if is_cut && begins > 0 {
                // Those before it first.
                lines.bytes.truncate(begins);
                break;
            }
            lines.next += read as u64;
            if is_cut {
                lines.next += skip_line(&mut self.reader)?;
                lines.bytes.truncate(KEPT);
                lines.too_long = Some(std::mem::take(&mut lines.bytes));
                break;
            }
            if read == 0 || lines.bytes.len() >= BATCH_BYTES {
                break;
            }
        }
        Ok((lines.next > from).then_some(lines))
    }

    fn sum(&mut self) -> io::Result<String> {
        let mut hash = Sha256::new();
        let mut part = vec![0; 1 << 16];
        loop {
            match self.reader.read(&mut part)? {
                0 => break,
                read => hash.update(&part[..read]),
            }
        }
        Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Reads over the rest of a line; how many bytes that was.
fn skip_line(reader: &mut BufReader<File>) -> io::Result<u64> {
    let mut skipped = 0;
    loop {
        let (used, ends) = {
            let part = reader.fill_buf()?;
            match part.iter().position(|byte| *byte == b'\n') {
                Some(at) => (at + 1, true),
                None => (part.len(), part.is_empty()),
            }
        };
        reader.consume(used);
        skipped += used as u64;
        if ends {
            return Ok(skipped);
        }
    }
}

/// What the file is called that says why that one is refused.
fn beside(name: &OsStr) -> OsString {
    let mut reason = name.to_owned();
    reason.push(REASON);
    reason
}

fn is_ours(name: &OsStr) -> bool {
    !name.as_bytes().starts_with(b".") && ends_in(name, &[".json", ".ndjson", ".jsonl"])
}

/// Names need not be UTF-8.
fn ends_in(name: &OsStr, endings: &[&str]) -> bool {
    let name = name.as_bytes();
    endings.iter().any(|ending| {
        let begins = name.len().saturating_sub(ending.len());
        name[begins..].eq_ignore_ascii_case(ending.as_bytes())
    })
}

#[cfg(test)]
mod tests;
