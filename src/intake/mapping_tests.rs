//! Mappings of foreign JSON: what is absent, what is unknown, and which devices come of it.

use std::sync::Arc;

use serde_json::json;

use super::*;
use crate::domain::alert::{Event, EventFormat};
use crate::domain::device::DeviceIdRule;
use crate::intake::normalize::normalize_under;
use crate::intake::reader::{Reader, Shape};
use crate::intake::time::Zone;

const DEVICE: &str = "24c222b0b60fe148eeece49ac83910cc6a7ef491";
const OTHER: &str = "73e7e2de709dff64ef64b1d0c30e67fab63279db";

fn at(text: &str) -> Pointer {
    Pointer::parse(text).expect("the test writes pointers")
}

fn devices(each: Option<&str>, by: DeviceName, pointer: &str) -> Option<DevicePlaces> {
    Some(DevicePlaces {
        each: each.map(at),
        at: at(pointer),
        by,
    })
}

/// Every fact at `/name`.
fn every() -> Mapping {
    let place = |name: FactName| (name, Place::of(at(&format!("/{}", name.as_str()))));
    Mapping {
        id: at("/alert/uuid"),
        id_prefix: String::new(),
        facts: FactName::ALL.map(place).into(),
        devices: devices(None, DeviceName::Id, "/agent/mde_id"),
    }
}

fn with(mut mapping: Mapping, name: FactName, change: impl FnOnce(&mut Place)) -> Mapping {
    change(mapping.facts.get_mut(&name).expect("every fact is mapped"));
    mapping
}

fn try_read(mapping: Mapping, record: &Value) -> Result<Event, Refusal> {
    let reader = Reader {
        shape: Shape::Mapped(Arc::new(mapping)),
        zone: Zone::named("Europe/Berlin").expect("it is in the database"),
        ..Reader::new(DeviceIdRule::default())
    };
    normalize_under(record, &reader)
}

fn read(mapping: Mapping, record: &Value) -> Event {
    try_read(mapping, record).expect("it has an id")
}

fn ids(event: &Event) -> Vec<&str> {
    event.devices.iter().map(|id| id.as_str()).collect()
}

#[test]
fn a_record_is_read_whole() {
    let mapping = with(every(), FactName::Severity, |place| {
        place.values = [("12", "high"), ("3", "low")]
            .map(|(from, to)| (from.to_owned(), to.to_owned()))
            .into();
    });
    let event = read(
        mapping,
        &json!({
            "alert": {"uuid": 4711}, "title": " Ransomware ", "severity": 12, "category": "Ransomware", "source": "edr-x",
            "techniques": "T1486, T1059.001", "classification": "TruePositive", "determination": "Malware",
            "status": "InProgress", "user": "CONTOSO\\eve", "incident_id": 7, "occurred_at": "2026-11-22 03:00:00",
            "agent": {"mde_id": DEVICE}, "quell": "event.v1", "id": "x", "alertCreationTime": "x"
        }),
    );
    let is = |text: &str| Fact::Is(text.to_owned());
    assert_eq!(event.format, EventFormat::Mapped, "nothing is detected");
    assert_eq!(
        event.alert,
        Alert {
            id: "4711".to_owned(),
            title: is("Ransomware"),
            severity: Fact::Is(Severity::High),
            category: is("Ransomware"),
            source: is("edr-x"),
            techniques: Fact::Is(vec!["T1486".to_owned(), "T1059.001".to_owned()]),
            classification: is("TruePositive"),
            determination: is("Malware"),
            status: is("in_progress"),
            user: is("CONTOSO\\eve"),
            incident_id: is("7"),
            occurred_at: Fact::Is("2026-11-22T02:00:00Z".parse().expect("RFC 3339")),
        }
    );
    assert_eq!(ids(&event), [DEVICE]);
    assert_eq!(event.remarks, Vec::<String>::new());
}

