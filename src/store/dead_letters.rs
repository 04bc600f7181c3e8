//! Dead letters: records refused at intake, and events that could not be decided. Seen, read again and put away by
//! `quell events dead`; written by `store::events` and `store::decide`. Nothing is ever deleted here.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError, Wake, packing};

/// The most bytes that are kept of a refused record.
const CAP: usize = 65_536;

/// Which dead letters are looked for.
#[derive(Clone, Debug, Default)]
pub struct LetterFilter {
    /// Only this one.
    pub id: Option<Uuid>,
    /// Those too that were read again or put away.
    pub all: bool,
    /// Only those that came since.
    pub since: Option<Timestamp>,
    /// Only those whose reason begins so, as `unknown_shape`.
    pub reason: Option<String>,
    /// At most so many, the newest.
    pub limit: i64,
}

/// A dead letter.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Letter {
    /// Its id.
    pub id: Uuid,
    /// When it came.
    pub received_at: Timestamp,
    /// Where from; `inbox`: an event that could not be decided.
    pub source: String,
    /// The event that could not be decided.
    pub event_id: Option<Uuid>,
    /// For which device.
    pub device_id: Option<String>,
    /// Why it was refused: a stable name, a colon, and words.
    pub reason: String,
    /// How many of its bytes are kept.
    pub bytes: usize,
    /// Whether that may not be all of it.
    pub is_cut: bool,
    /// What became of it.
    pub end: Option<LetterEnd>,
}

/// What became of a dead letter.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct LetterEnd {
    /// `retried` or `dropped`.
    pub ended_as: String,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The event that it became.
    pub event_id: Option<Uuid>,
}

/// How a dead letter ends.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// It was read again, and is this event.
    Retried(Uuid),
    /// Nothing is to come of it.
    Dropped,
}

