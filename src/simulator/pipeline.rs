//! The way of a request through the simulator: route, token, windows, fault, call, journal, delay, reply.
//!
//! axum calls [`serve`] for every request. Everything up to the journal happens without an await once the body is read,
//! so a client that hangs up cannot leave a call carried out but not written down.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Form, FromRequest, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::simulator::action::Kind;
use crate::simulator::api::{self, Answer};
use crate::simulator::clock::stamp;
use crate::simulator::connection::Line;
use crate::simulator::fault::Fault;
use crate::simulator::hub::Hub;
use crate::simulator::journal::Entry;
use crate::simulator::options::{Faults, Options, QuotaDialect, Window};
use crate::simulator::reply::Reply;
use crate::simulator::route::{Call, OwnPage, Route};
use crate::simulator::token;
use crate::simulator::windows::{CallKind, Caller, Exceeded};

/// The longest body that is read.
const MAX_BODY: usize = 64 * 1024;
/// How many bytes of a reply get out before a cut: the head and a part of the body of a machine action.
const CUT_AFTER: u64 = 300;

/// Answers one request.
pub async fn serve(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let route = Route::find(&parts.method, parts.uri.path());
    let read = to_bytes(body, MAX_BODY).await;
    let arrived = hub.clock.now();
    let Ok(body) = read else {
        return unread(&hub, arrived, &parts, &route);
    };
    let (answer, fault) = match &route {
        Route::Own(page) => return own_page(&hub, *page, &body),
        Route::Token { tenant } => (issue_token(&hub, tenant, &parts, body).await, None),
        Route::Api(call) => answer(&hub, &parts, call, &body),
        Route::WrongMethod => {
            let message = "The requested resource does not support this HTTP method.";
            (
                Reply::error(StatusCode::METHOD_NOT_ALLOWED, "BadRequest", message).into(),
                None,
            )
        }
        Route::Unknown if let Some(reply) = token::pages::answer(&hub, &parts, &body) => (reply.into(), None),
        Route::Unknown => (
            Reply::error(StatusCode::NOT_FOUND, "NotFound", "No such resource").into(),
            None,
        ),
    };
    write_down(&hub, arrived, &parts, &route, fault, &answer);
    delay(&hub, fault).await;
    spoil(answer.reply, fault, &line)
}

/// What becomes of a request whose body is too long, or broke off: nothing is done, and the connection ends with the
/// reply, as what was left of the body is not worth reading.
fn unread(hub: &Hub, arrived: Instant, parts: &Parts, route: &Route) -> Response {
    let declared = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse().ok());
    let reply = if declared.is_some_and(|length: usize| length <= MAX_BODY) {
        Reply::bad_request("InvalidRequestBody", "Request body is incomplete")
    } else {
        Reply::error(
            StatusCode::PAYLOAD_TOO_LARGE,
            "BadRequest",
            "Request body is too large",
        )
    };
    write_down(hub, arrived, parts, route, None, &reply.clone().into());
    ([(header::CONNECTION, "close")], reply).into_response()
}

/// Takes a call of the API through the token, the windows and the dice, and carries it out if they let it.
fn answer(hub: &Arc<Hub>, parts: &Parts, call: &Call, body: &Bytes) -> (Answer, Option<Fault>) {
    let (caller, fault) = match let_in(hub, parts, call.kind()) {
        Ok(passed) => passed,
        Err(reply) => return (reply.into(), None),
    };
    let answer = match fault {
        Some(Fault::UnavailableBefore) => Reply::html(StatusCode::SERVICE_UNAVAILABLE).into(),
        Some(Fault::Unauthorized) => token::unauthorized().into(),
        Some(Fault::TooMany) => too_many_for_others(&hub.options).into(),
        Some(Fault::ResetBefore) => Reply::html(StatusCode::BAD_GATEWAY).into(),
        Some(Fault::Late(by)) => {
            carry_out_later(hub, caller.clone(), call, parts, body.clone(), by);
            Reply::html(StatusCode::BAD_GATEWAY).into()
        }
        _ => api::carry_out(hub, &caller, call, &parts.uri, body),
    };
    (answer, fault)
}

/// What a gateway does that has given up on a call which then goes through all the same. The journal gets an entry of its
/// own when that happens.
fn carry_out_later(hub: &Arc<Hub>, caller: Caller, call: &Call, parts: &Parts, body: Bytes, by: Duration) {
    if call.kind() == CallKind::Read {
        return;
    }
    let (later, call, parts) = (Arc::clone(hub), call.clone(), parts.clone());
    hub.state().later.spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(by) => {}
            () = later.stopping.cancelled() => return,
        }
        let arrived = later.clock.now();
        let answer = api::carry_out(&later, &caller, &call, &parts.uri, &body);
        let fault = Some(Fault::Late(by));
        write_down(&later, arrived, &parts, &Route::Api(call), fault, &answer);
    });
}

