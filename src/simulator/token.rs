//! The token endpoint, as Entra's v2.0 one answers client credentials, and the check of bearer tokens.
//!
//! Tokens look like JWTs, so a client can read the claims, but carry no signature that could be verified: a token is
//! good because it was issued here. The token endpoint is outside the rate windows.

use std::collections::HashMap;

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use tokio::time::Instant;
use uuid::Uuid;

use crate::simulator::clock::Clock;
use crate::simulator::options::Options;
use crate::simulator::reply::Reply;
use crate::simulator::windows::{CallKind, Caller};

/// The tokens that were issued and have not run out.
#[derive(Debug, Default)]
pub struct Tokens(HashMap<String, Grant>);

/// What a token stands for.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Whose budget its calls use.
    pub caller: Caller,
    audience: String,
    roles: Vec<String>,
    expires_at: Instant,
}

impl Tokens {
    /// Answers a request for a token; `form` is `None` when the body was no form.
    pub fn issue(
        &mut self,
        tenant: &str,
        form: Option<&[(String, String)]>,
        options: &Options,
        clock: &Clock,
        now: Instant,
    ) -> Reply {
        match wanted(form.unwrap_or_default(), options) {
            Ok((client_id, audience)) => self.grant(tenant, client_id, audience, options, clock, now),
            Err(refusal) => refusal.reply(clock, now),
        }
    }

    /// Finds what an `Authorization` header stands for.
    ///
    /// # Errors
    /// The 401 for a token that is missing, unknown, run out, or issued for another API.
    pub fn check(&self, authorization: Option<&str>, now: Instant) -> Result<Grant, Reply> {
        let token = authorization.and_then(|header| header.split_once(' '));
        let token = token
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
            .map(|(_, token)| token.trim());
        let grant = token.and_then(|token| self.0.get(token));
        let good = grant.filter(|grant| grant.expires_at > now && is_our_audience(&grant.audience));
        good.cloned().ok_or_else(unauthorized)
    }

    /// Makes every token issued so far worthless.
    pub fn revoke_all(&mut self) {
        self.0.clear();
    }

