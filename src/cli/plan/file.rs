//! Alerts from a file, for `quell plan --from`: read as the daemon reads a delivery, put in the order of their own times,
//! and told apart as its store does (new, updated, resolved; the same record twice is one). What cannot be read is
//! counted and named, never dropped silently.

use std::collections::HashSet;
use std::io::BufRead;

use anyhow::Context as _;
use jiff::Timestamp;
use serde::de::IgnoredAny;

use crate::domain::alert::{Alert, Event, EventKind};
use crate::domain::device::DeviceId;
use crate::intake::body::{Lines, Piece, split_for};
use crate::intake::{Reader, content_hash, normalize_under};

/// The events of a file.
#[derive(Debug, Default)]
pub(super) struct FileEvents {
    /// In the order of their times; those of one time in the file's.
    pub(super) events: Vec<FileEvent>,
    /// Records in all.
    pub(super) records: u64,
    /// Records that are no events, and why.
    pub(super) refused: Vec<Refused>,
    /// Records that were in the file before.
    pub(super) repeated: u64,
    /// Events without a device that may be called.
    pub(super) without_device: u64,
    /// Events that do not say when they happened: they stand behind the one before them in the file.
    pub(super) without_time: u64,
}

/// One event.
#[derive(Debug)]
pub(super) struct FileEvent {
    /// When it is judged: when it happened, by its own words.
    pub(super) at: Timestamp,
    /// What it tells of its alert.
    pub(super) alert: Alert,
    /// Its devices, each with what happened to the alert there.
    pub(super) devices: Vec<(DeviceId, EventKind)>,
}

/// A record that is no event.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(super) struct Refused {
    /// Where it stands.
    pub(super) place: String,
    /// Why, by its stable name.
    pub(super) reason: &'static str,
    /// Why, in the operator's words.
    pub(super) detail: String,
}

/// Reads a whole file by `reader`, however many records it has. `told` is told the bytes read so far.
pub(super) fn read(
    mut source: impl BufRead,
    mut reader: Reader,
    mut told: impl FnMut(u64),
) -> anyhow::Result<FileEvents> {
    reader.max_records = usize::MAX;
    let mut reading = Reading::new(&reader);
    let (mut number, mut bytes, mut line) = (0, 0, Vec::new());
    loop {
        line.clear();
        let read = source
            .read_until(b'\n', &mut line)
            .context("the file cannot be read")?;
        if read == 0 {
            break;
        }
        number += 1;
        bytes += read as u64;
        told(bytes);
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        if text.trim_ascii().is_empty() {
            continue;
        }
        if reading.found.records == 0 && serde_json::from_slice::<IgnoredAny>(text).is_err() {
            // Its first line is no document by itself: one over many lines, or a broken line. Only the whole can tell.
            source.read_to_end(&mut line).context("the file cannot be read")?;
            let pieces = split_for(&line, Lines::Unsaid, &reader)?;
            pieces
                .iter()
                .for_each(|piece| reading.take(piece, piece.line.map(|at| at + number - 1)));
            break;
        }
        for piece in &split_for(&line, Lines::Declared, &reader)? {
            reading.take(piece, Some(number));
        }
    }
    Ok(reading.end())
}

struct Reading<'r> {
    reader: &'r Reader,
    found: FileEvents,
    seen: HashSet<[u8; 32]>,
    known: HashSet<(String, DeviceId)>,
    /// Events that came before any that says its time.
    timeless: Vec<Event>,
    events: Vec<(Timestamp, Event)>,
}

impl<'r> Reading<'r> {
    fn new(reader: &'r Reader) -> Self {
        Self {
            reader,
            found: FileEvents::default(),
            seen: HashSet::new(),
            known: HashSet::new(),
            timeless: Vec::new(),
            events: Vec::new(),
        }
    }

