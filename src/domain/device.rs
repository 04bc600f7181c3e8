//! Devices: Defender machines, known by their 40-hex id, and the facts that we keep of them.

pub mod hint;
pub mod kind;

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::fact::Fact;

/// The id of a device that may be called. It exists only after [`crate::domain::device::DeviceIdRule`] accepted it, so
/// nothing that could bend a URL path ever gets this type from outside.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = String)]
pub struct DeviceId(String);

impl DeviceId {
    /// The id as Defender writes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// For rows of our own database, whose CHECK constraint admits only what a rule accepted before.
    pub fn from_stored(id: String) -> Self {
        Self(id)
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a device id must look like before anything is stored as callable.
///
/// Defender's ids are 40 lower-case hex characters in every public sample (`[REAL]`, facts sheet 1.1); the pattern is
/// configurable, the set of characters that may ever appear is not: ASCII letters and digits, `-` and `_`, 1 to 64 of them.
#[derive(Clone, Debug, Default)]
pub struct DeviceIdRule(Option<regex::Regex>);

impl DeviceIdRule {
    /// A rule of the operator's own; the pattern is anchored at both ends by us.
    ///
    /// # Errors
    /// The pattern is not a regular expression.
    pub fn with_pattern(pattern: &str) -> Result<Self, regex::Error> {
        Ok(Self(Some(regex::Regex::new(&format!("^(?:{pattern})$"))?)))
    }

    /// Accepts an id, or says why not.
    ///
    /// # Errors
    /// [`RefusedDevice`] with the id shortened for display and the reason.
    pub fn accept(&self, id: &str) -> Result<DeviceId, RefusedDevice> {
        let reason = match &self.0 {
            _ if id.is_empty() => Some("it is empty"),
            _ if id.len() > 64 => Some("it is longer than 64 characters"),
            _ if !id
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') =>
            {
                Some("it holds characters other than letters, digits, `-` and `_`")
            }
            Some(pattern) if !pattern.is_match(id) => Some("it does not match the configured pattern"),
            None if id.len() != 40 || !id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) => {
                Some("it is not 40 lower-case hex characters")
            }
            _ => None,
        };
        match reason {
            None => Ok(DeviceId(id.to_owned())),
            Some(reason) => Err(RefusedDevice {
                id: shown(id),
                reason: reason.to_owned(),
            }),
        }
    }
}

/// A device id that must not be called, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("device id `{id}` is refused: {reason}")]
pub struct RefusedDevice {
    /// The id, control characters replaced, cut to 80 characters.
    pub id: String,
    /// Why, in the operator's words.
    pub reason: String,
}

fn shown(id: &str) -> String {
    id.chars()
        .take(80)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}

/// What kind of machine a device is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// A person's machine.
    Workstation,
    /// A server.
    Server,
    /// A domain controller.
    DomainController,
}

/// Facts about a device, as Defender's inventory tells them (`GET /api/machines/{id}`, facts sheet 4.2).
/// Every field starts as unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceFacts {
    /// `computerDnsName`.
    pub name: Fact<String>,
    /// `aadDeviceId`: what Entra calls it. Asked by nobody but who looks for the device by it ([`hint`]).
    pub entra_id: Fact<String>,
    /// Derived from `osPlatform`; unknown when it cannot be told.
    pub kind: Fact<DeviceKind>,
    /// `osPlatform`, e.g. `Windows11`.
    pub os: Fact<String>,
    /// `version`, e.g. `22H2`.
    pub os_version: Fact<String>,
    /// `machineTags` as they were told, with blanks around them if Defender has such; an empty list is known and empty.
    pub tags: Fact<Vec<String>>,
    /// `rbacGroupName`.
    pub group: Fact<String>,
    /// `deviceValue`: `normal`, `low`, `high`, lower-cased.
    pub value: Fact<String>,
    /// `riskScore`: `none`, `informational`, `low`, `medium`, `high`, lower-cased.
    pub risk: Fact<String>,
    /// `exposureLevel`: `none`, `low`, `medium`, `high`, lower-cased.
    pub exposure: Fact<String>,
    /// `healthStatus`, e.g. `Active`.
    pub health: Fact<String>,
    /// `onboardingStatus`, e.g. `Onboarded`.
    pub onboarding: Fact<String>,
    /// `mergedIntoMachineId`: the id that holds in place of this one, which is stale.
    pub merged_into: Fact<String>,
    /// The actions that Defender says it does not have for the device, each with its reason ([`crate::domain::lookup`]). Of a
    /// look-up, not of the inventory: kept apart, and put here when something is judged.
    pub unavailable: Fact<BTreeMap<String, String>>,
    /// The mode of its antivirus, from a look-up too: `active`, `passive`, `disabled`, ….
    pub antivirus: Fact<String>,
    /// `lastSeen`, the last full report (about daily), not "online now".
    pub last_seen: Fact<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_the_pattern_no_id_is_longer_or_stranger_than_a_path_allows() {
        let any = DeviceIdRule::with_pattern(".*").expect("a pattern");
        assert!(any.accept(&"a".repeat(64)).is_ok());
        for (id, reason) in [
            ("a".repeat(65), "it is longer than 64 characters"),
            (String::new(), "it is empty"),
            (
                "a/b".to_owned(),
                "it holds characters other than letters, digits, `-` and `_`",
            ),
        ] {
            let refused = any.accept(&id).expect_err("it may not stand in a path");
            assert_eq!(refused.reason, reason);
        }
        let six = DeviceIdRule::with_pattern("[0-9]{6}|x").expect("a pattern");
        assert!(six.accept("123456").is_ok() && six.accept("x").is_ok());
        assert!(
            six.accept("1234567").is_err(),
            "the pattern holds for the whole id"
        );
        let hex = DeviceIdRule::default();
        assert!(hex.accept(&"a".repeat(40)).is_ok());
        assert!(hex.accept(&"A".repeat(40)).is_err() && hex.accept(&"a".repeat(39)).is_err());
    }
}
