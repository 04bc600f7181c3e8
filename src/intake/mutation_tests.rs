//! What becomes of real records when members go, come, hold something else, stand twice or are cut: never a panic, never a
//! device that the record did not name before, never a device more.
//!
//! Some thousand cases with every run of the tests; `PROPTEST_CASES=100000 cargo test mutation` for some millions.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::domain::alert::Event;
use crate::domain::device::hint::HintKind;
use crate::domain::device::{DeviceId, DeviceIdRule};
use crate::intake::body::{Lines, split_for};
use crate::intake::{Reader, Record};

/// Cases of each seed when nobody says otherwise; there is a seed for each sample.
const CASES: u32 = 30;

/// A small generator of our own: the same seed is the same case, on every machine.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// One of so many.
    fn of(&mut self, many: usize) -> usize {
        (self.next() >> 33) as usize % many.max(1)
    }

    fn pick<'t, T>(&mut self, from: &'t [T]) -> &'t T {
        &from[self.of(from.len())]
    }
}

/// Real records, and those that the shapes of the reference look like where the samples have none.
fn seeds() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alerts.ndjson");
    let file = std::fs::read_to_string(path).expect("the sample file is part of the repository");
    let sample = |line: &str| {
        let sample: Value = serde_json::from_str(line).expect("every line is a sample");
        sample["event"].clone()
    };
    let (one, other) = (
        "24c222b0b60fe148eeece49ac83910cc6a7ef491",
        "73e7e2de709dff64ef64b1d0c30e67fab63279db",
    );
    let evidence = json!([
        {"odata_type": "#microsoft.graph.security.deviceEvidence", "mde_device_id": one, "roles": []},
        {"odata_type": "#microsoft.graph.security.deviceEvidence", "mde_device_id": other, "roles": ["contextual"]},
    ]);
    let entities = json!([
        {"$id": "1", "Type": "process", "Host": {"$id": "8", "Type": "host", "MdatpDeviceId": one}}, {"$ref": "8"},
        {"$id": "9", "Type": "host", "HostName": "fin-7", "DnsDomain": "corp.example"},
    ]);
    let more = [
        json!({"alertId": "da1_1", "creationTime": "2026-01-01T00:00:00Z", "status": "Active", "devices": [
            {"mdatpDeviceId": one, "aadDeviceId": null, "deviceDnsName": "fin-7"},
            {"mdatpDeviceId": null, "deviceDnsName": "fin-8.corp.example"}], "entities": [{"deviceId": other}]}),
        json!({"object": {"name": "x", "properties": {"incidentNumber": 7, "severity": "High", "relatedEntities": [
            {"kind": "Host", "properties": {"hostName": "PC", "additionalData": {"MdatpDeviceId": one}}},
            {"kind": "Process", "properties": {"additionalData": {"MdatpDeviceId": other}}}]}}}),
        json!({"data_stream": {"dataset": "microsoft_defender_endpoint.log"}, "event": {"id": "da1_1", "severity": 47},
            "cloud": {"instance": {"id": one}}, "host": {"id": [one], "name": "fin-7"}}),
        json!({"data_stream": {"dataset": "m365_defender.alert"}, "host": {"id": [one, other]},
            "m365_defender": {"alert": {"id": "da1_1", "evidence": evidence}}}),
        json!({"SystemAlertId": "a", "VendorOriginalId": "da1_1", "AlertSeverity": "High", "Entities": entities.to_string(),
            "ExtendedProperties": "{\"MicrosoftDefenderAtp.Category\":\"Ransomware\"}"}),
        json!({"category": "AdvancedHunting-AlertEvidence", "properties": {"AlertId": "da1_1", "EntityType": "Machine",
            "EvidenceRole": "Impacted", "DeviceId": one, "AdditionalFields": format!("{{\"MachineId\":\"{other}\"}}")}}),
        json!({"quell": "event.v1", "alert": {"id": "a", "severity": "high", "status": "new"},
            "devices": [one, {"dns_name": "fin-8.corp.example"}]}),
    ];
    file.lines().map(sample).chain(more).collect()
}

/// What may stand at any place.
fn oddities() -> Vec<Value> {
    let hostile = "\u{202e}\u{0}\u{feff}é\u{1f600}\u{1b}[2J".repeat(3);
    vec![
        json!(null),
        json!(""),
        json!(" "),
        json!("null"),
        json!(true),
        json!(0),
        json!(-1),
        json!(1e308),
        json!(u64::MAX),
        json!([]),
        json!({}),
        json!([[], {}, null, "x", 7]),
        json!({"$ref": "1"}),
        json!("[{\"Type\":\"host\""),
        json!("[{\"$id\":\"1\",\"a\":1,\"a\":2}]"),
        json!("2026-03-29 02:30:00"),
        json!("9999-12-31T23:59:59Z"),
        json!(hostile),
        json!("x".repeat(20_000)),
        json!("resolved"),
        json!("Machine"),
        json!("00000000-0000-0000-0000-000000000000"),
    ]
}

