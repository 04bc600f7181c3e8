//! Traps: other hosts, broken connections, endless bodies. What may never happen is that a token reaches a host that is
//! not configured, or that a call whose fate is open passes for one that was not made.

use std::time::Duration;

use tokio::net::TcpListener;

use crate::defender::fake::{
    Fake, SECRET, Step, action, client, device, options, permit, read_permit, reply, token,
};
use crate::defender::http::{Failure, Http, TimeLimits};
use crate::defender::{Client, MachineActionFilter, ReadError};
use crate::domain::answer::Answer;

fn anything() -> MachineActionFilter {
    MachineActionFilter {
        created_since: jiff::Timestamp::UNIX_EPOCH,
        device: None,
    }
}

/// A reply that says more than it holds, and then what is given.
fn broken(status: u16, then: Step) -> Vec<Step> {
    let head = format!("HTTP/1.1 {status} S\r\nContent-Length: 500\r\n\r\n{{\"id\":\"a-1\",");
    vec![Step::Bytes(head.into_bytes()), then]
}

#[tokio::test]
async fn a_redirect_to_another_host_gets_no_byte() {
    for status in [301, 302, 303, 307, 308] {
        let trap = Fake::trap().await;
        let location = format!("Location: {}/api/machines\r\n", trap.url());
        let fake = Fake::defender(move |_, _| reply(status, &location, "")).await;
        let client = client(&fake);
        let answer = client.restrict(permit(), &device(), "c").await;
        assert!(matches!(answer, Answer::Unknown { .. }), "{answer:?}");
        assert!(matches!(
            client.get_machine(read_permit(), &device()).await,
            Err(ReadError::Malformed { .. })
        ));
        assert_eq!(fake.calls().len(), 2);
        assert_eq!(trap.bytes_in(), 0);
    }
}

#[tokio::test]
async fn a_token_endpoint_that_redirects_gets_the_secret_nowhere() {
    let trap = Fake::trap().await;
    let location = format!("Location: {}/token\r\n", trap.url());
    let fake = Fake::scripted(move |_, _| reply(307, &location, "")).await;
    let error = client(&fake).ready().await.expect_err("no token");
    assert!(!format!("{error:?} {error}").contains(SECRET));
    assert_eq!((fake.heard().len(), trap.bytes_in()), (1, 0));
}

