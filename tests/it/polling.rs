//! Defender's own alerts as a source: read page by page from where the place stands, which moves with what is stored and in no
//! other way. Whatever breaks off, dies or is indexed late, every alert comes in once, in its last form.

use std::sync::Arc;
use std::time::Duration;

use quell::defender::{Client, Cloud, Endpoint, HostOptions, Options as ClientOptions, SecretSource};
use quell::domain::device::DeviceIdRule;
use quell::domain::trust::Trust;
use quell::domain::watermark::Terms;
use quell::intake::Reader;
use quell::limiter::SecondGuard;
use quell::simulator::{Deed, Options, Simulator};
use quell::worker::intake::Inlet;
use quell::worker::intake::defender::{Polled, Poller, State};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::alert::storm_playbook;
use crate::support::ground::{self, Ground, playbook};
use crate::support::{Setup, World};

const MINUTE: Duration = Duration::from_secs(60);
const SOON: Duration = Duration::from_secs(30);

async fn simulate(options: Options) -> Simulator {
    Simulator::start(options).await.expect("a loopback port is free")
}

fn perform(simulator: &Simulator, deed: Value) {
    let deed: Deed = serde_json::from_value(deed).expect("it is a deed");
    simulator.perform(deed).expect("it makes sense");
}

fn alert(n: u64, status: &str) -> Value {
    let device = format!("{n:040x}");
    json!({ "id": format!("da{n:018}_1"), "severity": "High", "status": status, "category": "Ransomware",
        "title": "Ransomware was seen", "machineId": device, "evidence": [] })
}

fn lists(simulator: &Simulator, numbers: std::ops::Range<u64>) {
    for n in numbers {
        perform(simulator, json!({ "alert": alert(n, "New") }));
    }
}

/// A process that polls, and nobody else does.
async fn poller(ground: &Ground, simulator: &Simulator, top: u32) -> Poller {
    let context = ground.context();
    context.leadership.set(Some(ground.epoch().await));
    let endpoint = Endpoint::resolve(&HostOptions {
        entra_tenant: "11111111-2222-3333-4444-555555555555".to_owned(),
        cloud: Cloud::Commercial,
        base_url: Some(simulator.base_url().to_string()),
        authority: Some(simulator.authority().to_string()),
        ..HostOptions::default()
    })
    .expect("the simulator's addresses can be used");
    let secret = SecretSource::function(|| Ok("a secret".to_owned().into()));
    let client = Client::new(ClientOptions::new(endpoint, ground::APP.to_owned(), secret));
    Poller {
        guard: SecondGuard::new(&context.gate.reads).expect("the windows are plain"),
        client: Arc::new(client.expect("the options can be used")),
        inlet: Inlet {
            store: ground.store.clone(),
            tenant: ground.tenant,
            source: "alerts".to_owned(),
            trust: Trust::Act,
            rate: None,
            reader: Arc::new(Reader::new(DeviceIdRule::default())),
            stored: Arc::default(),
            state: quell::domain::source::SourceState::default(),
        },
        context,
        replica: Uuid::now_v7(),
        held: Duration::from_secs(15),
        every: MINUTE,
        since: 60 * MINUTE,
        terms: Terms {
            overlap: 5 * MINUTE,
            top,
            most: 10_000,
        },
        filter: None,
        evidence: false,
        backoff: Duration::from_millis(10),
    }
}

async fn turn(poller: &Poller, state: &mut State) -> Polled {
    let stop = CancellationToken::new();
    let turn = tokio::time::timeout(SOON, poller.turn(state, &stop)).await;
    turn.expect("no budget is in the way")
        .expect("the database is up")
}

/// The alerts that came in, with how often, and what each of their events was.
async fn stored(ground: &mut Ground) -> Vec<String> {
    let sql = "SELECT ltrim(alert_id, '0') || ' ' || string_agg(coalesce(i.event_kind, '-'), ' ' ORDER BY e.received_at, e.id)
               FROM quell.events e LEFT JOIN quell.inbox i ON i.event_id = e.id GROUP BY alert_id ORDER BY alert_id";
    ground.words(sql.to_owned()).await
}

async fn position(ground: &mut Ground) -> String {
    let sql = "SELECT coalesce((SELECT position FROM quell.source_parts WHERE part = 'alerts'), 'none')";
    ground.words(sql.to_owned()).await.remove(0)
}

fn once(numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(|n| format!("{n}_1 new")).collect()
}

