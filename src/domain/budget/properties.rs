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
fn rules(rng: &mut fastrand::Rng) -> (Vec<Window>, Rules) {
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
        margin: jump_bound(&windows),
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

fn case(number: u64) {
    let mut rng = fastrand::Rng::with_seed(number);
    let (windows, rules) = rules(&mut rng);
    let calls = Calls::any(&mut rng);
    let mut fates = fastrand::Rng::with_seed(number.wrapping_add(1 << 40));
    let mut sim = Sim::new(&rules, Pacing::NONE, calls.latest());
    let bound = i64::try_from(jump_bound(&windows).as_millis()).expect("short");
    let mut unnoticed = 0;
    for _ in 0..rng.u32(3..16) {
        match rng.u8(0..16) {
            0 => sim.restart(),
            1 => sim.jump(ms(rng.i64(-90_000..90_000)), true),
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
        sim.run(until, || calls.fate(&mut fates));
    }
    // However much is lost or jumps, all leave in the end.
    let mut rounds = 0;
    while sim.waiting() > 0 {
        rounds += 1;
        assert!(
            rounds < 1_000,
            "case {number}: {} calls never leave",
            sim.waiting()
        );
        let until = sim.now + ms(30_000);
        sim.run(until, || calls.fate(&mut fates));
    }
    for window in &windows {
        let most = sim.most_in(window.per);
        assert!(
            most <= usize::try_from(window.limit).expect("small"),
            "case {number}: {most} calls in {:?}, of {}",
            window.per,
            window.limit
        );
    }
}

#[test]
fn no_window_is_ever_above_its_limit_as_the_server_sees_it_and_all_leave_in_the_end() {
    let began = crate::clock::Monotonic::now();
    (0..CASES).for_each(case);
    eprintln!("{CASES} cases in {:?}", began.elapsed());
}
