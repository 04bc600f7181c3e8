//! `GET /v1/status`: one look at a tenant.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::{Asked, AtDesk, TenantParameter, limit};
use crate::desk::status::Report;
use crate::web::answer::Problem;
use crate::web::may::{May, See};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Look {
    /// So many contained devices, and so many asks [default: 10]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
}

/// What is contained, what waits, what needs a person, and whether the daemon lives
#[utoipa::path(get, path = "/v1/status", tag = "status", params(TenantParameter, Look), responses(
    (status = 200, body = Report),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn status(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(look): Asked<Look>,
) -> Result<Json<Report>, Problem> {
    let limit = limit(Some(look.limit.unwrap_or(10)))?;
    Ok(Json(desk.status(i64::try_from(limit).unwrap_or(i64::MAX)).await?))
}
