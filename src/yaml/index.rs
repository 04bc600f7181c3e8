//! Where each value of a file stands: a tree of spans over the text, which also refuses what no file of ours needs.
//! Called by [`super::parse`] alone. It never decides what a scalar means.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::diagnostic::quoted;
use super::{Code, Diagnostic, Diagnostics, Source, syntax};

/// How deep a file may nest.
const MAX_DEPTH: usize = 32;
/// How many values a file may hold.
const MAX_VALUES: usize = 100_000;
/// How many values aliases may add to those written out.
const MAX_EXPANDED: usize = 1_000;

/// A map with fewer keys is small.
const SMALL_MAP: usize = 16;

/// How many values a file may name for aliases.
const MAX_ANCHORS: usize = 200;

/// A value's position and its parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Indexed<'a> {
    pub(super) span: Range<usize>,
    pub(super) shape: Shape<'a>,
}

/// The parts of a value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape<'a> {
    Scalar { text: Cow<'a, str>, plain: bool },
    Seq(Vec<Indexed<'a>>),
    Map(Vec<IndexedEntry<'a>>),
}

/// A key, its position, and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct IndexedEntry<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) key_span: Range<usize>,
    pub(super) value: Indexed<'a>,
}

/// Builds the index, or says everything that forbids it.
pub(super) fn build<'a>(source: &'a Source<'_>) -> Result<Indexed<'a>, Diagnostics> {
    let mut builder = Builder {
        source,
        events: Parser::new_from_str(source.text.as_str()),
        anchors: HashMap::new(),
        values: 0,
        expanded: 0,
        found: Diagnostics::default(),
    };
    match builder.document() {
        Ok(root) if builder.found.is_empty() => Ok(root),
        Ok(_) => Err(builder.found),
        Err(stop) => {
            builder.found.push(*stop);
            Err(builder.found)
        }
    }
}

struct Builder<'a> {
    source: &'a Source<'a>,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    /// What each anchor names; `None` when it is too large for any alias.
    anchors: HashMap<usize, Option<Indexed<'a>>>,
    values: usize,
    expanded: usize,
    found: Diagnostics,
}

/// An error after which the rest of the file cannot be indexed.
type Stop = Box<Diagnostic>;

