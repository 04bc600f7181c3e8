//! One record as it was parsed, once: what says the same, and what it means, are both read from here. Called by
//! [`crate::web`] for every record that arrives.
//!
//! A tree whose texts stand where they stood in the record costs half of a [`Value`], and of a Defender alert only the
//! keys that its reader looks at are made one. Meaning is never read here: [`normalize_under()`] does that, of the same keys as
//! ever, and the tests hold the two ways against each other.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;
use std::io::Write as _;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use sha2::{Digest, Sha256};

use crate::domain::alert::{Event, EventFormat};
use crate::domain::device::DeviceIdRule;
use crate::intake::field;
use crate::intake::normalize::{Refusal, detect, normalize_under, read_as};
use crate::intake::reader::{Reader, Shape};

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
                | "computerDnsName"
                | "resolvedTime"
        )
    };
    by_detect || by_mde()
}

/// A key that is asked for, never what it holds: the longest part of an alert.
const ONLY_THERE: &str = "evidence";

/// The most parts of a record: its values, those within others too. A part takes up to 56 bytes and may be written in two, so that
/// a record of 8 MiB could take thirty times that. Real alerts have some hundreds.
pub const MAX_PARTS: usize = 500_000;

/// Up to so many parts, objects get room for as many members as alerts have; beyond, only what they need.
const ROOMY: usize = 4_096;

/// Objects of more members are looked through with a table.
const FEW: usize = 64;

/// Why bytes are no record.
#[derive(Debug, thiserror::Error)]
pub enum Unparsed {
    /// They are not JSON, with the place.
    #[error(transparent)]
    Json(serde_json::Error),
    /// More than [`MAX_PARTS`].
    #[error("it has more than {MAX_PARTS} parts (values, and values within them)")]
    TooManyParts,
}

/// One record, valid JSON in every part.
#[derive(Debug, PartialEq)]
pub struct Record<'a>(Tree<'a>);

