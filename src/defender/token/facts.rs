//! What may be known of an access token: everything but the token. Made by `token`, read by `quell doctor`.

use std::time::Duration;

use jiff::Timestamp;

use crate::defender::claims::Claims;
use crate::defender::permission::Permission;

/// What is known of an access token that was just issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// The kind of credential, as the configuration names it: `client_secret`, `certificate`, …
    pub credential: &'static str,
    /// Where it was asked for.
    pub endpoint: String,
    /// What it says of itself; `None` if it is not one that can be read, which is no error.
    pub claims: Option<Claims>,
    /// How long it is good for, unscaled.
    pub life: Duration,
    /// How long the endpoint took.
    pub took: Duration,
    /// The endpoint's clock, from the `Date` header, in whole seconds.
    pub server_time: Option<Timestamp>,
    /// When the credential itself expires, where that can be known: a certificate's end. A client secret's is known to Entra
    /// alone.
    pub credential_expires_at: Option<Timestamp>,
}

impl TokenFacts {
    /// Those of `wanted` that the token lacks; none if it cannot be read.
    pub fn missing(&self, wanted: &[Permission]) -> Vec<Permission> {
        self.claims
            .as_ref()
            .map(|claims| claims.missing(wanted))
            .unwrap_or_default()
    }

    /// Whether it acts for a signed-in user, whose own role in Defender and device groups then count too:
    /// [`crate::defender::DELEGATED_RIGHTS`] says what to look at.
    pub fn is_delegated(&self) -> bool {
        self.claims.as_ref().is_some_and(Claims::is_delegated)
    }
}
