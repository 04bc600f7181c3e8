//! The right to make one call.
//!
//! A [`Permit`] comes only from an attempt that is committed in the ledger, cannot be cloned, and is consumed by the
//! client, so a call without a grant, or two with one, do not compile. The client redeems it immediately before it
//! hands the request to HTTP: that is where the send deadline and the second guard are checked.

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::limiter::{Disagreement, SecondGuard};

/// An attempt whose COMMIT is confirmed. Only the store's gate can know that; nothing else may build one.
#[derive(Debug)]
pub struct CommittedAttempt {
    /// The attempt's id.
    pub id: Uuid,
    /// After this reading of the local clock the request must not be sent.
    pub send_deadline: Monotonic,
}

/// The right to make one action call.
#[must_use = "a permit stands for a slot already spent: hand it to the client"]
#[derive(Debug)]
pub struct Permit {
    attempt: CommittedAttempt,
    guard: SecondGuard,
}

impl Permit {
    /// Turns a committed attempt into the right to call, under the second guard of its budget.
    pub fn from_committed(attempt: CommittedAttempt, guard: &SecondGuard) -> Self {
        Self {
            attempt,
            guard: guard.clone(),
        }
    }

    /// The attempt that pays for the call.
    pub fn attempt_id(&self) -> Uuid {
        self.attempt.id
    }

    /// Uses the permit up. Sending must follow at once.
    ///
    /// # Errors
    /// [`Void`]: nothing may be sent.
    pub fn redeem(self) -> Result<(), Void> {
        redeem(&self.attempt, &self.guard)
    }
}

/// The right to make one read: one page, one action, one device. Reads are in the ledger as calls are.
#[must_use = "a read permit stands for a slot already spent: hand it to the client"]
#[derive(Debug)]
pub struct ReadPermit {
    read: CommittedAttempt,
    guard: SecondGuard,
}

impl ReadPermit {
    /// Turns a committed read into the right to make it, under the second guard of its budget.
    pub fn from_committed(read: CommittedAttempt, guard: &SecondGuard) -> Self {
        Self {
            read,
            guard: guard.clone(),
        }
    }

    /// Uses the permit up. Sending must follow at once.
    ///
    /// # Errors
    /// [`Void`]: nothing may be sent.
    pub fn redeem(self) -> Result<(), Void> {
        redeem(&self.read, &self.guard)
    }
}

/// Why a permit could not be used; nothing was sent.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Void {
    /// The send deadline passed first.
    #[error("the send deadline had passed")]
    Late,
    /// The second guard refused.
    #[error("the second guard refused the call")]
    Refused(#[source] Disagreement),
}

fn redeem(attempt: &CommittedAttempt, guard: &SecondGuard) -> Result<(), Void> {
    // The deadline first: a call that is not made must not count with the guard.
    if attempt.send_deadline.remaining().is_zero() {
        return Err(Void::Late);
    }
    guard.check().map_err(Void::Refused)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::limiter::Window;

    fn guard(limit: u32) -> SecondGuard {
        SecondGuard::new(&[Window {
            limit,
            per: Duration::from_secs(60),
        }])
        .expect("a valid window")
    }

    fn permit(guard: &SecondGuard) -> Permit {
        let send_deadline = Monotonic::now().plus(Duration::from_secs(5));
        Permit::from_committed(
            CommittedAttempt {
                id: Uuid::now_v7(),
                send_deadline,
            },
            guard,
        )
    }

    #[tokio::test(start_paused = true)]
    async fn a_permit_is_good_until_its_deadline_and_not_at_it() {
        let guard = guard(10);
        let (early, late) = (permit(&guard), permit(&guard));
        tokio::time::advance(Duration::from_millis(4_999)).await;
        assert_eq!(early.redeem(), Ok(()));
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!(late.redeem(), Err(Void::Late));
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_permit_takes_nothing_from_the_guard() {
        let guard = guard(1);
        let late = permit(&guard);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(late.redeem(), Err(Void::Late));
        assert_eq!(permit(&guard).redeem(), Ok(()));
        assert!(matches!(permit(&guard).redeem(), Err(Void::Refused(_))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_keeps_its_deadline_too() {
        let read = CommittedAttempt {
            id: Uuid::now_v7(),
            send_deadline: Monotonic::now(),
        };
        assert_eq!(
            ReadPermit::from_committed(read, &guard(1)).redeem(),
            Err(Void::Late)
        );
    }
}
