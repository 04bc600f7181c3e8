//! The sweep: everything of the last day in one listing, at the start, after a change of leader and as often as `drift.every` says; for a day after
//! a release, as often as old actions are looked at. What carries a marker of ours and is not in the books is taken in.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Monotonic;
use crate::domain::answer::MachineAction;
use crate::domain::stray::{self, Marked};
use crate::store::{StoreError, StraySpans, Swept, chain};

use super::{Cadence, Reconciler, signed};
use crate::worker::bounded;

/// How far back a sweep looks, and how long a device is watched after its release; unscaled.
pub const WATCHED: Duration = Duration::from_secs(24 * 3_600);

/// When the last sweeps were.
#[derive(Debug, Default)]
pub struct Sweeps(Mutex<State>);

#[derive(Clone, Copy, Debug, Default)]
struct State {
    epoch: i64,
    tried: Option<Monotonic>,
    done: Option<Monotonic>,
}

impl Sweeps {
    /// Whether a sweep is due under this epoch, the first of which is due at once; a try that came to nothing is repeated
    /// after a while. `is_watched`: some device was released within the day; `is_wanted`: the gate waits
    /// for it, or an answer came that nobody waited for any more.
    fn begin(&self, epoch: i64, is_watched: bool, is_wanted: bool, cadence: Cadence) -> bool {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.epoch != epoch {
            *state = State {
                epoch,
                ..State::default()
            };
        }
        let after = |at: Option<Monotonic>, span: Duration| at.is_none_or(|at| at.elapsed() >= span);
        let every = match (is_wanted, is_watched) {
            (true, _) => cadence.fast,
            (false, true) => cadence.slow.min(cadence.sweep),
            (false, false) => cadence.sweep,
        };
        let is_due = after(state.done, every) && after(state.tried, cadence.fast * 2);
        if is_due {
            state.tried = Some(Monotonic::now());
        }
        is_due
    }

    fn done(&self) {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.done = state.tried;
    }
}

impl Reconciler {
    /// How far back this look is to list everything; `None`: it need not. While the gate is held it goes as far as the longest
    /// window, for only what covers that gives the ledger back what it forgot.
    pub(super) async fn begins_sweep(&self, epoch: i64) -> Result<Option<Duration>, StoreError> {
        let (store, cadence) = (&self.context.store, self.cadence);
        let tenant = self.context.tenant;
        let is_watched = bounded(store.is_any_released(tenant, cadence.watched)).await?;
        // An executed action may be missing from the list for a while: looked for until it must be there.
        let within = self.context.gate.timing.quiescence();
        let is_held = bounded(store.is_held(tenant)).await?;
        let is_wanted = self.context.wakes.is_sweep_wanted(within) || is_held;
        let is_due = self.sweeps.begin(epoch, is_watched, is_wanted, cadence);
        if !is_due {
            return Ok(None);
        }
        let watched = cadence.watched.max(self.unjudged_for().await?);
        Ok(Some(sweep_span(watched, self.context.gate.longest(), is_held)))
    }

    /// Takes what a complete listing shows of ours, and the books do not know, into the books. `swept`: it was a sweep's,
    /// which began then and went back so far.
    pub(super) async fn take_strays(
        &self,
        epoch: i64,
        listing: &[MachineAction],
        swept: Option<(Timestamp, Duration)>,
    ) -> Result<(), StoreError> {
        let (store, tenant, gate) = (&self.context.store, self.context.tenant, &self.context.gate);
        let marked = stray::marked(listing);
        let strays = bounded(store.strays_find(tenant, &marked)).await?;
        let (mut waiting, mut orphans) = (0, 0);
        for of_one_device in strays.chunk_by(|a: &&Marked, b: &&Marked| a.device == b.device) {
            let spans = StraySpans {
                watched: self.cadence.watched,
                kept: self.cadence.orphans,
            };
            let take = store.strays_take(tenant, epoch, gate, of_one_device, spans);
            let taken = bounded(take).await;
            match taken {
                Ok(made) => {
                    waiting += made.waiting;
                    orphans += made.orphans;
                }
                Err(error) if is_of_one_device(&error) => {
                    // One that cannot be taken in does not keep the others from it.
                    waiting += of_one_device.len();
                    tracing::error!(
                        device.id = of_one_device.first().map(|stray| stray.device.as_str()),
                        error = chain(&error),
                        "an action of ours that the database does not know cannot be taken in"
                    );
                }
                Err(error) => return Err(error),
            }
        }
        metrics::gauge!("quell_strays_waiting", "tenant" => self.context.tenant_name.clone())
            .set(waiting as f64);
        if let Some((began, span)) = swept {
            let since = began - signed(gate.longest());
            let listed = marked
                .iter()
                .filter(|m| m.created_at.is_none_or(|at| at >= since))
                .count();
            let swept = Swept {
                began,
                span,
                listed,
                orphans,
                waiting,
            };
            bounded(store.swept(tenant, epoch, gate, &swept)).await?;
            metrics::counter!("quell_sweeps_total").increment(1);
            self.sweeps.done();
        }
        Ok(())
    }
}

