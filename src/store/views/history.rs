//! What was done and why: containments in any state, one action with its attempts, and every change of state, as they
//! were written down.

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::approval::RequestNumber;
use crate::domain::measure::Measure;
use crate::domain::tenant::TenantId;
use crate::store::approvals::{AnswerView, answers};
use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// A containment in any state and mode.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ContainmentHistory {
    /// Its id.
    pub id: Uuid,
    /// The device.
    pub device: String,
    /// What it holds on the device.
    pub measure: Measure,
    /// `asked`, `active`, `ended`, `declined` or `expired`.
    pub state: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// The playbook; none: an operator began it.
    pub playbook: Option<String>,
    /// Its revision.
    pub revision: Option<String>,
    /// The person who began it, if no playbook did.
    pub begun_by: Option<String>,
    /// The event that led to it.
    pub event_id: Option<Uuid>,
    /// The alert behind it.
    pub alert_id: Option<String>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Why somebody was asked.
    pub ask_reason: Option<String>,
    /// When the ask expires, or expired.
    pub ask_until: Option<Timestamp>,
    /// The request that it was asked with: `A-1042`.
    pub request: Option<String>,
    /// What people answered, the earliest first.
    pub answers: Vec<AnswerView>,
    /// When it became active.
    pub activated_at: Option<Timestamp>,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How it ended.
    pub end_reason: Option<String>,
    /// What a person must look at.
    pub attention: Option<String>,
    /// Who brought it into this state.
    pub by: String,
    /// Why it is in this state.
    pub reason: String,
    /// What is known of the device's restriction now: `free`, `restricted`, `restricted_by_other` or `unknown`.
    pub device_is: String,
    /// The device's latest action, e.g. `restrict submitted`.
    pub last_action: Option<String>,
}

/// What an action has besides [`super::ActionView`].
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ActionDetail {
    /// The device.
    pub device: String,
    /// The containment that wanted it first; none: an operator, or nothing of ours wants the restriction any more.
    pub containment: Option<Uuid>,
    /// The revision of the playbook that it acts under.
    pub revision: Option<String>,
    /// The comment for Defender, without the marker.
    pub comment: String,
    /// A queued restrict expires then.
    pub valid_until: Option<Timestamp>,
    /// Queued actions that are called before it.
    pub ahead: i64,
    /// Those of them in the lane that is not paced.
    pub critical_ahead: i64,
    /// Its device has an open action, whose end it waits for.
    pub is_behind_open: bool,
}

/// One call, as it was written down before it was made and when it was answered.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct AttemptView {
    /// Its number, from 1.
    pub n: i32,
    /// `restrict`, `release` or `cancel`.
    pub kind: String,
    /// When its slot was reserved.
    pub reserved_at: Timestamp,
    /// It was not handed over after this.
    pub send_deadline: Timestamp,
    /// When it was answered, or settled.
    pub answered_at: Option<Timestamp>,
    /// The word for the answer; none: there is none yet.
    pub outcome: Option<String>,
    /// The HTTP status.
    pub http_status: Option<i32>,
    /// Defender's code for the error.
    pub error_code: Option<String>,
    /// Defender's words.
    pub error_message: Option<String>,
    /// Defender's correlation id for its support.
    pub error_target: Option<String>,
}

/// One change of state.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TransitionView {
    /// When.
    pub at: Timestamp,
    /// From which state; none: it was made.
    pub from: Option<String>,
    /// Into which.
    pub to: String,
    /// By whom.
    pub by: String,
    /// Why.
    pub reason: String,
}

