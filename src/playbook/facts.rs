//! The one table of facts: what a playbook may test and fill in, with type, source and description of each. Type
//! checks, suggestions, evaluation and fill-ins all read it; nothing else lists facts.

use std::time::Duration;

use jiff::Timestamp;

use super::subject::{Seen, Subject};
use crate::domain::alert::Severity;
use crate::domain::device::DeviceKind;
use crate::domain::fact::Fact;
use crate::domain::guard::MAX_AHEAD;
use crate::yaml::suggest;

/// The type of a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Any text, compared without regard to case.
    Text,
    /// A list of texts.
    List,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words, in ascending order.
    Level(&'static [&'static str]),
    /// A moment.
    Time,
    /// The time since a moment.
    Age,
}

impl Type {
    /// In the operator's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::List => "a list of texts",
            Self::Word(_) => "a word",
            Self::Level(_) => "an ordered word",
            Self::Time => "a time",
            Self::Age => "an age",
        }
    }
}

/// One fact.
#[derive(Debug)]
pub struct FactDef {
    /// The flat dotted name.
    pub name: &'static str,
    /// Its type.
    pub ty: Type,
    /// Where it comes from.
    pub source: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Whether it can become known by fetching the device from Defender's inventory.
    pub fetched: bool,
    read: for<'s> fn(&'s Subject<'_>) -> Fact<Seen<'s>>,
}

impl FactDef {
    /// What is known of this fact.
    pub fn read<'s>(&self, subject: &'s Subject<'_>) -> Fact<Seen<'s>> {
        (self.read)(subject)
    }

    /// Whether an event or a device may come without it. Every event has an id and happened, and what is done is done to
    /// a device of a tenant.
    pub fn may_be_missing(&self) -> bool {
        !matches!(
            self.name,
            "alert.event" | "alert.id" | "device.id" | "tenant.name"
        )
    }
}

/// The fact that is always a list, if only an empty one: quell tells it of itself.
pub const ALWAYS_A_LIST: &str = "device.restricted_by";

/// The fact with that name.
pub fn find(name: &str) -> Option<&'static FactDef> {
    FACTS.iter().find(|fact| fact.name == name)
}

