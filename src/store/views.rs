//! What is read for people: status, devices, actions. Nothing here changes anything.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Gate, Store, StoreError};

/// The state of a tenant at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct StatusView {
    /// The moment.
    pub at: Timestamp,
    /// Events accepted since ever.
    pub events: i64,
    /// Rows that wait to be decided, and how long the oldest has waited, in seconds.
    pub inbox: i64,
    /// Seconds.
    pub inbox_oldest_seconds: Option<f64>,
    /// Records refused at intake or put aside.
    pub dead_letters: i64,
    /// Decisions by kind.
    pub decisions: BTreeMap<String, i64>,
    /// Enforced containments by state; observed ones count under `observed`.
    pub containments: BTreeMap<String, i64>,
    /// Active containments that a person must look at.
    pub attention: i64,
    /// Devices that are restricted, as last known.
    pub restricted_devices: i64,
    /// Actions by state.
    pub actions: BTreeMap<String, i64>,
    /// The windows of action calls.
    pub windows: Vec<WindowView>,
    /// Seconds until the gate opens again, after a 429 or the like, and why it closed.
    pub closed_seconds: Option<f64>,
    /// Why.
    pub closed_reason: Option<String>,
    /// Seconds until the queue is empty, if nothing is added: the slots of the ledger, then the sustained rate.
    pub drain_seconds: Option<f64>,
    /// Who dispatches: the lease's epoch, while it holds.
    pub epoch: Option<i64>,
    /// The active playbook set: hash and version.
    pub playbook_set: Option<(String, i64)>,
    /// 429s since ever.
    pub throttled: i64,
}

/// One window of the budget.
#[derive(Clone, Debug, Serialize)]
pub struct WindowView {
    /// Its span in seconds, as it holds in real time.
    pub per_seconds: f64,
    /// Its limit.
    pub limit: u32,
    /// Slots held now.
    pub used: i64,
}

/// One device.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceView {
    /// Its id.
    pub device: String,
    /// Its name, when known.
    pub name: Option<String>,
    /// `free`, `restricted`, `restricted_by_other` or `unknown`, as last known.
    pub restriction: String,
    /// Since when that is known.
    pub since: Option<Timestamp>,
    /// When its containments end; none: never, or there is none.
    pub until: Option<Timestamp>,
    /// Who or what keeps it restricted.
    pub reasons: Vec<String>,
    /// Who is to decide on it.
    pub asked: Vec<String>,
    /// The queued or open action, as `kind state`.
    pub action: Option<String>,
    /// What a person must look at.
    pub attention: Option<String>,
}

/// One action.
#[derive(Clone, Debug, Serialize)]
pub struct ActionView {
    /// Our id.
    pub id: Uuid,
    /// The device.
    pub device: String,
    /// Restrict or release.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// Its lane, 0 (critical) to 4 (low).
    pub lane: i16,
    /// Who or what wanted it.
    pub wanted_by: String,
    /// `playbook@revision`.
    pub playbook: Option<String>,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// How many calls were made.
    pub attempts: i32,
    /// Defender's id.
    pub defender_id: Option<String>,
    /// Defender's status, word for word.
    pub defender_status: Option<String>,
    /// When it was over.
    pub final_at: Option<Timestamp>,
    /// Why it is in this state.
    pub reason: String,
    /// What went wrong.
    pub error: Option<String>,
}

/// Which devices to show.
#[derive(Clone, Debug, Default)]
pub struct DeviceQuery {
    /// Only this one, or those whose id begins so.
    pub id: Option<String>,
    /// Only devices that are restricted or that a containment wants restricted.
    pub contained: bool,
    /// At most so many.
    pub limit: i64,
}

/// Which actions to show.
#[derive(Clone, Debug, Default)]
pub struct ActionQuery {
    /// Only of this device.
    pub device: Option<String>,
    /// Only in this state.
    pub state: Option<String>,
    /// At most so many, the newest first.
    pub limit: i64,
}

