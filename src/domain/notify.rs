//! Who is told of what. The words are those of playbooks; `store` keeps them with each containment and writes down what is
//! to be told; [`crate::domain::telling`] says how that becomes messages.

use serde::{Deserialize, Serialize};

use crate::domain::telling::Topic;

/// Who is told of what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notify {
    /// The receiver's name.
    pub to: String,
    /// Of what.
    pub on: Vec<NotifyOn>,
}

/// What someone is told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotifyOn {
    /// A containment became active.
    Acted,
    /// A person is asked.
    Asked,
    /// A device that should be restricted is not, and a person must look.
    Failed,
    /// A containment ended.
    Released,
}

impl From<NotifyOn> for Topic {
    fn from(on: NotifyOn) -> Self {
        match on {
            NotifyOn::Acted => Self::Acted,
            NotifyOn::Asked => Self::Asked,
            NotifyOn::Failed => Self::Failed,
            NotifyOn::Released => Self::Released,
        }
    }
}
