//! `GET /api/alerts` as somebody reads it who polls: by the time of the last change, page by page, while alerts change.

use std::time::Duration;

use serde_json::{Value, json};

use crate::simulator::tests::client::{Client, device, start};
use crate::simulator::tests::unlimited;
use crate::simulator::{Deed, Options, Simulator};

fn perform(simulator: &Simulator, deed: Value) {
    let deed: Deed = serde_json::from_value(deed).expect("it is a deed");
    simulator.perform(deed).expect("it makes sense");
}

fn alert(id: &str, n: u64) -> Value {
    json!({ "id": id, "severity": "High", "status": "New", "machineId": device(n), "evidence": [{ "sha1": "a" }] })
}

async fn listed(client: &Client, options: &str) -> Vec<Value> {
    let page = client.list("/api/alerts", options).await;
    page["value"].as_array().expect("a list").clone()
}

fn ids(alerts: &[Value]) -> Vec<&str> {
    alerts.iter().filter_map(|alert| alert["id"].as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn alerts_are_read_on_from_the_last_change_with_its_fractions() {
    let (simulator, client) = start(unlimited()).await;
    for n in 0..4 {
        perform(&simulator, json!({ "alert": alert(&format!("da{n}_1"), n) }));
        tokio::time::advance(Duration::from_millis(300)).await;
    }
    let first = listed(&client, "$orderby=lastUpdateTime asc&$top=2").await;
    assert_eq!(ids(&first), ["da0_1", "da1_1"]);
    let last = first[1]["lastUpdateTime"].as_str().expect("a time");
    let next = format!("$filter=lastUpdateTime ge {last}&$orderby=lastUpdateTime asc&$top=2");
    assert_eq!(ids(&listed(&client, &next).await), ["da1_1", "da2_1"]);
    let skipped = format!("{next}&$skip=2");
    assert_eq!(ids(&listed(&client, &skipped).await), ["da3_1"]);
}

#[tokio::test(start_paused = true)]
async fn evidence_is_listed_only_where_it_is_asked_for() {
    let (simulator, client) = start(unlimited()).await;
    perform(&simulator, json!({ "alert": alert("da1_1", 1) }));
    assert_eq!(listed(&client, "").await[0]["evidence"], json!([]));
    let expanded = listed(&client, "$expand=evidence").await;
    assert_eq!(expanded[0]["evidence"], json!([{ "sha1": "a" }]));
}

#[tokio::test(start_paused = true)]
async fn an_alert_that_is_indexed_late_says_that_it_changed_a_while_ago() {
    let options = Options {
        scale: 60.0,
        ..unlimited()
    };
    let (simulator, client) = start(options).await;
    tokio::time::advance(Duration::from_secs(10)).await;
    perform(&simulator, json!({ "alert": alert("da1_1", 1) }));
    perform(
        &simulator,
        json!({ "late_alert": { "by": "4m", "alert": alert("da2_1", 2) } }),
    );
    perform(&simulator, json!({ "switch": { "alert_clock_ahead": "2m" } }));
    perform(&simulator, json!({ "alert": alert("da3_1", 3) }));
    let all = listed(&client, "$orderby=lastUpdateTime asc").await;
    assert_eq!(ids(&all), ["da2_1", "da1_1", "da3_1"]);
    let at = |n: usize| -> jiff::Timestamp {
        let text = all[n]["lastUpdateTime"].as_str().expect("a time");
        text.parse().expect("a time stamp")
    };
    assert_eq!(
        at(1).duration_since(at(0)).as_secs(),
        4,
        "a minute lasts a second"
    );
    assert_eq!(at(2).duration_since(at(1)).as_secs(), 2);
}
