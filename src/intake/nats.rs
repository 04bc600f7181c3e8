//! The client of a NATS JetStream consumer: what a durable pull consumer delivers, and the answers to it.
//!
//! `worker::intake::nats` calls it, and decides what is said to each message; here nothing is acknowledged by itself. One
//! pull request stands at a time, so no more than one batch ever lies in this process; what comes while a batch is being
//! stored waits here for the next [`Nats::take`]. Connecting is in [`connect`]; after any error the caller connects anew.

use std::pin::pin;
use std::time::Duration;

use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::consumer::pull::BatchConfig;
use async_nats::{Client, StatusCode, Subject, Subscriber};
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::watch;

use crate::clock::Monotonic;
use crate::domain::trace;

pub mod connect;

pub use connect::{Beginning, ConnectNats, Credentials, Tls};

/// How long a pull request stands at the server before it is renewed.
const REQUEST: Duration = Duration::from_secs(5);
/// How much longer than that its end may take to arrive. After it the server has forgotten us.
const LATE: Duration = Duration::from_secs(5);
/// How long the server may take to confirm answers.
const CONFIRMED_WITHIN: Duration = Duration::from_secs(5);
/// The most bytes of messages that one pull request asks for, unless a single message may be larger.
const BATCH_BYTES: usize = 8 * 1024 * 1024;

/// Why messages cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum NatsError {
    /// A file that the connection needs cannot be used.
    #[error("`{path}` cannot be used for the connection to nats")]
    File {
        /// The file.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// No server could be reached, or none would have us.
    #[error("no connection to nats at {servers}")]
    Connect {
        /// Those tried.
        servers: String,
        /// Why not.
        #[source]
        source: async_nats::ConnectError,
    },
    /// The servers know JetStream not, or not for this account.
    #[error("nats has no jetstream for this account: enable it on the server (`jetstream {{}}`)")]
    NoJetStream,
    /// There is no such stream.
    #[error("nats has no stream `{0}`: make it (`nats stream add {0}`), or mend `nats.stream`")]
    NoStream(String),
    /// There is no such consumer, and none is to be made.
    #[error(
        "the stream `{stream}` has no consumer `{durable}`: make it (`nats consumer add {stream} {durable} --pull --ack explicit`), or set `nats.create: true`"
    )]
    NoConsumer {
        /// The stream.
        stream: String,
        /// The consumer's durable name.
        durable: String,
    },
    /// The consumer that is there cannot be used.
    #[error("the consumer `{durable}` of `{stream}` cannot be used: {why}")]
    Unfit {
        /// The stream.
        stream: String,
        /// The consumer's durable name.
        durable: String,
        /// What about it.
        why: String,
    },
    /// JetStream refused a request, or did not answer.
    #[error("nats did not do as asked: {0}")]
    Asked(String),
    /// The connection broke, or the server took the consumer away.
    #[error("the connection to nats was lost: {0}")]
    Lost(String),
}

/// What a message is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer<'a> {
    /// It is stored: never deliver it again.
    Stored,
    /// Nothing of it can be used, and it is kept as such: never deliver it again, for this reason.
    Useless(&'a str),
    /// It is still being worked on: wait another ack-wait before delivering it to somebody else.
    InProgress,
    /// Deliver it again, to whomever, after so long.
    Later(Duration),
}

/// A message that was delivered and waits for its answer.
#[derive(Clone, Debug)]
pub struct Message {
    inner: async_nats::Message,
    reply: Subject,
    about: Delivered,
}

/// What came in.
enum Heard {
    /// A message.
    Message(Box<Message>),
    /// A request has run out, with nothing more to bring.
    Nothing,
    /// Something that says nothing of the messages.
    Else,
}

/// What the server says of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Delivered {
    stream: String,
    sequence: u64,
    times: u64,
    published: i128,
}

impl Message {
    /// Its bytes, as they were published.
    pub fn payload(&self) -> &[u8] {
        &self.inner.payload
    }

    /// The trace that its headers say it belongs to: a CloudEvent's own, else the sender's.
    pub fn traceparent(&self) -> Option<String> {
        let headers = self.inner.headers.as_ref()?;
        let said = ["ce-traceparent", "traceparent"].iter();
        let mut said = said.filter_map(|name| trace::traceparent(headers.get(*name)?.as_str()));
        said.next()
    }

    /// Its number in the stream.
    pub fn sequence(&self) -> u64 {
        self.about.sequence
    }

    /// The how-manieth delivery of it this is, from 1.
    pub fn times(&self) -> u64 {
        self.about.times
    }

    /// What no other message of any stream on this server has: the stream, its number there, and when it was published, in
    /// nanoseconds. A stream that was deleted and made anew counts from 1 again, so the number alone would not do.
    pub fn identity(&self) -> String {
        let Delivered {
            stream,
            sequence,
            published,
            ..
        } = &self.about;
        format!("{stream}/{sequence}/{published}")
    }

    fn of(inner: async_nats::Message) -> Option<Self> {
        let reply = inner.reply.clone()?;
        let about = delivered(&reply)?;
        Some(Self { inner, reply, about })
    }
}

