//! Containments outside the decision: time, unanswered asks and an operator's word, each with what it queues.

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::measure::Measure;
use quell::store::{ContainmentChange, MeasureRelease, OperatorRelease};

use crate::audit::{audit, failing};
use crate::support::ground::{Ground, asking_playbook, device, playbook};

const NOTHING: ContainmentChange = ContainmentChange {
    ended: 0,
    expired: 0,
    activated: 0,
    invalid: 0,
    failed: 0,
};

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn minutes(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// What a release did to the restriction.
fn its(done: &OperatorRelease) -> &MeasureRelease {
    done.of(Measure::Restriction).expect("both measures are released")
}

/// A second look finds nothing to do, and does nothing.
async fn a_second_look_changes_nothing(ground: &mut Ground) {
    let before = ground.fingerprint().await;
    assert_eq!(ground.expire().await, NOTHING);
    assert_eq!(ground.fingerprint().await, before);
}

#[tokio::test]
async fn a_containment_whose_time_is_up_ends_and_queues_the_release() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground.call_succeeds().await;
    ground.pass(hours(4) - minutes(1)).await;
    assert_eq!(ground.expire().await, NOTHING, "a minute is left");
    ground.pass(minutes(1)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 1, ..NOTHING });
    assert_eq!(ground.containments(&device).await, ["one ended time"]);
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded", "release queued"]
    );
    assert_eq!(
        ground.audit(&device).await,
        ["active decide: matched", "ended expire: its time was up"]
    );
    a_second_look_changes_nothing(&mut ground).await;
    ground.call_succeeds().await;
    a_second_look_changes_nothing(&mut ground).await;
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded", "release succeeded"]
    );
    ground.close().await;
}

#[tokio::test]
async fn the_end_of_one_of_two_reasons_makes_no_action_and_of_both_exactly_one_release() {
    let mut ground = Ground::new(&[playbook("one"), playbook("two")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground.call_succeeds().await;
    ground.pass(hours(2)).await;
    ground.alert("two", &device).await;
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded"],
        "it is restricted already"
    );
    ground.pass(hours(2)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 1, ..NOTHING });
    assert_eq!(
        ground.containments(&device).await,
        ["one ended time", "two active"]
    );
    assert_eq!(ground.actions(&device).await, ["restrict succeeded"]);
    a_second_look_changes_nothing(&mut ground).await;
    ground.pass(hours(2)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 1, ..NOTHING });
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded", "release queued"]
    );
    a_second_look_changes_nothing(&mut ground).await;
    ground.close().await;
}

#[tokio::test]
async fn two_reasons_that_end_together_queue_one_release() {
    let mut ground = Ground::new(&[playbook("one"), playbook("two")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground.alert("two", &device).await;
    ground.call_succeeds().await;
    ground.pass(hours(5)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 2, ..NOTHING });
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded", "release queued"]
    );
    ground.close().await;
}

#[tokio::test]
async fn a_containment_that_ends_before_its_restrict_was_sent_withdraws_it() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    let done = ground
        .store
        .device_release(ground.tenant, &device, "anna", "false alarm", false)
        .await;
    let done = done.expect("the database is up").expect("the device is known");
    assert!(
        its(&done).withdrawn && its(&done).queued.is_none() && its(&done).open.is_none(),
        "{done:?}"
    );
    assert_eq!(ground.actions(&device).await, ["restrict withdrawn"]);
    assert!(ground.reserve().await.is_none(), "nothing is called");
    ground.close().await;
}

