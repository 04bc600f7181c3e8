//! A [`Record`] against a [`Value`]: the same errors, the same hash, the same event, for every sample and for what becomes
//! of samples when keys go, come, change places and hold something else.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::intake::{content_hash, normalize};

fn samples() -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alerts.ndjson");
    let file = std::fs::read_to_string(path).expect("the sample file is part of the repository");
    let event = |line: &str| serde_json::from_str::<Value>(line).map(|mut sample| sample["event"].take());
    file.lines()
        .map(|line| event(line).expect("every line is a sample"))
        .collect()
}

/// Both ways say the same of this text.
fn check(text: &[u8]) {
    let shown = || String::from_utf8_lossy(text).into_owned();
    let value: Value = match (serde_json::from_slice(text), Record::parse(text)) {
        (Ok(value), Ok(_)) => value,
        (Err(one), Err(other)) => return assert_eq!(one.to_string(), other.to_string(), "{}", shown()),
        (one, other) => panic!("{one:?}, {other:?}: {}", shown()),
    };
    let record = Record::parse(text).expect("it was parsed before");
    assert_eq!(record.0.to_value(), value, "{}", shown());
    assert_eq!(record.content_hash(), content_hash(&value), "{}", shown());
    let rule = DeviceIdRule::default();
    match record.normalize(&rule) {
        Err(Refusal::KeyTwice(_)) => {}
        read => assert_eq!(read, normalize(&value, &rule), "{}", shown()),
    }
}

#[test]
fn every_sample_is_read_the_same_way() {
    for sample in samples() {
        check(sample.to_string().as_bytes());
        check(
            serde_json::to_string_pretty(&sample)
                .expect("it is JSON")
                .as_bytes(),
        );
    }
}

#[test]
fn what_is_odd_is_read_the_same_way() {
    let deep = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
    for text in [
        "null",
        "true",
        "7",
        "-7",
        "1.50",
        "1e400",
        "-0",
        "18446744073709551615",
        "123456789012345678901234567890",
        "\"x\"",
        "[]",
        "{}",
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "\"\\ud800\"",
        "\"\\u0000é\\n\"",
        "{\"id\":NaN}",
        "{} {}",
        r#"{"id":"1","id":"2","alertCreationTime":null,"alertCreationTime":"2026-01-01T00:00:00Z"}"#,
        r#"{"b":1,"a":{"d":[],"c":{}},"b":2}"#,
        r#"{"\u0069d":"1","alertCreationTime":"2026-01-01T00:00:00Z","title":"a\tb"}"#,
        r#"{"id":"1","evidence":[],"createdDateTime":"2026-01-01T00:00:00Z"}"#,
        &deep(127),
        &deep(128),
        &deep(10_000),
    ] {
        check(text.as_bytes());
    }
    check(b"{\"id\":\"\xff\"}");
    check(b"\"\xc3\"");
}

