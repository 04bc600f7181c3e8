//! Reads the body of a request within a size and a time.
//!
//! A body that is too large is answered, not cut off: what still comes is read and thrown away up to a bound, or the
//! client would see a broken connection in place of the 413.

use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody as _};

use crate::web::held::Holding;

/// How much of a body that is too large is read and thrown away, and for how long.
const DISCARD_BYTES: usize = 128 * 1024 * 1024;
const DISCARD_TIME: Duration = Duration::from_secs(10);

/// By how much the memory of a body grows at least: large blocks are moved by the operating system without a copy.
const GROWTH: usize = 256 * 1024;

/// Why there is no body.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unreceived {
    /// It is larger than the limit.
    #[error("the body is larger than {0} bytes: send it in several requests")]
    TooLarge(usize),
    /// Others' bodies take all the memory there is for them.
    #[error("too many bodies are being received at this moment: send it again")]
    TooMany,
    /// It did not arrive in time.
    #[error("the body did not arrive within {} s", .0.as_secs())]
    TooSlow(Duration),
    /// The connection broke.
    #[error("the body was cut off")]
    Cut,
}

/// Reads the body. Never holds more than `limit` bytes of it, besides one frame, and none that `holding` does not allow.
///
/// # Errors
/// [`Unreceived`].
pub(super) async fn receive(
    mut body: Body,
    limit: usize,
    within: Duration,
    holding: &mut Holding,
) -> Result<Vec<u8>, Unreceived> {
    // A body that says it is too large is not kept at all.
    let declared = body.size_hint().lower();
    let mut kept = Vec::new();
    let all = async {
        if declared > limit as u64 {
            return Err(Unreceived::TooLarge(limit));
        }
        while let Some(data) = next(&mut body).await? {
            if data.len() > limit - kept.len() {
                return Err(Unreceived::TooLarge(limit));
            }
            if !holding.grow(data.len()) {
                return Err(Unreceived::TooMany);
            }
            if data.len() > kept.capacity() - kept.len() {
                // What is declared is set aside at once: it costs nothing before it is written to.
                let room = match usize::try_from(declared) {
                    Ok(declared) if kept.is_empty() && declared > 0 => declared.min(holding.ahead()),
                    // A short body needs no such block.
                    _ if kept.is_empty() => data.len(),
                    _ => GROWTH.min(limit - kept.len()),
                };
                // Where the system promises no more than it has, it may have none.
                kept.try_reserve_exact(room.max(data.len()))
                    .map_err(|_| Unreceived::TooMany)?;
            }
            kept.extend_from_slice(&data);
        }
        Ok(())
    };
    match tokio::time::timeout(within, all).await {
        Ok(Ok(())) => Ok(kept),
        Ok(Err(unreceived)) => {
            if matches!(unreceived, Unreceived::TooLarge(_) | Unreceived::TooMany) {
                drop(kept);
                holding.release();
                // Whether all of it could be thrown away changes nothing about the answer.
                let _ = tokio::time::timeout(DISCARD_TIME, discard(&mut body)).await;
            }
            Err(unreceived)
        }
        Err(_) => Err(Unreceived::TooSlow(within)),
    }
}

async fn discard(body: &mut Body) -> Result<(), Unreceived> {
    let mut left = DISCARD_BYTES;
    while let Some(data) = next(body).await? {
        left = match left.checked_sub(data.len()) {
            Some(left) => left,
            None => return Ok(()),
        };
    }
    Ok(())
}

/// The next bytes of the body; `None` at its end.
async fn next(body: &mut Body) -> Result<Option<Bytes>, Unreceived> {
    loop {
        match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
            None => return Ok(None),
            // Frames without data are trailers.
            Some(Ok(frame)) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
            Some(Err(_)) => return Err(Unreceived::Cut),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::held::Held;

    const LONG: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn a_body_up_to_the_limit_arrives_whole() {
        for size in [0, 1, 10] {
            let mut holding = Held::at_most(10).nothing();
            let received = receive(Body::from(vec![7; size]), 10, LONG, &mut holding).await;
            assert_eq!(received.map(|body| body.len()), Ok(size));
        }
    }

    #[tokio::test]
    async fn one_byte_more_is_too_large() {
        let mut holding = Held::at_most(100).nothing();
        assert_eq!(
            receive(Body::from(vec![7; 11]), 10, LONG, &mut holding).await,
            Err(Unreceived::TooLarge(10))
        );
    }

    #[tokio::test]
    async fn what_a_stranger_declares_is_not_set_aside_before_it_has_come() {
        for (ahead, most) in [(1_000, 300_000), (usize::MAX, 2_000_000)] {
            let mut holding = Held::at_most(2_000_000).ahead(ahead).nothing();
            let sent = vec![7; 2_000];
            let body = DeclaredBody {
                left: Some(Bytes::from(sent.clone())),
                declared: 2_000_000,
            };
            let received = receive(Body::new(body), 2_000_000, LONG, &mut holding).await;
            let received = received.expect("it ended");
            assert_eq!(received, sent);
            assert!(received.capacity() <= most, "{} of {most}", received.capacity());
        }
    }

    /// One piece, of which more is declared than comes.
    struct DeclaredBody {
        left: Option<Bytes>,
        declared: u64,
    }

    impl axum::body::HttpBody for DeclaredBody {
        type Data = Bytes;
        type Error = std::convert::Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
            std::task::Poll::Ready(self.left.take().map(|data| Ok(hyper::body::Frame::data(data))))
        }

        fn size_hint(&self) -> hyper::body::SizeHint {
            hyper::body::SizeHint::with_exact(self.declared)
        }
    }

    #[tokio::test]
    async fn what_others_hold_is_not_there_for_a_body() {
        let held = Held::at_most(10);
        let mut first = held.nothing();
        assert_eq!(
            receive(Body::from(vec![7; 8]), 10, LONG, &mut first).await,
            Ok(vec![7; 8])
        );
        let mut second = held.nothing();
        assert_eq!(
            receive(Body::from(vec![7; 3]), 10, LONG, &mut second).await,
            Err(Unreceived::TooMany)
        );
        drop(first);
        assert_eq!(
            receive(Body::from(vec![7; 3]), 10, LONG, &mut second).await,
            Ok(vec![7; 3])
        );
    }
}
