//! Evidence of Defender's streaming API that does not say what the alert is about, completed by the `AlertInfo` of the same alert.
//! The two come as records of their own, in any order, through other messages or partitions. Pure: `store` keeps what
//! `AlertInfo` said for a while, `worker::decide` lets evidence wait for it and judges what was put together, and the decision
//! keeps it.
//!
//! Only what came through a source that may do as much as the evidence's own, or more, completes it: whoever can send less
//! cannot make an alert graver, nor milder. And only what the evidence does not say is taken; what it says holds.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::alert::{Alert, Event, EventFormat, Severity};
use crate::domain::fact::Fact;
use crate::domain::trust::Trust;
use crate::domain::verdict::Verdict;

/// How long what an `AlertInfo` said is kept for evidence that comes later: an alert gains evidence for hours.
pub const KEPT: Duration = Duration::from_secs(24 * 3_600);

/// The first look after evidence came; later ones come after half as long again as it has waited.
const FIRST_LOOK: Duration = Duration::from_millis(200);

/// What an `AlertInfo` says of its alert.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertInfo {
    /// The event that said it.
    pub event_id: Uuid,
    /// What the source of that event may do.
    pub trust: Trust,
    /// What it said.
    #[serde(flatten)]
    pub facts: InfoFacts,
}

/// The facts that evidence may lack; an unknown one is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InfoFacts {
    /// [`Alert::title`]
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub title: Fact<String>,
    /// [`Alert::severity`]
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub severity: Fact<Severity>,
    /// [`Alert::category`]
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub category: Fact<String>,
    /// [`Alert::source`]
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub source: Fact<String>,
    /// [`Alert::techniques`]
    #[serde(skip_serializing_if = "Fact::is_unknown")]
    pub techniques: Fact<Vec<String>>,
}

/// The names of these facts in playbooks.
const NAMES: [&str; 5] = [
    "alert.title",
    "alert.severity",
    "alert.category",
    "alert.source",
    "alert.techniques",
];

impl InfoFacts {
    /// What an event says, if it is an `AlertInfo` of an alert that can be told from others.
    pub fn of(event: &Event) -> Option<Self> {
        let alert = &event.alert;
        (event.format == EventFormat::XdrAlertInfo && !alert.id.is_empty()).then(|| Self {
            title: alert.title.clone(),
            severity: alert.severity.clone(),
            category: alert.category.clone(),
            source: alert.source.clone(),
            techniques: alert.techniques.clone(),
        })
    }
}

impl AlertInfo {
    /// Whether it may complete what a source of such trust sent.
    pub fn may_complete(&self, trust: Trust) -> bool {
        self.trust <= trust
    }

    /// Says of the alert what its evidence does not.
    pub fn complete(&self, alert: &mut Alert) {
        fn fill<T: Clone>(fact: &mut Fact<T>, from: &Fact<T>) {
            if fact.is_unknown() {
                fact.clone_from(from);
            }
        }
        fill(&mut alert.title, &self.facts.title);
        fill(&mut alert.severity, &self.facts.severity);
        fill(&mut alert.category, &self.facts.category);
        fill(&mut alert.source, &self.facts.source);
        fill(&mut alert.techniques, &self.facts.techniques);
    }
}

/// Whether an event is evidence that an `AlertInfo` could complete. Evidence of today says everything itself.
pub fn lacks(event: &Event) -> bool {
    let alert = &event.alert;
    event.format == EventFormat::XdrAlertEvidence
        && !alert.id.is_empty()
        && (alert.title.is_unknown() || alert.severity.is_unknown() || alert.category.is_unknown())
}

/// Whether what a playbook said hangs on a fact that an `AlertInfo` would tell.
pub fn hangs_on_it(verdict: &Verdict) -> bool {
    let fact = verdict.because.strip_prefix("if_unknown.");
    fact.is_some_and(|fact| NAMES.contains(&fact))
}

