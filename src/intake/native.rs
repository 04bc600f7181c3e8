//! Quell's own shape of an event, for everything that no format known here fits: small, strict, with a JSON Schema
//! (`quell schema event`). Called by [`crate::intake::normalize`](mod@crate::intake::normalize).
//!
//! Whoever writes this shape writes it for Quell, so nothing is guessed: a member that is not known, or of another type, refuses the
//! record by name. A member that is left out says nothing (the fact is unknown); `null` says that there is none (absent).

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::domain::alert::{Alert, Severity};
use crate::domain::fact::Fact;
use crate::intake::devices::{Devices, MAX_DEVICES};
use crate::intake::normalize::Refusal;
use crate::intake::reading::Reading;
use crate::intake::{alert_id, field};

/// The member by which the shape is known, and its value.
const MARK: (&str, &str) = ("quell", "event.v1");

/// What a member of `alert` holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    Text,
    Severity,
    Status,
    Time,
    Techniques,
}

/// The members of `alert`: name, what it holds, what it means.
const MEMBERS: [(&str, Holds, &str); 12] = [
    (
        "id",
        Holds::Text,
        "The alert's id: what comes again under it is the same alert. A leading `da` before digits is not part of it.",
    ),
    ("title", Holds::Text, "What the alert is called."),
    ("severity", Holds::Severity, "How bad the source says it is."),
    (
        "category",
        Holds::Text,
        "What kind of attack it is part of, in Defender's words where they fit, as `Ransomware`.",
    ),
    ("source", Holds::Text, "What detected it."),
    (
        "techniques",
        Holds::Techniques,
        "MITRE ATT&CK techniques, as `T1059.001`.",
    ),
    (
        "classification",
        Holds::Text,
        "What people judged it to be, as `TruePositive`.",
    ),
    (
        "determination",
        Holds::Text,
        "What people found it to be, as `Malware`.",
    ),
    (
        "status",
        Holds::Status,
        "Where it stands at its source. `resolved` is an event of its own.",
    ),
    (
        "user",
        Holds::Text,
        "The account that it is about, as `DOMAIN\\name` or a user principal name.",
    ),
    ("incident_id", Holds::Text, "The incident that it is part of."),
    (
        "occurred_at",
        Holds::Time,
        "When it happened or was last changed: RFC 3339, with an offset or `Z`.",
    ),
];

/// By what a device may be named that is not named by Defender's id.
const NAMES: [&str; 2] = ["entra_id", "dns_name"];

const STATUSES: [&str; 3] = ["new", "in_progress", "resolved"];

/// Whether a record is of this shape, in whatever version.
pub(super) fn is_event(record: &Value) -> bool {
    record.get(MARK.0).is_some_and(Value::is_string)
}

/// Reads an event. Its devices are all that it names.
///
/// # Errors
/// [`Refusal::Native`], with the member.
pub(super) fn alert(record: &Value, reading: &mut Reading<'_>) -> Result<Alert, Refusal> {
    let empty = Map::new();
    let members = record.as_object().unwrap_or(&empty);
    if record[MARK.0] != MARK.1 {
        let message = format!(
            "is {}: this version of quell reads `{}`",
            shown(&record[MARK.0]),
            MARK.1
        );
        return Err(refused(MARK.0, message));
    }
    only(members, &[MARK.0, "alert", "devices"], "")?;
    let alert = match members.get("alert") {
        Some(Value::Object(alert)) => alert,
        Some(other) => return Err(refused("alert", format!("is {}: write an object", shown(other)))),
        None => return Err(refused("alert", "is missing".to_owned())),
    };
    only(alert, &MEMBERS.map(|(name, ..)| name), "alert.")?;
    offer(members.get("devices"), &mut reading.devices)?;
    let text = |name| read_text(alert, name);
    let Fact::Is(id) = text("id")? else {
        return Err(refused(
            "alert.id",
            "is missing: without it a repetition cannot be told".to_owned(),
        ));
    };
    Ok(Alert {
        id,
        title: text("title")?,
        severity: severity(alert)?,
        category: text("category")?,
        source: text("source")?,
        techniques: techniques(alert)?,
        classification: text("classification")?,
        determination: text("determination")?,
        status: status(alert)?,
        user: text("user")?,
        incident_id: text("incident_id")?,
        occurred_at: occurred_at(alert, reading)?,
    })
}

