//! Every kind of action, what it makes of a device, what it may be called with, and what is read of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::simulator::tests::client::{comment, device, release, restrict, start};
use crate::simulator::tests::{DONE, unlimited};
use crate::simulator::{DeviceOverride, Options};

fn able() -> Options {
    let roles = [
        "Machine.RestrictExecution",
        "Machine.Isolate",
        "Machine.Scan",
        "Machine.CollectForensics",
        "Machine.StopAndQuarantine",
        "Machine.Offboard",
        "Machine.LiveResponse",
        "Machine.Read.All",
        "Alert.Read.All",
    ];
    Options {
        roles: roles.map(str::to_owned).to_vec(),
        ..unlimited()
    }
}

fn path(n: u64, action: &str) -> String {
    format!("/api/machines/{}/{action}", device(n))
}

#[tokio::test(start_paused = true)]
async fn a_device_is_isolated_and_restricted_each_for_itself() {
    let (simulator, client) = start(able()).await;
    let isolate = r#"{"Comment":"why","IsolationType":"Selective"}"#;
    let made = client.post(&path(1, "Isolate"), isolate).await;
    assert_eq!(
        (made.status, &made.json()["scope"]),
        (201, &json!("Selective")),
        "{}",
        made.body
    );
    assert_eq!(
        client.post(&restrict(&device(1)), &comment("why")).await.status,
        201
    );
    tokio::time::advance(DONE).await;
    assert_eq!(
        (
            simulator.isolation(&device(1)).as_deref(),
            simulator.is_restricted(&device(1))
        ),
        (Some("Selective"), true)
    );
    client.post(&release(&device(1)), &comment("over")).await;
    tokio::time::advance(DONE).await;
    assert!(simulator.isolation(&device(1)).is_some() && !simulator.is_restricted(&device(1)));
    let made = client.post(&path(1, "unisolate"), &comment("over")).await;
    assert_eq!(made.json()["type"], "Unisolate");
    tokio::time::advance(DONE).await;
    let report = simulator.report();
    assert_eq!((report.isolated_now, report.restricted_now), (0, 0));
    assert_eq!(
        (report.duplicates, report.opposite_while_open),
        (0, 0),
        "two measures, two orders"
    );
    assert!(report.invariants().iter().all(|one| one.held));
}

#[tokio::test(start_paused = true)]
async fn what_is_done_once_leaves_its_mark_and_can_be_done_again() {
    let (simulator, client) = start(able()).await;
    let sha1 = "ab".repeat(20);
    let file = json!({ "Comment": "why", "Sha1": sha1 }).to_string();
    let made = client.post(&path(1, "StopAndQuarantineFile"), &file).await;
    assert_eq!(
        made.json()["relatedFileInfo"],
        json!({ "fileIdentifier": sha1, "fileIdentifierType": "Sha1" })
    );
    let scan = r#"{"Comment":"why","ScanType":"Quick"}"#;
    assert_eq!(
        client.post(&path(1, "runAntiVirusScan"), scan).await.json()["scope"],
        "Quick"
    );
    let collect = client
        .post(&path(1, "collectInvestigationPackage"), &comment("why"))
        .await
        .json();
    let uri = format!(
        "/api/machineactions/{}/getPackageUri",
        collect["id"].as_str().expect("an id")
    );
    assert_eq!(client.get(&uri).await.status, 404, "not yet");
    tokio::time::advance(DONE).await;
    let link = client.get(&uri).await.json();
    assert!(
        link["value"]
            .as_str()
            .is_some_and(|uri| uri.starts_with("https://")),
        "{link}"
    );
    assert_eq!(simulator.quarantined(&device(1)), [sha1]);
    let info = client
        .list(
            "/api/deviceavinfo",
            &format!("$filter=machineId eq '{}'", device(1)),
        )
        .await;
    assert_eq!(info["value"][0]["quickScanResult"], "Completed");
    assert_eq!(info["value"][0]["fullScanTime"], Value::Null);
    client.post(&path(1, "runAntiVirusScan"), scan).await;
    assert_eq!(
        simulator.report().duplicates,
        0,
        "a scan after a scan repeats no state"
    );
    client.post(&path(1, "runAntiVirusScan"), scan).await;
    assert_eq!(simulator.report().duplicates, 1, "a scan while one is open does");
}

