//! What changed between the ask and the answer: nothing becomes active, the difference is told, and whoever looks again may
//! approve what is there, unless a guard refuses.

use jiff::SignedDuration;
use quell::domain::alert::Alert;
use quell::domain::decision::Cap;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::verdict::Mode;
use quell::store::approvals::Refusal;

use super::{Says, answer, asking, ground, no, refused, request_of, review, settle, sound, taken, yes};
use crate::support::ground::{Ground, asking_playbook, device};

fn tagged(tags: &[&str]) -> DeviceFacts {
    DeviceFacts {
        name: Fact::Is("web-1.corp.example".to_owned()),
        tags: Fact::Is(tags.iter().map(|tag| (*tag).to_owned()).collect()),
        risk: Fact::Is("low".to_owned()),
        group: Fact::Absent,
        value: Fact::Absent,
        ..DeviceFacts::default()
    }
}

async fn asked_of(ground: &mut Ground, tags: &[&str]) -> (DeviceId, quell::domain::approval::RequestNumber) {
    let a = device('a');
    ground.facts(&a, tagged(tags)).await;
    ground.alert("two", &a).await;
    let request = request_of(ground, &a).await;
    settle(ground).await;
    (a, request)
}

#[tokio::test]
async fn facts_that_changed_are_told_and_approved_only_by_whoever_looked_again() {
    let mut ground = ground(&[asking(1)]).await;
    let (a, request) = asked_of(&mut ground, &["lab"]).await;
    let old = review(&ground, request).await.token;
    ground.facts(&a, tagged(&["finance"])).await;
    let (refusal, said) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(
        (refusal, said.as_str()),
        (Refusal::Changed, "device.tags was lab and is finance")
    );
    let stale = Says {
        reviewed: Some(&old),
        ..yes("ann")
    };
    assert_eq!(
        refused(&answer(&ground, request, stale).await).0,
        Refusal::Changed
    );
    assert!(ground.actions(&a).await.is_empty());
    let new = review(&ground, request).await;
    assert_eq!(
        new.open[0].0.differences[0].to_string(),
        "device.tags was lab and is finance"
    );
    let looked = Says {
        reviewed: Some(&new.token),
        ..yes("ann")
    };
    assert_eq!(taken(&answer(&ground, request, looked).await), ["activated"]);
    sound(ground).await;
}

#[tokio::test]
async fn what_nobody_goes_by_may_change_and_saying_no_needs_no_second_look() {
    let mut ground = ground(&[asking(1)]).await;
    let (a, request) = asked_of(&mut ground, &["lab"]).await;
    let risen = DeviceFacts {
        risk: Fact::Is("high".to_owned()),
        last_seen: Fact::Absent,
        ..tagged(&["lab"])
    };
    ground.facts(&a, risen).await;
    assert!(review(&ground, request).await.open[0].0.differences.is_empty());
    ground.facts(&a, tagged(&["other"])).await;
    assert_eq!(taken(&answer(&ground, request, no("ann")).await), ["declined"]);
    sound(ground).await;
}

#[tokio::test]
async fn approvals_of_different_states_do_not_add_up() {
    let mut ground = ground(&[asking(2)]).await;
    let (a, request) = asked_of(&mut ground, &["lab"]).await;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["approved"]);
    ground.facts(&a, tagged(&["finance"])).await;
    let token = review(&ground, request).await.token;
    let looked = |who| Says {
        reviewed: Some(&token),
        ..yes(who)
    };
    assert_eq!(
        taken(&answer(&ground, request, looked("bob")).await),
        ["approved"]
    );
    assert_eq!(
        ground.containments(&a).await,
        ["two asked"],
        "ann approved something else"
    );
    // She may look again too: that is no other answer.
    assert_eq!(
        taken(&answer(&ground, request, looked("ann")).await),
        ["activated"]
    );
    sound(ground).await;
}

