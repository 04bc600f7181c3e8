//! What a broker answers to a fetch, taken apart: record batches of format 2, one after another, to messages with their
//! offsets. Pure.
//!
//! A broker keeps batches as the producers wrote them and sends whole ones: some begin before the offset asked for, the
//! last one may be cut, some hold nothing any more (compaction), some are markers of transactions (control batches). The
//! place to go on at is therefore told by the batches and not by the messages: [`Taken::next`] moves past all of these.
//!
//! What cannot be read is [`Unread`], with its offsets and its first bytes, and what stands after it is read all the
//! same: a producer's broken batch must not hold up a partition, and must not vanish either.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use super::unpack::{Packing, unpack};
use super::wire::{Malformed, Reader};
use crate::domain::trace;

/// How much of what cannot be read is kept, bytes.
const KEPT: usize = 64 * 1024;

/// Up to where a batch's checksum does not reach: base offset, length, leader epoch, format, the checksum itself.
const HEAD: usize = 8 + 4 + 4 + 1 + 4;

/// Base offset and length, which every format begins with.
const FRONT: usize = 12;

/// The end that a batch claims without a checksum to confirm it is believed if it is no further away than this.
const LIKELY: i64 = 1_000_000;

/// Messages that are taken at once; each costs more than its bytes.
const MOST: usize = 20_000;

/// What a message costs beside its bytes, more or less.
const COST: usize = 512;

/// Headers of a message that are looked through.
const HEADERS: i64 = 100;

/// Among the attributes: the batch belongs to a transaction; it is a marker.
const TRANSACTIONAL: i16 = 0x10;
const CONTROL: i16 = 0x20;

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its place in the partition.
    pub offset: i64,
    /// When it was written, milliseconds since 1970; by the producer's clock or the broker's, as the topic has it.
    pub written_ms: i64,
    /// What it says; `None` for a tombstone, which says that its key is gone.
    pub value: Option<Vec<u8>>,
    /// The trace that its headers say it belongs to.
    pub traceparent: Option<String>,
}

/// What cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The first offset that it may have held, and the last.
    pub offsets: RangeInclusive<i64>,
    /// Why, for a dead letter's reason.
    pub why: String,
    /// Its first bytes as they came, at most 64 KiB.
    pub bytes: Vec<u8>,
}

/// What is taken of a fetch.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// In the order of their offsets.
    pub messages: Vec<Message>,
    /// In the order of their offsets.
    pub unread: Vec<Unread>,
    /// The offset to go on at. It may lie beyond the last message.
    pub next: i64,
    /// A checksum was wrong, and nothing was taken from there on: the way here may have done that, so fetch again. Only
    /// with [`Bounds::is_patient`].
    pub is_damaged: bool,
}

/// What is taken at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of one message; a longer one is [`Unread`].
    pub message: usize,
    /// Bytes of one batch once it is unpacked; a larger one is [`Unread`]. What is taken of a fetch ends soon after so many,
    /// in the middle of a batch if need be: the rest is for the next one.
    pub unpacked: usize,
    /// Whether a wrong checksum ends the reading ([`Taken::is_damaged`]) in place of being [`Unread`].
    pub is_patient: bool,
}

/// A producer whose transaction was given up, and the first offset of that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aborted {
    /// The producer's id.
    pub producer: i64,
    /// Its first offset in the transaction.
    pub first: i64,
}

/// Takes `bytes`, which were fetched from the offset `from` on, apart.
///
/// `aborted` are the transactions that the broker says were given up: their messages were never sent, as far as anybody
/// may know, and are left out. `is_cut`: the answer was longer than what is read of one, and ends in the middle.
pub fn take_apart(bytes: &[u8], from: i64, aborted: &[Aborted], is_cut: bool, bounds: &Bounds) -> Taken {
    let mut taking = Taking {
        taken: Taken {
            next: from,
            ..Taken::default()
        },
        from,
        begun: aborted.to_vec(),
        given_up: HashSet::new(),
        held: 0,
        bounds,
    };
    let mut rest = bytes;
    while let Some((base, length)) = front(rest) {
        let whole = usize::try_from(length)
            .ok()
            .and_then(|length| length.checked_add(FRONT));
        let Some(whole) = whole.filter(|whole| *whole > HEAD && base >= 0) else {
            // Where the next one begins cannot be known.
            taking.lost(base.max(from), None, rest, "it claims a length that no batch has");
            return taking.taken;
        };
        let Some(batch) = rest.get(..whole) else {
            if is_cut && taking.taken.next == from {
                // It will never fit.
                let claimed = rest
                    .get(HEAD..)
                    .and_then(|head_on| head(&mut Reader::new(head_on), base).ok());
                let why = format!("it is a batch of {whole} bytes, more than is read at once");
                taking.lost(base, claimed.map(|head| head.last), rest, &why);
            }
            break;
        };
        if !taking.batch(base, batch) {
            break;
        }
        rest = &rest[whole..];
    }
    taking.taken
}

