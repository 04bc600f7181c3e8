//! The gate and the ledger on a real Postgres, raced by several tasks: no reservation too many, none forgotten, no write
//! under a wrong epoch or for a settled attempt.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use quell::domain::action::{ActionEvent, ActionKind, ActionState};
use quell::domain::budget::BudgetScope;
use quell::domain::device::DeviceId;
use quell::domain::measure::Measure;
use quell::domain::verdict::Lane;
use quell::store::{
    AnswerRecord, Finding, GateOutcome, Grant, Hold, QueuedChange, ReadOutcome, Store, StoreError,
    StoreOptions, Wake,
};
use sqlx::Executor;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::ledger::{HOUR, Ledger, accepted, store};
use crate::support::proxy::{AtCommit, Proxy};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn eight_tasks_that_race_for_the_gate_get_no_slot_too_many() {
    let ledger = Arc::new(Ledger::new(13, 60).await);
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let ledger = Arc::clone(&ledger);
        tasks.spawn(async move {
            let mut granted = Vec::new();
            loop {
                match ledger.ask().await {
                    GateOutcome::Granted(grant) => granted.push(*grant),
                    GateOutcome::Wait { .. } => return granted,
                    other => panic!("nothing stands against them: {other:?}"),
                }
            }
        });
    }
    let granted: Vec<Grant> = tasks.join_all().await.into_iter().flatten().collect();
    assert_eq!(granted.len(), 13);
    let devices: BTreeSet<&DeviceId> = granted.iter().map(|grant| &grant.device).collect();
    assert_eq!(devices.len(), 13, "one open action a device");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn calls_and_reads_that_share_a_window_do_not_get_it_twice() {
    let mut ledger = Ledger::new(10, 30).await;
    ledger.gate.scope = BudgetScope::Shared;
    let ledger = Arc::new(ledger);
    let mut tasks = JoinSet::new();
    for n in 0..8 {
        let ledger = Arc::clone(&ledger);
        tasks.spawn(async move {
            let mut granted = 0;
            loop {
                let is_granted = if n % 2 == 0 {
                    matches!(ledger.ask().await, GateOutcome::Granted(_))
                } else {
                    let read = ledger
                        .store
                        .read_reserve(ledger.tenant, ledger.epoch, &ledger.gate, "list")
                        .await;
                    matches!(read.expect("postgres is there"), ReadOutcome::Granted { .. })
                };
                match is_granted {
                    true => granted += 1,
                    false => return granted,
                }
            }
        });
    }
    assert_eq!(tasks.join_all().await.into_iter().sum::<u32>(), 10);
}

#[tokio::test]
async fn a_restart_does_not_forget_the_window() {
    let mut ledger = Ledger::new(3, 10).await;
    for _ in 0..3 {
        let grant = ledger.granted().await;
        ledger
            .answer(&grant, ledger.epoch)
            .await
            .expect("the attempt is open");
    }
    ledger.store.close().await;
    ledger.store = store(&ledger.database);
    let wait = ledger.refused().await;
    assert!(
        wait > Duration::from_secs(50) && wait < Duration::from_secs(61),
        "{wait:?}"
    );
    ledger.at(61).await;
    ledger.granted().await;
}

#[tokio::test]
async fn an_unanswered_call_holds_its_slot_as_long_as_it_may_still_be_counted() {
    let ledger = Ledger::new(1, 3).await;
    ledger.granted().await;
    // 5 s to send, 30 s to answer, 60 s of the server's own, and then the window.
    ledger.at(153).await;
    assert!(ledger.refused().await < Duration::from_secs(3));
    ledger.at(157).await;
    ledger.granted().await;
}

#[tokio::test]
async fn an_answered_call_holds_its_slot_from_its_answer() {
    let ledger = Ledger::new(1, 3).await;
    let grant = ledger.granted().await;
    ledger.at(30).await;
    ledger
        .answer(&grant, ledger.epoch)
        .await
        .expect("the attempt is open");
    ledger.at(88).await;
    assert!(ledger.refused().await < Duration::from_secs(4));
    ledger.at(92).await;
    ledger.granted().await;
}

#[tokio::test]
async fn a_call_that_was_not_answered_in_time_does_not_give_its_slot_back_when_it_is_looked_up() {
    let ledger = Ledger::new(1, 3).await;
    let grant = ledger.granted().await;
    ledger
        .store
        .attempts_overdue_doubt(ledger.tenant, ledger.epoch, Duration::ZERO)
        .await
        .expect("postgres is there");
    settle(&ledger, &grant, ActionEvent::NotExecuted).await;
    ledger.at(100).await;
    assert!(ledger.refused().await > Duration::from_secs(50));
}