#[tokio::test]
async fn whoever_dies_after_any_page_is_followed_by_one_that_goes_on_there() {
    let simulator = simulate(Options::default()).await;
    let mut ground = Ground::new(&[playbook("malware")]).await;
    lists(&simulator, 1..8);
    for page in 0..3 {
        // Each time another process, that knows nothing but what the database says.
        let poller = poller(&ground, &simulator, 3).await;
        let polled = turn(&poller, &mut State::default()).await;
        assert_eq!(polled, Polled::Page, "page {page}");
    }
    let poller = poller(&ground, &simulator, 3).await;
    let mut state = State::default();
    assert_eq!(turn(&poller, &mut state).await, Polled::Complete);
    assert_eq!(stored(&mut ground).await, once(1..8));

    assert_eq!(
        turn(&poller, &mut state).await,
        Polled::Page,
        "the overlap is read again"
    );
    let mut turns = 0;
    while turn(&poller, &mut state).await == Polled::Page {
        turns += 1;
    }
    assert!(turns < 4);
    assert_eq!(stored(&mut ground).await, once(1..8), "nothing comes in twice");
}

#[tokio::test]
async fn what_is_indexed_late_changed_or_resolved_comes_in_and_what_was_read_before_does_not() {
    let simulator = simulate(Options::default()).await;
    let mut ground = Ground::new(&[playbook("malware")]).await;
    lists(&simulator, 1..4);
    let poller = poller(&ground, &simulator, 100).await;
    let mut state = State::default();
    assert_eq!(turn(&poller, &mut state).await, Polled::Complete);

    perform(
        &simulator,
        json!({ "late_alert": { "by": "4m", "alert": alert(4, "New") } }),
    );
    perform(&simulator, json!({ "alert": alert(2, "InProgress") }));
    perform(&simulator, json!({ "alert": alert(3, "Resolved") }));
    // One that says to be of the far future hides nothing.
    perform(&simulator, json!({ "switch": { "alert_clock_ahead": "2h" } }));
    perform(&simulator, json!({ "alert": alert(5, "New") }));
    assert_eq!(turn(&poller, &mut state).await, Polled::Complete);
    perform(&simulator, json!({ "switch": { "alert_clock_ahead": "0s" } }));
    perform(&simulator, json!({ "alert": alert(6, "New") }));
    let all = [
        "1_1 new",
        "2_1 new updated",
        "3_1 new resolved",
        "4_1 new",
        "5_1 new",
        "6_1 new",
    ];
    assert_eq!(turn(&poller, &mut state).await, Polled::Complete);
    assert_eq!(stored(&mut ground).await, all);

    // Another process remembers nothing, and sends all of the overlap again.
    assert_eq!(turn(&poller, &mut State::default()).await, Polled::Complete);
    assert_eq!(stored(&mut ground).await, all);
}

#[tokio::test]
async fn a_page_that_breaks_off_is_asked_for_in_halves_and_a_429_holds_the_reads() {
    let simulator = simulate(Options::default()).await;
    let mut ground = Ground::new(&[playbook("malware")]).await;
    lists(&simulator, 1..9);
    let poller = poller(&ground, &simulator, 8).await;
    let mut state = State::default();
    perform(
        &simulator,
        json!({ "rule": { "route": "list_alerts", "calls": 2, "answer": "cut" } }),
    );
    assert_eq!(turn(&poller, &mut state).await, Polled::Failed);
    assert_eq!(turn(&poller, &mut state).await, Polled::Failed);
    assert_eq!(stored(&mut ground).await, [] as [String; 0], "nothing was stored");
    assert_eq!(turn(&poller, &mut state).await, Polled::Page, "two of eight");
    assert_eq!(stored(&mut ground).await, once(1..3));

    perform(
        &simulator,
        json!({ "rule": { "route": "list_alerts", "from_call": 1, "calls": 1,
            "answer": { "too_many": { "after": "1h" } } } }),
    );
    assert_eq!(turn(&poller, &mut state).await, Polled::Failed);
    let stop = CancellationToken::new();
    let held = tokio::time::timeout(Duration::from_millis(300), poller.turn(&mut state, &stop));
    let held = held.await.map(|polled| polled.expect("the database is up"));
    assert!(!matches!(held, Ok(Polled::Page | Polled::Complete)), "{held:?}");
    assert_eq!(stored(&mut ground).await, once(1..3));
    let reads = "SELECT count(*)::text FROM quell.attempts WHERE kind = 'list' AND scope = 'reads'";
    assert_eq!(
        ground.words(reads.to_owned()).await,
        ["4"],
        "each read is in the ledger, and none was made after the 429"
    );
}

#[tokio::test]
async fn without_the_permission_nothing_comes_in_until_somebody_grants_it() {
    let simulator = simulate(Options {
        roles: vec!["Machine.Read.All".to_owned()],
        ..Options::default()
    })
    .await;
    let mut ground = Ground::new(&[playbook("malware")]).await;
    lists(&simulator, 1..2);
    let poller = poller(&ground, &simulator, 8).await;
    assert_eq!(turn(&poller, &mut State::default()).await, Polled::Failed);
    let begun = position(&mut ground).await;
    assert_ne!(begun, "none", "it stands already where it is to begin");
    assert_eq!(turn(&poller, &mut State::default()).await, Polled::Failed);
    assert_eq!(
        (stored(&mut ground).await, position(&mut ground).await),
        (vec![], begun),
        "whoever starts later begins no later"
    );
}

