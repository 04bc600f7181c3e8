//! `GET /v1/events`: what was made of events, and why. Events themselves are taken at the same path by `POST`.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::asked::{Asked, AtDesk, Named, Paged, TenantParameter};
use crate::desk::decisions::DecisionsAsked;
use crate::desk::explain::Explained;
use crate::desk::page::Page;
use crate::domain::decision::DecisionKind;
use crate::intake::alert_id;
use crate::store::views::DecidedView;
use crate::web::answer::Problem;
use crate::web::may::{May, See};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only those of this device, by its whole id
    device: Option<String>,
    /// Only those of which this was made
    #[param(inline)]
    kind: Option<DecisionKind>,
    /// Leave out those by which nothing happened [default: false]
    without_skips: Option<bool>,
}

/// Events that were decided, the newest first: one row for each event and device
#[utoipa::path(get, path = "/v1/events", tag = "events", params(TenantParameter, Which, Paged), responses(
    (status = 200, body = Page<DecidedView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(which): Asked<Which>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<DecidedView>>, Problem> {
    let asked = DecisionsAsked {
        device: which.device,
        kind: which.kind,
        without_skips: which.without_skips.unwrap_or(false),
        after: paged.after().map(str::to_owned),
        limit: paged.limit()?,
    };
    Ok(Json(desk.decisions(&asked).await?))
}

/// Why Quell did or did not act on an event
#[utoipa::path(get, path = "/v1/events/{event}/explanation", tag = "events",
    params(TenantParameter, ("event" = Uuid, Path, description = "Its id")), responses(
    (status = 200, body = Explained),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn event(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(event): Named<Uuid>,
) -> Result<Json<Explained>, Problem> {
    Ok(Json(desk.event(event).await?))
}

/// Why Quell did or did not act on an alert: the same for every event of it
#[utoipa::path(get, path = "/v1/alerts/{alert}/explanation", tag = "events",
    params(TenantParameter, ("alert" = String, Path, description = "Its id, of whatever feed")), responses(
    (status = 200, body = Explained),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn alert(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(alert): Named<String>,
) -> Result<Json<Explained>, Problem> {
    Ok(Json(desk.alert(alert_id::canonical(&alert)).await?))
}