#[test]
fn nothing_at_a_named_place_is_absent_and_an_unnamed_fact_is_unknown() {
    for record in [
        json!({"alert": {"uuid": "a"}}),
        json!({"alert": {"uuid": "a"}, "title": null, "severity": "", "techniques": [], "status": " ", "agent": null}),
    ] {
        let alert = read(every(), &record).alert;
        assert_eq!(
            (alert.title, alert.status),
            (Fact::Absent, Fact::Absent),
            "{record}"
        );
        assert_eq!(
            (alert.severity, alert.techniques),
            (Fact::Absent, Fact::Absent),
            "{record}"
        );
        assert_eq!(
            alert.occurred_at,
            Fact::Unknown,
            "a time that is missing gives no age"
        );
    }
    let bare = Mapping {
        facts: BTreeMap::new(),
        devices: None,
        ..every()
    };
    let record =
        json!({"alert": {"uuid": "a"}, "title": "x", "severity": "high", "agent": {"mde_id": DEVICE}});
    let event = read(bare, &record);
    assert_eq!(
        event.alert,
        Alert {
            id: "a".to_owned(),
            ..Alert::default()
        }
    );
    assert_eq!((event.devices.len(), event.remarks.len()), (0, 0));
}

#[test]
fn what_is_not_understood_is_unknown_and_said_and_never_a_default() {
    let mapping = with(every(), FactName::Severity, |place| {
        place.values = [("15".to_owned(), "high".to_owned())].into();
    });
    let event = read(
        mapping,
        &json!({"alert": {"uuid": "a"}, "severity": 14, "status": "escalated", "title": {"de": "x"}, "techniques": [7],
            "user": ["eve"], "occurred_at": "gestern"}),
    );
    let alert = event.alert;
    assert!(alert.severity.is_unknown() && alert.status.is_unknown() && alert.title.is_unknown());
    assert!(alert.techniques.is_unknown() && alert.user.is_unknown() && alert.occurred_at.is_unknown());
    assert_eq!(event.remarks.len(), 6);
    assert_eq!(
        event.remarks[1],
        "`severity` at `/severity` is `14`, which the mapping does not understand: it is not known"
    );
}

#[test]
fn a_number_that_cannot_be_told_from_its_neighbours_is_no_id() {
    for number in ["36893488147419103233", "1e3", "1.5", "-9223372036854775809"] {
        let record =
            serde_json::from_str(&format!("{{\"alert\":{{\"uuid\":{number}}}}}")).expect("it is JSON");
        let refusal = try_read(every(), &record).expect_err(number);
        let expected = "there is a number that is not whole, or too large: let the sender write it as a text";
        assert!(refusal.to_string().contains(expected), "{number}: {refusal}");
    }
    let largest = read(every(), &json!({"alert": {"uuid": u64::MAX}}));
    assert_eq!(largest.alert.id, "18446744073709551615");
}

#[test]
fn a_record_without_an_id_is_refused_with_the_place() {
    for (record, expected) in [
        (
            json!({}),
            "there is nothing: without an id a repetition cannot be told",
        ),
        (
            json!({"alert": {"uuid": ""}}),
            "there is ``: an id is a text or a number",
        ),
        (
            json!({"alert": {"uuid": {}}}),
            "there is an object: an id is a text or a number",
        ),
        (
            json!({"alert": {"uuid": true}}),
            "there is `true`: an id is a text or a number",
        ),
    ] {
        let refusal = try_read(every(), &record).expect_err("it has no id");
        assert_eq!(refusal.reason(), "invalid_event");
        let expected =
            format!("the record is not as the source's `mapping` says: at `/alert/uuid` (`id`) {expected}");
        assert_eq!(refusal.to_string(), expected);
    }
}

#[test]
fn devices_stand_alone_in_a_list_or_in_each_host() {
    let record = json!({
        "alert": {"uuid": "a"}, "agent": {"mde_id": [DEVICE, OTHER, DEVICE]},
        "hosts": [{"id": DEVICE, "fqdn": "FIN-7.corp.example"}, {"id": null}, {"id": "../x"}, 7, {"fqdn": "fin 8"}],
    });
    assert_eq!(ids(&read(every(), &record)), [DEVICE, OTHER]);
    let by = |devices| Mapping { devices, ..every() };
    let each = read(by(devices(Some("/hosts"), DeviceName::Id, "/id")), &record);
    assert_eq!((ids(&each), each.refused_devices.len()), (vec![DEVICE], 1));
    let named = DeviceName::Hint(HintKind::DnsName);
    let event = read(by(devices(Some("/hosts"), named, "/fqdn")), &record);
    assert_eq!(event.devices, [], "nobody but the inventory tells which it is");
    let names: Vec<_> = event.hints.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["DNS name fin-7.corp.example"]);
    assert_eq!(event.refused_devices.len(), 1);
    for nowhere in ["/nothing", "/hosts/9", "/alert/uuid/x"] {
        let event = read(by(devices(Some(nowhere), DeviceName::Id, "/id")), &record);
        assert_eq!(event.devices, [], "{nowhere}");
    }
}

