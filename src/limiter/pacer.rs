//! The pacer: spreads bulk calls so that a server with a sliding-window counter rejects few of them.
//!
//! Asked by `worker::submit` before the gate. It does not know the budget and never waits; a caller that is refused
//! learns how long to wait. Critical calls pass it by, and so do the first few releases of each minute; after a 429
//! nothing does, for as long as Defender asked plus one window. The slower rate after a 429 that names a window is the gate's
//! (`domain::budget::slow`), so that all replicas keep to it.

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Monotonic;
use crate::domain::verdict::Lane;
use crate::limiter::{Cells, LimiterError, Uptime, cells, take};

/// What the pacer keeps to, in real time (already divided by `time_scale`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PacerOptions {
    /// Time between two paced calls; zero switches pacing off. Default 606 ms: 99 a minute.
    pub interval: Duration,
    /// Paced calls that may follow one another at once after a quiet time. Default 5.
    pub burst: u32,
    /// Releases that pass unpaced in any `release_window`. Default 5.
    pub unpaced_releases: u32,
    /// The span in which `unpaced_releases` counts. Default 60 s.
    pub release_window: Duration,
}

impl Default for PacerOptions {
    fn default() -> Self {
        Self {
            interval: Duration::from_millis(606),
            burst: 5,
            unpaced_releases: 5,
            release_window: Duration::from_secs(60),
        }
    }
}

/// The pacer of one budget.
#[derive(Debug)]
pub struct Pacer {
    cells: Option<Cells>,
    clock: Uptime,
    unpaced_releases: usize,
    release_window: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When the unpaced releases of the last window passed, oldest first.
    releases: VecDeque<Monotonic>,
    /// Until when every lane is paced.
    all_paced_until: Option<Monotonic>,
    /// What the last call took that was let through.
    taken: Taken,
    /// A cell that was given back.
    has_spare: bool,
}

/// What a call took of the pacer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Taken {
    #[default]
    Nothing,
    Cell,
    Release,
}

impl Pacer {
    /// A pacer with a full burst.
    ///
    /// # Errors
    /// [`LimiterError::Burst`] for a burst of 0.
    pub fn new(options: PacerOptions) -> Result<Self, LimiterError> {
        let burst = NonZeroU32::new(options.burst).ok_or(LimiterError::Burst)?;
        let clock = Uptime::starting_now();
        Ok(Self {
            cells: cells(options.interval, burst, &clock),
            clock,
            unpaced_releases: usize::try_from(options.unpaced_releases).unwrap_or(usize::MAX),
            release_window: options.release_window,
            state: Mutex::new(State::default()),
        })
    }

