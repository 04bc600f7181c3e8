//! Alerts that stand inside a Defender XDR incident, `GET /api/incidents` (facts sheet 8.4): [`crate::intake::body`] takes the
//! incident apart, this reads one of its alerts. Called by [`crate::intake::normalize`](mod@crate::intake::normalize).

use serde_json::Value;

use crate::domain::alert::Alert;
use crate::domain::fact::Fact;
use crate::intake::field;
use crate::intake::reading::Reading;

/// Whether a record is an alert of an incident: it has its own spelling of the id, and lists devices or entities.
pub(super) fn is_alert(record: &Value) -> bool {
    let has = |key: &str| record.get(key).is_some();
    has("alertId") && (has("creationTime") || has("lastUpdatedTime")) && (has("devices") || has("entities"))
}

/// Reads one alert. Its devices are those on which it was triggered, `devices[].mdatpDeviceId`; Microsoft's table of members
/// calls the same `DeviceId`. An entity that was merely seen on a device names it too, and is not asked.
pub(super) fn alert(record: &Value, read: &mut Reading<'_>) -> Alert {
    for device in field::list(record, "devices") {
        read.devices.offer_host(
            device.get("mdatpDeviceId").or_else(|| device.get("DeviceId")),
            device.get("aadDeviceId"),
            device.get("deviceDnsName"),
        );
    }
    let time = |key: &str| record.get(key);
    Alert {
        id: field::text(record, "alertId").unwrap_or_default(),
        title: field::first(record, &["title"]),
        severity: read.severity(field::first(record, &["severity"])),
        category: field::category(field::first(record, &["category"])),
        source: field::first(record, &["detectionSource", "serviceSource"]),
        techniques: field::techniques([record.get("mitreTechniques")]),
        classification: field::judgement(field::first(record, &["classification"])),
        determination: field::judgement(field::first(record, &["determination"])),
        status: field::status_or_end(field::first(record, &["status"]), record.get("resolvedTime")),
        user: Fact::defined(field::list(record, "entities").iter().find_map(user)),
        incident_id: field::first(record, &["incidentId"]),
        occurred_at: read.latest([
            time("creationTime"),
            time("lastUpdatedTime"),
            time("lastActivity"),
        ]),
    }
}

/// The user of an entity that is one.
fn user(entity: &Value) -> Option<String> {
    let of_type = field::text(entity, "entityType")?;
    if !of_type.eq_ignore_ascii_case("user") {
        return None;
    }
    field::user(
        field::text(entity, "domainName"),
        field::text(entity, "accountName"),
        field::text(entity, "userPrincipalName"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::{Event, EventFormat, Severity};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "24c222b0b60fe148eeece49ac83910cc6a7ef491";
    const OTHER: &str = "73e7e2de709dff64ef64b1d0c30e67fab63279db";

    fn event(devices: Value) -> Event {
        let record = json!({
            "alertId": "da637472900382838869_1364969609", "incidentId": 924565, "serviceSource": "MicrosoftDefenderATP",
            "creationTime": "2020-09-06T12:07:54.3716642Z", "lastUpdatedTime": "2020-09-06T12:37:40.88Z", "resolvedTime": null,
            "firstActivity": "2020-09-06T12:04:00Z", "lastActivity": "2020-09-06T12:05:00Z", "title": "Suspicious WMI activity",
            "category": "Execution", "status": "InProgress", "severity": "High", "classification": "Unknown",
            "determination": "Malware", "detectionSource": "WindowsDefenderAtp", "mitreTechniques": ["T1047"],
            "devices": devices,
            "entities": [
                {"entityType": "Process", "deviceId": OTHER, "accountName": "SYSTEM"},
                {"entityType": "User", "accountName": "eve", "domainName": "CONTOSO", "userPrincipalName": "eve@contoso.test"},
            ],
        });
        normalize(&record, &DeviceIdRule::default()).expect("the shape is known")
    }

    #[test]
    fn an_alert_of_an_incident_is_read_whole() {
        let event =
            event(json!([{"mdatpDeviceId": DEVICE, "aadDeviceId": null, "deviceDnsName": "user5cx"}]));
        assert_eq!(event.format, EventFormat::XdrAlert);
        let is = |text: &str| Fact::Is(text.to_owned());
        assert_eq!(
            event.alert,
            Alert {
                id: "637472900382838869_1364969609".to_owned(),
                title: is("Suspicious WMI activity"),
                severity: Fact::Is(Severity::High),
                category: is("Execution"),
                source: is("WindowsDefenderAtp"),
                techniques: Fact::Is(vec!["T1047".to_owned()]),
                classification: Fact::Absent,
                determination: is("Malware"),
                status: is("in_progress"),
                user: is("CONTOSO\\eve"),
                incident_id: is("924565"),
                occurred_at: Fact::Is("2020-09-06T12:37:40.88Z".parse().expect("RFC 3339")),
            }
        );
        let devices: Vec<_> = event.devices.iter().map(|id| id.as_str()).collect();
        assert_eq!(devices, [DEVICE], "not what a process was merely seen on");
    }

    #[test]
    fn the_documented_spelling_of_the_id_counts_too_and_what_is_none_is_refused() {
        let named =
            event(json!([{"DeviceId": DEVICE}, {"mdatpDeviceId": null}, {"mdatpDeviceId": "x"}, 7, {}]));
        assert_eq!(named.devices.len(), 1);
        assert_eq!(named.refused_devices.len(), 1);
        for nothing in [json!(null), json!([]), json!("x"), json!([null])] {
            assert_eq!(event(nothing).devices, []);
        }
    }
}
