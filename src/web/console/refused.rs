//! What goes wrong, as a page: a problem document that a handler answers with is for programs, and whoever looks at a page is a person.
//! And what every answer of the console says to the browser.

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use crate::web::answer::Problem;

/// Nothing but what this server serves, nothing inline, and in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Says it to the browser with every answer, unless it is said already.
const SAID: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// The longest problem document that there is.
const MOST: usize = 64 * 1024;

/// Makes a page of a problem, and says to the browser what it may do with the answer.
pub(super) async fn as_pages(request: Request, next: Next) -> Response {
    let mut answer = next.run(request).await;
    let media = answer.headers().get(header::CONTENT_TYPE);
    if media.is_some_and(|media| media.as_bytes().starts_with(b"application/problem+json")) {
        answer = as_page(answer).await;
    }
    for (name, value) in SAID {
        answer
            .headers_mut()
            .entry(name)
            .or_insert_with(|| HeaderValue::from_static(value));
    }
    answer
}

async fn as_page(answer: Response) -> Response {
    let (mut head, body) = answer.into_parts();
    let read = to_bytes(body, MOST).await.ok();
    let problem = read.and_then(|read| serde_json::from_slice::<Problem>(&read).ok());
    head.headers.remove(header::CONTENT_TYPE);
    head.headers.remove(header::CONTENT_LENGTH);
    let detail = problem.map_or_else(
        || "the log of the daemon says why".to_owned(),
        |problem| problem.detail,
    );
    let title = head.status.canonical_reason().unwrap_or("Not answered");
    let page = page(title, &detail, head.status == StatusCode::UNAUTHORIZED);
    (head.status, head.headers, page).into_response()
}

/// A page that needs nothing to be known but what went wrong.
fn page(title: &str, detail: &str, may_sign_in: bool) -> Markup {
    let content = html! {
        div.notice.bad role="alert" { (detail) }
        @if may_sign_in { p { a href="/login" { "Sign in" } } }
        @else { p { a href="/" { "To the overview" } } }
    };
    bare(title, &content)
}

/// A page with nothing around it: nobody need be known, and nothing be asked of Postgres.
pub(super) fn bare(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Quell" }
                link rel="icon" href=(assets::address("icon.svg")) type="image/svg+xml";
                link rel="stylesheet" href=(assets::address("console.css"));
            }
            body {
                main #main tabindex="-1" {
                    div.title { h1 { (title) } }
                    (content)
                }
            }
        }
    }
}
