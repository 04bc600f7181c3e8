//! How full the inbox is: counted now and then by `worker::inbox`, kept up to date in between by what this process stores and
//! settles, so that whoever is about to store events can be told without asking Postgres. What other replicas do is known with
//! the next count.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::tenant::TenantId;
use crate::store::alarms::{Alarm, raise};
use crate::store::{AlarmKind, Store, StoreError};

/// Whether there is room for events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is.
    Free,
    /// The inbox is over its bound; at the rate at which it drains there will be room after that span.
    Full(Duration),
}

/// What a count found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InboxLook {
    /// Rows that are not decided.
    pub rows: i64,
    /// For how long the oldest of them has been there, those left out that wait for something.
    pub age: Duration,
}

/// A page that lasts is told again after so long.
const AGAIN: &str = "1 hour";

/// Whoever was sent away may come back when so much of the bound is free again: else all would come back at once and be sent away.
const FREE_AGAIN: f64 = 0.9;

/// What he is told at least and at most.
const SOON: Duration = Duration::from_secs(1);
const LATE: Duration = Duration::from_secs(600);

#[derive(Debug, Default)]
pub(in crate::store) struct Meters(Mutex<HashMap<TenantId, Meter>>);

#[derive(Debug)]
struct Meter {
    /// More rows than this are too many.
    most: i64,
    /// How many there are, as far as is known.
    rows: i64,
    /// Over the bound, and not yet well below it.
    is_full: bool,
    /// Rows settled in this process since the last count.
    settled: i64,
    /// When that was.
    counted: Monotonic,
    /// Rows a second that go, by the last counts.
    rate: f64,
}

impl Meters {
    fn with<T>(&self, tenant: TenantId, work: impl FnOnce(&mut Meter) -> T) -> T {
        let mut meters = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let meter = meters.entry(tenant).or_insert_with(|| Meter {
            most: i64::MAX,
            rows: 0,
            is_full: false,
            settled: 0,
            counted: Monotonic::now(),
            rate: 0.0,
        });
        let result = work(meter);
        // Between the two bounds it stays what it was.
        if meter.rows > meter.most {
            meter.is_full = true;
        } else if meter.rows as f64 <= meter.most as f64 * FREE_AGAIN {
            meter.is_full = false;
        }
        result
    }

    /// So many rows were stored by this process.
    pub(in crate::store) fn stored(&self, tenant: TenantId, rows: usize) {
        self.with(tenant, |meter| {
            meter.rows = meter.rows.saturating_add(i64::try_from(rows).unwrap_or(i64::MAX));
        });
    }

    /// So many left it.
    pub(in crate::store) fn settled(&self, tenant: TenantId, rows: usize) {
        self.with(tenant, |meter| {
            let rows = i64::try_from(rows).unwrap_or(i64::MAX);
            meter.rows = meter.rows.saturating_sub(rows).max(0);
            meter.settled = meter.settled.saturating_add(rows);
        });
    }

    fn counted(&self, tenant: TenantId, rows: i64) {
        self.with(tenant, |meter| {
            let span = meter.counted.elapsed().as_secs_f64();
            // What other replicas settled shows as rows that went without our doing.
            let others = (meter.rows - rows).max(0);
            if span > 0.1 {
                let now = (meter.settled + others) as f64 / span;
                meter.rate = if meter.rate > 0.0 {
                    (meter.rate + now) / 2.0
                } else {
                    now
                };
                meter.settled = 0;
                meter.counted = Monotonic::now();
            }
            meter.rows = rows;
        });
    }

    fn room(&self, tenant: TenantId) -> Room {
        self.with(tenant, |_| ());
        self.with(tenant, |meter| {
            if !meter.is_full {
                return Room::Free;
            }
            let over = meter.rows as f64 - meter.most as f64 * FREE_AGAIN;
            let wait = match meter.rate > 0.0 {
                true => Duration::try_from_secs_f64(over / meter.rate).unwrap_or(LATE),
                // Nothing goes: nobody knows when there will be room.
                false => LATE,
            };
            Room::Full(wait.clamp(SOON, LATE))
        })
    }
}

impl Store {
    /// Whether there is room in the tenant's inbox, as far as this process knows. Costs nothing.
    pub fn inbox_room(&self, tenant: TenantId) -> Room {
        self.meters.room(tenant)
    }

