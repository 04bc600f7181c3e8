//! Signed deliveries to the real daemon: it dies in the middle of one, one comes many times at once, and what was kept of them is
//! forgotten in time. Counted by ids, end to end.

use std::net::SocketAddr;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::alert::{alert, device, ndjson, storm_playbook};
use crate::support::{Setup, World, eventually};

const KEY: &[u8] = b"a key of thirty-two bytes, no less";
const WAIT: Duration = Duration::from_secs(60);

/// A world whose source `soar` takes signed deliveries.
pub fn setup() -> Setup {
    Setup::new(100, &[&storm_playbook()]).set(
        "sources",
        "[{name: soar, webhook: {standard_webhooks: {secret_files: [soar-secret]}}}]",
    )
}

/// Writes the key of `soar`.
pub fn write_key(world: &World) {
    world.write("soar-secret", &format!("whsec_{}", BASE64_STANDARD.encode(KEY)));
}

/// The headers of an attempt at this moment.
pub fn signed(id: &str, body: &[u8]) -> String {
    let at = quell::clock::now().as_second();
    let content = [format!("{id}.{at}.").as_bytes(), body].concat();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, KEY), &content);
    let signature = BASE64_STANDARD.encode(tag);
    format!("webhook-id: {id}\r\nwebhook-timestamp: {at}\r\nwebhook-signature: v1,{signature}\r\n")
}

/// An answer: status, head and body; an error when the daemon died before it.
struct Got {
    status: u16,
    head: String,
    body: String,
}

async fn deliver(addr: SocketAddr, id: &str, body: &[u8]) -> std::io::Result<Got> {
    let mut stream = TcpStream::connect(addr).await?;
    let head = format!(
        "POST /v1/events/soar HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n{}\r\n",
        body.len(),
        signed(id, body)
    );
    stream.write_all(&[head.as_bytes(), body].concat()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let cut = || std::io::Error::new(std::io::ErrorKind::UnexpectedEof, "the answer was cut off");
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(cut)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
    Ok(Got {
        status: status.ok_or_else(cut)?,
        head: head.to_lowercase(),
        body: body.to_owned(),
    })
}

async fn stored(world: &World) -> (i64, i64) {
    (
        world
            .number("SELECT count(*) FROM quell.events WHERE source = 'soar'")
            .await,
        world
            .number("SELECT count(*) FROM quell.webhook_deliveries")
            .await,
    )
}

/// It dies at the point while it takes a delivery; gives the answer to the next attempt.
async fn dies_at(point: &str, left: (i64, i64)) -> Got {
    let mut world = setup().prepare().await;
    write_key(&world);
    let body = ndjson(&[alert("one", &device(1)), alert("two", &device(2))]);
    let mut daemon = world.spawn(&["--migrate"], Some(point));
    assert!(daemon.ready().await, "{}", daemon.log());
    let cut = deliver(daemon.addr, "msg_1", &body).await;
    assert!(cut.is_err(), "it died before it answered");
    daemon.death(WAIT).await;
    assert_eq!(stored(&world).await, left, "{point}");
    world.start().await;
    let again = deliver(world.daemon().addr, "msg_1", &body)
        .await
        .expect("it is answered");
    let third = deliver(world.daemon().addr, "msg_1", &body)
        .await
        .expect("it is answered");
    assert_eq!(
        (again.status, third.status, &third.body),
        (202, 202, &again.body),
        "{point}"
    );
    assert!(
        again.body.contains("\"duplicate\":false"),
        "as if it had come once: {}",
        again.body
    );
    assert_eq!(stored(&world).await, (2, 1), "{point}");
    world
        .seen("both are restricted, once each", WAIT, |report| {
            report.restricted_now == 2
        })
        .await;
    assert_eq!(world.finish().await.action_calls, 2);
    again
}

#[tokio::test]
async fn a_signed_delivery_that_the_daemon_dies_in_is_stored_once_when_it_comes_again() {
    let (lost, kept) = tokio::join!(
        dies_at("event_received_nothing_stored", (0, 0)),
        dies_at("stored_not_acknowledged", (2, 1))
    );
    assert!(
        !lost.head.contains("idempotent-replayed"),
        "nothing of it was there"
    );
    assert!(kept.head.contains("idempotent-replayed: true"), "{}", kept.head);
}

#[tokio::test]
async fn a_signed_delivery_that_comes_many_times_at_once_is_stored_once_and_forgotten_after_a_day() {
    let mut world = setup().prepare().await;
    write_key(&world);
    world.start().await;
    let body = ndjson(&[alert("one", &device(1))]);
    let addr = world.daemon().addr;
    let all: Vec<_> = (0..12)
        .map(|_| {
            let body = body.clone();
            async move { deliver(addr, "msg_1", &body).await }
        })
        .collect();
    let mut tasks = tokio::task::JoinSet::new();
    for one in all {
        tasks.spawn(one);
    }
    let mut bodies = Vec::new();
    while let Some(got) = tasks.join_next().await {
        let got = got.expect("it did not panic").expect("it is answered");
        assert_eq!(got.status, 202, "{}", got.body);
        bodies.push(got.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "all hear the same: {bodies:?}");
    assert_eq!(stored(&world).await, (1, 1));

    world.kill_9();
    let mut connection = world.connect().await;
    sqlx::raw_sql("UPDATE quell.webhook_deliveries SET answered_at = answered_at - interval '25 hours'")
        .execute(&mut connection)
        .await
        .expect("it is the test's own database");
    world.start().await;
    eventually("what is older than a day is pruned", WAIT, async || {
        stored(&world).await == (1, 0)
    })
    .await;
    let late = deliver(world.daemon().addr, "msg_1", &body)
        .await
        .expect("it is answered");
    assert!(
        late.status == 202 && late.body.contains("\"duplicate\":true"),
        "{}",
        late.body
    );
    assert_eq!(
        stored(&world).await,
        (1, 1),
        "its events are known by their own keys"
    );
    world.finish().await;
}
