//! The one place that reads environment variables.
//!
//! Called by `cli`, `app` and tests, which pass what they read on as options; no other module knows that there is an
//! environment. It never writes one.

use std::ffi::OsString;
use std::path::PathBuf;

/// The variable's value; `None` if it is not set or empty.
#[expect(clippy::disallowed_methods, reason = "the one home of the environment")]
pub fn read(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The variable's value if it is valid UTF-8; `None` if it is not set, empty or something else.
pub fn read_text(name: &str) -> Option<String> {
    read(name)?.into_string().ok()
}

/// The program that this process runs.
///
/// # Errors
/// The system does not tell.
pub fn own_program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}
