//! What a request asks for: its query, read or refused with a problem document; and which tenant's desk it is for.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::desk::Desk;
use crate::web::Web;
use crate::web::answer::Problem;

/// The query of a request.
#[derive(Clone, Debug)]
pub(in crate::web) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Web> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Query(asked) = Query::from_request_parts(parts, web)
            .await
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "bad_query", error.body_text()))?;
        Ok(Self(asked))
    }
}

/// The desk of the tenant that `?tenant=NAME` names; without it the first one's.
#[derive(Clone, Debug)]
pub(in crate::web) struct AtDesk(pub Desk);

#[derive(Debug, Deserialize)]
struct OfTenant {
    tenant: Option<String>,
}

impl FromRequestParts<Web> for AtDesk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let Asked(OfTenant { tenant }) = Asked::from_request_parts(parts, web).await?;
        let mut desks = web.0.options.desks.iter();
        let desk = match &tenant {
            Some(name) => desks.find(|desk| desk.name == *name),
            None => desks.next(),
        };
        desk.cloned().map(Self).ok_or_else(|| {
            let detail = format!("there is no tenant `{}`", tenant.unwrap_or_default());
            Problem::new(StatusCode::NOT_FOUND, "no_such_tenant", detail)
        })
    }
}

/// Which tenant's, as the document tells it. A request's own query type stands beside it.
#[derive(Debug, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "the document is made from it; `AtDesk` reads it")]
pub(in crate::web) struct TenantParameter {
    /// The tenant's name in the configuration [default: the first]
    tenant: Option<String>,
}

/// What the path names.
#[derive(Clone, Debug)]
pub(in crate::web) struct Named<T>(pub T);

impl<T: FromStr> FromRequestParts<Web> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Problem> {
        let name: Result<Path<String>, _> = Path::from_request_parts(parts, web).await;
        let name = name.ok().and_then(|Path(name)| name.parse().ok());
        name.map(Self)
            .ok_or_else(|| bad_id("the path names nothing that could be an id"))
    }
}

/// The path names what cannot be an id.
pub(in crate::web) fn bad_id(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_id", detail)
}
