//! Asking a question of a probe by a call that nothing wants, and taking it back. What is asked leaves by the gate like every call:
//! a restrict or a release as an action of its own row here, a cancel as an attempt of the action that is over (`store::cancels`).

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::action::id_of;
use crate::domain::device::{DeviceFacts, DeviceId};
use crate::domain::probe::{ProbeQuestion, Standing, against};
use crate::domain::tenant::TenantId;
use crate::domain::verdict::Lane;
use crate::store::containments::time;
use crate::store::{Because, Gate, Store, StoreError, Wake, wake};

/// What a person's probe asks.
#[derive(Clone, Copy, Debug)]
pub struct ProbeWish<'a> {
    /// The device.
    pub device: &'a DeviceId,
    /// The containment that the probe began.
    pub containment: Uuid,
    /// The question.
    pub question: ProbeQuestion,
    /// Who; the same who began the containment.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
    /// Not called after so long, and what is pending then is cancelled.
    pub within: Duration,
}

/// How far a question has come.
#[derive(Clone, Debug, Serialize)]
pub struct ProbeCall {
    /// Where its action stands; of a cancel the action that is over.
    pub state: Option<String>,
    /// Defender's id of that.
    pub defender_id: Option<String>,
    /// Defender's word for its status.
    pub defender_status: Option<String>,
    /// Another action of ours on the device has the same id at Defender.
    pub is_same: bool,
    /// The last attempt was reserved then.
    pub reserved_at: Option<Timestamp>,
    /// And answered then.
    pub answered_at: Option<Timestamp>,
    /// How the last attempt came out.
    pub outcome: Option<String>,
    /// What Defender said, where it refused: the status, the code, and the words.
    pub refusal: Option<(i32, String, String)>,
    /// Calls to cancel it.
    pub cancels: i32,
}

