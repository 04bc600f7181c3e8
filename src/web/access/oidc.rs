//! Signing in with an issuer: the authorization code flow of OpenID Connect, with PKCE.
//!
//! What belongs to one attempt (state, nonce, the verifier of PKCE) is derived from 256 random bits in a cookie of the browser that
//! began it. So nothing of it is kept here, any replica can end it, and a code that comes in another browser opens nothing there. The
//! issuer's keys are held for an hour, and read anew when a token names one that is not among them, once a minute at most.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use super::id_token::{self, Expected, KeySet, Wrong};
use super::refused::Refusal;
use super::session::Secret;
use crate::clock::{self, Monotonic};
use crate::domain::person::said;
use crate::outbound::OutboundError;
use crate::outbound::issuer::{Discovered, Issuer, IssuerError, Registered, SignIn};
use crate::web::proof::same;

/// What the issuer says of itself holds for so long.
const HELD: Duration = Duration::from_secs(3_600);

/// A key that is not among those held is looked for so often.
const AGAIN: Duration = Duration::from_secs(60);

/// So many groups at most are looked at.
const GROUPS: usize = 500;

/// An issuer, and what of its tokens tells who somebody is.
#[derive(Clone, Debug)]
pub struct OidcOptions {
    /// Its name, which is an address.
    pub issuer: String,
    /// How we are registered with it.
    pub registered: Registered,
    /// The claim with the name that stands in the audit.
    pub name_claim: String,
    /// The claim with the groups.
    pub groups_claim: String,
}

/// Signing in with an issuer.
#[derive(Debug)]
pub struct Oidc {
    issuer: Issuer,
    options: OidcOptions,
    held: Mutex<Option<Held>>,
}

#[derive(Clone, Debug)]
struct Held {
    discovered: Discovered,
    keys: KeySet,
    read_at: Monotonic,
}

/// Whoever the issuer says it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Person {
    /// Their name.
    pub name: String,
    /// Their groups.
    pub groups: Vec<String>,
}

impl Oidc {
    /// Puts it together; asks nobody yet.
    ///
    /// # Errors
    /// The issuer is no address that may be called.
    pub fn new(options: OidcOptions) -> Result<Self, OutboundError> {
        Ok(Self {
            issuer: Issuer::new(&options.issuer)?,
            options,
            held: Mutex::default(),
        })
    }

    /// Where somebody goes to sign in; `secret` is what their cookie holds.
    pub(super) async fn begin(&self, secret: &Secret) -> Result<String, Refusal> {
        let held = self.held(None).await?;
        let verifier = derived(secret, "verifier");
        let sign_in = SignIn {
            state: &derived(secret, "state"),
            nonce: &derived(secret, "nonce"),
            challenge: &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
        };
        Ok(held.discovered.sign_in_at(&self.options.registered, sign_in))
    }

    /// Whether whoever came back from there began here, and the issuer is not against it. Asks nobody.
    pub(super) fn check(&self, secret: &Secret, came: &Came) -> Result<(), Refusal> {
        self.code(secret, came).map(drop)
    }

    /// Who came back from there.
    pub(super) async fn end(&self, secret: &Secret, came: &Came) -> Result<Person, Refusal> {
        let code = self.code(secret, came)?;
        let held = self.held(None).await?;
        let verifier = derived(secret, "verifier");
        let registered = &self.options.registered;
        let token = self
            .issuer
            .redeem(&held.discovered, registered, code, &verifier)
            .await;
        let token = token.map_err(|error| match error {
            IssuerError::Refused {
                status: 400..=499, ..
            } => failed(&error).attempt(),
            error => failed(&error),
        })?;
        let nonce = derived(secret, "nonce");
        let expected = Expected {
            issuer: self.issuer.name(),
            client_id: &registered.client_id,
            nonce: &nonce,
            now: clock::now().as_second(),
        };
        let claims = match id_token::verify(&token, &held.keys, &expected) {
            Err(Wrong::UnknownKey) => {
                let held = self.held(Some(held.read_at)).await?;
                id_token::verify(&token, &held.keys, &expected)
            }
            verified => verified,
        };
        let claims = claims.map_err(|wrong| {
            tracing::warn!(error = %wrong, "a token of the issuer is not believed");
            Refusal::forbidden(
                "issuer",
                &format!("the token that the issuer gave is not believed: {wrong}"),
            )
            .attempt()
        })?;
        self.person(&claims)
    }