    fn grant(
        &mut self,
        tenant: &str,
        client_id: &str,
        audience: &str,
        options: &Options,
        clock: &Clock,
        now: Instant,
    ) -> Reply {
        let issued = clock.wall(now).as_second();
        let seconds = options.token_lifetime.as_secs();
        let header = json!({ "typ": "JWT", "alg": "none" });
        let claims = json!({
            "aud": audience, "iss": format!("https://sts.windows.net/{tenant}/"), "iat": issued, "nbf": issued,
            "exp": issued.saturating_add_unsigned(seconds), "appid": client_id, "tid": tenant, "roles": options.roles,
            "uti": Uuid::new_v4(), "ver": "1.0",
        });
        let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let token = format!("{}.{}.simulated", part(header), part(claims));

        self.0.retain(|_, grant| grant.expires_at > now);
        let grant = Grant {
            caller: Caller {
                tenant: tenant.to_owned(),
                app: client_id.to_owned(),
            },
            audience: audience.to_owned(),
            roles: options.roles.clone(),
            expires_at: now + options.token_lifetime,
        };
        self.0.insert(token.clone(), grant);
        let body = json!({ "token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds, "access_token": token });
        Reply {
            content_type: "application/json; charset=utf-8",
            ..Reply::json(StatusCode::OK, &body)
        }
    }
}

impl Grant {
    /// Whether the application may make such a call (facts sheet 5.8).
    ///
    /// # Errors
    /// The recorded 403.
    pub fn allows(&self, kind: CallKind) -> Result<(), Reply> {
        let any_of: &[&str] = match kind {
            CallKind::Action => &["Machine.RestrictExecution"],
            CallKind::Read => &["Machine.Read.All", "Machine.ReadWrite.All"],
        };
        if any_of.iter().any(|role| self.roles.iter().any(|has| has == role)) {
            return Ok(());
        }
        let message = format!(
            "The application does not have any of the required application permissions ({}) to access the resource.",
            any_of.join(", ")
        );
        Err(Reply::error(StatusCode::FORBIDDEN, "Forbidden", message))
    }
}

/// The 401 of the API.
pub fn unauthorized() -> Reply {
    Reply::error(
        StatusCode::UNAUTHORIZED,
        "Unauthorized",
        "Invalid or expired authorization header.",
    )
}

/// One of Entra's refusals.
struct Refusal(StatusCode, &'static str, u32, String);

impl Refusal {
    fn reply(self, clock: &Clock, now: Instant) -> Reply {
        let Self(status, error, number, text) = self;
        let (trace, correlation) = (Uuid::new_v4(), Uuid::new_v4());
        let timestamp = format!("{:.0}", clock.wall(now)).replace('T', " ");
        let body = json!({
            "error": error,
            "error_description":
                format!("AADSTS{number}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {timestamp}"),
            "error_codes": [number], "timestamp": timestamp, "trace_id": trace, "correlation_id": correlation,
        });
        let reply = Reply::json(status, &body);
        Reply {
            code: Some(error.to_owned()),
            content_type: "application/json; charset=utf-8",
            ..reply
        }
    }
}

/// The client id and the audience that a form asks for, once everything about it is right.
fn wanted<'a>(form: &'a [(String, String)], options: &Options) -> Result<(&'a str, &'a str), Refusal> {
    let field = |name: &str| {
        let value = form
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        value.filter(|value| !value.is_empty())
    };
    let needed = |name: &str| {
        let text = format!("The request body must contain the following parameter: '{name}'.");
        field(name).ok_or(Refusal(StatusCode::BAD_REQUEST, "invalid_request", 900_144, text))
    };
    let grant_type = needed("grant_type")?;
    if grant_type != "client_credentials" {
        let text = format!("The app requested an unsupported grant type '{grant_type}'.");
        return Err(Refusal(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            70_003,
            text,
        ));
    }
    let client_id = needed("client_id")?;
    let proof = field("client_secret").or(field("client_assertion")).ok_or_else(|| {
        let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
        Refusal(StatusCode::UNAUTHORIZED, "invalid_client", 7_000_218, text.to_owned())
    })?;
    if let Some((id, secret)) = &options.credentials {
        if client_id != id {
            let text = format!("Application with identifier '{client_id}' was not found in the directory.");
            return Err(Refusal(
                StatusCode::BAD_REQUEST,
                "unauthorized_client",
                700_016,
                text,
            ));
        }
        if proof != secret {
            let text = format!("Invalid client secret provided for app '{client_id}'.");
            return Err(Refusal(
                StatusCode::UNAUTHORIZED,
                "invalid_client",
                7_000_215,
                text,
            ));
        }
    }
    let scope = needed("scope")?;
    let audience = scope
        .strip_suffix("/.default")
        .filter(|audience| !audience.is_empty() && !audience.contains(' '));
    let text = format!(
        "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
    );
    let audience = audience.ok_or(Refusal(StatusCode::BAD_REQUEST, "invalid_scope", 70_011, text))?;
    Ok((client_id, audience))
}

/// Whether tokens for an audience are for this API, which goes by other names than its hosts (facts sheet 0.8).
fn is_our_audience(audience: &str) -> bool {
    let audience = audience.trim_end_matches('/');
    let host = audience.strip_prefix("https://").unwrap_or_default();
    let regional = |domain: &str| {
        host.strip_suffix(domain)
            .is_some_and(|region| region.starts_with("api"))
    };
    audience == "fc780465-2017-40d4-a0c5-307022471b92"
        || audience == "https://securitycenter.onmicrosoft.com/windowsatpservice"
        || [
            ".securitycenter.microsoft.com",
            ".securitycenter.microsoft.us",
            ".securitycenter.windows.com",
        ]
        .into_iter()
        .any(regional)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const DEFENDER: &str = "https://api.securitycenter.microsoft.com/.default";

    fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn good(scope: &str) -> Vec<(String, String)> {
        form(&[
            ("grant_type", "client_credentials"),
            ("client_id", "app"),
            ("client_secret", "s"),
            ("scope", scope),
        ])
    }

    struct Desk {
        tokens: Tokens,
        options: Options,
        clock: Clock,
    }

    impl Desk {
        fn new() -> Self {
            Self {
                tokens: Tokens::default(),
                options: Options::default(),
                clock: Clock::start(60.0),
            }
        }

        fn ask(&mut self, form: &[(String, String)]) -> (u16, serde_json::Value) {
            let now = self.clock.now();
            let reply = self
                .tokens
                .issue("tid", Some(form), &self.options, &self.clock, now);
            (
                reply.status.as_u16(),
                serde_json::from_str(&reply.body).expect("Entra answers JSON"),
            )
        }

        fn bearer(&mut self, scope: &str) -> String {
            let (_, body) = self.ask(&good(scope));
            format!("Bearer {}", body["access_token"].as_str().expect("a token"))
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_says_for_whom_and_what_it_is_and_runs_out_in_real_time() {
        let mut desk = Desk::new();
        let bearer = desk.bearer(DEFENDER);
        let claims = bearer.split('.').nth(1).expect("three parts");
        let claims: serde_json::Value =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).expect("base64"))
                .expect("claims are JSON");
        assert_eq!(claims["aud"], "https://api.securitycenter.microsoft.com");
        assert_eq!(
            (claims["tid"].as_str(), claims["appid"].as_str()),
            (Some("tid"), Some("app"))
        );
        assert_eq!(
            claims["roles"],
            json!(["Machine.RestrictExecution", "Machine.Read.All"])
        );

        tokio::time::advance(Duration::from_secs(3598)).await;
        let grant = desk
            .tokens
            .check(Some(&bearer), desk.clock.now())
            .expect("it is good for an hour less a second");
        grant.allows(CallKind::Action).expect("it has the role");
        tokio::time::advance(Duration::from_secs(1)).await;
        let refused = desk
            .tokens
            .check(Some(&bearer), desk.clock.now())
            .expect_err("it has run out");
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    }

    #[tokio::test(start_paused = true)]
    async fn only_tokens_for_this_api_and_issued_here_are_good() {
        let mut desk = Desk::new();
        let now = desk.clock.now();
        for scope in [
            DEFENDER,
            "https://securitycenter.onmicrosoft.com/windowsatpservice/.default",
        ] {
            let bearer = desk.bearer(scope);
            desk.tokens
                .check(Some(&bearer), now)
                .expect("both names are the API's");
        }
        let other = desk.bearer("https://api.security.microsoft.com/.default");
        for bad in [
            None,
            Some("Basic x"),
            Some("Bearer"),
            Some("Bearer a.b.c"),
            Some(other.as_str()),
        ] {
            desk.tokens.check(bad, now).expect_err("not a token of this API");
        }
        let bearer = desk.bearer(DEFENDER);
        desk.tokens.revoke_all();
        desk.tokens.check(Some(&bearer), now).expect_err("it was revoked");
    }

    #[tokio::test(start_paused = true)]
    async fn entra_says_what_is_wrong_with_a_request() {
        let mut desk = Desk::new();
        desk.options.credentials = Some(("app".to_owned(), "s".to_owned()));
        let (id, secret, grant) = (
            ("client_id", "app"),
            ("client_secret", "s"),
            ("grant_type", "client_credentials"),
        );
        let cases = [
            (form(&[]), 400, "invalid_request", 900_144),
            (
                form(&[("grant_type", "password")]),
                400,
                "unsupported_grant_type",
                70_003,
            ),
            (form(&[grant, id]), 401, "invalid_client", 7_000_218),
            (
                form(&[grant, id, ("client_secret", "x")]),
                401,
                "invalid_client",
                7_000_215,
            ),
            (
                form(&[grant, ("client_id", "x"), secret]),
                400,
                "unauthorized_client",
                700_016,
            ),
            (form(&[grant, id, secret]), 400, "invalid_request", 900_144),
            (
                good("https://graph.example/User.Read"),
                400,
                "invalid_scope",
                70_011,
            ),
        ];
        for (form, status, error, number) in cases {
            let (found, body) = desk.ask(&form);
            assert_eq!(
                (found, &body["error"], &body["error_codes"]),
                (status, &json!(error), &json!([number])),
                "{body}"
            );
        }
        assert_eq!(desk.ask(&good(DEFENDER)).0, 200);
    }

    #[tokio::test(start_paused = true)]
    async fn a_token_without_the_role_is_forbidden_to_act() {
        let mut desk = Desk::new();
        desk.options.roles = vec!["Machine.Read.All".to_owned()];
        let bearer = desk.bearer(DEFENDER);
        let grant = desk
            .tokens
            .check(Some(&bearer), desk.clock.now())
            .expect("the token is good");
        grant.allows(CallKind::Read).expect("it may read");
        let refused = grant.allows(CallKind::Action).expect_err("it may not act");
        assert_eq!(
            (refused.status, refused.code.as_deref()),
            (StatusCode::FORBIDDEN, Some("Forbidden"))
        );
    }
}
