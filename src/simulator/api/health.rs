//! `GET /api/deviceavinfo`: the antivirus of each machine (facts sheet 4.3, properties by the service's own metadata). It has
//! windows of its own.

use axum::http::{StatusCode, Uri};
use jiff::Timestamp;
use serde::Serialize;

use crate::simulator::action::{Kind, Status};
use crate::simulator::api::{context, machines, origin};
use crate::simulator::clock::stamp;
use crate::simulator::device::Machine;
use crate::simulator::hub::Hub;
use crate::simulator::odata::{Schema, Type, Value};
use crate::simulator::query::Query;
use crate::simulator::reply::Reply;

/// One machine's antivirus, in the order of the metadata.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct DeviceAvInfo {
    id: String,
    machine_id: String,
    computer_dns_name: String,
    os_kind: &'static str,
    os_platform: String,
    os_version: String,
    av_mode: String,
    av_signature_version: &'static str,
    av_engine_version: &'static str,
    av_platform_version: &'static str,
    last_seen_time: String,
    quick_scan_result: Option<&'static str>,
    quick_scan_error: Option<String>,
    quick_scan_time: Option<String>,
    full_scan_result: Option<&'static str>,
    full_scan_error: Option<String>,
    full_scan_time: Option<String>,
    #[serde(skip)]
    refreshed_at: Timestamp,
    data_refresh_timestamp: String,
    av_engine_update_time: String,
    av_signature_update_time: String,
    av_platform_update_time: String,
    av_is_signature_up_to_date: &'static str,
    av_is_engine_up_to_date: &'static str,
    av_is_platform_up_to_date: &'static str,
    av_signature_publish_time: String,
    av_signature_data_refresh_time: String,
    cloud_protection_state: &'static str,
    av_mode_data_refresh_time: String,
    rbac_group_name: Option<String>,
    rbac_group_id: i32,
}

const HEALTH: &Schema = &[
    ("id", Type::Text),
    ("machineId", Type::Text),
    ("computerDnsName", Type::Text),
    ("osKind", Type::Text),
    ("osPlatform", Type::Text),
    ("osVersion", Type::Text),
    ("avMode", Type::Text),
    ("dataRefreshTimestamp", Type::Time),
    ("rbacGroupName", Type::Text),
    ("rbacGroupId", Type::Number),
];

/// `GET /api/deviceavinfo`
pub fn list(hub: &Hub, uri: &Uri) -> Reply {
    let query = match Query::read(uri, HEALTH) {
        Ok(query) => query,
        Err(message) => return Reply::odata_error(message),
    };
    let named = query.filter.iter().flat_map(|filter| filter.texts());
    let ids = machines::known(hub, named.map(str::to_owned));
    let now = hub.clock.wall(hub.clock.now());
    let context = context(hub, "DeviceAvInfo");
    let page = query.page(
        ids.iter().map(|id| of(hub, machines::shown(hub, id, now))),
        &value_of,
        (origin(hub), uri.path(), &context),
        hub.options.page_size,
    );
    Reply::json(StatusCode::OK, &page)
}

fn of(hub: &Hub, machine: Machine) -> DeviceAvInfo {
    let special = hub.options.devices.get(&machine.id);
    let mode = special.and_then(|special| special.av_mode.clone());
    let (quick, full) = (
        last_scan(hub, &machine.id, "Quick"),
        last_scan(hub, &machine.id, "Full"),
    );
    let result = |scan: &Option<String>| scan.as_ref().map(|_| "Completed");
    let reported = stamp(machine.last_seen_at);
    DeviceAvInfo {
        id: format!("{}_", machine.id),
        machine_id: machine.id,
        computer_dns_name: machine.computer_dns_name,
        os_kind: if machine.os_platform.starts_with("Windows") {
            "windows"
        } else {
            "linux"
        },
        os_platform: machine.os_platform,
        os_version: machine.version,
        av_mode: mode.unwrap_or_else(|| "0".to_owned()),
        av_signature_version: "1.421.1466.0",
        av_engine_version: "1.1.24090.11",
        av_platform_version: "4.18.24090.11",
        last_seen_time: reported.clone(),
        quick_scan_result: result(&quick),
        quick_scan_error: None,
        quick_scan_time: quick,
        full_scan_result: result(&full),
        full_scan_error: None,
        full_scan_time: full,
        refreshed_at: machine.last_seen_at,
        data_refresh_timestamp: reported.clone(),
        av_engine_update_time: reported.clone(),
        av_signature_update_time: reported.clone(),
        av_platform_update_time: reported.clone(),
        av_is_signature_up_to_date: "True",
        av_is_engine_up_to_date: "True",
        av_is_platform_up_to_date: "True",
        av_signature_publish_time: reported.clone(),
        av_signature_data_refresh_time: reported.clone(),
        cloud_protection_state: "Enabled",
        av_mode_data_refresh_time: reported,
        rbac_group_name: machine.rbac_group_name,
        rbac_group_id: machine.rbac_group_id,
    }
}

/// When the latest scan of that scope succeeded.
fn last_scan(hub: &Hub, device: &str, scope: &str) -> Option<String> {
    let mut state = hub.state();
    state.book.settle(&hub.clock, hub.clock.now());
    let scan = state.book.latest_of(device, |action| {
        action.request.kind == Kind::Scan
            && action.status == Status::Succeeded
            && action.request.details.scope.as_deref() == Some(scope)
    });
    scan.map(|scan| stamp(scan.updated_at))
}

fn value_of(info: &DeviceAvInfo, property: usize) -> Value<'_> {
    match property {
        0 => Value::Text(&info.id),
        1 => Value::Text(&info.machine_id),
        2 => Value::Text(&info.computer_dns_name),
        3 => Value::Text(info.os_kind),
        4 => Value::Text(&info.os_platform),
        5 => Value::Text(&info.os_version),
        6 => Value::Text(&info.av_mode),
        7 => Value::Time(info.refreshed_at),
        8 => info.rbac_group_name.as_deref().map_or(Value::Null, Value::Text),
        _ => Value::Number(i64::from(info.rbac_group_id)),
    }
}
