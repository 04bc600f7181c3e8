//! The synthetic heartbeat: a row of the inbox without an event, sent by `worker::figures`, claimed and settled by `worker::decide` in the
//! transaction that decides others. It stands in no table that operators read, and has nothing that could lead to a containment: no
//! event, no alert, no device.

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{DecideTx, Store, StoreError, Wake};

/// The source of the inbox's row. A configured source has no dot in its name.
pub const SOURCE: &str = "quell.heartbeat";

/// What stands where a device would: no row of `devices` has this name, and none is made.
const NOWHERE: &str = "quell-heartbeat";

impl Store {
    /// Sends one, unless the one before is still under way, or a replica lives that does not know heartbeats and would make a dead letter
    /// of it. Says whether it did.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn heartbeat_send(&self, tenant: TenantId) -> Result<bool, StoreError> {
        let sent = sqlx::query!(
            r#"WITH sent AS (
                 INSERT INTO quell.heartbeats (tenant_id, event_id, sent_at)
                 SELECT $1, $2, quell.now() WHERE NOT EXISTS (SELECT 1 FROM quell.inbox WHERE tenant_id = $1 AND source = $3)
                   AND NOT EXISTS (SELECT 1 FROM quell.replicas WHERE tenant_id = $1 AND NOT knows_heartbeats
                                   AND seen_at > quell.now() - interval '1 minute')
                 ON CONFLICT (tenant_id) DO UPDATE SET event_id = excluded.event_id, sent_at = excluded.sent_at
                 RETURNING event_id),
               queued AS (
                 INSERT INTO quell.inbox (tenant_id, event_id, device_id, source, event_kind, shard)
                 SELECT $1, event_id, $4, $3, 'new', (hashtext($4) & 63)::smallint FROM sent RETURNING 1)
               SELECT (SELECT count(*) FROM queued) > 0 AS "sent!",
                      (CASE WHEN (SELECT count(*) FROM queued) > 0 THEN pg_notify('quell_wake', $5) END)::text AS told"#,
            tenant.0,
            Uuid::now_v7(),
            SOURCE,
            NOWHERE,
            Wake::Inbox.payload_from(tenant, self.origin),
        )
        .fetch_one(self.swift())
        .await?;
        Ok(sent.sent)
    }

    /// When the last one was decided, or the first was sent if none was, when that is longer ago than `patience` although one replica
    /// dispatched all the while, and nothing else was decided either; `None`: it is not, or none is sent, because a replica lives that does
    /// not know heartbeats.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn heartbeat_missed(
        &self,
        tenant: TenantId,
        patience: Duration,
    ) -> Result<Option<Timestamp>, StoreError> {
        // A replica's id tells when it began, and the lease since when it is held without a break. One that waits its turn behind many
        // events is not missed while those are decided.
        let row = sqlx::query!(
            r#"WITH t AS MATERIALIZED (SELECT quell.now() AS now, quell.now() - make_interval(secs => $2) AS since)
               SELECT coalesce(h.decided_at, h.sent_at) AS at FROM t, quell.heartbeats h JOIN quell.leases l USING (tenant_id)
               WHERE h.tenant_id = $1 AND coalesce(h.decided_at, h.sent_at) < t.since
                 AND l.expires_at > t.now AND l.holder < quell.first_id_of(t.since)
                 AND coalesce(l.taken_at <= t.since, true)
                 AND NOT EXISTS (SELECT 1 FROM quell.decisions d WHERE d.tenant_id = $1 AND d.decided_at > t.since)
                 AND NOT EXISTS (SELECT 1 FROM quell.replicas r WHERE r.tenant_id = $1 AND NOT r.knows_heartbeats
                                 AND r.seen_at > t.now - interval '1 minute')"#,
            tenant.0,
            patience.as_secs_f64(),
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.and_then(|row| time(row.at)))
    }
}

impl DecideTx {
    /// Finds the heartbeats among claimed rows that have no event, and the version of the set in force. Returns their numbers.
    pub(super) async fn heartbeats_find(&mut self, without_event: &[i64]) -> Result<Vec<i64>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT i.seq, (SELECT version FROM quell.active_sets WHERE tenant_id = $1) AS set_version
               FROM quell.inbox i WHERE i.tenant_id = $1 AND i.seq = ANY($2) AND i.source = $3 AND i.device_id = $4"#,
            self.tenant.0,
            without_event,
            SOURCE,
            NOWHERE,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        if let Some(row) = rows.first() {
            self.set_version = self.set_version.or(row.set_version);
        }
        Ok(rows.into_iter().map(|row| row.seq).collect())
    }

    /// Settles the claimed heartbeats, and says how long each took from its sending. No decision is recorded.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn heartbeats_settle(&mut self) -> Result<Vec<Duration>, StoreError> {
        if self.heartbeats.is_empty() {
            return Ok(Vec::new());
        }
        let spans = sqlx::query_scalar!(
            r#"WITH gone AS (DELETE FROM quell.inbox WHERE seq = ANY($2) AND tenant_id = $1 AND source = $3 RETURNING event_id)
               UPDATE quell.heartbeats h SET decided_at = quell.now() FROM gone
               WHERE h.tenant_id = $1 AND h.event_id = gone.event_id
               RETURNING extract(epoch FROM quell.now() - h.sent_at)::float8 AS "seconds!""#,
            self.tenant.0,
            &self.heartbeats,
            SOURCE,
        )
        .fetch_all(&mut *self.tx)
        .await?;
        let spans = spans.into_iter();
        Ok(spans
            .map(|span| Duration::try_from_secs_f64(span.max(0.0)).unwrap_or_default())
            .collect())
    }
}
