//! How many lookups of what strangers show may be under way at once, so that whoever invents cookies or tokens takes a few of
//! Postgres' connections and never all of them. Asked by [`super::session`] and [`super::bearer`] before each lookup. Nobody is refused
//! here: who comes meanwhile waits for their turn, which takes a moment, in the order in which they came. Only a page that stays open
//! and asks again whether it may stands back: nobody waits for it.

use tokio::sync::{Semaphore, SemaphorePermit};

/// So many at once, of each kind. One takes less than a millisecond.
const AT_ONCE: usize = 2;

/// What is done where no place is free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::web) enum Patience {
    /// It is waited for: somebody wants an answer.
    Waits,
    /// Nothing is looked up: it can be asked again.
    StandsBack,
}

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
    /// A place to look for a session; `None`: there is none for whoever stands back.
    pub(super) async fn session(&self, patience: Patience) -> Option<SemaphorePermit<'_>> {
        place(&self.sessions, patience).await
    }

    /// A place to look for a token; `None`: there is none for whoever stands back.
    pub(super) async fn token(&self, patience: Patience) -> Option<SemaphorePermit<'_>> {
        place(&self.tokens, patience).await
    }
}

async fn place(places: &Semaphore, patience: Patience) -> Option<SemaphorePermit<'_>> {
    match patience {
        Patience::Waits => Some(places.acquire().await.expect("nobody closes it")),
        // A place that is given back while somebody waits for it is theirs: this one does not overtake.
        Patience::StandsBack => places.try_acquire().ok(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn who_stands_back_neither_waits_for_a_place_nor_overtakes_whoever_does() {
        let lookups = Lookups::default();
        let one = lookups.session(Patience::StandsBack).await;
        let other = lookups.session(Patience::Waits).await;
        assert!(one.is_some() && other.is_some(), "there are two");
        assert!(lookups.session(Patience::StandsBack).await.is_none());
        assert!(
            lookups.token(Patience::StandsBack).await.is_some(),
            "tokens have their own"
        );
        let mut person = Box::pin(lookups.session(Patience::Waits));
        let waits = tokio::time::timeout(Duration::ZERO, &mut person).await;
        assert!(waits.is_err(), "a person waits");
        drop(one);
        assert!(
            lookups.session(Patience::StandsBack).await.is_none(),
            "the place is the person's"
        );
        assert!(person.await.is_some());
        drop(other);
        assert!(lookups.session(Patience::StandsBack).await.is_some());
    }
}
