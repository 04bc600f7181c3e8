//! Reads a machine action from Defender's JSON (facts sheet 2.1).
//!
//! Tolerant where real bodies differ: unknown types and statuses are kept as written, members may be null or missing, both
//! spellings of the update time are read, fractions of a second may have any length. Used by `answer` and `reads`.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::defender::answer::printable;
use crate::defender::hosts::is_safe_segment;
use crate::domain::answer::{MachineAction, MachineActionKind, MachineActionStatus};

/// The longest comment that is kept; ours are cut at 1,000.
const COMMENT_CHARS: usize = 2_000;
/// The longest of the other texts.
const TEXT_CHARS: usize = 200;

/// What is read of `MachineAction`, as the service's metadata has it. `lastUpdateTimeUtc` is an old spelling.
#[cfg(test)]
pub(super) const CONTRACT: &[(&str, &str)] = &[
    ("id", "Edm.Guid"),
    ("type", "actionType"),
    ("status", "actionStatus"),
    ("machineId", "Edm.String"),
    ("requestorComment", "Edm.String"),
    ("requestor", "Edm.String"),
    ("creationDateTimeUtc", "Edm.DateTimeOffset"),
    ("lastUpdateDateTimeUtc", "Edm.DateTimeOffset"),
    ("errorHResult", "Edm.Int32"),
    ("externalId", "Edm.String"),
];

/// Reads one entity. A type or status that is missing becomes `Other("")`: in a listing the action is still there.
///
/// # Errors
/// What it lacks to be recognised: it is no object, or has no id that may stand in an address.
pub(super) fn parse(value: &Value) -> Result<MachineAction, String> {
    // Cut and without control characters: what others wrote comes into logs and tables.
    let cut = |name: &str, most| {
        value
            .get(name)
            .and_then(Value::as_str)
            .map(|text| printable(text, most))
    };
    let text = |name: &str| cut(name, TEXT_CHARS);
    let time = |name: &str| value.get(name).and_then(Value::as_str).and_then(timestamp);
    let id = text("id")
        .filter(|id| is_safe_segment(id))
        .ok_or("a machine action without an id that can be asked for")?;
    Ok(MachineAction {
        id,
        kind: kind(&text("type").unwrap_or_default()),
        status: MachineActionStatus::from_wire(&text("status").unwrap_or_default()),
        machine_id: text("machineId"),
        requestor_comment: cut("requestorComment", COMMENT_CHARS),
        requestor: text("requestor"),
        created_at: time("creationDateTimeUtc"),
        updated_at: time("lastUpdateDateTimeUtc").or_else(|| time("lastUpdateTimeUtc")),
        error_hresult: value
            .get("errorHResult")
            .and_then(Value::as_i64)
            .map_or(0, hresult),
        external_id: text("externalId"),
    })
}

/// Reads the one entity of a reply to an action call, where everything that names the action must be there.
///
/// # Errors
/// What is missing.
pub(super) fn parse_answer(value: &Value) -> Result<MachineAction, String> {
    let action = parse(value)?;
    if action.kind == MachineActionKind::Other(String::new()) {
        return Err("a machine action without a type".to_owned());
    }
    if action.status == MachineActionStatus::Other(String::new()) {
        return Err("a machine action without a status".to_owned());
    }
    Ok(action)
}

/// The kind that the service calls so.
pub(super) fn kind(name: &str) -> MachineActionKind {
    match name {
        "RestrictCodeExecution" => MachineActionKind::Restrict,
        "UnrestrictCodeExecution" => MachineActionKind::Unrestrict,
        "Isolate" => MachineActionKind::Isolate,
        "Unisolate" => MachineActionKind::Unisolate,
        "RunAntiVirusScan" => MachineActionKind::RunAntiVirusScan,
        "CollectInvestigationPackage" => MachineActionKind::CollectInvestigationPackage,
        "StopAndQuarantineFile" => MachineActionKind::StopAndQuarantineFile,
        other => MachineActionKind::Other(other.to_owned()),
    }
}

/// Reads a time stamp of Defender's: UTC, up to nine digits of fraction, the `Z` sometimes left out.
pub(super) fn timestamp(text: &str) -> Option<Timestamp> {
    text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text.parse::<DateTime>().ok()?;
        civil.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
    })
}

