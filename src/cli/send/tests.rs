//! `quell send` against a server of its own.

use super::*;
use crate::web::testing::TestServer;

const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/alerts.ndjson");

fn args(batch: usize, restamp: bool) -> SendArgs {
    let batch = NonZeroUsize::new(batch).expect("the test says a number");
    SendArgs {
        files: vec![SAMPLES.into()],
        skip: 0,
        source: None,
        to: String::new(),
        batch,
        restamp,
        token_file: None,
    }
}

async fn send(url: &str, text: &[u8], args: &SendArgs) -> anyhow::Result<Sent> {
    let poster = Poster::new(url, "/v1/events", None).expect("the test server has an address");
    let mut course = Course::default();
    let pause = Duration::from_millis(1);
    deliver(&poster, text, (&args.files[0], args), &mut course, pause).await?;
    Ok(course.sent)
}

#[tokio::test]
async fn who_was_interrupted_goes_on_where_he_was_told_over_all_files() {
    let server = TestServer::start(|options, _| options.token = Some(SecretString::from("x"))).await;
    let poster = Poster::new(&server.url(), "/v1/events", None).expect("the test server has an address");
    let good = |n: u32| format!("{{\"id\":\"da{n}\",\"alertCreationTime\":\"2026-01-01T00:00:00Z\"}}\n");
    let directory = tempfile::tempdir().expect("the temporary directory takes another");
    let mut both = args(2, false);
    both.files = (0..2u32)
        .map(|file| {
            let path = directory.path().join(format!("{file}.ndjson"));
            let text: String = (0..3).map(|n| good(file * 3 + n)).collect();
            std::fs::write(&path, text).expect("the test's directory takes a file");
            path
        })
        .collect();
    both.skip = 4;
    let mut course = Course::default();
    let refused = send_all(&poster, &both, &mut course)
        .await
        .expect_err("a token is needed");
    let status = refused.downcast_ref::<Refused>().map(|refused| refused.status);
    assert_eq!((status, course.next), (Some(401), 4));
    let token = SecretString::from("x");
    let poster = Poster::new(&server.url(), "/v1/events", Some(&token)).expect("it has an address");
    let mut course = Course::default();
    send_all(&poster, &both, &mut course)
        .await
        .expect("the daemon takes them");
    assert_eq!((course.sent.accepted, course.next), (2, 6));
}

#[tokio::test]
async fn the_samples_are_delivered_whole_and_recognised_the_second_time() {
    let server = TestServer::start(|_, _| ()).await;
    let samples = std::fs::read(SAMPLES).expect("the sample file is part of the repository");
    let first = send(&server.url(), &samples, &args(50, false))
        .await
        .expect("the server is there");
    let mut expected = Sent {
        accepted: 115,
        duplicates: 0,
        without_device: 39,
        rejected: Vec::new(),
    };
    assert_eq!(first, expected);
    expected.duplicates = 115;
    let second = send(&server.url(), &samples, &args(500, false))
        .await
        .expect("the server is there");
    assert_eq!(second, expected);
}

#[tokio::test]
async fn restamped_samples_are_new_and_happened_now() {
    let server = TestServer::start(|_, _| ()).await;
    let before = clock::now();
    let samples = std::fs::read(SAMPLES).expect("the sample file is part of the repository");
    let sent = send(&server.url(), &samples, &args(500, true))
        .await
        .expect("the server is there");
    assert_eq!((sent.accepted, sent.duplicates), (115, 0));
    let kept = server.script.kept.lock().expect("nobody panicked");
    let times: Vec<_> = kept
        .incoming
        .iter()
        .filter_map(|one| one.event.alert.occurred_at.value().copied())
        .collect();
    assert!(times.len() > 100, "{}", times.len());
    let second = jiff::SignedDuration::from_secs(1);
    assert!(
        times
            .iter()
            .all(|at| before - second <= *at && *at <= clock::now()),
        "{times:?}"
    );
}

#[tokio::test]
async fn what_is_rejected_is_named_by_its_line_in_the_file() {
    let server = TestServer::start(|_, _| ()).await;
    let good = r#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z"}"#;
    let text = format!("{good}\n\n{{\"id\":\n{good}\n{{\"hello\":1}}\n");
    let sent = send(&server.url(), text.as_bytes(), &args(1, false))
        .await
        .expect("the server is there");
    let named: Vec<_> = sent
        .rejected
        .iter()
        .map(|one| (one.place.as_str(), one.reason.as_str()))
        .collect();
    assert_eq!(named, [("line 3", "broken_json"), ("line 5", "unknown_shape")]);
    assert_eq!((sent.accepted, sent.duplicates), (2, 1));
}

