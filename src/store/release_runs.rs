//! Releases of a selection: what it holds, a run with its list frozen, and the batches that work it off. Whoever is there works: the
//! command that began the run, and every daemon, so that a run goes on when the command is killed. What is ended is ended by the
//! operator's word; the calls that follow leave on the release lane like any other.

mod look;

use sqlx::Acquire as _;
use uuid::Uuid;

use crate::domain::containment::EndReason;
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::store::containments::{Word, decline, end};
use crate::store::{Because, Store, StoreError, Wake, wake};

pub use look::{Kept, Preview, RunView, Selection};

/// A device that could not be changed is tried so often, and then left.
const TRIES: i32 = 5;

/// What one batch came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Worked {
    /// Containments ended.
    pub ended: u64,
    /// Questions declined.
    pub declined: u64,
    /// Containments that were over already.
    pub left: u64,
    /// Devices that could not be changed this time.
    pub failed: u64,
    /// Nothing of the run is left to do.
    pub is_done: bool,
}

impl Worked {
    /// Whether anything was done, so that more may be at once.
    pub fn is_some(&self) -> bool {
        self.ended + self.declined + self.left > 0 || self.is_done
    }
}

struct Run {
    id: Uuid,
    by: String,
    reason: String,
}

impl Store {
    /// Begins a run over these containments, as far as they are open still. The answer is looked at in the same transaction: there is
    /// none without the run, nor the run without it.
    ///
    /// # Errors
    /// Postgres is not available: nothing was begun.
    pub async fn release_run_begin(
        &self,
        tenant: TenantId,
        selection: &Selection,
        containments: &[Uuid],
        by: &str,
        reason: &str,
    ) -> Result<RunView, StoreError> {
        let run = Uuid::now_v7();
        let mut tx = self.begin().await?;
        sqlx::query!(
            "INSERT INTO quell.release_runs (id, tenant_id, state, selection, by, reason) VALUES ($1, $2, 'running', $3, $4, $5)",
            run,
            tenant.0,
            serde_json::to_value(selection)?,
            by,
            reason,
        )
        .execute(&mut *tx)
        .await?;
        let items = sqlx::query!(
            "INSERT INTO quell.release_run_items (run_id, containment_id, device_id)
             SELECT $1, id, device_id FROM quell.containments
             WHERE tenant_id = $2 AND id = ANY($3) AND state IN ('asked', 'active') AND mode = 'enforce'",
            run,
            tenant.0,
            containments,
        )
        .execute(&mut *tx)
        .await?
        .rows_affected();
        sqlx::query!(
            "SELECT quell.note_change($1, 'release_run', $2, NULL, NULL, 'running', $3, $4, NULL, NULL, $5)",
            tenant.0,
            run,
            by,
            reason,
            serde_json::json!({ "selection": selection, "containments": items }),
        )
        .execute(&mut *tx)
        .await?;
        let view = look::view(&mut tx, tenant, Some(&run.to_string())).await?;
        let view = view.ok_or(StoreError::Stale("the release run"))?;
        tx.commit().await?;
        Ok(view)
    }

