//! The permissions that a token should carry, by name: what each is for, who wants it, and which are missing. Pure.

use std::collections::BTreeMap;

use super::finding::Finding;
use super::token::TokenFound;
use crate::domain::measure::Measure;
use crate::domain::verdict::Mode;
use crate::playbook::PlaybookSet;
use crate::playbook::action::Action;

/// Something that calls need a permission for.
struct Permission {
    /// The application permission's names, the narrowest first; one is enough.
    roles: &'static [&'static str],
    /// The same for a person that is signed in.
    scopes: &'static [&'static str],
    /// What it is for.
    purpose: &'static str,
    /// The actions of playbooks that want it; quell itself always wants what names none.
    actions: &'static [&'static str],
}

/// All of them (facts sheet 5.8 and 3).
const PERMISSIONS: [Permission; 6] = [
    Permission {
        roles: &["Machine.RestrictExecution"],
        scopes: &["Machine.RestrictExecution"],
        purpose: "to restrict app execution, to release and to cancel",
        actions: &[],
    },
    Permission {
        roles: &["Machine.Read.All", "Machine.ReadWrite.All"],
        scopes: &["Machine.Read", "Machine.ReadWrite"],
        purpose: "to read devices and follow machine actions to their end",
        actions: &[],
    },
    Permission {
        roles: &["Machine.Isolate"],
        scopes: &["Machine.Isolate"],
        purpose: "to isolate devices and release them from it",
        actions: &["isolate_device", "release_isolation"],
    },
    Permission {
        roles: &["Machine.Scan"],
        scopes: &["Machine.Scan"],
        purpose: "to begin antivirus scans",
        actions: &["scan"],
    },
    Permission {
        roles: &["Machine.CollectForensics"],
        scopes: &["Machine.CollectForensics"],
        purpose: "to collect investigation packages",
        actions: &["collect_package"],
    },
    Permission {
        roles: &["Machine.StopAndQuarantine"],
        scopes: &["Machine.StopAndQuarantine"],
        purpose: "to stop and quarantine files",
        actions: &["quarantine_file"],
    },
];

/// What quell has no use for today, and no harm in: reading alerts.
const HARMLESS: [&str; 4] = [
    "Alert.Read.All",
    "Alert.ReadWrite.All",
    "Alert.Read",
    "Alert.ReadWrite",
];

/// What a person that is signed in needs in Defender beside the token.
const DELEGATED: &str = "its user needs a Defender role with 'Active remediation actions', assigned to the device groups of the devices";

/// The playbooks of these sets that want each action, by the action's name. Those that are off want nothing.
pub fn wanted<'a>(sets: impl IntoIterator<Item = &'a PlaybookSet>) -> BTreeMap<&'static str, Vec<String>> {
    let mut wanted: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let playbooks = sets.into_iter().flat_map(PlaybookSet::playbooks);
    for playbook in playbooks.filter(|one| one.mode != Mode::Off) {
        for action in &playbook.then {
            let by = wanted.entry(name_of(action)).or_default();
            if !by.contains(&playbook.id) {
                by.push(playbook.id.clone());
            }
        }
    }
    wanted
}

fn name_of(action: &Action) -> &'static str {
    match action {
        Action::Begin { measure, .. } => match measure {
            Measure::Restriction => "restrict_app_execution",
            Measure::Isolation => "isolate_device",
        },
        Action::Release { measure, .. } => match measure {
            Measure::Restriction => "release_app_restriction",
            Measure::Isolation => "release_isolation",
        },
        Action::Task { task, .. } => task.name(),
    }
}

/// One line for each permission that is wanted, and one for what is more than that.
pub fn findings(token: &TokenFound, wanted: &BTreeMap<&'static str, Vec<String>>) -> Vec<Finding> {
    let Some(held) = &token.permissions else {
        return vec![Finding::not_asked(
            "permissions",
            "the token is not one that can be read: Defender alone knows what it may",
        )];
    };
    let has = |names: &'static [&'static str]| {
        let found = names
            .iter()
            .find(|name| held.iter().any(|one| one.eq_ignore_ascii_case(name)));
        found.copied()
    };
    let mut findings = Vec::new();
    for permission in &PERMISSIONS {
        let names = match token.is_delegated {
            true => permission.scopes,
            false => permission.roles,
        };
        let check = format!("permission.{}", names[0]);
        let by: Vec<String> = permission
            .actions
            .iter()
            .filter_map(|action| wanted.get(action))
            .flatten()
            .map(|playbook| format!("`{playbook}`"))
            .collect();
        let by_whom = match by.is_empty() {
            true => String::new(),
            false => format!(", for {}", by.join(", ")),
        };
        let is_wanted = permission.actions.is_empty() || !by.is_empty();
        match has(names) {
            Some(name) if is_wanted => findings.push(Finding::ok(
                &check,
                format!("`{name}` is granted: {}{by_whom}", permission.purpose),
            )),
            None if is_wanted => {
                findings.push(missing(&check, names[0], permission.purpose, &by_whom, token))
            }
            Some(_) | None => {}
        }
    }
    findings.extend(beyond(held, token.is_delegated));
    findings
}

