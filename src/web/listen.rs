//! The listener: takes connections, within bounds, and serves HTTP/1.1 on each. Called by [`crate::app`].
//!
//! Whatever comes in here may be hostile. A head must arrive within a time, in a bounded size and number of fields (hyper answers 431
//! or hangs up); so must a TLS handshake; an answer must be taken within a time; a connection that is silent for that long ends. There
//! are at most so many connections, and of one peer fewer. What a body may do is [`crate::web::receive`](mod@crate::web::receive)'s.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;

use crate::web::door::Door;
use crate::web::patient::Patient;
use crate::web::peer::{Local, Network, Peer, counted_as};
use crate::web::tls::Tls;

/// How long requests that are under way may take to end after a stop was asked for.
const DRAIN: Duration = Duration::from_secs(20);

/// How long nothing is taken after the system could give no connection.
const REST: Duration = Duration::from_millis(200);

/// How long who has no request under way may then still take its answer.
const MOMENT: Duration = Duration::from_secs(1);

/// What a connection may do.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Connections at once. Who comes beyond waits in the system's queue.
    pub connections: usize,
    /// Those of one peer: an address, or a /64 of IPv6. Others are closed at once.
    pub per_peer: usize,
    /// Whose connections are not counted so: they bring many senders.
    pub trusted_proxies: Vec<Network>,
    /// How long the head of a request, a TLS handshake, or silence between two requests may take.
    pub head_timeout: Duration,
    /// How long the other end may take nothing of an answer.
    pub write_timeout: Duration,
    /// The largest head of a request, bytes. Its fields are at most 100.
    pub head_limit: usize,
    /// How long a connection lasts on which a client certificate was shown: it is verified at the beginning alone.
    pub certified_for: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 512,
            per_peer: 128,
            trusted_proxies: Vec::new(),
            head_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            head_limit: 16 * 1024,
            certified_for: Duration::from_secs(600),
        }
    }
}

/// Serves until a stop is asked for, then lets the requests under way end, for at most 20 s.
///
/// # Errors
/// None today: what goes wrong with a connection ends that one.
pub async fn serve(
    listener: TcpListener,
    door: impl Into<Door>,
    bounds: Bounds,
    tls: Option<Arc<Tls>>,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let server = Server {
        door: door.into(),
        tls,
        slots: Arc::new(Semaphore::new(bounds.connections)),
        peers: Peers::default(),
        bounds,
        shutdown: shutdown.clone(),
    };
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next() => {}
            (stream, from, slot) = server.accept(&listener) => {
                let Some(place) = server.peers.take(from.ip(), &server.bounds) else {
                    metrics::counter!("quell_http_connections_refused_total").increment(1);
                    continue;
                };
                let server = server.clone();
                connections.spawn(async move {
                    server.connection(stream, from).await;
                    drop((slot, place));
                });
            }
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(DRAIN, all).await.is_err() {
        tracing::warn!("requests were still under way when the time to end them was over; they are cut off");
    }
    Ok(())
}

/// The same on a Unix socket, for whoever on this machine may open it: who that is goes with each request.
///
/// # Errors
/// None today.
pub async fn serve_socket(
    listener: UnixListener,
    door: impl Into<Door>,
    bounds: Bounds,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let server = Server {
        door: door.into(),
        tls: None,
        slots: Arc::new(Semaphore::new(bounds.connections)),
        peers: Peers::default(),
        bounds,
        shutdown: shutdown.clone(),
    };
    let mut connections = JoinSet::new();
    loop {
        let slot = Arc::clone(&server.slots).acquire_owned();
        let accepted = async {
            let slot = slot.await.expect("nobody closes it");
            (listener.accept().await, slot)
        };
        tokio::select! {
            () = shutdown.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = accepted => match accepted {
                (Ok((stream, _)), slot) => {
                    let server = server.clone();
                    connections.spawn(async move {
                        server.local_connection(stream).await;
                        drop(slot);
                    });
                }
                (Err(error), _) if is_of_one_connection(&error) => {}
                (Err(error), _) => {
                    tracing::warn!(%error, "no connection can be taken from the socket at the moment");
                    sleep(REST).await;
                }
            },
        }
    }
    drop(listener);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(DRAIN, all).await.is_err() {
        tracing::warn!("requests by the socket were still under way when the time to end them was over");
    }
    Ok(())
}

#[derive(Clone)]
struct Server {
    door: Door,
    tls: Option<Arc<Tls>>,
    slots: Arc<Semaphore>,
    peers: Peers,
    bounds: Bounds,
    shutdown: CancellationToken,
}

