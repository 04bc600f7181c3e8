//! Paths: which call a request is.
//!
//! The service matches its segments in any case and serves everything with and without `/v1.0` (facts sheet 10.1). The
//! pipeline asks here first; nothing is checked here but the shape of the path.

use axum::http::Method;

use crate::simulator::action::Kind;
use crate::simulator::windows::CallKind;

mod endpoint;

pub use endpoint::{Endpoint, Scope};

/// What a request asks for. Ids are as they came, percent-decoded, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Route {
    /// `POST /{tenant}/oauth2/v2.0/token`
    Token {
        /// The directory.
        tenant: String,
    },
    /// A call of the API.
    Api(Call),
    /// One of the simulator's own pages.
    Own(OwnPage),
    /// The path exists, the method does not.
    WrongMethod,
    /// Nothing of ours.
    Unknown,
}

/// A call of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// `POST /api/machines/{id}/restrictCodeExecution`, `…/isolate` and the other actions.
    Act {
        /// Which of them.
        kind: Kind,
        /// The device's id.
        device: String,
    },
    /// `POST /api/machineactions/{id}/cancel`
    Cancel {
        /// The action's id.
        action: String,
    },
    /// `GET /api/machineactions/{id}`
    Action {
        /// The action's id.
        action: String,
    },
    /// `GET /api/machineactions/{id}/getPackageUri`
    PackageUri {
        /// The action's id.
        action: String,
    },
    /// `GET /api/machineactions/{id}/GetLiveResponseResultDownloadLink(index={n})`
    LiveResponseResult {
        /// The action's id.
        action: String,
        /// Which command.
        index: usize,
    },
    /// `GET /api/machineactions`
    Actions,
    /// `GET /api/machines/{id}` and what is below it.
    Machine {
        /// The device's id, or its name.
        device: String,
        /// What of it.
        what: OfMachine,
    },
    /// `GET /api/machines`
    Machines,
    /// `GET /api/machines/findbyip(ip='{ip}',timestamp={time})`; what stands in the parentheses, as it came.
    FindByIp {
        /// The arguments.
        arguments: String,
    },
    /// `GET /api/machines/findbytag?tag={tag}&useStartsWithFilter={bool}`
    FindByTag,
    /// `GET /api/alerts`
    Alerts,
    /// `GET /api/alerts/{id}`
    Alert {
        /// The alert's id.
        alert: String,
    },
    /// `GET /api/deviceavinfo`
    DeviceAvInfo,
}

/// What of one machine is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfMachine {
    /// The machine.
    Itself,
    /// `…/availableMachineActions`
    AvailableActions,
    /// `…/latestMachineActions`
    LatestActions,
    /// `…/machineActions`
    Actions,
    /// `…/alerts`
    Alerts,
}

/// The simulator's own pages, under `/_control/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPage {
    /// `GET /_control/journal`: every request, NDJSON.
    Journal,
    /// `GET /_control/report`: the report with the invariants, JSON.
    Report,
    /// `GET /_control/faults`: the faults and rules in force.
    Faults,
    /// `GET /_control/devices`: what is held on devices.
    Devices,
    /// `POST /_control/do`: a deed.
    Do,
}

impl Call {
    /// Which budget the call uses.
    pub fn kind(&self) -> CallKind {
        match self {
            Self::Act { .. } | Self::Cancel { .. } => CallKind::Action,
            _ => CallKind::Read,
        }
    }

    /// Which endpoint it is.
    pub fn endpoint(&self) -> Endpoint {
        match self {
            Self::Act { kind, .. } => Endpoint::of_kind(*kind),
            Self::Cancel { .. } => Endpoint::Cancel,
            Self::Action { .. } => Endpoint::GetAction,
            Self::PackageUri { .. } => Endpoint::PackageUri,
            Self::LiveResponseResult { .. } => Endpoint::LiveResponseResult,
            Self::Actions => Endpoint::ListActions,
            Self::Machine { what, .. } => match what {
                OfMachine::Itself => Endpoint::GetMachine,
                OfMachine::AvailableActions => Endpoint::AvailableActions,
                OfMachine::LatestActions => Endpoint::LatestActions,
                OfMachine::Actions => Endpoint::MachineActions,
                OfMachine::Alerts => Endpoint::MachineAlerts,
            },
            Self::Machines => Endpoint::ListMachines,
            Self::FindByIp { .. } => Endpoint::FindByIp,
            Self::FindByTag => Endpoint::FindByTag,
            Self::Alerts => Endpoint::ListAlerts,
            Self::Alert { .. } => Endpoint::GetAlert,
            Self::DeviceAvInfo => Endpoint::DeviceAvInfo,
        }
    }