/// When evidence that came at a moment, and has no `AlertInfo` by now, is looked at next; `None`: it has waited long enough.
pub fn next_look(came_at: Timestamp, now: Timestamp, wait: Duration) -> Option<Timestamp> {
    let end = came_at.checked_add(SignedDuration::try_from(wait).ok()?).ok()?;
    if now >= end {
        return None;
    }
    let waited = Duration::try_from(now.duration_since(came_at)).unwrap_or_default();
    let pause = SignedDuration::try_from((waited / 2).max(FIRST_LOOK)).ok()?;
    Some(now.checked_add(pause).map_or(end, |look| look.min(end)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(format: EventFormat, alert: Alert) -> Event {
        Event {
            format,
            alert,
            devices: Vec::new(),
            refused_devices: Vec::new(),
            hints: Vec::new(),
            remarks: Vec::new(),
        }
    }

    fn info(trust: Trust) -> AlertInfo {
        let alert = Alert {
            id: "1_1".to_owned(),
            title: Fact::Is("Ransomware".to_owned()),
            severity: Fact::Is(Severity::High),
            category: Fact::Absent,
            ..Alert::default()
        };
        AlertInfo {
            event_id: Uuid::nil(),
            trust,
            facts: InfoFacts::of(&event(EventFormat::XdrAlertInfo, alert)).expect("it is an info"),
        }
    }

    #[test]
    fn what_evidence_says_itself_holds() {
        let mut alert = Alert {
            id: "1_1".to_owned(),
            severity: Fact::Is(Severity::Low),
            ..Alert::default()
        };
        info(Trust::Act).complete(&mut alert);
        assert_eq!(alert.severity, Fact::Is(Severity::Low));
        assert_eq!(alert.title, Fact::Is("Ransomware".to_owned()));
        assert_eq!(alert.category, Fact::Absent);
        assert!(alert.techniques.is_unknown());
    }

    #[test]
    fn only_evidence_that_does_not_say_all_itself_lacks_something() {
        let bare = Alert {
            id: "1_1".to_owned(),
            ..Alert::default()
        };
        let whole = Alert {
            title: Fact::Absent,
            severity: Fact::Is(Severity::Low),
            category: Fact::Absent,
            ..bare.clone()
        };
        assert!(lacks(&event(EventFormat::XdrAlertEvidence, bare.clone())));
        assert!(!lacks(&event(EventFormat::XdrAlertEvidence, whole)));
        assert!(!lacks(&event(EventFormat::XdrAlertEvidence, Alert::default())));
        assert!(!lacks(&event(EventFormat::XdrAlertInfo, bare.clone())));
        assert!(InfoFacts::of(&event(EventFormat::XdrAlertEvidence, bare)).is_none());
    }

    #[test]
    fn a_source_that_may_do_less_completes_nothing_of_one_that_may_do_more() {
        for (of_info, of_evidence, may) in [
            (Trust::Act, Trust::Act, true),
            (Trust::Act, Trust::Observe, true),
            (Trust::AskRate, Trust::Act, false),
            (Trust::Ask, Trust::Act, false),
            (Trust::Observe, Trust::Ask, false),
            (Trust::Ask, Trust::Ask, true),
        ] {
            assert_eq!(
                info(of_info).may_complete(of_evidence),
                may,
                "{of_info:?} {of_evidence:?}"
            );
        }
    }

    #[test]
    fn what_is_kept_of_it_is_read_again_and_leaves_out_what_it_does_not_say() {
        let kept = serde_json::to_value(info(Trust::Act)).expect("it serialises");
        let expected = serde_json::json!({
            "event_id": Uuid::nil(), "trust": "act", "title": {"is": "Ransomware"}, "severity": {"is": "high"},
            "category": "absent", "source": "unknown",
        });
        let mut expected = expected;
        expected.as_object_mut().expect("an object").remove("source");
        assert_eq!(kept, expected);
        let read: AlertInfo = serde_json::from_value(kept).expect("it was written by the same version");
        assert_eq!(read, info(Trust::Act));
    }

    #[test]
    fn evidence_is_looked_at_ever_more_rarely_until_its_wait_is_over() {
        let came = Timestamp::from_second(1_000_000).expect("in range");
        let wait = Duration::from_secs(60);
        let (mut now, mut looks) = (came, 0);
        while let Some(next) = next_look(came, now, wait) {
            assert!(next > now && next.duration_since(came) <= SignedDuration::from_secs(60));
            (now, looks) = (next, looks + 1);
        }
        assert_eq!(now.duration_since(came), SignedDuration::from_secs(60));
        assert!(looks < 20, "{looks} looks");
        assert_eq!(next_look(came, came, Duration::ZERO), None);
    }
}
