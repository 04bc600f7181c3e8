//! Alerts as `GET /api/alerts` writes them (facts sheet 8.1, names by the service's own metadata): objects that a scenario,
//! a deed or the options bring, and volleys from which a scenario makes many.
//!
//! Nothing here looks at a clock: whoever brings an alert out stamps it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::simulator::clock::stamp;
use crate::simulator::device;
use crate::simulator::span::Span;

/// An alert, shared with whoever lists it.
pub type Alert = Arc<Map<String, Value>>;

/// Alerts of one kind on many devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Volley {
    /// When the first comes, after the beginning, scaled. Default at once.
    #[serde(default)]
    pub at: Span,
    /// Over how long they are spread, scaled. Default all at once.
    #[serde(default)]
    pub over: Span,
    /// On so many devices. Default 1.
    #[serde(default = "one")]
    pub devices: u64,
    /// The number of the first device: its id is that number in 40 hexadecimal digits. Default 0.
    #[serde(default)]
    pub first_device: u64,
    /// These devices in place of numbered ones, by id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device_ids: Vec<String>,
    /// So many alerts on each. Default 1.
    #[serde(default = "one")]
    pub per_device: u64,
    /// `title`.
    pub title: String,
    /// `category`, such as `Ransomware`.
    pub category: String,
    /// `severity`. Default `High`.
    #[serde(default = "high")]
    pub severity: String,
    /// `detectionSource`. Default `WindowsDefenderAtp`.
    #[serde(default = "endpoint_sensor")]
    pub detection_source: String,
    /// `mitreTechniques`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub techniques: Vec<String>,
    /// The account in `relatedUser`, as `domain\name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// Each is resolved later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Resolve>,
}

/// How the alerts of a volley are resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolve {
    /// How long after each, scaled.
    pub after: Span,
    /// `classification`, such as `FalsePositive` or `TruePositive`.
    pub classification: String,
    /// `determination`. Default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub determination: Option<String>,
}

fn one() -> u64 {
    1
}

fn high() -> String {
    "High".to_owned()
}

fn endpoint_sensor() -> String {
    "WindowsDefenderAtp".to_owned()
}

/// A record that comes at its time; not yet stamped.
#[derive(Clone, Debug, PartialEq)]
pub struct Due {
    /// When, after the beginning, unscaled.
    pub at: Duration,
    /// The alert.
    pub alert: Map<String, Value>,
}

impl Volley {
    /// The ids of its devices.
    pub fn ids(&self) -> Vec<String> {
        if !self.device_ids.is_empty() {
            return self.device_ids.clone();
        }
        (self.first_device..self.first_device.saturating_add(self.devices))
            .map(|number| format!("{number:040x}"))
            .collect()
    }
}

/// Everything that volleys bring, in order of time. The same seed gives the same ids of alerts.
pub fn due(volleys: &[Volley], seed: u64) -> Vec<Due> {
    let mut due = Vec::new();
    for (place, volley) in volleys.iter().enumerate() {
        let ids = volley.ids();
        let count = (ids.len() as u64).saturating_mul(volley.per_device);
        let gap = |nth: u64| {
            let part = nth as f64 / count.max(1) as f64;
            volley.over.0.mul_f64(part)
        };
        let mut nth = 0;
        for which in 1..=volley.per_device {
            for id in &ids {
                let at = volley.at.0 + gap(nth);
                nth += 1;
                let alert = record(volley, (place, which), id, seed);
                if let Some(resolve) = &volley.resolve {
                    due.push(Due {
                        at: at + resolve.after.0,
                        alert: resolved(alert.clone(), resolve),
                    });
                }
                due.push(Due { at, alert });
            }
        }
    }
    due.sort_by_key(|due| due.at);
    due
}

/// Fills the times in that an alert does not say itself; the latest update is now in any case.
pub fn stamped(mut alert: Map<String, Value>, now: Timestamp) -> Map<String, Value> {
    for name in ["alertCreationTime", "firstEventTime", "lastEventTime"] {
        let time = alert.entry(name).or_insert(Value::Null);
        if time.is_null() {
            *time = Value::String(stamp(now));
        }
    }
    alert.insert("lastUpdateTime".to_owned(), Value::String(stamp(now)));
    if alert.get("status").is_some_and(|status| status == "Resolved") {
        alert.insert("resolvedTime".to_owned(), Value::String(stamp(now)));
    }
    alert
}

fn record(volley: &Volley, (place, which): (usize, u64), device_id: &str, seed: u64) -> Map<String, Value> {
    let number = device::draw(seed, device_id, &format!("alert {place} {which}"));
    let user = volley.user.as_deref().map(|user| {
        let (domain, name) = user.split_once('\\').unwrap_or(("", user));
        json!({ "userName": name, "domainName": domain })
    });
    let alert = json!({
        "id": format!("da{:018}_{which}", number % 1_000_000_000_000_000_000),
        "incidentId": number % 1_000_000,
        "investigationId": null,
        "assignedTo": null,
        "severity": volley.severity,
        "status": "New",
        "classification": null,
        "determination": null,
        "investigationState": "UnsupportedAlertType",
        "detectionSource": volley.detection_source,
        "category": volley.category,
        "threatFamilyName": null,
        "title": volley.title,
        "description": volley.title,
        "machineId": device_id,
        "computerDnsName": null,
        "relatedUser": user,
        "mitreTechniques": volley.techniques,
        "evidence": [],
    });
    match alert {
        Value::Object(alert) => alert,
        _ => Map::new(),
    }
}

fn resolved(mut alert: Map<String, Value>, resolve: &Resolve) -> Map<String, Value> {
    for (name, value) in [
        ("status", json!("Resolved")),
        ("classification", json!(resolve.classification)),
        ("determination", json!(resolve.determination)),
    ] {
        alert.insert(name.to_owned(), value);
    }
    alert
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_volley_is_spread_over_its_time_and_resolved_after_it() {
        let volley: Volley = serde_json::from_value(json!({
            "at": "1m", "over": "10s", "devices": 5, "per_device": 2, "title": "t", "category": "Ransomware",
            "resolve": { "after": "5m", "classification": "FalsePositive" },
        }))
        .expect("it is a volley");
        let due = due(&[volley], 1);
        assert_eq!(due.len(), 20);
        let new: Vec<u64> = due[..10].iter().map(|due| due.at.as_secs()).collect();
        assert_eq!(new, [60, 61, 62, 63, 64, 65, 66, 67, 68, 69]);
        let (first, last) = (&due[0].alert, &due[10].alert);
        assert_eq!(
            (&first["id"], &first["machineId"]),
            (&last["id"], &last["machineId"])
        );
        assert_eq!(
            (&last["status"], &last["classification"]),
            (&json!("Resolved"), &json!("FalsePositive"))
        );
        let ids: std::collections::BTreeSet<_> =
            due[..10].iter().map(|due| due.alert["id"].to_string()).collect();
        assert_eq!(ids.len(), 10);
    }

    #[test]
    fn an_alert_keeps_the_times_that_it_says_itself() {
        let alert = json!({ "id": "a", "firstEventTime": "2026-01-01T00:00:00Z" });
        let Value::Object(alert) = alert else {
            panic!("it is an object");
        };
        let stamped = stamped(alert, Timestamp::UNIX_EPOCH);
        assert_eq!(stamped["firstEventTime"], "2026-01-01T00:00:00Z");
        assert_eq!(stamped["alertCreationTime"], "1970-01-01T00:00:00.0000000Z");
        assert_eq!(stamped.get("resolvedTime"), None);
    }
}
