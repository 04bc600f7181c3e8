//! A restored backup: the ledger has forgotten calls that Defender has counted. Nothing is called until Defender's list has
//! given them back.

use std::time::Duration;

use quell::simulator::Window;
use quell::store::{GateOutcome, SafetyOptions, Store, Swept};
use sqlx::Executor;

use crate::support::Setup;
use crate::support::alert::{storm, storm_playbook};
use crate::support::ledger::{Ledger, store};

const MINUTE: Duration = Duration::from_secs(60);

fn guarded(ledger: &Ledger, patience: Duration) -> Store {
    store(&ledger.database).guarded(SafetyOptions {
        longest: MINUTE,
        latest: Duration::from_secs(95),
        bound: Duration::from_millis(250),
        stable_for: MINUTE,
        patience,
    })
}

async fn execute(ledger: &Ledger, sql: &str) {
    let mut connection = ledger.database.connect().await;
    let done = connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await;
    done.unwrap_or_else(|error| panic!("{error}: {sql}"));
}

async fn number(ledger: &Ledger, sql: &str) -> i64 {
    let mut connection = ledger.database.connect().await;
    let row = connection.fetch_one(sqlx::AssertSqlSafe(sql.to_owned())).await;
    sqlx::Row::get(&row.unwrap_or_else(|error| panic!("{error}: {sql}")), 0)
}

async fn sweep(ledger: &Ledger, listed: usize, orphans: usize) {
    let swept = Swept {
        began: ledger.store.now().await.expect("postgres is there"),
        span: 1440 * MINUTE,
        listed,
        orphans,
        waiting: 0,
    };
    ledger
        .store
        .swept(ledger.tenant, ledger.epoch, &ledger.gate, &swept)
        .await
        .expect("the lease is ours");
}

/// The gate is held, and opens when the list has been read, with a margin of slots for what it does not show.
async fn is_held_until_swept(ledger: &Ledger) {
    ledger.refused().await;
    let wait = ledger.refused().await;
    assert!(wait > Duration::from_secs(50), "for the longest window: {wait:?}");
    let alarms = "SELECT count(*) FROM quell.alarms WHERE kind = 'restored'";
    assert_eq!(number(ledger, alarms).await, 1, "a person is told once");
    sweep(ledger, 42, 0).await;
    let seeds = "SELECT count(*) FROM quell.attempts WHERE kind = 'seed'";
    assert_eq!(
        number(ledger, seeds).await,
        5 + 5,
        "five, and a tenth of those listed"
    );
    ledger.granted().await;
}

#[tokio::test]
async fn another_cluster_or_timeline_holds_the_gate_until_the_list_has_been_read() {
    let mut ledger = Ledger::new(100, 3).await;
    ledger.store = guarded(&ledger, Duration::ZERO);
    ledger.granted().await;
    assert!(!ledger.store.restore_look().await.expect("postgres is there"));
    ledger.granted().await;
    execute(
        &ledger,
        "UPDATE quell.cluster_seen SET identity = regexp_replace(identity, ':0*([0-9A-F]+):', ':FF\\1:')",
    )
    .await;
    is_held_until_swept(&ledger).await;
}

#[tokio::test]
async fn a_database_without_the_newest_attempt_holds_the_gate() {
    let mut ledger = Ledger::new(100, 3).await;
    ledger.store = guarded(&ledger, Duration::ZERO);
    let grant = ledger.granted().await;
    execute(
        &ledger,
        &format!("DELETE FROM quell.attempts WHERE id = '{}'", grant.attempt),
    )
    .await;
    is_held_until_swept(&ledger).await;
}

#[tokio::test]
async fn another_replica_remembers_too() {
    let ledger = Ledger::new(100, 3).await;
    let grant = ledger.granted().await;
    let other = guarded(&ledger, Duration::ZERO);
    assert!(!other.restore_look().await.expect("postgres is there"));
    execute(
        &ledger,
        &format!("DELETE FROM quell.attempts WHERE id = '{}'", grant.attempt),
    )
    .await;
    assert!(other.restore_look().await.expect("postgres is there"));
    let wait = ledger.refused().await;
    assert!(wait > Duration::from_secs(50), "every replica is held: {wait:?}");
    assert!(
        !other.restore_look().await.expect("postgres is there"),
        "said once"
    );
}

