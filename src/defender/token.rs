//! Access tokens: client credentials on the v2.0 endpoint (facts sheet 5.1), cached.
//!
//! One token for all tasks. It is renewed when 80 % of its life is over or 5 minutes before its end, whichever is later
//! (a token of 3,599 s after 3,299 s, one of 600 s after 480 s), less up to a tenth of what is then left, at random, so
//! that replicas do not ask together. While the old one is good, only one task renews it and nobody waits; without a good
//! one all wait for the same request. A failure is never cached as a token, but the next request waits: 1 s, doubling, to
//! 60 s, or what a 429 asks for. A 401 of the API throws away exactly the token that was refused.
//!
//! Called by the client before each call. A token or secret never appears in `Debug`, logs or errors.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::clock::{self, Monotonic};
use crate::defender::answer::{json, printable};
use crate::defender::credential::SecretSource;
use crate::defender::http::{Http, Reply};
use crate::defender::throttle::{self, Scale};
use crate::failpoint;

/// A token is small; anything longer is not one.
const BODY_BOUND: usize = 256 * 1024;
/// How long before its end a long-lived token is renewed.
const EARLY: Duration = Duration::from_secs(300);
/// How long a caller with a good token waits for a newer one.
const PATIENCE: Duration = Duration::from_secs(2);
/// The first and the longest pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// An access token. Clones are the same token.
#[derive(Clone)]
pub(super) struct Token {
    value: Arc<SecretString>,
    serial: u64,
}

impl Token {
    /// For the `Authorization` header and nothing else.
    pub fn expose(&self) -> &str {
        self.value.expose_secret()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(#{})", self.serial)
    }
}

/// Why there is no token. Nothing was sent to Defender.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The client secret cannot be read.
    #[error("the client secret cannot be used: {reason}")]
    Secret {
        /// Why.
        reason: String,
    },
    /// Entra refused: the operator has to change something.
    #[error("the token endpoint refused with status {status}: `{code}` {description}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// `error`, e.g. `invalid_client`.
        code: String,
        /// `error_description`, cut.
        description: String,
    },
    /// 429: too many token requests.
    #[error("the token endpoint asks to wait {wait:?}")]
    Throttled {
        /// How long.
        wait: Duration,
    },
    /// The endpoint could not be reached or failed.
    #[error("the token endpoint is unavailable: {reason}")]
    Unavailable {
        /// What was seen.
        reason: String,
    },
    /// A reply that holds no token.
    #[error("the token endpoint's reply cannot be used: {reason}")]
    Malformed {
        /// What was seen.
        reason: String,
    },
    /// An earlier request failed a short while ago.
    #[error("no new token is asked for during the next {wait:?}: {reason}")]
    Waiting {
        /// The rest of the pause.
        wait: Duration,
        /// The failure.
        reason: String,
    },
}

/// The source and the cache of one tenant's tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    http: Http,
    url: Url,
    client_id: String,
    scope: String,
    secret: SecretSource,
    scale: Scale,
    current: Mutex<Current>,
    /// Held by the one task that asks for a token.
    asking: tokio::sync::Mutex<Pause>,
}

#[derive(Debug, Default)]
struct Current {
    token: Option<Cached>,
    /// Tokens in a row that Defender refused.
    refused: u32,
}

#[derive(Clone, Debug)]
struct Cached {
    token: Token,
    renew_at: Monotonic,
    good_until: Monotonic,
}

#[derive(Debug, Default)]
struct Pause {
    serial: u64,
    failures: u32,
    until: Option<(Monotonic, String)>,
}

