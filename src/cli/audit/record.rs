//! One sealed row as `quell audit export` writes it and `quell audit verify --file` reads it. Pure. A line of NDJSON says
//! everything that its seal hangs on; CSV is for people and their tables.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::domain::seal::{AuditEntry, Link, Seal};

/// The columns of CSV.
pub(super) const COLUMNS: &str =
    "tenant,seq,at,entity,entity_id,device,from,to,by,reason,revision,before,after,id,written_in,seal\r\n";

/// A sealed row.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    pub(super) tenant: String,
    tenant_id: i32,
    pub(super) seq: i64,
    id: i64,
    /// RFC 3339; microseconds since 1970 for what that cannot say.
    at: String,
    entity: String,
    entity_id: Uuid,
    device: Option<String>,
    from: Option<String>,
    to: String,
    by: String,
    reason: String,
    revision: Option<String>,
    // JSON's null is not the same as nothing.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "as_it_is"
    )]
    before: Option<Box<RawValue>>,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "as_it_is"
    )]
    after: Option<Box<RawValue>>,
    written_in: i64,
    /// The seal before it.
    pub(super) previous: Seal,
    seal: Seal,
}

fn as_it_is<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

impl Record {
    /// The record of a link behind that seal; `None`: its row is gone.
    pub(super) fn of(tenant: &str, previous: Seal, link: Link) -> anyhow::Result<Option<Self>> {
        let Some(entry) = link.entry else {
            return Ok(None);
        };
        let json = |json: Option<String>| json.map(RawValue::from_string).transpose();
        Ok(Some(Self {
            tenant: tenant.to_owned(),
            tenant_id: entry.tenant,
            seq: link.seq,
            id: entry.id,
            at: Timestamp::from_microsecond(entry.at_micros)
                .map_or_else(|_| entry.at_micros.to_string(), |at| at.to_string()),
            entity: entry.entity,
            entity_id: entry.entity_id,
            device: entry.device,
            from: entry.from,
            to: entry.to,
            by: entry.by,
            reason: entry.reason,
            revision: entry.revision,
            before: json(entry.before)?,
            after: json(entry.after)?,
            written_in: entry.written_in,
            previous,
            seal: link.seal,
        }))
    }

    /// The link that it was.
    pub(super) fn link(self) -> anyhow::Result<Link> {
        let at_micros = match self.at.parse::<Timestamp>() {
            Ok(at) => at.as_microsecond(),
            Err(error) => self.at.parse().map_err(|_| error)?,
        };
        let text = |json: Option<Box<RawValue>>| json.map(|json| json.get().to_owned());
        Ok(Link {
            seq: self.seq,
            row: self.id,
            seal: self.seal,
            entry: Some(AuditEntry {
                tenant: self.tenant_id,
                id: self.id,
                at_micros,
                entity: self.entity,
                entity_id: self.entity_id,
                device: self.device,
                from: self.from,
                to: self.to,
                by: self.by,
                reason: self.reason,
                revision: self.revision,
                before: text(self.before),
                after: text(self.after),
                written_in: self.written_in,
            }),
        })
    }

    /// A line of CSV (RFC 4180). What a spreadsheet would take for a formula has a `'` in front: reasons hold words of alerts.
    pub(super) fn csv(&self) -> String {
        let json = |json: &Option<Box<RawValue>>| {
            json.as_ref()
                .map(|json| json.get().to_owned())
                .unwrap_or_default()
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let fields = [
            self.tenant.clone(),
            self.seq.to_string(),
            self.at.clone(),
            self.entity.clone(),
            self.entity_id.to_string(),
            text(&self.device),
            text(&self.from),
            self.to.clone(),
            self.by.clone(),
            self.reason.clone(),
            text(&self.revision),
            json(&self.before),
            json(&self.after),
            self.id.to_string(),
            self.written_in.to_string(),
            self.seal.to_string(),
        ];
        fields.map(|field| quoted(&field)).join(",") + "\r\n"
    }
}

fn quoted(field: &str) -> String {
    let field = match field.chars().next() {
        Some('=' | '+' | '-' | '@' | '\t' | '\r') => format!("'{field}"),
        _ => field.to_owned(),
    };
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> AuditEntry {
        AuditEntry {
            tenant: 3,
            id: 9,
            at_micros: 1_800_000_000_123_456,
            entity: "approval".to_owned(),
            entity_id: Uuid::from_u128(1),
            device: None,
            from: Some("asked".to_owned()),
            to: "approved".to_owned(),
            by: "=cmd()".to_owned(),
            reason: "a \"quoted\" reason, with\na line".to_owned(),
            revision: Some(String::new()),
            before: Some("null".to_owned()),
            after: Some("{\"n\": 1.50}".to_owned()),
            written_in: 77,
        }
    }

    fn link(entry: AuditEntry) -> Link {
        let seal = entry.seal(&Seal::BEGINNING, 1);
        Link {
            seq: 1,
            row: entry.id,
            seal,
            entry: Some(entry),
        }
    }

    #[test]
    fn what_is_exported_is_read_as_the_row_that_was_sealed() {
        for change in [
            (|_| ()) as fn(&mut AuditEntry),
            |e| e.before = None,
            |e| e.at_micros = i64::MAX,
            |e| e.at_micros = 0,
            |e| e.at_micros = -1,
        ] {
            let mut entry = entry();
            change(&mut entry);
            let record = Record::of("acme", Seal::BEGINNING, link(entry.clone())).expect("it is JSON");
            let line = serde_json::to_string(&record).expect("it can be written");
            assert!(!line.contains('\n'), "{line}");
            let read: Record = serde_json::from_str(&line).expect("it can be read");
            let read = read.link().expect("its time can be read");
            assert_eq!(read.entry, Some(entry.clone()));
            assert_eq!(read.seal, entry.seal(&Seal::BEGINNING, 1));
        }
    }

    #[test]
    fn a_row_of_csv_keeps_its_columns_and_is_no_formula() {
        let record = Record::of("acme", Seal::BEGINNING, link(entry())).expect("it is JSON");
        let line = record.expect("its row is there").csv();
        assert!(
            line.contains(
                ",'=cmd(),\"a \"\"quoted\"\" reason, with\na line\",,null,\"{\"\"n\"\": 1.50}\",9,77,"
            ),
            "{line}"
        );
        let simple = line.replace("\"a \"\"quoted\"\" reason, with\na line\"", "x");
        assert_eq!(simple.matches(',').count(), COLUMNS.matches(',').count());
    }
}
