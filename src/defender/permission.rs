//! The permissions that calls need, by the names under which an administrator grants them (facts sheet 5.8).
//!
//! Used by the client to say what a token lacks before the first call of a kind, by the daemon to name it, and by
//! `quell doctor`. It grants nothing and forbids nothing: Defender alone decides, we only want to say it early.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use crate::defender::claims::Claims;
use crate::domain::action::ActionKind;

/// What a signed-in user needs in Defender beside the token's permissions (facts sheet 5.6). A full sentence part, for a 403
/// and for `quell doctor`.
pub const DELEGATED_RIGHTS: &str = "the signed-in user needs the permission 'Active remediation actions' in a Defender role, and that role must be \
     assigned to the device group that the device is in";

/// Something that calls need a permission for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// To restrict app execution, to release, and to cancel either.
    Restrict,
    /// To isolate a device and to release it from isolation.
    Isolate,
    /// To begin an antivirus scan.
    Scan,
    /// To collect an investigation package.
    Collect,
    /// To stop and quarantine a file.
    Quarantine,
    /// To read devices and machine actions.
    ReadMachines,
    /// To read alerts.
    ReadAlerts,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 7] = [
        Self::Restrict,
        Self::Isolate,
        Self::Scan,
        Self::Collect,
        Self::Quarantine,
        Self::ReadMachines,
        Self::ReadAlerts,
    ];

    /// What Quell needs whatever the playbooks say: to restrict and release, and to follow what it began.
    pub const ALWAYS: [Self; 2] = [Self::Restrict, Self::ReadMachines];

    /// The application permission's name, as Entra shows it. For reading there is a wider one too, which serves as well.
    pub fn as_str(self) -> &'static str {
        self.app_roles()[0]
    }

    /// The delegated permission's name, for a signed-in user.
    pub fn delegated(self) -> &'static str {
        self.scopes()[0]
    }

    /// What it is for, in words that end a sentence: "needed …".
    pub fn purpose(self) -> &'static str {
        match self {
            Self::Restrict => "to restrict app execution, to release and to cancel",
            Self::Isolate => "to isolate devices and to release them from isolation",
            Self::Scan => "to begin antivirus scans",
            Self::Collect => "to collect investigation packages",
            Self::Quarantine => "to stop and quarantine files",
            Self::ReadMachines => "to read devices and to follow machine actions to their end",
            Self::ReadAlerts => "to read alerts",
        }
    }

    /// Whether a token with these claims carries it: as a role of an application, or as a scope of a signed-in user.
    pub fn held(self, claims: &Claims) -> bool {
        self.held_as(claims).is_some()
    }

    /// The name under which a token with these claims carries it: a wider one serves as well.
    pub fn held_as(self, claims: &Claims) -> Option<&'static str> {
        let mut names = self.names(claims).iter().copied();
        names.find(|name| {
            claims
                .granted()
                .iter()
                .any(|held| held.eq_ignore_ascii_case(name))
        })
    }

    /// The names of which one is enough in a token with these claims, the narrowest first.
    pub fn names(self, claims: &Claims) -> &'static [&'static str] {
        match claims.is_delegated() {
            true => self.scopes(),
            false => self.app_roles(),
        }
    }

    /// The name that is missing from a token with these claims, as an administrator has to grant it.
    pub fn wanted_name(self, claims: &Claims) -> &'static str {
        self.names(claims)[0]
    }

    /// What the calls of an action need.
    pub fn of_action(kind: ActionKind) -> Self {
        match kind {
            ActionKind::Restrict | ActionKind::Release => Self::Restrict,
            ActionKind::Isolate | ActionKind::ReleaseIsolation => Self::Isolate,
            ActionKind::Scan => Self::Scan,
            ActionKind::CollectPackage => Self::Collect,
            ActionKind::QuarantineFile => Self::Quarantine,
        }
    }

    /// What a call needs, by the last segment of its path; `None` for one that is not in the table.
    pub(super) fn of_call(segment: &str) -> Option<Self> {
        let calls = [
            ("restrictCodeExecution", Self::Restrict),
            ("unrestrictCodeExecution", Self::Restrict),
            ("isolate", Self::Isolate),
            ("unisolate", Self::Isolate),
            ("runAntiVirusScan", Self::Scan),
            ("collectInvestigationPackage", Self::Collect),
            ("StopAndQuarantineFile", Self::Quarantine),
        ];
        let found = calls
            .into_iter()
            .find(|(call, _)| call.eq_ignore_ascii_case(segment));
        found.map(|(_, permission)| permission)
    }

    /// What a read needs, by its path and that of the API: what stands before the API's resources says nothing of them.
    pub(super) fn of_read(root: &str, path: &str) -> Self {
        let resources = match path.split_at_checked(root.len()) {
            Some((before, rest)) if before.eq_ignore_ascii_case(root) => rest,
            _ => path,
        };
        let is_of_alerts = resources
            .split('/')
            .any(|segment| segment.eq_ignore_ascii_case("alerts"));
        if is_of_alerts {
            Self::ReadAlerts
        } else {
            Self::ReadMachines
        }
    }

    /// The application permissions of which one is enough, the narrowest first.
    fn app_roles(self) -> &'static [&'static str] {
        match self {
            Self::Restrict => &["Machine.RestrictExecution"],
            Self::Isolate => &["Machine.Isolate"],
            Self::Scan => &["Machine.Scan"],
            Self::Collect => &["Machine.CollectForensics"],
            Self::Quarantine => &["Machine.StopAndQuarantine"],
            Self::ReadMachines => &["Machine.Read.All", "Machine.ReadWrite.All"],
            Self::ReadAlerts => &["Alert.Read.All", "Alert.ReadWrite.All"],
        }
    }

    /// The same for a signed-in user.
    fn scopes(self) -> &'static [&'static str] {
        match self {
            Self::ReadMachines => &[
                "Machine.Read",
                "Machine.ReadWrite",
                "Machine.Read.All",
                "Machine.ReadWrite.All",
            ],
            Self::ReadAlerts => &[
                "Alert.Read",
                "Alert.ReadWrite",
                "Alert.Read.All",
                "Alert.ReadWrite.All",
            ],
            other => other.app_roles(),
        }
    }
}

