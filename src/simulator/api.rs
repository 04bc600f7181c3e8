//! The calls of the API themselves, after the token, the windows and the faults have let them through.
//!
//! Called by the pipeline. Each function checks what the service checks, in its order, and answers with a [`Reply`];
//! none of them waits, and none writes to the journal.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{StatusCode, Uri};
use serde_json::{Map, Value as Json};

use crate::simulator::action::{Action, Kind, Request, Source};
use crate::simulator::book::NotCancelled;
use crate::simulator::clock::stamp;
use crate::simulator::device::{self, Machine};
use crate::simulator::hub::Hub;
use crate::simulator::odata::{Schema, Type, Value};
use crate::simulator::query::{Query, entity};
use crate::simulator::reply::Reply;
use crate::simulator::route::Call;
use crate::simulator::windows::Caller;

/// The host in `@odata.context`: never the one that was called, to catch clients that trust it (facts sheet 2.4).
const CONTEXT: &str = "https://api-us3.securitycenter.microsoft.com/api/$metadata";
/// The host in `@odata.nextLink` unless switched off: a reserved name, so that a client that follows it gets nowhere.
const ELSEWHERE: &str = "https://api-us3.simulator.invalid";

/// A reply, and what the journal is to say of the call.
#[derive(Debug)]
pub struct Answer {
    /// The reply.
    pub reply: Reply,
    /// The action concerned.
    pub action: Option<String>,
    /// The comment sent along.
    pub comment: Option<String>,
}

impl From<Reply> for Answer {
    fn from(reply: Reply) -> Self {
        Self {
            reply,
            action: None,
            comment: None,
        }
    }
}

/// Carries a call out.
pub fn carry_out(hub: &Hub, caller: &Caller, call: &Call, uri: &Uri, body: &[u8]) -> Answer {
    match call {
        Call::Act { kind, device } => act(hub, caller, *kind, device, body),
        Call::Cancel { action } => cancel(hub, caller, action, body),
        Call::Action { action } => get_action(hub, action),
        Call::Actions => list_actions(hub, uri).into(),
        Call::Machine { device } => get_machine(hub, device).into(),
        Call::Machines => list_machines(hub, uri).into(),
    }
}

