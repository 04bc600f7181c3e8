//! The calls that read machines.

use std::collections::BTreeSet;

use axum::http::{StatusCode, Uri};
use jiff::Timestamp;
use serde_json::json;

use crate::simulator::action::Kind;
use crate::simulator::api::{context, machine_not_found, origin};
use crate::simulator::device::{self, Machine};
use crate::simulator::hub::Hub;
use crate::simulator::odata::{Schema, Type, Value};
use crate::simulator::query::{Query, entity};
use crate::simulator::reply::Reply;

/// `GET /api/machines/{id}`, by id or by name (facts sheet 4.1).
pub fn get(hub: &Hub, name: &str) -> Reply {
    let Some(id) = resolve(hub, name) else {
        return machine_not_found(name);
    };
    hub.state().book.meet(&id);
    let machine = shown(hub, &id, hub.clock.wall(hub.clock.now()));
    Reply::json(
        StatusCode::OK,
        &entity(&context(hub, "Machines/$entity"), &machine),
    )
}

/// `GET /api/machines/{id}/availableMachineActions`, undocumented (facts sheet 0.6 and 4.1, `[REAL]`). The reasons were never
/// recorded; these say what they say.
pub fn available_actions(hub: &Hub, name: &str) -> Reply {
    let Some(id) = resolve(hub, name) else {
        return machine_not_found(name);
    };
    hub.state().book.meet(&id);
    let machine = shown(hub, &id, hub.clock.wall(hub.clock.now()));
    let special = hub.options.devices.get(&id);
    let reason = |action: &str, kind: Option<Kind>| -> Option<String> {
        let special = special.and_then(|special| special.not_available.get(action).cloned());
        special.or_else(|| {
            if machine.onboarding_status != "Onboarded" {
                return Some("MachineIsNotOnboarded".to_owned());
            }
            kind.filter(|kind| !device::platform_supports(*kind, &machine.os_platform))
                .map(|_| "OsPlatformNotSupported".to_owned())
        })
    };
    let value: Vec<_> = [
        ("FullIsolation", Some(Kind::Isolate)),
        ("SelectiveIsolation", Some(Kind::Isolate)),
        ("RunAntiVirusScan", Some(Kind::Scan)),
        ("CollectInvestigationPackage", Some(Kind::CollectPackage)),
        ("StopAndQuarantineFile", Some(Kind::QuarantineFile)),
        ("RestrictCodeExecution", Some(Kind::Restrict)),
        ("InitiateInvestigation", None),
        ("OffBoard", Some(Kind::Offboard)),
        ("LiveResponse", Some(Kind::LiveResponse)),
        ("Unisolation", Some(Kind::ReleaseIsolation)),
        ("UnrestrictCodeExecution", Some(Kind::Release)),
    ]
    .into_iter()
    .map(|(action, kind)| {
        let reason = reason(action, kind);
        json!({ "action": action, "isAvailable": reason.is_none(), "notSupportedReason": reason })
    })
    .collect();
    let context = context(
        hub,
        "Collection(microsoft.windowsDefenderATP.api.ActionAvailabilityStatus)",
    );
    Reply::json(
        StatusCode::OK,
        &json!({ "@odata.context": context, "value": value }),
    )
}

/// `GET /api/machines`
pub fn list(hub: &Hub, uri: &Uri) -> Reply {
    let query = match Query::read(uri, MACHINES) {
        Ok(query) => query,
        Err(message) => return Reply::odata_error(message),
    };
    let named = query.filter.iter().flat_map(|filter| filter.texts());
    let ids = known(hub, named.map(str::to_owned));
    let now = hub.clock.wall(hub.clock.now());
    let context = context(hub, "Machines");
    let page = query.page(
        ids.iter().map(|id| shown(hub, id, now)),
        &machine_value,
        (origin(hub), uri.path(), &context),
        hub.options.page_size,
    );
    Reply::json(StatusCode::OK, &page)
}

/// The machines that can be listed. As every id is a device there is no end to them: those that are named are listed, those
/// with overrides, those that were ever called for, and as many as the options say.
pub fn known(hub: &Hub, named: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut ids: BTreeSet<String> = hub.options.devices.keys().cloned().chain(named).collect();
    ids.extend(hub.state().book.met());
    ids.extend((0..hub.options.listed).map(|number| format!("{number:040x}")));
    ids.retain(|id| device::is_known(&hub.options, id));
    ids
}

/// The id behind an id or a name, if the service knows it. A name without a domain finds the first whose name begins so.
pub fn resolve(hub: &Hub, name: &str) -> Option<String> {
    if device::is_well_formed(name) {
        return device::is_known(&hub.options, name).then(|| name.to_owned());
    }
    let mut ids = known(hub, std::iter::empty()).into_iter();
    ids.find(|id| {
        let (of_id, _) = device::name_and_platform(&hub.options, id);
        let host = of_id.split('.').next().unwrap_or_default();
        of_id.eq_ignore_ascii_case(name) || host.eq_ignore_ascii_case(name)
    })
}

/// A machine as it is now: drawn from its id, and changed by what was done to it.
pub fn shown(hub: &Hub, id: &str, now: Timestamp) -> Machine {
    let mut machine = device::machine(&hub.options, id, now);
    let mut state = hub.state();
    state.book.settle(&hub.clock, hub.clock.now());
    if state.book.is_offboarded(id) {
        machine.onboarding_status = "CanBeOnboarded".to_owned();
        machine.health_status = "Inactive".to_owned();
    }
    machine
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
        2 => Value::Text(&machine.version),
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
