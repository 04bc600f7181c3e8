//! What each replica says of the sources that it reads, for those who ask how they go. Nothing depends on it.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::Serialize;
use uuid::Uuid;

use crate::domain::source::SourceLook;
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Store, StoreError};

/// A replica's word on a source.
#[derive(Clone, Debug)]
pub struct SourceWord {
    /// Whose events it brings.
    pub tenant: TenantId,
    /// Its name.
    pub source: String,
    /// Its kind.
    pub kind: &'static str,
    /// How it goes.
    pub look: SourceLook,
}

/// How a source goes, over all replicas.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SourceView {
    /// Its name.
    pub source: String,
    /// Its kind: `webhook`, `kafka` and so on.
    pub kind: String,
    /// When something of it was last stored.
    pub last_event_at: Option<Timestamp>,
    /// Replicas that live and read it, or could.
    pub replicas: i64,
    /// Of these: replicas that cannot read it now.
    pub in_trouble: i64,
    /// Why one of them cannot.
    pub trouble: Option<String>,
    /// Since when the first of them cannot.
    pub trouble_since: Option<Timestamp>,
    /// How many messages it has that were not read yet, where it tells.
    pub behind: Option<i64>,
}

/// A replica that has said nothing for so long says nothing any more, seconds.
const LIVING_S: f64 = 60.0;

impl Store {
    /// Keeps what this replica says of its sources; forgets what was said a day ago.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn source_words_store(
        &self,
        replica: Uuid,
        host: &str,
        words: &[SourceWord],
    ) -> Result<(), StoreError> {
        let tenants: Vec<i32> = words.iter().map(|word| word.tenant.0).collect();
        let sources: Vec<String> = words.iter().map(|word| word.source.clone()).collect();
        let kinds: Vec<String> = words.iter().map(|word| word.kind.to_owned()).collect();
        let times = |of: fn(&SourceLook) -> Option<Timestamp>| -> Vec<Option<jiff_sqlx::Timestamp>> {
            words
                .iter()
                .map(|word| of(&word.look).map(|at| at.to_sqlx()))
                .collect()
        };
        let events = times(|look| look.last_event_at);
        let since = times(|look| look.trouble_since);
        let troubles: Vec<Option<String>> = words.iter().map(|word| word.look.trouble.clone()).collect();
        let behind: Vec<Option<i64>> = words
            .iter()
            .map(|word| word.look.behind.map(|n| i64::try_from(n).unwrap_or(i64::MAX)))
            .collect();
        sqlx::query!(
            "WITH forgotten AS (DELETE FROM quell.source_looks WHERE looked_at < quell.now() - interval '1 day' AND replica <> $1)
             INSERT INTO quell.source_looks AS s (tenant_id, source, replica, host, kind, last_event_at, trouble, trouble_since, behind)
             SELECT tenant, source, $1, $2, kind, event, trouble, since, behind
             FROM unnest($3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::timestamptz[], $9::bigint[])
                  AS t (tenant, source, kind, event, trouble, since, behind)
             ORDER BY tenant, source
             ON CONFLICT (tenant_id, source, replica) DO UPDATE SET looked_at = quell.now(), host = excluded.host, kind = excluded.kind,
                 last_event_at = coalesce(excluded.last_event_at, s.last_event_at), trouble = excluded.trouble,
                 trouble_since = excluded.trouble_since, behind = excluded.behind",
            replica,
            host,
            &tenants,
            &sources,
            &kinds,
            &events as &[Option<jiff_sqlx::Timestamp>],
            &troubles as &[Option<String>],
            &since as &[Option<jiff_sqlx::Timestamp>],
            &behind as &[Option<i64>],
        )
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// How the tenant's sources go, by name.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn sources_now(&self, tenant: TenantId) -> Result<Vec<SourceView>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT source, max(kind) AS "kind!", max(last_event_at) AS last_event_at, count(*) FILTER (WHERE lives) AS "replicas!",
                      count(trouble) FILTER (WHERE lives) AS "in_trouble!", max(trouble) FILTER (WHERE lives) AS trouble,
                      min(trouble_since) FILTER (WHERE lives) AS trouble_since, (sum(behind) FILTER (WHERE lives))::bigint AS behind
               FROM (SELECT *, looked_at > (SELECT quell.now()) - make_interval(secs => $2) AS lives
                     FROM quell.source_looks WHERE tenant_id = $1) AS looks
               GROUP BY source ORDER BY source"#,
            tenant.0,
            LIVING_S,
        )
        .fetch_all(&self.pool)
        .await?;
        let views = rows.into_iter().map(|row| SourceView {
            source: row.source,
            kind: row.kind,
            last_event_at: time(row.last_event_at),
            replicas: row.replicas,
            in_trouble: row.in_trouble,
            trouble: row.trouble,
            trouble_since: time(row.trouble_since),
            behind: row.behind,
        });
        Ok(views.collect())
    }
}
