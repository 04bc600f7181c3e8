//! `GET /api/deviceavinfo`: the state of Microsoft Defender Antivirus on devices (facts sheet 4.4).
//!
//! The service allows 30 of these reads a minute and 1,000 an hour, fewer than of any other. Its table has a row for each
//! combination that a device was seen with, so the newest row of a device stands. Called by whoever looks before an
//! action; it decides nothing.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::defender::client::{Client, whole};
use crate::defender::listing::quoted;
use crate::defender::machine::text;
use crate::defender::machine_action::timestamp;
use crate::defender::reads::{MAX_MACHINE_IDS, ReadError};
use crate::domain::device::DeviceId;
use crate::domain::fact::Fact;
use crate::limiter::ReadPermit;

/// Rows asked for at most. The default is 20 and the most is 10,000.
const TOP: usize = 2_000;

/// What is read of `DeviceAvInfo`, as the service's metadata has it.
#[cfg(test)]
pub(super) const CONTRACT: &[(&str, &str)] = &[
    ("machineId", "Edm.String"),
    ("avMode", "Edm.String"),
    ("avIsSignatureUpToDate", "Edm.String"),
    ("dataRefreshTimestamp", "Edm.DateTimeOffset"),
];

/// The antivirus' mode. A text that holds a number, as documented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AvMode {
    /// `0`: it protects.
    Active,
    /// `1`: another product does.
    Passive,
    /// `2`.
    Disabled,
    /// `3`, or nothing.
    Other,
    /// `4`: passive, and EDR in block mode acts.
    EdrBlocked,
    /// `5`.
    PassiveAudit,
    /// Anything else, as written.
    Unlisted(String),
}

impl AvMode {
    fn from_wire(text: &str) -> Self {
        match text {
            "0" => Self::Active,
            "1" => Self::Passive,
            "2" => Self::Disabled,
            "3" | "" => Self::Other,
            "4" => Self::EdrBlocked,
            "5" => Self::PassiveAudit,
            other => Self::Unlisted(other.chars().take(50).collect()),
        }
    }

    /// Its name in words, for playbooks, logs and pages.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Passive => "passive",
            Self::Disabled => "disabled",
            Self::Other => "other",
            Self::EdrBlocked => "edr_blocked",
            Self::PassiveAudit => "passive_audit",
            Self::Unlisted(text) => text,
        }
    }
}

/// The antivirus on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvInfo {
    /// The device's id, as the service wrote it.
    pub machine_id: String,
    /// The mode.
    pub mode: Fact<AvMode>,
    /// Whether the security intelligence is up to date; `Unknown` when the service says so too.
    pub signature_up_to_date: Fact<bool>,
    /// When the row was made.
    pub refreshed_at: Fact<Timestamp>,
}

impl Client {
    /// The antivirus of up to [`MAX_MACHINE_IDS`] devices in one read; those of which the service has no row are left out.
    ///
    /// # Errors
    /// [`ReadError`]; [`ReadError::Malformed`] if more are asked for, or the reply is not all that there is. A 404 is
    /// [`ReadError::Malformed`] too: the tenant's plan has no such table.
    pub async fn av_info(&self, permit: ReadPermit, devices: &[DeviceId]) -> Result<Vec<AvInfo>, ReadError> {
        if devices.is_empty() {
            return Ok(Vec::new());
        }
        if devices.len() > MAX_MACHINE_IDS {
            return Err(malformed(format!(
                "at most {MAX_MACHINE_IDS} devices in one read, not {}",
                devices.len()
            )));
        }
        let ids: Vec<String> = devices.iter().map(|device| quoted(device.as_str())).collect();
        let filter = match ids.as_slice() {
            [id] => format!("machineId eq {id}"),
            ids => format!("machineId in ({})", ids.join(",")),
        };
        let mut url = self.checked(&["deviceavinfo"])?;
        url.query_pairs_mut()
            .append_pair("$filter", &filter)
            .append_pair("$top", &TOP.to_string());
        let reply = self.read(permit, url, self.page_body_bound()).await?;
        let reply = reply
            .ok_or_else(|| malformed("status 404 for the antivirus of devices: Plan 2 has it".to_owned()))?;
        let asked = |id: &str| {
            devices
                .iter()
                .any(|device| device.as_str().eq_ignore_ascii_case(id))
        };
        Ok(parse(&whole(&reply)?)?
            .into_iter()
            .filter(|row| asked(&row.machine_id))
            .collect())
    }
}

/// Reads a page that must be the only one: the newest row of each device.
pub(super) fn parse(page: &Value) -> Result<Vec<AvInfo>, ReadError> {
    let rows = page.get("value").and_then(Value::as_array);
    let rows = rows.ok_or_else(|| malformed("a page is not a listing".to_owned()))?;
    if rows.len() >= TOP || page.get("@odata.nextLink").is_some_and(|link| !link.is_null()) {
        return Err(malformed(
            "a listing of so few devices has a second page".to_owned(),
        ));
    }
    let mut newest: Vec<AvInfo> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for row in rows {
        // A row without a device may be that of the device which is looked for.
        let row = read(row).ok_or_else(|| malformed("a row names no device".to_owned()))?;
        match places.get(&row.machine_id) {
            Some(place) => {
                if let Some(known) = newest.get_mut(*place)
                    && row.refreshed_at.value() >= known.refreshed_at.value()
                {
                    *known = row;
                }
            }
            None => {
                places.insert(row.machine_id.clone(), newest.len());
                newest.push(row);
            }
        }
    }
    Ok(newest)
}

