//! The daemon dies, is stopped, or loses its database in the middle of a storm. Nothing is lost, nothing is doubled, and
//! the windows are not forgotten.

use std::time::Duration;

use crate::support::alert::{alert, device, ndjson, storm, storm_playbook};
use crate::support::{Setup, World, eventually, throughout};

const SCALE: u32 = 100;
const DEVICES: usize = 400;
const ALL: u64 = DEVICES as u64;

/// Kills the daemon whenever the simulator has seen another random number of calls, and starts it again.
async fn killed_at_random(seed: u64, kills: u32) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let setup = Setup::new(SCALE, &[&storm_playbook()]).simulate(|simulator| simulator.seed = seed);
    let mut world = setup.start().await;
    world.send(&storm(DEVICES)).await;
    let mut calls = 0;
    for _ in 0..kills {
        calls += dice.u64(1..ALL / u64::from(kills));
        world
            .seen("the storm goes on", Duration::from_secs(60), |report| {
                report.action_calls >= calls
            })
            .await;
        world.kill_9();
        calls = world.simulator.report().action_calls;
        world.start().await;
    }
    contained(&world).await;
    let sent = world.finish().await.action_calls;
    // What had been reserved and not sent when it died is looked up and sent anew, as another attempt.
    assert_eq!(sent, ALL, "seed {seed}: one call for each device");
}

async fn contained(world: &World) {
    world
        .seen("all are restricted", Duration::from_secs(90), |report| {
            report.restricted_now == ALL
        })
        .await;
    world.until_idle(Duration::from_secs(30)).await;
    let known = world
        .number("SELECT count(*) FROM quell.devices WHERE restriction = 'restricted'")
        .await;
    assert_eq!(known, i64::try_from(DEVICES).expect("a small number"));
}

#[tokio::test]
async fn a_daemon_killed_once_in_a_storm_goes_on_where_it_was() {
    killed_at_random(11, 1).await;
}

#[tokio::test]
async fn a_daemon_killed_again_and_again_calls_each_device_once() {
    killed_at_random(22, 4).await;
}

#[tokio::test]
async fn a_daemon_killed_right_after_it_accepted_events_decides_them_when_it_is_back() {
    let mut world = Setup::new(SCALE, &[&storm_playbook()]).start().await;
    world.send(&storm(DEVICES)).await;
    world.kill_9();
    world.start().await;
    contained(&world).await;
    assert_eq!(world.finish().await.action_calls, ALL);
}

#[tokio::test]
async fn a_daemon_told_to_stop_in_a_storm_leaves_nothing_half_done() {
    let mut world = Setup::new(SCALE, &[&storm_playbook()]).start().await;
    world.send(&storm(DEVICES)).await;
    world
        .seen("the storm is under way", Duration::from_secs(30), |report| {
            report.action_calls >= 130
        })
        .await;
    let (status, took) = world.terminate().await;
    assert!(status.success(), "{status}");
    assert!(took < Duration::from_secs(10), "it took {took:?} to stop");
    let half_done = "SELECT count(*) FROM quell.attempts WHERE scope = 'actions' AND answered_at IS NULL";
    assert_eq!(
        world.number(half_done).await,
        0,
        "every call that was made has its answer recorded"
    );
    let held = "SELECT count(*) FROM quell.leases WHERE expires_at > quell.now()";
    assert_eq!(
        world.number(held).await,
        0,
        "the lease is given back, so that another need not wait"
    );

    world.start().await;
    contained(&world).await;
    assert_eq!(world.finish().await.action_calls, ALL);
}

#[tokio::test]
async fn without_postgres_nothing_is_called_and_nothing_accepted_and_with_it_everything_goes_on() {
    let mut world = Setup::new(SCALE, &[&storm_playbook()])
        .start_with_own_postgres()
        .await;
    world.send(&storm(DEVICES)).await;
    world
        .seen("the storm is under way", Duration::from_secs(30), |report| {
            report.action_calls >= 130
        })
        .await;
    world.take_postgres_away().await;
    // At most what had been granted already: one call for each place in flight.
    let allowed = world.simulator.report().action_calls + 16;
    let late = ndjson(&[alert("late", &device(DEVICES - 1))]);
    eventually(
        "the intake says that it cannot store",
        Duration::from_secs(20),
        async || {
            let reply = world.post("application/x-ndjson", &late).await;
            matches!(reply, Ok(reply) if reply.status == 503 && reply.body.contains("store_unavailable"))
        },
    )
    .await;
    throughout(
        "nothing is called without postgres",
        Duration::from_secs(4),
        async || world.simulator.report().action_calls <= allowed,
    )
    .await;
    let calls = world.simulator.report().action_calls;
    assert!(calls < ALL, "the storm was not over: {calls}");

    world.give_postgres_back().await;
    eventually("the intake stores again", Duration::from_secs(20), async || {
        let reply = world.post("application/x-ndjson", &late).await;
        matches!(reply, Ok(reply) if reply.status == 202)
    })
    .await;
    contained(&world).await;
    let doubled = "SELECT count(*) FROM quell.events WHERE alert_id = 'late'";
    assert_eq!(world.number(doubled).await, 1, "what was refused was not stored");
    assert_eq!(world.finish().await.action_calls, ALL);
}
