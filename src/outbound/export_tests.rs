//! What is written is what the two schemas have: every record that can be made is held against the attributes, types and values that they
//! allow, as far as we use them.
//!
//! OCSF: github.com/ocsf/ocsf-schema, `events/base_event.json`, `events/remediation/remediation_activity.json`, `objects/metadata.json`,
//! `product.json`, `device.json`, `endpoint.json`, `d3fend.json`, and `dictionary.json` for captions; read for 1.5.0, what is used of it is the
//! same in 1.3.0, but that there `product.vendor_name` is required. ECS: elastic.co/guide/en/ecs/8.11, the pages of the field sets, and "Allowed values" of
//! `event.kind`, `event.category`, `event.type` and `event.outcome`.

use std::collections::BTreeSet;

use super::*;
use crate::outbound::tests::{action, message};

/// The types of OCSF that we use.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Is {
    Text,
    Whole,
    Object,
    /// A list of texts.
    Texts,
    /// A list of objects.
    Objects,
}

/// An attribute: its name, its type, whether it is required.
type Attribute = (&'static str, Is, bool);

const EVENT: &[Attribute] = &[
    ("activity_id", Is::Whole, true),
    ("activity_name", Is::Text, false),
    ("category_name", Is::Text, false),
    ("category_uid", Is::Whole, true),
    ("class_name", Is::Text, false),
    ("class_uid", Is::Whole, true),
    ("command_uid", Is::Text, true),
    ("countermeasures", Is::Objects, false),
    ("device", Is::Object, false),
    ("message", Is::Text, false),
    ("metadata", Is::Object, true),
    ("severity", Is::Text, false),
    ("severity_id", Is::Whole, true),
    ("status", Is::Text, false),
    ("status_detail", Is::Text, false),
    ("status_id", Is::Whole, false),
    ("time", Is::Whole, true),
    ("type_uid", Is::Whole, true),
    ("unmapped", Is::Object, false),
];

const METADATA: &[Attribute] = &[
    ("product", Is::Object, true),
    ("profiles", Is::Texts, false),
    ("tenant_uid", Is::Text, false),
    ("uid", Is::Text, false),
    ("version", Is::Text, true),
];

const PRODUCT: &[Attribute] = &[
    ("name", Is::Text, false),
    ("vendor_name", Is::Text, true),
    ("version", Is::Text, false),
];

const DEVICE: &[Attribute] = &[
    ("hostname", Is::Text, false),
    ("type_id", Is::Whole, true),
    ("uid", Is::Text, false),
];

const TECHNIQUE: &[Attribute] = &[("name", Is::Text, false), ("uid", Is::Text, false)];

const ACTIVITIES: &[(i64, &str)] = &[
    (0, "Unknown"),
    (1, "Isolate"),
    (2, "Evict"),
    (3, "Restore"),
    (4, "Harden"),
];
const SEVERITIES: &[(i64, &str)] = &[
    (0, "Unknown"),
    (1, "Informational"),
    (2, "Low"),
    (3, "Medium"),
    (4, "High"),
    (5, "Critical"),
    (6, "Fatal"),
];
const STATUSES: &[(i64, &str)] = &[
    (0, "Unknown"),
    (1, "Success"),
    (2, "Failure"),
    (3, "Does Not Exist"),
    (4, "Partial"),
    (5, "Unsupported"),
    (6, "Error"),
];

/// Holds an object against its attributes.
fn holds(what: &str, object: &Value, attributes: &[Attribute]) {
    let object = object
        .as_object()
        .unwrap_or_else(|| panic!("{what} is no object: {object}"));
    for (name, value) in object {
        let known = attributes.iter().find(|(its, ..)| its == name);
        let (_, is, _) = known.unwrap_or_else(|| panic!("{what} has no attribute `{name}`"));
        let all = |of: fn(&Value) -> bool| value.as_array().is_some_and(|all| all.iter().all(of));
        let fits = match is {
            Is::Text => value.is_string(),
            Is::Whole => value.is_i64() || value.is_u64(),
            Is::Object => value.is_object(),
            Is::Texts => all(Value::is_string),
            Is::Objects => all(Value::is_object),
        };
        assert!(fits, "{what}.{name} is of another type: {value}");
    }
    for (name, _, is_required) in attributes {
        assert!(
            !is_required || object.contains_key(*name),
            "{what}.{name} is missing"
        );
    }
}

/// Holds a number against its values, and the text beside it against the value's caption.
fn captioned(record: &Value, (id, text): (&str, &str), values: &[(i64, &str)]) {
    let number = record[id].as_i64().expect("it is a number");
    let said = record[text].as_str().expect("its text is beside it");
    if number == 99 {
        assert!(
            !said.is_empty() && values.iter().all(|(_, caption)| *caption != said),
            "{text}: {said}"
        );
        return;
    }
    let caption = values.iter().find(|(value, _)| *value == number);
    let (_, caption) = caption.unwrap_or_else(|| panic!("{id} has no value {number}"));
    assert_eq!(said, *caption, "{text} of {id} {number}");
}

/// Every record that can be made: each kind of message, each action in each state it is told of, with and without a device.
fn records(format: Format) -> Vec<Value> {
    let actions = [
        None,
        Some("restrict"),
        Some("release"),
        Some("isolate"),
        Some("release_isolation"),
        Some("quarantine_file"),
        Some("antivirus_scan"),
        Some("investigation_package"),
        Some("cancel"),
    ];
    let states = [
        None,
        Some("submitted"),
        Some("succeeded"),
        Some("failed"),
        Some("timed_out"),
        Some("cancelled"),
        Some("expired"),
        Some("withdrawn"),
        Some("in_doubt"),
    ];
    let severities = [
        None,
        Some("informational"),
        Some("low"),
        Some("medium"),
        Some("high"),
        Some("other"),
    ];
    let mut records = Vec::new();
    for kind in Kind::ALL {
        for (at, what) in actions
            .into_iter()
            .flat_map(|action| states.map(|state| (action, state)))
            .enumerate()
        {
            let mut message = if at % 2 == 0 { action() } else { message() };
            message.kind = kind;
            message.items.push(Thing::default());
            for thing in &mut message.items {
                (thing.action, thing.what) = (what.0.map(str::to_owned), what.1.map(str::to_owned));
                thing.severity = severities[at % severities.len()].map(str::to_owned);
            }
            let lines = lines(&message, format);
            let lines = lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            records.extend(
                lines.map(|line| serde_json::from_slice::<Value>(line).expect("it is a line of JSON")),
            );
        }
    }
    assert!(records.len() > 1_000, "{}", records.len());
    records
}

#[test]
fn every_record_of_ocsf_is_a_remediation_activity_as_its_schema_has_it() {
    for record in records(Format::Ocsf) {
        holds("the event", &record, EVENT);
        captioned(&record, ("activity_id", "activity_name"), ACTIVITIES);
        captioned(&record, ("severity_id", "severity"), SEVERITIES);
        captioned(&record, ("status_id", "status"), STATUSES);
        let classes = (
            &record["category_uid"],
            &record["category_name"],
            &record["class_uid"],
            &record["class_name"],
        );
        assert_eq!(
            classes,
            (
                &json!(7),
                &json!("Remediation"),
                &json!(7001),
                &json!("Remediation Activity")
            )
        );
        let number = |name: &str| record[name].as_i64().expect("it is a number");
        assert_eq!(
            number("type_uid"),
            number("class_uid") * 100 + number("activity_id")
        );
        assert!(
            number("time") > 1_000_000_000_000,
            "milliseconds: {}",
            number("time")
        );
        assert_ne!(record["command_uid"], "", "a command has a name");
        let metadata = &record["metadata"];
        holds("metadata", metadata, METADATA);
        holds("metadata.product", &metadata["product"], PRODUCT);
        assert_eq!(
            (&metadata["version"], &metadata["profiles"]),
            (&json!("1.5.0"), &json!(["host"]))
        );
        if let Some(device) = record.get("device") {
            holds("device", device, DEVICE);
            let kind = device["type_id"].as_i64().expect("it is a number");
            assert!((0..=15).contains(&kind) || kind == 99, "{kind}");
            assert!(
                device.get("uid").or(device.get("hostname")).is_some(),
                "an endpoint is named: {device}"
            );
        }
        for measure in record
            .get("countermeasures")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            holds("countermeasures", measure, &[("d3f_technique", Is::Object, true)]);
            holds("d3f_technique", &measure["d3f_technique"], TECHNIQUE);
            let uid = measure["d3f_technique"]["uid"].as_str().unwrap_or_default();
            assert!(uid.starts_with("D3-"), "{uid}");
        }
        holds("unmapped", &record["unmapped"], &[("quell", Is::Object, true)]);
    }
}