#[tokio::test]
async fn a_document_over_several_lines_is_sent_too() {
    let server = TestServer::start(|_, _| ()).await;
    let text = "[\n  {\n    \"id\": \"da1\",\r\n    \"alertCreationTime\": null\n  }\n]\n";
    let sent = send(&server.url(), text.as_bytes(), &args(500, false))
        .await
        .expect("the server is there");
    assert_eq!((sent.accepted, sent.rejected.len()), (1, 0));
}

#[tokio::test]
async fn a_batch_that_is_too_large_for_the_daemon_is_halved() {
    let server = TestServer::start(|options, _| options.reader.max_records = 10).await;
    let samples = std::fs::read(SAMPLES).expect("the sample file is part of the repository");
    let sent = send(&server.url(), &samples, &args(500, false))
        .await
        .expect("the server is there");
    assert_eq!((sent.accepted, sent.rejected.len()), (115, 0));

    let small = TestServer::start(|options, _| options.body_limit = 100).await;
    let text = format!(
        "{{\"id\":\"da1\",\"alertCreationTime\":\"{}\"}}\n",
        "x".repeat(200)
    )
    .repeat(2);
    let sent = send(&small.url(), text.as_bytes(), &args(500, false))
        .await
        .expect("the server is there");
    let named: Vec<_> = sent
        .rejected
        .iter()
        .map(|one| (one.place.as_str(), one.reason.as_str()))
        .collect();
    assert_eq!(
        named,
        [("line 1", "body_too_large"), ("line 2", "body_too_large")]
    );
}

#[tokio::test]
async fn a_busy_daemon_is_tried_again_and_then_given_up() {
    let good = br#"{"id":"da1","alertCreationTime":"2026-01-01T00:00:00Z"}"#;
    let answer = r#"{"accepted":[{"index":0,"id":"00000000-0000-0000-0000-000000000000","duplicate":false,"devices":1,"note":null}],"rejected":[]}"#;
    let busy = (
        "503 Service Unavailable",
        r#"{"reason":"store_unavailable","detail":"send it again"}"#,
    );
    let (url, _serving) = scripted(vec![busy, busy, ("202 Accepted", answer)]).await;
    let sent = send(&url, good, &args(1, false))
        .await
        .expect("the third try is answered");
    assert_eq!(sent.accepted, 1);

    let (url, _serving) = scripted(vec![busy; TRIES as usize]).await;
    let error = send(&url, good, &args(1, false))
        .await
        .expect_err("it stays busy");
    let error = format!("{error:#}");
    assert!(
        error.starts_with("gave up after 0 of 1 records were accepted"),
        "{error}"
    );
    assert!(
        error.contains("503 8 times in a row: store_unavailable: send it again"),
        "{error}"
    );
}

#[tokio::test]
async fn a_refused_delivery_ends_it_with_the_daemons_words() {
    let server = TestServer::start(|options, _| options.token = Some(SecretString::from("x"))).await;
    let error = send(&server.url(), b"{}", &args(1, false))
        .await
        .expect_err("a token is needed");
    assert!(
        format!("{error:#}").contains("answered 401: unauthorized: "),
        "{error:#}"
    );
}

/// A server that gives these answers, one a connection.
async fn scripted(
    answers: Vec<(&'static str, &'static str)>,
) -> (String, tokio::task::JoinSet<std::io::Result<()>>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a loopback port is free");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let mut serving = tokio::task::JoinSet::new();
    serving.spawn(async move {
        for (status, body) in answers {
            let (mut stream, _) = listener.accept().await?;
            let mut request = Vec::new();
            // Every request of these tests ends with the one record's brace and the line break after it.
            while !request.ends_with(b"}\n") {
                if stream.read_buf(&mut request).await? == 0 {
                    break;
                }
            }
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(format!("{head}{body}").as_bytes()).await?;
            stream.shutdown().await?;
        }
        Ok(())
    });
    (url, serving)
}

#[test]
fn a_token_goes_by_tls_or_stays_on_this_machine() {
    for (to, is) in [
        ("https://quell.contoso.com", true),
        ("http://127.0.0.1:8740", true),
        ("http://[::1]:8740/", true),
        ("http://localhost", true),
        ("http://quell.contoso.com", false),
        ("http://10.0.0.1:8740", false),
        ("http://127.0.0.1:80@contoso.com", false),
        ("http://127.0.0.1.contoso.com", false),
        ("http://[::1]@contoso.com", false),
        ("ftp://127.0.0.1", false),
    ] {
        assert_eq!(is_private(to), is, "{to}");
    }
}
