//! What should have left and did not: an action that is due, that nothing in the database holds, and that is not called all the same.
//! Why is known to the replica that dispatches alone, as when it has no token or does not trust the clock. Asked by `desk::status`;
//! nothing is decided by it.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::views::outlook::LOOKED_BACK;
use crate::store::{Gate, Store, StoreError};

/// An action that could have been called and was not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StalledView {
    /// The action.
    pub action: Uuid,
    /// Its device.
    pub device: String,
    /// What it does.
    pub kind: String,
    /// Since when it is due.
    pub due_at: Timestamp,
}

/// What the budget and a stop allow, for [`Store::stalled`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The lanes whose calls the budget allows, and has allowed for [`LOOKED_BACK`].
    pub lanes: Vec<Lane>,
    /// Whether more than releases may leave: no stop is in force, and not as many restrictions are open as may be.
    pub begins: bool,
    /// Whether repeated calls may leave.
    pub retries: bool,
}

impl Store {
    /// The action that has been due longest, for [`LOOKED_BACK`] at least, while in all that time a daemon dispatched, nothing was
    /// called, and neither a closed gate nor a stop, nor its device's open action held it; `None`: there is none.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn stalled(
        &self,
        tenant: TenantId,
        gate: &Gate,
        lets: &Allowed,
    ) -> Result<Option<StalledView>, StoreError> {
        let lanes: Vec<i16> = lets.lanes.iter().map(|lane| lane.rank()).collect();
        // A replica's id tells when it began, and the lease since when it is held without a break. What concerns all calls is asked first: in a storm the queue is not looked through.
        let row = sqlx::query!(
            r#"WITH n AS MATERIALIZED (SELECT quell.now() AS now, quell.now() - make_interval(secs => $3) AS since),
               t AS MATERIALIZED (
                 SELECT since FROM n
                 WHERE EXISTS (SELECT 1 FROM quell.leases l WHERE l.tenant_id = $1 AND l.expires_at > n.now
                               AND l.holder < quell.first_id_of(n.since) AND coalesce(l.taken_at <= n.since, true))
                   AND NOT EXISTS (SELECT 1 FROM quell.attempts c WHERE c.tenant_id = $1 AND c.app_id = $2 AND c.scope = 'actions'
                                   AND c.slot_at > n.since AND c.reserved_at > n.since AND c.kind <> 'seed')
                   AND NOT EXISTS (SELECT 1 FROM quell.stops s WHERE s.tenant_id = $1 AND s.ended_at > n.since)
                   AND NOT EXISTS (SELECT 1 FROM quell.budgets b WHERE b.tenant_id = $1 AND b.app_id = $2 AND b.scope = 'actions'
                                   AND b.closed_until > n.since)
                   AND NOT EXISTS (SELECT 1 FROM quell.holds h WHERE h.tenant_id = $1 AND h.held_until > n.since))
               SELECT a.id, a.device_id, a.kind, greatest(a.queued_at, a.not_before) AS "due_at!"
               FROM t, quell.actions a
               WHERE a.tenant_id = $1 AND a.state = 'queued' AND a.lane = ANY($4) AND a.queued_at <= t.since AND a.not_before <= t.since
                 AND (a.kind IN ('release', 'release_isolation') OR $5)
                 AND (a.kind IN ('release', 'release_isolation') OR a.lane = 0 OR NOT a.is_retry OR $6)
                 AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = $1 AND o.device_id = a.device_id
                                 AND o.subject = a.subject AND o.state IN ('submitting', 'in_doubt', 'submitted'))
                 AND NOT EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = $1 AND o.device_id = a.device_id
                                 AND o.subject = a.subject AND o.final_at > t.since)
               ORDER BY 4, a.id LIMIT 1"#,
            tenant.0,
            gate.app_id,
            LOOKED_BACK.as_secs_f64(),
            &lanes,
            lets.begins,
            lets.retries,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|row| StalledView {
            action: row.id,
            device: row.device_id,
            kind: row.kind,
            due_at: row.due_at.to_jiff(),
        }))
    }
}
