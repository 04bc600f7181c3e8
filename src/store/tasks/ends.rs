//! The ends of tasks: one that failed on the device is repeated within bounds, one that goes back to the queue takes on what waits
//! behind it, and a scan that succeeded may end containments (`release.when: scan_clean`).

use uuid::Uuid;

use crate::domain::action::{ActionState, id_of};
use crate::domain::containment::EndReason;
use crate::domain::containment::clean::{Scanned, ends_at};
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::store::containments::{Word, end, time};
use crate::store::{ActionRow, Because, QueuedChange, Store, StoreError, Wake, wake};

/// Why a task is withdrawn that nobody wants any more.
pub(in crate::store) const TAKEN_BACK: &str = "what it was to be done beside was taken back";

/// Whether a task stands only beside containments that were taken back: by a person, by a playbook's release, or by somebody who
/// undid them at Defender. One that ended by time or by itself leaves its task as it is.
pub(in crate::store) async fn is_taken_back(
    tx: &mut sqlx::PgConnection,
    action: Uuid,
) -> Result<bool, StoreError> {
    let is_taken_back = sqlx::query_scalar!(
        r#"SELECT coalesce(bool_and(coalesce(c.state = 'ended' AND c.end_reason IN ('operator', 'release_playbook', 'drift'), false)),
                           false) AS "is_taken_back!"
           FROM quell.task_wishes w LEFT JOIN quell.containments c ON c.id = w.containment_id WHERE w.action_id = $1"#,
        action,
    )
    .fetch_one(tx)
    .await?;
    Ok(is_taken_back)
}

