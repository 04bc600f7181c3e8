//! Restrict, release and cancel through the real client: what is sent, and what comes of it.

use std::time::Duration;

use secrecy::SecretString;

use crate::defender::fake::{DEVICE, wide_guard};
use crate::defender::fake::{Fake, Step, action, client, device, guard, options, permit, reply};
use crate::defender::{Client, DeviceCall, SecretSource};
use crate::domain::action::ActionKind;
use crate::domain::answer::{Answer, MachineActionKind};
use crate::domain::device::DeviceId;
use crate::limiter::{CommittedAttempt, Permit};
use crate::{clock::Monotonic, domain::answer::Refusal};

fn call<'a>(device: &'a DeviceId, kind: ActionKind, argument: Option<&'a str>) -> DeviceCall<'a> {
    DeviceCall {
        kind,
        device,
        comment: "c",
        argument,
    }
}

fn restricted() -> Vec<Step> {
    reply(201, "", &action("a-1", "RestrictCodeExecution"))
}

#[tokio::test]
async fn a_restrict_is_one_post_with_the_comment_and_the_token() {
    let fake = Fake::defender(|_, _| restricted()).await;
    let answer = client(&fake)
        .restrict(permit(), &device(), "[quell:01J.1] why")
        .await;
    let Answer::Accepted(made) = answer else {
        panic!("expected an action, got {answer:?}")
    };
    assert_eq!(
        (made.id.as_str(), made.kind),
        ("a-1", MachineActionKind::Restrict)
    );
    let calls = fake.calls();
    assert_eq!(calls.len(), 1);
    assert_eq!(
        calls[0].line,
        format!("POST /api/machines/{DEVICE}/restrictCodeExecution HTTP/1.1")
    );
    assert_eq!(calls[0].body, r#"{"Comment":"[quell:01J.1] why"}"#);
    assert_eq!(calls[0].header("authorization"), Some("Bearer token-1"));
    assert_eq!(calls[0].header("content-type"), Some("application/json"));
    let agent = calls[0].header("user-agent").expect("a user agent");
    assert_eq!(agent, format!("quell/{}", env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn each_kind_of_action_goes_to_its_own_address_with_what_its_body_needs() {
    let sha1 = "4388963aaa83afe2042a46a3c017ad50bdcdafb3";
    for (kind, argument, address, body) in [
        (
            ActionKind::Isolate,
            None,
            "isolate",
            r#"{"Comment":"c","IsolationType":"Full"}"#,
        ),
        (
            ActionKind::Isolate,
            Some("selective"),
            "isolate",
            r#"{"Comment":"c","IsolationType":"Selective"}"#,
        ),
        (
            ActionKind::ReleaseIsolation,
            None,
            "unisolate",
            r#"{"Comment":"c"}"#,
        ),
        (
            ActionKind::Scan,
            None,
            "runAntiVirusScan",
            r#"{"Comment":"c","ScanType":"Quick"}"#,
        ),
        (
            ActionKind::Scan,
            Some("full"),
            "runAntiVirusScan",
            r#"{"Comment":"c","ScanType":"Full"}"#,
        ),
        (
            ActionKind::CollectPackage,
            None,
            "collectInvestigationPackage",
            r#"{"Comment":"c"}"#,
        ),
        (
            ActionKind::QuarantineFile,
            Some(sha1),
            "StopAndQuarantineFile",
            r#"{"Comment":"c","Sha1":"4388963aaa83afe2042a46a3c017ad50bdcdafb3"}"#,
        ),
    ] {
        let fake = Fake::defender(|_, _| reply(201, "", &action("a-1", "Isolate"))).await;
        let device = device();
        client(&fake).call(permit(), &call(&device, kind, argument)).await;
        let calls = fake.calls();
        assert_eq!(
            calls[0].line,
            format!("POST /api/machines/{DEVICE}/{address} HTTP/1.1")
        );
        assert_eq!(calls[0].body, body);
    }
}

#[tokio::test]
async fn a_release_and_a_cancel_go_to_their_own_addresses() {
    let fake = Fake::defender(|_, _| reply(200, "", &action("a-1", "UnrestrictCodeExecution"))).await;
    let client = client(&fake);
    assert!(matches!(
        client
            .call(permit(), &call(&device(), ActionKind::Release, None))
            .await,
        Answer::Accepted(_)
    ));
    assert!(matches!(
        client.cancel(permit(), "ed74c544-91d4", "c").await,
        Answer::Accepted(_)
    ));
    let lines: Vec<String> = fake.calls().into_iter().map(|call| call.line).collect();
    assert_eq!(
        lines,
        [
            format!("POST /api/machines/{DEVICE}/unrestrictCodeExecution HTTP/1.1"),
            "POST /api/machineactions/ed74c544-91d4/cancel HTTP/1.1".to_owned(),
        ]
    );
}

#[tokio::test]
async fn a_comment_is_cut_at_a_thousand_characters_and_never_inside_one() {
    let fake = Fake::defender(|_, _| restricted()).await;
    client(&fake)
        .restrict(permit(), &device(), &"ü".repeat(1_001))
        .await;
    client(&fake)
        .restrict(permit(), &device(), &"ü".repeat(1_000))
        .await;
    for call in fake.calls() {
        assert_eq!(call.body, format!(r#"{{"Comment":"{}"}}"#, "ü".repeat(1_000)));
    }
}

#[tokio::test]
async fn the_external_id_is_sent_only_when_asked_for() {
    let fake = Fake::defender(|_, _| restricted()).await;
    let mut options = options(&fake.url(), &fake.url());
    options.send_external_id = true;
    let permit = permit();
    let id = permit.attempt_id();
    Client::new(options)
        .expect("valid options")
        .restrict(permit, &device(), "c")
        .await;
    assert_eq!(
        fake.calls()[0].body,
        format!(r#"{{"Comment":"c","ExternalId":"{id}"}}"#)
    );
}

#[tokio::test]
async fn a_401_throws_the_token_away_and_is_not_tried_again() {
    let fake = Fake::defender(|number, _| {
        if number == 0 {
            reply(401, "", "")
        } else {
            restricted()
        }
    })
    .await;
    let client = client(&fake);
    let first = client.restrict(permit(), &device(), "c").await;
    assert_eq!(
        first,
        Answer::Unauthorized(Refusal {
            status: 401,
            ..Refusal::default()
        })
    );
    assert_eq!(
        (fake.calls().len(), fake.token_requests()),
        (1, 1),
        "the client repeats nothing by itself"
    );
    assert!(matches!(
        client.restrict(permit(), &device(), "c").await,
        Answer::Accepted(_)
    ));
    assert_eq!(fake.calls()[1].header("authorization"), Some("Bearer token-2"));
}

#[tokio::test]
async fn a_429_says_how_long_in_real_time() {
    let body = r#"{"error":{"code":"429","message":"maximum allowed 100 per 00:01:00","target":"t"}}"#;
    let fake = Fake::defender(move |_, _| reply(429, "Retry-After: 10\r\n", body)).await;
    let mut options = options(&fake.url(), &fake.url());
    options.time_scale = 20.0;
    let answer = Client::new(options)
        .expect("valid options")
        .restrict(permit(), &device(), "c")
        .await;
    let Answer::Throttled {
        retry_after, window, ..
    } = answer
    else {
        panic!("expected a throttle: {answer:?}")
    };
    assert_eq!(
        (retry_after, window),
        (Some(Duration::from_millis(500)), Some(Duration::from_secs(3)))
    );
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_server_error_is_unknown_and_sent_once() {
    let fake = Fake::defender(|_, _| reply(503, "Retry-After: 0\r\n", "")).await;
    let answer = client(&fake).restrict(permit(), &device(), "c").await;
    assert!(
        matches!(
            answer,
            Answer::Unknown {
                status: Some(503),
                ..
            }
        ),
        "{answer:?}"
    );
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_late_permit_sends_nothing() {
    let fake = Fake::defender(|_, _| restricted()).await;
    let attempt = CommittedAttempt {
        id: uuid::Uuid::now_v7(),
        send_deadline: Monotonic::now(),
    };
    let late = Permit::from_committed(attempt, &wide_guard());
    let answer = client(&fake).restrict(late, &device(), "c").await;
    assert_eq!(
        answer,
        Answer::Late {
            reason: "the send deadline had passed".to_owned()
        }
    );
    assert!(fake.calls().is_empty());
}

#[tokio::test]
async fn a_token_endpoint_that_says_nothing_leaves_the_call_unsent() {
    let authority = Fake::scripted(|_, _| vec![Step::Silence]).await;
    let api = Fake::trap().await;
    let mut options = options(&api.url(), &authority.url());
    (options.connect_timeout, options.total_timeout) =
        (Duration::from_millis(200), Duration::from_millis(200));
    let answer = Client::new(options)
        .expect("valid options")
        .restrict(permit(), &device(), "c")
        .await;
    let Answer::NotSent { reason } = answer else {
        panic!("expected nothing to be sent: {answer:?}")
    };
    assert!(
        reason.starts_with("no access token: the token endpoint is unavailable: "),
        "{reason}"
    );
    assert_eq!(api.bytes_in(), 0);
}

#[tokio::test]
async fn a_permit_that_grew_late_while_a_token_was_fetched_sends_nothing() {
    let fake = Fake::defender(|_, _| restricted()).await;
    let send_deadline = Monotonic::now().plus(Duration::from_millis(20));
    let mut options = options(&fake.url(), &fake.url());
    options.secret = SecretSource::function(move || {
        // A slow secret store, as slow as it takes.
        while !send_deadline.remaining().is_zero() {
            std::hint::spin_loop();
        }
        Ok(SecretString::from("s"))
    });
    let attempt = CommittedAttempt {
        id: uuid::Uuid::now_v7(),
        send_deadline,
    };
    let permit = Permit::from_committed(attempt, &wide_guard());
    let answer = Client::new(options)
        .expect("valid options")
        .restrict(permit, &device(), "c")
        .await;
    assert_eq!(
        answer,
        Answer::Late {
            reason: "the send deadline had passed".to_owned()
        }
    );
    assert_eq!((fake.token_requests(), fake.calls().len()), (1, 0));
}

#[tokio::test]
async fn a_call_that_the_second_guard_refuses_sends_nothing() {
    let fake = Fake::defender(|_, _| restricted()).await;
    let (client, guard) = (client(&fake), guard(1));
    let send_deadline = Monotonic::now().plus(Duration::from_secs(60));
    let permit = || {
        Permit::from_committed(
            CommittedAttempt {
                id: uuid::Uuid::now_v7(),
                send_deadline,
            },
            &guard,
        )
    };
    assert!(matches!(
        client.restrict(permit(), &device(), "c").await,
        Answer::Accepted(_)
    ));
    let answer = client.restrict(permit(), &device(), "c").await;
    let Answer::NotSent { reason } = answer else {
        panic!("expected nothing to be sent: {answer:?}")
    };
    assert!(
        reason.starts_with("the second guard refused the call: "),
        "{reason}"
    );
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn an_id_that_would_bend_the_address_is_not_sent() {
    let fake = Fake::defender(|_, _| restricted()).await;
    let client = client(&fake);
    for id in [
        "../../machineactions",
        "",
        ".",
        "..",
        "a/b",
        "a%2fb",
        "a?b",
        "a b",
        "ü",
    ] {
        let hostile = crate::domain::device::DeviceId::from_stored(id.to_owned());
        let answers = [
            client.restrict(permit(), &hostile, "c").await,
            client.cancel(permit(), id, "c").await,
        ];
        assert!(
            answers
                .iter()
                .all(|answer| matches!(answer, Answer::NotSent { .. })),
            "{id}: {answers:?}"
        );
    }
    assert!(fake.heard().is_empty());
}

#[tokio::test]
async fn a_scale_or_a_page_that_makes_no_sense_is_an_options_error() {
    let fake = Fake::trap().await;
    let good = || options(&fake.url(), &fake.url());
    assert!(Client::new(good()).is_ok());
    let mut bad = vec![good(), good(), good(), good(), good()];
    bad[0].time_scale = 0.0;
    bad[1].client_id = String::new();
    bad[2].page_size = 10_001;
    bad[3].page_bound = 0;
    bad[4].total_timeout = Duration::from_secs(1);
    for options in bad {
        assert!(Client::new(options).is_err());
    }
}
