//! The way of a request through the simulator: route, token, windows, permission, fault, call, journal, delay, reply.
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
use tokio::time::Instant;

use crate::simulator::api::{self, Answer};
use crate::simulator::clock::stamp;
use crate::simulator::connection::Line;
use crate::simulator::control;
use crate::simulator::fault::Fault;
use crate::simulator::hub::Hub;
use crate::simulator::journal::Entry;
use crate::simulator::permission;
use crate::simulator::quota;
use crate::simulator::reply::Reply;
use crate::simulator::route::{Call, Route};
use crate::simulator::rule::RuleAnswer;
use crate::simulator::token;
use crate::simulator::windows::{CallKind, Caller, Counts};

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
    // What was slowed down was the answer before this one.
    line.drip(Duration::ZERO);
    let route = Route::find(&parts.method, parts.uri.path());
    let read = to_bytes(body, MAX_BODY).await;
    let arrived = hub.clock.now();
    let Ok(body) = read else {
        return unread(&hub, arrived, &parts, &route);
    };
    let (answer, fault) = match &route {
        Route::Own(page) => return control::page(&hub, *page, &parts.headers, &body),
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
        Route::Unknown => {
            hub.state().tally.unknown_paths += 1;
            (
                Reply::error(StatusCode::NOT_FOUND, "NotFound", "No such resource").into(),
                None,
            )
        }
    };
    write_down(&hub, arrived, &parts, &route, fault.as_ref(), &answer);
    delay(&hub, fault.as_ref()).await;
    spoil(answer.reply, fault.as_ref(), &line)
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
    let (caller, fault) = match let_in(hub, parts, call) {
        Ok(passed) => passed,
        Err(reply) => return (reply.into(), None),
    };
    let answer = match &fault {
        Some(Fault::Ordered(rule)) => {
            let ordered = match &rule.answer {
                RuleAnswer::TooMany {
                    dialect,
                    retry_after,
                    after,
                    window,
                } => Some(quota::ordered(hub, (*dialect, *retry_after), (*after, *window))),
                RuleAnswer::Reset => Some(Reply::html(StatusCode::BAD_GATEWAY)),
                other => other.reply(),
            };
            let carried_out = rule
                .lets_through()
                .then(|| api::carry_out(hub, &caller, call, &parts.uri, body));
            match (carried_out, ordered) {
                (Some(answer), Some(reply)) => Answer { reply, ..answer },
                (Some(answer), None) => answer,
                (None, reply) => reply
                    .unwrap_or_else(|| Reply::html(StatusCode::BAD_GATEWAY))
                    .into(),
            }
        }
        Some(Fault::UnavailableBefore) => Reply::html(StatusCode::SERVICE_UNAVAILABLE).into(),
        Some(Fault::Unauthorized) => token::unauthorized().into(),
        Some(Fault::TooMany) => quota::for_others(hub).into(),
        Some(Fault::ResetBefore) => Reply::html(StatusCode::BAD_GATEWAY).into(),
        Some(Fault::Late(by)) => {
            carry_out_later(hub, caller.clone(), call, parts, body.clone(), *by);
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
        write_down(
            &later,
            arrived,
            &parts,
            &Route::Api(call),
            fault.as_ref(),
            &answer,
        );
    });
}

fn let_in(hub: &Hub, parts: &Parts, call: &Call) -> Result<(Caller, Option<Fault>), Reply> {
    let kind = call.kind();
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
    let grant = match state.tokens.check(authorization, now) {
        Ok(grant) => grant,
        Err(reply) => {
            let tally = &mut state.tally;
            tally.without_token += u64::from(authorization.is_none());
            tally.bad_tokens += u64::from(authorization.is_some());
            return Err(reply);
        }
    };
    let counts = Counts {
        kind,
        endpoint: call.endpoint(),
    };
    if let Err(exceeded) = state.windows.admit(&grant.caller, counts, now) {
        state.tally.rejected_429 += 1;
        state.tally.early_after_429 += u64::from(exceeded.early);
        state.tally.violate(format!(
            "{} calls for {} within {} s at {}, {} are allowed",
            exceeded.held,
            exceeded.scope,
            exceeded.window.per.as_secs(),
            stamp(hub.clock.wall(now)),
            exceeded.window.limit,
        ));
        let switches = state.switches;
        return Err(quota::too_many(
            exceeded.window,
            (switches.quota_dialect, switches.retry_after),
            &hub.clock,
            hub.clock.unscaled(exceeded.wait),
        ));
    }
    if let Err(reply) = permission::check(authorization, call) {
        state.tally.forbidden += 1;
        return Err(reply);
    }
    let fault = state.draw_fault(call, now);
    Ok((grant.caller, fault))
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
    fault: Option<&Fault>,
    answer: &Answer,
) {
    let call = match route {
        Route::Api(call) => Some(call),
        _ => None,
    };
    let status = match fault {
        Some(fault) if is_silent(fault) => 0,
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
        endpoint: call.map(|call| call.endpoint().name().to_owned()),
        app: call.map(|_| app_of(hub, parts)),
        device: call.and_then(Call::device).map(str::to_owned),
        action: answer.action.clone(),
        comment: answer.comment.clone(),
        code: answer.reply.code.clone(),
        fault: fault.map(|fault| fault.name().to_owned()),
    });
}

/// Whether no answer goes out.
fn is_silent(fault: &Fault) -> bool {
    match fault {
        Fault::ResetBefore | Fault::DropAfter | Fault::Late(_) => true,
        Fault::Ordered(rule) => rule.answer == RuleAnswer::Reset,
        _ => false,
    }
}

/// Whose token a call showed, never the token.
fn app_of(hub: &Hub, parts: &Parts) -> String {
    let Some(authorization) = parts.headers.get(header::AUTHORIZATION) else {
        return "none".to_owned();
    };
    let state = hub.state();
    let grant = state.tokens.check(authorization.to_str().ok(), hub.clock.now());
    grant.map_or_else(|_| "bad".to_owned(), |grant| grant.caller.app)
}

/// Makes the caller wait as long as replies take, unless the simulator is stopping.
async fn delay(hub: &Hub, fault: Option<&Fault>) {
    let latency = hub.state().draw_latency(&hub.options);
    let slow = match fault {
        Some(Fault::Slow(slow)) => *slow,
        Some(Fault::Ordered(rule)) => match rule.answer {
            RuleAnswer::Slow { by } => by.0,
            _ => Duration::ZERO,
        },
        _ => Duration::ZERO,
    };
    tokio::select! {
        () = tokio::time::sleep(latency + slow) => {}
        () = hub.stopping.cancelled() => {}
    }
}

/// The reply as the caller gets it.
fn spoil(reply: Reply, fault: Option<&Fault>, line: &Line) -> Response {
    match fault {
        Some(fault) if is_silent(fault) => line.cut_after(0),
        Some(Fault::Ordered(rule)) => match rule.answer {
            RuleAnswer::Cut => line.cut_after(CUT_AFTER),
            RuleAnswer::Drip { every } => line.drip(every.0),
            _ => {}
        },
        Some(Fault::CutAfter) => line.cut_after(CUT_AFTER),
        Some(Fault::ServerErrorAfter) => {
            return Reply::error(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", "")
                .into_response();
        }
        Some(Fault::Garbage) => {
            let body = Reply::GARBAGE.to_owned();
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