#[tokio::test]
async fn an_ask_that_nobody_answers_expires_and_the_device_stays_free() {
    let mut ground = Ground::new(&[asking_playbook("one", "skip")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    assert_eq!(ground.containments(&device).await, ["one asked"]);
    ground.pass(minutes(29)).await;
    assert_eq!(ground.expire().await, NOTHING);
    ground.pass(minutes(1)).await;
    assert_eq!(
        ground.expire().await,
        ContainmentChange {
            expired: 1,
            ..NOTHING
        }
    );
    assert_eq!(ground.containments(&device).await, ["one expired"]);
    assert!(ground.actions(&device).await.is_empty());
    a_second_look_changes_nothing(&mut ground).await;
    ground.close().await;
}

#[tokio::test]
async fn an_ask_that_acts_without_an_answer_becomes_active_and_lives_its_whole_time() {
    let mut ground = Ground::new(&[asking_playbook("one", "act")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground.pass(minutes(30)).await;
    assert_eq!(
        ground.expire().await,
        ContainmentChange {
            activated: 1,
            ..NOTHING
        }
    );
    assert_eq!(ground.containments(&device).await, ["one active"]);
    assert_eq!(ground.actions(&device).await, ["restrict queued"]);
    a_second_look_changes_nothing(&mut ground).await;
    ground.call_succeeds().await;
    ground.pass(hours(4) - minutes(1)).await;
    assert_eq!(
        ground.expire().await,
        NOTHING,
        "its four hours began with the activation"
    );
    ground.pass(minutes(2)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 1, ..NOTHING });
    ground.close().await;
}

#[tokio::test]
async fn an_operators_release_ends_every_reason_declines_the_asks_and_says_who_and_why() {
    let mut ground = Ground::new(&[playbook("one"), asking_playbook("two", "act")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground.call_succeeds().await;
    ground.alert("two", &device).await;
    let done = ground
        .store
        .device_release(ground.tenant, &device, "anna", "false alarm", false)
        .await;
    let done = done.expect("the database is up").expect("the device is known");
    assert_eq!(
        (done.ended.len(), done.declined.len(), its(&done).withdrawn),
        (1, 1, false)
    );
    assert_eq!(
        its(&done).queued.as_ref().map(|(kind, _)| kind.as_str()),
        Some("release")
    );
    assert_eq!(
        ground.containments(&device).await,
        ["one ended operator", "two declined"]
    );
    let audit = ground.audit(&device).await;
    assert!(audit.contains(&"ended anna: false alarm".to_owned()), "{audit:?}");
    assert!(
        audit.contains(&"declined anna: false alarm".to_owned()),
        "{audit:?}"
    );
    ground.pass(hours(1)).await;
    assert_eq!(ground.expire().await, NOTHING, "a declined ask never acts");
    let again = ground
        .store
        .device_release(ground.tenant, &device, "anna", "false alarm", false)
        .await;
    let again = again.expect("the database is up").expect("the device is known");
    assert!(again.ended.is_empty() && again.declined.is_empty());
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded", "release queued"]
    );
    ground.close().await;
}

#[tokio::test]
async fn an_operators_release_of_an_open_restrict_waits_behind_it() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    assert_eq!(
        ground.call(ActionEvent::Accepted, None, false).await,
        ActionState::Submitted
    );
    let done = ground
        .store
        .device_release(ground.tenant, &device, "anna", "false alarm", false)
        .await;
    let done = done.expect("the database is up").expect("the device is known");
    assert_eq!(
        its(&done).open,
        Some(("restrict".to_owned(), "submitted".to_owned()))
    );
    assert_eq!(
        its(&done).queued.as_ref().map(|(kind, _)| kind.as_str()),
        Some("release")
    );
    assert!(ground.reserve().await.is_none(), "one open action a device");
    ground.close().await;
}

#[tokio::test]
async fn an_operators_release_is_not_held_up_by_the_delays_of_earlier_failures() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    assert_eq!(
        ground
            .call(ActionEvent::Accepted, Some(ActionEvent::TimedOut), false)
            .await,
        ActionState::TimedOut
    );
    assert!(
        ground.reserve().await.is_none(),
        "the second try waits for half a minute"
    );
    let done = ground
        .store
        .device_release(ground.tenant, &device, "anna", "false alarm", false)
        .await;
    let done = done.expect("the database is up").expect("the device is known");
    assert_eq!(
        its(&done).queued.as_ref().map(|(kind, _)| kind.as_str()),
        Some("release"),
        "it may be restricted"
    );
    ground.call_succeeds().await;
    assert_eq!(
        ground.actions(&device).await,
        ["restrict timed_out", "restrict withdrawn", "release succeeded"]
    );
    ground.close().await;
}

#[tokio::test]
async fn what_somebody_else_restricted_stays_restricted_when_its_containment_ends() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), true)
        .await;
    ground.pass(hours(5)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 1, ..NOTHING });
    assert_eq!(ground.actions(&device).await, ["restrict succeeded"]);
    ground.close().await;
}