    /// The device that it names.
    pub fn device(&self) -> Option<&str> {
        match self {
            Self::Act { device, .. } | Self::Machine { device, .. } => Some(device),
            _ => None,
        }
    }
}

impl Route {
    /// Finds the call for a method and a path (without the query).
    pub fn find(method: &Method, path: &str) -> Self {
        let segments: Vec<String> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(decoded)
            .collect();
        let lower: Vec<String> = segments
            .iter()
            .map(|segment| segment.to_ascii_lowercase())
            .collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        let wanted = |wanted: Method, route: Self| {
            if *method == wanted {
                route
            } else {
                Self::WrongMethod
            }
        };
        match lower.as_slice() {
            ["_control", "journal"] => wanted(Method::GET, Self::Own(OwnPage::Journal)),
            ["_control", "report"] => wanted(Method::GET, Self::Own(OwnPage::Report)),
            ["_control", "faults"] => wanted(Method::GET, Self::Own(OwnPage::Faults)),
            ["_control", "devices"] => wanted(Method::GET, Self::Own(OwnPage::Devices)),
            ["_control", "do"] => wanted(Method::POST, Self::Own(OwnPage::Do)),
            [_, "oauth2", "v2.0", "token"] => wanted(
                Method::POST,
                Self::Token {
                    tenant: segments[0].clone(),
                },
            ),
            ["api", "v1.0", rest @ ..] => Self::api(method, rest, &segments[2..]),
            ["api", rest @ ..] => Self::api(method, rest, &segments[1..]),
            _ => Self::Unknown,
        }
    }

    fn api(method: &Method, lower: &[&str], segments: &[String]) -> Self {
        let id = || segments[1].clone();
        let call = match lower {
            ["machines"] => Call::Machines,
            ["machines", "findbytag"] => Call::FindByTag,
            ["machines", one] if one.starts_with("findbyip(") => Call::FindByIp { arguments: id() },
            ["machines", _] => Call::Machine {
                device: id(),
                what: OfMachine::Itself,
            },
            ["machines", _, below] => match (Kind::of_path(below), OfMachine::of_path(below)) {
                (Some(kind), _) => Call::Act { kind, device: id() },
                (_, Some(what)) => Call::Machine { device: id(), what },
                _ => return Self::Unknown,
            },
            ["machineactions"] => Call::Actions,
            ["machineactions", _] => Call::Action { action: id() },
            ["machineactions", _, "cancel"] => Call::Cancel { action: id() },
            ["machineactions", _, "getpackageuri"] => Call::PackageUri { action: id() },
            ["machineactions", _, link] => match index_of_link(link) {
                Some(index) => Call::LiveResponseResult { action: id(), index },
                None => return Self::Unknown,
            },
            ["alerts"] => Call::Alerts,
            ["alerts", _] => Call::Alert { alert: id() },
            ["deviceavinfo"] => Call::DeviceAvInfo,
            _ => return Self::Unknown,
        };
        let allowed = match call.kind() {
            CallKind::Action => Method::POST,
            CallKind::Read => Method::GET,
        };
        if *method == allowed {
            Self::Api(call)
        } else {
            Self::WrongMethod
        }
    }
}

impl Kind {
    /// The kind that the last segment of a path means, in lower case.
    fn of_path(segment: &str) -> Option<Self> {
        Some(match segment {
            "restrictcodeexecution" => Self::Restrict,
            "unrestrictcodeexecution" => Self::Release,
            "isolate" => Self::Isolate,
            "unisolate" => Self::ReleaseIsolation,
            "runantivirusscan" => Self::Scan,
            "collectinvestigationpackage" => Self::CollectPackage,
            "stopandquarantinefile" => Self::QuarantineFile,
            "offboard" => Self::Offboard,
            "runliveresponse" => Self::LiveResponse,
            _ => return None,
        })
    }
}

