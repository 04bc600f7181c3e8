//! What a panic means for a row and for its batch: when rows are held, when one is put aside, and when the process goes down.

use super::*;
use crate::worker::pulse::{Pulses, TURN};

fn payload(text: &str) -> Payload {
    Box::new(text.to_owned())
}

fn pulse() -> Pulse {
    Pulses::default().pulse("decide", "contoso", TURN)
}

/// What the panic says that goes on when the next row is asked for, if one does.
fn goes_on(panics: &mut Panics) -> Option<String> {
    let next = catch_unwind(AssertUnwindSafe(|| panics.next(&pulse())));
    next.err().map(|payload| words(payload.as_ref()))
}

/// A batch of these rows panics, and each of them comes to this when it is tried alone.
fn searched(panics: &mut Panics, rows: i64, trial: Trial) {
    panics.batch_panicked(payload("of all"), (1..=rows).collect());
    for row in 1..=rows {
        assert_eq!(panics.next(&pulse()), Some(row));
        assert!(!panics.tried(row, trial));
    }
}

#[tokio::test]
async fn what_panics_after_a_wait_is_caught_and_what_it_held_is_dropped() {
    let held = std::sync::Arc::new(());
    let its = std::sync::Arc::clone(&held);
    let work = async move {
        tokio::task::yield_now().await;
        assert!(std::sync::Arc::strong_count(&its) == 1, "it {} be", "cannot\n");
    };
    let payload = caught(work).await.expect_err("it panics");
    assert_eq!(std::sync::Arc::strong_count(&held), 1);
    assert_eq!(words(payload.as_ref()), "it cannot be");
    assert_eq!(caught(async { 7 }).await.ok(), Some(7));
}

#[tokio::test(start_paused = true)]
async fn a_row_is_certain_with_its_second_panic_alone_if_others_were_decided_in_between() {
    let mut panics = Panics::default();
    panics.decided(100);
    let first = panics.alone(7);
    assert_eq!((first.times, first.hold, first.is_certain), (1, FIRST, false));
    let second = panics.alone(7);
    assert_eq!(
        (second.times, second.is_certain),
        (2, false),
        "nobody knows whether anything can be decided now"
    );
    panics.decided(1);
    let third = panics.alone(7);
    assert_eq!((third.times, third.hold, third.is_certain), (3, 4 * FIRST, true));
    assert!(!panics.alone(8).is_certain, "another one begins anew");
    assert_eq!(panics.held(), 1);
    panics.forget(7);
    assert_eq!(panics.held(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_is_held_is_tried_again_when_it_is_due_and_the_queue_has_every_other_turn() {
    let mut panics = Panics::default();
    panics.alone(7);
    panics.alone(8);
    assert_eq!(panics.next(&pulse()), None, "neither is due");
    assert_eq!(panics.rest(None, true), Some(FIRST));
    tokio::time::advance(FIRST).await;
    let both = [panics.next(&pulse()), {
        panics.alone(7);
        assert_eq!(panics.next(&pulse()), None, "it is the queue's turn");
        panics.next(&pulse())
    }];
    assert!(both[0].is_some() && both[1] == Some(8), "{both:?}");
    assert!(!panics.tried(8, Trial::Decided));
    tokio::time::advance(LONGEST).await;
    assert_eq!(panics.next(&pulse()), None, "it is the queue's turn");
    assert_eq!(panics.next(&pulse()), Some(7), "what was decided is held no more");
}

#[tokio::test(start_paused = true)]
async fn a_row_that_panics_alone_explains_its_batch_and_the_search_ends() {
    let mut panics = Panics::default();
    panics.batch_panicked(payload("of all"), (1..=3).collect());
    assert_eq!(panics.next(&pulse()), Some(1));
    panics.tried(1, Trial::Decided);
    panics.alone(2);
    assert_eq!(goes_on(&mut panics), None);
    assert_eq!(
        panics.rest(None, false),
        Some(LINGER),
        "its locks may be in the way"
    );
    assert_eq!(
        panics.rest(Some(Duration::from_millis(1)), true),
        Some(Duration::from_millis(1))
    );
}

#[test]
fn a_panic_that_no_single_row_explains_goes_on() {
    let mut panics = Panics::default();
    searched(&mut panics, 3, Trial::Decided);
    assert_eq!(goes_on(&mut panics).as_deref(), Some("of all"));
}

#[test]
fn a_panic_before_any_row_was_known_goes_on() {
    let mut panics = Panics::default();
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        panics.batch_panicked(payload("of nobody"), VecDeque::new());
    }));
    assert!(panicked.is_err());
}

#[test]
fn where_rows_cannot_be_tried_alone_the_third_batch_in_a_row_ends_it() {
    let mut panics = Panics::default();
    for _ in 1..IN_VAIN {
        searched(&mut panics, 2, Trial::Untried);
        assert_eq!(goes_on(&mut panics), None);
    }
    searched(&mut panics, 2, Trial::Untried);
    assert_eq!(goes_on(&mut panics).as_deref(), Some("of all"));
    let mut panics = Panics::default();
    for _ in 0..2 * IN_VAIN {
        searched(&mut panics, 2, Trial::Untried);
        assert_eq!(goes_on(&mut panics), None, "batches were decided in between");
        panics.decided(1);
    }
}

#[test]
fn a_row_whose_shard_somebody_holds_is_asked_for_again_and_not_for_ever() {
    let mut panics = Panics::default();
    panics.batch_panicked(payload("of all"), (1..=2).collect());
    for _ in 1..BUSY {
        assert_eq!(panics.next(&pulse()), Some(1));
        assert!(panics.tried(1, Trial::Busy), "a moment later it may be free");
    }
    assert!(!panics.tried(1, Trial::Busy));
    assert_eq!(panics.next(&pulse()), Some(2));
    panics.tried(2, Trial::Decided);
    assert_eq!(goes_on(&mut panics), None, "the first one may be what panics");
}

#[tokio::test(start_paused = true)]
async fn a_long_search_lives_as_far_as_the_watchdog_knows() {
    let pulses = Pulses::default();
    let pulse = pulses.pulse("decide", "contoso", TURN);
    let mut panics = Panics::default();
    panics.batch_panicked(payload("of all"), (0..1_000).collect());
    for row in 0..1_000 {
        assert_eq!(panics.next(&pulse), Some(row));
        tokio::time::advance(Duration::from_secs(100)).await;
        assert!(pulses.stuck().is_empty(), "{:?}", pulses.stuck());
        panics.tried(row, Trial::Decided);
    }
    tokio::time::advance(TURN).await;
    assert_eq!(pulses.stuck().len(), 1, "without a next row it would be stuck");
}

#[tokio::test(start_paused = true)]
async fn no_more_rows_are_remembered_than_so_many() {
    let mut panics = Panics::default();
    for row in 0..KNOWN as i64 {
        panics.alone(row);
    }
    panics.decided(1);
    for _ in 0..3 {
        let stranger = panics.alone(-1);
        assert_eq!((stranger.hold, stranger.is_certain), (LONGEST, false));
    }
    assert!(panics.alone(5).is_certain);
}
