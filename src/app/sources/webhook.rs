//! The webhooks of the configuration, and what a connection to the listener may do.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use tokio::sync::Notify;

use super::{rate_of, reader_of};
use crate::config::{Config, SecretFile, SourceKind, Tenant, Webhook};
use crate::domain::source::SourceState;
use crate::domain::tenant::TenantId;
use crate::web::{self, Bounds, KeyFile, Proof, Tls, TlsFiles};

/// The webhooks, which the listener serves: each for its tenant. `stored` is rung for the tenant of that place.
///
/// # Errors
/// No header can have a configured name. A secret that cannot be read closes its source alone.
pub(in crate::app) fn webhooks(
    config: &Config,
    tenants: &[(TenantId, Tenant)],
    stored: &[Arc<Notify>],
    states: &[SourceState],
) -> anyhow::Result<Vec<Arc<web::Source>>> {
    let mut webhooks = Vec::new();
    for (source, state) in config.sources.iter().zip(states) {
        let SourceKind::Webhook(webhook) = &source.kind else {
            continue;
        };
        let proof = proof_of(config, webhook).map_err(anyhow::Error::msg);
        let proof = proof.with_context(|| format!("the source `{}` cannot be served", source.name))?;
        if let Err(why) = proof.judge() {
            tracing::error!(
                source = source.name,
                why,
                "a key of a source cannot be used: until it can, whoever needs it is told to come again"
            );
        }
        let (tenant, _) = tenants.get(source.tenant).context("its tenant is there")?;
        webhooks.push(Arc::new(web::Source {
            name: source.name.clone(),
            tenant: *tenant,
            trust: source.trust,
            rate: rate_of(config, source)?,
            reader: reader_of(config, source),
            stored: stored.get(source.tenant).cloned().unwrap_or_default(),
            state: state.clone(),
            proof,
        }));
    }
    Ok(webhooks)
}

fn proof_of(config: &Config, webhook: &Webhook) -> Result<Proof, String> {
    let files = |files: &[SecretFile]| files.iter().map(key_file).collect();
    match webhook {
        Webhook::StandardWebhooks { secret_files } => Ok(Proof::standard_webhooks(files(secret_files))),
        Webhook::Hmac {
            secret_files,
            header,
            prefix,
        } => Proof::signature(files(secret_files), header, prefix),
        Webhook::Bearer { token_files } => Ok(Proof::bearer(files(token_files))),
        Webhook::ClientCertificate { names, fingerprints } => {
            Ok(Proof::certificate(names.clone(), fingerprints.clone()))
        }
        Webhook::ProxyHeader { header, values } => {
            Proof::proxy(header, values.clone(), config.http.trusted_proxies.clone())
        }
    }
}

/// What is wrong with the listener and with the secrets of its sources, each line with its key: what `quell check-config` finds beside
/// the configuration. What cannot be read at all is told elsewhere, with the other secrets.
pub fn judge_listener(config: &Config) -> Vec<String> {
    let mut wrong = Vec::new();
    for (position, source) in config.sources.iter().enumerate() {
        let SourceKind::Webhook(webhook) = &source.kind else {
            continue;
        };
        let is_readable = source.secret_files().iter().all(|(_, file)| file.read().is_ok());
        let judged = proof_of(config, webhook).and_then(|proof| match is_readable {
            true => proof.judge(),
            false => Ok(()),
        });
        wrong.extend(
            judged
                .err()
                .map(|why| format!("`sources[{position}].webhook`: {why}")),
        );
    }
    wrong.extend(tls(config).err().map(|error| format!("{error:#}")));
    wrong
}

/// What is doubtful about the sources of the listener: tokens that everybody on the way reads, and secrets that tell no two apart.
pub fn doubt_listener(config: &Config) -> Vec<String> {
    let http = &config.http;
    let is_clear = !http.listen.ip().is_loopback() && http.tls.is_none() && http.trusted_proxies.is_empty();
    let mut doubts = Vec::new();
    let mut seen: Vec<(&Path, &str)> = Vec::new();
    for (position, source) in config.sources.iter().enumerate() {
        let SourceKind::Webhook(webhook) = &source.kind else {
            continue;
        };
        if let (Webhook::Bearer { .. }, true) = (webhook, is_clear) {
            doubts.push(format!(
                "`sources[{position}].webhook.bearer`: without `http.tls` or a proxy of `http.trusted_proxies` everybody on the way reads \
                 the token"
            ));
        }
        for (key, file) in source.secret_files() {
            match seen.iter().find(|(path, _)| *path == file.path()) {
                Some((_, other)) if *other != source.name => doubts.push(format!(
                    "`sources[{position}].{key}`: the source `{other}` has the same secret: whoever may send to one may send to both"
                )),
                _ => seen.push((file.path(), &source.name)),
            }
        }
    }
    doubts
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
pub(in crate::app) fn bounds(config: &Config) -> Bounds {
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
pub(in crate::app) fn tls(config: &Config) -> anyhow::Result<Option<Arc<Tls>>> {
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
