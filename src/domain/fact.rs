//! Three-valued facts. *Absent* is not *unknown*: a field that the format defines and that came null or empty is
//! absent; a field that the format cannot carry, or that was not fetched, is unknown.

use serde::{Deserialize, Serialize};

/// What is known of one fact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact<T> {
    /// The value is known.
    Is(T),
    /// The source defines the field and says that there is no value.
    Absent,
    /// Nobody told us: the source cannot carry the field, or it was not fetched, or it is stale.
    #[default]
    Unknown,
}

impl<T> Fact<T> {
    /// `Some` becomes [`Fact::Is`], `None` becomes [`Fact::Absent`]: for fields that the format defines.
    pub fn defined(value: Option<T>) -> Self {
        value.map_or(Self::Absent, Self::Is)
    }

    /// The value, if there is one.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Is(value) => Some(value),
            Self::Absent | Self::Unknown => None,
        }
    }

    /// Whether nobody told us.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown)
    }

    /// The same knowledge about a derived value.
    pub fn map<U>(self, derive: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Is(value) => Fact::Is(derive(value)),
            Self::Absent => Fact::Absent,
            Self::Unknown => Fact::Unknown,
        }
    }
}
