//! The cursor with which `config`, `playbook` and its tests walk a file. Each reader reports what is wrong into the
//! [`Diagnostics`] that it is given and answers `None`, so a walk goes on and finds every error of a file.

use std::ops::Range;
use std::time::Duration;

use super::diagnostic::quoted;
use super::{Code, Diagnostic, Diagnostics, Document, Entry, Tree, Value, duration, suggest};

/// One value of a file, with its path and its place.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    document: &'a Document,
    tree: &'a Tree,
    path: String,
}

impl<'a> Node<'a> {
    pub(super) fn root(document: &'a Document, tree: &'a Tree) -> Self {
        Self {
            document,
            tree,
            path: String::new(),
        }
    }

    /// How to name the value, e.g. `then[0].restrict_app_execution`; empty for the outermost one.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The bytes of the file where it stands.
    pub fn span(&self) -> Range<usize> {
        self.tree.span.clone()
    }

    /// The value as written, its line breaks and runs of blanks made one blank.
    pub fn written(&self) -> String {
        let text = self.document.text().get(self.span()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Whether a character of this text is written by its number alone, in double quotes, so that whoever reads the file sees it.
    pub fn is_by_number(&self, c: char) -> bool {
        let written = self.document.text().get(self.span()).unwrap_or_default();
        written.starts_with('"') && !written.contains(c)
    }

    /// The line on which it begins, from 1.
    pub fn line(&self) -> usize {
        self.document.text.line(self.tree.span.start)
    }

    /// A diagnostic at this value.
    pub fn diagnostic(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(
            code,
            &self.document.file,
            &self.document.text,
            self.span(),
            message,
        )
    }

    /// A diagnostic at a part of this text, given by its bytes in what the text says; at the whole where it is not plain which part
    /// of what is written that is.
    pub fn diagnostic_at(&self, part: Range<usize>, code: Code, message: impl Into<String>) -> Diagnostic {
        let span = self.span();
        let written = self.document.text().get(span.clone()).unwrap_or_default();
        let says = self.as_str().unwrap_or_default();
        let sought = says.get(part.clone()).unwrap_or_default();
        let places = |text: &str| -> Vec<usize> {
            let starts = text.char_indices().map(|(at, _)| at);
            starts.filter(|at| text[*at..].starts_with(sought)).collect()
        };
        let (said, stands) = (places(says), places(written));
        let which = said.iter().position(|at| *at == part.start);
        let span = match which.and_then(|which| stands.get(which)) {
            Some(at) if said.len() == stands.len() => span.start + at..span.start + at + sought.len(),
            _ => span,
        };
        Diagnostic::new(code, &self.document.file, &self.document.text, span, message)
    }

    /// What stands here, in the operator's words: ``the text `x` ``, `a list`, …
    pub fn found(&self) -> String {
        match &self.tree.value {
            Value::Null => "nothing".to_owned(),
            Value::Bool(value) => format!("`{value}`"),
            Value::Number { written, .. } => format!("the number {}", quoted(written)),
            Value::Text(text) => format!("the text {}", quoted(text)),
            Value::Seq(_) => "a list".to_owned(),
            Value::Map(_) => "a map".to_owned(),
        }
    }

    /// Whether nothing stands here (`null`, `~`, or no value after the colon).
    pub fn is_null(&self) -> bool {
        matches!(self.tree.value, Value::Null)
    }

    /// Whether this is a map.
    pub fn is_map(&self) -> bool {
        matches!(self.tree.value, Value::Map(_))
    }

    /// Whether this is a list.
    pub fn is_seq(&self) -> bool {
        matches!(self.tree.value, Value::Seq(_))
    }

    /// The text, without reporting anything when it is something else.
    pub fn as_str(&self) -> Option<&'a str> {
        match &self.tree.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The map.
    pub fn map(&self, found: &mut Diagnostics) -> Option<Map<'a>> {
        match &self.tree.value {
            Value::Map(entries) => Some(Map {
                node: self.clone(),
                entries,
            }),
            _ => self.wrong("a map", found),
        }
    }

    /// The items of the list.
    pub fn seq(&self, found: &mut Diagnostics) -> Option<Vec<Node<'a>>> {
        match &self.tree.value {
            Value::Seq(items) => Some(
                items
                    .iter()
                    .enumerate()
                    .map(|(position, tree)| Node {
                        document: self.document,
                        tree,
                        path: format!("{}[{position}]", self.path),
                    })
                    .collect(),
            ),
            _ => self.wrong("a list", found),
        }
    }

