//! Tests of tasks: names and subjects, what covers what, and that no wish makes a call that nobody needs.

use proptest::prelude::*;

use super::*;

fn sha1(digit: char) -> Sha1 {
    Sha1::parse(&digit.to_string().repeat(40)).expect("40 hex digits")
}

fn tasks() -> Vec<Task> {
    vec![
        Task::Scan {
            scan: ScanType::Quick,
        },
        Task::Scan { scan: ScanType::Full },
        Task::CollectPackage,
        Task::QuarantineFile { sha1: sha1('a') },
        Task::QuarantineFile { sha1: sha1('b') },
    ]
}

fn task() -> impl Strategy<Value = Task> {
    prop::sample::select(tasks())
}

#[test]
fn a_task_is_read_back_from_what_its_action_says() {
    for task in tasks() {
        assert!(task.kind().is_task());
        let argument = task.argument();
        assert_eq!(Task::of(&task.subject(), argument.as_deref()), Some(task));
    }
    for subject in ["restriction", "isolation", "file:", "file:zz", "scan:1", ""] {
        assert_eq!(Task::of(subject, None), None, "{subject}");
    }
    assert_eq!(
        Task::of("scan", Some("deep")),
        Some(Task::Scan {
            scan: ScanType::Quick
        }),
        "what this version cannot read is not taken for more than it may be"
    );
}

#[test]
fn a_hash_is_forty_hex_digits_in_either_case() {
    let upper = "AB".repeat(20);
    assert_eq!(
        Sha1::parse(&upper).map(|sha1| sha1.to_string()),
        Some("ab".repeat(20))
    );
    for wrong in ["", "ab", &"g".repeat(40), &"a".repeat(41), &"é".repeat(20)] {
        assert_eq!(Sha1::parse(wrong), None, "{wrong}");
        assert!(serde_json::from_value::<Sha1>(serde_json::json!(wrong)).is_err());
    }
}

#[test]
fn a_full_scan_covers_a_quick_one_and_not_the_other_way_round() {
    let (quick, full) = (
        Task::Scan {
            scan: ScanType::Quick,
        },
        Task::Scan { scan: ScanType::Full },
    );
    assert!(full.covers(&quick) && full.covers(&full) && quick.covers(&quick));
    assert!(!quick.covers(&full));
    assert!(!Task::CollectPackage.covers(&quick));
    let one = Task::QuarantineFile { sha1: sha1('a') };
    assert!(!one.covers(&Task::QuarantineFile { sha1: sha1('b') }));
}

proptest! {
    /// However wishes, calls and ends follow each other: at most one action is open and one queued, every wish is covered by
    /// what is done for it, and no action is made for a wish that one under way covers.
    #[test]
    fn every_wish_is_covered_and_none_makes_a_call_twice(
        steps in prop::collection::vec((prop::sample::select(vec![0, 1, 2, 2, 2]), 0usize..2), 1..40)
    ) {
        let scans = [Task::Scan { scan: ScanType::Quick }, Task::Scan { scan: ScanType::Full }];
        let (mut under_way, mut waiting, mut done) = (UnderWay::default(), Vec::<Task>::new(), 0_usize);
        for (what, which) in steps {
            match what {
                // The gate calls the queued one, when none is open.
                0 if under_way.open.is_none() => under_way.open = under_way.queued.take(),
                // The open one ends: whoever waited for what it covers has it.
                1 => {
                    if let Some(open) = under_way.open.take() {
                        done += 1;
                        waiting.retain(|wanted| !open.covers(wanted));
                    }
                }
                _ => {
                    let wanted = scans[which].clone();
                    let had = under_way.clone();
                    match wished(&wanted, &under_way) {
                        Wished::Queue => {
                            prop_assert!(had.queued.is_none());
                            prop_assert!(!had.open.is_some_and(|open| open.covers(&wanted)));
                            under_way.queued = Some(wanted.clone());
                        }
                        Wished::Widen => {
                            let queued = had.queued.expect("only what is queued is widened");
                            prop_assert!(wanted.covers(&queued), "nobody who waits for it gets less");
                            under_way.queued = Some(wanted.clone());
                        }
                        Wished::SatisfiedByOpen => prop_assert!(had.open.is_some_and(|open| open.covers(&wanted))),
                        Wished::SatisfiedByQueued => prop_assert!(had.queued.is_some_and(|queued| queued.covers(&wanted))),
                    }
                    waiting.push(wanted);
                }
            }
        }
        // What is under way ends: nobody is left waiting.
        for task in [under_way.open, under_way.queued].into_iter().flatten() {
            done += 1;
            waiting.retain(|wanted| !task.covers(wanted));
        }
        prop_assert!(waiting.is_empty(), "{waiting:?} after {done} done");
    }

    /// A wish of another subject never changes what happens to one.
    #[test]
    fn what_is_under_way_for_one_subject_satisfies_no_other(open in task(), wanted in task()) {
        let is_same = open.subject() == wanted.subject();
        let found = wished(&wanted, &UnderWay { open: Some(open), queued: None });
        prop_assert!(is_same || found == Wished::Queue);
    }
}

#[test]
fn the_limit_counts_what_was_queued_before() {
    let limit = TaskLimit {
        most: 2,
        per: std::time::Duration::from_secs(60),
    };
    assert_eq!(
        [0, 1, 2, 3].map(|queued| limit.allows(queued)),
        [true, true, false, false]
    );
}