/// A help line for a name that is no fact.
pub fn suggest(name: &str) -> String {
    let names = FACTS.iter().map(|fact| fact.name);
    let after_dot = |whole: &'static str| whole.split_once('.').map_or(whole, |(_, last)| last);
    let last = name.rsplit('.').next().unwrap_or(name);
    names
        .clone()
        .find(|whole| after_dot(whole) == last)
        .or_else(|| suggest::nearest(name, names))
        .map_or_else(
            || "`quell facts` lists them; they begin with `alert.`, `device.` or `tenant.`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        )
}

const EVENTS: &[&str] = &["new", "updated", "resolved"];
const SEVERITIES: &[&str] = &["informational", "low", "medium", "high"];
const KINDS: &[&str] = &["workstation", "server", "domain_controller"];
const VALUES: &[&str] = &["low", "normal", "high"];
const RISKS: &[&str] = &["none", "informational", "low", "medium", "high"];
const EXPOSURES: &[&str] = &["none", "low", "medium", "high"];
const EVENT: &str = "the event";
const INVENTORY: &str = "Defender's device inventory";
const QUELL: &str = "quell";

/// Every fact there is.
pub static FACTS: &[FactDef] = &[
    event(
        "alert.event",
        Type::Word(EVENTS),
        "what happened to the alert",
        |s| Fact::Is(Seen::Text(s.event.as_str().into())),
    ),
    event(
        "alert.id",
        Type::Text,
        "the alert's id, the same in every feed",
        |s| known(&s.alert.id),
    ),
    event(
        "alert.title",
        Type::Text,
        "the title; an attacker can influence it",
        |s| text(&s.alert.title),
    ),
    event(
        "alert.severity",
        Type::Level(SEVERITIES),
        "how bad the source says it is; any other word is unknown",
        |s| match s.alert.severity {
            Fact::Is(severity) => Fact::Is(Seen::Text(Severity::as_str(severity).into())),
            Fact::Absent => Fact::Absent,
            Fact::Unknown => Fact::Unknown,
        },
    ),
    event(
        "alert.category",
        Type::Text,
        "the category, e.g. `Ransomware`",
        |s| text(&s.alert.category),
    ),
    event(
        "alert.source",
        Type::Text,
        "the detection source, e.g. `WindowsDefenderAtp`",
        |s| text(&s.alert.source),
    ),
    event(
        "alert.techniques",
        Type::List,
        "MITRE technique ids, e.g. `T1059.001`",
        |s| list(&s.alert.techniques),
    ),
    event(
        "alert.classification",
        Type::Text,
        "the classification, e.g. `FalsePositive`",
        |s| text(&s.alert.classification),
    ),
    event(
        "alert.determination",
        Type::Text,
        "the determination, e.g. `Malware`",
        |s| text(&s.alert.determination),
    ),
    event(
        "alert.status",
        Type::Text,
        "the status: `new`, `in_progress`, `resolved`, …",
        |s| text(&s.alert.status),
    ),
    event(
        "alert.user",
        Type::Text,
        "the user concerned, as `domain\\name` or UPN",
        |s| text(&s.alert.user),
    ),
    event(
        "alert.age",
        Type::Age,
        "the time since the news happened",
        |s| match s.alert.occurred_at {
            Fact::Is(at) => ago(at, s),
            Fact::Absent | Fact::Unknown => Fact::Unknown,
        },
    ),
    event(
        "alert.incident_id",
        Type::Text,
        "the incident it belongs to",
        |s| text(&s.alert.incident_id),
    ),
    own(
        "device.id",
        Type::Text,
        "Defender's id of the device",
        |s| match s.device_id {
            Some(id) => Fact::Is(Seen::Text(id.as_str().into())),
            None => Fact::Absent,
        },
    ),
    device("device.name", Type::Text, "the DNS name", |s| {
        text(&s.device.name)
    }),
    device(
        "device.kind",
        Type::Word(KINDS),
        "what kind of machine it is",
        |s| match s.device.kind {
            Fact::Is(kind) => Fact::Is(Seen::Text(kind_name(kind).into())),
            Fact::Absent => Fact::Absent,
            Fact::Unknown => Fact::Unknown,
        },
    ),
    device("device.os", Type::Text, "the platform, e.g. `Windows11`", |s| {
        text(&s.device.os)
    }),
    device("device.os_version", Type::Text, "the version, e.g. `22H2`", |s| {
        text(&s.device.os_version)
    }),
    device(
        "device.tags",
        Type::List,
        "the tags, without blanks around them; an empty list is known and empty",
        |s| tags(&s.device.tags),
    ),
    device("device.group", Type::Text, "the device group", |s| {
        text(&s.device.group)
    }),
    device("device.value", Type::Word(VALUES), "the device value", |s| {
        text(&s.device.value)
    }),
    device("device.risk", Type::Level(RISKS), "the risk score", |s| {
        text(&s.device.risk)
    }),
    device(
        "device.exposure",
        Type::Level(EXPOSURES),
        "the exposure level",
        |s| text(&s.device.exposure),
    ),
    device(
        "device.health",
        Type::Text,
        "the sensor's health, e.g. `Active`",
        |s| text(&s.device.health),
    ),
    device(
        "device.onboarding",
        Type::Text,
        "the onboarding status, e.g. `Onboarded`",
        |s| text(&s.device.onboarding),
    ),
    device(
        "device.merged_into",
        Type::Text,
        "the id that Defender has for the device in place of this one; absent when there is none",
        |s| text(&s.device.merged_into),
    ),
    device(
        "device.last_seen",
        Type::Time,
        "the last full report, about daily; not whether it is online",
        |s| match s.device.last_seen {
            Fact::Is(at) => ago(at, s),
            Fact::Absent => Fact::Absent,
            Fact::Unknown => Fact::Unknown,
        },
    ),
    own(
        ALWAYS_A_LIST,
        Type::List,
        "the playbooks that hold the device; always a list: `{matches: '.'}` is any",
        |s| list(&s.restricted_by),
    ),
    own("tenant.name", Type::Text, "the tenant's name", |s| {
        known(s.tenant)
    }),
];

type Read = for<'s> fn(&'s Subject<'_>) -> Fact<Seen<'s>>;

const fn event(name: &'static str, ty: Type, description: &'static str, read: Read) -> FactDef {
    FactDef {
        name,
        ty,
        source: EVENT,
        description,
        fetched: false,
        read,
    }
}

const fn device(name: &'static str, ty: Type, description: &'static str, read: Read) -> FactDef {
    FactDef {
        name,
        ty,
        source: INVENTORY,
        description,
        fetched: true,
        read,
    }
}

const fn own(name: &'static str, ty: Type, description: &'static str, read: Read) -> FactDef {
    FactDef {
        name,
        ty,
        source: QUELL,
        description,
        fetched: false,
        read,
    }
}

/// The name of a kind in playbooks and tests.
pub fn kind_name(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Workstation => "workstation",
        DeviceKind::Server => "server",
        DeviceKind::DomainController => "domain_controller",
    }
}

