//! A panic while a batch is decided ends that batch, and not the process: its transaction rolls back as with any error, and the row
//! at fault can be found. Called by `worker::decide::batches` alone, which lets the process go down when no row is found. It never
//! hides a panic: the hook has said it on standard error, with its place.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Poll;

/// The most of a panic's words that a dead letter repeats, in characters.
const SHOWN: usize = 200;

/// What a panic carries.
pub(super) type Payload = Box<dyn Any + Send>;

/// What the work comes to, or the panic that ended it. Whatever the work held is dropped by then; it is not polled again.
///
/// What the work changed beyond itself may be half done. A decider keeps nothing between batches but what it reads anew, and a lock
/// that a panic has poisoned panics again wherever it is asked for.
pub(super) async fn caught<T>(work: impl Future<Output = T>) -> Result<T, Payload> {
    let mut work = pin!(work);
    std::future::poll_fn(
        |context| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
            Ok(Poll::Ready(done)) => Poll::Ready(Ok(done)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(payload) => Poll::Ready(Err(payload)),
        },
    )
    .await
}

/// Why a row is put aside over which the decider panicked.
pub(super) fn told(payload: &Payload) -> String {
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let text = text.unwrap_or("no message").chars().filter(|c| !c.is_control());
    format!(
        "the decider panicked twice while it was deciding this event: {}",
        text.take(SHOWN).collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_panics_after_a_wait_is_caught_and_what_it_held_is_dropped() {
        let held = std::sync::Arc::new(());
        let its = held.clone();
        let work = async move {
            let _its = its;
            tokio::task::yield_now().await;
            assert!(held_by_nobody(), "it {} be", "cannot\n");
        };
        let payload = caught(work).await.expect_err("it panics");
        assert_eq!(std::sync::Arc::strong_count(&held), 1);
        assert_eq!(
            told(&payload),
            "the decider panicked twice while it was deciding this event: it cannot be"
        );
        assert_eq!(caught(async { 7 }).await.ok(), Some(7));
    }

    fn held_by_nobody() -> bool {
        false
    }
}
