//! The books: what became of everything that came in, counted so that it must add up. `quell demo` closes with it.
//! Reads only; heavier than a status, so not for every second.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::tenant::TenantId;
use crate::store::{Store, StoreError};

/// The books of a tenant at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Accounts {
    /// Events that were stored.
    pub events: i64,
    /// Events by their outcome, `kind: reason`; of an event with several devices the weightiest counts.
    pub outcomes: BTreeMap<String, i64>,
    /// Events that have fewer or more decisions than devices (one, if they have none).
    pub events_astray: i64,
    /// Records that were refused, or put aside later.
    pub dead_letters: i64,
    /// Actions by `kind state`.
    pub actions: BTreeMap<String, i64>,
    /// Calls for an action that were written down and not known to have stayed here.
    pub calls: i64,
    /// Calls for an action of which no answer is recorded.
    pub calls_unanswered: i64,
    /// Actions and containments whose audit rows do not lead, step by step, from nothing to the state they are in.
    pub broken_histories: i64,
    /// Devices that are not known to be free.
    pub devices_not_free: i64,
    /// Those of them that no active containment wants so.
    pub devices_not_free_unwanted: i64,
    /// Enforced containments that are active, by playbook.
    pub still_active: BTreeMap<String, i64>,
}

/// What one playbook's containments came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlaybookAccounts {
    /// Its containments by state; ended ones as `ended: reason`.
    pub containments: BTreeMap<String, i64>,
    /// Distinct devices they are on.
    pub devices: i64,
    /// Those of the devices that Defender restricted, then released: each exactly once.
    pub devices_there_and_back: i64,
    /// Those that Defender restricted, as far as is known, more than once.
    pub devices_twice: i64,
}

impl Store {
    /// Closes the books.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn accounts(&self, tenant: TenantId) -> Result<Accounts, StoreError> {
        let one = sqlx::query!(
            r#"SELECT
                 (SELECT count(*) FROM quell.events WHERE tenant_id = $1) AS "events!",
                 (SELECT count(*) FROM quell.events e WHERE tenant_id = $1
                  AND greatest(coalesce(cardinality(e.devices), jsonb_array_length(e.normalised -> 'devices')), 1)
                      <> (SELECT count(*) FROM quell.decisions d WHERE d.event_id = e.id)) AS "astray!",
                 (SELECT count(*) FROM quell.dead_letters WHERE tenant_id = $1) AS "dead_letters!",
                 (SELECT count(*) FROM quell.attempts WHERE tenant_id = $1 AND action_id IS NOT NULL
                  AND (outcome IS NULL OR outcome NOT IN ('not_sent', 'late'))) AS "calls!",
                 (SELECT count(*) FROM quell.attempts WHERE tenant_id = $1 AND action_id IS NOT NULL
                  AND outcome IS NULL) AS "unanswered!",
                 (SELECT count(*) FROM quell.devices WHERE tenant_id = $1
                  AND (restriction <> 'free' OR isolation <> 'free')) AS "not_free!",
                 (SELECT count(*) FROM quell.measures d WHERE tenant_id = $1 AND known <> 'free'
                  AND NOT EXISTS (SELECT 1 FROM quell.containments c WHERE c.tenant_id = $1
                      AND c.device_id = d.device_id AND c.measure = d.measure AND c.state = 'active' AND c.mode = 'enforce')) AS "unwanted!""#,
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(Accounts {
            events: one.events,
            outcomes: self.outcomes(tenant).await?,
            events_astray: one.astray,
            dead_letters: one.dead_letters,
            actions: self.actions_by_kind(tenant).await?,
            calls: one.calls,
            calls_unanswered: one.unanswered,
            broken_histories: self.broken_histories(tenant).await?,
            devices_not_free: one.not_free,
            devices_not_free_unwanted: one.unwanted,
            still_active: self.still_active(tenant).await?,
        })
    }

