//! Tells a record's format by its shape and brings it into the one form.
//!
//! [`crate::web`] and the sources of [`crate::worker`] call [`normalize()`] for every record; the same record always
//! gives the same event. It never decides whether to act: what must not lead to a call has no device.

use serde_json::Value;

use crate::domain::alert::{Event, EventFormat};
use crate::domain::device::DeviceIdRule;
use crate::intake::devices::{Devices, MAX_DEVICES};
use crate::intake::{
    alert_id, elastic, field, graph, mde, native, sentinel, sentinel_incident, unactionable, xdr,
    xdr_incident,
};

/// The most remarks kept of one record.
const MAX_REMARKS: usize = 20;

/// Why a record is no event. `Display` tells the operator; [`Refusal::reason`] is the stable name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Valid JSON, but no object.
    #[error("the record is not an object but {0}")]
    NotAnObject(&'static str),
    /// No format that is known has this shape.
    #[error(
        "no known alert shape: expected a Defender alert (`id` with `alertCreationTime`), a Sentinel SecurityAlert \
         (`SystemAlertId`), a Graph alerts_v2 alert (`id` with `createdDateTime`), an XDR streaming record \
         (`category` `AdvancedHunting-…` with `properties`), or quell's own shape (`quell schema event`); {found}"
    )]
    UnknownShape {
        /// What was found instead, in words.
        found: String,
    },
    /// The source sends another shape.
    #[error("the record is of the shape {found}, and this source sends {wanted}")]
    OtherShape {
        /// Its shape.
        found: &'static str,
        /// What the source is configured for.
        wanted: &'static str,
    },
    /// A record of Quell's own shape has a member that is wrong.
    #[error("the event is not as `quell schema event` says: `{place}` {problem}")]
    Native {
        /// The member, as `alert.severity`.
        place: String,
        /// What is wrong with it, and what to write.
        problem: String,
    },
    /// The alert id is longer than [`alert_id::MAX_CHARS`].
    #[error("the alert id is longer than {max} characters", max = alert_id::MAX_CHARS)]
    AlertIdTooLong,
    /// More device ids than [`MAX_DEVICES`].
    #[error("the record names {0} devices; at most {MAX_DEVICES} are accepted in one record")]
    TooManyDevices(usize),
}

impl Refusal {
    /// The stable name, for dead letters, metrics and answers.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NotAnObject(_) => "not_an_object",
            Self::UnknownShape { .. } => "unknown_shape",
            Self::OtherShape { .. } => "other_shape",
            Self::Native { .. } => "invalid_event",
            Self::AlertIdTooLong => "alert_id_too_long",
            Self::TooManyDevices(_) => "too_many_devices",
        }
    }
}

/// Brings one record into the one form.
///
/// # Errors
/// [`Refusal`], when the record is no alert in a shape known to us, or breaks a bound.
pub fn normalize(record: &Value, rule: &DeviceIdRule) -> Result<Event, Refusal> {
    read_as(detect(record)?, record, rule)
}

