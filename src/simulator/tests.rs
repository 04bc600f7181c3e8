//! The simulator over real loopback HTTP. tokio's clock is paused, so a minute passes when a test says so.

mod alerts;
mod client;
mod deeds;
mod faulty;
mod kinds;
mod life_cycle;
mod lists;
mod ordered;

use std::time::Duration;

use client::{comment, device, release, restrict, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::simulator::{
    BudgetScope, DeviceOverride, DuplicateMode, Kind, Options, Simulator, StartError, Window, WindowUse,
};

/// Long enough for any online device to finish.
const DONE: Duration = Duration::from_secs(60);

fn unlimited() -> Options {
    Options {
        windows: vec![Window::new(1_000_000, 60)],
        ..Options::default()
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_is_restricted_followed_to_the_end_and_released() {
    let (simulator, client) = start(Options::default()).await;
    let reply = client
        .post(
            &restrict(&device(1)),
            r#"{"Comment":"[quell:01.1] why","ExternalId":"e-1"}"#,
        )
        .await;
    assert_eq!(reply.status, 201, "{}", reply.body);
    let made = reply.json();
    assert_eq!(
        made["@odata.context"],
        "https://api-us3.securitycenter.microsoft.com/api/$metadata#MachineActions/$entity"
    );
    for (name, value) in [
        ("type", json!("RestrictCodeExecution")),
        ("status", json!("Pending")),
        ("requestorComment", json!("[quell:01.1] why")),
        ("externalId", json!("e-1")),
        ("machineId", json!(device(1))),
        ("requestor", json!("app")),
        ("requestSource", json!("PublicApi")),
        ("errorHResult", json!(0)),
    ] {
        assert_eq!(made[name], value, "{name}");
    }

    let path = format!("/api/v1.0/MachineActions/{}", made["id"].as_str().expect("an id"));
    tokio::time::advance(Duration::from_secs(10)).await;
    assert_eq!(client.get(&path).await.json()["status"], "InProgress");
    tokio::time::advance(DONE).await;
    let done = client.get(&path).await.json();
    assert_eq!(done["status"], "Succeeded");
    assert!(
        done["lastUpdateDateTimeUtc"].as_str() > done["creationDateTimeUtc"].as_str(),
        "{done}"
    );
    assert!(simulator.is_restricted(&device(1)));

    assert_eq!(
        client.post(&release(&device(1)), &comment("over")).await.json()["type"],
        "UnrestrictCodeExecution"
    );
    tokio::time::advance(DONE).await;
    let report = simulator.report();
    assert_eq!(
        (report.restricted_now, report.actions_open, report.duplicates),
        (0, 0, 0)
    );
    assert_eq!(
        (report.token_requests, report.action_calls, report.read_calls),
        (1, 2, 2)
    );
    assert_eq!(report.actions_by_status.get("Succeeded"), Some(&2));
    assert!(report.violations.is_empty(), "{:?}", report.violations);
    simulator.stop().await;
}

#[tokio::test(start_paused = true)]
async fn the_hundred_and_first_call_in_a_minute_is_refused_and_named() {
    let (simulator, client) = start(Options {
        scale: 60.0,
        ..Options::default()
    })
    .await;
    for n in 0..100 {
        assert_eq!(
            client.restrict(&device(n)).await.expect("no faults here").status,
            201
        );
    }
    let refused = client.restrict(&device(100)).await.expect("no faults here");
    assert_eq!(refused.status, 429);
    assert_eq!(
        refused.json()["error"]["message"],
        "API calls quota exceeded! maximum allowed 100 per 00:01:00"
    );
    let after: f64 = refused
        .header("retry-after")
        .and_then(|after| after.parse().ok())
        .expect("a number");
    assert!((1.0..=60.1).contains(&after), "{after} is of Defender's seconds");
    assert_eq!(
        client.get("/api/machineactions").await.status,
        200,
        "reads have a counter of their own"
    );

    tokio::time::advance(Duration::from_secs_f64(after / 60.0)).await;
    assert_eq!(
        client
            .restrict(&device(101))
            .await
            .expect("no faults here")
            .status,
        201
    );
    let report = simulator.report();
    assert_eq!(
        (
            report.rejected_429,
            report.actions_by_type["RestrictCodeExecution"]
        ),
        (1, 101)
    );
    let minute = WindowUse {
        scope: "actions".to_owned(),
        per_seconds: 60,
        limit: 100,
        most: 101,
    };
    assert_eq!(report.most_in_window[0], minute);
    assert_eq!(report.violations.len(), 1, "{:?}", report.violations);
}

#[tokio::test(start_paused = true)]
async fn one_counter_for_everything_can_be_asked_for() {
    let windows = vec![Window::new(2, 60)];
    let (simulator, client) = start(Options {
        windows,
        budget_scope: BudgetScope::Shared,
        ..Options::default()
    })
    .await;
    assert_eq!(client.get("/api/machineactions").await.status, 200);
    assert_eq!(
        client.restrict(&device(1)).await.expect("no faults here").status,
        201
    );
    assert_eq!(client.get("/api/machineactions").await.status, 429);
    assert_eq!(simulator.report().most_in_window[0].scope, "all");
}

#[tokio::test(start_paused = true)]
async fn a_second_restrict_is_answered_as_the_mode_says_and_always_counted() {
    for (mode, status) in [
        (DuplicateMode::ReturnPending, 201),
        (DuplicateMode::Reject400, 400),
        (DuplicateMode::SecondStuckPending, 201),
    ] {
        let (simulator, client) = start(Options {
            duplicate_mode: mode,
            ..Options::default()
        })
        .await;
        let first = client.restrict(&device(1)).await.expect("no faults here").json();
        let second = client.restrict(&device(1)).await.expect("no faults here");
        assert_eq!(second.status, status, "{mode:?}");
        let second = second.json();
        match mode {
            DuplicateMode::ReturnPending => assert_eq!(second["id"], first["id"]),
            DuplicateMode::Reject400 => assert_eq!(second["error"]["code"], "ActiveRequestAlreadyExists"),
            DuplicateMode::SecondStuckPending | DuplicateMode::Random => {
                assert_ne!(second["id"], first["id"]);
            }
        }
        let report = simulator.report();
        assert_eq!((report.duplicates, report.violations.len()), (1, 1), "{mode:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_open_action_can_be_called_back_once() {
    let (_simulator, client) = start(Options::default()).await;
    let made = client.restrict(&device(1)).await.expect("no faults here").json();
    let cancel = format!(
        "/api/machineactions/{}/cancel",
        made["id"].as_str().expect("an id")
    );
    let cancelled = client.post(&cancel, &comment("no longer")).await;
    assert_eq!(cancelled.status, 200);
    let cancelled = cancelled.json();
    assert_eq!(
        (&cancelled["status"], &cancelled["errorHResult"]),
        (&json!("Cancelled"), &json!(-2_147_467_260))
    );
    assert_eq!(cancelled["cancellationComment"], "no longer");
    assert_eq!(client.post(&cancel, &comment("again")).await.status, 400);
    let unknown = client
        .post("/api/machineactions/0/cancel", &comment("what"))
        .await;
    assert_eq!(
        (unknown.status, &unknown.json()["error"]["code"]),
        (404, &json!("ResourceNotFound"))
    );
}

#[tokio::test(start_paused = true)]
async fn bad_requests_are_refused_as_the_service_does_and_do_nothing() {
    let (simulator, mut client) = start(unlimited()).await;
    for hostile in [
        "elastic-connector-test",
        "..%2F..%2Fmachineactions",
        &device(1).to_uppercase().replace('1', "A"),
    ] {
        let reply = client.post(&restrict(hostile), &comment("why")).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (404, &json!("ResourceNotFound")),
            "{hostile}"
        );
    }
    for (body, code) in [("{}", "MissingRequiredParameter"), ("{", "InvalidRequestBody")] {
        let reply = client.post(&restrict(&device(1)), body).await;
        assert_eq!(
            (reply.status, &reply.json()["error"]["code"]),
            (400, &json!(code)),
            "{body}"
        );
    }
    assert_eq!(
        client
            .post(&restrict(&device(1)), &comment(&"x".repeat(70_000)))
            .await
            .status,
        413
    );
    assert_eq!(
        client.post("/api/machineactions", &comment("why")).await.status,
        405
    );
    assert_eq!(client.get("/api/incidents").await.status, 404);
    let stop = client.get("/api/machineactions?$stop=2").await;
    assert_eq!((stop.status, &stop.json()["error"]["code"]), (400, &json!("")));
    client.token = "made.up.token".to_owned();
    assert_eq!(
        client.restrict(&device(1)).await.expect("no faults here").status,
        401
    );
    assert_eq!(simulator.report().actions_by_status.len(), 0);
}

#[tokio::test(start_paused = true)]
async fn half_a_request_does_nothing() {
    let (simulator, client) = start(Options::default()).await;
    let mut stream = TcpStream::connect(client.addr).await.expect("it listens");
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n",
        restrict(&device(1)),
        client.token
    );
    let request = format!("{head}Content-Length: 100\r\n\r\n{}", comment("why"));
    stream.write_all(request.as_bytes()).await.expect("it reads");
    stream.shutdown().await.expect("our half can be closed");
    let mut rest = Vec::new();
    stream
        .read_to_end(&mut rest)
        .await
        .expect("it closes the other half");
    let report = simulator.report();
    assert_eq!((report.action_calls, report.actions_by_status.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_device_whose_system_is_not_supported_is_refused() {
    let mut options = Options::default();
    options.devices.insert(
        device(1),
        DeviceOverride {
            os_platform: Some("Ubuntu".to_owned()),
            ..Default::default()
        },
    );
    let (_simulator, client) = start(options).await;
    let reply = client.restrict(&device(1)).await.expect("no faults here");
    assert_eq!(
        (reply.status, &reply.json()["error"]["code"]),
        (400, &json!("OsPlatformNotSupported"))
    );
}

#[tokio::test(start_paused = true)]
async fn the_own_pages_show_the_journal_and_the_report_and_take_acts_of_others() {
    let (simulator, client) = start(Options::default()).await;
    client.restrict(&device(1)).await.expect("no faults here");
    let control = client.control(&simulator);
    let act = json!({ "act": { "device": device(2), "action": "restrict" } }).to_string();
    let by_other = control.post("/_control/do", &act).await;
    assert_eq!(by_other.status, 200, "{}", by_other.body);
    let path = format!(
        "/api/machineactions/{}",
        by_other.json()["id"].as_str().expect("an id")
    );
    assert_eq!(client.get(&path).await.json()["requestSource"], "Portal");

    let journal = control.get("/_control/journal").await.body;
    let lines: Vec<Value> = journal
        .lines()
        .map(|line| serde_json::from_str(line).expect("NDJSON"))
        .collect();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| (line["path"].as_str().unwrap_or(""), line["status"].as_u64()))
        .collect();
    let expected = [
        ("/tenant/oauth2/v2.0/token", Some(200)),
        (&restrict(&device(1)), Some(201)),
        (&path, Some(200)),
    ];
    assert_eq!(shown, expected);
    assert_eq!(
        (&lines[1]["comment"], &lines[1]["device"]),
        (&json!("why"), &json!(device(1)))
    );
    assert!(
        !journal.contains(&client.token) && !journal.contains("cret"),
        "no secrets in the journal"
    );
    let report: crate::simulator::Report =
        serde_json::from_str(&control.get("/_control/report").await.body).expect("the report reads back");
    assert_eq!(report, simulator.report());
    let unknown = control.post("/_control/do", r#"{"faults":{"slow":1}}"#).await;
    assert_eq!(unknown.status, 400);
    assert_eq!(client.get("/_control/report").await.status, 401);
}

#[tokio::test(start_paused = true)]
async fn whoever_waits_learns_of_requests_and_of_steps_of_actions() {
    let (simulator, client) = start(Options::default()).await;
    simulator.report();
    let first = device(1);
    let (_, reply) = tokio::join!(simulator.changed(), client.restrict(&first));
    reply.expect("no faults here");
    let done = simulator.wait_until(|report| report.actions_open == 0).await;
    assert_eq!(done.restricted_now, 1);
    simulator.report();
    simulator
        .act_by_other(&device(2), Kind::Restrict)
        .expect("every id is a device");
    simulator.changed().await;
}

#[tokio::test(start_paused = true)]
async fn it_stops_although_a_client_keeps_its_connection_open() {
    let (simulator, client) = start(Options::default()).await;
    let idle = TcpStream::connect(client.addr).await.expect("it listens");
    client.restrict(&device(1)).await.expect("no faults here");
    let began = tokio::time::Instant::now();
    simulator.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "it does not wait for those who say nothing"
    );
    client
        .restrict(&device(1))
        .await
        .expect_err("nobody listens any more");
    drop(idle);
}

#[tokio::test]
async fn it_listens_on_loopback_only_and_refuses_senseless_figures() {
    let everywhere = Options {
        listen: ([0, 0, 0, 0], 0).into(),
        ..Options::default()
    };
    assert!(matches!(
        Simulator::start(everywhere).await,
        Err(StartError::NotLoopback(_))
    ));
    for scale in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let options = Options {
            scale,
            ..Options::default()
        };
        assert!(
            matches!(Simulator::start(options).await, Err(StartError::Senseless(_))),
            "{scale}"
        );
    }
    let options = Options {
        windows: vec![Window::new(0, 60)],
        ..Options::default()
    };
    assert!(matches!(
        Simulator::start(options).await,
        Err(StartError::Senseless(_))
    ));
}
