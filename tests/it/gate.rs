//! The gate, the ledger and the inbox on a real Postgres, raced by several tasks: no reservation too many, none
//! forgotten, no write under a wrong epoch or for a settled attempt, no device decided out of order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::budget::{BudgetScope, CallTiming, Window};
use quell::domain::decision::DecisionKind;
use quell::domain::device::{DeviceId, DeviceIdRule};
use quell::domain::guard::Protections;
use quell::domain::tenant::TenantId;
use quell::domain::verdict::{Lane, Mode};
use quell::store::{
    AnswerRecord, DecideTx, DecisionRow, Finding, Gate, GateOutcome, Grant, InboxItem, Incoming,
    NewContainment, QueuedChange, ReadOutcome, Store, StoreError, StoreOptions,
};
use sqlx::{AssertSqlSafe, Executor};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::TestDatabase;
use crate::support::alert::{alert, device};

const HOUR: Duration = Duration::from_secs(3600);

/// A tenant with a ledger, and the lease to use it.
struct Ledger {
    database: TestDatabase,
    store: Store,
    tenant: TenantId,
    gate: Gate,
    holder: Uuid,
    epoch: i64,
}

fn store(database: &TestDatabase) -> Store {
    let options = StoreOptions {
        url: database.url.clone().into(),
        max_connections: 10,
        validity: 24 * HOUR,
        retry_delays: vec![Duration::ZERO; 3],
    };
    Store::new(&options).expect("the URL is ours")
}

impl Ledger {
    /// With a window of so many calls in a minute, and that many restricts queued.
    async fn new(limit: u32, queued: usize) -> Self {
        let database = TestDatabase::new().await;
        let store = store(&database);
        let tenant = store.tenant_ensure("test").await.expect("the name is plain");
        let seconds = Duration::from_secs;
        let gate = Gate {
            app_id: "app".to_owned(),
            scope: BudgetScope::ActionsAndReads,
            actions: vec![Window {
                limit,
                per: seconds(60),
            }],
            reads: vec![Window {
                limit,
                per: seconds(60),
            }],
            timing: CallTiming {
                send_deadline: seconds(5),
                total_timeout: seconds(30),
                server_tail: seconds(60),
                list_lag: seconds(25),
            },
            ceiling: Mode::Enforce,
            never: Protections::default(),
            outstanding: None,
        };
        store
            .budget_ensure(tenant, "app")
            .await
            .expect("postgres is there");
        let holder = Uuid::now_v7();
        let epoch = store
            .lease_hold(tenant, holder, HOUR)
            .await
            .expect("postgres is there");
        let ledger = Self {
            database,
            store,
            tenant,
            gate,
            holder,
            epoch: epoch.expect("nobody else holds it"),
        };
        ledger.queue(queued).await;
        ledger
    }

    /// Queues a restrict for each of so many devices, as the decision loop does.
    async fn queue(&self, devices: usize) {
        let events = (0..devices)
            .map(|n| incoming(&format!("a{n}"), &device(n)))
            .collect();
        self.store
            .events_accept(self.tenant, "test", events, Vec::new())
            .await
            .expect("they are stored");
        let mut tx = self
            .store
            .decide_begin(self.tenant, 1000)
            .await
            .expect("postgres is there");
        let items = std::mem::take(&mut tx.items);
        for item in &items {
            tx.containment_begin(&containment(item))
                .await
                .expect("the device has none");
            tx.converge(&item.device, "wanted")
                .await
                .expect("the device is locked");
        }
        commit(tx, &items).await;
        // The gate withdraws what belongs to no enforcing playbook of the active set.
        self.execute(
            "INSERT INTO quell.playbook_revisions (tenant_id, playbook, revision, text) SELECT id, 'p', 'r', '' FROM quell.tenants
             ON CONFLICT DO NOTHING",
        )
        .await;
        self.execute(
            "INSERT INTO quell.playbook_sets (tenant_id, set_hash, playbook, revision, mode)
             SELECT id, 'h', 'p', 'r', 'enforce' FROM quell.tenants ON CONFLICT DO NOTHING",
        )
        .await;
        self.execute(
            "INSERT INTO quell.active_sets (tenant_id, set_hash, version) SELECT id, 'h', 1 FROM quell.tenants
             ON CONFLICT DO NOTHING",
        )
        .await;
    }

