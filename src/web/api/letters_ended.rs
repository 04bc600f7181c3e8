//! `POST /v1/dead-letters/{id}/retry` and `drop`: a dead letter is read again, or put away.

use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asked::{AtDesk, Named, TenantParameter};
use super::writing::{VIA, WriteParameters, Writing, written};
use crate::desk::letter_ends::{Done, Way};
use crate::desk::{Desk, Refused};
use crate::web::answer::Problem;
use crate::web::may::{May, Operate};

/// Why a dead letter ends.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LetterRequest {
    /// Why, for the audit
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
}

/// Read a dead letter again, as if it had just arrived
#[utoipa::path(post, path = "/v1/dead-letters/{id}/retry", tag = "events",
    params(("id" = Uuid, Path, description = "The letter"), TenantParameter, WriteParameters),
    request_body = LetterRequest, responses(
        (status = 200, body = Done),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn retry(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Named(id): Named<Uuid>,
    writing: Writing<LetterRequest>,
) -> Result<Response, Problem> {
    end(&may, desk, id, writing, Way::Retry).await
}

/// Put a dead letter away: nothing is to come of it; its row stays
#[utoipa::path(post, path = "/v1/dead-letters/{id}/drop", tag = "events",
    params(("id" = Uuid, Path, description = "The letter"), TenantParameter, WriteParameters),
    request_body = LetterRequest, responses(
        (status = 200, body = Done),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn drop(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Named(id): Named<Uuid>,
    writing: Writing<LetterRequest>,
) -> Result<Response, Problem> {
    end(&may, desk, id, writing, Way::Drop).await
}

async fn end(
    may: &May<Operate>,
    desk: Desk,
    id: Uuid,
    writing: Writing<LetterRequest>,
    way: Way,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        let done = desk.letter_end(id, way, &by).await?;
        let why = match (done.is_there, done.outcome) {
            (false, _) => Refused::NoSuchLetter,
            (true, "refused") => Refused::LetterStays,
            _ => return Ok(done),
        };
        let told = done.note.clone().unwrap_or_default();
        Err(Problem::refused(why, told).answer(&done))
    })
    .await
}
