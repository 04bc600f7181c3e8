//! What the client needs to know of a tenant. Filled by `app` from the configuration, checked once when the client is built.

use std::time::Duration;

use crate::defender::OptionsError;
use crate::defender::credential::{Credential, SecretSource};
use crate::defender::hosts::Endpoint;
use crate::defender::route::Route;
use crate::defender::throttle::Scale;
use crate::defender::token::OAuth;

/// What the client needs to know of a tenant.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where calls and token requests go.
    pub endpoint: Endpoint,
    /// How connections are made. Default: directly, trusting the system's roots.
    pub route: Route,
    /// How we show who we are.
    pub credential: Credential,
    /// Which of Entra's endpoints gives the tokens. Default v2.0.
    pub oauth: OAuth,
    /// DNS, TCP and TLS together, in real time. Default 5 s.
    pub connect_timeout: Duration,
    /// A whole exchange, in real time. Default 30 s.
    pub total_timeout: Duration,
    /// Divides the durations that Defender and Entra name. Default 1.
    pub time_scale: f64,
    /// Machine actions asked for in one page (`$top`), 1 to 10,000. Default 10,000.
    pub page_size: u32,
    /// Pages of one listing after which it is given up. Default 50.
    pub page_bound: u32,
    /// Bytes of a reply to an action call or of a single entity. Default 1 MiB.
    pub body_bound: usize,
    /// Bytes of a page of a listing. Default 64 MiB.
    pub page_body_bound: usize,
    /// Whether to send the attempt's id as `ExternalId`, which only the service's own metadata knows. Default false.
    pub send_external_id: bool,
}

impl Options {
    /// The defaults, with a client secret.
    pub fn new(endpoint: Endpoint, client_id: String, secret: SecretSource) -> Self {
        Self::with(endpoint, Credential::ClientSecret { client_id, secret })
    }

    /// The defaults, with any credential.
    pub fn with(endpoint: Endpoint, credential: Credential) -> Self {
        Self {
            endpoint,
            route: Route::default(),
            credential,
            oauth: OAuth::default(),
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(30),
            time_scale: 1.0,
            page_size: 10_000,
            page_bound: 50,
            body_bound: 1024 * 1024,
            page_body_bound: 64 * 1024 * 1024,
            send_external_id: false,
        }
    }
    /// The time scale, if everything else makes sense too.
    pub(super) fn check(&self) -> Result<Scale, OptionsError> {
        let refused = |what, reason: &str| OptionsError::Value {
            what,
            reason: reason.to_owned(),
        };
        if self.credential.client_id().is_some_and(str::is_empty) {
            return Err(refused("the client id", "it is empty"));
        }
        if self.oauth == OAuth::V1 && matches!(self.credential, Credential::Delegated { .. }) {
            return Err(refused(
                "the v1 endpoint",
                "a user signs in at the v2.0 endpoint only",
            ));
        }
        if !(1..=10_000).contains(&self.page_size) || self.page_bound == 0 {
            return Err(refused(
                "the page size",
                "it must be 1 to 10000, and at least 1 page must be allowed",
            ));
        }
        if self.connect_timeout.is_zero() || self.total_timeout < self.connect_timeout {
            return Err(refused(
                "the time-outs",
                "connecting needs time, and the whole exchange at least as much as connecting",
            ));
        }
        Scale::new(self.time_scale)
            .ok_or_else(|| refused("the time scale", "it must be a number of at least 0.001"))
    }
}
