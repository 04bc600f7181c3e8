//! The budget in advance: against the gate's own forecast, against the windows, and by hand.

use proptest::prelude::*;

use super::*;
use crate::domain::budget::{Forecast, Pacing, Queued, Rules, Slots, forecast};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).expect("in range")
}

fn window(limit: u32, seconds: u64) -> Window {
    Window {
        limit,
        per: Duration::from_secs(seconds),
    }
}

fn rate(windows: &[Window], interval_ms: u64) -> Rate {
    Rate {
        windows: windows.to_vec(),
        pace: Pace {
            interval: Duration::from_millis(interval_ms),
            burst: 5,
        },
        unpaced_releases: 5,
        release_window: Duration::from_secs(60),
        validity: Duration::from_secs(86_400),
    }
}

fn documented() -> Rate {
    rate(&[window(100, 60), window(1_500, 3_600)], 606)
}

fn unpaced() -> Rate {
    rate(&[window(100, 60), window(1_500, 3_600)], 0)
}

fn restrict(second: i64, device: usize) -> Want {
    Want {
        at: at(second),
        device,
        kind: ActionKind::Restrict,
        lane: Lane::Normal,
    }
}

fn release(second: i64, device: usize) -> Want {
    Want {
        kind: ActionKind::Release,
        ..restrict(second, device)
    }
}

fn told(rate: Rate, wants: &[Want]) -> DemandForecast {
    let mut demand = Demand::new(rate);
    for want in wants {
        demand.want(*want);
    }
    demand.finish()
}

#[test]
fn a_quiet_stream_waits_for_nothing() {
    let wants: Vec<Want> = (0..10).map(|n| restrict(n * 120, n as usize)).collect();
    let told = told(documented(), &wants);
    assert_eq!((told.restricts, told.longest_queue, told.lanes.len()), (10, 0, 1));
    assert_eq!((told.peaks[0].wanted, told.peaks[1].wanted), (1, 10));
    assert_eq!(
        (told.peaks[0].reached_at, told.lanes[0].longest),
        (None, Duration::ZERO)
    );
}

#[test]
fn a_restrict_that_leaves_in_its_last_moment_is_sent_and_one_later_has_expired() {
    let expired = |validity: u64| {
        let rate = Rate {
            validity: Duration::from_secs(validity),
            ..rate(&[window(1, 60)], 0)
        };
        told(rate, &[restrict(0, 0), restrict(0, 1)]).expired
    };
    assert_eq!((expired(60), expired(59)), (0, 1));
}

#[test]
fn a_storm_waits_for_the_hour_window_and_tells_when_each_was_reached() {
    let wants: Vec<Want> = (0..1_600).map(|n| restrict(n / 100, n as usize)).collect();
    let told = told(unpaced(), &wants);
    assert_eq!(told.restricts, 1_600);
    assert_eq!((told.peaks[0].wanted, told.peaks[0].at), (1_600, Some(at(15))));
    assert_eq!(told.peaks[0].reached_at, Some(at(0)));
    assert_eq!(told.peaks[1].reached_at, Some(at(14)));
    // The last hundred leave when the first hundred are an hour old.
    assert_eq!(told.lanes[0].longest, Duration::from_secs(3_600 - 15));
    assert_eq!((told.longest_queue, told.longest_queue_at), (1_500, Some(at(15))));
}

#[test]
fn the_urgent_pass_the_others_and_the_pacer() {
    let mut wants: Vec<Want> = (0..50).map(|n| restrict(0, n)).collect();
    wants.push(Want {
        lane: Lane::Critical,
        ..restrict(1, 50)
    });
    let told = told(documented(), &wants);
    assert_eq!(
        told.lanes.iter().map(|l| (l.lane, l.calls)).collect::<Vec<_>>(),
        [(Lane::Critical, 1), (Lane::Normal, 50)]
    );
    assert_eq!(told.lanes[0].longest, Duration::ZERO);
    assert_eq!(told.lanes[1].longest, Duration::from_millis(606 * 45));
}

#[test]
fn the_first_releases_of_a_minute_are_not_paced() {
    let mut wants: Vec<Want> = (0..12).map(|n| restrict(0, n)).collect();
    wants.extend((0..12).map(|n| release(100, n)));
    let told = told(documented(), &wants);
    // Five pass unpaced, five are the pacer's burst, two wait one and two intervals.
    assert_eq!(told.lanes[0].lane, Lane::Release);
    assert_eq!(told.lanes[0].longest, Duration::from_millis(2 * 606));
}