/// What a 403 comes from, as far as the token tells: the permission that it lacks, or for a signed-in user what only Defender
/// knows.
pub(super) fn forbidden_hint(claims: &Claims, permission: Option<Permission>) -> Option<String> {
    match permission.filter(|permission| !permission.held(claims)) {
        Some(permission) => Some(format!(
            "the access token lacks the permission `{}`",
            permission.wanted_name(claims)
        )),
        None => claims.is_delegated().then(|| {
            let user = claims
                .user
                .as_deref()
                .map(|user| format!(" `{user}`"))
                .unwrap_or_default();
            DELEGATED_RIGHTS.replacen("the signed-in user", &format!("the signed-in user{user}"), 1)
        }),
    }
}

/// The permissions that calls will need, and which of them the tokens lack.
#[derive(Debug)]
pub(super) struct Wanted(Mutex<BTreeMap<Permission, bool>>);

impl Default for Wanted {
    fn default() -> Self {
        Self(Mutex::new(
            Permission::ALWAYS.map(|permission| (permission, false)).into(),
        ))
    }
}

impl Wanted {
    /// Adds one, and looks for it in the token that there is.
    pub fn add(&self, permission: Permission, claims: Option<&Claims>) {
        let is_new = {
            let mut wanted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = !wanted.contains_key(&permission);
            wanted.entry(permission).or_insert(false);
            is_new
        };
        if let Some(claims) = claims.filter(|_| is_new) {
            self.look(claims);
        }
    }

    /// Looks at a new token: what it lacks is an error in the log, once, until it has it.
    pub fn look(&self, claims: &Claims) {
        let mut wanted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (permission, is_told) in wanted.iter_mut() {
            let lacks = !permission.held(claims);
            let name = permission.wanted_name(claims);
            let (application, directory) = (claims.application.as_str(), claims.directory.as_str());
            if lacks && !*is_told {
                tracing::error!(
                    application,
                    directory,
                    "the access token lacks the permission `{name}`, needed {}: have an administrator grant it and consent; Defender will refuse such calls",
                    permission.purpose()
                );
            } else if !lacks && *is_told {
                tracing::info!(
                    application,
                    directory,
                    "the access token has the permission `{name}` now"
                );
            }
            *is_told = lacks;
        }
    }

