//! What a daemon answers while it waits for its first Postgres: that it lives, and nothing else. No event is taken that could not be stored.

use std::net::SocketAddr;
use std::time::Duration;

use crate::support::alert::{alert, device, ndjson, restrict};
use crate::support::http::{self, Reply};
use crate::support::{Setup, eventually};

const SOON: Duration = Duration::from_secs(30);

/// Asks; whoever gets no answer fails here and does not wait for ever.
async fn ask(addr: SocketAddr, method: &str, path: &str, body: &[u8]) -> Reply {
    tokio::time::timeout(SOON, http::send(addr, method, path, &[], body))
        .await
        .unwrap_or_else(|_| panic!("{method} {path} is not answered"))
        .unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

#[tokio::test]
async fn a_daemon_that_waits_for_its_first_postgres_lives_and_takes_nothing() {
    let setup = Setup::new(60, &[&restrict("one", "4h")]);
    let mut world = setup.prepare_with_own_postgres().await;
    world.take_postgres_away().await;
    let mut daemon = world.spawn(&[], None);
    let mut listens = None;
    eventually("the daemon says where it listens", SOON, async || {
        listens = daemon.listens_on();
        listens.is_some()
    })
    .await;
    let addr = listens.expect("the wait above ended with it");
    let alive = ask(addr, "GET", "/livez", b"").await;
    assert_eq!((alive.status, &*alive.body), (200, "alive\n"));
    let ready = ask(addr, "GET", "/readyz", b"").await;
    assert_eq!(
        (ready.status, &*ready.body),
        (503, "not ready: waiting for Postgres\n")
    );
    let early = ndjson(&[alert("early", &device(1))]);
    for (method, path, body) in [
        ("POST", "/v1/events", &early[..]),
        ("POST", "/-/reload", &b""[..]),
        ("POST", "/v1/stop", &b"{\"reason\": \"drill\"}"[..]),
        ("GET", "/v1/status", &b""[..]),
        ("GET", "/", &b""[..]),
    ] {
        let reply = ask(addr, method, path, body).await;
        assert_eq!(reply.status, 503, "{method} {path}: {reply:?}");
        assert_eq!(reply.json()["reason"], "store_unavailable");
        assert_eq!(reply.json()["retry_after_s"], 5);
    }
    let to = format!("http://{addr}");
    let (code, said) = world.command(&["health", "--to", &to]).await;
    assert_eq!((code, &*said), (Some(0), "alive\n"));
    let (code, said) = world.command(&["health", "--ready", "--to", &to]).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("waiting for Postgres"), "{said}");

    world.give_postgres_back().await;
    assert!(daemon.ready().await, "{}", daemon.log());
    world.adopt(daemon);
    let events = "SELECT count(*) FROM quell.events";
    assert_eq!(world.number(events).await, 0, "nothing of it was taken");
    world.send(&[alert("early", &device(1))]).await;
    world.until_idle(SOON).await;
    assert_eq!(world.number(events).await, 1);
    assert_eq!(world.finish().await.action_calls, 1);
}
