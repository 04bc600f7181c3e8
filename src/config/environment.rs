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

/// The variables that stand in for options of the command line, each with the option and what it says. `cli` gives them to clap, which
/// reads them when it parses; whatever is typed wins over them, and one that is empty counts as not set.
pub const TWINS: [(&str, &str, &str); 5] = [
    ("QUELL_CONFIG", "config", "the configuration"),
    (
        "QUELL_TENANT",
        "tenant",
        "the tenant of the configuration, where an option left out means the first one",
    ),
    (
        "QUELL_OUTPUT",
        "output",
        "how answers are printed: table, wide, json, yaml, jsonl or name",
    ),
    ("QUELL_URL", "to", "the address of the running daemon"),
    (
        "QUELL_TOKEN_FILE",
        "token-file",
        "a file with the bearer token that is shown to the daemon",
    ),
];

/// The other variables that commands look at, with what they say.
pub const VARIABLES: [(&str, &str); 9] = [
    ("NO_COLOR", "set: no colour, whatever else is said"),
    ("CLICOLOR_FORCE", "set, and not `0`: colour on pipes too"),
    ("TERM", "`dumb`: no colour, and nothing is redrawn in place"),
    ("COLUMNS", "texts are fitted to so many columns, on pipes too"),
    (
        "SUDO_USER",
        "who acts, for the audit, where `--by` does not say it",
    ),
    ("USER", "the same, where SUDO_USER is not set"),
    (
        "LOGNAME",
        "the same, where neither is set; where none is, the account's name",
    ),
    (
        "PG_BIN",
        "`demo`, `drill`: where the programs of a Postgres server are",
    ),
    (
        "CREDENTIALS_DIRECTORY",
        "systemd's: where names of secrets without a slash lead to",
    ),
];

/// Whether the variable is set to nothing.
#[expect(clippy::disallowed_methods, reason = "the one home of the environment")]
pub fn is_empty(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| value.is_empty())
}
