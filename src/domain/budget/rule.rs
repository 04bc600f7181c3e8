//! The rule: whether a call may leave now, by one snapshot of the ledger; if not, when it may, and what holds it.
//!
//! `store::gate` and `store::ledger` read the snapshot under the lock of the budget's row and ask here; the forecast and
//! the tests ask with snapshots of a ledger in memory. Nothing else decides what the budget allows.

use std::time::Duration;

use super::lanes::{self, LaneHead};
use super::{Reserve, Retries, RetryQuota, Share, Slow, Window};
use crate::domain::verdict::Lane;

/// What the calls of one budget keep to, all spans as they hold in real time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The windows, the shortest span first.
    pub windows: Vec<Window>,
    /// What bulk leaves for critical calls.
    pub reserve: Reserve,
    /// How many repetitions may come to nothing.
    pub retries: RetryQuota,
    /// A lane goes before the one above it when its head has waited longer by this; zero: never.
    pub ageing: Duration,
    /// The slower rate that a 429 has brought, if it lasts yet. Its moments are spans from that of the snapshot.
    pub slow: Option<Slow>,
}

/// What holds beside the windows, all spans as they hold in real time. The default: nothing does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What bulk leaves for critical calls.
    pub reserve: Reserve,
    /// How many repetitions may come to nothing.
    pub retries: RetryQuota,
    /// A lane goes before the one above it when its head has waited longer by this; zero: never.
    pub ageing: Duration,
    /// The part of shared windows that reads may hold.
    pub reads: Share,
    /// Each slot is held for so much longer: what may go unnoticed of a jump of the clock.
    pub margin: Duration,
}

/// What the ledger holds at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// How full each window is, in the order of the rules.
    pub windows: Vec<Held>,
    /// In how long the held slots of the longest window become free, the soonest first: as many as the reserve
    /// [looks at](Reserve::looks_at), or all.
    pub frees: Vec<Duration>,
    /// The repetitions among them.
    pub retries: Retries,
    /// In how long the slower rate lets a call leave that is not critical; `None`: now.
    pub slow: Option<Duration>,
}

/// How full a window is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Slots held, counted up to the limit.
    pub used: u64,
    /// While it is full: in how long the slot becomes free that must be before one more call may leave.
    pub opens_in: Option<Duration>,
}

/// A call that wants to leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// The reserve, the slower rate and the retry quota are not for it: a critical one.
    pub is_critical: bool,
    /// It repeats an earlier one, and is neither a release nor critical.
    pub is_held_retry: bool,
}

/// Why a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// This window, by its place in the rules, holds as many as it may.
    Window(usize),
    /// What is free is kept for critical calls.
    Reserve,
    /// The service counts otherwise than the ledger, and calls keep to a slower rate for a while.
    Slow,
    /// As many repetitions as may come to nothing have done so.
    Retries,
}

/// A call that may not leave yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// In how long it may, if nothing else leaves and no answer comes.
    pub after: Duration,
    /// Why.
    pub hold: Hold,
}

/// A moment more than exact: the service's window may be closed at both ends.
pub const MARGIN: Duration = Duration::from_millis(1);

impl Hold {
    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Window(_) => "the budget is used up",
            Self::Reserve => "what is left is kept for critical calls",
            Self::Slow => "slowed down, as defender refused calls that the ledger allows",
            Self::Retries => "too many repeated calls came to nothing",
        }
    }
}

impl Call {
    /// A call of that lane, for the first time.
    pub fn of(lane: Lane) -> Self {
        Self {
            is_critical: lane == Lane::Critical,
            is_held_retry: false,
        }
    }
}

impl Terms {
    /// The rules of these windows on these terms.
    pub fn rules(&self, windows: &[Window]) -> Rules {
        Rules {
            reserve: self.reserve,
            retries: self.retries,
            ageing: self.ageing,
            ..self.rules_of_reads(windows)
        }
    }

    /// The rules of reads in windows of their own: nothing holds beside these.
    pub fn rules_of_reads(&self, windows: &[Window]) -> Rules {
        let held = |window: &Window| Window {
            per: window.per + self.margin,
            ..*window
        };
        Rules::of(&windows.iter().map(held).collect::<Vec<_>>())
    }
}

impl Rules {
    /// Only windows: no reserve, no quota, no ageing.
    pub fn of(windows: &[Window]) -> Self {
        let mut windows = windows.to_vec();
        windows.sort_by_key(|window| window.per);
        Self {
            windows,
            ..Self::default()
        }
    }