    /// The text.
    pub fn str(&self, found: &mut Diagnostics) -> Option<&'a str> {
        match &self.tree.value {
            Value::Text(text) => Some(text),
            Value::Number { written, .. } => self.quote(written, found),
            Value::Bool(value) => self.quote(&value.to_string(), found),
            _ => self.wrong("text", found),
        }
    }

    /// The items of the list, which must all be text.
    pub fn strs(&self, found: &mut Diagnostics) -> Option<Vec<&'a str>> {
        let items = self.seq(found)?;
        let texts: Vec<_> = items.iter().filter_map(|item| item.str(found)).collect();
        (texts.len() == items.len()).then_some(texts)
    }

    /// `true` or `false`.
    pub fn bool(&self, found: &mut Diagnostics) -> Option<bool> {
        match &self.tree.value {
            Value::Bool(value) => Some(*value),
            _ => self.wrong("`true` or `false`", found),
        }
    }

    /// The whole number, not negative.
    pub fn u64(&self, found: &mut Diagnostics) -> Option<u64> {
        match &self.tree.value {
            Value::Number {
                unsigned: Some(value),
                written,
                ..
            } if written.bytes().all(|byte| byte.is_ascii_digit()) => Some(*value),
            _ => self.wrong("a whole number, not negative", found),
        }
    }

    /// The whole number within a range.
    pub fn u64_in(&self, range: std::ops::RangeInclusive<u64>, found: &mut Diagnostics) -> Option<u64> {
        let value = self.u64(found)?;
        if range.contains(&value) {
            return Some(value);
        }
        let message = format!(
            "{}must be from {} to {}, and is {value}",
            self.subject(),
            range.start(),
            range.end()
        );
        found.push(self.diagnostic(Code::OUT_OF_RANGE, message));
        None
    }

    /// The number.
    pub fn f64(&self, found: &mut Diagnostics) -> Option<f64> {
        match &self.tree.value {
            Value::Number {
                float: Some(value), ..
            } if value.is_finite() => Some(*value),
            _ => self.wrong("a number", found),
        }
    }

    /// The duration: `30s`, `5m`, `4h`, `7d`, `1h30m`, `250ms`.
    pub fn duration(&self, found: &mut Diagnostics) -> Option<Duration> {
        let parsed = self.as_str().and_then(duration::parse);
        if parsed.is_none() {
            let message = format!(
                "{}must be a duration, and {} is none",
                self.subject(),
                self.found()
            );
            found.push(self.diagnostic(Code::BAD_DURATION, message).help(
                "write whole numbers with `d`, `h`, `m`, `s` or `ms`, the larger unit first, e.g. `1h30m`",
            ));
        }
        parsed
    }

    /// One of the words allowed.
    pub fn choice(&self, words: &[&'static str], found: &mut Diagnostics) -> Option<&'static str> {
        let text = self.str(found)?;
        let choice = words.iter().copied().find(|word| *word == text);
        if choice.is_none() {
            let message = format!(
                "{}must be one of {}, and is {}",
                self.subject(),
                suggest::list(words),
                quoted(text)
            );
            let mut diagnostic = self.diagnostic(Code::NOT_ONE_OF, message);
            if let Some(near) = suggest::nearest(text, words.iter().copied()) {
                diagnostic = diagnostic.help(format!("did you mean `{near}`?"));
            }
            found.push(diagnostic);
        }
        choice
    }

    fn quote<T>(&self, written: &str, found: &mut Diagnostics) -> Option<T> {
        let message = format!("{}must be text, and is {}", self.subject(), self.found());
        found.push(
            self.diagnostic(Code::WRONG_TYPE, message)
                .help(format!("put it in quotes: \"{written}\"")),
        );
        None
    }

    fn wrong<T>(&self, expected: &str, found: &mut Diagnostics) -> Option<T> {
        let message = format!("{}must be {expected}, and is {}", self.subject(), self.found());
        let diagnostic = self.diagnostic(Code::WRONG_TYPE, message);
        found.push(match self.rewritten(expected) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
        None
    }

    /// How to write what was probably meant.
    fn rewritten(&self, expected: &str) -> Option<String> {
        match (expected, &self.tree.value) {
            ("a list", Value::Map(entries)) if entries.iter().any(|entry| entry.key.starts_with('-')) => {
                Some("write a blank after the dash of each entry".to_owned())
            }
            ("a list", Value::Map(_)) => Some("begin each entry with `- `".to_owned()),
            ("a list", Value::Text(text)) if text.chars().count() <= 40 => Some(format!("write `[{text}]`")),
            ("a map", Value::Seq(_)) if !self.path.is_empty() => {
                Some("write its keys without `- ` before them".to_owned())
            }
            ("a map", Value::Text(_)) if !self.path.is_empty() => {
                Some("write its keys below it, each with a `:` and a value".to_owned())
            }
            ("`true` or `false`", Value::Text(text)) => match text.to_lowercase().as_str() {
                "yes" | "on" | "y" => Some("write `true`".to_owned()),
                "no" | "off" | "n" => Some("write `false`".to_owned()),
                _ => None,
            },
            (number, Value::Text(written)) if number.contains("number") => {
                let digits: String = written
                    .chars()
                    .filter(|c| !matches!(c, '_' | ',' | '\'' | ' '))
                    .collect();
                let value: u64 = digits.parse().ok()?;
                Some(format!(
                    "write `{value}`, digits alone, without a zero before them"
                ))
            }
            (
                number,
                Value::Number {
                    unsigned: Some(value),
                    ..
                },
            ) if number.contains("number") => Some(format!("write `{value}`")),
            _ => None,
        }
    }

    /// The path in backticks with a space after it, or what to say of the outermost value.
    fn subject(&self) -> String {
        if self.path.is_empty() {
            "the file ".to_owned()
        } else {
            format!("`{}` ", self.path)
        }
    }
}

/// A map of a file.
#[derive(Clone, Debug)]
pub struct Map<'a> {
    node: Node<'a>,
    entries: &'a [Entry],
}

impl<'a> Map<'a> {
    /// The map as a value.
    pub fn node(&self) -> &Node<'a> {
        &self.node
    }

    /// Whether it has no key.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<Node<'a>> {
        self.entries
            .iter()
            .find(|entry| entry.key == key)
            .map(|entry| self.child(entry))
    }

    /// The value of a key that must be there.
    pub fn required(&self, key: &str, found: &mut Diagnostics) -> Option<Node<'a>> {
        let value = self.get(key);
        if value.is_none() {
            let path = &self.node.path;
            let whole = if path.is_empty() {
                format!("`{key}` is missing")
            } else {
                format!("`{path}.{key}` is missing")
            };
            found.push(self.place().diagnostic(Code::MISSING_KEY, whole));
        }
        value
    }

    /// Where to say something of the map as a whole: at its first key, or at the map itself when it has none.
    pub fn place(&self) -> Key<'a> {
        let span = self
            .entries
            .first()
            .map_or(&self.node.tree.span, |entry| &entry.key_span);
        Key {
            document: self.node.document,
            text: "",
            span,
        }
    }

    /// All keys with where they stand, and their values, in the order written.
    pub fn entries(&self) -> impl Iterator<Item = (Key<'a>, Node<'a>)> + '_ {
        self.entries
            .iter()
            .map(|entry| (self.key(entry), self.child(entry)))
    }

    /// All keys with where they stand, in the order written.
    pub fn keys(&self) -> impl Iterator<Item = Key<'a>> + '_ {
        self.entries.iter().map(|entry| self.key(entry))
    }

    /// Reports every key that is not among those known.
    pub fn only(&self, known: &[&str], found: &mut Diagnostics) {
        for key in self.keys() {
            if !known.contains(&key.text) {
                let place = if self.node.path.is_empty() {
                    String::new()
                } else {
                    format!(" in `{}`", self.node.path)
                };
                let message = format!("unknown key {}{place}", quoted(key.text));
                found.push(
                    key.diagnostic(Code::UNKNOWN_KEY, message)
                        .help(suggest::help(key.text, known)),
                );
            }
        }
    }

    fn key(&self, entry: &'a Entry) -> Key<'a> {
        Key {
            document: self.node.document,
            text: &entry.key,
            span: &entry.key_span,
        }
    }

    fn child(&self, entry: &'a Entry) -> Node<'a> {
        let path = &self.node.path;
        let path = if path.is_empty() {
            entry.key.clone()
        } else {
            [path, ".", &entry.key].concat()
        };
        Node {
            document: self.node.document,
            tree: &entry.tree,
            path,
        }
    }
}

/// A key of a map.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    document: &'a Document,
    /// The key's text.
    pub text: &'a str,
    span: &'a Range<usize>,
}

impl Key<'_> {
    /// A diagnostic at this key.
    pub fn diagnostic(&self, code: Code, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(
            code,
            &self.document.file,
            &self.document.text,
            self.span.clone(),
            message,
        )
    }

    /// The line on which it stands, from 1.
    pub fn line(&self) -> usize {
        self.document.text.line(self.span.start)
    }
}
