//! `POST /v1/devices/{device}/restrict`, `isolate` and `release`: one device, by hand.

use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use super::asked::{AtDesk, TenantParameter};
use super::writing::{VIA, WriteParameters, Writing, written};
use crate::desk::contain::Wanted;
use crate::desk::{Desk, Refused, contain, release};
use crate::domain::by_hand::RISKS;
use crate::domain::measure::{Isolation, Measure};
use crate::domain::verdict::Lane;
use crate::web::answer::Problem;
use crate::web::may::{May, Operate};
use crate::yaml::duration;

/// How a device is restricted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RestrictRequest {
    /// Why, for the audit and for Defender's comment
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// For how long: `4h`, `1d12h`
    #[serde(rename = "for")]
    span: String,
    /// How urgent [default: high]
    #[serde(default)]
    lane: HandLane,
    /// Protections whose risk is accepted, as `never.tags`: a second person is asked then
    #[serde(default)]
    accept_risk: Vec<String>,
}

/// How a device is isolated.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct IsolateRequest {
    /// Why, for the audit and for Defender's comment
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// For how long: `4h`, `1d12h`
    #[serde(rename = "for")]
    span: String,
    /// How urgent [default: high]
    #[serde(default)]
    lane: HandLane,
    /// Protections whose risk is accepted, as `never.tags`: a second person is asked then
    #[serde(default)]
    accept_risk: Vec<String>,
    /// How much is cut off [default: full]
    #[serde(rename = "type", default)]
    kind: HandIsolation,
}

/// How urgent something is that a person begins.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HandLane {
    /// Before everything else, and not paced
    Critical,
    /// Before what playbooks begin
    #[default]
    High,
}

/// How much is cut off.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum HandIsolation {
    /// Everything but Defender
    #[default]
    Full,
    /// Everything but Defender, Outlook, Teams and Skype for Business; Windows only
    Selective,
}

/// What is ended on a device.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReleaseRequest {
    /// Why, for the audit and for Defender's comment
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// Only this measure [default: both]
    only: Option<OnlyMeasure>,
    /// It was a false positive: two of them let a playbook that is still in its canary fall back to observe
    #[serde(default)]
    false_positive: bool,
}

/// Which measure.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OnlyMeasure {
    /// The restriction of app execution
    Restriction,
    /// The isolation from the network
    Isolation,
}

/// Restrict a device by hand, for a time
///
/// The guards are those of playbooks: the mode, what is never restricted, caps, eligibility, the stop switch.
#[utoipa::path(post, path = "/v1/devices/{device}/restrict", tag = "devices",
    params(("device" = String, Path, description = "Its name, or the beginning of its id; the whole id if no event ever named it"),
        TenantParameter, WriteParameters),
    request_body = RestrictRequest, responses(
        (status = 200, body = contain::Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn restrict(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Path(device): Path<String>,
    writing: Writing<RestrictRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let hand = Hand {
        span: body.span,
        lane: body.lane,
        accepts: body.accept_risk,
        measure: Measure::Restriction,
        isolation: None,
    };
    hand.contain((may, body.by, body.reason), desk, device, key).await
}

/// Isolate a device from the network by hand, for a time
#[utoipa::path(post, path = "/v1/devices/{device}/isolate", tag = "devices",
    params(("device" = String, Path, description = "Its name, or the beginning of its id; the whole id if no event ever named it"),
        TenantParameter, WriteParameters),
    request_body = IsolateRequest, responses(
        (status = 200, body = contain::Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn isolate(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Path(device): Path<String>,
    writing: Writing<IsolateRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let hand = Hand {
        span: body.span,
        lane: body.lane,
        accepts: body.accept_risk,
        measure: Measure::Isolation,
        isolation: Some(match body.kind {
            HandIsolation::Full => Isolation::Full,
            HandIsolation::Selective => Isolation::Selective,
        }),
    };
    hand.contain((may, body.by, body.reason), desk, device, key).await
}

/// End every containment on a device, and decline what is asked about it
#[utoipa::path(post, path = "/v1/devices/{device}/release", tag = "devices",
    params(("device" = String, Path, description = "Its name, or at least 6 characters of the beginning of its id"),
        TenantParameter, WriteParameters),
    request_body = ReleaseRequest, responses(
        (status = 200, body = release::Report),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub(super) async fn release(
    may: May<Operate>,
    AtDesk(desk): AtDesk,
    Path(device): Path<String>,
    writing: Writing<ReleaseRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let only = body.only.map(|only| match only {
        OnlyMeasure::Restriction => Measure::Restriction,
        OnlyMeasure::Isolation => Measure::Isolation,
    });
    let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
    written(key, (&store, tenant, &as_whom), |store| async move {
        let desk = Desk { store, ..desk };
        Ok(desk.release(&device, only, body.false_positive, &by).await?)
    })
    .await
}

/// What a person begins by hand.
struct Hand {
    span: String,
    lane: HandLane,
    accepts: Vec<String>,
    measure: Measure,
    isolation: Option<Isolation>,
}

impl Hand {
    async fn contain(
        self,
        (may, by, reason): (May<Operate>, Option<String>, String),
        desk: Desk,
        device: String,
        key: Option<super::writing::Key>,
    ) -> Result<Response, Problem> {
        let by = may.by(by.as_deref(), &reason, VIA)?;
        let after = span(&self.span)?;
        if let Some(unknown) = self.accepts.iter().find(|risk| !RISKS.contains(&risk.as_str())) {
            let detail = format!(
                "`{unknown}` is no risk that can be accepted: {}",
                RISKS.join(", ")
            );
            return Err(Problem::new(StatusCode::BAD_REQUEST, "unusable", detail));
        }
        let (store, tenant, as_whom) = (desk.store.clone(), Some(desk.tenant), by.clone());
        written(key, (&store, tenant, &as_whom), |store| async move {
            let desk = Desk { store, ..desk };
            let wanted = Wanted {
                device: &device,
                measure: self.measure,
                isolation: self.isolation,
                after,
                lane: match self.lane {
                    HandLane::Critical => Lane::Critical,
                    HandLane::High => Lane::High,
                },
                accepts: &self.accepts,
            };
            let report = desk.contain(&wanted, &by).await?;
            match &report.refusal {
                None => Ok(report),
                Some(refusal) => Err(Problem::refused(Refused::Guard, refusal.says()).answer(&report)),
            }
        })
        .await
    }
}

/// A span as playbooks write it.
pub(super) fn span(text: &str) -> Result<Duration, Problem> {
    let span = duration::parse(text.trim()).filter(|span| !span.is_zero());
    span.ok_or_else(|| {
        let detail = "expected a span such as `4h` or `1d12h`";
        Problem::new(StatusCode::BAD_REQUEST, "unusable", detail)
    })
}