/// The JSON Schema of the shape, as it is printed and committed.
pub fn schema() -> String {
    let of = |holds| match holds {
        Holds::Text => json!({"type": ["string", "null"]}),
        Holds::Severity => json!({"enum": ["informational", "low", "medium", "high", null]}),
        Holds::Status => json!({"enum": ["new", "in_progress", "resolved", null]}),
        Holds::Time => json!({"type": ["string", "null"], "format": "date-time"}),
        Holds::Techniques => {
            json!({"type": ["array", "null"], "items": {"type": "string", "pattern": "^T[0-9]+(\\.[0-9]+)?$"}})
        }
    };
    let member = |(name, holds, meaning): &(&str, Holds, &str)| {
        let mut schema = of(*holds);
        if *name == "id" {
            schema = json!({"type": "string", "minLength": 1, "maxLength": alert_id::MAX_CHARS});
        }
        schema["description"] = Value::from(*meaning);
        ((*name).to_owned(), schema)
    };
    let alert: Map<String, Value> = MEMBERS.iter().map(member).collect();
    let schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An event for Quell",
        "description": "One alert and the devices it is about, for POST /v1/events, where no format that Quell knows fits. \
                        What is left out is unknown; null says that there is none.",
        "type": "object",
        "additionalProperties": false,
        "required": [MARK.0, "alert"],
        "properties": {
            (MARK.0): {"const": MARK.1, "description": "The shape and its version."},
            "alert": {"type": "object", "additionalProperties": false, "required": ["id"], "properties": alert,
                "description": "The alert."},
            "devices": {"type": "array", "maxItems": MAX_DEVICES,
                "items": {"anyOf": [
                    {"type": "string", "pattern": "^[0-9a-f]{40}$", "description": "Defender's device id (not Entra's)."},
                    {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {
                        "entra_id": {"type": ["string", "null"], "pattern": "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$",
                            "description": "Entra's device id."},
                        "dns_name": {"type": ["string", "null"], "maxLength": 253, "description": "The whole DNS name."},
                    }, "description": "Looked for in the inventory: exactly one live device must have all the names given."},
                ]},
                "description": "The devices it is about. What merely saw it does not belong here."},
        },
    });
    let mut text = serde_json::to_string_pretty(&schema).expect("a schema of texts is JSON");
    text.push('\n');
    text
}

fn refused(place: &str, problem: String) -> Refusal {
    Refusal::Native {
        place: place.to_owned(),
        problem,
    }
}

fn only(members: &Map<String, Value>, known: &[&str], within: &str) -> Result<(), Refusal> {
    match members.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(other) => {
            let place = format!("{within}{}", field::shown(other));
            Err(refused(
                &place,
                format!("is not known: there are `{}`", known.join("`, `")),
            ))
        }
    }
}

fn offer(written: Option<&Value>, devices: &mut Devices<'_>) -> Result<(), Refusal> {
    match written {
        None | Some(Value::Null) => {}
        Some(Value::Array(ids)) => {
            for (at, id) in ids.iter().enumerate() {
                match id {
                    Value::Object(names) => offer_names(names, &format!("devices[{at}]"), devices)?,
                    id => devices.offer(Some(id)),
                }
            }
        }
        Some(other) => {
            let problem = format!("is {}: write a list of device ids", shown(other));
            return Err(refused("devices", problem));
        }
    }
    Ok(())
}

/// A device by other names than Defender's id.
fn offer_names(names: &Map<String, Value>, place: &str, devices: &mut Devices<'_>) -> Result<(), Refusal> {
    only(names, &NAMES, &format!("{place}."))?;
    for name in NAMES {
        if let Some(other) = names
            .get(name)
            .filter(|name| !name.is_string() && !name.is_null())
        {
            let problem = format!("is {}: write a text", shown(other));
            return Err(refused(&format!("{place}.{name}"), problem));
        }
    }
    if names.values().all(Value::is_null) {
        let problem = "names no device: write its id, or `entra_id` or `dns_name`".to_owned();
        return Err(refused(place, problem));
    }
    devices.offer_names(names.get(NAMES[0]), names.get(NAMES[1]));
    Ok(())
}

