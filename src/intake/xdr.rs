//! Records of the Defender XDR streaming API, tables `AlertInfo` and `AlertEvidence` (facts sheet 8.2). Called by
//! [`crate::intake::normalize`](mod@crate::intake::normalize).
//!
//! One alert comes as one `AlertInfo` record without any device and as many `AlertEvidence` records, one an entity. Only
//! evidence rows with `EntityType` `Machine` name a device that the alert is about. Process, user and file rows also
//! mention the host on which something was seen, inside `AdditionalFields` or as `DeviceId`: such a host is
//! merely related, and restricting it would be a guess. The stream carries no status, so a resolved alert cannot be
//! recognised from it.

use serde_json::Value;

use crate::domain::alert::{Alert, EventFormat};
use crate::domain::fact::Fact;
use crate::intake::field;
use crate::intake::reading::Reading;

/// Why the device of a row that is not about a machine is not acted upon.
const MERELY_SEEN_ON: &str = "the evidence row is about another entity that was seen on it";
/// Why a machine row without the role is not acted upon.
const ONLY_RELATED: &str = "the alert calls it only related";

/// The format of a streaming record by its table; `None` when the record is no streaming record. Tables that hold no
/// alerts are telemetry.
pub(super) fn table(record: &Value) -> Option<EventFormat> {
    let table = record
        .get("category")?
        .as_str()?
        .strip_prefix("AdvancedHunting-")?;
    record.get("properties")?.as_object()?;
    Some(match table {
        "AlertInfo" => EventFormat::XdrAlertInfo,
        "AlertEvidence" => EventFormat::XdrAlertEvidence,
        _ => EventFormat::HuntingRow,
    })
}

/// Reads an `AlertInfo` record: no device, so it leads to no call.
pub(super) fn info(record: &Value, read: &mut Reading<'_>) -> Alert {
    let row = &record["properties"];
    Alert {
        category: field::category(field::first(row, &["Category"])),
        ..shared(record, read)
    }
}

/// Reads an `AlertEvidence` record. Its device is the `DeviceId` of a machine row whose role is `Impacted` or empty.
pub(super) fn evidence(record: &Value, read: &mut Reading<'_>) -> Alert {
    let row = &record["properties"];
    let device = row.get("DeviceId");
    let is =
        |key: &str, name: &str| field::text(row, key).is_some_and(|text| text.eq_ignore_ascii_case(name));
    if !is("EntityType", "Machine") {
        read.devices.offer_only_named(device, MERELY_SEEN_ON);
    } else if is("EvidenceRole", "Impacted") || field::text(row, "EvidenceRole").is_none() {
        read.devices.offer_host(device, None, row.get("DeviceName"));
    } else {
        read.devices.offer_only_named(device, ONLY_RELATED);
    }
    let text = |key: &str| field::text(row, key);
    Alert {
        category: field::category(field::if_carried(row, "Categories")),
        user: Fact::defined(field::user(
            text("AccountDomain"),
            text("AccountName"),
            text("AccountUpn"),
        )),
        ..shared(record, read)
    }
}

/// What both tables carry. Evidence of 2022 has no title, severity or techniques: unknown there, not absent.
fn shared(record: &Value, read: &mut Reading<'_>) -> Alert {
    let row = &record["properties"];
    let techniques = row.get("AttackTechniques");
    Alert {
        id: field::text(row, "AlertId").unwrap_or_default(),
        title: field::if_carried(row, "Title"),
        severity: read.severity(field::if_carried(row, "Severity")),
        source: field::if_carried(row, "DetectionSource"),
        techniques: if techniques.is_some() {
            field::techniques([techniques])
        } else {
            Fact::Unknown
        },
        occurred_at: read.latest([row.get("Timestamp"), record.get("time")]),
        ..Alert::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::{Event, Severity};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "31a048e5eea6ad6e6bc025bfa9e0e571c4c20f7e";

    fn event(table: &str, properties: Value) -> Event {
        let record = json!({
            "time": "2026-01-13T09:40:52.1533495Z", "tenantId": "1111", "operationName": "Publish",
            "category": format!("AdvancedHunting-{table}"), "properties": properties,
        });
        normalize(&record, &DeviceIdRule::default()).expect("the shape is known")
    }

    fn machine(role: Value) -> Event {
        event(
            "AlertEvidence",
            json!({
                "Timestamp": "2026-01-13T09:28:36.2236631Z", "AlertId": "da637472900382838869_1", "EntityType": "Machine",
                "EvidenceRole": role, "DeviceId": DEVICE, "Title": "Suspicious Process Discovery", "Severity": "Low",
                "Categories": "[\"Discovery\"]", "DetectionSource": "EDR", "AccountName": null,
                "AttackTechniques": "[\"Process Discovery (T1057)\",\"PowerShell (T1059.001)\"]",
            }),
        )
    }

    #[test]
    fn a_machine_row_gives_its_device_and_the_alert() {
        let event = machine(json!("Impacted"));
        assert_eq!(event.format, EventFormat::XdrAlertEvidence);
        assert_eq!(event.devices.len(), 1);
        assert_eq!(event.alert.id, "637472900382838869_1");
        assert_eq!(event.alert.severity, Fact::Is(Severity::Low));
        assert_eq!(event.alert.category, Fact::Is("Discovery".to_owned()));
        assert_eq!(
            event.alert.techniques,
            Fact::Is(vec!["T1057".to_owned(), "T1059.001".to_owned()])
        );
        assert_eq!(event.alert.user, Fact::Absent);
        assert_eq!(event.alert.status, Fact::Unknown);
        assert_eq!(
            event.alert.occurred_at,
            Fact::Is("2026-01-13T09:40:52.1533495Z".parse().expect("RFC 3339"))
        );
    }

    #[test]
    fn a_machine_row_without_a_role_counts_and_a_related_one_does_not() {
        assert_eq!(machine(json!(null)).devices.len(), 1);
        let related = machine(json!("Related"));
        assert_eq!(related.devices, []);
        assert_eq!(
            related.no_device_reason(),
            Some(format!(
                "device id `{DEVICE}` is refused: the alert calls it only related"
            ))
        );
    }

    #[test]
    fn the_host_of_a_process_or_file_row_is_not_acted_upon() {
        let process = event(
            "AlertEvidence",
            json!({
                "AlertId": "da1_1", "EntityType": "Process", "EvidenceRole": "Related", "DeviceId": null,
                "AdditionalFields": format!("{{\"Host\":{{\"MachineId\":\"{DEVICE}\"}}}}"),
            }),
        );
        assert_eq!((process.devices.len(), process.refused_devices.len()), (0, 0));
        let file = event(
            "AlertEvidence",
            json!({"AlertId": "da1_1", "EntityType": "File", "DeviceId": DEVICE}),
        );
        assert_eq!((file.devices.len(), file.refused_devices.len()), (0, 1));
    }

    #[test]
    fn evidence_of_2022_leaves_the_fields_it_lacks_unknown() {
        let alert = event(
            "AlertEvidence",
            json!({"AlertId": "da1_1", "EntityType": "Machine"}),
        )
        .alert;
        assert!(alert.title.is_unknown() && alert.severity.is_unknown() && alert.techniques.is_unknown());
        assert!(alert.category.is_unknown() && alert.source.is_unknown());
    }

    #[test]
    fn other_tables_are_telemetry() {
        let event = event(
            "DeviceProcessEvents",
            json!({"DeviceId": DEVICE, "ActionType": "ProcessCreated"}),
        );
        assert_eq!(event.format, EventFormat::HuntingRow);
        assert_eq!(event.devices, []);
    }
}
