//! `POST /v1/events`: takes alerts, in any of the shapes that [`crate::intake`] knows, and answers after their commit.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::domain::trust::Trust;
use crate::failpoint;
use crate::intake::body::{Broken, Lines};
use crate::store::Room;
use crate::web::answer::{Answer, Problem, Rejected};
use crate::web::delivery::Delivery;
use crate::web::receive::{Unreceived, receive};
use crate::web::{Options, Shared, Web};

/// Reading some megabytes of JSON takes longer than a task may hold its thread; a body of so many bytes at most is read
/// sooner than another thread wakes up.
const SHORT_BODY: usize = 64 * 1024;

/// The handler.
pub(super) async fn take(State(web): State<Web>, request: Request) -> Response {
    match work(&web.0, request).await {
        Ok(answer) => answer.into_response(),
        Err(problem) => problem.into_response(),
    }
}

async fn work(web: &Arc<Shared>, request: Request) -> Result<Answer, Problem> {
    let options = &web.options;
    authorize(request.headers(), options.token.as_ref())?;
    let lines = understand(request.headers())?;
    if let Room::Full(wait) = web.inbox.room(options.tenant) {
        return Err(full(wait));
    }
    let _permit = web.requests.try_acquire().map_err(|_| {
        let detail = format!(
            "{} requests are being worked on already: try again",
            options.max_concurrent
        );
        Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "too_many_requests_at_once",
            detail,
        )
        .retry_after_s(1)
    })?;
    let declared = request.body().size_hint().lower();
    if declared > options.body_limit as u64 && request.headers().contains_key(header::EXPECT) {
        // The client waits to hear whether it should send at all.
        return Err(unreceived(Unreceived::TooLarge(options.body_limit)));
    }
    let body = receive(request.into_body(), options.body_limit, options.body_timeout)
        .await
        .map_err(unreceived)?;

    let is_short = body.len() <= SHORT_BODY;
    let (of_blocking, max_records) = (Arc::clone(web), options.max_records);
    let read = move || Delivery::read(&body, lines, max_records, &of_blocking.options.device_ids);
    let read = if is_short {
        Ok(read())
    } else {
        tokio::task::spawn_blocking(read).await
    };
    let delivery = match read {
        Ok(Ok(delivery)) => delivery,
        Ok(Err(broken)) => return whole_body(broken),
        Err(error) => {
            tracing::error!(error = %error, "a delivery could not be read; nothing of it was stored");
            return Err(internal());
        }
    };
    let (incoming, dead, places) = delivery.into_parts();
    let trust = trust_of(options, incoming.len());
    failpoint::reach!(EventReceivedNothingStored);
    let storing = Arc::clone(web);
    // A task of its own: whoever sent it may go away, but what was committed is told to whom it concerns.
    #[expect(
        clippy::disallowed_methods,
        reason = "one statement long, and awaited here; at the end of the process nobody waits for what nobody was told"
    )]
    let stored = tokio::spawn(async move {
        let options = &storing.options;
        let accepted = storing
            .inbox
            .accept(options.tenant, (&options.source, trust), incoming, dead)
            .await;
        options.stored.notify_one();
        accepted
    });
    let stored = match stored.await {
        Ok(stored) => stored.map_err(unstored)?,
        Err(error) => {
            tracing::error!(error = %error, "a delivery's storing broke off; it was not acknowledged");
            return Err(internal());
        }
    };
    failpoint::reach!(StoredNotAcknowledged);
    let duplicates = stored.iter().filter(|stored| stored.duplicate).count();
    count("duplicate", duplicates);
    count("accepted", stored.len() - duplicates);
    count("rejected", places.rejected());
    Ok(Delivery::answer(places, &stored))
}

/// What so many events of this source may lead to, now that they come.
fn trust_of(options: &Options, events: usize) -> Trust {
    let is_within = options.rate.as_ref().is_none_or(|rate| rate.allows(events));
    if is_within {
        return options.trust;
    }
    metrics::counter!("quell_events_above_rate_total").increment(events as u64);
    options.trust.max(Trust::AskRate)
}