/// All places of a record, each by the keys and numbers that lead there.
fn places(value: &Value, way: &mut Vec<String>, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, held)| (key.clone(), held)).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, held)| (at.to_string(), held))
            .collect(),
        _ => return,
    };
    for (key, held) in children {
        way.push(key.replace('~', "~0").replace('/', "~1"));
        found.push(way.iter().map(|part| format!("/{part}")).collect());
        places(held, way, found);
        way.pop();
    }
}

/// The map or list that holds a place, and its name there.
fn holder<'v>(record: &'v mut Value, place: &str) -> Option<(&'v mut Value, String)> {
    let (way, last) = place.rsplit_once('/')?;
    let name = last.replace("~1", "/").replace("~0", "~");
    Some((record.pointer_mut(way)?, name))
}

/// Changes one thing. What is in it of ids stays in it, or goes.
fn mutate(record: &mut Value, others: &[Value], chance: &mut Chance) {
    let mut all = Vec::new();
    places(record, &mut Vec::new(), &mut all);
    if all.is_empty() {
        return;
    }
    let place = chance.pick(&all).clone();
    match chance.of(8) {
        0 | 1 => {
            if let Some(held) = record.pointer_mut(&place) {
                *held = chance.pick(&oddities()).clone();
            }
        }
        2 => match holder(record, &place) {
            Some((Value::Object(members), name)) => drop(members.remove(&name)),
            Some((Value::Array(items), name)) => {
                let at: usize = name.parse().unwrap_or(0);
                if at < items.len() {
                    items.remove(at);
                }
            }
            _ => {}
        },
        3 => {
            // Another's member, of the same level. Its ids are strangers: none may come of it that was not there.
            let Value::Object(stranger) = chance.pick(others) else {
                return;
            };
            let keys: Vec<&String> = stranger.keys().collect();
            if let (Value::Object(members), false) = (record, keys.is_empty()) {
                let key = (*chance.pick(&keys)).clone();
                let held = without_ids(&stranger[&key]);
                members.entry(key).or_insert(held);
            }
        }
        4 => {
            // The same again: a list names a device twice, or an entity stands twice.
            if let Some((Value::Array(items), _)) = holder(record, &place) {
                let again = chance.pick(items).clone();
                items.push(again);
            }
        }
        5 => {
            // JSON inside a text is cut, or gets something in front or behind.
            if let Some(Value::String(text)) = record.pointer_mut(&place) {
                let cut = (0..=chance.of(text.len() + 1))
                    .rev()
                    .find(|at| text.is_char_boundary(*at));
                match chance.of(3) {
                    0 => text.truncate(cut.unwrap_or(0)),
                    1 => text.push_str(chance.pick::<&str>(&["\"", "]", "}", "0", "a", " "])),
                    _ => text.insert_str(0, chance.pick::<&str>(&["[", "{", "a", "0", "../", "\u{feff}"])),
                }
            }
        }
        6 => {
            // A member is called otherwise.
            if let Some((Value::Object(members), name)) = holder(record, &place)
                && let Some(held) = members.remove(&name)
            {
                let name = match chance.of(3) {
                    0 => name.to_uppercase(),
                    1 => format!("{name}\u{200b}"),
                    _ => format!("{name}2"),
                };
                members.insert(name, held);
            }
        }
        _ => {
            // Two values change places.
            let other = chance.pick(&all).clone();
            let (Some(one), Some(two)) = (record.pointer(&place).cloned(), record.pointer(&other).cloned())
            else {
                return;
            };
            let nested = place.starts_with(&other) || other.starts_with(&place);
            if !nested {
                if let Some(held) = record.pointer_mut(&place) {
                    *held = two;
                }
                if let Some(held) = record.pointer_mut(&other) {
                    *held = one;
                }
            }
        }
    }
}

/// A value without anything that could be a device's id.
fn without_ids(value: &Value) -> Value {
    match value {
        Value::String(text) if ids_in(text).is_empty() => Value::from(text.as_str()),
        Value::String(_) => Value::Null,
        Value::Array(items) => items.iter().map(without_ids).collect(),
        Value::Object(members) => {
            let kept = members.iter().map(|(key, held)| (key.clone(), without_ids(held)));
            Value::Object(kept.collect::<Map<String, Value>>())
        }
        other => other.clone(),
    }
}

/// The ids that stand in a text as a whole word: 40 characters of 0-9 and a-f, and no letter or digit beside them.
fn ids_in(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.len() == 40 && word.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')))
        .map(str::to_owned)
        .collect()
}

fn devices(event: &Event) -> BTreeSet<String> {
    event.devices.iter().map(DeviceId::to_string).collect()
}

