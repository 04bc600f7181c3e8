//! What a look after a write tells: when the call that it queued may leave, whether a stop holds it, and whether a daemon is there to
//! make it. The write is done by then, so a look that fails makes no error of the answer: it then says that this is not known. Called
//! by the writes of the desk that queue a call; it changes nothing.

use jiff::{SignedDuration, Timestamp};

use crate::desk::Desk;
use crate::desk::words::ahead;
use crate::domain::action::ActionKind;
use crate::domain::stop::StopScope;
use crate::domain::verdict::Lane;
use crate::store::{StoreError, chain};

/// What is known after a write.
#[derive(Clone, Copy, Debug)]
pub struct Afterwards {
    /// The moment.
    pub at: Timestamp,
    /// When the call may leave, if nothing more urgent comes, every call is answered at once, and no stop holds it.
    pub expected_at: Option<Timestamp>,
    /// Whether a daemon dispatches; `None`: the look failed, and nothing more is known than the moment.
    pub dispatches: Option<bool>,
    /// The strongest stop in force.
    pub stop: Option<StopScope>,
}

impl Desk {
    /// Looks after a write, for a call on that lane. `before` is a moment before the write, for when nothing can be looked at.
    pub(super) async fn afterwards(&self, lane: Lane, before: Timestamp) -> Afterwards {
        match self.look_after(lane).await {
            Ok(after) => after,
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
                    stop: None,
                }
            }
        }
    }

    async fn look_after(&self, lane: Lane) -> Result<Afterwards, StoreError> {
        let status = self.store.status(self.tenant, &self.terms.gate).await?;
        let stops = self.store.stops(Some(self.tenant), None).await?;
        let stop = stops.first().map(|stop| stop.scope);
        let prospect = match stop {
            // What it holds is not waited for.
            Some(stop) => status.outlook.under(stop).prospect(&self.terms.pacing),
            None => status.prospect(&self.terms.pacing),
        };
        let through = prospect.through(lane);
        Ok(Afterwards {
            at: status.at,
            expected_at: through.and_then(|forecast| status.at.checked_add(forecast.last).ok()),
            dispatches: Some(status.lease.as_ref().is_some_and(|lease| lease.is_held)),
            stop,
        })
    }
}

impl Afterwards {
    /// That a call of this kind which waits for nothing but its turn may leave, in words.
    pub(super) fn leaves(&self, kind: ActionKind, not_before: Timestamp) -> String {
        if self.dispatches.is_none() {
            return "when it may leave could not be looked up".to_owned();
        }
        if let Some(stopped) = self.stopped(kind) {
            return stopped;
        }
        let at = self.expected_at.unwrap_or(self.at).max(not_before);
        let when = match at.duration_since(self.at) < SignedDuration::from_secs(1) {
            true => "now".to_owned(),
            false => format!("about {}", ahead(self.at, at)),
        };
        format!("it may leave {when}{}", self.daemon())
    }

    /// What beside its turn and its device's open action holds a call of this kind, as far as that is known: a stop, or that no daemon
    /// is there.
    pub(super) fn held(&self, kind: ActionKind) -> String {
        match self.stopped(kind) {
            Some(stopped) => format!("; {stopped}"),
            None => self.daemon().to_owned(),
        }
    }

    /// Whether a stop forbids a call of this kind.
    pub(super) fn is_stopped(&self, kind: ActionKind) -> bool {
        self.stop.is_some_and(|stop| stop.forbids(kind))
    }

    /// That a stop holds a call of this kind.
    fn stopped(&self, kind: ActionKind) -> Option<String> {
        let stop = self.stop.filter(|stop| stop.forbids(kind))?;
        let what = match stop {
            StopScope::Freeze => "a freeze",
            StopScope::New | StopScope::CancelPending | StopScope::ReleaseAll => "a stop",
        };
        let daemon = match self.dispatches {
            Some(false) => ", once a daemon dispatches",
            Some(true) | None => "",
        };
        Some(format!(
            "{what} is in force: it leaves after `quell resume`{daemon}"
        ))
    }

    fn daemon(&self) -> &'static str {
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
                stop: None,
            };
            assert_eq!(after.leaves(ActionKind::Release, at), said);
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

    #[test]
    fn what_a_stop_forbids_leaves_after_a_resume_and_what_it_allows_at_its_time() {
        let at: Timestamp = "2026-11-22T03:00:00Z".parse().expect("a time");
        let check = |stop, kind, dispatches, leaves: &str, held: &str| {
            let after = Afterwards {
                at,
                expected_at: Some(at),
                dispatches: Some(dispatches),
                stop: Some(stop),
            };
            assert_eq!(after.leaves(kind, at), leaves);
            assert_eq!(after.held(kind), held);
            assert_eq!(after.is_stopped(kind), held.contains("resume"));
        };
        let frozen = "a freeze is in force: it leaves after `quell resume`";
        check(
            StopScope::Freeze,
            ActionKind::Release,
            true,
            frozen,
            &format!("; {frozen}"),
        );
        let without = format!("{frozen}, once a daemon dispatches");
        check(
            StopScope::Freeze,
            ActionKind::Restrict,
            false,
            &without,
            &format!("; {without}"),
        );
        check(StopScope::New, ActionKind::Release, true, "it may leave now", "");
        let stopped = "a stop is in force: it leaves after `quell resume`";
        check(
            StopScope::New,
            ActionKind::Restrict,
            true,
            stopped,
            &format!("; {stopped}"),
        );
    }
}
