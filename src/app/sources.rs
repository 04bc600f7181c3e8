//! The configured sources of events, put together and started: each a loop of its own, for the tenant whose events it brings.

use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::Notify;

use crate::config::{Config, SecretFile, Source, SourceKind, Tenant, Webhook};
use crate::domain::source::SourceState;
use crate::domain::tenant::TenantId;
use crate::intake::Reader;
use crate::limiter::{LimiterError, SourceRate};
use crate::web::{self, Bounds, KeyFile, Proof, Tls, TlsFiles};
use crate::worker::Context;
use crate::worker::intake::Inlet;
use crate::worker::intake::watch::Watched;

/// What the sources of one tenant share.
pub(super) struct Shared<'a> {
    pub(super) config: &'a Config,
    /// The place of the tenant in the configuration.
    pub(super) tenant: usize,
    pub(super) context: &'a Context,
    /// How each source of the configuration goes, in its order.
    pub(super) states: &'a [SourceState],
    /// Rung when events were stored.
    pub(super) stored: &'a Arc<Notify>,
}

/// Starts the loop of each of the tenant's sources. Webhooks have none: the listener takes them.
///
/// # Errors
/// A rate that admits nothing.
pub(super) fn start(shared: &Shared<'_>) -> Result<(), LimiterError> {
    let sources = shared.config.sources.iter().zip(shared.states);
    for (source, state) in sources.filter(|(source, _)| source.tenant == shared.tenant) {
        let inlet = shared.inlet(source, state)?;
        match &source.kind {
            SourceKind::Webhook(_) => {}
            SourceKind::Kafka(_)
            | SourceKind::Nats(_)
            | SourceKind::Defender(_)
            | SourceKind::Directory(_) => drop(inlet),
        }
    }
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
pub(super) fn reader_of(config: &Config, _source: &Source) -> Reader {
    Reader::new(config.device_id_rule())
}

/// The webhooks, which the listener serves: each for its tenant. `stored` is rung for the tenant of that place.
///
/// # Errors
/// A secret cannot be read, or is none.
pub(super) fn webhooks(
    config: &Config,
    tenants: &[(TenantId, Tenant)],
    stored: &[Arc<Notify>],
) -> anyhow::Result<Vec<Arc<web::Source>>> {
    let mut webhooks = Vec::new();
    for source in &config.sources {
        let SourceKind::Webhook(webhook) = &source.kind else {
            continue;
        };
        let proof = proof_of(config, webhook).map_err(anyhow::Error::msg);
        let (tenant, _) = tenants.get(source.tenant).context("its tenant is there")?;
        webhooks.push(Arc::new(web::Source {
            name: source.name.clone(),
            tenant: *tenant,
            trust: source.trust,
            rate: rate_of(config, source)?,
            reader: reader_of(config, source),
            stored: stored.get(source.tenant).cloned().unwrap_or_default(),
            proof: proof.with_context(|| format!("the source `{}` cannot be served", source.name))?,
        }));
    }
    Ok(webhooks)
}

fn proof_of(config: &Config, webhook: &Webhook) -> Result<Proof, String> {
    let files = |files: &[SecretFile]| files.iter().map(key_file).collect();
    match webhook {
        Webhook::StandardWebhooks { secret_files } => Proof::standard_webhooks(files(secret_files)),
        Webhook::Hmac {
            secret_files,
            header,
            prefix,
        } => Proof::signature(files(secret_files), header, prefix),
        Webhook::Bearer { token_files } => Proof::bearer(files(token_files)),
        Webhook::ClientCertificate { names, fingerprints } => {
            Ok(Proof::certificate(names.clone(), fingerprints.clone()))
        }
        Webhook::ProxyHeader { header, values } => {
            Proof::proxy(header, values.clone(), config.http.trusted_proxies.clone())
        }
    }
}

fn key_file(file: &SecretFile) -> KeyFile {
    let path = file.path().to_owned();
    let file = file.clone();
    let read = move || {
        file.read()
            .map_err(|error| format!("{:#}", anyhow::Error::from(error)))
    };
    KeyFile {
        path,
        read: Arc::new(read),
    }
}

/// What a connection to the listener may do.
pub(super) fn bounds(config: &Config) -> Bounds {
    let many = |count: u32| usize::try_from(count).unwrap_or(usize::MAX);
    Bounds {
        connections: many(config.http.max_connections),
        per_peer: many(config.http.max_connections_per_peer),
        trusted_proxies: config.http.trusted_proxies.clone(),
        ..Bounds::default()
    }
}

/// The listener's own TLS, if it is to speak it.
///
/// # Errors
/// A file cannot be used.
pub(super) fn tls(config: &Config) -> anyhow::Result<Option<Arc<Tls>>> {
    let Some(tls) = &config.http.tls else {
        return Ok(None);
    };
    let files = TlsFiles {
        certificate: tls.certificate_file.clone(),
        key: tls.key_file.clone(),
        client_authorities: tls.client_ca_file.clone(),
    };
    let tls = Tls::new(files).context("the listener cannot speak TLS (`http.tls`)")?;
    Ok(Some(Arc::new(tls)))
}