fn front(rest: &[u8]) -> Option<(i64, i32)> {
    let mut reader = Reader::new(rest);
    Some((reader.i64("offset").ok()?, reader.i32("length").ok()?))
}

struct Taking<'a> {
    taken: Taken,
    from: i64,
    /// Transactions given up whose first offset was not reached yet.
    begun: Vec<Aborted>,
    /// Producers whose messages do not count until their marker comes.
    given_up: HashSet<i64>,
    /// What was taken holds about so many bytes.
    held: usize,
    bounds: &'a Bounds,
}

/// What a batch says of itself.
struct Head {
    attributes: i16,
    last: i64,
    written_ms: i64,
    producer: i64,
    count: i32,
}

impl Taking<'_> {
    /// Takes one whole batch; false if the reading ends here.
    fn batch(&mut self, base: i64, batch: &[u8]) -> bool {
        let format = batch[FRONT + 4].cast_signed();
        if format != 2 {
            // One message, or several packed together, whose last offset stands in front.
            let why = format!("it has format {format} of before Kafka 0.11, which is not read");
            self.lost(base, None, batch, &why);
            return !self.is_full();
        }
        let mut reader = Reader::new(&batch[FRONT + 5..]);
        let sum = reader.u32("checksum").unwrap_or_default();
        let summed = reader.rest();
        let head = head(&mut reader, base);
        if crc32c(summed) != sum {
            if self.bounds.is_patient {
                self.taken.is_damaged = true;
                return false;
            }
            self.lost(
                base,
                head.ok().map(|head| head.last),
                batch,
                "its checksum is wrong",
            );
            return !self.is_full();
        }
        match head {
            Ok(head) if head.last >= base => {
                if !self.records(base, &head, reader.rest(), batch) {
                    return false;
                }
                self.taken.next = self.taken.next.max(head.last.saturating_add(1));
            }
            Ok(_) => self.lost(base, None, batch, "it claims to end before it begins"),
            Err(error) => self.lost(base, None, batch, &error.to_string()),
        }
        !self.is_full()
    }

    /// Whether so much is taken that the rest must wait. A few bytes can unpack to many, and one fetch brings many batches.
    fn is_full(&self) -> bool {
        self.held > self.bounds.unpacked || self.taken.messages.len() >= MOST
    }

    /// Takes a batch's records; false if the reading ends among them.
    fn records(&mut self, base: i64, head: &Head, packed: &[u8], batch: &[u8]) -> bool {
        self.begun.retain(|aborted| {
            let is_reached = aborted.first <= head.last;
            if is_reached {
                self.given_up.insert(aborted.producer);
            }
            !is_reached
        });
        if head.attributes & CONTROL != 0 {
            // The end of a transaction, given up or done: its producer begins anew.
            self.given_up.remove(&head.producer);
            return true;
        }
        let is_given_up = head.attributes & TRANSACTIONAL != 0 && self.given_up.contains(&head.producer);
        if is_given_up || head.last < self.from {
            return true;
        }
        let unpacked;
        let plain = match Packing::of(head.attributes) {
            Some(Packing::None) => packed,
            Some(packing) => match unpack(packing, packed, self.bounds.unpacked) {
                Ok(bytes) => {
                    unpacked = bytes;
                    &unpacked
                }
                Err(why) => {
                    self.unread(base..=head.last, batch, why);
                    return true;
                }
            },
            None => {
                let why = "it is packed in a way that is not known".to_owned();
                self.unread(base..=head.last, batch, why);
                return true;
            }
        };
        let mut reader = Reader::new(plain);
        let mut reached = base;
        for _ in 0..head.count {
            // Each stands after the one before: where the reading stops, all before was taken and nothing after.
            let read = record(&mut reader, base, head.written_ms).and_then(|record| {
                let is_in_turn = (reached..=head.last).contains(&record.offset);
                let wrong = || reader.malformed("the offset of a record");
                is_in_turn.then_some(record).ok_or_else(wrong)
            });
            let record = match read {
                Ok(record) => record,
                Err(error) => {
                    self.unread(reached.min(head.last)..=head.last, plain, error.to_string());
                    return true;
                }
            };
            reached = record.offset.saturating_add(1);
            if record.offset < self.from {
                continue;
            }
            if record.offset > self.from && self.is_full() {
                self.taken.next = self.taken.next.max(record.offset);
                return false;
            }
            self.message(record);
        }
        true
    }

    fn message(&mut self, record: Record<'_>) {
        let length = record.value.map_or(0, <[u8]>::len);
        if length > self.bounds.message {
            let why = format!("it is {length} bytes long, and {} are taken", self.bounds.message);
            return self.unread(
                record.offset..=record.offset,
                record.value.unwrap_or_default(),
                why,
            );
        }
        self.held += length + COST;
        self.taken.messages.push(Message {
            offset: record.offset,
            written_ms: record.written_ms,
            value: record.value.map(<[u8]>::to_vec),
            traceparent: record.traceparent,
        });
    }

    /// Something that is read no further; `last` is the offset it ends at, as far as that is known.
    fn lost(&mut self, base: i64, last: Option<i64>, bytes: &[u8], why: &str) {
        let last = last
            .filter(|last| (base..base.saturating_add(LIKELY)).contains(last))
            .unwrap_or(base)
            .max(self.from);
        self.unread(base..=last, bytes, why.to_owned());
        self.taken.next = self.taken.next.max(last.saturating_add(1));
    }

    fn unread(&mut self, offsets: RangeInclusive<i64>, bytes: &[u8], why: String) {
        if *offsets.end() < self.from {
            return;
        }
        self.held += bytes.len().min(KEPT) + COST;
        self.taken.unread.push(Unread {
            offsets: (*offsets.start()).max(self.from)..=*offsets.end(),
            why,
            bytes: bytes[..bytes.len().min(KEPT)].to_vec(),
        });
    }
}

