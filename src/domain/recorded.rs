//! What is kept of a decision, in few bytes: the rulings that are not plain no-match, and the facts that everything was
//! judged by. Millions of rows have this form, so what can be read elsewhere (the event, the playbook's text) is not here.
//!
//! `worker::decide` makes it, `store` keeps it, `quell explain` reads it. Pure; nothing here decides.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::alert::Event;
use crate::domain::alert_info::AlertInfo;
use crate::domain::decision::{DecisionKind, Rules, Ruling, Situation};
use crate::domain::device::DeviceFacts;
use crate::domain::fact::Fact;
use crate::domain::limit::Usage;
use crate::domain::verdict::{Mode, Most, Wish};

/// What is kept of one ruling. The names are short because they stand in every row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRuling {
    /// The playbook's id; its revision is that of the decision's set.
    #[serde(rename = "p")]
    pub playbook: String,
    /// What followed.
    #[serde(rename = "k")]
    pub kind: DecisionKind,
    /// Why.
    #[serde(rename = "r")]
    pub reason: String,
    /// What the playbook itself said, when that is not the reason: `matched`, `ask`, `unless.…`, `if_unknown.…`.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// The line of the playbook that decided, when one did.
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// The mode that held, when it is not the playbook's own.
    #[serde(rename = "m", default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<Mode>,
    /// How many distinct devices each limit, then each cap, had counted, when they were asked.
    #[serde(rename = "n", default, skip_serializing_if = "Vec::is_empty")]
    pub counts: Vec<u32>,
    /// How many devices the fleet had, when a limit is a part of it and that was known.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<u64>,
}

impl RecordedRuling {
    /// What is kept of a ruling. `usage` is what the limits had counted when they were asked.
    pub fn of(ruling: &Ruling, situation: &Situation<'_>, usage: &Usage) -> Self {
        let verdict = &ruling.verdict;
        let number = |line: &String| line.rsplit(':').next()?.parse().ok();
        let counts = counts(ruling, situation, usage);
        let asks_fleet = !counts.is_empty()
            && verdict
                .limits
                .iter()
                .any(|limit| matches!(limit.most, Most::PercentOfFleet(_)));
        Self {
            playbook: verdict.playbook.clone(),
            kind: ruling.kind,
            reason: ruling.reason.clone(),
            because: (verdict.because != ruling.reason).then(|| verdict.because.clone()),
            line: verdict.line.as_ref().and_then(number),
            mode: (verdict.mode != ruling.mode).then_some(ruling.mode),
            counts,
            fleet: situation.fleet.filter(|_| asks_fleet),
        }
    }
}

/// The counters of the limits and caps, in their order; none when they were not asked.
fn counts(ruling: &Ruling, situation: &Situation<'_>, usage: &Usage) -> Vec<u32> {
    let verdict = &ruling.verdict;
    let held_before = [
        "never.",
        "ineligible.",
        "if_unknown.",
        "freshness",
        "mode.",
        "trust.",
        "surge.",
    ]
    .iter()
    .any(|reason| ruling.reason.starts_with(reason));
    let is_running = situation.is_running(ruling.mode, verdict);
    if verdict.wish != Wish::Act || held_before || is_running || ruling.containment().is_none() {
        return Vec::new();
    }
    let limits = verdict
        .limits
        .iter()
        .map(|limit| (Some(verdict.playbook.clone()), ruling.mode, limit.per));
    let caps = situation
        .rules
        .caps
        .iter()
        .map(|cap| (None, ruling.mode, cap.per));
    limits
        .chain(caps)
        .map(|key| u32::try_from(usage.counted(&key)).unwrap_or(u32::MAX))
        .collect()
}

/// The rules of the installation, as decisions were made under them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRules {
    /// The rules, every span as it held in real time.
    #[serde(flatten)]
    pub rules: Rules,
    /// How many times faster than real time the installation ran.
    pub time_scale: u32,
}

/// What quell itself knew of the device when it decided; the inventory's facts are kept apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnFacts {
    /// The playbooks with an active containment on the device.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restricted_by: Vec<String>,
    /// What completed the event, where it was evidence that lacked something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_info: Option<AlertInfo>,
}

