//! The HTTP surface from outside, over a loopback port.

use std::time::Duration;

use metrics_exporter_prometheus::PrometheusBuilder;
use secrecy::SecretString;
use serde_json::json;

use crate::domain::tenant::TenantId;
use crate::store::{MigrationState, Store, StoreOptions};
use crate::web::Options;
use crate::web::inbox::Inbox;
use crate::web::inbox::scripted::Script;
use crate::web::testing::TestServer;

const GOOD: &str = r#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z","severity":"High","machineId":"31a048e5eea6ad6e6bc025bfa9e0e571c4c20f7e"}"#;

async fn plain() -> TestServer {
    TestServer::start(|_, _| ()).await
}

fn stored(server: &TestServer) -> (usize, usize) {
    let kept = server.script.kept.lock().expect("nobody panicked");
    (kept.incoming.len(), kept.dead.len())
}

#[tokio::test]
async fn good_records_are_accepted_and_bad_ones_named() {
    let server = plain().await;
    let body = format!("{GOOD}\n{{\"hello\":1}}\n{GOOD}\n");
    let got = server
        .post("content-type: application/x-ndjson\r\n", body.as_bytes())
        .await;
    assert_eq!(got.status, 202, "{got:?}");
    let answer = got.json();
    assert_eq!(answer["accepted"][0]["index"], 0);
    assert_eq!(answer["accepted"][0]["duplicate"], false);
    assert_eq!(answer["accepted"][0]["devices"], 1);
    assert_eq!(answer["accepted"][0]["note"], json!(null));
    assert_eq!(answer["accepted"][1]["duplicate"], true);
    assert_eq!(answer["accepted"][1]["line"], 3);
    assert_eq!(answer["rejected"][0]["index"], 1);
    assert_eq!(answer["rejected"][0]["reason"], "unknown_shape");
    assert_eq!(stored(&server), (2, 1));
}

#[tokio::test]
async fn only_bad_records_are_a_400_and_kept_as_dead_letters() {
    let server = plain().await;
    for (body, reason) in [
        (b"{\"id\":".to_vec(), "broken_json"),
        (b"{\"id\":NaN}".to_vec(), "broken_json"),
        (b"{\"id\":1e999}".to_vec(), "broken_json"),
        (b"\xff\xfe\xfd".to_vec(), "invalid_utf8"),
        ("[".repeat(10_000).into_bytes(), "broken_json"),
        (
            format!("{}{}", "[".repeat(10_000), "]".repeat(10_000)).into_bytes(),
            "too_deep",
        ),
        (b"{\"hello\":\"world\"}".to_vec(), "unknown_shape"),
        (b"42".to_vec(), "not_an_object"),
    ] {
        let (_, dead) = stored(&server);
        let got = server.post("", &body).await;
        assert_eq!(got.status, 400, "{reason}: {got:?}");
        let answer = got.json();
        assert_eq!(answer["accepted"], json!([]));
        assert_eq!(answer["rejected"][0]["reason"], reason, "{answer}");
        assert_eq!(stored(&server), (0, dead + 1), "{reason}");
    }
}

#[tokio::test]
async fn a_hostile_device_id_is_accepted_as_an_event_that_leads_to_no_call() {
    let server = plain().await;
    let body = GOOD.replace("31a048e5eea6ad6e6bc025bfa9e0e571c4c20f7e", "../../machineactions");
    let got = server.post("", body.as_bytes()).await;
    assert_eq!(got.status, 202);
    let accepted = &got.json()["accepted"][0];
    assert_eq!(accepted["devices"], 0);
    let note = accepted["note"].as_str().expect("the reason is told");
    assert!(
        note.starts_with("device id `../../machineactions` is refused"),
        "{note}"
    );
}

#[tokio::test]
async fn an_empty_body_is_bad_and_an_empty_page_is_not() {
    let server = plain().await;
    let got = server.post("", b"").await;
    assert_eq!(
        (got.status, &got.json()["rejected"][0]["reason"]),
        (400, &json!("empty_body"))
    );
    for page in [&b"[]"[..], b"{\"value\":[]}"] {
        let got = server.post("", page).await;
        assert_eq!(
            (got.status, got.json()),
            (202, json!({"accepted": [], "rejected": []}))
        );
    }
    assert_eq!(stored(&server), (0, 0));
}

