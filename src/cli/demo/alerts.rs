//! What the demo feeds: the recorded sample alerts, a storm, and a few records that must lead to nothing. It makes text;
//! sending it is [`super::feed`]'s part.

use anyhow::Context as _;
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::cli::practice::feed::Record;
use crate::intake::restamp;

/// The category of the storm's alerts: no other playbook knows it.
pub const CATEGORY: &str = "QuellDemoStorm";

/// Alerts made public by others; sources and licences stand in each line and in `tests/data/README.md`.
const SAMPLES: &str = include_str!("../../../tests/data/alerts.ndjson");

/// The sample alerts as their authors published them, moved to `now`.
///
/// # Errors
/// Never, unless the file that was built in is broken.
pub fn samples(now: Timestamp) -> anyhow::Result<Vec<Record>> {
    let event = |line: &str| {
        let mut line: Value = serde_json::from_str(line)?;
        let mut event = line["event"].take();
        restamp(&mut event, now);
        anyhow::Ok(event.to_string())
    };
    SAMPLES
        .lines()
        .map(event)
        .collect::<Result<_, _>>()
        .context("the built-in samples cannot be read")
}

/// A storm: an alert on each device, a second one on every tenth, and every twentieth record delivered twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Storm {
    /// The devices, all different.
    pub devices: Vec<String>,
    /// What is sent, in order.
    pub records: Vec<Record>,
    /// How many of the records are repetitions.
    pub repeated: usize,
    /// How many are a further alert on a device that has one.
    pub second: usize,
}

/// Makes a storm that begins at `now`.
pub fn storm(devices: u32, now: Timestamp) -> Storm {
    let mut storm = Storm::default();
    for n in 0..devices {
        let device = device(n);
        let mut alerts = vec![alert(n, 1, &device, now)];
        if n % 10 == 0 {
            alerts.push(alert(n, 2, &device, now));
            storm.second += 1;
        }
        if n % 20 == 7 {
            alerts.push(alerts[0].clone());
            storm.repeated += 1;
        }
        storm.records.extend(alerts);
        storm.devices.push(device);
    }
    storm
}

/// The device that the demo's configuration protects by its id.
pub fn protected_device() -> String {
    device(u32::MAX)
}

/// What must lead to no call: an alert on the protected device, one whose device id is an attempt to reach another path,
/// and something that is no JSON.
pub fn harmless(now: Timestamp) -> Vec<Record> {
    let protected = alert(u32::MAX, 1, &protected_device(), now);
    let hostile = alert(u32::MAX - 1, 1, "../../machineactions", now);
    vec![
        protected,
        hostile,
        r#"{"id": "da1_1", "title": "cut of"#.to_owned(),
    ]
}

/// A device id as Defender forms them: 40 hexadecimal digits.
fn device(n: u32) -> String {
    let hash = Sha256::digest(format!("quell demo device {n}"));
    hash.iter().take(20).map(|byte| format!("{byte:02x}")).collect()
}

/// An alert in the shape of `GET /api/alerts`.
fn alert(n: u32, which: u32, device: &str, now: Timestamp) -> Record {
    let id = format!("da{:018}_{which}", 638_000_000_000_u64 + u64::from(n));
    json!({
        "id": id,
        "incidentId": 90_000 + u64::from(n),
        "severity": "High",
        "status": "New",
        "classification": null,
        "determination": null,
        "detectionSource": "WindowsDefenderAtp",
        "category": CATEGORY,
        "threatFamilyName": null,
        "title": format!("Practice alert {which} of the demo's storm"),
        "alertCreationTime": now.to_string(),
        "firstEventTime": now.to_string(),
        "lastEventTime": now.to_string(),
        "lastUpdateTime": now.to_string(),
        "machineId": device,
        "computerDnsName": format!("demo-{n:05}.quell.example"),
        "relatedUser": null,
        "mitreTechniques": ["T1486"],
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::alert::{Event, EventFormat};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("RFC 3339")
    }

    fn event(record: &str) -> Event {
        let record = serde_json::from_str(record).expect("the record is JSON");
        normalize(&record, &DeviceIdRule::default()).expect("the shape is known")
    }

    #[test]
    fn all_samples_are_read_and_happened_now() {
        let samples = samples(now()).expect("the file is built in");
        assert_eq!(samples.len(), 115);
        let times = samples
            .iter()
            .map(|record| event(record).alert.occurred_at.value().copied());
        let dated: Vec<_> = times.flatten().collect();
        assert!(dated.len() > 100, "{}", dated.len());
        assert!(
            dated
                .iter()
                .all(|at| *at <= now() && now().duration_since(*at).as_secs() < 2),
            "{dated:?}"
        );
    }

    #[test]
    fn a_storm_has_as_many_devices_as_asked_for_and_counts_its_extras() {
        let storm = storm(200, now());
        let distinct: BTreeSet<&String> = storm.devices.iter().collect();
        assert_eq!((distinct.len(), storm.second, storm.repeated), (200, 20, 10));
        assert_eq!(storm.records.len(), 230);
        let events: Vec<Event> = storm.records.iter().map(|record| event(record)).collect();
        let named: BTreeSet<&str> = events
            .iter()
            .flat_map(|e| &e.devices)
            .map(|d| d.as_str())
            .collect();
        assert_eq!(named, storm.devices.iter().map(String::as_str).collect());
        let alerts: BTreeSet<&str> = events.iter().map(|e| e.alert.id.as_str()).collect();
        assert_eq!(alerts.len(), 220, "repetitions have the ids of what they repeat");
        assert!(events.iter().all(|e| e.format == EventFormat::MdeAlert));
        assert_eq!(
            events[0].alert.category.value().map(String::as_str),
            Some(CATEGORY)
        );
    }

    #[test]
    fn a_storm_of_nothing_is_nothing() {
        assert_eq!(storm(0, now()), Storm::default());
    }

    #[test]
    fn the_harmless_records_are_what_they_say() {
        let records = harmless(now());
        let protected = event(&records[0]);
        assert_eq!(
            protected.devices.first().map(|d| d.to_string()),
            Some(protected_device())
        );
        assert!(!storm(1000, now()).devices.contains(&protected_device()));
        let hostile = event(&records[1]);
        assert!(
            hostile.devices.is_empty() && hostile.refused_devices.len() == 1,
            "{hostile:?}"
        );
        assert!(serde_json::from_str::<Value>(&records[2]).is_err());
        assert!(records.iter().all(|record| !record.contains('\n')));
    }
}
