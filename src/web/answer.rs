//! What the webhook answers, as JSON. `quell send` reads the same types.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::refused::Kind;
use crate::desk::{DeskError, Refused};
use crate::domain::incoming::Stored;
use crate::intake::delivery::{self, Places};
use crate::store::StoreError;

/// The answer to a body that could be taken apart: what became of every record.
///
/// The status is 202 when at least one record was accepted or none was sent, else 400.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Stored, and for sure: the transaction is committed.
    pub accepted: Vec<Accepted>,
    /// Not stored as events; kept as dead letters where there was anything to keep.
    pub rejected: Vec<Rejected>,
}

/// One record that is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Its place among the records of the body, from 0.
    pub index: usize,
    /// Its line, from 1, when the body was NDJSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The event's id; of the first delivery, when this is a repeated one.
    pub id: Uuid,
    /// The same alert with the same content was delivered before.
    pub duplicate: bool,
    /// How many devices it may lead to a call for.
    pub devices: usize,
    /// What an operator should know of the record, e.g. why it leads to no call.
    pub note: Option<String>,
}

/// One record that is not stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Its place among the records of the body, from 0.
    pub index: usize,
    /// Its line, from 1, when the body was NDJSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// The stable name of the reason.
    pub reason: String,
    /// The reason in words.
    pub detail: String,
}

impl Answer {
    /// What became of the records that stood there, once the store has committed. `stored` is in the order of the accepted ones.
    pub fn of(places: &Places, stored: &[Stored]) -> Self {
        let accepted = places.accepted.iter().zip(stored);
        let accepted = accepted.map(|(place, stored)| Accepted {
            index: place.index,
            line: place.line,
            id: stored.id,
            duplicate: stored.duplicate,
            devices: stored.devices,
            note: place.note.clone(),
        });
        Self {
            accepted: accepted.collect(),
            rejected: places.rejected.iter().cloned().map(Rejected::from).collect(),
        }
    }
}

impl From<delivery::Rejected> for Rejected {
    fn from(rejected: delivery::Rejected) -> Self {
        Self {
            index: rejected.index,
            line: rejected.line,
            reason: rejected.reason,
            detail: rejected.detail,
        }
    }
}

impl Answer {
    /// The status that it is sent with.
    pub fn status(&self) -> StatusCode {
        let all_bad = self.accepted.is_empty() && !self.rejected.is_empty();
        if all_bad {
            StatusCode::BAD_REQUEST
        } else {
            StatusCode::ACCEPTED
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status(), Json(self)).into_response()
    }
}

/// Says of an answer that it is the first one to the same delivery, sent again.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

/// An answer that was given before, as it was kept.
pub(super) fn again(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (REPLAYED, HeaderValue::from_static("true")),
    ];
    (status, headers, body).into_response()
}

/// The answer to a request that could not be worked on at all: a problem document (RFC 9457), `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// The reason as a URI: `urn:quell:problem:` and its stable name.
    #[serde(rename = "type", default)]
    kind: String,
    /// What the HTTP status means.
    #[serde(default)]
    title: String,
    /// The HTTP status.
    #[serde(default)]
    status: u16,
    /// The stable name of the reason.
    pub reason: String,
    /// The reason in words, and what to do.
    pub detail: String,
    /// The limit that was passed, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
    /// Seconds after which trying again may help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_s: Option<u32>,
    /// What is known beside, where a refusal has more to say: what the command prints with `-o json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<serde_json::Value>,
}

/// The status that a refusal is sent with.
fn status_of(kind: Kind) -> StatusCode {
    match kind {
        Kind::Missing => StatusCode::NOT_FOUND,
        Kind::NotAllowed => StatusCode::FORBIDDEN,
        Kind::Changed => StatusCode::CONFLICT,
        Kind::Unseen => StatusCode::PRECONDITION_FAILED,
        Kind::Guard | Kind::Unfit => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl Problem {
    /// A problem with its status, name and words.
    pub fn new(status: StatusCode, reason: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:quell:problem:{reason}"),
            title: status.canonical_reason().unwrap_or_default().to_owned(),
            status: status.as_u16(),
            reason: reason.to_owned(),
            detail: detail.into(),
            limit: None,
            retry_after_s: None,
            answer: None,
        }
    }

    /// That something is not done, by its row of the table.
    pub fn refused(why: Refused, detail: impl Into<String>) -> Self {
        let row = why.row();
        Self::new(status_of(row.kind), row.name, detail)
    }

    /// With what the command would have printed.
    pub fn answer(self, answer: &impl Serialize) -> Self {
        Self {
            answer: serde_json::to_value(answer).ok(),
            ..self
        }
    }

    /// The status that it is sent with.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// With the limit that was passed.
    pub fn limit(self, limit: usize) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }

    /// With the time after which trying again may help, also as `Retry-After`.
    pub fn retry_after_s(self, seconds: u32) -> Self {
        Self {
            retry_after_s: Some(seconds),
            ..self
        }
    }
}

impl From<DeskError> for Problem {
    fn from(error: DeskError) -> Self {
        match error {
            DeskError::Store(error) => Self::from(error),
            DeskError::NotFound(detail) => Self::new(StatusCode::NOT_FOUND, "not_found", detail),
            DeskError::Refused(why, detail) => Self::refused(why, detail),
            several @ DeskError::SeveralDevices { .. } => {
                Self::refused(Refused::SeveralDevices, several.to_string())
            }
            DeskError::Unusable(detail) => Self::new(StatusCode::BAD_REQUEST, "unusable", detail),
        }
    }
}

impl From<serde_json::Error> for Problem {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(error = chain(&error), "an answer cannot be written");
        let detail = "the answer cannot be written: the log of the daemon says how";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if error.is_taken_over() {
            let detail = "another request with the same key took this one's place, and this one did nothing";
            return Self::new(StatusCode::CONFLICT, "under_way", detail).retry_after_s(2);
        }
        if error.is_unavailable() {
            let detail = "the database is not available: try again";
            return Self::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after_s(5);
        }
        // Its words are for the log: they may name what whoever asks should not see.
        tracing::error!(error = chain(&error), "a request could not be answered");
        let detail = "the database answered as it should not: the log of the daemon says how";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |said, cause| format!("{said}: {cause}"))
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after_s) = (self.status(), self.retry_after_s);
        let media = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (status, media, Json(self)).into_response();
        if let Some(seconds) = retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::delivery::Place;

    #[test]
    fn every_record_is_told_by_its_place() {
        let places = Places {
            accepted: vec![Place {
                index: 1,
                line: Some(2),
                note: None,
            }],
            rejected: vec![delivery::Rejected {
                index: 0,
                line: Some(1),
                reason: "unknown_shape".to_owned(),
                detail: "no known alert shape".to_owned(),
            }],
        };
        let id = Uuid::nil();
        let stored = Stored {
            id,
            duplicate: false,
            devices: 1,
        };
        let answer = Answer::of(&places, &[stored]);
        assert_eq!((answer.accepted[0].index, answer.accepted[0].id), (1, id));
        assert_eq!(
            (answer.rejected[0].index, answer.rejected[0].reason.as_str()),
            (0, "unknown_shape")
        );
    }
}
