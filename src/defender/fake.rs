//! A scripted HTTP/1.1 server for this module's tests: it says exactly the bytes it is told, breaks off where it is told,
//! and keeps what it heard. Loopback only.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::clock::Monotonic;
use crate::defender::{Client, Credential, Endpoint, HostOptions, Options, SecretSource};
use crate::domain::device::DeviceId;
use crate::limiter::{CommittedAttempt, Permit, ReadPermit, SecondGuard, Window};

pub(super) const DEVICE: &str = "0123456789abcdef0123456789abcdef01234567";
pub(super) const SECRET: &str = "s3cret~&=+ü";

/// One step of a reply.
pub(super) enum Step {
    /// Writes these bytes.
    Bytes(Vec<u8>),
    /// Writes this many zeros, as fast as they are taken.
    Flood(u64),
    /// Says nothing more, and keeps the connection open.
    Silence,
    /// Breaks the connection with a reset.
    Reset,
    /// Closes the connection.
    Close,
}

/// A request as it was heard.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn is_for_token(&self) -> bool {
        self.line.contains("/oauth2/v2.0/token")
    }
}

type Script = dyn Fn(usize, &Heard) -> Vec<Step> + Send + Sync;

#[derive(Default)]
struct Log {
    heard: Mutex<Vec<Heard>>,
    bytes_in: AtomicUsize,
    bytes_out: AtomicUsize,
}

/// The server. It ends when it is dropped.
pub(super) struct Fake {
    address: SocketAddr,
    log: Arc<Log>,
    _tasks: JoinSet<()>,
}

impl Fake {
    /// Answers every request with what the script says for its number, from 0.
    pub async fn scripted(script: impl Fn(usize, &Heard) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let log = Arc::new(Log::default());
        let script: Arc<Script> = Arc::new(script);
        let mut tasks = JoinSet::new();
        let for_tasks = Arc::clone(&log);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, Arc::clone(&script), Arc::clone(&for_tasks)));
            }
        });
        Self {
            address,
            log,
            _tasks: tasks,
        }
    }

    /// Issues tokens `token-1`, `token-2`, … good for an hour; the script answers everything else, numbered from 0.
    pub async fn defender(script: impl Fn(usize, &Heard) -> Vec<Step> + Send + Sync + 'static) -> Self {
        let (issued, calls) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self::scripted(move |_, heard| {
            if heard.is_for_token() {
                let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
                token(&format!("token-{number}"), "3599")
            } else {
                script(calls.fetch_add(1, Ordering::SeqCst), heard)
            }
        })
        .await
    }

    /// A server that is never to be called.
    pub async fn trap() -> Self {
        Self::scripted(|_, _| vec![Step::Close]).await
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.log
            .heard
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Requests other than those for tokens.
    pub fn calls(&self) -> Vec<Heard> {
        self.heard()
            .into_iter()
            .filter(|heard| !heard.is_for_token())
            .collect()
    }

    pub fn token_requests(&self) -> usize {
        self.heard().len() - self.calls().len()
    }

    pub fn bytes_in(&self) -> usize {
        self.log.bytes_in.load(Ordering::SeqCst)
    }

    pub fn bytes_out(&self) -> usize {
        self.log.bytes_out.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, log: Arc<Log>) {
    let mut buffer = Vec::new();
    while let Some(heard) = hear(&mut stream, &mut buffer, &log).await {
        let number = {
            let mut all = log.heard.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(heard.clone());
            all.len() - 1
        };
        for step in script(number, &heard) {
            match step {
                Step::Bytes(bytes) => {
                    if stream.write_all(&bytes).await.is_err() {
                        return;
                    }
                    log.bytes_out.fetch_add(bytes.len(), Ordering::SeqCst);
                }
                Step::Flood(bytes) => {
                    let zeros = [b'0'; 65_536];
                    for _ in 0..bytes / 65_536 {
                        if stream.write_all(&zeros).await.is_err() {
                            return;
                        }
                        log.bytes_out.fetch_add(zeros.len(), Ordering::SeqCst);
                    }
                }
                Step::Silence => std::future::pending().await,
                Step::Reset => {
                    // The reset must not overtake what was said before it.
                    let _ = stream.flush().await;
                    let _ = stream.set_zero_linger();
                    return;
                }
                Step::Close => return,
            }
        }
    }
}

/// Reads one request; `None` when the connection ends.
async fn hear(stream: &mut TcpStream, buffer: &mut Vec<u8>, log: &Log) -> Option<Heard> {
    loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
            let mut lines = head.split("\r\n").map(str::to_owned);
            let line = lines.next()?;
            let headers: Vec<(String, String)> = lines
                .filter_map(|line| {
                    line.split_once(": ")
                        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                })
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
            if buffer.len() >= end + 4 + length {
                let body = String::from_utf8_lossy(&buffer[end + 4..end + 4 + length]).into_owned();
                buffer.drain(..end + 4 + length);
                return Some(Heard { line, headers, body });
            }
        }
        let read = stream.read_buf(buffer).await.ok().filter(|read| *read > 0)?;
        log.bytes_in.fetch_add(read, Ordering::SeqCst);
    }
}

