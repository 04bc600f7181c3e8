//! Storms in virtual time, by the documented windows and the defaults: how much leaves when, and what a critical call waits.

use std::time::Duration;

use super::sim::{At, Fate, Sim, ms};
use super::*;
use crate::domain::verdict::Lane;

pub(super) fn documented() -> [Window; 2] {
    [(100, 60), (1_500, 3_600)].map(|(limit, per)| Window {
        limit,
        per: Duration::from_secs(per),
    })
}

pub(super) fn rules(reserve: bool) -> Rules {
    let terms = Terms {
        reserve: Reserve {
            slots: if reserve { 75 } else { 0 },
            at_once: 10,
            every: Duration::from_secs(36),
        },
        ageing: Duration::from_secs(7_200),
        margin: jump_bound(&documented()),
        ..Terms::default()
    };
    terms.rules(&documented())
}

pub(super) const PACED: Pacing = Pacing {
    pace: Pace {
        interval: Duration::from_millis(606),
        burst: 5,
    },
    unpaced_releases: 5,
    release_window: Duration::from_secs(60),
};

pub(super) const MINUTE: i64 = 60_000;

/// Answers come after 50 to 400 ms.
fn fates(seed: u64) -> impl FnMut() -> Fate {
    let mut rng = fastrand::Rng::with_seed(seed);
    move || {
        let answered = rng.i64(50..400);
        Fate {
            counted: ms(rng.i64(10..=answered)),
            answered: Some(ms(answered)),
        }
    }
}

pub(super) fn storm<'a>(rules: &'a Rules, pacing: Pacing, calls: usize) -> Sim<'a> {
    let mut sim = Sim::new(rules, pacing, ms(95_000));
    for _ in 0..calls {
        sim.queue(Lane::Normal);
    }
    sim
}

pub(super) fn done_by(sim: &Sim<'_>, minutes: i64) -> usize {
    sim.left
        .iter()
        .filter(|left| left.at <= ms(minutes * MINUTE))
        .count()
}

pub(super) fn windows_are_kept(sim: &mut Sim<'_>) {
    for window in documented() {
        let most = sim.most_in(window.per);
        assert!(
            most <= usize::try_from(window.limit).expect("small"),
            "{most} in {:?}",
            window.per
        );
    }
}

#[test]
fn a_storm_of_3000_takes_what_the_windows_allow_to_the_second() {
    let rules = rules(false);
    let mut sim = storm(&rules, Pacing::NONE, 3_000);
    sim.run(ms(80 * MINUTE), fates(1));
    assert_eq!(
        [done_by(&sim, 1), done_by(&sim, 15), sim.left.len()],
        [100, 1_500, 3_000]
    );
    let last = sim.left[2_999].at;
    assert!(
        last >= ms(4_440_000) && last <= ms(4_460_000),
        "in theory 4,440 s: {last:?}"
    );
    assert_eq!(sim.most_in(Duration::from_secs(60)), 100);
    assert_eq!(sim.most_in(Duration::from_secs(3_600)), 1_500);
    eprintln!(
        "3,000 calls: 100 in the first minute, 1,500 in 15, the last at {:.1} s",
        last.as_secs_f64()
    );
}

#[test]
fn the_reserve_costs_less_than_seven_in_a_thousand_calls() {
    // Ten are kept to the last: bulk gets 1,490 of 1,500 an hour, 99.33 %, the last of them 36 s before the first slot frees.
    for (reserve, pacing, calls) in [
        (true, PACED, [1_490, 2_980]),
        (true, Pacing::NONE, [1_490, 2_980]),
        (false, PACED, [1_500, 3_000]),
        (false, Pacing::NONE, [1_500, 3_000]),
    ] {
        let rules = rules(reserve);
        let mut sim = storm(&rules, pacing, 6_000);
        sim.run(ms(120 * MINUTE), fates(2));
        assert_eq!(done_by(&sim, 1), 100, "all that is possible in the first minute");
        let done = [60, 120].map(|minutes| done_by(&sim, minutes));
        assert_eq!(
            done, calls,
            "after 60 and 120 minutes, reserve {reserve}, {pacing:?}"
        );
        windows_are_kept(&mut sim);
    }
}

