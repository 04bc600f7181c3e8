//! Alerts as `GET /api/alerts` gives them, and the playbooks that tests answer them with.

use serde_json::{Value, json};

/// A device id, another for each number.
pub fn device(n: usize) -> String {
    format!("{:040x}", 0xd000_0000_0000_u64 + n as u64)
}

/// A fresh alert of high severity on a device.
pub fn alert(id: &str, device: &str) -> Value {
    let now = quell::clock::now().to_string();
    json!({
        "id": id, "incidentId": 7, "severity": "High", "status": "New", "classification": null, "determination": null,
        "detectionSource": "WindowsDefenderAtp", "category": "Ransomware", "title": "Ransomware was seen",
        "alertCreationTime": now, "firstEventTime": now, "lastEventTime": now, "lastUpdateTime": now,
        "machineId": device,
    })
}

/// The news that an alert was resolved as a false positive.
pub fn resolved(id: &str, device: &str) -> Value {
    let mut alert = alert(id, device);
    alert["status"] = "Resolved".into();
    alert["classification"] = "FalsePositive".into();
    alert["resolvedTime"] = alert["lastUpdateTime"].clone();
    alert
}

/// One alert for each of `count` devices.
pub fn storm(count: usize) -> Vec<Value> {
    (0..count)
        .map(|n| alert(&format!("storm-{n}"), &device(n)))
        .collect()
}

/// Records as a body of NDJSON.
pub fn ndjson(records: &[Value]) -> Vec<u8> {
    records
        .iter()
        .map(|record| format!("{record}\n"))
        .collect::<String>()
        .into_bytes()
}

/// A playbook that restricts every device of a new alert of high severity, for a span of Defender's life.
pub fn restrict(id: &str, after: &str) -> String {
    format!(
        "id: {id}\ntitle: Restrict\nowner: soc@example.com\nmode: enforce\npriority: normal\n\
         when:\n  alert.event: new\n  alert.severity: {{at_least: high}}\nif_unknown: ask\n\
         then:\n  - restrict_app_execution:\n      comment: \"alert {{alert.id}}\"\n      release:\n        after: {after}\n        \
         restart_on: match\n"
    )
}

/// The playbook of a storm: restricts, and lets go only long after the test.
pub fn storm_playbook() -> String {
    restrict("storm", "6d")
}

/// A playbook that releases the device of an alert that was resolved as a false positive.
pub const RELEASE: &str = "id: all-clear\ntitle: Release\nowner: soc@example.com\nmode: enforce\npriority: high\n\
    when:\n  alert.event: resolved\n  alert.classification: FalsePositive\nif_unknown: ask\n\
    then:\n  - release_app_restriction:\n      comment: \"alert {alert.id} was a false positive\"\n";