impl<'a> Builder<'a> {
    fn document(&mut self) -> Result<Indexed<'a>, Stop> {
        loop {
            match self.next()? {
                (Event::StreamStart, _) => {}
                (Event::DocumentStart(..), _) => break,
                _ => {
                    let message = "the file holds nothing, or nothing but comments".to_owned();
                    return Err(Box::new(self.source.diagnostic(Code::EMPTY, 0..0, message)));
                }
            }
        }
        let (event, span) = self.next()?;
        let root = self.value(event, &span, 0)?;
        loop {
            match self.next()? {
                (Event::StreamEnd, _) => return Ok(root),
                (Event::DocumentStart(..), span) => {
                    return Err(self.stop(
                        Code::SEVERAL_DOCUMENTS,
                        &span,
                        "a second document begins here, and a file holds one; write a file of its own for it",
                    ));
                }
                _ => {}
            }
        }
    }

    /// The value that begins with the event.
    fn value(&mut self, event: Event<'a>, span: &Span, depth: usize) -> Result<Indexed<'a>, Stop> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.stop(
                Code::TOO_LARGE,
                span,
                &format!("the file holds over {MAX_VALUES} values"),
            ));
        }
        if depth > MAX_DEPTH {
            return Err(self.stop(
                Code::NESTING,
                span,
                &format!("values nest deeper than {MAX_DEPTH} levels here"),
            ));
        }
        let start = self.range(span).start;
        let (anchor, indexed) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                let plain = style == ScalarStyle::Plain;
                let shape = Shape::Scalar { text, plain };
                (
                    anchor,
                    Indexed {
                        span: self.range(span),
                        shape,
                    },
                )
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                let (items, end) = self.items(depth)?;
                (
                    anchor,
                    Indexed {
                        span: start..end.max(start),
                        shape: Shape::Seq(items),
                    },
                )
            }
            Event::MappingStart(_, anchor, tag) => {
                self.refuse_tag(tag.is_some(), span);
                let (entries, end) = self.entries(depth)?;
                (
                    anchor,
                    Indexed {
                        span: start..end.max(start),
                        shape: Shape::Map(entries),
                    },
                )
            }
            Event::Alias(anchor) => (0, self.alias(anchor, span)?),
            _ => return Err(self.stop(Code::SYNTAX, span, "a value is expected here")),
        };
        if anchor != 0 {
            // Readers look through all names for each; a bound keeps that from growing with the square of the file.
            if self.anchors.len() >= MAX_ANCHORS {
                let message = format!("the file has over {MAX_ANCHORS} anchors; write the values out");
                return Err(self.stop(Code::ALIAS, span, &message));
            }
            let small = size(&indexed) <= MAX_EXPANDED;
            self.anchors.insert(anchor, small.then(|| indexed.clone()));
        }
        Ok(indexed)
    }

    fn items(&mut self, depth: usize) -> Result<(Vec<Indexed<'a>>, usize), Stop> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::SequenceEnd) {
                let end = end_of(&span, items.last().map(|item: &Indexed<'_>| item.span.end));
                return Ok((items, end));
            }
            items.push(self.value(event, &span, depth + 1)?);
        }
    }

    fn entries(&mut self, depth: usize) -> Result<(Vec<IndexedEntry<'a>>, usize), Stop> {
        let mut entries: Vec<IndexedEntry<'a>> = Vec::new();
        let mut places = Places::default();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                let end = end_of(&span, entries.last().map(|entry| entry.value.span.end));
                return Ok((entries, end));
            }
            let key = self.value(event, &span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.value(event, &span, depth + 1)?;
            let key_span = key.span.clone();
            let Shape::Scalar { text, plain } = key.shape else {
                self.report(
                    Code::KEY,
                    key_span,
                    "a key must be text, and this one is a list or a map".to_owned(),
                );
                continue;
            };
            if plain && (text.is_empty() || text == "~" || text.eq_ignore_ascii_case("null")) {
                self.report(
                    Code::KEY,
                    key_span,
                    "a key must be text, and this one is empty".to_owned(),
                );
            } else if plain && !is_text(&text) {
                let message = format!(
                    "a key must be text, and {} is a number or a truth; put it in quotes",
                    quoted(&text)
                );
                self.report(Code::KEY, key_span, message);
            } else if plain && text == "<<" {
                let message = "merge keys are not read; write the values out".to_owned();
                self.report(Code::ALIAS, key_span, message);
            } else if let Some(first) = places.of(&text, &entries) {
                let line = self.source.text.line(first.start);
                let message = format!("the key `{text}` is given twice; the first is on line {line}");
                self.report(Code::DUPLICATE_KEY, key_span, message);
            } else {
                entries.push(IndexedEntry {
                    key: text,
                    key_span,
                    value,
                });
            }
        }
    }

    fn alias(&mut self, anchor: usize, span: &Span) -> Result<Indexed<'a>, Stop> {
        let Some(target) = self.anchors.get(&anchor) else {
            return Err(self.stop(Code::ALIAS, span, "this alias stands inside the value it names"));
        };
        self.expanded += target.as_ref().map_or(MAX_EXPANDED, size);
        match target {
            Some(target) if self.expanded <= MAX_EXPANDED => Ok(Indexed {
                span: self.range(span),
                shape: target.shape.clone(),
            }),
            _ => {
                let message = format!("aliases expand to over {MAX_EXPANDED} values; write the values out");
                Err(self.stop(Code::ALIAS, span, &message))
            }
        }
    }

    fn next(&mut self) -> Result<(Event<'a>, Span), Stop> {
        match self.events.next() {
            Some(Ok(next)) => Ok(next),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => {
                let end = self.source.text.as_str().len();
                let message = "the file ends too early".to_owned();
                Err(Box::new(self.source.diagnostic(Code::SYNTAX, end..end, message)))
            }
        }
    }

    fn syntax(&self, error: &ScanError) -> Stop {
        let marker = error.marker();
        let at = marker
            .byte_offset()
            .unwrap_or_else(|| byte_at(self.source.text.as_str(), marker.index()));
        Box::new(syntax::explain(
            self.source,
            &error.info(),
            at.min(self.source.text.as_str().len()),
        ))
    }

    fn refuse_tag(&mut self, tagged: bool, span: &Span) {
        if tagged {
            let at = span
                .tag_span()
                .map_or_else(|| self.range(span), |tag| self.range(&tag));
            self.report(
                Code::TAG,
                at,
                "tags such as `!name` are not read; take it away".to_owned(),
            );
        }
    }

    fn report(&mut self, code: Code, span: Range<usize>, message: String) {
        self.found.push(self.source.diagnostic(code, span, message));
    }

    fn stop(&self, code: Code, span: &Span, message: &str) -> Stop {
        Box::new(self.source.diagnostic(code, self.range(span), message.to_owned()))
    }

    fn range(&self, span: &Span) -> Range<usize> {
        let text = self.source.text.as_str();
        span.byte_range()
            .unwrap_or_else(|| byte_at(text, span.start.index())..byte_at(text, span.end.index()))
    }
}

/// Where a collection ends: at its closing bracket, or with its last part when it has none.
fn end_of(span: &Span, last: Option<usize>) -> usize {
    let range = span.byte_range().unwrap_or_default();
    if range.is_empty() {
        last.unwrap_or(range.end)
    } else {
        range.end
    }
}

/// Whether a plain scalar means text. The one that says what things mean is asked, where it could say anything else.
fn is_text(plain: &str) -> bool {
    let doubtful = |first: char| first.is_ascii_digit() || "+-.tTfF".contains(first);
    !plain.starts_with(doubtful)
        || matches!(
            serde_yaml::from_str(plain),
            Ok(serde_yaml::Value::String(_)) | Err(_)
        )
}

fn byte_at(text: &str, index: usize) -> usize {
    text.char_indices().nth(index).map_or(text.len(), |(at, _)| at)
}

/// Where the keys of a map stand: small maps are looked through, large ones have a table.
#[derive(Default)]
struct Places<'a>(HashMap<Cow<'a, str>, usize>);

impl<'a> Places<'a> {
    /// Where the key stands among the entries so far.
    fn of<'e>(&mut self, key: &str, entries: &'e [IndexedEntry<'a>]) -> Option<&'e Range<usize>> {
        if entries.len() < SMALL_MAP {
            let entry = entries.iter().find(|entry| entry.key == key);
            return entry.map(|entry| &entry.key_span);
        }
        for (at, entry) in entries.iter().enumerate().skip(self.0.len()) {
            self.0.insert(entry.key.clone(), at);
        }
        self.0.get(key).map(|at| &entries[*at].key_span)
    }
}

fn size(indexed: &Indexed<'_>) -> usize {
    match &indexed.shape {
        Shape::Scalar { .. } => 1,
        Shape::Seq(items) => 1 + items.iter().map(size).sum::<usize>(),
        Shape::Map(entries) => 1 + entries.iter().map(|entry| 1 + size(&entry.value)).sum::<usize>(),
    }
}
