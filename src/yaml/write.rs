//! Writes values of ours as YAML, for `-o yaml`. What is written means the same when it is read again, by this program and by parsers of
//! YAML 1.1.

use serde::Serialize;

/// A value that has no form in YAML: a key that is no text, a number that is none.
#[derive(Debug, thiserror::Error)]
#[error("it cannot be written as YAML: {0}")]
pub struct WriteError(#[from] serde_yaml::Error);

/// The value as a YAML document that ends with a line break.
///
/// # Errors
/// See [`WriteError`].
pub fn write(value: &impl Serialize) -> Result<String, WriteError> {
    Ok(serde_yaml::to_string(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_something_else_stays_a_text() {
        let texts = [
            "no",
            "NO",
            "1",
            "1e3",
            "null",
            "~",
            "",
            " x",
            "a: b",
            "- a",
            "0x1f",
            "two\nlines",
            "\u{1b}[31m",
            "# no",
        ];
        let text = write(&texts).expect("texts can be written");
        let read: Vec<String> = serde_yaml::from_str(&text).expect("it can be read");
        assert_eq!(read, texts, "{text}");
        assert!(!text.contains('\u{1b}'), "nothing that a terminal obeys: {text}");
    }
}
