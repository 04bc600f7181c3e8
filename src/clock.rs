//! The only place that reads the machine's clocks.
//!
//! Pure modules take `now` as a parameter; whoever calls them takes it from here, or from Postgres (`quell.now()`) where
//! rows are concerned.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// The wall clock, UTC. For display and for filters sent to Defender, never for the ledger.
#[expect(clippy::disallowed_methods, reason = "the one home of the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// A reading of the monotonic clock, for send deadlines and spans. It is tokio's, which is the operating system's in the
/// daemon and stands still under a test's paused time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Monotonic(Instant);

impl Monotonic {
    /// Reads the monotonic clock.
    pub fn now() -> Self {
        Self(Instant::now())
    }

    /// The reading `span` later than this one.
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0 + span)
    }

    /// The span from this reading to now; zero if this reading lies ahead.
    pub fn elapsed(self) -> Duration {
        Self::now().0.saturating_duration_since(self.0)
    }

    /// The span from now until this reading; zero once it has passed.
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Self::now().0)
    }
}
