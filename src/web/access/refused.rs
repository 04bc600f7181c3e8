//! Those who were refused: counted by reason, held back when they try too often, and told in the log once a minute each, without
//! what they showed.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::StatusCode;

use crate::limiter::Attempts;
use crate::web::answer::Problem;

/// Why somebody is not let in.
#[derive(Debug)]
pub(super) struct Refusal {
    /// A stable name, for metrics.
    pub why: &'static str,
    /// What they hear.
    pub problem: Box<Problem>,
    /// Whether they showed something that opens nothing: trying again and again is held back.
    pub is_attempt: bool,
}

impl Refusal {
    /// They showed nothing, or nothing that would do.
    pub fn unauthorized(why: &'static str, detail: &str) -> Self {
        Self {
            why,
            problem: Box::new(Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)),
            is_attempt: false,
        }
    }

    /// It would not do whatever they showed.
    pub fn forbidden(why: &'static str, detail: &str) -> Self {
        Self {
            why,
            problem: Box::new(Problem::new(StatusCode::FORBIDDEN, why, detail)),
            is_attempt: false,
        }
    }

    /// They showed something that opens nothing.
    pub fn attempt(self) -> Self {
        Self {
            is_attempt: true,
            ..self
        }
    }

    /// Others are being looked up, and whoever asks does not wait for a place: nothing is known of them now. It is never sent.
    pub fn no_place() -> Self {
        let detail = "others are being looked up: ask again";
        Self {
            why: NO_PLACE,
            problem: Box::new(Problem::new(StatusCode::SERVICE_UNAVAILABLE, NO_PLACE, detail)),
            is_attempt: false,
        }
    }

    /// The same with what else can be done.
    pub fn also(mut self, remedy: &str) -> Self {
        self.problem.detail = format!("{}; {remedy}", self.problem.detail);
        self
    }

    /// They have to wait.
    pub fn too_many(wait: Duration) -> Self {
        let seconds = u32::try_from(wait.as_secs())
            .unwrap_or(u32::MAX)
            .saturating_add(1);
        let detail = "too many attempts with tokens that open nothing came from your address: wait, and look which token is sent";
        Self {
            why: "too_many_attempts",
            problem: Box::new(
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", detail)
                    .retry_after_s(seconds),
            ),
            is_attempt: false,
        }
    }
}

/// Of [`Refusal::no_place`].
pub(super) const NO_PLACE: &str = "no_place";

/// What could not be found out, as Postgres is away: that is nobody's failure.
impl From<crate::store::StoreError> for Refusal {
    fn from(error: crate::store::StoreError) -> Self {
        Self {
            why: "store_unavailable",
            problem: Box::new(Problem::from(error)),
            is_attempt: false,
        }
    }
}

/// The accounts of those who were refused.
#[derive(Debug, Default)]
pub(in crate::web) struct Refusals {
    attempts: Attempts,
}

impl Refusals {
    /// Whether that peer has to wait before anything that it shows is looked at. `None` never has.
    ///
    /// # Errors
    /// It has.
    pub(super) fn may_try(&self, peer: Option<IpAddr>) -> Result<(), Refusal> {
        peer.and_then(|peer| self.attempts.wait(peer))
            .map_or(Ok(()), |wait| Err(Refusal::too_many(wait)))
    }

    /// Counts and tells of a refusal; what is sent.
    pub(super) fn tell(&self, peer: Option<IpAddr>, refusal: Refusal) -> Problem {
        count(refusal.why);
        let peer = peer.filter(|_| refusal.is_attempt);
        if let Some(peer) = peer.filter(|peer| self.attempts.failed(*peer)) {
            tracing::warn!(%peer, reason = refusal.why, "somebody showed something that opens nothing; said once a minute for each address");
        }
        *refusal.problem
    }
}

/// One more.
pub(super) fn count(why: &'static str) {
    metrics::counter!("quell_access_refused_total", "reason" => why).increment(1);
}
