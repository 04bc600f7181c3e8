//! The second guard: one GCRA for each window, with the window's whole limit as burst, behind the ledger.
//!
//! A stream that obeys the exact sliding windows of the ledger can never trip it, so a refusal proves that the ledger
//! was wrong: it is counted in `quell_limiter_disagreements_total`, which must stay 0, and the call is not made. Asked by
//! [`crate::limiter::Permit`] at the moment of sending; nobody else calls it.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use crate::limiter::{Cells, LimiterError, Uptime, Window, cells, take};

/// How much faster the guard's cells come back than the window says: one part in 1,000. The ledger measures on the
/// database's clock and the guard on this machine's; a clock that is being slewed must not look like a broken ledger.
const DRIFT: u32 = 1_000;

/// The guard of one budget. Clones are the same guard.
#[derive(Clone, Debug)]
pub struct SecondGuard(Arc<Vec<Watched>>);

#[derive(Debug)]
struct Watched {
    window: Window,
    cells: Cells,
    clock: Uptime,
}

/// The second guard refused what the ledger had granted.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the ledger granted a call that the window of {limit} per {per:?} does not allow")]
pub struct Disagreement {
    /// The limit of the window that was full.
    pub limit: u32,
    /// Its length.
    pub per: Duration,
}

impl SecondGuard {
    /// A guard for these windows.
    ///
    /// # Errors
    /// [`LimiterError::Window`] for a window that admits nothing.
    pub fn new(windows: &[Window]) -> Result<Self, LimiterError> {
        let mut watched = windows.iter().map(watch).collect::<Result<Vec<_>, _>>()?;
        // Shortest first: a refusal there burns no cell of the longer ones.
        watched.sort_by_key(|watched| watched.window.per);
        Ok(Self(Arc::new(watched)))
    }

    /// Counts one call that is about to be sent.
    ///
    /// # Errors
    /// [`Disagreement`]: do not send it.
    pub fn check(&self) -> Result<(), Disagreement> {
        for watched in self.0.iter() {
            if take(&watched.cells, &watched.clock).is_err() {
                let Window { limit, per } = watched.window;
                metrics::counter!("quell_limiter_disagreements_total").increment(1);
                tracing::error!(
                    limit,
                    ?per,
                    "the ledger and the second guard disagree; the call is not made"
                );
                return Err(Disagreement { limit, per });
            }
        }
        Ok(())
    }
}

fn watch(window: &Window) -> Result<Watched, LimiterError> {
    let refused = || LimiterError::Window {
        limit: window.limit,
        per: window.per,
    };
    let burst = NonZeroU32::new(window.limit).ok_or_else(refused)?;
    let interval = window.per / window.limit;
    let clock = Uptime::starting_now();
    let cells = cells(interval - interval / DRIFT, burst, &clock).ok_or_else(refused)?;
    Ok(Watched {
        window: *window,
        cells,
        clock,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::*;
    use crate::clock::Monotonic;

    const MINUTE: Window = Window {
        limit: 100,
        per: Duration::from_secs(60),
    };
    const HOUR: Window = Window {
        limit: 1_500,
        per: Duration::from_secs(3_600),
    };

    /// An exact sliding window: what the ledger keeps.
    struct Ledger(Window, VecDeque<Monotonic>);

    impl Ledger {
        fn has_room(&mut self) -> bool {
            while self.1.front().is_some_and(|sent| sent.elapsed() >= self.0.per) {
                self.1.pop_front();
            }
            self.1.len() < usize::try_from(self.0.limit).expect("a limit fits")
        }
    }

    fn paused() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime without I/O")
    }

    /// Sends whenever every ledger has room, after each of the given pauses; says how often the guard disagreed.
    fn disagreements(windows: &[Window], pauses_ms: &[u64]) -> usize {
        paused().block_on(async {
            let guard = SecondGuard::new(windows).expect("valid windows");
            let mut ledgers: Vec<Ledger> = windows.iter().map(|w| Ledger(*w, VecDeque::new())).collect();
            let mut refused = 0;
            for pause in pauses_ms {
                tokio::time::advance(Duration::from_millis(*pause)).await;
                // Everything that the ledgers admit at this instant, as a storm would.
                while ledgers.iter_mut().all(Ledger::has_room) {
                    ledgers
                        .iter_mut()
                        .for_each(|ledger| ledger.1.push_back(Monotonic::now()));
                    refused += usize::from(guard.check().is_err());
                }
            }
            refused
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn a_stream_that_obeys_the_exact_windows_never_trips_the_guard(
            pauses in prop::collection::vec(prop_oneof![Just(0_u64), 1..700_u64, Just(60_000), 1..90_000_u64], 1..60),
            limit in 1..120_u32,
            per_ms in 1_u64..70_000,
        ) {
            let short = Window { limit, per: Duration::from_millis(per_ms) };
            let long = Window { limit: limit * 15, per: Duration::from_millis(per_ms * 60) };
            prop_assert_eq!(disagreements(&[short, long], &pauses), 0);
        }
    }

    #[test]
    fn a_storm_at_both_documented_limits_for_hours_never_trips_the_guard() {
        assert_eq!(disagreements(&[MINUTE, HOUR], &vec![600; 4 * 6_000]), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_ledger_that_grants_too_much_is_refused_and_counted() {
        let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
        let guard = SecondGuard::new(&[HOUR, MINUTE]).expect("valid windows");
        metrics::with_local_recorder(&recorder, || {
            for _ in 0..100 {
                assert_eq!(guard.check(), Ok(()));
            }
            assert_eq!(
                guard.check(),
                Err(Disagreement {
                    limit: 100,
                    per: Duration::from_secs(60)
                })
            );
            assert_eq!(
                guard.clone().check(),
                Err(Disagreement {
                    limit: 100,
                    per: Duration::from_secs(60)
                })
            );
        });
        let page = recorder.handle().render();
        assert!(page.contains("quell_limiter_disagreements_total 2"), "{page}");
    }

    #[test]
    fn a_window_that_admits_nothing_is_refused() {
        let none = Window {
            limit: 0,
            per: Duration::from_secs(60),
        };
        assert!(SecondGuard::new(&[none]).is_err());
        let instant = Window {
            limit: 100,
            per: Duration::ZERO,
        };
        assert!(SecondGuard::new(&[instant]).is_err());
    }
}