#[test]
fn a_key_that_stands_twice_with_different_values_refuses_the_record() {
    let many: Vec<String> = (0..300).map(|n| format!("\"key-{n}\":1")).collect();
    let device = |n: u8| format!("{n:040x}");
    for (text, twice) in [
        (
            format!(
                r#"{{"id":"1","alertCreationTime":null,"machineId":"{}","machineId":"{}"}}"#,
                device(1),
                device(2)
            ),
            Some("machineId"),
        ),
        (r#"{"a":[{"b":{"c":1,"\u0063":2}}]}"#.to_owned(), Some("c")),
        (r#"{"a":{"b":1},"b":{"b":1}}"#.to_owned(), None),
        (r#"{"a":[1,{"b":null}],"a":[1,{"b":null}]}"#.to_owned(), None),
        (r#"{"a":1,"a":1,"a":2}"#.to_owned(), Some("a")),
        (format!("{{{}}}", many.join(",")), None),
        (format!("{{{},\"key-7\":2}}", many.join(",")), Some("key-7")),
    ] {
        let record = Record::parse(text.as_bytes()).expect("it is JSON");
        assert_eq!(record.key_twice(), twice, "{text}");
        let refused = record.normalize(&DeviceIdRule::default()).err();
        let named = matches!(refused, Some(Refusal::KeyTwice(_)));
        assert_eq!(named, twice.is_some(), "{text}: {refused:?}");
    }
}

#[test]
fn half_a_million_keys_of_one_object_are_held_against_each_other_at_once() {
    let distinct = |last: &str| {
        let keys: Vec<String> = (3..MAX_PARTS).map(|n| format!("\"{n}\":1")).collect();
        format!("{{{},{last}}}", keys.join(","))
    };
    let equal = |last: &str| format!("{{{}{last}}}", "\"a\":1,".repeat(MAX_PARTS - 3));
    let began = crate::clock::Monotonic::now();
    for (text, twice) in [
        (distinct("\"x\":1"), None),
        (distinct("\"7\":2"), Some("7")),
        (equal("\"a\":1"), None),
        (equal("\"a\":2"), Some("a")),
    ] {
        let record = Record::parse(text.as_bytes()).expect("it is JSON of that many parts");
        assert_eq!(record.key_twice(), twice);
    }
    // Each key against all before it would be 10^11 comparisons.
    assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
}

#[test]
fn a_record_of_too_many_parts_is_refused_before_it_takes_the_memory() {
    let list = |parts: usize| format!("{{\"a\":[{}1]}}", "1,".repeat(parts - 3));
    assert!(Record::parse(list(MAX_PARTS).as_bytes()).is_ok());
    for text in [
        list(MAX_PARTS + 1),
        format!("{{\"a\":[{}{{}}]}}", "{},".repeat(2_000_000)),
    ] {
        let refused = Record::parse(text.as_bytes());
        assert!(matches!(refused, Err(Unparsed::TooManyParts)));
        let reader = Reader::new(DeviceIdRule::default());
        let read =
            crate::intake::Delivery::read(text.as_bytes(), crate::intake::body::Lines::Unsaid, &reader);
        let rejected = read.expect("the body as a whole can be taken").places.rejected;
        assert_eq!(rejected[0].reason, "too_many_parts");
    }
}

/// A value that some key may hold.
fn held() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!(null)),
        Just(json!("")),
        Just(json!("x")),
        Just(json!(7)),
        Just(json!(1.5)),
        Just(json!(true)),
        Just(json!([])),
        Just(json!({})),
        Just(json!(["T1059"])),
        Just(json!({"properties": {"incidentNumber": 1}})),
        Just(json!([{"value": 1}, {"incidentId": 1, "incidentName": "x"}])),
        Just(json!({"userName": "u", "domainName": "d"})),
        Just(json!("2026-01-01T00:00:00Z")),
        Just(json!("AdvancedHunting-AlertInfo")),
        Just(json!("#microsoft.graph.security.incident")),
    ]
}

proptest! {
    #[test]
    fn what_becomes_of_samples_is_read_the_same_way(
        (base, other) in (0_usize..115, 0_usize..115),
        mde in any::<bool>(),
        goes in proptest::collection::vec(0_usize..60, 0..4),
        comes in proptest::collection::vec(0_usize..60, 0..4),
        changes in proptest::collection::vec((0_usize..60, held()), 0..4),
        cut in proptest::option::weighted(0.1, 0_usize..4_000),
    ) {
        let samples = samples();
        // Few samples are Defender's alerts, and these are read in a way of their own.
        let alerts: Vec<_> = samples.iter().filter(|sample| sample.get("alertCreationTime").is_some()).collect();
        let base = if mde { alerts[base % alerts.len()] } else { &samples[base] };
        let Value::Object(mut record) = base.clone() else { return Ok(()) };
        let key = |of: &Map<String, Value>, at: usize| of.keys().nth(at % of.len().max(1)).cloned();
        for at in goes {
            key(&record, at).and_then(|key| record.remove(&key));
        }
        if let Value::Object(other) = &samples[other] {
            for key in comes.into_iter().filter_map(|at| key(other, at)) {
                record.insert(key.clone(), other[&key].clone());
            }
        }
        for (at, value) in changes {
            key(&record, at).and_then(|key| record.insert(key, value));
        }
        let text = Value::Object(record).to_string().into_bytes();
        check(&text[..cut.unwrap_or(text.len()).min(text.len())]);
    }
}
