//! Whoever signed in at the console, known by a cookie of 256 random bits of which only the SHA-256 is kept.
//!
//! The cookie is for this host alone (`__Host-`, and https where we are reached by that), no script reads it, and another site's page
//! sends it only where somebody follows a link. What a person may is judged anew at each request: a token that is revoked, another
//! operators' token and other rules in the configuration hold at once, or from the next start.

use axum::http::{HeaderMap, HeaderValue, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;
use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::refused::Refusal;
use super::{Asked, holder, proxy, roles};
use crate::domain::identity::{Identity, Proven};
use crate::store::{NewSession, Store, TokenState};
use crate::web::Web;
use crate::web::proof::same;

/// A secret in a cookie.
pub(super) type Secret = [u8; 32];

/// Whom a session is for.
#[derive(Clone, Debug)]
pub(super) enum Whose<'a> {
    /// Whoever the issuer named.
    Person { name: &'a str, groups: &'a [String] },
    /// Whoever holds a token of `quell tokens`.
    Holder { name: &'a str, token: Uuid },
    /// Whoever knows the operators' token.
    Shared,
}

/// Which cookie: the browser gives one that begins with `__Host-` back only to whoever set it over https, for this host.
pub(super) fn cookie_name(name: &'static str, is_https: bool) -> String {
    if is_https {
        format!("__Host-{name}")
    } else {
        name.to_owned()
    }
}

/// The session's.
pub(super) const SESSION: &str = "quell";

/// Who asks, by the cookie; `None`: no session goes on.
pub(super) async fn identify(asked: Asked<'_>, web: &Web) -> Result<Option<Identity>, Refusal> {
    let name = cookie_name(SESSION, asked.is_https(&web.0.options.access));
    let (Some(secret), Some(store)) = (cookie(asked.headers, &name), web.0.inbox.store()) else {
        return Ok(None);
    };
    let access = &web.0.options.access;
    let found = {
        let place = web.0.lookups.session(asked.patience).await;
        let _place = place.ok_or_else(Refusal::no_place)?;
        store
            .session_find(hash(&secret), access.idle, asked.is_by_person())
            .await?
    };
    let Some(session) = found else { return Ok(None) };
    if let Some(token) = session.token {
        return Ok((token.state == TokenState::Good).then(|| holder(token, Proven::SignedIn)));
    }
    if let Some(shared) = session.shared {
        let now = web
            .0
            .options
            .operator_token
            .as_ref()
            .map(|token| shared_proof(&secret, token.expose_secret()));
        return Ok(now.filter(|now| same(now, &shared)).map(|_| Identity::shared()));
    }
    // Without an issuer nobody vouches for them any more.
    let Some(name) = session.name.filter(|_| access.oidc.is_some()) else {
        return Ok(None);
    };
    let known = roles::known(&access.roles, &name, &session.groups, Proven::SignedIn);
    known.map(Some).ok_or_else(proxy::no_role)
}

/// Begins a session; the header that sets its cookie.
pub(super) async fn begin(asked: Asked<'_>, web: &Web, whose: Whose<'_>) -> Result<HeaderValue, Refusal> {
    let access = &web.0.options.access;
    let secret = random();
    let (name, groups, token) = match whose {
        Whose::Person { name, groups } => (Some(name), groups, None),
        Whose::Holder { name, token } => (Some(name), &[][..], Some(token)),
        Whose::Shared => (None, &[][..], None),
    };
    let operators = web.0.options.operator_token.as_ref().filter(|_| name.is_none());
    let new = NewSession {
        hash: hash(&secret),
        name,
        groups,
        token,
        shared: operators.map(|token| shared_proof(&secret, token.expose_secret())),
        lifetime: access.lifetime,
        how: match whose {
            Whose::Person { .. } => "signed in with the issuer",
            Whose::Holder { .. } => "signed in with a token",
            Whose::Shared => "signed in with the operators' token",
        },
    };
    store(web)?.session_begin(&new).await?;
    let name = cookie_name(SESSION, asked.is_https(access));
    Ok(set_cookie(
        &name,
        Some(&URL_SAFE_NO_PAD.encode(secret)),
        access.lifetime.as_secs(),
        asked.is_https(access),
    ))
}

/// Ends the session of that request, if there is one; the header that takes its cookie away.
pub(super) async fn end(asked: Asked<'_>, web: &Web) -> Result<HeaderValue, Refusal> {
    let is_https = asked.is_https(&web.0.options.access);
    let name = cookie_name(SESSION, is_https);
    if let Some(secret) = cookie(asked.headers, &name) {
        store(web)?.session_end(hash(&secret)).await?;
    }
    Ok(set_cookie(&name, None, 0, is_https))
}

/// 256 random bits.
pub(super) fn random() -> Secret {
    let mut secret = Secret::default();
    SystemRandom::new()
        .fill(&mut secret)
        .expect("the system has random bits");
    secret
}

/// The header that sets a cookie, or takes it away.
pub(super) fn set_cookie(name: &str, value: Option<&str>, seconds: u64, is_https: bool) -> HeaderValue {
    let (value, seconds) = value.map_or(("", 0), |value| (value, seconds));
    let secure = if is_https { "; Secure" } else { "" };
    let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    let mut header = HeaderValue::from_str(&text).expect("it is made of letters and digits");
    header.set_sensitive(true);
    header
}

/// The secret in the cookie of that name. A name that stands there twice names nothing: another may have set one of them.
pub(super) fn cookie(headers: &HeaderMap, name: &str) -> Option<Secret> {
    let value = cookie_text(headers, name)?;
    URL_SAFE_NO_PAD.decode(value).ok()?.try_into().ok()
}

/// The cookie of that name.
pub(super) fn cookie_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let pairs = all
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(its, _)| *its == name).map(|(_, value)| value);
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

