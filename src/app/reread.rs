//! How the bytes of dead letters are read again: as their source is configured now. [`super::terms`] hands it to the desk.

use std::sync::Arc;

use crate::config::Config;
use crate::desk::letter_ends::Reread;
use crate::domain::incoming::Incoming;
use crate::domain::trust::Trust;
use crate::intake::Reader;
use crate::intake::body::{Lines, split_for};

/// The name of the listener's own source.
const LISTENER: &str = "webhook";

/// What reads the letters of each source. Of one that is not configured any more nobody knows what it may do: its events are only
/// observed.
pub(super) fn reread(config: &Config) -> Reread {
    let rule = config.device_id_rule();
    let mut sources = vec![(LISTENER.to_owned(), Reader::new(rule.clone()), config.http.trust)];
    let configured = config.sources.iter();
    sources.extend(configured.map(|one| (one.name.clone(), one.reader(rule.clone()), one.trust)));
    let unknown = Reader::new(rule);
    Reread(Arc::new(move |source: &str, payload: &[u8]| {
        let its = sources.iter().find(|(name, ..)| name == source);
        let (reader, trust) = its.map_or((&unknown, Trust::Observe), |(_, reader, trust)| (reader, *trust));
        Ok((read(reader, payload)?, trust))
    }))
}

/// What arrives, read by this version: all of it, or why not.
fn read(reader: &Reader, payload: &[u8]) -> Result<Vec<Incoming>, String> {
    let pieces = split_for(payload, Lines::Unsaid, reader).map_err(|broken| broken.to_string())?;
    let mut incoming = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let record = piece.record().map_err(|broken| broken.to_string())?;
        incoming.push(Incoming {
            event: record
                .normalize_under(reader)
                .map_err(|refusal| refusal.to_string())?,
            content_hash: record.content_hash(),
            payload: piece.bytes.to_vec(),
            traceparent: piece.traceparent.clone(),
        });
    }
    Ok(incoming)
}
