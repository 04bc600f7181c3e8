//! Storms against services that count otherwise than the ledger, by the simulator's own counters: how often they refuse, how much is
//! done all the same, and that services which count by closed windows notice nothing.

use std::time::Duration;

use tokio::time::Instant;

use super::sim::{At, Fate, Refusal, Server, Sim, ms, span};
use super::storm_tests::{MINUTE, PACED, documented, done_by, rules, storm, windows_are_kept};
use super::*;
use crate::domain::verdict::Lane;
use crate::simulator::{self, CallKind, Caller, Counts, Endpoint, WindowAlgorithm, Windows};

/// So many seconds of the service's hour are over when the storm begins.
const PHASES: [u64; 9] = [0, 1, 360, 900, 1_800, 2_160, 2_700, 3_240, 3_599];

fn service(algorithm: WindowAlgorithm, phase: u64) -> Server<'static> {
    let origin = Instant::now();
    let lengths = documented().map(|window| {
        let Window { limit, per } = window;
        (simulator::Window { limit, per }, per)
    });
    let scope = simulator::BudgetScope::ActionsAndReads;
    let mut windows = Windows::new(lengths.to_vec(), scope, true, algorithm, origin);
    let caller = Caller {
        tenant: "contoso".to_owned(),
        app: "quell".to_owned(),
    };
    let counts = Counts {
        kind: CallKind::Action,
        endpoint: Endpoint::Restrict,
    };
    Box::new(move |at: At| {
        let now = origin + Duration::from_secs(phase) + span(at);
        let exceeded = windows.admit(&caller, counts, now).err()?;
        let named = Window {
            limit: exceeded.window.limit,
            per: exceeded.window.per,
        };
        // `Retry-After` has whole seconds.
        let after = Duration::from_secs(exceeded.wait.as_secs() + 1);
        let pause = throttle_pause(Some(after), Some(named.per), &documented());
        Some(Refusal { named, pause })
    })
}

/// Calls come one after the other, as the counters want them.
fn fate() -> Fate {
    Fate {
        counted: ms(100),
        answered: Some(ms(200)),
    }
}

fn stormed<'a>(rules: &'a Rules, algorithm: WindowAlgorithm, phase: u64, slows_down: bool) -> Sim<'a> {
    let mut sim = storm(rules, PACED, 3_000);
    sim.server = Some(service(algorithm, phase));
    sim.slows_down = slows_down;
    sim.run(ms(120 * MINUTE), fate);
    sim
}

#[test]
fn a_service_that_weighs_its_hours_refuses_few_calls_of_a_storm_and_nearly_all_is_done() {
    let rules = rules(true);
    for phase in PHASES {
        let mut sim = stormed(&rules, WindowAlgorithm::SlidingCounter, phase, true);
        let done = [60, 120].map(|minutes| done_by(&sim, minutes));
        let hour = sim.named.iter().filter(|named| named.limit == 1_500).count();
        eprintln!(
            "{phase} s into its hour: {} refused, {hour} of them by the hour; {done:?} done",
            sim.named.len()
        );
        assert!(sim.named.len() <= 15, "{phase}: {} were refused", sim.named.len());
        assert!(done[0] >= 1_480 && done[1] >= 2_950, "{phase}: {done:?}");
        windows_are_kept(&mut sim);
    }
}

#[test]
fn without_the_slower_rate_the_same_service_refuses_hundreds() {
    let rules = rules(true);
    let sim = stormed(&rules, WindowAlgorithm::SlidingCounter, 0, false);
    let done = done_by(&sim, 120);
    assert!(
        sim.named.len() > 300 && done < 2_700,
        "{} refused, {done} done",
        sim.named.len()
    );
}

#[test]
fn services_that_count_by_closed_windows_or_tokens_refuse_nothing_and_nothing_is_slower() {
    let rules = rules(true);
    for algorithm in [
        WindowAlgorithm::Fixed,
        WindowAlgorithm::SlidingLog,
        WindowAlgorithm::TokenBucket,
    ] {
        for phase in PHASES {
            let sim = stormed(&rules, algorithm, phase, true);
            assert_eq!(sim.named.len(), 0, "{algorithm:?}, {phase}");
            let done = [60, 120].map(|minutes| done_by(&sim, minutes));
            assert_eq!(done, [1_490, 2_980], "{algorithm:?}, {phase}");
        }
    }
}

#[test]
fn critical_calls_are_not_slowed_down_with_the_others() {
    let rules = rules(true);
    for phase in PHASES {
        let mut rng = fastrand::Rng::with_seed(phase);
        let mut sim = storm(&rules, PACED, 3_000);
        sim.server = Some(service(WindowAlgorithm::SlidingCounter, phase));
        let mut next = At::ZERO;
        while next < ms(120 * MINUTE) {
            next += ms(rng.i64(1..120_000));
            sim.run(next, fate);
            sim.queue(Lane::Critical);
        }
        let until = sim.now + ms(MINUTE);
        sim.run(until, fate);
        assert!(sim.named.len() <= 60, "{phase}: {} were refused", sim.named.len());
        let critical = sim.left.iter().filter(|left| left.lane == Lane::Critical);
        let mut waits: Vec<At> = critical.map(|left| left.at - left.queued).collect();
        waits.sort_unstable();
        let (count, p90) = (waits.len(), waits[waits.len() * 9 / 10]);
        eprintln!(
            "{phase} s into its hour: {count} critical calls, p90 {p90:?}, longest {:?}, {} refused",
            waits.last(),
            sim.named.len()
        );
        assert!(count > 100 && p90 <= ms(2_000), "{phase}: {p90:?} of {count}");
    }
}

#[test]
fn a_forecast_reckons_with_the_slower_rate() {
    let hour = documented()[1];
    let slow = Slow::after(hour, Duration::from_secs(5), None, At::ZERO, At::ZERO);
    let rules = Rules {
        slow: Some(slow),
        ..rules(true)
    };
    let queued = Queued {
        lane: Lane::Normal,
        queued: At::ZERO,
        ready: At::ZERO,
    };
    let mut queue = vec![queued; 300];
    queue.push(Queued {
        lane: Lane::Critical,
        ..queued
    });
    let expected = forecast(&queue, &Slots::default(), Duration::ZERO, &rules, &PACED);
    assert_eq!(expected[300], Duration::ZERO, "a critical one is not held");
    // It takes the turn of one of the others.
    for (calls, one) in [(0, expected[0]), (299, expected[299])] {
        let due = Duration::from_secs(5) + slow.every * (calls + 1);
        let off = one.abs_diff(due);
        assert!(off <= slow.every, "call {calls}: {one:?}, due {due:?}");
    }
    let (first, last) = (expected[0], expected[299]);
    assert!(last - first >= slow.every * 298, "{first:?} to {last:?}");
}
