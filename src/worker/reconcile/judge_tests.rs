//! Tests of the judgement over a listing.

use uuid::Uuid;

use super::*;
use crate::domain::action::ActionKind;
use crate::domain::answer::{MachineActionKind, MachineActionStatus};
use crate::domain::device::DeviceId;
use crate::store::ActionRow;

const TIMING: CallTiming = CallTiming {
    send_deadline: Duration::from_secs(5),
    total_timeout: Duration::from_secs(30),
    server_tail: Duration::from_secs(60),
    list_lag: Duration::from_secs(25),
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_000_000 + second).expect("in range")
}

fn open(state: ActionState, outcome: Option<&str>) -> OpenAction {
    OpenAction {
        row: ActionRow {
            id: Uuid::now_v7(),
            device: DeviceId::from_stored("a".repeat(40)),
            kind: ActionKind::Restrict,
            subject: "restriction".to_owned(),
            state,
            attempts: 1,
            defender_id: (state == ActionState::Submitted).then(|| "m1".to_owned()),
            defender_status: (state == ActionState::Submitted).then(|| "Pending".to_owned()),
            is_adopted: false,
        },
        reserved_at: at(0),
        answered_at: outcome.map(|_| at(1)),
        outcome: outcome.map(str::to_owned),
        submitted_at: None,
        is_clock_sure: true,
        in_sight: Duration::ZERO,
    }
}

fn wire(id: &str, comment: &str, kind: MachineActionKind, status: MachineActionStatus) -> MachineAction {
    MachineAction {
        id: id.to_owned(),
        kind,
        status,
        machine_id: Some("A".repeat(40)),
        requestor_comment: Some(comment.to_owned()),
        requestor: None,
        created_at: None,
        updated_at: None,
        error_hresult: 0,
        external_id: None,
    }
}

fn check(open: &OpenAction, listing: &[MachineAction], began: i64) -> Option<(Vec<ActionEvent>, bool)> {
    judge(open, &Index::new(listing), at(began), TIMING, OnAmbiguous::LookUp)
        .map(|f| (f.events, f.change.is_adopted))
}

#[test]
fn a_submitted_action_follows_each_status_and_an_unknown_one_is_kept() {
    let action = open(ActionState::Submitted, Some("accepted"));
    for (status, expected) in [
        (MachineActionStatus::Pending, None),
        (MachineActionStatus::InProgress, Some(vec![])),
        (MachineActionStatus::Succeeded, Some(vec![ActionEvent::Succeeded])),
        (MachineActionStatus::Failed, Some(vec![ActionEvent::Failed])),
        (MachineActionStatus::TimeOut, Some(vec![ActionEvent::TimedOut])),
        (MachineActionStatus::Cancelled, Some(vec![ActionEvent::Cancelled])),
        (MachineActionStatus::Other("Sleeping".to_owned()), Some(vec![])),
    ] {
        let listing = [wire("m1", "", MachineActionKind::Restrict, status.clone())];
        assert_eq!(check(&action, &listing, 10).map(|f| f.0), expected, "{status:?}");
    }
}

#[test]
fn a_submitted_action_missing_from_the_list_stays_submitted() {
    assert_eq!(
        check(&open(ActionState::Submitted, Some("accepted")), &[], 100_000),
        None
    );
}

#[test]
fn an_action_in_doubt_is_found_by_its_marker_at_once() {
    let action = open(ActionState::InDoubt, Some("unknown"));
    let comment = Marker {
        action: action.row.id,
        attempt: 1,
    }
    .comment("x");
    let listing = [wire(
        "m9",
        &comment,
        MachineActionKind::Restrict,
        MachineActionStatus::Succeeded,
    )];
    assert_eq!(
        check(&action, &listing, 1),
        Some((vec![ActionEvent::Accepted, ActionEvent::Succeeded], false))
    );
}

#[test]
fn absence_counts_only_after_the_quiescence() {
    let action = open(ActionState::InDoubt, Some("unknown"));
    assert_eq!(check(&action, &[], 119), None);
    assert_eq!(
        check(&action, &[], 120),
        Some((vec![ActionEvent::NotExecuted], false))
    );
}

#[test]
fn somebody_elses_pending_action_is_adopted_after_the_quiescence_and_a_final_one_never() {
    let action = open(ActionState::InDoubt, None);
    let pending = [wire(
        "m2",
        "by hand",
        MachineActionKind::Restrict,
        MachineActionStatus::Pending,
    )];
    assert_eq!(check(&action, &pending, 60), None);
    assert_eq!(
        check(&action, &pending, 120),
        Some((vec![ActionEvent::Accepted], true))
    );
    let done = [wire(
        "m2",
        "by hand",
        MachineActionKind::Restrict,
        MachineActionStatus::Succeeded,
    )];
    assert_eq!(
        check(&action, &done, 120),
        Some((vec![ActionEvent::NotExecuted], false))
    );
}

