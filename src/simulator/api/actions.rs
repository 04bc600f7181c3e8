//! The calls that read machine actions.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::{StatusCode, Uri};
use serde_json::json;

use crate::simulator::action::{Action, Kind, Status};
use crate::simulator::api::{
    Answer, action_not_found, action_reply, context, machine_not_found, machines, origin,
};
use crate::simulator::hub::Hub;
use crate::simulator::odata::{Schema, Type, Value};
use crate::simulator::query::Query;
use crate::simulator::reply::Reply;

/// What the context of a machine's actions says they are (facts sheet 2.4, `[CLIENT]`).
const OF_MACHINE: &str = "Collection(microsoft.windowsDefenderATP.api.MachineAction)";

/// `GET /api/machineactions/{id}`
pub fn get(hub: &Hub, id: &str) -> Answer {
    let found = find(hub, id);
    let reply = found.map_or_else(
        || action_not_found(id),
        |action| action_reply(hub, StatusCode::OK, &action),
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

/// `GET /api/machineactions`
pub fn list(hub: &Hub, uri: &Uri) -> Reply {
    page(hub, uri, &context(hub, "MachineActions"), |_| true)
}

/// `GET /api/machines/{id}/machineActions`, undocumented (facts sheet 2.4, `[CLIENT]`).
pub fn of_machine(hub: &Hub, device: &str, uri: &Uri) -> Reply {
    let Some(id) = machines::resolve(hub, device) else {
        return machine_not_found(device);
    };
    page(hub, uri, &context(hub, OF_MACHINE), |action| {
        action.request.device == id
    })
}

/// `GET /api/machines/{id}/latestMachineActions`, undocumented: the latest action of each type.
pub fn latest_of_machine(hub: &Hub, device: &str, uri: &Uri) -> Reply {
    let Some(id) = machines::resolve(hub, device) else {
        return machine_not_found(device);
    };
    let mut kinds = BTreeSet::new();
    page(hub, uri, &context(hub, OF_MACHINE), move |action| {
        action.request.device == id && kinds.insert(action.request.kind.wire())
    })
}

/// `GET /api/machineactions/{id}/getPackageUri`: 404 until the package is there (facts sheet 3).
pub fn package_uri(hub: &Hub, id: &str) -> Answer {
    link(hub, id, Kind::CollectPackage, "package.zip")
}

/// `GET /api/machineactions/{id}/GetLiveResponseResultDownloadLink(index={n})`
pub fn live_response_result(hub: &Hub, id: &str, index: usize) -> Answer {
    link(hub, id, Kind::LiveResponse, &format!("result-{index}.json"))
}

/// A link that is good for a short while, to a place that does not exist.
fn link(hub: &Hub, id: &str, kind: Kind, file: &str) -> Answer {
    let found = find(hub, id).filter(|action| action.request.kind == kind);
    let reply = match found {
        Some(action) if action.status == Status::Succeeded => {
            let uri = format!("https://packages.simulator.invalid/{id}/{file}?sig=simulated");
            let context = context(hub, "Edm.String");
            Reply::json(
                StatusCode::OK,
                &json!({ "@odata.context": context, "value": uri }),
            )
        }
        _ => action_not_found(id),
    };
    Answer {
        reply,
        action: Some(id.to_owned()),
        comment: None,
    }
}

fn find(hub: &Hub, id: &str) -> Option<Arc<Action>> {
    let mut state = hub.state();
    let now = hub.clock.now();
    state.book.settle(&hub.clock, now);
    state.book.get(&id.to_ascii_lowercase(), now)
}

/// A page of the actions that `belongs` takes, newest first unless asked otherwise.
fn page(hub: &Hub, uri: &Uri, context: &str, mut belongs: impl FnMut(&Action) -> bool) -> Reply {
    let query = match Query::read(uri, ACTIONS) {
        Ok(query) => query,
        Err(message) => return Reply::odata_error(message),
    };
    let mut state = hub.state();
    let now = hub.clock.now();
    state.book.settle(&hub.clock, now);
    let all = state.book.all();
    drop(state);
    let readable = all
        .into_iter()
        .rev()
        .filter(|action| action.visible_from <= now && belongs(action));
    let page = query.page(
        readable,
        &action_value,
        (origin(hub), uri.path(), context),
        hub.options.page_size,
    );
    Reply::json(StatusCode::OK, &page)
}
