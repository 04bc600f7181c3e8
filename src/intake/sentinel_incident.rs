//! Bodies of Sentinel's incident trigger (facts sheet 8.5): an incident with the entities related to it. Called by
//! [`crate::intake::normalize`](mod@crate::intake::normalize).
//!
//! A row of the `SecurityIncident` table names no entity at all and stays what [`crate::intake::unactionable`] reads.

use serde_json::Value;

use crate::domain::alert::Alert;
use crate::domain::fact::Fact;
use crate::intake::reading::Reading;
use crate::intake::{field, sentinel};

/// Whether a record is such a body with entities.
pub(super) fn is_incident(record: &Value) -> bool {
    let properties = record.pointer("/object/properties");
    properties.is_some_and(|properties| {
        properties.get("incidentNumber").is_some()
            && properties.get("relatedEntities").is_some_and(Value::is_array)
    })
}

/// Reads an incident as one alert: its hosts, by `MdatpDeviceId`, are the devices. A host without one was not onboarded to
/// Defender for Endpoint, and names none. The id begins with `incident-`, so that it meets no alert's.
pub(super) fn alert(record: &Value, read: &mut Reading<'_>) -> Alert {
    let nothing = Value::Null;
    let incident = record.pointer("/object/properties").unwrap_or(&nothing);
    let entities = field::list(incident, "relatedEntities");
    let of_kind = |kind: &'static str| {
        entities
            .iter()
            .filter(move |one| field::text(one, "kind").is_some_and(|named| named.eq_ignore_ascii_case(kind)))
            .filter_map(|one| one.get("properties"))
    };
    for host in of_kind("Host") {
        let id = host
            .pointer("/additionalData/MdatpDeviceId")
            .or_else(|| host.get("mdatpDeviceId"));
        let nothing = Value::Null;
        let additional = host.get("additionalData").unwrap_or(&nothing);
        let entra_id = additional.get("AadDeviceId").or_else(|| host.get("aadDeviceId"));
        let whole = additional.get("FQDN").and_then(field::text_of).map(Value::from);
        let name = whole.or_else(|| sentinel::dns_name(host, ["fqdn", "hostName", "dnsDomain"]));
        read.devices.offer_host(id, entra_id, name.as_ref());
    }
    let name = record
        .pointer("/object")
        .and_then(|object| field::text(object, "name"));
    let number = field::text(incident, "incidentNumber");
    let id = name.or_else(|| number.clone()).map(|id| format!("incident-{id}"));
    let additional = incident.get("additionalData").unwrap_or(&nothing);
    Alert {
        id: id.unwrap_or_default(),
        title: field::first(incident, &["title"]),
        severity: read.severity(field::first(incident, &["severity"])),
        // Sentinel's tactics are MITRE's, as Defender's categories nearly are; of several none is the one.
        category: Fact::Unknown,
        source: Fact::Unknown,
        techniques: match additional.get("techniques") {
            Some(techniques) => field::techniques([Some(techniques)]),
            None => Fact::Unknown,
        },
        classification: field::judgement(field::first(incident, &["classification"])),
        determination: field::judgement(field::first(incident, &["classificationReason"])),
        status: status(field::status(field::first(incident, &["status"]))),
        user: Fact::defined(of_kind("Account").find_map(user)),
        incident_id: Fact::defined(number),
        occurred_at: read.latest(
            ["createdTimeUtc", "lastModifiedTimeUtc", "lastActivityTimeUtc"].map(|key| incident.get(key)),
        ),
    }
}

/// Sentinel says `Closed` where every other feed says resolved.
fn status(status: Fact<String>) -> Fact<String> {
    status.map(|status| {
        if status == "closed" {
            "resolved".to_owned()
        } else {
            status
        }
    })
}

fn user(account: &Value) -> Option<String> {
    let domain = field::text(account, "ntDomain").or_else(|| field::text(account, "upnSuffix"));
    field::user(domain, field::text(account, "accountName"), None)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::{Event, EventFormat, Severity};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "24c222b0b60fe148eeece49ac83910cc6a7ef491";

    fn event(entities: Value) -> Event {
        let record = json!({"object": {
        "id": "/subscriptions/1/resourceGroups/soc/providers/Microsoft.SecurityInsights/Incidents/73e01a99",
        "name": "73e01a99-5cd7-4139-a149-9f2736ff2ab5", "type": "Microsoft.SecurityInsights/Incidents",
        "properties": {
            "title": "Ransomware on several devices", "severity": "High", "status": "Closed", "incidentNumber": 3177,
            "classification": "TruePositive", "classificationReason": "SuspiciousActivity",
            "createdTimeUtc": "2026-11-22T02:00:00Z", "lastModifiedTimeUtc": "2026-11-22T02:10:00Z",
            "additionalData": {"tactics": ["Impact", "Execution"], "techniques": ["T1486"]}, "relatedEntities": entities,
        }}});
        normalize(&record, &DeviceIdRule::default()).expect("the shape is known")
    }

    #[test]
    fn an_incident_gives_its_onboarded_hosts() {
        let event = event(json!([
            {"kind": "Host", "properties": {"hostName": "PC-0042", "additionalData": {"MdatpDeviceId": DEVICE}}},
            {"kind": "Host", "properties": {"hostName": "printer"}},
            {"kind": "Account", "properties": {"accountName": "eve", "ntDomain": "CONTOSO"}},
            {"kind": "Process", "properties": {"additionalData": {"MdatpDeviceId": "f".repeat(40)}}},
        ]));
        assert_eq!(event.format, EventFormat::SentinelIncident);
        assert_eq!(
            event.devices.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            [DEVICE]
        );
        assert_eq!(event.alert.id, "incident-73e01a99-5cd7-4139-a149-9f2736ff2ab5");
        assert_eq!(event.alert.severity, Fact::Is(Severity::High));
        assert_eq!(event.alert.status, Fact::Is("resolved".to_owned()));
        assert_eq!(event.alert.category, Fact::Unknown);
        assert_eq!(event.alert.techniques, Fact::Is(vec!["T1486".to_owned()]));
        assert_eq!(event.alert.user, Fact::Is("CONTOSO\\eve".to_owned()));
        assert_eq!(event.alert.incident_id, Fact::Is("3177".to_owned()));
        assert!(event.alert.occurred_at.value().is_some());
    }

    #[test]
    fn an_incident_without_hosts_names_no_device() {
        for entities in [
            json!([]),
            json!([{"kind": "Host"}, 7, null, {"kind": 7, "properties": {}}]),
        ] {
            assert_eq!(event(entities).devices, []);
        }
    }
}
