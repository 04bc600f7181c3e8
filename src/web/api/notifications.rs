//! `/v1/notifications`: the messages to receivers, and sending one again.

use axum::Json;
use axum::extract::Path;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{Asked, AtDesk, TenantParameter};
use crate::desk::notifications::{Looked, Resent};
use crate::desk::page::Page;
use crate::store::outbox::views::{NotificationDetail, NotificationView};
use crate::web::answer::Problem;
use crate::web::may::{May, Operate, See};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Look {
    /// Only those in this state: `gathering`, `waiting`, `delivered` or `failed`
    state: Option<String>,
    /// Only those to this receiver
    receiver: Option<String>,
    /// So many [default: 100, at most 1000]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
    /// Those behind this place: `next` of the page before
    after: Option<String>,
}

/// Why it is done.
#[derive(Debug, Deserialize, ToSchema)]
pub(super) struct Said {
    /// Why, for the audit
    reason: String,
    /// Who does it, for whoever is not known by name
    by: Option<String>,
}

/// The messages to receivers, the newest first
#[utoipa::path(get, path = "/v1/notifications", tag = "notifications", params(TenantParameter, Look), responses(
    (status = 200, body = Page<NotificationView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(look): Asked<Look>,
) -> Result<Json<Page<NotificationView>>, Problem> {
    let looked = Looked {
        state: look.state,
        receiver: look.receiver,
        after: look.after,
        limit: usize::from(look.limit.unwrap_or(100).clamp(1, 1_000)),
    };
    Ok(Json(desk.notifications(&looked).await?))
}

/// A message with what it tells
#[utoipa::path(get, path = "/v1/notifications/{id}", tag = "notifications",
    params(TenantParameter, ("id" = Uuid, Path, description = "The message's id")), responses(
    (status = 200, body = NotificationDetail),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn show(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Path(id): Path<Uuid>,
) -> Result<Json<NotificationDetail>, Problem> {
    Ok(Json(desk.notification(id).await?))
}

/// Send a message again, whatever became of it; the receiver sees the same id
#[utoipa::path(post, path = "/v1/notifications/{id}/resend", tag = "notifications", request_body = Said,
    params(TenantParameter, ("id" = Uuid, Path, description = "The message's id")), responses(
    (status = 200, body = Resent),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn resend(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Path(id): Path<Uuid>,
    Json(said): Json<Said>,
) -> Result<Json<Resent>, Problem> {
    let by = may.by(said.by.as_deref(), &said.reason, "api")?;
    Ok(Json(desk.notification_resend(id, &by).await?))
}
