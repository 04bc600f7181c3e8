//! A Defender to practise against: the token endpoint, every machine action, machines, alerts and their lists, all rate
//! windows, duplicates, offline devices, portal actions and faults, on a loopback port.
//!
//! Used by `quell simulate`, `quell drill`, the demo and tests. It is a leaf: nothing of the daemon is imported here, so the two cannot
//! agree on a mistake. What it answers follows the public facts on the real service; each file says which.
//!
//! Time runs `scale` times faster here: windows and delays are divided by it, while time stamps, token life and reply
//! latency stay real. What is said in a 429 (the window in the message, `Retry-After`) is Defender's own, unscaled; a
//! client that lives faster divides it by its own time scale.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::DropGuard;

pub mod action;
pub mod alert;
mod api;
mod book;
mod clock;
mod connection;
mod control;
pub mod deed;
mod device;
mod fault;
mod hub;
pub mod journal;
mod odata;
pub mod options;
mod permission;
mod pipeline;
mod query;
mod quota;
mod reply;
pub mod report;
mod route;
pub mod rule;
pub mod scenario;
pub mod span;
pub mod switches;
mod token;
mod windows;

pub use action::Kind;
pub use deed::{Deed, Timed};
pub use options::{
    ALL_ROLES, BudgetScope, DeviceOverride, DuplicateMode, Faults, Fleet, GIVES_UP_AFTER, Options,
    QuotaDialect, RetryAfter, Window, WindowAlgorithm,
};
pub use report::{Invariant, Report};
pub use route::{Endpoint, Scope};
pub use rule::{FaultRule, RuleAnswer};
pub use scenario::Scenario;
pub use span::Span;
pub use token::entra::{Entra, User};
pub use windows::WindowUse;
#[cfg(test)]
pub(crate) use windows::{CallKind, Caller, Counts, Windows};

use connection::{Line, Socket};
use hub::Hub;

/// How long requests in flight may take to end when the simulator stops.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// A running simulator. Dropping it stops it too, without waiting.
#[derive(Debug)]
pub struct Simulator {
    addr: SocketAddr,
    hub: Arc<Hub>,
    server: JoinSet<()>,
    seen: AtomicU64,
    _stops_with_it: DropGuard,
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It takes any secret, so it may not be reached from elsewhere.
    #[error("the simulator listens on loopback addresses only, not on `{0}`")]
    NotLoopback(SocketAddr),
    /// A figure makes no sense.
    #[error("the simulator cannot run with {0}")]
    Senseless(String),
    /// The address cannot be had.
    #[error("the simulator cannot listen on `{addr}`")]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

impl Simulator {
    /// Starts a simulator and returns once it listens.
    ///
    /// # Errors
    /// The address is taken or not a loopback one, or the scale or a window makes no sense.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if !options.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(options.listen));
        }
        check(&options)?;
        let addr = options.listen;
        let listen = |source| StartError::Listen { addr, source };
        let listener = TcpListener::bind(addr).await.map_err(listen)?;
        let addr = listener.local_addr().map_err(listen)?;

        let timeline = options.timeline.clone();
        let hub = Arc::new(Hub::new(options, format!("http://{addr}")));
        deed::play(&hub, timeline);
        let service = Router::new()
            .fallback(pipeline::serve)
            .with_state(Arc::clone(&hub));
        let service = service.into_make_service_with_connect_info::<Line>();
        let stopping = hub.stopping.clone();
        let guard = stopping.clone().drop_guard();
        let mut server = JoinSet::new();
        server.spawn(async move {
            let served =
                axum::serve(Socket(listener), service).with_graceful_shutdown(stopping.cancelled_owned());
            if let Err(error) = served.await {
                tracing::error!(%error, "the simulator's listener failed");
            }
        });
        Ok(Self {
            addr,
            hub,
            server,
            seen: AtomicU64::new(0),
            _stops_with_it: guard,
        })
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The base URL of the API, to be put where `https://api.securitycenter.microsoft.com` stands.
    pub fn base_url(&self) -> String {
        self.hub.origin.clone()
    }

    /// The authority that issues tokens, to be put where `https://login.microsoftonline.com` stands.
    pub fn authority(&self) -> String {
        self.hub.origin.clone()
    }

    /// What was seen up to now.
    pub fn report(&self) -> Report {
        self.seen.store(self.hub.progress(), Ordering::Release);
        self.hub.report()
    }

    /// The requests seen so far, oldest first, as far as they are kept.
    pub fn journal(&self) -> Vec<journal::Entry> {
        self.hub.state().journal.entries()
    }

