//! A storm: many more devices than the windows allow at once. However it goes, no window is overrun, nothing is doubled,
//! and in the end every device is contained and let go again.

use std::time::Duration;

use crate::support::Setup;
use crate::support::alert::{RELEASE, device, resolved, storm, storm_playbook};

const SCALE: u32 = 100;

#[tokio::test]
async fn a_storm_of_3000_devices_stays_within_both_windows_and_is_contained() {
    // Lists of thousands of actions are long work for a build that is not optimised: they are read less often here.
    let world = Setup::new(200, &[&storm_playbook()])
        .set("reconcile", "{fast: 30s}")
        .start()
        .await;
    world.send(&storm(3000)).await;
    world
        .seen("all are restricted", Duration::from_secs(240), |report| {
            report.restricted_now == 3000
        })
        .await;
    world.until_idle(Duration::from_secs(20)).await;
    let report = world.finish().await;
    assert_eq!(report.action_calls, 3000, "one call for each device");
}

#[tokio::test]
async fn a_storm_of_600_devices_stays_within_both_windows_and_is_contained_and_released() {
    let world = Setup::new(SCALE, &[&storm_playbook(), RELEASE]).start().await;
    world.send(&storm(600)).await;
    world
        .seen("all are restricted", Duration::from_secs(90), |report| {
            report.restricted_now == 600
        })
        .await;
    world
        .until(
            Duration::from_secs(20),
            "SELECT count(*) = 600 FROM quell.devices WHERE restriction = 'restricted'",
        )
        .await;

    let news: Vec<_> = (0..600)
        .map(|n| resolved(&format!("storm-{n}"), &device(n)))
        .collect();
    world.send(&news).await;
    world
        .seen("all are free", Duration::from_secs(90), |report| {
            report.restricted_now == 0
        })
        .await;
    world.until_idle(Duration::from_secs(20)).await;
    let ended = world
        .number("SELECT count(*) FROM quell.containments WHERE end_reason = 'release_playbook'")
        .await;
    assert_eq!(ended, 600);
    let report = world.finish().await;
    assert_eq!(
        report.action_calls, 1200,
        "one call for each restriction and one for each release"
    );
}