fn missing(check: &str, name: &str, purpose: &str, by_whom: &str, token: &TokenFound) -> Finding {
    let found = format!("`{name}` is missing: needed {purpose}{by_whom}");
    let application = token.application.as_deref().unwrap_or("of `client_id`");
    let (kind, more) = match token.is_delegated {
        true => ("Delegated", format!("; {DELEGATED}")),
        false => ("Application", String::new()),
    };
    Finding::wrong(
        check,
        found,
        format!(
            "Entra admin center, App registrations, application {application}, API permissions: add {kind} permission `{name}` of WindowsDefenderATP \
             and grant admin consent; the next token has it, at the latest in an hour{more}"
        ),
    )
}

/// What the token may that quell never asks for: whoever has the secret may it too.
fn beyond(held: &[String], is_delegated: bool) -> Option<Finding> {
    let known = |name: &String| {
        let of_ours = PERMISSIONS.iter().any(|permission| {
            let names = if is_delegated {
                permission.scopes
            } else {
                permission.roles
            };
            names.iter().any(|one| one.eq_ignore_ascii_case(name))
        });
        of_ours || HARMLESS.iter().any(|one| one.eq_ignore_ascii_case(name))
    };
    let more: Vec<String> = held
        .iter()
        .filter(|name| !known(name))
        .map(|name| format!("`{name}`"))
        .collect();
    (!more.is_empty()).then(|| {
        Finding::warning(
            "permissions.beyond",
            format!("the token may more than quell ever asks for: {}", more.join(", ")),
            "take them from the application, and give quell an app registration of its own: whoever has its secret may all of it",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    fn token(permissions: &[&str], is_delegated: bool) -> TokenFound {
        TokenFound {
            permissions: Some(permissions.iter().map(|name| (*name).to_owned()).collect()),
            application: Some("app-1".to_owned()),
            is_delegated,
            ..TokenFound::default()
        }
    }

    fn lines(findings: &[Finding]) -> Vec<(String, State)> {
        findings
            .iter()
            .map(|one| (one.check.clone(), one.state))
            .collect()
    }

    #[test]
    fn what_is_missing_is_named_with_what_it_is_for_and_who_wants_it() {
        let mut wanted = BTreeMap::new();
        wanted.insert("isolate_device", vec!["worm".to_owned()]);
        wanted.insert("restrict_app_execution", vec!["ransom".to_owned()]);
        let found = findings(&token(&["Machine.Read.All"], false), &wanted);
        assert_eq!(
            lines(&found),
            [
                ("permission.Machine.RestrictExecution".to_owned(), State::Wrong),
                ("permission.Machine.Read.All".to_owned(), State::Ok),
                ("permission.Machine.Isolate".to_owned(), State::Wrong),
            ]
        );
        assert_eq!(
            found[2].found,
            "`Machine.Isolate` is missing: needed to isolate devices and release them from it, for `worm`"
        );
        let remedy = found[0].remedy.as_deref().unwrap_or_default();
        assert!(remedy.contains(
            "application app-1, API permissions: add Application permission `Machine.RestrictExecution`"
        ));
    }

    #[test]
    fn a_wider_permission_serves_and_what_is_beyond_all_use_is_told() {
        let held = [
            "Machine.RestrictExecution",
            "machine.readwrite.all",
            "Machine.LiveResponse",
            "Alert.Read.All",
        ];
        let found = findings(&token(&held, false), &BTreeMap::new());
        assert!(
            found[1].found.starts_with("`Machine.ReadWrite.All` is granted"),
            "{found:?}"
        );
        assert_eq!(found[2].check, "permissions.beyond");
        assert!(found[2].found.ends_with(": `Machine.LiveResponse`"), "{found:?}");
    }

    #[test]
    fn a_person_that_is_signed_in_needs_scopes_and_a_role_in_defender() {
        let found = findings(&token(&["Machine.Read"], true), &BTreeMap::new());
        assert_eq!(
            lines(&found)[1],
            ("permission.Machine.Read".to_owned(), State::Ok)
        );
        let remedy = found[0].remedy.as_deref().unwrap_or_default();
        assert!(
            remedy.contains("Delegated permission") && remedy.contains("'Active remediation actions'"),
            "{remedy}"
        );
    }

    #[test]
    fn a_token_that_cannot_be_read_says_nothing() {
        let found = findings(&TokenFound::default(), &BTreeMap::new());
        assert_eq!(lines(&found), [("permissions".to_owned(), State::NotAsked)]);
    }
}
