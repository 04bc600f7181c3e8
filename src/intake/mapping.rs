//! JSON of another's, read by the `mapping` of its source: from each fact to the place where it stands, by JSON Pointer
//! (RFC 6901), and nothing else. No conditions, no expressions: what needs logic belongs into the sender.
//!
//! `config::source` compiles it, [`crate::intake::normalize`](mod@crate::intake::normalize) calls it. A place that the mapping names and where nothing stands, or
//! `null`, is *absent*; a fact that it does not name is *unknown*, and so is what stands there and cannot be understood: it is
//! never replaced by a default.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::alert::{Alert, Severity};
use crate::domain::device::hint::HintKind;
use crate::domain::fact::Fact;
use crate::intake::field;
use crate::intake::normalize::Refusal;
use crate::intake::reading::Reading;

/// The longest pointer, in characters.
const MAX_POINTER: usize = 512;

/// From each fact of an alert to its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Where the alert's id stands: what comes again under it is the same alert.
    pub id: Pointer,
    /// What is put before the id, so that it meets no other source's; often nothing.
    pub id_prefix: String,
    /// The other facts.
    pub facts: BTreeMap<FactName, Place>,
    /// Where the devices stand.
    pub devices: Option<DevicePlaces>,
}

/// A fact that a mapping may name, besides the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FactName {
    /// The title.
    Title,
    /// One of the four severities.
    Severity,
    /// The category.
    Category,
    /// What detected it.
    Source,
    /// MITRE's techniques.
    Techniques,
    /// The classification.
    Classification,
    /// The determination.
    Determination,
    /// `new`, `in_progress` or `resolved`.
    Status,
    /// The user concerned.
    User,
    /// The incident.
    IncidentId,
    /// When it happened, or was changed last.
    OccurredAt,
}

impl FactName {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::Title,
        Self::Severity,
        Self::Category,
        Self::Source,
        Self::Techniques,
        Self::Classification,
        Self::Determination,
        Self::Status,
        Self::User,
        Self::IncidentId,
        Self::OccurredAt,
    ];

    /// The name in the configuration: the native shape's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Severity => "severity",
            Self::Category => "category",
            Self::Source => "source",
            Self::Techniques => "techniques",
            Self::Classification => "classification",
            Self::Determination => "determination",
            Self::Status => "status",
            Self::User => "user",
            Self::IncidentId => "incident_id",
            Self::OccurredAt => "occurred_at",
        }
    }

    /// The words that it can be, if these are the only ones.
    pub fn words(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Severity => Some(&["informational", "low", "medium", "high"]),
            Self::Status => Some(&["new", "in_progress", "resolved"]),
            _ => None,
        }
    }
}

/// Where one fact stands, and how it is written there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub from: Pointer,
    /// What stands for what, exactly; without entries it is taken as it is.
    pub values: BTreeMap<String, String>,
    /// How a time is written.
    pub format: TimeFormat,
}

impl Place {
    /// A place whose value is taken as it is.
    pub fn of(from: Pointer) -> Self {
        Self {
            from,
            values: BTreeMap::new(),
            format: TimeFormat::default(),
        }
    }
}

/// How a time is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeFormat {
    /// As RFC 3339 and what is close to it ([`crate::intake::time`]).
    #[default]
    Rfc3339,
    /// Seconds since 1970, whole or with a fraction.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMillis,
    /// Microseconds since 1970.
    UnixMicros,
    /// Nanoseconds since 1970.
    UnixNanos,
}

impl TimeFormat {
    /// All, with their names in the configuration.
    pub const ALL: [(&'static str, Self); 5] = [
        ("rfc3339", Self::Rfc3339),
        ("unix_seconds", Self::UnixSeconds),
        ("unix_millis", Self::UnixMillis),
        ("unix_micros", Self::UnixMicros),
        ("unix_nanos", Self::UnixNanos),
    ];

    fn nanoseconds(self) -> Option<i128> {
        match self {
            Self::Rfc3339 => None,
            Self::UnixSeconds => Some(1_000_000_000),
            Self::UnixMillis => Some(1_000_000),
            Self::UnixMicros => Some(1_000),
            Self::UnixNanos => Some(1),
        }
    }
}

/// Where the devices stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DevicePlaces {
    /// The list of hosts, if there is one; the other place is within each of them then.
    pub each: Option<Pointer>,
    /// Where a device's name stands: a text, or a list of texts.
    pub at: Pointer,
    /// What name that is.
    pub by: DeviceName,
}

