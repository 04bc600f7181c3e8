//! Waiting without guessing how long: a condition is looked at again and again until a deadline.

use std::time::Duration;

use quell::clock::Monotonic;

const LOOK_EVERY: Duration = Duration::from_millis(25);

/// Waits until a condition holds; panics with `what` when it does not within `deadline`.
pub async fn eventually(what: &str, deadline: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let began = Monotonic::now();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        ticks.tick().await;
        if holds().await {
            return;
        }
        assert!(
            began.elapsed() < deadline,
            "waited {deadline:?} for this, in vain: {what}"
        );
    }
}

/// Waits until a condition holds, and says whether it came to that within `deadline`.
pub async fn within(deadline: Duration, mut holds: impl AsyncFnMut() -> bool) -> bool {
    let began = Monotonic::now();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    while began.elapsed() < deadline {
        ticks.tick().await;
        if holds().await {
            return true;
        }
    }
    false
}

/// Watches that a condition goes on holding for a span; panics with `what` as soon as it does not.
pub async fn throughout(what: &str, span: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let began = Monotonic::now();
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    while began.elapsed() < span {
        ticks.tick().await;
        assert!(
            holds().await,
            "after {:?} this did not hold: {what}",
            began.elapsed()
        );
    }
}
