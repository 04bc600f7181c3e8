//! The simulator's own two clocks: a monotonic one that everything is measured on, and the wall time shown in replies.
//!
//! The simulator is a leaf and imports nothing of the rest, so it cannot use the daemon's clock; tests may pause
//! tokio's, and then this one stands still too. It never reads the wall clock twice: shown times are the start's wall
//! time plus the monotonic distance, so they never run backwards and never disagree with the windows.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The clocks of one running simulator, with the factor by which its life is faster than Defender's.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    started: Instant,
    wall: Timestamp,
    scale: f64,
}

impl Clock {
    /// Starts both clocks. `scale` 1.0 is real time; at 60.0 an hour of Defender's life passes in a minute.
    #[expect(
        clippy::disallowed_methods,
        reason = "the simulator's only reading of the wall clock, at its start"
    )]
    pub fn start(scale: f64) -> Self {
        Self {
            started: Instant::now(),
            wall: Timestamp::now(),
            scale,
        }
    }

    /// How many times faster than Defender's time passes.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// The monotonic clock.
    pub fn now(&self) -> Instant {
        Instant::now()
    }

    /// The wall time that belongs to a reading of the monotonic clock. Time stamps stay real, whatever the scale.
    pub fn wall(&self, at: Instant) -> Timestamp {
        let passed = SignedDuration::try_from(at.saturating_duration_since(self.started));
        passed
            .ok()
            .and_then(|passed| self.wall.checked_add(passed).ok())
            .unwrap_or(Timestamp::MAX)
    }

    /// The span from the start to a reading of the monotonic clock, in real time.
    pub fn since_start(&self, at: Instant) -> Duration {
        at.saturating_duration_since(self.started)
    }

    /// How long a span of Defender's life lasts here.
    pub fn scaled(&self, span: Duration) -> Duration {
        Duration::try_from_secs_f64(span.as_secs_f64() / self.scale).unwrap_or(Duration::MAX)
    }

    /// How much of Defender's life a span measured here stands for.
    pub fn unscaled(&self, span: Duration) -> Duration {
        Duration::try_from_secs_f64(span.as_secs_f64() * self.scale).unwrap_or(Duration::MAX)
    }
}

/// A time stamp as the service writes it: UTC with seven fractional digits (100 ns).
pub fn stamp(at: Timestamp) -> String {
    format!("{at:.7}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_shown_time_follows_the_monotonic_clock_whatever_the_scale() {
        let clock = Clock::start(60.0);
        let before = clock.wall(clock.now());
        tokio::time::advance(Duration::from_secs(90)).await;
        let after = clock.wall(clock.now());
        assert_eq!(after.duration_since(before), SignedDuration::from_secs(90));
    }

    #[test]
    fn a_minute_at_scale_sixty_lasts_a_second_and_the_other_way_round() {
        let clock = Clock::start(60.0);
        assert_eq!(clock.scaled(Duration::from_secs(60)), Duration::from_secs(1));
        assert_eq!(clock.unscaled(Duration::from_secs(1)), Duration::from_secs(60));
    }

    #[test]
    fn time_stamps_have_seven_fractional_digits() {
        let at = Timestamp::new(1_729_510_078, 144_730_200).expect("the time is in range");
        assert_eq!(stamp(at), "2024-10-21T11:27:58.1447302Z");
        assert_eq!(stamp(Timestamp::UNIX_EPOCH), "1970-01-01T00:00:00.0000000Z");
    }
}