#[tokio::test(start_paused = true)]
async fn live_response_is_one_session_a_device_and_ten_a_minute() {
    let (simulator, client) = start(able()).await;
    let commands = json!([{ "type": "RunScript", "params": [{ "key": "ScriptName", "value": "x.ps1" }] }]);
    let body = json!({ "Comment": "why", "Commands": commands }).to_string();
    let made = client.post(&path(1, "runliveresponse"), &body).await.json();
    assert_eq!(
        (&made["type"], &made["commands"][0]["commandStatus"]),
        (&json!("LiveResponse"), &json!("Created"))
    );
    let second = client.post(&path(1, "runLiveResponse"), &body).await;
    assert_eq!(
        (second.status, &second.json()["error"]["code"]),
        (400, &json!("ActiveRequestAlreadyExists"))
    );
    for n in 2..10 {
        assert_eq!(client.post(&path(n, "runliveresponse"), &body).await.status, 201);
    }
    let eleventh = client.post(&path(10, "runliveresponse"), &body).await;
    assert_eq!(eleventh.status, 429);
    assert!(
        eleventh.body.contains("maximum allowed 10 per 00:01:00"),
        "{}",
        eleventh.body
    );
    tokio::time::advance(DONE).await;
    let id = made["id"].as_str().expect("an id");
    let link = format!("/api/machineactions/{id}/GetLiveResponseResultDownloadLink(index=0)");
    assert_eq!(client.get(&link).await.status, 200);
    let windows = simulator.report().most_in_window;
    let own = windows.iter().find(|window| window.scope == "live_response");
    assert_eq!(own.map(|window| (window.most, window.limit)), Some((11, 10)));
}

#[tokio::test(start_paused = true)]
async fn permission_is_checked_before_the_device_is_looked_up() {
    let options = Options {
        roles: ["Machine.RestrictExecution", "Machine.Read.All"]
            .map(str::to_owned)
            .to_vec(),
        ..unlimited()
    };
    let (simulator, client) = start(options).await;
    let refused = client
        .post("/api/machines/elastic-connector-test/isolate", &comment("why"))
        .await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.json()["error"]["message"]
            .as_str()
            .is_some_and(|text| text.contains("(Machine.Isolate)"))
    );
    assert_eq!(client.get("/api/alerts").await.status, 403);
    assert_eq!(simulator.report().forbidden, 2);
    assert!(
        !simulator
            .report()
            .invariants()
            .iter()
            .all(|invariant| invariant.held)
    );
}

#[tokio::test(start_paused = true)]
async fn an_offboarded_device_says_so_and_its_actions_are_not_available() {
    let (_simulator, client) = start(able()).await;
    let available = |reply: Value| -> Vec<bool> {
        let actions = reply["value"].as_array().expect("a list");
        let each = actions.iter().map(|one| one["isAvailable"] == true);
        each.collect()
    };
    let before = client.get(&path(1, "availableMachineActions")).await.json();
    assert!(available(before).into_iter().all(|one| one));
    client.post(&path(1, "offboard"), &comment("why")).await;
    tokio::time::advance(DONE).await;
    let machine = client.get(&format!("/api/machines/{}", device(1))).await.json();
    assert_eq!(machine["onboardingStatus"], "CanBeOnboarded");
    let after = client.get(&path(1, "availableMachineActions")).await.json();
    assert!(available(after).into_iter().all(|one| !one));
}

#[tokio::test(start_paused = true)]
async fn actions_that_are_not_available_say_why() {
    let mut options = able();
    let special = DeviceOverride {
        os_platform: Some("Ubuntu".to_owned()),
        not_available: [("FullIsolation".to_owned(), "NotSupportedByClient".to_owned())].into(),
        ..DeviceOverride::default()
    };
    options.devices.insert(device(1), special);
    let (_simulator, client) = start(options).await;
    let reply = client.get(&path(1, "availableMachineActions")).await.json();
    let reason = |action: &str| {
        let actions = reply["value"].as_array().expect("a list");
        let found = actions.iter().find(|one| one["action"] == action);
        found.map(|one| one["notSupportedReason"].clone())
    };
    assert_eq!(reason("FullIsolation"), Some(json!("NotSupportedByClient")));
    assert_eq!(
        reason("RestrictCodeExecution"),
        Some(json!("OsPlatformNotSupported"))
    );
    assert_eq!(reason("RunAntiVirusScan"), Some(Value::Null));
}

