//! Topics of a broker that speaks Kafka's protocol: each message enters the inbox once, whoever dies when.
//!
//! The broker is librdkafka's mock cluster, which `kcat` runs. Alerts that come twice are one event anyway, so what counts
//! how often a message was stored are messages that are no alerts: each is a dead letter, and nothing hides a second one.

#[path = "../../src/intake/kafka/broker.rs"]
mod broker;

use std::os::unix::process::ExitStatusExt as _;
use std::sync::Arc;
use std::time::Duration;

use quell::domain::device::DeviceIdRule;
use quell::domain::tenant::TenantId;
use quell::domain::trust::Trust;
use quell::intake::Reader;
use quell::intake::kafka::{Bounds, Cluster, End, Login, Options, Portion, Secrets, Tls};
use quell::store::Store;
use quell::worker::intake::Inlet;
use quell::worker::intake::kafka::KafkaSource;
use serde_json::json;
use sqlx::{AssertSqlSafe, Executor as _, Row as _};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use self::broker::{Broker, Gate, pem};
use crate::support::alert::{alert, device};
use crate::support::proxy::{AtCommit, Proxy};
use crate::support::{Setup, TestDatabase, eventually, ledger};

const PATIENCE: Duration = Duration::from_secs(30);
const SPAN: Duration = Duration::from_secs(1);

/// A replica's loop, in this process.
struct Replica {
    id: Uuid,
    stop: CancellationToken,
    running: JoinSet<()>,
}

struct Scene {
    database: TestDatabase,
    store: Store,
    tenant: TenantId,
    broker: Broker,
}

impl Scene {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let store = ledger::store(&database);
        let tenant = store.tenant_ensure("contoso").await.expect("it is there");
        Self {
            database,
            store,
            tenant,
            broker: Broker::start(1),
        }
    }

    fn replica(&self, store: &Store, start: End) -> Replica {
        self.replica_at(options(self.broker.list()), store, start)
    }

    fn replica_at(&self, options: Options, store: &Store, start: End) -> Replica {
        let id = Uuid::now_v7();
        let source = KafkaSource {
            inlet: Inlet {
                store: store.clone(),
                tenant: self.tenant,
                source: "hub".to_owned(),
                trust: Trust::Act,
                rate: None,
                reader: Arc::new(Reader::new(DeviceIdRule::default())),
                stored: Arc::default(),
                state: quell::domain::source::SourceState::default(),
            },
            cluster: Cluster::new(options).expect("the options are whole"),
            topic: "alerts".to_owned(),
            start,
            bounds: Bounds {
                message: 1024 * 1024,
                unpacked: 16 * 1024 * 1024,
                is_patient: true,
            },
            portion: Portion {
                bytes: 1024 * 1024,
                wait: Duration::from_millis(100),
            },
            replica: id,
            span: SPAN,
        };
        let stop = CancellationToken::new();
        let mut running = JoinSet::new();
        running.spawn(source.run(stop.clone()));
        Replica { id, stop, running }
    }

    async fn number(&self, sql: &str) -> i64 {
        let mut connection = self.database.connect().await;
        let row = connection.fetch_one(AssertSqlSafe(sql.to_owned())).await;
        row.unwrap_or_else(|error| panic!("{error}: {sql}")).get(0)
    }

    async fn texts(&self, sql: &str) -> Vec<String> {
        let mut connection = self.database.connect().await;
        let rows = connection.fetch_all(AssertSqlSafe(sql.to_owned())).await;
        let rows = rows.unwrap_or_else(|error| panic!("{error}: {sql}"));
        rows.iter().map(|row| row.get(0)).collect()
    }

    /// Writes down that parts stand at these positions, held by nobody.
    async fn known(&self, parts: &[(&str, &str)]) {
        let tenant = self.tenant.0;
        for (part, position) in parts {
            let row = format!(
                "INSERT INTO quell.source_parts (tenant_id, source, part, position, epoch)
                 VALUES ({tenant}, 'hub', '{part}', '{position}', 1)"
            );
            let mut connection = self.database.connect().await;
            let done = connection.execute(AssertSqlSafe(row)).await;
            done.expect("the row fits");
        }
    }

    /// Waits until so many messages were kept as dead letters; says that none was kept twice.
    async fn kept(&self, count: i64) {
        eventually("every message is kept", PATIENCE, async || {
            self.number("SELECT count(DISTINCT payload) FROM quell.dead_letters")
                .await
                >= count
        })
        .await;
        assert_eq!(
            self.number("SELECT count(*) FROM quell.dead_letters").await,
            count,
            "none is kept twice"
        );
    }

    /// How many partitions a replica holds.
    async fn held(&self, replica: Uuid) -> i64 {
        let sql = format!(
            "SELECT count(*) FROM quell.source_parts WHERE part LIKE 'alerts/%' AND holder = '{replica}' AND held_until > quell.now()"
        );
        self.number(&sql).await
    }

    /// Waits until the partitions are spread like that.
    async fn spread(&self, replicas: &[(&Replica, i64)]) {
        eventually("the partitions are spread", PATIENCE, async || {
            for (replica, count) in replicas {
                if self.held(replica.id).await != *count {
                    return false;
                }
            }
            true
        })
        .await;
    }

    fn produce(&self, partition: i32, messages: &[String]) {
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        self.broker.produce("alerts", partition, "gzip", &messages);
    }

    /// One message, not packed.
    fn produce_plain(&self, partition: i32, message: &str) {
        self.broker.produce("alerts", partition, "none", &[message]);
    }
}