fn known(text: &str) -> Fact<Seen<'_>> {
    if text.is_empty() {
        Fact::Absent
    } else {
        Fact::Is(Seen::Text(text.into()))
    }
}

fn text(fact: &Fact<String>) -> Fact<Seen<'_>> {
    match fact {
        Fact::Is(value) => known(value),
        Fact::Absent => Fact::Absent,
        Fact::Unknown => Fact::Unknown,
    }
}

fn list(fact: &Fact<Vec<String>>) -> Fact<Seen<'_>> {
    match fact {
        Fact::Is(values) => Fact::Is(Seen::List(values.into())),
        Fact::Absent => Fact::Absent,
        Fact::Unknown => Fact::Unknown,
    }
}

/// Without the blanks around them, which nobody sees: a guard that names a tag must not miss it for one. Defender's text is kept as it
/// came, so that what was stored before is read alike.
fn tags(fact: &Fact<Vec<String>>) -> Fact<Seen<'_>> {
    match fact {
        Fact::Is(tags) if tags.iter().any(|tag| tag.trim() != tag) => {
            let trimmed: Vec<String> = tags.iter().map(|tag| tag.trim().to_owned()).collect();
            Fact::Is(Seen::List(trimmed.into()))
        }
        _ => list(fact),
    }
}

/// How long ago it was. A moment further ahead than clocks differ is not believed.
fn ago(at: Timestamp, subject: &Subject<'_>) -> Fact<Seen<'static>> {
    let age = subject.now.duration_since(at);
    match Duration::try_from(age) {
        Ok(age) => Fact::Is(Seen::Ago(age.saturating_mul(subject.time_scale.max(1)))),
        Err(_) if age.unsigned_abs() <= MAX_AHEAD => Fact::Is(Seen::Ago(Duration::ZERO)),
        Err(_) => Fact::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::domain::alert::{Alert, EventKind};
    use crate::domain::device::DeviceFacts;

    #[test]
    fn every_fact_has_one_name_and_a_description() {
        let names: BTreeSet<_> = FACTS.iter().map(|fact| fact.name).collect();
        assert_eq!(names.len(), FACTS.len());
        for fact in FACTS {
            assert!(
                ["alert.", "device.", "tenant."]
                    .iter()
                    .any(|prefix| fact.name.starts_with(prefix))
            );
            assert!(!fact.description.is_empty() && !fact.source.is_empty());
        }
    }

    #[test]
    fn the_words_of_the_table_are_those_of_the_domain() {
        assert_eq!(SEVERITIES, Severity::ALL.map(Severity::as_str));
        for event in EVENTS {
            assert!(EventKind::parse(event).is_some());
        }
        for kind in [
            DeviceKind::Workstation,
            DeviceKind::Server,
            DeviceKind::DomainController,
        ] {
            let json = serde_json::to_value(kind).expect("a kind is a word");
            assert_eq!(json.as_str(), Some(kind_name(kind)));
            assert!(KINDS.contains(&kind_name(kind)));
        }
    }

    #[test]
    fn a_moment_far_ahead_is_unknown_and_a_little_ahead_is_now() {
        let (alert, device) = (Alert::default(), DeviceFacts::default());
        let subject = Subject {
            alert: &alert,
            event: EventKind::New,
            device_id: None,
            device: &device,
            tenant: "contoso",
            now: Timestamp::from_second(1_000_000).expect("in range"),
            time_scale: 1,
            restricted_by: Fact::Unknown,
        };
        let at = |second| ago(Timestamp::from_second(second).expect("in range"), &subject);
        assert_eq!(at(999_940), Fact::Is(Seen::Ago(Duration::from_secs(60))));
        assert_eq!(at(1_000_300), Fact::Is(Seen::Ago(Duration::ZERO)));
        assert_eq!(at(1_000_301), Fact::Unknown);
    }
}
