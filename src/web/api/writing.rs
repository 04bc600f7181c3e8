//! What a write brings: its body, the state that it expects (`If-Match`), and the key that it is known by (`Idempotency-Key`);
//! and the writing itself, once.
//!
//! The answer to a key is kept as [`crate::store::written_once`] says: a write that is sent again gets it, and does nothing.

use std::future::Future;

use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest as _, Sha256};

use crate::domain::person::By;
use crate::domain::tenant::TenantId;
use crate::store::Store;
use crate::store::written_once::{Once, OnceKey, Reserved};
use crate::web::Web;
use crate::web::answer::{Problem, again};

/// No body of a write is larger, bytes; but for those with playbooks.
pub(in crate::web) const BODY_LIMIT: usize = 64 * 1024;

/// The way that is told of every write here.
pub(in crate::web) const VIA: &str = "api";

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// How large the body of a route may be, where that is more than [`BODY_LIMIT`]; layered on the route.
#[derive(Clone, Copy, Debug)]
pub(in crate::web) struct Larger(pub usize);

/// A write, as it was sent.
#[derive(Clone, Debug)]
pub(in crate::web) struct Writing<T> {
    /// What is to be done.
    pub body: T,
    /// The state that is expected to be there.
    pub expected: Option<String>,
    /// How it is known, should it come again.
    pub key: Option<Key>,
}

/// How a write is known.
#[derive(Clone, Debug)]
pub(in crate::web) struct Key {
    key: String,
    fingerprint: [u8; 32],
}

impl<T: DeserializeOwned> FromRequest<Web> for Writing<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            let detail = "send JSON, with `content-type: application/json`";
            return Err(bad("bad_request", detail));
        }
        let key = one(&parts.headers, &IDEMPOTENCY_KEY)?.map(key_of).transpose()?;
        let expected = one(&parts.headers, &header::IF_MATCH)?.map(tag_of).transpose()?;
        let limit = parts
            .extensions
            .get::<Larger>()
            .map_or(BODY_LIMIT, |larger| larger.0);
        let read = tokio::time::timeout(web.0.options.body_timeout, to_bytes(body, limit)).await;
        let body = match read {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => {
                let detail = format!("the body is larger than {limit} bytes, or was cut off");
                let problem = Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail);
                return Err(problem.limit(limit));
            }
            Err(_) => {
                let detail = "the body did not arrive in time";
                return Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "body_too_slow", detail));
            }
        };
        let key = key.map(|key| {
            let expected = expected.as_deref().unwrap_or_default();
            let path = parts.uri.path_and_query().map_or("", |path| path.as_str());
            let all = [parts.method.as_str(), path, expected].map(str::as_bytes);
            Key {
                key,
                fingerprint: fingerprint(all.into_iter().chain([&body[..]])),
            }
        });
        Ok(Self {
            body: serde_json::from_slice(&body).map_err(|error| bad("bad_request", &error.to_string()))?,
            expected,
            key,
        })
    }
}

impl<T> Writing<T> {
    /// The state that must be said to be expected.
    ///
    /// # Errors
    /// It is not said.
    pub fn must_expect(&self, what: &str) -> Result<&str, Problem> {
        self.expected.as_deref().ok_or_else(|| {
            let detail = format!("`If-Match` is needed: {what}");
            Problem::new(StatusCode::PRECONDITION_REQUIRED, "precondition_required", detail)
        })
    }
}

/// The one value of a header.
fn one<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Problem> {
    let mut all = headers.get_all(name).iter();
    let Some(first) = all.next() else { return Ok(None) };
    let text = first.to_str().ok().filter(|_| all.next().is_none());
    text.map(|text| Some(text.trim())).ok_or_else(|| {
        let detail = format!("`{name}` stands there once, and is plain text");
        bad("bad_header", &detail)
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

/// A key as it is sent: in quotes (a string of structured fields), or bare.
fn key_of(text: &str) -> Result<String, Problem> {
    let bare = text
        .strip_prefix('"')
        .and_then(|text| text.strip_suffix('"'))
        .unwrap_or(text);
    let is_plain = bare.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
    if is_plain && (1..=255).contains(&bare.len()) {
        return Ok(bare.to_owned());
    }
    Err(bad(
        "bad_header",
        "`Idempotency-Key` is 1 to 255 visible characters, best a UUID of your own",
    ))
}

/// One strong entity tag.
fn tag_of(text: &str) -> Result<String, Problem> {
    let tag = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let tag = tag.filter(|tag| !tag.is_empty() && !tag.contains('"'));
    tag.map(str::to_owned).ok_or_else(|| {
        let detail = "`If-Match` takes one tag in quotes, as an `ETag` gave it";
        bad("bad_header", detail)
    })
}

/// A tag as it is sent.
///
/// # Errors
/// It is no plain text.
pub(in crate::web) fn etag(tag: &str) -> Result<(HeaderName, HeaderValue), Problem> {
    let value = HeaderValue::from_str(&format!("\"{tag}\""));
    value.map(|value| (header::ETAG, value)).map_err(|_| {
        tracing::error!(tag, "a tag cannot be sent");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "a tag cannot be sent",
        )
    })
}

fn fingerprint<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in parts {
        // With its length, so that no two lists of parts run together to the same bytes.
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

fn bad(reason: &str, detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, reason, detail)
}

/// Writes, once where the write has a key: whoever sends it again gets the first answer. `write` is given the store with which
/// it must write, and goes on to its end also when whoever asked goes away. Never for an answer that is a secret: it would be kept.
///
/// # Errors
/// Why nothing was written, or why nobody knows.
pub(in crate::web) async fn written<T, F>(
    key: Option<Key>,
    (store, tenant, by): (&Store, Option<TenantId>, &By),
    write: impl FnOnce(Store) -> F,
) -> Result<Response, Problem>
where
    T: Serialize,
    F: Future<Output = Result<T, Problem>> + Send + 'static,
{
    let Some(Key { key, fingerprint }) = key else {
        let write = write(store.clone());
        let spoken = to_its_end(async move { said(write.await) }).await?;
        return Ok(spoken.into_response());
    };
    let proven = serde_json::to_value(by.proven)?;
    let key = OnceKey {
        tenant,
        identity: format!("{}:{}", proven.as_str().unwrap_or_default(), by.who),
        key,
        fingerprint,
    };
    let reserved = match store.once_reserve(&key).await? {
        Once::Reserved(reserved) => reserved,
        Once::Answered { status, answer } => return Ok(replayed(status, answer)),
        known => return Err(unanswered(&known)),
    };
    let write = write(store.fulfilling(reserved.clone()));
    let store = store.clone();
    let spoken = to_its_end(async move {
        let spoken = said(write.await);
        keep(&store, &reserved, &spoken).await;
        spoken
    });
    Ok(spoken.await?.into_response())
}

/// Works in a task of its own: whoever asked may go away, but what was begun is done, and has its answer kept.
async fn to_its_end(work: impl Future<Output = Spoken> + Send + 'static) -> Result<Spoken, Problem> {
    #[expect(
        clippy::disallowed_methods,
        reason = "as long as the write, and awaited here; at the end of the process it is told that nobody knows its answer"
    )]
    let task = tokio::spawn(work);
    task.await.map_err(|_| {
        let detail = "the write broke off: the log of the daemon says how";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    })
}