/// What went wrong with one device does not keep the others from being taken in; the next look tries it again.
pub(super) fn is_of_one_device(error: &StoreError) -> bool {
    let is_stale = matches!(error, StoreError::Stale(_)) && !error.is_lease_lost();
    error.is_of_a_row() || is_stale || matches!(error, StoreError::Corrupt { .. })
}

/// How far back a sweep goes.
fn sweep_span(watched: Duration, longest: Duration, is_held: bool) -> Duration {
    if is_held { watched.max(longest) } else { watched }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CADENCE: Cadence = Cadence {
        fast: Duration::from_secs(5),
        slow: Duration::from_secs(300),
        young_for: Duration::from_secs(600),
        sweep: Duration::from_secs(3_600),
        watched: WATCHED,
        orphans: WATCHED,
    };

    #[test]
    fn only_while_the_gate_is_held_a_sweep_goes_as_far_back_as_the_longest_window() {
        let week = WATCHED * 7;
        assert_eq!(sweep_span(WATCHED, week, true), week);
        assert_eq!(sweep_span(WATCHED, Duration::from_secs(3_600), true), WATCHED);
        assert_eq!(sweep_span(WATCHED, week, false), WATCHED);
    }

    #[test]
    fn a_device_that_somebody_else_moved_on_costs_neither_the_lease_nor_the_others() {
        let (action, lease) = (StoreError::Stale("the action"), StoreError::Stale("the lease"));
        assert!(is_of_one_device(&action) && !action.is_lease_lost());
        assert!(!is_of_one_device(&lease) && lease.is_lease_lost());
        assert!(!is_of_one_device(&StoreError::silent()));
    }

    async fn pass(seconds: u64) {
        tokio::time::advance(Duration::from_secs(seconds)).await;
    }

    #[tokio::test(start_paused = true)]
    async fn a_sweep_is_due_at_the_start_after_a_change_of_leader_and_hourly() {
        let sweeps = Sweeps::default();
        assert!(sweeps.begin(1, false, false, CADENCE));
        sweeps.done();
        pass(3_599).await;
        assert!(!sweeps.begin(1, false, false, CADENCE));
        pass(1).await;
        assert!(sweeps.begin(1, false, false, CADENCE));
        sweeps.done();
        assert!(sweeps.begin(2, false, false, CADENCE), "another epoch");
    }

    #[tokio::test(start_paused = true)]
    async fn for_a_day_after_a_release_it_is_due_at_the_slow_cadence() {
        let sweeps = Sweeps::default();
        assert!(sweeps.begin(1, true, false, CADENCE));
        sweeps.done();
        pass(299).await;
        assert!(!sweeps.begin(1, true, false, CADENCE));
        pass(1).await;
        assert!(sweeps.begin(1, true, false, CADENCE));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_came_to_nothing_is_repeated_after_a_while_and_not_at_once() {
        let sweeps = Sweeps::default();
        assert!(sweeps.begin(1, false, false, CADENCE));
        pass(9).await;
        assert!(!sweeps.begin(1, false, false, CADENCE));
        pass(1).await;
        assert!(sweeps.begin(1, false, false, CADENCE));
    }
}