#[tokio::test]
async fn a_link_to_another_host_is_followed_on_ours_and_gets_no_byte() {
    let trap = Fake::trap().await;
    let link = format!("{}/api/machineactions?$skiptoken=x", trap.url());
    let fake = Fake::defender(move |number, _| {
        let entry = action(&format!("a-{number}"), "Isolate");
        let link = if number == 0 {
            format!(r#","@odata.nextLink":"{link}""#)
        } else {
            String::new()
        };
        reply(200, "", &format!(r#"{{"value":[{entry}]{link}}}"#))
    })
    .await;
    let listed = client(&fake)
        .list_machine_actions(&anything(), || async { Some(read_permit()) })
        .await;
    assert_eq!(listed.expect("both pages").len(), 2);
    assert_eq!(
        fake.calls()[1].line,
        "GET /api/machineactions?$skiptoken=x HTTP/1.1"
    );
    assert_eq!(trap.bytes_in(), 0);
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    let authority = Fake::scripted(|_, _| token("token-1", "3599")).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let closed = format!("http://{}", listener.local_addr().expect("a bound port"));
    drop(listener);
    let client = Client::new(options(&closed, &authority.url())).expect("valid options");
    let answer = client.restrict(permit(), &device(), "c").await;
    let Answer::NotSent { reason } = answer else {
        panic!("nothing can have been sent: {answer:?}")
    };
    assert!(reason.contains("refused"), "{reason}");
    assert!(!reason.contains("token-1"));
    assert!(matches!(
        client.get_machine(read_permit(), &device()).await,
        Err(ReadError::Unavailable { .. })
    ));
}

#[tokio::test]
async fn a_failed_tls_handshake_is_not_sent_and_shows_no_token() {
    let plain = Fake::scripted(|_, _| vec![Step::Close]).await;
    let limits = TimeLimits {
        connect: Duration::from_millis(500),
        total: Duration::from_secs(5),
    };
    let http = Http::new(limits, false).expect("a client");
    let url = plain
        .url()
        .replace("http:", "https:")
        .parse()
        .expect("an address");
    let request = http
        .post(url)
        .header("authorization", "Bearer token-1")
        .body("c")
        .build()
        .expect("a request");
    let outcome = http.exchange(request, 1_000, || Ok(())).await;
    assert!(matches!(outcome, Err(Failure::NotSent(_))), "{outcome:?}");
    assert!(plain.bytes_in() > 0, "a greeting was sent");
    assert!(plain.heard().is_empty(), "and no request");
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_unknown_and_sent_once() {
    for end in [|| Step::Reset, || Step::Close] {
        let fake = Fake::defender(move |_, _| vec![end()]).await;
        let answer = client(&fake).restrict(permit(), &device(), "c").await;
        assert!(
            matches!(answer, Answer::Unknown { status: None, .. }),
            "{answer:?}"
        );
        assert_eq!(fake.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_reused_connection_that_breaks_after_the_request_is_unknown_and_sent_once() {
    let fake = Fake::defender(|number, _| match number {
        0 => reply(201, "", &action("a-0", "RestrictCodeExecution")),
        _ => vec![Step::Reset],
    })
    .await;
    let client = client(&fake);
    assert!(matches!(
        client.restrict(permit(), &device(), "c").await,
        Answer::Accepted(_)
    ));
    let answer = client.restrict(permit(), &device(), "c").await;
    assert!(
        matches!(answer, Answer::Unknown { status: None, .. }),
        "{answer:?}"
    );
    assert_eq!(fake.calls().len(), 2);
}

#[tokio::test]
async fn a_reply_cut_in_the_middle_is_unknown() {
    for end in [|| Step::Reset, || Step::Close] {
        let fake = Fake::defender(move |_, _| broken(201, end())).await;
        let answer = client(&fake).restrict(permit(), &device(), "c").await;
        // A reset may also discard what was said before it.
        assert!(
            matches!(
                answer,
                Answer::Unknown {
                    status: None | Some(201),
                    ..
                }
            ),
            "{answer:?}"
        );
        assert_eq!(fake.calls().len(), 1);
    }
    let fake = Fake::defender(|_, _| vec![Step::Bytes(b"HTTP/1.1 20".to_vec()), Step::Close]).await;
    let answer = client(&fake).restrict(permit(), &device(), "c").await;
    assert!(
        matches!(answer, Answer::Unknown { status: None, .. }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_refusal_cut_in_the_middle_counts_only_if_its_status_speaks_for_itself() {
    let of = async |status| {
        let fake = Fake::defender(move |_, _| broken(status, Step::Close)).await;
        client(&fake).restrict(permit(), &device(), "c").await
    };
    assert!(matches!(
        of(400).await,
        Answer::Unknown {
            status: Some(400),
            ..
        }
    ));
    assert!(matches!(of(403).await, Answer::Forbidden(_)));
    assert!(matches!(of(429).await, Answer::Throttled { .. }));
}

#[tokio::test]
async fn silence_and_a_slow_body_end_at_the_total_time_out_and_are_unknown() {
    for then in [|| vec![Step::Silence], || broken(201, Step::Silence)] {
        let fake = Fake::defender(move |_, _| then()).await;
        let mut options = options(&fake.url(), &fake.url());
        (options.connect_timeout, options.total_timeout) =
            (Duration::from_millis(300), Duration::from_millis(300));
        let client = Client::new(options).expect("valid options");
        let answer = client.restrict(permit(), &device(), "c").await;
        let Answer::Unknown { reason, .. } = answer else {
            panic!("its fate is open: {answer:?}")
        };
        assert!(reason.contains("timed out"), "{reason}");
        assert_eq!(fake.calls().len(), 1);
    }
}

#[tokio::test]
async fn a_body_of_two_gigabytes_is_cut_at_the_bound() {
    const TWO_GB: u64 = 2 * 1024 * 1024 * 1024;
    let sized = format!("HTTP/1.1 201 S\r\nContent-Length: {TWO_GB}\r\n\r\n");
    let endless = "HTTP/1.1 201 S\r\nConnection: close\r\n\r\n".to_owned();
    for head in [sized, endless] {
        let fake =
            Fake::defender(move |_, _| vec![Step::Bytes(head.clone().into_bytes()), Step::Flood(TWO_GB)])
                .await;
        let client = client(&fake);
        let answer = client.restrict(permit(), &device(), "c").await;
        let Answer::Unknown {
            reason,
            status: Some(201),
        } = answer
        else {
            panic!("unreadable: {answer:?}")
        };
        assert!(reason.contains("longer than 1048576 bytes"), "{reason}");
        assert!(
            fake.bytes_out() < 32 * 1024 * 1024,
            "{} bytes were taken",
            fake.bytes_out()
        );
        let read = client.get_machine(read_permit(), &device()).await;
        assert!(matches!(read, Err(ReadError::Unavailable { .. })), "{read:?}");
    }
}

#[tokio::test]
async fn garbage_in_place_of_http_is_unknown() {
    let fake =
        Fake::defender(|_, _| vec![Step::Bytes(b"\x00\x01SSH-2.0\r\n\r\n".to_vec()), Step::Close]).await;
    let answer = client(&fake).restrict(permit(), &device(), "c").await;
    assert!(
        matches!(answer, Answer::Unknown { status: None, .. }),
        "{answer:?}"
    );
}

#[tokio::test]
async fn neither_token_nor_secret_shows_in_debug_output_or_answers() {
    let echo = r#"{"error":{"code":"Unauthorized","message":"bad","target":"t"}}"#;
    let fake = Fake::defender(move |_, _| reply(500, "", echo)).await;
    let client = client(&fake);
    let answer = client.restrict(permit(), &device(), "c").await;
    let shown = format!("{client:?} {answer:?}");
    assert!(!shown.contains("token-1") && !shown.contains(SECRET), "{shown}");
}
