//! Tests of the answer's record: the outcome table, row by row.

use uuid::Uuid;

use super::*;
use crate::clock::Monotonic;
use crate::domain::action::{ActionKind, ActionState, next};
use crate::domain::answer::{MachineActionKind, MachineActionStatus};
use crate::domain::device::DeviceId;
use crate::domain::verdict::Lane;

fn grant(n: i32) -> Grant {
    let action = Uuid::now_v7();
    Grant {
        attempt: Uuid::now_v7(),
        action,
        n,
        device: DeviceId::from_stored("a".repeat(40)),
        kind: ActionKind::Restrict,
        argument: None,
        is_retry: false,
        lane: Lane::Normal,
        comment: Marker { action, attempt: n }.comment("text"),
        send_deadline: Monotonic::now(),
        app_id: "app".to_owned(),
    }
}

fn wire(comment: &str, status: MachineActionStatus) -> MachineAction {
    MachineAction {
        id: "m1".to_owned(),
        kind: MachineActionKind::Restrict,
        status,
        machine_id: Some("a".repeat(40)),
        requestor_comment: Some(comment.to_owned()),
        requestor: None,
        created_at: None,
        updated_at: None,
        error_hresult: 0,
        external_id: None,
    }
}

fn refusal(status: u16) -> Refusal {
    Refusal {
        status,
        code: "Code".to_owned(),
        message: "message".to_owned(),
        target: Some("t".to_owned()),
        is_of_device: false,
    }
}

fn check(answer: &Answer, grant: &Grant) -> (AnswerRecord, ActionState) {
    check_after(answer, grant, 0)
}

/// The same when so many calls in a row could not be sent.
fn check_after(answer: &Answer, grant: &Grant, in_a_row: u32) -> (AnswerRecord, ActionState) {
    let pauses = Pauses {
        initial: Duration::from_secs(1),
        cap: Duration::from_secs(60),
        forbidden: Duration::from_secs(300),
    };
    let windows = [(100, 60), (1_500, 3_600)].map(|(limit, per)| Window {
        limit,
        per: Duration::from_secs(per),
    });
    let record = record(answer, grant, in_a_row, &windows, pauses);
    let state = next(ActionState::Submitting, record.event).expect("every answer is legal while submitting");
    (record, state)
}

#[test]
fn an_accepted_call_with_our_marker_is_ours() {
    let grant = grant(2);
    let (record, state) = check(
        &Answer::Accepted(Box::new(wire(&grant.comment, MachineActionStatus::Pending))),
        &grant,
    );
    assert_eq!((record.outcome, state), ("accepted", ActionState::Submitted));
    assert_eq!((record.change.is_adopted, record.then), (false, None));
}

#[test]
fn the_marker_of_an_earlier_attempt_is_ours_too() {
    let grant = grant(2);
    let earlier = Marker {
        action: grant.action,
        attempt: 1,
    }
    .comment("text");
    let (record, _) = check(
        &Answer::Accepted(Box::new(wire(&earlier, MachineActionStatus::Pending))),
        &grant,
    );
    assert!(!record.change.is_adopted);
}

#[test]
fn an_accepted_call_with_another_comment_is_adopted() {
    let (record, state) = check(
        &Answer::Accepted(Box::new(wire("by hand", MachineActionStatus::InProgress))),
        &grant(1),
    );
    assert_eq!(
        (record.outcome, state, record.change.is_adopted),
        ("adopted", ActionState::Submitted, true)
    );
}

#[test]
fn an_answer_about_another_device_or_kind_leaves_the_fate_unknown() {
    let grant = grant(1);
    let mut other = wire(&grant.comment, MachineActionStatus::Pending);
    other.machine_id = Some("b".repeat(40));
    assert_eq!(
        check(&Answer::Accepted(Box::new(other)), &grant).1,
        ActionState::InDoubt
    );
    let mut other = wire(&grant.comment, MachineActionStatus::Pending);
    other.kind = MachineActionKind::Unrestrict;
    assert_eq!(
        check(&Answer::Accepted(Box::new(other)), &grant).1,
        ActionState::InDoubt
    );
}

