//! The database's clock jumps: sending freezes until it is stable, and every slot that is held is prolonged by the jump, once.

use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::ActionEvent;
use quell::domain::budget::BudgetScope;
use quell::store::{AnswerRecord, GateOutcome, ReadOutcome, SafetyOptions, Store};
use quell::worker::expire::{self, Turn};
use sqlx::Executor;

use crate::support::alert::{storm, storm_playbook};
use crate::support::ground::{Ground, device, playbook};
use crate::support::ledger::{Ledger, accepted, store};
use crate::support::{Setup, eventually};

const STABLE_FOR: Duration = Duration::from_millis(400);

/// Long, for a busy machine.
const LONG: Duration = Duration::from_secs(180);

/// A store that guards its clock, as a daemon's does; it need not wait for a look at Defender's list.
fn guarded(ledger: &Ledger) -> Store {
    store(&ledger.database).guarded(options())
}

fn options() -> SafetyOptions {
    SafetyOptions {
        longest: Duration::from_secs(60),
        latest: Duration::from_secs(95),
        bound: Duration::from_millis(250),
        stable_for: STABLE_FOR,
        patience: Duration::ZERO,
    }
}

async fn execute(ledger: &Ledger, sql: &str) {
    let mut connection = ledger.database.connect().await;
    let done = connection.execute(sqlx::AssertSqlSafe(sql.to_owned())).await;
    done.unwrap_or_else(|error| panic!("{error}: {sql}"));
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

#[tokio::test]
async fn a_slower_rate_lasts_as_long_as_without_the_jump() {
    let mut ledger = Ledger::new(10, 1).await;
    ledger.store = guarded(&ledger);
    ledger.store.clock_look().await.expect("postgres is there");
    execute(
        &ledger,
        "UPDATE quell.budgets SET slow_seconds = 2, slow_next_at = quell.now() + interval '2 s',
             slow_until = quell.now() + interval '100 s' WHERE scope = 'actions'",
    )
    .await;
    for at in [1_000, 0] {
        ledger.at(at).await;
        let look = ledger.store.clock_look().await.expect("postgres is there");
        assert_eq!(look.jumps, 1);
        let left = text(
            &ledger,
            "SELECT (extract(epoch FROM slow_until - quell.now()) BETWEEN 80 AND 101)::text || ' '
                 || (extract(epoch FROM slow_until - slow_next_at) BETWEEN 97 AND 99)::text
             FROM quell.budgets WHERE scope = 'actions'",
        )
        .await;
        assert_eq!(left, "true true", "the clock at {at} s");
    }
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
async fn a_jump_behind_a_slow_answer_is_seen_before_the_count() {
    let mut ledger = Ledger::new(10, 3).await;
    ledger.store = guarded(&ledger);
    ledger.granted().await;
    let mut other = ledger.database.connect().await;
    // The gate's look at the clock waits, longer than the clock is set back.
    other
        .execute(
            "BEGIN; LOCK TABLE quell.holds IN ACCESS EXCLUSIVE MODE; UPDATE quell.clock SET shift = '-400 ms'",
        )
        .await
        .expect("nobody else holds it");
    let (outcome, ()) = tokio::join!(ledger.ask(), async {
        other
            .execute("SELECT pg_sleep(0.6); COMMIT")
            .await
            .expect("postgres is there");
    });
    assert!(matches!(outcome, GateOutcome::Wait { .. }), "{outcome:?}");
    let written = text(&ledger, "SELECT count(*)::text FROM quell.clock_jumps").await;
    assert_eq!(written, "1");
}

#[tokio::test]
async fn a_clock_that_is_set_right_holds_up_nothing_that_waited_by_the_wrong_one() {
    let mut ledger = Ledger::new(10, 3).await;
    let grant = ledger.granted().await;
    ledger
        .answer(&grant, ledger.epoch)
        .await
        .expect("the attempt is open");
    ledger.at(3_600).await;
    ledger.store = guarded(&ledger);
    ledger.store.clock_look().await.expect("postgres is there");
    for wait in [
        "UPDATE quell.actions SET not_before = quell.now() + interval '20 s' WHERE state = 'queued'",
        "UPDATE quell.actions SET cancel_not_before = quell.now() + interval '20 s' WHERE state = 'submitted'",
        "UPDATE quell.budgets SET closed_until = quell.now() + interval '20 s'",
        "INSERT INTO quell.holds (tenant_id, since, held_until, reason)
         SELECT id, quell.now(), quell.now() + interval '20 s', 'test' FROM quell.tenants",
        "INSERT INTO quell.inbox (tenant_id, event_id, device_id, event_kind, shard, wait_until)
         SELECT id, gen_random_uuid(), 'd', 'new', 0, quell.now() + interval '20 s' FROM quell.tenants",
    ] {
        execute(&ledger, wait).await;
    }
    ledger.at(0).await;
    assert_eq!(
        ledger.store.clock_look().await.expect("postgres is there").jumps,
        1
    );
    for (waits, rows) in [
        (
            "SELECT not_before AS until FROM quell.actions WHERE state = 'queued'",
            2,
        ),
        (
            "SELECT cancel_not_before AS until FROM quell.actions WHERE state = 'submitted'",
            1,
        ),
        ("SELECT closed_until AS until FROM quell.budgets", 3),
        (
            "SELECT held_until AS until FROM quell.holds WHERE since <= quell.now()",
            1,
        ),
        ("SELECT wait_until AS until FROM quell.inbox", 1),
    ] {
        let sql = format!(
            "SELECT count(*)::text FROM ({waits}) AS w
             WHERE until BETWEEN quell.now() - interval '30 s' AND quell.now() + interval '21 s'"
        );
        assert_eq!(text(&ledger, &sql).await, rows.to_string(), "{waits}");
    }
}

#[tokio::test]
async fn nothing_ends_by_a_clock_that_has_just_jumped() {
    let mut ground = Ground::new(&[playbook("one")]).await;
    ground.alert("one", &device('a')).await;
    ground
        .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), false)
        .await;
    let mut context = ground.context();
    context.store = ground.store.clone().guarded(options());
    let turn = async || expire::turn(&context).await.expect("postgres is there");
    assert!(matches!(turn().await, Turn::Done(change) if !change.is_some()));
    ground.pass(SignedDuration::from_hours(5)).await;
    assert!(matches!(turn().await, Turn::Frozen(left) if left <= STABLE_FOR));
    eventually(
        "what is due ends when the clock has been stable",
        Duration::from_secs(30),
        async || matches!(turn().await, Turn::Done(change) if change.ended == 1),
    )
    .await;
}