impl OfMachine {
    fn of_path(segment: &str) -> Option<Self> {
        Some(match segment {
            "availablemachineactions" => Self::AvailableActions,
            "latestmachineactions" => Self::LatestActions,
            "machineactions" => Self::Actions,
            "alerts" => Self::Alerts,
            _ => return None,
        })
    }
}

/// The number in `getliveresponseresultdownloadlink(index=0)`.
fn index_of_link(segment: &str) -> Option<usize> {
    let arguments = segment.strip_prefix("getliveresponseresultdownloadlink(index=")?;
    arguments.strip_suffix(')')?.parse().ok()
}

/// A segment with its percent escapes undone; one that does not decode to text stays as it came.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let [first, tail @ ..] = rest {
        let escape = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = escape
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| segment.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_in_any_case_with_and_without_the_version() {
        let restrict = Route::Api(Call::Act {
            kind: Kind::Restrict,
            device: "AbC".to_owned(),
        });
        for path in [
            "/api/machines/AbC/restrictCodeExecution",
            "/API/v1.0/Machines/AbC/RestrictCodeExecution/",
        ] {
            assert_eq!(Route::find(&Method::POST, path), restrict, "{path}");
        }
        let list = Route::Api(Call::Actions);
        for path in [
            "/api/machineactions",
            "/api/machineActions",
            "/api/V1.0/MachineActions",
        ] {
            assert_eq!(Route::find(&Method::GET, path), list, "{path}");
        }
        let token = Route::Token {
            tenant: "my-Tenant".to_owned(),
        };
        assert_eq!(Route::find(&Method::POST, "/my-Tenant/oauth2/v2.0/token"), token);
    }

    #[test]
    fn there_is_no_way_to_make_an_action_by_posting_to_the_collection() {
        assert_eq!(
            Route::find(&Method::POST, "/api/machineactions"),
            Route::WrongMethod
        );
        assert_eq!(
            Route::find(&Method::GET, "/api/machines/1/restrictCodeExecution"),
            Route::WrongMethod
        );
        assert_eq!(
            Route::find(&Method::POST, "/api/machines/1/startInvestigation"),
            Route::Unknown
        );
    }

    #[test]
    fn every_endpoint_is_found_by_its_name() {
        let name = |method: Method, path: &str| match Route::find(&method, path) {
            Route::Api(call) => call.endpoint().name(),
            other => panic!("{path}: {other:?}"),
        };
        for (path, endpoint) in [
            ("isolate", "isolate"),
            ("Unisolate", "release_isolation"),
            ("runAntiVirusScan", "scan"),
            ("collectInvestigationPackage", "collect_package"),
            ("StopAndQuarantineFile", "quarantine_file"),
            ("offboard", "offboard"),
            ("runLiveResponse", "live_response"),
        ] {
            let path = format!("/api/v1.0/machines/1/{path}");
            assert_eq!(name(Method::POST, &path), endpoint);
        }
        for (path, endpoint) in [
            ("machines/1/availableMachineActions", "available_actions"),
            ("machines/1/latestMachineActions", "latest_actions"),
            ("machines/1/machineActions", "machine_actions"),
            ("machines/1/alerts", "machine_alerts"),
            (
                "machines/findbyip(ip='10.0.0.1',timestamp=2026-11-22T00:00:00Z)",
                "find_by_ip",
            ),
            ("machines/findbytag", "find_by_tag"),
            ("machineactions/1/getPackageUri", "package_uri"),
            (
                "machineactions/1/GetLiveResponseResultDownloadLink(index=2)",
                "live_response_result",
            ),
            ("alerts", "list_alerts"),
            ("alerts/da1_1", "get_alert"),
            ("deviceavinfo", "device_av_info"),
        ] {
            assert_eq!(name(Method::GET, &format!("/API/{path}")), endpoint);
        }
    }

    #[test]
    fn an_escaped_id_stays_one_segment() {
        let hostile = Route::Api(Call::Machine {
            device: "../../machineactions".to_owned(),
            what: OfMachine::Itself,
        });
        assert_eq!(
            Route::find(&Method::GET, "/api/machines/..%2F..%2fmachineactions"),
            hostile
        );
        assert_eq!(decoded("100%"), "100%");
        assert_eq!(decoded("%zz%4"), "%zz%4");
        assert_eq!(decoded("%ff"), "%ff");
    }
}
