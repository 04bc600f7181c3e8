//! Errors on demand: a rule names the calls it is about (by route, device and number) and what they are answered with.
//!
//! Kept by the hub, asked by the pipeline after the token, the windows and the roles, before the dice of [`super::fault`].
//! The first rule that is about a call is the one that holds. How an answer is brought about is the pipeline's business.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::simulator::options::{QuotaDialect, RetryAfter};
use crate::simulator::reply::Reply;
use crate::simulator::route::{Endpoint, Scope};
use crate::simulator::span::Span;

mod errors;

/// Which calls go wrong, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The endpoint, `actions`, `reads` or `all`. Default `all`.
    #[serde(default)]
    pub route: Scope,
    /// Only calls that name this device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// From which of these calls on, counted from 1 since the rule was set. Default the first.
    #[serde(default = "first")]
    pub from_call: u64,
    /// How many of them. Default all that follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// In how many percent of them. Default 100.
    #[serde(default = "always")]
    pub percent: f64,
    /// How long the rule holds, scaled. Default until it is taken away.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub lasts: Option<Span>,
    /// Whether the call is carried out before it is answered so. Default not.
    #[serde(default)]
    pub after_processing: bool,
    /// What the caller gets.
    pub answer: RuleAnswer,
}

/// What the caller gets instead of the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RuleAnswer {
    /// One of Defender's errors, in its envelope.
    Error {
        /// Its code, such as `DisabledFeature`.
        code: String,
        /// The status. Default the documented one of the code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        /// The text. Default the documented one of the code.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
    },
    /// The OData layer's error: 400, an empty code, no target.
    Odata {
        /// The text.
        message: String,
    },
    /// A gateway's page of HTML.
    Html {
        /// The status.
        status: u16,
    },
    /// No body at all.
    Empty {
        /// The status.
        status: u16,
    },
    /// A body that breaks off in the middle and is no text.
    Garbage {
        /// The status.
        status: u16,
    },
    /// Whatever is given.
    Body {
        /// The status.
        status: u16,
        /// The body, sent as JSON unless it begins with `<`.
        body: String,
    },
    /// 429, though no window is full: somebody else used it up.
    TooMany {
        /// How it is worded. Default as switched.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dialect: Option<QuotaDialect>,
        /// How it says when to come back. Default as switched.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
        /// When that is. Default a tenth of the shortest window.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        after: Option<Span>,
        /// Which window it names, by its length. Default the shortest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<Span>,
    },
    /// The connection is reset without one byte of answer.
    Reset,
    /// The connection is reset amid the answer; the call is carried out.
    Cut,
    /// The right answer, late by so much real time; the call is carried out.
    Slow {
        /// How late.
        by: Span,
    },
    /// The right answer, byte by byte; the call is carried out.
    Drip {
        /// The real time from one byte to the next.
        every: Span,
    },
}

fn first() -> u64 {
    1
}

fn always() -> f64 {
    100.0
}

impl FaultRule {
    /// A rule for every call of a scope.
    pub fn new(route: Scope, answer: RuleAnswer) -> Self {
        Self {
            route,
            device: None,
            from_call: first(),
            calls: None,
            percent: always(),
            lasts: None,
            after_processing: false,
            answer,
        }
    }

    /// Whether a call is carried out all the same.
    pub fn lets_through(&self) -> bool {
        let answered_late = matches!(
            self.answer,
            RuleAnswer::Cut | RuleAnswer::Slow { .. } | RuleAnswer::Drip { .. }
        );
        self.after_processing || answered_late
    }

    /// What makes no sense about it.
    pub fn senseless(&self) -> Option<String> {
        let status = match &self.answer {
            RuleAnswer::Error { code, status, .. } => match status.or_else(|| errors::status_of(code)) {
                Some(status) => Some(status),
                None => {
                    return Some(format!(
                        "an error `{code}` that is no documented one, so it needs a `status`"
                    ));
                }
            },
            RuleAnswer::Html { status }
            | RuleAnswer::Empty { status }
            | RuleAnswer::Garbage { status }
            | RuleAnswer::Body { status, .. } => Some(*status),
            _ => None,
        };
        if let Some(status) = status.filter(|status| !(200..600).contains(status)) {
            return Some(format!("a status of {status}; write 200 to 599"));
        }
        if !(0.0..=100.0).contains(&self.percent) {
            return Some(format!("a `percent` of {}; write 0 to 100", self.percent));
        }
        (self.from_call == 0).then(|| "a `from_call` of 0; calls are counted from 1".to_owned())
    }
}

