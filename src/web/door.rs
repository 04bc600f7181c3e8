//! What the listener serves: at first only that the process lives and is not ready, and everything else once it can be worked on. So
//! probes, and the health check of a container, are answered while Postgres is waited for, and nobody is taken for dead who only waits.
//!
//! [`crate::app`] makes the [`Door`], hands it to the listeners, and opens it when every loop has been started. A closed one asks nobody
//! who they are, tells nothing of the configuration, and takes nothing: what it took could not be stored.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::http::StatusCode;
use axum::middleware;
use axum::routing::get;

use crate::web::answer::Problem;
use crate::web::health::{self, Stuck};
use crate::web::{access, count};

/// When whoever found it closed may come again, seconds: that of every answer that Postgres is not there for.
const AGAIN_S: u32 = 5;

/// Closed at first, and then open for good; clones are of one door.
#[derive(Clone, Debug)]
pub struct Door {
    waiting: Router,
    open: Arc<OnceLock<Router>>,
}

impl Door {
    /// A closed one: `/livez` answers by what is stuck, `/readyz` and everything else 503.
    pub fn closed(stuck: Stuck) -> Self {
        Self {
            waiting: waiting(stuck),
            open: Arc::default(),
        }
    }

    /// Opens it to these routes. One that is open stays as it is.
    pub fn open(&self, router: Router) {
        self.open.get_or_init(|| router);
    }

    /// What serves the next request.
    pub(super) fn router(&self) -> Router {
        self.open.get().unwrap_or(&self.waiting).clone()
    }
}

/// One that is open from the first moment on.
impl From<Router> for Door {
    fn from(router: Router) -> Self {
        let door = Self::closed(Stuck::default());
        door.open(router);
        door
    }
}

/// What is served meanwhile. No metrics: a process that does nothing is to be missed (the alert QuellDown), not to be seen with figures
/// in which nothing is wrong.
fn waiting(stuck: Stuck) -> Router {
    let not_yet = || async {
        let detail = "the daemon waits for Postgres and takes nothing yet: try again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after_s(AGAIN_S)
    };
    Router::new()
        .route("/livez", get(move || async move { health::alive(&stuck) }))
        .route(
            "/readyz",
            get(|| async {
                (
                    StatusCode::SERVICE_UNAVAILABLE,
                    "not ready: waiting for Postgres\n",
                )
            }),
        )
        .fallback(not_yet)
        .method_not_allowed_fallback(not_yet)
        .layer(middleware::from_fn(access::said))
        .layer(middleware::from_fn(count))
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;
    use crate::web::testing::TestServer;

    fn behind() -> Router {
        Router::new().route("/readyz", get(|| async { "ready\n" }))
    }

    #[tokio::test]
    async fn a_closed_door_says_that_the_process_lives_and_takes_nothing() {
        let server = TestServer::behind(Door::closed(Stuck::default())).await;
        let alive = server.get("/livez").await;
        assert_eq!((alive.status, &*alive.body), (200, "alive\n"));
        let ready = server.get("/readyz").await;
        assert_eq!(
            (ready.status, &*ready.body),
            (503, "not ready: waiting for Postgres\n")
        );
        let mut answers = vec![server.post("authorization: Bearer wrong\r\n", b"[{}]").await];
        for path in ["/", "/metrics", "/v1/status", "/v1/openapi.json", "/no-such-path"] {
            answers.push(server.get(path).await);
        }
        for path in ["/v1/events/soar", "/-/reload", "/v1/stop", "/livez"] {
            answers.push(server.post_to(path, "", b"").await);
        }
        for got in answers {
            assert_eq!(
                (got.status, &got.json()["reason"]),
                (503, &"store_unavailable".into())
            );
            assert!(got.head.contains("\r\nretry-after: 5"), "{got:?}");
        }
    }

    #[tokio::test]
    async fn what_is_stuck_is_told_while_it_is_closed_too() {
        let door = Door::closed(Stuck::by(|| vec!["a loop for 260 s".to_owned()]));
        let got = TestServer::behind(door).await.get("/livez").await;
        assert_eq!((got.status, &*got.body), (503, "stuck: a loop for 260 s\n"));
    }

    /// Asks, and reads until the answer ends so.
    async fn ask(stream: &mut TcpStream, end: &str) -> String {
        stream
            .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\n\r\n")
            .await
            .expect("it is taken");
        let mut said = Vec::new();
        while !said.ends_with(end.as_bytes()) {
            let read = stream.read_buf(&mut said).await.expect("it answers");
            assert_ne!(read, 0, "it hung up: {}", String::from_utf8_lossy(&said));
        }
        String::from_utf8_lossy(&said).into_owned()
    }

    #[tokio::test]
    async fn a_connection_that_is_older_than_the_opening_leads_behind_the_door() {
        let door = Door::closed(Stuck::default());
        let server = TestServer::behind(door.clone()).await;
        let mut stream = TcpStream::connect(server.address)
            .await
            .expect("the server listens");
        let said = ask(&mut stream, "waiting for Postgres\n").await;
        assert!(said.starts_with("HTTP/1.1 503"), "{said}");
        door.open(behind());
        let said = ask(&mut stream, "\r\n\r\nready\n").await;
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
        assert_eq!(server.get("/livez").await.status, 404, "it is open for good");
    }
}
