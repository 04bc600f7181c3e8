//! `/login`, `/login/issuer`, `/login/callback`, `/logout`: how people come in and go at the console. Anybody may ask; what is wrong is
//! said on the page.

use std::time::Duration;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, Form, FromRequest as _, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::lookups::Patience;
use super::oidc::{Came, lost};
use super::page::LoginPage;
use super::refused::Refusal;
use super::session::{self, Secret, Whose, cookie_name, cookie_text, set_cookie};
use super::{Asked, Oidc, Whom, bearer, identify, proxy, roles};
use crate::domain::access_token::AccessToken;
use crate::domain::identity::Proven;
use crate::web::Web;
use crate::web::proof::same;

/// How long the form may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(10);

/// The largest form, bytes.
const FORM: usize = 8 * 1024;

/// The cookie of an attempt to sign in, and how long it is good for, seconds.
const ATTEMPT: (&str, u64) = ("quell-login", 600);

#[derive(Debug, Default, Deserialize)]
struct Wanted {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    token: String,
    next: Option<String>,
}

/// The routes.
pub(in crate::web) fn routes() -> Router<Web> {
    Router::new()
        .route("/login", get(page).post(with_token))
        .route("/login/issuer", get(to_issuer))
        .route("/login/callback", get(from_issuer))
        .route("/logout", post(logout))
        .layer(DefaultBodyLimit::max(FORM))
}

/// The address of the page that leads there in the end.
pub(super) fn leading_to(next: &str) -> String {
    let encoded: String = next
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            byte => format!("%{byte:02X}"),
        })
        .collect();
    format!("/login?next={encoded}")
}

async fn page(
    State(web): State<Web>,
    mut parts: Parts,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let next = own(wanted.ok().and_then(|Query(wanted)| wanted.next));
    // Whoever is let in without signing in may see this page too.
    let name = identify(&mut parts, &web).await.ok().and_then(|known| known.name);
    shown(&web, StatusCode::OK, &next, None, name.as_deref())
}

async fn with_token(State(web): State<Web>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let form = tokio::time::timeout(ARRIVAL, Form::<Given>::from_request(request, &web)).await;
    let Ok(Ok(Form(given))) = form else {
        return shown(
            &web,
            StatusCode::BAD_REQUEST,
            "/",
            Some("the form cannot be read: try again"),
            None,
        );
    };
    let next = own(given.next);
    match token_session(&web, &parts, given.token.trim()).await {
        Ok(cookie) => entered(&next, [cookie]),
        Err(refusal) => told(&web, &parts, &next, refusal),
    }
}

async fn token_session(web: &Web, parts: &Parts, shown: &str) -> Result<HeaderValue, Refusal> {
    let asked = Asked::of(parts, &web.0.options);
    asked.changes_nothing_for_others()?;
    // As with a token in a header: what could be found by trying is held back, and nobody's own token.
    if AccessToken::parse(shown).is_err() {
        web.0.refusals.may_try(asked.counted_as())?;
    }
    let operators = web.0.options.operator_token.as_ref();
    if operators.is_some_and(|token| same(shown.as_bytes(), token.expose_secret().as_bytes())) {
        return session::begin(asked, web, Whose::Shared).await;
    }
    let known = bearer::find(shown, web, Patience::Waits)
        .await?
        .ok_or_else(bearer::unknown)?;
    let whose = Whose::Holder {
        name: &known.view.name,
        token: known.id,
    };
    session::begin(asked, web, whose).await
}

async fn to_issuer(
    State(web): State<Web>,
    parts: Parts,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let next = own(wanted.ok().and_then(|Query(wanted)| wanted.next));
    let begun = async {
        let secret = session::random();
        let address = issuer(&web)?.begin(&secret).await?;
        let is_https = Asked::of(&parts, &web.0.options).is_https(&web.0.options.access);
        let (name, seconds) = ATTEMPT;
        let value = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(secret),
            URL_SAFE_NO_PAD.encode(&next)
        );
        let cookie = set_cookie(&cookie_name(name, is_https), Some(&value), seconds, is_https);
        Ok(([(header::SET_COOKIE, cookie)], Redirect::to(&address)).into_response())
    };
    begun
        .await
        .unwrap_or_else(|refusal| told(&web, &parts, &next, refusal))
}

async fn from_issuer(
    State(web): State<Web>,
    parts: Parts,
    came: Result<Query<Came>, QueryRejection>,
) -> Response {
    let came = came.map_or_else(|_| Came::default(), |Query(came)| came);
    let is_https = Asked::of(&parts, &web.0.options).is_https(&web.0.options.access);
    let name = cookie_name(ATTEMPT.0, is_https);
    let attempt = attempt(&parts.headers, &name);
    let next = attempt.as_ref().map_or("/", |(_, next)| next.as_str());
    let gone = set_cookie(&name, None, 0, is_https);
    let secret = attempt.as_ref().map(|(secret, _)| secret);
    match issuer_session(&web, &parts, secret, &came).await {
        Ok(cookie) => entered(next, [cookie, gone]),
        Err(refusal) => {
            let mut response = told(&web, &parts, next, refusal);
            response.headers_mut().append(header::SET_COOKIE, gone);
            response
        }
    }
}

