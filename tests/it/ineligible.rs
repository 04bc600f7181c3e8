//! Which devices are not called: told by their facts when an event is decided, and again before the call.

use std::time::Duration;

use quell::domain::device::DeviceFacts;
use quell::domain::fact::Fact;
use quell::domain::verdict::Lane;
use quell::store::GateOutcome;

use crate::inventory::{good, is, listed, number};
use crate::support::Setup;
use crate::support::alert::{alert, restrict};
use crate::support::ground::{Ground, device, playbook};

#[tokio::test]
async fn an_ineligible_device_costs_no_call_whatever_makes_it_so() {
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let cases = [
        (
            '1',
            DeviceFacts {
                os: is("Ubuntu"),
                ..good()
            },
            "os",
        ),
        (
            '2',
            DeviceFacts {
                os: is("WindowsServer2016"),
                ..good()
            },
            "os",
        ),
        (
            '3',
            DeviceFacts {
                os: is("Windows10"),
                os_version: is("1703"),
                ..good()
            },
            "os_version",
        ),
        (
            '4',
            DeviceFacts {
                onboarding: is("CanBeOnboarded"),
                ..good()
            },
            "onboarding",
        ),
        (
            '5',
            DeviceFacts {
                health: is("NoSensorDataImpairedCommunication"),
                ..good()
            },
            "health",
        ),
        (
            '6',
            DeviceFacts {
                merged_into: is("another"),
                ..good()
            },
            "merged",
        ),
    ];
    for (name, facts, why) in cases {
        let id = device(name);
        ground.facts(&id, facts).await;
        ground.alert("malware", &id).await;
        assert_eq!(ground.decision().await, format!("skip ineligible.{why}"));
        assert!(ground.actions(&id).await.is_empty() && ground.containments(&id).await.is_empty());
    }
    assert_eq!(
        number(&mut ground, "SELECT count(*) FROM quell.attempts").await,
        0
    );
    // What is not known blocks nothing.
    let unknown = device('7');
    ground
        .facts(
            &unknown,
            DeviceFacts {
                tags: Fact::Is(Vec::new()),
                ..DeviceFacts::default()
            },
        )
        .await;
    ground.alert("malware", &unknown).await;
    assert_eq!(ground.decision().await, "act matched");
}

#[tokio::test]
async fn a_device_that_became_ineligible_is_not_called_and_a_person_looks_or_it_ends_as_failed() {
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let (mendable, gone, merged) = (device('a'), device('b'), device('c'));
    for id in [&mendable, &gone, &merged] {
        ground.facts(id, good()).await;
        ground.alert("malware", id).await;
        assert_eq!(ground.decision().await, "act matched");
    }
    let offboarded = DeviceFacts {
        onboarding: is("CanBeOnboarded"),
        ..good()
    };
    ground.facts(&mendable, offboarded).await;
    ground
        .facts(
            &merged,
            DeviceFacts {
                merged_into: is("another"),
                ..good()
            },
        )
        .await;
    ground
        .execute(format!(
            "UPDATE quell.devices SET is_unknown_to_defender = true WHERE device_id = '{gone}'"
        ))
        .await;
    while let (_, GateOutcome::Settled) = ground.ask_the_gate(Lane::Low).await {}
    assert!(ground.reserve().await.is_none(), "nothing is left to call");
    assert_eq!(
        number(&mut ground, "SELECT count(*) FROM quell.attempts").await,
        0
    );
    for id in [&mendable, &gone, &merged] {
        assert_eq!(ground.actions(id).await, ["restrict withdrawn"]);
    }
    assert_eq!(ground.containments(&mendable).await, ["malware active"]);
    assert_eq!(
        ground.attention(&mendable).await,
        ["the device is not onboarded, so nothing on it could carry the action out"]
    );
    assert_eq!(
        ground.attention(&gone).await,
        ["Defender does not know the device"]
    );
    assert_eq!(ground.containments(&merged).await, ["malware ended failed"]);
    let why = "SELECT error FROM quell.actions ORDER BY error".to_owned();
    assert_eq!(
        ground.words(why).await,
        [
            "ineligible.merged",
            "ineligible.not_in_inventory",
            "ineligible.onboarding"
        ]
    );
}

#[tokio::test]
async fn facts_that_are_too_old_say_nothing_of_whether_a_call_would_fail() {
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let id = device('a');
    ground.facts(&id, good()).await;
    ground.alert("malware", &id).await;
    ground
        .facts(
            &id,
            DeviceFacts {
                os: is("Ubuntu"),
                ..good()
            },
        )
        .await;
    ground
        .execute(
            "UPDATE quell.devices SET facts_fetched_at = facts_fetched_at - interval '61 minutes'".to_owned(),
        )
        .await;
    assert!(
        ground.reserve().await.is_some(),
        "nobody knows any more what it is"
    );
}

#[tokio::test]
async fn a_release_is_called_whatever_has_become_of_the_device() {
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let id = device('a');
    ground.facts(&id, good()).await;
    ground.alert("malware", &id).await;
    ground.call_succeeds().await;
    ground
        .facts(
            &id,
            DeviceFacts {
                merged_into: is("another"),
                os: is("Ubuntu"),
                ..good()
            },
        )
        .await;
    let released = ground
        .store
        .device_release(ground.tenant, &id, "anna", "done", false)
        .await;
    released.expect("it is up").expect("the device is known");
    let (_, grant) = ground.reserve().await.expect("the release may be called");
    assert_eq!(grant.device, id);
}

#[tokio::test]
async fn the_daemon_sweeps_and_spends_nothing_on_devices_that_cannot_be_restricted() {
    let playbook = restrict("p", "1h");
    let world = Setup::new(10, &[&playbook])
        .set("facts", "{inventory: {every: 1h, page: 500}}")
        .simulate(|simulator| {
            simulator.listed = 2_000;
            simulator.fleet.unsupported_os_percent = 50.0;
        })
        .start()
        .await;
    let minute = Duration::from_secs(60);
    let swept = "SELECT count(*) = 1 FROM quell.inventory_sweeps WHERE outcome = 'complete' AND fleet = 2000";
    world.until(minute, swept).await;
    let news: Vec<_> = (0..40)
        .map(|n| alert(&format!("a-{n}"), listed(n).as_str()))
        .collect();
    world.send(&news).await;
    world
        .until(minute, "SELECT count(*) = 40 FROM quell.decisions")
        .await;
    world.until_idle(minute).await;
    let skipped = world
        .number("SELECT count(*) FROM quell.decisions WHERE kind = 'skip' AND reason = 'ineligible.os'")
        .await;
    let called = world
        .number("SELECT count(*) FROM quell.attempts WHERE kind = 'restrict'")
        .await;
    assert_eq!(skipped + called, 40, "each is called or ineligible");
    assert!((8..=32).contains(&skipped), "about half: {skipped}");
    world.finish().await;
}
