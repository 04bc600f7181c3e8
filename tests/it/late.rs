//! The whole daemon, with nothing open: what is carried out late, or was lost with the database, is seen all the same.

use std::time::Duration;

use quell::domain::action::{Marker, id_of};
use quell::simulator::Kind;
use uuid::Uuid;

use crate::support::alert::{RELEASE, alert, device as numbered, resolved, restrict, storm_playbook};
use crate::support::{Setup, World, eventually};

async fn alarmed(world: &World, kind: &str) {
    let sql = format!("SELECT count(*) = 1 FROM quell.alarms WHERE kind = '{kind}'");
    world.until(Duration::from_secs(30), &sql).await;
}

#[tokio::test]
async fn with_nothing_open_a_late_restrict_is_seen_within_the_slow_cadence_and_its_device_is_freed_again() {
    let away = numbered(1);
    let world = Setup::new(100, &[&storm_playbook(), RELEASE]).start().await;
    world.send(&[alert("a", &away)]).await;
    world
        .until(
            Duration::from_secs(30),
            "SELECT count(*) = 1 FROM quell.devices WHERE restriction = 'restricted'",
        )
        .await;
    world.send(&[resolved("a", &away)]).await;
    world
        .until(
            Duration::from_secs(30),
            "SELECT count(*) = 1 FROM quell.actions WHERE kind = 'release' AND state = 'succeeded'",
        )
        .await;
    world.until_idle(Duration::from_secs(30)).await;

    // The process was stopped in the middle of a call for longer than the server's tail.
    let comment = world
        .simulator
        .journal()
        .into_iter()
        .find_map(|entry| entry.comment.filter(|comment| comment.starts_with("[quell:")))
        .expect("the restrict was called");
    world
        .simulator
        .act_late(&away, Kind::Restrict, &comment)
        .expect("the service takes it");
    alarmed(&world, "late_restrict").await;
    alarmed(&world, "seen_after_quiescence").await;
    eventually("the device is free again", Duration::from_secs(30), async || {
        !world.simulator.is_restricted(&away)
    })
    .await;
    world
        .until(
            Duration::from_secs(30),
            "SELECT count(*) = 2 FROM quell.actions WHERE kind = 'release' AND state = 'succeeded'",
        )
        .await;
    world.until_idle(Duration::from_secs(30)).await;
    let (_, said) = world.command(&["status", "--config", "quell.yaml"]).await;
    assert!(said.contains("came after the release of its device"), "{said}");
    world.finish().await;
}

#[tokio::test]
async fn a_daemon_that_starts_finds_what_its_database_has_lost() {
    let theirs = numbered(2);
    let mut world = Setup::new(100, &[&restrict("short", "6d")])
        .set("release", "{orphans_after: 5m}")
        .start()
        .await;
    world.kill_9();
    let number = world
        .number("SELECT installation::bigint FROM quell.tenants")
        .await;
    let number = i32::try_from(number).expect("it is an integer there");
    let marker = Marker {
        action: id_of(Uuid::now_v7(), number),
        attempt: 1,
    };
    world
        .simulator
        .act_late(&theirs, Kind::Restrict, &marker.comment("lost"))
        .expect("the service takes it");
    world.start().await;
    alarmed(&world, "orphan").await;
    let kept = "SELECT count(*) = 1 FROM quell.containments WHERE attention IS NOT NULL";
    world.until(Duration::from_secs(30), kept).await;
    eventually(
        "what nobody decided on is released in the end",
        Duration::from_secs(30),
        async || !world.simulator.is_restricted(&theirs),
    )
    .await;
    world
        .until(
            Duration::from_secs(30),
            "SELECT count(*) = 1 FROM quell.actions WHERE kind = 'release' AND state = 'succeeded'",
        )
        .await;
    world.finish().await;
}
