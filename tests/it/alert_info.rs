//! Evidence of Defender's streaming API that lacks what stands in the `AlertInfo` of its alert: completed by it, whichever comes
//! first, and decided without it when it does not come. What was put together stands in the decision.

use jiff::SignedDuration;
use quell::domain::alert::Severity;
use quell::domain::device::{DeviceFacts, DeviceIdRule};
use quell::domain::fact::Fact;
use quell::domain::trust::Trust;
use quell::intake::body::Lines;
use quell::intake::{Delivery, Reader};
use quell::store::views::DecisionQuery;
use serde_json::{Value, json};

use crate::inventory::good;
use crate::support::ground::{Ground, device};

const GRAVE: &str = "id: grave\ntitle: Restrict\nowner: soc@example.com\nmode: enforce\npriority: normal\n\
    when: {alert.severity: {at_least: high}}\nif_unknown: ask\n\
    then:\n  - restrict_app_execution: {comment: \"alert {alert.id}\", release: {after: 4h}}\n";

async fn ground() -> Ground {
    let mut ground = Ground::new(&[GRAVE.to_owned()]).await;
    let facts: DeviceFacts = good();
    ground.facts(&device('a'), facts).await;
    ground
}

fn record(table: &str, id: &str, more: Value) -> Value {
    let now = quell::clock::now().to_string();
    let mut properties = json!({ "AlertId": id, "Timestamp": now });
    let into = properties.as_object_mut().expect("an object");
    into.extend(more.as_object().expect("an object").clone());
    json!({ "time": now, "tenantId": "1111", "category": format!("AdvancedHunting-{table}"), "properties": properties })
}

/// Evidence as it came in 2022, on device `a`.
fn evidence(id: &str) -> Value {
    record(
        "AlertEvidence",
        id,
        json!({ "EntityType": "Machine", "EvidenceRole": "Impacted", "DeviceId": device('a').as_str() }),
    )
}

fn info(id: &str, severity: &str) -> Value {
    record(
        "AlertInfo",
        id,
        json!({ "Title": "Ransomware was seen", "Category": "Ransomware", "Severity": severity, "DetectionSource": "EDR",
            "AttackTechniques": "" }),
    )
}

async fn accept(ground: &Ground, trust: Trust, record: &Value) {
    let reader = Reader::new(DeviceIdRule::default());
    let delivery = Delivery::read(record.to_string().as_bytes(), Lines::Unsaid, &reader).expect("it is JSON");
    assert_eq!((delivery.incoming.len(), delivery.dead.len()), (1, 0));
    let stored =
        ground
            .store
            .events_accept_from(ground.tenant, ("stream", trust), delivery.incoming, delivery.dead);
    stored.await.expect("the database is up");
}

/// How many rows were worked on, and the decision about the device.
async fn decide(ground: &mut Ground) -> (usize, Option<String>) {
    let worked = ground.decider().run_once().await.expect("the database is up");
    let sql = "SELECT kind || ' ' || reason FROM quell.decisions WHERE device_id IS NOT NULL ORDER BY decided_at DESC LIMIT 1";
    (
        worked.expect("there is a set"),
        ground.words(sql.to_owned()).await.pop(),
    )
}

#[tokio::test]
async fn evidence_behind_its_info_is_decided_at_once_and_the_decision_says_by_what() {
    let mut ground = ground().await;
    accept(&ground, Trust::Act, &info("da637472900382838869_1", "High")).await;
    accept(&ground, Trust::Act, &evidence("637472900382838869_1")).await;
    assert_eq!(decide(&mut ground).await, (1, Some("act matched".to_owned())));

    let query = DecisionQuery::Device(device('a'), 10);
    let told = ground
        .store
        .decisions(ground.tenant, &query)
        .await
        .expect("it is up");
    assert_eq!(
        told[0].event.alert.title,
        Fact::Is("Ransomware was seen".to_owned())
    );
    assert_eq!(told[0].event.alert.severity, Fact::Is(Severity::High));
    let inputs = told[0].inputs.as_ref().expect("they were kept");
    let by = inputs
        .own
        .alert_info
        .as_ref()
        .expect("it was put together")
        .event_id;
    let infos = "SELECT id::text FROM quell.events WHERE format = 'xdr_alert_info'".to_owned();
    assert_eq!(ground.words(infos).await, [by.to_string()]);
    // What `quell plan` judges anew is the same.
    let since = told[0].decided_at - SignedDuration::from_secs(60);
    let mut replay = ground
        .store
        .replay_begin(ground.tenant, since)
        .await
        .expect("it is up");
    let page = replay.page(10).await.expect("it is up");
    assert_eq!(page.rows[0].event, told[0].event);
}

