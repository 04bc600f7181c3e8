//! One record as it was parsed, once: what says the same, and what it means, are both read from here. Called by
//! [`crate::web`] for every record that arrives.
//!
//! A tree whose texts stand where they stood in the record costs half of a [`Value`], and of a Defender alert only the
//! keys that its reader looks at are made one. Meaning is never read here: [`normalize()`] does that, of the same keys as
//! ever, and the tests hold the two ways against each other.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

use crate::domain::alert::{Event, EventFormat};
use crate::domain::device::DeviceIdRule;
use crate::intake::delivery::Shape;
use crate::intake::normalize::{Refusal, detect, normalize, read_as};

/// Whether a record's format is told by this key, or the reader of Defender's alerts looks at it.
fn is_looked_at(key: &str) -> bool {
    let by_detect = matches!(
        key,
        "category"
            | "properties"
            | "SystemAlertId"
            | "VendorOriginalId"
            | "AlertSeverity"
            | "incidentId"
            | "incidentName"
            | "alerts"
            | "@odata.type"
            | "IncidentNumber"
            | "AlertIds"
            | "object"
            | "value"
            | "quell"
            | "event"
            | "event.dataset"
            | "data_stream"
            | "data_stream.dataset"
            | "vendorInformation"
            | "id"
            | "createdDateTime"
            | "serviceSource"
            | "providerAlertId"
            | "alertCreationTime"
            | "machineId"
            | "severity"
            | "Timestamp"
            | "ActionType"
            | "DeviceId"
            | "AlertId"
    );
    let by_mde = || {
        matches!(
            key,
            "title"
                | "detectionSource"
                | "mitreTechniques"
                | "classification"
                | "determination"
                | "status"
                | "lastUpdateTime"
                | "lastEventTime"
                | "relatedUser"
                | "alertUser"
        )
    };
    by_detect || by_mde()
}

/// A key that is asked for, never what it holds: the longest part of an alert.
const ONLY_THERE: &str = "evidence";

/// One record, valid JSON in every part.
#[derive(Debug)]
pub struct Record<'a>(Tree<'a>);

#[derive(Debug)]
enum Tree<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    Array(Vec<Tree<'a>>),
    /// In the order written; of a key that is written twice the last one counts.
    Object(Vec<(Cow<'a, str>, Tree<'a>)>),
}

impl<'a> Record<'a> {
    /// Parses the record, nested at most 128 deep.
    ///
    /// # Errors
    /// It is not JSON, with the place; the same as for a [`Value`].
    pub fn parse(bytes: &'a [u8]) -> serde_json::Result<Self> {
        // One look at all of it costs a tenth of a look at each of its texts.
        match std::str::from_utf8(bytes) {
            Ok(text) => serde_json::from_str(text).map(Self),
            // What is wrong with it, and where, is told as for any other error.
            Err(_) => serde_json::from_slice(bytes).map(Self),
        }
    }

    /// What [`normalize()`] says of the record.
    ///
    /// # Errors
    /// As [`normalize()`].
    pub fn normalize(&self, rule: &DeviceIdRule) -> Result<Event, Refusal> {
        if let Tree::Object(members) = &self.0 {
            let part = Value::Object(looked_at(members));
            if detect(&part) == Ok(EventFormat::MdeAlert) {
                return read_as(EventFormat::MdeAlert, &part, rule);
            }
        }
        normalize(&self.0.to_value(), rule)
    }

    /// The same for a source whose records have this shape.
    ///
    /// # Errors
    /// As [`normalize()`]; or the record is of another shape.
    pub fn normalize_as(&self, shape: &Shape, rule: &DeviceIdRule) -> Result<Event, Refusal> {
        let event = self.normalize(rule)?;
        match shape {
            Shape::Fixed(wanted) if event.format != *wanted => Err(Refusal::OtherShape {
                found: event.format.as_str(),
                wanted: wanted.as_str(),
            }),
            Shape::Detect | Shape::Fixed(_) => Ok(event),
        }
    }

    /// What [`content_hash`](crate::intake::content_hash) says of the record.
    pub fn content_hash(&self) -> [u8; 32] {
        let mut canonical = Vec::with_capacity(8 * 1024);
        self.0.canonical(&mut canonical);
        Sha256::digest(&canonical).into()
    }
}

fn looked_at(members: &[(Cow<'_, str>, Tree<'_>)]) -> Map<String, Value> {
    let mut part = Map::new();
    for (key, tree) in members {
        if is_looked_at(key) {
            part.insert(key.as_ref().to_owned(), tree.to_value());
        } else if key == ONLY_THERE {
            part.insert(ONLY_THERE.to_owned(), Value::Null);
        }
    }
    part
}

impl Tree<'_> {
    fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::String(text.as_ref().to_owned()),
            Self::Array(items) => items.iter().map(Self::to_value).collect(),
            Self::Object(members) => members
                .iter()
                .map(|(key, tree)| (key.as_ref().to_owned(), tree.to_value()))
                .collect(),
        }
    }

    /// The form that [`crate::intake::content`] hashes, which says what it is.
    fn canonical(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend(b"null"),
            Self::Bool(value) => out.extend(if *value { &b"true"[..] } else { b"false" }),
            Self::Number(number) => write_to(out, format_args!("{number}")),
            Self::Text(text) => canonical_text(text, out),
            Self::Array(items) => {
                out.push(b'[');
                for item in items {
                    item.canonical(out);
                    out.push(b',');
                }
                out.push(b']');
            }
            Self::Object(members) => {
                let mut sorted: Vec<_> = members.iter().collect();
                sorted.sort_by(|a, b| a.0.cmp(&b.0));
                out.push(b'{');
                for (at, (key, tree)) in sorted.iter().enumerate() {
                    if sorted.get(at + 1).is_some_and(|(next, _)| next == key) {
                        continue;
                    }
                    canonical_text(key, out);
                    out.push(b':');
                    tree.canonical(out);
                    out.push(b',');
                }
                out.push(b'}');
            }
        }
    }
}

fn canonical_text(text: &str, out: &mut Vec<u8>) {
    write_to(out, format_args!("\"{}\"", text.len()));
    out.extend(text.as_bytes());
}

fn write_to(out: &mut Vec<u8>, what: fmt::Arguments<'_>) {
    out.write_fmt(what)
        .expect("a vector takes all that is written to it");
}

impl<'de: 'a, 'a> Deserialize<'de> for Tree<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Grow)
    }
}

struct Grow;

impl<'de> Visitor<'de> for Grow {
    type Value = Tree<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Tree<'de>, E> {
        Ok(Tree::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree<'de>, E> {
        Ok(Tree::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree<'de>, E> {
        Ok(Tree::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree<'de>, E> {
        Ok(Number::from_f64(value).map_or(Tree::Null, Tree::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Tree<'de>, E> {
        Ok(Tree::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Tree<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = from.next_element()? {
            items.push(item);
        }
        Ok(Tree::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Tree<'de>, A::Error> {
        let mut members = Vec::with_capacity(16);
        while let Some(Key(key)) = from.next_key()? {
            members.push((key, from.next_value()?));
        }
        Ok(Tree::Object(members))
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(Grow)? {
            Tree::Text(key) => Ok(Self(key)),
            _ => Err(serde::de::Error::custom("a key is no text")),
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