#[tokio::test]
async fn a_restrict_that_was_not_sent_within_its_validity_expires_and_wants_a_person() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground.pass(minutes(61)).await;
    assert_eq!(
        ground.expire().await,
        ContainmentChange {
            invalid: 1,
            ..NOTHING
        }
    );
    assert_eq!(ground.actions(&device).await, ["restrict expired"]);
    assert_eq!(ground.containments(&device).await, ["one active"]);
    assert_eq!(
        ground.attention(&device).await,
        ["restrict expired: not sent within its validity"]
    );
    a_second_look_changes_nothing(&mut ground).await;
    assert!(ground.reserve().await.is_none(), "nothing is called");
    ground.close().await;
}

#[tokio::test]
async fn a_device_that_others_restricted_is_restricted_anew_for_a_new_reason_and_never_released_by_us() {
    let mut ground = Ground::new(&[playbook("one"), playbook("two")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    let adopted = ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), true)
        .await;
    assert_eq!(adopted, ActionState::Succeeded);
    ground.pass(hours(4)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 1, ..NOTHING });
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded"],
        "not ours to lift"
    );
    // They may have lifted it since: the new reason does not rely on it.
    ground.alert("two", &device).await;
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded", "restrict queued"]
    );
    ground.call_succeeds().await;
    ground.pass(hours(4)).await;
    assert_eq!(ground.expire().await, ContainmentChange { ended: 1, ..NOTHING });
    assert_eq!(
        ground.actions(&device).await,
        ["restrict succeeded", "restrict succeeded"],
        "they may not have lifted it: still not ours"
    );
    ground.close().await;
}

#[tokio::test]
async fn an_adopted_restrict_that_times_out_is_not_released() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    let ended = ground
        .call(ActionEvent::Accepted, Some(ActionEvent::TimedOut), true)
        .await;
    assert_eq!(ended, ActionState::TimedOut);
    ground.pass(hours(4)).await;
    ground.expire().await;
    let actions = ground.actions(&device).await;
    assert!(
        !actions.iter().any(|action| action.starts_with("release")),
        "{actions:?}"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_release_does_not_pay_for_the_failures_of_its_restrict() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    // It may have been enforced all the same.
    ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Cancelled), false)
        .await;
    ground.pass(hours(4)).await;
    ground.expire().await;
    let queued = ground.actions(&device).await;
    assert_eq!(queued.last().map(String::as_str), Some("release queued"));
    ground.call_succeeds().await;
    assert_eq!(
        ground.actions(&device).await.last().map(String::as_str),
        Some("release succeeded")
    );
    ground.close().await;
}

#[tokio::test]
async fn failures_of_an_earlier_reason_do_not_count_against_a_new_one() {
    let mut ground = Ground::new(&[playbook("one"), playbook("two")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    while ground.attention(&device).await.is_empty() {
        ground
            .call(ActionEvent::Accepted, Some(ActionEvent::Failed), false)
            .await;
        ground.pass(minutes(15)).await;
    }
    assert!(ground.reserve().await.is_none(), "it was given up");
    ground.alert("two", &device).await;
    ground.call_succeeds().await;
    assert_eq!(ground.containments(&device).await, ["one active", "two active"]);
    let actions = ground.actions(&device).await;
    assert_eq!(
        actions.last().map(String::as_str),
        Some("restrict succeeded"),
        "at once"
    );
    ground.close().await;
}

#[tokio::test]
async fn what_was_queued_for_a_reason_that_has_ended_is_not_called_for_one_that_was_given_up() {
    let short = playbook("two").replace("{after: 4h}", "{after: 30m}");
    let mut ground = Ground::new(&[playbook("one"), short]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    while ground.attention(&device).await.is_empty() {
        ground
            .call(ActionEvent::Accepted, Some(ActionEvent::Failed), false)
            .await;
        ground.pass(minutes(15)).await;
    }
    ground.alert("two", &device).await;
    ground.pass(minutes(31)).await;
    ground.expire().await;
    assert_eq!(
        ground.containments(&device).await,
        ["one active", "two ended time"]
    );
    assert_eq!(
        ground.actions(&device).await.last().map(String::as_str),
        Some("restrict withdrawn")
    );
    assert!(
        ground.reserve().await.is_none(),
        "a person looks at the other one first"
    );
    let database = ground.close().await;
    assert_eq!(failing(&audit(&database).await), [""; 0]);
}