    /// The longest window.
    pub fn longest(&self) -> Option<Window> {
        self.windows.iter().max_by_key(|window| window.per).copied()
    }

    /// Whether a call may leave now.
    ///
    /// # Errors
    /// [`Wait`]: until when not, and why.
    pub fn check(&self, snapshot: &Snapshot, call: Call) -> Result<(), Wait> {
        let full = self.windows.iter().zip(&snapshot.windows).enumerate();
        let full = full.filter_map(|(index, (window, held))| {
            let is_full = held.used >= u64::from(window.limit);
            let after = || held.opens_in.unwrap_or(window.per) + MARGIN;
            is_full.then(|| Wait {
                after: after(),
                hold: Hold::Window(index),
            })
        });
        let mut longest = full.max_by_key(|wait| wait.after);
        let mut and = |wait: Option<Wait>| {
            if let Some(wait) = wait
                && longest.is_none_or(|longest| longest.after < wait.after)
            {
                longest = Some(wait);
            }
        };
        if !call.is_critical {
            and(self.held_by_reserve(snapshot));
            and(snapshot.slow.map(|after| Wait {
                after: after + MARGIN,
                hold: Hold::Slow,
            }));
        }
        if call.is_held_retry {
            and(self.retries_held(snapshot));
        }
        longest.map_or(Ok(()), Err)
    }

    /// In how long a call that repeats an earlier one may leave again, when as many as may have come to nothing. Until then
    /// such calls are not among the heads that [`Rules::turn`] is asked about.
    pub fn retries_held(&self, snapshot: &Snapshot) -> Option<Wait> {
        let held = self.retries.opens_in(self.calls(snapshot), &snapshot.retries);
        held.map(|after| Wait {
            after: after + MARGIN,
            hold: Hold::Retries,
        })
    }

    /// Whose turn it is: the lanes that may be called now, in the order in which they are to be tried, of those whose heads
    /// are given. A lane that the reserve holds never stands before a critical call.
    ///
    /// # Errors
    /// [`Wait`]: none of them may be called; the shortest wait of any.
    pub fn turn(&self, snapshot: &Snapshot, heads: &[LaneHead]) -> Result<Vec<Lane>, Wait> {
        let mut lanes = Vec::new();
        let mut shortest: Option<Wait> = None;
        for lane in lanes::order(heads, self.ageing) {
            match self.check(snapshot, Call::of(lane)) {
                Ok(()) => lanes.push(lane),
                Err(wait) if shortest.is_none_or(|shortest| wait.after < shortest.after) => {
                    shortest = Some(wait);
                }
                Err(_) => {}
            }
        }
        match shortest {
            Some(wait) if lanes.is_empty() => Err(wait),
            _ => Ok(lanes),
        }
    }

    /// Slots of the longest window that are free.
    pub fn free(&self, snapshot: &Snapshot) -> u64 {
        let limit = self.longest().map_or(u64::MAX, |window| u64::from(window.limit));
        limit.saturating_sub(self.calls(snapshot))
    }

    fn calls(&self, snapshot: &Snapshot) -> u64 {
        let longest = (self.windows.iter().enumerate()).max_by_key(|(_, window)| window.per);
        longest
            .and_then(|(index, _)| snapshot.windows.get(index))
            .map_or(0, |held| held.used)
    }

