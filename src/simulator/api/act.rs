//! The calls that change something: the actions, and calling one back.

use axum::http::StatusCode;

use crate::simulator::action::{Kind, Request, Source};
use crate::simulator::api::body::{Body, Shape};
use crate::simulator::api::{Answer, action_not_found, action_reply, machine_not_found};
use crate::simulator::book::NotCancelled;
use crate::simulator::clock::stamp;
use crate::simulator::device;
use crate::simulator::hub::Hub;
use crate::simulator::reply::Reply;
use crate::simulator::windows::Caller;

/// `POST /api/machines/{id}/{action}`
pub fn act(hub: &Hub, caller: &Caller, kind: Kind, device: &str, body: &[u8]) -> Answer {
    let strict = hub.state().switches.refuse_unknown_properties;
    let body = match Body::read(body, kind.into(), strict) {
        Ok(body) => body,
        Err(reply) => return reply.into(),
    };
    let comment = Some(body.comment.clone());
    let refuse = |reply| Answer {
        reply,
        action: None,
        comment: comment.clone(),
    };
    if !device::is_known(&hub.options, device) {
        return refuse(machine_not_found(device));
    }
    let (computer_dns_name, os_platform) = device::name_and_platform(&hub.options, device);
    if !device::platform_supports(kind, &os_platform) {
        let message = format!("OS Platform {os_platform} isn't supported for this action.");
        return refuse(Reply::bad_request("OsPlatformNotSupported", message));
    }
    let request = Request {
        kind,
        device: device.to_owned(),
        computer_dns_name,
        requestor: caller.app.clone(),
        comment: body.comment,
        title: body.title,
        external_id: body.external_id,
        source: Source::PublicApi,
        details: body.details,
    };
    let mut state = hub.state();
    let now = hub.clock.now();
    if kind == Kind::LiveResponse && state.book.open_everywhere(kind) >= hub.options.live_response_sessions {
        drop(state);
        let message = "Too many concurrent live response sessions.";
        return refuse(Reply::error(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequests",
            message,
        ));
    }
    let switches = state.switches;
    let placed = state
        .book
        .place(request, &switches, &hub.options, &hub.clock, now);
    if let Some(offence) = placed.offence {
        state
            .tally
            .offend(offence, kind.wire(), device, &stamp(hub.clock.wall(now)));
    }
    drop(state);
    match placed.action {
        Some(action) => Answer {
            reply: action_reply(hub, StatusCode::CREATED, &action),
            action: Some(action.id.clone()),
            comment,
        },
        None => refuse(Reply::bad_request(
            "ActiveRequestAlreadyExists",
            "Action is already in progress",
        )),
    }
}

/// `POST /api/machineactions/{id}/cancel`
pub fn cancel(hub: &Hub, caller: &Caller, action: &str, body: &[u8]) -> Answer {
    let strict = hub.state().switches.refuse_unknown_properties;
    let comment = match Body::read(body, Shape::Cancel, strict) {
        Ok(body) => body.comment,
        Err(reply) => return reply.into(),
    };
    let mut state = hub.state();
    let takes_effect = state.draw_cancel_race();
    let now = hub.clock.now();
    let cancelled = state
        .book
        .cancel(action, (&caller.app, &comment), takes_effect, &hub.clock, now);
    drop(state);
    let reply = match cancelled {
        Ok(action) => action_reply(hub, StatusCode::OK, &action),
        Err(NotCancelled::Unknown) => action_not_found(action),
        // The service's code and text for this were never recorded; the status, 400, is what clients count on.
        Err(NotCancelled::Over(status)) => {
            let message = format!(
                "Machine action {action} can't be cancelled, its status is {}",
                status.wire()
            );
            Reply::bad_request("BadRequest", message)
        }
    };
    Answer {
        reply,
        action: Some(action.to_owned()),
        comment: Some(comment),
    }
}