/// The same for a record whose format is known.
pub(super) fn read_as(format: EventFormat, record: &Value, rule: &DeviceIdRule) -> Result<Event, Refusal> {
    let mut devices = Devices::new(rule);
    let mut remarks = Vec::new();
    let mut alert = match format {
        EventFormat::MdeAlert => mde::alert(record, &mut devices, &mut remarks),
        EventFormat::SentinelSecurityAlert => sentinel::alert(record, &mut devices, &mut remarks),
        EventFormat::GraphAlertV2 => graph::alert(record, &mut devices, &mut remarks),
        EventFormat::XdrAlertInfo => xdr::info(record, &mut remarks),
        EventFormat::XdrAlertEvidence => xdr::evidence(record, &mut devices, &mut remarks),
        EventFormat::HuntingRow => unactionable::hunting_row(record, &mut devices, &mut remarks),
        EventFormat::GraphV1 => unactionable::graph_v1(record, &mut remarks),
        EventFormat::Incident => unactionable::incident(record, &mut remarks),
        EventFormat::XdrAlert => xdr_incident::alert(record, &mut devices, &mut remarks),
        EventFormat::SentinelIncident => sentinel_incident::alert(record, &mut devices, &mut remarks),
        EventFormat::Elastic => elastic::alert(record, &mut devices, &mut remarks),
        EventFormat::Native => native::alert(record, &mut devices)?,
    };
    if let Some(count) = devices.too_many() {
        return Err(Refusal::TooManyDevices(count));
    }
    if alert.id.chars().count() > alert_id::MAX_CHARS {
        return Err(Refusal::AlertIdTooLong);
    }
    alert.id = alert_id::canonical(&alert.id).to_owned();
    if alert.id.is_empty() {
        remarks.push("the record carries no alert id".to_owned());
    }
    remarks.truncate(MAX_REMARKS);
    let (devices, refused_devices) = devices.into_parts();
    Ok(Event {
        format,
        alert,
        devices,
        refused_devices,
        remarks,
    })
}

