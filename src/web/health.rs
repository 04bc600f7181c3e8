//! `GET /livez`, `/readyz`, `/metrics`.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::Mutex;

use crate::clock::Monotonic;
use crate::store::Store;
use crate::web::Web;
use crate::web::inbox::Inbox;

/// How long a verdict on readiness is told again before Postgres is asked anew.
const FRESH: Duration = Duration::from_secs(1);

/// The last verdict on readiness, and when it was made.
#[derive(Debug, Default)]
pub(super) struct Cached(Mutex<Option<(Monotonic, Verdict)>>);

/// Ready, with what is said beside; or why not.
type Verdict = Result<Vec<String>, String>;

impl Cached {
    /// What a look has just found is told again like every other.
    pub(super) fn of(look: Option<Look>) -> Self {
        Self(Mutex::new(look.map(|Look(at, verdict)| (at, verdict))))
    }
}

/// A look at whether this process can take events.
#[derive(Clone, Debug)]
pub struct Look(Monotonic, Verdict);

impl Look {
    /// Looks. A daemon that starts does it beside what it has to do first, so that the first who asks for `/readyz` waits for nothing.
    pub async fn at(store: &Store) -> Self {
        Self::into(&Inbox::Store(store.clone())).await
    }

    async fn into(inbox: &Inbox) -> Self {
        let verdict = match inbox.ready().await {
            Ok(()) => Ok(inbox.notes().await),
            Err(reason) => Err(reason),
        };
        Self(Monotonic::now(), verdict)
    }
}

/// Says what of the process is stuck, in words; by default nothing ever is.
#[derive(Clone)]
pub struct Stuck(Arc<dyn Fn() -> Vec<String> + Send + Sync>);

impl Stuck {
    /// What is asked.
    pub fn by(ask: impl Fn() -> Vec<String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }
}

impl Default for Stuck {
    fn default() -> Self {
        Self::by(Vec::new)
    }
}

impl fmt::Debug for Stuck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Stuck").field(&(self.0)()).finish()
    }
}

/// The process runs and answers, and none of its loops is stuck: no new start would mend what else may be amiss.
pub(super) async fn livez(State(web): State<Web>) -> Response {
    alive(&web.0.options.stuck)
}

/// What `/livez` answers.
pub(super) fn alive(stuck: &Stuck) -> Response {
    let stuck = (stuck.0)();
    match stuck.is_empty() {
        true => "alive\n".into_response(),
        false => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("stuck: {}\n", stuck.join(", ")),
        )
            .into_response(),
    }
}

/// Whether this process can take events: Postgres answers and its migrations are current. Defender does not count, or an
/// outage there would make us refuse the events that must wait for its end. Nor do a stop in force or an audit that waits for its
/// seal, which are said after the word.
pub(super) async fn readyz(State(web): State<Web>) -> Response {
    // Whoever comes while Postgres is being asked waits for that answer.
    let mut cached = web.0.ready.0.lock().await;
    let verdict = match &*cached {
        Some((at, verdict)) if at.elapsed() < FRESH => verdict.clone(),
        _ => {
            let Look(at, verdict) = Look::into(&web.0.inbox).await;
            *cached = Some((at, verdict.clone()));
            verdict
        }
    };
    match verdict {
        Ok(notes) => {
            let notes: String = notes.iter().map(|note| format!("{note}\n")).collect();
            format!("ready\n{notes}").into_response()
        }
        Err(reason) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {reason}\n")).into_response(),
    }
}

/// All metrics of the process in Prometheus' text format.
pub(super) async fn metrics(State(web): State<Web>) -> impl IntoResponse {
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        (web.0.metrics)(),
    )
}
