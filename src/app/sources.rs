//! The configured sources of events, put together and started: each a loop of its own, for the tenant whose events it brings.

use std::sync::Arc;

use tokio::sync::Notify;
use uuid::Uuid;

#[cfg(feature = "nats")]
use crate::config::source::nats::NatsLogin;
use crate::config::source::{Directory, Nats};
use crate::config::{Config, Source, SourceKind};
use crate::intake::Reader;
#[cfg(feature = "nats")]
use crate::intake::nats::{Beginning, ConnectNats, Credentials, Tls};
use crate::intake::spool::{Done, Spool};
use crate::lifecycle::Tasks;
use crate::limiter::{LimiterError, SourceRate};
use crate::worker::intake::Inlet;
use crate::worker::{self, Context};

/// What the sources of one tenant share.
pub(super) struct Shared<'a> {
    pub(super) tasks: &'a Tasks,
    pub(super) config: &'a Config,
    /// The place of the tenant in the configuration.
    pub(super) tenant: usize,
    pub(super) context: &'a Context,
    /// This process.
    pub(super) replica: Uuid,
    /// Rung when events were stored.
    pub(super) stored: &'a Arc<Notify>,
}

/// Starts the loop of each of the tenant's sources. Webhooks have none: the listener takes them.
///
/// # Errors
/// A rate that admits nothing.
pub(super) fn start(shared: &Shared<'_>) -> Result<(), LimiterError> {
    let mut by_sql = Vec::new();
    let sources = shared.config.sources.iter();
    for source in sources.filter(|source| source.tenant == shared.tenant) {
        let inlet = shared.inlet(source)?;
        match &source.kind {
            SourceKind::Webhook(_) => {}
            SourceKind::Nats(nats) => shared.start_nats(nats, inlet),
            SourceKind::Sql(sql) => by_sql.push((inlet, sql.roles.clone())),
            SourceKind::Directory(directory) => shared.start_directory(directory, inlet),
            SourceKind::Kafka(_) | SourceKind::Defender(_) => drop(inlet),
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
    #[cfg(feature = "nats")]
    fn start_nats(&self, nats: &Nats, inlet: Inlet) {
        let connect = ConnectNats {
            name: format!("quell {}", inlet.source),
            servers: nats.servers.clone(),
            tls: nats.tls.as_ref().map(|tls| Tls {
                ca_file: tls.ca_file.clone(),
                certificate: tls
                    .certificate
                    .as_ref()
                    .map(|(certificate, key)| (certificate.clone(), key.path().to_owned())),
            }),
            credentials: match &nats.login {
                NatsLogin::None => Credentials::None,
                NatsLogin::Credentials(file) => Credentials::File(file.path().to_owned()),
                NatsLogin::Password(user, file) => Credentials::Password {
                    user: user.clone(),
                    file: file.path().to_owned(),
                },
                NatsLogin::Token(file) => Credentials::Token(file.path().to_owned()),
                NatsLogin::Nkey(file) => Credentials::Nkey(file.path().to_owned()),
            },
            stream: nats.stream.clone(),
            durable: nats.consumer.clone(),
            filter: nats.filter.clone(),
            create: nats.create,
            beginning: if nats.starts_new {
                Beginning::New
            } else {
                Beginning::All
            },
            ack_wait: self.config.scaled(nats.ack_wait).max(std::time::Duration::from_secs(1)),
            max_deliver: nats.max_deliver,
            batch: usize::try_from(nats.batch).unwrap_or(500),
        };
        let source = worker::intake::nats::NatsSource { inlet, connect };
        self.tasks.spawn("nats", source.run(self.tasks.soft()));
    }

    fn start_directory(&self, directory: &Directory, mut inlet: Inlet) {
        // A file is bounded in bytes, and is stored in batches.
        let mut reader = Reader::clone(&inlet.reader);
        reader.max_records = usize::MAX;
        inlet.reader = Arc::new(reader);
        let source = worker::intake::directory::DirectorySource {
            inlet,
            spool: Arc::new(Spool {
                path: directory.path.clone(),
                done: if directory.deletes {
                    Done::Delete
                } else {
                    Done::Move
                },
                max_bytes: u64::from(directory.max_bytes),
            }),
            replica: self.replica,
            every: self.config.scaled(directory.every),
            settle: self.config.scaled(directory.settle),
        };
        self.tasks.spawn("directory", source.run(self.tasks.soft()));
    }

    /// The configuration refuses the kind in this build.
    #[cfg(not(feature = "nats"))]
    fn start_nats(&self, _nats: &Nats, _inlet: Inlet) {}

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
