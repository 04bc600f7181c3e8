//! How a service may count a window: an exact log, a grid of fixed windows, two of those weighted, or a bucket of tokens.
//!
//! Defender does not document which one it uses, so a client has to get along with all four. Used by the windows above,
//! one counter for each; it never looks at a clock, and never keeps the account of what truly came.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::simulator::options::{Window, WindowAlgorithm};

/// The state of one window of one caller.
#[derive(Debug)]
pub struct Counter {
    limit: u32,
    span: Duration,
    /// Where the grid of fixed windows begins.
    origin: Instant,
    state: State,
}

#[derive(Debug)]
enum State {
    /// The calls that take a place.
    Log(VecDeque<Instant>),
    /// The number of the grid's window and what it and the one before it hold; `weighted`: the one before it counts too, as
    /// far as the last `span` reaches into it.
    Grid {
        weighted: bool,
        index: u128,
        before: u32,
        now: u32,
    },
    /// What is left, as of a moment. One token comes back each `span / limit`.
    Bucket { tokens: f64, at: Instant },
}

impl Counter {
    /// An empty counter; `span` is the window's length here, `origin` where fixed windows begin.
    pub fn new(algorithm: WindowAlgorithm, window: Window, span: Duration, origin: Instant) -> Self {
        let grid = |weighted| State::Grid {
            weighted,
            index: 0,
            before: 0,
            now: 0,
        };
        let state = match algorithm {
            WindowAlgorithm::SlidingLog => State::Log(VecDeque::new()),
            WindowAlgorithm::Fixed => grid(false),
            WindowAlgorithm::SlidingCounter => grid(true),
            WindowAlgorithm::TokenBucket => State::Bucket {
                tokens: f64::from(window.limit),
                at: origin,
            },
        };
        Self {
            limit: window.limit,
            span,
            origin,
            state,
        }
    }

    /// Whether one more call is one too many.
    pub fn is_full(&mut self, now: Instant) -> bool {
        self.advance(now);
        match &self.state {
            State::Log(log) => log.len() >= self.limit as usize,
            State::Grid { .. } => self.estimate(now) >= f64::from(self.limit),
            State::Bucket { tokens, .. } => *tokens < 1.0,
        }
    }

    /// Takes a place. A bucket gives none to a call that it refused, whatever the others do.
    pub fn count(&mut self, now: Instant) {
        self.advance(now);
        match &mut self.state {
            State::Log(log) => log.push_back(now),
            State::Grid { now: held, .. } => *held = held.saturating_add(1),
            State::Bucket { tokens, .. } if *tokens >= 1.0 => *tokens -= 1.0,
            State::Bucket { .. } => {}
        }
    }

    /// How long until a call would find a place, if none came in between.
    pub fn wait(&self, now: Instant) -> Duration {
        let limit = f64::from(self.limit);
        match &self.state {
            State::Log(log) => {
                // The call that must have left the window before one more fits in.
                let last_to_leave = log.len().saturating_sub(self.limit as usize);
                let leaves_at = log.get(last_to_leave).map_or(now, |at| *at + self.span);
                leaves_at.saturating_duration_since(now)
            }
            State::Grid {
                weighted,
                before,
                now: held,
                ..
            } => {
                let (passed, held) = (self.passed(now), f64::from(*held));
                let rest = (1.0 - passed).max(0.0);
                let parts = match weighted {
                    false => rest,
                    true if held < limit => {
                        // In this window already, when enough of the one before has left.
                        (rest - (limit - held) / f64::from((*before).max(1))).max(0.0)
                    }
                    true => rest + 1.0 - limit / held,
                };
                self.span.mul_f64(parts)
            }
            State::Bucket { tokens, .. } => self.span.mul_f64((1.0 - tokens).max(0.0) / limit),
        }
    }

    fn advance(&mut self, at: Instant) {
        let (span, limit) = (self.span, f64::from(self.limit));
        let number = at.saturating_duration_since(self.origin).as_nanos() / span.as_nanos().max(1);
        match &mut self.state {
            // A window is closed: two calls exactly one length apart share it. So a client that stays within the limit
            // here stays within it under either reading of "in any 60 s".
            State::Log(log) => {
                while log
                    .front()
                    .is_some_and(|oldest| at.saturating_duration_since(*oldest) > span)
                {
                    log.pop_front();
                }
            }
            State::Grid {
                index, before, now, ..
            } => {
                if number > *index {
                    *before = if number == *index + 1 { *now } else { 0 };
                    (*index, *now) = (number, 0);
                }
            }
            State::Bucket { tokens, at: last } => {
                let passed = at.saturating_duration_since(*last).as_secs_f64();
                *tokens = (*tokens + limit * passed / span.as_secs_f64()).min(limit);
                *last = at;
            }
        }
    }

