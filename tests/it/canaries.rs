//! Canaries and limits over time: who acts, who is observed, and how a playbook falls back by itself.

use quell::domain::alert::Alert;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;

use crate::support::ground::{Ground, device, playbook};

/// The playbook `one`, which acts on devices of group `pilot` alone, at most two an hour.
fn in_canary() -> String {
    playbook("one") + "canary: {groups: [pilot]}\nlimits: [{devices: 2, per: 1h}]\n"
}

/// Ends what is restricted when the alert is classified as a false positive.
fn release() -> String {
    "id: release\ntitle: Release\nowner: soc@example.com\nmode: enforce\n\
     when: {alert.classification: FalsePositive}\nif_unknown: skip\n\
     then:\n  - release_app_restriction: {comment: \"alert {alert.id}\"}\n"
        .to_owned()
}

async fn in_group(ground: &mut Ground, group: &str, devices: &[DeviceId]) {
    for device in devices {
        let facts = DeviceFacts {
            group: Fact::Is(group.to_owned()),
            ..DeviceFacts::default()
        };
        ground.facts(device, facts).await;
    }
}

fn false_positive() -> Alert {
    Alert {
        classification: Fact::Is("FalsePositive".to_owned()),
        category: Fact::Absent,
        ..Alert::default()
    }
}

async fn fallbacks(ground: &mut Ground) -> Vec<String> {
    let sql = "SELECT playbook || ' ' || reason FROM quell.canary_fallbacks ORDER BY since";
    ground.words(sql.to_owned()).await
}

/// The containments of a device with their mode.
async fn containments(ground: &mut Ground, device: &DeviceId) -> Vec<String> {
    let sql = format!(
        "SELECT concat_ws(' ', mode, state, end_reason) FROM quell.containments WHERE device_id = '{device}' ORDER BY id"
    );
    ground.words(sql).await
}

#[tokio::test]
async fn a_device_outside_the_canary_is_observed_and_never_called() {
    let mut ground = Ground::new(&[in_canary()]).await;
    let (pilot, other) = (device('a'), device('b'));
    in_group(&mut ground, "Pilot", std::slice::from_ref(&pilot)).await;
    in_group(&mut ground, "sales", std::slice::from_ref(&other)).await;
    ground.alert("one", &other).await;
    assert_eq!(ground.decision().await, "observe canary");
    assert_eq!(containments(&mut ground, &other).await, ["observe active"]);
    assert!(ground.reserve().await.is_none(), "nothing is called");
    ground.alert("one", &pilot).await;
    assert_eq!(ground.decision().await, "act matched");
    assert_eq!(containments(&mut ground, &pilot).await, ["enforce active"]);
    ground.call_succeeds().await;
    assert!(ground.actions(&other).await.is_empty());
    ground.close().await;
}

#[tokio::test]
async fn a_playbook_in_its_canary_falls_back_when_a_limit_is_hit_and_a_changed_revision_starts_anew() {
    let mut ground = Ground::new(&[in_canary()]).await;
    let devices: Vec<DeviceId> = "abcde".chars().map(device).collect();
    in_group(&mut ground, "pilot", &devices).await;
    for device in &devices[..2] {
        ground.alert("one", device).await;
        assert_eq!(ground.decision().await, "act matched");
    }
    ground.call_succeeds().await;
    ground.alert("one", &devices[2]).await;
    assert_eq!(ground.decision().await, "observe canary.limits[0]");
    assert_eq!(fallbacks(&mut ground).await, ["one canary.limits[0]"]);
    let status = ground.store.status(ground.tenant, ground.gate()).await;
    let told = status.expect("the database is up").fallbacks;
    assert_eq!((told.len(), told[0].reason.as_str()), (1, "canary.limits[0]"));
    // What was sent stays; what was not sent is not sent any more.
    assert!(ground.reserve().await.is_none());
    assert_eq!(ground.containments(&devices[0]).await, ["one active"]);
    assert_eq!(ground.containments(&devices[1]).await, ["one ended mode"]);
    // Room in the window does not bring it back.
    ground.pass(jiff::SignedDuration::from_hours(2)).await;
    in_group(&mut ground, "pilot", &devices).await;
    ground.alert("one", &devices[3]).await;
    assert_eq!(ground.decision().await, "observe canary.limits[0]");
    // A changed revision does.
    ground
        .change(&[in_canary().replace("devices: 2", "devices: 9")])
        .await;
    ground.alert("one", &devices[4]).await;
    assert_eq!(ground.decision().await, "act matched");
    let status = ground.store.status(ground.tenant, ground.gate()).await;
    assert!(status.expect("the database is up").fallbacks.is_empty());
    ground.close().await;
}

