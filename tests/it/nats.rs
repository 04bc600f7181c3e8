//! A stream of NATS JetStream as a source: whatever dies in the middle, each alert is stored once, each message that is none is one dead
//! letter, and the stream hears of it.

use std::time::Duration;

use async_nats::jetstream::Context;

use crate::support::alert::{alert, device, storm_playbook};
use crate::support::nats_server::{NatsServer, about, publish, stream};
use crate::support::{Setup, World, eventually};

/// Alerts with an id, alerts without one, and messages that are none.
const ALERTS: usize = 50;
const NAMELESS: usize = 5;
const USELESS: usize = 5;

fn setup(server: &NatsServer) -> Setup {
    let url = server.url();
    let source =
        format!("[{{name: bus, nats: {{servers: [\"{url}\"], stream: ALERTS, create: true, batch: 20}}}}]");
    Setup::new(20, &[&storm_playbook()])
        .set("mode", "observe")
        .set("sources", &source)
}

fn messages(name: &str) -> Vec<String> {
    let alerts = (0..ALERTS).map(|n| alert(&format!("{name}-{n}"), &device(n)).to_string());
    // Incidents without alerts have no alert's id, and lead to no call.
    let nameless =
        (0..NAMELESS).map(|n| format!(r#"{{"incidentId":{n},"incidentName":"{name} {n}","alerts":[]}}"#));
    let useless = (0..USELESS).map(|n| format!("{name} {n} is no JSON"));
    // Among each other, so that each batch has some of each.
    let mut all: Vec<(usize, String)> = alerts.chain(nameless).chain(useless).enumerate().collect();
    all.sort_by_key(|(place, _)| (place * 7) % 60);
    all.into_iter().map(|(_, text)| text).collect()
}

/// Everything is stored once, and the stream knows it.
async fn arrived(world: &World, context: &Context, rounds: usize) {
    let events = i64::try_from(rounds * (ALERTS + NAMELESS)).expect("a small number");
    let dead = i64::try_from(rounds * USELESS).expect("a small number");
    eventually("all has arrived", Duration::from_secs(40), async || {
        world.number("SELECT count(*) FROM quell.events").await >= events
            && world.number("SELECT count(*) FROM quell.dead_letters").await >= dead
    })
    .await;
    eventually("the stream knows it", Duration::from_secs(40), async || {
        let about = about(context, "quell").await;
        about.num_pending == 0 && about.num_ack_pending == 0
    })
    .await;
    world.until_idle(Duration::from_secs(30)).await;
    for (what, expected) in [
        ("count(*) FROM quell.events", events),
        ("count(*) FROM quell.dead_letters", dead),
        (
            "count(DISTINCT alert_id) FROM quell.events WHERE alert_id <> ''",
            events - i64::try_from(rounds * NAMELESS).expect("small"),
        ),
        ("count(*) FROM quell.decisions", events),
    ] {
        assert_eq!(world.number(&format!("SELECT {what}")).await, expected, "{what}");
    }
    let letters = "SELECT count(*) FROM quell.dead_letters WHERE source = 'bus' AND reason LIKE 'broken_json: %(message % of `ALERTS`)'";
    assert_eq!(
        world.number(letters).await,
        dead,
        "each says what it was and where from"
    );
}

async fn killed(point: &str) {
    let server = NatsServer::start().await;
    let context = server.client().await;
    stream(&context).await;
    publish(&context, messages("a")).await;
    let mut world = setup(&server).prepare().await;
    let mut daemon = world.spawn(&[], Some(&format!("{point}:2")));
    daemon.death(Duration::from_secs(60)).await;
    let stored = world.number("SELECT count(*) FROM quell.events").await;
    assert!(stored > 0 && stored < 55, "it died in the middle: {stored}");
    world.start().await;
    arrived(&world, &context, 1).await;
    world.finish().await;
}

#[tokio::test]
async fn killed_before_a_batch_is_stored_it_loses_and_doubles_nothing() {
    killed("event_received_nothing_stored").await;
}

#[tokio::test]
async fn killed_between_the_commit_and_the_acknowledgement_it_loses_and_doubles_nothing() {
    killed("stored_not_acknowledged").await;
}

#[tokio::test]
async fn two_replicas_share_a_consumer_and_a_server_that_restarts_is_found_again() {
    let mut server = NatsServer::start().await;
    let context = server.client().await;
    stream(&context).await;
    let mut world = setup(&server).start().await;
    let other = world.another().await;
    publish(&context, messages("a")).await;
    arrived(&world, &context, 1).await;
    server.kill();
    server.restart().await;
    publish(&server.client().await, messages("b")).await;
    arrived(&world, &server.client().await, 2).await;
    assert_eq!(
        other.says("a source cannot be read; trying again").len().min(1),
        1,
        "it said so"
    );
    let (status, took) = other.terminate().await;
    assert!(
        status.success() && took < Duration::from_secs(5),
        "{status} after {took:?}"
    );
    world.finish().await;
}

#[tokio::test]
async fn while_postgres_is_away_nothing_is_acknowledged_and_with_it_everything_arrives() {
    let server = NatsServer::start().await;
    let context = server.client().await;
    stream(&context).await;
    let mut world = setup(&server).start_with_own_postgres().await;
    publish(&context, messages("a")).await;
    arrived(&world, &context, 1).await;
    world.take_postgres_away().await;
    publish(&context, messages("b")).await;
    eventually("it says that it waits", Duration::from_secs(20), async || {
        !world
            .daemon()
            .says("a source of nats is waiting for postgres")
            .is_empty()
    })
    .await;
    let acknowledged = about(&context, "quell").await.ack_floor.stream_sequence;
    assert_eq!(acknowledged, 60, "nothing of what came meanwhile");
    world.give_postgres_back().await;
    arrived(&world, &context, 2).await;
    world.finish().await;
}