    /// The permissions that the last token lacked.
    #[cfg(test)]
    pub fn told(&self) -> Vec<Permission> {
        let wanted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        wanted
            .iter()
            .filter(|(_, told)| **told)
            .map(|(permission, _)| *permission)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_of_a_gateway_says_nothing_of_what_is_read() {
        for (root, path, expected) in [
            ("/api", "/api/alerts", Permission::ReadAlerts),
            ("/api", "/API/Alerts/da1", Permission::ReadAlerts),
            ("/api/v1.0", "/api/v1.0/machines/m/alerts", Permission::ReadAlerts),
            ("/api", "/api/machines", Permission::ReadMachines),
            (
                "/alerts/api",
                "/alerts/api/machineactions",
                Permission::ReadMachines,
            ),
            (
                "/soc/alerts/api",
                "/soc/Alerts/api/machines/m",
                Permission::ReadMachines,
            ),
            ("/alerts/api", "/alerts/api/alerts", Permission::ReadAlerts),
        ] {
            assert_eq!(Permission::of_read(root, path), expected, "{root} {path}");
        }
    }

    fn claims(roles: &[&str], scopes: &[&str]) -> Claims {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Claims {
            roles: owned(roles),
            scopes: owned(scopes),
            ..Claims::default()
        }
    }

    fn missing(claims: &Claims) -> Vec<&'static str> {
        claims
            .missing(&Permission::ALWAYS)
            .into_iter()
            .map(|permission| permission.wanted_name(claims))
            .collect()
    }

    #[test]
    fn an_application_needs_roles_and_a_user_scopes() {
        let check = |roles: &[&str], scopes: &[&str], expected: &[&str]| {
            assert_eq!(missing(&claims(roles, scopes)), expected, "{roles:?} {scopes:?}");
        };
        check(&["Machine.RestrictExecution", "Machine.Read.All"], &[], &[]);
        check(&["Machine.RestrictExecution", "Machine.ReadWrite.All"], &[], &[]);
        check(
            &["Machine.Read.All", "Alert.Read.All"],
            &[],
            &["Machine.RestrictExecution"],
        );
        check(&["Machine.RestrictExecution"], &[], &["Machine.Read.All"]);
        check(&[], &[], &["Machine.RestrictExecution", "Machine.Read.All"]);
        check(&[], &["Machine.RestrictExecution", "Machine.Read"], &[]);
        check(&[], &["Machine.RestrictExecution"], &["Machine.Read"]);
        check(
            &["Machine.Read.All"],
            &["Alert.Read"],
            &["Machine.RestrictExecution", "Machine.Read"],
        );
    }

    #[test]
    fn an_action_needs_what_the_address_of_its_call_needs() {
        let device = crate::defender::fake::device();
        for kind in ActionKind::ALL {
            let call = crate::defender::DeviceCall {
                kind,
                device: &device,
                comment: "",
                argument: None,
            };
            assert_eq!(
                Permission::of_call(call.segment()),
                Some(Permission::of_action(kind)),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn a_wider_permission_is_named_as_it_is_held() {
        let wider = claims(&["machine.readwrite.all"], &[]);
        assert_eq!(
            Permission::ReadMachines.held_as(&wider),
            Some("Machine.ReadWrite.All")
        );
        assert_eq!(Permission::Scan.held_as(&wider), None);
    }

    #[test]
    fn every_permission_has_a_name_of_its_own_and_says_what_it_is_for() {
        let names: std::collections::BTreeSet<_> =
            Permission::ALL.into_iter().map(Permission::as_str).collect();
        assert_eq!(names.len(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert!(permission.purpose().starts_with("to "));
            let app = claims(&[permission.as_str()], &[]);
            let user = claims(&[], &[permission.delegated()]);
            for other in Permission::ALL {
                assert_eq!(other.held(&app), other == permission, "{other:?} {permission:?}");
                assert_eq!(other.held(&user), other == permission, "{other:?} {permission:?}");
            }
        }
    }

    #[test]
    fn what_a_token_lacks_is_told_of_what_is_wanted_only_and_until_it_is_there() {
        let wanted = Wanted::default();
        let reader = claims(&["Machine.Read.All"], &[]);
        wanted.look(&reader);
        assert_eq!(wanted.told(), [Permission::Restrict]);
        wanted.add(Permission::Scan, Some(&reader));
        wanted.add(Permission::Isolate, None);
        assert_eq!(wanted.told(), [Permission::Restrict, Permission::Scan]);
        wanted.look(&reader);
        assert_eq!(
            wanted.told(),
            [Permission::Restrict, Permission::Isolate, Permission::Scan]
        );
        wanted.look(&claims(
            &[
                "Machine.Read.All",
                "Machine.RestrictExecution",
                "Machine.Scan",
                "Machine.Isolate",
            ],
            &[],
        ));
        assert_eq!(wanted.told(), []);
    }
}
