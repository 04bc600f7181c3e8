//! How many lookups of what strangers show may be under way at once, so that whoever invents cookies or tokens takes a few of
//! Postgres' connections and never all of them. Asked by [`super::session`] and [`super::bearer`] before each lookup. Nobody is refused
//! here: who comes meanwhile waits for their turn, which takes a moment, in the order in which they came.

use tokio::sync::{Semaphore, SemaphorePermit};

/// So many at once, of each kind. One takes less than a millisecond.
const AT_ONCE: usize = 2;

/// The places for lookups. Cookies and tokens have their own: a flood of one does not hold up the other.
#[derive(Debug)]
pub(in crate::web) struct Lookups {
    sessions: Semaphore,
    tokens: Semaphore,
}

impl Default for Lookups {
    fn default() -> Self {
        Self {
            sessions: Semaphore::new(AT_ONCE),
            tokens: Semaphore::new(AT_ONCE),
        }
    }
}

impl Lookups {
    /// A place to look for a session, once there is one.
    pub(super) async fn session(&self) -> SemaphorePermit<'_> {
        self.sessions.acquire().await.expect("nobody closes it")
    }

    /// A place to look for a token, once there is one.
    pub(super) async fn token(&self) -> SemaphorePermit<'_> {
        self.tokens.acquire().await.expect("nobody closes it")
    }
}
