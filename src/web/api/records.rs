//! What is on record: the audit, alarms, dead letters; and the installation itself with its sources.

use axum::Json;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::asked::{Asked, AtDesk, Named, Paged, TenantParameter};
use crate::desk::letters::LettersAsked;
use crate::desk::page::Page;
use crate::desk::system::SystemReport;
use crate::store::dead_letters::Letter;
use crate::store::source_looks::SourceView;
use crate::store::views::{AlarmView, TrailRow};
use crate::web::answer::Problem;
use crate::web::may::{May, See};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OfWhat {
    /// Only what concerns this action, containment or other thing
    of: Option<Uuid>,
}

/// The audit: every change of state, the newest first
#[utoipa::path(get, path = "/v1/audit", tag = "records", params(TenantParameter, OfWhat, Paged), responses(
    (status = 200, body = Page<TrailRow>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn audit(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(of): Asked<OfWhat>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<TrailRow>>, Problem> {
    Ok(Json(desk.audit(of.of, paged.after(), paged.limit()?).await?))
}

/// What people were to be told of, the newest first
#[utoipa::path(get, path = "/v1/alarms", tag = "records", params(TenantParameter, Paged), responses(
    (status = 200, body = Page<AlarmView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn alarms(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<AlarmView>>, Problem> {
    Ok(Json(desk.alarms(paged.after(), paged.limit()?).await?))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Letters {
    /// Those too that were read again or put away [default: false]
    all: Option<bool>,
    /// Only those that came since
    since: Option<Timestamp>,
    /// Only those refused as this: `unknown_shape`, `broken_json`, …
    refused_as: Option<String>,
}

/// Records that were refused and events that could not be decided, the newest first
#[utoipa::path(get, path = "/v1/dead-letters", tag = "records", params(TenantParameter, Letters, Paged), responses(
    (status = 200, body = Page<Letter>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn letters(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(which): Asked<Letters>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<Letter>>, Problem> {
    let asked = LettersAsked {
        all: which.all.unwrap_or(false),
        since: which.since,
        refused_as: which.refused_as,
        after: paged.after().map(str::to_owned),
        limit: paged.limit()?,
    };
    Ok(Json(desk.letters(&asked).await?))
}

/// One dead letter, without its bytes: those are for the machine's own operators (`quell events dead show`)
#[utoipa::path(get, path = "/v1/dead-letters/{id}", tag = "records",
    params(TenantParameter, ("id" = Uuid, Path, description = "Its id")), responses(
    (status = 200, body = Letter),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn letter(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(id): Named<Uuid>,
) -> Result<Json<Letter>, Problem> {
    Ok(Json(desk.letter(id).await?))
}

/// How the configured sources of events go
#[utoipa::path(get, path = "/v1/sources", tag = "system", params(TenantParameter), responses(
    (status = 200, body = Vec<SourceView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn sources(_: May<See>, AtDesk(desk): AtDesk) -> Result<Json<Vec<SourceView>>, Problem> {
    Ok(Json(desk.sources().await?))
}

/// Versions, replicas, the dispatch lease, the database and the connections to it
#[utoipa::path(get, path = "/v1/system", tag = "system", params(TenantParameter), responses(
    (status = 200, body = SystemReport),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn system(_: May<See>, AtDesk(desk): AtDesk) -> Result<Json<SystemReport>, Problem> {
    Ok(Json(desk.system().await?))
}
