//! The API under `/v1`: what an operator sees and does, for programs. One file a resource; each handler says by [`May`](super::may::May) what right
//! it needs, asks the [`crate::desk`], and is documented where it stands: what is routed is what `/v1/openapi.json` tells.

mod actions;
mod answers;
mod approvals;
mod asked;
mod caps;
mod contain;
mod containments;
mod decisions;
mod devices;
mod in_force;
mod letters_ended;
mod notifications;
mod playbooks;
mod records;
mod status;
mod switch;
mod tokens;
mod writing;

use std::sync::LazyLock;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Extension, Router};
use utoipa::OpenApi;
use utoipa::openapi::RefOr;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::web::Web;
use crate::web::answer::Problem;
use writing::Larger;

pub(super) use asked::AtDesk;

/// What the document says of the whole.
#[derive(OpenApi)]
#[openapi(info(
    title = "Quell",
    description = "What an operator of Quell sees and does. Every error is a problem document (RFC 9457) with a stable `reason`."
))]
struct Document;

/// The routes, with the document of them.
pub(super) fn documented() -> (Router<Web>, utoipa::openapi::OpenApi) {
    let playbooks = OpenApiRouter::new()
        .routes(routes!(in_force::activate))
        .layer(Extension(Larger(in_force::PLAYBOOKS_LIMIT)));
    let (router, mut document) = OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(status::status))
        .merge(reading())
        .routes(routes!(answers::approve))
        .routes(routes!(answers::reject))
        .routes(routes!(contain::restrict))
        .routes(routes!(contain::isolate))
        .routes(routes!(contain::release))
        .routes(routes!(containments::extend))
        .routes(routes!(containments::releases))
        .routes(routes!(containments::run))
        .routes(routes!(caps::caps))
        .routes(routes!(caps::lift))
        .routes(routes!(caps::end))
        .merge(playbooks)
        .routes(routes!(in_force::revoke))
        .routes(routes!(letters_ended::retry))
        .routes(routes!(letters_ended::drop))
        .routes(routes!(switch::reload))
        .routes(routes!(switch::stop))
        .routes(routes!(switch::resume))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
        .routes(routes!(notifications::list))
        .routes(routes!(notifications::show))
        .routes(routes!(notifications::resend))
        .split_for_parts();
    describe(&mut document);
    (router, document)
}

/// What OpenAPI 3.1 wants of every operation: a name of its own, which is made of its method and path, and a description of every answer,
/// for those that have none.
fn describe(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let of_methods = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in of_methods {
            let Some(operation) = operation else { continue };
            let words = path.split(|c: char| !c.is_ascii_alphanumeric());
            let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
            operation.operation_id = Some(format!("{method}_{}", words.join("_")));
            for (status, answer) in &mut operation.responses.responses {
                let said = match status.as_str() {
                    "default" => "Why there is no answer",
                    _ => "The answer",
                };
                if let RefOr::T(answer) = answer
                    && answer.description.is_empty()
                {
                    said.clone_into(&mut answer.description);
                }
            }
        }
    }
}

/// What is read and changes nothing.
fn reading() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(devices::list))
        .routes(routes!(devices::one))
        .routes(routes!(devices::timeline))
        .routes(routes!(devices::restricted))
        .routes(routes!(actions::list))
        .routes(routes!(actions::one))
        .routes(routes!(actions::queue))
        .routes(routes!(actions::budget))
        .routes(routes!(actions::due))
        .routes(routes!(decisions::list))
        .routes(routes!(decisions::event))
        .routes(routes!(decisions::alert))
        .routes(routes!(approvals::list))
        .routes(routes!(approvals::one))
        .routes(routes!(playbooks::list))
        .routes(routes!(playbooks::one))
        .routes(routes!(playbooks::revisions))
        .routes(routes!(playbooks::activations))
        .routes(routes!(records::audit))
        .routes(routes!(records::alarms))
        .routes(routes!(records::letters))
        .routes(routes!(records::letter))
        .routes(routes!(records::sources))
        .routes(routes!(records::system))
}

/// The header by which a change says what was looked at.
fn tagged(revision: Option<&str>) -> HeaderMap {
    let tag = revision.and_then(|revision| HeaderValue::from_str(&format!("\"{revision}\"")).ok());
    tag.into_iter().map(|tag| (header::ETAG, tag)).collect()
}

/// The document of the API as JSON, indented.
pub(super) fn openapi() -> String {
    let (_, document) = documented();
    let document = document.to_pretty_json();
    document.expect("the document is built from texts and numbers") + "\n"
}

/// All routes with their document, made once in a process: that takes 20 ms.
static DOCUMENTED: LazyLock<(Router<Web>, String)> = LazyLock::new(|| {
    let (router, document) = documented();
    let document = document.to_json();
    let document = document.expect("the document is built from texts and numbers");
    (router, document)
});

/// Makes the routes and their document, if nobody has yet. A daemon that starts does it while it waits for Postgres.
pub(super) fn prepare() {
    LazyLock::force(&DOCUMENTED);
}

/// All routes of the API.
pub(super) fn router() -> Router<Web> {
    let (router, document) = &*DOCUMENTED;
    let served = || async { ([(header::CONTENT_TYPE, "application/json")], document.as_str()) };
    router
        .clone()
        .route("/v1/openapi.json", get(served))
        .layer(from_fn(no_idle_condition))
}

/// The routes that look at `If-Match`.
const CONDITIONAL: [&str; 4] = [
    "/v1/approvals/{request}/approve",
    "/v1/approvals/{request}/reject",
    "/v1/caps/{cap}/lift",
    "/v1/playbooks/activate",
];

/// Whoever says what must be there is refused by a route that does not look: nothing is done on a condition that nobody checks.
async fn no_idle_condition(request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let is_looked_at = path.is_some_and(|path| CONDITIONAL.contains(&path));
    if request.headers().contains_key(header::IF_MATCH) && !is_looked_at {
        let detail = "this route looks at no `If-Match`, so nothing was done: leave it out";
        return Problem::new(StatusCode::BAD_REQUEST, "if_match_unused", detail).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_names_every_route_with_its_answers() {
        let (_, document) = documented();
        let document = serde_json::to_value(&document).expect("it is JSON");
        let status = &document["paths"]["/v1/status"]["get"];
        let answers = status["responses"].as_object().expect("it has answers");
        assert!(
            answers.contains_key("200") && answers.contains_key("default"),
            "{status}"
        );
    }

    #[test]
    fn the_routes_that_look_at_if_match_are_those_that_say_so() {
        let (_, document) = documented();
        let document = serde_json::to_value(&document).expect("it is JSON");
        let paths = document["paths"].as_object().expect("it has paths").iter();
        let says = paths.filter(|(_, methods)| methods.to_string().contains("\"If-Match\""));
        let says: Vec<&str> = says.map(|(path, _)| path.as_str()).collect();
        assert_eq!(says, CONDITIONAL);
    }

    #[test]
    fn no_two_operations_have_one_id_and_each_write_says_what_it_takes() {
        let (_, document) = documented();
        let document = serde_json::to_value(&document).expect("it is JSON");
        let mut ids = std::collections::BTreeSet::new();
        for (path, methods) in document["paths"].as_object().expect("it has paths") {
            for (method, operation) in methods.as_object().expect("it has methods") {
                let id = operation["operationId"].as_str().expect("it has an id");
                assert!(ids.insert(id.to_owned()), "{id} is there twice: {path}");
                let takes = operation["requestBody"].is_object();
                assert!(takes || method != "post", "{method} {path}");
            }
        }
    }
}
