//! Reads that a command makes of Defender beside the daemon, in the daemon's own ledger: `quell doctor` and `quell probe`. Nothing
//! here reserves a call that changes something.

use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::budget::{BudgetScope, ReadScope};
use crate::domain::tenant::TenantId;
use crate::store::ledger::{Entry, budget_row, insert_attempt, lock_budget, snapshot};
use crate::store::{Gate, ReadOutcome, Store, StoreError};

impl Store {
    /// Reserves a slot for a command's read (`list` or `get`), under the epoch of the lease as it stands. Where reads share the
    /// windows of actions it is [`ReadOutcome::Held`]: only who dispatches knows whether the clock and the history those stand on
    /// are sound.
    ///
    /// # Errors
    /// Postgres is not available: do not read.
    pub async fn read_reserve_aside(
        &self,
        tenant: TenantId,
        gate: &Gate,
        kind: &'static str,
    ) -> Result<ReadOutcome, StoreError> {
        if gate.scope == BudgetScope::Shared {
            return Ok(ReadOutcome::Held);
        }
        let began = Monotonic::now();
        let mut tx = self.pool.begin().await?;
        lock_budget(&mut tx, tenant, &gate.app_id, "reads").await?;
        // Held until the commit, so that nobody can dispatch, and call, under a later epoch before this row is written.
        let epoch = sqlx::query_scalar!(
            "SELECT epoch FROM quell.leases WHERE tenant_id = $1 FOR SHARE",
            tenant.0
        )
        .fetch_optional(&mut *tx)
        .await?;
        let locked = budget_row(&mut tx, tenant, &gate.app_id, ReadScope::Reads).await?;
        if let Some(after) = locked.closed_for {
            return Ok(ReadOutcome::Wait(after));
        }
        if let Err(wait) = snapshot::reads(&mut tx, tenant, gate, locked.now).await? {
            return Ok(ReadOutcome::Wait(wait.after));
        }
        let entry = Entry {
            id: Uuid::now_v7(),
            kind,
            scope: "reads",
            action: None,
            is_retry: false,
        };
        insert_attempt(&mut tx, tenant, epoch.unwrap_or(0), gate, &entry).await?;
        self.commit_attempt(tx, entry.id).await?;
        Ok(ReadOutcome::Granted {
            id: entry.id,
            send_deadline: began.plus(gate.timing.send_deadline),
        })
    }
}
