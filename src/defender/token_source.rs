//! Tokens for something beside Defender's API, by a tenant's credential: a source of events asks with them (Event Hubs).
//!
//! The same cache as the client's, with its renewal, its pauses and its words; another scope, and so another token.

use secrecy::SecretString;

use crate::defender::OptionsError;
use crate::defender::credential::Credential;
use crate::defender::http::{Http, TimeLimits};
use crate::defender::options::Options;
use crate::defender::route::Route;
use crate::defender::token::{Target, TokenError, Tokens};

/// Tokens of one scope.
#[derive(Debug)]
pub struct TokenSource(Tokens);

impl TokenSource {
    /// Calls nobody yet. `scope` ends with `/.default`, as `https://contoso.servicebus.windows.net/.default` does.
    ///
    /// # Errors
    /// [`OptionsError`] for an option that cannot be used.
    pub fn new(options: &Options, scope: String) -> Result<Self, OptionsError> {
        let scale = options.check()?;
        let limits = TimeLimits {
            connect: options.connect_timeout,
            total: options.total_timeout,
        };
        let http = match options.credential {
            // On this machine or its link: nothing stands between.
            Credential::ManagedIdentity(_) => Http::along(&Route::default(), limits, false)?,
            _ => Http::along(&options.route, limits, options.endpoint.needs_tls())?,
        };
        let target = Target {
            url: options.endpoint.token_url_of(options.oauth),
            scope,
            version: options.oauth,
            directory: options.endpoint.directory().to_owned(),
        };
        Ok(Self(Tokens::new(http, target, options.credential.clone(), scale)))
    }

    /// A token that is good now; asked for only if there is none.
    ///
    /// # Errors
    /// [`TokenError`]; asking pauses after failures.
    pub async fn token(&self) -> Result<SecretString, TokenError> {
        let token = self.0.token().await?;
        Ok(SecretString::from(token.expose()))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;
    use crate::defender::fake::{Fake, options, reply};

    #[tokio::test]
    async fn a_token_of_another_scope_is_asked_for_once_by_the_same_credential() {
        let fake = Fake::defender(|_, _| reply(404, "", "")).await;
        let scope = "https://contoso.servicebus.windows.net/.default";
        let tokens = TokenSource::new(&options(&fake.url(), &fake.url()), scope.to_owned()).expect("whole");
        let first = tokens.token().await.expect("the fake gives one");
        let second = tokens.token().await.expect("it is still good");
        assert_eq!(first.expose_secret(), second.expose_secret());
        assert_eq!(fake.token_requests(), 1);
        let asked = &fake.heard()[0].body;
        let wanted = "&scope=https%3A%2F%2Fcontoso.servicebus.windows.net%2F.default";
        assert!(
            asked.contains("client_id=client-1") && asked.ends_with(wanted),
            "{asked}"
        );
        assert!(!format!("{tokens:?}").contains(first.expose_secret()));
    }
}
