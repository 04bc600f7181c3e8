//! Documents of Elastic's integrations `microsoft_defender_endpoint` (data set `log`) and `m365_defender` (data sets `alert` and
//! `incident`), as a rule's webhook or a watcher sends them (facts sheet 8.6). Called by
//! [`crate::intake::normalize`](mod@crate::intake::normalize).
//!
//! Of an alert of Defender for Endpoint there is one document for each piece of evidence, with the same alert id and device. Keys
//! are nested (`event.id` in `{"event": {"id": …}}`) or flat (`"event.id"`), as the sender's tools left them.

use serde_json::Value;

use crate::domain::alert::Alert;
use crate::domain::fact::Fact;
use crate::intake::reading::Reading;
use crate::intake::{field, graph};

const ENDPOINT: &str = "microsoft_defender_endpoint.log";
const XDR: [&str; 2] = ["m365_defender.alert", "m365_defender.incident"];

/// From which number of `event.severity` on an alert is of that severity: the integration writes 21, 47 and 73, as the security
/// solution's own rules do.
const SEVERITIES: [(i64, &str); 3] = [(73, "high"), (47, "medium"), (21, "low")];

/// Whether a record is such a document.
pub(super) fn is_document(record: &Value) -> bool {
    dataset(record).is_some_and(|name| name == ENDPOINT || XDR.contains(&name))
}

/// Reads one document.
pub(super) fn alert(record: &Value, read: &mut Reading<'_>) -> Alert {
    if dataset(record) == Some(ENDPOINT) {
        endpoint(record, read)
    } else {
        xdr(record, read)
    }
}

/// An alert of Defender for Endpoint, with one piece of its evidence. Techniques are not in it: what stands at their place is
/// the category.
fn endpoint(record: &Value, read: &mut Reading<'_>) -> Alert {
    let ids = ["cloud.instance.id", "host.id"].map(|key| items(at(record, key)));
    for id in ids.into_iter().flatten() {
        read.devices.offer(Some(id));
    }
    if ids.iter().all(|ids| ids.iter().all(Value::is_null)) {
        let name = host_name(text_at(record, "host.name"), text_at(record, "host.hostname"));
        read.devices
            .offer_host(None, None, name.map(Value::from).as_ref());
    }
    let text = |key: &str| Fact::defined(text_at(record, key));
    let own = |key: &str| text(&format!("microsoft.defender_endpoint.{key}"));
    let severity = match at(record, "event.severity") {
        Some(Value::Number(number)) => Fact::Is(of_number(number.as_i64().unwrap_or_default()).to_owned()),
        _ => text("event.severity"),
    };
    Alert {
        id: text_at(record, "event.id").unwrap_or_default(),
        title: text("message"),
        severity: read.severity(severity),
        category: field::category(text("event.action")),
        source: text("observer.name"),
        techniques: Fact::Unknown,
        classification: field::judgement(own("classification")),
        determination: field::judgement(own("determination")),
        status: field::status_or_end(
            own("status"),
            at(record, "microsoft.defender_endpoint.resolvedTime"),
        ),
        user: Fact::defined(field::user(
            text_at(record, "user.domain"),
            text_at(record, "user.name"),
            None,
        )),
        incident_id: own("incidentId"),
        occurred_at: read.latest([
            at(record, "event.created"),
            at(record, "event.end"),
            at(record, "microsoft.defender_endpoint.lastUpdateTime"),
        ]),
    }
}

/// The host's DNS name, of two members of which one may be its first part alone. Where they are of two hosts, as when a collector
/// wrote its own name into one of them, there is none.
fn host_name(name: Option<String>, hostname: Option<String>) -> Option<String> {
    let (Some(name), Some(hostname)) = (&name, &hostname) else {
        return name.or(hostname);
    };
    let (name, hostname) = (name.to_lowercase(), hostname.to_lowercase());
    let (short, long) = if name.len() < hostname.len() {
        (name, hostname)
    } else {
        (hostname, name)
    };
    let rest = long.strip_prefix(&short)?;
    (rest.is_empty() || rest.starts_with('.')).then_some(long)
}

