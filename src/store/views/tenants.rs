//! What needs a person at several tenants, at a glance: for whoever looks at one of them and might think that it is all. A few counts by
//! indexes, no forecast. Asked by `quell status`; nothing is decided by it.

use std::time::Duration;

use crate::store::{Store, StoreError};

/// A tenant at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantGlance {
    /// Its name.
    pub tenant: String,
    /// Whether a stop is in force.
    pub is_stopped: bool,
    /// Whether a daemon dispatches.
    pub is_dispatched: bool,
    /// Requests that wait for an answer.
    pub requests: i64,
    /// Containments that could not be put in force.
    pub attention: i64,
    /// Alarms of the last while.
    pub alarms: i64,
}

impl Store {
    /// Those of the named tenants that the database knows, by name; alarms of the last `within`.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn tenants_glance(
        &self,
        names: &[String],
        within: Duration,
    ) -> Result<Vec<TenantGlance>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT t.name, quell.stop_in_force(t.id) IS NOT NULL AS "stopped!",
                 EXISTS (SELECT 1 FROM quell.leases l WHERE l.tenant_id = t.id AND l.expires_at > quell.now()) AS "dispatched!",
                 (SELECT count(DISTINCT c.request) FROM quell.containments c WHERE c.tenant_id = t.id AND c.state = 'asked'
                  -- While stopped no question runs out.
                  AND (c.ask_until > (SELECT quell.now()) OR quell.stop_in_force(t.id) IS NOT NULL)) AS "requests!",
                 (SELECT count(*) FROM quell.containments c WHERE c.tenant_id = t.id AND c.state = 'active' AND c.mode = 'enforce'
                  AND c.attention IS NOT NULL) AS "attention!",
                 (SELECT count(*) FROM quell.alarms a WHERE a.tenant_id = t.id
                  AND a.at > (SELECT quell.now()) - make_interval(secs => $2)) AS "alarms!"
               FROM quell.tenants t WHERE t.name = ANY($1) ORDER BY t.name"#,
            names,
            within.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        let glances = rows.into_iter().map(|row| TenantGlance {
            tenant: row.name,
            is_stopped: row.stopped,
            is_dispatched: row.dispatched,
            requests: row.requests,
            attention: row.attention,
            alarms: row.alarms,
        });
        Ok(glances.collect())
    }
}
