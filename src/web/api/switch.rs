//! `POST /v1/stop` and `/v1/resume`: the stop switch for programs. `POST /v1/reload`: the playbook files, read again.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::writing::{VIA, WriteParameters, Writing, written};
use crate::desk::Refused;
use crate::desk::stop::{self, Order};
use crate::domain::person::said;
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::{ResumeOrder, Resumed, StopView, Store};
use crate::web::Web;
use crate::web::answer::Problem;
use crate::web::may::{Administer, May, Operate};
use crate::web::reload::{Reloaded, note, reloaded};

/// What to stop.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct StopRequest {
    /// Why, for whoever finds everything stopped
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// What is stopped [default: new]
    scope: Option<StopScope>,
    /// With the scope `release-all`: what began since then is released
    since: Option<Timestamp>,
    /// Only this tenant [default: every tenant]
    tenant: Option<String>,
}

/// What to end.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ResumeRequest {
    /// Why it is safe to go on
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
    /// Only stops of this scope
    scope: Option<StopScope>,
    /// The stops of this tenant [default: those that were given for all tenants, or whatever `stops` names]
    tenant: Option<String>,
    /// Only these, by id: what began since you looked stays. One that was given for all tenants ends for all, by its id of any tenant
    stops: Option<Vec<Uuid>>,
}

/// Stop: no restriction begins or leaves any more, at once and on every replica; releases go on
///
/// It holds for every tenant unless one is named, over restarts, and until a person resumes. It needs no `Idempotency-Key` and looks
/// at none: the same stop by the same person, sent again while it is in force, begins no second one. Answers with the stops that are
/// in force by it.
#[utoipa::path(post, path = "/v1/stop", tag = "stop", request_body = StopRequest, responses(
    (status = 200, body = Vec<StopView>),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(in crate::web) async fn stop(
    may: May<Operate>,
    State(web): State<Web>,
    writing: Writing<StopRequest>,
) -> Result<Response, Problem> {
    let body = writing.body;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let mut order = Order {
        tenant: None,
        scope: body.scope.unwrap_or(StopScope::New),
        since: body.since,
    };
    order.check()?;
    let store = store(&web)?;
    order.tenant = tenant(store, body.tenant.as_deref(), &may).await?;
    let as_whom = by.clone();
    // Never by its key: a reservation that somebody died with would keep a stop waiting, an answer that was kept would be given after
    // a resume, with nothing stopped. It is once by what it orders.
    written(None, (store, order.tenant, &as_whom), |store| async move {
        Ok(stop::give(&store, &order, &by).await?)
    })
    .await
}

/// Resume: end what a stop or the stop file began
///
/// Answers with the stops that ended, and those that are left. Where no such stop is in force nothing is changed (`not_stopped`).
#[utoipa::path(post, path = "/v1/resume", tag = "stop", params(WriteParameters), request_body = ResumeRequest, responses(
    (status = 200, body = Resumed),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(in crate::web) async fn resume(
    may: May<Operate>,
    State(web): State<Web>,
    writing: Writing<ResumeRequest>,
) -> Result<Response, Problem> {
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let store = store(&web)?;
    let (tenant, scope, named) = (
        tenant(store, body.tenant.as_deref(), &may).await?,
        body.scope,
        body.stops,
    );
    // Whoever is one tenant's alone ends what was given for that one: not what holds for all.
    let only = may.identity.only.clone();
    if only.is_some() {
        let is_named = |stop: &StopView| named.as_ref().is_none_or(|named| named.contains(&stop.id));
        let meant = |stop: &StopView| {
            stop.everywhere && is_named(stop) && scope.is_none_or(|scope| stop.scope == scope)
        };
        if store.stops(tenant, None).await?.iter().any(meant) {
            may.of_all()?;
        }
    }
    let (as_whom, file) = (by.clone(), web.0.options.stop_file.clone());
    written(key, (store, tenant, &as_whom), |store| async move {
        let which = ResumeOrder {
            tenant,
            scope,
            stops: named.as_deref(),
            own_only: only.is_some(),
        };
        let mut resumed = stop::end(&store, file.as_deref(), which, &by).await?;
        resumed
            .left
            .retain(|stop| only.as_ref().is_none_or(|only| stop.tenant == *only));
        if resumed.ended.is_empty() {
            let detail = match resumed.left.len() {
                0 => "nothing is stopped".to_owned(),
                n => format!("no such stop is in force; {n} others are, see `answer`"),
            };
            return Err(Problem::refused(Refused::NotStopped, detail).answer(&resumed));
        }
        Ok(resumed)
    })
    .await
}

