//! The access token: whether there is one, what it says of itself, and what to do where there is none. The token itself is
//! never seen here.

use jiff::{SignedDuration, Timestamp};

use super::finding::Finding;
use super::{LIMIT, within};
use crate::cli::operator::span::{ago, ahead};
use crate::config::Tenant;
use crate::defender::{Client, Endpoint};
use crate::store::chain;

/// What is known of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenFound {
    /// Whom it is for.
    pub audience: Option<String>,
    /// The directory that it is of.
    pub directory: Option<String>,
    /// The application.
    pub application: Option<String>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
    /// What it may; `None`: it cannot be read.
    pub permissions: Option<Vec<String>>,
    /// Whether a person is signed in.
    pub is_delegated: bool,
    /// When the credential itself ends, where that can be known: a certificate's end.
    pub credential_ends_at: Option<Timestamp>,
}

/// The kind of credential that is configured, as the configuration names it.
const KIND: &str = "client_secret";
/// A credential that ends sooner is to be replaced now.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Asks for a token.
pub async fn obtain(client: &Client) -> Result<TokenFound, String> {
    match within(client.token_seen()).await {
        Some(Ok(Some(seen))) => Ok(TokenFound {
            audience: seen.audience,
            directory: seen.directory,
            application: seen.application,
            expires_at: seen.expires_at,
            permissions: Some(seen.permissions),
            is_delegated: seen.is_delegated,
            // A client secret does not say it.
            credential_ends_at: None,
        }),
        Some(Ok(None)) => Ok(TokenFound::default()),
        Some(Err(error)) => Err(chain(&error)),
        None => Err(format!("no token within {} s", LIMIT.as_secs())),
    }
}

/// One line about the token.
pub fn finding(token: &Result<TokenFound, String>, tenant: &Tenant, now: Timestamp) -> Finding {
    let check = "token";
    let token = match token {
        Ok(token) => token,
        Err(why) => return Finding::wrong(check, why.clone(), remedy(why, tenant)),
    };
    let kind = match token.is_delegated {
        true => "a person's sign-in".to_owned(),
        false => KIND.replace('_', " "),
    };
    let mut found = format!("there is one, by {kind}");
    if token.permissions.is_none() {
        return Finding::ok(check, format!("{found}; it is not one that can be read"));
    }
    let said = |text: &Option<String>| text.clone().unwrap_or_else(|| "nobody".to_owned());
    found += &format!(
        ", for audience {}, directory {}",
        said(&token.audience),
        said(&token.directory)
    );
    if let Some(at) = token.expires_at {
        found += &format!(", {}", ends(now, at));
        if at.duration_since(now) < SignedDuration::ZERO {
            let remedy = "set this machine's clock (NTP): a token that was just issued looks expired here";
            return Finding::wrong(check, found, remedy);
        }
    }
    match wrong_directory(token, tenant) {
        Some(why) => Finding::wrong(
            check,
            format!("{found}; {why}"),
            "correct `credential.….directory_id`: devices of another directory would be called",
        ),
        None => Finding::ok(check, found),
    }
}

/// When the credential itself ends, where that can be known, and where to look where it cannot.
pub fn expiry(token: Option<&Result<TokenFound, String>>, application: &str, now: Timestamp) -> Finding {
    let check = "credential.expiry";
    let ends_at = token.and_then(|token| token.as_ref().ok()?.credential_ends_at);
    let Some(at) = ends_at else {
        let finding = Finding::not_asked(
            check,
            format!(
                "a {} does not say when it ends; Entra alone knows",
                KIND.replace('_', " ")
            ),
        );
        return finding.look(format!(
            "Entra admin center, App registrations, application {application}, Certificates & secrets, column Expires; put a date of your own well before it"
        ));
    };
    let found = format!("the {} {}", KIND.replace('_', " "), ends(now, at));
    let remedy = "make a new one, add it to the app registration beside the old one, and put it into the configured file; no restart is needed";
    let left = at.duration_since(now);
    if left < SignedDuration::ZERO {
        Finding::wrong(check, found, remedy)
    } else if left < SOON {
        Finding::warning(check, found, remedy)
    } else {
        Finding::ok(check, found)
    }
}

fn ends(now: Timestamp, at: Timestamp) -> String {
    match at < now {
        true => format!("ended {}", ago(now, at)),
        false => format!("ends {}", ahead(now, at)),
    }
}

/// A token of another directory than the one that is configured by its id.
fn wrong_directory(token: &TokenFound, tenant: &Tenant) -> Option<String> {
    let configured = tenant.hosts().entra_tenant;
    let directory = token.directory.as_deref()?;
    let is_id = |text: &str| text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (is_id(&configured) && is_id(directory) && !configured.eq_ignore_ascii_case(directory))
        .then(|| format!("the configuration says directory {configured}"))
}

