//! `POST /-/reload`: asks this process to read its playbook files again, and answers with what came of it. The work is
//! [`crate::app`]'s, which holds the other end of the channel.
//!
//! Who may: see [`crate::web::may`].

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};
use utoipa::ToSchema;

use crate::domain::identity::Proven;
use crate::domain::person::By;
use crate::store::{Store, StoreError};
use crate::web::Web;
use crate::web::answer::Problem;
use crate::web::may::{Administer, May};
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
    /// Postgres is away: the files are good as far as is known. It was done for these tenants before, and for no other as far as is known.
    Unavailable(Vec<TenantSet>),
}

/// A reload of good files.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reloaded {
    /// What became of them, for each tenant.
    pub tenants: Vec<TenantSet>,
    /// What is worth a look in the files.
    #[schema(value_type = Vec<Object>)]
    pub warnings: Vec<Diagnostic>,
}

/// What is in force for a tenant.
#[derive(Clone, Debug, Serialize, ToSchema)]
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

/// `POST /-/reload`, which takes no body. [`super::api`] has the one that takes a reason.
pub(super) async fn reload(may: May<Administer>, State(web): State<Web>) -> Response {
    // The files are those of all tenants.
    if let Err(problem) = may.of_all() {
        return problem.into_response();
    }
    if let Err(problem) = noted(&may, &web).await {
        return problem.into_response();
    }
    match reloaded(&web).await {
        Ok(reloaded) => Json(reloaded).into_response(),
        Err(Failure::Refused(refused)) => {
            let media = [(header::CONTENT_TYPE, "application/problem+json")];
            (StatusCode::UNPROCESSABLE_ENTITY, media, Json(refused)).into_response()
        }
        Err(Failure::Problem(problem)) => problem.into_response(),
    }
}

/// Here nobody gives a reason, and the way says who it is where no name does.
async fn noted(may: &May<Administer>, web: &Web) -> Result<(), Problem> {
    let Some(store) = web.0.inbox.store() else {
        return Ok(());
    };
    let identity = &may.identity;
    let unnamed = match identity.proven {
        Proven::Shared => "operators' token",
        _ => "this machine",
    };
    let by = By {
        who: identity.name.clone().unwrap_or_else(|| unnamed.to_owned()),
        reason: "POST /-/reload".to_owned(),
        via: "api",
        proven: identity.proven,
        groups: identity.groups.clone(),
    };
    note(store, web, &by).await
}

/// Writes into the audit of each tenant that somebody asks for it. It comes first, and where it cannot be written nothing is read: no
/// person's act is without its row. Nobody loses a reload by that, since the set in force is in the same Postgres.
///
/// # Errors
/// It cannot be written.
pub(super) async fn note(store: &Store, web: &Web, by: &By) -> Result<(), Problem> {
    let acting = store.acting(by);
    for desk in &web.0.options.desks {
        let noted = acting.note_reload(desk.tenant, &by.who, &by.reason).await;
        noted.map_err(unnoted)?;
    }
    Ok(())
}

/// Who asked for it could not be written down.
fn unnoted(error: StoreError) -> Problem {
    if !error.is_unavailable() {
        return Problem::from(error);
    }
    let detail = "the database is not available, so that who asks could not be written down: the files were not read, and nothing was \
                  changed. Files that have changed are taken by themselves once it answers; else try again";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after_s(5)
}

/// Why nothing was reloaded.
#[derive(Debug)]
pub(super) enum Failure {
    /// The files cannot be used.
    Refused(Refused),
    /// It could not be found out.
    Problem(Problem),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, refused.reason, &*refused.detail).answer(&refused)
            }
            Failure::Problem(problem) => problem,
        }
    }
}

/// Asks whoever reloads in this process, and waits for what comes of it.
pub(super) async fn reloaded(web: &Web) -> Result<Reloaded, Failure> {
    match ask(web.0.options.reload.as_ref()).await {
        Some(Answer::Good(reloaded)) => Ok(reloaded),
        Some(Answer::Bad(refused)) => Err(Failure::Refused(refused)),
        Some(Answer::Unavailable(done)) => Err(Failure::Problem(unavailable(&done))),
        None => {
            let detail = "nothing reloads in this process now: it starts or stops, or reloads already";
            let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_reloading", detail);
            Err(Failure::Problem(problem.retry_after_s(1)))
        }
    }
}

