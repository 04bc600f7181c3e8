//! The HTTP client of whoever sends traces to a collector (`telemetry`): as those for everybody else outside, without redirects and without
//! a proxy that nobody configured.

use std::time::Duration;

use super::OutboundError;

/// A client; nothing is connected yet.
///
/// # Errors
/// TLS cannot be set up.
pub fn collector_client() -> Result<reqwest::Client, OutboundError> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(super::tls(true).map_err(OutboundError::Tls)?)
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .timeout(Duration::from_secs(10))
        .user_agent(concat!("quell/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(OutboundError::Client)
}