#[tokio::test]
async fn a_pause_after_an_answer_closes_the_gate_for_everybody() {
    let ledger = Ledger::new(10, 3).await;
    let grant = ledger.granted().await;
    let record = AnswerRecord {
        outcome: "throttled",
        event: ActionEvent::NotExecuted,
        pause: Some((Duration::from_secs(40), "429".to_owned())),
        change: QueuedChange::default(),
        ..accepted()
    };
    let state = ledger
        .store
        .attempt_finish(ledger.tenant, ledger.epoch, &grant, &record)
        .await;
    assert_eq!(state.expect("the attempt is open"), ActionState::Queued);
    let wait = ledger.refused().await;
    assert!(
        wait > Duration::from_secs(35) && wait <= Duration::from_secs(40),
        "{wait:?}"
    );
    ledger.at(41).await;
    ledger.granted().await;
}

#[tokio::test]
async fn whoever_lost_the_lease_reserves_nothing_and_writes_nothing_for_others() {
    let ledger = Ledger::new(10, 5).await;
    let grant = ledger.granted().await;
    let other = Uuid::now_v7();
    let held = ledger
        .store
        .lease_hold(ledger.tenant, other, "there", HOUR)
        .await
        .expect("postgres is there");
    assert_eq!(held, Hold::NotOurs, "the lease has an owner");
    ledger.at(3601).await;
    assert!(
        matches!(ledger.ask().await, GateOutcome::NotLeader),
        "its lease has run out"
    );
    let held = ledger
        .store
        .lease_hold(ledger.tenant, other, "there", HOUR)
        .await
        .expect("postgres is there");
    assert_eq!(held, Hold::Ours(ledger.epoch + 1));
    assert!(
        matches!(ledger.ask().await, GateOutcome::NotLeader),
        "its epoch is over"
    );
    let back = ledger
        .store
        .lease_hold(ledger.tenant, ledger.holder, "here", HOUR)
        .await
        .expect("postgres is there");
    assert_eq!(back, Hold::NotOurs, "and it does not get it back");
    let error = ledger
        .answer(&grant, ledger.epoch + 1)
        .await
        .expect_err("the attempt is of the epoch before");
    assert!(matches!(error, StoreError::Stale(_)), "{error:?}");
}

async fn settle(ledger: &Ledger, grant: &Grant, event: ActionEvent) {
    let finding = Finding {
        action: grant.action,
        attempts: grant.n,
        events: vec![event],
        change: QueuedChange::default(),
        reason: "absent from a complete listing after the quiescence",
    };
    assert_eq!(
        ledger
            .store
            .findings_apply(ledger.tenant, ledger.epoch, &[finding])
            .await
            .expect("postgres is there"),
        1
    );
}

#[tokio::test]
async fn an_answer_to_a_settled_attempt_changes_nothing() {
    let ledger = Ledger::new(10, 1).await;
    let first = ledger.granted().await;
    ledger
        .store
        .attempts_overdue_doubt(ledger.tenant, ledger.epoch, Duration::ZERO)
        .await
        .expect("postgres is there");
    settle(&ledger, &first, ActionEvent::NotExecuted).await;
    let late = ledger
        .answer(&first, ledger.epoch)
        .await
        .expect_err("it is queued again");
    assert!(matches!(late, StoreError::Stale(_)), "{late:?}");
    let second = ledger.granted().await;
    assert_eq!(
        (second.action, second.n),
        (first.action, 2),
        "the same action, another attempt"
    );
    let late = ledger
        .answer(&first, ledger.epoch)
        .await
        .expect_err("another attempt is under way");
    assert!(matches!(late, StoreError::Stale(_)), "{late:?}");

    assert_eq!(
        ledger.answer(&second, ledger.epoch).await.expect("it is open"),
        ActionState::Submitted
    );
    let again = ledger
        .answer(&second, ledger.epoch)
        .await
        .expect_err("an answer is recorded once");
    assert!(matches!(again, StoreError::Stale(_)), "{again:?}");
    let mut connection = ledger.database.connect().await;
    let row = connection
        .fetch_one("SELECT count(DISTINCT defender_id), max(attempts) FROM quell.actions")
        .await;
    let row = row.expect("the actions can be read");
    assert_eq!(
        (
            sqlx::Row::get::<i64, _>(&row, 0),
            sqlx::Row::get::<i32, _>(&row, 1)
        ),
        (1, 2)
    );
}

#[tokio::test]
async fn an_answer_that_comes_while_in_doubt_is_still_the_answer() {
    let ledger = Ledger::new(10, 1).await;
    let grant = ledger.granted().await;
    let doubted = ledger
        .store
        .attempts_overdue_doubt(ledger.tenant, ledger.epoch, Duration::ZERO)
        .await;
    assert_eq!(doubted.expect("postgres is there"), 1);
    assert_eq!(
        ledger.answer(&grant, ledger.epoch).await.expect("it is open"),
        ActionState::Submitted
    );
}

