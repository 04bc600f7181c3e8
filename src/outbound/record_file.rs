//! The file that records for a SIEM are appended to: whole lines or none. Called by [`super::receiver`].
//!
//! What cannot be written to its end, as the disk is full, is taken back, and half a line that a process left which died is cut off before the
//! next append; its message is tried again, so no record is lost, and a record may come twice. The file is opened for each append, so it may
//! be renamed or removed at any time: the next record begins a new one. Processes of one machine take turns by a lock on the file.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use super::Undelivered;

/// Half a line that is longer is none of ours.
const LONGEST: u64 = 4 * 1024 * 1024;

/// So long another process may take for its records, in so many looks.
const TURN: Duration = Duration::from_millis(50);
const TURNS: u32 = 40;

/// Appends the lines; says so when they are on the disk.
pub(super) async fn append(path: &Path, lines: &[u8]) -> Result<(), Undelivered> {
    for _ in 0..TURNS {
        let (to, what) = (path.to_owned(), lines.to_vec());
        let done = tokio::task::spawn_blocking(move || locked(&to, |file| append_to(file, &what, write)));
        match done.await.map_err(io::Error::other).flatten() {
            Ok(true) => return Ok(()),
            Ok(false) => tokio::time::sleep(TURN).await,
            Err(error) => return Err(Undelivered::because(format!("`{}`: {error}", path.display()))),
        }
    }
    let why = format!("`{}`: another process is writing to it", path.display());
    Err(Undelivered::because(why))
}

/// Whether the file can be appended to, or made. Writes nothing.
pub(super) fn look(path: &Path) -> io::Result<()> {
    match OpenOptions::new().append(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let folder = path.parent().unwrap_or(Path::new("/")).metadata()?;
            match folder.is_dir() {
                true => Ok(()),
                false => Err(io::ErrorKind::NotADirectory.into()),
            }
        }
        opened => opened.map(drop),
    }
}

/// Does it while no other process does; `false`: another one does.
fn locked(path: &Path, work: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<bool> {
    let mut options = OpenOptions::new();
    options.append(true).read(true).create(true).mode(0o640);
    let mut file = options.open(path)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(false),
        // A file system without locks: then there is but one process.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
        Err(TryLockError::Error(error)) => return Err(error),
    }
    work(&mut file).map(|()| true)
}

fn write(file: &mut File, lines: &[u8]) -> io::Result<()> {
    file.write_all(lines)?;
    file.sync_data()
}

/// Appends all of it by `write`, or leaves the file as it was.
fn append_to(
    file: &mut File,
    lines: &[u8],
    write: impl FnOnce(&mut File, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let whole = mended(file)?;
    write(file, lines).inspect_err(|_| {
        // Should that fail too, the next append cuts it back.
        drop(file.set_len(whole));
    })
}

/// Cuts half a line off the file's end; says how long it is then. What is no half record of ours is not cut: a line ends there.
fn mended(file: &mut File) -> io::Result<u64> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(0);
    }
    let from = length.saturating_sub(LONGEST);
    file.seek(SeekFrom::Start(length - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    if last == *b"\n" {
        return Ok(length);
    }
    file.seek(SeekFrom::Start(from))?;
    let mut end = Vec::new();
    io::Read::take(&mut *file, LONGEST).read_to_end(&mut end)?;
    let begins = match end.iter().rposition(|byte| *byte == b'\n') {
        Some(at) => Some(at + 1),
        None => (from == 0).then_some(0),
    };
    let half = begins.filter(|begins| end.get(*begins) == Some(&b'{'));
    let Some(half) = half else {
        file.write_all(b"\n")?;
        return Ok(file.metadata()?.len());
    };
    let whole = from + half as u64;
    file.set_len(whole)?;
    tracing::warn!(
        bytes = length - whole,
        "half a record was cut off the end of an export file; it is written again"
    );
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let path = directory.path().join("quell.jsonl");
        std::fs::write(&path, text).expect("it can be written");
        (directory, path)
    }

    fn text(path: &Path) -> String {
        std::fs::read_to_string(path).expect("it is there")
    }

    /// A disk with room for so many bytes more.
    fn with_room(bytes: usize) -> impl FnOnce(&mut File, &[u8]) -> io::Result<()> {
        move |file, lines| match lines.get(..bytes).filter(|part| part.len() < lines.len()) {
            Some(part) => {
                file.write_all(part)?;
                Err(io::ErrorKind::StorageFull.into())
            }
            None => write(file, lines),
        }
    }

    #[test]
    fn what_a_full_disk_took_half_of_is_taken_back() {
        let (_directory, path) = there("{\"a\":1}\n");
        for room in [0, 1, 8, 9, 15] {
            let done = locked(&path, |file| {
                append_to(file, b"{\"b\":2}\n{\"c\":3}\n", with_room(room))
            });
            let error = done.expect_err("there is no room");
            assert_eq!(error.kind(), io::ErrorKind::StorageFull);
            assert_eq!(text(&path), "{\"a\":1}\n", "with room for {room}");
        }
        locked(&path, |file| append_to(file, b"{\"b\":2}\n", with_room(100))).expect("there is room again");
        assert_eq!(text(&path), "{\"a\":1}\n{\"b\":2}\n");
    }

    #[tokio::test]
    async fn half_a_line_that_a_dead_process_left_is_cut_off_before_the_next_one() {
        for (before, kept) in [
            ("", ""),
            ("{\"a\":1}\n", "{\"a\":1}\n"),
            ("{\"a\":1}\n{\"b\":", "{\"a\":1}\n"),
            ("{\"b\":", ""),
            // Whoever wrote that: nothing of it is taken away.
            ("# by hand", "# by hand\n"),
            ("{\"a\":1}\n# by hand", "{\"a\":1}\n# by hand\n"),
        ] {
            let (_directory, path) = there(before);
            append(&path, b"{\"c\":3}\n").await.expect("it can be written");
            assert_eq!(text(&path), format!("{kept}{{\"c\":3}}\n"), "after {before:?}");
        }
    }

    #[tokio::test]
    async fn a_file_that_is_renamed_meanwhile_is_begun_anew() {
        let (directory, path) = there("");
        let old = directory.path().join("quell.jsonl.1");
        for _ in 0..2 {
            append(&path, b"{}\n").await.expect("it can be written");
        }
        std::fs::rename(&path, &old).expect("it is there");
        append(&path, b"{}\n").await.expect("it can be written");
        assert_eq!(
            (text(&old), text(&path)),
            ("{}\n{}\n".to_owned(), "{}\n".to_owned())
        );
        let nowhere = directory.path().join("no/such/file");
        look(&path).expect("it can be appended to");
        look(&nowhere).expect_err("the directory is missing");
        let error = append(&nowhere, b"{}\n").await;
        assert!(
            error
                .expect_err("the directory is missing")
                .why
                .contains("no/such/file")
        );
    }

    #[tokio::test]
    async fn two_processes_take_turns() {
        let (_directory, path) = there("");
        let holder = File::open(&path).expect("it is there");
        holder.lock().expect("nobody else has it");
        let mut waiting = std::pin::pin!(append(&path, b"{}\n"));
        let early = tokio::time::timeout(Duration::from_millis(120), &mut waiting).await;
        assert!(early.is_err() && text(&path).is_empty(), "it waits");
        drop(holder);
        waiting.await.expect("it is its turn");
        assert_eq!(text(&path), "{}\n");
    }
}
