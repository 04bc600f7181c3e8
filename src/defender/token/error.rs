//! Why there is no access token, in words that an operator can act on. Made by `token` and by the credentials; nothing here
//! ever holds a token, a secret or an assertion.

use std::time::Duration;

use crate::defender::token::entra;

/// Why there is no token. Nothing was sent to Defender.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The credential cannot be used: nothing was asked.
    #[error("the credential cannot be used: {reason}")]
    Credential {
        /// Why, and what to do.
        reason: String,
    },
    /// Entra refused: the operator has to change something.
    #[error("the token endpoint refused with status {status}: `{code}` {description}{}", hint(*number, code))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// `error`, e.g. `invalid_client`.
        code: String,
        /// The number in `AADSTS7000215`, if there is one.
        number: Option<u32>,
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

impl TokenError {
    /// What the operator can do, in a sentence without a full stop; `None` if there is nothing to do but to wait, or if the
    /// message says it already.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Refused { number, code, .. } => entra::remedy(*number, code),
            Self::Unavailable { .. } => Some(
                "check that this machine reaches the authority (`authority`, or the endpoint of the managed identity), name resolution \
                 and TLS included",
            ),
            Self::Malformed { .. } => {
                Some("check `authority`: what answers there is not Entra's token endpoint")
            }
            Self::Credential { .. } | Self::Throttled { .. } | Self::Waiting { .. } => None,
        }
    }

    /// The error without these texts, should an endpoint have echoed one.
    pub(in crate::defender) fn without<'a>(self, hidden: impl IntoIterator<Item = &'a str>) -> Self {
        let Self::Refused {
            status,
            mut code,
            number,
            mut description,
        } = self
        else {
            return self;
        };
        for secret in hidden.into_iter().filter(|secret| !secret.is_empty()) {
            code = code.replace(secret, "…");
            description = description.replace(secret, "…");
        }
        Self::Refused {
            status,
            code,
            number,
            description,
        }
    }
}

fn hint(number: Option<u32>, code: &str) -> String {
    entra::remedy(number, code)
        .map(|remedy| format!("; {remedy}"))
        .unwrap_or_default()
}
