//! `GET /v1/approvals`: what waits for an answer, and one request as an answer given now would be judged.

use axum::Json;
use axum::http::HeaderMap;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::{Asked, AtDesk, Named, Paged, TenantParameter, bad_id};
use super::tagged;
use crate::desk::approvals::RequestReport;
use crate::desk::page::Page;
use crate::domain::approval::RequestNumber;
use crate::store::approvals::RequestView;
use crate::web::answer::Problem;
use crate::web::may::{May, See};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Those of the last day too to which nothing can be said any more [default: false]
    all: Option<bool>,
}

/// The requests that wait for an answer, those that end first first
#[utoipa::path(get, path = "/v1/approvals", tag = "approvals", params(TenantParameter, Which, Paged), responses(
    (status = 200, body = Page<RequestView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(which): Asked<Which>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<RequestView>>, Problem> {
    let (all, limit) = (which.all.unwrap_or(false), paged.limit()?);
    Ok(Json(desk.approvals(all, paged.after(), limit).await?))
}

/// One request: its devices, what changed since it was asked, who answered
///
/// The `ETag` is `reviewed`: what an approval takes to say that this was looked at.
#[utoipa::path(get, path = "/v1/approvals/{request}", tag = "approvals",
    params(TenantParameter, ("request" = String, Path, description = "Its number: `A-1042`")), responses(
    (status = 200, body = RequestReport),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn one(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(request): Named<String>,
) -> Result<(HeaderMap, Json<RequestReport>), Problem> {
    let number = RequestNumber::parse(&request).ok_or_else(|| bad_id("a request is called like `A-1042`"))?;
    let report = desk.approval(number).await?;
    Ok((tagged(report.reviewed.as_deref()), Json(report)))
}