    /// Whether a call of this lane may go now; it counts as gone if so.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn check(&self, lane: Lane) -> Result<(), Duration> {
        self.state().taken = Taken::Nothing;
        if !self.is_every_lane_paced() && self.passes_by(lane) {
            return Ok(());
        }
        let Some(cells) = &self.cells else { return Ok(()) };
        let mut state = self.state();
        if !std::mem::take(&mut state.has_spare) {
            take(cells, &self.clock)?;
        }
        state.taken = Taken::Cell;
        Ok(())
    }

    /// The call that was let through last is not made: the next one may take its place. Without this, each call that the
    /// gate holds would cost the one after it an interval.
    pub fn give_back(&self) {
        let mut state = self.state();
        match std::mem::take(&mut state.taken) {
            Taken::Nothing => {}
            Taken::Cell => state.has_spare = true,
            Taken::Release => {
                state.releases.pop_back();
            }
        }
    }

    /// Paces every lane, the critical one too, for `retry_after` plus one `window`. A later end stands.
    pub fn throttled(&self, retry_after: Duration, window: Duration) {
        let until = Monotonic::now().plus(retry_after.saturating_add(window));
        let mut state = self.state();
        state.all_paced_until = state.all_paced_until.max(Some(until));
    }

    /// Whether a 429 still makes every lane wait its turn.
    pub fn is_every_lane_paced(&self) -> bool {
        self.state()
            .all_paced_until
            .is_some_and(|until| !until.remaining().is_zero())
    }

    fn passes_by(&self, lane: Lane) -> bool {
        match lane {
            Lane::Critical => true,
            Lane::Release => self.takes_unpaced_release(),
            Lane::High | Lane::Normal | Lane::Low => false,
        }
    }

    fn takes_unpaced_release(&self) -> bool {
        let mut state = self.state();
        while state
            .releases
            .front()
            .is_some_and(|passed| passed.elapsed() >= self.release_window)
        {
            state.releases.pop_front();
        }
        let passes = state.releases.len() < self.unpaced_releases;
        if passes {
            state.releases.push_back(Monotonic::now());
            state.taken = Taken::Release;
        }
        passes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pacer() -> Pacer {
        Pacer::new(PacerOptions::default()).expect("the defaults are valid")
    }

    #[tokio::test(start_paused = true)]
    async fn bulk_calls_are_spread_after_a_burst_of_five() {
        let pacer = pacer();
        for _ in 0..5 {
            assert_eq!(pacer.check(Lane::Normal), Ok(()));
        }
        let wait = pacer.check(Lane::Normal).expect_err("the burst is spent");
        assert_eq!(wait, Duration::from_millis(606));
        tokio::time::advance(Duration::from_millis(605)).await;
        assert_eq!(pacer.check(Lane::Low), Err(Duration::from_millis(1)));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(pacer.check(Lane::High), Ok(()));
        assert!(pacer.check(Lane::High).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_as_told_makes_99_paced_calls_a_minute() {
        let pacer = pacer();
        let started = Monotonic::now();
        let mut passed = 0;
        while started.elapsed() < Duration::from_secs(60) {
            match pacer.check(Lane::Normal) {
                Ok(()) => passed += 1,
                Err(wait) => tokio::time::advance(wait).await,
            }
        }
        // INVARIANT: burst + floor(W / interval) + 1 is the most a GCRA admits in a closed window.
        assert!(
            (99..=5 + 99 + 1).contains(&passed),
            "{passed} calls passed in a minute"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_not_made_after_all_costs_nothing() {
        let pacer = pacer();
        for _ in 0..100 {
            assert_eq!(pacer.check(Lane::Normal), Ok(()));
            pacer.give_back();
            assert_eq!(pacer.check(Lane::Release), Ok(()));
            pacer.give_back();
        }
        for lane in [Lane::Release, Lane::Normal].into_iter().cycle().take(10) {
            assert_eq!(pacer.check(lane), Ok(()), "five unpaced, five of the burst");
        }
        assert!(pacer.check(Lane::Normal).is_err());
        pacer.give_back();
        assert!(
            pacer.check(Lane::Normal).is_err(),
            "what was refused gives nothing back"
        );
        assert_eq!(pacer.check(Lane::Critical), Ok(()));
        pacer.give_back();
        assert!(pacer.check(Lane::Normal).is_err(), "nor what passed by");
    }

    #[tokio::test(start_paused = true)]
    async fn critical_calls_pass_the_pacer_by() {
        let pacer = pacer();
        for _ in 0..1_000 {
            assert_eq!(pacer.check(Lane::Critical), Ok(()));
        }
        assert_eq!(
            pacer.check(Lane::Normal),
            Ok(()),
            "and take nothing from the others"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_five_releases_of_a_minute_are_unpaced_and_more_are_paced() {
        let pacer = pacer();
        for _ in 0..5 {
            assert_eq!(pacer.check(Lane::Normal), Ok(()));
        }
        for _ in 0..5 {
            assert_eq!(pacer.check(Lane::Release), Ok(()));
        }
        assert!(
            pacer.check(Lane::Release).is_err(),
            "the sixth waits like any other"
        );
        tokio::time::advance(Duration::from_secs(60)).await;
        for _ in 0..5 + 5 {
            assert_eq!(
                pacer.check(Lane::Release),
                Ok(()),
                "five unpaced, five of the burst"
            );
        }
        assert!(pacer.check(Lane::Release).is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_429_every_lane_is_paced_until_retry_after_and_one_window_are_over() {
        let pacer = pacer();
        pacer.throttled(Duration::from_secs(30), Duration::from_secs(60));
        pacer.throttled(Duration::from_secs(1), Duration::from_secs(1));
        for _ in 0..5 {
            assert_eq!(pacer.check(Lane::Critical), Ok(()));
        }
        assert!(pacer.check(Lane::Critical).is_err());
        assert!(pacer.check(Lane::Release).is_err());
        tokio::time::advance(Duration::from_millis(89_999)).await;
        assert!(
            pacer.is_every_lane_paced(),
            "a shorter wait never ends a longer one"
        );
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!pacer.is_every_lane_paced());
        for _ in 0..100 {
            assert_eq!(pacer.check(Lane::Critical), Ok(()));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_interval_of_zero_switches_pacing_off() {
        let pacer = Pacer::new(PacerOptions {
            interval: Duration::ZERO,
            ..PacerOptions::default()
        })
        .expect("a burst of 5");
        for _ in 0..1_000 {
            assert_eq!(pacer.check(Lane::Low), Ok(()));
        }
    }

    #[test]
    fn a_burst_of_nothing_is_refused() {
        let error = Pacer::new(PacerOptions {
            burst: 0,
            ..PacerOptions::default()
        })
        .err();
        assert_eq!(error, Some(LimiterError::Burst));
    }
}
