//! The token endpoints, as Entra answers clients and users, and the check of bearer tokens: secrets, certificates, federated
//! tokens, device codes and refresh tokens on the v2.0 endpoint, the v1 endpoint, and the metadata service of a machine.
//!
//! Tokens look like JWTs, so a client can read the claims, but carry no signature that could be verified: a token is
//! good because it was issued here. The token endpoint is outside the rate windows.

use std::collections::{HashMap, HashSet};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::simulator::clock::Clock;
use crate::simulator::options::Options;
use crate::simulator::reply::Reply;
use crate::simulator::windows::{CallKind, Caller};

mod assertion;
pub mod entra;
mod handle;
pub mod pages;
mod sign_in;
#[cfg(test)]
mod tests;

use sign_in::{SignedIn, Users};

/// The tokens that were issued and have not run out, and what they are issued for.
#[derive(Debug, Default)]
pub struct Tokens {
    granted: HashMap<String, Grant>,
    users: Users,
    /// The `jti`s of assertions that were taken.
    spent: HashSet<String>,
    /// So many requests more are answered 429.
    throttled: u32,
}

/// Which endpoint is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// Entra's v2.0 endpoint: `scope`, and numbers in the reply.
    V2,
    /// Entra's v1 endpoint: `resource`, and texts in the reply.
    V1,
    /// The metadata service: as v1.
    Machine,
}

