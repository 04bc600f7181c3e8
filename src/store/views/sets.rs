//! Playbook sets and revisions, for people.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::views::FallbackView;
use crate::store::{Store, StoreError};

/// One activation of a set.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct ActivationView {
    /// Its version.
    pub version: i64,
    /// The hash over the revisions.
    pub hash: String,
    /// When.
    pub activated_at: Timestamp,
    /// By whom: `files`, or an operator.
    pub activated_by: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// How many playbooks it has.
    pub playbooks: i64,
}

/// A revision that is or was in force.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RevisionView {
    /// The playbook.
    pub playbook: String,
    /// The revision.
    pub revision: String,
    /// When it was in force for the first time.
    pub first_active_at: Timestamp,
    /// Whether it is in force now.
    pub is_active: bool,
    /// The text.
    pub text: String,
}

/// What a playbook does now and did lately. Devices are distinct.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlaybookDeeds {
    /// Devices that it keeps contained now.
    pub contained: i64,
    /// Devices that somebody is asked about now.
    pub asked: i64,
    /// Devices whose containment began in the last 24 hours.
    pub acted_24h: i64,
    /// Devices whose containment it only observed in the last 24 hours.
    pub observed_24h: i64,
}

/// Where the beginning of a revision's time in force is looked for: so many activations back.
const LOOKED_BACK: i64 = 100;

impl Store {
    /// The activations, the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_history(&self, tenant: TenantId, limit: i64) -> Result<Vec<ActivationView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT v.version, v.set_hash, v.activated_at, v.activated_by, v.reason,
                 (SELECT count(*) FROM quell.playbook_sets s
                  WHERE s.tenant_id = v.tenant_id AND s.set_hash = v.set_hash) AS "playbooks!"
               FROM quell.set_activations v WHERE v.tenant_id = $1 ORDER BY v.version DESC LIMIT $2"#,
            tenant.0,
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ActivationView {
                version: row.version,
                hash: row.set_hash,
                activated_at: row.activated_at.to_jiff(),
                activated_by: row.activated_by,
                reason: row.reason,
                playbooks: row.playbooks,
            })
            .collect())
    }

    /// The revisions of a playbook, or of all, whose hash begins so; the newest first.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn revisions_find(
        &self,
        tenant: TenantId,
        playbook: Option<&str>,
        beginning: &str,
        limit: i64,
    ) -> Result<Vec<RevisionView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT r.playbook, r.revision, r.first_active_at, r.text,
                 EXISTS (SELECT 1 FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash)
                         WHERE a.tenant_id = r.tenant_id AND s.playbook = r.playbook
                           AND s.revision = r.revision) AS "is_active!"
               FROM quell.playbook_revisions r
               WHERE r.tenant_id = $1 AND ($2::text IS NULL OR r.playbook = $2) AND starts_with(r.revision, $3)
               ORDER BY r.first_active_at DESC, r.playbook LIMIT $4"#,
            tenant.0,
            playbook,
            beginning.to_ascii_lowercase(),
            limit,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| RevisionView {
                playbook: row.playbook,
                revision: row.revision,
                first_active_at: row.first_active_at.to_jiff(),
                is_active: row.is_active,
                text: row.text,
            })
            .collect())
    }

    /// Since when each playbook of the active set is in force as it is; of those in force for long, the first time ever.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_since(&self, tenant: TenantId) -> Result<BTreeMap<String, Timestamp>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH recent AS MATERIALIZED (
                 SELECT version, set_hash, activated_at FROM quell.set_activations
                 WHERE tenant_id = $1 ORDER BY version DESC LIMIT $2),
               lacking AS (
                 SELECT s.playbook, max(v.version) AS version
                 FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash) CROSS JOIN recent v
                 LEFT JOIN quell.playbook_sets x ON x.tenant_id = $1 AND x.set_hash = v.set_hash
                   AND x.playbook = s.playbook AND x.revision = s.revision
                 WHERE a.tenant_id = $1 AND x.playbook IS NULL GROUP BY s.playbook)
               SELECT s.playbook, coalesce(
                   (SELECT activated_at FROM recent WHERE version = l.version + 1), r.first_active_at) AS "since!"
               FROM quell.active_sets a JOIN quell.playbook_sets s USING (tenant_id, set_hash)
               JOIN quell.playbook_revisions r USING (tenant_id, playbook, revision)
               LEFT JOIN lacking l ON l.playbook = s.playbook WHERE a.tenant_id = $1"#,
            tenant.0,
            LOOKED_BACK,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.playbook, row.since.to_jiff()))
            .collect())
    }

    /// Playbooks of the active set that only observe although they say `enforce`.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn set_fallbacks(&self, tenant: TenantId) -> Result<Vec<FallbackView>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        super::fallbacks::fallbacks(&mut connection, tenant).await
    }

    /// What each playbook does now and did in the last 24 hours; playbooks that did nothing are absent.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn playbook_deeds(
        &self,
        tenant: TenantId,
    ) -> Result<BTreeMap<String, PlaybookDeeds>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT playbook AS "playbook!",
                 count(DISTINCT device_id COLLATE "C") FILTER (WHERE deed = 'active') AS "contained!",
                 count(DISTINCT device_id COLLATE "C") FILTER (WHERE deed = 'asked') AS "asked!",
                 count(DISTINCT device_id COLLATE "C") FILTER (WHERE deed = 'enforce') AS "acted!",
                 count(DISTINCT device_id COLLATE "C") FILTER (WHERE deed = 'observe') AS "observed!"
               FROM (
                 SELECT playbook, device_id, state AS deed FROM quell.containments
                 WHERE tenant_id = $1 AND playbook IS NOT NULL AND mode = 'enforce' AND state IN ('active', 'asked')
                 UNION ALL SELECT playbook, device_id, mode FROM quell.containments
                 WHERE tenant_id = $1 AND playbook IS NOT NULL AND mode IN ('enforce', 'observe')
                   AND activated_at > (SELECT quell.now()) - interval '24 hours' AND activated_at <= 'infinity') AS deeds
               GROUP BY playbook"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let deeds = rows.into_iter().map(|row| {
            let deeds = PlaybookDeeds {
                contained: row.contained,
                asked: row.asked,
                acted_24h: row.acted,
                observed_24h: row.observed,
            };
            (row.playbook, deeds)
        });
        Ok(deeds.collect())
    }
}
