//! `sources[].shape`, `mapping`, `time_zone` and `identify_by`: what they come to, and how their errors are told.

use super::*;
use crate::domain::device::hint::HintKind;
use crate::intake::Shape;
use crate::intake::time::Zone;

fn source(keys: &str) -> source::Source {
    let text = format!("{MINIMAL}sources:\n  - name: wazuh\n    defender: {{every: 1m}}\n{keys}");
    loaded(&text).sources.remove(0)
}

#[test]
fn a_source_that_says_nothing_lets_each_record_tell() {
    let records = source("").records;
    assert_eq!(records, source::Records::default());
    assert_eq!(records.shape, Shape::Detect);
}

#[test]
fn a_mapping_is_read_whole() {
    let source = source(
        "    shape: mapping
    time_zone: Europe/Berlin
    mapping:
      id: {from: /alert/uuid, prefix: wazuh-}
      title: /rule/a~1b
      severity: {from: /level, values: {\"1\": low, \"15\": high}}
      techniques: {from: /mitre}
      occurred_at: {from: /ts, format: unix_millis}
      devices: {each: /hosts, dns_name: /fqdn}
",
    );
    assert_eq!(
        source.records.time_zone,
        Zone::named("Europe/Berlin").expect("there is one")
    );
    let reader = source.reader(DeviceIdRule::default());
    let record = serde_json::json!({
        "alert": {"uuid": 7}, "rule": {"a/b": "x"}, "level": 15, "mitre": ["T1486"], "ts": 1_764_000_000_000_i64,
        "hosts": [{"fqdn": "fin-7.corp.example"}],
    });
    let event = crate::intake::normalize_under(&record, &reader).expect("it has an id");
    assert_eq!(event.alert.id, "wazuh-7");
    assert_eq!(event.alert.title.value().map(String::as_str), Some("x"));
    assert_eq!(event.alert.severity.value().map(|one| one.as_str()), Some("high"));
    assert!(event.alert.occurred_at.value().is_some() && event.alert.techniques.value().is_some());
    assert_eq!(event.hints.len(), 1);
}

#[test]
fn a_shape_and_other_names_are_read() {
    let records =
        source("    shape: sentinel_security_alert\n    identify_by: [dns_name, entra_id, dns_name]\n")
            .records;
    assert!(matches!(records.shape, Shape::Group(group) if group.name == "sentinel_security_alert"));
    assert_eq!(records.identify_by, [HintKind::DnsName, HintKind::EntraId]);
}

#[test]
fn every_error_says_where_and_what_to_write() {
    let check = |keys: &str, expected: &[(&str, usize, &str)]| {
        check(
            &format!("sources:\n  - name: wazuh\n    defender: {{every: 1m}}\n{keys}"),
            expected,
        );
    };
    check("    shape: mappings\n", &[("E313", 4, "`sources[0].shape`")]);
    check(
        "    shape: mapping\n",
        &[(
            "E461",
            4,
            "`sources[0]` has the shape `mapping`, and no `mapping`",
        )],
    );
    check(
        "    shape: native\n    mapping: {id: /id}\n",
        &[("E461", 4, "`sources[0]` has a `mapping` and another shape")],
    );
    check(
        "    shape: native\n    identify_by: [dns_name]\n",
        &[(
            "E461",
            5,
            "`sources[0].identify_by` is for shapes that others define",
        )],
    );
    check(
        "    mapping: {title: /x}\n",
        &[("E312", 4, "`sources[0].mapping.id` is missing")],
    );
    check(
        "    mapping:\n      id: $.alert.uuid\n      title: /a~b\n      severity: {from: x}\n",
        &[
            (
                "E462",
                5,
                "`sources[0].mapping.id` is no JSON Pointer: it must begin with `/`",
            ),
            (
                "E462",
                6,
                "`sources[0].mapping.title` is no JSON Pointer: it has a `~`",
            ),
            ("E462", 7, "`sources[0].mapping.severity.from` is no JSON Pointer"),
        ],
    );
    check(
        "    mapping:\n      id: /id\n      severity: {from: /l, values: {\"1\": critical}}\n      status: {from: /s, values: {}}\n",
        &[
            ("E313", 6, "`sources[0].mapping.severity.values.1`"),
            ("E462", 7, "`sources[0].mapping.status.values` says nothing"),
        ],
    );
    check(
        "    mapping:\n      id: /id\n      titel: /x\n      occurred_at: {from: /t, fromat: unix_millis}\n",
        &[
            ("E310", 6, "unknown key `titel` in `sources[0].mapping`"),
            (
                "E310",
                7,
                "unknown key `fromat` in `sources[0].mapping.occurred_at`",
            ),
        ],
    );
    check(
        "    mapping:\n      id: /id\n      devices: {id: /a, dns_name: /b}\n",
        &[(
            "E502",
            6,
            "`sources[0].mapping.devices` has `id` and `dns_name`: give exactly one of them",
        )],
    );
    check(
        "    mapping:\n      id: /id\n      devices: {each: /hosts}\n",
        &[(
            "E502",
            6,
            "`sources[0].mapping.devices` needs `id`, `entra_id` or `dns_name`",
        )],
    );
    check(
        "    time_zone: Berlin\n",
        &[(
            "E463",
            4,
            "`sources[0].time_zone` is `Berlin`, which is no time zone",
        )],
    );
    check(
        "    identify_by: [hostname]\n",
        &[("E313", 4, "`sources[0].identify_by[0]`")],
    );
}

#[test]
fn names_that_only_the_inventory_tells_need_one_that_is_read() {
    let without = |keys: &str| {
        format!(
            "facts: {{inventory: {{every: 0s}}}}\nsources:\n  - name: wazuh\n    defender: {{every: 1m}}\n{keys}"
        )
    };
    for keys in [
        "    identify_by: [dns_name]\n",
        "    mapping: {id: /id, devices: {dns_name: /host}}\n",
        "    mapping: {id: /id, devices: {entra_id: /host}}\n",
    ] {
        let refused = load(&format!("{MINIMAL}{}", without(keys))).expect_err("nothing is ever found");
        let told: Vec<_> = refused
            .iter()
            .map(|one| (one.code.id(), one.message.as_str()))
            .collect();
        let [("E464", message)] = told.as_slice() else {
            panic!("{told:?}")
        };
        assert!(
            message.starts_with("the source `wazuh` names devices by"),
            "{message}"
        );
    }
    let by_id = "    mapping: {id: /id, devices: {id: /host}}\n";
    assert_eq!(loaded(&format!("{MINIMAL}{}", without(by_id))).sources.len(), 1);
}