impl Store {
    /// Asks, unless something stands against it; says what then. A question is asked once of a containment.
    ///
    /// # Errors
    /// Postgres is not available, or it was asked already: nothing is asked.
    pub async fn probe_ask(
        &self,
        tenant: TenantId,
        gate: &Gate,
        wish: &ProbeWish<'_>,
    ) -> Result<Result<Uuid, &'static str>, StoreError> {
        let mut tx = self.pool.begin().await?;
        crate::store::stops::hold_off(&mut tx, tenant).await?;
        crate::store::devices::lock(&mut tx, tenant, &[wish.device.to_string()]).await?;
        let stop = crate::store::stops::in_force(&mut tx, tenant).await?;
        let row = sqlx::query!(
            r#"SELECT d.facts, d.restriction, coalesce(d.facts_fetched_at > quell.now() - make_interval(secs => $5), false) AS "is_fresh!",
                 coalesce(c.state = 'active', false) AS "is_active!",
                 coalesce(c.playbook IS NULL AND c.begun_by = $4 AND c.measure = 'restriction' AND c.mode = 'enforce', false) AS "is_its_own!",
                 (SELECT count(*) FROM quell.containments o WHERE o.tenant_id = $1 AND o.device_id = $2
                    AND o.id <> $3 AND o.state IN ('active', 'asked') AND o.mode = 'enforce') AS "others!",
                 (SELECT count(*) FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = $2
                    AND a.state IN ('queued', 'submitting', 'in_doubt', 'submitted')) AS "under_way!",
                 (SELECT a.id FROM quell.actions a WHERE a.containment_id = $3 AND a.kind = 'restrict' AND a.state = 'succeeded'
                    AND NOT a.is_adopted AND a.probe_id IS NULL ORDER BY a.queued_at DESC LIMIT 1) AS first,
                 EXISTS (SELECT 1 FROM quell.actions a WHERE a.tenant_id = $1 AND a.device_id = $2 AND a.kind = 'release'
                    AND a.state = 'succeeded' AND NOT a.is_adopted AND a.probe_id IS NULL
                    AND a.queued_at >= c.activated_at) AS "was_released!",
                 (SELECT installation FROM quell.tenants WHERE id = $1) AS "installation!"
               FROM quell.devices d LEFT JOIN quell.containments c ON c.id = $3 AND c.tenant_id = $1 AND c.device_id = $2
               WHERE d.tenant_id = $1 AND d.device_id = $2"#,
            tenant.0,
            wish.device.as_str(),
            wish.containment,
            wish.by,
            gate.facts_max_age.as_secs_f64(),
        )
        .fetch_one(&mut *tx)
        .await?;
        let facts: Option<DeviceFacts> = row
            .facts
            .filter(|_| row.is_fresh)
            .and_then(|facts| serde_json::from_value(facts).ok());
        let health = facts.as_ref().and_then(|facts| facts.health.value());
        let standing = Standing {
            stop,
            ceiling: gate.ceiling,
            can_cancel: gate.cancel_after.is_some(),
            is_its_own: row.is_its_own,
            is_active: row.is_active,
            others: row.others,
            under_way: row.under_way,
            is_held: row.restriction == "restricted",
            is_free: row.restriction == "free",
            is_reachable: health.is_some_and(|health| health.eq_ignore_ascii_case("active")),
            was_restricted: row.first.is_some(),
            was_released: row.was_released,
        };
        if let Some(why) = against(wish.question, &standing) {
            return Ok(Err(why));
        }
        let id = Uuid::now_v7();
        let target = row.first.filter(|_| wish.question.action().is_none());
        let reason = format!("probe {}: {}", wish.question.as_str(), wish.reason);
        sqlx::query!(
            "WITH asked AS (
               INSERT INTO quell.probe_calls (id, tenant_id, device_id, containment_id, question, by, reason, until, target_id)
               VALUES ($1, $2, $3, $4, $5, $6, $7, quell.now() + make_interval(secs => $8), $9))
             SELECT quell.note_change($2, 'probe', $1, $3, NULL, 'asked', $6, $7)",
            id,
            tenant.0,
            wish.device.as_str(),
            wish.containment,
            wish.question.as_str(),
            wish.by,
            reason,
            wish.within.as_secs_f64(),
            target,
        )
        .execute(&mut *tx)
        .await?;
        if let Some(kind) = wish.question.action() {
            sqlx::query!(
                "INSERT INTO quell.actions (id, tenant_id, device_id, kind, state, lane, containment_id, comment, wanted_by, valid_until,
                     state_by, state_reason, subject, probe_id)
                 SELECT $1, p.tenant_id, p.device_id, $3, 'queued', $4, CASE WHEN $5 THEN p.containment_id END, p.reason, p.by, p.until,
                        p.by, p.reason, 'restriction', p.id
                 FROM quell.probe_calls p WHERE p.id = $2",
                id_of(Uuid::now_v7(), row.installation),
                id,
                kind.as_str(),
                Lane::Low.rank(),
                kind.begins(),
            )
            .execute(&mut *tx)
            .await?;
        }
        wake(&mut tx, tenant, Wake::Queue).await?;
        tx.commit().await?;
        metrics::counter!("quell_probe_calls_total", "question" => wish.question.as_str()).increment(1);
        Ok(Ok(id))
    }

    /// Takes back whatever a containment's probe asked and is not over: what is queued is withdrawn, what is pending at Defender is
    /// cancelled.
    ///
    /// # Errors
    /// Postgres is not available: it is taken back when its time is over.
    pub async fn probe_give_up(
        &self,
        tenant: TenantId,
        device: &DeviceId,
        containment: Uuid,
        by: &str,
    ) -> Result<(), StoreError> {
        let reason = "the probe waits no longer";
        let mut tx = self.pool.begin().await?;
        crate::store::devices::lock(&mut tx, tenant, &[device.to_string()]).await?;
        let given_up = sqlx::query!(
            "WITH ended AS (
               UPDATE quell.probe_calls SET given_up_at = quell.now()
               WHERE tenant_id = $1 AND device_id = $2 AND containment_id = $3 AND settled_at IS NULL AND given_up_at IS NULL
               RETURNING id)
             SELECT quell.note_change($1, 'probe', id, $2, 'asked', 'given_up', $4, $5) FROM ended",
            tenant.0,
            device.as_str(),
            containment,
            by,
            reason,
        )
        .fetch_all(&mut *tx)
        .await?;
        if !given_up.is_empty() {
            self.converge_device(&mut tx, tenant, device, Because { by, reason })
                .await?;
            wake(&mut tx, tenant, Wake::Queue).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// How far a question has come.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn probe_call(&self, tenant: TenantId, id: Uuid) -> Result<ProbeCall, StoreError> {
        let row = sqlx::query!(
            r#"SELECT a.state AS "state?", a.defender_id, a.defender_status, coalesce(a.cancels, 0) AS "cancels!",
                 t.reserved_at AS "reserved_at?", t.answered_at, t.outcome, t.http_status, t.error_code, t.error_message,
                 EXISTS (SELECT 1 FROM quell.actions o WHERE o.tenant_id = p.tenant_id AND o.defender_id = a.defender_id
                         AND o.device_id = p.device_id AND o.id <> a.id) AS "is_same!"
               FROM quell.probe_calls p LEFT JOIN quell.actions a ON a.probe_id = p.id OR a.id = p.target_id
               LEFT JOIN LATERAL (SELECT * FROM quell.attempts t WHERE t.action_id = a.id
                   AND CASE WHEN p.target_id IS NULL THEN t.kind = a.kind ELSE t.id = p.attempt_id END
                   ORDER BY t.n DESC LIMIT 1) AS t ON true
               WHERE p.tenant_id = $1 AND p.id = $2"#,
            tenant.0,
            id,
        )
        .fetch_one(&self.pool)
        .await?;
        let refusal = row.http_status.map(|status| {
            let words = row.error_message.unwrap_or_default();
            (status, row.error_code.unwrap_or_default(), words)
        });
        Ok(ProbeCall {
            state: row.state,
            defender_id: row.defender_id,
            defender_status: row.defender_status,
            is_same: row.is_same,
            reserved_at: time(row.reserved_at),
            answered_at: time(row.answered_at),
            outcome: row.outcome,
            refusal,
            cancels: row.cancels,
        })
    }
}