#[test]
fn a_throttled_call_goes_back_and_closes_the_gate() {
    let answer = Answer::Throttled {
        retry_after: Some(Duration::from_secs(9)),
        window: None,
        refusal: refusal(429),
    };
    let (record, state) = check(&answer, &grant(1));
    assert_eq!(state, ActionState::Queued);
    assert_eq!(record.pause.map(|p| p.0), Some(Duration::from_secs(9)));
    assert_eq!(record.named, None);
}

#[test]
fn the_window_that_a_429_names_is_the_one_of_ours_that_it_is_near() {
    for (seconds, named) in [(60, Some(100)), (3_599, Some(1_500)), (86_400, None)] {
        let answer = Answer::Throttled {
            retry_after: None,
            window: Some(Duration::from_secs(seconds)),
            refusal: refusal(429),
        };
        let (record, _) = check(&answer, &grant(1));
        assert_eq!(record.named.map(|window| window.limit), named, "{seconds} s");
    }
}

#[test]
fn a_first_unauthorized_call_is_tried_again_at_once_and_a_second_one_waits() {
    let (first, state) = check(&Answer::Unauthorized(refusal(401)), &grant(1));
    assert_eq!((state, first.pause), (ActionState::Queued, None));
    assert!(
        check(&Answer::Unauthorized(refusal(401)), &grant(2))
            .0
            .pause
            .is_some()
    );
}

#[test]
fn lasting_refusals_fail_and_stop_nobody_else() {
    for (answer, permanent, paused) in [
        (Answer::Forbidden(refusal(403)), false, false),
        (Answer::NotFound(refusal(404)), true, false),
        (Answer::Rejected(refusal(400)), true, false),
    ] {
        let (record, state) = check(&answer, &grant(1));
        assert_eq!(state, ActionState::Failed);
        assert_eq!(
            (record.change.is_permanent, record.pause.is_some()),
            (permanent, paused)
        );
        assert_eq!(
            record.change.error.map(|e| e.contains("correlation t")),
            Some(true)
        );
    }
}

#[test]
fn a_missing_permission_fails_no_action_and_keeps_nothing_else_waiting() {
    for (is_of_device, word) in [(false, "forbidden"), (true, "forbidden_here")] {
        let forbidden = Refusal {
            code: "Forbidden".to_owned(),
            is_of_device,
            ..refusal(403)
        };
        for kind in ActionKind::ALL {
            let answer = Answer::Forbidden(forbidden.clone());
            let (record, state) = check(&answer, &Grant { kind, ..grant(1) });
            assert_eq!(
                (record.outcome, state, record.pause),
                (word, ActionState::Queued, None)
            );
            assert_eq!(record.change.not_before, Duration::from_secs(300), "{kind:?}");
        }
    }
}

#[test]
fn a_call_that_came_too_late_is_made_anew_at_once_and_holds_nobody_up_until_it_is_the_third_in_a_row() {
    let late = Answer::Late {
        reason: "the send deadline had passed".to_owned(),
    };
    for (tries, waits) in [(1, false), (2, false), (3, true)] {
        let (record, state) = check_after(&late, &grant(1), tries);
        assert_eq!(
            (record.pause.is_some(), record.change.not_before.is_zero()),
            (waits, !waits),
            "try {tries}"
        );
        assert!(record.change.is_unsent && state == ActionState::Queued);
    }
}

#[test]
fn what_was_not_sent_is_evidence_and_what_may_have_been_is_not() {
    let (record, state) = check(
        &Answer::NotSent {
            reason: "refused".to_owned(),
        },
        &grant(3),
    );
    assert_eq!(
        (state, record.change.not_before),
        (ActionState::Queued, Duration::from_secs(4))
    );
    let (record, state) = check(
        &Answer::Unknown {
            reason: "reset".to_owned(),
            status: None,
        },
        &grant(1),
    );
    assert_eq!((state, record.is_answered), (ActionState::InDoubt, false));
    let (record, state) = check(
        &Answer::Unknown {
            reason: "502".to_owned(),
            status: Some(502),
        },
        &grant(1),
    );
    assert_eq!((state, record.is_answered), (ActionState::InDoubt, true));
    assert_eq!(
        check(&Answer::AlreadyInProgress(refusal(400)), &grant(1)).1,
        ActionState::InDoubt
    );
}

