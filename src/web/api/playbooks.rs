//! `GET /v1/playbooks`: those in force, one of them, and the activations of sets.

use axum::Json;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::{Asked, AtDesk, Named, TenantParameter, limit};
use super::tagged;
use crate::desk::playbooks::{PlaybookReport, PlaybooksReport};
use crate::store::views::{ActivationView, RevisionView};
use crate::web::answer::Problem;
use crate::web::may::{May, See};

/// The playbooks in force, and what each does now and did lately
///
/// The `ETag` is the set's version: what a change of it takes as `If-Match`.
#[utoipa::path(get, path = "/v1/playbooks", tag = "playbooks", params(TenantParameter), responses(
    (status = 200, body = PlaybooksReport),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    _: May<See>,
    AtDesk(desk): AtDesk,
) -> Result<(HeaderMap, Json<PlaybooksReport>), Problem> {
    let report = desk.playbooks().await?;
    Ok((tagged(Some(&report.version.to_string())), Json(report)))
}

/// One playbook: its text, how often it matched and what its lines stopped, its revisions
#[utoipa::path(get, path = "/v1/playbooks/{name}", tag = "playbooks",
    params(TenantParameter, ("name" = String, Path, description = "Its id")), responses(
    (status = 200, body = PlaybookReport),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn one(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(name): Named<String>,
) -> Result<(HeaderMap, Json<PlaybookReport>), Problem> {
    let report = desk.playbook(&name).await?;
    Ok((tagged(Some(&report.version.to_string())), Json(report)))
}

/// The revisions of a playbook with their texts, the newest first, a hundred at most
#[utoipa::path(get, path = "/v1/playbooks/{name}/revisions", tag = "playbooks",
    params(TenantParameter, ("name" = String, Path, description = "Its id")), responses(
    (status = 200, body = Vec<RevisionView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn revisions(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(name): Named<String>,
) -> Result<Json<Vec<RevisionView>>, Problem> {
    Ok(Json(desk.revisions_of(&name).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// At most so many [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
}

/// The activations of sets, the newest first: when, by whom, why
#[utoipa::path(get, path = "/v1/activations", tag = "playbooks", params(TenantParameter, Which), responses(
    (status = 200, body = Vec<ActivationView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn activations(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(which): Asked<Which>,
) -> Result<Json<Vec<ActivationView>>, Problem> {
    Ok(Json(desk.activations(limit(which.limit)?).await?))
}