impl Store {
    /// Dead letters, the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn dead_letters(
        &self,
        tenant: TenantId,
        filter: &LetterFilter,
    ) -> Result<Vec<Letter>, StoreError> {
        self.dead_letters_behind(tenant, filter, None).await
    }

    /// Dead letters behind the one that came then.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn dead_letters_behind(
        &self,
        tenant: TenantId,
        filter: &LetterFilter,
        after: Option<(Timestamp, Uuid)>,
    ) -> Result<Vec<Letter>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT l.id, l.received_at, l.source, l.event_id, l.device_id, l.reason, l.codec,
                      -- Enough to tell how much it holds.
                      octet_length(l.payload) AS "octets!", substring(l.payload FROM 1 FOR 32) AS "head!",
                      x.ended_as AS "ended_as?", x.ended_at AS "ended_at?", x.by AS "by?", x.reason AS "why?",
                      x.event_id AS "became?"
               FROM quell.dead_letters l LEFT JOIN quell.dead_letter_ends x ON x.letter_id = l.id
               WHERE l.tenant_id = $1 AND ($2 OR x.letter_id IS NULL) AND ($3::timestamptz IS NULL OR l.received_at >= $3)
                 AND ($4::text IS NULL OR starts_with(l.reason, $4)) AND ($6::uuid IS NULL OR l.id = $6)
                 AND l.received_at <= coalesce($7, 'infinity'::timestamptz)
                 AND ($7::timestamptz IS NULL OR (l.received_at, l.id) < ($7, $8::uuid))
               ORDER BY l.received_at DESC, l.id DESC LIMIT $5"#,
            tenant.0,
            filter.all,
            filter.since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
            filter.reason,
            filter.limit,
            filter.id,
            after.map(|(at, _)| jiff_sqlx::ToSqlx::to_sqlx(at)) as Option<jiff_sqlx::Timestamp>,
            after.map(|(_, id)| id),
        )
        .fetch_all(&self.pool)
        .await?;
        let letters = rows.into_iter().map(|row| {
            let bytes = packing::payload_bytes(row.codec, &row.head, row.octets);
            let end = row.ended_as.zip(row.ended_at).zip(row.by.zip(row.why));
            Letter {
                id: row.id,
                received_at: row.received_at.to_jiff(),
                source: row.source,
                event_id: row.event_id,
                device_id: row.device_id,
                reason: row.reason,
                bytes,
                is_cut: bytes >= CAP,
                end: end.map(|((ended_as, at), (by, reason))| LetterEnd {
                    ended_as,
                    at: at.to_jiff(),
                    by,
                    reason,
                    event_id: row.became,
                }),
            }
        });
        Ok(letters.collect())
    }

    /// The bytes that are kept of a dead letter; `None`: there is none with that id.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn dead_letter_payload(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = sqlx::query!(
            "SELECT payload, codec FROM quell.dead_letters WHERE tenant_id = $1 AND id = $2",
            tenant.0,
            id,
        )
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| packing::payload(("dead_letters", id), row.codec, row.payload))
            .transpose()
    }

    /// Ends a dead letter. `false`: it had ended before, or there is none.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn dead_letter_end(
        &self,
        tenant: TenantId,
        id: Uuid,
        ending: Ending,
        (by, reason): (&str, &str),
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let ended = end(&mut tx, tenant, id, ending, (by, reason)).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Puts an event that could not be decided back into the inbox, for the device of the dead letter, behind what waits for
    /// it there. `false`: the letter had ended before, or is none of an event that is still kept.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn dead_letter_requeue(
        &self,
        tenant: TenantId,
        id: Uuid,
        (by, reason): (&str, &str),
    ) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let event = sqlx::query!(
            r#"SELECT l.event_id AS "event_id!" FROM quell.dead_letters l
               WHERE l.tenant_id = $1 AND l.id = $2 AND l.event_id IS NOT NULL AND l.device_id IS NOT NULL"#,
            tenant.0,
            id,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(event) = event else { return Ok(false) };
        let ending = Ending::Retried(event.event_id);
        if !end(&mut tx, tenant, id, ending, (by, reason)).await? {
            return Ok(false);
        }
        // What it was when it came: the first event of its alert for the device, a later one, or the resolution.
        let queued = sqlx::query!(
            "INSERT INTO quell.inbox (tenant_id, event_id, device_id, source, event_kind, shard)
             SELECT l.tenant_id, l.event_id, l.device_id, e.source,
                    CASE WHEN coalesce(e.status, e.normalised #>> '{alert,status,is}') = 'resolved' THEN 'resolved'
                         WHEN e.alert_id = '' OR EXISTS (
                              SELECT 1 FROM quell.alert_devices a WHERE a.tenant_id = l.tenant_id AND a.alert_id = e.alert_id
                                AND a.device_id = l.device_id AND a.event_id = l.event_id) THEN 'new'
                         ELSE 'updated' END,
                    (hashtext(l.device_id) & 63)::smallint
             FROM quell.dead_letters l JOIN quell.events e ON e.id = l.event_id WHERE l.id = $1",
            id,
        )
        .execute(&mut *tx)
        .await?;
        if queued.rows_affected() == 0 {
            // The event itself is no longer kept: the letter stays, with nothing done.
            return Ok(false);
        }
        sqlx::query!(
            "SELECT pg_notify('quell_wake', $1)::text AS told",
            Wake::Inbox.payload_from(tenant, self.origin),
        )
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Ends a letter, with its row of the audit; `false`: it had ended before, or there is none.
async fn end(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    id: Uuid,
    ending: Ending,
    (by, reason): (&str, &str),
) -> Result<bool, StoreError> {
    let (ended_as, event) = match ending {
        Ending::Retried(event) => ("retried", Some(event)),
        Ending::Dropped => ("dropped", None),
    };
    let ended = sqlx::query!(
        r#"WITH ended AS (
             INSERT INTO quell.dead_letter_ends (letter_id, tenant_id, ended_as, by, reason, event_id)
             SELECT id, tenant_id, $3, $4, $5, $6 FROM quell.dead_letters WHERE tenant_id = $1 AND id = $2
             ON CONFLICT DO NOTHING RETURNING letter_id)
           SELECT quell.note_change($1, 'dead_letter', ended.letter_id, NULL, NULL, $3, $4, $5, NULL, NULL,
                                    jsonb_build_object('event', $6::uuid))::text AS noted FROM ended"#,
        tenant.0,
        id,
        ended_as,
        by,
        reason,
        event,
    )
    .fetch_optional(tx)
    .await?;
    Ok(ended.is_some())
}