#[test]
fn what_is_no_longer_wanted_before_it_could_leave_is_never_called() {
    let mut wants: Vec<Want> = (0..250).map(|n| restrict(0, n)).collect();
    // The time of the last fifty is up before their restrict could leave; the first one was restricted.
    wants.extend((200..250).map(|n| release(90, n)));
    wants.push(release(90, 0));
    let first = told(unpaced(), &wants);
    assert_eq!((first.restricts, first.releases, first.withdrawn), (200, 1, 50));

    let mut again = vec![restrict(0, 0)];
    again.extend((1..100).map(|n| restrict(1, n)));
    // Wanted again before its release could leave: one call in all.
    again.extend([release(10, 0), restrict(11, 0)]);
    let second = told(unpaced(), &again);
    assert_eq!((second.restricts, second.releases, second.withdrawn), (100, 0, 1));
}

#[test]
fn a_restrict_expires_when_it_could_not_leave_in_time_and_then_needs_no_release() {
    let mut rate = unpaced();
    rate.validity = Duration::from_secs(30);
    let mut wants: Vec<Want> = (0..150).map(|n| restrict(0, n)).collect();
    wants.extend((0..150).map(|n| release(200, n)));
    let told = told(rate, &wants);
    assert_eq!((told.restricts, told.expired, told.releases), (100, 50, 100));
}

#[test]
fn a_device_that_is_restricted_needs_no_second_call() {
    let told = told(
        documented(),
        &[
            restrict(0, 3),
            restrict(1, 3),
            release(2, 3),
            release(3, 3),
            release(4, 9),
        ],
    );
    assert_eq!((told.restricts, told.releases, told.withdrawn), (1, 1, 0));
}

#[test]
fn a_device_that_stands_restricted_is_released_and_not_restricted_again() {
    let mut demand = Demand::new(documented());
    demand.standing(7);
    demand.want(restrict(0, 7));
    demand.want(release(1, 7));
    let told = demand.finish();
    assert_eq!((told.restricts, told.releases), (0, 1));
}

#[test]
fn the_time_to_drain_is_counted_from_the_mark_and_only_for_what_waited_then() {
    let mut demand = Demand::new(unpaced());
    for n in 0..250 {
        demand.want(restrict(0, n));
    }
    demand.mark(at(10));
    for n in 250..260 {
        demand.want(restrict(7_000, n));
    }
    let told = demand.finish();
    assert_eq!(
        (told.left_at_mark, told.drained_after),
        (150, Duration::from_secs(110))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn calls_wanted_at_once_leave_when_the_gates_forecast_says(
        calls in 1_usize..400, limit in 1_u32..60, per in 1_u64..90, hour in 60_u32..300, interval in 0_u64..900,
    ) {
        let windows = [window(limit, per), window(hour, 900)];
        let rate = rate(&windows, interval);
        let pacing = Pacing { pace: rate.pace, unpaced_releases: 0, release_window: Duration::ZERO };
        let queued = Queued { lane: Lane::Normal, queued: SignedDuration::ZERO, ready: SignedDuration::ZERO };
        let rules = Rules::of(&windows);
        let expected = forecast(&vec![queued; calls], &Slots::default(), Duration::ZERO, &rules, &pacing);
        let last = Forecast::of(&expected).expect("there are calls").last;
        let wants: Vec<Want> = (0..calls).map(|n| restrict(0, n)).collect();
        let told = told(rate, &wants);
        // The gate waits a millisecond more than exact, each time that a window is full.
        let longest = told.lanes[0].longest;
        let most = Duration::from_millis(calls as u64);
        prop_assert!(longest <= last && last <= longest + most, "{:?} and {:?}", longest, last);
    }

    #[test]
    fn no_window_ever_holds_more_departures_than_its_limit_and_none_is_early(
        steps in proptest::collection::vec((0_i64..20, 0_usize..40, any::<bool>(), 0_usize..5), 1..300),
        limit in 1_u32..12, interval in 0_u64..3_000,
    ) {
        let windows = [window(limit, 10), window(limit * 4, 120)];
        let mut demand = Demand::new(rate(&windows, interval));
        let mut now = 0;
        for (gap, device, is_restrict, lane) in steps {
            now += gap / 8;
            let kind = if is_restrict { ActionKind::Restrict } else { ActionKind::Release };
            demand.want(Want { at: at(now), device, kind, lane: Lane::ALL[lane] });
        }
        demand.advance(Timestamp::MAX);
        let left = &demand.left;
        prop_assert!(left.is_sorted_by_key(|(at, _)| *at));
        for window in &windows {
            let limit = limit_of(window);
            for pair in left.windows(limit + 1) {
                let (first, last) = (pair[0].0, pair[limit].0);
                prop_assert!(later(first, window.per) <= last, "{window:?}: {first} {last}");
            }
        }
        let told = demand.finish();
        prop_assert_eq!(told.restricts + told.releases, told.lanes.iter().map(|lane| lane.calls).sum::<u64>());
        prop_assert!(told.releases <= told.restricts, "nobody is released who was not restricted");
    }
}
