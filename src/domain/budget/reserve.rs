//! The reserve: what bulk leaves of the longest window for critical calls that are yet to come.
//!
//! In a storm the longest window fills and then frees its slots as they age. A critical call that comes then would wait
//! until the next one frees, which may be most of an hour. So bulk may take a slot only if, for every k, what is free after
//! it when the next k slots have freed suffices for the critical calls that may come until then: `at_once` of them,
//! and one more each `every`, up to `slots`. That is the service-curve rule
//!
//! > free − 1 + k ≥ min(slots, at_once + ⌊(e<sub>k+1</sub> − now) / every⌋) for every k
//!
//! where e<sub>k</sub> is when the k-th next slot frees; only whole calls come. Asked by [`super::rule`] for every lane but critical.

use std::time::Duration;

/// What is kept for critical calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reserve {
    /// So many slots of the longest window, at most; 0: none.
    pub slots: u32,
    /// So many of them may be wanted at once.
    pub at_once: u32,
    /// After that one more may be wanted in each such span; zero: none more.
    pub every: Duration,
}

impl Reserve {
    /// From now until bulk may take a slot, if nothing else is taken; zero: now.
    ///
    /// * `free`: slots of the longest window that are free now, at least one of them.
    /// * `frees`: in how long its held slots become free, the soonest first. Only the first [`Reserve::looks_at`] matter.
    pub fn opens_in(&self, free: u64, frees: &[Duration]) -> Duration {
        let mut opens = Duration::ZERO;
        let (most, at_once) = (u64::from(self.slots), u64::from(self.at_once.min(self.slots)));
        // `left` slots are free after this one until the next one frees.
        for (left, frees_in) in (free.saturating_sub(1)..).zip(frees) {
            if left >= most {
                break;
            }
            // What is left suffices for so long before the next slot frees: until then bulk waits.
            let lasts = match left.checked_sub(at_once) {
                // Not even what may be wanted at once: only the next slot helps.
                None => Duration::ZERO,
                Some(_) if self.every.is_zero() => Duration::MAX,
                // Until just before one call more may be wanted than is left.
                Some(more) => self
                    .every
                    .saturating_mul(u32::try_from(more + 1).unwrap_or(u32::MAX))
                    .saturating_sub(Duration::from_nanos(1)),
            };
            let satisfied = frees_in.saturating_sub(lasts);
            opens = opens.max(satisfied);
        }
        opens
    }

    /// How many of the slots that free next the rule looks at, when so many are free: none when it cannot forbid anything.
    pub fn looks_at(&self, free: u64) -> u64 {
        (u64::from(self.slots) + 1).saturating_sub(free)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const NANO: Duration = Duration::from_nanos(1);

    fn reserve() -> Reserve {
        Reserve {
            slots: 75,
            at_once: 10,
            every: Duration::from_secs(36),
        }
    }

    /// The rule word for word, for one moment.
    fn holds(reserve: &Reserve, free: u64, frees: &[Duration]) -> bool {
        let need = |span: f64| {
            let more = match reserve.every.as_secs_f64() {
                0.0 => 0.0,
                every => (span / every).floor(),
            };
            f64::from(reserve.slots).min(f64::from(reserve.at_once) + more)
        };
        frees.iter().zip(0_u32..).all(|(frees_in, k)| {
            #[expect(clippy::cast_precision_loss, reason = "a few hundred slots")]
            let left = free as f64 - 1.0 + f64::from(k);
            left + 1e-9 >= need(frees_in.as_secs_f64())
        })
    }

    fn seconds(frees: &[u64]) -> Vec<Duration> {
        frees.iter().map(|s| Duration::from_secs(*s)).collect()
    }

    #[test]
    fn with_more_free_than_the_reserve_nothing_waits() {
        let full = vec![Duration::from_secs(3_000); 1_424];
        assert_eq!(reserve().opens_in(76, &full), Duration::ZERO);
        assert_eq!(reserve().looks_at(76), 0);
        assert_eq!(reserve().looks_at(1), 75);
        assert!(reserve().opens_in(75, &full) > Duration::ZERO);
    }

    #[test]
    fn without_a_reserve_the_last_slot_may_be_taken() {
        assert_eq!(Reserve::default().opens_in(1, &seconds(&[3_600])), Duration::ZERO);
        assert_eq!(Reserve::default().looks_at(1), 0);
    }

    #[test]
    fn bulk_waits_until_what_is_left_lasts_to_the_next_slot() {
        // Ten free: after this call nine are left, fewer than may be wanted at once, so the next slot is waited for.
        let next = seconds(&[100, 100, 100, 100, 100, 100]);
        assert_eq!(reserve().opens_in(10, &next), 100 * SECOND);
        // Eleven: ten are left, and only after 36 s an eleventh may be wanted.
        assert_eq!(reserve().opens_in(11, &next), 64 * SECOND + NANO);
        assert_eq!(reserve().opens_in(12, &next), 28 * SECOND + NANO);
        // Slots that free soon are as good as free ones.
        assert_eq!(reserve().opens_in(11, &seconds(&[0])), Duration::ZERO);
    }

    #[test]
    fn a_later_gap_counts_too() {
        // Two slots free at once, then none for an hour: what they give is kept for that hour.
        let mut frees = seconds(&[1, 1]);
        frees.extend(vec![Duration::from_secs(3_600); 100]);
        assert_eq!(
            reserve().opens_in(20, &frees),
            Duration::from_secs(3_600 - 12 * 36) + NANO
        );
    }

    #[test]
    fn a_curve_that_does_not_grow_keeps_only_what_may_be_wanted_at_once() {
        let flat = Reserve {
            every: Duration::ZERO,
            ..reserve()
        };
        assert_eq!(flat.opens_in(11, &seconds(&[3_600])), Duration::ZERO);
        assert_eq!(flat.opens_in(10, &seconds(&[7, 3_600])), 7 * SECOND);
    }

    #[test]
    fn the_wait_ends_exactly_when_the_rule_holds() {
        let mut rng = fastrand::Rng::with_seed(4);
        for _ in 0..20_000 {
            let reserve = Reserve {
                slots: rng.u32(0..12),
                at_once: rng.u32(0..12),
                every: Duration::from_secs(rng.u64(0..9)),
            };
            let reserve = Reserve {
                at_once: reserve.at_once.min(reserve.slots),
                ..reserve
            };
            let mut frees: Vec<u64> = (0..14).map(|_| rng.u64(0..40)).collect();
            frees.sort_unstable();
            let free = rng.u64(1..14);
            let opens = reserve.opens_in(free, &seconds(&frees));
            // Look second by second.
            let at = |now: u64| {
                let freed = frees.iter().filter(|at| **at <= now).count();
                let rest: Vec<u64> = frees[freed..].iter().map(|at| at - now).collect();
                holds(
                    &reserve,
                    free + u64::try_from(freed).expect("a few"),
                    &seconds(&rest),
                )
            };
            let first = (0..=40).find(|now| at(*now)).expect("at the end all are free");
            let opens = Duration::from_secs(
                opens
                    .as_nanos()
                    .div_ceil(1_000_000_000)
                    .try_into()
                    .expect("short"),
            );
            assert_eq!(
                opens,
                Duration::from_secs(first),
                "{reserve:?}, {free} free, {frees:?}"
            );
        }
    }
}
