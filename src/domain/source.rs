//! What is known of a source of events while it is read. Pure: whoever reads it tells, and whoever shows it looks.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

/// The state of one source in this process. Clones are the same state.
#[derive(Clone, Debug, Default)]
pub struct SourceState(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    look: SourceLook,
    /// The trouble is that what was read cannot be stored.
    is_of_storing: bool,
}

/// So much of a reason is kept, characters.
const KEPT: usize = 500;

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
        self.with(|known| {
            known.look.last_event_at = Some(now);
            if std::mem::take(&mut known.is_of_storing) {
                (known.look.trouble, known.look.trouble_since) = (None, None);
            }
        });
    }

    /// It can be read.
    pub fn fine(&self) {
        self.with(|known| {
            known.is_of_storing = false;
            (known.look.trouble, known.look.trouble_since) = (None, None);
        });
    }

    /// It cannot be read, for this reason. The first moment of a trouble counts. Of the reason, which may hold a stranger's
    /// words, 500 characters are kept and no control characters.
    pub fn trouble(&self, why: &str, now: Timestamp) {
        self.troubled(why, now, false);
    }

    /// What was read of it cannot be stored, for this reason; over with the next that is stored.
    pub fn unstorable(&self, why: &str, now: Timestamp) {
        self.troubled(why, now, true);
    }

    fn troubled(&self, why: &str, now: Timestamp, is_of_storing: bool) {
        let why = why.chars().filter(|c| !c.is_control()).take(KEPT).collect();
        self.with(|known| {
            // What cannot be read is told by whoever reads, and ended by it: storing does not take it over.
            if is_of_storing && known.look.trouble.is_some() && !known.is_of_storing {
                return;
            }
            known.is_of_storing = is_of_storing;
            known.look.trouble = Some(why);
            known.look.trouble_since.get_or_insert(now);
        });
    }

    /// It has so many messages that were not read yet.
    pub fn behind(&self, messages: u64) {
        self.with(|known| known.look.behind = Some(messages));
    }

    /// What is known of it.
    pub fn look(&self) -> SourceLook {
        self.with(|known| known.look.clone())
    }

    fn with<T>(&self, work: impl FnOnce(&mut Known) -> T) -> T {
        // Each change is whole by itself, so what a panic left behind can be read.
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_stored_is_over_once_something_is_and_hides_nothing_else() {
        let state = SourceState::default();
        let at = |second| Timestamp::from_second(second).expect("a time");
        state.unstorable("a table\0is\nmissing", at(1));
        assert_eq!(state.look().trouble.as_deref(), Some("a tableismissing"));
        state.stored(at(2));
        assert_eq!(state.look().trouble_since, None);
        state.trouble(&"x".repeat(900), at(3));
        state.unstorable("a table is missing", at(4));
        state.stored(at(5));
        assert_eq!(state.look().trouble.map(|why| why.len()), Some(500));
    }

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
