//! What arrives is kept compressed: the bytes as received and the normalised event, each a zstd frame of its own, with a
//! dictionary that knows what alerts look like. A row names by its `codec` how it was written; none is ever rewritten.
//!
//! Called by whatever in [`crate::store`] writes or reads `events` and `dead_letters`. It never touches Postgres, and never
//! takes more memory for a row than [`MOST`], for what a batch reads of it [`MOST_EVENT`].
//!
//! The dictionaries are files beside this one, made by `scripts/train-dictionaries`. One that was released is never changed: rows
//! that were written with it could not be read any more. A better one is a new codec. The frames are ordinary ones: `zstd -d -D
//! payload-1.dict` reads them without quell.

use std::sync::LazyLock;

use serde_json::Value;
use tokio::sync::Semaphore;
use uuid::Uuid;
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe::get_frame_content_size;

use crate::domain::alert::Event;
use crate::domain::incoming::{DeadLetter, Incoming};
use crate::store::StoreError;

/// Rows from before anything was compressed: the payload as it came, the event in the column `normalised`.
const AS_IT_IS: i16 = 0;

/// zstd with the first dictionaries: what is written today.
pub(super) const CODEC: i16 = 1;

/// What a payload may inflate to, bytes: the most that a request may ever carry (`max_body_bytes`), and that Postgres keeps in a value.
const MOST: usize = 1 << 30;

/// What a normalised event may inflate to, bytes. A thousand rows are read at once to be decided, and whoever may insert events writes these
/// frames: one that names more is put aside unread. Intake keeps 1,024 characters of a text, 64 techniques and 1,000 devices of a
/// record, which is below 16 MiB with every character escaped.
const MOST_EVENT: usize = 32 << 20;

/// Level 1 comes within a hundredth or two of level 3's size on alerts, in three quarters of its time: the dictionary does the work.
const LEVEL: i32 = 1;

/// A batch with more bytes than this is compressed on a thread of its own: about a millisecond's work.
const INLINE: usize = 256 * 1024;

/// So many batches are compressed at once on such threads; others wait their turn.
static THREADS: Semaphore = Semaphore::const_new(2);

const PAYLOAD_1: &[u8] = include_bytes!("packing/payload-1.dict");
const EVENT_1: &[u8] = include_bytes!("packing/event-1.dict");

/// A dictionary, made ready once.
struct Dictionary {
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

impl Dictionary {
    fn of(bytes: &'static [u8]) -> Self {
        Self {
            encoder: EncoderDictionary::copy(bytes, LEVEL),
            decoder: DecoderDictionary::copy(bytes),
        }
    }
}

static PAYLOAD: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::of(PAYLOAD_1));
static EVENT: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::of(EVENT_1));

/// A batch as it is stored, in its order, all by [`CODEC`].
pub(super) struct Packed {
    pub(super) incoming: Vec<Incoming>,
    /// The payload of each of `incoming`.
    pub(super) payloads: Vec<Vec<u8>>,
    /// What each of `incoming` says.
    pub(super) events: Vec<Vec<u8>>,
    pub(super) dead: Vec<DeadLetter>,
    /// The first [`DeadLetter::CAP`] bytes of each of `dead`.
    pub(super) letters: Vec<Vec<u8>>,
}

impl Packed {
    /// Compresses a batch; a large one elsewhere, so that other tasks go on.
    pub(super) async fn of(incoming: Vec<Incoming>, dead: Vec<DeadLetter>) -> Result<Self, StoreError> {
        let bytes: usize = incoming.iter().map(|event| event.payload.len()).sum();
        if bytes <= INLINE && dead.len() <= 1 {
            return Self::now(incoming, dead);
        }
        // The semaphore is never closed.
        let turn = THREADS.acquire().await;
        let packed = tokio::task::spawn_blocking(move || Self::now(incoming, dead)).await;
        drop(turn);
        packed.unwrap_or_else(|gone| Err(failed(std::io::Error::other(gone))))
    }

    fn now(incoming: Vec<Incoming>, dead: Vec<DeadLetter>) -> Result<Self, StoreError> {
        let mut packer = Packer::new()?;
        let mut packed = Self {
            payloads: Vec::with_capacity(incoming.len()),
            events: Vec::with_capacity(incoming.len()),
            letters: Vec::with_capacity(dead.len()),
            incoming: Vec::new(),
            dead: Vec::new(),
        };
        for event in &incoming {
            packed.payloads.push(packer.payload(&event.payload)?);
            packed.events.push(packer.event(&event.event)?);
        }
        for letter in &dead {
            let kept = &letter.payload[..letter.payload.len().min(DeadLetter::CAP)];
            packed.letters.push(packer.payload(kept)?);
        }
        packed.incoming = incoming;
        packed.dead = dead;
        Ok(packed)
    }
}

