//! Actions as people read them: the newest first, with the reason of their state.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
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

/// Where an action stands in the order, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionKey {
    /// When it was queued.
    pub at: Timestamp,
    /// Which one.
    pub id: Uuid,
}

/// So many devices are few: their actions are asked for device by device.
const FEW: i64 = 500;

impl ActionView {
    /// Where it stands.
    pub fn key(&self) -> ActionKey {
        ActionKey {
            at: self.queued_at,
            id: self.id,
        }
    }
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
        self.actions_behind(tenant, query, None).await
    }

    /// Actions behind a place in that order.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn actions_behind(
        &self,
        tenant: TenantId,
        query: &ActionQuery,
        after: Option<&ActionKey>,
    ) -> Result<Vec<ActionView>, StoreError> {
        if let Some(beginning) = &query.device {
            let devices = self.devices_begun(tenant, beginning, FEW + 1).await?;
            if i64::try_from(devices.len()).is_ok_and(|n| n <= FEW) {
                return self.actions_of(tenant, &devices, query, after).await;
            }
        }
        // Of all devices, or of so many that those of them soon come by.
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT a.id, a.device_id, d.facts -> 'name' ->> 'is' AS name, a.kind, a.state, a.lane, a.wanted_by,
                 a.playbook || '@' || left(a.revision, 12) AS playbook, a.queued_at AS "queued_at: jiff_sqlx::Timestamp",
                 a.not_before AS "not_before: jiff_sqlx::Timestamp", a.attempts,
                 a.defender_id, a.defender_status, a.is_adopted, a.final_at AS "final_at: jiff_sqlx::Timestamp", a.state_by, a.state_reason, a.error,
                 false AS "is_behind_open!"
             FROM quell.actions a LEFT JOIN quell.devices d USING (tenant_id, device_id)
             WHERE a.tenant_id = $1 AND ($2::text IS NULL OR a.device_id = ANY(ARRAY(
                   SELECT v.device_id FROM quell.devices v WHERE v.tenant_id = $1 AND lower(v.device_id) COLLATE "C" >= lower($2)
                     AND lower(v.device_id) COLLATE "C" < lower($2) || U&'\+10FFFF')))
               AND ($3::text IS NULL OR a.state = $3) AND ($5::uuid IS NULL OR a.id = $5)
               AND a.queued_at <= coalesce($6, 'infinity'::timestamptz)
               AND ($6::timestamptz IS NULL OR (a.queued_at, a.id) < ($6, $7::uuid))
             ORDER BY a.queued_at DESC, a.id DESC LIMIT $4"#,
            tenant.0,
            query.device,
            query.state,
            query.limit,
            query.id,
            after.map(|after| after.at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            after.map(|after| after.id),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(ActionView::from).collect())
    }

    /// The devices whose id begins so, in any case, at most so many.
    async fn devices_begun(
        &self,
        tenant: TenantId,
        beginning: &str,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let devices = sqlx::query_scalar!(
            r#"SELECT device_id FROM quell.devices WHERE tenant_id = $1 AND lower(device_id) COLLATE "C" >= lower($2::text)
                 AND lower(device_id) COLLATE "C" < lower($2) || U&'\+10FFFF' LIMIT $3"#,
            tenant.0,
            beginning,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(devices)
    }

    /// The actions of few devices: each device's own, by their index.
    async fn actions_of(
        &self,
        tenant: TenantId,
        devices: &[String],
        query: &ActionQuery,
        after: Option<&ActionKey>,
    ) -> Result<Vec<ActionView>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT a.id, a.device_id, d.facts -> 'name' ->> 'is' AS name, a.kind, a.state, a.lane, a.wanted_by,
                 a.playbook || '@' || left(a.revision, 12) AS playbook, a.queued_at AS "queued_at: jiff_sqlx::Timestamp",
                 a.not_before AS "not_before: jiff_sqlx::Timestamp", a.attempts,
                 a.defender_id, a.defender_status, a.is_adopted, a.final_at AS "final_at: jiff_sqlx::Timestamp", a.state_by, a.state_reason, a.error,
                 false AS "is_behind_open!"
               FROM (SELECT its.* FROM unnest($2::text[]) AS v (device_id) CROSS JOIN LATERAL (
                       SELECT * FROM quell.actions WHERE tenant_id = $1 AND device_id = v.device_id
                         AND ($3::text IS NULL OR state = $3) AND ($5::uuid IS NULL OR id = $5)
                         AND queued_at <= coalesce($6, 'infinity'::timestamptz)
                         AND ($6::timestamptz IS NULL OR (queued_at, id) < ($6, $7::uuid))
                       ORDER BY queued_at DESC, id DESC LIMIT $4) AS its
                     ORDER BY queued_at DESC, id DESC LIMIT $4) AS a
               LEFT JOIN quell.devices d ON d.tenant_id = a.tenant_id AND d.device_id = a.device_id
               ORDER BY a.queued_at DESC, a.id DESC"#,
            tenant.0,
            devices,
            query.state,
            query.limit,
            query.id,
            after.map(|after| after.at.to_sqlx()) as Option<jiff_sqlx::Timestamp>,
            after.map(|after| after.id),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(ActionView::from).collect())
    }

    /// Those of these actions that are queued, each with whether an open action of its device is before it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn actions_queued(
        &self,
        tenant: TenantId,
        ids: &[Uuid],
    ) -> Result<Vec<(ActionView, bool)>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT a.id, a.device_id, d.facts -> 'name' ->> 'is' AS name, a.kind, a.state, a.lane, a.wanted_by,
                 a.playbook || '@' || left(a.revision, 12) AS playbook, a.queued_at AS "queued_at: jiff_sqlx::Timestamp",
                 a.not_before AS "not_before: jiff_sqlx::Timestamp", a.attempts,
                 a.defender_id, a.defender_status, a.is_adopted, a.final_at AS "final_at: jiff_sqlx::Timestamp", a.state_by, a.state_reason, a.error,
                 EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id AND o.device_id = a.device_id
                         AND o.subject = a.subject AND o.state IN ('submitting', 'in_doubt', 'submitted')) AS "is_behind_open!"
               FROM quell.actions a LEFT JOIN quell.devices d USING (tenant_id, device_id)
               WHERE a.tenant_id = $1 AND a.id = ANY($2) AND a.state = 'queued'"#,
            tenant.0,
            ids,
        )
        .fetch_all(&self.pool)
        .await?;
        let rows = rows.into_iter().map(|row| {
            let is_behind_open = row.is_behind_open;
            (ActionView::from(row), is_behind_open)
        });
        Ok(rows.collect())
    }
}

