//! Cancelling: a restrict of ours that Defender has not carried out yet and that nothing wants any more. The release
//! waits for its end, so a device that is offline would keep both for days.
//!
//! That a cancel is due is read from the containments each time, never stored: a new reason to restrict the device makes
//! it undue in the same transaction. Called by the gate, and by `worker::submit` with the answer. It never cancels what
//! somebody else began, nor a release, but for what a probe asked for (`store::probes`).

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::action::{ActionEvent, ActionState, Marker};
use crate::domain::answer::Refusal;
use crate::domain::device::DeviceId;
use crate::domain::stop::StopScope;
use crate::domain::tenant::TenantId;
use crate::store::attempts::{close_gate, finish, take_back};
use crate::store::gate::turn::Asked;
use crate::store::ledger::{Entry, insert_attempt, slow};
use crate::store::{AnswerRecord, Because, Store, StoreError, Wake, wake};

/// A committed attempt to cancel: what the call needs.
#[derive(Clone, Debug)]
pub struct CancelGrant {
    /// The attempt.
    pub attempt: Uuid,
    /// The action to cancel.
    pub action: Uuid,
    /// How many cancels of it there were, with this one.
    pub n: i32,
    /// Its device.
    pub device: DeviceId,
    /// Defender's id of the action.
    pub defender_id: String,
    /// The comment for Defender, with the marker.
    pub comment: String,
    /// Hand the request over before this, or not at all.
    pub send_deadline: Monotonic,
    /// The budget it was charged to.
    pub app_id: String,
}

impl Store {
    /// Writes down the attempt of the oldest cancel that is due, in the gate's transaction, which has found a free slot and
    /// commits it.
    pub(super) async fn cancel_reserve(
        &self,
        tx: &mut sqlx::PgConnection,
        asked: &Asked<'_>,
    ) -> Result<Reserved, StoreError> {
        let (tenant, gate) = (asked.tenant, asked.gate);
        let Some(after) = gate.cancel_after else {
            return Ok(Reserved::None);
        };
        // A stop that takes back what is pending waits for nothing.
        let takes_back = matches!(asked.stop, Some(StopScope::CancelPending | StopScope::ReleaseAll));
        let after = if takes_back { Duration::ZERO } else { after };
        let found = sqlx::query!(
            r#"WITH due AS MATERIALIZED (
             SELECT a.id FROM quell.actions a JOIN quell.devices d ON d.tenant_id = a.tenant_id AND d.device_id = a.device_id
             WHERE a.tenant_id = $1 AND a.state = 'submitted' AND a.kind IN ('restrict', 'isolate') AND NOT a.is_adopted
               AND a.submitted_at <= (SELECT quell.now()) - make_interval(secs => $2)
               AND a.cancel_not_before <= (SELECT quell.now())
               AND NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = a.tenant_id
                               AND c.device_id = a.device_id AND c.measure = a.subject
                               AND c.state = 'active' AND c.mode = 'enforce')
             ORDER BY a.submitted_at LIMIT 1 FOR UPDATE OF d SKIP LOCKED),
             -- What a probe asked for is taken back as soon as it is not waited for, and what it asked to cancel is over.
             asked AS MATERIALIZED (
             SELECT p.action_id, p.probe_id, p.question, p.reason FROM quell.probe_cancels p
             JOIN quell.devices d ON d.tenant_id = p.tenant_id AND d.device_id = p.device_id
             WHERE p.tenant_id = $1 AND p.due_at <= (SELECT quell.now()) LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
             SELECT id AS "action!", NULL::uuid AS probe, false AS "is_final!", NULL::text AS reason FROM due
             UNION ALL SELECT action_id, probe_id, question = 'cancel_final', reason FROM asked LIMIT 1"#,
            tenant.0,
            after.as_secs_f64(),
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(found) = found else {
            return Ok(Reserved::None);
        };
        let action = found.action;
        // The device is locked now: what the first look saw may have changed before that.
        let reserved = sqlx::query!(
            r#"UPDATE quell.actions a SET cancels = cancels + 1, cancel_not_before = quell.now() + make_interval(secs => $3)
               WHERE a.id = $1 AND a.tenant_id = $2 AND CASE WHEN $4::uuid IS NULL
                 THEN a.state = 'submitted' AND a.cancel_not_before <= quell.now()
                   AND NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = a.tenant_id
                                   AND c.device_id = a.device_id AND c.measure = a.subject
                                   AND c.state = 'active' AND c.mode = 'enforce')
                 ELSE EXISTS (SELECT 1 FROM quell.probe_cancels v WHERE v.probe_id = $4 AND v.action_id = a.id
                              AND v.due_at <= quell.now()) END
               RETURNING a.cancels, a.device_id, a.defender_id AS "defender_id!""#,
            action,
            tenant.0,
            // One that is not answered is not repeated before its fate is settled.
            gate.timing.quiescence().as_secs_f64(),
            found.probe,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(reserved) = reserved else {
            return Ok(Reserved::MovedOn);
        };
        let (attempt, n) = (Uuid::now_v7(), reserved.cancels);
        let said = match found.reason {
            Some(reason) if found.is_final => reason,
            _ => "not wanted any more".to_owned(),
        };
        let entry = Entry {
            id: attempt,
            kind: "cancel",
            scope: "actions",
            action: Some((action, n)),
            // Each waits longer than the one before it.
            is_retry: false,
        };
        insert_attempt(tx, tenant, asked.epoch, gate, &entry).await?;
        slow::leave(tx, tenant, &gate.app_id, asked.slow, asked.now).await?;
        if found.is_final {
            // INVARIANT: a machine action that is over is cancelled once, because a person's probe asked for it.
            sqlx::query!(
                "UPDATE quell.probe_calls SET attempt_id = $2, settled_at = quell.now() WHERE id = $1",
                found.probe,
                attempt,
            )
            .execute(&mut *tx)
            .await?;
        }
        let marker = Marker { action, attempt: n };
        Ok(Reserved::One(Box::new(CancelGrant {
            attempt,
            action,
            n,
            device: DeviceId::from_stored(reserved.device_id),
            defender_id: reserved.defender_id,
            comment: marker.comment(&said),
            send_deadline: asked.began.plus(gate.timing.send_deadline),
            app_id: gate.app_id.clone(),
        })))
    }

