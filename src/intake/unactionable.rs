//! Records that are recognised, stored with what they say, and never lead to a call: advanced-hunting rows (telemetry,
//! not alerts), legacy Graph security objects, and incidents (their alerts arrive by themselves, with their devices).
//! Called by [`crate::intake::normalize`](mod@crate::intake::normalize).

use serde_json::Value;

use crate::domain::alert::Alert;
use crate::intake::field;
use crate::intake::reading::Reading;

/// Why the device of a telemetry row is not acted upon.
const TELEMETRY: &str = "the record is telemetry, not an alert";

/// Whether a record is an incident or a page of incidents, of Defender XDR (`/api/incidents`, facts sheet 8.4), of Graph,
/// or of Sentinel (`SecurityIncident` row or incident-trigger body).
pub(super) fn is_incident(record: &Value) -> bool {
    let has = |key: &str| record.get(key).is_some();
    let of_type = record.get("@odata.type").and_then(Value::as_str);
    let page = record
        .get("value")
        .and_then(Value::as_array)
        .and_then(|page| page.first());
    (has("incidentId") && (has("incidentName") || record.get("alerts").is_some_and(Value::is_array)))
        || of_type == Some("#microsoft.graph.security.incident")
        || (has("IncidentNumber") && has("AlertIds"))
        || record.pointer("/object/properties/incidentNumber").is_some()
        || page.is_some_and(|first| first.get("value").is_none() && is_incident(first))
}

/// Reads an incident: its own severity and status, no device.
pub(super) fn incident(record: &Value, read: &mut Reading<'_>) -> Alert {
    read.remarks
        .push("an incident leads to no call by itself: deliver its alerts".to_owned());
    // Sentinel's incident trigger keeps everything one level down.
    let incident = record.pointer("/object/properties").unwrap_or(record);
    let text = |keys: &[&str]| field::if_any_carried(incident, keys);
    Alert {
        title: text(&["incidentName", "displayName", "title", "Title"]),
        severity: read.severity(text(&["severity", "Severity"])),
        status: field::status(text(&["status", "Status"])),
        incident_id: text(&["incidentId", "id", "incidentNumber", "IncidentNumber"]),
        occurred_at: read.latest(
            [
                "createdTime",
                "lastUpdateTime",
                "createdDateTime",
                "lastUpdateDateTime",
                "CreatedTime",
                "LastModifiedTime",
            ]
            .map(|key| incident.get(key)),
        ),
        ..Alert::default()
    }
}

/// Reads an advanced-hunting row, bare or out of the stream. Its `DeviceId` is recorded as refused.
pub(super) fn hunting_row(record: &Value, read: &mut Reading<'_>) -> Alert {
    let row = record
        .get("properties")
        .filter(|row| row.is_object())
        .unwrap_or(record);
    read.devices.offer_only_named(row.get("DeviceId"), TELEMETRY);
    Alert {
        id: field::text(row, "AlertId")
            .or_else(|| field::text(row, "ReportId"))
            .unwrap_or_default(),
        title: field::if_carried(row, "Title"),
        severity: read.severity(field::if_carried(row, "Severity")),
        category: field::category(field::if_any_carried(row, &["ActionType", "Category"])),
        occurred_at: read.latest([row.get("Timestamp"), record.get("time")]),
        ..Alert::default()
    }
}

/// Reads a legacy Graph security object (`/v1.0/security/alerts`, `/beta/security/securityActions`).
pub(super) fn graph_v1(record: &Value, read: &mut Reading<'_>) -> Alert {
    read.remarks
        .push("a legacy Graph security object leads to no call: deliver alerts_v2".to_owned());
    Alert {
        id: field::text(record, "id").unwrap_or_default(),
        title: field::if_any_carried(record, &["title", "name"]),
        severity: read.severity(field::if_carried(record, "severity")),
        category: field::category(field::if_carried(record, "category")),
        status: field::status(field::if_carried(record, "status")),
        occurred_at: read.latest(
            [
                "createdDateTime",
                "lastModifiedDateTime",
                "lastActionDateTime",
                "eventDateTime",
            ]
            .map(|key| record.get(key)),
        ),
        ..Alert::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::{Event, EventFormat};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "24c222b0b60fe148eeece49ac83910cc6a7ef491";

    fn event(record: &Value) -> Event {
        normalize(record, &DeviceIdRule::default()).expect("the shape is known")
    }

    #[test]
    fn a_hunting_row_leads_to_no_call_even_with_a_valid_device() {
        let event = event(
            &json!({"Timestamp": "2021-08-02T13:11:53.5836949Z", "DeviceId": DEVICE, "ActionType": "LdapSearch"}),
        );
        assert_eq!(event.format, EventFormat::HuntingRow);
        assert_eq!(event.devices, []);
        assert_eq!(
            event.no_device_reason(),
            Some(format!(
                "device id `{DEVICE}` is refused: the record is telemetry, not an alert"
            ))
        );
    }

    #[test]
    fn every_kind_of_incident_is_recognised_and_leads_to_no_call() {
        let defender = json!({"incidentId": 924518, "incidentName": "x", "severity": "High", "status": "Active",
            "alerts": [{"alertId": "da1", "devices": [{"mdatpDeviceId": DEVICE}]}]});
        for record in [
            defender.clone(),
            json!({"value": [defender]}),
            json!({"@odata.type": "#microsoft.graph.security.incident", "id": "1", "createdDateTime": "2026-01-01T00:00:00Z"}),
            json!({"IncidentNumber": 7, "AlertIds": "[]", "Title": "x", "Severity": "Low"}),
            json!({"object": {"id": "/subscriptions/1", "properties": {"incidentNumber": 7, "title": "x", "severity": "Medium"}}}),
        ] {
            let event = event(&record);
            assert_eq!(event.format, EventFormat::Incident, "{record}");
            assert_eq!(
                (event.devices.len(), event.refused_devices.len()),
                (0, 0),
                "{record}"
            );
            assert_eq!(
                event.no_device_reason().as_deref(),
                Some("the incident record names no device")
            );
        }
    }

    #[test]
    fn a_legacy_graph_object_is_recognised() {
        let event =
            event(&json!({"name": "blockIp", "vendorInformation": {"provider": "Windows Defender ATP"}}));
        assert_eq!(event.format, EventFormat::GraphV1);
        assert_eq!(event.alert.title.value().map(String::as_str), Some("blockIp"));
    }
}
