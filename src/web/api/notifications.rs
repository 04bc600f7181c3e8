//! `/v1/notifications`: the messages to receivers, and sending one again.

use axum::Json;
use axum::response::Response;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::asked::{Asked, AtDesk, Named, Paged, TenantParameter};
use super::writing::{VIA, WriteParameters, Writing, written};
use crate::desk::Desk;
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
}

/// Why it is done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// Why, for the audit
    reason: String,
    /// Who does it, for whoever is not known by name
    by: Option<String>,
}

/// The messages to receivers, the newest first
#[utoipa::path(get, path = "/v1/notifications", tag = "notifications", params(TenantParameter, Look, Paged), responses(
    (status = 200, body = Page<NotificationView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(look): Asked<Look>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<NotificationView>>, Problem> {
    let looked = Looked {
        state: look.state,
        receiver: look.receiver,
        after: paged.after().map(str::to_owned),
        limit: paged.limit()?,
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
    Named(id): Named<Uuid>,
) -> Result<Json<NotificationDetail>, Problem> {
    Ok(Json(desk.notification(id).await?))
}

/// Send a message again, whatever became of it; the receiver sees the same id
#[utoipa::path(post, path = "/v1/notifications/{id}/resend", tag = "notifications", request_body = Said,
    params(TenantParameter, ("id" = Uuid, Path, description = "The message's id"), WriteParameters), responses(
    (status = 200, body = Resent),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn resend(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Named(id): Named<Uuid>,
    writing: Writing<Said>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        Ok(desk.notification_resend(id, &by).await?)
    })
    .await
}
