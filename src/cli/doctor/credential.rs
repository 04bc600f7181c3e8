//! The credential, without asking anybody: whether its files can be used, and when it ends, where that can be known.

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use crate::config::{CredentialKind, Tenant};
use crate::defender::{SignInFacts, SignInFile, TokenFacts};
use crate::desk::words::{ago, ahead};

/// A credential that ends sooner is to be replaced now.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);
/// A sign-in that is not used for so long ends (facts sheet 5.10).
const UNUSED: SignedDuration = SignedDuration::from_hours(90 * 24);

/// One line about the files that only the client can judge, if there are any, and one about the credential's end.
pub fn findings(tenant: &Tenant, token: Option<&TokenFacts>, now: Timestamp) -> Vec<Finding> {
    let credential = &tenant.credential;
    let checked = credential.for_client().map_err(|error| error.to_string());
    let checked = checked.and_then(|credential| credential.check(now));
    let mut findings = Vec::new();
    if let Some(key) = credential.judged_by_client() {
        findings.push(match &checked {
            Ok(_) => Finding::ok(
                "credential.files",
                format!("what `credential.{key}` names can be used"),
            ),
            Err(reason) => Finding::wrong("credential.files", reason.clone(), remedy(tenant)),
        });
    }
    let known = token.and_then(|token| token.credential_expires_at);
    findings.push(match &credential.kind {
        CredentialKind::ClientSecret { client_id, .. } => secret(client_id),
        CredentialKind::Certificate { .. } => certificate(known.or(checked.ok().flatten()), now),
        CredentialKind::WorkloadIdentity { .. } | CredentialKind::ManagedIdentity { .. } => Finding::ok(
            "credential.expiry",
            "nothing here ends: the platform renews what it proves itself with",
        ),
        CredentialKind::Delegated { sign_in_file, .. } => {
            sign_in(SignInFile::new(sign_in_file.clone()).facts().ok().flatten(), now)
        }
    });
    findings
}

/// What to do about files that cannot be used.
fn remedy(tenant: &Tenant) -> String {
    let do_that = match &tenant.credential.kind {
        CredentialKind::Delegated { .. } => {
            format!(
                "as the user that quell runs as: quell login --tenant {}",
                tenant.name
            )
        }
        CredentialKind::WorkloadIdentity { .. } => {
            "see that the platform puts its token there, readable for the user that quell runs as".to_owned()
        }
        _ => "put certificate and key there, readable for the user that quell runs as; no restart is needed"
            .to_owned(),
    };
    format!("{do_that}; docs/credentials.md has each kind")
}

fn secret(application: &str) -> Finding {
    let found = "a client secret does not say when it ends; Entra alone knows";
    Finding::not_asked("credential.expiry", found).look(format!(
        "Entra admin center, App registrations, application {application}, Certificates & secrets, column Expires; put a date of your own well before it"
    ))
}

fn certificate(ends_at: Option<Timestamp>, now: Timestamp) -> Finding {
    let check = "credential.expiry";
    let Some(at) = ends_at else {
        return Finding::not_asked(check, "the certificate cannot be used (see credential.files)");
    };
    let found = format!("the certificate {}", ends(now, at));
    let remedy = "make a new one, upload it to the app registration beside the old one, and put it and its key into the configured files; no restart is \
                  needed";
    let left = at.duration_since(now);
    if left < SignedDuration::ZERO {
        Finding::wrong(check, found, remedy)
    } else if left < SOON {
        Finding::warning(check, found, remedy)
    } else {
        Finding::ok(check, found)
    }
}

/// A sign-in lasts while it is used, until somebody revokes it.
fn sign_in(facts: Option<SignInFacts>, now: Timestamp) -> Finding {
    let check = "credential.expiry";
    let Some(facts) = facts else {
        return Finding::not_asked(check, "nobody is signed in (see credential.files)");
    };
    let user = facts.user.map(|user| format!("`{user}`"));
    let found = format!(
        "{} signed in {}, and the sign-in was renewed {}; it ends when it is revoked, or not used for 90 days",
        user.as_deref().unwrap_or("somebody"),
        ago(now, facts.signed_in_at),
        ago(now, facts.renewed_at)
    );
    match now.duration_since(facts.renewed_at) > UNUSED - SOON {
        true => Finding::warning(
            check,
            found,
            "see why the daemon does not use it (its log), and sign in again with `quell login`",
        ),
        false => Finding::ok(check, found),
    }
}

