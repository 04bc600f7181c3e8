//! What every possible outcome of an action call means: a total mapping to [`Answer`].
//!
//! One function, [`classify`], called by the client for restrict, release and cancel alike. The rule behind the table: a
//! refusal is definite only if Defender itself said it, so apart from 401, 403, 404 and 429 a refusal needs the API's
//! error envelope; a gateway's page in between proves nothing and becomes [`Answer::Unknown`], which is looked up and never
//! blindly repeated. Pure: `now` is a parameter.

use jiff::Timestamp;
use serde_json::Value;

use crate::defender::http::{Body, Failure, Reply};
use crate::defender::machine_action;
use crate::defender::throttle::{self, Scale};
use crate::domain::answer::{Answer, Refusal};

/// The longest message and code that are kept.
const MESSAGE_CHARS: usize = 500;
const CODE_CHARS: usize = 100;

/// Says what an exchange came to.
pub(super) fn classify(outcome: Result<Reply, Failure>, now: Timestamp, scale: Scale) -> Answer {
    let reply = match outcome {
        Ok(reply) => reply,
        Err(Failure::Late(reason)) => return Answer::Late { reason },
        Err(Failure::NotSent(reason)) => return Answer::NotSent { reason },
        Err(Failure::Unknown(reason)) => return Answer::Unknown { reason, status: None },
    };
    let said = refusal(&reply);
    let by_status = || {
        said.clone().unwrap_or(Refusal {
            status: reply.status,
            ..Refusal::default()
        })
    };
    match reply.status {
        200..=299 => accepted(&reply),
        401 => Answer::Unauthorized(by_status()),
        403 => Answer::Forbidden(by_status()),
        404 => Answer::NotFound(by_status()),
        429 => {
            let refusal = by_status();
            Answer::Throttled {
                retry_after: throttle::retry_after(
                    reply.retry_after.as_deref(),
                    reply.date.as_deref(),
                    now,
                    scale,
                ),
                window: throttle::window(&refusal.message, scale),
                refusal,
            }
        }
        // A time-out on the server's side: the request may still run.
        408 => unknown(&reply, "the server timed out"),
        400..=499 => match said {
            Some(refusal) if is_in_progress(&refusal) => Answer::AlreadyInProgress(refusal),
            Some(refusal) => Answer::Rejected(refusal),
            None => unknown(&reply, "refused, but not in Defender's words"),
        },
        _ => unknown(&reply, "no definite reply"),
    }
}

/// The refusal in Defender's envelope (`{"error":{"code","message","target"}}`), which the OData layer writes with an
/// empty code. `None` if the body is anything else.
pub(super) fn refusal(reply: &Reply) -> Option<Refusal> {
    let body = json(reply).ok()?;
    let error = body.get("error")?.as_object()?;
    let text = |name: &str| match error.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    };
    if !error.contains_key("code") && !error.contains_key("message") {
        return None;
    }
    Some(Refusal {
        status: reply.status,
        code: printable(&text("code"), CODE_CHARS),
        message: printable(&text("message"), MESSAGE_CHARS),
        target: Some(printable(&text("target"), CODE_CHARS)).filter(|target| !target.is_empty()),
        is_of_device: false,
    })
}

/// The body as JSON, or why it is none.
pub(super) fn json(reply: &Reply) -> Result<Value, String> {
    let bytes = match &reply.body {
        Body::Whole(bytes) => bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes),
        Body::Cut(reason) => return Err(reason.clone()),
    };
    if bytes.is_empty() {
        return Err("the body is empty".to_owned());
    }
    serde_json::from_slice(bytes).map_err(|error| {
        let kind = reply.content_type.as_deref().unwrap_or("no content type");
        format!("the body ({}) is not JSON: {error}", printable(kind, CODE_CHARS))
    })
}

