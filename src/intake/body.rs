//! Cuts what somebody delivers (a request's body, a file) into records and keeps each record's exact bytes.
//!
//! Accepted are one JSON object, an array, NDJSON, and the envelopes of the usual shippers: `{"records": […]}` (Azure
//! diagnostic streaming, Event Hubs), `{"value": […]}` (a page of an API), `{"result": {…}, "sid": …}` (a Splunk alert
//! action), `{"event": {…}, "source": …}` (a Splunk HTTP event), `{"specversion": "1.0", "data": …}` (CloudEvents 1.0 in its
//! structured mode), `{"_index": …, "_source": {…}}` (a hit of Elasticsearch), and incidents of Defender XDR and Graph that
//! bring their alerts along. Envelopes may stand in arrays and in NDJSON lines.
//!
//! One broken NDJSON line does not lose the others; a broken array is refused whole, as nobody can tell where its next
//! record begins. Nothing here looks at what a record says: [`crate::intake::normalize`](mod@crate::intake::normalize) does.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::intake::record::Record;

/// How deep envelopes may stand in one another; what is deeper is taken for a record.
const MAX_ENVELOPES: usize = 4;

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
    /// The exact bytes that arrived.
    pub bytes: &'a [u8],
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
            None => serde_json::from_slice(self.bytes).map_err(|error| Broken::from_json(&error)),
        }
    }

    /// The record as [`Record`]: the same, at half the cost, for reading alone.
    ///
    /// # Errors
    /// As [`Piece::parse`].
    pub fn record(&self) -> Result<Record<'_>, Broken> {
        match &self.broken {
            Some(broken) => Err(broken.clone()),
            None => Record::parse(self.bytes).map_err(|error| Broken::from_json(&error)),
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
    // A byte-order mark is common in files from Windows.
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    if body.trim_ascii().is_empty() {
        return Err(Broken::Empty);
    }
    let mut pieces = Pieces {
        found: Vec::new(),
        max: max_records,
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
    serde_json::from_str(text.trim()).map_err(|error| Broken::from_json(&error))
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
    max: usize,
}

impl<'a> Pieces<'a> {
    fn push(&mut self, bytes: &'a [u8], line: Option<usize>, broken: Option<Broken>) -> Result<(), Broken> {
        if self.found.len() >= self.max {
            return Err(Broken::TooMany(self.max));
        }
        self.found.push(Piece {
            index: self.found.len(),
            line,
            bytes,
            broken,
        });
        Ok(())
    }

    /// Takes a document apart: arrays and envelopes into what they hold, anything else is a record.
    fn take(&mut self, document: &'a RawValue, line: Option<usize>, depth: usize) -> Result<(), Broken> {
        let text = document.get();
        let inner: Vec<&'a RawValue> = if depth >= MAX_ENVELOPES {
            return self.push(text.as_bytes(), line, None);
        } else if text.starts_with('[') {
            match serde_json::from_str(text) {
                Ok(elements) => elements,
                Err(error) => return self.push(text.as_bytes(), line, Some(Broken::from_json(&error))),
            }
        } else if let Some(inner) = serde_json::from_str::<Envelope<'a>>(text)
            .ok()
            .and_then(Envelope::open)
        {
            inner
        } else {
            return self.push(text.as_bytes(), line, None);
        };
        inner
            .into_iter()
            .try_for_each(|element| self.take(element, line, depth + 1))
    }
}

/// The keys by which an envelope is known. A record with one of them twice is no envelope and will be refused by its
/// shape.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    records: Option<&'a RawValue>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    sid: Option<&'a RawValue>,
    #[serde(borrow)]
    search_name: Option<&'a RawValue>,
    #[serde(borrow)]
    source: Option<&'a RawValue>,
    #[serde(borrow)]
    sourcetype: Option<&'a RawValue>,
    #[serde(borrow)]
    specversion: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow, rename = "_index")]
    index: Option<&'a RawValue>,
    #[serde(borrow, rename = "_source")]
    hit: Option<&'a RawValue>,
    #[serde(borrow)]
    alerts: Option<&'a RawValue>,
    #[serde(borrow, rename = "incidentName")]
    incident_name: Option<&'a RawValue>,
    #[serde(borrow, rename = "incidentWebUrl")]
    incident_web_url: Option<&'a RawValue>,
}

