//! Containments: one reason to keep one device restricted. [`change`] says what happens to them.

pub mod change;
pub mod clean;

use serde::{Deserialize, Serialize};

/// Where a containment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContainmentState {
    /// A person is to decide; the device is not restricted because of it.
    Asked,
    /// The device is to be restricted.
    Active,
    /// Over, with an [`EndReason`].
    Ended,
    /// A person said no.
    Declined,
    /// Nobody answered in time.
    Expired,
}

impl ContainmentState {
    /// All states.
    pub const ALL: [Self; 5] = [
        Self::Asked,
        Self::Active,
        Self::Ended,
        Self::Declined,
        Self::Expired,
    ];

    /// The name in SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Active => "active",
            Self::Ended => "ended",
            Self::Declined => "declined",
            Self::Expired => "expired",
        }
    }

    /// The state with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Whether one may follow the other. The schema's trigger holds the same table.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Asked => matches!(next, Self::Active | Self::Declined | Self::Expired),
            Self::Active => next == Self::Ended,
            Self::Ended | Self::Declined | Self::Expired => false,
        }
    }
}

/// Why a containment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// Its time was up.
    Time,
    /// A playbook released the device.
    ReleasePlaybook,
    /// An operator released the device.
    Operator,
    /// The restriction was lifted elsewhere.
    Drift,
    /// The device cannot be restricted.
    Failed,
    /// Its playbook's mode changed.
    Mode,
    /// Every alert behind it was resolved.
    AlertResolved,
    /// An antivirus scan ended, and nothing new came since.
    ScanClean,
}

impl EndReason {
    /// The name in SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Time => "time",
            Self::ReleasePlaybook => "release_playbook",
            Self::Operator => "operator",
            Self::Drift => "drift",
            Self::Failed => "failed",
            Self::Mode => "mode",
            Self::AlertResolved => "alert_resolved",
            Self::ScanClean => "scan_clean",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_the_states_are_those_of_the_schema() {
        let names = ContainmentState::ALL.map(ContainmentState::as_str);
        assert_eq!(names, ["asked", "active", "ended", "declined", "expired"]);
        assert_eq!(
            names.map(ContainmentState::parse),
            ContainmentState::ALL.map(Some)
        );
        assert_eq!(ContainmentState::parse("over"), None);
    }

    #[test]
    fn nothing_follows_an_end_and_nothing_is_asked_again() {
        use ContainmentState::{Active, Asked, Declined, Ended, Expired};
        let ways = [
            (Asked, Active),
            (Asked, Declined),
            (Asked, Expired),
            (Active, Ended),
        ];
        for from in ContainmentState::ALL {
            for to in ContainmentState::ALL {
                assert_eq!(from.may_become(to), ways.contains(&(from, to)), "{from:?} {to:?}");
            }
        }
    }
}
