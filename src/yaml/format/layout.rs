//! Where each line of a text begins, and which blanks stand within it: the part of the formatter that moves things.
//!
//! It walks values and text together. Wherever the text is not as expected (explicit keys, directives, a form that
//! nobody writes by hand), it gives up, and the lines stay where they are.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::{Entry, Tree, Value};
use super::scalars::{Block, colon, indent, line_start, opening};

/// The step of indentation.
const STEP: usize = 2;

/// The text with its lines moved and its blanks set; `None` where its form is not understood.
pub(super) fn arrange(text: &str, root: &Tree) -> Option<String> {
    let mut layout = Layout {
        text,
        lines: BTreeMap::new(),
        edits: Vec::new(),
    };
    let mut first = opening(text, 0);
    if text[first..].starts_with("---") {
        first = opening(text, first + 3);
    }
    match &root.value {
        Value::Map(entries) if !text[first..].starts_with('{') => layout.block_map(entries, 0).map(drop)?,
        Value::Seq(items) if !text[first..].starts_with('[') => {
            layout.block_seq(items, first, 0).map(drop)?
        }
        _ => layout.flow(root),
    }
    Some(layout.apply())
}

struct Layout<'a> {
    text: &'a str,
    /// What becomes of the line that begins at this byte.
    lines: BTreeMap<usize, Line>,
    /// Blanks within lines, and what takes their place.
    edits: Vec<(Range<usize>, &'static str)>,
}

#[derive(Clone, Copy)]
enum Line {
    /// It begins with a key, a dash or a value, and is to be indented so far.
    Begins(usize),
    /// It goes on with what the line at this byte began, and is moved along with it, but not left of that column.
    GoesOn(usize, usize),
    /// It belongs to a block text whose body is indented by the second number, and is moved by the first.
    Body(isize, usize),
}

