//! The ledger: the attempts, counted. Every call passes here, reads too.
//!
//! The budget's row is locked first, in a statement of its own, then the ledger is counted: counting and inserting in one
//! statement admits too many.

pub(super) mod slow;
pub(super) mod snapshot;

use std::time::Duration;

use jiff::Timestamp;
use uuid::Uuid;

use crate::clock::Monotonic;
use crate::domain::budget::{BudgetScope, ReadScope, Slow};
use crate::domain::tenant::TenantId;
use crate::failpoint;
use crate::store::safety::Standing;
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
    /// Not before Defender's list has been read, or another replica dispatches: do something else first.
    Held,
}

impl Store {
    /// Makes sure that the tenant's budget rows exist: once, at the start.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn budget_ensure(&self, tenant: TenantId, app_id: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO quell.budgets (tenant_id, app_id, scope) VALUES ($1, $2, 'actions'), ($1, $2, 'reads'),
                 ($1, $2, 'antivirus')
             ON CONFLICT DO NOTHING",
            tenant.0,
            app_id,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Reserves a slot for a read (`list` or `get`). Where reads share the windows of actions, the clock and the history that
    /// these stand on are looked at first, as the gate does.
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
        self.read_reserve_in(ReadScope::Reads, tenant, epoch, gate, kind)
            .await
    }

    /// The same for a read that may have windows of its own beside.
    ///
    /// # Errors
    /// As of [`Store::read_reserve`].
    pub async fn read_reserve_in(
        &self,
        own: ReadScope,
        tenant: TenantId,
        epoch: i64,
        gate: &Gate,
        kind: &'static str,
    ) -> Result<ReadOutcome, StoreError> {
        let began = Monotonic::now();
        let scope = scope_of_reads(gate);
        let mut tx = self.pool.begin().await?;
        lock_budget(&mut tx, tenant, &gate.app_id, scope).await?;
        let locked = if scope == "actions" {
            let (standing, locked) = self.standing(&mut tx, tenant, epoch, &gate.app_id).await?;
            match standing {
                // A stop concerns no read.
                Standing::Good(_) => {}
                Standing::NotLeader => return Ok(ReadOutcome::Held),
                Standing::Wait(..) => match self.clock_frozen() {
                    Some(left) => return Ok(ReadOutcome::Wait(left)),
                    // The listing is what a hold, and a daemon that begins, waits for.
                    None if kind == "list" => {}
                    None => return Ok(ReadOutcome::Held),
                },
                standing => {
                    drop(tx);
                    self.not_good(standing).await?;
                    return Ok(ReadOutcome::Wait(Duration::from_millis(100)));
                }
            }
            locked
        } else {
            budget_row(&mut tx, tenant, &gate.app_id, ReadScope::Reads).await?
        };
        if let Some(after) = locked.closed_for {
            return Ok(ReadOutcome::Wait(after));
        }
        if let Err(wait) = snapshot::reads(&mut tx, tenant, gate, locked.now).await? {
            return Ok(ReadOutcome::Wait(wait.after));
        }
        if own == ReadScope::Antivirus
            && let Some(after) = antivirus_waits(&mut tx, tenant, gate).await?
        {
            return Ok(ReadOutcome::Wait(after));
        }
        let id = Uuid::now_v7();
        let entry = Entry {
            id,
            kind,
            scope: own.as_str(),
            action: None,
            is_retry: false,
        };
        insert_attempt(&mut tx, tenant, epoch, gate, &entry).await?;
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
        self.reads_pause_in(ReadScope::Reads, tenant, gate, pause, why)
            .await
    }

    /// The same for reads that have windows of their own beside: only those are closed.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn reads_pause_in(
        &self,
        own: ReadScope,
        tenant: TenantId,
        gate: &Gate,
        pause: Duration,
        why: &str,
    ) -> Result<(), StoreError> {
        let scope = match own {
            ReadScope::Reads => scope_of_reads(gate),
            ReadScope::Antivirus => own.as_str(),
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
        let Err(error) = failpoint::waiting!(AttemptCommitUnknown, tx.commit()).await else {
            self.remember(attempt);
            return Ok(());
        };
        let written = sqlx::query_scalar!("SELECT id FROM quell.attempts WHERE id = $1", attempt)
            .fetch_optional(&self.pool)
            .await?;
        written.map(|id| self.remember(id)).ok_or(StoreError::from(error))
    }
}

