//! The only place that reads the machine's clocks.
//!
//! Pure modules take `now` as a parameter; whoever calls them takes it from here, or from Postgres (`quell.now()`) where
//! rows are concerned.

use std::time::Duration;

use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use tokio::time::Instant;

/// The wall clock, UTC. For display and for filters sent to Defender, never for the ledger.
#[expect(clippy::disallowed_methods, reason = "the one home of the wall clock")]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The time since the machine started, what it slept included (`CLOCK_BOOTTIME`): nobody can set it. What the database's
/// clock is held against.
pub fn local() -> Duration {
    read(ClockId::Boottime)
}

/// A reading of the monotonic clock, for send deadlines and spans. It is tokio's, which is the operating system's in the
/// daemon and stands still under a test's paused time, and the time that the machine slept, which the operating system's
/// leaves out: a deadline passes while a laptop is closed or a virtual machine is suspended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Monotonic {
    instant: Instant,
    slept: Duration,
}

/// Two clocks are not read at once: what is shorter than this was no sleep.
const NO_SLEEP: Duration = Duration::from_millis(20);

impl Monotonic {
    /// Reads the monotonic clock.
    pub fn now() -> Self {
        Self {
            instant: Instant::now(),
            slept: slept(),
        }
    }

    /// The reading `span` later than this one.
    pub fn plus(self, span: Duration) -> Self {
        Self {
            instant: self.instant + span,
            slept: self.slept,
        }
    }

    /// The span from this reading to now; zero if this reading lies ahead.
    pub fn elapsed(self) -> Duration {
        let now = Self::now();
        let awake = now.instant.saturating_duration_since(self.instant);
        let ahead = self.instant.saturating_duration_since(now.instant);
        awake + self.slept_until(now).saturating_sub(ahead)
    }

    /// The span from now until this reading; zero once it has passed.
    pub fn remaining(self) -> Duration {
        let now = Self::now();
        let awake = self.instant.saturating_duration_since(now.instant);
        awake.saturating_sub(self.slept_until(now))
    }

    fn slept_until(self, now: Self) -> Duration {
        let slept = now.slept.saturating_sub(self.slept);
        if slept < NO_SLEEP { Duration::ZERO } else { slept }
    }
}

/// How long the machine has slept since its start.
fn slept() -> Duration {
    let mut best = (Duration::MAX, Duration::ZERO);
    for _ in 0..3 {
        let before = read(ClockId::Monotonic);
        let boot = read(ClockId::Boottime);
        let after = read(ClockId::Monotonic);
        // Taken off the processor between two readings: the pause is no sleep. Read again.
        let took = after.saturating_sub(before);
        if took < best.0 {
            best = (took, boot.saturating_sub(after));
        }
        if took < Duration::from_micros(100) {
            break;
        }
    }
    best.1
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_span_is_what_passed_awake() {
        let began = Monotonic::now();
        let deadline = began.plus(Duration::from_secs(5));
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(
            (began.elapsed(), deadline.remaining()),
            (Duration::from_secs(3), Duration::from_secs(2))
        );
        tokio::time::advance(Duration::from_secs(3)).await;
        assert_eq!(
            (deadline.elapsed(), deadline.remaining()),
            (Duration::from_secs(1), Duration::ZERO)
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_passes_while_the_machine_sleeps() {
        // As if read before a sleep of ten seconds.
        let now = Monotonic::now();
        let Some(slept) = now.slept.checked_sub(Duration::from_secs(10)) else {
            // This machine has not slept so long since its start: read one sleep ahead instead.
            let later = Monotonic {
                slept: now.slept + Duration::from_secs(10),
                ..now
            };
            assert_eq!(now.slept_until(later), Duration::from_secs(10));
            return;
        };
        let before = Monotonic { slept, ..now };
        assert!(before.elapsed() >= Duration::from_secs(10));
        assert_eq!(before.plus(Duration::from_secs(9)).remaining(), Duration::ZERO);
    }

    #[test]
    fn the_local_clock_only_goes_on() {
        let first = local();
        assert!(local() >= first && first > Duration::ZERO);
    }
}
