//! From where a source's rows are read: below the oldest that a claim saw there is nothing but what was decided long ago, which an
//! old snapshot may keep in the index. In memory; a process that starts reads from the beginning once.
//!
//! Rows get their numbers before they are committed, so one may appear below the oldest that was seen. So a floor holds only from a claim
//! on before which every transaction had ended that was under way when it was seen: whatever such a one left below it, that claim sees. And now and
//! then everything is read, whatever is known.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::clock::Monotonic;
use crate::domain::tenant::TenantId;

/// A floor holds from then on at the earliest, for a transaction that took a number before Postgres gave it one of its own.
const SOON: Duration = Duration::from_secs(1);

/// And at the latest, if some transaction does not end: longer than storing a batch may take, whose statements are given up before. A row
/// below a floor would be decided after those of its device that came behind it.
const SETTLED: Duration = Duration::from_secs(20);

/// Everything is read once in such a span.
const WHOLE: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(in crate::store) struct Floors(Mutex<HashMap<TenantId, OfTenant>>);

#[derive(Debug)]
struct OfTenant {
    /// When everything was read.
    whole: Monotonic,
    /// When the first of what is in `young` was seen.
    since: Monotonic,
    /// The latest transaction that may have been under way when what is in `young` was seen; `None`: it is not known.
    last: Option<i64>,
    /// What a claim may go by.
    settled: HashMap<String, i64>,
    /// What is to settle.
    young: HashMap<String, i64>,
}

/// What a claim saw.
#[derive(Debug)]
pub(super) struct Seen {
    /// The oldest row of each source that has any.
    pub(super) oldest: HashMap<String, i64>,
    /// The number of the claim's own transaction, given after it had looked: none that was under way then has a higher one. `None`: it
    /// locked nothing, and has none.
    pub(super) by: Option<i64>,
    /// Before the claim looked every transaction below this number had ended.
    pub(super) ended_below: i64,
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

    /// A claim saw this.
    pub(super) fn saw(&self, tenant: TenantId, seen: Seen) {
        let mut tenants = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let its = tenants.entry(tenant).or_insert_with(|| OfTenant {
            whole: Monotonic::now(),
            since: Monotonic::now(),
            last: None,
            settled: HashMap::new(),
            young: HashMap::new(),
        });
        let had_ended = its.last.is_some_and(|last| last < seen.ended_below);
        let settles_after = if had_ended { SOON } else { SETTLED };
        if its.since.elapsed() >= settles_after {
            for (source, floor) in its.young.drain() {
                // What appeared below it meanwhile is among what this claim saw.
                let floor = seen.oldest.get(&source).map_or(floor, |now| floor.min(*now));
                its.settled.insert(source, floor);
            }
        }
        if its.young.is_empty() {
            its.since = Monotonic::now();
            its.last = seen.by;
        }
        for (source, oldest) in seen.oldest {
            // The first that was seen in a span is the one that settles with it: what came since may be out of order.
            if let std::collections::hash_map::Entry::Vacant(place) = its.young.entry(source) {
                place.insert(oldest);
                its.last = its.last.zip(seen.by).map(|(last, by)| last.max(by));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId(7);

    /// By a claim of this number, before which all below `ended_below` had ended.
    fn saw(floors: &Floors, oldest: i64, by: Option<i64>, ended_below: i64) {
        let oldest = HashMap::from([("webhook".to_owned(), oldest)]);
        floors.saw(
            TENANT,
            Seen {
                oldest,
                by,
                ended_below,
            },
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_floor_is_what_was_seen_a_moment_ago() {
        let floors = Floors::default();
        saw(&floors, 10, None, 0);
        saw(&floors, 20, None, 0);
        assert!(floors.of(TENANT).1.is_empty(), "nothing has settled");
        tokio::time::advance(SETTLED).await;
        saw(&floors, 30, None, 0);
        assert_eq!(floors.of(TENANT).1, [10], "the first of that span");
        tokio::time::advance(SETTLED).await;
        saw(&floors, 40, None, 0);
        assert_eq!(floors.of(TENANT).1, [30]);
        // A row that was committed late is seen with the next look at everything, and is a floor again.
        tokio::time::advance(WHOLE).await;
        assert!(floors.of(TENANT).1.is_empty(), "everything is read");
        saw(&floors, 5, None, 0);
        assert_eq!(floors.of(TENANT).1, [5], "it is below what had been seen before");
        tokio::time::advance(SETTLED).await;
        saw(&floors, 50, None, 0);
        assert_eq!(floors.of(TENANT).1, [5]);
        tokio::time::advance(SETTLED).await;
        saw(&floors, 60, None, 0);
        assert_eq!(floors.of(TENANT).1, [50]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_floor_holds_at_once_when_all_have_ended_that_were_under_way() {
        let floors = Floors::default();
        saw(&floors, 10, Some(700), 690);
        tokio::time::advance(SOON).await;
        saw(&floors, 20, Some(710), 700);
        assert!(
            floors.of(TENANT).1.is_empty(),
            "the claim that saw it may be under way"
        );
        saw(&floors, 30, Some(720), 701);
        assert_eq!(floors.of(TENANT).1, [10]);
        saw(&floors, 40, Some(730), 725);
        assert_eq!(floors.of(TENANT).1, [10], "too soon");
        tokio::time::advance(SOON).await;
        saw(&floors, 50, Some(740), 735);
        assert_eq!(floors.of(TENANT).1, [30]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_was_committed_below_a_floor_before_it_holds_is_the_floor() {
        let floors = Floors::default();
        saw(&floors, 30, Some(700), 690);
        tokio::time::advance(SOON).await;
        saw(&floors, 12, Some(710), 705);
        assert_eq!(floors.of(TENANT).1, [12]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_source_that_came_later_settles_no_sooner_than_its_own_transactions_have_ended() {
        let floors = Floors::default();
        let both = |files, by, ended_below| Seen {
            oldest: HashMap::from([("webhook".to_owned(), 10), ("files".to_owned(), files)]),
            by,
            ended_below,
        };
        saw(&floors, 10, Some(700), 690);
        tokio::time::advance(SOON).await;
        floors.saw(TENANT, both(20, Some(710), 700));
        floors.saw(TENANT, both(25, Some(720), 705));
        assert!(floors.of(TENANT).1.is_empty(), "710 may be under way");
        floors.saw(TENANT, both(25, Some(730), 711));
        let (sources, oldest) = floors.of(TENANT);
        let known: HashMap<_, _> = sources.into_iter().zip(oldest).collect();
        assert_eq!((known["webhook"], known["files"]), (10, 20));
    }
}
