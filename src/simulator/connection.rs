//! Connections that can be broken on purpose: the listener for axum, and the wire that fails after so many bytes.
//!
//! The pipeline gets a [`Line`] with each request and may cut it; the caller then sees a TCP reset, before, amid or
//! instead of the answer, which no ordinary handler could bring about.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Sleep;

/// A handle on one connection, to break it or to make it crawl.
#[derive(Clone, Debug)]
pub struct Line(Arc<Bounds>);

#[derive(Debug)]
struct Bounds {
    /// How many bytes are let out yet.
    left: AtomicU64,
    /// Microseconds from one byte to the next; 0: no bound.
    drip: AtomicU64,
}

impl Line {
    /// Lets so many more bytes out and resets the connection then.
    pub fn cut_after(&self, bytes: u64) {
        self.0.left.store(bytes, Ordering::Release);
    }

    /// Lets one byte out at a time, so far apart, from now on.
    pub fn drip(&self, every: Duration) {
        let every = u64::try_from(every.as_micros()).unwrap_or(u64::MAX);
        self.0.drip.store(every, Ordering::Release);
    }

    fn whole() -> Self {
        Self(Arc::new(Bounds {
            left: AtomicU64::new(u64::MAX),
            drip: AtomicU64::new(0),
        }))
    }

    fn left(&self) -> u64 {
        self.0.left.load(Ordering::Acquire)
    }

    fn every(&self) -> Option<Duration> {
        let every = self.0.drip.load(Ordering::Acquire);
        (every > 0).then(|| Duration::from_micros(every))
    }

    fn spend(&self, bytes: u64) {
        if self.left() != u64::MAX {
            self.0.left.fetch_sub(bytes, Ordering::AcqRel);
        }
    }
}

/// A loopback listener whose connections can be cut.
#[derive(Debug)]
pub struct Socket(pub TcpListener);

impl Listener for Socket {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        // Small replies must not wait for the peer's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "the simulator could not set TCP_NODELAY");
        }
        (
            Wire {
                stream,
                line: Line::whole(),
                next_drop: None,
            },
            addr,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

impl Connected<IncomingStream<'_, Socket>> for Line {
    fn connect_info(stream: IncomingStream<'_, Socket>) -> Self {
        stream.io().line.clone()
    }
}

/// A TCP stream that obeys its [`Line`].
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    line: Line,
    next_drop: Option<Pin<Box<Sleep>>>,
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

// `is_write_vectored` keeps its default, false, so every byte passes through `poll_write` and is counted.
impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let left = self.line.left();
        if left == 0 {
            // With nothing left to linger for, dropping the stream sends a reset and no orderly end.
            self.stream.set_zero_linger()?;
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        let mut most = usize::try_from(left).map_or(buf.len(), |left| left.min(buf.len()));
        if let Some(every) = self.line.every() {
            let next = self
                .next_drop
                .get_or_insert_with(|| Box::pin(tokio::time::sleep(every)));
            std::task::ready!(next.as_mut().poll(cx));
            self.next_drop = None;
            most = most.min(1);
        }
        let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(cx, &buf[..most]))?;
        self.line.spend(written as u64);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
