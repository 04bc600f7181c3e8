//! What a request asks for: its query, read or refused with a problem document; and which tenant's desk it is for.

use std::str::FromStr;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

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

/// The page of a list that is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::web) struct Paged {
    /// At most so many [default: 100]
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<u16>,
    /// Behind this place: `next` of the page before, unchanged
    after: Option<String>,
}

/// A page holds so many rows where nothing else is said.
const ROWS: u16 = 100;
/// No page holds more.
const MOST: u16 = 1_000;

impl Paged {
    /// At most so many.
    ///
    /// # Errors
    /// It is none, or too many.
    pub(in crate::web) fn limit(&self) -> Result<usize, Problem> {
        limit(self.limit)
    }

    /// Behind this place.
    pub(in crate::web) fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }
}

/// How many rows are asked for.
///
/// # Errors
/// It is none, or too many.
pub(in crate::web) fn limit(asked: Option<u16>) -> Result<usize, Problem> {
    match asked.unwrap_or(ROWS) {
        limit @ 1..=MOST => Ok(usize::from(limit)),
        _ => {
            let detail = format!("`limit` is a number from 1 to {MOST}");
            Err(Problem::new(StatusCode::BAD_REQUEST, "bad_query", detail))
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_holds_from_one_row_to_a_thousand() {
        assert_eq!(limit(None).expect("the default holds"), 100);
        assert_eq!(limit(Some(1_000)).expect("it is the most"), 1_000);
        for asked in [0, 1_001, u16::MAX] {
            let refused = limit(Some(asked)).expect_err("out of bounds");
            assert_eq!(
                (refused.status(), refused.reason.as_str()),
                (StatusCode::BAD_REQUEST, "bad_query")
            );
        }
    }
}
