//! The ledger in memory: the moments of the slots, and the snapshot of them that the rule asks for. It is what `store::ledger`
//! reads with SQL; a test on Postgres compares the two. The forecast, rehearsals and the property tests run on it.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Held, Retries, Rules, Snapshot, Window};

/// The slots of one budget, by the latest moment at which the service can have counted each call. Moments are spans from
/// any one moment.
#[derive(Clone, Debug, Default)]
pub struct Slots(VecDeque<SignedDuration>);

impl Slots {
    /// From slots in any order.
    pub fn new(mut slots: Vec<SignedDuration>) -> Self {
        slots.sort_unstable();
        Self(slots.into())
    }

    /// Adds one.
    pub fn insert(&mut self, at: SignedDuration) {
        match self.0.back() {
            Some(last) if *last > at => {
                let place = self.0.partition_point(|slot| *slot <= at);
                self.0.insert(place, at);
            }
            _ => self.0.push_back(at),
        }
    }

    /// Moves one, as an answer does: the call cannot be counted after it. Says whether there was such a slot.
    pub fn answer(&mut self, held: SignedDuration, at: SignedDuration) -> bool {
        let place = self.0.partition_point(|slot| *slot < held);
        let is_there = self.0.get(place) == Some(&held);
        if is_there {
            self.0.remove(place);
            self.insert(at);
        }
        is_there
    }

    /// Prolongs every slot, as after a jump of the clock.
    pub fn prolong(&mut self, by: Duration) {
        let by = signed(by);
        for slot in &mut self.0 {
            *slot = slot.saturating_add(by);
        }
    }

    /// Drops what no window holds any more.
    pub fn forget(&mut self, rules: &Rules, now: SignedDuration) {
        let longest = rules.longest().map_or(Duration::ZERO, |window| window.per);
        let since = now.saturating_sub(signed(longest));
        while self.0.front().is_some_and(|slot| *slot < since) {
            self.0.pop_front();
        }
    }

    /// How many a window holds at moment zero: all of them, even above its limit.
    pub fn held(&self, window: Window) -> usize {
        let since = SignedDuration::ZERO.saturating_sub(signed(window.per));
        self.0.len() - self.0.partition_point(|slot| *slot < since)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the rule asks for, at that moment; written over what is there.
    pub fn snapshot_into(&self, rules: &Rules, now: SignedDuration, snapshot: &mut Snapshot) {
        snapshot.windows.clear();
        snapshot.frees.clear();
        snapshot.retries = Retries::default();
        snapshot.slow = rules.slow.and_then(|slow| slow.holds_for(now));
        let longest = rules.longest();
        for window in &rules.windows {
            let per = signed(window.per);
            let since = now.saturating_sub(per);
            let first = self.0.partition_point(|slot| *slot < since);
            let (held, limit) = (self.0.len() - first, size(window.limit));
            let frees_in = |slot: SignedDuration| {
                Duration::try_from(slot.saturating_add(per).saturating_sub(now)).unwrap_or_default()
            };
            snapshot.windows.push(Held {
                used: u64::try_from(held.min(limit)).unwrap_or(u64::MAX),
                opens_in: (held >= limit)
                    .then(|| self.0.get(self.0.len() - limit).copied())
                    .flatten()
                    .map(frees_in),
            });
            if Some(*window) == longest {
                let free = u64::try_from(limit.saturating_sub(held)).unwrap_or(0);
                let looks = usize::try_from(rules.reserve.looks_at(free)).unwrap_or(usize::MAX);
                let next = self.0.iter().skip(first).take(looks);
                snapshot.frees.extend(next.map(|slot| frees_in(*slot)));
            }
        }
    }

    /// What the rule asks for, at that moment.
    pub fn snapshot(&self, rules: &Rules, now: SignedDuration) -> Snapshot {
        let mut snapshot = Snapshot::default();
        self.snapshot_into(rules, now, &mut snapshot);
        snapshot
    }
}

fn size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX).max(1)
}

fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::budget::Reserve;

    fn at(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    fn rules() -> Rules {
        let window = |limit, per| Window {
            limit,
            per: Duration::from_secs(per),
        };
        Rules {
            reserve: Reserve {
                slots: 2,
                at_once: 1,
                every: Duration::from_secs(5),
            },
            ..Rules::of(&[window(6, 60), window(2, 10)])
        }
    }

    #[test]
    fn a_snapshot_counts_what_each_window_holds_and_when_it_frees() {
        let slots = Slots::new([5, -61, -60, -30, -10, -9].map(at).to_vec());
        let snapshot = slots.snapshot(&rules(), at(0));
        let held = |used, opens: Option<u64>| Held {
            used,
            opens_in: opens.map(Duration::from_secs),
        };
        assert_eq!(
            snapshot.windows,
            [held(2, Some(1)), held(5, None)],
            "at both ends a slot is held"
        );
        assert_eq!(
            snapshot.frees,
            [0, 30].map(Duration::from_secs),
            "one is free, so two more count"
        );
        assert_eq!(slots.snapshot(&Rules::of(&[]), at(0)), Snapshot::default());
        let held: Vec<_> = rules().windows.iter().map(|window| slots.held(*window)).collect();
        assert_eq!(held, [3, 5]);
    }

    #[test]
    fn an_answer_moves_a_slot_and_a_jump_of_the_clock_all_of_them() {
        let mut slots = Slots::new(vec![at(95), at(3)]);
        assert!(slots.answer(at(95), at(1)));
        assert!(!slots.answer(at(95), at(1)), "it is not there any more");
        slots.insert(at(2));
        assert_eq!(slots.0, [1, 2, 3].map(at));
        slots.prolong(Duration::from_secs(10));
        assert_eq!(slots.0, [11, 12, 13].map(at));
        slots.forget(&rules(), at(72));
        assert_eq!((slots.len(), slots.is_empty()), (2, false));
    }
}
