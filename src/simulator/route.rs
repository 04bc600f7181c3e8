//! Paths: which call a request is.
//!
//! The service matches its segments in any case and serves everything with and without `/v1.0` (facts sheet 10.1). The
//! pipeline asks here first; nothing is checked here but the shape of the path.

use axum::http::Method;

use crate::simulator::action::Kind;
use crate::simulator::windows::CallKind;

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
    /// `POST /api/machines/{id}/restrictCodeExecution` or `…/unrestrictCodeExecution`
    Act {
        /// Which of the two.
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
    /// `GET /api/machineactions`
    Actions,
    /// `GET /api/machines/{id}`
    Machine {
        /// The device's id.
        device: String,
    },
    /// `GET /api/machines`
    Machines,
}

/// The simulator's own pages, under `/sim/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnPage {
    /// `GET /sim/journal`: every request, NDJSON.
    Journal,
    /// `GET /sim/report`: the report, JSON.
    Report,
    /// `POST /sim/faults`: sets the faults.
    Faults,
    /// `POST /sim/act`: an action by somebody else, in the portal.
    Act,
}

impl Call {
    /// Which budget the call uses.
    pub fn kind(&self) -> CallKind {
        match self {
            Self::Act { .. } | Self::Cancel { .. } => CallKind::Action,
            _ => CallKind::Read,
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
            ["sim", "journal"] => wanted(Method::GET, Self::Own(OwnPage::Journal)),
            ["sim", "report"] => wanted(Method::GET, Self::Own(OwnPage::Report)),
            ["sim", "faults"] => wanted(Method::POST, Self::Own(OwnPage::Faults)),
            ["sim", "act"] => wanted(Method::POST, Self::Own(OwnPage::Act)),
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
        let (allowed, call) = match lower {
            ["machines"] => (Method::GET, Call::Machines),
            ["machines", _] => (
                Method::GET,
                Call::Machine {
                    device: segments[1].clone(),
                },
            ),
            ["machines", _, "restrictcodeexecution"] => (
                Method::POST,
                Call::Act {
                    kind: Kind::Restrict,
                    device: segments[1].clone(),
                },
            ),
            ["machines", _, "unrestrictcodeexecution"] => (
                Method::POST,
                Call::Act {
                    kind: Kind::Release,
                    device: segments[1].clone(),
                },
            ),
            ["machineactions"] => (Method::GET, Call::Actions),
            ["machineactions", _] => (
                Method::GET,
                Call::Action {
                    action: segments[1].clone(),
                },
            ),
            ["machineactions", _, "cancel"] => (
                Method::POST,
                Call::Cancel {
                    action: segments[1].clone(),
                },
            ),
            _ => return Self::Unknown,
        };
        if *method == allowed {
            Self::Api(call)
        } else {
            Self::WrongMethod
        }
    }
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
            Route::find(&Method::POST, "/api/machines/1/isolate"),
            Route::Unknown
        );
    }

    #[test]
    fn an_escaped_id_stays_one_segment() {
        let hostile = Route::Api(Call::Machine {
            device: "../../machineactions".to_owned(),
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
