//! Cancelling at Defender what nothing wants any more: when, how often, and what follows.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::answer::Refusal;
use quell::domain::verdict::Lane;
use quell::store::{AnswerRecord, CancelGrant, GateOutcome, QueuedChange};

use crate::support::Setup;
use crate::support::alert::{alert, device as numbered, restrict};
use crate::support::ground::{Ground, device, playbook};

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// A device whose restrict is pending at Defender, and whose reason has ended.
async fn pending_and_unwanted(playbooks: &[String]) -> Ground {
    let mut ground = Ground::new(playbooks).await;
    ground.alert("one", &device('a')).await;
    let state = ground.call(ActionEvent::Accepted, None, false).await;
    assert_eq!(state, ActionState::Submitted);
    let done = ground
        .store
        .device_release(ground.tenant, &device('a'), "anna", "false alarm", false)
        .await;
    done.expect("the database is up").expect("the device is known");
    ground
}

async fn answer(ground: &Ground, epoch: i64, grant: &CancelGrant, end: Option<ActionEvent>, again: Duration) {
    let record = AnswerRecord {
        outcome: "accepted",
        event: ActionEvent::Accepted,
        then: None,
        change: QueuedChange::default(),
        refusal: None,
        is_answered: true,
        pause: None,
        named: None,
    };
    let (store, tenant) = (&ground.store, ground.tenant);
    let written = store
        .cancel_finish(tenant, epoch, grant, &record, end, again)
        .await;
    written.expect("the answer is the first one");
    let twice = store
        .cancel_finish(tenant, epoch, grant, &record, end, again)
        .await;
    assert!(twice.is_err(), "an answer is recorded once");
}

#[tokio::test]
async fn a_pending_restrict_that_nothing_wants_is_cancelled_and_the_release_follows_its_end() {
    let mut ground = pending_and_unwanted(&[playbook("one")]).await;
    assert!(ground.reserve_cancel().await.is_none(), "it may end by itself");
    let look = ground
        .store
        .queue_look(ground.tenant, None, ground.gate().cancel_after);
    let wait = look
        .await
        .expect("the database is up")
        .cancel
        .expect("one will be due");
    assert!((110..=120).contains(&wait.as_secs()), "{wait:?}");
    ground.pass(minutes(2)).await;
    assert!(
        matches!(
            ground.ask_the_gate(Lane::Critical).await.1,
            GateOutcome::NothingDue { .. }
        ),
        "a critical restrict goes before it"
    );
    let (epoch, grant) = ground.reserve_cancel().await.expect("it is due");
    assert!(grant.comment.starts_with("[quell:"), "{}", grant.comment);
    assert!(ground.reserve_cancel().await.is_none(), "it is under way");
    answer(
        &ground,
        epoch,
        &grant,
        Some(ActionEvent::Cancelled),
        Duration::ZERO,
    )
    .await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict cancelled", "release queued"],
        "it may have been carried out all the same"
    );
    ground.call_succeeds().await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict cancelled", "release succeeded"]
    );
    ground.close().await;
}

#[tokio::test]
async fn what_is_wanted_again_is_not_cancelled() {
    let mut ground = pending_and_unwanted(&[playbook("one"), playbook("two")]).await;
    ground.alert("two", &device('a')).await;
    ground.pass(minutes(3)).await;
    assert!(ground.reserve_cancel().await.is_none());
    let look = ground
        .store
        .queue_look(ground.tenant, None, ground.gate().cancel_after)
        .await;
    assert_eq!(look.expect("the database is up").cancel, None);
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict submitted", "release withdrawn"]
    );
    ground.close().await;
}

#[tokio::test]
async fn what_is_wanted_again_while_its_cancel_is_under_way_is_restricted_anew_at_once() {
    let mut ground = pending_and_unwanted(&[playbook("one"), playbook("two")]).await;
    ground.pass(minutes(2)).await;
    let (epoch, grant) = ground.reserve_cancel().await.expect("it is due");
    ground.alert("two", &device('a')).await;
    let end = Some(ActionEvent::Cancelled);
    answer(&ground, epoch, &grant, end, Duration::ZERO).await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict cancelled", "release withdrawn", "restrict queued"]
    );
    // What quell cancelled itself is no failure that delays the next one.
    ground.call_succeeds().await;
    ground.close().await;
}

