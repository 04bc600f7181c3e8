//! `GET /api/machines/{id}/availableMachineActions`: what the service says can be done with a device (facts sheet 4.1).
//!
//! The address is in the service's metadata and not in its documentation: a 404 says nothing, and an action that the
//! reply does not name is neither available nor not. Called by whoever looks before an action; it decides nothing.

use serde_json::Value;

use crate::defender::answer::printable;
use crate::defender::client::{Client, whole};
use crate::defender::reads::ReadError;
use crate::domain::device::DeviceId;
use crate::limiter::ReadPermit;

/// The longest reason that is kept.
const REASON_CHARS: usize = 500;

/// What is read of `ActionAvailabilityStatus`, as the service's metadata has it.
#[cfg(test)]
pub(super) const CONTRACT: &[(&str, &str)] = &[
    ("action", "FullActionType"),
    ("isAvailable", "Edm.Boolean"),
    ("notSupportedReason", "Edm.String"),
];

/// The actions that Quell may ask about, as the service calls them here (its metadata's `FullActionType`), which is not how
/// machine actions call them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FullAction {
    /// Restrict app execution.
    RestrictCodeExecution,
    /// Lift that restriction.
    UnrestrictCodeExecution,
    /// Cut the device off the network.
    FullIsolation,
    /// The same, but for Outlook, Teams and Skype.
    SelectiveIsolation,
    /// Lift the isolation.
    Unisolation,
    /// An antivirus scan.
    RunAntiVirusScan,
    /// An investigation package.
    CollectInvestigationPackage,
    /// Stop and quarantine a file.
    StopAndQuarantineFile,
}

impl FullAction {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::RestrictCodeExecution,
        Self::UnrestrictCodeExecution,
        Self::FullIsolation,
        Self::SelectiveIsolation,
        Self::Unisolation,
        Self::RunAntiVirusScan,
        Self::CollectInvestigationPackage,
        Self::StopAndQuarantineFile,
    ];

    /// Its name on the wire.
    pub fn as_wire(self) -> &'static str {
        match self {
            Self::RestrictCodeExecution => "RestrictCodeExecution",
            Self::UnrestrictCodeExecution => "UnrestrictCodeExecution",
            Self::FullIsolation => "FullIsolation",
            Self::SelectiveIsolation => "SelectiveIsolation",
            Self::Unisolation => "Unisolation",
            Self::RunAntiVirusScan => "RunAntiVirusScan",
            Self::CollectInvestigationPackage => "CollectInvestigationPackage",
            Self::StopAndQuarantineFile => "StopAndQuarantineFile",
        }
    }
}

/// What the service says of one action on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// It can be done.
    Yes,
    /// It cannot.
    No {
        /// `notSupportedReason`, one line; empty when none was given.
        reason: String,
    },
    /// Not said, or not in a form that we can read.
    Unsaid,
}

/// A device's list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AvailableActions {
    entries: Vec<(String, Availability)>,
}

impl AvailableActions {
    /// What is said of `action`. Said twice and differently, it is not said.
    pub fn of(&self, action: FullAction) -> Availability {
        let mut said = self
            .entries
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(action.as_wire()))
            .map(|(_, availability)| availability);
        let Some(first) = said.next() else {
            return Availability::Unsaid;
        };
        if said.all(|other| other == first) {
            first.clone()
        } else {
            Availability::Unsaid
        }
    }

    /// How many actions the list names.
    pub fn named(&self) -> usize {
        self.entries.len()
    }
}

impl Client {
    /// What can be done with a device; `None` if Defender knows no such device or no such address.
    ///
    /// # Errors
    /// [`ReadError`].
    pub async fn available_actions(
        &self,
        permit: ReadPermit,
        device: &DeviceId,
    ) -> Result<Option<AvailableActions>, ReadError> {
        let url = self.checked(&["machines", device.as_str(), "availableMachineActions"])?;
        let Some(reply) = self.read(permit, url, self.body_bound()).await? else {
            return Ok(None);
        };
        parse(&whole(&reply)?).map(Some)
    }
}

