//! The terms of playbooks over time: what ends a containment early, who is told, what an answer would lift, and what a
//! changed playbook leaves as it was.

use jiff::SignedDuration;
use quell::domain::alert::Alert;
use quell::domain::decision::Cap;
use quell::domain::device::DeviceId;
use quell::domain::fact::Fact;
use quell::store::ContainmentChange;

use crate::support::ground::{Ground, asking_playbook, device, playbook};

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

/// The playbook `one`, whose restriction ends when its alerts are resolved.
fn until_resolved(playbook: &str) -> String {
    playbook.replace("{after: 4h}", "{after: 4h, when: alert_resolved}")
}

/// News of an alert that no playbook matches.
fn news(id: &str, status: &str) -> Alert {
    Alert {
        id: id.to_owned(),
        status: Fact::Is(status.to_owned()),
        category: Fact::Absent,
        ..Alert::default()
    }
}

/// An alert of category `one`.
fn matching(id: &str, status: &str) -> Alert {
    Alert {
        category: Fact::Is("one".to_owned()),
        ..news(id, status)
    }
}

async fn notifications(ground: &mut Ground) -> Vec<String> {
    let sql = "SELECT concat_ws(' ', receiver, occasion, playbook) FROM quell.notifications ORDER BY id";
    ground.words(sql.to_owned()).await
}

#[tokio::test]
async fn a_containment_ends_early_when_every_alert_behind_it_is_resolved() {
    // A resolved alert that matches keeps nothing open either: what counts is that all are resolved.
    for last in [news("b", "resolved"), matching("b", "resolved")] {
        let mut ground = Ground::new(&[until_resolved(&playbook("one"))]).await;
        let device = device('a');
        ground.news(matching("a", "new"), &device).await;
        ground.call_succeeds().await;
        ground.news(matching("b", "new"), &device).await;
        ground.news(news("a", "resolved"), &device).await;
        ground.news(news("c", "resolved"), &device).await;
        assert_eq!(
            ground.containments(&device).await,
            ["one active"],
            "one of two is open"
        );
        ground.news(last, &device).await;
        assert_eq!(ground.containments(&device).await, ["one ended alert_resolved"]);
        assert_eq!(
            ground.actions(&device).await,
            ["restrict succeeded", "release queued"]
        );
        let audit = ground.audit(&device).await;
        assert_eq!(audit[1], "ended decide: every alert behind it is resolved");
        ground.close().await;
    }
}