/// Reads where a delivery comes from out of the subject that takes its acknowledgement (ADR-15 of NATS):
/// `$JS.ACK.[domain.account.]stream.consumer.times.sequence.consumer_sequence.published.pending[.token]`.
fn delivered(reply: &str) -> Option<Delivered> {
    let tokens: Vec<&str> = reply.strip_prefix("$JS.ACK.")?.split('.').collect();
    let tokens = match tokens.len() {
        7 => &tokens[..],
        9.. => &tokens[2..],
        _ => return None,
    };
    Some(Delivered {
        stream: tokens[0].to_owned(),
        times: tokens[2].parse().ok()?,
        sequence: tokens[3].parse().ok()?,
        published: tokens[5].parse().ok()?,
    })
}

/// A consumer that is there, on an open connection.
pub struct Nats {
    client: Client,
    consumer: PullConsumer,
    inbox: Subject,
    inflow: Subscriber,
    lost: watch::Receiver<Option<String>>,
    /// How many messages the request that stands may still bring, and when it ends at the latest.
    standing: Option<(usize, Monotonic)>,
    /// How many it asked for.
    asked: usize,
    takes_reasons: bool,
}

impl Nats {
    /// How long the server waits for an answer before it delivers a message again.
    pub fn ack_wait(&self) -> Duration {
        self.consumer.cached_info().config.ack_wait
    }

    /// How many messages wait in the stream for this consumer, as of its last word.
    ///
    /// # Errors
    /// The server does not answer.
    pub async fn waiting(&mut self) -> Result<u64, NatsError> {
        let info = self.consumer.info().await;
        info.map(|info| info.num_pending + info.num_ack_pending as u64)
            .map_err(|error| NatsError::Asked(error.to_string()))
    }

    /// The next messages: waits for the first, and takes with it what is there, at most `most`. None, when the server says that a
    /// request has run out. May be dropped at any time; nothing is lost then.
    ///
    /// # Errors
    /// The connection is lost or the consumer gone: connect anew. What was delivered and not answered comes again.
    pub async fn take(&mut self, most: usize) -> Result<Vec<Message>, NatsError> {
        let mut taken = Vec::new();
        loop {
            let until = self.stand(most).await?;
            let next = tokio::select! {
                why = broken(&mut self.lost) => return Err(NatsError::Lost(why)),
                next = tokio::time::timeout(until.remaining(), self.inflow.next()) => next,
            };
            let next = next.map_err(|_| NatsError::Lost("the server answers no request".to_owned()))?;
            match self.sort(next)? {
                Heard::Message(message) => {
                    taken.push(*message);
                    break;
                }
                Heard::Nothing => return Ok(taken),
                Heard::Else => {}
            }
        }
        while taken.len() < most {
            // INVARIANT: nothing is awaited from here on, so that what is in `taken` cannot be dropped.
            let Some(next) = self.inflow.next().now_or_never() else {
                break;
            };
            match self.sort(next) {
                Ok(Heard::Message(message)) => taken.push(*message),
                Ok(_) => {}
                // The next look says so again.
                Err(_) => break,
            }
        }
        Ok(taken)
    }

    /// Sees to it that a pull request stands; says until when something must be heard of it.
    async fn stand(&mut self, most: usize) -> Result<Monotonic, NatsError> {
        if let Some((_, until)) = self.standing {
            return Ok(until);
        }
        let single = self.client.server_info().max_payload;
        // Whoever made the consumer may have bounded its requests.
        let bounds = &self.consumer.cached_info().config;
        let bounded = |wanted: usize, bound: i64| match usize::try_from(bound) {
            Ok(bound) if bound > 0 => wanted.min(bound),
            _ => wanted,
        };
        let most = bounded(most, bounds.max_batch);
        let request = BatchConfig {
            batch: most,
            expires: Some(match bounds.max_expires {
                Duration::ZERO => REQUEST,
                bound => REQUEST.min(bound),
            }),
            max_bytes: bounded(BATCH_BYTES.max(single.saturating_mul(2)), bounds.max_bytes),
            ..BatchConfig::default()
        };
        let asked = self.consumer.request_batch(request, self.inbox.clone());
        let asked = tokio::time::timeout(LATE, asked).await;
        asked
            .map_err(|_| NatsError::Lost("a request could not be sent".to_owned()))?
            .map_err(|error| NatsError::Lost(error.to_string()))?;
        let until = Monotonic::now().plus(REQUEST + LATE);
        (self.standing, self.asked) = (Some((most, until)), most);
        Ok(until)
    }

