//! The API under `/v1`: what an operator sees and does, for programs. One file a resource; each handler says by [`May`] what right
//! it needs, asks the [`crate::desk`], and is documented where it stands: what is routed is what `/v1/openapi.json` tells.

mod answers;
mod asked;
mod caps;
mod contain;
mod containments;
mod in_force;
mod letters_ended;
mod status;
mod switch;
mod writing;

use axum::http::header;
use axum::routing::get;
use axum::{Extension, Router};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::web::Web;
use writing::Larger;

/// What the document says of the whole.
#[derive(OpenApi)]
#[openapi(info(
    title = "Quell",
    description = "What an operator of Quell sees and does. Every error is a problem document (RFC 9457) with a stable `reason`."
))]
struct Document;

/// The routes, with the document of them.
fn documented() -> (Router<Web>, utoipa::openapi::OpenApi) {
    let playbooks = OpenApiRouter::new()
        .routes(routes!(in_force::activate))
        .layer(Extension(Larger(in_force::PLAYBOOKS_LIMIT)));
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(status::status))
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
        .split_for_parts()
}

/// All routes of the API.
pub(super) fn router() -> Router<Web> {
    let (router, document) = documented();
    let document = document
        .to_json()
        .expect("the document is built from texts and numbers");
    let served = move || async move { ([(header::CONTENT_TYPE, "application/json")], document) };
    router.route("/v1/openapi.json", get(served))
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
