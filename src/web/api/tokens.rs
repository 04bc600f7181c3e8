//! `/v1/tokens`: the tokens by which operators and programs show who they are. An admin whose own token is for one tenant sees, makes
//! and revokes only tokens for that one.

use axum::Json;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::asked::{Asked, AtDesk, TenantParameter};
use crate::desk::tokens::{SPAN, TokenMade, TokenOrder, Tokens};
use crate::domain::identity::Role;
use crate::store::AccessTokenView;
use crate::web::answer::Problem;
use crate::web::may::{Administer, May};
use crate::yaml::duration;

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewToken {
    /// Who or what will hold it: the name that the audit tells
    name: String,
    /// What its holder may
    roles: Vec<Role>,
    /// The groups in whose name its holder answers requests
    #[serde(default)]
    approves_for: Vec<String>,
    /// How long it is good for, 1m to 365d [default: 90d]
    #[serde(rename = "for")]
    span: Option<String>,
    /// Whether it opens the tenant of this request alone
    #[serde(default)]
    only_tenant: bool,
    /// Why
    reason: String,
    /// Who asks; only for whoever is not known by name
    by: Option<String>,
}

/// Why a token is revoked.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Why {
    /// Why
    reason: String,
    /// Who asks; only for whoever is not known by name
    by: Option<String>,
}

/// The tokens, the newest first; none of them can be found out from it
#[utoipa::path(get, path = "/v1/tokens", tag = "tokens", params(TenantParameter), responses(
    (status = 200, body = Tokens),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn list(may: May<Administer>, AtDesk(desk): AtDesk) -> Result<Json<Tokens>, Problem> {
    Ok(Json(desk.tokens(may.identity.only.is_some()).await?))
}

/// Make a token; it is in the answer this once
#[utoipa::path(post, path = "/v1/tokens", tag = "tokens", params(TenantParameter), request_body = NewToken, responses(
    (status = 201, body = TokenMade),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(super) async fn make(
    may: May<Administer>,
    AtDesk(desk): AtDesk,
    body: Result<Json<NewToken>, JsonRejection>,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    let bad = |detail: String| Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail);
    let Json(new) = body.map_err(|error| bad(error.body_text()))?;
    let by = may.by(new.by.as_deref(), &new.reason, "api")?;
    let span = match &new.span {
        None => SPAN,
        Some(text) => duration::parse(text).ok_or_else(|| {
            bad(format!(
                "`for` is `{text}`, which is no duration such as 90d or 12h"
            ))
        })?,
    };
    let order = TokenOrder {
        name: new.name,
        roles: new.roles,
        approves_for: new.approves_for,
        span,
        only_tenant: new.only_tenant || may.identity.only.is_some(),
    };
    Ok((StatusCode::CREATED, Json(desk.token_make(&order, &by).await?)))
}

/// Revoke a token, at once, with the sessions that were begun with it
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "tokens",
    params(("id" = String, Path, description = "The handle of the token: the 8 letters after `qll_`"), TenantParameter, Why),
    responses(
        (status = 200, body = AccessTokenView),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn revoke(
    may: May<Administer>,
    AtDesk(desk): AtDesk,
    Asked(why): Asked<Why>,
    Path(handle): Path<String>,
) -> Result<Json<AccessTokenView>, Problem> {
    let by = may.by(why.by.as_deref(), &why.reason, "api")?;
    let revoked = desk
        .token_revoke(&handle, may.identity.only.is_some(), &by)
        .await?;
    Ok(Json(revoked))
}
