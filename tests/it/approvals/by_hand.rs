//! A restriction by hand against a protection: a second person approves it, and exactly that protection is lifted, for that
//! device, also where the gate looks again.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::store::approvals::Refusal;
use quell::store::{Extend, Extended, NewEnd};
use sqlx::Executor as _;

use super::{answer, ground, no, refused, request_of, sound, taken, yes};
use crate::support::ground::{Ground, device, playbook};

/// What `quell restrict --accept-risk` records.
async fn asked_by(ground: &mut Ground, person: &str, device: &DeviceId, risk: &str) {
    let sql = format!(
        "INSERT INTO quell.containments (id, tenant_id, device_id, state, mode, lane, comment, ask, ask_reason, ask_until, ask_lifts,
             release_after, begun_by, state_by, state_reason)
         VALUES (gen_random_uuid(), {}, '{device}', 'asked', 'enforce', 'high', 'by hand',
             '{{\"from\": [], \"approvals\": 1, \"within\": {{\"secs\": 1800, \"nanos\": 0}}, \"otherwise_act\": false}}', '{risk}',
             quell.now() + interval '30 min', '{risk}', interval '4 h', '{person}', '{person}', 'an intruder is on it')",
        ground.tenant.0
    );
    ground.execute(sql).await;
}

async fn protected() -> (Ground, DeviceId) {
    protected_from(&playbook("one")).await
}

async fn protected_from(playbook: &str) -> (Ground, DeviceId) {
    let mut ground = ground(&[playbook.to_owned()]).await;
    let a = device('a');
    let facts = DeviceFacts {
        name: Fact::Is("dc01.corp.example".to_owned()),
        tags: Fact::Is(vec!["tier-0".to_owned()]),
        ..DeviceFacts::default()
    };
    ground.facts(&a, facts).await;
    ground.decider().context.gate.never.tags = vec!["tier-0".to_owned()];
    (ground, a)
}

#[tokio::test]
async fn whoever_began_it_never_approves_it_and_the_database_itself_refuses_that() {
    let (mut ground, a) = protected().await;
    asked_by(&mut ground, "erik", &a, "never.tags").await;
    let request = request_of(&mut ground, &a).await;
    for erik in ["erik", "erik@contoso.com"] {
        let alone = super::Says {
            rules: super::rules(false),
            ..yes(erik)
        };
        let (refusal, said) = refused(&answer(&ground, request, alone).await);
        assert_eq!(refusal, Refusal::NotAllowed);
        assert_eq!(
            said,
            "nobody approves what he asked for himself: it takes a second person"
        );
    }
    let mut connection = ground.database.connect().await;
    let forced = connection
        .execute(
            "INSERT INTO quell.approvals (containment_id, tenant_id, person, answer, reason)
             SELECT id, tenant_id, 'Erik', 'approved', 'so be it' FROM quell.containments",
        )
        .await;
    let why = forced.expect_err("a trigger refuses it").to_string();
    assert!(why.contains("began containment"), "{why}");
    drop(connection);
    // He may take it back.
    assert_eq!(taken(&answer(&ground, request, no("erik")).await), ["declined"]);
    sound(ground).await;
}

#[tokio::test]
async fn a_second_person_lifts_exactly_the_named_protection_also_in_the_gate() {
    let (mut ground, a) = protected().await;
    asked_by(&mut ground, "erik", &a, "never.tags").await;
    let request = request_of(&mut ground, &a).await;
    // A single device: nothing can be added to it, so nobody has to name it.
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["activated"]);
    let risks = "SELECT array_to_string(accepted_risks, ' ') || ' ' || state_by FROM quell.containments";
    assert_eq!(ground.words(risks.to_owned()).await, ["never.tags ann"]);
    // Another list names it by the time it is called: that was accepted by nobody.
    ground.decider().context.gate.never.names = vec!["dc*".to_owned()];
    assert!(ground.reserve().await.is_none());
    assert_eq!(ground.actions(&a).await, ["restrict withdrawn"]);
    assert_eq!(ground.attention(&a).await, ["protected by never.names"]);
    sound(ground).await;

    let (mut ground, a) = protected().await;
    asked_by(&mut ground, "erik", &a, "never.tags").await;
    let request = request_of(&mut ground, &a).await;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["activated"]);
    ground.call_succeeds().await;
    assert_eq!(ground.actions(&a).await, ["restrict succeeded"]);
    sound(ground).await;
}

#[tokio::test]
async fn what_a_protection_forbade_does_not_outlive_the_time_that_was_approved() {
    let (mut ground, a) = protected_from(&playbook("one").replace("4h", "9h")).await;
    ground.alert("one", &a).await;
    assert!(ground.reserve().await.is_none());
    assert_eq!(ground.attention(&a).await, ["protected by never.tags"]);
    asked_by(&mut ground, "erik", &a, "never.tags").await;
    let request = request_of(&mut ground, &a).await;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["activated"]);
    ground.call_succeeds().await;
    ground.pass(SignedDuration::from_mins(241)).await;
    assert_eq!(ground.expire().await.ended, 1, "four hours were approved");
    assert_eq!(
        ground.actions(&a).await,
        ["restrict withdrawn", "restrict succeeded", "release queued"]
    );
    ground.call_succeeds().await;
    sound(ground).await;
}

#[tokio::test]
async fn a_protection_that_was_not_named_refuses_the_approval() {
    let (mut ground, a) = protected().await;
    ground.decider().context.gate.never.names = vec!["dc*".to_owned()];
    asked_by(&mut ground, "erik", &a, "never.tags").await;
    let request = request_of(&mut ground, &a).await;
    let (refusal, said) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(
        (refusal, said.as_str()),
        (Refusal::Guard, "protected by never.names")
    );
    // The facts that were there when he asked are what the answer is bound to.
    ground.decider().context.gate.never.names.clear();
    let facts = DeviceFacts {
        name: Fact::Is("web-1".to_owned()),
        tags: Fact::Is(vec!["tier-0".to_owned()]),
        ..DeviceFacts::default()
    };
    ground.facts(&a, facts).await;
    let (refusal, said) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(refusal, Refusal::Changed);
    assert_eq!(said, "device.name was dc01.corp.example and is web-1");
    sound(ground).await;
}

#[tokio::test]
async fn what_a_second_person_approved_is_made_longer_by_nobody_alone() {
    let (mut ground, a) = protected().await;
    asked_by(&mut ground, "erik", &a, "never.tags").await;
    let request = request_of(&mut ground, &a).await;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["activated"]);
    let id = ground
        .words("SELECT id::text FROM quell.containments".to_owned())
        .await;
    let containment = id[0].parse().expect("an id");
    let until = ground.store.now().await.expect("the database is up") + SignedDuration::from_hours(1);
    let mut done = Vec::new();
    for end in [NewEnd::By(Duration::from_secs(60)), NewEnd::At(until)] {
        let extend = Extend {
            containment,
            end,
            may_shorten: true,
            by: "erik",
            reason: "a test",
        };
        let extended = ground.store.containment_extend(ground.tenant, &extend).await;
        done.push(extended.expect("the database is up"));
    }
    assert_eq!(done[0], Extended::Approved);
    assert!(
        matches!(done[1], Extended::Done { .. }),
        "an earlier end takes one person"
    );
    sound(ground).await;
}
