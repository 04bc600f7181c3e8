//! A source in trouble says so once, not with each try, and tries again after growing pauses. Used by the loops of sources whose
//! other end may be away; what Postgres does is [`crate::worker::Outage`]'s to say.

use std::time::Duration;

use crate::clock;
use crate::domain::source::SourceState;
use crate::worker::retry;

/// The pause after the first try that came to nothing, and the longest one.
const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(30);

/// What is wrong with a source, and since how many tries.
#[derive(Debug)]
pub(super) struct Trouble {
    source: String,
    state: SourceState,
    failures: u32,
    said: Option<String>,
    rng: fastrand::Rng,
}

impl Trouble {
    /// A source of which nothing is known yet.
    pub(super) fn of(source: &str, state: &SourceState) -> Self {
        Self {
            source: source.to_owned(),
            state: state.clone(),
            failures: 0,
            said: None,
            rng: fastrand::Rng::new(),
        }
    }

    /// It cannot be read, and why; says it when that is news. How long to wait before the next try.
    pub(super) fn failed(&mut self, why: &dyn std::error::Error) -> Duration {
        let why = crate::worker::chain(why);
        self.failures = self.failures.saturating_add(1);
        if self.said.as_ref() != Some(&why) {
            tracing::warn!(
                source = self.source,
                error = why,
                "a source cannot be read; trying again"
            );
            self.state.trouble(&why, clock::now());
            self.said = Some(why);
        }
        retry::spread(retry::delay(self.failures, FIRST, LONGEST), &mut self.rng)
    }

    /// It can be read, and nothing is wrong with it.
    #[cfg(any(feature = "nats", test))]
    pub(super) fn worked(&mut self) {
        self.state.fine();
        self.answered();
    }

    /// It can be read. What else may be wrong with it is the caller's to tell.
    pub(super) fn answered(&mut self) {
        self.failures = 0;
        match self.said.take() {
            Some(_) => tracing::info!(source = self.source, "the source can be read again"),
            None => tracing::debug!(source = self.source, "the source can be read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_begin_anew_once_it_worked() {
        let mut trouble = Trouble::of("a", &SourceState::default());
        let error = std::io::Error::other("away");
        let pauses: Vec<u64> = (0..10)
            .map(|_| trouble.failed(&error).as_millis() as u64)
            .collect();
        assert!((500..=550).contains(&pauses[0]), "{pauses:?}");
        assert!((30_000..=33_000).contains(&pauses[9]), "{pauses:?}");
        trouble.worked();
        assert!(trouble.failed(&error) < Duration::from_millis(600));
    }
}
