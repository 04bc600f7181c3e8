//! Rows of Sentinel's `SecurityAlert` table and the alert-trigger bodies of its playbooks, which are the same object
//! (facts sheet 8.5). Called by [`crate::intake::normalize`](mod@crate::intake::normalize).
//!
//! `Entities`, `ExtendedProperties` and `Techniques` hold JSON inside strings. The entities come from a serialiser that
//! writes an object once, with `$id`, and later only `{"$ref": "…"}`: a host may stand inside a process and be named
//! in the list by reference alone, so references are followed.

use std::collections::HashMap;

use serde_json::Value;

use crate::domain::alert::Alert;
use crate::domain::fact::Fact;
use crate::intake::field;
use crate::intake::reading::Reading;

/// Reads one alert. Its devices are the `MdatpDeviceId`s of the host entities in the list; a host that stands only inside
/// another entity is not in the list and not acted upon.
pub(super) fn alert(record: &Value, read: &mut Reading<'_>) -> Alert {
    let mut decoded = |key: &str| {
        field::decoded(record, key).unwrap_or_else(|remark| {
            read.remarks.push(remark);
            Value::Null
        })
    };
    let entities = decoded("Entities");
    let extended = decoded("ExtendedProperties");
    let listed = listed(&entities);
    for host in listed.iter().filter(|entity| is_of_type(entity, "host")) {
        let entra_id = host.get("AadDeviceId").or_else(|| host.get("AzureAdDeviceId"));
        let name = dns_name(host, ["FQDN", "HostName", "DnsDomain"]);
        read.devices
            .offer_host(host.get("MdatpDeviceId"), entra_id, name.as_ref());
    }
    let time = |key: &str| record.get(key);
    Alert {
        id: field::text(record, "VendorOriginalId")
            .or_else(|| field::text(record, "SystemAlertId"))
            .unwrap_or_default(),
        title: field::first(record, &["DisplayName", "AlertName", "AlertDisplayName"]),
        severity: read.severity(field::first(record, &["AlertSeverity", "Severity"])),
        // Only alerts of Defender for Endpoint carry its category; other products' words mean other things.
        category: field::category(field::first(&extended, &["MicrosoftDefenderAtp.Category"])),
        source: Fact::defined(
            field::text(&extended, "DetectionSource").or_else(|| field::text(record, "AlertType")),
        ),
        techniques: field::techniques([record.get("Techniques"), record.get("SubTechniques")]),
        classification: field::judgement(field::first(&extended, &["Classification"])),
        determination: field::judgement(field::first(&extended, &["Determination"])),
        status: status(field::status(field::first(record, &["Status"]))),
        user: Fact::defined(
            listed
                .iter()
                .filter(|entity| is_of_type(entity, "account"))
                .find_map(|one| user(one)),
        ),
        incident_id: field::first(&extended, &["IncidentId"]),
        occurred_at: read.latest([
            time("TimeGenerated"),
            time("ProcessingEndTime"),
            time("EndTime"),
            extended.get("LastUpdated"),
        ]),
    }
}

/// Who dismisses an alert has done with it, as who resolves it.
fn status(status: Fact<String>) -> Fact<String> {
    status.map(|status| match status.as_str() {
        "dismissed" => "resolved".to_owned(),
        _ => status,
    })
}

/// A host's DNS name from its members: the whole one, else its first part with the domain, else that part alone.
pub(super) fn dns_name(host: &Value, [whole, name, domain]: [&str; 3]) -> Option<Value> {
    let parts = || {
        let name = field::text(host, name)?;
        Some(match field::text(host, domain) {
            Some(domain) if !name.contains('.') => format!("{name}.{domain}"),
            _ => name,
        })
    };
    field::text(host, whole).or_else(parts).map(Value::from)
}

/// The entities of the list, references followed.
fn listed(entities: &Value) -> Vec<&Value> {
    let list = entities.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut written = HashMap::new();
    if list.iter().any(|entity| entity.get("$ref").is_some()) {
        list.iter().for_each(|entity| index(entity, &mut written));
    }
    list.iter()
        .filter_map(|entity| match entity.get("$ref").and_then(Value::as_str) {
            Some(reference) => written.get(reference).copied(),
            None => Some(entity),
        })
        .collect()
}

/// Every object below that has a `$id`. The depth is bounded by the JSON parser.
fn index<'a>(value: &'a Value, written: &mut HashMap<&'a str, &'a Value>) {
    match value {
        Value::Object(members) => {
            if let Some(id) = members.get("$id").and_then(Value::as_str) {
                written.entry(id).or_insert(value);
            }
            members.values().for_each(|member| index(member, written));
        }
        Value::Array(elements) => elements.iter().for_each(|element| index(element, written)),
        _ => {}
    }
}

