//! Playbook files become the active set, at the start and while the daemon runs: on SIGHUP, on `POST /-/reload`, and
//! when they change. Everything that can fail comes first; then one compare-and-swap in Postgres; a bad set changes
//! nothing and is told in the log, in metrics, in `quell status` and to whoever asked.
//!
//! [`rule`] says when files are proposed, [`watch`] when they have changed, [`load`] whether they can be used. Called by
//! [`crate::app`]. Only playbooks are reloaded: the rest of the configuration holds until the process ends.

pub mod load;
pub mod rule;
mod settle;
pub mod watch;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::clock::{self, Monotonic};
use crate::config::Config;
use crate::domain::tenant::TenantId;
use crate::lifecycle::Tasks;
use crate::store::{Store, StoreError};
use crate::web::reload::{Answer, Refused, Reloaded, Request, TenantSet};
use crate::worker::active_set::InForce;
use crate::worker::{FAREWELL, bounded, chain};
use load::{LoadError, Loaded};
use rule::Trigger;
use watch::{Seen, Watch};

/// Under this name files act in the record of activations.
pub const FILES: &str = "files";

/// How often a replica tells that it lives.
const BEAT: Duration = Duration::from_secs(15);
/// How long until the next try when Postgres is away.
const RETRY: Duration = Duration::from_millis(500);
/// The most of what is wrong that one log line and one row hold, bytes.
const TOLD: usize = 8 * 1024;

/// A tenant whose active set the files may become.
#[derive(Clone, Debug)]
pub struct Target {
    /// The tenant.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// What it judges by.
    pub in_force: Arc<InForce>,
}

/// The files, and what they may become.
pub struct Reloader {
    path: PathBuf,
    /// What of the configuration they are held against.
    around: load::Around,
    /// Host and directory: whose files these are, over restarts.
    replica: String,
    store: Store,
    targets: Vec<Target>,
    watch: Watch,
    /// The last good files.
    loaded: Option<Loaded>,
    /// What is wrong with the files now.
    failure: Option<String>,
    /// A look whose outcome Postgres could not take yet.
    pending: Option<(Trigger, &'static str)>,
    /// Some tenant's files wait for other replicas.
    waits: bool,
    /// Whether it was said that Postgres is away.
    said_away: bool,
}

/// What became of one look.
enum Outcome {
    Good(Reloaded),
    Bad(LoadError),
    /// Postgres is away. The tenants are those for which it was done before.
    Away(StoreError, Vec<TenantSet>),
}

impl Reloader {
    /// Prepares; reads nothing yet.
    pub fn new(config: &Config, host: &str, store: Store, targets: Vec<Target>) -> Self {
        let path = config.playbooks.clone();
        let directory = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
        Self {
            replica: format!("{host}:{}", directory.display()),
            watch: Watch::new(watch::Fingerprint::of(&path)),
            path,
            around: load::Around::of(config),
            store,
            targets,
            loaded: None,
            failure: None,
            pending: None,
            waits: false,
            said_away: false,
        }
    }

    /// The first look, once Postgres answers. Files that cannot be used do not keep the daemon from what is in force.
    ///
    /// # Errors
    /// The files cannot be used, and no set is in force in their place.
    pub async fn start(&mut self, stop: &CancellationToken) -> anyhow::Result<()> {
        loop {
            let error = match self.reload(Trigger::Start, "start").await {
                Outcome::Good(_) => return Ok(()),
                Outcome::Bad(error) => match self.all_have_sets().await {
                    Ok(true) => return Ok(()),
                    Ok(false) => anyhow::bail!(
                        "the playbooks cannot be used, and no set is in force in their place\n{}",
                        error.in_full()
                    ),
                    Err(error) => error,
                },
                Outcome::Away(error, _) => error,
            };
            if !error.is_unavailable() {
                return Err(error.into());
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(RETRY) => {}
            }
        }
    }

