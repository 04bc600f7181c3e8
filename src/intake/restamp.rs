//! Moves a recorded alert to the present, so that samples pass the freshness guard. `quell send --restamp` and the demo
//! call it; the daemon never does.

use jiff::Timestamp;
use serde_json::Value;

use crate::domain::device::DeviceIdRule;
use crate::intake::{normalize, time};

/// Moves every time stamp of the record by the same span, so that the event happened at `now`; what would lie ahead of
/// `now` is set to `now`. Spellings stay, also of those in JSON inside strings; everything else is untouched.
///
/// A record without any time stamp stays as it is.
pub fn restamp(record: &mut Value, now: Timestamp) {
    // The event's own time is the anchor: evidence may hold later times than its alert.
    let happened = normalize(record, &DeviceIdRule::default())
        .ok()
        .and_then(|event| event.alert.occurred_at.value().copied())
        .or_else(|| latest(record));
    if let Some(happened) = happened {
        shift(record, happened, now);
    }
}

/// The latest time stamp anywhere in the record.
fn latest(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => time::parse(text),
        Value::Array(elements) => elements.iter().filter_map(latest).max(),
        Value::Object(members) => members.values().filter_map(latest).max(),
        _ => None,
    }
}

/// Moves what happened at `from` to `to`, and everything else with it. Says whether anything changed.
fn shift(value: &mut Value, from: Timestamp, to: Timestamp) -> bool {
    match value {
        Value::String(text) => match shifted(text, from, to) {
            Some(moved) => {
                *text = moved;
                true
            }
            None => false,
        },
        Value::Array(elements) => elements
            .iter_mut()
            .fold(false, |any, one| shift(one, from, to) | any),
        Value::Object(members) => members
            .values_mut()
            .fold(false, |any, one| shift(one, from, to) | any),
        _ => false,
    }
}

/// A text with its time moved, if it is a time stamp or JSON that holds one.
fn shifted(text: &str, from: Timestamp, to: Timestamp) -> Option<String> {
    if let Some(at) = time::parse(text) {
        let moved = at
            .checked_add(from.duration_until(to))
            .map_or(to, |moved| moved.min(to));
        return time::respell(text, moved);
    }
    if !text.starts_with(['[', '{']) {
        return None;
    }
    let mut inner: Value = serde_json::from_str(text).ok()?;
    shift(&mut inner, from, to).then(|| inner.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: &str = "2026-11-21T12:00:00Z";

    fn restamped(mut record: Value) -> Value {
        restamp(&mut record, NOW.parse().expect("RFC 3339"));
        record
    }

    #[test]
    fn the_event_happens_now_and_the_rest_keeps_its_distance() {
        let record = restamped(json!({
            "id": "da637472900382838869_1364969609", "machineId": "1",
            "alertCreationTime": "2021-01-26T20:33:00.0000000Z", "lastUpdateTime": "2021-01-26T20:34:00Z",
            "firstEventTime": "2021-01-26T20:30:00.5Z", "title": "2021 was a year",
            "evidence": [{"processCreationTime": "2021-01-26T21:00:00Z"}],
        }));
        assert_eq!(
            record,
            json!({
                "id": "da637472900382838869_1364969609", "machineId": "1",
                "alertCreationTime": "2026-11-21T11:59:00.0000000Z", "lastUpdateTime": "2026-11-21T12:00:00Z",
                "firstEventTime": "2026-11-21T11:56:00.5Z", "title": "2021 was a year",
                "evidence": [{"processCreationTime": "2026-11-21T12:00:00Z"}],
            })
        );
    }

    #[test]
    fn times_in_json_inside_strings_move_too_and_other_strings_stay_byte_for_byte() {
        let record = restamped(json!({
            "SystemAlertId": "a", "AlertSeverity": "Low", "TimeGenerated": "2024-07-04 22:35:00.746663+00:00",
            "ExtendedProperties": "{\"LastUpdated\":\"07/04/2024 22:35:00\"}", "Techniques": "[ \"T1047\" ]",
        }));
        assert_eq!(record["TimeGenerated"], "2026-11-21 12:00:00.000000+00:00");
        assert_eq!(
            record["ExtendedProperties"],
            "{\"LastUpdated\":\"11/21/2026 11:59:59\"}"
        );
        assert_eq!(record["Techniques"], "[ \"T1047\" ]");
    }

    #[test]
    fn a_record_without_times_stays() {
        let record = json!({"id": "da1", "alertCreationTime": null, "n": 20240704});
        assert_eq!(restamped(record.clone()), record);
    }
}
