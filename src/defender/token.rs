//! Access tokens of one tenant (facts sheet 5), cached.
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

use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};

use crate::clock::{self, Monotonic};
use crate::defender::claims::Claims;
use crate::defender::credential::Credential;
use crate::defender::credential::sign_in_file::SignIn;
use crate::defender::http::Http;
use crate::defender::permission::{Permission, Wanted};
use crate::defender::throttle::Scale;
use crate::failpoint;

mod entra;
mod error;
mod facts;
mod reply;
mod target;

pub use error::TokenError;
pub use facts::TokenFacts;
pub(super) use reply::{Issued, read};
pub use target::OAuth;
pub(super) use target::Target;

/// A token is small; anything longer is not one.
pub(super) const BODY_BOUND: usize = 256 * 1024;
/// How long before its end a long-lived token is renewed.
const EARLY: Duration = Duration::from_secs(300);
/// How long a caller with a good token waits for a newer one.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long before its end a certificate is warned of, with every new token.
const EXPIRES_SOON: SignedDuration = SignedDuration::from_hours(14 * 24);
/// The first and the longest pause after a failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// An access token. Clones are the same token.
#[derive(Clone)]
pub(super) struct Token {
    value: Arc<SecretString>,
    claims: Option<Arc<Claims>>,
    serial: u64,
}

impl Token {
    /// For the `Authorization` header and nothing else.
    pub fn expose(&self) -> &str {
        self.value.expose_secret()
    }

