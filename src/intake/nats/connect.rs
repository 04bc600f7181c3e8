//! Connects to NATS and finds the durable consumer, or makes it where that is allowed. Called by the source's loop, each time
//! anew after an error, so that a secret that was changed in its file is read again. Streams are never made, and a consumer
//! that is there is never changed.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer};
use async_nats::jetstream::context::{Context, GetStreamErrorKind};
use async_nats::jetstream::stream::{ConsumerErrorKind, Stream};
use async_nats::{Client, ConnectOptions, Event, Subject};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::watch;

use super::{Nats, NatsError};

/// How long one server may take to take the connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long JetStream may take to answer a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);
/// Since this version a reason may follow `+TERM`.
const REASONS_SINCE: (i64, i64, i64) = (2, 10, 4);

/// What a connection to a consumer is made from.
#[derive(Clone, Debug)]
pub struct ConnectNats {
    /// What the server's lists of connections call us.
    pub name: String,
    /// Addresses, `nats://host:4222` or `tls://host:4222`; any of them will do.
    pub servers: Vec<String>,
    /// TLS, beyond what an address says; `None`: with the operating system's roots where the server or an address asks for TLS.
    pub tls: Option<Tls>,
    /// Who we are.
    pub credentials: Credentials,
    /// The stream.
    pub stream: String,
    /// The consumer's durable name; every replica says the same one.
    pub durable: String,
    /// Which subjects of the stream, with `*` and `>`; `None`: all.
    pub filter: Option<String>,
    /// Make the consumer when it is not there.
    pub create: bool,
    /// Where a consumer that is made begins.
    pub beginning: Beginning,
    /// How long the server waits for an answer, of a consumer that is made.
    pub ack_wait: Duration,
    /// How many messages are taken at once, at most.
    pub batch: usize,
}

/// TLS to the server, always on then.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// Roots in place of the operating system's, PEM.
    pub ca_file: Option<PathBuf>,
    /// The client's certificate and its key, PEM.
    pub certificate: Option<(PathBuf, PathBuf)>,
}

/// Who we are, read anew with each connection.
#[derive(Clone, Debug, Default)]
pub enum Credentials {
    /// Whoever connects may.
    #[default]
    None,
    /// A credentials file: a JWT and the seed of its key.
    File(PathBuf),
    /// A user, and the file of the password.
    Password {
        /// The user.
        user: String,
        /// The file.
        file: PathBuf,
    },
    /// The file of a token.
    Token(PathBuf),
    /// The file of the seed of a key.
    Nkey(PathBuf),
}

/// Where a new consumer begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Beginning {
    /// With the oldest message of the stream.
    #[default]
    All,
    /// With what is published from now on.
    New,
}

impl ConnectNats {
    /// Connects to one of the servers, and finds the consumer or makes it.
    ///
    /// # Errors
    /// [`NatsError`], each with what to do about it. Trying again later is never wrong.
    pub async fn connect(&self) -> Result<Nats, NatsError> {
        let (tell, lost) = watch::channel(None);
        let client = self.open(tell).await?;
        let context = async_nats::jetstream::context::ContextBuilder::new()
            .timeout(REQUEST_TIMEOUT)
            .build(client.clone());
        let consumer = self.consumer(&context).await?;
        let inbox = Subject::from(client.new_inbox());
        let inflow = client.subscribe(inbox.clone()).await;
        let inflow = inflow.map_err(|error| NatsError::Lost(error.to_string()))?;
        Ok(Nats {
            takes_reasons: takes_reasons(&client.server_info().version),
            client,
            consumer,
            inbox,
            inflow,
            lost,
            standing: None,
            asked: 0,
        })
    }

    async fn open(&self, tell: watch::Sender<Option<String>>) -> Result<Client, NatsError> {
        let mut options = self
            .identified(ConnectOptions::new())?
            .name(&self.name)
            .connection_timeout(CONNECT_TIMEOUT)
            .request_timeout(Some(REQUEST_TIMEOUT))
            .ping_interval(Duration::from_secs(15))
            // Only whom the configuration names hears who we are; what others announce need not even be TLS.
            .ignore_discovered_servers()
            // Whole batches are buffered, and nothing but them.
            .subscription_capacity(self.batch.saturating_add(1_024))
            .event_callback(move |event| {
                let why = match event {
                    Event::Disconnected => Some("the server closed it".to_owned()),
                    Event::Closed => Some("it was closed".to_owned()),
                    Event::ServerError(error) => Some(error.to_string()),
                    Event::SlowConsumer(_) => Some("messages were lost on the way".to_owned()),
                    _ => None,
                };
                if let Some(why) = why {
                    // The first reason is the one that explains the others.
                    tell.send_if_modified(|told| told.is_none() && told.replace(why).is_none());
                }
                async {}
            });
        if self.servers.iter().all(|server| server.starts_with("tls://")) {
            options = options.require_tls(true);
        }
        if let Some(tls) = &self.tls {
            options = options.require_tls(true);
            if let Some(file) = &tls.ca_file {
                options = options.add_root_certificates(readable(file)?);
            }
            if let Some((certificate, key)) = &tls.certificate {
                options = options.add_client_certificate(readable(certificate)?, readable(key)?);
            }
        }
        let connecting = options.connect(&self.servers[..]);
        connecting.await.map_err(|source| NatsError::Connect {
            servers: self.servers.join(", "),
            source,
        })
    }

