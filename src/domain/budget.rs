//! The budget: what the rate windows still allow. Arithmetic only; the ledger itself is the attempts in Postgres.
//!
//! A slot is held from the reservation until the response plus the window's length, an unanswered one until send
//! deadline + total time-out + server tail plus the window's length. Then no server window of that length can hold more
//! calls than its limit, whatever the latency, and no agreement of clocks is needed.

use std::time::Duration;

use jiff::SignedDuration;
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
    /// D: after this span from the reservation an absent action was not executed (docs/ARCHITECTURE.md, States).
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
    // Never shorter than a slot's share of the shortest window: a service that says `0` is not asked again at once.
    retry_after.or(window).unwrap_or(shortest).max(shortest / 60)
}

/// How calls are spread within the windows: one per `interval` on average, `burst` of them at once after a quiet time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Time between two paced calls; zero: none.
    pub interval: Duration,
    /// Paced calls that may follow one another at once.
    pub burst: u32,
}

/// What the ledger allows a queue, if nothing is added to it and every call is answered at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// From now until the first call may leave.
    pub first: Duration,
    /// From now until the last call may leave.
    pub last: Duration,
}

/// When `calls` calls may leave, by the gate's own rule: a window of N calls is full while the N-th newest slot is younger
/// than its span. `None` for no calls.
///
/// * `slots`: the moments of the slots in the ledger as seen from now: past ones are negative, those of calls still under
///   way lie ahead. Older ones than the longest window do not matter.
/// * `opens_in`: how long the gate stays closed.
/// * `unpaced`: so many of the calls, the first, are not paced.
pub fn forecast(
    calls: u64,
    unpaced: u64,
    slots: &[SignedDuration],
    opens_in: Duration,
    windows: &[Window],
    pace: Pace,
) -> Option<Forecast> {
    let mut slots = slots.to_vec();
    slots.sort_unstable();
    let opens = SignedDuration::try_from(opens_in).unwrap_or(SignedDuration::MAX);
    let mut first = None;
    let mut at = opens;
    for call in 0..calls {
        for window in windows {
            let limit = usize::try_from(window.limit).unwrap_or(usize::MAX).max(1);
            let per = SignedDuration::try_from(window.per).unwrap_or(SignedDuration::MAX);
            if let Some(slot) = slots.len().checked_sub(limit).and_then(|index| slots.get(index)) {
                at = at.max(slot.saturating_add(per));
            }
        }
        let paced = (call + 1)
            .saturating_sub(unpaced)
            .saturating_sub(u64::from(pace.burst));
        let paced = pace
            .interval
            .saturating_mul(u32::try_from(paced).unwrap_or(u32::MAX));
        at = at.max(opens.saturating_add(SignedDuration::try_from(paced).unwrap_or(SignedDuration::MAX)));
        slots.insert(slots.partition_point(|slot| *slot <= at), at);
        first = first.or(Some(at));
    }
    let span = |at: SignedDuration| Duration::try_from(at).unwrap_or_default();
    first.map(|first| Forecast {
        first: span(first),
        last: span(at),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNPACED: Pace = Pace {
        interval: Duration::ZERO,
        burst: 0,
    };

    /// The documented windows.
    fn documented() -> [Window; 2] {
        [(100, 60), (1500, 3600)].map(|(limit, per)| Window {
            limit,
            per: Duration::from_secs(per),
        })
    }

    fn check(calls: u64, slots: &[i64], opens_in: u64, pace: Pace, expected: Option<(u64, u64)>) {
        let slots: Vec<_> = slots.iter().map(|at| SignedDuration::from_secs(*at)).collect();
        let opens_in = Duration::from_secs(opens_in);
        let forecast = forecast(calls, 0, &slots, opens_in, &documented(), pace);
        assert_eq!(forecast.map(|f| (f.first.as_secs(), f.last.as_secs())), expected);
    }

    #[test]
    fn an_empty_queue_has_no_forecast_and_a_free_budget_takes_a_windowful_at_once() {
        check(0, &[], 0, UNPACED, None);
        check(100, &[], 0, UNPACED, Some((0, 0)));
        check(101, &[], 0, UNPACED, Some((0, 60)));
        check(100, &[], 30, UNPACED, Some((30, 30)));
    }

    #[test]
    fn a_full_window_frees_its_slots_as_they_age() {
        // One call a second until just now: the minute holds sixty of them.
        let slots: Vec<i64> = (-99..=0).collect();
        check(1, &slots, 0, UNPACED, Some((0, 0)));
        let burst: Vec<i64> = vec![-20; 100];
        check(1, &burst, 0, UNPACED, Some((40, 40)));
        check(101, &burst, 0, UNPACED, Some((40, 100)));
    }

    #[test]
    fn the_hour_window_holds_up_what_the_minute_would_let_through() {
        let slots: Vec<i64> = (0..1_500).map(|n| -3_000 + n).collect();
        check(1, &slots, 0, UNPACED, Some((600, 600)));
        check(1_600, &[], 0, UNPACED, Some((0, 3_600)));
    }

    #[test]
    fn a_call_under_way_holds_its_slot_from_its_latest_moment_on() {
        check(1, &[95; 100], 0, UNPACED, Some((155, 155)));
    }

    #[test]
    fn the_pacer_spreads_what_the_windows_would_take_at_once() {
        let pace = Pace {
            interval: Duration::from_secs(1),
            burst: 5,
        };
        check(5, &[], 0, pace, Some((0, 0)));
        check(65, &[], 0, pace, Some((0, 60)));
        let forecast = forecast(10, 5, &[], Duration::ZERO, &documented(), pace);
        assert_eq!(
            forecast.map(|f| f.last),
            Some(Duration::ZERO),
            "five pass it by, five are its burst"
        );
    }

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
        assert_eq!(throttle_pause(Some(seconds(0)), None, &windows), seconds(1));
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
