//! The watermark against single pages, and against a list that changes while it is read.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).expect("in range")
}

fn terms(overlap: u64, top: u32) -> Terms {
    Terms {
        overlap: Duration::from_secs(overlap),
        top,
        most: top * 2,
    }
}

fn changed(seconds: &[i64]) -> Vec<Option<Timestamp>> {
    seconds.iter().map(|second| Some(at(*second))).collect()
}

fn step(place: &Watermark, seconds: &[i64], is_last: bool, terms: &Terms, now: i64) -> Watermark {
    let changed = changed(seconds);
    let page = Page {
        changed: &changed,
        is_last,
    };
    place.in_round(terms, at(now)).after(&page, terms, at(now))
}

#[test]
fn pages_go_on_from_the_last_change_and_the_mark_moves_at_the_end() {
    let terms = terms(300, 3);
    let start = Watermark::starting(at(1_000), Duration::from_secs(400));
    assert_eq!(start.question(&terms).since, at(300));
    let first = step(&start, &[310, 500, 600], false, &terms, 1_000);
    assert_eq!((first.mark, first.question(&terms).since), (start.mark, at(600)));
    assert_eq!(first.reached(), at(600));
    let kept = Watermark::parse(&first.to_string()).expect("it was written by the same version");
    assert_eq!(kept, first);
    let last = step(&kept, &[600, 990], true, &terms, 1_010);
    assert_eq!(last.mark, at(980), "less the ten seconds that it took");
    assert!(!last.is_amid());
    assert_eq!(last.reached(), at(980));
    let quiet = step(&last, &[], true, &terms, 9_000);
    assert_eq!(quiet, last, "without news nothing moves, whatever our clock says");
}

#[test]
fn many_changes_at_one_moment_are_asked_for_at_once_and_then_by_number() {
    let terms = terms(0, 2);
    let start = Watermark::starting(at(100), Duration::ZERO);
    let tie = step(&start, &[100, 100], false, &terms, 100);
    let wide = Question {
        since: at(100),
        skip: 0,
        top: 4,
    };
    assert_eq!(tie.question(&terms), wide);
    let by_number = step(&tie, &[100; 4], false, &terms, 100);
    assert_eq!(by_number.question(&terms), Question { skip: 4, ..wide });
    let on = step(&by_number, &[100, 100, 101, 102], false, &terms, 100);
    let asked = Question {
        since: at(102),
        skip: 0,
        top: 2,
    };
    assert_eq!(on.question(&terms), asked);
}

#[test]
fn a_list_that_is_not_in_order_is_read_by_number_to_its_end() {
    let terms = terms(0, 3);
    let start = Watermark::starting(at(100), Duration::ZERO);
    let one = step(&start, &[130, 120, 110], false, &terms, 200);
    assert_eq!(
        (one.question(&terms).since, one.question(&terms).skip),
        (at(100), 3)
    );
    let two = step(&one, &[105, 106, 107], false, &terms, 200);
    assert_eq!(
        two.question(&terms).skip,
        6,
        "also where a page happens to be in order"
    );
    assert_eq!(step(&two, &[101], true, &terms, 200).mark, at(130));
}

#[test]
fn a_stamp_of_the_future_does_not_pull_the_mark_along() {
    let terms = terms(60, 3);
    let start = Watermark::starting(at(1_000), Duration::ZERO);
    let after = step(&start, &[1_001, 90_000], true, &terms, 1_010);
    assert_eq!(after.mark, at(1_010));
}

#[test]
fn entries_without_a_time_are_counted_and_end() {
    let terms = terms(0, 2);
    let start = Watermark::starting(at(100), Duration::ZERO);
    let page = Page {
        changed: &[None, None],
        is_last: false,
    };
    let next = start.in_round(&terms, at(100)).after(&page, &terms, at(100));
    assert_eq!(next.question(&terms).skip, 2);
    assert_eq!(step(&next, &[], false, &terms, 100).mark, start.mark);
}

/// Something that happens to an alert: which, when by their clock, and how much later it can be read.
#[derive(Clone, Debug)]
struct Change {
    id: usize,
    at: i64,
    late: i64,
}

