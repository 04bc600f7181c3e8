//! Everything that can go wrong, at once, with two replicas of which one after the other is killed. The invariants hold,
//! and in the end every device is free again.

use std::time::Duration;

use quell::simulator::{DuplicateMode, Faults};

use crate::support::Setup;
use crate::support::alert::{RELEASE, alert, device, resolved, restrict, storm};

const SCALE: u32 = 100;
const DEVICES: usize = 200;

async fn everything_goes_wrong(seed: u64, duplicates: DuplicateMode) {
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut world = Setup::new(
        SCALE,
        &[&restrict("short", "20m"), &restrict("longer", "30m"), RELEASE],
    )
    .set("never", "{tags: [tier-0]}")
    .set("retry", "{max: 10, initial: 5s, cap: 30s}")
    .simulate(|simulator| {
        simulator.seed = seed;
        simulator.duplicate_mode = duplicates;
        simulator.offline_percent = 5.0;
        simulator.offline_for = Duration::from_secs(300);
        simulator.fail_percent = 5.0;
        simulator.read_after_write = Duration::from_secs(10);
        simulator.page_size = 40;
        simulator.faults = Faults {
            reset_before_processing_percent: 1.0,
            http_503_before_processing_percent: 1.0,
            unauthorized_percent: 1.0,
            too_many_percent: 0.0,
            drop_after_processing_percent: 1.0,
            cut_after_processing_percent: 1.0,
            late_percent: 0.0,
            late_by_ms: 0,
            http_500_after_processing_percent: 1.0,
            garbage_body_percent: 1.0,
            slow_percent: 1.0,
            slow_for_ms: 1_200,
            spare_reads: false,
        };
    })
    .start()
    .await;
    let mut other = world.another().await;
    world.send(&storm(DEVICES)).await;
    for round in 0..4 {
        let calls = world.simulator.report().action_calls + dice.u64(5..60);
        // There may be fewer calls left than that: then the time between two kills is the next event.
        let n = dice.usize(0..DEVICES);
        let news = if dice.bool() {
            resolved(&format!("storm-{n}"), &device(n))
        } else {
            alert(&format!("again-{round}"), &device(n))
        };
        world.send(&[news]).await;
        let more = world.simulator.wait_until(|report| report.action_calls >= calls);
        let _ = tokio::time::timeout(Duration::from_secs(10), more).await;
        if dice.bool() {
            drop(other);
            other = world.another().await;
        } else {
            world.kill_9();
            world.start().await;
        }
    }
    world
        .until(
            Duration::from_secs(120),
            "SELECT NOT EXISTS (SELECT 1 FROM quell.inbox)",
        )
        .await;
    let over = "SELECT NOT EXISTS (SELECT 1 FROM quell.containments WHERE state IN ('asked', 'active'))";
    world.until(Duration::from_secs(120), over).await;
    world
        .seen("all are free", Duration::from_secs(120), |report| {
            report.restricted_now == 0
        })
        .await;
    world.until_idle(Duration::from_secs(120)).await;
    let (status, _) = other.terminate().await;
    assert!(status.success(), "{status}");
    world.finish().await;
}

#[tokio::test]
async fn whatever_goes_wrong_at_once_nothing_is_doubled_and_every_device_is_free_in_the_end() {
    everything_goes_wrong(1, DuplicateMode::ReturnPending).await;
}

#[tokio::test]
async fn the_same_holds_where_defender_refuses_what_is_in_progress() {
    everything_goes_wrong(2, DuplicateMode::Reject400).await;
}

#[tokio::test]
async fn the_same_holds_where_defender_lets_a_duplicate_wait_for_its_chance() {
    everything_goes_wrong(3, DuplicateMode::SecondStuckPending).await;
}
