//! Putting the daemon together: from a configuration to running tasks. Only this module and `cli` see the whole
//! configuration.

mod access;
mod disk;
pub mod playbook_files;
pub mod playbook_tests;
pub mod reload;
mod reread;
mod sources;
mod status;
pub mod tell;
mod tenant;
mod terms;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;

use crate::config::{Config, Loaded};
use crate::domain::source::SourceState;
use crate::domain::task::TaskLimit;
use crate::lifecycle::{Lifecycle, StopLimits};
use crate::playbook::PlaybookSet;
use crate::store::{MigrationState, Retention, Store, StoreError, StoreOptions};
use crate::telemetry::{self, Metrics, TraceOptions, Traces};
use crate::web;
use crate::worker::{self, pulse::Pulses};

pub use sources::{doubt_listener, judge_listener};
pub use terms::{client_options, clients, desk_of, gate_of, pacing_of};

/// Runs the daemon until it is told to stop.
///
/// # Errors
/// What keeps it from starting: the configuration, a secret, the address to listen on; a playbook, when no set is in
/// force yet.
pub async fn run(loaded: Loaded, migrate: bool) -> anyhow::Result<ExitCode> {
    let Loaded { config, warnings } = loaded;
    let traces = traces(&config)?;
    let repeats = telemetry::start_logs(&config.log, &traces)?;
    if !warnings.is_empty() {
        tracing::warn!(
            warnings = warnings.render(false),
            "the configuration has warnings"
        );
    }
    let metrics = Metrics::install()?;
    telemetry::catalog::describe();
    // Beside the waiting for Postgres.
    drop(tokio::task::spawn_blocking(web::prepare));
    let mut lifecycle = Lifecycle::of_process(StopLimits::default()).context("cannot listen to signals")?;
    let store = store(&config)?.guarded(terms::safety_of(&config));
    let listener = TcpListener::bind(config.http.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.http.listen))?;
    let socket = config.http.unix_socket.as_deref().map(access::bind).transpose()?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), listen = %listener.local_addr()?, mode = config.mode.as_str(),
        playbooks = %config.playbooks.display(), time_scale = config.time_scale, "quell starts");
    let token = config
        .http
        .token_file
        .as_ref()
        .map(|file| file.read())
        .transpose()?;
    let operator_token = config
        .http
        .operator_token_file
        .as_ref()
        .map(|file| file.read())
        .transpose()?;
    let tls = sources::tls(&config)?;
    let config = Arc::new(config);
    let clients = terms::clients(&config)?;
    let tasks = lifecycle.tasks();
    let pulses = Pulses::default();
    let watched = pulses.clone();
    lifecycle.watch(move || watched.stuck());
    let start = tenant::Start {
        states: config.sources.iter().map(|_| SourceState::default()).collect(),
        config,
        store: store.clone(),
        clients,
        tasks: tasks.clone(),
        pulses,
    };
    tasks.spawn(
        "start",
        start.run(
            migrate,
            (listener, socket),
            (metrics, repeats.clone()),
            (token, operator_token),
            tls,
        ),
    );
    tasks.spawn("traces", traces.run(tasks.soft()));
    let outcome = lifecycle.run().await;
    // Bounded: a connection that hangs must not hold up the end of the process.
    let _ = tokio::time::timeout(Duration::from_secs(2), store.close()).await;
    repeats.tell_all();
    tracing::info!(outcome = ?outcome, "quell has stopped");
    Ok(outcome.exit_code())
}

/// Where traces go; nowhere, unless a collector is configured.
fn traces(config: &Config) -> anyhow::Result<Traces> {
    let Some(otlp) = &config.otlp else {
        return Ok(Traces::default());
    };
    let headers = otlp.headers_file.as_ref().map(|file| file.read()).transpose()?;
    let options = TraceOptions {
        endpoint: otlp.endpoint.clone(),
        headers,
        sample_percent: otlp.sample_percent,
    };
    Ok(Traces::to(&options)?)
}

/// How long the configuration lets everything be kept.
pub fn retention(config: &Config) -> Retention {
    let its = &config.retention;
    Retention {
        events: its.events,
        decisions: its.decisions,
        alerts: its.alerts,
        dead_letters: its.dead_letters,
        notifications: its.notifications,
    }
}

/// The store of a configuration; nothing is connected yet.
///
/// # Errors
/// The database's secret cannot be read, or its URL not be understood.
pub fn store(config: &Config) -> anyhow::Result<Store> {
    let url = config.database.address.url()?;
    let retry = &config.retry;
    let retry_delays = worker::retry::delays(retry.max, retry.initial, retry.cap)
        .into_iter()
        .map(|d| config.scaled(d))
        .collect();
    let validity = config.scaled(config.validity);
    let max_connections = config.database.max_connections;
    let (tasks, settle) = config.tasks;
    let tasks = TaskLimit {
        per: config.scaled(tasks.per),
        ..tasks
    };
    Store::new(&StoreOptions {
        url,
        max_connections,
        validity,
        retry_delays,
        retry_cap: config.scaled(retry.cap),
    })
    .map(|store| store.with_tasks(tasks, config.scaled(settle)))
    .context("`database.url` is not a Postgres URL such as `postgres://user@host/database`")
}

/// The configured playbooks, for commands that try something out with them.
///
/// # Errors
/// A file cannot be read, or a playbook is wrong: the message holds every error of every file.
pub fn playbooks(config: &Config) -> anyhow::Result<Arc<PlaybookSet>> {
    match reload::load::load(&config.playbooks, &reload::load::Around::of(config), None).1 {
        Ok(loaded) => Ok(loaded.set),
        Err(error) => anyhow::bail!("the playbooks cannot be used\n{}", error.in_full()),
    }
}

/// Between two tries of a migration that did not get its locks: each try lets others wait for up to two seconds.
pub const AFTER_GIVING_WAY: Duration = Duration::from_secs(10);

/// Applies the migrations, or says that they are due.
///
/// # Errors
/// Postgres is away; or the database is behind and `migrate` is off, or it is ahead of this version.
pub async fn migrations(store: &Store, migrate: bool) -> Result<(), MigrationError> {
    if migrate {
        store.migrate().await?;
    }
    match store.migration_state().await? {
        MigrationState::Current => Ok(()),
        MigrationState::Behind => Err(MigrationError::Behind),
        MigrationState::Ahead => Err(MigrationError::Ahead),
    }
}

/// Why the database does not fit this version.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// Migrations are due.
    #[error("the database is behind this version: run `quell db migrate`, or start with `--migrate`")]
    Behind,
    /// A newer version was here.
    #[error("the database was migrated by a newer version of quell: run that version, or a newer one")]
    Ahead,
    /// Postgres.
    #[error("the state of the migrations cannot be read")]
    Store(#[from] StoreError),
}
