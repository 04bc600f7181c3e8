//! The envelopes of the usual shippers: which objects are envelopes, and what they hold. Called by [`crate::intake::body`]; what
//! is held is looked at there.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::trace;

/// Which envelopes are opened. Arrays and lines always are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Opens {
    /// All of them.
    All,
    /// CloudEvents alone.
    CloudEvents,
}

/// What an envelope holds.
pub(super) enum Held<'a> {
    /// Documents within it.
    Inside(Vec<&'a RawValue>),
    /// One as base64, in a text.
    Encoded(&'a RawValue),
}

/// The keys by which an envelope is known. A record with one of them twice is no envelope and will be refused by its
/// shape.
#[derive(Deserialize)]
pub(super) struct Envelope<'a> {
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
    traceparent: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    data_base64: Option<&'a RawValue>,
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
    fn is_cloud_event(&self) -> bool {
        let version = self.specversion;
        version.is_some_and(|version| version.get().starts_with("\"1."))
    }

    /// The trace that a CloudEvent says it came of: its extension for distributed tracing.
    pub(super) fn traceparent(&self) -> Option<String> {
        let said = self.traceparent.filter(|_| self.is_cloud_event())?;
        let said: String = serde_json::from_str(said.get()).ok()?;
        trace::traceparent(&said)
    }

    /// What the envelope holds; `None` when the object is a record.
    pub(super) fn open(self, opens: Opens) -> Option<Held<'a>> {
        if self.is_cloud_event() && (self.data.is_some() || self.data_base64.is_some()) {
            return match (self.data, self.data_base64) {
                (Some(data), None) => held(data).map(Held::Inside),
                (None, Some(encoded)) => encoded.get().starts_with('"').then_some(Held::Encoded(encoded)),
                // One of them is not what the other says.
                _ => None,
            };
        }
        match opens {
            Opens::All => self.open_another().map(Held::Inside),
            Opens::CloudEvents => None,
        }
    }

    fn open_another(self) -> Option<Vec<&'a RawValue>> {
        for page in [self.records, self.value].into_iter().flatten() {
            if page.get().starts_with('[') {
                return serde_json::from_str(page.get()).ok();
            }
        }
        let object = |held: Option<&'a RawValue>| held.filter(|held| held.get().starts_with('{'));
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

/// What the `data` of a CloudEvent is: a document, or a list of them.
fn held(data: &RawValue) -> Option<Vec<&RawValue>> {
    match data.get().as_bytes().first() {
        Some(b'[') => serde_json::from_str(data.get()).ok(),
        Some(b'{') => Some(vec![data]),
        _ => None,
    }
}