    /// The inbox holds at most about so many rows from now on; what comes above that is sent away until there is room. Without
    /// this there is no bound.
    pub fn inbox_bound(&self, tenant: TenantId, most: u64) {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.meters.with(tenant, |meter| meter.most = most);
    }

    /// Counts the inbox.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_look(&self, tenant: TenantId) -> Result<InboxLook, StoreError> {
        let look = sqlx::query!(
            r#"SELECT count(*) AS "rows!", extract(epoch FROM quell.now() - min(enqueued_at)
                   FILTER (WHERE wait_until IS NULL OR wait_until <= quell.now()))::float8 AS age
               FROM quell.inbox WHERE tenant_id = $1 AND source <> $2"#,
            tenant.0,
            crate::store::heartbeats::SOURCE,
        )
        .fetch_one(&self.pool)
        .await?;
        self.meters.counted(tenant, look.rows);
        Ok(InboxLook {
            rows: look.rows,
            age: Duration::try_from_secs_f64(look.age.unwrap_or(0.0)).unwrap_or_default(),
        })
    }

    /// Pages because events have waited too long, unless that was done within the last hour. Says whether it did.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_tell(&self, tenant: TenantId, look: InboxLook) -> Result<bool, StoreError> {
        let told = format!(
            "{} rows of the inbox wait to be decided, the oldest for {} s",
            look.rows,
            look.age.as_secs()
        );
        self.tell_hourly(tenant, AlarmKind::InboxOld, told).await
    }

    /// Pages because events are held over which the decider panics, unless that was done within the last hour. Says whether it did.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn inbox_tell_held(&self, tenant: TenantId, told: String) -> Result<bool, StoreError> {
        self.tell_hourly(tenant, AlarmKind::EventsHeld, told).await
    }

    async fn tell_hourly(&self, tenant: TenantId, kind: AlarmKind, told: String) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let was_told = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.alarms WHERE tenant_id = $1 AND kind = $2
                 AND at > (SELECT quell.now()) - $3::text::interval) AS "told!""#,
            tenant.0,
            kind.as_str(),
            AGAIN,
        )
        .fetch_one(&mut *tx)
        .await?;
        if was_told {
            return Ok(false);
        }
        let alarm = Alarm {
            kind,
            subject: &Uuid::now_v7().to_string(),
            device: None,
            action: None,
            told,
        };
        let is_news = raise(&mut tx, tenant, &alarm).await?;
        tx.commit().await?;
        Ok(is_news)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT: TenantId = TenantId(7);

    #[tokio::test(start_paused = true)]
    async fn a_full_inbox_says_when_there_will_be_room_at_the_rate_at_which_it_drains() {
        let meters = Meters::default();
        meters.with(TENANT, |meter| meter.most = 1_000);
        meters.counted(TENANT, 1_000);
        assert_eq!(meters.room(TENANT), Room::Free, "the bound itself is not over it");
        meters.stored(TENANT, 1);
        assert_eq!(meters.room(TENANT), Room::Full(LATE), "nothing has gone so far");
        tokio::time::advance(Duration::from_secs(2)).await;
        meters.settled(TENANT, 20);
        meters.stored(TENANT, 119);
        meters.counted(TENANT, 1_100);
        // 10 a second go, and 200 have to.
        assert_eq!(meters.room(TENANT), Room::Full(Duration::from_secs(20)));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_was_sent_away_is_not_let_in_at_the_bound_but_below_it() {
        let meters = Meters::default();
        meters.with(TENANT, |meter| meter.most = 1_000);
        meters.stored(TENANT, 1_001);
        meters.settled(TENANT, 50);
        assert!(matches!(meters.room(TENANT), Room::Full(_)));
        meters.settled(TENANT, 51);
        assert_eq!(meters.room(TENANT), Room::Free);
        meters.stored(TENANT, 99);
        assert_eq!(meters.room(TENANT), Room::Free, "free until it is full again");
    }

    #[test]
    fn without_a_bound_there_is_always_room() {
        let meters = Meters::default();
        meters.stored(TENANT, 5_000_000);
        assert_eq!(meters.room(TENANT), Room::Free);
    }
}
