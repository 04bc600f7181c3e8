//! Whoever is on this machine: by the Unix socket always, by its addresses where the configuration knows no way for operators to show
//! who they are. Neither through a proxy, which would speak for others, nor for another site's page, nor by a name that somebody's
//! name server may point at this machine (DNS rebinding).
//!
//! A proxy on this machine that passes requests on as if they were its own cannot be told from a program here; what can be is refused.

use std::net::IpAddr;

use axum::http::{HeaderName, Version};

use super::bearer;
use super::cross_site;
use super::refused::Refusal;
use super::{Access, Asked};
use crate::domain::identity::Identity;
use crate::web::{Options, events};

/// What proxies say of those for whom they speak, of themselves, or of what they were asked.
const FORWARDED: [&str; 22] = [
    "client-ip",
    "fastly-client-ip",
    "forwarded",
    "front-end-https",
    "max-forwards",
    "proxy-client-ip",
    "remote-user",
    "surrogate-capability",
    "true-client-ip",
    "via",
    "wl-proxy-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-host",
    "x-nginx-proxy",
    "x-proxyuser-ip",
    "x-real-ip",
    "x-remote-user",
    "x-scheme",
    "x-url-scheme",
    "x-varnish",
    "x-webauth-user",
];

/// Whole families of those.
const FAMILIES: [&str; 9] = [
    "cf-",
    "tailscale-",
    "x-amzn-",
    "x-arr-",
    "x-auth-request-",
    "x-azure-",
    "x-envoy-",
    "x-forwarded",
    "x-original-",
];

/// Whether whoever is on this machine has to show who they are like everybody else.
pub(super) fn is_closed(options: &Options) -> bool {
    let access = &options.access;
    options.operator_token.is_some() || access.is_required || access.proxy.is_some() || access.oidc.is_some()
}

/// Whoever is on this machine, if nobody is asked here.
pub(super) fn identify(asked: Asked<'_>, options: &Options) -> Result<Identity, Refusal> {
    if is_closed(options) {
        let detail = "show who you are: `Authorization: Bearer` with a token of `quell tokens` or of `http.operator_token_file`, or sign in \
                      at /login";
        return Err(Refusal::unauthorized("no_credentials", detail));
    }
    if asked.is_by_proxy {
        let detail = "a proxy of `http.trusted_proxies` speaks for others: configure `http.access`, or show a token of `quell tokens`";
        return Err(Refusal::forbidden("not_here", detail));
    }
    if !asked.peer.ip().to_canonical().is_loopback() {
        let detail = "only this machine may ask for that, as no way is configured for operators to show who they are: see `http.access`, \
                      or show a token of `quell tokens`";
        return Err(Refusal::forbidden("not_here", detail));
    }
    is_direct(asked, &options.access)?;
    // As before there were roles: where senders show a token, this machine does.
    events::authorize(asked.headers, options.token.as_ref()).map_err(|_| {
        let detail =
            "with `http.token_file` this machine shows that token too; set up `http.access` for people";
        Refusal::unauthorized("no_credentials", detail)
    })?;
    Ok(Identity::here())
}

/// Whether whoever came from this machine came by themselves: not through a proxy, nor for another site's page.
pub(super) fn is_direct(asked: Asked<'_>, access: &Access) -> Result<(), Refusal> {
    // A proxy may have asked for it, and let its own caller in by it.
    if bearer::is_anothers(asked.headers) {
        let detail = "`Authorization` must stand there once, as `Bearer` and a token";
        return Err(Refusal::unauthorized("malformed", detail));
    }
    // What proxies speak that say nothing of themselves; browsers and programs of this century do not.
    if asked.version < Version::HTTP_11 {
        let detail =
            "the request came by HTTP/1.0, as through a proxy: ask by HTTP/1.1, or configure `http.access`";
        return Err(Refusal::forbidden("not_here", detail));
    }
    let is_forwarded = asked.headers.keys().any(is_of_a_proxy)
        || access
            .proxy
            .as_ref()
            .is_some_and(|by| asked.headers.contains_key(&by.user));
    if is_forwarded {
        let detail = "the request came through a proxy, which is not named in `http.trusted_proxies`";
        return Err(Refusal::forbidden("not_here", detail));
    }
    let host = asked.host();
    if !host.is_some_and(is_this_machine) {
        let detail = "ask by an address of this machine, such as `http://127.0.0.1:8740` or `http://localhost:8740`: another name may have \
                      been pointed here by somebody else";
        return Err(Refusal::forbidden("wrong_host", detail));
    }
    let is_ours = if cross_site::is_reading(asked.method) {
        cross_site::may_read(asked.headers, host)
    } else {
        cross_site::may_change(asked.headers, host)
    };
    if is_ours {
        return Ok(());
    }
    Err(Refusal::forbidden(
        "cross_site",
        "the request comes from another site's page",
    ))
}

fn is_of_a_proxy(name: &HeaderName) -> bool {
    let name = name.as_str();
    FORWARDED.contains(&name) || FAMILIES.iter().any(|family| name.starts_with(family))
}

/// Whether that is this machine, by whatever resolver: with a port or without.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if name.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let address = match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')) {
        Some(six) => six.parse().map(IpAddr::V6).ok(),
        None => name.parse().map(IpAddr::V4).ok(),
    };
    address.is_some_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_called_by_its_addresses_and_by_localhost() {
        for host in [
            "localhost",
            "LocalHost:8740",
            "127.0.0.1",
            "127.8.8.8:1",
            "[::1]",
            "[::1]:8740",
            "[::ffff:127.0.0.1]:1",
        ] {
            assert!(is_this_machine(host), "{host}");
        }
        for host in [
            "",
            ":8740",
            "x",
            "evil.example:8740",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "10.0.0.1:8740",
            "[::2]",
            "::1:8740",
            "127.0.0.1:",
            "127.0.0.1:x",
            "localhost:8740@evil.example",
            "0.0.0.0:8740",
            "2130706433",
        ] {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
