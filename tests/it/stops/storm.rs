//! Stopped again and again at random moments of a storm: nothing is reserved while stopped, and what had left the gate before
//! arrives within the bounds of a call. The same across three replicas and a kill.

use std::collections::HashMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use quell::domain::action::Marker;
use quell::domain::stop::StopScope;
use quell::simulator::journal::Entry;
use quell::store::{Store, StoreOptions};
use sqlx::{Executor as _, Row as _};
use uuid::Uuid;

use super::{resume, stop};
use crate::support::alert::{storm, storm_playbook};
use crate::support::{Setup, World, throughout};

/// The send deadline and the connect time-out of a scaled world are their lower bounds.
const SEND_DEADLINE: SignedDuration = SignedDuration::from_millis(500);
const CONNECT: SignedDuration = SignedDuration::from_millis(500);

/// A store on the world's database, as a command has one.
fn store(world: &World) -> Store {
    let options = StoreOptions {
        url: world.database().url.clone().into(),
        max_connections: 2,
        validity: Duration::from_secs(3_600),
        retry_delays: Vec::new(),
        retry_cap: Duration::from_secs(600),
    };
    Store::new(&options).expect("the URL is ours")
}

/// When a restrict arrived, and the attempt that it was.
fn arrivals(journal: &[Entry]) -> Vec<(Timestamp, Marker)> {
    journal
        .iter()
        .filter(|entry| entry.path.ends_with("/restrictCodeExecution"))
        .map(|entry| {
            let marker = entry.comment.as_deref().and_then(Marker::read);
            let at = entry.at.parse().expect("the journal tells the time");
            (at, marker.expect("a call carries its marker"))
        })
        .collect()
}

/// When each restrict was reserved.
async fn reserved(world: &World) -> HashMap<(Uuid, i32), Timestamp> {
    let rows = world
        .connect()
        .await
        .fetch_all("SELECT action_id, n, reserved_at::text FROM quell.attempts WHERE kind = 'restrict'")
        .await
        .expect("the query is right");
    rows.iter()
        .map(|row| {
            let at: String = row.get(2);
            let at: Timestamp = at.replacen(' ', "T", 1).parse().expect("a time");
            ((row.get(0), row.get(1)), at)
        })
        .collect()
}

/// One stop, by our own clock: after its commit, and before the resume began.
struct Cycle {
    stopped: Timestamp,
    resumed: Timestamp,
}

/// Up to 25 ms pass: the moment of a stop is left to chance, and nothing is waited for.
async fn a_random_moment(random: &mut fastrand::Rng) {
    let mut ticks = tokio::time::interval(Duration::from_millis(1));
    for _ in 0..random.u32(0..25) {
        ticks.tick().await;
    }
}

/// Stops and resumes at random moments until it was done so often, or nothing is left to call. Returns those cycles that
/// found something queued.
async fn cycles(store: &Store, seed: u64, wanted: usize) -> Vec<Cycle> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut cycles = Vec::new();
    while cycles.len() < wanted {
        a_random_moment(&mut random).await;
        stop(store, StopScope::New, None).await;
        let stopped = quell::clock::now();
        let counts = store.stop_counts(None).await.expect("the database is up");
        a_random_moment(&mut random).await;
        let resumed = quell::clock::now();
        resume(store, None).await;
        if counts.queued == 0 {
            break;
        }
        cycles.push(Cycle { stopped, resumed });
    }
    cycles
}

/// Holds what the simulator saw against the ledger and the cycles; says how late the latest call came after a stop.
async fn judge(world: &World, cycles: &[Cycle]) -> SignedDuration {
    let reserved = reserved(world).await;
    let arrivals = arrivals(&world.simulator.journal());
    let mut latest = SignedDuration::ZERO;
    for (at, marker) in &arrivals {
        let reserved = reserved[&(marker.action, marker.attempt)];
        let flight = at.duration_since(reserved);
        assert!(
            flight <= SEND_DEADLINE + CONNECT,
            "a call arrived {flight} after it was reserved"
        );
        for Cycle { stopped, resumed } in cycles {
            assert!(
                reserved <= *stopped || reserved >= *resumed,
                "{marker:?} was reserved {} after a stop",
                reserved.duration_since(*stopped)
            );
            if at > stopped && at < resumed {
                let late = at.duration_since(*stopped);
                assert!(
                    late <= SEND_DEADLINE + CONNECT,
                    "{marker:?} arrived {late} after a stop"
                );
                latest = latest.max(late);
            }
        }
    }
    latest
}

