//! What arrives: broken, hostile, repeated, and real. Every record is answered, every event decided once, and nothing
//! that is not a device id leads to a call.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::alert::{alert, device, ndjson, storm_playbook};
use crate::support::{Setup, World};

const SCALE: u32 = 100;
const SOON: Duration = Duration::from_secs(30);
const NDJSON: &str = "application/x-ndjson";

async fn world() -> World {
    Setup::new(SCALE, &[&storm_playbook()]).start().await
}

async fn decided(world: &World, decisions: i64) {
    let sql = format!(
        "SELECT count(*) = {decisions} AND NOT EXISTS (SELECT 1 FROM quell.inbox) FROM quell.decisions"
    );
    world.until(SOON, &sql).await;
}

#[tokio::test]
async fn broken_json_is_refused_with_a_reason_and_the_next_alert_is_taken() {
    let world = world().await;
    for (body, reason) in [
        ("{\"id\": ", "broken_json"),
        ("", "empty_body"),
        ("\u{fffd}{}[", "broken_json"),
    ] {
        let reply = world
            .post("application/json", body.as_bytes())
            .await
            .expect("the daemon answers");
        assert_eq!(
            (reply.status, reply.list("rejected")[0]["reason"].as_str()),
            (400, Some(reason)),
            "{}",
            reply.body
        );
    }
    let reply = world
        .post("application/json", b"\xff\xfe{}")
        .await
        .expect("the daemon answers");
    assert_eq!(reply.list("rejected")[0]["reason"], "invalid_utf8");
    world.send(&[alert("a", &device(1))]).await;
    world
        .seen("the device is restricted", SOON, |report| {
            report.restricted_now == 1
        })
        .await;
    world.until_idle(SOON).await;
    assert_eq!(world.finish().await.action_calls, 1);
}

#[tokio::test]
async fn a_body_of_50_megabytes_is_answered_413_and_the_daemon_goes_on() {
    let world = world().await;
    let mut body = b"{\"id\": \"".to_vec();
    body.resize(50 * 1024 * 1024, b'x');
    let reply = world
        .post("application/json", &body)
        .await
        .expect("the daemon answers");
    assert_eq!(
        (reply.status, reply.json()["reason"].as_str()),
        (413, Some("body_too_large")),
        "{}",
        reply.body
    );
    assert_eq!(reply.json()["limit"], 8 * 1024 * 1024);
    world.send(&[alert("a", &device(1))]).await;
    world
        .seen("the device is restricted", SOON, |report| {
            report.restricted_now == 1
        })
        .await;
    world.until_idle(SOON).await;
    world.finish().await;
}

#[tokio::test]
async fn a_hostile_device_id_is_stored_with_the_reason_and_leads_to_no_call() {
    let world = world().await;
    let hostile = [
        "../../machineactions",
        "..%2f..%2fmachineactions",
        &format!("{}/isolate", device(1)),
        &format!("{}?$filter=1", device(1)),
        &device(1).to_uppercase().replace('0', "A"),
        &format!("{}\r\nHost: elsewhere", device(1)),
        &"0".repeat(41),
        "0",
        "",
    ];
    let alerts: Vec<Value> = hostile
        .iter()
        .enumerate()
        .map(|(n, id)| alert(&format!("hostile-{n}"), id))
        .collect();
    let reply = world
        .post(NDJSON, &ndjson(&alerts))
        .await
        .expect("the daemon answers");
    let accepted = reply.list("accepted");
    assert_eq!(
        (reply.status, accepted.len()),
        (202, hostile.len()),
        "{}",
        reply.body
    );
    assert!(
        accepted
            .iter()
            .all(|one| one["devices"] == 0 && one["note"].is_string()),
        "{}",
        reply.body
    );
    // A good one behind them shows that they have been passed.
    world.send(&[alert("good", &device(9))]).await;
    world
        .seen("the good device is restricted", SOON, |report| {
            report.restricted_now == 1
        })
        .await;
    world.until_idle(SOON).await;
    let skipped = "SELECT count(*) FROM quell.decisions WHERE kind = 'skip' AND reason = 'no_device' AND device_id IS NULL";
    assert_eq!(
        world.number(skipped).await,
        i64::try_from(hostile.len()).expect("a small number")
    );
    for entry in world.simulator.journal() {
        let path = entry.path.split('?').next().unwrap_or_default();
        let good = entry.device.is_none() || entry.device == Some(device(9));
        assert!(good && !path.contains("..") && !path.contains('%'), "{entry:?}");
    }
    assert_eq!(world.finish().await.action_calls, 1);
}

#[tokio::test]
async fn a_bad_line_does_not_lose_the_good_ones_around_it() {
    let world = world().await;
    let mut body = ndjson(&[alert("a", &device(1))]);
    body.extend_from_slice(b"{\"id\": \"torn\n");
    body.extend(ndjson(&[json!({"no": "alert"}), alert("b", &device(2))]));
    let reply = world.post(NDJSON, &body).await.expect("the daemon answers");
    assert_eq!(
        (reply.status, reply.list("accepted").len()),
        (202, 2),
        "{}",
        reply.body
    );
    let rejected: Vec<_> = reply.list("rejected");
    let told: Vec<_> = rejected
        .iter()
        .map(|one| (one["line"].as_u64(), one["reason"].as_str()))
        .collect();
    assert_eq!(
        told,
        [(Some(2), Some("broken_json")), (Some(3), Some("unknown_shape"))]
    );
    world
        .seen("both devices are restricted", SOON, |report| {
            report.restricted_now == 2
        })
        .await;
    world.until_idle(SOON).await;
    assert_eq!(
        world.number("SELECT count(*) FROM quell.dead_letters").await,
        2,
        "nothing is dropped without a row"
    );
    world.finish().await;
}