/// What to do when there is no token: by the number in Entra's words, where there is one.
fn remedy(why: &str, tenant: &Tenant) -> String {
    let hosts = tenant.hosts();
    let asked = Endpoint::resolve(&hosts).map(|endpoint| endpoint.token().to_owned());
    let asked = asked.unwrap_or_default();
    let known = [
        (
            "AADSTS7000215",
            "the secret is wrong: Entra shows its value once, when it is made (the id beside it is not it); make a new one and write it into `secret_file`",
        ),
        (
            "AADSTS7000222",
            "the secret has expired: make a new one (App registrations, Certificates & secrets) and write it into `secret_file`; no restart is needed",
        ),
        (
            "AADSTS700016",
            "the directory has no such application: compare `client_id` and `directory_id` with the app registration's overview",
        ),
        (
            "AADSTS90002",
            "there is no such directory: compare `directory_id` with the app registration's overview, and `cloud` with where it is",
        ),
        (
            "AADSTS900023",
            "`directory_id` is neither a GUID nor a domain of a directory",
        ),
        (
            "AADSTS500011",
            "the directory does not know the API: `scope` is wrong for this cloud, or Defender for Endpoint was never used there",
        ),
        (
            "AADSTS70011",
            "the scope is wrong: leave `scope` out, so that the cloud's own is used",
        ),
        (
            "AADSTS53003",
            "a Conditional Access policy forbids it: have this application, or this machine's address, allowed",
        ),
        (
            "AADSTS7000112",
            "the application is disabled in this directory: have it enabled (Enterprise applications, Properties)",
        ),
        (
            "invalid_client",
            "Entra does not take the credential: make a new client secret and write it into `secret_file`",
        ),
        (
            "unauthorized_client",
            "the directory does not let this application in: compare `client_id` and `directory_id`, and have an administrator consent",
        ),
        (
            "asks to wait",
            "too many tokens were asked for: wait a minute; if it stays, look for another program with the same application",
        ),
    ];
    let fits = known.iter().find(|(sign, _)| why.contains(sign));
    fits.map_or_else(
        || {
            format!(
                "see that this machine reaches {asked} (name, firewall, proxy, certificates), then ask again"
            )
        },
        |(_, remedy)| (*remedy).to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::finding::State;
    use super::*;
    use crate::config::Config;

    fn tenant() -> Tenant {
        let text = "database: {url: 'postgres:///q'}\nplaybooks: {path: p}\ntenants:\n  - name: t\n    credential: {client_secret: \
                    {directory_id: 11111111-2222-3333-4444-555555555555, client_id: c, secret_file: s}}\n";
        let loaded = Config::parse("q.yaml", text, Path::new("/"), None).expect("it is one");
        loaded.config.tenants.into_iter().next().expect("there is one")
    }

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn token() -> TokenFound {
        TokenFound {
            audience: Some("https://api.securitycenter.microsoft.com".to_owned()),
            directory: Some("11111111-2222-3333-4444-555555555555".to_owned()),
            application: Some("c".to_owned()),
            expires_at: Some(now() + SignedDuration::from_mins(59)),
            permissions: Some(Vec::new()),
            ..TokenFound::default()
        }
    }

    #[test]
    fn a_token_is_told_with_whom_it_is_for_and_until_when() {
        let found = finding(&Ok(token()), &tenant(), now());
        assert_eq!(found.state, State::Ok);
        assert_eq!(
            found.found,
            "there is one, by client secret, for audience https://api.securitycenter.microsoft.com, directory \
             11111111-2222-3333-4444-555555555555, ends in 59 min"
        );
        assert_eq!(
            finding(&Ok(TokenFound::default()), &tenant(), now()).state,
            State::Ok
        );
    }

    #[test]
    fn a_token_of_another_directory_or_one_that_is_over_is_wrong() {
        let other = TokenFound {
            directory: Some("99999999-2222-3333-4444-555555555555".to_owned()),
            ..token()
        };
        let found = finding(&Ok(other), &tenant(), now());
        assert_eq!(found.state, State::Wrong);
        assert!(
            found
                .found
                .ends_with("the configuration says directory 11111111-2222-3333-4444-555555555555")
        );
        let over = TokenFound {
            expires_at: Some(now() - SignedDuration::from_mins(5)),
            ..token()
        };
        assert_eq!(finding(&Ok(over), &tenant(), now()).state, State::Wrong);
    }

    #[test]
    fn a_credential_that_ends_soon_is_to_be_replaced() {
        let check = |days: Option<i64>, state: State, part: &str| {
            let token = Ok(TokenFound {
                credential_ends_at: days.map(|days| now() + SignedDuration::from_hours(24 * days)),
                ..token()
            });
            let found = expiry(Some(&token), "c", now());
            assert_eq!(found.state, state);
            assert!(found.found.contains(part), "{}", found.found);
        };
        check(Some(31), State::Ok, "ends in 31 d");
        check(Some(29), State::Warning, "ends in 29 d");
        check(Some(-1), State::Wrong, "ended 1 d ago");
        check(None, State::NotAsked, "Entra alone knows");
        assert_eq!(expiry(None, "c", now()).state, State::NotAsked);
    }

    #[test]
    fn what_entra_says_has_its_remedy() {
        let check = |why: &str, part: &str| {
            let found = finding(&Err(why.to_owned()), &tenant(), now());
            let remedy = found.remedy.unwrap_or_default();
            assert!(
                found.state == State::Wrong && remedy.contains(part),
                "{why}: {remedy}"
            );
        };
        check(
            "… `invalid_client` AADSTS7000215: Invalid client secret",
            "the secret is wrong",
        );
        check("… `invalid_client` AADSTS7000222: expired", "has expired");
        check("… `invalid_client` something new", "make a new client secret");
        check("… AADSTS700016: not found", "no such application");
        check(
            "the token endpoint is unavailable: connection refused",
            "reaches https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/token",
        );
    }
}
