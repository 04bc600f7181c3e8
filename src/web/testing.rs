//! For tests: the whole HTTP surface on a loopback port, before a scripted store or a real one, and a client that sends
//! exactly the bytes it is told to.

use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::domain::tenant::TenantId;
use crate::web::inbox::Inbox;
use crate::web::inbox::scripted::Script;
use crate::web::{Bounds, Door, Options, Render, Tls, Web, router, serve};

/// A server; it stops when it is dropped.
pub(crate) struct TestServer {
    pub address: SocketAddr,
    pub script: Script,
    pub shutdown: CancellationToken,
    pub tasks: JoinSet<std::io::Result<()>>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Got {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl TestServer {
    /// Before a scripted store.
    pub async fn start(adjust: impl FnOnce(&mut Options, &mut Script)) -> Self {
        let (mut options, mut script) = (Options::new(TenantId(1)), Script::default());
        adjust(&mut options, &mut script);
        Self::before(
            options,
            Inbox::Scripted(script.clone()),
            script,
            Box::new(String::new),
        )
        .await
    }

    /// Before whatever takes the events.
    pub(super) async fn before(options: Options, inbox: Inbox, script: Script, metrics: Render) -> Self {
        let router = router(Web::with_inbox(options, inbox, metrics));
        Self::listening(router.into(), script, Bounds::default(), None).await
    }

    /// Before a scripted store, with other bounds.
    pub async fn bounded(bounds: Bounds, tls: Option<Arc<Tls>>, options: Options) -> Self {
        let script = Script::default();
        let inbox = Inbox::Scripted(script.clone());
        let router = router(Web::with_inbox(options, inbox, Box::new(String::new)));
        Self::listening(router.into(), script, bounds, tls).await
    }

    /// Behind a door that the test opens, or not.
    pub async fn behind(door: Door) -> Self {
        Self::listening(door, Script::default(), Bounds::default(), None).await
    }

    async fn listening(door: Door, script: Script, bounds: Bounds, tls: Option<Arc<Tls>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a loopback port is free");
        let address = listener.local_addr().expect("it is bound");
        let shutdown = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(serve(listener, door, bounds, tls, shutdown.clone()));
        Self {
            address,
            script,
            shutdown,
            tasks,
        }
    }

    /// The base address, for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn get(&self, path: &str) -> Got {
        self.exchange(
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").as_bytes(),
        )
        .await
    }

    /// Posts events with headers of the test's own, each ended by CRLF.
    pub async fn post(&self, headers: &str, body: &[u8]) -> Got {
        self.post_to("/v1/events", headers, body).await
    }

    /// The same to another path.
    pub async fn post_to(&self, path: &str, headers: &str, body: &[u8]) -> Got {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {}\r\n{headers}\r\n",
            body.len()
        );
        self.exchange(&[head.as_bytes(), body].concat()).await
    }

    /// Sends the bytes and reads the answer to its end.
    pub async fn exchange(&self, request: &[u8]) -> Got {
        let stream = TcpStream::connect(self.address)
            .await
            .expect("the server listens");
        let (mut reading, mut writing) = stream.into_split();
        let mut answer = Vec::new();
        // The server may answer before it has read everything.
        let (written, read) = tokio::join!(writing.write_all(request), reading.read_to_end(&mut answer));
        read.unwrap_or_else(|error| panic!("{error}, written: {written:?}"));
        let answer = String::from_utf8(answer).expect("the answer is UTF-8");
        let (head, body) = answer.split_once("\r\n\r\n").expect("the answer has a head");
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok())
            .expect("it has a status");
        Got {
            status,
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }
}
