//! One tenant on a database of its own, moved by hand: events in, one look of a worker at a time, the database's clock
//! set forward. Nothing runs by itself, so each test says what happens and when.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use quell::domain::action::{ActionEvent, ActionState};
use quell::domain::alert::{Alert, Event, EventFormat};
use quell::domain::budget::{BudgetScope, CallTiming, Window};
use quell::domain::decision::Rules;
use quell::domain::device::{DeviceFacts, DeviceId};
use quell::domain::fact::Fact;
use quell::domain::guard::Protections;
use quell::domain::incoming::Incoming;
use quell::domain::tenant::TenantId;
use quell::domain::verdict::{AskTerms, Lane, Mode};
use quell::playbook::{PlaybookSet, SourceFile};
use quell::store::{
    AnswerRecord, Because, CancelGrant, ContainmentChange, FactsFound, Gate, GateOutcome, Grant, Origin,
    QueuedChange, Store, StoreOptions,
};
use quell::worker::active_set::{self, InForce};
use quell::worker::{Context, decide::Decider, expire, lease::Leadership};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};
use uuid::Uuid;

use super::TestDatabase;

/// The ground that a test stands on.
pub struct Ground {
    /// Its database.
    pub database: TestDatabase,
    /// The store.
    pub store: Store,
    /// The tenant, which is called `ground`.
    pub tenant: TenantId,
    decider: Decider,
    connection: PgConnection,
    holder: Uuid,
    events: u32,
}

/// A queued restrict is valid for so long.
pub const VALIDITY: Duration = Duration::from_secs(3_600);
/// The app registration.
pub const APP: &str = "99999999-2222-3333-4444-555555555555";

/// A playbook that restricts a device for four hours when an alert's category is the playbook's id.
pub fn playbook(id: &str) -> String {
    format!(
        "id: {id}\ntitle: Restrict\nowner: soc@example.com\nmode: enforce\npriority: normal\n\
         when: {{alert.category: {id}}}\nif_unknown: ask\n\
         then:\n  - restrict_app_execution: {{comment: \"alert {{alert.id}}\", release: {{after: 4h}}}}\n"
    )
}

/// The same one, asking first, for half an hour.
pub fn asking_playbook(id: &str, otherwise: &str) -> String {
    playbook(id) + &format!("ask: {{from: [soc-leads], approvals: 1, within: 30m, otherwise: {otherwise}}}\n")
}

/// A device's id, forty times the character.
pub fn device(c: char) -> DeviceId {
    DeviceId::from_stored(c.to_string().repeat(40))
}

/// Puts playbooks in force.
async fn activate(store: &Store, tenant: TenantId, playbooks: &[String]) {
    let id = |text: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix("id: ").map(str::to_owned))
    };
    let files: Vec<SourceFile> = playbooks
        .iter()
        .map(|text| SourceFile {
            name: id(text).expect("a playbook has an id") + ".yaml",
            text: text.clone(),
        })
        .collect();
    let (set, _) = PlaybookSet::compile(&files).expect("the playbooks are right");
    active_set::propose(store, tenant, &set)
        .await
        .expect("the database is up");
}

