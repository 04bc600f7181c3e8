//! What a containment holds on a device: a *measure*. Each has its own desired state, its own known state, and its own two
//! actions, so that ending one leaves the other as it is. Used wherever a containment or its action is spoken of.

use serde::{Deserialize, Serialize};

/// What a containment holds on its device.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Only programs signed by Microsoft run (`restrictCodeExecution`).
    #[default]
    Restriction,
    /// The device reaches nothing but Defender, or, selectively, little beside it (`isolate`).
    Isolation,
}

impl Measure {
    /// Both, the milder first.
    pub const ALL: [Self; 2] = [Self::Restriction, Self::Isolation];

    /// The name in SQL, JSON and logs; also the subject of its actions.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Restriction => "restriction",
            Self::Isolation => "isolation",
        }
    }

    /// The measure with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|measure| measure.as_str() == name)
    }

    /// What a device is that it is held on, for people.
    pub fn held(self) -> &'static str {
        match self {
            Self::Restriction => "restricted",
            Self::Isolation => "isolated",
        }
    }
}

/// A playbook, and what one active containment of it holds on a device.
pub type Held = (String, Measure);

/// Whether the playbook holds that measure, by what is held on the device.
pub fn holds(held: &[Held], playbook: &str, measure: Measure) -> bool {
    held.iter().any(|(by, its)| by == playbook && *its == measure)
}

/// The playbooks that hold something, each once, in the order of what is held.
pub fn playbooks_of(held: &[Held]) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for (playbook, _) in held {
        if !seen.contains(playbook) {
            seen.push(playbook.clone());
        }
    }
    seen
}

/// How much an isolation cuts off.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// Everything but Defender itself.
    #[default]
    Full,
    /// Everything but Defender, Outlook, Teams and Skype for Business: the weaker form.
    Selective,
}

impl Isolation {
    /// Both, the stronger first.
    pub const ALL: [Self; 2] = [Self::Full, Self::Selective];

    /// The name in playbooks, SQL, JSON and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Selective => "selective",
        }
    }

    /// The isolation with that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|isolation| isolation.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_read_by_the_names_they_are_written_with() {
        for measure in Measure::ALL {
            assert_eq!(Measure::parse(measure.as_str()), Some(measure));
            assert_eq!(serde_json::to_value(measure).expect("a name"), measure.as_str());
        }
        assert_eq!(Measure::parse("isolated"), None);
    }
}
