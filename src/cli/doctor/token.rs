//! The access token: whether there is one, what it says of itself, and what to do where there is none. The token itself is
//! never seen here.

use jiff::Timestamp;

use super::credential::ends;
use super::finding::Finding;
use super::{LIMIT, within};
use crate::config::{CredentialKind, Tenant};
use crate::defender::{Claims, Client, Endpoint, TokenError, TokenFacts};

/// Why there is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoToken {
    /// The client says.
    Because(TokenError),
    /// Nobody answered in time.
    Late,
}

/// Asks for a token.
pub async fn obtain(client: &Client) -> Result<TokenFacts, NoToken> {
    match within(client.token_facts()).await {
        Some(facts) => facts.map_err(NoToken::Because),
        None => Err(NoToken::Late),
    }
}

/// One line about the token.
pub fn finding(token: &Result<TokenFacts, NoToken>, tenant: &Tenant, now: Timestamp) -> Finding {
    let check = "token";
    let token = match token {
        Ok(token) => token,
        Err(why) => return refused(why, tenant),
    };
    let user = token.claims.as_ref().and_then(|claims| claims.user.as_deref());
    let kind = match (token.is_delegated(), user) {
        (true, Some(user)) => format!("the sign-in of `{user}`"),
        (true, None) => "a person's sign-in".to_owned(),
        (false, _) => token.credential.replace('_', " "),
    };
    let mut found = format!("there is one, by {kind}");
    let Some(claims) = &token.claims else {
        return Finding::ok(check, format!("{found}; it is not one that can be read"));
    };
    let said = |text: &str| match text {
        "" => "nobody".to_owned(),
        text => text.to_owned(),
    };
    found += &format!(
        ", for audience {}, directory {}",
        said(&claims.audience),
        said(&claims.directory)
    );
    if let Some(at) = claims.expires_at {
        found += &format!(", {}", ends(now, at));
        if at < now {
            let remedy = "set this machine's clock (NTP): a token that was just issued looks expired here";
            return Finding::wrong(check, found, remedy);
        }
    }
    match wrong_directory(claims, tenant) {
        Some(why) => Finding::wrong(
            check,
            format!("{found}; {why}"),
            "correct `credential.….directory_id`: devices of another directory would be called",
        ),
        None => Finding::ok(check, found),
    }
}

/// A token of another directory than the one that is configured by its id.
fn wrong_directory(claims: &Claims, tenant: &Tenant) -> Option<String> {
    let configured = tenant.hosts().entra_tenant;
    let directory = claims.directory.as_str();
    let is_id = |text: &str| text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    (is_id(&configured) && is_id(directory) && !configured.eq_ignore_ascii_case(directory))
        .then(|| format!("the configuration says directory {configured}"))
}

/// Why there is none, and what to do.
fn refused(why: &NoToken, tenant: &Tenant) -> Finding {
    let check = "token";
    let error = match why {
        NoToken::Because(error) => error,
        NoToken::Late => {
            let why = format!("no token within {} s", LIMIT.as_secs());
            return Finding::wrong(check, why, reach(tenant));
        }
    };
    match error {
        TokenError::Refused {
            status,
            code,
            description,
            ..
        } => Finding::wrong(
            check,
            format!("the token endpoint refused with status {status}: `{code}` {description}"),
            error.remedy().map_or_else(
                || "see docs/credentials.md, and what Entra says of the number in its words".to_owned(),
                str::to_owned,
            ),
        ),
        TokenError::Unavailable { .. } => Finding::wrong(check, error.to_string(), reach(tenant)),
        TokenError::Throttled { .. } | TokenError::Waiting { .. } => Finding::wrong(
            check,
            error.to_string(),
            "wait, then ask again; if it stays, look for another program with the same application",
        ),
        TokenError::Credential { .. } | TokenError::Malformed { .. } => Finding::wrong(
            check,
            error.to_string(),
            error
                .remedy()
                .unwrap_or("put right what it says; docs/credentials.md has each kind of credential"),
        ),
    }
}

/// What to do when nobody answers.
fn reach(tenant: &Tenant) -> String {
    let asked = match tenant.credential.kind {
        CredentialKind::ManagedIdentity { .. } => "the machine's metadata service".to_owned(),
        _ => {
            let asked = Endpoint::resolve(&tenant.hosts()).map(|endpoint| endpoint.token().to_owned());
            let asked = asked.unwrap_or_default();
            // Which of Entra's two endpoints is asked does not matter for the way there.
            asked.split("/oauth2").next().unwrap_or_default().to_owned()
        }
    };
    format!("see that this machine reaches {asked} (name, firewall, proxy, certificates), then ask again")
}