#[test]
fn already_in_progress_adopts_the_same_kind_at_once_and_waits_for_the_opposite() {
    let action = open(ActionState::InDoubt, Some("already_in_progress"));
    let same = [wire(
        "m2",
        "by hand",
        MachineActionKind::Restrict,
        MachineActionStatus::InProgress,
    )];
    assert_eq!(
        check(&action, &same, 2),
        Some((vec![ActionEvent::Accepted], true))
    );
    let opposite = [wire(
        "m3",
        "by hand",
        MachineActionKind::Unrestrict,
        MachineActionStatus::Pending,
    )];
    assert_eq!(check(&action, &opposite, 500), None);
    assert_eq!(check(&action, &[], 25), None);
    assert_eq!(
        check(&action, &[], 26),
        Some((vec![ActionEvent::NotExecuted], false))
    );
}

#[test]
fn a_call_under_way_is_left_alone() {
    assert_eq!(check(&open(ActionState::Submitting, None), &[], 100_000), None);
}

#[test]
fn an_action_that_defender_forgot_ends_after_96_hours_and_not_before() {
    let action = open(ActionState::Submitted, Some("accepted"));
    let hours = |hours: i64| gone(&action, &[], at(hours * 3600)).map(|finding| finding.events);
    assert_eq!(hours(96), None);
    assert_eq!(hours(97), Some(vec![ActionEvent::TimedOut]));
    let doubt = open(ActionState::InDoubt, Some("unknown"));
    assert!(
        gone(&doubt, &[], at(1_000_000)).is_none(),
        "what is in doubt is settled otherwise"
    );
}

#[test]
fn of_two_executed_attempts_the_newest_counts() {
    let action = open(ActionState::InDoubt, Some("unknown"));
    let comment = |attempt| {
        Marker {
            action: action.row.id,
            attempt,
        }
        .comment("x")
    };
    let listing = [
        wire(
            "newer",
            &comment(2),
            MachineActionKind::Restrict,
            MachineActionStatus::Pending,
        ),
        wire(
            "older",
            &comment(1),
            MachineActionKind::Restrict,
            MachineActionStatus::Pending,
        ),
    ];
    let index = Index::new(&listing);
    let finding = judge(&action, &index, at(1), TIMING, OnAmbiguous::LookUp).expect("it is found");
    assert_eq!(finding.change.defender_id.as_deref(), Some("newer"));
}

#[test]
fn adopted_and_refused_actions_are_looked_at_by_themselves() {
    let mut adopted = open(ActionState::Submitted, Some("adopted"));
    adopted.row.is_adopted = true;
    assert!(needs_its_own_look(&adopted));
    assert!(needs_its_own_look(&open(
        ActionState::InDoubt,
        Some("already_in_progress")
    )));
    assert!(!needs_its_own_look(&open(
        ActionState::Submitted,
        Some("accepted")
    )));
    assert!(!needs_its_own_look(&open(ActionState::InDoubt, Some("unknown"))));
}

#[test]
fn after_a_jump_of_the_clock_absence_counts_by_the_local_clock() {
    let jumped = OpenAction {
        is_clock_sure: false,
        ..open(ActionState::InDoubt, Some("unknown"))
    };
    assert_eq!(
        check(&jumped, &[], 100_000),
        None,
        "the database's clock says anything"
    );
    let long_known = OpenAction {
        in_sight: TIMING.quiescence(),
        ..jumped
    };
    let absent = Some((vec![ActionEvent::NotExecuted], false));
    assert_eq!(check(&long_known, &[], 1), absent);
}

#[test]
fn what_is_absent_is_held_for_a_person_where_the_policy_says_so() {
    let hold = |open: &OpenAction, began| {
        judge(open, &Index::new(&[]), at(began), TIMING, OnAmbiguous::Hold).map(|finding| {
            assert_eq!(finding.change.is_permanent, finding.change.is_fate_unknown);
            (finding.events, finding.change.is_permanent)
        })
    };
    let unknown = open(ActionState::InDoubt, Some("unknown"));
    assert_eq!(hold(&unknown, 119), None, "not before the quiescence");
    assert_eq!(hold(&unknown, 120), Some((vec![ActionEvent::Refused], true)));
    let refused = open(ActionState::InDoubt, Some("already_in_progress"));
    let again = Some((vec![ActionEvent::NotExecuted], false));
    assert_eq!(hold(&refused, 120), again, "a refused call made nothing");
}

#[test]
fn anothers_scan_answers_for_ours_and_anothers_quarantine_never_does() {
    let others = |kind| wire("m9", "by hand", kind, MachineActionStatus::Pending);
    for (kind, wire_kind, adopts) in [
        (ActionKind::Scan, MachineActionKind::RunAntiVirusScan, true),
        (
            ActionKind::CollectPackage,
            MachineActionKind::CollectInvestigationPackage,
            true,
        ),
        (
            ActionKind::QuarantineFile,
            MachineActionKind::StopAndQuarantineFile,
            false,
        ),
    ] {
        let mut action = open(ActionState::InDoubt, Some("already_in_progress"));
        action.row.kind = kind;
        let expected = match adopts {
            true => (vec![ActionEvent::Accepted], true),
            // It is called again later, since nothing was made.
            false => (vec![ActionEvent::NotExecuted], false),
        };
        assert_eq!(
            check(&action, &[others(wire_kind)], 60),
            Some(expected),
            "{kind:?}"
        );
    }
}
