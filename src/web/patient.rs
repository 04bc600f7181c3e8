//! A connection whose other end must take what is written to it within a time: else who asks and never reads the answer would keep
//! its connection, and the answer in memory, for ever. Reads are bounded by those who read ([`crate::web::listen`] for heads,
//! [`crate::web::receive`](mod@crate::web::receive) for bodies).

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

/// A stream with that patience.
pub(super) struct Patient<S> {
    stream: S,
    patience: Duration,
    /// Since when nothing could be written; `None`: nothing waits.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl<S> Patient<S> {
    /// Each write, flush and shutdown must get on within `patience`.
    pub fn new(stream: S, patience: Duration) -> Self {
        Self {
            stream,
            patience,
            waiting: None,
        }
    }

    /// Passes on what a write came to, unless it waits for too long.
    fn bound<T>(&mut self, context: &mut Context<'_>, done: Poll<Result<T>>) -> Poll<Result<T>> {
        if done.is_ready() {
            self.waiting = None;
            return done;
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(waiting.as_mut().poll(context));
        // Whoever asks once more hears the same.
        waiting.as_mut().reset(Instant::now());
        Poll::Ready(Err(Error::new(
            ErrorKind::TimedOut,
            "the other end takes nothing",
        )))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.bound(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.bound(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(context);
        self.bound(context, done)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        let done = Pin::new(&mut self.stream).poll_shutdown(context);
        self.bound(context, done)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn whoever_takes_nothing_is_given_up_and_whoever_is_slow_is_not() {
        let patience = Duration::from_secs(10);
        let (near, mut far) = duplex(1);
        let mut near = Patient::new(near, patience);
        let slow = async {
            for _ in 0..5 {
                tokio::time::advance(Duration::from_secs(9)).await;
                far.read_u8().await.expect("a byte was written");
            }
        };
        let (written, ()) = tokio::join!(near.write_all(&[7; 5]), slow);
        assert!(written.is_ok(), "{written:?}");
        near.write_all(&[7]).await.expect("one byte has room");
        let began = Instant::now();
        let stuck = near.write_all(&[7]).await.map_err(|error| error.kind());
        assert_eq!((stuck, began.elapsed().as_secs()), (Err(ErrorKind::TimedOut), 10));
    }
}
