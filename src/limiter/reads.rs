//! The reads' own budget, where reads are not counted in the ledger (`budget.scope: actions_and_reads`).
//!
//! A token bucket per window, small enough to be safe: burst + rate × window = the share of the limit, so no span of a
//! window's length sees more. It starts empty, so the bound holds over any number of restarts without a memory. Asked by
//! the reconcile and fact-fetching loops, which wait as told.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Monotonic;
use crate::limiter::{Cells, LimiterError, ReadPermit, Uptime, Window, cells, take};

/// The part of a window's limit that may come at once; the rest comes evenly.
const BURST_PART: f64 = 0.1;

/// The budget of one tenant's reads.
#[derive(Debug)]
pub struct ReadBudget {
    windows: Vec<Cells>,
    clock: Uptime,
    held_until: Mutex<Option<Monotonic>>,
}

impl ReadBudget {
    /// A budget of `share` (above 0, at most 1) of each window.
    ///
    /// # Errors
    /// [`LimiterError::Share`], or [`LimiterError::Window`] if the share of a window is less than 2 reads.
    pub fn new(windows: &[Window], share: f64) -> Result<Self, LimiterError> {
        if !(share > 0.0 && share <= 1.0) {
            return Err(LimiterError::Share);
        }
        let clock = Uptime::starting_now();
        let mut sorted = windows.to_vec();
        // Shortest first: while it refuses, no cell of a longer window is burnt.
        sorted.sort_by_key(|window| window.per);
        let windows = sorted
            .iter()
            .map(|window| {
                empty_cells(window, share, &clock).ok_or(LimiterError::Window {
                    limit: window.limit,
                    per: window.per,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            windows,
            clock,
            held_until: Mutex::new(None),
        })
    }

    /// One read, if the budget has one now.
    ///
    /// # Errors
    /// How long to wait before asking again.
    pub fn try_take(&self) -> Result<ReadPermit, Duration> {
        let held = *self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        match held.map(Monotonic::remaining) {
            Some(rest) if !rest.is_zero() => return Err(rest),
            _ => {}
        }
        for cells in &self.windows {
            take(cells, &self.clock)?;
        }
        Ok(ReadPermit::from_budget())
    }

    /// Gives no read for `span`: what a 429 asks for. A later end stands.
    pub fn hold_for(&self, span: Duration) {
        let until = Monotonic::now().plus(span);
        let mut held = self.held_until.lock().unwrap_or_else(PoisonError::into_inner);
        *held = (*held).max(Some(until));
    }
}

/// A bucket with nothing in it.
fn empty_cells(window: &Window, share: f64, clock: &Uptime) -> Option<Cells> {
    let allowed = (f64::from(window.limit) * share).floor();
    let burst = (allowed * BURST_PART).floor().max(1.0);
    let steady = allowed - burst;
    if steady < 1.0 {
        return None;
    }
    #[expect(clippy::cast_sign_loss, reason = "1 <= burst <= window.limit")]
    let burst = NonZeroU32::new(burst as u32)?;
    // Rounded up, so that the bound holds to the nanosecond.
    let interval = window.per.div_f64(steady).saturating_add(Duration::from_nanos(1));
    let cells = cells(interval, burst, clock)?;
    // A burst never exceeds itself, and a bucket that was just made is full: this empties it.
    (cells.check_n(burst) == Ok(Ok(()))).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Window = Window {
        limit: 100,
        per: Duration::from_secs(60),
    };
    const HOUR: Window = Window {
        limit: 1_500,
        per: Duration::from_secs(3_600),
    };

    /// Reads as fast as the budget lets, restarting now and then; gives the times in ms.
    async fn greedy(windows: &[Window], share: f64, hours: u64, restart_every: usize) -> Vec<u128> {
        let started = Monotonic::now();
        let mut budget = ReadBudget::new(windows, share).expect("a valid budget");
        let mut taken = Vec::new();
        while started.elapsed() < Duration::from_secs(hours * 3_600) {
            match budget.try_take() {
                Ok(permit) => {
                    assert_eq!(permit.redeem(), Ok(()));
                    taken.push(started.elapsed().as_millis());
                    if taken.len() % restart_every == 0 {
                        budget = ReadBudget::new(windows, share).expect("a valid budget");
                    }
                }
                Err(wait) => tokio::time::advance(wait.max(Duration::from_millis(1))).await,
            }
        }
        taken
    }

    fn most_in(taken: &[u128], window: Window) -> usize {
        let span = window.per.as_millis();
        (0..taken.len())
            .map(|first| {
                taken[first..]
                    .iter()
                    .take_while(|at| **at - taken[first] < span)
                    .count()
            })
            .max()
            .unwrap_or(0)
    }

    #[tokio::test(start_paused = true)]
    async fn no_window_sees_more_reads_than_its_share_even_over_restarts() {
        for (share, restart_every) in [(1.0, 1_000_000), (1.0, 77), (0.5, 13)] {
            let taken = greedy(&[HOUR, MINUTE], share, 3, restart_every).await;
            assert!(most_in(&taken, MINUTE) <= if share < 1.0 { 50 } else { 100 });
            assert!(most_in(&taken, HOUR) <= if share < 1.0 { 750 } else { 1_500 });
            assert!(taken.len() > 1_500, "and yet the reads go on: {}", taken.len());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_held_budget_gives_nothing_until_the_hold_is_over() {
        let budget = ReadBudget::new(&[MINUTE], 1.0).expect("a valid budget");
        tokio::time::advance(Duration::from_secs(60)).await;
        budget.hold_for(Duration::from_secs(30));
        budget.hold_for(Duration::from_secs(1));
        assert_eq!(budget.try_take().err(), Some(Duration::from_secs(30)));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!(budget.try_take().is_ok());
    }

    #[test]
    fn a_share_or_a_window_that_gives_no_reads_is_refused() {
        assert_eq!(ReadBudget::new(&[MINUTE], 0.0).err(), Some(LimiterError::Share));
        assert_eq!(
            ReadBudget::new(&[MINUTE], f64::NAN).err(),
            Some(LimiterError::Share)
        );
        assert!(ReadBudget::new(&[MINUTE], 0.01).is_err());
    }
}
