//! Who may use the operators' routes (`POST /-/reload`, `/v1/stop`, `/v1/resume`): with `http.operator_token_file`, whoever shows
//! that token. Without it this machine alone, neither through a proxy nor from a web page, and where senders of events need a
//! token, with that one too: a sender's token opens nothing from elsewhere.

use std::net::SocketAddr;

use axum::http::{HeaderMap, StatusCode, header};

use crate::domain::identity::Identity;
use crate::web::answer::Problem;
use crate::web::{Network, Options, events};

/// Who asks, if they may act as an operator.
pub(super) fn identify(
    options: &Options,
    peer: SocketAddr,
    headers: &HeaderMap,
) -> Result<Identity, Problem> {
    allowed(options, peer, headers)?;
    Ok(match options.operator_token {
        Some(_) => Identity::shared(),
        None => Identity::here(),
    })
}

/// Whether a request may act as an operator.
pub(super) fn allowed(options: &Options, peer: SocketAddr, headers: &HeaderMap) -> Result<(), Problem> {
    if let Some(token) = &options.operator_token {
        return events::authorize(headers, Some(token));
    }
    let is_proxy = |network: &Network| network.contains(peer.ip());
    if options.trusted_proxies.iter().any(is_proxy) {
        let detail = "a proxy of `http.trusted_proxies` speaks for others: set `http.operator_token_file` and show that token";
        return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail));
    }
    from_here(peer, headers)?;
    match &options.token {
        Some(token) => events::authorize(headers, Some(token)),
        None => Ok(()),
    }
}

/// Only this machine. A proxy on it would speak for others, a web page for whoever made it.
fn from_here(peer: SocketAddr, headers: &HeaderMap) -> Result<(), Problem> {
    let forwarded = [
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-real-ip",
        "via",
    ];
    let is_forwarded = forwarded.iter().any(|name| headers.contains_key(*name));
    let is_of_a_page = headers.contains_key(header::ORIGIN) || headers.contains_key("sec-fetch-site");
    if peer.ip().to_canonical().is_loopback() && !is_forwarded && !is_of_a_page {
        return Ok(());
    }
    let detail = "without `http.operator_token_file` only this machine may ask for that, and not through a proxy or a browser";
    Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_may_do_nothing_of_an_operator_without_a_token() {
        let none = HeaderMap::new();
        for here in ["127.0.0.1:9", "127.8.8.8:9", "[::1]:9", "[::ffff:127.0.0.1]:9"] {
            assert!(
                from_here(here.parse().expect("an address"), &none).is_ok(),
                "{here}"
            );
        }
        for elsewhere in [
            "10.0.0.1:9",
            "[::ffff:10.0.0.1]:9",
            "[fe80::1]:9",
            "203.0.113.9:9",
        ] {
            let allowed = from_here(elsewhere.parse().expect("an address"), &none);
            assert!(allowed.is_err(), "{elsewhere}");
        }
    }

    #[test]
    fn the_token_of_event_senders_opens_nothing_from_elsewhere_and_nothing_where_operators_have_their_own() {
        let mut options = Options::new(crate::domain::tenant::TenantId(1));
        options.token = Some("sender".into());
        let shows = |token: &str| {
            let mut headers = HeaderMap::new();
            let value = format!("Bearer {token}").parse().expect("plain text");
            headers.insert(header::AUTHORIZATION, value);
            headers
        };
        let (here, elsewhere) = (
            "127.0.0.1:9".parse().expect("an address"),
            "203.0.113.9:9".parse().expect("an address"),
        );
        assert!(allowed(&options, here, &shows("sender")).is_ok());
        assert!(allowed(&options, here, &HeaderMap::new()).is_err());
        assert!(allowed(&options, elsewhere, &shows("sender")).is_err());
        options.trusted_proxies = vec!["127.0.0.1".parse().expect("a network")];
        assert!(
            allowed(&options, here, &shows("sender")).is_err(),
            "a proxy on this machine speaks for the whole Internet"
        );
        options.operator_token = Some("operator".into());
        for peer in [here, elsewhere] {
            assert!(allowed(&options, peer, &shows("operator")).is_ok());
            assert!(allowed(&options, peer, &shows("sender")).is_err());
        }
    }
}