    fn take(&mut self, piece: &Piece<'_>, line: Option<usize>) {
        self.found.records += 1;
        let place = match line {
            Some(line) => format!("line {line}"),
            None => format!("record {}", piece.index + 1),
        };
        let record = match piece.parse() {
            Ok(record) => record,
            Err(broken) => return self.refuse(place, broken.reason(), broken.to_string()),
        };
        let mut event = match normalize_under(&record, self.reader) {
            Ok(event) => event,
            Err(refusal) => return self.refuse(place, refusal.reason(), refusal.to_string()),
        };
        if !self.seen.insert(content_hash(&record)) {
            self.found.repeated += 1;
            return;
        }
        if event.devices.is_empty() {
            self.found.without_device += 1;
            return;
        }
        // Nothing judges by them, and there may be a million.
        event.remarks = Vec::new();
        event.refused_devices = Vec::new();
        let at = event.alert.occurred_at.value().copied();
        if at.is_none() {
            self.found.without_time += 1;
        }
        match at.or_else(|| self.events.last().map(|(at, _)| *at)) {
            Some(at) => self.events.push((at, event)),
            None => self.timeless.push(event),
        }
    }

    fn refuse(&mut self, place: String, reason: &'static str, detail: String) {
        self.found.refused.push(Refused {
            place,
            reason,
            detail,
        });
    }

    fn end(mut self) -> FileEvents {
        let first = self.events.first().map_or(Timestamp::UNIX_EPOCH, |(at, _)| *at);
        let timeless = std::mem::take(&mut self.timeless);
        self.events
            .splice(0..0, timeless.into_iter().map(|event| (first, event)));
        self.events.sort_by_key(|(at, _)| *at);
        for (at, event) in std::mem::take(&mut self.events) {
            let kinds: Vec<EventKind> = event
                .devices
                .iter()
                .map(|device| self.kind(&event.alert, device))
                .collect();
            self.found.events.push(FileEvent {
                at,
                alert: event.alert,
                devices: event.devices.into_iter().zip(kinds).collect(),
            });
        }
        self.found
    }