#[tokio::test]
async fn a_changed_or_revoked_playbook_is_approved_by_no_look() {
    for (revoked, refusal, why) in [
        (false, Refusal::Changed, "playbook `two` was "),
        (
            true,
            Refusal::Guard,
            "playbook `two` was revoked in this revision",
        ),
    ] {
        let mut ground = ground(&[asking(1)]).await;
        let (a, request) = asked_of(&mut ground, &[]).await;
        if revoked {
            let sql = "SELECT revision FROM quell.playbook_revisions".to_owned();
            let revision = ground.words(sql).await.remove(0);
            let done = ground
                .store
                .revision_revoke(ground.tenant, "two", &revision, "dora", "it is wrong");
            assert!(done.await.expect("the database is up"));
        } else {
            ground
                .change(&[asking(1).replace("title: Restrict", "title: Changed")])
                .await;
        }
        let token = review(&ground, request).await.token;
        let looked = Says {
            reviewed: Some(&token),
            ..yes("ann")
        };
        for says in [yes("ann"), looked] {
            let (got, said) = refused(&answer(&ground, request, says).await);
            assert_eq!(got, refusal);
            assert!(said.starts_with(why), "{said}");
        }
        assert_eq!(ground.containments(&a).await, ["two asked"]);
        sound(ground).await;
    }
}

#[tokio::test]
async fn guards_refuse_whoever_approves_and_whatever_he_looked_at() {
    let mut ground = ground(&[asking(1)]).await;
    let (a, request) = asked_of(&mut ground, &["tier-0"]).await;
    ground.decider().context.gate.never.tags = vec!["Tier-0".to_owned()];
    let token = review(&ground, request).await.token;
    let looked = || Says {
        reviewed: Some(&token),
        ..yes("ann")
    };
    for says in [yes("ann"), looked()] {
        let (refusal, said) = refused(&answer(&ground, request, says).await);
        assert_eq!(
            (refusal, said.as_str()),
            (Refusal::Guard, "protected by never.tags")
        );
    }
    ground.decider().context.gate.never.tags.clear();
    ground.decider().context.gate.ceiling = Mode::Observe;
    let (refusal, said) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(
        (refusal, said.as_str()),
        (Refusal::Guard, "mode ceiling is observe")
    );
    ground.decider().context.gate.ceiling = Mode::Enforce;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["activated"]);
    assert_eq!(ground.containments(&a).await, ["two active"]);
    sound(ground).await;
}

#[tokio::test]
async fn an_alert_that_was_resolved_since_is_a_change() {
    let mut ground = ground(&[asking(1)]).await;
    let a = device('a');
    let news = |status: &str| Alert {
        id: "alert-x".to_owned(),
        status: Fact::Is(status.to_owned()),
        category: Fact::Is(if status == "new" { "two" } else { "none" }.to_owned()),
        ..Alert::default()
    };
    ground.news(news("new"), &a).await;
    let request = request_of(&mut ground, &a).await;
    settle(&mut ground).await;
    ground.news(news("in_progress"), &a).await;
    assert!(review(&ground, request).await.open[0].0.differences.is_empty());
    ground.news(news("resolved"), &a).await;
    let (refusal, said) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(
        (refusal, said.as_str()),
        (Refusal::Changed, "alert.status was open and is resolved")
    );
    let token = review(&ground, request).await.token;
    let looked = Says {
        reviewed: Some(&token),
        ..yes("ann")
    };
    assert_eq!(taken(&answer(&ground, request, looked).await), ["activated"]);
    sound(ground).await;
}

#[tokio::test]
async fn facts_too_old_to_be_believed_are_not_known_and_are_fetched_anew() {
    let long = asking(1).replace("within: 30m", "within: 6h");
    let mut ground = ground(&[long]).await;
    let (a, request) = asked_of(&mut ground, &["lab"]).await;
    ground.pass(SignedDuration::from_hours(2)).await;
    let (refusal, said) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(refusal, Refusal::Changed);
    assert!(said.ends_with(" (its facts are fetched anew)"), "{said}");
    let wanted = "SELECT (facts_wanted_at IS NOT NULL)::text FROM quell.devices";
    assert_eq!(ground.words(wanted.to_owned()).await, ["true"]);
    ground.facts(&a, tagged(&["lab"])).await;
    assert_eq!(taken(&answer(&ground, request, yes("ann")).await), ["activated"]);
    sound(ground).await;
}

