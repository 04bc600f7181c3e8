//! `POST /-/reload`: asks this process to read its playbook files again, and answers with what came of it. The work is
//! [`crate::app`]'s, which holds the other end of the channel.
//!
//! Who may: with a token configured, whoever shows it; without one, this machine alone, and neither through a proxy nor
//! from a web page.

use std::net::SocketAddr;

use axum::Json;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use crate::web::answer::Problem;
use crate::web::{Web, events};
use crate::yaml::Diagnostic;

/// A request to reload, with the place for its answer.
pub type Request = oneshot::Sender<Answer>;

/// Where requests to reload go.
pub type Requests = mpsc::Sender<Request>;

/// What came of a reload.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The files are good.
    Good(Reloaded),
    /// The files cannot be used, and nothing was changed.
    Bad(Refused),
    /// Postgres is away: the files are good as far as is known, and nothing was changed.
    Unavailable,
}

/// A reload of good files.
#[derive(Clone, Debug, Serialize)]
pub struct Reloaded {
    /// What became of them, for each tenant.
    pub tenants: Vec<TenantSet>,
    /// What is worth a look in the files.
    pub warnings: Vec<Diagnostic>,
}

/// What is in force for a tenant.
#[derive(Clone, Debug, Serialize)]
pub struct TenantSet {
    /// Its name.
    pub tenant: String,
    /// Whether this reload put another set in force.
    pub is_changed: bool,
    /// The version in force; absent: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// The hash over the revisions in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hash: Option<String>,
}

/// Why files cannot be used (RFC 9457).
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// Always 422.
    pub status: u16,
    /// What kind of problem it is, in words.
    pub title: &'static str,
    /// Its stable name.
    pub reason: &'static str,
    /// What is wrong, in words.
    pub detail: String,
    /// Everything that is wrong with any of the files.
    pub diagnostics: Vec<Diagnostic>,
    /// What stays in force.
    pub tenants: Vec<TenantSet>,
}

/// The handler.
pub(super) async fn reload(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let options = &web.0.options;
    let allowed = match &options.token {
        Some(token) => events::authorize(&headers, Some(token)),
        None => from_here(peer, &headers),
    };
    if let Err(problem) = allowed {
        return problem.into_response();
    }
    match ask(options.reload.as_ref()).await {
        Some(Answer::Good(reloaded)) => Json(reloaded).into_response(),
        Some(Answer::Bad(refused)) => {
            let media = [(header::CONTENT_TYPE, "application/problem+json")];
            (StatusCode::UNPROCESSABLE_ENTITY, media, Json(refused)).into_response()
        }
        Some(Answer::Unavailable) => {
            let detail = "the database is not available and nothing was changed: try again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail)
                .retry_after_s(5)
                .into_response()
        }
        None => {
            let detail = "nothing reloads in this process now: it starts or stops, or reloads already";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_reloading", detail)
                .retry_after_s(1)
                .into_response()
        }
    }
}

async fn ask(requests: Option<&Requests>) -> Option<Answer> {
    let (answer, answered) = oneshot::channel();
    requests?.try_send(answer).ok()?;
    answered.await.ok()
}

/// Only this machine. A proxy on it would speak for others, a web page for whoever made it.
fn from_here(peer: SocketAddr, headers: &HeaderMap) -> Result<(), Problem> {
    let forwarded = [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-real-ip",
        "via",
    ];
    let is_forwarded = forwarded.iter().any(|name| headers.contains_key(*name));
    let is_of_a_page = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    if peer.ip().to_canonical().is_loopback() && !is_forwarded && !is_of_a_page {
        return Ok(());
    }
    let detail = "without `http.token_file` only this machine may ask for a reload, and not through a proxy or a browser";
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail))
}
