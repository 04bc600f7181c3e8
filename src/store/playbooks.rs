//! The active playbook set: one row a tenant, changed by one compare-and-swap; the revisions' texts are rows, and so is
//! every activation, so that the set of any day can be read again.

use crate::domain::tenant::TenantId;
use crate::domain::verdict::Mode;
use crate::store::{Because, Store, StoreError, Wake, wake};

/// One playbook of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionText {
    /// The playbook's id.
    pub playbook: String,
    /// Its revision.
    pub revision: String,
    /// Its mode.
    pub mode: Mode,
    /// Its text.
    pub text: String,
}

/// The active set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveSet {
    /// The hash over the revisions.
    pub hash: String,
    /// Grows by one with each activation.
    pub version: i64,
    /// The playbooks, in the order of their ids.
    pub playbooks: Vec<RevisionText>,
}

impl Store {
    /// The active set, if one was ever activated.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_read(&self, tenant: TenantId) -> Result<Option<ActiveSet>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let active = sqlx::query!(
            "SELECT set_hash, version FROM quell.active_sets WHERE tenant_id = $1 FOR SHARE",
            tenant.0
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(active) = active else { return Ok(None) };
        let playbooks = playbooks_of(&mut tx, tenant, &active.set_hash).await?;
        Ok(Some(ActiveSet {
            hash: active.set_hash,
            version: active.version,
            playbooks,
        }))
    }

    /// The set that was activated under that version, whether it is still active or not. `None`: there is no record of
    /// such an activation.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_of_version(
        &self,
        tenant: TenantId,
        version: i64,
    ) -> Result<Option<ActiveSet>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let hash = sqlx::query_scalar!(
            "SELECT set_hash FROM quell.set_activations WHERE tenant_id = $1 AND version = $2",
            tenant.0,
            version,
        )
        .fetch_optional(&mut *tx)
        .await?;
        let Some(hash) = hash else { return Ok(None) };
        let playbooks = playbooks_of(&mut tx, tenant, &hash).await?;
        Ok(Some(ActiveSet {
            hash,
            version,
            playbooks,
        }))
    }

    /// Activates a set if the active version is still the expected one, and writes down by whom and why. Returns the new
    /// version; `None` when somebody else was faster.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_activate(
        &self,
        tenant: TenantId,
        hash: &str,
        playbooks: &[RevisionText],
        expected: Option<i64>,
        because: Because<'_>,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.pool.begin().await?;
        for playbook in playbooks {
            sqlx::query!(
                "INSERT INTO quell.playbook_revisions (tenant_id, playbook, revision, text) VALUES ($1, $2, $3, $4)
                 ON CONFLICT DO NOTHING",
                tenant.0,
                playbook.playbook,
                playbook.revision,
                playbook.text,
            )
            .execute(&mut *tx)
            .await?;
            sqlx::query!(
                "INSERT INTO quell.playbook_sets (tenant_id, set_hash, playbook, revision, mode)
                 VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
                tenant.0,
                hash,
                playbook.playbook,
                playbook.revision,
                playbook.mode.as_str(),
            )
            .execute(&mut *tx)
            .await?;
        }
        super::containments::mode::end_observed(&mut tx, tenant, hash, because).await?;
        let version = sqlx::query_scalar!(
            "INSERT INTO quell.active_sets AS a (tenant_id, set_hash, version) VALUES ($1, $2, 1)
             ON CONFLICT (tenant_id) DO UPDATE SET set_hash = $2, version = a.version + 1, activated_at = quell.now()
             WHERE a.version = $3 RETURNING version",
            tenant.0,
            hash,
            expected,
        )
        .fetch_optional(&mut *tx)
        .await?;
        if let Some(version) = version {
            sqlx::query!(
                "INSERT INTO quell.set_activations (tenant_id, version, set_hash, activated_by, reason)
                 VALUES ($1, $2, $3, $4, $5)",
                tenant.0,
                version,
                hash,
                because.by,
                because.reason,
            )
            .execute(&mut *tx)
            .await?;
            wake(&mut tx, tenant, Wake::Inbox).await?;
            tx.commit().await?;
        }
        Ok(version)
    }
}

async fn playbooks_of(
    tx: &mut sqlx::PgConnection,
    tenant: TenantId,
    hash: &str,
) -> Result<Vec<RevisionText>, StoreError> {
    let rows = sqlx::query!(
        "SELECT s.playbook, s.revision, s.mode, r.text
         FROM quell.playbook_sets s JOIN quell.playbook_revisions r USING (tenant_id, playbook, revision)
         WHERE s.tenant_id = $1 AND s.set_hash = $2 ORDER BY s.playbook",
        tenant.0,
        hash,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter()
        .map(|r| {
            let mode = Mode::parse(&r.mode).ok_or_else(|| StoreError::Corrupt {
                table: "playbook_sets",
                column: "mode",
                row: r.playbook.clone(),
                value: r.mode.clone(),
            })?;
            Ok(RevisionText {
                playbook: r.playbook,
                revision: r.revision,
                mode,
                text: r.text,
            })
        })
        .collect()
}