/// Compresses one thing after the other.
pub(super) struct Packer {
    payload: Compressor<'static>,
    event: Compressor<'static>,
}

impl Packer {
    pub(super) fn new() -> Result<Self, StoreError> {
        Ok(Self {
            payload: Compressor::with_prepared_dictionary(&PAYLOAD.encoder).map_err(failed)?,
            event: Compressor::with_prepared_dictionary(&EVENT.encoder).map_err(failed)?,
        })
    }

    /// Bytes as received.
    pub(super) fn payload(&mut self, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.payload.compress(bytes).map_err(failed)
    }

    fn event(&mut self, event: &Event) -> Result<Vec<u8>, StoreError> {
        self.event.compress(&serde_json::to_vec(event)?).map_err(failed)
    }
}

/// The columns that an event is read back from.
pub(super) struct KeptEvent {
    pub(super) codec: i16,
    /// The packed event; none in rows from before.
    pub(super) event: Option<Vec<u8>>,
    /// What rows from before have in its place.
    pub(super) normalised: Option<Value>,
}

impl KeptEvent {
    /// The event; an error says what is wrong with the row.
    pub(super) fn read(self) -> Result<Event, String> {
        match (self.codec, self.event, self.normalised) {
            (AS_IT_IS, _, Some(normalised)) => {
                serde_json::from_value(normalised).map_err(|error| error.to_string())
            }
            (CODEC, Some(bytes), _) => {
                let text = unpack(&EVENT, &bytes, MOST_EVENT)?;
                serde_json::from_slice(&text).map_err(|error| error.to_string())
            }
            (codec, ..) => Err(unknown(codec)),
        }
    }

    /// The event of that id, for whom a row that cannot be read is an error.
    pub(super) fn of(self, id: Uuid) -> Result<Event, StoreError> {
        self.read().map_err(|value| corrupt("events", "event", id, value))
    }
}

/// The bytes as received, of a row of `table`.
pub(super) fn payload(
    (table, id): (&'static str, Uuid),
    codec: i16,
    bytes: Vec<u8>,
) -> Result<Vec<u8>, StoreError> {
    let read = match codec {
        AS_IT_IS => Ok(bytes),
        CODEC => unpack(&PAYLOAD, &bytes, MOST),
        codec => Err(unknown(codec)),
    };
    read.map_err(|value| corrupt(table, "payload", id, value))
}

/// How many bytes a payload holds, by its first bytes and how many of them are stored.
pub(super) fn payload_bytes(codec: i16, head: &[u8], octets: i32) -> usize {
    let named = match codec {
        CODEC => get_frame_content_size(head).ok().flatten(),
        _ => None,
    };
    let bytes = named.unwrap_or(u64::from(octets.unsigned_abs()));
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// Inflates a frame, to no more than it says it holds, and that to no more than `most` bytes.
fn unpack(dictionary: &Dictionary, frame: &[u8], most: usize) -> Result<Vec<u8>, String> {
    let size = get_frame_content_size(frame).map_err(|_| "no zstd frame".to_owned())?;
    let size = size.and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|size| *size <= most);
    let size = size.ok_or_else(|| format!("a frame of more than {most} bytes, or of none that it names"))?;
    let mut decompressor =
        Decompressor::with_prepared_dictionary(&dictionary.decoder).map_err(|e| e.to_string())?;
    let text = decompressor
        .decompress(frame, size)
        .map_err(|error| error.to_string())?;
    match text.len() == size {
        true => Ok(text),
        false => Err(format!("a frame of {} bytes that names {size}", text.len())),
    }
}

fn unknown(codec: i16) -> String {
    format!("a row of the codec {codec}, and this version reads 0 and {CODEC}")
}

fn corrupt(table: &'static str, column: &'static str, id: Uuid, value: String) -> StoreError {
    StoreError::Corrupt {
        table,
        column,
        row: id.to_string(),
        value,
    }
}

/// There is no memory for a context of zstd's, or the thread is gone: of no row's making.
fn failed(error: std::io::Error) -> StoreError {
    StoreError::Unavailable(sqlx::Error::Io(error))
}

#[cfg(test)]
mod tests;