#[test]
fn a_restriction_that_succeeded_is_an_isolation_that_succeeded() {
    let record: Value =
        serde_json::from_slice(&lines(&action(), Format::Ocsf)).expect("it is a line of JSON");
    assert_eq!(record["type_uid"], 700_101);
    assert_eq!(
        (&record["status_id"], &record["severity_id"]),
        (&json!(1), &json!(4))
    );
    assert_eq!(record["countermeasures"][0]["d3f_technique"]["uid"], "D3-EAL");
}

/// Fields of ECS that we use: `date` and `keyword` are texts in JSON; `event.category` and `event.type` are lists.
const ECS_TEXTS: [&str; 17] = [
    "@timestamp",
    "ecs.version",
    "message",
    "event.id",
    "event.kind",
    "event.action",
    "event.outcome",
    "event.reason",
    "event.provider",
    "event.dataset",
    "organization.name",
    "observer.vendor",
    "observer.product",
    "observer.version",
    "rule.name",
    "rule.ruleset",
    "rule.version",
];
const ECS_HOST: [&str; 2] = ["host.id", "host.name"];
const ECS_LISTS: [&str; 2] = ["event.category", "event.type"];

const KINDS: [&str; 8] = [
    "alert",
    "asset",
    "enrichment",
    "event",
    "metric",
    "state",
    "pipeline_error",
    "signal",
];
const OUTCOMES: [&str; 3] = ["failure", "success", "unknown"];
/// What `event.type` may be where `event.category` is `host`.
const OF_HOST: [&str; 5] = ["access", "change", "end", "info", "start"];

