//! The token cache through the real client: asked for once, renewed early, never asked for in a loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use secrecy::SecretString;

use crate::defender::fake::{
    Fake, SECRET, Step, client, device, options, pass, permit, reply, secret_from, token,
};
use crate::defender::http::{Http, TimeLimits};
use crate::defender::throttle::Scale;
use crate::defender::token::{OAuth, Target, Tokens};
use crate::defender::{Client, Credential, SecretSource, TokenError};
use crate::domain::answer::Answer;

/// The bearer of the latest call.
fn bearer(fake: &Fake) -> String {
    let calls = fake.calls();
    let call = calls.last().expect("a call was made");
    call.header("authorization")
        .expect("every call carries a token")
        .to_owned()
}

async fn call(client: &Client) {
    assert!(matches!(
        client.restrict(permit(), &device(), "c").await,
        Answer::NotFound(_)
    ));
}

fn not_found(_: usize) -> Vec<Step> {
    reply(404, "", "")
}

#[tokio::test]
async fn a_token_is_asked_for_with_client_credentials_on_the_v2_endpoint() {
    let fake = Fake::defender(|number, _| not_found(number)).await;
    client(&fake).ready().await.expect("a token");
    let request = &fake.heard()[0];
    assert_eq!(
        request.line,
        "POST /11111111-2222-3333-4444-555555555555/oauth2/v2.0/token HTTP/1.1"
    );
    assert_eq!(
        request.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(request.header("authorization"), None);
    assert_eq!(
        request.body,
        "grant_type=client_credentials&client_id=client-1&client_secret=s3cret%7E%26%3D%2B%C3%BC\
         &scope=https%3A%2F%2Fapi.securitycenter.microsoft.com%2F.default"
    );
}

#[tokio::test]
async fn fifty_calls_at_once_ask_for_one_token() {
    let fake = Fake::defender(|number, _| not_found(number)).await;
    let client = Arc::new(client(&fake));
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let client = Arc::clone(&client);
        calls.spawn(async move { client.restrict(permit(), &device(), "c").await });
    }
    let answers = calls.join_all().await;
    assert!(answers.iter().all(|answer| matches!(answer, Answer::NotFound(_))));
    assert_eq!((fake.calls().len(), fake.token_requests()), (50, 1));
}

#[tokio::test]
async fn fifty_401s_of_one_token_ask_for_one_new_token() {
    let fake = Fake::defender(|_, heard| match heard.header("authorization") {
        Some("Bearer token-1") => reply(401, "", ""),
        _ => reply(404, "", ""),
    })
    .await;
    let client = Arc::new(client(&fake));
    for expected in [1, 2] {
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let client = Arc::clone(&client);
            calls.spawn(async move { client.restrict(permit(), &device(), "c").await });
        }
        let answers = calls.join_all().await;
        assert!(
            !answers
                .iter()
                .any(|answer| matches!(answer, Answer::NotSent { .. })),
            "{answers:?}"
        );
        assert!(fake.token_requests() >= expected && fake.token_requests() <= 2);
    }
    assert_eq!(bearer(&fake), "Bearer token-2");
}

#[tokio::test]
async fn a_service_that_refuses_every_new_token_is_not_asked_in_a_loop() {
    let fake = Fake::defender(|_, _| reply(401, "", "")).await;
    let client = client(&fake);
    let mut not_sent = 0;
    for _ in 0..20 {
        match client.restrict(permit(), &device(), "c").await {
            Answer::NotSent { reason } => {
                assert!(
                    reason.contains("defender refused tokens that were just issued"),
                    "{reason}"
                );
                not_sent += 1;
            }
            answer => assert!(matches!(answer, Answer::Unauthorized(_)), "{answer:?}"),
        }
    }
    assert_eq!((fake.token_requests(), fake.calls().len(), not_sent), (2, 2, 18));
    pass(Duration::from_secs(60)).await;
    assert!(matches!(
        client.restrict(permit(), &device(), "c").await,
        Answer::Unauthorized(_)
    ));
}

