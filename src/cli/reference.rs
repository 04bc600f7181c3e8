//! Holds the pages of `docs/reference` against what the program prints. Tests only.

mod api;
mod commands;
mod configuration;

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

/// A text within a row of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[test]
fn the_document_of_the_api_is_the_one_of_the_reference() {
    compare("docs/reference/openapi.json", &crate::web::openapi());
}
