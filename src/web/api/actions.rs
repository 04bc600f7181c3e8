//! `GET /v1/actions`, one of them, the queue, the budget and what ends next.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::asked::{Asked, AtDesk, Named, Paged, TenantParameter};
use crate::desk::actions::{ActionReport, ActionsAsked, Listed};
use crate::desk::budget::BudgetReport;
use crate::desk::page::Page;
use crate::desk::queue::Queue;
use crate::domain::action::ActionState;
use crate::store::views::DueRelease;
use crate::web::answer::Problem;
use crate::web::may::{May, See};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Only of devices whose id begins so
    device: Option<String>,
    /// Only in this state
    #[param(inline)]
    state: Option<ActionState>,
}

/// Actions, the newest first: what was, is and will be called at Defender
#[utoipa::path(get, path = "/v1/actions", tag = "actions", params(TenantParameter, Which, Paged), responses(
    (status = 200, body = Page<Listed>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(which): Asked<Which>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<Listed>>, Problem> {
    let asked = ActionsAsked {
        device: which.device,
        state: which.state.map(|state| state.as_str().to_owned()),
        after: paged.after().map(str::to_owned),
        limit: paged.limit()?,
    };
    Ok(Json(desk.actions(&asked).await?))
}

/// One action, from its event to its end
#[utoipa::path(get, path = "/v1/actions/{action}", tag = "actions",
    params(TenantParameter, ("action" = Uuid, Path, description = "Its id")), responses(
    (status = 200, body = ActionReport),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn one(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(action): Named<Uuid>,
) -> Result<Json<ActionReport>, Problem> {
    Ok(Json(desk.action(action).await?))
}

/// The queue as it will be called, with what each action waits for
#[utoipa::path(get, path = "/v1/queue", tag = "actions", params(TenantParameter, Paged), responses(
    (status = 200, body = Queue),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn queue(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Queue>, Problem> {
    Ok(Json(desk.queue(paged.after(), paged.limit()?).await?))
}

/// The budget: what each window still allows, when the queue may have left, and how the last hour went
#[utoipa::path(get, path = "/v1/budget", tag = "actions", params(TenantParameter), responses(
    (status = 200, body = BudgetReport),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn budget(_: May<See>, AtDesk(desk): AtDesk) -> Result<Json<BudgetReport>, Problem> {
    Ok(Json(desk.budget().await?))
}

/// The containments that end by themselves, the first to end first
#[utoipa::path(get, path = "/v1/releases/due", tag = "actions", params(TenantParameter, Paged), responses(
    (status = 200, body = Page<DueRelease>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn due(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<DueRelease>>, Problem> {
    Ok(Json(desk.due_releases(paged.after(), paged.limit()?).await?))
}
