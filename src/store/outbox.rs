//! The outbox: messages that are gathered, sent, tried again, given up. A message is claimed for one try at a time, in a statement of its
//! own, and what came of the try is recorded by the number of the try; so a process that dies in between only lets it be sent again,
//! with the same id. Every message ends: what cannot be read, and what no receiver is there for, is given up at its time.
//!
//! Called by `worker::tell`; what people see and do is in [`views`]. No transaction is open while anything is sent.

mod gather;
pub mod views;

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::telling::{Kind, Message, Topic};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

pub use gather::{TellTerms, Told};

/// A message that is to be sent, for one try.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The message.
    pub message: Message,
    /// Which try this is.
    pub attempt: Try,
}

/// A try: what came of it is recorded only while it is the message's last one, and nobody has had the message sent again since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Try {
    /// From 1; no number is given twice.
    pub number: i32,
    /// How many tries there were before a person had the message sent again.
    pub before: i32,
}

impl Try {
    /// Which one it is since the message was sent again last, from 1: by it the delays grow.
    pub fn nth(self) -> u32 {
        u32::try_from(self.number.saturating_sub(self.before))
            .unwrap_or(1)
            .max(1)
    }
}

/// A message that this version cannot read. A later one may, so it is given up only when its time is over.
#[derive(Clone, Debug)]
pub struct Unreadable {
    /// Its id.
    pub id: Uuid,
    /// Which try this is.
    pub attempt: Try,
    /// What is wrong with it.
    pub why: String,
}

/// A message that nobody sends any more, and that was given up for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// Its id.
    pub id: Uuid,
    /// For whom it was.
    pub receiver: String,
    /// What it is about.
    pub kind: String,
}

/// What a receiver has to get.
#[derive(Clone, Debug)]
pub enum Claim {
    /// This, now.
    Due(Box<Claimed>),
    /// This, if it could be read.
    Unreadable(Unreadable),
    /// Nothing before that moment; `None`: nothing is known of.
    Idle(Option<Timestamp>),
}

/// The columns of a message in the database.
pub(super) struct Row {
    pub id: Uuid,
    pub receiver: String,
    pub kind: String,
    pub playbook: Option<String>,
    pub created_at: Timestamp,
    pub things: i32,
    pub items: serde_json::Value,
    pub counts: serde_json::Value,
}

impl Row {
    pub(super) fn kind(&self) -> Result<Kind, StoreError> {
        Kind::parse(&self.kind).ok_or_else(|| StoreError::Corrupt {
            table: "outbox",
            column: "kind",
            row: self.id.to_string(),
            value: self.kind.clone(),
        })
    }

    fn message(self, tenant: String) -> Result<Message, StoreError> {
        let kind = self.kind()?;
        Ok(Message {
            id: self.id,
            tenant,
            receiver: self.receiver,
            kind,
            playbook: self.playbook,
            created_at: self.created_at,
            things: u32::try_from(self.things).unwrap_or_default(),
            items: serde_json::from_value(self.items)?,
            counts: serde_json::from_value(self.counts)?,
        })
    }
}