impl OwnFacts {
    /// The event as it was judged, from what arrived.
    pub fn complete(&self, event: &mut Event) {
        if let Some(info) = &self.alert_info {
            info.complete(&mut event.alert);
        }
    }
}

/// The name of the one fact that changes every day and is kept apart, so that a device's other facts are stored once.
const LAST_SEEN: &str = "last_seen";

/// A device's facts in the form in which they are kept: an absent one is null, an unknown one is left out, and
/// `last_seen` is left out unless it is absent.
pub fn facts_to_json(facts: &DeviceFacts) -> Result<Value, serde_json::Error> {
    let mut kept = Map::new();
    if let Value::Object(fields) = serde_json::to_value(facts)? {
        for (name, fact) in fields {
            match fact {
                Value::Object(mut is) if name != LAST_SEEN => {
                    kept.extend(is.remove("is").map(|value| (name, value)));
                }
                Value::String(word) if word == "absent" => {
                    kept.insert(name, Value::Null);
                }
                _ => {}
            }
        }
    }
    Ok(Value::Object(kept))
}

/// The facts of [`facts_to_json`]; `last_seen` is what was kept apart.
///
/// # Errors
/// A value that this version does not know.
pub fn facts_from_json(
    kept: Value,
    last_seen: Option<jiff::Timestamp>,
) -> Result<DeviceFacts, serde_json::Error> {
    let mut fields = Map::new();
    if let Value::Object(kept) = kept {
        for (name, value) in kept {
            let fact = match value {
                Value::Null => Value::from("absent"),
                value => Value::Object(Map::from_iter([("is".to_owned(), value)])),
            };
            fields.insert(name, fact);
        }
    }
    let mut facts: DeviceFacts = serde_json::from_value(Value::Object(fields))?;
    if let Some(at) = last_seen {
        facts.last_seen = Fact::Is(at);
    }
    Ok(facts)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::device::{DeviceId, DeviceKind};
    use crate::domain::guard::Protections;
    use crate::domain::verdict::{AskTerms, Lane, Limit, PlannedAction, Verdict};

    const HOUR: Duration = Duration::from_secs(3_600);

    /// A playbook that acts, of which 3 devices were counted in its limit of an hour.
    fn ruling(reason: &str) -> Ruling {
        let verdict = Verdict {
            playbook: "p".to_owned(),
            revision: "r".to_owned(),
            mode: Mode::Enforce,
            lane: Lane::Normal,
            wish: Wish::Act,
            because: "matched".to_owned(),
            line: Some("p.yaml:7".to_owned()),
            then: vec![PlannedAction::RestrictAppExecution {
                comment: "c".to_owned(),
                release_after: None,
                restart_on_match: false,
                release_when: Vec::new(),
            }],
            ask: None,
            limits: vec![Limit {
                most: Most::Devices(25),
                per: HOUR,
                otherwise_ask: true,
            }],
            canary: None,
            notify: Vec::new(),
        };
        Ruling {
            verdict,
            kind: DecisionKind::Act,
            mode: Mode::Enforce,
            reason: reason.to_owned(),
            ask: None,
            falls_back: false,
        }
    }

    fn recorded(ruling: &Ruling, restricted_by: &[crate::domain::measure::Held]) -> RecordedRuling {
        let now = jiff::Timestamp::from_second(1_000_000).expect("in range");
        let (device, facts) = (DeviceId::from_stored("d".to_owned()), DeviceFacts::default());
        let rules = Rules {
            ceiling: Mode::Enforce,
            freshness: HOUR,
            never: Protections::default(),
            caps: Vec::new(),
            surge: crate::domain::surge::Surge::default(),
            default_ask: AskTerms {
                from: vec!["soc".to_owned()],
                approvals: 1,
                within: HOUR,
                otherwise_act: false,
            },
        };
        let situation = Situation {
            rules: &rules,
            now,
            occurred_at: &Fact::Is(now),
            device_id: &device,
            device: &facts,
            restricted_by,
            fleet: None,
            fallbacks: &[],
            observed_by: &[],
            drivers: &[],
            trust: crate::domain::trust::Trust::Act,
        };
        let counted = (0..3).map(|n| DeviceId::from_stored(format!("d{n}")));
        let mut usage = Usage::default();
        usage.load((Some("p".to_owned()), Mode::Enforce, HOUR), counted);
        RecordedRuling::of(ruling, &situation, &usage)
    }

    #[test]
    fn why_the_playbook_matched_is_kept_only_when_the_reason_is_another() {
        assert_eq!(recorded(&ruling("matched"), &[]).because, None);
        let capped = recorded(&ruling("limits[0]"), &[]);
        assert_eq!(capped.because.as_deref(), Some("matched"));
        assert_eq!((capped.line, capped.mode), (Some(7), None));
        let mut observed = ruling("matched");
        observed.mode = Mode::Observe;
        assert_eq!(recorded(&observed, &[]).mode, Some(Mode::Observe));
    }

    #[test]
    fn counters_are_kept_of_limits_that_were_asked_and_of_no_others() {
        assert_eq!(recorded(&ruling("matched"), &[]).counts, [3]);
        assert_eq!(recorded(&ruling("limits[0]"), &[]).counts, [3]);
        let none: [u32; 0] = [];
        for held in [
            "never.tags",
            "ineligible.os",
            "if_unknown.device.tags",
            "freshness",
            "mode.off",
        ] {
            assert_eq!(recorded(&ruling(held), &[]).counts, none, "{held}");
        }
        let running = [("p".to_owned(), crate::domain::measure::Measure::Restriction)];
        assert_eq!(recorded(&ruling("matched"), &running).counts, none);
        let mut other = ruling("matched");
        other.verdict.wish = Wish::Ask;
        assert_eq!(recorded(&other, &[]).counts, none);
        other = ruling("matched");
        other.verdict.then.clear();
        assert_eq!(recorded(&other, &[]).counts, none);
        // One that only observes is not the containment that runs.
        other = ruling("matched");
        other.mode = Mode::Observe;
        other.verdict.limits.clear();
        assert_eq!(recorded(&other, &running).counts, none);
    }

    #[test]
    fn facts_come_back_as_they_were_kept_known_absent_and_unknown() {
        let at: jiff::Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let facts = DeviceFacts {
            name: Fact::Is("web-1".to_owned()),
            kind: Fact::Is(DeviceKind::Server),
            tags: Fact::Is(Vec::new()),
            group: Fact::Absent,
            last_seen: Fact::Is(at),
            ..DeviceFacts::default()
        };
        let kept = facts_to_json(&facts).expect("facts are JSON");
        let expected = serde_json::json!({"name": "web-1", "kind": "server", "tags": [], "group": null});
        assert_eq!(kept, expected);
        assert_eq!(
            facts_from_json(kept.clone(), Some(at)).expect("it is ours"),
            facts
        );
        let unknown = facts_from_json(kept, None).expect("it is ours");
        assert_eq!(unknown.last_seen, Fact::Unknown);
        for last_seen in [Fact::Absent, Fact::Unknown] {
            let facts = DeviceFacts {
                last_seen,
                ..DeviceFacts::default()
            };
            let kept = facts_to_json(&facts).expect("facts are JSON");
            assert_eq!(facts_from_json(kept, None).expect("it is ours"), facts);
        }
    }

    #[test]
    fn facts_that_differ_only_in_the_daily_report_are_kept_as_one() {
        let seen = |text: &str| DeviceFacts {
            name: Fact::Is("web-1".to_owned()),
            last_seen: Fact::Is(text.parse().expect("a time")),
            ..DeviceFacts::default()
        };
        let (monday, tuesday) = (seen("2026-11-23T03:00:00Z"), seen("2026-11-24T03:00:00Z"));
        assert_eq!(
            facts_to_json(&monday).expect("facts are JSON"),
            facts_to_json(&tuesday).expect("facts are JSON")
        );
    }
}
