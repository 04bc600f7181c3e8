//! Updates and resolutions of each shape: events of their own, of the same alert, and the end is told from the rest.

use serde_json::{Value, json};

use crate::domain::alert::{Event, EventFormat};
use crate::domain::device::DeviceIdRule;
use crate::domain::fact::Fact;
use crate::intake::{content_hash, normalize};

fn read(record: &Value) -> Event {
    normalize(record, &DeviceIdRule::default()).expect("the shape is known")
}

/// A record of each shape that carries a status, and where it and the time of the end stand.
fn shapes() -> Vec<(EventFormat, Value, &'static str, Option<&'static str>)> {
    let graph = json!({"id": "da1_1", "createdDateTime": "2026-01-01T00:00:00Z", "evidence": [], "status": "new", "resolvedDateTime": null});
    let xdr = json!({"alertId": "da1_1", "creationTime": "2026-01-01T00:00:00Z", "devices": [], "status": "New", "resolvedTime": null});
    vec![
        (
            EventFormat::MdeAlert,
            json!({"id": "da1_1", "alertCreationTime": "2026-01-01T00:00:00Z", "status": "New", "resolvedTime": null}),
            "/status",
            Some("/resolvedTime"),
        ),
        (
            EventFormat::GraphAlertV2,
            graph,
            "/status",
            Some("/resolvedDateTime"),
        ),
        (EventFormat::XdrAlert, xdr, "/status", Some("/resolvedTime")),
        (
            EventFormat::SentinelSecurityAlert,
            json!({"SystemAlertId": "a", "VendorOriginalId": "da1_1", "AlertSeverity": "High", "Status": "New"}),
            "/Status",
            None,
        ),
        (
            EventFormat::SentinelIncident,
            json!({"object": {"name": "x", "properties": {"incidentNumber": 7, "status": "New", "relatedEntities": []}}}),
            "/object/properties/status",
            None,
        ),
        (
            EventFormat::Elastic,
            json!({"data_stream": {"dataset": "microsoft_defender_endpoint.log"}, "event": {"id": "da1_1"},
                "microsoft": {"defender_endpoint": {"status": "New", "resolvedTime": null}}}),
            "/microsoft/defender_endpoint/status",
            Some("/microsoft/defender_endpoint/resolvedTime"),
        ),
        (
            EventFormat::Elastic,
            json!({"data_stream": {"dataset": "m365_defender.alert"},
                "m365_defender": {"alert": {"id": "da1_1", "status": "new", "resolved_datetime": null}}}),
            "/m365_defender/alert/status",
            Some("/m365_defender/alert/resolved_datetime"),
        ),
        (
            EventFormat::Native,
            json!({"quell": "event.v1", "alert": {"id": "1_1", "status": "new"}}),
            "/alert/status",
            None,
        ),
    ]
}

fn with(record: &Value, place: &str, value: Value) -> Value {
    let mut record = record.clone();
    *record.pointer_mut(place).expect("the record has that member") = value;
    record
}

fn status(event: &Event) -> Option<&str> {
    event.alert.status.value().map(String::as_str)
}

#[test]
fn an_update_and_a_resolution_are_events_of_their_own_of_the_same_alert() {
    for (format, record, place, _) in shapes() {
        let words = match format {
            EventFormat::Native => ("in_progress", "resolved"),
            EventFormat::SentinelIncident => ("Active", "Closed"),
            EventFormat::GraphAlertV2 => ("inProgress", "resolved"),
            _ => ("InProgress", "Resolved"),
        };
        let updated = with(&record, place, json!(words.0));
        let resolved = with(&record, place, json!(words.1));
        let (first, second, last) = (read(&record), read(&updated), read(&resolved));
        assert_eq!(first.format, format);
        assert_eq!(status(&first), Some("new"), "{record}");
        assert!(
            matches!(status(&second), Some("in_progress" | "active")),
            "{updated}"
        );
        assert_eq!(status(&last), Some("resolved"), "{resolved}");
        assert!(
            first.alert.id == second.alert.id && second.alert.id == last.alert.id,
            "{record}"
        );
        let hashes = [&record, &updated, &resolved].map(content_hash);
        assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
    }
}

#[test]
fn without_a_status_the_time_of_the_end_says_that_there_was_one() {
    for (_, record, place, end) in shapes() {
        let silent = with(&record, place, Value::Null);
        assert_eq!(read(&silent).alert.status, Fact::Absent, "{silent}");
        let Some(end) = end else { continue };
        let ended = with(&silent, end, json!("2026-01-02T00:00:00Z"));
        assert_eq!(status(&read(&ended)), Some("resolved"), "{ended}");
        // What is said outweighs what follows from a time: an alert may be opened again.
        let again = with(&record, end, json!("2026-01-02T00:00:00Z"));
        assert_eq!(status(&read(&again)), Some("new"), "{again}");
    }
}

#[test]
fn an_alert_that_sentinel_calls_dismissed_has_ended() {
    let record = json!({"SystemAlertId": "a", "AlertSeverity": "High", "Status": "Dismissed"});
    assert_eq!(status(&read(&record)), Some("resolved"));
}

#[test]
fn the_stream_carries_no_status_and_guesses_none() {
    for table in ["AlertInfo", "AlertEvidence"] {
        let record =
            json!({"category": format!("AdvancedHunting-{table}"), "properties": {"AlertId": "da1_1"}});
        assert_eq!(read(&record).alert.status, Fact::Unknown);
    }
}