    /// The code, if the one who brings it began here and the issuer is not against it.
    fn code<'a>(&self, secret: &Secret, came: &'a Came) -> Result<&'a str, Refusal> {
        let state = derived(secret, "state");
        let is_same = came
            .state
            .as_ref()
            .is_some_and(|came| same(came.as_bytes(), state.as_bytes()));
        // RFC 9207: a code of another issuer is not brought to this one.
        let is_of_it = came
            .iss
            .as_ref()
            .is_none_or(|issuer| issuer == self.issuer.name());
        if !is_same || !is_of_it {
            return Err(lost());
        }
        if let Some(error) = &came.error {
            let detail = format!("the issuer did not let you in: `{}`", said(error, 64));
            return Err(Refusal::forbidden("issuer", &detail));
        }
        came.code
            .as_deref()
            .filter(|code| !code.is_empty())
            .ok_or_else(lost)
    }

    fn person(&self, claims: &Map<String, Value>) -> Result<Person, Refusal> {
        let name = claims.get(&self.options.name_claim).and_then(Value::as_str);
        let name = name.filter(|name| !name.is_empty() && *name == said(name, 200));
        let name = name.ok_or_else(|| {
            let detail = format!(
                "the issuer gives no plain `{}` for you: see `http.access.oidc.name_claim`",
                self.options.name_claim
            );
            Refusal::forbidden("issuer", &detail)
        })?;
        // Where people set their own address, an address says nothing of who they are.
        if self.options.name_claim == "email" && claims.get("email_verified") != Some(&Value::Bool(true)) {
            let detail = "the issuer does not vouch for your `email` (`email_verified`): take another `name_claim`, such as `sub`";
            return Err(Refusal::forbidden("issuer", detail));
        }
        let groups = match claims.get(&self.options.groups_claim) {
            Some(Value::Array(groups)) => groups.iter().filter_map(Value::as_str).take(GROUPS).collect(),
            Some(Value::String(group)) => vec![group.as_str()],
            _ => Vec::new(),
        };
        Ok(Person {
            name: name.to_owned(),
            groups: groups.into_iter().map(str::to_owned).collect(),
        })
    }

    /// What the issuer says of itself; read anew if it is old, or was read before `unless_since` a while ago.
    async fn held(&self, unless_since: Option<Monotonic>) -> Result<Held, Refusal> {
        let mut held = self.held.lock().await;
        if let Some(held) = &*held {
            let age = held.read_at.elapsed();
            let is_asked_anew = unless_since == Some(held.read_at) && age >= AGAIN;
            if age < HELD && !is_asked_anew {
                return Ok(held.clone());
            }
        }
        let discovered = self.issuer.discover().await.map_err(|error| failed(&error))?;
        let keys = self
            .issuer
            .keys(&discovered)
            .await
            .map_err(|error| failed(&error))?;
        let keys = KeySet::parse(&keys)
            .ok_or_else(|| failed(&IssuerError::Unfit("its keys are no JWK set".to_owned())))?;
        let read = Held {
            discovered,
            keys,
            read_at: Monotonic::now(),
        };
        *held = Some(read.clone());
        Ok(read)
    }
}

/// What somebody who comes back from the issuer brings.
#[derive(Clone, Debug, Default, serde::Deserialize)]
pub(super) struct Came {
    pub code: Option<String>,
    pub state: Option<String>,
    pub iss: Option<String>,
    pub error: Option<String>,
}

/// Whoever comes did not begin here, or too long ago.
pub(super) fn lost() -> Refusal {
    let detail = "this sign-in was not begun in this browser, or too long ago: sign in again";
    Refusal::forbidden("sign_in_lost", detail)
}

fn failed(error: &IssuerError) -> Refusal {
    tracing::warn!(%error, "nobody can sign in with the issuer at the moment");
    let detail = "the issuer cannot be asked at the moment: try again, or sign in with a token; the log of the daemon says why";
    Refusal {
        why: "issuer",
        problem: Box::new(crate::web::answer::Problem::new(
            axum::http::StatusCode::BAD_GATEWAY,
            "issuer_unavailable",
            detail,
        )),
        is_attempt: false,
    }
}

/// One of the values that belong to an attempt; none tells another, nor the secret.
fn derived(secret: &Secret, what: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    URL_SAFE_NO_PAD.encode(hmac::sign(&key, what.as_bytes()))
}
