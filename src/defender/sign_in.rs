//! The sign-in of a user by device code (facts sheet 5.6): `quell login` shows an address and a code, the user signs in with
//! any browser anywhere, and what comes of it is kept in a file for the daemon.
//!
//! Called by `cli::login` alone. It waits as long as Entra says, no longer than the code is good for, and shows no secret:
//! the device code stays in here, the user code is made to be shown.

use std::path::Path;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::clock::{self, Monotonic};
use crate::defender::answer::{json, printable};
use crate::defender::claims::Claims;
use crate::defender::credential::Credential;
use crate::defender::credential::sign_in_file::{SignIn, SignInFacts};
use crate::defender::http::{Http, TimeLimits};
use crate::defender::options::Options;
use crate::defender::permission::Permission;
use crate::defender::throttle::Scale;
use crate::defender::token::{BODY_BOUND, Target, TokenError, read};
use crate::defender::{OAuth, OptionsError};

/// How long between two questions when Entra does not say (RFC 8628, 3.2), and by how much `slow_down` lengthens it.
const INTERVAL: Duration = Duration::from_secs(5);
/// No code is waited for longer, whatever Entra says.
const LONGEST: Duration = Duration::from_secs(3_600);

/// A user's sign-in, not yet begun.
#[derive(Debug)]
pub struct DeviceLogin {
    http: Http,
    scale: Scale,
    codes: Url,
    target: Target,
    credential: Credential,
}

/// What the user is shown.
#[derive(Debug)]
pub struct DeviceCode {
    /// The page to open.
    pub address: String,
    /// The code to enter there.
    pub user_code: String,
    /// How long the code is good for.
    pub good_for: Duration,
    code: SecretString,
    interval: Duration,
    scope: String,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// The tenant's credential is of another kind.
    #[error("the tenant's credential is `{kind}`: only with `delegated` somebody signs in")]
    OtherKind {
        /// Which.
        kind: &'static str,
    },
    /// The options cannot be used.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// The user, or a policy, said no.
    #[error("the sign-in was declined: {reason}")]
    Declined {
        /// Entra's words.
        reason: String,
    },
    /// Nobody entered the code in time.
    #[error("the code has run out before anybody signed in with it: begin again with `quell login`")]
    Expired,
    /// Entra or the way to it.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A token that cannot be kept for later.
    #[error("the sign-in cannot be kept: {reason}")]
    NotKept {
        /// Why.
        reason: String,
    },
}

/// What one question about a code came to.
enum Polled {
    SignedIn(Box<SignIn>),
    Pending,
    Slower,
}

impl DeviceLogin {
    /// A sign-in for a tenant whose credential is `delegated`.
    ///
    /// # Errors
    /// [`LoginError`] for another kind, or options that cannot be used.
    pub fn new(options: Options) -> Result<Self, LoginError> {
        let scale = options.check()?;
        if !matches!(options.credential, Credential::Delegated { .. }) {
            return Err(LoginError::OtherKind {
                kind: options.credential.kind(),
            });
        }
        let limits = TimeLimits {
            connect: options.connect_timeout,
            total: options.total_timeout,
        };
        Ok(Self {
            http: Http::along(&options.route, limits, options.endpoint.needs_tls())?,
            scale,
            codes: options.endpoint.device_code_url(),
            target: Target {
                url: options.endpoint.token_url_of(OAuth::V2),
                scope: options.endpoint.scope().to_owned(),
                version: OAuth::V2,
                directory: options.endpoint.directory().to_owned(),
            },
            credential: options.credential,
        })
    }

