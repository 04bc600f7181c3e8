//! HTTP: the intake webhook, health, metrics. [`crate::app`] binds the listener, calls [`serve`], builds the [`Web`] and opens
//! the [`Door`] to it.
//!
//! | route | what |
//! |---|---|
//! | `POST /v1/events` | takes alerts; 202 after their commit ([`answer`]) |
//! | `POST /v1/events/SOURCE` | the same for a configured source, whose senders show who they are ([`Proof`]) |
//! | `/v1/…` | what operators see and do ([`api`]); `/v1/openapi.json` documents it |
//! | `/login`, `/logout` | how people come in and go at the console ([`access`]) |
//! | `/`, `/devices`, … | the same for people ([`console`]) |
//! | `POST /-/reload` | reads the playbook files again ([`reload`]) |
//! | `GET /livez` | the process runs, and no loop of it is stuck |
//! | `GET /readyz` | Postgres answers and its migrations are current |
//! | `GET /metrics` | Prometheus' text format |
//!
//! Until Postgres has answered once, `/livez` and `/readyz` are all that is served ([`Door`]).
//!
//! Nothing here decides or calls Defender, and readiness never depends on Defender. A request is acknowledged only
//! after the transaction that stored its events; a client that got no answer sends again and hears `duplicate`.

mod access;
pub mod answer;
mod api;
mod console;
mod door;
mod events;
mod health;
mod held;
mod inbox;
mod keys;
mod listen;
#[cfg(test)]
mod listen_tests;
mod may;
mod patient;
mod peer;
mod proof;
mod receive;
pub mod reload;
mod source;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod tls;
#[cfg(test)]
mod webhook_tests;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::{get, post};
use secrecy::SecretString;
use tokio::sync::{Notify, Semaphore};

pub use access::{Access, Oidc, OidcOptions, ProxyHeaders, RoleRule, Whom};
pub use door::Door;
pub use health::{Look, Stuck};
pub use keys::KeyFile;
pub use listen::{Bounds, serve, serve_socket};
pub use peer::{Network, can_be_named};
pub use proof::Proof;
pub use source::Source;
pub use tls::{Tls, TlsError, TlsFiles};

use crate::desk::Desk;
use crate::domain::device::DeviceIdRule;
use crate::domain::tenant::TenantId;
use crate::domain::trust::Trust;
use crate::intake::Reader;
use crate::limiter::SourceRate;
use crate::store::Store;

/// How many bytes of bodies are held at once, over all connections; one of the largest and half of another fit whatever that is.
/// Once for those whose senders have shown who they are, and once for those whose senders can show it only by the whole body: whoever
/// has no key takes nothing from those who have.
const HELD_BYTES: usize = 12 * 1024 * 1024;

/// So much of each body is held beside that, so that a genuine alert passes while strangers hold all the rest.
const UNCOUNTED_BYTES: usize = 16 * 1024;

/// No more of a stranger's body is set aside before it has come.
const STRANGERS_AHEAD: usize = 1024 * 1024;

/// What the webhook needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whose events these are.
    pub tenant: TenantId,
    /// The name of this source in tables and logs.
    pub source: String,
    /// How the bodies are read.
    pub reader: Reader,
    /// The largest body of a request, bytes.
    pub body_limit: usize,
    /// How long the body of a request may take to arrive.
    pub body_timeout: Duration,
    /// The most requests with events worked on at once; each holds up to `body_limit` bytes.
    pub max_concurrent: usize,
    /// When set, every `POST` of events needs `Authorization: Bearer` with this token.
    pub token: Option<SecretString>,
    /// When set, whoever shows this one is an operator ([`access`]).
    pub operator_token: Option<SecretString>,
    /// How operators show who they are, beside that, and what they may.
    pub access: Access,
    /// Whose connections bring others' requests: who asks is what they say in the headers of `access`.
    pub trusted_proxies: Vec<Network>,
    /// While this file is there nothing resumes.
    pub stop_file: Option<PathBuf>,
    /// What the events of this source may lead to.
    pub trust: Trust,
    /// How many of them may act; what is beyond asks.
    pub rate: Option<SourceRate>,
    /// Where requests to reload go; `None`: nothing can be reloaded.
    pub reload: Option<reload::Requests>,
    /// Rung when events were stored, so that whoever decides in this process need not wait for Postgres to tell it.
    pub stored: Arc<Notify>,
    /// The configured sources, beside this one.
    pub sources: Vec<Arc<Source>>,
    /// The desk of each tenant, the first one's first.
    pub desks: Vec<Desk>,
    /// Which loops are stuck, in words.
    pub stuck: Stuck,
    /// What the last look at whether this process can take events has found; none: nobody has looked yet.
    pub look: Option<Look>,
}

