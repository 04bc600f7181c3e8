//! Revisions of the active set that only observe although they say `enforce`: for the status.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::StoreError;

/// A revision that only observes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FallbackView {
    /// The playbook.
    pub playbook: String,
    /// Its revision.
    pub revision: String,
    /// `canary.limits[0]`, `canary.false_positives`, `revoked`.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// Those of the active set, the latest first.
pub(super) async fn fallbacks(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
) -> Result<Vec<FallbackView>, StoreError> {
    let rows = sqlx::query!(
        r#"SELECT s.playbook, s.revision, coalesce(r.revoked_at, f.since) AS "since!",
             CASE WHEN r.revoked_at IS NULL THEN f.reason ELSE 'revoked' END AS "reason!"
           FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash)
           JOIN quell.playbook_revisions r USING (tenant_id, playbook, revision)
           LEFT JOIN quell.canary_fallbacks f USING (tenant_id, playbook, revision)
           WHERE a.tenant_id = $1 AND s.mode = 'enforce' AND (r.revoked_at IS NOT NULL OR f.since IS NOT NULL)
           ORDER BY 3 DESC"#,
        tenant.0,
    )
    .fetch_all(tx)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| FallbackView {
            playbook: row.playbook,
            revision: row.revision,
            reason: row.reason,
            since: row.since.to_jiff(),
        })
        .collect())
}