impl Replica {
    async fn end(mut self) {
        self.stop.cancel();
        while self.running.join_next().await.is_some() {}
    }
}

fn options(brokers: Vec<String>) -> Options {
    Options {
        brokers,
        client_id: "quell-test".to_owned(),
        tls: None,
        login: None,
        connect_timeout: PATIENCE,
        request_timeout: PATIENCE,
        max_answer: 8 * 1024 * 1024,
    }
}

/// Messages that are no alerts, each of its own.
fn garbage(tag: &str, count: usize) -> Vec<String> {
    (0..count)
        .map(|n| format!("{{\"no alert\":\"{tag}-{n}\"}}"))
        .collect()
}

#[tokio::test]
async fn replicas_share_the_partitions_and_what_one_leaves_or_drops_another_reads_once() {
    let scene = Scene::new().await;
    for partition in 0..4 {
        scene.produce(partition, &garbage(&format!("a{partition}"), 50));
    }
    let first = scene.replica(&scene.store, End::Earliest);
    scene.kept(200).await;
    scene.spread(&[(&first, 4)]).await;

    let second = scene.replica(&scene.store, End::Earliest);
    scene.spread(&[(&first, 2), (&second, 2)]).await;
    for partition in 0..4 {
        scene.produce(partition, &garbage(&format!("b{partition}"), 50));
    }
    scene.kept(400).await;

    // It dies: nothing is given back, and its leases run out.
    drop(first);
    for partition in 0..4 {
        scene.produce(partition, &garbage(&format!("c{partition}"), 50));
    }
    scene.spread(&[(&second, 4)]).await;
    scene.kept(600).await;

    // It is stopped: everything is given back at once.
    second.end().await;
    let held = "SELECT count(*) FROM quell.source_parts WHERE holder IS NOT NULL AND part LIKE 'alerts/%'";
    assert_eq!(scene.number(held).await, 0);
    let positions =
        "SELECT part || ' ' || position FROM quell.source_parts WHERE part LIKE 'alerts/%' ORDER BY part";
    let expected = ["alerts/0 150", "alerts/1 150", "alerts/2 150", "alerts/3 150"];
    assert_eq!(scene.texts(positions).await, expected);
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_doubles_nothing_and_one_that_never_came_loses_nothing() {
    let scene = Scene::new().await;
    let proxy = Proxy::before(&scene.database.url).await;
    let through = ledger::store_at(&proxy.url);
    scene.produce(0, &garbage("first", 1));
    let replica = scene.replica(&through, End::Earliest);
    scene.kept(1).await;
    for (round, when) in [AtCommit::Unheard, AtCommit::Lost, AtCommit::Unheard]
        .into_iter()
        .enumerate()
    {
        proxy.cut_at_commit(when);
        scene.produce(0, &garbage(&format!("round {round}"), 10));
        scene.kept(11 + 10 * i64::try_from(round).expect("few")).await;
    }
    replica.end().await;
}

#[tokio::test]
async fn what_is_no_alert_is_told_with_its_place_and_the_rest_goes_on() {
    let scene = Scene::new().await;
    let good = json!({"records": [alert("da1", &device(1)), alert("da2", &device(2)), {"x": 1}]}).to_string();
    scene.produce(0, &["{\"records\":[".to_owned(), good]);
    scene
        .broker
        .produce_with("alerts", 0, &["-Z", "-K", "|"], &["key|", "key|\"text\""]);
    let replica = scene.replica(&scene.store, End::Earliest);
    eventually("the partition is read", PATIENCE, async || {
        scene
            .number("SELECT count(*) FROM quell.source_parts WHERE part = 'alerts/0' AND position = '4'")
            .await
            == 1
    })
    .await;
    let events = "SELECT alert_id FROM quell.events WHERE source = 'hub' ORDER BY alert_id";
    assert_eq!(scene.texts(events).await, ["1", "2"]);
    let reasons = scene
        .texts("SELECT reason FROM quell.dead_letters ORDER BY id")
        .await;
    for (reason, place) in reasons.iter().zip(["offset 0", "offset 1", "offset 3"]) {
        assert!(
            reason.contains(&format!("alerts, partition 0, {place}")),
            "{reason}"
        );
    }
    assert_eq!(reasons.len(), 3, "a tombstone says nothing: {reasons:?}");
    replica.end().await;
}

#[tokio::test]
async fn a_topic_begins_where_it_is_told_and_a_partition_that_is_added_begins_at_its_start() {
    let scene = Scene::new().await;
    for partition in 0..4 {
        scene.produce(partition, &garbage(&format!("old {partition}"), 3));
    }
    // As if the topic had had two partitions when it was first looked at.
    scene.known(&[("alerts#", "2")]).await;
    let replica = scene.replica(&scene.store, End::Latest);
    scene.kept(6).await;
    scene.spread(&[(&replica, 4)]).await;
    let begun =
        "SELECT count(*) FROM quell.source_parts WHERE part IN ('alerts/0', 'alerts/1') AND position = '3'";
    eventually("the first two begin at their ends", PATIENCE, async || {
        scene.number(begun).await == 2
    })
    .await;
    // Dead before it read anything more: the next one does not choose another end.
    drop(replica);
    scene.produce(0, &garbage("new", 2));
    let replica = scene.replica(&scene.store, End::Latest);
    scene.kept(8).await;
    replica.end().await;
}

#[tokio::test]
async fn what_retention_took_before_it_was_read_is_told_and_never_passed_over_in_silence() {
    let scene = Scene::new().await;
    let long = "x".repeat(600_000);
    for n in 0..10 {
        scene.produce_plain(0, &format!("{{\"n\":\"{n}{long}\"}}"));
    }
    scene
        .known(&[("alerts#", "4"), ("alerts/0", "0"), ("alerts/1", "77")])
        .await;
    let replica = scene.replica(&scene.store, End::Latest);
    eventually("both are noticed and the rest is read", PATIENCE, async || {
        scene.number("SELECT count(*) FROM quell.source_parts WHERE (part, position) IN (('alerts/0', '10'), ('alerts/1', '0'))").await == 2
    })
    .await;
    let told = scene
        .texts("SELECT reason FROM quell.dead_letters WHERE reason LIKE 'lost:%' ORDER BY reason")
        .await;
    assert!(
        told[0].contains("alerts, partition 1, ends at offset 0 and was read up to 77"),
        "{told:?}"
    );
    assert!(
        told[1].contains("messages of alerts, partition 0, before they were read: offsets 0 to"),
        "{told:?}"
    );
    let rest = scene
        .number("SELECT count(*) FROM quell.dead_letters WHERE reason NOT LIKE 'lost:%'")
        .await;
    let lost: i64 = told[1]
        .split_whitespace()
        .find_map(|word| word.parse().ok())
        .expect("it counts them");
    assert_eq!((told.len(), lost + rest), (2, 10), "{told:?}");
    replica.end().await;
}

#[tokio::test]
async fn a_broker_that_went_away_is_read_again_and_a_topic_made_anew_is_noticed() {
    let mut scene = Scene::new().await;
    scene.produce(0, &garbage("old", 3));
    let right = b"\0reader\0secret";
    let check = move |said: &[u8]| (said != right).then(|| "no".to_owned());
    let gate = Gate::open(&scene.broker, "PLAIN", 0, Box::new(check));
    let password: Secrets = Arc::new(|| Box::pin(async { Ok("secret".to_owned().into()) }));
    let secured = Options {
        tls: Some(Tls {
            ca_file: Some(pem("ours-ca.pem")),
        }),
        login: Some(Login::Plain {
            user: "reader".to_owned(),
            password,
        }),
        ..options(vec![gate.address.to_string()])
    };
    let replica = scene.replica_at(secured, &scene.store, End::Earliest);
    scene.kept(3).await;
    // Another one takes its place, which knows nothing of what the first one held.
    scene.broker = Broker::start(1);
    scene.produce(0, &garbage("new", 1));
    *gate.behind.lock().expect("nobody panicked") = scene.broker.addresses.clone();
    scene.kept(5).await;
    let told = scene
        .texts("SELECT reason FROM quell.dead_letters WHERE reason LIKE 'lost:%'")
        .await;
    assert!(
        told[0].contains("ends at offset 1 and was read up to 3"),
        "{told:?}"
    );
    replica.end().await;
}

#[tokio::test]
async fn a_daemon_killed_in_the_middle_of_a_batch_stores_every_message_once() {
    let broker = Broker::start(1);
    let total = 4 * 30;
    for partition in 0..4_usize {
        let messages: Vec<String> = (0..30)
            .map(|n| {
                let id = format!("hub-{partition}-{n}");
                json!({"records": [alert(&id, &device(partition * 100 + n)), {"no alert": id}]}).to_string()
            })
            .collect();
        let messages: Vec<&str> = messages.iter().map(String::as_str).collect();
        broker.produce("alerts", i32::try_from(partition).expect("few"), "lz4", &messages);
    }
    let source = format!(
        "[{{name: hub, kafka: {{brokers: ['{}'], topic: alerts, tls: false, start: earliest}}}}]",
        broker.addresses
    );
    let setup = Setup::new(100, &[]).set("sources", &source);
    let mut world = setup.prepare().await;
    for point in [
        "event_received_nothing_stored:2",
        "stored_not_acknowledged:1",
        "stored_not_acknowledged:2",
    ] {
        let mut dying = world.spawn(&[], Some(point));
        let status = dying.death(PATIENCE).await;
        assert_eq!(
            status.signal(),
            Some(6),
            "it was to die at {point}: {}",
            dying.log()
        );
        // As if the leases of the dead had run out.
        world
            .execute("UPDATE quell.source_parts SET held_until = quell.now() WHERE holder IS NOT NULL")
            .await;
    }
    world.start().await;
    let all = i64::from(total);
    eventually("every message is stored", PATIENCE, async || {
        world
            .number("SELECT count(DISTINCT payload) FROM quell.dead_letters")
            .await
            == all
            && world
                .number("SELECT count(*) FROM quell.events WHERE source = 'hub'")
                .await
                == all
    })
    .await;
    assert_eq!(
        world.number("SELECT count(*) FROM quell.dead_letters").await,
        all,
        "none is stored twice"
    );
    let distinct = "SELECT count(DISTINCT alert_id) FROM quell.events WHERE alert_id LIKE 'hub-%'";
    assert_eq!(world.number(distinct).await, all, "and none is lost");
    let positions = "SELECT count(*) FROM quell.source_parts WHERE part LIKE 'alerts/%' AND position = '30'";
    assert_eq!(world.number(positions).await, 4);
    world.finish().await;
}
