//! Alerts of Microsoft Graph, `GET /v1.0/security/alerts_v2` (facts sheet 8.3). Called by [`crate::intake::normalize`](mod@crate::intake::normalize).

use serde_json::Value;

use crate::domain::alert::Alert;
use crate::domain::fact::Fact;
use crate::intake::field;
use crate::intake::reading::Reading;

/// Why a device that Graph calls only contextual is not acted upon.
pub(super) const CONTEXTUAL: &str = "the alert calls it only contextual";

/// Reads one alert. Its devices are the `mdeDeviceId`s of its device evidence; file and process evidence repeats the id
/// of the device it was seen on and is not asked. Device evidence whose roles are all `contextual` (likely benign,
/// a side effect: Graph's `evidenceRole`) is refused unless it is marked as the primary device.
pub(super) fn alert(record: &Value, read: &mut Reading<'_>) -> Alert {
    for evidence in evidence(record, "deviceEvidence") {
        if is_contextual(evidence, "detailedRoles") {
            read.devices
                .offer_only_named(evidence.get("mdeDeviceId"), CONTEXTUAL);
        } else {
            read.devices.offer_host(
                evidence.get("mdeDeviceId"),
                evidence.get("azureAdDeviceId"),
                evidence.get("deviceDnsName"),
            );
        }
    }
    let time = |key: &str| record.get(key);
    Alert {
        id: field::text(record, "id")
            .or_else(|| field::text(record, "providerAlertId"))
            .unwrap_or_default(),
        title: field::first(record, &["title"]),
        severity: read.severity(field::first(record, &["severity"])),
        category: field::category(field::first(record, &["category"])),
        source: field::first(record, &["detectionSource", "serviceSource"]),
        techniques: field::techniques([record.get("mitreTechniques")]),
        classification: field::judgement(field::first(record, &["classification"])),
        determination: field::judgement(field::first(record, &["determination"])),
        status: field::status_or_end(field::first(record, &["status"]), record.get("resolvedDateTime")),
        user: Fact::defined(evidence(record, "userEvidence").find_map(user)),
        incident_id: field::first(record, &["incidentId"]),
        occurred_at: read.latest([
            time("createdDateTime"),
            time("lastUpdateDateTime"),
            time("lastActivityDateTime"),
        ]),
    }
}

/// The evidence of one kind. Some pipelines cannot keep the `@` of `@odata.type` and write `at_sign_odata_type`.
fn evidence<'a>(record: &'a Value, kind: &'static str) -> impl Iterator<Item = &'a Value> {
    field::list(record, "evidence").iter().filter(move |one| {
        let of_type = one.get("@odata.type").or_else(|| one.get("at_sign_odata_type"));
        of_type
            .and_then(Value::as_str)
            .and_then(|name| name.rsplit('.').next())
            == Some(kind)
    })
}

/// Whether device evidence is there for context alone: all of its roles say so, and under `detailed` it is no primary device.
pub(super) fn is_contextual(evidence: &Value, detailed: &str) -> bool {
    let texts = |key: &str| {
        let all = field::list(evidence, key).iter();
        all.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    let roles = texts("roles");
    let primary = texts(detailed)
        .iter()
        .any(|role| matches!(*role, "PrimaryDevice" | "Main device"));
    !primary && !roles.is_empty() && roles.iter().all(|role| role.eq_ignore_ascii_case("contextual"))
}

fn user(evidence: &Value) -> Option<String> {
    let account = evidence.get("userAccount")?;
    field::user(
        field::text(account, "domainName"),
        field::text(account, "accountName"),
        field::text(account, "userPrincipalName"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::{Event, Severity};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "505d70d89cfa3428f7aac7d2eb3a64c60fd3d843";
    const OTHER: &str = "73e7e2de709dff64ef64b1d0c30e67fab63279db";

    fn event(evidence: Value) -> Event {
        let record = json!({
            "id": "daefa1828b-dd4e-405c-8a3b-aa28596830dd_1", "providerAlertId": "efa1828b-dd4e-405c-8a3b-aa28596830dd_1",
            "incidentId": "23", "status": "inProgress", "severity": "medium", "classification": "unknown",
            "serviceSource": "microsoftDefenderForEndpoint", "detectionSource": "antivirus", "category": "Execution",
            "title": "Suspicious PowerShell command line", "mitreTechniques": ["T1059.001"],
            "createdDateTime": "2023-10-20T09:53:09.8839373Z", "lastUpdateDateTime": "2023-10-20T09:54:07.5033333Z",
            "lastActivityDateTime": "2023-10-20T09:51:41.9939003Z", "evidence": evidence,
        });
        normalize(&record, &DeviceIdRule::default()).expect("the shape is known")
    }

    fn device(id: &str, roles: &[&str], detailed: &[&str]) -> Value {
        json!({"@odata.type": "#microsoft.graph.security.deviceEvidence", "mdeDeviceId": id, "roles": roles, "detailedRoles": detailed})
    }

    #[test]
    fn device_evidence_gives_devices_and_process_evidence_does_not() {
        let event = event(json!([
            device(DEVICE, &[], &["PrimaryDevice"]),
            {"@odata.type": "#microsoft.graph.security.processEvidence", "mdeDeviceId": OTHER},
            {"at_sign_odata_type": "#microsoft.graph.security.userEvidence", "userAccount": {"accountName": "a", "domainName": "AzureAD"}},
        ]));
        assert_eq!(
            event.devices.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            [DEVICE]
        );
        assert_eq!(event.alert.id, "efa1828b-dd4e-405c-8a3b-aa28596830dd_1");
        assert_eq!(event.alert.severity, Fact::Is(Severity::Medium));
        assert_eq!(event.alert.status, Fact::Is("in_progress".to_owned()));
        assert_eq!(event.alert.classification, Fact::Absent);
        assert_eq!(event.alert.user, Fact::Is("AzureAD\\a".to_owned()));
        assert_eq!(
            event.alert.occurred_at,
            Fact::Is("2023-10-20T09:54:07.5033333Z".parse().expect("RFC 3339"))
        );
    }

    #[test]
    fn a_device_that_is_only_contextual_is_not_acted_upon() {
        let event = event(json!([
            device(DEVICE, &["compromised"], &[]),
            device(OTHER, &["contextual"], &[]),
        ]));
        assert_eq!(
            event.devices.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            [DEVICE]
        );
        assert_eq!(event.refused_devices.len(), 1);
        assert_eq!(
            event.refused_devices[0].to_string(),
            format!("device id `{OTHER}` is refused: the alert calls it only contextual")
        );
    }

    #[test]
    fn the_primary_device_counts_whatever_its_roles() {
        assert_eq!(
            event(json!([device(DEVICE, &["contextual"], &["PrimaryDevice"])]))
                .devices
                .len(),
            1
        );
        assert_eq!(
            event(json!([device(DEVICE, &["contextual", "attacked"], &[])]))
                .devices
                .len(),
            1
        );
    }
}
