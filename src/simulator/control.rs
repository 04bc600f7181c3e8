//! The simulator's own pages under `/_control/`: what was seen, what goes wrong, and deeds. They ask for a token of their own,
//! so that no client under test comes here by mistake.
//!
//! Called by the pipeline. They count in no window, stand in no journal and suffer no fault.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::simulator::deed::{self, Deed};
use crate::simulator::hub::Hub;
use crate::simulator::reply::Reply;
use crate::simulator::route::OwnPage;

/// Answers one of them.
pub fn page(hub: &Hub, page: OwnPage, headers: &HeaderMap, body: &[u8]) -> Response {
    if !is_ours(hub, headers) {
        let message = "show the token that `quell simulate` printed: `Authorization: Bearer …`";
        return Reply::error(StatusCode::UNAUTHORIZED, "Unauthorized", message).into_response();
    }
    match page {
        OwnPage::Report => {
            let report = hub.report();
            let invariants = report.invariants();
            let mut shown = json!(report);
            shown["invariants_held"] = json!(invariants.iter().all(|one| one.held));
            shown["invariants"] = json!(invariants);
            Reply::json(StatusCode::OK, &shown).into_response()
        }
        OwnPage::Journal => {
            let entries = hub.state().journal.entries();
            let lines: String = entries
                .iter()
                .map(|entry| format!("{}\n", json!(entry)))
                .collect();
            ([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response()
        }
        OwnPage::Faults => {
            let now = hub.clock.now();
            let mut state = hub.state();
            let shown = json!({ "faults": state.faults, "rules": state.rules.list(now) });
            drop(state);
            Reply::json(StatusCode::OK, &shown).into_response()
        }
        OwnPage::Devices => {
            let mut state = hub.state();
            state.book.settle(&hub.clock, hub.clock.now());
            let book = &state.book;
            let devices = book.held().into_iter().map(|id| {
                json!({
                    "id": id, "restricted": book.is_restricted(&id), "isolated": book.isolation(&id),
                    "quarantined": book.quarantined(&id), "offboarded": book.is_offboarded(&id),
                })
            });
            let shown = json!({ "devices": devices.collect::<Vec<_>>() });
            drop(state);
            Reply::json(StatusCode::OK, &shown).into_response()
        }
        OwnPage::Do => {
            let done = serde_json::from_slice::<Deed>(body)
                .map_err(|error| error.to_string())
                .and_then(|deed| deed::perform(hub, deed));
            match done {
                Ok(said) => Reply::json(StatusCode::OK, &said).into_response(),
                Err(why) => Reply::bad_request("InvalidInput", why).into_response(),
            }
        }
    }
}

fn is_ours(hub: &Hub, headers: &HeaderMap) -> bool {
    let shown = headers.get(header::AUTHORIZATION);
    let token = shown
        .and_then(|shown| shown.to_str().ok())
        .and_then(|shown| shown.strip_prefix("Bearer "));
    token == Some(hub.control_token.as_str())
}
