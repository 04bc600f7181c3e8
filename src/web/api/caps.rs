//! `/v1/caps`: the caps with their use; one lifted for a while; a lift ended before its time.

use axum::Json;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{AtDesk, Named, TenantParameter};
use super::contain::span;
use super::writing::{VIA, WriteParameters, Writing, etag, written};
use crate::desk::Desk;
use crate::desk::caps::{Caps, Ended, Lift, Lifted, SPANS};
use crate::web::answer::Problem;
use crate::web::may::{Administer, May, See};

/// Every cap with its use, its lifts, and what waits for it
#[utoipa::path(get, path = "/v1/caps", tag = "caps", params(TenantParameter), responses(
    (status = 200, body = Caps, headers(("ETag" = String, description = "What `If-Match` of a lift takes"))),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn caps(
    _: May<See>,
    AtDesk(desk): AtDesk,
) -> Result<([(HeaderName, HeaderValue); 1], Json<Caps>), Problem> {
    let caps = desk.caps().await?;
    Ok(([etag(&caps.tag())?], Json(caps)))
}

/// How far a cap is lifted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LiftRequest {
    /// Why, for the audit
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// For how long, 1m to 7d: `1h`, `30m`; the cap holds again afterwards
    #[serde(rename = "for")]
    span: String,
    /// For so many more devices [default: any number]
    #[schema(minimum = 1, maximum = 1_000_000)]
    devices: Option<u32>,
}

/// Let more devices go than a cap allows, for a while; what it held goes on at once
#[utoipa::path(post, path = "/v1/caps/{cap}/lift", tag = "caps",
    params(("cap" = String, Path, description = "As `GET /v1/caps` names it: caps[0]"),
        ("If-Match" = String, Header, description = "The `ETag` of `GET /v1/caps` as it was looked at"),
        TenantParameter, WriteParameters),
    request_body = LiftRequest, responses(
        (status = 200, body = Lifted),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn lift(
    may: May<Administer>,
    AtDesk(desk): AtDesk,
    Named(cap): Named<String>,
    writing: Writing<LiftRequest>,
) -> Result<Response, Problem> {
    let expected = writing.must_expect("the `ETag` of `GET /v1/caps`")?.to_owned();
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let lasts = span(&body.span)?;
    let unusable = |detail: &str| Problem::new(StatusCode::BAD_REQUEST, "unusable", detail);
    if !SPANS.contains(&lasts) {
        return Err(unusable("`for` is a duration from 1m to 7d, such as 1h or 30m"));
    }
    if body
        .devices
        .is_some_and(|devices| !(1..=1_000_000).contains(&devices))
    {
        return Err(unusable("`devices` is 1 to 1000000"));
    }
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        let lift = Lift {
            cap: &cap,
            span: desk.terms.scaled(lasts),
            devices: body.devices,
        };
        Ok(desk.cap_lift(&lift, Some(&expected), &by).await?)
    })
    .await
}

/// Why something is taken back.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct EndRequest {
    /// Why, for the audit
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
}

/// End a lift before its time: the cap holds again at once; what the lift let go goes on
#[utoipa::path(post, path = "/v1/caps/lifts/{lift}/end", tag = "caps",
    params(("lift" = String, Path, description = "Its id"), TenantParameter, WriteParameters),
    request_body = EndRequest, responses(
        (status = 200, body = Ended),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn end(
    may: May<Administer>,
    AtDesk(desk): AtDesk,
    Named(lift): Named<String>,
    writing: Writing<EndRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        Ok(desk.cap_lift_end(&lift, &by).await?)
    })
    .await
}
