//! `POST /v1/events` and `POST /v1/events/SOURCE`: take alerts, in any of the shapes that [`crate::intake`] knows, and answer after
//! their commit.
//!
//! Who sent it is judged first ([`crate::web::proof`]), on the bytes as they came. A delivery with an id gets the first answer when it
//! comes again, whether its sender heard nothing or somebody recorded it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::HttpBody as _;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::clock;
use crate::domain::trace;
use crate::failpoint;
use crate::intake::Delivery;
use crate::intake::body::{Broken, Lines};
use crate::limiter::SourceRate;
use crate::store::{Once, Room};
use crate::web::access;
use crate::web::answer::{Answer, Problem, Rejected, again};
use crate::web::peer::Peer;
use crate::web::proof::{Id, bearer, same};
use crate::web::receive::{Unreceived, receive};
use crate::web::source::Source;
use crate::web::{Shared, Web};

/// Reading some megabytes of JSON takes longer than a task may hold its thread; a body of so many bytes at most is read
/// sooner than another thread wakes up.
const SHORT_BODY: usize = 64 * 1024;

/// The handler of the listener's own source.
pub(super) async fn take(State(web): State<Web>, request: Request) -> Response {
    let worked = async {
        let (head, body) = request.into_parts();
        match web.0.options.token.as_ref() {
            Some(token) => authorize(&head.headers, Some(token))?,
            None => access::sends_itself(&head, &web)?,
        }
        work(&web.0, &web.0.own, Request::from_parts(head, body)).await
    };
    worked.await.unwrap_or_else(IntoResponse::into_response)
}

/// The handler of the configured ones.
pub(super) async fn take_of(
    State(web): State<Web>,
    name: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    let source = name.ok().and_then(|Path(name)| web.0.sources.get(&name));
    let Some(source) = source else {
        let detail = "there is no such source of events";
        return Problem::new(StatusCode::NOT_FOUND, "not_found", detail).into_response();
    };
    work(&web.0, source, request)
        .await
        .unwrap_or_else(IntoResponse::into_response)
}

async fn work(web: &Arc<Shared>, source: &Arc<Source>, request: Request) -> Result<Response, Problem> {
    let options = &web.options;
    let (head, body) = request.into_parts();
    let headers = &head.headers;
    let peer = head.extensions.get::<Peer>().ok_or_else(internal)?;
    let now = clock::now().as_second();
    let refused = |refusal| source.refuse(refusal);
    source.proof.before(headers, peer, now).map_err(refused)?;
    let lines = understand(headers)?;
    let declared = body.size_hint().lower();
    if declared > options.body_limit as u64 && headers.contains_key(header::EXPECT) {
        // The client waits to hear whether it should send at all.
        return Err(unreceived(Unreceived::TooLarge(options.body_limit)));
    }
    let held = if source.proof.is_judged_before() {
        &web.held
    } else {
        &web.unproven
    };
    let mut holding = held.nothing();
    let body = receive(body, options.body_limit, options.body_timeout, &mut holding)
        .await
        .map_err(unreceived)?;
    // Only whoever has shown who he is takes a place of those that are worked on.
    let id = source.proof.after(headers, &body, now).map_err(refused)?;
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
    let body_hash: [u8; 32] = Sha256::digest(&body).into();
    let id = match id {
        Id::None => None,
        Id::Given(id) => Some(id),
        Id::Body => Some(format!("sha256:{}", hex(&body_hash))),
    };
    let known = id.map(|id| Known { id, body_hash });
    if let Some(known) = &known
        && let Some(answer) = answered(web, source, known).await?
    {
        return Ok(answer);
    }
    if let Room::Full(wait) = web.inbox.room(source.tenant) {
        return Err(full(wait));
    }
    match read(source, body, lines).await? {
        Ok(mut delivery) => {
            // A body that comes again leaves its dead letters once.
            delivery.known_by(&[&source.name, &hex(&body_hash)]);
            delivery.carried_by(traceparent(headers).as_deref());
            store(web, source, delivery, known).await
        }
        Err(broken) => whole_body(source, broken).map(IntoResponse::into_response),
    }
}