/// What a token stands for.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Whose budget its calls use.
    pub caller: Caller,
    audience: String,
    /// Application roles, or a user's scopes.
    roles: Vec<String>,
    is_delegated: bool,
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
        self.issue_as(Version::V2, tenant, form.unwrap_or_default(), options, clock, now)
    }

    /// Answers a request for a token at one of Entra's endpoints.
    pub fn issue_as(
        &mut self,
        version: Version,
        tenant: &str,
        form: &[(String, String)],
        options: &Options,
        clock: &Clock,
        now: Instant,
    ) -> Reply {
        if self.throttled > 0 {
            self.throttled -= 1;
            let text = "Too many requests. Retry later.".to_owned();
            let refusal = Refusal(
                StatusCode::TOO_MANY_REQUESTS,
                "temporarily_unavailable",
                90_055,
                text,
            );
            return Reply {
                retry_after: Some("60".to_owned()),
                ..refusal.reply(clock, now)
            };
        }
        let entra = &options.entra;
        let user = match field(form, "grant_type") {
            Some("urn:ietf:params:oauth:grant-type:device_code") => self.users.redeem(form, entra, now),
            Some("refresh_token") => self.users.refresh(form, entra),
            _ => {
                let seconds = clock.wall(now).as_second();
                return match self.wanted(version, tenant, form, options, seconds) {
                    Ok((client_id, audience)) => {
                        self.grant(version, tenant, client_id, audience, None, options, clock, now)
                    }
                    Err(refusal) => refusal.reply(clock, now),
                };
            }
        };
        match user {
            Ok(user) => {
                let (client_id, audience) = (user.client_id.clone(), user.audience.clone());
                self.grant(
                    version,
                    tenant,
                    &client_id,
                    &audience,
                    Some(user),
                    options,
                    clock,
                    now,
                )
            }
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
        let grant = token.and_then(|token| self.granted.get(token));
        let good = grant.filter(|grant| grant.expires_at > now && is_our_audience(&grant.audience));
        good.cloned().ok_or_else(unauthorized)
    }

    /// Makes every token issued so far worthless.
    pub fn revoke_all(&mut self) {
        self.granted.clear();
    }

    #[expect(clippy::too_many_arguments, reason = "each says another thing of the token")]
    fn grant(
        &mut self,
        version: Version,
        tenant: &str,
        client_id: &str,
        audience: &str,
        user: Option<SignedIn>,
        options: &Options,
        clock: &Clock,
        now: Instant,
    ) -> Reply {
        let issued = clock.wall(now).as_second();
        let seconds = options.token_lifetime.as_secs();
        let until = issued.saturating_add_unsigned(seconds);
        let header = json!({ "typ": "JWT", "alg": "none" });
        let mut claims = json!({
            "aud": audience, "iss": format!("https://sts.windows.net/{tenant}/"), "iat": issued, "nbf": issued,
            "exp": until, "appid": client_id, "tid": tenant, "uti": Uuid::new_v4(), "ver": "1.0",
        });
        let rights = match &user {
            Some(user) => {
                claims["scp"] = json!(user.scopes.join(" "));
                claims["upn"] = json!(options.entra.user_name);
                user.scopes.clone()
            }
            // Entra leaves the claim out when nothing was granted.
            None if options.roles.is_empty() => Vec::new(),
            None => {
                claims["roles"] = json!(options.roles);
                options.roles.clone()
            }
        };
        let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let token = format!("{}.{}.simulated", part(header), part(claims));

        self.granted.retain(|_, grant| grant.expires_at > now);
        let grant = Grant {
            caller: Caller {
                tenant: tenant.to_owned(),
                app: client_id.to_owned(),
            },
            audience: audience.to_owned(),
            roles: rights,
            is_delegated: user.is_some(),
            expires_at: now + options.token_lifetime,
        };
        self.granted.insert(token.clone(), grant);
        let mut body = json!({ "token_type": "Bearer", "access_token": token });
        match version {
            Version::V2 => {
                body["expires_in"] = json!(seconds);
                body["ext_expires_in"] = json!(seconds);
            }
            Version::V1 | Version::Machine => {
                for (name, value) in [
                    ("expires_in", seconds.to_string()),
                    ("expires_on", until.to_string()),
                ] {
                    body[name] = json!(value);
                }
                body["not_before"] = json!(issued.to_string());
                body["resource"] = json!(audience);
            }
        }
        if version == Version::Machine {
            body["refresh_token"] = json!("");
        }
        if let Some(user) = user {
            body["scope"] = json!(user.scopes.join(" "));
            body["refresh_token"] = json!(self.users.keep(user));
        }
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
        let any_of: &[&str] = match (kind, self.is_delegated) {
            (CallKind::Action, _) => &["Machine.RestrictExecution"],
            (CallKind::Read, false) => &["Machine.Read.All", "Machine.ReadWrite.All"],
            // Only on behalf of a user the names come without `.All`.
            (CallKind::Read, true) => &[
                "Machine.Read.All",
                "Machine.ReadWrite.All",
                "Machine.Read",
                "Machine.ReadWrite",
            ],
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

impl Tokens {
    /// The client id and the audience that a form asks for, once everything about it is right.
    fn wanted<'a>(
        &mut self,
        version: Version,
        tenant: &str,
        form: &'a [(String, String)],
        options: &Options,
        now: i64,
    ) -> Result<(&'a str, &'a str), Refusal> {
        let grant_type = needed(form, "grant_type")?;
        if grant_type != "client_credentials" {
            let text = format!("The app requested an unsupported grant type '{grant_type}'.");
            return Err(Refusal(
                StatusCode::BAD_REQUEST,
                "unsupported_grant_type",
                70_003,
                text,
            ));
        }
        let client_id = needed(form, "client_id")?;
        let (secret, assertion) = (field(form, "client_secret"), field(form, "client_assertion"));
        if secret.or(assertion).is_none() {
            let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
            return Err(invalid_client(7_000_218, text));
        }
        if let Some((id, right)) = &options.credentials {
            if client_id != id {
                let text =
                    format!("Application with identifier '{client_id}' was not found in the directory.");
                return Err(Refusal(
                    StatusCode::BAD_REQUEST,
                    "unauthorized_client",
                    700_016,
                    text,
                ));
            }
            if secret.is_some_and(|secret| secret != right) {
                let text = format!("Invalid client secret provided for app '{client_id}'.");
                return Err(invalid_client(7_000_215, &text));
            }
        }
        if let (None, Some(assertion)) = (secret, assertion) {
            if field(form, "client_assertion_type")
                != Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
            {
                return Err(missing("client_assertion_type"));
            }
            let expected = assertion::Expected {
                client_id,
                tenant,
                now,
            };
            let jti = assertion::check(assertion, &expected, &options.entra)?;
            if jti.is_some_and(|jti| !self.spent.insert(jti)) {
                return Err(invalid_client(
                    50_027,
                    "JWT token is invalid: it was presented before.",
                ));
            }
        }
        if version == Version::V1 {
            return Ok((client_id, needed(form, "resource")?));
        }
        let scope = needed(form, "scope")?;
        let audience = scope
            .strip_suffix("/.default")
            .filter(|audience| !audience.is_empty() && !audience.contains(' '));
        let text = format!(
            "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
        );
        let audience = audience.ok_or(Refusal(StatusCode::BAD_REQUEST, "invalid_scope", 70_011, text))?;
        Ok((client_id, audience))
    }
}

/// A field of a form that is not empty.
fn field<'a>(form: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let value = form
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str());
    value.filter(|value| !value.is_empty())
}

fn needed<'a>(form: &'a [(String, String)], name: &str) -> Result<&'a str, Refusal> {
    field(form, name).ok_or_else(|| missing(name))
}

fn missing(name: &str) -> Refusal {
    let text = format!("The request body must contain the following parameter: '{name}'.");
    Refusal(StatusCode::BAD_REQUEST, "invalid_request", 900_144, text)
}

fn invalid_client(number: u32, text: &str) -> Refusal {
    Refusal(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        number,
        text.to_owned(),
    )
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