fn act(hub: &Hub, caller: &Caller, kind: Kind, device: &str, body: &[u8]) -> Answer {
    let body = match Body::read(body) {
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
    if !device::platform_is_supported(&os_platform) {
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
    };
    let mut state = hub.state();
    let now = hub.clock.now();
    let placed = state.book.place(request, &hub.options, &hub.clock, now);
    if let Some(offence) = placed.offence {
        state
            .tally
            .offend(offence, kind.wire(), device, &stamp(hub.clock.wall(now)));
    }
    drop(state);
    match placed.action {
        Some(action) => Answer {
            reply: action_reply(StatusCode::CREATED, &action),
            action: Some(action.id.clone()),
            comment,
        },
        None => refuse(Reply::bad_request(
            "ActiveRequestAlreadyExists",
            "Action is already in progress",
        )),
    }
}

fn cancel(hub: &Hub, caller: &Caller, action: &str, body: &[u8]) -> Answer {
    let comment = match Body::read(body) {
        Ok(body) => body.comment,
        Err(reply) => return reply.into(),
    };
    let mut state = hub.state();
    let takes_effect = state.draw_percent(hub.options.cancel_race_percent);
    let now = hub.clock.now();
    let cancelled = state
        .book
        .cancel(action, (&caller.app, &comment), takes_effect, &hub.clock, now);
    drop(state);
    let reply = match cancelled {
        Ok(action) => action_reply(StatusCode::OK, &action),
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

fn get_action(hub: &Hub, id: &str) -> Answer {
    let mut state = hub.state();
    let now = hub.clock.now();
    state.book.settle(&hub.clock, now);
    let found = state.book.get(&id.to_ascii_lowercase(), now);
    drop(state);
    let reply = found.map_or_else(
        || action_not_found(id),
        |action| action_reply(StatusCode::OK, &action),
    );
    Answer {
        reply,
        action: Some(id.to_owned()),
        comment: None,
    }
}

/// The properties of an action that may be filtered by: `requestorComment` and `externalId` are not among them
/// (facts sheet 2.4).
const ACTIONS: &Schema = &[
    ("id", Type::Text),
    ("status", Type::Text),
    ("machineId", Type::Text),
    ("type", Type::Text),
    ("requestor", Type::Text),
    ("creationDateTimeUtc", Type::Time),
    ("lastUpdateDateTimeUtc", Type::Time),
];

fn action_value(action: &Arc<Action>, property: usize) -> Value<'_> {
    match property {
        0 => Value::Text(&action.id),
        1 => Value::Text(action.status.wire()),
        2 => Value::Text(&action.request.device),
        3 => Value::Text(action.request.kind.wire()),
        4 => Value::Text(&action.request.requestor),
        5 => Value::Time(action.created_at),
        _ => Value::Time(action.updated_at),
    }
}

fn list_actions(hub: &Hub, uri: &Uri) -> Reply {
    let query = match Query::read(uri, ACTIONS) {
        Ok(query) => query,
        Err(message) => return Reply::odata_error(message),
    };
    let mut state = hub.state();
    let now = hub.clock.now();
    state.book.settle(&hub.clock, now);
    let all = state.book.all();
    drop(state);
    // Newest first unless asked otherwise.
    let readable = all.into_iter().rev().filter(|action| action.visible_from <= now);
    let context = format!("{CONTEXT}#MachineActions");
    let page = query.page(
        readable,
        &action_value,
        (origin(hub), uri.path(), &context),
        hub.options.page_size,
    );
    Reply::json(StatusCode::OK, &page)
}

fn get_machine(hub: &Hub, id: &str) -> Reply {
    if !device::is_known(&hub.options, id) {
        return machine_not_found(id);
    }
    hub.state().book.meet(id);
    let machine = device::machine(&hub.options, id, hub.clock.wall(hub.clock.now()));
    Reply::json(
        StatusCode::OK,
        &entity(&format!("{CONTEXT}#Machines/$entity"), &machine),
    )
}

/// The properties of a machine that may be filtered by (facts sheet 4.1), without the collection `machineTags`.
const MACHINES: &Schema = &[
    ("id", Type::Text),
    ("computerDnsName", Type::Text),
    ("version", Type::Text),
    ("deviceValue", Type::Text),
    ("aadDeviceId", Type::Text),
    ("lastSeen", Type::Time),
    ("exposureLevel", Type::Text),
    ("onboardingStatus", Type::Text),
    ("lastIpAddress", Type::Text),
    ("healthStatus", Type::Text),
    ("osPlatform", Type::Text),
    ("riskScore", Type::Text),
    ("rbacGroupId", Type::Number),
    ("rbacGroupName", Type::Text),
];

fn machine_value(machine: &Machine, property: usize) -> Value<'_> {
    match property {
        0 => Value::Text(&machine.id),
        1 => Value::Text(&machine.computer_dns_name),
        2 => Value::Text(machine.version),
        3 => Value::Text(&machine.device_value),
        4 => machine.aad_device_id.as_deref().map_or(Value::Null, Value::Text),
        5 => Value::Time(machine.last_seen_at),
        6 => Value::Text(&machine.exposure_level),
        7 => Value::Text(&machine.onboarding_status),
        8 => Value::Text(&machine.last_ip_address),
        9 => Value::Text(&machine.health_status),
        10 => Value::Text(&machine.os_platform),
        11 => Value::Text(&machine.risk_score),
        12 => Value::Number(i64::from(machine.rbac_group_id)),
        _ => machine
            .rbac_group_name
            .as_deref()
            .map_or(Value::Null, Value::Text),
    }
}

/// Lists machines. As every id is a device there is no end to them: those that the filter names are listed, those with
/// overrides, those that were ever called for, and as many as the options say.
fn list_machines(hub: &Hub, uri: &Uri) -> Reply {
    let query = match Query::read(uri, MACHINES) {
        Ok(query) => query,
        Err(message) => return Reply::odata_error(message),
    };
    let named: Vec<String> = query
        .filter
        .iter()
        .flat_map(|filter| filter.texts())
        .map(str::to_owned)
        .collect();
    let mut ids: BTreeSet<String> = hub.options.devices.keys().cloned().chain(named).collect();
    ids.extend(hub.state().book.met());
    ids.extend((0..hub.options.listed).map(|number| format!("{number:040x}")));
    let now = hub.clock.wall(hub.clock.now());
    let known = ids.iter().filter(|id| device::is_known(&hub.options, id));
    let machines = known.map(|id| device::machine(&hub.options, id, now));
    let context = format!("{CONTEXT}#Machines");
    let page = query.page(
        machines,
        &machine_value,
        (origin(hub), uri.path(), &context),
        hub.options.page_size,
    );
    Reply::json(StatusCode::OK, &page)
}

fn origin(hub: &Hub) -> &str {
    if hub.options.next_link_elsewhere {
        ELSEWHERE
    } else {
        &hub.origin
    }
}

fn action_reply(status: StatusCode, action: &Action) -> Reply {
    Reply::json(
        status,
        &entity(&format!("{CONTEXT}#MachineActions/$entity"), action),
    )
}

fn action_not_found(id: &str) -> Reply {
    Reply::not_found(format!("Machine action {id} was not found"))
}

fn machine_not_found(id: &str) -> Reply {
    Reply::not_found(format!("Machine {id} was not found"))
}

/// The body of a call that changes something. Names are case-sensitive (facts sheet 1.1).
#[derive(Debug)]
struct Body {
    comment: String,
    title: Option<String>,
    external_id: Option<String>,
}

impl Body {
    fn read(body: &[u8]) -> Result<Self, Reply> {
        let incorrect = || Reply::bad_request("InvalidRequestBody", "Request body is incorrect");
        let fields: Map<String, Json> = serde_json::from_slice(body).map_err(|_| incorrect())?;
        let text = |name: &str| match fields.get(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(incorrect()),
        };
        let Some(comment) = text("Comment")? else {
            let message = "The required parameter Comment is missing";
            return Err(Reply::bad_request("MissingRequiredParameter", message));
        };
        let known = ["Comment", "ExternalId", "Title", "RequestSource"];
        if fields.keys().any(|name| !known.contains(&name.as_str())) {
            return Err(incorrect());
        }
        Ok(Self {
            comment,
            title: text("Title")?,
            external_id: text("ExternalId")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_needs_its_comment_in_the_right_case_and_nothing_unknown() {
        let code = |body: &str| Body::read(body.as_bytes()).err().and_then(|reply| reply.code);
        assert_eq!(code(r#"{"Comment":"why"}"#), None);
        assert_eq!(code(r#"{"Comment":"why","ExternalId":"e","Title":null}"#), None);
        let missing = Some("MissingRequiredParameter".to_owned());
        assert_eq!(code("{}"), missing);
        assert_eq!(code(r#"{"comment":"why"}"#), missing);
        assert_eq!(code(r#"{"Comment":null}"#), missing);
        let incorrect = Some("InvalidRequestBody".to_owned());
        for body in [
            "",
            "[]",
            "{",
            r#"{"Comment":3}"#,
            r#"{"Comment":"why","Coment":"x"}"#,
            "\u{0}",
        ] {
            assert_eq!(code(body), incorrect, "{body}");
        }
    }
}