impl Options {
    /// The defaults: 8 MiB, 30 s, 10,000 records, 16 requests at once, no token, source `webhook`.
    pub fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            source: "webhook".to_owned(),
            reader: Reader::new(DeviceIdRule::default()),
            body_limit: 8 * 1024 * 1024,
            body_timeout: Duration::from_secs(30),
            max_concurrent: 16,
            token: None,
            operator_token: None,
            access: Access::default(),
            trusted_proxies: Vec::new(),
            stop_file: None,
            trust: Trust::Act,
            rate: None,
            reload: None,
            stored: Arc::default(),
            sources: Vec::new(),
            desks: Vec::new(),
            stuck: Stuck::default(),
            look: None,
        }
    }
}

/// Writes all metrics of the process in Prometheus' text format.
type Render = Box<dyn Fn() -> String + Send + Sync>;

/// What the handlers share; cheap to clone.
#[derive(Clone)]
pub struct Web(Arc<Shared>);

struct Shared {
    options: Options,
    inbox: inbox::Inbox,
    metrics: Render,
    own: Arc<Source>,
    sources: HashMap<String, Arc<Source>>,
    requests: Semaphore,
    held: held::Held,
    unproven: held::Held,
    ready: health::Cached,
    refusals: access::Refusals,
    lookups: access::Lookups,
    listeners: console::Listeners,
}

impl Web {
    /// Puts it together; nothing is connected or bound yet. `metrics` writes the metrics in Prometheus' text format.
    pub fn new(options: Options, store: Store, metrics: impl Fn() -> String + Send + Sync + 'static) -> Self {
        Self::with_inbox(options, inbox::Inbox::Store(store), Box::new(metrics))
    }

    fn with_inbox(mut options: Options, inbox: inbox::Inbox, metrics: Render) -> Self {
        let look = options.look.take();
        let requests = Semaphore::new(options.max_concurrent);
        let sources = options.sources.iter();
        let most = HELD_BYTES.max(options.body_limit.saturating_add(options.body_limit / 2));
        let held = held::Held::at_most(most).uncounted(UNCOUNTED_BYTES);
        // One of the largest: strangers share it.
        let unproven = held::Held::at_most(options.body_limit).uncounted(UNCOUNTED_BYTES);
        Self(Arc::new(Shared {
            own: Arc::new(Source::own(&options)),
            sources: sources
                .map(|source| (source.name.clone(), Arc::clone(source)))
                .collect(),
            held,
            unproven: unproven.ahead(STRANGERS_AHEAD),
            options,
            inbox,
            metrics,
            requests,
            ready: health::Cached::of(look),
            refusals: access::Refusals::default(),
            lookups: access::Lookups::default(),
            listeners: console::Listeners::default(),
        }))
    }
}

/// The document of the API as JSON, as docs/reference has it.
pub fn openapi() -> String {
    api::openapi()
}

/// Makes ready what [`router`] needs and what takes time, while whoever starts waits for something else.
pub fn prepare() {
    api::prepare();
}

/// All routes.
pub fn router(web: Web) -> Router {
    Router::new()
        .route("/v1/events", post(events::take))
        .route("/v1/events/{source}", post(events::take_of))
        .route("/-/reload", post(reload::reload))
        .route("/livez", get(health::livez))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .merge(api::router())
        .merge(access::routes())
        .merge(console::router())
        .fallback(|| async {
            answer::Problem::new(StatusCode::NOT_FOUND, "not_found", "there is no such path")
        })
        .method_not_allowed_fallback(|| async {
            let detail = "this path does not take this method: see the `Allow` header";
            answer::Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
        .layer(middleware::from_fn(access::said))
        .layer(middleware::from_fn(count))
        .with_state(web)
}

/// Counts every answer. Paths without a route count as one, so that nobody can fill the metrics with names.
async fn count(matched: Option<MatchedPath>, request: Request, next: Next) -> Response {
    let route = matched.map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("quell_http_requests_total", "route" => route, "status" => status).increment(1);
    response
}