    /// Looks after the files until stopped.
    pub async fn run(mut self, tasks: Tasks, mut requests: mpsc::Receiver<Request>) {
        let (mut hangups, stop) = (tasks.reload(), tasks.soft());
        let mut next_look = Duration::ZERO;
        let mut beaten = Monotonic::now();
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                Ok(()) = hangups.changed() => {
                    tasks.reloading();
                    self.take(Trigger::Asked, "SIGHUP").await;
                    // Also of files that cannot be used: what was in force is.
                    tasks.ready();
                }
                Some(request) = requests.recv() => {
                    let outcome = self.asked("POST /-/reload").await;
                    // Who asked may have gone away.
                    drop(request.send(self.answer(outcome).await));
                }
                () = tokio::time::sleep(next_look) => {
                    next_look = self.look().await;
                    if beaten.elapsed() >= BEAT {
                        beaten = Monotonic::now();
                        self.beat().await;
                    }
                }
            }
        }
        for target in &self.targets {
            // Without it the others find out by themselves, a little later.
            let gone = self.store.files_gone(target.id, &self.replica);
            drop(tokio::time::timeout(FAREWELL, gone).await);
        }
    }

    /// Looks whether the files have changed; gives how long to wait before the next look.
    async fn look(&mut self) -> Duration {
        if let Some((trigger, why)) = self.pending.take() {
            self.take(trigger, why).await;
        }
        let (fingerprint, next) = watch::look(self.path.clone()).await;
        match self.watch.look(fingerprint) {
            Seen::Settled => self.take(Trigger::Changed, "change").await,
            // Whether they have come to rest is looked at soon, however many they are.
            Seen::Moving => return watch::EVERY,
            Seen::Same if self.waits && self.pending.is_none() => self.wait_on().await,
            Seen::Same => {}
        }
        next
    }

    /// Reloads for somebody who is told what came of it. What Postgres could not take is theirs to ask for again; what was to be
    /// done without them still is: an earlier look is tried again, and files that have changed are seen to have.
    async fn asked(&mut self, why: &'static str) -> Outcome {
        let (pending, watch) = (self.pending, self.watch.clone());
        let outcome = self.reload(Trigger::Asked, why).await;
        if let Outcome::Away(..) = outcome {
            (self.pending, self.watch) = (pending, watch);
        }
        outcome
    }

    /// Reloads; what Postgres could not take is tried again.
    async fn take(&mut self, trigger: Trigger, why: &'static str) {
        if let Outcome::Away(..) = self.reload(trigger, why).await {
            self.pending = Some((trigger, why));
        }
    }

    /// Everything fallible, then one compare-and-swap for each tenant.
    async fn reload(&mut self, trigger: Trigger, why: &'static str) -> Outcome {
        // An earlier look that Postgres could not take is overtaken by this one.
        self.pending = None;
        let known = self.loaded.as_ref().map(|loaded| Arc::clone(&loaded.set));
        let (fingerprint, loaded) = load::load_aside(self.path.clone(), self.around.clone(), known).await;
        self.watch.taken(fingerprint);
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(error) => return self.failed(error).await,
        };
        self.loaded = Some(loaded.clone());
        let mut tenants = Vec::new();
        match self.settle_all(&loaded, trigger, why, &mut tenants).await {
            Ok(Ok(())) => {
                self.succeeded(&loaded);
                Outcome::Good(Reloaded {
                    tenants,
                    warnings: loaded.warnings.iter().cloned().collect(),
                })
            }
            Ok(Err(error)) => self.failed(error).await,
            Err(error) => {
                if !std::mem::replace(&mut self.said_away, true) {
                    let error = chain(&error);
                    tracing::warn!(error, "the playbook files are waiting for postgres");
                }
                metrics::counter!("quell_playbooks_reloads_total", "outcome" => "unavailable").increment(1);
                Outcome::Away(error, tenants)
            }
        }
    }

    /// The files of this replica wait for other replicas: has their time come?
    async fn wait_on(&mut self) {
        let Some(loaded) = self.loaded.clone() else { return };
        for target in self.targets.clone() {
            let look = self.store.files_look(target.id, &self.replica, loaded.set.hash());
            if !bounded(look).await.is_ok_and(|look| !look.is_held_by_another) {
                return;
            }
        }
        self.take(Trigger::Start, "start").await;
    }

    fn succeeded(&mut self, loaded: &Loaded) {
        if std::mem::take(&mut self.said_away) {
            tracing::info!("the playbook files are looked after again");
        }
        if self.failure.take().is_some() {
            tracing::info!("the playbook files can be used again");
        }
        if !loaded.warnings.is_empty() {
            let warnings = cut(&loaded.warnings.render(false));
            tracing::warn!(warnings, "the playbooks have warnings");
        }
        metrics::counter!("quell_playbooks_reloads_total", "outcome" => "good").increment(1);
        metrics::gauge!("quell_playbooks_last_reload_success").set(1.0);
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit")]
        metrics::gauge!("quell_playbooks_last_reload_success_timestamp_seconds")
            .set(clock::now().as_second() as f64);
    }

    /// Tells everybody, once for each time that the files were looked at.
    async fn failed(&mut self, error: LoadError) -> Outcome {
        let told = cut(&error.in_full());
        tracing::error!(
            error = told,
            "the playbook files cannot be used: what is in force stays in force"
        );
        metrics::counter!("quell_playbooks_reloads_total", "outcome" => "bad").increment(1);
        metrics::counter!("quell_playbooks_reload_failures_total").increment(1);
        metrics::gauge!("quell_playbooks_last_reload_success").set(0.0);
        self.failure = Some(cut(&error.to_string()));
        self.waits = false;
        self.beat().await;
        Outcome::Bad(error)
    }

    /// Tells the others, and `quell status`, that this replica lives, and what is wrong with its files. What Postgres
    /// does not take now comes with the next beat.
    async fn beat(&self) {
        for target in &self.targets {
            let failure = self.failure.as_deref();
            let beat = self.store.files_beat(target.id, &self.replica, failure);
            if let Err(error) = bounded(beat).await {
                tracing::debug!(
                    error = chain(&error),
                    "the heartbeat of the playbook files was missed"
                );
            }
        }
    }

    async fn answer(&self, outcome: Outcome) -> Answer {
        let error = match outcome {
            Outcome::Good(reloaded) => return Answer::Good(reloaded),
            Outcome::Away(_, tenants) => return Answer::Unavailable(tenants),
            Outcome::Bad(error) => error,
        };
        let mut tenants = Vec::new();
        for target in &self.targets {
            // Only what is known for sure is told.
            tenants.extend(self.in_force(target, false).await.ok());
        }
        Answer::Bad(Refused {
            status: 422,
            title: "the playbook files cannot be used, and what is in force stays in force",
            reason: error.reason(),
            detail: error.to_string(),
            diagnostics: error.diagnostics(),
            tenants,
        })
    }
}

fn cut(text: &str) -> String {
    match (0..=TOLD).rev().find(|at| text.is_char_boundary(*at)) {
        Some(at) if text.len() > TOLD => format!("{}…", &text[..at]),
        _ => text.trim_end().to_owned(),
    }
}
