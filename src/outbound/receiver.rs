//! A receiver, whatever kind it is: takes a message and says whether it is delivered. Tries once; what follows is the caller's decision.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::hook::Hook;
use super::mail::{Mailer, Smtp};
use super::sign::Signer;
use super::{OutboundError, Reach, chat, cloud_event, export, record_file};
use crate::domain::telling::Message;

/// No try takes longer than this, whatever a receiver does.
pub const LONGEST_TRY: Duration = Duration::from_secs(30);

/// The way to a receiver.
#[derive(Clone, Debug)]
pub enum Way {
    /// CloudEvents, signed by Standard Webhooks.
    Webhook(Posted),
    /// An incoming webhook of Slack.
    Slack(SecretString),
    /// An incoming webhook of Teams' Workflows.
    Teams(SecretString),
    /// Mail.
    Email(Smtp),
    /// Records, posted.
    Posted(export::Format, Posted),
    /// Records, appended to a file.
    File(export::Format, PathBuf),
}

/// How something is posted.
#[derive(Clone, Debug)]
pub struct Posted {
    /// The address.
    pub url: SecretString,
    /// Each signs.
    pub secrets: Vec<SecretString>,
    /// A bearer token.
    pub token: Option<SecretString>,
}

/// A receiver that can be told.
#[derive(Clone, Debug)]
pub struct Receiver {
    to: To,
    public_url: Option<String>,
}

#[derive(Clone, Debug)]
enum To {
    CloudEvents(Hook, Proof),
    Slack(Hook),
    Teams(Hook),
    Mail(Box<Mailer>),
    Records(export::Format, Hook, Proof),
    File(export::Format, PathBuf),
}

/// What shows a receiver that it is us.
#[derive(Clone, Debug)]
struct Proof {
    signer: Signer,
    token: Option<SecretString>,
}

/// Why a message is not delivered, and when trying again may help. Names neither an address nor a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undelivered {
    /// In a sentence.
    pub why: String,
    /// The receiver asked for so much patience.
    pub retry_after: Option<Duration>,
}

impl Undelivered {
    pub(super) fn because(why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            retry_after: None,
        }
    }
}

impl Receiver {
    /// Prepares a receiver; connects nowhere yet. `public_url`: the console's address, for links.
    ///
    /// # Errors
    /// An address or a secret cannot be used.
    pub fn new(way: &Way, reach: &Reach, public_url: Option<String>) -> Result<Self, OutboundError> {
        let proof = |posted: &Posted| {
            Ok::<_, OutboundError>(Proof {
                signer: Signer::new(&posted.secrets)?,
                token: posted.token.clone(),
            })
        };
        let to = match way {
            Way::Webhook(posted) => To::CloudEvents(Hook::new(&posted.url, reach)?, proof(posted)?),
            Way::Slack(url) => To::Slack(Hook::new(url, reach)?),
            Way::Teams(url) => To::Teams(Hook::new(url, reach)?),
            Way::Email(smtp) => To::Mail(Box::new(Mailer::new(smtp)?)),
            Way::Posted(format, posted) => {
                To::Records(*format, Hook::new(&posted.url, reach)?, proof(posted)?)
            }
            Way::File(format, path) => To::File(*format, path.clone()),
        };
        Ok(Self { to, public_url })
    }

    /// Why its address is not called, where that shows without asking for the address of a name.
    pub fn refusal(&self) -> Option<String> {
        match &self.to {
            To::CloudEvents(hook, _) | To::Slack(hook) | To::Teams(hook) | To::Records(_, hook, _) => {
                hook.refusal()
            }
            To::Mail(_) | To::File(..) => None,
        }
    }

    /// Looks whether it can be reached, and sends nothing; says what was seen. That it takes messages shows a message alone.
    ///
    /// # Errors
    /// It cannot, and why; without its address.
    pub async fn look(&self) -> Result<&'static str, String> {
        match &self.to {
            To::CloudEvents(hook, _) | To::Slack(hook) | To::Teams(hook) | To::Records(_, hook, _) => {
                hook.look().await.map(|()| "a connection can be made")
            }
            To::Mail(mailer) => mailer.look().await.map(|()| "the mail server takes us"),
            To::File(_, path) => {
                let path = path.clone();
                let looked = tokio::task::spawn_blocking(move || record_file::look(&path)).await;
                let looked = looked.map_err(std::io::Error::other).flatten();
                looked
                    .map(|()| "the file can be appended to, or made")
                    .map_err(|error| error.to_string())
            }
        }
    }

    /// Whether what it gets shows that it is from us; `None`: there is no way to show it but the address.
    pub fn is_proven(&self) -> Option<bool> {
        match &self.to {
            To::CloudEvents(_, proof) | To::Records(_, _, proof) => {
                Some(!proof.signer.is_empty() || proof.token.is_some())
            }
            To::Slack(_) | To::Teams(_) | To::Mail(_) | To::File(..) => None,
        }
    }

    /// Delivers a message, or says why not, within [`LONGEST_TRY`].
    ///
    /// # Errors
    /// It was not delivered, or whether it was is unknown.
    pub async fn send(&self, message: &Message, now: Timestamp) -> Result<(), Undelivered> {
        tokio::time::timeout(LONGEST_TRY, self.try_to_send(message, now))
            .await
            .unwrap_or_else(|_| {
                let seconds = LONGEST_TRY.as_secs();
                Err(Undelivered::because(format!("it took longer than {seconds} s")))
            })
    }

    async fn try_to_send(&self, message: &Message, now: Timestamp) -> Result<(), Undelivered> {
        let url = self.public_url.as_deref();
        match &self.to {
            To::CloudEvents(hook, proof) => {
                let body = cloud_event::cloud_event(message, url).to_string().into_bytes();
                let headers = proof.headers(message, now, &body);
                hook.post(cloud_event::MEDIA_TYPE, &headers, body).await
            }
            To::Slack(hook) => {
                let body = chat::slack(message, url).to_string().into_bytes();
                hook.post("application/json; charset=utf-8", &[], body).await
            }
            To::Teams(hook) => {
                let body = chat::teams(message, url).to_string().into_bytes();
                hook.post("application/json; charset=utf-8", &[], body).await
            }
            To::Mail(mailer) => mailer.send(message, url).await,
            To::Records(format, hook, proof) => {
                let body = export::lines(message, *format);
                let headers = proof.headers(message, now, &body);
                hook.post(export::MEDIA_TYPE, &headers, body).await
            }
            To::File(format, path) => record_file::append(path, &export::lines(message, *format)).await,
        }
    }
}

impl Proof {
    fn headers(&self, message: &Message, now: Timestamp, body: &[u8]) -> Vec<(&'static str, String)> {
        let (id, at) = (message.id.to_string(), now.as_second());
        let mut headers = vec![("webhook-id", id.clone()), ("webhook-timestamp", at.to_string())];
        if !self.signer.is_empty() {
            headers.push(("webhook-signature", self.signer.sign(&id, at, body)));
        }
        if let Some(token) = &self.token {
            headers.push(("authorization", format!("Bearer {}", token.expose_secret())));
        }
        headers
    }
}
