//! How many events a source may send before they ask instead of acting. A burst of a whole span is let through, and then as
//! many as the span says: never fewer than that. Asked by whoever takes events; it refuses none.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::domain::trust::Trust;
use crate::limiter::{Cells, LimiterError, Uptime, Window, cells};

/// The rate of one source. Clones are the same rate.
#[derive(Clone, Debug)]
pub struct SourceRate {
    cells: Arc<Vec<Cells>>,
    /// Admitted, and not used in the end: the next ones have it.
    credit: Arc<AtomicUsize>,
    /// What is saved up at most: the smallest of the limits.
    most: usize,
}

impl SourceRate {
    /// A rate of so many events in such spans.
    ///
    /// # Errors
    /// [`LimiterError::Window`] for a span that admits nothing.
    pub fn new(windows: &[Window]) -> Result<Self, LimiterError> {
        let of = |window: &Window| {
            let wrong = LimiterError::Window {
                limit: window.limit,
                per: window.per,
            };
            let burst = NonZeroU32::new(window.limit).ok_or(wrong)?;
            let wrong = LimiterError::Window {
                limit: window.limit,
                per: window.per,
            };
            cells(window.per / window.limit, burst, &Uptime::starting_now()).ok_or(wrong)
        };
        Ok(Self {
            cells: Arc::new(windows.iter().map(of).collect::<Result<_, _>>()?),
            credit: Arc::default(),
            most: windows.iter().map(|window| window.limit).min().unwrap_or(0) as usize,
        })
    }

    /// What so many events of a source of that trust may lead to, now that they come: those above its rate ask.
    pub fn trust(rate: Option<&Self>, trust: Trust, events: usize) -> Trust {
        if rate.is_none_or(|rate| rate.allows(events)) {
            return trust;
        }
        metrics::counter!("quell_events_above_rate_total").increment(events as u64);
        trust.max(Trust::AskRate)
    }

    /// Whether so many more events are within the rate. Those that are not do not count against the ones to come.
    pub fn allows(&self, events: usize) -> bool {
        let mut used = 0;
        let taken = self
            .credit
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |credit| {
                used = credit.min(events);
                Some(credit - used)
            });
        debug_assert!(taken.is_ok(), "it always says a new credit");
        let rest = events - used;
        let is_allowed = match u32::try_from(rest).ok().and_then(NonZeroU32::new) {
            None => rest == 0,
            Some(rest) => self
                .cells
                .iter()
                .all(|cells| matches!(cells.check_n(rest), Ok(Ok(())))),
        };
        if !is_allowed {
            self.give_back(used);
        }
        is_allowed
    }

    /// So many that were allowed came to nothing: they were not stored, or had been stored before. No more than a span's worth
    /// is kept, or whoever repeats himself for a day could save up for a flood.
    pub fn give_back(&self, events: usize) {
        let kept = self
            .credit
            .fetch_update(Ordering::AcqRel, Ordering::Acquire, |credit| {
                Some(credit.saturating_add(events).min(self.most))
            });
        debug_assert!(kept.is_ok(), "it always says a new credit");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_source_may_send_its_span_at_once_and_then_waits() {
        let rate = SourceRate::new(&[Window {
            limit: 10,
            per: Duration::from_secs(3_600),
        }])
        .expect("a rate");
        assert!(rate.allows(0) && rate.allows(4) && rate.allows(6));
        assert!(!rate.allows(1) && rate.allows(0));
        assert!(!rate.allows(11), "more than ever fit at once");
        rate.give_back(7);
        assert!(!rate.allows(8), "it is not more than was given back");
        assert!(rate.clone().allows(5) && rate.allows(2) && !rate.allows(1));
        rate.give_back(1_000);
        assert!(rate.allows(10) && !rate.allows(1), "a span's worth and no more");
        let none = Window {
            limit: 0,
            per: Duration::from_secs(1),
        };
        assert!(SourceRate::new(&[none]).is_err());
    }
}