/// Postgres went away before it was done for all tenants.
fn unavailable(done: &[TenantSet]) -> Problem {
    let changed: Vec<String> = done
        .iter()
        .filter(|one| one.is_changed)
        .map(|one| format!("`{}`", one.tenant))
        .collect();
    let detail = match changed.as_slice() {
        [] => {
            "the database is not available, and as far as is known nothing was changed: try again".to_owned()
        }
        changed => format!(
            "the database is not available any more: the files are in force for {}, and not for the tenants after that: try again",
            changed.join(", ")
        ),
    };
    let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "store_unavailable", detail).retry_after_s(5);
    match done {
        [] => problem,
        done => problem.answer(&done),
    }
}

async fn ask(requests: Option<&Requests>) -> Option<Answer> {
    let (answer, answered) = oneshot::channel();
    requests?.try_send(answer).ok()?;
    answered.await.ok()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::web::testing::{Got, TestServer};

    /// A server whose reloads all end well, and how many there were.
    async fn server(token: Option<&str>) -> (TestServer, tokio::task::JoinHandle<usize>) {
        let (requests, mut received) = mpsc::channel::<Request>(1);
        let token = token.map(SecretString::from);
        let server = TestServer::start(|options, _| {
            options.reload = Some(requests);
            options.token = token;
        })
        .await;
        let good = || Reloaded {
            tenants: Vec::new(),
            warnings: Vec::new(),
        };
        #[expect(clippy::disallowed_methods, reason = "the test waits for it")]
        let answering = tokio::spawn(async move {
            let mut answered = 0;
            while let Some(request) = received.recv().await {
                answered += usize::from(request.send(Answer::Good(good())).is_ok());
            }
            answered
        });
        (server, answering)
    }

    async fn post(server: &TestServer, headers: &str) -> Got {
        let request = format!(
            "POST /-/reload HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 0\r\n{headers}\r\n"
        );
        server.exchange(request.as_bytes()).await
    }

    #[tokio::test]
    async fn without_a_token_this_machine_may_reload_and_nobody_through_it() {
        let (mut server, answering) = server(None).await;
        assert_eq!(post(&server, "").await.status, 200);
        for header in [
            "x-forwarded-for: 203.0.113.9",
            "forwarded: for=203.0.113.9",
            "x-real-ip: 203.0.113.9",
            "via: 1.1 proxy",
            "origin: https://evil.example",
            "sec-fetch-site: cross-site",
        ] {
            let got = post(&server, &format!("{header}\r\n")).await;
            assert_eq!(got.status, 403, "{header}: {got:?}");
        }
        server.tasks.shutdown().await;
        drop(server);
        assert_eq!(answering.await.expect("it does not panic"), 1);
    }

    #[tokio::test]
    async fn with_a_token_it_is_needed_on_this_machine_too() {
        let (server, _answering) = server(Some("s3cret")).await;
        assert_eq!(post(&server, "").await.status, 401);
        assert_eq!(post(&server, "authorization: Bearer wrong\r\n").await.status, 401);
        let right = "authorization: Bearer s3cret\r\n";
        assert_eq!(post(&server, right).await.status, 200);
        let through = "authorization: Bearer s3cret\r\nx-forwarded-for: 203.0.113.9\r\n";
        assert_eq!(post(&server, through).await.status, 403);
    }

    #[test]
    fn who_hears_that_postgres_is_away_hears_what_was_done_before() {
        let one = |tenant: &str, is_changed| TenantSet {
            tenant: tenant.to_owned(),
            is_changed,
            version: Some(7),
            hash: None,
        };
        let none = unavailable(&[]);
        assert!(none.detail.contains("nothing was changed"), "{}", none.detail);
        assert!(
            unavailable(&[one("contoso", false)])
                .detail
                .contains("nothing was changed")
        );
        let some = unavailable(&[one("contoso", true), one("fabrikam", false)]);
        assert!(
            some.detail.contains("in force for `contoso`, and not"),
            "{}",
            some.detail
        );
        let answer = some.answer.expect("it has what was done");
        assert_eq!(
            (&answer[0]["tenant"], &answer[0]["version"]),
            (&"contoso".into(), &7.into())
        );
    }

    #[tokio::test]
    async fn a_process_that_cannot_reload_now_says_so() {
        let server = TestServer::start(|_, _| ()).await;
        let got = post(&server, "").await;
        assert_eq!(
            (got.status, &got.json()["reason"]),
            (503, &"not_reloading".into())
        );
    }
}