#[cfg(test)]
pub mod tests {
    use std::path::Path;
    use std::time::Duration;

    use jiff::SignedDuration;

    use super::super::finding::State;
    use super::*;
    use crate::config::Config;

    fn tenant() -> Tenant {
        let text = "database: {url: 'postgres:///q'}\nplaybooks: {path: p}\ntenants:\n  - name: t\n    credential: {client_secret: \
                    {directory_id: 11111111-2222-3333-4444-555555555555, client_id: c, secret_file: s}}\n";
        let loaded = Config::parse("q.yaml", text, Path::new("/"), None).expect("it is one");
        loaded.config.tenants.into_iter().next().expect("there is one")
    }

    /// A moment.
    pub fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    /// A token that was just issued.
    pub fn facts() -> TokenFacts {
        TokenFacts {
            credential: "client_secret",
            endpoint: "https://login.example/token".to_owned(),
            claims: Some(claims()),
            life: Duration::from_secs(3_599),
            took: Duration::from_millis(90),
            server_time: Some(now()),
            credential_expires_at: None,
        }
    }

    fn claims() -> Claims {
        Claims {
            audience: "https://api.securitycenter.microsoft.com".to_owned(),
            directory: "11111111-2222-3333-4444-555555555555".to_owned(),
            application: "c".to_owned(),
            expires_at: Some(now() + SignedDuration::from_mins(59)),
            ..Claims::default()
        }
    }

    fn of(claims: Option<Claims>) -> Finding {
        finding(&Ok(TokenFacts { claims, ..facts() }), &tenant(), now())
    }

    #[test]
    fn a_token_is_told_with_whom_it_is_for_and_until_when() {
        let found = of(Some(claims()));
        assert_eq!(found.state, State::Ok);
        assert_eq!(
            found.found,
            "there is one, by client secret, for audience https://api.securitycenter.microsoft.com, directory \
             11111111-2222-3333-4444-555555555555, ends in 59 min"
        );
        assert_eq!(of(None).state, State::Ok);
        assert_eq!(of(Some(Claims::default())).state, State::Ok);
        let of_user = of(Some(Claims {
            scopes: vec!["Machine.Read".to_owned()],
            user: Some("ana@contoso.example".to_owned()),
            ..claims()
        }));
        assert!(
            of_user
                .found
                .starts_with("there is one, by the sign-in of `ana@contoso.example`, for"),
            "{}",
            of_user.found
        );
    }

    #[test]
    fn a_token_of_another_directory_or_one_that_is_over_is_wrong() {
        let found = of(Some(Claims {
            directory: "99999999-2222-3333-4444-555555555555".to_owned(),
            ..claims()
        }));
        assert_eq!(found.state, State::Wrong);
        assert!(
            found
                .found
                .ends_with("the configuration says directory 11111111-2222-3333-4444-555555555555")
        );
        let over = of(Some(Claims {
            expires_at: Some(now() - SignedDuration::from_mins(5)),
            ..claims()
        }));
        assert_eq!(over.state, State::Wrong);
    }

    #[test]
    fn what_entra_says_has_its_remedy() {
        let remedy_of = |why: NoToken| {
            let found = finding(&Err(why), &tenant(), now());
            assert_eq!(found.state, State::Wrong);
            (found.found, found.remedy.unwrap_or_default())
        };
        let refused = |number: Option<u32>, code: &str| {
            remedy_of(NoToken::Because(TokenError::Refused {
                status: 401,
                code: code.to_owned(),
                number,
                description: "AADSTS…: in its words".to_owned(),
            }))
        };
        let (found, remedy) = refused(Some(7_000_215), "invalid_client");
        assert_eq!(
            found,
            "the token endpoint refused with status 401: `invalid_client` AADSTS…: in its words"
        );
        assert!(
            remedy.starts_with("the secret is not the application's"),
            "{remedy}"
        );
        let (_, remedy) = refused(Some(7_000_222), "invalid_client");
        assert!(remedy.starts_with("the client secret has expired"), "{remedy}");
        let (_, remedy) = refused(None, "server_error");
        assert!(remedy.contains("docs/credentials.md"), "{remedy}");
        let reason = "connection refused".to_owned();
        let (_, remedy) = remedy_of(NoToken::Because(TokenError::Unavailable { reason }));
        let asked =
            "reaches https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555 (name, firewall";
        assert!(remedy.contains(asked), "{remedy}");
        assert!(remedy_of(NoToken::Late).1.contains(asked));
        let reason = "nobody is signed in".to_owned();
        let (found, _) = remedy_of(NoToken::Because(TokenError::Credential { reason }));
        assert_eq!(found, "the credential cannot be used: nobody is signed in");
    }
}
