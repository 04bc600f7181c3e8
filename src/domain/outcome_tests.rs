//! The outcome table, row by row, against the one in the documents.

use super::*;
use crate::domain::action::{ActionState, next};
use crate::domain::answer::{MachineActionKind, MachineActionStatus};

fn device() -> DeviceId {
    DeviceId::from_stored("a".repeat(40))
}

fn made(comment: Option<String>, kind: MachineActionKind, status: MachineActionStatus) -> MachineAction {
    MachineAction {
        id: "m1".to_owned(),
        kind,
        status,
        machine_id: Some("A".repeat(40)),
        requestor_comment: comment,
        requestor: None,
        created_at: None,
        updated_at: None,
        error_hresult: 0,
        external_id: None,
    }
}

fn refusal(status: u16, code: &str) -> Refusal {
    Refusal {
        status,
        code: code.to_owned(),
        ..Refusal::default()
    }
}

/// Every kind of answer, with its name in the documents.
fn rows(action: Uuid) -> Vec<(&'static str, Answer)> {
    use MachineActionStatus::{InProgress, Pending, Succeeded};
    let ours = |attempt| Some(Marker { action, attempt }.comment("x"));
    let accepted = |comment, kind, status| Answer::Accepted(Box::new(made(comment, kind, status)));
    let restrict = || MachineActionKind::Restrict;
    let mut elsewhere = made(ours(1), restrict(), Pending);
    elsewhere.machine_id = Some("b".repeat(40));
    let unknown = |status| Answer::Unknown {
        reason: "x".to_owned(),
        status,
    };
    vec![
        ("2xx with our marker", accepted(ours(1), restrict(), Pending)),
        (
            "2xx with the marker of an earlier attempt",
            accepted(ours(7), restrict(), InProgress),
        ),
        (
            "2xx with our marker, final already",
            accepted(ours(1), restrict(), Succeeded),
        ),
        (
            "2xx with another marker or none",
            accepted(Some("by hand".to_owned()), restrict(), Pending),
        ),
        (
            "2xx of another kind",
            accepted(ours(1), MachineActionKind::Unrestrict, Pending),
        ),
        ("2xx of another device", Answer::Accepted(Box::new(elsewhere))),
        (
            "400 already in progress",
            Answer::AlreadyInProgress(refusal(400, "ActiveRequestAlreadyExists")),
        ),
        (
            "429",
            Answer::Throttled {
                retry_after: None,
                window: None,
                refusal: refusal(429, "429"),
            },
        ),
        ("401", Answer::Unauthorized(refusal(401, "Unauthorized"))),
        (
            "403, a right is missing",
            Answer::Forbidden(refusal(403, "Forbidden")),
        ),
        (
            "403, the user lacks a right on the device",
            Answer::Forbidden(Refusal {
                is_of_device: true,
                ..refusal(403, "Forbidden")
            }),
        ),
        (
            "403 of the device or feature",
            Answer::Forbidden(refusal(403, "DisabledFeature")),
        ),
        ("404", Answer::NotFound(refusal(404, "ResourceNotFound"))),
        (
            "another 4xx",
            Answer::Rejected(refusal(400, "OsPlatformNotSupported")),
        ),
        (
            "not sent: past its deadline",
            Answer::Late {
                reason: "slow".to_owned(),
            },
        ),
        (
            "not sent: DNS, connect, TLS, no token",
            Answer::NotSent {
                reason: "dns".to_owned(),
            },
        ),
        ("2xx unreadable, 408, 5xx", unknown(Some(502))),
        ("time-out, reset, cut off", unknown(None)),
    ]
}

fn table() -> String {
    let (action, device) = (Uuid::now_v7(), device());
    let asked = Asked {
        action,
        kind: ActionKind::Restrict,
        device: &device,
    };
    let mut lines = String::new();
    for (name, answer) in rows(action) {
        let row = outcome(&answer, &asked);
        let state = next(ActionState::Submitting, row.event).expect("every answer is legal while submitting");
        let then = row
            .then
            .map(|event| next(state, event).expect("a status is legal once submitted"));
        let becomes = then.unwrap_or(state).as_str();
        let slot = if row.is_answered {
            "the answer"
        } else {
            "its latest moment"
        };
        lines += &format!("| {name} | `{}` | {becomes} | {slot} |\n", row.word);
    }
    lines
}

#[test]
fn the_outcome_table_is_the_one_in_the_documents() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/call-protocol.md");
    let documented = std::fs::read_to_string(path).expect("docs/call-protocol.md is there");
    let table = table();
    assert!(documented.contains(&table), "put this into {path}:\n{table}");
}

#[test]
fn only_evidence_leads_back_to_the_queue_and_only_definite_words_fail() {
    let (action, device) = (Uuid::now_v7(), device());
    let asked = Asked {
        action,
        kind: ActionKind::Restrict,
        device: &device,
    };
    for (name, answer) in rows(action) {
        let row = outcome(&answer, &asked);
        match &answer {
            Answer::Accepted(_) => assert!(matches!(
                row.event,
                ActionEvent::Accepted | ActionEvent::FateUnknown
            )),
            Answer::AlreadyInProgress(_) | Answer::Unknown { .. } => {
                assert_eq!(row.event, ActionEvent::FateUnknown, "{name}");
            }
            Answer::Throttled { .. }
            | Answer::Unauthorized(_)
            | Answer::Late { .. }
            | Answer::NotSent { .. } => {
                assert_eq!(row.event, ActionEvent::NotExecuted, "{name}");
            }
            Answer::Forbidden(_) => assert!(matches!(
                row.event,
                ActionEvent::NotExecuted | ActionEvent::Refused
            )),
            Answer::NotFound(_) | Answer::Rejected(_) => {
                assert_eq!(
                    (row.event, row.is_permanent),
                    (ActionEvent::Refused, true),
                    "{name}"
                );
            }
        }
        assert!(!row.is_adopted || row.event == ActionEvent::Accepted);
    }
}

#[test]
fn an_adopted_action_is_one_without_our_marker() {
    let (action, device) = (Uuid::now_v7(), device());
    let asked = Asked {
        action,
        kind: ActionKind::Restrict,
        device: &device,
    };
    let adopted: Vec<&str> = rows(action)
        .iter()
        .filter(|(_, answer)| outcome(answer, &asked).is_adopted)
        .map(|(name, _)| *name)
        .collect();
    assert_eq!(adopted, ["2xx with another marker or none"]);
}

#[test]
fn of_a_quarantine_only_our_own_is_taken_for_ours() {
    let action = Uuid::now_v7();
    let device = device();
    let asked = Asked {
        action,
        kind: ActionKind::QuarantineFile,
        device: &device,
    };
    let answer = |comment: String| {
        let kind = MachineActionKind::StopAndQuarantineFile;
        let made = made(Some(comment), kind, MachineActionStatus::Pending);
        outcome(&Answer::Accepted(Box::new(made)), &asked)
    };
    let ours = answer(Marker { action, attempt: 1 }.comment("x"));
    assert_eq!((ours.event, ours.is_adopted), (ActionEvent::Accepted, false));
    // It may be for another file: the list tells.
    assert_eq!(answer("by hand".to_owned()).event, ActionEvent::FateUnknown);
}
