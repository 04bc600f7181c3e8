//! The budget: what the rate windows still allow. Arithmetic only; the ledger itself is the attempts in Postgres.
//!
//! A slot is held from the reservation until the response plus the window's length, an unanswered one until send
//! deadline + total time-out + server tail plus the window's length. Then no server window of that length can hold more
//! calls than its limit, whatever the latency, and no agreement of clocks is needed.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// At most `limit` calls in any span of `per`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// Calls.
    pub limit: u32,
    /// The span.
    pub per: Duration,
}

/// Which calls share a counter (Defender does not document it).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetScope {
    /// One counter for all action calls, one for reads.
    #[default]
    ActionsAndReads,
    /// One counter for everything.
    Shared,
}

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
    /// D: after this span from the reservation an absent action was not executed (protocol, step 5).
    pub fn quiescence(&self) -> Duration {
        self.send_deadline + self.total_timeout + self.server_tail + self.list_lag
    }

    /// From the reservation until the latest moment at which the service can have counted an unanswered call.
    pub fn latest_count(&self) -> Duration {
        self.send_deadline + self.total_timeout + self.server_tail
    }
}

/// How long the gate stays closed after a 429: what the service asks for, at least; without any word, the shortest
/// window.
pub fn throttle_pause(
    retry_after: Option<Duration>,
    window: Option<Duration>,
    windows: &[Window],
) -> Duration {
    let shortest = windows
        .iter()
        .map(|w| w.per)
        .min()
        .unwrap_or(Duration::from_secs(60));
    retry_after.or(window).unwrap_or(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_throttled_gate_obeys_the_header_then_the_named_window_then_the_shortest() {
        let seconds = Duration::from_secs;
        let windows = [
            Window {
                limit: 100,
                per: seconds(60),
            },
            Window {
                limit: 1500,
                per: seconds(3600),
            },
        ];
        assert_eq!(
            throttle_pause(Some(seconds(7)), Some(seconds(3600)), &windows),
            seconds(7)
        );
        assert_eq!(throttle_pause(None, Some(seconds(3600)), &windows), seconds(3600));
        assert_eq!(throttle_pause(None, None, &windows), seconds(60));
    }

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
