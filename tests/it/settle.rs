//! A release that Defender refuses again and again: given up only where no restriction was ever seen in force.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionKind};
use quell::domain::answer::{MachineActionStatus, Refusal};
use quell::domain::stray::Marked;
use quell::store::{AnswerRecord, QueuedChange};

use crate::strays::{listed, take};
use crate::support::ground::{Ground, device, playbook};

/// The queued release is called, and refused with this code.
async fn refuse(ground: &mut Ground, code: &str) {
    ground.pass(SignedDuration::from_hours(25)).await;
    let (epoch, grant) = ground.reserve().await.expect("the release is due");
    let refusal = Refusal {
        status: 400,
        code: code.to_owned(),
        ..Refusal::default()
    };
    let record = AnswerRecord {
        outcome: "rejected",
        event: ActionEvent::Refused,
        then: None,
        change: QueuedChange {
            error: Some(format!("400 {code}")),
            is_permanent: true,
            speaks_of_device: refusal.speaks_of_device(),
            ..QueuedChange::default()
        },
        refusal: Some(refusal),
        is_answered: true,
        pause: None,
        named: None,
    };
    ground
        .store
        .attempt_finish(ground.tenant, epoch, &grant, &record)
        .await
        .expect("the answer is the first one");
}

/// A device whose restrict ended so, and that nothing wants restricted any more.
async fn ended(end: ActionEvent) -> Ground {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call(ActionEvent::Accepted, Some(end), false).await;
    let its = device('a');
    let released = ground
        .store
        .device_release(ground.tenant, &its, "anna", "false alarm", false);
    released
        .await
        .expect("the database is up")
        .expect("the device is known");
    ground
}

async fn known(ground: &mut Ground) -> Vec<String> {
    ground
        .words(
            "SELECT restriction || ' ' || (SELECT count(*) FROM quell.alarms) FROM quell.devices".to_owned(),
        )
        .await
}

#[tokio::test]
async fn after_a_restrict_that_was_never_in_force_the_third_refusal_settles_it_and_a_person_is_told() {
    let mut ground = ended(ActionEvent::Cancelled).await;
    for _ in 0..2 {
        refuse(&mut ground, "BadRequest").await;
        assert_eq!(known(&mut ground).await, ["unknown 0"]);
    }
    refuse(&mut ground, "BadRequest").await;
    assert_eq!(known(&mut ground).await, ["free 1"]);
    ground.pass(SignedDuration::from_hours(48)).await;
    assert!(ground.reserve().await.is_none(), "nothing is called any more");
    let told = ground
        .store
        .alarms(ground.tenant, Duration::from_secs(86_400 * 4))
        .await;
    let told = told.expect("the database is up");
    assert!(told[0].told.contains("taken for free"), "{told:?}");
    ground.alert("one", &device('a')).await;
    ground.call_succeeds().await;
    ground.close().await;
}

#[tokio::test]
async fn a_restriction_that_was_seen_in_force_is_released_for_ever() {
    let mut ground = ended(ActionEvent::Succeeded).await;
    for _ in 0..6 {
        refuse(&mut ground, "BadRequest").await;
    }
    assert_eq!(known(&mut ground).await, ["restricted 0"]);
    ground.pass(SignedDuration::from_hours(25)).await;
    assert!(ground.reserve().await.is_some());
    ground.close().await;
}

#[tokio::test]
async fn what_was_carried_out_late_is_released_for_ever() {
    let mut ground = ended(ActionEvent::Cancelled).await;
    refuse(&mut ground, "BadRequest").await;
    let ids = ground
        .words(
            "SELECT id::text || ' ' || defender_id FROM quell.actions WHERE state = 'cancelled'".to_owned(),
        )
        .await;
    let (action, defender_id) = ids[0].split_once(' ').expect("two words");
    let late = listed(
        &ground,
        ActionKind::Restrict,
        action.parse().expect("an id"),
        1,
        MachineActionStatus::Succeeded,
    )
    .await;
    let late = Marked {
        defender_id: defender_id.to_owned(),
        ..late
    };
    assert_eq!(take(&ground, &[late]).await.taken, 1);
    for _ in 0..6 {
        refuse(&mut ground, "BadRequest").await;
    }
    assert_eq!(
        known(&mut ground).await,
        ["unknown 1"],
        "its own alarm, and nothing is settled"
    );
    ground.pass(SignedDuration::from_hours(25)).await;
    assert!(ground.reserve().await.is_some(), "it is tried again");
    ground.close().await;
}

#[tokio::test]
async fn what_was_in_force_once_and_released_since_does_not_keep_a_later_release_from_its_end() {
    let mut ground = ended(ActionEvent::Succeeded).await;
    ground.call_succeeds().await;
    ground.alert("one", &device('a')).await;
    ground
        .call(ActionEvent::Accepted, Some(ActionEvent::TimedOut), false)
        .await;
    ground.pass(SignedDuration::from_hours(4)).await;
    ground.expire().await;
    for n in 0..3 {
        assert_eq!(known(&mut ground).await, ["unknown 0"], "{n}");
        refuse(&mut ground, "BadRequest").await;
    }
    assert_eq!(known(&mut ground).await, ["free 1"]);
    ground.close().await;
}

#[tokio::test]
async fn a_refusal_of_how_we_asked_settles_nothing() {
    let mut ground = ended(ActionEvent::TimedOut).await;
    for _ in 0..6 {
        refuse(&mut ground, "InvalidRequestBody").await;
    }
    assert_eq!(known(&mut ground).await, ["unknown 0"]);
    ground.close().await;
}
