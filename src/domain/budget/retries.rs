//! The retry quota: repetitions that come to nothing take a small part of the calls at most.
//!
//! A call is a repetition when an earlier one for the same wish reached Defender and came to nothing: it was throttled, or
//! never listed, or the machine action that it began failed. One that was never sent costs Defender nothing, so its next try is
//! no repetition. While a repetition is under way, and when it has come to nothing again, it counts; one that was taken
//! does not. When as many count in the longest window as the quota allows, further ones wait until one of those has left
//! the window, or more calls have been made. Nothing is lost by that, and what is called for the first time goes on.
//!
//! Releases and the critical lane never wait for the quota, though they count: people wait for their machines, or an intruder
//! is at work, and both are held apart by delays of their own (`retry` in the configuration) and by the windows.

use std::time::Duration;

/// How many repetitions may come to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryQuota {
    /// Of the calls in the longest window, in percent; 100 or more: no quota.
    pub percent: u32,
    /// So many in any case.
    pub at_least: u32,
}

impl Default for RetryQuota {
    /// None.
    fn default() -> Self {
        Self {
            percent: 100,
            at_least: 0,
        }
    }
}

/// The repetitions that the longest window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retries {
    /// Those under way or come to nothing.
    pub wasted: u64,
    /// In how long the oldest of them leaves the window.
    pub frees_in: Option<Duration>,
}

impl RetryQuota {
    /// How many repetitions may count while the longest window holds so many calls.
    pub fn most(&self, calls: u64) -> u64 {
        if self.percent >= 100 {
            return u64::MAX;
        }
        (calls * u64::from(self.percent) / 100).max(u64::from(self.at_least))
    }

    /// In how long a repetition may leave; `None`: now.
    pub fn opens_in(&self, calls: u64, retries: &Retries) -> Option<Duration> {
        if retries.wasted < self.most(calls) {
            return None;
        }
        // With a quota of nothing there is none to leave the window: more calls may raise it.
        Some(retries.frees_in.unwrap_or(Duration::from_secs(60)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: RetryQuota = RetryQuota {
        percent: 10,
        at_least: 5,
    };

    fn wasted(wasted: u64) -> Retries {
        Retries {
            wasted,
            frees_in: Some(Duration::from_secs(90)),
        }
    }

    #[test]
    fn a_small_installation_may_retry_and_a_large_one_a_tenth_of_its_calls() {
        assert_eq!(
            [0, 49, 50, 59, 60, 1_500].map(|calls| QUOTA.most(calls)),
            [5, 5, 5, 5, 6, 150]
        );
    }

    #[test]
    fn beyond_the_quota_a_repetition_waits_until_the_oldest_has_left_the_window() {
        assert_eq!(QUOTA.opens_in(1_000, &wasted(99)), None);
        assert_eq!(QUOTA.opens_in(1_000, &wasted(100)), Some(Duration::from_secs(90)));
        assert_eq!(
            QUOTA.opens_in(1_010, &wasted(100)),
            None,
            "more calls allow more of them"
        );
    }

    #[test]
    fn without_a_quota_nothing_waits() {
        assert_eq!(RetryQuota::default().opens_in(0, &wasted(1_000)), None);
    }
}
