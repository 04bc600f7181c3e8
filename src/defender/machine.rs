//! Reads a device from Defender's inventory (facts sheet 4.2) into [`DeviceFacts`].
//!
//! A member that came null or empty is absent; one that is missing or misshapen is unknown. Used by the client's
//! `get_machine` and `list_machines`. Pure.

use serde_json::Value;

use crate::defender::hosts::is_safe_segment;
use crate::defender::machine_action::timestamp;
use crate::domain::device::DeviceFacts;
use crate::domain::device::kind::of_platform;
use crate::domain::fact::Fact;

/// What is read of `Machine`, as the service's metadata has it.
#[cfg(test)]
pub(super) const CONTRACT: &[(&str, &str)] = &[
    ("id", "Edm.String"),
    ("osPlatform", "Edm.String"),
    ("computerDnsName", "Edm.String"),
    ("aadDeviceId", "Edm.Guid"),
    ("version", "Edm.String"),
    ("machineTags", "Collection(Edm.String)"),
    ("rbacGroupName", "Edm.String"),
    ("deviceValue", "DeviceValue"),
    ("riskScore", "RiskScore"),
    ("exposureLevel", "ExposureLevel"),
    ("healthStatus", "MachineHealthStatus"),
    ("onboardingStatus", "OnboardingStatus"),
    ("mergedIntoMachineId", "Edm.String"),
    ("lastSeen", "Edm.DateTimeOffset"),
];

/// A device as Defender's inventory tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// Defender's id.
    pub id: String,
    /// What playbooks may ask.
    pub facts: DeviceFacts,
}

impl Machine {
    /// Reads one entity of `GET /api/machines`, wherever it was kept.
    ///
    /// # Errors
    /// It has no id.
    pub fn read(value: &Value) -> Result<Self, String> {
        parse(value)
    }
}

/// Reads one entity.
///
/// # Errors
/// It has no id.
pub(super) fn parse(value: &Value) -> Result<Machine, String> {
    let id = value
        .get("id")
        .and_then(Value::as_str)
        .filter(|id| is_safe_segment(id));
    let id = id
        .ok_or("a device without an id that can be asked for")?
        .to_owned();
    let os = text(value, "osPlatform");
    let facts = DeviceFacts {
        name: text(value, "computerDnsName"),
        entra_id: text(value, "aadDeviceId"),
        kind: of_platform(&os),
        os,
        os_version: text(value, "version"),
        tags: tags(value.get("machineTags")),
        group: text(value, "rbacGroupName"),
        value: lower(text(value, "deviceValue")),
        risk: lower(text(value, "riskScore")),
        exposure: lower(text(value, "exposureLevel")),
        health: text(value, "healthStatus"),
        onboarding: text(value, "onboardingStatus"),
        merged_into: text(value, "mergedIntoMachineId"),
        // Told by look-ups, not by the inventory.
        unavailable: Fact::Unknown,
        antivirus: Fact::Unknown,
        last_seen: match text(value, "lastSeen") {
            Fact::Is(text) => timestamp(&text).map_or(Fact::Unknown, Fact::Is),
            Fact::Absent => Fact::Absent,
            Fact::Unknown => Fact::Unknown,
        },
    };
    Ok(Machine { id, facts })
}

pub(super) fn text(value: &Value, name: &str) -> Fact<String> {
    match value.get(name) {
        Some(Value::Null) => Fact::Absent,
        Some(Value::String(text)) if text.is_empty() => Fact::Absent,
        Some(Value::String(text)) if can_be_kept(text) => Fact::Is(text.clone()),
        _ => Fact::Unknown,
    }
}

/// Postgres keeps no NUL, and no property of a device is longer than this: something else than a fact.
fn can_be_kept(text: &str) -> bool {
    text.len() <= 4_096 && !text.contains('\0')
}

fn lower(fact: Fact<String>) -> Fact<String> {
    fact.map(|text| text.to_lowercase())
}

