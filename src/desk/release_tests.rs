//! Tests of what a release says: every way it may go has its words.

use jiff::SignedDuration;

use super::*;
use crate::domain::stop::StopScope;

fn now() -> Timestamp {
    "2026-11-22T03:00:00Z".parse().expect("a time")
}

fn seconds(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

fn done(open: Option<(&str, &str)>, queued: Option<&str>) -> OperatorRelease {
    OperatorRelease {
        ended: vec![uuid::Uuid::nil()],
        declined: Vec::new(),
        measures: vec![of(Measure::Restriction, open, queued)],
    }
}

fn of(measure: Measure, open: Option<(&str, &str)>, queued: Option<&str>) -> MeasureRelease {
    MeasureRelease {
        measure,
        known: measure.held().to_owned(),
        open: open.map(|(kind, state)| (kind.to_owned(), state.to_owned())),
        queued: queued.map(|kind| (kind.to_owned(), now())),
        withdrawn: false,
    }
}

/// Nothing is under way, and so much is known.
fn known(known: &str, withdrawn: bool) -> OperatorRelease {
    OperatorRelease {
        measures: vec![MeasureRelease {
            known: known.to_owned(),
            withdrawn,
            ..of(Measure::Restriction, None, None)
        }],
        ..done(None, None)
    }
}

fn after(expected_at: Option<Timestamp>, dispatches: bool) -> Afterwards {
    Afterwards {
        at: now(),
        expected_at,
        dispatches: Some(dispatches),
        stop: None,
    }
}

#[test]
fn each_outcome_says_what_follows() {
    let check = |done: &OperatorRelease, expected_at, dispatches, expected: &str| {
        assert_eq!(next(done, &after(expected_at, dispatches)), expected);
    };
    let queued = done(None, Some("release"));
    check(
        &queued,
        Some(now()),
        true,
        "release queued, lane release; it may leave now",
    );
    check(
        &queued,
        Some(seconds(2)),
        true,
        "release queued, lane release; it may leave about in 2 s",
    );
    check(
        &queued,
        Some(now()),
        false,
        "release queued, lane release; it may leave now; no daemon dispatches now: it leaves when one runs",
    );
    check(
        &done(Some(("restrict", "in_doubt")), Some("release")),
        None,
        true,
        "release queued, lane release; it leaves when the restrict, which is in doubt, is over",
    );
    check(
        &done(Some(("release", "submitted")), None),
        None,
        true,
        "a release is submitted already",
    );
    check(
        &known("free", true),
        None,
        true,
        "its restriction had not been sent and is withdrawn: nothing is called",
    );
    check(
        &known("restricted_by_other", false),
        None,
        true,
        "it stays restricted: somebody else restricted it, and quell undoes only what it began",
    );
    check(
        &known("free", false),
        None,
        true,
        "it was not restricted: nothing is called",
    );
}

#[test]
fn under_a_freeze_a_release_leaves_after_a_resume() {
    let frozen = Afterwards {
        stop: Some(StopScope::Freeze),
        ..after(Some(now()), true)
    };
    assert_eq!(
        next(&done(None, Some("release")), &frozen),
        "release queued, lane release; a freeze is in force: it leaves after `quell resume`"
    );
    assert_eq!(
        next(&done(Some(("restrict", "in_doubt")), Some("release")), &frozen),
        "release queued, lane release; it leaves when the restrict, which is in doubt, is over; a freeze is in force: it leaves \
         after `quell resume`"
    );
    let new = Afterwards {
        stop: Some(StopScope::New),
        ..frozen
    };
    assert_eq!(
        next(&done(None, Some("release")), &new),
        "release queued, lane release; it may leave now"
    );
}

#[test]
fn with_both_measures_each_says_what_follows() {
    let both = OperatorRelease {
        measures: vec![
            of(Measure::Restriction, None, Some("release")),
            of(
                Measure::Isolation,
                Some(("isolate", "submitted")),
                Some("release_isolation"),
            ),
        ],
        ..done(None, None)
    };
    assert_eq!(
        next(&both, &after(Some(now()), true)),
        "release queued, lane release; it may leave now; release of isolation queued, lane release; it leaves when the \
         isolate, which is submitted, is over"
    );
    let isolated = OperatorRelease {
        measures: vec![MeasureRelease {
            known: "isolated_by_other".to_owned(),
            ..of(Measure::Isolation, None, None)
        }],
        ..done(None, None)
    };
    assert_eq!(
        next(&isolated, &after(None, true)),
        "it stays isolated: somebody else isolated it, and quell undoes only what it began"
    );
}

#[test]
fn a_device_without_a_containment_is_told_apart_by_what_is_known_of_it() {
    let device = |restriction: &str| DeviceView {
        device: "a".repeat(40),
        name: Some("web-1\u{1b}[2J".to_owned()),
        restriction: restriction.to_owned(),
        isolation: "free".to_owned(),
        since: None,
        containments: Vec::new(),
        actions: Vec::new(),
    };
    let id = "a".repeat(40);
    let check = |device: &DeviceView, expected: &str| {
        assert_eq!(
            nothing_to_end(device, &[Measure::Restriction]),
            format!("web-1[2J ({id}) {expected}")
        );
    };
    check(
        &device("restricted_by_other"),
        "was restricted by somebody else, and quell undoes only what it began: release it in Defender",
    );
    check(
        &device("free"),
        "has no containment and is not restricted, as far as is known: nothing to release",
    );
    check(&device("unknown"), "has no containment: nothing to end");
    let action = DeviceAction {
        kind: "release".to_owned(),
        state: "in_doubt".to_owned(),
        defender_status: None,
        not_before: now(),
    };
    let releasing = DeviceView {
        actions: vec![action],
        ..device("restricted")
    };
    check(
        &releasing,
        "has no containment any more; its release is in doubt already",
    );
}
