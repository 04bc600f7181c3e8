//! The slower rate: what a 429 that names a window makes of every lane but critical.
//!
//! The ledger can never be above a window that the service counts by its calls. So a 429 that names one says that the service counts
//! otherwise: it weighs the hour before as if its calls had come evenly, or others use the same app registration. Such a one gives its slots
//! back evenly, not as the ledger's age, and would refuse whatever comes at the minute's pace. Until one whole window has passed without
//! another such answer, calls keep to the window's own rate; each further one makes that a tenth slower, down to half of it.
//!
//! Arithmetic only. The gate keeps it in the budget's row, so that all replicas obey; the forecast and the tests play it through.

use std::time::Duration;

use jiff::SignedDuration;

use super::Window;

/// How many turns of the others critical calls may take beforehand.
pub const OWED: i32 = 5;

/// A rate below what the windows allow, for a while. Moments are spans from any one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slow {
    /// Time between two calls.
    pub every: Duration,
    /// The next one may not leave before this.
    pub next: SignedDuration,
    /// When it is over.
    pub until: SignedDuration,
}

impl Slow {
    /// What holds after a 429 that names a window of ours and closes the gate for `pause`; the refused call had left at `left`.
    pub fn after(
        named: Window,
        pause: Duration,
        earlier: Option<Self>,
        now: SignedDuration,
        left: SignedDuration,
    ) -> Self {
        // A hundredth slower than the window's rate, so that the two do not run side by side.
        let rate = named.per / named.limit.max(1) * 101 / 100;
        let opens = now.saturating_add(signed(pause));
        let until = opens.saturating_add(signed(named.per));
        match earlier.filter(|slow| slow.until > now) {
            // That of a longer window: it stands.
            Some(slow) if slow.every > rate * 2 => Self {
                next: slow.next.max(opens),
                ..slow
            },
            // It had left before the rate held, with the one that was refused first: it says nothing of the rate. Nothing leaves between
            // that answer and the moment at which the gate opens.
            Some(slow) if slow.every >= rate && left < slow.until.saturating_sub(signed(named.per)) => Self {
                next: slow.next.max(opens),
                until: slow.until.max(until),
                ..slow
            },
            // Refused although calls came no faster: less than this rate is left.
            Some(slow) if slow.every >= rate => Self {
                every: (slow.every * 11 / 10).min(rate * 2),
                next: slow.next.max(opens),
                until: slow.until.max(until),
            },
            _ => Self {
                every: rate,
                next: opens,
                until,
            },
        }
    }

    /// In how long one more call may leave that is not critical; `None`: now.
    pub fn holds_for(&self, now: SignedDuration) -> Option<Duration> {
        let next = self.next.min(self.until);
        let wait = Duration::try_from(next.saturating_sub(now)).ok()?;
        (!wait.is_zero()).then_some(wait)
    }

    /// A call leaves, a critical one too: it takes the others' turn. One that comes late is made up for. However many critical ones
    /// leave, the others wait for [`OWED`] turns at most: releases go on beside them.
    pub fn leave(&mut self, now: SignedDuration) {
        let every = signed(self.every);
        let next = self.next.max(now.saturating_sub(every)).saturating_add(every);
        let owed = now.saturating_add(every.saturating_mul(OWED));
        // What the gate's own pause holds is not shortened.
        self.next = next.min(owed.max(self.next));
    }
}

fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Window = Window {
        limit: 100,
        per: Duration::from_secs(60),
    };
    const HOUR: Window = Window {
        limit: 1_500,
        per: Duration::from_secs(3_600),
    };

    fn at(seconds: i64) -> SignedDuration {
        SignedDuration::from_secs(seconds)
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn a_429_that_names_the_hour_holds_calls_to_its_rate_for_an_hour_and_no_longer() {
        let mut slow = Slow::after(HOUR, ms(5_000), None, at(100), at(100));
        assert_eq!(
            slow,
            Slow {
                every: ms(2_424),
                next: at(105),
                until: at(3_705)
            }
        );
        assert_eq!(
            slow.holds_for(at(100)),
            Some(ms(5_000)),
            "the gate is closed so long"
        );
        assert_eq!(slow.holds_for(at(105)), None);
        slow.leave(at(105));
        assert_eq!(slow.holds_for(at(105)), Some(ms(2_424)));
        let (mut left, mut now) = (0, at(105));
        while now < slow.until {
            match slow.holds_for(now) {
                None => {
                    slow.leave(now);
                    left += 1;
                }
                Some(wait) => now += signed(wait),
            }
        }
        assert_eq!(left, 1_485, "3,600 s at 2.424 s");
        assert_eq!(slow.holds_for(slow.until), None, "then it is over");
    }

    #[test]
    fn a_late_call_is_made_up_for_and_a_long_silence_is_not() {
        let mut slow = Slow::after(HOUR, Duration::ZERO, None, at(0), at(0));
        slow.leave(at(0));
        // Half a second late; the next is on time again.
        slow.leave(at(0) + signed(ms(2_924)));
        assert_eq!(slow.next, at(0) + signed(ms(2 * 2_424)));
        slow.leave(at(600));
        assert_eq!(slow.holds_for(at(600)), None, "one more may follow at once");
        slow.leave(at(600));
        assert_eq!(slow.holds_for(at(600)), Some(ms(2_424)), "and no third");
    }

    #[test]
    fn a_further_429_of_the_same_window_slows_down_and_one_of_a_shorter_window_changes_nothing() {
        let first = Slow::after(HOUR, Duration::ZERO, None, at(0), at(0));
        let second = Slow::after(HOUR, ms(1_000), Some(first), at(60), at(60));
        assert_eq!(second.every, ms(2_424) * 11 / 10);
        assert_eq!((second.next, second.until), (at(61), at(3_661)));
        let mut many = second;
        for _ in 0..20 {
            many = Slow::after(HOUR, Duration::ZERO, Some(many), at(70), at(70));
        }
        assert_eq!(many.every, ms(4_848), "half the rate at the least");
        let minute = Slow::after(MINUTE, ms(2_000), Some(many), at(80), at(80));
        assert_eq!(minute, Slow { next: at(82), ..many });
    }

    #[test]
    fn a_429_that_names_the_hour_takes_the_place_of_the_minutes_and_of_one_that_is_over() {
        let minute = Slow::after(MINUTE, ms(1_000), None, at(0), at(0));
        assert_eq!((minute.every, minute.until), (ms(606), at(61)));
        let hour = Slow::after(HOUR, ms(1_000), Some(minute), at(10), at(10));
        assert_eq!((hour.every, hour.until), (ms(2_424), at(3_611)));
        let later = Slow::after(MINUTE, ms(1_000), Some(hour), at(3_611), at(3_611));
        assert_eq!((later.every, later.until), (ms(606), at(3_672)));
    }

    #[test]
    fn what_had_left_before_the_first_answer_came_says_nothing_of_the_rate() {
        let first = Slow::after(HOUR, ms(5_000), None, at(100), at(98));
        let beside = Slow::after(HOUR, ms(5_000), Some(first), at(103), at(99));
        assert_eq!(beside.every, first.every);
        assert_eq!((beside.next, beside.until), (at(108), at(3_708)));
        let after = Slow::after(HOUR, ms(5_000), Some(beside), at(110), at(109));
        assert_eq!(after.every, ms(2_424) * 11 / 10);
    }

    #[test]
    fn critical_calls_take_a_few_turns_of_the_others_and_no_more() {
        let mut slow = Slow::after(HOUR, Duration::ZERO, None, at(0), at(0));
        for _ in 0..100 {
            slow.leave(at(1));
        }
        assert_eq!(slow.holds_for(at(1)), Some(ms(5 * 2_424)));
        // The pause that the answer asks for stays whole.
        let mut closed = Slow::after(HOUR, ms(60_000), None, at(0), at(0));
        closed.leave(at(1));
        assert_eq!(closed.next, at(60));
    }
}
