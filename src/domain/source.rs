//! What is known of a source of events while it is read. Pure: whoever reads it tells, and whoever shows it looks.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

/// The state of one source in this process. Clones are the same state.
#[derive(Clone, Debug, Default)]
pub struct SourceState(Arc<Mutex<SourceLook>>);

/// One look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceLook {
    /// When something of it was last stored.
    pub last_event_at: Option<Timestamp>,
    /// Why it cannot be read now, in the operator's words; `None`: it can.
    pub trouble: Option<String>,
    /// Since when not.
    pub trouble_since: Option<Timestamp>,
    /// How many messages it has that were not read yet, where it tells.
    pub behind: Option<u64>,
}

impl SourceState {
    /// Something of it was stored.
    pub fn stored(&self, now: Timestamp) {
        self.with(|look| look.last_event_at = Some(now));
    }

    /// It can be read.
    pub fn fine(&self) {
        self.with(|look| (look.trouble, look.trouble_since) = (None, None));
    }

    /// It cannot be read, for this reason. The first moment of a trouble counts.
    pub fn trouble(&self, why: &str, now: Timestamp) {
        self.with(|look| {
            look.trouble = Some(why.to_owned());
            look.trouble_since.get_or_insert(now);
        });
    }

    /// It has so many messages that were not read yet.
    pub fn behind(&self, messages: u64) {
        self.with(|look| look.behind = Some(messages));
    }

    /// What is known of it.
    pub fn look(&self) -> SourceLook {
        self.with(|look| look.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut SourceLook) -> T) -> T {
        // Each change is whole by itself, so what a panic left behind can be read.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_counts_from_its_first_moment_until_it_is_over() {
        let state = SourceState::default();
        let at = |second| Timestamp::from_second(second).expect("a time");
        state.trouble("the broker is away", at(1));
        state.clone().trouble("the topic is gone", at(2));
        let look = state.look();
        assert_eq!(
            (look.trouble.as_deref(), look.trouble_since),
            (Some("the topic is gone"), Some(at(1)))
        );
        state.fine();
        state.stored(at(3));
        state.behind(7);
        assert_eq!(
            state.look(),
            SourceLook {
                last_event_at: Some(at(3)),
                behind: Some(7),
                ..SourceLook::default()
            }
        );
    }
}