#[tokio::test]
async fn after_a_cancel_what_somebody_else_once_began_is_not_released() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), true)
        .await;
    ground.pass(minutes(300)).await;
    ground.expire().await;
    // A second restriction, ours, on top of theirs.
    ground.alert("one", &device('a')).await;
    ground.call(ActionEvent::Accepted, None, false).await;
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    let its = device('a');
    let released = store.device_release(tenant, &its, "anna", "false alarm", false);
    released.await.expect("the database is up");
    ground.pass(minutes(2)).await;
    let (epoch, grant) = ground.reserve_cancel().await.expect("it is due");
    let end = Some(ActionEvent::Cancelled);
    answer(&ground, epoch, &grant, end, Duration::ZERO).await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict succeeded", "restrict cancelled", "release withdrawn"]
    );
    ground.close().await;
}

#[tokio::test]
async fn where_one_cancel_is_forbidden_no_other_is_tried_for_a_while() {
    let mut ground = pending_and_unwanted(&[playbook("one")]).await;
    ground.alert("one", &device('b')).await;
    ground.call(ActionEvent::Accepted, None, false).await;
    let (store, tenant) = (ground.store.clone(), ground.tenant);
    let its = device('b');
    let released = store.device_release(tenant, &its, "anna", "false alarm", false);
    released.await.expect("the database is up");
    ground.pass(minutes(2)).await;
    let (epoch, grant) = ground.reserve_cancel().await.expect("one is due");
    let record = AnswerRecord {
        outcome: "forbidden",
        event: ActionEvent::NotExecuted,
        then: None,
        change: QueuedChange::default(),
        refusal: Some(Refusal {
            status: 403,
            code: "Forbidden".to_owned(),
            ..Refusal::default()
        }),
        is_answered: true,
        pause: None,
        named: None,
    };
    let again = Duration::from_secs(600);
    let written = store.cancel_finish(tenant, epoch, &grant, &record, None, again);
    written.await.expect("the answer is the first one");
    ground.pass(minutes(9)).await;
    assert!(ground.reserve_cancel().await.is_none());
    ground.pass(minutes(1)).await;
    assert!(ground.reserve_cancel().await.is_some());
    ground.close().await;
}

#[tokio::test]
async fn what_somebody_else_began_is_not_cancelled() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground.call(ActionEvent::Accepted, None, true).await;
    ground.pass(minutes(300)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&device('a')).await, ["one ended time"]);
    assert!(ground.reserve_cancel().await.is_none());
    ground.close().await;
}

#[tokio::test]
async fn a_cancel_without_an_answer_is_repeated_after_its_quiescence_and_one_refused_when_it_says() {
    let mut ground = pending_and_unwanted(&[playbook("one")]).await;
    ground.pass(minutes(2)).await;
    let (_, lost) = ground.reserve_cancel().await.expect("it is due");
    ground.pass(SignedDuration::from_secs(119)).await;
    assert!(
        ground.reserve_cancel().await.is_none(),
        "the first may still be carried out"
    );
    ground.pass(SignedDuration::from_secs(1)).await;
    let (epoch, second) = ground.reserve_cancel().await.expect("it is due again");
    assert_eq!((lost.n, second.n), (1, 2));
    answer(&ground, epoch, &second, None, Duration::from_secs(600)).await;
    assert_eq!(
        ground.actions(&device('a')).await,
        ["restrict submitted", "release queued"]
    );
    ground.pass(minutes(9)).await;
    assert!(ground.reserve_cancel().await.is_none());
    ground.pass(minutes(1)).await;
    assert!(ground.reserve_cancel().await.is_some());
    ground.close().await;
}

#[tokio::test]
async fn an_offline_device_is_freed_without_waiting_for_three_days() {
    let away = numbered(1);
    let world = Setup::new(60, &[&restrict("short", "15m")])
        .set("call", "{cancel_after: 2m}")
        .simulate(|simulator| {
            let offline = quell::simulator::DeviceOverride {
                offline_for: Some(Duration::from_secs(100_000)),
                ..Default::default()
            };
            simulator.devices.insert(numbered(1), offline);
        })
        .start()
        .await;
    world.send(&[alert("a", &away)]).await;
    let minute = Duration::from_secs(60);
    world
        .until(
            minute,
            "SELECT count(*) = 1 FROM quell.actions WHERE kind = 'restrict' AND state = 'cancelled'",
        )
        .await;
    world
        .until(
            minute,
            "SELECT count(*) = 1 FROM quell.actions WHERE kind = 'release' AND state = 'submitted'",
        )
        .await;
    assert_eq!(
        world
            .number("SELECT count(*) FROM quell.attempts WHERE kind = 'cancel' AND outcome = 'accepted'")
            .await,
        1
    );
    world.finish().await;
}