/// The row that reads are charged to.
fn scope_of_reads(gate: &Gate) -> &'static str {
    match gate.scope {
        BudgetScope::Shared => "actions",
        BudgetScope::ActionsAndReads => "reads",
    }
}

/// A budget's row, once its lock is held.
pub(super) struct Locked {
    /// The database's clock: the ledger is counted as of then.
    pub(super) now: Timestamp,
    /// How long it is still closed.
    pub(super) closed_for: Option<Duration>,
    /// The slower rate of calls that change something, from `now`; that of reads: none.
    pub(super) slow: Option<Slow>,
}

impl Locked {
    pub(super) fn new(now: jiff_sqlx::Timestamp, closed: Option<f64>) -> Self {
        Self {
            now: now.to_jiff(),
            closed_for: closed
                .filter(|seconds| *seconds > 0.0)
                .map(Duration::from_secs_f64),
            slow: None,
        }
    }
}

/// Locks the budget's row. What it says is read by a later statement, which sees what the one who held the lock before has
/// written.
pub(super) async fn lock_budget(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    scope: &str,
) -> Result<(), StoreError> {
    sqlx::query_scalar!(
        "SELECT scope FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = $3 FOR UPDATE",
        tenant.0,
        app_id,
        scope,
    )
    .fetch_one(tx)
    .await?;
    Ok(())
}

/// In how long one more look at an antivirus may leave by the windows of its own; `None`: now. Its row is locked after that of
/// the reads, always.
async fn antivirus_waits(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    gate: &Gate,
) -> Result<Option<Duration>, StoreError> {
    let own = ReadScope::Antivirus;
    lock_budget(tx, tenant, &gate.app_id, own.as_str()).await?;
    let locked = budget_row(tx, tenant, &gate.app_id, own).await?;
    if locked.closed_for.is_some() {
        return Ok(locked.closed_for);
    }
    let room = snapshot::antivirus(tx, tenant, gate, locked.now).await?;
    Ok(room.err().map(|wait| wait.after))
}

/// What a locked row says that only reads are charged to.
pub(super) async fn budget_row(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    app_id: &str,
    own: ReadScope,
) -> Result<Locked, StoreError> {
    let row = sqlx::query!(
        r#"SELECT quell.now() AS "now!", extract(epoch FROM closed_until - quell.now())::float8 AS closed
           FROM quell.budgets WHERE tenant_id = $1 AND app_id = $2 AND scope = $3"#,
        tenant.0,
        app_id,
        own.as_str(),
    )
    .fetch_one(tx)
    .await?;
    Ok(Locked::new(row.now, row.closed))
}

/// A row of the ledger.
pub(super) struct Entry<'a> {
    pub(super) id: Uuid,
    pub(super) kind: &'a str,
    pub(super) scope: &'static str,
    /// The action and the number of the attempt.
    pub(super) action: Option<(Uuid, i32)>,
    pub(super) is_retry: bool,
}

/// Writes a slot down, held until the latest moment at which the service can have counted the call.
pub(super) async fn insert_attempt(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    epoch: i64,
    gate: &Gate,
    entry: &Entry<'_>,
) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO quell.attempts (id, tenant_id, app_id, scope, kind, action_id, n, is_retry, epoch, reserved_at,
                                     send_deadline, slot_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, now, now + make_interval(secs => $10), now + make_interval(secs => $11)
         FROM (SELECT quell.now() AS now) AS t",
        entry.id,
        tenant.0,
        gate.app_id,
        entry.scope,
        entry.kind,
        entry.action.map(|(id, _)| id),
        entry.action.map(|(_, n)| n),
        entry.is_retry,
        epoch,
        gate.timing.send_deadline.as_secs_f64(),
        gate.timing.latest_count().as_secs_f64(),
    )
    .execute(tx)
    .await?;
    Ok(())
}