#[tokio::test]
async fn the_second_false_positive_lets_a_playbook_in_its_canary_fall_back() {
    let mut ground = Ground::new(&[in_canary(), release()]).await;
    let devices: Vec<DeviceId> = "abc".chars().map(device).collect();
    in_group(&mut ground, "pilot", &devices).await;
    ground.alert("one", &devices[0]).await;
    ground.news(false_positive(), &devices[0]).await;
    assert_eq!(
        ground.containments(&devices[0]).await,
        ["one ended release_playbook"]
    );
    assert!(fallbacks(&mut ground).await.is_empty(), "one may be");
    ground.alert("one", &devices[1]).await;
    ground.news(false_positive(), &devices[1]).await;
    assert_eq!(fallbacks(&mut ground).await, ["one canary.false_positives"]);
    ground.pass(jiff::SignedDuration::from_hours(2)).await;
    in_group(&mut ground, "pilot", &devices).await;
    ground.alert("one", &devices[2]).await;
    assert_eq!(ground.decision().await, "observe canary.false_positives");
    ground.close().await;
}

#[tokio::test]
async fn an_operator_says_what_was_a_false_positive_and_a_release_without_that_word_is_none() {
    for (said, fell) in [(true, 1), (false, 0)] {
        let mut ground = Ground::new(&[in_canary()]).await;
        let devices = [device('a'), device('b')];
        in_group(&mut ground, "pilot", &devices).await;
        for device in &devices {
            ground.alert("one", device).await;
            let done = ground
                .store
                .device_release(ground.tenant, device, "anna", "seen", said)
                .await;
            assert_eq!(
                done.expect("the database is up").map(|done| done.ended.len()),
                Some(1)
            );
        }
        assert_eq!(fallbacks(&mut ground).await.len(), fell);
        let marked = "SELECT count(*)::text FROM quell.containments WHERE false_positive".to_owned();
        assert_eq!(ground.words(marked).await, [(2 * fell).to_string()]);
        ground.close().await;
    }
}

#[tokio::test]
async fn a_playbook_without_a_canary_never_falls_back() {
    let limited = playbook("one") + "limits: [{devices: 2, per: 1h}]\n";
    let mut ground = Ground::new(&[limited, release()]).await;
    for c in "abc".chars() {
        ground.alert("one", &device(c)).await;
    }
    assert_eq!(ground.decision().await, "ask limits[0]");
    for c in "ab".chars() {
        ground.news(false_positive(), &device(c)).await;
    }
    assert!(fallbacks(&mut ground).await.is_empty());
    ground.close().await;
}

#[tokio::test]
async fn a_part_of_the_fleet_limits_when_its_size_is_known_and_asks_when_it_is_not() {
    let limited = playbook("one") + "limits: [{percent_of_fleet: 2, per: 1d}]\n";
    let mut ground = Ground::new(&[limited]).await;
    ground.alert("one", &device('a')).await;
    assert_eq!(ground.decision().await, "ask limits[0].fleet_unknown");
    ground.decider().context.fleet = Some(50);
    ground.alert("one", &device('b')).await;
    assert_eq!(ground.decision().await, "act matched");
    ground.alert("one", &device('c')).await;
    assert_eq!(ground.decision().await, "ask limits[0]");
    ground.close().await;
}

#[tokio::test]
async fn a_revoked_revision_begins_nothing_and_sends_nothing_any_more() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let (sent, queued, new) = (device('a'), device('b'), device('c'));
    ground.alert("one", &sent).await;
    ground.call_succeeds().await;
    ground.alert("one", &queued).await;
    let revision = "SELECT revision FROM quell.playbook_revisions".to_owned();
    let revision = ground.words(revision).await.remove(0);
    for first in [true, false] {
        let revoked = ground
            .store
            .revision_revoke(ground.tenant, "one", &revision, "anna", "it is wrong")
            .await;
        assert_eq!(revoked.expect("the database is up"), first, "once");
    }
    assert!(ground.reserve().await.is_none());
    assert_eq!(ground.actions(&queued).await, ["restrict withdrawn"]);
    assert_eq!(ground.containments(&queued).await, ["one ended mode"]);
    assert_eq!(
        ground.containments(&sent).await,
        ["one active"],
        "it ends by its own terms"
    );
    ground.alert("one", &new).await;
    assert_eq!(ground.decision().await, "observe revoked");
    ground.close().await;
}

/// A restrict that `one` queued, whose alert was resolved since, and that `two` wants by now.
async fn wanted_by_another(ground: &mut Ground, device: &DeviceId) {
    let news = |status: &str, category: &str| Alert {
        id: category.to_owned(),
        status: Fact::Is(status.to_owned()),
        category: Fact::Is(category.to_owned()),
        ..Alert::default()
    };
    ground.news(news("new", "one"), device).await;
    ground.news(news("new", "two"), device).await;
    let resolved = Alert {
        category: Fact::Absent,
        ..news("resolved", "one")
    };
    ground.news(resolved, device).await;
}

/// The playbook `one`, whose restrictions end when their alert is resolved.
fn until_resolved() -> String {
    playbook("one").replace("{after: 4h}", "{after: 4h, when: alert_resolved}")
}

