//! Lists of actions and machines over HTTP: filters, order, pages, delays.

use std::time::Duration;

use serde_json::{Value, json};

use crate::simulator::tests::client::{device, start};
use crate::simulator::tests::unlimited;
use crate::simulator::{DeviceOverride, Kind, Options};

#[tokio::test(start_paused = true)]
async fn a_new_action_is_hidden_for_as_long_as_was_asked() {
    let (_simulator, client) = start(Options {
        read_after_write: Duration::from_secs(5),
        scale: 2.0,
        ..Options::default()
    })
    .await;
    let made = client.restrict(&device(1)).await.expect("no faults here").json();
    let path = format!("/api/machineactions/{}", made["id"].as_str().expect("an id"));
    assert_eq!(client.get(&path).await.status, 404);
    assert_eq!(client.list("/api/machineactions", "").await["value"], json!([]));
    tokio::time::advance(Duration::from_millis(2500)).await;
    assert_eq!(client.get(&path).await.status, 200);
}

#[tokio::test(start_paused = true)]
async fn actions_are_found_by_device_kind_and_time_newest_first() {
    let (_simulator, client) = start(unlimited()).await;
    for n in 0..4 {
        client.restrict(&device(n)).await.expect("no faults here");
        tokio::time::advance(Duration::from_secs(1)).await;
    }
    let devices = |list: &Value| -> Vec<String> {
        let listed = list["value"].as_array().expect("a list");
        listed
            .iter()
            .filter_map(|action| action["machineId"].as_str())
            .map(str::to_owned)
            .collect()
    };
    let all = client.list("/api/machineactions", "$count=true").await;
    assert_eq!(devices(&all), [device(3), device(2), device(1), device(0)]);
    assert_eq!(all["@odata.count"], 4);
    let second = all["value"][2]["creationDateTimeUtc"]
        .as_str()
        .expect("a time")
        .to_owned();
    let options = format!(
        "$filter=creationDateTimeUtc ge {second} and type eq 'RestrictCodeExecution' and status in ('Pending','InProgress')\
         &$orderby=lastUpdateDateTimeUtc asc&$top=2"
    );
    assert_eq!(
        devices(&client.list("/API/machineActions", &options).await),
        [device(1), device(2)]
    );
    let one = format!("$filter=MachineId eq '{}' AND Status ne 'Failed'", device(2));
    assert_eq!(
        devices(&client.list("/api/machineactions", &one).await),
        [device(2)]
    );
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_actions_are_listed_page_by_page_without_gap() {
    let (simulator, client) = start(Options {
        page_size: 4000,
        ..unlimited()
    })
    .await;
    for n in 0..10_000 {
        simulator
            .act_by_other(&device(n), Kind::Restrict)
            .expect("every id is a device");
    }
    let mut ids = std::collections::BTreeSet::new();
    let mut options = "$filter=type eq 'RestrictCodeExecution'&$orderby=creationDateTimeUtc desc".to_owned();
    let mut pages = 0;
    loop {
        let page = client.list("/api/machineactions", &options).await;
        pages += 1;
        ids.extend(
            page["value"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|action| action["id"].to_string()),
        );
        let Some(link) = page["@odata.nextLink"].as_str() else {
            break;
        };
        let elsewhere = link.strip_prefix("https://api-us3.simulator.invalid/api/machineactions?");
        options = elsewhere
            .expect("the link names a host that is not to be trusted")
            .to_owned();
    }
    assert_eq!((pages, ids.len()), (3, 10_000));
}

#[tokio::test(start_paused = true)]
async fn machines_are_told_one_by_one_and_a_hundred_at_once() {
    let mut options = unlimited();
    options.unknown_percent = 50.0;
    let known = |n: u64, known: bool| {
        (
            device(n),
            DeviceOverride {
                known: Some(known),
                ..Default::default()
            },
        )
    };
    options.devices.extend((0..100).map(|n| known(n, n != 7)));
    options.devices.extend([(
        device(200),
        DeviceOverride {
            known: Some(true),
            ..Default::default()
        },
    )]);
    let (_simulator, client) = start(options).await;
    let one = client.get(&format!("/api/machines/{}", device(3))).await.json();
    assert_eq!(
        (&one["id"], &one["healthStatus"]),
        (&json!(device(3)), &json!("Active"))
    );
    assert_eq!(
        client.get(&format!("/api/machines/{}", device(7))).await.status,
        404
    );
    let ids: Vec<_> = (0..100).map(|n| format!("'{}'", device(n))).collect();
    let list = client
        .list("/api/machines", &format!("$filter=id in ({})", ids.join(",")))
        .await;
    let listed = list["value"].as_array().expect("a list");
    assert_eq!(listed.len(), 99, "all that were named but the unknown one");
    assert!(listed.contains(&{
        let mut same = one.clone();
        same.as_object_mut().expect("an object").remove("@odata.context");
        same
    }));
}

#[tokio::test(start_paused = true)]
async fn a_fleet_is_listed_page_by_page_and_a_merged_device_names_the_id_that_holds() {
    let mut options = Options {
        listed: 25,
        page_size: 10,
        ..unlimited()
    };
    let merged = DeviceOverride {
        merged_into: Some(device(1)),
        version: Some("1703".to_owned()),
        ..DeviceOverride::default()
    };
    options.devices.insert(format!("{:040x}", 3), merged);
    let (_simulator, client) = start(options).await;
    let mut seen = Vec::new();
    for (skip, entries) in [(0, 10), (10, 10), (20, 5)] {
        let page = client.list("/api/machines", &format!("$skip={skip}")).await;
        let listed = page["value"].as_array().expect("a list").clone();
        assert_eq!(listed.len(), entries);
        assert_eq!(page["@odata.nextLink"].is_string(), skip < 20);
        seen.extend(listed);
    }
    let ids: std::collections::BTreeSet<_> = seen.iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids.len(), 25);
    assert_eq!(seen[3]["mergedIntoMachineId"], device(1).as_str());
    assert_eq!(seen[3]["version"], "1703");
    assert_eq!(seen[4]["mergedIntoMachineId"], Value::Null);
}
