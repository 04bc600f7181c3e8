//! What a read can come to, and the reading of its reply up to the JSON. Used by the client's get and list calls.
//!
//! Reads change nothing, so there is no unknown fate: whatever is not an answer is an error, and the caller decides when to
//! ask again.

use std::time::Duration;

use jiff::Timestamp;

use crate::defender::answer::{printable, refusal};
use crate::defender::http::{Failure, Reply};
use crate::defender::throttle::{self, Scale};

/// The most ids in one `list_machines`: the query must fit a URL.
pub const MAX_MACHINE_IDS: usize = 50;

/// Why a read gave nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// 429: hold all reads.
    #[error("defender throttles reads (retry after {retry_after:?}, window {window:?})")]
    Throttled {
        /// `Retry-After`, in real time; `None` when missing or absurd.
        retry_after: Option<Duration>,
        /// The window that the message names, in real time.
        window: Option<Duration>,
    },
    /// 401: the token was thrown away; the next read gets a new one.
    #[error("defender refused the access token: {reason}")]
    Unauthorized {
        /// As Defender put it.
        reason: String,
    },
    /// 403: permanent until somebody grants `Machine.Read.All`.
    #[error("defender forbids this read: {reason}")]
    Forbidden {
        /// As Defender put it.
        reason: String,
    },
    /// No reply, no token, a server error, or a body that was cut: try again later.
    #[error("defender cannot be read now: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// A reply that we cannot read, or a query that Defender cannot: trying again will not help.
    #[error("defender's reply cannot be used: {reason}")]
    Malformed {
        /// What was seen.
        reason: String,
    },
    /// The read permit was not given, or was void when it was used; nothing was sent for it.
    #[error("the reads' budget gave no permit: {reason}")]
    NoPermit {
        /// Why.
        reason: String,
    },
}

/// The reply of a read that has something to read; `None` for a 404.
pub(super) fn readable(
    outcome: Result<Reply, Failure>,
    now: Timestamp,
    scale: Scale,
) -> Result<Option<Reply>, ReadError> {
    let reply = outcome.map_err(|failure| ReadError::Unavailable {
        reason: failure.reason().to_owned(),
    })?;
    let reason = || match refusal(&reply) {
        Some(said) => {
            let target = said
                .target
                .map(|target| format!(" (correlation id {target})"))
                .unwrap_or_default();
            format!("status {}: {} {}{target}", reply.status, said.code, said.message)
        }
        None => {
            let kind = reply.content_type.as_deref().unwrap_or("no content type");
            format!(
                "status {} without an error of Defender's own ({})",
                reply.status,
                printable(kind, 100)
            )
        }
    };
    match reply.status {
        200..=299 => Ok(Some(reply)),
        404 => Ok(None),
        401 => Err(ReadError::Unauthorized { reason: reason() }),
        403 => Err(ReadError::Forbidden { reason: reason() }),
        429 => Err(ReadError::Throttled {
            retry_after: throttle::retry_after(
                reply.retry_after.as_deref(),
                reply.date.as_deref(),
                now,
                scale,
            ),
            window: refusal(&reply).and_then(|said| throttle::window(&said.message, scale)),
        }),
        408 | 500.. => Err(ReadError::Unavailable { reason: reason() }),
        // Redirects are not followed; other refusals mean that the query is wrong.
        _ => Err(ReadError::Malformed { reason: reason() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defender::http::Body;

    fn read(status: u16, body: &str) -> Result<Option<Reply>, ReadError> {
        let reply = Reply {
            status,
            retry_after: Some("4".to_owned()),
            date: None,
            content_type: None,
            body: Body::Whole(body.as_bytes().to_vec()),
        };
        readable(
            Ok(reply),
            Timestamp::UNIX_EPOCH,
            Scale::new(2.0).expect("a valid scale"),
        )
    }

    #[test]
    fn every_status_of_a_read_is_a_decision() {
        assert!(matches!(read(200, "{}"), Ok(Some(_))));
        assert!(matches!(read(404, ""), Ok(None)));
        assert!(matches!(read(401, ""), Err(ReadError::Unauthorized { .. })));
        assert!(matches!(read(403, ""), Err(ReadError::Forbidden { .. })));
        for status in [408, 500, 502, 503, 504, 599] {
            assert!(
                matches!(read(status, ""), Err(ReadError::Unavailable { .. })),
                "{status}"
            );
        }
        for status in [301, 302, 307, 400, 405, 410, 414] {
            assert!(
                matches!(read(status, ""), Err(ReadError::Malformed { .. })),
                "{status}"
            );
        }
    }

    #[test]
    fn a_throttled_read_says_how_long_in_real_time() {
        let body = r#"{"error":{"code":"429","message":"maximum allowed 45 per 00:01:00"}}"#;
        assert_eq!(
            read(429, body).err(),
            Some(ReadError::Throttled {
                retry_after: Some(Duration::from_secs(2)),
                window: Some(Duration::from_secs(30)),
            })
        );
    }

    #[test]
    fn a_refusal_keeps_defenders_words_and_correlation_id() {
        let body = r#"{"error":{"code":"Forbidden","message":"no role","target":"43f4"}}"#;
        let error = read(403, body).expect_err("a 403");
        assert_eq!(
            error.to_string(),
            "defender forbids this read: status 403: Forbidden no role (correlation id 43f4)"
        );
    }
}
