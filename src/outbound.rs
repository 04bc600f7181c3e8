//! Tells others: HTTP requests and mails to places that are not Defender. `quell send` posts its batches through it ([`Poster`]), and
//! `worker::tell` the messages of the outbox ([`Receiver`]).
//!
//! It never calls Defender, and never follows a redirect: whom we tell was configured, and nobody else may decide it.

mod chat;
mod cloud_event;
#[cfg(feature = "otlp")]
mod collector;
pub mod export;
mod hook;
pub mod issuer;
mod mail;
mod reach;
mod receiver;
mod record_file;
mod sign;

use std::time::Duration;

use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use rustls_platform_verifier::BuilderVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretString};

#[cfg(feature = "otlp")]
pub use collector::collector_client;
pub use mail::{MailTls, Smtp, is_mail_address, is_this_machine};
pub use reach::Reach;
pub use receiver::{LONGEST_TRY, Posted, Receiver, Undelivered, Way};

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
    /// The address of a receiver is none. It is not shown, as it may be a secret.
    #[error("the address is none that can be posted to: expected e.g. `https://hooks.example.com/quell`")]
    ReceiverAddress,
    /// A secret that signs is none.
    #[error("a secret must be `whsec_` and 24 to 64 bytes in base64, as Standard Webhooks writes it")]
    Secret,
    /// What should be a mail address is none.
    #[error("`{0}` is no mail address")]
    MailAddress(String),
    /// The mail server cannot be reached like that.
    #[error("the mail server cannot be reached like that: {0}")]
    Mail(String),
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
        let why = causes(&error.without_url());
        OutboundError::NoAnswer {
            to: self.url.origin().ascii_serialization(),
            why,
        }
    }
}

/// An error with what caused it, joined.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |said, cause| format!("{said}: {cause}"))
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
    use crate::domain::telling::{Kind, Message, Thing};

    /// People are asked about two devices; somebody chose awkward names.
    pub(super) fn message() -> Message {
        let on = |device: char, name: &str| Thing {
            at: "2026-11-24T03:12:08Z".parse().ok(),
            device_id: Some(device.to_string().repeat(40)),
            device_name: Some(name.to_owned()),
            playbook: Some("ransomware".to_owned()),
            revision: Some("4f1c".to_owned()),
            alert_id: Some("da638".to_owned()),
            severity: Some("high".to_owned()),
            reason: "the playbook asks".to_owned(),
            measure: Some("restriction".to_owned()),
            until: "2026-11-24T03:42:08Z".parse().ok(),
            containment_id: Some(uuid::Uuid::from_u128(7)),
            request: Some(1_004),
            ..Thing::default()
        };
        Message {
            id: uuid::Uuid::from_u128(0x0199_a5b0_0000_7000_8000_0000_0000_0001),
            tenant: "contoso".to_owned(),
            receiver: "soc".to_owned(),
            kind: Kind::ApprovalAsked,
            playbook: Some("ransomware".to_owned()),
            created_at: "2026-11-24T03:12:09Z".parse().expect("a time"),
            things: 14,
            items: vec![
                on('a', "ws-0117.contoso.com"),
                on('b', "<!channel> *ws* & [x](http://evil.example)"),
            ],
            counts: std::collections::BTreeMap::new(),
        }
    }

    /// An action that succeeded.
    pub(super) fn action() -> Message {
        let mut message = message();
        message.items.truncate(1);
        let thing = &mut message.items[0];
        thing.action = Some("restrict".to_owned());
        thing.action_id = Some(uuid::Uuid::from_u128(9));
        thing.what = Some("succeeded".to_owned());
        thing.defender_id = Some("2e9da30d-27f6-4208-81f2-9cd3d67893ba".to_owned());
        thing.request = None;
        thing.until = None;
        thing.reason = "Defender says Succeeded".to_owned();
        Message {
            kind: Kind::ActionChanged,
            things: 1,
            ..message
        }
    }

    /// What the page of the documentation shows is what is sent.
    #[test]
    fn the_documentation_shows_what_is_sent() {
        let url = Some("https://quell.example.com");
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/telling-others.md");
        let text = std::fs::read_to_string(page).expect("the page is there");
        let record =
            |format| serde_json::from_slice(&export::lines(&action(), format)).expect("it is a line of JSON");
        let shown: [(&str, serde_json::Value); 5] = [
            ("CloudEvent", cloud_event::cloud_event(&message(), url)),
            ("Slack", chat::slack(&message(), url)),
            ("Teams", chat::teams(&message(), url)),
            ("OCSF", record(export::Format::Ocsf)),
            ("ECS", record(export::Format::Ecs)),
        ];
        let mut renewed = text.clone();
        for (name, value) in shown {
            let pretty = serde_json::to_string_pretty(&value).expect("it is JSON");
            let begin = format!("<!-- {name} -->\n```json\n");
            let (before, rest) = renewed
                .split_once(&begin)
                .unwrap_or_else(|| panic!("the page shows no {name}"));
            let (_, after) = rest.split_once("\n```\n").expect("the block ends");
            renewed = format!("{before}{begin}{pretty}\n```\n{after}");
        }
        if crate::config::environment::read("UPDATE").is_some() {
            std::fs::write(page, &renewed).expect("the page can be written");
            return;
        }
        assert!(
            renewed == text,
            "renew it with `UPDATE=1 cargo test --lib outbound`"
        );
    }

    #[test]
    fn nothing_that_others_wrote_means_anything_to_slack() {
        let text = chat::slack(&message(), None).to_string();
        assert!(
            text.contains("&lt;!channel&gt;") && !text.contains("<!channel>"),
            "{text}"
        );
        let mut long = message();
        long.items = vec![
            Thing {
                reason: "&".repeat(4_000),
                ..Thing::default()
            };
            10
        ];
        let blocks = chat::slack(&long, None);
        let longest = blocks["blocks"][1]["text"]["text"]
            .as_str()
            .map_or(0, |text| text.chars().count());
        assert!((1..3_000).contains(&longest), "{longest}");
    }

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