/// By what a mapped record names its devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceName {
    /// Defender's device id.
    Id,
    /// Another name, looked for in the inventory.
    Hint(HintKind),
}

/// A place in a JSON document, as RFC 6901 writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(String);

impl Pointer {
    /// The pointer that a text writes. An empty one is the whole document.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        if text.chars().count() > MAX_POINTER {
            return Err("is longer than 512 characters");
        }
        if !text.is_empty() && !text.starts_with('/') {
            return Err("must begin with `/`");
        }
        let escapes_well = |(at, _): (usize, &str)| text[at + 1..].starts_with(['0', '1']);
        if !text.match_indices('~').all(escapes_well) {
            return Err("has a `~` that is not `~0` (for `~`) or `~1` (for `/`)");
        }
        Ok(Self(text.to_owned()))
    }

    /// What stands there; `null` counts as nothing.
    fn find<'v>(&self, document: &'v Value) -> Option<&'v Value> {
        document.pointer(&self.0).filter(|found| !found.is_null())
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads one record.
///
/// # Errors
/// [`Refusal::Mapped`]: it has no id.
pub(super) fn alert(mapping: &Mapping, record: &Value, read: &mut Reading<'_>) -> Result<Alert, Refusal> {
    let found = mapping.id.find(record);
    // Two such numbers may be read as the same one, and their alerts would be one.
    let is_inexact = found.is_some_and(Value::is_f64);
    let Some(id) = found.filter(|_| !is_inexact).and_then(field::text_of) else {
        let problem = match found {
            Some(_) if is_inexact => {
                "there is a number that is not whole, or too large: let the sender write it as a text"
                    .to_owned()
            }
            None => "there is nothing: without an id a repetition cannot be told".to_owned(),
            Some(other) => format!("there is {}: an id is a text or a number", shown(other)),
        };
        return Err(Refusal::Mapped {
            pointer: mapping.id.to_string(),
            problem,
        });
    };
    if let Some(places) = &mapping.devices {
        offer(places, record, read);
    }
    let mut facts = Facts {
        mapping,
        record,
        read,
    };
    Ok(Alert {
        id: format!("{}{id}", mapping.id_prefix),
        title: facts.text(FactName::Title),
        severity: facts.severity(),
        category: facts.text(FactName::Category),
        source: facts.text(FactName::Source),
        techniques: facts.techniques(),
        classification: facts.text(FactName::Classification),
        determination: facts.text(FactName::Determination),
        status: facts.status(),
        user: facts.text(FactName::User),
        incident_id: facts.text(FactName::IncidentId),
        occurred_at: facts.occurred_at(),
    })
}

fn offer(places: &DevicePlaces, record: &Value, read: &mut Reading<'_>) {
    let hosts = match &places.each {
        None => std::slice::from_ref(record),
        Some(each) => items(each.find(record)),
    };
    for name in hosts.iter().flat_map(|host| items(places.at.find(host))) {
        match places.by {
            DeviceName::Id => read.devices.offer(Some(name)),
            DeviceName::Hint(HintKind::EntraId) => read.devices.offer_names(Some(name), None),
            DeviceName::Hint(HintKind::DnsName) => read.devices.offer_names(None, Some(name)),
        }
    }
}