impl RuleAnswer {
    /// The reply that stands in for the service's own; none where the service's own goes out, or nothing does, and for a
    /// 429, whose words depend on the switches.
    pub fn reply(&self) -> Option<Reply> {
        let code_of = |status: u16| StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
        match self {
            Self::Error {
                code,
                status,
                message,
            } => {
                let status = status.or_else(|| errors::status_of(code)).unwrap_or(400);
                let message = message.as_deref().unwrap_or_else(|| errors::message_of(code));
                Some(Reply::error(code_of(status), code, message))
            }
            Self::Odata { message } => Some(Reply::odata_error(message)),
            Self::Html { status } => Some(Reply::html(code_of(*status))),
            Self::Empty { status } => Some(Reply::bare(code_of(*status), "")),
            Self::Garbage { status } => Some(Reply::bare(code_of(*status), Reply::GARBAGE)),
            Self::Body { status, body } => Some(Reply::bare(code_of(*status), body)),
            Self::TooMany { .. } | Self::Reset | Self::Cut | Self::Slow { .. } | Self::Drip { .. } => None,
        }
    }

    /// Its name in the journal.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Error { .. } => "rule_error",
            Self::Odata { .. } => "rule_odata",
            Self::Html { .. } => "rule_html",
            Self::Empty { .. } => "rule_empty",
            Self::Garbage { .. } => "rule_garbage",
            Self::Body { .. } => "rule_body",
            Self::TooMany { .. } => "rule_too_many",
            Self::Reset => "rule_reset",
            Self::Cut => "rule_cut",
            Self::Slow { .. } => "rule_slow",
            Self::Drip { .. } => "rule_drip",
        }
    }
}

/// The rules in force, with what they have counted.
#[derive(Debug, Default)]
pub struct Rules(Vec<Active>);

#[derive(Debug)]
struct Active {
    rule: Arc<FaultRule>,
    until: Option<Instant>,
    seen: u64,
}

impl Rules {
    /// Puts a rule in force, behind those that are; `lasts` is how long that is here.
    pub fn add(&mut self, rule: FaultRule, lasts: Option<Duration>, now: Instant) {
        self.0.push(Active {
            rule: Arc::new(rule),
            until: lasts.map(|lasts| now + lasts),
            seen: 0,
        });
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Those in force.
    pub fn list(&mut self, now: Instant) -> Vec<FaultRule> {
        self.expire(now);
        self.0.iter().map(|active| (*active.rule).clone()).collect()
    }

    /// Counts a call, and gives the rule that holds for it.
    pub fn apply(
        &mut self,
        endpoint: Endpoint,
        device: Option<&str>,
        now: Instant,
        dice: &mut fastrand::Rng,
    ) -> Option<Arc<FaultRule>> {
        self.expire(now);
        let mut holds = None;
        for active in &mut self.0 {
            let rule = &active.rule;
            let about = rule.route.holds(endpoint)
                && rule.device.as_deref().is_none_or(|wanted| device == Some(wanted));
            if !about {
                continue;
            }
            active.seen += 1;
            let place = active.seen.checked_sub(rule.from_call);
            let counts = place.is_some_and(|place| rule.calls.is_none_or(|calls| place < calls));
            if holds.is_none() && counts && dice.f64() * 100.0 < rule.percent {
                holds = Some(Arc::clone(rule));
            }
        }
        holds
    }

    fn expire(&mut self, now: Instant) {
        self.0
            .retain(|active| active.until.is_none_or(|until| now < until));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(json: &str) -> FaultRule {
        serde_json::from_str(json).expect("it is a rule")
    }

    #[tokio::test]
    async fn a_rule_holds_for_its_route_its_device_and_its_calls_only() {
        let mut rules = Rules::default();
        let now = Instant::now();
        rules.add(
            rule(
                r#"{"route":"restrict","device":"d","from_call":2,"calls":2,"answer":{"error":{"code":"Forbidden"}}}"#,
            ),
            Some(Duration::from_secs(10)),
            now,
        );
        let mut dice = fastrand::Rng::with_seed(1);
        let mut holds = |endpoint, device, at| rules.apply(endpoint, Some(device), at, &mut dice).is_some();
        assert!(!holds(Endpoint::Isolate, "d", now), "another route");
        assert!(!holds(Endpoint::Restrict, "e", now), "another device");
        let held: Vec<bool> = (0..4).map(|_| holds(Endpoint::Restrict, "d", now)).collect();
        assert_eq!(held, [false, true, true, false]);
        let later = now + Duration::from_secs(10);
        assert!(rules.list(later).is_empty(), "its time is over");
    }

    #[test]
    fn each_documented_code_has_its_status_and_an_undocumented_one_needs_one() {
        let of = |json: &str| rule(&format!(r#"{{"answer":{{"error":{json}}}}}"#));
        for (code, status) in errors::ALL.map(|(code, status, _)| (code, status)) {
            let reply = of(&format!(r#"{{"code":"{code}"}}"#)).answer.reply();
            assert_eq!(reply.map(|reply| reply.status.as_u16()), Some(status), "{code}");
        }
        let unknown = of(r#"{"code":"Novelty"}"#).senseless();
        assert!(unknown.is_some_and(|why| why.contains("needs a `status`")));
        assert_eq!(of(r#"{"code":"Novelty","status":418}"#).senseless(), None);
        assert!(of(r#"{"code":"Novelty","status":99}"#).senseless().is_some());
    }
}
