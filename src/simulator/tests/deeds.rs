//! What happens beside the calls of the client: devices that go and come, people in the portal, the timeline, the alerts.

use std::time::Duration;

use serde_json::{Value, json};

use crate::simulator::tests::client::{device, release, restrict, start};
use crate::simulator::tests::{DONE, unlimited};
use crate::simulator::{Deed, DuplicateMode, GIVES_UP_AFTER, Options, Simulator, Timed};

fn perform(simulator: &Simulator, deed: Value) -> Value {
    let deed: Deed = serde_json::from_value(deed).expect("it is a deed");
    simulator.perform(deed).expect("it makes sense")
}

async fn status(client: &super::client::Client, id: &Value) -> Value {
    let path = format!("/api/machineactions/{}", id.as_str().expect("an id"));
    client.get(&path).await.json()["status"].clone()
}

#[tokio::test(start_paused = true)]
async fn an_action_on_a_device_that_is_away_waits_and_fires_when_it_comes_back() {
    let (simulator, client) = start(unlimited()).await;
    perform(&simulator, json!({ "offline": { "devices": [device(1)] } }));
    let made = client.restrict(&device(1)).await.expect("an answer").json();
    tokio::time::advance(Duration::from_secs(48 * 3600)).await;
    assert_eq!(simulator.report().actions_open, 1);
    perform(&simulator, json!({ "online": { "devices": [device(1)] } }));
    tokio::time::advance(DONE).await;
    assert!(simulator.is_restricted(&device(1)));
    let fresh = super::client::Client::of(&simulator).await;
    assert_eq!(status(&fresh, &made["id"]).await, "Succeeded");
}

#[tokio::test(start_paused = true)]
async fn an_action_is_given_up_when_the_device_stays_away_too_long_even_if_it_left_meanwhile() {
    let (simulator, client) = start(unlimited()).await;
    let away = json!({ "offline": { "devices": [device(1)], "for": "4d" } });
    client.restrict(&device(1)).await.expect("an answer");
    perform(&simulator, away);
    tokio::time::advance(GIVES_UP_AFTER).await;
    let report = simulator.report();
    assert_eq!(report.actions_by_status.get("TimeOut"), Some(&1), "{report:?}");
    assert!(!simulator.is_restricted(&device(1)));
}

