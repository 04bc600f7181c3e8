//! From the bytes of one message to what the store takes. Pure; every source hands its messages to [`Delivery::read`].
//!
//! A message that cannot be taken apart, and a record that is no event, become dead letters; the others are not lost for it.
//! Nothing here stores or acknowledges.

use crate::domain::alert::Event;
use crate::domain::incoming::{DeadLetter, Incoming};
use crate::intake::body::{Broken, Lines, Piece, split_for};
use crate::intake::reader::Reader;
use sha2::{Digest as _, Sha256};

/// The records of one message, or of several, sorted out.
#[derive(Clone, Debug, Default)]
pub struct Delivery {
    /// What is to be stored.
    pub incoming: Vec<Incoming>,
    /// What is to be kept although it is no event.
    pub dead: Vec<DeadLetter>,
    /// Where each record stood.
    pub places: Places,
}

/// Where the records of a message stood.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// For each of [`Delivery::incoming`], in its order.
    pub accepted: Vec<Place>,
    /// For each of [`Delivery::dead`], in its order.
    pub rejected: Vec<Rejected>,
}

/// Where an accepted record stood, and what to tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its place among the records of its message, from 0.
    pub index: usize,
    /// The line of an NDJSON message, from 1.
    pub line: Option<usize>,
    /// Remarks for the sender.
    pub note: Option<String>,
}

/// Where a rejected record stood, and why it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Its place among the records of its message, from 0.
    pub index: usize,
    /// The line of an NDJSON message, from 1.
    pub line: Option<usize>,
    /// The stable name of the reason.
    pub reason: String,
    /// The reason in the operator's words.
    pub detail: String,
}

impl Delivery {
    /// Takes a message apart and normalises its records; bad ones do not lose the good ones.
    ///
    /// # Errors
    /// [`Broken`], when the message as a whole cannot be taken: see [`Delivery::refuse`].
    pub fn read(message: &[u8], lines: Lines, reader: &Reader) -> Result<Self, Broken> {
        let mut delivery = Self::default();
        for piece in split_for(message, lines, reader)? {
            delivery.take(&piece, reader);
        }
        Ok(delivery)
    }

    /// Adds a message that cannot be taken as a whole, as a dead letter.
    pub fn refuse(&mut self, reason: &str, detail: &str, message: &[u8]) {
        self.dead.push(DeadLetter::new(reason, detail, message));
        self.places.rejected.push(Rejected {
            index: 0,
            line: None,
            reason: reason.to_owned(),
            detail: detail.to_owned(),
        });
    }

    /// Adds the records of another message, after these.
    pub fn append(&mut self, other: Self) {
        self.incoming.extend(other.incoming);
        self.dead.extend(other.dead);
        self.places.accepted.extend(other.places.accepted);
        self.places.rejected.extend(other.places.rejected);
    }

    /// Makes its dead letters known by what identifies the message that they are of, so that the same message read twice leaves each
    /// of them once. Events need none of that: they are known by what they say.
    pub fn known_by(&mut self, message: &[&str]) {
        for (place, letter) in self.dead.iter_mut().enumerate() {
            let mut hash = Sha256::new();
            for part in message {
                hash.update(part.as_bytes());
                hash.update([0]);
            }
            hash.update(place.to_be_bytes());
            let mut id = [0; 16];
            id.copy_from_slice(&hash.finalize()[..16]);
            letter.id = Some(uuid::Builder::from_custom_bytes(id).into_uuid());
        }
    }

    /// The trace of what carried the message; an event that says its own keeps that.
    pub fn carried_by(&mut self, traceparent: Option<&str>) {
        let Some(traceparent) = traceparent else { return };
        for incoming in &mut self.incoming {
            incoming.traceparent.get_or_insert_with(|| traceparent.to_owned());
        }
    }

    /// Takes off the records of one message that stood before a place, and leaves the others.
    pub fn split_to(&mut self, index: usize) -> Self {
        let accepted = self.places.accepted.partition_point(|place| place.index < index);
        let rejected = self.places.rejected.partition_point(|place| place.index < index);
        let rest = Self {
            incoming: self.incoming.split_off(accepted),
            dead: self.dead.split_off(rejected),
            places: Places {
                accepted: self.places.accepted.split_off(accepted),
                rejected: self.places.rejected.split_off(rejected),
            },
        };
        std::mem::replace(self, rest)
    }