#[tokio::test]
async fn an_alert_delivered_many_times_at_once_is_one_event_and_one_call() {
    let world = world().await;
    let body = ndjson(&[alert("a", &device(1)), alert("b", &device(2))]);
    let first = async || world.post(NDJSON, &body).await.expect("the daemon answers");
    let replies = tokio::join!(first(), first(), first(), first(), first(), first());
    let replies = [replies.0, replies.1, replies.2, replies.3, replies.4, replies.5];
    let accepted: Vec<Value> = replies.iter().flat_map(|reply| reply.list("accepted")).collect();
    assert_eq!(accepted.len(), 12, "each delivery is answered");
    assert_eq!(
        accepted.iter().filter(|one| one["duplicate"] == false).count(),
        2,
        "{accepted:?}"
    );
    let ids: std::collections::BTreeSet<_> = accepted.iter().map(|one| one["id"].as_str()).collect();
    assert_eq!(ids.len(), 2, "a repeated one is told the id of the first");
    world
        .seen("both devices are restricted", SOON, |report| {
            report.restricted_now == 2
        })
        .await;
    world.until_idle(SOON).await;
    assert_eq!(world.number("SELECT count(*) FROM quell.events").await, 2);
    assert_eq!(world.finish().await.action_calls, 2);
}

#[tokio::test]
async fn two_alerts_on_one_device_make_one_call() {
    let world = world().await;
    world
        .send(&[alert("a", &device(1)), alert("b", &device(1))])
        .await;
    world
        .seen("the device is restricted", SOON, |report| {
            report.restricted_now == 1
        })
        .await;
    world.send(&[alert("c", &device(1))]).await;
    decided(&world, 3).await;
    world.until_idle(SOON).await;
    assert_eq!(
        world.number("SELECT count(*) FROM quell.containments").await,
        1,
        "one for playbook and device"
    );
    assert_eq!(world.finish().await.action_calls, 1);
}

#[tokio::test]
async fn every_recorded_alert_of_the_samples_is_accounted_for_under_the_shipped_playbooks() {
    let shipped = [
        include_str!("../../playbooks/hands-on-keyboard-restrict.yaml"),
        include_str!("../../playbooks/low-and-slow-observe.yaml"),
        include_str!("../../playbooks/ransomware-restrict.yaml"),
        include_str!("../../playbooks/release-on-false-positive.yaml"),
    ]
    // `Setup` names the file after the first line that gives the id.
    .map(|text| text[text.find("id: ").expect("a playbook has an id")..].to_owned());
    let shipped: Vec<&str> = shipped.iter().map(String::as_str).collect();
    let world = Setup::new(SCALE, &shipped)
        .set("never", "{tags: [tier-0]}")
        .start()
        .await;
    let now = quell::clock::now();
    let samples: Vec<Value> = include_str!("../data/alerts.ndjson")
        .lines()
        .map(|line| {
            let mut sample: Value = serde_json::from_str(line).expect("the samples are JSON");
            quell::intake::restamp(&mut sample["event"], now);
            sample["event"].take()
        })
        .collect();
    let reply = world
        .post(NDJSON, &ndjson(&samples))
        .await
        .expect("the daemon answers");
    let (accepted, rejected) = (reply.list("accepted"), reply.list("rejected"));
    assert_eq!(
        accepted.len() + rejected.len(),
        samples.len(),
        "every record has an answer"
    );
    let duplicates = accepted.iter().filter(|one| one["duplicate"] == true).count();
    let events = world.number("SELECT count(*) FROM quell.events").await;
    assert_eq!(usize::try_from(events), Ok(accepted.len() - duplicates));
    let letters = world.number("SELECT count(*) FROM quell.dead_letters").await;
    assert_eq!(usize::try_from(letters), Ok(rejected.len()));

    world
        .until(SOON, "SELECT NOT EXISTS (SELECT 1 FROM quell.inbox)")
        .await;
    world.until_idle(SOON).await;
    let acted = world
        .number("SELECT count(DISTINCT device_id) FROM quell.decisions WHERE kind = 'act'")
        .await;
    let skipped = world
        .number("SELECT count(*) FROM quell.decisions WHERE kind = 'skip'")
        .await;
    let restricted = "SELECT count(*) FROM quell.devices WHERE restriction = 'restricted'";
    assert_eq!(
        world.number(restricted).await,
        acted,
        "who is acted on is restricted, and nobody else"
    );
    assert!(
        acted > 0 && skipped > 0,
        "the samples lead to both: {acted} acted, {skipped} skipped"
    );
    let report = world.finish().await;
    assert_eq!(i64::try_from(report.restricted_now), Ok(acted));
}