impl Server {
    /// The next connection, once there is room for it.
    async fn accept(&self, listener: &TcpListener) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        let slot = Arc::clone(&self.slots).acquire_owned().await;
        let slot = slot.expect("nobody closes it");
        loop {
            match listener.accept().await {
                Ok((stream, from)) => return (stream, from, slot),
                Err(error) if is_of_one_connection(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "no connection can be taken at the moment");
                    sleep(REST).await;
                }
            }
        }
    }

    async fn connection(&self, stream: TcpStream, from: SocketAddr) {
        // Answers are written in one piece, and whoever waits for one should have it.
        let _ = stream.set_nodelay(true);
        let mut peer = Peer {
            address: from.ip(),
            certificate: None,
        };
        let Some(tls) = &self.tls else {
            return self.http(stream, from, peer, None).await;
        };
        let handshake = TlsAcceptor::from(tls.now()).accept(stream);
        let shaken = tokio::select! {
            () = self.shutdown.cancelled() => return,
            shaken = timeout(self.bounds.head_timeout, handshake) => shaken,
        };
        let Ok(Ok(secure)) = shaken else {
            metrics::counter!("quell_http_handshakes_failed_total").increment(1);
            return;
        };
        let shown = secure.get_ref().1.peer_certificates().and_then(<[_]>::first);
        peer.certificate = shown.map(|certificate| Arc::new(certificate.clone().into_owned()));
        self.http(secure, from, peer, None).await;
    }

    async fn local_connection(&self, stream: UnixStream) {
        // Whom the system does not know is not let in.
        let Ok(credentials) = stream.peer_cred() else {
            return;
        };
        let local = Local::of(credentials.uid());
        // No network has this address.
        let from = SocketAddr::from(([0, 0, 0, 0], 0));
        let peer = Peer {
            address: from.ip(),
            certificate: None,
        };
        self.http(stream, from, peer, Some(local)).await;
    }

    async fn http(
        &self,
        stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        from: SocketAddr,
        peer: Peer,
        local: Option<Local>,
    ) {
        let is_certified = peer.certificate.is_some();
        let door = self.door.clone();
        let under_way = Arc::new(());
        let of_service = Arc::clone(&under_way);
        let service = service_fn(move |mut request: Request<Incoming>| {
            let held = Arc::clone(&of_service);
            request.extensions_mut().insert(ConnectInfo(from));
            request.extensions_mut().insert(peer.clone());
            if let Some(local) = &local {
                request.extensions_mut().insert(local.clone());
            }
            // Asked each time: a connection may be older than the opening.
            let answer = TowerToHyperService::new(door.router()).call(request);
            async move {
                let answer: Result<Response<_>, Infallible> = answer.await;
                drop(held);
                answer
            }
        });
        let stream = TokioIo::new(Patient::new(stream, self.bounds.write_timeout));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.bounds.head_timeout)
            .max_header_size(self.bounds.head_limit)
            .max_buf_size(self.bounds.head_limit.max(8 * 1024))
            .serve_connection(stream, service);
        let mut connection = std::pin::pin!(connection);
        let mut term = std::pin::pin!(sleep(self.bounds.certified_for));
        let mut is_within_term = is_certified;
        // Whatever ended it, the other end knows, or is gone.
        loop {
            tokio::select! {
                _ = connection.as_mut() => return,
                () = term.as_mut(), if is_within_term => {
                    // The answer under way is the last one; whoever goes on shows the certificate again.
                    is_within_term = false;
                    connection.as_mut().graceful_shutdown();
                }
                () = self.shutdown.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    // Who sends half a head, or takes no answer, does not hold up the stop; a request that is worked on does.
                    while timeout(MOMENT, connection.as_mut()).await.is_err() && Arc::strong_count(&under_way) > 2 {}
                    return;
                }
            }
        }
    }
}

/// How many connections each peer has.
#[derive(Clone, Debug, Default)]
struct Peers(Arc<Mutex<HashMap<IpAddr, usize>>>);

/// One of them, until it is dropped.
struct Place {
    peers: Peers,
    counted_as: Option<IpAddr>,
}

impl Peers {
    /// A place for one more of this peer, if it may have one.
    fn take(&self, address: IpAddr, bounds: &Bounds) -> Option<Place> {
        let place = |counted_as| Place {
            peers: self.clone(),
            counted_as,
        };
        if bounds
            .trusted_proxies
            .iter()
            .any(|network| network.contains(address))
        {
            return Some(place(None));
        }
        let counted_as = counted_as(address);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = all.entry(counted_as).or_default();
        if *count >= bounds.per_peer {
            return None;
        }
        *count += 1;
        Some(place(Some(counted_as)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(counted_as) = self.counted_as else { return };
        let mut all = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = all.get_mut(&counted_as) {
            *count -= 1;
            if *count == 0 {
                all.remove(&counted_as);
            }
        }
    }
}

/// Whether only the connection that was being taken is gone.
fn is_of_one_connection(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_has_so_many_places_and_a_trusted_proxy_any_number() {
        let bounds = Bounds {
            per_peer: 2,
            trusted_proxies: vec!["10.0.0.0/24".parse().expect("a network")],
            ..Bounds::default()
        };
        let peers = Peers::default();
        let take = |address: &str| peers.take(address.parse().expect("an address"), &bounds);
        let mut held = vec![take("192.0.2.1"), take("192.0.2.1")];
        assert!(held.iter().all(Option::is_some) && take("192.0.2.1").is_none());
        assert!(take("192.0.2.2").is_some());
        held.pop();
        assert!(take("192.0.2.1").is_some());
        let proxied: Vec<_> = (0..9).map(|_| take("10.0.0.7")).collect();
        assert!(proxied.iter().all(Option::is_some));
        drop((held, proxied));
        assert!(peers.0.lock().expect("nobody panicked").is_empty());
    }
}