/// The record's format, by the keys that only this format has. The order matters: a machine action or a legacy Graph
/// object also has an `id`, and an incident holds alerts.
pub(super) fn detect(record: &Value) -> Result<EventFormat, Refusal> {
    let Some(members) = record.as_object() else {
        return Err(Refusal::NotAnObject(match record {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Number(_) => "a number",
            Value::String(_) => "a text",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }));
    };
    let has = |key: &str| members.contains_key(key);
    if native::is_event(record) {
        return Ok(EventFormat::Native);
    }
    if elastic::is_document(record) {
        return Ok(EventFormat::Elastic);
    }
    if let Some(format) = xdr::table(record) {
        return Ok(format);
    }
    if has("SystemAlertId") || (has("VendorOriginalId") && has("AlertSeverity")) {
        return Ok(EventFormat::SentinelSecurityAlert);
    }
    if sentinel_incident::is_incident(record) {
        return Ok(EventFormat::SentinelIncident);
    }
    if unactionable::is_incident(record) {
        return Ok(EventFormat::Incident);
    }
    if has("vendorInformation") {
        return Ok(EventFormat::GraphV1);
    }
    if has("id")
        && has("createdDateTime")
        && (has("serviceSource") || has("providerAlertId") || has("evidence"))
    {
        return Ok(EventFormat::GraphAlertV2);
    }
    if has("id") && (has("alertCreationTime") || (has("machineId") && has("severity"))) {
        return Ok(EventFormat::MdeAlert);
    }
    if xdr_incident::is_alert(record) {
        return Ok(EventFormat::XdrAlert);
    }
    if has("Timestamp") && (has("ActionType") || has("DeviceId") || has("AlertId")) {
        return Ok(EventFormat::HuntingRow);
    }
    let keys: Vec<String> = members
        .keys()
        .take(6)
        .map(|key| format!("`{}`", field::shown(key)))
        .collect();
    let found = match (keys.len(), members.len()) {
        (0, _) => "found an empty object".to_owned(),
        (shown, all) if all > shown => format!("found {} and {} more keys", keys.join(", "), all - shown),
        _ => format!("found {}", keys.join(", ")),
    };
    Err(Refusal::UnknownShape { found })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(record: &Value) -> Refusal {
        normalize(record, &DeviceIdRule::default()).expect_err("the record is no alert")
    }

    #[test]
    fn what_is_no_object_is_refused_with_what_it_is() {
        for (record, expected) in [
            (json!(null), "the record is not an object but null"),
            (json!([1]), "the record is not an object but an array"),
            (json!("x"), "the record is not an object but a text"),
            (json!(7), "the record is not an object but a number"),
            (json!(true), "the record is not an object but true or false"),
        ] {
            assert_eq!(refused(&record).to_string(), expected);
            assert_eq!(refused(&record).reason(), "not_an_object");
        }
    }

    #[test]
    fn an_unknown_shape_is_refused_with_what_was_expected_and_found() {
        let message = refused(&json!({"hello": 1, "world\n": 2})).to_string();
        assert!(
            message.starts_with("no known alert shape: expected a Defender alert"),
            "{message}"
        );
        assert!(message.ends_with("found `hello`, `world\u{fffd}`"), "{message}");
        assert!(refused(&json!({})).to_string().ends_with("found an empty object"));
        let many = json!({"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1});
        assert!(
            refused(&many).to_string().ends_with("and 2 more keys"),
            "{}",
            refused(&many)
        );
    }

    #[test]
    fn a_machine_action_or_a_machine_is_no_alert() {
        for record in [
            json!({"id": "5382f7ea", "type": "RestrictCodeExecution", "status": "Pending", "machineId": "31a0", "creationDateTimeUtc": "x"}),
            json!({"id": "31a0", "computerDnsName": "host", "riskScore": "High"}),
        ] {
            assert_eq!(refused(&record).reason(), "unknown_shape", "{record}");
        }
    }

    #[test]
    fn an_alert_id_beyond_the_bound_is_refused() {
        let record = json!({"id": "x".repeat(257), "alertCreationTime": "2026-01-01T00:00:00Z"});
        assert_eq!(refused(&record), Refusal::AlertIdTooLong);
    }

    #[test]
    fn a_record_with_too_many_devices_is_refused_as_a_whole() {
        let hosts: Vec<Value> = (0..=MAX_DEVICES)
            .map(|n| json!({"Type": "host", "MdatpDeviceId": format!("{n:040x}")}))
            .collect();
        let record = json!({"SystemAlertId": "a", "AlertSeverity": "High", "Entities": hosts});
        assert_eq!(refused(&record), Refusal::TooManyDevices(MAX_DEVICES + 1));
    }

    #[test]
    fn a_record_without_an_alert_id_is_kept_and_says_so() {
        let record = json!({"id": null, "alertCreationTime": "2026-01-01T00:00:00Z"});
        let event = normalize(&record, &DeviceIdRule::default()).expect("the shape is known");
        assert_eq!(event.alert.id, "");
        assert_eq!(event.remarks, ["the record carries no alert id"]);
    }

    proptest::proptest! {
        #[test]
        fn no_record_makes_the_normaliser_panic(
            keys in proptest::collection::vec(proptest::sample::select(vec![
                "id", "alertCreationTime", "SystemAlertId", "Entities", "ExtendedProperties", "category", "properties",
                "evidence", "createdDateTime", "serviceSource", "machineId", "severity", "Timestamp", "DeviceId", "value",
                "alerts", "incidentId", "vendorInformation", "Techniques", "EntityType", "relatedUser", "object",
            ]), 0..8),
            values in proptest::collection::vec(proptest::sample::select(vec![
                "null", "\"\"", "7", "1e308", "[]", "{}", "[[],{},null,\"x\"]", "\"[{}]\"", "\"{\\\"a\\\":1}\"", "\"[\"",
                "{\"AlertId\":[],\"EntityType\":\"Machine\",\"DeviceId\":{}}", "\"AdvancedHunting-AlertEvidence\"",
                "\"AdvancedHunting-\"", "[{\"@odata.type\":\"#microsoft.graph.security.deviceEvidence\"}]", "\"\\u0000\"",
                "\"[{\\\"$ref\\\":\\\"1\\\"},{\\\"$id\\\":\\\"1\\\",\\\"Type\\\":\\\"host\\\"}]\"",
            ]), 8),
        ) {
            let members: serde_json::Map<String, Value> = keys.into_iter().zip(values)
                .map(|(key, value)| (key.to_owned(), serde_json::from_str(value).expect("the list holds JSON")))
                .collect();
            let _ = normalize(&Value::Object(members), &DeviceIdRule::default());
        }
    }
}