    /// By the same rule as the store's: resolved by its status, new when it is the alert's first event for the device.
    fn kind(&mut self, alert: &Alert, device: &DeviceId) -> EventKind {
        let is_first = alert.id.is_empty() || self.known.insert((alert.id.clone(), device.clone()));
        match (
            alert.status.value().is_some_and(|status| status == "resolved"),
            is_first,
        ) {
            (true, _) => EventKind::Resolved,
            (false, true) => EventKind::New,
            (false, false) => EventKind::Updated,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::domain::device::DeviceIdRule;
    use crate::intake::Shape;
    use crate::intake::mapping::{FactName, Mapping, Place, Pointer};

    fn events(text: &[u8]) -> FileEvents {
        read(text, Reader::new(DeviceIdRule::default()), |_| ()).expect("it can be read")
    }

    fn alert(id: &str, second: u8, status: &str, device: char) -> String {
        json!({
            "id": id, "alertCreationTime": format!("2026-11-20T10:00:{second:02}Z"), "severity": "High", "status": status,
            "machineId": device.to_string().repeat(40),
        })
        .to_string()
    }

    fn told(events: &FileEvents) -> Vec<String> {
        let devices = events.events.iter().flat_map(|event| {
            event
                .devices
                .iter()
                .map(|(_, kind)| format!("{} {} {}", event.at, event.alert.id, kind.as_str()))
        });
        devices.collect()
    }

    #[test]
    fn events_come_in_the_order_of_their_times_and_are_told_apart_in_it() {
        let lines = [
            alert("a", 30, "Resolved", 'a'),
            alert("a", 20, "InProgress", 'a'),
            alert("a", 10, "New", 'a'),
            alert("a", 20, "InProgress", 'b'),
        ];
        let events = events(lines.join("\n").as_bytes());
        insta::assert_snapshot!(told(&events).join("\n"), @r"
        2026-11-20T10:00:10Z a new
        2026-11-20T10:00:20Z a updated
        2026-11-20T10:00:20Z a new
        2026-11-20T10:00:30Z a resolved
        ");
    }

    #[test]
    fn what_is_no_event_is_named_and_what_was_there_already_is_counted() {
        let good = alert("a", 1, "New", 'a');
        let text = format!(
            "{good}\n\n{{\"id\":\n{good}\n{{\"hello\":1}}\n{}\n",
            json!({"id": "b", "alertCreationTime": null})
        );
        let events = events(text.as_bytes());
        let named: Vec<_> = events
            .refused
            .iter()
            .map(|refused| (refused.place.as_str(), refused.reason))
            .collect();
        assert_eq!(named, [("line 3", "broken_json"), ("line 5", "unknown_shape")]);
        assert_eq!(
            (events.records, events.repeated, events.without_device),
            (5, 1, 1)
        );
        assert_eq!(events.events.len(), 1);
    }

    #[test]
    fn a_broken_first_line_and_a_document_over_many_lines_are_read_too() {
        let good = alert("a", 1, "New", 'a');
        let first_is_broken = events(format!("{{\"id\":\n{good}\n").as_bytes());
        assert_eq!(first_is_broken.refused[0].place, "line 1");
        assert_eq!(first_is_broken.events.len(), 1);
        let pretty = format!("\u{feff}[\n  {good},\n  {}\n]\n", alert("b", 2, "New", 'b'));
        assert_eq!(events(pretty.as_bytes()).events.len(), 2);
        let page = format!("{{\"value\": [{good}]}}\n");
        assert_eq!(events(page.as_bytes()).events.len(), 1);
        assert_eq!(events(b"\n \n").records, 0);
    }

    #[test]
    fn an_event_without_a_time_stands_behind_the_one_before_it() {
        let timeless =
            |id: &str| json!({"id": id, "alertCreationTime": null, "machineId": "c".repeat(40)}).to_string();
        let lines = [
            timeless("x"),
            alert("a", 10, "New", 'a'),
            alert("b", 20, "New", 'b'),
            timeless("y"),
            alert("c", 30, "New", 'd'),
        ];
        let events = events(lines.join("\n").as_bytes());
        insta::assert_snapshot!(told(&events).join("\n"), @r"
        2026-11-20T10:00:10Z x new
        2026-11-20T10:00:10Z a new
        2026-11-20T10:00:20Z b new
        2026-11-20T10:00:20Z y new
        2026-11-20T10:00:30Z c new
        ");
        assert_eq!(events.without_time, 2);
    }

    #[test]
    fn a_file_is_read_by_the_mapping_of_the_source_that_brings_it() {
        let at = |pointer: &str| Pointer::parse(pointer).expect("it is a pointer");
        let mapping = Mapping {
            id: at("/alert/uuid"),
            id_prefix: "siem-".to_owned(),
            facts: [(FactName::OccurredAt, Place::of(at("/seen")))].into(),
            devices: None,
        };
        let reader = || Reader {
            shape: Shape::Mapped(Arc::new(mapping.clone())),
            ..Reader::new(DeviceIdRule::default())
        };
        let text = b"{\"alert\": {\"uuid\": 7}, \"seen\": \"2026-11-20T10:00:00Z\"}\n{\"hello\": 1}\n";
        let mapped = read(&text[..], reader(), |_| ()).expect("it can be read");
        assert_eq!(
            (mapped.records, mapped.without_device, mapped.refused.len()),
            (2, 1, 1)
        );
        assert_eq!(mapped.refused[0].reason, "invalid_event");
        let detected = events(text);
        assert_eq!(detected.refused.len(), 2, "of no shape that is known by itself");
    }

    #[test]
    fn the_samples_are_read() {
        let samples = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alerts.ndjson");
        let text = std::fs::read(samples).expect("the samples are part of the repository");
        let events = events(&text);
        assert_eq!(
            (events.records, events.refused.len(), events.without_device),
            (115, 0, 39)
        );
        assert!(events.events.is_sorted_by_key(|event| event.at));
    }
}
