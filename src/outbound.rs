//! Tells others: HTTP requests to places that are not Defender. `quell send` posts its batches through it.
//!
//! It never calls Defender, and never follows a redirect: whom we tell was configured, and nobody else may decide it.

#[cfg(feature = "otlp")]
mod collector;

use std::error::Error as _;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use rustls_platform_verifier::BuilderVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretString};

#[cfg(feature = "otlp")]
pub use collector::collector_client;

/// The most of an answer that is read, bytes.
const MAX_ANSWER: usize = 16 * 1024 * 1024;

/// Posts to one address.
#[derive(Clone, Debug)]
pub struct Poster {
    client: reqwest::Client,
    url: Url,
    token: Option<HeaderValue>,
}

/// An answer, whatever its status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// `Retry-After`, when it is a number of seconds.
    pub retry_after: Option<Duration>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why nothing can be posted, or was.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// The address is none.
    #[error("`{0}` is no address: expected e.g. `http://127.0.0.1:8740`")]
    Address(String),
    /// The token cannot stand in a header.
    #[error("the token holds characters that cannot be sent")]
    Token,
    /// The TLS library refused its settings.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
    /// No answer came, or not all of it. Whether the request was worked on is unknown.
    #[error("no answer from {to}: {why}")]
    NoAnswer {
        /// The address without its path.
        to: String,
        /// The causes, joined.
        why: String,
    },
    /// The answer passes the bound.
    #[error("the answer is larger than {MAX_ANSWER} bytes")]
    AnswerTooLarge,
}

impl Poster {
    /// Prepares posting to `path` of the server at `base`, with a bearer token if there is one. Connects nowhere yet.
    ///
    /// # Errors
    /// The address or the token cannot be used.
    pub fn new(base: &str, path: &str, token: Option<&SecretString>) -> Result<Self, OutboundError> {
        let address = || OutboundError::Address(base.to_owned());
        let url = Url::parse(base)
            .map_err(|_| address())?
            .join(path)
            .map_err(|_| address())?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(address());
        }
        let token = token.map(|token| {
            let mut header = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
                .map_err(|_| OutboundError::Token)?;
            header.set_sensitive(true);
            Ok(header)
        });
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(url.scheme() == "https").map_err(OutboundError::Tls)?)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .connect_timeout(Duration::from_secs(5))
            .timeout(Duration::from_secs(60))
            .user_agent(concat!("quell/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(OutboundError::Client)?;
        Ok(Self {
            client,
            url,
            token: token.transpose()?,
        })
    }

    /// Posts a body and reads the answer. Once; trying again is the caller's decision.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn post(&self, media_type: &'static str, body: Vec<u8>) -> Result<Reply, OutboundError> {
        let mut request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, media_type)
            .body(body);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        self.exchange(request.build().map_err(|error| self.no_answer(error))?)
            .await
    }

    /// Gets what is there. Once; trying again is the caller's decision.
    ///
    /// # Errors
    /// No whole answer came.
    pub async fn get(&self) -> Result<Reply, OutboundError> {
        let mut request = self.client.get(self.url.clone());
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, token.clone());
        }
        self.exchange(request.build().map_err(|error| self.no_answer(error))?)
            .await
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Reply, OutboundError> {
        let mut response = self
            .client
            .execute(request)
            .await
            .map_err(|error| self.no_answer(error))?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok());
        let retry_after = retry_after
            .and_then(|text| text.parse().ok())
            .map(Duration::from_secs);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.no_answer(error))? {
            if body.len() + chunk.len() > MAX_ANSWER {
                return Err(OutboundError::AnswerTooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply {
            status,
            retry_after,
            body,
        })
    }

    fn no_answer(&self, error: reqwest::Error) -> OutboundError {
        let error = error.without_url();
        let mut why = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            why = format!("{why}: {cause}");
            source = cause.source();
        }
        OutboundError::NoAnswer {
            to: self.url.origin().ascii_serialization(),
            why,
        }
    }
}

/// TLS by the operating system's roots, with the provider named: no process-wide default is needed or set. For plain
/// HTTP the client wants a configuration all the same, one that trusts nobody.
fn tls(needed: bool) -> Result<rustls::ClientConfig, rustls::Error> {
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let builder =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(if needed {
        builder.with_platform_verifier()?.with_no_client_auth()
    } else {
        builder
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_is_named() {
        for base in ["127.0.0.1:8740", "ftp://host", "", "http://", "unix:/run/x"] {
            let error = Poster::new(base, "/v1/events", None).expect_err("no HTTP address");
            assert_eq!(
                error.to_string(),
                format!("`{base}` is no address: expected e.g. `http://127.0.0.1:8740`")
            );
        }
    }

    #[test]
    fn a_token_never_shows_in_debug_output() {
        let token = SecretString::from("s3cret-token");
        let poster =
            Poster::new("http://127.0.0.1:1", "/v1/events", Some(&token)).expect("the address is one");
        assert!(!format!("{poster:?}").contains("s3cret"), "{poster:?}");
        let broken = SecretString::from("two\nlines");
        assert!(matches!(
            Poster::new("http://127.0.0.1:1", "/", Some(&broken)),
            Err(OutboundError::Token)
        ));
    }

    #[tokio::test]
    async fn nobody_listening_is_no_answer() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a loopback port is free");
        let address = listener.local_addr().expect("it is bound");
        drop(listener);
        let poster =
            Poster::new(&format!("http://{address}"), "/v1/events", None).expect("the address is one");
        let error = poster
            .post("application/json", Vec::new())
            .await
            .expect_err("nobody listens");
        assert!(
            error
                .to_string()
                .starts_with(&format!("no answer from http://{address}: ")),
            "{error}"
        );
        assert!(error.to_string().contains("refused"), "{error}");
    }
}
