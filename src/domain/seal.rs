//! Seals: each is the SHA-256 over one row of the audit and the seal before it, so the rows are a chain. Here is how a row is
//! written out for that, and how a chain is walked. Pure; `store::seals` reads and writes.
//!
//! A row is written out by its meaning, never by its text: fields with their lengths, times as microseconds, JSON by its keys in
//! order. So neither another version of Postgres nor an export changes a seal. What is written out here never changes; another form
//! would have another name in front.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// The name of this form, hashed in front of each row.
const FORM: &[u8] = b"quell audit seal 1\0";

/// A seal: 32 bytes, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Seal([u8; 32]);

impl Seal {
    /// What stands before the first seal of a chain.
    pub const BEGINNING: Self = Self([0; 32]);

    /// The seal of these bytes; `None` if they are not 32.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Seal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digit = |byte: u8| {
            char::from(byte)
                .to_digit(16)
                .and_then(|digit| u8::try_from(digit).ok())
        };
        let bytes: Option<Vec<u8>> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| match pair {
                [high, low] => Some(digit(*high)? * 16 + digit(*low)?),
                _ => None,
            })
            .collect();
        bytes
            .and_then(|bytes| Self::from_bytes(&bytes))
            .ok_or_else(|| "a seal has 64 hexadecimal digits".to_owned())
    }
}

impl Serialize for Seal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Seal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One row of the audit, all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The tenant's number.
    pub tenant: i32,
    /// The row's number.
    pub id: i64,
    /// When, in microseconds since 1970; the largest or smallest number for a time without bounds.
    pub at_micros: i64,
    /// What changed: `action`, `containment`, `approval`, …
    pub entity: String,
    /// Which one.
    pub entity_id: Uuid,
    /// The device, where there is one.
    pub device: Option<String>,
    /// The state before; none: it is new.
    pub from: Option<String>,
    /// The state after.
    pub to: String,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The revision that was in force for it.
    pub revision: Option<String>,
    /// What changed beside the state, as it was: JSON.
    pub before: Option<String>,
    /// The same, as it became: JSON.
    pub after: Option<String>,
    /// The number of the transaction that wrote the row.
    pub written_in: i64,
}

impl AuditEntry {
    /// The seal of this row as number `seq` of its tenant's chain.
    pub fn seal(&self, previous: &Seal, seq: i64) -> Seal {
        let mut hash = Sha256::new();
        hash.update(FORM);
        hash.update(previous.as_bytes());
        for number in [
            seq,
            i64::from(self.tenant),
            self.id,
            self.at_micros,
            self.written_in,
        ] {
            hash.update(number.to_be_bytes());
        }
        hash.update(self.entity_id.as_bytes());
        for text in [&self.entity, &self.to, &self.by, &self.reason] {
            put_text(&mut hash, text);
        }
        for text in [&self.device, &self.from, &self.revision] {
            match text {
                None => hash.update([0]),
                Some(text) => {
                    hash.update([1]);
                    put_text(&mut hash, text);
                }
            }
        }
        for json in [&self.before, &self.after] {
            match json {
                None => hash.update([0]),
                Some(json) => put_json(&mut hash, json),
            }
        }
        Seal(hash.finalize().into())
    }
}

fn put_length(hash: &mut Sha256, length: usize) {
    hash.update(u64::try_from(length).unwrap_or(u64::MAX).to_be_bytes());
}

fn put_text(hash: &mut Sha256, text: &str) {
    put_length(hash, text.len());
    hash.update(text.as_bytes());
}

/// JSON by its meaning: blanks and the order of keys are none. A number is its digits, which Postgres keeps as they are.
fn put_json(hash: &mut Sha256, json: &str) {
    let json = json.trim();
    if json.starts_with('{')
        && let Ok(map) = serde_json::from_str::<BTreeMap<String, &RawValue>>(json)
    {
        hash.update(b"{");
        put_length(hash, map.len());
        for (key, value) in map {
            put_text(hash, &key);
            put_json(hash, value.get());
        }
    } else if json.starts_with('[')
        && let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(json)
    {
        hash.update(b"[");
        put_length(hash, list.len());
        list.into_iter().for_each(|value| put_json(hash, value.get()));
    } else if json.starts_with('"')
        && let Ok(text) = serde_json::from_str::<String>(json)
    {
        hash.update(b"\"");
        put_text(hash, &text);
    } else {
        // A number, true, false or null; or no JSON at all, which is then what it is.
        hash.update(b"#");
        put_text(hash, json);
    }
}

/// A seal as it is stored, with the row that it names, if that is there.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its number in the chain.
    pub seq: i64,
    /// The row that it seals.
    pub row: i64,
    /// The seal.
    pub seal: Seal,
    /// That row.
    pub entry: Option<AuditEntry>,
}

/// What is wrong with a chain at one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tampering {
    /// The row does not fit its seal: it, its place or its seal was changed.
    Changed,
    /// The row is not there any more.
    RowGone,
    /// Seals are not there any more.
    SealsGone,
    /// A row that was sealed over is not in the chain: it came in past the daemon.
    Inserted,
    /// The chain is not the one of which this checkpoint was written down.
    CheckpointDiffers,
    /// The chain ends before where it had come.
    CutOff,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainFinding {
    /// What.
    pub what: Tampering,
    /// The number in the chain, where there is one.
    pub seq: Option<i64>,
    /// The row of the audit, where there is one.
    pub row: Option<i64>,
    /// In a sentence.
    pub told: String,
}

/// A walk along a chain, link by link.
#[derive(Clone, Debug)]
pub struct ChainWalk {
    seq: i64,
    seal: Seal,
}

impl ChainWalk {
    /// Goes on behind a link whose seal is known.
    pub fn after(seq: i64, seal: Seal) -> Self {
        Self { seq, seal }
    }

    /// The last link.
    pub fn end(&self) -> (i64, Seal) {
        (self.seq, self.seal)
    }

    /// Takes the next link and says what is wrong with it. Goes on from the stored seal, so one wrong row is one finding.
    pub fn step(&mut self, link: &Link) -> Option<ChainFinding> {
        let (expected, previous) = (self.seq + 1, self.seal);
        (self.seq, self.seal) = (link.seq, link.seal);
        let finding = |what, told: String| {
            Some(ChainFinding {
                what,
                seq: Some(link.seq),
                row: Some(link.row),
                told,
            })
        };
        if link.seq != expected {
            // INVARIANT: the numbers are a key, read in their order, so they can only jump forward.
            let told = match link.seq - expected {
                1 => format!("seal {expected} is missing before seal {}", link.seq),
                _ => format!("seals {expected} to {} are missing", link.seq - 1),
            };
            return finding(Tampering::SealsGone, told);
        }
        let Some(entry) = &link.entry else {
            return finding(Tampering::RowGone, format!("row {} is missing", link.row));
        };
        if entry.seal(&previous, link.seq) == link.seal {
            return None;
        }
        let told = format!(
            "row {}, {} {} to {} by {}, is not the one that was sealed, or not in its place",
            entry.id, entry.entity, entry.entity_id, entry.to, entry.by
        );
        finding(Tampering::Changed, told)
    }
}

#[cfg(test)]
#[path = "seal_tests.rs"]
mod tests;
