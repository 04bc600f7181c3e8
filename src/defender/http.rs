//! One HTTP exchange, and what is known of its fate.
//!
//! Builds the only HTTP client of this module and sends everything through one function. HTTP/1.1 only, so that nothing
//! is resent by the protocol; no retries, no redirects, no proxy but a configured one; bodies are read as a stream and cut
//! at a bound, which counts what they unpack to. It never looks into a body: `answer` and `reads` say what a reply means.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{Request, Response};

use crate::defender::OptionsError;
#[cfg(feature = "fail-points")]
use crate::defender::failing;
use crate::defender::route::Route;
use crate::limiter::Void;

/// What bounds an exchange.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimits {
    /// DNS, TCP and TLS together.
    pub connect: Duration,
    /// From the start to the last byte of the body.
    pub total: Duration,
}

/// The HTTP client.
#[derive(Clone, Debug)]
pub(super) struct Http(reqwest::Client);

/// A reply, as far as it was read.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub status: u16,
    pub retry_after: Option<String>,
    pub date: Option<String>,
    pub content_type: Option<String>,
    pub body: Body,
}

/// A reply's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// To the last byte.
    Whole(Vec<u8>),
    /// The connection broke, time ran out, or the bound was reached.
    Cut(String),
}

/// An exchange without a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Nothing was handed over, because its deadline had passed.
    Late(String),
    /// Nothing can have reached the server.
    NotSent(String),
    /// Some of the request may have.
    Unknown(String),
}

impl Failure {
    pub fn reason(&self) -> &str {
        match self {
            Self::Late(reason) | Self::NotSent(reason) | Self::Unknown(reason) => reason,
        }
    }
}

impl Http {
    /// A client that connects directly and trusts the system's roots.
    #[cfg(test)]
    pub fn new(limits: TimeLimits, needs_tls: bool) -> Result<Self, OptionsError> {
        Self::along(&Route::default(), limits, needs_tls)
    }

    /// A client whose connections are made as the route says.
    pub fn along(route: &Route, limits: TimeLimits, needs_tls: bool) -> Result<Self, OptionsError> {
        let builder = reqwest::Client::builder()
            .tls_backend_preconfigured(route.tls(needs_tls)?)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            // Nothing from the environment; a configured proxy is added below.
            .no_proxy()
            .referer(false)
            .connect_timeout(limits.connect)
            .timeout(limits.total)
            // Shorter than what gateways keep, so that few calls meet a connection that is just being closed.
            .pool_idle_timeout(Duration::from_secs(30))
            .user_agent(concat!("quell/", env!("CARGO_PKG_VERSION")));
        let builder = match &route.proxy {
            Some(proxy) => builder.proxy(proxy.build()?),
            None => builder,
        };
        builder.build().map(Self).map_err(OptionsError::Http)
    }

    pub fn get(&self, url: reqwest::Url) -> reqwest::RequestBuilder {
        self.0.get(url)
    }

    pub fn post(&self, url: reqwest::Url) -> reqwest::RequestBuilder {
        self.0.post(url)
    }

    /// Redeems the permit, sends, and reads at most `bound` bytes of the body.
    pub async fn exchange(
        &self,
        request: Request,
        bound: usize,
        redeem: impl FnOnce() -> Result<(), Void>,
    ) -> Result<Reply, Failure> {
        // INVARIANT: nothing that can wait stands between the redeeming and the handing over.
        redeem().map_err(|void| match void {
            Void::Late => Failure::Late(chain(&void)),
            Void::Refused(_) => Failure::NotSent(chain(&void)),
        })?;
        #[cfg(feature = "fail-points")]
        if failing::changes(&request) {
            return match failing::sent(self.0.execute(failing::handed_over(request))).await {
                Ok(response) => Ok(read(response, bound).await),
                Err(error) => Err(fate(error)),
            };
        }
        match self.0.execute(request).await {
            Ok(response) => Ok(read(response, bound).await),
            Err(error) => Err(fate(error)),
        }
    }
}

/// Whether the request can have left. Only errors of connecting and of building say that it cannot.
fn fate(error: reqwest::Error) -> Failure {
    let unsent = error.is_connect() || error.is_builder();
    let reason = chain(&error.without_url());
    if unsent {
        Failure::NotSent(reason)
    } else {
        Failure::Unknown(reason)
    }
}

async fn read(mut response: Response, bound: usize) -> Reply {
    let headers = response.headers();
    let (retry_after, date, content_type) = (
        text(headers, RETRY_AFTER),
        text(headers, DATE),
        text(headers, CONTENT_TYPE),
    );
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    let body = loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > bound => {
                break Body::Cut(format!("the body is longer than {bound} bytes"));
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => break Body::Whole(bytes),
            Err(error) => break Body::Cut(chain(&error.without_url())),
        }
    };
    Reply {
        status,
        retry_after,
        date,
        content_type,
        body,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// An error with everything that caused it, on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