/// Defender: what can be read of each alert at a moment of its clock, in order.
fn visible(changes: &[Change], now: i64, question: &Question) -> (Vec<(usize, usize, i64)>, bool) {
    let mut latest: BTreeMap<usize, (usize, i64)> = BTreeMap::new();
    for (version, change) in changes.iter().enumerate() {
        let is_newer = latest.get(&change.id).is_none_or(|(_, at)| *at <= change.at);
        if change.at + change.late <= now && is_newer {
            latest.insert(change.id, (version, change.at));
        }
    }
    let found = latest.into_iter().map(|(id, (version, at))| (id, version, at));
    let mut found: Vec<_> = found
        .filter(|(.., changed)| at(*changed) >= question.since)
        .collect();
    found.sort_by_key(|(id, _, at)| (*at, *id));
    let skip = usize::try_from(question.skip).unwrap_or(usize::MAX);
    let top = question.top as usize;
    let rest = found.len().saturating_sub(skip);
    (found.into_iter().skip(skip).take(top).collect(), rest <= top)
}

/// The last form of each alert.
fn last_forms(changes: &[Change]) -> BTreeSet<usize> {
    let mut last: BTreeMap<usize, (usize, i64)> = BTreeMap::new();
    for (version, change) in changes.iter().enumerate() {
        if last.get(&change.id).is_none_or(|(_, at)| *at <= change.at) {
            last.insert(change.id, (version, change.at));
        }
    }
    last.into_values().map(|(version, _)| version).collect()
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = (0usize..12, 0i64..600, 0i64..60).prop_map(|(id, at, late)| Change { id, at, late });
    proptest::collection::vec(change, 1..40).prop_map(|mut changes| {
        changes.sort_by_key(|change| change.at);
        changes
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Alerts are changed and indexed late while pages are read slowly; pages break off, and the reader dies before or after it
    /// stores one. The clocks differ. In the end it has the last form of every alert.
    #[test]
    fn every_alert_is_read_in_its_last_form(
        changes in changes(),
        top in 1u32..5,
        // What happens with each page, and how long until the next.
        pages in proptest::collection::vec((0u8..4, 0i64..40), 1..80),
        ahead in -400i64..400,
        rogue in proptest::option::of(0i64..600),
    ) {
        let terms = terms(60, top);
        let mut changes = changes;
        // A stamp of next year; what it may hide is bounded by how much their clock is behind ours.
        if let Some(after) = rogue.filter(|_| ahead >= 0) {
            changes.push(Change { id: 99, at: 30_000_000, late: after - 30_000_000 });
        }
        let (mut now, mut read) = (0, BTreeSet::new());
        let mut kept = Watermark::starting(at(now), Duration::from_secs(900));
        let mut turns = pages.into_iter();
        let mut quiet_rounds = 0;
        // Ours is `now`, theirs is `now + ahead`; when all has happened, two more rounds are enough.
        for _ in 0..4_000 {
            let (fate, pause) = turns.next().unwrap_or((1, 7));
            let here = kept.in_round(&terms, at(now));
            let (entries, is_last) = visible(&changes, now + ahead, &here.question(&terms));
            let stamps: Vec<_> = entries.iter().map(|(.., changed)| Some(at(*changed))).collect();
            now += pause;
            // 0: it broke off, or the reader died before it had stored the page.
            if fate > 0 {
                read.extend(entries.iter().map(|(_, version, _)| *version));
                let page = Page { changed: &stamps, is_last };
                let text = here.after(&page, &terms, at(now)).to_string();
                // Whoever goes on reads it from where it was kept.
                kept = Watermark::parse(&text).expect("it was written by the same version");
            }
            if now + ahead.min(0) > 800 && !kept.is_amid() {
                quiet_rounds += 1;
            }
            if quiet_rounds > 2 {
                break;
            }
        }
        prop_assert!(quiet_rounds > 2, "the rounds end");
        let missing: Vec<_> = last_forms(&changes).difference(&read).map(|version| changes[*version].clone()).collect();
        prop_assert!(missing.is_empty(), "{missing:?} of {changes:?}");
    }

    #[test]
    fn the_mark_never_goes_back_nor_past_our_clock(
        stamps in proptest::collection::vec(-500i64..500, 0..10),
        is_last: bool,
        took in -50i64..50,
    ) {
        let terms = terms(60, 5);
        let start = Watermark::starting(at(0), Duration::ZERO).in_round(&terms, at(0));
        let times = changed(&stamps);
        let after = start.after(&Page { changed: &times, is_last }, &terms, at(took));
        prop_assert!(after.mark >= start.mark && after.mark <= at(took.max(0)));
        prop_assert!(after.question(&terms).since >= less(start.mark, terms.overlap));
    }
}
