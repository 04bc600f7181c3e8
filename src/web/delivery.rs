//! From the bytes of one request to what the store takes, and from what the store says to the answer. Pure.

use crate::domain::alert::Event;
use crate::domain::device::DeviceIdRule;
use crate::intake::body::{Broken, Lines, Piece, split};
use crate::store::{DeadLetter, Incoming, Stored};
use crate::web::answer::{Accepted, Answer, Rejected};

/// How much of a rejected record is kept, bytes.
const DEAD_LETTER_CAP: usize = 64 * 1024;

/// One request's records, sorted out.
#[derive(Debug, Default)]
pub(super) struct Delivery {
    /// What is to be stored.
    pub incoming: Vec<Incoming>,
    /// What is to be kept although it is no event.
    pub dead: Vec<DeadLetter>,
    /// For each of `incoming`: where it stood, and what to tell of it.
    places: Vec<Place>,
    rejected: Vec<Rejected>,
}

#[derive(Debug)]
struct Place {
    index: usize,
    line: Option<usize>,
    note: Option<String>,
}

impl Delivery {
    /// Takes a body apart and normalises its records; bad ones do not lose the good ones.
    ///
    /// # Errors
    /// [`Broken`], when the body as a whole cannot be taken.
    pub fn read(body: &[u8], lines: Lines, max_records: usize, rule: &DeviceIdRule) -> Result<Self, Broken> {
        let mut delivery = Self::default();
        for piece in split(body, lines, max_records)? {
            delivery.take(&piece, rule);
        }
        Ok(delivery)
    }

    /// The answer, once the store has committed. `stored` is in the order of `incoming`.
    pub fn answer(places: Places, stored: &[Stored]) -> Answer {
        let accepted = places
            .accepted
            .into_iter()
            .zip(stored)
            .map(|(place, stored)| Accepted {
                index: place.index,
                line: place.line,
                id: stored.id,
                duplicate: stored.duplicate,
                devices: stored.devices,
                note: place.note,
            });
        Answer {
            accepted: accepted.collect(),
            rejected: places.rejected,
        }
    }

    /// Splits off what the store does not need.
    pub fn into_parts(self) -> (Vec<Incoming>, Vec<DeadLetter>, Places) {
        (
            self.incoming,
            self.dead,
            Places {
                accepted: self.places,
                rejected: self.rejected,
            },
        )
    }

    fn take(&mut self, piece: &Piece<'_>, rule: &DeviceIdRule) {
        let record = match piece.record() {
            Ok(record) => record,
            Err(broken) => return self.reject(piece, broken.reason(), broken.to_string()),
        };
        match record.normalize(rule) {
            Ok(event) => {
                let content_hash = record.content_hash();
                self.places.push(Place {
                    index: piece.index,
                    line: piece.line,
                    note: note(&event),
                });
                self.incoming.push(Incoming {
                    event,
                    payload: piece.bytes.to_vec(),
                    content_hash,
                });
            }
            Err(refusal) => self.reject(piece, refusal.reason(), refusal.to_string()),
        }
    }

    fn reject(&mut self, piece: &Piece<'_>, reason: &str, detail: String) {
        let kept = piece.bytes.len().min(DEAD_LETTER_CAP);
        self.dead.push(DeadLetter {
            reason: format!("{reason}: {detail}"),
            payload: piece.bytes[..kept].to_vec(),
        });
        let reason = reason.to_owned();
        self.rejected.push(Rejected {
            index: piece.index,
            line: piece.line,
            reason,
            detail,
        });
    }
}

/// Where the records of a request stood.
#[derive(Debug)]
pub(super) struct Places {
    accepted: Vec<Place>,
    rejected: Vec<Rejected>,
}

impl Places {
    /// How many records were rejected.
    pub fn rejected(&self) -> usize {
        self.rejected.len()
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
    use super::*;

    fn read(body: &str) -> Delivery {
        Delivery::read(body.as_bytes(), Lines::Unsaid, 100, &DeviceIdRule::default())
            .expect("the body as a whole can be taken")
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
        let (_, _, places) = delivery.into_parts();
        let id = uuid::Uuid::nil();
        let answer = Delivery::answer(
            places,
            &[Stored {
                id,
                duplicate: false,
                devices: 1,
            }],
        );
        assert_eq!(
            answer.accepted,
            [Accepted {
                index: 1,
                line: Some(2),
                id,
                duplicate: false,
                devices: 1,
                note: None
            }]
        );
        let places: Vec<_> = answer
            .rejected
            .iter()
            .map(|one| (one.index, one.line, one.reason.as_str()))
            .collect();
        assert_eq!(
            places,
            [(0, Some(1), "unknown_shape"), (2, Some(3), "broken_json")]
        );
    }

    #[test]
    fn an_accepted_record_without_a_device_says_why() {
        let delivery = read(
            r#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z","severity":"Odd","machineId":null}"#,
        );
        assert_eq!(
            delivery.places[0].note.as_deref(),
            Some(
                "the mde_alert record names no device; severity `Odd` is not known and counts as informational"
            )
        );
    }

    #[test]
    fn a_dead_letter_keeps_at_most_64_kib() {
        let delivery = read(&format!("{{\"x\":\"{}\"}}", "y".repeat(100_000)));
        assert_eq!(delivery.dead[0].payload.len(), DEAD_LETTER_CAP);
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
}