/// HRESULTs are signed 32-bit; one written unsigned means the same bits.
fn hresult(number: i64) -> i32 {
    i32::try_from(number)
        .ok()
        .or_else(|| u32::try_from(number).ok().map(u32::cast_signed))
        .unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_recorded_body_parses() {
        let file = include_str!("../../tests/data/machine-actions.ndjson");
        let bodies: Vec<Value> = file
            .lines()
            .map(|line| serde_json::from_str(line).expect("the samples are JSON"))
            .map(|sample: Value| sample["action"].clone())
            .collect();
        assert_eq!(bodies.len(), 12);
        for body in &bodies {
            let action = parse_answer(body).expect("a recorded body is readable");
            assert_eq!(Some(action.id.as_str()), body["id"].as_str());
            assert_eq!(Some(action.status.as_wire()), body["status"].as_str());
            assert_eq!(action.machine_id.as_deref(), body["machineId"].as_str());
            assert_eq!(
                action.requestor_comment.as_deref(),
                body["requestorComment"].as_str()
            );
            let created = action.created_at.expect("every body has a creation time");
            assert!(
                body["creationDateTimeUtc"]
                    .as_str()
                    .expect("text")
                    .starts_with(&created.to_string()[..19])
            );
            assert!(action.updated_at.expect("and an update time") >= created);
        }
        let restricts = bodies
            .iter()
            .filter_map(|body| parse(body).ok())
            .filter(|a| a.kind == MachineActionKind::Restrict);
        assert_eq!(restricts.count(), 2);
    }

    #[test]
    fn both_spellings_of_the_update_time_are_read() {
        let at = |body: Value| {
            parse(&body)
                .expect("it has an id")
                .updated_at
                .expect("a time")
                .to_string()
        };
        assert_eq!(
            at(json!({"id": "a", "lastUpdateDateTimeUtc": "2025-03-27T08:25:59.9095244Z"})),
            "2025-03-27T08:25:59.9095244Z"
        );
        assert_eq!(
            at(json!({"id": "a", "lastUpdateTimeUtc": "2018-12-04T12:43:57Z"})),
            "2018-12-04T12:43:57Z"
        );
        assert_eq!(
            at(json!({"id": "a", "lastUpdateTimeUtc": "2018-12-04T12:43:57.5"})),
            "2018-12-04T12:43:57.5Z"
        );
    }

    #[test]
    fn unknown_types_and_statuses_are_kept_and_are_not_final() {
        let action =
            parse(&json!({"id": "a", "type": "TokenRefresh", "status": "Paused"})).expect("it has an id");
        assert_eq!(action.kind, MachineActionKind::Other("TokenRefresh".to_owned()));
        assert_eq!(action.status, MachineActionStatus::Other("Paused".to_owned()));
        assert!(!action.status.is_final());
    }

    #[test]
    fn null_missing_and_misshapen_members_do_not_hide_an_action() {
        let action = parse(&json!({
            "id": "a", "type": null, "status": 4, "machineId": null, "requestorComment": {}, "errorHResult": "x",
            "creationDateTimeUtc": "yesterday", "lastUpdateDateTimeUtc": null
        }))
        .expect("it has an id");
        assert_eq!(action.status, MachineActionStatus::Other(String::new()));
        assert_eq!(
            (action.machine_id, action.created_at, action.error_hresult),
            (None, None, 0)
        );
        for body in [
            json!({}),
            json!({"id": ""}),
            json!({"id": 7}),
            json!([]),
            json!("a"),
            json!(null),
        ] {
            assert!(parse(&body).is_err(), "{body}");
        }
    }

    #[test]
    fn an_id_that_cannot_be_asked_for_is_none_and_texts_are_cut() {
        for id in [
            "../machines/a",
            "a/cancel",
            "a?x",
            "a b",
            "\u{0}",
            &"a".repeat(129),
        ] {
            assert!(parse(&json!({"id": id})).is_err(), "{id}");
        }
        let long = "x\u{0}".repeat(5_000);
        let action = parse(
            &json!({"id": "a", "type": long, "status": long, "requestor": long, "requestorComment": long}),
        )
        .expect("it has an id");
        assert_eq!(
            action.requestor_comment.map(|text| text.chars().count()),
            Some(COMMENT_CHARS)
        );
        let status = action.status.as_wire().to_owned();
        assert_eq!(status.chars().count(), TEXT_CHARS);
        assert!(!status.contains('\u{0}'));
    }

    #[test]
    fn a_reply_to_a_call_must_name_the_type_and_the_status() {
        assert!(parse_answer(&json!({"id": "a", "type": "Isolate", "status": "Pending"})).is_ok());
        assert!(parse_answer(&json!({"id": "a", "status": "Pending"})).is_err());
        assert!(parse_answer(&json!({"id": "a", "type": "Isolate"})).is_err());
    }

    #[test]
    fn hresults_keep_their_bits_however_they_are_written() {
        let of = |number: i64| {
            parse(&json!({"id": "a", "errorHResult": number}))
                .expect("it has an id")
                .error_hresult
        };
        assert_eq!(of(-2_145_844_840), -2_145_844_840);
        assert_eq!(of(0x8019_0198), -2_145_844_840);
        assert_eq!(of(i64::MAX), i32::MAX);
    }
}