/// When something ended or ends.
pub fn ends(now: Timestamp, at: Timestamp) -> String {
    match at < now {
        true => format!("ended {}", ago(now, at)),
        false => format!("ends {}", ahead(now, at)),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::finding::State;
    use super::super::token::tests::{facts, now};
    use super::*;
    use crate::config::Config;

    /// A tenant whose files lie in `base`.
    fn tenant(credential: &str, base: &Path) -> Tenant {
        let text = format!(
            "database: {{url: 'postgres:///q'}}\nplaybooks: {{path: p}}\ntenants:\n  - name: t\n    credential: {{{credential}}}\n"
        );
        let loaded = Config::parse("q.yaml", &text, base, None).expect("it is one");
        loaded.config.tenants.into_iter().next().expect("there is one")
    }

    const IDS: &str = "directory_id: 11111111-2222-3333-4444-555555555555, client_id: c";

    #[test]
    fn a_certificate_that_ends_soon_is_to_be_replaced() {
        let check = |days: Option<i64>, state: State, part: &str| {
            let found = certificate(
                days.map(|days| now() + SignedDuration::from_hours(24 * days)),
                now(),
            );
            assert_eq!(found.state, state);
            assert!(found.found.contains(part), "{}", found.found);
        };
        check(Some(31), State::Ok, "ends in 31 d");
        check(Some(29), State::Warning, "ends in 29 d");
        check(Some(-1), State::Wrong, "ended 1 d ago");
        check(None, State::NotAsked, "see credential.files");
    }

    #[test]
    fn each_kind_says_what_can_be_known_without_asking_anybody() {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/credentials");
        let lines = |credential: &str| -> Vec<(String, State)> {
            // The certificates of the tests hold from that day on.
            let later = now() + SignedDuration::from_hours(24);
            findings(&tenant(credential, &data), None, later)
                .into_iter()
                .map(|one| (one.check, one.state))
                .collect()
        };
        let files = |state| ("credential.files".to_owned(), state);
        let expiry = |state| ("credential.expiry".to_owned(), state);
        let secret = format!("client_secret: {{{IDS}, secret_file: ./s}}");
        assert_eq!(lines(&secret), [expiry(State::NotAsked)]);
        let pair = |certificate: &str| {
            format!("certificate: {{{IDS}, certificate_file: ./{certificate}, key_file: ./key.pem}}")
        };
        assert_eq!(lines(&pair("certificate.pem"))[0], files(State::Ok));
        assert_eq!(
            lines(&pair("other-certificate.pem")),
            [files(State::Wrong), expiry(State::NotAsked)]
        );
        let machine = "managed_identity: {directory_id: 11111111-2222-3333-4444-555555555555}";
        assert_eq!(lines(machine), [expiry(State::Ok)]);
        let user = format!("delegated: {{{IDS}, sign_in_file: ./nobody}}");
        assert_eq!(lines(&user), [files(State::Wrong), expiry(State::NotAsked)]);
        let found = findings(&tenant(&user, &data), None, now());
        let remedy = found[0].remedy.as_deref().unwrap_or_default();
        assert!(remedy.contains("quell login --tenant t"), "{remedy}");
    }

    #[test]
    fn the_end_that_came_with_a_token_counts_most() {
        let tenant = tenant(
            &format!("certificate: {{{IDS}, certificate_file: ./none, key_file: ./none}}"),
            Path::new("/"),
        );
        let token = TokenFacts {
            credential_expires_at: Some(now() + SignedDuration::from_hours(24)),
            ..facts()
        };
        let found = findings(&tenant, Some(&token), now());
        assert_eq!(found[1].found, "the certificate ends in 1 d");
    }

    #[test]
    fn a_sign_in_that_nobody_uses_is_told() {
        let used = |days: i64| {
            let then = now() - SignedDuration::from_hours(24 * days);
            let facts = SignInFacts {
                directory_id: "t".to_owned(),
                client_id: "c".to_owned(),
                user: Some("ana@contoso.example".to_owned()),
                scope: String::new(),
                signed_in_at: then,
                renewed_at: then,
            };
            sign_in(Some(facts), now())
        };
        let found = used(3);
        assert_eq!(found.state, State::Ok);
        assert!(
            found.found.starts_with("`ana@contoso.example` signed in 3 d ago"),
            "{}",
            found.found
        );
        assert_eq!(used(61).state, State::Warning);
        assert_eq!(sign_in(None, now()).state, State::NotAsked);
    }
}