impl Store {
    /// The state of a tenant.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn status(&self, tenant: TenantId, gate: &Gate) -> Result<StatusView, StoreError> {
        let one = sqlx::query!(
            r#"SELECT quell.now() AS "at!",
                 (SELECT count(*) FROM quell.events WHERE tenant_id = $1) AS "events!",
                 (SELECT count(*) FROM quell.inbox WHERE tenant_id = $1) AS "inbox!",
                 (SELECT extract(epoch FROM quell.now() - min(enqueued_at))::float8 FROM quell.inbox
                  WHERE tenant_id = $1) AS oldest,
                 (SELECT count(*) FROM quell.dead_letters WHERE tenant_id = $1) AS "dead_letters!",
                 (SELECT count(*) FROM quell.containments WHERE tenant_id = $1 AND state = 'active'
                  AND mode = 'enforce' AND attention IS NOT NULL) AS "attention!",
                 (SELECT count(*) FROM quell.devices WHERE tenant_id = $1
                  AND restriction IN ('restricted', 'restricted_by_other')) AS "restricted!",
                 (SELECT epoch FROM quell.leases WHERE tenant_id = $1 AND expires_at > quell.now()) AS epoch,
                 (SELECT count(*) FROM quell.attempts WHERE tenant_id = $1 AND outcome = 'throttled') AS "throttled!""#,
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        let decisions = sqlx::query!(
            r#"SELECT kind AS "key!", count(*) AS "n!" FROM quell.decisions WHERE tenant_id = $1 GROUP BY 1"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let containments = sqlx::query!(
            r#"SELECT CASE mode WHEN 'observe' THEN 'observed' ELSE state END AS "key!", count(*) AS "n!"
               FROM quell.containments WHERE tenant_id = $1 GROUP BY 1"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let actions = sqlx::query!(
            r#"SELECT state AS "key!", count(*) AS "n!" FROM quell.actions WHERE tenant_id = $1 GROUP BY 1"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let set = sqlx::query!(
            "SELECT set_hash, version FROM quell.active_sets WHERE tenant_id = $1",
            tenant.0
        )
        .fetch_optional(&self.pool)
        .await?;
        let budget = sqlx::query!(
            "SELECT extract(epoch FROM closed_until - quell.now())::float8 AS closed, closed_reason
             FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions'",
            tenant.0,
            gate.app_id,
        )
        .fetch_optional(&self.pool)
        .await?;
        let closed = budget
            .as_ref()
            .and_then(|b| b.closed)
            .filter(|seconds| *seconds > 0.0);
        let actions: BTreeMap<String, i64> = actions.into_iter().map(|r| (r.key, r.n)).collect();
        let windows = self.windows(tenant, gate).await?;
        let drain_seconds = actions
            .get("queued")
            .filter(|queued| **queued > 0)
            .map(|queued| drain(*queued, &windows) + closed.unwrap_or(0.0));
        Ok(StatusView {
            at: one.at.to_jiff(),
            events: one.events,
            inbox: one.inbox,
            inbox_oldest_seconds: one.oldest,
            dead_letters: one.dead_letters,
            decisions: decisions.into_iter().map(|r| (r.key, r.n)).collect(),
            containments: containments.into_iter().map(|r| (r.key, r.n)).collect(),
            attention: one.attention,
            restricted_devices: one.restricted,
            actions,
            windows,
            closed_seconds: closed,
            closed_reason: budget.and_then(|b| b.closed_reason).filter(|_| closed.is_some()),
            drain_seconds,
            epoch: one.epoch,
            playbook_set: set.map(|s| (s.set_hash, s.version)),
            throttled: one.throttled,
        })
    }

    async fn windows(&self, tenant: TenantId, gate: &Gate) -> Result<Vec<WindowView>, StoreError> {
        let mut views = Vec::new();
        for window in &gate.actions {
            let used = sqlx::query_scalar!(
                r#"SELECT count(*) AS "used!" FROM quell.attempts WHERE tenant_id = $1 AND app_id = $2
                   AND scope = 'actions' AND slot_at > quell.now() - make_interval(secs => $3)"#,
                tenant.0,
                gate.app_id,
                window.per.as_secs_f64(),
            )
            .fetch_one(&self.pool)
            .await?;
            views.push(WindowView {
                per_seconds: window.per.as_secs_f64(),
                limit: window.limit,
                used,
            });
        }
        Ok(views)
    }