#[tokio::test]
async fn reads_that_share_the_windows_heed_the_clock_and_the_hold() {
    let mut ledger = Ledger::new(20, 1).await;
    ledger.store = guarded(&ledger);
    let read = async |ledger: &Ledger, kind| {
        let read = ledger
            .store
            .read_reserve(ledger.tenant, ledger.epoch, &ledger.gate, kind)
            .await;
        read.expect("postgres is there")
    };
    execute(
        &ledger,
        "INSERT INTO quell.holds (tenant_id, since, held_until, reason)
         SELECT id, quell.now(), quell.now() + interval '1 day', 'test' FROM quell.tenants",
    )
    .await;
    assert!(matches!(read(&ledger, "get").await, ReadOutcome::Granted { .. }));
    ledger.gate.scope = BudgetScope::Shared;
    assert!(matches!(read(&ledger, "get").await, ReadOutcome::Held));
    assert!(
        matches!(read(&ledger, "list").await, ReadOutcome::Granted { .. }),
        "the listing ends the hold"
    );
    ledger.at(1_000).await;
    assert!(matches!(read(&ledger, "list").await, ReadOutcome::Wait(_)));
    let written = text(&ledger, "SELECT count(*)::text FROM quell.clock_jumps").await;
    assert_eq!(written, "1");
}

#[tokio::test]
async fn an_answer_that_closes_the_gate_and_a_jump_do_not_wait_for_each_other() {
    let ledger = Ledger::new(10, 1).await;
    let grant = ledger.granted().await;
    let record = AnswerRecord {
        pause: Some((LONG, "429".to_owned())),
        ..accepted()
    };
    let mut jump = ledger.database.connect().await;
    // As a jump is written down: the budgets first, then the attempts.
    jump.execute("BEGIN; SELECT 1 FROM quell.budgets FOR UPDATE")
        .await
        .expect("nobody else holds it");
    let answer = ledger
        .store
        .attempt_finish(ledger.tenant, ledger.epoch, &grant, &record);
    let (answered, ()) = tokio::join!(answer, async {
        eventually("the answer waits", LONG, async || {
            let sql = "SELECT count(*)::text FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
            text(&ledger, sql).await == "1"
        })
        .await;
        jump.execute("SET LOCAL lock_timeout = '1 s'; UPDATE quell.attempts SET slot_at = slot_at; COMMIT")
            .await
            .expect("the answer holds no attempt while it waits for the budget");
    });
    answered.expect("the attempt is open");
}

#[tokio::test]
async fn jumps_in_a_storm_exceed_no_window_and_lose_nothing() {
    let world = Setup::new(60, &[&storm_playbook()]).start().await;
    world.send(&storm(150)).await;
    for (calls, shift) in [(20, "7 s"), (60, "-3 s"), (110, "0 s")] {
        world
            .seen("the storm goes on", LONG, |report| report.action_calls >= calls)
            .await;
        world
            .execute(&format!("UPDATE quell.clock SET shift = '{shift}'"))
            .await;
    }
    world
        .seen("all are restricted", LONG, |report| report.restricted_now == 150)
        .await;
    world.until_idle(LONG).await;
    let jumps = world
        .texts("SELECT round(extract(epoch FROM most))::text FROM quell.clock_jumps ORDER BY id")
        .await;
    assert_eq!(jumps, ["7", "-10", "3"]);
    world.finish().await;
}
