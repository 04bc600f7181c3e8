//! The Kafka protocol, as a consumer of topics speaks it: Apache Kafka from 0.11 on, Azure Event Hubs, Redpanda and others.
//!
//! `worker::intake::kafka` connects a [`Cluster`], asks for a topic's partitions, opens a [`Partition`] and fetches from an
//! offset on. The offset is kept by whoever stores what was fetched, in the transaction that stores it: there are no consumer
//! groups here, and nothing is ever told to the broker, so nothing is acknowledged too early.
//!
//! [`link`] is a connection, [`login`] shows who we are, [`tls`] whom we trust; [`wire`] reads and writes the protocol's
//! bytes, [`batch`] takes what was fetched apart and [`unpack`] opens what was packed. A client of our own, because those
//! that exist pass on messages of transactions that were given up, or stop at their markers
//! (docs/decisions tells more).
//!
//! Nothing here keeps state beyond a connection, retries, or logs.

pub mod batch;
pub mod cluster;
mod link;
pub mod login;
pub mod partition;
mod tls;
mod unpack;
pub mod wire;

#[cfg(test)]
mod broker;
#[cfg(test)]
mod tests;

use std::io;
use std::time::Duration;

pub use batch::{Bounds, Message, Taken, Unread};
pub use cluster::{Cluster, Place, Topic};
pub use login::{Login, Secrets};
pub use partition::{End, Fetched, Partition, Portion};
pub use tls::Tls;
use wire::Malformed;

/// How to reach the brokers.
#[derive(Clone, Debug)]
pub struct Options {
    /// Hosts with ports, of which the first that answers tells of the others.
    pub brokers: Vec<String>,
    /// What brokers show in their logs and limit by.
    pub client_id: String,
    /// TLS; `None`: none.
    pub tls: Option<Tls>,
    /// SASL; `None`: none.
    pub login: Option<Login>,
    /// For connecting, TLS and the login together.
    pub connect_timeout: Duration,
    /// For one request, beyond what the broker is asked to wait.
    pub request_timeout: Duration,
    /// Bytes that are read of one answer; a batch that is longer becomes [`Unread`].
    pub max_answer: usize,
}

/// Why a broker could not be used. Each variant is something else to do.
#[derive(Debug, thiserror::Error)]
pub enum KafkaError {
    /// What was configured cannot be used: somebody must look.
    #[error("{0}")]
    Options(String),
    /// Try again, at another broker if there is one.
    #[error("broker {broker}: {what}")]
    Connection {
        /// Which.
        broker: String,
        /// What failed.
        what: &'static str,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Try again.
    #[error("broker {broker}: no answer within {within:?} ({what})")]
    Late {
        /// To what.
        what: &'static str,
        /// Which.
        broker: String,
        /// How long it was waited for.
        within: Duration,
    },
    /// The login was refused: somebody must look, and it may be mended meanwhile.
    #[error("broker {broker} refuses the login by {mechanism}: {why}")]
    Login {
        /// Which.
        broker: String,
        /// By which mechanism.
        mechanism: &'static str,
        /// In the broker's words, or ours if there was nothing to log in with.
        why: String,
    },
    /// The broker is too old or too new.
    #[error(
        "broker {broker} does not speak {request} in the versions {} to {}: it has {} to {}",
        ours.0, ours.1, theirs.0, theirs.1
    )]
    Unspoken {
        /// Which.
        broker: String,
        /// What was to be asked.
        request: &'static str,
        /// From and to.
        ours: (i16, i16),
        /// From and to; to -1 if it does not know the request.
        theirs: (i16, i16),
    },
    /// The answer cannot be read.
    #[error("broker {broker}: the answer cannot be read")]
    Garbled {
        /// Which.
        broker: String,
        /// Where.
        #[source]
        error: Malformed,
    },
    /// The topic is not there, or we may not know of it.
    #[error("there is no topic `{topic}`, or it may not be read with this login")]
    NoTopic {
        /// Which.
        topic: String,
    },
    /// The partition has no leader, or a new one: ask again who that is.
    #[error("partition {partition} of `{topic}` has no leader just now")]
    NoLeader {
        /// Of which topic.
        topic: String,
        /// Which.
        partition: i32,
    },
    /// The offset is not there: removed by the topic's retention, or the topic was made anew.
    #[error("offset {offset} is not there")]
    OutOfRange {
        /// Which.
        offset: i64,
    },
    /// The broker refuses for another reason.
    #[error("broker {broker} refuses {request}: error {code}{}", said(*code, message.as_deref()))]
    Refused {
        /// Which.
        broker: String,
        /// What was asked.
        request: &'static str,
        /// The protocol's number.
        code: i16,
        /// The broker's words, if it said any.
        message: Option<String>,
    },
}

/// Numbers of errors, of <https://kafka.apache.org/protocol.html#protocol_error_codes>.
mod code {
    pub(super) const OFFSET_OUT_OF_RANGE: i16 = 1;
    pub(super) const UNKNOWN_TOPIC: i16 = 3;
    pub(super) const LEADER_NOT_AVAILABLE: i16 = 5;
}

fn refusal(
    broker: &str,
    request: &'static str,
    code: i16,
    message: Option<String>,
) -> Result<(), KafkaError> {
    if code == 0 {
        return Ok(());
    }
    Err(KafkaError::Refused {
        broker: broker.to_owned(),
        request,
        code,
        message,
    })
}

/// What the numbers that are met most often mean.
fn said(code: i16, message: Option<&str>) -> String {
    let known = match code {
        -1 => "the broker failed",
        5 => "the leader is being chosen",
        6 => "another broker leads the partition now",
        7 => "the broker waited too long",
        9 => "the copy is not there",
        29 => "this login may not read the topic",
        30 => "this login may not read with groups",
        31 => "this login may not do that",
        34 => "the broker is at another state",
        56 => "the broker cannot read its disk",
        74 | 75 => "another broker leads the partition now",
        76 => "the broker does not send batches packed like that in this version",
        _ => "",
    };
    match message.unwrap_or(known) {
        "" => String::new(),
        text => format!(", {text}"),
    }
}

impl KafkaError {
    /// Whether the connection is of no use although it stands: the leader must be looked up again.
    pub fn is_moved(&self) -> bool {
        matches!(
            self,
            Self::NoLeader { .. }
                | Self::Refused {
                    code: 5 | 6 | 9 | 74 | 75,
                    ..
                }
        )
    }
}