#[tokio::test]
async fn a_process_that_lost_the_source_stores_nothing_and_begins_where_the_other_stands() {
    let simulator = simulate(Options::default()).await;
    let mut ground = Ground::new(&[playbook("malware")]).await;
    lists(&simulator, 1..6);
    let (one, other) = (
        poller(&ground, &simulator, 2).await,
        poller(&ground, &simulator, 2).await,
    );
    let (mut of_one, mut of_other) = (State::default(), State::default());
    assert_eq!(turn(&one, &mut of_one).await, Polled::Page);
    assert_eq!(turn(&other, &mut of_other).await, Polled::Page);
    let place = position(&mut ground).await;
    assert_eq!(
        turn(&one, &mut of_one).await,
        Polled::Elsewhere,
        "it knows the place of before"
    );
    assert_eq!(position(&mut ground).await, place);
    while turn(&one, &mut of_one).await == Polled::Page {}
    assert_eq!(stored(&mut ground).await, once(1..6));

    // Somebody else is about to store a page.
    let part = ("alerts", "alerts");
    let held = ground
        .store
        .source_part_take(ground.tenant, part, Uuid::now_v7(), MINUTE);
    held.await.expect("the database is up").expect("nobody holds it");
    lists(&simulator, 6..7);
    assert_eq!(turn(&one, &mut of_one).await, Polled::Elsewhere);
    assert_eq!(stored(&mut ground).await, once(1..6));
}

#[tokio::test]
async fn an_alert_that_postgres_refuses_is_a_dead_letter_and_the_others_come_in() {
    let simulator = simulate(Options::default()).await;
    let mut ground = Ground::new(&[playbook("malware")]).await;
    let refuses = "ALTER TABLE quell.events ADD CONSTRAINT none_of_these CHECK (alert_id NOT LIKE '%3_1')";
    ground.execute(refuses.to_owned()).await;
    lists(&simulator, 1..8);
    let poller = poller(&ground, &simulator, 8).await;
    assert_eq!(turn(&poller, &mut State::default()).await, Polled::Complete);
    let others: Vec<String> = once(1..3).into_iter().chain(once(4..8)).collect();
    assert_eq!(stored(&mut ground).await, others);
    // Another process reads the overlap again.
    assert_eq!(turn(&poller, &mut State::default()).await, Polled::Complete);
    let dead = "SELECT split_part(reason, ':', 1) || ' ' || count(*) FROM quell.dead_letters GROUP BY reason";
    assert_eq!(ground.words(dead.to_owned()).await, ["not_storable 1"]);
    assert_eq!(stored(&mut ground).await, others);
}

#[tokio::test]
async fn while_the_inbox_is_full_no_read_is_spent() {
    let simulator = simulate(Options::default()).await;
    let mut ground = Ground::new(&[playbook("malware")]).await;
    lists(&simulator, 1..4);
    let poller = poller(&ground, &simulator, 8).await;
    let mut state = State::default();
    assert_eq!(turn(&poller, &mut state).await, Polled::Complete);
    ground.store.inbox_bound(ground.tenant, 1);
    ground
        .store
        .inbox_look(ground.tenant)
        .await
        .expect("the database is up");
    for _ in 0..3 {
        let polled = turn(&poller, &mut state).await;
        assert!(
            matches!(polled, Polled::Full(wait) if wait <= Duration::from_secs(1)),
            "{polled:?}"
        );
    }
    let reads = "SELECT count(*)::text FROM quell.attempts WHERE kind = 'list' AND scope = 'reads'";
    assert_eq!(ground.words(reads.to_owned()).await, ["1"]);
}

/// A daemon that is killed where it says, and one after it. The first that is stored is the place where it begins.
async fn killed_at(point: &str) {
    let setup = Setup::new(100, &[&storm_playbook()])
        .set("sources", "[{name: alerts, defender: {every: 30s, page: 3}}]");
    let mut world: World = setup.prepare().await;
    lists(&world.simulator, 1..8);
    let mut dying = world.spawn(&[], Some(point));
    dying.death(SOON).await;
    world.start().await;
    world
        .seen("all are restricted", SOON, |report| report.restricted_now == 7)
        .await;
    lists(&world.simulator, 8..9);
    world
        .seen("it goes on", SOON, |report| report.restricted_now == 8)
        .await;
    world.until_idle(SOON).await;
    let events = world
        .texts("SELECT count(*) || ' ' || count(DISTINCT alert_id) FROM quell.events")
        .await;
    assert_eq!(events, ["8 8"], "{point}: each alert came in once");
    assert_eq!(world.finish().await.action_calls, 8);
}

#[tokio::test]
async fn killed_before_the_second_page_is_stored_it_reads_that_page_again() {
    killed_at("event_received_nothing_stored:3").await;
}

#[tokio::test]
async fn killed_after_the_first_page_was_stored_it_goes_on_behind_it() {
    killed_at("stored_not_acknowledged:2").await;
}
