//! Who asks: found out once for each request, in this order, and the first way that speaks decides.
//!
//! 1. A bearer token: the operators' of the configuration, or one of `quell tokens`. One that opens nothing ends it here.
//! 2. The Unix socket: whoever may open it is on this machine, and the system says who ([`Local`]).
//! 3. The headers of a proxy that is trusted with them ([`ProxyHeaders`]). From anybody else they are not looked at, and whoever sends
//!    them is nobody on this machine.
//! 4. The cookie of somebody who signed in ([`session`]).
//! 5. This machine, where the configuration knows no way to show who one is ([`here`]).
//!
//! All but the first are what a browser does for whatever page it shows, so each is believed only as [`cross_site`] lets it. Called by
//! [`crate::web::may`] and whatever else needs to know; handlers never look at headers themselves. It decides no right: [`Identity`]
//! does.

mod bearer;
mod cross_site;
mod headers;
mod here;
mod id_token;
#[cfg(test)]
mod id_token_tests;
#[cfg(test)]
mod issuer_fake;
mod login;
mod lookups;
mod oidc;
#[cfg(test)]
mod oidc_tests;
mod page;
mod proxy;
mod refused;
#[cfg(test)]
mod resolve_tests;
#[cfg(test)]
mod rights;
mod roles;
mod session;
#[cfg(test)]
mod walk_tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, Uri, Version};

pub use oidc::{Oidc, OidcOptions};
pub use roles::{RoleRule, Whom};

pub(super) use headers::said;
pub(super) use login::routes;
pub(super) use lookups::{Lookups, Patience};
pub(super) use refused::Refusals;

use crate::domain::identity::{Identity, Proven};
use crate::web::answer::Problem;
use crate::web::peer::Local;
use crate::web::{Options, Web};
use refused::Refusal;

/// With this header an open page of ours brings itself up to date: nobody did anything.
pub(super) const REFRESH: &str = "x-quell-refresh";

/// How operators show who they are, and what they may.
#[derive(Clone, Debug)]
pub struct Access {
    /// Whether whoever is on this machine is asked too, though nothing else here asks anybody.
    pub is_required: bool,
    /// By which headers a trusted proxy says who asks.
    pub proxy: Option<ProxyHeaders>,
    /// By which issuer people sign in at the console.
    pub oidc: Option<Arc<Oidc>>,
    /// What people may whom a proxy or the issuer names.
    pub roles: Vec<RoleRule>,
    /// A session ends when nobody was seen in it for so long.
    pub idle: Duration,
    /// The longest that a session lasts.
    pub lifetime: Duration,
    /// Whether people reach us by https alone, so that cookies are for that alone.
    pub is_https: bool,
}

impl Default for Access {
    fn default() -> Self {
        Self {
            is_required: false,
            proxy: None,
            oidc: None,
            roles: Vec::new(),
            idle: Duration::from_secs(3_600),
            lifetime: Duration::from_secs(8 * 3_600),
            is_https: false,
        }
    }
}

/// By which headers a trusted proxy says who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProxyHeaders {
    /// The person's name.
    pub user: HeaderName,
    /// Their groups, with commas between them.
    pub groups: Option<HeaderName>,
}

/// What senders can do who are refused so.
const SENDERS: &str = "a sender behind a proxy shows a token (`http.token_file`); or name the proxy in `http.trusted_proxies` and write `http.trust: act`";

/// A request, as far as it tells who asks.
#[derive(Clone, Copy, Debug)]
struct Asked<'a> {
    peer: SocketAddr,
    local: Option<&'a Local>,
    method: &'a Method,
    uri: &'a Uri,
    version: Version,
    headers: &'a HeaderMap,
    /// Its connection is a trusted proxy's.
    is_by_proxy: bool,
    /// Whether it waits for its turn to be looked up.
    patience: Patience,
}

