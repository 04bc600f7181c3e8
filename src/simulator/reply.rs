//! Replies and their envelopes: JSON bodies, Defender's errors, OData's errors.
//!
//! Everything that answers makes a [`Reply`]; the pipeline turns it into bytes, perhaps spoiled. Never writes to a
//! connection itself.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use uuid::Uuid;

/// What is to be answered.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `Retry-After`: seconds of Defender's life, or a real date.
    pub retry_after: Option<String>,
    /// The body.
    pub body: String,
    /// The error code in the body, for the journal.
    pub code: Option<String>,
}

impl Reply {
    /// A JSON body with a status.
    pub fn json(status: StatusCode, body: &impl Serialize) -> Self {
        let body = serde_json::to_string(body).expect("replies hold nothing that JSON cannot");
        Self {
            status,
            content_type: "application/json; odata.metadata=minimal",
            retry_after: None,
            body,
            code: None,
        }
    }

    /// Defender's error envelope: a code, free text, and a fresh GUID to quote to support (facts sheet 1.3).
    pub fn error(status: StatusCode, code: &str, message: impl AsRef<str>) -> Self {
        let target = Uuid::new_v4().to_string();
        let error = ServiceError {
            code,
            message: message.as_ref(),
            target: &target,
        };
        Self {
            code: Some(code.to_owned()),
            ..Self::json(status, &Envelope { error })
        }
    }

    /// A bad request in Defender's envelope.
    pub fn bad_request(code: &str, message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::BAD_REQUEST, code, message)
    }

    /// Something in the path that does not exist.
    pub fn not_found(message: impl AsRef<str>) -> Self {
        Self::error(StatusCode::NOT_FOUND, "ResourceNotFound", message)
    }

    /// The OData layer's other envelope: no code, no target (facts sheet 1.3, `[REAL]`).
    pub fn odata_error(message: impl AsRef<str>) -> Self {
        let message = format!(
            "The query specified in the URI is not valid. {}",
            message.as_ref()
        );
        let error = ODataError {
            code: "",
            message: &message,
            details: [],
        };
        Self::json(StatusCode::BAD_REQUEST, &Envelope { error })
    }

    /// The beginning of an answer that is no text any more.
    pub const GARBAGE: &str = "{\"@odata.context\":\"https://api-us3.securitycen\u{0}\u{1}";

    /// A body as given, sent as JSON unless it begins with `<`.
    pub fn bare(status: StatusCode, body: impl Into<String>) -> Self {
        let body = body.into();
        Self {
            status,
            content_type: if body.starts_with('<') {
                "text/html"
            } else {
                "application/json; odata.metadata=minimal"
            },
            retry_after: None,
            body,
            code: None,
        }
    }

    /// A gateway's page, as proxies put in the service's place.
    pub fn html(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error");
        let body = format!("<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>");
        Self {
            status,
            content_type: "text/html",
            retry_after: None,
            body,
            code: None,
        }
    }
}

#[derive(Serialize)]
struct Envelope<E> {
    error: E,
}

#[derive(Serialize)]
struct ServiceError<'a> {
    code: &'a str,
    message: &'a str,
    target: &'a str,
}

#[derive(Serialize)]
struct ODataError<'a> {
    code: &'a str,
    message: &'a str,
    details: [&'a str; 0],
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if let Some(Ok(seconds)) = self.retry_after.map(|seconds| HeaderValue::from_str(&seconds)) {
            headers.insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_envelope_is_the_recorded_one_with_a_fresh_target() {
        let (first, second) = (
            Reply::not_found("Machine 1 was not found"),
            Reply::not_found("Machine 1 was not found"),
        );
        let start = r#"{"error":{"code":"ResourceNotFound","message":"Machine 1 was not found","target":""#;
        assert!(first.body.starts_with(start), "{}", first.body);
        assert_ne!(first.body, second.body);
    }

    #[test]
    fn the_odata_envelope_has_an_empty_code_and_no_target() {
        let reply = Reply::odata_error("Custom query option '$stop' that starts with '$' is not supported.");
        let recorded = r#"{"error":{"code":"","message":"The query specified in the URI is not valid. Custom query option '$stop' that starts with '$' is not supported.","details":[]}}"#;
        assert_eq!(reply.body, recorded);
    }
}
