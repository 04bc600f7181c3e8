//! A ledger with queued actions, for tests that work on the store without a daemon.

use std::time::Duration;

use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::budget::{BudgetScope, CallTiming, Window};
use quell::domain::containment::change::Begins;
use quell::domain::decision::DecisionKind;
use quell::domain::device::DeviceIdRule;
use quell::domain::guard::Protections;
use quell::domain::incoming::Incoming;
use quell::domain::measure::Measure;
use quell::domain::recorded::OwnFacts;
use quell::domain::tenant::TenantId;
use quell::domain::verdict::{Lane, Mode};
use quell::store::{
    AnswerRecord, DecideTx, DecisionRow, Gate, GateOutcome, Grant, InboxItem, NewContainment, QueuedChange,
    Store, StoreError, StoreOptions,
};
use sqlx::{AssertSqlSafe, Executor};
use uuid::Uuid;

use super::TestDatabase;
use super::alert::{alert, device};

/// Longer than any test.
pub const HOUR: Duration = Duration::from_secs(3600);

/// A tenant with a ledger, and the lease to use it.
pub struct Ledger {
    /// Its database.
    pub database: TestDatabase,
    /// A store on it.
    pub store: Store,
    /// The tenant.
    pub tenant: TenantId,
    /// What the gate checks: a window of a minute.
    pub gate: Gate,
    /// Who holds the lease, for an hour.
    pub holder: Uuid,
    /// The epoch of the lease.
    pub epoch: i64,
}

/// Another store on the database.
pub fn store(database: &TestDatabase) -> Store {
    store_at(&database.url)
}

/// A store on the database of a URL.
pub fn store_at(url: &str) -> Store {
    let options = StoreOptions {
        url: url.into(),
        max_connections: 10,
        validity: 24 * HOUR,
        retry_delays: vec![Duration::ZERO; 3],
        retry_cap: std::time::Duration::from_secs(600),
    };
    Store::new(&options).expect("the URL is ours")
}

impl Ledger {
    /// With a window of so many calls in a minute, and that many restricts queued.
    pub async fn new(limit: u32, queued: usize) -> Self {
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
            antivirus: vec![Window {
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
            facts_wait: Duration::from_secs(60),
            terms: quell::domain::budget::Terms::default(),
            caps: Vec::new(),
            surge: quell::domain::surge::Surge::default(),
            fleet: None,
            outstanding: None,
            cancel_after: Some(Duration::from_secs(120)),
            facts_max_age: Duration::from_secs(3_600),
            lookups: quell::domain::lookup::LookupTerms::default(),
        };
        store
            .budget_ensure(tenant, "app")
            .await
            .expect("postgres is there");
        let holder = Uuid::now_v7();
        let epoch = store
            .lease_hold(tenant, holder, "here", HOUR)
            .await
            .expect("postgres is there");
        let ledger = Self {
            database,
            store,
            tenant,
            gate,
            holder,
            epoch: epoch.epoch().expect("nobody else holds it"),
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
    pub async fn at(&self, seconds: u32) {
        self.execute(&format!(
            "UPDATE quell.clock SET shift = make_interval(secs => {seconds})"
        ))
        .await;
    }

    /// Asks the gate.
    pub async fn ask(&self) -> GateOutcome {
        let outcome = self
            .store
            .gate_reserve(self.tenant, self.epoch, &self.gate, Lane::Low)
            .await;
        outcome.expect("postgres is there")
    }

    /// Asks the gate, which must grant.
    pub async fn granted(&self) -> Grant {
        match self.ask().await {
            GateOutcome::Granted(grant) => *grant,
            other => panic!("a slot was free: {other:?}"),
        }
    }

    /// Asks the gate, which must refuse; gives for how long.
    pub async fn refused(&self) -> Duration {
        match self.ask().await {
            GateOutcome::Wait {
                after: Some(after), ..
            } => after,
            other => panic!("no slot was free: {other:?}"),
        }
    }

    /// Records that Defender took the call.
    pub async fn answer(&self, grant: &Grant, epoch: i64) -> Result<ActionState, StoreError> {
        self.store
            .attempt_finish(self.tenant, epoch, grant, &accepted())
            .await
    }
}

/// An event on its way in.
pub fn incoming(id: &str, device: &str) -> Incoming {
    let record = alert(id, device);
    Incoming {
        event: quell::intake::normalize(&record, &DeviceIdRule::default()).expect("the alert is well formed"),
        content_hash: quell::intake::content_hash(&record),
        traceparent: None,
        payload: record.to_string().into_bytes(),
    }
}

fn containment(item: &InboxItem) -> NewContainment<'_> {
    NewContainment {
        device: &item.device,
        mode: Mode::Enforce,
        lane: Lane::Normal,
        playbook: "p",
        revision: "r",
        event_id: item.event_id,
        alert_id: &item.event.alert.id,
        occurred_at: None,
        reason: "matched",
        lifts: None,
        is_canary: false,
        limits: &[],
        drivers: &[],
        notify: &[],
        begins: Begins {
            measure: Measure::Restriction,
            isolation: None,
            comment: "test",
            ask: None,
            release_after: Some(24 * HOUR),
            restart_on_match: true,
            release_when: &[],
        },
    }
}

/// Settles claimed rows.
pub async fn commit(tx: DecideTx, items: &[InboxItem]) {
    let decisions: Vec<DecisionRow> = items
        .iter()
        .map(|item| DecisionRow {
            seq: item.seq,
            event_id: item.event_id,
            device: item.device.clone(),
            kind: DecisionKind::Act,
            reason: "matched".to_owned(),
            event: item.kind,
            rulings: Vec::new(),
            facts: None,
            own: OwnFacts::default(),
        })
        .collect();
    tx.commit(&decisions).await.expect("the rows are ours");
}

/// Defender took it.
pub fn accepted() -> AnswerRecord {
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
        named: None,
    }
}
