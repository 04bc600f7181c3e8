//! The token pages beside the v2.0 endpoint: Entra's v1 endpoint, the one for device codes, and the metadata service of an
//! Azure machine (facts sheet 5.2, 5.5, 5.6). The pipeline asks here for every path that is nothing else.

use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::simulator::hub::Hub;
use crate::simulator::reply::Reply;
use crate::simulator::token::Version;

/// One of the pages.
enum Page<'a> {
    V1 { tenant: &'a str },
    DeviceCode,
    Machine,
}

/// Answers a request for one of the pages; `None` for any other path.
pub fn answer(hub: &Hub, parts: &Parts, body: &[u8]) -> Option<Reply> {
    let segments: Vec<&str> = parts
        .uri
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    let page = match segments.as_slice() {
        ["metadata", "identity", "oauth2", "token"] => Page::Machine,
        [tenant, "oauth2", "token"] => Page::V1 { tenant },
        [_, "oauth2", "v2.0", "devicecode"] => Page::DeviceCode,
        _ => return None,
    };
    let method = match page {
        Page::Machine => Method::GET,
        Page::V1 { .. } | Page::DeviceCode => Method::POST,
    };
    if parts.method != method {
        let message = "The requested resource does not support this HTTP method.";
        return Some(Reply::error(
            StatusCode::METHOD_NOT_ALLOWED,
            "BadRequest",
            message,
        ));
    }
    let (options, clock, now) = (&hub.options, &hub.clock, hub.clock.now());
    let mut state = hub.state();
    state.tally.token_requests += 1;
    Some(match page {
        Page::V1 { tenant } => {
            let form = fields(body);
            state
                .tokens
                .issue_as(Version::V1, tenant, &form, options, clock, now)
        }
        Page::DeviceCode => {
            let form = fields(body);
            let code = state.tokens.users.code(&form, clock, now);
            match code {
                Ok(body) => Reply::json(StatusCode::OK, &body),
                Err(refusal) => refusal.reply(clock, now),
            }
        }
        Page::Machine => {
            let is_marked = parts.headers.get("metadata").is_some_and(|value| value == "true");
            let is_forwarded = parts.headers.contains_key("x-forwarded-for");
            let query = fields(parts.uri.query().unwrap_or_default().as_bytes());
            let field = |name: &str| {
                query
                    .iter()
                    .find(|(key, _)| key == name)
                    .map(|(_, value)| value.as_str())
            };
            match field("resource").filter(|_| is_marked && !is_forwarded) {
                Some(resource) if field("api-version") == Some("2018-02-01") => {
                    let identity = ["client_id", "object_id", "msi_res_id"]
                        .into_iter()
                        .find_map(field);
                    let identity = identity.unwrap_or("machine");
                    let tenant = options.entra.machine_directory.clone();
                    let version = Version::Machine;
                    state
                        .tokens
                        .grant(version, &tenant, identity, resource, None, options, clock, now)
                }
                _ => {
                    let text = "Required metadata header not specified, or the query is not complete";
                    let body = json!({ "error": "invalid_request", "error_description": text });
                    Reply::json(StatusCode::BAD_REQUEST, &body)
                }
            }
        }
    })
}

/// The fields of a form or a query.
fn fields(text: &[u8]) -> Vec<(String, String)> {
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let mut half = || decoded(halves.next().unwrap_or_default());
            (half(), half())
        })
        .collect()
}

fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, tail @ ..] = rest {
        let escape = (*first == b'%').then(|| tail.get(..2)).flatten();
        let byte = escape
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        bytes.push(byte.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