#[tokio::test]
async fn a_body_of_50_mb_is_a_413_that_tells_the_limit() {
    let server = plain().await;
    let body = vec![b' '; 50_000_000];
    let chunked = [
        b"POST /v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n2faf080\r\n",
        &body[..],
        b"\r\n0\r\n\r\n",
    ];
    for got in [
        server.post("", &body).await,
        server.exchange(&chunked.concat()).await,
    ] {
        assert_eq!(got.status, 413, "{got:?}");
        assert_eq!(got.json()["reason"], "body_too_large");
        assert_eq!(got.json()["limit"], 8 * 1024 * 1024);
    }
    assert_eq!(stored(&server), (0, 0));
}

#[tokio::test]
async fn a_client_that_asks_first_hears_413_before_it_sends() {
    let server = plain().await;
    let head =
        b"POST /v1/events HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 50000000\r\n\r\n";
    assert_eq!(server.exchange(head).await.status, 413);
}

#[tokio::test]
async fn a_body_that_does_not_arrive_is_a_408() {
    let server = TestServer::start(|options, _| options.body_timeout = Duration::from_millis(50)).await;
    let head =
        b"POST /v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 10\r\n\r\n{";
    assert_eq!(server.exchange(head).await.status, 408);
}

#[tokio::test]
async fn more_records_than_allowed_are_a_413_and_none_is_stored() {
    let server = TestServer::start(|options, _| options.reader.max_records = 2).await;
    let got = server
        .post("", format!("[{GOOD},{GOOD},{GOOD}]").as_bytes())
        .await;
    assert_eq!(
        (got.status, &got.json()["reason"]),
        (413, &json!("too_many_records"))
    );
    assert_eq!(stored(&server), (0, 0));
}

#[tokio::test]
async fn wrong_methods_paths_and_encodings_are_told_in_json() {
    let server = plain().await;
    let got = server.get("/v1/resume").await;
    assert_eq!(
        (got.status, &got.json()["reason"]),
        (405, &json!("method_not_allowed"))
    );
    assert!(got.head.contains("allow: post"), "{got:?}");
    let got = server.get("/nothing").await;
    assert_eq!((got.status, &got.json()["reason"]), (404, &json!("not_found")));
    let got = server.post("content-encoding: gzip\r\n", b"x").await;
    assert_eq!(
        (got.status, &got.json()["reason"]),
        (415, &json!("unsupported_encoding"))
    );
    assert_eq!(
        server
            .post("content-encoding: identity\r\n", GOOD.as_bytes())
            .await
            .status,
        202
    );
}

#[tokio::test]
async fn with_a_token_only_its_bearer_delivers() {
    let server = TestServer::start(|options, _| options.token = Some(SecretString::from("s3cret"))).await;
    for headers in [
        "",
        "authorization: Bearer \r\n",
        "authorization: Bearer s3cre\r\n",
        "authorization: Basic s3cret\r\n",
        "authorization: s3cret\r\n",
    ] {
        let got = server.post(headers, GOOD.as_bytes()).await;
        assert_eq!(
            (got.status, &got.json()["reason"]),
            (401, &json!("unauthorized")),
            "{headers}"
        );
        assert!(got.head.contains("www-authenticate: bearer"), "{got:?}");
    }
    assert_eq!(
        server
            .post("authorization: bearer s3cret\r\n", GOOD.as_bytes())
            .await
            .status,
        202
    );
    assert_eq!(stored(&server), (1, 0));
    assert_eq!(server.get("/livez").await.status, 200, "health needs no token");
}

#[tokio::test]
async fn a_process_with_a_loop_that_is_stuck_does_not_live() {
    let server = TestServer::start(|options, _| {
        options.stuck = crate::web::Stuck::by(|| vec!["decide of `contoso` for 260 s".to_owned()]);
    })
    .await;
    let got = server.get("/livez").await;
    assert_eq!(
        (got.status, got.body.as_str()),
        (503, "stuck: decide of `contoso` for 260 s\n")
    );
}

#[tokio::test]
async fn a_request_beyond_the_most_at_once_is_a_503_at_once() {
    let server = TestServer::start(|options, script| {
        options.max_concurrent = 1;
        script.gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0));
    })
    .await;
    let second = async {
        server.script.arrived.notified().await;
        let got = server.post("", GOOD.as_bytes()).await;
        server.script.gate.add_permits(1);
        got
    };
    let (first, second) = tokio::join!(server.post("", GOOD.as_bytes()), second);
    assert_eq!((first.status, second.status), (202, 503));
    assert!(second.head.contains("retry-after: 1"), "{second:?}");
}