    /// Works off one batch of the oldest run, or of the one that is named: so many devices at most. `None`: no run is running.
    ///
    /// # Errors
    /// Postgres is not available: nothing of the batch is changed.
    pub async fn release_runs_work(
        &self,
        tenant: TenantId,
        only: Option<Uuid>,
        batch: i64,
    ) -> Result<Option<Worked>, StoreError> {
        let run = sqlx::query_as!(
            Run,
            "SELECT id, by, reason FROM quell.release_runs
             WHERE tenant_id = $1 AND state = 'running' AND ($2::uuid IS NULL OR id = $2) ORDER BY id LIMIT 1",
            tenant.0,
            only,
        )
        .fetch_optional(&self.pool)
        .await?;
        let Some(run) = run else { return Ok(None) };
        let mut tx = self.pool.begin().await?;
        let devices = sqlx::query_scalar!(
            "SELECT device_id FROM quell.devices WHERE tenant_id = $1 AND device_id IN (
                 SELECT device_id FROM quell.release_run_items WHERE run_id = $2 AND state = 'waiting')
             ORDER BY device_id LIMIT $3 FOR UPDATE SKIP LOCKED",
            tenant.0,
            run.id,
            batch,
        )
        .fetch_all(&mut *tx)
        .await?;
        let mut worked = Worked::default();
        for device in devices.into_iter().map(DeviceId::from_stored) {
            // A savepoint each: one device that cannot be changed does not keep the others restricted.
            let mut one = tx.begin().await?;
            match self.release_items(&mut one, tenant, &run, &device).await {
                Ok(its) => {
                    one.commit().await?;
                    worked.ended += its.ended;
                    worked.declined += its.declined;
                    worked.left += its.left;
                }
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    one.rollback().await?;
                    worked.failed += 1;
                    let why = crate::store::chain(&error);
                    tracing::error!(device.id = %device, error = why, "a device of a release run cannot be changed");
                    sqlx::query!(
                        "UPDATE quell.release_run_items SET tries = tries + 1, why = $3,
                             state = CASE WHEN tries + 1 >= $4 THEN 'left' ELSE state END
                         WHERE run_id = $1 AND device_id = $2 AND state = 'waiting'",
                        run.id,
                        device.as_str(),
                        why,
                        TRIES,
                    )
                    .execute(&mut *tx)
                    .await?;
                }
            }
        }
        if worked.ended + worked.declined > 0 {
            wake(&mut tx, tenant, Wake::Queue).await?;
        }
        worked.is_done = finish(&mut tx, tenant, &run).await?;
        tx.commit().await?;
        Ok(Some(worked))
    }

    /// Ends what the run names on one device, whose lock is held.
    async fn release_items(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        run: &Run,
        device: &DeviceId,
    ) -> Result<Worked, StoreError> {
        let rows = sqlx::query!(
            "SELECT c.id, c.state, c.state_by, c.state_reason FROM quell.release_run_items i
             JOIN quell.containments c ON c.id = i.containment_id
             WHERE i.run_id = $1 AND i.device_id = $2 AND i.state = 'waiting'",
            run.id,
            device.as_str(),
        )
        .fetch_all(&mut *tx)
        .await?;
        let of = |state: &str| -> Vec<Uuid> {
            rows.iter()
                .filter(|row| row.state == state)
                .map(|row| row.id)
                .collect()
        };
        let (active, asked) = (of("active"), of("asked"));
        let word = Word {
            reason: EndReason::Operator,
            by: &run.by,
            why: &run.reason,
        };
        decline(tx, &asked, word).await?;
        end(tx, tenant, device, &active, word).await?;
        sqlx::query!(
            "UPDATE quell.release_run_items i SET
                 state = CASE WHEN i.containment_id = ANY($3) THEN 'ended' WHEN i.containment_id = ANY($4) THEN 'declined' ELSE 'left' END,
                 why = CASE WHEN i.containment_id = ANY($3) OR i.containment_id = ANY($4) THEN NULL
                       ELSE (SELECT concat_ws(' ', c.state, 'by', c.state_by, 'before') FROM quell.containments c
                             WHERE c.id = i.containment_id) END
             WHERE i.run_id = $1 AND i.device_id = $2 AND i.state = 'waiting'",
            run.id,
            device.as_str(),
            &active,
            &asked,
        )
        .execute(&mut *tx)
        .await?;
        let because = Because {
            by: &run.by,
            reason: &run.reason,
        };
        self.converge_device(tx, tenant, device, because).await?;
        Ok(Worked {
            ended: active.len() as u64,
            declined: asked.len() as u64,
            left: (rows.len() - active.len() - asked.len()) as u64,
            ..Worked::default()
        })
    }
}

/// Closes the run when nothing of it waits; says whether this did it.
async fn finish(tx: &mut sqlx::PgConnection, tenant: TenantId, run: &Run) -> Result<bool, StoreError> {
    let closed = sqlx::query!(
        "UPDATE quell.release_runs SET state = 'done', done_at = quell.now() WHERE id = $1 AND state = 'running'
           AND NOT EXISTS (SELECT 1 FROM quell.release_run_items WHERE run_id = $1 AND state = 'waiting')",
        run.id,
    )
    .execute(&mut *tx)
    .await?
    .rows_affected()
        == 1;
    if closed {
        sqlx::query!(
            "SELECT quell.note_change($1, 'release_run', $2, NULL, 'running', 'done', $3, $4, NULL, NULL,
                 (SELECT jsonb_object_agg(state, n) FROM (SELECT state, count(*) AS n FROM quell.release_run_items
                  WHERE run_id = $2 GROUP BY state) AS counts))",
            tenant.0,
            run.id,
            run.by,
            run.reason,
        )
        .execute(tx)
        .await?;
        metrics::counter!("quell_release_runs_total").increment(1);
    }
    Ok(closed)
}
