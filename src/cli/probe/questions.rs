//! The questions that a read answers: which read, and what is made of its reply. Pure but for the asking itself.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::report::Answer;
use crate::cli::reads::NotRead;
use crate::defender::{Look, Question};
use crate::desk::words::span;
use crate::domain::device::DeviceId;
use crate::store::chain;

/// One read, and the questions that it answers.
pub struct Asked {
    /// The first of the questions.
    pub name: &'static str,
    /// The read.
    pub question: Question,
    judge: fn(&Look, Timestamp) -> Vec<Answer>,
}

/// The reads for a device, as of now.
pub fn all(device: &DeviceId, now: Timestamp) -> Vec<Asked> {
    let yesterday = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let since = format!(
        "lastUpdateDateTimeUtc gt {}",
        yesterday.strftime("%Y-%m-%dT%H:%M:%SZ")
    );
    let asked = |name, question, judge| Asked {
        name,
        question,
        judge,
    };
    vec![
        asked("clock", Question::one_machine(), clock_and_latency),
        asked(
            "available_actions",
            Question::available_actions(device),
            available,
        ),
        asked("device_history", Question::history(device), history),
        asked(
            "filter_last_update",
            Question::actions(Some(&since), "lastUpdateDateTimeUtc asc", false),
            filtered,
        ),
        asked(
            "count",
            Question::actions(None, "creationDateTimeUtc desc", true),
            counted,
        ),
        asked(
            "oldest_action",
            Question::actions(None, "creationDateTimeUtc asc", false),
            oldest,
        ),
    ]
}

/// The newest restriction or release of a device, of whomever.
pub fn newest(device: &DeviceId) -> Question {
    let filter = format!(
        "machineId eq '{}' and type in ('RestrictCodeExecution','UnrestrictCodeExecution')",
        device.as_str().replace('\'', "''")
    );
    Question::actions(Some(&filter), "creationDateTimeUtc desc", false)
}

/// Why a device whose newest machine action is this one is not to be probed; `None`: nothing restricts it, as far as Defender
/// tells.
pub fn not_free(look: &Look) -> Option<String> {
    let Some(entries) = entries(look) else {
        return Some(format!(
            "Defender's list of its machine actions could not be read: {}",
            said(look)
        ));
    };
    let newest = entries.first()?;
    let text = |name: &str| newest.get(name).and_then(Value::as_str).unwrap_or("?");
    match (text("type"), text("status")) {
        ("UnrestrictCodeExecution", "Succeeded") => None,
        (kind, status) => Some(format!(
            "its newest machine action at Defender is {kind}, {status}: it may be restricted, or about to be"
        )),
    }
}

impl Asked {
    /// What the reply answers.
    pub fn judge(&self, reply: &Result<Look, NotRead>, now: Timestamp) -> Vec<Answer> {
        match reply {
            Ok(look) if look.status == 429 => {
                vec![Answer::not_asked(self.name, "Defender throttled the read (429)")]
            }
            Ok(look) => (self.judge)(look, now),
            Err(NotRead::Held(why)) => vec![Answer::not_asked(self.name, why.clone())],
            Err(NotRead::Store(error)) => vec![Answer::not_asked(self.name, chain(error))],
            Err(NotRead::Defender(error)) => vec![Answer::unclear(self.name, error.to_string())],
        }
    }
}

/// A reply that is not what was hoped for, in a few words.
fn said(look: &Look) -> String {
    match &look.refusal {
        Some(said) => format!("status {}: {} {}", look.status, said.code, said.message),
        None => format!("status {}", look.status),
    }
}

fn entries(look: &Look) -> Option<&Vec<Value>> {
    let entries = look.body.as_ref()?.get("value")?.as_array();
    entries.filter(|_| (200..300).contains(&look.status))
}

fn clock_and_latency(look: &Look, _: Timestamp) -> Vec<Answer> {
    let clock = match look.date {
        Some(date) => {
            let apart = date.duration_since(look.at);
            let millis = apart.as_secs_f64() * 1_000.0;
            Answer::of(
                "clock",
                format!("{millis:+.0} ms, told in whole seconds (this machine's is 0)"),
            )
            .figure(millis.round(), "ms")
        }
        None => Answer::unclear("clock", "the reply has no `Date`"),
    };
    let took = look.took.as_secs_f64() * 1_000.0;
    let latency =
        Answer::of("read_latency", format!("{took:.0} ms, connecting included")).figure(took.round(), "ms");
    vec![clock, latency]
}

