//! What is old goes: partitions of events and decisions are dropped, and what is known beside them is deleted a stretch at a time.
//! The work is done by functions of the schema's owner, which refuse whatever is younger than seven days and keep what is still needed;
//! whoever calls them may delete nothing by itself.
//!
//! Called by `worker::retention` and `quell db prune`. It never touches the ledger, the actions, the containments, or the audit.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::store::{Store, StoreError};

/// Rows that are deleted at once: some milliseconds.
const BATCH: i64 = 5_000;

/// Pages of the keys that are looked through at once, 8 KiB each.
const STRETCH: i64 = 1_024;

/// The same of the alerts, each of which is looked for in every partition of the events.
const ALERT_STRETCH: i64 = 128;

/// How long everything is kept, in real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Events, and the keys that make a second delivery harmless.
    pub events: Duration,
    /// Decisions.
    pub decisions: Duration,
    /// That an alert was there: a later event of it is an update.
    pub alerts: Duration,
    /// Dead letters that a person has ended.
    pub dead_letters: Duration,
    /// Messages to receivers that were delivered or given up.
    pub notifications: Duration,
}

/// What is dropped or deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pruned {
    /// Events as they came, and what they say.
    Events,
    /// Decisions.
    Decisions,
    /// Keys of events.
    EventKeys,
    /// The first events of alerts.
    AlertDevices,
    /// Dead letters.
    DeadLetters,
    /// Messages to receivers, and what playbooks told with them.
    Outbox,
}

impl Pruned {
    /// The table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Decisions => "decisions",
            Self::EventKeys => "event_keys",
            Self::AlertDevices => "alert_devices",
            Self::DeadLetters => "dead_letters",
            Self::Outbox => "outbox",
        }
    }

    fn stretch(self) -> i64 {
        match self {
            Self::AlertDevices => ALERT_STRETCH,
            _ => STRETCH,
        }
    }
}

/// A partition whose time is over.
#[derive(Clone, Debug, Serialize)]
pub struct OldPartition {
    /// Of which table.
    pub of: Pruned,
    /// Its name.
    pub name: String,
    /// About how many rows it has.
    pub rows: i64,
    /// How many of them something still leads to: they are kept.
    pub kept: i64,
    /// What it takes, with its indexes.
    pub bytes: i64,
}

impl Retention {
    /// How long the rows of a table are kept. An alert is known for as long as its events are.
    fn of(&self, what: Pruned) -> Duration {
        match what {
            Pruned::Events | Pruned::EventKeys => self.events,
            Pruned::Decisions => self.decisions,
            Pruned::AlertDevices => self.alerts.max(self.events),
            Pruned::DeadLetters => self.dead_letters,
            Pruned::Outbox => self.notifications,
        }
    }

    /// What is from before this is over.
    fn before(&self, what: Pruned, now: Timestamp) -> Timestamp {
        now.checked_sub(self.of(what)).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    fn first_id(&self, what: Pruned, now: Timestamp) -> Uuid {
        let since = self.before(what, now).as_millisecond().max(0);
        Uuid::from_u128(u128::from(since.unsigned_abs()) << 80)
    }
}

impl Store {
    /// Makes the partitions of the days to come; says which were made. Where another replica holds a lock for long it makes none, and
    /// the next look does.
    ///
    /// # Errors
    /// Postgres is not available, or a lock was not to be had.
    pub async fn partitions_ahead(&self) -> Result<Vec<String>, StoreError> {
        let made = sqlx::query_scalar!(r#"SELECT quell.partitions_ahead() AS "name!""#)
            .fetch_all(&self.pool)
            .await?;
        Ok(made)
    }

    /// The partitions whose time is over, the oldest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn partitions_old(
        &self,
        retention: &Retention,
        now: Timestamp,
    ) -> Result<Vec<OldPartition>, StoreError> {
        let mut old = Vec::new();
        for of in [Pruned::Events, Pruned::Decisions] {
            let rows = sqlx::query!(
                r#"SELECT name AS "name!", rows AS "rows!", kept AS "kept!", bytes AS "bytes!"
                   FROM quell.partitions_before($1, $2)"#,
                of.as_str(),
                retention.first_id(of, now),
            )
            .fetch_all(&self.pool)
            .await?;
            old.extend(rows.into_iter().map(|row| OldPartition {
                of,
                name: row.name,
                rows: row.rows,
                kept: row.kept,
                bytes: row.bytes,
            }));
        }
        Ok(old)
    }

