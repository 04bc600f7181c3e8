//! From what a 429 says to how long the gate closes: both dialects of its body, every form of `Retry-After`.

use std::time::Duration;

use jiff::Timestamp;

use super::answer::classify;
use super::http::{Body, Reply};
use super::throttle::Scale;
use crate::domain::answer::Answer;
use crate::domain::budget::{Window, throttle_pause};

fn error(code: &str, message: &str) -> String {
    serde_json::json!({"error": {"code": code, "message": message, "target": "43f4cb08"}}).to_string()
}

/// The header and the window, as they were understood.
fn asked(header: Option<&str>, body: &str) -> (Option<Duration>, Option<Duration>) {
    let reply = Reply {
        status: 429,
        retry_after: header.map(str::to_owned),
        date: Some("Sun, 22 Nov 2026 10:00:00 GMT".to_owned()),
        content_type: Some("application/json".to_owned()),
        body: Body::Whole(body.as_bytes().to_vec()),
    };
    let scale = Scale::new(1.0).expect("a valid scale");
    match classify(Ok(reply), Timestamp::UNIX_EPOCH, scale) {
        Answer::Throttled {
            retry_after, window, ..
        } => (retry_after, window),
        other => panic!("a 429 is a throttle, not {other:?}"),
    }
}

#[test]
fn whatever_a_429_says_the_gate_closes_for_a_moment_at_least_and_a_day_at_most() {
    let window = |limit, per| Window {
        limit,
        per: Duration::from_secs(per),
    };
    let windows = [window(100, 60), window(1_500, 3_600)];
    let exceeded = |most: &str| {
        error(
            "429",
            &format!("API calls quota exceeded! maximum allowed {most}"),
        )
    };
    let bodies = [
        (error("TooManyRequests", "quota limit"), 60),
        (exceeded("1500 per 01:00:00"), 3_600),
        (exceeded("100 per 00:01:00"), 60),
        (exceeded("1 per 99999:00:00"), 60),
        (String::new(), 60),
    ];
    // What cannot be believed counts as missing; then the window that the body names stands, else the shortest.
    let headers = [
        (None, None),
        (Some("30"), Some(30)),
        (Some("0"), Some(1)),
        (Some("0.25"), Some(1)),
        (Some("86400"), Some(86_400)),
        (Some("Sun, 22 Nov 2026 10:00:09 GMT"), Some(9)),
        (Some("Sun, 22 Nov 2026 09:59:00 GMT"), None),
        (Some("Fri, 22 Nov 2999 10:00:00 GMT"), None),
        (Some("-30"), None),
        (Some("86401"), None),
        (Some("1e400"), None),
        (Some("NaN"), None),
        (Some("in a while"), None),
        (Some(""), None),
    ];
    for (body, named) in &bodies {
        for (header, wanted) in &headers {
            let (retry_after, window) = asked(*header, body);
            let pause = throttle_pause(retry_after, window, &windows);
            assert_eq!(pause.as_secs(), wanted.unwrap_or(*named), "{header:?} {body}");
        }
    }
}
