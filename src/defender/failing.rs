//! Fail points on the wire: half a request, an answer that nobody reads. Compiled for tests only; called by
//! [`super::http`], and only for calls that change something.

use std::future::Future;
use std::io::Cursor;
use std::time::Duration;

use reqwest::header::CONTENT_LENGTH;
use reqwest::{Body, Method, Request};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use crate::failpoint::armed::{Point, is_due, reached, strike};

/// So long the bytes that were handed over have to get out, and the service to carry out what it got.
const OUT: Duration = Duration::from_millis(150);

/// Whether the request changes something at Defender: tokens and reads are let alone.
pub(super) fn changes(request: &Request) -> bool {
    request.method() == Method::POST && request.url().path().starts_with("/api/")
}

/// What stands between the redeeming and the handing over, and the request with a body that never comes to its end.
pub(super) fn handed_over(mut request: Request) -> Request {
    reached(Point::RedeemedNothingSent);
    if !is_due(Point::HalfTheRequestWritten) {
        return request;
    }
    let whole = request
        .body()
        .and_then(Body::as_bytes)
        .unwrap_or_default()
        .to_vec();
    let half = Cursor::new(whole[..whole.len() / 2].to_vec());
    let (held, never) = tokio::io::duplex(1);
    std::mem::forget(held);
    request.headers_mut().insert(CONTENT_LENGTH, whole.len().into());
    *request.body_mut() = Some(Body::wrap_stream(ReaderStream::new(half.chain(never))));
    std::thread::spawn(|| {
        std::thread::sleep(OUT);
        strike(Point::HalfTheRequestWritten);
    });
    request
}

/// The sending of a request, up to the head of its answer.
pub(super) async fn sent<T, E>(sending: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    if is_due(Point::ProcessedAnswerUnread) {
        // The service is slow, so that its answer cannot come before this ends.
        let _ = tokio::time::timeout(OUT, sending).await;
        strike(Point::ProcessedAnswerUnread);
        std::future::pending::<()>().await;
        unreachable!("a process that was struck does not go on");
    }
    let answered = sending.await;
    if answered.is_ok() {
        reached(Point::HeadersReadBodyNot);
    }
    answered
}
