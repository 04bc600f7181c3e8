//! Errors on demand: what a client sees of each, and whether the call was carried out.

use std::time::Duration;

use serde_json::{Value, json};

use crate::simulator::tests::client::{Client, Received, comment, device, restrict, start};
use crate::simulator::tests::unlimited;
use crate::simulator::{Deed, Options, Simulator};

fn order(simulator: &Simulator, rule: Value) {
    let deed: Deed = serde_json::from_value(json!({ "rule": rule })).expect("it is a rule");
    simulator.perform(deed).expect("it makes sense");
}

async fn restricted(client: &Client) -> Received {
    client.restrict(&device(1)).await.expect("an answer comes")
}

#[tokio::test(start_paused = true)]
async fn the_nth_call_of_a_route_on_a_device_is_answered_as_ordered() {
    let (simulator, client) = start(unlimited()).await;
    order(
        &simulator,
        json!({
            "route": "restrict", "device": device(1), "from_call": 2, "calls": 1,
            "answer": { "error": { "code": "DisabledFeature" } },
        }),
    );
    assert_eq!(restricted(&client).await.status, 201);
    assert_eq!(
        client.restrict(&device(2)).await.expect("an answer").status,
        201,
        "another device"
    );
    let refused = restricted(&client).await;
    assert_eq!(
        (refused.status, &refused.json()["error"]["code"]),
        (403, &json!("DisabledFeature"))
    );
    assert_eq!(restricted(&client).await.status, 201);
    let named: Vec<_> = simulator
        .journal()
        .into_iter()
        .filter_map(|entry| entry.fault)
        .collect();
    assert_eq!(named, ["rule_error"]);
}

#[tokio::test(start_paused = true)]
async fn every_form_of_answer_can_be_ordered() {
    for (answer, status, kind, body) in [
        (json!({ "html": { "status": 502 } }), 502, "text/html", "<html>"),
        (json!({ "empty": { "status": 500 } }), 500, "application/json", ""),
        (
            json!({ "garbage": { "status": 200 } }),
            200,
            "application/json",
            "{\"@odata.context",
        ),
        (
            json!({ "odata": { "message": "no" } }),
            400,
            "application/json",
            r#"{"error":{"code":"","message":"The query"#,
        ),
        (
            json!({ "body": { "status": 418, "body": "<p>tea" } }),
            418,
            "text/html",
            "<p>tea",
        ),
        (
            json!({ "error": { "code": "Novelty", "status": 409, "message": "new" } }),
            409,
            "application/json",
            r#"{"error":{"code":"Novelty","message":"new""#,
        ),
    ] {
        let (simulator, client) = start(Options::default()).await;
        order(&simulator, json!({ "route": "actions", "answer": answer }));
        let seen = restricted(&client).await;
        assert_eq!(seen.status, status, "{answer}");
        assert!(
            seen.header("content-type").is_some_and(|of| of.starts_with(kind)),
            "{answer}: {}",
            seen.head
        );
        assert!(seen.body.starts_with(body), "{answer}: {}", seen.body);
        assert_eq!(simulator.report().actions_open, 0, "{answer}: nothing was done");
        assert_eq!(
            client.get("/api/machineactions").await.status,
            200,
            "reads are spared"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_after_processing_hides_what_was_done() {
    for answer in [
        json!({ "empty": { "status": 500 } }),
        json!({ "html": { "status": 504 } }),
        json!({ "error": { "code": "InternalServerError" } }),
    ] {
        let (simulator, client) = start(Options::default()).await;
        order(&simulator, json!({ "after_processing": true, "answer": answer }));
        assert!(restricted(&client).await.status >= 500, "{answer}");
        assert_eq!(simulator.report().actions_open, 1, "{answer}");
        let entry = simulator.journal().pop().expect("it was written down");
        assert!(
            entry.action.is_some() && entry.status >= 500,
            "the journal knows: {entry:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_reset_can_come_before_and_after_the_call_is_carried_out() {
    for (after, actions) in [(false, 0), (true, 1)] {
        let (simulator, client) = start(Options::default()).await;
        order(
            &simulator,
            json!({ "after_processing": after, "answer": "reset" }),
        );
        client.restrict(&device(1)).await.expect_err("no answer comes");
        assert_eq!(simulator.report().actions_open, actions);
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_can_come_late_or_byte_by_byte() {
    let (simulator, client) = start(Options::default()).await;
    order(
        &simulator,
        json!({ "calls": 1, "answer": { "slow": { "by": "31s" } } }),
    );
    let began = tokio::time::Instant::now();
    assert_eq!(restricted(&client).await.status, 201);
    assert!(began.elapsed() >= Duration::from_secs(31));
    let began = tokio::time::Instant::now();
    order(&simulator, json!({ "answer": { "drip": { "every": "10ms" } } }));
    let path = restrict(&device(2));
    let seen = client.post(&path, &comment("why")).await;
    let bytes = seen.head.len() + seen.body.len();
    assert_eq!(seen.status, 201);
    assert!(
        began.elapsed() >= Duration::from_millis(10) * u32::try_from(bytes).expect("a small answer"),
        "{bytes} bytes in {:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_429_can_be_ordered_in_both_dialects_and_every_form_of_retry_after() {
    let (simulator, client) = start(unlimited()).await;
    for (dialect, retry_after, code, header) in [
        ("recorded", "seconds", "429", Some("43")),
        ("documented", "none", "TooManyRequests", None),
        ("documented", "fraction", "TooManyRequests", Some("42.001")),
    ] {
        simulator.perform(Deed::ClearFaults).expect("it always can");
        order(
            &simulator,
            json!({ "answer": { "too_many": { "dialect": dialect, "retry_after": retry_after, "after": "42s" } } }),
        );
        let seen = restricted(&client).await;
        assert_eq!((seen.status, &seen.json()["error"]["code"]), (429, &json!(code)));
        assert_eq!(seen.header("retry-after"), header);
    }
    simulator.perform(Deed::ClearFaults).expect("it always can");
    order(
        &simulator,
        json!({ "answer": { "too_many": { "retry_after": "date" } } }),
    );
    let date = restricted(&client).await;
    assert!(
        date.header("retry-after")
            .is_some_and(|date| date.ends_with(" GMT")),
        "{}",
        date.head
    );
}

#[tokio::test(start_paused = true)]
async fn an_outage_is_over_when_its_time_is() {
    let (simulator, client) = start(Options {
        scale: 60.0,
        ..unlimited()
    })
    .await;
    let outage = json!({ "outage": { "for": "5m" } });
    simulator
        .perform(serde_json::from_value(outage).expect("it is a deed"))
        .expect("it makes sense");
    assert_eq!(restricted(&client).await.status, 503);
    assert_eq!(client.get("/api/machines").await.status, 503);
    tokio::time::advance(Duration::from_secs(5)).await;
    assert_eq!(restricted(&client).await.status, 201);
}
