//! `findbyip` and `findbytag` (facts sheet 4.1).

use axum::extract::Query as Pairs;
use axum::http::{StatusCode, Uri};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::simulator::api::{context, machines};
use crate::simulator::device::Machine;
use crate::simulator::hub::Hub;
use crate::simulator::reply::Reply;

/// How far back `findbyip` can look.
const REACH: SignedDuration = SignedDuration::from_hours(30 * 24);

/// `GET /api/machines/findbyip(ip='{ip}',timestamp={time})`. Machines here keep their address, so any time of the last 30
/// days finds them.
pub fn by_ip(hub: &Hub, arguments: &str) -> Reply {
    let invalid = |what: &str| Reply::bad_request("InvalidInput", format!("The {what} is invalid"));
    let inside = arguments
        .split_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    let mut ip = None;
    let mut timestamp = None;
    for (name, value) in inside
        .unwrap_or_default()
        .split(',')
        .filter_map(|one| one.split_once('='))
    {
        match name.trim().to_ascii_lowercase().as_str() {
            "ip" => {
                let quoted = value.trim().strip_prefix('\'');
                ip = quoted.and_then(|value| value.strip_suffix('\''));
            }
            "timestamp" => timestamp = value.trim().parse::<Timestamp>().ok(),
            _ => {}
        }
    }
    let Some(ip) = ip.filter(|ip| ip.parse::<std::net::IpAddr>().is_ok()) else {
        return Reply::bad_request("InvalidIpAddress", "The IP address is invalid");
    };
    let now = hub.clock.wall(hub.clock.now());
    match timestamp {
        Some(at) if now.duration_since(at) <= REACH => {}
        _ => return invalid("timestamp, which must be of the last 30 days,"),
    }
    found(hub, |machine| machine.last_ip_address == ip)
}

/// `GET /api/machines/findbytag?tag={tag}&useStartsWithFilter={bool}`
pub fn by_tag(hub: &Hub, uri: &Uri) -> Reply {
    let pairs = Pairs::<Vec<(String, String)>>::try_from_uri(uri);
    let pairs = pairs.map(|Pairs(pairs)| pairs).unwrap_or_default();
    let get = |wanted: &str| {
        let mut pairs = pairs.iter();
        let found = pairs.find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_str())
    };
    let Some(tag) = get("tag").filter(|tag| !tag.is_empty()) else {
        return Reply::bad_request(
            "MissingRequiredParameter",
            "The required parameter tag is missing",
        );
    };
    let begins = get("useStartsWithFilter").is_some_and(|value| value.eq_ignore_ascii_case("true"));
    found(hub, |machine| {
        let mut tags = machine.machine_tags.iter();
        tags.any(|one| one == tag || (begins && one.starts_with(tag)))
    })
}

fn found(hub: &Hub, mut matches: impl FnMut(&Machine) -> bool) -> Reply {
    let now = hub.clock.wall(hub.clock.now());
    let ids = machines::known(hub, std::iter::empty());
    let machines = ids.iter().map(|id| machines::shown(hub, id, now));
    let value: Vec<Machine> = machines.filter(|machine| matches(machine)).collect();
    let context = context(hub, "Machines");
    Reply::json(
        StatusCode::OK,
        &json!({ "@odata.context": context, "value": value }),
    )
}
