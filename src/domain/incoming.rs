//! Events on their way in: what `intake` makes of a source's bytes and `store` commits. Pure.

use uuid::Uuid;

use crate::domain::alert::Event;

/// An event on its way in.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The normalised event.
    pub event: Event,
    /// The bytes as received.
    pub payload: Vec<u8>,
    /// sha256 over the canonical content.
    pub content_hash: [u8; 32],
    /// The trace that its sender's request belonged to.
    pub traceparent: Option<String>,
}

/// What became of it, once committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The event's id; of the first delivery, when this is a repeated one.
    pub id: Uuid,
    /// The same alert with the same content was here before.
    pub duplicate: bool,
    /// For how many devices it was queued.
    pub devices: usize,
}

/// A record that was refused.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Why, in the operator's words, after the stable name and a colon.
    pub reason: String,
    /// The bytes, at most [`DeadLetter::CAP`] of them.
    pub payload: Vec<u8>,
    /// Its id, where the same letter may come twice and is to be kept once; else it gets a new one.
    pub id: Option<Uuid>,
}

impl DeadLetter {
    /// How much of a refused record is kept, bytes.
    pub const CAP: usize = 65_536;

    /// A letter about these bytes, of which the first [`DeadLetter::CAP`] are kept.
    pub fn new(reason: &str, detail: &str, bytes: &[u8]) -> Self {
        Self {
            reason: format!("{reason}: {detail}"),
            payload: bytes[..bytes.len().min(Self::CAP)].to_vec(),
            id: None,
        }
    }
}
