//! T5: what a complete listing of Defender's machine actions says of our open ones.

use uuid::Uuid;

use crate::domain::action::{ActionEvent, ActionState};
use crate::domain::tenant::TenantId;
use crate::store::{ActionRow, Because, QueuedChange, Store, StoreError};

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

impl Store {
    /// Applies findings, each device under its lock. Findings on what has moved on in the meantime are passed over.
    /// Returns how many changed something.
    ///
    /// # Errors
    /// Postgres is not available: nothing of the batch is applied.
    pub async fn findings_apply(&self, tenant: TenantId, findings: &[Finding]) -> Result<usize, StoreError> {
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
        let mut applied = 0;
        for finding in findings {
            let mut row = self.action_read(&mut tx, tenant, finding.action).await?;
            if row.attempts != finding.attempts || !row.state.is_open() {
                continue;
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
                    .action_apply(&mut tx, tenant, &row, *event, &finding.change, because)
                    .await
                {
                    Ok(state) => {
                        row = ActionRow {
                            state,
                            is_adopted: finding.change.is_adopted,
                            ..row
                        }
                    }
                    Err(StoreError::Stale(_)) => break,
                    Err(error) => return Err(error),
                }
            }
            applied += 1;
        }
        tx.commit().await?;
        Ok(applied)
    }
}