#[tokio::test]
async fn a_full_inbox_is_a_503_that_says_when_there_will_be_room_and_stores_nothing() {
    let server = TestServer::start(|_, script| {
        script.room = crate::store::Room::Full(std::time::Duration::from_secs(42));
    })
    .await;
    let got = server.post("", GOOD.as_bytes()).await;
    assert_eq!(got.status, 503, "{got:?}");
    assert!(got.head.contains("retry-after: 42"), "{got:?}");
    assert!(got.body.contains("inbox_full"), "{got:?}");
    let kept = server
        .script
        .kept
        .lock()
        .expect("no test panics while it holds this");
    assert!(kept.incoming.is_empty());
}

#[tokio::test]
async fn a_stop_lets_the_request_under_way_end_and_then_serving_ends() {
    let mut server =
        TestServer::start(|_, script| script.gate = std::sync::Arc::new(tokio::sync::Semaphore::new(0)))
            .await;
    let stop = async {
        server.script.arrived.notified().await;
        server.shutdown.cancel();
        server.script.gate.add_permits(1);
    };
    let (got, ()) = tokio::join!(server.post("", GOOD.as_bytes()), stop);
    assert_eq!(got.status, 202);
    let ended = server
        .tasks
        .join_next()
        .await
        .expect("one task serves")
        .expect("it did not panic");
    assert!(ended.is_ok(), "{ended:?}");
}

#[tokio::test]
async fn without_postgres_events_are_a_503_and_readiness_says_why_and_liveness_stays() {
    let options = StoreOptions {
        url: SecretString::from("postgres://quell@127.0.0.1:1/quell"),
        max_connections: 2,
        validity: Duration::from_secs(1),
        retry_delays: vec![Duration::from_secs(1)],
        retry_cap: Duration::from_secs(1),
    };
    let store = Store::new(&options).expect("the address is one");
    let options = Options::new(TenantId(1));
    let server = TestServer::before(
        options,
        Inbox::Store(store),
        Script::default(),
        Box::new(String::new),
    )
    .await;
    let (events, ready, live) = tokio::join!(
        server.post("", GOOD.as_bytes()),
        server.get("/readyz"),
        server.get("/livez")
    );
    assert_eq!(
        (events.status, &events.json()["reason"]),
        (503, &json!("store_unavailable"))
    );
    assert!(events.head.contains("retry-after: 5"), "{events:?}");
    assert_eq!(
        (ready.status, ready.body.as_str()),
        (503, "not ready: postgres is not available\n")
    );
    assert_eq!(live.status, 200);
}

#[tokio::test]
async fn readiness_needs_current_migrations() {
    for (migrations, status, body) in [
        (MigrationState::Current, 200, "ready\n"),
        (
            MigrationState::Behind,
            503,
            "not ready: the database lacks migrations: run `quell db migrate`\n",
        ),
        (
            MigrationState::Ahead,
            503,
            "not ready: a newer version has migrated the database: start that version\n",
        ),
    ] {
        let server = TestServer::start(|_, script| script.migrations = migrations).await;
        let got = server.get("/readyz").await;
        assert_eq!((got.status, got.body.as_str()), (status, body));
    }
}

#[tokio::test]
async fn what_came_in_is_counted() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let handle = recorder.handle();
    let render = Box::new(move || handle.render());
    let _recording = metrics::set_default_local_recorder(&recorder);
    let script = Script::default();
    let options = Options::new(TenantId(1));
    let server = TestServer::before(options, Inbox::Scripted(script.clone()), script, render).await;
    server.post("", format!("[{GOOD},{GOOD},{{}}]").as_bytes()).await;
    server.get("/wp-login.php").await;
    let text = server.get("/metrics").await.body;
    for line in [
        "quell_events_received_total{outcome=\"accepted\"} 1",
        "quell_events_received_total{outcome=\"duplicate\"} 1",
        "quell_events_received_total{outcome=\"rejected\"} 1",
        "quell_http_requests_total{route=\"/v1/events\",status=\"202\"} 1",
        "quell_http_requests_total{route=\"none\",status=\"404\"} 1",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
}