fn let_in(hub: &Hub, parts: &Parts, kind: CallKind) -> Result<(Caller, Option<Fault>), Reply> {
    let mut state = hub.state();
    let now = hub.clock.now();
    match kind {
        CallKind::Action => state.tally.action_calls += 1,
        CallKind::Read => state.tally.read_calls += 1,
    }
    let authorization = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let grant = state.tokens.check(authorization, now)?;
    if let Err(exceeded) = state.windows.admit(&grant.caller, kind, now) {
        state.tally.rejected_429 += 1;
        state.tally.violate(format!(
            "{} calls for {} within {} s at {}, {} are allowed",
            exceeded.held,
            exceeded.scope,
            exceeded.window.per.as_secs(),
            stamp(hub.clock.wall(now)),
            exceeded.window.limit,
        ));
        return Err(too_many(
            &exceeded,
            &hub.options,
            hub.clock.unscaled(exceeded.wait),
        ));
    }
    grant.allows(kind)?;
    let fault = state.draw_fault(kind);
    Ok((grant.caller, fault))
}

/// A 429 in the dialect asked for. Both the window in the message and `Retry-After` are Defender's, unscaled: a client
/// that lives faster divides both by its own time scale. `Retry-After` then carries a fraction, which is no HTTP but
/// keeps a minute that lasts half a second from being rounded away.
fn too_many(exceeded: &Exceeded, options: &Options, wait: Duration) -> Reply {
    let per = exceeded.window.per.as_secs();
    let (limit, per) = (
        exceeded.window.limit,
        format!("{:02}:{:02}:{:02}", per / 3600, per / 60 % 60, per % 60),
    );
    let reply = match options.quota_dialect {
        QuotaDialect::Recorded => {
            let message = format!("API calls quota exceeded! maximum allowed {limit} per {per}");
            Reply::error(StatusCode::TOO_MANY_REQUESTS, "429", message)
        }
        QuotaDialect::Documented => Reply::error(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            "Too many requests. Try again later.",
        ),
    };
    let seconds = if options.scale > 1.0 {
        // A millisecond more than the exact span, because a window includes its ends.
        format!("{:.3}", (wait.as_secs_f64() * 1000.0).ceil() / 1000.0 + 0.001)
    } else {
        format!("{}", wait.as_secs_f64().floor() + 1.0)
    };
    Reply {
        retry_after: options.retry_after.then_some(seconds),
        ..reply
    }
}

/// The 429 of a window that others have used up.
fn too_many_for_others(options: &Options) -> Reply {
    let shortest = options.windows.iter().min_by_key(|window| window.per);
    let window = *shortest.unwrap_or(&Window::new(100, 60));
    let exceeded = Exceeded {
        scope: "actions",
        window,
        held: window.limit as usize,
        wait: Duration::ZERO,
    };
    too_many(&exceeded, options, window.per / 10)
}

async fn issue_token(hub: &Hub, tenant: &str, parts: &Parts, body: Bytes) -> Answer {
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = parts.method.clone();
    *request.headers_mut() = parts.headers.clone();
    let form = Form::<Vec<(String, String)>>::from_request(request, &())
        .await
        .ok();
    let form = form.as_ref().map(|Form(fields)| fields.as_slice());
    let mut state = hub.state();
    state.tally.token_requests += 1;
    state
        .tokens
        .issue(tenant, form, &hub.options, &hub.clock, hub.clock.now())
        .into()
}

fn write_down(
    hub: &Hub,
    arrived: Instant,
    parts: &Parts,
    route: &Route,
    fault: Option<Fault>,
    answer: &Answer,
) {
    let device = match route {
        Route::Api(Call::Act { device, .. } | Call::Machine { device }) => Some(device.clone()),
        _ => None,
    };
    let status = match fault {
        Some(Fault::ResetBefore | Fault::DropAfter | Fault::Late(_)) => 0,
        Some(Fault::ServerErrorAfter) => StatusCode::INTERNAL_SERVER_ERROR.as_u16(),
        _ => answer.reply.status.as_u16(),
    };
    hub.record(Entry {
        n: 0,
        at: stamp(hub.clock.wall(arrived)),
        at_us: hub
            .clock
            .since_start(arrived)
            .as_micros()
            .try_into()
            .unwrap_or(u64::MAX),
        method: parts.method.to_string(),
        path: path_and_query(&parts.uri),
        status,
        device,
        action: answer.action.clone(),
        comment: answer.comment.clone(),
        code: answer.reply.code.clone(),
        fault: fault.map(|fault| fault.name().to_owned()),
    });
}

