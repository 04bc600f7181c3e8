//! `POST /v1/stop` and `POST /v1/resume`: the stop switch for programs. The same words as the command's.

use axum::Json;
use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::person::said;
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::{StopOrder, Store, StoreError};
use crate::web::answer::Problem;
use crate::web::may::{May, Operate};
use crate::web::{Web, access};

/// What to stop.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StopRequest {
    reason: String,
    /// Who; only for whoever is not known by name.
    by: Option<String>,
    scope: Option<StopScope>,
    since: Option<Timestamp>,
    tenant: Option<String>,
}

/// What to end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResumeRequest {
    reason: String,
    /// Who; only for whoever is not known by name.
    by: Option<String>,
    scope: Option<StopScope>,
    tenant: Option<String>,
}

/// Stops; answers with the stops that began.
pub(super) async fn stop(
    may: May<Operate>,
    State(web): State<Web>,
    body: Result<Json<StopRequest>, JsonRejection>,
) -> Response {
    let stopped = async {
        let Json(request) = body.map_err(|error| bad(error.body_text()))?;
        let by = may.by(request.by.as_deref(), &request.reason, "api")?;
        let scope = request.scope.unwrap_or(StopScope::New);
        if (scope == StopScope::ReleaseAll) != request.since.is_some() {
            return Err(bad(
                "`since` goes with the scope `release-all`, and that one needs it",
            ));
        }
        let store = store(&web)?;
        let order = StopOrder {
            tenant: tenant(store, request.tenant.as_deref(), &may).await?,
            scope,
            since: request.since,
            via: by.via,
            by: &by.who,
            reason: &by.reason,
        };
        let stops = store.stop_begin(&order).await.map_err(away)?;
        Ok(Json(stops))
    };
    stopped
        .await
        .map_or_else(IntoResponse::into_response, IntoResponse::into_response)
}

/// Resumes; answers with the stops that ended, and those that are left.
pub(super) async fn resume(
    may: May<Operate>,
    State(web): State<Web>,
    body: Result<Json<ResumeRequest>, JsonRejection>,
) -> Response {
    let resumed = async {
        let Json(request) = body.map_err(|error| bad(error.body_text()))?;
        let by = may.by(request.by.as_deref(), &request.reason, "api")?;
        if web.0.options.stop_file.as_ref().is_some_and(|file| file.exists()) {
            let detail = "the stop file is still there, and would stop everything again: remove it first";
            return Err(Problem::new(StatusCode::CONFLICT, "stop_file", detail));
        }
        let store = store(&web)?;
        let tenant = tenant(store, request.tenant.as_deref(), &may).await?;
        let ended = store.stop_end(tenant, request.scope, &by.who, &by.reason).await;
        Ok(Json(ended.map_err(away)?))
    };
    resumed
        .await
        .map_or_else(IntoResponse::into_response, IntoResponse::into_response)
}

async fn tenant(store: &Store, name: Option<&str>, may: &May<Operate>) -> Result<Option<TenantId>, Problem> {
    let Some(name) = name else {
        may.of_all()?;
        return Ok(None);
    };
    if let Some(only) = may.identity.only.as_deref().filter(|only| *only != name) {
        return Err(access::beyond(only));
    }
    let found = store.tenant_find(name).await.map_err(away)?;
    found
        .map(Some)
        .ok_or_else(|| bad(format!("there is no tenant `{}`", said(name, 100))))
}

fn store(web: &Web) -> Result<&Store, Problem> {
    web.0.inbox.store().ok_or_else(|| {
        let detail = "this process has no database";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail)
    })
}

fn bad(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail)
}

/// Without Postgres nothing is called either.
fn away(error: StoreError) -> Problem {
    tracing::warn!(
        error = crate::store::chain(&error),
        "the stop switch cannot be written"
    );
    let detail =
        "the database is not available: nothing was changed, and nothing is called without it; try again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after_s(1)
}

#[cfg(test)]
mod tests {
    use crate::web::testing::TestServer;

    async fn post(server: &TestServer, path: &str, headers: &str, body: &str) -> u16 {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n{headers}\r\n{body}"
        );
        server.exchange(request.as_bytes()).await.status
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_stop_is_said_and_no_page_or_proxy_may_send_one() {
        let server = TestServer::start(|_, _| ()).await;
        for (body, status) in [
            (r#"{"by": "anna", "reason": " "}"#, 400),
            (r#"{"by": "gate", "reason": "x"}"#, 400),
            (r#"{"by": "anna"}"#, 400),
            (r#"{"by": "anna", "reason": "x", "scope": "release-all"}"#, 400),
            (r#"{"by": "anna", "reason": "x", "sccope": "new"}"#, 400),
            // The rest is the store's, which this server has not.
            (r#"{"by": "anna", "reason": "x", "scope": "freeze"}"#, 503),
        ] {
            assert_eq!(post(&server, "/v1/stop", "", body).await, status, "{body}");
        }
        let body = r#"{"by": "anna", "reason": "x"}"#;
        for header in ["origin: https://evil.example", "x-forwarded-for: 203.0.113.9"] {
            for path in ["/v1/stop", "/v1/resume"] {
                assert_eq!(post(&server, path, &format!("{header}\r\n"), body).await, 403);
            }
        }
    }
}