/// Text from outside, fit for a log line and a table.
pub(super) fn printable(text: &str, most: usize) -> String {
    text.chars()
        .take(most)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn accepted(reply: &Reply) -> Answer {
    match json(reply).and_then(|body| machine_action::parse_answer(&body)) {
        Ok(action) => Answer::Accepted(Box::new(action)),
        Err(reason) => Answer::Unknown {
            reason: format!("accepted, but {reason}"),
            status: Some(reply.status),
        },
    }
}

/// The code is documented for live response only and generic in practice; the message is documented for restrict.
fn is_in_progress(refusal: &Refusal) -> bool {
    refusal.code.eq_ignore_ascii_case("ActiveRequestAlreadyExists")
        || refusal
            .message
            .to_ascii_lowercase()
            .contains("already in progress")
}

fn unknown(reply: &Reply, what: &str) -> Answer {
    let detail = match refusal(reply) {
        Some(said) => format!("{what}: {} {}", said.code, said.message)
            .trim_end()
            .to_owned(),
        None => what.to_owned(),
    };
    Answer::Unknown {
        reason: format!("status {}: {detail}", reply.status),
        status: Some(reply.status),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::answer::{MachineActionKind, MachineActionStatus};

    const NOW: Timestamp = Timestamp::UNIX_EPOCH;
    const CREATED: &str = r#"{"id":"ed74c544-91d4-414d-8805-5c26e028ef7e","type":"RestrictCodeExecution",
        "requestorComment":"[quell:a.1] x","status":"Pending","machineId":"1234",
        "creationDateTimeUtc":"2024-10-21T11:27:58.1447302Z"}"#;

    fn scale(divisor: f64) -> Scale {
        Scale::new(divisor).expect("a valid scale")
    }

    fn reply(status: u16, body: &str) -> Reply {
        Reply {
            status,
            retry_after: None,
            date: None,
            content_type: Some("application/json".to_owned()),
            body: Body::Whole(body.as_bytes().to_vec()),
        }
    }

    fn answer(status: u16, body: &str) -> Answer {
        classify(Ok(reply(status, body)), NOW, scale(1.0))
    }

    fn error(code: &str, message: &str) -> String {
        serde_json::json!({"error": {"code": code, "message": message, "target": "43f4cb08"}}).to_string()
    }

    fn said(status: u16, code: &str, message: &str) -> Refusal {
        let target = Some("43f4cb08".to_owned());
        Refusal {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
            target,
            is_of_device: false,
        }
    }

    fn throttled(reply: Reply, divisor: f64) -> (Option<Duration>, Option<Duration>) {
        match classify(Ok(reply), NOW, scale(divisor)) {
            Answer::Throttled {
                retry_after, window, ..
            } => (retry_after, window),
            other => panic!("a 429 is a throttle, not {other:?}"),
        }
    }

    fn is_unknown(answer: &Answer, with_status: Option<u16>) -> bool {
        matches!(answer, Answer::Unknown { status, .. } if *status == with_status)
    }

    #[test]
    fn any_2xx_with_a_readable_action_is_accepted() {
        for status in [200, 201, 202] {
            let Answer::Accepted(action) = answer(status, CREATED) else {
                panic!("{status} was not accepted")
            };
            assert_eq!(action.kind, MachineActionKind::Restrict);
            assert_eq!(action.status, MachineActionStatus::Pending);
            assert_eq!(action.requestor_comment.as_deref(), Some("[quell:a.1] x"));
        }
        assert!(matches!(
            answer(201, &format!("\u{feff}{CREATED}")),
            Answer::Accepted(_)
        ));
    }

    #[test]
    fn a_2xx_that_cannot_be_read_is_unknown() {
        let half = &CREATED[..CREATED.len() / 2];
        for body in [
            "",
            "{}",
            "null",
            "<html>ok</html>",
            half,
            r#"{"id":"a"}"#,
            r#"{"value":[]}"#,
        ] {
            assert!(is_unknown(&answer(201, body), Some(201)), "{body}");
        }
        let cut = Reply {
            body: Body::Cut("connection reset".to_owned()),
            ..reply(201, "")
        };
        assert!(is_unknown(&classify(Ok(cut), NOW, scale(1.0)), Some(201)));
        assert!(is_unknown(&answer(204, ""), Some(204)));
    }

    #[test]
    fn both_dialects_of_429_are_throttles() {
        let documented = Reply {
            retry_after: Some("30".to_owned()),
            ..reply(429, &error("TooManyRequests", "quota limit"))
        };
        assert_eq!(throttled(documented, 1.0), (Some(Duration::from_secs(30)), None));
        let recorded = "API calls quota exceeded! maximum allowed 1500 per 01:00:00";
        assert_eq!(
            throttled(reply(429, &error("429", recorded)), 60.0),
            (None, Some(Duration::from_secs(60)))
        );
    }

    #[test]
    fn a_429_is_one_whatever_its_body_and_header_are() {
        let empty = |value: &str| Reply {
            retry_after: Some(value.to_owned()),
            ..reply(429, "")
        };
        assert_eq!(throttled(reply(429, "<html>slow down</html>"), 1.0), (None, None));
        assert_eq!(throttled(empty("0.5"), 1.0).0, Some(Duration::from_millis(500)));
        assert_eq!(throttled(empty("30"), 20.0).0, Some(Duration::from_millis(1_500)));
        assert_eq!(throttled(empty("-3"), 1.0).0, None);
        assert_eq!(throttled(empty("90000"), 1.0).0, None);
        let dated = Reply {
            date: Some("Sun, 22 Nov 2026 10:00:00 GMT".to_owned()),
            ..empty("Sun, 22 Nov 2026 10:00:07 GMT")
        };
        assert_eq!(throttled(dated, 1.0).0, Some(Duration::from_secs(7)));
        let cut = Reply {
            body: Body::Cut("reset".to_owned()),
            ..empty("9")
        };
        assert_eq!(throttled(cut, 1.0).0, Some(Duration::from_secs(9)));
    }

    #[test]
    fn already_in_progress_is_known_by_code_and_by_message() {
        let progress = "Action is already in progress";
        for (code, message) in [
            ("ActiveRequestAlreadyExists", "Action is already in progress"),
            ("ActiveRequestAlreadyExists", ""),
            ("activerequestalreadyexists", "anything"),
            ("BadRequest", progress),
            ("", "action is ALREADY IN PROGRESS for this machine"),
        ] {
            let expected = Answer::AlreadyInProgress(said(400, code, message));
            assert_eq!(answer(400, &error(code, message)), expected);
        }
        assert!(matches!(
            answer(409, &error("Conflict", progress)),
            Answer::AlreadyInProgress(_)
        ));
    }

    #[test]
    fn every_documented_400_is_a_permanent_rejection() {
        for code in [
            "BadRequest",
            "ODataError",
            "InvalidInput",
            "InvalidRequestBody",
            "InvalidHashValue",
            "InvalidDomainName",
            "InvalidIpAddress",
            "InvalidUrl",
            "MaximumBatchSizeExceeded",
            "MissingRequiredParameter",
            "OsPlatformNotSupported",
            "ClientVersionNotSupported",
        ] {
            assert_eq!(
                answer(400, &error(code, "why")),
                Answer::Rejected(said(400, code, "why"))
            );
        }
        let odata =
            r#"{"error":{"code":"","message":"The query specified in the URI is not valid.","details":[]}}"#;
        let Answer::Rejected(refusal) = answer(400, odata) else {
            panic!("the OData layer's words are definite")
        };
        assert_eq!((refusal.code.as_str(), refusal.target), ("", None));
    }

    #[test]
    fn a_401_a_403_and_a_404_speak_for_themselves() {
        let text = "The application does not have any of the required application permissions";
        assert_eq!(
            answer(401, &error("Unauthorized", "t")),
            Answer::Unauthorized(said(401, "Unauthorized", "t"))
        );
        for code in ["Forbidden", "DisabledFeature", "DisallowedOperation"] {
            assert_eq!(
                answer(403, &error(code, text)),
                Answer::Forbidden(said(403, code, text))
            );
        }
        for code in ["NotFound", "ResourceNotFound"] {
            assert_eq!(
                answer(404, &error(code, "x")),
                Answer::NotFound(said(404, code, "x"))
            );
        }
        for body in ["", "<html></html>", "[]", r#"{"error":"text"}"#] {
            assert_eq!(
                answer(401, body),
                Answer::Unauthorized(Refusal {
                    status: 401,
                    ..Refusal::default()
                })
            );
            assert_eq!(
                answer(403, body),
                Answer::Forbidden(Refusal {
                    status: 403,
                    ..Refusal::default()
                })
            );
            assert_eq!(
                answer(404, body),
                Answer::NotFound(Refusal {
                    status: 404,
                    ..Refusal::default()
                })
            );
        }
    }

    #[test]
    fn a_refusal_that_is_not_defenders_own_proves_nothing() {
        for body in [
            "",
            "<html>bad request</html>",
            "{}",
            r#"{"error":{}}"#,
            r#"{"error":"no"}"#,
            "{\"error\":{",
        ] {
            for status in [400, 405, 409, 413, 415, 418] {
                assert!(is_unknown(&answer(status, body), Some(status)), "{status} {body}");
            }
        }
        let cut = Reply {
            body: Body::Cut("reset".to_owned()),
            ..reply(400, "")
        };
        assert!(is_unknown(&classify(Ok(cut), NOW, scale(1.0)), Some(400)));
        assert!(matches!(
            answer(405, &error("MethodNotAllowed", "x")),
            Answer::Rejected(_)
        ));
    }

    #[test]
    fn timeouts_server_errors_and_redirects_are_unknown() {
        for status in [
            408, 500, 501, 502, 503, 504, 301, 302, 307, 308, 304, 100, 600, 999,
        ] {
            assert!(is_unknown(&answer(status, ""), Some(status)), "{status}");
            let told = answer(status, &error("InternalServerError", "retry the operation"));
            assert!(is_unknown(&told, Some(status)), "{status}");
        }
        let late = reply(
            408,
            &error("ActiveRequestAlreadyExists", "Action is already in progress"),
        );
        assert!(is_unknown(&classify(Ok(late), NOW, scale(1.0)), Some(408)));
    }

    #[test]
    fn an_exchange_without_a_reply_keeps_its_fate() {
        let of = |failure| classify(Err(failure), NOW, scale(1.0));
        let refused = "connection refused".to_owned();
        assert_eq!(
            of(Failure::NotSent(refused.clone())),
            Answer::NotSent { reason: refused }
        );
        assert!(is_unknown(&of(Failure::Unknown("reset".to_owned())), None));
    }

    #[test]
    fn every_status_with_every_body_has_an_answer_that_never_resends_blindly() {
        let bodies = [
            "",
            "{}",
            CREATED,
            "<html>",
            &error("BadRequest", "x"),
            &error("429", "per 00:01:00"),
        ];
        for status in 0..=1_000 {
            for body in bodies {
                let answer = answer(status, body);
                assert!(
                    !matches!(answer, Answer::NotSent { .. }),
                    "{status}: a reply proves that something was sent"
                );
                let definite = !matches!(answer, Answer::Unknown { .. });
                assert!(
                    !definite || matches!(status, 200..=499),
                    "{status} {body} was taken as definite"
                );
            }
        }
    }

    #[test]
    fn what_defender_says_is_cut_and_cannot_break_a_log_line() {
        let Answer::Rejected(refusal) = answer(400, &error("Bad\nRequest", &"é\r\n".repeat(400))) else {
            panic!("an envelope")
        };
        assert_eq!(refusal.code, "Bad Request");
        assert_eq!(refusal.message.chars().count(), 500);
        assert!(!refusal.message.contains(char::is_control));
    }
}