impl Tokens {
    pub fn new(
        http: Http,
        url: Url,
        client_id: String,
        scope: String,
        secret: SecretSource,
        scale: Scale,
    ) -> Self {
        Self {
            http,
            url,
            client_id,
            scope,
            secret,
            scale,
            current: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// A token that is good now.
    pub async fn token(&self) -> Result<Token, TokenError> {
        let Some(cached) = self.good() else {
            let mut pause = self.asking.lock().await;
            // Somebody else may have asked while this task waited.
            return match self.good() {
                Some(cached) => Ok(cached.token),
                None => self.ask(&mut pause).await,
            };
        };
        if cached.renew_at.remaining().is_zero()
            && let Ok(mut pause) = self.asking.try_lock()
        {
            // Cut off by patience, the request counts as failed when it is next due, never as a token.
            match tokio::time::timeout(PATIENCE, self.ask(&mut pause)).await {
                Ok(Ok(token)) => return Ok(token),
                Ok(Err(TokenError::Waiting { .. })) => {}
                Ok(Err(error)) => tracing::warn!(%error, "the access token could not be renewed yet"),
                Err(_) => {
                    let error = TokenError::Unavailable {
                        reason: format!("no reply within {PATIENCE:?}"),
                    };
                    tracing::warn!(%error, "the access token could not be renewed yet");
                    self.note_failure(&mut pause, &error);
                }
            }
        }
        Ok(cached.token)
    }

    /// Throws away this token, if it is still the current one: Defender refused it. When new ones are refused too, asking
    /// pauses as after any failure.
    pub async fn invalidate(&self, token: &Token) {
        let refused = {
            let mut current = self.current();
            if current
                .token
                .as_ref()
                .is_none_or(|cached| cached.token.serial != token.serial)
            {
                return;
            }
            current.token = None;
            current.refused = current.refused.saturating_add(1);
            current.refused
        };
        if refused > 1 {
            let mut pause = self.asking.lock().await;
            let wait = self.pause_after(refused - 1);
            pause.until = Some((
                Monotonic::now().plus(wait),
                "defender refused tokens that were just issued".to_owned(),
            ));
        }
    }

    /// Notes that Defender took this token.
    pub fn worked(&self, token: &Token) {
        let mut current = self.current();
        if current
            .token
            .as_ref()
            .is_some_and(|cached| cached.token.serial == token.serial)
        {
            current.refused = 0;
        }
    }

    fn current(&self) -> std::sync::MutexGuard<'_, Current> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn good(&self) -> Option<Cached> {
        self.current()
            .token
            .clone()
            .filter(|cached| !cached.good_until.remaining().is_zero())
    }

    async fn ask(&self, pause: &mut Pause) -> Result<Token, TokenError> {
        if let Some((until, reason)) = &pause.until {
            let wait = until.remaining();
            if !wait.is_zero() {
                return Err(TokenError::Waiting {
                    wait,
                    reason: reason.clone(),
                });
            }
        }
        match self.request().await {
            Ok((value, life, asked_at)) => {
                failpoint::reach!(TokenRefresh);
                pause.serial += 1;
                pause.failures = 0;
                pause.until = None;
                let token = Token {
                    value: Arc::new(value),
                    serial: pause.serial,
                };
                let (renew_in, good_for) = self.terms(life);
                self.current().token = Some(Cached {
                    token: token.clone(),
                    renew_at: asked_at.plus(renew_in),
                    good_until: asked_at.plus(good_for),
                });
                tracing::debug!(life_s = life.as_secs(), "a new access token was issued");
                Ok(token)
            }
            Err(error) => {
                self.note_failure(pause, &error);
                Err(error)
            }
        }
    }

    fn note_failure(&self, pause: &mut Pause, error: &TokenError) {
        pause.failures = pause.failures.saturating_add(1);
        let mut wait = self.pause_after(pause.failures);
        if let TokenError::Throttled { wait: asked } = error {
            wait = wait.max(*asked);
        }
        pause.until = Some((Monotonic::now().plus(wait), error.to_string()));
    }

    fn pause_after(&self, failures: u32) -> Duration {
        let doubled = FIRST_PAUSE * 2_u32.saturating_pow(failures.saturating_sub(1).min(16));
        // Up to a quarter less, at random.
        self.scale
            .real(doubled.min(LONGEST_PAUSE))
            .mul_f64(1.0 - 0.25 * fastrand::f64())
    }

    /// When to renew, and until when to use, a token of this life; both from the moment it was asked for.
    fn terms(&self, life: Duration) -> (Duration, Duration) {
        let life = self.scale.real(life);
        let early = self.scale.real(EARLY);
        let renew_in = life.mul_f64(0.8).max(life.saturating_sub(early));
        let left = life - renew_in;
        // A call that starts with a good token must also end with one: the last tenth of the rest is not used.
        (
            renew_in - left.mul_f64(0.1 * fastrand::f64()).min(renew_in),
            life - left.mul_f64(0.1),
        )
    }

    async fn request(&self) -> Result<(SecretString, Duration, Monotonic), TokenError> {
        let secret = self
            .secret
            .read()
            .await
            .map_err(|reason| TokenError::Secret { reason })?;
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &self.client_id),
            ("client_secret", secret.expose_secret()),
            ("scope", &self.scope),
        ];
        let asked_at = Monotonic::now();
        let request = self
            .http
            .post(self.url.clone())
            .form(&form)
            .build()
            .map_err(|error| TokenError::Malformed {
                reason: format!("the request cannot be built: {}", error.without_url()),
            })?;
        let reply = self
            .http
            .exchange(request, BODY_BOUND, || Ok(()))
            .await
            .map_err(|failure| TokenError::Unavailable {
                reason: failure.reason().to_owned(),
            })?;
        let (value, life) =
            read(&reply, clock::now(), self.scale).map_err(|error| without(error, &secret))?;
        Ok((value, life, asked_at))
    }
}