/// The waits of critical calls that come at random, one in 80 s on average, during a storm of two hours, shortest first.
fn critical_waits(reserve: bool, seed: u64) -> Vec<At> {
    let rules = rules(reserve);
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut fates = fates(seed);
    let mut sim = storm(&rules, PACED, 6_000);
    let mut next = At::ZERO;
    while next < ms(120 * MINUTE) {
        next += ms(rng.i64(1..160_000));
        sim.run(next, &mut fates);
        sim.queue(Lane::Critical);
    }
    let until = sim.now + ms(60 * MINUTE);
    sim.run(until, &mut fates);
    windows_are_kept(&mut sim);
    let critical = sim.left.iter().filter(|left| left.lane == Lane::Critical);
    let mut waits: Vec<At> = critical.map(|left| left.at - left.queued).collect();
    waits.sort_unstable();
    waits
}

#[test]
fn in_a_storm_a_critical_call_waits_two_seconds_at_most_and_without_the_reserve_for_most_of_an_hour() {
    let p99 = |waits: &[At]| waits[waits.len() * 99 / 100];
    let mut all: Vec<At> = (0..10).flat_map(|seed| critical_waits(true, seed)).collect();
    all.sort_unstable();
    eprintln!(
        "{} critical calls: p99 {:?}, longest {:?}",
        all.len(),
        p99(&all),
        all.last()
    );
    assert!(p99(&all) <= ms(2_000), "{:?}", p99(&all));
    let without = critical_waits(false, 1);
    eprintln!("without the reserve: p99 {:?}", p99(&without));
    assert!(p99(&without) > ms(20 * MINUTE), "{:?}", p99(&without));
}

#[test]
fn a_forecast_is_what_then_happens() {
    let rules = rules(true);
    let mut sim = storm(&rules, PACED, 2_000);
    let queued = Queued {
        lane: Lane::Normal,
        queued: At::ZERO,
        ready: At::ZERO,
    };
    let expected = forecast(
        &[queued; 2_000],
        &Slots::default(),
        Duration::ZERO,
        &rules,
        &PACED,
    );
    // Answered at once, as the forecast assumes.
    sim.run(ms(240 * MINUTE), || Fate {
        counted: At::ZERO,
        answered: Some(At::ZERO),
    });
    for (index, (expected, left)) in expected.iter().zip(&sim.left).enumerate() {
        let off = (left.at - At::try_from(*expected).expect("short")).abs();
        assert!(
            off <= ms(100),
            "call {index}: expected {expected:?}, left {:?}",
            left.at
        );
    }
}

#[test]
fn a_forecast_for_10_000_keeps_every_window_and_puts_the_critical_first() {
    let rules = rules(true);
    let lane = |n: usize| Lane::ALL[n % Lane::ALL.len()];
    let queue: Vec<Queued> = (0..10_000)
        .map(|n| Queued {
            lane: lane(n),
            queued: ms(-i64::try_from(n).expect("small")),
            ready: ms(if n % 97 == 0 { 600_000 } else { -1 }),
        })
        .collect();
    let slots = Slots::new(vec![ms(-10_000); 100]);
    let began = crate::clock::Monotonic::now();
    let expected = forecast(&queue, &slots, Duration::from_secs(5), &rules, &PACED);
    eprintln!("a forecast for 10,000 in {:?}", began.elapsed());
    let mut moments: Vec<Duration> = expected.clone();
    moments.sort_unstable();
    for (limit, per) in [(100, 60), (1_500, 3_600)] {
        let per = Duration::from_secs(per);
        let over = moments
            .windows(limit + 1)
            .find(|calls| calls[limit] - calls[0] <= per);
        assert_eq!(over, None, "{limit} in {per:?}");
    }
    assert!(
        moments[0] >= Duration::from_secs(50),
        "the minute is full until then"
    );
    let last_critical = (0..10_000)
        .filter(|n| lane(*n) == Lane::Critical && n % 97 != 0)
        .map(|n| expected[n])
        .max();
    let first_low = (0..10_000)
        .filter(|n| lane(*n) == Lane::Low)
        .map(|n| expected[n])
        .min();
    assert!(last_critical < first_low, "{last_critical:?} {first_low:?}");
    assert!(expected[97] >= Duration::from_secs(600), "not before its time");
}
