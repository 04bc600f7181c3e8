//! Pacing and the second guard: governor's only home.
//!
//! The ledger in Postgres alone is exact; nothing here decides what the budget allows. [`Pacer`] spreads bulk calls,
//! [`SecondGuard`] stands behind the ledger and must never refuse anything, and [`Permit`] is what turns a committed
//! attempt into the right to make one call. Called by the workers; the client knows only the permits. Nothing here waits:
//! every check answers at once.

mod attempts;
mod guard;
mod pacer;
mod permit;
mod source;

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::clock::Monotonic;
pub use crate::domain::budget::Window;

pub use attempts::Attempts;
pub use guard::{Disagreement, SecondGuard};
pub use pacer::{Pacer, PacerOptions};
pub use permit::{CommittedAttempt, Permit, ReadPermit, Void};
pub use source::SourceRate;

/// A limiter that cannot be built from what was configured.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimiterError {
    /// A window admits nothing or is too short to be measured.
    #[error(
        "the window of {limit} calls per {per:?} cannot be kept: it needs at least 1 call and 1 ns per call"
    )]
    Window {
        /// As configured.
        limit: u32,
        /// As configured.
        per: Duration,
    },
    /// A burst of nothing.
    #[error("a burst of 0 calls lets nothing through: it must be at least 1")]
    Burst,
}

/// Cells of one GCRA on [`Uptime`].
type Cells = RateLimiter<NotKeyed, InMemoryState, Uptime, NoOpMiddleware<Duration>>;

/// `burst` cells, one more each `interval`, full at the start. `None` if the interval is zero.
fn cells(interval: Duration, burst: NonZeroU32, clock: &Uptime) -> Option<Cells> {
    let quota = Quota::with_period(interval)?.allow_burst(burst);
    Some(RateLimiter::direct_with_clock(quota, *clock))
}

/// Takes one cell, or says how long until there is one. Never `until_ready`: it sleeps in real time whatever the test's
/// clock says.
fn take(cells: &Cells, clock: &Uptime) -> Result<(), Duration> {
    cells
        .check()
        .map_err(|refusal| refusal.wait_time_from(clock.now()))
}

/// governor's clock: the time since a limiter was made.
#[derive(Clone, Copy, Debug)]
struct Uptime(Monotonic);

impl Uptime {
    fn starting_now() -> Self {
        Self(Monotonic::now())
    }
}

impl Clock for Uptime {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}
