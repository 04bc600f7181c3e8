//! T5: what a complete listing of Defender's machine actions says of our open ones.

use sqlx::Acquire as _;
use uuid::Uuid;

use crate::domain::action::{ActionEvent, ActionState};
use crate::domain::tenant::TenantId;
use crate::store::{Because, QueuedChange, Store, StoreError, leases};

/// What a listing says of one action.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The action.
    pub action: Uuid,
    /// The attempt number that the finding speaks of: a later one makes it void.
    pub attempts: i32,
    /// What happened, in order; empty: only the status word is news.
    pub events: Vec<ActionEvent>,
    /// What is to be written with it.
    pub change: QueuedChange,
    /// Why, for the audit.
    pub reason: &'static str,
}

#[cfg(feature = "fail-points")]
impl Finding {
    /// Whether it says what became of a call of unknown fate.
    pub fn settles_doubt(&self) -> bool {
        let first = self.events.first();
        matches!(first, Some(ActionEvent::Accepted | ActionEvent::NotExecuted))
    }
}

impl Store {
    /// Applies findings, each device under its lock. Findings on what has moved on in the meantime are passed over.
    /// Returns how many changed something.
    ///
    /// # Errors
    /// Postgres is not available, or [`StoreError::Stale`]: the lease is another's by now. Nothing of the batch is applied.
    pub async fn findings_apply(
        &self,
        tenant: TenantId,
        epoch: i64,
        findings: &[Finding],
    ) -> Result<usize, StoreError> {
        if findings.is_empty() {
            return Ok(0);
        }
        let mut tx = self.pool.begin().await?;
        let ids: Vec<Uuid> = findings.iter().map(|finding| finding.action).collect();
        let devices = sqlx::query_scalar!(
            "SELECT DISTINCT device_id FROM quell.actions WHERE id = ANY($1)",
            &ids
        )
        .fetch_all(&mut *tx)
        .await?;
        super::devices::lock(&mut tx, tenant, &devices).await?;
        // Not before the devices, which may have to be waited for: the lease must be prolonged meanwhile.
        leases::fence(&mut tx, tenant, epoch).await?;
        let mut applied = 0;
        for finding in findings {
            // A savepoint each: one action that cannot be changed does not keep the others from their end.
            let mut one = tx.begin().await?;
            match self.finding_apply(&mut one, tenant, finding).await {
                Ok(changed) => {
                    one.commit().await?;
                    applied += usize::from(changed);
                }
                Err(error) if error.is_unavailable() => return Err(error),
                Err(error) => {
                    one.rollback().await?;
                    tracing::error!(action.id = %finding.action, error = crate::store::chain(&error),
                        "what defender says of an action cannot be recorded");
                }
            }
        }
        tx.commit().await?;
        Ok(applied)
    }

    /// Says whether it changed anything.
    async fn finding_apply(
        &self,
        tx: &mut sqlx::PgConnection,
        tenant: TenantId,
        finding: &Finding,
    ) -> Result<bool, StoreError> {
        let mut row = self.action_read(tx, tenant, finding.action).await?;
        if row.attempts != finding.attempts || !row.state.is_open() {
            return Ok(false);
        }
        if finding.events.is_empty() {
            sqlx::query!(
                "UPDATE quell.actions SET defender_status = $2 WHERE id = $1",
                row.id,
                finding.change.defender_status,
            )
            .execute(&mut *tx)
            .await?;
        }
        for event in &finding.events {
            // The answer may have been recorded since the open actions were read: then it is submitted already.
            if *event == ActionEvent::Accepted && row.state == ActionState::Submitted {
                continue;
            }
            let because = Because {
                by: "reconcile",
                reason: finding.reason,
            };
            match self
                .action_apply(tx, tenant, &row, *event, &finding.change, because)
                .await
            {
                Ok(_) => row = self.action_read(tx, tenant, finding.action).await?,
                Err(StoreError::Stale(_)) => break,
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