fn cancel(answer: &Answer, n: i32) -> CancelRecord {
    let action = Uuid::now_v7();
    let grant = CancelGrant {
        attempt: Uuid::now_v7(),
        action,
        n,
        device: DeviceId::from_stored("a".repeat(40)),
        defender_id: "M1".to_owned(),
        comment: Marker { action, attempt: n }.comment("text"),
        send_deadline: Monotonic::now(),
        app_id: "app".to_owned(),
    };
    let window = Window {
        limit: 100,
        per: Duration::from_secs(60),
    };
    let seconds = Duration::from_secs;
    let gate = Gate {
        app_id: "app".to_owned(),
        scope: crate::domain::budget::BudgetScope::Shared,
        actions: vec![window],
        reads: vec![window],
        antivirus: vec![window],
        timing: crate::domain::budget::CallTiming {
            send_deadline: seconds(5),
            total_timeout: seconds(30),
            server_tail: seconds(60),
            list_lag: seconds(25),
        },
        ceiling: crate::domain::verdict::Mode::Enforce,
        never: crate::domain::guard::Protections::default(),
        facts_wait: seconds(60),
        terms: crate::domain::budget::Terms::default(),
        caps: Vec::new(),
        surge: crate::domain::surge::Surge::default(),
        fleet: None,
        outstanding: None,
        cancel_after: None,
        facts_max_age: Duration::from_secs(3_600),
        lookups: crate::domain::lookup::LookupTerms::default(),
    };
    let pauses = Pauses {
        initial: seconds(1),
        cap: seconds(60),
        forbidden: seconds(300),
    };
    record_cancel(answer, &grant, 0, &gate, pauses)
}

#[test]
fn a_cancel_ends_its_action_only_when_defender_says_so_of_that_action() {
    let said = |id: &str, status| {
        let mut action = wire("", status);
        action.id = id.to_owned();
        cancel(&Answer::Accepted(Box::new(action)), 1)
    };
    let cancelled = said("m1", MachineActionStatus::Cancelled);
    assert_eq!(
        (cancelled.record.outcome, cancelled.end),
        ("accepted", Some(ActionEvent::Cancelled))
    );
    let faster = said("m1", MachineActionStatus::Succeeded);
    assert_eq!(faster.end, Some(ActionEvent::Succeeded), "the device was faster");
    assert_eq!(said("m1", MachineActionStatus::Pending).end, None);
    let other = said("m2", MachineActionStatus::Cancelled);
    assert_eq!((other.record.outcome, other.end), ("unknown", None));
}

#[test]
fn a_cancel_that_was_not_carried_out_is_soon_repeated_and_one_that_was_refused_ever_later() {
    let not_sent = Answer::NotSent {
        reason: "dns".to_owned(),
    };
    let soon = cancel(&not_sent, 1);
    assert_eq!((soon.again, soon.end), (Duration::ZERO, None));
    assert!(
        soon.record.pause.is_some(),
        "the gate closes, as after every such call"
    );
    let refused = Answer::Rejected(refusal(400));
    let waits: Vec<u64> = [1, 2, 3, 7, 8, 100]
        .map(|n| cancel(&refused, n).again.as_secs())
        .to_vec();
    assert_eq!(waits, [120, 240, 480, 7_680, 7_680, 7_680]);
    let refused = cancel(&refused, 1);
    assert!(
        !refused.record.change.is_permanent,
        "the action itself is not refused"
    );
    let unknown = Answer::Unknown {
        reason: "reset".to_owned(),
        status: None,
    };
    let unknown = cancel(&unknown, 1);
    assert_eq!(
        (unknown.record.is_answered, unknown.again.as_secs()),
        (false, 120)
    );
}

#[test]
fn a_cancel_that_is_forbidden_stops_no_other_call() {
    let forbidden = cancel(&Answer::Forbidden(refusal(403)), 1);
    assert_eq!(forbidden.record.pause, None);
    assert_eq!(
        forbidden.again.as_secs(),
        300,
        "nobody's permission changes faster than that"
    );
}
