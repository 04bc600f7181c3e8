//! Cuts what somebody delivers (a request's body, a file) into records and keeps each record's exact bytes.
//!
//! Accepted are one JSON object, an array, NDJSON, and the envelopes of the usual shippers: `{"records": […]}` (Azure
//! diagnostic streaming, Event Hubs), `{"value": […]}` (a page of an API), `{"result": {…}, "sid": …}` (a Splunk alert
//! action), `{"event": {…}, "source": …}` (a Splunk HTTP event), `{"specversion": "1.0", "data": …}` (CloudEvents 1.0 in its
//! structured mode, also with `data_base64`), `{"_index": …, "_source": {…}}` (a hit of Elasticsearch), and incidents of Defender XDR and Graph that
//! bring their alerts along. Envelopes may stand in arrays and in NDJSON lines.
//!
//! One broken NDJSON line does not lose the others; a broken array is refused whole, as nobody can tell where its next
//! record begins. Nothing here looks at what a record says: [`crate::intake::normalize`](mod@crate::intake::normalize) does.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::intake::envelope::{Envelope, Held, Opens};
use crate::intake::reader::{Reader, Shape};
use crate::intake::record::{MAX_PARTS, Record, Unparsed};

/// How deep envelopes may stand in one another; what is deeper is taken for a record.
const MAX_ENVELOPES: usize = 4;

/// Deeper than any record nests that somebody means, and so few levels that to skip them takes no memory to speak of.
const MOST_LEVELS: usize = 1 << 16;

/// Whether the sender said that every line is a record of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// `Content-Type: application/x-ndjson` or the like.
    Declared,
    /// Nothing was said: the body tells.
    Unsaid,
}

/// One record of a body, or why there is none at its place.
#[derive(Debug)]
pub struct Piece<'a> {
    /// Counts the pieces of the body from 0.
    pub index: usize,
    /// The line of an NDJSON body, from 1.
    pub line: Option<usize>,
    /// The exact bytes that arrived; what came as `data_base64` is decoded.
    pub bytes: Cow<'a, [u8]>,
    /// The trace that the CloudEvent around it says it came of.
    pub traceparent: Option<String>,
    /// Set when these bytes are no JSON text.
    broken: Option<Broken>,
}

impl Piece<'_> {
    /// The record as JSON, nested at most 128 deep.
    ///
    /// # Errors
    /// [`Broken`], with the place when the parser tells it.
    pub fn parse(&self) -> Result<Value, Broken> {
        match &self.broken {
            Some(broken) => Err(broken.clone()),
            None => serde_json::from_slice(&self.bytes).map_err(|error| Broken::from_json(&error)),
        }
    }

    /// The record as [`Record`]: the same, at half the cost, for reading alone.
    ///
    /// # Errors
    /// As [`Piece::parse`].
    pub fn record(&self) -> Result<Record<'_>, Broken> {
        match &self.broken {
            Some(broken) => Err(broken.clone()),
            None => Record::parse(&self.bytes).map_err(|error| match error {
                Unparsed::Json(error) => Broken::from_json(&error),
                Unparsed::TooManyParts => Broken::TooManyParts,
            }),
        }
    }
}

/// Why bytes are no record. `Display` tells the operator; [`Broken::reason`] is the stable name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Nothing was delivered.
    #[error("the body is empty: send one JSON object, an array, or one object a line")]
    Empty,
    /// Not UTF-8.
    #[error("the text is not valid UTF-8 at byte {0}")]
    Encoding(usize),
    /// Not JSON.
    #[error("the text is not JSON: {0}")]
    Json(String),
    /// JSON nested deeper than any alert.
    #[error("the JSON is nested more than 128 deep")]
    TooDeep,
    /// A record of more values than any alert.
    #[error("the record has more than {MAX_PARTS} parts (values, and values within them)")]
    TooManyParts,
    /// More records than one body may hold.
    #[error("the body holds more than {0} records: send them in several requests")]
    TooMany(usize),
}