    /// How many records there are, those that were refused among them.
    pub fn records(&self) -> usize {
        self.incoming.len() + self.dead.len()
    }

    fn take(&mut self, piece: &Piece<'_>, reader: &Reader) {
        let record = match piece.record() {
            Ok(record) => record,
            Err(broken) => return self.reject(piece, broken.reason(), broken.to_string()),
        };
        match record.normalize_under(reader) {
            Ok(event) => {
                let content_hash = record.content_hash();
                self.places.accepted.push(Place {
                    index: piece.index,
                    line: piece.line,
                    note: note(&event),
                });
                self.incoming.push(Incoming {
                    event,
                    payload: piece.bytes.to_vec(),
                    content_hash,
                    traceparent: piece.traceparent.clone(),
                });
            }
            Err(refusal) => self.reject(piece, refusal.reason(), refusal.to_string()),
        }
    }

    fn reject(&mut self, piece: &Piece<'_>, reason: &str, detail: String) {
        self.dead.push(DeadLetter::new(reason, &detail, &piece.bytes));
        self.places.rejected.push(Rejected {
            index: piece.index,
            line: piece.line,
            reason: reason.to_owned(),
            detail,
        });
    }
}

/// What to tell of an accepted record.
fn note(event: &Event) -> Option<String> {
    let told: Vec<String> = event
        .no_device_reason()
        .into_iter()
        .chain(event.remarks.iter().cloned())
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;

    use super::*;
    use crate::domain::alert::EventFormat;
    use crate::domain::device::DeviceIdRule;
    use crate::intake::reader::Shape;

    fn read(body: &str) -> Delivery {
        Delivery::read(
            body.as_bytes(),
            Lines::Unsaid,
            &Reader::new(DeviceIdRule::default()),
        )
        .expect("the body as a whole can be taken")
    }

    fn lines(body: &str) -> Delivery {
        Delivery::read(
            body.as_bytes(),
            Lines::Declared,
            &Reader::new(DeviceIdRule::default()),
        )
        .expect("lines can be taken")
    }

    const GOOD: &str = r#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z","severity":"High","machineId":"31a048e5eea6ad6e6bc025bfa9e0e571c4c20f7e"}"#;

    #[test]
    fn good_records_are_kept_beside_bad_ones_and_each_has_its_place() {
        let delivery = read(&format!("{{\"x\":1}}\n{GOOD}\n{{\"id\":"));
        assert_eq!(delivery.incoming.len(), 1);
        assert_eq!(delivery.incoming[0].payload, GOOD.as_bytes());
        assert_eq!(delivery.dead.len(), 2);
        assert_eq!(delivery.dead[1].payload, b"{\"id\":");
        assert!(
            delivery.dead[0]
                .reason
                .starts_with("unknown_shape: no known alert shape")
        );
        let accepted = &delivery.places.accepted;
        assert_eq!((accepted[0].index, accepted[0].line), (1, Some(2)));
        let rejected = delivery.places.rejected.iter();
        let rejected: Vec<_> = rejected
            .map(|one| (one.index, one.line, one.reason.as_str()))
            .collect();
        assert_eq!(
            rejected,
            [(0, Some(1), "unknown_shape"), (2, Some(3), "broken_json")]
        );
    }

    #[test]
    fn a_record_of_another_shape_than_its_source_sends_is_refused() {
        let reader = Reader {
            shape: Shape::Fixed(EventFormat::Native),
            ..Reader::new(DeviceIdRule::default())
        };
        let delivery = Delivery::read(GOOD.as_bytes(), Lines::Unsaid, &reader).expect("it is JSON");
        assert_eq!(delivery.places.rejected[0].reason, "other_shape");
        assert_eq!(
            delivery.places.rejected[0].detail,
            "the record is of the shape mde_alert, and this source sends native"
        );
    }

    #[test]
    fn an_accepted_record_without_a_device_says_why() {
        let delivery = read(
            r#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z","severity":"Odd","machineId":null}"#,
        );
        assert_eq!(
            delivery.places.accepted[0].note.as_deref(),
            Some(
                "the mde_alert record names no device; severity `Odd` is none of the four and counts as unknown"
            )
        );
    }

    #[test]
    fn a_dead_letter_keeps_at_most_64_kib() {
        let delivery = read(&format!("{{\"x\":\"{}\"}}", "y".repeat(100_000)));
        assert_eq!(delivery.dead[0].payload.len(), DeadLetter::CAP);
    }

    #[test]
    fn the_same_content_has_the_same_hash_and_its_own_bytes() {
        let delivery = read(&format!("{GOOD}\n{}", GOOD.replace(',', ", ")));
        assert_eq!(
            delivery.incoming[0].content_hash,
            delivery.incoming[1].content_hash
        );
        assert_ne!(delivery.incoming[0].payload, delivery.incoming[1].payload);
    }

    #[test]
    fn a_dead_letter_is_known_by_its_message_and_its_place_in_it() {
        let ids = |message: &[&str]| {
            let mut delivery = lines("{\"x\":1}\n{\"x\":1}\n{");
            delivery.known_by(message);
            let ids = delivery.dead.iter().map(|letter| letter.id.expect("it is known"));
            ids.collect::<Vec<_>>()
        };
        let mut all = ids(&["a", "1"]);
        assert_eq!(all, ids(&["a", "1"]), "the same message read twice");
        all.extend(ids(&["a", "2"]));
        all.extend(ids(&["a1", ""]));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 9, "each is another letter");
        assert!(all.iter().all(|id| id.get_version_num() == 8));
    }

    #[test]
    fn a_delivery_is_cut_where_its_records_stood_good_and_bad() {
        let mut rest = lines(&format!("{GOOD}\n{{\"x\":1}}\n{GOOD}\n{{\n{GOOD}"));
        let counts = |delivery: &Delivery| (delivery.incoming.len(), delivery.dead.len());
        let first = rest.split_to(3);
        assert_eq!((counts(&first), counts(&rest)), ((2, 1), (1, 1)));
        assert_eq!(rest.places.rejected[0].line, Some(4));
        assert_eq!(counts(&rest.split_to(3)), (0, 0));
        assert_eq!((counts(&rest.split_to(9)), rest.records()), ((1, 1), 0));
    }

    #[test]
    fn the_trace_of_a_cloud_event_goes_before_that_of_what_carried_it() {
        let trace = |digit: char| format!("00-{}-00f067aa0ba902b7-01", digit.to_string().repeat(32));
        let event = |own: &str, data: &str| {
            format!(
                r#"{{"specversion":"1.0","id":"1","source":"s","type":"t","traceparent":"{own}",{data}}}"#
            )
        };
        let encoded = BASE64.encode(GOOD);
        let body = format!(
            "[{},{},{},{GOOD}]",
            event(&trace('a'), &format!(r#""data":[{GOOD},{GOOD}]"#)),
            event("nonsense", &format!(r#""data":{GOOD}"#)),
            event(&trace('b'), &format!(r#""data_base64":"{encoded}""#)),
        );
        let traces = |delivery: &Delivery| -> Vec<Option<String>> {
            let all = delivery.incoming.iter();
            all.map(|incoming| incoming.traceparent.clone()).collect()
        };
        let (a, b, c) = (Some(trace('a')), Some(trace('b')), Some(trace('c')));
        let mut delivery = read(&body);
        assert_eq!(traces(&delivery), [a.clone(), a.clone(), None, b.clone(), None]);
        delivery.carried_by(None);
        delivery.carried_by(c.as_deref());
        assert_eq!(traces(&delivery), [a.clone(), a, c.clone(), b, c]);
        // Elsewhere the word means nothing.
        let record = GOOD.replacen('{', &format!(r#"{{"traceparent":"{}","#, trace('a')), 1);
        assert_eq!(traces(&read(&record)), [None]);
    }

    #[test]
    fn several_messages_become_one_delivery() {
        let mut delivery = read(GOOD);
        delivery.append(read("{\"x\":1}"));
        delivery.refuse("broken_json", "it is no JSON", b"%");
        assert_eq!(delivery.records(), 3);
        assert_eq!(delivery.dead[1].reason, "broken_json: it is no JSON");
        assert_eq!(delivery.places.rejected.len(), 2);
    }
}