#[tokio::test]
async fn a_queued_restrict_is_judged_by_the_cause_that_is_left() {
    let mut ground = Ground::new(&[until_resolved(), playbook("two")]).await;
    let device = device('a');
    wanted_by_another(&mut ground, &device).await;
    let two = playbook("two").replace("mode: enforce", "mode: observe");
    ground.change(&[until_resolved(), two]).await;
    assert!(ground.reserve().await.is_none(), "nothing enforces it any more");
    assert_eq!(ground.actions(&device).await, ["restrict withdrawn"]);
    assert_eq!(
        ground.containments(&device).await,
        ["one ended alert_resolved", "two ended mode"]
    );
    ground.close().await;
}

#[tokio::test]
async fn a_match_of_a_later_revision_begins_anew_where_a_revoked_one_was_never_sent() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    let (queued, sent) = (device('a'), device('b'));
    ground.alert("one", &sent).await;
    ground.call_succeeds().await;
    ground.alert("one", &queued).await;
    let revision = "SELECT DISTINCT revision FROM quell.containments".to_owned();
    let revision = ground.words(revision).await.remove(0);
    ground.change(&[playbook("one").replace("4h", "5h")]).await;
    let revoked = ground
        .store
        .revision_revoke(ground.tenant, "one", &revision, "anna", "it is wrong");
    assert!(revoked.await.expect("the database is up"));
    ground.alert("one", &queued).await;
    assert_eq!(
        ground.containments(&queued).await,
        ["one ended mode", "one active"]
    );
    let (_, granted) = ground.reserve().await.expect("the later one restricts");
    assert_eq!(granted.device, queued);
    ground.alert("one", &sent).await;
    assert_eq!(
        ground.containments(&sent).await,
        ["one active"],
        "what is restricted ends by its own terms"
    );
    ground.close().await;
}

#[tokio::test]
async fn a_revoked_revision_does_not_end_what_a_later_one_began() {
    let first = until_resolved();
    let mut ground = Ground::new(&[first.clone(), playbook("two")]).await;
    let device = device('a');
    let revision = "SELECT revision FROM quell.playbook_revisions WHERE playbook = 'one'".to_owned();
    let revision = ground.words(revision).await.remove(0);
    wanted_by_another(&mut ground, &device).await;
    // What was queued goes on for the other playbook; then a later revision begins its own.
    let later = first.replace("4h", "5h");
    ground.change(&[later, playbook("two")]).await;
    ground.alert("one", &device).await;
    let revoked = ground
        .store
        .revision_revoke(ground.tenant, "one", &revision, "anna", "it is wrong");
    assert!(revoked.await.expect("the database is up"));
    ground.call_succeeds().await;
    assert_eq!(ground.actions(&device).await, ["restrict succeeded"]);
    assert_eq!(
        ground.containments(&device).await,
        ["one ended alert_resolved", "two active", "one active"]
    );
    ground.close().await;
}

#[tokio::test]
async fn an_event_waits_for_the_group_that_tells_whether_its_device_is_a_pilot() {
    let mut ground = Ground::new(&[in_canary()]).await;
    let pilot = device('a');
    ground.alert("one", &pilot).await;
    let decided = "SELECT count(*)::text FROM quell.decisions".to_owned();
    assert_eq!(ground.words(decided).await, ["0"]);
    in_group(&mut ground, "pilot", std::slice::from_ref(&pilot)).await;
    assert_eq!(
        ground.decider().run_once().await.expect("the database is up"),
        Some(1)
    );
    assert_eq!(ground.decision().await, "act matched");
    ground.close().await;
}

#[tokio::test]
async fn an_operator_revokes_a_revision_by_a_command_that_says_what_follows() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    let revision = "SELECT revision FROM quell.playbook_revisions".to_owned();
    let revision = ground.words(revision).await.remove(0);
    let shell = crate::operator::Shell::new(&ground.database.url);
    let named = format!("one@{}", &revision[..8]);
    for (what, reason, code, told) in [
        (named.as_str(), " ", 2, "`--reason` is empty"),
        ("one", "it is wrong", 2, "write the playbook and its revision"),
        ("one@ffffffff", "it is wrong", 1, "no revision of `one`"),
        (
            named.as_str(),
            "it is wrong",
            0,
            "only observes until it is changed",
        ),
        (named.as_str(), "it is wrong", 1, "was revoked already"),
    ] {
        let (got, out, said) = shell
            .run(&["playbooks", "revoke", what, "--reason", reason])
            .await;
        assert_eq!(got, Some(code), "{what}: {out}{said}");
        assert!((out + &said).contains(told), "{told}");
    }
    assert!(ground.reserve().await.is_none(), "what it queued is not called");
    let audit = "SELECT by || ': ' || reason FROM quell.transitions WHERE to_state = 'revoked'";
    assert_eq!(ground.words(audit.to_owned()).await, ["anna: it is wrong"]);
}