impl Store {
    /// The latest containments of a device in any state and mode, the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn containments_of(
        &self,
        tenant: TenantId,
        device: &str,
        limit: i64,
    ) -> Result<Vec<ContainmentHistory>, StoreError> {
        self.containments_told(tenant, device, None, limit).await
    }

    /// One containment of a device. `None`: the device has none of that id.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn containment_of(
        &self,
        tenant: TenantId,
        device: &str,
        id: Uuid,
    ) -> Result<Option<ContainmentHistory>, StoreError> {
        let mut told = self.containments_told(tenant, device, Some(id), 1).await?;
        Ok(told.pop())
    }

    async fn containments_told(
        &self,
        tenant: TenantId,
        device: &str,
        only: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<ContainmentHistory>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.id, c.measure, c.state, c.mode, c.playbook, c.revision, c.begun_by, c.event_id, c.alert_id, c.created_at, c.ask_reason,
                 c.ask_until, c.activated_at, c.until, c.ended_at, c.end_reason, c.attention, c.state_by, c.state_reason,
                 c.request, CASE c.measure WHEN 'isolation' THEN d.isolation ELSE d.restriction END AS "device_is!",
                 (SELECT a.kind || ' ' || a.state FROM quell.actions a WHERE a.tenant_id = c.tenant_id
                  AND a.device_id = c.device_id AND a.subject = c.measure ORDER BY a.queued_at DESC, a.id DESC LIMIT 1) AS last_action
               FROM quell.containments c JOIN quell.devices d ON d.tenant_id = c.tenant_id AND d.device_id = c.device_id
               WHERE c.tenant_id = $1 AND c.device_id = $2 AND ($4::uuid IS NULL OR c.id = $4)
               ORDER BY c.created_at DESC, c.id DESC LIMIT $3"#,
            tenant.0,
            device,
            limit,
            only,
        )
        .fetch_all(&self.pool)
        .await?;
        let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
        let mut connection = self.pool.acquire().await?;
        let mut answers = answers(&mut connection, &ids).await?;
        Ok(rows
            .into_iter()
            .map(|r| ContainmentHistory {
                request: r.request.map(|number| RequestNumber(number).to_string()),
                answers: answers.remove(&r.id).unwrap_or_default(),
                id: r.id,
                measure: Measure::parse(&r.measure).unwrap_or_default(),
                device: device.to_owned(),
                state: r.state,
                mode: r.mode,
                playbook: r.playbook,
                revision: r.revision,
                begun_by: r.begun_by,
                event_id: r.event_id,
                alert_id: r.alert_id,
                created_at: r.created_at.to_jiff(),
                ask_reason: r.ask_reason,
                ask_until: time(r.ask_until),
                activated_at: time(r.activated_at),
                until: time(r.until),
                ended_at: time(r.ended_at),
                end_reason: r.end_reason,
                attention: r.attention,
                by: r.state_by,
                reason: r.state_reason,
                device_is: r.device_is,
                last_action: r.last_action,
            })
            .collect())
    }

    /// An action, with its place in the queue while it is queued.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn action_detail(
        &self,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<Option<ActionDetail>, StoreError> {
        // In the order in which the gate picks.
        let row = sqlx::query!(
            r#"SELECT a.device_id, a.containment_id, a.revision, a.comment, a.valid_until,
                 count(b.id) AS "ahead!", count(b.id) FILTER (WHERE b.lane = 0) AS "critical_ahead!",
                 EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = a.tenant_id AND o.device_id = a.device_id
                         AND o.subject = a.subject
                         AND o.state IN ('submitting', 'in_doubt', 'submitted') AND o.id <> a.id) AS "is_behind_open!"
               FROM quell.actions a LEFT JOIN quell.actions b ON b.tenant_id = a.tenant_id AND b.state = 'queued'
                 AND a.state = 'queued' AND b.not_before <= (SELECT quell.now())
                 AND (b.lane, b.queued_at, b.id) < (a.lane, a.queued_at, a.id)
               WHERE a.tenant_id = $1 AND a.id = $2 GROUP BY a.id"#,
            tenant.0,
            id,
        )
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.map(|r| ActionDetail {
            device: r.device_id,
            containment: r.containment_id,
            revision: r.revision,
            comment: r.comment,
            valid_until: time(r.valid_until),
            ahead: r.ahead,
            critical_ahead: r.critical_ahead,
            is_behind_open: r.is_behind_open,
        }))
    }

    /// The calls for an action, in order.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn attempts_of(&self, tenant: TenantId, action: Uuid) -> Result<Vec<AttemptView>, StoreError> {
        let rows = sqlx::query!(
            "SELECT n, kind, reserved_at, send_deadline, answered_at, outcome, http_status, error_code, error_message,
                 error_target
             FROM quell.attempts WHERE tenant_id = $1 AND action_id = $2 ORDER BY reserved_at, id",
            tenant.0,
            action,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| AttemptView {
                n: r.n.unwrap_or_default(),
                kind: r.kind,
                reserved_at: r.reserved_at.to_jiff(),
                send_deadline: r.send_deadline.to_jiff(),
                answered_at: time(r.answered_at),
                outcome: r.outcome,
                http_status: r.http_status,
                error_code: r.error_code,
                error_message: r.error_message,
                error_target: r.error_target,
            })
            .collect())
    }

    /// Every change of state of an action or a containment, in order.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn transitions_of(
        &self,
        tenant: TenantId,
        entity: Uuid,
    ) -> Result<Vec<TransitionView>, StoreError> {
        let rows = sqlx::query!(
            "SELECT at, from_state, to_state, by, reason FROM quell.transitions
             WHERE tenant_id = $1 AND entity_id = $2 ORDER BY id",
            tenant.0,
            entity,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| TransitionView {
                at: r.at.to_jiff(),
                from: r.from_state,
                to: r.to_state,
                by: r.by,
                reason: r.reason,
            })
            .collect())
    }
}