fn hash(secret: &Secret) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// What is kept of the operators' token. Without the cookie nobody can try which token it is.
fn shared_proof(secret: &Secret, token: &str) -> [u8; 32] {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let tag = hmac::sign(&key, token.as_bytes());
    tag.as_ref().try_into().expect("a SHA-256 has 32 bytes")
}

fn store(web: &Web) -> Result<&Store, Refusal> {
    web.0.inbox.store().ok_or_else(|| {
        let detail = "this process has no database";
        Refusal {
            why: "store_unavailable",
            problem: Box::new(crate::web::answer::Problem::new(
                axum::http::StatusCode::SERVICE_UNAVAILABLE,
                "store_unavailable",
                detail,
            )),
            is_attempt: false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, cookie.parse().expect("plain text"));
        }
        headers
    }

    #[test]
    fn a_cookie_is_found_among_others_and_one_that_stands_there_twice_is_none() {
        let secret = [7; 32];
        let text = URL_SAFE_NO_PAD.encode(secret);
        let own = format!("quell={text}");
        assert_eq!(
            cookie(&headers(&[&format!("a=b; {own};c=d")]), "quell"),
            Some(secret)
        );
        assert_eq!(cookie(&headers(&["a=b", &own]), "quell"), Some(secret));
        assert_eq!(cookie(&headers(&[&own, &own]), "quell"), None);
        assert_eq!(cookie(&headers(&[&own]), "__Host-quell"), None);
        for wrong in [
            "quell=",
            "quell=x",
            "quell",
            &format!("quell={text}x"),
            &format!("xquell={text}"),
        ] {
            assert_eq!(cookie(&headers(&[wrong]), "quell"), None, "{wrong}");
        }
    }

    #[test]
    fn a_cookie_is_for_this_host_alone_and_for_no_script() {
        let header = set_cookie(&cookie_name(SESSION, true), Some("abc"), 60, true);
        assert_eq!(
            header,
            "__Host-quell=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert!(header.is_sensitive());
        let gone = set_cookie(&cookie_name(SESSION, false), None, 60, false);
        assert_eq!(gone, "quell=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn what_is_kept_of_the_operators_token_differs_with_each_session() {
        assert_ne!(shared_proof(&[1; 32], "x"), shared_proof(&[2; 32], "x"));
        assert_ne!(shared_proof(&[1; 32], "x"), shared_proof(&[1; 32], "y"));
    }
}
