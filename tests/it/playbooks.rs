//! What playbooks and guards say is what happens at Defender, and nothing else does.

use std::time::Duration;

use quell::simulator::{DeviceOverride, Faults};
use serde_json::{Value, json};

use crate::support::alert::{RELEASE, alert, device, resolved, restrict, storm, storm_playbook};
use crate::support::{Setup, World, throughout};

const SCALE: u32 = 100;
const SOON: Duration = Duration::from_secs(30);

/// The kinds and reasons of all decisions, in the order of the events.
async fn decisions(world: &World, count: usize) -> Vec<String> {
    world
        .until(SOON, &format!("SELECT count(*) = {count} FROM quell.decisions"))
        .await;
    world
        .texts("SELECT kind || ' ' || reason FROM quell.decisions ORDER BY decided_at, event_id")
        .await
}

fn special(device: DeviceOverride) -> impl FnOnce(&mut quell::simulator::Options) {
    move |simulator| {
        simulator.devices.insert(crate::support::alert::device(1), device);
    }
}

#[tokio::test]
async fn a_device_whose_tags_cannot_be_fetched_asks_and_an_unanswered_ask_calls_nothing() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .set("never", "{tags: [tier-0]}")
        .set("approvals", "{default: {within: 5m}}")
        .simulate(|simulator| {
            simulator.faults = Faults {
                http_503_before_processing_percent: 100.0,
                ..Faults::default()
            };
        })
        .start()
        .await;
    world.send(&[alert("a", &device(1))]).await;
    assert_eq!(decisions(&world, 1).await, ["ask if_unknown.device.tags"]);
    world
        .until(
            SOON,
            "SELECT count(*) = 1 FROM quell.containments WHERE state = 'expired'",
        )
        .await;
    assert_eq!(world.number("SELECT count(*) FROM quell.actions").await, 0);
    let report = world.finish().await;
    assert_eq!(report.action_calls, 0);
    assert!(report.read_calls > 0, "the facts were asked for");
}

#[tokio::test]
async fn a_device_that_defender_does_not_know_costs_no_call() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .set("never", "{tags: [tier-0]}")
        .simulate(special(DeviceOverride {
            known: Some(false),
            ..Default::default()
        }))
        .start()
        .await;
    world.send(&[alert("a", &device(1))]).await;
    assert_eq!(decisions(&world, 1).await, ["skip ineligible.not_in_inventory"]);
    assert_eq!(world.finish().await.action_calls, 0);
}

#[tokio::test]
async fn a_device_that_defender_does_not_know_and_nobody_looked_up_is_called_once_and_left_to_a_person() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .simulate(special(DeviceOverride {
            known: Some(false),
            ..Default::default()
        }))
        .start()
        .await;
    world.send(&[alert("a", &device(1))]).await;
    world
        .until(
            SOON,
            "SELECT count(*) = 1 FROM quell.containments WHERE attention IS NOT NULL",
        )
        .await;
    world.until_idle(SOON).await;
    assert_eq!(world.texts("SELECT state FROM quell.actions").await, ["failed"]);
    assert_eq!(world.finish().await.action_calls, 1);
}

#[tokio::test]
async fn a_storm_over_devices_that_must_be_looked_up_first_spares_the_protected_ones() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        // Written as nobody's inventory has it: full-width, with a dash of another length.
        .set("never", "{tags: [\"ＴＩｅｒ\u{2011}0\"]}")
        .simulate(|simulator| simulator.fleet.tier0_percent = 10.0)
        .start()
        .await;
    world.send(&storm(300)).await;
    let all: Vec<String> = decisions(&world, 300).await;
    let spared = all
        .iter()
        .filter(|decision| *decision == "skip never.tags")
        .count();
    let acted = all.iter().filter(|decision| *decision == "act matched").count();
    assert!(
        (10..=60).contains(&spared),
        "about one in ten is protected: {spared}"
    );
    assert_eq!(spared + acted, 300, "{all:?}");
    world
        .seen("the others are restricted", Duration::from_secs(60), |r| {
            r.restricted_now == acted as u64
        })
        .await;
    world.until_idle(SOON).await;
    let report = world.finish().await;
    assert_eq!(report.action_calls, acted as u64);
    assert!(
        report.read_calls < 200,
        "several devices are looked up at once: {}",
        report.read_calls
    );
}

#[tokio::test]
async fn a_containment_whose_time_is_up_is_released_and_a_new_match_starts_its_time_anew() {
    let world = Setup::new(SCALE, &[&restrict("short", "15m")]).start().await;
    world.send(&[alert("a", &device(1))]).await;
    world
        .until(
            SOON,
            "SELECT count(*) = 1 FROM quell.devices WHERE restriction = 'restricted'",
        )
        .await;
    let until = "SELECT (extract(epoch FROM until) * 1000)::bigint FROM quell.containments";
    let first = world.number(until).await;
    world.send(&[alert("b", &device(1))]).await;
    decisions(&world, 2).await;
    let second = world.number(until).await;
    assert!(second > first, "{second} is later than {first}");

    world
        .seen("it is free again", SOON, |report| report.restricted_now == 0)
        .await;
    world.until_idle(SOON).await;
    let ended = "SELECT (extract(epoch FROM ended_at) * 1000)::bigint FROM quell.containments WHERE end_reason = 'time'";
    assert!(
        world.number(ended).await >= second,
        "it lasted as long as the second match said"
    );
    assert_eq!(
        world.finish().await.action_calls,
        2,
        "one restriction, one release"
    );
}