    fn held_by_reserve(&self, snapshot: &Snapshot) -> Option<Wait> {
        let free = self.free(snapshot);
        let mut frees = snapshot.frees.as_slice();
        let mut first = Duration::ZERO;
        if free == 0 {
            // The window rule waits for the next slot; the reserve asks what will be left then.
            first = *frees.first()?;
            frees = &frees[1..];
        }
        let after = self.reserve.opens_in(free.max(1), frees).max(first);
        (!after.is_zero() && self.reserve.slots > 0).then_some(Wait {
            after: after + MARGIN,
            hold: Hold::Reserve,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            windows: [(5, 10), (20, 100)]
                .map(|(limit, per)| Window {
                    limit,
                    per: Duration::from_secs(per),
                })
                .to_vec(),
            reserve: Reserve {
                slots: 4,
                at_once: 2,
                every: Duration::from_secs(30),
            },
            retries: RetryQuota {
                percent: 10,
                at_least: 1,
            },
            ageing: Duration::from_secs(1_000),
            slow: None,
        }
    }

    /// So many slots in each window; the held ones of the longer one become free one a second, from then on.
    fn snapshot(short: u64, long: u64, first: u64) -> Snapshot {
        let held = |used, limit, opens| Held {
            used,
            opens_in: (used >= limit).then_some(Duration::from_secs(opens)),
        };
        Snapshot {
            windows: vec![held(short, 5, 3), held(long, 20, first)],
            frees: (0..long.min(5)).map(|n| Duration::from_secs(first + n)).collect(),
            retries: Retries::default(),
            slow: None,
        }
    }

    fn wait(seconds: u64, hold: Hold) -> Result<(), Wait> {
        Err(Wait {
            after: Duration::from_secs(seconds) + MARGIN,
            hold,
        })
    }

    const BULK: Call = Call {
        is_critical: false,
        is_held_retry: false,
    };
    const CRITICAL: Call = Call {
        is_critical: true,
        is_held_retry: false,
    };
    const RETRY: Call = Call {
        is_critical: false,
        is_held_retry: true,
    };

    #[test]
    fn a_call_leaves_while_every_window_has_room() {
        for call in [BULK, CRITICAL, RETRY] {
            assert_eq!(rules().check(&snapshot(4, 4, 50), call), Ok(()));
            assert_eq!(rules().check(&snapshot(5, 5, 50), call), wait(3, Hold::Window(0)));
        }
        assert_eq!(
            rules().check(&snapshot(5, 20, 50), CRITICAL),
            wait(50, Hold::Window(1))
        );
        assert_eq!(
            Rules::of(&[]).check(&Snapshot::default(), BULK),
            Ok(()),
            "no window, no limit"
        );
    }

    #[test]
    fn the_reserve_holds_bulk_and_not_the_critical_call() {
        let nearly = snapshot(0, 18, 50);
        assert_eq!(rules().check(&nearly, CRITICAL), Ok(()));
        assert_eq!(rules().check(&nearly, BULK), wait(50, Hold::Reserve));
        let heads = |lanes: &[Lane]| -> Vec<LaneHead> {
            let waited = Duration::from_secs(9);
            lanes
                .iter()
                .map(|lane| LaneHead { lane: *lane, waited })
                .collect()
        };
        let turn = |lanes: &[Lane]| rules().turn(&nearly, &heads(lanes));
        assert_eq!(
            turn(&[Lane::Low, Lane::High, Lane::Critical]),
            Ok(vec![Lane::Critical])
        );
        assert_eq!(
            turn(&[Lane::Low, Lane::Release]).expect_err("bulk is held").hold,
            Hold::Reserve
        );
        assert_eq!(turn(&[]), Ok(vec![]));
        let free = rules().turn(
            &snapshot(0, 0, 0),
            &heads(&[Lane::Low, Lane::High, Lane::Critical]),
        );
        assert_eq!(free, Ok(vec![Lane::Critical, Lane::High, Lane::Low]));
    }

    #[test]
    fn a_full_window_makes_bulk_wait_for_more_than_its_next_slot() {
        let full = snapshot(0, 20, 50);
        assert_eq!(rules().check(&full, CRITICAL), wait(50, Hold::Window(1)));
        assert_eq!(
            rules().check(&full, BULK),
            wait(52, Hold::Reserve),
            "two are kept, a third is its own"
        );
    }

    #[test]
    fn the_slower_rate_holds_all_but_critical_calls() {
        let slowed = Snapshot {
            slow: Some(Duration::from_secs(2)),
            ..snapshot(0, 4, 50)
        };
        assert_eq!(rules().check(&slowed, CRITICAL), Ok(()));
        assert_eq!(rules().check(&slowed, BULK), wait(2, Hold::Slow));
        let full = Snapshot {
            slow: Some(Duration::from_secs(2)),
            ..snapshot(5, 5, 50)
        };
        assert_eq!(
            rules().check(&full, BULK),
            wait(3, Hold::Window(0)),
            "the longer wait counts"
        );
    }

    #[test]
    fn only_repetitions_wait_for_their_quota() {
        let wasted = Snapshot {
            retries: Retries {
                wasted: 1,
                frees_in: Some(Duration::from_secs(77)),
            },
            ..snapshot(0, 10, 50)
        };
        assert_eq!(rules().check(&wasted, RETRY), wait(77, Hold::Retries));
        assert_eq!(rules().check(&wasted, BULK), Ok(()));
        assert_eq!(
            rules().retries_held(&wasted).map(|wait| wait.hold),
            Some(Hold::Retries)
        );
        assert_eq!(rules().retries_held(&snapshot(0, 10, 50)), None);
    }
}
