//! Records for a SIEM: one JSON line a thing, by OCSF or by Elastic's ECS. Sent to an address, or appended to a file by
//! [`super::record_file`].

use serde_json::{Map, Value, json};

use crate::domain::telling::{Kind, Message, Thing};

/// How records are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// OCSF, Remediation Activity (class 7001).
    Ocsf,
    /// Elastic Common Schema 8.11.
    Ecs,
}

/// The version of OCSF's schema that the records keep to. What they hold is there since 1.3.0, in which the class came.
const OCSF: &str = "1.5.0";

/// The version of ECS.
const ECS: &str = "8.11.0";

/// The media type of the lines.
pub(super) const MEDIA_TYPE: &str = "application/x-ndjson";

/// All records of a message, each a line.
pub(super) fn lines(message: &Message, format: Format) -> Vec<u8> {
    let mut lines = Vec::new();
    for (place, thing) in message.items.iter().enumerate() {
        let record = match format {
            Format::Ocsf => ocsf(message, place, thing),
            Format::Ecs => ecs(message, place, thing),
        };
        lines.extend(record.to_string().into_bytes());
        lines.push(b'\n');
    }
    lines
}

/// The id of a record: the same at every try.
fn id(message: &Message, place: usize) -> String {
    format!("{}-{place}", message.id)
}

/// What was done, in our words.
fn deed<'a>(message: &Message, thing: &'a Thing) -> &'a str {
    match (&thing.action, message.kind) {
        (Some(action), _) => action,
        (None, Kind::DecisionMade) => "decide",
        (None, Kind::ContainmentBegun) => "contain",
        (None, Kind::ContainmentEnded) => "end_containment",
        (None, Kind::ContainmentFailed) => "contain",
        (None, Kind::ApprovalAsked) => "ask",
        (None, Kind::AlarmRaised) => "alarm",
        (None, Kind::StopBegun) => "stop",
        (None, Kind::StopEnded) => "resume",
        (None, Kind::ActionChanged | Kind::Digest | Kind::Test) => "tell",
    }
}

/// How it went, as far as it is known: `success`, `failure` or `unknown`.
fn outcome(message: &Message, thing: &Thing) -> &'static str {
    match (message.kind, thing.what.as_deref()) {
        (Kind::ActionChanged, Some("succeeded")) => "success",
        (Kind::ActionChanged, Some("failed" | "timed_out" | "cancelled" | "expired" | "withdrawn")) => {
            "failure"
        }
        (Kind::ContainmentFailed, _) => "failure",
        // A containment begins and ends here; what Defender makes of it is told of its actions.
        (Kind::ActionChanged | Kind::ContainmentBegun | Kind::ContainmentEnded, _) => "unknown",
        _ => "success",
    }
}

/// OCSF, from its schema (schema.ocsf.io, class `remediation_activity`, profile `host`).
fn ocsf(message: &Message, place: usize, thing: &Thing) -> Value {
    let deed = deed(message, thing);
    // By D3FEND's tactics: 1 Isolate, 2 Evict, 3 Restore, 99 none of them.
    let (activity, name) = match deed {
        "restrict" | "isolate" | "contain" => (1, "Isolate"),
        "quarantine_file" => (2, "Evict"),
        "release" | "release_isolation" | "end_containment" => (3, "Restore"),
        other => (99, other),
    };
    let (status, status_name) = match outcome(message, thing) {
        "success" => (1, "Success"),
        "failure" => (2, "Failure"),
        _ => (0, "Unknown"),
    };
    let (severity, severity_name) = match thing.severity.as_deref() {
        Some("informational") => (1, "Informational"),
        Some("low") => (2, "Low"),
        Some("medium") => (3, "Medium"),
        Some("high") => (4, "High"),
        _ => (0, "Unknown"),
    };
    let technique = match deed {
        "restrict" => Some(("D3-EAL", "Executable Allowlisting")),
        "isolate" => Some(("D3-NI", "Network Isolation")),
        _ => None,
    };
    let subject = thing
        .action_id
        .or(thing.event_id)
        .or(thing.containment_id)
        .or(thing.stop_id);
    let at = thing.at.unwrap_or(message.created_at);
    let mut record = json!({
        "category_uid": 7,
        "category_name": "Remediation",
        "class_uid": 7001,
        "class_name": "Remediation Activity",
        "activity_id": activity,
        "activity_name": name,
        "type_uid": 700_100 + activity,
        "time": at.as_millisecond(),
        "severity_id": severity,
        "severity": severity_name,
        "status_id": status,
        "status": status_name,
        "status_detail": thing.reason,
        "message": message_of(message, thing),
        "command_uid": subject.map_or_else(|| id(message, place), |subject| subject.to_string()),
        "metadata": {
            "version": OCSF,
            "uid": id(message, place),
            "tenant_uid": message.tenant,
            "profiles": ["host"],
            "product": {"name": "Quell", "vendor_name": "Quell", "version": env!("CARGO_PKG_VERSION")},
        },
        "unmapped": {"quell": {"kind": message.kind.as_str(), "thing": thing}},
    });
    if thing.device_id.is_some() || thing.device_name.is_some() {
        let mut device = Map::from_iter([("type_id".to_owned(), json!(0))]);
        if let Some(id) = &thing.device_id {
            device.insert("uid".to_owned(), json!(id));
        }
        if let Some(name) = &thing.device_name {
            device.insert("hostname".to_owned(), json!(name));
        }
        record["device"] = Value::Object(device);
    }
    if let Some((uid, name)) = technique {
        record["countermeasures"] = json!([{"d3f_technique": {"uid": uid, "name": name}}]);
    }
    record
}

/// ECS (elastic.co/guide/en/ecs/8.11).
fn ecs(message: &Message, place: usize, thing: &Thing) -> Value {
    let mut record = json!({
        "@timestamp": thing.at.unwrap_or(message.created_at),
        "ecs": {"version": ECS},
        "message": message_of(message, thing),
        "event": {
            "id": id(message, place),
            "kind": "event",
            "category": ["host"],
            "type": [if message.kind == Kind::DecisionMade { "info" } else { "change" }],
            "action": deed(message, thing),
            "outcome": outcome(message, thing),
            "reason": thing.reason,
            "provider": "quell",
            "dataset": format!("quell.{}", message.kind.as_str()),
        },
        "organization": {"name": message.tenant},
        "observer": {"vendor": "Quell", "product": "Quell", "version": env!("CARGO_PKG_VERSION")},
        "quell": thing,
    });
    let mut host = Map::new();
    if let Some(id) = &thing.device_id {
        host.insert("id".to_owned(), json!(id));
    }
    if let Some(name) = &thing.device_name {
        host.insert("name".to_owned(), json!(name));
    }
    if !host.is_empty() {
        record["host"] = Value::Object(host);
    }
    if let Some(playbook) = &thing.playbook {
        record["rule"] = json!({"name": playbook, "ruleset": "quell"});
        if let Some(revision) = &thing.revision {
            record["rule"]["version"] = json!(revision);
        }
    }
    record
}

fn message_of(message: &Message, thing: &Thing) -> String {
    let one = Message {
        things: 1,
        items: vec![thing.clone()],
        counts: std::collections::BTreeMap::new(),
        playbook: thing.playbook.clone(),
        ..message.clone()
    };
    let line = one.lines().into_iter().next().unwrap_or_default();
    format!("{}: {line}", one.title())
}

#[cfg(test)]
#[path = "export_tests.rs"]
mod tests;
