//! Messages as people see them, and what people do with them: send one again, try a receiver out.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::telling::{Kind, Thing};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// Which messages are looked for.
#[derive(Clone, Debug, Default)]
pub struct NotificationQuery {
    /// Only in this state.
    pub state: Option<String>,
    /// Only to this receiver.
    pub receiver: Option<String>,
    /// Only those before this one.
    pub before: Option<Uuid>,
    /// At most so many.
    pub limit: i64,
}

/// A message to a receiver, without what it tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotificationView {
    /// Its id; the receiver sees the same one at every try.
    pub id: Uuid,
    /// The receiver's name in the configuration.
    pub receiver: String,
    /// What it is about, e.g. `containment.begun`.
    pub kind: String,
    /// The playbook behind all of it, if there is one.
    pub playbook: Option<String>,
    /// `gathering`, `waiting`, `delivered` or `failed`.
    pub state: String,
    /// How many things it tells.
    pub things: i32,
    /// When its first thing came in.
    pub created_at: Timestamp,
    /// When it is sent, or tried again; nothing when it is over.
    pub due_at: Option<Timestamp>,
    /// How many tries there were, those before it was sent again among them.
    pub tries: i32,
    /// What became of the last try, when it came to nothing.
    pub last_error: Option<String>,
    /// Since when it fails.
    pub failing_since: Option<Timestamp>,
    /// When it was delivered or given up.
    pub ended_at: Option<Timestamp>,
    /// Who had it sent again.
    pub resent_by: Option<String>,
    /// When.
    pub resent_at: Option<Timestamp>,
}

/// What became of a message before a person had it sent again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, serde::Deserialize, ToSchema)]
pub struct Earlier {
    /// How many tries there were until then.
    pub tries: i32,
    /// What it was: `delivered`, `failed` or `waiting`.
    pub was: String,
    /// What became of the last try, when it came to nothing.
    pub last_error: Option<String>,
    /// When it was delivered or given up.
    pub ended_at: Option<Timestamp>,
}

/// A message with what it tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NotificationDetail {
    /// The message.
    #[serde(flatten)]
    pub notification: NotificationView,
    /// What became of it each time before it was sent again, the oldest first.
    pub earlier: Vec<Earlier>,
    /// The first things that it tells; none when this version cannot read them.
    pub items: Vec<Thing>,
    /// In a digest: how many of each kind and playbook.
    pub counts: BTreeMap<String, u32>,
}

/// A receiver that does not take its messages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReceiverTrouble {
    /// Its name.
    pub receiver: String,
    /// Since when the oldest of its messages fails.
    pub since: Timestamp,
    /// How many messages are tried again and again.
    pub waiting: i64,
    /// How many were given up in the last day.
    pub given_up: i64,
    /// What became of the last try.
    pub last_error: Option<String>,
}