impl Store {
    /// What the end of a task leads to. A call that was refused for good, one that Defender gave up or somebody cancelled, and one
    /// of unknown fate is not repeated.
    pub(in crate::store) async fn task_ended(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        row: &ActionRow,
        to: ActionState,
        change: &QueuedChange,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        if matches!(to, ActionState::Succeeded | ActionState::Withdrawn) {
            return Ok(());
        }
        let may_repeat = to == ActionState::Failed && !change.is_permanent && !change.is_fate_unknown;
        if may_repeat && self.task_repeat(tx, tenant, row, because).await? {
            return Ok(());
        }
        let why = change.error.as_deref().unwrap_or(because.reason);
        let wants_to_know = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.task_wishes WHERE action_id = $1 AND tells_failure) AS "wants!""#,
            row.id,
        )
        .fetch_one(&mut *tx)
        .await?;
        metrics::counter!("quell_tasks_failed_total", "kind" => row.kind.as_str(), "state" => to.as_str())
            .increment(1);
        if wants_to_know {
            metrics::counter!("quell_tasks_needing_attention_total").increment(1);
            tracing::error!(action.id = %row.id, device.id = %row.device, kind = row.kind.as_str(), error = why,
                "a task came to nothing, and its playbook wants that known: a person must look");
        } else {
            tracing::warn!(action.id = %row.id, device.id = %row.device, kind = row.kind.as_str(), error = why,
                "a task came to nothing");
        }
        Ok(())
    }

    /// Queues an action that repeats a failed task, unless it was tried often enough; what waits behind it does the same.
    async fn task_repeat(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        row: &ActionRow,
        because: Because<'_>,
    ) -> Result<bool, StoreError> {
        let tries = sqlx::query_scalar!("SELECT tries FROM quell.actions WHERE id = $1", row.id)
            .fetch_one(&mut *tx)
            .await?;
        if let Some(next) = behind(tx, tenant, row).await? {
            hand_over(tx, row.id, next).await?;
            return Ok(true);
        }
        let delay = usize::try_from(tries)
            .ok()
            .and_then(|tries| self.retry_delays.get(tries.checked_sub(1)?));
        let Some(delay) = delay else { return Ok(false) };
        if is_taken_back(tx, row.id).await? {
            return Ok(false);
        }
        let installation = crate::store::converge::installation(tx, tenant).await?;
        let id = id_of(Uuid::now_v7(), installation);
        sqlx::query!(
            "INSERT INTO quell.actions (id, tenant_id, device_id, kind, subject, argument, state, lane, containment_id, playbook,
                 revision, comment, wanted_by, not_before, valid_until, state_by, state_reason, is_retry, tries)
             SELECT $2, tenant_id, device_id, kind, subject, argument, 'queued', lane, containment_id, playbook, revision, comment,
                 wanted_by, quell.now() + make_interval(secs => $3), quell.now() + make_interval(secs => $3 + $4), $5, $6, true,
                 tries + 1
             FROM quell.actions WHERE id = $1",
            row.id,
            id,
            delay.as_secs_f64(),
            self.validity.as_secs_f64(),
            because.by,
            "it failed, and is tried again",
        )
        .execute(&mut *tx)
        .await?;
        hand_over(tx, row.id, id).await?;
        wake(tx, tenant, Wake::Queue).await?;
        Ok(true)
    }

    /// Before a task goes back to the queue: what waits behind it covers it, so the one takes on what the other was to do, and its
    /// wishes. The caller withdraws what waits.
    pub(in crate::store) async fn task_comes_back(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        row: &ActionRow,
    ) -> Result<(), StoreError> {
        let Some(next) = behind(tx, tenant, row).await? else {
            return Ok(());
        };
        sqlx::query!(
            "UPDATE quell.actions a SET argument = n.argument, lane = least(a.lane, n.lane),
                 valid_until = greatest(a.valid_until, n.valid_until)
             FROM quell.actions n WHERE a.id = $1 AND n.id = $2",
            row.id,
            next,
        )
        .execute(&mut *tx)
        .await?;
        hand_over(tx, next, row.id).await
    }

    /// Withdraws the device's queued tasks, because of a stop. The caller holds the device's lock.
    pub(in crate::store) async fn tasks_withdraw(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.actions SET state = 'withdrawn', final_at = quell.now(), state_by = $3, state_reason = $4
             WHERE tenant_id = $1 AND device_id = $2 AND state = 'queued'
               AND kind IN ('scan', 'collect_package', 'quarantine_file')",
            tenant.0,
            device.as_str(),
            because.by,
            because.reason,
        )
        .execute(tx)
        .await?;
        Ok(())
    }

    /// Ends the device's containments that a clean scan ends by now; says how many. The caller holds the device's lock and lets it
    /// converge.
    pub(in crate::store) async fn end_clean(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        device: &DeviceId,
        now: jiff::Timestamp,
    ) -> Result<u64, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT containment_id AS "containment_id!", activated_at AS "activated_at!", begun_at AS "begun_at!",
                      ended_at AS "ended_at!", news_at
               FROM quell.scanned WHERE tenant_id = $1 AND device_id = $2"#,
            tenant.0,
            device.as_str(),
        )
        .fetch_all(&mut *tx)
        .await?;
        let is_due = |scanned: &Scanned| ends_at(scanned, self.scan_settles).is_some_and(|at| at <= now);
        let mut clean: Vec<Uuid> = rows
            .into_iter()
            .filter_map(|row| {
                let scanned = Scanned {
                    activated_at: row.activated_at.to_jiff(),
                    begun_at: row.begun_at.to_jiff(),
                    ended_at: row.ended_at.to_jiff(),
                    news_at: time(row.news_at),
                };
                is_due(&scanned).then_some(row.containment_id)
            })
            .collect();
        clean.dedup();
        let word = Word {
            reason: EndReason::ScanClean,
            by: "expire",
            why: "an antivirus scan ended, and nothing new came since it began",
        };
        end(tx, tenant, device, &clean, word).await?;
        Ok(clean.len() as u64)
    }
}

/// The task that is queued behind another one, for the same device and subject.
async fn behind(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    row: &ActionRow,
) -> Result<Option<Uuid>, StoreError> {
    let next = sqlx::query_scalar!(
        "SELECT id FROM quell.actions WHERE tenant_id = $1 AND device_id = $2 AND subject = $3 AND state = 'queued' AND id <> $4",
        tenant.0,
        row.device.as_str(),
        row.subject,
        row.id,
    )
    .fetch_optional(tx)
    .await?;
    Ok(next)
}

/// Lets the wishes of one action be those of another.
async fn hand_over(tx: &mut sqlx::PgConnection, from: Uuid, to: Uuid) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.task_wishes SET action_id = $2 WHERE action_id = $1",
        from,
        to,
    )
    .execute(tx)
    .await?;
    Ok(())
}
