//! The ledger: the attempts, counted. Every call passes here, reads too.
//!
//! The budget's row is locked first, in a statement of its own, then the ledger is counted: counting and inserting in one
//! statement admits too many.

use std::time::Duration;

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::budget::{BudgetScope, Window};
use crate::domain::tenant::TenantId;
use crate::store::{Gate, Store, StoreError};

/// What the gate said to a read.
#[derive(Debug)]
pub enum ReadOutcome {
    /// The read is in the ledger: make it, then [`Store::read_finish`].
    Granted {
        /// The ledger's row.
        id: Uuid,
        /// Hand the request over before this, or not at all.
        send_deadline: Monotonic,
    },
    /// Look again after the span.
    Wait(Duration),
}

impl Store {
    /// Makes sure that the tenant's budget rows exist: once, at the start.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn budget_ensure(&self, tenant: TenantId, app_id: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO quell.budgets (tenant_id, app_id, scope) VALUES ($1, $2, 'actions'), ($1, $2, 'reads')
             ON CONFLICT DO NOTHING",
            tenant.0,
            app_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Reserves a slot for a read (`list` or `get`).
    ///
    /// # Errors
    /// Postgres is not available: do not read.
    pub async fn read_reserve(
        &self,
        tenant: TenantId,
        epoch: i64,
        gate: &Gate,
        kind: &'static str,
    ) -> Result<ReadOutcome, StoreError> {
        let began = Monotonic::now();
        let shared = gate.scope == BudgetScope::Shared;
        let (scope, windows) = if shared {
            ("actions", &gate.actions)
        } else {
            ("reads", &gate.reads)
        };
        let mut tx = self.pool.begin().await?;
        if let Some(after) = lock_budget(&mut tx, tenant, &gate.app_id, scope).await? {
            return Ok(ReadOutcome::Wait(after));
        }
        if let Some(after) = wait_for_slot(&mut tx, tenant, &gate.app_id, "reads", shared, windows).await? {
            return Ok(ReadOutcome::Wait(after));
        }
        let id = Uuid::now_v7();
        insert_attempt(&mut tx, tenant, epoch, gate, id, kind, "reads", None).await?;
        self.commit_attempt(tx, id).await?;
        Ok(ReadOutcome::Granted {
            id,
            send_deadline: began.plus(gate.timing.send_deadline),
        })
    }

    /// Records that a read came back, or was not sent.
    ///
    /// # Errors
    /// Postgres is not available; the slot then keeps its latest possible time, which is safe.
    pub async fn read_finish(&self, id: Uuid, outcome: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE quell.attempts SET answered_at = quell.now(), slot_at = quell.now(), outcome = $2
             WHERE id = $1 AND answered_at IS NULL",
            id,
            outcome,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Closes the reads' budget for a while, after a 429 to a read.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn reads_pause(
        &self,
        tenant: TenantId,
        gate: &Gate,
        pause: Duration,
        why: &str,
    ) -> Result<(), StoreError> {
        let scope = if gate.scope == BudgetScope::Shared {
            "actions"
        } else {
            "reads"
        };
        sqlx::query!(
            "UPDATE quell.budgets SET closed_reason = $4,
                 closed_until = greatest(closed_until, quell.now() + make_interval(secs => $5))
             WHERE tenant_id = $1 AND app_id = $2 AND scope = $3",
            tenant.0,
            gate.app_id,
            scope,
            why,
            pause.as_secs_f64(),
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Commits; if the outcome of the COMMIT itself is unknown, reads back by the attempt's id.
    pub(super) async fn commit_attempt(
        &self,
        tx: sqlx::Transaction<'_, sqlx::Postgres>,
        attempt: Uuid,
    ) -> Result<(), StoreError> {
        let Err(error) = tx.commit().await else {
            self.remember(attempt);
            return Ok(());
        };
        let written = sqlx::query_scalar!("SELECT id FROM quell.attempts WHERE id = $1", attempt)
            .fetch_optional(&self.pool)
            .await?;
        written.map(|id| self.remember(id)).ok_or(StoreError::from(error))
    }
}

/// Locks the budget's row; returns how long it is still closed.
pub(super) async fn lock_budget(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    scope: &str,
) -> Result<Option<Duration>, StoreError> {
    sqlx::query_scalar!(
        "SELECT scope FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = $3 FOR UPDATE",
        tenant.0,
        app_id,
        scope,
    )
    .fetch_one(&mut *tx)
    .await?;
    let closed = sqlx::query_scalar!(
        "SELECT extract(epoch FROM closed_until - quell.now())::float8 FROM quell.budgets
         WHERE tenant_id = $1 AND app_id = $2 AND scope = $3",
        tenant.0,
        app_id,
        scope,
    )
    .fetch_one(&mut *tx)
    .await?;
    Ok(closed
        .filter(|seconds| *seconds > 0.0)
        .map(Duration::from_secs_f64))
}

/// How long until every window has a free slot; `None` when each has one now. A window of N calls is full while the N-th
/// newest slot is younger than its span.
pub(super) async fn wait_for_slot(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    scope: &str,
    shared: bool,
    windows: &[Window],
) -> Result<Option<Duration>, StoreError> {
    let scopes: Vec<String> = match shared {
        true => vec!["actions".to_owned(), "reads".to_owned()],
        false => vec![scope.to_owned()],
    };
    let mut longest: Option<Duration> = None;
    for window in windows {
        let wait = sqlx::query_scalar!(
            r#"SELECT extract(epoch FROM slot_at + make_interval(secs => $4) - quell.now())::float8 AS "wait!"
               FROM quell.attempts WHERE tenant_id = $1 AND app_id = $2 AND scope = ANY($3)
                 AND slot_at >= (SELECT quell.now()) - make_interval(secs => $4)
               ORDER BY slot_at DESC OFFSET $5 LIMIT 1"#,
            tenant.0,
            app_id,
            &scopes,
            window.per.as_secs_f64(),
            i64::from(window.limit) - 1,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(seconds) = wait.filter(|seconds| *seconds >= 0.0) {
            // A moment more than exact: the service's window may be closed at both ends.
            let wait = Duration::from_secs_f64(seconds) + Duration::from_millis(1);
            longest = Some(longest.map_or(wait, |longest| longest.max(wait)));
        }
    }
    Ok(longest)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one row of the ledger, written by the two functions above"
)]
pub(super) async fn insert_attempt(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    epoch: i64,
    gate: &Gate,
    id: Uuid,
    kind: &str,
    scope: &str,
    action: Option<(Uuid, i32)>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, action_id, n, epoch, reserved_at, send_deadline,
                                     slot_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, now, now + make_interval(secs => $9), now + make_interval(secs => $10)
         FROM (SELECT quell.now() AS now) AS t",
        id,
        tenant.0,
        gate.app_id,
        scope,
        kind,
        action.map(|(id, _)| id),
        action.map(|(_, n)| n),
        epoch,
        gate.timing.send_deadline.as_secs_f64(),
        gate.timing.latest_count().as_secs_f64(),
    )
    .execute(tx)
    .await?;
    Ok(())
}