#[tokio::test]
async fn an_action_that_waited_behind_another_is_woken_by_its_end() {
    let ledger = Ledger::new(10, 1).await;
    let grant = ledger.granted().await;
    ledger.answer(&grant, ledger.epoch).await.expect("it is open");
    let released = ledger
        .store
        .device_release(ledger.tenant, &grant.device, "someone", "a test", false)
        .await;
    let released = released.expect("postgres is there").expect("the device is known");
    assert!(
        released
            .of(Measure::Restriction)
            .is_some_and(|its| its.queued.is_some()),
        "the release waits for the restrict: {released:?}"
    );
    let mut wakes = ledger.store.wakes().await.expect("postgres is there");
    settle(&ledger, &grant, ActionEvent::Succeeded).await;
    let woken = async { while wakes.next().await.expect("postgres is there").1 != Wake::Queue {} };
    tokio::time::timeout(Duration::from_secs(10), woken)
        .await
        .expect("the queue is woken");
    assert_eq!(ledger.granted().await.kind, ActionKind::Release);
}

#[tokio::test]
async fn a_device_that_is_being_worked_on_does_not_hold_up_the_gate_and_is_called_afterwards() {
    let ledger = Ledger::new(10, 1).await;
    let mut other = ledger.database.connect().await;
    other
        .execute("BEGIN; SELECT 1 FROM quell.devices FOR UPDATE")
        .await
        .expect("nobody else holds the device");
    let look = ledger.store.queue_look(ledger.tenant, None, None).await;
    assert!(
        !look.expect("postgres is there").heads.is_empty(),
        "an action is due all the same"
    );
    let outcome = ledger.ask().await;
    assert!(matches!(outcome, GateOutcome::NothingDue { .. }), "{outcome:?}");
    other.execute("COMMIT").await.expect("postgres is there");
    ledger.granted().await;
}

/// A store on the ledger's database through a proxy.
async fn through_proxy(ledger: &Ledger) -> (Proxy, Store) {
    let proxy = Proxy::before(&ledger.database.url).await;
    let options = StoreOptions {
        url: proxy.url.clone().into(),
        max_connections: 4,
        validity: HOUR,
        retry_delays: vec![Duration::ZERO],
        retry_cap: HOUR,
    };
    let store = Store::new(&options).expect("the URL is ours");
    (proxy, store)
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_is_read_back_and_the_call_is_made() {
    let ledger = Ledger::new(10, 2).await;
    let (proxy, store) = through_proxy(&ledger).await;
    store.ping().await.expect("the proxy passes on");
    proxy.cut_at_commit(AtCommit::Unheard);
    let outcome = store
        .gate_reserve(ledger.tenant, ledger.epoch, &ledger.gate, Lane::Low)
        .await;
    let Ok(GateOutcome::Granted(grant)) = outcome else {
        panic!("the attempt is committed: {outcome:?}");
    };
    let answered = store
        .attempt_finish(ledger.tenant, ledger.epoch, &grant, &accepted())
        .await;
    assert_eq!(answered.expect("it is open"), ActionState::Submitted);
    assert_eq!(attempts(&ledger).await, 1);
}

#[tokio::test]
async fn a_commit_that_was_lost_itself_makes_no_call_and_takes_no_slot() {
    let ledger = Ledger::new(10, 1).await;
    let (proxy, store) = through_proxy(&ledger).await;
    store.ping().await.expect("the proxy passes on");
    proxy.cut_at_commit(AtCommit::Lost);
    let outcome = store
        .gate_reserve(ledger.tenant, ledger.epoch, &ledger.gate, Lane::Low)
        .await;
    assert!(
        matches!(&outcome, Err(error) if error.is_unavailable()),
        "no confirmed commit, no call: {outcome:?}"
    );
    assert_eq!(attempts(&ledger).await, 0);
    ledger.granted().await;
}

async fn attempts(ledger: &Ledger) -> i64 {
    let mut connection = ledger.database.connect().await;
    let row = connection.fetch_one("SELECT count(*) FROM quell.attempts").await;
    sqlx::Row::get(&row.expect("the ledger can be read"), 0)
}

#[tokio::test]
async fn findings_of_a_replica_that_lost_the_lease_are_not_written() {
    let ledger = Ledger::new(10, 1).await;
    let grant = ledger.granted().await;
    let finding = Finding {
        action: grant.action,
        attempts: grant.n,
        events: vec![ActionEvent::FateUnknown],
        change: QueuedChange::default(),
        reason: "a test",
    };
    for epoch in [ledger.epoch - 1, ledger.epoch + 1] {
        let written = ledger
            .store
            .findings_apply(ledger.tenant, epoch, std::slice::from_ref(&finding))
            .await;
        assert!(matches!(written, Err(StoreError::Stale(_))), "{written:?}");
        let doubted = ledger
            .store
            .attempts_overdue_doubt(ledger.tenant, epoch, Duration::ZERO)
            .await;
        assert!(matches!(doubted, Err(StoreError::Stale(_))), "{doubted:?}");
    }
}
