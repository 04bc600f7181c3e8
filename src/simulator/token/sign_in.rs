//! Users: device codes, and the refresh tokens that come of them (RFC 8628; facts sheet 5.6 and 5.10).
//!
//! Called by the token endpoint. A refresh token is replaced at every use; the old one stays good, as with Entra, unless
//! the options say otherwise.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::simulator::clock::Clock;
use crate::simulator::token::entra::{Entra, User};
use crate::simulator::token::{Refusal, needed};

/// How long a code is good for, and how often it may be asked about; both scaled.
const GOOD_FOR: Duration = Duration::from_secs(900);
const INTERVAL: Duration = Duration::from_secs(5);

/// The codes and the sign-ins that there are.
#[derive(Debug, Default)]
pub struct Users {
    codes: HashMap<String, Code>,
    refresh: HashMap<String, SignedIn>,
    revoked: bool,
}

#[derive(Debug)]
struct Code {
    signed_in: SignedIn,
    until: Instant,
    next_question: Instant,
    interval: Duration,
    questions: u32,
}

/// Who signed in, for what.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The application.
    pub client_id: String,
    /// The API.
    pub audience: String,
    /// The permissions, without the API's name.
    pub scopes: Vec<String>,
}

impl Users {
    /// A new code, as a reply's body.
    pub fn code(&mut self, form: &[(String, String)], clock: &Clock, now: Instant) -> Result<Value, Refusal> {
        let client_id = needed(form, "client_id")?;
        let scope = needed(form, "scope")?;
        let (audience, scopes) = delegated(scope)?;
        let (device_code, user_code) = (Uuid::new_v4().to_string(), Uuid::new_v4().simple().to_string());
        let user_code = user_code[..9].to_uppercase();
        let code = Code {
            signed_in: SignedIn {
                client_id: client_id.to_owned(),
                audience,
                scopes,
            },
            until: now + clock.scaled(GOOD_FOR),
            next_question: now,
            interval: clock.scaled(INTERVAL),
            questions: 0,
        };
        self.codes.insert(device_code.clone(), code);
        let address = "https://microsoft.example/devicelogin";
        let message =
            format!("To sign in, open the page {address} and enter the code {user_code} to authenticate.");
        Ok(json!({
            "user_code": user_code, "device_code": device_code, "verification_uri": address,
            "expires_in": GOOD_FOR.as_secs(), "interval": INTERVAL.as_secs(), "message": message,
        }))
    }

    /// Answers a question about a code.
    pub fn redeem(
        &mut self,
        form: &[(String, String)],
        entra: &Entra,
        now: Instant,
    ) -> Result<SignedIn, Refusal> {
        let client_id = needed(form, "client_id")?;
        let device_code = needed(form, "device_code")?;
        let refused =
            |error, number, text: &str| Err(Refusal(StatusCode::BAD_REQUEST, error, number, text.to_owned()));
        let Some(code) = self
            .codes
            .get_mut(device_code)
            .filter(|code| code.signed_in.client_id == client_id)
        else {
            return refused("bad_verification_code", 70_018, "Invalid verification code.");
        };
        if now >= code.until {
            return refused("expired_token", 70_019, "The code has expired.");
        }
        let is_early = now < code.next_question;
        code.next_question = now + code.interval;
        if is_early {
            code.interval += INTERVAL.min(code.interval);
            return refused("slow_down", 70_016, "The client asks too often.");
        }
        code.questions += 1;
        match entra.user {
            User::Declines => refused("authorization_declined", 70_020, "The user declined the sign-in."),
            User::SignsInAfter(questions) if code.questions > questions => {
                let signed_in = code.signed_in.clone();
                self.codes.remove(device_code);
                self.revoked = false;
                Ok(signed_in)
            }
            User::SignsInAfter(_) | User::NeverComes => {
                let text = "OAuth 2.0 device flow error. Authorization is pending. Continue polling.";
                refused("authorization_pending", 70_016, text)
            }
        }
    }

    /// Takes a refresh token.
    pub fn refresh(&mut self, form: &[(String, String)], entra: &Entra) -> Result<SignedIn, Refusal> {
        let client_id = needed(form, "client_id")?;
        let token = needed(form, "refresh_token")?;
        let refused = |number, text: &str| {
            Err(Refusal(
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                number,
                text.to_owned(),
            ))
        };
        if self.revoked {
            return refused(
                50_173,
                "The provided grant has expired due to it being revoked, a fresh auth token is needed.",
            );
        }
        let found = self
            .refresh
            .get(token)
            .filter(|signed_in| signed_in.client_id == client_id)
            .cloned();
        let Some(mut signed_in) = found else {
            return refused(70_000, "The refresh token isn't valid.");
        };
        if entra.refresh_once {
            self.refresh.remove(token);
        }
        if let Some(scope) = form
            .iter()
            .find(|(name, _)| name == "scope")
            .map(|(_, scope)| scope)
        {
            let (audience, scopes) = delegated(scope)?;
            if scopes.iter().any(|scope| !signed_in.scopes.contains(scope)) {
                return refused(
                    65_001,
                    "The user or administrator has not consented to use the application.",
                );
            }
            (signed_in.audience, signed_in.scopes) = (audience, scopes);
        }
        Ok(signed_in)
    }

    /// A refresh token for a sign-in.
    pub fn keep(&mut self, signed_in: SignedIn) -> String {
        let token = format!("0.refresh.{}", Uuid::new_v4().simple());
        self.refresh.insert(token.clone(), signed_in);
        token
    }

    /// An administrator revokes every sign-in there is.
    pub fn revoke(&mut self) {
        self.refresh.clear();
        self.revoked = true;
    }
}

/// The API and its permissions in a delegated scope.
fn delegated(scope: &str) -> Result<(String, Vec<String>), Refusal> {
    let mut audience = None;
    let mut scopes = Vec::new();
    for part in scope.split_ascii_whitespace() {
        match part.rsplit_once('/') {
            Some((api, name)) if audience.is_none_or(|known| known == api) => {
                audience = Some(api);
                scopes.push(name.to_owned());
            }
            None if ["offline_access", "openid", "profile", "email"].contains(&part) => {}
            _ => {
                let text = format!(
                    "The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
                );
                return Err(Refusal(StatusCode::BAD_REQUEST, "invalid_scope", 70_011, text));
            }
        }
    }
    match audience {
        Some(audience) => Ok((audience.to_owned(), scopes)),
        None => {
            let text = "The provided value for the input parameter 'scope' names no resource.".to_owned();
            Err(Refusal(StatusCode::BAD_REQUEST, "invalid_scope", 700_023, text))
        }
    }
}
