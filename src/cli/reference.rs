//! Holds the pages of `docs/reference` against what the program prints. Tests only.

use std::fs;
use std::path::Path;

use crate::config::environment;

/// Fails unless the file of the repository is exactly this text. With `UPDATE=1` it is written instead.
#[track_caller]
pub(crate) fn compare(path: &str, printed: &str) {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if environment::read("UPDATE").is_some() {
        fs::write(&whole, printed).expect("the repository can be written to");
        return;
    }
    let committed = fs::read_to_string(&whole).unwrap_or_default();
    let differs = committed.lines().zip(printed.lines()).position(|(a, b)| a != b);
    assert!(
        committed == printed,
        "{path} is not what the program prints{}; write it anew with `UPDATE=1 cargo test reference`",
        differs
            .map(|line| format!(", from line {}", line + 1))
            .unwrap_or_default()
    );
}
