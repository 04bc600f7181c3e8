//! Every message ends: those of receivers that are gone, those that cannot be read, and what was told to nobody. And what was tried before a
//! message was sent again stays to be seen.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::telling::Topic;
use quell::store::outbox::{Claim, Try};
use quell::store::{Pruned, Retention};
use quell::worker::tell::Step;

use super::{Sink, deliverer, gatherer, step, wants, webhook, words};
use crate::support::ground::{Ground, device, playbook};

const DAY: Duration = Duration::from_secs(86_400);

const STATES: &str = "SELECT concat_ws(' ', receiver, state, last_error) FROM quell.outbox ORDER BY id";

#[tokio::test]
async fn the_messages_of_a_receiver_that_is_gone_are_given_up_and_what_nobody_is_told_goes() {
    let told = "notify: [{to: nobody, on: [acted]}]\n";
    let mut ground = Ground::new(&[playbook("one") + told]).await;
    let before = gatherer(
        &ground,
        vec![wants("old", &[Topic::Acted]), wants("soc", &[Topic::Acted])],
    )
    .await;
    ground.alert("one", &device('a')).await;
    before.run_once().await.expect("the database is up");
    let mut after = before.clone();
    after.terms.receivers.retain(|wants| wants.name != "old");
    let left = async || after.give_up_left().await.expect("the database is up");
    assert!(left().await.is_empty(), "it may come back");
    ground.pass(SignedDuration::from_hours(25)).await;
    let given_up: Vec<String> = left().await.into_iter().map(|one| one.receiver).collect();
    assert_eq!(given_up, ["old"], "whoever is there sends its own");
    assert!(left().await.is_empty());
    let mut states = words(&mut ground, STATES).await;
    states.sort();
    assert_eq!(
        states,
        [
            "old failed the configuration has no receiver of that name",
            "soc gathering"
        ]
    );
    let trouble = ground
        .store
        .receivers_in_trouble(ground.tenant, Duration::from_secs(600))
        .await
        .expect("the database is up");
    assert_eq!((trouble[0].receiver.as_str(), trouble[0].given_up), ("old", 1));

    // A month later: also what is left of a tenant that no daemon has any more.
    ground.pass(SignedDuration::from_hours(31 * 24)).await;
    let now = ground.store.now().await.expect("the database is up");
    let month = Duration::from_secs(30 * 86_400);
    let retention = Retention {
        events: month,
        decisions: month,
        alerts: month,
        dead_letters: month,
        notifications: month,
    };
    let gone = ground.store.rest_prune(Pruned::Outbox, &retention, now).await;
    assert_eq!(
        gone.expect("the database is up"),
        3,
        "two messages, and what nobody was told"
    );
    for table in ["outbox", "notifications"] {
        let count = words(&mut ground, &format!("SELECT count(*)::text FROM quell.{table}")).await;
        assert_eq!(count, ["0"], "{table}");
    }
    ground.close().await;
}

#[tokio::test]
async fn what_cannot_be_read_holds_nothing_up_and_is_given_up_at_its_time() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let gatherer = gatherer(&ground, vec![wants("soc", &[Topic::Acted])]).await;
    ground.alert("one", &device('a')).await;
    gatherer.run_once().await.expect("the database is up");
    // As a later version may write them.
    for sql in [
        "UPDATE quell.outbox SET kind = 'later.thing'",
        "INSERT INTO quell.news (tenant_id, topic, happened, reason) SELECT id, 'later', 'x', 'x' FROM quell.tenants",
    ] {
        ground.execute(sql.to_owned()).await;
    }
    ground.alert("one", &device('b')).await;
    gatherer.run_once().await.expect("the database is up");
    let kinds = "SELECT concat_ws(' ', kind, state, things) FROM quell.outbox ORDER BY id";
    assert_eq!(
        words(&mut ground, kinds).await,
        ["later.thing waiting 1", "containment.begun gathering 1"]
    );
    ground.pass(SignedDuration::from_secs(11)).await;
    let sink = Sink::answering(&[200]).await;
    let deliverer = deliverer(&ground, "soc", webhook(&sink));
    assert_eq!(step(&deliverer).await, Step::Failed);
    assert_eq!(step(&deliverer).await, Step::Delivered);
    let why = words(
        &mut ground,
        "SELECT last_error FROM quell.outbox WHERE state = 'waiting'",
    )
    .await;
    assert!(
        why[0].starts_with("this version cannot read it") && why[0].contains("later.thing"),
        "{why:?}"
    );
    ground.pass(SignedDuration::from_hours(25)).await;
    assert_eq!(step(&deliverer).await, Step::Failed);
    assert_eq!(step(&deliverer).await, Step::Idle(None));
    gatherer.run_once().await.expect("the database is up");
    let left = "SELECT state FROM quell.outbox UNION ALL SELECT 'news' FROM quell.news ORDER BY 1";
    assert_eq!(words(&mut ground, left).await, ["delivered", "failed"]);
    ground.close().await;
}

#[tokio::test]
async fn what_was_tried_before_a_message_is_sent_again_stays_and_a_late_answer_changes_nothing() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let gatherer = gatherer(&ground, vec![wants("soc", &[Topic::Acted])]).await;
    ground.alert("one", &device('a')).await;
    gatherer.run_once().await.expect("the database is up");
    ground.pass(SignedDuration::from_secs(11)).await;
    let sink = Sink::answering(&[500, 500]).await;
    let deliverer = deliverer(&ground, "soc", webhook(&sink));
    assert_eq!(step(&deliverer).await, Step::Failed);
    ground.pass(SignedDuration::from_hours(25)).await;
    assert_eq!(step(&deliverer).await, Step::Failed);
    assert_eq!(step(&deliverer).await, Step::Idle(None));
    let store = ground.store.clone();
    let id = words(&mut ground, "SELECT id::text FROM quell.outbox").await;
    let id = id[0].parse().expect("an id");
    let again = store.notification_resend(ground.tenant, id, ("ann", "it is back"), DAY);
    assert_eq!(
        again.await.expect("the database is up").as_deref(),
        Some("failed")
    );
    // What the second try of before says now.
    let late = Try { number: 2, before: 0 };
    store
        .outbox_delivered(id, late)
        .await
        .expect("the database is up");
    let claimed = store
        .outbox_claim(&[ground.tenant], "soc", Duration::from_secs(60))
        .await;
    let Ok(Claim::Due(claimed)) = claimed else {
        panic!("it is sent again: {claimed:?}");
    };
    assert_eq!(
        (claimed.attempt, claimed.attempt.nth()),
        (Try { number: 3, before: 2 }, 1)
    );
    let given_up = store.outbox_failed(id, claimed.attempt, "it answered 502", Duration::from_secs(5));
    assert!(!given_up.await.expect("the database is up"));
    let found = store
        .notification(ground.tenant, id)
        .await
        .expect("the database is up");
    let found = found.expect("it is there");
    let now = &found.notification;
    assert_eq!(
        (now.state.as_str(), now.tries, now.last_error.as_deref()),
        ("waiting", 3, Some("it answered 502"))
    );
    let [earlier] = &found.earlier[..] else {
        panic!("{:?}", found.earlier);
    };
    assert_eq!(
        (earlier.tries, earlier.was.as_str(), earlier.last_error.as_deref()),
        (2, "failed", Some("it answered 500"))
    );
    assert!(earlier.ended_at.is_some());
    ground.close().await;
}
