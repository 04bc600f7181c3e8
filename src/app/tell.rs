//! Telling others, put together from the configuration: what wants what, and the way to each receiver. A receiver that cannot be used, as
//! its secret is missing, keeps nothing from starting: its messages wait, and `quell status` says why.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::config::receivers::{Address, Email, Place, Posted};
use crate::config::{Config, Receiver, ReceiverKind, SecretError, SecretFile};
use crate::domain::telling::{Spans, Topic, Wants};
use crate::domain::tenant::TenantId;
use crate::lifecycle::Tasks;
use crate::outbound::{self, Reach, Smtp, Way};
use crate::store::Store;
use crate::store::outbox::TellTerms;
use crate::worker::tell::{Deliverer, Gatherer, Make};
use crate::worker::{self};

/// Whom there is to tell, and how, as it holds in real time.
pub fn terms_of(config: &Config) -> TellTerms {
    let span = |span: Duration| SignedDuration::try_from(config.scaled(span)).unwrap_or(SignedDuration::MAX);
    let its = &config.outbound;
    TellTerms {
        receivers: config.receivers.iter().map(wants).collect(),
        spans: Spans {
            group_wait: span(its.group_wait),
            digest_above: its.digest_above,
            digest_every: span(Duration::from_secs(60)),
            shown: usize::try_from(its.shown).unwrap_or(usize::MAX),
            give_up_after: span(its.give_up_after),
        },
        tenants: config.tenants.iter().map(|tenant| tenant.name.clone()).collect(),
    }
}

fn wants(receiver: &Receiver) -> Wants {
    Wants {
        name: receiver.name.clone(),
        on: receiver.on.clone(),
        tenants: receiver.tenants.clone(),
        severity: receiver.severity,
        keeps_all: matches!(receiver.kind, ReceiverKind::Export(_)),
    }
}

/// A receiver as the configuration and the files that it names say now.
///
/// # Errors
/// A file cannot be read, or what is in it cannot be used.
pub fn receiver_of(config: &Config, receiver: &Receiver) -> anyhow::Result<outbound::Receiver> {
    let way = match &receiver.kind {
        ReceiverKind::Webhook(posted) => Way::Webhook(posted_of(posted)?),
        ReceiverKind::Slack(address) => Way::Slack(url_of(address)?),
        ReceiverKind::Teams(address) => Way::Teams(url_of(address)?),
        ReceiverKind::Email(email) => Way::Email(smtp_of(email)?),
        ReceiverKind::Export(export) => match &export.to {
            Place::Posted(posted) => Way::Posted(export.format, posted_of(posted)?),
            Place::File(path) => Way::File(export.format, path.clone()),
        },
    };
    let networks = config.outbound.allow_networks.clone();
    let reach = Reach::new(move |address| networks.iter().any(|network| network.contains(address)));
    Ok(outbound::Receiver::new(
        &way,
        &reach,
        config.http.public_url.clone(),
    )?)
}

fn url_of(address: &Address) -> Result<secrecy::SecretString, SecretError> {
    match address {
        Address::Url(url) => Ok(url.as_str().into()),
        Address::File(file) => file.read(),
    }
}

fn posted_of(posted: &Posted) -> Result<outbound::Posted, SecretError> {
    Ok(outbound::Posted {
        url: url_of(&posted.address)?,
        secrets: posted
            .secret_files
            .iter()
            .map(SecretFile::read)
            .collect::<Result<_, _>>()?,
        token: posted.token_file.as_ref().map(SecretFile::read).transpose()?,
    })
}

fn smtp_of(email: &Email) -> Result<Smtp, SecretError> {
    let password = email.password_file.as_ref().map(SecretFile::read).transpose()?;
    Ok(Smtp {
        host: email.host.clone(),
        port: email.port,
        tls: email.tls,
        login: email.user.clone().zip(password),
        from: email.from.clone(),
        to: email.to.clone(),
    })
}

/// Starts the loops: one a tenant that gathers, one a receiver that sends. Without receivers nothing is gathered; what was wanted before is
/// wanted no more, and what is left for those before is given up when its time is over.
pub(super) fn start(config: &Arc<Config>, store: &Store, tenants: &[TenantId], tasks: &Tasks) {
    let terms = terms_of(config);
    let wanted = wanted(&terms);
    for (id, tenant) in tenants.iter().zip(&config.tenants) {
        let (store, stop, id) = (store.clone(), tasks.soft(), *id);
        let wanted = wanted.clone();
        let gatherer = Gatherer {
            store: store.clone(),
            tenant: id,
            name: tenant.name.clone(),
            terms: terms.clone(),
        };
        tasks.spawn("tell", async move {
            worker::tell::want(&store, id, &wanted, &stop).await;
            gatherer.run(stop).await;
        });
    }
    for receiver in &config.receivers {
        let deliverer = Deliverer {
            store: store.clone(),
            tenants: tenants.to_vec(),
            receiver: receiver.name.clone(),
            make: make(config, receiver),
            initial: config.scaled(Duration::from_secs(5)),
            cap: config.scaled(Duration::from_secs(900)),
            every: config
                .scaled(config.outbound.group_wait)
                .clamp(Duration::from_millis(100), worker::POLL),
        };
        tasks.spawn("deliver", deliverer.run(tasks.soft()));
    }
}

/// Of what anybody wants to be told without being named.
fn wanted(terms: &TellTerms) -> Vec<Topic> {
    let is_wanted = |topic: &Topic| terms.receivers.iter().any(|wants| wants.on.contains(topic));
    Topic::ALL.into_iter().filter(is_wanted).collect()
}

fn make(config: &Arc<Config>, receiver: &Receiver) -> Make {
    let (config, receiver) = (Arc::clone(config), receiver.clone());
    Arc::new(move || receiver_of(&config, &receiver).map_err(|error| format!("it cannot be used: {error:#}")))
}