impl Ground {
    /// A tenant with these playbooks in force.
    pub async fn new(playbooks: &[String]) -> Self {
        let database = TestDatabase::new().await;
        let options = StoreOptions {
            url: database.url.clone().into(),
            max_connections: 4,
            validity: VALIDITY,
            retry_delays: vec![Duration::from_secs(30)],
            retry_cap: std::time::Duration::from_secs(600),
        };
        let store = Store::new(&options).expect("the URL is ours");
        let tenant = store.tenant_ensure("ground").await.expect("the name is plain");
        store
            .budget_ensure(tenant, APP)
            .await
            .expect("the database is up");
        activate(&store, tenant, playbooks).await;
        let window = |limit, per| Window {
            limit,
            per: Duration::from_secs(per),
        };
        let windows = vec![window(100, 60), window(1_500, 3_600)];
        let gate = Gate {
            app_id: APP.to_owned(),
            scope: BudgetScope::ActionsAndReads,
            actions: windows.clone(),
            reads: windows,
            antivirus: vec![window(30, 60), window(1_000, 3_600)],
            timing: CallTiming {
                send_deadline: Duration::from_secs(5),
                total_timeout: Duration::from_secs(30),
                server_tail: Duration::from_secs(60),
                list_lag: Duration::from_secs(25),
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
        let context = Context {
            store: store.clone(),
            tenant,
            tenant_name: "ground".to_owned(),
            gate,
            time_scale: 1,
            fleet: None,
            leadership: Leadership::default(),
            wakes: Arc::default(),
            pulses: quell::worker::pulse::Pulses::default(),
        };
        let default_ask = AskTerms {
            from: Vec::new(),
            approvals: 1,
            within: Duration::from_secs(1_800),
            otherwise_act: false,
        };
        let decider = Decider {
            context,
            rules: Rules {
                ceiling: Mode::Enforce,
                freshness: Duration::from_secs(3_600),
                never: Protections::default(),
                caps: Vec::new(),
                surge: quell::domain::surge::Surge::default(),
                default_ask,
            },
            facts_max_age: Duration::from_secs(3_600),
            kinds: quell::domain::device::kind::KindSigns::default(),
            fleet_max_age: Duration::from_secs(86_400),
            facts_wait: Duration::from_secs(60),
            info_wait: Duration::from_secs(60),
            in_force: Arc::new(InForce::default()),
        };
        let connection = database.connect().await;
        Self {
            database,
            store,
            tenant,
            decider,
            connection,
            holder: Uuid::now_v7(),
            events: 0,
        }
    }

    /// Puts other playbooks in force.
    pub async fn change(&self, playbooks: &[String]) {
        activate(&self.store, self.tenant, playbooks).await;
    }

    /// Lets a person put other playbooks in force.
    pub async fn activate_as(&self, person: &str, playbooks: &[String]) {
        let files: Vec<SourceFile> = playbooks
            .iter()
            .map(|text| SourceFile {
                name: text
                    .lines()
                    .find_map(|line| line.strip_prefix("id: "))
                    .expect("a playbook has an id")
                    .to_owned()
                    + ".yaml",
                text: text.clone(),
            })
            .collect();
        let (set, _) = PlaybookSet::compile(&files).expect("the playbooks are right");
        let active = self
            .store
            .set_active(self.tenant)
            .await
            .expect("the database is up");
        let proposal = active_set::Proposal {
            origin: Origin::Operator,
            because: Because {
                by: person,
                reason: "a change",
            },
            expected: active.map(|active| active.version),
        };
        let version = active_set::activate(&self.store, self.tenant, &set, proposal).await;
        assert!(
            version.expect("the database is up").is_some(),
            "nobody else is at it"
        );
    }

    /// The worker that decides, to change what it goes by.
    pub fn decider(&mut self) -> &mut Decider {
        &mut self.decider
    }

    /// The gate's options.
    pub fn gate(&self) -> &Gate {
        &self.decider.context.gate
    }

    /// A fresh alert on a device, decided at once.
    pub async fn alert(&mut self, category: &str, device: &DeviceId) {
        let alert = Alert {
            title: Fact::Is(format!("{category} was \u{1b}[31mseen")),
            category: Fact::Is(category.to_owned()),
            ..Alert::default()
        };
        self.news(alert, device).await;
    }

    /// News of an alert on a device, decided at once. Its id, unless it has one, is `alert-1`, `alert-2` and so on, its time,
    /// unless it has one, is now.
    pub async fn news(&mut self, alert: Alert, device: &DeviceId) {
        self.accept(alert, device).await;
        let decided = self.decider.run_once().await.expect("the database is up");
        assert_eq!(decided, Some(1), "the event is decided at once");
    }

    /// News of an alert on a device, accepted and not decided.
    pub async fn accept(&mut self, alert: Alert, device: &DeviceId) {
        self.events += 1;
        let id = Some(alert.id).filter(|id| !id.is_empty());
        let alert = Alert {
            id: id.unwrap_or_else(|| format!("alert-{}", self.events)),
            occurred_at: match alert.occurred_at {
                Fact::Is(at) => Fact::Is(at),
                _ => Fact::Is(self.store.now().await.expect("the database is up")),
            },
            ..alert
        };
        let event = Event {
            format: EventFormat::MdeAlert,
            alert,
            devices: vec![device.clone()],
            refused_devices: Vec::new(),
            hints: Vec::new(),
            remarks: Vec::new(),
        };
        let incoming = Incoming {
            event,
            payload: b"{}".to_vec(),
            content_hash: std::array::from_fn(|n| self.events.to_be_bytes()[n % 4]),
            traceparent: None,
        };
        self.store
            .events_accept(self.tenant, "test", vec![incoming], Vec::new())
            .await
            .expect("it is stored");
    }

    /// The inventory tells the facts of a device, now.
    pub async fn facts(&mut self, device: &DeviceId, facts: DeviceFacts) {
        self.execute(format!(
            "INSERT INTO quell.devices (tenant_id, device_id) VALUES ({}, '{device}') ON CONFLICT DO NOTHING",
            self.tenant.0
        ))
        .await;
        let found = FactsFound {
            device: device.clone(),
            facts: Some(facts),
        };
        self.store
            .device_facts_store(self.tenant, &[found])
            .await
            .expect("the database is up");
    }

    /// Sets the database's clock forward.
    pub async fn pass(&mut self, span: SignedDuration) {
        let seconds = span.as_secs_f64();
        self.execute(format!(
            "UPDATE quell.clock SET shift = shift + make_interval(secs => {seconds})"
        ))
        .await;
    }

    /// One look of the worker that ends what is due.
    pub async fn expire(&self) -> ContainmentChange {
        expire::run_once(&self.decider.context)
            .await
            .expect("the database is up")
    }

    /// What its workers work with.
    pub fn context(&self) -> Context {
        self.decider.context.clone()
    }

    /// The most urgent queued action passes the gate.
    pub async fn reserve(&self) -> Option<(i64, Grant)> {
        match self.ask_the_gate(Lane::Low).await {
            (epoch, GateOutcome::Granted(grant)) => Some((epoch, *grant)),
            _ => None,
        }
    }

    /// A cancel passes the gate.
    pub async fn reserve_cancel(&self) -> Option<(i64, CancelGrant)> {
        match self.ask_the_gate(Lane::Low).await {
            (epoch, GateOutcome::Cancel(grant)) => Some((epoch, *grant)),
            _ => None,
        }
    }

    /// The epoch under which it dispatches.
    pub async fn epoch(&self) -> i64 {
        let ttl = Duration::from_secs(600);
        let hold = self.store.lease_hold(self.tenant, self.holder, "here", ttl).await;
        hold.expect("the database is up")
            .epoch()
            .expect("nobody else dispatches")
    }

    /// The number in the ids of this installation's actions.
    pub async fn installation(&self) -> i32 {
        let sql = format!(
            "SELECT installation FROM quell.tenants WHERE id = {}",
            self.tenant.0
        );
        let mut connection = self.database.connect().await;
        let row = connection.fetch_one(AssertSqlSafe(sql)).await;
        row.expect("the tenant is there").get(0)
    }

    /// What the gate says of this lane and those above.
    pub async fn ask_the_gate(&self, lowest: Lane) -> (i64, GateOutcome) {
        let epoch = self.epoch().await;
        let outcome = self
            .store
            .gate_reserve(self.tenant, epoch, self.gate(), lowest)
            .await;
        (epoch, outcome.expect("the database is up"))
    }

    /// The most urgent queued action is called, and Defender answers as said, each event after the other.
    pub async fn call(&self, event: ActionEvent, then: Option<ActionEvent>, is_adopted: bool) -> ActionState {
        let (epoch, grant) = self.reserve().await.expect("something is queued and due");
        let change = QueuedChange {
            defender_id: Some(Uuid::now_v7().to_string()),
            defender_status: Some("Succeeded".to_owned()),
            is_adopted,
            done_at: Some(self.store.now().await.expect("the database is up")),
            ..QueuedChange::default()
        };
        let record = AnswerRecord {
            outcome: "accepted",
            event,
            then,
            change,
            refusal: None,
            is_answered: true,
            pause: None,
            named: None,
        };
        self.store
            .attempt_finish(self.tenant, epoch, &grant, &record)
            .await
            .expect("the answer is the first one")
    }

    /// The most urgent queued action is called and done.
    pub async fn call_succeeds(&self) {
        let state = self
            .call(ActionEvent::Accepted, Some(ActionEvent::Succeeded), false)
            .await;
        assert_eq!(state, ActionState::Succeeded);
    }

    /// The containments of a device in the order of their beginning, as `playbook state reason`.
    pub async fn containments(&mut self, device: &DeviceId) -> Vec<String> {
        self.words(format!(
            "SELECT concat_ws(' ', playbook, state, end_reason) FROM quell.containments
             WHERE device_id = '{device}' ORDER BY id"
        ))
        .await
    }

    /// The actions of a device in the order of their queueing, as `kind state`.
    pub async fn actions(&mut self, device: &DeviceId) -> Vec<String> {
        self.words(format!(
            "SELECT kind || ' ' || state FROM quell.actions WHERE device_id = '{device}' ORDER BY id"
        ))
        .await
    }

    /// The changes of state of a device's containments, as `state by: reason`.
    pub async fn audit(&mut self, device: &DeviceId) -> Vec<String> {
        self.words(format!(
            "SELECT to_state || ' ' || by || ': ' || reason FROM quell.transitions
             WHERE device_id = '{device}' AND entity = 'containment' ORDER BY id"
        ))
        .await
    }

    /// The latest decision, as `kind reason`.
    pub async fn decision(&mut self) -> String {
        let sql = "SELECT kind || ' ' || reason FROM quell.decisions ORDER BY decided_at DESC LIMIT 1";
        self.words(sql.to_owned()).await.remove(0)
    }

    /// What a person must look at.
    pub async fn attention(&mut self, device: &DeviceId) -> Vec<String> {
        self.words(format!(
            "SELECT attention FROM quell.containments
             WHERE device_id = '{device}' AND attention IS NOT NULL ORDER BY id"
        ))
        .await
    }

    /// Gives a device a name, as the inventory would.
    pub async fn name(&mut self, device: &DeviceId, name: &str) {
        self.execute(format!(
            "UPDATE quell.devices SET facts = '{{\"name\": {{\"is\": \"{name}\"}}}}' WHERE device_id = '{device}'"
        ))
        .await;
    }

    /// Every row that a second look might have touched.
    pub async fn fingerprint(&mut self) -> Vec<String> {
        let sql = "SELECT md5(concat((SELECT string_agg(c::text, ';' ORDER BY id) FROM quell.containments c),
                       (SELECT string_agg(a::text, ';' ORDER BY id) FROM quell.actions a),
                       (SELECT string_agg(d::text, ';' ORDER BY device_id) FROM quell.devices d),
                       (SELECT count(*) FROM quell.transitions)))";
        self.words(sql.to_owned()).await
    }

    /// The first column of every row, which is text.
    pub async fn words(&mut self, sql: String) -> Vec<String> {
        let rows = self
            .connection
            .fetch_all(AssertSqlSafe(sql))
            .await
            .expect("the query is right");
        rows.into_iter().map(|row| row.get(0)).collect()
    }

    /// Changes something behind the store's back.
    pub async fn execute(&mut self, sql: String) {
        self.connection
            .execute(AssertSqlSafe(sql))
            .await
            .expect("the test owns its database");
    }

    /// Ends the connections, so that the database can go, and hands it over.
    pub async fn close(self) -> TestDatabase {
        self.store.close().await;
        self.connection.close().await.expect("the connection is idle");
        self.database
    }
}