fn available(look: &Look, _: Timestamp) -> Vec<Answer> {
    let name = "available_actions";
    let Some(entries) = entries(look) else {
        return vec![match look.status {
            404 => Answer::of(name, "no: status 404"),
            _ => Answer::unclear(name, said(look)),
        }];
    };
    let of = entries
        .iter()
        .find(|entry| entry.get("action").and_then(Value::as_str) == Some("RestrictCodeExecution"));
    vec![match of {
        Some(entry) if entry.get("isAvailable").and_then(Value::as_bool) == Some(true) => {
            Answer::of(name, "yes; RestrictCodeExecution is available on this device")
        }
        Some(entry) => {
            let why = entry
                .get("notSupportedReason")
                .and_then(Value::as_str)
                .unwrap_or("no reason given");
            Answer::of(
                name,
                format!("yes; RestrictCodeExecution is not available on this device: {why}"),
            )
        }
        None => Answer::of(
            name,
            format!(
                "yes, with {} actions, and RestrictCodeExecution is none of them",
                entries.len()
            ),
        ),
    }]
}

fn history(look: &Look, _: Timestamp) -> Vec<Answer> {
    let name = "device_history";
    vec![match (entries(look), look.status) {
        (Some(_), _) => Answer::of(name, "yes"),
        (None, 404) => Answer::of(name, "no: status 404"),
        (None, _) => Answer::unclear(name, said(look)),
    }]
}

fn filtered(look: &Look, now: Timestamp) -> Vec<Answer> {
    let name = "filter_last_update";
    let Some(entries) = entries(look) else {
        return vec![Answer::of(name, format!("no: {}", said(look)))];
    };
    let yesterday = now.checked_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let at = entries
        .first()
        .and_then(|entry| time(entry, "lastUpdateDateTimeUtc"));
    vec![match (entries.is_empty(), at) {
        (true, _) => Answer::of(name, "yes, it is accepted; nothing was updated in the last day"),
        (false, Some(at)) if at.duration_since(yesterday) > -SignedDuration::from_secs(1) => {
            Answer::of(name, "yes")
        }
        (false, Some(at)) => Answer::of(
            name,
            format!("no: it was accepted, and showed an action of {at:.0}"),
        ),
        (false, None) => Answer::unclear(name, "the action shown has no time"),
    }]
}

fn counted(look: &Look, _: Timestamp) -> Vec<Answer> {
    let name = "count";
    let count = look
        .body
        .as_ref()
        .and_then(|body| body.get("@odata.count"))
        .and_then(Value::as_u64);
    vec![match (count, entries(look)) {
        (Some(count), _) => {
            Answer::of(name, format!("yes: {count} machine actions")).figure(count as f64, "actions")
        }
        (None, Some(_)) => Answer::of(name, "no: it is accepted, and nothing is counted"),
        (None, None) => Answer::of(name, format!("no: {}", said(look))),
    }]
}

fn oldest(look: &Look, now: Timestamp) -> Vec<Answer> {
    let name = "oldest_action";
    let Some(entries) = entries(look) else {
        return vec![Answer::unclear(name, said(look))];
    };
    let at = entries
        .first()
        .and_then(|entry| time(entry, "creationDateTimeUtc"));
    vec![match at {
        Some(at) => {
            let age = now.duration_since(at);
            Answer::of(name, format!("at least {}: the oldest is of {at:.0}", span(age)))
                .figure((age.as_secs_f64() / 86_400.0 * 10.0).round() / 10.0, "days")
        }
        None => Answer::unclear(name, "the list is empty"),
    }]
}

