//! Telling others: what is told, to whom, and how single things become messages. `store` keeps the messages, `worker::tell` moves them
//! on, `outbound` writes and sends them. Pure: nothing here sends anything.

mod gathering;
mod words;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::alert::Severity;

pub use gathering::{Gathered, Gathering, Spans};

/// What a receiver may want to be told of without being named by a playbook: `on` in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// A person is asked.
    Asked,
    /// A containment became active.
    Acted,
    /// A device that should be restricted is not, and a person must look.
    Failed,
    /// A containment ended.
    Released,
    /// What a person must be told of, whatever it is about.
    Alarms,
    /// A stop begins or ends.
    Stops,
    /// What was decided of an event, but for what was skipped.
    Decisions,
    /// An action left, or came to its end.
    Actions,
}

impl Topic {
    /// All, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Asked,
        Self::Acted,
        Self::Failed,
        Self::Released,
        Self::Alarms,
        Self::Stops,
        Self::Decisions,
        Self::Actions,
    ];

    /// The name in the configuration and in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Acted => "acted",
            Self::Failed => "failed",
            Self::Released => "released",
            Self::Alarms => "alarms",
            Self::Stops => "stops",
            Self::Decisions => "decisions",
            Self::Actions => "actions",
        }
    }

    /// The topic of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.as_str() == name)
    }
}

/// What a message is about: the type of its CloudEvent, after `quell.`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Containments became active.
    ContainmentBegun,
    /// People are asked.
    ApprovalAsked,
    /// Containments that could not be put in force.
    ContainmentFailed,
    /// Containments ended.
    ContainmentEnded,
    /// Alarms.
    AlarmRaised,
    /// A stop begins.
    StopBegun,
    /// A stop ended.
    StopEnded,
    /// Decisions.
    DecisionMade,
    /// Actions that left or ended.
    ActionChanged,
    /// More than single messages can carry: counts of everything.
    Digest,
    /// A person tries the receiver out.
    Test,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::ContainmentBegun,
        Self::ApprovalAsked,
        Self::ContainmentFailed,
        Self::ContainmentEnded,
        Self::AlarmRaised,
        Self::StopBegun,
        Self::StopEnded,
        Self::DecisionMade,
        Self::ActionChanged,
        Self::Digest,
        Self::Test,
    ];

    /// The name in SQL, JSON and, after `quell.`, in CloudEvents.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContainmentBegun => "containment.begun",
            Self::ApprovalAsked => "approval.asked",
            Self::ContainmentFailed => "containment.failed",
            Self::ContainmentEnded => "containment.ended",
            Self::AlarmRaised => "alarm.raised",
            Self::StopBegun => "stop.begun",
            Self::StopEnded => "stop.ended",
            Self::DecisionMade => "decision.made",
            Self::ActionChanged => "action.changed",
            Self::Digest => "digest",
            Self::Test => "test",
        }
    }

    /// The kind of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// What a topic's things are messages of; `happened` is what became of them.
    pub fn of(topic: Topic, happened: &str) -> Self {
        match topic {
            Topic::Asked => Self::ApprovalAsked,
            Topic::Acted => Self::ContainmentBegun,
            Topic::Failed => Self::ContainmentFailed,
            Topic::Released => Self::ContainmentEnded,
            Topic::Alarms => Self::AlarmRaised,
            Topic::Stops if happened == "ended" => Self::StopEnded,
            Topic::Stops => Self::StopBegun,
            Topic::Decisions => Self::DecisionMade,
            Topic::Actions => Self::ActionChanged,
        }
    }
}

/// One thing that is told. What is not known, or makes no sense for its kind, is left out. Of an alert there is nothing in it but its id
/// and severity: what a sender wrote goes to nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Thing {
    /// When it happened.
    pub at: Option<Timestamp>,
    /// What became of it: the state of an action, the kind of a decision or alarm, the scope of a stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    /// The device's id at Defender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// Its name, as far as known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_name: Option<String>,
    /// The playbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub playbook: Option<String>,
    /// Its revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The alert at Defender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_id: Option<String>,
    /// The alert's severity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// Why, in a sentence.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Who or what did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// `restriction` or `isolation`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// Until when it holds, or may be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Our containment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub containment_id: Option<Uuid>,
    /// Our action.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_id: Option<Uuid>,
    /// What the action does: `restrict`, `release`, …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// Its machine action at Defender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defender_id: Option<String>,
    /// The event that was decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<Uuid>,
    /// The stop.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_id: Option<Uuid>,
    /// The request that people answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<i64>,
}

impl Thing {
    /// How people know its device.
    pub fn device(&self) -> Option<&str> {
        self.device_name.as_deref().or(self.device_id.as_deref())
    }
}

/// Who wants what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wants {
    /// The receiver's name, by which playbooks name it too.
    pub name: String,
    /// Of what it is told without being named.
    pub on: Vec<Topic>,
    /// Only of these tenants; empty: of all.
    pub tenants: Vec<String>,
    /// Without being named, only of alerts that are at least so severe. What comes of no alert is told all the same.
    pub severity: Option<Severity>,
    /// It keeps records: it gets every single thing, in full.
    pub keeps_all: bool,
}

impl Wants {
    /// Whether it is told of anything of that tenant.
    pub fn is_for(&self, tenant: &str) -> bool {
        self.tenants.is_empty() || self.tenants.iter().any(|name| name == tenant)
    }

    /// Whether it is told of that without being named by a playbook.
    pub fn takes(&self, tenant: &str, topic: Topic, thing: &Thing) -> bool {
        let severity = thing.severity.as_deref().and_then(Severity::parse);
        let is_severe = match (self.severity, severity) {
            (Some(least), Some(severity)) => severity >= least,
            _ => true,
        };
        self.is_for(tenant) && self.on.contains(&topic) && is_severe
    }
}

/// A message as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Stays the same over all tries.
    pub id: Uuid,
    /// The tenant's name.
    pub tenant: String,
    /// The receiver's name.
    pub receiver: String,
    /// What it is about.
    pub kind: Kind,
    /// The playbook behind all of it, if there is one.
    pub playbook: Option<String>,
    /// When its first thing came in.
    pub created_at: Timestamp,
    /// How many things it tells.
    pub things: u32,
    /// The first of them; of a receiver that keeps all, all.
    pub items: Vec<Thing>,
    /// In a digest: how many of each kind and playbook, as `containment.begun ransomware`.
    pub counts: BTreeMap<String, u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stop_is_told_when_it_begins_and_when_it_ends() {
        assert_eq!(Kind::of(Topic::Stops, "ended"), Kind::StopEnded);
        assert_eq!(Kind::of(Topic::Stops, "new"), Kind::StopBegun);
        assert_eq!(Kind::of(Topic::Asked, "ended"), Kind::ApprovalAsked);
    }
}
