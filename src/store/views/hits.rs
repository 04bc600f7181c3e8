//! What playbooks hit lately: per day, and per line. For people; limits and canaries count for themselves.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::decisions::rulings;
use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// A playbook's hits on one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DayHits {
    /// The day's beginning, UTC.
    pub day: Timestamp,
    /// Containments that it began, asked for or only recorded. An event about a device that it holds already is no new one.
    pub hits: i64,
}

/// How often lines of a playbook decided.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LineHits {
    /// So many decisions were looked through, the latest ones, whatever they were about.
    pub decisions: i64,
    /// When the oldest of them was made; none: there was none.
    pub since: Option<Timestamp>,
    /// Of these: decisions in which the playbook did not plainly say no.
    pub hits: i64,
    /// By the number of the line that decided, where one did.
    pub lines: BTreeMap<u32, i64>,
}

/// So many decisions are looked through for a playbook's lines.
const LOOKED_THROUGH: i64 = 5_000;

impl Store {
    /// Each playbook's hits on each of the last seven days, today the last; playbooks without any are absent.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn hits_per_day(&self, tenant: TenantId) -> Result<BTreeMap<String, Vec<DayHits>>, StoreError> {
        let rows = sqlx::query!(
            r#"WITH days AS (
                 SELECT d AS day FROM (SELECT date_trunc('day', quell.now(), 'UTC') AS today) AS t,
                   generate_series(t.today - interval '6 days', t.today, interval '1 day') AS d),
               hits AS (
                 SELECT c.playbook, d.day, c.hits FROM days d CROSS JOIN LATERAL (
                   SELECT playbook COLLATE "C" AS playbook, count(*) AS hits FROM quell.containments
                   WHERE tenant_id = $1 AND created_at >= d.day AND created_at < d.day + interval '1 day' AND playbook IS NOT NULL
                   GROUP BY 1) AS c)
               SELECT p.playbook AS "playbook!", d.day AS "day!", coalesce(h.hits, 0) AS "hits!"
               FROM (SELECT DISTINCT playbook FROM hits) AS p CROSS JOIN days d LEFT JOIN hits h USING (playbook, day)
               ORDER BY 1, 2"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut hits: BTreeMap<String, Vec<DayHits>> = BTreeMap::new();
        for row in rows {
            hits.entry(row.playbook).or_default().push(DayHits {
                day: row.day.to_jiff(),
                hits: row.hits,
            });
        }
        Ok(hits)
    }

    /// How often lines of a playbook decided, among the latest decisions.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn hits_per_line(&self, tenant: TenantId, playbook: &str) -> Result<LineHits, StoreError> {
        let rows = sqlx::query!(
            r#"WITH latest AS MATERIALIZED (
                 SELECT decided_at, rulings FROM quell.decisions WHERE tenant_id = $1 ORDER BY decided_at DESC LIMIT $2)
               SELECT (SELECT count(*) FROM latest) AS "decisions!", (SELECT min(decided_at) FROM latest) AS since,
                 hit.rulings AS "rulings?", hit.n AS "n?"
               -- Rulings are much alike, and most are none: each is read once.
               FROM (VALUES (1)) AS one LEFT JOIN (
                 SELECT rulings, count(*) AS n FROM latest
                 WHERE rulings @> jsonb_build_array(jsonb_build_object('p', $3::text)) GROUP BY rulings) AS hit ON true"#,
            tenant.0,
            LOOKED_THROUGH,
            playbook,
        )
        .fetch_all(&self.pool)
        .await?;
        let mut hits = LineHits::default();
        for row in rows {
            hits.decisions = row.decisions;
            hits.since = crate::store::containments::time(row.since);
            let its = row.rulings.map(rulings).unwrap_or_default();
            let Some(ruling) = its.into_iter().find(|ruling| ruling.playbook == playbook) else {
                continue;
            };
            let n = row.n.unwrap_or_default();
            hits.hits += n;
            if let Some(line) = ruling.line {
                *hits.lines.entry(line).or_default() += n;
            }
        }
        Ok(hits)
    }
}
