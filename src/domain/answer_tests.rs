//! Tests of the words that leave us and come back: statuses, kinds and refusals as Defender writes them, and what each
//! means for an action.

use uuid::Uuid;

use super::*;
use crate::domain::action::{ActionEvent, ActionKind, ActionState, Marker};
use crate::domain::alert::{Alert, Event, EventFormat};
use crate::domain::device::RefusedDevice;

#[test]
fn every_status_is_read_and_written_in_defenders_words_and_means_one_thing() {
    use MachineActionStatus as S;
    for (name, status, event) in [
        ("Pending", S::Pending, None),
        ("InProgress", S::InProgress, None),
        ("Succeeded", S::Succeeded, Some(ActionEvent::Succeeded)),
        ("Failed", S::Failed, Some(ActionEvent::Failed)),
        ("TimeOut", S::TimeOut, Some(ActionEvent::TimedOut)),
        ("Cancelled", S::Cancelled, Some(ActionEvent::Cancelled)),
        ("Paused", S::Other("Paused".to_owned()), None),
    ] {
        assert_eq!((S::from_wire(name), status.as_wire()), (status.clone(), name));
        assert_eq!(ActionEvent::from_status(&status), event, "{name}");
        assert_eq!(status.is_final(), event.is_some(), "{name}");
    }
    assert_eq!(S::from_wire("Canceled"), S::Cancelled, "the old spelling");
}

#[test]
fn kinds_and_states_are_read_by_the_names_they_are_written_with() {
    for (kind, name, wire) in [
        (ActionKind::Restrict, "restrict", MachineActionKind::Restrict),
        (ActionKind::Release, "release", MachineActionKind::Unrestrict),
        (ActionKind::Isolate, "isolate", MachineActionKind::Isolate),
    ] {
        assert_eq!((kind.as_str(), ActionKind::parse(name)), (name, Some(kind)));
        let others = [
            MachineActionKind::Restrict,
            MachineActionKind::Unrestrict,
            MachineActionKind::Isolate,
            MachineActionKind::Other("Offboard".to_owned()),
        ];
        for other in others {
            assert_eq!(kind.is(&other), other == wire, "{kind:?} {other:?}");
        }
    }
    assert_eq!(ActionKind::parse("unisolate"), None);
    for state in ActionState::ALL {
        assert_eq!(ActionState::parse(state.as_str()), Some(state));
    }
    assert_eq!(ActionState::parse("gone"), None);
}

#[test]
fn a_403_that_speaks_of_us_is_a_missing_right_and_one_that_speaks_of_the_device_is_lasting() {
    for (status, code, missing) in [
        (403, "", true),
        (403, "Forbidden", true),
        (403, "MachineNotSupported", false),
        (400, "", false),
        (400, "Forbidden", false),
    ] {
        let refusal = Refusal {
            status,
            code: code.to_owned(),
            ..Refusal::default()
        };
        assert_eq!(refusal.is_missing_right(), missing, "{status} {code}");
    }
}

#[test]
fn a_refusal_speaks_of_the_device_unless_it_speaks_of_the_request() {
    for (status, code, of_device) in [
        (400, "MachineNotFound", true),
        (404, "ResourceNotFound", true),
        (404, "InvalidInput", false),
        (400, "", false),
        (403, "MachineNotFound", false),
        (500, "MachineNotFound", false),
    ] {
        let refusal = Refusal {
            status,
            code: code.to_owned(),
            ..Refusal::default()
        };
        assert_eq!(refusal.speaks_of_device(), of_device, "{status} {code}");
    }
}

#[test]
fn a_marker_is_found_on_its_own_action_alone() {
    let marker = Marker {
        action: Uuid::from_u128(u128::MAX),
        attempt: 3,
    };
    let wire = |comment: Option<&str>| MachineAction {
        id: "m1".to_owned(),
        kind: MachineActionKind::Restrict,
        status: MachineActionStatus::Pending,
        machine_id: None,
        requestor_comment: comment.map(str::to_owned),
        requestor: None,
        created_at: None,
        updated_at: None,
        error_hresult: 0,
        external_id: None,
    };
    let marked = wire(Some(&marker.comment("text")));
    assert!(Marker::is_on(marker.action, &marked));
    assert!(!Marker::is_on(Uuid::nil(), &marked));
    assert!(!Marker::is_on(marker.action, &wire(None)));
    assert_eq!(Marker::read("[quell:7ZZZZZZZZZZZZZZZZZZZZZZZZZ.3]"), Some(marker));
    for beyond in ["8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "7ZZZZZZZZZZZZZZZZZZZZZZZZ", ""] {
        assert_eq!(Marker::read(&format!("[quell:{beyond}.3]")), None, "{beyond}");
    }
}

#[test]
fn an_event_that_leads_to_no_call_says_why() {
    let mut event = Event {
        format: EventFormat::GraphAlertV2,
        alert: Alert::default(),
        devices: Vec::new(),
        refused_devices: Vec::new(),
        hints: Vec::new(),
        remarks: Vec::new(),
    };
    let reason = event.no_device_reason();
    assert_eq!(
        reason.as_deref(),
        Some("the graph_alert_v2 record names no device")
    );
    event.refused_devices.push(RefusedDevice {
        id: "x".to_owned(),
        reason: "it is empty".to_owned(),
    });
    let reason = event.no_device_reason();
    assert_eq!(reason.as_deref(), Some("device id `x` is refused: it is empty"));
    event
        .devices
        .push(crate::domain::device::DeviceId::from_stored("d".to_owned()));
    assert_eq!(event.no_device_reason(), None);
}
