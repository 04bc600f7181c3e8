//! One partition, at its leader: its first and last offset, and what stands from an offset on.

use std::time::Duration;

use super::batch::{Aborted, Bounds, Taken, take_apart};
use super::link::{FETCH, LIST_OFFSETS, Link};
use super::wire::{Malformed, Reader};
use super::{KafkaError, code, refusal};

/// A connection to the leader of a partition.
#[derive(Debug)]
pub struct Partition {
    link: Link,
    topic: String,
    index: i32,
}

/// Which end of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The offset of the first message that is still there.
    Earliest,
    /// The offset that the next message will have; of transactions, only what is done counts.
    Latest,
}

/// How much is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// Bytes; one whole batch is sent even if it is longer.
    pub bytes: i32,
    /// How long the broker waits for the first byte.
    pub wait: Duration,
}

/// What a broker sent, not looked into yet.
#[derive(Debug)]
pub struct Fetched {
    bytes: Vec<u8>,
    aborted: Vec<Aborted>,
    is_cut: bool,
    /// The offset that the next message to be readable will have.
    pub end: i64,
}

impl Fetched {
    /// Whether nothing came.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes it apart, from this offset on: of some megabytes that takes longer than a task may hold its thread.
    pub fn take_apart(&self, from: i64, bounds: &Bounds) -> Taken {
        take_apart(&self.bytes, from, &self.aborted, self.is_cut, bounds)
    }

    /// How many bytes came.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }
}

/// A consumer, as opposed to a broker that copies.
const CONSUMER: i32 = -1;
/// Only what was committed.
const READ_COMMITTED: i8 = 1;

impl Partition {
    pub(super) fn new(link: Link, topic: &str, index: i32) -> Self {
        Self {
            link,
            topic: topic.to_owned(),
            index,
        }
    }

    /// Whether it can be asked again; if not, open another.
    pub fn is_usable(&self) -> bool {
        self.link.is_usable()
    }

    /// The address of the leader.
    pub fn leader(&self) -> &str {
        self.link.address()
    }

    /// Asks for an end.
    ///
    /// # Errors
    /// The leader is another one now, or as for any request.
    pub async fn offset(&mut self, end: End) -> Result<i64, KafkaError> {
        let (topic, index) = (&self.topic, self.index);
        let answer = self
            .link
            .ask(LIST_OFFSETS, Duration::ZERO, |writer, version| {
                writer
                    .i32(CONSUMER)
                    .when(version >= 2, |writer| writer.i8(READ_COMMITTED))
                    .i32(1)
                    .text(topic)
                    .i32(1)
                    .i32(index)
                    .i64(match end {
                        End::Earliest => -2,
                        End::Latest => -1,
                    })
            })
            .await?;
        let mut reader = Reader::new(&answer.body);
        let read = |reader: &mut Reader<'_>| -> Result<_, Malformed> {
            if answer.version >= 2 {
                reader.i32("the throttle")?;
            }
            let topics = reader.list("the topics", |reader| {
                reader.text("a topic")?;
                reader.list("the partitions", |reader| {
                    let index = reader.i32("a partition")?;
                    let code = reader.i16("a partition's error")?;
                    reader.i64("a time")?;
                    Ok((index, code, reader.i64("an offset")?))
                })
            })?;
            let mut all = topics.into_iter().flatten();
            all.find(|(found, ..)| *found == index)
                .ok_or_else(|| reader.malformed("the partition"))
        };
        let (_, code, offset) = read(&mut reader).map_err(|error| self.link.garbled(error))?;
        self.refused("ListOffsets", code, offset)?;
        Ok(offset)
    }

    /// Fetches from an offset on. The broker waits for the first message; nothing may come.
    ///
    /// # Errors
    /// [`KafkaError::OutOfRange`] if the offset is not there any more, or not yet; the leader is another one now; or as
    /// for any request.
    pub async fn fetch(&mut self, from: i64, portion: Portion) -> Result<Fetched, KafkaError> {
        let (topic, index) = (&self.topic, self.index);
        let wait_ms = i32::try_from(portion.wait.as_millis()).unwrap_or(i32::MAX);
        let answer = self
            .link
            .ask(FETCH, portion.wait, |writer, version| {
                writer
                    .i32(CONSUMER)
                    .i32(wait_ms)
                    .i32(1)
                    .i32(portion.bytes)
                    .i8(READ_COMMITTED)
                    // No session: each request stands for itself.
                    .when(version >= 7, |writer| writer.i32(0).i32(-1))
                    .i32(1)
                    .text(topic)
                    .i32(1)
                    .i32(index)
                    .when(version >= 9, |writer| writer.i32(-1))
                    .i64(from)
                    .when(version >= 5, |writer| writer.i64(-1))
                    .i32(portion.bytes)
                    .when(version >= 7, |writer| writer.i32(0))
                    .when(version >= 11, |writer| writer.text(""))
            })
            .await?;
        let read = read(&mut Reader::new(&answer.body), answer.version, index);
        let found = read.map_err(|error| self.link.garbled(error))?;
        self.refused("Fetch", found.code, from)?;
        Ok(Fetched {
            bytes: found.records,
            aborted: found.aborted,
            is_cut: answer.is_cut,
            end: found.end,
        })
    }

    fn refused(&self, request: &'static str, code: i16, from: i64) -> Result<(), KafkaError> {
        match code {
            code::OFFSET_OUT_OF_RANGE => Err(KafkaError::OutOfRange { offset: from }),
            code::UNKNOWN_TOPIC => Err(KafkaError::NoLeader {
                topic: self.topic.clone(),
                partition: self.index,
            }),
            code => refusal(self.link.address(), request, code, None),
        }
    }
}

struct Found {
    code: i16,
    end: i64,
    aborted: Vec<Aborted>,
    records: Vec<u8>,
}

fn read(reader: &mut Reader<'_>, version: i16, index: i32) -> Result<Found, Malformed> {
    reader.i32("the throttle")?;
    if version >= 7 {
        let code = reader.i16("an answer's error")?;
        reader.i32("a session")?;
        if code != 0 {
            return Ok(Found {
                code,
                end: 0,
                aborted: Vec::new(),
                records: Vec::new(),
            });
        }
    }
    // One topic and one partition were asked for.
    let topics = reader.i32("the topics")?;
    reader.text("a topic")?;
    let partitions = reader.i32("the partitions")?;
    let found = reader.i32("a partition")?;
    if (topics, partitions, found) != (1, 1, index) {
        return Err(reader.malformed("the partition"));
    }
    let code = reader.i16("a partition's error")?;
    let written = reader.i64("the last offset")?;
    let stable = reader.i64("the last stable offset")?;
    if version >= 5 {
        reader.i64("the first offset")?;
    }
    let aborted = reader.list("the transactions given up", |reader| {
        Ok(Aborted {
            producer: reader.i64("a producer")?,
            first: reader.i64("an offset")?,
        })
    })?;
    if version >= 11 {
        reader.i32("a replica to read from")?;
    }
    let length = reader.i32("the length of the records")?;
    let length = usize::try_from(length).unwrap_or(0);
    // Where the answer was cut, so are they.
    let records = reader.rest();
    Ok(Found {
        code,
        end: if stable >= 0 { stable } else { written },
        aborted,
        records: records[..length.min(records.len())].to_vec(),
    })
}
