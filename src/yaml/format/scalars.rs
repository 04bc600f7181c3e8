//! Where the scalars of a text stand, block texts with their bodies: what the formatter may not look into.

use std::ops::Range;

use super::super::{Tree, Value};

/// The places of all scalars, in order.
pub(super) struct Scalars(Vec<Range<usize>>);

impl Scalars {
    /// Finds those of a tree.
    pub(super) fn of(text: &str, root: &Tree) -> Self {
        let mut ranges = Vec::new();
        collect(text, root, 0, 0, &mut ranges);
        ranges.sort_by_key(|range| range.start);
        Self(ranges)
    }

    /// Whether this byte lies in one of them.
    pub(super) fn hold(&self, at: usize) -> bool {
        let next = self.0.partition_point(|range| range.start <= at);
        next.checked_sub(1).is_some_and(|last| self.0[last].contains(&at))
    }
}

/// Collects the scalars of what follows a `:` or `-` that ends at `from`, below a parent at that column. Gives where it ends.
fn collect(text: &str, tree: &Tree, from: usize, column: usize, ranges: &mut Vec<Range<usize>>) -> usize {
    let start = opening(text, from);
    if let Some(block) = Block::at(text, start, column) {
        ranges.push(block.header..block.end);
        return block.end;
    }
    let is_flow = text[start..].starts_with(['{', '[']);
    let is_alias = text[start..].starts_with('*');
    let mut end = from;
    match &tree.value {
        // An alias has the parts of what it names, which stand elsewhere.
        Value::Seq(items) if !is_alias => {
            for item in items {
                let dash = if is_flow {
                    item.span.start
                } else {
                    opening(text, end)
                };
                let column = dash - line_start(text, dash);
                let behind = if text[dash..].starts_with('-') && !is_flow {
                    dash + 1
                } else {
                    item.span.start
                };
                end = collect(text, item, behind, column, ranges);
            }
        }
        Value::Map(entries) if !is_alias => {
            for entry in entries {
                ranges.push(entry.key_span.clone());
                let column = entry.key_span.start - line_start(text, entry.key_span.start);
                let behind = colon(text, entry.key_span.end).unwrap_or(entry.key_span.end);
                end = collect(text, &entry.tree, behind, column, ranges);
            }
        }
        _ if tree.span.is_empty() => return from,
        _ => {
            ranges.push(tree.span.clone());
            return tree.span.end;
        }
    }
    if is_flow { tree.span.end } else { end }
}

/// A block text: `|` or `>`, and the lines below it.
pub(super) struct Block {
    /// Where its header begins.
    pub(super) header: usize,
    /// Where the first line of its body begins.
    pub(super) body: usize,
    /// Where its last line ends, behind the newline.
    pub(super) end: usize,
    /// Whether the header says how far the body is indented.
    pub(super) indented_by_header: bool,
    /// How far the first line of its body is indented.
    pub(super) width: usize,
}

impl Block {
    /// The block text whose header is here, below a parent at that column.
    pub(super) fn at(text: &str, header: usize, column: usize) -> Option<Self> {
        if !text[header..].starts_with(['|', '>']) {
            return None;
        }
        let first_line = text[header..].split('\n').next().unwrap_or_default();
        let body = (header + first_line.len() + 1).min(text.len());
        let indicators = first_line.split('#').next().unwrap_or_default();
        let keeps = indicators.contains('+');
        let mut end = body;
        let mut at = body;
        let mut width = None;
        for line in text[body..].split_inclusive('\n') {
            let blank = line.trim().is_empty();
            if !blank && indent(line) <= column {
                break;
            }
            at += line.len();
            // Blanks beyond the body's indentation are part of what it says.
            let says = if blank {
                width.is_some_and(|width| indent(line) > width)
            } else {
                true
            };
            if says || keeps {
                end = at;
            }
            width = width.or((!blank).then(|| indent(line)));
        }
        let indented_by_header = indicators.contains(|c: char| c.is_ascii_digit());
        Some(Self {
            header,
            body,
            end,
            indented_by_header,
            width: width.unwrap_or(0),
        })
    }
}

/// Where the value begins that follows a `:` or `-`: behind blanks, line breaks, comments and anchors.
pub(super) fn opening(text: &str, from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = &text[at..];
        let skipped = match rest.chars().next() {
            Some(' ' | '\t' | '\n') => 1,
            Some('#') if at == 0 || text[..at].ends_with([' ', '\t', '\n']) => {
                rest.find('\n').unwrap_or(rest.len())
            }
            Some('&') => rest.find(char::is_whitespace).unwrap_or(rest.len()),
            _ => return at,
        };
        at += skipped;
    }
}

/// Behind the colon that follows a key, blanks between them allowed.
pub(super) fn colon(text: &str, key_end: usize) -> Option<usize> {
    let blanks = indent(&text[key_end..]);
    text[key_end + blanks..]
        .starts_with(':')
        .then_some(key_end + blanks + 1)
}

/// Where the line of this byte begins.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// How many blanks a text begins with.
pub(super) fn indent(text: &str) -> usize {
    text.bytes().take_while(|byte| *byte == b' ').count()
}