    /// Tells messages from what the server says of the request.
    fn sort(&mut self, heard: Option<async_nats::Message>) -> Result<Heard, NatsError> {
        let heard = heard.ok_or_else(|| NatsError::Lost("the subscription ended".to_owned()))?;
        match heard.status {
            None | Some(StatusCode::OK) => {
                let message = Message::of(heard);
                self.standing = match self.standing.take() {
                    Some((left, until)) if left > 1 && message.is_some() => Some((left - 1, until)),
                    _ => None,
                };
                Ok(message.map_or(Heard::Else, |message| Heard::Message(Box::new(message))))
            }
            Some(StatusCode::IDLE_HEARTBEAT) => Ok(Heard::Else),
            // It has run out, or was filled as far as its bytes go: ask again.
            Some(StatusCode::TIMEOUT | StatusCode::NOT_FOUND) => {
                self.standing = None;
                Ok(Heard::Nothing)
            }
            Some(StatusCode::REQUEST_TERMINATED) => {
                let left = self.standing.take().map_or(0, |(left, _)| left);
                let why = heard.description.unwrap_or_default();
                match why.to_ascii_lowercase() {
                    gone if gone.contains("deleted") || gone.contains("push") => Err(NatsError::Lost(why)),
                    // The consumer's bounds: at once again it would be the same.
                    bound if bound.starts_with("exceeded") => Err(NatsError::Asked(why)),
                    // Filled as far as its bytes go; or the next message alone is larger than that.
                    size if size.starts_with("message size") && left == self.asked => {
                        Err(NatsError::Asked(why))
                    }
                    _ => Ok(Heard::Else),
                }
            }
            Some(StatusCode::NO_RESPONDERS) => {
                self.standing = None;
                Err(NatsError::Lost(
                    "nobody answers for the consumer: it was deleted, or jetstream is not up".to_owned(),
                ))
            }
            Some(other) => {
                self.standing = None;
                let why = heard.description.unwrap_or_default();
                Err(NatsError::Lost(format!("{other} {why}")))
            }
        }
    }

    /// Answers messages, and waits until the server has confirmed each answer, for five seconds at most. Says how many were
    /// confirmed: an answer that was lost brings the message again, which harms nothing.
    pub async fn answer(&mut self, messages: &[Message], answer: Answer<'_>) -> usize {
        if messages.is_empty() {
            return 0;
        }
        let answering = confirmed(&self.client, messages, self.said(answer));
        let mut answering = pin!(answering);
        tokio::select! {
            _ = broken(&mut self.lost) => 0,
            confirmed = &mut answering => confirmed,
        }
    }

    /// Gives back what was delivered and not taken, so that another process has it at once.
    pub async fn leave(mut self) {
        let _ = self.inflow.unsubscribe().await;
        let _ = tokio::time::timeout(Duration::from_secs(1), self.client.flush()).await;
        let mut unread = Vec::new();
        while let Some(Some(heard)) = self.inflow.next().now_or_never() {
            unread.extend(Message::of(heard));
        }
        self.answer(&unread, Answer::Later(Duration::ZERO)).await;
    }

    fn said(&self, answer: Answer<'_>) -> String {
        match answer {
            Answer::Stored => "+ACK".to_owned(),
            Answer::InProgress => "+WPI".to_owned(),
            Answer::Later(Duration::ZERO) => "-NAK".to_owned(),
            Answer::Later(delay) => format!("-NAK {{\"delay\":{}}}", delay.as_nanos()),
            // Before 2.10.4 the server knows the bare word only, and would not hear the other.
            Answer::Useless(why) if self.takes_reasons => format!("+TERM {why}"),
            Answer::Useless(_) => "+TERM".to_owned(),
        }
    }
}

/// Says the same to each message; one subscription hears all confirmations.
async fn confirmed(client: &Client, messages: &[Message], said: String) -> usize {
    let inbox = Subject::from(client.new_inbox());
    let all = async {
        let mut heard = client.subscribe(inbox.clone()).await.ok()?;
        for message in messages {
            let payload = said.clone().into();
            client
                .publish_with_reply(message.reply.clone(), inbox.clone(), payload)
                .await
                .ok()?;
        }
        Some(heard.by_ref().take(messages.len()).count().await)
    };
    let all = tokio::time::timeout(CONFIRMED_WITHIN, all).await;
    all.ok().flatten().unwrap_or(0)
}

/// Waits until the connection breaks; why.
async fn broken(lost: &mut watch::Receiver<Option<String>>) -> String {
    match lost.wait_for(Option::is_some).await {
        Ok(why) => why.clone().unwrap_or_default(),
        Err(_) => "the client ended".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_delivery_comes_from_is_read_out_of_both_forms_of_its_reply_subject() {
        let expected = Some(Delivered {
            stream: "ALERTS".to_owned(),
            sequence: 42,
            times: 2,
            published: 1_700_000_000_123_456_789,
        });
        for reply in [
            "$JS.ACK.ALERTS.quell.2.42.57.1700000000123456789.0",
            "$JS.ACK._.hash.ALERTS.quell.2.42.57.1700000000123456789.0",
            "$JS.ACK.hub.hash.ALERTS.quell.2.42.57.1700000000123456789.0.token.more",
        ] {
            assert_eq!(delivered(reply), expected, "{reply}");
        }
        for reply in [
            "",
            "_INBOX.x",
            "$JS.ACK.ALERTS.quell.2.42.57.0",
            "$JS.ACK.ALERTS.quell.x.42.57.1700000000123456789.0",
        ] {
            assert_eq!(delivered(reply), None, "{reply}");
        }
    }
}
