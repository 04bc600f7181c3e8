//! SASL: how a connection shows who it is. Called by [`super::link`] on each new connection.
//!
//! PLAIN (RFC 4616) sends a user and a password, OAUTHBEARER (RFC 7628) a token. Both are asked for anew at each login, so
//! that a password file that was rotated and a token that was renewed count from the next connection on, and both go over
//! TLS, or to this machine. Nothing of them is logged or stands in an error.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};

/// What gives a secret, or says why there is none.
pub type Secrets =
    Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<SecretString, String>> + Send>> + Send + Sync>;

/// How to log in.
#[derive(Clone)]
pub enum Login {
    /// PLAIN.
    Plain {
        /// The user; for Event Hubs `$ConnectionString`.
        user: String,
        /// The password; for Event Hubs the connection string.
        password: Secrets,
    },
    /// OAUTHBEARER.
    OauthBearer {
        /// The token.
        token: Secrets,
    },
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plain { user, .. } => f
                .debug_struct("Plain")
                .field("user", user)
                .finish_non_exhaustive(),
            Self::OauthBearer { .. } => f.debug_struct("OauthBearer").finish_non_exhaustive(),
        }
    }
}

/// What is sent after the failure of OAUTHBEARER was told, to end the exchange (RFC 7628, 3.2.3).
pub(super) const GIVE_UP: &[u8] = b"\x01";

impl Login {
    /// The mechanism, as brokers name it.
    pub fn mechanism(&self) -> &'static str {
        match self {
            Self::Plain { .. } => "PLAIN",
            Self::OauthBearer { .. } => "OAUTHBEARER",
        }
    }

    /// The one message that is sent.
    ///
    /// # Errors
    /// Why there is no password or token.
    pub(super) async fn message(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::Plain { user, password } => {
                let password = password().await?;
                let (user, password) = (user.as_bytes(), password.expose_secret().as_bytes());
                if user.contains(&0) || password.contains(&0) {
                    return Err("the user or the password holds a zero byte".to_owned());
                }
                Ok([&b"\0"[..], user, b"\0", password].concat())
            }
            Self::OauthBearer { token } => {
                let token = token().await?;
                let token = token.expose_secret();
                Ok(format!("n,,\x01auth=Bearer {token}\x01\x01").into_bytes())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn always(text: &'static str) -> Secrets {
        Arc::new(move || Box::pin(async move { Ok(SecretString::from(text)) }))
    }

    #[tokio::test]
    async fn each_mechanism_sends_its_message_and_shows_nothing_of_it() {
        let plain = Login::Plain {
            user: "$ConnectionString".to_owned(),
            password: always("Endpoint=sb://x/;SharedAccessKey=hunter2"),
        };
        let sent = plain.message().await.expect("there is a password");
        assert_eq!(
            sent,
            b"\0$ConnectionString\0Endpoint=sb://x/;SharedAccessKey=hunter2"
        );
        let oauth = Login::OauthBearer {
            token: always("a.b.hunter2"),
        };
        let sent = oauth.message().await.expect("there is a token");
        assert_eq!(sent, b"n,,\x01auth=Bearer a.b.hunter2\x01\x01");
        assert!(!format!("{plain:?} {oauth:?}").contains("hunter2"));
        assert_eq!((plain.mechanism(), oauth.mechanism()), ("PLAIN", "OAUTHBEARER"));
    }

    #[tokio::test]
    async fn a_zero_byte_cannot_be_sent() {
        let plain = Login::Plain {
            user: "a\0b".to_owned(),
            password: always("c"),
        };
        assert!(plain.message().await.is_err());
    }
}