async fn issuer_session(
    web: &Web,
    parts: &Parts,
    secret: Option<&Secret>,
    came: &Came,
) -> Result<HeaderValue, Refusal> {
    let asked = Asked::of(parts, &web.0.options);
    let (issuer, secret) = (issuer(web)?, secret.ok_or_else(lost)?);
    // What was not begun here is nobody's attempt: any page can send a browser to this address. Whoever began has their turn.
    issuer.check(secret, came)?;
    web.0.refusals.may_try(asked.counted_as())?;
    let person = issuer.end(secret, came).await?;
    let rules = &web.0.options.access.roles;
    roles::known(rules, &person.name, &person.groups, Proven::SignedIn).ok_or_else(proxy::no_role)?;
    // Groups that no rule names tell nothing here, and are nobody's business.
    let is_named = |group: &String| rules.iter().any(|rule| rule.whom == Whom::Group(group.clone()));
    let groups: Vec<String> = person.groups.into_iter().filter(is_named).collect();
    let whose = Whose::Person {
        name: &person.name,
        groups: &groups,
    };
    session::begin(asked, web, whose).await
}

async fn logout(State(web): State<Web>, parts: Parts) -> Response {
    let asked = Asked::of(&parts, &web.0.options);
    let ended = async {
        asked.changes_nothing_for_others()?;
        session::end(asked, &web).await
    };
    match ended.await {
        Ok(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/login")).into_response(),
        Err(refusal) => told(&web, &parts, "/", refusal),
    }
}

fn issuer(web: &Web) -> Result<&Oidc, Refusal> {
    web.0.options.access.oidc.as_deref().ok_or_else(|| {
        let detail = "no issuer is configured: sign in with a token";
        Refusal::forbidden("no_issuer", detail)
    })
}

/// What the cookie of an attempt holds: its secret, and where whoever signs in wants to go.
fn attempt(headers: &HeaderMap, name: &str) -> Option<(Secret, String)> {
    let (secret, next) = cookie_text(headers, name)?.split_once('.')?;
    let secret = URL_SAFE_NO_PAD.decode(secret).ok()?.try_into().ok()?;
    let next = String::from_utf8(URL_SAFE_NO_PAD.decode(next).ok()?).ok();
    Some((secret, own(next)))
}

/// A path of ours; whatever else was asked for, the first page.
fn own(next: Option<String>) -> String {
    let is_own = |next: &String| {
        let is_path = next.starts_with('/') && !next.starts_with("//") && !next.starts_with("/login");
        is_path && next.len() <= 500 && next.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
    };
    next.filter(is_own).unwrap_or_else(|| "/".to_owned())
}

fn entered<const N: usize>(next: &str, cookies: [HeaderValue; N]) -> Response {
    let mut response = Redirect::to(next).into_response();
    for cookie in cookies {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

fn told(web: &Web, parts: &Parts, next: &str, refusal: Refusal) -> Response {
    let peer = Asked::of(parts, &web.0.options).counted_as();
    let problem = web.0.refusals.tell(peer, refusal);
    shown(web, problem.status(), next, Some(&problem.detail), None)
}

fn shown(web: &Web, status: StatusCode, next: &str, wrong: Option<&str>, name: Option<&str>) -> Response {
    let has_issuer = web.0.options.access.oidc.is_some();
    let to_issuer = leading_to(next).replacen("/login", "/login/issuer", 1);
    let page = LoginPage {
        next,
        to_issuer: has_issuer.then_some(&to_issuer),
        wrong,
        name,
    };
    (status, page.render()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_signs_in_goes_to_a_page_of_ours_and_nowhere_else() {
        let check = |next: &str, expected: &str| assert_eq!(own(Some(next.to_owned())), expected, "{next}");
        check("/devices?show=all&x=%20", "/devices?show=all&x=%20");
        for wrong in [
            "",
            "devices",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "javascript:alert(1)",
            "/a\r\nb",
            "/a b",
            "/ä",
            "/login",
            "/logi\u{7f}n",
            "/\t/evil.example",
        ] {
            check(wrong, "/");
        }
        check(&format!("/{}", "x".repeat(500)), "/");
        assert_eq!(leading_to("/a?b=c&d=/e"), "/login?next=/a%3Fb%3Dc%26d%3D/e");
    }

    #[test]
    fn an_attempt_is_what_its_cookie_holds() {
        let value = |secret: &[u8], next: &str| {
            format!(
                "quell-login={}.{}",
                URL_SAFE_NO_PAD.encode(secret),
                URL_SAFE_NO_PAD.encode(next)
            )
        };
        let read = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::COOKIE, text.parse().expect("plain text"));
            attempt(&headers, "quell-login")
        };
        assert_eq!(
            read(&value(&[3; 32], "/queue")),
            Some(([3; 32], "/queue".to_owned()))
        );
        assert_eq!(read(&value(&[3; 32], "//evil")), Some(([3; 32], "/".to_owned())));
        assert_eq!(read(&value(&[3; 31], "/queue")), None);
        assert_eq!(read("quell-login=abc"), None);
    }
}