impl Broken {
    /// The stable name, for dead letters, metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Empty => "empty_body",
            Self::Encoding(_) => "invalid_utf8",
            Self::Json(_) => "broken_json",
            Self::TooDeep => "too_deep",
            Self::TooManyParts => "too_many_parts",
            Self::TooMany(_) => "too_many_records",
        }
    }

    fn from_json(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        if text.starts_with("recursion limit exceeded") {
            Self::TooDeep
        } else {
            Self::Json(text)
        }
    }
}

/// Cuts a body into its pieces, in order. An empty array or page has none.
///
/// # Errors
/// [`Broken`] when the body as a whole cannot be taken: it is empty, or holds more than `max_records`.
pub fn split(body: &[u8], lines: Lines, max_records: usize) -> Result<Vec<Piece<'_>>, Broken> {
    cut(body, lines, (max_records, Opens::All))
}

/// The same for the messages of a source. What its mapping reads is a record as its sender wrote it: a member that is called
/// as a shipper's envelope is none.
///
/// # Errors
/// As [`split`].
pub fn split_for<'a>(body: &'a [u8], lines: Lines, reader: &Reader) -> Result<Vec<Piece<'a>>, Broken> {
    let opens = match reader.shape {
        Shape::Mapped(_) => Opens::CloudEvents,
        Shape::Detect | Shape::Fixed(_) | Shape::Group(_) => Opens::All,
    };
    cut(body, lines, (reader.max_records, opens))
}

fn cut(body: &[u8], lines: Lines, (max, opens): (usize, Opens)) -> Result<Vec<Piece<'_>>, Broken> {
    // A byte-order mark is common in files from Windows.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(Broken::Empty);
    }
    let mut pieces = Pieces {
        found: Vec::new(),
        traceparent: None,
        max,
        opens,
    };
    let whole = if lines == Lines::Declared {
        Err(None)
    } else {
        document(body).map_err(Some)
    };
    match whole {
        Ok(document) => pieces.take(document, None, 0)?,
        Err(broken) => match broken.filter(|_| !reads_as_lines(body)) {
            Some(broken) => pieces.push(body, None, Some(broken))?,
            None => {
                for (at, line) in lines_of(body) {
                    match document(line) {
                        Ok(document) => pieces.take(document, Some(at), 0)?,
                        Err(broken) => pieces.push(line, Some(at), Some(broken))?,
                    }
                }
            }
        },
    }
    Ok(pieces.found)
}

/// The whole text as one JSON document, its bytes kept.
fn document(text: &[u8]) -> Result<&RawValue, Broken> {
    let text = std::str::from_utf8(text).map_err(|error| Broken::Encoding(error.valid_up_to()))?;
    if nests_without_end(text.as_bytes()) {
        return Err(Broken::TooDeep);
    }
    serde_json::from_str(text.trim()).map_err(|error| Broken::from_json(&error))
}

/// Whether values nest so deep that skipping them takes memory: the parser notes a byte for each level, in a buffer that doubles, so
/// that eight million openings would cost sixteen million bytes. A record of more than 128 levels is refused on its own, later.
fn nests_without_end(text: &[u8]) -> bool {
    let opens = |byte: &u8| matches!(byte, b'[' | b'{');
    // Most texts are told by this alone, which reads many bytes at a time.
    if text.len() <= MOST_LEVELS || text.iter().filter(|byte| opens(byte)).count() <= MOST_LEVELS {
        return false;
    }
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b']' | b'}' => depth = depth.saturating_sub(1),
            byte if opens(byte) => depth += 1,
            _ => {}
        }
        if depth > MOST_LEVELS {
            return true;
        }
    }
    false
}

/// Lines that are not blank, with their number from 1.
fn lines_of(body: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    body.split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(at, line)| (at + 1, line.trim_ascii()))
        .filter(|(_, line)| !line.is_empty())
}