/// What was written, and unknown when nothing was.
fn read<T>(
    alert: &Map<String, Value>,
    name: &str,
    expected: &str,
    of: impl FnOnce(&Value) -> Option<T>,
) -> Result<Fact<T>, Refusal> {
    match alert.get(name) {
        None => Ok(Fact::Unknown),
        Some(Value::Null) => Ok(Fact::Absent),
        Some(written) => of(written).map(Fact::Is).ok_or_else(|| {
            refused(
                &format!("alert.{name}"),
                format!("is {}: write {expected}", shown(written)),
            )
        }),
    }
}

/// A blank text is none, as in every format.
fn read_text(alert: &Map<String, Value>, name: &str) -> Result<Fact<String>, Refusal> {
    let text = read(alert, name, "a text", |written| {
        Some(written.as_str()?.trim().to_owned())
    })?;
    Ok(match text {
        Fact::Is(text) if text.is_empty() => Fact::Absent,
        Fact::Is(text) => Fact::Is(field::clean(&text)),
        other => other,
    })
}

fn severity(alert: &Map<String, Value>) -> Result<Fact<Severity>, Refusal> {
    let words = "`informational`, `low`, `medium` or `high`";
    read(alert, "severity", words, |written| {
        Severity::parse(written.as_str()?)
    })
}

fn status(alert: &Map<String, Value>) -> Result<Fact<String>, Refusal> {
    read(alert, "status", "`new`, `in_progress` or `resolved`", |written| {
        let written = written.as_str()?;
        STATUSES.contains(&written).then(|| written.to_owned())
    })
}

fn occurred_at(alert: &Map<String, Value>, reading: &mut Reading<'_>) -> Result<Fact<Timestamp>, Refusal> {
    let expected = "a time as `2026-11-22T02:00:00Z`";
    read(alert, "occurred_at", expected, |written| {
        reading.time(written.as_str()?)
    })
}