/// The trace of the request; a CloudEvent in binary mode carries its own beside.
fn traceparent(headers: &HeaderMap) -> Option<String> {
    let said = ["ce-traceparent", "traceparent"]
        .iter()
        .find_map(|name| headers.get(*name));
    said.and_then(|said| trace::traceparent(said.to_str().ok()?))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What a delivery is known by when it comes again.
struct Known {
    id: String,
    body_hash: [u8; 32],
}

/// The first answer to the delivery, if there was one.
async fn answered(web: &Shared, source: &Source, known: &Known) -> Result<Option<Response>, Problem> {
    let first = web.inbox.answered(source.tenant, &source.name, &known.id);
    let Some(first) = first.await.map_err(unstored)? else {
        return Ok(None);
    };
    if first.body_hash != known.body_hash {
        source.count_again("another_body");
        let detail =
            "another body came with this id within the last 24 hours: give each delivery an id of its own";
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "id_used_again",
            detail,
        ));
    }
    source.count_again("same_body");
    Ok(Some(again(first.status, first.answer)))
}

/// Takes the body apart, off the threads of the tasks when it is long.
async fn read(
    source: &Arc<Source>,
    body: Vec<u8>,
    lines: Lines,
) -> Result<Result<Delivery, Broken>, Problem> {
    let is_short = body.len() <= SHORT_BODY;
    let of_blocking = Arc::clone(source);
    let read = move || Delivery::read(&body, lines, &of_blocking.reader);
    if is_short {
        return Ok(read());
    }
    tokio::task::spawn_blocking(read).await.map_err(|error| {
        tracing::error!(error = %error, "a delivery could not be read; nothing of it was stored");
        internal()
    })
}

/// Stores what was read, and answers after the commit.
async fn store(
    web: &Arc<Shared>,
    source: &Arc<Source>,
    delivery: Delivery,
    known: Option<Known>,
) -> Result<Response, Problem> {
    let Delivery {
        incoming,
        dead,
        places,
    } = delivery;
    let places = Arc::new(places);
    let trust = SourceRate::trust(source.rate.as_ref(), source.trust, incoming.len());
    let of_answer = Arc::clone(&places);
    let once = known.as_ref().map(|known| Once {
        id: known.id.clone(),
        body_hash: known.body_hash,
        answer: Arc::new(move |stored| {
            let answer = Answer::of(&of_answer, stored);
            let text = serde_json::to_string(&answer).unwrap_or_default();
            (answer.status().as_u16(), text)
        }),
    });
    failpoint::reach!(EventReceivedNothingStored);
    let (storing, to) = (Arc::clone(web), Arc::clone(source));
    // A task of its own: whoever sent it may go away, but what was committed is told to whom it concerns.
    #[expect(
        clippy::disallowed_methods,
        reason = "one transaction long, and awaited here; at the end of the process nobody waits for what nobody was told"
    )]
    let stored = tokio::spawn(async move {
        let from = (to.name.as_str(), trust);
        let accepted = storing
            .inbox
            .accept(to.tenant, from, incoming, dead, once.as_ref())
            .await;
        if accepted.is_ok() {
            to.state.stored(clock::now());
        }
        to.stored.notify_one();
        accepted
    });
    let stored = match (stored.await, &known) {
        (Ok(Ok(stored)), _) => stored,
        (Ok(Err(error)), Some(known)) if error.is_answered_before() => {
            // It came twice at once; the other one was stored.
            return answered(web, source, known).await?.ok_or_else(internal);
        }
        (Ok(Err(error)), _) => return Err(unstored(error)),
        (Err(error), _) => {
            tracing::error!(error = %error, "a delivery's storing broke off; it was not acknowledged");
            return Err(internal());
        }
    };
    failpoint::reach!(StoredNotAcknowledged);
    let duplicates = stored.iter().filter(|stored| stored.duplicate).count();
    source.count("duplicate", duplicates);
    source.count("accepted", stored.len() - duplicates);
    source.count("rejected", places.rejected.len());
    Ok(Answer::of(&places, &stored).into_response())
}

/// Checks the token, if one is configured.
pub(super) fn authorize(headers: &HeaderMap, token: Option<&SecretString>) -> Result<(), Problem> {
    let Some(token) = token else { return Ok(()) };
    if bearer(headers).is_ok_and(|given| same(given, token.expose_secret().as_bytes())) {
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
        // What a compressed body comes to is known only when it is unpacked, and nobody who sends alerts needs it.
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
        Unreceived::TooMany => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_bytes_at_once", detail).retry_after_s(1)
        }
        Unreceived::TooSlow(_) => Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail),
        Unreceived::Cut => Problem::new(StatusCode::BAD_REQUEST, "body_cut", detail),
    }
}

/// The answer when the body as a whole cannot be taken; there is nothing to keep.
fn whole_body(source: &Source, broken: Broken) -> Result<Answer, Problem> {
    let (reason, detail) = (broken.reason().to_owned(), broken.to_string());
    if let Broken::TooMany(limit) = broken {
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, &reason, detail).limit(limit));
    }
    source.count("rejected", 1);
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