/// A list, or what stands there alone.
fn items(found: Option<&Value>) -> &[Value] {
    match found {
        Some(Value::Array(all)) => all,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

/// The facts of one record.
struct Facts<'r, 'd> {
    mapping: &'r Mapping,
    record: &'r Value,
    read: &'r mut Reading<'d>,
}

impl Facts<'_, '_> {
    fn text(&mut self, name: FactName) -> Fact<String> {
        self.read(name, |_, text| Some(text.to_owned()))
    }

    fn severity(&mut self) -> Fact<Severity> {
        self.read(FactName::Severity, |_, text| Severity::parse(text))
    }

    fn status(&mut self) -> Fact<String> {
        self.read(FactName::Status, |_, text| {
            let status = field::status(Fact::Is(text.to_owned())).value().cloned()?;
            let words = FactName::Status.words().unwrap_or_default();
            words.contains(&status.as_str()).then_some(status)
        })
    }

    fn techniques(&mut self) -> Fact<Vec<String>> {
        let Some(place) = self.mapping.facts.get(&FactName::Techniques) else {
            return Fact::Unknown;
        };
        let Some(found) = place.from.find(self.record) else {
            return Fact::Absent;
        };
        let is_none = match found {
            Value::Array(all) => all.is_empty(),
            Value::String(text) => text.trim().is_empty(),
            _ => false,
        };
        match field::techniques([Some(found)]) {
            Fact::Is(techniques) => Fact::Is(techniques),
            _ if is_none => Fact::Absent,
            _ => {
                self.not_known(FactName::Techniques, found);
                Fact::Unknown
            }
        }
    }

    fn occurred_at(&mut self) -> Fact<Timestamp> {
        let place = self.mapping.facts.get(&FactName::OccurredAt);
        let Some((place, found)) = place.and_then(|place| Some((place, place.from.find(self.record)?)))
        else {
            // An event whose time is missing has no age that is known.
            return Fact::Unknown;
        };
        let at = match place.format.nanoseconds() {
            None => found.as_str().and_then(|text| self.read.time(text)),
            Some(unit) => since_1970(found, unit),
        };
        if at.is_none() {
            self.not_known(FactName::OccurredAt, found);
        }
        at.map_or(Fact::Unknown, Fact::Is)
    }

    /// What the place of a fact holds, if it is mapped, there, and understood.
    fn read<T>(&mut self, name: FactName, of: impl FnOnce(&Self, &str) -> Option<T>) -> Fact<T> {
        let Some(place) = self.mapping.facts.get(&name) else {
            return Fact::Unknown;
        };
        let Some(found) = place.from.find(self.record) else {
            return Fact::Absent;
        };
        if found.as_str().is_some_and(|text| text.trim().is_empty()) {
            return Fact::Absent;
        }
        let written = match found {
            Value::String(text) => Some(text.trim().to_owned()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        };
        let meant = match (&written, place.values.is_empty()) {
            (Some(written), true) => Some(field::clean(written)),
            (Some(written), false) => place.values.get(written).cloned(),
            (None, _) => None,
        };
        match meant.and_then(|meant| of(self, &meant)) {
            Some(fact) => Fact::Is(fact),
            None => {
                self.not_known(name, found);
                Fact::Unknown
            }
        }
    }

    fn not_known(&mut self, name: FactName, found: &Value) {
        let from = self.mapping.facts.get(&name).map(|place| &place.from);
        let from = from.map_or_else(String::new, Pointer::to_string);
        let (name, found) = (name.as_str(), shown(found));
        self.read.remarks.push(format!(
            "`{name}` at `{from}` is {found}, which the mapping does not understand: it is not known"
        ));
    }
}

/// A time as a number, or as a text of a number, of units since 1970.
fn since_1970(found: &Value, unit: i128) -> Option<Timestamp> {
    let whole = |text: &str| text.parse::<i64>().ok().map(|number| i128::from(number) * unit);
    let part = |text: &str| {
        let number: f64 = text.parse().ok().filter(|number: &f64| number.is_finite())?;
        Some((number * unit as f64).round() as i128)
    };
    let text = field::text_of(found)?;
    let is_number = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let nanoseconds = is_number.then(|| whole(&text).or_else(|| part(&text)))??;
    Timestamp::from_nanosecond(nanoseconds).ok()
}

/// What is written, as it may stand in a message.
fn shown(written: &Value) -> String {
    match written {
        Value::String(text) => format!("`{}`", field::shown(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
#[path = "mapping_tests.rs"]
mod tests;
