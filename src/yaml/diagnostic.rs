//! What is wrong with a file, where, and what to do: collected by the walkers, printed by `check`, `test` and the daemon
//! as rustc prints its own, or as one JSON object a line.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::Code;
use crate::domain::spelling::is_ignorable;

/// How much of an input a message repeats, in characters.
const SHOWN: usize = 60;

/// Whether a file can be used in spite of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The file can be used.
    Warning,
    /// The file cannot be used.
    Error,
}

/// A file's text, with an index of its lines.
#[derive(Debug, PartialEq)]
pub struct SourceText {
    text: String,
    /// Where each line begins.
    lines: Vec<usize>,
}

impl SourceText {
    /// Indexes a text.
    pub fn new(text: &str) -> Arc<Self> {
        let after_breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        Arc::new(Self {
            text: text.to_owned(),
            lines: std::iter::once(0).chain(after_breaks).collect(),
        })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The line of a byte, from 1.
    pub fn line(&self, at: usize) -> usize {
        self.lines.partition_point(|start| *start <= at)
    }

    /// Where the line of a byte begins.
    fn line_start(&self, at: usize) -> usize {
        self.lines[self.line(at) - 1]
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// The stable code.
    #[serde(serialize_with = "code_id")]
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, in the operator's words.
    pub message: String,
    /// The file's name, as it was given.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The line of the first character that is not concerned any more, from 1.
    pub end_line: usize,
    /// The column of that character, from 1.
    pub end_column: usize,
    /// The bytes concerned.
    pub span: Range<usize>,
    /// What to do, when that can be told.
    pub help: Option<String>,
    #[serde(skip)]
    source: Arc<SourceText>,
}

impl Diagnostic {
    /// A diagnostic at a place in a text. A span outside of the text is moved into it.
    pub fn new(
        code: Code,
        file: &str,
        source: &Arc<SourceText>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let text = source.as_str();
        let start = boundary(text, span.start);
        let span = start..boundary(text, span.end).max(start);
        Self {
            code,
            severity: code.severity(),
            message: printable(&message.into()),
            file: file.to_owned(),
            line: source.line(span.start),
            column: text[source.line_start(span.start)..span.start].chars().count() + 1,
            end_line: source.line(span.end),
            end_column: text[source.line_start(span.end)..span.end].chars().count() + 1,
            span,
            help: None,
            source: source.clone(),
        }
    }

    /// The same with a help line.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(printable(&help.into()));
        self
    }

    /// The columns at which it begins and ends, from 1, in UTF-16 code units as editors and SARIF count them.
    pub fn utf16_columns(&self) -> (usize, usize) {
        let text = self.source.as_str();
        let column = |at: usize| text[self.source.line_start(at)..at].encode_utf16().count() + 1;
        (column(self.span.start), column(self.span.end))
    }

    /// As rustc prints it, with a final newline.
    pub fn render(&self, color: bool) -> String {
        let renderer = if color {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let (first, excerpt) = self.excerpt();
        let at = |byte: usize| (byte - first).min(excerpt.len());
        let span = at(self.span.start)..at(self.span.end);
        let snippet = Snippet::source(shown(excerpt))
            .path(printable(&self.file))
            .line_start(self.line)
            .annotation(AnnotationKind::Primary.span(span));
        let mut group = level
            .primary_title(self.message.as_str())
            .id(self.code.id())
            .element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        format!("{}\n", renderer.render(&[group]))
    }

    /// The lines that the span touches, at most three of them, and where they begin.
    fn excerpt(&self) -> (usize, &str) {
        let text = self.source.as_str();
        let start = self.source.line_start(self.span.start);
        let mut end = start;
        for line in text[start..].split_inclusive('\n').take(3) {
            end += line.len();
            if end >= self.span.end.max(start + 1) {
                break;
            }
        }
        (start, text[start..end].trim_end_matches(['\n', '\r']))
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {} ({})",
            self.file, self.line, self.column, self.message, self.code
        )
    }
}

/// Everything that is wrong, in the order found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// Adds all of another collection.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether nothing is wrong, not even a warning.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Makes warnings of the errors with that code.
    pub fn forgive(&mut self, code: Code) {
        for diagnostic in self.0.iter_mut().filter(|diagnostic| diagnostic.code == code) {
            diagnostic.severity = Severity::Warning;
        }
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.errors() > 0
    }

    /// How many errors there are.
    pub fn errors(&self) -> usize {
        self.0
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .count()
    }

    /// How many warnings there are.
    pub fn warnings(&self) -> usize {
        self.0.len() - self.errors()
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Brings them into the order of file, line and column.
    pub fn sort(&mut self) {
        self.0
            .sort_by(|a, b| (&a.file, a.span.start, a.code).cmp(&(&b.file, b.span.start, b.code)));
    }

    /// As rustc prints them, an empty line after each.
    pub fn render(&self, color: bool) -> String {
        self.0
            .iter()
            .map(|diagnostic| diagnostic.render(color) + "\n")
            .collect()
    }

    /// One JSON object a line.
    pub fn json_lines(&self) -> String {
        self.0
            .iter()
            .filter_map(|diagnostic| serde_json::to_string(diagnostic).ok())
            .map(|line| line + "\n")
            .collect()
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, diagnostic) in self.0.iter().enumerate() {
            let separator = if position == 0 { "" } else { "\n" };
            write!(f, "{separator}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

/// An input for a message: in backticks, without control characters, cut to a length.
pub fn quoted(input: &str) -> String {
    let mut shown: String = input.chars().take(SHOWN).collect();
    if input.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{}`", printable(&shown))
}

/// What a terminal would obey, or an eye be deceived by, becomes `U+FFFD`.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_control() || is_hidden(c) {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect()
}

/// Whether a character cannot be seen, or turns the direction of writing, wherever it stands.
pub(super) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}') || (is_ignorable(c) && !is_joining(c))
}

/// Whether a character joins or changes what stands before it: the two joiners and the variation selectors. They are part of how
/// some languages and of how emoji are written, so a title may hold them; in a word that is compared nobody sees them.
pub fn is_joining(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// An excerpt in which what is hidden shows, at the same bytes.
fn shown(excerpt: &str) -> Cow<'_, str> {
    if !excerpt.contains(is_hidden) {
        return Cow::Borrowed(excerpt);
    }
    let mark = |c: char| match (is_hidden(c), c.len_utf8()) {
        (false, _) => c.to_string(),
        (true, 2) => "\u{b7}".to_owned(),
        (true, 3) => "\u{fffd}".to_owned(),
        (true, _) => "\u{fffd}?".to_owned(),
    };
    excerpt.chars().map(mark).collect::<String>().into()
}

fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn code_id<S: serde::Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.id())
}
