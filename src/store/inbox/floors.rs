//! From where a source's rows are read: below the oldest that a claim saw there is nothing but what was decided long ago, which an
//! old snapshot may keep in the index. In memory; a process that starts reads from the beginning once.
//!
//! Rows get their numbers before they are committed, so one may appear below the oldest that was seen. So a floor is as of a moment
//! ago, which a statement that stores events does not outlast; and now and then everything is read, for one that did.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::clock::Monotonic;
use crate::domain::tenant::TenantId;

/// A floor holds from then on: longer than storing a batch may take, whose statements are given up before. A row below a floor would
/// be decided after those of its device that came behind it.
const SETTLED: Duration = Duration::from_secs(20);

/// Everything is read once in such a span.
const WHOLE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(in crate::store) struct Floors(Mutex<HashMap<TenantId, OfTenant>>);

#[derive(Debug)]
struct OfTenant {
    /// When everything was read.
    whole: Monotonic,
    /// When what is in `young` was seen.
    since: Monotonic,
    /// What a claim may go by.
    settled: HashMap<String, i64>,
    /// What is to settle.
    young: HashMap<String, i64>,
}

impl Floors {
    /// The sources whose floors are known, with these; none where everything is to be read.
    pub(super) fn of(&self, tenant: TenantId) -> (Vec<String>, Vec<i64>) {
        let mut tenants = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let Some(its) = tenants.get_mut(&tenant) else {
            return Default::default();
        };
        if its.whole.elapsed() >= WHOLE {
            its.whole = Monotonic::now();
            return Default::default();
        }
        its.settled
            .iter()
            .map(|(source, floor)| (source.clone(), *floor))
            .unzip()
    }

    /// A claim saw these as the oldest rows of their sources.
    pub(super) fn saw(&self, tenant: TenantId, sources: Vec<String>, oldest: &[i64]) {
        let mut tenants = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let its = tenants.entry(tenant).or_insert_with(|| OfTenant {
            whole: Monotonic::now(),
            since: Monotonic::now(),
            settled: HashMap::new(),
            young: HashMap::new(),
        });
        if its.since.elapsed() >= SETTLED {
            its.settled.extend(its.young.drain());
            its.since = Monotonic::now();
        }
        for (source, oldest) in sources.into_iter().zip(oldest) {
            // The first that was seen in a span is the one that settles with it: what came since may be out of order.
            its.young.entry(source).or_insert(*oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId(7);

    fn saw(floors: &Floors, oldest: i64) {
        floors.saw(TENANT, vec!["webhook".to_owned()], &[oldest]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_floor_is_what_was_seen_a_moment_ago() {
        let floors = Floors::default();
        saw(&floors, 10);
        saw(&floors, 20);
        assert!(floors.of(TENANT).1.is_empty(), "nothing has settled");
        tokio::time::advance(SETTLED).await;
        saw(&floors, 30);
        assert_eq!(floors.of(TENANT).1, [10], "the first of that span");
        tokio::time::advance(SETTLED).await;
        saw(&floors, 40);
        assert_eq!(floors.of(TENANT).1, [30]);
        // A row that was committed late is seen with the next look at everything, and is a floor again.
        tokio::time::advance(WHOLE).await;
        assert!(floors.of(TENANT).1.is_empty(), "everything is read");
        saw(&floors, 5);
        tokio::time::advance(SETTLED).await;
        saw(&floors, 50);
        assert_eq!(floors.of(TENANT).1, [5]);
    }
}
