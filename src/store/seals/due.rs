//! Which rows are to be sealed next, and in which order. Called by sealing alone; it changes nothing.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{Head, TURN, bad};
use crate::domain::seal::AuditEntry;
use crate::domain::tenant::TenantId;
use crate::store::StoreError;

/// A row to be sealed, and its transaction as Postgres writes it.
pub(super) struct Candidate {
    pub(super) entry: AuditEntry,
    pub(super) xid: String,
    pub(super) is_sealed: bool,
}

/// The next rows whose transactions are over, and before which none can come any more.
pub(super) async fn due(
    tx: &mut PgConnection,
    tenant: TenantId,
    head: &Head,
) -> Result<Vec<Candidate>, StoreError> {
    // The rows are limited before it is looked whether they are sealed, which they are only after a restore.
    let rows = sqlx::query_as!(
        Raw,
        r#"SELECT t.id, t.micros AS "micros!", t.entity, t.entity_id, t.device_id, t.from_state, t.to_state, t.by, t.reason,
                  t.revision, t.was, t.became, t.xid AS "xid!", s.seq IS NOT NULL AS "is_sealed!"
           FROM (SELECT *, written_in::text AS xid, before::text AS was, after::text AS became,
                        CASE WHEN isfinite(at) THEN (extract(epoch FROM at) * 1000000)::bigint
                             WHEN at > '-infinity' THEN 9223372036854775807 ELSE -9223372036854775807 END AS micros
                 FROM quell.transitions
                 WHERE tenant_id = $1 AND (written_in, id) > ($2::text::xid8, $3)
                   AND written_in < pg_snapshot_xmin(pg_current_snapshot())
                 ORDER BY tenant_id, written_in, id LIMIT $4) AS t
           LEFT JOIN quell.seals s ON s.transition_id = t.id
           ORDER BY t.written_in, t.id"#,
        tenant.0,
        head.up_to.0,
        head.up_to.1,
        TURN,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(|row| row.candidate(tenant)).collect()
}

/// The next rows without a seal, whatever transaction they say, but for those of transactions that may still run.
pub(super) async fn due_restored(
    tx: &mut PgConnection,
    tenant: TenantId,
    xmin: &str,
) -> Result<Vec<Candidate>, StoreError> {
    let rows = sqlx::query_as!(
        Raw,
        r#"SELECT t.id,
                  CASE WHEN isfinite(t.at) THEN (extract(epoch FROM t.at) * 1000000)::bigint
                       WHEN t.at > '-infinity' THEN 9223372036854775807 ELSE -9223372036854775807 END AS "micros!",
                  t.entity, t.entity_id, t.device_id, t.from_state, t.to_state, t.by, t.reason, t.revision,
                  t.before::text AS was, t.after::text AS became, t.written_in::text AS "xid!", false AS "is_sealed!"
           FROM quell.transitions t
           WHERE t.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM quell.seals s WHERE s.transition_id = t.id)
             AND (t.written_in < $2::text::xid8 OR t.written_in >= pg_snapshot_xmax(pg_current_snapshot()))
           ORDER BY t.id LIMIT $3"#,
        tenant.0,
        xmin,
        TURN,
    )
    .fetch_all(tx)
    .await?;
    rows.into_iter().map(|row| row.candidate(tenant)).collect()
}

/// A row of the audit as it is read.
struct Raw {
    id: i64,
    micros: i64,
    entity: String,
    entity_id: Uuid,
    device_id: Option<String>,
    from_state: Option<String>,
    to_state: String,
    by: String,
    reason: String,
    revision: Option<String>,
    was: Option<String>,
    became: Option<String>,
    xid: String,
    is_sealed: bool,
}

impl Raw {
    fn candidate(self, tenant: TenantId) -> Result<Candidate, StoreError> {
        let written_in = self
            .xid
            .parse()
            .map_err(|_| bad("transitions", "written_in", self.id, &self.xid))?;
        Ok(Candidate {
            entry: AuditEntry {
                tenant: tenant.0,
                id: self.id,
                at_micros: self.micros,
                entity: self.entity,
                entity_id: self.entity_id,
                device: self.device_id,
                from: self.from_state,
                to: self.to_state,
                by: self.by,
                reason: self.reason,
                revision: self.revision,
                before: self.was,
                after: self.became,
                written_in,
            },
            xid: self.xid,
            is_sealed: self.is_sealed,
        })
    }
}
