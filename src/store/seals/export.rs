//! Exporting: the sealed rows of a tenant in the order of their chain, page by page. Called by `quell audit export`. It reads and
//! changes nothing.

use jiff::Timestamp;
use sqlx::PgConnection;

use super::by_keys;
use super::links::links_after;
use crate::domain::seal::{Link, Seal};
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// Links read at once.
const PAGE: i64 = 2_000;

/// Sealed rows of one snapshot, page by page.
pub struct AuditExport {
    tx: sqlx::Transaction<'static, sqlx::Postgres>,
    tenant: TenantId,
    next_after: i64,
    up_to: i64,
}

impl Store {
    /// Opens an export: from the first row that was written at or after `since` to the last one before `until`, and everything
    /// that the chain has between them.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn audit_export(
        &self,
        tenant: TenantId,
        since: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<AuditExport, StoreError> {
        let mut tx = self.snapshot().await?;
        let (first, last) = span(&mut tx, tenant, since, until).await?;
        by_keys(&mut tx, true).await?;
        Ok(AuditExport {
            tx,
            tenant,
            next_after: first - 1,
            up_to: last,
        })
    }
}

async fn span(
    tx: &mut PgConnection,
    tenant: TenantId,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Result<(i64, i64), StoreError> {
    if since.is_none() && until.is_none() {
        return Ok((1, i64::MAX));
    }
    let row = sqlx::query!(
        r#"SELECT coalesce(min(s.seq), 1) AS "first!", coalesce(max(s.seq), 0) AS "last!"
           FROM quell.seals s JOIN quell.transitions t ON t.id = s.transition_id
           WHERE s.tenant_id = $1 AND ($2::timestamptz IS NULL OR t.at >= $2) AND ($3::timestamptz IS NULL OR t.at < $3)"#,
        tenant.0,
        since.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
        until.map(jiff_sqlx::ToSqlx::to_sqlx) as Option<jiff_sqlx::Timestamp>,
    )
    .fetch_one(tx)
    .await?;
    Ok((row.first, row.last))
}

impl AuditExport {
    /// The next rows; none: that was all.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn next(&mut self) -> Result<Vec<Link>, StoreError> {
        let links = links_after(&mut self.tx, self.tenant, self.next_after, self.up_to, PAGE).await?;
        if let Some(last) = links.last() {
            self.next_after = last.seq;
        }
        Ok(links)
    }

    /// The seal before the first row that is exported.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn seal_before(&mut self) -> Result<Option<Seal>, StoreError> {
        let hash = sqlx::query_scalar!(
            "SELECT hash FROM quell.seals WHERE tenant_id = $1 AND seq = $2",
            self.tenant.0,
            self.next_after
        )
        .fetch_optional(&mut *self.tx)
        .await?;
        Ok(match hash {
            Some(hash) => Seal::from_bytes(&hash),
            None if self.next_after == 0 => Some(Seal::BEGINNING),
            None => None,
        })
    }
}
