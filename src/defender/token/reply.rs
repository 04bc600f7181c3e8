//! What a token endpoint's reply holds: Entra's v2.0 and v1 endpoints and the managed identity's. Pure; used by `token` and by
//! the sign-in. Nothing of a token ever gets into an error.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::Value;

use crate::defender::answer::{json, printable};
use crate::defender::http::Reply;
use crate::defender::throttle::{self, Scale};
use crate::defender::token::TokenError;

/// A token endpoint's own figure when a 429 does not say how long to wait (facts sheet 5.7).
const THROTTLED_FOR: Duration = Duration::from_secs(60);
/// A year: longer lives are cut, so that no arithmetic on the clock overflows.
const LONGEST_LIFE: Duration = Duration::from_secs(31_536_000);

/// What was issued.
#[derive(Debug)]
pub(in crate::defender) struct Issued {
    /// The access token.
    pub access: SecretString,
    /// How long it is good for, unscaled, from the moment it was asked for.
    pub life: Duration,
    /// The next refresh token, of a signed-in user.
    pub refresh: Option<SecretString>,
    /// The endpoint's clock, from the `Date` header.
    pub server_time: Option<Timestamp>,
}

/// Reads the token endpoint's reply.
pub(in crate::defender) fn read(reply: &Reply, now: Timestamp, scale: Scale) -> Result<Issued, TokenError> {
    let body = json(reply);
    match reply.status {
        200 => {}
        429 => {
            let asked =
                throttle::retry_after(reply.retry_after.as_deref(), reply.date.as_deref(), now, scale);
            return Err(TokenError::Throttled {
                wait: asked.unwrap_or(scale.real(THROTTLED_FOR)),
            });
        }
        // 404 and 410: the managed identity's endpoint while it starts or is renewed. Entra has no such replies with an error
        // of its own; with one, its word counts.
        404 | 410 if refused(reply.status, body.as_ref().ok()).is_none() => {
            return Err(unavailable(reply.status));
        }
        400..=407 | 409..=499 => {
            return Err(
                refused(reply.status, body.as_ref().ok()).unwrap_or(TokenError::Refused {
                    status: reply.status,
                    code: String::new(),
                    number: None,
                    description: "without an error of Entra's".to_owned(),
                }),
            );
        }
        status => return Err(unavailable(status)),
    }
    let malformed = |reason: &str| TokenError::Malformed {
        reason: reason.to_owned(),
    };
    let body = body.map_err(|reason| TokenError::Malformed { reason })?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let access = text("access_token");
    if access.is_empty() || !access.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(malformed("`access_token` is missing or is not a token"));
    }
    let server_time = reply.date.as_deref().and_then(throttle::http_date);
    // The end is told by the endpoint's clock, which may be another than ours.
    let life = life(&body, server_time.unwrap_or(now)).ok_or_else(|| {
        malformed("`expires_in` is missing or is not a number of seconds, and so is `expires_on`")
    })?;
    let refresh = Some(text("refresh_token"))
        .filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()));
    Ok(Issued {
        access: SecretString::from(access),
        life: life.min(LONGEST_LIFE),
        refresh: refresh.map(SecretString::from),
        server_time,
    })
}

