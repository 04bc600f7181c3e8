//! What the events of a source may lead to. Told by the configuration and kept with each event when it arrives; judged with
//! the other guards. Pure.

use serde::{Deserialize, Serialize};

/// What an event may lead to, the most first.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Whatever the playbooks say.
    #[default]
    Act,
    /// A person is asked: the source sent more events than it may.
    AskRate,
    /// A person is asked, always.
    Ask,
    /// It is observed: nothing is called, nobody is asked.
    Observe,
}

impl Trust {
    /// All, the most first.
    pub const ALL: [Self; 4] = [Self::Act, Self::AskRate, Self::Ask, Self::Observe];

    /// The name in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Act => "act",
            Self::AskRate => "ask_rate",
            Self::Ask => "ask",
            Self::Observe => "observe",
        }
    }

    /// What an unknown name means: the least.
    pub fn parse(name: &str) -> Self {
        Self::ALL
            .into_iter()
            .find(|trust| trust.as_str() == name)
            .unwrap_or(Self::Observe)
    }

    /// The reason of a decision that it holds back.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Act => None,
            Self::AskRate => Some("trust.rate"),
            Self::Ask => Some("trust.ask"),
            Self::Observe => Some("trust.observe"),
        }
    }
}
