//! The index of a file that is written plainly, in one pass over its bytes. Most files are, and it costs a tenth of what a whole
//! parser of YAML does.
//!
//! Called by [`super::parse`] alone, before [`super::index`]. It takes a small part of YAML, in which nothing can be read in two ways:
//! ASCII, blanks to indent, keys that are words, values on one line, comments. Whatever else there is, a mistake too, is none of its
//! business: it answers `None`, and the whole parser has its say. It decides as little as that one what a scalar means.
//!
//! INVARIANT: what it gives is what [`super::index`] gives of the same text, to the byte; the tests hold it against that one.

use std::borrow::Cow;
use std::ops::Range;

use super::index::{Indexed, IndexedEntry, Shape};

/// How deep a plain file nests; fewer levels than the whole parser allows.
const MOST_LEVELS: usize = 16;
/// How many keys a plain map has: each is looked for among those before it.
const MOST_KEYS: usize = 64;
/// How many keys and values a plain file has; fewer than the whole parser allows.
const MOST_VALUES: usize = 20_000;
/// The longest key of a plain file, bytes.
const LONGEST_KEY: usize = 100;

/// The index, if the file is a plain one. The text ends with a line break.
pub(super) fn index(text: &str) -> Option<Indexed<'_>> {
    if !text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n')) {
        return None;
    }
    let mut reader = Reader {
        text,
        at: 0,
        values: 0,
        line: None,
    };
    reader.next_line();
    let root = reader.map(reader.line.filter(|line| line.indent == 0)?, 0)?;
    reader.line.is_none().then_some(root)
}

/// A line that holds more than a comment.
#[derive(Clone, Copy)]
struct Line {
    /// How many blanks it begins with; for what stands behind a dash, those that would put it there.
    indent: usize,
    /// Where it begins behind them.
    start: usize,
}

struct Reader<'a> {
    text: &'a str,
    /// What is read next: somewhere in a line, or the beginning of one.
    at: usize,
    values: usize,
    /// The line that nothing has been read of yet.
    line: Option<Line>,
}