impl Layout<'_> {
    /// Gives where the map ends.
    fn block_map(&mut self, entries: &[Entry], column: usize) -> Option<usize> {
        let mut end = 0;
        for entry in entries {
            let key = entry.key_span.clone();
            self.begin(key.start, column)?;
            let after = colon(self.text, key.end)?;
            self.edits.push((key.end..after, ":"));
            let old_column = key.start - line_start(self.text, key.start);
            end = self.value(&entry.tree, after, old_column, column + STEP)?;
        }
        Some(end)
    }

    /// Gives where the list ends. Its first dash stands at `dash`.
    fn block_seq(&mut self, items: &[Tree], mut dash: usize, column: usize) -> Option<usize> {
        let mut end = dash;
        for item in items {
            if !self.text[dash..].starts_with('-') {
                return None;
            }
            self.begin(dash, column)?;
            let old_column = dash - line_start(self.text, dash);
            end = self.value(item, dash + 1, old_column, column + STEP)?;
            dash = opening(self.text, end);
        }
        Some(end)
    }

    /// What follows a `:` or `-` that ends at `from`. Gives where it ends.
    fn value(&mut self, tree: &Tree, from: usize, old_column: usize, column: usize) -> Option<usize> {
        let text = self.text;
        let start = opening(text, from);
        if let Some(block) = Block::at(text, start, old_column) {
            self.blank(from..start, " ");
            return Some(self.block_text(&block, old_column, column));
        }
        if tree.span.is_empty() {
            return Some(from);
        }
        if tree.span.start < start {
            return None;
        }
        let same_line = !text[from..start].contains('\n');
        // INVARIANT: not by the span, which begins at the first item of a list that stands as far left as its key.
        let inline = text[start..].starts_with(['{', '[', '*'])
            || !matches!(tree.value, Value::Map(_) | Value::Seq(_));
        if same_line {
            self.blank(from..start, " ");
        } else if inline {
            self.begin(start, column)?;
        }
        match &tree.value {
            _ if inline => {
                self.go_on(start..tree.span.end, column);
                self.flow(tree);
                Some(tree.span.end)
            }
            Value::Map(entries) => self.block_map(entries, column),
            Value::Seq(items) => self.block_seq(items, start, column),
            _ => None,
        }
    }

    /// What stands here begins its line, or follows the dash of a list on it.
    fn begin(&mut self, at: usize, column: usize) -> Option<()> {
        let start = line_start(self.text, at);
        let before = &self.text[start..at];
        if before.bytes().all(|byte| byte == b' ') {
            self.lines.insert(start, Line::Begins(column));
            return Some(());
        }
        before
            .bytes()
            .all(|byte| matches!(byte, b' ' | b'-'))
            .then_some(())
    }

    /// The lines after the first of something that runs over several.
    fn go_on(&mut self, range: Range<usize>, column: usize) {
        let first = line_start(self.text, range.start);
        for (at, _) in self.text[range.clone()].match_indices('\n') {
            let line = range.start + at + 1;
            let closes = self.text[line..].trim_start().starts_with([']', '}']);
            let least = if closes {
                column.saturating_sub(STEP)
            } else {
                column
            };
            self.lines.insert(line, Line::GoesOn(first, least));
        }
    }

    fn block_text(&mut self, block: &Block, old_column: usize, column: usize) -> usize {
        let body = &self.text[block.body..block.end];
        let moved = if block.indented_by_header {
            column as isize - STEP as isize - old_column as isize
        } else {
            column as isize - block.width as isize
        };
        let mut at = block.body;
        for line in body.split_inclusive('\n') {
            self.lines.insert(at, Line::Body(moved, block.width));
            at += line.len();
        }
        // Empty lines behind it say nothing, and must not seem to when the body moves to the left of their blanks.
        for line in self.text[block.end..]
            .split_inclusive('\n')
            .take_while(|line| line.trim().is_empty())
        {
            self.lines.insert(at, Line::Body(isize::MIN, 0));
            at += line.len();
        }
        block.end
    }

    /// The blanks between the parts of `{…}` and `[…]`, where these parts stand on one line.
    fn flow(&mut self, tree: &Tree) {
        let text = self.text;
        if !is_flow(text, tree) || !text[..tree.span.end].ends_with([']', '}']) {
            return;
        }
        let mut from = tree.span.start + 1;
        let mut first = true;
        let mut before = |layout: &mut Self, from: usize, start: usize| {
            if from <= start {
                layout.separator(from..start, if first { "" } else { "," });
            }
            first = false;
        };
        match &tree.value {
            Value::Seq(items) => {
                for item in items {
                    before(self, from, item.span.start);
                    self.flow(item);
                    from = from.max(item.span.end);
                }
            }
            Value::Map(entries) => {
                for entry in entries {
                    before(self, from, entry.key_span.start);
                    let value = &entry.tree;
                    if !value.span.is_empty() && entry.key_span.end <= value.span.start {
                        self.separator(entry.key_span.end..value.span.start, ":");
                    }
                    self.flow(value);
                    from = from.max(entry.key_span.end).max(value.span.end);
                }
            }
            _ => {}
        }
        let end = tree.span.end - 1;
        if from <= end {
            self.separator(from..end, "");
        }
    }

    /// A gap that holds this mark and blanks, and nothing else, gets the mark with one blank after it.
    fn separator(&mut self, gap: Range<usize>, mark: &str) {
        let written = self.text[gap.clone()].trim_matches(' ');
        let replacement = match (mark, written) {
            ("", "") => "",
            (",", ",") => ", ",
            (":", ":") => ": ",
            _ => return,
        };
        self.edits.push((gap, replacement));
    }

    /// Blanks on one line.
    fn blank(&mut self, gap: Range<usize>, replacement: &'static str) {
        if self.text[gap.clone()]
            .bytes()
            .all(|byte| matches!(byte, b' ' | b'\t'))
        {
            self.edits.push((gap, replacement));
        }
    }

    fn apply(mut self) -> String {
        let text = self.text;
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(text.len());
        let mut edits = self.edits.iter().peekable();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let end = at + line.len();
            let written = indent(line);
            out.push_str(&" ".repeat(self.column(at, line)));
            let mut copied = at + written;
            while let Some((range, replacement)) = edits.next_if(|(range, _)| range.start < end) {
                if range.start >= copied {
                    out.push_str(&text[copied..range.start]);
                    out.push_str(replacement);
                    copied = range.end;
                }
            }
            out.push_str(&text[copied.min(end)..end]);
            at = end;
        }
        out
    }

    /// How far the line that begins at this byte is indented when all is done.
    fn column(&self, at: usize, line: &str) -> usize {
        let written = indent(line);
        match self.lines.get(&at) {
            Some(Line::Begins(column)) => *column,
            Some(Line::GoesOn(owner, least)) => {
                let (old, new) = self.moved(*owner);
                (written + new).saturating_sub(old).max(*least)
            }
            // A line of nothing but blanks says something where it is longer than the body is indented.
            Some(Line::Body(by, width)) if written > *width || *by < 0 || !line.trim().is_empty() => {
                written.saturating_add_signed(*by)
            }
            Some(Line::Body(..)) => written,
            None if line.trim_start().starts_with('#') => self.comment(at, written),
            None => written,
        }
    }

    /// A comment keeps to what stands below it, or above it when it was indented like that.
    fn comment(&self, at: usize, written: usize) -> usize {
        let begins =
            |(line, kind): (&usize, &Line)| matches!(kind, Line::Begins(_)).then(|| self.moved(*line));
        let below = self.lines.range(at..).find_map(begins);
        let above = self.lines.range(..at).rev().find_map(begins);
        match (above, below) {
            (_, Some((old, new))) if written == old => new,
            (Some((old, new)), Some((next, _))) if written >= old && old > next => new,
            (_, Some((_, new))) => new,
            (Some((old, new)), None) if written > 0 && written >= old => new,
            _ => 0,
        }
    }

    /// The old and the new indentation of a line.
    fn moved(&self, line: usize) -> (usize, usize) {
        let old = indent(&self.text[line..]);
        match self.lines.get(&line) {
            Some(Line::Begins(new)) => (old, *new),
            _ => (old, old),
        }
    }
}

fn is_flow(text: &str, tree: &Tree) -> bool {
    text[tree.span.start..].starts_with(['{', '['])
}