#[tokio::test]
async fn a_device_restricted_for_two_reasons_stays_so_until_both_have_ended() {
    let world = Setup::new(SCALE, &[&restrict("short", "5m"), &restrict("longer", "20m")])
        .start()
        .await;
    world.send(&[alert("a", &device(1))]).await;
    world
        .until(
            SOON,
            "SELECT count(*) = 2 FROM quell.containments WHERE state = 'active'",
        )
        .await;
    world
        .until(
            SOON,
            "SELECT count(*) = 1 FROM quell.containments WHERE state = 'ended'",
        )
        .await;
    assert_eq!(
        world
            .number("SELECT count(*) FROM quell.actions WHERE kind = 'release'")
            .await,
        0
    );
    world
        .until(
            SOON,
            "SELECT count(*) = 2 FROM quell.containments WHERE state = 'ended'",
        )
        .await;
    world
        .seen("it is free again", SOON, |report| report.restricted_now == 0)
        .await;
    world.until_idle(SOON).await;
    assert_eq!(
        world.finish().await.action_calls,
        2,
        "one restriction for both, one release"
    );
}

#[tokio::test]
async fn a_release_waits_until_the_restriction_on_a_device_out_of_reach_has_come_to_its_end() {
    let away = DeviceOverride {
        offline_for: Some(Duration::from_secs(600)),
        ..Default::default()
    };
    let world = Setup::new(SCALE, &[&restrict("short", "2m")])
        .set("call", "{cancel_after: 1d}")
        .simulate(special(away))
        .start()
        .await;
    world.send(&[alert("a", &device(1))]).await;
    world
        .until(
            SOON,
            "SELECT count(*) = 1 FROM quell.containments WHERE state = 'ended'",
        )
        .await;
    let states = world
        .texts("SELECT kind || ' ' || state FROM quell.actions ORDER BY id")
        .await;
    assert_eq!(states, ["restrict submitted", "release queued"]);
    world
        .until(
            SOON,
            "SELECT count(*) = 2 FROM quell.actions WHERE state = 'succeeded'",
        )
        .await;
    world.until_idle(SOON).await;
    let report = world.finish().await;
    assert_eq!((report.action_calls, report.restricted_now), (2, 0));
}

#[tokio::test]
async fn a_resolved_alert_releases_its_own_device_and_no_other() {
    let world = Setup::new(SCALE, &[&storm_playbook(), RELEASE]).start().await;
    world.send(&storm(3)).await;
    world
        .seen("all are restricted", SOON, |report| report.restricted_now == 3)
        .await;
    world
        .send(&[
            resolved("storm-1", &device(1)),
            resolved("never-seen", &device(7)),
        ])
        .await;
    decisions(&world, 5).await;
    world
        .seen("one is free", SOON, |report| report.restricted_now == 2)
        .await;
    world.until_idle(SOON).await;
    assert!(!world.simulator.is_restricted(&device(1)));
    assert_eq!(world.finish().await.action_calls, 4);
}

#[tokio::test]
async fn a_playbook_that_observes_records_what_it_would_have_done_and_calls_nothing() {
    let observing = storm_playbook().replace("mode: enforce", "mode: observe");
    let world = Setup::new(SCALE, &[&observing]).start().await;
    world.send(&storm(5)).await;
    let all = decisions(&world, 5).await;
    assert!(
        all.iter().all(|decision| decision == "observe matched"),
        "{all:?}"
    );
    let begun = "SELECT count(*) FROM quell.containments WHERE state = 'active' AND mode = 'observe'";
    assert_eq!(world.number(begun).await, 5);
    assert_eq!(world.number("SELECT count(*) FROM quell.actions").await, 0);
    assert_eq!(world.finish().await.action_calls, 0);
}

#[tokio::test]
async fn the_configurations_mode_goes_over_every_playbook() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .set("mode", "observe")
        .start()
        .await;
    world.send(&storm(2)).await;
    assert_eq!(decisions(&world, 2).await, ["observe matched", "observe matched"]);
    assert_eq!(world.finish().await.action_calls, 0);
}