#[tokio::test]
async fn a_token_is_renewed_five_minutes_before_its_end() {
    let fake = Fake::defender(|number, _| not_found(number)).await;
    let client = client(&fake);
    call(&client).await;
    // A tenth of the 300 s that are left, at random, may come earlier.
    pass(Duration::from_secs(3_299 - 31)).await;
    call(&client).await;
    assert_eq!(bearer(&fake), "Bearer token-1");
    pass(Duration::from_secs(31)).await;
    call(&client).await;
    assert_eq!(bearer(&fake), "Bearer token-2");
    assert_eq!(fake.token_requests(), 2);
}

#[tokio::test]
async fn a_short_lived_token_is_renewed_after_four_fifths_of_its_life_even_when_it_is_written_as_text() {
    let fake = Fake::scripted(|_, heard| {
        if heard.is_for_token() {
            token("short", r#""600""#)
        } else {
            reply(404, "", "")
        }
    })
    .await;
    let client = client(&fake);
    call(&client).await;
    pass(Duration::from_secs(480 - 13)).await;
    call(&client).await;
    assert_eq!(fake.token_requests(), 1);
    pass(Duration::from_secs(13)).await;
    call(&client).await;
    assert_eq!(fake.token_requests(), 2);
}

#[tokio::test]
async fn in_scaled_time_a_tokens_life_is_scaled_too() {
    let fake = Fake::defender(|number, _| not_found(number)).await;
    let mut options = options(&fake.url(), &fake.url());
    options.time_scale = 10.0;
    let client = Client::new(options).expect("valid options");
    call(&client).await;
    pass(Duration::from_secs(330)).await;
    call(&client).await;
    assert_eq!(fake.token_requests(), 2);
}

#[tokio::test]
async fn while_the_old_token_is_good_a_failed_renewal_stops_nothing_and_pauses() {
    let fake = Fake::scripted(|number, heard| match (heard.is_for_token(), number) {
        (true, 0) => token("token-1", "3599"),
        (true, _) => reply(500, "", ""),
        (false, _) => reply(404, "", ""),
    })
    .await;
    let client = client(&fake);
    call(&client).await;
    pass(Duration::from_secs(3_300)).await;
    for _ in 0..10 {
        call(&client).await;
    }
    assert_eq!(bearer(&fake), "Bearer token-1");
    assert_eq!(fake.token_requests(), 2, "one try, then a pause");
    pass(Duration::from_secs(300)).await;
    let answer = client.restrict(permit(), &device(), "c").await;
    assert!(
        matches!(answer, Answer::NotSent { .. }),
        "the old token is over: {answer:?}"
    );
}

#[tokio::test]
async fn a_failure_is_not_cached_but_the_next_request_waits_longer_each_time() {
    let fake = Fake::scripted(|number, _| {
        if number < 3 {
            reply(503, "", "")
        } else {
            token("t", "3599")
        }
    })
    .await;
    let client = client(&fake);
    for (failures, longest) in [(1, 1), (2, 2), (3, 4)] {
        assert!(matches!(
            client.ready().await,
            Err(TokenError::Unavailable { .. })
        ));
        for _ in 0..5 {
            assert!(matches!(client.ready().await, Err(TokenError::Waiting { .. })));
        }
        assert_eq!(fake.heard().len(), failures);
        pass(Duration::from_secs(longest)).await;
    }
    assert_eq!(client.ready().await, Ok(()));
}

#[tokio::test]
async fn a_429_of_the_token_endpoint_is_obeyed() {
    let fake = Fake::scripted(|number, _| match number {
        0 => reply(429, "Retry-After: 60\r\n", ""),
        1 => reply(429, "", ""),
        _ => token("t", "3599"),
    })
    .await;
    let client = client(&fake);
    for requests in 1..=2 {
        let error = client.ready().await.expect_err("throttled");
        assert_eq!(
            error,
            TokenError::Throttled {
                wait: Duration::from_secs(60)
            }
        );
        pass(Duration::from_secs(58)).await;
        assert!(matches!(client.ready().await, Err(TokenError::Waiting { .. })));
        assert_eq!(fake.heard().len(), requests);
        pass(Duration::from_secs(2)).await;
    }
    assert_eq!(client.ready().await, Ok(()));
}

#[tokio::test]
async fn a_rotated_secret_is_used_at_the_next_request() {
    let fake = Fake::scripted(|number, _| {
        if number == 0 {
            reply(401, "", r#"{"error":"invalid_client"}"#)
        } else {
            token("t", "3599")
        }
    })
    .await;
    let reads = Arc::new(AtomicUsize::new(0));
    let mut options = options(&fake.url(), &fake.url());
    let counter = Arc::clone(&reads);
    options.credential = secret_from(move || {
        Ok(SecretString::from(format!(
            "secret-{}",
            counter.fetch_add(1, Ordering::SeqCst)
        )))
    });
    let client = Client::new(options).expect("valid options");
    assert!(matches!(
        client.ready().await,
        Err(TokenError::Refused { status: 401, .. })
    ));
    pass(Duration::from_secs(1)).await;
    assert_eq!(client.ready().await, Ok(()));
    let heard = fake.heard();
    assert!(heard[0].body.contains("client_secret=secret-0&"));
    assert!(heard[1].body.contains("client_secret=secret-1&"));
}

#[tokio::test]
async fn a_refusal_names_entras_reason_and_never_the_secret() {
    let body = format!(r#"{{"error":"invalid_client","error_description":"AADSTS7000215: got {SECRET}"}}"#);
    let fake = Fake::scripted(move |_, _| reply(401, "", &body)).await;
    let client = client(&fake);
    let error = client.ready().await.expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the token endpoint refused with status 401: `invalid_client` AADSTS7000215: got …; the secret is not the application's: write the \
         secret's value, not its id, into the file of `secret_file`; it is read anew each time"
    );
    let later = client.ready().await.expect_err("waiting");
    assert!(!format!("{error:?} {later:?} {later} {client:?}").contains(SECRET));
}

#[tokio::test]
async fn a_reply_that_holds_no_token_is_malformed_and_not_shown() {
    for body in [
        "",
        "<html>sign in</html>",
        "{}",
        r#"{"access_token":"eyJ0-leak"}"#,
        r#"{"access_token":"eyJ0-leak","expires_in":"soon"}"#,
        r#"{"access_token":"eyJ0-leak","expires_in":-1}"#,
        r#"{"access_token":"eyJ0-leak\r\nX: y","expires_in":3599}"#,
        r#"{"access_token":"","expires_in":3599}"#,
        r#"{"access_token":"eyJ0-leak","expires_in":3599"#,
    ] {
        let fake = Fake::scripted(move |_, _| reply(200, "", body)).await;
        let error = client(&fake).ready().await.expect_err("no token");
        assert!(matches!(error, TokenError::Malformed { .. }), "{body}: {error:?}");
        assert!(!format!("{error:?}").contains("eyJ0"), "{error:?}");
    }
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_named_and_nothing_is_asked() {
    let fake = Fake::trap().await;
    let mut options = options(&fake.url(), &fake.url());
    options.credential = Credential::ClientSecret {
        client_id: "client-1".to_owned(),
        secret: SecretSource::file("/nonexistent/quell-secret".into()),
    };
    let error = Client::new(options)
        .expect("valid options")
        .ready()
        .await
        .expect_err("no secret");
    assert!(
        error
            .to_string()
            .contains("`/nonexistent/quell-secret` cannot be read"),
        "{error}"
    );
    assert_eq!(fake.bytes_in(), 0);
}

#[tokio::test]
async fn a_late_401_of_an_old_token_leaves_the_new_one_alone() {
    let fake = Fake::defender(|number, _| not_found(number)).await;
    let limits = TimeLimits {
        connect: Duration::from_secs(5),
        total: Duration::from_secs(10),
    };
    let tokens = Tokens::new(
        Http::new(limits, false).expect("a client"),
        Target {
            url: format!("{}/t/oauth2/v2.0/token", fake.url())
                .parse()
                .expect("an address"),
            scope: "scope".to_owned(),
            version: OAuth::V2,
            directory: "t".to_owned(),
        },
        secret_from(|| Ok(SecretString::from(SECRET))),
        Scale::new(1.0).expect("a valid scale"),
    );
    let old = tokens.token().await.expect("a token");
    for _ in 0..3 {
        tokens.invalidate(&old).await;
        assert_eq!(tokens.token().await.expect("a token").expose(), "token-2");
    }
    assert_eq!(fake.token_requests(), 2);
}