    /// Asks for a code, for these permissions, if what comes of it can be kept.
    ///
    /// # Errors
    /// [`LoginError`].
    pub async fn begin(&self, permissions: &[Permission]) -> Result<DeviceCode, LoginError> {
        self.can_be_kept()?;
        let scope = self.scope(permissions);
        let form = [("client_id", self.client_id()), ("scope", scope.as_str())];
        let body = self.ask(self.codes.clone(), &form).await?;
        let text = |name: &str| {
            let text = body.get(name).and_then(Value::as_str);
            text.filter(|text| !text.is_empty())
        };
        let malformed = |what: &str| TokenError::Malformed {
            reason: format!("`{what}` is missing"),
        };
        let seconds = |name: &str| match body.get(name) {
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        let address = text("verification_uri").or(text("verification_url"));
        let interval = seconds("interval").map_or(INTERVAL, Duration::from_secs);
        let good_for = Duration::from_secs(seconds("expires_in").ok_or_else(|| malformed("expires_in"))?);
        Ok(DeviceCode {
            address: printable(address.ok_or_else(|| malformed("verification_uri"))?, 300),
            user_code: printable(text("user_code").ok_or_else(|| malformed("user_code"))?, 40),
            good_for: self.scale.real(good_for.min(LONGEST)),
            code: SecretString::from(text("device_code").ok_or_else(|| malformed("device_code"))?),
            interval: self.scale.real(interval.max(Duration::from_secs(1))),
            scope,
        })
    }

    /// Waits until the user has signed in, and keeps what came of it.
    ///
    /// # Errors
    /// [`LoginError`]; then whatever sign-in there was is as it was.
    pub async fn finish(&self, code: &DeviceCode) -> Result<SignInFacts, LoginError> {
        let end = Monotonic::now().plus(code.good_for);
        let mut interval = code.interval;
        loop {
            tokio::time::sleep(interval).await;
            if end.remaining().is_zero() {
                return Err(LoginError::Expired);
            }
            match self.poll(code).await {
                Ok(Polled::SignedIn(sign_in)) => {
                    let Credential::Delegated { file, .. } = &self.credential else {
                        return Err(LoginError::OtherKind {
                            kind: self.credential.kind(),
                        });
                    };
                    file.keep(&sign_in)
                        .map_err(|reason| LoginError::NotKept { reason })?;
                    return Ok(sign_in.facts);
                }
                Ok(Polled::Pending) => {}
                Ok(Polled::Slower) => interval += self.scale.real(INTERVAL),
                // The code is still good: a bad moment of the network must not cost the user another sign-in.
                Err(LoginError::Token(TokenError::Unavailable { reason })) => {
                    tracing::debug!(reason, "the token endpoint did not answer; it is asked again");
                }
                Err(LoginError::Token(TokenError::Throttled { wait })) => interval = interval.max(wait),
                Err(error) => return Err(error),
            }
        }
    }

    /// A file is made and removed where the sign-in will lie: nobody is to sign in for nothing.
    fn can_be_kept(&self) -> Result<(), LoginError> {
        let Credential::Delegated { file, .. } = &self.credential else {
            return Ok(());
        };
        let parent = file.path().parent();
        let directory = parent
            .filter(|parent| !parent.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        let made = tempfile::Builder::new()
            .prefix(".quell-sign-in-")
            .tempfile_in(directory);
        made.map(drop).map_err(|error| LoginError::NotKept {
            reason: format!(
                "nothing can be written into `{}`: {error}; it must be writable for quell and lie on a disk that lasts",
                directory.display()
            ),
        })
    }

    async fn poll(&self, code: &DeviceCode) -> Result<Polled, LoginError> {
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", self.client_id()),
            ("device_code", code.code.expose_secret()),
        ];
        let request = self.http.post(self.target.url.clone()).form(&form).build();
        let request = request.map_err(unbuilt)?;
        let reply = self.http.exchange(request, BODY_BOUND, || Ok(())).await;
        let reply = reply.map_err(|failure| TokenError::Unavailable {
            reason: failure.reason().to_owned(),
        })?;
        let hidden = [code.code.expose_secret()];
        let issued = match read(&reply, clock::now(), self.scale).map_err(|error| error.without(hidden)) {
            Ok(issued) => issued,
            Err(TokenError::Refused {
                status,
                code,
                number,
                description,
            }) => {
                return match code.as_str() {
                    "authorization_pending" => Ok(Polled::Pending),
                    "slow_down" => Ok(Polled::Slower),
                    "expired_token" => Err(LoginError::Expired),
                    "authorization_declined" | "access_denied" => {
                        Err(LoginError::Declined { reason: description })
                    }
                    _ => Err(LoginError::Token(TokenError::Refused {
                        status,
                        code,
                        number,
                        description,
                    })),
                };
            }
            Err(error) => return Err(error.into()),
        };
        let refresh = issued.refresh.ok_or_else(|| LoginError::NotKept {
            reason: "Entra gave no refresh token: the app registration must allow `offline_access`"
                .to_owned(),
        })?;
        let now = clock::now();
        let user = Claims::read(issued.access.expose_secret()).and_then(|claims| claims.user);
        Ok(Polled::SignedIn(Box::new(SignIn {
            facts: SignInFacts {
                directory_id: self.directory_id().to_owned(),
                client_id: self.client_id().to_owned(),
                user,
                scope: code.scope.clone(),
                signed_in_at: now,
                renewed_at: now,
            },
            refresh,
        })))
    }

    /// A POST whose reply is an object, or why it is none.
    async fn ask(&self, url: Url, form: &[(&str, &str)]) -> Result<Value, TokenError> {
        let request = self.http.post(url).form(form).build().map_err(unbuilt)?;
        let reply = self.http.exchange(request, BODY_BOUND, || Ok(())).await;
        let reply = reply.map_err(|failure| TokenError::Unavailable {
            reason: failure.reason().to_owned(),
        })?;
        if reply.status != 200 {
            // Whatever is no token is refused in the same words.
            read(&reply, clock::now(), self.scale)?;
        }
        json(&reply).map_err(|reason| TokenError::Malformed { reason })
    }

    /// The permissions as a scope: each below the API's name, and the one that brings a refresh token.
    fn scope(&self, permissions: &[Permission]) -> String {
        let resource = self.target.resource();
        let mut scopes: Vec<String> = permissions
            .iter()
            .map(|permission| format!("{resource}/{}", permission.delegated()))
            .collect();
        scopes.push("offline_access".to_owned());
        scopes.join(" ")
    }

    fn client_id(&self) -> &str {
        self.credential.client_id().unwrap_or_default()
    }

    fn directory_id(&self) -> &str {
        match &self.credential {
            Credential::Delegated { directory_id, .. } => directory_id,
            _ => "",
        }
    }
}

fn unbuilt(error: reqwest::Error) -> TokenError {
    TokenError::Malformed {
        reason: format!("the request cannot be built: {}", error.without_url()),
    }
}
