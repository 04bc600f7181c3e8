//! Tests on every record of `tests/data/alerts.ndjson`: real alerts of others, with what is expected of each.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::alert::{Event, EventFormat};
use crate::domain::device::{DeviceId, DeviceIdRule};
use crate::intake::body::{Lines, split};
use crate::intake::{content_hash, normalize, restamp};

#[derive(Deserialize)]
struct Sample {
    format: String,
    expected: Expected,
    event: Value,
}

#[derive(Deserialize)]
struct Expected {
    device_ids: Vec<String>,
    n_valid_40hex: usize,
    severity: Option<String>,
    category: Option<String>,
}

fn file() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alerts.ndjson");
    std::fs::read_to_string(path).expect("the sample file is part of the repository")
}

fn samples() -> Vec<(usize, Sample)> {
    let parse = |line| serde_json::from_str(line).expect("every line of the sample file is a sample");
    file()
        .lines()
        .map(parse)
        .enumerate()
        .map(|(at, sample)| (at + 1, sample))
        .collect()
}

fn event(line: usize, record: &Value) -> Event {
    normalize(record, &DeviceIdRule::default()).unwrap_or_else(|refusal| panic!("line {line}: {refusal}"))
}

fn is_40_lower_hex(id: &str) -> bool {
    id.len() == 40 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[test]
fn every_sample_has_its_format() {
    let samples = samples();
    assert_eq!(samples.len(), 115);
    for (line, sample) in samples {
        let expected = match sample.format.as_str() {
            "sentinel-SecurityAlert" => EventFormat::SentinelSecurityAlert,
            "mde-alert" => EventFormat::MdeAlert,
            "graph-alert-v2" => EventFormat::GraphAlertV2,
            "graph-alert-v1-legacy" => EventFormat::GraphV1,
            "graph-incident-or-page" => EventFormat::Incident,
            "xdr-streaming:AlertInfo" => EventFormat::XdrAlertInfo,
            "xdr-streaming:AlertEvidence" => EventFormat::XdrAlertEvidence,
            "advanced-hunting-row" => EventFormat::HuntingRow,
            other => {
                panic!("line {line}: the sample file names a format `{other}` that this test does not know")
            }
        };
        assert_eq!(event(line, &sample.event).format, expected, "line {line}");
    }
}

#[test]
fn every_sample_gives_exactly_its_valid_devices_and_refuses_the_others() {
    let mut with_device = 0;
    for (
        line,
        Sample {
            expected,
            event: record,
            ..
        },
    ) in samples()
    {
        let event = event(line, &record);
        let found: Vec<&str> = event.devices.iter().map(DeviceId::as_str).collect();
        let (valid, others): (Vec<&str>, Vec<&str>) = expected
            .device_ids
            .iter()
            .map(String::as_str)
            .partition(|id| is_40_lower_hex(id));
        assert_eq!(found, valid, "line {line}");
        assert_eq!(found.len(), expected.n_valid_40hex, "line {line}");
        let refused: Vec<&str> = event
            .refused_devices
            .iter()
            .map(|refused| refused.id.as_str())
            .collect();
        assert_eq!(refused, others, "line {line}");
        assert_eq!(
            event.no_device_reason().is_some(),
            valid.is_empty(),
            "line {line}"
        );
        with_device += usize::from(!found.is_empty());
    }
    assert_eq!(
        with_device, 76,
        "96 Sentinel rows with 72 hosts, 3 Defender alerts, 1 Graph alert"
    );
}

#[test]
fn every_sample_gives_its_severity_and_its_category_decoded() {
    for (
        line,
        Sample {
            expected,
            event: record,
            ..
        },
    ) in samples()
    {
        let alert = event(line, &record).alert;
        let severity = alert
            .severity
            .value()
            .map(|severity| severity.as_str().to_owned());
        assert_eq!(
            severity,
            expected.severity.map(|written| written.to_lowercase()),
            "line {line}"
        );
        let category = expected
            .category
            .filter(|written| written != "null")
            .map(|written| {
                serde_json::from_str::<Vec<String>>(&written).map_or(written, |mut all| all.remove(0))
            });
        assert_eq!(alert.category.value(), category.as_ref(), "line {line}");
    }
}

#[test]
fn every_alert_of_the_samples_has_an_id_a_title_and_a_time() {
    for (line, sample) in samples() {
        let event = event(line, &sample.event);
        if matches!(
            event.format,
            EventFormat::HuntingRow | EventFormat::GraphV1 | EventFormat::Incident
        ) {
            continue;
        }
        assert!(!event.alert.id.is_empty(), "line {line}");
        assert!(
            !event.alert.id.starts_with("da") || event.alert.id.len() == 38,
            "line {line}: {}",
            event.alert.id
        );
        assert!(event.alert.title.value().is_some(), "line {line}");
        assert!(event.alert.occurred_at.value().is_some(), "line {line}");
        assert_eq!(event.remarks, Vec::<String>::new(), "line {line}");
    }
}

#[test]
fn techniques_and_status_of_the_samples_are_decoded() {
    for (line, sample) in samples() {
        let alert = event(line, &sample.event).alert;
        for technique in alert.techniques.value().into_iter().flatten() {
            assert!(
                technique.starts_with('T') && !technique.contains(['"', '(', '[']),
                "line {line}: {technique}"
            );
        }
        if let Some(status) = alert.status.value() {
            let known = ["new", "in_progress", "resolved", "active", "not_started"];
            assert!(known.contains(&status.as_str()), "line {line}: {status}");
        }
    }
    let decoded = samples()
        .iter()
        .filter(|(line, one)| event(*line, &one.event).alert.techniques.value().is_some())
        .count();
    assert_eq!(decoded, 91);
}

#[test]
fn a_restamped_sample_happened_now_and_says_the_same() {
    let now: Timestamp = "2026-11-21T12:00:00Z".parse().expect("RFC 3339");
    for (line, mut sample) in samples() {
        let before = event(line, &sample.event);
        restamp(&mut sample.event, now);
        let mut after = event(line, &sample.event);
        if before.alert.occurred_at.value().is_some() {
            let late = after
                .alert
                .occurred_at
                .value()
                .map(|at| at.duration_until(now).as_millis());
            // Spellings without fraction digits lose less than a second.
            assert!(
                late.is_some_and(|late| (0..1000).contains(&late)),
                "line {line}: {late:?}"
            );
        }
        after.alert.occurred_at = before.alert.occurred_at.clone();
        assert_eq!(after, before, "line {line}");
    }
}

#[test]
fn the_sample_file_itself_can_be_sent_as_it_stands() {
    let file = file();
    let pieces = split(file.as_bytes(), Lines::Unsaid, 1000).expect("the file can be taken");
    let records: Vec<Value> = pieces
        .iter()
        .map(|piece| piece.parse().expect("every line is JSON"))
        .collect();
    let hashes: std::collections::BTreeSet<[u8; 32]> = records.iter().map(content_hash).collect();
    // The page of one incident is taken apart, so the counts agree.
    assert_eq!((records.len(), hashes.len()), (115, 115));
    for (at, record) in records.iter().enumerate() {
        event(at + 1, record);
    }
}
