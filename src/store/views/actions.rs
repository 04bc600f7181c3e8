//! Actions as people read them: the newest first, with the reason of their state.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// One action.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ActionView {
    /// Our id.
    pub id: Uuid,
    /// The device.
    pub device: String,
    /// The device's name, when known.
    pub name: Option<String>,
    /// Restrict or release.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// Its lane.
    pub lane: Lane,
    /// Who or what wanted it.
    pub wanted_by: String,
    /// `playbook@revision`.
    pub playbook: Option<String>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// Not called before this.
    pub not_before: Timestamp,
    /// How many calls were made.
    pub attempts: i32,
    /// Defender's id.
    pub defender_id: Option<String>,
    /// Defender's status, word for word.
    pub defender_status: Option<String>,
    /// Somebody else began it at Defender.
    pub is_adopted: bool,
    /// When it was over.
    pub final_at: Option<Timestamp>,
    /// Who brought it into this state.
    pub by: String,
    /// Why it is in this state.
    pub reason: String,
    /// What went wrong.
    pub error: Option<String>,
}

/// Which actions to show.
#[derive(Clone, Debug, Default)]
pub struct ActionQuery {
    /// Only of devices whose id begins so, in any case.
    pub device: Option<String>,
    /// Only this one.
    pub id: Option<Uuid>,
    /// Only in this state.
    pub state: Option<String>,
    /// At most so many, the newest first.
    pub limit: i64,
}

impl Store {
    /// Actions, the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn actions(
        &self,
        tenant: TenantId,
        query: &ActionQuery,
    ) -> Result<Vec<ActionView>, StoreError> {
        let rows = sqlx::query!(
            "SELECT a.id, a.device_id, d.facts -> 'name' ->> 'is' AS name, a.kind, a.state, a.lane, a.wanted_by,
                 a.playbook || '@' || left(a.revision, 12) AS playbook, a.queued_at, a.not_before, a.attempts,
                 a.defender_id, a.defender_status, a.is_adopted, a.final_at, a.state_by, a.state_reason, a.error
             FROM quell.actions a LEFT JOIN quell.devices d USING (tenant_id, device_id)
             WHERE a.tenant_id = $1 AND ($2::text IS NULL OR starts_with(lower(a.device_id), lower($2)))
               AND ($3::text IS NULL OR a.state = $3) AND ($5::uuid IS NULL OR a.id = $5)
             ORDER BY a.queued_at DESC, a.id DESC LIMIT $4",
            tenant.0,
            query.device,
            query.state,
            query.limit,
            query.id,
        )
        .fetch_all(&self.pool)
        .await?;
        let lane = |rank: i16| {
            usize::try_from(rank)
                .ok()
                .and_then(|rank| Lane::ALL.get(rank))
                .copied()
        };
        Ok(rows
            .into_iter()
            .map(|r| ActionView {
                id: r.id,
                device: r.device_id,
                name: r.name,
                kind: r.kind,
                state: r.state,
                lane: lane(r.lane).unwrap_or_default(),
                wanted_by: r.wanted_by,
                playbook: r.playbook,
                queued_at: r.queued_at.to_jiff(),
                not_before: r.not_before.to_jiff(),
                attempts: r.attempts,
                defender_id: r.defender_id,
                defender_status: r.defender_status,
                is_adopted: r.is_adopted,
                final_at: time(r.final_at),
                by: r.state_by,
                reason: r.state_reason,
                error: r.error,
            })
            .collect())
    }
}
