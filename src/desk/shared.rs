//! One reading for all who ask at the same time: when something changed, every open page asks again at once, and all of them are to
//! cost about as much as one. Nobody hears what was read before he asked, so whoever has just done something sees it. Used by the desk
//! and by the console; it knows nothing of what is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::Mutex;

/// What was read last, for those who asked before that reading began.
#[derive(Debug)]
pub struct Shared<T> {
    /// Counts who asks, and the readings that begin, in one order.
    turns: AtomicU64,
    /// The turn of the last reading, and what it brought; none: it failed. Whoever reads holds it meanwhile.
    last: Mutex<(u64, Option<Arc<T>>)>,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self {
            turns: AtomicU64::new(1),
            last: Mutex::new((0, None)),
        }
    }
}

impl<T> Shared<T> {
    /// Reads, unless a reading that began after this was asked for has brought something meanwhile.
    ///
    /// # Errors
    /// What `read` says. Of those who wait for a reading that fails each reads for itself then, none waits for another again.
    pub async fn get<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let asked = self.turns.fetch_add(1, Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.0 > asked {
            if let Some(brought) = &last.1 {
                return Ok(Arc::clone(brought));
            }
            drop(last);
            return read.await.map(Arc::new);
        }
        // Of a reading that is given up before its end nothing is kept either.
        *last = (self.turns.fetch_add(1, Ordering::SeqCst), None);
        let brought = read.await.map(Arc::new)?;
        last.1 = Some(Arc::clone(&brought));
        Ok(brought)
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::AtomicUsize;

    use tokio::sync::Semaphore;

    use super::*;

    /// Says how many readings there were, once it may.
    async fn reading(readings: &AtomicUsize, may: &Semaphore) -> Result<usize, Infallible> {
        let place = may.acquire().await.expect("it is not closed");
        place.forget();
        Ok(readings.fetch_add(1, Ordering::SeqCst) + 1)
    }

    #[tokio::test]
    async fn who_asks_while_something_is_read_hears_the_next_reading_and_all_of_these_the_same() {
        let (shared, readings, may) = (Shared::default(), AtomicUsize::new(0), Semaphore::new(0));
        let ask = || shared.get(reading(&readings, &may));
        let (first, second, third, ()) = tokio::join!(ask(), ask(), ask(), async { may.add_permits(3) });
        let [first, second, third] = [first, second, third].map(|read| read.map(|n| *n));
        assert_eq!((first, second, third), (Ok(1), Ok(2), Ok(2)));
        assert_eq!(ask().await.map(|n| *n), Ok(3), "what is over is not told again");
    }

    #[tokio::test]
    async fn a_reading_that_fails_or_is_given_up_is_nobody_elses_answer() {
        let shared = Shared::default();
        let fails = || shared.get(async { Err::<usize, _>("postgres is away") });
        let (first, second, third) = tokio::join!(fails(), fails(), shared.get(async { Ok::<_, &str>(7) }));
        assert_eq!(
            (first, second),
            (Err("postgres is away"), Err("postgres is away"))
        );
        assert_eq!(third.map(|n| *n), Ok(7));
        let given_up = tokio::time::timeout(
            std::time::Duration::ZERO,
            shared.get(std::future::pending::<Result<usize, &str>>()),
        );
        assert!(given_up.await.is_err());
        assert_eq!(shared.get(async { Ok::<_, &str>(8) }).await.map(|n| *n), Ok(8));
    }
}
