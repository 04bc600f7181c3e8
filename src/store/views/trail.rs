//! The audit as people read it: every change of state, the newest first, in the order in which they were committed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// A row of the audit.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct TrailRow {
    /// Its number.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// What it is about: `action`, `containment`, `playbook_set`, `stop`, ….
    pub entity: String,
    /// Which one.
    pub entity_id: Uuid,
    /// The device, where there is one.
    pub device: Option<String>,
    /// The state before; none: it was made.
    pub from: Option<String>,
    /// The state.
    pub to: String,
    /// By whom: a person, or a part of Quell.
    pub by: String,
    /// Why.
    pub reason: String,
    /// The playbook's revision, where one was behind it.
    pub revision: Option<String>,
    /// What else it was before.
    pub before: Option<serde_json::Value>,
    /// What else it is now.
    pub after: Option<serde_json::Value>,
    /// The transaction that wrote it.
    #[serde(skip)]
    pub transaction: String,
}

/// Where a row stands in the order, the newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailKey {
    /// The transaction.
    pub transaction: u64,
    /// The number.
    pub id: i64,
}

impl TrailRow {
    /// Where it stands.
    pub fn key(&self) -> TrailKey {
        TrailKey {
            transaction: self.transaction.parse().unwrap_or(u64::MAX),
            id: self.id,
        }
    }
}

impl Store {
    /// Rows of the audit, the newest first; of one action, containment or other thing only, when it is named.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn trail(
        &self,
        tenant: TenantId,
        of: Option<Uuid>,
        after: Option<&TrailKey>,
        limit: i64,
    ) -> Result<Vec<TrailRow>, StoreError> {
        let transaction = after.map(|after| after.transaction.to_string());
        let id = after.map(|after| after.id);
        // Two statements, each with its index.
        let rows = match of {
            Some(of) => {
                sqlx::query_as!(
                    TrailRow,
                    r#"SELECT id, at AS "at: jiff_sqlx::Timestamp", entity, entity_id, device_id AS device, from_state AS "from", to_state AS "to", by, reason,
                         revision, before, after, written_in::text AS "transaction!"
                       FROM quell.transitions WHERE tenant_id = $1 AND entity_id = $2
                         AND ($3::text IS NULL OR (written_in, id) < ($3::text::xid8, $4::bigint))
                       ORDER BY written_in DESC, id DESC LIMIT $5"#,
                    tenant.0,
                    of,
                    transaction,
                    id,
                    limit,
                )
                .fetch_all(&self.pool)
                .await?
            }
            None => {
                sqlx::query_as!(
                    TrailRow,
                    r#"SELECT id, at AS "at: jiff_sqlx::Timestamp", entity, entity_id, device_id AS device, from_state AS "from", to_state AS "to", by, reason,
                         revision, before, after, written_in::text AS "transaction!"
                       FROM quell.transitions WHERE tenant_id = $1
                         AND written_in <= coalesce($2::text, '18446744073709551615')::xid8
                         AND ($2::text IS NULL OR (written_in, id) < ($2::text::xid8, $3::bigint))
                       ORDER BY written_in DESC, id DESC LIMIT $4"#,
                    tenant.0,
                    transaction,
                    id,
                    limit,
                )
                .fetch_all(&self.pool)
                .await?
            }
        };
        Ok(rows)
    }
}
