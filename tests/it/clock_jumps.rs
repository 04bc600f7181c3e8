//! The database's clock jumps: sending freezes until it is stable, and every slot that is held is prolonged by the jump, once.

use std::time::Duration;

use quell::store::{GateOutcome, SafetyOptions, Store};
use sqlx::Executor;

use crate::support::alert::{storm, storm_playbook};
use crate::support::ledger::{Ledger, store};
use crate::support::{Setup, eventually};

const STABLE_FOR: Duration = Duration::from_millis(400);

/// A store that guards its clock, as a daemon's does; it need not wait for a look at Defender's list.
fn guarded(ledger: &Ledger) -> Store {
    store(&ledger.database).guarded(SafetyOptions {
        longest: Duration::from_secs(60),
        latest: Duration::from_secs(95),
        bound: Duration::from_millis(250),
        stable_for: STABLE_FOR,
        patience: Duration::ZERO,
    })
}

async fn text(ledger: &Ledger, sql: &str) -> String {
    let mut connection = ledger.database.connect().await;
    let row = connection.fetch_one(sqlx::AssertSqlSafe(sql.to_owned())).await;
    sqlx::Row::get(&row.unwrap_or_else(|error| panic!("{error}: {sql}")), 0)
}

/// How long ago the only slot was, in whole seconds.
async fn slot_age(ledger: &Ledger) -> i64 {
    let sql = "SELECT round(extract(epoch FROM quell.now() - slot_at))::text FROM quell.attempts";
    text(ledger, sql).await.parse().expect("a number")
}

#[tokio::test]
async fn a_jump_forward_freezes_sending_and_frees_no_slot() {
    let mut ledger = Ledger::new(1, 3).await;
    ledger.store = guarded(&ledger);
    let grant = ledger.granted().await;
    ledger
        .answer(&grant, ledger.epoch)
        .await
        .expect("the attempt is open");
    ledger.at(3_000).await;
    let frozen = ledger.refused().await;
    assert!(frozen <= STABLE_FOR, "{frozen:?}");
    assert_eq!(
        text(&ledger, "SELECT round(extract(epoch FROM least))::text || ' ' || round(extract(epoch FROM most)) FROM quell.clock_jumps").await,
        "3000 3000"
    );
    assert!((-2..=5).contains(&slot_age(&ledger).await), "as old as before");
    eventually(
        "the clock is taken for stable again",
        Duration::from_secs(30),
        async || {
            let look = ledger.store.clock_look().await.expect("postgres is there");
            look.frozen.is_none()
        },
    )
    .await;
    let wait = ledger.refused().await;
    assert!(
        wait > Duration::from_secs(30),
        "the window is as full as it was: {wait:?}"
    );
    assert_eq!(
        text(&ledger, "SELECT string_agg(kind, ' ') FROM quell.alarms").await,
        "clock_jump"
    );
}

#[tokio::test]
async fn a_jump_that_every_replica_sees_prolongs_the_slots_once_and_back_again() {
    let mut ledger = Ledger::new(10, 1).await;
    let (one, other) = (guarded(&ledger), guarded(&ledger));
    ledger.store = one.clone();
    for store in [&one, &other] {
        assert_eq!(store.clock_look().await.expect("postgres is there").jumps, 0);
    }
    let grant = ledger.granted().await;
    ledger
        .answer(&grant, ledger.epoch)
        .await
        .expect("the attempt is open");
    for (jumps, at) in [(1, 1_000), (2, 0)] {
        ledger.at(at).await;
        for store in [&one, &other] {
            let look = store.clock_look().await.expect("postgres is there");
            assert_eq!((look.jumps, look.frozen.is_some()), (1, true), "each sees it");
        }
        let written = text(&ledger, "SELECT count(*)::text FROM quell.clock_jumps").await;
        assert_eq!(written, jumps.to_string(), "one of them writes it down");
        let age = slot_age(&ledger).await;
        assert!((-2..=10).contains(&age), "the slot is {age} s old");
    }
    let doubt = ledger.store.clock_doubt().await.expect("postgres is there");
    assert!((1_999..=2_002).contains(&doubt.as_secs()), "{doubt:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_jump_that_the_gate_and_the_watch_see_at_once_is_written_down_once() {
    let mut ledger = Ledger::new(10, 1).await;
    ledger.store = guarded(&ledger);
    ledger.store.clock_look().await.expect("postgres is there");
    ledger.at(1_000).await;
    let mut looks = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = ledger.store.clone();
        looks.spawn(async move { store.clock_look().await.expect("postgres is there").jumps });
    }
    assert_eq!(looks.join_all().await.iter().sum::<usize>(), 1);
    assert_eq!(
        text(&ledger, "SELECT count(*)::text FROM quell.clock_jumps").await,
        "1"
    );
}

#[tokio::test]
async fn a_slow_answer_is_no_jump() {
    let mut ledger = Ledger::new(10, 3).await;
    ledger.store = guarded(&ledger);
    ledger.granted().await;
    let mut other = ledger.database.connect().await;
    // The gate waits for the budget's row, far longer than the bound.
    other
        .execute("BEGIN; SELECT 1 FROM quell.budgets FOR UPDATE")
        .await
        .expect("nobody else holds it");
    let (outcome, ()) = tokio::join!(ledger.ask(), async {
        other
            .execute("SELECT pg_sleep(0.6); COMMIT")
            .await
            .expect("postgres is there");
    });
    assert!(matches!(outcome, GateOutcome::Granted(_)), "{outcome:?}");
    let look = ledger.store.clock_look().await.expect("postgres is there");
    assert_eq!((look.jumps, look.frozen), (0, None));
}

#[tokio::test]
async fn jumps_in_a_storm_exceed_no_window_and_lose_nothing() {
    let world = Setup::new(60, &[&storm_playbook()]).start().await;
    world.send(&storm(150)).await;
    for (calls, shift) in [(20, "7 s"), (60, "-3 s"), (110, "0 s")] {
        world
            .seen("the storm goes on", Duration::from_secs(60), |report| {
                report.action_calls >= calls
            })
            .await;
        world
            .execute(&format!("UPDATE quell.clock SET shift = '{shift}'"))
            .await;
    }
    world
        .seen("all are restricted", Duration::from_secs(90), |report| {
            report.restricted_now == 150
        })
        .await;
    world.until_idle(Duration::from_secs(60)).await;
    let jumps = world
        .texts("SELECT round(extract(epoch FROM most))::text FROM quell.clock_jumps ORDER BY id")
        .await;
    assert_eq!(jumps, ["7", "-10", "3"]);
    world.finish().await;
}