/// So many of each seed; `PROPTEST_CASES`, whose default is 256, makes them more or fewer, as it does for other tests.
fn cases() -> u32 {
    CASES * proptest::test_runner::Config::default().cases / 256
}

#[test]
fn no_mutation_of_a_sample_brings_a_device_that_it_did_not_name() {
    let seeds = seeds();
    let plain = Reader::new(DeviceIdRule::default());
    let naming = Reader {
        identify_by: vec![HintKind::EntraId, HintKind::DnsName],
        ..plain.clone()
    };
    let (mut read, mut with_device) = (0_u64, 0_u64);
    for (at, seed) in seeds.iter().enumerate() {
        let named = ids_in(&seed.to_string());
        for case in 0..cases() {
            let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ ((at as u64) << 32) ^ (u64::from(case) + 1));
            let mut record = seed.clone();
            for _ in 0..=chance.of(4) {
                mutate(&mut record, &seeds, &mut chance);
            }
            let text = record.to_string();
            let reader = if chance.of(2) == 0 { &plain } else { &naming };
            let check = |text: &[u8]| -> Option<usize> {
                let pieces = split_for(text, Lines::Unsaid, reader).unwrap_or_default();
                let mut most = None;
                for piece in &pieces {
                    let Ok(record) = piece.record() else { continue };
                    let Ok(event) = record.normalize_under(reader) else {
                        continue;
                    };
                    let found = devices(&event);
                    assert!(
                        found.is_subset(&named),
                        "seed {at}, case {case}: {found:?} of {named:?} in {}",
                        shown(text)
                    );
                    let now = ids_in(&String::from_utf8_lossy(text));
                    assert!(
                        found.is_subset(&now),
                        "seed {at}, case {case}: {found:?} in {}",
                        shown(text)
                    );
                    assert_eq!(found.len(), event.devices.len(), "a device is there twice");
                    most = most.max(Some(found.len()));
                }
                most
            };
            let found = check(text.as_bytes());
            read += u64::from(found.is_some());
            with_device += u64::from(found.is_some_and(|devices| devices > 0));
            // Cut off anywhere, as by a broken connection.
            check(&text.as_bytes()[..chance.of(text.len())]);
        }
    }
    assert!(read > u64::from(cases()) * 60, "only {read} were read at all");
    assert!(
        with_device > u64::from(cases()) * 30,
        "only {with_device} had a device"
    );
}

#[test]
fn no_loss_makes_the_list_of_devices_longer() {
    let reader = Reader::new(DeviceIdRule::default());
    for (at, seed) in seeds().iter().enumerate() {
        let whole = read(seed, &reader);
        let mut all = Vec::new();
        places(seed, &mut Vec::new(), &mut all);
        let odds = [Value::Null, json!(""), json!(7), json!([]), json!({})];
        for (nth, place) in all.iter().enumerate() {
            let odd = &odds[(nth + at) % odds.len()];
            let mut record = seed.clone();
            if let Some(held) = record.pointer_mut(place) {
                *held = odd.clone();
            }
            let Some(event) = read(&record, &reader) else {
                continue;
            };
            let before = whole.as_ref().map(devices).unwrap_or_default();
            let now = devices(&event);
            // A role that is missing calls no device contextual: then it is one of the alert's.
            let is_role = ["role", "Role"].iter().any(|word| place.contains(word));
            let kept = now.is_subset(&before) || is_role || explained(seed, &event, &before);
            assert!(kept, "seed {at}, `{place}` as {odd}: {now:?}, before {before:?}");
        }
    }
}

/// A record that is no telemetry, incident or legacy object any more is read as the alert that its other members make it.
fn explained(seed: &Value, event: &Event, before: &BTreeSet<String>) -> bool {
    let reader = Reader::new(DeviceIdRule::default());
    read(seed, &reader).is_none_or(|whole| whole.format != event.format && before.is_empty())
}

fn read(record: &Value, reader: &Reader) -> Option<Event> {
    let text = record.to_string();
    let record = Record::parse(text.as_bytes()).expect("it was JSON before");
    record.normalize_under(reader).ok()
}

#[test]
fn a_device_that_a_text_smuggles_in_refuses_the_record() {
    let reader = Reader::new(DeviceIdRule::default());
    let (own, victim) = ("2".repeat(40), "b".repeat(40));
    // A pipeline that puts a title into a template unescaped, and a title that counts on it.
    let title = format!("harmless\",\"machineId\":\"{victim}");
    let first = format!(
        r#"{{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z","machineId":"{own}","title":"{title}"}}"#
    );
    let last = format!(
        r#"{{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z","title":"{title}","machineId":"{own}"}}"#
    );
    for text in [first, last] {
        let record = Record::parse(text.as_bytes()).expect("the sender made JSON of it");
        let refusal = record
            .normalize_under(&reader)
            .expect_err("nobody knows which one was meant");
        assert_eq!(refusal.reason(), "key_twice", "{text}");
    }
}

fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().take(2_000).collect()
}
