//! The permissions that a token should carry, by name: what each is for, who wants it, and which are missing. Pure.

use std::collections::BTreeMap;

use super::finding::Finding;
use crate::defender::{Claims, DELEGATED_RIGHTS, Permission};
use crate::domain::action::ActionKind;
use crate::domain::measure::Measure;
use crate::domain::verdict::Mode;
use crate::playbook::PlaybookSet;
use crate::playbook::action::Action;

/// The permissions that are wanted, each with the playbooks and sources that want it; Quell itself wants [`Permission::ALWAYS`].
pub type Wanted = BTreeMap<Permission, Vec<String>>;

/// What these sets of playbooks want. Those that are off want nothing.
pub fn wanted<'a>(sets: impl IntoIterator<Item = &'a PlaybookSet>) -> Wanted {
    let mut wanted = Wanted::from(Permission::ALWAYS.map(|permission| (permission, Vec::new())));
    let playbooks = sets.into_iter().flat_map(PlaybookSet::playbooks);
    for playbook in playbooks.filter(|one| one.mode != Mode::Off) {
        for action in &playbook.then {
            let by = wanted.entry(Permission::of_action(kind_of(action))).or_default();
            if !by.contains(&playbook.id) {
                by.push(playbook.id.clone());
            }
        }
    }
    wanted
}

/// Adds what sources want that read Defender's own alerts.
pub fn of_sources(names: &[&str], wanted: &mut Wanted) {
    for name in names {
        let by = wanted.entry(Permission::ReadAlerts).or_default();
        by.push((*name).to_owned());
    }
}

fn kind_of(action: &Action) -> ActionKind {
    match action {
        Action::Begin { measure, .. } => match measure {
            Measure::Restriction => ActionKind::Restrict,
            Measure::Isolation => ActionKind::Isolate,
        },
        Action::Release { measure, .. } => match measure {
            Measure::Restriction => ActionKind::Release,
            Measure::Isolation => ActionKind::ReleaseIsolation,
        },
        Action::Task { task, .. } => task.kind(),
    }
}

/// One line for each permission that is wanted, and one for what is more than Quell ever asks for.
pub fn findings(claims: Option<&Claims>, wanted: &Wanted) -> Vec<Finding> {
    let Some(claims) = claims else {
        return vec![Finding::not_asked(
            "permissions",
            "the token is not one that can be read: Defender alone knows what it may",
        )];
    };
    // In the order of the table, with what is always wanted first.
    let (always, others): (Vec<_>, Vec<_>) = wanted
        .iter()
        .partition(|(permission, _)| Permission::ALWAYS.contains(permission));
    let mut findings: Vec<Finding> = always
        .into_iter()
        .chain(others)
        .map(|(permission, by)| judge(*permission, by, claims))
        .collect();
    findings.extend(of_user(claims));
    findings.extend(beyond(claims));
    findings
}

fn judge(permission: Permission, by: &[String], claims: &Claims) -> Finding {
    let check = format!("permission.{}", permission.wanted_name(claims));
    let by: Vec<String> = by.iter().map(|playbook| format!("`{playbook}`")).collect();
    let by_whom = match (Permission::ALWAYS.contains(&permission), by.is_empty()) {
        (false, false) => format!(", for {}", by.join(", ")),
        _ => String::new(),
    };
    match permission.held_as(claims) {
        Some(name) => Finding::ok(
            &check,
            format!("`{name}` is granted: {}{by_whom}", permission.purpose()),
        ),
        None => missing(&check, permission, &by_whom, claims),
    }
}

fn missing(check: &str, permission: Permission, by_whom: &str, claims: &Claims) -> Finding {
    let name = permission.wanted_name(claims);
    let found = format!("`{name}` is missing: needed {}{by_whom}", permission.purpose());
    let application = match claims.application.as_str() {
        "" => "of `client_id`",
        application => application,
    };
    let kind = match claims.is_delegated() {
        true => "Delegated",
        false => "Application",
    };
    Finding::wrong(
        check,
        found,
        format!(
            "Entra admin center, App registrations, application {application}, API permissions: add {kind} permission `{name}` of WindowsDefenderATP \
             and grant admin consent; the next token has it, at the latest in an hour (a managed identity's within a day)"
        ),
    )
}