#[tokio::test]
async fn an_alert_that_is_opened_again_keeps_the_restriction_and_its_time_ends_it_at_the_latest() {
    let mut ground = Ground::new(&[until_resolved(&playbook("one"))]).await;
    let device = device('a');
    ground.news(matching("a", "new"), &device).await;
    ground.call_succeeds().await;
    ground.news(matching("b", "new"), &device).await;
    ground.news(news("a", "resolved"), &device).await;
    ground.news(news("a", "in_progress"), &device).await;
    ground.news(news("b", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one active"]);
    ground.pass(hours(4)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&device).await, ["one ended time"]);
    ground.close().await;
}

#[tokio::test]
async fn an_alert_that_is_not_behind_a_containment_ends_nothing_when_it_is_resolved() {
    let mut ground = Ground::new(&[until_resolved(&playbook("one"))]).await;
    let device = device('a');
    // What begins it is resolved already: so nothing behind it is open, and still no other alert's end is its own.
    ground.news(matching("a", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one active"]);
    ground.news(news("b", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one active"]);
    ground.news(news("a", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one ended alert_resolved"]);
    ground.close().await;
}

#[tokio::test]
async fn that_an_alert_was_resolved_before_it_was_opened_again_ends_nothing_when_it_comes_late() {
    let mut ground = Ground::new(&[until_resolved(&playbook("one"))]).await;
    let device = device('a');
    ground.news(matching("a", "new"), &device).await;
    let earlier = ground.store.now().await.expect("the database is up");
    let late = |id: &str| Alert {
        occurred_at: Fact::Is(earlier),
        ..news(id, "resolved")
    };
    ground.pass(SignedDuration::from_mins(10)).await;
    ground.news(news("a", "in_progress"), &device).await;
    ground.news(late("a"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one active"]);
    // The same when the alert began it only after that.
    ground.news(matching("b", "new"), &device).await;
    ground.news(late("b"), &device).await;
    ground.news(news("a", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one active"]);
    ground.news(news("b", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one ended alert_resolved"]);
    ground.close().await;
}

#[tokio::test]
async fn limits_that_cannot_be_read_keep_nothing_restricted_and_let_no_question_act() {
    let limits = "limits: [{devices: 9, per: 1h, otherwise: ask}]\n";
    let playbooks = [playbook("one") + limits, asking_playbook("two", "act") + limits];
    let mut ground = Ground::new(&playbooks).await;
    let (a, b) = (device('a'), device('b'));
    ground.alert("one", &a).await;
    ground.call_succeeds().await;
    ground.alert("two", &b).await;
    ground
        .execute(
            "UPDATE quell.containments SET limits = '[{\"written\": \"by another version\"}]'".to_owned(),
        )
        .await;
    ground.pass(hours(4)).await;
    let change = ground.expire().await;
    assert_eq!(change.failed, 0);
    assert_eq!(ground.containments(&a).await, ["one ended time"]);
    assert_eq!(ground.actions(&a).await, ["restrict succeeded", "release queued"]);
    assert_eq!(ground.containments(&b).await, ["two expired"]);
    ground.close().await;
}

#[tokio::test]
async fn a_question_that_nobody_answered_acts_for_no_playbook_that_does_not_enforce_any_more() {
    let asking = asking_playbook("one", "act");
    let mut ground = Ground::new(&[asking.clone(), playbook("two")]).await;
    let device = device('a');
    ground.alert("one", &device).await;
    ground
        .change(&[asking.replace("enforce", "observe"), playbook("two")])
        .await;
    ground.pass(hours(1)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&device).await, ["one expired"]);
    ground.close().await;
}

#[tokio::test]
async fn without_the_word_a_resolved_alert_ends_nothing() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let device = device('a');
    ground.news(matching("a", "new"), &device).await;
    ground.news(news("a", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one active"]);
    ground.close().await;
}

#[tokio::test]
async fn a_question_whose_alerts_are_all_resolved_is_declined_and_never_acts() {
    let mut ground = Ground::new(&[until_resolved(&asking_playbook("one", "act"))]).await;
    let device = device('a');
    ground.news(matching("a", "new"), &device).await;
    ground.news(news("a", "resolved"), &device).await;
    assert_eq!(ground.containments(&device).await, ["one declined"]);
    ground.pass(hours(1)).await;
    ground.expire().await;
    assert!(ground.actions(&device).await.is_empty());
    ground.close().await;
}

#[tokio::test]
async fn who_is_to_be_told_stands_in_the_outbox_with_what_happened() {
    let told = "notify: [{to: soc, on: [acted, asked, failed, released]}, {to: night, on: [released]}]\n";
    let one = playbook("one") + told;
    let two = asking_playbook("two", "skip") + told;
    let observing = playbook("three").replace("enforce", "observe") + told;
    let mut ground = Ground::new(&[one, two, observing]).await;
    let device = device('a');
    ground.alert("three", &device).await;
    assert!(
        notifications(&mut ground).await.is_empty(),
        "what is observed is told to nobody"
    );
    ground.alert("one", &device).await;
    assert_eq!(notifications(&mut ground).await, ["soc acted one"]);
    ground.alert("one", &device).await;
    ground.alert("two", &device).await;
    assert_eq!(
        notifications(&mut ground).await[1..],
        ["soc asked two"],
        "a second match is no news"
    );
    // The restrict is not sent in time: a person must look.
    ground.pass(hours(2)).await;
    ground.expire().await;
    assert_eq!(notifications(&mut ground).await[2..], ["soc failed one"]);
    ground.pass(hours(2)).await;
    ground.expire().await;
    assert_eq!(
        notifications(&mut ground).await[3..],
        ["soc released one", "night released one"]
    );
    let undelivered = "SELECT count(*)::text FROM quell.notifications WHERE delivered_at IS NULL".to_owned();
    assert_eq!(ground.words(undelivered).await, ["5"]);
    ground.close().await;
}

#[tokio::test]
async fn an_ask_says_what_an_approval_would_lift() {
    let limited = playbook("one") + "limits: [{devices: 1, per: 1h}]\n";
    let mut ground = Ground::new(&[limited, asking_playbook("two", "skip")]).await;
    ground.alert("one", &device('a')).await;
    ground.alert("one", &device('b')).await;
    ground.alert("two", &device('c')).await;
    let sql = "SELECT coalesce(ask_lifts, 'nothing') FROM quell.containments ORDER BY id".to_owned();
    assert_eq!(ground.words(sql).await, ["nothing", "limits[0]", "ask"]);
    ground.decider().rules.caps = vec![Cap::of(1, std::time::Duration::from_secs(3_600))];
    ground.pass(hours(2)).await;
    ground.alert("one", &device('d')).await;
    ground.alert("one", &device('e')).await;
    assert_eq!(
        ground.decision().await,
        "ask limits[0]",
        "its own limit comes first"
    );
    ground.alert("two", &device('f')).await;
    let sql = "SELECT coalesce(ask_lifts, 'nothing') FROM quell.containments ORDER BY id OFFSET 5".to_owned();
    assert_eq!(ground.words(sql).await, ["ask"]);
    ground.close().await;
}

#[tokio::test]
async fn an_unanswered_ask_that_would_act_counts_against_its_playbooks_limits() {
    let limited = asking_playbook("one", "act") + "limits: [{devices: 1, per: 1d}]\n";
    let mut ground = Ground::new(&[limited]).await;
    let (first, second) = (device('a'), device('b'));
    ground.alert("one", &first).await;
    ground.alert("one", &second).await;
    ground.pass(hours(1)).await;
    let done = ContainmentChange {
        activated: 1,
        expired: 1,
        ..ContainmentChange::default()
    };
    assert_eq!(ground.expire().await, done);
    assert_eq!(ground.containments(&first).await, ["one active"]);
    assert_eq!(ground.containments(&second).await, ["one expired"]);
    ground.close().await;
}

#[tokio::test]
async fn the_gate_holds_what_is_above_a_cap_that_was_lowered_and_lets_the_rest_go() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let devices: Vec<DeviceId> = "abc".chars().map(device).collect();
    for device in &devices {
        ground.alert("one", device).await;
    }
    ground.decider().context.gate.caps = vec![Cap::of(2, std::time::Duration::from_secs(3_600))];
    for _ in 0..2 {
        ground.call_succeeds().await;
    }
    assert!(ground.reserve().await.is_none(), "the third is above the cap");
    assert_eq!(ground.actions(&devices[2]).await, ["restrict withdrawn"]);
    assert_eq!(
        ground.attention(&devices[2]).await,
        ["more devices than caps[0] allows were contained before it"]
    );
    assert!(ground.attention(&devices[0]).await.is_empty());
    ground.close().await;
}

#[tokio::test]
async fn observed_containments_end_when_their_playbook_changes_its_mode() {
    let observing = |id: &str| playbook(id).replace("enforce", "observe");
    let mut ground = Ground::new(&[observing("one"), observing("two"), observing("three")]).await;
    let device = device('a');
    for id in ["one", "two", "three"] {
        ground.alert(id, &device).await;
    }
    // One enforces now, two is gone, three has another title.
    let three = observing("three").replace("title: Restrict", "title: Contain");
    ground.change(&[playbook("one"), three]).await;
    assert_eq!(
        ground.containments(&device).await,
        ["one ended mode", "two ended mode", "three active"]
    );
    ground.close().await;
}

#[tokio::test]
async fn a_changed_playbook_leaves_what_it_queued_and_the_release_terms_of_what_it_began() {
    let one = playbook("one").replace("{after: 4h}", "{after: 4h, restart_on: match}");
    let mut ground = Ground::new(std::slice::from_ref(&one)).await;
    let (sent, queued) = (device('a'), device('b'));
    ground.alert("one", &sent).await;
    ground.call_succeeds().await;
    ground.alert("one", &queued).await;
    ground.change(&[one.replace("4h", "1h")]).await;
    ground.call_succeeds().await;
    assert_eq!(
        ground.actions(&queued).await,
        ["restrict succeeded"],
        "under its own revision"
    );
    ground.pass(hours(3)).await;
    ground.alert("one", &sent).await;
    ground.pass(hours(2)).await;
    ground.expire().await;
    assert_eq!(
        ground.containments(&sent).await,
        ["one active"],
        "restarted with its own four hours"
    );
    ground.pass(hours(2)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&sent).await, ["one ended time"]);
    ground.close().await;
}

#[tokio::test]
async fn news_that_releases_begins_nothing_whatever_the_playbooks_names() {
    let release = |id: &str| {
        format!(
            "id: {id}\ntitle: Release\nowner: soc@example.com\nmode: enforce\nif_unknown: skip\n\
             when: {{alert.classification: FalsePositive}}\n\
             then:\n  - release_app_restriction: {{comment: \"alert {{alert.id}}\"}}\n"
        )
    };
    for id in ["a-release", "z-release"] {
        let mut ground = Ground::new(&[playbook("one"), release(id)]).await;
        let device = device('a');
        ground.news(matching("a", "new"), &device).await;
        ground.call_succeeds().await;
        let both = Alert {
            classification: Fact::Is("FalsePositive".to_owned()),
            ..matching("b", "new")
        };
        ground.news(both, &device).await;
        assert_eq!(
            ground.containments(&device).await,
            ["one ended release_playbook"],
            "{id}"
        );
        assert_eq!(
            ground.actions(&device).await,
            ["restrict succeeded", "release queued"]
        );
        ground.close().await;
    }
}