/// Who asks.
///
/// # Errors
/// Nobody that is known: with what is missing, counted, and told in the log.
pub(super) async fn identify(parts: &mut Parts, web: &Web) -> Result<Identity, Problem> {
    if let Some(known) = parts.extensions.get::<Identity>() {
        return Ok(known.clone());
    }
    let identity = {
        let asked = Asked::of(parts, &web.0.options);
        let found = resolve(asked, web).await;
        found.map_err(|refusal| web.0.refusals.tell(asked.counted_as(), refusal))?
    };
    parts.extensions.insert(identity.clone());
    Ok(identity)
}

/// Whether somebody is still who they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Still {
    /// They are; or that cannot be found out, as Postgres is away.
    Yes,
    /// Their session or token has ended, or their roles are others.
    No,
    /// It was not asked: others were being looked up.
    Unasked,
}

/// Whether whoever asked for that would be taken for the same again: their session, token or roles may have ended since.
pub(super) async fn is_still(identity: &Identity, parts: &Parts, web: &Web, patience: Patience) -> Still {
    let asked = Asked {
        patience,
        ..Asked::of(parts, &web.0.options)
    };
    match resolve(asked, web).await {
        Ok(found) if found == *identity => Still::Yes,
        Err(refusal) if refusal.why == "store_unavailable" => Still::Yes,
        Err(refusal) if refusal.why == refused::NO_PLACE => Still::Unasked,
        Ok(_) | Err(_) => Still::No,
    }
}

/// Whether events may be taken from whoever shows no token, as none is asked for: from a program that came by itself. Not from the page of
/// a site that somebody on this machine has open, nor through a proxy that nobody named: whoever it speaks for is not on this machine.
///
/// # Errors
/// They may not; counted.
pub(super) fn sends_itself(head: &Parts, web: &Web) -> Result<(), Problem> {
    let options = &web.0.options;
    let asked = Asked::of(head, options);
    let is_here = asked.local.is_some() || asked.peer.ip().to_canonical().is_loopback();
    let judged = match is_here && !asked.is_by_proxy {
        // By the socket no page comes, whatever the name.
        _ if asked.local.is_some() => Ok(()),
        true => here::is_direct(asked, &options.access).map_err(|refusal| refusal.also(SENDERS)),
        // Whoever else comes is believed as far as `http.trust` says; only a browser must not be made to send.
        false => asked.changes_nothing_for_others(),
    };
    judged.map_err(|refusal| web.0.refusals.tell(asked.counted_as(), refusal))
}

/// Refuses somebody who is known and has not the right to it.
pub(super) fn lacking(identity: &Identity, needed: &str) -> Problem {
    let has: Vec<&str> = identity.roles.iter().map(|role| role.as_str()).collect();
    refused::count("no_right");
    let detail = format!("that needs {needed}, and your roles are: {}", has.join(", "));
    Problem::new(axum::http::StatusCode::FORBIDDEN, "forbidden", detail)
}

/// Refuses somebody whose token is for another tenant.
pub(super) fn beyond(only: &str) -> Problem {
    refused::count("other_tenant");
    let detail = format!("your token is for the tenant `{only}` alone");
    Problem::new(axum::http::StatusCode::FORBIDDEN, "other_tenant", detail)
}

async fn resolve(asked: Asked<'_>, web: &Web) -> Result<Identity, Refusal> {
    let options = &web.0.options;
    if let Some(identity) = bearer::identify(asked, web).await? {
        return Ok(identity);
    }
    if let Some(local) = asked.local {
        here::is_direct(asked, &options.access)?;
        return match local {
            Local::Own => Ok(Identity::here()),
            Local::User(name) => Ok(Identity {
                name: Some(name.clone()),
                ..Identity::here()
            }),
            Local::Unseen => Err(Refusal::forbidden(
                "user_unseen",
                "the daemon cannot see which user you are, as its unit has `PrivateUsers=yes`: set `PrivateUsers=no` in a drop-in, or show a \
                 token of `quell tokens`",
            )),
        };
    }
    if let Some(identity) = proxy::identify(asked, &options.access)? {
        asked.changes_nothing_for_others()?;
        return Ok(identity);
    }
    if let Some(identity) = session::identify(asked, web).await? {
        asked.changes_nothing_for_others()?;
        return Ok(identity);
    }
    here::identify(asked, options)
}

