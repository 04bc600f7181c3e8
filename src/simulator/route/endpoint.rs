//! The endpoints by name, as fault rules and counters call them, and the groups that a rule may name instead.

use serde::{Deserialize, Serialize};

use crate::simulator::action::Kind;

/// One endpoint of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is named after its path; the facts sheet lists them"
)]
pub enum Endpoint {
    Restrict,
    Release,
    Isolate,
    ReleaseIsolation,
    Scan,
    CollectPackage,
    QuarantineFile,
    Offboard,
    LiveResponse,
    Cancel,
    GetAction,
    ListActions,
    PackageUri,
    LiveResponseResult,
    GetMachine,
    ListMachines,
    AvailableActions,
    LatestActions,
    MachineActions,
    MachineAlerts,
    FindByIp,
    FindByTag,
    ListAlerts,
    GetAlert,
    DeviceAvInfo,
}

impl Endpoint {
    /// All of them, with their names; the first ten change something.
    pub const ALL: [(Self, &str); 25] = [
        (Self::Restrict, "restrict"),
        (Self::Release, "release"),
        (Self::Isolate, "isolate"),
        (Self::ReleaseIsolation, "release_isolation"),
        (Self::Scan, "scan"),
        (Self::CollectPackage, "collect_package"),
        (Self::QuarantineFile, "quarantine_file"),
        (Self::Offboard, "offboard"),
        (Self::LiveResponse, "live_response"),
        (Self::Cancel, "cancel"),
        (Self::GetAction, "get_action"),
        (Self::ListActions, "list_actions"),
        (Self::PackageUri, "package_uri"),
        (Self::LiveResponseResult, "live_response_result"),
        (Self::GetMachine, "get_machine"),
        (Self::ListMachines, "list_machines"),
        (Self::AvailableActions, "available_actions"),
        (Self::LatestActions, "latest_actions"),
        (Self::MachineActions, "machine_actions"),
        (Self::MachineAlerts, "machine_alerts"),
        (Self::FindByIp, "find_by_ip"),
        (Self::FindByTag, "find_by_tag"),
        (Self::ListAlerts, "list_alerts"),
        (Self::GetAlert, "get_alert"),
        (Self::DeviceAvInfo, "device_av_info"),
    ];

    /// The endpoint that an action of a kind is begun at.
    pub fn of_kind(kind: Kind) -> Self {
        match kind {
            Kind::Restrict => Self::Restrict,
            Kind::Release => Self::Release,
            Kind::Isolate => Self::Isolate,
            Kind::ReleaseIsolation => Self::ReleaseIsolation,
            Kind::Scan => Self::Scan,
            Kind::CollectPackage => Self::CollectPackage,
            Kind::QuarantineFile => Self::QuarantineFile,
            Kind::Offboard => Self::Offboard,
            Kind::LiveResponse => Self::LiveResponse,
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        let found = Self::ALL.iter().find(|(endpoint, _)| *endpoint == self);
        found.map_or("unknown", |(_, name)| name)
    }

    fn place(self) -> usize {
        let place = Self::ALL.iter().position(|(endpoint, _)| *endpoint == self);
        place.unwrap_or(Self::ALL.len())
    }
}

/// The endpoints that a rule is about: one, or a group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Every call of the API.
    #[default]
    All,
    /// Every call that changes something.
    Actions,
    /// Every call that only reads.
    Reads,
    /// One endpoint.
    One(Endpoint),
}

impl Scope {
    /// Whether an endpoint is among them.
    pub fn holds(self, endpoint: Endpoint) -> bool {
        let changes = endpoint.place() <= Endpoint::Cancel.place();
        match self {
            Self::All => true,
            Self::Actions => changes,
            Self::Reads => !changes,
            Self::One(one) => one == endpoint,
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            Self::All => "all",
            Self::Actions => "actions",
            Self::Reads => "reads",
            Self::One(endpoint) => endpoint.name(),
        })
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        match name.as_str() {
            "all" => return Ok(Self::All),
            "actions" => return Ok(Self::Actions),
            "reads" => return Ok(Self::Reads),
            _ => {}
        }
        let found = Endpoint::ALL.iter().find(|(_, known)| *known == name);
        let names = || {
            let names: Vec<&str> = Endpoint::ALL.iter().map(|(_, name)| *name).collect();
            format!(
                "`{name}` is no route; write `all`, `actions`, `reads` or one of {}",
                names.join(", ")
            )
        };
        found
            .map(|(endpoint, _)| Self::One(*endpoint))
            .ok_or_else(|| serde::de::Error::custom(names()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_part_what_changes_from_what_reads() {
        let of = |scope: Scope| Endpoint::ALL.iter().filter(|(one, _)| scope.holds(*one)).count();
        assert_eq!(
            (of(Scope::Actions), of(Scope::Reads), of(Scope::All)),
            (10, 15, 25)
        );
        for (endpoint, name) in Endpoint::ALL {
            let read: Scope = serde_json::from_str(&format!("\"{name}\"")).expect("it is known");
            assert_eq!(read, Scope::One(endpoint));
        }
    }
}