/// An alert as Graph tells it, in snake case; one of an incident stands one level deeper.
fn xdr(record: &Value, read: &mut Reading<'_>) -> Alert {
    let nothing = Value::Null;
    let alert = at(record, "m365_defender.alert")
        .or_else(|| at(record, "m365_defender.incident.alert"))
        .unwrap_or(&nothing);
    let evidence = |kind: &'static str| {
        let of_kind = move |one: &&Value| {
            let name = one.get("odata_type").and_then(Value::as_str);
            name.and_then(|name| name.rsplit('.').next()) == Some(kind)
        };
        items(alert.get("evidence")).iter().filter(of_kind)
    };
    for device in evidence("deviceEvidence") {
        let id = device.get("mde_device_id");
        if graph::is_contextual(device, "detailed_roles") {
            read.devices.offer_only_named(id, graph::CONTEXTUAL);
        } else {
            read.devices.offer_host(
                id,
                device.get("azure_ad_device_id"),
                device.get("device_dns_name"),
            );
        }
    }
    let text = |key: &str| field::first(alert, &[key]);
    let user = |evidence: &Value| {
        let account = evidence.get("user_account")?;
        field::user(
            field::text(account, "domain_name"),
            field::text(account, "account_name"),
            field::text(account, "user_principal_name"),
        )
    };
    Alert {
        id: field::text(alert, "id")
            .or_else(|| text_at(record, "event.id"))
            .unwrap_or_default(),
        title: text("title"),
        severity: read.severity(text("severity")),
        category: field::category(text("category")),
        source: field::first(alert, &["detection_source", "service_source"]),
        techniques: field::techniques([alert.get("mitre_techniques")]),
        classification: field::judgement(text("classification")),
        determination: field::judgement(text("determination")),
        status: field::status_or_end(text("status"), alert.get("resolved_datetime")),
        user: Fact::defined(evidence("userEvidence").find_map(user)),
        incident_id: text("incident_id"),
        occurred_at: read.latest(
            [
                "created_datetime",
                "last_update_datetime",
                "last_activity_datetime",
            ]
            .map(|key| alert.get(key)),
        ),
    }
}

fn dataset(record: &Value) -> Option<&str> {
    let named = |key| at(record, key).and_then(Value::as_str);
    named("data_stream.dataset").or_else(|| named("event.dataset"))
}

/// What stands at a dotted path: nested, flat, or the one within the other. Paths are short, and a record's depth is bounded.
fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let members = value.as_object()?;
    if let Some(found) = members.get(path) {
        return Some(found);
    }
    path.match_indices('.')
        .find_map(|(dot, _)| at(members.get(&path[..dot])?, &path[dot + 1..]))
}

/// The text at a path, be it alone or the first of a list, as Elastic writes either.
fn text_at(record: &Value, path: &str) -> Option<String> {
    let found = at(record, path)?;
    let first = found.as_array().map_or(Some(found), |all| all.first())?;
    field::text_of(first)
}

/// A list, or what stands there alone.
fn items(found: Option<&Value>) -> &[Value] {
    match found {
        Some(Value::Array(all)) => all,
        Some(one) => std::slice::from_ref(one),
        None => &[],
    }
}