    /// Whether the device is restricted now.
    pub fn is_restricted(&self, device: &str) -> bool {
        let mut state = self.hub.state();
        state.book.settle(&self.hub.clock, self.hub.clock.now());
        state.book.is_restricted(device)
    }

    /// How the device is isolated now, if it is: `Full` or `Selective`.
    pub fn isolation(&self, device: &str) -> Option<String> {
        let mut state = self.hub.state();
        state.book.settle(&self.hub.clock, self.hub.clock.now());
        state.book.isolation(device)
    }

    /// The files that were quarantined on the device, by SHA-1.
    pub fn quarantined(&self, device: &str) -> Vec<String> {
        let mut state = self.hub.state();
        state.book.settle(&self.hub.clock, self.hub.clock.now());
        state.book.quarantined(device)
    }

    /// Everything that devices carried out so far, in order: how long after the start, which device, what, and whether it
    /// was asked for through the API.
    pub fn effects(&self) -> Vec<(Duration, String, Kind, bool)> {
        let mut state = self.hub.state();
        state.book.settle(&self.hub.clock, self.hub.clock.now());
        let effects = state.book.effects().iter();
        effects
            .map(|effect| {
                let at = self.hub.clock.since_start(effect.at);
                let by_api = effect.source == action::Source::PublicApi;
                (at, effect.device.clone(), effect.kind, by_api)
            })
            .collect()
    }

    /// How long it has been running, in real time.
    pub fn uptime(&self) -> Duration {
        self.hub.clock.since_start(self.hub.clock.now())
    }

    /// The token that its own pages ask for.
    pub fn control_token(&self) -> &str {
        &self.hub.control_token
    }

    /// Does something beside the calls of the client; says what came of it.
    ///
    /// # Errors
    /// The deed makes no sense, or the service refuses it.
    pub fn perform(&self, deed: Deed) -> Result<serde_json::Value, String> {
        deed::perform(&self.hub, deed)
    }

    /// Does each of these at its time, counted from now.
    pub fn play(&self, timeline: Vec<Timed>) {
        deed::play(&self.hub, timeline);
    }

    /// Changes what goes wrong from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.hub.state().faults = faults;
    }

    /// Makes every token issued so far worthless: the next call with one is answered 401.
    pub fn revoke_tokens(&self) {
        self.hub.state().tokens.revoke_all();
    }

    /// Somebody else begins an action in Defender's own console. Gives its id, or nothing when the service does not
    /// know the device or refuses a duplicate.
    pub fn act_by_other(&self, device: &str, kind: Kind) -> Option<String> {
        self.hub
            .act_by_other(device, kind, "by hand", action::Details::default())
    }

    /// A call of the API that was on its way for long (in a stopped process, or a queue of the service's own) is carried
    /// out now, with that comment. Gives its id, or nothing when the service does not know the device or refuses a duplicate.
    pub fn act_late(&self, device: &str, kind: Kind, comment: &str) -> Option<String> {
        self.hub.act_late(device, kind, comment)
    }

    /// Waits until something happened since the last [`Simulator::report`] or `changed`: a request came, or an action
    /// moved on. Nothing that happens between the two is missed. For one waiter at a time.
    pub async fn changed(&self) {
        let mut requests = self.hub.watch();
        loop {
            let progress = self.hub.progress();
            if self.seen.swap(progress, Ordering::AcqRel) != progress {
                return;
            }
            self.hub.next_move(&mut requests).await;
        }
    }

    /// Waits until a report satisfies a condition, and gives that report. For any number of waiters; wrap it in
    /// `tokio::time::timeout` for a deadline.
    pub async fn wait_until(&self, mut holds: impl FnMut(&Report) -> bool) -> Report {
        let mut requests = self.hub.watch();
        loop {
            let report = self.hub.report();
            if holds(&report) {
                return report;
            }
            self.hub.next_move(&mut requests).await;
        }
    }

    /// Stops it: no new connections, requests in flight are answered, at most for five seconds.
    pub async fn stop(mut self) {
        self.hub.stopping.cancel();
        if tokio::time::timeout(STOP_WITHIN, self.server.join_next())
            .await
            .is_err()
        {
            tracing::warn!("the simulator stopped with requests unanswered");
        }
    }
}

fn check(options: &Options) -> Result<(), StartError> {
    if !(0.001..=100_000.0).contains(&options.scale) {
        return Err(StartError::Senseless(format!("a scale of {}", options.scale)));
    }
    if let Some(window) = options
        .windows
        .iter()
        .find(|window| window.limit == 0 || window.per.is_zero())
    {
        return Err(StartError::Senseless(format!(
            "a window of {} calls in {:?}",
            window.limit, window.per
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
