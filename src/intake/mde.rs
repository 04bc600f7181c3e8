//! Alerts of Defender for Endpoint's own API, `GET /api/alerts` (facts sheet 8.1), also what Splunk's add-on
//! (`ms:defender:atp:alerts`) delivers. Called by [`crate::intake::normalize`](mod@crate::intake::normalize).

use serde_json::Value;

use crate::domain::alert::Alert;
use crate::domain::fact::Fact;
use crate::intake::field;
use crate::intake::reading::Reading;

/// Reads one alert. Its device is `machineId`.
pub(super) fn alert(record: &Value, read: &mut Reading<'_>) -> Alert {
    read.devices
        .offer_host(record.get("machineId"), None, record.get("computerDnsName"));
    let time = |key: &str| record.get(key);
    Alert {
        id: field::text(record, "id").unwrap_or_default(),
        title: field::first(record, &["title"]),
        severity: read.severity(field::first(record, &["severity"])),
        category: field::category(field::first(record, &["category"])),
        source: field::first(record, &["detectionSource"]),
        techniques: field::techniques([record.get("mitreTechniques")]),
        classification: field::judgement(field::first(record, &["classification"])),
        determination: field::judgement(field::first(record, &["determination"])),
        status: field::status_or_end(field::first(record, &["status"]), record.get("resolvedTime")),
        user: Fact::defined(user(record)),
        incident_id: field::first(record, &["incidentId"]),
        occurred_at: read.latest([
            time("alertCreationTime"),
            time("lastUpdateTime"),
            time("lastEventTime"),
        ]),
    }
}

/// `relatedUser`, which is null for many alerts; older versions of the API wrote `alertUser`, a text or an object.
fn user(record: &Value) -> Option<String> {
    let named = |user: &Value| {
        field::user(
            field::text(user, "domainName"),
            field::text(user, "userName"),
            None,
        )
    };
    let older = || named(record.get("alertUser")?).or_else(|| field::text(record, "alertUser"));
    record.get("relatedUser").and_then(named).or_else(older)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::{Event, EventFormat, Severity};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    fn event(record: &Value) -> Event {
        normalize(record, &DeviceIdRule::default()).expect("the shape is known")
    }

    #[test]
    fn the_documented_alert_is_read_whole() {
        let event = event(&json!({
            "id": "da637472900382838869_1364969609", "incidentId": 1126093, "severity": "Low", "status": "InProgress",
            "classification": "TruePositive", "determination": "NotAvailable", "detectionSource": "WindowsDefenderAtp",
            "category": "Execution", "title": "Low-reputation arbitrary code executed by signed executable",
            "alertCreationTime": "2021-01-26T20:33:57.7220239Z", "firstEventTime": "2021-01-26T20:31:32.9562661Z",
            "lastEventTime": "2021-01-26T20:31:33.0577322Z", "lastUpdateTime": "2021-01-26T20:33:59.2Z",
            "machineId": "111e6dd8c833c8a052ea231ec1b19adaf497b625", "mitreTechniques": ["T1064", "T1085", "T1220"],
            "relatedUser": {"userName": "temp123", "domainName": "DOMAIN"}
        }));
        let is = |text: &str| Fact::Is(text.to_owned());
        assert_eq!(event.format, EventFormat::MdeAlert);
        assert_eq!(
            event.alert,
            Alert {
                id: "637472900382838869_1364969609".to_owned(),
                title: is("Low-reputation arbitrary code executed by signed executable"),
                severity: Fact::Is(Severity::Low),
                category: is("Execution"),
                source: is("WindowsDefenderAtp"),
                techniques: Fact::Is(vec!["T1064".to_owned(), "T1085".to_owned(), "T1220".to_owned()]),
                classification: is("TruePositive"),
                determination: Fact::Absent,
                status: is("in_progress"),
                user: is("DOMAIN\\temp123"),
                incident_id: is("1126093"),
                occurred_at: Fact::Is("2021-01-26T20:33:59.2Z".parse().expect("RFC 3339")),
            }
        );
        assert_eq!(event.devices.len(), 1);
        assert_eq!(event.no_device_reason(), None);
    }

    #[test]
    fn a_hostile_machine_id_is_refused_and_leads_to_no_device() {
        let event = event(
            &json!({"id": "da1", "alertCreationTime": "2026-01-01T00:00:00Z", "machineId": "../../machineactions"}),
        );
        assert_eq!(event.devices, []);
        assert_eq!(
            event.no_device_reason().as_deref(),
            Some(
                "device id `../../machineactions` is refused: it holds characters other than letters, digits, `-` and `_`"
            )
        );
    }

    #[test]
    fn missing_times_make_the_age_unknown_and_null_fields_are_absent() {
        let alert =
            event(&json!({"id": "da1", "alertCreationTime": null, "machineId": null, "relatedUser": null}))
                .alert;
        assert_eq!(alert.occurred_at, Fact::Unknown);
        assert_eq!(
            (alert.user, alert.category, alert.severity),
            (Fact::Absent, Fact::Absent, Fact::Absent)
        );
    }
}