impl<'a> Asked<'a> {
    fn of(parts: &'a Parts, options: &Options) -> Self {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or_else(|| ([0, 0, 0, 0], 0).into(), |ConnectInfo(peer)| *peer);
        let local = parts.extensions.get::<Local>();
        let is_by_proxy = options
            .trusted_proxies
            .iter()
            .any(|network| network.contains(peer.ip()));
        Self {
            peer,
            local,
            method: &parts.method,
            uri: &parts.uri,
            version: parts.version,
            headers: &parts.headers,
            is_by_proxy: is_by_proxy && local.is_none(),
            patience: Patience::Waits,
        }
    }

    /// What the browser called us by; a trusted proxy may say so.
    fn host(&self) -> Option<&'a str> {
        let said = |name: &'static str| match cross_site::one(self.headers, &HeaderName::from_static(name)) {
            cross_site::One::Is(host) => Some(host),
            cross_site::One::None | cross_site::One::Unclear => None,
        };
        let by_proxy = self.is_by_proxy.then(|| said("x-forwarded-host")).flatten();
        by_proxy.or_else(|| said("host"))
    }

    /// Another's page may not change anything in the name of whoever has it open.
    fn changes_nothing_for_others(&self) -> Result<(), Refusal> {
        if cross_site::is_reading(self.method) || cross_site::may_change(self.headers, self.host()) {
            return Ok(());
        }
        let detail = "the request comes from another site's page: change things from the console itself, or send a token. Behind a proxy, \
                      let it pass `Host` on or set `X-Forwarded-Host`";
        Err(Refusal::forbidden("cross_site", detail))
    }

    /// Whether people reach us by https: always, or by a proxy that says so.
    fn is_https(&self, access: &Access) -> bool {
        let name = HeaderName::from_static("x-forwarded-proto");
        let by_proxy =
            self.is_by_proxy && matches!(cross_site::one(self.headers, &name), cross_site::One::Is("https"));
        access.is_https || by_proxy
    }

    /// Whether a person does something: opens a page, sends a form. What a page that stays open asks for by itself is none of that.
    /// Browsers tell the two apart where we are reached by https or on this machine; our own pages do everywhere.
    fn is_by_person(&self) -> bool {
        let mode = HeaderName::from_static("sec-fetch-mode");
        let is_navigation = match cross_site::one(self.headers, &mode) {
            cross_site::One::None => true,
            cross_site::One::Is(mode) => mode == "navigate",
            cross_site::One::Unclear => false,
        };
        is_navigation && !self.headers.contains_key(REFRESH) && self.uri.path() != "/live"
    }

    /// By what its failures are counted: its address, and behind a trusted proxy the one that the proxy names last. `None`: whoever
    /// came by the socket has every right, and nothing to try.
    fn counted_as(&self) -> Option<std::net::IpAddr> {
        if self.local.is_some() {
            return None;
        }
        let last = self.headers.get_all("x-forwarded-for").iter().next_back();
        let named = last
            .filter(|_| self.is_by_proxy)
            .and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Some(crate::web::peer::counted_as(
            named.unwrap_or_else(|| self.peer.ip()),
        ))
    }
}

/// What a token of `quell tokens` makes of whoever shows it.
fn holder(token: crate::store::AccessTokenView, proven: Proven) -> Identity {
    Identity {
        name: Some(token.name),
        proven,
        roles: token.roles,
        groups: token.groups,
        only: token.tenant,
    }
}

/// The words for a right that somebody has not.
pub(super) fn words(right: crate::domain::identity::Right) -> &'static str {
    use crate::domain::identity::Right::{Administer, Approve, Operate, See};
    match right {
        See => "any role",
        Approve => "the role approver or admin",
        Operate => "the role operator or admin",
        Administer => "the role admin",
    }
}