fn is_of_type(entity: &Value, name: &str) -> bool {
    entity
        .get("Type")
        .and_then(Value::as_str)
        .is_some_and(|of_type| of_type.eq_ignore_ascii_case(name))
}

fn user(account: &Value) -> Option<String> {
    let domain = field::text(account, "NTDomain").or_else(|| field::text(account, "DomainName"));
    field::user(
        domain,
        field::text(account, "Name"),
        field::text(account, "UserPrincipalName"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::Event;
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "4f22ab5dc4be96566ee3c9adb3b77280dc08bfdb";

    fn event(changes: Value) -> Event {
        let mut record = json!({
            "SystemAlertId": "6092461b-0000-0000-0000-000000000000",
            "VendorOriginalId": "da3cb12a2f-33e5-42ea-9238-be9ffbc212e2_1", "AlertSeverity": "Informational",
            "ProviderName": "MDATP", "DisplayName": "[Test Alert] Suspicious Powershell commandline",
            "TimeGenerated": "2023-04-18T16:20:01.053681Z", "EndTime": "2023-04-18T16:08:28.583668Z",
            "Status": "New", "Techniques": "", "AlertType": "WindowsDefenderAtp",
            "ExtendedProperties": "{\"MicrosoftDefenderAtp.Category\":\"Execution\",\"IncidentId\":\"384\",\"LastUpdated\":\"4/18/2023 4:30:00 PM\"}",
        });
        let members = record.as_object_mut().expect("the record is an object");
        members.extend(changes.as_object().expect("the changes are an object").clone());
        normalize(&record, &DeviceIdRule::default()).expect("the shape is known")
    }

    #[test]
    fn hosts_in_the_list_give_devices_and_properties_are_decoded() {
        let entities = json!([
            {"$id": "2", "Name": "defenderadm", "NTDomain": "CORP", "Type": "account"},
            {"$id": "16", "HostName": "alert-windows", "Type": "host", "MdatpDeviceId": DEVICE},
            {"$id": "17", "HostName": "printer", "Type": "host"},
        ]);
        let event = event(json!({"Entities": entities.to_string()}));
        assert_eq!(
            event.devices.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
            [DEVICE]
        );
        assert_eq!(event.alert.id, "3cb12a2f-33e5-42ea-9238-be9ffbc212e2_1");
        assert_eq!(
            event.alert.category.value().map(String::as_str),
            Some("Execution")
        );
        assert_eq!(event.alert.incident_id.value().map(String::as_str), Some("384"));
        assert_eq!(
            event.alert.user.value().map(String::as_str),
            Some("CORP\\defenderadm")
        );
        assert_eq!(event.alert.techniques, Fact::Absent);
        assert_eq!(
            event.alert.occurred_at,
            Fact::Is("2023-04-18T16:30:00Z".parse().expect("RFC 3339"))
        );
        assert_eq!(event.remarks, Vec::<String>::new());
    }

    #[test]
    fn a_host_named_by_reference_is_found_inside_another_entity() {
        let entities = json!([
            {"$id": "1", "Type": "process", "Host": {"$id": "8", "Type": "host", "MdatpDeviceId": DEVICE}},
            {"$ref": "8"},
            {"$ref": "404"},
        ]);
        assert_eq!(event(json!({"Entities": entities.to_string()})).devices.len(), 1);
    }

    #[test]
    fn a_host_that_stands_only_inside_another_entity_gives_no_device() {
        let entities = json!([{"$id": "1", "Type": "process", "Host": {"$id": "8", "Type": "host", "MdatpDeviceId": DEVICE}}]);
        let event = event(json!({"Entities": entities.to_string()}));
        assert_eq!(event.devices, []);
        assert_eq!(
            event.no_device_reason().as_deref(),
            Some("the sentinel_security_alert record names no device")
        );
    }

    #[test]
    fn entities_that_are_no_json_leave_a_remark_and_no_device() {
        let event = event(json!({"Entities": "[{\"Type\":\"host\""}));
        assert_eq!(event.devices, []);
        assert_eq!(event.remarks.len(), 1);
        assert!(
            event.remarks[0].starts_with("`Entities` holds no readable JSON"),
            "{:?}",
            event.remarks
        );
    }

    #[test]
    fn entities_that_a_pipeline_decoded_already_are_read_too() {
        let event = event(json!({"Entities": [{"Type": "Host", "MdatpDeviceId": DEVICE}]}));
        assert_eq!(event.devices.len(), 1);
    }
}