/// A whole reply with a JSON body and further headers (`"Name: value\r\n"`).
pub(super) fn reply(status: u16, headers: &str, body: &str) -> Vec<Step> {
    let head = format!("HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n{headers}");
    vec![Step::Bytes(
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes(),
    )]
}

/// A token endpoint's reply; `expires_in` as it is to stand in the JSON.
pub(super) fn token(value: &str, expires_in: &str) -> Vec<Step> {
    let body = format!(r#"{{"token_type":"Bearer","expires_in":{expires_in},"access_token":"{value}"}}"#);
    reply(200, "", &body)
}

/// The body of a machine action.
pub(super) fn action(id: &str, kind: &str) -> String {
    format!(
        r#"{{"id":"{id}","type":"{kind}","status":"Pending","machineId":"{DEVICE}","requestorComment":"c"}}"#
    )
}

/// Options for a client of this server, with short time-outs.
pub(super) fn options(api: &str, authority: &str) -> Options {
    let endpoint = Endpoint::resolve(&HostOptions {
        entra_tenant: "11111111-2222-3333-4444-555555555555".to_owned(),
        base_url: Some(api.to_owned()),
        authority: Some(authority.to_owned()),
        ..HostOptions::default()
    })
    .expect("loopback addresses");
    let secret = SecretSource::function(|| Ok(SecretString::from(SECRET)));
    Options {
        connect_timeout: Duration::from_secs(5),
        total_timeout: Duration::from_secs(10),
        ..Options::new(endpoint, "client-1".to_owned(), secret)
    }
}

/// A client secret that a function gives.
pub(super) fn secret_from(
    read: impl Fn() -> Result<SecretString, String> + Send + Sync + 'static,
) -> Credential {
    Credential::ClientSecret {
        client_id: "client-1".to_owned(),
        secret: SecretSource::function(read),
    }
}

/// A client whose API and authority are this server.
pub(super) fn client(fake: &Fake) -> Client {
    Client::new(options(&fake.url(), &fake.url())).expect("valid options")
}

pub(super) fn device() -> DeviceId {
    DeviceId::from_stored(DEVICE.to_owned())
}

/// A permit that is good for a minute.
pub(super) fn permit() -> Permit {
    let send_deadline = Monotonic::now().plus(Duration::from_secs(60));
    Permit::from_committed(
        CommittedAttempt {
            id: Uuid::now_v7(),
            send_deadline,
        },
        &wide_guard(),
    )
}

/// A read permit that is good for a minute.
pub(super) fn read_permit() -> ReadPermit {
    let send_deadline = Monotonic::now().plus(Duration::from_secs(60));
    ReadPermit::from_committed(
        CommittedAttempt {
            id: Uuid::now_v7(),
            send_deadline,
        },
        &wide_guard(),
    )
}

pub(super) fn wide_guard() -> SecondGuard {
    guard(1_000)
}

pub(super) fn guard(limit: u32) -> SecondGuard {
    SecondGuard::new(&[Window {
        limit,
        per: Duration::from_secs(60),
    }])
    .expect("a valid window")
}

/// Lets this much time pass at once.
pub(super) async fn pass(span: Duration) {
    tokio::time::pause();
    tokio::time::advance(span).await;
    tokio::time::resume();
}