/// Reads the list. An entry that cannot be read is left out, so that what it was about stays unsaid.
pub(super) fn parse(body: &Value) -> Result<AvailableActions, ReadError> {
    let entries = body.get("value").and_then(Value::as_array);
    let entries = entries.ok_or_else(|| ReadError::Malformed {
        reason: "the list of a device's available actions is no list".to_owned(),
    })?;
    let entries = entries.iter().filter_map(entry).collect();
    Ok(AvailableActions { entries })
}

fn entry(value: &Value) -> Option<(String, Availability)> {
    let action = value.get("action")?.as_str()?.to_owned();
    let availability = match value.get("isAvailable").and_then(Value::as_bool) {
        Some(true) => Availability::Yes,
        Some(false) => Availability::No {
            reason: value
                .get("notSupportedReason")
                .and_then(Value::as_str)
                .map(|reason| printable(reason, REASON_CHARS))
                .unwrap_or_default(),
        },
        None => Availability::Unsaid,
    };
    Some((action, availability))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::defender::fake::{DEVICE, Fake, client, device, read_permit, reply};

    fn read(body: &Value) -> AvailableActions {
        parse(body).expect("a list")
    }

    #[tokio::test]
    async fn the_recorded_list_is_read_from_its_address() {
        let body = r#"{"@odata.context":"https://h/api/$metadata#Collection(microsoft.windowsDefenderATP.api.ActionAvailabilityStatus)",
            "value":[{"action":"FullIsolation","isAvailable":true,"notSupportedReason":null},
                     {"action":"RestrictCodeExecution","isAvailable":false,"notSupportedReason":"OS\nversion"},
                     {"action":"RunCustomPlaybook","isAvailable":true,"notSupportedReason":null}]}"#;
        let fake = Fake::defender(move |_, _| reply(200, "", body)).await;
        let listed = client(&fake).available_actions(read_permit(), &device()).await;
        let listed = listed.expect("a reply").expect("a device");
        assert_eq!(listed.named(), 3);
        assert_eq!(listed.of(FullAction::FullIsolation), Availability::Yes);
        assert_eq!(
            listed.of(FullAction::RestrictCodeExecution),
            Availability::No {
                reason: "OS version".to_owned()
            }
        );
        assert_eq!(listed.of(FullAction::RunAntiVirusScan), Availability::Unsaid);
        assert_eq!(
            fake.calls()[0].line,
            format!("GET /api/machines/{DEVICE}/availableMachineActions HTTP/1.1")
        );
    }

    #[tokio::test]
    async fn a_404_says_nothing_of_the_device() {
        let fake = Fake::defender(|_, _| reply(404, "", "")).await;
        let listed = client(&fake).available_actions(read_permit(), &device()).await;
        assert_eq!(listed, Ok(None));
    }

    #[test]
    fn what_cannot_be_read_stays_unsaid() {
        let listed = read(&json!({"value": [
            {"action": "FullIsolation"},
            {"action": "Unisolation", "isAvailable": "true"},
            {"isAvailable": true},
            7,
            {"action": "RunAntiVirusScan", "isAvailable": true},
            {"action": "RunAntiVirusScan", "isAvailable": false},
            {"action": "SelectiveIsolation", "isAvailable": false, "notSupportedReason": 3},
        ]}));
        for action in [
            FullAction::FullIsolation,
            FullAction::Unisolation,
            FullAction::RunAntiVirusScan,
        ] {
            assert_eq!(listed.of(action), Availability::Unsaid, "{action:?}");
        }
        let reason = String::new();
        assert_eq!(
            listed.of(FullAction::SelectiveIsolation),
            Availability::No { reason }
        );
        for body in [json!({}), json!([]), json!({"value": {}}), json!(null)] {
            assert!(matches!(parse(&body), Err(ReadError::Malformed { .. })), "{body}");
        }
    }
}
