//! What drives restrictions on many devices, and whom a source is trusted to be: counted over replicas, asked, paged.

use std::time::Duration;

use quell::domain::alert::Alert;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::surge::{Administrators, Surge};
use quell::domain::trust::Trust;

use crate::support::ground::{Ground, asking_playbook, device, playbook};

const HOUR: Duration = Duration::from_secs(3_600);

fn nth(n: usize) -> DeviceId {
    DeviceId::from_stored(format!("{n:040x}"))
}

/// An alert that `one` matches, on a user.
fn on(user: &str) -> Alert {
    Alert {
        category: Fact::Is("one".to_owned()),
        title: Fact::Is("Ransomware".to_owned()),
        user: Fact::Is(user.to_owned()),
        ..Alert::default()
    }
}

#[tokio::test]
async fn what_nobody_answered_acts_on_as_many_devices_of_one_user_as_may_be_and_then_ends() {
    let mut ground = Ground::new(&[asking_playbook("one", "act")]).await;
    let surge = Surge {
        per: HOUR,
        per_user: Some(2),
        ..Surge::default()
    };
    let decider = ground.decider();
    decider.rules.surge = surge.clone();
    decider.context.gate.surge = surge;
    for n in 0..5 {
        ground.news(on("ana"), &nth(n)).await;
        assert_eq!(ground.decision().await, "ask ask", "nothing is restricted yet");
    }
    ground.news(on("eve"), &nth(9)).await;
    ground.pass(jiff::SignedDuration::from_mins(31)).await;
    let change = ground.expire().await;
    assert_eq!((change.activated, change.expired), (3, 3), "{change:?}");
    assert_eq!(ground.containments(&nth(9)).await, ["one active"]);
    crate::approvals::sound(ground).await;
}

async fn bounded(surge: Surge) -> Ground {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.decider().rules.surge = Surge { per: HOUR, ..surge };
    ground
}

#[tokio::test]
async fn alerts_on_one_user_restrict_so_many_devices_and_then_ask_once_paged() {
    let mut ground = bounded(Surge {
        per_user: Some(2),
        ..Surge::default()
    })
    .await;
    for n in 0..2 {
        ground.news(on("CONTOSO\\ana"), &nth(n)).await;
        assert_eq!(ground.decision().await, "act matched");
    }
    for n in 2..5 {
        ground.news(on("contoso\\Ana"), &nth(n)).await;
        assert_eq!(ground.decision().await, "ask surge.user");
    }
    ground.news(on("contoso\\ana"), &nth(0)).await;
    assert_eq!(
        ground.decision().await,
        "act matched",
        "that device counts already"
    );
    ground.news(on("contoso\\eve"), &nth(9)).await;
    assert_eq!(ground.decision().await, "act matched");
    let sql = "SELECT told FROM quell.alarms WHERE kind = 'surge'".to_owned();
    let told = ground.words(sql).await;
    assert_eq!(
        told,
        [
            "alerts on one user drive restrictions on more devices than they may: a person is asked for each further one"
        ]
    );
    let sql = "SELECT DISTINCT coalesce(ask_lifts, 'nothing') FROM quell.containments WHERE state = 'asked'"
        .to_owned();
    assert_eq!(
        ground.words(sql).await,
        ["surge.user"],
        "an approval lifts it, for its device"
    );
    ground.pass(jiff::SignedDuration::from_mins(61)).await;
    ground.news(on("contoso\\ana"), &nth(12)).await;
    assert_eq!(ground.decision().await, "act matched", "the window has passed");
    ground.close().await;
}

#[tokio::test]
async fn one_batch_counts_its_own_and_one_source_is_bounded_too() {
    let mut ground = bounded(Surge {
        per_source: Some(3),
        ..Surge::default()
    })
    .await;
    for n in 0..7 {
        ground.accept(on(&format!("user-{n}")), &nth(n)).await;
    }
    ground.decider().run_once().await.expect("the database is up");
    let sql = "SELECT kind || ' ' || reason FROM quell.decisions ORDER BY 1".to_owned();
    let asked = ["ask surge.source"; 4];
    let acted = ["act matched"; 3];
    assert_eq!(ground.words(sql).await, [&acted[..], &asked[..]].concat());
    ground.close().await;
}

#[tokio::test]
async fn a_device_of_administrators_asks() {
    let mut ground = bounded(Surge {
        administrators: Administrators {
            groups: vec!["Admins".to_owned()],
            ..Administrators::default()
        },
        ..Surge::default()
    })
    .await;
    for (n, group, decided) in [
        (0, "ＡＤＭＩＮＳ", "ask surge.administrators"),
        (1, "sales", "act matched"),
    ] {
        let facts = DeviceFacts {
            group: Fact::Is(group.to_owned()),
            ..DeviceFacts::default()
        };
        ground.facts(&nth(n), facts).await;
        ground.news(on("ana"), &nth(n)).await;
        assert_eq!(ground.decision().await, decided);
    }
    ground.close().await;
}

#[tokio::test]
async fn a_source_does_what_it_is_trusted_to_and_no_more() {
    let mut ground = Ground::new(&[
        playbook("one").replace("{after: 4h}", "{after: 4h, when: alert_resolved}"),
        asking_playbook("two", "act"),
    ])
    .await;
    for (trust, decided) in [
        (Trust::Act, "act matched"),
        (Trust::AskRate, "ask trust.rate"),
        (Trust::Ask, "ask trust.ask"),
        (Trust::Observe, "observe trust.observe"),
    ] {
        let n = trust as usize;
        ground
            .accept(
                Alert {
                    id: format!("alert-{trust:?}"),
                    ..on("ana")
                },
                &nth(n),
            )
            .await;
        ground
            .execute(format!(
                "UPDATE quell.events SET trust = '{}' WHERE alert_id = 'alert-{trust:?}'",
                trust.as_str()
            ))
            .await;
        ground.decider().run_once().await.expect("the database is up");
        assert_eq!(ground.decision().await, decided);
    }
    let sql = "SELECT state || ' ' || mode FROM quell.containments ORDER BY id".to_owned();
    assert_eq!(
        ground.words(sql).await,
        [
            "active enforce",
            "asked enforce",
            "asked enforce",
            "active observe"
        ]
    );
    // It cannot say that an alert is resolved either.
    let resolved = Alert {
        id: "alert-Act".to_owned(),
        status: Fact::Is("resolved".to_owned()),
        ..on("ana")
    };
    ground.accept(resolved, &nth(0)).await;
    ground
        .execute("UPDATE quell.events SET trust = 'observe' WHERE status = 'resolved'".to_owned())
        .await;
    ground.decider().run_once().await.expect("the database is up");
    let sql = format!(
        "SELECT state FROM quell.containments WHERE mode = 'enforce' AND device_id = '{}'",
        nth(0)
    );
    assert_eq!(ground.words(sql).await, ["active"]);
    // Nor does silence act where it asked.
    let device = device('a');
    let two = Alert {
        category: Fact::Is("two".to_owned()),
        ..on("ana")
    };
    ground.accept(two, &device).await;
    ground
        .execute("UPDATE quell.events SET trust = 'ask' WHERE category = 'two'".to_owned())
        .await;
    ground.decider().run_once().await.expect("the database is up");
    ground.pass(jiff::SignedDuration::from_mins(31)).await;
    ground.expire().await;
    assert_eq!(ground.containments(&device).await, ["two expired"]);
    ground.close().await;
}