#[tokio::test(start_paused = true)]
async fn others_act_and_call_back_in_the_portal() {
    let (simulator, client) = start(unlimited()).await;
    let made = client.restrict(&device(1)).await.expect("an answer").json();
    let by_other = json!({ "cancel": { "device": device(1), "action": "restrict", "comment": "mine" } });
    let cancelled = perform(&simulator, by_other);
    assert_eq!(cancelled["id"], made["id"]);
    assert_eq!(status(&client, &made["id"]).await, "Cancelled");
    let acted = perform(
        &simulator,
        json!({ "act": { "device": device(1), "action": "isolate", "scope": "Full" } }),
    );
    tokio::time::advance(DONE).await;
    assert_eq!(status(&client, &acted["id"]).await, "Succeeded");
    assert_eq!(simulator.isolation(&device(1)).as_deref(), Some("Full"));
    let effects = simulator.effects();
    assert_eq!(effects.len(), 1);
    assert!(!effects[0].3, "not through the API");
    assert_eq!(simulator.report().duplicates, 0, "others are never counted");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_action_can_take_effect_all_the_same() {
    let (simulator, client) = start(unlimited()).await;
    perform(&simulator, json!({ "switch": { "cancel_race_percent": 100 } }));
    client.restrict(&device(1)).await.expect("an answer");
    perform(
        &simulator,
        json!({ "cancel": { "device": device(1), "action": "restrict" } }),
    );
    assert_eq!(simulator.report().actions_by_status.get("Cancelled"), Some(&1));
    assert!(simulator.is_restricted(&device(1)));
}

#[tokio::test(start_paused = true)]
async fn how_it_answers_can_be_switched_while_it_runs() {
    let (simulator, client) = start(unlimited()).await;
    perform(
        &simulator,
        json!({ "switch": {
            "duplicates": "400_active", "read_after_write": "5s", "refuse_unknown_properties": false, "context_elsewhere": false,
        } }),
    );
    let made = client
        .post(&restrict(&device(1)), r#"{"Comment":"why","Novelty":1}"#)
        .await;
    assert_eq!(made.status, 201);
    let made = made.json();
    assert!(
        made["@odata.context"]
            .as_str()
            .is_some_and(|context| context.starts_with(&simulator.base_url()))
    );
    let path = format!("/api/machineactions/{}", made["id"].as_str().expect("an id"));
    let unread = client.get(&path).await;
    assert_eq!(
        (unread.status, &unread.json()["error"]["code"]),
        (404, &json!("ResourceNotFound"))
    );
    assert_eq!(client.restrict(&device(1)).await.expect("an answer").status, 400);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(client.get(&path).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn duplicates_can_be_answered_in_a_way_drawn_for_each() {
    let (simulator, client) = start(Options {
        duplicate_mode: DuplicateMode::Random,
        ..unlimited()
    })
    .await;
    let mut seen = std::collections::BTreeSet::new();
    for n in 0..30 {
        let first = client.restrict(&device(n)).await.expect("an answer").json();
        let second = client.restrict(&device(n)).await.expect("an answer");
        let same = second.json()["id"] == first["id"];
        seen.insert((second.status, same));
    }
    let all = [(201, false), (201, true), (400, false)];
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), all);
    assert_eq!(simulator.report().duplicates, 30);
}

#[tokio::test(start_paused = true)]
async fn the_timeline_is_played_in_scaled_time() {
    let timeline: Vec<Timed> = serde_json::from_value(json!([
        { "at": "0s", "do": { "switch": { "duplicates": "400_active" } } },
        { "at": "10m", "do": { "act": { "device": device(7), "action": "restrict" } } },
        { "at": "11m", "do": "revoke_tokens" },
        { "at": "12m", "do": { "cancel": { "device": device(7), "action": "scan" } } },
    ]))
    .expect("it is a timeline");
    let (simulator, client) = start(Options {
        scale: 60.0,
        timeline,
        ..unlimited()
    })
    .await;
    client.restrict(&device(1)).await.expect("an answer");
    assert_eq!(client.restrict(&device(1)).await.expect("an answer").status, 400);
    simulator
        .wait_until(|report| report.actions_by_type["RestrictCodeExecution"] == 2)
        .await;
    assert!(simulator.uptime() >= Duration::from_secs(10));
    let report = simulator
        .wait_until(|report| !report.timeline_refused.is_empty())
        .await;
    assert_eq!(
        client
            .post(&release(&device(1)), r#"{"Comment":"why"}"#)
            .await
            .status,
        401
    );
    assert_eq!(simulator.report().bad_tokens, 1);
    assert!(
        report.timeline_refused[0].contains("12m"),
        "{:?}",
        report.timeline_refused
    );
}

#[tokio::test(start_paused = true)]
async fn alerts_are_listed_from_their_time_on_in_their_latest_form() {
    let options = Options {
        roles: vec!["Alert.Read.All".to_owned()],
        ..unlimited()
    };
    let (simulator, client) = start(options).await;
    for (id, severity, n) in [("da1_1", "High", 1), ("da2_1", "Low", 2)] {
        let alert = json!({ "id": id, "severity": severity, "status": "New", "machineId": device(n) });
        perform(&simulator, json!({ "alert": alert }));
    }
    let resolved = json!({ "id": "da1_1", "severity": "High", "status": "Resolved", "machineId": device(1) });
    perform(&simulator, json!({ "alert": resolved }));
    let all = client.get("/api/alerts").await.json();
    assert_eq!(all["value"].as_array().map(Vec::len), Some(2));
    let new = client
        .list(
            "/api/alerts",
            "$filter=status eq 'New' and alertCreationTime gt 2020-01-01T00:00:00Z&$expand=evidence&$select=id,severity",
        )
        .await;
    assert_eq!(
        new["value"],
        json!([{ "id": "da2_1", "severity": "Low" }]),
        "only what was selected"
    );
    let one = client.get("/api/alerts/da1_1").await.json();
    assert_eq!(one["status"], "Resolved");
    assert_eq!(client.get("/api/alerts/da9_1").await.status, 404);
    let of_one = client
        .get(&format!("/api/machines/{}/alerts", device(2)))
        .await
        .json();
    assert_eq!(of_one["value"].as_array().map(Vec::len), Some(1));
}
