//! What a look after a write tells: when the call that it queued may leave, and whether a daemon is there to make it. The write is
//! done by then, so a look that fails makes no error of the answer: it then says that this is not known. Called by the writes of the
//! desk that queue a call; it changes nothing.

use jiff::{SignedDuration, Timestamp};

use crate::desk::Desk;
use crate::desk::words::ahead;
use crate::domain::verdict::Lane;
use crate::store::chain;

/// What is known after a write.
#[derive(Clone, Copy, Debug)]
pub struct Afterwards {
    /// The moment.
    pub at: Timestamp,
    /// When the call may leave, if nothing more urgent comes and every call is answered at once.
    pub expected_at: Option<Timestamp>,
    /// Whether a daemon dispatches; `None`: the look failed, and nothing more is known than the moment.
    pub dispatches: Option<bool>,
}

impl Desk {
    /// Looks after a write, for a call on that lane. `before` is a moment before the write, for when nothing can be looked at.
    pub(super) async fn afterwards(&self, lane: Lane, before: Timestamp) -> Afterwards {
        match self.store.status(self.tenant, &self.terms.gate).await {
            Ok(status) => {
                let through = status.prospect(&self.terms.pacing).through(lane);
                Afterwards {
                    at: status.at,
                    expected_at: through.and_then(|forecast| status.at.checked_add(forecast.last).ok()),
                    dispatches: Some(status.lease.as_ref().is_some_and(|lease| lease.is_held)),
                }
            }
            Err(error) => {
                let error = chain(&error);
                tracing::warn!(
                    error,
                    "what follows a write could not be looked at; the write is done"
                );
                Afterwards {
                    at: before,
                    expected_at: None,
                    dispatches: None,
                }
            }
        }
    }
}

impl Afterwards {
    /// That a call which waits for nothing but its turn may leave, in words.
    pub(super) fn leaves(&self, not_before: Timestamp) -> String {
        if self.dispatches.is_none() {
            return "when it may leave could not be looked up".to_owned();
        }
        let at = self.expected_at.unwrap_or(self.at).max(not_before);
        let when = match at.duration_since(self.at) < SignedDuration::from_secs(1) {
            true => "now".to_owned(),
            false => format!("about {}", ahead(self.at, at)),
        };
        format!("it may leave {when}{}", self.daemon())
    }

    /// That no daemon is there, where that is known.
    pub(super) fn daemon(&self) -> &'static str {
        match self.dispatches {
            Some(false) => "; no daemon dispatches now: it leaves when one runs",
            Some(true) | None => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn when_a_call_leaves_is_said_as_far_as_it_is_known() {
        let at: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let check = |seconds: Option<i64>, dispatches, said: &str| {
            let after = Afterwards {
                at,
                expected_at: seconds.map(|s| at + SignedDuration::from_secs(s)),
                dispatches,
            };
            assert_eq!(after.leaves(at), said);
        };
        check(None, Some(true), "it may leave now");
        check(Some(90), Some(true), "it may leave about in 1 min 30 s");
        check(
            None,
            Some(false),
            "it may leave now; no daemon dispatches now: it leaves when one runs",
        );
        check(Some(90), None, "when it may leave could not be looked up");
    }
}
