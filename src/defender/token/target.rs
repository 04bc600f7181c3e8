//! What tokens are asked for, and where; and whether one that came is for the configured directory. Pure; used by `token` and
//! by the sign-in.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use crate::defender::claims::Claims;
use crate::defender::token::TokenError;

/// Which of Entra's two endpoints is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OAuth {
    /// `/oauth2/v2.0/token`, which takes a `scope`.
    #[default]
    V2,
    /// `/oauth2/token`, which takes a `resource`.
    V1,
}

/// What tokens are asked for, and where.
#[derive(Clone, Debug)]
pub(in crate::defender) struct Target {
    /// The token endpoint, of the version that is asked.
    pub url: Url,
    /// The API, `https://api.securitycenter.microsoft.com/.default`.
    pub scope: String,
    /// Which version.
    pub version: OAuth,
    /// The Entra tenant as configured, a GUID or a domain.
    pub directory: String,
}

impl Target {
    /// The API as v1 endpoints and managed identities want it named.
    pub fn resource(&self) -> &str {
        let resource = self.scope.strip_suffix("/.default").unwrap_or(&self.scope);
        resource.trim_end_matches('/')
    }

    /// Whether the token is for the configured directory, where both are GUIDs: a token of another one acts on other people's
    /// devices, which the wrong managed identity or sign-in would give.
    pub(super) fn is_for_us(&self, claims: Option<&Claims>) -> Result<(), TokenError> {
        let guid = |text: &str| text.parse::<uuid::Uuid>().ok();
        let Some((theirs, ours)) = claims
            .and_then(|claims| guid(&claims.directory))
            .zip(guid(&self.directory))
        else {
            return Ok(());
        };
        if theirs == ours {
            return Ok(());
        }
        Err(TokenError::Credential {
            reason: format!(
                "the token is for directory `{theirs}` and `directory_id` is `{ours}`: correct whichever is wrong; the token is not used"
            ),
        })
    }

    /// The whole form: what shows who we are, and what is wanted.
    pub(super) fn form<'a>(
        &'a self,
        proof: &'a [(&'static str, SecretString)],
    ) -> Vec<(&'static str, &'a str)> {
        let mut form: Vec<_> = proof
            .iter()
            .map(|(name, value)| (*name, value.expose_secret()))
            .collect();
        match self.version {
            _ if form.iter().any(|(name, _)| *name == "scope") => {}
            OAuth::V2 => form.push(("scope", &self.scope)),
            OAuth::V1 => form.push(("resource", self.resource())),
        }
        form
    }
}