#[tokio::test(start_paused = true)]
async fn a_machine_has_its_own_lists_of_actions() {
    let (_simulator, client) = start(able()).await;
    for _ in 0..2 {
        client.post(&restrict(&device(1)), &comment("why")).await;
        tokio::time::advance(DONE).await;
        client.post(&release(&device(1)), &comment("why")).await;
        tokio::time::advance(DONE).await;
    }
    client.post(&restrict(&device(2)), &comment("why")).await;
    let all = client.get(&path(1, "machineActions")).await.json();
    assert_eq!(all["value"].as_array().map(Vec::len), Some(4));
    let wanted = "$filter=type in ('UnrestrictCodeExecution','RestrictCodeExecution') and status eq 'Succeeded'&$top=1";
    let last = client.list(&path(1, "machineActions"), wanted).await;
    assert_eq!(last["value"][0]["type"], "UnrestrictCodeExecution");
    let latest = client.get(&path(1, "latestMachineActions")).await.json();
    assert_eq!(
        latest["value"].as_array().map(Vec::len),
        Some(2),
        "one of each type"
    );
}

#[tokio::test(start_paused = true)]
async fn machines_are_found_by_name_address_and_tag() {
    let mut options = able();
    let special = DeviceOverride {
        computer_dns_name: Some("dc1.contoso.com".to_owned()),
        machine_tags: Some(vec!["tier-0-dc".to_owned()]),
        ..DeviceOverride::default()
    };
    options.devices.insert(device(1), special);
    let (_simulator, client) = start(options).await;
    for name in ["dc1.contoso.com", "DC1", &device(1)] {
        let found = client.get(&format!("/api/machines/{name}")).await.json();
        assert_eq!(found["id"], device(1), "{name}");
    }
    assert_eq!(client.get("/api/machines/dc2").await.status, 404);
    let machine = client.get("/api/machines/dc1").await.json();
    let by_ip = |ip: &str, time: &str| format!("/api/machines/findbyip(ip='{ip}',timestamp={time})");
    let ip = machine["lastIpAddress"].as_str().expect("an address");
    let now = machine["lastSeen"].as_str().expect("a time");
    let found = client.get(&by_ip(ip, now)).await.json();
    assert_eq!(found["value"][0]["id"], device(1));
    assert_eq!(
        client.get(&by_ip(ip, "2019-09-22T08:44:05Z")).await.status,
        400,
        "too long ago"
    );
    assert_eq!(client.get(&by_ip("x", now)).await.status, 400);
    for (tag, found) in [
        ("tag=tier-0-dc", 1),
        ("tag=tier-0", 0),
        ("tag=tier-0&useStartsWithFilter=true", 1),
    ] {
        let list = client.list("/api/machines/findbytag", tag).await;
        assert_eq!(list["value"].as_array().map(Vec::len), Some(found), "{tag}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_antivirus_of_devices_has_windows_of_its_own() {
    let (simulator, client) = start(Options {
        windows: Options::default().windows,
        ..able()
    })
    .await;
    for _ in 0..30 {
        assert_eq!(client.get("/api/deviceavinfo").await.status, 200);
    }
    let refused = client.get("/api/deviceavinfo").await;
    assert!(
        refused.body.contains("maximum allowed 30 per 00:01:00"),
        "{}",
        refused.body
    );
    let after = refused.header("retry-after").and_then(|after| after.parse().ok());
    assert_eq!(client.get("/api/machineactions").await.status, 200);
    assert_eq!(client.get("/api/deviceavinfo").await.status, 429);
    assert_eq!(simulator.report().early_after_429, 1, "it did not wait");
    tokio::time::advance(Duration::from_secs(after.expect("it says when"))).await;
    let own = simulator.report().most_in_window;
    let hour = own
        .iter()
        .find(|window| window.scope == "device_av_info" && window.per_seconds == 3600);
    assert_eq!(hour.map(|window| (window.most, window.limit)), Some((32, 1000)));
}