struct Row {
    id: Uuid,
    device_id: String,
    name: Option<String>,
    kind: String,
    state: String,
    lane: i16,
    wanted_by: String,
    playbook: Option<String>,
    queued_at: jiff_sqlx::Timestamp,
    not_before: jiff_sqlx::Timestamp,
    attempts: i32,
    defender_id: Option<String>,
    defender_status: Option<String>,
    is_adopted: bool,
    final_at: Option<jiff_sqlx::Timestamp>,
    state_by: String,
    state_reason: String,
    error: Option<String>,
    is_behind_open: bool,
}

impl From<Row> for ActionView {
    fn from(row: Row) -> Self {
        let lane = usize::try_from(row.lane)
            .ok()
            .and_then(|rank| Lane::ALL.get(rank));
        Self {
            id: row.id,
            device: row.device_id,
            name: row.name,
            kind: row.kind,
            state: row.state,
            lane: lane.copied().unwrap_or_default(),
            wanted_by: row.wanted_by,
            playbook: row.playbook,
            queued_at: row.queued_at.to_jiff(),
            not_before: row.not_before.to_jiff(),
            attempts: row.attempts,
            defender_id: row.defender_id,
            defender_status: row.defender_status,
            is_adopted: row.is_adopted,
            final_at: time(row.final_at),
            by: row.state_by,
            reason: row.state_reason,
            error: row.error,
        }
    }
}