    /// A playbook's part of the books.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn playbook_accounts(
        &self,
        tenant: TenantId,
        playbook: &str,
    ) -> Result<PlaybookAccounts, StoreError> {
        let one = sqlx::query!(
            r#"WITH held AS (SELECT DISTINCT device_id, measure FROM quell.containments
                             WHERE tenant_id = $1 AND playbook = $2 AND mode = 'enforce'),
                    of_each AS (SELECT h.device_id,
                               count(a.id) FILTER (WHERE a.kind IN ('restrict', 'isolate')) AS begun,
                               count(a.id) FILTER (WHERE a.kind IN ('release', 'release_isolation')) AS released,
                               max(a.submitted_at) FILTER (WHERE a.kind IN ('restrict', 'isolate'))
                                 < min(a.submitted_at) FILTER (WHERE a.kind IN ('release', 'release_isolation')) AS in_order
                             FROM held h LEFT JOIN quell.actions a ON a.tenant_id = $1
                               AND a.device_id = h.device_id AND a.subject = h.measure AND a.state = 'succeeded'
                             GROUP BY h.device_id, h.measure),
                    done AS (SELECT device_id, bool_and(begun = 1 AND released = 1 AND in_order) AS is_back,
                               bool_or(begun > 1) AS was_twice
                             FROM of_each GROUP BY device_id)
               SELECT count(*) AS "devices!",
                 count(*) FILTER (WHERE is_back) AS "there_and_back!",
                 count(*) FILTER (WHERE was_twice) AS "twice!" FROM done"#,
            tenant.0,
            playbook,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(PlaybookAccounts {
            containments: self.playbook_containments(tenant, playbook).await?,
            devices: one.devices,
            devices_there_and_back: one.there_and_back,
            devices_twice: one.twice,
        })
    }

    /// A playbook's enforced containments by state; ended ones as `ended: reason`.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn playbook_containments(
        &self,
        tenant: TenantId,
        playbook: &str,
    ) -> Result<BTreeMap<String, i64>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT state || coalesce(': ' || end_reason, '') AS "key!", count(*) AS "n!" FROM quell.containments
               WHERE tenant_id = $1 AND playbook = $2 AND mode = 'enforce' GROUP BY 1"#,
            tenant.0,
            playbook,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (r.key, r.n)).collect())
    }

    async fn outcomes(&self, tenant: TenantId) -> Result<BTreeMap<String, i64>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT kind || ': ' || reason AS "key!", count(*) AS "n!"
               FROM (SELECT DISTINCT ON (event_id) kind, reason FROM quell.decisions WHERE tenant_id = $1
                     ORDER BY event_id, array_position(ARRAY['act', 'ask', 'hold', 'observe', 'skip'], kind), reason) d
               GROUP BY 1"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (r.key, r.n)).collect())
    }

    async fn actions_by_kind(&self, tenant: TenantId) -> Result<BTreeMap<String, i64>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT kind || ' ' || state AS "key!", count(*) AS "n!" FROM quell.actions
               WHERE tenant_id = $1 GROUP BY 1"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (r.key, r.n)).collect())
    }

    async fn still_active(&self, tenant: TenantId) -> Result<BTreeMap<String, i64>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT coalesce(playbook, 'by hand') AS "key!", count(*) AS "n!" FROM quell.containments
               WHERE tenant_id = $1 AND state = 'active' AND mode = 'enforce' GROUP BY 1"#,
            tenant.0,
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|r| (r.key, r.n)).collect())
    }

    async fn broken_histories(&self, tenant: TenantId) -> Result<i64, StoreError> {
        let broken = sqlx::query_scalar!(
            r#"WITH things AS (SELECT id, state FROM quell.actions WHERE tenant_id = $1
                               UNION ALL SELECT id, state FROM quell.containments WHERE tenant_id = $1),
                    steps AS (SELECT entity_id, from_state, to_state,
                                lag(to_state) OVER (PARTITION BY entity_id ORDER BY id) AS before_state,
                                row_number() OVER (PARTITION BY entity_id ORDER BY id DESC) = 1 AS is_last
                              FROM quell.transitions WHERE tenant_id = $1 AND entity IN ('action', 'containment')),
                    ends AS (SELECT entity_id, bool_or(from_state IS DISTINCT FROM before_state) AS is_torn,
                               max(to_state) FILTER (WHERE is_last) AS last_state
                             FROM steps GROUP BY entity_id)
               SELECT count(*) AS "broken!" FROM things FULL JOIN ends ON entity_id = id
               WHERE is_torn IS NOT FALSE OR last_state IS DISTINCT FROM state"#,
            tenant.0,
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(broken)
    }
}
