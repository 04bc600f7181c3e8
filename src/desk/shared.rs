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
    /// The turn of the last reading, and how it ended. Whoever reads holds it meanwhile.
    last: Mutex<(u64, End<T>)>,
}

/// How a reading ended.
#[derive(Debug)]
enum End<T> {
    /// It brought something.
    Brought(Arc<T>),
    /// It failed.
    Failed,
    /// Whoever read went away before its end.
    GivenUp,
}

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self {
            turns: AtomicU64::new(1),
            last: Mutex::new((0, End::GivenUp)),
        }
    }
}

impl<T> Shared<T> {
    /// Reads, unless a reading that began after this was asked for has brought something meanwhile. When whoever reads goes away, the
    /// next of those who wait reads in their place, for all the others.
    ///
    /// # Errors
    /// What `read` says. Of those who wait for a reading that fails each reads for itself then, none waits for another again.
    pub async fn get<E>(&self, read: impl Future<Output = Result<T, E>>) -> Result<Arc<T>, E> {
        let asked = self.turns.fetch_add(1, Ordering::SeqCst);
        let mut last = self.last.lock().await;
        if last.0 > asked {
            match &last.1 {
                End::Brought(brought) => return Ok(Arc::clone(brought)),
                End::Failed => {
                    drop(last);
                    return read.await.map(Arc::new);
                }
                End::GivenUp => {}
            }
        }
        // So it stays if this is dropped while it reads.
        *last = (self.turns.fetch_add(1, Ordering::SeqCst), End::GivenUp);
        match read.await.map(Arc::new) {
            Ok(brought) => {
                last.1 = End::Brought(Arc::clone(&brought));
                Ok(brought)
            }
            Err(error) => {
                last.1 = End::Failed;
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::sync::atomic::AtomicUsize;
    use std::time::Duration;

    use tokio::sync::Semaphore;

    use super::*;

    /// Says how many readings there were, once it may.
    async fn reading(readings: &AtomicUsize, may: &Semaphore) -> Result<usize, Infallible> {
        let place = may.acquire().await.expect("it is not closed");
        place.forget();
        Ok(readings.fetch_add(1, Ordering::SeqCst) + 1)
    }

    /// Begins, and brings nothing yet.
    async fn begun<F: Future>(asking: &mut Pin<Box<F>>) {
        assert!(tokio::time::timeout(Duration::ZERO, asking).await.is_err());
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
            Duration::ZERO,
            shared.get(std::future::pending::<Result<usize, &str>>()),
        );
        assert!(given_up.await.is_err());
        assert_eq!(shared.get(async { Ok::<_, &str>(8) }).await.map(|n| *n), Ok(8));
    }

    #[tokio::test]
    async fn when_whoever_reads_goes_away_the_next_one_reads_for_all_who_wait() {
        let (shared, readings, may) = (Shared::default(), AtomicUsize::new(0), Semaphore::new(0));
        let mut reader = Box::pin(shared.get(std::future::pending::<Result<usize, Infallible>>()));
        begun(&mut reader).await;
        let mut first = Box::pin(shared.get(reading(&readings, &may)));
        let mut second = Box::pin(shared.get(reading(&readings, &may)));
        begun(&mut first).await;
        begun(&mut second).await;
        drop(reader);
        may.add_permits(2);
        let (first, second) = tokio::join!(first, second);
        assert_eq!((first.map(|n| *n), second.map(|n| *n)), (Ok(1), Ok(1)));
        assert_eq!(readings.load(Ordering::SeqCst), 1);
    }
}
