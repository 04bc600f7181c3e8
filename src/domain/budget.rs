//! The budget: what the rate windows still allow. Arithmetic only; the ledger itself is the attempts in Postgres.
//!
//! A slot is held from the reservation until the response plus the window's length, an unanswered one until send
//! deadline + total time-out + server tail plus the window's length. Then no server window of that length can hold more
//! calls than its limit, whatever the latency, and no agreement of clocks is needed.
//!
//! * [`window`]: the windows, and what a part of them is. [`reserve`]: what bulk leaves for critical calls.
//!   [`retries`]: how many calls may be repetitions that come to nothing. [`lanes`]: who is next.
//! * [`slow`]: what a 429 that names a window makes of all lanes but critical.
//! * [`rule`]: one [`Snapshot`] of the ledger, and whether a call may leave by it. `store::gate` reads the snapshot under the
//!   budget's lock and asks; nobody else decides.
//! * [`slots`]: the same ledger in memory, from which [`forecast()`], rehearsals and the tests take their snapshots.

pub mod forecast;
pub mod lanes;
pub mod reserve;
pub mod retries;
pub mod rule;
pub mod slots;
pub mod slow;
pub mod window;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod sim;
#[cfg(test)]
mod slow_tests;
#[cfg(test)]
mod storm_tests;

use std::time::Duration;

pub use forecast::{Forecast, Pace, Pacing, Queued, forecast};
pub use lanes::LaneHead;
pub use reserve::Reserve;
pub use retries::{Retries, RetryQuota};
pub use rule::{Call, Held, Hold, Rules, Snapshot, Terms, Wait};
pub use slots::Slots;
pub use slow::Slow;
pub use window::{BudgetScope, ReadScope, Share, Window, jump_bound, throttle_pause};

/// How a call is made: the spans that bound one call, and what follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTiming {
    /// From the reservation until the call must have been handed to the HTTP client.
    pub send_deadline: Duration,
    /// The whole call, connecting included.
    pub total_timeout: Duration,
    /// How long the service may still execute a request that we have given up on.
    pub server_tail: Duration,
    /// How long an executed action may be missing from the list.
    pub list_lag: Duration,
}

impl CallTiming {
    /// D: after this span from the reservation an absent action was not executed (docs/ARCHITECTURE.md, States).
    pub fn quiescence(&self) -> Duration {
        self.send_deadline + self.total_timeout + self.server_tail + self.list_lag
    }

    /// From the reservation until the latest moment at which the service can have counted an unanswered call.
    pub fn latest_count(&self) -> Duration {
        self.send_deadline + self.total_timeout + self.server_tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiescence_is_the_sum_of_its_parts() {
        let seconds = Duration::from_secs;
        let timing = CallTiming {
            send_deadline: seconds(5),
            total_timeout: seconds(30),
            server_tail: seconds(60),
            list_lag: seconds(25),
        };
        assert_eq!(
            (timing.quiescence(), timing.latest_count()),
            (seconds(120), seconds(95))
        );
    }
}
