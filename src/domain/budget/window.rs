//! Windows: so many calls in any span of a length. The part of them that is ours, and how long the gate stays closed when
//! Defender says that one is full. Called by `config`, the rule beside it and `worker::record`; nothing here counts.

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

/// Which counter a read has of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadScope {
    /// That of reads.
    #[default]
    Reads,
    /// That of the antivirus' state, beside the one of reads: Defender documents far fewer of these calls (facts sheet 7), and
    /// not whether they count among the others too. So they keep to both.
    Antivirus,
}

impl ReadScope {
    /// Its name in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reads => "reads",
            Self::Antivirus => "antivirus",
        }
    }
}

/// A part of every window, in percent, from 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(u32);

impl Default for Share {
    fn default() -> Self {
        Self(100)
    }
}

impl Share {
    /// So many percent; what lies outside 1 to 100 is brought inside.
    pub fn percent(percent: u32) -> Self {
        Self(percent.clamp(1, 100))
    }

    /// Half of it, at least 1 percent.
    pub fn half(self) -> Self {
        Self::percent(self.0 / 2)
    }

    /// The part of a window: its limit rounded down, so that the parts together never exceed the whole; at least one call.
    pub fn of(self, window: Window) -> Window {
        let limit = u64::from(window.limit) * u64::from(self.0) / 100;
        Window {
            limit: u32::try_from(limit).unwrap_or(window.limit).max(1),
            per: window.per,
        }
    }

    /// The span between two calls that spreads the part as evenly as `interval` spreads the whole.
    pub fn pace(self, interval: Duration) -> Duration {
        interval.saturating_mul(100) / self.0
    }
}

/// A jump of the clock that is smaller is not noticed, so every slot is held for that much longer.
pub fn jump_bound(windows: &[Window]) -> Duration {
    let shortest = windows.iter().map(|window| window.per).min().unwrap_or_default();
    (shortest / 240).min(Duration::from_millis(250))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn window(limit: u32, per: u64) -> Window {
        Window {
            limit,
            per: Duration::from_secs(per),
        }
    }

    #[test]
    fn a_throttled_gate_obeys_the_header_then_the_named_window_then_the_shortest() {
        let seconds = Duration::from_secs;
        let windows = [window(100, 60), window(1_500, 3_600)];
        assert_eq!(
            throttle_pause(Some(seconds(7)), Some(seconds(3600)), &windows),
            seconds(7)
        );
        assert_eq!(throttle_pause(None, Some(seconds(3600)), &windows), seconds(3600));
        assert_eq!(throttle_pause(None, None, &windows), seconds(60));
        assert_eq!(throttle_pause(Some(seconds(0)), None, &windows), seconds(1));
        assert_eq!(throttle_pause(None, None, &[]), seconds(60));
    }

    #[test]
    fn the_parts_of_a_window_never_exceed_the_whole() {
        assert_eq!(Share::default().of(window(1_500, 3_600)).limit, 1_500);
        assert_eq!(Share::percent(50).of(window(101, 60)).limit, 50);
        assert_eq!(Share::percent(1).of(window(5, 60)).limit, 1, "at least one call");
        assert_eq!(Share::percent(0), Share::percent(1));
        assert_eq!(Share::percent(400), Share::default());
        for percent in 1..100 {
            let (ours, theirs) = (Share::percent(percent), Share::percent(100 - percent));
            assert!(ours.of(window(100, 60)).limit + theirs.of(window(100, 60)).limit <= 100);
        }
    }

    #[test]
    fn what_is_not_noticed_of_a_clock_shrinks_with_the_windows() {
        let bound = |windows: &[Window]| jump_bound(windows).as_micros();
        assert_eq!(bound(&[window(1_500, 3_600), window(100, 60)]), 250_000);
        assert_eq!(bound(&[window(100, 12)]), 50_000);
        assert_eq!(bound(&[]), 0);
    }

    #[test]
    fn half_of_the_windows_is_called_at_half_the_pace() {
        let interval = Duration::from_millis(606);
        assert_eq!(Share::percent(50).pace(interval), Duration::from_millis(1_212));
        assert_eq!(Share::default().pace(interval), interval);
    }
}