impl Store {
    /// Says of what anybody wants to be told, so that it is written down when it happens; of nothing else.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn news_wanted(&self, tenant: TenantId, topics: &[Topic]) -> Result<(), StoreError> {
        let names: Vec<String> = topics.iter().map(|topic| topic.as_str().to_owned()).collect();
        sqlx::query!(
            "WITH unwanted AS (DELETE FROM quell.news_wanted WHERE tenant_id = $1 AND topic <> ALL($2))
             INSERT INTO quell.news_wanted (tenant_id, topic) SELECT DISTINCT $1::integer, topic FROM unnest($2::text[]) AS topic
             ON CONFLICT DO NOTHING",
            tenant.0,
            &names,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Takes the message of a receiver that has been due longest, for one try that lasts `hold` at most: after that it is due again,
    /// whatever became of whoever took it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn outbox_claim(
        &self,
        tenants: &[TenantId],
        receiver: &str,
        hold: Duration,
    ) -> Result<Claim, StoreError> {
        let ids: Vec<i32> = tenants.iter().map(|tenant| tenant.0).collect();
        let row = sqlx::query!(
            "UPDATE quell.outbox o SET state = 'waiting', tries = o.tries + 1,
                    due_at = (SELECT quell.now()) + make_interval(secs => $3)
             FROM quell.tenants t
             WHERE t.id = o.tenant_id AND o.id = (
                 SELECT id FROM quell.outbox WHERE receiver = $1 AND tenant_id = ANY($2) AND state IN ('gathering', 'waiting')
                   AND due_at <= (SELECT quell.now()) ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING o.id, o.receiver, o.kind, o.playbook, o.created_at, o.things, o.items, o.counts, o.tries, o.tries_before, t.name",
            receiver,
            &ids,
            hold.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        if let Some(row) = row {
            let message = Row {
                id: row.id,
                receiver: row.receiver,
                kind: row.kind,
                playbook: row.playbook,
                created_at: row.created_at.to_jiff(),
                things: row.things,
                items: row.items,
                counts: row.counts,
            };
            let (id, attempt) = (
                row.id,
                Try {
                    number: row.tries,
                    before: row.tries_before,
                },
            );
            return Ok(match message.message(row.name) {
                Ok(message) => Claim::Due(Box::new(Claimed { message, attempt })),
                Err(error) => Claim::Unreadable(Unreadable {
                    id,
                    attempt,
                    why: crate::store::chain(&error),
                }),
            });
        }
        let next = sqlx::query_scalar!(
            "SELECT min(due_at) FROM quell.outbox WHERE receiver = $1 AND tenant_id = ANY($2) AND state IN ('gathering', 'waiting')",
            receiver,
            &ids,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Claim::Idle(next.map(|at| at.to_jiff())))
    }

    /// The receiver has the message.
    ///
    /// # Errors
    /// Postgres is not available; then it is sent again.
    pub async fn outbox_delivered(&self, message: Uuid, attempt: Try) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        let done = sqlx::query!(
            "UPDATE quell.outbox SET state = 'delivered', ended_at = quell.now(), last_error = NULL, failing_since = NULL
             WHERE id = $1 AND tries = $2 AND tries_before = $3 AND state = 'waiting'",
            message,
            attempt.number,
            attempt.before,
        )
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 1 {
            sqlx::query!(
                "UPDATE quell.notifications SET delivered_at = quell.now() WHERE message_id = $1 AND delivered_at IS NULL",
                message,
            )
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// A try came to nothing: the next one is after `delay`, unless the message's time is over by then. Says whether it was given up.
    ///
    /// # Errors
    /// Postgres is not available; then it is tried again when the claim ends.
    pub async fn outbox_failed(
        &self,
        message: Uuid,
        attempt: Try,
        why: &str,
        delay: Duration,
    ) -> Result<bool, StoreError> {
        let is_over = sqlx::query_scalar!(
            r#"UPDATE quell.outbox o SET last_error = $3, failing_since = coalesce(o.failing_since, at.now), due_at = at.next,
                      state = CASE WHEN at.next >= o.until THEN 'failed' ELSE 'waiting' END,
                      ended_at = CASE WHEN at.next >= o.until THEN at.now END
               FROM (SELECT quell.now() AS now, quell.now() + make_interval(secs => $4) AS next) AS at
               WHERE o.id = $1 AND o.tries = $2 AND o.tries_before = $5 AND o.state = 'waiting'
               RETURNING o.state = 'failed' AS "is_over!""#,
            message,
            attempt.number,
            why,
            delay.as_secs_f64(),
            attempt.before,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(is_over.unwrap_or_default())
    }

    /// Gives up the messages for which there is no receiver, as far as their time is over; one that is there sends its own.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn outbox_expire(
        &self,
        tenant: TenantId,
        receivers: &[String],
    ) -> Result<Vec<Unsent>, StoreError> {
        let rows = sqlx::query!(
            "UPDATE quell.outbox o SET state = 'failed', ended_at = at.now, failing_since = coalesce(o.failing_since, at.now),
                    last_error = left('the configuration has no receiver of that name' || coalesce(', the last try before: ' || o.last_error, ''), 500)
             FROM (SELECT quell.now() AS now) AS at
             WHERE o.tenant_id = $1 AND o.ended_at IS NULL AND o.until <= at.now AND o.receiver <> ALL($2)
             RETURNING o.id, o.receiver, o.kind",
            tenant.0,
            receivers,
        )
        .fetch_all(&self.pool)
        .await?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|row| Unsent {
                id: row.id,
                receiver: row.receiver,
                kind: row.kind,
            })
            .collect())
    }
}
