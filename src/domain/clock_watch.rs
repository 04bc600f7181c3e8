//! Holds the database's clock against a local one that cannot be set, and tells a jump from a slow answer. Pure:
//! `store::safety` feeds it, at every look at the gate and every second.
//!
//! The database told its time at some moment between two local readings, so each answer bounds the offset from both
//! sides: a slow answer says little, and is never a jump. What two even clocks may drift apart is allowed for.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// What two clocks that are kept right drift apart in a second, at most: 500 millionths is what a clock is slewed by.
const DRIFT: f64 = 500e-6;

/// One look at the database's clock.
#[derive(Clone, Copy, Debug)]
pub struct Reading {
    /// The local clock before the question.
    pub before: Duration,
    /// What the database said.
    pub told: Timestamp,
    /// The local clock after the answer.
    pub after: Duration,
}

/// A jump of the database's clock; forward is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// At least this far forward; for a jump back at most this far back.
    pub least: SignedDuration,
    /// At most this far forward; for a jump back at least this far back.
    pub most: SignedDuration,
}

impl Jump {
    /// How far at most, in either direction.
    pub fn size(&self) -> Duration {
        self.least.unsigned_abs().max(self.most.unsigned_abs())
    }
}

/// The offset between the two clocks, as far as it is known, and whether it is stable.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    bound: SignedDuration,
    stable_for: Duration,
    known: Option<Known>,
    jumped_at: Option<Duration>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    low: SignedDuration,
    high: SignedDuration,
    at: Duration,
}

impl Watch {
    /// Takes more than `bound` for a jump, and an offset that has not jumped for `stable_for` for stable.
    pub fn new(bound: Duration, stable_for: Duration) -> Self {
        Self {
            bound: signed(bound),
            stable_for,
            known: None,
            jumped_at: None,
        }
    }

    /// Takes a reading in; tells a jump since the last ones.
    pub fn read(&mut self, reading: Reading) -> Option<Jump> {
        let told = reading.told.duration_since(Timestamp::UNIX_EPOCH);
        let (low, high) = (told - signed(reading.after), told - signed(reading.before));
        let new = Known {
            low,
            high,
            at: reading.after,
        };
        let Some(known) = self.known else {
            self.known = Some(new);
            return None;
        };
        let drift = signed(reading.after.saturating_sub(known.at).mul_f64(DRIFT));
        let (known_low, known_high) = (known.low - drift, known.high + drift);
        let jumps = low > known_high + self.bound || high < known_low - self.bound;
        // Asked before the last answer came: which of the two is the later, nobody knows. The next one tells.
        if jumps && reading.before < known.at {
            return None;
        }
        if jumps {
            self.known = Some(new);
            self.jumped_at = Some(reading.after);
            return Some(Jump {
                least: low - known_high,
                most: high - known_low,
            });
        }
        // Within the bound, yet apart: what was known stays, so that small steps add up to a jump.
        let apart = low > known_high || high < known_low;
        self.known = Some(Known {
            low: if apart { known_low } else { low.max(known_low) },
            high: if apart { known_high } else { high.min(known_high) },
            at: reading.after,
        });
        None
    }

    /// How long sending stays frozen after the last jump; `None`: it does not.
    pub fn frozen(&self, now: Duration) -> Option<Duration> {
        let thaws = self.jumped_at? + self.stable_for;
        thaws.checked_sub(now).filter(|left| !left.is_zero())
    }
}

fn signed(span: Duration) -> SignedDuration {
    SignedDuration::try_from(span).unwrap_or(SignedDuration::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    fn watch() -> Watch {
        Watch::new(250 * MS, Duration::from_secs(60))
    }

    /// A look at the local second `at`, the answer to which took `ms` there and `ms` back, of a clock that is off by so many.
    fn look(watch: &mut Watch, at: f64, ms: u32, off: i64) -> Option<Jump> {
        let moment = Duration::from_secs_f64(at);
        let told = Timestamp::UNIX_EPOCH + signed(moment) + SignedDuration::from_hours(9_000);
        watch.read(Reading {
            before: moment - ms * MS,
            told: told + SignedDuration::from_millis(off),
            after: moment + ms * MS,
        })
    }

    #[test]
    fn a_clock_that_goes_on_evenly_never_jumps_however_slow_the_answers_are() {
        let mut watch = watch();
        let mut dice = fastrand::Rng::with_seed(5);
        let mut at = 100.0;
        for _ in 0..10_000 {
            at += 10.1 + dice.f64();
            // It drifts by 300 millionths, too.
            let off = (at * 0.3) as i64;
            assert_eq!(look(&mut watch, at, dice.u32(1..5_000), off), None);
        }
        assert_eq!(watch.frozen(Duration::from_secs_f64(at)), None);
    }

    #[test]
    fn a_jump_in_either_direction_is_bounded_from_both_sides_and_freezes_until_stable() {
        for by in [400_i64, -400, 3_600_000, -3_600_000] {
            let mut watch = watch();
            assert_eq!(look(&mut watch, 100.0, 5, 0), None);
            let jump = look(&mut watch, 101.0, 20, by).expect("it jumped");
            let real = SignedDuration::from_millis(by);
            assert!(jump.least <= real && real <= jump.most, "{jump:?} holds {by} ms");
            assert!(
                jump.most - jump.least <= SignedDuration::from_millis(52),
                "{jump:?}"
            );
            assert!(jump.size() >= real.unsigned_abs());
            assert_eq!(look(&mut watch, 102.0, 5, by), None, "the new offset is stable");
            assert!(watch.frozen(Duration::from_secs(160)).is_some());
            assert_eq!(watch.frozen(Duration::from_secs(162)), None);
        }
    }

    #[test]
    fn a_jump_behind_a_slow_answer_is_seen_by_the_next_quick_one() {
        let mut watch = watch();
        look(&mut watch, 100.0, 5, 0);
        assert_eq!(
            look(&mut watch, 105.0, 2_000, 1_000),
            None,
            "it may be the network"
        );
        assert!(look(&mut watch, 108.0, 5, 1_000).is_some());
    }

    #[test]
    fn small_steps_add_up_to_a_jump() {
        let mut watch = watch();
        look(&mut watch, 100.0, 1, 0);
        assert_eq!(look(&mut watch, 101.0, 1, 200), None);
        assert!(look(&mut watch, 102.0, 1, 400).is_some());
    }

    #[test]
    fn answers_that_overtake_one_another_make_one_jump_of_one() {
        let mut watch = watch();
        look(&mut watch, 100.0, 1, 0);
        assert!(look(&mut watch, 101.0, 1, 1_000).is_some());
        assert_eq!(
            look(&mut watch, 101.0, 5, 0),
            None,
            "asked before the jump, heard after it"
        );
        assert_eq!(look(&mut watch, 102.0, 1, 1_000), None);
    }

    #[test]
    fn another_jump_while_frozen_freezes_anew() {
        let mut watch = watch();
        look(&mut watch, 100.0, 1, 0);
        assert!(look(&mut watch, 110.0, 1, 1_000).is_some());
        assert!(look(&mut watch, 140.0, 1, 0).is_some(), "it was set right again");
        assert!(watch.frozen(Duration::from_secs(199)).is_some());
        assert_eq!(watch.frozen(Duration::from_secs(201)), None);
    }
}