#[tokio::test]
async fn evidence_before_its_info_waits_for_it_and_no_longer_than_it_may() {
    let mut ground = ground().await;
    accept(&ground, Trust::Act, &evidence("da1_1")).await;
    assert_eq!(decide(&mut ground).await, (1, None), "it waits");
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(decide(&mut ground).await, (1, None), "it waits on");
    accept(&ground, Trust::Act, &info("da1_1", "Low")).await;
    ground.pass(SignedDuration::from_secs(5)).await;
    assert_eq!(
        decide(&mut ground).await,
        (1, Some("skip no_match".to_owned())),
        "a mild one"
    );

    accept(&ground, Trust::Act, &evidence("da2_1")).await;
    assert_eq!(decide(&mut ground).await.0, 1);
    ground.pass(SignedDuration::from_secs(61)).await;
    let asked = Some("ask if_unknown.alert.severity".to_owned());
    assert_eq!(
        decide(&mut ground).await,
        (1, asked),
        "nobody knows, so somebody is asked"
    );
}

#[tokio::test]
async fn an_info_from_a_source_that_may_do_less_makes_nothing_graver_nor_milder() {
    for (lesser, severity) in [
        (Trust::Ask, "High"),
        (Trust::Observe, "Informational"),
        (Trust::AskRate, "High"),
    ] {
        let mut ground = ground().await;
        accept(&ground, lesser, &info("da1_1", severity)).await;
        accept(&ground, Trust::Act, &evidence("da1_1")).await;
        assert_eq!(
            decide(&mut ground).await,
            (1, None),
            "{lesser:?}: it waits for one that may"
        );
        ground.pass(SignedDuration::from_secs(61)).await;
        let asked = Some("ask if_unknown.alert.severity".to_owned());
        assert_eq!(decide(&mut ground).await, (1, asked), "{lesser:?}");
    }
    let mut ground = ground().await;
    accept(&ground, Trust::Observe, &info("da1_1", "Low")).await;
    accept(&ground, Trust::Act, &info("da1_1", "High")).await;
    accept(&ground, Trust::Observe, &evidence("da1_1")).await;
    let observed = Some("observe trust.observe".to_owned());
    assert_eq!(
        decide(&mut ground).await,
        (1, observed),
        "the one that may do more is believed"
    );
}

#[tokio::test]
async fn evidence_of_today_and_what_is_kept_too_long_wait_for_nothing() {
    let mut ground = ground().await;
    let mut whole = evidence("da1_1");
    for (name, value) in [
        ("Title", "A title"),
        ("Severity", "High"),
        ("Categories", "[\"Malware\"]"),
    ] {
        whole["properties"][name] = value.into();
    }
    accept(&ground, Trust::Act, &whole).await;
    assert_eq!(decide(&mut ground).await, (1, Some("act matched".to_owned())));

    accept(&ground, Trust::Act, &info("da2_1", "High")).await;
    ground.pass(SignedDuration::from_hours(25)).await;
    accept(&ground, Trust::Act, &info("da3_1", "High")).await;
    let kept = "SELECT alert_id FROM quell.alert_infos".to_owned();
    assert_eq!(ground.words(kept).await, ["3_1"], "a day is over");
}