/// A signed-in user's own rights, which no token tells.
fn of_user(claims: &Claims) -> Option<Finding> {
    let user = claims.user.as_deref().map(|user| format!(" of `{user}`"));
    claims.is_delegated().then(|| {
        let found = format!(
            "the token acts for a user: the rights{} in Defender count too, and Defender alone knows them",
            user.unwrap_or_default()
        );
        Finding::not_asked("permissions.user", found).look(DELEGATED_RIGHTS)
    })
}

/// What the token may that quell never asks for: whoever has the credential may it too.
fn beyond(claims: &Claims) -> Option<Finding> {
    let known = |name: &str| {
        let mut names = Permission::ALL.into_iter().flat_map(|one| one.names(claims));
        names.any(|one| one.eq_ignore_ascii_case(name))
    };
    let more: Vec<String> = claims
        .granted()
        .iter()
        .filter(|name| !known(name))
        .map(|name| format!("`{name}`"))
        .collect();
    (!more.is_empty()).then(|| {
        Finding::warning(
            "permissions.beyond",
            format!("the token may more than quell ever asks for: {}", more.join(", ")),
            "take them from the application, and give quell an app registration of its own: whoever has its credential may all of it",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::State;
    use super::*;

    fn claims(permissions: &[&str], is_delegated: bool) -> Claims {
        let names: Vec<String> = permissions.iter().map(|name| (*name).to_owned()).collect();
        let (roles, scopes) = match is_delegated {
            true => (Vec::new(), names),
            false => (names, Vec::new()),
        };
        Claims {
            application: "app-1".to_owned(),
            roles,
            scopes,
            ..Claims::default()
        }
    }

    fn always() -> Wanted {
        wanted([])
    }

    fn lines(findings: &[Finding]) -> Vec<(String, State)> {
        findings
            .iter()
            .map(|one| (one.check.clone(), one.state))
            .collect()
    }

    #[test]
    fn what_is_missing_is_named_with_what_it_is_for_and_who_wants_it() {
        let mut wanted = always();
        wanted.insert(Permission::Isolate, vec!["worm".to_owned()]);
        wanted.insert(Permission::Restrict, vec!["ransom".to_owned()]);
        let found = findings(Some(&claims(&["Machine.Read.All"], false)), &wanted);
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
            "`Machine.Isolate` is missing: needed to isolate devices and to release them from isolation, for `worm`"
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
            "Machine.Scan",
            "Alert.Read.All",
        ];
        let found = findings(Some(&claims(&held, false)), &always());
        assert!(
            found[1].found.starts_with("`Machine.ReadWrite.All` is granted"),
            "{found:?}"
        );
        assert_eq!(found[2].check, "permissions.beyond");
        assert!(found[2].found.ends_with(": `Machine.LiveResponse`"), "{found:?}");
    }

    #[test]
    fn a_person_that_is_signed_in_needs_scopes_and_a_role_in_defender() {
        let found = findings(Some(&claims(&["Machine.Read"], true)), &always());
        assert_eq!(
            lines(&found)[1],
            ("permission.Machine.Read".to_owned(), State::Ok)
        );
        let remedy = |n: usize| found[n].remedy.as_deref().unwrap_or_default();
        assert!(remedy(0).contains("add Delegated permission"), "{}", remedy(0));
        assert_eq!(lines(&found)[2], ("permissions.user".to_owned(), State::NotAsked));
        assert!(
            remedy(2).contains("'Active remediation actions'"),
            "{}",
            remedy(2)
        );
    }

    #[test]
    fn a_token_without_any_permission_lacks_what_is_always_wanted() {
        let found = findings(Some(&Claims::default()), &always());
        assert!(found.len() == 2 && found.iter().all(|one| one.state == State::Wrong));
        assert!(
            found[0]
                .remedy
                .as_deref()
                .is_some_and(|remedy| remedy.contains("application of `client_id`"))
        );
    }

    #[test]
    fn a_source_that_reads_alerts_wants_its_permission_by_name() {
        let mut wanted = always();
        of_sources(&[], &mut wanted);
        assert!(!wanted.contains_key(&Permission::ReadAlerts));
        of_sources(&["defender-alerts"], &mut wanted);
        assert_eq!(wanted[&Permission::ReadAlerts], ["defender-alerts"]);
    }

    #[test]
    fn a_token_that_cannot_be_read_says_nothing() {
        let found = findings(None, &always());
        assert_eq!(lines(&found), [("permissions".to_owned(), State::NotAsked)]);
    }
}
