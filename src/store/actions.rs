//! Actions: guarded changes of state, and what follows a final one.

use jiff::Timestamp;
use uuid::Uuid;

use crate::domain::action::{ActionEvent, ActionKind, ActionState, next};
use crate::domain::converge::Known;
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::failpoint;
use crate::store::{Because, Store, StoreError, Wake, wake};

/// An action as far as a change of its state needs it.
#[derive(Clone, Debug)]
pub struct ActionRow {
    /// Our id.
    pub id: Uuid,
    /// The device.
    pub device: DeviceId,
    /// What it does.
    pub kind: ActionKind,
    /// What it is about: its measure, or its task. At most one action of a subject is open on a device, and one queued.
    pub subject: String,
    /// Where it stands.
    pub state: ActionState,
    /// How many calls were made for it.
    pub attempts: i32,
    /// Defender's id, once known.
    pub defender_id: Option<String>,
    /// Defender's status, word for word.
    pub defender_status: Option<String>,
    /// Somebody else began it at Defender.
    pub is_adopted: bool,
}

/// An open action with the times that its look-up needs.
#[derive(Clone, Debug)]
pub struct OpenAction {
    /// The action.
    pub row: ActionRow,
    /// When the last attempt was reserved.
    pub reserved_at: Timestamp,
    /// When the last attempt was answered, if it was.
    pub answered_at: Option<Timestamp>,
    /// How the last attempt came out, if it did.
    pub outcome: Option<String>,
    /// When Defender took it.
    pub submitted_at: Option<Timestamp>,
    /// The database's clock has not jumped since the last attempt was reserved: it can be told by it how long ago that was.
    pub is_clock_sure: bool,
    /// How long this process has known the last attempt, on the local clock.
    pub in_sight: std::time::Duration,
}

/// Something more to write with a change of state.
#[derive(Clone, Debug, Default)]
pub struct QueuedChange {
    /// Defender's id, when it became known.
    pub defender_id: Option<String>,
    /// Defender's status, word for word.
    pub defender_status: Option<String>,
    /// Somebody else began it.
    pub is_adopted: bool,
    /// The action whose marker its comment carries, when it carries one.
    pub marked: Option<Uuid>,
    /// What went wrong.
    pub error: Option<String>,
    /// Back in the queue: not before this span has passed.
    pub not_before: std::time::Duration,
    /// Back in the queue: the call never left, so that the next one repeats nothing.
    pub is_unsent: bool,
    /// No later action on this device will fare better: a restrict is given up at once.
    pub is_permanent: bool,
    /// Defender refused it with words that speak of the device, and not of how we asked.
    pub speaks_of_device: bool,
    /// Another action of the device may have come after this one: what its success left behind is unknown.
    pub is_order_unclear: bool,
    /// It ends without anybody knowing whether it was carried out: what it left behind is unknown.
    pub is_fate_unknown: bool,
    /// When Defender carried it out, or ended it, on its own clock.
    pub done_at: Option<Timestamp>,
    /// How many calls were made for it, when this change makes one more.
    pub attempts: Option<i32>,
}

