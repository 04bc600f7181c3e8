//! A gateway between the daemon and the simulated Defender that answers in its place where a test says so: before the call
//! was carried out, or after. Everything else goes through as it is, each request over a connection of its own.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// What the gateway does with one call.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Answers itself; Defender hears nothing.
    Before(Vec<u8>),
    /// Lets Defender carry it out and answers this instead. Empty: the connection is reset.
    After(Vec<u8>),
    /// Lets Defender carry it out, and cuts its answer in the middle.
    Cut,
}

type Deeds = Arc<Mutex<HashMap<String, Vec<Deed>>>>;

/// The gateway; it ends when it is dropped.
pub struct Front {
    address: SocketAddr,
    deeds: Deeds,
    _accepting: JoinSet<()>,
}

impl Front {
    /// Before what listens there.
    pub async fn before(defender: SocketAddr) -> Self {
        Self::at(([127, 0, 0, 1], 0).into(), defender).await
    }

    /// The same at that address, where one was before.
    pub async fn at(address: SocketAddr, defender: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let deeds = Deeds::default();
        let mut accepting = JoinSet::new();
        let for_task = Arc::clone(&deeds);
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                connections.spawn(serve(stream, defender, Arc::clone(&for_task)));
            }
        });
        Self {
            address,
            deeds,
            _accepting: accepting,
        }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address, as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What becomes of the next calls whose path holds this text, in order; after them, calls go through.
    pub fn will(&self, part_of_path: &str, deeds: Vec<Deed>) {
        self.deeds
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(part_of_path.to_owned(), deeds);
    }
}

/// The first deed for this request, which is used up.
fn next(deeds: &Deeds, line: &str) -> Option<Deed> {
    if !line.starts_with("POST ") {
        return None;
    }
    let mut deeds = deeds.lock().unwrap_or_else(PoisonError::into_inner);
    let (_, left) = deeds
        .iter_mut()
        .find(|(part, left)| line.contains(part.as_str()) && !left.is_empty())?;
    Some(left.remove(0))
}

/// One request a connection: both sides are told to close.
async fn serve(mut stream: TcpStream, defender: SocketAddr, deeds: Deeds) -> Option<()> {
    let (head, body) = request(&mut stream).await?;
    let deed = next(&deeds, head.lines().next().unwrap_or_default());
    if let Some(Deed::Before(answer)) = &deed {
        stream.write_all(answer).await.ok()?;
        return stream.shutdown().await.ok();
    }
    let mut upstream = TcpStream::connect(defender).await.ok()?;
    let head: String = head
        .split_inclusive("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("connection:") && *line != "\r\n")
        .collect();
    upstream
        .write_all(format!("{head}connection: close\r\n\r\n").as_bytes())
        .await
        .ok()?;
    upstream.write_all(&body).await.ok()?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).await.ok()?;
    match deed {
        Some(Deed::After(instead)) if instead.is_empty() => return stream.set_zero_linger().ok(),
        Some(Deed::After(instead)) => answer = instead,
        Some(Deed::Cut) => {
            answer.truncate(answer.len() - 40);
        }
        Some(Deed::Before(_)) | None => {}
    }
    stream.write_all(&answer).await.ok()?;
    stream.shutdown().await.ok()
}

/// The head with its empty line, and the body.
async fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end + 4]).into_owned();
            let length = head.to_ascii_lowercase();
            let length = length
                .split("content-length:")
                .nth(1)
                .and_then(|rest| rest.lines().next());
            let length: usize = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Some((head, bytes[end + 4..end + 4 + length].to_vec()));
            }
        }
        stream.read_buf(&mut bytes).await.ok().filter(|read| *read > 0)?;
    }
}
