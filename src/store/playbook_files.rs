//! The playbook files of each replica, as it last saw them: what keeps replicas with different files from overruling one
//! another, and what tells people of files that cannot be used. Nothing that decides reads it.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{SetHead, Store, StoreError};

/// A replica that was not seen for so long does not live.
pub const LIVING: Duration = Duration::from_secs(45);

/// What is known when a replica has read its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilesLook {
    /// The active set.
    pub active: Option<SetHead>,
    /// The set of this replica's files when they were last settled.
    pub settled: Option<String>,
    /// Whether the set of the files was in force before.
    pub was_in_force: bool,
    /// Whether the files of another living replica are the active set.
    pub is_held_by_another: bool,
}

/// The files of one replica, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ReplicaFiles {
    /// Host and directory.
    pub replica: String,
    /// The set of its last good files.
    pub set_hash: Option<String>,
    /// Since when they are these.
    pub set_since: Option<Timestamp>,
    /// Whether they are the active set.
    pub is_in_force: bool,
    /// Why they are not, if they could be.
    pub remark: Option<String>,
    /// Since when its files cannot be used.
    pub failed_at: Option<Timestamp>,
    /// Why.
    pub failure: Option<String>,
    /// Its last heartbeat.
    pub seen_at: Timestamp,
}

impl Store {
    /// What a replica must know to judge the set of its files.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn files_look(
        &self,
        tenant: TenantId,
        replica: &str,
        hash: &str,
    ) -> Result<FilesLook, StoreError> {
        let active = self.set_active(tenant).await?;
        let row = sqlx::query!(
            r#"SELECT (SELECT settled_hash FROM quell.playbook_files WHERE tenant_id = $1 AND replica = $2) AS settled,
                 EXISTS (SELECT 1 FROM quell.set_activations
                         WHERE tenant_id = $1 AND set_hash = $3) AS "was_in_force!",
                 EXISTS (SELECT 1 FROM quell.playbook_files
                         WHERE tenant_id = $1 AND replica <> $2 AND set_hash = $4 AND NOT is_gone
                           AND seen_at > quell.now() - make_interval(secs => $5)) AS "held!""#,
            tenant.0,
            replica,
            hash,
            active.as_ref().map(|active| active.hash.as_str()),
            LIVING.as_secs_f64(),
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(FilesLook {
            active,
            settled: row.settled,
            was_in_force: row.was_in_force,
            is_held_by_another: row.held,
        })
    }

    /// Writes down that a replica's files are good, and what became of them; `is_settled`: only other files are news.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn files_seen(
        &self,
        tenant: TenantId,
        replica: &str,
        hash: &str,
        is_settled: bool,
        remark: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO quell.playbook_files AS f (tenant_id, replica, set_hash, set_since, settled_hash, remark)
             VALUES ($1, $2, $3, quell.now(), CASE WHEN $4 THEN $3 END, $5)
             ON CONFLICT (tenant_id, replica) DO UPDATE SET
                 set_since = CASE WHEN f.set_hash = $3 THEN f.set_since ELSE quell.now() END,
                 set_hash = $3, settled_hash = CASE WHEN $4 THEN $3 ELSE f.settled_hash END, remark = $5,
                 seen_at = quell.now(), is_gone = false, failed_at = NULL, failure = NULL",
            tenant.0,
            replica,
            hash,
            is_settled,
            remark,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A replica's heartbeat; `failure`: why its files cannot be used now.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn files_beat(
        &self,
        tenant: TenantId,
        replica: &str,
        failure: Option<&str>,
    ) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO quell.playbook_files AS f (tenant_id, replica, failed_at, failure)
             VALUES ($1, $2, CASE WHEN $3::text IS NOT NULL THEN quell.now() END, $3)
             ON CONFLICT (tenant_id, replica) DO UPDATE SET seen_at = quell.now(), is_gone = false, failure = $3,
                 failed_at = CASE WHEN $3 IS NULL THEN NULL WHEN f.failure = $3 THEN f.failed_at ELSE quell.now() END",
            tenant.0,
            replica,
            failure,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// A replica says goodbye. Rows of replicas that were not seen for 30 days go with it.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn files_gone(&self, tenant: TenantId, replica: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "WITH old AS (DELETE FROM quell.playbook_files
                          WHERE tenant_id = $1 AND replica <> $2 AND seen_at < quell.now() - interval '30 days')
             UPDATE quell.playbook_files SET is_gone = true WHERE tenant_id = $1 AND replica = $2",
            tenant.0,
            replica,
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// The files of the living replicas, for people.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn files_of_replicas(&self, tenant: TenantId) -> Result<Vec<ReplicaFiles>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT f.replica, f.set_hash, f.set_since, f.remark, f.failed_at, f.failure, f.seen_at,
                 coalesce(f.set_hash = a.set_hash, false) AS "in_force!"
               FROM quell.playbook_files f LEFT JOIN quell.active_sets a USING (tenant_id)
               WHERE f.tenant_id = $1 AND NOT f.is_gone AND f.seen_at > quell.now() - make_interval(secs => $2)
               ORDER BY f.replica"#,
            tenant.0,
            LIVING.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| ReplicaFiles {
                replica: row.replica,
                set_hash: row.set_hash,
                set_since: time(row.set_since),
                is_in_force: row.in_force,
                remark: row.remark.filter(|_| !row.in_force),
                failed_at: time(row.failed_at),
                failure: row.failure,
                seen_at: row.seen_at.to_jiff(),
            })
            .collect())
    }
}