impl<'a> Envelope<'a> {
    /// What the envelope holds; `None` when the object is a record.
    fn open(self) -> Option<Vec<&'a RawValue>> {
        for page in [self.records, self.value].into_iter().flatten() {
            if page.get().starts_with('[') {
                return serde_json::from_str(page.get()).ok();
            }
        }
        let object = |held: Option<&'a RawValue>| held.filter(|held| held.get().starts_with('{'));
        let held = |data: &'a RawValue| match data.get().as_bytes().first() {
            Some(b'[') => serde_json::from_str(data.get()).ok(),
            Some(b'{') => Some(vec![data]),
            _ => None,
        };
        if self
            .specversion
            .is_some_and(|version| version.get().starts_with("\"1."))
        {
            return self.data.and_then(held);
        }
        if let (Some(hit), Some(_)) = (object(self.hit), self.index) {
            return Some(vec![hit]);
        }
        // An incident without alerts is a record: it says so itself that it leads to no call.
        if let (Some(alerts), Some(_)) = (self.alerts, self.incident_name.or(self.incident_web_url)) {
            let alerts: Vec<&'a RawValue> = serde_json::from_str(alerts.get()).ok()?;
            let whole = !alerts.is_empty() && alerts.iter().all(|alert| alert.get().starts_with('{'));
            return whole.then_some(alerts);
        }
        if let (Some(result), true) = (object(self.result), self.sid.or(self.search_name).is_some()) {
            return Some(vec![result]);
        }
        match (object(self.event), self.source.or(self.sourcetype)) {
            (Some(event), Some(_)) => Some(vec![event]),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expected: &[&str]) {
        let pieces = split(body.as_bytes(), Lines::Unsaid, 100).expect("the body can be taken");
        let bytes: Vec<&str> = pieces
            .iter()
            .map(|piece| std::str::from_utf8(piece.bytes).expect("the test writes UTF-8"))
            .collect();
        assert_eq!(bytes, expected, "{body}");
        assert!(pieces.iter().enumerate().all(|(at, piece)| piece.index == at));
    }

    fn broken(body: &[u8]) -> Vec<(Option<usize>, String)> {
        let pieces = split(body, Lines::Unsaid, 100).expect("the body can be taken");
        pieces
            .iter()
            .filter_map(|piece| piece.parse().err().map(|error| (piece.line, error.to_string())))
            .collect()
    }

