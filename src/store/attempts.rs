//! T4: an answer is recorded once. The attempt gets its outcome, the action moves on, the device converges, and after a
//! 429 or an unreachable host the gate closes for a while, after a 403 for what needs the same right.

use std::time::Duration;

use uuid::Uuid;

use crate::domain::action::{ActionEvent, ActionKind, ActionState};
use crate::domain::answer::Refusal;
use crate::domain::budget::Window;
use crate::domain::tenant::TenantId;
use crate::failpoint;
use crate::store::alarms::{Alarm, AlarmKind, raise};
use crate::store::gate::Grant;
use crate::store::ledger::slow;
use crate::store::{ActionRow, Because, QueuedChange, Store, StoreError, Wake, wake};

/// An answer, ready to be written.
#[derive(Clone, Debug)]
pub struct AnswerRecord {
    /// The word for it: `accepted`, `throttled`, `unknown`, ….
    pub outcome: &'static str,
    /// What it means for the action.
    pub event: ActionEvent,
    /// A second step at once, when the accepted action is already final.
    pub then: Option<ActionEvent>,
    /// What is to be written with it.
    pub change: QueuedChange,
    /// Defender's words, when it refused.
    pub refusal: Option<Refusal>,
    /// A response was read: the slot is counted from now. Otherwise it keeps its latest possible time.
    pub is_answered: bool,
    /// Nothing leaves for this long, and why.
    pub pause: Option<(Duration, String)>,
    /// The window of ours that a 429 has named: all but critical calls keep to its rate for a while.
    pub named: Option<Window>,
}

impl Store {
    /// Records an answer. Returns the action's state.
    ///
    /// # Errors
    /// Postgres is not available; or [`StoreError::Stale`]: the attempt was settled otherwise in the meantime.
    pub async fn attempt_finish(
        &self,
        tenant: TenantId,
        epoch: i64,
        grant: &Grant,
        record: &AnswerRecord,
    ) -> Result<ActionState, StoreError> {
        let mut tx = self.begin_swift().await?;
        match self.answer_write(&mut tx, tenant, epoch, grant, record).await {
            Ok(state) => {
                failpoint::waiting!(ResultCommitUnknown, tx.commit()).await?;
                Ok(state)
            }
            Err(error) => Err(take_back(tx, error).await),
        }
    }

    /// Writes an answer. The budget's row is locked first, then the device.
    async fn answer_write(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        epoch: i64,
        grant: &Grant,
        record: &AnswerRecord,
    ) -> Result<ActionState, StoreError> {
        close_gate(tx, tenant, &grant.app_id, grant.attempt, record).await?;
        super::devices::lock(tx, tenant, &[grant.device.to_string()]).await?;
        finish(tx, tenant, epoch, grant.attempt, record).await?;
        let row = self.action_read(tx, tenant, grant.action).await?;
        if row.attempts != grant.n {
            return Err(StoreError::Stale("the action"));
        }
        let because = Because {
            by: "submit",
            reason: record.outcome,
        };
        let mut state = self
            .action_apply(tx, tenant, &row, record.event, &record.change, because)
            .await?;
        if let Some(event) = record.then {
            let row = self.action_read(tx, tenant, grant.action).await?;
            state = self
                .action_apply(tx, tenant, &row, event, &record.change, because)
                .await?;
        }
        if record.outcome == "forbidden" && record.refusal.as_ref().is_some_and(Refusal::is_missing_right) {
            hold_kind(tx, tenant, &row, record).await?;
        }
        let woken = if state.is_open() { Wake::Open } else { Wake::Queue };
        wake(tx, tenant, woken).await?;
        Ok(state)
    }

