//! What `quell demo` and `quell drill` share: the stage (Postgres, a simulated Defender, the daemon), feeding it, and telling
//! how far it is.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;

pub mod daemon;
pub mod feed;
pub mod play;
pub mod screen;
pub mod stage;
mod stop;

/// The application that the simulated Defender knows.
pub const CLIENT_ID: &str = "00000000-0000-4000-8000-000000000002";

/// Writes a new file that is readable for us alone: one of them is a secret.
///
/// # Errors
/// It cannot be written, or is there already.
pub fn write_file(path: &Path, text: &str) -> anyhow::Result<()> {
    let written = fs::File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.with_context(|| format!("cannot write `{}`", path.display()))
}

/// Prints a line. A reader that has gone away is no reason to fail.
pub fn println_quietly(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
