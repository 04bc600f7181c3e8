//! One look at the queue without its lock: what could be called now, for the pacer, or when to look again. Called by
//! [`crate::worker::submit`] before each turn at the gate, which looks for itself; nothing here allows a call.

use std::time::Duration;

use crate::domain::budget::LaneHead;
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::{Store, StoreError};

/// What a look showed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueLook {
    /// The oldest action of each lane that could be called now.
    pub heads: Vec<LaneHead>,
    /// How long until a cancel is due: nothing when one is due now; `None` when none will be.
    pub cancel: Option<Duration>,
    /// Where there is no head: how long until a queued action that waits for its time may be called; `None` when none does.
    pub next: Option<Duration>,
}

impl Store {
    /// Looks. With `outstanding` restricts open, only releases could be called. A cancel is due when its restrict has been
    /// pending for `cancel_after`.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn queue_look(
        &self,
        tenant: TenantId,
        outstanding: Option<u32>,
        cancel_after: Option<Duration>,
    ) -> Result<QueueLook, StoreError> {
        // One short walk in claim order for each lane, as the gate does: while restricts are stopped there is no room for them.
        // There is always one row.
        let rows = sqlx::query!(
            r#"WITH t AS MATERIALIZED (SELECT quell.now() AS now, quell.stop_in_force($1) IS NULL AND ($2::bigint IS NULL OR $2 > (
                   SELECT count(*) FROM quell.actions r WHERE r.tenant_id = $1 AND r.kind IN ('restrict', 'isolate')
                     AND r.state IN ('submitting', 'in_doubt', 'submitted'))) AS has_room),
               heads AS MATERIALIZED (
                 SELECT l.lane, h.waited FROM t, (VALUES (0), (1), (2), (3), (4)) AS l (lane), LATERAL (
                     SELECT extract(epoch FROM t.now - a.queued_at)::float8 AS waited FROM quell.actions a
                     WHERE a.tenant_id = $1 AND a.state = 'queued' AND a.lane = l.lane AND a.not_before <= t.now
                       AND (a.kind IN ('release', 'release_isolation') OR t.has_room)
                       AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id
                                       AND o.device_id = a.device_id AND o.subject = a.subject
                                       AND o.state IN ('submitting', 'in_doubt', 'submitted'))
                     ORDER BY a.queued_at, a.id LIMIT 1) AS h
                 WHERE t.has_room OR l.lane IN (1, 4)),
               cancels AS MATERIALIZED (
                 SELECT extract(epoch FROM min(greatest(a.submitted_at + make_interval(secs => CASE
                            WHEN quell.stop_in_force($1) IN ('cancel_pending', 'release_all') THEN 0 ELSE $3::float8 END), a.cancel_not_before))
                                           - (SELECT now FROM t))::float8 AS due
                 FROM quell.actions a
                 WHERE $3::float8 IS NOT NULL AND a.tenant_id = $1 AND a.state = 'submitted' AND a.kind IN ('restrict', 'isolate')
                   AND NOT a.is_adopted
                   AND NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = a.tenant_id
                                   AND c.device_id = a.device_id AND c.measure = a.subject
                                   AND c.state = 'active' AND c.mode = 'enforce')),
               -- What probes asked for and nobody wants: seldom there is any.
               probes AS MATERIALIZED (
                 SELECT extract(epoch FROM min(due_at) - (SELECT now FROM t))::float8 AS due FROM quell.probe_cancels
                 WHERE $3::float8 IS NOT NULL AND tenant_id = $1),
               later AS MATERIALIZED (
                 SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM heads) THEN (
                     SELECT extract(epoch FROM min(not_before) - (SELECT now FROM t))::float8 FROM quell.actions
                     WHERE tenant_id = $1 AND state = 'queued' AND not_before > (SELECT now FROM t)) END AS next)
               SELECT heads.lane AS "lane?", heads.waited AS "waited?", least(cancels.due, probes.due) AS cancel, later.next
               FROM cancels CROSS JOIN probes CROSS JOIN later LEFT JOIN heads ON true"#,
            tenant.0,
            outstanding.map(i64::from),
            cancel_after.map(|after| after.as_secs_f64()),
        )
        .fetch_all(self.swift())
        .await?;
        let mut look = QueueLook::default();
        for row in rows {
            look.cancel = row.cancel.map(|wait| Duration::from_secs_f64(wait.max(0.0)));
            look.next = row.next.map(|wait| Duration::from_secs_f64(wait.max(0.001)));
            let lane = row
                .lane
                .and_then(|lane| Lane::ALL.get(usize::try_from(lane).ok()?));
            if let (Some(lane), Some(waited)) = (lane, row.waited) {
                look.heads.push(LaneHead {
                    lane: *lane,
                    waited: Duration::from_secs_f64(waited.max(0.0)),
                });
            }
        }
        Ok(look)
    }
}
