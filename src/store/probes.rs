//! What `quell probe` needs beside a restriction by hand: to end that one containment and nothing else, and to look at what
//! becomes of its device. What it asks by calls of its own is in `ask`.

mod ask;

use jiff::Timestamp;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::containment::EndReason;
use crate::domain::device::DeviceId;
use crate::domain::tenant::TenantId;
use crate::store::containments::{Word, end, open, time};
use crate::store::{Because, Store, StoreError, Wake, wake};

pub use ask::{ProbeCall, ProbeWish};

/// A device that is being probed.
#[derive(Clone, Debug, Serialize)]
pub struct Probed {
    /// `free`, `restricted`, `restricted_by_other` or `unknown`.
    pub restriction: String,
    /// The state of the probe's containment; `None`: there is none of that id.
    pub containment: Option<String>,
    /// Active containments of others.
    pub others: i64,
    /// What restricts or releases it since the probe began, the oldest first: isolation and tasks are not the probe's.
    pub actions: Vec<ProbedAction>,
    /// The database's clock.
    pub at: Timestamp,
}

/// One action on it.
#[derive(Clone, Debug, Serialize)]
pub struct ProbedAction {
    /// Our id.
    pub id: Uuid,
    /// `restrict` or `release`.
    pub kind: String,
    /// Where it stands.
    pub state: String,
    /// Defender's id.
    pub defender_id: Option<String>,
    /// The last attempt of its own kind.
    pub attempt: Option<Uuid>,
    /// When Defender answered that one.
    pub answered_at: Option<Timestamp>,
    /// What went wrong.
    pub error: Option<String>,
    /// It was asked for by the probe, and nothing else wanted it.
    pub is_asked: bool,
}

impl Store {
    /// Ends one containment of a device by a person's word, and nothing else. Says whether it was active.
    ///
    /// # Errors
    /// Postgres is not available: nothing was changed.
    pub async fn containment_end(
        &self,
        tenant: TenantId,
        device: &DeviceId,
        containment: Uuid,
        by: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        super::devices::lock(&mut tx, tenant, &[device.to_string()]).await?;
        let word = Word {
            reason: EndReason::Operator,
            by,
            why: reason,
        };
        let is_open = open(&mut tx, tenant, device)
            .await?
            .iter()
            .any(|row| row.id == containment);
        if !is_open {
            return Ok(false);
        }
        end(&mut tx, tenant, device, &[containment], word).await?;
        self.converge_device(&mut tx, tenant, device, Because { by, reason })
            .await?;
        wake(&mut tx, tenant, Wake::Queue).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Looks at a device that is being probed.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn probed(
        &self,
        tenant: TenantId,
        device: &DeviceId,
        containment: Uuid,
        since: Timestamp,
    ) -> Result<Probed, StoreError> {
        let row = sqlx::query!(
            r#"SELECT quell.now() AS "now!", coalesce((SELECT restriction FROM quell.devices WHERE tenant_id = $1
                   AND device_id = $2), 'free') AS "restriction!",
                 (SELECT state FROM quell.containments WHERE tenant_id = $1 AND id = $3) AS containment,
                 (SELECT count(*) FROM quell.containments WHERE tenant_id = $1 AND device_id = $2 AND state = 'active'
                   AND mode = 'enforce' AND id <> $3) AS "others!""#,
            tenant.0,
            device.as_str(),
            containment,
        )
        .fetch_one(&self.pool)
        .await?;
        let actions = sqlx::query!(
            r#"SELECT a.id, a.kind, a.state, a.defender_id, a.error, a.probe_id IS NOT NULL AS "is_asked!", t.id AS "attempt?", t.answered_at AS "answered_at?"
               FROM quell.actions a LEFT JOIN LATERAL (SELECT id, answered_at FROM quell.attempts
                   WHERE action_id = a.id AND kind = a.kind ORDER BY n DESC LIMIT 1) AS t ON true
               WHERE a.tenant_id = $1 AND a.device_id = $2 AND a.subject = 'restriction' AND a.queued_at >= $3::timestamptz
               ORDER BY a.queued_at, a.id"#,
            tenant.0,
            device.as_str(),
            jiff_sqlx::ToSqlx::to_sqlx(since) as jiff_sqlx::Timestamp,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(Probed {
            restriction: row.restriction,
            containment: row.containment,
            others: row.others,
            at: row.now.to_jiff(),
            actions: actions
                .into_iter()
                .map(|row| ProbedAction {
                    id: row.id,
                    kind: row.kind,
                    state: row.state,
                    defender_id: row.defender_id,
                    attempt: row.attempt,
                    answered_at: time(row.answered_at),
                    error: row.error,
                    is_asked: row.is_asked,
                })
                .collect(),
        })
    }
}
