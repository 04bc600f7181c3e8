//! A backup and its restore, rehearsed as docs/backup.md tells it: `pg_dump` while the daemon works, much that happens after it, the database
//! lost, `pg_restore`, and a daemon that finds its way back by Defender's own list.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::support::alert::{RELEASE, alert, device, resolved, storm, storm_playbook};
use crate::support::{Setup, cluster_options};

const MINUTE: Duration = Duration::from_secs(60);

/// Where Postgres' own tools lie: `PG_BIN`, else wherever the path leads.
fn tool(name: &str) -> PathBuf {
    let beside = cluster_options().bin.map(|bin| bin.join(name));
    beside.filter(|path| path.exists()).unwrap_or_else(|| name.into())
}

/// Runs one of them to its end.
async fn run(name: &str, arguments: &[&str]) {
    let mut command = Command::new(tool(name));
    command.args(arguments);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .expect("it does not panic")
        .expect("scripts/setup installs Postgres");
    assert!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn a_dump_taken_while_the_daemon_works_is_restored_and_what_it_lacks_is_found_at_defender() {
    let mut world = Setup::new(40, &[&storm_playbook(), RELEASE]).start().await;
    let alerts = storm(30);
    world.send(&alerts[..20]).await;
    world
        .seen("some are restricted, others are not yet", MINUTE, |report| {
            report.restricted_now >= 8
        })
        .await;
    let file = world.directory().join("quell.dump").display().to_string();
    let url = world.database().url.clone();
    run("pg_dump", &["-Fc", "-f", &file, &url]).await;

    // After it: calls that it has as queued, events that it does not have at all, releases of what it has as restricted.
    world.send(&alerts[20..]).await;
    world
        .seen("all are restricted", MINUTE, |report| report.restricted_now == 30)
        .await;
    let news: Vec<_> = (0..3)
        .map(|n| resolved(&format!("storm-{n}"), &device(n)))
        .collect();
    world.send(&news).await;
    world
        .seen("three are free again", MINUTE, |report| {
            report.restricted_now == 27
        })
        .await;
    world.until_idle(MINUTE).await;
    world.kill_9();
    let calls = world.simulator.report().actions_by_type.values().sum::<u64>();

    world.database().empty_out().await;
    run("pg_restore", &["--exit-on-error", "-d", &url, &file]).await;
    world.start().await;
    // Ten are restricted for events that are lost, three were released by what is lost: why, only a person can say.
    let attention = |like: &str| {
        format!("SELECT count(*) FROM quell.containments WHERE state = 'active' AND attention LIKE '{like}%'")
    };
    let (restricts, releases) = (attention("restrict"), attention("release"));
    world
        .until(
            2 * MINUTE,
            &format!("SELECT ({restricts}) = 10 AND ({releases}) = 3"),
        )
        .await;
    world.until_idle(2 * MINUTE).await;
    let report = world.simulator.report();
    assert_eq!(report.restricted_now, 27, "each device is as it was left");
    assert_eq!(
        report.actions_by_type.values().sum::<u64>(),
        calls,
        "and nothing was called for that"
    );
    assert_eq!(report.duplicates, 0, "{report:?}");
    // It goes on: a new event is decided and called, and a person ends what nobody knows any more.
    world.send(&[alert("storm-new", &device(40))]).await;
    world
        .seen("it goes on", 2 * MINUTE, |report| report.restricted_now == 28)
        .await;
    let release = ["release", "--all", "--yes", "--reason", "looked at"];
    let (code, said) = world
        .command(&[&release[..], &["--config", "quell.yaml"]].concat())
        .await;
    assert_eq!(code, Some(0), "{said}");
    world
        .seen("all are free", 2 * MINUTE, |report| report.restricted_now == 0)
        .await;
    world.until_idle(MINUTE).await;
    let (code, said) = world.command(&["audit", "verify"]).await;
    assert_eq!(code, Some(0), "{said}");
    world.finish().await;
}