    /// Drops a partition, and keeps what is still needed of it; says what became of it. `None`: it was gone already.
    ///
    /// # Errors
    /// Postgres is not available; or a lock was not to be had within half a second, so that nobody waits for it: try again.
    pub async fn partition_drop(&self, old: &OldPartition) -> Result<Option<OldPartition>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT rows AS "rows!", kept AS "kept!", bytes AS "bytes!" FROM quell.partition_drop($1)"#,
            old.name,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| OldPartition {
            rows: row.rows,
            kept: row.kept,
            bytes: row.bytes,
            ..old.clone()
        }))
    }

    /// Deletes some of what is over and stands in no partition of its own; says how many rows. None: nothing is left.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn rest_prune(
        &self,
        what: Pruned,
        retention: &Retention,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let gone = match what {
            Pruned::Events | Pruned::Decisions => {
                sqlx::query_scalar!(
                    r#"SELECT quell.rest_prune($1, $2, $3) AS "gone!""#,
                    what.as_str(),
                    retention.first_id(what, now),
                    BATCH,
                )
                .fetch_one(&self.pool)
                .await?
            }
            Pruned::DeadLetters => {
                sqlx::query_scalar!(
                    r#"SELECT quell.letters_prune($1, $2) AS "gone!""#,
                    jiff_sqlx::ToSqlx::to_sqlx(retention.before(what, now)) as jiff_sqlx::Timestamp,
                    BATCH,
                )
                .fetch_one(&self.pool)
                .await?
            }
            Pruned::Outbox => {
                sqlx::query_scalar!(
                    r#"SELECT quell.outbox_prune($1, $2) AS "gone!""#,
                    jiff_sqlx::ToSqlx::to_sqlx(retention.before(what, now)) as jiff_sqlx::Timestamp,
                    BATCH,
                )
                .fetch_one(&self.pool)
                .await?
            }
            Pruned::EventKeys | Pruned::AlertDevices => 0,
        };
        Ok(gone.unsigned_abs())
    }

    /// How many stretches the keys of events, or the first events of alerts, are looked through in.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn known_stretches(&self, what: Pruned) -> Result<i64, StoreError> {
        let bytes = sqlx::query_scalar!(
            r#"SELECT pg_relation_size(to_regclass('quell.' || $1)) AS "bytes!""#,
            what.as_str(),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok((bytes / 8_192) / what.stretch() + 1)
    }

    /// Deletes what is over of a stretch of the keys of events, or the first events of alerts; says how many rows.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn known_prune(
        &self,
        what: Pruned,
        stretch: i64,
        retention: &Retention,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let gone = sqlx::query_scalar!(
            r#"SELECT quell.known_prune($1, $2, $3, $4) AS "gone!""#,
            what.as_str(),
            stretch * what.stretch(),
            (stretch + 1) * what.stretch(),
            retention.first_id(what, now),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(gone.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_is_told_by_the_first_id_of_the_moment_and_an_alert_is_known_while_its_events_are() {
        let day = Duration::from_secs(86_400);
        let retention = Retention {
            events: 90 * day,
            decisions: 365 * day,
            alerts: 30 * day,
            dead_letters: 7 * day,
            notifications: 30 * day,
        };
        let now: Timestamp = "2026-11-22T00:00:00Z".parse().expect("a time");
        // 2026-08-24T00:00:00Z in milliseconds.
        let bound = Uuid::from_u128(1_787_529_600_000_u128 << 80);
        assert_eq!(retention.first_id(Pruned::Events, now), bound);
        assert_eq!(retention.first_id(Pruned::EventKeys, now), bound);
        assert_eq!(retention.first_id(Pruned::AlertDevices, now), bound);
        assert!(retention.first_id(Pruned::Decisions, now) < bound);
        assert!(retention.before(Pruned::DeadLetters, now) < now);
    }
}
