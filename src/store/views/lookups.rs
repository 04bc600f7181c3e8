//! How look-ups go, for `quell status`: what is known, what waits, and the budget of looks at the antivirus. Reads only.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::WindowView;
use crate::domain::budget::ReadScope;
use crate::domain::lookup::Lookup;
use crate::domain::tenant::TenantId;
use crate::store::containments::time;
use crate::store::{Gate, Store, StoreError};

/// How look-ups go.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct LookupsView {
    /// Each that is wanted, by its name.
    pub kinds: BTreeMap<&'static str, LookupView>,
    /// The windows of looks at the antivirus.
    pub windows: Vec<WindowView>,
    /// Until when those are closed, after a 429.
    pub closed_until: Option<Timestamp>,
}

/// How one of them goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LookupView {
    /// Devices with an answer that is not too old.
    pub known: i64,
    /// Of these: devices that are not called because of it.
    pub barred: i64,
    /// Devices that are still to be asked about.
    pub waiting: i64,
    /// Since when the first of them waits.
    pub waiting_since: Option<Timestamp>,
    /// The most tries in a row that came to nothing.
    pub failures: i16,
}

impl Store {
    /// How look-ups go; `None`: none is wanted.
    ///
    /// # Errors
    /// Postgres is not available.
    pub async fn lookups_now(
        &self,
        tenant: TenantId,
        gate: &Gate,
    ) -> Result<Option<LookupsView>, StoreError> {
        let terms = gate.lookups;
        if !terms.is_on() {
            return Ok(None);
        }
        let mut view = LookupsView::default();
        let rows = sqlx::query!(
            r#"SELECT kind, count(*) FILTER (WHERE is_fresh AND answer IS NOT NULL) AS "known!",
                 count(*) FILTER (WHERE is_fresh AND (answer ? 'RestrictCodeExecution' OR answer = '"disabled"')) AS "barred!",
                 count(wanted_at) AS "waiting!", min(wanted_at) AS waiting_since, max(failures) AS "failures!"
               FROM (SELECT *, fetched_at >= quell.now() - make_interval(secs => $2) AS is_fresh
                     FROM quell.device_lookups WHERE tenant_id = $1) AS l GROUP BY kind"#,
            tenant.0,
            terms.max_age.as_secs_f64(),
        )
        .fetch_all(&self.pool)
        .await?;
        for lookup in Lookup::ALL.into_iter().filter(|lookup| terms.asks(*lookup)) {
            let row = rows.iter().find(|row| row.kind == lookup.as_str());
            let told = row.map(|row| LookupView {
                known: row.known,
                barred: row.barred,
                waiting: row.waiting,
                waiting_since: time(row.waiting_since),
                failures: row.failures,
            });
            view.kinds.insert(lookup.as_str(), told.unwrap_or_default());
        }
        if !terms.antivirus {
            return Ok(Some(view));
        }
        let own = ReadScope::Antivirus.as_str();
        for window in &gate.antivirus {
            let used = sqlx::query_scalar!(
                r#"SELECT count(*) AS "used!" FROM quell.attempts WHERE tenant_id = $1 AND app_id = $2 AND scope = $3
                     AND slot_at >= quell.now() - make_interval(secs => $4)"#,
                tenant.0,
                gate.app_id,
                own,
                window.per.as_secs_f64(),
            )
            .fetch_one(&self.pool)
            .await?;
            view.windows.push(WindowView {
                per_seconds: window.per.as_secs_f64(),
                limit: window.limit,
                used,
            });
        }
        let closed = sqlx::query_scalar!(
            "SELECT closed_until FROM quell.budgets
             WHERE tenant_id = $1 AND app_id = $2 AND scope = $3 AND closed_until > quell.now()",
            tenant.0,
            gate.app_id,
            own,
        )
        .fetch_optional(&self.pool)
        .await?;
        view.closed_until = time(closed.flatten());
        Ok(Some(view))
    }
}
