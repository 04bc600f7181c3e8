//! What playbooks hit lately: per day, and per line. For people; limits and canaries count for themselves.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::decisions::rulings;
use crate::domain::recorded::RecordedRuling;
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

/// How often a revision of a playbook matched, and how often a line of it kept it from that.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LineHits {
    /// So many decisions were looked through: those under this revision among the latest ones, whatever they were about.
    pub decisions: i64,
    /// When the oldest of them was made; none: there was none.
    pub since: Option<Timestamp>,
    /// Of these: decisions in which the playbook did not plainly say no.
    pub hits: i64,
    /// Of these: where it matched, whatever guards and limits made of that. All lines of its `when` held, and none of its `unless`.
    pub matched: i64,
    /// Of the other hits, by the number of the line that decided: a line of `unless` that held, or one whose fact was not known.
    pub lines: BTreeMap<u32, i64>,
    /// Of these: where the line's fact was not known.
    pub unknown: BTreeMap<u32, i64>,
}

/// So many decisions are looked through for a playbook's lines.
pub(super) const LOOKED_THROUGH: i64 = 5_000;

impl LineHits {
    /// So many decisions with that ruling.
    fn add(&mut self, ruling: &RecordedRuling, n: i64) {
        self.hits += n;
        let says = ruling.because.as_ref().unwrap_or(&ruling.reason);
        let is_unknown = says.starts_with("if_unknown.");
        if !is_unknown && !says.starts_with("unless.") {
            self.matched += n;
        }
        let Some(line) = ruling.line else { return };
        *self.lines.entry(line).or_default() += n;
        if is_unknown {
            *self.unknown.entry(line).or_default() += n;
        }
    }
}

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

    /// How often a revision of a playbook matched, and how often a line of it kept it from that, among the latest decisions. Lines of
    /// other revisions are others, whatever their numbers.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn hits_per_line(
        &self,
        tenant: TenantId,
        playbook: &str,
        revision: &str,
    ) -> Result<LineHits, StoreError> {
        let rows = sqlx::query!(
            r#"WITH latest AS MATERIALIZED (
                 SELECT decided_at, set_version, rulings FROM quell.decisions
                 WHERE tenant_id = $1 ORDER BY decided_at DESC LIMIT $2),
               judged AS MATERIALIZED (
                 SELECT decided_at, rulings FROM latest WHERE set_version IN (
                   SELECT v.version FROM quell.set_activations v JOIN quell.playbook_sets s USING (tenant_id, set_hash)
                   WHERE v.tenant_id = $1 AND s.playbook = $3 AND s.revision = $4))
               SELECT (SELECT count(*) FROM judged) AS "decisions!", (SELECT min(decided_at) FROM judged) AS since,
                 hit.rulings AS "rulings?", hit.n AS "n?"
               -- Rulings are much alike, and most are none: each is read once.
               FROM (VALUES (1)) AS one LEFT JOIN (
                 SELECT rulings, count(*) AS n FROM judged
                 WHERE rulings @> jsonb_build_array(jsonb_build_object('p', $3::text)) GROUP BY rulings) AS hit ON true"#,
            tenant.0,
            LOOKED_THROUGH,
            playbook,
            revision,
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
            hits.add(&ruling, n);
        }
        Ok(hits)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hit_is_a_match_unless_a_line_kept_the_playbook_from_it() {
        let mut hits = LineHits::default();
        let stored = json!([
            {"p": "p", "k": "act", "r": "matched"},
            {"p": "p", "k": "ask", "r": "ask"},
            {"p": "p", "k": "skip", "r": "never.tags", "b": "matched"},
            {"p": "p", "k": "ask", "r": "if_unknown.device.os", "b": "matched"},
            {"p": "p", "k": "skip", "r": "unless.device.tags", "l": 9},
            {"p": "p", "k": "ask", "r": "if_unknown.device.tags", "l": 9},
            {"p": "p", "k": "ask", "r": "limits[0]", "b": "if_unknown.device.group", "l": 7},
        ]);
        for ruling in rulings(stored) {
            hits.add(&ruling, 2);
        }
        assert_eq!((hits.hits, hits.matched), (14, 8));
        assert_eq!(hits.lines, [(7, 2), (9, 4)].into());
        assert_eq!(hits.unknown, [(7, 2), (9, 2)].into());
    }
}
