//! How calls and the queue went lately, and how long it took from an event to its device being contained. For charts; nothing decides
//! by it.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{Gate, Store, StoreError};

/// One minute of the last hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MinuteView {
    /// Its beginning.
    pub at: Timestamp,
    /// Calls of actions that were written down in it.
    pub calls: i64,
    /// Of these: calls that Defender throttled.
    pub throttled: i64,
    /// Actions in the queue at its end; of the running one, now. Worked out backwards from now by what came and went.
    pub queued: i64,
}

/// How long an action took, from its event to Defender's word that it is done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ContainedIn {
    /// The event.
    pub event: Uuid,
    /// When it was done.
    pub done_at: Timestamp,
}

impl Store {
    /// The last 60 minutes, the oldest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn minutes(&self, tenant: TenantId, gate: &Gate) -> Result<Vec<MinuteView>, StoreError> {
        // The bounds are no joins, and have an upper end: so that the planner sees how little of a long table they leave.
        // What left the queue and came back to it is taken from the calls: one after which there was another, or after which the
        // action waits again or was dropped, came back when it was answered.
        let rows = sqlx::query!(
            r#"WITH t AS MATERIALIZED (SELECT quell.now() AS now, date_trunc('minute', quell.now()) - interval '59 minutes' AS since),
               calls AS MATERIALIZED (
                 SELECT c.reserved_at, c.answered_at, c.outcome, c.kind,
                   c.n < a.attempts OR c.n = a.attempts AND a.state IN ('queued', 'withdrawn', 'expired') AS came_back
                 FROM quell.attempts c
                 LEFT JOIN LATERAL (SELECT attempts, state FROM quell.actions WHERE id = c.action_id OFFSET 0) AS a ON true
                 WHERE c.tenant_id = $1 AND c.app_id = $2 AND c.scope = 'actions'
                   AND c.slot_at >= (SELECT since FROM t) AND c.slot_at <= 'infinity'),
               changes AS (
                 SELECT date_trunc('minute', reserved_at) AS minute, 1 AS calls, (outcome IS NOT DISTINCT FROM 'throttled')::int AS throttled,
                   CASE kind WHEN 'cancel' THEN 0 ELSE -1 END AS queued FROM calls
                 UNION ALL SELECT date_trunc('minute', coalesce(answered_at, reserved_at)), 0, 0, 1 FROM calls
                   WHERE came_back AND kind <> 'cancel'
                 UNION ALL SELECT date_trunc('minute', a.queued_at), 0, 0, 1 FROM quell.actions a
                   WHERE a.tenant_id = $1 AND a.queued_at >= (SELECT since FROM t) AND a.queued_at <= 'infinity'
                 UNION ALL SELECT date_trunc('minute', a.final_at), 0, 0, -1 FROM quell.actions a
                   WHERE a.tenant_id = $1 AND a.state IN ('withdrawn', 'expired')
                     AND a.final_at >= (SELECT since FROM t) AND a.final_at <= 'infinity'),
               minutes AS (
                 SELECT minute, sum(calls) AS calls, sum(throttled) AS throttled, sum(queued) AS queued FROM changes GROUP BY minute)
               SELECT m AS "at!", coalesce(n.calls, 0)::bigint AS "calls!", coalesce(n.throttled, 0)::bigint AS "throttled!",
                 greatest((SELECT count(*) FROM quell.actions WHERE tenant_id = $1 AND state = 'queued')
                   - coalesce(sum(n.queued) OVER (ORDER BY m DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0), 0)::bigint AS "queued!"
               FROM t, generate_series(t.since, t.since + interval '59 minutes', interval '1 minute') AS m
               LEFT JOIN minutes n ON n.minute = m ORDER BY m"#,
            tenant.0,
            gate.app_id,
        )
        .fetch_all(&self.pool)
        .await?;
        let minutes = rows.into_iter().map(|row| MinuteView {
            at: row.at.to_jiff(),
            calls: row.calls,
            throttled: row.throttled,
            queued: row.queued,
        });
        Ok(minutes.collect())
    }

    /// The latest actions of the last 24 hours that contained a device because of an event, the newest first: at most 1,000.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn contained_lately(&self, tenant: TenantId) -> Result<Vec<ContainedIn>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.event_id AS "event!", a.final_at AS "done_at!"
               FROM (SELECT containment_id, final_at FROM quell.actions
                     WHERE tenant_id = $1 AND kind IN ('restrict', 'isolate') AND state = 'succeeded' AND NOT is_adopted
                       AND final_at > (SELECT quell.now()) - interval '24 hours' AND final_at <= 'infinity' AND containment_id IS NOT NULL
                     ORDER BY final_at DESC LIMIT 1000) AS a
               -- One look for each: never all containments.
               CROSS JOIN LATERAL (SELECT event_id FROM quell.containments WHERE id = a.containment_id OFFSET 0) AS c
               WHERE c.event_id IS NOT NULL"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let contained = rows.into_iter().map(|row| ContainedIn {
            event: row.event,
            done_at: row.done_at.to_jiff(),
        });
        Ok(contained.collect())
    }
}