fn read(row: &Value) -> Option<AvInfo> {
    let machine_id = row
        .get("machineId")
        .and_then(Value::as_str)
        .filter(|id| !id.is_empty())?;
    Some(AvInfo {
        machine_id: machine_id.to_owned(),
        mode: match row.get("avMode") {
            Some(Value::String(mode)) => Fact::Is(AvMode::from_wire(mode)),
            Some(Value::Number(mode)) => Fact::Is(AvMode::from_wire(&mode.to_string())),
            Some(Value::Null) => Fact::Absent,
            _ => Fact::Unknown,
        },
        signature_up_to_date: match row.get("avIsSignatureUpToDate") {
            Some(Value::Bool(is)) => Fact::Is(*is),
            Some(Value::String(is)) if is.eq_ignore_ascii_case("true") => Fact::Is(true),
            Some(Value::String(is)) if is.eq_ignore_ascii_case("false") => Fact::Is(false),
            Some(Value::Null) => Fact::Absent,
            _ => Fact::Unknown,
        },
        refreshed_at: match text(row, "dataRefreshTimestamp") {
            Fact::Is(text) => timestamp(&text).map_or(Fact::Unknown, Fact::Is),
            Fact::Absent => Fact::Absent,
            Fact::Unknown => Fact::Unknown,
        },
    })
}

fn malformed(reason: String) -> ReadError {
    ReadError::Malformed { reason }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::defender::fake::{DEVICE, Fake, client, device, read_permit, reply};

    #[tokio::test]
    async fn a_devices_antivirus_is_asked_for_and_read() {
        let body = json!({"@odata.context": "x", "value": [
            {"id": "g", "machineId": DEVICE, "avMode": "1", "avIsSignatureUpToDate": "False",
             "dataRefreshTimestamp": "2022-08-02T21:16:23Z"},
            {"id": "g", "machineId": DEVICE, "avMode": "0", "avIsSignatureUpToDate": "True",
             "dataRefreshTimestamp": "2022-08-03T21:16:23Z"},
            {"id": "h", "machineId": "another", "avMode": "2"},
        ]});
        let fake = Fake::defender(move |_, _| reply(200, "", &body.to_string())).await;
        let known = client(&fake)
            .av_info(read_permit(), &[device()])
            .await
            .expect("a page");
        assert_eq!(known.len(), 1, "who was not asked about is left out: {known:?}");
        assert_eq!(known[0].mode, Fact::Is(AvMode::Active));
        assert_eq!(known[0].signature_up_to_date, Fact::Is(true));
        assert_eq!(
            fake.calls()[0].line,
            format!("GET /api/deviceavinfo?%24filter=machineId+eq+%27{DEVICE}%27&%24top=2000 HTTP/1.1")
        );
    }

    #[tokio::test]
    async fn several_devices_are_one_read_and_too_many_none() {
        let fake = Fake::defender(|_, _| reply(200, "", r#"{"value":[]}"#)).await;
        let client = client(&fake);
        let ids = |count: usize| -> Vec<DeviceId> {
            (0..count)
                .map(|n| DeviceId::from_stored(format!("{n:040}")))
                .collect()
        };
        assert_eq!(client.av_info(read_permit(), &ids(2)).await, Ok(Vec::new()));
        assert_eq!(client.av_info(read_permit(), &[]).await, Ok(Vec::new()));
        assert!(
            client
                .av_info(read_permit(), &ids(MAX_MACHINE_IDS + 1))
                .await
                .is_err()
        );
        assert_eq!(fake.calls().len(), 1);
        assert!(
            fake.calls()[0].line.contains("machineId+in+%28%27000"),
            "{}",
            fake.calls()[0].line
        );
    }

    #[test]
    fn every_documented_mode_is_told_apart() {
        let mode = |value: Value| {
            let rows = parse(&json!({"value": [{"machineId": "a", "avMode": value}]})).expect("a page");
            rows[0].mode.clone()
        };
        let documented = [
            "active",
            "passive",
            "disabled",
            "other",
            "edr_blocked",
            "passive_audit",
        ];
        for (number, name) in documented.into_iter().enumerate() {
            for value in [json!(number.to_string()), json!(number)] {
                assert_eq!(mode(value).value().map(AvMode::as_str), Some(name));
            }
        }
        assert_eq!(mode(json!("")), Fact::Is(AvMode::Other));
        assert_eq!(mode(json!("9")), Fact::Is(AvMode::Unlisted("9".to_owned())));
        assert_eq!(mode(json!(null)), Fact::Absent);
        assert_eq!(mode(json!({})), Fact::Unknown);
    }

    #[test]
    fn a_page_that_may_not_be_all_is_an_error() {
        for page in [
            json!({}),
            json!({"value": [{"avMode": "0"}]}),
            json!({"value": [], "@odata.nextLink": "x"}),
            json!({"value": vec![json!({"machineId": "a"}); TOP]}),
        ] {
            assert!(matches!(parse(&page), Err(ReadError::Malformed { .. })));
        }
    }
}
