//! The configured sources of events, put together and started: each a loop of its own, for the tenant whose events it brings.
//! One file for each kind.

mod defender;
mod directory;
#[cfg(feature = "kafka")]
mod kafka;
#[cfg(feature = "nats")]
mod nats;
mod webhook;

use std::sync::Arc;

use tokio::sync::Notify;
use uuid::Uuid;

use crate::config::{Config, Source, SourceKind};
use crate::defender::Client;
use crate::domain::source::SourceState;
use crate::domain::tenant::TenantId;
use crate::intake::Reader;
use crate::lifecycle::Tasks;
use crate::limiter::{LimiterError, SecondGuard, SourceRate};
use crate::worker::intake::Inlet;
use crate::worker::intake::watch::Watched;
use crate::worker::{self, Context};

pub(super) use webhook::{bounds, tls, webhooks};
pub use webhook::{doubt_listener, judge_listener};

/// What the sources of one tenant share.
pub(super) struct Shared<'a> {
    pub(super) tasks: &'a Tasks,
    pub(super) config: &'a Config,
    /// The place of the tenant in the configuration.
    pub(super) tenant: usize,
    pub(super) context: &'a Context,
    /// Defender, for sources that ask it.
    pub(super) client: &'a Arc<Client>,
    /// Stands behind the ledger of reads.
    pub(super) reads_guard: &'a SecondGuard,
    /// How each source of the configuration goes, in its order.
    pub(super) states: &'a [SourceState],
    /// This process.
    pub(super) replica: Uuid,
    /// Rung when events were stored.
    pub(super) stored: &'a Arc<Notify>,
}

/// Starts the loop of each of the tenant's sources. Webhooks have none: the listener takes them.
///
/// # Errors
/// A rate that admits nothing, or a source that cannot be put together: a file that it needs cannot be read.
pub(super) fn start(shared: &Shared<'_>) -> anyhow::Result<()> {
    let mut by_sql = Vec::new();
    let sources = shared.config.sources.iter().zip(shared.states);
    for (source, state) in sources.filter(|(source, _)| source.tenant == shared.tenant) {
        let inlet = shared.inlet(source, state)?;
        match &source.kind {
            SourceKind::Webhook(_) => {}
            #[cfg(feature = "kafka")]
            SourceKind::Kafka(kafka) => kafka::start(shared, kafka, inlet)?,
            #[cfg(feature = "nats")]
            SourceKind::Nats(nats) => nats::start(shared, nats, inlet),
            SourceKind::Defender(defender) => defender::start(shared, defender, inlet),
            SourceKind::Directory(directory) => directory::start(shared, directory, inlet),
            SourceKind::Sql(sql) => by_sql.push((inlet, sql.roles.clone())),
            // The configuration refuses a kind that this build has not.
            #[cfg(not(feature = "kafka"))]
            SourceKind::Kafka(_) => drop(inlet),
            #[cfg(not(feature = "nats"))]
            SourceKind::Nats(_) => drop(inlet),
        }
    }
    // Also without any: what was submitted to before is told that it is none any more.
    let sql = worker::intake::sql::SqlSources {
        store: shared.context.store.clone(),
        tenant: shared.context.tenant,
        replica: shared.replica,
        sources: by_sql,
        wakes: Arc::clone(&shared.context.wakes),
    };
    shared.tasks.spawn("sql", sql.run(shared.tasks.soft()));
    Ok(())
}

impl Shared<'_> {
    /// Where the events of a source come in.
    fn inlet(&self, source: &Source, state: &SourceState) -> Result<Inlet, LimiterError> {
        Ok(Inlet {
            store: self.context.store.clone(),
            tenant: self.context.tenant,
            source: source.name.clone(),
            trust: source.trust,
            rate: rate_of(self.config, source)?,
            reader: Arc::new(reader_of(self.config, source)),
            stored: Arc::clone(self.stored),
            state: state.clone(),
        })
    }
}

/// The sources as those who ask how they go know them. `tenants` in the order of the configuration.
pub(super) fn watched(config: &Config, tenants: &[TenantId], states: &[SourceState]) -> Vec<Watched> {
    let sources = config.sources.iter().zip(states);
    let watched = sources.filter_map(|(source, state)| {
        Some(Watched {
            tenant: *tenants.get(source.tenant)?,
            source: source.name.clone(),
            kind: source.kind.as_str(),
            state: state.clone(),
        })
    });
    watched.collect()
}

/// The rate of a source, as it holds in real time.
pub(super) fn rate_of(config: &Config, source: &Source) -> Result<Option<SourceRate>, LimiterError> {
    let rate = source.rate.map(|rate| config.scaled_windows(&[rate]));
    rate.map(|rate| SourceRate::new(&rate)).transpose()
}

/// How the messages of a source are read.
pub(super) fn reader_of(config: &Config, source: &Source) -> Reader {
    source.reader(config.device_id_rule())
}