/// Why the files are read again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ReloadRequest {
    /// Why, for the audit
    reason: String,
    /// Who, where nobody is known by name
    by: Option<String>,
}

/// Read the playbook files of this process again, and put them in force
///
/// Files that are wrong change nothing: `answer` says what is wrong with them.
#[utoipa::path(post, path = "/v1/reload", tag = "playbooks", params(WriteParameters), request_body = ReloadRequest, responses(
    (status = 200, body = Reloaded),
    (status = "default", body = Problem, content_type = "application/problem+json"),
))]
pub(in crate::web) async fn reload(
    may: May<Administer>,
    State(web): State<Web>,
    writing: Writing<ReloadRequest>,
) -> Result<Response, Problem> {
    // The files are those of all tenants.
    may.of_all()?;
    let Writing { body, key, .. } = writing;
    let by = may.by(body.by.as_deref(), &body.reason, VIA)?;
    let (whole, as_whom) = (web.clone(), by.clone());
    // The note is no effect that may not come twice: a reload that cannot be done now is asked for again with the same key.
    let noting = store(&web)?.clone();
    written(key, (store(&web)?, None, &as_whom), |_| async move {
        note(&noting, &whole, &by).await?;
        Ok(reloaded(&whole).await?)
    })
    .await
}

/// Whose; nobody named: all tenants', which whoever is one tenant's alone may not mean.
async fn tenant(store: &Store, name: Option<&str>, may: &May<Operate>) -> Result<Option<TenantId>, Problem> {
    let Some(name) = name else {
        may.of_all()?;
        return Ok(None);
    };
    may.of(name)?;
    store.tenant_find(name).await?.map(Some).ok_or_else(|| {
        let detail = format!("there is no tenant `{}`", said(name, 100));
        Problem::new(StatusCode::BAD_REQUEST, "bad_request", detail)
    })
}

fn store(web: &Web) -> Result<&Store, Problem> {
    web.0.inbox.store().ok_or_else(|| {
        let detail = "this process has no database";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail)
    })
}

#[cfg(test)]
mod tests {
    use crate::web::api::writing::BODY_LIMIT;
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

    #[tokio::test]
    async fn a_write_that_cannot_be_read_is_told_why_as_a_problem_document() {
        let server = TestServer::start(|_, _| ()).await;
        let json = "content-type: application/json\r\n";
        let good = r#"{"by": "anna", "reason": "x"}"#.to_owned();
        let large = format!(r#"{{"by": "anna", "reason": "{}"}}"#, "x".repeat(BODY_LIMIT));
        for (headers, body, status, reason) in [
            ("", &good, 400, "bad_request"),
            ("content-type: text/plain\r\n", &good, 400, "bad_request"),
            (json, &"{".to_owned(), 400, "bad_request"),
            (json, &large, 413, "body_too_large"),
            (
                format!("{json}idempotency-key: a b\r\n").as_str(),
                &good,
                400,
                "bad_header",
            ),
            (
                format!("{json}idempotency-key: a\r\nidempotency-key: b\r\n").as_str(),
                &good,
                400,
                "bad_header",
            ),
            (
                format!("{json}if-match: \"1\"\r\n").as_str(),
                &good,
                400,
                "if_match_unused",
            ),
        ] {
            let got = server.post_to("/v1/stop", headers, body.as_bytes()).await;
            let told = got.json();
            assert_eq!(
                (got.status, &told["reason"]),
                (status, &reason.into()),
                "{headers} {told}"
            );
            assert!(
                got.head.contains("content-type: application/problem+json"),
                "{got:?}"
            );
            assert_eq!(told["type"], format!("urn:quell:problem:{reason}"));
        }
    }
}
