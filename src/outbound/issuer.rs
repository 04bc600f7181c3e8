//! An OpenID Connect issuer, as its client: where its endpoints are (Discovery 1.0), its keys, and what it gives for a code (RFC 6749
//! section 4.1, with PKCE, RFC 7636). Called by `web` when somebody signs in at the console.
//!
//! It judges no token: `web` does. It follows no redirect, calls plain HTTP on this machine only, and reads no more than
//! [`MAX_ANSWER`] of an answer.

use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::{OutboundError, causes, tls};

/// The most of an answer that is read, bytes.
const MAX_ANSWER: usize = 512 * 1024;

/// All of an exchange, from the connection to the last byte.
const TIMEOUT: Duration = Duration::from_secs(10);

/// An issuer.
#[derive(Clone, Debug)]
pub struct Issuer {
    client: reqwest::Client,
    name: String,
}

/// What an issuer says of itself.
#[derive(Clone, Debug)]
pub struct Discovered {
    authorization: Url,
    token: Url,
    keys: Url,
    /// Whether the client shows itself by HTTP's basic authentication; else in the body.
    is_basic: bool,
}

/// The client as it is registered with the issuer.
#[derive(Clone, Debug)]
pub struct Registered {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`; without one it is a public client, protected by PKCE alone.
    pub secret: Option<SecretString>,
    /// Where the issuer sends people back to.
    pub redirect_url: String,
    /// What is asked for; with `openid`.
    pub scopes: Vec<String>,
}

/// What goes to the issuer with somebody who signs in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// Comes back as it is.
    pub state: &'a str,
    /// Comes back in the token.
    pub nonce: &'a str,
    /// The SHA-256 of the verifier, base64url.
    pub challenge: &'a str,
}

/// Why an issuer is of no use.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The request could not be made, or no whole answer came.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    /// It answered, with something else than was asked for.
    #[error("{endpoint} of the issuer answered {status}{said}")]
    Refused {
        /// Which of its endpoints.
        endpoint: &'static str,
        /// The HTTP status.
        status: u16,
        /// Its own name for what is wrong.
        said: String,
    },
    /// What it says of itself cannot be used.
    #[error("what the issuer says of itself cannot be used: {0}")]
    Unfit(String),
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Given {
    id_token: Option<String>,
}

#[derive(Deserialize)]
struct Refusal {
    error: String,
}

impl Issuer {
    /// The issuer of that name, which is an address. Connects nowhere yet.
    ///
    /// # Errors
    /// It is no `https` address, nor a plain one of this machine; or the client cannot be built.
    pub fn new(name: &str) -> Result<Self, OutboundError> {
        let url = callable(name).ok_or_else(|| OutboundError::Address(name.to_owned()))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(url.scheme() == "https").map_err(OutboundError::Tls)?)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(TIMEOUT)
            .user_agent(concat!("quell/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(OutboundError::Client)?;
        Ok(Self {
            client,
            name: name.to_owned(),
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks where its endpoints are.
    ///
    /// # Errors
    /// It does not answer, or calls itself something else.
    pub async fn discover(&self) -> Result<Discovered, IssuerError> {
        let address = format!(
            "{}/.well-known/openid-configuration",
            self.name.trim_end_matches('/')
        );
        let url = callable(&address).ok_or(OutboundError::Address(address))?;
        let body = self
            .exchange("the discovery document", self.client.get(url))
            .await?;
        let unfit = |why: String| IssuerError::Unfit(why);
        let document: Document = serde_json::from_slice(&body).map_err(|error| unfit(error.to_string()))?;
        if document.issuer != self.name {
            let why = format!("it calls itself `{}`, not `{}`", document.issuer, self.name);
            return Err(unfit(why));
        }
        let at = |address: &str| {
            let own_scheme = self.name.split(':').next();
            callable(address)
                .filter(|url| url.scheme() == "https" || own_scheme == Some("http"))
                .ok_or_else(|| unfit(format!("`{address}` is not an https address")))
        };
        let ways = document.token_endpoint_auth_methods_supported;
        let can = |way: &str| {
            ways.as_ref()
                .is_some_and(|ways| ways.iter().any(|its| its == way))
        };
        Ok(Discovered {
            authorization: at(&document.authorization_endpoint)?,
            token: at(&document.token_endpoint)?,
            keys: at(&document.jwks_uri)?,
            is_basic: can("client_secret_basic") || !can("client_secret_post"),
        })
    }

    /// Its keys: a JWK set.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn keys(&self, at: &Discovered) -> Result<Vec<u8>, IssuerError> {
        self.exchange("the key set", self.client.get(at.keys.clone()))
            .await
    }

    /// Gets the ID token for a code.
    ///
    /// # Errors
    /// It does not answer, or gives none.
    pub async fn redeem(
        &self,
        at: &Discovered,
        own: &Registered,
        code: &str,
        verifier: &str,
    ) -> Result<String, IssuerError> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &own.redirect_url),
            ("code_verifier", verifier),
        ];
        let mut request = self.client.post(at.token.clone());
        match &own.secret {
            Some(secret) if at.is_basic => {
                let encoded = |text: &str| url_encoded(text);
                request = request.basic_auth(encoded(&own.client_id), Some(encoded(secret.expose_secret())));
            }
            Some(secret) => {
                form.extend([
                    ("client_id", own.client_id.as_str()),
                    ("client_secret", secret.expose_secret()),
                ]);
            }
            None => form.push(("client_id", &own.client_id)),
        }
        let body = self.exchange("the token endpoint", request.form(&form)).await?;
        let given: Option<Given> = serde_json::from_slice(&body).ok();
        given
            .and_then(|given| given.id_token)
            .ok_or_else(|| IssuerError::Unfit("it gave no ID token; is `openid` among the scopes".to_owned()))
    }

    async fn exchange(
        &self,
        endpoint: &'static str,
        request: reqwest::RequestBuilder,
    ) -> Result<Vec<u8>, IssuerError> {
        let no_answer = |error: reqwest::Error| OutboundError::NoAnswer {
            to: self.name.clone(),
            why: causes(&error.without_url()),
        };
        let request = request.build().map_err(no_answer)?;
        let mut response = self.client.execute(request).await.map_err(no_answer)?;
        let status = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(no_answer)? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(OutboundError::AnswerTooLarge.into());
            }
            body.extend_from_slice(&chunk);
        }
        if status == 200 {
            return Ok(body);
        }
        // Its stable name alone: the description may repeat what was sent.
        let refusal: Option<Refusal> = serde_json::from_slice(&body).ok();
        let is_name = |error: &String| {
            error.len() <= 64
                && error
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let said = refusal.map(|refusal| refusal.error).filter(is_name);
        Err(IssuerError::Refused {
            endpoint,
            status,
            said: said.map(|said| format!(": {said}")).unwrap_or_default(),
        })
    }
}

impl Discovered {
    /// Where somebody who signs in is sent.
    pub fn sign_in_at(&self, own: &Registered, sign_in: SignIn<'_>) -> String {
        let mut url = self.authorization.clone();
        url.query_pairs_mut().extend_pairs([
            ("response_type", "code"),
            ("client_id", &own.client_id),
            ("redirect_uri", &own.redirect_url),
            ("scope", &own.scopes.join(" ")),
            ("state", sign_in.state),
            ("nonce", sign_in.nonce),
            ("code_challenge", sign_in.challenge),
            ("code_challenge_method", "S256"),
        ]);
        url.into()
    }
}

/// The address, if it may be called: by TLS, or plain on this machine, and without a password in it.
fn callable(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    let is_here = host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback());
    let is_plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    (is_plain && (url.scheme() == "https" || (url.scheme() == "http" && is_here))).then_some(url)
}

/// As RFC 6749 section 2.3.1 wants name and password of basic authentication.
fn url_encoded(text: &str) -> String {
    let mut url = Url::parse("http://x/").expect("it is one");
    url.query_pairs_mut().append_pair("x", text);
    url.query()
        .and_then(|query| query.strip_prefix("x="))
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leaves_this_machine_for_no_issuer() {
        for good in [
            "https://login.example.com/x/v2.0",
            "http://127.0.0.1:1/",
            "http://[::1]:1",
            "http://localhost:8080",
        ] {
            assert!(Issuer::new(good).is_ok(), "{good}");
        }
        for bad in [
            "http://login.example.com",
            "ftp://x",
            "",
            "https://u:p@x.example",
            "https://x.example/#y",
            "http://127.0.0.1.example",
        ] {
            assert!(Issuer::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_and_passwords_are_encoded_as_forms_are() {
        assert_eq!(url_encoded("a b:c/ä"), "a+b%3Ac%2F%C3%A4");
    }

    #[test]
    fn whoever_signs_in_takes_state_nonce_and_challenge_along() {
        let at = |address: &str| Url::parse(address).expect("an address");
        let discovered = Discovered {
            authorization: at("https://x.example/authorize?p=1"),
            token: at("https://x.example/token"),
            keys: at("https://x.example/keys"),
            is_basic: true,
        };
        let own = Registered {
            client_id: "quell".to_owned(),
            secret: None,
            redirect_url: "https://quell.example/login/callback".to_owned(),
            scopes: vec!["openid".to_owned(), "profile".to_owned()],
        };
        let sign_in = SignIn {
            state: "s",
            nonce: "n",
            challenge: "c",
        };
        assert_eq!(
            discovered.sign_in_at(&own, sign_in),
            "https://x.example/authorize?p=1&response_type=code&client_id=quell\
             &redirect_uri=https%3A%2F%2Fquell.example%2Flogin%2Fcallback&scope=openid+profile&state=s&nonce=n\
             &code_challenge=c&code_challenge_method=S256"
        );
    }
}