/// Checks the token, if one is configured. Both sides are hashed first, so that the comparison takes the same time
/// whatever was sent.
pub(super) fn authorize(headers: &HeaderMap, token: Option<&SecretString>) -> Result<(), Problem> {
    let Some(token) = token else { return Ok(()) };
    let given = headers
        .get(header::AUTHORIZATION)
        .map_or(&b""[..], |value| value.as_bytes());
    let given = match given.split_at_checked(7) {
        Some((scheme, given)) if scheme.eq_ignore_ascii_case(b"bearer ") => given.trim_ascii(),
        _ => b"",
    };
    let differing = Sha256::digest(given)
        .iter()
        .zip(Sha256::digest(token.expose_secret()).iter())
        .fold(0, |differing, (one, other)| differing | (one ^ other));
    if differing == 0 && !given.is_empty() {
        return Ok(());
    }
    let detail = "this address needs `Authorization: Bearer` with the token of this source";
    Err(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail))
}

/// What the headers say of the body.
fn understand(headers: &HeaderMap) -> Result<Lines, Problem> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
            .unwrap_or("")
    };
    let encoding = text(header::CONTENT_ENCODING).trim();
    if headers.contains_key(header::CONTENT_ENCODING) && !encoding.eq_ignore_ascii_case("identity") {
        let detail = "the body has a `Content-Encoding`: send it plain";
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_encoding",
            detail,
        ));
    }
    let media = text(header::CONTENT_TYPE)
        .split(';')
        .next()
        .unwrap_or("")
        .trim()
        .to_ascii_lowercase();
    let declared = [
        "application/x-ndjson",
        "application/ndjson",
        "application/jsonl",
        "application/x-jsonlines",
    ];
    Ok(if declared.contains(&media.as_str()) {
        Lines::Declared
    } else {
        Lines::Unsaid
    })
}

fn unreceived(why: Unreceived) -> Problem {
    let detail = why.to_string();
    match why {
        Unreceived::TooLarge(limit) => {
            Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail).limit(limit)
        }
        Unreceived::TooSlow(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail),
        Unreceived::Cut => Problem::new(StatusCode::BAD_REQUEST, "body_cut", detail),
    }
}

/// The answer when the body as a whole cannot be taken; there is nothing to keep.
fn whole_body(broken: Broken) -> Result<Answer, Problem> {
    let (reason, detail) = (broken.reason().to_owned(), broken.to_string());
    if let Broken::TooMany(limit) = broken {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, &reason, detail).limit(limit));
    }
    count("rejected", 1);
    Ok(Answer {
        accepted: Vec::new(),
        rejected: vec![Rejected {
            index: 0,
            line: None,
            reason,
            detail,
        }],
    })
}

fn unstored(error: crate::store::StoreError) -> Problem {
    if error.is_unavailable() {
        tracing::warn!(
            error = chain(&error),
            "a delivery was not stored and not acknowledged: postgres is away"
        );
        let detail = "the database is not available and nothing was stored: send it again";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after_s(5);
    }
    tracing::error!(
        error = chain(&error),
        "a delivery was not stored and not acknowledged"
    );
    internal()
}

/// More events wait for their decision than may: whoever sends is told when there will be room, and keeps what he has.
fn full(wait: Duration) -> Problem {
    metrics::counter!("quell_events_sent_away_total").increment(1);
    let detail = "too many events wait to be decided and nothing was stored: send it again later";
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).max(1);
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "inbox_full", detail).retry_after_s(seconds)
}

fn internal() -> Problem {
    let detail = "nothing was stored; the log of this process tells why";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

fn count(outcome: &'static str, records: usize) {
    metrics::counter!("quell_events_received_total", "outcome" => outcome).increment(records as u64);
}