    #[test]
    fn every_body_shape_gives_its_records_with_their_exact_bytes() {
        check(r#"{"id": "1" }"#, &[r#"{"id": "1" }"#]);
        check("\u{feff} {\"id\":1}\n", &["{\"id\":1}"]);
        check(r#"[{"id":1}, {"id":2}]"#, &[r#"{"id":1}"#, r#"{"id":2}"#]);
        check("{\"id\":1}\r\n\r\n{\"id\":2}\n", &["{\"id\":1}", "{\"id\":2}"]);
        check(
            r#"{"records":[{"id":1},{"id":2}]}"#,
            &[r#"{"id":1}"#, r#"{"id":2}"#],
        );
        check(r#"{"@odata.context":"x","value":[{"id":1}]}"#, &[r#"{"id":1}"#]);
        check(
            r#"{"search_name":"x","sid":"y","result":{"id":1}}"#,
            &[r#"{"id":1}"#],
        );
        check(r#"{"time":1,"source":"x","event":{"id":1}}"#, &[r#"{"id":1}"#]);
        check(
            r#"[{"records":[{"id":1},[{"id":2}]]},{"id":3}]"#,
            &[r#"{"id":1}"#, r#"{"id":2}"#, r#"{"id":3}"#],
        );
        check(
            r#"{"specversion":"1.0","type":"x","source":"y","id":"1","data":{"records":[{"id":1},{"id":2}]}}"#,
            &[r#"{"id":1}"#, r#"{"id":2}"#],
        );
        check(r#"[{"specversion":"1.0","data":[{"id":1}]}]"#, &[r#"{"id":1}"#]);
        check(r#"{"_index":"logs","_source":{"id":1}}"#, &[r#"{"id":1}"#]);
        check(
            r#"{"value":[{"incidentId":7,"incidentName":"x","alerts":[{"alertId":1},{"alertId":2}]}]}"#,
            &[r#"{"alertId":1}"#, r#"{"alertId":2}"#],
        );
        check(
            r#"{"id":"7","incidentWebUrl":"x","alerts":[{"id":1}]}"#,
            &[r#"{"id":1}"#],
        );
        check("[]", &[]);
        check(r#"{"value":[]}"#, &[]);
    }

    #[test]
    fn an_object_with_a_key_of_an_envelope_alone_is_a_record() {
        for record in [
            r#"{"value":7}"#,
            r#"{"records":"x"}"#,
            r#"{"event":{"kind":"alert"}}"#,
            r#"{"result":{}}"#,
            r#"{"records":[1],"records":[2]}"#,
            r#"{"specversion":"1.0","data_base64":"e30="}"#,
            r#"{"specversion":"0.3","data":{}}"#,
            r#"{"_source":{"id":1}}"#,
            r#"{"incidentName":"x","alerts":[]}"#,
            r#"{"incidentName":"x","alerts":[7]}"#,
            r#"{"id":"1","alerts":[{"id":2}]}"#,
            "7",
            "null",
        ] {
            check(record, &[record]);
        }
    }

    #[test]
    fn one_broken_line_does_not_lose_the_others() {
        let body = b"{\"id\":1}\n{\"id\":\n\xff\xfe\n{\"id\":NaN}\n{\"id\":1e999}\n{\"id\":2}\n";
        let pieces = split(body, Lines::Unsaid, 100).expect("the body can be taken");
        assert_eq!(pieces.iter().filter(|piece| piece.parse().is_ok()).count(), 2);
        assert_eq!(
            broken(body),
            [
                (
                    Some(2),
                    "the text is not JSON: EOF while parsing a value at line 1 column 6".to_owned()
                ),
                (Some(3), "the text is not valid UTF-8 at byte 0".to_owned()),
                (
                    Some(4),
                    "the text is not JSON: expected value at line 1 column 7".to_owned()
                ),
                (
                    Some(5),
                    "the text is not JSON: number out of range at line 1 column 11".to_owned()
                ),
            ]
        );
        assert_eq!(
            broken(b"rubbish\nrubbish\n{\"id\":1}").len(),
            2,
            "the first lines may be broken too"
        );
    }

    #[test]
    fn a_cut_document_is_one_broken_piece_and_not_one_a_line() {
        for body in [
            "[\n{\"id\":1},\n{\"id\":2}\n",
            "{\n  \"id\": 1,\n  \"x\": {}\n",
            "[{\"id\":1},",
            "rubbish",
        ] {
            assert_eq!(broken(body.as_bytes()).len(), 1, "{body}");
        }
    }

    #[test]
    fn lines_that_were_declared_are_lines_whatever_they_hold() {
        let pieces = split(b"{\n{\"id\":1}", Lines::Declared, 100).expect("the body can be taken");
        assert_eq!(
            pieces
                .iter()
                .map(|piece| piece.parse().is_ok())
                .collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn nothing_and_blanks_are_an_empty_body() {
        for body in ["", " \n\t ", "\u{feff}"] {
            assert_eq!(
                split(body.as_bytes(), Lines::Unsaid, 9).expect_err("there is nothing"),
                Broken::Empty
            );
        }
    }

    #[test]
    fn ten_thousand_levels_of_nesting_are_refused_without_a_crash() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"records\":[", "]}")] {
            let body = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
            let pieces = split(body.as_bytes(), Lines::Unsaid, 100).expect("the body can be taken");
            assert_eq!(pieces.len(), 1);
            assert_eq!(pieces[0].parse(), Err(Broken::TooDeep), "{open}");
            assert_eq!(broken("[".repeat(10_000).as_bytes()).len(), 1);
        }
    }

    #[test]
    fn more_records_than_the_bound_are_refused_as_a_whole() {
        let body = format!("[{}]", vec!["1"; 101].join(","));
        assert_eq!(
            split(body.as_bytes(), Lines::Unsaid, 100).expect_err("101 records"),
            Broken::TooMany(100)
        );
        assert_eq!(
            split(body.as_bytes(), Lines::Unsaid, 101).map(|pieces| pieces.len()),
            Ok(101)
        );
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
            if let Ok(pieces) = split(&body, Lines::Unsaid, 100) {
                pieces.iter().for_each(|piece| { let _ = piece.parse(); });
            }
        }

        #[test]
        fn nothing_made_of_json_parts_makes_it_panic(parts in proptest::collection::vec(proptest::sample::select(vec![
            "{", "}", "[", "]", ",", ":", "\"records\"", "\"value\"", "\"event\"", "\"source\"", "1", "null", "\n", " ", "\\u0000", "é",
        ]), 0..40)) {
            if let Ok(pieces) = split(parts.concat().as_bytes(), Lines::Unsaid, 100) {
                pieces.iter().for_each(|piece| { let _ = piece.parse(); });
            }
        }

        #[test]
        fn every_record_of_an_array_and_of_lines_comes_out(ids in proptest::collection::vec(0u32..1000, 0..20)) {
            let records: Vec<String> = ids.iter().map(|id| format!("{{\"id\":{id}}}")).collect();
            for body in [format!("[{}]", records.join(",")), records.join("\n")] {
                match split(body.as_bytes(), Lines::Unsaid, 100) {
                    Ok(pieces) => {
                        let found: Vec<&[u8]> = pieces.iter().map(|piece| piece.bytes).collect();
                        proptest::prop_assert_eq!(found, records.iter().map(String::as_bytes).collect::<Vec<_>>());
                    }
                    Err(broken) => proptest::prop_assert!(records.is_empty() && broken == Broken::Empty),
                }
            }
        }
    }
}