/// A time of an entity.
pub fn time(entry: &Value, name: &str) -> Option<Timestamp> {
    entry.get(name)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::report::Outcome;
    use super::*;
    use crate::domain::answer::Refusal;

    fn now() -> Timestamp {
        "2026-11-22T03:00:00Z".parse().expect("a time")
    }

    fn look(status: u16, body: Value) -> Look {
        Look {
            status,
            date: Some(now()),
            retry_after: None,
            refusal: (status >= 400).then(|| Refusal {
                status,
                code: "BadRequest".to_owned(),
                message: "no".to_owned(),
                target: None,
                is_of_device: false,
            }),
            body: Some(body),
            took: Duration::from_millis(42),
            at: now() + SignedDuration::from_millis(400),
            error: None,
        }
    }

    fn answers(name: &str, look: Look) -> Vec<(Outcome, String)> {
        let device = DeviceId::from_stored("a".repeat(40));
        let all = all(&device, now());
        let asked = all
            .iter()
            .find(|asked| asked.name == name)
            .expect("it is a question");
        let answers = asked.judge(&Ok(look), now());
        answers.into_iter().map(|one| (one.outcome, one.answer)).collect()
    }

    fn check(name: &str, status: u16, body: Value, outcome: Outcome, answer: &str) {
        let (came, said) = answers(name, look(status, body)).swap_remove(0);
        assert_eq!((came, said.as_str()), (outcome, answer), "{name}");
    }

    #[test]
    fn what_a_reply_says_is_told_with_its_figure() {
        use Outcome::{Answered, Unclear};
        let clock = "-400 ms, told in whole seconds (this machine's is 0)";
        check("clock", 200, json!({"value": []}), Answered, clock);
        let list = |available: bool| json!({"value": [{"action": "RestrictCodeExecution", "isAvailable": available, "notSupportedReason": "os"}]});
        let available = "yes; RestrictCodeExecution is available on this device";
        check("available_actions", 200, list(true), Answered, available);
        let not = "yes; RestrictCodeExecution is not available on this device: os";
        check("available_actions", 200, list(false), Answered, not);
        check("available_actions", 404, json!({}), Answered, "no: status 404");
        check(
            "available_actions",
            403,
            json!({}),
            Unclear,
            "status 403: BadRequest no",
        );
        check("device_history", 200, json!({"value": []}), Answered, "yes");
        let actions = |at: &str| json!({"value": [{"lastUpdateDateTimeUtc": at, "creationDateTimeUtc": at}]});
        check(
            "filter_last_update",
            200,
            actions("2026-11-22T02:00:00.1234567Z"),
            Answered,
            "yes",
        );
        let kept = "no: it was accepted, and showed an action of 2026-11-01T00:00:00Z";
        check(
            "filter_last_update",
            200,
            actions("2026-11-01T00:00:00Z"),
            Answered,
            kept,
        );
        check(
            "filter_last_update",
            400,
            json!({}),
            Answered,
            "no: status 400: BadRequest no",
        );
        check(
            "count",
            200,
            json!({"@odata.count": 7, "value": []}),
            Answered,
            "yes: 7 machine actions",
        );
        check(
            "count",
            200,
            json!({"value": []}),
            Answered,
            "no: it is accepted, and nothing is counted",
        );
        let oldest = "at least 21 d 3 h: the oldest is of 2026-11-01T00:00:00Z";
        check(
            "oldest_action",
            200,
            actions("2026-11-01T00:00:00Z"),
            Answered,
            oldest,
        );
        check(
            "oldest_action",
            429,
            json!({}),
            Outcome::NotAsked,
            "Defender throttled the read (429)",
        );
    }

    #[test]
    fn only_a_device_that_was_released_last_or_never_restricted_is_free() {
        let of = |kind: &str, status: &str| look(200, json!({"value": [{"type": kind, "status": status}]}));
        assert_eq!(not_free(&look(200, json!({"value": []}))), None);
        assert_eq!(not_free(&of("UnrestrictCodeExecution", "Succeeded")), None);
        for (kind, status) in [
            ("RestrictCodeExecution", "Succeeded"),
            ("RestrictCodeExecution", "Pending"),
            ("RestrictCodeExecution", "TimeOut"),
            ("UnrestrictCodeExecution", "Pending"),
            ("UnrestrictCodeExecution", "Failed"),
        ] {
            assert!(not_free(&of(kind, status)).is_some(), "{kind} {status}");
        }
        assert!(not_free(&look(500, json!({}))).is_some());
    }
}