/// Reads the token endpoint's reply.
pub(super) fn read(
    reply: &Reply,
    now: Timestamp,
    scale: Scale,
) -> Result<(SecretString, Duration), TokenError> {
    let body = json(reply);
    match reply.status {
        200 => {}
        429 => {
            let asked =
                throttle::retry_after(reply.retry_after.as_deref(), reply.date.as_deref(), now, scale);
            // Entra's own figure when it does not say (facts sheet 5.7).
            return Err(TokenError::Throttled {
                wait: asked.unwrap_or(scale.real(LONGEST_PAUSE)),
            });
        }
        400..=407 | 409..=499 => return Err(refused(reply.status, body.ok())),
        status => {
            return Err(TokenError::Unavailable {
                reason: format!("status {status}"),
            });
        }
    }
    // What the parser says of a body with a token in it could quote the token.
    let body = body.map_err(|_| TokenError::Malformed {
        reason: "it is not JSON".to_owned(),
    })?;
    let malformed = |reason: &str| TokenError::Malformed {
        reason: reason.to_owned(),
    };
    let token = body
        .get("access_token")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(malformed("`access_token` is missing or is not a token"));
    }
    let life = match body.get("expires_in") {
        Some(Value::Number(number)) => number.as_f64(),
        // The older endpoint and the managed identities' write a string.
        Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    let life = life
        .filter(|seconds| *seconds > 0.0)
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let life = life.ok_or_else(|| malformed("`expires_in` is missing or is not a number of seconds"))?;
    // A year: longer lives are cut, so that no arithmetic on the clock overflows.
    Ok((
        SecretString::from(token),
        life.min(Duration::from_secs(31_536_000)),
    ))
}

fn refused(status: u16, body: Option<Value>) -> TokenError {
    let text = |name: &str| {
        let text = body
            .as_ref()
            .and_then(|body| body.get(name))
            .and_then(Value::as_str);
        printable(text.unwrap_or_default(), 500)
    };
    TokenError::Refused {
        status,
        code: text("error"),
        description: text("error_description"),
    }
}

/// The error without the secret, should an endpoint have echoed it.
fn without(error: TokenError, secret: &SecretString) -> TokenError {
    match error {
        TokenError::Refused {
            status,
            code,
            description,
        } => {
            let hidden = |text: String| text.replace(secret.expose_secret(), "…");
            TokenError::Refused {
                status,
                code: hidden(code),
                description: hidden(description),
            }
        }
        other => other,
    }
}