#[derive(Debug, PartialEq)]
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
    /// Parses the record, nested at most 128 deep, of at most [`MAX_PARTS`].
    ///
    /// # Errors
    /// It is not JSON, with the place; the same as for a [`Value`]. Or it has too many parts.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Unparsed> {
        let parts = Cell::new(0);
        // One look at all of it costs a tenth of a look at each of its texts.
        let parsed = match std::str::from_utf8(bytes) {
            Ok(text) => whole(serde_json::Deserializer::from_str(text), &parts),
            // What is wrong with it, and where, is told as for any other error.
            Err(_) => whole(serde_json::Deserializer::from_slice(bytes), &parts),
        };
        parsed.map(Self).map_err(|error| {
            if parts.get() > MAX_PARTS {
                Unparsed::TooManyParts
            } else {
                Unparsed::Json(error)
            }
        })
    }

    /// What [`normalize()`](crate::intake::normalize()) says of the record.
    ///
    /// # Errors
    /// As there.
    pub fn normalize(&self, rule: &DeviceIdRule) -> Result<Event, Refusal> {
        self.normalize_under(&Reader::new(rule.clone()))
    }

    /// What [`normalize_under()`] says of the record.
    ///
    /// # Errors
    /// As there.
    pub fn normalize_under(&self, reader: &Reader) -> Result<Event, Refusal> {
        if let Some(key) = self.key_twice() {
            return Err(Refusal::KeyTwice(field::shown(key)));
        }
        if let (Tree::Object(members), false) = (&self.0, matches!(reader.shape, Shape::Mapped(_))) {
            let part = Value::Object(looked_at(members));
            if detect(&part) == Ok(EventFormat::MdeAlert) {
                return read_as(EventFormat::MdeAlert, &part, reader);
            }
        }
        normalize_under(&self.0.to_value(), reader)
    }

    /// A key that stands twice in one object with different values, wherever that is. One reader takes the first, another the
    /// last: what somebody checked on the way here need not be what is read here, and a title that was put into a text unescaped
    /// can bring a device with it.
    pub fn key_twice(&self) -> Option<&str> {
        self.0.key_twice()
    }

    /// The record as a [`Value`].
    pub fn to_value(&self) -> Value {
        self.0.to_value()
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

    fn key_twice(&self) -> Option<&str> {
        match self {
            Self::Array(items) => items.iter().find_map(Self::key_twice),
            Self::Object(members) if members.len() > FEW => {
                let mut seen: HashMap<&str, &Self> = HashMap::with_capacity(members.len());
                let other_than_before = members.iter().find(|(key, tree)| {
                    let held = seen.insert(key, tree);
                    held.is_some_and(|held| held != tree)
                });
                other_than_before
                    .map(|(key, _)| key.as_ref())
                    .or_else(|| members.iter().find_map(|(_, tree)| tree.key_twice()))
            }
            Self::Object(members) => {
                let mut seen = [0_u64; 4];
                for (at, (key, tree)) in members.iter().enumerate() {
                    let bit = spread(key.as_bytes());
                    let (word, mask) = (&mut seen[usize::from(bit >> 6)], 1 << (bit & 63));
                    let is_new = *word & mask == 0;
                    *word |= mask;
                    // The nearest one before says enough: it has been held against those before it.
                    let twice = || {
                        let before = members[..at].iter().rev().find(|(other, _)| other == key);
                        before.is_some_and(|(_, held)| held != tree)
                    };
                    if !is_new && twice() {
                        return Some(key);
                    }
                }
                members.iter().find_map(|(_, tree)| tree.key_twice())
            }
            _ => None,
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

/// A number that two keys of one object seldom share: only for those that do, all before them are looked at.
fn spread(key: &[u8]) -> u8 {
    let byte = |at: usize| key.get(at).copied().map_or(0, u32::from);
    let middle = key.len() / 2;
    let mixed = (key.len() as u32).wrapping_mul(0x9e37_79b1)
        ^ byte(0).wrapping_mul(0x85eb_ca6b)
        ^ byte(middle).wrapping_mul(0xc2b2_ae35)
        ^ byte(key.len().saturating_sub(1)).wrapping_mul(0x27d4_eb2f);
    (mixed >> 24) as u8
}

fn canonical_text(text: &str, out: &mut Vec<u8>) {
    write_to(out, format_args!("\"{}\"", text.len()));
    out.extend(text.as_bytes());
}

fn write_to(out: &mut Vec<u8>, what: fmt::Arguments<'_>) {
    out.write_fmt(what)
        .expect("a vector takes all that is written to it");
}

/// All of a text as one tree.
fn whole<'de, R: serde_json::de::Read<'de>>(
    mut from: serde_json::Deserializer<R>,
    parts: &Cell<usize>,
) -> serde_json::Result<Tree<'de>> {
    let tree = Grow(parts).deserialize(&mut from)?;
    from.end()?;
    Ok(tree)
}

/// Makes a tree, and counts its parts.
#[derive(Clone, Copy)]
struct Grow<'c>(&'c Cell<usize>);

impl<'de> DeserializeSeed<'de> for Grow<'_> {
    type Value = Tree<'de>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree<'de>, D::Error> {
        self.0.set(self.0.get() + 1);
        if self.0.get() > MAX_PARTS {
            return Err(serde::de::Error::custom("it has too many parts"));
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Grow<'_> {
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
        while let Some(item) = from.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Tree::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Tree<'de>, A::Error> {
        let mut members = Vec::new();
        if self.0.get() < ROOMY {
            members.reserve(16);
        }
        while let Some(Key(key)) = from.next_key()? {
            members.push((key, from.next_value_seed(self)?));
        }
        Ok(Tree::Object(members))
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_str(Grow(&Cell::new(0)))? {
            Tree::Text(key) => Ok(Self(key)),
            _ => Err(serde::de::Error::custom("a key is no text")),
        }
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
