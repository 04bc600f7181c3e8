//! Properties of the rule against a server that counts exactly: whatever arrives, is lost, restarts or jumps, no window is
//! ever above its limit; conforming critical calls never wait for the longest window; no lane starves. Cases are made from
//! their number, so one that fails can be run again alone.

use std::time::Duration;

use jiff::SignedDuration;

use super::sim::{At, Fate, Sim, ms};
use super::*;
use crate::domain::verdict::Lane;

const CASES: u64 = 100_000;

fn window(limit: u32, per_ms: u64) -> Window {
    Window {
        limit,
        per: Duration::from_millis(per_ms),
    }
}

/// Small windows of any number, with a reserve that fits, a margin and an ageing.
fn rules(rng: &mut fastrand::Rng, has_margin: bool) -> (Vec<Window>, Rules) {
    let mut windows = vec![window(rng.u32(1..6), rng.u64(2_000..12_000))];
    for _ in 0..rng.u32(0..3) {
        let last = windows[windows.len() - 1];
        let per = u64::try_from(last.per.as_millis()).expect("short");
        windows.push(window(last.limit + rng.u32(1..12), per + rng.u64(1_000..60_000)));
    }
    let longest = windows[windows.len() - 1].limit;
    let slots = rng.u32(0..=longest / 2);
    let terms = Terms {
        reserve: Reserve {
            slots,
            at_once: rng.u32(0..=slots),
            every: Duration::from_millis(rng.u64(0..20_000)),
        },
        ageing: Duration::from_millis(rng.u64(0..3) * rng.u64(1_000..60_000)),
        margin: jump_bound(&windows) * u32::from(has_margin),
        ..Terms::default()
    };
    let rules = terms.rules(&windows);
    (windows, rules)
}

/// One process after another, on several replicas: a reservation, a send up to the deadline later, an answer or none.
struct Calls {
    deadline: i64,
    timeout: i64,
    tail: i64,
    /// Of a hundred answers so many are lost.
    lost: u8,
}

impl Calls {
    fn any(rng: &mut fastrand::Rng) -> Self {
        Self {
            deadline: rng.i64(0..2_000),
            timeout: rng.i64(1..4_000),
            tail: rng.i64(0..6_000),
            lost: rng.u8(0..60),
        }
    }

    fn latest(&self) -> At {
        ms(self.deadline + self.timeout + self.tail)
    }

    fn fate(&self, rng: &mut fastrand::Rng) -> Fate {
        let sent = rng.i64(0..=self.deadline);
        if rng.u8(0..100) < self.lost {
            // The server may count it at any time up to its tail.
            return Fate {
                counted: ms(rng.i64(sent..=self.deadline + self.timeout + self.tail)),
                answered: None,
            };
        }
        let answered = rng.i64(sent..=sent + self.timeout);
        Fate {
            counted: ms(rng.i64(sent..=answered)),
            answered: Some(ms(answered)),
        }
    }
}

/// The rule as it is, or without one of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    Whole,
    /// A slot is held from the reservation on, whenever the answer comes.
    FromReservation,
    /// An unanswered call holds its slot from the end of its time-out on, without the server's tail.
    WithoutTail,
    /// Slots are held for the window alone, though small jumps of the clock go unnoticed.
    WithoutMargin,
    /// Held slots are not prolonged when the clock jumps.
    WithoutProlonging,
}

fn case(number: u64, rule: Rule) -> Result<(), String> {
    let mut rng = fastrand::Rng::with_seed(number);
    let (windows, rules) = rules(&mut rng, rule != Rule::WithoutMargin);
    let calls = Calls::any(&mut rng);
    let mut fates = fastrand::Rng::with_seed(number.wrapping_add(1 << 40));
    let latest = match rule {
        Rule::FromReservation => At::ZERO,
        Rule::WithoutTail => calls.latest() - ms(calls.tail),
        _ => calls.latest(),
    };
    let mut fate = || {
        let fate = calls.fate(&mut fates);
        let answered = fate.answered.filter(|_| rule != Rule::FromReservation);
        Fate { answered, ..fate }
    };
    let mut sim = Sim::new(&rules, Pacing::NONE, latest);
    let bound = i64::try_from(jump_bound(&windows).as_millis()).expect("short");
    let mut unnoticed = 0;
    for _ in 0..rng.u32(3..16) {
        match rng.u8(0..16) {
            0 => sim.restart(),
            1 => sim.jump(ms(rng.i64(-90_000..90_000)), rule != Rule::WithoutProlonging),
            2 if bound > 0 => {
                // Below the bound, and never further from the true time than that.
                let to = rng.i64(0..=bound);
                sim.jump(ms(to - unnoticed), false);
                unnoticed = to;
            }
            _ => {
                for _ in 0..rng.u32(1..5) {
                    sim.queue(Lane::ALL[rng.usize(0..Lane::ALL.len())]);
                }
            }
        }
        let until = sim.now + ms(rng.i64(0..9_000));
        sim.run(until, &mut fate);
    }
    // However much is lost or jumps, all leave in the end.
    let mut rounds = 0;
    while sim.waiting() > 0 {
        rounds += 1;
        if rounds > 1_000 {
            return Err(format!("case {number}: {} calls never leave", sim.waiting()));
        }
        let until = sim.now + ms(30_000);
        sim.run(until, &mut fate);
    }
    for window in &windows {
        let most = sim.most_in(window.per);
        if most > usize::try_from(window.limit).expect("small") {
            let (per, limit) = (window.per, window.limit);
            return Err(format!("case {number}: {most} calls in {per:?}, of {limit}"));
        }
    }
    Ok(())
}

