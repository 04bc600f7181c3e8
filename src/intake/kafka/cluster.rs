//! The brokers as one: which partitions a topic has, who leads each, and a connection to that one.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use super::link::{Link, METADATA};
use super::partition::Partition;
use super::wire::{Malformed, Reader};
use super::{KafkaError, Options, code, refusal};

/// The brokers of a source. Cheap to share by `Arc`.
#[derive(Debug)]
pub struct Cluster {
    options: Options,
    /// For questions about topics; each partition has its own.
    link: Mutex<Option<Link>>,
}

/// What is known of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// Its partitions, by their numbers.
    pub partitions: Vec<Place>,
}

/// Where a partition is had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its number.
    pub index: i32,
    /// Host and port of its leader; `None` while there is none.
    pub leader: Option<String>,
}

impl Cluster {
    /// Reads nothing and calls nobody: the roots of trust are read at each connection, and may come later.
    ///
    /// # Errors
    /// [`KafkaError::Options`].
    pub fn new(options: Options) -> Result<Arc<Self>, KafkaError> {
        if options.brokers.is_empty() {
            return Err(KafkaError::Options("no broker is named".to_owned()));
        }
        Ok(Arc::new(Self {
            options,
            link: Mutex::new(None),
        }))
    }

    /// Asks for a topic's partitions. Does not make the topic, where the broker lets that be said (Kafka 0.11).
    ///
    /// # Errors
    /// [`KafkaError::NoTopic`] if there is none; else no broker answers, or not as the protocol says.
    pub async fn topic(&self, name: &str) -> Result<Topic, KafkaError> {
        let mut held = self.link.lock().await;
        let mut link = match held.take().filter(Link::is_usable) {
            Some(link) => link,
            None => self.any().await?,
        };
        let topic = ask(&mut link, name).await;
        if link.is_usable() {
            *held = Some(link);
        }
        topic
    }

    /// A connection to the leader of a partition.
    ///
    /// # Errors
    /// As [`Cluster::topic`]; [`KafkaError::NoLeader`] while there is none or the partition is not there.
    pub async fn partition(&self, topic: &str, index: i32) -> Result<Partition, KafkaError> {
        let known = self.topic(topic).await?;
        let place = known.partitions.into_iter().find(|place| place.index == index);
        let leader = place
            .and_then(|place| place.leader)
            .ok_or_else(|| KafkaError::NoLeader {
                topic: topic.to_owned(),
                partition: index,
            })?;
        let link = self.open(&leader).await?;
        Ok(Partition::new(link, topic, index))
    }

    /// The first of the brokers that were named which answers.
    async fn any(&self) -> Result<Link, KafkaError> {
        let mut failed = Vec::new();
        for broker in &self.options.brokers {
            match self.open(broker).await {
                Ok(link) => return Ok(link),
                Err(error) => failed.push(error),
            }
        }
        // The last one speaks for all, but a refused login is what somebody must see.
        let told = failed
            .iter()
            .position(|error| matches!(error, KafkaError::Login { .. }));
        let told = told.unwrap_or(failed.len().saturating_sub(1));
        Err(failed.swap_remove(told))
    }

    async fn open(&self, broker: &str) -> Result<Link, KafkaError> {
        let options = &self.options;
        if options.tls.is_none() && options.login.is_some() && !is_here(broker) {
            // Brokers tell where the leaders are: that may be elsewhere.
            return Err(KafkaError::Options(format!(
                "broker `{broker}` is on another machine: a password or a token is not sent there without TLS"
            )));
        }
        let tls = match options.tls.clone() {
            // It reads a file.
            Some(tls) => tokio::task::spawn_blocking(move || tls.connector())
                .await
                .map_err(|_| KafkaError::Options("TLS cannot be used: quell ends".to_owned()))
                .flatten()
                .map(Some)?,
            None => None,
        };
        Link::open(broker, options, tls.as_ref()).await
    }
}

/// Whether a broker, host and port, is on this machine.
fn is_here(broker: &str) -> bool {
    let host = broker.rsplit_once(':').map_or(broker, |(host, _)| host);
    let ip = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

async fn ask(link: &mut Link, name: &str) -> Result<Topic, KafkaError> {
    let answer = link
        .ask(METADATA, Duration::ZERO, |writer, version| {
            let writer = writer.i32(1).text(name);
            writer.when(version >= 4, |writer| writer.i8(0))
        })
        .await?;
    let read = read(&mut Reader::new(&answer.body), answer.version);
    let (brokers, topics) = read.map_err(|error| link.garbled(error))?;
    let missing = || KafkaError::NoTopic {
        topic: name.to_owned(),
    };
    let found = topics
        .into_iter()
        .find(|topic| topic.name == name)
        .ok_or_else(missing)?;
    match found.code {
        // It is being made, or its leaders are being chosen: what is known of it stands there.
        0 | code::LEADER_NOT_AVAILABLE => {}
        code::UNKNOWN_TOPIC => return Err(missing()),
        other => {
            return Err(refusal(link.address(), "Metadata", other, None)
                .err()
                .unwrap_or_else(missing));
        }
    }
    let place = |(index, leader): (i32, i32)| Place {
        index,
        leader: brokers
            .iter()
            .find(|(id, _)| *id == leader)
            .map(|(_, address)| address.clone()),
    };
    let mut partitions: Vec<Place> = found.partitions.into_iter().map(place).collect();
    partitions.sort_by_key(|place| place.index);
    Ok(Topic {
        name: found.name,
        partitions,
    })
}

struct Found {
    code: i16,
    name: String,
    partitions: Vec<(i32, i32)>,
}

type Brokers = Vec<(i32, String)>;

fn read(reader: &mut Reader<'_>, version: i16) -> Result<(Brokers, Vec<Found>), Malformed> {
    if version >= 3 {
        reader.i32("the throttle")?;
    }
    let brokers = reader.list("the brokers", |reader| {
        let id = reader.i32("a broker's id")?;
        let host = reader.text("a broker's host")?.unwrap_or_default();
        let port = reader.i32("a broker's port")?;
        reader.text("a broker's rack")?;
        let is_v6 = host.contains(':') && !host.starts_with('[');
        let address = if is_v6 {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        Ok((id, address))
    })?;
    if version >= 2 {
        reader.text("the cluster's id")?;
    }
    reader.i32("the controller")?;
    let topics = reader.list("the topics", |reader| {
        let code = reader.i16("a topic's error")?;
        let name = reader.text("a topic's name")?.unwrap_or_default();
        reader.i8("a topic's kind")?;
        let partitions = reader.list("the partitions", |reader| {
            reader.i16("a partition's error")?;
            let index = reader.i32("a partition's number")?;
            let leader = reader.i32("a partition's leader")?;
            if version >= 7 {
                reader.i32("a leader's epoch")?;
            }
            reader.list("the replicas", |reader| reader.i32("a replica"))?;
            reader.list("the replicas in sync", |reader| reader.i32("a replica"))?;
            if version >= 5 {
                reader.list("the replicas away", |reader| reader.i32("a replica"))?;
            }
            Ok((index, leader))
        })?;
        Ok(Found {
            code,
            name,
            partitions,
        })
    })?;
    Ok((brokers, topics))
}
