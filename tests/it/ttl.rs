//! A thousand containments whose time is up during a storm and across an outage of Defender: how late they end, and that none is
//! forgotten.

use std::time::Duration;

use quell::clock::Monotonic;
use quell::simulator::Faults;

use crate::support::Setup;
use crate::support::alert::{alert, device, restrict};

const SCALE: u32 = 200;
const DEVICES: usize = 1_000;
const STORM: usize = 200;
/// So long Defender is away, in its own time.
const OUTAGE: &str = "10 min";

fn of_category(id: &str, category: &str, after: &str) -> String {
    restrict(id, after).replace(
        "alert.severity: {at_least: high}",
        &format!("alert.category: {category}"),
    )
}

#[tokio::test]
async fn a_thousand_times_that_are_up_in_a_storm_and_an_outage_end_and_none_is_forgotten() {
    let began = Monotonic::now();
    let short = of_category("short", "Ransomware", "40m");
    let world = Setup::new(SCALE, &[&short, &of_category("storm", "Malware", "6d")])
        .set("reconcile", "{fast: 30s}")
        .start()
        .await;
    let records: Vec<_> = (0..DEVICES)
        .map(|n| alert(&format!("short-{n}"), &device(n)))
        .collect();
    world.send(&records).await;
    // Its first end is near: a storm comes, and then Defender goes.
    let patience = Duration::from_secs(120);
    let near = "SELECT count(*) > 0 FROM quell.containments WHERE until < clock_timestamp() + interval '1 s'";
    world.until(patience, near).await;
    let storm: Vec<_> = (0..STORM)
        .map(|n| {
            let mut alert = alert(&format!("storm-{n}"), &device(DEVICES + n));
            alert["category"] = "Malware".into();
            alert
        })
        .collect();
    world.send(&storm).await;
    let due = "SELECT count(*) > 50 FROM quell.containments WHERE state = 'ended'";
    world.until(patience, due).await;
    world.simulator.set_faults(Faults {
        http_503_before_processing_percent: 100.0,
        ..Faults::default()
    });
    world
        .execute(&format!(
            "CREATE TABLE public.outage AS SELECT clock_timestamp() + interval '{OUTAGE}' / {SCALE} AS ends"
        ))
        .await;
    world
        .until(patience, "SELECT clock_timestamp() > ends FROM public.outage")
        .await;
    world.simulator.set_faults(Faults::default());
    world
        .until(
            patience,
            "SELECT count(*) = 1000 FROM quell.containments WHERE playbook = 'short' AND end_reason = 'time'",
        )
        .await;
    world
        .seen("only the storm's are restricted", patience, |report| {
            report.restricted_now == STORM as u64
        })
        .await;
    world.until_idle(patience).await;

    let p99 = |what: &str, from: &str| {
        format!(
            "SELECT (1000 * extract(epoch FROM percentile_cont(0.99) WITHIN GROUP (ORDER BY {what})))::bigint FROM {from}"
        )
    };
    let ended = p99("ended_at - until", "quell.containments WHERE playbook = 'short'");
    let freed = p99(
        "a.final_at - c.until",
        "quell.containments c JOIN quell.actions a ON a.device_id = c.device_id AND a.kind = 'release' AND a.state = 'succeeded'
         WHERE c.playbook = 'short'",
    );
    let (ended, freed) = (world.number(&ended).await, world.number(&freed).await);
    let forgotten = world
        .number(
            "SELECT (SELECT count(*) FROM quell.containments WHERE playbook = 'short' AND state <> 'ended')
                  + (SELECT count(*) FROM quell.devices d JOIN quell.containments c USING (device_id)
                     WHERE c.playbook = 'short' AND d.restriction <> 'free')",
        )
        .await;
    println!(
        "{DEVICES} times up, a storm of {STORM}, Defender away for {OUTAGE}: ended {ended} ms late (p99, real time), free {freed} ms \
         late (p99; {:.1} min of Defender's time, its outage and its windows included); forgotten {forgotten}; took {:?}",
        freed as f64 * f64::from(SCALE) / 60_000.0,
        began.elapsed()
    );
    assert_eq!(forgotten, 0);
    let report = world.finish().await;
    assert!(report.restricted_now == STORM as u64, "{report:?}");
}