/// As they were told, blanks and all: whoever compares them looks past those. An empty list is known and empty. A list with something in it that is no tag is not known: a tag that protects the
/// device might be the one that we cannot read.
fn tags(value: Option<&Value>) -> Fact<Vec<String>> {
    match value {
        Some(Value::Null) => Fact::Absent,
        Some(Value::Array(tags)) => {
            let read = tags
                .iter()
                .map(|tag| tag.as_str().filter(|tag| can_be_kept(tag)).map(str::to_owned));
            let read: Option<Vec<String>> = read.collect();
            read.map_or(Fact::Unknown, Fact::Is)
        }
        _ => Fact::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::device::DeviceKind;

    fn facts(value: &Value) -> DeviceFacts {
        parse(value).expect("it has an id").facts
    }

    #[test]
    fn a_recorded_device_is_read() {
        // Values of a recorded reply (facts sheet 4.2).
        let machine = parse(&json!({
            "id": "c114cb1c0b827f", "mergedIntoMachineId": null, "computerDnsName": "dlp-win2k19",
            "aadDeviceId": "f18bd540-0000-4000-8000-000000000001",
            "lastSeen": "2024-10-24T06:12:35.4409708Z", "osPlatform": "WindowsServer2019", "osVersion": null,
            "version": "1809", "healthStatus": "Inactive", "deviceValue": "Normal", "rbacGroupId": 0,
            "rbacGroupName": null, "riskScore": "None", "exposureLevel": "High", "machineTags": [],
            "onboardingStatus": "Onboarded"
        }))
        .expect("it has an id");
        let is = |text: &str| Fact::Is(text.to_owned());
        assert_eq!(
            machine.facts,
            DeviceFacts {
                name: is("dlp-win2k19"),
                entra_id: is("f18bd540-0000-4000-8000-000000000001"),
                kind: Fact::Is(DeviceKind::Server),
                os: is("WindowsServer2019"),
                os_version: is("1809"),
                tags: Fact::Is(Vec::new()),
                group: Fact::Absent,
                value: is("normal"),
                risk: is("none"),
                exposure: is("high"),
                health: is("Inactive"),
                onboarding: is("Onboarded"),
                merged_into: Fact::Absent,
                last_seen: Fact::Is("2024-10-24T06:12:35.4409708Z".parse().expect("a time stamp")),
                unavailable: Fact::Unknown,
                antivirus: Fact::Unknown,
            }
        );
    }

    #[test]
    fn the_kind_is_told_by_the_platform_or_not_at_all() {
        let kind = |os: &str| facts(&json!({"id": "a", "osPlatform": os})).kind;
        for os in ["Windows10", "Windows11", "windows11"] {
            assert_eq!(kind(os), Fact::Is(DeviceKind::Workstation), "{os}");
        }
        for os in [
            "WindowsServer2016",
            "WindowsServer2019",
            "WindowsServer2022",
            "WindowsServer2025",
        ] {
            assert_eq!(kind(os), Fact::Is(DeviceKind::Server), "{os}");
        }
        for os in [
            "Windows8",
            "Windows10WVD",
            "Ubuntu",
            "RedHatEnterpriseLinux",
            "macOS",
            "",
        ] {
            assert_eq!(kind(os), Fact::Unknown, "{os}");
        }
        assert_eq!(facts(&json!({"id": "a"})).kind, Fact::Unknown);
    }

    #[test]
    fn null_and_empty_are_absent_and_missing_is_unknown() {
        let known = facts(&json!({"id": "a", "riskScore": null, "computerDnsName": "", "lastSeen": null}));
        assert_eq!(
            (known.risk, known.name, known.last_seen),
            (Fact::Absent, Fact::Absent, Fact::Absent)
        );
        assert_eq!(facts(&json!({"id": "a"})), DeviceFacts::default());
        assert_eq!(
            facts(&json!({"id": "a", "lastSeen": "yesterday", "version": 3})),
            DeviceFacts::default()
        );
    }

    #[test]
    fn tags_that_cannot_all_be_read_are_unknown() {
        let tags = |value: Value| facts(&json!({"id": "a", "machineTags": value})).tags;
        assert_eq!(
            tags(json!(["tier-0", "x"])),
            Fact::Is(vec!["tier-0".to_owned(), "x".to_owned()])
        );
        assert_eq!(tags(json!(["tier-0", 7])), Fact::Unknown);
        assert_eq!(tags(json!("tier-0")), Fact::Unknown);
        assert_eq!(tags(json!(["tier-0", "a\u{0}"])), Fact::Unknown);
        assert_eq!(tags(json!(null)), Fact::Absent);
    }

    #[test]
    fn a_device_that_was_merged_says_into_which() {
        let machine = parse(&json!({"id": "a", "mergedIntoMachineId": "b"})).expect("it has an id");
        assert_eq!(machine.facts.merged_into, Fact::Is("b".to_owned()));
        assert!(parse(&json!({"mergedIntoMachineId": "b"})).is_err());
    }
}
