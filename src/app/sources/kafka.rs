//! A source that speaks Kafka's protocol, put together from the configuration and started.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use crate::app::sources::Shared;
use crate::app::terms::client_options;
use crate::config::source::Kafka;
use crate::config::source::kafka::{KafkaLogin, KafkaStart};
use crate::defender::TokenSource;
use crate::intake::kafka::{Bounds, Cluster, End, Login, Options, Portion, Secrets, Tls};
use crate::worker::chain;
use crate::worker::intake::Inlet;
use crate::worker::intake::kafka::KafkaSource;

/// What is fetched of a partition at once.
const PORTION: Portion = Portion {
    bytes: 1024 * 1024,
    wait: Duration::from_secs(1),
};

/// A batch may unpack to so much, and an answer may be so long: several times what brokers let a producer send.
const BATCH_BYTES: usize = 64 * 1024 * 1024;

/// A message may be so long, or as long as a request if that is more: what HTTP takes says nothing of what a topic holds.
const MESSAGE_BYTES: usize = 8 * 1024 * 1024;

/// Starts the loop of a source.
///
/// # Errors
/// No broker is named, or the tenant's credential gives no tokens.
pub(super) fn start(shared: &Shared<'_>, kafka: &Kafka, inlet: Inlet) -> anyhow::Result<()> {
    let name = inlet.source.clone();
    let cluster = cluster(shared, kafka).with_context(|| format!("source `{name}` cannot be read"))?;
    let source = KafkaSource {
        inlet,
        cluster,
        topic: kafka.topic.clone(),
        start: match kafka.start {
            KafkaStart::Latest => End::Latest,
            KafkaStart::Earliest => End::Earliest,
        },
        bounds: Bounds {
            message: shared.config.http.max_body_bytes.max(MESSAGE_BYTES),
            unpacked: BATCH_BYTES,
            is_patient: true,
        },
        portion: PORTION,
        replica: shared.replica,
        span: shared.config.lease,
    };
    shared.tasks.spawn("kafka", source.run(shared.tasks.soft()));
    Ok(())
}

fn cluster(shared: &Shared<'_>, kafka: &Kafka) -> anyhow::Result<Arc<Cluster>> {
    let login = match &kafka.login {
        KafkaLogin::None => None,
        KafkaLogin::Password { user, password_file } => {
            let file = password_file.clone();
            let password: Secrets = Arc::new(move || {
                let read = file.read().map_err(|error| chain(&error));
                Box::pin(async move { read })
            });
            Some(Login::Plain {
                user: user.clone(),
                password,
            })
        }
        KafkaLogin::Token { scope } => {
            let tenant = shared.config.tenants.get(shared.tenant);
            let tenant = tenant.context("every source has a tenant")?;
            let tokens = TokenSource::new(&client_options(shared.config, tenant)?, scope.clone())?;
            let tokens = Arc::new(tokens);
            let token: Secrets = Arc::new(move || {
                let tokens = Arc::clone(&tokens);
                Box::pin(async move { tokens.token().await.map_err(|error| chain(&error)) })
            });
            Some(Login::OauthBearer { token })
        }
    };
    let cluster = Cluster::new(Options {
        brokers: kafka.brokers.clone(),
        client_id: "quell".to_owned(),
        tls: kafka.tls.then(|| Tls {
            ca_file: kafka.ca_file.clone(),
        }),
        login,
        connect_timeout: Duration::from_secs(15),
        request_timeout: Duration::from_secs(30),
        max_answer: BATCH_BYTES,
    })?;
    Ok(cluster)
}