impl Store {
    /// Messages, the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn notifications(
        &self,
        tenant: TenantId,
        query: &NotificationQuery,
    ) -> Result<Vec<NotificationView>, StoreError> {
        self.notification_rows(tenant, query, None).await
    }

    async fn notification_rows(
        &self,
        tenant: TenantId,
        query: &NotificationQuery,
        only: Option<Uuid>,
    ) -> Result<Vec<NotificationView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT id, receiver, kind, playbook, state, things, created_at, due_at, tries, last_error, failing_since, ended_at,
                      resent_by, resent_at
               FROM quell.outbox
               WHERE tenant_id = $1 AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR receiver = $3)
                 AND ($4::uuid IS NULL OR id < $4) AND ($5::uuid IS NULL OR id = $5)
               ORDER BY id DESC LIMIT $6"#,
            tenant.0,
            query.state,
            query.receiver,
            query.before,
            only,
            query.limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| NotificationView {
                id: row.id,
                receiver: row.receiver,
                kind: row.kind,
                playbook: row.playbook,
                things: row.things,
                created_at: row.created_at.to_jiff(),
                due_at: row.ended_at.is_none().then(|| row.due_at.to_jiff()),
                state: row.state,
                tries: row.tries,
                last_error: row.last_error,
                failing_since: row.failing_since.map(|at| at.to_jiff()),
                ended_at: row.ended_at.map(|at| at.to_jiff()),
                resent_by: row.resent_by,
                resent_at: row.resent_at.map(|at| at.to_jiff()),
            })
            .collect())
    }

    /// One message with what it tells.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn notification(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<NotificationDetail>, StoreError> {
        let query = NotificationQuery {
            limit: 1,
            ..NotificationQuery::default()
        };
        let Some(notification) = self.notification_rows(tenant, &query, Some(id)).await?.pop() else {
            return Ok(None);
        };
        let row = sqlx::query!(
            "SELECT items, counts, earlier FROM quell.outbox WHERE id = $1",
            id
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Some(NotificationDetail {
            notification,
            earlier: serde_json::from_value(row.earlier).unwrap_or_default(),
            items: serde_json::from_value(row.items).unwrap_or_default(),
            counts: serde_json::from_value(row.counts).unwrap_or_default(),
        }))
    }

    /// Has a message sent again at once, whatever became of it; what became of it stays with it. `None`: there is none, or it is still being gathered.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn notification_resend(
        &self,
        tenant: TenantId,
        id: Uuid,
        (by, reason): (&str, &str),
        give_up_after: Duration,
    ) -> Result<Option<String>, StoreError> {
        let mut tx = self.begin().await?;
        let was = sqlx::query_scalar!(
            "SELECT state FROM quell.outbox WHERE tenant_id = $1 AND id = $2 AND state <> 'gathering' FOR UPDATE",
            tenant.0,
            id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(was) = was else { return Ok(None) };
        sqlx::query!(
            "UPDATE quell.outbox o SET state = 'waiting', due_at = at.now, until = at.now + make_interval(secs => $2),
                    tries_before = o.tries,
                    earlier = CASE WHEN jsonb_array_length(o.earlier) >= 50 THEN o.earlier - 0 ELSE o.earlier END || jsonb_build_object('tries', o.tries, 'was', o.state, 'last_error', o.last_error, 'ended_at', o.ended_at),
                    last_error = NULL, ended_at = NULL, failing_since = NULL, resent_at = at.now, resent_by = $3, resent_reason = $4
             FROM (SELECT quell.now() AS now) AS at WHERE o.id = $1",
            id,
            give_up_after.as_secs_f64(),
            by,
            reason,
        )
        .execute(&mut *tx)
        .await?;
        sqlx::query!(
            "SELECT quell.note_change($1, 'notification', $2, NULL, $3, 'waiting', $4, $5)",
            tenant.0,
            id,
            was,
            by,
            reason,
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Some(was))
    }

    /// Writes a message that tries a receiver out; says its id.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn notification_test(
        &self,
        tenant: TenantId,
        receiver: &str,
        thing: &Thing,
        give_up_after: Duration,
    ) -> Result<Uuid, StoreError> {
        let id = Uuid::now_v7();
        sqlx::query!(
            "INSERT INTO quell.outbox (id, tenant_id, receiver, kind, state, created_at, due_at, until, things, items)
             SELECT $1, $2, $3, $4, 'waiting', at.now, at.now, at.now + make_interval(secs => $5), 1, $6
             FROM (SELECT quell.now() AS now) AS at",
            id,
            tenant.0,
            receiver,
            Kind::Test.as_str(),
            give_up_after.as_secs_f64(),
            serde_json::to_value([thing])?,
        )
        .execute(&self.pool)
        .await?;
        Ok(id)
    }

    /// The receivers whose messages fail for longer than that, or were given up in the last day.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn receivers_in_trouble(
        &self,
        tenant: TenantId,
        after: Duration,
    ) -> Result<Vec<ReceiverTrouble>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT receiver, min(failing_since) AS "since!", count(*) FILTER (WHERE state = 'waiting') AS "waiting!",
                      count(*) FILTER (WHERE state = 'failed') AS "given_up!",
                      (array_agg(last_error ORDER BY id DESC))[1] AS last_error
               FROM quell.outbox
               WHERE tenant_id = $1 AND failing_since IS NOT NULL
                 AND ((state = 'waiting' AND failing_since < (SELECT quell.now()) - make_interval(secs => $2))
                      OR (state = 'failed' AND ended_at > (SELECT quell.now()) - interval '1 day'))
               GROUP BY receiver ORDER BY receiver"#,
            tenant.0,
            after.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ReceiverTrouble {
                receiver: row.receiver,
                since: row.since.to_jiff(),
                waiting: row.waiting,
                given_up: row.given_up,
                last_error: row.last_error,
            })
            .collect())
    }
}
