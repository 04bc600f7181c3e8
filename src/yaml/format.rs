//! The canonical style of our files: indentation of two, one blank after `:`, `,` and `-`, no trailing blanks, at most one
//! empty line, a final newline. Quotes, comments, line breaks and the order of keys stay as they were written.
//!
//! Called by `quell fmt`. It edits the blanks of the text and never writes a value anew, so nothing else can get lost;
//! and what it made is read again: unless it means the same and has the same comments, it is thrown away.

mod layout;
mod scalars;

use super::{Diagnostics, Document, parse};
use scalars::Scalars;

/// Why a text was not formatted.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It cannot be read; everything that is wrong with it.
    #[error("{0}")]
    Invalid(Diagnostics),
    /// It can be read, and what the formatter made of it would not mean the same.
    #[error("its form is too unusual to be changed without risk")]
    Unsafe,
}

/// The text in canonical style.
///
/// # Errors
/// The text cannot be read, or not be formatted without risk; it should be left alone then.
pub fn format(file: &str, text: &str) -> Result<String, FormatError> {
    let before = parse(file, text).map_err(FormatError::Invalid)?;
    let again = |text: &str| parse(file, text).map_err(|_| FormatError::Unsafe);
    let document = again(&before.text().replace("\r\n", "\n").replace('\r', "\n"))?;
    // What the layout does not understand keeps its indentation.
    let arranged = match layout::arrange(document.text(), &document.root) {
        Some(arranged) => again(&arranged)?,
        None => document.clone(),
    };
    let after = again(&tidy(&arranged))?;
    if after.canonical() != before.canonical() || comments(&after) != comments(&document) {
        return Err(FormatError::Unsafe);
    }
    Ok(after.text().to_owned())
}

/// Without trailing blanks and needless empty lines, with a final newline.
fn tidy(document: &Document) -> String {
    let scalars = Scalars::of(document.text(), &document.root);
    let mut tidy = String::new();
    let mut at = 0;
    let mut empty_before = true;
    for line in document.text().split_inclusive('\n') {
        let end = at + line.len();
        // INVARIANT: a line break inside of a scalar, and all that stands before it, belongs to the value.
        if line.ends_with('\n') && scalars.hold(end - 1) {
            tidy.push_str(line);
            empty_before = false;
        } else {
            let trimmed = line.trim_end();
            if !(trimmed.is_empty() && empty_before) {
                tidy.push_str(trimmed);
                tidy.push('\n');
            }
            empty_before = trimmed.is_empty();
        }
        at = end;
    }
    if empty_before && tidy.ends_with("\n\n") {
        tidy.pop();
    }
    tidy
}

/// Every comment, in order, without the blanks at its end.
fn comments(document: &Document) -> Vec<&str> {
    let text = document.text();
    let scalars = Scalars::of(text, &document.root);
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find('#') {
        let start = at + found;
        at = start + 1;
        let alone = text[..start].chars().next_back().is_none_or(char::is_whitespace);
        if alone && !scalars.hold(start) {
            let end = text[start..]
                .find('\n')
                .map_or(text.len(), |length| start + length);
            comments.push(text[start..end].trim_end());
            at = end;
        }
    }
    comments
}

#[cfg(test)]
mod tests;