    /// Records the answer to a cancel. `end` is what became of the action, if the answer tells; otherwise the listing will.
    /// Another cancel is not due before `again` has passed.
    ///
    /// # Errors
    /// Postgres is not available; or [`StoreError::Stale`]: the attempt was settled otherwise in the meantime.
    pub async fn cancel_finish(
        &self,
        tenant: TenantId,
        epoch: i64,
        grant: &CancelGrant,
        record: &AnswerRecord,
        end: Option<ActionEvent>,
        again: Duration,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        close_gate(&mut tx, tenant, &grant.app_id, grant.attempt, record).await?;
        super::devices::lock(&mut tx, tenant, &[grant.device.to_string()]).await?;
        if let Err(error) = finish(&mut tx, tenant, epoch, grant.attempt, record).await {
            return Err(take_back(tx, error).await);
        }
        sqlx::query!(
            "UPDATE quell.actions SET cancel_not_before = quell.now() + make_interval(secs => $3)
             WHERE id = $1 AND tenant_id = $2",
            grant.action,
            tenant.0,
            again.as_secs_f64(),
        )
        .execute(&mut *tx)
        .await?;
        let row = self.action_read(&mut tx, tenant, grant.action).await?;
        // The listing may have been faster.
        if let (Some(event), ActionState::Submitted) = (end, row.state) {
            let because = Because {
                by: "submit",
                reason: "cancelled at defender: nothing wants it any more",
            };
            self.action_apply(&mut tx, tenant, &row, event, &record.change, because)
                .await?;
        }
        if record.outcome == "forbidden" && record.refusal.as_ref().is_some_and(Refusal::is_missing_right) {
            hold_all(&mut tx, tenant, again).await?;
        }
        // The next look at the listing is wanted soon, and other calls may go on.
        wake(&mut tx, tenant, Wake::Open).await?;
        wake(&mut tx, tenant, Wake::Queue).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// One cancel is forbidden, so the others would be: none is due for a while, and no slot is spent on them. What somebody
/// else is working on is passed over: nothing here waits for a device.
async fn hold_all(tx: &mut sqlx::PgConnection, tenant: TenantId, span: Duration) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.actions SET cancel_not_before = greatest(cancel_not_before, quell.now() + make_interval(secs => $2))
         WHERE id IN (SELECT id FROM quell.actions WHERE tenant_id = $1 AND state = 'submitted' AND kind IN ('restrict', 'isolate')
                        AND NOT is_adopted FOR UPDATE SKIP LOCKED)",
        tenant.0,
        span.as_secs_f64(),
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// What the gate found to cancel.
pub(super) enum Reserved {
    /// Nothing: go on with the queue.
    None,
    /// What the first look saw had changed by the time its device was locked: look again.
    MovedOn,
    /// The attempt is written, and to be committed.
    One(Box<CancelGrant>),
}
