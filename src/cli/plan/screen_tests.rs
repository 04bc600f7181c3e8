//! The screen of `quell plan`, as it looks.

use std::collections::BTreeMap;

use super::super::answer::PlaybookEdit;
use super::super::replay::Counts;
use super::*;
use crate::domain::demand::{DemandForecast, LaneWait, WindowPeak};
use crate::domain::device::DeviceId;
use crate::domain::verdict::Lane;
use crate::playbook::plan::{Held, PlanReport, WorstHour};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn side(restricted: u64, wanted: usize) -> SideReport {
    SideReport {
        decisions: BTreeMap::new(),
        devices_restricted: restricted,
        devices_restricted_at_end: 2,
        devices_observed: 0,
        asks: 3,
        devices_asked: 1,
        asks_expired: 3,
        held: vec![Held {
            playbook: "ransomware".to_owned(),
            reason: "limits[0]".to_owned(),
            times: restricted,
            first_at: at("2026-11-20T13:05:09Z"),
        }],
        fell_back: Vec::new(),
        calls: DemandForecast {
            restricts: restricted,
            peaks: vec![WindowPeak {
                per: Duration::from_secs(60),
                limit: 100,
                wanted,
                at: Some(at("2026-11-20T13:05:09Z")),
                reached_at: (wanted >= 100).then(|| at("2026-11-20T13:05:08Z")),
            }],
            lanes: vec![LaneWait {
                lane: Lane::High,
                calls: restricted,
                longest: Duration::from_secs(if wanted > 100 { 75 } else { 0 }),
                at: None,
            }],
            ..DemandForecast::default()
        },
    }
}

fn fate(times: u32, seconds: Option<f64>) -> DeviceSummary {
    let story = Story {
        at: at("2026-11-20T13:05:00Z"),
        playbook: "ransomware".to_owned(),
        alert: "al-1".to_owned(),
        title: "Ransom\u{1b}[31mware".to_owned(),
    };
    DeviceSummary {
        times,
        restricted_seconds: seconds,
        is_restricted_at_end: false,
        asks: 1,
        observed: 0,
        restricted: (times > 0).then(|| story.clone()),
        asked: Some(story),
    }
}

fn answer() -> Answer {
    let difference = |c: char, difference, old, new| DeviceDifference {
        device: DeviceId::from_stored(c.to_string().repeat(40)),
        name: (c == 'a').then(|| "ws-1".to_owned()),
        difference,
        old,
        new,
    };
    let nothing = || fate(0, Some(0.0));
    Answer {
        events_from: "the stored events".to_owned(),
        since: at("2026-11-15T02:00:00Z"),
        until: at("2026-11-22T02:00:00Z"),
        without_device: 31,
        waiting: 2,
        repeated: 0,
        without_time: 0,
        refused: Vec::new(),
        facts_refused: Vec::new(),
        has_facts: false,
        judged_by: Counts {
            facts_recorded: 997,
            facts_of_today: 2,
            facts_unknown: 1,
            as_recorded: 990,
            recorded: 1_000,
            ..Counts::default()
        },
        against: "the active set, version 7".to_owned(),
        old_set: String::new(),
        new_set: String::new(),
        playbooks: vec![
            PlaybookEdit {
                playbook: "ransomware".to_owned(),
                old: Some("4c1f09d2a1b2".to_owned()),
                new: Some("9d0e11ac3b44".to_owned()),
            },
            PlaybookEdit {
                playbook: "retired".to_owned(),
                old: Some("0a0a0a0a0a0a".to_owned()),
                new: None,
            },
        ],
        as_enforce: Vec::new(),
        notes: vec!["assumed: all is well".to_owned()],
        report: PlanReport {
            judged: 1_000,
            decided_differently: 120,
            differs: true,
            old: side(3, 3),
            new: side(123, 120),
            playbooks: Vec::new(),
            worst_hour: Some(WorstHour {
                from: at("2026-11-20T13:00:00Z"),
                old: HourCounts::default(),
                new: HourCounts {
                    restricts: 118,
                    releases: 0,
                    asks: 3,
                    held: 12,
                },
            }),
            devices: vec![
                difference(
                    'a',
                    Difference::NewlyRestricted,
                    nothing(),
                    fate(1, Some(14_400.0)),
                ),
                difference('b', Difference::NewlyRestricted, nothing(), fate(1, None)),
                difference('c', Difference::Longer, fate(1, Some(60.0)), fate(1, Some(120.0))),
                difference('d', Difference::NewlyAsked, nothing(), nothing()),
            ],
        },
    }
}