    /// Puts attempts whose answer never came in doubt: their call can no longer be under way in any process.
    /// Returns how many.
    ///
    /// # Errors
    /// Postgres is not available, or [`StoreError::Stale`]: the lease is another's by now.
    pub async fn attempts_overdue_doubt(
        &self,
        tenant: TenantId,
        epoch: i64,
        after: Duration,
    ) -> Result<u64, StoreError> {
        let mut tx = self.pool.begin().await?;
        super::leases::fence(&mut tx, tenant, epoch).await?;
        let overdue = sqlx::query!(
            "SELECT a.id, a.device_id FROM quell.actions a
             JOIN quell.attempts t ON t.action_id = a.id AND t.kind = a.kind AND t.n = a.attempts
             JOIN quell.devices d ON d.tenant_id = a.tenant_id AND d.device_id = a.device_id
             WHERE a.tenant_id = $1 AND a.state = 'submitting' AND t.answered_at IS NULL
               AND t.reserved_at <= (SELECT quell.now()) - make_interval(secs => $2)
             ORDER BY a.device_id FOR UPDATE OF d SKIP LOCKED",
            tenant.0,
            after.as_secs_f64(),
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut doubted = 0;
        for found in overdue {
            let row = self.action_read(&mut tx, tenant, found.id).await?;
            if row.state == ActionState::Submitting {
                let because = Because {
                    by: "reconcile",
                    reason: "no answer was recorded",
                };
                let change = QueuedChange::default();
                self.action_apply(&mut tx, tenant, &row, ActionEvent::FateUnknown, &change, because)
                    .await?;
                doubted += 1;
            }
        }
        tx.commit().await?;
        Ok(doubted)
    }

    /// Reads an action for a change of its state. The caller holds the device's lock.
    pub(super) async fn action_read(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        id: Uuid,
    ) -> Result<ActionRow, StoreError> {
        let r = sqlx::query!(
            "SELECT id, device_id, kind, subject, state, attempts, defender_id, defender_status, is_adopted
             FROM quell.actions WHERE id = $1 AND tenant_id = $2 FOR UPDATE",
            id,
            tenant.0,
        )
        .fetch_one(tx)
        .await?;
        Ok(ActionRow {
            id: r.id,
            device: crate::domain::device::DeviceId::from_stored(r.device_id),
            kind: super::actions::kind_of(&r.kind)?,
            subject: r.subject,
            state: super::actions::state_of(r.id, &r.state)?,
            attempts: r.attempts,
            defender_id: r.defender_id,
            defender_status: r.defender_status,
            is_adopted: r.is_adopted,
        })
    }
}

/// One of these is forbidden because a right is missing, so the others would be: none is called for a while, and no slot is spent
/// on them. What needs another right goes on.
async fn hold_kind(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    row: &ActionRow,
    record: &AnswerRecord,
) -> Result<(), StoreError> {
    let (kind, span) = (row.kind.as_str(), record.change.not_before);
    let held = hold(tx, tenant, row.kind, span).await?;
    metrics::counter!("quell_actions_without_a_right_total", "kind" => kind).increment(1);
    tracing::error!(
        kind,
        held,
        for_seconds = span.as_secs(),
        "defender refuses these calls because the application lacks the right to make them: grant it; other calls go on"
    );
    // Once for each day that it lasts.
    let day = sqlx::query_scalar!(r#"SELECT (quell.now() AT TIME ZONE 'UTC')::date::text AS "day!""#)
        .fetch_one(&mut *tx)
        .await?;
    let error = record.change.error.as_deref().unwrap_or_default();
    let alarm = Alarm {
        kind: AlarmKind::MissingRight,
        subject: &format!("{kind} {day}"),
        device: Some(row.device.as_str()),
        action: Some(row.id),
        told: format!(
            "defender refuses every `{kind}`, as a right is missing ({error}): grant it; until then such calls wait"
        ),
    };
    raise(tx, tenant, &alarm).await?;
    Ok(())
}

/// Nothing that needs the same right is called before the span is over. Returns of how many queued actions that is true.
pub(super) async fn hold(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    kind: ActionKind,
    span: Duration,
) -> Result<u64, StoreError> {
    let kinds: Vec<String> = (kind.of_same_right().iter())
        .map(|kind| kind.as_str().to_owned())
        .collect();
    let held = sqlx::query!(
        "UPDATE quell.actions SET not_before = greatest(not_before, quell.now() + make_interval(secs => $3))
         WHERE id IN (SELECT id FROM quell.actions WHERE tenant_id = $1 AND kind = ANY($2) AND state = 'queued'
                      FOR UPDATE SKIP LOCKED)",
        tenant.0,
        &kinds,
        span.as_secs_f64(),
    )
    .execute(tx)
    .await?;
    Ok(held.rows_affected())
}

/// Takes back what an answer to a settled attempt had begun, and gives its error on. At once, and not when the pool gets round to it: the
/// device is locked until then, and the gate passes it over.
pub(super) async fn take_back(tx: sqlx::Transaction<'_, sqlx::Postgres>, error: StoreError) -> StoreError {
    if matches!(error, StoreError::Stale(_)) {
        // What cannot be taken back goes with its connection.
        let _ = tx.rollback().await;
    }
    error
}

/// Gives an attempt its outcome, once.
pub(super) async fn finish(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    epoch: i64,
    attempt: Uuid,
    record: &AnswerRecord,
) -> Result<(), StoreError> {
    let refusal = record.refusal.clone().unwrap_or_default();
    let changed = sqlx::query!(
        "UPDATE quell.attempts SET answered_at = quell.now(), outcome = $4, http_status = nullif($5, 0),
                 error_code = $6, error_message = $7, error_target = $8,
                 slot_at = CASE WHEN $9 THEN quell.now() ELSE slot_at END
             WHERE id = $1 AND tenant_id = $2 AND epoch = $3 AND answered_at IS NULL",
        attempt,
        tenant.0,
        epoch,
        record.outcome,
        i32::from(refusal.status),
        Some(refusal.code).filter(|code| !code.is_empty()),
        Some(refusal.message).filter(|message| !message.is_empty()),
        refusal.target,
        record.is_answered,
    )
    .execute(tx)
    .await?
    .rows_affected();
    if changed != 1 {
        return Err(StoreError::Stale("the attempt"));
    }
    Ok(())
}

/// Closes the gate for as long as the answer asks, and sets the slower rate. To be called first: the budget's row is locked before any other.
pub(super) async fn close_gate(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    attempt: Uuid,
    record: &AnswerRecord,
) -> Result<(), StoreError> {
    if let Some((pause, why)) = &record.pause {
        sqlx::query!(
            "UPDATE quell.budgets SET closed_reason = $3,
                     closed_until = greatest(closed_until, quell.now() + make_interval(secs => $4))
                 WHERE tenant_id = $1 AND app_id = $2 AND scope = 'actions'",
            tenant.0,
            app_id,
            why,
            pause.as_secs_f64(),
        )
        .execute(&mut *tx)
        .await?;
        if let Some(named) = record.named {
            slow::slow_down(tx, tenant, app_id, attempt, (named, *pause)).await?;
        }
    }
    Ok(())
}