/// From the attributes to the count of records.
fn head(reader: &mut Reader<'_>, base: i64) -> Result<Head, Malformed> {
    let attributes = reader.i16("the attributes of a batch")?;
    let last = reader.i32("the last offset of a batch")?;
    let written_ms = reader.i64("the time of a batch")?;
    let _latest_ms = reader.i64("the last time of a batch")?;
    let producer = reader.i64("the producer of a batch")?;
    let _epoch = reader.i16("the producer of a batch")?;
    let _sequence = reader.i32("the sequence of a batch")?;
    let count = reader.i32("the count of a batch")?;
    Ok(Head {
        attributes,
        last: base
            .checked_add(i64::from(last))
            .ok_or_else(|| reader.malformed("the last offset of a batch"))?,
        written_ms,
        producer,
        count,
    })
}

struct Record<'a> {
    offset: i64,
    written_ms: i64,
    value: Option<&'a [u8]>,
    traceparent: Option<String>,
}

fn record<'a>(reader: &mut Reader<'a>, base: i64, base_ms: i64) -> Result<Record<'a>, Malformed> {
    let bytes = reader.var_bytes("a record")?;
    let mut reader = Reader::new(bytes.ok_or_else(|| reader.malformed("a record"))?);
    let _attributes = reader.i8("the attributes of a record")?;
    let ms = reader.varint("the time of a record")?;
    let delta = reader.varint("the offset of a record")?;
    let _key = reader.var_bytes("the key of a record")?;
    let value = reader.var_bytes("the value of a record")?;
    Ok(Record {
        offset: base
            .checked_add(delta)
            .filter(|offset| *offset >= base)
            .ok_or_else(|| reader.malformed("the offset of a record"))?,
        written_ms: base_ms.saturating_add(ms),
        value,
        // The record's own length leads past its headers: what is wrong with them is no reason to refuse it.
        traceparent: traceparent(&mut reader).unwrap_or_default(),
    })
}

/// The trace among a record's headers: a CloudEvent's own (in Kafka's binding its attributes begin with `ce_`), else the sender's.
fn traceparent(reader: &mut Reader<'_>) -> Result<Option<String>, Malformed> {
    let (mut own, mut sent) = (None, None);
    for _ in 0..reader.varint("the count of headers")?.clamp(0, HEADERS) {
        let name = reader.var_bytes("the name of a header")?;
        let value = reader.var_bytes("the value of a header")?;
        let into = match name {
            Some(b"ce_traceparent") => &mut own,
            Some(b"traceparent") => &mut sent,
            _ => continue,
        };
        let text = value.and_then(|value| std::str::from_utf8(value).ok());
        *into = text.and_then(trace::traceparent);
    }
    Ok(own.or(sent))
}

/// CRC-32C (Castagnoli), reflected: what batches are summed by.
pub(super) fn crc32c(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut sum = at as u32;
            let mut bit = 0;
            while bit < 8 {
                sum = if sum & 1 == 1 {
                    (sum >> 1) ^ 0x82f6_3b78
                } else {
                    sum >> 1
                };
                bit += 1;
            }
            table[at] = sum;
            at += 1;
        }
        table
    };
    let step = |sum: u32, byte: &u8| TABLE[usize::from(sum.to_le_bytes()[0] ^ byte)] ^ (sum >> 8);
    !bytes.iter().fold(!0, step)
}

#[cfg(test)]
#[path = "batch_tests.rs"]
mod tests;
