//! The calls that read alerts (facts sheet 8.1; what may be filtered by is documented).

use std::sync::Arc;

use axum::http::{StatusCode, Uri};
use jiff::Timestamp;
use serde_json::Value as Json;

use crate::simulator::alert::Alert;
use crate::simulator::api::{context, machine_not_found, machines, origin};
use crate::simulator::hub::Hub;
use crate::simulator::odata::{Schema, Type, Value};
use crate::simulator::query::{Query, entity};
use crate::simulator::reply::Reply;

const ALERTS: &Schema = &[
    ("id", Type::Text),
    ("alertCreationTime", Type::Time),
    ("lastUpdateTime", Type::Time),
    ("lastEventTime", Type::Time),
    ("incidentId", Type::Number),
    ("investigationId", Type::Number),
    ("assignedTo", Type::Text),
    ("detectionSource", Type::Text),
    ("status", Type::Text),
    ("severity", Type::Text),
    ("category", Type::Text),
    ("machineId", Type::Text),
];

/// `GET /api/alerts`
pub fn list(hub: &Hub, uri: &Uri) -> Reply {
    page(hub, uri, |_| true)
}

/// `GET /api/machines/{id}/alerts`
pub fn of_machine(hub: &Hub, device: &str, uri: &Uri) -> Reply {
    match machines::resolve(hub, device) {
        Some(id) => page(hub, uri, |alert| {
            alert.get("machineId").is_some_and(|of| *of == id)
        }),
        None => machine_not_found(device),
    }
}

/// `GET /api/alerts/{id}`
pub fn get(hub: &Hub, id: &str) -> Reply {
    let state = hub.state();
    let mut alerts = state.alerts.iter().rev();
    let found = alerts
        .find(|alert| alert.get("id").is_some_and(|of| of == id))
        .cloned();
    drop(state);
    match found {
        Some(alert) => Reply::json(StatusCode::OK, &entity(&context(hub, "Alerts/$entity"), &*alert)),
        None => Reply::not_found(format!("Alert {id} was not found")),
    }
}

/// A page of alerts, newest first unless asked otherwise; of one that was updated, its latest form only. Evidence is an empty
/// list unless it is asked for.
fn page(hub: &Hub, uri: &Uri, belongs: impl Fn(&Alert) -> bool) -> Reply {
    let query = match Query::read_expandable(uri, ALERTS, &["evidence"]) {
        Ok(query) => query,
        Err(message) => return Reply::odata_error(message),
    };
    let all = hub.state().alerts.clone();
    let mut seen = std::collections::BTreeSet::new();
    let latest = all.into_iter().rev().filter(|alert| {
        let id = alert.get("id").and_then(Json::as_str).unwrap_or_default();
        seen.insert(id.to_owned()) && belongs(alert)
    });
    let latest = latest.map(|mut alert| {
        if !query.expands("evidence") {
            Arc::make_mut(&mut alert).insert("evidence".to_owned(), Json::Array(Vec::new()));
        }
        alert
    });
    let context = context(hub, "Alerts");
    let page = query.page(
        latest,
        &value_of,
        (origin(hub), uri.path(), &context),
        hub.options.page_size,
    );
    Reply::json(StatusCode::OK, &page)
}

fn value_of(alert: &Alert, property: usize) -> Value<'_> {
    let (name, kind) = ALERTS[property];
    let value = alert.get(name).unwrap_or(&Json::Null);
    let found = match kind {
        Type::Text => value.as_str().map(Value::Text),
        Type::Number => value.as_i64().map(Value::Number),
        Type::Time => {
            let time = value.as_str().and_then(|time| time.parse::<Timestamp>().ok());
            time.map(Value::Time)
        }
    };
    found.unwrap_or(Value::Null)
}
