//! `GET /v1/devices` and what belongs to one of them.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;

use super::asked::{Asked, AtDesk, Named, Paged, TenantParameter};
use crate::desk::devices::{DeviceReport, DevicesAsked};
use crate::desk::page::Page;
use crate::desk::timeline::Moment;
use crate::store::views::{DeviceView, RestrictedView, Show};
use crate::web::answer::Problem;
use crate::web::may::{May, See};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// Those that are contained, wanted or asked about; only contained ones; or every device that is known [default: concerned]
    #[param(inline)]
    show: Option<Show>,
    /// Only those whose id begins so, or whose name is this, whole or up to the first dot; of all that are known
    named: Option<String>,
}

/// Devices with every reason to keep them contained: those that a person must look at first, then the latest
#[utoipa::path(get, path = "/v1/devices", tag = "devices", params(TenantParameter, Which, Paged), responses(
    (status = 200, body = Page<DeviceView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(which): Asked<Which>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<DeviceView>>, Problem> {
    let of_all = if which.named.is_some() {
        Show::All
    } else {
        Show::Concerned
    };
    let asked = DevicesAsked {
        show: which.show.unwrap_or(of_all),
        named: which.named,
        after: paged.after().map(str::to_owned),
        limit: paged.limit()?,
    };
    Ok(Json(desk.devices(&asked).await?))
}

/// One device with its containments, actions, last decisions and what happened to it
#[utoipa::path(get, path = "/v1/devices/{device}", tag = "devices",
    params(TenantParameter, ("device" = String, Path, description = "Its id, the beginning of it, or its name")), responses(
    (status = 200, body = DeviceReport),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn one(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(device): Named<String>,
) -> Result<Json<DeviceReport>, Problem> {
    Ok(Json(desk.device(&device).await?))
}

/// What happened to a device, the newest first
#[utoipa::path(get, path = "/v1/devices/{device}/timeline", tag = "devices",
    params(TenantParameter, ("device" = String, Path, description = "Its id, the beginning of it, or its name"), Paged), responses(
    (status = 200, body = Page<Moment>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn timeline(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Named(device): Named<String>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<Moment>>, Problem> {
    let limit = paged.limit()?;
    let device = desk.device_named(&device).await?;
    Ok(Json(
        desk.timeline_of(&device.device, paged.after(), limit).await?,
    ))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Those {
    /// Only those whose id begins so, or whose name is this, whole or up to the first dot
    named: Option<String>,
}

/// Who is restricted or isolated now, by whom, since when, until when, and when that was last confirmed
#[utoipa::path(get, path = "/v1/restricted", tag = "devices", params(TenantParameter, Those, Paged), responses(
    (status = 200, body = Page<RestrictedView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn restricted(
    _: May<See>,
    AtDesk(desk): AtDesk,
    Asked(those): Asked<Those>,
    Asked(paged): Asked<Paged>,
) -> Result<Json<Page<RestrictedView>>, Problem> {
    let limit = paged.limit()?;
    Ok(Json(
        desk.restricted(those.named.as_deref(), paged.after(), limit)
            .await?,
    ))
}
