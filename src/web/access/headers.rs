//! What every answer to an operator says to the browser: run no script but ours, show this in no frame, tell nobody where you came
//! from, keep nothing. A page for somebody who is not signed in leads to where they can.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};

use super::login;

/// Nothing but what this server sends itself, and no script within a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What is said, unless a page says so itself: what is static says how long it may be kept.
const SAID: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (header::CACHE_CONTROL, "no-store"),
];

/// For every answer: an answer of the API may be shown by a browser too. Whoever is not signed in and asks for a page is led to where
/// they can.
pub(in crate::web) async fn said(request: Request, next: Next) -> Response {
    // Senders of events are no browsers, and send many.
    if *request.method() == Method::POST && request.uri().path().starts_with("/v1/events") {
        return next.run(request).await;
    }
    let wanted = page_wanted(&request);
    let mut response = next.run(request).await;
    if let Some(path) = wanted.filter(|_| response.status() == StatusCode::UNAUTHORIZED) {
        response = Redirect::to(&login::leading_to(&path)).into_response();
    }
    protect(response.headers_mut());
    response
}

fn protect(headers: &mut HeaderMap) {
    for (name, value) in SAID {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

/// The page that a browser asks for, with its query.
fn page_wanted(request: &Request) -> Option<String> {
    let accept = request.headers().get(header::ACCEPT)?.to_str().ok()?;
    let is_page = *request.method() == Method::GET && accept.contains("text/html");
    is_page.then(|| {
        request
            .uri()
            .path_and_query()
            .map_or("/", |path| path.as_str())
            .to_owned()
    })
}