/// An answer as it is sent and kept.
struct Spoken {
    status: StatusCode,
    body: String,
    retry_after_s: Option<u32>,
}

/// What is answered.
fn said<T: Serialize>(done: Result<T, Problem>) -> Spoken {
    let problem = match done {
        Ok(answer) => match serde_json::to_string(&answer) {
            Ok(body) => {
                return Spoken {
                    status: StatusCode::OK,
                    body,
                    retry_after_s: None,
                };
            }
            Err(error) => Problem::from(error),
        },
        Err(problem) => problem,
    };
    Spoken {
        status: problem.status(),
        body: serde_json::to_string(&problem).unwrap_or_default(),
        retry_after_s: problem.retry_after_s,
    }
}

impl IntoResponse for Spoken {
    fn into_response(self) -> Response {
        let media = match self.status.is_success() {
            true => "application/json",
            false => "application/problem+json",
        };
        let mut response = (self.status, [(header::CONTENT_TYPE, media)], self.body).into_response();
        if let Some(seconds) = self.retry_after_s {
            let seconds = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

/// Keeps the answer. What failed for a while may be tried again with the same key.
async fn keep(store: &Store, reserved: &Reserved, spoken: &Spoken) {
    let kept = match spoken.status.is_server_error() {
        true => store.once_free(reserved).await,
        false => {
            let status = spoken.status.as_u16();
            store.once_answer(reserved, status, &spoken.body).await
        }
    };
    if let Err(error) = kept {
        let error = crate::store::chain(&error);
        tracing::warn!(error, "the answer to a write cannot be kept");
    }
}

fn replayed(status: u16, body: String) -> Response {
    let mut response = again(status, body);
    if status >= 400 {
        let media = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, media);
    }
    response
}

fn unanswered(known: &Once) -> Problem {
    match known {
        Once::Another => {
            let detail = "that key was used for another request: each write has a key of its own";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "key_used_before", detail)
        }
        Once::Unknown => {
            let detail = "a request with that key was carried out, and its answer was lost: `GET /v1/audit` shows what it did; \
                          it is not done again";
            Problem::new(StatusCode::CONFLICT, "outcome_unknown", detail)
        }
        Once::UnderWay | Once::Reserved(_) | Once::Answered { .. } => {
            let detail = "a request with that key is worked on: try again";
            Problem::new(StatusCode::CONFLICT, "under_way", detail).retry_after_s(2)
        }
    }
}

/// What every write takes beside its body, as the document tells it.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "the document is made from it; `Writing` reads it")]
pub(in crate::web) struct WriteParameters {
    /// Known for 24 hours: the same request sent again with the same key gets the first answer, and does nothing
    #[param(rename = "Idempotency-Key", max_length = 255)]
    idempotency_key: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_that_is_a_secret_is_kept_with_a_key() {
        let tokens = include_str!("tokens.rs");
        assert!(
            !tokens.contains("written("),
            "a token would stand in the database for a day"
        );
    }

    #[test]
    fn a_key_is_taken_with_quotes_and_without_and_nothing_that_is_none() {
        for text in ["8e03978e-40d5", "\"8e03978e-40d5\""] {
            assert_eq!(key_of(text).expect("it is a key"), "8e03978e-40d5");
        }
        for text in ["", "\"\"", "a b", "a\"b", &"x".repeat(256)] {
            assert_eq!(
                key_of(text).expect_err("it is none").reason,
                "bad_header",
                "{text}"
            );
        }
    }

    #[test]
    fn only_one_strong_tag_names_a_state() {
        assert_eq!(tag_of("\"abc\"").expect("it is a tag"), "abc");
        for text in ["abc", "*", "W/\"abc\"", "\"a\", \"b\"", "\"\""] {
            assert_eq!(
                tag_of(text).expect_err("it is none").reason,
                "bad_header",
                "{text}"
            );
        }
    }

    #[test]
    fn no_two_requests_have_one_fingerprint() {
        let of = |parts: [&str; 2]| fingerprint(parts.map(str::as_bytes));
        assert_ne!(of(["ab", "c"]), of(["a", "bc"]));
        assert_eq!(of(["ab", "c"]), of(["ab", "c"]));
    }
}