impl<'a> Reader<'a> {
    /// A map as a block, from the line of its first key on.
    fn map(&mut self, first: Line, depth: usize) -> Option<Indexed<'a>> {
        self.count(depth)?;
        let mut entries: Vec<IndexedEntry<'a>> = Vec::new();
        let mut line = first;
        loop {
            self.at = line.start;
            let (key, key_span) = self.key()?;
            let is_known = entries.iter().any(|entry| entry.key == key);
            if is_known || entries.len() == MOST_KEYS {
                return None;
            }
            let value = if self.ends_line() {
                let below = self.line?;
                match self.is_dash(below.start) {
                    _ if below.indent <= line.indent => return None,
                    true => self.list(below, depth + 1)?,
                    false => self.map(below, depth + 1)?,
                }
            } else {
                self.inline(line.indent, depth + 1)?
            };
            entries.push(IndexedEntry {
                key: Cow::Borrowed(key),
                key_span,
                value,
            });
            match self.line {
                Some(next) if next.indent == first.indent && !self.is_dash(next.start) => line = next,
                Some(next) if next.indent > first.indent => return None,
                _ => break,
            }
        }
        let end = entries.last()?.value.span.end;
        Some(Indexed {
            span: first.start..end,
            shape: Shape::Map(entries),
        })
    }

    /// A list as a block, from the line of its first dash on.
    fn list(&mut self, first: Line, depth: usize) -> Option<Indexed<'a>> {
        self.count(depth)?;
        let mut items: Vec<Indexed<'a>> = Vec::new();
        let mut line = first;
        loop {
            let dash = self.text.as_bytes().get(line.start..line.start + 3)?;
            if !matches!(dash, [b'-', b' ', part] if !matches!(part, b' ' | b'-' | b'\n')) {
                return None;
            }
            let behind = Line {
                indent: line.indent + 2,
                start: line.start + 2,
            };
            self.at = behind.start;
            items.push(if self.key().is_some() {
                self.map(behind, depth + 1)?
            } else {
                self.at = behind.start;
                self.inline(line.indent, depth + 1)?
            });
            match self.line {
                Some(next) if next.indent == first.indent && self.is_dash(next.start) => line = next,
                Some(next) if next.indent > first.indent => return None,
                _ => break,
            }
        }
        let end = items.last()?.span.end;
        Some(Indexed {
            span: first.start..end,
            shape: Shape::Seq(items),
        })
    }

    /// A value that ends with its line; the next line belongs to nothing deeper than what the value stands in.
    fn inline(&mut self, indent: usize, depth: usize) -> Option<Indexed<'a>> {
        let value = match self.byte() {
            b'[' | b'{' => self.flow(depth)?,
            _ => self.scalar(false, depth)?,
        };
        let ended = self.ends_line() && self.line.is_none_or(|next| next.indent <= indent);
        ended.then_some(value)
    }

    /// A list or a map in brackets, on one line.
    fn flow(&mut self, depth: usize) -> Option<Indexed<'a>> {
        let start = self.at;
        match self.byte() {
            b'[' => {
                self.count(depth)?;
                let mut items = Vec::new();
                while self.goes_on(b']', items.is_empty())? {
                    items.push(self.flow(depth + 1)?);
                }
                Some(Indexed {
                    span: start..self.at,
                    shape: Shape::Seq(items),
                })
            }
            b'{' => {
                self.count(depth)?;
                let mut entries: Vec<IndexedEntry<'a>> = Vec::new();
                while self.goes_on(b'}', entries.is_empty())? {
                    let (key, key_span) = self.key()?;
                    let is_known = entries.iter().any(|entry| entry.key == key);
                    if is_known || entries.len() == MOST_KEYS {
                        return None;
                    }
                    entries.push(IndexedEntry {
                        key: Cow::Borrowed(key),
                        key_span,
                        value: self.flow(depth + 1)?,
                    });
                }
                Some(Indexed {
                    span: start..self.at,
                    shape: Shape::Map(entries),
                })
            }
            _ => self.scalar(true, depth),
        }
    }

    /// Whether another part follows in the brackets; steps behind the comma before it, or behind the bracket that ends them.
    fn goes_on(&mut self, end: u8, is_first: bool) -> Option<bool> {
        if is_first {
            self.at += 1;
        }
        self.skip_blanks();
        match self.byte() {
            byte if byte == end => {
                self.at += 1;
                Some(false)
            }
            _ if is_first => Some(true),
            b',' => {
                self.at += 1;
                self.skip_blanks();
                // No comma stands before the end.
                (self.byte() != end).then_some(true)
            }
            _ => None,
        }
    }

    fn scalar(&mut self, in_flow: bool, depth: usize) -> Option<Indexed<'a>> {
        self.count(depth)?;
        match self.byte() {
            quote @ (b'"' | b'\'') => self.quoted(quote),
            first if first.is_ascii_alphanumeric() || matches!(first, b'_' | b'/' | b'^' | b'(') => {
                self.unquoted(in_flow)
            }
            _ => None,
        }
    }

    /// A text in quotes, without an escape but two single quotes for one.
    fn quoted(&mut self, quote: u8) -> Option<Indexed<'a>> {
        let start = self.at;
        let mut end = start + 1;
        let mut has_doubled = false;
        loop {
            match *self.text.as_bytes().get(end)? {
                b'\n' => return None,
                b'\\' if quote == b'"' => return None,
                byte if byte != quote => end += 1,
                b'\'' if self.text.as_bytes().get(end + 1) == Some(&b'\'') => {
                    has_doubled = true;
                    end += 2;
                }
                _ => break,
            }
        }
        let within = &self.text[start + 1..end];
        let text = if has_doubled {
            Cow::Owned(within.replace("''", "'"))
        } else {
            Cow::Borrowed(within)
        };
        self.at = end + 1;
        Some(Indexed {
            span: start..self.at,
            shape: Shape::Scalar { text, plain: false },
        })
    }

    /// A text without quotes. Whatever could end it in a way that is not plain to see is not taken.
    fn unquoted(&mut self, in_flow: bool) -> Option<Indexed<'a>> {
        let start = self.at;
        let mut end = start;
        for byte in self.text.as_bytes()[start..].iter().copied() {
            match byte {
                b'\n' if in_flow => return None,
                b'\n' => break,
                b',' | b']' | b'}' if in_flow => break,
                b'[' | b'{' | b':' | b'#' | b'?' if in_flow => return None,
                b'#' if self.text.as_bytes()[end - 1] == b' ' => break,
                b':' if matches!(self.text.as_bytes()[end + 1], b' ' | b'\n') => return None,
                _ => end += 1,
            }
        }
        self.at = end;
        let text = self.text[start..end].trim_end_matches(' ');
        Some(Indexed {
            span: start..start + text.len(),
            shape: Shape::Scalar {
                text: Cow::Borrowed(text),
                plain: true,
            },
        })
    }

    /// A key that is a word, with its colon and the blanks behind it.
    fn key(&mut self) -> Option<(&'a str, Range<usize>)> {
        let rest = &self.text[self.at..];
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        let length = rest.bytes().take_while(|byte| is_part(*byte)).count();
        let key = &rest[..length];
        let follows = rest.as_bytes().get(length..length + 2)?;
        let is_key = key.starts_with(|first: char| first.is_ascii_alphabetic())
            && length <= LONGEST_KEY
            && !["true", "false", "null"]
                .iter()
                .any(|word| key.eq_ignore_ascii_case(word))
            && matches!(follows, b": " | b":\n");
        let span = self.at..self.at + length;
        if !is_key {
            return None;
        }
        self.count(0)?;
        self.at += length + 1;
        self.skip_blanks();
        Some((key, span))
    }

    /// Whether nothing but a comment stands on the rest of the line; then the next line is looked for.
    fn ends_line(&mut self) -> bool {
        let before = self.at;
        self.skip_blanks();
        let is_comment = self.byte() == b'#' && self.text.as_bytes().get(self.at - 1) == Some(&b' ');
        if !is_comment && self.byte() != b'\n' {
            self.at = before;
            return false;
        }
        self.skip_line();
        self.next_line();
        true
    }

    /// Finds the next line that holds more than a comment, from the beginning of a line on.
    fn next_line(&mut self) {
        loop {
            let begin = self.at;
            self.skip_blanks();
            match self.text.as_bytes().get(self.at) {
                None => return self.line = None,
                Some(b'\n' | b'#') => self.skip_line(),
                Some(_) => {
                    let indent = self.at - begin;
                    let start = self.at;
                    return self.line = Some(Line { indent, start });
                }
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.find('\n').map_or(rest.len(), |end| end + 1);
    }

    fn skip_blanks(&mut self) {
        let rest = self.text[self.at..].bytes();
        self.at += rest.take_while(|byte| *byte == b' ').count();
    }

    /// Whether a dash stands here: no key begins with one.
    fn is_dash(&self, at: usize) -> bool {
        self.text.as_bytes().get(at) == Some(&b'-')
    }

    /// The byte that is read next; a line break behind the end.
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b'\n')
    }

    fn count(&mut self, depth: usize) -> Option<()> {
        self.values += 1;
        (self.values <= MOST_VALUES && depth <= MOST_LEVELS).then_some(())
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