fn of_number(number: i64) -> &'static str {
    let from = SEVERITIES.iter().find(|(least, _)| number >= *least);
    from.map_or("informational", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::alert::{Event, EventFormat, Severity};
    use crate::domain::device::DeviceIdRule;
    use crate::intake::normalize;

    const DEVICE: &str = "111e6dd8c833c8a052ea231ec1b19adaf497b625";
    const OTHER: &str = "73e7e2de709dff64ef64b1d0c30e67fab63279db";

    fn event(record: &Value) -> Event {
        normalize(record, &DeviceIdRule::default()).expect("the shape is known")
    }

    fn endpoint_document() -> Value {
        json!({
            "@timestamp": "2025-10-16T10:42:06.592Z", "cloud": {"instance": {"id": DEVICE}, "provider": "azure"},
            "data_stream": {"dataset": "microsoft_defender_endpoint.log", "type": "logs"},
            "event": {"action": "Execution", "created": "2021-01-26T20:33:57.7220239Z", "end": "2021-01-26T20:31:33.0577322Z",
                "id": "da637472900382838869_1364969609", "kind": "alert", "severity": 21},
            "host": {"id": DEVICE, "hostname": "temp123"}, "message": "Low-reputation code executed",
            "microsoft": {"defender_endpoint": {"incidentId": "1126093", "lastUpdateTime": "2021-01-26T20:33:59.2Z", "status": "New"}},
            "observer": {"name": "WindowsDefenderAtp"}, "threat": {"technique": {"name": ["Execution"]}},
            "user": {"domain": "DOMAIN", "name": "temp123"}
        })
    }

    #[test]
    fn a_document_of_defender_for_endpoint_is_read_whole() {
        let event = event(&endpoint_document());
        assert_eq!(event.format, EventFormat::Elastic);
        let is = |text: &str| Fact::Is(text.to_owned());
        assert_eq!(
            event.alert,
            Alert {
                id: "637472900382838869_1364969609".to_owned(),
                title: is("Low-reputation code executed"),
                severity: Fact::Is(Severity::Low),
                category: is("Execution"),
                source: is("WindowsDefenderAtp"),
                techniques: Fact::Unknown,
                classification: Fact::Absent,
                determination: Fact::Absent,
                status: is("new"),
                user: is("DOMAIN\\temp123"),
                incident_id: is("1126093"),
                occurred_at: Fact::Is("2021-01-26T20:33:59.2Z".parse().expect("RFC 3339")),
            }
        );
        assert_eq!(event.devices.len(), 1);
    }

    #[test]
    fn flat_and_half_flat_keys_say_the_same() {
        let nested = event(&endpoint_document());
        let mut flat = endpoint_document();
        let members = flat.as_object_mut().expect("an object");
        members.remove("event");
        members.remove("cloud");
        members.remove("microsoft");
        members.extend(
            json!({
                "event.action": ["Execution"], "event.created": "2021-01-26T20:33:57.7220239Z",
                "event.id": ["da637472900382838869_1364969609"], "event.severity": 21, "cloud.instance": {"id": [DEVICE]},
                "microsoft": {"defender_endpoint.incidentId": 1126093, "defender_endpoint": {
                    "lastUpdateTime": "2021-01-26T20:33:59.2Z", "status": "New"}},
            })
            .as_object()
            .expect("an object")
            .clone(),
        );
        assert_eq!(event(&flat).alert, nested.alert);
        assert_eq!(event(&flat).devices, nested.devices);
    }

    #[test]
    fn severities_are_numbers_by_their_least_one() {
        for (number, severity) in [
            (json!(0), Severity::Informational),
            (json!(20), Severity::Informational),
            (json!(21), Severity::Low),
            (json!(47), Severity::Medium),
            (json!(73), Severity::High),
            (json!(99), Severity::High),
            (json!("high"), Severity::High),
        ] {
            let mut document = endpoint_document();
            document["event"]["severity"] = number.clone();
            assert_eq!(event(&document).alert.severity, Fact::Is(severity), "{number}");
        }
    }

    #[test]
    fn an_alert_of_defender_xdr_gives_its_impacted_devices_alone() {
        let device = |id: &str, roles: Value| json!({"odata_type": "#microsoft.graph.security.deviceEvidence", "mde_device_id": id, "roles": roles});
        let alert = json!({
            "id": "daefa1828b-dd4e-405c-8a3b-aa28596830dd_1", "category": "Execution", "severity": "medium", "status": "new",
            "title": "Suspicious PowerShell command line", "detection_source": "microsoftDefenderForEndpoint",
            "mitre_techniques": ["T1059.001"], "incident_id": "23", "created_datetime": "2023-10-20T09:53:09.883Z",
            "last_update_datetime": "2023-10-20T09:54:07.503Z",
            "evidence": [device(DEVICE, json!([])), device(OTHER, json!(["contextual"])),
                {"odata_type": "#microsoft.graph.security.processEvidence", "mde_device_id": OTHER},
                {"odata_type": "#microsoft.graph.security.userEvidence",
                 "user_account": {"account_name": "CDPUserIS-38411", "domain_name": "AzureAD"}}],
        });
        let document = json!({"data_stream": {"dataset": "m365_defender.alert"}, "event": {"severity": 47},
            "host": {"id": [DEVICE, OTHER]}, "m365_defender": {"alert": alert.clone()}});
        let inside = json!({"event.dataset": "m365_defender.incident", "m365_defender": {"incident": {"alert": alert}}});
        for document in [document, inside] {
            let event = event(&document);
            assert_eq!(event.alert.id, "efa1828b-dd4e-405c-8a3b-aa28596830dd_1");
            assert_eq!(event.alert.severity, Fact::Is(Severity::Medium));
            assert_eq!(event.alert.user, Fact::Is("AzureAD\\CDPUserIS-38411".to_owned()));
            assert_eq!(event.alert.techniques, Fact::Is(vec!["T1059.001".to_owned()]));
            assert_eq!(
                event.devices.iter().map(|id| id.as_str()).collect::<Vec<_>>(),
                [DEVICE]
            );
            assert_eq!(event.refused_devices.len(), 1, "the contextual one");
        }
    }

    #[test]
    fn other_data_sets_are_no_alerts() {
        for dataset in ["m365_defender.event", "microsoft_defender_endpoint.machine", ""] {
            let record = json!({"data_stream": {"dataset": dataset}, "m365_defender": {}});
            assert!(normalize(&record, &DeviceIdRule::default()).is_err(), "{dataset}");
        }
    }

    #[test]
    fn a_host_without_an_id_is_named_only_where_its_names_agree() {
        let reader = crate::intake::Reader {
            identify_by: vec![crate::domain::device::hint::HintKind::DnsName],
            ..crate::intake::Reader::new(DeviceIdRule::default())
        };
        let hints = |host: Value| {
            let mut document = endpoint_document();
            let members = document.as_object_mut().expect("an object");
            members.remove("cloud");
            members.insert("host".to_owned(), host);
            let event = crate::intake::normalize_under(&document, &reader).expect("the shape is known");
            assert_eq!(event.devices, []);
            event.hints.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let whole = ["DNS name fin-7.corp.example"];
        assert_eq!(
            hints(json!({"name": ["FIN-7"], "hostname": "fin-7.corp.example"})),
            whole
        );
        assert_eq!(hints(json!({"name": "fin-7.corp.example"})), whole);
        for nothing in [
            json!({"name": "collector", "hostname": "fin-7.corp.example"}),
            json!({"id": "9f3b", "hostname": "fin-7.corp.example"}),
            json!({}),
        ] {
            assert_eq!(hints(nothing.clone()), [""; 0], "{nothing}");
        }
    }
}