#[tokio::test]
async fn limits_and_caps_hold_the_whole_answer_and_never_take_a_part_of_it() {
    let limited = asking(1) + "limits: [{devices: 2, per: 1h, otherwise: ask}]\n";
    let mut ground = ground(&[limited]).await;
    let (a, b, c) = (device('a'), device('b'), device('c'));
    for one in [&a, &b, &c] {
        ground.alert("two", one).await;
    }
    let request = request_of(&mut ground, &a).await;
    settle(&mut ground).await;
    let (refusal, said) = refused(&answer(&ground, request, yes("ann")).await);
    assert_eq!(refusal, Refusal::Guard);
    assert!(said.starts_with("beyond limits[0] of its playbook"), "{said}");
    let shown = review(&ground, request).await;
    let beyond: Vec<bool> = shown.open.iter().map(|(_, beyond)| beyond.is_some()).collect();
    assert_eq!(beyond, [false, false, true]);
    assert_eq!(
        ground
            .words("SELECT person FROM quell.approvals".to_owned())
            .await,
        [""; 0]
    );
    let per = std::time::Duration::from_secs(3_600);
    ground.decider().context.gate.caps = vec![Cap::of(1, per)];
    let two = [a.clone(), b.clone()];
    let only = |only| Says { only, ..yes("ann") };
    let (refusal, said) = refused(&answer(&ground, request, only(&two)).await);
    assert_eq!(refusal, Refusal::Guard);
    assert!(
        said.contains("beyond caps[0] of the installation: `quell caps lift`"),
        "{said}"
    );
    assert_eq!(
        taken(&answer(&ground, request, only(&two[..1])).await),
        ["activated"]
    );
    ground.decider().context.gate.caps.clear();
    assert_eq!(
        taken(&answer(&ground, request, only(&two[1..])).await),
        ["activated"]
    );
    assert_eq!(
        refused(&answer(&ground, request, yes("ann")).await).0,
        Refusal::Guard
    );
    assert_eq!(ground.containments(&c).await, ["two asked"]);
    sound(ground).await;
}

#[tokio::test]
async fn an_ask_because_of_a_limit_lifts_that_limit_for_its_device_and_a_cap_is_lifted_by_no_approval() {
    let limited =
        crate::support::ground::playbook("one") + "limits: [{devices: 1, per: 1h, otherwise: ask}]\n";
    let mut ground = ground(&[limited, asking_playbook("two", "skip")]).await;
    let (a, b, c) = (device('a'), device('b'), device('c'));
    ground.alert("one", &a).await;
    ground.alert("one", &b).await;
    let request = request_of(&mut ground, &b).await;
    ground.decider().rules.caps = vec![Cap::of(1, std::time::Duration::from_secs(3_600))];
    ground.alert("one", &c).await;
    settle(&mut ground).await;
    assert_eq!(
        taken(&answer(&ground, request, yes("soc@example.net")).await).len(),
        2
    );
    assert_eq!(ground.containments(&b).await, ["one active"]);
    // Held by a cap alone.
    let capped = crate::support::ground::playbook("four");
    ground.change(&[capped]).await;
    super::next_minute(&mut ground).await;
    ground.alert("four", &device('d')).await;
    let held = request_of(&mut ground, &device('d')).await;
    settle(&mut ground).await;
    let (refusal, said) = refused(&answer(&ground, held, yes("ann")).await);
    assert_eq!(refusal, Refusal::Guard);
    assert_eq!(
        said,
        "held by caps[0], which no approval lifts: `quell caps lift` does"
    );
    assert_eq!(taken(&answer(&ground, held, no("ann")).await), ["declined"]);
    sound(ground).await;
}

#[tokio::test]
async fn what_a_replaced_revision_asked_never_acts_because_nobody_answered() {
    let acting = asking_playbook("two", "act");
    let mut ground = ground(std::slice::from_ref(&acting)).await;
    ground.alert("two", &device('a')).await;
    ground.change(&[acting.replace("4h", "5h")]).await;
    ground.alert("two", &device('b')).await;
    ground.pass(SignedDuration::from_mins(31)).await;
    let change = ground.expire().await;
    assert_eq!((change.activated, change.expired), (1, 1), "{change:?}");
    assert_eq!(ground.containments(&device('a')).await, ["two expired"]);
    assert_eq!(ground.containments(&device('b')).await, ["two active"]);
    sound(ground).await;
}
