//! The calls of the API themselves, after the token, the windows, the permission and the faults have let them through.
//!
//! Called by the pipeline. Each function below checks what the service checks, in its order, and answers with a [`Reply`];
//! none of them waits, and none writes to the journal.

use axum::http::{StatusCode, Uri};

use crate::simulator::action::Action;
use crate::simulator::hub::Hub;
use crate::simulator::query::entity;
use crate::simulator::reply::Reply;
use crate::simulator::route::{Call, OfMachine};
use crate::simulator::switches::Switches;
use crate::simulator::windows::Caller;

mod act;
mod actions;
mod alerts;
mod body;
mod find;
mod health;
mod machines;

/// The host in `@odata.context`: never the one that was called, to catch clients that trust it (facts sheet 2.4).
const CONTEXT: &str = "https://api-us3.securitycenter.microsoft.com";
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
        Call::Act { kind, device } => act::act(hub, caller, *kind, device, body),
        Call::Cancel { action } => act::cancel(hub, caller, action, body),
        Call::Action { action } => actions::get(hub, action),
        Call::PackageUri { action } => actions::package_uri(hub, action),
        Call::LiveResponseResult { action, index } => actions::live_response_result(hub, action, *index),
        Call::Actions => actions::list(hub, uri).into(),
        Call::Machine { device, what } => match what {
            OfMachine::Itself => machines::get(hub, device).into(),
            OfMachine::AvailableActions => machines::available_actions(hub, device).into(),
            OfMachine::LatestActions => actions::latest_of_machine(hub, device, uri).into(),
            OfMachine::Actions => actions::of_machine(hub, device, uri).into(),
            OfMachine::Alerts => alerts::of_machine(hub, device, uri).into(),
        },
        Call::Machines => machines::list(hub, uri).into(),
        Call::FindByIp { arguments } => find::by_ip(hub, arguments).into(),
        Call::FindByTag => find::by_tag(hub, uri).into(),
        Call::Alerts => alerts::list(hub, uri).into(),
        Call::Alert { alert } => alerts::get(hub, alert).into(),
        Call::DeviceAvInfo => health::list(hub, uri).into(),
    }
}

/// What `@odata.context` says of a body.
fn context(hub: &Hub, of: &str) -> String {
    let Switches {
        context_elsewhere, ..
    } = hub.state().switches;
    let host = if context_elsewhere { CONTEXT } else { &hub.origin };
    format!("{host}/api/$metadata#{of}")
}

/// Where `@odata.nextLink` leads to.
fn origin(hub: &Hub) -> &str {
    if hub.state().switches.next_link_elsewhere {
        ELSEWHERE
    } else {
        &hub.origin
    }
}

fn action_reply(hub: &Hub, status: StatusCode, action: &Action) -> Reply {
    Reply::json(status, &entity(&context(hub, "MachineActions/$entity"), action))
}

fn action_not_found(id: &str) -> Reply {
    Reply::not_found(format!("Machine action {id} was not found"))
}

fn machine_not_found(id: &str) -> Reply {
    Reply::not_found(format!("Machine {id} was not found"))
}
