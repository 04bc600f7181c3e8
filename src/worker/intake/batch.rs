//! Messages of a partition, joined to what is stored in one transaction. Pure; called by [`super::partition`].

use crate::intake::body::Lines;
use crate::intake::kafka::{Message, Taken, Unread};
use crate::intake::{Delivery, Reader};

/// Events and bytes of one transaction; one message is never divided.
pub(super) const BATCH_RECORDS: usize = 1_000;
const BATCH_BYTES: usize = 4 * 1024 * 1024;

/// What is stored in one transaction.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) delivery: Delivery,
    bytes: usize,
    /// The offset to go on at after it.
    pub(super) to: i64,
    /// When its last message was written, milliseconds since 1970.
    pub(super) written_ms: Option<i64>,
}

enum Item {
    Message(Message),
    Unread(Unread),
}

/// What was taken, in the order of its offsets, joined to batches; takes the messages out of it. Each batch ends where the next
/// begins, the last one where the reading goes on.
pub(super) fn batches(reader: &Reader, taken: &mut Taken, place: &str, most: usize) -> Vec<Batch> {
    let messages = std::mem::take(&mut taken.messages).into_iter();
    let unread = std::mem::take(&mut taken.unread).into_iter();
    let mut items: Vec<(i64, Item)> = messages
        .map(|message| (message.offset, Item::Message(message)))
        .chain(unread.map(|unread| (*unread.offsets.start(), Item::Unread(unread))))
        .collect();
    items.sort_by_key(|(offset, _)| *offset);
    let mut made = Vec::new();
    let mut batch = Batch::default();
    for (offset, item) in items {
        let (read, bytes, written_ms) = match item {
            Item::Message(message) => {
                let value = message.value.unwrap_or_default();
                let mut read = read(reader, &value, &format!("{place}, offset {offset}"));
                read.carried_by(message.traceparent.as_deref());
                (read, value.len(), Some(message.written_ms))
            }
            Item::Unread(unread) => (told(&unread, place), unread.bytes.len(), None),
        };
        let is_full = batch.delivery.records() + read.records() > most || batch.bytes + bytes > BATCH_BYTES;
        if is_full && batch.delivery.records() > 0 {
            batch.to = offset;
            made.push(std::mem::take(&mut batch));
        }
        batch.delivery.append(read);
        batch.bytes += bytes;
        batch.written_ms = written_ms.or(batch.written_ms);
    }
    batch.to = taken.next;
    made.push(batch);
    made
}

/// What a message holds; of a tombstone and an empty message, nothing. Every dead letter says where it came from.
pub(super) fn read(reader: &Reader, value: &[u8], place: &str) -> Delivery {
    let mut read = Delivery::default();
    if value.is_empty() {
        return read;
    }
    match Delivery::read(value, Lines::Unsaid, reader) {
        Ok(whole) => read = whole,
        Err(broken) => read.refuse(broken.reason(), &broken.to_string(), value),
    }
    for letter in &mut read.dead {
        letter.reason = format!("{} ({place})", letter.reason);
    }
    read
}

/// What could not be read, as a dead letter.
fn told(unread: &Unread, place: &str) -> Delivery {
    let (first, last) = (unread.offsets.start(), unread.offsets.end());
    let offsets = if first == last {
        format!("offset {first}")
    } else {
        format!("offsets {first} to {last}")
    };
    let mut delivery = Delivery::default();
    delivery.refuse(
        "unreadable_batch",
        &format!("{place}, {offsets}: {}", unread.why),
        &unread.bytes,
    );
    delivery
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::device::DeviceIdRule;

    fn message(offset: i64, value: Option<&str>) -> Message {
        Message {
            offset,
            written_ms: offset * 10,
            value: value.map(|value| value.as_bytes().to_vec()),
            traceparent: None,
        }
    }

    fn unread(first: i64, last: i64) -> Unread {
        Unread {
            offsets: first..=last,
            why: "its checksum is wrong".to_owned(),
            bytes: b"bytes".to_vec(),
        }
    }

    fn made(taken: &mut Taken, most: usize) -> Vec<(i64, Vec<String>)> {
        let reader = Reader::new(DeviceIdRule::default());
        let batches = batches(&reader, taken, "alerts, partition 3", most);
        let told = |batch: &Batch| {
            batch
                .delivery
                .dead
                .iter()
                .map(|letter| letter.reason.clone())
                .collect()
        };
        batches.iter().map(|batch| (batch.to, told(batch))).collect()
    }

    #[test]
    fn batches_end_where_the_next_begins_and_what_is_unread_stands_in_its_place() {
        let mut taken = Taken {
            messages: vec![
                message(5, Some("{")),
                message(9, Some("{")),
                message(10, None),
                message(11, Some("\"x\"")),
            ],
            unread: vec![unread(6, 8)],
            next: 20,
            is_damaged: false,
        };
        let batches = made(&mut taken, 2);
        let ends: Vec<i64> = batches.iter().map(|(to, _)| *to).collect();
        assert_eq!(ends, [9, 20]);
        let places = [
            "(alerts, partition 3, offset 5)",
            "alerts, partition 3, offsets 6 to 8: its checksum is wrong",
        ];
        for (reason, place) in batches[0].1.iter().zip(places) {
            assert!(reason.contains(place), "{reason}");
        }
        assert_eq!((batches[0].1.len(), batches[1].1.len()), (2, 2));
    }

    #[test]
    fn nothing_to_store_still_moves_on() {
        let mut taken = Taken {
            messages: vec![message(1, None), message(2, Some(""))],
            next: 7,
            ..Taken::default()
        };
        assert_eq!(made(&mut taken, 2), [(7, Vec::new())]);
    }
}