#[tokio::test]
async fn at_a_limit_a_playbook_asks_and_at_a_cap_the_installation_holds() {
    let limited = format!(
        "{}limits:\n  - {{devices: 2, per: 1h, otherwise: ask}}\n",
        storm_playbook()
    );
    let world = Setup::new(SCALE, &[&limited]).start().await;
    world.send(&storm(5)).await;
    let all = decisions(&world, 5).await;
    assert_eq!(
        all,
        [
            "act matched",
            "act matched",
            "ask limits[0]",
            "ask limits[0]",
            "ask limits[0]"
        ]
    );
    world.until_idle(SOON).await;
    assert_eq!(world.finish().await.action_calls, 2);

    let capped = Setup::new(SCALE, &[&storm_playbook()])
        .set("caps", "[{devices: 1, per: 1h}]")
        .start()
        .await;
    capped.send(&storm(3)).await;
    assert_eq!(
        decisions(&capped, 3).await,
        ["act matched", "hold caps[0]", "hold caps[0]"]
    );
    capped.until_idle(SOON).await;
    assert_eq!(capped.finish().await.action_calls, 1);
}

#[tokio::test]
async fn an_old_event_asks_and_never_acts_by_itself() {
    let world = Setup::new(SCALE, &[&storm_playbook()])
        .set("freshness", "1h")
        .start()
        .await;
    let mut old = alert("old", &device(1));
    let yesterday = quell::clock::now() - jiff::SignedDuration::from_hours(24);
    for name in [
        "alertCreationTime",
        "firstEventTime",
        "lastEventTime",
        "lastUpdateTime",
    ] {
        old[name] = Value::String(yesterday.to_string());
    }
    let mut timeless = alert("timeless", &device(2));
    for name in [
        "alertCreationTime",
        "firstEventTime",
        "lastEventTime",
        "lastUpdateTime",
    ] {
        timeless[name] = json!(null);
    }
    world.send(&[old, timeless]).await;
    assert_eq!(decisions(&world, 2).await, ["ask freshness", "ask freshness"]);
    assert_eq!(world.finish().await.action_calls, 0);
}

/// A world where one call may leave in six seconds, with one device called and the other queued.
async fn one_called_one_queued(setup: Setup) -> World {
    let world = setup.budget("{windows: [{limit: 1, per: 10m}]}").start().await;
    world.send(&storm(2)).await;
    world
        .seen("one is restricted", SOON, |report| report.restricted_now == 1)
        .await;
    let queued = "SELECT count(*) FROM quell.actions WHERE state = 'queued'";
    assert_eq!(world.number(queued).await, 1);
    world
}

const WITHDRAWN: &str = "SELECT count(*) = 1 FROM quell.actions WHERE state = 'withdrawn' AND attempts = 0";

#[tokio::test]
async fn a_restriction_queued_by_a_playbook_that_was_switched_off_is_withdrawn_and_not_called() {
    let mut world = one_called_one_queued(Setup::new(SCALE, &[&storm_playbook()])).await;
    world.terminate().await;
    world.write_playbooks(&[storm_playbook().replace("mode: enforce", "mode: off")]);
    world.start().await;
    assert_eq!(world.number("SELECT version FROM quell.active_sets").await, 2);
    world.until(SOON, WITHDRAWN).await;
    let ended = world
        .number("SELECT count(*) FROM quell.containments WHERE end_reason = 'mode'")
        .await;
    assert_eq!(
        ended, 1,
        "its containment ended with it; the one in force goes on under its own revision"
    );
    world.until_idle(SOON).await;
    let report = world.finish().await;
    assert_eq!((report.action_calls, report.restricted_now), (1, 1));
}

#[tokio::test]
async fn a_protection_that_appears_after_the_decision_still_protects() {
    let setup = Setup::new(SCALE, &[&storm_playbook()]).set("never", "{tags: [crown-jewels]}");
    let world = one_called_one_queued(setup).await;
    world
        .execute(
            "UPDATE quell.devices d SET facts = jsonb_set(facts, '{tags}', '{\"is\": [\"crown-jewels\"]}')
             FROM quell.actions a WHERE a.device_id = d.device_id AND a.state = 'queued'",
        )
        .await;
    world.until(SOON, WITHDRAWN).await;
    let attention = world
        .texts("SELECT attention FROM quell.containments WHERE attention IS NOT NULL")
        .await;
    assert_eq!(attention, ["protected by never.tags"]);
    throughout(
        "it is not called later either",
        Duration::from_secs(2),
        async || world.simulator.report().action_calls == 1,
    )
    .await;
    world.finish().await;
}

#[tokio::test]
async fn a_restriction_that_could_not_be_sent_in_its_validity_expires_and_tells() {
    let setup = Setup::new(SCALE, &[&storm_playbook()]).set("validity", "5m");
    let world = one_called_one_queued(setup).await;
    world
        .until(
            SOON,
            "SELECT count(*) = 1 FROM quell.actions WHERE state = 'expired' AND attempts = 0",
        )
        .await;
    let attention =
        "SELECT count(*) FROM quell.containments WHERE state = 'active' AND attention IS NOT NULL";
    assert_eq!(world.number(attention).await, 1);
    assert_eq!(world.finish().await.action_calls, 1);
}