fn techniques(alert: &Map<String, Value>) -> Result<Fact<Vec<String>>, Refusal> {
    let expected = "a list of techniques as `T1059.001`";
    let whole = |written: &Value| {
        let all = written.as_array()?;
        let found = field::techniques([Some(written)]);
        let readable = |one: &Value| one.as_str().is_some_and(|one| field::technique(one).is_some());
        all.iter().all(readable).then_some(found)
    };
    Ok(match read(alert, "techniques", expected, whole)? {
        Fact::Is(found) => found,
        Fact::Absent => Fact::Absent,
        Fact::Unknown => Fact::Unknown,
    })
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
mod tests {
    use super::*;
    use crate::domain::alert::{Event, EventFormat};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "24c222b0b60fe148eeece49ac83910cc6a7ef491";

    fn read_whole(record: &Value) -> Result<Event, Refusal> {
        normalize(record, &DeviceIdRule::default())
    }

    fn with(alert: Value) -> Value {
        json!({"quell": "event.v1", "alert": alert, "devices": [DEVICE]})
    }

    #[test]
    fn an_event_is_read_whole() {
        let record = with(json!({
            "id": "siem-1", "title": " Ransomware ", "severity": "HIGH", "category": "Ransomware", "source": "edr-x",
            "techniques": ["T1486"], "classification": null, "determination": "Malware", "status": "in_progress",
            "user": "CONTOSO\\eve", "incident_id": "7", "occurred_at": "2026-11-22T02:00:00+01:00"
        }));
        let event = read_whole(&record).expect("it is right");
        let is = |text: &str| Fact::Is(text.to_owned());
        assert_eq!(event.format, EventFormat::Native);
        assert_eq!(
            event.alert,
            Alert {
                id: "siem-1".to_owned(),
                title: is("Ransomware"),
                severity: Fact::Is(Severity::High),
                category: is("Ransomware"),
                source: is("edr-x"),
                techniques: Fact::Is(vec!["T1486".to_owned()]),
                classification: Fact::Absent,
                determination: is("Malware"),
                status: is("in_progress"),
                user: is("CONTOSO\\eve"),
                incident_id: is("7"),
                occurred_at: Fact::Is("2026-11-22T01:00:00Z".parse().expect("RFC 3339")),
            }
        );
        assert_eq!(event.devices.len(), 1);
    }

    #[test]
    fn what_is_left_out_is_unknown_and_null_is_absent() {
        let event =
            read_whole(&with(json!({"id": "a", "title": null, "category": " "}))).expect("it is right");
        assert_eq!(
            (event.alert.title, event.alert.category),
            (Fact::Absent, Fact::Absent)
        );
        assert_eq!(
            (event.alert.severity, event.alert.user),
            (Fact::Unknown, Fact::Unknown)
        );
        assert_eq!(
            (event.alert.techniques, event.alert.status),
            (Fact::Unknown, Fact::Unknown)
        );
        assert_eq!(event.alert.occurred_at, Fact::Unknown);
    }

    #[test]
    fn whatever_is_wrong_is_refused_by_name() {
        for (record, expected) in [
            (
                json!({"quell": "event.v2", "alert": {"id": "a"}}),
                "`quell` is `event.v2`: this version of quell reads `event.v1`",
            ),
            (json!({"quell": "event.v1"}), "`alert` is missing"),
            (
                json!({"quell": "event.v1", "alert": []}),
                "`alert` is a list: write an object",
            ),
            (
                with(json!({})),
                "`alert.id` is missing: without it a repetition cannot be told",
            ),
            (with(json!({"id": 7})), "`alert.id` is `7`: write a text"),
            (
                with(json!({"id": "a", "severity": "critical"})),
                "`alert.severity` is `critical`: write `informational`, `low`, `medium` or `high`",
            ),
            (
                with(json!({"id": "a", "status": "New"})),
                "`alert.status` is `New`: write `new`, `in_progress` or `resolved`",
            ),
            (
                with(json!({"id": "a", "occurred_at": "yesterday"})),
                "`alert.occurred_at` is `yesterday`: write a time as `2026-11-22T02:00:00Z`",
            ),
            (
                with(json!({"id": "a", "techniques": ["T1059", "x"]})),
                "`alert.techniques` is a list: write a list of techniques as `T1059.001`",
            ),
            (
                json!({"quell": "event.v1", "alert": {"id": "a"}, "devices": DEVICE}),
                &format!("`devices` is `{DEVICE}`: write a list of device ids"),
            ),
        ] {
            let message = read_whole(&record).expect_err("it is wrong").to_string();
            assert!(message.ends_with(expected), "{message}");
        }
        let message = read_whole(&with(json!({"id": "a", "titel": "x"})))
            .expect_err("a typo")
            .to_string();
        assert!(
            message.contains("`alert.titel` is not known: there are `id`, `title`"),
            "{message}"
        );
    }

    #[test]
    fn a_device_that_is_none_is_refused_and_the_others_go_on() {
        let record = json!({"quell": "event.v1", "alert": {"id": "a"}, "devices": ["../x", DEVICE]});
        let event = read_whole(&record).expect("it is right");
        assert_eq!((event.devices.len(), event.refused_devices.len()), (1, 1));
    }

    #[test]
    fn the_schema_knows_every_member_and_no_other() {
        let schema: Value = serde_json::from_str(&schema()).expect("it is JSON");
        let members = schema["properties"]["alert"]["properties"]
            .as_object()
            .expect("there are some");
        assert_eq!(members.len(), MEMBERS.len());
        for (name, holds, _) in MEMBERS {
            assert!(members[name]["description"].is_string(), "{name}");
            assert_eq!(
                members[name]["format"] == "date-time",
                holds == Holds::Time,
                "{name}"
            );
        }
    }

    #[test]
    fn devices_by_other_names_are_left_to_the_inventory() {
        let named = |devices: Value| {
            read_whole(&json!({"quell": "event.v1", "alert": {"id": "a"}, "devices": devices}))
        };
        let event = named(json!([DEVICE, {"entra_id": "F18BD540-0000-4000-8000-000000000001"}, {"dns_name": "fin-7.corp.example"}]))
            .expect("it is right");
        assert_eq!((event.devices.len(), event.hints.len()), (1, 2));
        for (devices, expected) in [
            (
                json!([{}]),
                "`devices[0]` names no device: write its id, or `entra_id` or `dns_name`",
            ),
            (
                json!([DEVICE, {"name": "x"}]),
                "`devices[1].name` is not known: there are `entra_id`, `dns_name`",
            ),
            (
                json!([{"dns_name": 7}]),
                "`devices[0].dns_name` is `7`: write a text",
            ),
        ] {
            let message = named(devices).expect_err("it is wrong").to_string();
            assert!(message.ends_with(expected), "{message}");
        }
        let event =
            named(json!([{"entra_id": "4711"}])).expect("one device that is none refuses itself alone");
        assert_eq!((event.hints.len(), event.refused_devices.len()), (0, 1));
    }
}