    /// What a grid takes the window to hold.
    fn estimate(&self, at: Instant) -> f64 {
        match &self.state {
            State::Grid {
                weighted,
                before,
                now,
                ..
            } => {
                let share = if *weighted { 1.0 - self.passed(at) } else { 0.0 };
                f64::from(*before) * share + f64::from(*now)
            }
            State::Log(_) | State::Bucket { .. } => 0.0,
        }
    }

    /// The part of the grid's window that is over.
    fn passed(&self, at: Instant) -> f64 {
        let since = at.saturating_duration_since(self.origin).as_nanos();
        let span = self.span.as_nanos().max(1);
        // Both lie far below 2^53 ns of a window's length.
        (since % span) as f64 / span as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which of the calls at these seconds a window of 10 calls in 60 s lets through, refused ones counting.
    fn admitted(algorithm: WindowAlgorithm, seconds: &[f64]) -> Vec<bool> {
        let origin = Instant::now();
        let window = Window::new(10, 60);
        let mut counter = Counter::new(algorithm, window, window.per, origin);
        let mut results = Vec::new();
        for second in seconds {
            let now = origin + Duration::from_secs_f64(*second);
            let full = counter.is_full(now);
            if full {
                let wait = counter.wait(now);
                assert!(wait <= window.per * 2, "{algorithm:?} keeps a caller {wait:?}");
            }
            counter.count(now);
            results.push(!full);
        }
        results
    }

    fn burst(at: f64, calls: usize) -> Vec<f64> {
        vec![at; calls]
    }

    fn passed(algorithm: WindowAlgorithm, seconds: &[f64]) -> usize {
        admitted(algorithm, seconds)
            .iter()
            .filter(|passed| **passed)
            .count()
    }

    #[test]
    fn two_bursts_around_a_border_pass_only_a_fixed_window_twice() {
        let calls = [burst(59.0, 10), burst(61.0, 10)].concat();
        assert_eq!(passed(WindowAlgorithm::Fixed, &calls), 20);
        assert_eq!(passed(WindowAlgorithm::SlidingLog, &calls), 10);
        // A second into the second window, a sixtieth of the first one's ten no longer weighs in.
        assert_eq!(passed(WindowAlgorithm::SlidingCounter, &calls), 11);
        assert_eq!(
            passed(WindowAlgorithm::TokenBucket, &calls),
            10,
            "two seconds give a third of a token"
        );
    }

    #[test]
    fn calls_spread_at_nearly_the_windows_own_rate_pass_all_four() {
        let calls: Vec<f64> = (0..200).map(|n| 0.5 + f64::from(n) * 6.7).collect();
        for algorithm in [
            WindowAlgorithm::Fixed,
            WindowAlgorithm::SlidingLog,
            WindowAlgorithm::SlidingCounter,
            WindowAlgorithm::TokenBucket,
        ] {
            assert_eq!(passed(algorithm, &calls), 200, "{algorithm:?}");
        }
    }

    #[test]
    fn a_caller_that_waits_as_told_is_let_through() {
        for algorithm in [
            WindowAlgorithm::Fixed,
            WindowAlgorithm::SlidingLog,
            WindowAlgorithm::SlidingCounter,
            WindowAlgorithm::TokenBucket,
        ] {
            let origin = Instant::now();
            let window = Window::new(10, 60);
            let mut counter = Counter::new(algorithm, window, window.per, origin);
            let mut now = origin + Duration::from_secs(20);
            for call in 0..100 {
                if counter.is_full(now) {
                    let wait = counter.wait(now);
                    now += wait + Duration::from_millis(1);
                    assert!(
                        !counter.is_full(now),
                        "{algorithm:?}, call {call}: told to wait {wait:?}"
                    );
                }
                counter.count(now);
            }
            let least = origin + Duration::from_secs(20 + 8 * 60);
            assert!(
                now > least,
                "{algorithm:?} lets 100 calls through in {:?}",
                now - origin
            );
        }
    }
}