    fn identified(&self, options: ConnectOptions) -> Result<ConnectOptions, NatsError> {
        Ok(match &self.credentials {
            Credentials::None => options,
            // With the line break behind its last line, which the client wants to see and a secret is read without.
            Credentials::File(file) => options
                .credentials(&format!("{}\n", secret(file)?.expose_secret()))
                .map_err(|source| unusable(file, source))?,
            Credentials::Password { user, file } => {
                options.user_and_password(user.clone(), secret(file)?.expose_secret().to_owned())
            }
            Credentials::Token(file) => options.token(secret(file)?.expose_secret().to_owned()),
            Credentials::Nkey(file) => options.nkey(secret(file)?.expose_secret().to_owned()),
        })
    }

    async fn consumer(&self, context: &Context) -> Result<PullConsumer, NatsError> {
        let stream = context
            .get_stream(&self.stream)
            .await
            .map_err(|error| match error.kind() {
                GetStreamErrorKind::JetStream(error) => self.refused(error.error_code(), error.to_string()),
                _ => NatsError::Asked(chain(&error)),
            })?;
        let found = context
            .get_consumer_from_stream(&self.durable, &self.stream)
            .await;
        match found {
            Ok(found) => self.fits(&found).map(|()| found),
            Err(error) => match error.kind() {
                ConsumerErrorKind::JetStream(told) if told.error_code() == ErrorCode::CONSUMER_NOT_FOUND => {
                    if self.create {
                        return self.make(&stream).await;
                    }
                    Err(NatsError::NoConsumer {
                        stream: self.stream.clone(),
                        durable: self.durable.clone(),
                    })
                }
                ConsumerErrorKind::InvalidConsumerType => {
                    Err(self.unfit("it pushes; Quell needs one that is pulled from".to_owned()))
                }
                _ => Err(NatsError::Asked(chain(&error))),
            },
        }
    }

    async fn make(&self, stream: &Stream) -> Result<PullConsumer, NatsError> {
        let config = Config {
            durable_name: Some(self.durable.clone()),
            description: Some("alerts for Quell, acknowledged once they are stored".to_owned()),
            deliver_policy: match self.beginning {
                Beginning::All => DeliverPolicy::All,
                Beginning::New => DeliverPolicy::New,
            },
            ack_policy: AckPolicy::Explicit,
            ack_wait: self.ack_wait,
            max_deliver: -1,
            filter_subject: self.filter.clone().unwrap_or_default(),
            // Several replicas hold a batch each, and each has another one under way.
            max_ack_pending: i64::try_from(self.batch)
                .unwrap_or(1_000)
                .saturating_mul(16)
                .max(1_000),
            ..Config::default()
        };
        let made = stream.create_consumer(config).await;
        let made = made.map_err(|error| match error.kind() {
            ConsumerErrorKind::JetStream(error) => self.refused(error.error_code(), error.to_string()),
            _ => NatsError::Asked(chain(&error)),
        })?;
        tracing::info!(
            stream = self.stream,
            consumer = self.durable,
            "made the consumer at nats"
        );
        Ok(made)
    }

    /// Whether a consumer that was there may be used: each message must wait for our own word.
    fn fits(&self, found: &PullConsumer) -> Result<(), NatsError> {
        let config = &found.cached_info().config;
        let filter = self.filter.as_deref().unwrap_or_default();
        let why = if config.ack_policy != AckPolicy::Explicit {
            "its ack policy is not `explicit`, so messages would count as done before they are stored"
                .to_owned()
        } else if !filter.is_empty() && config.filter_subject != filter {
            format!(
                "it filters `{}`, and the configuration says `{filter}`",
                config.filter_subject
            )
        } else if config.max_deliver > 0 {
            format!(
                "its `max_deliver` is {}, so the server would give up messages that wait for Postgres, and they would be lost: set it to -1 (`nats consumer edit`)",
                config.max_deliver
            )
        } else {
            return Ok(());
        };
        Err(self.unfit(why))
    }

    fn unfit(&self, why: String) -> NatsError {
        NatsError::Unfit {
            stream: self.stream.clone(),
            durable: self.durable.clone(),
            why,
        }
    }

    fn refused(&self, code: ErrorCode, words: String) -> NatsError {
        match code {
            ErrorCode::STREAM_NOT_FOUND => NatsError::NoStream(self.stream.clone()),
            ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT => {
                NatsError::NoJetStream
            }
            _ => NatsError::Asked(words),
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

fn takes_reasons(version: &str) -> bool {
    let mut numbers = version
        .split(['.', '-'])
        .map(|part| part.parse::<i64>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next()) >= REASONS_SINCE
}

/// The file, if it can be read: the client's own words do not name it.
fn readable(file: &std::path::Path) -> Result<PathBuf, NatsError> {
    std::fs::File::open(file).map_err(|source| unusable(file, source))?;
    Ok(file.to_owned())
}

fn secret(file: &std::path::Path) -> Result<SecretString, NatsError> {
    let text = std::fs::read_to_string(file).map_err(|source| unusable(file, source))?;
    Ok(SecretString::from(text.trim().to_owned()))
}

fn unusable(file: &std::path::Path, source: std::io::Error) -> NatsError {
    NatsError::File {
        path: file.display().to_string(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_given_only_to_a_server_that_hears_it() {
        for (version, takes) in [
            ("2.9.10", false),
            ("2.10.3", false),
            ("2.10.4", true),
            ("2.11.0-beta.1", true),
            ("", false),
        ] {
            assert_eq!(takes_reasons(version), takes, "{version}");
        }
    }
}