#[test]
fn times_are_numbers_in_the_unit_that_is_named() {
    for (format, written, expected) in [
        (
            TimeFormat::UnixSeconds,
            json!(1_764_000_000),
            "2025-11-24T16:00:00Z",
        ),
        (
            TimeFormat::UnixSeconds,
            json!("1764000000"),
            "2025-11-24T16:00:00Z",
        ),
        (
            TimeFormat::UnixSeconds,
            json!(1_764_000_000.5),
            "2025-11-24T16:00:00.5Z",
        ),
        (
            TimeFormat::UnixMillis,
            json!(1_764_000_000_250_i64),
            "2025-11-24T16:00:00.25Z",
        ),
        (
            TimeFormat::UnixMicros,
            json!(1_764_000_000_000_001_i64),
            "2025-11-24T16:00:00.000001Z",
        ),
        (
            TimeFormat::UnixNanos,
            json!(1_764_000_000_000_000_001_i64),
            "2025-11-24T16:00:00.000000001Z",
        ),
    ] {
        let mapping = with(every(), FactName::OccurredAt, |place| place.format = format);
        let event = read(mapping, &json!({"alert": {"uuid": "a"}, "occurred_at": written}));
        let expected: Timestamp = expected.parse().expect("RFC 3339");
        assert_eq!(event.alert.occurred_at, Fact::Is(expected), "{written}");
    }
    for written in [
        json!("x"),
        json!(1e300),
        json!(u64::MAX),
        json!([1]),
        json!(true),
        json!("inf"),
        json!("1-2"),
    ] {
        let mapping = with(every(), FactName::OccurredAt, |place| {
            place.format = TimeFormat::UnixNanos
        });
        let event = read(mapping, &json!({"alert": {"uuid": "a"}, "occurred_at": written}));
        assert_eq!(
            event.remarks.len(),
            usize::from(event.alert.occurred_at.value().is_none()),
            "{written}"
        );
    }
}

#[test]
fn an_id_gets_its_prefix_and_local_times_that_were_twice_or_never_are_said() {
    let mapping = Mapping {
        id_prefix: "wazuh-".to_owned(),
        ..every()
    };
    let event = read(
        mapping.clone(),
        &json!({"alert": {"uuid": "da1"}, "occurred_at": "2026-10-25 02:30:00"}),
    );
    assert_eq!(event.alert.id, "wazuh-da1");
    assert_eq!(
        event.alert.occurred_at,
        Fact::Is("2026-10-25T00:30:00Z".parse().expect("RFC 3339"))
    );
    assert_eq!(
        event.remarks,
        [
            "the time `2026-10-25 02:30:00` was twice in Europe/Berlin when the clocks went back: the earlier one counts"
        ]
    );
    let event = read(
        mapping,
        &json!({"alert": {"uuid": "1"}, "occurred_at": "2026-03-29 02:30:00"}),
    );
    assert_eq!(event.alert.occurred_at, Fact::Unknown);
    assert!(
        event.remarks[0].contains("never was in Europe/Berlin"),
        "{:?}",
        event.remarks
    );
}

#[test]
fn pointers_are_as_rfc_6901_writes_them() {
    for good in ["", "/", "/a", "/a~1b/~0c/0", "/é x"] {
        assert!(Pointer::parse(good).is_ok(), "{good}");
    }
    for (bad, expected) in [
        ("a", "must begin with `/`"),
        ("$.a", "must begin with `/`"),
        ("/a~2", "has a `~` that is not `~0` (for `~`) or `~1` (for `/`)"),
        ("/a~", "has a `~` that is not `~0` (for `~`) or `~1` (for `/`)"),
    ] {
        assert_eq!(Pointer::parse(bad), Err(expected), "{bad}");
    }
    assert!(Pointer::parse(&"/a".repeat(300)).is_err());
    let record = json!({"a/b": {"~c": [1, 2]}});
    assert_eq!(at("/a~1b/~0c/1").find(&record), Some(&json!(2)));
}