/// The fields of a record by their dotted names, but for our own.
fn fields(prefix: &str, value: &Value, into: &mut Vec<(String, Value)>) {
    for (name, value) in value.as_object().into_iter().flatten() {
        let path = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        match value {
            Value::Object(_) if path != "quell" => fields(&path, value, into),
            _ => into.push((path, value.clone())),
        }
    }
}

#[test]
fn every_record_of_ecs_has_fields_types_and_values_of_ecs() {
    for record in records(Format::Ecs) {
        let mut found = Vec::new();
        fields("", &record, &mut found);
        for (path, value) in &found {
            let path = path.as_str();
            if path == "quell" {
                continue;
            }
            if ECS_LISTS.contains(&path) {
                let all = value.as_array().unwrap_or_else(|| panic!("{path} is no list"));
                assert!(
                    !all.is_empty() && all.iter().all(Value::is_string),
                    "{path}: {value}"
                );
                continue;
            }
            assert!(
                ECS_TEXTS.contains(&path) || ECS_HOST.contains(&path),
                "ECS has no `{path}`"
            );
            assert!(value.is_string(), "{path}: {value}");
        }
        let names: BTreeSet<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        for needed in [
            "@timestamp",
            "ecs.version",
            "event.kind",
            "event.category",
            "event.type",
            "event.outcome",
        ] {
            assert!(names.contains(needed), "{needed} is missing");
        }
        let at: Result<jiff::Timestamp, _> = record["@timestamp"].as_str().unwrap_or_default().parse();
        assert!(at.is_ok() && record["ecs"]["version"] == "8.11.0", "{record}");
        let event = &record["event"];
        let is_of = |value: &Value, all: &[&str]| value.as_str().is_some_and(|text| all.contains(&text));
        assert!(
            is_of(&event["kind"], &KINDS) && is_of(&event["outcome"], &OUTCOMES),
            "{event}"
        );
        assert_eq!(event["category"], json!(["host"]));
        let types = event["type"].as_array().into_iter().flatten();
        assert!(types.into_iter().all(|kind| is_of(kind, &OF_HOST)), "{event}");
    }
}

#[test]
fn each_thing_is_one_line() {
    let lines = lines(&message(), Format::Ecs);
    assert_eq!(lines.iter().filter(|byte| **byte == b'\n').count(), 2);
    assert_eq!(lines.last(), Some(&b'\n'));
}