/// Makes the caller wait as long as replies take, unless the simulator is stopping.
async fn delay(hub: &Hub, fault: Option<Fault>) {
    let latency = hub.state().draw_latency(&hub.options);
    let slow = match fault {
        Some(Fault::Slow(slow)) => slow,
        _ => Duration::ZERO,
    };
    tokio::select! {
        () = tokio::time::sleep(latency + slow) => {}
        () = hub.stopping.cancelled() => {}
    }
}

/// The reply as the caller gets it.
fn spoil(reply: Reply, fault: Option<Fault>, line: &Line) -> Response {
    match fault {
        Some(Fault::ResetBefore | Fault::DropAfter | Fault::Late(_)) => line.cut_after(0),
        Some(Fault::CutAfter) => line.cut_after(CUT_AFTER),
        Some(Fault::ServerErrorAfter) => {
            return Reply::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "")
                .into_response();
        }
        Some(Fault::Garbage) => {
            let body = "{\"@odata.context\":\"https://api-us3.securitycen\u{0}\u{1}".to_owned();
            return Reply { body, ..reply }.into_response();
        }
        _ => {}
    }
    reply.into_response()
}

fn path_and_query(uri: &Uri) -> String {
    uri.path_and_query()
        .map_or_else(|| uri.path().to_owned(), ToString::to_string)
}

/// What `POST /sim/act` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OtherAct {
    device: String,
    kind: Kind,
    #[serde(default)]
    comment: String,
}

fn own_page(hub: &Hub, page: OwnPage, body: &[u8]) -> Response {
    let wrong = |error: serde_json::Error| {
        Reply::bad_request("InvalidRequestBody", error.to_string()).into_response()
    };
    match page {
        OwnPage::Report => Reply::json(StatusCode::OK, &hub.report()).into_response(),
        OwnPage::Journal => {
            let entries = hub.state().journal.entries();
            let lines: String = entries
                .iter()
                .map(|entry| format!("{}\n", json!(entry)))
                .collect();
            ([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response()
        }
        OwnPage::Faults => match serde_json::from_slice::<Faults>(body) {
            Ok(faults) => {
                hub.state().faults = faults;
                Reply::json(StatusCode::OK, &faults).into_response()
            }
            Err(error) => wrong(error),
        },
        OwnPage::Act => match serde_json::from_slice::<OtherAct>(body) {
            Ok(act) => match hub.act_by_other(&act.device, act.kind, &act.comment) {
                Some(action) => Reply::json(StatusCode::CREATED, &json!({ "id": action })).into_response(),
                None => Reply::bad_request("BadRequest", "unknown device, or refused as a duplicate")
                    .into_response(),
            },
            Err(error) => wrong(error),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(scale: f64, dialect: QuotaDialect, wait_ms: u64) -> Reply {
        let options = Options {
            scale,
            quota_dialect: dialect,
            ..Options::default()
        };
        let exceeded = Exceeded {
            scope: "actions",
            window: Window::new(1500, 3600),
            held: 1501,
            wait: Duration::ZERO,
        };
        too_many(&exceeded, &options, Duration::from_millis(wait_ms))
    }

    #[test]
    fn a_429_is_worded_as_recorded_or_as_documented() {
        let recorded = refusal(1.0, QuotaDialect::Recorded, 10);
        let start = r#"{"error":{"code":"429","message":"API calls quota exceeded! maximum allowed 1500 per 01:00:00","target":""#;
        assert!(recorded.body.starts_with(start), "{}", recorded.body);
        let documented = refusal(1.0, QuotaDialect::Documented, 10);
        assert_eq!(documented.code.as_deref(), Some("TooManyRequests"));
    }

    #[test]
    fn retry_after_is_whole_seconds_in_real_time_and_fractions_when_scaled() {
        let seconds = |scale, wait_ms| refusal(scale, QuotaDialect::Recorded, wait_ms).retry_after;
        assert_eq!(seconds(1.0, 10_200).as_deref(), Some("11"));
        assert_eq!(
            seconds(1.0, 10_000).as_deref(),
            Some("11"),
            "at 10 s sharp the window is still full"
        );
        assert_eq!(seconds(60.0, 10_200).as_deref(), Some("10.201"));
    }
}
