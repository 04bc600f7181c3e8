//! The configured sources of events, put together and started: each a loop of its own, for the tenant whose events it brings.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::config::source::Defender;
use crate::config::{Config, Source, SourceKind};
use crate::defender::{Client, MAX_ALERT_PAGE};
use crate::domain::watermark::Terms;
use crate::intake::Reader;
use crate::lifecycle::Tasks;
use crate::limiter::{LimiterError, SecondGuard, SourceRate};
use crate::worker::Context;
use crate::worker::intake::Inlet;
use crate::worker::intake::defender::Poller;
use crate::worker::lease::Replica;

/// What the sources of one tenant share.
pub(super) struct Shared<'a> {
    pub(super) config: &'a Config,
    /// The place of the tenant in the configuration.
    pub(super) tenant: usize,
    pub(super) context: &'a Context,
    /// Rung when events were stored.
    pub(super) stored: &'a Arc<Notify>,
    /// What the loops are spawned on.
    pub(super) tasks: &'a Tasks,
    /// Defender, for sources that ask it.
    pub(super) client: &'a Arc<Client>,
    /// Stands behind the ledger of reads.
    pub(super) reads_guard: &'a SecondGuard,
    /// This process.
    pub(super) replica: &'a Replica,
}

/// Starts the loop of each of the tenant's sources. Webhooks have none: the listener takes them.
///
/// # Errors
/// A rate that admits nothing.
pub(super) fn start(shared: &Shared<'_>) -> Result<(), LimiterError> {
    let sources = shared.config.sources.iter();
    for source in sources.filter(|source| source.tenant == shared.tenant) {
        let inlet = shared.inlet(source)?;
        match &source.kind {
            SourceKind::Webhook(_) => {}
            SourceKind::Defender(defender) => {
                let poller = shared.poller(inlet, defender);
                shared
                    .tasks
                    .spawn("defender's alerts", poller.run(shared.tasks.soft()));
            }
            SourceKind::Kafka(_) | SourceKind::Nats(_) | SourceKind::Directory(_) => drop(inlet),
        }
    }
    Ok(())
}

impl Shared<'_> {
    /// Where the events of a source come in.
    fn inlet(&self, source: &Source) -> Result<Inlet, LimiterError> {
        Ok(Inlet {
            store: self.context.store.clone(),
            tenant: self.context.tenant,
            source: source.name.clone(),
            trust: source.trust,
            rate: rate_of(self.config, source)?,
            reader: Arc::new(reader_of(self.config, source)),
            stored: Arc::clone(self.stored),
        })
    }

    /// What reads Defender's own alerts, every span as it holds in real time.
    fn poller(&self, inlet: Inlet, defender: &Defender) -> Poller {
        let scaled = |span| self.config.scaled(span);
        Poller {
            context: self.context.clone(),
            client: Arc::clone(self.client),
            guard: self.reads_guard.clone(),
            inlet,
            replica: self.replica.id,
            held: self.config.lease,
            every: scaled(defender.every),
            since: scaled(defender.since),
            terms: Terms {
                overlap: scaled(defender.overlap),
                top: defender.page,
                most: MAX_ALERT_PAGE,
            },
            filter: defender.filter.clone(),
            evidence: defender.evidence,
            backoff: scaled(Duration::from_secs(5)),
        }
    }
}

/// The rate of a source, as it holds in real time.
pub(super) fn rate_of(config: &Config, source: &Source) -> Result<Option<SourceRate>, LimiterError> {
    let rate = source.rate.map(|rate| config.scaled_windows(&[rate]));
    rate.map(|rate| SourceRate::new(&rate)).transpose()
}

/// How the messages of a source are read.
pub(super) fn reader_of(config: &Config, _source: &Source) -> Reader {
    Reader::new(config.device_id_rule())
}
