//! Alerts and events in one form, whatever their source wrote.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::device::hint::DeviceHint;
use crate::domain::device::{DeviceId, RefusedDevice};
use crate::domain::fact::Fact;

/// The shape in which an event reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventFormat {
    /// One entity of Defender's `GET /api/alerts`.
    MdeAlert,
    /// A row of Sentinel's `SecurityAlert` table, or an alert-trigger body.
    SentinelSecurityAlert,
    /// Microsoft Graph `security/alerts_v2`.
    GraphAlertV2,
    /// Defender XDR streaming, table `AlertInfo`.
    XdrAlertInfo,
    /// Defender XDR streaming, table `AlertEvidence`.
    XdrAlertEvidence,
    /// An advanced-hunting row: recognised, never acted on.
    HuntingRow,
    /// Graph security v1 objects: recognised, never acted on.
    GraphV1,
    /// An incident or a page of incidents: recognised, never acted on.
    Incident,
    /// An alert that stands inside an incident of Defender XDR's `GET /api/incidents`.
    XdrAlert,
    /// A body of Sentinel's incident trigger, with the hosts related to it.
    SentinelIncident,
    /// A document of Elastic's integrations for Defender.
    Elastic,
    /// Quell's own shape.
    Native,
    /// JSON of another's, read by the `mapping` of its source.
    Mapped,
}

impl EventFormat {
    /// The name in SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MdeAlert => "mde_alert",
            Self::SentinelSecurityAlert => "sentinel_security_alert",
            Self::GraphAlertV2 => "graph_alert_v2",
            Self::XdrAlertInfo => "xdr_alert_info",
            Self::XdrAlertEvidence => "xdr_alert_evidence",
            Self::HuntingRow => "hunting_row",
            Self::GraphV1 => "graph_v1",
            Self::Incident => "incident",
            Self::XdrAlert => "xdr_alert",
            Self::SentinelIncident => "sentinel_incident",
            Self::Elastic => "elastic",
            Self::Native => "native",
            Self::Mapped => "mapped",
        }
    }
}

/// What an event says happened to its alert. Whether an alert is new for a device is known only to the store, which
/// has seen the earlier events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The first event of this alert for this device.
    New,
    /// A later event of an alert that we know for this device.
    Updated,
    /// The alert was resolved.
    Resolved,
}

impl EventKind {
    /// The name in SQL, JSON, playbooks and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Resolved => "resolved",
        }
    }

    /// The kind with that name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::New, Self::Updated, Self::Resolved]
            .into_iter()
            .find(|kind| kind.as_str() == name)
    }
}

/// How bad the source says it is, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// `Informational`; also what an unknown spelling is treated as, flagged by the normaliser.
    Informational,
    /// `Low`.
    Low,
    /// `Medium`.
    Medium,
    /// `High`.
    High,
}

impl Severity {
    /// All, in ascending order.
    pub const ALL: [Self; 4] = [Self::Informational, Self::Low, Self::Medium, Self::High];

    /// The name in playbooks, SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The severity with that name, in any case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|severity| name.eq_ignore_ascii_case(severity.as_str()))
    }
}

/// What an event tells of its alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Alert {
    /// The canonical id: one leading `da` before digits or a GUID is stripped, so that the same alert has one id in
    /// every feed. Empty when the record carries none.
    pub id: String,
    /// The title, as the source wrote it: attacker-influenced text.
    pub title: Fact<String>,
    /// The severity.
    pub severity: Fact<Severity>,
    /// The category, e.g. `Ransomware`, JSON-in-string decoded (the first of several); `null` as text is absent.
    pub category: Fact<String>,
    /// The detection source, e.g. `WindowsDefenderAtp`.
    pub source: Fact<String>,
    /// MITRE technique ids, e.g. `T1059.001`.
    pub techniques: Fact<Vec<String>>,
    /// The classification, e.g. `FalsePositive`.
    pub classification: Fact<String>,
    /// The determination, e.g. `Malware`.
    pub determination: Fact<String>,
    /// The status, lower-cased with underscores: `new`, `in_progress`, `resolved`, …
    pub status: Fact<String>,
    /// The user concerned, as `domain\name` or UPN.
    pub user: Fact<String>,
    /// The incident it belongs to.
    pub incident_id: Fact<String>,
    /// When the news happened: the latest of creation, update and last activity that the record carries.
    pub occurred_at: Fact<Timestamp>,
}

impl Alert {
    /// Whether somebody classified the alert as a false positive, however the feed spells it: `FalsePositive`,
    /// `falsePositive`, `false_positive`.
    pub fn is_false_positive(&self) -> bool {
        self.classification.value().is_some_and(|classification| {
            let letters = classification.chars().filter(|c| c.is_alphanumeric());
            letters.flat_map(char::to_lowercase).eq("falsepositive".chars())
        })
    }
}

/// One piece of news about an alert, normalised: what [`crate::intake`] hands to the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The shape it came in.
    pub format: EventFormat,
    /// What it tells of its alert.
    pub alert: Alert,
    /// The devices it may lead to a call for, each once, in the order found.
    pub devices: Vec<DeviceId>,
    /// Device ids that were found and refused.
    pub refused_devices: Vec<RefusedDevice>,
    /// Devices that are named by other than Defender's id, each once: none of them may be called before the inventory told
    /// which it is ([`Event::identify`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hints: Vec<DeviceHint>,
    /// Things that an operator should know of the record, e.g. an unknown severity spelling.
    pub remarks: Vec<String>,
}

impl Event {
    /// Puts the devices that the inventory told in the place of the names, and keeps why the others were not told.
    pub fn identify(&mut self, mut told: impl FnMut(&DeviceHint) -> Result<DeviceId, String>) {
        for hint in std::mem::take(&mut self.hints) {
            match told(&hint) {
                Ok(id) => {
                    self.remarks
                        .push(format!("device {id} was identified by its {hint}"));
                    if !self.devices.contains(&id) {
                        self.devices.push(id);
                    }
                }
                Err(reason) => self.refused_devices.push(RefusedDevice {
                    id: hint.to_string(),
                    reason,
                }),
            }
        }
    }

    /// Why an event without a device leads to no call; `None` when it has one.
    pub fn no_device_reason(&self) -> Option<String> {
        match (self.devices.is_empty(), self.refused_devices.first()) {
            (false, _) => None,
            (true, Some(refused)) => Some(refused.to_string()),
            (true, None) if !self.hints.is_empty() => Some(format!(
                "the {} record names no device by Defender's id: the inventory is asked",
                self.format.as_str()
            )),
            (true, None) => Some(format!("the {} record names no device", self.format.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_false_positive_is_known_however_the_feed_spells_it() {
        for (classification, is) in [
            (Fact::Is("FalsePositive"), true),
            (Fact::Is("falsePositive"), true),
            (Fact::Is("False positive"), true),
            (Fact::Is("TruePositive"), false),
            (Fact::Is("informationalExpectedActivity"), false),
            (Fact::Absent, false),
            (Fact::Unknown, false),
        ] {
            let alert = Alert {
                classification: classification.clone().map(str::to_owned),
                ..Alert::default()
            };
            assert_eq!(alert.is_false_positive(), is, "{classification:?}");
        }
    }
}