/// Whether a body that is no JSON document reads as NDJSON with broken lines in it: some line is an object by itself,
/// and no line is a lone bracket, as in a document that was written over several lines and then cut.
fn reads_as_lines(body: &[u8]) -> bool {
    let lone_bracket = |line: &[u8]| {
        !matches!(line, b"{}" | b"[]") && line.iter().all(|b| matches!(b, b'[' | b']' | b'{' | b'}' | b','))
    };
    let complete = |line: &[u8]| line.first() == Some(&b'{') && document(line).is_ok();
    lines_of(body).count() > 1
        && !lines_of(body).any(|(_, line)| lone_bracket(line))
        && lines_of(body).any(|(_, line)| complete(line))
}

/// The pieces found so far.
struct Pieces<'a> {
    found: Vec<Piece<'a>>,
    /// What the CloudEvent says that is being taken apart.
    traceparent: Option<String>,
    max: usize,
    opens: Opens,
}

impl<'a> Pieces<'a> {
    fn push(
        &mut self,
        bytes: impl Into<Cow<'a, [u8]>>,
        line: Option<usize>,
        broken: Option<Broken>,
    ) -> Result<(), Broken> {
        if self.found.len() >= self.max {
            return Err(Broken::TooMany(self.max));
        }
        self.found.push(Piece {
            index: self.found.len(),
            line,
            bytes: bytes.into(),
            traceparent: self.traceparent.clone(),
            broken,
        });
        Ok(())
    }

    /// Takes a document apart: arrays and envelopes into what they hold, anything else is a record.
    fn take(&mut self, document: &'a RawValue, line: Option<usize>, depth: usize) -> Result<(), Broken> {
        let outer = self.traceparent.clone();
        let taken = self.take_within(document, line, depth);
        self.traceparent = outer;
        taken
    }

    fn take_within(
        &mut self,
        document: &'a RawValue,
        line: Option<usize>,
        depth: usize,
    ) -> Result<(), Broken> {
        let text = document.get();
        let inner: Vec<&'a RawValue> = if depth >= MAX_ENVELOPES {
            return self.push(text.as_bytes(), line, None);
        } else if text.starts_with('[') {
            match serde_json::from_str(text) {
                Ok(elements) => elements,
                Err(error) => return self.push(text.as_bytes(), line, Some(Broken::from_json(&error))),
            }
        } else {
            let envelope = serde_json::from_str::<Envelope<'a>>(text).ok();
            if let Some(own) = envelope.as_ref().and_then(Envelope::traceparent) {
                self.traceparent = Some(own);
            }
            match envelope.and_then(|envelope| envelope.open(self.opens)) {
                Some(Held::Inside(inner)) => inner,
                Some(Held::Encoded(encoded)) => return self.decode(encoded, text, (line, depth)),
                None => return self.push(text.as_bytes(), line, None),
            }
        };
        inner
            .into_iter()
            .try_for_each(|element| self.take(element, line, depth + 1))
    }
}

impl<'a> Pieces<'a> {
    /// Takes the document that an envelope brings as base64; what is none is told of the envelope.
    fn decode(
        &mut self,
        encoded: &RawValue,
        envelope: &'a str,
        (line, depth): (Option<usize>, usize),
    ) -> Result<(), Broken> {
        let unreadable = |why: String| Broken::Json(format!("in `data_base64`, {why}"));
        let text: Result<String, _> = serde_json::from_str(encoded.get());
        let bytes = text
            .map_err(|error| unreadable(error.to_string()))
            .and_then(|text| {
                let decoded = BASE64.decode(text.as_bytes());
                decoded.map_err(|error| unreadable(error.to_string().to_lowercase()))
            });
        let document = match &bytes {
            Ok(bytes) => document(bytes).map_err(|broken| unreadable(broken.to_string())),
            Err(broken) => Err(broken.clone()),
        };
        let document = match document {
            Ok(document) => document,
            Err(broken) => return self.push(envelope.as_bytes(), line, Some(broken)),
        };
        let mut inner = Pieces {
            found: Vec::new(),
            traceparent: None,
            max: self.max - self.found.len(),
            opens: self.opens,
        };
        inner
            .take(document, line, depth + 1)
            .map_err(|_| Broken::TooMany(self.max))?;
        inner
            .found
            .into_iter()
            .try_for_each(|piece| self.push(piece.bytes.into_owned(), piece.line, piece.broken))
    }
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