#[test]
fn a_difference_is_told_in_a_table_and_then_by_device() {
    insta::assert_snapshot!(show(&answer(), Paint::Plain, 1), @r"
    against     the active set, version 7
    edited      ransomware 4c1f09d2a1b2 -> 9d0e11ac3b44
    removed     retired 0a0a0a0a0a0a
    period      2026-11-15 02:00 to 2026-11-22 02:00 UTC, the stored events
    events      1000 judged, once for each device; 31 without a device; 2 still to be decided
    facts       99 % recorded with the decision; 1 % of today, as the past's are not known; 1 % unknown
    recorded    990 of 1000 decisions come out as they did then, under the set compared with
    differs     120 of 1000 decisions; what becomes of 4 devices

                                    in force  edited      difference
    devices restricted              3         123         +120
      still so at the end           2         2
    devices asked about             1         1
    questions to people             3         3
    held by limits and caps         3         123         +120
    devices only observed           0         0
    calls to restrict               3         123         +120
    calls to release                0         0
    most calls in 1 min, of 100     3         120         +117
    longest wait of a call          none      1 min 15 s
    calls left at the end, drained  none      none
    budget      100 calls in 1 min are wanted for the first time at 2026-11-20 13:05 UTC: from there calls wait
    held        ransomware by limits[0] 123 times (in force 3), first 2026-11-20 13:05 UTC
    worst hour  from 2026-11-20 13:00 UTC: 118 restricted, 0 released, 3 questions, 12 held; in force: 0 restricted, 0 released, 0 questions, 0 held

    2 devices newly restricted
      DEVICE        NAME  AT (UTC)          FOR  BY          ALERT
      aaaaaaaaaaaa  ws-1  2026-11-20 13:05  4 h  ransomware  al-1: Ransom[31mware (was asked about)
                … and 1 more devices; `-o json` has them all

    1 device restricted for longer
      DEVICE        NAME  AT (UTC)          FOR               BY          ALERT
      cccccccccccc  -     2026-11-20 13:05  2 min, not 1 min  ransomware  al-1: Ransom[31mware

    1 device newly asked about
      DEVICE        NAME  AT (UTC)          BY          ALERT
      dddddddddddd  -     2026-11-20 13:05  ransomware  al-1: Ransom[31mware

    note        assumed: all is well
    ");
}

#[test]
fn a_difference_of_seconds_is_not_lost_in_hours() {
    let told = |now, before| instead(&fate(1, now), &fate(1, before));
    assert_eq!(told(Some(28_803.0), Some(28_800.0)), "8 h (+3 s)");
    assert_eq!(told(Some(28_800.0), Some(28_803.0)), "8 h (-3 s)");
    assert_eq!(told(Some(3_600.0), Some(60.0)), "1 h, not 1 min");
    assert_eq!(told(None, Some(60.0)), "for ever, not 1 min");
}

#[test]
fn nothing_from_outside_commands_the_terminal() {
    let screen = show(&answer(), Paint::Plain, 8);
    assert!(screen.chars().all(|c| c == '\n' || !c.is_control()), "{screen:?}");
}

#[test]
fn shares_are_never_rounded_to_all_or_nothing() {
    let told =
        [(0, 7), (1, 1_000), (999, 1_000), (7, 7), (1, 2), (2, 3)].map(|(part, all)| percent(part, all));
    assert_eq!(told, [1, 1, 99, 100, 50, 67]);
}