/// `expires_in`, else `expires_on`: numbers, or as the v1 endpoint and the managed identities write them, texts.
fn life(body: &Value, now: Timestamp) -> Option<Duration> {
    let seconds = |name: &str| match body.get(name) {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    let life = match seconds("expires_in") {
        Some(life) => life,
        // Seconds since 1970; a fraction of a second is of no matter.
        None if body.get("expires_in").is_none_or(Value::is_null) => {
            seconds("expires_on")? - now.as_duration().as_secs_f64()
        }
        None => return None,
    };
    (life > 0.0)
        .then(|| Duration::try_from_secs_f64(life).ok())
        .flatten()
}

/// Entra's refusal, if the body is one.
fn refused(status: u16, body: Option<&Value>) -> Option<TokenError> {
    let body = body?;
    let text = |name: &str| {
        let text = body.get(name).and_then(Value::as_str);
        printable(text.unwrap_or_default(), 500)
    };
    let (code, description) = (text("error"), text("error_description"));
    let listed = body.get("error_codes").and_then(|codes| codes.get(0));
    let number = listed
        .and_then(Value::as_u64)
        .and_then(|number| u32::try_from(number).ok())
        .or_else(|| aadsts(&description));
    (!code.is_empty()).then_some(TokenError::Refused {
        status,
        code,
        number,
        description,
    })
}

/// The number in "AADSTS7000215: …".
fn aadsts(text: &str) -> Option<u32> {
    let (_, rest) = text.split_once("AADSTS")?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    rest[..end].parse().ok()
}

fn unavailable(status: u16) -> TokenError {
    TokenError::Unavailable {
        reason: format!("status {status}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::defender::http::Body;

    fn of(status: u16, body: &str) -> Result<Issued, TokenError> {
        at("2026-11-22T10:00:00Z", status, body)
    }

    /// The reply as it is read at that time of ours.
    fn at(now: &str, status: u16, body: &str) -> Result<Issued, TokenError> {
        let reply = Reply {
            status,
            retry_after: None,
            date: Some("Sun, 22 Nov 2026 10:00:00 GMT".to_owned()),
            content_type: None,
            body: Body::Whole(body.as_bytes().to_vec()),
        };
        let now = now.parse().expect("a time stamp");
        read(&reply, now, Scale::new(1.0).expect("a valid scale"))
    }

    #[test]
    fn lives_are_read_as_numbers_and_texts_and_from_the_end() {
        let life = |more: &str| {
            of(200, &format!(r#"{{"access_token":"t"{more}}}"#))
                .map(|issued| issued.life.as_secs())
                .ok()
        };
        assert_eq!(life(r#","expires_in":3599"#), Some(3_599));
        assert_eq!(life(r#","expires_in":"3599","expires_on":"1""#), Some(3_599));
        let end = 1_795_341_600_i64 + 3_600 + 5 * 3_600 - 5 * 3_600;
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().expect("a time stamp");
        assert_eq!(now.as_second(), 1_795_341_600, "the figure above is that moment");
        assert_eq!(life(&format!(r#","expires_on":{end}"#)), Some(3_600));
        assert_eq!(
            life(&format!(r#","expires_in":null,"expires_on":"{end}""#)),
            Some(3_600)
        );
        assert_eq!(life(r#","expires_in":1e300"#), None);
        assert_eq!(life(r#","expires_on":"12/31/2026 10:00""#), None);
        assert_eq!(life(r#","expires_in":"soon","expires_on":9999999999"#), None);
        assert_eq!(life(r#","expires_in":99999999999"#), Some(31_536_000));
    }

    #[test]
    fn a_life_that_is_told_by_its_end_does_not_depend_on_our_clock() {
        for now in ["2026-11-22T08:30:00Z", "2026-11-22T11:30:00Z"] {
            let issued = at(now, 200, r#"{"access_token":"t","expires_on":"1795345200"}"#).expect("a token");
            assert_eq!(issued.life, Duration::from_secs(3_600), "at {now} of ours");
        }
    }

    #[test]
    fn a_refusal_has_its_number_from_the_list_or_from_the_text() {
        for (body, expected) in [
            (
                r#"{"error":"invalid_client","error_codes":[7000222],"error_description":"AADSTS1: x"}"#,
                Some(7_000_222),
            ),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS7000215: x"}"#,
                Some(7_000_215),
            ),
            (r#"{"error":"invalid_client","error_codes":["x"]}"#, None),
            (
                r#"{"error":"invalid_client","error_description":"AADSTS99999999999999: x"}"#,
                None,
            ),
        ] {
            let Err(TokenError::Refused { number, .. }) = of(401, body) else {
                panic!("a refusal: {body}")
            };
            assert_eq!(number, expected, "{body}");
        }
    }

    #[test]
    fn a_page_that_is_not_entras_is_no_refusal_of_entras() {
        assert!(matches!(of(404, "<html>"), Err(TokenError::Unavailable { .. })));
        assert!(matches!(of(410, "{}"), Err(TokenError::Unavailable { .. })));
        assert!(matches!(
            of(404, r#"{"error":"invalid_request"}"#),
            Err(TokenError::Refused { .. })
        ));
        assert!(matches!(of(403, "<html>"), Err(TokenError::Refused { .. })));
        assert!(matches!(of(302, ""), Err(TokenError::Unavailable { .. })));
        assert!(matches!(of(200, "<html>"), Err(TokenError::Malformed { .. })));
    }

    #[test]
    fn what_else_stands_in_a_reply_is_kept() {
        let issued = of(200, r#"{"access_token":"a","refresh_token":"r","expires_in":1}"#).expect("a token");
        assert!(issued.refresh.is_some());
        assert_eq!(issued.server_time.map(Timestamp::as_second), Some(1_795_341_600));
        assert!(!format!("{issued:?}").contains("\"a\""));
        let issued = of(200, r#"{"access_token":"a","refresh_token":"","expires_in":1}"#).expect("a token");
        assert!(issued.refresh.is_none());
    }
}