    /// What it says of itself, if it can be read.
    pub fn claims(&self) -> Option<&Claims> {
        self.claims.as_deref()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token(#{})", self.serial)
    }
}

/// The source and the cache of one tenant's tokens.
#[derive(Debug)]
pub(super) struct Tokens {
    http: Http,
    target: Target,
    credential: Credential,
    scale: Scale,
    wanted: Wanted,
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
    unsaved: Option<Unsaved>,
}

/// A renewed sign-in that could not be written to its file, which still holds the one that was used.
#[derive(Debug)]
struct Unsaved {
    used: SignIn,
    renewed: SignIn,
}

/// A reply's token, and what is known beside it.
struct Fresh {
    issued: Issued,
    claims: Option<Claims>,
    asked_at: Monotonic,
    took: Duration,
    credential_expires_at: Option<Timestamp>,
}

impl Tokens {
    pub fn new(http: Http, target: Target, credential: Credential, scale: Scale) -> Self {
        Self {
            http,
            target,
            credential,
            scale,
            wanted: Wanted::default(),
            current: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// Notes that calls of this kind are to come: what the token lacks for them is said now, and again with each new token that
    /// lacks it.
    pub fn want(&self, permission: Permission) {
        let claims = self
            .current()
            .token
            .as_ref()
            .and_then(|cached| cached.token.claims.clone());
        self.wanted.add(permission, claims.as_deref());
    }

    /// A new token now, whatever is in the cache, and what is known of it.
    pub async fn facts(&self) -> Result<TokenFacts, TokenError> {
        let mut pause = self.asking.lock().await;
        let fresh = self.fresh(&mut pause).await?;
        let facts = TokenFacts {
            credential: self.credential.kind(),
            endpoint: self.credential.asks(&self.target.url),
            claims: fresh.claims.clone(),
            life: fresh.issued.life,
            took: fresh.took,
            server_time: fresh.issued.server_time,
            credential_expires_at: fresh.credential_expires_at,
        };
        self.keep(&mut pause, fresh);
        Ok(facts)
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
        let fresh = self.fresh(pause).await?;
        Ok(self.keep(pause, fresh))
    }

    /// Asks, unless an earlier failure forbids it yet.
    async fn fresh(&self, pause: &mut Pause) -> Result<Fresh, TokenError> {
        if let Some((until, reason)) = &pause.until {
            let wait = until.remaining();
            if !wait.is_zero() {
                return Err(TokenError::Waiting {
                    wait,
                    reason: reason.clone(),
                });
            }
        }
        let fresh = self.request(pause).await;
        fresh.inspect_err(|error| self.note_failure(pause, error))
    }

    /// Puts a new token in the old one's place.
    fn keep(&self, pause: &mut Pause, fresh: Fresh) -> Token {
        failpoint::reach!(TokenRefresh);
        pause.serial += 1;
        pause.failures = 0;
        pause.until = None;
        let token = Token {
            value: Arc::new(fresh.issued.access),
            claims: fresh.claims.map(Arc::new),
            serial: pause.serial,
        };
        if let Some(claims) = token.claims() {
            self.wanted.look(claims);
        }
        if let Some(until) = fresh.credential_expires_at
            && until.duration_since(clock::now()) < EXPIRES_SOON
        {
            tracing::warn!(expires_at = %until, "the credential's certificate expires soon: put a new one in its place");
        }
        let (renew_in, good_for) = self.terms(fresh.issued.life);
        self.current().token = Some(Cached {
            token: token.clone(),
            renew_at: fresh.asked_at.plus(renew_in),
            good_until: fresh.asked_at.plus(good_for),
        });
        tracing::debug!(
            life_s = fresh.issued.life.as_secs(),
            "a new access token was issued"
        );
        token
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

    async fn request(&self, pause: &mut Pause) -> Result<Fresh, TokenError> {
        let unsaved = pause
            .unsaved
            .take()
            .filter(|unsaved| self.is_still_unsaved(unsaved));
        let unsaved_sign_in = unsaved.as_ref().map(|unsaved| &unsaved.renewed);
        let proof = self
            .credential
            .prove(self.target.url.as_str(), clock::now(), unsaved_sign_in);
        // Kept whatever comes of the request: it is the only copy.
        pause.unsaved = unsaved;
        let proof = proof?;
        let request = match &self.credential {
            Credential::ManagedIdentity(identity) => identity.request(&self.http, self.target.resource()),
            _ => self
                .http
                .post(self.target.url.clone())
                .form(&self.target.form(&proof.form)),
        };
        let request = request.build().map_err(|error| TokenError::Malformed {
            reason: format!("the request cannot be built: {}", error.without_url()),
        })?;
        let asked_at = Monotonic::now();
        let reply = self.http.exchange(request, BODY_BOUND, || Ok(())).await;
        let took = asked_at.elapsed();
        let reply = reply.map_err(|failure| TokenError::Unavailable {
            reason: failure.reason().to_owned(),
        })?;
        let issued = read(&reply, clock::now(), self.scale).map_err(|error| {
            let header = match &self.credential {
                Credential::ManagedIdentity(identity) => {
                    identity.hidden().map(|header| header.expose_secret())
                }
                _ => None,
            };
            error.without(proof.hidden().chain(header))
        })?;
        let claims = Claims::read(issued.access.expose_secret());
        self.target.is_for_us(claims.as_ref())?;
        if let (Some(used), Some(refresh)) = (proof.sign_in, &issued.refresh) {
            self.renew_sign_in(pause, used, refresh);
        }
        Ok(Fresh {
            issued,
            claims,
            asked_at,
            took,
            credential_expires_at: proof.expires_at,
        })
    }

    /// Whether the file still holds what the unsaved sign-in came from: a newer one counts more.
    fn is_still_unsaved(&self, unsaved: &Unsaved) -> bool {
        self.credential
            .signed_in()
            .is_ok_and(|kept| kept.refresh.expose_secret() == unsaved.used.refresh.expose_secret())
    }

    /// Keeps the next refresh token before the access token that came with it is used.
    fn renew_sign_in(&self, pause: &mut Pause, used: SignIn, refresh: &SecretString) {
        let Credential::Delegated { file, .. } = &self.credential else {
            return;
        };
        let mut renewed = used.clone();
        renewed.refresh = refresh.clone();
        renewed.facts.renewed_at = clock::now();
        // What is in the file is what `used` came from, if that was never written itself.
        let in_file = pause.unsaved.take().map_or(used, |unsaved| unsaved.used);
        match file.renew(&in_file, &renewed) {
            Ok(true) => {}
            Ok(false) => tracing::debug!("the sign-in in the file is another one by now, and stays"),
            Err(error) => {
                tracing::error!(
                    error,
                    "the renewed sign-in is kept in memory only: after a restart the old one is used, and in the end somebody must sign in again"
                );
                pause.unsaved = Some(Unsaved {
                    used: in_file,
                    renewed,
                });
            }
        }
    }
}