#[test]
fn no_window_is_ever_above_its_limit_as_the_server_sees_it_and_all_leave_in_the_end() {
    for number in 0..CASES {
        assert_eq!(case(number, Rule::Whole), Ok(()));
    }
}

#[test]
fn without_any_of_its_parts_the_rule_lets_the_server_see_too_many() {
    for rule in [
        Rule::FromReservation,
        Rule::WithoutTail,
        Rule::WithoutMargin,
        Rule::WithoutProlonging,
    ] {
        let found = (0..CASES).find_map(|number| case(number, rule).err());
        assert!(found.is_some(), "{rule:?}: no counter-example in {CASES} cases");
    }
}

/// Critical calls that keep to the reserve's curve: `at_once`, one more each `every`, `slots` of the longest window.
struct Curve {
    reserve: Reserve,
    longest: At,
    came: Vec<At>,
    level: At,
    at: At,
}

impl Curve {
    fn allows(&mut self, now: At) -> bool {
        let every = SignedDuration::try_from(self.reserve.every).expect("short");
        let full = every * i32::try_from(self.reserve.at_once).expect("small");
        self.level = (self.level + (now - self.at)).min(full);
        self.at = now;
        let recent = self.came.iter().filter(|at| **at + self.longest >= now).count();
        let allows = self.level >= every && recent < usize::try_from(self.reserve.slots).expect("small");
        if allows {
            self.level -= every;
            self.came.push(now);
        }
        allows
    }
}

#[test]
fn critical_calls_that_keep_to_the_curve_never_wait_for_the_longest_window() {
    let mut critical = 0;
    for number in 0..CASES / 5 {
        let mut rng = fastrand::Rng::with_seed(number);
        let (windows, mut rules) = rules(&mut rng, true);
        let longest = windows[windows.len() - 1];
        rules.reserve.slots = rng.u32(0..=longest.limit / 2);
        rules.reserve.at_once = rng.u32(0..=rules.reserve.slots);
        rules.reserve.every = Duration::from_millis(rng.u64(500..20_000));
        let calls = Calls::any(&mut rng);
        let mut fates = fastrand::Rng::with_seed(number.wrapping_add(1 << 40));
        let per = SignedDuration::try_from(longest.per).expect("short");
        let every = SignedDuration::try_from(rules.reserve.every).expect("short");
        let mut curve = Curve {
            reserve: rules.reserve,
            longest: per + calls.latest() + ms(1_000),
            came: Vec::new(),
            level: every * i32::try_from(rules.reserve.at_once).expect("small"),
            at: At::ZERO,
        };
        let mut sim = Sim::new(&rules, Pacing::NONE, calls.latest());
        for _ in 0..rng.u32(5..25) {
            if rng.u8(0..4) == 0 {
                sim.restart();
            }
            for _ in 0..rng.u32(0..6) {
                sim.queue(Lane::ALL[rng.usize(1..Lane::ALL.len())]);
            }
            for _ in 0..rng.u32(0..4) {
                if curve.allows(sim.now) {
                    sim.queue(Lane::Critical);
                }
            }
            let until = sim.now + ms(rng.i64(0..20_000));
            sim.run(until, || calls.fate(&mut fates));
        }
        let until = sim.now + ms(1_000_000);
        sim.run(until, || calls.fate(&mut fates));
        for left in sim.left.iter().filter(|left| left.lane == Lane::Critical) {
            critical += 1;
            assert!(
                !left.met_longest,
                "case {number}: a critical call of {:?} waited until {:?}",
                left.queued, left.at
            );
        }
    }
    assert!(critical > 1_000, "{critical} critical calls");
}

/// One low action before a stream of high ones that is twice what the windows take: when it leaves.
fn low_under_overload(ageing: u64) -> Option<At> {
    let terms = Terms {
        ageing: Duration::from_secs(ageing),
        ..Terms::default()
    };
    let rules = terms.rules(&[window(5, 10_000), window(20, 100_000)]);
    let mut sim = Sim::new(&rules, Pacing::NONE, ms(1_000));
    sim.queue(Lane::Low);
    for _ in 0..20 {
        sim.queue(Lane::High);
    }
    let fate = || Fate {
        counted: At::ZERO,
        answered: Some(ms(100)),
    };
    for n in 1..800 {
        sim.queue(Lane::High);
        sim.run(ms(n * 2_500), fate);
    }
    sim.left
        .iter()
        .find(|left| left.lane == Lane::Low)
        .map(|left| left.at)
}

#[test]
fn no_lane_starves_under_a_stream_that_is_twice_what_the_windows_take() {
    assert_eq!(low_under_overload(0), None, "without ageing it waits for ever");
    // Two lanes lie between: what came within twice the ageing goes first, at half its speed.
    let left = low_under_overload(60).expect("it leaves");
    assert!(
        left >= ms(120_000) && left <= ms(2 * 120_000 + 200_000),
        "{left:?}"
    );
}