    async fn execute(&self, sql: &str) {
        let mut connection = self.database.connect().await;
        let done = connection.execute(AssertSqlSafe(sql.to_owned())).await;
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Moves the ledger's clock to so long after its true time.
    async fn at(&self, seconds: u32) {
        self.execute(&format!(
            "UPDATE quell.clock SET shift = make_interval(secs => {seconds})"
        ))
        .await;
    }

    async fn ask(&self) -> GateOutcome {
        let outcome = self
            .store
            .gate_reserve(self.tenant, self.epoch, &self.gate, Lane::Low)
            .await;
        outcome.expect("postgres is there")
    }

    async fn granted(&self) -> Grant {
        match self.ask().await {
            GateOutcome::Granted(grant) => *grant,
            other => panic!("a slot was free: {other:?}"),
        }
    }

    async fn refused(&self) -> Duration {
        match self.ask().await {
            GateOutcome::Wait {
                after: Some(after), ..
            } => after,
            other => panic!("no slot was free: {other:?}"),
        }
    }

    async fn answer(&self, grant: &Grant, epoch: i64) -> Result<ActionState, StoreError> {
        self.store
            .attempt_finish(self.tenant, epoch, grant, &accepted())
            .await
    }
}

fn incoming(id: &str, device: &str) -> Incoming {
    let record = alert(id, device);
    Incoming {
        event: quell::intake::normalize(&record, &DeviceIdRule::default()).expect("the alert is well formed"),
        content_hash: quell::intake::content_hash(&record),
        payload: record.to_string().into_bytes(),
    }
}

fn containment(item: &InboxItem) -> NewContainment {
    NewContainment {
        device: item.device.clone(),
        mode: Mode::Enforce,
        lane: Lane::Normal,
        playbook: "p".to_owned(),
        revision: "r".to_owned(),
        event_id: item.event_id,
        alert_id: item.event.alert.id.clone(),
        comment: "test".to_owned(),
        ask: None,
        release_after: Some(24 * HOUR),
        restart_on_match: true,
    }
}

async fn commit(tx: DecideTx, items: &[InboxItem]) {
    let decisions: Vec<DecisionRow> = items
        .iter()
        .map(|item| DecisionRow {
            seq: item.seq,
            event_id: item.event_id,
            device: item.device.clone(),
            kind: DecisionKind::Act,
            reason: "matched".to_owned(),
            rulings: serde_json::json!([]),
            facts: None,
        })
        .collect();
    tx.commit(&decisions).await.expect("the rows are ours");
}

fn accepted() -> AnswerRecord {
    AnswerRecord {
        outcome: "accepted",
        event: ActionEvent::Accepted,
        then: None,
        change: QueuedChange {
            defender_id: Some(Uuid::now_v7().to_string()),
            defender_status: Some("Pending".to_owned()),
            ..QueuedChange::default()
        },
        refusal: None,
        is_answered: true,
        pause: None,
    }
}

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
        .attempts_overdue_doubt(ledger.tenant, Duration::ZERO)
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
        .lease_hold(ledger.tenant, other, HOUR)
        .await
        .expect("postgres is there");
    assert_eq!(held, None, "the lease has an owner");
    ledger.at(3601).await;
    assert!(
        matches!(ledger.ask().await, GateOutcome::NotLeader),
        "its lease has run out"
    );
    let held = ledger
        .store
        .lease_hold(ledger.tenant, other, HOUR)
        .await
        .expect("postgres is there");
    assert_eq!(held, Some(ledger.epoch + 1));
    assert!(
        matches!(ledger.ask().await, GateOutcome::NotLeader),
        "its epoch is over"
    );
    let back = ledger
        .store
        .lease_hold(ledger.tenant, ledger.holder, HOUR)
        .await
        .expect("postgres is there");
    assert_eq!(back, None, "and it does not get it back");
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
            .findings_apply(ledger.tenant, &[finding])
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
        .attempts_overdue_doubt(ledger.tenant, Duration::ZERO)
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
        .attempts_overdue_doubt(ledger.tenant, Duration::ZERO)
        .await;
    assert_eq!(doubted.expect("postgres is there"), 1);
    assert_eq!(
        ledger.answer(&grant, ledger.epoch).await.expect("it is open"),
        ActionState::Submitted
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn claimers_that_race_decide_every_row_once_and_each_device_in_order() {
    const EVENTS: usize = 240;
    let ledger = Arc::new(Ledger::new(10, 0).await);
    let events = (0..EVENTS)
        .map(|n| incoming(&format!("e{n}"), &device(n % 12)))
        .collect();
    ledger
        .store
        .events_accept(ledger.tenant, "test", events, Vec::new())
        .await
        .expect("they are stored");
    let order: Arc<Mutex<Vec<(DeviceId, i64)>>> = Arc::default();
    let mut tasks = JoinSet::new();
    for _ in 0..6 {
        let (ledger, order) = (Arc::clone(&ledger), Arc::clone(&order));
        tasks.spawn(async move {
            loop {
                let mut tx = ledger
                    .store
                    .decide_begin(ledger.tenant, 7)
                    .await
                    .expect("postgres is there");
                let items = std::mem::take(&mut tx.items);
                {
                    let mut order = order.lock().expect("no task panics with it");
                    order.extend(items.iter().map(|item| (item.device.clone(), item.seq)));
                    if order.len() >= EVENTS && items.is_empty() {
                        return;
                    }
                }
                commit(tx, &items).await;
            }
        });
    }
    tasks.join_all().await;
    let mut by_device: BTreeMap<DeviceId, Vec<i64>> = BTreeMap::new();
    for (device, seq) in order.lock().expect("no task panicked with it").drain(..) {
        by_device.entry(device).or_default().push(seq);
    }
    assert_eq!(by_device.len(), 12);
    for (device, seqs) in by_device {
        assert_eq!(seqs.len(), EVENTS / 12, "every row of {device} once");
        assert!(seqs.is_sorted(), "{device} was decided out of order: {seqs:?}");
    }
}

#[tokio::test]
async fn an_event_that_waits_for_facts_holds_its_device_and_no_other() {
    let ledger = Ledger::new(10, 0).await;
    let events = [(1, "a"), (2, "b"), (1, "c")].map(|(n, id)| incoming(id, &device(n)));
    ledger
        .store
        .events_accept(ledger.tenant, "test", events.into(), Vec::new())
        .await
        .expect("they are stored");
    let mut tx = ledger
        .store
        .decide_begin(ledger.tenant, 1)
        .await
        .expect("postgres is there");
    let waiting = tx.items.remove(0);
    let until = tx.now + jiff::SignedDuration::from_mins(1);
    tx.wait_for_facts(&[(waiting.seq, waiting.device.clone(), until)])
        .await
        .expect("the row is ours");
    commit(tx, &[]).await;
    let seen = async || {
        let tx = ledger
            .store
            .decide_begin(ledger.tenant, 10)
            .await
            .expect("postgres is there");
        tx.items
            .iter()
            .map(|item| item.event.alert.id.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        seen().await,
        ["b"],
        "the later event of the waiting device waits with it"
    );
    ledger.at(61).await;
    assert_eq!(seen().await, ["a", "b", "c"], "its time is over");
}