impl Store {
    /// All open actions, the oldest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn actions_open(&self, tenant: TenantId) -> Result<Vec<OpenAction>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT a.id, a.device_id, a.kind, a.subject, a.state, a.attempts, a.defender_id, a.defender_status, a.is_adopted,
                      a.submitted_at, t.reserved_at, t.answered_at, t.outcome,
                      NOT EXISTS (SELECT 1 FROM quell.clock_jumps j
                        WHERE j.at + greatest(j.most, -j.least) + interval '5 s' >= t.reserved_at) AS "is_clock_sure!"
               FROM quell.actions a JOIN quell.attempts t ON t.action_id = a.id AND t.kind = a.kind AND t.n = a.attempts
               WHERE a.tenant_id = $1 AND a.state IN ('submitting', 'in_doubt', 'submitted') ORDER BY t.reserved_at"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter()
            .map(|r| {
                Ok(OpenAction {
                    row: ActionRow {
                        id: r.id,
                        device: DeviceId::from_stored(r.device_id),
                        kind: kind_of(&r.kind)?,
                        subject: r.subject,
                        state: state_of(r.id, &r.state)?,
                        attempts: r.attempts,
                        defender_id: r.defender_id,
                        defender_status: r.defender_status,
                        is_adopted: r.is_adopted,
                    },
                    reserved_at: r.reserved_at.to_jiff(),
                    answered_at: r.answered_at.map(jiff_sqlx::Timestamp::to_jiff),
                    outcome: r.outcome,
                    submitted_at: r.submitted_at.map(jiff_sqlx::Timestamp::to_jiff),
                    is_clock_sure: r.is_clock_sure,
                    in_sight: std::time::Duration::ZERO,
                })
            })
            .collect()
    }

    /// Whether some device of the tenant was released within the span.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn is_any_released(
        &self,
        tenant: TenantId,
        within: std::time::Duration,
    ) -> Result<bool, StoreError> {
        let mut connection = self.pool.acquire().await?;
        super::strays::is_watched(&mut connection, tenant, None, within).await
    }

    /// Moves an action on, records what became known, and lets the device converge. The caller holds the device's lock.
    /// Returns the new state.
    pub(super) async fn action_apply(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        row: &ActionRow,
        event: ActionEvent,
        change: &QueuedChange,
        because: Because<'_>,
    ) -> Result<ActionState, StoreError> {
        let to = next(row.state, event).map_err(|_| StoreError::Stale("the action"))?;
        let is_adopted = change.is_adopted && !self.is_marked_as_ours(tx, tenant, row, change).await?;
        let change = &QueuedChange {
            is_adopted,
            ..change.clone()
        };
        if to == ActionState::Queued {
            // An opposite action may have been queued behind this one; converge says below which of them is due.
            if row.kind.is_task() {
                self.task_comes_back(tx, tenant, row).await?;
            }
            queued_withdraw(tx, tenant, (&row.device, &row.subject), because).await?;
        }
        let changed = sqlx::query!(
            "UPDATE quell.actions SET state = $3, state_by = $4, state_reason = $5,
                 defender_id = coalesce($6, defender_id), defender_status = coalesce($7, defender_status),
                 is_adopted = is_adopted OR $8, error = coalesce($9, error),
                 not_before = CASE WHEN $3 = 'queued' THEN quell.now() + make_interval(secs => $10) ELSE not_before END,
                 -- Whatever it waited for before: it is judged anew.
                 facts_awaited_at = CASE WHEN $3 = 'queued' THEN NULL ELSE facts_awaited_at END,
                 is_retry = is_retry OR ($3 = 'queued' AND NOT $13),
                 submitted_at = CASE WHEN $3 = 'submitted' THEN quell.now() ELSE submitted_at END,
                 final_at = CASE WHEN $11 THEN quell.now() END, attempts = coalesce($14, attempts),
                 defender_done_at = CASE WHEN $11 THEN $15::timestamptz END
             WHERE id = $1 AND tenant_id = $12 AND state = $2",
            row.id,
            row.state.as_str(),
            to.as_str(),
            because.by,
            because.reason,
            change.defender_id,
            change.defender_status,
            change.is_adopted,
            change.error,
            change.not_before.as_secs_f64(),
            to.is_final(),
            tenant.0,
            change.is_unsent,
            change.attempts,
            change.done_at.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if changed != 1 {
            return Err(StoreError::Stale("the action"));
        }
        failpoint::reach!(AuditRowWritten);
        tracing::info!(
            action.id = %row.id, device.id = %row.device, kind = row.kind.as_str(), from = row.state.as_str(),
            to = to.as_str(), reason = because.reason, "action changed state"
        );
        metrics::counter!("quell_action_transitions_total", "kind" => row.kind.as_str(), "to" => to.as_str())
            .increment(1);
        if to.is_final() {
            self.after_final(tx, tenant, row, to, change, because).await?;
            if row.attempts > 0 {
                super::courses::ended(tx, tenant, row.id).await?;
            }
        }
        if to.is_final() || to == ActionState::Queued {
            self.converge_device(tx, tenant, &row.device, because).await?;
        }
        if row.state.is_open() && !to.is_open() {
            // An action may have waited for this one's end, or for a place among the outstanding ones.
            wake(tx, tenant, Wake::Queue).await?;
        }
        Ok(to)
    }

    /// Whether an action that looks adopted carries the marker of another action of ours on the same device, or is that one itself:
    /// then it is ours all the same.
    async fn is_marked_as_ours(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        row: &ActionRow,
        change: &QueuedChange,
    ) -> Result<bool, StoreError> {
        let ours = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT 1 FROM quell.actions WHERE id = $1 AND tenant_id = $2 AND device_id = $3)
                 -- It needs no marker where the books know its id.
                 OR EXISTS (SELECT 1 FROM quell.actions WHERE tenant_id = $2 AND device_id = $3 AND defender_id = $4
                            AND kind = $5 AND id <> $6 AND NOT is_adopted) AS "ours!""#,
            change.marked,
            tenant.0,
            row.device.as_str(),
            change.defender_id,
            row.kind.as_str(),
            row.id,
        )
        .fetch_one(tx)
        .await?;
        Ok(ours)
    }

    async fn is_cancelled_by_quell(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        row: &ActionRow,
    ) -> Result<bool, StoreError> {
        let ours = sqlx::query_scalar!(
            r#"SELECT cancels > 0 AS "ours!" FROM quell.actions WHERE id = $1 AND tenant_id = $2"#,
            row.id,
            tenant.0,
        )
        .fetch_one(tx)
        .await?;
        Ok(ours)
    }

    /// What a final state tells of the measure on the device. A task tells nothing.
    async fn after_final(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        row: &ActionRow,
        to: ActionState,
        change: &QueuedChange,
        because: Because<'_>,
    ) -> Result<(), StoreError> {
        let Some(measure) = row.kind.measure() else {
            return self.task_ended(tx, tenant, row, to, change, because).await;
        };
        let known = match Known::after(row.kind, row.is_adopted || change.is_adopted, to) {
            _ if change.is_fate_unknown => Some(Known::Unknown),
            Some(_) if change.is_order_unclear => Some(Known::Unknown),
            known => known,
        };
        // What quell itself cancelled is no failure: if the device is wanted again by now, it is restricted at once.
        let by_quell = to == ActionState::Cancelled && self.is_cancelled_by_quell(tx, tenant, row).await?;
        let failed = !by_quell
            && matches!(
                to,
                ActionState::Failed | ActionState::TimedOut | ActionState::Cancelled
            );
        let left = sqlx::query!(
            r#"WITH probe AS MATERIALIZED (SELECT probe_id IS NOT NULL AS asked FROM quell.actions WHERE id = $8)
               UPDATE quell.measures SET
                 -- Whether ours was carried out or not: what others began is not undone, so nothing unknown is left of it.
                 known = CASE -- A probe's second restrict that came to nothing leaves what was held before it, and is to be released.
                              WHEN $3 = 'unknown' AND known = 'held' AND (SELECT asked FROM probe) THEN known
                              WHEN $3 = 'held' AND is_by_others THEN 'held_by_other'
                              WHEN $3 = 'unknown' AND is_by_others THEN
                                  CASE WHEN EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = $1
                                            AND c.device_id = $2 AND c.measure = $7 AND c.state = 'active' AND c.mode = 'enforce')
                                       THEN 'free' ELSE 'held_by_other' END
                              ELSE coalesce($3, known) END,
                 is_by_others = CASE $3 WHEN 'held_by_other' THEN true WHEN 'free' THEN false ELSE is_by_others END,
                 known_at = CASE WHEN $3::text IS NULL THEN known_at ELSE quell.now() END,
                 -- What a probe asked for says nothing of how a release will fare.
                 failures = CASE WHEN $4 AND (SELECT asked FROM probe) THEN failures
                              WHEN $4 THEN least(greatest(failures + 1, $6), 1000) WHEN $5 THEN 0 ELSE failures END
             WHERE tenant_id = $1 AND device_id = $2 AND measure = $7
               RETURNING failures AS "failures!", (SELECT asked FROM probe) AS "asked!""#,
            tenant.0,
            row.device.as_str(),
            known.map(Known::as_str),
            failed,
            to == ActionState::Succeeded,
            // What will not fare better is not tried again soon. What may have been carried out says nothing of how its
            // release will fare.
            if change.is_permanent && !(change.is_fate_unknown && row.kind.begins()) {
                i32::try_from(self.retry_delays.len() + 2).unwrap_or(1000)
            } else {
                0
            },
            measure.as_str(),
            row.id,
        )
        .fetch_one(&mut *tx)
        .await?;
        if row.kind.releases() && to == ActionState::Succeeded {
            super::strays::let_go(tx, tenant, (row, measure), change.is_order_unclear).await?;
        }
        if left.asked {
            return Ok(());
        }
        let failures = left.failures;
        if row.kind.releases() && failed && change.speaks_of_device {
            self.release_settle(tx, tenant, (row, measure), failures).await?;
        }
        let given_up = change.is_permanent || self.is_given_up(u32::try_from(failures).unwrap_or(0));
        let expired = to == ActionState::Expired;
        if row.kind.begins() && ((failed && given_up) || expired) {
            let why = change.error.as_deref().unwrap_or(because.reason);
            let marked = sqlx::query!(
                "UPDATE quell.containments SET attention = $3
                 WHERE tenant_id = $1 AND device_id = $2 AND measure = $5 AND state = 'active' AND mode = 'enforce'
                   -- That it waits is no longer so.
                   AND (attention IS NULL OR attention = $4)",
                tenant.0,
                row.device.as_str(),
                format!("{} {}: {why}", row.kind.as_str(), to.as_str()),
                super::gate::fresh::UNDECIDED,
                measure.as_str(),
            )
            .execute(&mut *tx)
            .await?
            .rows_affected();
            if marked > 0 {
                metrics::counter!("quell_containments_needing_attention_total").increment(marked);
                tracing::error!(action.id = %row.id, device.id = %row.device, error = why,
                    "a device that should be {} is not: a person must look", measure.held());
            }
        }
        Ok(())
    }
}

/// Withdraws the device's queued action of that subject.
pub(super) async fn queued_withdraw(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    (device, subject): (&DeviceId, &str),
    because: Because<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "UPDATE quell.actions SET state = 'withdrawn', final_at = quell.now(), state_by = $3, state_reason = $4
         WHERE tenant_id = $1 AND device_id = $2 AND subject = $5 AND state = 'queued'",
        tenant.0,
        device.as_str(),
        because.by,
        because.reason,
        subject,
    )
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) fn kind_of(name: &str) -> Result<ActionKind, StoreError> {
    ActionKind::parse(name).ok_or_else(|| StoreError::Corrupt {
        table: "actions",
        column: "kind",
        row: String::new(),
        value: name.to_owned(),
    })
}

pub(super) fn state_of(id: Uuid, name: &str) -> Result<ActionState, StoreError> {
    ActionState::parse(name).ok_or_else(|| StoreError::Corrupt {
        table: "actions",
        column: "state",
        row: id.to_string(),
        value: name.to_owned(),
    })
}
