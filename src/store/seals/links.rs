//! The links of a chain with the rows that they seal, as verifying and exporting read them.

use sqlx::PgConnection;
use uuid::Uuid;

use super::{bad, seal_of};
use crate::domain::seal::{AuditEntry, Link};
use crate::domain::tenant::TenantId;
use crate::store::StoreError;

/// The links of a chain behind a number, up to another, with their rows.
pub(super) async fn links_after(
    connection: &mut PgConnection,
    tenant: TenantId,
    after: i64,
    up_to: i64,
    limit: i64,
) -> Result<Vec<Link>, StoreError> {
    let rows = sqlx::query_as!(
        RawLink,
        r#"SELECT s.seq, s.transition_id, s.hash, t.tenant_id AS "tenant?",
                  CASE WHEN isfinite(t.at) THEN (extract(epoch FROM t.at) * 1000000)::bigint
                       WHEN t.at > '-infinity' THEN 9223372036854775807 ELSE -9223372036854775807 END AS "micros?",
                  t.entity AS "entity?", t.entity_id AS "entity_id?", t.device_id AS "device_id?", t.from_state AS "from_state?",
                  t.to_state AS "to_state?", t.by AS "by?", t.reason AS "reason?", t.revision AS "revision?",
                  t.before::text AS was, t.after::text AS became, t.written_in::text AS "xid?"
           FROM (SELECT seq, transition_id, hash FROM quell.seals WHERE tenant_id = $1 AND seq > $2 AND seq <= $3
                 ORDER BY tenant_id, seq LIMIT $4) s
           LEFT JOIN quell.transitions t ON t.id = s.transition_id ORDER BY s.seq"#,
        tenant.0,
        after,
        up_to,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(RawLink::link).collect()
}

/// A link as it is read.
struct RawLink {
    seq: i64,
    transition_id: i64,
    hash: Vec<u8>,
    tenant: Option<i32>,
    micros: Option<i64>,
    entity: Option<String>,
    entity_id: Option<Uuid>,
    device_id: Option<String>,
    from_state: Option<String>,
    to_state: Option<String>,
    by: Option<String>,
    reason: Option<String>,
    revision: Option<String>,
    was: Option<String>,
    became: Option<String>,
    xid: Option<String>,
}

impl RawLink {
    fn link(self) -> Result<Link, StoreError> {
        let seal = seal_of("seals", self.seq, &self.hash)?;
        let (seq, row) = (self.seq, self.transition_id);
        let missing = || bad("transitions", "to_state", row, "nothing");
        let entry = match (self.tenant, self.xid) {
            (Some(tenant), Some(xid)) => Some(AuditEntry {
                tenant,
                id: row,
                at_micros: self.micros.ok_or_else(missing)?,
                entity: self.entity.ok_or_else(missing)?,
                entity_id: self.entity_id.ok_or_else(missing)?,
                device: self.device_id,
                from: self.from_state,
                to: self.to_state.ok_or_else(missing)?,
                by: self.by.ok_or_else(missing)?,
                reason: self.reason.ok_or_else(missing)?,
                revision: self.revision,
                before: self.was,
                after: self.became,
                written_in: xid
                    .parse()
                    .map_err(|_| bad("transitions", "written_in", row, &xid))?,
            }),
            _ => None,
        };
        Ok(Link {
            seq,
            row,
            seal,
            entry,
        })
    }
}