#[tokio::test]
async fn a_listing_that_began_before_the_hold_does_not_end_it() {
    let mut ledger = Ledger::new(100, 2).await;
    ledger.store = guarded(&ledger, Duration::ZERO);
    let began = ledger.store.now().await.expect("postgres is there");
    let grant = ledger.granted().await;
    execute(
        &ledger,
        &format!("DELETE FROM quell.attempts WHERE id = '{}'", grant.attempt),
    )
    .await;
    ledger.refused().await;
    let swept = Swept {
        began,
        span: 1440 * MINUTE,
        listed: 0,
        orphans: 0,
        waiting: 0,
    };
    let (store, tenant) = (&ledger.store, ledger.tenant);
    store
        .swept(tenant, ledger.epoch, &ledger.gate, &swept)
        .await
        .expect("the lease is ours");
    ledger.refused().await;
}

#[tokio::test]
async fn a_daemon_that_begins_looks_at_the_list_first_and_does_not_wait_for_it_for_long() {
    let mut ledger = Ledger::new(100, 3).await;
    ledger.store = guarded(&ledger, MINUTE);
    let outcome = ledger.ask().await;
    assert!(matches!(outcome, GateOutcome::Wait { .. }), "{outcome:?}");
    sweep(&ledger, 0, 0).await;
    ledger.granted().await;
    let seeds = "SELECT count(*) FROM quell.attempts WHERE kind = 'seed'";
    assert_eq!(number(&ledger, seeds).await, 0, "nothing was lost");

    ledger.store = guarded(&ledger, Duration::from_millis(1));
    ledger.granted().await;

    ledger.store = guarded(&ledger, MINUTE);
    assert!(
        ledger
            .store
            .continues(ledger.tenant)
            .await
            .expect("postgres is there")
    );
    ledger.granted().await;
}

#[tokio::test]
async fn a_daemon_on_a_restored_backup_keeps_the_windows_and_takes_back_what_it_had_forgotten() {
    const DEVICES: usize = 30;
    let mut world = Setup::new(20, &[&storm_playbook()])
        .budget(
            "{windows: [{limit: 40, per: 60s}, {limit: 600, per: 1h}], pacer: {interval: 1ms, burst: 100}}",
        )
        .simulate(|simulator| simulator.windows = vec![Window::new(40, 60), Window::new(600, 3600)])
        .start()
        .await;
    world.terminate().await;
    world.database().back_up().await;
    world.start().await;
    world.send(&storm(DEVICES)).await;
    world
        .seen("all are restricted", MINUTE, |report| report.restricted_now == 30)
        .await;
    world.until_idle(MINUTE).await;
    world.kill_9();

    world.database().restore().await;
    world.start().await;
    // Why they are restricted is lost: that a person decides, and until then they stay as they are.
    world
        .until(
            2 * MINUTE,
            "SELECT count(*) = 30 FROM quell.containments WHERE state = 'active' AND attention IS NOT NULL",
        )
        .await;
    world.until_idle(MINUTE).await;
    assert_eq!(world.simulator.report().restricted_now, 30);
    let (code, said) = world
        .command(&[
            "release",
            "--all",
            "--yes",
            "--reason",
            "looked at",
            "--config",
            "quell.yaml",
        ])
        .await;
    assert_eq!(code, Some(0), "{said}");
    world
        .seen("all are free", 2 * MINUTE, |report| report.restricted_now == 0)
        .await;
    world.until_idle(MINUTE).await;
    let alarms = world
        .texts("SELECT kind || ' ' || count(*) FROM quell.alarms GROUP BY kind ORDER BY kind")
        .await;
    assert_eq!(alarms, ["orphan 30", "restored 1"]);
    assert_eq!(
        world
            .number("SELECT count(*) FROM quell.actions WHERE kind = 'restrict' AND state = 'succeeded'")
            .await,
        30
    );
    world.finish().await;
}
