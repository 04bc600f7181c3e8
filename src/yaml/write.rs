//! Writes values of ours as YAML, for `-o yaml`. What is written means the same to every reader, of YAML 1.1 too, where `no` is false and
//! a bare date no text: a text that could be anything else stands in quotes. Nothing in it commands a terminal.

use std::fmt::Write as _;

use serde::Serialize;
use serde_yaml::Value;

use super::diagnostic::{is_hidden, is_joining};

/// A value that has no form in YAML: a key that is no text, a number that is none.
#[derive(Debug, thiserror::Error)]
#[error("it cannot be written as YAML: {0}")]
pub struct WriteError(#[from] serde_yaml::Error);

/// The value as a YAML document that ends with a line break; fields stand in their own order.
///
/// # Errors
/// See [`WriteError`].
pub fn write(value: &impl Serialize) -> Result<String, WriteError> {
    let mut out = String::new();
    block(&serde_yaml::to_value(value)?, 0, &mut out);
    Ok(out)
}

/// A value on lines of its own, set in by so much.
fn block(value: &Value, indent: usize, out: &mut String) {
    match value {
        Value::Sequence(items) if !items.is_empty() => {
            for item in items {
                let _ = write!(out, "{:indent$}- ", "");
                after(item, indent + 2, out);
            }
        }
        Value::Mapping(fields) if !fields.is_empty() => {
            for (at, (key, value)) in fields.iter().enumerate() {
                // The first stands behind the dash of its item.
                if at > 0 || !out.ends_with("- ") {
                    let _ = write!(out, "{:indent$}", "");
                }
                let _ = write!(out, "{}:", scalar(key));
                match value {
                    Value::Sequence(items) if !items.is_empty() => {
                        out.push('\n');
                        block(value, indent, out);
                    }
                    Value::Mapping(fields) if !fields.is_empty() => {
                        out.push('\n');
                        block(value, indent + 2, out);
                    }
                    value => {
                        let _ = writeln!(out, " {}", scalar(value));
                    }
                }
            }
        }
        value => {
            let _ = writeln!(out, "{}", scalar(value));
        }
    }
}

/// A value behind the dash of its item.
fn after(value: &Value, indent: usize, out: &mut String) {
    match value {
        // A list in a list begins on a line of its own.
        Value::Sequence(items) if !items.is_empty() => {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            block(value, indent, out);
        }
        value => block(value, indent, out),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) if is_plain(text) => text.clone(),
        Value::String(text) => quoted(text),
        Value::Sequence(_) => "[]".to_owned(),
        Value::Mapping(_) => "{}".to_owned(),
        Value::Tagged(tagged) => scalar(&tagged.value),
    }
}

/// Whether every reader takes the text, as it stands, for this text.
fn is_plain(text: &str) -> bool {
    const OTHERWISE: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-./@".contains(c);
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !text.ends_with(' ')
        && text.chars().all(|c| is_word(c) || c == ' ')
        && !OTHERWISE.contains(&text.to_ascii_lowercase().as_str())
}

fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out += "\\n",
            '\t' => out += "\\t",
            c if c.is_control() || is_hidden(c) || is_joining(c) => {
                let _ = match u32::from(c) {
                    short @ 0..=0xffff => write!(out, "\\u{short:04x}"),
                    long => write!(out, "\\U{long:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_looks_like_something_else_stays_a_text_and_nothing_commands_a_terminal() {
        let texts = [
            "no",
            "NO",
            "y",
            "1",
            "1e3",
            "null",
            "~",
            "",
            " x",
            "x ",
            "a: b",
            "- a",
            "0x1f",
            "two\nlines",
            "\u{1b}[31m",
            "a # no",
            "2026-11-22",
            "say \"so\"",
            "c:\\x",
            "\u{202e}",
            "plain words",
            "端末",
            "[a]",
            "&a",
            "!a",
            "%a",
            "'a'",
            "12:30:00",
        ];
        let text = write(&texts).expect("texts can be written");
        let read: Vec<String> = serde_yaml::from_str(&text).expect("it can be read");
        assert_eq!(read, texts, "{text}");
        assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
        for quoted in [
            "- \"no\"",
            "- \"NO\"",
            "- \"y\"",
            "- \"2026-11-22\"",
            "- \"12:30:00\"",
        ] {
            assert!(text.contains(quoted), "{quoted} is not in\n{text}");
        }
        assert!(text.contains("- plain words\n"), "{text}");
    }

    #[test]
    fn whatever_is_nested_is_read_as_it_was() {
        let value = json!([
            {"a": {"b": [1, {"c": null, "d": [[], {}, [2, [3]]]}], "e": {}}, "f": [], "g": -1.5},
            [["x"], {"y": [true, false]}],
            "z",
            {},
        ]);
        let text = write(&value).expect("it can be written");
        let read: serde_json::Value = serde_yaml::from_str(&text).expect("it can be read");
        assert_eq!(read, value, "{text}");
    }

    #[test]
    fn fields_stand_in_their_order() {
        #[derive(Serialize)]
        struct Row {
            z: Vec<u8>,
            a: Option<u8>,
        }
        let text = write(&[Row { z: vec![1], a: None }]).expect("it can be written");
        assert_eq!(text, "- z:\n  - 1\n  a: null\n");
    }
}
