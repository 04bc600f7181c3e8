//! What is wrong with a file, where, and what to do: collected by the walkers, printed by `check`, `test` and the daemon
//! as rustc prints its own, or as one JSON object a line.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use serde::Serialize;

use super::Code;

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
    /// The bytes concerned.
    pub span: Range<usize>,
    /// What to do, when that can be told.
    pub help: Option<String>,
    #[serde(skip)]
    source: Arc<str>,
}

impl Diagnostic {
    /// A diagnostic at a place in a text. A span outside of the text is moved into it.
    pub fn new(
        code: Code,
        file: &str,
        source: &Arc<str>,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Self {
        let start = boundary(source, span.start);
        let span = start..boundary(source, span.end).max(start);
        let before = &source[..span.start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            code,
            severity: code.severity(),
            message: printable(&message.into()),
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
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
        let span = self.span.start - first..(self.span.end - first).min(excerpt.len());
        let snippet = Snippet::source(excerpt)
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
        let start = self.source[..self.span.start].rfind('\n').map_or(0, |at| at + 1);
        let mut end = start;
        for line in self.source[start..].split_inclusive('\n').take(3) {
            end += line.len();
            if end >= self.span.end.max(start + 1) {
                break;
            }
        }
        (start, self.source[start..end].trim_end_matches(['\n', '\r']))
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

fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

fn code_id<S: serde::Serializer>(code: &Code, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(code.id())
}
