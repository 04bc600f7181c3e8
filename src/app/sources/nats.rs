//! A stream of NATS JetStream, put together from the configuration.

use std::time::Duration;

use super::Shared;
use crate::config::source::Nats;
use crate::config::source::nats::NatsLogin;
use crate::intake::nats::{Beginning, ConnectNats, Credentials, Tls};
use crate::worker;
use crate::worker::intake::Inlet;

/// Starts its loop.
pub(super) fn start(shared: &Shared<'_>, nats: &Nats, inlet: Inlet) {
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
        ack_wait: shared.config.scaled(nats.ack_wait).max(Duration::from_secs(1)),
        batch: usize::try_from(nats.batch).unwrap_or(500),
    };
    let source = worker::intake::nats::NatsSource { inlet, connect };
    shared.tasks.spawn("nats", source.run(shared.tasks.soft()));
}
