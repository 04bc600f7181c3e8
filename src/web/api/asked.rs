//! What a request asks for: its query, read or refused with a problem document; and which tenant's desk it is for.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::desk::Desk;
use crate::web::answer::Problem;
use crate::web::{Web, access};

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

/// The desk of the tenant that `?tenant=NAME` names; without it the first one's, or the one that whoever asks may see. Known people only.
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
        let identity = access::identify(parts, web).await?;
        if let (Some(only), Some(tenant)) = (&identity.only, &tenant)
            && only != tenant
        {
            return Err(access::beyond(only));
        }
        let tenant = tenant.or(identity.only);
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