    /// Devices, those that need somebody first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn devices(
        &self,
        tenant: TenantId,
        query: &DeviceQuery,
    ) -> Result<Vec<DeviceView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT d.device_id, d.facts -> 'name' ->> 'is' AS name, d.restriction, d.restriction_at,
                 (SELECT max(until) FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = d.device_id
                  AND c.state = 'active' AND c.mode = 'enforce') AS until,
                 ARRAY(SELECT coalesce(c.playbook || '@' || left(c.revision, 12), c.state_by) || ' for alert '
                       || coalesce(c.alert_id, '-') || CASE WHEN c.until IS NULL THEN ', never ends by itself' ELSE '' END
                       FROM quell.containments c WHERE c.tenant_id = $1 AND c.device_id = d.device_id
                       AND c.state = 'active' AND c.mode = 'enforce' ORDER BY activated_at) AS "reasons!",
                 ARRAY(SELECT c.playbook || ': ' || c.ask_reason FROM quell.containments c WHERE c.tenant_id = $1
                       AND c.device_id = d.device_id AND c.state = 'asked') AS "asked!",
                 (SELECT a.kind || ' ' || a.state FROM quell.actions a WHERE a.tenant_id = $1
                  AND a.device_id = d.device_id AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted')
                  ORDER BY a.state = 'queued' LIMIT 1) AS action,
                 (SELECT max(attention) FROM quell.containments c WHERE c.tenant_id = $1
                  AND c.device_id = d.device_id AND c.state = 'active') AS attention
               FROM quell.devices d
               WHERE d.tenant_id = $1 AND ($2::text IS NULL OR starts_with(d.device_id, $2))
                 AND (NOT $3 OR d.restriction <> 'free' OR EXISTS (SELECT 1 FROM quell.containments c
                      WHERE c.tenant_id = $1 AND c.device_id = d.device_id AND c.mode = 'enforce'
                        AND c.state IN ('asked', 'active')))
               ORDER BY 9 NULLS LAST, d.restriction_at DESC NULLS LAST, d.device_id LIMIT $4"#,
            tenant.0,
            query.id,
            query.contained,
            query.limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| DeviceView {
                device: r.device_id,
                name: r.name,
                restriction: r.restriction,
                since: time(r.restriction_at),
                until: time(r.until),
                reasons: r.reasons,
                asked: r.asked,
                action: r.action,
                attention: r.attention,
            })
            .collect())
    }

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
            "SELECT id, device_id, kind, state, lane, wanted_by, playbook || '@' || left(revision, 12) AS playbook, queued_at,
                 attempts, defender_id, defender_status, final_at, state_reason, error
             FROM quell.actions
             WHERE tenant_id = $1 AND ($2::text IS NULL OR starts_with(device_id, $2))
               AND ($3::text IS NULL OR state = $3)
             ORDER BY queued_at DESC, id DESC LIMIT $4",
            tenant.0,
            query.device,
            query.state,
            query.limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|r| ActionView {
                id: r.id,
                device: r.device_id,
                kind: r.kind,
                state: r.state,
                lane: r.lane,
                wanted_by: r.wanted_by,
                playbook: r.playbook,
                queued_at: r.queued_at.to_jiff(),
                attempts: r.attempts,
                defender_id: r.defender_id,
                defender_status: r.defender_status,
                final_at: time(r.final_at),
                reason: r.state_reason,
                error: r.error,
            })
            .collect())
    }
}

/// A plain estimate: what is free now goes at once, the rest at the slowest window's sustained rate.
fn drain(queued: i64, windows: &[WindowView]) -> f64 {
    let waits = windows.iter().map(|window| {
        let free = (i64::from(window.limit) - window.used).max(0);
        let rest = (queued - free).max(0);
        let rounds =
            Duration::from_secs_f64(window.per_seconds).as_secs_f64() / f64::from(window.limit.max(1));
        rounds * f64::from(i32::try_from(rest).unwrap_or(i32::MAX))
    });
    waits.fold(0.0, f64::max)
}