#[tokio::test]
async fn stopped_at_200_random_moments_of_a_storm_nothing_is_called_after_the_gate_has_closed() {
    const DEVICES: usize = 1_000;
    let world = Setup::new(60, &[&storm_playbook()])
        .set("reconcile", "{fast: 60s}")
        .start()
        .await;
    let store = store(&world);
    stop(&store, StopScope::Freeze, None).await;
    world.send(&storm(10)).await;
    world
        .until(
            super::SOON,
            "SELECT count(*) = 10 FROM quell.decisions WHERE reason = 'stopped'",
        )
        .await;
    resume(&store, None).await;
    let records = storm(DEVICES + 10).split_off(10);
    world.send(&records).await;
    world
        .until(
            Duration::from_secs(60),
            "SELECT NOT EXISTS (SELECT 1 FROM quell.inbox) AND EXISTS (SELECT 1 FROM quell.attempts WHERE kind = 'restrict')",
        )
        .await;
    let cycles = cycles(&store, 7, 200).await;
    assert_eq!(cycles.len(), 200, "the storm is longer than that");
    let latest = judge(&world, &cycles).await;
    eprintln!(
        "200 stops, {} calls: the latest arrived {latest:#} after the commit of a stop",
        arrivals(&world.simulator.journal()).len()
    );
    // What is left of the storm is taken back.
    stop(&store, StopScope::CancelPending, None).await;
    world
        .until(
            Duration::from_secs(30),
            "SELECT count(*) = 0 FROM quell.actions WHERE kind = 'restrict' AND state = 'queued'",
        )
        .await;
    world.until_idle(Duration::from_secs(60)).await;
    store.close().await;
    let report = world.finish().await;
    assert!(report.restricted_now < DEVICES as u64, "{report:?}");
}

#[tokio::test]
async fn three_replicas_stop_together_and_a_stop_survives_a_kill_and_a_restart() {
    let mut world = Setup::new(100, &[&storm_playbook()])
        .set("reconcile", "{fast: 60s}")
        .start()
        .await;
    let (second, third) = (world.another().await, world.another().await);
    let store = store(&world);
    world.send(&storm(400)).await;
    world
        .until(
            Duration::from_secs(60),
            "SELECT NOT EXISTS (SELECT 1 FROM quell.inbox)",
        )
        .await;
    let mut cycles = cycles(&store, 11, 20).await;
    assert_eq!(cycles.len(), 20, "the storm is longer than that");
    stop(&store, StopScope::New, None).await;
    let stopped = quell::clock::now();
    // Whoever dispatches dies, and another takes over: it is stopped too.
    let epoch = world.number("SELECT max(epoch) FROM quell.leases").await;
    world.kill_9();
    drop(second);
    world.start().await;
    drop(third);
    world
        .until(
            Duration::from_secs(30),
            &format!("SELECT max(epoch) > {epoch} AND max(expires_at) > quell.now() FROM quell.leases"),
        )
        .await;
    let called = arrivals(&world.simulator.journal()).len();
    throughout(
        "no restrict arrives while stopped",
        Duration::from_secs(2),
        async || arrivals(&world.simulator.journal()).len() == called,
    )
    .await;
    cycles.push(Cycle {
        stopped,
        resumed: quell::clock::now(),
    });
    resume(&store, None).await;
    world
        .seen("the rest goes on", Duration::from_secs(90), |report| {
            report.restricted_now == 400
        })
        .await;
    let latest = judge(&world, &cycles).await;
    eprintln!("21 stops over a kill: the latest call arrived {latest:#} after the commit of a stop");
    world.until_idle(Duration::from_secs(30)).await;
    store.close().await;
    world.finish().await;
}
